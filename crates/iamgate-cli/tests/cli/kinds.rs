//! `iamgate diff` and `iamgate shrink` on documents of every kind, roles and folders; and what `iamgate explain` says is missing.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::run::{exits, output, stderr, stdout};

/// A folder for the files of one test.
fn folder(name: &str) -> PathBuf {
    let own = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kinds").join(name);
    let _ = fs::remove_dir_all(&own);
    fs::create_dir_all(&own).unwrap();
    own
}

fn write(folder: &Path, name: &str, statements: &str) -> String {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[track_caller]
fn json(args: &[&str], code: i32) -> Value {
    let run = exits(output(&[args, &["--format", "json"]].concat()), code);
    serde_json::from_str(&stdout(&run)).unwrap()
}

const BUCKET: &str = r#"{"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}"#;
const TRUST: &str =
    r#"{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}"#;
const KEY: &str =
    r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:*", "Resource": "*"}"#;
const ALLOW: &str = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#;
const DENY: &str = r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}"#;

#[test]
fn the_kind_follows_from_the_documents_or_is_said() {
    let own = folder("kind");
    for (name, statements, kind, args) in [
        ("bucket", BUCKET, "resource", &[][..]),
        ("trust", TRUST, "trust", &[]),
        ("key", KEY, "kms", &[]),
        ("allow", ALLOW, "identity", &[]),
        // What only denies limits what others allow.
        ("deny", DENY, "scp", &[]),
        ("allow-scp", ALLOW, "scp", &["--kind", "scp"]),
        ("endpoint", BUCKET, "vpc_endpoint", &["--kind", "vpc_endpoint"]),
    ] {
        let path = write(&own, &format!("{name}.json"), statements);
        let answer = json(&[&["diff", &path, &path], args].concat(), 0);
        assert_eq!(answer["kind"], kind, "{name}");
        let premises = answer["premises"].as_array().unwrap();
        assert!(!premises.is_empty() && answer["gained"] == Value::Array(Vec::new()), "{name}");
    }
}

#[test]
fn documents_of_two_kinds_are_refused_and_named() {
    let own = folder("unlike");
    let (bucket, trust, allow) =
        (write(&own, "b.json", BUCKET), write(&own, "t.json", TRUST), write(&own, "a.json", ALLOW));
    for (old, new, says) in [
        (&bucket, &trust, ["b.json is a resource-based policy", "t.json is a trust policy"]),
        (&allow, &bucket, ["a.json is an identity policy", "b.json is a resource-based policy"]),
    ] {
        let run = exits(output(&["diff", old, new]), 2);
        let said = stderr(&run);
        assert!(says.iter().all(|own| said.contains(own)) && said.contains("--kind"), "{said}");
    }
    let several = own.to_str().unwrap();
    assert!(stderr(&exits(output(&["diff", several, &bucket]), 2)).contains("has several policies"));
    assert!(
        stderr(&exits(output(&["diff", &bucket, &bucket, "--owner", "1"]), 2)).contains("`1` is no account")
    );
}

#[test]
fn what_is_only_possible_under_conditions_now_is_said() {
    let own = folder("only");
    let old = write(&own, "old.json", ALLOW);
    let narrow = ALLOW.replace(
        r#""Resource": "*""#,
        r#""Resource": "arn:aws:s3:::b/*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}"#,
    );
    let new = write(&own, "new.json", &narrow);
    let text = stdout(&exits(output(&["diff", &old, &new]), 0));
    assert!(
        text.contains(
            "before: always\n      now: only on arn:aws:s3:::b/* if StringEquals aws:SourceVpc vpc-1\n"
        ),
        "{text}"
    );
    let answer = json(&["diff", &old, &new], 0);
    assert_eq!(answer["lost"][0]["before"]["allowed"], "always");
    assert_eq!(
        answer["lost"][0]["after"]["only"][0],
        "on arn:aws:s3:::b/* if StringEquals aws:SourceVpc vpc-1"
    );
    let text = stdout(&exits(output(&["diff", &new, &old]), 1));
    assert!(text.contains("now: always\n"), "{text}");
}

#[test]
fn what_is_not_known_is_not_told_as_possible() {
    let own = folder("doubts");
    let allow = |actions: &str| format!(r#"{{"Effect": "Allow", "Action": {actions}, "Resource": "*"}}"#);
    let deny = r#"{"Effect": "Deny", "Action": "ec2:StopInstances", "Resource": "*"}"#;
    let old = write(&own, "old.json", &format!("{}, {deny}", allow(r#""s3:GetObject""#)));
    let new = write(&own, "new.json", &allow(r#"["s3:GetObject", "s3:PutObject"]"#));
    let text = stdout(&exits(output(&["diff", &old, &new]), 1));
    let (possible, doubted) = text.split_once("\nNot known whether it becomes possible:\n").expect(&text);
    assert!(possible.contains("Becomes possible:\n  + s3:PutObject\n"), "{text}");
    assert!(!possible.contains("ec2:StopInstances") && !doubted.contains("s3:PutObject"), "{text}");
    assert!(doubted.starts_with("  ? ec2:StopInstances\n      not known: "), "{text}");
    let text = stdout(&exits(output(&["diff", &new, &old]), 0));
    assert!(text.contains("Is no longer possible:\n  - s3:PutObject\n"), "{text}");
    assert!(text.contains("Not known whether it is still possible:\n  ? ec2:StopInstances\n"), "{text}");
}

#[test]
fn policies_of_two_folders_are_matched_by_name() {
    let (old, new) = (folder("old"), folder("new"));
    write(&old, "same.json", ALLOW);
    write(&new, "same.json", ALLOW);
    write(&old, "sub/bucket.json", BUCKET);
    write(&new, "sub/bucket.json", &BUCKET.replace("GetObject", "*"));
    write(&old, "gone.json", KEY);
    write(&new, "more.json", TRUST);
    fs::write(new.join("other.json"), "{}").unwrap();
    let paths = [old.to_str().unwrap(), new.to_str().unwrap()];
    let answer = json(&["diff", paths[0], paths[1]], 1);
    let parts: Vec<String> = answer["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| {
            [&own["name"], &own["state"], &own["verdict"]].map(|text| text.as_str().unwrap()).join(" ")
        })
        .collect();
    let wanted = [
        "gone.json removed holds",
        "more.json added fails",
        "same.json same holds",
        "sub/bucket.json changed fails",
    ];
    assert_eq!(parts, wanted);
    let names: Vec<&Value> = answer["lost"].as_array().unwrap().iter().map(|own| &own["part"]).collect();
    assert!(!names.is_empty() && names.iter().all(|own| *own == "gone.json"), "{names:?}");
}

#[test]
fn roles_are_compared_within_their_boundaries_and_by_trust_apart() {
    let (old, new) = (folder("role-old"), folder("role-new"));
    let role = r#"{"RoleName": "app", "Arn": "arn:aws:iam::111122223333:role/app"}"#;
    for own in [&old, &new] {
        fs::write(own.join("role.json"), role).unwrap();
        write(own, "trust.json", TRUST);
        write(own, "boundary.json", r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#);
    }
    write(&old, "inline/own.json", ALLOW);
    // The boundary leaves nothing of iam:CreateUser.
    let more = r#"{"Effect": "Allow", "Action": ["iam:CreateUser", "s3:PutObject"], "Resource": "*"}"#;
    write(&new, "inline/own.json", &format!("{ALLOW}, {more}"));
    let paths = [old.to_str().unwrap(), new.to_str().unwrap()];
    let answer = json(&["diff", paths[0], paths[1]], 1);
    let gained = answer["gained"].as_array().unwrap();
    assert_eq!(gained.len(), 1, "{answer:#}");
    assert_eq!((&gained[0]["part"], &gained[0]["example"]), (&"permissions".into(), &"s3:PutObject".into()));
    assert_eq!(answer["parts"][1]["state"], "same");
    // A trust policy alone can be compared with that of a role.
    let trust = write(&new, "elsewhere/t.json", &TRUST.replace("ec2", "lambda"));
    let answer = json(&["diff", &trust, paths[0]], 1);
    assert_eq!(answer["gained"][0]["who"][0], "the service ec2.amazonaws.com");
}

#[test]
fn documents_of_every_kind_are_shortened() {
    let own = folder("shrink");
    let (bucket, deny) = (
        write(&own, "bucket.json", &format!("{BUCKET}, {}", BUCKET.replace("GetObject", "PutObject"))),
        write(&own, "deny.json", &format!("{DENY}, {}", DENY.replace("ec2:*", "ec2:RunInstances"))),
    );
    let answer = json(&["shrink", &bucket], 0);
    assert_eq!((&answer["kind"], &answer["equal"]), (&"resource".into(), &true.into()));
    assert_eq!(answer["policy"]["Statement"].as_array().map(Vec::len), Some(1), "{answer:#}");
    let answer = json(&["shrink", &deny], 0);
    assert_eq!(
        (&answer["kind"], &answer["policy"]["Statement"][0]["Action"]),
        (&"scp".into(), &"ec2:*".into())
    );
    let run = exits(output(&["shrink", &bucket, "--may-add"]), 2);
    assert!(stderr(&run).contains("--may-add for a resource-based policy"), "{}", stderr(&run));
    let run = exits(output(&["shrink", &bucket, "--fit", "20"]), 2);
    assert!(stderr(&run).contains("Too long") && !stderr(&run).contains("--may-add"), "{}", stderr(&run));
}

/// What `explain` says has to change, for a request of a session.
fn missing(args: &[&str]) -> String {
    let request = [
        "explain",
        "--principal",
        "arn:aws:sts::111122223333:assumed-role/app/ana",
        "--action",
        "s3:GetObject",
        "--resource",
        "arn:aws:s3:::b/k",
    ];
    let text = stdout(&exits(output(&[&request, args].concat()), 1));
    text.split_once("The answer would be\n").map(|(_, own)| own.to_owned()).unwrap_or_default()
}

#[test]
fn what_is_missing_is_said_for_each_layer() {
    let own = folder("missing");
    let all = write(&own, "all.json", r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#);
    let (ec2, deny) =
        (write(&own, "ec2.json", &ALLOW.replace("s3:GetObject", "ec2:*")), write(&own, "deny.json", DENY));
    let named = |who: &str| {
        let statement = BUCKET.replace("444455556666", who);
        write(&own, &format!("{}.json", who.replace(['/', ':'], "-")), &statement)
    };
    let session = r#""arn:aws:sts::111122223333:assumed-role/app/ana""#;
    let (role, account) = (named("arn:aws:iam::111122223333:role/app"), named("111122223333"));
    for (args, wanted) in [
        (
            &["--identity", &all, "--session", &ec2, "--resource-policy", &role][..],
            format!("  allowed  if statement 1 in the resource-based policy named {session}; it names its role\n"),
        ),
        (
            &["--identity", &ec2, "--resource-policy", &account],
            "  allowed  if statement 1 in the resource-based policy named \"arn:aws:iam::111122223333:role/app\"; it names its account\n".to_owned(),
        ),
        (
            &["--identity", &all, "--scp", &all, "--scp", &deny],
            "  allowed  if level 2 of the service control policies had FullAWSAccess, or another policy that allows it; nothing there allows anything\n".to_owned(),
        ),
        (
            &["--identity", &all, "--scp", &ec2, "--scp", &all],
            "  allowed  if level 1 of the service control policies had a statement that allows it\n".to_owned(),
        ),
        (
            &["--identity", &all, "--boundary", &ec2],
            "  allowed  if the permissions boundary had a statement that allows it\n".to_owned(),
        ),
        (
            &["--identity", &all, "--boundary", &ec2],
            format!("  allowed  if the resource-based policy had a statement that allows it to {session}\n"),
        ),
        (
            &["--identity", &all, "--session", &ec2],
            "  allowed  if the session policies had a statement that allows it\n".to_owned(),
        ),
        (
            &["--identity", &ec2, "--boundary", &ec2, "--scp", &deny],
            "  allowed  if each of these had a statement that allows it: the identity policies, the permissions boundary and the service control policies\n".to_owned(),
        ),
        (
            &["--identity", &all, "--resource-account", "444455556666"],
            "  allowed  if the resource-based policy had a statement that allows it\n".to_owned(),
        ),
    ] {
        let said = missing(args);
        assert!(said.contains(&wanted), "{args:?}: {said}");
    }
    let both = ["--identity", &all, "--boundary", &ec2, "--scp", &deny];
    assert!(!missing(&both).contains("if the permissions boundary had"), "one of two does not suffice");
}

/// The folder of cases is named by `IAMGATE_CASES`.
fn case(name: &str, file: &str) -> Option<String> {
    let folder = std::env::var_os("IAMGATE_CASES")?;
    Some(Path::new(&folder).join(name).join(file).to_str()?.to_owned())
}

#[test]
fn case_32_names_the_session_that_the_bucket_policy_does_not_name() {
    let name = "32-role-vs-session-arn";
    let files = ["role.json", "session.json", "bucket-role.json"].map(|file| case(name, file));
    let [Some(role), Some(session), Some(bucket)] = files else { return };
    let run = output(&[
        "explain",
        "--principal",
        "arn:aws:sts::111122223333:assumed-role/s3test/test123",
        "--action",
        "s3:GetObject",
        "--resource",
        "arn:aws:s3:::example/k",
        "--identity",
        &role,
        "--session",
        &session,
        "--resource-policy",
        &bucket,
    ]);
    let said = stdout(&exits(run, 1));
    assert!(
        said.contains(r#"named "arn:aws:sts::111122223333:assumed-role/s3test/test123"; it names its role"#),
        "{said}"
    );
}

#[test]
fn case_35_says_which_name_the_not_principal_lacks() {
    let name = "35-notprincipal";
    let files = ["id.json", "b.json"].map(|file| case(name, file));
    let [Some(identity), Some(bucket)] = files else { return };
    let session = "arn:aws:sts::111122223333:assumed-role/HR-app/ana";
    let arguments = |format: &str| {
        let words = [
            "explain",
            "--principal",
            session,
            "--action",
            "s3:GetObject",
            "--resource",
            "arn:aws:s3:::hr/x",
        ];
        let files = ["--identity", &identity, "--resource-policy", &bucket, "--format", format];
        let words: Vec<String> = words.iter().chain(&files).map(ToString::to_string).collect();
        words
    };
    let run = |format| {
        let words = arguments(format);
        stdout(&exits(output(&words.iter().map(String::as_str).collect::<Vec<_>>()), 1))
    };
    let said = run("human");
    let told = format!(
        r#"allowed  if statement 1 in the resource-based policy did not apply, as it would not with "{session}" in its NotPrincipal"#
    );
    assert!(said.contains(&told), "{said}");
    let said: serde_json::Value = serde_json::from_str(&run("json")).expect("JSON");
    assert!(said.to_string().contains(&format!(r#""unlisted":["{session}"]"#)), "{said}");
}

#[test]
fn case_33_and_51_are_compared_with_themselves_and_shortened() {
    for file in ["b.json", "poweruser.json"] {
        let Some(path) = case("33-diff", file) else { return };
        assert_eq!(json(&["diff", &path, &path], 0)["verdict"], "holds");
    }
    let Some(path) = case("51-shrink-resources", "p.json") else { return };
    let answer = json(&["shrink", &path, "--fit", "100000"], 0);
    assert_eq!(answer["equal"], true);
}
