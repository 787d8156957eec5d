//! Assertions: what the policies of some files must never allow, answered by the analysis of `prove not-granted`.

use std::fmt::Write as _;
use std::sync::Arc;

use iam_document::{UNKNOWN, Unknown, UnknownKind};
use iamgate::iam_analysis::Verdict;
use iamgate::iam_catalog::Details;
use iamgate::iam_eval::{Decision, Layers, Request};
use iamgate::iam_json::{Document, Kind, quoted};
use iamgate::iam_policy::{
    ActionElement, Code, Effect, Limits, LineIndex, Mode, Place, Policy, PolicyKind, Problem,
    ResourceElement, Span, Statement,
};

use super::settings::Files;
use super::{Checked, code};
use crate::prove::{Asking, allowed};
use crate::trouble::Trouble;
use crate::words;

/// What the policies of some files must never allow.
#[derive(Debug)]
pub struct Assertion {
    pub(super) name: String,
    pub(super) files: Files,
    pub(super) line: u32,
    asking: Asking,
}

impl Assertion {
    /// The assertion that no policy of some files allows these actions on the resources `on`, except on others. Without `on`, any resource
    /// counts. `line` is its line in the configuration.
    ///
    /// # Errors
    /// A pattern of an action or of a resource cannot stand in a policy.
    pub fn new(
        name: String,
        files: Files,
        never_allows: &[String],
        on: &[String],
        except_on: &[String],
        line: u32,
    ) -> Result<Self, Trouble> {
        let asking = Asking::new(never_allows, on, except_on, ["never-allows", "on", "except-on"])?;
        Ok(Self { name, files, line, asking })
    }

    /// The actions and resources, as they were written.
    pub(super) const fn asking(&self) -> &Asking {
        &self.asking
    }

    /// The finding on a document that may break the assertion.
    pub(super) fn finding(&self, checked: &Checked, details: &Details<'_>) -> Option<Problem> {
        let text = &checked.document.text;
        let lines = LineIndex::of(text);
        let problem = |code: Code, place: Place, found: &str, help: &str| {
            let found = format!("{}: {found}", quoted(&self.name));
            Problem::new(Mode::Strict, code, place, found, help.to_owned(), &lines)
        };
        let Some(Bounds { most, least }) = Bounds::of(checked) else {
            let help = "write the values out that are known only when it is deployed, or accept the finding";
            return Some(problem(
                code::ASSERTION_UNKNOWN,
                whole(text),
                "the policy cannot be read for it",
                help,
            ));
        };
        let allows = |policy: &Policy| {
            let called = [(Arc::new(policy.clone()), checked.source.name.as_str())];
            allowed(&called, &self.asking, details)
        };
        let answers = allows(&most);
        if answers.is_empty() {
            return None;
        }
        let (answers, policy) = match least {
            None => (answers, most),
            Some(least) => (allows(&least), least),
        };
        let broken = answers.iter().find_map(|answer| match &answer.verdict {
            Verdict::Fails(witness) => Some(&witness.request),
            Verdict::Holds | Verdict::Unknown(_) => None,
        });
        if let Some(request) = broken {
            let more = match answers.len().saturating_sub(1) {
                0 => String::new(),
                more => format!(
                    ", and {}",
                    words::plural(more, "more group of actions", "more groups of actions")
                ),
            };
            let found = format!("it allows {}{more}", said(request, details));
            let help = "narrow the statement, or deny the request";
            return Some(problem(code::ASSERTION_BROKEN, place(&policy, request, text), &found, help));
        }
        let doubts: Vec<String> = answers
            .iter()
            .flat_map(|answer| match &answer.verdict {
                Verdict::Unknown(doubts) => words::doubts(doubts),
                Verdict::Holds | Verdict::Fails(_) => Vec::new(),
            })
            .take(1)
            .collect();
        let why =
            doubts.first().map_or("it depends on what is known only when it is deployed", String::as_str);
        let help = "write it so that the answer does not depend on it, or accept the finding with a reason";
        Some(problem(code::ASSERTION_UNKNOWN, whole(text), why, help))
    }
}

/// Whether an assertion is about policies of a kind: those that grant something to the principal that they are attached to.
pub(super) const fn is_about(kind: PolicyKind) -> bool {
    match kind {
        PolicyKind::Identity
        | PolicyKind::Managed
        | PolicyKind::Boundary
        | PolicyKind::Session
        | PolicyKind::AwsManaged => true,
        PolicyKind::Resource
        | PolicyKind::Trust
        | PolicyKind::Kms
        | PolicyKind::Scp
        | PolicyKind::Rcp
        | PolicyKind::VpcEndpoint => false,
    }
}

/// Bounds of what a document allows.
struct Bounds {
    /// A policy that allows at least that.
    most: Policy,
    /// A policy that allows at most that. `None` if everything in the document is known, so that the first one is exact.
    least: Option<Policy>,
}

/// Any text, as long as the character that stands for what is not known.
const ANY: &str = "***";

const _: () = assert!(ANY.len() == UNKNOWN.len());

impl Bounds {
    /// `None` if the document cannot be read, or if too much of it is not known.
    fn of(checked: &Checked) -> Option<Self> {
        let text = &checked.document.text;
        // What is asked is what the policy allows where it is deployed.
        let unknown = checked.document.unknown.iter().filter(|own| own.kind != UnknownKind::Whole);
        let unknown: Vec<&Unknown> = unknown.collect();
        let read =
            |text: &str| Policy::parse(text, PolicyKind::Managed, Mode::Deployed, &Limits::default()).ok();
        if checked.document.is_known() {
            return Some(Self { most: read(text)?, least: None });
        }
        let mut widened = text.replace(UNKNOWN, ANY);
        for own in unknown.iter().filter(|own| own.kind == UnknownKind::Default) {
            let range = own.place.start as usize..own.place.end as usize;
            // A text of any other value; places stay. What cannot be one cannot be read.
            let any = widened.get(range.clone()).filter(|own| own.len() >= 3 && own.starts_with('"'))?;
            let any = format!("\"*\"{}", " ".repeat(any.len().saturating_sub(3)));
            widened.replace_range(range, &any);
        }
        let policy = read(&widened)?;
        let is_known = |own: &Statement| {
            let Span { start, end, .. } = own.place.span;
            !unknown.iter().any(|one| one.place.start < end && start < one.place.end)
        };
        let is_plain = |own: &Statement| {
            matches!(own.action, ActionElement::Action(_))
                && matches!(own.resource, Some(ResourceElement::Resource(_)))
        };
        // One beside the statements may change what all of them mean.
        let is_in = |own: &&Unknown| {
            let mut places = policy.statements.iter().map(|own| own.place.span);
            places.any(|span| own.place.start < span.end && span.start < own.place.end)
        };
        if !unknown.iter().all(is_in) {
            return None;
        }
        // What is not known, and all sides of a choice, widen a statement, except under NotAction and NotResource.
        if !policy.statements.iter().all(|own| is_known(own) || is_plain(own)) {
            return None;
        }
        let bound = |widened: Effect| {
            let mut bound = policy.clone();
            bound.statements.retain(|own| is_known(own) || own.effect.value == widened);
            for own in bound.statements.iter_mut().filter(|own| !is_known(own)) {
                own.conditions.clear();
            }
            bound
        };
        Some(Self { most: bound(Effect::Allow), least: Some(bound(Effect::Deny)) })
    }
}

/// The first statement that allows a request, or else the whole document.
fn place(policy: &Policy, request: &Request, text: &str) -> Place {
    let allows = |own: &&Statement| {
        let mut one = policy.clone();
        one.statements = vec![(*own).clone()];
        let mut layers = Layers::new();
        layers.identity.push(Arc::new(one));
        layers.decide(request) == Decision::Allowed
    };
    let found = policy.statements.iter().filter(|own| own.effect.value == Effect::Allow).find(allows);
    let Some(span) = found.map(|own| own.place.span) else { return whole(text) };
    let document = Document::parse(text, &Limits::default()).ok();
    let list = document.as_ref().and_then(|document| document.root().member("Statement"));
    let pointer = match list {
        Some(list) if list.kind() == Kind::Array => list
            .items()
            .position(|own| own.span().start == span.start)
            .map_or(String::new(), |at| format!("/Statement/{at}")),
        Some(_) => "/Statement".to_owned(),
        None => String::new(),
    };
    Place::new(pointer, span)
}

/// The first character of a document.
fn whole(text: &str) -> Place {
    let start = text.find('{').and_then(|at| u32::try_from(at).ok()).unwrap_or_default();
    Place::root(Span::new(start, start.saturating_add(1)))
}

/// A request in one line.
fn said(request: &Request, details: &Details<'_>) -> String {
    let action = request.action.as_str();
    // The analysis writes names in small letters.
    let known = details.action(action).zip(action.split_once(':'));
    let mut text = known
        .map_or_else(|| quoted(action), |(own, (prefix, _))| quoted(&format!("{prefix}:{}", own.name())));
    if &*request.resource == "*" {
        text.push_str(" without a resource");
    } else {
        let _ = write!(text, " on {}", quoted(&request.resource));
    }
    for (at, (key, value)) in request.context.iter().enumerate() {
        let value = words::value(value);
        let _ = write!(text, "{} {} = {value}", if at == 0 { " with" } else { "," }, quoted(key));
    }
    text
}
