//! The documents of a preview, in which the lines and columns of statements are positions.

use std::collections::BTreeMap;

use iamgate::File;
use iamgate::iam_policy::Limits;
use serde::Serialize;

use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::PreviewArgs;
use crate::dates::DataDates;
use crate::json;
use crate::load;
use crate::trouble::Trouble;
use crate::world::World;

/// The documents of a role and of a session profile.
#[derive(Debug)]
#[non_exhaustive]
pub struct DocumentsAnswer {
    documents: Vec<DocumentJson>,
    /// The days of the data.
    pub dates: DataDates,
}

/// The documents of a role, given as a folder, and of a session profile.
///
/// # Errors
/// The role or the profile cannot be read.
pub fn documents(args: &PreviewArgs, world: &dyn World) -> Result<DocumentsAnswer, Trouble> {
    let (role, profile, dates) = load::role(world, &args.snapshot, &args.session)?;
    let own = if world.is_folder(&args.snapshot) {
        world.folder(&args.snapshot, Limits::default().document_bytes)?
    } else {
        Vec::new()
    };
    let by_name: BTreeMap<&str, &File> = own.iter().map(|file| (file.name.as_str(), file)).collect();
    let built_in = iamgate::built_in::files(iamgate::built_in::MANAGED);
    let managed = |name: &str| {
        let wanted = format!("{name}.json");
        built_in.iter().find(|file| file.name == wanted).map(|file| file.text.clone())
    };
    let mut documents = Vec::new();
    let mut add = |layer, policy: &str, found: Option<&&File>, other: Option<String>| {
        let path = found.map(|file| format!("{}/{}", args.snapshot.trim_end_matches('/'), file.name));
        let text = found.map(|file| file.text.clone()).or(other);
        documents.push(DocumentJson {
            layer,
            policy: policy.to_owned(),
            path,
            text: text.unwrap_or_default(),
        });
    };
    for policy in role.policies() {
        let found = ["inline", "managed"].map(|kind| format!("{kind}/{}.json", policy.name()));
        let found = found.iter().find_map(|name| by_name.get(name.as_str()));
        add("identity", policy.name(), found, managed(policy.name()));
    }
    if role.boundary().is_some() {
        add("boundary", "boundary", by_name.get("boundary.json"), None);
    }
    if role.trust().is_some() {
        add("trust", "trust", by_name.get("trust.json"), None);
    }
    let file = load::profile_file(world, &args.session)?;
    for policy in profile.policies() {
        let text = if policy.is_inline() { Some(file.text.clone()) } else { managed(policy.name()) };
        add("session", policy.name(), None, text);
    }
    Ok(DocumentsAnswer { documents, dates })
}

impl Answer for DocumentsAnswer {
    fn to_json(&self) -> String {
        json::indented(&DocumentsJson {
            schema: AnswerSchema::Documents,
            version: 1,
            data: &self.dates,
            documents: &self.documents,
        })
    }

    fn exit(&self) -> Exit {
        Exit::Yes
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct DocumentsJson<'d> {
    schema: AnswerSchema,
    version: u32,
    data: &'d DataDates,
    documents: &'d [DocumentJson],
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct DocumentJson {
    /// `identity`, `boundary`, `trust` or `session`.
    layer: &'static str,
    /// The name of the policy, as statements give it.
    policy: String,
    /// The file. `null` if the document is built in.
    path: Option<String>,
    /// The text in which positions are given.
    text: String,
}
