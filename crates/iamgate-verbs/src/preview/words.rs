//! The sentences of a preview, for all formats.

use iamgate::iam_analysis::ActionReach;
use iamgate::{OthersAdmitted, Preview, TrustReport};

use crate::words::{first, number, plural};

/// The answer in a few sentences: who gets in, what is possible then, and unless what. `who` is `None` if there is no trust policy.
pub(super) fn answer(preview: &Preview<'_>, who: Option<&TrustReport>) -> String {
    let reads = counted(preview.reads(), "action", "actions");
    let is_shut = who.is_some_and(|who| !who.admits_doit());
    let mut sentence = format!(
        "{} {} the session profile {}, DoiT {} list or read {reads} in {}",
        gets_in(&preview.role, who),
        if is_shut { "If it could, then with" } else { "With it and" },
        preview.profile,
        if is_shut { "could" } else { "can" },
        plural(preview.services.len(), "service", "services"),
    );
    if preview.acting > 0 {
        sentence
            .push_str(&format!("; {} of them also start, stop or deliver something", number(preview.acting)));
    }
    sentence.push('.');
    let others = preview.not_read.len();
    let cases = preview.not_read.iter().any(|s| s.action.to_string() == "support:CreateCase");
    let named = if cases { ", raising AWS support cases among them" } else { "" };
    let nothing = "unless the policy of a resource grants more";
    sentence.push_str(&match (others, preview.outside.is_empty()) {
        (0, true) => format!(" No action of the catalogue of another level is possible, {nothing}."),
        (_, true) => format!(
            " {} of other levels {} possible, {}{named}. No other action of the catalogue is, {nothing}.",
            counted(others, "action", "actions"),
            if others == 1 { "is" } else { "are" },
            if others == 1 { "an exception of the profile" } else { "all exceptions of the profile" },
        ),
        (_, false) => format!(
            " The profile does not keep its promise: {} outside it.",
            counted(preview.outside.len(), "action is", "actions are"),
        ),
    });
    let (characters, budget) = preview.characters;
    if characters > budget {
        sentence
            .push_str(&format!(" Its session policies have {characters} characters; {budget} is the most."));
    }
    sentence
}

/// Who can open sessions of the role, in one sentence.
fn gets_in(role: &str, who: Option<&TrustReport>) -> String {
    let Some(who) = who else {
        return format!("Who can assume the role {role} is not known: the snapshot has no trust policy.");
    };
    let own = match (who.admits_doit(), who.is_pinned()) {
        (true, true) => "DoiT can assume the role",
        (true, false) => "DoiT can assume the role, also with tokens that its profile does not describe:",
        (false, _) => "DoiT cannot assume the role",
    };
    let others = match (who.others(), who.admits_doit()) {
        (OthersAdmitted::Nobody, true) => "and nobody else can (proven)",
        (OthersAdmitted::Nobody, false) => "and nobody else can (proven), so that no session is opened",
        (OthersAdmitted::Somebody, true) => "and so can others, whom no session policy limits",
        (OthersAdmitted::Somebody, false) => "but others can, whom no session policy limits",
        (OthersAdmitted::NotKnown, _) => "and whether others can is not known",
    };
    format!("{own} {role}, {others}.")
}

fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// What stands out: one finding each.
pub(super) fn notable(preview: &Preview<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    for shadow in &preview.shadowed {
        let what = if shadow.entirely { "everything" } else { "part" };
        let verb = if shadow.denies.len() == 1 { "denies" } else { "together deny" };
        notes.push(format!(
            "{} {verb} {what} of what {} allows: {}",
            first(&shadow.denies, 3),
            shadow.allow,
            first(&shadow.actions, 4)
        ));
    }
    if !preview.open_ended.is_empty() {
        notes.push(format!(
            "The role takes in whatever AWS adds to a service: {}",
            first(&preview.open_ended, 8)
        ));
    }
    if preview.trust.is_none() {
        notes.push("The snapshot has no trust policy: who may assume the role is not known".to_owned());
    }
    if let Some(trust) = &preview.trust
        && !trust.tags_sessions
    {
        notes.push(
            "The trust policy does not allow sts:TagSession: sessions cannot be stamped with a tag"
                .to_owned(),
        );
    }
    let unknown: Vec<&ActionReach> = preview.reaches.iter().filter(|own| !own.doubts.is_empty()).collect();
    if let Some(first) = unknown.iter().find_map(|own| own.doubts.first()) {
        let actions = unknown.iter().fold(0_usize, |sum, own| sum.saturating_add(own.actions.len()));
        notes.push(format!(
            "It is not known how far {} possible: {first}",
            counted(actions, "action is", "actions are")
        ));
    }
    let is_identity = |name: &str| name.eq_ignore_ascii_case(IDENTITY);
    let is_possible = preview.reaches.iter().flat_map(|own| &own.actions).any(|name| is_identity(name));
    let mut counted = preview.cells.iter().flat_map(|cell| &cell.actions);
    if is_possible && !counted.any(|action| is_identity(&action.to_string())) {
        notes.push(format!(
            "{IDENTITY} is possible and not counted: AWS asks for no permission for {IDENTITY}"
        ));
    }
    notes
}

/// The action that needs no permission (rule 5.55).
const IDENTITY: &str = "sts:GetCallerIdentity";
