//! Decision records: every member is compared when the decision is made again, and the premises are read back.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    reason = "a test stops at the first surprise"
)]

use super::plan::{claims, example};
use super::roles::{policy_text, profile, role, role_with};
use super::sealed::{self, World};
use super::witness::{layered, weak};
use iamgate::iam_analysis::{Fact, ProofBudget, ResourcePolicies};
use iamgate::iam_eval::{Context, ContextValue};
use iamgate::iam_json::{Document, Kind, Limits as JsonLimits, Value as JsonValue};
use iamgate::iam_policy::value::Instant;
use iamgate::{
    Catalog, DecisionRecord, Details, Difference, File, Gate, InputErrorKind, Pins, Premises, Profile,
    Rehearsal, Replay, RoleSnapshot, catalog_sha256,
};

/// A decision, and everything that it was made from except what stands in its record.
struct Decided {
    record: String,
    world: World,
}

impl Decided {
    fn replay(&self, record: &DecisionRecord<'_>) -> Replay {
        let World { gate, role, profile, providers } = &self.world;
        record.replay(gate, role, profile, providers)
    }

    /// The places at which a text differs from the record of the decision made again; or what cannot be read.
    fn places(&self, text: &str) -> Vec<String> {
        of_text(text, |record| self.replay(record).differences)
    }
}

/// The places of the differences, or of what cannot be read.
fn of_text(text: &str, compare: impl FnOnce(&DecisionRecord<'_>) -> Vec<Difference>) -> Vec<String> {
    let shown = |place: &str, own: String| if place.is_empty() { own } else { place.to_owned() };
    let file = File { name: "record.json".into(), text: text.to_owned() };
    match DecisionRecord::read(&file) {
        Ok(record) => compare(&record).iter().map(|own| shown(&own.pointer, own.to_string())).collect(),
        Err(error) => {
            let InputErrorKind::Document(report) = error.kind else {
                return vec!["/request/claims".to_owned()];
            };
            report.problems().iter().map(|own| shown(&own.place.pointer, own.to_string())).collect()
        }
    }
}

/// A small catalogue, so that a decision is quick.
const CATALOGUE: &str = "iam-catalog actions 1\nsource a test\ndate 2026-01-01\ncounts 1 4\n@sqs - SQS\nRGetQueueAttributes\nLListQueues\nWSendMessage\nWSetQueueAttributes\n";

/// A role that may do little, so that a decision is quick.
fn small() -> RoleSnapshot {
    let text = policy_text(r#"{"Effect": "Allow", "Action": ["sqs:List*", "sqs:Get*"], "Resource": "*"}"#);
    // A policy of a resource may allow what the boundary and the session allow.
    role_with(&[("managed-arns.json", "[]"), ("inline/inline.json", &text), ("boundary.json", &text)])
}

fn world(role: RoleSnapshot, profile: Profile) -> World {
    let catalog = Catalog::parse(CATALOGUE).unwrap();
    let pins = Pins::built_in().with_catalog(&catalog_sha256(&catalog)).with_profile(profile.sha256());
    let gate = Gate::new(catalog, Details::embedded().unwrap()).pinning(pins);
    World { gate, role, profile, ..World::new() }
}

/// The record of a plan with verified tokens.
fn planned() -> Decided {
    let world = world(small(), profile("narrow"));
    let (engineer, token) = (sealed::engineer("ana@doit.com", 600), sealed::token("session-1", 120));
    let plan = world.plan(&engineer, &token, sealed::NOW).unwrap();
    Decided { record: plan.record().to_owned(), world }
}

/// The record of a rehearsal under other premises, with a profile that the caller has pinned, and whether it was refused.
fn rehearsed(world: World, premises: Premises) -> (Decided, bool) {
    let (claims, mut call) = (claims(&example()), Context::new());
    call.set("aws:SourceIp", ContextValue::single("192.0.2.1"));
    call.set("aws:CalledVia", ContextValue::multiple(["a", "b"]));
    call.set("aws:VpcSourceIp", ContextValue::Unknown);
    call.add("x:Y", ContextValue::single("1"));
    call.add("X:y", ContextValue::single("2"));
    let asked = Rehearsal {
        role: &world.role,
        profile: &world.profile,
        providers: &world.providers,
        provider: "support.cre.doit-intl.com",
        claims: &claims,
        engineer: "ana@doit.com",
        case: "4711",
        duration_seconds: 3_600,
        now: Instant::from_epoch_seconds(1_795_000_000),
        call: &call,
    };
    let outcome = world.gate.clone().assuming(premises).rehearse(&asked);
    let is_refused = outcome.is_err();
    let record = match outcome {
        Ok(judgement) => judgement.record().to_owned(),
        Err(refused) => refused.record,
    };
    (Decided { record, world }, is_refused)
}

/// Premises with a fact of every kind.
fn premises() -> Premises {
    let mut premises = Premises::default();
    premises.resource_policies = ResourcePolicies::Any;
    premises.budget = ProofBudget::steps(1 << 20);
    let mut twice = Context::new();
    twice.add("aws:PrincipalTag/A", ContextValue::single("1"));
    twice.add("aws:principaltag/a", ContextValue::multiple(["2"]));
    let twice = twice.iter().next().unwrap().1.clone();
    premises.facts = vec![
        ("aws:MultiFactorAuthPresent".into(), Fact::Absent),
        ("aws:SourceIp".into(), Fact::Value(ContextValue::single("192.0.2.1"))),
        ("aws:CalledVia".into(), Fact::Value(ContextValue::multiple(["b", "a"]))),
        ("aws:SourceVpc".into(), Fact::Value(ContextValue::Unknown)),
        ("aws:PrincipalTag/A".into(), Fact::Value(twice)),
    ];
    premises
}

#[test]
fn a_decision_is_made_again_whatever_was_assumed() {
    let own = planned();
    assert_eq!(own.places(&own.record), Vec::<String>::new());
    assert_eq!(own.places(&format!("{}\n", own.record)), Vec::<String>::new());
    for premises in [Premises::default(), premises()] {
        for (role, profile) in
            [(small(), profile("narrow")), (layered(&[]), weak()), (role(""), profile("standard"))]
        {
            let (own, _) = rehearsed(world(role, profile), premises.clone());
            assert_eq!(own.places(&own.record), Vec::<String>::new());
            let file = File { name: "record.json".into(), text: own.record.clone() };
            let read = DecisionRecord::read(&file).unwrap();
            assert_eq!(read.premises().facts, premises.facts);
            assert_eq!(read.premises().budget, premises.budget);
            assert_eq!(read.premises().resource_policies, premises.resource_policies);
        }
    }
}

/// A place in the text of a record.
struct Place {
    pointer: String,
    /// The value.
    value: (usize, usize),
    kind: Kind,
    /// What is cut out if the member or item is removed.
    cut: (usize, usize),
}

/// Every place of a value; of a long list, the first two items. Policies of a witness are one place: their order of members counts.
fn places(value: JsonValue<'_>, text: &str, at: &str, out: &mut Vec<Place>) {
    let span = |value: JsonValue<'_>| (value.span().start as usize, value.span().end as usize);
    let members = value.members().map(|own| {
        let name = own.key.string().replace('~', "~0").replace('/', "~1");
        (name, span(own.key).0, own.value)
    });
    let items = value.items().enumerate().map(|(at, own)| (at.to_string(), span(own).0, own));
    let parts: Vec<_> =
        if value.kind() == Kind::Object { members.collect() } else { items.take(2).collect() };
    for (index, (name, start, own)) in parts.iter().enumerate() {
        let end = span(*own).1;
        let cut = if index > 0 {
            (span(parts[index - 1].2).1, end)
        } else {
            (*start, if text[end..].starts_with(',') { end + 1 } else { end })
        };
        let pointer = format!("{at}/{name}");
        out.push(Place { pointer: pointer.clone(), value: span(*own), kind: own.kind(), cut });
        if name != "policies" {
            places(*own, text, &pointer, out);
        }
    }
}

/// The members from which a decision is made, besides the documents.
const DECIDING: [&str; 7] = [
    "/request",
    "/premises",
    "/pins",
    "/inputs/verified_token",
    "/inputs/profile",
    "/inputs/catalogue",
    "/inputs/details",
];

/// Asserts that every change of every place is told, with its place.
fn every_change_is_told(own: &Decided) -> usize {
    let text = &*own.record;
    let document = Document::parse(text, JsonLimits::of_bytes(1 << 24)).unwrap();
    let mut all = Vec::new();
    places(document.root(), text, "", &mut all);
    let mut changes = 0;
    let file = File { name: "record.json".into(), text: text.to_owned() };
    let replay = own.replay(&DecisionRecord::read(&file).unwrap());
    let mut tell = |(start, end): (usize, usize), by: &str, pointer: &str, what: &str| {
        let changed = format!("{}{by}{}", &text[..start], &text[end..]);
        // The decision is made from few members. A change of another one leaves it as it is, so that it need not be made again.
        let decides = DECIDING.iter().any(|own| pointer.starts_with(own) || own.starts_with(pointer));
        let told =
            if decides { own.places(&changed) } else { of_text(&changed, |record| replay.compare(record)) };
        // A member from which the decision is made is told by the hash of them all, and by what no longer follows from it.
        let is_input =
            ["/request", "/premises", "/pins", "/inputs"].iter().any(|own| pointer.starts_with(own))
                && told.iter().any(|place| place == "/plan/inputs_sha256");
        // A member without which the text is no record is told by its name.
        let name = format!("`{}`", pointer.rsplit('/').next().unwrap());
        let is_there = |place: &String| {
            place.starts_with(pointer) || pointer.starts_with(place.as_str()) || place.contains(&name)
        };
        assert!(is_input || told.iter().any(is_there), "{what} {pointer}: {told:?}");
        changes += 1;
    };
    for Place { pointer, value: (start, end), kind, cut } in &all {
        let other = match kind {
            Kind::Null => "\"x\"".to_owned(),
            Kind::True => "false".to_owned(),
            Kind::False => "true".to_owned(),
            Kind::Number => format!("1{}", &text[*start..*end]),
            Kind::String => format!("{}x\"", &text[*start..*end - 1]),
            Kind::Array | Kind::Object => "null".to_owned(),
        };
        tell((*start, *end), &other, pointer, "changed");
        tell(*cut, "", pointer, "removed");
        let new = match kind {
            Kind::Object => "\"new\":\"x\"",
            Kind::Array => "\"x\"",
            Kind::Null | Kind::True | Kind::False | Kind::Number | Kind::String => continue,
        };
        let comma = if end - start > 2 { "," } else { "" };
        tell((start + 1, start + 1), &format!("{new}{comma}"), pointer, "added to");
    }
    assert_eq!(own.places(&text.replacen('{', "{\"new\":1,", 1)), ["/new"]);
    changes
}

#[test]
fn every_member_of_a_plan_counts() {
    assert!(every_change_is_told(&planned()) > 300);
}

#[test]
fn every_member_of_a_rehearsal_under_premises_counts() {
    let (own, _) = rehearsed(world(small(), profile("narrow")), premises());
    assert!(every_change_is_told(&own) > 300);
}

#[test]
fn every_member_of_a_refusal_counts() {
    let own = policy_text(r#"{"Effect": "Allow", "Action": ["sqs:*"], "Resource": "*"}"#);
    let weak =
        super::roles::unguarded("narrow", r#"{"Effect": "Allow", "Action": "sqs:Send*", "Resource": "*"}"#);
    let role =
        role_with(&[("managed-arns.json", "[]"), ("inline/inline.json", &own), ("boundary.json", &own)]);
    let (own, is_refused) = rehearsed(world(role, weak), Premises::default());
    assert!(is_refused && own.record.contains("\"boundary\":[{"));
    assert!(every_change_is_told(&own) > 300);
}

/// Who edits a record so that its members fit each other has to make the decision again: the session's name has a serial, and the serial is made
/// from everything.
#[test]
fn a_consistent_change_by_hand_is_told() {
    let own = planned();
    for (from, to) in
        [("ana@doit.com", "bob@doit.com"), ("4711", "4712"), ("2026-11-18T", "2026-11-19T"), ("6f1c", "6f1d")]
    {
        assert!(own.record.contains(from), "{from}: {}", own.record);
        assert!(!own.places(&own.record.replace(from, to)).is_empty(), "{from}");
    }
}

#[test]
fn other_inputs_are_told_with_the_place() {
    let own = planned();
    let other = policy_text(r#"{"Effect": "Allow", "Action": ["sqs:List*"], "Resource": "*"}"#);
    let role = role_with(&[("managed-arns.json", "[]"), ("inline/inline.json", &other)]);
    let changed = Decided { record: own.record.clone(), world: world(role, profile("narrow")) };
    let told = changed.places(&own.record);
    assert!(told.iter().any(|place| place == "/inputs/role_content"), "{told:?}");
    assert!(told.iter().any(|place| place.starts_with("/inputs/role_policies/")), "{told:?}");
    let changed = Decided { record: own.record.clone(), world: world(small(), profile("standard")) };
    let told = changed.places(&own.record);
    assert!(told.iter().any(|place| place == "/inputs/profile/sha256"), "{told:?}");
}

#[test]
fn texts_that_are_no_records() {
    let own = planned();
    let read = |text: &str| {
        let file = File { name: "record.json".into(), text: text.to_owned() };
        DecisionRecord::read(&file).map(|_| ()).map_err(|error| error.to_string())
    };
    for (text, code) in [
        ("", "EMPTY_DOCUMENT"),
        ("x", "JSON_SYNTAX_ERROR"),
        ("[]", "INVALID_MEMBER"),
        ("{}", "INVALID_MEMBER"),
        (&own.record[..own.record.len() / 2], "JSON_SYNTAX_ERROR"),
        (&own.record.replacen('{', "{\"call\":null,", 1), "DUPLICATE_JSON_KEY"),
        (&format!("{}{}", own.record, own.record), "JSON_SYNTAX_ERROR"),
        (&format!("{{\"x\":\"{}\"}}", "x".repeat(16 << 20)), "DOCUMENT_TOO_LARGE"),
        (&format!("{}{}", "[".repeat(100), "]".repeat(100)), "NESTING_TOO_DEEP"),
        (&own.record.replacen("\"steps\":", "\"steps\":-", 1), "INVALID_MEMBER"),
    ] {
        let error = read(text).expect_err(code);
        assert!(error.contains(code), "{code}: {error:.300}");
    }
}
