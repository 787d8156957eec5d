//! The law of fixes: what they mend is found no more, and nothing else is changed.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use iam_lint::Mending;
use iamgate::iam_policy::value::Instant;
use iamgate::iam_policy::{Level, PolicyKind};
use iamgate_verbs::{BuiltIn, CheckAnswer, CheckArgs, Checked, Mended, Texts, check, mend};

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
        let body = |text: &str| {
            let rest = text.strip_prefix(r#"{"Version": "2012-10-17", "Statement": ["#)?;
            rest.strip_suffix("]}").filter(|own| own.len() < 5000).map(str::to_owned)
        };
        if let (Some(own), Some(other)) = (body(&text), body(&other)) {
            let both = format!(r#"{{"Version": "2012-10-17", "Statement": [{own}, {other}]}}"#);
            wrong.extend(broken(&page, &both, rule.name()));
            let dead =
                rule.name().starts_with("EMPTY_ARRAY") || rule.name().starts_with("REDUNDANT_STATEMENT");
            if dead && !page.mended(&both, true).counts.contains_key(rule.name()) {
                wrong.push(format!("{}: not mended beside another statement", rule.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(made.len() > 60, "{} rules have fixes", made.len());
}

/// Rules that have fixes, but not for their example: what would have to go is the only one, the example does not say what is meant, or it is a Deny.
const WITHOUT: [&str; 19] = [
    "DATA_TYPE_MISMATCH",
    "UNSUPPORTED_ACTION_IN_POLICY",
    "UNSUPPORTED_RESOURCE_ARN_IN_POLICY",
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
    "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION",
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

/// The tokens of a JSON text.
fn tokens(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest = text.trim_start_matches(char::is_whitespace);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => string_length(rest),
            '{' | '}' | '[' | ']' | ',' | ':' => 1,
            _ => rest.find(|c: char| c.is_whitespace() || ",:{}[]".contains(c)).unwrap_or(rest.len()),
        };
        let (token, behind) = rest.split_at(length);
        all.push(token.to_owned());
        rest = behind.trim_start_matches(char::is_whitespace);
    }
    all
}

fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == '"' && !is_escaped {
            return at.saturating_add(1);
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    text.len()
}

/// The text on many lines, each of which ends with what `ends` says: a comment with its number, and a line feed.
fn on_lines(text: &str, feed: &str, comments: bool) -> String {
    let (mut out, mut depth, mut number) = (String::new(), 0_usize, 0_usize);
    let mut line = |out: &mut String, depth: usize| {
        if comments {
            let _ = write!(out, " // c{number}.");
            number = number.saturating_add(1);
        }
        out.push_str(feed);
        out.push_str(&"  ".repeat(depth));
    };
    let all = tokens(text);
    for (at, token) in all.iter().enumerate() {
        let next = all.get(at.saturating_add(1)).map_or("", String::as_str);
        match token.as_str() {
            "{" | "[" => {
                out.push_str(token);
                if !matches!(next, "}" | "]") {
                    depth = depth.saturating_add(1);
                    line(&mut out, depth);
                }
            }
            "," => {
                out.push(',');
                line(&mut out, depth);
            }
            ":" => out.push_str(": "),
            _ => out.push_str(token),
        }
        if matches!(next, "}" | "]") && !matches!(token.as_str(), "{" | "[") {
            depth = depth.saturating_sub(1);
            line(&mut out, depth);
        }
    }
    line(&mut out, 0);
    out
}

/// A JSON value as YAML, with a line for each member and element.
fn as_yaml(value: iamgate::iam_json::Value<'_>, depth: usize, out: &mut String) {
    use iamgate::iam_json::Kind;
    let pad = "  ".repeat(depth);
    match value.kind() {
        Kind::Object if value.members().next().is_some() => {
            for member in value.members() {
                let _ = write!(out, "\n{pad}{}:", member.key.raw());
                as_yaml(member.value, depth.saturating_add(1), out);
            }
        }
        Kind::Array if value.items().next().is_some() => {
            for item in value.items() {
                let mut own = String::new();
                as_yaml(item, depth.saturating_add(1), &mut own);
                let _ = write!(out, "\n{pad}- {}", own.trim_start_matches([' ', '\n']));
            }
        }
        Kind::Null | Kind::True | Kind::False | Kind::Number | Kind::String | Kind::Array | Kind::Object => {
            let _ = write!(out, " {}", value.raw());
        }
    }
}

#[test]
fn every_layout_is_mended_alike_and_kept() {
    use iamgate::iam_json::{Document, Limits};
    let built_in = BuiltIn::complete();
    let (mut wrong, mut left, mut made) = (Vec::new(), BTreeSet::new(), 0_usize);
    for rule in iam_lint::rules().filter(|rule| rule.failing.document().len() < 5000) {
        let text = rule.failing.document();
        let page = |name| Page { name, kind: Some(rule.failing.kind), built_in: &built_in };
        let Ok(document) = Document::parse(&text, Limits::of_bytes(1 << 20)) else { continue };
        for all in [false, true] {
            let expected = page("p.json").mended(&text, all);
            if !expected.is_changed() {
                continue;
            }
            let mut yaml = String::new();
            as_yaml(document.root(), 0, &mut yaml);
            let layouts = [
                ("p.json", on_lines(&text, "\n", false)),
                ("p.json", on_lines(&text, "\r\n", false)),
                ("p.jsonc", on_lines(&text, "\n", true)),
                ("p.jsonc", on_lines(&text, "\r\n", true)),
                ("p.json", format!("{{\"Policy\": {}}}", iamgate::iam_json::json_text(&text))),
                ("p.yaml", yaml),
            ];
            for (name, own) in layouts {
                let page = page(name);
                let mended = page.mended(&own, all);
                let read = page.found(&mended.text);
                let said = read.checked.first().map(|own| own.document.text.clone()).unwrap_or_default();
                if !mended.left.is_empty() {
                    left.insert((rule.name(), name));
                    continue;
                }
                made = made.saturating_add(1);
                if tokens(&said) != tokens(&expected.text) {
                    wrong.push(format!(
                        "{} in {name}:\n{own}\n{}\n{}",
                        rule.name(),
                        mended.text,
                        expected.text
                    ));
                }
                let feeds = |text: &str| (text.matches("\r\n").count(), text.matches('\n').count());
                let (crlf, lf) = feeds(&mended.text);
                if own.contains("\r\n") && crlf != lf {
                    wrong.push(format!("{} has ends of lines of both kinds:\n{}", rule.name(), mended.text));
                }
                let lost: Vec<usize> = (0..99)
                    .filter(|number| {
                        own.contains(&format!("// c{number}."))
                            && !mended.text.contains(&format!("// c{number}."))
                    })
                    .collect();
                if !lost.is_empty() {
                    wrong.push(format!("{}: lost comments {lost:?}:\n{own}\n{}", rule.name(), mended.text));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(made > 300, "{made}");
    assert!(left.len() < 10, "{left:?}");
}

#[test]
fn fixes_that_cannot_be_made_do_not_starve_others() {
    // The list of an alias has its place somewhere else.
    let mut text = String::from("Resources:\n");
    for number in 0..70 {
        let _ = write!(
            text,
            "  P{number}:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          - Effect: Allow\n            Action: &a{number}\n              - sqs:Get*\n              - sqs:GetQueueUrl\n            Resource: '*'\n          - Effect: Deny\n            Action: *a{number}\n            Resource: arn:aws:sqs:us-east-1:111122223333:q\n"
        );
    }
    let last = "  Last:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          - Effect: Allow\n            Action:\n              - sqs:Get*\n";
    let more = "              - sqs:GetQueueUrl\n";
    let rest = "            Resource: '*'\n";
    let built_in = BuiltIn::complete();
    let page = Page { name: "t.yaml", kind: None, built_in: &built_in };
    let mended = page.mended(&format!("{text}{last}{more}{rest}"), false);
    assert_eq!(mended.text, format!("{text}{last}{rest}"));
    assert_eq!(mended.counts, BTreeMap::from([("REDUNDANT_ACTION", 1)]));
    assert_eq!(mended.left.len(), 70);
}

#[test]
fn fixes_for_which_there_was_no_time_are_told() {
    let actions: Vec<String> = (0..1300).map(|number| format!("\"s3:Get{number}\"")).collect();
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": ["s3:Get*", {}], "Resource": "*"}}]}}"#,
        actions.join(", ")
    );
    let built_in = BuiltIn::complete();
    let page = Page { name: "p.json", kind: Some("resource"), built_in: &built_in };
    let mended = page.mended(&text, false);
    let fixes = |text: &str| {
        let found = page.found(text);
        found.checked.iter().flat_map(Checked::fixes).flatten().filter(|fix| fix.is_safe).count()
    };
    assert!(fixes(&mended.text) > 0, "the text is too short for this test");
    assert!(mended.left.iter().any(|own| own.why.contains("mend it again")), "{:?}", mended.left);
    let mut again = mended.text;
    for _ in 0..20 {
        again = page.mended(&again, false).text;
    }
    assert_eq!(fixes(&again), 0);
}

#[test]
fn a_fix_that_was_not_made_is_that_of_one_finding() {
    let text = "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          - Effect: Allow\n            Action: &own\n              - sqs:Get*\n              - sqs:GetQueueUrl\n            Resource: '*'\n          - Effect: Deny\n            Action: *own\n            Resource: arn:aws:sqs:us-east-1:111122223333:q\n";
    let built_in = BuiltIn::complete();
    let page = Page { name: "p.yaml", kind: None, built_in: &built_in };
    let (mended, answer) = (page.mended(text, false), page.found(text));
    let (document, found) = (&answer.checked[0].document.name, &answer.checked[0].problems);
    let says = mended.left[0].says.clone();
    let mut twin = found.iter().find(|own| own.code.name() == mended.left[0].code).unwrap().clone();
    assert!(mended.has_left(document, &twin, &says));
    assert!(!mended.has_left("another", &twin, &says));
    twin.place.pointer.push_str("/another");
    assert!(!mended.has_left(document, &twin, &says));
}
