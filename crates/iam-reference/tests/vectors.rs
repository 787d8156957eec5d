//! Every decision vector, and what none of them reaches.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

use iam_reference::json::{Json, parse};
use iam_reference::{Answer, Decision, Layer, Place, Reading, Verdict, decide, decide_text};

const DECISIONS: [(&str, usize); 10] = [
    ("aws/decisions-2.json", 70),
    ("aws/decisions.json", 300),
    ("aws/observed-apart-decisions.json", 90),
    ("aws/observed-decisions.json", 400),
    ("aws/observed-more-apart-decisions.json", 4),
    ("aws/observed-more-decisions.json", 100),
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
    let answer = decide(vector.get("request").unwrap(), vector.get("policies").unwrap(), &Reading::default());
    let right = match &answer {
        // A key in two spellings leaves statements open, and not always the decision.
        Answer::Decided(verdict) => {
            word(verdict.decision) == expected && (verdict.perhaps.is_empty() || has_two_spellings(vector))
        }
        Answer::Refused(_) => may_refuse,
    };
    (!right).then(|| format!("{}: {expected} expected, not {answer:?}", text(vector, "id")))
}

/// Whether the request of a vector has a key in two spellings that differ in case.
fn has_two_spellings(vector: &Json) -> bool {
    let Some(Json::Object(context)) = vector.get("request").and_then(|request| request.get("context")) else {
        return false;
    };
    let keys: BTreeSet<String> = context.iter().map(|(key, _)| key.to_ascii_lowercase()).collect();
    keys.len() < context.len()
}

#[test]
fn every_vector_is_decided_as_expected() {
    let lists = [read("PENDING.tsv"), read("NOT_FOLLOWED.tsv")];
    let rows = lists.iter().flat_map(|list| list.lines().skip(1));
    let pending: BTreeSet<&str> = rows.filter_map(|row| row.split('\t').next()).collect();
    let mut faults = Vec::new();
    for (file, least) in DECISIONS {
        let vectors = vectors(file);
        assert!(vectors.len() >= least, "{file} holds {} vectors", vectors.len());
        for vector in &vectors {
            let id = text(vector, "id");
            match (fault(vector), pending.contains(id)) {
                (None, false) | (Some(_), true) => {}
                (None, true) => faults.push(format!("{id}: passes, and a list says that it does not")),
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
        if let Answer::Refused(reason) =
            decide_text(&case_with(text(&vector, "kind"), text(&vector, "text")), &Reading::default())
        {
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
    decide_text(
        &format!(r#"{{"id": 1, "request": {request}, "policies": {{{policies}}}}}"#),
        &Reading::default(),
    )
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
fn unknown_keys_leave_open_what_depends_on_them() {
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
    let either = conditional("Allow", r#"{"Null": {"app:k": ["true", "false"]}}"#);
    assert_eq!(with_unknown(&either), (Decision::Allowed, vec![0], vec![]));
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
    // With a default too, because the key may turn out to be multivalued (rule 3.23).
    assert_eq!(at("Allow", "NotResource", "arn:aws:s3:::other/${app:k, 'd'}").0, Decision::Depends);
    assert_eq!(at("Deny", "NotResource", "arn:aws:s3:::other/${app:k}").0, Decision::ExplicitDeny);
    assert_eq!(at("Allow", "Resource", "arn:aws:s3::${app:k}:data/x").0, Decision::Depends);
    // An ARN with a variable is not completed (rule 3.7).
    assert_eq!(at("Allow", "Resource", "arn:aws:${app:k}").0, Decision::ImplicitDeny);
}

/// Rules 3.7, 3.27.
#[test]
fn a_short_arn_with_a_variable_matches_nothing() {
    let at = |element: &str, effect: &str, entry: &str| {
        let statement = format!(r#"{{"Effect": "{effect}", "Action": "*", "{element}": "{entry}"}}"#);
        verdict(&request(ANA, ""), &identity(&statement)).decision
    };
    assert_eq!(at("Resource", "Allow", "arn:aws:${app:none, 's3'}"), Decision::ImplicitDeny);
    assert_eq!(at("NotResource", "Allow", "arn:aws:${app:none, 's3'}"), Decision::Allowed);
    assert_eq!(at("NotResource", "Allow", "arn:aws:${app:none}"), Decision::ImplicitDeny);
    assert_eq!(at("NotResource", "Deny", "arn:aws:${app:none}"), Decision::ExplicitDeny);
    // What stands for `*` itself is not a variable.
    assert_eq!(at("NotResource", "Allow", "arn:aws:s3"), Decision::ImplicitDeny);
    assert_eq!(at("Resource", "Allow", "arn:${*}"), Decision::ImplicitDeny);
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

/// Rule 4.5: the answer is that of either value.
#[test]
fn keys_in_two_cases_have_one_of_the_values() {
    let asked = |one: &str, other: &str| {
        request(ANA, &format!(r#", "context": {{"app:k": "{one}", "app:other": "o", "APP:K": "{other}"}}"#))
    };
    let named = |effect: &str| {
        format!(r#"{{"Effect": "{effect}", "Action": "*", "Resource": "arn:aws:s3:::data/${{app:K}}"}}"#)
    };
    let (allow, deny) = (named("Allow"), format!("{ALLOW_ALL},{}", named("Deny")));
    let decided = |asked: &str, statements: &str| verdict(asked, &identity(statements)).decision;
    assert_eq!(decided(&asked("x", "x"), &allow), Decision::Allowed);
    assert_eq!(decided(&asked("x", "y"), &allow), Decision::Depends);
    assert_eq!(decided(&asked("z", "y"), &allow), Decision::ImplicitDeny);
    assert_eq!(decided(&asked("x", "x"), &deny), Decision::ExplicitDeny);
    assert_eq!(decided(&asked("x", "y"), &deny), Decision::Depends);
    assert_eq!(decided(&asked("z", "y"), &deny), Decision::Allowed);
    // The decision counts, not each statement: one of the two always applies.
    let wanted =
        |value: &str| conditional("Allow", &format!(r#"{{"StringEquals": {{"app:k": "{value}"}}}}"#));
    let found = verdict(&asked("x", "y"), &identity(&format!("{},{}", wanted("x"), wanted("y"))));
    let places = [0, 1].map(|statement| place(Layer::Identity, 0, 0, statement));
    assert_eq!(found, Verdict { decision: Decision::Allowed, applying: vec![], perhaps: places.to_vec() });
    // Many keys in two cases are too many contexts; the same values are one.
    let keys = |other: &str| {
        let pair = |n| format!(r#""app:{n}": "x", "APP:{n}": "{other}""#);
        (0..13).map(pair).collect::<Vec<_>>().join(",")
    };
    let many = |other: &str| answer(&request(ANA, &format!(r#", "context": {{{}}}"#, keys(other))), "");
    assert!(matches!(many("y"), Answer::Refused(_)));
    assert!(matches!(many("x"), Answer::Decided(_)));
}

/// Rule 5.2.
#[test]
fn a_service_may_have_several_names() {
    let service = r#"{"type": "aws_service", "service": "sns.amazonaws.com"}"#;
    let listed = r#", "context": {"aws:PrincipalServiceNamesList": ["sns.eu-south-1.amazonaws.com"]}"#;
    let policy = |effect: &str, element: &str, name: &str| {
        format!(
            r#"{{"Effect": "{effect}", "{element}": {{"Service": "{name}.amazonaws.com"}}, "Action": "*"}}"#
        )
    };
    let decided = |further: &str, statements: &str| {
        verdict(&request(service, further), &format!(r#""resource": {{"Statement": [{statements}]}}"#))
            .decision
    };
    for name in ["sns", "sns.eu-south-1"] {
        let (allow, deny) = (policy("Allow", "Principal", name), policy("Deny", "Principal", name));
        assert_eq!(decided(listed, &allow), Decision::Allowed, "{name}");
        assert_eq!(decided(listed, &format!("{allow},{deny}")), Decision::ExplicitDeny, "{name}");
        let spared = format!("{allow},{}", policy("Deny", "NotPrincipal", name));
        assert_eq!(decided(listed, &spared), Decision::Allowed, "{name}");
    }
    let other = policy("Allow", "Principal", "sns.eu-south-1");
    assert_eq!(decided("", &other), Decision::ImplicitDeny);
    let unknown = r#", "unknown": ["aws:PrincipalServiceNamesList"]"#;
    assert_eq!(decided(unknown, &other), Decision::Depends);
    let spared = format!(
        "{},{}",
        policy("Allow", "Principal", "sns"),
        policy("Deny", "NotPrincipal", "sns.eu-south-1")
    );
    assert_eq!(decided(unknown, &spared), Decision::Depends);
    assert_eq!(decided("", &spared), Decision::ExplicitDeny);
}

/// Rule 5.55.
#[test]
fn the_identity_of_the_caller_needs_no_permission() {
    let asked = |principal: &str| {
        format!(r#"{{"principal": {principal}, "action": "STS:getcalleridentity", "resource": "*"}}"#)
    };
    let deny = conditional("Deny", "{}");
    let service = r#"{"type": "aws_service", "service": "s3.amazonaws.com"}"#;
    for caller in [ANA, service] {
        let found = verdict(&asked(caller), &identity(&deny));
        assert_eq!((found.decision, found.applying), (Decision::Allowed, vec![]), "{caller}");
    }
    assert_eq!(verdict(&asked(r#"{"type": "anonymous"}"#), "").decision, Decision::ImplicitDeny);
    let endpoint = |statement: &str| format!(r#""vpc_endpoint": [{{"Statement": {statement}}}]"#);
    assert_eq!(verdict(&asked(ANA), &endpoint(&deny)).decision, Decision::ExplicitDeny);
    assert_eq!(verdict(&asked(ANA), &endpoint("[]")).decision, Decision::ImplicitDeny);
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
    ];
    // Rule 4.9: what an operator cannot read is compared all the same.
    let unreadable = [
        r#"{"NumericEquals": {"app:k": ["1", "x"]}}"#,
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
    for statement in unreadable.iter().map(sqs) {
        assert!(!refused(&asked, &identity(&statement)), "{statement}");
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
    assert!(matches!(decide_text("{", &Reading::default()), Answer::Refused(_)));
    assert!(matches!(decide_text("{}", &Reading::default()), Answer::Refused(_)));
}
