//! Conditions that two statements have in common.

use iam_analysis::Fact;
use iam_eval::ContextValue;

use super::*;

/// What both conditions together are written as, with the first one in either of the statements.
fn both_ways(cases: &[(&str, &str, &str)]) {
    for (a, b, both) in cases {
        let wanted = [when(both)];
        assert_eq!(together(&when(a), &when(b)), wanted, "{a} {b}");
        assert_eq!(together(&when(b), &when(a)), wanted, "{b} {a}");
    }
}

#[test]
fn one_list_of_values_says_what_two_say() {
    both_ways(&[
        (
            r#""StringEquals":{"s3:k":["a","b"]}"#,
            r#""StringEquals":{"s3:k":["b","c"]}"#,
            r#""StringEquals":{"s3:k":"b"}"#,
        ),
        // The name of the operator, and the key in any case, tell which lists are about the same.
        (
            r#""stringequals":{"S3:k":"a"}"#,
            r#""StringEquals":{"S3:k":"a"}"#,
            r#""StringEquals":{"S3:k":"a"}"#,
        ),
        // A star under this operator is a star.
        (
            r#""StringEquals":{"s3:k":["a*","b"]}"#,
            r#""StringEquals":{"s3:k":["ab","b"]}"#,
            r#""StringEquals":{"s3:k":"b"}"#,
        ),
        (
            r#""StringLike":{"s3:k":"a*"}"#,
            r#""StringLike":{"s3:k":["ab*","c"]}"#,
            r#""StringLike":{"s3:k":"ab*"}"#,
        ),
        (r#""StringLike":{"s3:k":"a*"}"#, r#""StringLike":{"s3:k":"*b"}"#, r#""StringLike":{"s3:k":"a*b"}"#),
        (
            r#""ArnLike":{"aws:SourceArn":"arn:aws:sns:*:111122223333:*"}"#,
            r#""ArnLike":{"aws:SourceArn":"arn:aws:sns:eu-west-1:*:topic"}"#,
            r#""ArnLike":{"aws:SourceArn":"arn:aws:sns:eu-west-1:111122223333:topic"}"#,
        ),
        (
            r#""StringNotEquals":{"s3:k":["a","b"]}"#,
            r#""StringNotEquals":{"s3:k":["b","c"]}"#,
            r#""StringNotEquals":{"s3:k":["a","b","c"]}"#,
        ),
        (
            r#""NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#,
            r#""NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}"#,
            r#""NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","192.0.2.0/24"]}"#,
        ),
        (
            r#""Bool":{"aws:SecureTransport":["false","true"]}"#,
            r#""Bool":{"aws:SecureTransport":"true"}"#,
            r#""Bool":{"aws:SecureTransport":"true"}"#,
        ),
        (
            r#""ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}"#,
            r#""ForAllValues:StringEquals":{"aws:TagKeys":["b","c"]}"#,
            r#""ForAllValues:StringEquals":{"aws:TagKeys":"b"}"#,
        ),
        // A set without texts is still a set of which all values are listed.
        (
            r#""ForAllValues:StringEquals":{"aws:TagKeys":"a"}"#,
            r#""ForAllValues:StringEquals":{"aws:TagKeys":"b"}"#,
            r#""ForAllValues:StringEquals":{"aws:TagKeys":[]}"#,
        ),
        // Conditions on different keys stand beside each other.
        (
            r#""StringEquals":{"s3:a":"1"}"#,
            r#""StringEquals":{"s3:b":"2"}"#,
            r#""StringEquals":{"s3:a":"1","s3:b":"2"}"#,
        ),
        (
            r#""NumericLessThan":{"s3:max-keys":"10"}"#,
            r#""Bool":{"aws:SecureTransport":"true"}"#,
            r#""Bool":{"aws:SecureTransport":"true"},"NumericLessThan":{"s3:max-keys":"10"}"#,
        ),
    ]);
}

/// The value stands as it is written in the first of the statements.
#[test]
fn values_without_case_are_the_same_in_any_case() {
    let (a, b) = (
        when(r#""StringEqualsIgnoreCase":{"s3:k":["Alpha","beta"]}"#),
        when(r#""StringEqualsIgnoreCase":{"s3:k":["ALPHA","gamma"]}"#),
    );
    assert_eq!(together(&a, &b), [when(r#""StringEqualsIgnoreCase":{"s3:k":"Alpha"}"#)]);
    assert_eq!(together(&b, &a), [when(r#""StringEqualsIgnoreCase":{"s3:k":"ALPHA"}"#)]);
}

#[test]
fn of_two_ranges_of_addresses_the_narrower_stays() {
    both_ways(&[
        (
            r#""IpAddress":{"aws:SourceIp":["10.0.0.0/8","2001:db8::/32"]}"#,
            r#""IpAddress":{"aws:SourceIp":["10.1.0.0/16","192.168.0.0/16"]}"#,
            r#""IpAddress":{"aws:SourceIp":"10.1.0.0/16"}"#,
        ),
        // Ranges of one length are equal, or have no address in common.
        (
            r#""IpAddress":{"aws:SourceIp":["10.1.0.0/16","10.2.0.0/16"]}"#,
            r#""IpAddress":{"aws:SourceIp":["10.2.0.0/16","10.3.0.0/16"]}"#,
            r#""IpAddress":{"aws:SourceIp":"10.2.0.0/16"}"#,
        ),
        (
            r#""IpAddress":{"aws:SourceIp":["10.0.0.0/8","172.16.0.0/12"]}"#,
            r#""IpAddress":{"aws:SourceIp":["10.1.2.3","172.0.0.0/8"]}"#,
            r#""IpAddress":{"aws:SourceIp":["10.1.2.3","172.16.0.0/12"]}"#,
        ),
    ]);
}

#[test]
fn conditions_that_exclude_each_other_allow_nothing() {
    for (a, b) in [
        (r#""StringEquals":{"s3:k":"a"}"#, r#""StringEquals":{"s3:k":"b"}"#),
        (r#""StringLike":{"s3:k":"a*"}"#, r#""StringLike":{"s3:k":"b*"}"#),
        (r#""StringEqualsIgnoreCase":{"s3:k":"a"}"#, r#""StringEqualsIgnoreCase":{"s3:k":"b"}"#),
        (r#""Bool":{"aws:SecureTransport":"true"}"#, r#""Bool":{"aws:SecureTransport":"false"}"#),
        (r#""Null":{"s3:k":"true"}"#, r#""Null":{"s3:k":"false"}"#),
        (r#""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#, r#""IpAddress":{"aws:SourceIp":"192.168.0.0/16"}"#),
        (r#""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#, r#""IpAddress":{"aws:SourceIp":"2001:db8::/32"}"#),
    ] {
        assert_eq!(together(&when(a), &when(b)), [NOTHING], "{a} {b}");
        assert_eq!(together(&when(b), &when(a)), [NOTHING], "{b} {a}");
    }
}

/// Two values for a key that need not be there: it must not be there.
#[test]
fn only_requests_without_the_key_satisfy_both() {
    let (a, b) = (r#""StringEqualsIfExists":{"s3:k":"a"}"#, r#""StringEqualsIfExists":{"s3:k":"b"}"#);
    let absent = r#""Null":{"s3:k":"true"}"#;
    both_ways(&[
        (a, b, absent),
        (&format!("{a},{absent}"), b, absent),
        (a, &format!("{b},{absent}"), absent),
    ]);
    let present = format!(r#"{a},"Null":{{"s3:k":"false"}}"#);
    assert_eq!(together(&when(&present), &when(b)), [NOTHING]);
    assert_eq!(together(&when(b), &when(&present)), [NOTHING]);
}

/// A second test of a key stands in the statement under another operator that means the same.
#[test]
fn two_tests_of_a_key_are_written_with_two_operators() {
    for (a, b, both) in [
        (
            r#""StringEquals":{"s3:k":"${aws:username}"}"#,
            r#""StringEquals":{"s3:k":"x"}"#,
            r#""StringEquals":{"s3:k":"${aws:username}"},"StringLike":{"s3:k":"x"}"#,
        ),
        (
            r#""StringEquals":{"s3:k":"x"}"#,
            r#""StringEquals":{"s3:k":"${aws:username}"}"#,
            r#""StringEquals":{"s3:k":"x"},"StringLike":{"s3:k":"${aws:username}"}"#,
        ),
        (
            r#""StringLike":{"s3:k":"${aws:username}/*"}"#,
            r#""StringLike":{"s3:k":"x/y"}"#,
            r#""StringEquals":{"s3:k":"x/y"},"StringLike":{"s3:k":"${aws:username}/*"}"#,
        ),
        (
            r#""ForAnyValue:StringEquals":{"aws:TagKeys":"a"}"#,
            r#""ForAnyValue:StringEquals":{"aws:TagKeys":"b"}"#,
            r#""ForAnyValue:StringEquals":{"aws:TagKeys":"a"},"ForAnyValue:StringLike":{"aws:TagKeys":"b"}"#,
        ),
        (
            r#""ForAnyValue:StringNotLike":{"aws:TagKeys":"a*"}"#,
            r#""ForAnyValue:StringNotLike":{"aws:TagKeys":"b"}"#,
            r#""ForAnyValue:StringNotEquals":{"aws:TagKeys":"b"},"ForAnyValue:StringNotLike":{"aws:TagKeys":"a*"}"#,
        ),
        (
            r#""ArnEquals":{"aws:SourceArn":"arn:aws:sns:*:*:${aws:username}"}"#,
            r#""ArnEquals":{"aws:SourceArn":"arn:aws:sns:*:*:x*"}"#,
            r#""ArnEquals":{"aws:SourceArn":"arn:aws:sns:*:*:${aws:username}"},"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:x*"}"#,
        ),
        // The other operator is there already, with the same values.
        (
            r#""StringEquals":{"s3:k":"${aws:username}"},"StringLike":{"s3:k":"x"}"#,
            r#""StringEquals":{"s3:k":"x"}"#,
            r#""StringEquals":{"s3:k":"${aws:username}"},"StringLike":{"s3:k":"x"}"#,
        ),
    ] {
        assert_eq!(together(&when(a), &when(b)), [when(both)], "{a} {b}");
    }
}

/// What is a plain character under the one operator stays so under the other one.
#[test]
fn stars_of_plain_texts_are_escaped_where_they_are_wildcards() {
    let plain = [
        ("a*", "a${*}"),
        ("a$*", "a$${*}"),
        ("q?", "q${?}"),
        ("x${*}y*", "x${*}y${*}"),
        ("{*}", "{${*}}"),
        ("${aws:userid, 'n*'}*", "${aws:userid, 'n*'}${*}"),
    ];
    for (written, escaped) in plain {
        let (a, b) = (
            when(r#""StringEquals":{"s3:k":"${aws:username}"}"#),
            when(&format!(r#""StringEquals":{{"s3:k":"{written}"}}"#)),
        );
        let both = when(&format!(
            r#""StringEquals":{{"s3:k":"${{aws:username}}"}},"StringLike":{{"s3:k":"{escaped}"}}"#
        ));
        assert_eq!(openly(&Space::new(), &layers(&[a], &[b])), [both], "{written}");
    }
    // With a value for the variable it is proven.
    let mut space = Space::new();
    space.set_fact("aws:username", Fact::Value(ContextValue::single("x*y*")));
    let (a, b) = (
        when(r#""StringEquals":{"s3:k":"${aws:username}"}"#),
        when(r#""StringEquals":{"s3:k":["x${*}y*","x*yz"]}"#),
    );
    let both = when(r#""StringEquals":{"s3:k":"x*y*"},"StringLike":{"s3:k":["x${*}y${*}","x${*}yz"]}"#);
    assert_eq!(exactly(&space, &layers(&[a], &[b])), [both]);
}

#[test]
fn tests_of_a_key_that_no_statement_can_say_are_left_out() {
    let (two, three) = (
        "two conditions on a key cannot stand in one statement",
        "three conditions on a key cannot stand in one statement",
    );
    for (a, b, why) in [
        (r#""NumericLessThan":{"s3:max-keys":"10"}"#, r#""NumericLessThan":{"s3:max-keys":"5"}"#, two),
        // Whether these are the same letter is open.
        (r#""StringEqualsIgnoreCase":{"s3:k":"é"}"#, r#""StringEqualsIgnoreCase":{"s3:k":"É"}"#, two),
        (r#""StringLike":{"s3:k":"${aws:username}*"}"#, r#""StringLike":{"s3:k":"x*"}"#, two),
        (
            r#""StringEquals":{"s3:k":"${aws:username}"},"StringLike":{"s3:k":["x","y"]}"#,
            r#""StringEquals":{"s3:k":"x"}"#,
            three,
        ),
    ] {
        let (effective, told) = less_than_both(&when(a), &when(b));
        assert_eq!(texts(&effective.policy), [NOTHING], "{a} {b}");
        assert_eq!(told, [format!("identity 1.1, boundary 1.1: {why}")], "{a} {b}");
    }
}
