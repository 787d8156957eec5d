//! The sentences of a preview, for all formats.

use iamgate::Preview;

use crate::words::{first, number, plural};

/// The answer in one or two sentences.
pub(super) fn answer(preview: &Preview<'_>) -> String {
    let mut sentence = format!(
        "With the role {} and the session profile {}, DoiT can list or read {} in {}.",
        preview.role,
        preview.profile,
        counted(preview.reads(), "action", "actions"),
        plural(preview.services.len(), "service", "services"),
    );
    let others = preview.not_read.len();
    let cases = preview.not_read.iter().any(|s| s.action.to_string() == "support:CreateCase");
    let named = if cases { ", raising AWS support cases among them" } else { "" };
    sentence.push_str(&match (others, preview.outside.is_empty()) {
        (0, true) => " It can change nothing.".to_owned(),
        (_, true) => format!(
            " {} of other levels {} possible, {}{named}. Nothing else can be changed.",
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
