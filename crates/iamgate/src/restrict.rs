//! A statement for a resource's own policy that denies access to DoiT's sessions, with the proof that it does only that.

mod kind;
mod words;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use iam_analysis::{Analysis, Fact, KeyShape, KeyText, KeyValues, Question, Space, Verdict};
use iam_eval::{Layers, Principal};
use iam_json::quoted;
use iam_policy::{
    AccountId, ActionElement, ActionPattern, Arn, BuildError, ConditionKey, Conditions, Effect, Grantees,
    IamResource, IdentityStatement, NamedPrincipal, Partition, Policy, PrincipalElement, Principals,
    ResourceElement, ResourcePattern, ResourceStatement, Sid, Statement, account_id, role_name, sid,
};

use crate::profile::SessionTag;
use crate::proof::plain_session;

use kind::{Named, Restricted};

pub use words::{RestrictedKind, UntaggedCaller};

/// A restriction and its proof.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Restriction {
    /// The kind of the resource.
    pub kind: RestrictedKind,
    /// The kind of the resource that has the policy: the bucket of an object, for instance.
    pub holder: RestrictedKind,
    /// The statement.
    pub statement: ResourceStatement,
    /// Whether the statement was added. Otherwise the existing policy had it already.
    pub is_new: bool,
    /// The whole policy: the existing one with the statement, or the statement alone.
    pub policy: Arc<Policy>,
    /// Whether no session with the tag has access to the resource and all that is in it, by any action that such policies can name.
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
    /// AWS permits no resource with such a name.
    NoName {
        /// The ARN, in backticks.
        found: String,
        /// What AWS permits.
        rule: &'static str,
    },
    /// AWS permits no session tag with such a key.
    NoTag {
        /// The key, in backticks.
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
                "such resources of {} have no policy of their own that could hold the statement; put this into a policy of the role instead: {in_role}",
                quoted(service)
            ),
            Self::NoName { found, rule } => {
                write!(f, "AWS permits no resource with the name in {found}: {rule}")
            }
            Self::NoTag { found } => write!(f, "{found} is no key of a session tag"),
            Self::NoAccount { found } => write!(f, "{found} is no account"),
            Self::Policy(error) => write!(f, "the statement does not belong into the policy: {error}"),
        }
    }
}

impl std::error::Error for NotRestricted {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Policy(error) => Some(error),
            Self::NoArn { .. }
            | Self::NoName { .. }
            | Self::NoTag { .. }
            | Self::NoPolicy { .. }
            | Self::NoAccount { .. } => None,
        }
    }
}

/// A statement for the policy of a resource that denies every session with the tag, regardless of the tag's value.
///
/// `policy` is the policy that the resource has now. `account` owns the resource. If the policy has the statement already, it stays as it is. A
/// bucket must have a name that AWS permits for new buckets.
///
/// # Errors
/// The text is not an ARN, AWS does not permit the name or the key of the tag, such resources have no policy that could have the statement, or
/// `policy` is not a policy of a resource.
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
    if !is_tag_key(tag.key()) {
        return Err(NotRestricted::NoTag { found: quoted(tag.key()) });
    }
    let conditions = || Conditions::is_present(&key(tag));
    let Some(named) = Named::of(&arn) else {
        let actions = ActionPattern::all_of(arn.service()).ok_or_else(no_arn)?;
        let in_role = IdentityStatement::deny(actions.into(), ResourcePattern::from(&arn).into())
            .with_sid(SID)
            .when(conditions());
        return Err(NotRestricted::NoPolicy { service: arn.service().into(), in_role: Box::new(in_role) });
    };
    if let Some(rule) = named.broken_rule() {
        return Err(NotRestricted::NoName { found: quoted(text), rule });
    }
    let kind = Restricted::new(&arn, &named);
    let bare =
        ResourceStatement::deny(Grantees::everyone(), kind.actions(), kind.resources()).when(conditions());
    let bare = if kind.resources.is_none() { bare.without_resource() } else { bare };
    let own = policy.map(|policy| policy.statements.as_slice()).unwrap_or_default();
    let existing = own.iter().find(|own| is_same(own, bare.statement()));
    let statement = match existing.map(|own| own.sid.as_ref().map(|sid| sid.value.parse::<Sid>())) {
        // The Sid of a deployed policy may be one that new policies could not have.
        Some(None | Some(Err(_))) => bare,
        Some(Some(Ok(sid))) => bare.with_sid(sid),
        None => bare.with_sid(free_sid(own)),
    };
    let new = match policy {
        Some(policy) if existing.is_some() => Arc::clone(policy),
        Some(policy) => Arc::new(policy.with_statement(statement.clone()).map_err(NotRestricted::Policy)?),
        None => Arc::new(Policy::resource([statement.clone()])),
    };
    let denies = denies(&partition, account, &kind, &new, tag);
    let unchanged = unchanged(&partition, account, &kind, policy, &new, tag);
    let is_new = existing.is_none();
    Ok(Restriction {
        kind: kind.kind,
        holder: kind.holder,
        statement,
        is_new,
        policy: new,
        denies,
        unchanged,
    })
}

/// The `Sid` of the statement.
const SID: Sid = sid!("NoDoitSessions");

/// A `Sid` that no statement has: a policy may not have one twice.
fn free_sid(statements: &[Statement]) -> Sid {
    let is_free = |sid: &Sid| {
        statements.iter().all(|own| own.sid.as_ref().is_none_or(|own| *own.value != *sid.as_str()))
    };
    let numbered = (2_u32..).filter_map(|number| format!("{SID}{number}").parse().ok());
    std::iter::once(SID).chain(numbered).find(is_free).unwrap_or(SID)
}

/// Whether two statements say the same, apart from their `Sid`. Neither the order of patterns nor the form of `Principal` matters.
fn is_same(a: &Statement, b: &Statement) -> bool {
    let is_everyone = |statement: &Statement| match &statement.principal {
        Some(PrincipalElement::Principal(Principals::Everyone(_))) => true,
        Some(PrincipalElement::Principal(Principals::Entries(some))) => {
            some.iter().any(|own| own.value == NamedPrincipal::Aws)
        }
        Some(PrincipalElement::NotPrincipal(_)) | None => false,
    };
    let actions = |statement: &Statement| -> BTreeSet<String> {
        let patterns = statement.action.patterns().iter();
        patterns.map(|own| own.value.pattern().text().to_ascii_lowercase()).collect()
    };
    let resources = |statement: &Statement| -> Option<(bool, BTreeSet<String>)> {
        let element = statement.resource.as_ref()?;
        Some((element.is_not(), element.patterns().iter().map(|own| own.value.text().to_owned()).collect()))
    };
    a.effect == b.effect
        && is_everyone(a) == is_everyone(b)
        && (is_everyone(a) || a.principal == b.principal)
        && a.action.is_not() == b.action.is_not()
        && actions(a) == actions(b)
        && resources(a) == resources(b)
        && a.conditions == b.conditions
}

/// Whether a text can be the key of a session tag (AWS STS API Reference, `Tag`).
fn is_tag_key(key: &str) -> bool {
    let is_mark = |c: char| matches!(c, ' ' | '_' | '.' | ':' | '/' | '=' | '+' | '-' | '@');
    (1..=128).contains(&key.chars().count())
        && key.chars().all(|c| c.is_alphanumeric() || is_mark(c))
        && !key.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("aws:"))
}

fn key(tag: &SessionTag) -> ConditionKey {
    ConditionKey::new(&format!("aws:PrincipalTag/{}", tag.key()))
}

/// An identity policy that allows a caller every action of the kind on the resource.
fn everything(kind: &Restricted) -> Arc<Policy> {
    Arc::new(Policy::managed([IdentityStatement::allow(kind.actions(), kind.resources())]))
}

/// Layers that allow every action and every resource that the statement does not apply to. The policy of a key must also allow them.
fn elsewhere(kind: &Restricted) -> Layers {
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
    kind: &Restricted,
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
    kind: &Restricted,
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
