//! What the tests of files share.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use iam_trail::{Event, Finding, Found, Frames, Item, Limits, Reader};

/// What a file gave, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Got {
    /// A record, its place and its number.
    Record(String, u64, u64),
    Finding(Finding),
}

/// Splits chunks.
pub(crate) fn split<'c>(chunks: impl IntoIterator<Item = &'c [u8]>, limits: Limits) -> Vec<Got> {
    let (mut frames, mut all) = (Frames::new(limits), Vec::new());
    let mut each = |found: Found<'_>| match found {
        Found::Record { json, place } => all.push(Got::Record(json.to_owned(), place.offset, place.record)),
        Found::Finding(finding) => all.push(Got::Finding(finding)),
        other => panic!("{other:?}"),
    };
    for chunk in chunks {
        frames.feed(chunk, &mut each);
    }
    frames.finish(&mut each);
    all
}

/// Splits a file that comes at once.
pub(crate) fn whole(file: impl AsRef<[u8]>) -> Vec<Got> {
    split([file.as_ref()], Limits::default())
}

/// The records.
pub(crate) fn records(got: &[Got]) -> Vec<&str> {
    got.iter()
        .filter_map(|got| match got {
            Got::Record(json, ..) => Some(&**json),
            Got::Finding(_) => None,
        })
        .collect()
}

/// The findings.
pub(crate) fn findings(got: &[Got]) -> Vec<&Finding> {
    got.iter()
        .filter_map(|got| match got {
            Got::Record(..) => None,
            Got::Finding(finding) => Some(finding),
        })
        .collect()
}

/// What came, in words: the records' numbers, and the codes with their places.
pub(crate) fn outline(got: &[Got]) -> String {
    let words: Vec<String> = got
        .iter()
        .map(|got| match got {
            Got::Record(_, offset, record) => format!("{record}@{offset}"),
            Got::Finding(finding) => {
                format!("{}:{}@{}", finding.code.name(), finding.place.record, finding.place.offset)
            }
        })
        .collect();
    words.join(" ")
}

/// Reads chunks. Gives the events' JSON and the findings, and asserts that `serde_json` reads the same events.
pub(crate) fn read<'c>(chunks: impl IntoIterator<Item = &'c [u8]>, limits: Limits) -> Vec<Got> {
    let (mut reader, mut all) = (Reader::new(limits), Vec::new());
    let mut each = |item: Item<'_>| match item {
        Item::Record { event, json, place } => {
            assert!(event.event_name.is_some() || event.event_source.is_some(), "{json}");
            let other: Event<'_> = serde_json::from_str(json).unwrap();
            assert_eq!(format!("{event:?}"), format!("{other:?}"), "{json}");
            all.push(Got::Record(json.to_owned(), place.offset, place.record));
        }
        Item::Finding(finding) => all.push(Got::Finding(finding)),
        other => panic!("{other:?}"),
    };
    for chunk in chunks {
        reader.feed(chunk, &mut each);
    }
    reader.finish(&mut each);
    all
}

/// A small record.
pub(crate) fn record(id: u32) -> String {
    format!(
        r#"{{"eventVersion":"1.11","userIdentity":{{"type":"Role","arn":"a\"[{{\\"}},"eventName":"N{id}","eventSource":"s3.amazonaws.com","resources":[{{}}],"eventID":"{id}"}}"#
    )
}

/// A text in JSON.
pub(crate) fn text(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}
