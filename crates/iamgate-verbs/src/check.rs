//! `iamgate check`: findings on policy documents.

mod aws;
mod infer;
mod lint;

use std::collections::BTreeMap;

use iamgate::File;
use iamgate::iam_json::Document;
use iamgate::iam_policy::{Level, Limits, Mode, Policy, PolicyKind, Problem};
use serde::Serialize;

use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::CheckArgs;
use crate::json;
use crate::trouble::{ErrorJson, Trouble};
use crate::world::{Target, World};

pub use aws::Finding;

const SCHEMA: AnswerSchema = AnswerSchema::Check;
const VERSION: u32 = 1;

/// The result for one document.
#[derive(Debug)]
#[non_exhaustive]
pub struct Checked {
    /// The document.
    pub source: File,
    /// The kind of policy as which it was read.
    pub kind: PolicyKind,
    /// Whether the kind was inferred from the document.
    pub is_inferred: bool,
    /// Whether it was accepted.
    pub is_accepted: bool,
    /// The findings.
    pub problems: Vec<Problem>,
}

impl Checked {
    /// The number of findings of a level.
    pub fn count(&self, level: Level) -> usize {
        self.problems.iter().filter(|problem| problem.level == level).count()
    }

    /// The findings in the form of Access Analyzer, in order.
    pub fn findings(&self) -> Vec<Finding> {
        aws::findings(&self.source.text, &self.problems)
    }
}

/// The results for all documents.
#[derive(Debug)]
#[non_exhaustive]
pub struct CheckAnswer {
    /// The result for each document.
    pub checked: Vec<Checked>,
    /// Inputs that could not be read as text.
    pub unread: Vec<Trouble>,
    /// Files in folders that are not policies.
    pub others: Vec<String>,
    fail_on: Level,
}

/// Looks for errors in documents.
pub fn check(args: &CheckArgs, world: &dyn World) -> CheckAnswer {
    let fail_on = args.fail_on.into();
    let mut answer = CheckAnswer { checked: Vec::new(), unread: Vec::new(), others: Vec::new(), fail_on };
    for path in &args.paths {
        match world.targets(path) {
            Ok(targets) => {
                let first = answer.checked.len();
                for target in &targets {
                    answer.check(target, args.kind, args.mode.into(), world);
                }
                answer.sum_inline_policies(first, args.mode.into());
            }
            Err(trouble) => answer.unread.push(trouble),
        }
    }
    if answer.checked.is_empty() && answer.unread.is_empty() {
        answer.unread.push(Trouble::input(
            &args.paths.join(", "),
            "NO_POLICIES_FOUND",
            "0 policies found",
            "name files, folders with .json files, or quote a glob such as 'policies/**/*.json'",
        ));
    }
    answer
}

impl CheckAnswer {
    /// Adds up the inline policies of each folder of a role, of the documents from `first` on. Such policies lie in a folder `inline`.
    fn sum_inline_policies(&mut self, first: usize, mode: Mode) {
        let mut last: BTreeMap<String, (Vec<Policy>, usize)> = BTreeMap::new();
        for (at, checked) in self.checked.iter().enumerate().skip(first) {
            let Some((folder, _)) = checked.source.name.rsplit_once('/') else { continue };
            if folder != "inline" && !folder.ends_with("/inline") {
                continue;
            }
            let read =
                Policy::parse(&checked.source.text, PolicyKind::Identity, Mode::Deployed, &Limits::default());
            if let Ok(policy) = read {
                let (policies, number) = last.entry(folder.to_owned()).or_default();
                policies.push(policy);
                *number = at;
            }
        }
        for (policies, number) in last.into_values().filter(|(policies, _)| policies.len() > 1) {
            let inline: Vec<&Policy> = policies.iter().collect();
            let sum = Policy::beyond_role_quota(&inline, mode, &Limits::default());
            if let (Some(sum), Some(checked)) = (sum, self.checked.get_mut(number)) {
                checked.problems.push(sum);
            }
        }
    }

    fn check(&mut self, target: &Target, kind: Option<PolicyKind>, mode: Mode, world: &dyn World) {
        let limits = Limits::default();
        let source = match world.read(&target.path, limits.document_bytes, "one policy") {
            Ok(source) => source,
            Err(trouble) => return self.unread.push(trouble),
        };
        let document = Document::parse(&source.text, &limits);
        if !target.is_named && document.as_ref().is_ok_and(|d| !infer::looks_like_a_policy(d.root())) {
            return self.others.push(source.name);
        }
        let inferred = document.as_ref().ok().map(|d| infer::kind(d.root()));
        let used = kind.or(inferred).unwrap_or(PolicyKind::Identity);
        let (is_accepted, problems) = match Policy::parse(&source.text, used, mode, &limits) {
            Ok(policy) => (true, policy.findings),
            Err(report) => (false, report.into_problems()),
        };
        let problems =
            lint::findings(document.as_ref().ok(), problems, used, kind.is_none(), world.built_in());
        self.checked.push(Checked { source, kind: used, is_inferred: kind.is_none(), is_accepted, problems });
    }

    /// A line of JSON for each document and each input that could not be read.
    pub fn to_json_lines(&self) -> String {
        let line = |checked| json::line(&Line { schema: SCHEMA, version: VERSION, content: file(checked) });
        let files = self.checked.iter().map(line);
        let errors = self.unread.iter().flat_map(Trouble::to_json).map(|error| {
            json::line(&Line { schema: SCHEMA, version: VERSION, content: ErrorLine { error } })
        });
        files.chain(errors).collect()
    }
}

impl Answer for CheckAnswer {
    fn to_json(&self) -> String {
        json::indented(&Report {
            schema: SCHEMA,
            version: VERSION,
            files: self.checked.iter().map(file).collect(),
            errors: self.unread.iter().flat_map(Trouble::to_json).collect(),
            skipped: &self.others,
        })
    }

    fn exit(&self) -> Exit {
        if !self.unread.is_empty() || self.checked.iter().any(|checked| !checked.is_accepted) {
            return Exit::Unanswered;
        }
        let mut found = self.checked.iter().flat_map(|checked| &checked.problems);
        if found.any(|p| p.level >= self.fail_on) { Exit::No } else { Exit::Yes }
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Report<'o> {
    schema: AnswerSchema,
    version: u32,
    files: Vec<FileJson<'o>>,
    errors: Vec<ErrorJson>,
    skipped: &'o [String],
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct FileJson<'o> {
    file: &'o str,
    kind: &'static str,
    kind_inferred: bool,
    accepted: bool,
    findings: Vec<Finding>,
}

/// A line of the output, with one object per file.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Line<T> {
    schema: AnswerSchema,
    version: u32,
    #[serde(flatten)]
    content: T,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ErrorLine {
    error: ErrorJson,
}

fn file(checked: &Checked) -> FileJson<'_> {
    FileJson {
        file: &checked.source.name,
        kind: checked.kind.name(),
        kind_inferred: checked.is_inferred,
        accepted: checked.is_accepted,
        findings: checked.findings(),
    }
}
