//! Every decision vector, and what none of them reaches.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

use iam_reference::json::{Json, parse};
use iam_reference::{Answer, Decision, Layer, Place, Verdict, decide, decide_tree};

const DECISIONS: [(&str, usize); 6] = [
    ("aws/decisions-2.json", 70),
    ("aws/decisions.json", 300),
    ("defects.json", 300),
    ("layers.json", 300),
    ("more-decisions.json", 300),
    ("operators.json", 300),
];
const DOCUMENTS: [&str; 4] =
    ["aws/documents-2.json", "aws/documents.json", "defect-documents.json", "more-documents.json"];

/// The text of a file beside the vectors.
fn read(file: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../iam-testkit/conformance");
    std::fs::read_to_string(folder.join(file)).unwrap()
}

/// The vectors of a file.
fn vectors(file: &str) -> Vec<Json> {
    parse(&read(file)).unwrap().array().unwrap().to_vec()
}

/// A member that must be there and be a string.
fn text<'a>(vector: &'a Json, name: &str) -> &'a str {
    vector.get(name).unwrap().string().unwrap()
}

fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "allowed",
        Decision::ExplicitDeny => "explicit_deny",
        Decision::ImplicitDeny => "implicit_deny",
        Decision::Depends => "depends",
    }
}

/// What is wrong with the answer to a decision vector.
fn fault(vector: &Json) -> Option<String> {
    let expected = text(vector.get("expect").unwrap(), "decision");
    let may_refuse = vector.get("or_reject") == Some(&Json::Bool(true));
    let answer = decide_tree(vector);
    let right = match &answer {
        Answer::Decided(verdict) => word(verdict.decision) == expected && verdict.perhaps.is_empty(),
        Answer::Refused(_) => may_refuse,
    };
    (!right).then(|| format!("{}: {expected} expected, not {answer:?}", text(vector, "id")))
}

#[test]
fn every_vector_is_decided_as_expected() {
    let list = read("PENDING.tsv");
    let pending: BTreeSet<&str> = list.lines().skip(1).filter_map(|row| row.split('\t').next()).collect();
    let mut faults = Vec::new();
    for (file, least) in DECISIONS {
        let vectors = vectors(file);
        assert!(vectors.len() >= least, "{file} holds {} vectors", vectors.len());
        for vector in &vectors {
            let id = text(vector, "id");
            match (fault(vector), pending.contains(id)) {
                (None, false) | (Some(_), true) => {}
                (None, true) => faults.push(format!("{id}: passes, and PENDING.tsv lists it")),
                (Some(fault), false) => faults.push(fault),
            }
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

/// A case with one policy of this kind, as the only one, asked by a user.
fn case_with(kind: &str, policy: &str) -> String {
    let (member, resource_kind) = match kind {
        "identity" | "managed" => (format!(r#""identity": [{policy}]"#), "generic"),
        "boundary" | "session" | "vpc_endpoint" => (format!(r#""{kind}": [{policy}]"#), "generic"),
        "resource" => (format!(r#""resource": {policy}"#), "generic"),
        "trust" => (format!(r#""resource": {policy}"#), "iam_role_trust"),
        "kms" => (format!(r#""resource": {policy}"#), "kms_key"),
        other => (format!(r#""{other}": [[{policy}]]"#), "generic"),
    };
    format!(
        r#"{{"request": {{"principal": {{"type": "iam_user", "arn": "arn:aws:iam::111122223333:user/ana", "account": "111122223333"}},
        "action": "s3:GetObject", "resource": "arn:aws:s3:::a/b", "resource_kind": "{resource_kind}"}}, "policies": {{{member}}}}}"#
    )
}

#[test]
fn every_document_that_is_accepted_can_be_read() {
    let mut faults = Vec::new();
    let mut count = 0;
    for vector in DOCUMENTS.iter().flat_map(|file| vectors(file)).filter(|v| text(v, "expect") == "accept") {
        count += 1;
        if let Answer::Refused(reason) = decide(&case_with(text(&vector, "kind"), text(&vector, "text"))) {
            faults.push(format!("{}: {reason}", text(&vector, "id")));
        }
    }
    assert!(count > 300, "{count} documents");
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

const ANA: &str =
    r#"{"type": "iam_user", "arn": "arn:aws:iam::111122223333:user/ana", "account": "111122223333"}"#;
const ALLOW_ALL: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;

/// A request for an object of account 111122223333 by a caller, with further members (each after a comma).
fn request(principal: &str, further: &str) -> String {
    format!(
        r#"{{"principal": {principal}, "action": "s3:GetObject", "resource": "arn:aws:s3:::data/x",
        "resource_account": "111122223333" {further}}}"#
    )
}

fn answer(request: &str, policies: &str) -> Answer {
    decide(&format!(r#"{{"id": 1, "request": {request}, "policies": {{{policies}}}}}"#))
}

fn verdict(request: &str, policies: &str) -> Verdict {
    match answer(request, policies) {
        Answer::Decided(verdict) => verdict,
        Answer::Refused(reason) => panic!("refused: {reason}"),
    }
}

fn identity(statements: &str) -> String {
    format!(r#""identity": [{{"Version": "2012-10-17", "Statement": [{statements}]}}]"#)
}

fn place(layer: Layer, level: usize, policy: usize, statement: usize) -> Place {
    Place { layer, level, policy, statement }
}

/// Decision and numbers of the statements of one identity policy that apply and that perhaps do, where `app:k` is unknown.
fn with_unknown(statements: &str) -> (Decision, Vec<usize>, Vec<usize>) {
    let verdict = verdict(&request(ANA, r#", "unknown": ["APP:K"]"#), &identity(statements));
    let numbers = |places: &[Place]| places.iter().map(|place| place.statement).collect();
    (verdict.decision, numbers(&verdict.applying), numbers(&verdict.perhaps))
}

fn conditional(effect: &str, condition: &str) -> String {
    format!(r#"{{"Effect": "{effect}", "Action": "*", "Resource": "*", "Condition": {condition}}}"#)
}

#[test]
fn unknown_keys_leave_open_what_hangs_on_them() {
    let on_k = r#"{"StringEquals": {"app:k": "v"}}"#;
    let false_too = r#"{"StringEquals": {"app:k": "v", "app:absent": "v"}}"#;
    let indeterminate_too =
        r#"{"StringEquals": {"app:k": "v"}, "Bool": {"app:absent": "true"}, "Null": {"app:k": "true"}}"#;
    let allow = conditional("Allow", on_k);
    let deny = conditional("Deny", on_k);
    assert_eq!(with_unknown(&allow), (Decision::Depends, vec![], vec![0]));
    assert_eq!(with_unknown(&format!("{allow},{ALLOW_ALL}")), (Decision::Allowed, vec![1], vec![0]));
    assert_eq!(with_unknown(&format!("{ALLOW_ALL},{deny}")), (Decision::Depends, vec![0], vec![1]));
    let certain = conditional("Deny", "{}");
    assert_eq!(
        with_unknown(&format!("{allow},{deny},{certain}")),
        (Decision::ExplicitDeny, vec![2], vec![0, 1])
    );
    assert_eq!(with_unknown(&conditional("Allow", false_too)), (Decision::ImplicitDeny, vec![], vec![]));
    assert_eq!(
        with_unknown(&conditional("Allow", indeterminate_too)),
        (Decision::ImplicitDeny, vec![], vec![])
    );
    // Rule 7.44: what is not allowed for any value is implicitly denied, although a Deny perhaps applies.
    assert_eq!(with_unknown(&deny), (Decision::ImplicitDeny, vec![], vec![0]));
    assert_eq!(with_unknown(&format!("{allow},{deny}")), (Decision::Depends, vec![], vec![0, 1]));
    let elsewhere = r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}"#;
    assert_eq!(with_unknown(&format!("{elsewhere},{deny}")), (Decision::ImplicitDeny, vec![], vec![1]));
}

#[test]
fn unknown_variables_match_what_some_value_could() {
    let at = |effect: &str, element: &str, entry: &str| {
        with_unknown(&format!(r#"{{"Effect": "{effect}", "Action": "*", "{element}": "{entry}"}}"#))
    };
    assert_eq!(at("Allow", "Resource", "arn:aws:s3:::data/${app:k}").0, Decision::Depends);
    assert_eq!(at("Allow", "Resource", "arn:aws:s3:::other/${app:k}").0, Decision::ImplicitDeny);
    // Null (rule 3.27) if the key turns out to be absent, unless there is a default.
    assert_eq!(at("Allow", "NotResource", "arn:aws:s3:::other/${app:k}").0, Decision::Depends);
    assert_eq!(at("Allow", "NotResource", "arn:aws:s3:::other/${app:k, 'd'}").0, Decision::Allowed);
    assert_eq!(at("Deny", "NotResource", "arn:aws:s3:::other/${app:k}").0, Decision::ExplicitDeny);
    // Before the fifth colon it is null, whatever it holds (rule 3.29).
    assert_eq!(at("Allow", "Resource", "arn:aws:s3::${app:k}:data/x").0, Decision::ImplicitDeny);
}

#[test]
fn statements_that_apply_are_named_by_their_place() {
    let policy = |statements: &str| format!(r#"{{"Version": "2012-10-17", "Statement": {statements}}}"#);
    let other = r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}"#;
    let any = policy(ALLOW_ALL);
    let open = r#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "*", "Resource": "*"}}"#;
    let policies = format!(
        r#""identity": [{other_policy}, {second}], "resource": {open}, "scp": [[{any}], [{other_policy}, {any}]]"#,
        other_policy = policy(other),
        second = policy(&format!("[{other}, {ALLOW_ALL}]")),
    );
    let found = verdict(&request(ANA, ""), &policies);
    let scps = [place(Layer::Scp, 0, 0, 0), place(Layer::Scp, 1, 1, 0)];
    let here = [place(Layer::Identity, 0, 1, 1), place(Layer::Resource, 0, 0, 0)];
    assert_eq!(
        found,
        Verdict { decision: Decision::Allowed, applying: [here, scps].concat(), perhaps: vec![] }
    );
    assert!(found.applying.is_sorted());
    // A caller without account has no identity policies and no SCPs, and is not of the account.
    let service = r#"{"type": "aws_service", "service": "s3.amazonaws.com"}"#;
    assert_eq!(verdict(&request(service, ""), &policies).applying, []);
}

#[test]
fn saml_callers_are_named_by_their_provider() {
    let provider = "arn:aws:iam::111122223333:saml-provider/x";
    let caller = format!(r#"{{"type": "saml", "provider": "{provider}"}}"#);
    let allow = |named: &str| {
        let policy = format!(
            r#"{{"Statement": {{"Effect": "Allow", "Principal": {{"Federated": "{named}"}}, "Action": "*"}}}}"#
        );
        let asked = request(&caller, r#", "resource_kind": "iam_role_trust""#);
        verdict(&asked, &format!(r#""resource": {policy}"#)).decision
    };
    assert_eq!(allow(provider), Decision::Allowed);
    assert_eq!(allow("arn:aws:iam::111122223333:saml-provider/y"), Decision::ImplicitDeny);
}

#[test]
fn a_request_without_owner_falls_back() {
    let asked = |resource: &str| {
        format!(r#"{{"principal": {ANA}, "action": "s3:GetObject", "resource": "{resource}"}}"#)
    };
    let allow = identity(ALLOW_ALL);
    assert_eq!(verdict(&asked("arn:aws:s3:::data/x"), &allow).decision, Decision::Allowed);
    assert_eq!(verdict(&asked("*"), &allow).decision, Decision::Allowed);
    assert_eq!(verdict(&asked("arn:aws:sqs:eu-west-1:111122223333:q"), &allow).decision, Decision::Allowed);
    assert_eq!(
        verdict(&asked("arn:aws:sqs:eu-west-1:444455556666:q"), &allow).decision,
        Decision::ImplicitDeny
    );
}

#[test]
fn an_ambiguous_key_in_a_variable_is_indeterminate() {
    let asked = request(ANA, r#", "context": {"app:k": "x", "APP:k": "x"}"#);
    let named = |effect: &str| {
        format!(r#"{{"Effect": "{effect}", "Action": "*", "Resource": "arn:aws:s3:::data/${{app:k}}"}}"#)
    };
    assert_eq!(verdict(&asked, &identity(&named("Allow"))).decision, Decision::ImplicitDeny);
    assert_eq!(verdict(&asked, &identity(&named("Deny"))).decision, Decision::ExplicitDeny);
}

#[test]
fn a_policy_without_principal_grants_nothing_and_denies_everyone() {
    let policy =
        |effect: &str| format!(r#""resource": {{"Statement": {{"Effect": "{effect}", "Action": "*"}}}}"#);
    assert_eq!(verdict(&request(ANA, ""), &policy("Allow")).decision, Decision::ImplicitDeny);
    assert_eq!(verdict(&request(ANA, ""), &policy("Deny")).decision, Decision::ExplicitDeny);
}

#[test]
fn what_cannot_be_read_is_refused() {
    let statements = [
        r#"{"Effect": "allow", "Action": "*", "Resource": "*"}"#,
        r#"{"effect": "Allow", "Action": "*", "Resource": "*"}"#,
        r#"{"Effect": "Allow", "Action": "*", "NotAction": "s3:*", "Resource": "*"}"#,
        r#"{"Effect": "Allow", "Action": "*"}"#,
        r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}"#,
        r#"{"Effect": "Allow", "Action": "*", "NotResource": []}"#,
        r#"{"Effect": "Deny", "Action": "nothing", "Resource": "*"}"#,
        r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "bucket"}"#,
        r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "arn:aws:s3:::x/${aws:userid"}"#,
    ];
    let conditions = [
        r#"{"StringMatches": {"app:k": "v"}}"#,
        r#"{"NullIfExists": {"app:k": "true"}}"#,
        r#"{"ForAllValues:Null": {"app:k": "true"}}"#,
        r#"{"ForSomeValues:StringEquals": {"app:k": "v"}}"#,
        r#"{"StringEquals": {"app:k": null}}"#,
        r#"{"StringEquals": {"app:k": [["v"]]}}"#,
        r#"{"StringEquals": {"app:k": "v", "APP:K": "v"}}"#,
        r#"{"StringEquals": {}, "stringequals": {}}"#,
        r#"{"StringEquals": "v"}"#,
        r#"{"NumericEquals": {"app:k": ["1", "1e3"]}}"#,
        r#"{"DateLessThan": {"app:k": "2026"}}"#,
        r#"{"IpAddress": {"app:k": "10.0.0.0/33"}}"#,
        r#"{"BinaryEquals": {"app:k": "?"}}"#,
        r#"{"Bool": {"app:k": "yes"}}"#,
        r#"{"ArnLike": {"app:k": "arn:aws:*"}}"#,
    ];
    let sqs =
        |condition: &&str| conditional("Deny", condition).replace(r#""Action": "*""#, r#""Action": "sqs:*""#);
    let refused = |asked: &str, policies: &str| matches!(answer(asked, policies), Answer::Refused(_));
    let asked = request(ANA, "");
    for statement in statements.iter().map(|&s| s.to_owned()).chain(conditions.iter().map(sqs)) {
        assert!(refused(&asked, &identity(&statement)), "{statement}");
    }
    assert!(!refused(&asked, &identity(ALLOW_ALL)));
    for principal in [r#""x""#, "[]", r#"{"Aws": "*"}"#, r#"{"AWS": "arn:aws:iam::111122223333:user/*"}"#] {
        let policy =
            format!(r#"{{"Statement": {{"Effect": "Deny", "Principal": {principal}, "Action": "*"}}}}"#);
        assert!(refused(&asked, &format!(r#""resource": {policy}"#)), "{principal}");
    }
    for not_principal in [r#""*""#, r#"{"AWS": "*"}"#, r#"{"AWS": []}"#] {
        let policy = format!(
            r#"{{"Statement": {{"Effect": "Deny", "NotPrincipal": {not_principal}, "Action": "*"}}}}"#
        );
        assert!(refused(&asked, &format!(r#""resource": {policy}"#)), "{not_principal}");
    }
    // Policies of layers that do not bear on the request are read all the same.
    assert!(refused(&request(r#"{"type": "anonymous"}"#, ""), &identity("{}")));
    for further in [
        r#", "context": {"k": null}"#,
        r#", "contexts": {}"#,
        r#", "resource_kind": "x""#,
        r#", "unknown": [1]"#,
    ] {
        assert!(refused(&request(ANA, further), &identity(ALLOW_ALL)), "{further}");
    }
    assert!(refused(&request(r#"{"type": "robot"}"#, ""), ""));
    assert!(refused(&asked, r#""identities": []"#));
    assert!(matches!(decide("{"), Answer::Refused(_)));
    assert!(matches!(decide("{}"), Answer::Refused(_)));
}
