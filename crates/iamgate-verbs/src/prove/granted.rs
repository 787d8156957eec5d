//! `iamgate prove not-granted`: some actions, on some resources, are never allowed.

use std::sync::Arc;

use iamgate::iam_analysis::{Actions, Analysis, ClassAnswer, ProofBudget, Question, Verdict, VerdictKind};
use iamgate::iam_catalog::Details;
use iamgate::iam_eval::{Layers, action_matches};
use iamgate::iam_policy::{
    ActionElement, ActionPattern, BuildError, IdentityStatement, Mode, Policy, PolicyKind, ResourceElement,
    ResourcePattern,
};
use iamgate::make_real;
use serde::Serialize;

use super::{Asked, verdict};
use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::NotGrantedArgs;
use crate::dates::DataDates;
use crate::json;
use crate::load;
use crate::names::{self, UnknownName};
use crate::trouble::Trouble;
use crate::witness::{AnswerJson, is_defect};
use crate::word::Word;
use crate::world::World;

/// The answer to the question whether policies ever allow something.
#[derive(Debug)]
#[non_exhaustive]
pub struct NotGrantedAnswer {
    /// The actions that they allow, or may allow.
    pub answers: Vec<ClassAnswer>,
    /// Whether the question is about `sts:GetCallerIdentity`, for which AWS asks for no permission, so that no policy withholds it.
    pub asks_for_identity: bool,
    /// The actions and services in the question that the catalogue does not have. What is proven of them is proven of the names as they
    /// are written.
    pub unknown: Vec<UnknownName>,
    /// The days of the data.
    pub dates: DataDates,
}

/// Asks whether policies ever allow some actions.
///
/// # Errors
/// A policy cannot be read, or the actions or resources cannot be written as a policy.
pub fn not_granted(args: &NotGrantedArgs, world: &dyn World) -> Result<NotGrantedAnswer, Trouble> {
    let (catalog, details) = (world.built_in().catalog()?, world.built_in().details()?);
    let mut unknown = names::actions(catalog, args.action.iter().map(String::as_str));
    unknown.extend(args.resource.iter().filter_map(|arn| names::service_of(catalog, Some(details), arn)));
    let mut policies = Vec::new();
    for path in &args.policies {
        let policy = load::policy(world, path, PolicyKind::Managed, Mode::Deployed)?;
        policies.push((policy, path.as_str()));
    }
    let asking = Asking::new(&args.action, &args.resource, &[], ["--action", "--resource", "--resource"])?;
    let answers = allowed(&policies, &asking, details);
    let asks_for_identity = asking.asks_for_identity();
    let dates = DataDates::default().with_catalogue(catalog).with_details(details);
    Ok(NotGrantedAnswer { answers, asks_for_identity, unknown, dates })
}

impl NotGrantedAnswer {
    /// The verdict on the claim that none of it is ever allowed.
    pub fn verdict(&self) -> VerdictKind {
        verdict(&self.answers)
    }
}

impl Answer for NotGrantedAnswer {
    fn to_json(&self) -> String {
        json::indented(&GrantedJson {
            schema: AnswerSchema::Prove,
            version: 1,
            data: self.dates.clone(),
            question: Asked::NotGranted,
            verdict: Word(self.verdict()),
            needs_no_permission: self.asks_for_identity,
            unknown_names: self.unknown.clone(),
            broken: self.answers.iter().map(AnswerJson::new).collect(),
        })
    }

    fn exit(&self) -> Exit {
        let exit = match self.verdict() {
            // A proof about names that nobody knows may not be what was meant.
            VerdictKind::Holds => Exit::when(self.unknown.is_empty()),
            verdict @ (VerdictKind::Fails | VerdictKind::Unknown) => Exit::from(verdict),
        };
        exit.unless_defect(is_defect(&self.answers))
    }

    fn unknown_names(&self) -> &[UnknownName] {
        &self.unknown
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct GrantedJson {
    schema: AnswerSchema,
    version: u32,
    data: DataDates,
    question: Asked,
    verdict: Word<VerdictKind>,
    /// Whether the question is about `sts:GetCallerIdentity`, for which AWS asks for no permission.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    needs_no_permission: bool,
    /// Names that were given and that are not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown_names: Vec<UnknownName>,
    broken: Vec<AnswerJson>,
}

/// What is asked about: actions on resources, except on others.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    /// The actions, as they were written.
    pub(crate) actions: Vec<String>,
    /// The resources and the exceptions, as they were written.
    pub(crate) resources: Vec<String>,
    asks_for_identity: bool,
    /// A policy that allows exactly that. `${` is plain text in it.
    policy: Arc<Policy>,
}

/// The action that needs no permission, so that all layers allow it, those that are empty too (rule 5.55). It has no resource.
const IDENTITY: &str = "sts:GetCallerIdentity";

impl Asking {
    /// What these patterns are about. Without resources, any counts. `flags` are the names under which the patterns were given.
    ///
    /// # Errors
    /// A pattern cannot stand in a policy.
    pub(crate) fn new(
        actions: &[String],
        on: &[String],
        except_on: &[String],
        flags: [&str; 3],
    ) -> Result<Self, Trouble> {
        let [of_actions, of_on, of_except] = flags;
        let wrong = |flag: &str, error: &BuildError, help: &str| {
            let found = format!("{}: {}", error.code().summary(), error.found());
            Trouble::input(flag, error.code().name(), found, help)
        };
        let patterns = || actions.iter().map(|text| text.parse::<ActionPattern>());
        let element = |flag: &str| {
            let read = patterns().collect::<Result<ActionElement, _>>();
            read.map_err(|error| wrong(flag, &error, "write an action like s3:Get*"))
        };
        let resources = |flag: &str, texts: &[String]| {
            let read = texts.iter().map(|text| ResourcePattern::parse_without_variables(text));
            read.collect::<Result<ResourceElement, _>>()
                .map_err(|error| wrong(flag, &error, "write a resource like arn:aws:s3:::payroll/* or *"))
        };
        let of_all = on.is_empty();
        let own = if of_all { ResourceElement::any() } else { resources(of_on, on)? };
        let mut statements = vec![IdentityStatement::allow(element(of_actions)?, own)];
        if !except_on.is_empty() {
            statements.push(IdentityStatement::deny(element(of_actions)?, resources(of_except, except_on)?));
        }
        let is_identity = |pattern: ActionPattern| action_matches(&pattern, IDENTITY);
        let has_none = of_all || on.iter().any(|resource| resource == "*");
        Ok(Self {
            actions: actions.to_vec(),
            resources: on.iter().chain(except_on).cloned().collect(),
            asks_for_identity: has_none
                && !except_on.iter().any(|resource| resource == "*")
                && patterns().flatten().any(is_identity),
            policy: Arc::new(Policy::managed(statements)),
        })
    }

    /// Whether it is about `sts:GetCallerIdentity`, for which AWS asks for no permission.
    pub(crate) const fn asks_for_identity(&self) -> bool {
        self.asks_for_identity
    }
}

/// What policies allow together, or may allow, of what is asked about. Each policy has its name.
pub(crate) fn allowed(
    policies: &[(Arc<Policy>, &str)],
    asking: &Asking,
    details: &Details<'_>,
) -> Vec<ClassAnswer> {
    let mut layers = Layers::new();
    layers.identity.extend(policies.iter().map(|(policy, _)| Arc::clone(policy)));
    // The question is a boundary, so only requests of the question can be allowed.
    layers.boundary = Some(vec![Arc::clone(&asking.policy)]);
    let conditions = layers.identity.iter().flat_map(|p| &p.statements).flat_map(|s| &s.conditions);
    let mut analysis = Analysis::new(iamgate::space(conditions, details))
        .in_all(ProofBudget::ALL)
        .called(policies.iter().cloned());
    let nothing = Layers::new();
    let mut question = Question::new(&layers).about(Actions::Open);
    if !asking.asks_for_identity {
        question = question.beyond(&nothing);
    }
    let mut answers = analysis.by_action(&question);
    answers.retain(|answer| answer.verdict != Verdict::Holds);
    for answer in &mut answers {
        make_real(answer, &question, details);
    }
    answers
}
