//! Texts that somebody or something must still fill in, such as `<region>`. The variables of templates, such as `${AccountId}`, are with the
//! [variables](super::variables).

use iam_json::{Code, quoted};

use super::Run;
use super::arns::Fields;
use crate::code;
use crate::view::Text;

/// The longest name of a placeholder, in bytes.
const MOST_BYTES: usize = 64;

/// The most placeholders of a text that are told.
const MOST_TOLD: usize = 4;

/// The marks before and behind the name of a placeholder.
const MARKS: [(&str, &str); 4] = [("<", ">"), ("{{", "}}"), ("%{", "}"), ("#{", "}")];

/// The length in bytes of the placeholder with which a text begins.
pub(crate) fn placeholder(text: &str) -> Option<usize> {
    MARKS.iter().find_map(|(open, close)| {
        let inner = text.strip_prefix(open)?;
        let end = inner.find(close).filter(|end| *end <= MOST_BYTES)?;
        let name = inner.get(..end)?.trim_matches(' ');
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || " _-.:/'".contains(c));
        is_name.then(|| open.len().saturating_add(end).saturating_add(close.len()))
    })
}

/// The placeholders of a text, and the text with `*` in place of each. `None` if it has none.
pub(crate) fn filled(text: &str) -> Option<(Vec<&str>, String)> {
    if !text.contains(['<', '{']) {
        return None;
    }
    let (mut names, mut whole) = (Vec::new(), String::with_capacity(text.len()));
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some((own, behind)) = placeholder(rest).and_then(|length| rest.split_at_checked(length)) {
            names.push(own);
            whole.push('*');
            rest = behind;
            continue;
        }
        whole.push(c);
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    (!names.is_empty()).then_some((names, whole))
}

/// What to do about placeholders.
pub(crate) fn help(mut names: Vec<&str>) -> String {
    names.dedup();
    let more = names.len() > MOST_TOLD;
    names.truncate(MOST_TOLD);
    let told: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    match told.as_slice() {
        [one] => format!("write the value in place of the placeholder {one}"),
        _ => format!(
            "write the values in place of the placeholders {}{}",
            told.join(", "),
            if more { " and others" } else { "" }
        ),
    }
}

impl Run<'_, '_> {
    /// Reports the placeholders of an ARN once, by the first field that has one.
    pub(super) fn placeholders(&mut self, text: &Text<'_>, names: Vec<&str>) {
        let Some(fields) = Fields::of(&text.text) else { return };
        let all = [
            (code::INVALID_PARTITION, fields.partition),
            (code::INVALID_SERVICE, fields.service),
            (code::INVALID_ARN_REGION, fields.region),
            (code::INVALID_ARN_ACCOUNT, fields.account),
            (code::INVALID_ARN_RESOURCE, fields.resource),
        ];
        // The key of an object may be any text.
        let judged = |code: Code, field: &'_ str| {
            let is_key = code == code::INVALID_ARN_RESOURCE && fields.service == "s3";
            let part = if is_key { field.split('/').next().unwrap_or_default() } else { field };
            filled(part).is_some()
        };
        if let Some((code, field)) = all.into_iter().find(|(code, field)| judged(*code, field)) {
            self.at(code, text, quoted(field), help(names));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_have_marks_and_names() {
        for (text, expected) in [
            ("arn:<partition>:sqs:<the region>::<resource:1>", Some("arn:*:sqs:*::*")),
            ("a{{ account }}b", Some("a*b")),
            ("%{aws_account_id}", Some("*")),
            ("#{ENV['ACCOUNT']}", None),
            ("a<b", None),
            ("a<>b", None),
            ("<1>", None),
            ("${aws:username}", None),
            ("{a}", None),
        ] {
            assert_eq!(filled(text).map(|(_, whole)| whole).as_deref(), expected, "{text}");
        }
        assert_eq!(help(vec!["<a>", "<a>"]), "write the value in place of the placeholder `<a>`");
        assert!(help(vec!["<a>", "<b>", "<c>", "<d>", "<e>"]).ends_with("`<d>` and others"));
    }
}
