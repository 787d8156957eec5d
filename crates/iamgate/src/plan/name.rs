//! Names of sessions: by them, CloudTrail tells who worked for which case, and tells sessions apart.
//!
//! A name is `engineer+case+serial`. The case is what stands between the last two plus signs, and an engineer may have plus signs. The serial is
//! the beginning of the plan's id: eight letters and digits, so that two plans of one engineer and one case have different names.
//!
//! STS takes 64 characters. A longer name of an engineer is shortened: its first characters, `=`, and six letters and digits of its hash. Names
//! of engineers have no `=`, so that no shortened name is the name of somebody else, and two long names with the same beginning have
//! different hashes (one in a billion has the same).

use super::Refusal;
use crate::managed::sha256;
use iam_json::quoted;

/// The most characters of a name (STS API Reference, `RoleSessionName`).
const MOST: usize = 64;
/// The characters of the serial.
const SERIAL: usize = 8;
/// The characters of the hash of a long name.
const HASH: usize = 6;
/// The fewest characters that a case must leave for the engineer.
const LEAST: usize = 20;

/// The name of a session.
pub(super) fn name(engineer: &str, case: &str, id: &str) -> String {
    let taken = [case.chars().count(), SERIAL, 2].into_iter().fold(0, usize::saturating_add);
    let engineer = shortened(engineer, MOST.saturating_sub(taken).max(LEAST));
    format!("{engineer}+{case}+{}", letters(id, SERIAL))
}

/// The name of an engineer in at most so many characters.
fn shortened(engineer: &str, most: usize) -> String {
    if engineer.chars().count() <= most {
        return engineer.to_owned();
    }
    let kept = most.saturating_sub(HASH).saturating_sub(1);
    let begin: String = engineer.chars().take(kept).collect();
    format!("{begin}={}", letters(engineer, HASH))
}

/// Letters and digits of the hash of a text: five bits of it in each.
fn letters(text: &str, count: usize) -> String {
    let bytes = sha256(text.as_bytes());
    let digits = bytes.iter().filter_map(|byte| char::from_digit(u32::from(byte & 31), 32));
    digits.take(count).collect()
}

/// Checks that the name tells both engineer and case.
pub(super) fn check(engineer: &str, case: &str, refusals: &mut Vec<Refusal>) {
    let mut refuse = |found: String, wanted| refusals.push(Refusal::Name { found, wanted });
    if engineer.is_empty() {
        refuse(
            "no engineer is named".to_owned(),
            "the customer must see in CloudTrail who works with the session",
        );
    }
    if engineer.contains('=') {
        let wanted = "an equals sign marks a name that was shortened: the name itself has none";
        refuse(format!("{} as engineer", quoted(engineer)), wanted);
    }
    if case.is_empty() {
        refuse("no support case is named".to_owned(), "a session is for a case");
    }
    if case.contains('+') {
        let wanted = "what stands between the last two plus signs is the case: it has none itself";
        refuse(format!("{} as case", quoted(case)), wanted);
    }
    let most = [LEAST, SERIAL, 2].into_iter().fold(MOST, usize::saturating_sub);
    if case.chars().count() > most {
        let found = format!("a case of {} characters", case.chars().count());
        refuse(found, "a session's name has room for a case of 34");
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const LONG: &str = "somebody.with.a.long.name.of.two.families@support.example.com";

    #[test]
    fn names_are_read_back() {
        for (engineer, case) in [
            ("ana@doit.com", "4711"),
            ("ana+doit@doit.com", "4711"),
            (LONG, "4711"),
            ("a", "CASE-2026-000-000-000-000-000-000"),
        ] {
            let own = name(engineer, case, "id");
            assert!(own.chars().count() <= MOST, "{own}");
            assert!(own.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)), "{own}");
            let mut parts = own.rsplitn(3, '+');
            assert_eq!(parts.next().map(str::len), Some(SERIAL));
            assert_eq!(parts.next(), Some(case));
            let shown = parts.next().unwrap();
            let begin = shown.split('=').next().unwrap();
            assert!(engineer.starts_with(begin) && (begin.len() > 12 || begin == engineer), "{shown}");
        }
    }

    #[test]
    fn different_plans_and_engineers_have_different_names() {
        let ids = (0..2_000).map(|id| name("ana@doit.com", "4711", &id.to_string()));
        assert_eq!(ids.collect::<BTreeSet<_>>().len(), 2_000);
        let long = (0..2_000).map(|number| shortened(&format!("{LONG}{number}"), 40));
        assert_eq!(long.collect::<BTreeSet<_>>().len(), 2_000);
        assert_eq!(shortened("ana", 3), "ana");
        assert_eq!(shortened(LONG, 40).chars().count(), 40);
    }

    #[test]
    fn what_a_name_cannot_tell_is_refused() {
        let refused = |engineer: &str, case: &str| {
            let mut refusals = Vec::new();
            check(engineer, case, &mut refusals);
            refusals.len()
        };
        assert_eq!(refused("ana+doit@doit.com", "4711"), 0);
        for (engineer, case) in [("", "4711"), ("ana=doit", "4711"), ("ana", ""), ("ana", "47+11")] {
            assert_eq!(refused(engineer, case), 1, "{engineer} {case}");
        }
        // The longest case for which a name has room.
        assert_eq!([33, 34, 35, 36].map(|count| refused("ana", &"1".repeat(count))), [0, 0, 1, 1]);
    }
}
