//! Texts that are no JSON, or exceed a limit: each is refused, and says where and why.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

use std::time::Duration;

use iam_json::{Code, Document, Limits, Report, code, text_of};

/// What refuses a text.
#[track_caller]
fn refused(text: &str) -> Report {
    let read = Document::parse(text, Limits::default());
    assert!(read.is_err(), "accepted: {text}");
    let report = read.unwrap_err();
    let lines: Vec<&str> = text.split('\n').collect();
    for problem in report.problems() {
        assert!(problem.place.span.start <= problem.place.span.end, "{problem}");
        assert!(problem.place.span.end as usize <= text.len(), "{problem}");
        let line = lines[problem.position.line as usize - 1];
        assert!(problem.position.column as usize <= line.chars().count() + 1, "{problem}");
    }
    report
}

#[track_caller]
fn only(text: &str, code: Code) {
    assert_eq!(refused(text).refusals(), [code], "{text}");
}

/// `CODE line:column pointer` of everything that refuses a text.
fn places(text: &str) -> Vec<String> {
    refused(text)
        .problems()
        .iter()
        .map(|p| format!("{} {} {}", p.code, p.position, p.place.pointer))
        .collect()
}

/// The default limits with another depth.
fn of_depth(depth: usize) -> Limits {
    let mut limits = Limits::default();
    limits.depth = depth;
    limits
}

#[test]
fn texts_that_are_nothing() {
    for text in ["", " ", "\n\t\r ", "\n\n\n"] {
        only(text, code::EMPTY_DOCUMENT);
    }
}

#[test]
fn texts_that_are_not_json() {
    for text in [
        "x",
        "nul",
        "nulll",
        "NULL",
        "True",
        "'a'",
        "{'a':1}",
        "{a:1}",
        "{\"a\" 1}",
        "{\"a\":}",
        "{\"a\":1,}",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{,}",
        "[}",
        "{]",
        "}",
        "]",
        ",",
        ":",
        "\"",
        "\"a",
        "\"\\",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12G4\"",
        "\"\t\"",
        "\"\n\"",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800\\u0041\"",
        "01",
        "-",
        "+1",
        ".5",
        "1.",
        "1e",
        "1e+",
        "0x1",
        "1_0",
        "Infinity",
        "NaN",
        "-Infinity",
        "--1",
        "// c\n{}",
        "/* */{}",
        "{}{}",
        "{} x",
        "<xml/>",
        "\u{2028}{}",
        "{\"a\":1 // c\n}",
        "Version: 2012-10-17",
    ] {
        only(text, code::JSON_SYNTAX_ERROR);
    }
}

/// The comma is the mistake, and the bracket behind it may stand lines below.
#[test]
fn a_trailing_comma_is_reported_where_it_stands() {
    for (text, position) in [
        ("{\n  \"a\": 1,\n\n}", "2:9"),
        ("[\n  1,\n  2 ,\n]", "3:5"),
        ("{\"Statement\": [\n  {},\n]}", "2:5"),
        ("[1,]", "1:3"),
    ] {
        assert_eq!(places(text), [format!("JSON_SYNTAX_ERROR {position} ")], "{text}");
    }
    // Anything else behind a comma is reported where that stands.
    assert_eq!(places("[1,\n,]"), ["JSON_SYNTAX_ERROR 2:1 "]);
    assert_eq!(places("[1,\n}"), ["JSON_SYNTAX_ERROR 2:1 "]);
    assert_eq!(places("{\"a\": 1,\nb}"), ["JSON_SYNTAX_ERROR 2:1 "]);
}

#[test]
fn bytes_that_are_not_utf_8() {
    for (bytes, offset) in [
        (&b"\x80"[..], 0),
        (b"{\"a\":\"\xff\"}", 6),
        (b"{\"a\":\"\xc3\"}", 6),
        (b"{\"a\":\"\xc0\xaf\"}", 6),
        (b"{\"a\":\"\xed\xa0\x80\"}", 6),
        (b"{\"a\":\"\xf5\x80\x80\x80\"}", 6),
        (b"{}\n\xe2\x82", 3),
    ] {
        let report = text_of(bytes).unwrap_err();
        assert_eq!(report.refusals(), [code::NOT_UTF8]);
        let place = report.problems()[0].place.span;
        assert_eq!((place.start, place.end), (offset, offset + 1));
    }
    assert_eq!(text_of("é".as_bytes()), Ok("é"));
}

#[test]
fn utf_32_is_recognized_by_its_mark() {
    for bytes in [&b"\x00\x00\xFE\xFF\x00\x00\x00{"[..], b"\xFF\xFE\x00\x00{\x00\x00\x00"] {
        assert!(text_of(bytes).unwrap_err().has(code::BYTE_ORDER_MARK));
    }
}

#[test]
fn bytes_of_a_document() {
    let text = |length: usize| format!("\"{}\"", "x".repeat(length - 2));
    for (limits, most) in [(Limits::of_bytes(200), 200), (Limits::default(), 131_072)] {
        assert!(Document::parse(&text(most), limits).is_ok());
        let report = Document::parse(&text(most + 1), limits).unwrap_err();
        assert_eq!(report.refusals(), [code::DOCUMENT_TOO_LARGE]);
    }
}

#[test]
fn depth_of_a_document() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    for (limits, most) in [(of_depth(3), 3), (Limits::default(), 32)] {
        assert!(Document::parse(&nested(most), limits).is_ok());
        let report = Document::parse(&nested(most + 1), limits).unwrap_err();
        assert_eq!(report.refusals(), [code::NESTING_TOO_DEEP]);
        // The place is the bracket that is one too many.
        assert_eq!(report.problems()[0].place.span.start as usize, most);
        let objects = |depth: usize| format!("{}0{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        assert!(Document::parse(&objects(most), limits).is_ok());
        assert_eq!(
            Document::parse(&objects(most + 1), limits).unwrap_err().refusals(),
            [code::NESTING_TOO_DEEP]
        );
    }
}

/// Runs `work` and returns its result, and how long it took.
#[expect(clippy::disallowed_methods, reason = "time is what is measured")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = std::time::Instant::now();
    let done = work();
    (done, start.elapsed())
}

#[test]
fn bytes_that_are_no_text_are_refused_at_once() {
    let mut bytes = vec![b'\n'; 10_000_000];
    bytes.push(0xFF);
    let (report, time) = timed(|| text_of(&bytes).unwrap_err());
    assert_eq!(report.refusals(), [code::NOT_UTF8]);
    assert_eq!(report.problems()[0].position.line, 10_000_001);
    assert!(time < Duration::from_secs(5), "{time:?}");
}
