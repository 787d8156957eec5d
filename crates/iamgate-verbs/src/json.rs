//! Values as JSON, laid out as in every answer.

use iamgate::iam_json::visible_json;
use serde::Serialize;

/// A value as indented JSON and a line feed.
pub fn indented(value: &impl Serialize) -> String {
    finish(serde_json::to_string_pretty(value))
}

/// A value as one line of JSON.
pub fn line(value: &impl Serialize) -> String {
    finish(serde_json::to_string(value))
}

/// Writing structs of texts and numbers to memory cannot fail. If it did, the reader would get JSON that says so.
fn finish(written: serde_json::Result<String>) -> String {
    let text = written.unwrap_or_else(|_| r#"{"error":{"code":"BUG"}}"#.to_owned());
    let mut text = visible_json(&text).into_owned();
    text.push('\n');
    text
}
