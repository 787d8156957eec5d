//! What reading a document does not reach: printing to a full writer, and what a caller asks of a value.

use std::fmt::{self, Write};

use iam_policy::value::{Decimal, IpRange};
use iam_policy::{Level, Test};

/// A writer with room for so many bytes, and what was written.
struct Room(usize, String);

impl Write for Room {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text.len() > self.0 {
            return Err(fmt::Error);
        }
        self.0 = self.0.saturating_sub(text.len());
        self.1.push_str(text);
        Ok(())
    }
}

/// A test that does not fit is an error and not a shorter, different test.
#[test]
fn a_test_is_printed_whole_or_the_writer_says_so() {
    for name in ["ForAllValues:StringEqualsIfExists", "ForAnyValue:ArnLike", "Null", "DateEqualsIfExists"] {
        let test = Test::parse(name).expect("an operator");
        for room in 0..name.len() {
            let mut writer = Room(room, String::new());
            assert_eq!(write!(writer, "{test}"), Err(fmt::Error), "{name} in {room} bytes");
            assert!(name.starts_with(&writer.1), "{}", writer.1);
        }
        let mut writer = Room(name.len(), String::new());
        assert_eq!(write!(writer, "{test}"), Ok(()));
        assert_eq!(writer.1, name);
    }
}

/// Rule 4.24: an address alone is a range of its whole length.
#[test]
fn a_range_keeps_the_address_it_was_written_with() {
    for (text, address, prefix) in
        [("10.1.2.3/8", "10.1.2.3", 8), ("10.1.2.3", "10.1.2.3", 32), ("2001:db8::1", "2001:db8::1", 128)]
    {
        let range = IpRange::parse(text).expect("a range");
        assert_eq!((range.address().to_string().as_str(), range.prefix()), (address, prefix), "{text}");
    }
}

/// A total order: comparing as an option says the same.
#[test]
fn numbers_are_always_comparable() {
    let number = |text| Decimal::parse(text).expect("a number");
    let sorted = ["-10", "-9.5", "-0.5", "0", "0.25", "0.3", "9", "10.01"];
    for pair in sorted.windows(2) {
        assert!(number(pair[0]) < number(pair[1]), "{pair:?}");
        assert!(number(pair[1]) > number(pair[0]), "{pair:?}");
    }
    for sign_alone in ["-", "+", "-.", "+ 1", "--1"] {
        assert_eq!(Decimal::parse(sign_alone), None, "{sign_alone}");
    }
}

/// The names are those of the findings of IAM Access Analyzer.
#[test]
fn levels_have_the_names_of_findings() {
    let levels = [Level::Suggestion, Level::Warning, Level::SecurityWarning, Level::Error];
    assert_eq!(levels.map(Level::name), ["SUGGESTION", "WARNING", "SECURITY_WARNING", "ERROR"]);
    assert!(levels.is_sorted(), "from the mildest to the worst");
}
