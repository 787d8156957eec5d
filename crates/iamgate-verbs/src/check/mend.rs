//! Fixes of findings, made in the files that have them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use iam_document::code as document_code;
use iamgate::File;
use iamgate::iam_json::{Change, Document, Edit, Kind, Value};
use iamgate::iam_policy::{Level, Mode, PolicyKind, Problem};
use serde::Serialize;

use super::{CheckAnswer, CheckSettings, Checked, Choice, alike, sift};
use crate::args::{CheckArgs, FailOn};
use crate::given;
use crate::trouble::Trouble;
use crate::world::{BuiltIn, DUMP_BYTES, World};

/// The fixes of a file are looked for again in what the last ones made of it, at most so often.
const PASSES: usize = 10;

/// The most fixes that are tried one by one, after they could not be made together.
const ONE_BY_ONE: usize = 64;

/// The most bytes that are read to see whether fixes of one document can be made in its file.
const TRIED_BYTES: usize = 16 << 20;

/// Findings whose mending lets more of the document be read, so that findings may come to light that were there before.
const VEILS: [&str; 8] = [
    "JSON_SYNTAX_ERROR",
    "BYTE_ORDER_MARK",
    "DUPLICATE_JSON_KEY",
    "DATA_TYPE_MISMATCH",
    "INVALID_POLICY_ELEMENT",
    "INVALID_PRINCIPAL_KEY",
    "INVALID_CONDITION_OPERATOR",
    "DUPLICATE_KEYS_WITH_DIFFERENT_CASE",
];

/// What mends a finding in its file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PlacedFix {
    /// What it does.
    pub says: String,
    /// Whether the document decides as before.
    pub is_safe: bool,
    /// The edits of the file's text.
    pub edits: Vec<Edit>,
}

/// What was made of a file.
#[derive(Debug)]
#[non_exhaustive]
pub struct Mended {
    /// The file as it was read.
    pub source: Arc<File>,
    /// The new text. It is the old one if nothing was mended.
    pub text: String,
    /// How many findings of each code were mended.
    pub counts: BTreeMap<&'static str, usize>,
    /// Fixes that were not made.
    pub left: Vec<LeftFix>,
}

impl Mended {
    /// Whether the text is another one.
    pub fn is_changed(&self) -> bool {
        self.text != self.source.text
    }
}

/// A fix that was not made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct LeftFix {
    /// The code of the finding.
    pub code: &'static str,
    /// Which document of the file; empty if the file is a policy.
    pub document: String,
    /// What it would have done.
    pub says: String,
    /// Why it was not made.
    pub why: String,
}

/// Mends the files in which policies are looked for: with fixes that are safe, and `all` of them if that is wanted. Nothing is written.
///
/// Each result is read and checked again. A fix is not made if the document could then not be read, or had the finding all the same, or had an
/// error that it did not have before; and a safe one not if a request was found that the document then decides in another way. The
/// second list says what could not be read as text.
pub fn mend(args: &CheckArgs, all: bool, world: &dyn World) -> (Vec<Mended>, Vec<Trouble>) {
    mend_with(args, &CheckSettings::default(), all, world)
}

/// As [`mend`], for the findings that count under what a team decided about them. Those of a baseline are mended too.
pub fn mend_with(
    args: &CheckArgs,
    settings: &CheckSettings,
    all: bool,
    world: &dyn World,
) -> (Vec<Mended>, Vec<Trouble>) {
    let mut seen = BTreeSet::new();
    let (mut mended, mut unread) = (Vec::new(), Vec::new());
    let choice = match sift::choice(args, settings) {
        Ok(choice) => choice,
        Err(trouble) => return (mended, vec![trouble]),
    };
    for path in &args.paths {
        let targets = world.targets(path).unwrap_or_else(|trouble| {
            unread.push(trouble);
            Vec::new()
        });
        for target in targets {
            if settings.exclude.has(&target.path) || !seen.insert(target.path.clone()) {
                continue;
            }
            match world.read(&target.path, DUMP_BYTES, "one document") {
                Ok(source) => {
                    let is_named = target.is_named && !args.skip_others;
                    let kind = args.kind.or_else(|| settings.kind(&target.path));
                    let (mode, built_in) = (args.mode.into(), world.built_in());
                    let page = Page { settings, choice: &choice, is_named, kind, mode, built_in };
                    mended.push(page.mend(Arc::new(source), all));
                }
                Err(trouble) => unread.push(trouble),
            }
        }
    }
    (mended, unread)
}

/// How the text of a file is read.
struct Page<'a> {
    settings: &'a CheckSettings,
    choice: &'a Choice,
    is_named: bool,
    kind: Option<PolicyKind>,
    mode: Mode,
    built_in: &'a BuiltIn,
}

/// A fix of a finding, with its place in the file.
struct Candidate {
    code: &'static str,
    /// The number of the document.
    document: usize,
    says: String,
    is_safe: bool,
    changes: Vec<Change>,
    edits: Vec<Edit>,
}

impl Page<'_> {
    fn looked_at(&self, name: &str, text: &str) -> Vec<Checked> {
        let mut answer = CheckAnswer::empty(FailOn::default().into());
        let file = File { name: name.to_owned(), text: text.to_owned() };
        answer.look_at(Arc::new(file), self.is_named, self.kind, self.mode, self.built_in);
        answer.sift(self.settings, self.choice);
        answer.checked
    }

    fn mend(&self, source: Arc<File>, all: bool) -> Mended {
        let mut text = source.text.clone();
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        let mut left = BTreeSet::new();
        let mut checked = self.looked_at(&source.name, &text);
        for _ in 0..PASSES {
            left.clear();
            let candidates = candidates(&checked, all, &mut left);
            // Safe fixes come first: what they leave out needs no other fix.
            let groups = [
                |own: &Candidate| own.is_safe && VEILS.contains(&own.code),
                |own: &Candidate| own.is_safe && !VEILS.contains(&own.code),
                |own: &Candidate| !own.is_safe && VEILS.contains(&own.code),
                |own: &Candidate| !own.is_safe && !VEILS.contains(&own.code),
            ];
            let mut is_new = false;
            for group in groups {
                let chosen = apart(candidates.iter().filter(|own| group(own)));
                if chosen.is_empty() {
                    continue;
                }
                let Some((new, read, made)) = self.made(&source.name, &text, &checked, &chosen, &mut left)
                else {
                    continue;
                };
                for code in made {
                    let count = counts.entry(code).or_default();
                    *count = count.saturating_add(1);
                }
                (text, checked, is_new) = (new, read, true);
                break;
            }
            if !is_new {
                break;
            }
        }
        Mended { source, text, counts, left: left.into_iter().collect() }
    }

    /// The text with the fixes, or with those of them that can be made; what is found in it; and the codes that were mended.
    fn made(
        &self,
        name: &str,
        text: &str,
        checked: &[Checked],
        chosen: &[&Candidate],
        left: &mut BTreeSet<LeftFix>,
    ) -> Option<(String, Vec<Checked>, Vec<&'static str>)> {
        let codes = |own: &[&Candidate]| own.iter().map(|own| own.code).collect();
        if let Ok((new, read)) = self.tried(name, text, checked, chosen) {
            return Some((new, read, codes(chosen)));
        }
        let mut kept: Vec<&Candidate> = Vec::new();
        let mut best = None;
        for candidate in chosen.iter().take(ONE_BY_ONE) {
            kept.push(candidate);
            match self.tried(name, text, checked, &kept) {
                Ok(result) => best = Some(result),
                Err(why) => {
                    kept.pop();
                    let document = checked.get(candidate.document).map(|own| own.document.name.clone());
                    left.insert(LeftFix {
                        code: candidate.code,
                        document: document.unwrap_or_default(),
                        says: candidate.says.clone(),
                        why,
                    });
                }
            }
        }
        best.map(|(new, read)| (new, read, codes(&kept)))
    }

    /// The text with the fixes and what is found in it, or why they are not to be made.
    fn tried(
        &self,
        name: &str,
        text: &str,
        before: &[Checked],
        fixes: &[&Candidate],
    ) -> Result<(String, Vec<Checked>), String> {
        let in_place = || "it cannot be made in place: the file writes the policy in another way".to_owned();
        let edits: Vec<Edit> = fixes.iter().flat_map(|own| own.edits.iter().cloned()).collect();
        let new = Edit::apply(text, &edits).ok_or_else(in_place)?;
        let after = self.looked_at(name, &new);
        if after.len() != before.len() {
            return Err("the policies of the file could not be read any more".to_owned());
        }
        for (number, (old, now)) in before.iter().zip(&after).enumerate() {
            let own: Vec<&&Candidate> = fixes.iter().filter(|own| own.document == number).collect();
            let changes = own.iter().flat_map(|own| &own.changes);
            let expected = changed(&old.document.text, changes).ok_or_else(in_place)?;
            if old.document.name != now.document.name || !says_the_same(&expected, &now.document.text) {
                return Err(in_place());
            }
            if own.is_empty() {
                continue;
            }
            let count =
                |all: &[Problem], code: &str| all.iter().filter(|own| own.code.name() == code).count();
            for fix in &own {
                let was = count(&old.problems, fix.code);
                // Of very many findings, only the first are listed.
                if count(&now.problems, fix.code) >= was && was < 100 {
                    return Err(format!("{} would be found all the same", fix.code));
                }
            }
            if !own.iter().all(|own| VEILS.contains(&own.code)) {
                let errors = now.problems.iter().filter(|own| own.level == Level::Error);
                for code in errors.map(|own| own.code.name()) {
                    if count(&now.problems, code) > count(&old.problems, code) {
                        return Err(format!("{code} would be found then"));
                    }
                }
            }
            if own.iter().all(|own| own.is_safe)
                && let Some(difference) = alike::difference(&old.document.text, &now.document.text, old.kind)
            {
                return Err(format!("the policy would not decide as before: {difference}"));
            }
        }
        Ok((new, after))
    }
}

/// The fixes of the findings, with their places. Those that have none are noted.
fn candidates(checked: &[Checked], all: bool, left: &mut BTreeSet<LeftFix>) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (document, own) in checked.iter().enumerate() {
        for (problem, fix) in own.problems.iter().zip(&own.fixes) {
            let Some(fix) = fix.as_ref().filter(|fix| fix.is_safe || all) else { continue };
            let code = problem.code.name();
            match fix.edits(own) {
                Some(edits) => found.push(Candidate {
                    code,
                    document,
                    says: fix.says.clone(),
                    is_safe: fix.is_safe,
                    changes: fix.changes.clone(),
                    edits,
                }),
                None => {
                    left.insert(LeftFix {
                        code,
                        document: own.document.name.clone(),
                        says: fix.says.clone(),
                        why: "it cannot be made in place: the file writes the policy in another way"
                            .to_owned(),
                    });
                }
            }
        }
    }
    found
}

/// The fixes that do not touch each other, from the first one on.
fn apart<'c>(all: impl Iterator<Item = &'c Candidate>) -> Vec<&'c Candidate> {
    let mut sorted: Vec<&Candidate> = all.collect();
    sorted.sort_by_key(|own| own.edits.iter().map(|edit| edit.span).min());
    let mut taken: BTreeMap<(u32, u32), &Edit> = BTreeMap::new();
    let mut chosen = Vec::new();
    for candidate in sorted {
        let touches = candidate.edits.iter().any(|edit| {
            let place = (edit.span.start, edit.span.end);
            let before = taken.range(..=place).next_back().map(|(_, own)| *own);
            let behind = taken.range(place..).next().map(|(_, own)| *own);
            before.into_iter().chain(behind).any(|own| own.overlaps(edit))
        });
        if !touches {
            taken.extend(candidate.edits.iter().map(|edit| ((edit.span.start, edit.span.end), edit)));
            chosen.push(candidate);
        }
    }
    chosen
}

/// The text of a policy with changes.
fn changed<'c>(text: &str, changes: impl Iterator<Item = &'c Change>) -> Option<String> {
    let mut edits = Vec::new();
    for change in changes {
        edits.extend(change.edits(text, text)?);
    }
    Edit::apply(text, &edits)
}

/// Whether two JSON texts are the same but for white space and escapes.
fn says_the_same(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let limits = iamgate::iam_json::Limits::of_bytes(DUMP_BYTES);
    match (Document::parse(a, limits), Document::parse(b, limits)) {
        (Ok(a), Ok(b)) => is_same(a.root(), b.root()),
        _ => false,
    }
}

fn is_same(a: Value<'_>, b: Value<'_>) -> bool {
    if a.kind() != b.kind() {
        return false;
    }
    match a.kind() {
        Kind::Array => {
            a.items().count() == b.items().count() && a.items().zip(b.items()).all(|(a, b)| is_same(a, b))
        }
        Kind::Object => {
            a.members().count() == b.members().count()
                && a.members()
                    .zip(b.members())
                    .all(|(a, b)| a.key.string() == b.key.string() && is_same(a.value, b.value))
        }
        Kind::String | Kind::Number | Kind::Null | Kind::True | Kind::False => a.string() == b.string(),
    }
}

/// What mends a finding, in the document or around it.
#[derive(Clone, Debug)]
pub(super) struct OwnFix {
    pub(super) says: String,
    pub(super) is_safe: bool,
    /// Changes of the document.
    changes: Vec<Change>,
    /// Edits of what is around it.
    around: Vec<Edit>,
}

impl OwnFix {
    pub(super) fn of(fix: iam_lint::Fix) -> Self {
        Self { says: fix.says, is_safe: fix.is_safe, changes: fix.changes, around: Vec::new() }
    }

    /// The fix, as one that may change decisions.
    pub(super) fn unsafely(self) -> Self {
        Self { is_safe: false, ..self }
    }

    /// The fix of a problem of what is around the documents of a file.
    pub(super) fn around(problem: &Problem, text: &str) -> Option<Self> {
        let span = problem.place.span;
        let written = span.of(text);
        let make = |says: &str, is_safe, span| {
            let around = vec![Edit::new(span, "")];
            Some(Self { says: says.to_owned(), is_safe, changes: Vec::new(), around })
        };
        if problem.code == document_code::BYTE_ORDER_MARK {
            let mark = iamgate::Span::new(0, u32::try_from('\u{FEFF}'.len_utf8()).ok()?);
            return (mark.of(text) == "\u{FEFF}").then(|| make("remove the byte order mark", true, mark))?;
        }
        if problem.code != document_code::JSON_SYNTAX_ERROR {
            return None;
        }
        match written {
            "," => make("remove the comma", true, span),
            // What it says is lost.
            own if own.starts_with(['#', '/']) => make("remove the comment", false, span),
            _ => None,
        }
    }

    /// The edits of the file. `None` if it writes the document in a way that has no place for them.
    fn edits(&self, checked: &Checked) -> Option<Vec<Edit>> {
        let mut edits = self.around.clone();
        for change in &self.changes {
            edits.extend(checked.document.edits(change, &checked.source.text)?);
        }
        Some(edits)
    }
}

impl Checked {
    /// What mends each of the findings in the file, in their order. `None` for a finding that somebody must mend, and for one in a document
    /// that the file writes in a way that has no place for the edits.
    pub fn fixes(&self) -> Vec<Option<PlacedFix>> {
        let is_verbatim = self.document.origin.verbatim_from().is_some();
        let text = &self.source.text;
        let mut tries = TRIED_BYTES.checked_div(text.len()).unwrap_or_default();
        let mut place = |fix: &Option<OwnFix>| {
            let fix = fix.as_ref()?;
            let edits = fix.edits(self)?;
            if !is_verbatim && !fix.changes.is_empty() {
                tries = tries.checked_sub(1)?;
                self.is_made(fix, &edits).then_some(())?;
            }
            Some(PlacedFix { says: fix.says.clone(), is_safe: fix.is_safe, edits })
        };
        self.fixes.iter().map(&mut place).collect()
    }

    /// Whether edits of the file make the changes of a fix, and no other ones.
    fn is_made(&self, fix: &OwnFix, edits: &[Edit]) -> bool {
        let (Some(expected), Some(new)) =
            (changed(&self.document.text, fix.changes.iter()), Edit::apply(&self.source.text, edits))
        else {
            return false;
        };
        let read = iam_document::read(&new, &self.source.name, &given::limits());
        read.is_ok_and(|found| {
            let mut same = found.documents.iter().filter(|own| own.name == self.document.name);
            same.next().is_some_and(|own| says_the_same(&expected, &own.text))
        })
    }
}

/// What was mended in a file, for programs.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct MendedJson<'m> {
    file: &'m str,
    /// How many findings of each code were mended.
    codes: &'m BTreeMap<&'static str, usize>,
    /// Fixes that were not made.
    left: &'m [LeftFix],
}

impl<'m> MendedJson<'m> {
    pub(super) fn of(mended: &'m Mended) -> Self {
        Self { file: &mended.source.name, codes: &mended.counts, left: &mended.left }
    }
}
