//! The real role under every profile, and profiles that are weaker than they promise.

use super::support::{folder, managed};
use iamgate::iam_analysis::Fact;
use iamgate::iam_catalog::Catalog;
use iamgate::iam_eval::ContextValue;
use iamgate::iam_policy::Limits;
use iamgate::{Cause, File, Preview, Profile, RoleSnapshot, action_names, preview, preview_knowing};

const PROFILES: [&str; 5] = ["standard", "standard-quota", "standard-no-logs", "narrow", "diagnostics"];

fn real_role() -> RoleSnapshot {
    RoleSnapshot::from_folder(&folder("doit/support-gateway"), &managed(), &Limits::default()).unwrap()
}

/// The real role with this identity policy in place of its own.
fn role_with(policy: &str) -> RoleSnapshot {
    super::roles::role_with(&[("managed-arns.json", ""), ("inline/inline.json", policy)])
}

fn profile_text(name: &str) -> String {
    let file = format!("{name}.json");
    folder("doit/profiles").into_iter().find(|f| f.name == file).unwrap().text
}

fn load(text: String) -> Profile {
    let file = File { name: "profile.json".to_owned(), text };
    Profile::load(&file, "123456789012", &managed(), &Limits::default()).unwrap_or_else(|e| panic!("{e}"))
}

/// A built-in profile with one text replaced.
#[track_caller]
fn changed(name: &str, from: &str, to: &str) -> Profile {
    let text = profile_text(name);
    assert!(text.contains(from), "{name} has no {from}");
    load(text.replacen(from, to, 1))
}

/// The sums over all levels, and over the levels other than List and Read: role, session, both.
fn sums(preview: &Preview<'_>) -> [(usize, usize); 3] {
    let column = |pick: fn(&iamgate::LevelCounts) -> usize| {
        let of = |read: bool| {
            preview.levels.iter().filter(|l| l.level.is_read_only() == read).map(pick).sum::<usize>()
        };
        (of(true).saturating_add(of(false)), of(false))
    };
    [column(|l| l.role), column(|l| l.session), column(|l| l.both)]
}

/// The actions outside the promise, each with its reason.
fn outside(preview: &Preview<'_>) -> Vec<(String, String)> {
    preview.outside.iter().map(|o| (o.action.to_string(), o.breaks.clone())).collect()
}

#[test]
fn the_real_role_under_every_profile() {
    let (catalog, role) = (Catalog::embedded().unwrap(), real_role());
    let wanted = [
        ("standard", (6_479, 29), (4_170, 27)),
        ("standard-quota", (6_555, 30), (4_167, 28)),
        ("standard-no-logs", (6_558, 29), (4_168, 27)),
        ("narrow", (3_664, 26), (3_664, 26)),
        ("diagnostics", (6_504, 32), (4_124, 30)),
    ];
    assert_eq!(wanted.map(|(name, ..)| name), PROFILES);
    for (name, session, both) in wanted {
        let preview = preview(&role, &load(profile_text(name)), &catalog);
        assert_eq!(sums(&preview), [(4_552, 43), session, both], "{name}");
        assert!(preview.keeps_promise(), "{name}: {:?}", outside(&preview));
        assert_eq!(preview.reads(), both.0 - both.1, "{name}");
        assert_eq!(preview.not_read.len(), both.1, "{name}");
        for survivor in &preview.not_read {
            assert!(survivor.why.is_some(), "{name}: no exception names {}", survivor.action);
            assert!(!survivor.role.is_empty() && !survivor.session.is_empty(), "{name}: {}", survivor.action);
        }
        let removed: usize = preview.removed.iter().map(iamgate::Removal::total).sum();
        assert_eq!(removed, 4_552 - both.0, "{name}: every action that goes has a cause");
        let cells = |s: &iamgate::ServiceRow<'_>| s.list + s.read + s.write + s.tagging + s.permissions;
        assert_eq!(preview.services.iter().map(cells).sum::<usize>(), both.0, "{name}");
    }
}

#[test]
fn the_levels_of_the_real_role_in_standard() {
    let catalog = Catalog::embedded().unwrap();
    let preview = preview(&real_role(), &load(profile_text("standard")), &catalog);
    let levels: Vec<(&str, usize, usize, usize)> =
        preview.levels.iter().map(|l| (l.level.name(), l.role, l.session, l.both)).collect();
    assert_eq!(
        levels,
        [
            ("List", 2_175, 2_712, 1_975),
            ("Read", 2_334, 3_738, 2_168),
            ("Write", 36, 23, 22),
            ("Tagging", 2, 0, 0),
            ("Permissions management", 5, 6, 5),
        ]
    );
}

#[test]
fn a_deny_leaves_an_allow_of_the_real_role_nothing() {
    let catalog = Catalog::embedded().unwrap();
    let preview = preview(&real_role(), &load(profile_text("standard")), &catalog);
    let found = preview
        .shadowed
        .iter()
        .find(|s| s.allow.to_string() == "inline/EKSSSMTroubleshooting")
        .expect("a finding about EKSSSMTroubleshooting");
    let denies: Vec<String> = found.denies.iter().map(ToString::to_string).collect();
    assert_eq!(denies, ["inline/DenyAccessToPotentiallySensitiveData"]);
    assert!(!found.entirely, "ssm:StartAutomationExecution is left");
    let parameters = ["GetParameter", "GetParameterHistory", "GetParameters", "GetParametersByPath"];
    let wanted: Vec<String> =
        std::iter::once("GetDocument").chain(parameters).map(|name| format!("ssm:{name}")).collect();
    assert_eq!(found.actions, wanted);
}

#[test]
fn an_administrator_stays_within_every_profile() {
    let admin =
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let (catalog, role) = (Catalog::embedded().unwrap(), role_with(admin));
    for name in PROFILES {
        let preview = preview(&role, &load(profile_text(name)), &catalog);
        let [all, session, both] = sums(&preview);
        assert_eq!(all.0, catalog.actions().len(), "{name}");
        assert_eq!(session, both, "{name}: the role limits nothing");
        assert!(preview.keeps_promise(), "{name}: {:?}", outside(&preview));
        let unnamed: Vec<_> = preview.not_read.iter().filter(|s| s.why.is_none()).collect();
        assert!(unnamed.is_empty(), "{name}: {unnamed:?}");
        assert_eq!(preview.open_ended, ["*"], "{name}");
    }
}

#[test]
fn a_profile_that_allows_writes_breaks_its_promise() {
    let catalog = Catalog::embedded().unwrap();
    let admin = role_with(
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
    );
    let allow = r#""Statement": [ {"Sid": "Extra", "Effect": "Allow", "Action": "ec2:*", "Resource": "*"}, "#;
    let preview = preview(&admin, &changed("standard", r#""Statement": ["#, allow), &catalog);
    assert!(!preview.keeps_promise());
    let found = preview.outside.iter().find(|o| o.action.to_string() == "ec2:RunInstances").unwrap();
    let session: Vec<String> = found.session.iter().map(ToString::to_string).collect();
    assert_eq!((found.breaks.as_str(), session), ("its level is Write", vec!["inline/Extra".to_owned()]));
    assert!(preview.outside.iter().all(|o| o.action.service == "ec2"), "{:?}", outside(&preview));
    // What the guard denies is still denied.
    assert!(outside(&preview).iter().all(|(name, _)| name != "ec2:GetPasswordData"));
}

#[test]
fn a_profile_with_a_hole_in_its_guard_breaks_its_promise() {
    let (catalog, role) = (Catalog::embedded().unwrap(), real_role());
    let open = "no session policy denies it everywhere";
    let exposed = "an action of the class Credentials is allowed";
    let holes = [
        ("ec2:GetPas*", exposed),
        ("sts:*", open),
        ("secretsmanager:*Value", open),
        ("s3:GetObj*", open),
        ("kms:Decrypt", open),
    ];
    for (entry, breaks) in holes {
        let preview = preview(&role, &changed("standard", &format!("\"{entry}\","), ""), &catalog);
        assert!(!preview.keeps_promise(), "{entry}");
        let pattern = iamgate::iam_policy::ActionPattern::parse(entry).unwrap();
        for outside in &preview.outside {
            assert!(iamgate::iam_eval::action_matches(&pattern, &outside.action.to_string()), "{outside:?}");
        }
        assert!(preview.outside.iter().any(|o| o.breaks == breaks), "{entry}: {:?}", outside(&preview));
    }
}

#[test]
fn a_condition_makes_a_guard_none() {
    let catalog = Catalog::embedded().unwrap();
    let guard = r#""Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}"#;
    let preview = preview(&real_role(), &changed("standard", r#""Resource": "*""#, guard), &catalog);
    assert!(outside(&preview).iter().any(|(name, _)| name == "ec2:GetPasswordData"));
}

#[test]
fn session_policies_over_the_budget_break_the_promise() {
    let catalog = Catalog::embedded().unwrap();
    let profile = changed("standard", r#""budget": 2048"#, r#""budget": 1800"#);
    let preview = preview(&real_role(), &profile, &catalog);
    assert!(preview.outside.is_empty(), "{:?}", outside(&preview));
    assert_eq!((preview.characters, preview.keeps_promise()), ((2_019, 1_800), false));
}

/// Part of the promise: `never_allowed` and `always_denied` hold, and no exception lifts them.
#[test]
fn exceptions_are_about_levels_and_nothing_else() {
    let catalog = Catalog::embedded().unwrap();
    let excepted = |action: &str, entry: &str| {
        let text = profile_text("standard");
        let hole = text.replacen(&format!("\"{entry}\","), "", 1);
        let list = format!("\"exceptions\": [{{\"actions\": [\"{action}\"], \"why\": \"a try\"}},");
        load(hole.replacen("\"exceptions\": [", &list, 1))
    };
    // One is in a class of never_allowed, the other is in always_denied.
    for (action, entry) in [("ec2:GetPasswordData", "ec2:GetPas*"), ("dynamodb:Scan", "dynamodb:Scan")] {
        let preview = preview(&real_role(), &excepted(action, entry), &catalog);
        assert!(outside(&preview).iter().any(|(name, _)| name == action), "{action}");
        assert!(!preview.keeps_promise(), "{action}");
    }
}

/// Part of the promise: an action that an exception permits is allowed only on resources of that exception.
#[test]
fn a_session_stays_within_the_resources_of_an_exception() {
    let (catalog, role) = (Catalog::embedded().unwrap(), real_role());
    let own = "\"Resource\": \"arn:aws:iam::{{account}}:role/SupportDiagnostics\"";
    let beyond = |resource: &str| {
        let profile = changed("diagnostics", own, &format!("\"Resource\": {resource}"));
        let preview = preview(&role, &profile, &catalog);
        let found = outside(&preview);
        assert_eq!(found.is_empty(), preview.keeps_promise(), "{resource}: {found:?}");
        found
    };
    let wanted =
        [("iam:PassRole".to_owned(), "it is allowed beyond the resources of its exception".to_owned())];
    assert_eq!(beyond("\"arn:aws:iam::{{account}}:role/*\""), wanted);
    assert_eq!(beyond("\"*\""), wanted);
    assert_eq!(
        beyond("[\"arn:aws:iam::{{account}}:role/SupportDiagnostics\", \"arn:aws:iam::*:role/x\"]"),
        wanted
    );
    assert_eq!(beyond("[\"arn:aws:iam::{{account}}:role/SupportDiagnostics\"]"), []);
}

/// Each cell of the matrix has as many actions as its row says, and the statements that allow them.
#[test]
fn cells_have_their_statements() {
    let catalog = Catalog::embedded().unwrap();
    let preview = preview(&super::roles::role(""), &super::roles::profile("standard"), &catalog);
    let sum = |count: &dyn Fn(&iamgate::Cell<'_>) -> bool| -> usize {
        preview.cells.iter().filter(|cell| count(cell)).map(|cell| cell.actions.len()).sum()
    };
    for level in &preview.levels {
        assert_eq!(sum(&|cell| cell.level == level.level), level.both, "{}", level.level);
    }
    for row in &preview.services {
        let all = row.list + row.read + row.write + row.tagging + row.permissions;
        assert_eq!(sum(&|cell| cell.service == row.service), all, "{}", row.service);
        assert!(row.credentials <= row.data && row.data <= row.list + row.read);
    }
    assert!(
        preview
            .cells
            .iter()
            .all(|cell| !cell.actions.is_empty() && !cell.role.is_empty() && !cell.session.is_empty())
    );
}

/// Denies that cover an Allow only together, or through what they do not name, also make the role's action impossible.
#[test]
fn denies_are_taken_together() {
    let catalog = Catalog::embedded().unwrap();
    let of = |denies: &str| {
        let policy = format!(
            r#"{{"Version": "2012-10-17", "Statement": [
                {{"Sid": "Some", "Effect": "Allow", "Action": "s3:GetBucketAcl", "Resource": "arn:aws:s3:::a*"}}, {denies}]}}"#
        );
        preview(&role_with(&policy), &load(profile_text("standard")), &catalog)
    };
    let deny = |element: &str, resource: &str| {
        format!(r#"{{"Effect": "Deny", "Action": "s3:*", "{element}": "arn:aws:s3:::{resource}"}}"#)
    };
    let shadowed = |preview: &Preview<'_>| -> Vec<usize> {
        assert_eq!(sums(preview)[0].0, usize::from(preview.shadowed.is_empty()));
        assert!(preview.shadowed.iter().all(|own| own.entirely && own.actions == ["s3:GetBucketAcl"]));
        preview.shadowed.iter().flat_map(|own| own.denies.iter().map(|deny| deny.number)).collect()
    };
    let none = Vec::<usize>::new();
    assert_eq!(shadowed(&of(&deny("Resource", "a"))), none);
    assert_eq!(shadowed(&of(&[deny("Resource", "a"), deny("Resource", "?*?")].join(","))), [2, 3]);
    assert_eq!(shadowed(&of(&deny("NotResource", "a"))), none, "a itself is left");
    assert_eq!(shadowed(&of(&deny("NotResource", "b*"))), [2]);
}

/// Known facts about the session decide conditions. Statements that then never apply are not reported, and Denies that then always apply deny.
#[test]
fn what_is_known_decides_conditions() {
    let (catalog, role) = (Catalog::embedded().unwrap(), real_role());
    let (profile, names) = (load(profile_text("standard")), action_names(&catalog));
    let with = |tag: &str| {
        let fact = Fact::Value(ContextValue::single(tag));
        let facts = [("aws:PrincipalTag/DoitEnvironment".into(), fact)];
        preview_knowing(&role, &profile, (&catalog, &names), &facts)
    };
    let own = with("123456789012");
    let free = preview(&role, &profile, &catalog);
    assert_eq!(sums(&own), sums(&free));
    let doubted = |preview: &Preview<'_>| {
        let of_session =
            |own: &iamgate::DecidingStatement| own.policy.as_ref() == "inline" && own.number == 3;
        preview.not_read.iter().filter(|own| own.may_be_denied_by.iter().any(of_session)).count()
    };
    assert_eq!((doubted(&free), doubted(&own)), (free.not_read.len(), 0));
    let other = with("999999999999");
    let [in_role, in_session, both] = sums(&other);
    assert_eq!((in_role, in_session.0, both.0), (sums(&free)[0], 0, 0));
    // The guard of the tag denies every action except those that the first statement already denies.
    let denied: Vec<(String, usize)> = other
        .removed
        .iter()
        .map(|own| match &own.cause {
            Cause::Denied(denies) if denies.len() == 1 => (denies[0].to_string(), own.total()),
            cause @ (Cause::NotAllowed | Cause::Denied(_) | Cause::Boundary | Cause::Apart) => {
                panic!("{cause:?}")
            }
        })
        .collect();
    assert_eq!(denied, [("inline#3".to_owned(), 4_304), ("inline#1".to_owned(), 248)]);
}
