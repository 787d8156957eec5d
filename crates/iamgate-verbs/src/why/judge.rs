//! Whether the documents at hand say what a message says.

use iam_denial::{Cause, Denial, PolicyType};
use iamgate::iam_eval::{
    Certainty, Decision, Grant, Layer, LayerTrace, Part, Principal, Seen, StatementTrace, Trace,
};
use iamgate::iam_policy::{Effect, PrincipalElement};
use iamgate::{Profile, RoleSnapshot};

use super::Standing;
use super::resource::Named;
use super::said::{ticked, with_article};
use crate::question::{Case, Sentence, place, silent_level};
use crate::words::{is_plural, list};

/// The most statements that a sentence names.
const STATEMENTS: usize = 3;

/// What the documents say.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) standing: Standing,
    pub(super) says: String,
    pub(super) notes: Vec<String>,
}

/// A layer of the documents, or why it is not there.
enum Held {
    Layer(Layer),
    /// The documents say that there is no such policy.
    Absent(&'static str),
    /// The documents lack policies of this type.
    Lacking(String),
}

/// Compares a message with the documents of a session.
pub(super) fn judge(
    denial: &Denial,
    case: &Case,
    role: &RoleSnapshot,
    profile: &Profile,
    named: &Named,
) -> Judged {
    let trace = case.trace();
    let judging = Judging { denial, case, trace: &trace, role, profile, named };
    let (standing, says) = match denial.layer.as_ref() {
        Some(layer) => match layer.policy_type {
            Some(policy_type) => judging.layer(policy_type),
            None => (
                Standing::CannotKnow,
                format!("which policies AWS means by {} is not known here", ticked(&layer.words.value)),
            ),
        },
        None => judging.whole(),
    };
    let mut notes = judging.notes();
    notes.dedup();
    Judged { standing, says, notes }
}

/// Compares a message about a call for a session of the role at hand with the policies that decide who gets one. Those of the caller are not
/// among them.
pub(super) fn of_call(
    denial: &Denial,
    case: &Case,
    role: &RoleSnapshot,
    profile: &Profile,
    named: &Named,
) -> (Standing, String) {
    let trace = case.trace();
    let judging = Judging { denial, case, trace: &trace, role, profile, named };
    match denial.layer.as_ref().map(|layer| layer.policy_type) {
        Some(Some(own @ (PolicyType::RoleTrust | PolicyType::Resource | PolicyType::Rcp))) => {
            judging.layer(own)
        }
        Some(Some(own)) => (
            Standing::CannotKnow,
            judging.with_policy(format!(
                "{} that the caller is under is not among the role's",
                with_article(own)
            )),
        ),
        Some(None) => (Standing::CannotKnow, "which policies AWS means is not known here".to_owned()),
        None => judging.trust_alone(),
    }
}

/// What is said of several callers, of whom the message is about one: name, standing and sentence of each. `has_trust` says whether the trust
/// policy is at hand, `is_open` whether the message may be about a caller that it does not name.
pub(super) fn joined(
    all: &[(String, Standing, String)],
    has_trust: bool,
    is_open: bool,
) -> (Standing, String) {
    if !has_trust {
        return (Standing::CannotKnow, "the role's trust policy is not among them".to_owned());
    }
    let is_said = |standing: Standing| all.iter().all(|(_, own, _)| *own == standing);
    if is_open && is_said(Standing::Agree) {
        let says = "a statement of the role's trust policy allows something to everyone, and the message does not say whose token it was";
        return (Standing::CannotKnow, says.to_owned());
    }
    match all {
        [] => (Standing::Agree, "the role's trust policy names no identity provider of that kind".to_owned()),
        [(_, standing, says)] => (*standing, says.clone()),
        [(_, first, _), ..] => {
            // What is the same for several is said once.
            let mut said: Vec<(&str, Vec<String>)> = Vec::new();
            for (name, _, says) in all {
                match said.iter_mut().find(|(own, _)| own == says) {
                    Some((_, names)) => names.push(name.clone()),
                    None => said.push((says, vec![name.clone()])),
                }
            }
            let sentences: Vec<String> = said
                .into_iter()
                .map(|(says, names)| format!("for {}: {says}", list(names.into_iter(), "and")))
                .collect();
            let standing = if is_said(*first) { *first } else { Standing::CannotKnow };
            (standing, sentences.join("; "))
        }
    }
}

struct Judging<'a> {
    denial: &'a Denial,
    case: &'a Case,
    trace: &'a Trace<'a>,
    role: &'a RoleSnapshot,
    profile: &'a Profile,
    named: &'a Named,
}

impl Judging<'_> {
    /// The layer of a type of policy.
    fn held(&self, policy_type: PolicyType) -> Held {
        match policy_type {
            PolicyType::Identity => Held::Layer(Layer::Identity),
            PolicyType::Session => Held::Layer(Layer::Session),
            PolicyType::Boundary if self.role.boundary().is_none() => {
                Held::Absent("the role at hand has no permissions boundary")
            }
            PolicyType::Boundary => Held::Layer(Layer::Boundary),
            PolicyType::Scp if self.role.scp().is_some() => Held::Layer(Layer::Scp),
            PolicyType::Rcp if self.role.rcp().is_some() => Held::Layer(Layer::Rcp),
            PolicyType::Resource | PolicyType::RoleTrust if self.case.layers.resource.is_some() => {
                Held::Layer(Layer::Resource)
            }
            PolicyType::Resource | PolicyType::RoleTrust => {
                let what = self.case.layer_name(Layer::Resource);
                Held::Lacking(format!("{what} is not among them: give it with --resource-policy FILE"))
            }
            PolicyType::Scp | PolicyType::Rcp | PolicyType::VpcEndpoint | _ => {
                Held::Lacking(format!("{} is not among them", with_article(policy_type)))
            }
        }
    }

    /// The answer where AWS names the type of policy.
    fn layer(&self, policy_type: PolicyType) -> (Standing, String) {
        let layer = match self.held(policy_type) {
            Held::Layer(layer) => layer,
            Held::Absent(says) => return (Standing::Contradict, says.to_owned()),
            Held::Lacking(says) => return (Standing::CannotKnow, self.with_policy(says)),
        };
        let name = self.case.layer_name(layer);
        let Some(own) = self.trace.layers.iter().find(|own| own.layer == layer) else {
            return (
                Standing::CannotKnow,
                format!("{name} {} not among them", if is_plural(layer) { "are" } else { "is" }),
            );
        };
        if let Some(why) = own.not_asked {
            return (Standing::CannotKnow, format!("{name} would not be asked: {why}"));
        }
        match self.denial.cause {
            Cause::ExplicitDeny => self.denied(own, name),
            Cause::NotAllowed => self.not_allowed(own, name),
            Cause::OneOfThree | Cause::Unknown | _ => (
                Standing::CannotKnow,
                "the message does not say whether a statement denies it or none allows it".to_owned(),
            ),
        }
    }

    /// Whether a layer has a Deny, as AWS says.
    fn denied(&self, own: &LayerTrace<'_>, name: &str) -> (Standing, String) {
        match own.denies {
            Certainty::Always => {
                let statements = self.applying(own, Effect::Deny);
                (Standing::Agree, format!("{statements} of {name} denies it"))
            }
            Certainty::Maybe => (
                Standing::CannotKnow,
                format!(
                    "whether {name} {} it depends on {}",
                    verb(own.layer, "denies", "deny"),
                    self.keys_of(own)
                ),
            ),
            Certainty::Never if self.may_match(own, Effect::Deny) => (
                Standing::CannotKnow,
                format!("{name} {} a Deny of this action for some resources", verb(own.layer, "has", "have")),
            ),
            Certainty::Never => {
                let from = if own.layer == Layer::Session {
                    format!(" of the profile {}", ticked(self.profile.name()))
                } else {
                    String::new()
                };
                (Standing::Contradict, format!("no statement of {name}{from} denies it"))
            }
        }
    }

    /// Whether a layer has no Allow, as AWS says.
    fn not_allowed(&self, own: &LayerTrace<'_>, name: &str) -> (Standing, String) {
        let from = if own.layer == Layer::Session {
            format!(" of the profile {}", ticked(self.profile.name()))
        } else {
            String::new()
        };
        match own.allows {
            Certainty::Never if self.may_match(own, Effect::Allow) => (
                Standing::CannotKnow,
                format!("{name} {} it on some resources", verb(own.layer, "allows", "allow")),
            ),
            Certainty::Never => (
                Standing::Agree,
                format!("{name}{from} {} not allow it{}", verb(own.layer, "does", "do"), self.nearest(own)),
            ),
            Certainty::Maybe => (
                Standing::CannotKnow,
                format!(
                    "whether {name} {} it depends on {}",
                    verb(own.layer, "allows", "allow"),
                    self.keys_of(own)
                ),
            ),
            Certainty::Always => {
                let statements = self.applying(own, Effect::Allow);
                (Standing::Contradict, format!("{statements} of {name} allows it"))
            }
        }
    }

    /// The answer where AWS does not name the type of policy.
    fn whole(&self) -> (Standing, String) {
        let sentence = Sentence::new(self.trace, self.case);
        if self.denial.cause == Cause::OneOfThree {
            let says = format!(
                "the policy of the key decides, and is not among them; without it: {}",
                sentence.text()
            );
            return (Standing::CannotKnow, says);
        }
        let denying: Vec<&LayerTrace<'_>> =
            self.trace.layers.iter().filter(|own| own.denies == Certainty::Always).collect();
        match (self.denial.cause, self.trace.decision) {
            (Cause::ExplicitDeny, _) if !denying.is_empty() => {
                let named = denying.iter().map(|own| {
                    format!("{} of {}", self.applying(own, Effect::Deny), self.case.layer_name(own.layer))
                });
                (
                    Standing::Agree,
                    format!("{} denies it; AWS may have met another Deny first", list(named, "and")),
                )
            }
            (Cause::ExplicitDeny, decision) if decision != Decision::Depends && self.named.is_known => (
                Standing::CannotKnow,
                format!(
                    "none of them denies it, so that a policy that is not among them does: {}",
                    self.lacking()
                ),
            ),
            (Cause::NotAllowed, Decision::ExplicitDeny) => (Standing::Contradict, sentence.text()),
            (_, Decision::ExplicitDeny) => (Standing::Agree, sentence.text()),
            (_, Decision::ImplicitDeny) if self.named.is_known => (Standing::Agree, sentence.text()),
            (_, Decision::Allowed) => (
                Standing::CannotKnow,
                format!(
                    "they allow it ({}), so that a policy that is not among them denies it or would have to allow it: {}",
                    sentence.reason,
                    self.lacking()
                ),
            ),
            (_, Decision::ImplicitDeny) => {
                (Standing::CannotKnow, format!("without the resource: {}", sentence.text()))
            }
            (_, Decision::Depends) => (Standing::CannotKnow, sentence.text()),
        }
    }

    /// The answer about a call for a session of the role, where AWS does not name the type of policy.
    fn trust_alone(&self) -> (Standing, String) {
        let denies = |certainty: Certainty| self.trace.layers.iter().find(|own| own.denies == certainty);
        if let Some(own) = denies(Certainty::Always) {
            let standing =
                if self.denial.cause == Cause::NotAllowed { Standing::Contradict } else { Standing::Agree };
            let statements = self.applying(own, Effect::Deny);
            return (standing, format!("{statements} of {} denies it", self.case.layer_name(own.layer)));
        }
        let Some(own) = self.trace.layers.iter().find(|own| own.layer == Layer::Resource) else {
            return (Standing::CannotKnow, "the role's trust policy is not among them".to_owned());
        };
        let name = self.case.layer_name(own.layer);
        if own.allows == Certainty::Never && self.denial.cause != Cause::ExplicitDeny {
            return (Standing::Agree, self.not_allowed(own, name).1);
        }
        if let Some(denying) = denies(Certainty::Maybe) {
            let says = format!(
                "whether {} denies it depends on {}",
                self.case.layer_name(denying.layer),
                self.keys_of(denying)
            );
            return (Standing::CannotKnow, says);
        }
        if own.allows != Certainty::Always {
            return (
                Standing::CannotKnow,
                format!("whether {name} admits it depends on {}", self.keys_of(own)),
            );
        }
        let caller = &self.case.request.principal;
        let why = if matches!(caller, Principal::WebIdentity { .. } | Principal::Saml { .. }) {
            "the token itself was refused, or another call that goes with this one, such as sts:TagSession, is not allowed"
        } else if own.grant == Grant::Direct && caller.account() == Some(self.role.account()) {
            "in one account that is enough, so that a policy that is not among them denies it"
        } else {
            "the policies of the caller, which are not among the role's, must allow it too"
        };
        let statements = self.applying(own, Effect::Allow);
        (Standing::CannotKnow, format!("{statements} of {name} allows it: {why}"))
    }

    /// The policies that are not among the documents.
    fn lacking(&self) -> String {
        let mut lacking = Vec::new();
        if self.role.scp().is_none() {
            lacking.push("service control policies");
        }
        if self.role.rcp().is_none() {
            lacking.push("resource control policies");
        }
        if self.case.layers.resource.is_none() {
            lacking.push("the policy of the resource");
        }
        lacking.push("the policy of a VPC endpoint");
        list(lacking.into_iter().map(str::to_owned), "or")
    }

    /// A sentence with the policy that AWS names.
    fn with_policy(&self, says: String) -> String {
        match &self.denial.policy {
            Some(policy) => format!("{says}; AWS names {}", ticked(&policy.value)),
            None => says,
        }
    }

    /// The unknown keys that matter to the decision.
    fn keys(&self) -> String {
        Self::listed(
            self.trace.keys.iter().filter(|key| key.is_unknown).map(|key| ticked(&key.key)).collect(),
        )
    }

    /// The unknown keys that a layer tests, whether they matter to the whole decision or not.
    fn keys_of(&self, own: &LayerTrace<'_>) -> String {
        let may_apply = own.statements.iter().filter(|statement| statement.applies == Certainty::Maybe);
        let tests = may_apply.flat_map(|statement| &statement.conditions);
        let mut keys: Vec<String> = Vec::new();
        for test in tests.filter(|test| matches!(test.seen, Seen::Unknown)) {
            let key = ticked(test.key);
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        if keys.is_empty() { self.keys() } else { Self::listed(keys) }
    }

    fn listed(keys: Vec<String>) -> String {
        if keys.is_empty() {
            "what is not known of the request".to_owned()
        } else {
            list(keys.into_iter(), "and")
        }
    }

    /// Whether a statement of a layer may match the resource that the message does not say.
    fn may_match(&self, own: &LayerTrace<'_>, effect: Effect) -> bool {
        let fails_there = |statement: &StatementTrace<'_>| {
            let failing = statement.failing();
            failing.contains(&Part::Resource)
                && failing.iter().all(|part| match part {
                    Part::Resource => true,
                    Part::Condition(index) => {
                        statement.conditions.get(*index).is_some_and(|test| test.outcomes.may_be_true())
                    }
                    Part::Principal | Part::Action => false,
                })
        };
        !self.named.is_known
            && own.statements.iter().any(|statement| statement.effect() == effect && fails_there(statement))
    }

    /// The statements of a layer that apply, by name and place.
    fn applying(&self, own: &LayerTrace<'_>, effect: Effect) -> String {
        let applying =
            own.statements.iter().filter(|own| own.effect() == effect && own.applies == Certainty::Always);
        let named = applying.take(STATEMENTS).map(|statement| {
            let place = place(statement.at, self.case).map(|place| format!(" ({place})")).unwrap_or_default();
            format!("{}{place}", self.case.statement_name(statement.at))
        });
        let named = list(named, "and");
        if named.is_empty() { "a statement".to_owned() } else { named }
    }

    /// The statement of a layer that would allow it if one element matched.
    fn nearest(&self, own: &LayerTrace<'_>) -> String {
        let near = own.statements.iter().filter(|statement| statement.effect() == Effect::Allow).find_map(
            |statement| match statement.failing().as_slice() {
                [part] if *part != Part::Action => Some((statement, *part)),
                _ => None,
            },
        );
        let Some((statement, part)) = near else { return String::new() };
        let place = place(statement.at, self.case).map(|place| format!(" ({place})")).unwrap_or_default();
        format!(
            "; nearest is {}{place}, whose {} does not match",
            self.case.statement_name(statement.at),
            part.element(statement.statement)
        )
    }

    /// What else is to be known about a denial of this kind.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let named = self.denial.layer.as_ref().and_then(|own| own.policy_type);
        let session = self.case.request.principal.arn().map(ticked).unwrap_or_default();
        if named == Some(PolicyType::Session) && self.denial.cause == Cause::NotAllowed {
            let grant =
                self.trace.layers.iter().find(|own| own.layer == Layer::Resource).map(|own| own.grant);
            notes.push(match grant {
                Some(Grant::Limited | Grant::Account) => format!(
                    "the policy of the resource allows it to the role or its account, which session policies still limit; name the session's ARN \
                     {session} there to allow it in spite of them"
                ),
                _ => format!(
                    "session policies limit what a resource-based policy allows to the role; one of the same account that names the session's ARN \
                     {session} allows it in spite of them"
                ),
            });
        }
        if self.denial.cause == Cause::NotAllowed
            && let Some(layer) = [Layer::Scp, Layer::Rcp]
                .into_iter()
                .find(|own| named.is_some_and(|named| named.name() == own.name()))
        {
            let reminder = silent_level(&[layer], self.case);
            notes.extend(reminder.or_else(|| {
                (layer == Layer::Scp && self.role.scp().is_none()).then(|| {
                    "every level of the organization must allow it: a level with Deny statements alone allows nothing, unless FullAWSAccess is \
                     attached there too"
                        .to_owned()
                })
            }));
        }
        let denying = self.trace.layers.iter().flat_map(|own| &own.statements);
        for statement in
            denying.filter(|own| own.effect() == Effect::Deny && own.applies == Certainty::Always)
        {
            if let Some(PrincipalElement::NotPrincipal(_)) = &statement.statement.principal {
                notes.push(format!(
                    "NotPrincipal of {} does not name the session {session}: name the session and its role there",
                    self.case.statement_name(statement.at)
                ));
            }
        }
        if let Some(policy) = self.denial.policy.as_ref().filter(|own| own.value.starts_with("arn:")) {
            notes.extend(self.attached(&policy.value, named));
        }
        notes
    }

    /// Whether the policy that AWS names is among the documents.
    fn attached(&self, arn: &str, named: Option<PolicyType>) -> Option<String> {
        let is_named = |own: &iamgate::NamedPolicy| {
            iamgate::iam_policy::ArnFields::split(arn)
                .is_some_and(|fields| own.name() == arn || own.name() == fields.name())
        };
        let named = named?;
        let (is_there, whose) = if named == PolicyType::Identity {
            (self.role.policies().iter().any(is_named), "the role at hand")
        } else if named == PolicyType::Boundary {
            (self.role.boundary().is_some_and(is_named), "the role at hand")
        } else if named == PolicyType::Session {
            (self.profile.policies().iter().any(is_named), "the profile")
        } else {
            return None;
        };
        (!is_there).then(|| format!("{whose} does not have the policy {} that AWS names", ticked(arn)))
    }
}

/// A verb for a layer whose name may be a plural.
const fn verb(layer: Layer, one: &'static str, many: &'static str) -> &'static str {
    if is_plural(layer) { many } else { one }
}

/// How to learn more from AWS.
pub(super) fn hints(denial: &Denial) -> Vec<String> {
    let mut hints = Vec::new();
    if let Some(id) = &denial.authorization_id {
        hints.push(format!(
            "for at least a day, {} tells every policy that AWS looked at",
            ticked(&format!(
                "aws iam-toolbox get-request-authorization-details --authorization-id {}",
                id.value
            ))
        ));
    }
    if denial.encoded.is_some() {
        hints.push(
            "the message has an encoded part: `aws sts decode-authorization-message --encoded-message ...` decodes it, and `iamgate why` reads \
             what it prints"
                .to_owned(),
        );
    }
    let organizations = denial
        .policy
        .as_ref()
        .filter(|own| own.value.starts_with("p-") || own.value.contains(":organizations:"));
    if let Some(policy) = organizations {
        let id = policy.value.rsplit_once('/').map_or(&*policy.value, |(_, id)| id);
        hints.push(format!(
            "in the management account of the organization, {} prints that policy",
            ticked(&format!("aws organizations describe-policy --policy-id {id}"))
        ));
    }
    hints
}
