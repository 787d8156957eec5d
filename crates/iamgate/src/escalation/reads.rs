//! Reads of data and credentials that nothing limits.

use std::sync::Arc;

use iam_catalog::{ClassReason, Classes, Lookup, SensitivityClass};
use iam_eval::{Action, Layers, LetterCase, Principal, Request, matches};
use iam_policy::{
    AccountId, ActionElement, ArnFields, Effect, Grantees, Partition, Policy, ResourceElement,
    ResourcePattern, ResourceStatement, Statement, role_name,
};

use super::{Allowing, NAMES, targets};
use crate::proof::{named, plain_session, session_principal};

/// The actions of a kind that an Allow statement allows on resources that no policy names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnlimitedReads {
    /// The number of the identity policy, counted from 0.
    pub policy: usize,
    /// The number of the statement in it, counted from 0.
    pub statement: usize,
    /// Those that return credentials: the reviewed ones first, listings after what returns contents, then sorted.
    pub credentials: Vec<Box<str>>,
    /// Those that return what is stored and no credentials: the reviewed ones first, listings after what returns contents, then sorted.
    pub data: Vec<Box<str>>,
    /// Whether the statement has no condition and allows seven in ten or more of the actions of both kinds that are known.
    pub are_most: bool,
}

/// The reads of data and credentials that the statements of identity policies allow on resources that no policy names, in requests without any
/// condition key but those of the principal. One entry for each Allow statement that allows some, in order.
///
/// The resource of a request is one of some type that AWS lists for the action, with names of its own, in the account of the principal. What
/// the resource's own policy says is left to the principal's policies, as key policies and trust policies do that name the account.
pub fn unlimited_reads(layers: &Layers, classes: &Classes<'_>, details: &dyn Lookup) -> Vec<UnlimitedReads> {
    let mut all = Vec::new();
    let (reads, denies) = (Reads::of(classes), denies(layers));
    for (policy, own) in layers.identity.iter().enumerate() {
        let allows = own.statements.iter().enumerate().filter(|(_, own)| own.effect.value == Effect::Allow);
        for (statement, allow) in allows {
            let alone = Alone::new(own, allow, &denies);
            let (credentials, data) = (Vec::new(), Vec::new());
            let mut found = UnlimitedReads { policy, statement, credentials, data, are_most: false };
            add(&mut found, &alone, &reads, details);
            if !found.credentials.is_empty() || !found.data.is_empty() {
                all.push(found);
            }
        }
    }
    all
}

/// One Allow statement of the identity policies, and all Denies.
struct Alone<'p> {
    policy: &'p Arc<Policy>,
    allow: &'p Statement,
    /// The statement without its actions.
    frame: Statement,
    denies: &'p Layers,
}

impl<'p> Alone<'p> {
    fn new(policy: &'p Arc<Policy>, allow: &'p Statement, denies: &'p Layers) -> Self {
        let mut frame = allow.clone();
        frame.action = ActionElement::from_iter([]);
        Self { policy, allow, frame, denies }
    }

    /// The layers with the statement as it is.
    fn whole(&self) -> Layers {
        self.with(self.allow.clone())
    }

    /// The layers with the statement for these actions.
    fn only(&self, actions: ActionElement) -> Layers {
        let mut own = self.frame.clone();
        own.action = actions;
        self.with(own)
    }

    fn with(&self, allow: Statement) -> Layers {
        let mut layers = self.denies.clone();
        layers.identity.push(Arc::new(self.policy.with_only(vec![allow])));
        layers
    }
}

/// The layers with the Denies of the identity policies alone.
fn denies(layers: &Layers) -> Layers {
    let mut denies = layers.clone();
    for own in &mut denies.identity {
        let some = own.statements.iter().filter(|own| own.effect.value == Effect::Deny).cloned().collect();
        *own = Arc::new(own.with_only(some));
    }
    denies
}

/// An action that returns credentials or what is stored.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Read<'c> {
    /// False sorts before true.
    is_unreviewed: bool,
    /// Whether its name is that of an answer about things more than of what they hold: those come later.
    is_listing: bool,
    action: String,
    class: SensitivityClass,
    /// A pattern of the ARNs on which alone it does.
    only_on: Option<&'c str>,
}

/// The actions that return credentials or what is stored, each with its service and its name, in the order of the classes: those of a service
/// stand together.
struct Reads<'c>(Vec<(&'c str, &'c str, ClassReason<'c>)>);

/// First words of names of actions that change or end what there is. If such an answer has a member for a secret, it describes the thing that was
/// changed: reading it is another action.
const CHANGES: [&str; 20] = [
    "Add",
    "Allocate",
    "Associate",
    "Attach",
    "Delete",
    "Deregister",
    "Detach",
    "Disable",
    "Disassociate",
    "Enable",
    "Modify",
    "Pause",
    "Reboot",
    "Rename",
    "Restart",
    "Resume",
    "Set",
    "Stop",
    "Switchover",
    "Update",
];

/// First words of names of actions whose answers describe or list things.
const LISTINGS: [&str; 3] = ["BatchDescribe", "Describe", "List"];

/// Classes of actions that say too much of them here, though not in a profile, which denies what may do harm: the action and the class. Each
/// group has its reason, and the page of AWS about the action.
const LEFT_OUT: [(&str, &str, SensitivityClass); 11] = [
    // The call is not signed: the trust policy alone decides it, and no identity policy grants it.
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
    ("sts", "AssumeRoleWithWebIdentity", SensitivityClass::Credentials),
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
    ("sts", "AssumeRoleWithSAML", SensitivityClass::Credentials),
    // The answer is empty: https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html
    ("iam", "UpdateAccessKey", SensitivityClass::Credentials),
    // The seed is that of a device that the call makes, and that nobody uses yet:
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateVirtualMFADevice.html
    ("iam", "CreateVirtualMFADevice", SensitivityClass::Credentials),
    // The plain text of what the caller holds already, as with a data key: it is told as data.
    // https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html
    ("kms", "Decrypt", SensitivityClass::Credentials),
    // The text of a query or the definition of a job, as they were put in, and not what they gave: they stand in answers that describe a run.
    // GetCalculationExecutionCode is none of these. Its answer is the code that somebody wrote, and nothing else:
    // https://docs.aws.amazon.com/athena/latest/APIReference/API_GetCalculationExecutionCode.html
    // https://docs.aws.amazon.com/athena/latest/APIReference/API_QueryExecution.html
    ("athena", "BatchGetQueryExecution", SensitivityClass::StoredData),
    ("athena", "GetQueryExecution", SensitivityClass::StoredData),
    // https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_GetJobRun.html
    ("emr-serverless", "GetJobRun", SensitivityClass::StoredData),
    // Names, states and counts.
    // https://docs.aws.amazon.com/codeguru/latest/reviewer-api/API_DescribeCodeReview.html
    ("codeguru-reviewer", "DescribeCodeReview", SensitivityClass::StoredData),
    // https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BatchGetRepositories.html
    ("codecommit", "BatchGetRepositories", SensitivityClass::StoredData),
    // https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListGroups.html
    ("cognito-idp", "ListGroups", SensitivityClass::StoredData),
];

/// Actions whose answers have the members of another one's, which is classed: service, the classed one, the other one.
/// <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsersInGroup.html>
const ALIKE: [(&str, &str, &str); 1] = [("cognito-idp", "ListUsers", "ListUsersInGroup")];

impl<'c> Reads<'c> {
    fn of(classes: &'c Classes<'_>) -> Self {
        let is_read = |(service, name, reason): &(&str, &str, ClassReason<'_>)| match reason.class {
            SensitivityClass::Credentials => reason.reviewed || !begins(name, &CHANGES),
            // What an answer computes is not stored.
            SensitivityClass::StoredData => {
                reason.reviewed || !classes.has(&format!("{service}:{name}"), SensitivityClass::Acts)
            }
            SensitivityClass::SecretText
            | SensitivityClass::Acts
            | SensitivityClass::SignsUrl
            | SensitivityClass::PrivilegeEscalation
            | SensitivityClass::ResourceExposure
            | _ => false,
        };
        let is_left_out =
            |own: &(&str, &str, ClassReason<'_>)| LEFT_OUT.contains(&(own.0, own.1, own.2.class));
        let with_alike = |own: (&'c str, &'c str, ClassReason<'c>)| {
            let alike = ALIKE.iter().filter(move |(service, name, _)| (*service, *name) == (own.0, own.1));
            std::iter::once(own).chain(alike.map(move |(.., other)| (own.0, *other, own.2)))
        };
        let reads = classes.iter().filter(|own| is_read(own) && !is_left_out(own));
        Self(reads.flat_map(with_alike).collect())
    }

    /// Those that some pattern allows, by service.
    fn named(&self, allowing: &Allowing<'_>) -> Vec<(&'c str, Vec<Read<'c>>)> {
        let mut all = Vec::new();
        for own in self.0.chunk_by(|(a, ..), (b, ..)| a == b) {
            let Some((service, ..)) = own.first().filter(|(service, ..)| allowing.names_some_of(service))
            else {
                continue;
            };
            let read = |(service, name, reason): &(&str, &str, ClassReason<'c>)| Read {
                is_unreviewed: !reason.reviewed,
                is_listing: begins(name, &LISTINGS),
                action: [*service, *name].join(":"),
                class: reason.class,
                only_on: reason.only_on,
            };
            let named: Vec<Read<'c>> =
                own.iter().map(read).filter(|own| allowing.names(&own.action)).collect();
            if !named.is_empty() {
                all.push((*service, named));
            }
        }
        all
    }
}

/// Whether a name begins with one of some words.
fn begins(name: &str, words: &[&str]) -> bool {
    words.iter().any(|word| {
        name.strip_prefix(word).is_some_and(|rest| rest.starts_with(|c: char| !c.is_ascii_lowercase()))
    })
}

/// Adds the actions that the layers allow.
fn add(found: &mut UnlimitedReads, alone: &Alone<'_>, reads: &Reads<'_>, details: &dyn Lookup) {
    let whole = alone.whole();
    let allowing = Allowing::of(&whole);
    let owners: Vec<Owner> =
        targets(&whole).into_iter().map(|(partition, account)| Owner::new(partition, account)).collect();
    let named = reads.named(&allowing);
    let mut allowed: Vec<&Read<'_>> = Vec::new();
    for (service, own) in &named {
        // Requests about one service are held against the patterns that may be about it.
        let about = allowing.about(service).map(|patterns| alone.only(patterns.cloned().collect()));
        let layers = about.as_ref().unwrap_or(&whole);
        let callers: Vec<Caller<'_>> = owners.iter().map(|owner| Caller::new(layers, owner)).collect();
        allowed.extend(own.iter().filter(|own| callers.iter().any(|caller| caller.is_allowed(own, details))));
    }
    allowed.sort_unstable();
    found.are_most = alone.allow.conditions.is_empty()
        && allowed.len().saturating_mul(10) >= reads.0.len().saturating_mul(7);
    let of = |class: SensitivityClass| allowed.iter().filter(move |own| own.class == class);
    found.credentials = of(SensitivityClass::Credentials).map(|own| own.action.as_str().into()).collect();
    // What is told as credentials is not told again.
    let data = of(SensitivityClass::StoredData).map(|own| own.action.as_str());
    found.data =
        data.filter(|own| !found.credentials.iter().any(|told| &**told == *own)).map(Into::into).collect();
}

/// An account, a principal in it, and the policy of resources that leave everything to the account's policies.
struct Owner {
    partition: String,
    account: String,
    principal: Principal,
    /// `None` if the text is no account's.
    policy: Option<Arc<Policy>>,
}

impl Owner {
    fn new(partition: String, account: String) -> Self {
        let ids = partition.parse::<Partition>().ok().zip(AccountId::new(&account));
        let principal = ids.as_ref().map_or_else(
            || session_principal(None),
            |(partition, account)| plain_session(partition, *account, &role_name!("any")),
        );
        let of = |account: AccountId| {
            let (grantees, actions) = (Grantees::from(account), ActionElement::any());
            let all = ResourceStatement::allow(grantees, actions, ResourceElement::any());
            Arc::new(Policy::resource([all]))
        };
        Self { policy: ids.map(|(_, account)| of(account)), partition, account, principal }
    }
}

/// A principal in an account, and the layers that decide its requests for resources of the account.
struct Caller<'o> {
    layers: Layers,
    owner: &'o Owner,
}

impl<'o> Caller<'o> {
    fn new(layers: &Layers, owner: &'o Owner) -> Self {
        let mut layers = layers.clone();
        if layers.resource.is_none() {
            layers.resource.clone_from(&owner.policy);
        }
        Self { layers, owner }
    }

    /// Whether requests for the read on resources of some type, of any name, are allowed. What has no resource is a read of nothing in particular.
    fn is_allowed(&self, own: &Read<'_>, details: &dyn Lookup) -> bool {
        let known = Action::new(&own.action).zip(details.action(&own.action));
        let Some((action, known)) = known else { return false };
        let only_on = own.only_on.map(str::parse::<ResourcePattern>);
        let is_about = |arn: &str| match &only_on {
            None => true,
            Some(Ok(only)) => matches(only.pattern(), arn, LetterCase::Sensitive),
            Some(Err(_)) => false,
        };
        let is_allowed = |resource: String| {
            let mut request = Request::new(self.owner.principal.clone(), action.clone(), resource);
            request.resource_account = Some(self.owner.account.as_str().into());
            self.layers.decide(&request).is_allowed()
        };
        let mut forms = known.resources().flat_map(|own| own.resource_type().arns());
        forms.any(|form| {
            let arns = NAMES.map(|name| named(form, &self.owner.partition, &self.owner.account, name));
            // A form without a place for a name is that of one resource, which is named unless something of any name in its place is allowed too.
            let is_one = arns.iter().all(|arn| Some(arn) == arns.first());
            let beside = is_one.then(|| NAMES.map(|name| in_place(&arns, name)));
            arns.into_iter().all(|arn| is_about(&arn) && is_allowed(arn))
                && beside.into_iter().flatten().all(is_allowed)
        })
    }
}

/// The first ARN with this name in place of what names its resource.
fn in_place(arns: &[String], name: &str) -> String {
    let fields = arns.first().and_then(|arn| ArnFields::split(arn));
    fields.map_or_else(String::new, |own| {
        format!("arn:{}:{}:{}:{}:{name}", own.partition, own.service, own.region, own.account)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_and_what_is_alike_is_in_the_classes() {
        let classes = Classes::embedded().unwrap();
        for (service, name, class) in LEFT_OUT {
            assert!(classes.has(&format!("{service}:{name}"), class), "{service}:{name}");
        }
        for (service, classed, other) in ALIKE {
            assert!(classes.has(&format!("{service}:{classed}"), SensitivityClass::StoredData), "{classed}");
            assert!(!classes.has(&format!("{service}:{other}"), SensitivityClass::StoredData), "{other}");
        }
    }
}
