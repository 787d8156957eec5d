//! Every bound: at it a document is read, with one more it is refused with the code of that bound.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

use std::time::Duration;

use iam_json::Document;
use iam_policy::{Code, Limits, Mode, Policy, PolicyKind, code};

use PolicyKind::{
    AwsManaged, Boundary, Identity, Kms, Managed, Rcp, Resource, Scp, Session, Trust, VpcEndpoint,
};

/// The default limits with one of them set.
fn with(set: impl FnOnce(&mut Limits)) -> Limits {
    let mut limits = Limits::default();
    set(&mut limits);
    limits
}

/// The codes that refuse a text.
fn refusals(text: &str, kind: PolicyKind, limits: &Limits) -> Vec<Code> {
    Policy::parse(text, kind, Mode::Strict, limits).map_or_else(|report| report.refusals(), |_| Vec::new())
}

/// `document(most)` is read and `document(most + 1)` is refused with `code`, in both modes.
#[track_caller]
fn bound(code: Code, kind: PolicyKind, limits: &Limits, most: usize, document: impl Fn(usize) -> String) {
    for mode in [Mode::Strict, Mode::Deployed] {
        let at = Policy::parse(&document(most), kind, mode, limits);
        assert!(at.is_ok(), "{code} {mode:?} {most}: {}", at.unwrap_err());
        let above = Policy::parse(&document(most + 1), kind, mode, limits).unwrap_err();
        assert_eq!(above.refusals(), [code], "{mode:?} {most}");
    }
}

/// A policy with one statement of these members.
fn policy(members: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":{{{members}}}}}"#)
}

/// `count` texts as a JSON list.
fn list(count: usize, text: &str) -> String {
    format!("[{}]", vec![format!("\"{text}\""); count].join(","))
}

/// `text` with white space behind its first brace, `length` bytes in all.
fn padded(text: &str, length: usize) -> String {
    text.replacen('{', &format!("{{{}", " ".repeat(length - text.len())), 1)
}

const PLAIN: &str = r#""Effect":"Deny","Action":"s3:*","Resource":"*""#;

#[test]
fn bytes_of_a_document() {
    bound(code::DOCUMENT_TOO_LARGE, Identity, &with(|l| l.document_bytes = 200), 200, |n| {
        padded(&policy(PLAIN), n)
    });
    bound(code::DOCUMENT_TOO_LARGE, Identity, &Limits::default(), 524_288, |n| padded(&policy(PLAIN), n));
}

/// Of a policy inside a larger document only its own bytes count.
#[test]
fn bytes_of_a_policy_inside_a_document() {
    let limits = with(|l| l.document_bytes = 200);
    for (length, expected) in [(200, Vec::new()), (201, vec![code::DOCUMENT_TOO_LARGE])] {
        let text =
            format!("{{\"other\":\"{}\",\"policy\":{}}}", "x".repeat(300), padded(&policy(PLAIN), length));
        let document = Document::parse(&text, &Limits::default()).unwrap();
        let value = document.root().member("policy").unwrap();
        let lines = document.lines();
        let read = Policy::from_value(value, Identity, Mode::Strict, &limits, lines);
        assert_eq!(read.map_or_else(|report| report.refusals(), |_| Vec::new()), expected);
    }
}

#[test]
fn depth_of_a_policy() {
    // As deep as a policy gets: policy, list, statement, Condition, operator, values.
    let deepest = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringLike":{"a:b":["c"]}}}]}"#;
    assert_eq!(refusals(deepest, Identity, &with(|l| l.depth = 6)), []);
    assert_eq!(refusals(deepest, Identity, &with(|l| l.depth = 5)), [code::NESTING_TOO_DEEP]);
}

#[test]
fn statements_of_a_policy() {
    let document = |count: usize| {
        let statements = vec![format!("{{{PLAIN}}}"); count].join(",");
        format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
    };
    bound(code::TOO_MANY_STATEMENTS, Identity, &with(|l| l.statements = 2), 2, document);
    let endpoint = |count| document(count).replace("\"Action", "\"Principal\":\"*\",\"Action");
    let roomy = with(|l| l.endpoint_policy_characters = usize::MAX);
    bound(code::TOO_MANY_STATEMENTS, VpcEndpoint, &roomy, 1_000, endpoint);
}

#[test]
fn values_of_a_list() {
    let limits = with(|l| l.values = 3);
    let in_place = |member: &'static str, value: &'static str| {
        move |count| {
            let rest = PLAIN.replace(&format!("\"{member}\":"), "\"Sid\":");
            let rest =
                rest.replace("\"Sid\":\"s3:*\"", "\"Sid\":\"\"").replace("\"Sid\":\"*\"", "\"Sid\":\"\"");
            policy(&format!("{rest},\"{member}\":{}", list(count, value)))
        }
    };
    bound(code::TOO_MANY_VALUES, Identity, &limits, 3, in_place("Action", "s3:Get*"));
    bound(code::TOO_MANY_VALUES, Identity, &limits, 3, in_place("Resource", "arn:aws:s3:::b"));
    let principals = |key: &'static str, text: &'static str| {
        move |count| policy(&format!("{PLAIN},\"Principal\":{{\"{key}\":{}}}", list(count, text)))
    };
    bound(code::TOO_MANY_VALUES, Resource, &limits, 3, principals("AWS", "111122223333"));
    bound(code::TOO_MANY_VALUES, Resource, &limits, 3, principals("Service", "sns.amazonaws.com"));
    let condition =
        |count| policy(&format!("{PLAIN},\"Condition\":{{\"StringLike\":{{\"a:b\":{}}}}}", list(count, "c")));
    bound(code::TOO_MANY_VALUES, Identity, &limits, 3, condition);
    let default = Limits::default();
    bound(code::TOO_MANY_VALUES, Resource, &default, 8_192, principals("AWS", "111122223333"));
    let quota = with(|l| l.inline_policy_characters = usize::MAX);
    bound(code::TOO_MANY_VALUES, Identity, &quota, 8_192, condition);
}

#[test]
fn condition_keys_of_a_statement() {
    // Half of them under each of two operators.
    let document = |count: usize| {
        let keys = |from: usize, to: usize| {
            (from..to).map(|i| format!("\"a:{i}\":\"x\"")).collect::<Vec<_>>().join(",")
        };
        let (first, second) = (keys(0, count / 2), keys(count / 2, count));
        policy(&format!("{PLAIN},\"Condition\":{{\"StringLike\":{{{first}}},\"StringEquals\":{{{second}}}}}"))
    };
    bound(code::TOO_MANY_CONDITION_KEYS, Identity, &with(|l| l.condition_keys = 4), 4, document);
    bound(code::TOO_MANY_CONDITION_KEYS, Identity, &Limits::default(), 256, document);
}

#[test]
fn bytes_of_a_pattern() {
    let text = |prefix: &str, length: usize| format!("{prefix}{}", "x".repeat(length - prefix.len()));
    let member = |name: &'static str, prefix: &'static str| {
        move |n| {
            policy(
                &PLAIN
                    .replace(&format!("\"{name}\":"), "\"Sid\":")
                    .replace("\"Sid\":\"s3:*\"", "\"Sid\":\"\"")
                    .replace("\"Sid\":\"*\"", "\"Sid\":\"\""),
            )
            .replacen("\"Effect\"", &format!("\"{name}\":\"{}\",\"Effect\"", text(prefix, n)), 1)
        }
    };
    let condition = |operator: &'static str, prefix: &'static str| {
        move |n| {
            policy(&format!("{PLAIN},\"Condition\":{{\"{operator}\":{{\"a:b\":\"{}\"}}}}", text(prefix, n)))
        }
    };
    let key = |n| policy(&format!("{PLAIN},\"Condition\":{{\"Null\":{{\"{}\":true}}}}", text("a:", n)));
    let principal = |n| {
        policy(&format!(
            "{PLAIN},\"Principal\":{{\"AWS\":\"{}\"}}",
            text("arn:aws:iam::111122223333:role/", n)
        ))
    };
    for (limits, most) in [(with(|l| l.pattern_bytes = 40), 40), (Limits::default(), 2_048)] {
        bound(code::PATTERN_TOO_LONG, Identity, &limits, most, member("Action", "s3:"));
        bound(code::PATTERN_TOO_LONG, Identity, &limits, most, member("Resource", "arn:aws:s3:::"));
        bound(code::PATTERN_TOO_LONG, Identity, &limits, most, condition("StringEquals", ""));
        bound(code::PATTERN_TOO_LONG, Identity, &limits, most, condition("ArnLike", "arn:aws:s3:::"));
        bound(code::PATTERN_TOO_LONG, Identity, &limits, most, key);
        bound(code::PATTERN_TOO_LONG, Resource, &limits, most, principal);
        let number = |n| condition("NumericEquals", "")(n).replace('x', "1");
        bound(code::PATTERN_TOO_LONG, Identity, &limits, most, number);
    }
    // Bytes, not characters: twenty of two bytes.
    let limits = with(|l| l.pattern_bytes = 40);
    bound(code::PATTERN_TOO_LONG, Identity, &limits, 20, |n| {
        condition("StringLike", "")(n).replace('x', "\u{e9}")
    });
}

#[test]
fn wildcards_and_variables_of_a_pattern() {
    let repeated = |part: &'static str| {
        move |n| policy(&PLAIN.replace(":\"*\"", &format!(":\"arn:aws:s3:::{}\"", part.repeat(n))))
    };
    for (limits, most) in [(with(|l| l.stars = 2), 2), (Limits::default(), 64)] {
        bound(code::TOO_MANY_WILDCARDS, Identity, &limits, most, repeated("b*"));
        let actions = |n: usize| policy(&PLAIN.replace("s3:*", &format!("s3:{}", "Get*".repeat(n))));
        bound(code::TOO_MANY_WILDCARDS, Identity, &limits, most, actions);
    }
    let most = iam_policy::Pattern::MAX_VARIABLES;
    for (limits, most) in
        [(with(|l| l.variables = 2), 2), (Limits::default(), 16), (with(|l| l.variables = 1_000), most)]
    {
        bound(code::TOO_MANY_VARIABLES, Identity, &limits, most, repeated("${aws:userid}"));
    }
    // `?` stands for one character, and in 2008 a variable is text: neither is bounded.
    assert_eq!(refusals(&repeated("?")(500), Identity, &Limits::default()), []);
    assert_eq!(refusals(&repeated("${a:b}")(100).replace("2012", "2008"), Identity, &Limits::default()), []);
}

/// A policy of `kind` that is `length` bytes long, without white space but that in `filler`.
fn quota_document(kind: PolicyKind, length: usize, filler: &str) -> String {
    let members = match kind {
        Trust => r#""Effect":"Deny","Action":"sts:AssumeRole","Principal":{"AWS":"111122223333"}"#.to_owned(),
        Resource | Kms | Rcp | VpcEndpoint => format!("{PLAIN},\"Principal\":\"*\""),
        Identity | Managed | AwsManaged | Boundary | Session => PLAIN.to_owned(),
        Scp => PLAIN.replace("Deny", "Allow"),
    };
    let part = |text: &str| format!(",\"Condition\":{{\"StringLike\":{{\"a:b\":[{text}]}}}}");
    let base = policy(&format!("{members}{}", part("")));
    // Values of 1,003 bytes with their comma, and a last one that fills up.
    let mut missing = length - base.len();
    let mut values = Vec::new();
    while missing > 2_000 {
        values.push(format!("\"{}\"", filler.repeat(1_000 / filler.len())));
        missing -= 1_003;
    }
    let rest = missing - 2;
    values.push(format!("\"{}{}\"", filler.repeat(rest / filler.len()), "x".repeat(rest % filler.len())));
    policy(&format!("{members}{}", part(&values.join(","))))
}

#[test]
fn quotas_of_strict_mode() {
    type Set = fn(&mut Limits, usize);
    let quotas: [(PolicyKind, Code, usize, Set); 9] = [
        (Identity, code::POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA, 10_240, |l, n| {
            l.inline_policy_characters = n;
        }),
        (Managed, code::POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA, 6_144, |l, n| {
            l.managed_policy_characters = n;
        }),
        (Boundary, code::POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA, 6_144, |l, n| {
            l.managed_policy_characters = n;
        }),
        (Trust, code::POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA, 8_192, |l, n| {
            l.trust_policy_characters = n;
        }),
        (Scp, code::POLICY_SIZE_EXCEEDS_SCP_QUOTA, 10_240, |l, n| l.scp_characters = n),
        (Rcp, code::POLICY_SIZE_EXCEEDS_RCP_QUOTA, 5_120, |l, n| l.rcp_characters = n),
        (VpcEndpoint, code::POLICY_SIZE_EXCEEDS_ENDPOINT_POLICY_QUOTA, 20_480, |l, n| {
            l.endpoint_policy_characters = n;
        }),
        (Kms, code::POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA, 32_768, |l, n| l.key_policy_bytes = n),
        (Session, code::SESSION_POLICY_TOO_LONG, 2_048, |l, n| l.session_policy_characters = n),
    ];
    for (kind, code, default, set) in quotas {
        for (limits, most) in [(with(|l| set(l, 400)), 400), (Limits::default(), default)] {
            let at = quota_document(kind, most, "x");
            assert_eq!(at.len(), most);
            assert_eq!(refusals(&at, kind, &limits), [], "{}", kind.name());
            let above = quota_document(kind, most + 1, "x");
            assert_eq!(refusals(&above, kind, &limits), [code], "{}", kind.name());
            // What AWS has accepted is read; where the quota holds, a finding says how long it is.
            let deployed = Policy::parse(&above, kind, Mode::Deployed, &limits).unwrap();
            let found: Vec<Code> = deployed.findings.iter().map(|p| p.code).collect();
            assert_eq!(found, if kind == Managed { vec![] } else { vec![code] }, "{}", kind.name());
        }
    }
}

/// What each quota counts: white space or not, bytes or characters.
#[test]
fn units_of_quotas() {
    for (kind, white_space, bytes) in [
        (Identity, false, false),
        (Managed, false, false),
        (Boundary, false, false),
        (Trust, false, false),
        (Scp, true, false),
        (Rcp, true, false),
        (VpcEndpoint, true, false),
        (Kms, true, true),
        (Session, true, false),
    ] {
        let limits = Limits::default();
        let most = match kind {
            Identity => limits.inline_policy_characters,
            Managed | Boundary => limits.managed_policy_characters,
            Trust => limits.trust_policy_characters,
            Scp => limits.scp_characters,
            Rcp => limits.rcp_characters,
            Kms => limits.key_policy_bytes,
            Session => limits.session_policy_characters,
            VpcEndpoint => limits.endpoint_policy_characters,
            Resource | AwsManaged => usize::MAX,
        };
        let at = quota_document(kind, most, "x");
        let spaced = padded(&at, most + 1).replacen("{ ", "{\n", 1);
        assert_eq!(refusals(&spaced, kind, &limits).is_empty(), !white_space, "{}", kind.name());
        // One character of two bytes in the place of one of one byte.
        let wide = at.replacen("xx", "x\u{e9}", 1);
        assert_eq!(refusals(&wide, kind, &limits).is_empty(), !bytes, "{}", kind.name());
        // White space inside of strings always counts.
        let inside = at.replacen("xx", "x x", 1);
        assert!(!refusals(&inside, kind, &limits).is_empty(), "{}", kind.name());
    }
}

#[test]
fn two_hundred_thousand_values() {
    let text = policy(&format!("{PLAIN},\"Condition\":{{\"StringLike\":{{\"a:b\":{}}}}}", list(200_000, "")));
    assert_eq!(refusals(&text, Resource, &Limits::default()), [code::DOCUMENT_TOO_LARGE]);
    let large = with(|l| l.document_bytes = usize::MAX);
    let text = text.replacen("\"Effect\"", "\"Principal\":\"*\",\"Effect\"", 1);
    assert_eq!(refusals(&text, Resource, &large), [code::TOO_MANY_VALUES]);
}

#[test]
fn three_hundred_thousand_arrays_inside_each_other() {
    let open = "[".repeat(300_000);
    assert_eq!(refusals(&open, Identity, &Limits::default()), [code::NESTING_TOO_DEEP]);
    let closed = format!("{open}{}", "]".repeat(300_000));
    assert_eq!(refusals(&closed, Identity, &Limits::default()), [code::DOCUMENT_TOO_LARGE]);
    // Without the bound on depth they cost memory and no stack.
    let unbounded = with(|l| (l.depth, l.document_bytes) = (usize::MAX, usize::MAX));
    assert_eq!(refusals(&closed, Identity, &unbounded), [code::NOT_A_POLICY]);
    assert_eq!(refusals(&open, Identity, &unbounded), [code::JSON_SYNTAX_ERROR]);
}

/// Runs `work` and returns its result, and how long it took.
#[expect(clippy::disallowed_methods, reason = "time is what is measured")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = std::time::Instant::now();
    let done = work();
    (done, start.elapsed())
}

#[test]
fn two_hundred_megabytes_are_refused_at_once() {
    for filler in [" ", "[", "\n"] {
        let text = filler.repeat(200_000_000);
        let (codes, time) = timed(|| refusals(&text, Identity, &Limits::default()));
        assert_eq!(codes, [code::DOCUMENT_TOO_LARGE]);
        assert!(time < Duration::from_secs(5), "{filler:?}: {time:?}");
        println!("{filler:?}: {time:?}");
    }
}

/// As long as the default limits allow, and made to be slow: duplicates and problems in every corner.
#[test]
fn hostile_documents_take_no_longer_than_others() {
    let half = 524_288 / 2;
    let fill = |part: &str, length: usize| part.repeat(length / part.len());
    for (name, text) in [
        (
            "duplicates behind siblings",
            format!("[{}{{{}\"a\":0}}]", fill("0,", half), fill("\"a\":0,", half - 100)),
        ),
        (
            "duplicate operators",
            policy(&format!(
                "{PLAIN},\"Condition\":{{{}\"Null\":{{}}}}",
                fill("\"Null\":{},", 2 * half - 200)
            )),
        ),
        ("unknown elements", format!("{{{}\"a\":0}}", fill("\"b\":0,", 2 * half - 100))),
        ("wrong statements", format!("{{\"Statement\":[{}0]}}", fill("0,", 2_000))),
        ("pairs", format!("[{}0]", fill("{\"a\":0,\"a\":0},", 2 * half - 100))),
    ] {
        assert!(text.len() <= 524_288, "{name}");
        let (codes, time) = timed(|| refusals(&text, Identity, &Limits::default()));
        assert!(!codes.is_empty(), "{name}");
        assert!(time < Duration::from_secs(5), "{name}: {time:?}");
        println!("{name}: {time:?}");
    }
}
