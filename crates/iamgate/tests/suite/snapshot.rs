//! Role snapshots: as a folder, and as `aws iam get-account-authorization-details` prints them.

use super::support::{folder, managed};
use iamgate::iam_policy::Limits;
use iamgate::{File, InputErrorKind, ManagedPolicies, NamedPolicy, RoleSnapshot, account_roles, role_files};

const ROLE: &str =
    r#"{"RoleName": "R", "Arn": "arn:aws:iam::111122223333:role/team/R", "MaxSessionDuration": 3600}"#;
const READ: &str =
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}"#;
const TRUST: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:root"}, "Action": "sts:AssumeRole"}]}"#;

fn from_folder(files: &[(&str, &str)]) -> Result<RoleSnapshot, String> {
    let files: Vec<File> = files
        .iter()
        .map(|(name, text)| File { name: (*name).to_owned(), text: (*text).to_owned() })
        .collect();
    RoleSnapshot::from_folder(&files, &managed(), &Limits::default()).map_err(|error| error.to_string())
}

fn from_details(text: &str, role: Option<&str>) -> Result<RoleSnapshot, String> {
    let file = File { name: "details.json".to_owned(), text: text.to_owned() };
    RoleSnapshot::from_account_details(&file, role, &managed(), &Limits::default())
        .map_err(|error| error.to_string())
}

#[track_caller]
fn refused(read: Result<RoleSnapshot, String>, wanted: &str) {
    let error = read.map(|role| role.name().to_owned()).expect_err(wanted);
    assert!(error.contains(wanted), "{wanted} is not in: {error}");
}

fn names(policies: &[NamedPolicy]) -> Vec<&str> {
    policies.iter().map(NamedPolicy::name).collect()
}

#[test]
fn a_folder_with_everything() {
    let arns =
        r#"["arn:aws:iam::aws:policy/SecurityAudit", "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"]"#;
    let role = from_folder(&[
        ("trust.json", TRUST),
        ("managed/own.json", READ),
        ("role.json", ROLE),
        ("managed-arns.json", arns),
        ("inline/b.json", READ),
        ("inline/a.json", READ),
        ("boundary.json", READ),
    ])
    .unwrap();
    assert_eq!((role.name(), role.account()), ("R", "111122223333"));
    assert_eq!(role.max_session_duration(), Some(3600));
    // The order is that of the files' names, for files in any order.
    assert_eq!(names(role.policies()), ["a", "b", "SecurityAudit", "ViewOnlyAccess", "own"]);
    assert!(role.trust().is_some());
    assert_eq!(role.boundary().unwrap().name(), "boundary");
}

#[test]
fn folders_that_are_no_role() {
    refused(from_folder(&[]), "role.json: FILE_NOT_FOUND");
    refused(from_folder(&[("inline/a.json", READ)]), "role.json: FILE_NOT_FOUND");
    refused(from_folder(&[("role.json", ROLE)]), "NO_POLICIES: 0 policies found");
    refused(
        from_folder(&[("role.json", ROLE), ("trust.json", TRUST), ("boundary.json", READ)]),
        "NO_POLICIES",
    );
    refused(from_folder(&[("role.json", ROLE), ("managed-arns.json", "[]")]), "NO_POLICIES");
    for name in ["other.json", "Trust.json", "policies/a.json", "INLINE/a.json"] {
        let found = format!("{name}: UNEXPECTED_FILE");
        refused(from_folder(&[("role.json", ROLE), ("inline/a.json", READ), (name, READ)]), &found);
    }
}

#[test]
fn documents_of_a_folder_that_are_broken() {
    let with =
        |name: &str, text: &str| from_folder(&[("role.json", ROLE), ("inline/a.json", READ), (name, text)]);
    let broken = READ.replacen("\"Allow\"", "\n \"Permit\"", 1);
    refused(with("inline/b.json", &broken), "inline/b.json: INVALID_EFFECT at 2:2 (/Statement/0/Effect)");
    refused(with("managed/b.json", "{"), "managed/b.json: JSON_SYNTAX_ERROR at 1:2");
    refused(with("trust.json", READ), "trust.json: MISSING_PRINCIPAL");
    refused(with("inline/b.json", TRUST), "UNSUPPORTED_PRINCIPAL");
    refused(with("boundary.json", ""), "boundary.json: EMPTY_DOCUMENT");
    refused(with("managed-arns.json", "{}"), "managed-arns.json: INVALID_MEMBER");
    refused(with("managed-arns.json", "[1]"), "managed-arns.json: INVALID_MEMBER");
}

#[test]
fn role_json_is_read_strictly() {
    let with = |role: &str| from_folder(&[("role.json", role), ("inline/a.json", READ)]);
    refused(with("[]"), "role.json: INVALID_MEMBER");
    refused(with(r#"{"RoleName": "R"}"#), "MISSING_MEMBER");
    refused(with(&ROLE.replace("3600", "\"3600\"")), "INVALID_MEMBER");
    refused(with(&ROLE.replace("3600", "3600, \"Path\": \"/\"")), "ROLE_NAME_MISMATCH");
    assert!(with(&ROLE.replace("3600", "3600, \"Path\": \"/team/\"")).is_ok());
    refused(with(&ROLE.replace("3600", "3600, \"Description\": \"/\"")), "UNKNOWN_MEMBER");
    refused(with(&ROLE.replace("3600", "3600, \"RoleName\": \"S\"")), "DUPLICATE_JSON_KEY");
}

#[test]
fn arns_that_resolve_to_nothing() {
    let with = |arn: &str| {
        let arns = format!("[\"{arn}\"]");
        from_folder(&[("role.json", ROLE), ("managed-arns.json", &arns)])
    };
    refused(with("arn:aws:iam::aws:policy/Unheard"), "managed-arns.json: UNRESOLVED_POLICY_ARN");
    // The right name with another path, and a customer's policy with the same name.
    let near = "there is arn:aws:iam::aws:policy/job-function/ViewOnlyAccess";
    refused(with("arn:aws:iam::aws:policy/ViewOnlyAccess"), near);
    refused(with("arn:aws:iam::111122223333:policy/ViewOnlyAccess"), near);
    refused(with("SecurityAudit"), "there is arn:aws:iam::aws:policy/SecurityAudit");
    refused(with(""), "UNRESOLVED_POLICY_ARN");
}

#[test]
fn managed_policies_are_the_same_in_other_partitions() {
    for partition in ["aws", "aws-cn", "aws-us-gov"] {
        let arns = format!("[\"arn:{partition}:iam::aws:policy/SecurityAudit\"]");
        let role = ROLE.replace("arn:aws:", &format!("arn:{partition}:"));
        let role = from_folder(&[("role.json", &role), ("managed-arns.json", &arns)]).unwrap();
        assert_eq!(names(role.policies()), ["SecurityAudit"]);
        assert!(role.policies()[0].policy().statements.len() > 1);
    }
}

#[test]
fn pinned_documents_are_verified() {
    let load = |change: &dyn Fn(&mut Vec<File>)| {
        let mut files = folder("aws-managed");
        change(&mut files);
        ManagedPolicies::load(&files, &Limits::default()).map_err(|error| error.to_string())
    };
    assert_eq!(load(&|_| {}).unwrap().iter().count(), folder("aws-managed").len() - 1);
    let wrong = |change: &dyn Fn(&mut Vec<File>), wanted: &str| {
        let error = load(change).expect_err(wanted);
        assert!(error.contains(wanted), "{wanted} is not in: {error}");
    };
    let edit = |name: &'static str, from: &'static str, to: &'static str| {
        move |files: &mut Vec<File>| {
            let file = files.iter_mut().find(|f| f.name == name).unwrap();
            assert!(file.text.contains(from));
            file.text = file.text.replacen(from, to, 1);
        }
    };
    // One added space is enough.
    wrong(&edit("SecurityAudit.json", "{", "{ "), "SecurityAudit.json: HASH_MISMATCH");
    wrong(&edit("MANIFEST.json", "\"SecurityAudit.json\"", "\"X.json\""), "MANIFEST.json: FILE_NOT_FOUND");
    wrong(&edit("MANIFEST.json", "\"sha256\"", "\"sha\""), "MANIFEST.json: MISSING_MEMBER");
    wrong(&|files| files.retain(|f| f.name != "MANIFEST.json"), "FILE_NOT_FOUND");
    wrong(&|files| files.retain(|f| f.name != "ReadOnlyAccess.json"), "ReadOnlyAccess.json");
}

/// AWS's output for an account of two roles, with a customer managed policy, a boundary, and members that are not needed here.
const DETAILS: &str = r#"{
  "UserDetailList": [], "GroupDetailList": [],
  "RoleDetailList": [
    {
      "Path": "/", "RoleName": "First", "RoleId": "AROA", "Arn": "arn:aws:iam::111122223333:role/First",
      "CreateDate": "2026-01-01T00:00:00+00:00", "AssumeRolePolicyDocument": TRUST,
      "InstanceProfileList": [], "Tags": [], "MaxSessionDuration": 7200,
      "RolePolicyList": [{"PolicyName": "mine", "PolicyDocument": INLINE}],
      "AttachedManagedPolicies": [
        {"PolicyName": "SecurityAudit", "PolicyArn": "arn:aws:iam::aws:policy/SecurityAudit"},
        {"PolicyName": "Team", "PolicyArn": "arn:aws:iam::111122223333:policy/Team"}
      ],
      "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/Edge"},
      "RoleLastUsed": {}
    },
    {
      "RoleName": "Second", "Arn": "arn:aws:iam::111122223333:role/Second",
      "AssumeRolePolicyDocument": TRUST, "RolePolicyList": [], "AttachedManagedPolicies": []
    }
  ],
  "Policies": [
    {
      "PolicyName": "Team", "Arn": "arn:aws:iam::111122223333:policy/Team", "DefaultVersionId": "v2",
      "PolicyVersionList": [
        {"VersionId": "v3", "IsDefaultVersion": false, "Document": INLINE},
        {"VersionId": "v2", "IsDefaultVersion": true, "Document": {"Version": "2012-10-17", "Statement": {"Sid": "Second", "Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}}
      ]
    },
    {
      "PolicyName": "Edge", "Arn": "arn:aws:iam::111122223333:policy/Edge",
      "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": INLINE}]
    }
  ],
  "IsTruncated": false
}"#;

/// The sample with documents as objects, or URL-encoded.
fn details(encoded: bool) -> String {
    let put = |text: &str| {
        if !encoded {
            return text.to_owned();
        }
        let encode = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        };
        format!("\"{}\"", text.bytes().map(encode).collect::<String>())
    };
    DETAILS.replace("TRUST", &put(TRUST)).replace("INLINE", &put(READ))
}

#[test]
fn account_details_with_objects_and_encoded() {
    for encoded in [false, true] {
        let role = from_details(&details(encoded), Some("First")).unwrap();
        assert_eq!((role.name(), role.account()), ("First", "111122223333"));
        assert_eq!(role.max_session_duration(), Some(7200));
        assert_eq!(names(role.policies()), ["mine", "SecurityAudit", "Team"]);
        let team = &role.policies()[2].policy().statements;
        assert_eq!(&*team[0].sid.as_ref().unwrap().value, "Second", "the default version");
        assert_eq!(role.boundary().as_ref().unwrap().name(), "Edge");
        assert_eq!(role.trust().unwrap().statements.len(), 1);
    }
}

#[test]
fn a_role_of_account_details_as_files_is_the_same_role() {
    for encoded in [false, true] {
        let text = details(encoded);
        let file = File { name: "details.json".to_owned(), text: text.clone() };
        let roles = account_roles(&file, &Limits::default()).unwrap();
        assert_eq!(roles.iter().map(|role| &*role.name).collect::<Vec<_>>(), ["First", "Second"]);
        let files = role_files(&file, "First", &Limits::default()).unwrap();
        let folder = RoleSnapshot::from_folder(&files, &managed(), &Limits::default()).unwrap();
        let role = from_details(&text, Some("First")).unwrap();
        assert_eq!(
            (&folder.name(), &folder.arn(), &folder.tags()),
            (&role.name(), &role.arn(), &role.tags())
        );
        assert_eq!(folder.max_session_duration(), role.max_session_duration());
        assert_eq!(folder.trust().unwrap().to_json(), role.trust().unwrap().to_json());
        assert_eq!(
            folder.boundary().unwrap().policy().to_json(),
            role.boundary().unwrap().policy().to_json()
        );
        let documents = |policies: &[NamedPolicy]| {
            let mut all: Vec<String> =
                policies.iter().map(|p| format!("{} {}", p.name(), p.policy().to_json())).collect();
            all.sort();
            all
        };
        assert_eq!(documents(folder.policies()), documents(role.policies()));
        // Documents are laid out like files, not like parts of the output.
        let inline = files.iter().find(|file| file.name == "inline/mine.json").unwrap();
        assert!(inline.text.starts_with('{') && inline.text.ends_with("}\n"), "{}", inline.text);
        let none = role_files(&file, "Third", &Limits::default()).unwrap_err().to_string();
        assert!(none.contains("ROLE_NOT_FOUND"), "{none}");
    }
}

#[test]
fn policies_of_one_name_are_files_of_two() {
    let policy = |arn: &str, action: &str| {
        format!(
            r#"{{"Arn": "{arn}", "PolicyVersionList": [{{"IsDefaultVersion": true, "VersionId": "v1", "Document":
                {{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}}}}}]}}"#
        )
    };
    let arns = [
        "arn:aws:iam::111122223333:policy/ViewOnlyAccess",
        "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
    ];
    let text = format!(
        r#"{{"RoleDetailList": [{{"RoleName": "R", "Arn": "arn:aws:iam::111122223333:role/R", "AttachedManagedPolicies":
            [{{"PolicyArn": "{}"}}, {{"PolicyArn": "{}"}}]}}], "Policies": [{}, {}]}}"#,
        arns[0],
        arns[1],
        policy(arns[0], "s3:PutObject"),
        policy(arns[1], "s3:List*"),
    );
    let file = File { name: "details.json".to_owned(), text };
    let files = role_files(&file, "R", &Limits::default()).unwrap();
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(
        names,
        ["role.json", "managed/ViewOnlyAccess.json", "aws-managed/ViewOnlyAccess.json", "managed-arns.json"]
    );
    let folder = RoleSnapshot::from_folder(&files, &managed(), &Limits::default()).unwrap();
    assert_eq!(folder.policies().len(), 2);
}

#[test]
fn a_plus_in_an_encoded_document_is_a_plus() {
    let text = details(true).replacen("s3%3AGet%2A", "s3%3AGet%2A%22%2C%22sqs%3Aa+b", 1);
    let error = from_details(&text, Some("First"));
    // This is not an action with a space: RFC 3986 gives `+` no meaning.
    let shown = format!("{error:?}");
    assert!(!shown.contains("a b"), "{shown}");
}

#[test]
fn which_role_of_account_details() {
    let text = details(false);
    refused(
        from_details(&text, None),
        "ROLE_NOT_FOUND: 2 roles; name one with --role, such as First, Second",
    );
    refused(from_details(&text, Some("Third")), "ROLE_NOT_FOUND: 0 roles of the name `Third`");
    refused(from_details(&text, Some("first")), "ROLE_NOT_FOUND");
    refused(from_details(&text, Some("Second")), "NO_POLICIES");
    refused(from_details(&text.replace("\"Second\"", "\"First\""), Some("First")), "2 roles of the name");
    let single = text.replace("\"RoleName\": \"Second\"", "\"RoleName\": \"\"");
    assert!(from_details(&single, Some("First")).is_ok());
    refused(from_details(r#"{"RoleDetailList": []}"#, None), "ROLE_NOT_FOUND: 0 roles");
}

#[test]
fn account_details_that_are_a_part_or_something_else() {
    let text = details(false);
    let truncated = text.replace("\"IsTruncated\": false", "\"IsTruncated\": true");
    refused(from_details(&truncated, Some("First")), "TRUNCATED_OUTPUT");
    refused(from_details(READ, None), "MISSING_MEMBER");
    refused(from_details("[]", None), "details.json: ");
    refused(from_details("1", None), "details.json: ");
    refused(from_details("", None), "EMPTY_DOCUMENT");
    let twice =
        text.replacen("\"RoleName\": \"First\",", "\"RoleName\": \"Other\", \"RoleName\": \"First\",", 1);
    refused(from_details(&twice, Some("First")), "DUPLICATE_JSON_KEY at 5:");
    let twice = text.replace("\"IsTruncated\": false", "\"IsTruncated\": false, \"IsTruncated\": true");
    refused(from_details(&twice, Some("First")), "DUPLICATE_JSON_KEY");
}

/// Every member must have its form: something else in place of a list would hide policies.
#[test]
fn members_of_another_form_are_refused() {
    let change = |from: &str, to: &str| {
        let text = details(false);
        assert!(text.contains(from), "{from}");
        from_details(&text.replacen(from, to, 1), Some("First"))
    };
    let attached = "\"AttachedManagedPolicies\": [\n        {";
    refused(change(attached, "\"AttachedManagedPolicies\": {}, \"Other\": [{"), "INVALID_MEMBER");
    refused(
        change("\"RolePolicyList\": [{", "\"RolePolicyList\": \"none\", \"Other\": [{"),
        "INVALID_MEMBER",
    );
    refused(change("\"RoleDetailList\": [", "\"RoleDetailList\": {}, \"Other\": ["), "INVALID_MEMBER");
    refused(change("\"RoleName\": \"First\"", "\"RoleName\": 1"), "ROLE_NOT_FOUND");
    refused(change("\"IsTruncated\": false", "\"IsTruncated\": \"true\""), "INVALID_MEMBER");
    refused(
        change("\"PermissionsBoundary\": {", "\"PermissionsBoundary\": null, \"Other\": {"),
        "MISSING_MEMBER",
    );
    refused(change("\"MaxSessionDuration\": 7200", "\"MaxSessionDuration\": \"long\""), "INVALID_MEMBER");
    refused(change("\"PermissionsBoundaryArn\"", "\"Arn\""), "MISSING_MEMBER");
    refused(change("\"PolicyDocument\": {", "\"PolicyDocument\": 1, \"Other\": {"), "NOT_A_POLICY");
}

/// Each statement is matched with every action of the catalogue.
#[test]
fn a_role_of_more_statements_than_a_role_can_have() {
    let one = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
    let policy =
        |n: usize| format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, vec![one; n].join(","));
    let (half, more) = (policy(500), policy(501));
    let read = |second: &str| {
        from_folder(&[("role.json", ROLE), ("inline/a.json", &half), ("inline/b.json", second)])
    };
    assert!(read(&half).is_ok());
    refused(read(&more), "TOO_MANY_STATEMENTS: 1001 statements in 2 policies");
}

/// Without these policies the role would allow more than it does.
#[test]
fn policies_that_are_not_in_account_details() {
    let text = details(false);
    let gone = text.replace("\"Arn\": \"arn:aws:iam::111122223333:policy/Team\"", "\"Arn\": \"x\"");
    refused(from_details(&gone, Some("First")), "UNRESOLVED_POLICY_ARN");
    let gone = text.replace("\"Arn\": \"arn:aws:iam::111122223333:policy/Edge\"", "\"Arn\": \"x\"");
    refused(from_details(&gone, Some("First")), "UNRESOLVED_POLICY_ARN");
    let none = text.replace("\"IsDefaultVersion\": true", "\"IsDefaultVersion\": false");
    refused(
        from_details(&none, Some("First")),
        "IsDefaultVersion is false for the version of DefaultVersionId",
    );
    // An AWS managed policy that is neither pinned nor in the output.
    let unknown = text.replace("SecurityAudit", "AmazonEC2FullAccess");
    refused(from_details(&unknown, Some("First")), "UNRESOLVED_POLICY_ARN");
}

#[test]
fn a_broken_document_has_its_place() {
    let text = details(false).replacen("\"Allow\"", "\"Permit\"", 1);
    refused(from_details(&text, Some("First")), "details.json: INVALID_EFFECT at 6:");
    let text = details(true).replacen("%22Allow%22", "%0A%22Permit%22", 1);
    let file = File { name: "details.json".to_owned(), text };
    let error = RoleSnapshot::from_account_details(&file, Some("First"), &managed(), &Limits::default());
    let error = error.unwrap_err();
    assert_eq!(error.file, "details.json at /RoleDetailList/0/AssumeRolePolicyDocument");
    let InputErrorKind::Document(report) = &error.kind else { panic!("{error}") };
    // The position is in the text that was encoded.
    assert_eq!(report.problems()[0].position.line, 2);
    assert!(error.text.unwrap().starts_with("{\"Version\""));
}

#[test]
fn encoded_documents_that_are_not() {
    for bad in ["%", "%4", "%zz", "%ff", "%+1", "%C3"] {
        let text = details(true).replacen("\"%7B", &format!("\"{bad}"), 1);
        refused(from_details(&text, Some("First")), "INVALID_MEMBER");
    }
}

/// The ARN of a role must be the ARN of a role, in folders and in AWS's output. Otherwise the error has its position.
#[test]
fn arns_of_roles_are_those_of_roles() {
    for (arn, why) in [
        ("R", "the ARN `R` must begin with `arn:`"),
        ("arn:aws:iam::111122223333:user/R", "must be that of a role"),
        ("arn:aws:sts::111122223333:assumed-role/R/ana", "must be that of a role"),
        ("arn:aws:iam::1111:role/R", "the account `1111`"),
        ("arn:aws:iam:::role/R", "the account `` must be twelve digits"),
        ("arn:aws:iam::111122223333:role/a b", "the role name `a b`"),
        ("arn:aws:iam::111122223333:role/R\\u009b2J", "control characters"),
    ] {
        let role = format!(r#"{{"RoleName": "R", "Arn": "{arn}"}}"#);
        let error = from_folder(&[("role.json", &role), ("inline/a.json", READ)]).unwrap_err();
        assert!(error.contains("INVALID_ROLE_ARN at 1:26 (/Arn)") && error.contains(why), "{arn}: {error}");
        let text = details(false).replace("arn:aws:iam::111122223333:role/First", arn);
        let error = from_details(&text, Some("First")).unwrap_err();
        assert!(error.contains("INVALID_ROLE_ARN at ") && error.contains(why), "{arn}: {error}");
    }
}

/// Name, path and ARN are those of one role. Otherwise the error has the position of the one that contradicts the ARN.
#[test]
fn names_and_paths_of_roles_are_those_of_their_arns() {
    let folder = |name: &str, arn: &str| {
        let role = format!(r#"{{"RoleName": "{name}", "Arn": "arn:aws:iam::111122223333:role/{arn}"}}"#);
        from_folder(&[("role.json", &role), ("inline/a.json", READ)])
    };
    assert_eq!(folder("R", "team/R").unwrap().name(), "R");
    for (name, arn) in
        [("S", "R"), ("r", "R"), ("team/R", "team/R"), ("team", "team/R"), ("R ", "R"), ("", "R")]
    {
        let error = folder(name, arn).unwrap_err();
        assert!(error.contains("ROLE_NAME_MISMATCH at 1:14 (/RoleName)"), "{name}: {error}");
        assert!(error.contains(&format!("`{name}`, and the ARN has `R`")), "{name}: {error}");
    }
    let whole = details(false);
    let with = |members: &str| whole.replacen(r#""Path": "/", "RoleName": "First""#, members, 1);
    assert_ne!(with("x"), whole);
    assert!(from_details(&with(r#""RoleName": "First""#), Some("First")).is_ok());
    for (members, role, place) in [
        (r#""RoleName": "Other""#, "Other", "/RoleDetailList/0/RoleName"),
        (r#""RoleName": "First", "Path": "/team/""#, "First", "/RoleDetailList/0/Path"),
        (r#""RoleName": "First", "Path": """#, "First", "/RoleDetailList/0/Path"),
    ] {
        let text = with(members);
        let error = from_details(&text, Some(role)).unwrap_err();
        assert!(error.contains("ROLE_NAME_MISMATCH at ") && error.contains(place), "{error}");
        let file = File { name: "details.json".to_owned(), text };
        assert!(account_roles(&file, &Limits::default()).is_err());
        assert!(role_files(&file, role, &Limits::default()).is_err());
    }
}

/// What is known besides the role: tags, unique id, control policies by level, policies of resources, and the hash of each text.
#[test]
fn what_is_known_beside_the_role() {
    let role = r#"{"RoleName": "R", "Arn": "arn:aws-cn:iam::111122223333:role/R", "RoleId": "AROAEXAMPLE", "Tags": [{"Key": "team", "Value": "x"}]}"#;
    let scp =
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let rcp = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}}"#;
    let bucket = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}"#;
    let files = [
        ("role.json", role),
        ("inline/a.json", READ),
        ("scp/2-account/own.json", scp),
        ("scp/1-root/FullAWSAccess.json", scp),
        ("scp/1-root/more.json", scp),
        ("rcp/1-root/own.json", rcp),
        ("resources/b.json", bucket),
    ];
    let read = from_folder(&files).unwrap();
    assert_eq!(
        (read.id(), read.tags().value("TEAM"), read.partition()),
        (Some("AROAEXAMPLE"), Some("x"), "aws-cn")
    );
    let levels: Vec<Vec<&str>> = read.scp().into_iter().flatten().map(|level| names(level)).collect();
    assert_eq!(levels, [vec!["FullAWSAccess", "more"], vec!["own"]]);
    assert_eq!(
        (read.rcp().map_or(0, <[std::vec::Vec<iamgate::NamedPolicy>]>::len), names(read.resources())),
        (1, vec!["b"])
    );
    assert_eq!(read.sources().len(), files.len());
    assert!(read.sources().all(|(_, sha256)| sha256.len() == 64) && read.sources().is_sorted());
    for (name, text) in [("scp/own.json", scp), ("scp/1/2/own.json", scp), ("other/own.json", scp)] {
        refused(
            from_folder(&[("role.json", role), ("inline/a.json", READ), (name, text)]),
            "UNEXPECTED_FILE",
        );
    }
    let wrong = role.replace(r#"[{"Key": "team", "Value": "x"}]"#, r#"{"team": "x"}"#);
    refused(
        from_folder(&[("role.json", &wrong), ("inline/a.json", READ)]),
        "a list of objects with Key and Value",
    );
}

/// A dump has AWS managed policies as the account has them. They may differ from the pinned ones.
#[test]
fn a_dump_shows_what_the_account_has() {
    let policy =
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"#;
    let text = format!(
        r#"{{"RoleDetailList": [{{"RoleName": "R", "Arn": "arn:aws:iam::111122223333:role/R", "RoleId": "AROAEXAMPLE",
            "Tags": [{{"Key": "team", "Value": "x"}}], "RolePolicyList": [{{"PolicyName": "p", "PolicyDocument": {READ}}}]}}],
           "Policies": [{{"Arn": "arn:aws:iam::aws:policy/SecurityAudit", "PolicyVersionList": [
             {{"VersionId": "v99", "IsDefaultVersion": true, "Document": {policy}}}]}},
             {{"Arn": "arn:aws:iam::111122223333:policy/own", "PolicyVersionList": []}}]}}"#
    );
    let read = from_details(&text, None).unwrap();
    assert_eq!((read.id(), read.tags().value("team")), (Some("AROAEXAMPLE"), Some("x")));
    let deployed: Vec<(&str, &str)> =
        read.deployed_policies().iter().map(|own| (own.arn(), own.version())).collect();
    assert_eq!(deployed, [("arn:aws:iam::aws:policy/SecurityAudit", "v99")]);
    assert_eq!(read.deployed_policies()[0].policy().to_json(), policy.replace(": ", ":").replace(", ", ","));
}
