//! Ways by which a principal gets more than its policies give it.
//!
//! A [path](EscalationPath) is a combination of actions, such as passing a role to a function that one may create. [`escalations`] holds a
//! curated list of paths against all layers of a principal, with their Deny statements and conditions, so that a path is told only if every
//! step of it has a request that the evaluator allows. It makes no claim about paths that it does not tell.

mod paths;
mod reads;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use iam_analysis::{Actions, Analysis, Fact, ProofBudget, Question, Verdict};
use iam_catalog::{Lookup, is_of_form};
use iam_eval::{Action, ContextValue, Layers, Request, action_matches};
use iam_json::quoted;
use iam_policy::{
    ActionElement, ActionPattern, ArnFields, Condition, Effect, IdentityStatement, Policy, ResourceElement,
    ResourcePattern, Statement,
};

use crate::proof::{make_request_real, space};
pub use reads::{UnlimitedReads, unlimited_reads};

/// A combination of actions that gives more than the policies that allow it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct EscalationPath {
    /// What is changed or used, in a few words.
    pub name: &'static str,
    steps: &'static [Step],
    /// What a principal that takes all steps gets: a verb and its objects.
    pub gives: &'static str,
    /// The AWS page about the action that matters.
    pub source: &'static str,
}

/// A step of a path: one of some actions.
#[derive(Clone, Copy, Debug)]
struct Step {
    actions: &'static [&'static str],
    target: Target,
    /// The values of condition keys that the step has.
    keys: &'static [(&'static str, &'static str)],
}

/// What a step is done to.
#[derive(Clone, Copy, Debug)]
enum Target {
    /// Something that the principal may choose or make: any resource will do. Steps of one path whose actions are about a resource of the same
    /// type are done to the same one.
    Own,
    /// Something of others, of which the policies do not know the name: an ARN with `{partition}`, `{account}` and [stand-ins](STAND_INS), and
    /// what it is.
    Others(&'static str, &'static str),
}

impl Target {
    const ROLE: Self = Self::Others("arn:{partition}:iam::{account}:role/{name}", "role");
    const USER: Self = Self::Others("arn:{partition}:iam::{account}:user/{name}", "user");
    const GROUP: Self = Self::Others("arn:{partition}:iam::{account}:group/{name}", "group");
    const POLICY: Self =
        Self::Others("arn:{partition}:iam::{account}:policy/{name}", "customer managed policy");
}

/// A path that is open.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Escalation {
    /// The path.
    pub path: &'static EscalationPath,
    /// For each step a request that the layers allow, in order.
    pub requests: Vec<Request>,
    /// The steps in words, such as `iam:PassRole on any role that is not named and ec2:RunInstances`.
    pub steps: String,
}

/// Names of two resources, which have no character in common: what allows both has a wildcard for the whole name, and no part of it.
const NAMES: [&str; 2] = ["x7q3v9zk", "w5m8j2hbdn4"];

/// What stands for the names of targets, and two names for each, which have no character in common.
const STAND_INS: [(&str, [&str; 2]); 3] = [
    ("{name}", NAMES),
    ("{id}", ["0a2c4e6a8a0c2e4a6", "1b3d5f7b9b1d3f5b7"]),
    ("{task}", ["0a2c4e6a8a0c2e4a60a2c4e6a8a0c2e4", "1b3d5f7b9b1d3f5b71b3d5f7b9b1d3f5"]),
];

/// The budget of all questions about one principal.
const BUDGET: ProofBudget = ProofBudget::steps(1 << 18);

/// The most accounts in which targets are looked for: those that resources of the policies name.
const ACCOUNTS: usize = 4;

/// The account of targets if no policy names one.
const ACCOUNT: &str = "111122223333";

/// Keys of which targets have no value: what is told is open for targets without tags and without a permissions boundary.
const OF_TARGETS: [&str; 2] = ["iam:permissionsboundary", "aws:resourceaccount"];

/// Every path.
pub fn escalation_paths() -> &'static [EscalationPath] {
    paths::PATHS
}

/// The paths that are open to a principal with these layers.
///
/// A step that is done to something of others counts only if it can be done to two things whose names have nothing in common and whose tags no
/// policy mentions. A path whose steps cannot be decided within the budget is left out.
pub fn escalations(layers: &Layers, details: &dyn Lookup) -> Vec<Escalation> {
    let allowing = Allowing::of(layers);
    let mut asking =
        Asking { layers, details, targets: targets(layers), known: BTreeMap::new(), left: BUDGET };
    let open = |path: &'static EscalationPath, asking: &mut Asking<'_>| {
        let is_named = |step: &Step| step.actions.iter().any(|action| allowing.names(action));
        if !path.steps.iter().all(is_named) {
            return None;
        }
        let taken =
            asking.taken(path.steps, &allowing).or_else(|| asking.taken_together(path.steps, &allowing));
        let (says, requests): (Vec<String>, Vec<Request>) = taken?.into_iter().unzip();
        let steps = match says.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
            None => String::new(),
        };
        Some(Escalation { path, requests, steps })
    };
    paths::PATHS.iter().filter_map(|path| open(path, &mut asking)).collect()
}

/// The patterns of Allow statements of the identity policies, by service.
struct Allowing<'l> {
    /// Those of each service, whose name is in lower case, sorted by it.
    by_service: Vec<(String, Vec<&'l ActionPattern>)>,
    /// Patterns whose service has wildcards.
    others: Vec<&'l ActionPattern>,
    /// Whether a statement allows all but some actions.
    has_exclusions: bool,
}

impl<'l> Allowing<'l> {
    fn of(layers: &'l Layers) -> Self {
        let mut own = Self { by_service: Vec::new(), others: Vec::new(), has_exclusions: false };
        let statements = layers.identity.iter().flat_map(|policy| &policy.statements);
        for statement in statements.filter(|own| own.effect.value == Effect::Allow) {
            own.has_exclusions |= statement.action.is_not();
            for pattern in statement.action.patterns().iter().map(|own| &own.value) {
                own.add(pattern);
            }
        }
        own.by_service.sort_by(|(a, _), (b, _)| a.cmp(b));
        own.by_service.dedup_by(|(b, more), (a, patterns)| {
            let is_same = a == b;
            if is_same {
                patterns.append(more);
            }
            is_same
        });
        own
    }

    fn add(&mut self, pattern: &'l ActionPattern) {
        // Patterns of one service mostly stand together.
        if let Some((last, patterns)) = self.by_service.last_mut()
            && pattern.text().strip_prefix(&**last).is_some_and(|name| name.starts_with(':'))
        {
            return patterns.push(pattern);
        }
        match pattern.service() {
            Some(service) if !pattern.has_wildcard_service() => {
                self.by_service.push((service.to_ascii_lowercase(), vec![pattern]));
            }
            Some(_) | None => self.others.push(pattern),
        }
    }

    /// The patterns of a service, whose own has no wildcards.
    fn of_service(&self, service: &str) -> impl Iterator<Item = &'l ActionPattern> + '_ {
        let found = self.by_service.binary_search_by(|(own, _)| (**own).cmp(service)).ok();
        found.and_then(|at| self.by_service.get(at)).into_iter().flat_map(|(_, own)| own).copied()
    }

    /// The patterns that may be about an action of a service. `None` if a statement allows all but some.
    fn about(&self, service: &str) -> Option<impl Iterator<Item = &'l ActionPattern> + '_> {
        let own = self.of_service(service).chain(self.others.iter().copied());
        (!self.has_exclusions).then_some(own)
    }

    /// Whether some pattern may allow an action of the service.
    fn names_some_of(&self, service: &str) -> bool {
        self.has_exclusions || !self.others.is_empty() || self.of_service(service).next().is_some()
    }

    /// Whether some pattern allows the action, if everything else lets it.
    fn names(&self, action: &str) -> bool {
        let (service, _) = action.split_once(':').unwrap_or((action, ""));
        let mut own = self.of_service(service).chain(self.others.iter().copied());
        self.has_exclusions || own.any(|pattern| action_matches(pattern, action))
    }
}

/// The action, the target and the value of the first key of a step.
type StepKey = (&'static str, Option<&'static str>, Option<&'static str>);

/// The questions about the layers of one principal.
struct Asking<'a> {
    layers: &'a Layers,
    details: &'a dyn Lookup,
    /// Partitions and accounts.
    targets: Vec<(String, String)>,
    /// The answers, by action, target and keys.
    known: BTreeMap<StepKey, Option<Request>>,
    left: ProofBudget,
}

impl Asking<'_> {
    /// Requests of all steps that are allowed, and the steps in words.
    fn taken(&mut self, steps: &[Step], allowing: &Allowing<'_>) -> Option<Vec<(String, Request)>> {
        let mut taken = Taken::default();
        for step in steps {
            let mut actions = step.actions.iter().copied().filter(|action| allowing.names(action));
            let found = actions.find_map(|action| self.step(step, action, &[], &taken.things))?;
            taken.add(step, found);
        }
        Some(taken.steps)
    }

    /// The same if what a step is done to has to be chosen so that the later ones can be done to it too.
    fn taken_together(&mut self, steps: &[Step], allowing: &Allowing<'_>) -> Option<Vec<(String, Request)>> {
        let own = steps.iter().filter(|step| matches!(step.target, Target::Own)).count();
        if own < 2 {
            return None;
        }
        let mut choices: Vec<Vec<&'static str>> = vec![Vec::new()];
        for step in steps {
            let named = step.actions.iter().copied().filter(|action| allowing.names(action));
            let named: Vec<&'static str> = named.collect();
            let longer = |own: &Vec<&'static str>| -> Vec<Vec<&'static str>> {
                named.iter().map(|action| [own.as_slice(), &[*action]].concat()).collect()
            };
            choices = choices.iter().flat_map(longer).collect();
        }
        choices.iter().find_map(|actions| {
            let mut taken = Taken::default();
            for (at, (step, action)) in steps.iter().zip(actions).enumerate() {
                let later = steps.iter().zip(actions).skip(at.saturating_add(1));
                let later: Vec<&'static str> = later
                    .filter(|(step, _)| matches!(step.target, Target::Own))
                    .map(|(_, other)| *other)
                    .filter(|other| self.are_about_one(action, other))
                    .collect();
                let found = self.step(step, action, &later, &taken.things)?;
                taken.add(step, found);
            }
            Some(taken.steps)
        })
    }

    /// The forms of the resources of an action.
    fn forms(&self, action: &str) -> BTreeSet<&str> {
        let known = self.details.action(action).into_iter().flat_map(iam_catalog::ActionDetails::resources);
        known.flat_map(|resource| resource.resource_type().arns()).collect()
    }

    /// Whether two actions are about resources of the same type.
    fn are_about_one(&self, one: &str, other: &str) -> bool {
        !self.forms(one).is_disjoint(&self.forms(other))
    }

    /// The resource of an earlier step that is one of those that an action is about.
    fn shared<'t>(&self, action: &str, things: &'t [(String, String)]) -> Option<&'t str> {
        let own = self.forms(action);
        let is_shared = |(other, arn): &&(String, String)| {
            own.intersection(&self.forms(other)).any(|form| is_of_form(arn, form))
        };
        things.iter().find(is_shared).map(|(_, arn)| arn.as_str())
    }

    /// A request of a step with one of its actions that is allowed, and the step in words. `later` are actions that are done to the same thing
    /// after it, and `things` are the actions and resources of earlier steps.
    fn step(
        &mut self,
        step: &Step,
        action: &'static str,
        later: &[&str],
        things: &[(String, String)],
    ) -> Option<(String, Request)> {
        let target = match step.target {
            Target::Own => None,
            Target::Others(arn, _) => Some(arn),
        };
        if target.is_none()
            && let Some(thing) = self.shared(action, things)
        {
            let layers = about(self.layers, [thing])?;
            let found = self.ask(&Action::new(action)?, &layers, step.keys)?;
            return Some((action.to_owned(), found));
        }
        let found = if later.is_empty() {
            let key = (action, target, step.keys.first().map(|(_, value)| *value));
            let known = self.known.get(&key).cloned();
            let found = known.unwrap_or_else(|| self.allowed(action, target, step.keys));
            self.known.insert(key, found.clone());
            found?
        } else {
            self.ask_shared(&Action::new(action)?, step.keys, later)?
        };
        let says = match step.target {
            Target::Own => action.to_owned(),
            Target::Others(_, what) => format!("{action} on any {what} {}", extent(self.layers, &found)),
        };
        Some((says, found))
    }

    fn allowed(&mut self, action: &str, target: Option<&str>, keys: &[(&str, &str)]) -> Option<Request> {
        let action = Action::new(action)?;
        let Some(template) = target else { return self.ask_own(&action, keys, self.layers) };
        let targets = self.targets.clone();
        targets.iter().find_map(|(partition, account)| {
            let arn = template.replace("{partition}", partition).replace("{account}", account);
            let arn = STAND_INS.iter().fold(arn, |arn, (mark, [first, _])| arn.replace(mark, first));
            let found = self.ask(&action, &about(self.layers, [arn.as_str()])?, keys)?;
            let other = of_other_name(&found);
            // Mostly the same request will do.
            if !self.layers.decide(&other).is_allowed() {
                self.ask(&action, &about(self.layers, [&*other.resource])?, keys)?;
            }
            Some(found)
        })
    }

    /// Asks about a resource of one of the types of the action, or about `*` if it has none.
    fn ask_own(&mut self, action: &Action, keys: &[(&str, &str)], layers: &Layers) -> Option<Request> {
        let Some(known) = self.details.action(action.as_str()) else {
            return self.ask(action, layers, keys);
        };
        // A wildcard for the partition would also stand for other services.
        let partitions: BTreeSet<String> =
            self.targets.iter().map(|(partition, _)| partition.clone()).collect();
        let arns = known.resources().flat_map(|own| own.resource_type().arns());
        let forms: BTreeSet<String> = arns
            .flat_map(|form| partitions.iter().map(move |own| form.replace("${Partition}", own)))
            .map(|form| any_of_form(&form))
            .collect();
        if forms.is_empty() {
            let layers = about_no_resource(layers);
            let mut found = self.ask(action, &layers, keys)?;
            found.resource = "*".into();
            return Question::new(self.layers).is_shown_by(&found).then_some(found);
        }
        let layers = about(layers, forms.iter().map(String::as_str))?;
        self.ask(action, &layers, keys)
    }

    /// Asks about a resource that has a type in common with later actions, and that they may be about too.
    fn ask_shared(&mut self, action: &Action, keys: &[(&str, &str)], later: &[&str]) -> Option<Request> {
        let layers = later.iter().fold(self.layers.clone(), |own, other| where_allowed(&own, other));
        let own = self.forms(action.as_str());
        let is_shared = |form: &&&str| later.iter().all(|other| self.forms(other).contains(**form));
        let shared: Vec<String> = own.iter().filter(is_shared).map(|form| (*form).to_owned()).collect();
        let targets = self.targets.clone();
        let partitions: BTreeSet<&str> = targets.iter().map(|(partition, _)| partition.as_str()).collect();
        shared.iter().find_map(|form| {
            // A wildcard for an account would also stand for the name of something else, and the account before it.
            let more = format!("*{}", ":*".repeat(form.matches(':').count().saturating_add(1)));
            let more = ResourcePattern::parse_without_variables(&more).ok()?;
            let deny = IdentityStatement::deny(
                [ActionPattern::any()].into_iter().collect(),
                [more].into_iter().collect(),
            );
            let all = IdentityStatement::allow(ActionElement::any(), ResourceElement::any());
            let deny = Arc::new(Policy::managed([all, deny]));
            partitions.iter().find_map(|partition| {
                let pattern = any_of_form(&form.replace("${Partition}", partition));
                let mut layers = about(&layers, [pattern.as_str()])?;
                layers.scp.get_or_insert_default().push(vec![Arc::clone(&deny)]);
                self.ask(action, &layers, keys)
            })
        })
    }

    fn ask(&mut self, action: &Action, layers: &Layers, keys: &[(&str, &str)]) -> Option<Request> {
        let layers = &only_about(layers, action.as_str());
        let statements = layers.policies().flat_map(|(_, policy)| &policy.statements);
        let conditions: Vec<&Condition> = statements.flat_map(|own| &own.conditions).collect();
        let mut space = space(conditions.iter().copied(), self.details);
        for (key, value) in keys {
            space.set_fact(key, Fact::Value(ContextValue::Single((*value).into())));
        }
        // A user has no rights over others because it has them over itself.
        space.set_fact("aws:username", Fact::Value(ContextValue::Single("this-user".into())));
        let names: BTreeSet<String> =
            conditions.iter().map(|own| own.key.value.as_str().to_ascii_lowercase()).collect();
        let is_of_target =
            |name: &&String| name.contains(":resourcetag/") || OF_TARGETS.contains(&name.as_str());
        for name in names.iter().filter(is_of_target) {
            space.set_fact(name, Fact::Absent);
        }
        let mut analysis = Analysis::new(space).in_all(self.left);
        let question = Question::new(layers).about(Actions::One(action.clone()));
        let verdict = analysis.never(&question);
        self.left = analysis.left();
        match verdict {
            Verdict::Fails(witness) => Some(make_request_real(witness.request, &question, self.details)),
            Verdict::Holds | Verdict::Unknown(_) => None,
        }
    }
}

/// The steps of a path that have been taken.
#[derive(Default)]
struct Taken {
    /// Each in words, with its request.
    steps: Vec<(String, Request)>,
    /// What the principal did them to, with their actions.
    things: Vec<(String, String)>,
}

impl Taken {
    fn add(&mut self, step: &Step, (says, request): (String, Request)) {
        if matches!(step.target, Target::Own) {
            self.things.push((request.action.as_str().to_owned(), request.resource.to_string()));
        }
        self.steps.push((says, request));
    }
}

/// The request about something of the second name.
fn of_other_name(request: &Request) -> Request {
    let arn = request.resource.to_string();
    let arn = STAND_INS.iter().fold(arn, |arn, (_, [first, second])| arn.replace(first, second));
    let mut other = request.clone();
    other.resource = arn.into();
    other
}

/// Of which resources an allowed request has one: those that the first Allow statement that alone allows it is about, whichever its name is.
fn extent(layers: &Layers, request: &Request) -> String {
    const ALL: &str = "that is not named";
    let both = [request.clone(), of_other_name(request)];
    let allows = |layers: &Layers| both.iter().all(|request| layers.decide(request).is_allowed());
    let patterns = layers.identity.iter().find_map(|policy| {
        policy.statements.iter().filter(|own| own.effect.value == Effect::Allow).find_map(|own| {
            let mut alone = Layers::new();
            alone.identity.push(Arc::new(policy.with_only(vec![own.clone()])));
            allows(&alone).then_some(own.resource.as_ref())
        })
    });
    let Some(Some(resource)) = patterns.filter(|own| own.is_some_and(|own| !own.is_not())) else {
        return ALL.to_owned();
    };
    let texts = resource.patterns().iter().map(|pattern| pattern.value.text());
    let matching: Vec<&str> = texts
        .filter(|text| {
            about(&Layers::new(), [*text]).is_none_or(|only| {
                let mut alone = only;
                alone.identity.push(Arc::new(Policy::everything()));
                allows(&alone)
            })
        })
        .collect();
    let [pattern] = matching.as_slice() else { return ALL.to_owned() };
    let Some(own) = ArnFields::split(pattern) else { return ALL.to_owned() };
    let is_plain = |text: &str| !text.is_empty() && !text.contains(['*', '?', '$']);
    // All of the account, whatever the text before the first wildcard says of the type.
    let is_all =
        own.resource.split_once('/').map_or(own.resource, |(_, rest)| rest).chars().all(|c| c == '*');
    match (is_all, is_plain(own.account)) {
        (true, true) => format!("of account {}", own.account),
        (true, false) if own.account.chars().all(|c| c == '*') => ALL.to_owned(),
        _ => format!("that {} matches", quoted(pattern)),
    }
}

/// The pattern of all ARNs of a form of the catalogue.
fn any_of_form(form: &str) -> String {
    let mut pieces = form.split("${");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + "*" + piece.split_once('}').map_or("", |(_, rest)| rest))
}

/// The layers, for requests about resources with these patterns.
fn about<'p>(layers: &Layers, patterns: impl IntoIterator<Item = &'p str>) -> Option<Layers> {
    let patterns: Result<Vec<ResourcePattern>, _> =
        patterns.into_iter().map(ResourcePattern::parse_without_variables).collect();
    let only = IdentityStatement::allow(
        [ActionPattern::any()].into_iter().collect(),
        patterns.ok()?.into_iter().collect(),
    );
    let mut own = layers.clone();
    own.scp.get_or_insert_default().push(vec![Arc::new(Policy::managed([only]))]);
    Some(own)
}

/// The layers, for requests about resources for which they may allow an action, as far as statements without their conditions tell.
fn where_allowed(layers: &Layers, action: &str) -> Layers {
    let of_action = only_about(layers, action);
    let about_resources = |policy: &Arc<Policy>| {
        let always = policy.statements.iter();
        let always = always.filter(|own| own.effect.value == Effect::Allow || own.conditions.is_empty());
        let statements = always.cloned().map(|mut own| {
            own.action = ActionElement::any();
            own.conditions = Vec::new();
            own
        });
        Arc::new(policy.with_only(statements.collect()))
    };
    let levels = std::iter::once(&of_action.identity).chain(&of_action.boundary);
    let levels = levels.chain(of_action.scp.iter().flatten());
    let levels: Vec<Vec<Arc<Policy>>> = levels.map(|own| own.iter().map(about_resources).collect()).collect();
    let mut own = layers.clone();
    own.scp.get_or_insert_default().extend(levels);
    own
}

/// The layers with those statements that are about an action. They decide requests for it as all of them do.
fn only_about(layers: &Layers, action: &str) -> Layers {
    with_only(layers, |own| {
        let mut patterns = own.action.patterns().iter();
        patterns.any(|pattern| action_matches(&pattern.value, action)) != own.action.is_not()
    })
}

/// The layers with those statements that are about requests without a resource (rule 3.6).
fn about_no_resource(layers: &Layers) -> Layers {
    with_only(layers, |own| {
        own.resource.as_ref().is_none_or(|resource| {
            resource.patterns().iter().any(|pattern| pattern.value.is_any()) != resource.is_not()
        })
    })
}

fn with_only(layers: &Layers, is_about: impl Fn(&Statement) -> bool) -> Layers {
    let mut own = layers.clone();
    let scp = own.scp.iter_mut().flatten().flatten();
    let boundary = own.boundary.iter_mut().flatten();
    for policy in own.identity.iter_mut().chain(boundary).chain(scp) {
        if policy.statements.iter().all(&is_about) {
            continue;
        }
        let statements: Vec<Statement> =
            policy.statements.iter().filter(|own| is_about(own)).cloned().collect();
        *policy = Arc::new(policy.with_only(statements));
    }
    own
}

/// The partitions and accounts that the resources of Allow statements name; one if they name none.
fn targets(layers: &Layers) -> Vec<(String, String)> {
    let statements = layers.identity.iter().flat_map(|policy| &policy.statements);
    let allows = statements.filter(|own| own.effect.value == Effect::Allow);
    let patterns =
        allows.filter_map(|own: &Statement| own.resource.as_ref()).flat_map(ResourceElement::patterns);
    let mut found: Vec<(String, String)> = Vec::new();
    for pattern in patterns {
        let Some(fields) = ArnFields::split(pattern.value.pattern().text()) else { continue };
        let is_plain = |text: &str| !text.is_empty() && !text.contains(['*', '?', '$']);
        let partition = if is_plain(fields.partition) { fields.partition } else { "aws" };
        let account = if is_plain(fields.account) { fields.account } else { ACCOUNT };
        // What belongs to AWS, such as its managed policies, is nothing that a principal can change.
        if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let own = (partition.to_owned(), account.to_owned());
        if found.len() < ACCOUNTS && !found.contains(&own) {
            found.push(own);
        }
    }
    if found.is_empty() {
        found.push(("aws".to_owned(), ACCOUNT.to_owned()));
    }
    found
}

#[cfg(test)]
mod tests;
