//! Role and session as one policy decide like role and session.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::roles::{ACCOUNT, ATTACHED, PROFILES, profile, role};
use iamgate::iam_analysis::{Analysis, Space, Verdict};
use iamgate::iam_catalog::Catalog;
use iamgate::iam_eval::{Action, Context, Decision, Layers, Principal, Request};
use iamgate::iam_policy::{ResourceElement, Statement};
use iamgate::session_layers;

/// The number of requests for each case in an ordinary run, which tests some of the cases. `REQUESTS=100000` tests all cases with that number.
const REQUESTS: usize = 300;
const SOME: [(&str, &str); 2] = [("standard", ""), ("narrow", "AdministratorAccess")];

/// Numbers that are the same in every run (Steele and Vigna's SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) >> 33).unwrap().checked_rem(end).unwrap()
    }

    fn pick<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }
}

/// The texts from which requests are made: those of the policies in question, and of the catalogue.
struct World {
    actions: Vec<String>,
    resources: Vec<String>,
    keys: Vec<(String, Vec<String>)>,
}

impl World {
    fn of(layers: &Layers, actions: &[String]) -> Self {
        let statements: Vec<&Statement> =
            layers.policies().flat_map(|(_, policy)| &policy.statements).collect();
        let named = |action: &String| {
            let name = Action::new(action).unwrap();
            statements.iter().any(|s| {
                !s.action.is_not()
                    && s.action
                        .patterns()
                        .iter()
                        .any(|p| p.value.text() != "*" && matches(p.value.text(), name.as_str()))
            })
        };
        let mut some: Vec<String> = actions.iter().filter(|action| named(action)).cloned().collect();
        some.extend(actions.iter().step_by(50).cloned());
        let mut resources: BTreeSet<String> = BTreeSet::from(["*".to_owned()]);
        let mut keys: Vec<(String, Vec<String>)> = Vec::new();
        for statement in &statements {
            if let Some(ResourceElement::Resource(patterns) | ResourceElement::NotResource(patterns)) =
                &statement.resource
            {
                for text in patterns.iter().map(|p| p.value.pattern().text().to_owned()) {
                    resources.extend(["x", "", "a/b", ACCOUNT].map(|star| text.replace('*', star)));
                }
            }
            for condition in &statement.conditions {
                let mut values: Vec<String> =
                    condition.values.texts().iter().map(|t| t.replace('*', "x")).collect();
                values.push("other".to_owned());
                keys.push((condition.key.value.as_str().to_owned(), values));
            }
        }
        Self { actions: some, resources: resources.into_iter().filter(|r| !r.is_empty()).collect(), keys }
    }

    fn draw(&self, numbers: &mut Numbers) -> Request {
        let mut context = Context::new();
        for (key, values) in &self.keys {
            // A key whose absence would make a Deny apply is usually present.
            if numbers.below(8) > 0 && context.iter().all(|(other, _)| other != key) {
                let value = if numbers.below(4) > 0 { &values[0] } else { numbers.pick(values) };
                context.set(key.as_str(), iamgate::iam_eval::ContextValue::single(value.clone()));
            }
        }
        let principal =
            Principal::from_arn(&format!("arn:aws:sts::{ACCOUNT}:assumed-role/DoiT-Support-Gateway/someone"))
                .unwrap();
        let action = Action::new(numbers.pick::<String>(&self.actions)).unwrap();
        Request::new(principal, action, numbers.pick(&self.resources).clone())
            .on(iamgate::iam_eval::ResourceKind::Generic)
            .owned_by(ACCOUNT)
            .with_context(context)
    }
}

/// Whether a pattern of an action matches. It only helps to choose requests; no assertion depends on it.
fn matches(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    let mut rest = action.as_str();
    let mut pieces = pattern.split('*');
    let Some(after) = pieces.next().and_then(|first| rest.strip_prefix(first)) else { return false };
    rest = after;
    for piece in pieces {
        let Some((_, behind)) = rest.split_once(piece) else { return false };
        rest = behind;
    }
    rest.is_empty() || pattern.ends_with('*')
}

#[test]
fn effective_decides_like_the_layers() {
    let more = std::env::var("REQUESTS").ok().map(|text| text.parse().unwrap());
    let requests = more.unwrap_or(REQUESTS);
    let catalog = Catalog::embedded().unwrap();
    let actions: Vec<String> = catalog.actions().map(|action| action.to_string()).collect();
    let mut numbers = Numbers(1);
    for (name, attached) in PROFILES.into_iter().flat_map(|name| ATTACHED.map(|attached| (name, attached))) {
        if more.is_none() && !SOME.contains(&(name, attached)) {
            continue;
        }
        let layers = session_layers(Some(&role(attached)), &profile(name));
        let Ok(effective) = Analysis::effective(&Space::new(), &layers) else { panic!("{name} {attached}") };
        let is_proven = [&effective.within, &effective.covers].map(Verdict::holds_at_first);
        assert_eq!(is_proven, [true; 2], "{name} {attached}: {effective:?}");
        let mut own = Layers::new();
        own.identity.push(Arc::clone(&effective.policy));
        let world = World::of(&layers, &actions);
        let (layers, own) = (layers.compile(), own.compile());
        let mut allowed = 0_usize;
        for _ in 0..requests {
            let request = world.draw(&mut numbers);
            let is_allowed = layers.decide(&request) == Decision::Allowed;
            allowed = allowed.saturating_add(usize::from(is_allowed));
            assert_eq!(
                is_allowed,
                own.decide(&request) == Decision::Allowed,
                "{name} {attached}: {request:?}"
            );
        }
        let characters = format!("{:#}\n", effective.policy).len();
        println!(
            "{name} with {attached:?}: {allowed} of {requests} allowed, by both; {characters} characters"
        );
        assert!(allowed.saturating_mul(10) > requests, "{name} {attached}: {allowed}");
    }
}
