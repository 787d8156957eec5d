//! `iamgate prove read-only`: the promise of a profile.

use std::fmt::Write as _;

use iamgate::iam_analysis::{ClassAnswer, ResourcePolicies, Verdict};
use iamgate::iam_catalog::Catalog;
use iamgate::iam_eval::ContextValue;
use iamgate::iam_policy::quoted;
use iamgate::{Claim, Premises, Profile, Proof, RoleSnapshot, prove_read_only};
use serde::Serialize;

use super::{AnswerJson, exit, key_and_value};
use crate::args::{AnswerFormat, Granting, ReadOnly};
use crate::exit::Exit;
use crate::load::{self, Origins};
use crate::screen::{BAD, DIM, GOOD, SOSO, Screen, json, paint, plural};
use crate::trouble::Trouble;
use crate::witness;

pub(super) fn show(args: &ReadOnly, screen: &mut Screen) -> Result<Exit, Trouble> {
    let catalog = load::catalog()?;
    let details = load::details()?;
    let (role, profile, origins) = load::load(args.snapshot.as_deref(), &args.session)?;
    let mut premises = Premises::default();
    premises.resource_policies = match args.resource_policies {
        Granting::None => ResourcePolicies::Given,
        Granting::NotTheSession => ResourcePolicies::NoneNamesTheSession,
        Granting::Any => ResourcePolicies::Any,
    };
    for text in &args.context {
        let (key, value) = key_and_value(text)?;
        premises = premises.knowing(key, ContextValue::single(value));
    }
    let proof =
        prove_read_only(role.as_ref(), &profile, &catalog, &details, &premises).map_err(|report| {
            let found = format!("the patterns of the profile make no policy: {report}");
            Trouble::input(
                &profile.name,
                "INVALID_PROFILE",
                found,
                "mend `future`, `exceptions` and `always_denied`",
            )
        })?;
    let view = View {
        role: role.as_ref(),
        profile: &profile,
        proof: &proof,
        premises: &premises,
        origins: &origins,
        catalog: &catalog,
    };
    screen.data(&match args.format {
        AnswerFormat::Human => view.human(),
        AnswerFormat::Json => json(&view.json()),
    });
    Ok(exit(proof.verdict(), proof.claims.iter().any(Claim::is_defect)))
}

struct View<'v> {
    role: Option<&'v RoleSnapshot>,
    profile: &'v Profile,
    proof: &'v Proof,
    premises: &'v Premises,
    origins: &'v Origins,
    catalog: &'v Catalog<'v>,
}

/// How many groups of actions are shown of a claim.
const SHOWN: usize = 5;

impl View<'_> {
    fn human(&self) -> String {
        let whose = match self.role {
            Some(role) => format!("of {}", quoted(&role.name)),
            None => "of any role".to_owned(),
        };
        let name = quoted(&self.profile.name);
        let mut text = match self.proof.verdict() {
            "holds" => {
                let proven = paint(GOOD, "Proven");
                format!(
                    "{proven}: no session {whose} under the profile {name} can leave its promise, by any request.\n"
                )
            }
            "fails" => {
                let broken = paint(BAD, "Broken");
                format!("{broken}: a session {whose} under the profile {name} can leave its promise.\n")
            }
            _ => {
                let open = paint(SOSO, "Not known");
                format!("{open} whether a session {whose} under the profile {name} can leave its promise.\n")
            }
        };
        text.push('\n');
        for claim in &self.proof.claims {
            line(claim, &mut text);
        }
        let _ = writeln!(text, "\n{}", paint(DIM, &self.premises()));
        text
    }

    fn premises(&self) -> String {
        let resources = match self.premises.resource_policies {
            ResourcePolicies::Given => "There are no resource policies",
            ResourcePolicies::NoneNamesTheSession => {
                "No resource policy names the session itself, or everyone (see --resource-policies)"
            }
            ResourcePolicies::Any => "Resource policies may grant anything",
        };
        let size = self.catalog.actions().len();
        format!(
            "{resources}. Keys are free and independent of each other. Catalogue of {}: {size} actions.\n{}",
            self.catalog.date(),
            self.origins.sentence()
        )
    }

    fn json(&self) -> ProofJson {
        ProofJson {
            schema: "iamgate/prove",
            version: 1,
            question: "read-only",
            verdict: self.proof.verdict(),
            role: self.role.map(|role| role.arn.to_string()),
            profile: self.profile.name.to_string(),
            resource_policies: self.premises.resource_policies.name(),
            catalogue: self.catalog.date().to_owned(),
            claims: self.proof.claims.iter().map(ClaimJson::new).collect(),
        }
    }
}

/// A claim on a line, and what breaks it below.
fn line(claim: &Claim, text: &mut String) {
    let word = match claim.verdict() {
        "holds" => paint(GOOD, "holds  "),
        "fails" => paint(BAD, "fails  "),
        _ => paint(SOSO, "unknown"),
    };
    let about = match claim.actions {
        Some(count) => plural(count, "action", "actions"),
        None => "every other name".to_owned(),
    };
    let _ = writeln!(text, "  {word}  {} {}", claim.says, paint(DIM, &format!("({about})")));
    for answer in claim.broken.iter().take(SHOWN) {
        text.push_str(&group(answer));
    }
    let left = claim.broken.len().saturating_sub(SHOWN);
    if left > 0 {
        let _ = writeln!(
            text,
            "           and {}",
            plural(left, "group of actions more", "groups of actions more")
        );
    }
}

/// A group of actions that breaks a claim.
pub(super) fn group(answer: &ClassAnswer) -> String {
    let mut text = String::new();
    let others = answer.actions.len().saturating_sub(1);
    let more = if others > 0 {
        format!(" and {} like it", plural(others, "action", "actions"))
    } else {
        String::new()
    };
    match &answer.verdict {
        Verdict::Holds => {}
        Verdict::Fails(witness) => {
            let request = witness::lines(&witness.request, "           ");
            let (first, rest) = request.split_once('\n').unwrap_or((&request, ""));
            let _ = writeln!(text, "{first}{more}");
            text.push_str(rest);
        }
        Verdict::Unknown(doubts) => {
            for doubt in doubts {
                let _ = writeln!(text, "           {}{more}", witness::doubt(doubt));
            }
        }
    }
    text
}

#[derive(Debug, Serialize)]
struct ProofJson {
    schema: &'static str,
    version: u32,
    question: &'static str,
    verdict: &'static str,
    /// Nothing if it is about any role.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    profile: String,
    resource_policies: &'static str,
    catalogue: String,
    claims: Vec<ClaimJson>,
}

#[derive(Debug, Serialize)]
struct ClaimJson {
    says: String,
    verdict: &'static str,
    /// Of the catalogue; nothing if the claim is about all other names.
    #[serde(skip_serializing_if = "Option::is_none")]
    actions: Option<usize>,
    resource_policies: &'static str,
    broken: Vec<AnswerJson>,
}

impl ClaimJson {
    fn new(claim: &Claim) -> Self {
        Self {
            says: claim.says.to_string(),
            verdict: claim.verdict(),
            actions: claim.actions,
            resource_policies: claim.resource_policies.name(),
            broken: claim.broken.iter().map(AnswerJson::new).collect(),
        }
    }
}
