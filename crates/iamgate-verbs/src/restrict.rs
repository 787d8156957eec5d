//! `iamgate restrict`: a statement that keeps DoiT's sessions out of a resource.

use iamgate::iam_analysis::Verdict;
use iamgate::iam_analysis::VerdictKind;
use iamgate::iam_catalog::{Catalog, Details};
use iamgate::iam_json::quoted;
use iamgate::iam_policy::{ArnFields, Mode, PolicyKind, is_account};
use iamgate::{NotRestricted, Restriction, SessionTag};
use serde::Serialize;
use serde_json::Value;

use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::RestrictArgs;
use crate::json;
use crate::load;
use crate::names;
use crate::trouble::Trouble;
use crate::witness::{DoubtJson, RequestJson};
use crate::word::Word;
use crate::world::World;

/// A statement that denies DoiT's sessions a resource.
#[derive(Debug)]
#[non_exhaustive]
pub struct RestrictAnswer {
    /// The statement with its proof.
    pub made: Restriction,
    /// The key of the tag.
    pub tag: String,
}

/// Writes a statement for the policy of a resource that denies DoiT's sessions access.
///
/// # Errors
/// The resource has no policy of its own, or the given policy cannot be read.
pub fn restrict(args: &RestrictArgs, world: &dyn World) -> Result<RestrictAnswer, Trouble> {
    let account = owner(args)?;
    let read = |path| load::policy(world, path, PolicyKind::Resource, Mode::Deployed);
    let policy = args.policy.as_deref().map(read).transpose()?;
    let tag = SessionTag::new(args.tag.as_str(), account);
    let details = world.built_in().details()?;
    let catalog = world.built_in().catalog()?;
    let made = iamgate::restrict(&args.resource, account, policy.as_ref(), &tag, details)
        .map_err(|error| trouble(&args.resource, error, catalog, details))?;
    Ok(RestrictAnswer { made, tag: args.tag.clone() })
}

/// The account that owns the resource, from its ARN or from a flag.
fn owner(args: &RestrictArgs) -> Result<&str, Trouble> {
    let own = ArnFields::split(&args.resource).map(|fields| fields.account).filter(|own| !own.is_empty());
    match (own, args.account.as_deref()) {
        (Some(own), Some(said)) if own != said => {
            let found = format!("--account {}, and the ARN says {}", quoted(said), quoted(own));
            Err(Trouble::usage(found, "leave --account out where the ARN has an account"))
        }
        (Some(account), _) | (None, Some(account)) if is_account(account) => Ok(account),
        (Some(account), _) | (None, Some(account)) => Err(Trouble::usage(
            format!("{} is no account", quoted(account)),
            "an account id has twelve digits",
        )),
        (None, None) => {
            let help = "give --account: ARNs of this kind do not say who owns the resource";
            Err(Trouble::usage("no account", help))
        }
    }
}

fn trouble(resource: &str, error: NotRestricted, catalog: &Catalog<'_>, details: &Details<'_>) -> Trouble {
    match error {
        NotRestricted::NoArn { found } => {
            let help = "name a resource by its ARN, without wildcards, such as arn:aws:s3:::payroll";
            Trouble::usage(format!("{found} is no ARN of a resource"), help)
        }
        NotRestricted::NotOne { found, what } => Trouble::usage(
            format!("{found} has {what}, so that it does not name one resource"),
            "name the resource itself; all that is in it, such as the objects of a bucket, is a part of the answer",
        ),
        NotRestricted::NoName { found, rule } => {
            Trouble::usage(format!("AWS permits no resource with the name in {found}"), rule)
        }
        NotRestricted::NoTag { found, rule } => {
            let help = format!("{rule}; for example DoitEnvironment");
            Trouble::usage(format!("--tag {found} is no key of a session tag"), help)
        }
        NotRestricted::NoPolicy { service, why, in_role } => {
            let found = format!(
                "such resources of {} have no policy of their own that could hold the statement: {why}",
                quoted(&service)
            );
            if let Some(unknown) = names::service_of(catalog, Some(details), resource) {
                let help = "name a resource by its ARN, such as arn:aws:s3:::payroll";
                return Trouble::input(resource, "NO_RESOURCE_POLICY", unknown.to_string(), help);
            }
            let help = format!("put this into a policy of the role DoiT-Support-Gateway instead: {in_role}");
            Trouble::input(resource, "NO_RESOURCE_POLICY", found, help)
        }
        NotRestricted::PolicyNeeded { holder, why, fetch } => {
            let found = format!("the policy that the {holder} has now is needed: {why}");
            let help = format!("give it with --policy FILE; this prints it: {fetch}");
            Trouble::input(resource, "POLICY_NEEDED", found, help)
        }
        NotRestricted::Policy(error) => {
            let found = format!("{}: {}", error.code().summary(), error.found());
            Trouble::input(resource, error.code().name(), found, "mend the policy of the resource")
        }
        NotRestricted::NoAccount { found } => {
            Trouble::usage(format!("--account is {found}"), "an account id has twelve digits")
        }
        NotRestricted::OtherAccount { given, found } => Trouble::usage(
            format!("--account {}, and the ARN says {found}", quoted(&given)),
            "leave --account out where the ARN has an account",
        ),
    }
}

impl Answer for RestrictAnswer {
    fn to_json(&self) -> String {
        json::indented(&RestrictionJson::new(&self.made))
    }

    fn exit(&self) -> Exit {
        Exit::when(self.made.is_complete()).unless_defect(self.made.is_defect())
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct RestrictionJson {
    schema: AnswerSchema,
    version: u32,
    what: &'static str,
    /// The kind of the resource that has the policy.
    policy_of: &'static str,
    /// Whether the policy did not have the statement yet.
    added: bool,
    statement: Value,
    policy: Value,
    /// The claim that no caller with the tag gets anything on `resources` by `actions`.
    denies: Word<VerdictKind>,
    /// The actions that the policy can name.
    actions: Vec<String>,
    /// Every ARN that belongs to the resource.
    resources: Vec<String>,
    denied: Vec<ClaimedJson>,
    /// The claim that the same requests of callers without the tag are allowed as before.
    changes_nothing_else: Word<VerdictKind>,
    unchanged: Vec<UnchangedJson>,
    /// Actions on the resource that its policy cannot name. They stay possible.
    left: Vec<String>,
    /// The statement for a policy of the role that denies them.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_role: Option<Value>,
    /// What the proof takes for granted.
    premises: Vec<String>,
    /// What has a policy of its own, or none, and is not kept by this one.
    beside: Vec<&'static str>,
    /// The command that prints the policy that the resource has now.
    fetch: String,
    /// The AWS page about such policies.
    source: &'static str,
}

/// A claim about a group of callers.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ClaimedJson {
    who: &'static str,
    verdict: Word<VerdictKind>,
    /// A request against the claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<RequestJson>,
    /// Why the verdict is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    doubts: Vec<DoubtJson>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct UnchangedJson {
    #[serde(flatten)]
    claim: ClaimedJson,
    /// Whether they had any access to the resource before, should their own policies allow everything. `null` if it is not known.
    had_access: Option<bool>,
}

/// A policy or a statement as JSON. Writing a value whose keys are texts cannot fail.
fn value(policy: &impl Serialize) -> Value {
    serde_json::to_value(policy).unwrap_or_default()
}

impl ClaimedJson {
    fn new(who: &'static str, verdict: &Verdict) -> Self {
        let request = match verdict {
            Verdict::Fails(witness) => Some(RequestJson::new(&witness.request)),
            Verdict::Holds | Verdict::Unknown(_) => None,
        };
        Self { who, verdict: Word(verdict.kind()), request, doubts: DoubtJson::list(verdict) }
    }
}

impl RestrictionJson {
    fn new(made: &Restriction) -> Self {
        let denied = made.denied.iter().map(|own| ClaimedJson::new(own.callers.name(), &own.verdict));
        let unchanged = made.unchanged.iter().map(|own| UnchangedJson {
            claim: ClaimedJson::new(own.callers.name(), &own.verdict),
            had_access: match own.had_none {
                VerdictKind::Holds => Some(false),
                VerdictKind::Fails => Some(true),
                VerdictKind::Unknown => None,
            },
        });
        Self {
            schema: AnswerSchema::Restrict,
            version: 1,
            what: made.kind.name(),
            policy_of: made.holder.name(),
            added: made.is_new,
            statement: value(made.statement.statement()),
            policy: value(&*made.policy),
            denies: Word(made.denies()),
            actions: made.actions.iter().map(|own| own.text().to_owned()).collect(),
            resources: made.belongs.iter().map(|own| own.text().to_owned()).collect(),
            denied: denied.collect(),
            changes_nothing_else: Word(made.changes_nothing_else()),
            unchanged: unchanged.collect(),
            left: made.left.iter().map(ToString::to_string).collect(),
            in_role: made.in_role.as_ref().map(|own| value(own.statement())),
            premises: made.premises.clone(),
            beside: made.beside.to_vec(),
            fetch: made.fetch.clone(),
            source: made.source,
        }
    }
}
