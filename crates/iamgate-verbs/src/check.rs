//! `iamgate check`: findings on policy documents.

mod alike;
mod assertion;
mod aws;
mod baseline;
mod code;
mod comments;
mod file;
mod identity;
pub(crate) mod infer;
mod inline;
mod lint;
mod meaning;
mod mend;
mod report;
mod roles;
mod settings;
mod sift;
mod targets;

use std::cell::OnceCell;
use std::sync::Arc;

use iam_document::Extracted;
use iamgate::File;
use iamgate::iam_json::Document;
use iamgate::iam_policy::{Code, Level, Limits, LineIndex, Mode, Policy, PolicyKind, Problem};
use serde::Serialize;

use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::{CheckArgs, FailOn};
use crate::json;
use crate::trouble::Trouble;
use crate::world::{BuiltIn, DUMP_BYTES, Target, World};

pub use assertion::Assertion;
pub use aws::Finding;
pub use baseline::Baseline;
pub(crate) use code::INVALID_CONFIG;
pub use file::Note;
use identity::Fingerprints;
use meaning::{About, Meaning};
pub use mend::{LeftFix, Mended, PlacedFix, mend, mend_with};
pub(crate) use report::Report;
use report::{ConfigJson, ErrorLine, Line, NoticeLine, file_json};
pub use settings::{Acceptance, CheckSettings, Choice, Codes, Files, Notice, PathSettings};
use targets::Targets;

/// Of documents of so many bytes and more, the rules and the analysis are asked side by side.
const LONG: usize = 1 << 12;

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
    /// The findings that somebody decided not to count.
    pub hidden: Vec<Hidden>,
    /// The findings of the document. They are the last ones of `problems`.
    own: Vec<Own>,
    /// What mends each finding of `problems`.
    fixes: Vec<Option<mend::OwnFix>>,
}

/// A finding of a document.
#[derive(Debug)]
struct Own {
    /// The finding, with its places in the document's own text.
    problem: Problem,
    /// What it is about, where its code and its place do not tell, such as the name of an assertion.
    about: String,
    /// All actions that it is about, where its text names some of them.
    actions: Vec<String>,
}

/// A finding that somebody decided not to count.
#[derive(Debug)]
#[non_exhaustive]
pub struct Hidden {
    /// The finding.
    pub problem: Problem,
    /// Where that was decided.
    pub by: Hiding,
    /// Why; empty if nobody said.
    pub reason: String,
}

/// Where it was decided not to count a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Hiding {
    /// A comment in the file.
    Comment,
    /// The configuration.
    Configuration,
    /// The baseline.
    Baseline,
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
        let (hidden, own) = (Vec::new(), Vec::new());
        let fixes = problems.iter().map(|_| None).collect();
        Self { source, lines, document, kind, is_inferred, is_accepted, problems, hidden, own, fixes }
    }

    /// Whether a finding refuses the document. Nobody can decide otherwise.
    fn refuses(&self, problem: &Problem) -> bool {
        !self.is_accepted && problem.level == Level::Error
    }

    /// Keeps some findings: those for which there is a `true` in the list, or nothing.
    fn keep(&mut self, kept: &[bool]) {
        let around = self.problems.len().saturating_sub(self.own.len());
        let mut all = kept.iter().copied();
        self.problems.retain(|_| all.next().unwrap_or(true));
        let mut own = kept.iter().skip(around).copied();
        self.own.retain(|_| own.next().unwrap_or(true));
        let mut all = kept.iter().copied();
        self.fixes.retain(|_| all.next().unwrap_or(true));
    }

    /// Hides findings: for each, who hides it and why. `None` for those that count.
    fn hide(&mut self, by: Vec<Option<(Hiding, String)>>) {
        let kept: Vec<bool> = by.iter().map(Option::is_none).collect();
        for (problem, by) in self.problems.iter().zip(by) {
            if let Some((by, reason)) = by {
                self.hidden.push(Hidden { problem: problem.clone(), by, reason });
            }
        }
        self.keep(&kept);
    }

    /// Removes the findings with a code.
    fn remove(&mut self, code: Code) {
        let kept: Vec<bool> = self.problems.iter().map(|problem| problem.code != code).collect();
        self.keep(&kept);
    }

    /// Puts the findings of the document in the order of its text.
    fn sort(&mut self) {
        let around = self.problems.len().saturating_sub(self.own.len());
        let fixes = self.fixes.drain(around..);
        let mut all: Vec<(Problem, Own, Option<mend::OwnFix>)> = self
            .problems
            .drain(around..)
            .zip(self.own.drain(..))
            .zip(fixes)
            .map(|((problem, own), fix)| (problem, own, fix))
            .collect();
        all.sort_by_key(|(_, own, _)| own.problem.place.span.start);
        for (problem, own, fix) in all {
            self.problems.push(problem);
            self.own.push(own);
            self.fixes.push(fix);
        }
    }

    /// Puts findings of the file before those of the document.
    fn put_first(&mut self, problems: Vec<Problem>) {
        self.fixes.splice(0..0, problems.iter().map(|_| None));
        self.problems.splice(0..0, problems);
    }

    /// Adds a finding of the document, with what mends it.
    fn add(&mut self, problem: Problem, fix: Option<mend::OwnFix>) {
        self.add_about(problem, fix, About::default());
    }

    /// Adds a finding of the document, with what mends it and what it is about.
    fn add_about(&mut self, problem: Problem, fix: Option<mend::OwnFix>, about: About) {
        self.fixes.push(fix);
        self.problems.push(self.document.in_original(problem.clone(), &self.lines));
        let About { names, actions } = about;
        self.own.push(Own { problem, about: names, actions });
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
    /// Files that the configuration leaves out.
    pub excluded: Vec<String>,
    /// What files are that are more than a policy.
    pub notes: Vec<Note>,
    /// What is to be said about the configuration and the baseline.
    pub notices: Vec<Notice>,
    /// What was mended before the documents were looked at.
    pub mended: Vec<Mended>,
    fail_on: Level,
    config: Option<String>,
    baseline: Option<String>,
    /// Whether the question asks for some codes only.
    is_narrowed: bool,
    /// How many of `others`, the first ones, were left out by their names alone.
    unopened: usize,
}

/// Looks for errors in documents.
pub fn check(args: &CheckArgs, world: &dyn World) -> CheckAnswer {
    check_with(args, &CheckSettings::default(), world)
}

/// Looks for errors in documents, under what a team decided about them.
pub fn check_with(args: &CheckArgs, settings: &CheckSettings, world: &dyn World) -> CheckAnswer {
    let mut answer = CheckAnswer::empty(args.fail_on.or(settings.fail_on).unwrap_or_default().into());
    answer.config.clone_from(&settings.file);
    answer.is_narrowed = !args.select.is_empty() || !args.ignore.is_empty();
    let asked = match sift::asked(args) {
        Ok(asked) => asked,
        Err(trouble) => {
            answer.unread.push(trouble);
            return answer;
        }
    };
    let Targets { chosen, others, excluded, unread } = Targets::of(args, settings, world);
    answer.unopened = others.len();
    (answer.others, answer.excluded, answer.unread) = (others, excluded, unread);
    for (target, kind) in chosen {
        answer.check(&target, kind, args.mode.into(), world);
    }
    answer.look_at_roles(args.mode.into(), world);
    let has_documents = !answer.checked.is_empty();
    answer.unread.extend(Targets::nothing(args, has_documents, &answer.excluded, &answer.unread));
    if let Err(trouble) = answer.assert(settings, world) {
        answer.unread.push(trouble);
    }
    answer.sift(settings, &asked);
    answer
}

impl CheckAnswer {
    /// No answer, because of trouble with something beside the documents.
    pub fn refused(trouble: Trouble) -> Self {
        Self { unread: vec![trouble], ..Self::empty(FailOn::default().into()) }
    }

    const fn empty(fail_on: Level) -> Self {
        Self {
            checked: Vec::new(),
            unread: Vec::new(),
            others: Vec::new(),
            excluded: Vec::new(),
            notes: Vec::new(),
            notices: Vec::new(),
            mended: Vec::new(),
            fail_on,
            config: None,
            baseline: None,
            is_narrowed: false,
            unopened: 0,
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
            file::Read::Left(found) => {
                self.notes.extend(file::note(&source, &found));
                return self.others.push(source.name.clone());
            }
            file::Read::Trouble(trouble) => return self.unread.push(trouble),
            file::Read::Refused(problems) => {
                let kind = kind.unwrap_or(PolicyKind::Identity);
                return self.checked.push(Checked::refused(source, kind, problems));
            }
        };
        self.notes.extend(file::note(&source, &found));
        let lines = OnceCell::new();
        let is_one = found.documents.len() == 1;
        let mut around = file::around(&found, mode);
        for document in found.documents {
            let text = file::readable(&document);
            let read = Document::parse(&text, &Limits::default());
            let lines = lines.get_or_init(|| match &read {
                Ok(own) if text == source.text => Arc::clone(own.lines()),
                Ok(_) | Err(_) => Arc::new(LineIndex::of(&source.text)),
            });
            let inferred = read.as_ref().ok().map(|d| infer::kind(d.root()));
            let given = if is_one { kind.or(document.kind) } else { document.kind.or(kind) };
            let used = given.or(inferred).unwrap_or(PolicyKind::Identity);
            let limits = Limits::default();
            let policy = match &read {
                Ok(document) => Policy::from_value(document.root(), used, mode, &limits, document.lines()),
                Err(_) => Policy::parse(&text, used, mode, &limits),
            };
            let (policy, problems) = match policy {
                Ok(mut policy) => {
                    let problems = std::mem::take(&mut policy.findings);
                    (Some(Arc::new(policy)), problems)
                }
                Err(report) => (None, report.into_problems()),
            };
            let problems: Vec<Problem> = problems
                .into_iter()
                .filter(|own| file::is_known(&document, read.as_ref().ok(), own))
                .collect();
            let is_accepted = !problems.iter().any(Problem::is_refusal);
            let meaning = || match (&policy, &read) {
                // What a part means that is known only later, nobody can say.
                (Some(policy), Ok(read)) if document.is_known() => {
                    Meaning::of(policy, read, (used, given.is_none()), built_in)
                }
                _ => None,
            };
            let (problems, granted) = built_in.both(
                text.len() >= LONG,
                || lint::findings(read.as_ref().ok(), problems.clone(), used, given.is_none(), built_in),
                || meaning().map(|own| (own.granted(), own)),
            );
            let problems = match granted {
                Some((granted, meaning)) => meaning.added_to(problems, granted),
                None => meaning::alone(problems),
            };
            let (problems, abouts): (Vec<Problem>, Vec<About>) = problems
                .into_iter()
                .filter(|(own, _)| file::is_known(&document, read.as_ref().ok(), own))
                .unzip();
            let fixes =
                lint::fixes(read.as_ref().ok(), &problems, &document, used, given.is_none(), built_in);
            let around = std::mem::take(&mut around);
            let is_accepted = is_accepted && !around.iter().any(Problem::is_refusal);
            let is_inferred = given.is_none();
            let (source, lines) = (Arc::clone(&source), Arc::clone(lines));
            let around_fixes = around.iter().map(|own| mend::OwnFix::around(own, &source.text)).collect();
            let mut checked = Checked {
                source,
                lines,
                document,
                kind: used,
                is_inferred,
                is_accepted,
                problems: around,
                hidden: Vec::new(),
                own: Vec::new(),
                fixes: around_fixes,
            };
            for ((problem, fix), about) in problems.into_iter().zip(fixes).zip(abouts) {
                checked.add_about(problem, fix, about);
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
        let notices = self.notices.iter().map(|notice| {
            json::line(&Line { schema: SCHEMA, version: VERSION, content: NoticeLine { notice } })
        });
        files.chain(errors).chain(notices).collect()
    }

    /// What is to be said about the configuration and the baseline and makes the exit code 1.
    pub fn failures(&self) -> impl Iterator<Item = &Notice> {
        self.notices.iter().filter(|own| own.fails)
    }

    /// Whether a finding of a level makes the exit code 1.
    pub fn fails_on(&self, level: Level) -> bool {
        level >= self.fail_on
    }

    /// A fingerprint for each finding of each document, in order. It stays the same when lines move. `name` says how a file is called, however its
    /// path was given.
    pub fn fingerprints(&self, name: &dyn Fn(&str) -> String) -> Vec<Vec<String>> {
        let mut all = Fingerprints::default();
        let of = |checked: &Checked| identity::of(checked, &name(&checked.source.name));
        self.checked.iter().map(|own| of(own).iter().map(|own| all.next(own)).collect()).collect()
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
            config: (self.config.is_some() || self.baseline.is_some()).then(|| ConfigJson {
                file: self.config.as_deref(),
                baseline: self.baseline.as_deref(),
                fail_on: self.fail_on.name(),
                excluded: &self.excluded,
            }),
            notices: (!self.notices.is_empty()).then_some(&self.notices),
            mended: self.mended.iter().map(mend::MendedJson::of).collect(),
        })
    }

    fn exit(&self) -> Exit {
        if !self.unread.is_empty() || self.checked.iter().any(|checked| !checked.is_accepted) {
            return Exit::Unanswered;
        }
        let mut found = self.checked.iter().flat_map(|checked| &checked.problems);
        let is_no = found.any(|p| p.level >= self.fail_on) || self.failures().next().is_some();
        if is_no { Exit::No } else { Exit::Yes }
    }
}

#[cfg(test)]
mod tests {
    use iamgate::iam_policy::value::Instant;

    use super::*;
    use crate::args::ReadMode;
    use crate::world::Texts;

    fn policy(action: &str) -> String {
        let statement = format!(r#"{{"Effect": "Allow", "Action": {action}, "Resource": "*"}}"#);
        format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#)
    }

    /// The files with ways to more permissions, and what is said of each.
    fn ways(files: &[(&str, String)]) -> Vec<(String, String)> {
        let built_in = BuiltIn::complete();
        let files = files.iter().map(|(name, text)| ((*name).to_owned(), text.clone())).collect();
        let world = Texts::new(files, &built_in, Instant::from_epoch_seconds(0));
        let paths = vec!["role".to_owned()];
        let args = CheckArgs {
            paths,
            kind: None,
            mode: ReadMode::Strict,
            fail_on: Some(FailOn::default()),
            select: Vec::new(),
            ignore: Vec::new(),
            skip_others: false,
        };
        let answer = check(&args, &world);
        assert!(answer.unread.is_empty(), "{:?}", answer.unread);
        let found = answer.checked.iter().flat_map(|checked| {
            checked.problems.iter().map(|problem| (checked.source.name.clone(), problem))
        });
        let found = found.filter(|(_, problem)| problem.code.name() == "PRIVILEGE_ESCALATION");
        found.map(|(name, problem)| (name, problem.found.clone())).collect()
    }

    #[test]
    fn the_policies_of_a_role_are_looked_at_together() {
        let trust = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#;
        let trust = ("role/trust.json", trust.to_owned());
        let pass = ("role/inline/pass.json", policy(r#""iam:PassRole""#));
        let run = ("role/inline/run.json", policy(r#""ec2:RunInstances""#));
        assert!(ways(&[trust.clone(), pass.clone()]).is_empty());
        let found = ways(&[trust.clone(), pass.clone(), run.clone()]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].0.ends_with("pass.json"), "{found:?}");
        assert!(
            found[0]
                .1
                .starts_with("with all policies of the role: iam:PassRole on any role that is not named"),
            "{found:?}"
        );
        // Files that are not those of one role are not added up.
        assert!(ways(&[pass.clone(), run.clone()]).is_empty());
        let boundary = ("role/boundary.json", policy(r#"["ec2:*", "s3:*"]"#));
        assert!(ways(&[trust, boundary, pass, run]).is_empty());
    }

    #[test]
    fn a_policy_that_is_called_boundary_is_none() {
        let trust = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#;
        let trust = ("role/trust.json", trust.to_owned());
        let both = policy(r#"["iam:PassRole", "ec2:RunInstances"]"#);
        let reads = ("role/inline/reads.json", policy(r#""s3:ListAllMyBuckets""#));
        let boundary = ("role/boundary.json", policy(r#"["ec2:*", "s3:*"]"#));
        for folder in ["inline", "managed", "aws-managed"] {
            let name = format!("role/{folder}/boundary.json");
            let found = ways(&[trust.clone(), reads.clone(), (&name, both.clone())]);
            assert_eq!(found.len(), 1, "{folder}: {found:?}");
            assert!(found[0].0.ends_with(&name), "{found:?}");
            assert!(
                ways(&[trust.clone(), boundary.clone(), reads.clone(), (&name, both.clone())]).is_empty()
            );
        }
    }
}
