//! Properties of reading, each against an oracle that others wrote or a plain definition.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use iam_json::text_of;
use iam_policy::value::{Decimal, Instant, IpRange, decode_base64, parse_address};
use iam_policy::{Limits, Mode, Policy, PolicyKind, Problem, Report};
use ipnet::IpNet;
use jiff::civil;
use proptest::prelude::*;
use support::{all_lists, json_text, policies, slipped, slips, values};

/// Bounds on length play no part here.
fn limits() -> Limits {
    let mut limits = Limits::default();
    for quota in [
        &mut limits.inline_policy_characters,
        &mut limits.managed_policy_characters,
        &mut limits.trust_policy_characters,
        &mut limits.scp_characters,
        &mut limits.session_policy_characters,
    ] {
        *quota = usize::MAX;
    }
    limits
}

/// Everything that is said about a document.
fn said(read: Result<Policy, Report>) -> Vec<Problem> {
    read.map_or_else(Report::into_problems, |policy| policy.findings)
}

/// What is said has a place in the text, and its pointer names a value.
fn places_are_right(text: &str, problems: &[Problem]) -> Result<(), TestCaseError> {
    let document = serde_json::from_str::<serde_json::Value>(text).ok();
    for problem in problems {
        let (start, end) = (problem.place.span.start as usize, problem.place.span.end as usize);
        prop_assert!(start <= end && end <= text.len(), "{}: {:?}", problem, text);
        prop_assert!(text.is_char_boundary(start) && text.is_char_boundary(end), "{}: {:?}", problem, text);
        let line = text[..start].matches('\n').count() + 1;
        let column = text[..start].rsplit('\n').next().unwrap().chars().count() + 1;
        prop_assert_eq!((problem.position.line as usize, problem.position.column as usize), (line, column));
        prop_assert!(!problem.found.is_empty() && !problem.help.is_empty(), "{}", problem);
        if let Some(related) = &problem.related {
            prop_assert!(related.span.end as usize <= text.len(), "{}: {:?}", problem, text);
        }
        // Of duplicate members serde_json keeps the last, which may be another one than is spoken of.
        let duplicates = problems.iter().any(|p| p.code == iam_policy::code::DUPLICATE_JSON_KEY);
        if let Some(document) = document.as_ref().filter(|_| !duplicates) {
            let pointer = &problem.place.pointer;
            prop_assert!(
                document.pointer(pointer).is_some(),
                "{}: nothing at {:?}: {:?}",
                problem,
                pointer,
                text
            );
        }
    }
    Ok(())
}

/// An accepted policy reads back from its canonical text as an equal one, and the canonical text stays as it is.
fn prints_and_reads_back(policy: &Policy, mode: Mode) -> Result<(), TestCaseError> {
    let printed = policy.to_json();
    let again = Policy::parse(&printed, policy.kind, mode, &limits());
    prop_assert!(again.is_ok(), "{}: {}", printed, again.unwrap_err());
    let again = again.unwrap();
    prop_assert_eq!(&again, policy);
    prop_assert_eq!(again.to_json(), printed);
    Ok(())
}

/// A time of day and its offset, with slips: parts may be out of range.
#[derive(Clone, Debug)]
struct Time {
    hour: i8,
    minute: i8,
    second: Option<(i8, Option<String>)>,
    /// Nothing for `Z`; hours and minutes, west if negative.
    offset: Option<(bool, i8, i8)>,
}

fn times() -> impl Strategy<Value = Time> {
    let second = prop::option::of((0..=60i8, prop::option::of("[0-9]{1,10}")));
    let offset = prop::option::of((any::<bool>(), 0..=24i8, 0..=60i8));
    (0..=24i8, 0..=60i8, second, offset).prop_map(|(hour, minute, second, offset)| Time {
        hour,
        minute,
        second,
        offset,
    })
}

fn dates() -> impl Strategy<Value = (i16, i8, i8)> {
    (prop_oneof![0..=9_999i16, 1_890..=2_110i16, Just(2_000i16)], 0..=13i8, prop_oneof![0..=32i8, 28..=31i8])
}

/// The text of a date and time, and what jiff makes of the parts: seconds and nanoseconds since 1970.
fn date_text((year, month, day): (i16, i8, i8), time: Option<&Time>) -> (String, Option<(i64, i32)>) {
    let mut text = format!("{year:04}-{month:02}-{day:02}");
    let date = civil::Date::new(year, month, day).ok();
    let since = |then: civil::DateTime| {
        let since = then.duration_since(civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0));
        (since.as_secs(), since.subsec_nanos())
    };
    let Some(time) = time else { return (text, date.map(|d| since(d.at(0, 0, 0, 0)))) };
    text += &format!("T{:02}:{:02}", time.hour, time.minute);
    let (second, fraction) = time.second.clone().unwrap_or_default();
    let mut nanoseconds = Some(0);
    if time.second.is_some() {
        text += &format!(":{second:02}");
        if let Some(digits) = &fraction {
            text += &format!(".{digits}");
            nanoseconds = format!("{digits:0<9}")[..9].parse().ok();
        }
    }
    let mut east = Some(0);
    match time.offset {
        None => text.push('Z'),
        Some((west, hours, minutes)) => {
            text += &format!("{}{hours:02}:{minutes:02}", if west { '-' } else { '+' });
            let seconds = (i64::from(hours) * 60 + i64::from(minutes)) * 60;
            east = (hours <= 23 && minutes <= 59).then_some(if west { -seconds } else { seconds });
        }
    }
    let clock = nanoseconds.and_then(|n| civil::Time::new(time.hour, time.minute, second, n).ok());
    let instant = date.zip(clock).zip(east).map(|((date, clock), east)| {
        // Whole seconds and the part of one apart: before 1970 jiff's signs agree, ours do not.
        let (seconds, _) = since(date.at(clock.hour(), clock.minute(), clock.second(), 0));
        (seconds - east, clock.subsec_nanosecond())
    });
    (text, instant)
}

/// An address near another one: some bit of it is different.
fn near(address: IpAddr, bit: u32) -> IpAddr {
    match address {
        IpAddr::V4(v4) => Ipv4Addr::from_bits(v4.to_bits() ^ (1 << (bit % 32))).into(),
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() ^ (1 << (bit % 128))).into(),
    }
}

fn addresses() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        any::<u32>().prop_map(|bits| IpAddr::V4(Ipv4Addr::from_bits(bits))),
        any::<u128>().prop_map(|bits| IpAddr::V6(Ipv6Addr::from_bits(bits))),
        // Runs of zeros, which the text leaves out.
        (any::<u16>(), any::<u16>(), 0..128u32).prop_map(|(a, b, s)| IpAddr::V6(Ipv6Addr::from_bits(
            (u128::from(a) << 112) | (u128::from(b) >> (s % 16))
        ))),
        any::<u32>().prop_map(|bits| IpAddr::V6(Ipv4Addr::from_bits(bits).to_ipv6_mapped())),
    ]
}

/// A decimal number's text and its value in units of the fifteenth decimal.
fn decimals() -> impl Strategy<Value = (String, i128)> {
    let few = prop_oneof!["0{0,2}[0-9]{1,2}", "[0-9]{1,15}"];
    ("[+-]?", few, prop::option::of(prop_oneof!["[0-9]0{0,3}", "[0-9]{1,15}"])).prop_map(
        |(sign, whole, fraction)| {
            let digits = fraction.clone().unwrap_or_default();
            let units: i128 = format!("{whole}{digits:0<15}").parse().unwrap();
            let text = format!("{sign}{whole}{}", fraction.map(|f| format!(".{f}")).unwrap_or_default());
            (text, if sign == "-" { -units } else { units })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_of_any_kind_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), kind in prop::sample::select(PolicyKind::ALL.to_vec())) {
        let read = text_of(&bytes).and_then(|text| Policy::parse(text, kind, Mode::Deployed, &Limits::default()));
        let report = read.unwrap_err();
        prop_assert!(report.problems().iter().all(|p| p.place.span.end as usize <= bytes.len()));
    }

    #[test]
    fn dates_are_jiffs(a in (dates(), prop::option::of(times())), b in (dates(), prop::option::of(times()))) {
        let ((a, expected_a), (b, expected_b)) = (date_text(a.0, a.1.as_ref()), date_text(b.0, b.1.as_ref()));
        let (read_a, read_b) = (Instant::parse(&a), Instant::parse(&b));
        prop_assert_eq!(read_a.map(Instant::epoch_seconds), expected_a.map(|(s, _)| s), "{}", a);
        prop_assert_eq!(read_a.is_some(), expected_a.is_some(), "{}", a);
        prop_assert_eq!(read_b.is_some(), expected_b.is_some(), "{}", b);
        if let (Some(x), Some(y)) = (read_a, read_b) {
            prop_assert_eq!(x.cmp(&y), expected_a.cmp(&expected_b), "{} {}", a, b);
            if let Ok(theirs) = x.to_string().parse::<jiff::Timestamp>() {
                let whole = theirs.as_nanosecond().div_euclid(1_000_000_000);
                prop_assert_eq!(whole, i128::from(x.epoch_seconds()), "{}", x);
                let part = theirs.as_nanosecond().rem_euclid(1_000_000_000);
                prop_assert_eq!(Some(part), expected_a.map(|(_, n)| i128::from(n)), "{}", x);
            }
        }
    }

    #[test]
    fn epoch_seconds_are_numbers(seconds in prop_oneof![0..=99_999i64, any::<i64>()], zeros in 0..3usize) {
        let text = format!("{}{seconds}", "0".repeat(zeros));
        let expected = (seconds >= 0 && text.len() != 4).then_some(seconds);
        prop_assert_eq!(Instant::parse(&text).map(Instant::epoch_seconds), expected);
        let instant = Instant::from_epoch_seconds(seconds);
        if let Ok(theirs) = jiff::Timestamp::from_second(seconds) {
            let year = theirs.to_zoned(jiff::tz::TimeZone::UTC).year();
            if year >= 0 {
                prop_assert_eq!(instant.to_string(), theirs.to_string());
            }
        }
    }

    #[test]
    fn ranges_are_ipnets(address in addresses(), prefix in 0..=130u8, bit in any::<u32>(), other in addresses()) {
        let text = format!("{address}/{prefix}");
        let theirs = text.parse::<IpNet>().ok();
        let ours = IpRange::parse(&text);
        prop_assert_eq!(ours.is_some(), theirs.is_some(), "{}", text);
        let alone = IpRange::parse(&address.to_string()).unwrap();
        for one in [address, near(address, bit), near(address, u32::from(prefix)), other] {
            if let (Some(ours), Some(theirs)) = (ours, theirs) {
                prop_assert_eq!(ours.contains(one), theirs.contains(&one), "{} {}", text, one);
            }
            prop_assert_eq!(alone.contains(one), one == address, "{} {}", address, one);
        }
    }

    #[test]
    fn ranges_with_slips_are_ipnets(address in addresses(), prefix in prop::option::of(0..=128u8), slips in slips(2)) {
        let whole = prefix.map_or_else(|| address.to_string(), |p| format!("{address}/{p}"));
        let text = slipped(&whole, &slips);
        // ipnet reads leading zeros of IPv4 parts, which some programs take for octal, and fewer digits of a prefix.
        let zeros = |part: &str| part.len() > 1 && part.starts_with('0');
        let prefix = text.split_once('/').map_or("", |(_, prefix)| prefix);
        let of_v4 = text.contains('.') && text.split(['.', ':', '/']).any(zeros);
        prop_assume!(!zeros(prefix) && !of_v4);
        // AWS ignores a colon at the end, and reads a zero before a lone one at the beginning and before a third one in a row.
        let address = text.split('/').next().unwrap();
        let lone_end = address.ends_with(':') && !address.ends_with("::");
        let lone_start = address.starts_with(':') && !address.starts_with("::");
        prop_assume!(!address.contains(":::") && !lone_end && !lone_start);
        // AWS reads a prefix with a plus sign.
        prop_assume!(!prefix.starts_with('+'));
        // ipnet lets `::` stand for no group; it stands for one or more (RFC 4291, section 2.2).
        let groups = text.split('/').next().unwrap().split(':').filter(|g| !g.is_empty());
        let groups: usize = groups.map(|g| if g.contains('.') { 2 } else { 1 }).sum();
        prop_assume!(!text.contains("::") || groups < 8);
        let theirs = text.parse::<IpNet>().is_ok() || text.parse::<IpAddr>().is_ok();
        prop_assert_eq!(IpRange::parse(&text).is_some(), theirs, "{:?}", text);
    }

    #[test]
    fn bytes_are_base64s(bytes in prop::collection::vec(any::<u8>(), 0..12), at in any::<prop::sample::Index>(), other in "[A-Za-z0-9+/=_ -]{0,2}") {
        let text = STANDARD.encode(&bytes);
        prop_assert_eq!(decode_base64(&text).map(Vec::from), Some(bytes));
        let at = at.index(text.len() + 1);
        let end = (at + 1).min(text.len());
        for text in [format!("{}{other}{}", &text[..at], &text[at..]), format!("{}{other}{}", &text[..at], &text[end..])] {
            let theirs = STANDARD.decode(&text).ok();
            prop_assert_eq!(decode_base64(&text).map(Vec::from), theirs, "{:?}", text);
        }
    }

    #[test]
    fn decimals_are_integers_of_small_units(a in decimals(), b in decimals()) {
        let (x, y) = (Decimal::parse(&a.0).unwrap(), Decimal::parse(&b.0).unwrap());
        prop_assert_eq!(x.cmp(&y), a.1.cmp(&b.1), "{} {}", a.0, b.0);
        prop_assert_eq!(x == y, a.1 == b.1, "{} {}", a.0, b.0);
        prop_assert!(x == Decimal::parse(&a.0).unwrap());
    }

    #[test]
    fn exponents_move_the_point(a in decimals(), b in decimals(), by in 0..6usize) {
        let moved = |text: &str| {
            let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
            let digits = format!("{fraction}{}", "0".repeat(by));
            format!("{whole}{}.{}", &digits[..by], &digits[by..])
        };
        let (x, y) = (moved(&a.0), format!("{}e{by}", b.0));
        let (x, y) = (Decimal::parse(&x).unwrap(), Decimal::parse(&y).unwrap());
        prop_assert_eq!(x.cmp(&y), a.1.cmp(&b.1), "{} {} by {}", a.0, b.0, by);
        let back = format!("{}e-{by}", moved(&a.0));
        prop_assert_eq!(Decimal::parse(&back), Decimal::parse(&a.0), "{}", back);
    }

    #[test]
    fn addresses_of_requests_are_in_their_ranges(address in addresses(), prefix in 0..=128u32) {
        let text = address.to_string();
        let read = parse_address(&text);
        // Rust writes addresses with a dotted tail only if they are mapped.
        prop_assert_eq!(read, Some(address.to_canonical()), "{}", text);
        let Some(range) = IpRange::parse(&format!("{text}/{prefix}")) else { return Ok(()) };
        let is_mapped = address != address.to_canonical();
        prop_assert!(range.contains(address), "{}/{}", text, prefix);
        prop_assert!(!is_mapped || range.is_dead(), "{}/{}", text, prefix);
        prop_assert!(range.is_dead() != address.is_ipv4() || !range.is_dead(), "{}/{}", text, prefix);
    }

    #[test]
    fn decimals_with_slips_are_plain_floats(number in decimals(), slips in slips(2)) {
        let text = slipped(&number.0, &slips);
        // A float without a name or a point at its beginning.
        let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'));
        let begins = text.trim_start_matches(['+', '-']).starts_with('.');
        let expected = plain && !begins && text.parse::<f64>().is_ok();
        prop_assert_eq!(Decimal::parse(&text).is_some(), expected, "{:?}", text);
    }

    #[test]
    fn policies_read_back_from_their_print((kind, policy) in policies(), pretty in any::<bool>()) {
        let text = json_text(&policy, pretty);
        for mode in [Mode::Strict, Mode::Deployed] {
            let read = Policy::parse(&text, kind, mode, &limits());
            prop_assert!(read.is_ok(), "{}: {}", text, read.unwrap_err());
            let read = read.unwrap();
            prints_and_reads_back(&read, mode)?;
            places_are_right(&text, &read.findings)?;
        }
    }

    #[test]
    fn one_value_is_a_list_of_one((kind, policy) in policies(), pretty in any::<bool>()) {
        let read = |value, pretty| Policy::parse(&json_text(value, pretty), kind, Mode::Strict, &limits());
        let (plain, lists) = (read(&policy, pretty), read(&all_lists(&policy), !pretty));
        prop_assert!(plain.is_ok() && lists.is_ok());
        prop_assert_eq!(plain.unwrap(), lists.unwrap());
    }

    #[test]
    fn policies_with_slips_have_their_problems_inside(
        (kind, policy) in policies(),
        other in prop::sample::select(PolicyKind::ALL.to_vec()),
        pretty in any::<bool>(),
        slips in slips(4),
    ) {
        let text = slipped(&json_text(&policy, pretty), &slips);
        for kind in [kind, other] {
            for mode in [Mode::Strict, Mode::Deployed] {
                let read = Policy::parse(&text, kind, mode, &limits());
                if let Ok(policy) = &read {
                    prints_and_reads_back(policy, mode)?;
                }
                places_are_right(&text, &said(read))?;
            }
            // What strict mode accepts, deployed mode accepts with the same meaning.
            if let Ok(strict) = Policy::parse(&text, kind, Mode::Strict, &limits()) {
                prop_assert_eq!(Policy::parse(&text, kind, Mode::Deployed, &limits()), Ok(strict));
            }
        }
    }

    #[test]
    fn other_documents_are_refused_without_a_panic(value in values(), kind in prop::sample::select(PolicyKind::ALL.to_vec())) {
        for value in [value.clone(), serde_json::json!({ "Version": "2012-10-17", "Statement": value })] {
            let text = json_text(&value, false);
            for mode in [Mode::Strict, Mode::Deployed] {
                places_are_right(&text, &said(Policy::parse(&text, kind, mode, &limits())))?;
            }
        }
    }
}
