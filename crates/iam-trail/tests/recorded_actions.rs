//! The actions behind the events that other people recorded.
//!
//! The events are not part of this repository. The environment variable `IAMGATE_CLOUDTRAIL` names the folder that has them, an event a line in
//! `*.jsonl`. Without the folder the tests say so, and pass.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test stops at the first surprise; one that was left out says so, and the table is for people"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use iam_catalog::NameRule;
use iam_denial::Form;
use iam_trail::{ActionMapping, Authorization, Event, NoDecision, UnknownReason};

/// The files whose events somebody wrote by hand.
const BY_HAND: [&str; 3] = ["cloudtrail-rs-shapes", "panther-analysis", "streamalert"];

/// The texts of all files by their names without `.jsonl`.
fn files() -> Option<BTreeMap<String, String>> {
    let Some(folder) = std::env::var_os("IAMGATE_CLOUDTRAIL").map(PathBuf::from) else {
        eprintln!("no events: set IAMGATE_CLOUDTRAIL");
        return None;
    };
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|own| own == "jsonl") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            all.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
    assert!(!all.is_empty());
    Some(all)
}

/// The row of the table that an event belongs to.
const fn row(authorization: &Authorization<'_, '_>) -> &'static str {
    match authorization {
        Authorization::Policies(asked) | Authorization::TrustPolicy(asked) => {
            let own = asked.resolved();
            match (own.rule, own.has_other_prefix, own.is_without_version) {
                (NameRule::Table, ..) => "operation table",
                (NameRule::Verb, ..) => "verb of API Gateway",
                (NameRule::OwnName, _, true) => "version left out",
                (NameRule::OwnName, true, false) => "other prefix",
                (NameRule::OwnName, false, false) => "same name",
            }
        }
        Authorization::NoDecision(NoDecision::NoPermissionNeeded(_)) => "no permission needed",
        Authorization::NoDecision(
            NoDecision::SignIn | NoDecision::ServiceEvent | NoDecision::Insight | NoDecision::NetworkActivity,
        ) => "not an API call",
        Authorization::Unknown(_) => "unknown",
    }
}

#[test]
fn nearly_every_recorded_call_has_its_actions() {
    let Some(files) = files() else { return };
    let mapping = ActionMapping::embedded().unwrap();
    let mut events: BTreeMap<&str, usize> = BTreeMap::new();
    let mut pairs: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut unknown: BTreeMap<String, usize> = BTreeMap::new();
    let mut uncertain: BTreeMap<String, usize> = BTreeMap::new();
    let (mut calls, mut mapped, mut certain) = (0_u32, 0_u32, 0_u32);
    for text in files.iter().filter(|(name, _)| !BY_HAND.contains(&name.as_str())).map(|(_, text)| text) {
        for line in text.lines() {
            let event = Event::read(line).unwrap();
            let authorization = mapping.authorization(&event);
            let row = row(&authorization);
            *events.entry(row).or_default() += 1;
            let pair =
                format!("{} {}", event.event_source.as_ref().unwrap(), event.event_name.as_ref().unwrap());
            pairs.entry(row).or_default().insert(pair.clone());
            calls += u32::from(row != "not an API call");
            mapped += u32::from(row != "not an API call" && row != "unknown");
            match authorization {
                Authorization::Policies(asked) | Authorization::TrustPolicy(asked) => {
                    let is_certain = asked.groups().all(|group| group.is_certain && group.is_any_enough);
                    certain += u32::from(is_certain);
                    if !is_certain {
                        *uncertain.entry(pair).or_default() += 1;
                    }
                }
                Authorization::Unknown(own) => {
                    let near = mapping.nearest(&own);
                    *unknown.entry(format!("{pair}: {:?}, near {near:?}", own.reason)).or_default() += 1;
                }
                Authorization::NoDecision(_) => {}
            }
        }
    }
    for (row, count) in &events {
        eprintln!("{row}: {count} events, {} pairs", pairs.get(row).map_or(0, BTreeSet::len));
    }
    eprintln!("unknown: {unknown:#?}\nuncertain: {uncertain:?}");
    eprintln!("{calls} calls, {mapped} mapped, {certain} without a group that is uncertain");
    assert_eq!(events.values().sum::<usize>(), 3_682);
    assert!(mapped * 1_000 >= calls * 998, "{mapped} of {calls}");
}

#[test]
fn the_actions_are_those_that_the_denials_name() {
    let Some(files) = files() else { return };
    let mapping = ActionMapping::embedded().unwrap();
    let mut named = 0;
    let mut by_row: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, text) in files.iter().filter(|(name, _)| !BY_HAND.contains(&name.as_str())) {
        for line in text.lines() {
            for denial in iam_denial::read(line) {
                let Some(action) = denial.action else { continue };
                let event = Event::read(line).unwrap();
                let authorization = mapping.authorization(&event);
                let Authorization::Policies(asked) = &authorization else { panic!("{name}: {line}") };
                let mut all = asked.groups().filter(|group| group.is_certain);
                let is_asked = all.any(|group| {
                    group.actions().any(|own| own.to_string().eq_ignore_ascii_case(&action.value))
                });
                assert!(is_asked, "{name}: {} is not among those of {line}", action.value);
                *by_row.entry(row(&authorization)).or_default() += 1;
                named += 1;
            }
        }
    }
    eprintln!("{named} denials name an action that the mapping has: {by_row:?}");
    assert!(named >= 243, "{named}");
}

#[test]
fn a_role_that_must_not_be_passed_is_asked_for() {
    let Some(files) = files() else { return };
    let mapping = ActionMapping::embedded().unwrap();
    let mut found = 0;
    for line in files.values().flat_map(|text| text.lines()) {
        for _ in iam_denial::read(line).iter().filter(|own| own.form == Form::CrossAccountPassRole) {
            let event = Event::read(line).unwrap();
            let authorization = mapping.authorization(&event);
            let Authorization::Policies(asked) = &authorization else { panic!("{line}") };
            let mut actions = asked.groups().flat_map(|group| group.actions());
            assert!(actions.any(|own| own.to_string() == "iam:PassRole"), "{line}");
            found += 1;
        }
    }
    assert_eq!(found, 4);
}

#[test]
fn events_by_hand_have_actions_or_a_reason() {
    let Some(files) = files() else { return };
    let mapping = ActionMapping::embedded().unwrap();
    let mut reasons: BTreeMap<(UnknownReason, String), usize> = BTreeMap::new();
    let mut rows: BTreeMap<&str, usize> = BTreeMap::new();
    for text in BY_HAND.iter().map(|name| files.get(*name).unwrap()) {
        for line in text.lines() {
            let Ok(event) = Event::read(line) else { continue };
            let authorization = mapping.authorization(&event);
            *rows.entry(row(&authorization)).or_default() += 1;
            if let Authorization::Unknown(own) = authorization {
                *reasons.entry((own.reason, format!("{} {}", own.source, own.name))).or_default() += 1;
            }
        }
    }
    eprintln!("{rows:?}\n{reasons:#?}");
}
