//! When keys are fetched, and which are used meanwhile.

use iamgate_token::{FetchTicket, JwksCache, KeysToUse};
use proptest::prelude::*;

use crate::world::*;

#[derive(Debug, PartialEq, Eq)]
enum Says {
    Cached,
    Fetch,
    Wait(i64),
}

fn ask(cache: &mut JwksCache, id: &str, now: i64) -> (Says, Option<FetchTicket>) {
    match cache.ask(Some(id), now) {
        KeysToUse::Cached(_) => (Says::Cached, None),
        KeysToUse::Fetch(ticket) => (Says::Fetch, Some(ticket)),
        KeysToUse::Wait { until } => (Says::Wait(until), None),
    }
}

fn says(cache: &mut JwksCache, id: &str, now: i64) -> Says {
    ask(cache, id, now).0
}

fn fetch(cache: &mut JwksCache, id: &str, now: i64) -> FetchTicket {
    ask(cache, id, now).1.expect("a fetch")
}

fn old() -> String {
    jwks(&[("old", ES256)]).to_string()
}

fn new() -> String {
    jwks(&[("new", ES256_OTHER)]).to_string()
}

/// A cache that got its keys at time 0.
fn filled() -> JwksCache {
    let mut cache = JwksCache::new(ISSUER);
    let ticket = fetch(&mut cache, "old", 0);
    assert_eq!(cache.fetched(ticket, &old(), 0), Ok(()));
    cache
}

#[test]
fn the_first_caller_fetches_and_the_others_wait() {
    let mut cache = JwksCache::new(ISSUER);
    let ticket = fetch(&mut cache, "old", 0);
    assert_eq!(says(&mut cache, "old", 0), Says::Wait(30));
    assert_eq!(says(&mut cache, "x", 5), Says::Wait(30));
    assert_eq!(cache.fetched(ticket, &old(), 6), Ok(()));
    assert_eq!(cache.fetched_at(), Some(6));
    assert_eq!(says(&mut cache, "old", 6), Says::Cached);
    assert!(!cache.is_alarmed());
}

#[test]
fn keys_are_fresh_for_five_minutes_and_used_on_while_they_are_fetched() {
    let mut cache = filled();
    assert_eq!(says(&mut cache, "old", 299), Says::Cached);
    let ticket = fetch(&mut cache, "old", 300);
    assert_eq!(says(&mut cache, "old", 301), Says::Cached, "one fetches, the others go on");
    assert_eq!(cache.fetched(ticket, &new(), 302), Ok(()));
    assert_eq!(says(&mut cache, "new", 303), Says::Cached);
    // The old key is gone. It is asked for once more, and then refused by the verifier.
    assert_eq!(says(&mut cache, "old", 303), Says::Cached);
    let ticket = fetch(&mut cache, "old", 330);
    assert_eq!(cache.fetched(ticket, &new(), 330), Ok(()));
}

#[test]
fn an_unknown_key_is_fetched_once_each_half_minute() {
    let mut cache = filled();
    let mut fetches = 0;
    for now in 0..300 {
        for id in ["made-up-1", "made-up-2", "made-up-3"] {
            if let (Says::Fetch, Some(ticket)) = ask(&mut cache, id, now) {
                fetches += 1;
                assert_eq!(cache.fetched(ticket, &old(), now), Ok(()));
            }
        }
    }
    assert_eq!(fetches, 9);
    let ticket = fetch(&mut cache, "new", 300);
    assert_eq!(says(&mut cache, "new", 300), Says::Wait(330));
    assert_eq!(cache.fetched(ticket, &new(), 301), Ok(()));
    assert_eq!(says(&mut cache, "new", 301), Says::Cached);
}

#[test]
fn the_last_good_keys_are_kept_for_a_day_with_an_alarm() {
    let mut cache = filled();
    for now in (300..86_400).step_by(30) {
        let ticket = fetch(&mut cache, "old", now);
        if now % 60 == 0 {
            cache.failed(ticket);
        } else {
            assert!(cache.fetched(ticket, "<html>Bad Gateway</html>", now).is_err());
        }
        assert!(cache.is_alarmed());
        assert_eq!(says(&mut cache, "old", now + 1), Says::Cached);
    }
    let ticket = fetch(&mut cache, "old", 86_400);
    assert_eq!(says(&mut cache, "old", 86_400), Says::Wait(86_430), "too old to be used");
    cache.failed(ticket);
    assert_eq!(says(&mut cache, "old", 86_401), Says::Wait(86_430));
    let ticket = fetch(&mut cache, "old", 86_430);
    assert_eq!(cache.fetched(ticket, &old(), 86_431), Ok(()));
    assert_eq!(says(&mut cache, "old", 86_431), Says::Cached);
    assert!(!cache.is_alarmed());
}

#[test]
fn a_fetch_that_does_not_report_counts_as_failed_and_its_late_report_is_ignored() {
    let mut cache = filled();
    let lost = fetch(&mut cache, "old", 300);
    assert_eq!(says(&mut cache, "old", 329), Says::Cached);
    let second = fetch(&mut cache, "old", 330);
    assert!(cache.is_alarmed());
    assert_eq!(cache.fetched(second, &new(), 331), Ok(()));
    assert_eq!(cache.fetched(lost, &old(), 332), Ok(()));
    assert_eq!(says(&mut cache, "new", 332), Says::Cached, "old keys do not come back");
    cache.failed(lost);
    assert!(!cache.is_alarmed());
}

#[test]
fn a_clock_that_is_set_back_fetches() {
    let mut cache = filled();
    let ticket = fetch(&mut cache, "old", 1_000);
    assert_eq!(cache.fetched(ticket, &old(), 1_000), Ok(()));
    let ticket = fetch(&mut cache, "old", -50_000);
    assert_eq!(says(&mut cache, "old", -50_000), Says::Cached);
    assert_eq!(cache.fetched(ticket, &old(), -50_000), Ok(()));
    assert_eq!(says(&mut cache, "old", -49_999), Says::Cached);
    for now in [i64::MIN, i64::MAX] {
        let _ = cache.ask(Some("old"), now);
    }
}

proptest! {
    /// Whatever is asked and reported, fetches lie half a minute apart, only one is under way, and no keys older than a day are used.
    #[test]
    fn the_rules_hold_in_any_order(steps in prop::collection::vec((0_u8..6, 0_i64..2_000), 1..80)) {
        let mut cache = JwksCache::new(ISSUER);
        let (mut now, mut last, mut good) = (0, None::<i64>, None::<i64>);
        let mut tickets: Vec<FetchTicket> = Vec::new();
        let mut running: Option<(FetchTicket, i64)> = None;
        for (what, seconds) in steps {
            now += seconds;
            if running.is_some_and(|(_, at)| now - at >= 30) {
                running = None;
            }
            match what {
                0 => if let Some(ticket) = tickets.pop() {
                    let counts = running.is_some_and(|(own, _)| own == ticket);
                    prop_assert!(cache.fetched(ticket, &old(), now).is_ok());
                    if counts {
                        (good, running) = (Some(now), None);
                    }
                },
                1 => if let Some(ticket) = tickets.pop() {
                    cache.failed(ticket);
                    if running.is_some_and(|(own, _)| own == ticket) {
                        running = None;
                    }
                },
                2 => now += 86_000,
                _ => match cache.ask(Some(if what == 3 { "old" } else { "other" }), now) {
                    KeysToUse::Cached(_) => {
                        prop_assert!(good.is_some_and(|at| now - at < 86_400));
                    }
                    KeysToUse::Fetch(ticket) => {
                        prop_assert!(last.is_none_or(|last| now - last >= 30));
                        prop_assert!(running.is_none());
                        (last, running) = (Some(now), Some((ticket, now)));
                        tickets.push(ticket);
                    }
                    KeysToUse::Wait { until } => prop_assert!(until > now && until <= now + 30),
                },
            }
        }
    }
}
