//! Instants: the W3C profile of ISO 8601, and epoch seconds (rule 4.23).

use std::fmt;

/// A point in time. Ordered by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant {
    /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    seconds: i64,
    /// Nanoseconds after `seconds`.
    nanoseconds: u32,
}

/// Nanoseconds of a second.
const NANOSECONDS: u32 = 1_000_000_000;

/// Nanoseconds of a millisecond.
const NANOSECONDS_OF_A_MILLISECOND: u32 = 1_000_000;

impl Instant {
    /// Reads a date and time, or epoch seconds. `None` if the text is neither.
    ///
    /// The forms are `YYYY-MM`, `YYYY-MM-DD`, `YYYY-MM-DDThh:mmZ`, `…:ss` and `…:ss.s`; decimals behind the ninth are cut. `Z` may be `+hh:mm` or
    /// `-hh:mm`, or be absent, which means UTC. A date without a time is the beginning of the day in UTC. Epoch seconds are digits, with a
    /// `+` before them or without a sign.
    ///
    /// Refused are: exactly four digits, which could be a year; second 60; a day that the month does not have; and everything else that
    /// the profile does not have, such as lower-case letters or a space for the `T`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('+').unwrap_or(text);
        if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
            return if digits.len() == 4 && digits.len() == text.len() {
                None
            } else {
                Some(Self { seconds: digits.parse().ok()?, nanoseconds: 0 })
            };
        }
        let mut reader = Reader { rest: text };
        let year = reader.number(4)?;
        reader.literal('-')?;
        let month = reader.number(2).filter(|m| (1..=12).contains(m))?;
        if reader.rest.is_empty() {
            return Self::of(year, month, 1, 0, 0);
        }
        reader.literal('-')?;
        let day = reader.number(2).filter(|d| (1..=days_in_month(year, month)).contains(d))?;
        if reader.rest.is_empty() {
            return Self::of(year, month, day, 0, 0);
        }
        reader.literal('T')?;
        let hour = reader.number(2).filter(|h| *h <= 23)?;
        reader.literal(':')?;
        let minute = reader.number(2).filter(|m| *m <= 59)?;
        let (mut second, mut nanoseconds) = (0, 0);
        if reader.literal(':').is_some() {
            second = reader.number(2).filter(|s| *s <= 59)?;
            if reader.literal('.').is_some() {
                nanoseconds = reader.fraction()?;
            }
        }
        let offset = if reader.rest.is_empty() { 0 } else { reader.offset()? };
        let time = hour.checked_mul(3_600)?.checked_add(minute.checked_mul(60)?)?.checked_add(second)?;
        reader.rest.is_empty().then_some(())?;
        Self::of(year, month, day, time.checked_sub(offset)?, nanoseconds)
    }

    fn of(year: i64, month: i64, day: i64, second: i64, nanoseconds: u32) -> Option<Self> {
        let seconds = days_from_epoch(year, month, day)?.checked_mul(86_400)?.checked_add(second)?;
        Some(Self { seconds, nanoseconds })
    }

    /// The instant `seconds` seconds after 1970-01-01T00:00:00Z.
    pub const fn from_epoch_seconds(seconds: i64) -> Self {
        Self { seconds, nanoseconds: 0 }
    }

    /// The instant one nanosecond later. `None` at the end of the range.
    pub fn next(self) -> Option<Self> {
        match self.nanoseconds.checked_add(1).filter(|n| *n < NANOSECONDS) {
            Some(nanoseconds) => Some(Self { nanoseconds, ..self }),
            None => Some(Self::from_epoch_seconds(self.seconds.checked_add(1)?)),
        }
    }

    /// The instant one nanosecond earlier. `None` at the beginning of the range.
    pub fn previous(self) -> Option<Self> {
        if let Some(nanoseconds) = self.nanoseconds.checked_sub(1) {
            return Some(Self { nanoseconds, ..self });
        }
        Some(Self { seconds: self.seconds.checked_sub(1)?, nanoseconds: NANOSECONDS.checked_sub(1)? })
    }

    /// The last whole millisecond at or before this instant.
    ///
    /// AWS compares dates to the millisecond and cuts what is finer. It is cut towards the past before 1970 too.
    #[must_use]
    pub fn to_milliseconds(self) -> Self {
        let beyond = self.nanoseconds.checked_rem(NANOSECONDS_OF_A_MILLISECOND).unwrap_or_default();
        Self { nanoseconds: self.nanoseconds.saturating_sub(beyond), ..self }
    }

    /// Whole seconds since 1970-01-01T00:00:00Z.
    pub const fn epoch_seconds(self) -> i64 {
        self.seconds
    }
}

/// Writes `YYYY-MM-DDThh:mm:ssZ`, with decimals if the instant has a fraction of a second.
///
/// Epoch seconds can reach years outside 0 to 9999. Such years are written with more digits or with a sign.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut day, second) = (self.seconds.div_euclid(86_400), self.seconds.rem_euclid(86_400));
        // The calendar repeats every 400 years. Only the rest of the cycle is counted year by year.
        let mut year = day.div_euclid(CYCLE).saturating_mul(400).saturating_add(1970);
        day = day.rem_euclid(CYCLE);
        while day >= year_length(year) {
            day = day.saturating_sub(year_length(year));
            year = year.saturating_add(1);
        }
        let mut month = 1;
        while day >= days_in_month(year, month) {
            day = day.saturating_sub(days_in_month(year, month));
            month = month.saturating_add(1);
        }
        let (hour, minute) = (second.div_euclid(3_600), second.rem_euclid(3_600).div_euclid(60));
        let day = day.saturating_add(1);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}", second.rem_euclid(60))?;
        if self.nanoseconds > 0 {
            let decimals = format!("{:09}", self.nanoseconds);
            write!(f, ".{}", decimals.trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn literal(&mut self, c: char) -> Option<()> {
        self.rest = self.rest.strip_prefix(c)?;
        Some(())
    }

    fn number(&mut self, digits: usize) -> Option<i64> {
        let (head, tail) = self.rest.split_at_checked(digits)?;
        if !head.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        self.rest = tail;
        head.parse().ok()
    }

    /// Reads the digits behind the point as nanoseconds. What is finer is cut.
    fn fraction(&mut self) -> Option<u32> {
        const MOST: usize = 9;
        let (digits, tail) =
            self.rest.split_at_checked(self.rest.bytes().take_while(u8::is_ascii_digit).count())?;
        self.rest = tail;
        let kept = digits.get(..digits.len().min(MOST)).filter(|kept| !kept.is_empty())?;
        let missing = u32::try_from(MOST.checked_sub(kept.len())?).ok()?;
        kept.parse::<u32>().ok()?.checked_mul(10u32.checked_pow(missing)?)
    }

    /// Reads the offset from UTC in seconds, positive to the east.
    fn offset(&mut self) -> Option<i64> {
        if self.literal('Z').is_some() {
            return Some(0);
        }
        let sign = if self.literal('+').is_some() {
            1
        } else {
            self.literal('-')?;
            -1
        };
        let hours = self.number(2).filter(|h| *h <= 23)?;
        self.literal(':')?;
        let minutes = self.number(2).filter(|m| *m <= 59)?;
        hours.checked_mul(3_600)?.checked_add(minutes.checked_mul(60)?)?.checked_mul(sign)
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn year_length(year: i64) -> i64 {
    if is_leap(year) { 366 } else { 365 }
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days in 400 years.
const CYCLE: i64 = 146_097;

/// Days from 0000-01-01 to 1970-01-01.
const EPOCH: i64 = 719_528;

/// The days from 1970-01-01 to a date in the proleptic Gregorian calendar, for years 0 to 9999.
fn days_from_epoch(year: i64, month: i64, day: i64) -> Option<i64> {
    // The days before a year are 365 for each year, and one for each leap year. Year 0 is a leap year.
    let before = year.checked_sub(1)?;
    let leaps = before
        .div_euclid(4)
        .checked_sub(before.div_euclid(100))?
        .checked_add(before.div_euclid(400))?
        .checked_add(1)?;
    let mut days = year.checked_mul(365)?.checked_add(leaps)?;
    for earlier in 1..month {
        days = days.checked_add(days_in_month(year, earlier))?;
    }
    days.checked_add(day)?.checked_sub(1)?.checked_sub(EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn seconds(text: &str, expected: i64) {
        let instant = Instant::parse(text).unwrap();
        assert_eq!((instant.seconds, instant.nanoseconds), (expected, 0), "{text}");
    }

    #[test]
    fn instants_have_neighbours() {
        for text in ["2024-01-01T00:00:00Z", "1969-12-31T23:59:59.999999999Z", "2024-02-29T12:00:00.5Z"] {
            let instant = Instant::parse(text).unwrap();
            let (before, after) = (instant.previous().unwrap(), instant.next().unwrap());
            assert!(before < instant && instant < after, "{text}");
            assert_eq!((before.next(), after.previous()), (Some(instant), Some(instant)), "{text}");
            assert_eq!(Instant::parse(&after.to_string()), Some(after), "{text}");
        }
        assert_eq!(Instant::from_epoch_seconds(i64::MIN).previous(), None);
    }

    #[test]
    fn known_instants() {
        seconds("1970-01-01T00:00:00Z", 0);
        seconds("1970-01", 0);
        seconds("2000-02-29", 951_782_400);
        seconds("2026-03-01T12:00Z", 1_772_366_400);
        seconds("2026-03-01T12:00:00+02:00", 1_772_359_200);
        seconds("2026-03-01T12:00:00-00:30", 1_772_368_200);
        seconds("1772366400", 1_772_366_400);
        seconds("0", 0);
        seconds("+1893456000", 1_893_456_000);
        seconds("1893456000", 1_893_456_000);
        seconds("2030-01-01", 1_893_456_000);
        seconds("2030-01-01T00:00:00", 1_893_456_000);
        seconds("2030-01-01T00:00", 1_893_456_000);
        seconds("+0", 0);
        seconds("+2026", 2026);
        seconds("0000-01-01", -62_167_219_200);
        seconds("9999-12-31T23:59:59Z", 253_402_300_799);
        assert!(Instant::parse("2026-03-01T12:00:00.1Z") > Instant::parse("2026-03-01T12:00:00.099999999Z"));
    }

    #[test]
    fn milliseconds_are_cut_towards_the_past() {
        for (text, cut) in [
            ("2030-01-01T00:00:00.0001Z", "2030-01-01T00:00:00Z"),
            ("2030-01-01T00:00:00.123999999Z", "2030-01-01T00:00:00.123Z"),
            ("2030-01-01T00:00:00.123Z", "2030-01-01T00:00:00.123Z"),
            ("2030-01-01T00:00:00.000999999999999Z", "2030-01-01T00:00:00Z"),
            ("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"),
        ] {
            let instant = Instant::parse(text).unwrap();
            assert_eq!(instant.to_milliseconds().to_string(), cut, "{text}");
            assert!(instant.to_milliseconds() <= instant, "{text}");
        }
    }

    #[test]
    fn print_reads_back() {
        for text in [
            "0000-01-01T00:00:00Z",
            "1969-12-31T23:59:59.5Z",
            "1970-01-01T00:00:00Z",
            "2000-02-29T12:30:01Z",
            "9999-12-31T23:59:59.000000001Z",
        ] {
            assert_eq!(Instant::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut expected = -719_528;
        for year in 0..=2_400 {
            for month in 1..=12 {
                for day in 1..=days_in_month(year, month) {
                    assert_eq!(days_from_epoch(year, month, day), Some(expected));
                    expected += 1;
                }
            }
        }
    }

    #[test]
    fn other_texts_are_no_dates() {
        for text in [
            "",
            "2026",
            "2026-",
            "2026-13",
            "2026-00",
            "2026-02-29",
            "2026-03-00",
            "2026-3-1",
            "tomorrow",
            "2026-*",
            "2026-03-01 12:00:00Z",
            "2026-03-01t12:00:00z",
            "2026-03-01T24:00:00Z",
            "2026-03-01T12:60:00Z",
            "2026-03-01T12:00:60Z",
            "2026-03-01T12:00:00.Z",
            "2026-03-01T12:00:00+2:00",
            "2026-03-01T12:00:00+0200",
            "2026-03-01T12Z",
            "2026-03-01Z",
            "-1",
            "+",
            "+-1",
            "++1",
            "+2026-03-01",
            "2026-03-01T",
            "2026-03-01T12",
            "2026-03-01T12:00:",
            "1.5",
            "99999999999999999999",
            " 2026-03-01",
            "2026-03-01T12:00:00Z ",
            "20260301T120000Z",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }
}
