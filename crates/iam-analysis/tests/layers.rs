//! Whole sets of layers, with resource policies, before every request of a small world: verdicts are those of counting.

use std::sync::Arc;

use iam_analysis::{Actions, Analysis, Question, ResourcePolicies, Space, Verdict};
use iam_eval::{Action, Decision, Layers, Principal, Request, ResourceKind};
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
            let who = *source.pick(&[ROLE, SESSION, ACCOUNT, OTHER, "*"]);
            let not = if effect == "Deny" && who != "*" && source.chance(20) { "Not" } else { "" };
            let principal = if !kind.names_principals() {
                String::new()
            } else if kind == PolicyKind::Rcp || who == "*" {
                r#""Principal": "*","#.to_owned()
            } else {
                format!(r#""{not}Principal": {{"AWS": "{who}"}},"#)
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
        layers.session = Some(vec![draw(source, PolicyKind::Session)?]);
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
    let principals = [role, user, root, Principal::Anonymous];
    let mut counts = [0_u32; 2];
    for number in 0..4_000 {
        let source = &mut Source::of_case(20_261_126, number);
        let (Some(allowed), Some(beyond)) = (layers(source), layers(source)) else { continue };
        let principal = source.pick(&principals);
        let has_beyond = source.chance(60);
        let mut question = Question::new(&allowed).asked_by(principal);
        question.beyond = has_beyond.then_some(&beyond);
        question.resource =
            *source.pick(&[ResourceKind::Generic, ResourceKind::Generic, ResourceKind::KmsKey]);
        question.owner = if source.chance(25) { Some(OTHER) } else { None };
        let verdict = Analysis::new(Space::new()).never(&question);
        let mut found = None;
        for action in ["s:a", "s:b", "s:ab", "s:x", "s:xx", "t:a", "kms:RetireGrant", "kms:x"] {
            for resource in ["*", "arn:aws:s3:::x", "arn:aws:s3:::y", "arn:aws:t:::x"] {
                let action = Action::new(action).unwrap();
                let mut request = Request::new(principal.clone(), action, resource).on(question.resource);
                request.resource_account = question.owner.or(principal.account()).map(Into::into);
                let is_allowed = |layers: &Layers| layers.decide(&request) == Decision::Allowed;
                if is_allowed(&allowed) && !(has_beyond && is_allowed(&beyond)) {
                    found = Some(request);
                }
            }
        }
        match &verdict {
            Verdict::Holds => assert_eq!(found, None, "{number} {question:?}"),
            Verdict::Fails(_) => assert!(found.is_some(), "{number} {verdict:?} {question:?}"),
            Verdict::Unknown(doubts) => panic!("{number} {doubts:?} {question:?}"),
        }
        if let Some(count) = counts.get_mut(usize::from(found.is_some())) {
            *count += 1;
        }
    }
    assert!(counts.iter().all(|n| *n > 800), "{counts:?}");
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
