//! A statement for a resource's own policy that denies access to DoiT's sessions, with the proof that it does only that.
//!
//! [`kind`] reads the ARN, [`table`] has what AWS documents about each kind, [`thing`] puts together what belongs to a resource and what the
//! statement names, and [`claims`] has the proof. [`unfit`] has the resources whose policies cannot have the statement.

mod claims;
mod error;
mod kind;
mod same;
mod table;
mod thing;
mod unfit;
mod without;
mod words;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use iam_analysis::{Verdict, VerdictKind};
use iam_catalog::Details;
use iam_json::quoted;
use iam_policy::{
    AccountId, ActionPattern, Arn, ConditionKey, Conditions, IdentityStatement, Partition, Policy,
    ResourcePattern, ResourceStatement, Sid,
};

use crate::profile::SessionTag;

use claims::Claims;
use kind::Named;
use same::{SID, free_sid, is_same};
use thing::Thing;

pub use claims::{Denied, Unchanged};
pub use error::NotRestricted;
pub use words::{CallerGroup, RestrictedKind};

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
    /// For each group of callers that can have the tag: whether those with it get nothing on the resource and all that belongs to it, by
    /// the actions that its policy can name.
    pub denied: Vec<Denied>,
    /// For each group of callers without the tag: whether its access is the same as before.
    pub unchanged: Vec<Unchanged>,
    /// The actions on the resource that its policy cannot name, as the catalogue lists them. They stay possible.
    pub left: Vec<Box<str>>,
    /// The statement for a policy of the role that denies the actions in `left`. `None` if there are none.
    pub in_role: Option<Box<IdentityStatement>>,
    /// Every ARN that belongs to the resource, as patterns.
    pub belongs: Vec<ResourcePattern>,
    /// The actions that the claim is about, as patterns.
    pub actions: Vec<ActionPattern>,
    /// The premises: what the proof takes for granted. One sentence each, without a full stop.
    pub premises: Vec<String>,
    /// What has a policy of its own, or none, and is not kept by this one. One sentence each, without a full stop.
    pub beside: &'static [&'static str],
    /// The command that prints the policy that the resource has now.
    pub fetch: String,
    /// The AWS page about such policies.
    pub source: &'static str,
}

/// A statement for the policy of a resource that denies every caller with the tag, regardless of the tag's value.
///
/// `policy` is the policy that the resource has now; `None` if it has none. `account` owns the resource. If the policy has the statement
/// already, it stays as it is. A bucket must have a name that AWS permits for new buckets.
///
/// # Errors
/// The text is not the ARN of one resource, AWS does not permit the name or the key of the tag, such resources have no policy that could have
/// the statement, a policy that always exists is not given, or `policy` is not a policy of a resource.
///
/// # Examples
/// ```
/// use iamgate::{Details, SessionTag, restrict};
///
/// let tag = SessionTag::new("DoitEnvironment", "111122223333");
/// let made = restrict("arn:aws:s3:::payroll", "111122223333", None, &tag, &Details::embedded()?)?;
/// assert!(made.is_proven());
/// println!("{}", made.policy);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn restrict(
    arn: &str,
    account: &str,
    policy: Option<&Arc<Policy>>,
    tag: &SessionTag,
    details: &Details<'_>,
) -> Result<Restriction, NotRestricted> {
    let (text, arn) = (arn, one_resource(arn)?);
    let partition: Partition =
        arn.partition().parse().map_err(|_| NotRestricted::NoArn { found: quoted(text) })?;
    let account = owner(account, &arn)?;
    if let Some(rule) = broken_tag_rule(tag.key()) {
        return Err(NotRestricted::NoTag { found: quoted(tag.key()), rule });
    }
    let key = ConditionKey::new(&format!("aws:PrincipalTag/{}", tag.key()));
    let Some(named) = Named::of(&arn) else { return Err(without_policy(&arn, &key, details)) };
    if let Some(rule) = named.broken_rule() {
        return Err(NotRestricted::NoName { found: quoted(text), rule });
    }
    if named.kind != RestrictedKind::Object && text.contains("${") {
        return Err(NotRestricted::NotOne { found: quoted(text), what: "a variable" });
    }
    let thing = Thing::new(&arn, &named, details);
    if let (None, Some(why)) = (policy, thing.needs_policy()) {
        return Err(NotRestricted::PolicyNeeded { holder: thing.holder, why, fetch: thing.fetch });
    }
    let bare = thing.statement(Conditions::is_present(&key));
    let own = policy.map(|policy| policy.statements.as_slice()).unwrap_or_default();
    let existing = own.iter().find(|own| is_same(own, bare.statement()));
    let is_new = existing.is_none();
    let statement = match existing.map(|own| own.sid.as_ref().map(|sid| sid.value.parse::<Sid>())) {
        // The Sid of a deployed policy may be one that new policies could not have.
        Some(None | Some(Err(_))) => bare,
        Some(Some(Ok(sid))) => bare.with_sid(sid),
        None => bare.with_sid(free_sid(own)),
    };
    let new = match policy {
        Some(policy) if !is_new => Arc::clone(policy),
        Some(policy) => Arc::new(policy.with_statement(statement.clone()).map_err(NotRestricted::Policy)?),
        None => Arc::new(Policy::resource([statement.clone()])),
    };
    let claims =
        Claims { partition: &partition, account, thing: &thing, old: policy, new: &new, key: &key, details };
    let (denied, unchanged) = (claims.denied(), claims.unchanged());
    let left = thing.left(details);
    let in_role = thing.in_role(&left);
    Ok(Restriction {
        premises: premises(&thing, policy.is_some(), &partition, &key, details),
        kind: thing.kind,
        holder: thing.holder,
        statement,
        is_new,
        policy: new,
        denied,
        unchanged,
        in_role: in_role.map(|own| Box::new(own.with_sid(SID).when(Conditions::is_present(&key)))),
        left,
        beside: thing.beside(),
        source: thing.source(),
        belongs: thing.belongs,
        actions: thing.actions,
        fetch: thing.fetch,
    })
}

/// The ARN in a text, if it names one resource.
fn one_resource(text: &str) -> Result<Arn, NotRestricted> {
    let arn = text.parse::<Arn>().map_err(|_| NotRestricted::NoArn { found: quoted(text) })?;
    // In a policy, these would stand for other texts. S3 permits them in the names of objects, but who writes them here means a pattern.
    if text.contains(['*', '?']) {
        return Err(NotRestricted::NotOne { found: quoted(text), what: "a wildcard" });
    }
    Ok(arn)
}

/// The account that owns the resource.
fn owner(given: &str, arn: &Arn) -> Result<AccountId, NotRestricted> {
    let account = AccountId::new(given).ok_or_else(|| NotRestricted::NoAccount { found: quoted(given) })?;
    if arn.account().is_empty() || arn.account() == account.as_str() {
        return Ok(account);
    }
    Err(NotRestricted::OtherAccount { given: given.into(), found: quoted(arn.account()) })
}

/// The refusal for a resource whose policy this crate does not write.
fn without_policy(arn: &Arn, key: &ConditionKey, details: &Details<'_>) -> NotRestricted {
    let Some(actions) = ActionPattern::all_of(arn.service()) else {
        return NotRestricted::NoArn { found: quoted(arn.as_str()) };
    };
    let in_role = IdentityStatement::deny(actions.into(), ResourcePattern::from(arn).into())
        .with_sid(SID)
        .when(Conditions::is_present(key));
    let why = without::why(arn, details);
    NotRestricted::NoPolicy { service: arn.service().into(), why, in_role: Box::new(in_role) }
}

/// The rule for keys of session tags, if this key breaks it (AWS STS API Reference, `Tag`).
fn broken_tag_rule(key: &str) -> Option<&'static str> {
    let is_mark = |c: char| matches!(c, ' ' | '_' | '.' | ':' | '/' | '=' | '+' | '-' | '@');
    if !(1..=128).contains(&key.chars().count())
        || !key.chars().all(|c| c.is_alphanumeric() || is_mark(c))
        || key.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("aws:"))
    {
        return Some(
            "a key has 1 to 128 letters, digits, spaces and characters _ . : / = + - @, and does not begin with `aws:`",
        );
    }
    // Policies have characters up to U+00FF only (IAM User Guide, `reference_iam-quotas`).
    key.chars().any(|c| c > '\u{ff}').then_some("policies can name only keys with characters up to U+00FF")
}

/// What the proof takes for granted.
fn premises(
    thing: &Thing,
    has_policy: bool,
    partition: &Partition,
    key: &ConditionKey,
    details: &Details<'_>,
) -> Vec<String> {
    let mut premises = vec![
        format!("every session of DoiT's has the tag: `{}` is in each of its requests", key.as_str()),
        "whatever the caller's own policies, its boundary, SCPs and RCPs say".to_owned(),
        format!("the caller and the resource are in the partition {}", quoted(partition.as_str())),
        format!("what belongs to the {} is what AWS's tables of {} list", thing.kind, details.date()),
    ];
    premises.push(if has_policy {
        format!("the {} has the given policy now", thing.holder)
    } else {
        format!(
            "the {} has no policy now; if it has one, give it with `--policy`, because this one would replace it (`{}` prints it)",
            thing.holder, thing.fetch
        )
    });
    premises
}

impl Restriction {
    /// The verdict on the claim that no caller with the tag gets anything, by the actions that the policy can name.
    pub fn denies(&self) -> VerdictKind {
        VerdictKind::together(self.denied.iter().map(|denied| denied.verdict.kind()))
    }

    /// The verdict on the claim that nothing changes for any caller without the tag.
    pub fn changes_nothing_else(&self) -> VerdictKind {
        VerdictKind::together(self.unchanged.iter().map(|unchanged| unchanged.verdict.kind()))
    }

    /// Whether both are proven: it denies what such a policy can deny, and it changes nothing else.
    pub fn is_proven(&self) -> bool {
        self.denies() == VerdictKind::Holds && self.changes_nothing_else() == VerdictKind::Holds
    }

    /// Whether it is proven, and no action on the resource stays possible.
    pub fn is_complete(&self) -> bool {
        self.is_proven() && self.left.is_empty()
    }

    /// Whether the evaluator judges a request of the proof differently. That is a defect of this program, not an answer.
    pub fn is_defect(&self) -> bool {
        let denied = self.denied.iter().map(|denied| &denied.verdict);
        denied.chain(self.unchanged.iter().map(|unchanged| &unchanged.verdict)).any(Verdict::is_defect)
    }
}
