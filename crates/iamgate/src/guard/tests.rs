//! Guards for a small catalogue: what fits a budget, what changes, and where the text of a profile is replaced.

use iam_policy::Limits;

use super::*;
use crate::built_in;
use crate::input::File;
use crate::managed::ManagedPolicies;

const ACCOUNT: &str = "123456789012";
const CATALOGUE: &str = "iam-catalog actions 1\nsource a test\ndate 2026-01-01\ncounts 2 10\n\
    @apigateway - API\nRGET c c=arn:*:apigateway:*::/*keys*\n\
    @sqs - SQS\nRGetKeyA c\nRGetKeyB c\nRGetKeyRing\nRGetLog\nRGetMail d\nLListOthers\nLListQueues\nRReadTags\nWSend\n";

fn file(text: &str) -> File {
    File { name: "small.json".to_owned(), text: text.to_owned() }
}

/// The text of a profile with an inline policy, some of whose members are others.
fn profile_text(statement: &str, changes: &[(&str, &str)]) -> String {
    let mut text = format!(
        r#"{{
  "schema": "iamgate/profile", "version": 1, "name": "small", "about": "A test.", "parameters": ["account"],
  "PolicyArns": [],
  "Policy": {{
    "Version": "2012-10-17",
    "Statement": {statement}
  }},
  "levels": ["List", "Read"], "exceptions": [], "future": ["*:Get*", "*:List*"], "never_allowed": ["Credentials"],
  "always_denied": [], "kept": [], "budget": 2048, "pins": {{}}, "refuse": []
}}
"#
    );
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    text
}

fn load(text: &str) -> Profile {
    Profile::load(&file(text), ACCOUNT, &ManagedPolicies::default(), &Limits::default()).unwrap()
}

fn profile(statement: &str, changes: &[(&str, &str)]) -> Profile {
    load(&profile_text(statement, changes))
}

fn allowing(actions: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Action": [{actions}], "Resource": "*"}}"#)
}

/// What reads queues, keys included.
fn reads() -> String {
    allowing(r#""sqs:Get*", "sqs:List*""#)
}

fn role(actions: &str) -> RoleSnapshot {
    let mut files = built_in::files(built_in::SUPPORT_GATEWAY);
    files.retain(|own| own.name == "role.json" || own.name == "trust.json");
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": {}}}"#, allowing(actions));
    files.push(File { name: "inline/own.json".to_owned(), text });
    RoleSnapshot::from_folder(&files, &ManagedPolicies::default(), &Limits::default()).unwrap()
}

fn written(profile: &Profile, role: Option<&RoleSnapshot>, keep: &[&str]) -> Result<Guard, GuardError> {
    let keep: Vec<ActionPattern> = keep.iter().filter_map(|own| ActionPattern::parse(own)).collect();
    guard(&GuardRequest { profile, role, keep: &keep }, &Catalog::parse(CATALOGUE).unwrap())
}

fn texts(guard: &Guard) -> Vec<&str> {
    guard.patterns.iter().map(|own| own.pattern.text()).collect()
}

/// A guard is never longer than its budget, and there is one from the shortest budget on.
#[test]
fn a_guard_fits_every_budget_from_the_shortest_on() {
    let kept = [(r#""kept": []"#, r#""kept": [{"actions": ["sqs:GetMail"], "why": "Mail."}]"#)];
    let profile = profile(&reads(), &kept);
    let whole = written(&profile, None, &[]).unwrap();
    assert_eq!(texts(&whole), ["sqs:*A", "sqs:*B"]);
    assert_eq!(whole.characters, Size::of(&whole.policy.to_json()).characters);
    let shortest = match written(&profile.clone().with_budget(1), None, &[]) {
        Err(GuardError::TooLong { characters, budget, patterns }) => {
            assert!(budget == 1 && patterns.len() == 1, "{patterns:?}");
            characters
        }
        other => panic!("{other:?}"),
    };
    assert!(shortest < whole.characters);
    for budget in 1..=whole.characters {
        let own = written(&profile.clone().with_budget(budget), None, &[]);
        assert_eq!(own.is_ok(), budget >= shortest, "{budget}: {own:?}");
        assert!(own.is_err() || own.is_ok_and(|own| own.characters <= budget), "{budget}");
    }
    let last = written(&profile.with_budget(whole.characters.saturating_add(1)), None, &[]).unwrap();
    assert_eq!(texts(&last), texts(&whole));
}

#[test]
fn why_there_is_no_guard_is_told() {
    let own = profile(&reads(), &[]);
    let told = |outcome: Result<Guard, GuardError>| outcome.map(|_| ()).unwrap_err().to_string();
    assert_eq!(
        told(written(&own, None, &["sqs:GetKey*"])),
        "the profile refuses what must not be denied: sqs:GetKeyA, sqs:GetKeyB"
    );
    let long = told(written(&own.clone().with_budget(20), None, &[]));
    let shortest = (20..2_048).find(|budget| written(&own.clone().with_budget(*budget), None, &[]).is_ok());
    let shortest = shortest.unwrap();
    let beyond = shortest.saturating_sub(20);
    assert_eq!(
        long,
        format!("the shortest guard gives {shortest} characters, {beyond} more than the budget of 20")
    );
    assert_eq!(
        told(written(&profile(&allowing(r#""sqs:List*""#), &[]), None, &[])),
        "the session policies allow nothing that the profile refuses"
    );
}

/// What is denied otherwise is told by whether it is harmless, and whether the role has it.
#[test]
fn what_a_new_guard_changes_is_told_apart() {
    let guarded = format!(
        r#"[{}, {{"Effect": "Deny", "Action": ["sqs:List*", "sqs:GetMail", "sqs:GetKeyB"], "Resource": "*"}}]"#,
        reads()
    );
    let kept = (r#""kept": []"#, r#""kept": [{"actions": ["sqs:GetMail"], "why": "Mail."}]"#);
    let role = role(r#""sqs:ListQueues", "sqs:GetLog""#);
    let changes = written(&profile(&guarded, &[kept]), Some(&role), &[]).unwrap().changes;
    let wanted = GuardChanges {
        gained: vec!["sqs:listqueues".into()],
        gained_elsewhere: vec!["sqs:listothers".into()],
        refused_newly: vec!["sqs:getkeya".into()],
        no_longer_refused: vec!["sqs:getmail".into()],
        ..GuardChanges::default()
    };
    let lower = |own: &GuardChanges| format!("{own:?}").to_ascii_lowercase();
    assert_eq!(lower(&changes), lower(&wanted));
    // A guard with no room denies harmless reads too.
    let kept = (r#""kept": []"#, r#""kept": [{"actions": ["sqs:GetMail"], "why": "Mail."}]"#);
    let whole = profile(&reads(), &[kept]);
    let tight = (1..2_048).map(|budget| whole.clone().with_budget(budget));
    let tight = tight.into_iter().find(|own| written(own, None, &[]).is_ok()).unwrap();
    let guard = written(&tight, Some(&role), &[]).unwrap();
    let changes = &guard.changes;
    assert_eq!(
        lower(changes),
        lower(&GuardChanges {
            lost: vec!["sqs:GetLog".into(), "sqs:ListQueues".into()],
            lost_elsewhere: vec!["sqs:GetKeyRing".into(), "sqs:GetMail".into(), "sqs:ListOthers".into()],
            refused_newly: vec!["sqs:GetKeyA".into(), "sqs:GetKeyB".into()],
            ..GuardChanges::default()
        })
    );
    assert!(
        matches!(&*guard.patterns, [one] if one.lost == changes.lost && one.lost_elsewhere == changes.lost_elsewhere)
    );
}

#[test]
fn a_pattern_that_is_always_denied_is_tried() {
    let changes = [
        (r#""always_denied": []"#, r#""always_denied": ["sqs:GetKey?"]"#),
        (
            r#""refuse": []"#,
            r#""refuse": [], "guard": {"needed": ["sqs:GetKeyRing"], "seldom": [], "budget": 2000}"#,
        ),
    ];
    let allowed = allowing(r#""sqs:GetKeyA", "sqs:GetKeyB", "sqs:GetKeyRing""#);
    assert_eq!(texts(&written(&profile(&allowed, &changes), None, &[]).unwrap()), ["sqs:GetKey?"]);
}

/// A pattern that allows unknown names is denied whole, unless it also allows what must not be denied.
#[test]
fn unknown_names_are_denied_unless_something_else_is_kept_by_their_pattern() {
    let allowed = allowing(r#""sqs:ListQueues", "sqs:ReadTags", "sqs:Peek*", "sqs:Read*""#);
    let profile = profile(&allowed, &[]);
    let denied = |keep: &[&str]| {
        let guard = written(&profile, None, keep).unwrap();
        let refused = guard.patterns.iter().flat_map(|own| &own.refused);
        refused.map(|own| own.action.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(denied(&["sqs:ListQueues"]), ["sqs:Peek*", "sqs:Read*"]);
    assert_eq!(denied(&["sqs:ReadTags"]), ["sqs:Peek*"]);
}

/// A class on some resources has a Deny of its own, unless the profile keeps or excepts the action and the class is not one that is never allowed.
#[test]
fn what_is_kept_on_some_resources_has_no_deny() {
    let kept = (r#""kept": []"#, r#""kept": [{"actions": ["apigateway:GET"], "why": "Settings."}]"#);
    let excepted =
        (r#""exceptions": []"#, r#""exceptions": [{"actions": ["apigateway:GET"], "why": "Settings."}]"#);
    let allowed_class = (r#""never_allowed": ["Credentials"]"#, r#""never_allowed": []"#);
    let catalog = Catalog::parse(CATALOGUE).unwrap();
    let action = catalog.action("apigateway:GET").unwrap();
    for (changes, wanted) in [
        (vec![], true),
        (vec![kept], true),
        (vec![excepted], true),
        (vec![allowed_class], true),
        (vec![allowed_class, kept], false),
        (vec![allowed_class, excepted], false),
    ] {
        let profile = profile(&allowing(r#""apigateway:GET""#), &changes);
        let own = NarrowDeny::of(&profile, action, "apigateway:GET");
        assert_eq!(own.is_some(), wanted, "{changes:?}");
        assert!(own.is_none_or(|own| own.resource.text() == "arn:*:apigateway:*::/*keys*"));
    }
}

/// The list of the old guard is laid out anew as it was, and every other byte stays.
#[test]
fn a_list_is_laid_out_as_the_old_one_was() {
    let allow = reads();
    let keep = &["sqs:GetKeyRing"];
    let three = r#"["sqs:*A","sqs:*B","sqs:*Mail"]"#;
    let lines = |outer: &str| {
        format!("[\n{outer}  \"sqs:*A\",\n{outer}  \"sqs:*B\",\n{outer}  \"sqs:*Mail\"\n{outer}]")
    };
    for (old, new) in [
        // A list in one line stays in it, although it is not the first line of the text.
        (
            format!(r#"[{allow}, {{"Effect": "Deny", "Action": ["sqs:Old"], "Resource": "*"}}]"#),
            format!(r#"[{allow}, {{"Effect": "Deny", "Action": {three}, "Resource": "*"}}]"#),
        ),
        // A list with each text on a line of its own keeps its indentation.
        (
            format!(
                "[{allow}, {{\"Effect\": \"Deny\",\n    \"Action\": [\n      \"sqs:Old\"\n    ],\n    \"Resource\": \"*\"}}]"
            ),
            format!(
                "[{allow}, {{\"Effect\": \"Deny\",\n    \"Action\": {},\n    \"Resource\": \"*\"}}]",
                lines("    ")
            ),
        ),
        // A single text becomes a list whose lines follow the indentation of its own line.
        (
            format!(
                "[{allow},\n      {{\"Effect\": \"Deny\",\n       \"Action\": \"sqs:Old\",\n       \"Resource\": \"*\"}}]"
            ),
            format!(
                "[{allow},\n      {{\"Effect\": \"Deny\",\n       \"Action\": {},\n       \"Resource\": \"*\"}}]",
                lines("       ")
            ),
        ),
    ] {
        let text = profile_text(&old, &[]);
        let profile = load(&text);
        let guard = written(&profile, None, keep).unwrap();
        assert_eq!(guarded_text(&file(&text), &profile, &guard).unwrap(), profile_text(&new, &[]));
    }
}

/// A Deny for some resources stands behind the guard, and makes a list of a policy of one statement.
#[test]
fn a_deny_for_some_resources_is_put_behind_the_guard() {
    let reads = format!(
        r#"{{"Version": "2012-10-17", "Statement": {}}}"#,
        allowing(r#""sqs:GetKeyA", "apigateway:GET""#)
    );
    let arn = "arn:aws:iam::aws:policy/Reads";
    let manifest = format!(
        r#"{{"policies": [{{"arn": "{arn}", "file": "Reads.json", "version_id": "v1", "sha256": "{}"}}]}}"#,
        crate::managed::hex_sha256(reads.as_bytes())
    );
    let named = |name: &str, text: String| File { name: name.to_owned(), text };
    let files = [named("MANIFEST.json", manifest), named("Reads.json", reads)];
    let managed = ManagedPolicies::load(&files, &Limits::default()).unwrap();
    let arns = format!(r#""PolicyArns": ["{arn}"]"#);
    let kept = (r#""kept": []"#, r#""kept": [{"actions": ["apigateway:GET"], "why": "Settings."}]"#);
    let changes = [(r#""PolicyArns": []"#, &*arns), kept];
    let guard_of = |list: &str| format!(r#"{{"Effect": "Deny", "Action": {list}, "Resource": "*"}}"#);
    let (old, new) = (guard_of(r#"["sqs:Old"]"#), guard_of("NEW"));
    let narrow = r#"{"Effect":"Deny","Action":"apigateway:GET","Resource":"arn:*:apigateway:*::/*keys*"}"#;
    let allow = allowing(r#""sqs:ListQueues""#);
    for (old, new) in [
        (old.clone(), format!("[{new}, {narrow}]")),
        (format!("[{old}, {allow}]"), format!("[{new}, {narrow}, {allow}]")),
        (format!("[{old}, {narrow}]"), format!("[{new}, {narrow}]")),
        (format!("[{narrow}, {allow}, {old}, {old}]"), format!("[{narrow}, {allow}, {new}]")),
    ] {
        let text = profile_text(&old, &changes);
        let profile = Profile::load(&file(&text), ACCOUNT, &managed, &Limits::default()).unwrap();
        let guard = written(&profile, None, &[]).unwrap();
        let list = format!(
            "[{}]",
            texts(&guard).iter().map(|own| format!("\"{own}\"")).collect::<Vec<_>>().join(",")
        );
        let wanted = profile_text(&new, &changes).replace("NEW", &list);
        assert_eq!(guarded_text(&file(&text), &profile, &guard).unwrap(), wanted);
    }
}
