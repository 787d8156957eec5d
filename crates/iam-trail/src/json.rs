//! Typed values from JSON that lies in memory, fast: texts borrow, and what nobody reads is checked and passed over without being built.
//!
//! This reads what `serde_json` reads, or nothing. Where it stops, `serde_json` decides, and says what is wrong: so there is one grammar, and one
//! wording of its errors. Nesting and recursion are bounded.

mod cursor;
mod plain;
mod raw;
mod typed;

use serde::Deserialize;

use cursor::Cursor;
pub use raw::RawJson;

/// The most brackets within each other that are read here.
pub(crate) const NESTING: u32 = 64;

/// The value that a text begins with, and the number of its bytes. `None` if it ends behind the text, nests deeper than this, or is not read here.
/// Members of the value itself may not have the names of `avoid`.
pub(crate) fn first<'a, T: Deserialize<'a>>(
    text: &'a str,
    nesting: u32,
    avoid: &'static [&'static str],
) -> Option<(T, usize)> {
    let mut cursor = Cursor::new(text, nesting.min(NESTING), avoid);
    let value = T::deserialize(&mut cursor).ok()?;
    Some((value, cursor.at()))
}

/// The value that is the whole text.
///
/// # Errors
/// Those of `serde_json`.
pub(crate) fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, serde_json::Error> {
    match first(text, NESTING, &[]) {
        Some((value, end)) if text.len() == end => Ok(value),
        Some(_) | None => serde_json::from_str(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use proptest::prelude::*;

    const RECORD: &str = r#" {"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","arn":"a\"[{\\","sessionContext":{"sessionIssuer":{},
        "attributes":{"mfaAuthenticated":"false"}}},"eventName" : "N\u00e9","userAgent":"é [x] {y}, 'z' 0123456789 0123456789","errorCode":null,
        "requestParameters":{"a":[{},[],{"b":[-0.5e+10,12,0,true,false,null]},"\u0041\n\/"],"c":""},"responseElements":"x","readOnly":true,
        "resources":[{"ARN":"b","type":"c"},{"arn":"d","x":[1]}],"p":{"q":[1,2]},"p":0,"eventID":"1"}  "#;

    /// Asserts that what is read here is what `serde_json` reads. Gives whether something is read.
    #[track_caller]
    fn agrees(text: &str) -> bool {
        let Some((event, end)) = first::<Event<'_>>(text, NESTING, &[]) else { return false };
        let (own, rest) = text.split_at(end);
        let other: Event<'_> = serde_json::from_str(own).unwrap_or_else(|error| panic!("{own}: {error}"));
        assert_eq!(format!("{event:?}"), format!("{other:?}"), "{own}");
        assert!(own.ends_with('}'), "{own} and {rest}");
        true
    }

    #[test]
    fn whole_records_are_read_here() {
        assert!(agrees(RECORD));
        let (_, end) = first::<Event<'_>>(RECORD, NESTING, &[]).unwrap();
        assert_eq!(RECORD.get(end..), Some("  "));
        assert!(agrees(&format!("{RECORD}, more")) && agrees(&format!("{RECORD}]}}")));
        for text in [
            "{}",
            r#"{"a":{}}"#,
            r#"{"errorCode":"a b ! c","b":" \u12aB "}"#,
            r#"{"event\u004eame":"x"}"#,
            r#"{"x":"\ud800","requestParameters":"\udc00"}"#,
            "{\r\n\t\"resources\" :\n[ ] , \"readOnly\":\tfalse }",
            r#"{"a":1E5,"b":-0,"c":0.0e-0,"d":1234567890123456789012345678901234567890}"#,
        ] {
            assert!(agrees(text), "{text}");
        }
    }

    #[test]
    fn everything_else_is_left_to_serde_json() {
        for value in [
            "01",
            "-",
            "-a",
            "1.",
            ".5",
            "1e",
            "1e+",
            "+1",
            "1.e5",
            "tru",
            "truex",
            "nul",
            "\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\\u123",
            "\"a\tb\"",
            "\"\u{1}\"",
            "[1,]",
            "[,1]",
            "[1 2]",
            "[1}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "{1:1}",
            "{\"a\" 1}",
            "{,}",
            "'a'",
            "",
            "NaN",
            "\\",
            "\u{a0}1",
        ] {
            for text in [format!("{{\"x\":{value}}}"), format!("{{\"requestParameters\":{value},\"y\":1}}")] {
                assert!(!agrees(&text), "{text}");
                assert!(read::<Event<'_>>(&text).is_err(), "{text}");
            }
        }
        for text in [
            r#"{"eventName":"a","eventName":"a"}"#,
            r#"{"eventName":5}"#,
            r#"{"eventName":"\ud800"}"#,
            r#"{"readOnly":1}"#,
            r#"{"userIdentity":{"arn":"a","arn":"b"}}"#,
            r#"{"resources":[{"ARN":"a","arn":"b"}]}"#,
            r#"{"resources":{}}"#,
            "[]",
        ] {
            assert!(!agrees(text) && read::<Event<'_>>(text).is_err(), "{text}");
        }
        // An object as a list of its values.
        let list = r#"{"tlsDetails":["TLSv1.3","c","h"]}"#;
        assert!(!agrees(list));
        let read = read::<Event<'_>>(list).unwrap().tls_details.unwrap();
        assert_eq!(read.tls_version.as_deref(), Some("TLSv1.3"));
        assert!(super::read::<Event<'_>>("{} x").is_err() && super::read::<Event<'_>>("{} ").is_ok());
    }

    #[test]
    fn nesting_has_a_limit() {
        let deep = |depth: usize| {
            let inner = depth.saturating_sub(1);
            format!(r#"{{"x":{}{}}}"#, "[".repeat(inner), "]".repeat(inner))
        };
        let is_read = |depth: usize, nesting: u32| first::<Event<'_>>(&deep(depth), nesting, &[]).is_some();
        assert!(
            is_read(64, 64) && !is_read(65, 64) && !is_read(65, 1_000) && is_read(3, 3) && !is_read(4, 3)
        );
        assert!(
            !is_read(2, 1)
                && first::<Event<'_>>("{}", 1, &[]).is_some()
                && first::<Event<'_>>("{}", 0, &[]).is_none()
        );
        // Brackets that were closed do not count.
        let wide = format!(r#"{{"resources":[{}{{}}],"x":[[[]]]}}"#, "{},".repeat(100));
        assert!(first::<Event<'_>>(&wide, 4, &[]).is_some() && first::<Event<'_>>(&wide, 3, &[]).is_none());
        // Without a limit of its own `serde_json` reads on.
        assert!(read::<Event<'_>>(&deep(100)).is_ok());
    }

    #[test]
    fn names_can_be_avoided() {
        let is_read = |text: &str| first::<Event<'_>>(text, NESTING, &["Records", "Events"]).is_some();
        assert!(!is_read(r#"{"eventName":"a","Records":[]}"#) && !is_read(r#"{"Events":1}"#));
        assert!(is_read(r#"{"eventName":"a","Record":[],"x":{"Records":[]},"userIdentity":{"Records":[]}}"#));
    }

    #[test]
    fn each_cut_and_each_byte() {
        for (own, rest) in (0..RECORD.len()).filter_map(|end| RECORD.split_at_checked(end)) {
            assert_eq!(agrees(own), rest.bytes().all(|byte| byte == b' '), "{own}");
        }
        for at in 0..RECORD.len() {
            for byte in *b"{}[]\",:\\ \n\x1f\x7f0e-t" {
                let mut changed = RECORD.as_bytes().to_vec();
                changed[at] = byte;
                if let Ok(text) = str::from_utf8(&changed) {
                    agrees(text);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn damage_is_seen_alike(
            damage in prop::collection::vec((any::<prop::sample::Index>(), "[{}\\[\\]\",:\\\\ \n\u{1f}é0e.\\-tu]{0,3}"), 1..4),
        ) {
            let mut text = RECORD.to_owned();
            for (at, new) in damage {
                let places: Vec<(usize, char)> = text.char_indices().collect();
                let (place, old) = *at.get(&places);
                text.replace_range(place..place.saturating_add(old.len_utf8()), &new);
            }
            agrees(&text);
        }

        #[test]
        fn texts_end_where_they_end(text in "[a-z !\"\\\\\u{0}-\u{1f}é]{0,40}", before in 0_usize..20) {
            let bytes = [&b"x".repeat(before), text.as_bytes()].concat();
            let expected = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
            prop_assert_eq!(plain::plain(&bytes), expected);
        }
    }
}
