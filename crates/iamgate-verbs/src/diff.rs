//! `iamgate diff`: the requests that one policy allows and another does not.

use std::sync::Arc;

use iamgate::iam_analysis::{Actions, Analysis, ClassAnswer, ProofBudget, Question, Verdict, VerdictKind};
use iamgate::iam_eval::Layers;
use iamgate::iam_policy::{Policy, PolicyKind};
use iamgate::make_real;
use serde::Serialize;

use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::DiffArgs;
use crate::dates::DataDates;
use crate::json;
use crate::load;
use crate::prove::verdict;
use crate::trouble::Trouble;
use crate::witness::{AnswerJson, is_defect};
use crate::word::Word;
use crate::world::World;

/// The result of comparing two policies.
#[derive(Debug)]
#[non_exhaustive]
pub struct DiffAnswer {
    /// Actions that only the new policy allows.
    pub gained: Vec<ClassAnswer>,
    /// Actions that only the old policy allows.
    pub lost: Vec<ClassAnswer>,
    /// Whether only actions of the catalogue were compared.
    pub is_closed: bool,
    /// The days of the data.
    pub dates: DataDates,
}

/// Compares two policies.
///
/// # Errors
/// A policy cannot be read.
pub fn diff(args: &DiffArgs, world: &dyn World) -> Result<DiffAnswer, Trouble> {
    let (catalog, names) = world.built_in().actions()?;
    let details = world.built_in().details()?;
    let read = |path| load::policy(world, path, PolicyKind::Managed, args.mode.into());
    let (old, new) = (read(&args.old)?, read(&args.new)?);
    let conditions = old.statements.iter().chain(&new.statements).flat_map(|s| &s.conditions);
    let space = iamgate::space(conditions, details);
    let called = [(Arc::clone(&old), args.old.as_str()), (Arc::clone(&new), args.new.as_str())];
    let mut analysis = Analysis::with_names(space, names.clone()).in_all(ProofBudget::ALL).called(called);
    let layers = |policy: Arc<Policy>| {
        let mut layers = Layers::new();
        layers.identity.push(policy);
        layers
    };
    let (old, new) = (layers(old), layers(new));
    let mut beyond = |allowed: &Layers, others: &Layers| {
        let mut answers = Vec::new();
        // Actions of the catalogue are reported by name. One name stands for all names that are not in the catalogue.
        let axes = if args.closed { vec![Actions::Listed] } else { vec![Actions::Listed, Actions::Unlisted] };
        for actions in axes {
            let question = Question::new(allowed).beyond(others).about(actions);
            let mut found = analysis.by_action(&question);
            found.retain(|answer| answer.verdict != Verdict::Holds);
            for answer in &mut found {
                make_real(answer, &question, details);
            }
            answers.extend(found);
        }
        answers
    };
    let (gained, lost) = (beyond(&new, &old), beyond(&old, &new));
    let dates = DataDates::default().with_catalogue(catalog).with_details(details);
    Ok(DiffAnswer { gained, lost, is_closed: args.closed, dates })
}

impl DiffAnswer {
    /// Whether the new policy allows nothing that the old one does not.
    pub fn verdict(&self) -> VerdictKind {
        verdict(&self.gained)
    }
}

impl Answer for DiffAnswer {
    fn to_json(&self) -> String {
        json::indented(&DiffJson {
            schema: AnswerSchema::Diff,
            version: 1,
            data: self.dates.clone(),
            verdict: Word(self.verdict()),
            actions: if self.is_closed { Compared::Closed } else { Compared::Open },
            gained: self.gained.iter().map(AnswerJson::new).collect(),
            lost: self.lost.iter().map(AnswerJson::new).collect(),
        })
    }

    fn exit(&self) -> Exit {
        Exit::from(self.verdict()).unless_defect(is_defect(&self.gained) || is_defect(&self.lost))
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct DiffJson {
    schema: AnswerSchema,
    version: u32,
    data: DataDates,
    /// Whether the new policy allows nothing that the old one does not.
    verdict: Word<VerdictKind>,
    actions: Compared,
    gained: Vec<AnswerJson>,
    lost: Vec<AnswerJson>,
}

/// Which actions were compared: those of the catalogue, or every name.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "lowercase")]
enum Compared {
    Closed,
    Open,
}
