//! `iamgate profiles review` for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use iamgate::iam_analysis::VerdictKind;
use iamgate::iam_catalog::{AccessLevel, SensitivityClass};
use iamgate::{PolicyReview, ReviewedAction};
use iamgate_verbs::words::{added_later, first, plural};
use iamgate_verbs::{
    AnswerSchema, Exit, ReviewProfilesAnswer, ReviewProfilesArgs, ReviewedPolicy, ReviewedProfile,
};

use crate::args::Plain;
use crate::disk::Disk;
use crate::display::shown;
use crate::prove::claim_line;
use crate::screen::{BAD, DIM, GOOD, HEAD, SOSO, Screen, paint};
use crate::trouble::answered;

/// The number of actions without a class that are listed by name.
const SHOWN: usize = 12;

pub(super) fn run(args: &Plain<ReviewProfilesArgs>, disk: &Disk, screen: &mut Screen) -> Exit {
    let answer = iamgate_verbs::review_profiles(&args.args, disk);
    answered(answer, AnswerSchema::ProfileReview, args.format, screen, |answer, screen| {
        screen.data(&human(answer));
    })
}

fn human(answer: &ReviewProfilesAnswer) -> String {
    let mut text = String::new();
    for own in &answer.policies {
        policy(own, &mut text);
    }
    for own in &answer.profiles {
        profile(own, &mut text);
    }
    text
}

fn policy(own: &ReviewedPolicy, text: &mut String) {
    let name = paint(HEAD, &shown(own.new.name()));
    let new = shown(own.new.version());
    let (Some(old), Some(review)) = (&own.old, &own.review) else {
        let _ = writeln!(text, "{name}  {new}, and the document of the old version is not known");
        return;
    };
    let versions = format!("{} to {new}", shown(old.version()));
    if own.is_same() {
        let _ = writeln!(text, "{name}  {}", paint(DIM, &format!("{versions}: the same document")));
        return;
    }
    let _ = writeln!(text, "{name}  {versions}");
    if review.is_same() {
        let _ = writeln!(text, "  Another text that allows the same.");
    }
    gained("only the new version allows", &review.added, text);
    gained("the new version allows in more cases", &review.wider, text);
    rest(review, text);
}

/// Actions that a version gained: counted by level, listed by class.
fn gained(what: &str, list: &[ReviewedAction<'_>], text: &mut String) {
    if list.is_empty() {
        return;
    }
    let mut levels: BTreeMap<AccessLevel, usize> = BTreeMap::new();
    let mut classes: BTreeMap<SensitivityClass, Vec<String>> = BTreeMap::new();
    let mut others = Vec::new();
    for own in list {
        let count = levels.entry(own.level).or_default();
        *count = count.saturating_add(1);
        for reason in &own.classes {
            let seen = if reason.reviewed { "" } else { ", found by a rule" };
            let line = format!(
                "{} ({}): {} ({}{seen})",
                own.action,
                own.level.name(),
                reason.evidence,
                reason.source
            );
            classes.entry(reason.class).or_default().push(line);
        }
        if own.classes.is_empty() {
            others.push(&*own.action);
        }
    }
    let levels: Vec<String> =
        levels.iter().map(|(level, count)| format!("{} {count}", level.name())).collect();
    let _ = writeln!(text, "  {} {what}: {}", plural(list.len(), "action", "actions"), levels.join(", "));
    for (class, lines) in classes {
        let _ = writeln!(text, "    {}", paint(SOSO, SensitivityClass::name(class)));
        for line in lines {
            let _ = writeln!(text, "      {}", shown(&line));
        }
    }
    if !others.is_empty() {
        let _ = writeln!(text, "    {}: {}", paint(DIM, "without a class"), shown(&first(&others, SHOWN)));
    }
}

/// What a version lost, and what the catalogue cannot judge.
fn rest(review: &PolicyReview<'_>, text: &mut String) {
    let names =
        |list: &[ReviewedAction<'_>]| list.iter().map(|own| own.action.to_string()).collect::<Vec<_>>();
    let texts = |list: &[Box<str>]| list.iter().map(|own| shown(own)).collect::<Vec<_>>();
    for (one, many, list) in [
        ("action no longer allowed", "actions no longer allowed", names(&review.removed)),
        ("action allowed in fewer cases", "actions allowed in fewer cases", names(&review.narrower)),
        ("new name that the catalogue lacks", "new names that the catalogue lacks", texts(&review.unknown)),
        ("new pattern", "new patterns", texts(&review.wildcards)),
    ] {
        if !list.is_empty() {
            let _ = writeln!(text, "  {}: {}", plural(list.len(), one, many), shown(&first(&list, SHOWN)));
        }
    }
}

fn profile(own: &ReviewedProfile, text: &mut String) {
    let name = paint(HEAD, &shown(own.profile.name()));
    let promise = match own.proof.verdict() {
        VerdictKind::Holds => {
            paint(GOOD, "Its promise is proven with these versions, for the sessions of any role.")
        }
        VerdictKind::Fails => paint(BAD, "Its promise is broken with these versions."),
        VerdictKind::Unknown => paint(SOSO, "It is not known whether its promise holds with these versions."),
    };
    let _ = writeln!(text, "\n{name}  {promise}");
    for claim in own.proof.claims.iter().filter(|claim| claim.verdict() != VerdictKind::Holds) {
        claim_line(claim, text);
    }
    for arn in &own.other_pins {
        let _ = writeln!(text, "  It pins another document of {} than the old one here.", shown(arn));
    }
    let reaching = plural(own.reaching.len(), "new action passes", "new actions pass");
    let listed = if own.reaching.is_empty() {
        String::new()
    } else {
        format!(": {}", shown(&first(&own.reaching, SHOWN)))
    };
    let _ = writeln!(text, "  {reaching} its guard{listed}.");
    let _ = writeln!(text, "  {}", paint(DIM, &added_later(&own.later)));
    let pins: Vec<String> = own.pins().lines().map(shown).collect();
    let _ = writeln!(text, "  Pins: {}", pins.join("\n  "));
}
