//! The reasons why no session may be opened.

use std::fmt;

use iam_analysis::Doubt;
use iam_eval::session::Refusal as StsRefusal;
use iam_eval::{Decision, Layers, Request, wire};
use iam_json::{Json, quoted};

use crate::finding::{Example, Finding, Shown};
use crate::input::InputError;

/// A reason why no session may be opened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// STS would refuse the call before it looks at a policy.
    Sts(StsRefusal),
    /// The session's name would not tell whose session it is and for which case.
    Name {
        /// What was found.
        found: String,
        /// What must be there.
        wanted: &'static str,
    },
    /// The session policies need more characters than the profile's budget.
    OverBudget {
        /// Characters of the inline policy and of the ARNs.
        characters: usize,
        /// The most that the profile permits.
        budget: usize,
    },
    /// The snapshot has no trust policy.
    NoTrustPolicy,
    /// The token comes from none of the known identity providers.
    UnknownProvider {
        /// The provider that was named.
        provider: Box<str>,
    },
    /// The claims of the token contradict the request, or the time of the plan is not one at which the token is valid.
    Token {
        /// The stable code: `TOKEN_ISSUER`, `TOKEN_EXPIRED`, `TOKEN_NOT_YET_VALID`, `TOKEN_TIME` or `ENGINEER_EXPIRED`.
        code: &'static str,
        /// What was found.
        found: String,
        /// What would be right.
        wanted: &'static str,
    },
    /// The claims of the token cannot be read.
    Claims(InputError),
    /// The content of a profile, a catalogue or details is not one that the caller has pinned.
    NotPinned {
        /// What it is.
        kind: PinnedKind,
        /// Its name: that of a profile, or the day of the data.
        name: Box<str>,
        /// The hash of its content.
        sha256: Box<str>,
    },
    /// The profile is filled in for another account than the role's.
    ProfileAccount {
        /// The account of the profile.
        profile: Box<str>,
        /// The account of the role.
        role: Box<str>,
    },
    /// The token lacks the profile's session tag, or has it with other properties.
    Tag {
        /// What was found.
        found: String,
        /// What must be there.
        wanted: String,
    },
    /// The trust policy does not admit the token: these requests are not allowed.
    NotAdmitted {
        /// Each request and its decision.
        missing: Vec<(Request, Decision)>,
        /// The trust policy, and the other policies that apply to the call.
        layers: Box<Layers>,
    },
    /// A request outside the promise is possible.
    NotReadOnly {
        /// The part of the promise that it breaks.
        claim: Box<str>,
        /// The request, and the layers under which it is allowed. They include a resource policy if the request needs one.
        shown: Box<Shown>,
    },
    /// It is not known whether a request outside the promise is possible.
    NotKnown {
        /// The part of the promise.
        claim: Box<str>,
        /// An action for which the answer is not known.
        action: Box<str>,
        /// Why it is not known.
        doubts: Vec<Doubt>,
    },
    /// The session could do nothing at all.
    AllowsNothing,
    /// A finding with which the profile refuses a session.
    Finding(Finding),
}

/// A kind of content that is pinned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinnedKind {
    /// A profile.
    Profile,
    /// A catalogue of actions.
    Catalogue,
    /// The details of a catalogue.
    Details,
}

impl PinnedKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Profile => "the profile",
            Self::Catalogue => "the catalogue of",
            Self::Details => "the details of",
        }
    }
}

impl Refusal {
    /// The stable code of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Sts(refusal) => refusal.code.name(),
            Self::Name { .. } => "SESSION_NAME",
            Self::OverBudget { .. } => "OVER_BUDGET",
            Self::NoTrustPolicy => "NO_TRUST_POLICY",
            Self::UnknownProvider { .. } => "UNKNOWN_PROVIDER",
            Self::Token { code, .. } => code,
            Self::Claims(_) => "CLAIMS_UNREADABLE",
            Self::NotPinned { kind: PinnedKind::Profile, .. } => "PROFILE_NOT_PINNED",
            Self::NotPinned { kind: PinnedKind::Catalogue, .. } => "CATALOGUE_NOT_PINNED",
            Self::NotPinned { kind: PinnedKind::Details, .. } => "DETAILS_NOT_PINNED",
            Self::ProfileAccount { .. } => "PROFILE_ACCOUNT",
            Self::Tag { .. } => "SESSION_TAG",
            Self::NotAdmitted { .. } => "NOT_ADMITTED",
            Self::NotReadOnly { .. } => "NOT_READ_ONLY",
            Self::NotKnown { .. } => "NOT_KNOWN",
            Self::AllowsNothing => "ALLOWS_NOTHING",
            Self::Finding(finding) => finding.code.name(),
        }
    }

    /// The request that shows the reason, and the layers it meets. `None` if no request shows it.
    pub fn witness(&self) -> Option<(&Request, &Layers)> {
        match self {
            Self::NotReadOnly { shown, .. }
            | Self::Finding(Finding { example: Some(Example::Request(shown)), .. }) => {
                Some((&shown.request, &shown.layers))
            }
            Self::NotAdmitted { missing, layers } => missing.first().map(|(request, _)| (request, &**layers)),
            Self::Finding(_)
            | Self::Sts(_)
            | Self::Name { .. }
            | Self::OverBudget { .. }
            | Self::NoTrustPolicy
            | Self::UnknownProvider { .. }
            | Self::Token { .. }
            | Self::Claims(_)
            | Self::NotPinned { .. }
            | Self::ProfileAccount { .. }
            | Self::Tag { .. }
            | Self::NotKnown { .. }
            | Self::AllowsNothing => None,
        }
    }

    /// Whether this refusal comes from a defect of iamgate: proof and evaluator disagree about a request. Do not open the session, and report
    /// the defect with the record.
    pub fn is_defect(&self) -> bool {
        matches!(self, Self::NotKnown { doubts, .. } if doubts.iter().any(|doubt| matches!(doubt, Doubt::Defect { .. })))
    }

    /// The refusal as it stands in a record. Its request is written as a case, with the policies it meets, so that `iamgate eval` can read it.
    /// A refusal because something is not known has its doubts ([`Doubt::to_json`]).
    pub(super) fn json(&self) -> Json {
        let doubts = if let Self::NotKnown { doubts, .. } = self {
            Some(("doubts", Json::list(doubts, Doubt::to_json)))
        } else {
            None
        };
        let members = [
            ("code", Json::text(self.code())),
            ("says", Json::text(self.to_string())),
            ("witness", Json::maybe(self.witness(), |(request, layers)| wire::case_json(request, layers))),
        ];
        let members = members.into_iter().chain(doubts);
        Json::Object(members.map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

impl std::error::Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sts(refusal) => write!(f, "STS would refuse: {}; {}", refusal.found, refusal.help),
            Self::Name { found, wanted } | Self::Token { found, wanted, .. } => {
                write!(f, "{found}; {wanted}")
            }
            Self::OverBudget { characters, budget } => write!(
                f,
                "the session policies have {characters} characters, and {budget} may be passed; take statements or ARNs out of the profile"
            ),
            Self::NoTrustPolicy => f.write_str(
                "the snapshot has no trust policy; add it, so that it can be said who may assume the role",
            ),
            Self::UnknownProvider { provider } => write!(
                f,
                "the token is of {}, which is none of the known identity providers; name one of them, or add it to their list",
                quoted(provider)
            ),
            Self::Claims(error) => error.fmt(f),
            Self::ProfileAccount { profile, role } => write!(
                f,
                "the profile is filled in for the account {profile}, and the role is of {role}; fill it in for the role's account"
            ),
            Self::NotPinned { kind, name, sha256 } => write!(
                f,
                "{} {} with the content {sha256} is not one that was pinned; review it and pin its hash, or take a built-in one",
                kind.name(),
                quoted(name)
            ),
            Self::Tag { found, wanted } => write!(f, "{found}; {wanted}"),
            Self::NotAdmitted { missing, .. } => {
                let list: Vec<String> = missing
                    .iter()
                    .map(|(request, decision)| format!("{} is {}", request.action.as_str(), decision.name()))
                    .collect();
                write!(f, "the role's trust policy does not admit the token: {}", list.join(", "))
            }
            Self::NotReadOnly { claim, shown } => write!(
                f,
                "not so: {claim}; {} on {} is allowed{}",
                shown.request.action.as_str(),
                quoted(&shown.request.resource),
                if shown.layers.resource.is_some() { " if a resource policy grants it" } else { "" }
            ),
            Self::NotKnown { claim, action, .. } => {
                write!(f, "not known: {claim}; the question about {action} has no answer")
            }
            Self::AllowsNothing => {
                f.write_str("role and session together allow nothing; a session would be of no use")
            }
            Self::Finding(finding) => write!(f, "{}; {}", finding.says, finding.help),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_says_why_something_is_not_known() {
        let doubt = Doubt::Variables { keys: vec!["aws:username".into()], action: "s3:GetObject".into() };
        let refusal = Refusal::NotKnown {
            claim: "no write".into(),
            action: "s3:GetObject".into(),
            doubts: vec![doubt.clone()],
        };
        let json = refusal.json().to_string();
        assert!(json.contains(&format!(r#""doubts":[{}]"#, doubt.to_json())), "{json}");
        assert!(!Refusal::AllowsNothing.json().to_string().contains("doubts"));
    }

    #[test]
    fn only_proof_and_evaluator_that_disagree_are_a_defect() {
        let refusal = |doubts| Refusal::NotKnown { claim: "no write".into(), action: "a:B".into(), doubts };
        let keys = Doubt::Variables { keys: Vec::new(), action: "a:B".into() };
        let principal = crate::proof::session_principal(None);
        let request = Request::new(principal, iam_eval::Action::new("a:B").unwrap(), "*");
        let defect = Doubt::Defect { request: Box::new(request) };
        assert!(refusal(vec![keys.clone(), defect]).is_defect());
        assert!(!refusal(vec![keys]).is_defect() && !Refusal::AllowsNothing.is_defect());
    }
}
