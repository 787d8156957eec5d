//! The text of every value, read alone, is the same value. Its pointer leads serde_json to it. Parts are inside their wholes, in order.

use iam_json::{Document, Kind, Value};

use crate::input;

/// Pointers are found by walking from the root. More values would only take longer.
const MOST_VALUES: usize = 300;

pub fn json_values_have_places(data: &[u8]) {
    let Some(text) = input::text(data) else { return };
    let Some(document) = input::document(text) else { return };
    let theirs: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let mut values = Vec::new();
    input::walk(document.root(), &mut |value| values.push(value));
    for value in values.into_iter().take(MOST_VALUES) {
        alone(value);
        parts_in_order(value);
        let pointer = value.pointer();
        if let Some(theirs) = &theirs {
            let found =
                theirs.pointer(&pointer).unwrap_or_else(|| panic!("nothing at {pointer:?}: {text:?}"));
            let string = value.as_string();
            assert_eq!(found.as_str(), string.as_deref(), "{pointer:?}: {text:?}");
            assert_eq!(found.is_array(), value.kind() == Kind::Array, "{pointer:?}: {text:?}");
            assert_eq!(found.is_object(), value.kind() == Kind::Object, "{pointer:?}: {text:?}");
        }
    }
}

fn alone(value: Value<'_>) {
    let raw = value.raw();
    let read = Document::parse(raw, &input::limits()).unwrap_or_else(|report| panic!("{raw:?}: {report}"));
    let root = read.root();
    assert!(root.raw() == raw && root.is_root() && root.pointer().is_empty(), "{raw:?}");
    assert_eq!((root.kind(), root.string()), (value.kind(), value.string()), "{raw:?}");
    assert_eq!(root.items().count(), value.items().count(), "{raw:?}");
    for (ours, its) in value.members().zip(root.members()) {
        assert_eq!(ours.key.string(), its.key.string(), "{raw:?}");
        let found = value.member(&ours.key.string()).map(Value::span);
        assert_eq!(found, Some(ours.value.span()), "{raw:?}");
    }
}

fn parts_in_order(value: Value<'_>) {
    let mut at = value.span().start;
    let parts = value.items().chain(value.members().flat_map(|m| [m.key, m.value]));
    for span in parts.map(Value::span) {
        assert!(at < span.start && span.start < span.end, "{:?}", value.raw());
        at = span.end - 1;
    }
    assert!(at < value.span().end, "{:?}", value.raw());
}
