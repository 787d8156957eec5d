//! `iamgate restrict`: a statement that keeps DoiT's sessions out of a resource.

use iamgate::iam_analysis::VerdictKind;
use iamgate::iam_json::quoted;
use iamgate::iam_policy::{ArnFields, Mode, PolicyKind, is_account};
use iamgate::{NotRestricted, Restriction, SessionTag};
use serde::Serialize;
use serde_json::Value;

use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::RestrictArgs;
use crate::json;
use crate::load;
use crate::trouble::Trouble;
use crate::witness::DoubtJson;
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
    let made = iamgate::restrict(&args.resource, account, policy.as_ref(), &tag)
        .map_err(|error| trouble(&args.resource, error))?;
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

fn trouble(resource: &str, error: NotRestricted) -> Trouble {
    match error {
        NotRestricted::NoArn { found } => {
            let help = "name a resource by its ARN, without wildcards, such as arn:aws:s3:::payroll";
            Trouble::usage(format!("{found} is no ARN of a resource"), help)
        }
        NotRestricted::NoName { found, rule } => {
            Trouble::usage(format!("AWS permits no resource with the name in {found}"), rule)
        }
        NotRestricted::NoTag { found } => {
            let help = "a key has 1 to 128 letters, digits, spaces and characters _ . : / = + - @, such as DoitEnvironment";
            Trouble::usage(format!("--tag {found} is no key of a session tag"), help)
        }
        NotRestricted::NoPolicy { service, in_role } => {
            let found = format!(
                "such resources of {} have no policy of their own that could hold the statement",
                quoted(&service)
            );
            let help = format!("put this into a policy of the role DoiT-Support-Gateway instead: {in_role}");
            Trouble::input(resource, "NO_RESOURCE_POLICY", found, help)
        }
        NotRestricted::Policy(error) => {
            let found = format!("{}: {}", error.code().summary(), error.found());
            Trouble::input(resource, error.code().name(), found, "mend the policy of the resource")
        }
        NotRestricted::NoAccount { found } => {
            Trouble::usage(format!("--account is {found}"), "an account id has twelve digits")
        }
    }
}

impl Answer for RestrictAnswer {
    fn to_json(&self) -> String {
        json::indented(&RestrictionJson::new(&self.made))
    }

    fn exit(&self) -> Exit {
        Exit::when(self.made.is_proven()).unless_defect(self.made.is_defect())
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
    denies: Word<VerdictKind>,
    /// Why that is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    denies_doubts: Vec<DoubtJson>,
    unchanged: Vec<UnchangedJson>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct UnchangedJson {
    who: &'static str,
    verdict: Word<VerdictKind>,
    /// Why that is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    doubts: Vec<DoubtJson>,
}

/// A policy or a statement as JSON. Writing a value whose keys are texts cannot fail.
fn value(policy: &impl Serialize) -> Value {
    serde_json::to_value(policy).unwrap_or_default()
}

impl RestrictionJson {
    fn new(made: &Restriction) -> Self {
        Self {
            schema: AnswerSchema::Restrict,
            version: 1,
            what: made.kind.name(),
            policy_of: made.holder.name(),
            added: made.is_new,
            statement: value(made.statement.statement()),
            policy: value(&*made.policy),
            denies: Word(made.denies.kind()),
            denies_doubts: DoubtJson::list(&made.denies),
            unchanged: made
                .unchanged
                .iter()
                .map(|(who, verdict)| UnchangedJson {
                    who: who.name(),
                    verdict: Word(verdict.kind()),
                    doubts: DoubtJson::list(verdict),
                })
                .collect(),
        }
    }
}
