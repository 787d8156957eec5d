//! Numbers and dates.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "INVARIANT the fields of a date are small, and exponents have at most 18 digits"
)]

use std::cmp::Ordering;

use crate::value::{all_digits, split};

/// A number: its sign, 0 for zero. Its size: the place of its first digit before the point, and its digits without zeros at the ends.
pub(crate) struct Number {
    sign: i8,
    size: (i128, String),
}

/// Rule 4.14: reads a number of any length. Exponents have at most 18 digits.
pub(crate) fn number(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{integer}{fraction}");
    let power = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if !all_digits(integer)
        || !all_digits(&digits)
        || !all_digits(power)
        || power.trim_start_matches('0').len() > 18
    {
        return None;
    }
    let from_first = digits.trim_start_matches('0');
    let zeros = digits.len() - from_first.len();
    let place =
        exponent.parse::<i128>().ok()? + i128::try_from(integer.len()).ok()? - i128::try_from(zeros).ok()?;
    Some(match (from_first.is_empty(), text.starts_with('-')) {
        (true, _) => Number { sign: 0, size: (0, String::new()) },
        (false, negative) => Number {
            sign: if negative { -1 } else { 1 },
            size: (place, from_first.trim_end_matches('0').to_owned()),
        },
    })
}

/// Rule 4.14: compares exactly. Of two digit texts, the first digit that differs decides.
pub(crate) fn order(a: &Number, b: &Number) -> Ordering {
    let size = a.size.cmp(&b.size);
    a.sign.cmp(&b.sign).then(if a.sign < 0 { size.reverse() } else { size })
}

/// Reads exactly `width` digits as a number from `least` to `most`.
fn field(text: &str, width: usize, least: i128, most: i128) -> Option<i128> {
    let digits = Some(text).filter(|text| text.len() == width && all_digits(text))?;
    digits.parse().ok().filter(|value| (least..=most).contains(value))
}

/// The days from March of year 0 to a month, where 13 is January. Five months from March have 153 days, and the leap day ends a year.
fn days_until(year: i128, month: i128) -> i128 {
    let year = if month <= 2 { year - 1 } else { year };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + ((month + 9) % 12 * 153 + 2) / 5
}

/// Rule 4.23: the seconds since 1970, and the digits of their fraction without zeros at the end. Digits alone, or after `+`, are epoch
/// seconds, but exactly four digits alone are refused. Otherwise the form is `YYYY-MM`, `YYYY-MM-DD`, or a day with `Thh:mm`, `Thh:mm:ss`
/// or `Thh:mm:ss.s` and perhaps a zone. If `cuts`, the fraction is cut to the millisecond.
pub(crate) fn date(text: &str, cuts: bool) -> Option<(i128, String)> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    if all_digits(digits) {
        return text
            .parse()
            .ok()
            .filter(|_| text.len() != 4 || digits != text)
            .map(|epoch| (epoch, String::new()));
    }
    let full = match text.len() {
        7 => format!("{text}-01T00:00+00:00"),
        10 => format!("{text}T00:00+00:00"),
        _ => text.replace('Z', "+00:00"),
    };
    let (date, time) = full.split_once('T')?;
    let [year, month, day] = split(date, '-')?;
    let (year, month) = (field(year, 4, 0, 9999)?, field(month, 2, 1, 12)?);
    let first = days_until(year, month);
    let days = first - days_until(1970, 1) + field(day, 2, 1, days_until(year, month + 1) - first)? - 1;
    let minutes = |hour, minute| Some(field(hour, 2, 0, 23)? * 60 + field(minute, 2, 0, 59)?);
    let (clock, zone) = time.split_at_checked(time.find(['+', '-']).unwrap_or(time.len()))?;
    let [hour, minute] = split(zone.get(1..).unwrap_or("00:00"), ':')?;
    let offset = if zone.starts_with('-') { -minutes(hour, minute)? } else { minutes(hour, minute)? };
    let clock = if clock.len() == 5 { format!("{clock}:00") } else { clock.to_owned() };
    let [hour, minute, second] = split(&clock, ':')?;
    let (second, fraction) = second.split_once('.').unwrap_or((second, "0"));
    let seconds = (days * 1440 + minutes(hour, minute)? - offset) * 60 + field(second, 2, 0, 59)?;
    let kept = if cuts { fraction.get(..3).unwrap_or(fraction) } else { fraction };
    all_digits(fraction).then(|| (seconds, kept.trim_end_matches('0').to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(a: &str, b: &str) -> Option<Ordering> {
        Some(order(&number(a)?, &number(b)?))
    }

    #[test]
    fn numbers_are_exact() {
        for (a, order, b) in [
            ("-0.0", Ordering::Equal, "0"),
            ("-2", Ordering::Greater, "-10"),
            ("1.10", Ordering::Less, "1.9"),
            ("+007", Ordering::Equal, "7.000"),
            ("1.", Ordering::Equal, "1e0"),
            ("12E-1", Ordering::Equal, "1.2"),
            ("0.001e+3", Ordering::Equal, "1"),
            ("-1e999", Ordering::Less, "0"),
            ("0e5", Ordering::Equal, "0"),
            ("1e-5", Ordering::Greater, "0"),
            ("9007199254740993", Ordering::Greater, "9007199254740992"),
        ] {
            assert_eq!(compare(a, b), Some(order), "{a} {b}");
        }
        for bad in [
            "", "-", ".", "e1", "1e", "1e1.5", " 1", "--1", "1.2.3", "\u{661}", "NaN", "Infinity", "0x1",
            "1f",
        ] {
            assert!(number(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn dates_are_instants() {
        let seconds = |text: &str| date(text, true).map(|(seconds, _)| seconds);
        assert_eq!(seconds("2026-03-01T13:00+01:00"), Some(1_772_366_400));
        assert_eq!(seconds("2026-03-01T12:00:00"), Some(1_772_366_400));
        assert_eq!(seconds("+1772366400"), Some(1_772_366_400));
        assert_eq!(seconds("+2026"), Some(2026));
        assert_eq!(date("1969-12-31T23:59:59.50Z", true), Some((-1, "5".to_owned())));
        assert_eq!(date("1970-01-01T00:00:00.00009Z", true), Some((0, String::new())));
        assert_eq!(date("1970-01-01T00:00:00.00009Z", false), Some((0, "00009".to_owned())));
        assert_eq!(seconds("2000-03"), Some(951_868_800));
        assert_eq!(seconds("1900-03-01"), Some(-2_203_891_200));
        for bad in [
            "",
            "+",
            "-1",
            "2026",
            "2026-13",
            "2026-02-29",
            "2026-03T12:00Z",
            "2026-03-01-01",
            "2026-03-01T12Z",
            "2026-03-01T12:00:60Z",
            "2026-03-01T12:00:00.Z",
            "2026-03-01T12:00:00:00Z",
            "2026-03-01T12:00+1:00",
            "2026-03-01t12:00z",
            "2026-03-01T12:00.5Z",
            "2026-03-01T12:00ZZ",
            "2026-03-01Z12:00Z",
            "2026-00",
            "2026-04-31",
        ] {
            assert_eq!(date(bad, true), None, "{bad:?}");
        }
    }
}
