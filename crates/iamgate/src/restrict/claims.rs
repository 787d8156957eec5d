//! The proof of a restriction: whom it keeps out, and for whom it changes nothing.
//!
//! The callers are parts of the space: each question is about all callers of a group, whatever their names. Their own policies allow
//! everything, and only the policy of the resource is asked. As the statement only denies, what it denies to them it denies to everybody,
//! and where it denies them nothing it denies nobody.

use std::collections::BTreeSet;
use std::sync::Arc;

use iam_analysis::{
    ActsFor, Analysis, CallerKind, Callers, Fact, Inside, KeyShape, KeyText, KeyValues, Question, Space,
    Verdict, VerdictKind,
};
use iam_catalog::Details;
use iam_eval::Layers;
use iam_policy::{AccountId, ActionPattern, ConditionKey, NamedPrincipal, Partition, Policy};

use super::thing::Thing;
use super::words::CallerGroup;
use crate::proof::space;

/// Whether callers with the tag are kept out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Denied {
    /// The callers.
    pub callers: CallerGroup,
    /// The verdict on the claim that none of them with the tag, whatever its value, gets anything on the resource.
    pub verdict: Verdict,
}

/// Whether the access of callers without the tag is the same as before.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unchanged {
    /// The callers.
    pub callers: CallerGroup,
    /// The verdict on the claim that the same requests are allowed as before, of all actions and on all resources.
    pub verdict: Verdict,
    /// The verdict on the claim that no request of theirs on the resource was allowed before. If it holds, `verdict` says nothing new.
    pub had_none: VerdictKind,
}

/// What a proof is about.
pub(super) struct Claims<'a> {
    pub(super) partition: &'a Partition,
    pub(super) account: AccountId,
    pub(super) thing: &'a Thing,
    pub(super) old: Option<&'a Arc<Policy>>,
    pub(super) new: &'a Arc<Policy>,
    pub(super) key: &'a ConditionKey,
    pub(super) details: &'a Details<'a>,
}

impl Claims<'_> {
    /// For every group of callers that can have the tag: whether those with it are kept out.
    pub(super) fn denied(&self) -> Vec<Denied> {
        let shape = KeyShape { values: KeyValues::Single, text: KeyText::Any, always: true };
        let mut space = self.space();
        space.set_shape(self.key.as_str(), shape);
        let groups = CallerGroup::ALL.into_iter().filter(|group| group.has_tags());
        let denied = groups.map(|callers| {
            let layers = self.scoped(callers.kind, Some(self.new), &self.thing.actions);
            let question = self.question(&layers);
            let verdict = together(self.callers(callers).into_iter().map(|some| {
                let mut analysis = Analysis::new(space.clone().with_callers(some));
                analysis.never(&question)
            }));
            Denied { callers, verdict }
        });
        denied.collect()
    }

    /// For every group of callers: whether the access of those without the tag is the same as before.
    pub(super) fn unchanged(&self) -> Vec<Unchanged> {
        let mut space = self.space();
        space.set_fact(self.key.as_str(), Fact::Absent);
        let all = self.thing.all_actions();
        let groups = CallerGroup::ALL.into_iter();
        let unchanged = groups.map(|callers| {
            let (before, after) = (layers(callers.kind, self.old), layers(callers.kind, Some(self.new)));
            let on_thing = self.scoped(callers.kind, self.old, &all);
            let (mut verdicts, mut access) = (Vec::new(), Vec::new());
            for some in self.callers(callers) {
                let mut analysis = Analysis::new(space.clone().with_callers(some));
                verdicts.push(analysis.never(&self.question(&before).beyond(&after)));
                verdicts.push(analysis.never(&self.question(&after).beyond(&before)));
                access.push(analysis.never(&self.question(&on_thing)).kind());
            }
            let had_none = VerdictKind::together(access);
            Unchanged { callers, verdict: together(verdicts), had_none }
        });
        unchanged.collect()
    }

    /// The space of requests. The keys that the policies test have the types of the catalogue.
    fn space(&self) -> Space {
        let policies = self.old.into_iter().chain([self.new]);
        let statements = policies.flat_map(|policy| &policy.statements);
        space(statements.flat_map(|statement| &statement.conditions), self.details)
    }

    fn question<'q>(&self, layers: &'q Layers) -> Question<'q> {
        let mut question = Question::new(layers);
        question.resource = self.thing.resource();
        question
    }

    /// Layers that allow what the policy leaves of these actions on the resource, and nothing else.
    fn scoped(&self, kind: CallerKind, policy: Option<&Arc<Policy>>, actions: &[ActionPattern]) -> Layers {
        let mut layers = layers(kind, policy);
        // The policy of an endpoint limits every caller, the root user too.
        layers.vpc_endpoint = Some(vec![Arc::new(Policy::resource([self.thing.scope(actions)]))]);
        layers
    }

    /// The callers of a group, in one part or several.
    fn callers(&self, group: CallerGroup) -> Vec<Callers> {
        let inside = Inside::of(self.account);
        if group.of_account {
            return Callers::within(group.kind, self.partition, self.account).into_iter().collect();
        }
        if group.kind != CallerKind::Service {
            return vec![Callers::of(group.kind, self.partition, &inside)];
        }
        let acts = [ActsFor::InAccount, ActsFor::Elsewhere];
        let names = self.services();
        let named = |name: &&str| acts.map(|acts| Callers::service(name, acts, self.partition, &inside));
        // Conditions may ask for the names of services that no statement names.
        let every = acts.map(|acts| Callers::any_service(acts, self.partition, &inside));
        names.iter().flat_map(named).chain(every).collect()
    }

    /// The services that the policies name.
    fn services(&self) -> BTreeSet<&str> {
        let policies = self.old.into_iter().chain([self.new]);
        let elements = policies.flat_map(|p| &p.statements).filter_map(|s| s.principal.as_ref());
        let entries = elements.flat_map(|element| element.principals().entries());
        let names = entries.filter_map(|entry| {
            if let NamedPrincipal::Service(name) = &entry.value { Some(&**name) } else { None }
        });
        names.collect()
    }
}

/// Layers in which only the policy of the resource limits callers of a kind.
fn layers(kind: CallerKind, policy: Option<&Arc<Policy>>) -> Layers {
    let everything = Arc::new(Policy::everything());
    let mut layers = Layers::new();
    layers.resource = policy.cloned();
    layers.identity.push(Arc::clone(&everything));
    // Federated users have the permissions that a session policy gives them, and no others (rule 6.14).
    layers.session = (kind == CallerKind::FederatedUser).then(|| vec![everything]);
    layers
}

/// The verdict on several claims together: the first request that shows the contrary, else the doubts.
fn together(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    let mut doubts = Vec::new();
    for verdict in verdicts {
        match verdict {
            Verdict::Holds => {}
            Verdict::Fails(witness) => return Verdict::Fails(witness),
            Verdict::Unknown(more) => doubts.extend(more),
        }
    }
    if doubts.is_empty() { Verdict::Holds } else { Verdict::Unknown(doubts) }
}

#[cfg(test)]
mod tests {
    use iam_policy::{Arn, Limits, Mode, PolicyKind, account_id};

    use super::super::kind::Named;
    use super::*;

    /// Services that either policy names are asked about by their names.
    #[test]
    fn services_are_those_that_the_policies_name() {
        let read = |service: &str| {
            let text = format!(
                r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Principal": {{"Service": "{service}.amazonaws.com", "AWS": "111122223333"}}, "Action": "s3:*", "Resource": "*"}}}}"#
            );
            Policy::parse(&text, PolicyKind::Resource, Mode::Deployed, &Limits::default())
                .map(Arc::new)
                .unwrap()
        };
        let details = Details::embedded().unwrap();
        let arn: Arn = "arn:aws:s3:::payroll".parse().unwrap();
        let claims = Claims {
            partition: &Partition::AWS,
            account: account_id!("111122223333"),
            thing: &Thing::new(&arn, &Named::of(&arn).unwrap(), &details),
            old: Some(&read("sns")),
            new: &read("cloudtrail"),
            key: &ConditionKey::new("aws:PrincipalTag/DoitEnvironment"),
            details: &details,
        };
        assert_eq!(
            claims.services().into_iter().collect::<Vec<_>>(),
            ["cloudtrail.amazonaws.com", "sns.amazonaws.com"]
        );
    }

    /// A key has the type of the catalogue, so that a test which no value of the type passes lets nobody in.
    #[test]
    fn tests_of_a_typed_key_have_its_values_alone() {
        let details = Details::embedded().unwrap();
        let arn: Arn = "arn:aws:s3:::payroll".parse().unwrap();
        for (value, is_held) in [("true", false), ("maybe", true)] {
            let text = format!(
                r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Principal": "*", "Action": "s3:*",
                    "Resource": "arn:aws:s3:::payroll", "Condition": {{"StringEquals": {{"aws:SecureTransport": "{value}"}}}}}}}}"#
            );
            let policy =
                Policy::parse(&text, PolicyKind::Resource, Mode::Deployed, &Limits::default()).unwrap();
            let claims = Claims {
                partition: &Partition::AWS,
                account: account_id!("111122223333"),
                thing: &Thing::new(&arn, &Named::of(&arn).unwrap(), &details),
                old: None,
                new: &Arc::new(policy),
                key: &ConditionKey::new("aws:PrincipalTag/DoitEnvironment"),
                details: &details,
            };
            let users = |denied: &&Denied| denied.callers.name() == "IAM users of other accounts";
            let held: Vec<bool> =
                claims.denied().iter().filter(users).map(|own| own.verdict == Verdict::Holds).collect();
            assert_eq!(held, [is_held], "{value}");
        }
    }
}
