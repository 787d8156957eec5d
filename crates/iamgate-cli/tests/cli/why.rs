//! `iamgate why`.

use serde_json::Value;

use super::run::{exits, output, scratch, stderr, stdout, with_stdin};

const ROLE: &str = "../../../../../policies/doit/support-gateway";
const WHO: &str = "arn:aws:sts::123456789012:assumed-role/DoiT-Support-Gateway/ana";

/// A message about a session of the role.
fn user(rest: &str) -> String {
    format!("User: {WHO} is not authorized to perform: {rest}")
}

/// The answer to a message as JSON. The program must end with this exit code.
#[track_caller]
fn json(message: &str, more: &[&str], code: i32) -> Value {
    let words = [&["why", ROLE, "--message", "-", "--format", "json"][..], more].concat();
    serde_json::from_str(&stdout(&exits(with_stdin(&words, message.as_bytes()), code))).unwrap()
}

/// The answer to a message for people. The word of AWS must come first.
#[track_caller]
fn text(message: &str, more: &[&str], code: i32) -> String {
    let words = [&["why", ROLE, "--message", "-"][..], more].concat();
    let text = stdout(&exits(with_stdin(&words, message.as_bytes()), code));
    assert!(text.starts_with("denied by AWS: "), "{text}");
    text
}

#[test]
fn documents_agree_contradict_or_cannot_know() {
    for (message, standing, says, code) in [
        (user("s3:PutObject on resource: \"arn:aws:s3:::payroll/x\" because no session policy allows the s3:PutObject action"), "agree", "the profile `standard`", 0),
        (user("iam:ListRoles on resource: arn:aws:iam::123456789012:role/* with an explicit deny in a service control policy: arn:aws:organizations::987654321098:policy/o-abcdefghij/service_control_policy/p-abcdefgh"), "cannot-know", "p-abcdefgh", 3),
        (user("ec2:CreateVpcEndpoint on resource: arn:aws:ec2:eu-west-2:123456789012:vpc-endpoint/* because no identity-based policy allows the vpce:AllowMultiRegion action"), "agree", "the identity policies do not allow it", 0),
        (user("s3:GetObject on resource: \"arn:aws:s3:::payroll/x\" with an explicit deny in a resource-based policy"), "cannot-know", "--resource-policy", 3),
        (user("s3:GetObject on resource: \"arn:aws:s3:::payroll/x\" because no VPC endpoint policy allows the s3:GetObject action"), "cannot-know", "VPC endpoint", 3),
        (user("sqs:ListQueues because no permissions boundary allows the sqs:ListQueues action"), "contradict", "has no permissions boundary", 1),
        (user("sts:AssumeRole on resource: arn:aws:iam::123456789012:role/other because no role trust policy allows the sts:AssumeRole action"), "cannot-know", "trust policy", 3),
        (user("kms:Decrypt on the resource associated with this ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access"), "cannot-know", "the policy of the key decides", 3),
        (user("sts:AssumeRole on resource: arn:aws:iam::210987654321:role/cross"), "agree", "denied", 0),
        ("Not authorized to perform sts:AssumeRoleWithWebIdentity".to_owned(), "cannot-know", "`aws:RequestTag/DoitEnvironment`", 3),
        ("Not authorized to perform sts:AssumeRoleWithSAML".to_owned(), "agree", "names no identity provider of that kind", 0),
        ("User: arn:aws:sts::999988887777:assumed-role/Other/bob is not authorized to perform: s3:GetObject".to_owned(), "not-asked", "the message is about", 0),
        ("User: arn:aws:sts::999988887777:assumed-role/DoiT-Support-Gateway/ana is not authorized to perform: s3:GetObject".to_owned(), "not-asked", "the message is about", 0),
        ("User: arn:aws:iam::123456789012:user/DoiT-Support-Gateway is not authorized to perform: s3:GetObject".to_owned(), "not-asked", "the message is about", 0),
    ] {
        let answer = json(&message, &[], code);
        let documents = &answer["messages"][0]["documents"];
        assert_eq!(documents["standing"], standing, "{message}: {documents}");
        assert!(documents["says"].as_str().unwrap().contains(says), "{message}: {documents}");
        text(&message, &[], code);
    }
}

/// What the documents of a role with this trust policy say to a message that `who` got no session of it.
#[track_caller]
fn of_trust(statement: &str, who: &str, rest: &str, code: i32) -> (String, String, Value) {
    let message = format!(
        "User: {who} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/r{rest}"
    );
    of_trust_message(statement, &message, code)
}

/// What the documents of a role with this trust policy say to a message.
#[track_caller]
fn of_trust_message(statement: &str, message: &str, code: i32) -> (String, String, Value) {
    const OWN: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]}"#;
    let trust = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
    let dump = format!(
        r#"{{"RoleDetailList": [{{"RoleName": "r", "Path": "/", "Arn": "arn:aws:iam::123456789012:role/r", "AssumeRolePolicyDocument": {trust}, "RolePolicyList": [{{"PolicyName": "p", "PolicyDocument": {OWN}}}]}}], "Policies": []}}"#
    );
    let name = format!("why-{}.json", std::thread::current().name().unwrap_or_default().replace(':', "-"));
    let file = scratch(&name, dump.as_bytes());
    let words = ["why", file.to_str().unwrap(), "--role", "r", "--message", "-", "--format", "json"];
    let answer: Value =
        serde_json::from_str(&stdout(&exits(with_stdin(&words, message.as_bytes()), code))).unwrap();
    let documents = &answer["messages"][0]["documents"];
    let text = |name: &str| documents[name].as_str().unwrap().to_owned();
    (text("standing"), text("says"), documents["notes"].clone())
}

#[test]
fn a_caller_who_got_no_session_is_held_against_the_trust_policy() {
    const USER: &str = "arn:aws:iam::123456789012:user/ops/bob";
    const NO_TRUST: &str = " because no role trust policy allows the sts:AssumeRole action";
    let allow = |who: &str, more: &str| {
        format!(r#"{{"Effect": "Allow", "Principal": {{"AWS": "{who}"}}, "Action": "sts:AssumeRole"{more}}}"#)
    };
    let mfa = r#", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#;
    let deny = r#"{"Effect": "Deny", "Principal": "*", "Action": "sts:*"}"#;
    for (statement, rest, standing, says, code) in [
        // Somebody else is trusted.
        (allow("arn:aws:iam::123456789012:user/ana", ""), "", "agree", "nearest is statement 1", 0),
        (allow("arn:aws:iam::123456789012:user/ana", ""), NO_TRUST, "agree", "does not allow it", 0),
        // The caller is trusted.
        (allow(USER, ""), NO_TRUST, "contradict", "statement 1", 1),
        (allow(USER, ""), "", "cannot-know", "in one account that is enough", 3),
        (allow("123456789012", ""), "", "cannot-know", "policies of the caller", 3),
        (
            allow(USER, ""),
            " because no identity-based policy allows the sts:AssumeRole action",
            "cannot-know",
            "not among the role's",
            3,
        ),
        // The caller is trusted under a condition.
        (allow(USER, mfa), "", "cannot-know", "aws:MultiFactorAuthPresent", 3),
        (allow(USER, mfa), NO_TRUST, "cannot-know", "aws:MultiFactorAuthPresent", 3),
        // A Deny.
        (
            format!("{}, {deny}", allow(USER, "")),
            " with an explicit deny in a role trust policy",
            "agree",
            "statement 2",
            0,
        ),
        (allow(USER, ""), " with an explicit deny in a role trust policy", "contradict", "no statement", 1),
    ] {
        let (standing_found, found, _) = of_trust(&statement, USER, rest, code);
        assert_eq!(standing_found, standing, "{statement} {rest}: {found}");
        assert!(found.contains(says), "{statement} {rest}: {found}");
    }
    // The ARN of a session has no path; the trust policy tells it.
    let session = "arn:aws:sts::999988887777:assumed-role/deploy/ci";
    let (standing, says, notes) =
        of_trust(&allow("arn:aws:iam::999988887777:role/ci/deploy", ""), session, NO_TRUST, 1);
    assert_eq!(standing, "contradict", "{says}");
    assert!(notes.to_string().contains("that of the trust policy was asked about"), "{notes}");
}

#[test]
fn a_message_about_one_of_several_callers_is_answered_for_each() {
    let token = |statements: &str, layer: &str, code: i32| {
        let said = of_trust_message(
            statements,
            &format!("Not authorized to perform sts:AssumeRoleWithWebIdentity{layer}"),
            code,
        );
        (said.0, said.1)
    };
    let of = |provider: &str, action: &str| {
        format!(
            r#"{{"Effect": "Allow", "Principal": {{"Federated": "arn:aws:iam::123456789012:oidc-provider/{provider}"}}, "Action": "{action}"}}"#
        )
    };
    // Tokens of the one get in, tokens of the other do not: whose it was is not said.
    let two = format!(
        "{}, {}",
        of("a.example.org", "sts:AssumeRoleWithWebIdentity"),
        of("b.example.org", "sts:TagSession")
    );
    let (standing, says) = token(&two, " because no role trust policy allows the action", 3);
    assert_eq!(standing, "cannot-know", "{says}");
    assert!(says.contains("a.example.org") && says.contains("b.example.org"), "{says}");
    // Nobody is named, and then everyone.
    let user = r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}"#;
    assert_eq!(token(user, "", 0).0, "agree");
    let everyone = r#"{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRoleWithWebIdentity"}"#;
    let (standing, says) = token(&format!("{user}, {everyone}"), "", 3);
    assert!(standing == "cannot-know" && says.contains("everyone"), "{says}");
}

#[test]
fn what_is_not_known_of_a_caller_is_in_question() {
    let entry = |who: &str, more: &str| {
        format!(r#"{{"Effect": "Allow", "Principal": {{"AWS": "{who}"}}, "Action": "sts:AssumeRole"{more}}}"#)
    };
    // The path of a session's role stands in no message.
    let by_arn = |arn: &str| format!(r#", "Condition": {{"ArnLike": {{"aws:PrincipalArn": "{arn}"}}}}"#);
    let session = "arn:aws:sts::999988887777:assumed-role/deploy/ci";
    let statement = entry("999988887777", &by_arn("arn:aws:iam::999988887777:role/team/*"));
    let (standing, says, _) = of_trust(&statement, session, "", 3);
    assert!(standing == "cannot-know" && says.contains("`aws:PrincipalArn`"), "{standing}: {says}");
    // A user's ARN has the path.
    let user = "arn:aws:iam::999988887777:user/ops/bob";
    let statement = entry("999988887777", &by_arn("arn:aws:iam::999988887777:user/team/*"));
    assert_eq!(of_trust(&statement, user, "", 0).0, "agree");
    // Keys are named where the account is trusted, too.
    let mfa = r#", "Condition": {"StringEquals": {"sts:ExternalId": "x"}}"#;
    let (standing, says, _) =
        of_trust(&entry("123456789012", mfa), "arn:aws:iam::123456789012:user/bob", "", 3);
    assert!(standing == "cannot-know" && says.contains("`sts:ExternalId`"), "{says}");
}

#[test]
fn an_event_of_sts_is_about_the_role_that_it_asked_for() {
    let event = |role: &str| {
        format!(
            r#"{{"eventVersion": "1.08", "eventSource": "sts.amazonaws.com", "eventName": "AssumeRoleWithWebIdentity", "errorCode": "AccessDenied",
               "errorMessage": "An unknown error occurred", "requestParameters": {{"roleArn": "arn:aws:iam::123456789012:role/{role}"}}}}"#
        )
    };
    let of = |role: &str, code: i32| json(&event(role), &[], code)["messages"][0]["documents"].clone();
    let own = of("DoiT-Support-Gateway", 3);
    assert_eq!(own["standing"], "cannot-know", "{own}");
    assert!(!own["notes"].to_string().contains("does not say for which role"), "{own}");
    let other = of("other", 0);
    assert_eq!(other["standing"], "not-asked", "{other}");
    assert!(other["says"].as_str().unwrap().contains("role/other"), "{other}");
}

#[test]
fn a_trust_policy_that_is_given_goes_before_that_of_the_role() {
    let who = "arn:aws:iam::123456789012:user/bob";
    let trust = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Principal": {{"AWS": "{who}"}}, "Action": "sts:AssumeRole"}}}}"#
    );
    let given = scratch("why-given-trust.json", trust.as_bytes());
    let message = format!(
        "User: {who} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/DoiT-Support-Gateway because no role trust policy allows the sts:AssumeRole action"
    );
    assert_eq!(json(&message, &[], 0)["messages"][0]["documents"]["standing"], "agree");
    let more = ["--resource-policy", given.to_str().unwrap()];
    assert_eq!(json(&message, &more, 1)["messages"][0]["documents"]["standing"], "contradict");
}

#[test]
fn the_missing_action_is_asked_about() {
    let message = user(
        "ec2:CreateVpcEndpoint on resource: arn:aws:ec2:eu-west-2:123456789012:vpc-endpoint/* because no identity-based policy allows the vpce:AllowMultiRegion action",
    );
    let answer = json(&message, &[], 0);
    let own = &answer["messages"][0];
    assert_eq!(
        (&own["action"], &own["asked"]),
        (&"vpce:AllowMultiRegion".into(), &"ec2:CreateVpcEndpoint".into())
    );
    assert_eq!(own["documents"]["request"]["action"], "vpce:AllowMultiRegion");
    // Names are written as the catalogue has them.
    let answer = json(&user("SNS:listtopics on resource: arn:aws:sns:us-east-1:123456789012:* because no session policy allows the SNS:listtopics action").replace("session policy", "VPC endpoint policy"), &[], 3);
    assert_eq!(answer["messages"][0]["action"], "sns:ListTopics");
}

#[test]
fn a_resource_policy_that_is_given_is_asked() {
    let policy = r#"{"Version": "2012-10-17", "Statement": [
        {"Sid": "NotThem", "Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::123456789012:role/DoiT-Support-Gateway"}, "Action": "s3:*", "Resource": "*"},
        {"Sid": "Role", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/DoiT-Support-Gateway"}, "Action": "s3:PutObject", "Resource": "*"}]}"#;
    let path = scratch("why-bucket.json", policy.as_bytes());
    let more = ["--resource-policy", path.to_str().unwrap()];
    let message = user(
        "s3:PutObject on resource: \"arn:aws:s3:::payroll/x\" with an explicit deny in a resource-based policy",
    );
    let answer = json(&message, &more, 0);
    let documents = &answer["messages"][0]["documents"];
    assert_eq!(documents["standing"], "agree", "{documents}");
    assert!(documents["says"].as_str().unwrap().contains("`NotThem`"), "{documents}");
    assert!(documents["notes"].to_string().contains("does not name the session"), "{documents}");
    // The role is named, and a session policy stands in the way.
    let message = user(
        "s3:PutObject on resource: \"arn:aws:s3:::payroll/x\" because no session policy allows the s3:PutObject action",
    );
    let answer = json(&message, &more, 0);
    let notes = answer["messages"][0]["documents"]["notes"].to_string();
    assert!(notes.contains("name the session's ARN") && notes.contains(WHO), "{notes}");
}

#[test]
fn what_leads_to_more_is_told_and_no_secret_is_repeated() {
    let secret = "AbCdEfGhIjKlMnOp".repeat(40);
    let message = format!(
        "You are not authorized to perform this operation. {}. Encoded authorization failure message: {secret}",
        user(
            "ec2:RunInstances on resource: arn:aws:ec2:eu-west-1:123456789012:instance/* with an explicit deny in a service control policy: p-abcdefgh"
        )
    );
    let said = text(&message, &[], 3);
    assert!(said.contains("aws sts decode-authorization-message --encoded-message ..."), "{said}");
    assert!(said.contains("aws organizations describe-policy --policy-id p-abcdefgh"), "{said}");
    assert!(!said.contains(&secret) && !json(&message, &[], 3).to_string().contains(&secret));
    let said = text(
        &user("iam:CreateUser with an explicit deny in a service control policy. Authorization ID: abc123"),
        &[],
        3,
    );
    assert!(said.contains("get-request-authorization-details --authorization-id abc123"), "{said}");
}

#[test]
fn a_message_is_a_text_a_file_or_standard_input() {
    let message = user("sqs:ListQueues because no permissions boundary allows the sqs:ListQueues action");
    let as_text = stdout(&exits(output(&["why", "--message", &message]), 0));
    assert!(
        as_text.contains("no permissions boundary allows sqs:ListQueues")
            && as_text.contains("name the role"),
        "{as_text}"
    );
    let path = scratch("why-message.txt", message.as_bytes());
    assert_eq!(stdout(&exits(output(&["why", "--message", path.to_str().unwrap()]), 0)), as_text);
    assert_eq!(stdout(&exits(with_stdin(&["why", "--message", "-"], message.as_bytes()), 0)), as_text);
    for (given, code) in [("no such file", "NO_ACCESS_DENIED_MESSAGE"), ("no-such-file", "FILE_NOT_FOUND")] {
        let refused = stderr(&exits(output(&["why", "--message", given]), 2));
        assert!(refused.contains(code), "{given}: {refused}");
    }
    let refused = stderr(&exits(with_stdin(&["why", "--message", "-"], b"all is well"), 2));
    assert!(refused.contains("NO_ACCESS_DENIED_MESSAGE"), "{refused}");
    exits(output(&["why", ROLE]), 2);
}

#[test]
fn equal_messages_are_one() {
    let one = user("sqs:ListQueues because no permissions boundary allows the sqs:ListQueues action");
    let event = |id: &str| {
        serde_json::json!({"eventSource": "sqs.amazonaws.com", "eventName": "ListQueues", "errorCode": "AccessDenied", "errorMessage": one, "requestID": id}).to_string()
    };
    let answer = json(&format!("{}\n{}\n", event("1"), event("2")), &[], 1);
    assert_eq!(answer["messages"].as_array().unwrap().len(), 1);
    assert_eq!(answer["messages"][0]["times"], 2);
}

#[test]
fn what_aws_told_of_the_request_is_known() {
    let details = |value: &str| {
        format!(
            r#"{{"requestContext": {{"aws:PrincipalArn": "arn:aws:iam::123456789012:role/DoiT-Support-Gateway"}}, "evaluations": [{{"action": "ec2:DescribeRegions",
        "resource": "*", "context": {{"aws:PrincipalTag/DoitEnvironment": "{value}"}}, "evaluatedEffect": "IMPLICIT_DENY", "matchedPolicies": []}}]}}"#
        )
    };
    let allowed = json(&details("123456789012"), &[], 3);
    assert_eq!(allowed["messages"][0]["documents"]["decision"], "allowed", "{allowed}");
}
