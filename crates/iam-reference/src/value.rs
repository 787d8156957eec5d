//! Values of typed operators.
#![expect(clippy::arithmetic_side_effects, reason = "INVARIANT at most nine digits each")]

use std::cmp::Ordering;
use std::net::IpAddr;

pub(crate) fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Splits a text into `N` fields at a character. The last field keeps the rest.
pub(crate) fn split<const N: usize>(text: &str, at: char) -> Option<[&str; N]> {
    text.splitn(N, at).collect::<Vec<_>>().try_into().ok()
}

/// A number: whether it is negative; the length and digits of its integer, without leading zeros; its fraction, without trailing zeros.
pub(crate) type Number<'a> = (bool, (usize, &'a str, &'a str));

/// Rule 7.35: reads `[+-]?digits[.digits]` of any length.
pub(crate) fn number(text: &str) -> Option<Number<'_>> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (integer, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let valid = all_digits(integer) && all_digits(fraction);
    let integer = integer.trim_start_matches('0');
    let size = (integer.len(), integer, fraction.trim_end_matches('0'));
    valid.then_some((text.starts_with('-') && size != (0, "", ""), size))
}

/// Table of part 4, Numeric: compares exactly. The longer integer is the larger; otherwise the first digit that differs decides.
pub(crate) fn order(a: Number<'_>, b: Number<'_>) -> Ordering {
    let size = a.1.cmp(&b.1);
    b.0.cmp(&a.0).then(if a.0 { size.reverse() } else { size })
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

/// Rule 4.23: the nanoseconds since 1970. Digits alone are epoch seconds, but exactly four digits are refused. Otherwise the form is
/// `YYYY-MM`, `YYYY-MM-DD`, or a day with `Thh:mm`, `Thh:mm:ss` or `Thh:mm:ss.s` (at most nine digits) and a zone.
pub(crate) fn date(text: &str) -> Option<i128> {
    if all_digits(text) {
        return if text.len() == 4 { None } else { text.parse::<i128>().ok()?.checked_mul(1_000_000_000) };
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
    let (clock, zone) = time.split_at_checked(time.find(['+', '-'])?)?;
    let [hour, minute] = split(zone.get(1..)?, ':')?;
    let offset = if zone.starts_with('+') { minutes(hour, minute)? } else { -minutes(hour, minute)? };
    let clock = if clock.len() == 5 { format!("{clock}:00") } else { clock.to_owned() };
    let [hour, minute, second] = split(&clock, ':')?;
    let (second, fraction) = second.split_once('.').unwrap_or((second, "0"));
    let seconds = (days * 1440 + minutes(hour, minute)? - offset) * 60 + field(second, 2, 0, 59)?;
    let nanoseconds = all_digits(fraction).then(|| format!("{fraction:0<9}"))?;
    Some(seconds * 1_000_000_000 + field(&nanoseconds, 9, 0, 999_999_999)?)
}

/// Rule 7.36: `true` or `false`, ignoring ASCII case.
pub(crate) fn flag(text: &str) -> Option<bool> {
    text.eq_ignore_ascii_case("true").then_some(true).or(text.eq_ignore_ascii_case("false").then_some(false))
}

/// Rule 4.24: the 32 or 128 bits of an address as text.
pub(crate) fn bits(address: &str) -> Option<String> {
    Some(match address.parse().ok()? {
        IpAddr::V4(v4) => format!("{:032b}", v4.to_bits()),
        IpAddr::V6(v6) => format!("{:0128b}", v6.to_bits()),
    })
}

/// Rules 4.24, 7.34: the number of bits of a range's addresses, and the bits they share. Without prefix, the range is one address.
pub(crate) fn range(text: &str) -> Option<(usize, String)> {
    let Some((base, length)) = text.split_once('/') else { return bits(text).map(|all| (all.len(), all)) };
    let (bits, shared) = (bits(base)?, length.parse::<usize>().ok()?);
    Some((bits.len(), bits.get(..shared).filter(|_| shared.to_string() == length)?.to_owned()))
}

/// Table of part 4, BinaryEquals: the bits of the whole bytes in a padded base64 text. The remaining bits must be zero.
pub(crate) fn base64(text: &str) -> Option<Vec<bool>> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    let mut found = Vec::new();
    for digit in digits.chars() {
        let value = ALPHABET.find(digit)?;
        found.extend([32, 16, 8, 4, 2, 1].map(|bit| value & bit != 0));
    }
    let rest = found.split_off(found.len().checked_sub((text.len() - digits.len()) * 2)?);
    (text.len().is_multiple_of(4) && !rest.contains(&true)).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(a: &str, b: &str) -> Option<Ordering> {
        Some(order(number(a)?, number(b)?))
    }

    #[test]
    fn numbers_are_exact() {
        assert_eq!(compare("-0.0", "0"), Some(Ordering::Equal));
        assert_eq!(compare("-2", "-10"), Some(Ordering::Greater));
        assert_eq!(compare("1.10", "1.9"), Some(Ordering::Less));
        assert_eq!(compare("+007", "7.000"), Some(Ordering::Equal));
        for bad in ["", "-", "1.", ".5", "1e3", " 1", "--1", "1.2.3", "\u{661}"] {
            assert_eq!(number(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn dates_are_instants() {
        let seconds = |t: &str| date(t).map(|n| n.div_euclid(1_000_000_000));
        assert_eq!(seconds("2026-03-01T13:00+01:00"), Some(1_772_366_400));
        assert_eq!(seconds("1969-12-31T23:59:59.5Z"), Some(-1));
        assert_eq!(seconds("2000-03"), Some(951_868_800));
        assert_eq!(seconds("1900-03-01"), Some(-2_203_891_200));
        for bad in [
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
            "2026-03-01T12:00:00.1234567891Z",
            "2026-03-01T12:00.5Z",
            "2026-03-01T12:00ZZ",
            "2026-03-01Z12:00Z",
            "2026-00",
            "2026-04-31",
        ] {
            assert_eq!(date(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn base64_is_strict() {
        assert_eq!(base64("Qw=="), Some([0, 1, 0, 0, 0, 0, 1, 1].map(|bit| bit == 1).to_vec()));
        assert_eq!(base64("Ymx1ZQ==").map(|bits| bits.len()), Some(32));
        assert_eq!(base64(""), Some(vec![]));
        for bad in ["Y", "Ym", "Ymx1ZR==", "Ymx1ZQ=", "Ymx1====", "Ym-1"] {
            assert_eq!(base64(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn ranges_have_plain_prefixes() {
        assert_eq!(range("10.255.0.0/8"), Some((32, "00001010".to_owned())));
        assert_eq!(range("10.0.0.0/0"), Some((32, String::new())));
        assert_eq!(range("::1"), Some((128, format!("{:0>128}", 1))));
        for bad in ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/08", "::/129", "10.0.0"] {
            assert_eq!(range(bad), None, "{bad:?}");
        }
    }
}
