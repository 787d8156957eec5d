//! `iamgate prove no-public`: a resource policy gives nobody outside access.

use iamgate::iam_analysis::{ClassAnswer, VerdictKind};
use iamgate::iam_json::quoted;
use iamgate::iam_policy::{Mode, PolicyKind, is_account};
use iamgate::{Insiders, Outsider, outsiders};
use serde::Serialize;

use super::{Asked, verdict};
use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::NoPublicArgs;
use crate::dates::DataDates;
use crate::json;
use crate::load;
use crate::trouble::Trouble;
use crate::witness::{AnswerJson, is_defect};
use crate::word::Word;
use crate::world::World;

/// The outsiders to whom a resource policy gives access.
#[derive(Debug)]
#[non_exhaustive]
pub struct NoPublicAnswer {
    /// The outsiders that have access, or may have it.
    pub outsiders: Vec<Outsider>,
    /// The days of the data.
    pub dates: DataDates,
    all: Vec<ClassAnswer>,
}

/// Asks whether a resource policy gives somebody outside access.
///
/// # Errors
/// The policy cannot be read, or an account is not an account id.
pub fn no_public(args: &NoPublicArgs, world: &dyn World) -> Result<NoPublicAnswer, Trouble> {
    let details = world.built_in().details()?;
    if let Some(wrong) = std::iter::once(&args.owner).chain(&args.trust).find(|id| !is_account(id)) {
        let help = "an account id has twelve digits, such as 111122223333";
        return Err(Trouble::usage(format!("{} is no account", quoted(wrong)), help));
    }
    let policy = load::policy(world, &args.policy, PolicyKind::Resource, Mode::Deployed)?;
    let mut insiders = Insiders::default();
    insiders.accounts = args.trust.iter().map(|id| id.as_str().into()).collect();
    insiders.organizations = args.organization.iter().map(|id| id.as_str().into()).collect();
    let outsiders = outsiders(&policy, &args.owner, &insiders, details);
    let all = outsiders.iter().flat_map(|outsider| outsider.answers.iter().cloned()).collect();
    Ok(NoPublicAnswer { outsiders, all, dates: DataDates::default().with_details(details) })
}

impl NoPublicAnswer {
    /// The verdict on the claim that nobody outside has access.
    pub fn verdict(&self) -> VerdictKind {
        verdict(&self.all)
    }
}

impl Answer for NoPublicAnswer {
    fn to_json(&self) -> String {
        json::indented(&PublicJson {
            schema: AnswerSchema::Prove,
            version: 1,
            data: self.dates.clone(),
            question: Asked::NoPublic,
            verdict: Word(self.verdict()),
            outsiders: self
                .outsiders
                .iter()
                .map(|outsider| OutsiderJson {
                    who: outsider.who.to_string(),
                    broken: outsider.answers.iter().map(AnswerJson::new).collect(),
                })
                .collect(),
        })
    }

    fn exit(&self) -> Exit {
        Exit::from(self.verdict()).unless_defect(is_defect(&self.all))
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PublicJson {
    schema: AnswerSchema,
    version: u32,
    data: DataDates,
    question: Asked,
    verdict: Word<VerdictKind>,
    outsiders: Vec<OutsiderJson>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct OutsiderJson {
    who: String,
    broken: Vec<AnswerJson>,
}
