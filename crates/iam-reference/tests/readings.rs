//! The two answers at each point that the evidence leaves open.
#![expect(clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use iam_reference::Decision::{Allowed, ExplicitDeny, ImplicitDeny};
use iam_reference::{Answer, Decision, Point, Reading, decide_text};

const SESSION: &str = r#"{"type": "assumed_role", "arn": "arn:aws:sts::111122223333:assumed-role/r/s",
    "role_arn": "arn:aws:iam::111122223333:role/r", "account": "111122223333"}"#;
const ALLOW: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;

/// The answers to a case, in the default reading and in the one with the other answer at this point.
fn answers(case: &str, point: Point) -> (Decision, Decision) {
    let decided = |reading: &Reading| match decide_text(case, reading) {
        Answer::Decided(verdict) => verdict.decision,
        Answer::Refused(reason) => panic!("refused: {reason}: {case}"),
    };
    // No other point has a part in the answer.
    let others = Point::ALL.into_iter().map(|(other, _)| other).filter(|other| *other != point);
    assert_eq!(decided(&others.collect()), decided(&Reading::default()), "{point:?}: {case}");
    (decided(&Reading::default()), decided(&Reading::from_iter([point])))
}

/// A case about an object: who asks, the context and the policies.
fn case(principal: &str, resource: &str, context: &str, policies: &str) -> String {
    format!(
        r#"{{"request": {{"principal": {principal}, "action": "s3:GetObject", "resource": "{resource}",
        "resource_account": "111122223333", "context": {{{context}}}}}, "policies": {{{policies}}}}}"#
    )
}

fn document(statements: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#)
}

/// The answers to a request for `arn:aws:s3:::data/x` with this context and an identity policy of these statements.
fn with(point: Point, context: &str, statements: &str) -> (Decision, Decision) {
    let policies = format!(r#""identity": [{}]"#, document(statements));
    answers(&case(SESSION, "arn:aws:s3:::data/x", context, &policies), point)
}

/// The answers if an Allow, and if a Deny beside an Allow, has this condition.
fn under(point: Point, context: &str, condition: &str) -> [(Decision, Decision); 2] {
    let statement = |effect: &str| {
        format!(r#"{{"Effect": "{effect}", "Action": "*", "Resource": "*", "Condition": {{{condition}}}}}"#)
    };
    let beside = format!("{ALLOW},{}", statement("Deny"));
    [with(point, context, &statement("Allow")), with(point, context, &beside)]
}

const TRUE_FALSE: [(Decision, Decision); 2] = [(Allowed, ImplicitDeny), (ExplicitDeny, Allowed)];
const FALSE_TRUE: [(Decision, Decision); 2] = [(ImplicitDeny, Allowed), (Allowed, ExplicitDeny)];
const FALSE_FALSE: [(Decision, Decision); 2] = [(ImplicitDeny, ImplicitDeny), (Allowed, Allowed)];

#[test]
fn points_have_names() {
    let names: BTreeSet<&str> = Point::ALL.into_iter().map(|(_, name)| name).collect();
    let points: BTreeSet<Point> = Point::ALL.into_iter().map(|(point, _)| point).collect();
    assert_eq!((names.len(), points.len()), (17, 17));
    for (point, name) in Point::ALL {
        assert_eq!(Point::from_name(name), Some(point));
        let law = concat!(env!("CARGO_MANIFEST_DIR"), "/../iam-eval/SEMANTICS.md");
        let law = std::fs::read_to_string(law).unwrap_or_else(|error| panic!("{error}"));
        assert!(law.contains(&format!("| `{name}` |")), "{name}");
    }
    assert_eq!(Point::from_name("question mark"), None);
}

fn resource(element: &str, effect: &str, entry: &str) -> String {
    format!(r#"{{"Effect": "{effect}", "Action": "*", "{element}": "{entry}"}}"#)
}

#[test]
fn variable_in_arn() {
    let entry = |effect| resource("Resource", effect, "arn:aws:${app:k}:::data/x");
    let context = r#""app:k": "s3""#;
    assert_eq!(with(Point::VariableInArn, context, &entry("Allow")), (Allowed, ImplicitDeny));
    let deny = format!("{ALLOW},{}", entry("Deny"));
    assert_eq!(with(Point::VariableInArn, context, &deny), (ExplicitDeny, Allowed));
    let whole = resource("Resource", "Allow", "${app:k}");
    assert_eq!(
        with(Point::VariableInArn, r#""app:k": "arn:aws:s3:::data/x""#, &whole),
        (Allowed, ImplicitDeny)
    );
}

#[test]
fn incomplete_arn() {
    let short = |entry| with(Point::IncompleteArn, r#""app:k": "s3""#, &resource("Resource", "Allow", entry));
    assert_eq!(short("arn:aws:s3"), (Allowed, ImplicitDeny));
    assert_eq!(short("arn:aws:s3::"), (Allowed, ImplicitDeny));
    assert_eq!(short("arn:aws:sqs"), (ImplicitDeny, ImplicitDeny));
    assert_eq!(short("arn:aws:${app:none, 's3'}"), (ImplicitDeny, ImplicitDeny));
    // The other answer matches what is written, after its variables are replaced.
    assert_eq!(short("arn:aws:${app:none, 's3:::data/x'}"), (ImplicitDeny, Allowed));
    assert_eq!(short("arn:aws:s3*"), (Allowed, Allowed));
    // Rule 3.27: an entry whose variable has no value is null, also if it is incomplete.
    let none = |entry: &str| {
        let policies = format!(r#""identity": [{}]"#, document(&resource("NotResource", "Allow", entry)));
        let case = case(SESSION, "arn:aws:s3:::data/x", r#""app:k": "s3""#, &policies);
        let decided = |reading: Reading| match decide_text(&case, &reading) {
            Answer::Decided(verdict) => verdict.decision,
            Answer::Refused(reason) => panic!("refused: {reason}: {case}"),
        };
        (decided(Reading::default()), decided(Reading::from_iter([Point::NullNotResource])))
    };
    assert_eq!(none("arn:aws:${app:none}"), (ImplicitDeny, Allowed));
    assert_eq!(none("arn:aws:${app:k}"), (Allowed, Allowed));
}

#[test]
fn null_not_resource() {
    let entry = |effect| resource("NotResource", effect, "arn:aws:s3:::${app:none}");
    assert_eq!(with(Point::NullNotResource, "", &entry("Allow")), (ImplicitDeny, Allowed));
    let deny = format!("{ALLOW},{}", entry("Deny"));
    assert_eq!(with(Point::NullNotResource, "", &deny), (ExplicitDeny, ExplicitDeny));
}

#[test]
fn question_mark() {
    let like = |pattern: &str| {
        let condition = format!(r#""StringLike": {{"app:k": "{pattern}"}}"#);
        under(Point::QuestionMark, "\"app:k\": \"a\u{10400}\"", &condition)
    };
    assert_eq!(like("a??"), TRUE_FALSE);
    assert_eq!(like("a?"), FALSE_TRUE);
    assert_eq!(like("a???"), FALSE_FALSE);
    let asked = case(
        SESSION,
        "arn:aws:s3:::data/\u{10400}",
        "",
        &format!(r#""identity": [{}]"#, document(&resource("Resource", "Allow", "arn:aws:s3:::data/?"))),
    );
    assert_eq!(answers(&asked, Point::QuestionMark), (ImplicitDeny, Allowed));
}

#[test]
fn list_variable() {
    let equals = |negation: &str, value: &str| {
        let condition = format!(r#""String{negation}Equals": {{"app:v": "{value}"}}"#);
        under(Point::ListVariable, r#""app:k": ["a"], "app:v": "d""#, &condition)
    };
    assert_eq!(equals("", "${app:k, 'd'}"), FALSE_TRUE);
    assert_eq!(equals("Not", "${app:k, 'd'}"), TRUE_FALSE);
    assert_eq!(equals("", "${app:k}"), FALSE_FALSE);
}

#[test]
fn empty_text_list() {
    let empty = |condition: &str| under(Point::EmptyTextList, r#""app:k": ["", ""]"#, condition);
    assert_eq!(empty(r#""ForAllValues:StringEquals": {"app:k": "x"}"#), TRUE_FALSE);
    assert_eq!(empty(r#""Null": {"app:k": "true"}"#), TRUE_FALSE);
    assert_eq!(empty(r#""Null": {"app:k": "false"}"#), FALSE_TRUE);
    assert_eq!(empty(r#""ForAnyValue:StringEquals": {"app:k": "x"}"#), FALSE_FALSE);
    let single = under(Point::EmptyTextList, r#""app:k": """#, r#""Null": {"app:k": "true"}"#);
    assert_eq!(single, FALSE_FALSE);
}

#[test]
fn unreadable_number() {
    let negated = |value: &str, wanted: &str| {
        let condition = format!(r#""NumericNotEquals": {{"app:k": {wanted}}}"#);
        under(Point::UnreadableNumber, &format!(r#""app:k": "{value}""#), &condition)
    };
    assert_eq!(negated("many", r#""1""#), TRUE_FALSE);
    assert_eq!(negated("2", r#"["1", "NaN"]"#), TRUE_FALSE);
    assert_eq!(negated("1", r#"["1", "NaN"]"#), FALSE_FALSE);
    let positive = r#""DateEquals": {"app:k": "2026-01-01"}"#;
    assert_eq!(under(Point::UnreadableNumber, r#""app:k": "late""#, positive), FALSE_FALSE);
    let date = r#""DateNotEquals": {"app:k": "2026-01-01"}"#;
    assert_eq!(under(Point::UnreadableNumber, r#""app:k": "late""#, date), TRUE_FALSE);
}

#[test]
fn unreadable_address() {
    let compared = |condition: &str| under(Point::UnreadableAddress, r#""app:k": "here""#, condition);
    assert_eq!(compared(r#""NotIpAddress": {"app:k": "192.0.2.0/24"}"#), FALSE_TRUE);
    assert_eq!(compared(r#""IpAddress": {"app:k": "192.0.2.0/24"}"#), FALSE_FALSE);
}

#[test]
fn unreadable_arn() {
    let compared = |condition: &str| under(Point::UnreadableArn, r#""app:k": "here""#, condition);
    assert_eq!(compared(r#""ArnNotLike": {"app:k": "arn:aws:s3:::*"}"#), FALSE_TRUE);
    assert_eq!(compared(r#""ArnLike": {"app:k": "arn:aws:s3:::*"}"#), FALSE_FALSE);
}

#[test]
fn unreadable_pattern() {
    let point = Point::UnreadablePattern;
    let compared = |operator: &str, wanted: &str| {
        under(point, r#""app:k": "arn:aws:s3:::x""#, &format!(r#""{operator}": {{"app:k": {wanted}}}"#))
    };
    assert_eq!(compared("ArnLike", r#""x""#), [(ImplicitDeny, ImplicitDeny), (ExplicitDeny, Allowed)]);
    assert_eq!(compared("ArnNotLike", r#""x""#), [(ImplicitDeny, Allowed), (ExplicitDeny, ExplicitDeny)]);
    assert_eq!(compared("ArnLike", r#""*""#), [(ImplicitDeny, ImplicitDeny), (ExplicitDeny, Allowed)]);
    let before = r#"["x", "arn:aws:s3:::*"]"#;
    assert_eq!(compared("ArnLike", before), [(ImplicitDeny, Allowed), (ExplicitDeny, ExplicitDeny)]);
    let after = r#"["arn:aws:s3:::*", "x"]"#;
    assert_eq!(compared("ArnLike", after), [(Allowed, Allowed), (ExplicitDeny, ExplicitDeny)]);
    assert_eq!(compared("ArnNotLike", after), FALSE_FALSE);
}

#[test]
fn dead_network() {
    let compared = |value: &str, wanted: &str| {
        let condition = format!(r#""IpAddress": {{"app:k": "{wanted}"}}"#);
        under(Point::DeadNetwork, &format!(r#""app:k": "{value}""#), &condition)
    };
    assert_eq!(compared("2001:db8::1", "2001:db8::5/64"), FALSE_TRUE);
    assert_eq!(compared("0:0:0:1::", "::ffff:0:0/64"), FALSE_FALSE);
    assert_eq!(compared("::7:0:0", "::ffff:0:0/64"), FALSE_TRUE);
    assert_eq!(compared("::ffff:192.0.2.1", "::ffff:c000:200/120"), FALSE_FALSE);
    assert_eq!(compared("::ffff:192.0.2.1", "::ffff:192.0.2.0/120"), FALSE_FALSE);
}

#[test]
fn letter_case() {
    let compared = |value: &str| {
        let condition = format!("\"StringEqualsIgnoreCase\": {{\"app:k\": \"{value}\"}}");
        under(Point::LetterCase, "\"app:k\": \"k\u{e9}\"", &condition)
    };
    assert_eq!(compared("\u{212a}\u{c9}"), TRUE_FALSE);
    assert_eq!(compared("K\u{e9}"), [(Allowed, Allowed), (ExplicitDeny, ExplicitDeny)]);
    assert_eq!(compared("KE"), FALSE_FALSE);
}

#[test]
fn milliseconds() {
    let compared = |operator: &str| {
        let condition = format!(r#""{operator}": {{"app:k": "2026-01-01T00:00:00.1239Z"}}"#);
        under(Point::Milliseconds, r#""app:k": "2026-01-01T00:00:00.1231Z""#, &condition)
    };
    assert_eq!(compared("DateEquals"), TRUE_FALSE);
    assert_eq!(compared("DateLessThan"), FALSE_TRUE);
}

#[test]
fn bool_variable() {
    let compared = |value: &str, flag: &str| {
        let context = format!(r#""app:k": "{value}", "app:flag": "{flag}""#);
        under(Point::BoolVariable, &context, r#""Bool": {"app:k": "${app:flag}"}"#)
    };
    assert_eq!(compared("true", "TRUE"), TRUE_FALSE);
    assert_eq!(compared("no", "true"), FALSE_TRUE);
    assert_eq!(compared("true", "yes"), FALSE_FALSE);
    let null = under(Point::BoolVariable, r#""app:k": "false""#, r#""Bool": {"app:k": "${app:none}"}"#);
    assert_eq!(null, FALSE_TRUE);
}

#[test]
fn star_and_services() {
    let asked = |effects: &[&str]| {
        let statement = |effect: &&str| {
            format!(
                r#"{{"Effect": "{effect}", "Principal": {{"AWS": "*"}}, "Action": "*", "Resource": "*"}}"#
            )
        };
        let statements: Vec<String> = effects.iter().map(statement).collect();
        let policy = format!(r#""resource": {}"#, document(&statements.join(",")));
        let service = r#"{"type": "aws_service", "service": "sns.amazonaws.com"}"#;
        answers(&case(service, "arn:aws:s3:::data/x", "", &policy), Point::StarAndServices)
    };
    assert_eq!(asked(&["Allow"]), (Allowed, ImplicitDeny));
    assert_eq!(asked(&["Allow", "Deny"]), (ExplicitDeny, ExplicitDeny));
}

#[test]
fn session_policies() {
    let other = r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}"#;
    let sessions = |policies: &[&str]| {
        let documents: Vec<String> = policies.iter().map(|statement| document(statement)).collect();
        let policies = format!(r#""identity": [{}], "session": [{}]"#, document(ALLOW), documents.join(","));
        answers(&case(SESSION, "arn:aws:s3:::data/x", "", &policies), Point::SessionPolicies)
    };
    assert_eq!(sessions(&[ALLOW, other]), (Allowed, ImplicitDeny));
    assert_eq!(sessions(&[ALLOW, ALLOW]), (Allowed, Allowed));
    assert_eq!(sessions(&[other, other]), (ImplicitDeny, ImplicitDeny));
    assert_eq!(sessions(&[]), (ImplicitDeny, ImplicitDeny));
}

#[test]
fn rcp_without_resource() {
    let asked = |resource: &str| {
        let deny = r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}"#;
        let policies = format!(r#""identity": [{}], "rcp": [[{}]]"#, document(ALLOW), document(deny));
        answers(&case(SESSION, resource, "", &policies), Point::RcpWithoutResource)
    };
    assert_eq!(asked("*"), (ExplicitDeny, Allowed));
    assert_eq!(asked("arn:aws:s3:::data/x"), (ExplicitDeny, ExplicitDeny));
}
