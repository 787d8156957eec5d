//! Words, numbers and lists in the sentences that people read.

use iamgate::iam_analysis::{Doubt, Reach};
use iamgate::iam_eval::{ContextValue, Layer};
use iamgate::iam_json::quoted;
use iamgate::iam_policy::{ArnFields, Problem};
use iamgate::{AddedLater, Cause, Premise};

/// A number and its noun.
pub fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// A number with commas.
pub fn number(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && digits.len().saturating_sub(i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The first items of a list, and the number of the others.
pub fn first(items: &[impl ToString], most: usize) -> String {
    let shown = items.iter().take(most).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match items.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Whether a text looks like a value that the analysis makes up, such as `fresh0`: any other value that no policy mentions would do as well.
pub fn is_example(text: &str) -> bool {
    let number = text.strip_prefix("fresh").unwrap_or_default();
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The value of a condition key, as a request has it.
pub fn value(value: &ContextValue) -> String {
    match value {
        ContextValue::Single(text) => quoted(text),
        ContextValue::Multiple(texts) => {
            let list: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
            format!("[{}]", list.join(", "))
        }
        ContextValue::Unknown => "unknown".to_owned(),
        ContextValue::Twice(_) => "given more than once".to_owned(),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(items: impl Iterator<Item = String>, and: &str) -> String {
    let mut items: Vec<String> = items.collect();
    let last = items.pop().unwrap_or_default();
    if items.is_empty() { last } else { format!("{} {and} {last}", items.join(", ")) }
}

/// What AWS may add later, as a premise in one or two sentences.
pub fn added_later(later: &AddedLater) -> String {
    let count = later.services.len();
    if count == 0 {
        return "No wildcard of the session policies allows an action that AWS adds later.".to_owned();
    }
    let anywhere = later.services.iter().any(|service| &**service == AddedLater::ANY_SERVICE);
    let services = if anywhere { "any service".to_owned() } else { plural(count, "service", "services") };
    let risky = match later.credentials.len() {
        0 => "there, none of them allows a name like those that hand out credentials".to_owned(),
        some if some == count => {
            "there, they also allow names like those that hand out credentials".to_owned()
        }
        some => format!("in {some} of them, they also allow names like those that hand out credentials"),
    };
    format!(
        "Wildcards of the session policies allow actions that AWS adds later, in {services}; {risky}. This is counted, not proven."
    )
}

/// Premises as clauses that can follow "if". The versions of managed policies are one clause.
pub fn premises(premises: &[Premise]) -> Vec<String> {
    let mut clauses = Vec::new();
    let mut versions = Vec::new();
    for premise in premises {
        if let Premise::ManagedVersion { arn, version } = premise {
            let name = ArnFields::split(arn).map_or(&**arn, |fields| fields.name());
            versions.push(format!("{name} {version}"));
        } else {
            clauses.push(premise.to_string());
        }
    }
    if !versions.is_empty() {
        let all = list(versions.into_iter(), "and");
        clauses.push(format!("the account has {all}: the snapshot does not show its versions"));
    }
    clauses
}

/// Whether the name of a layer is a plural.
pub const fn is_plural(layer: Layer) -> bool {
    match layer {
        Layer::Identity | Layer::Session | Layer::Scope | Layer::Scp | Layer::Rcp => true,
        Layer::Boundary | Layer::Resource | Layer::VpcEndpoint => false,
    }
}

/// The extent to which an action is allowed, as it reads after "possible".
pub fn how(reach: Option<Reach>) -> &'static str {
    match reach {
        Some(Reach::Always) => "always",
        Some(Reach::Limited { by_resource: true, by_condition: true }) => {
            "on some resources under conditions"
        }
        Some(Reach::Limited { by_resource: true, by_condition: false }) => "on some resources",
        Some(Reach::Limited { by_resource: false, .. }) => "under conditions",
        Some(Reach::Unknown) => "as far as is known",
        None => "never",
    }
}

/// The cause that excludes actions, in words.
pub fn cause(cause: &Cause) -> String {
    let denies = match cause {
        Cause::NotAllowed => return "no session policy allows them".to_owned(),
        Cause::Boundary => return "the permissions boundary does not allow them".to_owned(),
        Cause::Apart => {
            let why = "role and session allow them on different resources, or under conditions that exclude each other or what is known \
                       of the session, or an organization's policy keeps them out";
            return why.to_owned();
        }
        Cause::Denied(denies) => denies,
    };
    let named: Vec<String> = denies
        .iter()
        .map(|deny| match deny.layer {
            Layer::Identity => format!("{deny} of the role"),
            Layer::Boundary => format!("{deny} of the permissions boundary"),
            Layer::Session => format!("{deny} of the session"),
            Layer::Scope | Layer::Resource | Layer::VpcEndpoint | Layer::Scp | Layer::Rcp => deny.to_string(),
        })
        .collect();
    format!("{} {} them", named.join(" and "), if denies.len() == 1 { "denies" } else { "together deny" })
}

/// The message of a problem, without its place and help.
pub fn message(problem: &Problem) -> String {
    format!("{}: {}", problem.code.summary(), problem.found)
}

/// Doubts as sentences without a full stop. Of the doubts about the same open points of AWS's rules, or with the same load, the first stands for all.
pub fn doubts(doubts: &[Doubt]) -> Vec<String> {
    let is_same = |one: &Doubt, other: &Doubt| match (one, other) {
        (Doubt::Readings { points, .. }, Doubt::Readings { points: others, .. }) => points == others,
        (Doubt::OutOfSteps { load, .. }, Doubt::OutOfSteps { load: others, .. }) => load == others,
        _ => false,
    };
    let mut sentences: Vec<(&Doubt, String, usize)> = Vec::new();
    for doubt in doubts {
        match sentences.iter_mut().find(|(other, ..)| is_same(other, doubt)) {
            Some((_, _, more)) => *more = more.saturating_add(1),
            None => sentences.push((doubt, doubt.to_string(), 0)),
        }
    }
    let with_more = |(doubt, sentence, more): (&Doubt, String, usize)| {
        let others = plural(more, "other group of actions", "other groups of actions");
        if more == 0 {
            sentence
        } else if matches!(doubt, Doubt::OutOfSteps { .. }) {
            format!("{sentence} (and so for {others})")
        } else {
            format!("{sentence}, and for {others}")
        }
    };
    sentences.into_iter().map(with_more).collect()
}
