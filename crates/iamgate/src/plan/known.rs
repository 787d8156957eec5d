//! What a gate finds out about a role, and remembers: the proof under a profile, whom the trust policy admits, and what session policies do
//! not hold.
//!
//! Each answer has a key with all that it depends on, by content. What is the same for all questions to one memory, because the gate has it,
//! are catalogue, details and premises.

use std::cell::LazyCell;
use std::sync::Arc;

use iam_analysis::{Verdict, VerdictKind};
use iam_eval::{Context, ContextValue, Layers, Principal};
use iam_json::Json;

use super::asked::Asked;
use super::escapes::{self, Escapes};
use super::memory::{Answer, Weight};
use super::{Gate, Refusal, Summary, checks};
use crate::content;
use crate::finding::{Finding, Shown};
use crate::later::AddedLater;
use crate::preview::Counts;
use crate::profile::Profile;
use crate::proof::{Proof, prove, session_layers, session_principal};
use crate::snapshot::RoleSnapshot;
use crate::trust;

/// What is known of a role under a profile.
#[derive(Debug)]
pub(super) struct Known {
    /// The promise of the profile.
    pub(super) proof: Proof,
    /// What breaks it.
    pub(super) refusals: Vec<Refusal>,
    pub(super) later: AddedLater,
    pub(super) summary: Summary,
}

impl Answer for Known {
    const KIND: &'static str = "promise";

    fn weigh(&self, weight: &mut Weight) {
        for premise in &self.proof.premises {
            weight.finding(&premise.finding());
        }
        for claim in &self.proof.claims {
            weight.text(&claim.says);
            claim.broken.iter().for_each(|answer| weight.answer(answer));
        }
        for refusal in &self.refusals {
            weight.text(&refusal.to_string());
            if let Some((request, layers)) = refusal.witness() {
                weight.request(request);
                weight.layers(layers);
            }
        }
        for service in self.later.services.iter().chain(&self.later.credentials) {
            weight.text(service);
        }
    }
}

/// The findings about a role's trust policy.
pub(super) struct TrustFindings(pub(super) Vec<Finding>);

impl Answer for TrustFindings {
    const KIND: &'static str = "trust";

    fn weigh(&self, weight: &mut Weight) {
        self.0.iter().for_each(|finding| weight.finding(finding));
    }
}

/// A role under a profile whose managed policies are those of the role's account.
pub(super) struct UnderProfile<'u> {
    role: &'u RoleSnapshot,
    given: &'u Profile,
    judged: Judged<'u>,
}

/// The profile that is judged, and the layers of its sessions, once somebody asks.
type Judged<'u> = LazyCell<(Option<Profile>, Layers), Box<dyn FnOnce() -> (Option<Profile>, Layers) + 'u>>;

impl<'u> UnderProfile<'u> {
    pub(super) fn of(role: &'u RoleSnapshot, given: &'u Profile) -> Self {
        let judged = move || {
            let deployed = given.as_deployed(role);
            let layers = session_layers(Some(role), deployed.as_ref().unwrap_or(given));
            (deployed, layers)
        };
        Self { role, given, judged: LazyCell::new(Box::new(judged)) }
    }

    fn profile(&self) -> &Profile {
        self.judged.0.as_ref().unwrap_or(self.given)
    }

    fn layers(&self) -> &Layers {
        &self.judged.1
    }

    /// The hash of a profile is the same in every account, and which documents the account has is a part of the role.
    fn inputs(&self, more: impl IntoIterator<Item = Json>) -> Json {
        let own = [self.role.sha256_in_order(), self.given.sha256(), self.given.account()].map(Json::text);
        let placed = Json::list(self.given.policies(), content::placed);
        Json::List(own.into_iter().chain([placed]).chain(more).collect())
    }
}

impl Gate {
    /// The proof and the counts of a role under a profile.
    pub(super) fn known(&self, under: &UnderProfile<'_>) -> Arc<Known> {
        self.memory.answer(&under.inputs([]), || {
            let mut refusals = Vec::new();
            let later = AddedLater::of(under.profile());
            let proof = self.promise(under, &later, &mut refusals);
            Known { proof, refusals, later, summary: self.summary(under.role, under.profile()) }
        })
    }

    /// The findings about whom the trust policy of the role admits.
    pub(super) fn trust_findings(&self, asked: &Asked<'_>) -> Arc<TrustFindings> {
        let Asked { role, providers, now, call, .. } = *asked;
        let tag = asked.profile.tag();
        // The time is an input only of a policy that asks for it.
        let time = trust::asks_for_time(role).then(|| Json::Number(now.epoch_seconds()));
        let inputs = Json::List(vec![
            Json::text(role.sha256_in_order()),
            Json::text(providers.sha256()),
            Json::maybe(tag, |tag| {
                let words = [tag.key(), tag.value()].map(Json::text);
                Json::List(words.into_iter().chain([Json::Bool(tag.is_transitive())]).collect())
            }),
            time.unwrap_or(Json::Null),
            context(call),
        ]);
        self.memory.answer(&inputs, || {
            TrustFindings(trust::trust(role, providers, tag, now, call, &self.details).findings)
        })
    }

    /// The findings about access of a session that session policies do not limit.
    pub(super) fn escapes(
        &self,
        under: &UnderProfile<'_>,
        known: &Known,
        principal: &Principal,
    ) -> Vec<Finding> {
        let is_proven = known.proof.verdict() == VerdictKind::Holds;
        let find = |principal: &Principal| {
            Escapes {
                role: under.role,
                profile: under.profile(),
                layers: under.layers(),
                is_proven,
                principal,
                catalog: &self.catalog,
                names: &self.names,
                details: &self.details,
            }
            .find()
        };
        // What is found for a session of some name is found for every session of the role that no policy names.
        let any = session_principal(Some(under.role));
        let is_like = renamed(principal, &any).as_ref() == Some(&any);
        if !is_like || [principal, &any].into_iter().any(|own| escapes::names(under.role, own)) {
            return find(principal).of(principal);
        }
        let inputs = under.inputs([Json::Bool(is_proven)]);
        self.memory.answer(&inputs, || find(&any)).of(principal)
    }

    /// The extent of what role and profile make possible, in numbers.
    fn summary(&self, role: &RoleSnapshot, profile: &Profile) -> Summary {
        let own = Counts::of(role, profile, (&self.catalog, &self.names));
        Summary {
            levels: own.levels.iter().map(|own| (own.level, own.both)).collect(),
            services: own.services.len(),
            data: own.services.iter().fold(0, |sum, service| sum.saturating_add(service.data)),
            credentials: own.services.iter().fold(0, |sum, service| sum.saturating_add(service.credentials)),
        }
    }

    /// Proves the promise of the profile.
    fn promise(&self, under: &UnderProfile<'_>, later: &AddedLater, refusals: &mut Vec<Refusal>) -> Proof {
        let layers = under.layers();
        let known = (&*self.catalog, &self.names, &*self.details);
        let proof = prove(Some(under.role), under.profile(), known, &self.premises, later);
        for claim in &proof.claims {
            for answer in &claim.broken {
                refusals.push(match &answer.verdict {
                    Verdict::Fails(witness) => {
                        let request = witness.request.clone();
                        let layers = checks::replayable(layers, &request);
                        let shown = Box::new(Shown { request, layers });
                        Refusal::NotReadOnly { claim: claim.says.clone(), shown }
                    }
                    Verdict::Holds => continue,
                    Verdict::Unknown(doubts) => {
                        let action = answer.example.clone();
                        Refusal::NotKnown { claim: claim.says.clone(), action, doubts: doubts.clone() }
                    }
                });
            }
        }
        proof
    }
}

/// A session with the name of another one; `None` if the principals are no sessions.
fn renamed(principal: &Principal, other: &Principal) -> Option<Principal> {
    let mut own = principal.clone();
    match (&mut own, other) {
        (Principal::AssumedRole { arn, .. }, Principal::AssumedRole { arn: other, .. }) => {
            arn.clone_from(other);
            Some(own)
        }
        _ => None,
    }
}

/// Every key of a context with its value, also those that are not known.
fn context(own: &Context) -> Json {
    let pair = |(key, own): (&str, &ContextValue)| Json::List(vec![Json::text(key), value(own)]);
    Json::List(own.iter().map(pair).collect())
}

/// A value, so that no two have the same text.
fn value(own: &ContextValue) -> Json {
    match own {
        ContextValue::Single(text) => Json::text(&**text),
        ContextValue::Multiple(texts) => Json::list(texts.iter(), |text| Json::text(&**text)),
        ContextValue::Unknown => Json::Null,
        ContextValue::Twice(spellings) => {
            let pair =
                |(key, own): &(Box<str>, ContextValue)| Json::List(vec![Json::text(&**key), value(own)]);
            Json::object([("spellings", Json::List(spellings.iter().map(pair).collect()))])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sessions_have_the_names_of_sessions() {
        let other = session_principal(None);
        let mut own = other.clone();
        if let Principal::AssumedRole { arn, .. } = &mut own {
            *arn = "arn:aws:sts::111122223333:assumed-role/any/own".into();
        }
        assert!(own != other && renamed(&own, &other) == Some(other.clone()));
        assert_eq!(renamed(&Principal::Anonymous, &other), None);
        assert_eq!(renamed(&own, &Principal::Anonymous), None);
    }
}
