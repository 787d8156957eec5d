//! A statement for a resource's own policy that denies access to DoiT's sessions, with the proof that it does only that.

mod words;

use std::fmt;
use std::sync::Arc;

use iam_analysis::{Analysis, Fact, KeyShape, KeyText, KeyValues, Question, Space, Verdict};
use iam_eval::{Layers, Principal, ResourceKind};
use iam_json::quoted;
use iam_policy::{
    AccountId, ActionElement, ActionPattern, Arn, BuildError, ConditionKey, Conditions, Effect, Grantees,
    IamResource, IdentityStatement, Partition, Policy, ResourceElement, ResourcePattern, ResourceStatement,
    account_id, action_pattern, role_name, sid,
};

use crate::profile::SessionTag;
use crate::proof::plain_session;

pub use words::{RestrictedKind, UntaggedCaller};

/// A restriction and its proof.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Restriction {
    /// The kind of the resource that has the policy.
    pub kind: RestrictedKind,
    /// The statement.
    pub statement: ResourceStatement,
    /// The whole policy: the existing one with the statement added, or the statement alone.
    pub policy: Arc<Policy>,
    /// Whether no session with the tag has access, by any call of the service.
    pub denies: Verdict,
    /// For each kind of caller without the tag: who it is, and whether its access is unchanged.
    pub unchanged: Vec<(UntaggedCaller, Verdict)>,
}

/// The reasons why there is no restriction.
#[derive(Clone, Debug)]
pub enum NotRestricted {
    /// The text is not the ARN of a resource.
    NoArn {
        /// The text.
        found: String,
    },
    /// No policy of such resources is known that could have the statement.
    NoPolicy {
        /// The service.
        service: Box<str>,
        /// The statement with the same effect in a policy of the role.
        in_role: Box<IdentityStatement>,
    },
    /// The given account is not an account id.
    NoAccount {
        /// The text, in backticks.
        found: String,
    },
    /// The policy is not a policy of a resource.
    Policy(BuildError),
}

/// Writes a sentence without its full stop.
impl fmt::Display for NotRestricted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoArn { found } => write!(f, "{found} is no ARN of a resource"),
            Self::NoPolicy { service, in_role } => write!(
                f,
                "resources of {} have no policy of their own that could hold the statement; put this into a policy of the role instead: {in_role}",
                quoted(service)
            ),
            Self::NoAccount { found } => write!(f, "{found} is no account"),
            Self::Policy(error) => write!(f, "the statement does not belong into the policy: {error}"),
        }
    }
}

impl std::error::Error for NotRestricted {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Policy(error) => Some(error),
            Self::NoArn { .. } | Self::NoPolicy { .. } | Self::NoAccount { .. } => None,
        }
    }
}

/// A kind of resource with a policy of its own that can deny.
struct Kind {
    named: RestrictedKind,
    actions: Vec<ActionPattern>,
    /// The resources that the statement names; `None` if the policies of such resources have no such element.
    resources: Option<Vec<ResourcePattern>>,
}

impl Kind {
    /// What the resource is for the decision rules.
    const fn resource(&self) -> ResourceKind {
        match self.named {
            RestrictedKind::Key => ResourceKind::KmsKey,
            RestrictedKind::Bucket
            | RestrictedKind::Secret
            | RestrictedKind::Queue
            | RestrictedKind::Topic
            | RestrictedKind::Table
            | RestrictedKind::Repository => ResourceKind::Generic,
        }
    }

    fn actions(&self) -> ActionElement {
        self.actions.iter().cloned().collect()
    }

    /// The resources that the statement applies to.
    fn resources(&self) -> ResourceElement {
        self.resources.as_ref().map_or_else(ResourceElement::any, |some| some.iter().cloned().collect())
    }

    /// Every resource that the statement does not apply to; `None` if it applies to all.
    fn others(&self) -> Option<ResourceElement> {
        let named = self.resources.as_ref().filter(|some| !some.iter().any(ResourcePattern::is_any))?;
        Some(ResourceElement::all_but(named.iter().cloned()))
    }
}

/// The actions that SNS accepts in the policy of a topic. It refuses `sns:*` (SNS Developer Guide,
/// `sns-access-policy-language-api-permissions-reference`).
fn of_topics() -> Vec<ActionPattern> {
    vec![
        action_pattern!("sns:AddPermission"),
        action_pattern!("sns:DeleteTopic"),
        action_pattern!("sns:GetTopicAttributes"),
        action_pattern!("sns:ListSubscriptionsByTopic"),
        action_pattern!("sns:Publish"),
        action_pattern!("sns:RemovePermission"),
        action_pattern!("sns:SetTopicAttributes"),
        action_pattern!("sns:Subscribe"),
    ]
}

fn kind(arn: &Arn) -> Option<Kind> {
    let of = |named, actions, resources| Kind { named, actions, resources };
    let all = || Some(vec![ResourcePattern::any()]);
    let itself = || Some(vec![ResourcePattern::from(arn)]);
    let with_content = || Some(vec![ResourcePattern::from(arn), ResourcePattern::below(arn)]);
    let rest = arn.resource();
    Some(match arn.service() {
        "s3" if rest.contains('/') => of(RestrictedKind::Bucket, vec![action_pattern!("s3:*")], itself()),
        "s3" => of(RestrictedKind::Bucket, vec![action_pattern!("s3:*")], with_content()),
        "kms" if rest.starts_with("key/") => of(RestrictedKind::Key, vec![action_pattern!("kms:*")], all()),
        "secretsmanager" => of(RestrictedKind::Secret, vec![action_pattern!("secretsmanager:*")], all()),
        "sqs" => of(RestrictedKind::Queue, vec![action_pattern!("sqs:*")], itself()),
        "sns" => of(RestrictedKind::Topic, of_topics(), itself()),
        "dynamodb" if rest.starts_with("table/") => {
            of(RestrictedKind::Table, vec![action_pattern!("dynamodb:*")], with_content())
        }
        "ecr" => of(RestrictedKind::Repository, vec![action_pattern!("ecr:*")], None),
        _ => return None,
    })
}

/// A statement for the policy of a resource that denies every session with the tag, regardless of the tag's value.
///
/// `policy` is the policy that the resource has now. `account` owns the resource.
///
/// # Errors
/// The text is not an ARN, such resources have no policy that could have the statement, or `policy` is not a policy of a resource.
///
/// # Examples
/// ```
/// use iamgate::{SessionTag, restrict};
///
/// let tag = SessionTag::new("DoitEnvironment", "111122223333");
/// let made = restrict("arn:aws:s3:::payroll", "111122223333", None, &tag)?;
/// assert!(made.is_proven());
/// println!("{}", made.policy);
/// # Ok::<(), iamgate::NotRestricted>(())
/// ```
pub fn restrict(
    arn: &str,
    account: &str,
    policy: Option<&Arc<Policy>>,
    tag: &SessionTag,
) -> Result<Restriction, NotRestricted> {
    let no_arn = || NotRestricted::NoArn { found: quoted(arn) };
    let (text, arn) = (arn, arn.parse::<Arn>().map_err(|_| no_arn())?);
    let partition: Partition = arn.partition().parse().map_err(|_| no_arn())?;
    if text.contains(['*', '?']) {
        return Err(no_arn());
    }
    let account =
        AccountId::new(account).ok_or_else(|| NotRestricted::NoAccount { found: quoted(account) })?;
    let conditions = || Conditions::is_present(&key(tag));
    let Some(kind) = kind(&arn) else {
        let actions = ActionPattern::all_of(arn.service()).ok_or_else(no_arn)?;
        let in_role = IdentityStatement::deny(actions.into(), ResourcePattern::from(&arn).into())
            .with_sid(sid!("NoDoitSessions"))
            .when(conditions());
        return Err(NotRestricted::NoPolicy { service: arn.service().into(), in_role: Box::new(in_role) });
    };
    let statement = ResourceStatement::deny(Grantees::everyone(), kind.actions(), kind.resources())
        .with_sid(sid!("NoDoitSessions"))
        .when(conditions());
    let statement = if kind.resources.is_none() { statement.without_resource() } else { statement };
    let new = Arc::new(match policy {
        Some(policy) => policy.with_statement(statement.clone()).map_err(NotRestricted::Policy)?,
        None => Policy::resource([statement.clone()]),
    });
    let denies = denies(&partition, account, &kind, &new, tag);
    let unchanged = unchanged(&partition, account, &kind, policy, &new, tag);
    Ok(Restriction { kind: kind.named, statement, policy: new, denies, unchanged })
}

fn key(tag: &SessionTag) -> ConditionKey {
    ConditionKey::new(&format!("aws:PrincipalTag/{}", tag.key))
}

/// An identity policy that allows a caller every action of the kind on the resource.
fn everything(kind: &Kind) -> Arc<Policy> {
    Arc::new(Policy::managed([IdentityStatement::allow(kind.actions(), kind.resources())]))
}

/// Layers that allow every action and every resource that the statement does not apply to. The policy of a key must also allow them.
fn elsewhere(kind: &Kind) -> Layers {
    let parts = || {
        let other_actions = (ActionElement::all_but(kind.actions.iter().cloned()), ResourceElement::any());
        let other_resources = kind.others().map(|others| (ActionElement::any(), others));
        std::iter::once(other_actions).chain(other_resources)
    };
    let own = Policy::managed(parts().map(|(action, on)| IdentityStatement::allow(action, on)));
    let of_everyone = |(action, on)| ResourceStatement::new(Effect::Allow, Grantees::everyone(), action, on);
    layers(&Arc::new(own), Some(&Arc::new(Policy::resource(parts().map(of_everyone)))))
}

fn layers(own: &Arc<Policy>, policy: Option<&Arc<Policy>>) -> Layers {
    let mut layers = Layers::new();
    layers.identity.push(Arc::clone(own));
    layers.resource = policy.cloned();
    layers
}

fn denies(
    partition: &Partition,
    account: AccountId,
    kind: &Kind,
    new: &Arc<Policy>,
    tag: &SessionTag,
) -> Verdict {
    let principal = plain_session(partition, account, &role_name!("DoiT-Support-Gateway"));
    let mut space = Space::new();
    // The statement tests whether the key exists, not its value.
    let shape = KeyShape { values: KeyValues::Single, text: KeyText::Any, always: true };
    space.set_shape(key(tag).as_str(), shape);
    let own = layers(&everything(kind), Some(new));
    // What a policy says about other services and other resources does not concern this one.
    let elsewhere = elsewhere(kind);
    let mut question = Question::new(&own).beyond(&elsewhere).asked_by(&principal).owned_by(account.as_str());
    question.resource = kind.resource();
    Analysis::new(space).never(&question)
}

/// Another account, about which nothing is known.
const STRANGER: AccountId = account_id!("999999999999");

fn unchanged(
    partition: &Partition,
    account: AccountId,
    kind: &Kind,
    old: Option<&Arc<Policy>>,
    new: &Arc<Policy>,
    tag: &SessionTag,
) -> Vec<(UntaggedCaller, Verdict)> {
    let mut space = Space::new();
    space.set_fact(key(tag).as_str(), Fact::Absent);
    let own = Arc::new(Policy::everything());
    let (before, after) = (layers(&own, old), layers(&own, Some(new)));
    let callers = [
        (UntaggedCaller::Role, plain_session(partition, account, &role_name!("any"))),
        (UntaggedCaller::ForeignRole, plain_session(partition, STRANGER, &role_name!("any"))),
        (
            UntaggedCaller::Root,
            Principal::Root {
                arn: IamResource::Root.arn(partition.as_str(), account.as_str()).into(),
                account: account.as_str().into(),
            },
        ),
        (UntaggedCaller::Anonymous, Principal::Anonymous),
    ];
    let mut verdicts = Vec::new();
    for (who, principal) in callers {
        let mut analysis = Analysis::new(space.clone());
        let mut ask = |allowed, beyond| {
            let mut question =
                Question::new(allowed).beyond(beyond).asked_by(&principal).owned_by(account.as_str());
            question.resource = kind.resource();
            analysis.never(&question)
        };
        let gained = ask(&after, &before);
        verdicts.push((who, if gained == Verdict::Holds { ask(&before, &after) } else { gained }));
    }
    verdicts
}

impl Restriction {
    /// Whether both are proven: it denies what it must, and it changes nothing else.
    pub fn is_proven(&self) -> bool {
        self.denies == Verdict::Holds && self.unchanged.iter().all(|(_, verdict)| *verdict == Verdict::Holds)
    }

    /// Whether the evaluator judges a request of the proof differently. That is a defect of this program, not an answer.
    pub fn is_defect(&self) -> bool {
        self.denies.is_defect() || self.unchanged.iter().any(|(_, verdict)| verdict.is_defect())
    }
}
