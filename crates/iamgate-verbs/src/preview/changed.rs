//! What changed between two previews.

use iamgate::iam_catalog::{AccessLevel, Catalog};
use iamgate::iam_eval::Layers;
use iamgate::iam_json::quoted;
use iamgate::{Change, Changes, Preview, Side, action_names, preview_knowing, session_layers};
use serde::Serialize;

use super::Previewed;
use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::PreviewArgs;
use crate::dates::DataDates;
use crate::json;
use crate::load;
use crate::names::UnknownName;
use crate::trouble::Trouble;
use crate::witness::RequestJson;
use crate::word::Word;
use crate::words::{how, plural};
use crate::world::World;

/// The maximum length of a catalogue in bytes. The embedded one has half a million.
const CATALOGUE_BYTES: usize = 16 << 20;

/// The changes between two previews.
#[derive(Debug)]
#[non_exhaustive]
pub struct ChangesAnswer {
    /// The changes.
    pub changes: Changes,
    /// The earlier state, in words.
    pub since: String,
    /// The days of the data of the later state.
    pub dates: DataDates,
    unknown: Vec<UnknownName>,
}

/// The changes since another role, another profile or another catalogue.
///
/// # Errors
/// The other role, profile or catalogue cannot be read.
pub fn changes(args: &PreviewArgs, own: &Previewed, world: &dyn World) -> Result<ChangesAnswer, Trouble> {
    let before = [&args.before_role, &args.before_profile, &args.before_catalogue];
    if before.iter().filter(|own| own.is_some()).count() != 1 {
        let help = "give one of before_role, before_profile and before_catalogue";
        return Err(Trouble::usage("since what", help));
    }
    let (catalog, names) = world.built_in().actions()?;
    let (role, profile, facts) = (&own.role, &own.profile, &own.facts);
    let unknown = own.unknown.clone();
    let dates = own.dates.clone().with_catalogue(catalog);
    let preview = &preview_knowing(role, profile, (catalog, names), facts);
    let layers = |role, profile| session_layers(Some(role), profile);
    let own = layers(role, profile);
    let after = Side { preview, catalog, layers: &own };
    let since = |preview: Preview<'_>, catalog: &Catalog<'_>, layers: &Layers| {
        iamgate::changes(Side { preview: &preview, catalog, layers }, after)
    };
    let (found, since) = if let Some(other) = &args.before_role {
        let (old, ..) = load::role(world, other, &args.session)?;
        let before = preview_knowing(&old, profile, (catalog, names), facts);
        (since(before, catalog, &layers(&old, profile)), format!("the role in {}", quoted(other)))
    } else if let Some(name) = &args.before_profile {
        let mut session = args.session.clone();
        session.profile.clone_from(name);
        let old = load::load(world, Some(&args.snapshot), &session)?.profile;
        let before = preview_knowing(role, &old, (catalog, names), facts);
        (since(before, catalog, &layers(role, &old)), format!("the profile {}", quoted(name)))
    } else {
        let path = args.before_catalogue.as_deref().unwrap_or_default();
        let source = world.read(path, CATALOGUE_BYTES, "a catalogue")?;
        let old = Catalog::parse(&source.text).map_err(|error| {
            let help =
                "name the names and levels of another release, such as crates/iam-catalog/data/actions.txt";
            Trouble::input(&source.name, "INVALID_CATALOGUE", error.to_string(), help)
        })?;
        let before = preview_knowing(role, profile, (&old, &action_names(&old)), facts);
        (since(before, &old, &own), format!("the catalogue of {}", old.date()))
    };
    Ok(ChangesAnswer { changes: found, since, dates, unknown })
}

impl ChangesAnswer {
    /// The changes in one sentence.
    pub fn sentence(&self) -> String {
        let (found, since) = (&self.changes, &self.since);
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
}

impl Answer for ChangesAnswer {
    fn to_json(&self) -> String {
        json::indented(&ChangesJson::new(self))
    }

    fn exit(&self) -> Exit {
        Exit::when(self.changes.gained.is_empty() && self.changes.moved.is_empty())
    }

    fn unknown_names(&self) -> &[UnknownName] {
        &self.unknown
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ChangesJson {
    schema: AnswerSchema,
    version: u32,
    data: DataDates,
    since: String,
    /// Names that were given and that are not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown_names: Vec<UnknownName>,
    gained: Vec<ChangeJson>,
    lost: Vec<ChangeJson>,
    moved: Vec<ChangeJson>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ChangeJson {
    action: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<Word<AccessLevel>>,
    before: &'static str,
    after: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<RequestJson>,
}

impl ChangesJson {
    fn new(answer: &ChangesAnswer) -> Self {
        let found = &answer.changes;
        let list = |list: &[Change]| list.iter().map(change).collect();
        Self {
            schema: AnswerSchema::Changes,
            version: 1,
            data: answer.dates.clone(),
            since: answer.since.clone(),
            unknown_names: answer.unknown.clone(),
            gained: list(&found.gained),
            lost: list(&found.lost),
            moved: list(&found.moved),
        }
    }
}

fn change(change: &Change) -> ChangeJson {
    ChangeJson {
        action: change.action.to_string(),
        level: change.level.map(Word),
        before: how(change.before),
        after: how(change.after),
        request: change.example.as_ref().map(RequestJson::new),
    }
}
