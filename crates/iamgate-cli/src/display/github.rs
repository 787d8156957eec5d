//! Texts from outside in workflow commands of GitHub Actions.

use iamgate::iam_json::visible;

/// A text from outside as the message of a command.
pub(crate) fn message(text: &str) -> String {
    // The ends of lines are shown as such. GitHub decodes the others when it reads the command.
    let lines: Vec<String> = text.split('\n').map(|line| visible(line).replace('%', "%25")).collect();
    lines.join("%0A")
}

/// A text from outside as the value of a property.
pub(crate) fn property(text: &str) -> String {
    visible(text).replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_end_its_command() {
        assert_eq!(property("a,b:c%\n::error::"), r"a%2Cb%3Ac%25\u{a}%3A%3Aerror%3A%3A");
        assert_eq!(message("100%\r\n::error::x"), r"100%25\u{d}%0A::error::x");
    }
}
