//! SARIF 2.1.0, for code scanning: what is the same whatever the results are about.

use std::fmt::Write as _;
use std::path::Path;

use iamgate_verbs::Trouble;
use serde_json::{Value, json};

use crate::check::place::{absolute, own};
use crate::input::STDIN;

/// A kind of results.
#[derive(Clone, Debug)]
pub(crate) struct Rule<'a> {
    pub(crate) id: &'a str,
    /// What is so, as a clause.
    pub(crate) summary: &'a str,
    /// Why it matters, as a sentence without its full stop.
    pub(crate) why: &'a str,
    /// What is to be done. Empty if nothing is said.
    pub(crate) mend: &'a str,
    /// The page that explains it.
    pub(crate) link: String,
    /// error, warning or note
    pub(crate) level: &'static str,
}

impl Rule<'_> {
    pub(crate) fn to_json(&self) -> Value {
        let Self { id, summary, why, mend, link, level } = self;
        let (text, markdown) = match *mend {
            "" => (format!("{why}. {link}"), format!("{why}.\n\n[{id}]({link})")),
            mend => (format!("{why}. {mend}. {link}"), format!("{why}.\n\n{mend}.\n\n[{id}]({link})")),
        };
        json!({
            "id": id,
            "shortDescription": { "text": summary },
            "fullDescription": { "text": format!("{why}.") },
            "help": { "text": text, "markdown": markdown },
            "helpUri": link,
            "defaultConfiguration": { "level": level },
        })
    }
}

/// What a run found.
#[derive(Debug, Default)]
pub(crate) struct Run {
    pub(crate) rules: Vec<Value>,
    pub(crate) results: Vec<Value>,
    /// What is to be said besides results.
    pub(crate) notifications: Vec<Value>,
    /// Whether there is an answer.
    pub(crate) is_successful: bool,
}

impl Run {
    /// The whole text.
    pub(crate) fn report(self) -> String {
        iamgate_verbs::json::indented(&json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "iamgate",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "informationUri": env!("CARGO_PKG_REPOSITORY"),
                    "rules": self.rules,
                } },
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": { ROOT: { "description": { "text": "The folder in which iamgate ran." } } },
                "invocations": [{
                    "executionSuccessful": self.is_successful,
                    "toolExecutionNotifications": self.notifications,
                }],
                "results": self.results,
            }],
        }))
    }
}

/// The errors of a trouble, as notifications.
pub(crate) fn troubles(trouble: &Trouble) -> impl Iterator<Item = Value> {
    trouble.to_json().into_iter().map(|error| {
        let said = format!("{}; {}", error.message, error.help);
        notification(&error.code, &said, error.file.as_deref(), None)
    })
}

/// The fingerprints of a result. GitHub uses only the one of the second name.
pub(crate) fn fingerprints(own: &str) -> Value {
    json!({ "iamgate/v1": own, "primaryLocationLineHash": format!("{own}:1") })
}

/// What is to be said besides findings, such as of a file that cannot be read.
pub(crate) fn notification(code: &str, said: &str, file: Option<&str>, line: Option<u32>) -> Value {
    let mut notification =
        json!({ "level": "error", "descriptor": { "id": code }, "message": { "text": said } });
    if let (Some(file), Some(notification)) = (file, notification.as_object_mut()) {
        let mut place = json!({ "artifactLocation": artifact(file) });
        if let (Some(line), Some(place)) = (line, place.as_object_mut()) {
            place.insert("region".to_owned(), json!({ "startLine": line }));
        }
        notification.insert("locations".to_owned(), json!([{ "physicalLocation": place }]));
    }
    notification
}

/// The name of the folder that URIs are relative to. GitHub takes it for the root of the repository.
const ROOT: &str = "%SRCROOT%";

/// A file: relative to the folder in which the program runs, or from the root if it is not in it.
pub(crate) fn artifact(path: &str) -> Value {
    let name = own(path);
    match absolute(Path::new(path)) {
        Ok(whole) if name.starts_with("../") => {
            let whole = whole.to_string_lossy();
            json!({ "uri": format!("file:///{}", uri(whole.trim_start_matches('/'))) })
        }
        Ok(_) | Err(_) => json!({ "uri": uri(&name), "uriBaseId": ROOT }),
    }
}

/// A path as a relative URI.
fn uri(path: &str) -> String {
    if path == STDIN {
        return "stdin".to_owned();
    }
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                uri.push(char::from(byte));
            }
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("a b/é#.json"), "a%20b/%C3%A9%23.json");
        assert_eq!(uri(STDIN), "stdin");
    }
}
