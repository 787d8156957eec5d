//! From layers to a decision: which layers apply, what they say, and the decision that follows.

use std::sync::Arc;

use iam_policy::{ArnFields, Policy, Statement};

use crate::by_spelling;
use crate::combine::{Decision, Relation};
use crate::layers::{Layer, Layers, PolicyRef};
use crate::meter::{Budget, Meter};
use crate::principal::Caller;
use crate::reading::{Point, Readings};
use crate::request::{Principal, Request, ResourceKind};
use crate::statement::{Finding, Subject};
use crate::tally::{Said, Tally};
use crate::trace::{Applying, StatementRef};
use crate::truth::Certainty;

/// Observes statements one by one: a decision takes no notes, an explanation does.
pub(crate) trait Watch<'l> {
    /// Receives a statement of the policy at `place`, and what the statement says.
    fn statement(
        &mut self,
        subject: Subject<'_>,
        at: StatementRef,
        statement: &'l Statement,
        policy: &'l Policy,
    ) -> Finding;
}

/// An observer that takes no notes.
struct Silent;

impl Watch<'_> for Silent {
    fn statement(
        &mut self,
        subject: Subject<'_>,
        at: StatementRef,
        statement: &Statement,
        policy: &Policy,
    ) -> Finding {
        subject.finding(statement, policy, at.policy.layer)
    }
}

/// An observer that notes the statements that apply.
struct Noting(Vec<Applying>);

impl Watch<'_> for Noting {
    fn statement(
        &mut self,
        subject: Subject<'_>,
        at: StatementRef,
        statement: &Statement,
        policy: &Policy,
    ) -> Finding {
        let finding = subject.finding(statement, policy, at.policy.layer);
        if finding.certainty != Certainty::Never {
            self.0.push(Applying { at, certainty: finding.certainty });
        }
        finding
    }
}

impl Layers {
    /// The decision on a request, and all statements that apply to it.
    ///
    /// The list has the Allow and Deny statements of every layer that is asked, whether or not they bring the decision about. It is in the
    /// order of [`Layer::ALL`] and of the policies. Use it to compare engines. [`Layers::explain`] says which statements decide, and why
    /// the others do not apply.
    ///
    /// # Cost
    /// As [`Layers::decide`], plus one list.
    pub fn applying(&self, request: &Request) -> (Decision, Vec<Applying>) {
        let meter = Meter::new(Budget::DEFAULT);
        by_spelling::applying(self, request, &meter, |request| {
            let mut noting = Noting(Vec::new());
            let decision = tally(self, request, &meter, Readings::FIRST, &mut noting).decision();
            (decision, noting.0)
        })
    }

    /// The decision on a request.
    ///
    /// The function is total and pure: the same request always gets the same decision. There is no error, because a document that cannot be
    /// evaluated does not become a [`Policy`]. The decision is [`Decision::Depends`] only if a key is unknown, or has several spellings, and
    /// its value may matter. Each statement is judged by itself, so values that matter in no combination of statements may still yield
    /// `Depends`. The decision is made under [`crate::Reading::FIRST`]; see [`Layers::decide_under`].
    ///
    /// # Cost
    /// Linear in the number of statements of the layers, and at most [`Budget::DEFAULT`] steps. No allocation. For more than one or two
    /// requests, ask a [`crate::Program`].
    ///
    /// # Source
    /// IAM User Guide, `reference_policies_evaluation-logic_policy-eval-denyallow`; parts 2 to 5 of the rules.
    ///
    /// # Examples
    /// ```
    /// use std::sync::Arc;
    /// use iam_eval::{Action, Decision, Layers, Principal, Request};
    /// use iam_policy::{Limits, Mode, Policy, PolicyKind};
    ///
    /// let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
    /// let mut layers = Layers::new();
    /// layers.identity.push(Arc::new(Policy::parse(text, PolicyKind::Identity, Mode::Strict, &Limits::default())?));
    ///
    /// let ana = Principal::from_arn("arn:aws:iam::111122223333:user/ana").unwrap();
    /// let request = |action| Request::new(ana.clone(), Action::new(action).unwrap(), "arn:aws:s3:::bucket/key");
    /// assert_eq!(layers.decide(&request("s3:GetObject")), Decision::Allowed);
    /// assert_eq!(layers.decide(&request("s3:PutObject")), Decision::ImplicitDeny);
    /// # Ok::<(), iam_policy::Report>(())
    /// ```
    pub fn decide(&self, request: &Request) -> Decision {
        self.decide_under(request, Readings::FIRST)
    }

    /// The decision on a request under one reading or several (part 8 of the rules).
    ///
    /// [`Decision::Depends`] also says that the readings may not agree, or that the steps did not suffice for all of them.
    ///
    /// # Cost
    /// As [`Layers::decide`].
    ///
    /// # Examples
    /// ```
    /// use std::sync::Arc;
    /// use iam_eval::{Action, Decision, Layers, Point, Principal, Reading, Readings, Request};
    /// use iam_policy::{Limits, Mode, Policy, PolicyKind};
    ///
    /// let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*",
    ///     "Resource": "arn:${aws:PrincipalTag/partition}:s3:::bucket"}}"#;
    /// let mut layers = Layers::new();
    /// layers.identity.push(Arc::new(Policy::parse(text, PolicyKind::Identity, Mode::Deployed, &Limits::default())?));
    ///
    /// let ana = Principal::from_arn("arn:aws:iam::111122223333:user/ana").unwrap();
    /// let mut request = Request::new(ana, Action::new("s3:ListBucket").unwrap(), "arn:aws:s3:::bucket");
    /// request.context.set("aws:PrincipalTag/partition", iam_eval::ContextValue::single("aws"));
    /// assert_eq!(layers.decide(&request), Decision::Allowed);
    /// let other = Reading::with_other([Point::VariableInArn]);
    /// assert_eq!(layers.decide_under(&request, other), Decision::ImplicitDeny);
    /// assert_eq!(layers.decide_under(&request, Readings::OPEN), Decision::Depends);
    /// assert_eq!(layers.differing(&request), [(Point::VariableInArn, Decision::ImplicitDeny)]);
    /// # Ok::<(), iam_policy::Report>(())
    /// ```
    pub fn decide_under(&self, request: &Request, readings: impl Into<Readings>) -> Decision {
        let (readings, meter) = (readings.into(), Meter::new(Budget::DEFAULT));
        let decision = by_spelling::decision(self, request, &meter, |request| {
            tally(self, request, &meter, readings, &mut Silent).decision()
        });
        // Without enough steps for every reading, no reading is known to deny.
        if meter.is_spent() && !readings.is_one() { Decision::Depends } else { decision }
    }

    /// The points at which the other answer would change the decision, each with the decision then (part 8 of the rules).
    ///
    /// Explicit and implicit denials count as the same. If several points change the decision only together, the list has none of them, and
    /// [`Layers::decide_under`] with [`Readings::OPEN`] is [`Decision::Depends`].
    ///
    /// # Cost
    /// As [`Layers::decide`], or as many decisions as there are points if the readings may not agree.
    pub fn differing(&self, request: &Request) -> Vec<(Point, Decision)> {
        let decision = self.decide(request);
        if same(self.decide_under(request, Readings::OPEN), decision) && decision != Decision::Depends {
            return Vec::new();
        }
        let with = |point| (point, self.decide_under(request, crate::Reading::with_other([point])));
        Point::ALL.into_iter().map(with).filter(|(_, other)| !same(*other, decision)).collect()
    }
}

/// Whether two decisions give the same answer to whoever asks.
pub(crate) fn same(one: Decision, other: Decision) -> bool {
    let denied = |decision| matches!(decision, Decision::ExplicitDeny | Decision::ImplicitDeny);
    one == other || (denied(one) && denied(other))
}

/// The facts about a request that need no layer.
#[inline]
pub(crate) fn outline(request: &Request, has_no_session: bool) -> Tally {
    let needs_no_permission = request.needs_no_permission();
    Tally {
        said: [Said::ABSENT; Layer::ALL.len()],
        relation: if needs_no_permission {
            // There is no resource whose owner could be asked.
            Relation::SameAccount { needs_resource_policy: false }
        } else {
            relation(request)
        },
        is_root: matches!(request.principal, Principal::Root { .. }),
        has_every_permission: request.principal.has_every_permission(),
        needs_no_permission,
        lacks_session: matches!(request.principal, Principal::FederatedUser { .. }) && has_no_session,
        is_spent: false,
    }
}

pub(crate) fn tally<'l>(
    layers: &'l Layers,
    request: &Request,
    meter: &Meter,
    readings: Readings,
    watch: &mut impl Watch<'l>,
) -> Tally {
    let caller = Caller::of(request, layers.boundary.is_some(), readings);
    let subject = Subject { request, caller, meter, readings };
    let mut tally = outline(request, layers.session.is_none());
    let bare = tally.needs_no_permission;
    for (layer, said) in Layer::ALL.into_iter().zip(tally.said.iter_mut()) {
        let levels: Option<Levels<'l>> = match layer {
            Layer::Identity => Some(Levels::One(&layers.identity)),
            Layer::Boundary => layers.boundary.as_deref().map(Levels::One),
            Layer::Session => layers.session.as_deref().map(Levels::One),
            Layer::Scope => layers.scope.as_deref().map(Levels::Many),
            Layer::Resource => Some(Levels::One(layers.resource.as_slice())),
            Layer::VpcEndpoint => layers.vpc_endpoint.as_deref().map(Levels::One),
            Layer::Scp => layers.scp.as_deref().map(Levels::Many),
            Layer::Rcp => layers.rcp.as_deref().map(Levels::Many),
        };
        if let Some(levels) = levels
            && applies(layer, request, bare)
        {
            *said = levels.say(layer, subject, watch);
            if layer == Layer::Rcp && &*request.resource == "*" {
                *said = said.where_it_bears(readings);
            }
        }
    }
    tally.is_spent = meter.is_spent();
    tally
}

/// The policies of a layer.
enum Levels<'l> {
    One(&'l [Arc<Policy>]),
    Many(&'l [Vec<Arc<Policy>>]),
}

impl<'l> Levels<'l> {
    fn say(&self, layer: Layer, subject: Subject<'_>, watch: &mut impl Watch<'l>) -> Said {
        // Whether several session policies are joined by OR or by AND is open (rule 5.14).
        let mut each = Said::EMPTY;
        let mut one = |level: usize, policies: &'l [Arc<Policy>]| {
            let mut said = Said::SILENT;
            for (index, policy) in policies.iter().enumerate() {
                let place = PolicyRef { layer, level, index };
                let mut own = Said::SILENT;
                for (index, statement) in policy.statements.iter().enumerate() {
                    let at = StatementRef { policy: place, index };
                    own = own.or_statement(statement, watch.statement(subject, at, statement, policy));
                }
                said = said.or_policy(own);
                if layer == Layer::Session {
                    each = each.and_level(own);
                }
            }
            said
        };
        if let (Layer::Session, Self::One(policies)) = (layer, self) {
            let any = Said::EMPTY.and_level(one(0, policies));
            return if policies.is_empty() { any } else { any.or_each(each, subject.readings) };
        }
        match self {
            Self::One(policies) => Said::EMPTY.and_level(one(0, policies)),
            // A list without levels is a layer that allows nothing. It is not an absent layer.
            Self::Many([]) => Said::SILENT,
            Self::Many(levels) => levels
                .iter()
                .enumerate()
                .fold(Said::EMPTY, |said, (i, policies)| said.and_level(one(i, policies))),
        }
    }
}

/// Whether a layer is asked about a request. `bare`: whether the request needs no permission.
#[inline]
pub(crate) fn applies(layer: Layer, request: &Request, bare: bool) -> bool {
    if bare {
        return layer == Layer::VpcEndpoint;
    }
    let has_account = || request.principal.account().is_some();
    let service_linked = || matches!(request.principal, Principal::AssumedRole { service_linked: true, .. });
    match layer {
        // The policies of the resource alone are asked for principals without account (rules 5.13, 5.52).
        Layer::Identity | Layer::Boundary | Layer::Session | Layer::Scope => has_account(),
        Layer::Resource | Layer::VpcEndpoint => true,
        Layer::Scp => has_account() && !service_linked(),
        // Rule 5.41.
        Layer::Rcp => !service_linked() && !request.action.as_str().eq_ignore_ascii_case("kms:RetireGrant"),
    }
}

#[inline]
fn relation(request: &Request) -> Relation {
    let Some(account) = request.principal.account() else { return Relation::NoAccount };
    if request.principal.arn().is_some_and(|arn| is_of_other_partition(&request.resource, arn)) {
        return Relation::CrossPartition;
    }
    // If the request names no owner, the account in the resource's ARN counts.
    let in_arn = || ArnFields::account_of(&request.resource);
    match request.resource_account.as_deref().or_else(in_arn) {
        Some(owner) if *owner != *account => Relation::CrossAccount,
        Some(_) | None => Relation::SameAccount {
            needs_resource_policy: match request.resource_kind {
                ResourceKind::IamRoleTrust | ResourceKind::KmsKey => true,
                ResourceKind::Generic => false,
            },
        },
    }
}

/// Whether both texts are ARNs of different partitions.
fn is_of_other_partition(resource: &str, arn: &str) -> bool {
    let Some(own) = ArnFields::partition_of(arn) else { return false };
    // Fast path: both texts nearly always begin with the same `arn:`, partition and colon.
    let begins_alike =
        arn.get(..own.len().saturating_add(5)).is_some_and(|start| resource.starts_with(start));
    !begins_alike && ArnFields::partition_of(resource).is_some_and(|other| own != other)
}

#[cfg(test)]
mod tests {
    use super::is_of_other_partition;

    #[test]
    fn what_is_no_arn_is_of_no_other_partition() {
        let role = "arn:aws:iam::111122223333:role/R";
        assert!(is_of_other_partition("arn:aws-cn:s3:::b", role));
        assert!(!is_of_other_partition("arn:aws:s3:::b", role));
        assert!(!is_of_other_partition("arn:aws-cn:s3:::b", "R"), "a principal that is no ARN");
        assert!(!is_of_other_partition("*", role));
    }
}
