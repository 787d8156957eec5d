//! What remains of the findings after what people decided about them: levels, suppressions, choices, assertions.

use std::collections::{BTreeMap, BTreeSet};

use iamgate::iam_json::{Document, quoted};
use iamgate::iam_policy::{Level, Limits, Problem};

use super::inline::Ignores;
use super::meaning::About;
use super::settings::{Acceptance, Asked, CheckSettings, Codes, Decided, Notice};
use super::{CheckAnswer, Checked, Hiding, assertion, code, identity};
use crate::args::CheckArgs;
use crate::names;
use crate::trouble::Trouble;
use crate::words;
use crate::world::World;

/// The codes that the command line names.
pub(super) fn asked(args: &CheckArgs) -> Result<Asked, Trouble> {
    let select = Codes::of("--select", &args.select)?;
    // `ALL` ignores nothing here.
    let ignore = Codes { is_all: false, ..Codes::of("--ignore", &args.ignore)? };
    Ok(Asked { select: (!args.select.is_empty()).then_some(select), ignore })
}

impl CheckAnswer {
    /// Puts the documents to the assertions.
    pub(super) fn assert(&mut self, settings: &CheckSettings, world: &dyn World) -> Result<(), Trouble> {
        if settings.assertions.is_empty() {
            return Ok(());
        }
        let (catalog, details) = (world.built_in().catalog()?, world.built_in().details()?);
        let file = settings.file.clone().unwrap_or_default();
        for own in &settings.assertions {
            let asking = own.asking();
            let mut unknown = names::actions(catalog, asking.actions.iter().map(String::as_str));
            unknown.extend(
                asking.resources.iter().filter_map(|arn| names::service_of(catalog, Some(details), arn)),
            );
            for name in unknown {
                self.notices.push(Notice {
                    code: code::ASSERTION_UNKNOWN.name(),
                    file: file.clone(),
                    line: Some(own.line),
                    message: format!("assertion {}: {name}", quoted(&own.name)),
                    help: "what is proven of a name that nobody knows may not be what was meant".to_owned(),
                    fails: true,
                });
            }
            let (mut is_put, mut others) = (false, 0_usize);
            for checked in &mut self.checked {
                if !checked.is_accepted || !own.files.has(&checked.source.name) {
                    continue;
                }
                if !assertion::is_about(checked.kind) {
                    others = others.saturating_add(1);
                    continue;
                }
                is_put = true;
                if let Some(problem) = own.finding(checked, details) {
                    checked.add_about(problem, None, About::named(own.name.clone()));
                    checked.sort();
                }
            }
            if !is_put && others > 0 {
                self.notices.push(Notice {
                    code: code::ASSERTION_UNKNOWN.name(),
                    file: file.clone(),
                    line: Some(own.line),
                    message: format!("assertion {} is about no policy that grants something to its principal", quoted(&own.name)),
                    help: "assertions are about policies of users, groups, roles and sessions; set `kind` if a file is read as another kind".to_owned(),
                    fails: false,
                });
            }
        }
        Ok(())
    }

    /// Sets levels, hides what is accepted, and leaves out what nobody wants to see.
    pub(super) fn sift(&mut self, settings: &CheckSettings, asked: &Asked) {
        let mut silent: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let mut used = BTreeSet::new();
        let same_file = |one: &Checked, other: &Checked| std::sync::Arc::ptr_eq(&one.source, &other.source);
        for group in self.checked.chunk_by_mut(same_file) {
            let Some(first) = group.first() else { continue };
            let (source, lines) = (first.source.clone(), first.lines.clone());
            let decided = settings.decided(asked, &source.name);
            if let Some(why) = decided.silence() {
                silent.entry(why).or_default().push(source.name.clone());
            }
            let mut ignores = Ignores::of(&source, &lines);
            let accepts: Vec<(usize, &Acceptance)> =
                settings.accepts.iter().enumerate().filter(|(_, own)| own.files.has(&source.name)).collect();
            for checked in group.iter_mut() {
                checked.set_levels(&decided);
                let mut hidden = Vec::new();
                for problem in &checked.problems {
                    let by = hiding(checked, problem, &mut ignores, &accepts, &mut used);
                    hidden.push(by.filter(|_| !checked.refuses(problem)));
                }
                checked.hide(hidden);
            }
            if let Some(first) = group.first_mut() {
                let mut own = std::mem::take(&mut ignores.problems);
                own.extend(ignores.unused(&lines));
                first.put_first(own);
                first.set_levels(&decided);
            }
            for checked in group.iter_mut() {
                let is_wanted = |problem: &Problem| checked.refuses(problem) || decided.reports(problem.code);
                let kept: Vec<bool> = checked.problems.iter().map(is_wanted).collect();
                checked.keep(&kept);
            }
        }
        self.tell_of_acceptances(settings, &used);
        for (why, files) in silent {
            self.notices.push(Notice {
                code: code::INVALID_CONFIG.name(),
                file: settings.file.clone().unwrap_or_default(),
                line: None,
                message: format!("{why}, so nothing is reported of {}", words::first(&files, 5)),
                help: "select or ignore other codes, or leave the files out with `exclude`".to_owned(),
                fails: false,
            });
        }
    }

    /// Reports acceptances that have expired, and those that hid nothing although their files were checked.
    fn tell_of_acceptances(&mut self, settings: &CheckSettings, used: &BTreeSet<usize>) {
        for (at, own) in settings.accepts.iter().enumerate() {
            let is_near = self.checked.iter().any(|checked| own.files.has(&checked.source.name));
            let what = format!("{} in {}", own.code.name(), quoted(&own.written));
            let (code, message, help) = match (&own.until, used.contains(&at)) {
                (Some(until), true) if own.is_expired => (
                    code::EXPIRED_SUPPRESSION,
                    format!("{what} was accepted until {until}: {}", quoted(&own.reason)),
                    "mend the policy, or accept the finding until a later day",
                ),
                (_, false) if is_near => {
                    (code::UNUSED_SUPPRESSION, format!("{what} is accepted, and is not found"), "remove it")
                }
                (_, true | false) => continue,
            };
            self.notices.push(Notice {
                code: code.name(),
                file: settings.file.clone().unwrap_or_default(),
                line: Some(own.line),
                message,
                help: help.to_owned(),
                fails: false,
            });
        }
    }
}

/// Who hides a finding. Acceptances are noted in `used`, those that have expired too.
fn hiding(
    checked: &Checked,
    problem: &Problem,
    ignores: &mut Ignores,
    accepts: &[(usize, &Acceptance)],
    used: &mut BTreeSet<usize>,
) -> Option<(Hiding, String)> {
    if let Some(reason) = ignores.hides(problem.code, problem.position.line) {
        return Some((Hiding::Comment, reason.to_owned()));
    }
    let sid = || {
        let document = Document::parse(&checked.document.text, &Limits::default()).ok()?;
        identity::sid(document.root(), &problem.place.pointer)
    };
    let fits = |own: &Acceptance| own.code == problem.code && (own.sid.is_none() || own.sid == sid());
    let mut found = None;
    for (at, own) in accepts.iter().filter(|(_, own)| fits(own)) {
        used.insert(*at);
        if !own.is_expired && found.is_none() {
            found = Some((Hiding::Configuration, own.reason.clone()));
        }
    }
    found
}

impl Checked {
    /// Gives findings the levels that somebody chose. What refuses a document stays an error.
    fn set_levels(&mut self, decided: &Decided<'_>) {
        let is_accepted = self.is_accepted;
        let own = self.own.iter_mut().map(|own| &mut own.problem);
        for problem in self.problems.iter_mut().chain(own) {
            let chosen = decided.level(problem.code);
            if let Some(level) = chosen.filter(|_| is_accepted || problem.level != Level::Error) {
                problem.level = level;
            }
        }
    }
}
