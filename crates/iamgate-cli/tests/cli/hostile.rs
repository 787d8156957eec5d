//! Texts from outside never control a terminal, leave their place in Markdown, or make a command of GitHub Actions: every verb that the program
//! has, in every format, with hostile texts wherever one can stand.
#![expect(
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    reason = "places in a line were found in the same line"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;

use iamgate::iam_json::is_hidden;
use serde_json::{Value, json};

use super::preview::folder;
use super::run::{iamgate, output, stdout};

/// Every kind of text that could do harm. `INJ` marks what must not begin a line.
const HOSTILE: [&str; 4] = [
    "a\u{1b}[35mINJ\u{1b}[2J\u{9b}2J\u{7f}\u{8}\u{61c}\u{200b}\u{200e}\u{200f}\u{202a}\u{202e}\u{2066}\u{2069}\u{2028}\u{2029}\u{feff}\u{e0041}\nINJ\r::error::INJ",
    "a`<script>INJ</script>`|b``[x](https://inj.example)<img/src=x>*_~@inj/team",
    "x%0A::error file=x::INJ\n::warning::INJ",
    "a\u{202e}\u{2067}b",
];

const GATEWAY: &str = "../../../../../policies/doit/support-gateway";
const PRIVATE: &str = "../../../../iamgate-record/tests/keys/ed25519.pem";
const PUBLIC: &str = "../../../../iamgate-record/tests/keys/ed25519.pub.pem";

/// The arguments with which a verb is asked, after its name. `ROLE`, `POLICY`, `TRUST`, `BUCKET`, `CASE` and `DUMP` are hostile documents.
fn questions() -> BTreeMap<&'static str, Vec<Vec<&'static str>>> {
    let session = "../../../../../policies/doit/example-claims.json";
    let account = "111122223333";
    BTreeMap::from([
        (
            "preview",
            vec![vec!["ROLE", "--full"], vec!["ROLE", "--before-profile", "narrow", "--full"], vec!["DUMP"]],
        ),
        (
            "plan",
            vec![
                vec!["ROLE", "--claims", session, "--engineer", "ana@doit.com", "--case", "1"],
                vec!["ROLE", "--claims", session, "--engineer", "HOSTILE", "--case", "HOSTILE"],
            ],
        ),
        ("record sign", vec![vec!["RECORD", "--key", PRIVATE], vec!["BROKEN", "--key", PRIVATE]]),
        ("record verify", vec![vec!["CHAIN", "--key", PUBLIC], vec!["BROKEN", "--key", PUBLIC]]),
        (
            "audit",
            vec![
                vec!["GATEWAY", "--record", "PLANNED", "--events", "EVENTS"],
                vec!["GATEWAY", "--record", "RECORD", "PLANNED", "--events", "EVENTS", "BROKEN"],
                vec!["GATEWAY", "--events", "EVENTS", "BROKEN"],
                vec!["ROLE", "--events", "EVENTS"],
            ],
        ),
        ("trust", vec![vec!["ROLE"]]),
        ("roles", vec![vec!["DUMP"], vec!["DUMP", "--role", "HOSTILE"]]),
        (
            "preflight",
            vec![
                vec!["POLICY", "--account", account],
                vec!["POLICY", "--account", account, "--steps", "STEPS"],
            ],
        ),
        (
            "restrict",
            vec![
                vec!["arn:aws:s3:::b-bucket", "--account", account, "--policy", "BUCKET"],
                vec!["HOSTILE", "--account", account],
                vec!["arn:aws:s3:::b-bucket", "--account", account],
            ],
        ),
        ("profiles", vec![vec![], vec!["--profiles", "PROFILES"]]),
        (
            "profiles build",
            vec![vec!["standard", "--role", "ROLE"], vec!["standard", "--any-role", "--keep", "HOSTILE"]],
        ),
        ("profiles review", vec![vec!["--managed", "../../../../../policies/aws-managed", "standard"]]),
        ("prove read-only", vec![vec!["ROLE"], vec!["ROLE", "--context", "HOSTILE=HOSTILE"]]),
        (
            "prove not-granted",
            vec![
                vec!["POLICY", "--action", "s3:GetObject"],
                vec!["OTHER", "--action", "s3:GetObject"],
                vec!["POLICY", "--action", "HOSTILE", "--resource", "HOSTILE"],
            ],
        ),
        (
            "prove no-public",
            vec![
                vec!["BUCKET", "--owner", account],
                vec!["BUCKET", "--owner", account, "--organization", "HOSTILE"],
            ],
        ),
        ("effective", vec![vec!["ROLE"]]),
        ("shrink", vec![vec!["POLICY"]]),
        ("diff", vec![vec!["POLICY", "OTHER"], vec!["OTHER", "POLICY", "--closed"]]),
        (
            "could",
            vec![
                vec!["ROLE", "--action", "s3:GetObject"],
                vec!["ROLE", "--action", "s3:GetObject", "--resource", "HOSTILE"],
            ],
        ),
        (
            "why",
            vec![
                vec!["ROLE", "--message", "MESSAGE"],
                vec!["--message", "MESSAGE"],
                vec!["ROLE", "--message", "MESSAGE", "--profile", "HOSTILE"],
            ],
        ),
        ("eval", vec![vec!["CASE"], vec!["--batch", "CASE"]]),
        ("explain", vec![vec!["CASE"], vec!["--batch", "CASE"]]),
        (
            "check",
            vec![
                vec!["POLICY", "--mode", "deployed"],
                vec!["POLICY", "TRUST", "BUCKET", "--mode", "deployed"],
                vec!["POLICY", "TRUST", "BUCKET", "BROKEN"],
                vec!["ROLE"],
                vec!["--explain", "HOSTILE"],
            ],
        ),
        ("conformance", vec![vec!["VECTORS"], vec!["POLICY"]]),
        ("completions", vec![vec!["bash"]]),
        ("man", vec![vec![]]),
    ])
}

/// Documents in which a text stands wherever one can stand, by the words of [`questions`]. Those that are read have it only where AWS stores
/// any text.
fn documents(at: usize, hostile: &str, are_read: bool) -> BTreeMap<&'static str, String> {
    let base = folder(&format!("hostile-{at}-{are_read}"));
    let (action, name) = if are_read { ("\u{9b}\u{202e}*", "R") } else { (hostile, hostile) };
    let file = |name: &str, value: &Value| {
        // A name of a file has no slash.
        let path = base.join(format!("{name}{}.json", hostile.replace('/', "-")));
        fs::write(&path, value.to_string()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let condition = json!({"StringLike": {"aws:PrincipalTag/x": hostile}, "StringEquals": {format!("aws:RequestTag/{hostile}"): hostile}});
    let statement = |action: &Value, resource: &str| json!({"Sid": hostile, "Effect": "Allow", "Action": action, "Resource": resource});
    let object = format!("arn:aws:s3:::b/{hostile}");
    let policy = json!({"Version": "2012-10-17", "Statement": [
        statement(&json!(["s3:GetObject", "s3:Put*"]), &object),
        {"Sid": "b", "Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": condition},
        {"Sid": hostile, "Effect": "Deny", "Action": "s3:GetObjectVersion", "Resource": object, "Condition": condition},
        statement(&json!("support:*"), "*"),
    ]});
    let other = json!({"Version": "2012-10-17", "Statement": [statement(&json!("s3:*"), "*"), statement(&json!(format!("s3:{action}")), "*")]});
    let principals = json!({"AWS": ["111122223333", format!("arn:aws:iam::444455556666:role/{name}")], "Federated": if are_read { "accounts.google.com" } else { hostile }});
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": hostile, "Effect": "Allow", "Principal": principals, "Action": ["sts:AssumeRole", format!("sts:{action}")]},
        {"Sid": "d", "Effect": "Allow", "Principal": {"Federated": format!("arn:aws:iam::111122223333:oidc-provider/{name}")},
         "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition},
    ]});
    let bucket = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": hostile, "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": object},
        {"Sid": hostile, "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::444455556666:role/{name}")}, "Action": "s3:*", "Resource": "*", "Condition": condition},
    ]});
    let about = json!({"RoleName": name, "Arn": format!("arn:aws:iam::111122223333:role/{name}")});
    let role = base.join(format!("role{}", hostile.replace('/', "-")));
    fs::create_dir_all(role.join("inline")).unwrap();
    fs::write(role.join("role.json"), about.to_string()).unwrap();
    fs::write(role.join("trust.json"), trust.to_string()).unwrap();
    fs::write(role.join("inline").join(format!("{}.json", hostile.replace('/', "-"))), policy.to_string())
        .unwrap();
    let detail = |name: &str, arn: String| {
        json!({"RoleName": name, "Arn": arn, "AssumeRolePolicyDocument": trust, "AttachedManagedPolicies": [],
               "RolePolicyList": [{"PolicyName": hostile, "PolicyDocument": policy}], "Path": "/"})
    };
    let dump = json!({"RoleDetailList": [detail(name, format!("arn:aws:iam::111122223333:role/{name}"))], "Policies": [], "IsTruncated": false});
    let case = json!({
        "request": {"action": "s3:GetObject", "resource": object,
            "principal": {"type": "iam_user", "arn": format!("arn:aws:iam::111122223333:user/{name}"), "account": "111122223333"},
            "context": {format!("aws:RequestTag/{hostile}"): hostile, "aws:PrincipalTag/x": [hostile, hostile]}},
        "policies": {"identity": [policy, other], "resource": bucket},
    });
    let steps = json!({"schema": "iamgate/installation", "version": 1, "parameters": ["account"], "steps": [
        {"action": "iam:CreateRole", "resource": hostile, "why": hostile, "context": {hostile: hostile}}]});
    let profiles = base.join("profiles");
    fs::create_dir_all(&profiles).unwrap();
    let standard = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/doit/profiles/narrow.json");
    let mut profile: Value = serde_json::from_str(&fs::read_to_string(standard).unwrap()).unwrap();
    profile["about"] = json!(hostile);
    fs::write(profiles.join("narrow.json"), profile.to_string()).unwrap();
    let message = format!(
        "User: arn:aws:sts::111122223333:assumed-role/{name}/{name} is not authorized to perform: s3:GetObject on resource: \"{object}\" because no identity-based policy allows the s3:GetObject action"
    );
    let said = base.join("message");
    fs::write(&said, message).unwrap();
    // The record of a session for a case of this name, and the same signed.
    let written = |name: &str, run: &Output| {
        let path = base.join(name);
        fs::write(&path, &run.stdout).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let claims = "../../../../../policies/doit/example-claims.json";
    let asked = ["plan", GATEWAY, "--claims", claims, "--at", "2026-11-26T12:00:00Z", "--format", "json"];
    let asked = [&asked[..], &["--engineer", "ana@doit.com", "--case", hostile]].concat();
    let record = written("record.json", &iamgate(&asked).output().unwrap());
    let asked = [&asked[..6], &["--format", "json", "--engineer", "ana@doit.com", "--case", "1"]].concat();
    let planned = written("planned.json", &iamgate(&asked).output().unwrap());
    let chain =
        written("chain.jsonl", &iamgate(&["record", "sign", &record, "--key", PRIVATE]).output().unwrap());
    let vector = |id: &str, decision: &str| {
        json!({"id": id, "section": hostile, "about": hostile, "source": hostile, "certainty": "judgement", "why": hostile,
               "request": {"principal": {"type": "anonymous"}, "action": "s3:GetObject", "resource": object},
               "policies": {}, "expect": {"decision": decision}})
    };
    let vectors = json!([vector(if are_read { "v" } else { hostile }, "allowed")]);
    let broken = json!({"Version": "2012-10-17", "Statement": [{"Sid": hostile, "Effect": hostile, "Action": hostile, hostile: 1, "Resource": hostile}]});
    BTreeMap::from([
        ("ROLE", role.to_str().unwrap().to_owned()),
        ("PROFILES", profiles.to_str().unwrap().to_owned()),
        ("MESSAGE", said.to_str().unwrap().to_owned()),
        ("POLICY", file("policy", &policy)),
        ("OTHER", file("other", &other)),
        ("TRUST", file("trust", &trust)),
        ("BUCKET", file("bucket", &bucket)),
        ("DUMP", file("dump", &dump)),
        ("CASE", file("case", &case)),
        ("STEPS", file("steps", &steps)),
        ("VECTORS", file("vectors", &vectors)),
        ("BROKEN", file("broken", &broken)),
        ("EVENTS", file("events", &events(&planned, hostile))),
        ("PLANNED", planned),
        ("GATEWAY", GATEWAY.to_owned()),
        ("RECORD", record),
        ("CHAIN", chain),
        ("HOSTILE", hostile.to_owned()),
    ])
}

/// Events of the session of a decision record, and of a session that no record plans, with a text wherever one can stand.
fn events(record: &str, hostile: &str) -> Value {
    let provider = "arn:aws:iam::123456789012:oidc-provider/support.cre.doit-intl.com";
    let record: Value = serde_json::from_str(&fs::read_to_string(record).unwrap()).unwrap();
    let planned = record["call"]["RoleSessionName"].as_str().unwrap();
    let call = |session: &str, source: &str, name: &str, parameters: &Value, error: &str| {
        json!({
            "userIdentity": {"type": "AssumedRole", "accessKeyId": hostile, "principalId": hostile,
                "arn": format!("arn:aws:sts::123456789012:assumed-role/DoiT-Support-Gateway/{session}"),
                "sessionContext": {"webIdFederationData": {"federatedProvider": provider}}},
            "eventTime": hostile, "eventSource": source, "eventName": name, "awsRegion": hostile,
            "sourceIPAddress": hostile, "requestParameters": parameters, "eventType": "AwsApiCall",
            "eventID": format!("{hostile}{source}{name}{error}"),
            "errorCode": error, "errorMessage": hostile,
        })
    };
    let object = json!({"bucketName": "b", "key": hostile, "secretId": hostile});
    let opening = json!({
        "eventSource": "sts.amazonaws.com", "eventName": "AssumeRoleWithWebIdentity", "eventID": hostile, "eventTime": hostile,
        "requestParameters": {"roleArn": "arn:aws:iam::123456789012:role/DoiT-Support-Gateway", "roleSessionName": planned,
            "policy": hostile, "policyArns": [hostile], "principalTags": {hostile: hostile}, "sourceIdentity": hostile},
        "responseElements": {"provider": hostile, "credentials": {"accessKeyId": "A", "expiration": hostile}},
    });
    let s3 = "s3.amazonaws.com";
    json!({"Records": [
        opening,
        call(planned, s3, "PutObject", &object, ""),
        call(planned, s3, "ListBuckets", &object, "AccessDenied"),
        call(planned, "secretsmanager.amazonaws.com", "GetSecretValue", &object, ""),
        call(planned, hostile, hostile, &object, ""),
        call(planned, s3, hostile, &object, hostile),
        call("somebody", s3, "PutObject", &object, ""),
    ]})
}

/// A verb as the program describes it: its name, its formats, and its options that take a value.
struct Verb {
    name: String,
    formats: Vec<String>,
    options: Vec<String>,
}

/// Every verb in the tree of the program's own help.
fn verbs(path: &str) -> Vec<Verb> {
    let mut asked: Vec<&str> = path.split_whitespace().collect();
    asked.push("-h");
    let help = stdout(&output(&asked));
    let below: Vec<String> = help
        .split_once("\nCommands:\n")
        .map(|(_, rest)| rest.lines().take_while(|line| line.starts_with("  ")).collect::<Vec<_>>())
        .unwrap_or_default()
        .into_iter()
        // The continuation of a description is indented further.
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .map(|name| format!("{path} {name}").trim_start().to_owned())
        .collect();
    let option = |line: &str| {
        let (option, rest) = line.trim_start().strip_prefix("--")?.split_once(' ')?;
        rest.trim_start().starts_with('<').then(|| format!("--{option}"))
    };
    let options: Vec<String> = help.lines().filter_map(option).collect();
    // Help is wrapped between any two words.
    let words = help.split_whitespace().collect::<Vec<_>>().join(" ");
    let formats = words
        .split_once("--format <")
        .and_then(|(_, rest)| rest.split_once("[possible values: "))
        .and_then(|(_, rest)| rest.split_once(']'))
        .map(|(values, _)| values.split(", ").map(str::to_owned).collect())
        .unwrap_or_default();
    // A verb with others below it can be one itself.
    let is_verb = below.is_empty() || path == "profiles";
    let own = is_verb.then(|| Verb { name: path.to_owned(), formats, options });
    own.into_iter().chain(below.iter().flat_map(|path| verbs(path))).collect()
}

fn harmless(run: &Output, asked: &str) {
    for (stream, bytes) in [("stdout", &run.stdout), ("stderr", &run.stderr)] {
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(!text.contains("error[BUG]"), "{asked}: {text}");
        // What remains of the program's own styles has the letter that an escape sequence needs.
        let own = ["0", "1", "2", "4", "31", "32", "33", "34", "36", "91", "92", "93", "94", "95", "96"];
        let plain = own.iter().fold(text.clone(), |text, code| text.replace(&format!("\u{1b}[{code}m"), ""));
        let found: Vec<char> = plain.chars().filter(|c| is_hidden(*c) && *c != '\n').collect();
        assert!(found.is_empty(), "{asked}: {stream} has {found:?} in {text:?}");
        for line in plain.lines() {
            assert!(
                !line.trim_start().starts_with("INJ"),
                "{asked}: {stream}: a text began a line: {text:?}"
            );
            let is_own = asked.contains("github") && stream == "stdout";
            assert!(
                is_own || !line.trim_start().starts_with("::"),
                "{asked}: {stream} has a command: {text:?}"
            );
        }
    }
    let text = stdout(run);
    let format = asked.split(' ').skip_while(|word| *word != "--format").nth(1).unwrap_or_default();
    match format {
        "json" | "sarif" | "sts" | "gitlab" if !text.is_empty() => {
            serde_json::from_str::<Value>(&text).unwrap_or_else(|error| panic!("{asked}: {error}: {text}"));
        }
        "junit" => {
            // Every element is on a line of its own, so a text that began one would begin a line or follow another's end.
            let own = [
                "<?xml ",
                "<testsuite",
                "</testsuite",
                "<testcase ",
                "</testcase>",
                "<failure ",
                "<error ",
                "<system-out>",
            ];
            for line in text.lines() {
                let line = line.trim_start();
                assert!(own.iter().any(|start| line.starts_with(start)), "{asked}: {line:?}");
                assert!(line.matches('<').count() <= 2 && line.ends_with('>'), "{asked}: {line:?}");
            }
        }
        "jsonl" => {
            for line in text.lines() {
                serde_json::from_str::<Value>(line)
                    .unwrap_or_else(|error| panic!("{asked}: {error}: {line}"));
            }
        }
        "github" => {
            for line in text.lines() {
                let levels = ["::error ", "::warning ", "::notice "];
                assert!(levels.iter().any(|level| line.starts_with(level)), "{asked}: {line:?}");
                let (properties, message) = line.trim_start_matches(':').split_once("::").unwrap();
                // Of a sign of percent, what follows is one of the escapes that a command has.
                for text in [properties, message] {
                    let escapes = text.split('%').skip(1);
                    assert!(
                        escapes.into_iter().all(|rest| ["25", "0A", "0D", "3A", "2C"]
                            .iter()
                            .any(|own| rest.starts_with(own))),
                        "{asked}: {line:?}"
                    );
                }
            }
        }
        "markdown" => text.lines().for_each(|line| markdown(line, asked)),
        _ => {}
    }
}

/// What remains of a line outside of its code spans is the program's own.
fn markdown(line: &str, asked: &str) {
    let mut rest = line;
    let mut outside = String::new();
    while let Some(start) = rest.find('`') {
        outside.push_str(&rest[..start]);
        let fence = rest[start..].chars().take_while(|c| *c == '`').count();
        let body = &rest[start + fence..];
        let mut at = 0;
        let end = loop {
            let run = body[at..]
                .find('`')
                .map_or_else(|| panic!("{asked}: an open code span: {line}"), |own| own + at);
            let length = body[run..].chars().take_while(|c| *c == '`').count();
            if length == fence {
                break run;
            }
            at = run + length;
        };
        // In a table, a `|` that is not escaped ends the cell in a code span too.
        assert!(!line.starts_with('|') || !body[..end].replace("\\|", "").contains('|'), "{asked}: {line}");
        rest = &body[end + fence..];
    }
    outside.push_str(rest);
    for own in ["<details>", "</details>", "<summary>", "</summary>"] {
        outside = outside.replace(own, "");
    }
    assert!(!outside.contains(['<', '[', '@', '_', '~']) && !outside.contains("://"), "{asked}: {line}");
}

/// Asks every verb in every format about documents with a hostile text.
fn ask_everything(at: usize) {
    let questions = questions();
    let tree = verbs("");
    assert!(tree.len() >= 20 && tree.iter().any(|verb| verb.formats.len() == 7), "the help is not read");
    let hostile = HOSTILE[at];
    for verb in &tree {
        let Some(asked) = questions.get(&*verb.name) else {
            panic!("`{}` is a new verb: say with which hostile documents it is asked", verb.name)
        };
        let mut is_answered = false;
        for are_read in [true, false] {
            let documents = documents(at, hostile, are_read);
            let filled = |asked: &[&str]| -> Vec<String> {
                let own = verb.name.split(' ').map(str::to_owned);
                own.chain(asked.iter().map(|word| match *word {
                    "HOSTILE=HOSTILE" => format!("{hostile}={hostile}"),
                    word => documents.get(word).map_or(word, String::as_str).to_owned(),
                }))
                .collect()
            };
            let run = |words: &[&[String]]| {
                let words = words.concat();
                let words: Vec<&str> =
                    words.iter().map(String::as_str).chain(["--color", "always"]).collect();
                let run = iamgate(&words).output().unwrap();
                harmless(&run, &words.join(" "));
                // That an answer is not known is an answer.
                run.status.code().is_some_and(|code| matches!(code, 0 | 1 | 3)) || !run.stdout.is_empty()
            };
            for asked in asked {
                let words = filled(asked);
                is_answered |= run(&[&words]);
                for format in &verb.formats {
                    run(&[&words, &["--format".to_owned(), format.clone()]]);
                }
            }
            // Every option, and a place, with a hostile value: what is wrong is told.
            let (first, name) = (filled(asked.first().unwrap()), filled(&[]));
            if are_read && at < 2 {
                for option in verb.options.iter().filter(|own| {
                    !["--color", "--timeline", "--write", "--write-baseline"].contains(&&***own)
                }) {
                    run(&[&first, &[format!("{option}={hostile}")]]);
                }
            }
            run(&[&name, &[hostile.to_owned()]]);
            run(&[&name, &[format!("--{hostile}")]]);
        }
        assert!(is_answered, "`{}` only refused the hostile documents: its answers were not seen", verb.name);
    }
}

#[test]
fn no_control_character_or_direction_does_harm_in_any_verb_or_format() {
    ask_everything(0);
}

#[test]
fn no_markup_does_harm_in_any_verb_or_format() {
    ask_everything(1);
}

#[test]
fn no_command_does_harm_in_any_verb_or_format() {
    ask_everything(2);
}

#[test]
fn no_direction_does_harm_in_any_verb_or_format() {
    ask_everything(3);
}
