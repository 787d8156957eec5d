//! `iamgate check`: findings on policy documents.

mod aws;
mod files;
mod github;
mod human;
mod infer;
mod json;
mod sarif;

use iamgate::iam_policy::json::Document;
use iamgate::iam_policy::{Level, Limits, Mode, Policy, PolicyKind, Problem};

use crate::args::{Check, CheckFormat};
use crate::exit::Exit;
use crate::input::{self, Source};
use crate::screen::Screen;
use crate::trouble::Trouble;

/// What came of one document.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) source: Source,
    pub(crate) kind: PolicyKind,
    /// Whether the kind was told from the document.
    pub(crate) is_inferred: bool,
    /// Whether it was accepted.
    pub(crate) is_accepted: bool,
    pub(crate) problems: Vec<Problem>,
}

impl Checked {
    pub(crate) fn count(&self, level: Level) -> usize {
        self.problems.iter().filter(|problem| problem.level == level).count()
    }
}

/// What came of all documents.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) checked: Vec<Checked>,
    /// Inputs that could not be read as text.
    pub(crate) unread: Vec<Trouble>,
    /// Files of folders that are something else.
    pub(crate) others: Vec<String>,
}

pub(crate) fn run(args: &Check, screen: &mut Screen) -> Exit {
    let mut outcome = Outcome::default();
    for path in &args.paths {
        match files::expand(path) {
            Ok(targets) => {
                for target in &targets {
                    outcome.check(target, args.kind, args.mode.into());
                }
            }
            Err(trouble) => outcome.unread.push(trouble),
        }
    }
    if outcome.checked.is_empty() && outcome.unread.is_empty() {
        outcome.unread.push(Trouble::input(
            &args.paths.join(", "),
            "NO_POLICIES_FOUND",
            "0 policies found",
            "name files, folders with .json files, or quote a glob such as 'policies/**/*.json'",
        ));
    }
    match args.format {
        CheckFormat::Human => screen.data(&human::report(&outcome)),
        CheckFormat::Json => screen.data(&json::report(&outcome)),
        CheckFormat::Jsonl => screen.data(&json::lines(&outcome)),
        CheckFormat::Sarif => screen.data(&sarif::report(&outcome)),
        CheckFormat::Github => screen.data(&github::report(&outcome)),
    }
    for trouble in &outcome.unread {
        trouble.show(screen);
    }
    if !outcome.others.is_empty() {
        screen.aside(&human::others(&outcome.others));
    }
    outcome.exit(args.fail_on.into())
}

impl Outcome {
    fn check(&mut self, target: &files::Target, kind: Option<PolicyKind>, mode: Mode) {
        let limits = Limits::default();
        let source = match input::read(&target.path, limits.document_bytes, "one policy") {
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
        self.checked.push(Checked { source, kind: used, is_inferred: kind.is_none(), is_accepted, problems });
    }

    fn exit(&self, fail_on: Level) -> Exit {
        if !self.unread.is_empty() || self.checked.iter().any(|checked| !checked.is_accepted) {
            return Exit::Unanswered;
        }
        let found = self.checked.iter().flat_map(|checked| &checked.problems).any(|p| p.level >= fail_on);
        if found { Exit::No } else { Exit::Yes }
    }
}
