//! Outputs that are cut, that contradict themselves, or that lose something on their way into a folder.

use iamgate::iam_policy::Limits;
use iamgate::{File, RoleSnapshot, built_in, role_files};

const READ: &str =
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:List*", "Resource": "*"}]}"#;
const ROLE: &str = "arn:aws:iam::111122223333:role/team/R";

/// An output with one role and these policies. `role` and `output` are further members.
fn output(role: &str, output: &str, attached: &[&str], policies: &[String]) -> String {
    let attached: Vec<String> = attached
        .iter()
        .map(|arn| {
            format!(
                r#"{{"PolicyName": "{}", "PolicyArn": "{arn}"}}"#,
                arn.rsplit('/').next().unwrap_or_default()
            )
        })
        .collect();
    format!(
        r#"{{"RoleDetailList": [{{"RoleName": "R", "Path": "/team/", "Arn": "{ROLE}", "RoleId": "AROAEXAMPLEEXAMPLE", "MaxSessionDuration": 7200,
            "Tags": [{{"Key": "a", "Value": "b"}}], "AssumeRolePolicyDocument": {{"Version": "2012-10-17", "Statement": []}},
            "RolePolicyList": [{{"PolicyName": "own", "PolicyDocument": {READ}}}],
            "AttachedManagedPolicies": [{}]{role}}}], "Policies": [{}]{output}}}"#,
        attached.join(", "),
        policies.join(", ")
    )
}

/// A policy with versions: id, whether it is marked as the default, and its document.
fn policy(arn: &str, default: Option<&str>, versions: &[(&str, bool, &str)]) -> String {
    let default = default.map(|id| format!(r#""DefaultVersionId": "{id}", "#)).unwrap_or_default();
    let versions: Vec<String> = versions
        .iter()
        .map(|(id, is_default, document)| {
            format!(r#"{{"VersionId": "{id}", "IsDefaultVersion": {is_default}, "Document": {document}}}"#)
        })
        .collect();
    format!(r#"{{"Arn": "{arn}", {default}"PolicyVersionList": [{}]}}"#, versions.join(", "))
}

fn file(text: &str) -> File {
    File { name: "account.json".to_owned(), text: text.to_owned() }
}

fn read(text: &str) -> Result<RoleSnapshot, String> {
    let managed = built_in::managed().unwrap();
    let read = RoleSnapshot::from_account_details(&file(text), None, &managed, &Limits::default());
    read.map_err(|error| error.to_string())
}

fn folder(files: &[File]) -> Result<RoleSnapshot, String> {
    let managed = built_in::managed().unwrap();
    RoleSnapshot::from_folder(files, &managed, &Limits::default()).map_err(|error| error.to_string())
}

/// Both ways to use an output refuse it.
#[track_caller]
fn refused(text: &str, wanted: &str) {
    for said in [
        read(text).map(|role| role.name().to_owned()).expect_err(wanted),
        role_files(&file(text), "R", &Limits::default())
            .map(|files| files.len())
            .expect_err(wanted)
            .to_string(),
    ] {
        assert!(said.contains(wanted), "{wanted} is not in: {said}");
    }
}

const AUDIT: &str = "arn:aws:iam::aws:policy/SecurityAudit";
const EDGE: &str = "arn:aws:iam::111122223333:policy/edge/Edge";

#[test]
fn outputs_that_are_cut() {
    let whole = |more: &str| output("", more, &[], &[]);
    assert!(read(&whole("")).is_ok());
    assert!(read(&whole(r#", "IsTruncated": false, "Marker": null"#)).is_ok());
    for more in [
        r#""NextToken": "eyJ""#,
        r#""Marker": "AAE""#,
        r#""IsTruncated": true"#,
        r#""IsTruncated": true, "Marker": "AAE""#,
    ] {
        refused(&whole(&format!(", {more}")), "TRUNCATED_OUTPUT");
        // In a part of the output.
        refused(&output(&format!(", {more}"), "", &[], &[]), "TRUNCATED_OUTPUT");
        let own = policy(EDGE, None, &[("v1", true, READ)]).replacen('{', &format!("{{{more}, "), 1);
        refused(&output("", "", &[EDGE], &[own]), "TRUNCATED_OUTPUT");
        // In a file of a folder, whatever command it comes from.
        for (name, text) in [
            ("role.json", format!(r#"{{"RoleName": "R", "Arn": "{ROLE}", {more}}}"#)),
            (
                "managed-arns.json",
                format!(r#"{{"AttachedPolicies": [{{"PolicyName": "A", "PolicyArn": "{AUDIT}"}}], {more}}}"#),
            ),
            ("managed-arns.json", format!(r#"["{AUDIT}", {{{more}}}]"#)),
            ("managed-versions.json", format!("{{{more}}}")),
        ] {
            let mut files = role_files(&file(&whole("")), "R", &Limits::default()).unwrap();
            files.retain(|file| file.name != name);
            files.push(File { name: name.to_owned(), text });
            let said = folder(&files).map(|role| role.name().to_owned()).expect_err(name);
            assert!(said.contains("TRUNCATED_OUTPUT") && said.contains(name), "{said}");
        }
    }
}

#[test]
fn a_policy_has_one_default_version() {
    let with = |default: Option<&str>, versions: &[(&str, bool, &str)]| {
        output("", "", &[EDGE], &[policy(EDGE, default, versions)])
    };
    for default in [None, Some("v2")] {
        assert!(read(&with(default, &[("v1", false, READ), ("v2", true, READ)])).is_ok());
    }
    refused(&with(None, &[("v1", true, READ), ("v2", true, READ)]), "DEFAULT_VERSION");
    refused(&with(Some("v1"), &[("v1", false, READ), ("v2", true, READ)]), "DEFAULT_VERSION");
    refused(&with(Some("v1"), &[("v2", true, READ)]), "DEFAULT_VERSION");
    refused(&with(Some("v1"), &[("v1", false, READ), ("v2", false, READ)]), "DEFAULT_VERSION");
    refused(&with(None, &[("v1", true, READ), ("v1", false, READ)]), "DEFAULT_VERSION");
    refused(&with(None, &[("v1", false, READ)]), "MISSING_MEMBER");
    let twice = [policy(EDGE, None, &[("v1", true, READ)]), policy(EDGE, None, &[("v2", true, READ)])];
    refused(&output("", "", &[EDGE], &twice), "DUPLICATE_POLICY");
}

#[test]
fn arns_inside_a_role_are_of_its_account() {
    let foreign = "arn:aws:iam::999988887777:policy/Edge";
    let boundary = |arn: &str| format!(r#", "PermissionsBoundary": {{"PermissionsBoundaryArn": "{arn}"}}"#);
    let profile = |arn: &str| format!(r#", "InstanceProfileList": [{{"Arn": "{arn}"}}]"#);
    for arn in
        [foreign, "arn:aws-cn:iam::aws:policy/SecurityAudit", "arn:aws:iam::111122223333:role/Edge", "Edge"]
    {
        let own = policy(arn, None, &[("v1", true, READ)]);
        refused(&output("", "", &[arn], std::slice::from_ref(&own)), "INVALID_POLICY_ARN");
        refused(&output(&boundary(arn), "", &[], &[own]), "INVALID_POLICY_ARN");
    }
    let own = policy(EDGE, None, &[("v1", true, READ)]);
    assert!(read(&output(&boundary(EDGE), "", &[], std::slice::from_ref(&own))).is_ok());
    let renamed =
        output("", "", &[EDGE], &[own]).replacen(r#""PolicyName": "Edge""#, r#""PolicyName": "Other""#, 1);
    refused(&renamed, "POLICY_ARN_MISMATCH");
    assert!(read(&output(&profile("arn:aws:iam::111122223333:instance-profile/R"), "", &[], &[])).is_ok());
    refused(
        &output(&profile("arn:aws:iam::999988887777:instance-profile/R"), "", &[], &[]),
        "ROLE_NAME_MISMATCH",
    );
    // A name becomes the name of a file.
    for name in ["../own", "a/b", "", "a b"] {
        let text = output("", "", &[], &[]).replacen(
            r#""PolicyName": "own""#,
            &format!(r#""PolicyName": "{name}""#),
            1,
        );
        refused(&text, "INVALID_MEMBER");
    }
}

/// The role of an output and the role of the folder that is written from it are the same, byte for byte of what is hashed.
#[test]
fn a_folder_loses_nothing_of_an_output() {
    let view = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess";
    let read_only = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let changed = READ.replace("s3:List*", "iam:PutRolePolicy");
    let own = policy(EDGE, Some("v3"), &[("v2", false, &changed), ("v3", true, READ)]);
    let boundary = |arn: &str| format!(r#", "PermissionsBoundary": {{"PermissionsBoundaryArn": "{arn}"}}"#);
    let shown = |arn: &str, version: &str| policy(arn, Some(version), &[(version, true, &changed)]);
    let named = |arn: &str, version: &str| format!(r#"{{"Arn": "{arn}", "DefaultVersionId": "{version}"}}"#);
    let unknown = "arn:aws:iam::aws:policy/NotPinnedAtAll";
    let outputs = [
        output("", "", &[], &[]),
        output("", "", &[AUDIT, EDGE], std::slice::from_ref(&own)),
        // A changed document of AWS's own, attached to the role, or only passed by a profile.
        output("", "", &[read_only], &[shown(read_only, "v999")]),
        output("", "", &[], &[shown(read_only, "v999"), shown(AUDIT, "v998")]),
        // Versions without documents.
        output(
            "",
            "",
            &[read_only, view],
            &[named(read_only, "v997"), named(view, "v996"), named(AUDIT, "v995")],
        ),
        // Boundaries: of the account, of AWS with and without a document, and with a version only.
        output(&boundary(EDGE), "", &[], std::slice::from_ref(&own)),
        output(&boundary(read_only), "", &[], &[shown(read_only, "v999")]),
        output(&boundary(view), "", &[AUDIT], &[]),
        output(&boundary(view), "", &[], &[named(view, "v996")]),
        // One that nobody has pinned.
        output("", "", &[unknown], &[shown(unknown, "v1"), named(AUDIT, "v995")]),
    ];
    for text in outputs {
        let role = read(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        let files = role_files(&file(&text), "R", &Limits::default()).unwrap();
        let again = folder(&files).unwrap_or_else(|error| panic!("{error}: {files:#?}"));
        assert_eq!(again.sha256(), role.sha256(), "{files:#?}\n{role:#?}\n{again:#?}");
        let versions = |role: &RoleSnapshot| -> Vec<String> {
            role.deployed_policies()
                .iter()
                .map(|own| format!("{} {} {}", own.arn(), own.version(), own.sha256()))
                .collect()
        };
        let sorted = |mut list: Vec<String>| {
            list.sort();
            list
        };
        assert_eq!(sorted(versions(&again)), sorted(versions(&role)));
    }
}
