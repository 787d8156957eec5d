//! Findings about managed policies of which another version was reviewed, or judged.

use std::sync::Arc;

use iam_analysis::{Analysis, ProofBudget, Question};
use iam_eval::Layers;
use iam_json::quoted;
use iam_policy::Policy;

use super::{Escape, Escapes, Under};
use crate::finding::{Finding, FindingCode};
use crate::managed::ManagedPolicy;
use crate::profile::ManagedArn;
use crate::snapshot::NamedVersion;

impl Escapes<'_> {
    /// Finds managed policies whose judged document is not the reviewed one, and those whose document in the account is not known.
    pub(super) fn versions(&self, found: &mut Vec<Escape>) {
        for managed in self.profile.managed() {
            let arn = managed.found().arn();
            if managed.pinned().is_none() {
                found.push(not_pinned(managed.found()).into());
            }
            let deployed = self.role.deployed(arn);
            if !managed.is_reviewed(deployed) && managed.pinned().is_some() {
                found.push(self.not_reviewed(managed, deployed));
            }
            if deployed.is_none() {
                let named = self.role.version(arn);
                let changed =
                    named.and_then(|named| changed(named, managed.found().version(), "the document here"));
                found.extend(changed.map(Escape::from));
            }
        }
        for named in self.role.versions() {
            let taken = named.taken();
            let changed =
                taken.and_then(|taken| changed(named, taken, "the document that stands for it in the role"));
            found.extend(changed.map(Escape::from));
        }
    }

    /// The finding that nobody reviewed the document that was judged. Its example is a request that only this document allows.
    fn not_reviewed(&self, managed: &ManagedArn, deployed: Option<&ManagedPolicy>) -> Escape {
        let arn = managed.found().arn();
        let judged = deployed.unwrap_or(managed.found());
        let whose = if deployed.is_some() { "the account has" } else { "the document here is" };
        let pinned = managed.pinned().map_or("no version", |(version, _)| version);
        let outcome = if self.is_proven {
            "the promise is proven for this document"
        } else {
            "the promise is not proven"
        };
        let says = format!(
            "the profile was reviewed with {} of {arn}, and {whose} {} with SHA-256 {}: {outcome}",
            quoted(pinned),
            judged.version(),
            judged.sha256()
        );
        let help = "see what it adds with `iamgate profiles review`, and pin it in the profile";
        let finding = Finding::new(FindingCode::ManagedPolicyNotReviewed, says, help);
        let Some(deployed) = deployed.filter(|other| !other.is_same(managed.found())) else {
            return finding.into();
        };
        let (new, old) = (alone(deployed.policy()), alone(managed.found().policy()));
        let mut analysis = Analysis::new(self.space(&[&new, &old])).in_all(ProofBudget::ALL);
        let question = Question::new(&new).beyond(&old);
        match self.possible(&mut analysis, &question).into_iter().next() {
            Some(more) => more.show(finding, Under::Documents(new)),
            None => finding.into(),
        }
    }
}

fn not_pinned(own: &ManagedPolicy) -> Finding {
    Finding::new(
        FindingCode::ManagedPolicyNotPinned,
        format!("the profile does not say which version of {} was reviewed", own.arn()),
        format!(
            r#"add to its pins: "{}": {{"version": "{}", "sha256": "{}"}}"#,
            own.arn(),
            own.version(),
            own.sha256()
        ),
    )
}

/// The finding that the account has a version whose document is not known, if it is not the version that was judged.
fn changed(named: &NamedVersion, judged: &str, what: &str) -> Option<Finding> {
    (*named.version() != *judged).then(|| {
        Finding::new(
            FindingCode::ManagedPolicyChanged,
            format!(
                "the account has {} of {}, whose document is not known, and {what} is {judged}: nothing is proven for the account's",
                quoted(named.version()),
                named.arn()
            ),
            "put the document into the snapshot, or into the folder of managed policies",
        )
    })
}

/// Layers with one policy.
fn alone(policy: &Arc<Policy>) -> Layers {
    let mut layers = Layers::new();
    layers.identity.push(Arc::clone(policy));
    layers
}
