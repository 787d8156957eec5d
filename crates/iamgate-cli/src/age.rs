//! A warning if the data about AWS are old. Answers name the day of their data and never their age, so that the same input gives the same
//! bytes; only the program knows what day it is.

use iamgate::iam_json::quoted;
use iamgate::iam_policy::value::Instant;
use iamgate_verbs::{BuiltIn, World as _};

use crate::disk::Disk;
use crate::screen::Screen;

/// The age in days above which the program warns.
const OLD: i64 = 90;

/// The name of the environment variable that says what day it is, such as `2026-12-01`, for runs that must be repeatable.
const TODAY: &str = "IAMGATE_TODAY";

/// Warns on stderr if the answer used data that are old, or if the variable has no day. The exit code stays that of the answer.
pub(crate) fn warn(disk: &Disk, screen: &mut Screen) {
    let set = std::env::var_os(TODAY).map(|day| day.to_string_lossy().into_owned());
    let today = set.as_deref().map(day).transpose().unwrap_or_else(|text| {
        screen.aside(&text);
        None
    });
    if let Some(text) = warning(disk.built_in(), today.unwrap_or_else(|| disk.now())) {
        screen.aside(&text);
    }
}

/// The time of the question: the day that the variable says, or that of the clock.
pub(crate) fn now(disk: &Disk) -> Instant {
    let set = std::env::var_os(TODAY).and_then(|text| day(&text.to_string_lossy()).ok());
    set.unwrap_or_else(|| disk.now())
}

/// The day that the variable says, or a warning that it says none.
fn day(text: &str) -> Result<Instant, String> {
    // Only the day counts. A number of seconds or a year alone would be taken for a day by mistake.
    let is_date = text.get(..10).is_some_and(|date| {
        let digits = |part: Option<&str>| part.is_some_and(|p| p.bytes().all(|b| b.is_ascii_digit()));
        let mut parts = date.split('-');
        [parts.next(), parts.next(), parts.next()].into_iter().all(digits) && parts.next().is_none()
    });
    Instant::parse(text).filter(|_| is_date).ok_or_else(|| {
        format!(
            "warning: the environment variable {TODAY} is {}, which is no day, so the clock says what day it is; write a day such as \
             2026-12-01, or unset the variable\n",
            quoted(text)
        )
    })
}

fn warning(built_in: &BuiltIn, now: Instant) -> Option<String> {
    let date = built_in.date_of_read_data()?;
    let days =
        now.epoch_seconds().saturating_sub(Instant::parse(date)?.epoch_seconds()).div_euclid(24 * 60 * 60);
    (days > OLD).then(|| {
        format!(
            "warning: the list of AWS actions is of {date}, {days} days old; AWS adds actions every week, so use a newer release\n"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_date() {
        for text in ["2026-12-01", "2026-12-01T10:00:00Z"] {
            assert!(day(text).is_ok(), "{text}");
        }
        for text in
            ["", "yesterday", "2026", "2026-12", "1795000000", "2026-13-01", "2026-12-01x", "01.12.2026"]
        {
            let told = day(text).unwrap_err();
            assert!(told.starts_with("warning: the environment variable IAMGATE_TODAY is "), "{told}");
        }
    }

    #[test]
    fn old_data_are_told_if_they_were_read() {
        let built_in = BuiltIn::complete();
        let day = |text: &str| Instant::parse(text).unwrap();
        let date = built_in.catalog().unwrap().date();
        let after = |days: i64| Instant::from_epoch_seconds(day(date).epoch_seconds() + days * 24 * 60 * 60);
        assert_eq!(warning(&built_in, after(90)), None);
        assert_eq!(warning(&built_in, day("1970-01-01")), None);
        let text = warning(&built_in, after(91)).unwrap();
        assert!(
            text.starts_with(&format!("warning: the list of AWS actions is of {date}, 91 days old; ")),
            "{text}"
        );
        assert_eq!(warning(&BuiltIn::complete(), after(1_000)), None, "nothing was read");
    }
}
