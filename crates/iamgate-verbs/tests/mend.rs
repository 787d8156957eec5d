//! The law of fixes: what they mend is found no more, and nothing else is changed.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use iam_lint::Mending;
use iamgate::iam_policy::value::Instant;
use iamgate::iam_policy::{Level, PolicyKind};
use iamgate_verbs::{BuiltIn, CheckAnswer, CheckArgs, Mended, Texts, check, mend};

/// A file of a name, as it is checked.
struct Page<'b> {
    name: &'b str,
    kind: Option<&'b str>,
    built_in: &'b BuiltIn,
}

impl Page<'_> {
    fn with<T>(&self, text: &str, ask: impl Fn(&CheckArgs, &Texts<'_>) -> T) -> T {
        let files = BTreeMap::from([(self.name.to_owned(), text.to_owned())]);
        let world = Texts::new(files, self.built_in, Instant::from_epoch_seconds(0));
        let kind = self.kind.map(|kind| format!(r#", "kind": "{kind}""#)).unwrap_or_default();
        let args: CheckArgs =
            serde_json::from_str(&format!(r#"{{"paths": ["{}"]{kind}}}"#, self.name)).unwrap();
        ask(&args, &world)
    }

    fn found(&self, text: &str) -> CheckAnswer {
        self.with(text, |args, world| check(args, world))
    }

    fn mended(&self, text: &str, all: bool) -> Mended {
        self.with(text, |args, world| mend(args, all, world)).0.remove(0)
    }
}

fn codes(answer: &CheckAnswer) -> Vec<(&'static str, Level)> {
    let problems = answer.checked.iter().flat_map(|own| &own.problems);
    problems.map(|own| (own.code.name(), own.level)).collect()
}

/// What is wrong with the fixes of a document on which a code is found; nothing if the law holds.
fn broken(page: &Page<'_>, text: &str, code: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let before = page.found(text);
    let own: Vec<_> = before
        .checked
        .iter()
        .flat_map(|own| own.problems.iter().zip(own.fixes()))
        .filter(|(problem, _)| problem.code.name() == code)
        .collect();
    let mending = iam_lint::mending(code);
    for fix in own.iter().filter_map(|(_, fix)| fix.as_ref()) {
        let fits = match mending {
            Mending::Never => false,
            Mending::Safe => fix.is_safe,
            Mending::Unsafe => !fix.is_safe,
            Mending::Either => true,
        };
        if !fits {
            wrong.push(format!(
                "{code}: a fix that is {} where the table has {}",
                fix.is_safe,
                mending.name()
            ));
        }
    }
    for all in [false, true] {
        let mended = page.mended(text, all);
        let makes = own.iter().any(|(_, fix)| fix.as_ref().is_some_and(|fix| fix.is_safe || all));
        let after = codes(&page.found(&mended.text));
        if makes && after.iter().any(|(name, _)| *name == code) {
            wrong.push(format!("{code}: still found in {}; {:?}", mended.text, mended.left));
        }
        let errors: BTreeSet<_> =
            codes(&before).into_iter().filter(|(_, level)| *level == Level::Error).collect();
        for (name, level) in &after {
            if *level == Level::Error && !errors.contains(&(*name, *level)) {
                wrong.push(format!("{code}: new error {name} in {}", mended.text));
            }
        }
        let again = page.mended(&mended.text, all);
        if again.is_changed() {
            wrong.push(format!("{code}: mended again: {}", again.text));
        }
    }
    wrong
}

#[test]
fn the_law_holds_for_the_example_of_every_rule() {
    let built_in = BuiltIn::complete();
    let (mut wrong, mut made) = (Vec::new(), BTreeSet::new());
    for rule in iam_lint::rules() {
        let page = Page { name: "p.json", kind: Some(rule.failing.kind), built_in: &built_in };
        let text = rule.failing.document();
        wrong.extend(broken(&page, &text, rule.name()));
        let mended = page.mended(&text, true);
        if mended.counts.contains_key(rule.name()) {
            made.insert(rule.name());
        } else if rule.mending() != Mending::Never && !WITHOUT.contains(&rule.name()) {
            wrong.push(format!("{}: not mended: {:?}", rule.name(), mended.left));
        }
        // With another statement beside it, a statement that does nothing goes.
        let other = rule.passing.document();
        let body =
            |text: &str| text.split_once("\"Statement\": [").map(|(_, rest)| rest.replacen("]}", "", 0));
        if let (Some(own), Some(other)) = (body(&text), body(&other)) {
            let own = own.strip_suffix("]}").unwrap_or(&own).to_owned();
            let both = format!("{{\"Version\": \"2012-10-17\", \"Statement\": [{own}, {other}");
            if own.len() < 5000 && page.found(&text).checked.iter().all(|own| own.problems.len() == 1) {
                wrong.extend(broken(&page, &both, rule.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(made.len() > 60, "{} rules have fixes", made.len());
}

/// Rules that have fixes, but not for their example: what would have to go is the only one, or the example does not say what is meant.
const WITHOUT: [&str; 17] = [
    "DATA_TYPE_MISMATCH",
    "UNSUPPORTED_ACTION_IN_POLICY",
    "EMPTY_ARRAY_ACTION",
    "INVALID_ARN_ACCOUNT",
    "INVALID_PARTITION",
    "EMPTY_ARRAY_RESOURCE",
    "INVALID_PRINCIPAL_FORMAT",
    "INVALID_PRINCIPAL_KEY",
    "EMPTY_ARRAY_PRINCIPAL",
    "EMPTY_OBJECT_PRINCIPAL",
    "SCP_SYNTAX_ERROR_PRINCIPAL",
    "INVALID_CONDITION_OPERATOR",
    "INVALID_GLOBAL_CONDITION_KEY",
    "INVALID_VPCE_FORMAT",
    "EMPTY_ARRAY_CONDITION",
    "EMPTY_ARRAY_CONDITION_FORANYVALUE",
    "ACTION_PATTERN_MATCHES_NOTHING",
];

#[test]
fn the_law_holds_for_pairs_that_were_not_written_for_it() {
    let Some(folder) = std::env::var_os("IAMGATE_LINT_PAIRS").map(PathBuf::from) else { return };
    let built_in = BuiltIn::complete();
    let index = fs::read_to_string(folder.join("INDEX.tsv")).unwrap();
    let (mut wrong, mut said) = (Vec::new(), String::new());
    for line in index.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [code, _, _, _, kind, ..] = columns[..] else { panic!("{line}") };
        assert!(PolicyKind::from_name(kind).is_some());
        let page = Page { name: "p.json", kind: Some(kind), built_in: &built_in };
        let text = fs::read_to_string(folder.join(format!("{code}.bad.json"))).unwrap();
        wrong.extend(broken(&page, &text, code));
        let mended = page.mended(&text, true);
        let _ = writeln!(said, "{code}: {:?} {:?}", mended.counts, mended.left);
        let good = fs::read_to_string(folder.join(format!("{code}.good.json"))).unwrap();
        let kept = page.mended(&good, false);
        let own = codes(&page.found(&good));
        if kept.is_changed() && own.is_empty() {
            wrong.push(format!("{code}: changed without a finding: {}", kept.text));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}\n{said}", wrong.len(), wrong.join("\n"));
}
