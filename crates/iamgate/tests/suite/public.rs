//! Whom `prove no-public` finds, beside the status that AWS gives buckets with the same policy.
//!
//! The two ask different questions. AWS calls a bucket public unless each Allow is for fixed principals or has a condition with fixed values of
//! some keys, and a wide range of addresses is public (Amazon S3 User Guide, "The meaning of public"). The proof asks whether anybody outside
//! the owner's account gets in. `public/differences.tsv` explains, case by case, where the answers differ.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::sync::Arc;

use iamgate::iam_analysis::{Inside, VerdictKind};
use iamgate::iam_catalog::Details;
use iamgate::iam_policy::{Limits, Mode, Policy, PolicyKind, account_id};
use iamgate::outsiders;
use serde_json::Value;

/// Name of the case, what the proof says, and why AWS says something else.
const EXPLAINED: &str = include_str!("public/differences.tsv");

/// The reasons for which the answers may differ, each with what the proof says then.
const REASONS: [(&str, VerdictKind); 4] = [
    // AWS takes fixed values of some keys for a limit. Somebody outside may have this value.
    ("fixed value", VerdictKind::Fails),
    // AWS takes some ranges of addresses for a limit, whoever is there.
    ("addresses", VerdictKind::Fails),
    // AWS takes any text for a fixed value. The proof does not know that no request has this one.
    ("form of the key", VerdictKind::Fails),
    // AWS looks for fixed values alone. The key is only in requests of services, which are another question.
    ("only services have the key", VerdictKind::Holds),
];

struct Case {
    name: String,
    is_public: bool,
    verdict: VerdictKind,
}

fn cases(folder: &std::path::Path) -> Vec<Case> {
    let text = fs::read_to_string(folder.join("public/s3-public-status.json")).unwrap();
    let list: Vec<Value> = serde_json::from_str(&text).unwrap();
    let details = Details::embedded().unwrap();
    let inside = Inside::of(account_id!("123456789012"));
    let case = |own: &Value| {
        let text = own["policy"].to_string();
        let policy = Policy::parse(&text, PolicyKind::Resource, Mode::Deployed, &Limits::default()).unwrap();
        let answer = outsiders(&Arc::new(policy), &inside, &details);
        assert!(!answer.is_defect(), "{own}");
        Case {
            name: own["name"].as_str().unwrap().to_owned(),
            is_public: own["aws_public"].as_bool().unwrap(),
            verdict: answer.verdict(),
        }
    };
    list.iter().map(case).collect()
}

fn explained() -> BTreeMap<&'static str, (&'static str, &'static str)> {
    let mut all = BTreeMap::new();
    for line in EXPLAINED.lines().filter(|line| !line.starts_with('#')) {
        let [name, reason, why] = *line.split('\t').collect::<Vec<_>>() else { panic!("{line}") };
        assert!(REASONS.iter().any(|(own, _)| *own == reason), "{line}");
        assert!(why.ends_with('.') && all.insert(name, (reason, why)).is_none(), "{line}");
    }
    all
}

/// The folder of cases is named by `IAMGATE_CASES`; without it the test only reads its table.
#[test]
fn what_differs_from_the_status_of_aws_is_explained() {
    let explained = explained();
    let Some(folder) = std::env::var_os("IAMGATE_CASES") else {
        let _ = writeln!(std::io::stderr(), "no cases: set IAMGATE_CASES");
        return;
    };
    let cases = cases(folder.as_ref());
    let (mut bad, mut different) = (Vec::new(), 0);
    for Case { name, is_public, verdict } in &cases {
        let wanted = if *is_public { VerdictKind::Fails } else { VerdictKind::Holds };
        match explained.get(&**name) {
            None if *verdict != wanted => {
                bad.push(format!("{name}: AWS says public: {is_public}; the claim {}", verdict.name()));
            }
            Some(_) if *verdict == wanted => {
                bad.push(format!("{name}: explained, and there is no difference"));
            }
            Some((reason, _)) => {
                different += 1;
                if !REASONS.contains(&(reason, *verdict)) {
                    bad.push(format!("{name}: {reason} does not explain that the claim {}", verdict.name()));
                }
            }
            None => {}
        }
    }
    for name in explained.keys().filter(|name| !cases.iter().any(|case| case.name == **name)) {
        bad.push(format!("{name}: explained, and there is no such case"));
    }
    let _ = writeln!(std::io::stderr(), "{} cases, {different} differ from the status of AWS", cases.len());
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}
