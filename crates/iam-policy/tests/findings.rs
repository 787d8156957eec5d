//! When something is said about a statement that is read, and when nothing is.

use iam_policy::{Code, Limits, Mode, Policy, PolicyKind, Report, code};

use PolicyKind::{Identity, Resource, Trust, VpcEndpoint};

/// What is said about a policy with one statement of these members, in strict mode.
#[track_caller]
fn said(kind: PolicyKind, members: &str) -> Vec<Code> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": {{{members}}}}}"#);
    let read = Policy::parse(&text, kind, Mode::Strict, &Limits::default());
    let problems = read.map_or_else(Report::into_problems, |policy| policy.findings);
    problems.into_iter().map(|problem| problem.code).collect()
}

/// What is said about a statement of an identity policy with this condition.
fn tested(effect: &str, condition: &str) -> Vec<Code> {
    said(
        Identity,
        &format!(r#""Effect": "{effect}", "Action": "s3:*", "Resource": "*", "Condition": {condition}"#),
    )
}

/// What is said about a trust policy with this principal, these actions and this condition.
fn trusted(principal: &str, actions: &str, condition: &str) -> Vec<Code> {
    said(
        Trust,
        &format!(r#""Effect": "Allow", "Principal": {principal}, {actions}, "Condition": {condition}"#),
    )
}

/// Rule 1.27.
#[test]
fn a_test_keeps_other_accounts_out_if_it_fixes_whose_the_caller_is() {
    let flagged = |condition: &str| {
        let said = trusted(r#"{"AWS": "*"}"#, r#""Action": "sts:AssumeRole""#, condition);
        said.contains(&code::TRUST_POLICY_ADMITS_EVERY_ACCOUNT)
    };
    for condition in [
        r#"{"StringEquals": {"aws:PrincipalOrgID": "o-1"}}"#,
        r#"{"StringLike": {"aws:PrincipalAccount": ["1111*", "2*"]}}"#,
        r#"{"StringEquals": {"sts:ExternalId": "secret"}}"#,
        r#"{"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}}"#,
        r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}"#,
        r#"{"StringEquals": {"x:k": "a", "aws:PrincipalOrgID": "o-1"}}"#,
    ] {
        assert!(!flagged(condition), "{condition}");
    }
    for condition in [
        r#"{"StringLike": {"aws:PrincipalOrgID": "*-1"}}"#,
        r#"{"StringLike": {"aws:PrincipalOrgID": "?-1"}}"#,
        r#"{"StringLike": {"aws:PrincipalOrgID": ["o-1", "*"]}}"#,
        r#"{"StringEquals": {"aws:PrincipalOrgID": ""}}"#,
        r#"{"StringEquals": {"aws:PrincipalOrgID": "${aws:PrincipalTag/org}"}}"#,
        r#"{"StringEquals": {"aws:PrincipalOrgID": "o-${aws:PrincipalTag/org}"}}"#,
        r#"{"StringEquals": {"x:k": "o-1"}}"#,
        r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}"#,
        r#"{"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}"#,
        r#"{"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "::/0"]}}"#,
        r#"{"IpAddress": {"x:ip": "10.0.0.0/8"}}"#,
        r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/app"}}"#,
        r#"{"ArnLike": {"x:arn": "arn:aws:iam::111122223333:role/app"}}"#,
    ] {
        assert!(flagged(condition), "{condition}");
    }
}

/// Rule 1.25: IAM takes the number of the organization for a test only where it must be equal.
#[test]
fn the_number_of_an_organization_counts_if_it_is_compared_as_a_number() {
    let google = |condition: &str| {
        let action = r#""Action": "sts:AssumeRoleWithWebIdentity""#;
        trusted(r#"{"Federated": "accounts.google.com"}"#, action, condition)
    };
    let none: [Code; 0] = [];
    let key = "accounts.google.com:google/organization_number";
    assert_eq!(google(&format!(r#"{{"NumericEquals": {{"{key}": "1"}}}}"#)), none);
    for operator in ["NumericEqualsIfExists", "StringEquals", "NumericLessThan", "NumericNotEquals"] {
        let said = google(&format!(r#"{{"{operator}": {{"{key}": "1"}}}}"#));
        assert_eq!(said, [code::MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL], "{operator}");
    }
}

/// Rule 1.25: what IAM stores keeps other tenants out only if a test is false for them.
#[test]
fn a_test_that_other_tenants_pass_keeps_none_of_them_out() {
    let github = |condition: &str| {
        let provider =
            r#"{"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}"#;
        let condition = condition.replace("github:", "token.actions.githubusercontent.com:");
        trusted(provider, r#""Action": "sts:AssumeRoleWithWebIdentity""#, &condition)
    };
    let none: [Code; 0] = [];
    let all = r#""StringLike": {"github:sub": "?*"}"#;
    for (more, is_open) in [
        (r#""StringEquals": {"github:repository_owner_id": "1"}"#, false),
        (r#""NumericEquals": {"github:repository_owner_id": "1"}"#, false),
        (r#""StringEqualsIfExists": {"github:repository_owner_id": "1"}"#, true),
        (r#""StringNotEquals": {"github:repository_owner_id": "1"}"#, true),
        (r#""StringEquals": {"github:aud": "sts.amazonaws.com"}"#, true),
        (r#""StringEquals": {"other:repository_owner_id": "1"}"#, true),
    ] {
        let said = github(&format!("{{{all}, {more}}}"));
        let expected = if is_open { &[code::OIDC_CONDITION_ADMITS_EVERY_TENANT][..] } else { &none };
        assert_eq!(said, expected, "{more}");
    }
    // Under an operator without wildcards a star is a character, and no tenant has it in its name.
    let gitlab = r#"{"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"}"#;
    let exact = trusted(
        gitlab,
        r#""Action": "sts:AssumeRoleWithWebIdentity""#,
        r#"{"StringEquals": {"gitlab.com:sub": "**"}}"#,
    );
    assert_eq!(exact, [code::WILDCARD_WITHOUT_LIKE_OPERATOR]);
}

/// Rule 1.24: the provider must be able to authenticate the call.
#[test]
fn a_call_that_no_provider_of_the_statement_authenticates_is_told() {
    let none: [Code; 0] = [];
    let saml = "arn:aws:iam::111122223333:saml-provider";
    let oidc = "arn:aws:iam::111122223333:oidc-provider/idp.example.com";
    let web = r#""Action": "sts:AssumeRoleWithWebIdentity""#;
    let by_saml = r#""Action": "sts:AssumeRoleWithSAML""#;
    let mismatch = [code::MISMATCHED_ACTION_FOR_PRINCIPAL];
    let of = |providers: &str, actions: &str| {
        trusted(&format!(r#"{{"Federated": {providers}}}"#), actions, r#"{"StringEquals": {"x:k": "a"}}"#)
    };
    let two = format!(r#"["{saml}/one", "{saml}/two"]"#);
    let mixed = format!(r#"["{saml}/one", "{oidc}"]"#);
    assert_eq!(of(&two, web), mismatch);
    assert_eq!(of(&two, by_saml), none);
    assert_eq!(of(&format!(r#""{oidc}""#), by_saml), mismatch);
    assert_eq!(of(&mixed, web), none);
    assert_eq!(of(&mixed, by_saml), none);
    // What `NotAction` lists is what the statement is not about.
    assert_eq!(of(&two, r#""NotAction": "sts:AssumeRoleWithWebIdentity""#), none);
    // Other policies have no calls of providers.
    let other = format!(r#""Effect": "Deny", "Principal": {{"Federated": {two}}}, {web}, "Resource": "*""#);
    assert_eq!(said(Resource, &other), [code::FEDERATED_PRINCIPAL_NOT_SUPPORTED]);
}

/// Rule 1.24: IAM compares these names with case when it stores a trust policy.
#[test]
fn a_call_of_a_trust_policy_has_its_own_letter_case() {
    let of = |action: &str| {
        let members =
            format!(r#""Effect": "Allow", "Principal": {{"AWS": "111122223333"}}, "Action": "{action}""#);
        said(Trust, &members)
    };
    let none: [Code; 0] = [];
    for action in ["sts:AssumeRole", "sts:TagSession", "sts:getsessiontoken", "sts:Assume*"] {
        assert_eq!(of(action), none, "{action}");
    }
    for action in ["sts:assumerole", "sts:TAGSESSION", "STS:AssumeRole", "STS:GetSessionToken", "sts:*"] {
        assert_eq!(of(action), [code::UNSUPPORTED_ACTION_IN_TRUST_POLICY], "{action}");
    }
}

/// Rule 5.17: gateway endpoints are those of S3 and DynamoDB.
#[test]
fn accounts_in_endpoint_policies_are_told_where_a_gateway_reads_them_otherwise() {
    let flagged = |actions: &str| {
        let members = format!(
            r#""Effect": "Allow", "Principal": {{"AWS": "111122223333"}}, {actions}, "Resource": "*""#
        );
        said(VpcEndpoint, &members).contains(&code::PRINCIPAL_IN_GATEWAY_ENDPOINT_POLICY)
    };
    for actions in [
        r#""Action": "*""#,
        r#""Action": "s3:GetObject""#,
        r#""Action": ["sqs:SendMessage", "DynamoDB:GetItem"]"#,
        r#""Action": "s*:Get""#,
        r#""NotAction": "sqs:SendMessage""#,
    ] {
        assert!(flagged(actions), "{actions}");
    }
    for actions in [r#""Action": "sqs:SendMessage""#, r#""Action": ["s3express:*", "ec2:RunInstances"]"#] {
        assert!(!flagged(actions), "{actions}");
    }
}

/// Each mistake is told once, with the code that is about it.
#[test]
fn an_allow_with_not_principal_is_told_where_it_is_the_principal_element() {
    let nobody = r#""NotPrincipal": {"AWS": "111122223333"}"#;
    let rest = r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "*""#;
    assert_eq!(said(Resource, &format!("{nobody}, {rest}")), [code::ALLOW_WITH_NOT_PRINCIPAL]);
    assert_eq!(said(Identity, &format!("{nobody}, {rest}")), [code::UNSUPPORTED_PRINCIPAL]);
    let both = format!(r#""Principal": {{"AWS": "111122223333"}}, {nobody}, {rest}"#);
    assert_eq!(said(Resource, &both), [code::UNSUPPORTED_ELEMENT_COMBINATION]);
}

#[test]
fn one_operator_in_two_spellings_is_told() {
    let of = |one: &str, other: &str| {
        tested("Deny", &format!(r#"{{"{one}": {{"x:a": "1"}}, "{other}": {{"x:b": "2"}}}}"#))
    };
    let none: [Code; 0] = [];
    assert_eq!(of("StringEquals", "StringLike"), none);
    assert_eq!(
        of("StringEquals", "stringEquals"),
        [code::CONDITION_OPERATOR_CASE, code::DUPLICATE_KEYS_WITH_DIFFERENT_CASE]
    );
    assert_eq!(of("StringEquals", "StringEquals"), [code::DUPLICATE_JSON_KEY]);
}

/// AWS compares identifiers in endpoint policies as a whole.
#[test]
fn an_identifier_in_an_endpoint_policy_is_written_whole() {
    let of = |condition: &str| {
        let members = r#""Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*""#;
        said(VpcEndpoint, &format!(r#"{members}, "Condition": {condition}"#))
    };
    let none: [Code; 0] = [];
    assert_eq!(of(r#"{"StringLike": {"aws:SourceVpc": "vpc-1a"}}"#), none);
    assert_eq!(of(r#"{"StringEquals": {"aws:SourceVpc": "vpc-1a"}}"#), none);
    assert_eq!(of(r#"{"StringLike": {"x:k": "vpc-*"}}"#), none);
    let wildcard = of(r#"{"StringEquals": {"aws:SourceVpc": "vpc-*"}}"#);
    assert_eq!(wildcard, [code::WILDCARD_WITHOUT_LIKE_OPERATOR]);
    for condition in [
        r#"{"StringLike": {"aws:SourceVpc": ["vpc-1a", "vpc-*"]}}"#,
        r#"{"StringNotLike": {"AWS:sourcevpc": "vpc-?"}}"#,
        r#"{"NumericEquals": {"aws:SourceAccount": "111122223333"}}"#,
    ] {
        assert_eq!(of(condition), [code::IDENTIFIER_IN_ENDPOINT_POLICY], "{condition}");
    }
}

/// Rule 4.7: `ForAllValues` is true of a request without the key, so that an Allow must ask for the key by another test.
#[test]
fn an_allow_with_for_all_values_asks_for_its_key() {
    let of = |effect: &str, more: &str| {
        let said =
            tested(effect, &format!(r#"{{"ForAllValues:StringEquals": {{"aws:TagKeys": ["team"]}}{more}}}"#));
        said.contains(&code::FORALLVALUES_WITHOUT_NULL_CHECK)
    };
    assert!(of("Allow", ""));
    assert!(!of("Deny", ""));
    for more in [
        r#"{"Null": {"aws:TagKeys": "false"}}"#,
        r#"{"Null": {"AWS:tagkeys": "false"}}"#,
        r#"{"ForAnyValue:StringEquals": {"aws:TagKeys": "team"}}"#,
        r#"{"ForAnyValue:StringNotEquals": {"aws:TagKeys": "team"}}"#,
        // A request with a tag has the list of the keys of its tags.
        r#"{"StringEquals": {"aws:RequestTag/team": "shop"}}"#,
        r#"{"StringLike": {"AWS:requesttag/team": "s*"}}"#,
        r#"{"Null": {"aws:RequestTag/team": "false"}}"#,
    ] {
        assert!(!of("Allow", &more.replacen('{', ", ", 1).replace("}}", "}")), "{more}");
    }
    for more in [
        r#"{"Null": {"aws:TagKeys": "true"}}"#,
        r#"{"Null": {"aws:RequestTag/team": "true"}}"#,
        r#"{"ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": "team"}}"#,
        r#"{"ForAllValues:StringLike": {"aws:TagKeys": "team"}}"#,
        r#"{"StringNotEquals": {"aws:RequestTag/team": "shop"}}"#,
        r#"{"StringEqualsIfExists": {"aws:RequestTag/team": "shop"}}"#,
        r#"{"StringEquals": {"aws:ResourceTag/team": "shop"}}"#,
        r#"{"StringEquals": {"aws:userid": "a"}}"#,
    ] {
        assert!(of("Allow", &more.replacen('{', ", ", 1).replace("}}", "}")), "{more}");
    }
}
