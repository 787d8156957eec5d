//! Numbers compare like their digits, and instants compare by time. Both orders are total. Instants print as texts that read back. The input
//! has three lines.

use std::cmp::Ordering;

use iam_policy::value::{Decimal, Instant};

use crate::input;

pub fn values_keep_order(data: &[u8]) {
    let Some(texts) = input::lines::<3>(data) else { return };
    is_an_order(&texts, Decimal::parse);
    is_an_order(&texts, Instant::parse);
    let numbers: Vec<(&str, Decimal<'_>)> =
        texts.iter().filter_map(|t| Some((*t, Decimal::parse(t)?))).collect();
    let longest = texts.iter().map(|t| t.len()).max().unwrap_or_default();
    for (a, x) in &numbers {
        for (b, y) in &numbers {
            if let (Some(a), Some(b)) = (digits(a, longest), digits(b, longest)) {
                assert_eq!(x.cmp(y), a.cmp(&b), "{texts:?}");
            }
            assert_eq!(x == y, x.cmp(y) == Ordering::Equal, "{a} {b}");
        }
    }
    let instants: Vec<Instant> = texts.iter().filter_map(|t| Instant::parse(t)).collect();
    for x in &instants {
        let printed = x.to_string();
        // Epoch seconds reach years that have no text.
        if printed.len() - printed.find('.').map_or(0, |point| printed.len() - point - 1) == 20 {
            assert_eq!(Instant::parse(&printed), Some(*x), "{printed}");
        }
        for y in &instants {
            let seconds = x.epoch_seconds().cmp(&y.epoch_seconds());
            assert!(seconds == Ordering::Equal || x.cmp(y) == seconds, "{x} {y}");
        }
    }
}

fn is_an_order<'t, T: Ord + Copy>(texts: &[&'t str], read: impl Fn(&'t str) -> Option<T>) {
    let mut values: Vec<T> = texts.iter().filter_map(|text| read(text)).collect();
    for a in &values {
        for b in &values {
            assert_eq!(a.cmp(b), b.cmp(a).reverse(), "{texts:?}");
        }
    }
    values.sort();
    assert!(values.windows(3).all(|v| v[0] <= v[2]), "not transitive: {texts:?}");
}

/// The largest exponent that is written out here, without its sign.
const FAR: i32 = 2_000;

/// The value of a number in units of its smallest digit, as signed digits of one length. `None` if its exponent is too large to write out.
fn digits(text: &str, width: usize) -> Option<Vec<i8>> {
    let unsigned = text.trim_start_matches(['+', '-']);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let exponent: i32 = exponent.parse().ok().filter(|exponent| (-FAR..=FAR).contains(exponent))?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let sign = if text.starts_with('-') { -1 } else { 1 };
    // The point moves by the exponent.
    let width = width.checked_add(usize::try_from(FAR).ok()?)?;
    let places = whole.len().checked_add_signed(isize::try_from(exponent).ok()?);
    let plain = format!("{whole}{fraction}");
    let padded = match places {
        Some(places) if places <= plain.len() => {
            format!("{:0>width$}{:0<width$}", &plain[..places], &plain[places..])
        }
        Some(places) => {
            let whole = format!("{plain:0<places$}");
            format!("{whole:0>width$}{:0<width$}", "")
        }
        None => {
            let zeros = usize::try_from(-exponent).ok()?.checked_sub(whole.len())?;
            format!("{:0>width$}{:0<width$}", "", format!("{}{plain}", "0".repeat(zeros)))
        }
    };
    Some(padded.bytes().map(|b| sign * i8::try_from(b - b'0').unwrap_or_default()).collect())
}
