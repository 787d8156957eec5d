//! Questions about all callers of a kind.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use iam_analysis::{Actions, ActsFor, Analysis, CallerKind, Callers, Fact, Inside, Question, Space, Verdict};
use iam_eval::{Action, ContextValue, Decision, Layers, Principal, Request};
use iam_policy::{
    ActionElement, Grantees, Limits, Mode, Partition, Policy, PolicyKind, ResourceStatement, account_id,
};

fn layers(text: &str) -> Layers {
    let policy = Policy::parse(text, PolicyKind::Resource, Mode::Deployed, &Limits::default()).unwrap();
    let mut layers = Layers::new();
    layers.resource = Some(Arc::new(policy));
    layers.identity.push(Arc::new(Policy::everything()));
    layers.session = Some(vec![Arc::new(Policy::everything())]);
    layers
}

fn ask(layers: &Layers, kind: CallerKind, inside: &Inside) -> Verdict {
    let callers = Callers::of(kind, &Partition::AWS, inside);
    let nothing = Layers::new();
    let verdict =
        Analysis::new(Space::new().with_callers(callers)).never(&Question::new(layers).beyond(&nothing));
    if let Verdict::Fails(witness) = &verdict {
        let request = &witness.request;
        assert_eq!(layers.decide(request), Decision::Allowed, "{request:?}");
        request.principal.check().unwrap();
        for (key, value) in request.principal.keys().iter() {
            assert_eq!(request.context.value(key), Some(value), "{key} of {request:?}");
        }
    }
    verdict
}

fn bucket(principal: &str, condition: &str) -> Layers {
    layers(&format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Principal": {principal}, "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::b/*", "Condition": {condition}}}}}"#
    ))
}

fn inside() -> Inside {
    let mut inside = Inside::of(account_id!("111122223333"));
    inside.organizations.push("o-exampleorgid".into());
    inside
}

/// The kinds that a policy lets in from outside.
fn let_in(principal: &str, condition: &str) -> Vec<CallerKind> {
    let layers = bucket(principal, condition);
    let is_in = |kind: &CallerKind| match ask(&layers, *kind, &inside()) {
        Verdict::Holds => false,
        Verdict::Fails(_) => true,
        Verdict::Unknown(doubts) => panic!("{kind:?} {principal} {condition}: {doubts:?}"),
    };
    CallerKind::PEOPLE.into_iter().filter(is_in).collect()
}

use CallerKind::{Anonymous, FederatedUser, Root, Session, User};

#[test]
fn each_condition_on_the_caller_lets_in_whom_it_fits() {
    let all = vec![Session, User, FederatedUser, Root, Anonymous];
    let signed = vec![Session, User, FederatedUser, Root];
    for (condition, wanted) in [
        ("{}", all.clone()),
        (r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Admin"}}"#, vec![Session]),
        // The path of a user may be `/x:role/`.
        (r#"{"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Admin"}}"#, vec![Session, User]),
        (r#"{"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:*/Admin"}}"#, vec![Session, User]),
        (r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::444455556666:role/x"}}"#, vec![Session]),
        (r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:*"}}"#, vec![]),
        (r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws-cn:iam::444455556666:*"}}"#, vec![]),
        (r#"{"StringEquals": {"aws:PrincipalAccount": "444455556666"}}"#, signed.clone()),
        (r#"{"StringEquals": {"aws:PrincipalAccount": "111122223333"}}"#, vec![]),
        (r#"{"StringLike": {"aws:PrincipalAccount": "1111*"}}"#, signed.clone()),
        (r#"{"StringLike": {"aws:PrincipalAccount": "11112222333?"}}"#, signed.clone()),
        (r#"{"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}"#, all.clone()),
        (r#"{"StringEquals": {"aws:PrincipalType": ["User", "Account"]}}"#, vec![User, Root]),
        (r#"{"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}"#, vec![]),
        (r#"{"StringLike": {"aws:PrincipalOrgID": "o-*"}}"#, signed.clone()),
        (r#"{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-exampleorgid/*"}}"#, vec![]),
        (r#"{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-*/r-ab12/*"}}"#, signed.clone()),
        // Without an organization, there are no paths.
        (r#"{"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-exampleorgid/*"}}"#, all.clone()),
        (
            r#"{"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-*/r-ab12/*"}, "Null": {"aws:PrincipalOrgID": "false"}}"#,
            signed.clone(),
        ),
        (
            r#"{"ForAllValues:StringNotLike": {"aws:PrincipalOrgPaths": "o-*"}, "Null": {"aws:PrincipalOrgID": "false"}}"#,
            vec![],
        ),
        // Without a set operator, a list never matches (rule 4.9).
        (r#"{"StringLike": {"aws:PrincipalOrgPaths": "*"}}"#, vec![]),
        (r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-exampleorgid"}}"#, all.clone()),
        (r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}"#, all.clone()),
        (r#"{"StringEquals": {"aws:PrincipalTag/team": "a"}}"#, vec![Session, User, FederatedUser]),
        (r#"{"Null": {"aws:PrincipalTag/team": "false"}}"#, vec![Session, User, FederatedUser]),
        (r#"{"StringEquals": {"aws:username": "ana"}}"#, vec![User]),
        (r#"{"StringEquals": {"aws:username": "ana"}, "StringLike": {"aws:PrincipalArn": "*/bob"}}"#, vec![]),
        (
            r#"{"StringEquals": {"aws:username": "ana"}, "StringLike": {"aws:PrincipalArn": "*/team/*"}}"#,
            vec![User],
        ),
        (r#"{"StringLike": {"aws:userid": "*:session"}}"#, vec![Session, FederatedUser]),
        (r#"{"StringLike": {"aws:userid": "AROA*:session"}}"#, vec![Session]),
        (r#"{"StringLike": {"aws:userid": "444455556666:*"}}"#, vec![FederatedUser]),
        (r#"{"StringEquals": {"aws:userid": "444455556666"}}"#, vec![Root]),
        (r#"{"StringEquals": {"aws:userid": "anonymous"}}"#, vec![Anonymous]),
        (
            r#"{"StringLike": {"aws:userid": "444455556666:*"}, "StringEquals": {"aws:PrincipalAccount": "777777777777"}}"#,
            vec![],
        ),
        (r#"{"Bool": {"aws:PrincipalIsAWSService": "true"}}"#, vec![]),
        (r#"{"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}"#, all.clone()),
        (r#"{"StringEquals": {"aws:SourceAccount": "444455556666"}}"#, vec![]),
        (r#"{"StringEquals": {"AWS:SourceOwner": "111122223333"}}"#, vec![]),
        (r#"{"StringEquals": {"kms:CallerAccount": "444455556666"}}"#, signed.clone()),
        (r#"{"StringEquals": {"kms:CallerAccount": "111122223333"}}"#, vec![]),
        (
            r#"{"StringEquals": {"kms:CallerAccount": "444455556666", "aws:PrincipalAccount": "777777777777"}}"#,
            vec![],
        ),
        (r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:sts::*:federated-user/*"}}"#, vec![FederatedUser]),
        (r#"{"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}"#, vec![Root]),
        // Whoever has an ARN has one that can be compared, and who has none differs from all.
        (
            r#"{"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}"#,
            vec![User, FederatedUser, Root, Anonymous],
        ),
        (
            r#"{"ArnNotEquals": {"aws:PrincipalArn": ["arn:aws:iam::*:user/*", "arn:aws:iam::*:root"]}, "Null": {"aws:PrincipalArn": "false"}}"#,
            vec![Session, FederatedUser],
        ),
        (
            r#"{"StringEqualsIgnoreCase": {"aws:PrincipalArn": "ARN:AWS:IAM::444455556666:ROLE/X"}}"#,
            vec![Session],
        ),
        (r#"{"StringEquals": {"aws:PrincipalAccount": "${aws:PrincipalAccount}"}}"#, all.clone()),
    ] {
        assert_eq!(let_in("\"*\"", condition), wanted, "{condition}");
    }
}

#[test]
fn each_entry_names_whom_it_says() {
    let none: Vec<CallerKind> = vec![];
    for (principal, wanted) in [
        (r#"{"AWS": "*"}"#, vec![Session, User, FederatedUser, Root, Anonymous]),
        (r#"{"AWS": "444455556666"}"#, vec![Session, User, FederatedUser, Root]),
        (r#"{"AWS": "arn:aws:iam::444455556666:root"}"#, vec![Session, User, FederatedUser, Root]),
        (r#"{"AWS": "arn:aws-cn:iam::444455556666:root"}"#, none.clone()),
        (r#"{"AWS": "arn:aws:iam::111122223333:root"}"#, none.clone()),
        (r#"{"AWS": "arn:aws:iam::111122223333:role/x"}"#, none.clone()),
        (r#"{"AWS": "arn:aws:iam::444455556666:role/p/x"}"#, vec![Session]),
        (r#"{"AWS": "arn:aws:sts::444455556666:assumed-role/x/s1"}"#, vec![Session]),
        (r#"{"AWS": "arn:aws:sts::444455556666:federated-user/bob"}"#, vec![FederatedUser]),
        (r#"{"AWS": "arn:aws:iam::444455556666:user/p/ana"}"#, vec![User, FederatedUser]),
        (r#"{"AWS": "AIDAEXAMPLEEXAMPLE"}"#, none.clone()),
        (r#"{"Service": "s3.amazonaws.com"}"#, none.clone()),
    ] {
        assert_eq!(let_in(principal, "{}"), wanted, "{principal}");
    }
    let role = r#"{"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::444455556666:role/p/x"}}"#;
    // The ARN of a session has the name of its role, and not the path.
    assert_eq!(let_in(r#"{"AWS": "arn:aws:sts::444455556666:assumed-role/x/s1"}"#, role), [Session]);
    assert_eq!(let_in(r#"{"AWS": "arn:aws:sts::444455556666:assumed-role/y/s1"}"#, role), none);
    assert_eq!(let_in(r#"{"AWS": "arn:aws:iam::444455556666:role/x"}"#, role), none);
    let userid = r#"{"StringNotLike": {"aws:userid": "*:s1"}}"#;
    assert_eq!(let_in(r#"{"AWS": "arn:aws:sts::444455556666:assumed-role/x/s1"}"#, userid), none);
    assert_eq!(let_in(r#"{"AWS": "arn:aws:sts::444455556666:assumed-role/x/s2"}"#, userid), [Session]);
}

#[test]
fn exemptions_need_every_name() {
    let deny = |entries: &str| {
        layers(&format!(
            r#"{{"Statement": [{{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}},
                {{"Effect": "Deny", "NotPrincipal": {{"AWS": [{entries}]}}, "Action": "s3:*", "Resource": "*"}}]}}"#
        ))
    };
    let account = r#""arn:aws:iam::444455556666:root""#;
    let role = r#""arn:aws:iam::444455556666:role/p/x""#;
    let session = r#""arn:aws:sts::444455556666:assumed-role/x/s1""#;
    let user = r#""arn:aws:iam::444455556666:user/ana""#;
    for (entries, kind, is_let_in) in [
        (account.to_owned(), Root, true),
        (account.to_owned(), User, false),
        (format!("{account}, {role}"), Session, false),
        (format!("{session}, {role}"), Session, false),
        (format!("{account}, {role}, {session}"), Session, true),
        (format!("{account}, {user}"), User, true),
        (format!("{account}, {user}, \"arn:aws:sts::444455556666:federated-user/f1\""), FederatedUser, true),
        (format!("{account}, {user}"), Anonymous, false),
    ] {
        let verdict = ask(&deny(&entries), kind, &inside());
        assert!(!matches!(verdict, Verdict::Unknown(_)), "{entries} {kind:?}: {verdict:?}");
        assert_eq!(matches!(verdict, Verdict::Fails(_)), is_let_in, "{entries} {kind:?}: {verdict:?}");
        if let Verdict::Fails(witness) = verdict {
            assert_eq!(witness.request.principal.account(), Some("444455556666"));
        }
    }
}

#[test]
fn a_service_acts_for_accounts_outside_unless_it_is_bound() {
    use iam_analysis::ActsFor;
    let mut wrong = Vec::new();
    for (condition, elsewhere, in_account) in [
        ("{}", true, true),
        (r#"{"StringEquals": {"aws:SourceAccount": "111122223333"}}"#, false, false),
        (r#"{"StringEquals": {"aws:SourceOwner": "111122223333"}}"#, false, false),
        (r#"{"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}}"#, true, true),
        (r#"{"StringEquals": {"aws:SourceOrgID": "o-exampleorgid"}}"#, false, false),
        (r#"{"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-exampleorgid/*"}}"#, false, false),
        (
            r#"{"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:us-east-1:111122223333:trail/t"}}"#,
            false,
            false,
        ),
        (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:*:trail/t"}}"#, true, true),
        (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:????????????:trail/t"}}"#, false, true),
        (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:s3:::mine"}}"#, false, false),
        (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}"#, true, false),
        (
            r#"{"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}, "StringEquals": {"aws:SourceAccount": "111122223333"}}"#,
            false,
            false,
        ),
        (
            r#"{"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:444455556666:*"}, "StringEquals": {"aws:SourceAccount": "777777777777"}}"#,
            false,
            false,
        ),
    ] {
        let layers = bucket(r#"{"Service": "cloudtrail.amazonaws.com"}"#, condition);
        for (acts_for, wanted) in [(ActsFor::Elsewhere, elsewhere), (ActsFor::InAccount, in_account)] {
            let callers = Callers::service("cloudtrail.amazonaws.com", acts_for, &Partition::AWS, &inside())
                .not_for(&["arn:aws:s3:::mine"]);
            let nothing = Layers::new();
            let verdict = Analysis::new(Space::new().with_callers(callers))
                .never(&Question::new(&layers).beyond(&nothing));
            if matches!(verdict, Verdict::Fails(_)) != wanted || matches!(verdict, Verdict::Unknown(_)) {
                wrong.push(format!("{condition} {acts_for:?}: {verdict:?}"));
            }
            if let Verdict::Fails(witness) = verdict {
                let request: &Request = &witness.request;
                assert!(matches!(request.principal, Principal::AwsService { .. }));
                assert_eq!(layers.decide(request), Decision::Allowed);
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// In the account of the resource it matters how strongly a policy names a caller: whether its own policies and its boundary count.
#[test]
fn callers_of_the_account_need_what_the_strength_of_the_entry_leaves() {
    let owner = account_id!("111122223333");
    let role = r#"{"AWS": "arn:aws:iam::111122223333:role/r"}"#;
    let own_session = r#"{"AWS": "arn:aws:sts::111122223333:assumed-role/r/work"}"#;
    let account = r#"{"AWS": "111122223333"}"#;
    for (principal, has_identity, has_boundary, wanted) in [
        (role, false, false, vec![Session]),
        // The boundary limits what is granted to a role, and not what is granted to a session (rules 5.20, 5.21).
        (role, false, true, vec![]),
        (own_session, false, true, vec![Session]),
        (account, false, false, vec![]),
        (account, true, false, vec![Session, User, FederatedUser, Root]),
        (r#"{"AWS": "arn:aws:iam::111122223333:user/u"}"#, false, false, vec![User, FederatedUser]),
        (r#"{"AWS": "arn:aws:iam::444455556666:role/r"}"#, false, false, vec![]),
        ("\"*\"", false, false, vec![Session, User, FederatedUser, Root]),
    ] {
        let mut own = bucket(principal, "{}");
        if !has_identity {
            own.identity.clear();
        }
        if has_boundary {
            own.boundary = Some(vec![Arc::new(Policy::allowing(["sqs:*".parse().unwrap()]))]);
        }
        // The question is about the bucket. An endpoint policy limits the root user too.
        let object = ["arn:aws:s3:::b/*".parse().unwrap()].into_iter().collect();
        let bucket = ResourceStatement::allow(Grantees::everyone(), ActionElement::any(), object);
        own.vpc_endpoint = Some(vec![Arc::new(Policy::resource([bucket]))]);
        let mut let_in = Vec::new();
        for kind in CallerKind::PEOPLE {
            let Some(callers) = Callers::within(kind, &Partition::AWS, owner) else {
                assert_eq!(kind, Anonymous);
                continue;
            };
            let question = Question::new(&own).about(Actions::One(Action::new("s3:GetObject").unwrap()));
            match Analysis::new(Space::new().with_callers(callers)).never(&question) {
                Verdict::Holds => {}
                Verdict::Fails(witness) => {
                    assert_eq!(own.decide(&witness.request), Decision::Allowed);
                    assert_eq!(witness.request.principal.account(), Some(owner.as_str()));
                    let_in.push(kind);
                }
                Verdict::Unknown(doubts) => panic!("{kind:?} {principal}: {doubts:?}"),
            }
        }
        // The root user has every permission (rule 5.25), and whom it federates has, within a boundary (rule 6.19).
        let has_every_permission = |kind| kind == Root || kind == FederatedUser && !has_boundary;
        let wanted: Vec<CallerKind> = CallerKind::PEOPLE
            .into_iter()
            .filter(|kind| wanted.contains(kind) || has_every_permission(*kind))
            .collect();
        assert_eq!(let_in, wanted, "{principal} {has_identity} {has_boundary}");
    }
}

/// Rule 6.19: whom the root user federates has every permission, and needs no identity policy. Found by Z3.
#[test]
fn federated_users_of_the_root_user_need_no_identity_policy() {
    let mut own = bucket("\"*\"", "{}");
    own.identity.clear();
    let Verdict::Fails(witness) = ask(&own, FederatedUser, &inside()) else { panic!("{own:?}") };
    let Principal::FederatedUser { user_arn, .. } = &witness.request.principal else { panic!("{witness:?}") };
    assert!(user_arn.ends_with(":root"), "{user_arn}");
    // All others do.
    for kind in [User, Session] {
        assert_eq!(ask(&own, kind, &inside()), Verdict::Holds, "{kind:?}");
    }
    // A name of the maker, a Deny, or a session policy still limit it.
    for principal in [r#"{"AWS": "arn:aws:iam::999999999999:user/maker"}"#, r#"{"AWS": []}"#] {
        let mut named = bucket(principal, "{}");
        named.identity.clear();
        assert_eq!(ask(&named, FederatedUser, &inside()), Verdict::Holds, "{principal}");
    }
    own.session = Some(Vec::new());
    assert_eq!(ask(&own, FederatedUser, &inside()), Verdict::Holds);
    // The other layers let them in too.
    let (mut wide, mut narrow) = (bucket("\"*\"", "{}"), bucket("\"*\"", "{}"));
    wide.identity.clear();
    narrow.identity.clear();
    let callers = Callers::of(FederatedUser, &Partition::AWS, &inside());
    let mut analysis = Analysis::new(Space::new().with_callers(callers));
    assert_eq!(analysis.never(&Question::new(&wide).beyond(&narrow)), Verdict::Holds);
}

/// The name of a service is in question too, unless it is given: patterns, exceptions and Denies tell services apart.
#[test]
fn any_service_may_have_any_name() {
    use iam_analysis::ActsFor;
    let deny = |principal: &str| {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": [
            {{"Effect": "Allow", "Principal": {{"AWS": "*"}}, "Action": "s:a", "Resource": "*",
                "Condition": {{"StringLike": {{"aws:PrincipalServiceName": "sn?.amazonaws.com"}}}}}},
            {{"Effect": "Deny", {principal}, "Action": "s:a", "Resource": "*",
                "Condition": {{"StringNotEquals": {{"aws:PrincipalServiceName": "snx.amazonaws.com"}}}}}}]}}"#
        );
        layers(&text)
    };
    let like = |condition: &str| bucket("\"*\"", condition);
    for (layers, wanted) in [
        (like("{}"), Some("other.amazonaws.com")),
        (like(r#"{"StringLike": {"aws:PrincipalServiceName": "sns.*"}}"#), Some("sns.amazonaws.com")),
        (
            like(r#"{"ForAnyValue:StringLike": {"aws:PrincipalServiceNamesList": "sns.*"}}"#),
            Some("sns.amazonaws.com"),
        ),
        (
            like(r#"{"StringLike": {"aws:PrincipalServiceName": ["sns.amazonaws.com"]}}"#),
            Some("sns.amazonaws.com"),
        ),
        (
            like(
                r#"{"StringLike": {"aws:PrincipalServiceName": "sns"}, "StringNotEquals": {"aws:PrincipalServiceName": "sns"}}"#,
            ),
            None,
        ),
        (like(r#"{"Null": {"aws:PrincipalServiceName": "true"}}"#), None),
        (deny(r#""Principal": {"Service": "sns.amazonaws.com"}"#), Some("")),
        (deny(r#""Principal": {"Service": ["sns.amazonaws.com", "sni.amazonaws.com"]}"#), Some("")),
        (deny(r#""NotPrincipal": {"Service": "sns.amazonaws.com"}"#), Some("")),
        (deny(r#""Principal": "*""#), Some("snx.amazonaws.com")),
    ] {
        let callers = Callers::any_service(ActsFor::InAccount, &Partition::AWS, &inside());
        let nothing = Layers::new();
        let question = Question::new(&layers).beyond(&nothing);
        let verdict = Analysis::new(Space::new().with_callers(callers)).never(&question);
        let found = match &verdict {
            Verdict::Holds => None,
            Verdict::Fails(witness) => {
                let Principal::AwsService { service } = &witness.request.principal else {
                    panic!("{witness:?}")
                };
                assert_eq!(layers.decide(&witness.request), Decision::Allowed, "{witness:?}");
                let named = witness.request.context.value("aws:PrincipalServiceName");
                assert_eq!(named, Some(&iam_eval::ContextValue::single(&**service)), "{witness:?}");
                Some(if wanted == Some("") { "" } else { &**service })
            }
            Verdict::Unknown(doubts) => panic!("{doubts:?}"),
        };
        assert_eq!(found, wanted, "{:?}", layers.resource);
    }
}

/// What is known of a key of the caller holds for every caller in question.
#[test]
fn a_known_key_of_the_caller_is_that_of_all_of_them() {
    let layers = bucket("\"*\"", "{}");
    let nothing = Layers::new();
    let ask = |kind: CallerKind, key: &str, fact: Fact| {
        let space = Space::new().with_callers(Callers::of(kind, &Partition::AWS, &inside()));
        let mut space = space;
        space.set_fact(key, fact);
        match Analysis::new(space).never(&Question::new(&layers).beyond(&nothing)) {
            Verdict::Holds => None,
            Verdict::Fails(witness) => {
                let context = &witness.request.context;
                for (key, value) in witness.request.principal.keys().iter() {
                    assert_eq!(context.value(key), Some(value), "{key}: {:?}", witness.request);
                }
                Some(
                    context
                        .value(key)
                        .cloned()
                        .map_or_else(|| "absent".to_owned(), |value| format!("{value:?}")),
                )
            }
            Verdict::Unknown(doubts) => panic!("{doubts:?}"),
        }
    };
    let single = |text: &str| Fact::Value(ContextValue::single(text));
    let list = |texts: &[&str]| Fact::Value(ContextValue::multiple(texts.iter().copied()));
    let shown = |value: ContextValue| Some(format!("{value:?}"));
    let arn = "arn:aws:iam::444455556666:role/p/Admin";
    assert_eq!(ask(Session, "aws:PrincipalArn", single(arn)), shown(ContextValue::single(arn)));
    assert_eq!(ask(User, "aws:PrincipalArn", single(arn)), None);
    // Nobody who is outside has the account that is inside, and nobody with an account lacks its key.
    assert_eq!(ask(Session, "aws:PrincipalArn", single("arn:aws:iam::111122223333:role/Admin")), None);
    assert_eq!(ask(Session, "aws:PrincipalArn", Fact::Absent), None);
    assert_eq!(
        ask(Session, "aws:PrincipalAccount", single("444455556666")),
        shown(ContextValue::single("444455556666"))
    );
    // The organization of a caller may be absent.
    assert_eq!(ask(Session, "aws:PrincipalOrgID", Fact::Absent), Some("absent".to_owned()));
    assert_eq!(ask(Session, "aws:PrincipalOrgID", single("o-exampleorgid")), None);
    let other = ContextValue::single("o-otherorgid1");
    assert_eq!(ask(Session, "aws:PrincipalOrgID", single("o-otherorgid1")), shown(other));
    // A caller has one path in its organization.
    let path = "o-otherorgid1/r-ab12/";
    assert_eq!(ask(Session, "aws:PrincipalOrgPaths", list(&[path])), shown(ContextValue::multiple([path])));
    assert_eq!(ask(Session, "aws:PrincipalOrgPaths", list(&[path, "o-otherorgid1/r-ab12/ou-ab12-1/"])), None);
}

/// A policy compares another key with a key of the caller: the analysis thinks of callers whom the policy names.
#[test]
fn variables_of_the_caller_have_values_of_callers_that_a_policy_names() {
    for principal in [r#"{"AWS": "444455556666"}"#, r#"{"AWS": "arn:aws:iam::444455556666:root"}"#] {
        for (kind, variable) in [
            (Session, "aws:PrincipalAccount"),
            (User, "aws:PrincipalAccount"),
            (Root, "aws:PrincipalAccount"),
        ] {
            let condition = format!(r#"{{"StringEquals": {{"aws:RequestTag/of": "${{{variable}}}"}}}}"#);
            let verdict = ask(&bucket(principal, &condition), kind, &inside());
            assert!(matches!(verdict, Verdict::Fails(_)), "{kind} {principal}: {verdict:?}");
        }
    }
    // The account that a condition names.
    let condition = r#"{"StringEquals": {"aws:RequestTag/of": "${aws:PrincipalAccount}"},
        "StringLike": {"aws:PrincipalAccount": "444455556666"}}"#;
    let verdict = ask(&bucket(r#"{"AWS": "*"}"#, condition), Session, &inside());
    assert!(matches!(verdict, Verdict::Fails(_)), "{verdict:?}");
    let condition = r#"{"StringEquals": {"aws:RequestTag/of": "${aws:username}"}}"#;
    let verdict = ask(&bucket(r#"{"AWS": "444455556666"}"#, condition), User, &inside());
    assert!(matches!(verdict, Verdict::Fails(_)), "{verdict:?}");
    // The account inside has no callers outside, whatever is compared with it.
    let condition = r#"{"StringEquals": {"aws:RequestTag/of": "${aws:PrincipalAccount}"}}"#;
    let verdict = ask(&bucket(r#"{"AWS": "111122223333"}"#, condition), Session, &inside());
    assert_eq!(verdict, Verdict::Holds);
    // Services by their names, and by the account or the organization for which they act.
    let of = |variable: &str| format!(r#"{{"StringEquals": {{"aws:RequestTag/of": "${{{variable}}}"}}}}"#);
    for variable in ["aws:PrincipalServiceName", "aws:SourceOrgID", "aws:SourceAccount", "aws:SourceArn"] {
        for acts_for in [ActsFor::InAccount, ActsFor::Elsewhere] {
            let callers = Callers::any_service(acts_for, &Partition::AWS, &inside());
            let verdict = Analysis::new(Space::new().with_callers(callers))
                .never(&Question::new(&bucket(r#""*""#, &of(variable))).beyond(&Layers::new()));
            let Verdict::Fails(witness) = verdict else { panic!("{variable} {acts_for:?}: {verdict:?}") };
            let Some(ContextValue::Single(name)) = witness.request.context.value("aws:PrincipalServiceName")
            else {
                panic!("{:?}", witness.request)
            };
            assert!(name.ends_with(".amazonaws.com"), "{variable}: {name}");
        }
    }
}

/// Keys that a request may lack: first the requests are thought of that have them.
#[test]
fn a_request_has_the_keys_that_it_may_have() {
    let not = r#"{"StringNotEquals": {"kms:CallerAccount": "111122223333"}}"#;
    let Verdict::Fails(witness) = ask(&bucket("\"*\"", not), Session, &inside()) else { panic!() };
    assert!(witness.request.context.value("kms:CallerAccount").is_some(), "{:?}", witness.request);
    let without = r#"{"Null": {"kms:CallerAccount": "true"}}"#;
    let Verdict::Fails(witness) = ask(&bucket("\"*\"", without), Session, &inside()) else { panic!() };
    assert_eq!(witness.request.context.value("kms:CallerAccount"), None);
    // Each combination of the keys of a service that acts for a resource.
    for (arn, account) in [(false, false), (false, true), (true, false), (true, true)] {
        let condition =
            format!(r#"{{"Null": {{"aws:SourceArn": "{arn}", "aws:SourceAccount": "{account}"}}}}"#);
        let callers = Callers::any_service(ActsFor::InAccount, &Partition::AWS, &inside());
        let verdict = Analysis::new(Space::new().with_callers(callers))
            .never(&Question::new(&bucket("\"*\"", &condition)).beyond(&Layers::new()));
        let Verdict::Fails(witness) = verdict else { panic!("{condition} {verdict:?}") };
        let has = |key: &str| witness.request.context.value(key).is_some();
        assert_eq!(
            (has("aws:SourceArn"), has("aws:SourceAccount")),
            (!arn, !account),
            "{:?}",
            witness.request
        );
    }
}

/// The keys of credentials of roles are in requests of sessions only, and that of root sessions in those of root users.
#[test]
fn keys_of_credentials_belong_to_who_has_them() {
    let has = |key: &str| let_in("\"*\"", &format!(r#"{{"Null": {{"{key}": "false"}}}}"#));
    assert_eq!(has("aws:FederatedProvider"), [Session]);
    assert_eq!(has("aws:SourceIdentity"), [Session]);
    assert_eq!(has("aws:AssumedRoot"), [Root]);
    assert_eq!(has("aws:username"), [User]);
}

/// Of many accounts that a policy names, the one that fits is thought of. The account inside takes no place among them.
#[test]
fn the_account_that_fits_is_thought_of() {
    let principal = r#"{"AWS": ["444455556666", "555566667777", "666677778888"]}"#;
    let condition = r#"{"StringEquals": {"aws:RequestTag/of": "${aws:PrincipalAccount}"},
        "StringNotEquals": {"aws:PrincipalAccount": ["444455556666", "555566667777"]}}"#;
    let verdict = ask(&bucket(principal, condition), Session, &inside());
    assert!(matches!(verdict, Verdict::Fails(_)), "{verdict:?}");
}

/// Of two statements that let the caller in, one asks for a key that the other does without.
#[test]
fn a_witness_has_no_key_that_does_not_matter() {
    let statement = |condition: &str| {
        format!(
            r#"{{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {condition}}}"#
        )
    };
    let (asks, is_free) = (
        statement(r#"{"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}"#),
        statement(r#"{"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}"#),
    );
    for statements in [[&asks, &is_free], [&is_free, &asks]] {
        let [first, second] = statements;
        let layers = layers(&format!(r#"{{"Version": "2012-10-17", "Statement": [{first}, {second}]}}"#));
        for kind in [User, Session] {
            let Verdict::Fails(witness) = ask(&layers, kind, &inside()) else { panic!("{kind:?} {first}") };
            let context = &witness.request.context;
            assert_eq!(context.value("aws:RequestedRegion"), None, "{kind:?} {first}");
            assert!(context.value("aws:userid").is_some(), "{kind:?} {first}");
        }
    }
}
