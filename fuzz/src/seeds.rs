//! Seeds: the first inputs of a target, made from the test vectors and the policies of the repository. Their number and size are bounded.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use iam_catalog::Catalog;
use iam_policy::value::{Decimal, Instant, IpRange, decode_base64};
use iam_policy::{PolicyKind, Test};
use iam_testkit::{Source, vectors};
use serde_json::{Value, json};

use crate::input;
use crate::targets::{catalogs_read_back, manifests_pin_documents, negation_is_the_opposite::PAIRS};

/// The maximum number of seeds of one target.
pub const MOST: usize = 300;

/// The maximum number of bytes of one seed. libFuzzer gets the same bound.
pub const MOST_BYTES: usize = 4_096;

/// The seeds of a target: at most [`MOST`], spread evenly over all that exist.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    let all: BTreeSet<Vec<u8>> = every(target).into_iter().filter(|seed| seed.len() <= MOST_BYTES).collect();
    let step = all.len().div_ceil(MOST).max(1);
    all.into_iter().step_by(step).collect()
}

fn every(target: &str) -> Vec<Vec<u8>> {
    match target {
        "decide_is_explained" | "flips_come_true" | "engines_agree_on_texts" => texts(decisions()),
        "generated_keep_laws" | "engines_agree" | "answers_are_shown" => choices(),
        "sessions_keep_bounds" => texts(CASES.iter().filter(|c| c.get("operation").is_some()).cloned()),
        "vectors_read_alike" => texts(CASES.iter().map(|case| json!([case]))),
        "policies_read_back" | "deployed_accepts_strict" => policies(),
        "problems_have_places" => {
            let others = ["decide_is_explained", "sessions_keep_bounds", "vectors_read_alike"].map(of);
            let others = others.into_iter().flatten().step_by(3).map(|seed| [b"a", seed.as_slice()].concat());
            policies().into_iter().step_by(2).chain(others).collect()
        }
        "json_like_serde" | "json_values_have_places" | "sizes_ignore_layout" => {
            policies().into_iter().map(|seed| seed[1..].to_vec()).chain(texts(decisions())).collect()
        }
        "base64_reads_back" => {
            some(|text| decode_base64(text).is_some() || text.eq_ignore_ascii_case("true"))
        }
        "values_keep_order" => {
            let number = some(|text| Decimal::parse(text).is_some());
            let date = some(|text| Instant::parse(text).is_some());
            [number, date].iter().flat_map(|values| values.windows(3).map(joined)).collect()
        }
        "ranges_hold_addresses" => {
            some(|text| IpRange::parse(text).is_some()).windows(2).map(joined).collect()
        }
        "patterns_read_back" | "names_keep_their_text" => some(|_| true),
        "glob_is_its_definition" => some(|text| text.contains([':', '*'])).windows(2).map(joined).collect(),
        "covers_is_sound" => some(|text| text.contains([':', '*'])).windows(3).flat_map(coverings).collect(),
        "negation_is_the_opposite" => CASES.iter().flat_map(comparisons).collect(),
        "catalogs_read_back" => catalogs(),
        "manifests_pin_documents" => {
            vec![manifests_pin_documents::manifest().into_bytes(), b"{\"policies\": []}".to_vec()]
        }
        "profiles_read_back" => profiles(),
        "claims_read_back" => claims(),
        "restrictions_deny" => restrictions(),
        "snapshots_read_back" => texts(CASES.windows(2).filter_map(snapshot)),
        "verbs_answer" => questions(),
        "documents_have_origins" => documents(),
        _ => Vec::new(),
    }
}

/// Policies in outputs, templates, YAML and texts, with a byte in front that chooses the name of the file.
fn documents() -> Vec<Vec<u8>> {
    let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}"#;
    let text = serde_json::to_string(policy).unwrap_or_default();
    let relaxed = r#"// one
{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*",}],} /* end */"#;
    let yaml = r#"Version: '2012-10-17'
Statement:
  - Effect: Allow
    Action: [s3:GetObject, "s3:\u004cist*"]
    Resource: >-
      arn:aws:s3:::b/*
"#;
    let template = "Resources:
  B:
    Type: AWS::S3::BucketPolicy
    Properties:
      PolicyDocument:
        Statement:
          - {Effect: Allow, Principal: '*', Action: s3:GetObject, Resource: !Sub '${Logs.Arn}/*'}
";
    let plan = format!(
        r#"{{"planned_values": {{"root_module": {{"resources": [{{"address": "aws_iam_policy.p", "type": "aws_iam_policy", "values": {{"policy": {text}}}}}]}}}}}}"#
    );
    let code = r#"resource "aws_iam_policy" "p" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}
"#;
    let encoded = "%7B%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D";
    let plain = [
        format!(r#"{{"RoleName": "r", "PolicyName": "p", "PolicyDocument": {policy}}}"#),
        format!(r#"{{"Policy": {text}}}"#),
        format!(r#"{{"Role": {{"RoleName": "r", "AssumeRolePolicyDocument": {policy}}}}}"#),
        [policy, policy].join("\n"),
        relaxed.to_owned(),
        yaml.to_owned(),
        template.to_owned(),
        plan,
        code.to_owned(),
        encoded.to_owned(),
    ];
    let with = |byte: u8| plain.iter().map(move |text| [&[byte], text.as_bytes()].concat());
    (0..5).flat_map(with).collect()
}

/// A question of each kind over a small role. Verb, question and files have a line each.
fn questions() -> Vec<Vec<u8>> {
    let policy = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:List*", "Resource": "*"}}).to_string();
    let role = json!({"RoleName": "R", "Arn": "arn:aws:iam::111122223333:role/R"}).to_string();
    let denied = "User: x is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::a/b because no session policy allows it";
    let files = json!({"r/role.json": role, "r/inline/p.json": policy, "p.json": policy, "m.txt": denied})
        .to_string();
    let asked = [
        (
            "preview",
            json!({"snapshot": "r", "session": {"profile": "narrow"}, "for_tag": ["DoitEnvironment=1"]}),
        ),
        (
            "could",
            json!({"snapshot": "r", "action": "s3:ListBucket", "resource": "arn:aws:s3:::a", "context": ["a:b=c"]}),
        ),
        ("could", json!({"snapshot": "r", "message": "m.txt"})),
        ("check", json!({"paths": ["r", "p.json"], "kind": "identity", "mode": "strict"})),
        ("documents", json!({"snapshot": "r"})),
        ("diff", json!({"old": "p.json", "new": "p.json", "closed": true})),
        ("shrink", json!({"policy": "p.json", "fit": 100})),
        ("not-granted", json!({"policies": ["p.json"], "action": ["s3:*"]})),
        ("restrict", json!({"resource": "arn:aws:sqs:eu-west-1:111122223333:q"})),
        (
            "eval",
            json!({"request": {"action": "s3:ListBucket", "resource": "arn:aws:s3:::a", "principal": "arn:aws:iam::111122223333:user/u"}, "policies": {"identity": ["p.json"]}}),
        ),
        ("roles", json!({"file": "p.json"})),
    ];
    asked.iter().map(|(verb, question)| format!("{verb}\n{question}\n{files}").into_bytes()).collect()
}

/// Bytes from which a generator chooses.
fn choices() -> Vec<Vec<u8>> {
    let drawn = |number: u64| {
        let mut source = Source::of_case(1, number);
        let length = source.between(64, 1_024);
        (0..length).filter_map(|_| u8::try_from(source.below(256)).ok()).collect()
    };
    (0..100).map(drawn).collect()
}

/// Every vector.
static CASES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let read = |(_, text): &(&str, &str)| serde_json::from_str::<Vec<Value>>(text).unwrap_or_default();
    vectors::FILES.iter().flat_map(read).collect()
});

/// Every text in the vectors, including names of members, once and sorted.
static STRINGS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    fn collect<'v>(value: &'v Value, into: &mut BTreeSet<&'v str>) {
        match value {
            Value::String(text) => drop(into.insert(text)),
            Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
            Value::Object(members) => members.iter().for_each(|(name, value)| {
                into.insert(name);
                collect(value, into);
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut strings = BTreeSet::new();
    CASES
        .iter()
        .flat_map(|case| [case.get("request"), case.get("policies")])
        .flatten()
        .for_each(|v| collect(v, &mut strings));
    strings
});

/// Tokens of the vectors, and the files that a gate reads.
fn claims() -> Vec<Vec<u8>> {
    let files = [
        &include_bytes!("../../policies/doit/example-claims.json")[..],
        include_bytes!("../../policies/doit/identity-providers.json"),
        br#"{"schema": "iamgate/installation", "version": 1, "steps": [{"action": "iam:ListRoles", "resource": "*", "why": "x"}]}"#,
    ];
    let tokens = CASES.iter().filter_map(|case| case.get("token").or(case.get("claims")).cloned());
    texts(tokens).into_iter().chain(files.map(<[u8]>::to_vec)).collect()
}

/// Resource policies of the vectors, each after an ARN.
fn restrictions() -> Vec<Vec<u8>> {
    let arns = [
        "arn:aws:s3:::payroll",
        "arn:aws:kms:us-east-1:111122223333:key/1",
        "arn:aws:sqs:us-east-1:111122223333:q",
        "arn:aws:sns:us-east-1:111122223333:t",
        "arn:aws:ecr:us-east-1:111122223333:repository/r",
    ];
    let policies = CASES.iter().filter_map(|case| case.get("policies")?.get("resource").cloned());
    let behind = policies.filter(Value::is_object).zip(arns.iter().cycle());
    behind.map(|(policy, arn)| format!("{arn}\n{policy}").into_bytes()).collect()
}

fn texts(values: impl IntoIterator<Item = Value>) -> Vec<Vec<u8>> {
    values.into_iter().map(|value| value.to_string().into_bytes()).collect()
}

fn some(wanted: impl Fn(&str) -> bool) -> Vec<Vec<u8>> {
    STRINGS.iter().filter(|text| wanted(text)).map(|text| text.as_bytes().to_vec()).collect()
}

fn joined(lines: &[Vec<u8>]) -> Vec<u8> {
    lines.join(&b'\n')
}

fn coverings(lines: &[Vec<u8>]) -> [Vec<u8>; 2] {
    [joined(lines), joined(&[b"arn:*".to_vec(), lines[1].clone(), lines[2].clone()])]
}

/// Requests with their policies, without what the vectors say about them.
fn decisions() -> impl Iterator<Item = Value> {
    CASES
        .iter()
        .filter_map(|case| Some(json!({"request": case.get("request")?, "policies": case.get("policies")?})))
}

/// Policy documents with their kinds.
fn policies() -> Vec<Vec<u8>> {
    let vectors = CASES.iter().filter_map(|case| {
        let (kind, text) = (case.get("kind")?.as_str()?, case.get("text")?.as_str()?);
        Some(input::with_kind(PolicyKind::from_name(kind)?, text))
    });
    let files = files("").into_iter().map(|(name, text)| {
        let kind = match name.rsplit('/').next() {
            Some("trust.json") => PolicyKind::Trust,
            Some("policy.json") => PolicyKind::Resource,
            _ => PolicyKind::Managed,
        };
        input::with_kind(kind, &text)
    });
    // Every JSON escape, in every text that is kept as written.
    let escapes = r#"\" \\ \/ \b \f \n \r \t \u00e9 \ud83d\ude00"#;
    let escaped = PolicyKind::ALL.map(|kind| {
        let principal = if kind.names_principals() { r#""Principal":{"AWS":"*"},"# } else { "" };
        let text = format!(
            r#"{{"Version":"2012-10-17","Id":"{escapes}","Statement":[{{"Sid":"{escapes}","Effect":"Deny",{principal}"Action":"s3:*",
            "Resource":"arn:aws:s3:::{escapes}","Condition":{{"StringLike":{{"aws:RequestTag/{escapes}":"{escapes}"}}}}}}]}}"#
        );
        input::with_kind(kind, &text)
    });
    vectors.chain(files).chain(escaped).collect()
}

/// The JSON files below a folder of `policies`, by path.
fn files(folder: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<(String, String)>) {
        for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                walk(&path, found);
            } else if let (true, Ok(text)) =
                (path.extension().is_some_and(|e| e == "json"), std::fs::read_to_string(&path))
            {
                found.push((path.to_string_lossy().into_owned(), text));
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies").join(folder), &mut found);
    found
}

/// For every condition of a case whose key the request has: the pair of operators, the policy's first value, and the request's value.
fn comparisons(case: &Value) -> Vec<Vec<u8>> {
    let scalar = |value: &Value| match value {
        Value::Array(items) => items.first().and_then(Value::as_str).map(str::to_owned),
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    let mut found = Vec::new();
    let mut rest: Vec<&Value> = case.get("policies").into_iter().collect();
    while let Some(value) = rest.pop() {
        rest.extend(
            value
                .as_array()
                .into_iter()
                .flatten()
                .chain(value.as_object().into_iter().flat_map(|o| o.values())),
        );
        for (operator, tests) in value.get("Condition").and_then(Value::as_object).into_iter().flatten() {
            let Ok(test) = Test::parse(operator) else { continue };
            let name = test.operator.name();
            let Some(pair) = (b'a'..).zip(PAIRS).find(|(_, (a, b))| name == *a || name == *b) else {
                continue;
            };
            for (key, value) in tests.as_object().into_iter().flatten() {
                let seen =
                    case.pointer("/request/context").and_then(|context| context.get(key)).and_then(scalar);
                let Some((value, seen)) = scalar(value).zip(seen) else { continue };
                found.push([&[pair.0], value.as_bytes(), b"\n", seen.as_bytes()].concat());
            }
        }
    }
    found
}

fn catalogs() -> Vec<Vec<u8>> {
    const DETAILS: &str = "iam-catalog details 1\nsource here 1\ndate 2026-01-02\ncounts 2 2\ngsaws:TagKey/${k}\ngsb:X\n@a\nkSa:K\n\
        kSb:X\nknb:Y\ntthing\tarn:1, arn:2\t0\naDo\t1\t0!:2;0\n@b\nkab:Y\naGo\t\t\n";
    const ACTIONS: &str = "iam-catalog actions 1\nsource here 1\ndate 2026-01-02\ncounts 2 3\n@a - Service A\nLAa\nRaB du\n@b rcp B\nWC cd c=arn:*:b:::*key*\n";
    let embedded = Catalog::embedded().ok();
    let first = embedded.iter().flat_map(|catalog| (1..4).map(|n| catalogs_read_back::written(catalog, n)));
    first.chain([DETAILS.to_owned(), ACTIONS.to_owned()]).map(String::into_bytes).collect()
}

/// The profiles of this repository, with the only managed policy that the target has.
fn profiles() -> Vec<Vec<u8>> {
    let profiles =
        files("doit/profiles").into_iter().filter_map(|(_, text)| serde_json::from_str::<Value>(&text).ok());
    let short = json!({
        "schema": "iamgate/profile", "version": 1, "name": "short", "about": "a", "parameters": ["account"], "PolicyArns": [],
        "Policy": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::{{account}}/*"}},
        "levels": ["List", "Read"], "future": [], "never_allowed": ["Credentials"], "always_denied": ["iam:PassRole"], "budget": 2048,
        "exceptions": [{"actions": ["s3:Get*"], "why": "b", "resources": ["arn:aws:s3:::a/${aws:username}/*"]}, {"actions": ["*"], "why": "c"}],
    });
    texts(profiles.chain([short]).flat_map(|profile| {
        [json!([]), json!([manifests_pin_documents::ARN])].map(|arns| {
            let mut profile = profile.clone();
            profile["PolicyArns"] = arns;
            profile
        })
    }))
}

/// A role with the identity policies and the boundary of two cases, as AWS prints it.
fn snapshot(cases: &[Value]) -> Option<Value> {
    let [first, second] = cases else { return None };
    let inline = first.pointer("/policies/identity/0")?;
    let managed = second.pointer("/policies/identity/0")?;
    let version =
        |document: &Value| json!([{"VersionId": "v1", "IsDefaultVersion": true, "Document": document}]);
    Some(json!({
        "IsTruncated": false,
        "RoleDetailList": [{
            "RoleName": "Reader", "Arn": "arn:aws:iam::111122223333:role/Reader", "MaxSessionDuration": 7200,
            "AssumeRolePolicyDocument": "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22sts%3AAssumeRole%22%2C%22Principal%22%3A%7B%22AWS%22%3A%22111122223333%22%7D%7D%7D",
            "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": inline}],
            "AttachedManagedPolicies": [{"PolicyName": "Team", "PolicyArn": "arn:aws:iam::111122223333:policy/Team"}],
            "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/Team"},
        }],
        "Policies": [{"Arn": "arn:aws:iam::111122223333:policy/Team", "PolicyVersionList": version(managed)}],
    }))
}
