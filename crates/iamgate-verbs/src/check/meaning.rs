//! What the statements of a policy mean together: findings of the analysis.

mod about;
mod everyone;
#[cfg(test)]
mod tests;
mod ways;

use std::collections::BTreeMap;
use std::sync::Arc;

use iam_lint::{addressed, code};
use iamgate::iam_analysis::Verdict;
use iamgate::iam_catalog::{Classes, Sections};
use iamgate::iam_eval::{ContextValue, Layers, Request};
use iamgate::iam_json::{Code, Document, Kind, Mode, Value, quoted};
use iamgate::iam_policy::{
    Condition, Effect, Limits, Place, Policy, PolicyKind, PrincipalElement, Principals, Problem, Span,
    Statement,
};
use iamgate::{Idle, idle, strangers, unlimited_reads};

use crate::words::{first, is_example, value as value_of};
use crate::world::BuiltIn;
pub(super) use about::About;
use ways::{Ways, ways};

/// A policy that is accepted, and what is known of it.
pub(super) struct Meaning<'m> {
    policy: &'m Arc<Policy>,
    document: &'m Document<'m>,
    kind: PolicyKind,
    details: &'m Sections<'static>,
    classes: Option<&'m Classes<'static>>,
    /// Whether the kind is a guess: it may be a permissions boundary or a control policy.
    is_guessed: bool,
}

/// Findings whose code and place tell what they are about.
pub(super) fn alone(found: Vec<Problem>) -> Vec<(Problem, About)> {
    found.into_iter().map(|own| (own, About::default())).collect()
}

impl<'m> Meaning<'m> {
    /// The meaning of an accepted policy. `None` without the details of the catalogue.
    pub(super) fn of(
        policy: &'m Arc<Policy>,
        document: &'m Document<'m>,
        (kind, is_guessed): (PolicyKind, bool),
        built_in: &'m BuiltIn,
    ) -> Option<Self> {
        let details = built_in.sections().ok()??;
        Some(Self { policy, document, kind, details, classes: built_in.classes().ok(), is_guessed })
    }
}

/// What a policy grants that it should not, whatever else was found.
#[derive(Default)]
pub(super) struct Granted {
    found: Vec<Problem>,
    /// What they are about, by code and place.
    abouts: BTreeMap<(Code, u32), About>,
}

impl Granted {
    fn add(&mut self, problem: Problem, about: About) {
        self.abouts.insert((problem.code, problem.place.span.start), about);
        self.found.push(problem);
    }
}

/// A policy of a role, and its text.
pub(super) struct Attached {
    pub(super) policy: Arc<Policy>,
    pub(super) text: String,
}

/// The ways to more permissions that the policies of one role open together, within its boundary: the number of the policy, the finding, and the
/// names of the ways.
pub(super) fn of_role(
    policies: &[Attached],
    boundary: Option<&Arc<Policy>>,
    built_in: &BuiltIn,
) -> Vec<(usize, Problem, String)> {
    let Ok(Some(details)) = built_in.sections() else { return Vec::new() };
    let all: Vec<&Arc<Policy>> = policies.iter().map(|own| &own.policy).collect();
    let finding = |own: Ways| {
        let attached = policies.get(own.policy)?;
        let document = Document::parse(&attached.text, &Limits::default()).ok()?;
        let (policy, kind) = (&attached.policy, PolicyKind::Identity);
        let meaning =
            Meaning { policy, document: &document, kind, details, classes: None, is_guessed: false };
        let statement = policy.statements.get(own.statement)?;
        let found = format!("with all policies of the role: {}", own.found);
        Some((own.policy, meaning.at(code::PRIVILEGE_ESCALATION, statement, found, own.help), own.names))
    };
    ways(&all, boundary, details).into_iter().filter_map(finding).collect()
}

/// How many ways, actions and places a finding names.
const NAMED: usize = 3;

/// What is said of a statement without a condition that lets everyone in, and how to mend one that lets everyone in.
const ALL: &str = "everyone, without a condition, and no Deny keeps them out";
const HELP: &str = "name the principals, or test aws:PrincipalOrgID, aws:PrincipalAccount or aws:SourceArn";

impl Meaning<'_> {
    /// What an identity policy grants that it should not: ways to more permissions, and reads of any resource.
    pub(super) fn granted(&self) -> Granted {
        let mut granted = Granted::default();
        match self.kind {
            PolicyKind::Identity | PolicyKind::Managed | PolicyKind::AwsManaged => {
                let mut layers = Layers::new();
                layers.identity.push(Arc::clone(self.policy));
                for (problem, own) in self.escalations() {
                    granted.add(problem, About::named(own));
                }
                for (problem, actions) in self.reads(&layers) {
                    granted.add(problem, About { actions, ..About::default() });
                }
            }
            PolicyKind::Resource
            | PolicyKind::Kms
            | PolicyKind::Boundary
            | PolicyKind::Session
            | PolicyKind::Trust
            | PolicyKind::Scp
            | PolicyKind::Rcp
            | PolicyKind::VpcEndpoint => {}
        }
        granted
    }

    /// The findings of the rules about the document, corrected, and those of the analysis, in the order of the text; each with what it is about,
    /// where its code and its place do not tell.
    pub(super) fn added_to(&self, mut found: Vec<Problem>, granted: Granted) -> Vec<(Problem, About)> {
        let mut abouts = granted.abouts;
        found.extend(granted.found);
        if matches!(self.kind, PolicyKind::Resource | PolicyKind::Kms) {
            self.strangers(&mut found);
        }
        let repeated = |number: usize, found: &[Problem]| {
            let place = self.policy.statements.get(number).map(|own| own.place.span.start);
            found
                .iter()
                .any(|own| own.code == code::REDUNDANT_STATEMENT && Some(own.place.span.start) == place)
        };
        for (number, why) in idle(self.policy, self.details) {
            if !repeated(number, &found) {
                found.extend(self.idle(number, &why));
            }
        }
        found.sort_by_key(|problem| problem.place.span.start);
        let with_about = |mut own: Problem| {
            addressed(&mut own, self.kind);
            let about = abouts.remove(&(own.code, own.place.span.start));
            (own, about.unwrap_or_default())
        };
        found.into_iter().map(with_about).collect()
    }

    fn idle(&self, number: usize, why: &Idle) -> Option<Problem> {
        let own = self.policy.statements.get(number)?;
        let (code, found, help, others) = match why {
            Idle::Unsatisfiable => {
                let found = format!("no request satisfies the conditions of {}", self.name(number));
                let help = match own.effect.value {
                    Effect::Allow => {
                        "it allows nothing: leave it out, or put the conditions into statements of their own"
                    }
                    Effect::Deny => {
                        "it denies nothing: leave it out, or put the conditions into statements of their own"
                    }
                };
                (code::STATEMENT_NEVER_APPLIES, found, help, None)
            }
            Idle::Denied(by) => {
                let found = format!("all that {} allows is denied by {}", self.name(number), self.names(by));
                (code::ALLOW_TAKEN_BACK, found, "narrow the Deny, or leave the Allow out", Some(by))
            }
            Idle::Included(by) => {
                let found =
                    format!("{} says nothing that {} does not say", self.name(number), self.names(by));
                let limited = by.iter().filter_map(|at| self.policy.statements.get(*at));
                let help = if limited.clone().any(|other| has_limit_beyond(own, other)) {
                    "what limits it limits nothing: narrow the wider statement, or leave this one out"
                } else {
                    "leave it out"
                };
                (code::STATEMENT_ADDS_NOTHING, found, help, Some(by))
            }
            _ => return None,
        };
        let problem = self.at(code, own, found, help.to_owned());
        let other = others.and_then(|by| self.policy.statements.get(*by.first()?));
        Some(match other {
            Some(other) => problem.with_related(opening(other), "this statement", self.document.lines()),
            None => problem,
        })
    }

    /// Ways to more permissions that this policy opens alone, and their names.
    fn escalations(&self) -> Vec<(Problem, String)> {
        let found = ways(&[self.policy], None, self.details);
        let problem = |own: Ways| {
            let statement = self.policy.statements.get(own.statement)?;
            Some((self.at(code::PRIVILEGE_ESCALATION, statement, own.found, own.help), own.names))
        };
        found.into_iter().filter_map(problem).collect()
    }

    /// Reads that nothing limits, each with all its actions.
    fn reads(&self, layers: &Layers) -> Vec<(Problem, Vec<String>)> {
        let Some(classes) = self.classes else { return Vec::new() };
        let mut help = "name the resources that are meant".to_owned();
        if self.is_guessed {
            help.push_str(
                "; if it is a permissions boundary or a control policy, give its kind: those grant nothing",
            );
        }
        let mut problems = Vec::new();
        for own in unlimited_reads(layers, classes, self.details) {
            let Some(statement) = self.policy.statements.get(own.statement) else { continue };
            let lists = [
                (code::CREDENTIALS_OF_ANY_RESOURCE, own.credentials, "credentials"),
                (code::DATA_OF_ANY_RESOURCE, own.data, "stored data"),
            ];
            for (code, actions, what) in lists.into_iter().filter(|(_, actions, _)| !actions.is_empty()) {
                let actions: Vec<String> = actions.iter().map(ToString::to_string).collect();
                let told = if own.are_most {
                    let some: Vec<&str> = actions.iter().take(NAMED).map(String::as_str).collect();
                    format!("{} actions, among them {}", actions.len(), some.join(", "))
                } else {
                    first(&actions, NAMED)
                };
                let found = format!(
                    "{what} of resources that the policy does not name, {}: {told}",
                    condition_of(statement)
                );
                let place = self.resources(statement);
                let help = help.clone();
                let problem = Problem::new(Mode::Strict, code, place, found, help, self.document.lines());
                // What the text names need not be told again.
                let is_cut = own.are_most || actions.len() > NAMED;
                problems.push((problem, if is_cut { actions } else { Vec::new() }));
            }
        }
        problems
    }

    /// Statements that let everybody in. A finding of the rule that looks at single statements stays only if nothing else keeps everybody out.
    fn strangers(&self, found: &mut Vec<Problem>) {
        let of = |place: &Place| {
            self.policy.statements.iter().position(|own| {
                own.place.span.start <= place.span.start && place.span.end <= own.place.span.end
            })
        };
        let let_in: Vec<_> = strangers(self.policy, self.details)
            .into_iter()
            .filter(|own| {
                let statement = self.policy.statements.get(own.statement);
                statement.is_some_and(|own| everyone::is_about_its_resources(own, self.details))
            })
            .collect();
        // Of a statement with conditions the rule says that services call for everyone; strangers are asked for calls of their own.
        let has_conditions =
            |number: usize| self.policy.statements.get(number).is_some_and(|own| !own.conditions.is_empty());
        found.retain(|problem| {
            problem.code != code::RESOURCE_POLICY_ADMITS_EVERYONE
                || of(&problem.place).is_none_or(|number| {
                    has_conditions(number) || let_in.iter().any(|own| own.statement == number)
                })
        });
        for own in &let_in {
            let told = found.iter_mut().find(|problem| {
                problem.code == code::RESOURCE_POLICY_ADMITS_EVERYONE
                    && of(&problem.place) == Some(own.statement)
            });
            let requests: Vec<&Request> = own
                .answers
                .iter()
                .filter_map(|answer| match &answer.verdict {
                    Verdict::Fails(witness) => Some(&witness.request),
                    Verdict::Holds | Verdict::Unknown(_) => None,
                })
                .collect();
            let Some(statement) = self.policy.statements.get(own.statement).filter(|_| !requests.is_empty())
            else {
                continue;
            };
            if let Some(told) = told {
                told.found.clear();
                told.found.push_str(ALL);
                continue;
            }
            // Keys that none of the actions has are in no request.
            let mut real = requests
                .iter()
                .filter_map(|request| everyone::real(request, statement, self.policy, self.details));
            let Some(request) = real.next() else { continue };
            if statement.conditions.is_empty() {
                found.push(self.at(
                    code::RESOURCE_POLICY_ADMITS_EVERYONE,
                    statement,
                    ALL.to_owned(),
                    HELP.to_owned(),
                ));
                continue;
            }
            let found_text = format!(
                "everyone under conditions that anybody can meet: {} may call {}",
                request
                    .principal
                    .arn()
                    .map_or_else(|| "a caller without credentials".to_owned(), str::to_owned),
                self.shown(&request, statement)
            );
            let help =
                "name the principals, or test aws:PrincipalOrgID, aws:PrincipalAccount or aws:SourceArn"
                    .to_owned();
            found.push(self.at(code::RESOURCE_POLICY_ADMITS_EVERYONE, statement, found_text, help));
        }
    }

    /// A request in a few words, with the keys that the statement tests.
    fn shown<'r>(&self, request: &'r Request, statement: &Statement) -> String {
        let action = request.action.as_str();
        let known = self.details.action(action);
        let action = match (action.split_once(':'), known) {
            (Some((service, _)), Some(known)) => format!("{service}:{}", known.name()),
            _ => action.to_owned(),
        };
        let tests = |key: &str| {
            let mut keys = statement.conditions.iter().map(|own| own.key.value.as_str());
            keys.any(|own| own.eq_ignore_ascii_case(key))
        };
        let keys = request.context.iter().filter(|(key, _)| tests(key));
        let keys: Vec<String> = keys.map(|(key, value)| format!("{key} {}", value_of(value))).collect();
        let with = if keys.is_empty() { String::new() } else { format!(" with {}", keys.join(", ")) };
        // Example values for keys that the policy leaves open have names that tell nothing: the name of the key does.
        let example = |(key, value): (&'r str, &'r ContextValue)| match value {
            ContextValue::Single(text) if is_example(text) => Some((key, &**text)),
            ContextValue::Single(_)
            | ContextValue::Multiple(_)
            | ContextValue::Unknown
            | ContextValue::Twice(_) => None,
        };
        let mut open: Vec<(&str, &str)> = request.context.iter().filter_map(example).collect();
        open.sort_by_key(|(_, text)| std::cmp::Reverse(text.len()));
        let shown = format!("{action} on {}{with}", request.resource);
        open.iter().fold(shown, |shown, (key, text)| shown.replace(text, &format!("<{key}>")))
    }

    /// The place of what makes a statement be about resources that it does not name: the entry `*`, the only entry, or the whole element.
    fn resources(&self, statement: &Statement) -> Place {
        let root = self.document.root();
        let start = statement.place.span.start;
        let list = root.member("Statement");
        let mut all = list.into_iter().flat_map(|own| std::iter::once(own).chain(own.items()));
        let own = all.find(|own| own.kind() == Kind::Object && own.span().start == start);
        let element = own.and_then(|own| own.member("Resource").or_else(|| own.member("NotResource")));
        let span = element.map(|element| {
            let is_all = |own: &Value<'_>| own.as_string().is_some_and(|text| text == "*");
            let (mut items, count) = (element.items(), element.items().count());
            let entry = items.find(|own| is_all(own) || count == 1);
            match (entry, element.kind()) {
                (Some(entry), _) => entry.span(),
                (None, Kind::Array) => {
                    Span::new(element.span().start, element.span().start.saturating_add(1))
                }
                (None, _) => element.span(),
            }
        });
        let span = span.unwrap_or_else(|| opening(statement));
        Place::new(root.pointer_at(span.start), span)
    }

    fn at(&self, code: Code, statement: &Statement, found: String, help: String) -> Problem {
        let span = opening(statement);
        let place = Place::new(self.document.root().pointer_at(span.start), span);
        Problem::new(Mode::Strict, code, place, found, help, self.document.lines())
    }

    /// A statement by its Sid, or by its number if it has none or shares it.
    fn name(&self, number: usize) -> String {
        let sid = self.policy.statements.get(number).and_then(|own| own.sid.as_ref());
        let is_shared = |sid: &str| {
            let all = self.policy.statements.iter().filter_map(|own| own.sid.as_ref());
            all.filter(|own| &*own.value == sid).count() > 1
        };
        match sid.filter(|sid| !sid.value.is_empty() && !is_shared(&sid.value)) {
            Some(sid) => quoted(&sid.value),
            None => format!("statement {}", number.saturating_add(1)),
        }
    }

    fn names(&self, numbers: &[usize]) -> String {
        let names: Vec<String> = numbers.iter().map(|number| self.name(*number)).collect();
        first(&names, NAMED)
    }
}

/// What the condition of a statement says of resources that the policy does not name, if they satisfy it.
fn condition_of(statement: &Statement) -> &'static str {
    let is_tag = |key: &str| {
        let key = key.to_ascii_lowercase();
        ["resourcetag/", "existingobjecttag/"].iter().any(|own| key.contains(own))
    };
    let mut keys = statement.conditions.iter().map(|own| own.key.value.as_str()).peekable();
    if keys.peek().is_none() {
        "without a condition"
    } else if keys.all(is_tag) {
        "under a condition that resources without the tag meet"
    } else {
        "under a condition that does not limit them"
    }
}

/// Whether a statement has a test that a wider one lacks, or names principals where that one is for everyone.
fn has_limit_beyond(own: &Statement, wider: &Statement) -> bool {
    let has = |test: &Condition| {
        let mut tests = wider.conditions.iter();
        tests.any(|own| {
            own.key.value.as_str().eq_ignore_ascii_case(test.key.value.as_str())
                && own.test.value == test.test.value
        })
    };
    let is_everyone = |statement: &Statement| {
        let everyone =
            |own: &PrincipalElement| matches!(own, PrincipalElement::Principal(Principals::Everyone(_)));
        statement.principal.as_ref().is_none_or(everyone)
    };
    !own.conditions.iter().all(has) || (is_everyone(wider) && !is_everyone(own))
}

/// The first character of a statement.
const fn opening(statement: &Statement) -> Span {
    let start = statement.place.span.start;
    Span::new(start, start.saturating_add(1))
}
