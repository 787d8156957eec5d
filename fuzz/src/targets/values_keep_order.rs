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
            assert_eq!(x.cmp(y), digits(a, longest).cmp(&digits(b, longest)), "{a} {b}");
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

/// The value of a number in units of its smallest digit, as signed digits of one length. Negative numbers have complements, and `None < Some`.
fn digits(text: &str, width: usize) -> Vec<i8> {
    let (whole, fraction) = text
        .trim_start_matches(['+', '-'])
        .split_once('.')
        .unwrap_or((text.trim_start_matches(['+', '-']), ""));
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let padded = format!("{whole:0>width$}{fraction:0<width$}");
    padded.bytes().map(|b| sign * i8::try_from(b - b'0').unwrap_or_default()).collect()
}
