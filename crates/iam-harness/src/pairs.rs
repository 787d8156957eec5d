//! All ordered pairs of a folder of policies: does the second policy allow everything that the first allows?

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use iam_analysis::{ActionNames, Actions, Analysis, Question, Space, Verdict};
use iam_catalog::Catalog;
use iam_eval::{Action, Context, ContextValue, Decision, Layers, Request, ResourceKind};
use iam_policy::{
    ArnFields, Effect, Limits, Mode, Pattern, Piece, Policy, PolicyKind, ResourceElement, Statement, Values,
};
use iam_testkit::Source;

/// A policy of the folder, with its name.
struct Named {
    name: String,
    policy: Arc<Policy>,
    layers: Layers,
}

/// Compares every pair. If the analysis says that the answer is yes, it is checked with `requests` random requests of the first policy.
pub(crate) fn run(folder: &Path, requests: u64) -> Result<String, String> {
    let catalog = Catalog::embedded().map_err(|e| e.to_string())?;
    let full: Vec<String> = catalog.actions().map(|action| action.to_string()).collect();
    let names = ActionNames::new(full.iter().map(String::as_str));
    let policies = read(folder)?;
    let mut text = String::new();
    for (title, actions) in [("closed catalogue", Actions::Listed), ("open action names", Actions::Open)] {
        text.push_str(&compare(title, &actions, &names, &policies, requests)?);
    }
    Ok(text)
}

fn read(folder: &Path) -> Result<Vec<Named>, String> {
    let entries = fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut files: Vec<_> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == "json"));
    files.sort();
    let mut policies = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if name == "MANIFEST" {
            continue;
        }
        let text = fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        let policy = Policy::parse(&text, PolicyKind::Managed, Mode::Deployed, &Limits::default())
            .map_err(|e| format!("{}: {e}", file.display()))?;
        let policy = Arc::new(policy);
        let mut layers = Layers::new();
        layers.identity.push(Arc::clone(&policy));
        policies.push(Named { name, policy, layers });
    }
    if policies.is_empty() { Err(format!("{}: no policy", folder.display())) } else { Ok(policies) }
}

fn compare(
    title: &str,
    actions: &Actions,
    names: &ActionNames,
    policies: &[Named],
    requests: u64,
) -> Result<String, String> {
    let mut analysis = Analysis::with_names(Space::new(), names.clone());
    let mut times: Vec<Duration> = Vec::new();
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let mut unknown = Vec::new();
    let mut slowest = (Duration::ZERO, String::new());
    // The first question about a policy prepares it.
    for one in policies {
        analysis.never(&Question::new(&one.layers).about(Actions::One(example()?)));
    }
    let mut source = Source::seeded(1);
    for a in policies {
        for b in policies {
            let question = Question::new(&a.layers).beyond(&b.layers).about(actions.clone());
            analysis.forget();
            let begun = now();
            let verdict = analysis.never(&question);
            let took = begun.elapsed();
            times.push(took);
            if took > slowest.0 {
                slowest = (took, format!("{} beside {}", a.name, b.name));
            }
            let count = counts.entry(verdict.name()).or_default();
            *count = count.saturating_add(1);
            match &verdict {
                Verdict::Holds => {
                    for _ in 0..requests {
                        let request = draw(&a.policy, names, &mut source);
                        let shown = request.filter(|r| shows(a, b, r));
                        if let Some(request) = shown {
                            return Err(format!("{} within {}: not for {request:?}", a.name, b.name));
                        }
                    }
                }
                Verdict::Fails(witness) => {
                    if !shows(a, b, &witness.request) {
                        return Err(format!("{} within {}: {:?}", a.name, b.name, witness.request));
                    }
                }
                Verdict::Unknown(doubts) => {
                    unknown.push(format!("  {} within {}: {doubts:?}\n", a.name, b.name));
                }
            }
        }
    }
    times.sort_unstable();
    let at = |share: usize| times.get(times.len().saturating_sub(1).saturating_mul(share).div_euclid(1000));
    let micros = |share: usize| at(share).map_or(0.0, |t| t.as_secs_f64() * 1e6);
    let count = |word: &str| counts.get(word).copied().unwrap_or(0);
    Ok(format!(
        "{} pairs of {} policies, {title}: {} hold (each put before {requests} requests), {} fail with a witness, {} unknown\n\
         microseconds: median {:.1}, 99 % {:.1}, 99.9 % {:.1}, most {:.1} ({})\n{}",
        times.len(),
        policies.len(),
        count("holds"),
        count("fails"),
        count("unknown"),
        micros(500),
        micros(990),
        micros(999),
        micros(1000),
        slowest.1,
        unknown.iter().take(10).map(String::as_str).collect::<String>()
    ))
}

#[expect(clippy::disallowed_methods, reason = "a measurement")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

fn example() -> Result<Action, String> {
    Action::new("none:None").ok_or_else(|| "no action".to_owned())
}

fn shows(a: &Named, b: &Named, request: &Request) -> bool {
    a.layers.decide(request) == Decision::Allowed && b.layers.decide(request) != Decision::Allowed
}

/// Draws a request that an Allow statement of the policy is likely to match.
fn draw(policy: &Policy, names: &ActionNames, source: &mut Source<'_>) -> Option<Request> {
    let allows: Vec<&Statement> =
        policy.statements.iter().filter(|s| s.effect.value == Effect::Allow).collect();
    let statement = *source.choose(&allows)?;
    let patterns: Vec<&str> = statement.action.patterns().iter().map(|p| p.value.text()).collect();
    let pattern = source.choose(&patterns).copied()?;
    let action = if statement.action.is_not() || source.chance(30) {
        names.name(source.below(names.len()))?.to_owned()
    } else {
        let prefix = pattern.split(['*', '?']).next().unwrap_or_default();
        names.first_from(prefix, source.below(20))?.to_owned()
    };
    let resource = match &statement.resource {
        Some(ResourceElement::Resource(patterns)) => {
            let texts: Vec<&Pattern> = patterns.iter().map(|p| p.value.pattern()).collect();
            source.choose(&texts).map_or_else(|| "*".to_owned(), |p| instance(p, source))
        }
        Some(ResourceElement::NotResource(_)) | None => "arn:aws:s3:::some/thing".to_owned(),
    };
    let resource = if resource.is_empty() || source.chance(10) { "*".to_owned() } else { resource };
    let mut context = Context::new();
    for condition in &statement.conditions {
        if source.chance(15) {
            continue;
        }
        let value = match &condition.values {
            Values::String(values) | Values::Arn(values) => {
                let texts: Vec<&Pattern> = values.iter().map(|v| &v.value).collect();
                source.choose(&texts).map(|p| instance(p, source)).unwrap_or_default()
            }
            Values::Numeric(_)
            | Values::Date(_)
            | Values::Bool(_)
            | Values::Binary(_)
            | Values::Ip(_)
            | Values::Null(_) => {
                condition.values.texts().first().map(|t| (*t).to_owned()).unwrap_or_default()
            }
        };
        let value = if condition.test.value.quantifier.is_some() {
            ContextValue::multiple([value])
        } else {
            ContextValue::single(value)
        };
        context.set(condition.key.value.as_str(), value);
    }
    let principal = iam_engines::session(ArnFields::partition_of(&resource).unwrap_or("aws"), "r");
    let request = Request::new(principal, Action::new(&action)?, resource)
        .on(ResourceKind::Generic)
        .owned_by("111122223333");
    Some(request.with_context(context))
}

/// A text that the pattern matches.
fn instance(pattern: &Pattern, source: &mut Source<'_>) -> String {
    let mut text = String::new();
    for piece in pattern.pieces() {
        match piece {
            Piece::Text(plain) => text.push_str(plain),
            Piece::AnyRun => text.push_str(source.pick::<&str, 4>(&["x", "", "a/b", "111122223333"])),
            Piece::AnyOne => text.push('q'),
            Piece::Variable(_) => text.push_str("value"),
        }
    }
    text
}
