//! Decimal numbers of any length, compared exactly.

use std::cmp::Ordering;

/// A decimal number, borrowed from its text: `[+-]?digits[.digits]` (rule 7.35).
///
/// `10`, `10.0` and `+010` are equal, as are `0` and `-0`. There is no exponent, no rounding and no limit on digits.
#[derive(Clone, Copy, Debug)]
pub struct Decimal<'t> {
    negative: bool,
    /// Digits before the point, without leading zeros.
    whole: &'t str,
    /// Digits after the point, without trailing zeros.
    fraction: &'t str,
}

impl<'t> Decimal<'t> {
    /// Reads a number. `None` if the whole text is not one.
    pub fn parse(text: &'t str) -> Option<Self> {
        let (signed, digits) = match text.as_bytes().first() {
            Some(b'-') => (true, text.get(1..)?),
            Some(b'+') => (false, text.get(1..)?),
            _ => (false, text),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (digits, None),
        };
        let all_digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(whole) || !fraction.is_none_or(all_digits) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.unwrap_or_default().trim_end_matches('0');
        let negative = signed && !(whole.is_empty() && fraction.is_empty());
        Some(Self { negative, whole, fraction })
    }

    /// Compares the magnitudes: the signs are ignored.
    fn magnitude(&self, other: &Self) -> Ordering {
        let length = self.whole.len().cmp(&other.whole.len());
        // Without trailing zeros, text order is the numeric order of fractions: "5" > "49", and "5" < "51".
        length.then_with(|| self.whole.cmp(other.whole)).then_with(|| self.fraction.cmp(other.fraction))
    }
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
            "-100000000000000000000000000000001",
            "-100000000000000000000000000000000",
            "-10.01",
            "-10",
            "-9.5",
            "-0.001",
            "0",
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
        ];
        for (i, a) in ascending.iter().enumerate() {
            for (j, b) in ascending.iter().enumerate() {
                assert_eq!(decimal(a).cmp(&decimal(b)), i.cmp(&j), "{a} {b}");
            }
        }
    }

    #[test]
    fn spellings_of_one_number_are_equal() {
        for group in [["10", "10.0", "+010.00"], ["0", "-0", "-0.0"], ["-1.50", "-01.5", "-1.500"]] {
            assert!(group.iter().all(|t| decimal(t) == decimal(group[0])), "{group:?}");
        }
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in [
            "", "+", "-", ".5", "5.", "1e3", "0x1", "1_000", " 1", "1 ", "12abc", "--1", "+-1", "1.2.3",
            "NaN", "inf", "\u{661}",
        ] {
            assert!(Decimal::parse(text).is_none(), "{text}");
        }
    }
}
