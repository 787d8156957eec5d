//! What is proven of a profile that was written for what was used.

use std::fmt;
use std::sync::Arc;

use iamgate::iam_analysis::{Actions, ProofBudget};
use iamgate::iam_catalog::{Catalog, Details};
use iamgate::{
    Action, ActionElement, Analysis, Condition, IdentityStatement, Layers, Policy, Premises, Profile, Proof,
    Question, ResourceElement, Space, Verdict, VerdictKind, prove_read_only, space,
};

use super::Used;
use super::draft::{Draft, is_enough};

/// What is proven of a profile that was written for what was used. Each claim is about every request of a session of any role.
///
/// The policies of each profile are compared as `iamgate diff` compares documents: a profile allows what one of its policies allows and none
/// denies (rule 5.14).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UsedProof {
    /// The profile allows nothing that the old one does not, if no policy of a resource names the session itself or everyone.
    pub within: Verdict,
    /// The same, whatever policies of resources grant: its Deny statements deny everything that those of the old profile deny.
    pub closed: Verdict,
    /// Used actions that the old profile allows in some request on the used resources and that the profile may deny there. Empty if it is proven
    /// that there is none.
    pub uncovered: Vec<(Box<str>, Verdict)>,
    /// Whether the used actions among those of the profile are enough for every group of actions that a call needed.
    pub is_enough: bool,
    /// The promise of the profile.
    pub promise: Proof,
    /// Whether the old profile has several session policies, so that the comparison rests on rule 5.14.
    pub has_several: bool,
}

impl UsedProof {
    /// Whether everything is proven that is needed: `closed` is not.
    pub fn is_proven(&self) -> bool {
        self.within == Verdict::Holds
            && self.uncovered.is_empty()
            && self.is_enough
            && self.promise.verdict() == VerdictKind::Holds
    }

    /// What the proofs take for true, as sentences without full stops.
    pub fn premises(&self) -> Vec<&'static str> {
        let several = "a session may do what one of its session policies allows and none denies (rule 5.14)";
        let named = "no policy of a resource names a session itself or everyone (rules 5.20 and 5.24)";
        let own = [(self.has_several, several), (self.closed != Verdict::Holds, named)];
        own.into_iter().filter(|(is_so, _)| *is_so).map(|(_, words)| words).collect()
    }

    /// Whether the evaluator judges a request of a proof differently. That is a defect of this program, not an answer.
    pub fn is_defect(&self) -> bool {
        let all = [&self.within, &self.closed].into_iter().chain(self.uncovered.iter().map(|(_, own)| own));
        all.into_iter().any(Verdict::is_defect) || self.promise.is_defect()
    }
}

/// What does not close, as a sentence without its full stop.
impl fmt::Display for UsedProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let doubt = |f: &mut fmt::Formatter<'_>, verdict: &Verdict| match verdict {
            Verdict::Holds => Ok(()),
            Verdict::Fails(witness) => {
                write!(f, ": {} on {}", witness.request.action.as_str(), witness.request.resource)
            }
            Verdict::Unknown(doubts) => doubts.first().map_or(Ok(()), |own| write!(f, ": {own}")),
        };
        if self.within != Verdict::Holds {
            f.write_str("it is not proven that the profile allows nothing beyond the old one")?;
            return doubt(f, &self.within);
        }
        if let Some((action, verdict)) = self.uncovered.first() {
            write!(f, "it is not proven that the profile allows what was used of {action}")?;
            return doubt(f, verdict);
        }
        if !self.is_enough {
            return f.write_str("the actions are not enough for every call that succeeded");
        }
        match self.promise.claims.iter().find(|own| own.verdict() != VerdictKind::Holds) {
            Some(claim) => write!(f, "the promise of the profile is not proven: {}", claim.says),
            None => f.write_str("all is proven"),
        }
    }
}

/// Two profiles, held against each other.
pub(super) struct Pair<'p> {
    old: Layers,
    has_several: bool,
    new: &'p Profile,
    new_layers: Layers,
    space: Space,
}

impl<'p> Pair<'p> {
    pub(super) fn new(old: &Profile, new: &'p Profile, details: &Details<'_>) -> Self {
        let has_several = old.policies().len() > 1;
        let (old, new_layers) = (layers(old), layers(new));
        let space = space_of([&old, &new_layers], details);
        Self { old, has_several, new, new_layers, space }
    }

    /// Whether the new profile allows nothing that the old one does not.
    pub(super) fn within(&self) -> Verdict {
        let mut analysis = Analysis::new(self.space.clone()).in_all(ProofBudget::ALL);
        analysis.never(&Question::new(&self.new_layers).beyond(&self.old))
    }

    /// The same where other policies allow everything that is not denied.
    pub(super) fn closed(&self) -> Verdict {
        let everything = Arc::new(Policy::everything());
        let beneath = |own: &Layers| {
            let mut own = own.clone();
            own.identity.push(Arc::clone(&everything));
            own
        };
        let (old, new) = (beneath(&self.old), beneath(&self.new_layers));
        let mut analysis = Analysis::new(self.space.clone()).in_all(ProofBudget::ALL);
        analysis.never(&Question::new(&new).beyond(&old))
    }

    /// The actions of which the new profile may deny what the old one allows on the used resources.
    fn uncovered(&self, draft: &Draft) -> Vec<(Box<str>, Verdict)> {
        let mut analysis = Analysis::new(self.space.clone()).in_all(ProofBudget::ALL);
        let mut each = |name: &str, on: Option<&ResourceElement>| {
            let action = Action::new(name)?;
            let mut inside = self.old.clone();
            inside.scope = on.map(|own| {
                let scope = IdentityStatement::allow(ActionElement::any(), own.clone());
                vec![vec![Arc::new(Policy::managed([scope]))]]
            });
            let lost = Question::new(&inside).about(Actions::One(action)).beyond(&self.new_layers);
            let verdict = analysis.never(&lost);
            (!verdict.holds_at_first()).then_some(verdict)
        };
        let all = draft.actions.iter();
        all.filter_map(|(name, on)| Some((name.clone(), each(name, on.as_ref())?))).collect()
    }

    /// Everything that is to be proven.
    pub(super) fn proof(
        &self,
        used: &Used,
        draft: &Draft,
        is_possible: impl Fn(&str) -> bool,
        (catalog, details): (&Catalog<'_>, &Details<'_>),
    ) -> UsedProof {
        let is_there = |own: &str| draft.actions.contains_key(own);
        let enough = |(group, alone): (_, &Vec<bool>)| is_enough(group, alone, is_there, &is_possible);
        UsedProof {
            within: self.within(),
            closed: self.closed(),
            uncovered: self.uncovered(draft),
            is_enough: used.groups.iter().all(enough),
            promise: prove_read_only(None, self.new, catalog, details, &Premises::default()),
            has_several: self.has_several,
        }
    }
}

/// Finds whether a profile allows an action in some request.
pub(super) struct Possible {
    layers: Layers,
    analysis: Analysis,
}

impl Possible {
    pub(super) fn new(profile: &Profile, details: &Details<'_>) -> Self {
        let layers = layers(profile);
        let analysis = Analysis::new(space_of([&layers, &Layers::new()], details)).in_all(ProofBudget::ALL);
        Self { layers, analysis }
    }

    /// Whether it does, or it is not known that it does not.
    pub(super) fn ask(&mut self, name: &str) -> bool {
        let Some(action) = Action::new(name) else { return false };
        let question = Question::new(&self.layers).about(Actions::One(action));
        self.analysis.never(&question) != Verdict::Holds
    }
}

/// The policies of a profile, as documents.
fn layers(profile: &Profile) -> Layers {
    let mut layers = Layers::new();
    layers.identity = profile.policies().iter().map(|own| Arc::clone(own.policy())).collect();
    layers
}

/// The requests, with condition keys typed as in the catalogue.
fn space_of(layers: [&Layers; 2], details: &Details<'_>) -> Space {
    let policies = layers.into_iter().flat_map(Layers::policies);
    let statements = policies.flat_map(|(_, own)| &own.statements);
    let conditions: Vec<&Condition> = statements.flat_map(|own| &own.conditions).collect();
    space(conditions, details)
}
