//! Whole sets of layers, with resource policies, before every request of a small world: verdicts are those of counting.

use std::sync::Arc;

use iam_analysis::{Actions, Analysis, Doubt, Question, ResourcePolicies, Space, Verdict};
use iam_eval::{Action, ContextValue, Layers, Point, Principal, Reading, Request, ResourceKind};
use iam_policy::{Limits, Mode, Policy, PolicyKind};
use iam_testkit::Source;

const ACCOUNT: &str = "111122223333";
const OTHER: &str = "444455556666";
const ROLE: &str = "arn:aws:iam::111122223333:role/r";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/r/session";

fn policy(statements: &str, kind: PolicyKind) -> Option<Arc<Policy>> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": {statements}}}"#);
    Policy::parse(&text, kind, Mode::Deployed, &Limits::default()).ok().map(Arc::new)
}

/// A policy of a kind with some statements, which name principals if they must.
fn draw(source: &mut Source<'_>, kind: PolicyKind) -> Option<Arc<Policy>> {
    let statements: Vec<String> = (0..source.between(1, 2))
        .map(|_| {
            let effect = if source.chance(20) { "Deny" } else { "Allow" };
            let action = source.pick(&["s:*", "s:a", "s:b", "s:a*", "*", "s:?", "kms:RetireGrant"]);
            let resource = source.pick(&["*", "arn:aws:s3:::x", "arn:aws:s3:::*"]);
            let who = *source.pick(&[
                ROLE,
                SESSION,
                ACCOUNT,
                OTHER,
                "*",
                "AWS *",
                "a.amazonaws.com",
                "b.amazonaws.com",
            ]);
            let not = if effect == "Deny" && !who.ends_with('*') && source.chance(20) { "Not" } else { "" };
            let principal = if !kind.names_principals() {
                String::new()
            } else if kind == PolicyKind::Rcp || who == "*" {
                r#""Principal": "*","#.to_owned()
            } else if who.ends_with("amazonaws.com") {
                format!(r#""{not}Principal": {{"Service": "{who}"}},"#)
            } else {
                format!(r#""{not}Principal": {{"AWS": "{}"}},"#, who.trim_start_matches("AWS "))
            };
            format!(r#"{{"Effect": "{effect}", {principal} "Action": "{action}", "Resource": "{resource}"}}"#)
        })
        .collect();
    policy(&format!("[{}]", statements.join(",")), kind)
}

fn layers(source: &mut Source<'_>) -> Option<Layers> {
    let mut layers = Layers::new();
    for _ in 0..source.between(0, 2) {
        layers.identity.push(draw(source, PolicyKind::Identity)?);
    }
    if source.chance(40) {
        layers.boundary = Some(vec![draw(source, PolicyKind::Boundary)?]);
    }
    if source.chance(50) {
        let count = source.between(1, 2);
        layers.session = Some((0..count).map(|_| draw(source, PolicyKind::Session)).collect::<Option<_>>()?);
    }
    if source.chance(60) {
        layers.resource = Some(draw(source, PolicyKind::Resource)?);
    }
    if source.chance(30) {
        layers.scp = Some(vec![vec![draw(source, PolicyKind::Scp)?], vec![draw(source, PolicyKind::Scp)?]]);
    }
    if source.chance(30) {
        // Customers' RCPs deny; a level without the managed one allows nothing.
        let full = r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#;
        let mut level = vec![policy(full, PolicyKind::Rcp)?];
        level.extend(draw(source, PolicyKind::Rcp).filter(|_| source.chance(50)));
        layers.rcp = Some(vec![level]);
    }
    Some(layers)
}

#[test]
fn verdicts_on_layers_are_those_of_counting() {
    let role = Principal::assumed_role(&SESSION.parse().unwrap(), &ROLE.parse().unwrap());
    let user = Principal::from_arn("arn:aws:iam::111122223333:user/u").unwrap();
    let root = Principal::Root { arn: "arn:aws:iam::111122223333:root".into(), account: ACCOUNT.into() };
    let service = Principal::AwsService { service: "a.amazonaws.com".into() };
    let principals = [role, user, root, Principal::Anonymous, service];
    let readings = readings();
    let mut counts = [0_u32; 3];
    for number in 0..4_000 {
        let source = &mut Source::of_case(20_261_126, number);
        let (Some(mut allowed), Some(mut beyond)) = (layers(source), layers(source)) else { continue };
        // Layers that differ little: what they allow then often depends on the reading.
        if source.chance(40) {
            beyond = allowed.clone();
            if let Some(session) = &mut allowed.session {
                session.truncate(1);
            }
            beyond.rcp = beyond.rcp.filter(|_| source.chance(50));
        }
        let principal = source.pick(&principals);
        let has_beyond = source.chance(60);
        let mut question = Question::new(&allowed).asked_by(principal);
        question.beyond = has_beyond.then_some(&beyond);
        question.resource =
            *source.pick(&[ResourceKind::Generic, ResourceKind::Generic, ResourceKind::KmsKey]);
        question.owner = if source.chance(25) { Some(OTHER) } else { None };
        let verdict = Analysis::new(Space::new()).never(&question);
        let mut found = None;
        let mut found_under = None;
        for (action, resource) in requests() {
            let mut request = Request::new(principal.clone(), action, resource).on(question.resource);
            request.resource_account = question.owner.or(principal.account()).map(Into::into);
            let names: &[Option<&str>] = if matches!(principal, Principal::AwsService { .. }) {
                &[None, Some("b.amazonaws.com"), Some("c.amazonaws.com")]
            } else {
                &[None]
            };
            for name in names {
                request.context = iam_eval::Context::new();
                if let Some(name) = name {
                    request.context.set("aws:PrincipalServiceNamesList", ContextValue::multiple([*name]));
                }
                if question.is_shown_by(&request) {
                    found = Some(request.clone());
                } else if let Some(reading) = readings.iter().find(|r| question.is_shown_under(&request, **r))
                {
                    found_under = Some((*reading, request.clone()));
                }
            }
        }
        let kind = match &verdict {
            Verdict::Holds => {
                assert_eq!(found, None, "{number} {question:?}");
                assert_eq!(found_under, None, "{number} {question:?}");
                0
            }
            Verdict::Fails(_) => {
                assert!(found.is_some(), "{number} {verdict:?} {question:?}");
                1
            }
            Verdict::Unknown(doubts) => {
                let [Doubt::Readings { points, request }, ..] = doubts.as_slice() else {
                    panic!("{number} {doubts:?} {question:?}");
                };
                assert_eq!(found, None, "{number} {question:?}");
                assert!(found_under.is_some(), "{number} {doubts:?} {question:?}");
                let reading = Reading::with_other(points.iter().copied());
                assert!(question.is_shown_under(request, reading), "{number} {doubts:?} {question:?}");
                2
            }
        };
        counts[kind] += 1;
    }
    assert!(counts[0] > 600 && counts[1] > 600 && counts[2] > 5, "{counts:?}");
}

/// Every reading of the points that concern layers and principals.
fn readings() -> Vec<Reading> {
    let points = [Point::StarAndServices, Point::SessionPolicies, Point::RcpWithoutResource];
    let some = |bits: u32| points.into_iter().zip(0..).filter(move |(_, n)| bits >> n & 1 == 1);
    (1..8).map(|bits| Reading::with_other(some(bits).map(|(point, _)| point))).collect()
}

fn requests() -> impl Iterator<Item = (Action, &'static str)> {
    let actions =
        ["s:a", "s:b", "s:ab", "s:x", "s:xx", "t:a", "kms:RetireGrant", "kms:x", "sts:GetCallerIdentity"];
    let resources = ["*", "arn:aws:s3:::x", "arn:aws:s3:::y", "arn:aws:t:::x"];
    let actions = actions.into_iter().filter_map(Action::new);
    actions.flat_map(move |action| resources.map(|resource| (action.clone(), resource)))
}

/// What may be assumed of resource policies, in the order in which it allows more.
#[test]
fn unknown_resource_policies_are_limited_by_denies_alone() {
    let mut layers = Layers::new();
    let own = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#;
    layers.identity.push(policy(own, PolicyKind::Identity).unwrap());
    let session = r#"[{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"},
                      {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}]"#;
    layers.session = Some(vec![policy(session, PolicyKind::Session).unwrap()]);
    let principal = Principal::assumed_role(&SESSION.parse().unwrap(), &ROLE.parse().unwrap());
    for (action, given, unnamed, any) in [
        ("s3:GetObject", false, false, false),
        ("s3:ListBucket", true, false, false),
        ("s3:PutObject", true, true, false),
        ("s3:DeleteObject", true, true, true),
    ] {
        for (policies, holds) in [
            (ResourcePolicies::Given, given),
            (ResourcePolicies::NoneNamesTheSession, unnamed),
            (ResourcePolicies::Any, any),
        ] {
            let one = Actions::One(Action::new(action).unwrap());
            let question = Question::new(&layers).asked_by(&principal).about(one).assuming(policies);
            let verdict = Analysis::new(Space::new()).never(&question);
            assert_eq!(verdict == Verdict::Holds, holds, "{action} {policies:?} {verdict:?}");
            assert!(!matches!(verdict, Verdict::Unknown(_)), "{action} {policies:?} {verdict:?}");
        }
    }
}

/// A principal with an ARN has no access to resources of other partitions (rule 5.34), so that a question about it is not about them.
#[test]
fn a_principal_asks_in_its_own_partition() {
    let role: iam_policy::RoleArn = "arn:aws:iam::111122223333:role/R".parse().unwrap();
    let session = role.session(&"ci".parse().unwrap());
    let principal = Principal::assumed_role(&session, &role);
    let verdict = |resource: &str| {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "{resource}"}}}}"#
        );
        let mut layers = Layers::new();
        layers.identity.push(
            Policy::parse(&text, PolicyKind::Identity, Mode::Deployed, &Limits::default()).unwrap().into(),
        );
        let action = Actions::One(Action::new("s3:GetObject").unwrap());
        let question = Question::new(&layers).asked_by(&principal).about(action);
        match Analysis::new(Space::new()).never(&question) {
            Verdict::Fails(witness) => Some(witness.request.resource.to_string()),
            Verdict::Holds => None,
            Verdict::Unknown(doubts) => panic!("{resource}: {doubts:?}"),
        }
    };
    for open in ["arn:*:s3:::b/*keys*", "arn:a*:s3:::b/k", "*"] {
        let found = verdict(open).unwrap();
        assert!(found == "*" || found.starts_with("arn:aws:"), "{open}: {found}");
    }
    for foreign in ["arn:aws-cn:s3:::b/k", "arn:x*:s3:::b/k"] {
        assert_eq!(verdict(foreign), None, "{foreign}");
    }
}
