//! Generators of JSON: values, parts of JSON in any order, and texts with slips in them. The tests of `iam-policy` use them too.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

/// Text with every class of character: plain, quoted, escaped, of two, three and four bytes.
pub(crate) fn texts() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-z/-]{0,8}", 1 => "[ -\u{FF}\t\n\"\\\\]{0,6}", 1 => "[\u{0}-\u{7F}\u{4E00}-\u{4E10}\u{1F600}]{0,4}"]
}

/// Any JSON value of moderate depth.
pub(crate) fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        texts().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(texts(), inner, 0..4)
                .prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}

/// Parts of JSON, whole and broken.
pub(crate) const TOKENS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\"a\"",
    "\"\\u0061\"",
    "\\",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\ud800",
    "\\udc00",
    "\\u12",
    "\\n",
    "\\x",
    "0",
    "1",
    "-",
    "+",
    ".",
    "e",
    "E",
    "1.5",
    "-0",
    "1e3",
    "1E-2",
    "01",
    "true",
    "false",
    "null",
    "nul",
    "tru",
    "NaN",
    " ",
    "\n",
    "\r",
    "\t",
    "\u{B}",
    "\u{0}",
    "\u{1F}",
    "\u{7F}",
    "\u{A0}",
    "\u{2028}",
    "\u{FEFF}",
    "é",
    "中",
    "😀",
    "/",
    "//",
    "'",
    "*",
    "${",
    "}}",
    "Effect",
    "aws:",
];

/// What is done to a text: at a character, take out, put in, put in the place of, or repeat what follows.
#[derive(Clone, Debug)]
pub(crate) enum Slip {
    Remove(Index),
    Insert(Index, &'static str),
    Replace(Index, &'static str),
    Repeat(Index, usize),
    CutOff(Index),
}

pub(crate) fn slips(most: usize) -> impl Strategy<Value = Vec<Slip>> {
    let slip = prop_oneof![
        4 => any::<Index>().prop_map(Slip::Remove),
        4 => (any::<Index>(), select(TOKENS)).prop_map(|(i, t)| Slip::Insert(i, t)),
        4 => (any::<Index>(), select(TOKENS)).prop_map(|(i, t)| Slip::Replace(i, t)),
        2 => (any::<Index>(), 1..20usize).prop_map(|(i, n)| Slip::Repeat(i, n)),
        1 => any::<Index>().prop_map(Slip::CutOff),
    ];
    prop::collection::vec(slip, 0..=most)
}

/// The text with the slips made, one after the other.
pub(crate) fn slipped(text: &str, slips: &[Slip]) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for slip in slips {
        let place = |index: &Index| index.index(characters.len() + 1);
        match slip {
            Slip::Remove(index) => {
                let at = place(index);
                characters.splice(at..(at + 1).min(characters.len()), []);
            }
            Slip::Insert(index, token) => {
                let at = place(index);
                characters.splice(at..at, token.chars());
            }
            Slip::Replace(index, token) => {
                let at = place(index);
                characters.splice(at..(at + 1).min(characters.len()), token.chars());
            }
            Slip::Repeat(index, length) => {
                let at = place(index);
                let part: Vec<char> = characters.iter().skip(at).take(*length).copied().collect();
                characters.splice(at..at, part);
            }
            Slip::CutOff(index) => characters.truncate(place(index)),
        }
    }
    characters.into_iter().collect()
}

/// The JSON text of a value, characters above U+00FF as escapes.
pub(crate) fn json_text(value: &Value, pretty: bool) -> String {
    let text = if pretty { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
    let mut out = String::new();
    for c in text.unwrap_or_default().chars() {
        if u32::from(c) <= 0xFF {
            out.push(c);
        } else {
            out.push_str(&escapes(&c.to_string()));
        }
    }
    out
}

/// Every character as escapes.
pub(crate) fn escapes(text: &str) -> String {
    text.encode_utf16().fold(String::new(), |out, unit| out + &format!("\\u{unit:04X}"))
}
