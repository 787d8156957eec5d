//! The events that other people recorded, packed in every way.
//!
//! The events are not part of this repository. The environment variable `IAMGATE_CLOUDTRAIL` names the folder that has them: `*.jsonl`, with an
//! event a line. Without the folder the test says so, and passes.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::print_stderr, reason = "a test that was left out says so")]

use std::fs;
use std::path::PathBuf;

use crate::common::{findings, read, records, text};
use iam_trail::{Event, Limits};

fn lines() -> Option<Vec<String>> {
    let Some(folder) = std::env::var_os("IAMGATE_CLOUDTRAIL").map(PathBuf::from) else {
        eprintln!("no events: set IAMGATE_CLOUDTRAIL");
        return None;
    };
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|own| own == "jsonl"))
        .collect();
    files.sort();
    let all = files.iter().flat_map(|path| {
        let file = fs::read_to_string(path).unwrap();
        file.lines().map(str::to_owned).collect::<Vec<_>>()
    });
    Some(all.collect())
}

#[test]
fn every_container_gives_the_same_events() {
    let Some(lines) = lines() else { return };
    assert!(lines.len() >= 4_212, "{}", lines.len());
    // Those that are refused are told, with the same number, whatever the container.
    let refused: Vec<u64> =
        (1..).zip(&lines).filter(|(_, line)| Event::read(line).is_err()).map(|(at, _)| at).collect();
    let expected: Vec<&str> =
        lines.iter().map(String::as_str).filter(|line| Event::read(line).is_ok()).collect();
    let each = |wrap: &dyn Fn(&str) -> String, between: &str| {
        lines.iter().map(|line| wrap(line)).collect::<Vec<_>>().join(between)
    };
    let plain = |line: &str| line.to_owned();
    let lookup = |line: &str| format!(r#"{{"EventId":"x","CloudTrailEvent":{}}}"#, text(line));
    let bridge = |line: &str| {
        format!(
            r#"{{"version":"0","detail-type":"AWS API Call via CloudTrail","resources":[],"detail":{line}}}"#
        )
    };
    let row = |line: &str| format!(r#"[{{"eventJson":{}}}]"#, text(line));
    let files = [
        format!(r#"{{"Records":[{}]}}"#, each(&plain, ",")),
        each(&plain, "\n"),
        format!("[{}]", each(&plain, ",\n")),
        format!(r#"{{"Events":[{}]}}"#, each(&lookup, ",")),
        each(&bridge, "\n"),
        format!(r#"{{"QueryResultRows":[{}]}}"#, each(&row, ",")),
    ];
    for file in files {
        for size in [1_000, 65_536] {
            let got = read(file.as_bytes().chunks(size), Limits::default());
            assert_eq!(records(&got), expected);
            assert_eq!(findings(&got).iter().map(|own| own.place.record).collect::<Vec<_>>(), refused);
        }
        #[cfg(feature = "gzip")]
        {
            use std::io::Write as _;
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(file.as_bytes()).unwrap();
            let packed = encoder.finish().unwrap();
            assert_eq!(records(&read(packed.chunks(8_192), Limits::default())), expected);
        }
    }
    let told: Vec<String> = findings(&read([each(&plain, "\n").as_bytes()], Limits::default()))
        .iter()
        .map(ToString::to_string)
        .collect();
    eprintln!("{} events, {} refused: {told:#?}", expected.len(), refused.len());
}
