//! Principals: rules 5.1 to 5.7.

use std::sync::Arc;

use crate::support::{
    ACCOUNT, ALL, FEDERATED, OTHER, PROVIDER, ROLE, ROOT, SAML, SERVICE, SESSION, USER, federated, grant,
    identity, linked, many, one, policy, request, root, saml, service, session, strength, user, web,
    with_resource,
};
use iam_eval::{Context, ContextValue, Decision, Grant, Layers, Principal};
use iam_policy::{Policy, PolicyKind};

/// Every caller, by the letter that stands for it in the tables.
fn callers() -> [(char, Principal); 9] {
    [
        ('u', user()),
        ('s', session()),
        ('l', linked()),
        ('f', federated()),
        ('r', root()),
        ('v', service()),
        ('n', Principal::Anonymous),
        ('w', web()),
        ('m', saml()),
    ]
}

/// Entry; who is named directly, in a limited way and by account in an Allow; whom a Deny with it is about.
fn table() -> Vec<(String, &'static str, &'static str, &'static str, &'static str)> {
    let aws = |text: &str| format!(r#"{{"AWS": "{text}"}}"#);
    vec![
        (r#""*""#.to_owned(), "uslfrvnwm", "", "", "uslfrvnwm"),
        (aws("*"), "uslfrvn", "", "", "uslfrvnwm"),
        (aws(ACCOUNT), "", "", "uslfr", "uslfr"),
        (aws(ROOT), "", "", "uslfr", "uslfr"),
        (aws(OTHER), "", "", "", ""),
        (aws("arn:aws:iam::444455556666:root"), "", "", "", ""),
        (aws(USER), "u", "f", "", "uf"),
        (aws(ROLE), "", "sl", "", "sl"),
        (aws(SESSION), "sl", "", "", "sl"),
        (aws(FEDERATED), "f", "", "", "f"),
        // Names are case-sensitive, paths count, and nothing is a prefix of anything.
        (aws("arn:aws:iam::111122223333:user/Ana"), "", "", "", ""),
        (aws("arn:aws:iam::111122223333:user/team/ana"), "", "", "", ""),
        (aws("arn:aws:iam::111122223333:user/an"), "", "", "", ""),
        (aws("arn:aws:iam::111122223333:role/ops"), "", "", "", ""),
        (aws("arn:aws:iam::444455556666:role/teams/ops"), "", "", "", ""),
        (aws("arn:aws:sts::111122223333:assumed-role/ops/Eva"), "", "", "", ""),
        (aws("arn:aws-cn:iam::111122223333:user/ana"), "", "", "", ""),
        (aws("AIDAJQABLZS4A3QDU576Q"), "", "", "", ""),
        (format!(r#"{{"Service": "{SERVICE}"}}"#), "v", "", "", "v"),
        (r#"{"Service": "cloudtrail.eu-west-1.amazonaws.com"}"#.to_owned(), "", "", "", ""),
        (format!(r#"{{"Federated": "{PROVIDER}"}}"#), "w", "", "", "w"),
        (format!(r#"{{"Federated": "{SAML}"}}"#), "m", "", "", "m"),
        (r#"{"Federated": "accounts.google.com"}"#.to_owned(), "", "", "", ""),
        // The strongest entry counts.
        (format!(r#"{{"AWS": ["{ACCOUNT}", "{ROLE}", "{USER}"]}}"#), "u", "slf", "r", "uslfr"),
        (format!(r#"{{"AWS": ["{ROLE}", "{SESSION}"], "Service": "{SERVICE}"}}"#), "slv", "", "", "slv"),
        (r#"{"AWS": []}"#.to_owned(), "", "", "", ""),
    ]
}

fn expected(letter: char, direct: &str, limited: &str, account: &str) -> Grant {
    if direct.contains(letter) {
        Grant::Direct
    } else if limited.contains(letter) {
        Grant::Limited
    } else if account.contains(letter) {
        Grant::Account
    } else {
        Grant::None
    }
}

#[test]
fn every_entry_names_every_caller_as_strongly_as_rule_5_2_says() {
    for (entry, direct, limited, account, denied) in table() {
        let named = |effect: &str| {
            let statement = grant(effect, &entry);
            // Providers are named in trust policies alone, and these have no resource.
            if entry.contains("Federated") {
                policy(
                    PolicyKind::Trust,
                    &statement
                        .replace(r#", "Resource": "*""#, "")
                        .replace(r#""Action": "*""#, r#""Action": "s3:*""#),
                )
            } else {
                policy(PolicyKind::Resource, &statement)
            }
        };
        let (allow, deny) = (named("Allow"), named("Deny"));
        for (letter, caller) in callers() {
            let wanted = expected(letter, direct, limited, account);
            assert_eq!(strength(Arc::clone(&allow), caller.clone()), wanted, "{entry} {letter}");
            let is_denied = strength(Arc::clone(&deny), caller) != Grant::None;
            assert_eq!(is_denied, denied.contains(letter), "Deny {entry} {letter}");
        }
    }
}

#[test]
fn the_account_of_another_partition_is_another_account() {
    let entry = r#"{"AWS": "arn:aws-cn:iam::111122223333:root"}"#;
    for (letter, caller) in callers() {
        let named = strength(policy(PolicyKind::Resource, &grant("Allow", entry)), caller);
        assert_eq!(named, Grant::None, "{letter}");
    }
}

#[test]
fn in_a_trust_policy_the_bare_star_allows_nobody_whom_only_a_provider_knows() {
    let trust = |effect: &str| {
        policy(
            PolicyKind::Trust,
            &format!(r#"{{"Effect": "{effect}", "Principal": "*", "Action": "s3:GetObject"}}"#),
        )
    };
    for (letter, caller) in callers() {
        let provider = "wm".contains(letter);
        assert_eq!(strength(trust("Allow"), caller.clone()) == Grant::None, provider, "{letter}");
        assert_eq!(strength(trust("Deny"), caller), Grant::Direct, "{letter}");
    }
}

/// Rule 5.6 is about the role's trust policy, however that was read.
#[test]
fn a_trust_policy_read_as_another_kind_allows_no_provider_more() {
    let statement = r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#;
    let layers = with_resource(Layers::new(), statement);
    let asked = request(web()).on(iam_eval::ResourceKind::IamRoleTrust);
    assert_eq!(layers.decide(&asked), Decision::ImplicitDeny);
}

/// A Deny with `NotPrincipal` on top of everything allowed.
fn except(entries: &str) -> Layers {
    let deny = format!(r#"{{"Effect": "Deny", "NotPrincipal": {entries}, "Action": "*", "Resource": "*"}}"#);
    with_resource(identity(ALL), &format!("{}, {deny}", grant("Allow", r#""*""#)))
}

/// Every subset of names, and whether the caller is exempt with exactly these.
fn subsets(caller: &Principal, names: &[&str], needed: &[&str]) {
    for bits in 0..1_usize << names.len() {
        let listed: Vec<&str> =
            names.iter().enumerate().filter(|(i, _)| bits & (1 << i) != 0).map(|(_, n)| *n).collect();
        if listed.is_empty() {
            continue;
        }
        let mut layers = except(&format!(r#"{{"AWS": {listed:?}}}"#));
        let exempt = needed.iter().all(|n| listed.contains(n));
        let decision = if exempt { Decision::Allowed } else { Decision::ExplicitDeny };
        assert_eq!(layers.decide(&request(caller.clone())), decision, "{listed:?} {caller:?}");
        layers.boundary = Some(vec![policy(PolicyKind::Boundary, ALL)]);
        assert_eq!(
            layers.decide(&request(caller.clone())),
            Decision::ExplicitDeny,
            "{listed:?} with boundary"
        );
    }
}

#[test]
fn only_a_complete_list_exempts_from_not_principal_and_never_with_a_boundary() {
    subsets(&user(), &[USER, ACCOUNT, ROLE], &[USER, ACCOUNT]);
    subsets(&user(), &[USER, ROOT, OTHER], &[USER, ROOT]);
    subsets(&session(), &[SESSION, ROLE, ACCOUNT, USER], &[SESSION, ROLE, ACCOUNT]);
    subsets(&session(), &[SESSION, "arn:aws:iam::111122223333:role/ops", ROOT, ROLE], &[SESSION, ROLE, ROOT]);
}

#[test]
fn not_principal_denies_everyone_whom_it_does_not_list() {
    let layers = except(&format!(r#"{{"AWS": ["{USER}", "{ACCOUNT}"]}}"#));
    for (letter, caller) in callers() {
        let decision = layers.decide(&request(caller));
        let exempt = "ur".contains(letter);
        assert_eq!(decision == Decision::ExplicitDeny, !exempt, "{letter} {decision:?}");
    }
    let layers = except(&format!(r#"{{"Service": "{SERVICE}"}}"#));
    for (letter, caller) in callers() {
        assert_eq!(layers.decide(&request(caller)) == Decision::ExplicitDeny, letter != 'v', "{letter}");
    }
}

#[test]
fn a_deny_of_a_canonical_user_may_be_about_any_account_and_an_allow_is_about_none() {
    let entry = r#"{"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}"#;
    for (letter, caller) in callers() {
        let named =
            |effect: &str| strength(policy(PolicyKind::Resource, &grant(effect, entry)), caller.clone());
        assert_eq!(named("Allow"), Grant::None, "{letter}");
        assert_eq!(named("Deny") != Grant::None, "uslfr".contains(letter), "{letter}");
    }
}

#[test]
fn the_root_arn_is_the_account_in_principal_and_one_principal_in_principal_arn() {
    let condition = format!(
        r#"{{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {{"ArnEquals": {{"aws:PrincipalArn": "{ROOT}"}}}}}}"#
    );
    let layers = with_resource(Layers::new(), &condition);
    for (caller, arn, expected) in
        [(user(), USER, Decision::ImplicitDeny), (session(), ROLE, Decision::ImplicitDeny)]
    {
        let mut request = request(caller);
        request.context.set("aws:PrincipalArn", crate::support::one(arn));
        assert_eq!(layers.decide(&request), expected);
    }
    let mut request = request(root());
    request.context.set("aws:PrincipalArn", crate::support::one(ROOT));
    assert_eq!(layers.decide(&request), Decision::Allowed);
}

/// The library reads policies before it knows where they will stand; a policy in the wrong layer must not grant.
#[test]
fn a_policy_that_names_no_principal_grants_nothing_as_resource_policy() {
    let misplaced: Arc<Policy> = policy(PolicyKind::Identity, ALL);
    let mut layers = Layers::new();
    layers.resource = Some(misplaced);
    for (letter, caller) in callers() {
        let decision = layers.decide(&request(caller));
        let by_default = letter == 'r';
        assert_eq!(decision.is_allowed(), by_default, "{letter}");
    }
}

#[test]
fn a_policy_that_names_no_principal_allows_nothing_in_an_endpoint_or_resource_control_policy() {
    let mut layers = identity(ALL);
    layers.vpc_endpoint = Some(vec![policy(PolicyKind::Identity, ALL)]);
    assert_eq!(layers.decide(&request(user())), Decision::ImplicitDeny, "endpoint");
    let mut layers = identity(ALL);
    layers.rcp = Some(vec![vec![policy(PolicyKind::Scp, ALL)]]);
    assert_eq!(layers.decide(&request(user())), Decision::ImplicitDeny, "resource control policy");
}

/// What a policy cannot name is nobody: a partition that is empty would switch rule 5.34 off.
#[test]
fn an_arn_that_no_policy_can_name_is_nobodys() {
    for arn in [
        "arn::iam::111122223333:user/a",
        "arn:nonsense:iam::111122223333:user/a",
        "arn:aws:iam:us-east-1:111122223333:root",
        "arn:aws:iam::111122223333:user/",
        "arn:aws:iam::111122223333:user/ops/",
        "arn:aws:iam::111122223333:user/*",
        "arn:aws:sts::111122223333:assumed-role//",
        "arn:aws:sts::111122223333:assumed-role/r/",
        "arn:aws:sts::111122223333:assumed-role/p/r/s",
        "arn:aws:iam::111122223333:role/x/",
    ] {
        let read = iam_eval::Principal::from_arn(arn);
        assert!(matches!(read, Err(iam_eval::PrincipalArnError::Nobody { .. })), "{arn}: {read:?}");
    }
    for arn in ["arn:aws-cn:iam::111122223333:user/ops/a", "arn:aws:iam::111122223333:saml-provider/corp"] {
        assert!(iam_eval::Principal::from_arn(arn).is_ok(), "{arn}");
    }
}

/// Rule 5.55: the call needs no permission, but it needs a signature.
#[test]
fn whoever_signs_requests_may_ask_who_it_is() {
    let layers = identity(r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#);
    let action = iam_eval::Action::new("STS:getcalleridentity").unwrap();
    for (letter, caller) in callers() {
        assert_eq!(caller.is_signed(), "uslfrv".contains(letter), "{caller:?}");
        let request = iam_eval::Request::new(caller.clone(), action.clone(), "*");
        let is_answered = layers.decide(&request) == Decision::Allowed;
        assert_eq!(is_answered, caller.is_signed(), "{caller:?}");
    }
}

/// Rule 5.2: a service has other names besides its own, and only these.
#[test]
fn a_service_has_the_names_of_its_list() {
    let named = |names: ContextValue| {
        let layers = with_resource(
            Layers::new(),
            r#"{"Effect": "Allow", "Principal": {"Service": "delivery.logs.amazonaws.com"}, "Action": "*", "Resource": "*"}"#,
        );
        let context = Context::new().with("aws:PrincipalServiceNamesList", names);
        layers.decide(&request(service()).with_context(context))
    };
    assert_eq!(named(one("delivery.logs.amazonaws.com")), Decision::Allowed);
    assert_eq!(named(one("another.amazonaws.com")), Decision::ImplicitDeny);
    assert_eq!(named(many(&["a.amazonaws.com", "delivery.logs.amazonaws.com"])), Decision::Allowed);
    assert_eq!(named(many(&["a.amazonaws.com", "b.amazonaws.com"])), Decision::ImplicitDeny);
}
