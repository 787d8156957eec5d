//! The answer in one sentence: the decision, the layer and the statement.

use iamgate::iam_eval::{
    Change, ContextValue, Decision, Layer, Part, Principal, Reason, StatementRef, Trace,
};
use iamgate::iam_json::{quoted, visible};

use super::case::Case;
use crate::words::{is_plural, list};

/// The answer in one sentence. Its parts can be shown apart.
#[derive(Debug)]
#[non_exhaustive]
pub struct Sentence {
    /// The decision.
    pub decision: Decision,
    /// The reason, without a full stop.
    pub reason: String,
}

impl Sentence {
    /// The answer to a case.
    pub fn new(trace: &Trace<'_>, case: &Case) -> Self {
        Self { decision: trace.decision, reason: reason(trace, case) }
    }

    /// The decision in words.
    pub const fn word(&self) -> &'static str {
        word(self.decision)
    }

    /// The whole sentence.
    pub fn text(&self) -> String {
        format!("{}: {}", self.word(), self.reason)
    }

    /// The statements that would allow the request if one of their elements matched, with that element. A statement about other actions is not
    /// included.
    pub fn near(trace: &Trace<'_>) -> impl Iterator<Item = (StatementRef, Part)> {
        trace.flips.iter().filter(|flip| flip.decision.is_allowed()).filter_map(|flip| match flip.change {
            Change::Match(part) if part != Part::Action => flip.statement.map(|at| (at, part)),
            Change::Match(_) | Change::Stop | Change::AddAllow | Change::Name => None,
        })
    }
}

/// A decision in words.
pub(super) const fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "allowed",
        Decision::ExplicitDeny => "denied explicitly",
        Decision::ImplicitDeny => "denied",
        Decision::Depends => "it depends",
    }
}

fn reason(trace: &Trace<'_>, case: &Case) -> String {
    let named = |layer: &Layer| -> String {
        let name = case.layer_name(*layer);
        let first = trace.deciding.iter().find(|statement| statement.policy.layer == *layer);
        match first {
            Some(at) => {
                let place = place(*at, case).map(|place| format!(", {place}")).unwrap_or_default();
                format!("{name} ({}{place})", case.statement_name(*at))
            }
            None => name.to_owned(),
        }
    };
    match &trace.reason {
        Reason::Granted { .. } if case.request.needs_no_permission() => {
            "AWS asks for no permission for sts:GetCallerIdentity, and no Deny of the principal's policies stops it"
                .to_owned()
        }
        Reason::Granted { by, .. } if by.is_empty() || trace.deciding.is_empty() => {
            let is_root = matches!(case.request.principal, Principal::Root { .. });
            if is_root { "nothing restricts the root user" } else { "nothing restricts it" }.to_owned()
        }
        Reason::Granted { by, .. } => {
            format!("{} {} it", list(by.iter().map(named), "and"), verb(by, "allows", "allow"))
        }
        Reason::Denied { by } => {
            format!("{} {} it", list(by.iter().map(named), "and"), verb(by, "denies", "deny"))
        }
        Reason::NotGranted { missing } => {
            let layers = list(missing.iter().map(|l| case.layer_name(*l).to_owned()), "and");
            let sentence = format!("{layers} {} not allow it", verb(missing, "does", "do"));
            match Sentence::near(trace).next() {
                Some((at, part)) => {
                    let statement = case.layers.policy(at.policy).and_then(|p| p.statements.get(at.index));
                    let element = statement.map_or("Condition", |statement| part.element(statement));
                    let place = place(at, case).map(|place| format!(" ({place})")).unwrap_or_default();
                    let name = case.statement_name(at);
                    format!("{sentence}; nearest is {name}{place}, whose {element} does not match")
                }
                None => match silent_level(missing, case) {
                    Some(reminder) => format!("{sentence}; {reminder}"),
                    None => sentence,
                },
            }
        }
        Reason::FederatedWithoutSession => {
            "a federated user without session policies has no permissions".to_owned()
        }
        Reason::OtherPartition => "the principal and the resource are in different partitions".to_owned(),
        Reason::Unknown => {
            let keys: Vec<String> =
                trace.keys.iter().filter(|key| key.is_unknown).map(|key| format!("`{}`", key.key)).collect();
            let value = if keys.len() == 1 { "whose value is" } else { "whose values are" };
            let policy =
                case.unknown.map(|layer| format!("on {}, which is not known", case.layer_name(layer)));
            let keys = (!keys.is_empty())
                .then(|| format!("on {}, {value} not known", list(keys.into_iter(), "and")));
            let twice =
                case.request.context.iter().filter(|(_, value)| matches!(value, ContextValue::Twice(_)));
            let twice: Vec<String> = twice.map(|(key, _)| quoted(key)).collect();
            let twice = (!twice.is_empty()).then(|| {
                let names = list(twice.into_iter(), "and");
                format!("on {names}, which the request has in several spellings with different values")
            });
            let on: Vec<String> = policy.into_iter().chain(keys).chain(twice).collect();
            if on.is_empty() { "on what is not known".to_owned() } else { on.join(", and ") }
        }
        Reason::OverBudget => "the policies take more work than one decision may".to_owned(),
    }
}

/// The reminder of the policy that AWS attaches at every level, if the policies of one level allow nothing.
pub(crate) fn silent_level(missing: &[Layer], case: &Case) -> Option<String> {
    let silent = case.layers.levels_without_allow();
    let (layer, level) = silent.into_iter().find(|(layer, _)| missing.contains(layer))?;
    let number = level.saturating_add(1);
    Some(if layer == Layer::Rcp {
        format!("level {number} allows nothing, and AWS always attaches RCPFullAWSAccess: add it there")
    } else {
        format!(
            "level {number} allows nothing: add FullAWSAccess there, if it is attached, as AWS does at first"
        )
    })
}

fn verb(layers: &[Layer], singular: &'static str, plural: &'static str) -> &'static str {
    match layers {
        [one] if !is_plural(*one) => singular,
        _ => plural,
    }
}

/// The place of a statement; `None` if its text is not known.
pub(crate) fn place(statement: StatementRef, case: &Case) -> Option<String> {
    let policy = case.layers.policy(statement.policy)?;
    let position = policy.position_of(policy.statements.get(statement.index)?.place.span);
    Some(format!("{}:{position}", visible(&case.source(statement.policy)?.name)))
}
