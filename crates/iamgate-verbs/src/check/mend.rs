//! Fixes of findings, made in the files that have them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use iam_document::code as document_code;
use iamgate::File;
use iamgate::iam_json::{Change, Document, Edit, Kind, Value};
use iamgate::iam_policy::{Level, Mode, PolicyKind, Problem};
use serde::Serialize;

use super::settings::Asked;
use super::targets::Targets;
use super::{CheckAnswer, CheckSettings, Checked, alike, sift};
use crate::args::{CheckArgs, FailOn};
use crate::given;
use crate::trouble::Trouble;
use crate::world::{BuiltIn, DUMP_BYTES, World};

/// The fixes of a file are looked for again in what the last ones made of it, at most so often.
const PASSES: usize = 10;

/// Fixes of a file are tried so often at most, together and in parts.
const TRIES: usize = 512;

/// The most bytes that are read to try fixes of a file, unless [`FEW_TRIES`] read more.
const TRIES_BYTES: usize = 8 << 20;

/// Fixes are tried so often at least, however long the file is.
const FEW_TRIES: usize = 64;

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
    /// What is found in the new text.
    checked: Vec<Checked>,
    /// The findings whose fixes were not made.
    left_at: BTreeSet<LeftAt>,
}

/// A finding whose fix was not made: its code, the name of its document, its JSON pointer, and what the fix would have done.
type LeftAt = (&'static str, String, String, String);

impl Mended {
    /// Whether the text is another one.
    pub fn is_changed(&self) -> bool {
        self.text != self.source.text
    }

    /// The findings that refuse documents of the new text, with the text in which they have their places.
    pub fn refusals(&self) -> impl Iterator<Item = (&File, &Problem)> {
        let refused = |own: &&Checked| !own.is_accepted;
        self.checked.iter().filter(refused).flat_map(|own| {
            own.problems.iter().filter(|problem| own.refuses(problem)).map(|problem| (&*own.source, problem))
        })
    }

    /// Whether the fix of a finding was not made although it was looked at. `says` is what it does.
    pub fn has_left(&self, document: &str, problem: &Problem, says: &str) -> bool {
        let (code, pointer) = (problem.code.name(), &problem.place.pointer);
        self.left_at.contains(&(code, document.to_owned(), pointer.clone(), says.to_owned()))
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
/// second list says what could not be read.
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
    let asked = match sift::asked(args) {
        Ok(asked) => asked,
        Err(trouble) => return (Vec::new(), vec![trouble]),
    };
    let Targets { chosen, excluded, mut unread, .. } = Targets::of(args, settings, world);
    let mut mended = Vec::new();
    for (target, kind) in chosen {
        match world.read(&target.path, DUMP_BYTES, "one document") {
            Ok(source) => {
                let (mode, built_in, is_named) = (args.mode.into(), world.built_in(), target.is_named);
                let page = Page { settings, asked: &asked, is_named, kind, mode, built_in };
                match page.mend(Arc::new(source), all) {
                    Ok(own) => mended.push(own),
                    Err(troubles) => unread.extend(troubles),
                }
            }
            Err(trouble) => unread.push(trouble),
        }
    }
    let has_documents = mended.iter().any(|own| !own.checked.is_empty());
    unread.extend(Targets::nothing(args, has_documents, &excluded, &unread));
    (mended, unread)
}

/// How the text of a file is read.
struct Page<'a> {
    settings: &'a CheckSettings,
    asked: &'a Asked,
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
    /// The JSON pointer of the finding.
    pointer: String,
    says: String,
    is_safe: bool,
    changes: Vec<Change>,
    edits: Vec<Edit>,
}

/// What a fix is, in whatever line: code, number of the document, JSON pointer, what it does, and the texts that it removes and adds.
type Key = (&'static str, usize, String, String, Vec<(String, String)>);

impl Candidate {
    fn key(&self, text: &str) -> Key {
        let edits = self.edits.iter().map(|own| (own.span.of(text).to_owned(), own.text.clone()));
        (self.code, self.document, self.pointer.clone(), self.says.clone(), edits.collect())
    }

    fn left(&self, checked: &[Checked], why: impl Into<String>) -> LeftFix {
        let document = checked.get(self.document).map(|own| own.document.name.clone());
        LeftFix {
            code: self.code,
            document: document.unwrap_or_default(),
            says: self.says.clone(),
            why: why.into(),
        }
    }
}

/// How far the work on a file has come.
struct Work {
    text: String,
    checked: Vec<Checked>,
    counts: BTreeMap<&'static str, usize>,
    /// How often the text was changed.
    version: usize,
    /// How often fixes may still be tried.
    tries: usize,
    /// Why fixes were refused last, and in which version.
    refused: BTreeMap<Key, (usize, String)>,
}

impl Page<'_> {
    fn looked_at(&self, name: &str, text: &str) -> CheckAnswer {
        let mut answer = CheckAnswer::empty(FailOn::default().into());
        let file = File { name: name.to_owned(), text: text.to_owned() };
        answer.look_at(Arc::new(file), self.is_named, self.kind, self.mode, self.built_in);
        answer.sift(self.settings, self.asked);
        answer
    }

    /// # Errors
    /// The text has nothing that can be checked.
    fn mend(&self, source: Arc<File>, all: bool) -> Result<Mended, Vec<Trouble>> {
        let answer = self.looked_at(&source.name, &source.text);
        if !answer.unread.is_empty() {
            return Err(answer.unread);
        }
        let tries = TRIES_BYTES.checked_div(source.text.len()).unwrap_or(TRIES).clamp(FEW_TRIES, TRIES);
        let mut work = Work {
            text: source.text.clone(),
            checked: answer.checked,
            counts: BTreeMap::new(),
            version: 0,
            tries,
            refused: BTreeMap::new(),
        };
        while work.version < PASSES && self.pass(&source.name, all, &mut work) {}
        let (mut left, mut left_at) = (BTreeSet::new(), BTreeSet::new());
        let mut out_of_place = Vec::new();
        let found = candidates(&work.checked, all, &mut out_of_place);
        for (fix, pointer) in out_of_place {
            left_at.insert((fix.code, fix.document.clone(), pointer, fix.says.clone()));
            left.insert(fix);
        }
        for own in found {
            let why = match work.refused.get(&own.key(&work.text)) {
                Some((_, why)) => why.clone(),
                None if work.version >= PASSES => {
                    format!("not tried: the file was mended {PASSES} times; mend it again")
                }
                None => "not tried: too many fixes of the file could not be made".to_owned(),
            };
            let fix = own.left(&work.checked, why);
            left_at.insert((own.code, fix.document.clone(), own.pointer, own.says));
            left.insert(fix);
        }
        let Work { text, checked, counts, .. } = work;
        Ok(Mended { source, text, counts, left: left.into_iter().collect(), checked, left_at })
    }

    /// Makes fixes that do not touch each other. `false` if none can be made.
    fn pass(&self, name: &str, all: bool, work: &mut Work) -> bool {
        let found = candidates(&work.checked, all, &mut Vec::new());
        // Safe fixes come first: what they leave out needs no other fix.
        let groups = [
            |own: &Candidate| own.is_safe && VEILS.contains(&own.code),
            |own: &Candidate| own.is_safe && !VEILS.contains(&own.code),
            |own: &Candidate| !own.is_safe && VEILS.contains(&own.code),
            |own: &Candidate| !own.is_safe && !VEILS.contains(&own.code),
        ];
        // A fix that was refused is tried again in another text, after all others.
        for is_again in [false, true] {
            for group in groups {
                let is_open = |own: &&Candidate, work: &Work| match work.refused.get(&own.key(&work.text)) {
                    Some((version, _)) => is_again && *version < work.version,
                    None => !is_again,
                };
                let mut open: Vec<&Candidate> = found.iter().filter(|own| group(own)).collect();
                loop {
                    open.retain(|own| is_open(own, work));
                    let chosen = apart(open.iter().copied());
                    if chosen.is_empty() || work.tries == 0 {
                        break;
                    }
                    if self.made(name, &chosen, work) {
                        return true;
                    }
                }
            }
        }
        false
    }

    /// Makes those of the fixes that can be made, all at once or in halves. `false` if none can be made. Those that were tried alone are noted.
    fn made(&self, name: &str, chosen: &[&Candidate], work: &mut Work) -> bool {
        let mut kept: Vec<&Candidate> = Vec::new();
        let mut best = None;
        let mut parts = vec![chosen];
        while let Some(part) = parts.pop() {
            if work.tries == 0 {
                break;
            }
            work.tries = work.tries.saturating_sub(1);
            let both: Vec<&Candidate> = kept.iter().chain(part).copied().collect();
            match self.tried(name, &work.text, &work.checked, &both) {
                Ok(result) => (best, kept) = (Some(result), both),
                Err(why) => {
                    if let [one] = part {
                        work.refused.insert(one.key(&work.text), (work.version, why));
                    } else {
                        let (first, second) = part.split_at(part.len().div_euclid(2));
                        parts.extend([second, first]);
                    }
                }
            }
        }
        let Some((text, checked)) = best else { return false };
        for own in kept {
            let count = work.counts.entry(own.code).or_default();
            *count = count.saturating_add(1);
        }
        (work.text, work.checked) = (text, checked);
        work.version = work.version.saturating_add(1);
        true
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
        let after = self.looked_at(name, &new).checked;
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

/// The fixes of the findings, with their places. Those that have none are noted, with the JSON pointers of the findings.
fn candidates(checked: &[Checked], all: bool, left: &mut Vec<(LeftFix, String)>) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (document, own) in checked.iter().enumerate() {
        for (problem, fix) in own.problems.iter().zip(&own.fixes) {
            let Some(fix) = fix.as_ref().filter(|fix| fix.is_safe || all) else { continue };
            let code = problem.code.name();
            let (pointer, says) = (problem.place.pointer.clone(), fix.says.clone());
            let Some(edits) = fix.edits(own) else {
                let why = "it cannot be made in place: the file writes the policy in another way".to_owned();
                left.push((LeftFix { code, document: own.document.name.clone(), says, why }, pointer));
                continue;
            };
            let (is_safe, changes) = (fix.is_safe, fix.changes.clone());
            found.push(Candidate { code, document, pointer, says, is_safe, changes, edits });
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
