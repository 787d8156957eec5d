//! What a file without records looks like.

use crate::finding::TrailCode;

/// How many bytes of the beginning are looked at.
pub(super) const HEAD: usize = 1_024;

/// What the file is, if its first bytes say that it is no text in UTF-8.
pub(super) fn binary(head: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 10] = [
        (b"\x1f\x8b", "is compressed with gzip: unpack it first, or give it to a reader that does"),
        (b"PK\x03\x04", "is a ZIP archive: unpack it first"),
        (b"BZh", "is compressed with bzip2: unpack it first"),
        (b"\x28\xb5\x2f\xfd", "is compressed with Zstandard: unpack it first"),
        (b"\xfd7zXZ", "is compressed with xz: unpack it first"),
        (b"PAR1", "is a table in Parquet, as Security Lake writes: export it as JSON lines first"),
        (b"Obj\x01", "is a table in Avro: export it as JSON lines first"),
        (b"\xff\xfe", "is text in UTF-16: save it as UTF-8"),
        (b"\xfe\xff", "is text in UTF-16: save it as UTF-8"),
        (b"\x00\x00\xfe\xff", "is text in UTF-32: save it as UTF-8"),
    ];
    if let Some((_, what)) = known.into_iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(what);
    }
    match head {
        [0, low, ..] | [low, 0, ..] if matches!(low, b'{' | b'[' | b' ' | b'\r' | b'\n') => {
            Some("is text in UTF-16 without a mark: save it as UTF-8")
        }
        [..] => None,
    }
}

/// The code of a file without records.
pub(super) fn code(head: &[u8], is_empty_list: bool) -> TrailCode {
    match (binary(head), is_empty_list) {
        (Some(_), _) => TrailCode::OtherFormat,
        (None, true) => TrailCode::EmptyList,
        (None, false) => TrailCode::NoRecords,
    }
}

/// What the file looks like, as a clause about it.
pub(super) fn like(head: &[u8], had_list: bool) -> &'static str {
    if let Some(what) = binary(head) {
        return what;
    }
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let has = |words: &str| memchr::memmem::find(head, words.as_bytes()).is_some();
    let Some(first) = head.first() else { return "is empty" };
    if !matches!(first, b'{' | b'[') {
        return match first {
            b'<' => "is XML or HTML, perhaps the error of a download",
            _ if head.starts_with(b"user,arn,user_creation_time") => "is a credential report of IAM",
            _ if has("eventname,") || has("eventName,") || has("\"eventname\"") || has("\"eventName\"") => {
                "is a table with commas: export the records as JSON"
            }
            _ if has("Event name,") => "is the event history as a table with commas: download it as JSON",
            _ => "is not JSON",
        };
    }
    if had_list {
        return "is of the right form, and its list of records is empty";
    }
    let known = [
        ("\"digestS3Bucket\"", "is a digest file of CloudTrail: give the log files that it names"),
        ("\"digestStartTime\"", "is a digest file of CloudTrail: give the log files that it names"),
        ("\"Statement\"", "is a policy of IAM"),
        ("\"logEvents\"", "is of CloudWatch Logs: give the texts in the member message, one a line"),
        ("\"ReportFormat\"", "is a credential report of IAM"),
        ("\"class_uid\"", "is of the Open Cybersecurity Schema Framework: give CloudTrail's own records"),
        ("\"trailList\"", "is a description of trails"),
        ("\"QueryStatus\"", "is the state of a query of CloudTrail Lake without rows"),
        ("\"QueryId\"", "is the start of a query of CloudTrail Lake: fetch its results"),
        ("\"Credentials\"", "is an answer of AWS STS"),
        ("\"detail-type\"", "is of EventBridge, with events that CloudTrail did not record"),
    ];
    known.into_iter().find(|(words, _)| has(words)).map_or("is JSON of another kind", |(_, what)| what)
}
