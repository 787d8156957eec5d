//! Files that are damaged: what can be read is given, and the rest has a finding.
#![expect(clippy::string_slice, reason = "the tests' own small texts")]

use crate::common::{Got, findings, outline, read, record, records, split, whole};
use iam_trail::{Limits, TrailCode};

/// Splits a file, and asserts that chunks of other sizes give the same, also where events are read.
fn each_way(file: impl AsRef<[u8]>, limits: Limits) -> Vec<Got> {
    let file = file.as_ref();
    let typed = read([file], limits);
    for size in [1, 7, 64] {
        assert_eq!(read(file.chunks(size), limits), typed, "{size}: {}", String::from_utf8_lossy(file));
    }
    let got = split([file], limits);
    for size in [1, 2, 3, 7, 64] {
        assert_eq!(split(file.chunks(size), limits), got, "{size}: {}", String::from_utf8_lossy(file));
    }
    for at in 0..file.len() {
        let (first, second) = file.split_at(at);
        assert_eq!(split([first, second], limits), got, "{at}: {}", String::from_utf8_lossy(file));
    }
    got
}

fn lines(file: &str) -> Vec<Got> {
    each_way(file, Limits::default())
}

#[test]
fn a_file_cut_anywhere_gives_the_records_before() {
    let (one, two) = (record(1), record(2));
    for file in [
        format!(r#"{{"a":1,"Records":[{one},{two}],"b":{{}}}}"#),
        format!("{one}\n{two}\n"),
        format!("[{one},\n{two}]"),
        format!(
            r#"{{"Events":[{{"CloudTrailEvent":{}}},{{"CloudTrailEvent":{}}}]}}"#,
            crate::common::text(&one),
            crate::common::text(&two)
        ),
        format!("\u{feff}{one}{two}"),
    ] {
        let full = whole(&file);
        assert_eq!(records(&full).len(), 2);
        let ends: Vec<usize> = full
            .iter()
            .enumerate()
            .map(|(at, _)| {
                (0..=file.len()).find(|end| records(&whole(&file.as_bytes()[..*end])).len() > at).unwrap()
            })
            .collect();
        for cut in 0..file.len() {
            let got = whole(&file.as_bytes()[..cut]);
            let before = ends.iter().filter(|end| **end <= cut).count();
            assert_eq!(got[..before], full[..before], "{}", &file[..cut.max(3)]);
            assert_eq!(records(&got).len(), before);
            // Nothing is lost in silence: what is not the end of a record is told.
            let codes: Vec<TrailCode> = findings(&got).iter().map(|own| own.code).collect();
            let is_in_list = file.starts_with('[') || file.contains("Records") || file.contains("Events");
            let last = ends.iter().filter(|end| **end <= cut).max().copied().unwrap_or(0);
            if before == 0 {
                assert!(codes.contains(&TrailCode::NoRecords), "{cut}: {got:?}");
            } else if is_in_list || file.as_bytes()[last..cut].contains(&b'{') {
                assert_eq!(codes, [TrailCode::Truncated], "{cut}: {got:?}");
            } else {
                assert!(codes.is_empty(), "{cut}: {got:?}");
            }
        }
    }
}

#[test]
fn a_line_that_is_cut_costs_one_line() {
    let (one, two, three) = (record(1), record(2), record(3));
    // Cut in each place, the second line is lost and the others are not.
    for cut in 1..two.len() {
        let file = format!("{one}\n{}\n{three}\n{one}\n", &two[..cut]);
        let got = whole(&file);
        assert_eq!(records(&got), [&*one, &three, &one], "{}", &two[..cut]);
        assert_eq!(outline(&got).matches("BROKEN_JSON:2@").count(), 1, "{got:#?}");
        assert_eq!(split(file.as_bytes().chunks(1), Limits::default()), got);
    }
}

#[test]
fn a_line_with_other_damage() {
    let (one, two) = (record(1), record(2));
    let after = one.len() + 1;
    for (bad, code) in [
        ("{\"eventName\":\"A\"]}", "BROKEN_JSON"),
        ("{\"eventName\":\"A\"}}", "NOT_A_RECORD:2@LINE BROKEN_JSON"),
        ("{\"eventName\":\"A", "BROKEN_JSON"),
        ("{\"eventName\":\"A\\", "BROKEN_JSON"),
        ("words", "BROKEN_JSON"),
        (",", "BROKEN_JSON"),
        ("}{", "BROKEN_JSON"),
        ("{\"eventName\":\"A\",\"eventSource\":\"s\" \"x\"}", "BROKEN_JSON"),
    ] {
        let got = lines(&format!("{one}\n{bad}\n{two}\n"));
        assert_eq!(records(&got), [&*one, &two], "{bad}: {got:#?}");
        let codes = code.replace("LINE", &after.to_string());
        assert!(outline(&got).contains(&codes), "{bad}: {}", outline(&got));
    }
    // What was passed over is said.
    let got = lines(&format!("{one}\nwords\nmore\n{two}\n"));
    assert_eq!(findings(&got)[0].place.offset, u64::try_from(after).unwrap());
    assert!(findings(&got)[0].text.ends_with(&format!("bytes {after} to {} are not read", after + 11)));
    // Printed over several lines: one finding, and the next object.
    let got = lines(
        "{\n  \"eventName\": \"A\",\n  \"eventSource\": ]\n  \"x\": {\n  }\n}\n{\"eventName\":\"B\",\"eventSource\":\"s\"}",
    );
    assert_eq!(outline(&got), "BROKEN_JSON:1@39 2@56");
    // The line that a broken one took in is read again.
    let got = lines(&format!("{{\"resources\":[\n{one}\n{two}\n"));
    assert_eq!(records(&got), [&*one, &two]);
    let got = lines(&format!("{{\"resources\":[\n{one}"));
    assert_eq!(outline(&got), format!("TRUNCATED:1@{} 2@15", 15 + one.len()));
}

#[test]
fn lists_with_damage() {
    let (one, two) = (record(1), record(2));
    let list = |inner: &str| lines(&format!(r#"{{"Records":[{inner}]}}"#));
    for (inner, codes) in [
        (format!("{one} {two}"), "BROKEN_JSON:1@"),
        (format!("{one},,{two}"), "BROKEN_JSON:1@"),
        (format!(",{one},{two}"), "BROKEN_JSON:0@12"),
        (format!("{one},{two},"), "BROKEN_JSON:2@"),
        (format!("{one},17,null,\"te[xt\",{two}"), "NOT_A_RECORD:2@"),
        (format!("{one},{{}},{two}"), "NOT_A_RECORD:2@"),
        (format!("{one},{{\"a\" {{\"b\"}}}},{two}"), "BROKEN_JSON:2@"),
        // A text that is not closed ends with its line.
        (format!("{one},{{\"eventName\":\"a,\n\"b\":\"c\"}},{two}"), "BROKEN_JSON:2@"),
        (format!("{one},{{\"eventID\":[1}}]}},{two}"), "BROKEN_JSON:2@"),
        (format!("{one},{two}}}"), "BROKEN_JSON:2@"),
    ] {
        let got = list(&inner);
        let own = if inner.contains("[1}") { vec![&*one] } else { vec![&*one, &two] };
        assert_eq!(records(&got), own, "{inner}: {got:#?}");
        assert!(outline(&got).contains(codes), "{inner}: {}", outline(&got));
    }
    // After a bracket of the wrong kind a line that begins with a brace is the next chance.
    let got = lines(&format!("{{\"Records\":[{{\"a\":[1}}]}},\n{two}]}}\n{one}"));
    assert_eq!(records(&got), [&*two, &one]);
    assert!(outline(&got).starts_with("BROKEN_JSON:1@19 2@24 BROKEN_JSON:2@"), "{}", outline(&got));
    // What stands beside the list is checked too.
    let got = lines(&format!(r#"{{"Records":[{one}] "x":1}}"#));
    assert_eq!(outline(&got), "1@12 BROKEN_JSON:1@0");
    let got = lines(&format!("{{\"Records\":[{one}]\n{{\"Records\":[{two}]}}"));
    assert_eq!(outline(&got), format!("1@12 BROKEN_JSON:1@{0} 2@{1}", 14 + one.len(), 26 + one.len()));
}

#[test]
fn bytes_that_are_not_utf8() {
    let mut file = record(1).into_bytes();
    file.push(b'\n');
    let mut bad = record(2).into_bytes();
    bad[30] = 0xff;
    file.extend(bad);
    file.extend(record(3).into_bytes());
    let got = each_way(&file, Limits::default());
    assert_eq!(records(&got), [record(1), record(3)]);
    let at = record(1).len() + 1;
    assert_eq!(outline(&got), format!("1@0 NOT_UTF8:2@{at} 3@{}", at + record(2).len()));
    assert!(findings(&got)[0].text.contains(&format!("at {}", at + 30)));
}

#[test]
fn limits_of_a_record() {
    let mut limits = Limits::default();
    limits.record_bytes = record(1).len();
    let long = record(22).replace("N22", &"x\\\"".repeat(40));
    for file in [
        format!("{}\n{long}\n{}\n", record(1), record(3)),
        format!(r#"{{"Records":[{},{long},{}]}}"#, record(1), record(3)),
    ] {
        let got = each_way(&file, limits);
        assert_eq!(records(&got), [record(1), record(3)]);
        assert_eq!(findings(&got)[0].code, TrailCode::TooLong);
        assert_eq!(findings(&got)[0].place.record, 2);
        assert!(findings(&got)[0].text.contains(&long.len().to_string()));
    }
    // The list is found behind members of any length, and what stands beside it is said not to be known.
    let got = each_way(format!(r#"{{"x":"{}","Records":[{}]}}"#, "y".repeat(600), record(1)), limits);
    assert_eq!(records(&got), [record(1)]);
    assert_eq!(findings(&got)[0].code, TrailCode::TooLong);
    // A long line that is cut is left where the next one begins.
    let got = each_way(format!("{}\n{}\n", &long[..long.len() - 1], record(3)), limits);
    assert_eq!(records(&got), [record(3)]);

    let deep = |depth: usize| {
        format!(
            r#"{{"eventName":"a","eventSource":"s","x":{}{}}}"#,
            "[".repeat(depth - 1),
            "]".repeat(depth - 1)
        )
    };
    let file = format!("{}\n{}\n{}", deep(64), deep(65), deep(200));
    let got = each_way(&file, Limits::default());
    assert_eq!(records(&got), [deep(64)]);
    assert_eq!(findings(&got).iter().map(|own| own.code).collect::<Vec<_>>(), [TrailCode::TooDeep; 2]);
    limits = Limits::default();
    limits.nesting = 0;
    assert_eq!(outline(&each_way(record(1), limits)), "RECORD_TOO_DEEP:1@0 NO_RECORDS:0@0");
}

#[test]
fn limit_of_a_file() {
    let mut limits = Limits::default();
    let file = format!("{}\n{}\n", record(1), record(2));
    for most in 0..file.len() {
        limits.file_bytes = u64::try_from(most).unwrap();
        let got = each_way(&file, limits);
        let before = usize::from(most >= record(1).len()) + usize::from(most >= file.len() - 1);
        assert_eq!(records(&got).len(), before);
        assert_eq!(findings(&got)[0].code, TrailCode::FileTooLong, "{most}");
    }
    limits.file_bytes = u64::try_from(file.len()).unwrap();
    assert!(findings(&each_way(&file, limits)).is_empty());
}

#[test]
fn endless_values_end() {
    let last = format!(",\n{}", record(1));
    for (start, byte, end, codes) in [
        (&b"{\"eventName\":"[..], b' ', &b"1}"[..], "RECORD_TOO_LONG:1 BROKEN_JSON:1 2"),
        (b"{\"Records\":[{\"eventName\":\"", b'x', b"\"}", "RECORD_TOO_LONG:1 2 TRUNCATED:2"),
        (b"{\"eventName\":\"", b'\\', b"\"}", "RECORD_TOO_LONG:1 BROKEN_JSON:1 2"),
        (b"[", b'[', b"", "TRUNCATED:1 NO_RECORDS:0"),
        (b"[", b'7', b"", "RECORD_TOO_LONG:1 2 TRUNCATED:2"),
        (b"", b'\n', b"", "BROKEN_JSON:0 1"),
        (b"", b'x', b"", "BROKEN_JSON:0 1"),
    ] {
        let filler = vec![byte; 1 << 20];
        let chunks =
            std::iter::once(start).chain(std::iter::repeat_n(&*filler, 20)).chain([end, last.as_bytes()]);
        let got = outline(&split(chunks, Limits::default()));
        let without_places: Vec<&str> = got.split(' ').map(|word| word.split('@').next().unwrap()).collect();
        assert_eq!(without_places.join(" "), codes);
    }
}

#[test]
fn records_that_are_refused() {
    let good = record(1);
    let file = format!(
        "{good}\n{}\n{}\n{}\n{}\n",
        r#"{"eventName":"A","eventID":"e2","eventName":"B","eventSource":"s"}"#,
        r#"{"eventName":"A","eventID":"e3","userIdentity":{"type":17}}"#,
        r#"{"eventName":"A","eventID":"e4","eventSource":"s",}"#,
        r#"{"eventName":"A","eventID":"e5","eventSource":"s","userAgent":nul,"requestParameters":{"aaa":1}}"#,
    );
    let got = read([file.as_bytes()], Limits::default());
    assert_eq!(records(&got), [&*good]);
    let found: Vec<(&str, Option<&str>)> =
        findings(&got).iter().map(|own| (own.code.name(), own.event_id.as_deref())).collect();
    assert_eq!(
        found,
        [
            ("RECORD_REFUSED", Some("e2")),
            ("RECORD_REFUSED", Some("e3")),
            ("BROKEN_JSON", None),
            ("BROKEN_JSON", None)
        ]
    );
    assert!(findings(&got)[0].text.contains("duplicate field `eventName`"), "{}", findings(&got)[0]);
    // The list of findings has an end.
    let mut limits = Limits::default();
    limits.findings = 2;
    let file = format!("[{}1]", "1,".repeat(9));
    let got = read([file.as_bytes()], limits);
    assert_eq!(outline(&got), "NOT_A_RECORD:1@1 NOT_A_RECORD:2@3 MORE_FINDINGS:0@0");
    let Some(Got::Finding(last)) = got.last() else { panic!("{got:?}") };
    assert!(last.text.contains(" 9 more"), "{last}");
}
