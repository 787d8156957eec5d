//! Verdicts on events that other people recorded, under a role with `ReadOnlyAccess`.
//!
//! The events are not part of this repository. The environment variable `IAMGATE_CLOUDTRAIL` names the folder that has them. Without it the
//! tests say so, and pass.
#![expect(clippy::print_stderr, reason = "a test that was left out says so, and the tables are for a reader")]
#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use iam_trail::Event;
use iamgate::{Layers, ResourcePolicies, RoleArn, SessionName, built_in};
use iamgate_audit::{EventVerdict, Judge, Promise, Says};

/// The files with events that AWS recorded. The others are written by hand.
const RECORDED: [&str; 9] = [
    "invictus-aws_dataset",
    "stratus-red-team",
    "traildiscover",
    "otrf-security-datasets",
    "remit",
    "cloud-custodian",
    "security-lake-samples",
    "trailscraper",
    "plaso",
];

fn each_event(mut each: impl FnMut(&str, &Event<'_>)) -> bool {
    let Some(folder) = std::env::var_os("IAMGATE_CLOUDTRAIL").map(PathBuf::from) else {
        eprintln!("no events: set IAMGATE_CLOUDTRAIL");
        return false;
    };
    for name in RECORDED {
        let text = fs::read_to_string(folder.join(format!("{name}.jsonl"))).unwrap();
        for line in text.lines() {
            if let Ok(event) = Event::read(line) {
                each(line, &event);
            }
        }
    }
    true
}

/// A role that has nothing but `ReadOnlyAccess`.
fn reader() -> (Layers, RoleArn, SessionName) {
    let managed = built_in::managed().unwrap();
    let policy = managed.policy("arn:aws:iam::aws:policy/ReadOnlyAccess").unwrap().policy();
    let mut layers = Layers::new();
    layers.identity.push(Arc::clone(policy));
    (layers, "arn:aws:iam::111122223333:role/reader".parse().unwrap(), "session".parse().unwrap())
}

/// How many events have which verdict.
fn judged(name: &str, promise: Promise) {
    let mut judge = Judge::new(promise).unwrap();
    let (mut table, mut open) = (BTreeMap::<String, usize>::new(), BTreeMap::<String, usize>::new());
    let (mut events, mut decisions, mut not_proven, mut cannot) = (0_usize, 0_usize, 0_usize, 0_usize);
    let has_run = each_event(|_, event| {
        let judged = judge.judge(event);
        assert_eq!(judge.verdict(event), judged.verdict);
        events += 1;
        let reason = judged.verdict.reason().map_or_else(String::new, |own| format!(": {own}"));
        *table.entry(format!("{}{reason}", judged.verdict.name())).or_default() += 1;
        match judged.verdict {
            EventVerdict::NotADecision(_) => return,
            EventVerdict::NotProven => {
                not_proven += 1;
                let each =
                    judged.answers.iter().filter(|own| own.answer.says == Says::Depends || !own.is_certain);
                let each: Vec<String> = each
                    .map(|own| {
                        format!(
                            "{} {} {:?} {:?}",
                            own.action,
                            own.answer.says.name(),
                            own.answer.missing,
                            own.answer.keys
                        )
                    })
                    .collect();
                *open.entry(each.join("; ")).or_default() += 1;
            }
            EventVerdict::CannotBeJudged(_) => {
                cannot += 1;
                let name = |own: Option<&str>| own.unwrap_or_default().to_owned();
                let (source, own) = (name(event.event_source.as_deref()), name(event.event_name.as_deref()));
                *open.entry(format!("cannot be judged: {source} {own}")).or_default() += 1;
            }
            EventVerdict::AsPlanned
            | EventVerdict::DeniedAsPlanned
            | EventVerdict::RefusedByOthers
            | EventVerdict::Outside
            | _ => {}
        }
        decisions += 1;
    });
    if !has_run {
        return;
    }
    eprintln!(
        "{name}: {events} events, {decisions} decisions, {not_proven} not proven, {cannot} cannot be judged"
    );
    for (row, count) in table.iter().chain(&open) {
        eprintln!("{count:6} {row}");
    }
    assert!(cannot * 100 <= decisions * 3, "{cannot} of {decisions} cannot be judged");
    assert!(not_proven * 10 <= decisions, "{not_proven} of {decisions} are not proven");
}

#[test]
fn events_under_read_only_access_and_a_profile() {
    let managed = built_in::managed().unwrap();
    let profile = built_in::profile("standard", "111122223333", &managed).unwrap();
    let (mut layers, role, session) = reader();
    layers.session = Some(profile.policies().iter().map(|own| Arc::clone(own.policy())).collect());
    let tag = profile.tag().unwrap();
    judged("with a profile", Promise::of_layers(layers, &role, &session).tagged(tag.key(), tag.value()));
}

#[test]
fn events_under_read_only_access_if_no_resource_grants_anything() {
    let (layers, role, session) = reader();
    let promise = Promise::of_layers(layers, &role, &session).assuming(ResourcePolicies::Given);
    judged("without a profile", promise);
}
