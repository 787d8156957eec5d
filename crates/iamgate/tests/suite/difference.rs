//! What differs between two documents of each kind: who may, what a control policy lets through, and what became conditional.

use std::sync::{Arc, LazyLock};

use iamgate::iam_analysis::ActionNames;
use iamgate::iam_policy::value::Instant;
use iamgate::{
    AccountId, Asker, CallerKind, Catalog, Changed, ComparedKind, Comparing, Details, HowFar, Limits, Mode,
    Policy, PolicyDifference, PolicyKind, Verdict, VerdictKind, action_names, difference, smaller,
};

static NAMES: LazyLock<ActionNames> = LazyLock::new(|| action_names(&Catalog::embedded().unwrap()));
static DETAILS: LazyLock<Details<'static>> = LazyLock::new(|| Details::embedded().unwrap());

const OWNER: &str = "111122223333";

fn policy(kind: PolicyKind, statements: &str) -> Arc<Policy> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    Arc::new(Policy::parse(&text, kind, Mode::Deployed, &Limits::default()).unwrap())
}

fn about(kind: PolicyKind) -> Comparing<'static> {
    let now = Instant::from_epoch_seconds(1_795_000_000);
    Comparing::new(ComparedKind::of(kind), &NAMES, &DETAILS, now)
}

fn compared(kind: PolicyKind, old: &str, new: &str) -> PolicyDifference {
    let owner = ComparedKind::of(kind);
    let owner = matches!(owner, ComparedKind::Resource | ComparedKind::Key | ComparedKind::Trust);
    let owner = if owner { AccountId::new(OWNER) } else { None };
    difference(&policy(kind, old), &policy(kind, new), &about(kind).owned_by(owner))
}

/// The change that is about an action.
#[track_caller]
fn of<'c>(list: &'c [Changed], action: &str) -> &'c Changed {
    let found = list.iter().find(|own| own.answer.actions.iter().any(|name| **name == *action));
    found.unwrap_or_else(|| panic!("{action}: {list:#?}"))
}

fn bucket(effect: &str, who: &str, more: &str) -> String {
    format!(
        r#"{{"Effect": "{effect}", "Principal": {who}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"{more}}}"#
    )
}

#[test]
fn who_may_use_a_resource_is_a_part_of_what_differs() {
    let kind = PolicyKind::Resource;
    let (account, role) = (
        bucket("Allow", r#"{"AWS": "444455556666"}"#, ""),
        bucket("Allow", r#"{"AWS": "arn:aws:iam::444455556666:role/app"}"#, ""),
    );
    let wider = compared(kind, &role, &account);
    assert_eq!((wider.verdict(), wider.lost.len()), (VerdictKind::Fails, 0));
    let gained = of(&wider.gained, "s3:GetObject");
    assert!(gained.askers.contains(&Asker::Outside(CallerKind::User)), "{gained:#?}");
    // The role's sessions could already: another role is the witness.
    let Verdict::Fails(witness) = &gained.answer.verdict else { panic!("{gained:#?}") };
    assert_ne!(
        witness.request.principal.named_as(iamgate::iam_eval::Grant::Limited),
        Some("arn:aws:iam::444455556666:role/app")
    );
    let narrower = compared(kind, &account, &role);
    assert_eq!((narrower.verdict(), narrower.gained.len()), (VerdictKind::Holds, 0));
    assert!(!narrower.lost.is_empty());
    assert!(compared(kind, &role, &role).is_none());
}

/// In the owner's account, a statement for the account grants nothing by itself, and one for the role does.
#[test]
fn a_role_of_the_owner_gets_access_that_the_account_does_not_give_it() {
    let account = bucket("Allow", &format!(r#"{{"AWS": "{OWNER}"}}"#), "");
    let both =
        format!("{account}, {}", bucket("Allow", r#"{"AWS": "arn:aws:iam::111122223333:role/app"}"#, ""));
    let found = compared(PolicyKind::Resource, &account, &both);
    let gained = of(&found.gained, "s3:GetObject");
    let [Asker::Own { kind: CallerKind::Session, may_everything: false, .. }] = gained.askers.as_slice()
    else {
        panic!("{gained:#?}");
    };
    assert_eq!(gained.before.reach, HowFar::Never);
}

#[test]
fn a_deny_that_is_gone_gives_access_to_those_whose_own_policies_allow_it() {
    let deny = bucket("Deny", r#""*""#, r#", "Condition": {"Bool": {"aws:SecureTransport": "false"}}"#);
    let other = bucket("Allow", r#"{"AWS": "arn:aws:iam::444455556666:role/app"}"#, "");
    let found = compared(PolicyKind::Resource, &format!("{deny}, {other}"), &other);
    let gained = of(&found.gained, "s3:GetObject");
    let is_own = |own: &Asker| matches!(own, Asker::Own { may_everything: true, .. });
    assert!(gained.askers.iter().any(is_own), "{gained:#?}");
    assert!(found.lost.is_empty());
}

#[test]
fn what_became_conditional_is_said_with_its_condition() {
    let (always, only) = (
        bucket("Allow", r#"{"AWS": "444455556666"}"#, ""),
        bucket(
            "Allow",
            r#"{"AWS": "444455556666"}"#,
            r#", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}"#,
        ),
    );
    let found = compared(PolicyKind::Resource, &always, &only);
    let lost = of(&found.lost, "s3:GetObject");
    assert_eq!((lost.before.reach, lost.after.reach), (HowFar::Limited, HowFar::Limited));
    assert_eq!(
        *lost.after.when,
        [Box::from("to 444455556666 on arn:aws:s3:::b/* if StringEquals aws:SourceVpc vpc-1")]
    );
    let kind = PolicyKind::Identity;
    let allow = |more: &str| format!(r#"{{"Effect": "Allow", "Action": "s3:GetObject", {more}}}"#);
    let found = compared(kind, &allow(r#""Resource": "*""#), &allow(r#""Resource": "arn:aws:s3:::b/*""#));
    let lost = of(&found.lost, "s3:GetObject");
    assert_eq!((lost.before.reach, lost.after.reach), (HowFar::Always, HowFar::Limited));
    assert_eq!(*lost.after.when, [Box::from("on arn:aws:s3:::b/*")]);
}

#[test]
fn a_control_policy_is_compared_by_what_it_lets_through() {
    let deny = |regions: &str| {
        format!(
            r#"{{"Effect": "Deny", "Action": "ec2:*", "Resource": "*",
                "Condition": {{"StringNotEquals": {{"aws:RequestedRegion": {regions}}}}}}}"#
        )
    };
    let (narrow, wide) = (deny(r#"["eu-west-1"]"#), deny(r#"["eu-west-1", "us-east-1"]"#));
    let found = compared(PolicyKind::Scp, &narrow, &wide);
    assert_eq!((found.verdict(), found.lost.len()), (VerdictKind::Fails, 0));
    let gained = of(&found.gained, "ec2:RunInstances");
    assert_eq!(
        *gained.after.besides,
        [Box::from("not if StringNotEquals aws:RequestedRegion eu-west-1 or us-east-1")]
    );
    assert_eq!(compared(PolicyKind::Scp, &wide, &narrow).verdict(), VerdictKind::Holds);
    // An Allow list: what it does not have is not possible.
    let list = |actions: &str| format!(r#"{{"Effect": "Allow", "Action": {actions}, "Resource": "*"}}"#);
    let found = compared(PolicyKind::Scp, &list(r#"["s3:*", "sqs:*"]"#), &list(r#"["s3:*"]"#));
    assert_eq!((found.verdict(), found.lost.is_empty()), (VerdictKind::Holds, false));
    assert!(found.premises.iter().any(|own| own.contains("FullAWSAccess is taken not to be beside them")));
}

#[test]
fn a_resource_control_policy_is_compared_for_services_too() {
    let deny = |more: &str| {
        format!(
            r#"{{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
                "Condition": {{"StringNotEqualsIfExists": {{"aws:PrincipalOrgID": "o-abcdefghij"}}{more}}}}}"#
        )
    };
    let spared = deny(r#", "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}"#);
    let found = compared(PolicyKind::Rcp, &spared, &deny(""));
    assert_eq!((found.verdict(), found.lost.is_empty()), (VerdictKind::Holds, false));
    assert_eq!(of(&found.lost, "s3:GetObject").askers, [Asker::Service(None)]);
}

const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";

#[test]
fn a_trust_policy_is_compared_for_tokens_and_callers() {
    let token = |subject: &str| {
        format!(
            r#"{{"Effect": "Allow", "Principal": {{"Federated": "{PROVIDER}"}}, "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {{"StringLike": {{"token.actions.githubusercontent.com:sub": "{subject}"}}}}}}"#
        )
    };
    let (one, all) = (token("repo:o/r:ref:refs/heads/main"), token("repo:o/*"));
    let found = compared(PolicyKind::Trust, &one, &all);
    let gained = of(&found.gained, "sts:AssumeRoleWithWebIdentity");
    assert_eq!(gained.askers, [Asker::Provider(PROVIDER.into())]);
    assert_eq!(gained.after.reach, HowFar::Limited);
    assert_eq!(compared(PolicyKind::Trust, &all, &one).verdict(), VerdictKind::Holds);
    let with_account = format!(
        r#"{one}, {{"Effect": "Allow", "Principal": {{"AWS": "444455556666"}}, "Action": "sts:AssumeRole"}}"#
    );
    let found = compared(PolicyKind::Trust, &one, &with_account);
    let askers = &of(&found.gained, "sts:AssumeRole").askers;
    assert_eq!(**askers, [Asker::Outside(CallerKind::Session), Asker::Outside(CallerKind::User)]);
}

/// What is known of the keys of each kind of call counts: claims are those of the provider's tokens, and callers with credentials have none.
#[test]
fn a_trust_policy_is_compared_by_the_keys_that_its_calls_have() {
    let allow = |who: &str, action: &str, test: &str| {
        format!(
            r#"{{"Effect": "Allow", "Principal": {who}, "Action": "sts:{action}", "Condition": {{"StringEquals": {{{test}}}}}}}"#
        )
    };
    let old = r#"{"Effect": "Allow", "Principal": {"AWS": "555566667777"}, "Action": "sts:AssumeRole"}"#;
    let (aws, okta) =
        (r#"{"AWS": "444455556666"}"#, r#"{"Federated": "arn:aws:iam::111122223333:saml-provider/Okta"}"#);
    let github = format!(r#"{{"Federated": "{PROVIDER}"}}"#);
    for (new, is_gained) in [
        (allow(aws, "AssumeRole", r#""sts:ExternalId": "x""#), true),
        (allow(aws, "AssumeRole", r#""token.actions.githubusercontent.com:sub": "x""#), false),
        (allow(aws, "AssumeRole", r#""saml:aud": "x""#), false),
        (allow(aws, "AssumeRole", r#""aws:ResourceAccount": "444455556666""#), false),
        (allow(okta, "AssumeRoleWithSAML", r#""saml:aud": "x""#), true),
        (allow(okta, "AssumeRoleWithSAML", r#""token.actions.githubusercontent.com:sub": "x""#), false),
        (
            allow(&github, "AssumeRoleWithWebIdentity", r#""token.actions.githubusercontent.com:sub": "x""#),
            true,
        ),
        (allow(&github, "AssumeRoleWithWebIdentity", r#""saml:aud": "x""#), false),
        (
            allow(
                &github,
                "AssumeRoleWithWebIdentity",
                r#""token.actions.githubusercontent.com:unknown": "x""#,
            ),
            false,
        ),
        (
            allow(
                aws,
                "AssumeRole",
                r#""sts:ExternalId": "x"}, "DateGreaterThan": {"aws:CurrentTime": "2037-06-01T00:00:00Z""#,
            ),
            true,
        ),
        (
            allow(
                aws,
                "AssumeRole",
                r#""sts:ExternalId": "x"}, "NumericGreaterThan": {"aws:EpochTime": "2127000000""#,
            ),
            true,
        ),
    ] {
        let found = compared(PolicyKind::Trust, old, &format!("{old}, {new}"));
        let expected = if is_gained { VerdictKind::Fails } else { VerdictKind::Holds };
        assert_eq!(found.verdict(), expected, "{new} {found:#?}");
    }
}

#[test]
fn a_key_policy_is_needed_in_the_own_account() {
    let root = r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}"#;
    let nobody = r#"{"Effect": "Deny", "Principal": "*", "Action": "kms:Nothing", "Resource": "*"}"#;
    let found = compared(PolicyKind::Kms, root, nobody);
    assert_eq!(found.verdict(), VerdictKind::Holds);
    let lost = of(&found.lost, "kms:Decrypt");
    let is_own = |own: &Asker| matches!(own, Asker::Own { kind: CallerKind::User, may_everything: true, .. });
    assert!(lost.askers.iter().any(is_own), "{lost:#?}");
}

#[test]
fn those_of_whom_it_is_not_known_who_they_are_leave_a_doubt() {
    let canonical =
        r#"{"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}"#;
    let own = bucket("Allow", canonical, "");
    let none = bucket("Allow", r#"{"AWS": "arn:aws:iam::444455556666:role/app"}"#, "");
    let both = format!("{none}, {own}");
    let found = compared(PolicyKind::Resource, &none, &both);
    assert_eq!((found.verdict(), found.lost.len()), (VerdictKind::Unknown, 0));
    assert!(compared(PolicyKind::Resource, &both, &both).is_none());
    // A Deny that names one cannot be told from another.
    let deny = |id: &str| bucket("Deny", &format!(r#"{{"CanonicalUser": "{id}"}}"#), "");
    let found = compared(PolicyKind::Resource, &deny(&"a".repeat(64)), &deny(&"b".repeat(64)));
    assert_eq!(found.verdict(), VerdictKind::Unknown);
}

#[track_caller]
fn shortened(kind: PolicyKind, statements: &str) -> String {
    let text = smaller(&policy(kind, statements), &about(kind)).policy.to_string();
    text.split_once(r#""Statement":"#).unwrap().1.to_owned()
}

#[test]
fn statements_with_principals_are_merged_if_that_decides_the_same() {
    let of =
        |who: &str| bucket("Allow", &format!(r#"{{"AWS": "arn:aws:iam::444455556666:role/{who}"}}"#), "");
    let text = shortened(PolicyKind::Resource, &format!("{}, {}, {}", of("a"), of("b"), of("a")));
    let wanted = r#"[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::444455556666:role/a","arn:aws:iam::444455556666:role/b"]},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}"#;
    assert_eq!(text, wanted);
    // The account of the role says as much for callers of other accounts. For the role of the owner it does not.
    let both = format!("{}, {}", of("a"), bucket("Allow", r#"{"AWS": "444455556666"}"#, ""));
    let text = shortened(PolicyKind::Resource, &both);
    assert!(text.contains("role/a") && text.contains(r#""444455556666""#), "{text}");
    // Different conditions cannot be one list.
    let only = |vpc: &str| {
        bucket(
            "Allow",
            r#"{"AWS": "444455556666"}"#,
            &format!(r#", "Condition": {{"StringEquals": {{"aws:SourceVpc": "{vpc}"}}}}"#),
        )
    };
    let text = shortened(PolicyKind::Resource, &format!("{}, {}", only("vpc-1"), only("vpc-2")));
    assert!(text.contains("vpc-1") && text.contains("vpc-2"), "{text}");
}

#[test]
fn a_superfluous_deny_of_a_control_policy_is_removed() {
    let wide = r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}"#;
    let narrow = r#"{"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#;
    let text = shortened(PolicyKind::Scp, &format!("{narrow}, {wide}"));
    assert_eq!(text, r#"[{"Effect":"Deny","Action":"ec2:*","Resource":"*"}]}"#);
    // A Deny of another action is not superfluous.
    let other = r#"{"Effect": "Deny", "Action": "rds:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#;
    assert!(shortened(PolicyKind::Scp, &format!("{other}, {wide}")).contains("rds:*"));
}

/// Documents that ask for more than a comparison looks at: it is not known whether they differ, and nothing is left out of them.
#[test]
fn what_a_comparison_does_not_reach_is_not_called_the_same() {
    let everyone = |effect: &str, action: &str, more: &str| {
        format!(r#"{{"Effect": "{effect}", "Principal": "*", "Action": "{action}", "Resource": "*"{more}}}"#)
    };
    let tested = |test: &str| format!(r#", "Condition": {{{test}}}"#);
    let own = r#"{"AWS": "111122223333"}"#;
    let trust = |who: &str, test: &str| {
        let condition = if test.is_empty() { String::new() } else { tested(test) };
        format!(r#"{{"Effect": "Allow", "Principal": {who}, "Action": "sts:AssumeRole"{condition}}}"#)
    };
    let service = |effect: &str, name: &str| {
        format!(
            r#"{{"Effect": "{effect}", "Principal": {{"Service": "{name}"}}, "Action": "sqs:SendMessage", "Resource": "*"}}"#
        )
    };
    let user = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";
    let canonical = |effect: &str| bucket(effect, &format!(r#"{{"CanonicalUser": "{user}"}}"#), "");
    let (resource, kind_of_trust) = (PolicyKind::Resource, PolicyKind::Trust);
    let owned = tested(r#""StringEquals": {"aws:ResourceAccount": "222222222222"}"#);
    for (kind, kept, gone) in [
        (
            kind_of_trust,
            trust(r#"{"Service": "ec2.amazonaws.com"}"#, ""),
            trust(own, r#""StringEquals": {"aws:ResourceTag/team": "x"}"#),
        ),
        (
            kind_of_trust,
            trust(r#"{"Service": "ec2.amazonaws.com"}"#, r#""NumericGreaterThan": {"aws:EpochTime": "1"}"#),
            trust(own, r#""DateGreaterThan": {"aws:CurrentTime": "2037-06-01T00:00:00Z"}"#),
        ),
        (resource, service("Allow", "sns.amazonaws.com"), service("Deny", "sns.ap-east-1.amazonaws.com")),
        (resource, canonical("Deny"), bucket("Allow", r#"{"AWS": "arn:aws:iam::444455556666:role/a"}"#, "")),
        (PolicyKind::Rcp, everyone("Deny", "sqs:*", ""), everyone("Deny", "s3:*", &owned)),
        (PolicyKind::VpcEndpoint, everyone("Allow", "sqs:*", ""), everyone("Allow", "s3:*", &owned)),
        (
            PolicyKind::Rcp,
            everyone("Deny", "sqs:*", ""),
            everyone(
                "Deny",
                "sts:AssumeRoleWithWebIdentity",
                &tested(r#""Null": {"aws:PrincipalArn": "true"}"#),
            ),
        ),
        (
            PolicyKind::Scp,
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#.into(),
            r#"{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}"#.into(),
        ),
        (
            PolicyKind::Identity,
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#.into(),
            r#"{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}"#.into(),
        ),
    ] {
        let both = format!("{kept}, {gone}");
        let found = compared(kind, &both, &kept);
        assert!(!found.is_none(), "{kind:?} {both}");
        let owner = if matches!(kind, PolicyKind::Resource | PolicyKind::Trust) {
            AccountId::new(OWNER)
        } else {
            None
        };
        let shorter = smaller(&policy(kind, &both), &about(kind).owned_by(owner));
        assert_eq!(shorter.policy.statements.len(), 2, "{kind:?} {both}: {}", shorter.policy);
    }
}

/// A difference that is there is told whatever else is not known.
#[test]
fn a_resource_of_whatever_account_is_asked_about_beneath_a_control_policy() {
    let of = |account: &str| {
        format!(
            r#"{{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {{"StringEquals": {{"aws:ResourceAccount": "{account}"}}}}}}"#
        )
    };
    let found = compared(PolicyKind::Rcp, &of("222222222222"), &of("333333333333"));
    assert_eq!(found.verdict(), VerdictKind::Fails, "{found:#?}");
}

#[test]
fn callers_of_the_owner_are_not_said_to_need_the_document() {
    let tls = r#", "Condition": {"Bool": {"aws:SecureTransport": "false"}}"#;
    let deny = bucket("Deny", r#""*""#, tls);
    let allow = bucket("Allow", r#"{"AWS": "arn:aws:iam::111122223333:role/a"}"#, "");
    let found = compared(PolicyKind::Resource, &format!("{allow}, {deny}"), &allow);
    let own = found
        .gained
        .iter()
        .filter(|own| matches!(own.askers.first(), Some(Asker::Own { may_everything: true, .. })));
    for changed in own {
        assert!(changed.before.when.is_empty(), "{changed:#?}");
    }
}

/// Whatever a comparison does not reach, a document is the same as itself, and as itself in another order.
#[test]
fn a_document_against_itself_is_equal() {
    let user = r#"{"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}"#;
    let when = |test: &str| format!(r#", "Condition": {{{test}}}"#);
    let owned = when(r#""StringEquals": {"aws:ResourceAccount": ["222222222222", "333333333333"]}"#);
    let outside =
        when(r#""StringNotEqualsIfExists": {"aws:PrincipalOrgID": ["o-abcdefghij", "o-klmnopqrst"]}"#);
    let everyone = |effect: &str, actions: &str, more: &str| {
        format!(r#"{{"Effect": "{effect}", "Principal": "*", "Action": {actions}, "Resource": "*"{more}}}"#)
    };
    let plain = |effect: &str, actions: &str| {
        format!(r#"{{"Effect": "{effect}", "Action": {actions}, "Resource": "*"}}"#)
    };
    let trust = |who: &str, test: &str| {
        format!(r#"{{"Effect": "Allow", "Principal": {who}, "Action": "sts:AssumeRole"{}}}"#, when(test))
    };
    let service = r#"{"Effect": "Deny", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:*", "Resource": "*"}"#;
    let besides = format!(
        r#"{{"Effect": "Deny", "NotPrincipal": {user}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}"#
    );
    let of_owner = when(r#""StringNotEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}"#);
    let documents = [
        (
            PolicyKind::Identity,
            vec![plain("Allow", r#"["s3:*", "sqs:*"]"#), plain("Deny", r#"["ec2:*", "s3:Put*"]"#)],
        ),
        (
            PolicyKind::Scp,
            vec![plain("Allow", r#"["s3:*", "sqs:*"]"#), plain("Deny", r#"["ec2:*", "iam:*"]"#)],
        ),
        (
            PolicyKind::Rcp,
            vec![everyone("Deny", r#"["*", "s3:Get*"]"#, &outside), everyone("Deny", r#""sqs:*""#, &owned)],
        ),
        (PolicyKind::VpcEndpoint, vec![everyone("Allow", r#"["s3:Get*", "*"]"#, &owned), service.to_owned()]),
        (
            PolicyKind::Resource,
            vec![everyone("Allow", r#""s3:GetObject""#, &owned), bucket("Deny", user, "")],
        ),
        (
            PolicyKind::Resource,
            vec![besides, bucket("Allow", r#"{"AWS": ["444455556666", "555566667777"]}"#, "")],
        ),
        (PolicyKind::Resource, vec![everyone("Allow", r#""sqs:*""#, &of_owner), service.to_owned()]),
        (
            PolicyKind::Kms,
            vec![everyone("Allow", r#""kms:*""#, &owned), everyone("Deny", r#""kms:Put*""#, "")],
        ),
        (
            PolicyKind::Trust,
            vec![
                trust(
                    r#"{"AWS": "444455556666"}"#,
                    r#""StringEquals": {"aws:ResourceTag/team": ["x", "y"]}"#,
                ),
                trust(
                    r#"{"Service": "ec2.amazonaws.com"}"#,
                    r#""NumericGreaterThan": {"aws:EpochTime": "1"}"#,
                ),
                trust(r#"{"AWS": "*"}"#, r#""DateGreaterThan": {"aws:CurrentTime": "2037-06-01T00:00:00Z"}"#),
            ],
        ),
    ];
    let compared: std::collections::BTreeSet<ComparedKind> =
        documents.iter().map(|(kind, _)| ComparedKind::of(*kind)).collect();
    assert!(ComparedKind::ALL.iter().all(|kind| *kind == ComparedKind::Role || compared.contains(kind)));
    for (kind, statements) in documents {
        let own = policy(kind, &statements.join(", "));
        let mut turned = (*own).clone();
        turned.statements.reverse();
        let mut within = (*own).clone();
        for statement in &mut within.statements {
            if let iamgate::iam_policy::ActionElement::Action(list) = &mut statement.action {
                list.reverse();
            }
            statement.conditions.reverse();
            statement.sid = None;
        }
        for other in [Arc::clone(&own), Arc::new(turned), Arc::new(within)] {
            let found = difference(&own, &other, &about(kind));
            assert!(found.is_none(), "{kind:?} {statements:?} {other}: {found:#?}");
        }
    }
}

/// A Deny that both documents have may hide what is allowed only where no comparison looks.
#[test]
fn what_both_documents_have_may_hide_a_difference() {
    let elsewhere = r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:ResourceAccount": "222222222222"}}}"#;
    let allow = bucket("Allow", r#"{"AWS": "arn:aws:iam::444455556666:role/app"}"#, "");
    let kind = PolicyKind::Resource;
    let (old, new) = (policy(kind, &format!("{allow}, {elsewhere}")), policy(kind, elsewhere));
    let found = difference(&old, &new, &about(kind));
    assert!(!found.lost.is_empty(), "{found:#?}");
    // What has no action in common hides nothing.
    let other = elsewhere.replace("s3:*", "sqs:*");
    let found = difference(&policy(kind, &format!("{allow}, {other}")), &policy(kind, &other), &about(kind));
    assert_eq!(found.verdict(), VerdictKind::Holds, "{found:#?}");
}

#[test]
fn a_covered_action_of_a_control_policy_for_everything_is_left_out() {
    let deny = r#"{"Effect": "Deny", "Principal": "*", "Action": ["*", "s3:Get*"], "Resource": "*",
        "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abcdefghij"}}}"#;
    let text = shortened(PolicyKind::Rcp, deny);
    assert!(text.contains(r#""Action":"*""#) && !text.contains("s3:Get"), "{text}");
    // Merged statements say the same of every call.
    let other = deny.replace(r#"["*", "s3:Get*"]"#, r#""sqs:*""#);
    let text = shortened(PolicyKind::Rcp, &format!("{deny}, {other}"));
    assert!(!text.contains("sqs"), "{text}");
}

/// What is not known is told also beside a difference that is.
#[test]
fn a_deny_that_went_is_told_beside_what_is_gained() {
    let allow = |actions: &str| format!(r#"{{"Effect": "Allow", "Action": {actions}, "Resource": "*"}}"#);
    let deny = |actions: &str| format!(r#"{{"Effect": "Deny", "Action": {actions}, "Resource": "*"}}"#);
    let (one, two) = (allow(r#""s3:GetObject""#), allow(r#"["s3:GetObject", "s3:PutObject"]"#));
    let denied = deny(r#"["ec2:*", "rds:CreateDBInstance"]"#);
    for kind in [PolicyKind::Identity, PolicyKind::Scp] {
        let found = compared(kind, &format!("{one}, {denied}"), &two);
        assert_eq!(found.verdict(), VerdictKind::Fails);
        assert_eq!(of(&found.gained, "s3:PutObject").answer.verdict.kind(), VerdictKind::Fails);
        for action in ["ec2:RunInstances", "rds:CreateDBInstance"] {
            let own = of(&found.gained, action);
            let Verdict::Unknown(doubts) = &own.answer.verdict else { panic!("{own:#?}") };
            assert!(
                doubts.iter().any(|doubt| doubt.to_string().contains("Deny statements differ")),
                "{doubts:?}"
            );
        }
        assert!(found.lost.is_empty(), "{:#?}", found.lost);
        let back = compared(kind, &two, &format!("{one}, {denied}"));
        assert_eq!(of(&back.lost, "ec2:RunInstances").answer.verdict.kind(), VerdictKind::Unknown);
        // What the documents alone show is not told twice.
        let found = compared(kind, &format!("{two}, {}", deny(r#""s3:PutObject""#)), &two);
        assert_eq!(found.gained.len(), 1, "{:#?}", found.gained);
    }
    // The same for what a comparison does not reach.
    let canonical =
        r#"{"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}"#;
    let role = bucket("Allow", r#"{"AWS": "arn:aws:iam::444455556666:role/app"}"#, "");
    let found = compared(
        PolicyKind::Resource,
        &bucket("Deny", canonical, ""),
        &format!(
            "{role}, {}",
            bucket("Deny", canonical, r#", "Condition": {"Bool": {"aws:SecureTransport": "false"}}"#)
        ),
    );
    let kinds: Vec<VerdictKind> = found.gained.iter().map(|own| own.answer.verdict.kind()).collect();
    assert!(kinds.contains(&VerdictKind::Fails) && kinds.contains(&VerdictKind::Unknown), "{found:#?}");
}

/// What the questions about Deny statements do not decide is not called a difference of theirs.
#[test]
fn steps_that_run_out_are_not_called_a_deny() {
    let kind = PolicyKind::Identity;
    let allow = r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#;
    let deny = r#"{"Effect": "Deny", "Action": ["ec2:*", "rds:*"], "Resource": "*"}"#;
    let (old, new) = (policy(kind, &format!("{allow}, {deny}")), policy(kind, &format!("{deny}, {allow}")));
    let whole = difference(&old, &new, &about(kind));
    assert!(whole.is_none());
    let spent = about(kind).budget.count() - whole.left.unwrap().count();
    let mut little = about(kind);
    for part in 0..16 {
        let budget = spent * part / 16;
        little.budget = iamgate::iam_analysis::ProofBudget::steps(budget);
        let found = difference(&old, &new, &little);
        assert!(!found.is_none() && found.verdict() != VerdictKind::Fails, "{budget} of {spent}");
        let text = format!("{found:?}");
        assert!(!text.contains("Deny statements differ"), "{budget} of {spent}: {text}");
    }
    little.budget = iamgate::iam_analysis::ProofBudget::steps(spent);
    let found = difference(&old, &new, &little);
    assert!(found.is_none(), "{found:#?}");
    assert_eq!(found.left.unwrap().count(), 0);
}
