//! The resources of events that other people recorded: how many are known, and whether they agree with what AWS says.
//!
//! The events are not part of this repository. The environment variable `IAMGATE_CLOUDTRAIL` names the folder that has them. Without it the
//! tests say so, and pass.
#![expect(clippy::print_stderr, reason = "a test that was left out says so, and the tables are for a reader")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use iam_catalog::Sections;
use iam_trail::{Event, Origin, ResourceReader, ResourceRules, Resources, UnknownResource};

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

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("IAMGATE_CLOUDTRAIL").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("no events: set IAMGATE_CLOUDTRAIL");
    }
    folder
}

/// The action of an event's own name, without a version behind it.
fn action(event: &Event<'_>, catalog: &Sections<'_>) -> Option<String> {
    let source = event.event_source.as_deref()?.split('.').next()?;
    let source = match source {
        "monitoring" => "cloudwatch",
        "tagging" => "tag",
        own => own,
    };
    let name = event.event_name.as_deref()?;
    let known = match (source, name) {
        ("s3", "ListObjects" | "ListObjectsV2" | "HeadBucket") => "ListBucket",
        ("s3", "HeadObject") => "GetObject",
        ("s3", "DeleteObjects") => "DeleteObject",
        ("s3", "GetBucketEncryption") => "GetEncryptionConfiguration",
        ("s3", "GetBucketLifecycle") => "GetLifecycleConfiguration",
        ("s3", "PutBucketLifecycle") => "PutLifecycleConfiguration",
        ("s3", "GetBucketReplication") => "GetReplicationConfiguration",
        ("s3", "GetBucketCors") => "GetBucketCORS",
        ("lambda", "Invoke") => "InvokeFunction",
        (_, own) => own,
    };
    let bare = known.find("20").and_then(|at| known.get(..at)).unwrap_or(known);
    [known, bare].into_iter().map(|name| format!("{source}:{name}")).find(|own| catalog.action(own).is_some())
}

/// What became of an event.
fn outcome(resources: &Resources<'_>) -> String {
    match resources {
        Resources::NoResource => "no resource".to_owned(),
        Resources::Known { arns, untold } => {
            let origin = arns.iter().map(|own| own.origin).max().map_or("", Origin::name);
            let whole = if arns.iter().all(|own| own.arn.exact().is_some()) { "whole" } else { "pattern" };
            let all = if untold.is_empty() { "" } else { ", some untold" };
            format!("known from {origin}, {whole}{all}")
        }
        Resources::Unnamed(_) => "unnamed".to_owned(),
        Resources::Unknown(reason) => format!("unknown: {}", reason.name()),
        _ => "another".to_owned(),
    }
}

/// Calls `each` with every event that AWS recorded and whose action is known.
fn each_event(mut each: impl FnMut(&str, &Event<'_>, &str, &Sections<'_>)) {
    let Some(folder) = folder() else { return };
    let catalog = Sections::embedded().unwrap();
    for name in RECORDED {
        let text = fs::read_to_string(folder.join(format!("{name}.jsonl"))).unwrap();
        for line in text.lines() {
            let Ok(event) = Event::read(line) else { continue };
            if let Some(action) = action(&event, &catalog) {
                each(line, &event, &action, &catalog);
            }
        }
    }
}

#[test]
fn most_events_tell_their_resources() {
    let rules = ResourceRules::embedded().unwrap();
    let mut table: BTreeMap<String, usize> = BTreeMap::new();
    let mut unknown: BTreeMap<String, usize> = BTreeMap::new();
    let (mut events, mut open) = (0_usize, 0_usize);
    each_event(|line, event, action, catalog| {
        let resources = ResourceReader::new(event).resources(action, &rules, catalog);
        events += 1;
        *table.entry(outcome(&resources)).or_default() += 1;
        match &resources {
            Resources::Unknown(reason) if *reason != UnknownResource::NoParameters => {
                open += 1;
                *unknown
                    .entry(format!(
                        "{} {action} {:.300}",
                        reason.name(),
                        event.request_parameters.map_or("", |own| own.get())
                    ))
                    .or_default() += 1;
            }
            Resources::Known { untold, .. } if !untold.is_empty() => {
                *unknown.entry(format!("untold {action} {untold:?}")).or_default() += 1;
            }
            Resources::NoResource
            | Resources::Known { .. }
            | Resources::Unnamed(_)
            | Resources::Unknown(_)
            | _ => {}
        }
        assert!(!line.is_empty());
    });
    if events == 0 {
        return;
    }
    for (outcome, count) in &table {
        eprintln!("{count:6} {outcome}");
    }
    for (what, count) in &unknown {
        eprintln!("{count:6} {what}");
    }
    eprintln!("{events} events, {open} unknown beside those without parameters");
    assert!(open * 100 <= events * 3, "{open} of {events}");
}

/// An ARN in the account of the event. The publishers of the events replaced accounts, in messages by others than in the rest.
fn with_account(arn: &str, event: &Event<'_>) -> String {
    let mut parts: Vec<&str> = arn.splitn(6, ':').collect();
    if let (Some(own), Some(part)) = (event.recipient_account_id.as_deref(), parts.get_mut(4)) {
        *part = own;
    }
    parts.join(":")
}

#[test]
fn denials_name_the_same_resource() {
    let rules = ResourceRules::embedded().unwrap();
    let mut table: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong: Vec<String> = Vec::new();
    each_event(|line, event, action, catalog| {
        let denials = iam_denial::read(line);
        let Some(named) = denials.first().and_then(|own| own.resource.as_ref()) else { return };
        let Some(arn) = named.arn() else {
            *table.entry(format!("{} in the message", named.form.name())).or_default() += 1;
            return;
        };
        let resources = ResourceReader::new(event).resources(action, &rules, catalog);
        let agrees = match &resources {
            Resources::Known { arns, .. } => {
                let same = |arn: &str| arns.iter().any(|own| own.arn.asked().as_deref() == Some(arn));
                let covered = |arn: &str| arns.iter().any(|own| own.arn.covers(arn));
                let replaced = with_account(arn, event);
                if same(arn) {
                    "the same ARN"
                } else if covered(arn) {
                    "covered by a pattern"
                } else if same(&replaced) {
                    "the same ARN but for the account"
                } else if covered(&replaced) {
                    "covered by a pattern but for the account"
                } else {
                    "another ARN"
                }
            }
            Resources::NoResource => "an ARN, the catalogue lists no resource",
            Resources::Unnamed(forms) if forms.iter().any(|own| own.arn.covers(arn)) => "unnamed, of a form",
            Resources::Unnamed(_) => "unnamed, of no form",
            Resources::Unknown(UnknownResource::NoParameters) => "no parameters",
            Resources::Unknown(_) | _ => "unknown",
        };
        *table.entry(agrees.to_owned()).or_default() += 1;
        if !matches!(
            agrees,
            "the same ARN"
                | "covered by a pattern"
                | "the same ARN but for the account"
                | "covered by a pattern but for the account"
                | "no parameters"
                | "unnamed, of a form"
        ) {
            wrong.push(format!("{agrees}: {action} {arn} {}", outcome(&resources)));
            if let Resources::Known { arns, .. } = &resources {
                wrong.extend(arns.iter().map(|own| format!("    {}", own.arn)));
            }
        }
    });
    for (outcome, count) in &table {
        eprintln!("{count:6} {outcome}");
    }
    wrong.sort();
    for own in &wrong {
        eprintln!("{own}");
    }
    // Where the catalogue lists no resource type, and where the request names none, AWS yet asks about an ARN: `user/` for ListUsers,
    // `/GetCostAndUsage`. Nothing that was derived is another resource than AWS's.
    let free = |own: &&String| {
        own.starts_with("an ARN, the catalogue lists no resource") || own.contains("ce:GetCostAndUsage")
    };
    let others: Vec<&String> = wrong.iter().filter(|own| !free(own)).collect();
    assert!(others.is_empty(), "{others:#?}");
}

#[test]
fn parameters_tell_what_the_record_says() {
    let rules = ResourceRules::embedded().unwrap();
    let mut table: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong: BTreeMap<String, usize> = BTreeMap::new();
    each_event(|_, event, action, catalog| {
        let record = ResourceReader::new(event).resources(action, &rules, catalog);
        let Resources::Known { arns, .. } = &record else { return };
        let told: Vec<&str> = arns
            .iter()
            .filter(|own| own.origin == Origin::Record)
            .filter_map(|own| own.arn.exact())
            .collect();
        if told.is_empty() {
            return;
        }
        let derived = ResourceReader::of_parameters(event).resources(action, &rules, catalog);
        let agrees = match &derived {
            Resources::Known { arns, .. } => {
                let all = told.iter().all(|arn| arns.iter().any(|own| own.arn.covers(arn)));
                let exact = told.iter().all(|arn| arns.iter().any(|own| own.arn.exact() == Some(arn)));
                let none_other = arns.iter().all(|own| told.iter().any(|arn| own.arn.covers(arn)));
                match (all, exact, none_other) {
                    (true, true, true) => "the same".to_owned(),
                    (true, _, true) => "covered".to_owned(),
                    (true, _, false) => "more".to_owned(),
                    (false, _, _) => "another".to_owned(),
                }
            }
            Resources::NoResource | Resources::Unnamed(_) | Resources::Unknown(_) | _ => outcome(&derived),
        };
        *table.entry(agrees.clone()).or_default() += 1;
        if !matches!(agrees.as_str(), "the same" | "covered") {
            let derived = match &derived {
                Resources::Known { arns, .. } => {
                    arns.iter().map(|own| own.arn.to_string()).collect::<Vec<_>>().join(" ")
                }
                Resources::NoResource | Resources::Unnamed(_) | Resources::Unknown(_) | _ => String::new(),
            };
            *wrong
                .entry(format!("{agrees}: {action} {:.150} <> {derived:.150}", told.join(" ")))
                .or_default() += 1;
        }
    });
    for (outcome, count) in &table {
        eprintln!("{count:6} {outcome}");
    }
    for (outcome, count) in &wrong {
        eprintln!("{count:6} {outcome}");
    }
    assert!(!table.contains_key("another") && !table.contains_key("more"), "{wrong:#?}");
}
