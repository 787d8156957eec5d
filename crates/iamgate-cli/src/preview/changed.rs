//! What changed between two previews.

use std::fmt::Write as _;

use iamgate::iam_analysis::{Fact, Reach};
use iamgate::iam_catalog::{AccessLevel, Catalog};
use iamgate::iam_eval::Layers;
use iamgate::iam_policy::quoted;
use iamgate::{
    Change, Changes, Preview, Profile, RoleSnapshot, Side, changes, preview_knowing, session_layers,
};
use serde::Serialize;

use crate::args::{Preview as Args, PreviewFormat};
use crate::exit::Exit;
use crate::input;
use crate::load;
use crate::screen::{BAD, DIM, GOOD, SOSO, Screen, json, paint, plural};
use crate::trouble::Trouble;
use crate::witness::{self, RequestJson};

/// The most bytes of a catalogue: this one has half a million.
const CATALOGUE_BYTES: usize = 16 << 20;

/// How many actions of each kind are shown without `--full`.
const SHOWN: usize = 20;

pub(super) fn show(
    args: &Args,
    (role, profile): (&RoleSnapshot, &Profile),
    (preview, catalog): (&Preview<'_>, &Catalog<'_>),
    facts: &[(Box<str>, Fact)],
    screen: &mut Screen,
) -> Result<Exit, Trouble> {
    let layers = |role, profile| {
        session_layers(Some(role), profile)
            .map_err(|report| Trouble::input("", "INVALID_PROFILE", report.to_string(), "mend the profile"))
    };
    let own = layers(role, profile)?;
    let after = Side { preview, catalog, layers: &own };
    let since = |preview: Preview<'_>, catalog: &Catalog<'_>, layers: &Layers| {
        changes(Side { preview: &preview, catalog, layers }, after)
    };
    let (found, since) = if let Some(other) = &args.before_role {
        let (Some(old), _, _) = load::load(Some(other), &args.session)? else { return Ok(Exit::Unanswered) };
        let before = preview_knowing(&old, profile, catalog, facts);
        (since(before, catalog, &layers(&old, profile)?), format!("the role in {}", quoted(other)))
    } else if let Some(name) = &args.before_profile {
        let mut session = args.session.clone();
        session.profile.clone_from(name);
        let (_, old, _) = load::load(Some(&args.snapshot), &session)?;
        let before = preview_knowing(role, &old, catalog, facts);
        (since(before, catalog, &layers(role, &old)?), format!("the profile {}", quoted(name)))
    } else {
        let path = args.before_catalogue.as_deref().unwrap_or_default();
        let source = input::read(path, CATALOGUE_BYTES, "a catalogue")?;
        let old = Catalog::parse(&source.text).map_err(|error| {
            let help =
                "name the names and levels of another release, such as crates/iam-catalog/data/actions.txt";
            Trouble::input(&source.name, "INVALID_CATALOGUE", error.to_string(), help)
        })?;
        let before = preview_knowing(role, profile, &old, facts);
        (since(before, &old, &own), format!("the catalogue of {}", old.date()))
    };
    screen.data(&match args.format {
        PreviewFormat::Human => human(&found, &since, args.full),
        PreviewFormat::Json => json(&ChangesJson::new(&found, &since)),
        PreviewFormat::Markdown => markdown(&found, &since),
    });
    Ok(if found.gained.is_empty() && found.moved.is_empty() { Exit::Yes } else { Exit::No })
}

fn sentence(found: &Changes, since: &str) -> String {
    if found.is_empty() {
        return format!("Since {since} nothing has changed.");
    }
    format!(
        "Since {since} {} became possible, {} no longer {}, and {} in another way.",
        plural(found.gained.len(), "action", "actions"),
        found.lost.len(),
        if found.lost.len() == 1 { "is" } else { "are" },
        if found.moved.len() == 1 { "1 is".to_owned() } else { format!("{} are", found.moved.len()) }
    )
}

fn human(found: &Changes, since: &str, full: bool) -> String {
    let mut text = format!("{}\n", sentence(found, since));
    let most = if full { usize::MAX } else { SHOWN };
    for (list, sign, style) in
        [(&found.gained, "+", BAD), (&found.lost, "-", GOOD), (&found.moved, "~", SOSO)]
    {
        for change in list.iter().take(most) {
            let level = change.level.map_or("not in the catalogue", |level| level.name());
            let _ = writeln!(text, "\n{} {}  {}", paint(style, sign), change.action, paint(DIM, level));
            if sign == "~" {
                let _ = writeln!(text, "  was possible {}, is {}", how(change.before), how(change.after));
            }
            if let Some(request) = &change.example {
                text.push_str(&witness::lines(request, "    "));
            }
        }
        let more = list.len().saturating_sub(most);
        if more > 0 {
            let _ = writeln!(text, "\n{}", paint(DIM, &format!("{sign} {more} more; --full shows them")));
        }
    }
    text
}

/// How far an action is allowed, after "possible".
fn how(reach: Option<Reach>) -> &'static str {
    match reach {
        Some(Reach::Always) => "always",
        Some(Reach::Limited { by_resource: true, by_condition: true }) => {
            "on some resources under conditions"
        }
        Some(Reach::Limited { by_resource: true, by_condition: false }) => "on some resources",
        Some(Reach::Limited { by_resource: false, .. }) => "under conditions",
        Some(Reach::Unknown) => "as far as is known",
        None => "never",
    }
}

fn markdown(found: &Changes, since: &str) -> String {
    let mut text = format!("# What changed\n\n{}\n", sentence(found, since));
    for (title, list) in [
        ("Became possible", &found.gained),
        ("No longer possible", &found.lost),
        ("Possible in another way", &found.moved),
    ] {
        if list.is_empty() {
            continue;
        }
        let _ =
            write!(text, "\n## {title}\n\n| Action | Level | Before | Now |\n| --- | --- | --- | --- |\n");
        for change in list {
            let level = change.level.map_or("not in the catalogue", |level| level.name());
            let (before, after) = (how(change.before), how(change.after));
            let _ = writeln!(text, "| `{}` | {level} | {before} | {after} |", change.action);
        }
    }
    text
}

#[derive(Serialize)]
struct ChangesJson {
    schema: &'static str,
    version: u32,
    since: String,
    gained: Vec<ChangeJson>,
    lost: Vec<ChangeJson>,
    moved: Vec<ChangeJson>,
}

#[derive(Serialize)]
struct ChangeJson {
    action: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<&'static str>,
    before: &'static str,
    after: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<RequestJson>,
}

impl ChangesJson {
    fn new(found: &Changes, since: &str) -> Self {
        let list = |list: &[Change]| list.iter().map(change).collect();
        Self {
            schema: "iamgate/changes",
            version: 1,
            since: since.to_owned(),
            gained: list(&found.gained),
            lost: list(&found.lost),
            moved: list(&found.moved),
        }
    }
}

fn change(change: &Change) -> ChangeJson {
    ChangeJson {
        action: change.action.to_string(),
        level: change.level.map(AccessLevel::name),
        before: how(change.before),
        after: how(change.after),
        request: change.example.as_ref().map(RequestJson::new),
    }
}
