//! `iamgate check`: findings on policy documents.

mod alike;
mod aws;
mod file;
mod infer;
mod lint;
mod mend;

use std::collections::BTreeMap;
use std::sync::Arc;

use iam_document::Extracted;
use iamgate::File;
use iamgate::iam_json::Document;
use iamgate::iam_policy::{Level, Limits, LineIndex, Mode, Policy, PolicyKind, Problem};
use serde::Serialize;

use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::CheckArgs;
use crate::json;
use crate::trouble::{ErrorJson, Trouble};
use crate::world::{BuiltIn, DUMP_BYTES, Target, World};

pub use aws::Finding;
pub use file::Note;
pub use mend::{LeftFix, Mended, PlacedFix, mend};

const SCHEMA: AnswerSchema = AnswerSchema::Check;
const VERSION: u32 = 1;

/// The result for one document.
#[derive(Debug)]
#[non_exhaustive]
pub struct Checked {
    /// The file that the document was found in.
    pub source: Arc<File>,
    /// The lines of the file.
    pub lines: Arc<LineIndex>,
    /// The document. Its name is empty if the file has nothing else.
    pub document: Extracted,
    /// The kind of policy as which it was read.
    pub kind: PolicyKind,
    /// Whether the kind was inferred from the document.
    pub is_inferred: bool,
    /// Whether it was accepted.
    pub is_accepted: bool,
    /// The findings, with their places in the file.
    pub problems: Vec<Problem>,
    /// The findings of the document, with their places in its own text. They are the last ones of `problems`.
    own: Vec<Problem>,
    /// What mends each finding of `problems`.
    fixes: Vec<Option<mend::OwnFix>>,
}

impl Checked {
    /// The number of findings of a level.
    pub fn count(&self, level: Level) -> usize {
        self.problems.iter().filter(|problem| problem.level == level).count()
    }

    /// The findings in the form of Access Analyzer, in order.
    pub fn findings(&self) -> Vec<Finding> {
        aws::findings(self)
    }

    /// The file, and which document of it.
    pub fn label(&self) -> String {
        let document = &self.document.name;
        if document.is_empty() {
            self.source.name.clone()
        } else {
            format!("{}: {document}", self.source.name)
        }
    }

    /// A file that cannot be read as a document.
    fn refused(source: Arc<File>, kind: PolicyKind, problems: Vec<Problem>) -> Self {
        let lines = Arc::new(LineIndex::of(&source.text));
        let document = Extracted::default();
        let (is_inferred, is_accepted) = (true, false);
        let fixes = problems.iter().map(|_| None).collect();
        Self { source, lines, document, kind, is_inferred, is_accepted, problems, own: Vec::new(), fixes }
    }

    /// What the inline policies of one role have in common: their folder, which is called `inline`, or the role in an output. `None` for other
    /// policies.
    fn role(&self) -> Option<String> {
        if !self.document.role.is_empty() && self.document.kind == Some(PolicyKind::Identity) {
            return Some(format!("{}\n{}", self.source.name, self.document.role));
        }
        let (folder, _) = self.source.name.rsplit_once('/')?;
        (folder == "inline" || folder.ends_with("/inline")).then(|| folder.to_owned())
    }

    /// Adds a finding of the document, with what mends it.
    fn add(&mut self, problem: Problem, fix: Option<mend::OwnFix>) {
        self.fixes.push(fix);
        self.problems.push(self.document.in_original(problem.clone(), &self.lines));
        self.own.push(problem);
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
    /// Files in folders that have no policies.
    pub others: Vec<String>,
    /// What files are that are more than a policy.
    pub notes: Vec<Note>,
    /// What was mended before the documents were looked at.
    pub mended: Vec<Mended>,
    fail_on: Level,
}

/// Looks for errors in documents.
pub fn check(args: &CheckArgs, world: &dyn World) -> CheckAnswer {
    let mut answer = CheckAnswer::new(args.fail_on.into());
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
            "name files, folders with policies, or quote a glob such as 'policies/**/*.json'",
        ));
    }
    answer
}

impl CheckAnswer {
    fn new(fail_on: Level) -> Self {
        Self {
            checked: Vec::new(),
            unread: Vec::new(),
            others: Vec::new(),
            notes: Vec::new(),
            mended: Vec::new(),
            fail_on,
        }
    }

    /// Adds up the inline policies of each role, of the documents from `first` on.
    fn sum_inline_policies(&mut self, first: usize, mode: Mode) {
        let mut last: BTreeMap<String, (Vec<Policy>, usize)> = BTreeMap::new();
        for (at, checked) in self.checked.iter().enumerate().skip(first) {
            let Some(role) = checked.role() else { continue };
            let read = Policy::parse(
                &checked.document.text,
                PolicyKind::Identity,
                Mode::Deployed,
                &Limits::default(),
            );
            if let Ok(policy) = read {
                let (policies, number) = last.entry(role).or_default();
                policies.push(policy);
                *number = at;
            }
        }
        for (policies, number) in last.into_values().filter(|(policies, _)| policies.len() > 1) {
            let inline: Vec<&Policy> = policies.iter().collect();
            let sum = Policy::beyond_role_quota(&inline, mode, &Limits::default());
            if let (Some(sum), Some(checked)) = (sum, self.checked.get_mut(number)) {
                checked.add(sum, None);
            }
        }
    }

    fn check(&mut self, target: &Target, kind: Option<PolicyKind>, mode: Mode, world: &dyn World) {
        match world.read(&target.path, DUMP_BYTES, "one document") {
            Ok(source) => {
                self.look_at(Arc::new(source), target.is_named, kind, mode, world.built_in());
            }
            Err(trouble) => self.unread.push(trouble),
        }
    }

    /// Looks for errors in a file.
    fn look_at(
        &mut self,
        source: Arc<File>,
        is_named: bool,
        kind: Option<PolicyKind>,
        mode: Mode,
        built_in: &BuiltIn,
    ) {
        let found = match file::read(&source, is_named) {
            file::Read::Policies(found) => found,
            file::Read::Other => return self.others.push(source.name.clone()),
            file::Read::Trouble(trouble) => return self.unread.push(trouble),
            file::Read::Refused(problems) => {
                let kind = kind.unwrap_or(PolicyKind::Identity);
                return self.checked.push(Checked::refused(source, kind, problems));
            }
        };
        self.notes.extend(file::note(&source, &found));
        let lines = Arc::new(LineIndex::of(&source.text));
        let is_one = found.documents.len() == 1;
        let mut around = file::around(&found, mode);
        for document in found.documents {
            let text = file::readable(&document);
            let read = Document::parse(&text, &Limits::default());
            let inferred = read.as_ref().ok().map(|d| infer::kind(d.root()));
            let given = if is_one { kind.or(document.kind) } else { document.kind.or(kind) };
            let used = given.or(inferred).unwrap_or(PolicyKind::Identity);
            let problems = match Policy::parse(&text, used, mode, &Limits::default()) {
                Ok(policy) => policy.findings,
                Err(report) => report.into_problems(),
            };
            let problems: Vec<Problem> =
                problems.into_iter().filter(|problem| file::is_known(&document, problem)).collect();
            let is_accepted = !problems.iter().any(Problem::is_refusal);
            let problems = lint::findings(read.as_ref().ok(), problems, used, given.is_none(), built_in);
            let problems: Vec<Problem> =
                problems.into_iter().filter(|problem| file::is_known(&document, problem)).collect();
            let fixes =
                lint::fixes(read.as_ref().ok(), &problems, &document, used, given.is_none(), built_in);
            let around = std::mem::take(&mut around);
            let is_accepted = is_accepted && !around.iter().any(Problem::is_refusal);
            let is_inferred = given.is_none();
            let (source, lines) = (Arc::clone(&source), Arc::clone(&lines));
            let around_fixes = around.iter().map(|own| mend::OwnFix::around(own, &source.text)).collect();
            let mut checked = Checked {
                source,
                lines,
                document,
                kind: used,
                is_inferred,
                is_accepted,
                problems: around,
                own: Vec::new(),
                fixes: around_fixes,
            };
            for (problem, fix) in problems.into_iter().zip(fixes) {
                checked.add(problem, fix);
            }
            self.checked.push(checked);
        }
    }

    /// A line of JSON for each document and each input that could not be read.
    pub fn to_json_lines(&self) -> String {
        let line =
            |checked| json::line(&Line { schema: SCHEMA, version: VERSION, content: file_json(checked) });
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
            files: self.checked.iter().map(file_json).collect(),
            errors: self.unread.iter().flat_map(Trouble::to_json).collect(),
            skipped: &self.others,
            notes: (!self.notes.is_empty()).then_some(&self.notes),
            mended: self.mended.iter().map(mend::MendedJson::of).collect(),
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
    /// What files are that are more than a policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'o [Note]>,
    /// What was mended before the documents were looked at; left out without `--fix`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mended: Vec<mend::MendedJson<'o>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct FileJson<'o> {
    file: &'o str,
    /// Which document of the file; left out if the file is a policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<&'o str>,
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

fn file_json(checked: &Checked) -> FileJson<'_> {
    FileJson {
        file: &checked.source.name,
        document: Some(checked.document.name.as_str()).filter(|name| !name.is_empty()),
        kind: checked.kind.name(),
        kind_inferred: checked.is_inferred,
        accepted: checked.is_accepted,
        findings: checked.findings(),
    }
}
