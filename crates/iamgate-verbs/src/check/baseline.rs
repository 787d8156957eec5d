//! Findings that were there before: hidden until they are mended.

use std::collections::{BTreeMap, BTreeSet};

use iamgate::File;
use serde::{Deserialize, Serialize};

use super::identity::{self, Identity};
use super::settings::Notice;
use super::{CheckAnswer, Hiding, code};
use crate::args::CheckArgs;
use crate::json;
use crate::trouble::Trouble;
use crate::words::plural;

const SCHEMA: &str = "iamgate/baseline";
const VERSION: u32 = 1;

/// Findings that are known, by what stays of them when lines move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    name: String,
    known: BTreeMap<Identity, usize>,
}

/// What every version has.
#[derive(Deserialize)]
struct Header {
    schema: String,
    version: u32,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct BaselineJson {
    schema: String,
    version: u32,
    findings: Vec<Entry>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    file: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    document: String,
    code: String,
    pointer: String,
    text: String,
    count: usize,
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// The text is no baseline, or one of another version.
    pub fn read(file: &File) -> Result<Self, Trouble> {
        let help = "write it with `iamgate check --write-baseline FILE`";
        let wrong = |error: serde_json::Error| {
            Trouble::input(&file.name, "INVALID_BASELINE", error.to_string(), help)
        };
        let header: Header = serde_json::from_str(&file.text).map_err(wrong)?;
        if header.schema != SCHEMA || header.version != VERSION {
            let found =
                format!("{} of version {}", iamgate::iam_json::quoted(&header.schema), header.version);
            let help = format!("this program reads {SCHEMA} of version {VERSION}; {help}");
            return Err(Trouble::input(&file.name, "INVALID_BASELINE", found, help));
        }
        let read: BaselineJson = serde_json::from_str(&file.text).map_err(wrong)?;
        let mut known = BTreeMap::new();
        for entry in read.findings {
            let Entry { file, document, code, pointer, text, count } = entry;
            let sum: &mut usize = known.entry(Identity { file, document, code, pointer, text }).or_default();
            *sum = sum.saturating_add(count);
        }
        Ok(Self { name: file.name.clone(), known })
    }

    /// The baseline of every finding of an answer. `name` says how the baseline calls a file, such as by its path from the baseline's folder.
    pub fn of(answer: &CheckAnswer, file: &str, name: &dyn Fn(&str) -> String) -> Self {
        let mut known = BTreeMap::new();
        for checked in &answer.checked {
            let identities = identity::of(checked, &name(&checked.source.name));
            for (own, problem) in identities.into_iter().zip(&checked.problems) {
                if !checked.refuses(problem) {
                    let count: &mut usize = known.entry(own).or_default();
                    *count = count.saturating_add(1);
                }
            }
        }
        Self { name: file.to_owned(), known }
    }

    /// Keeps what an older baseline has and an answer does not tell anew: findings of codes that the question does not ask for, those in documents that
    /// were refused, and those in other files that are still there. `name` says how the baseline calls a file, and `is_there` is about such names.
    /// Returns how many findings are kept.
    pub fn keep(
        &mut self,
        old: &Self,
        (answer, args): (&CheckAnswer, &CheckArgs),
        name: &dyn Fn(&str) -> String,
        is_there: &dyn Fn(&str) -> bool,
    ) -> usize {
        let seen = Seen::of(answer, name);
        let excluded: BTreeSet<String> = answer.excluded.iter().map(|file| name(file)).collect();
        let is_elsewhere = |file: &String| !excluded.contains(file) && !seen.files.contains(file);
        let mut kept: usize = 0;
        for (own, count) in &old.known {
            let is_untold = seen.is_refused(own) || (is_elsewhere(&own.file) && is_there(&own.file));
            if is_untold || !is_asked(args, &own.code) {
                let known = self.known.entry(own.clone()).or_default();
                kept = kept.saturating_add(count.saturating_sub(*known));
                *known = (*known).max(*count);
            }
        }
        kept
    }

    /// The number of findings.
    pub fn count(&self) -> usize {
        self.known.values().copied().fold(0, usize::saturating_add)
    }

    /// The text of the file.
    pub fn to_json(&self) -> String {
        let entry = |(own, count): (&Identity, &usize)| {
            let Identity { file, document, code, pointer, text } = own.clone();
            Entry { file, document, code, pointer, text, count: *count }
        };
        json::indented(&BaselineJson {
            schema: SCHEMA.to_owned(),
            version: VERSION,
            findings: self.known.iter().map(entry).collect(),
        })
    }
}

/// Whether a question asks for findings of a code, by its `select` and `ignore`.
fn is_asked(args: &CheckArgs, code: &str) -> bool {
    let has =
        |names: &[String]| names.iter().any(|own| own.trim_matches(code::BLANK).eq_ignore_ascii_case(code));
    let is_selected =
        args.select.is_empty() || args.select.iter().any(|own| code::is_all(own)) || has(&args.select);
    is_selected && !has(&args.ignore)
}

/// The files that an answer is about, as a baseline calls them.
struct Seen {
    /// Files that were read, with policies or without.
    files: BTreeSet<String>,
    /// Documents that were refused, by file and name. The name is empty if the whole file was.
    refused: BTreeSet<(String, String)>,
}

impl Seen {
    fn of(answer: &CheckAnswer, name: &dyn Fn(&str) -> String) -> Self {
        let others = answer.others.iter().skip(answer.unopened).map(|file| name(file));
        let mut seen = Self { files: others.collect(), refused: BTreeSet::new() };
        for checked in &answer.checked {
            let file = name(&checked.source.name);
            if !checked.is_accepted {
                seen.refused.insert((file.clone(), checked.document.name.clone()));
            }
            seen.files.insert(file);
        }
        seen
    }

    /// Whether nobody knows if a finding is still there, because its document was refused.
    fn is_refused(&self, own: &Identity) -> bool {
        let is_refused = |document: &String| self.refused.contains(&(own.file.clone(), document.clone()));
        is_refused(&own.document) || is_refused(&String::new())
    }
}

impl CheckAnswer {
    /// Hides the findings that a baseline has, and reports those that it has and that are gone from files that were read. `name` says how
    /// the baseline calls a file.
    pub fn hide_known(&mut self, baseline: &Baseline, name: &dyn Fn(&str) -> String) {
        let seen = Seen::of(self, name);
        let mut left = baseline.known.clone();
        for checked in &mut self.checked {
            let file = name(&checked.source.name);
            let mut hidden = Vec::new();
            for (own, problem) in identity::of(checked, &file).into_iter().zip(&checked.problems) {
                let count = left.get_mut(&own).filter(|count| **count > 0 && !checked.refuses(problem));
                hidden.push(count.map(|count| {
                    *count = count.saturating_sub(1);
                    (Hiding::Baseline, String::new())
                }));
            }
            checked.hide(hidden);
        }
        // Findings of codes that nobody asked for are not gone, nor are those of documents that cannot be read for now.
        let gone =
            |own: &Identity| !self.is_narrowed && seen.files.contains(&own.file) && !seen.is_refused(own);
        let stale: Vec<(&Identity, &usize)> =
            left.iter().filter(|(own, count)| **count > 0 && gone(own)).collect();
        for (own, count) in stale {
            let document =
                if own.document.is_empty() { String::new() } else { format!(": {}", own.document) };
            self.notices.push(Notice {
                code: code::STALE_BASELINE.name(),
                file: baseline.name.clone(),
                line: None,
                message: format!(
                    "{} of {} at {} in {}{document} that {} gone",
                    plural(*count, "finding", "findings"),
                    own.code,
                    if own.pointer.is_empty() { "the document" } else { &own.pointer },
                    own.file,
                    if *count == 1 { "is" } else { "are" },
                ),
                help: "write the baseline anew with --write-baseline".to_owned(),
                fails: false,
            });
        }
        self.baseline = Some(baseline.name.clone());
    }
}
