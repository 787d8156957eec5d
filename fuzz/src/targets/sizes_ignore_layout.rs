//! The size of a document without white space is the sum of its tokens, for every layout. The other sizes are counts.

use iam_json::{Kind, Value};
use iam_policy::Size;

use crate::input;

pub fn sizes_ignore_layout(data: &[u8]) {
    let Some(text) = input::text(data) else { return };
    let Some(document) = input::document(text) else { return };
    let (size, tokens) = (Size::of(text), tokens(document.root()));
    assert_eq!((size.bytes, size.characters), (text.len(), text.chars().count()), "{text:?}");
    assert_eq!(size.characters_without_white_space, tokens.chars().count(), "{text:?}");
    assert_eq!(Size::of(&tokens).characters_without_white_space, tokens.chars().count(), "{tokens:?}");
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else { return };
    let (short, long) = (value.to_string(), format!("{value:#}"));
    assert_eq!(Size::of(&long).characters_without_white_space, Size::of(&short).characters, "{long:?}");
}

/// The tokens of a value as written, without the text between them.
fn tokens(value: Value<'_>) -> String {
    let list = |parts: Vec<String>| parts.join(",");
    match value.kind() {
        Kind::Array => format!("[{}]", list(value.items().map(tokens).collect())),
        Kind::Object => {
            let member = |m: iam_json::Member<'_>| format!("{}:{}", m.key.raw(), tokens(m.value));
            format!("{{{}}}", list(value.members().map(member).collect()))
        }
        Kind::Null | Kind::True | Kind::False | Kind::Number | Kind::String => value.raw().to_owned(),
    }
}
