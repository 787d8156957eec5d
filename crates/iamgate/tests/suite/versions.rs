//! Managed policies of which another version was reviewed than the one that an account has.

use super::plan::plan;
use super::small::{ARN, READS, TAGGED, allowing, file, load, managed, profile_text, role};
use iamgate::iam_eval::Decision;
use iamgate::iam_policy::Limits;
use iamgate::{
    Example, Finding, FindingCode, Judgement, ManagedPolicies, Profile, Refused, RoleSnapshot, role_files,
};

const OWN: &str =
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;

/// The small profile with a guard that keeps its promise.
fn profile(managed: &ManagedPolicies) -> Profile {
    load(&text(), managed)
}

fn text() -> String {
    let guard = r#"{"Effect": "Deny", "Action": ["secretsmanager:Get*Password", "secretsmanager:Get*Value", "sqs:Receive*"], "Resource": "*"}"#;
    profile_text(&format!("{guard}, {TAGGED}"))
}

/// The small profile, which refuses these findings.
fn refusing(managed: &ManagedPolicies, codes: &str) -> Profile {
    let own = r#"["MANAGED_POLICY_CHANGED"]"#;
    let text = text();
    assert!(text.contains(own));
    load(&text.replace(own, codes), managed)
}

fn found(findings: &[Finding], code: FindingCode) -> Vec<&Finding> {
    findings.iter().filter(|finding| finding.code == code).collect()
}

#[track_caller]
fn planned(outcome: Result<Judgement, Box<Refused>>) -> Judgement {
    outcome.unwrap_or_else(|refused| panic!("{refused}"))
}

#[track_caller]
fn refused(outcome: Result<Judgement, Box<Refused>>, wanted: &[&str]) -> Refused {
    let refused = *outcome.map(|plan| plan.record().to_owned()).expect_err("a refusal");
    let mut codes: Vec<&str> = refused.refusals.iter().map(iamgate::Refusal::code).collect();
    codes.dedup();
    assert_eq!(codes, wanted, "{refused}");
    refused
}

/// An output of `aws iam get-account-authorization-details` with the role and one entry of `Policies`.
fn dump(attached: &str, policy: &str) -> String {
    let folder = super::support::folder("doit/support-gateway");
    let text = |name: &str| folder.iter().find(|own| own.name == name).unwrap().text.clone();
    let (role, trust) = (text("role.json"), text("trust.json"));
    let role = role.trim_end_matches(['\n', '}']);
    format!(
        r#"{{"RoleDetailList": [{role}, "AssumeRolePolicyDocument": {trust}, "RolePolicyList": [{{"PolicyName": "own", "PolicyDocument": {OWN}}}],
            "AttachedManagedPolicies": [{attached}]}}], "Policies": [{policy}]}}"#
    )
}

fn from_dump(text: &str, managed: &ManagedPolicies) -> RoleSnapshot {
    RoleSnapshot::from_account_details(&file("account.json", text), None, managed, &Limits::default())
        .unwrap()
}

#[test]
fn the_reviewed_version_gives_no_finding() {
    let managed = managed("v1", READS);
    let plan = planned(plan(&role(&[("inline/own.json", OWN)], &managed), &profile(&managed)));
    for code in [FindingCode::ManagedPolicyChanged, FindingCode::ManagedPolicyNotReviewed] {
        assert!(found(plan.findings(), code).is_empty(), "{:?}", plan.findings());
    }
    assert!(plan.record().contains(r#""reviewed":true"#) && !plan.record().contains(r#""reviewed":false"#));
}

/// A new version of the folder is proven anew: planned and told, or refused with a request.
#[test]
fn a_new_version_of_the_folder_is_proven() {
    let harmless = managed("v2", &format!(r#"{READS}, "sqs:ListDeadLetterSourceQueues", "sns:ListTopics""#));
    let own = planned(plan(&role(&[("inline/own.json", OWN)], &harmless), &profile(&harmless)));
    let told = found(own.findings(), FindingCode::ManagedPolicyNotReviewed);
    assert_eq!(told.len(), 1, "{:?}", own.findings());
    assert!(
        told[0].says.contains("reviewed with `v1`") && told[0].says.contains("the promise is proven"),
        "{}",
        told[0]
    );
    assert!(own.record().contains(r#""reviewed":false"#), "{}", own.record());

    let harmful = managed("v2", &format!(r#"{READS}, "secretsmanager:BatchGetSecretValue""#));
    let own =
        refused(plan(&role(&[("inline/own.json", OWN)], &harmful), &profile(&harmful)), &["NOT_READ_ONLY"]);
    let (request, layers) = own.refusals[0].witness().unwrap();
    assert_eq!(request.action.as_str(), "secretsmanager:BatchGetSecretValue");
    assert_eq!(layers.decide(request), Decision::Allowed);
    let told = found(&own.findings, FindingCode::ManagedPolicyNotReviewed);
    assert!(told[0].says.contains("the promise is not proven"), "{}", told[0]);

    // A profile of one's own may refuse what nobody reviewed.
    let strict = refusing(&harmless, r#"["MANAGED_POLICY_CHANGED", "MANAGED_POLICY_NOT_REVIEWED"]"#);
    refused(plan(&role(&[("inline/own.json", OWN)], &harmless), &strict), &["MANAGED_POLICY_NOT_REVIEWED"]);
}

/// The account's own text is what is judged.
#[test]
fn a_version_that_the_account_shows_is_proven() {
    let managed = managed("v1", READS);
    let with = |actions: &str| {
        let policy = format!(
            r#"{{"Arn": "{ARN}", "DefaultVersionId": "v7", "PolicyVersionList": [{{"VersionId": "v7", "IsDefaultVersion": true, "Document": {}}}]}}"#,
            allowing(actions)
        );
        plan(&from_dump(&dump("", &policy), &managed), &profile(&managed))
    };
    let same = planned(with(READS));
    assert!(found(same.findings(), FindingCode::ManagedPolicyNotReviewed).is_empty());
    let more = planned(with(&format!(r#"{READS}, "sns:ListTopics""#)));
    let told = found(more.findings(), FindingCode::ManagedPolicyNotReviewed);
    let Some(Example::Request(shown)) = &told[0].example else { panic!("{told:?}") };
    assert_eq!(shown.request.action.as_str(), "sns:ListTopics");
    refused(with(&format!(r#"{READS}, "sqs:SendMessage""#)), &["NOT_READ_ONLY"]);
}

/// A version whose text is not to be had: the profile decides.
#[test]
fn a_version_without_a_document_is_the_profiles_to_refuse() {
    let managed = managed("v1", READS);
    let named = format!(r#"{{"Arn": "{ARN}", "DefaultVersionId": "v9"}}"#);
    let without = format!(
        r#"{{"Arn": "{ARN}", "PolicyVersionList": [{{"VersionId": "v8", "IsDefaultVersion": false}}, {{"VersionId": "v9", "IsDefaultVersion": true}}]}}"#
    );
    let versions = format!(r#"{{"{ARN}": "v9"}}"#);
    let snapshots = [
        from_dump(&dump("", &named), &managed),
        from_dump(&dump("", &without), &managed),
        role(&[("inline/own.json", OWN), ("managed-versions.json", &versions)], &managed),
    ];
    for role in &snapshots {
        let own = refused(plan(role, &profile(&managed)), &["MANAGED_POLICY_CHANGED"]);
        assert!(own.record.contains("`v9`"), "{}", own.record);
        let lenient = refusing(&managed, "[]");
        let told = planned(plan(role, &lenient));
        assert_eq!(found(told.findings(), FindingCode::ManagedPolicyChanged).len(), 1);
    }
    // The version that was judged is no change.
    let own =
        role(&[("inline/own.json", OWN), ("managed-versions.json", &versions.replace("v9", "v1"))], &managed);
    let plan = planned(plan(&own, &profile(&managed)));
    assert!(found(plan.findings(), FindingCode::ManagedPolicyChanged).is_empty());
}

/// The policies of the role itself are judged too.
#[test]
fn a_version_of_the_roles_own_policy_without_a_document_is_a_change() {
    let managed = managed("v1", READS);
    let attached = format!(r#"{{"PolicyName": "SmallReads", "PolicyArn": "{ARN}"}}"#);
    let text = dump(&attached, &format!(r#"{{"Arn": "{ARN}", "DefaultVersionId": "v9"}}"#));
    let snapshot = from_dump(&text, &managed);
    assert_eq!(snapshot.versions()[0].taken(), Some("v1"));
    // A profile without that policy.
    let text_of = self::text().replace(&format!(r#"["{ARN}"]"#), "[]");
    let lines = text_of.lines().filter(|line| !line.starts_with(r#"  "pins""#));
    let other = load(&lines.collect::<Vec<_>>().join("\n"), &managed);
    let own = refused(plan(&snapshot, &other), &["ALLOWS_NOTHING", "MANAGED_POLICY_CHANGED"]);
    assert!(own.refusals[1].to_string().contains("stands for it in the role"), "{own}");
    // As a folder it is the same role.
    let files = role_files(&file("account.json", &text), "DoiT-Support-Gateway", &Limits::default()).unwrap();
    let again = RoleSnapshot::from_folder(&files, &managed, &Limits::default()).unwrap();
    assert_eq!(again.versions(), snapshot.versions());
}

#[test]
fn versions_that_are_none() {
    let managed = managed("v1", READS);
    for text in [
        "[]",
        r#"{"arn:aws:iam::aws:policy/A": 1}"#,
        r#"{"arn:aws:iam::aws:policy/A": "latest"}"#,
        r#"{"A": "v1"}"#,
    ] {
        let mut files = super::support::folder("doit/support-gateway");
        files.retain(|own| own.name == "role.json" || own.name == "trust.json");
        files.extend([file("inline/own.json", OWN), file("managed-versions.json", text)]);
        let error = RoleSnapshot::from_folder(&files, &managed, &Limits::default()).unwrap_err().to_string();
        assert!(error.starts_with("managed-versions.json: INVALID_MEMBER"), "{text}: {error}");
    }
    for (policy, code) in [
        (r#""DefaultVersionId": "latest""#, "INVALID_MEMBER"),
        (r#""PolicyVersionList": []"#, "MISSING_MEMBER"),
    ] {
        let text = dump("", &format!(r#"{{"Arn": "{ARN}", {policy}}}"#));
        let file = file("account.json", &text);
        let error =
            RoleSnapshot::from_account_details(&file, None, &managed, &Limits::default()).unwrap_err();
        assert!(error.to_string().contains(code), "{policy}: {error}");
    }
}

/// What AWS may add later is counted in every record.
#[test]
fn what_may_be_added_later_is_a_premise() {
    let managed = managed("v1", READS);
    let plan = planned(plan(&role(&[("inline/own.json", OWN)], &managed), &profile(&managed)));
    let later = plan.added_later();
    assert_eq!(
        (later.services.len(), &*later.credentials),
        (2, &["secretsmanager".into(), "sqs".into()][..])
    );
    let premise = r#""added_later":{"credentials":["secretsmanager","sqs"],"services":2}"#;
    assert!(plan.record().contains(premise), "{}", plan.record());
}
