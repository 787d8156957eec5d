//! Decimal numbers of any length, compared exactly.

use std::cmp::Ordering;

/// The largest exponent that is told from a larger one, and the smallest without its sign.
const MOST_EXPONENT: i64 = 1 << 60;

/// A decimal number, borrowed from its text: `[+-]?digits[.[digits]][(e|E)[+-]?digits]` (rule 7.35).
///
/// `10`, `10.`, `10.0`, `+010` and `1e1` are equal, as are `0` and `-0`. There is no rounding and no limit on digits. Exponents beyond
/// 2^60 are all alike. `NaN`, `Infinity`, the empty text and a text that begins with a point are no numbers.
///
/// # Cost
/// Reading and comparing are linear in the length of the text, whatever the exponent is. Nothing is allocated.
#[derive(Clone, Copy, Debug)]
pub struct Decimal<'t> {
    negative: bool,
    /// Digits before the point, from the first that is not zero. Empty for a number such as 0.05.
    whole: &'t str,
    /// Digits after the point, up to the last that is not zero. Without digits before the point, from the first that is not zero.
    fraction: &'t str,
    /// The magnitude is the digits behind `0.`, times ten to this power. Zero for the number zero.
    scale: i64,
}

impl<'t> Decimal<'t> {
    /// Reads a number. `None` if the whole text is not one.
    pub fn parse(text: &'t str) -> Option<Self> {
        let (signed, unsigned) = match text.as_bytes().first() {
            Some(b'-') => (true, text.get(1..)?),
            Some(b'+') => (false, text.get(1..)?),
            _ => (false, text),
        };
        let (digits, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, read_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
            return None;
        }
        let mut whole = whole.trim_start_matches('0');
        let mut fraction = fraction.trim_end_matches('0');
        let places = if whole.is_empty() {
            let significant = fraction.trim_start_matches('0');
            let zeros = fraction.len().checked_sub(significant.len())?;
            fraction = significant;
            i64::try_from(zeros).ok()?.checked_neg()?
        } else {
            i64::try_from(whole.len()).ok()?
        };
        if fraction.is_empty() {
            whole = whole.trim_end_matches('0');
        }
        if whole.is_empty() && fraction.is_empty() {
            return Some(Self { negative: false, whole, fraction, scale: 0 });
        }
        Some(Self { negative: signed, whole, fraction, scale: places.checked_add(exponent)? })
    }

    /// Compares the magnitudes: the signs are ignored.
    fn magnitude(&self, other: &Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) => {}
        }
        // The digits of both begin and end with one that is not zero. So text order is the numeric order: "5" > "49", and "5" < "51".
        self.scale.cmp(&other.scale).then_with(|| self.digits().cmp(other.digits()))
    }

    fn is_zero(&self) -> bool {
        self.whole.is_empty() && self.fraction.is_empty()
    }

    fn digits(&self) -> impl Iterator<Item = u8> {
        self.whole.bytes().chain(self.fraction.bytes())
    }
}

/// The exponent behind the `e`.
fn read_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let exponent = match digits.trim_start_matches('0') {
        "" => 0,
        // Two exponents beyond any that a text of digits could stand for are taken for one.
        digits => digits.parse().unwrap_or(MOST_EXPONENT).min(MOST_EXPONENT),
    };
    if text.starts_with('-') { exponent.checked_neg() } else { Some(exponent) }
}

impl Ord for Decimal<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.magnitude(other),
            (true, true) => other.magnitude(self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Decimal<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Decimal<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal<'_> {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn order_is_numeric_order() {
        let ascending = [
            "-1e99999999999999999999",
            "-1e1000000",
            "-100000000000000000000000000000001",
            "-100000000000000000000000000000000",
            "-10.01",
            "-10",
            "-9.5",
            "-0.001",
            "-1e-1000000",
            "0",
            "1e-1000000",
            "0.0001e-999",
            "0.000000000000000000000000000001",
            "0.49",
            "0.5",
            "0.51",
            "1",
            "9",
            "10",
            "10.1",
            "9007199254740992",
            "9007199254740993",
            "18446744073709551616",
            "1e20",
            "1.000000000000000000001e20",
            "2e20",
            "9e999999",
            "1e1000000",
            "1e1000001",
            "1e99999999999999999999",
        ];
        for (i, a) in ascending.iter().enumerate() {
            for (j, b) in ascending.iter().enumerate() {
                assert_eq!(decimal(a).cmp(&decimal(b)), i.cmp(&j), "{a} {b}");
            }
        }
    }

    #[test]
    fn spellings_of_one_number_are_equal() {
        for group in [
            &["10", "10.0", "+010.00", "10.", "1e1", "1E+1", "100e-1", "0.1e2", "0.001e0004"][..],
            &["0", "-0", "-0.0", "0.", "0e7", "-0e-1000000", "0.000e1000000"],
            &["-1.50", "-01.5", "-1.500", "-15e-1", "-0.15E1"],
            &["1", "01", "+1", "1.0", "1e0", "1."],
            &["100", "1e2", "1E+2", "10.0e1"],
            &["120", "12e1", "1.2e2", "0.0120e4"],
        ] {
            assert!(group.iter().all(|t| decimal(t) == decimal(group[0])), "{group:?}");
        }
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in [
            "",
            "+",
            "-",
            ".",
            ".5",
            "-.5",
            "0x1",
            "1_000",
            " 1",
            "1 ",
            "12abc",
            "--1",
            "+-1",
            "1.2.3",
            "NaN",
            "Infinity",
            "inf",
            "no-number",
            "\u{661}",
            "e1",
            ".e1",
            "1e",
            "1e+",
            "1e-+1",
            "1e1.0",
            "1ee1",
            "1e1e1",
            "1f",
            "1d",
        ] {
            assert!(Decimal::parse(text).is_none(), "{text}");
        }
    }
}
