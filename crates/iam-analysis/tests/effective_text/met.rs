//! Actions and resources that two statements have in common.

use super::*;

#[test]
fn actions_of_both_are_written_as_one_list() {
    for (a, b, both) in [
        // As written, in the case in which they are written.
        (r#""Action":"s3:*""#, r#""Action":"s3:GetObject""#, r#""Action":"s3:GetObject""#),
        (r#""Action":"*""#, r#""Action":"s3:GetObject""#, r#""Action":"s3:GetObject""#),
        (r#""Action":"*""#, r#""Action":"*""#, r#""Action":"*""#),
        // What two patterns have in common is a pattern of its own.
        (r#""Action":"s3:Get*""#, r#""Action":"s3:*Acl""#, r#""Action":"s3:get*acl""#),
        // No action has a second colon.
        (r#""Action":"s3:*""#, r#""Action":"*:Get*""#, r#""Action":"s3:get*""#),
        (r#""NotAction":"iam:*""#, r#""Action":"*""#, r#""NotAction":"iam:*""#),
        (r#""NotAction":"iam:*""#, r#""NotAction":"iam:*""#, r#""NotAction":"iam:*""#),
        (
            r#""NotAction":["iam:*","sts:*"]"#,
            r#""NotAction":["s3:*","sts:*"]"#,
            r#""NotAction":["iam:*","s3:*","sts:*"]"#,
        ),
        // Patterns that are excluded as a whole, or not at all.
        (r#""Action":["iam:Get*","s3:Get*"]"#, r#""NotAction":"iam:*""#, r#""Action":"s3:Get*""#),
        (r#""Action":"s3:Get*""#, r#""NotAction":["ec2:*","iam:*"]"#, r#""Action":"s3:Get*""#),
    ] {
        let wanted = [act(both)];
        assert_eq!(together(&act(a), &act(b)), wanted, "{a} {b}");
        assert_eq!(together(&act(b), &act(a)), wanted, "{b} {a}");
    }
}

#[test]
fn actions_without_a_common_one_allow_nothing() {
    for (a, b) in
        [(r#""Action":"s3:*""#, r#""Action":"ec2:*""#), (r#""Action":"iam:Get*""#, r#""NotAction":"iam:*""#)]
    {
        assert_eq!(together(&act(a), &act(b)), [NOTHING], "{a} {b}");
        assert_eq!(together(&act(b), &act(a)), [NOTHING], "{b} {a}");
    }
}

#[test]
fn resources_of_both_are_written_as_one_list() {
    for (a, b, both) in [
        (
            r#""Resource":"arn:aws:s3:::a*""#,
            r#""Resource":"arn:aws:s3:::*b""#,
            r#""Resource":"arn:aws:s3:::a*b""#,
        ),
        // Stars that stand for themselves stay so.
        (
            r#""Resource":"arn:aws:s3:::a${*}*""#,
            r#""Resource":"arn:aws:s3:::*b""#,
            r#""Resource":"arn:aws:s3:::a${*}*b""#,
        ),
        (
            r#""Resource":"arn:aws:s3:::a?/*""#,
            r#""Resource":"arn:aws:s3:::*b""#,
            r#""Resource":"arn:aws:s3:::a?/*b""#,
        ),
        (
            r#""Resource":["arn:aws:s3:::a/*","arn:aws:s3:::b/*"]"#,
            r#""NotResource":"arn:aws:s3:::b/*""#,
            r#""Resource":"arn:aws:s3:::a/*""#,
        ),
        (
            r#""NotResource":"arn:aws:s3:::secret/*""#,
            r#""Resource":"*""#,
            r#""NotResource":"arn:aws:s3:::secret/*""#,
        ),
        // Whatever the variable is, the wider pattern has it.
        (
            r#""Resource":"arn:aws:s3:::home/${aws:username}/*""#,
            r#""Resource":"arn:aws:s3:::home/*""#,
            r#""Resource":"arn:aws:s3:::home/${aws:username}/*""#,
        ),
    ] {
        let wanted = [on(both)];
        assert_eq!(together(&on(a), &on(b)), wanted, "{a} {b}");
        assert_eq!(together(&on(b), &on(a)), wanted, "{b} {a}");
    }
}

/// A variable has the same value in both.
#[test]
fn patterns_with_the_same_variable_are_the_same() {
    let home = on(r#""Resource":"arn:aws:s3:::home/${aws:username}/*""#);
    let more = on(r#""Resource":["arn:aws:s3:::home/${aws:username}/*","arn:aws:s3:::other/*"]"#);
    for (a, b) in [(&home, &more), (&more, &home)] {
        let own = layers(std::slice::from_ref(a), std::slice::from_ref(b));
        assert_eq!(openly(&Space::new(), &own), std::slice::from_ref(&home), "{a} {b}");
    }
}

/// A policy that allows less says which statements it leaves out, and why.
#[test]
fn what_one_statement_cannot_say_is_left_out() {
    for (a, b, why) in [
        (
            act(r#""Action":"s3:Get*""#),
            act(r#""NotAction":"s3:GetObject""#),
            "a part of a pattern is excluded by NotAction or NotResource",
        ),
        (
            on(r#""Resource":"arn:aws:s3:::*""#),
            on(r#""NotResource":"arn:aws:s3:::secret/*""#),
            "a part of a pattern is excluded by NotAction or NotResource",
        ),
        (
            on(r#""Resource":"arn:aws:s3:::home/${aws:username}/*""#),
            on(r#""Resource":"arn:aws:s3:::home/*/public""#),
            "patterns with policy variables overlap",
        ),
        (
            on(r#""Resource":"arn:aws:s3:::home/*""#),
            on(r#""NotResource":"arn:aws:s3:::home/${aws:username}/*""#),
            "a NotResource with policy variables limits the other statement by more than its resources",
        ),
    ] {
        for (a, b) in [(&a, &b), (&b, &a)] {
            let (effective, told) = less_than_both(a, b);
            assert_eq!(texts(&effective.policy), [NOTHING], "{a} {b}");
            assert_eq!(told, [format!("identity 1.1, boundary 1.1: {why}")], "{a} {b}");
        }
    }
}

#[test]
fn nothing_is_left_out_that_another_statement_allows() {
    let identity = [act(r#""Action":"s3:Get*""#)];
    let boundary = [act(r#""NotAction":"s3:GetObject""#), act(r#""Action":"s3:Get*""#)];
    assert_eq!(exactly(&Space::new(), &layers(&identity, &boundary)), [act(r#""Action":"s3:Get*""#)]);
}

#[test]
fn statements_that_allow_nothing_are_told_and_no_others() {
    let identity = [
        act(r#""Action":"s3:Get*""#),
        act(r#""Action":"sqs:*""#),
        act(r#""Action":["s3:PutObject"]"#),
        deny(r#""Action":"s3:Put*","Resource":"*""#),
    ];
    let boundary = [act(r#""Action":"s3:*""#), act(r#""Action":"ec2:*""#)];
    let effective = Analysis::effective(&Space::new(), &layers(&identity, &boundary)).unwrap();
    assert_eq!(texts(&effective.policy), [act(r#""Action":"s3:Get*""#)]);
    assert!(effective.is_exact());
    let told: Vec<String> = effective.dead.iter().map(dead).collect();
    assert_eq!(told, ["identity 1.2 by ", "identity 1.3 by identity 1.4", "boundary 1.2 by "]);
}

/// Each layer has to allow.
#[test]
fn three_layers_become_one_statement() {
    let mut own = layers(
        &[allow(r#""Action":"s3:*","Resource":"arn:aws:s3:::a/*""#)],
        &[when(r#""Bool":{"aws:SecureTransport":"true"}"#)],
    );
    own.scope = Some(vec![vec![policy(&[when(r#""StringEquals":{"aws:RequestedRegion":"eu-west-1"}"#)])]]);
    assert_eq!(
        exactly(&Space::new(), &own),
        [allow(
            r#""Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*","Condition":{"Bool":{"aws:SecureTransport":"true"},"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}"#
        )]
    );
}
