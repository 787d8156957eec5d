//! The statements of a profile, laid out for people.

use std::collections::{BTreeMap, BTreeSet};

use iamgate::iam_policy::BuildError;
use iamgate::{
    ActionElement, ActionPattern, Condition, IdentityStatement, Policy, PolicyKind, Profile, ResourceElement,
    Sid, Statement,
};

use super::draft::{Allowed, denies};

/// How Allow statements are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// One for each service.
    ByService,
    /// One for all actions that are allowed on the same resources under the same conditions.
    Together,
}

/// What is denied besides what the old profile denies of the allowed actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closing {
    /// Everything that is not allowed: then no policy of a resource grants more.
    Everything,
    /// What the profile promises to deny always.
    Promised,
}

/// The inline policy that allows this.
pub(super) fn policy(
    allows: &[Allowed],
    old: &Profile,
    layout: Layout,
    closing: Closing,
) -> Result<Policy, BuildError> {
    let mut sids = Sids::default();
    let mut statements: Vec<Statement> = Vec::new();
    for (base, own) in laid_out(allows, layout) {
        let patterns: Vec<ActionPattern> = patterns(&own).collect();
        let sid = sids.fresh(&base, own.resources != ResourceElement::any(), !own.conditions.is_empty())?;
        let allow = IdentityStatement::allow(patterns.into_iter().collect(), own.resources).with_sid(sid);
        statements.push(with(allow, own.conditions));
    }
    let allowed: Vec<ActionPattern> = allows.iter().flat_map(patterns).collect();
    for mut own in denies(old, &allowed) {
        let is_somewhere = own.resource.as_ref().is_some_and(|own| *own != ResourceElement::any());
        let has_sid = own.sid.as_ref().is_some_and(|own| sids.take(&own.value));
        if !has_sid {
            let sid = sids.fresh("Deny", is_somewhere, !own.conditions.is_empty())?;
            let bare = IdentityStatement::deny(own.action, own.resource.unwrap_or_else(ResourceElement::any));
            own = with(bare.with_sid(sid), own.conditions);
        }
        statements.push(own);
    }
    let closing = match closing {
        Closing::Everything => {
            let all: BTreeMap<&str, &ActionPattern> = allowed.iter().map(|own| (own.text(), own)).collect();
            Some(("NothingElse", ActionElement::all_but(all.into_values().cloned())))
        }
        Closing::Promised if old.always_denied().is_empty() => None,
        Closing::Promised => Some(("AlwaysDenied", old.always_denied().iter().cloned().collect())),
    };
    if let Some((base, actions)) = closing {
        let sid = sids.fresh(base, false, false)?;
        statements.push(IdentityStatement::deny(actions, ResourceElement::any()).with_sid(sid).into());
    }
    Policy::new(PolicyKind::Session, statements)
}

/// The patterns of the actions, in order.
pub(super) fn patterns(own: &Allowed) -> impl Iterator<Item = ActionPattern> {
    own.actions.iter().filter_map(|own| ActionPattern::parse(own))
}

fn with(statement: IdentityStatement, conditions: Vec<Condition>) -> Statement {
    let mut statement: Statement = statement.into();
    statement.conditions = conditions;
    statement
}

/// What is allowed, by statements, each with the begin of its `Sid`.
fn laid_out(allows: &[Allowed], layout: Layout) -> Vec<(String, Allowed)> {
    match layout {
        Layout::Together => allows.iter().map(|own| ("Used".to_owned(), own.clone())).collect(),
        Layout::ByService => {
            let mut all: BTreeMap<&str, Vec<Allowed>> = BTreeMap::new();
            for own in allows {
                let mut services: BTreeMap<&str, BTreeSet<Box<str>>> = BTreeMap::new();
                for action in &own.actions {
                    let service = action.split_once(':').map_or("", |(service, _)| service);
                    services.entry(service).or_default().insert(action.clone());
                }
                for (service, actions) in services {
                    all.entry(service).or_default().push(Allowed { actions, ..own.clone() });
                }
            }
            let each =
                all.into_iter().flat_map(|(service, own)| own.into_iter().map(move |own| (service, own)));
            each.map(|(service, own)| (words(service), own)).collect()
        }
    }
}

/// A prefix of a service in the form of a `Sid`: `SupportConsole` for `support-console`.
fn words(service: &str) -> String {
    let mut text = String::new();
    for word in service.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut letters = word.chars();
        text.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        text.push_str(letters.as_str());
    }
    text
}

/// The `Sid`s of a policy, each once.
#[derive(Debug, Default)]
struct Sids(BTreeSet<String>);

impl Sids {
    /// Takes a `Sid` if it is one, and is not taken.
    fn take(&mut self, text: &str) -> bool {
        text.parse::<Sid>().is_ok() && self.0.insert(text.to_owned())
    }

    /// A `Sid` that is not taken.
    fn fresh(&mut self, base: &str, is_somewhere: bool, is_at_times: bool) -> Result<Sid, BuildError> {
        let place = if is_somewhere { "OnSome" } else { "" };
        let at_times = if is_at_times { "If" } else { "" };
        let base = format!("{base}{place}{at_times}");
        let numbered = (2_usize..).map(|number| format!("{base}{number}"));
        let mut all = std::iter::once(base.clone()).chain(numbered);
        let free = all.find(|own| !self.0.contains(own)).unwrap_or(base);
        self.0.insert(free.clone());
        free.parse()
    }
}
