//! A value inside a document is accepted exactly if its own text would be, and places are those of the whole document.

use iam_json::{Code, Document, Limits, Report, Value, code};

const TEXTS: [&str; 10] = [
    r#""text""#,
    r#"{"a":1,"b":{"a":1}}"#,
    r#"{"a":1,"a":2}"#,
    r#"[{"a":{"b":1,"b":2}},{"c":1,"\u0063":2}]"#,
    "[[[]]]",
    "[[[[]]]]",
    r#"{"a":[{"b":[]}]}"#,
    r#"[[],[],[[],{"a":1,"a":1}]]"#,
    "[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]",
    "[]",
];

fn small() -> Limits {
    let mut limits = Limits::of_bytes(50);
    limits.depth = 3;
    limits
}

fn codes(read: Result<(), Report>) -> Vec<(Code, String)> {
    let problems = read.map_or_else(Report::into_problems, |()| Vec::new());
    problems.into_iter().map(|p| (p.code, p.place.pointer)).collect()
}

#[test]
fn a_value_is_accepted_exactly_if_its_text_is() {
    for text in TEXTS {
        let alone = Document::parse(text, small()).and_then(Document::refuse_duplicates);
        // The values beside it have duplicates of their own, and are not asked.
        let whole =
            format!("{{\"before\":{{\"x\":1,\"x\":2}},\"own\":\n{text},\"after\":[{{\"x\":1,\"x\":2}}]}}");
        let document = Document::parse(&whole, Limits::default()).unwrap();
        let own = document.root().member("own").unwrap();
        let expected: Vec<(Code, String)> = codes(alone.map(drop))
            .into_iter()
            .map(|(code, pointer)| {
                // A text that stops the reader has no pointers yet.
                let stops = matches!(code, code::DOCUMENT_TOO_LARGE | code::NESTING_TOO_DEEP);
                (code, if stops { String::new() } else { format!("/own{pointer}") })
            })
            .collect();
        let found: Vec<(Code, String)> = codes(own.within(small()).map(drop))
            .into_iter()
            .map(|(code, pointer)| {
                assert!(pointer.starts_with("/own"), "{text}: {pointer}");
                let stops = matches!(code, code::DOCUMENT_TOO_LARGE | code::NESTING_TOO_DEEP);
                (code, if stops { String::new() } else { pointer })
            })
            .collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn places_are_those_of_the_whole_document() {
    let whole = "{\"a\": 1,\n \"own\": [[[\n  [{}]]]]}";
    let document = Document::parse(whole, Limits::default()).unwrap();
    let own = document.root().member("own").unwrap();
    let said = |read: Result<Value<'_>, Report>| read.unwrap_err().to_string();
    assert_eq!(
        said(own.within(small())),
        "NESTING_TOO_DEEP at 3:3 (/own/0/0/0): arrays and objects are nested too deeply: \
         more than 3 arrays and objects inside each other; policies need 6"
    );
    let few = Limits::of_bytes(10);
    assert_eq!(
        said(own.within(few)),
        "DOCUMENT_TOO_LARGE at 2:9 (/own): the document is too large to read: \
         13 bytes; at most 10 bytes are read as one document"
    );
}
