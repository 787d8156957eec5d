//! Every record that the cloud writes is one that `iam-trail` reads, and says what was decided.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;

use iam_cloud_double::{Entry, Stage};
use iam_trail::{
    ActionMapping, Authorization, Event, NoDecision, Outcome, ResourceReader, ResourceRules, Resources,
};

const SESSIONS: u64 = 200;

/// Actions of which no rule says where a record has the resource.
const NO_RULE: [&str; 1] = ["cloudwatch:GetMetricData"];

struct Reader {
    mapping: ActionMapping<'static>,
    rules: ResourceRules,
    details: iamgate::iam_catalog::Details<'static>,
}

impl Reader {
    fn new() -> Self {
        Self {
            mapping: ActionMapping::embedded().unwrap(),
            rules: ResourceRules::embedded().unwrap(),
            details: iamgate::iam_catalog::Details::embedded().unwrap(),
        }
    }

    /// The actions of the record are those that were decided, and its resources cover those that were decided on.
    fn check(&self, entry: &Entry, told: &mut BTreeMap<String, usize>) {
        let json = entry.record.to_json();
        let event = Event::read(&json).unwrap();
        let (asked, is_trust) = match self.mapping.authorization(&event) {
            Authorization::Policies(asked) => (asked, false),
            Authorization::TrustPolicy(asked) => (asked, true),
            Authorization::NoDecision(NoDecision::NoPermissionNeeded(_)) => {
                assert!(entry.decided.is_empty());
                return;
            }
            other @ (Authorization::NoDecision(_) | Authorization::Unknown(_)) => panic!("{other:?}: {json}"),
        };
        if entry.decided.is_empty() {
            return assert_eq!(Outcome::of(&event), Outcome::Throttled, "{json}");
        }
        let groups: Vec<_> = asked.groups().collect();
        for decided in &entry.decided {
            let is_one = |action: &str| action.eq_ignore_ascii_case(&decided.action);
            let in_group = groups.iter().any(|group| group.actions().any(|own| is_one(&own.to_string())));
            assert!(in_group, "{} in {json}", decided.action);
            // The trust policy decides on the role, which the record names.
            if is_trust || decided.action.starts_with("sts:") {
                continue;
            }
            let reader = ResourceReader::new(&event);
            let words = match reader.resources(&decided.action, &self.rules, &self.details) {
                Resources::NoResource => {
                    assert_eq!(&*decided.resource, "*", "{json}");
                    "none"
                }
                Resources::Known { arns, untold } => {
                    let is_covered = arns.iter().any(|own| own.arn.covers(&decided.resource));
                    assert!(is_covered || !untold.is_empty(), "{} {arns:?} {json}", decided.resource);
                    if is_covered { "known" } else { "untold" }
                }
                Resources::Unnamed(forms) => {
                    let is_covered = forms.iter().any(|own| own.arn.covers(&decided.resource));
                    assert!(is_covered || &*decided.resource == "*", "{} {forms:?} {json}", decided.resource);
                    "unnamed"
                }
                Resources::Unknown(why) => {
                    // Of an error, parameters may be left out.
                    let is_told = entry.record.error_code.is_some();
                    assert!(is_told || NO_RULE.contains(&&*decided.action), "{why:?} {json}");
                    "unknown"
                }
                other => panic!("{other:?}"),
            };
            count(told, format!("{} {words}", decided.action));
        }
        // What must be allowed and was not asked would be missing here.
        if Outcome::of(&event) == Outcome::Succeeded {
            for group in groups.iter().filter(|own| own.is_certain) {
                let is_decided = |own: &iam_cloud_double::Decided| {
                    group.actions().any(|action| action.to_string().eq_ignore_ascii_case(&own.action))
                };
                assert!(entry.decided.iter().any(is_decided), "{json}");
            }
        }
    }
}

fn count(all: &mut BTreeMap<String, usize>, name: String) {
    let own = all.entry(name).or_default();
    *own = own.saturating_add(1);
}

#[test]
fn every_record_names_the_actions_and_the_resources_that_were_decided() {
    let (stage, reader) = (Stage::new(false).unwrap(), Reader::new());
    let (mut told, mut outcomes) = (BTreeMap::new(), BTreeMap::new());
    for seed in 0..SESSIONS {
        let scenario = stage.scenario(seed).unwrap();
        for entry in scenario.cloud.log() {
            reader.check(entry, &mut told);
            let json = entry.record.to_json();
            let event = Event::read(&json).unwrap();
            let outcome = Outcome::of(&event);
            let is_denied = entry.decided.iter().any(|own| !own.decision.is_allowed());
            assert_eq!(outcome == Outcome::Denied, is_denied, "{json}");
            count(&mut outcomes, format!("{outcome:?}"));
        }
    }
    println!("{told:#?}\n{outcomes:?}");
    // The role may not do what EC2 is asked about in dry runs.
    let outcomes: Vec<&str> = outcomes.keys().map(String::as_str).collect();
    assert_eq!(outcomes, ["Denied", "Succeeded", "Throttled"]);
}

#[test]
fn denials_are_read_and_name_who_what_and_why() {
    let stage = Stage::new(false).unwrap();
    let mut layers = BTreeMap::new();
    for seed in 0..SESSIONS {
        let scenario = stage.scenario(seed).unwrap();
        for entry in scenario.cloud.log() {
            let Some(denied) = entry.decided.iter().find(|own| !own.decision.is_allowed()) else { continue };
            let json = entry.record.to_json();
            let read = iam_denial::read(&json);
            let [denial] = read.as_slice() else { panic!("{read:?} {json}") };
            assert_eq!(denial.action.as_ref().unwrap().value, *denied.action, "{json}");
            assert_eq!(
                denial.who.as_ref().unwrap().text.value,
                *scenario.sessions.first().unwrap().granted.arn
            );
            let layer = denial.layer.as_ref().unwrap().policy_type.unwrap();
            count(&mut layers, layer.name().to_owned());
        }
    }
    println!("{layers:?}");
    assert!(layers.contains_key("identity") && layers.contains_key("session"), "{layers:?}");
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let stage = Stage::new(false).unwrap();
    let bytes = |seed| {
        let scenario = stage.scenario(seed).unwrap();
        scenario.delivery.files.iter().map(iam_cloud_double::LogFile::gzip).collect::<Vec<_>>()
    };
    let files = |seed| stage.scenario(seed).unwrap().delivery.files;
    assert_eq!(files(3), files(3));
    assert_ne!(files(3), files(4));
    assert_eq!(bytes(5), bytes(5));
    assert!(bytes(3).iter().all(|own| own.starts_with(&[0x1f, 0x8b])));
}
