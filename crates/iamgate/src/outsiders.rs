//! Whether a resource policy lets anybody in from outside a set of accounts and organizations.

use std::sync::Arc;

use iam_analysis::{Actions, Analysis, ClassAnswer, Fact, Question, Verdict};
use iam_catalog::Details;
use iam_eval::{Layers, Principal};
use iam_json::json_text;
use iam_policy::{ArnFields, Limits, Mode, Policy, PolicyKind, Principal as Entry, Report};

use crate::proof::{make_real, plain_session, session_of, space};

/// Who belongs in.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Insiders {
    /// Accounts, by their ids; the owner of the resource is always one.
    pub accounts: Vec<Box<str>>,
    /// Organizations, such as `o-exampleorgid`.
    pub organizations: Vec<Box<str>>,
}

/// An outsider, and what the policy lets it do.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outsider {
    /// Who it is, for people.
    pub who: Box<str>,
    /// Groups of actions that it may get, or of which it is not known.
    pub answers: Vec<ClassAnswer>,
}

/// The account of whom nobody has heard.
const STRANGER: &str = "999999999999";

/// Looks for somebody outside whom a resource policy lets in: a role session of an account that nobody names, each user, role, session and
/// account that the policy names outside, and a caller without credentials. An outsider's own policies allow it everything.
///
/// Service principals are no outsiders here: what they may do for whom is said by `aws:SourceArn` and the like.
///
/// # Errors
/// None in fact: the policies that stand for the outsiders' own are read like any other.
pub fn outsiders(
    policy: &Arc<Policy>,
    owner: &str,
    insiders: &Insiders,
    details: &Details<'_>,
) -> Result<Vec<Outsider>, Report> {
    let is_inside = |account: &str| account == owner || insiders.accounts.iter().any(|own| **own == *account);
    let mut found: Vec<(Box<str>, Principal)> =
        vec![("a caller without credentials".into(), Principal::Anonymous)];
    let mut accounts = vec![STRANGER.to_owned()];
    for element in policy.statements.iter().filter_map(|s| s.principal.as_ref()) {
        for entry in element.principals().entries() {
            if let Entry::Account { .. } = &entry.value {
                accounts.extend(entry.value.account().map(str::to_owned));
            }
            let text = entry.value.text();
            match &entry.value {
                // Not every user is of an account: CloudFront's origin access identities are not.
                Entry::User(arn) => {
                    let account = ArnFields::split(arn).map_or("", |fields| fields.account).into();
                    found.push((text.into(), Principal::IamUser { arn: arn.clone(), account }));
                }
                // The path of the role is not in the ARN of a session: it is taken to have none.
                Entry::Session(arn) => {
                    found.extend(Principal::from_arn(arn).ok().map(|principal| (text.into(), principal)));
                }
                Entry::Role(arn) => {
                    let fields = ArnFields::split(arn);
                    found.extend(fields.map(|fields| (text.into(), session_of(arn, &fields))));
                }
                Entry::Aws
                | Entry::Account { .. }
                | Entry::FederatedUser(_)
                | Entry::Service(_)
                | Entry::Federated(_)
                | Entry::CanonicalUser(_)
                | Entry::Deleted(_) => {}
            }
        }
    }
    accounts.sort_unstable();
    accounts.dedup();
    for account in &accounts {
        let who = format!("a role of account {account}");
        found.push((who.into(), plain_session("aws", account, "outside")));
    }
    found.retain(|(_, principal)| !principal.account().is_some_and(is_inside));

    let mut layers = Layers::new();
    layers.resource = Some(Arc::clone(policy));
    layers.identity.push(own("[]")?);
    if !insiders.organizations.is_empty() {
        layers.boundary = Some(vec![of_no_organization(&insiders.organizations)?]);
    }
    let mut told = Vec::new();
    for (who, principal) in found {
        let mut space = space(policy.statements.iter().flat_map(|s| &s.conditions), details);
        for (key, value) in principal.keys().iter() {
            space.set_fact(key, Fact::Value(value.clone()));
        }
        if principal.arn().is_none() {
            for key in ["aws:PrincipalArn", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths"] {
                space.set_fact(key, Fact::Absent);
            }
        }
        let question = Question::new(&layers).asked_by(&principal).owned_by(owner).about(Actions::Open);
        let mut answers = Analysis::new(space).by_action(&question);
        answers.retain(|answer| answer.verdict != Verdict::Holds);
        for answer in &mut answers {
            make_real(answer, &question, details);
        }
        if !answers.is_empty() {
            told.push(Outsider { who, answers });
        }
    }
    Ok(told)
}

/// A policy that allows everything but to members of these organizations.
fn of_no_organization(organizations: &[Box<str>]) -> Result<Arc<Policy>, Report> {
    let list = |texts: Vec<String>| format!("[{}]", texts.join(","));
    let ids = list(organizations.iter().map(|id| json_text(id)).collect());
    let paths = list(organizations.iter().map(|id| json_text(&format!("{id}/*"))).collect());
    own(&format!(
        r#"[{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{"StringEquals":{{"aws:PrincipalOrgID":{ids}}}}}}},
            {{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{"ForAnyValue:StringLike":{{"aws:PrincipalOrgPaths":{paths}}}}}}}]"#
    ))
}

/// What an outsider's own account allows it: everything, but for these Denies.
fn own(denies: &str) -> Result<Arc<Policy>, Report> {
    let allow = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let rest = denies.trim_start_matches('[').trim_end_matches(']');
    let comma = if rest.is_empty() { "" } else { "," };
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{allow}{comma}{rest}]}}"#);
    Policy::parse(&text, PolicyKind::Managed, Mode::Deployed, &Limits::default()).map(Arc::new)
}
