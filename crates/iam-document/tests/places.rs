//! Every value of a policy that was wrapped in layers stands where the original has it, and the policy is the same.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::format_collect,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test"
)]

use iam_document::{Limits, decode, read};
use iam_json::{Document, Kind, Span, Value};
use proptest::prelude::*;

/// A way to wrap a text in another one. Each keeps the text's characters, apart from escapes.
#[derive(Clone, Copy, Debug)]
enum Wrap {
    /// An object around it, with the policy as an object.
    Object,
    /// The policy as a string.
    Text,
    /// The text as a string, and nothing else.
    Alone,
    /// URL-encoded, in a member.
    Encoded,
    /// A block of YAML.
    Block,
    /// A quoted text of YAML.
    Quoted,
    /// Lines before and behind.
    Lines,
}

const WRAPS: [Wrap; 7] =
    [Wrap::Object, Wrap::Text, Wrap::Alone, Wrap::Encoded, Wrap::Block, Wrap::Quoted, Wrap::Lines];

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn url(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("      {line}\n")).collect()
}

/// The wrapped text. `None` if the wrap does not go around what is already there.
fn wrapped(text: &str, wrap: Wrap) -> Option<String> {
    let is_json = serde_json::from_str::<serde_json::Value>(text).is_ok();
    Some(match wrap {
        Wrap::Object if is_json => {
            format!("{{\"é\": [1, {{\"Version\": 1}}], \"PolicyDocument\":\n {text}, \"z\": null}}")
        }
        Wrap::Text if is_json => format!("{{\"AssumeRolePolicyDocument\": {}}}", quoted(text)),
        Wrap::Alone if is_json => quoted(text),
        Wrap::Encoded if is_json => format!("{{\"PolicyDocument\": \"{}\"}}", url(text)),
        // The first line of a block tells its indentation, and YAML takes more characters for line feeds than JSON.
        Wrap::Block
            if is_json
                && !text.starts_with('\n')
                && !text.contains(['\u{85}', '\u{2028}', '\u{2029}', '\u{7F}', '\u{FEFF}']) =>
        {
            format!("# é\nkey: 1\nitem:\n  - PolicyDocument: |\n{}\n", indented(text))
        }
        Wrap::Quoted if is_json && !text.contains('\u{7F}') => {
            format!("é: 1\nPolicyDocument: {}\n", quoted(text))
        }
        Wrap::Lines => format!("\n \r\n{text}\n\n"),
        Wrap::Object | Wrap::Text | Wrap::Alone | Wrap::Encoded | Wrap::Block | Wrap::Quoted => return None,
    })
}

fn strings(value: Value<'_>, found: &mut Vec<Span>) {
    if value.kind() == Kind::String {
        found.push(value.span());
    }
    for member in value.members() {
        found.push(member.key.span());
        strings(member.value, found);
    }
    value.items().for_each(|item| strings(item, found));
}

/// What the original says at a place, with all escapes of all layers undone as far as possible.
fn plain(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..8 {
        let decoded = serde_json::from_str::<String>(&format!("\"{}\"", text.trim_matches('"'))).ok();
        let url = percent(&text);
        match decoded.filter(|own| *own != text).or(url) {
            Some(next) => text = next,
            None => break,
        }
    }
    text
}

fn percent(text: &str) -> Option<String> {
    text.contains('%').then_some(())?;
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        if first == b'%' {
            bytes.push(u8::from_str_radix(rest.get(1..3)?, 16).ok()?);
            rest = &rest[3..];
        } else {
            bytes.push(first);
            rest = &rest[1..];
        }
    }
    String::from_utf8(bytes).ok()
}

fn word() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9:/é\u{1F511}*\"\\\\ ]{1,12}"
}

fn policy() -> impl Strategy<Value = String> {
    (prop::collection::vec((word(), word(), word()), 1..4), any::<bool>()).prop_map(
        |(statements, is_long)| {
            let list: Vec<serde_json::Value> = statements
            .into_iter()
            .map(|(sid, action, resource)| {
                serde_json::json!({"Sid": sid, "Effect": "Allow", "Action": [action], "Resource": resource})
            })
            .collect();
            let policy = serde_json::json!({"Version": "2012-10-17", "Statement": list});
            if is_long { serde_json::to_string_pretty(&policy).unwrap() } else { policy.to_string() }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn values_stand_where_the_original_has_them(
        policy in policy(),
        wraps in prop::collection::vec(prop::sample::select(&WRAPS[..]), 0..4),
        is_windows in any::<bool>(),
    ) {
        let mut text = policy.clone();
        let mut is_yaml = false;
        for wrap in wraps {
            if let Some(next) = wrapped(&text, wrap) {
                is_yaml |= matches!(wrap, Wrap::Block | Wrap::Quoted);
                text = next;
            }
        }
        let original = if is_windows {
            let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let bytes: Vec<u8> = [0xFF, 0xFE].into_iter().chain(units).collect();
            decode(&bytes).unwrap().into_owned()
        } else {
            text.clone()
        };
        let name = if is_yaml { "x.yaml" } else { "x.json" };
        let found = read(&original, name, &Limits::default()).unwrap();
        prop_assert_eq!(found.documents.len(), 1, "{}", original);
        let own = &found.documents[0];
        let same = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        prop_assert_eq!(same(&own.text), same(&policy), "{}", original);
        let document = Document::parse(&own.text, iam_json::Limits::default()).unwrap();
        let mut spans = Vec::new();
        strings(document.root(), &mut spans);
        let mut last = 0;
        for span in spans {
            let inner = Span::new(span.start + 1, span.end - 1);
            let place = own.origin.span(inner);
            prop_assert!(place.start >= last, "{}", original);
            last = place.end;
            // Backslashes of the value itself cannot be told from those of the layers.
            let value = inner.of(&own.text);
            if !value.contains('\\') {
                prop_assert_eq!(plain(place.of(&original)), value, "{} in {}", place.of(&original), original);
            }
            prop_assert_eq!(own.origin.span(Span::new(inner.start, inner.start)).start, place.start);
        }
        let whole = own.origin.span(Span::new(0, u32::try_from(own.text.len()).unwrap()));
        prop_assert!(!whole.of(&original).is_empty());
    }

    #[test]
    fn no_text_panics(text in "[\\[\\]{}\",:%7B\\\\u/*#'a-b \n\u{FEFF}é-]{0,60}", name in prop::sample::select(&["a.json", "a.yaml", "a.jsonc"][..])) {
        let _ = read(&text, name, &Limits::default());
        let _ = iam_document::accounts(&text, name, &Limits::default());
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(prop::sample::select(&[0xFF_u8, 0xFE, 0, b'{', b'"', b'}', 0xD8, 0xDC, b'\n', 0xC3][..]), 0..24)) {
        if let Ok(text) = decode(&bytes) {
            let _ = read(&text, "a.json", &Limits::default());
        }
    }

    #[test]
    fn cut_texts_are_refused_or_have_nothing_beyond_their_end(policy in policy(), at in 0.0..1.0_f64) {
        let output = format!("{{\"Roles\": [{{\"RoleName\": \"a\", \"AssumeRolePolicyDocument\": {policy}}}], \"Policy\": {}}}", quoted(&policy));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a test")]
        let mut end = (output.len() as f64 * at) as usize;
        while !output.is_char_boundary(end) { end -= 1; }
        prop_assert!(read(&output[..end], "a.json", &Limits::default()).is_err());
    }
}
