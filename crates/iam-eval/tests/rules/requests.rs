//! What a request is about: the kind of its resource, its action, its keys.

use std::collections::BTreeSet;

use iam_eval::{Action, Context, ContextValue, Decision, Layers, Point, Reading, Request, ResourceKind};

use crate::support::{action, identity, one, request, user};

/// Rule 5.54.
#[test]
fn the_kind_of_a_resource_follows_from_action_and_resource() {
    const ROLE: &str = "arn:aws:iam::111122223333:role/ops/app";
    const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd";
    for (name, resource, expected) in [
        ("sts:AssumeRole", ROLE, ResourceKind::IamRoleTrust),
        ("sts:AssumeRoleWithSAML", ROLE, ResourceKind::IamRoleTrust),
        ("STS:assumerolewithwebidentity", ROLE, ResourceKind::IamRoleTrust),
        ("sts:TagSession", ROLE, ResourceKind::IamRoleTrust),
        ("sts:setsourceidentity", ROLE, ResourceKind::IamRoleTrust),
        ("sts:SetContext", ROLE, ResourceKind::IamRoleTrust),
        ("kms:Decrypt", KEY, ResourceKind::KmsKey),
        ("x:Anything", KEY, ResourceKind::KmsKey),
        ("sts:AssumeRole", KEY, ResourceKind::KmsKey),
        // Another call, another service, another resource.
        ("sts:GetSessionToken", ROLE, ResourceKind::Generic),
        ("sts:AssumeRoot", ROLE, ResourceKind::Generic),
        ("sts:Assume", ROLE, ResourceKind::Generic),
        ("iam:GetRole", ROLE, ResourceKind::Generic),
        ("iam:AssumeRole", ROLE, ResourceKind::Generic),
        ("x:TagSession", ROLE, ResourceKind::Generic),
        ("sts:AssumeRole", "arn:aws:iam::111122223333:user/ana", ResourceKind::Generic),
        ("sts:AssumeRole", "arn:aws:s3:::role/app", ResourceKind::Generic),
        ("sts:AssumeRole", "*", ResourceKind::Generic),
        ("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:alias/app", ResourceKind::Generic),
        ("s3:GetObject", "arn:aws:s3:::key/1234abcd", ResourceKind::Generic),
        ("kms:Decrypt", "*", ResourceKind::Generic),
    ] {
        assert_eq!(ResourceKind::of(&action(name), resource), expected, "{name} {resource}");
        assert_eq!(Request::new(user(), action(name), resource).resource_kind, expected);
    }
}

#[test]
fn actions_are_equal_if_they_are_written_alike() {
    assert_eq!(action("s3:GetObject"), action("s3:GetObject"));
    for other in ["s3:PutObject", "s3:getobject", "s3express:GetObject"] {
        assert_ne!(Some(action("s3:GetObject")), Action::new(other), "{other}");
    }
}

/// Rule 4.4: the hash by which keys are sought is no secret, so that whoever chooses names of tags can choose two with one hash.
#[test]
fn keys_with_the_same_hash_are_different_keys() {
    const KEYS: [&str; 2] = ["aws:RequestTag/wy3iejm3i625g", "aws:RequestTag/o2tzhmetl4v5b"];
    let hashes = KEYS.map(iam_policy::FoldedHash::of);
    assert_eq!(hashes.first(), hashes.last());
    let tested = |key: &str| {
        identity(&format!(
            r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{"StringEquals": {{"{key}": "a"}}}}}}"#
        ))
    };
    let decided = |layers: &Layers, context: &Context| {
        let request = request(user()).with_context(context.clone());
        let decision = layers.decide(&request);
        assert_eq!(layers.compile().decide(&request), decision);
        assert_eq!(layers.explain(&request).decision, decision);
        decision
    };
    for (own, other) in [(KEYS[0], KEYS[1]), (KEYS[1], KEYS[0])] {
        let layers = tested(own);
        let alone = Context::new().with(other, one("a"));
        assert_eq!(alone.value(own), None);
        assert_eq!(decided(&layers, &alone), Decision::ImplicitDeny, "{own}");
        let both = alone.with(own, one("b"));
        assert_eq!(both.len(), 2);
        assert_eq!((both.value(own), both.value(other)), (Some(&one("b")), Some(&one("a"))));
        assert_eq!(decided(&layers, &both), Decision::ImplicitDeny, "{own}");
        assert_eq!(decided(&layers, &both.with(own, one("a"))), Decision::Allowed, "{own}");
        // Neither is a second spelling of the other one.
        let mut added = Context::new();
        added.add(other, one("a"));
        added.add(own, one("b"));
        assert!(added.iter().all(|(_, value)| matches!(value, ContextValue::Single(_))), "{added:?}");
    }
}

/// Part 8: a reading has one answer at each point, however often the point is named.
#[test]
fn a_point_that_is_named_twice_has_its_other_answer() {
    for point in Point::ALL {
        let reading = Reading::with_other([point, point]);
        assert_eq!(reading, Reading::with_other([point]), "{point}");
        assert_ne!(reading, Reading::FIRST, "{point}");
    }
    let all = Reading::with_other(Point::ALL.into_iter().chain(Point::ALL));
    assert_eq!(all.others().collect::<BTreeSet<_>>(), Point::ALL.into_iter().collect());
}
