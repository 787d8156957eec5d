//! What a team decides about findings.

use std::collections::BTreeMap;
use std::fmt;

use iamgate::iam_policy::{Code, Level, PolicyKind};
use serde::Serialize;

use super::assertion::Assertion;
use super::code;
use crate::args::FailOn;
use crate::trouble::Trouble;

/// Some of the files that are checked.
pub struct Files(Box<dyn Fn(&str) -> bool>);

impl Files {
    /// The files for whose paths a function is true.
    pub fn new(has: impl Fn(&str) -> bool + 'static) -> Self {
        Self(Box::new(has))
    }

    /// Whether a file is one of them.
    pub fn has(&self, path: &str) -> bool {
        (self.0)(path)
    }
}

/// No file.
impl Default for Files {
    fn default() -> Self {
        Self::new(|_| false)
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Files")
    }
}

/// Codes that are known: some, or all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Codes {
    pub(super) some: Vec<Code>,
    pub(super) is_all: bool,
}

impl Codes {
    /// The codes with these names; `ALL` is all of them. `from` says where the names stand, such as `--ignore`.
    ///
    /// # Errors
    /// There is no such code. The help has the nearest.
    pub fn of(from: &str, names: &[String]) -> Result<Self, Trouble> {
        Ok(Self { some: code::all_of(from, names)?, is_all: names.iter().any(|name| code::is_all(name)) })
    }

    /// Whether a code is one of them.
    pub(super) fn has(&self, code: Code) -> bool {
        self.is_all || self.some.contains(&code)
    }

    fn is_empty(&self) -> bool {
        !self.is_all && self.some.is_empty()
    }

    /// Whether each of them is one of the others.
    fn are_in(&self, others: impl Fn(Code) -> bool) -> bool {
        !self.is_all && self.some.iter().all(|code| others(*code))
    }

    /// The codes of `check` itself, which neither the rules nor the reader have: each with a sentence on why it matters and one on what to do.
    pub const OWN: &'static [(Code, &'static str, &'static str)] = &code::OWN;

    /// The code with a name.
    ///
    /// # Errors
    /// There is none; the text says which is near.
    pub fn find(name: &str) -> Result<Code, String> {
        code::find(name)
    }
}

/// What is decided about findings: everywhere, or in some files.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Choice {
    /// The only codes that are reported, whatever was chosen before. `None` if nothing is said of them.
    pub select: Option<Codes>,
    /// Codes that are not reported.
    pub ignore: Codes,
    /// Other levels for codes.
    pub levels: BTreeMap<Code, Level>,
}

/// The codes that a question names itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    /// The only codes that are reported. `None` if nothing is said of them.
    pub(super) select: Option<Codes>,
    /// Codes that are not reported.
    pub(super) ignore: Codes,
}

/// Codes that are reported only if a `select` has them, or a level is chosen for them. Most service control policies only deny, beside
/// FullAWSAccess.
const ONLY_IF_SELECTED: [Code; 1] = [iamgate::iam_policy::code::SCP_WITHOUT_ALLOW];

/// What is decided about the findings of a file.
#[derive(Clone, Debug)]
pub(super) struct Decided<'s> {
    asked: &'s Asked,
    /// The choice of everywhere first, then those of the file.
    choices: Vec<&'s Choice>,
}

impl Decided<'_> {
    /// The codes that are selected, and the choices whose lists of codes to ignore count. The question wins over the configuration, and in the
    /// configuration the last choice that selects codes wins over all before.
    fn selected(&self) -> (Option<&Codes>, &[&Choice]) {
        let last = self.choices.iter().rposition(|own| own.select.is_some());
        let select = last.and_then(|at| self.choices.get(at)?.select.as_ref());
        let from = last.unwrap_or_default().max(usize::from(self.asked.select.is_some()));
        (self.asked.select.as_ref().or(select), self.choices.get(from..).unwrap_or_default())
    }

    pub(super) fn reports(&self, code: Code) -> bool {
        let (select, ignoring) = self.selected();
        let is_told = || !ONLY_IF_SELECTED.contains(&code) || self.level(code).is_some();
        select.map_or_else(is_told, |own| own.has(code))
            && !self.asked.ignore.has(code)
            && !ignoring.iter().any(|own| own.ignore.has(code))
    }

    /// Why the configuration lets nothing be reported: it selects no code, or ignores every one that it selects.
    pub(super) fn silence(&self) -> Option<&'static str> {
        let (select, ignoring) = self.selected();
        let select = select.filter(|_| self.asked.select.is_none())?;
        if select.is_empty() {
            return Some("no code is selected");
        }
        let is_ignored = |code| ignoring.iter().any(|own| own.ignore.has(code));
        select.are_in(is_ignored).then_some("every code that is selected is ignored too")
    }

    /// The level that was chosen for a code.
    pub(super) fn level(&self, code: Code) -> Option<Level> {
        self.choices.iter().rev().find_map(|own| own.levels.get(&code)).copied()
    }
}

/// What holds for some files.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct PathSettings {
    /// The files.
    pub files: Files,
    /// The kind of their policies.
    pub kind: Option<PolicyKind>,
    /// What is decided about their findings.
    pub choice: Choice,
}

/// A finding that somebody accepts.
#[derive(Debug)]
#[non_exhaustive]
pub struct Acceptance {
    /// The files.
    pub files: Files,
    /// How the configuration writes the files.
    pub written: String,
    /// The Sid of the statement. `None` for the whole file.
    pub sid: Option<String>,
    /// The code.
    pub code: Code,
    /// Why.
    pub reason: String,
    /// The last day on which it counts.
    pub until: Option<String>,
    /// Whether that day is over.
    pub is_expired: bool,
    /// Its line in the configuration.
    pub line: u32,
}

impl Acceptance {
    /// An acceptance without an end.
    pub const fn new(files: Files, written: String, code: Code, reason: String, line: u32) -> Self {
        Self { files, written, sid: None, code, reason, until: None, is_expired: false, line }
    }
}

/// What a team decides about findings. The default changes nothing.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct CheckSettings {
    /// The name of the configuration. `None` if there is none.
    pub file: Option<String>,
    /// The least serious finding that makes the exit code 1, unless the question says so.
    pub fail_on: Option<FailOn>,
    /// Files that are not checked.
    pub exclude: Files,
    /// What is decided about findings everywhere.
    pub choice: Choice,
    /// What holds for some files. Later ones win.
    pub paths: Vec<PathSettings>,
    /// Findings that somebody accepts.
    pub accepts: Vec<Acceptance>,
    /// What policies must never allow.
    pub assertions: Vec<Assertion>,
}

impl CheckSettings {
    /// The kind of the policies in a file.
    pub(super) fn kind(&self, path: &str) -> Option<PolicyKind> {
        self.paths.iter().rev().filter(|own| own.kind.is_some()).find(|own| own.files.has(path))?.kind
    }

    /// What is decided about the findings of a file.
    pub(super) fn decided<'s>(&'s self, asked: &'s Asked, path: &str) -> Decided<'s> {
        let paths = self.paths.iter().filter(|own| own.files.has(path)).map(|own| &own.choice);
        Decided { asked, choices: std::iter::once(&self.choice).chain(paths).collect() }
    }
}

/// Something to say about a configuration or a baseline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Notice {
    /// A stable code.
    pub code: &'static str,
    /// The configuration or the baseline.
    pub file: String,
    /// The line, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What was found.
    pub message: String,
    /// What would be right.
    pub help: String,
    /// Whether it makes the exit code 1.
    #[serde(skip)]
    pub fails: bool,
}

impl Notice {
    /// What was found, and what would be right.
    pub fn said(&self) -> String {
        format!("{}; {}", self.message, self.help)
    }
}
