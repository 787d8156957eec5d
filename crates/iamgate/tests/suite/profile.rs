//! Profiles are read strictly, because a misread promise is worth nothing.

use super::support::{folder, managed};
use iamgate::iam_policy::Limits;
use iamgate::{File, InputError, Profile};

const ACCOUNT: &str = "123456789012";

/// The smallest profile.
const SMALL: &str = r#"{
  "schema": "iamgate/profile", "version": 1, "name": "small", "about": "A test.",
  "parameters": ["account"],
  "PolicyArns": ["arn:aws:iam::aws:policy/SecurityAudit"],
  "Policy": {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalTag/DoitEnvironment": "{{account}}"}}}]
  },
  "levels": ["List", "Read"],
  "exceptions": [{"actions": ["support:*"], "why": "Cases."}],
  "future": ["*:Describe*"],
  "never_allowed": ["Credentials"],
  "always_denied": ["s3:GetObject"],
  "kept": [{"actions": ["ec2:GetConsole*"], "why": "Boot logs."}],
  "budget": 2048
}"#;

fn load(text: &str, account: &str) -> Result<Profile, InputError> {
    let file = File { name: "small.json".to_owned(), text: text.to_owned() };
    Profile::load(&file, account, &managed(), &Limits::default())
}

/// The smallest profile with one text replaced.
fn with(from: &str, to: &str) -> Result<Profile, InputError> {
    let text = SMALL.replacen(from, to, 1);
    load(if text == SMALL { "a change that changes nothing" } else { &text }, ACCOUNT)
}

#[track_caller]
fn refused(read: Result<Profile, InputError>, wanted: &str) {
    let error = read.map(|profile| profile.name().to_owned()).expect_err(wanted).to_string();
    assert!(error.starts_with("small.json: ") && error.contains(wanted), "{wanted} is not in: {error}");
}

#[test]
fn what_a_profile_says() {
    let profile = load(SMALL, ACCOUNT).unwrap();
    assert_eq!((profile.name(), profile.about(), profile.budget()), ("small", "A test.", 2048));
    let names: Vec<&str> = profile.policies().iter().map(iamgate::NamedPolicy::name).collect();
    assert_eq!(names, ["inline", "SecurityAudit"]);
    assert!(profile.exception("support:CreateCase").is_some_and(|e| e.why() == "Cases."));
    assert!(profile.exception("SUPPORT:createcase").is_some(), "names of actions have no case");
    assert!(profile.exception("s3:GetObject").is_none());
    assert!(profile.policies()[0].policy().to_json().contains(ACCOUNT));
}

#[test]
fn every_profile_of_the_repository_is_read() {
    for file in folder("doit/profiles") {
        let profile = Profile::load(&file, ACCOUNT, &managed(), &Limits::default()).unwrap();
        assert_eq!(format!("{}.json", profile.name()), file.name);
        assert!(profile.characters() <= profile.budget(), "{}: {}", profile.name(), profile.characters());
    }
}

#[test]
fn the_account() {
    for bad in [
        "",
        "12345678901",
        "1234567890123",
        "12345678901a",
        "１２３４５６７８９０１２",
        "12345678901\n",
        "{{account}}",
    ] {
        refused(load(SMALL, bad), "INVALID_ACCOUNT");
    }
    assert!(load(SMALL, "000000000000").is_ok());
}

#[test]
fn a_placeholder_that_is_left() {
    refused(with("{{account}}", "{{acount}}"), "UNFILLED_PLACEHOLDER: `{{acount}}` is not filled in");
    refused(with("A test.", "For {{customer}}"), "UNFILLED_PLACEHOLDER");
    refused(with("{{account}}", "{{ account }}"), "UNFILLED_PLACEHOLDER");
    refused(with("A test.", "{{"), "UNFILLED_PLACEHOLDER");
    // Escapes hide no placeholder, because STS gets the text for which they stand.
    refused(with("{{account}}", "\\u007b{account}}"), "UNFILLED_PLACEHOLDER");
}

#[test]
fn members() {
    refused(with("\"budget\": 2048", "\"budget\": 2048, \"extra\": 1"), "UNKNOWN_MEMBER");
    refused(with("\"levels\"", "\"Levels\""), "UNKNOWN_MEMBER");
    refused(with("\"budget\": 2048", "\"budget\": 2048, \"levels\": [\"Write\"]"), "DUPLICATE_JSON_KEY");
    refused(with("iamgate/profile", "iamgate/preview"), "another schema or version");
    refused(with("\"version\": 1", "\"version\": 2"), "another schema or version");
    refused(with("\"version\": 1", "\"version\": \"1\""), "INVALID_MEMBER");
    refused(load("[]", ACCOUNT), "INVALID_MEMBER");
    refused(load("", ACCOUNT), "EMPTY_DOCUMENT");
    let all = ["name", "about", "parameters", "PolicyArns", "Policy", "levels", "exceptions", "future"];
    for name in
        all.into_iter().chain(["never_allowed", "always_denied", "kept", "budget", "schema", "version"])
    {
        refused(with(&format!("\"{name}\":"), &format!("\"not-{name}\":")), &format!("no member `{name}`"));
    }
}

#[test]
fn values_that_mean_nothing() {
    for level in ["read", "Permissions", "PermissionsManagement", "", "*"] {
        refused(with("\"Read\"]", &format!("\"{level}\"]")), "INVALID_MEMBER");
    }
    refused(with("[\"List\", \"Read\"]", "\"Read\""), "INVALID_MEMBER");
    refused(with("\"Credentials\"", "\"credentials\""), "INVALID_MEMBER");
    refused(with("\"s3:GetObject\"", "\"s3GetObject\""), "INVALID_MEMBER");
    refused(with("\"s3:GetObject\"", "7"), "INVALID_MEMBER");
    refused(with("\"*:Describe*\"", "\"Describe*\""), "INVALID_MEMBER");
    refused(with("\"support:*\"", "\"support\""), "INVALID_MEMBER");
    refused(with("[{\"actions\"", "{\"a\": {\"actions\""), "small.json: ");
    refused(
        with("\"exceptions\": [{\"actions\": [\"support:*\"], \"why\": \"Cases.\"}]", "\"exceptions\": {}"),
        "INVALID_MEMBER",
    );
    refused(with("\"parameters\": [\"account\"]", "\"parameters\": [\"acount\"]"), "INVALID_MEMBER");
    refused(with("\"parameters\": [\"account\"]", "\"parameters\": 5"), "INVALID_MEMBER");
    refused(with(", \"why\": \"Cases.\"", ""), "no member `why`");
    refused(with("\"Cases.\"", "\"Cases.\", \"resources\": []"), "INVALID_MEMBER");
    refused(with("\"Cases.\"", "\"Cases.\", \"resources\": \"*\""), "INVALID_MEMBER");
    refused(with("\"Cases.\"", "\"Cases.\", \"resource\": [\"*\"]"), "UNKNOWN_MEMBER");
    for budget in ["-1", "2048.5", "1e4", "\"2048\"", "null", "99999999999999999999"] {
        refused(with("\"budget\": 2048", &format!("\"budget\": {budget}")), "INVALID_MEMBER");
    }
}

#[test]
fn the_inline_policy_is_read_strictly() {
    refused(with("\"Deny\"", "\"deny\""), "INVALID_EFFECT");
    refused(with("StringNotEquals", "StringNotEqual"), "INVALID_CONDITION_OPERATOR");
    refused(with("\"Action\": \"*\"", "\"Action\": \"s3\""), "small.json: ");
    refused(with("\"Resource\": \"*\", \"Condition\"", "\"Condition\""), "small.json: ");
    refused(
        with("\"Effect\": \"Deny\"", "\"Effect\": \"Deny\", \"Principal\": \"*\""),
        "UNSUPPORTED_PRINCIPAL",
    );
    // The position is in the text that is shown.
    let error = with("\"Deny\"", "\"deny\"").unwrap_err();
    assert!(error.to_string().contains("INVALID_EFFECT at 7:"), "{error}");
}

#[test]
fn arns_that_resolve_to_nothing() {
    refused(with("policy/SecurityAudit", "policy/SecurityAudits"), "UNRESOLVED_POLICY_ARN");
    refused(with("\"PolicyArns\": [", "\"PolicyArns\": [\"\", "), "UNRESOLVED_POLICY_ARN");
    refused(
        with("[\"arn:aws:iam::aws:policy/SecurityAudit\"]", "\"arn:aws:iam::aws:policy/SecurityAudit\""),
        "INVALID_MEMBER",
    );
    let eleven = ["\"arn:aws:iam::aws:policy/SecurityAudit\""; 11].join(", ");
    refused(with("\"arn:aws:iam::aws:policy/SecurityAudit\"", &eleven), "INVALID_MEMBER");
}

/// STS counts the characters of the inline policy as it is passed, and those of the ARNs.
#[test]
fn characters_are_those_that_sts_counts() {
    let inline = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/DoitEnvironment":"123456789012"}}}]}"#;
    let arn = "arn:aws:iam::aws:policy/SecurityAudit";
    let count = |profile: Result<Profile, InputError>| profile.unwrap().characters();
    assert_eq!(count(load(SMALL, ACCOUNT)), inline.len() + arn.len());
    // White space in the file does not count, and every ARN does.
    assert_eq!(count(with("\"Resource\": \"*\"", "\"Resource\":\n\n  \"*\"")), inline.len() + arn.len());
    let other = "arn:aws:iam::aws:policy/AWSSupportAccess";
    let both = with("\"PolicyArns\": [", &format!("\"PolicyArns\": [\"{other}\", "));
    assert_eq!(count(both), inline.len() + arn.len() + other.len());
    // Characters count, not bytes. An escape in the file counts as the character for which it stands.
    let sid = |text: &str| {
        count(with("\"Deny\", \"Action\": \"*\"", &format!("\"Deny\", \"Action\": \"s3:{text}\"")))
    };
    assert_eq!(sid("Get*"), inline.len() + arn.len() + 6);
    let tag = |text: &str| count(with("{{account}}", text));
    assert_eq!(tag("é"), tag("e"));
    assert_eq!(tag("\\u00e9"), tag("e"));
}

#[test]
fn an_inline_policy_that_is_long_is_counted_and_not_refused() {
    let many: Vec<String> = (0..200).map(|i| format!("\"s3:GetObject{i}\"")).collect();
    let profile = with("\"Action\": \"*\"", &format!("\"Action\": [{}]", many.join(", "))).unwrap();
    assert!(profile.characters() > 3_000 && profile.budget() == 2_048, "{}", profile.characters());
}
