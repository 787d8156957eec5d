//! `iamgate prove no-public`: a resource policy gives nobody outside access.

use std::sync::Arc;

use iamgate::iam_analysis::{CallerKind, VerdictKind};
use iamgate::iam_json::quoted;
use iamgate::iam_policy::{AccountId, Mode, Policy, PolicyKind};
use iamgate::{Inside, Outsiders, outsiders};
use serde::Serialize;

use super::Asked;
use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::NoPublicArgs;
use crate::dates::DataDates;
use crate::json;
use crate::load;
use crate::trouble::Trouble;
use crate::witness::AnswerJson;
use crate::word::Word;
use crate::world::World;

/// Whom a resource policy lets in from outside.
#[derive(Debug)]
#[non_exhaustive]
pub struct NoPublicAnswer {
    /// The policy.
    pub policy: Arc<Policy>,
    /// The accounts and organizations that belong in.
    pub inside: Inside,
    /// The answer.
    pub outsiders: Outsiders,
    /// The days of the data.
    pub dates: DataDates,
}

/// Asks whether a resource policy gives somebody outside access.
///
/// # Errors
/// The policy cannot be read, an account is not an account id, or an organization is not the id of one.
pub fn no_public(args: &NoPublicArgs, world: &dyn World) -> Result<NoPublicAnswer, Trouble> {
    let details = world.built_in().details()?;
    let account = |id: &String| {
        AccountId::new(id).ok_or_else(|| {
            let help = "an account id has twelve digits, such as 111122223333";
            Trouble::usage(format!("{} is no account", quoted(id)), help)
        })
    };
    let mut inside = Inside::of(account(&args.owner)?);
    inside.accounts = args.trust.iter().map(account).collect::<Result<_, _>>()?;
    for id in &args.organization {
        if !is_organization(id) {
            let help = "the id of an organization is o- and 10 to 32 small letters and digits, such as o-exampleorgid";
            return Err(Trouble::usage(format!("{} is no organization", quoted(id)), help));
        }
        inside.organizations.push(id.as_str().into());
    }
    let policy = load::policy(world, &args.policy, PolicyKind::Resource, Mode::Deployed)?;
    let outsiders = outsiders(&policy, &inside, details);
    let dates = DataDates::default().with_details(details);
    Ok(NoPublicAnswer { policy, inside, outsiders, dates })
}

/// Whether a text is the id of an organization (Organizations API Reference, `Organization`).
fn is_organization(text: &str) -> bool {
    text.strip_prefix("o-").is_some_and(|rest| {
        (10..=32).contains(&rest.len())
            && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

impl NoPublicAnswer {
    /// The verdict on the claim that nobody outside has access.
    pub fn verdict(&self) -> VerdictKind {
        self.outsiders.verdict()
    }

    /// The `Sid` of a statement in backticks, or its number counted from 1.
    pub fn statement_name(&self, statement: usize) -> String {
        match self.sid(statement) {
            Some(sid) => quoted(sid).clone(),
            None => format!("statement {}", statement.saturating_add(1)),
        }
    }

    fn sid(&self, statement: usize) -> Option<&str> {
        let sid = self.policy.statements.get(statement)?.sid.as_ref()?;
        Some(&*sid.value).filter(|sid| !sid.is_empty())
    }

    /// What the answer rests on, as sentences.
    pub fn premises(&self) -> Vec<String> {
        let partitions: Vec<&str> =
            self.outsiders.partitions.iter().map(iamgate::Partition::as_str).collect();
        let owner = self.inside.owner.as_str();
        let mut premises = vec![
            format!("The resource belongs to the account {owner} and is in the partition {}.", joined(&partitions)),
            "The callers' own policies may allow everything.".to_owned(),
            "No other policy is considered: no SCP, RCP or endpoint policy, and no settings of the resource such as Block Public Access.".to_owned(),
            "Each caller has the condition keys that AWS documents for one of its kind. All other keys are free.".to_owned(),
            "Services of AWS are no callers from outside. They are told apart.".to_owned(),
        ];
        if !self.inside.organizations.is_empty() {
            let ids: Vec<&str> = self.inside.organizations.iter().map(|id| &**id).collect();
            premises.push(format!(
                "If the account of the owner is in an organization, that is {}.",
                joined(&ids)
            ));
        }
        if !self.outsiders.own_resources.is_empty() {
            let own: Vec<String> = self.outsiders.own_resources.iter().map(|arn| quoted(arn)).collect();
            let own: Vec<&str> = own.iter().map(String::as_str).collect();
            premises
                .push(format!("What aws:SourceArn names without an account belongs in: {}.", own.join(", ")));
        }
        premises
    }
}

fn joined(words: &[&str]) -> String {
    words.join(" or ")
}

impl Answer for NoPublicAnswer {
    fn to_json(&self) -> String {
        let sid = |statement| self.sid(statement).map(ToOwned::to_owned);
        let outsider = |own: &iamgate::Outsider| OutsiderJson {
            statement: own.statement,
            sid: sid(own.statement),
            who: who(&own.kinds),
            kinds: own.kinds.iter().map(|kind| Word(*kind)).collect(),
            broken: own.answers.iter().map(AnswerJson::new).collect(),
        };
        let service = |own: &iamgate::ServiceAccess| ServiceJson {
            statement: own.statement,
            sid: sid(own.statement),
            service: own.service.as_deref().map(ToOwned::to_owned),
            broken: own.answers.iter().map(AnswerJson::new).collect(),
        };
        let held = |own: &iamgate::Held| HeldJson {
            statement: own.statement,
            sid: sid(own.statement),
            keys: own.keys.iter().map(ToString::to_string).collect(),
        };
        json::indented(&PublicJson {
            schema: AnswerSchema::Prove,
            version: 1,
            data: self.dates.clone(),
            question: Asked::NoPublic,
            verdict: Word(self.verdict()),
            outsiders: self.outsiders.let_in.iter().map(outsider).collect(),
            services: self.outsiders.services.iter().map(service).collect(),
            held: self.outsiders.held.iter().map(held).collect(),
            premises: self.premises(),
        })
    }

    fn exit(&self) -> Exit {
        Exit::from(self.verdict()).unless_defect(self.outsiders.is_defect())
    }
}

/// Callers in words.
pub(crate) fn who(kinds: &[CallerKind]) -> String {
    let words: Vec<&str> = kinds.iter().map(|kind| kind.description()).collect();
    words.join(", ")
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PublicJson {
    schema: AnswerSchema,
    version: u32,
    data: DataDates,
    question: Asked,
    verdict: Word<VerdictKind>,
    /// The Allow statements that let somebody in from outside, or of which it is not known.
    outsiders: Vec<OutsiderJson>,
    /// The Allow statements that let a service of AWS act for accounts outside. They do not count for the verdict.
    services: Vec<ServiceJson>,
    /// The Allow statements that name everyone, and let nobody in from outside.
    held: Vec<HeldJson>,
    /// What the answer rests on.
    premises: Vec<String>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct OutsiderJson {
    /// The number of the statement, counted from 0.
    statement: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    /// The callers, in words. Empty if the policy does not say who they are.
    who: String,
    /// The callers, as types of principals. The requests are those of the first.
    kinds: Vec<Word<CallerKind>>,
    broken: Vec<AnswerJson>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ServiceJson {
    /// The number of the statement, counted from 0.
    statement: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    /// The service, or the origin access identity of CloudFront. Left out if the statement names everyone.
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<String>,
    broken: Vec<AnswerJson>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct HeldJson {
    /// The number of the statement, counted from 0.
    statement: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    /// The condition keys without whose test somebody would be let in. Empty if it is not the test of one key alone.
    keys: Vec<String>,
}
