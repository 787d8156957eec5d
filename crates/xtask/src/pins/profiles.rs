//! The claims of the session profiles, counted at action level: the table in `policies/doit/profiles/README.md`, and each profile's own
//! promise. An action counts as allowed if a statement allows it on some resource, and as denied if a Deny without condition covers it on every
//! resource. These tests use none of our engines.

use super::{json, policies, text};
use iam_catalog::{Catalog, CatalogAction, SensitivityClass};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

type Actions = BTreeSet<String>;

/// Whether a glob of `*` and `?` matches. Both texts are in lower case.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.first(), text.first()) {
        (None, None) => true,
        (Some(b'*'), _) => glob(&pattern[1..], text) || (!text.is_empty() && glob(pattern, &text[1..])),
        (Some(p), Some(t)) if *p == b'?' || p == t => glob(&pattern[1..], &text[1..]),
        _ => false,
    }
}

fn matching(catalog: &Catalog<'_>, patterns: &[String]) -> Actions {
    let mut found = Actions::new();
    for pattern in patterns.iter().map(|pattern| pattern.to_ascii_lowercase()) {
        let (service, name) = pattern.split_once(':').unwrap_or(("*", "*"));
        let services = catalog.services().filter(|s| glob(service.as_bytes(), s.prefix().as_bytes()));
        let actions = services.flat_map(iam_catalog::Service::actions);
        let hit =
            |action: &CatalogAction<'_>| glob(name.as_bytes(), action.name.to_ascii_lowercase().as_bytes());
        found.extend(actions.filter(hit).map(|action| action.to_string()));
    }
    found
}

fn list(value: &Value) -> Vec<String> {
    let one = |value: &Value| value.as_str().expect("text").to_owned();
    value.as_array().map_or_else(|| vec![one(value)], |values| values.iter().map(one).collect())
}

fn managed(arn: &str) -> Value {
    let name = arn.rsplit('/').next().expect("a name");
    json(&policies().join(format!("aws-managed/{name}.json"))).expect("a pinned policy")
}

/// The actions that the policies allow somewhere, and those that they deny everywhere.
fn fold(catalog: &Catalog<'_>, documents: &[Value]) -> (Actions, Actions) {
    let (mut allowed, mut denied) = (Actions::new(), Actions::new());
    for statement in
        documents.iter().flat_map(|document| document["Statement"].as_array().expect("statements"))
    {
        let actions = matching(catalog, &list(&statement["Action"]));
        if statement["Effect"] == "Allow" {
            allowed.extend(actions);
        } else if statement["Condition"].is_null() && statement["Resource"] == "*" {
            denied.extend(actions);
        }
    }
    (&allowed - &denied, denied)
}

fn profile(name: &str) -> (Value, Vec<Value>) {
    let path = policies().join(format!("doit/profiles/{name}.json"));
    let text = text(&path).expect("a profile").replace("{{account}}", "123456789012");
    let profile: Value = serde_json::from_str(&text).expect("JSON");
    let mut documents: Vec<Value> = list(&profile["PolicyArns"]).iter().map(|arn| managed(arn)).collect();
    documents.push(profile["Policy"].clone());
    (profile, documents)
}

const PROFILES: [&str; 5] = ["diagnostics", "narrow", "standard", "standard-no-logs", "standard-quota"];

#[test]
fn figures_of_the_readme_are_right() {
    let catalog = Catalog::embedded().expect("the embedded text");
    let gateway = policies().join("doit/support-gateway");
    let arns = list(&json(&gateway.join("managed-arns.json")).expect("a list"));
    let mut documents: Vec<Value> = arns.iter().map(|arn| managed(arn)).collect();
    documents.push(json(&gateway.join("inline/inline.json")).expect("a policy"));
    let (role, _) = fold(&catalog, &documents);
    let acting = |set: &Actions| {
        set.iter().filter(|name| !catalog.action(name).expect("known").level.is_read_only()).count()
    };
    assert_eq!((role.len(), acting(&role)), (4_552, 43));

    let readme = text(&policies().join("doit/profiles/README.md")).expect("a README");
    let comma = |n: usize| if n < 1_000 { n.to_string() } else { format!("{},{:03}", n / 1_000, n % 1_000) };
    for name in PROFILES {
        let (profile, documents) = profile(name);
        let (session, _) = fold(&catalog, &documents);
        let both = &session & &role;
        let size = profile["Policy"].to_string().len() + list(&profile["PolicyArns"]).concat().len();
        let figures =
            [&session, &both].map(|set| format!("{} ({})", comma(set.len()), acting(set))).join(" | ");
        let row = readme.lines().find(|line| line.starts_with(&format!("| `{name}` |"))).expect("a row");
        assert!(row.ends_with(&format!(" | {} | {figures} |", comma(size))), "{name}: {size} {figures}");
        let kept: Actions = profile["kept"]
            .as_array()
            .expect("kept")
            .iter()
            .flat_map(|entry| list(&entry["actions"]))
            .collect();
        let kept = (&kept & &role).len();
        let said = match name {
            "standard" => format!("{kept}\nactions under `standard`"),
            "narrow" => format!("({kept} under `narrow`)"),
            _ => continue,
        };
        assert!(readme.contains(&said), "{name}: {kept} sensitive actions are kept");
    }
}

#[test]
fn profiles_keep_their_promise_at_action_level() {
    let catalog = Catalog::embedded().expect("the embedded text");
    let folder = std::fs::read_dir(policies().join("doit/profiles")).expect("profiles");
    assert_eq!(folder.count(), PROFILES.len() + 1, "every profile is tested");
    for name in PROFILES {
        let (profile, documents) = profile(name);
        assert_eq!(profile["name"], name);
        let (session, denied) = fold(&catalog, &documents);
        let levels = list(&profile["levels"]);
        let mut excepted = BTreeMap::new();
        for exception in profile["exceptions"].as_array().expect("exceptions") {
            assert!(!exception["why"].as_str().expect("a reason").is_empty());
            for pattern in list(&exception["actions"]) {
                let actions = matching(&catalog, std::slice::from_ref(&pattern));
                assert!(!actions.is_disjoint(&session), "{name}: {pattern} is needed");
                excepted.extend(actions.into_iter().map(|action| (action, pattern.clone())));
            }
        }
        // Every entry is needed, so that the list is what a session may read.
        let kept: Actions = profile["kept"]
            .as_array()
            .expect("kept")
            .iter()
            .flat_map(|entry| list(&entry["actions"]))
            .collect();
        for named in &kept {
            let action = catalog.action(named).expect("a known action");
            assert!(session.contains(named) && !action.sensitivity.is_empty(), "{name}: {named} is kept");
        }
        // What engineers need is possible, unless the promise rules it out.
        let needed = matching(&catalog, &list(&profile["guard"]["needed"]));
        let (open, _) = fold(&catalog, &documents[..documents.len() - 1]);
        for named in needed.intersection(&open).filter(|named| !session.contains(*named)) {
            let action = catalog.action(named).expect("known");
            assert!(!action.sensitivity.is_empty(), "{name}: {named} is needed and denied");
        }
        let never: Vec<SensitivityClass> = list(&profile["never_allowed"])
            .iter()
            .map(|class| SensitivityClass::from_name(class).expect("a class"))
            .collect();
        for action in session.iter().map(|name| catalog.action(name).expect("known")) {
            let named = action.to_string();
            let level = levels.iter().any(|level| level == action.level.name());
            assert!(level || excepted.contains_key(&named), "{name}: {named} is {}", action.level);
            assert!(never.iter().all(|class| !action.is_everywhere(*class)), "{name}: {named}");
            let sensitive = action.sensitivity.classes().any(|class| action.is_everywhere(class));
            assert!(!sensitive || kept.contains(&named) || excepted.contains_key(&named), "{name}: {named}");
            if let Some((class, pattern)) = action.only_on.filter(|(class, _)| never.contains(class)) {
                let is_own = |statement: &&Value| {
                    statement["Effect"] == "Deny"
                        && statement["Action"] == named.as_str()
                        && statement["Resource"] == pattern
                        && statement["Condition"].is_null()
                };
                let statements =
                    documents.iter().flat_map(|d| d["Statement"].as_array().expect("statements"));
                assert_eq!(statements.filter(is_own).count(), 1, "{name}: {named} is {class} on {pattern}");
            }
        }
        for pattern in list(&profile["always_denied"]) {
            let actions = matching(&catalog, std::slice::from_ref(&pattern));
            assert!(!actions.is_empty() && actions.is_subset(&denied), "{name}: {pattern}");
        }
        let size = profile["Policy"].to_string().len() + list(&profile["PolicyArns"]).concat().len();
        assert!(size <= 2_048 && profile["budget"] == 2_048, "{name}: {size}");
        future_names_are_reads(&catalog, name, &profile, &documents);
    }
}

/// A wildcard, or a name that is not in the catalogue, must lie within `future`, an exception, or a Deny.
fn future_names_are_reads(catalog: &Catalog<'_>, name: &str, profile: &Value, documents: &[Value]) {
    let exceptions = profile["exceptions"].as_array().expect("exceptions");
    let mut bounds = list(&profile["future"]);
    bounds.extend(exceptions.iter().flat_map(|exception| list(&exception["actions"])));
    let statements: Vec<&Value> =
        documents.iter().flat_map(|d| d["Statement"].as_array().expect("statements")).collect();
    for statement in &statements {
        if statement["Effect"] == "Deny" && statement["Condition"].is_null() {
            bounds.extend(list(&statement["Action"]));
        }
    }
    // A pattern lies within another if the other matches its text. A star in the other then covers a star in the first.
    let within = |pattern: &str| {
        let pattern = pattern.to_ascii_lowercase();
        bounds.iter().any(|bound| glob(bound.to_ascii_lowercase().as_bytes(), pattern.as_bytes()))
    };
    for statement in statements.iter().filter(|statement| statement["Effect"] == "Allow") {
        for pattern in list(&statement["Action"]) {
            let open = pattern.contains(['*', '?']) || catalog.action(&pattern).is_none();
            assert!(!open || within(&pattern), "{name}: {pattern}");
        }
    }
}
