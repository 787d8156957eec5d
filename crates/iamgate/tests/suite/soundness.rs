//! The preview never counts less than the engine allows: if a request is allowed, the preview counts its action.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use super::roles::edited;
use super::support::{folder, managed};
use iamgate::iam_catalog::Catalog;
use iamgate::iam_eval::{
    Action, Context, ContextValue, Decision, Layers, Principal, Request, ResourceKind, action_matches,
};
use iamgate::iam_policy::Limits;
use iamgate::{File, NamedPolicy, Profile, RoleSnapshot, preview};
use serde_json::Value;

const ACCOUNT: &str = "123456789012";
const TAG: &str = "aws:PrincipalTag/DoitEnvironment";

/// The profile without levels and promises. Every surviving action is then outside the promise, and so is listed by name.
fn bare(name: &str) -> Profile {
    edited(name, without_promise)
}

fn without_promise(json: &mut Value) {
    for promise in ["levels", "exceptions", "never_allowed", "always_denied"] {
        json[promise] = Value::Array(Vec::new());
    }
}

fn survivors(role: &RoleSnapshot, profile: &Profile, catalog: &Catalog<'_>) -> BTreeSet<String> {
    preview(role, profile, catalog).outside.iter().map(|o| o.action.to_string()).collect()
}

fn layers(role: &RoleSnapshot, profile: &Profile) -> Layers {
    let documents =
        |policies: &[NamedPolicy]| policies.iter().map(|p| Arc::clone(p.policy())).collect::<Vec<_>>();
    let mut layers = Layers::new();
    layers.identity = documents(role.policies());
    layers.boundary = role.boundary().as_ref().map(|b| documents(std::slice::from_ref(b)));
    layers.session = Some(documents(profile.policies()));
    layers
}

fn allowed(layers: &Layers, action: &str, resource: &str, context: &Context) -> bool {
    let who = Principal::from_arn("arn:aws:sts::123456789012:assumed-role/DoiT-Support-Gateway/ana").unwrap();
    // Trust and key policies are not asked, because they might grant the request.
    let request =
        Request::new(who, Action::new(action).unwrap(), resource).on(ResourceKind::Generic).owned_by(ACCOUNT);
    layers.decide(&request.with_context(context.clone())) == Decision::Allowed
}

/// A resource for every pattern of every statement that names the action, and some others.
fn resources(layers: &Layers, action: &str) -> BTreeSet<String> {
    let mut found: BTreeSet<String> =
        ["*", "arn:aws:s3:::b/k", "arn:aws:iam::123456789012:role/SupportDiagnostics"]
            .map(str::to_owned)
            .into();
    for statement in layers.policies().flat_map(|(_, policy)| &policy.statements) {
        if statement.action.patterns().iter().any(|p| action_matches(&p.value, action)) {
            let patterns = statement.resource.iter().flat_map(iamgate::iam_policy::ResourceElement::patterns);
            found.extend(patterns.map(|p| p.value.text().replace('*', "x").replace('?', "y")));
        }
    }
    found
}

fn contexts() -> Vec<Context> {
    let tagged = || Context::new().with(TAG, ContextValue::single(ACCOUNT));
    let full = tagged()
        .with("kms:ViaService", ContextValue::single("sso.eu-west-1.amazonaws.com"))
        .with("kms:EncryptionContext:aws:sso:instance-arn", ContextValue::single("arn:aws:sso:::instance/i"))
        .with("iam:PassedToService", ContextValue::single("ts.amazonaws.com"))
        .with("aws:ResourceAccount", ContextValue::single(ACCOUNT));
    vec![Context::new(), Context::new().with(TAG, ContextValue::single("x")), tagged(), full]
}

#[test]
fn what_the_engine_allows_in_the_real_role_survives() {
    let catalog = Catalog::embedded().unwrap();
    let role =
        RoleSnapshot::from_folder(&folder("doit/support-gateway"), &managed(), &Limits::default()).unwrap();
    let names: Vec<String> = catalog.actions().map(|a| a.to_string()).collect();
    for name in ["standard", "standard-no-logs", "narrow", "diagnostics"] {
        let profile = bare(name);
        let (layers, counted) = (layers(&role, &profile), survivors(&role, &profile, &catalog));
        // A sample, and every possible action that changes something.
        let acting = counted.iter().filter(|a| !catalog.action(a).unwrap().level.is_read_only()).cloned();
        let sample: BTreeSet<String> = names.iter().step_by(73).cloned().chain(acting).collect();
        assert!(sample.len() > 300);
        let mut yes = BTreeSet::new();
        for action in &sample {
            for resource in resources(&layers, action) {
                for context in contexts() {
                    if allowed(&layers, action, &resource, &context) {
                        assert!(counted.contains(action), "{name}: {action} on {resource} with {context:?}");
                        assert_eq!(
                            context.value(TAG),
                            Some(&ContextValue::single(ACCOUNT)),
                            "{name}: {action}"
                        );
                        yes.insert(action.clone());
                    }
                }
            }
        }
        // The test is not vacuous, and the count is close: some request is allowed for nearly every counted action.
        let wanted = sample.intersection(&counted).count();
        assert!(yes.len() > 50 && yes.len() * 10 >= wanted * 9, "{name}: {} of {wanted}", yes.len());
    }
}

/// Pseudo-random numbers, the same in every run.
struct Dice(u64);

impl Dice {
    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let index = usize::try_from(self.0 >> 33).unwrap().checked_rem(from.len()).unwrap();
        from[index]
    }

    fn policy(&mut self, allows: usize) -> String {
        let mut statements = String::new();
        for i in 0..allows.saturating_add(2) {
            let effect = if i < allows { "Allow" } else { self.pick(&["Deny", "Deny", "Allow"]) };
            let action = self.pick(&["Action", "Action", "Action", "NotAction"]);
            let resource = self.pick(&["Resource", "Resource", "Resource", "NotResource"]);
            let condition = self.pick(&["", "", r#", "Condition": {"StringEquals": {"aws:a": "1"}}"#]);
            let _ = write!(
                statements,
                r#"{}{{"Effect": "{effect}", "{action}": ["{}", "{}"], "{resource}": ["{}", "{}"]{condition}}}"#,
                if i == 0 { "" } else { ", " },
                self.pick(ACTIONS),
                self.pick(ACTIONS),
                self.pick(RESOURCES),
                self.pick(RESOURCES),
            );
        }
        format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#)
    }
}

const CATALOGUE: &str = "iam-catalog actions 1\nsource a test\ndate 2026-01-01\ncounts 2 5\n@s3 rcp S3\nRGetA\nRGetB\nWPutA\n@sqs - SQS\nRRead\nWWrite\n";
const ACTIONS: &[&str] =
    &["s3:GetA", "s3:GetB", "s3:Get*", "s3:*", "s3:Put?", "sqs:*", "sqs:Read", "*", "S3:puta"];
const RESOURCES: &[&str] = &[
    "arn:aws:s3:::a",
    "arn:aws:s3:::a*",
    "arn:aws:s3:::?",
    "arn:aws:s3:::${aws:username}",
    "arn:aws:s3:::*",
    "arn:aws:sqs:*:*:q",
    "arn:aws:sqs:*:1*:q",
    "arn:*:*:*:*:*",
    "*",
];

#[test]
fn what_the_engine_allows_in_random_policies_survives() {
    let catalog = Catalog::parse(CATALOGUE).unwrap();
    let mut dice = Dice(7);
    let (managed, limits) = (managed(), Limits::default());
    let (mut yes, mut gone) = (0, 0);
    for round in 0..1_500 {
        let file = |name: &str, text: String| File { name: name.to_owned(), text };
        let about = r#"{"RoleName": "R", "Arn": "arn:aws:iam::123456789012:role/R"}"#.to_owned();
        let mut files = vec![file("role.json", about), file("inline/a.json", dice.policy(2))];
        files.push(file("managed/b.json", dice.policy(1)));
        if round % 2 == 0 {
            files.push(file("boundary.json", dice.policy(3)));
        }
        let role = RoleSnapshot::from_folder(&files, &managed, &limits).unwrap_or_else(|e| panic!("{e}"));
        let session: Value = serde_json::from_str(&dice.policy(3)).unwrap();
        let profile = edited("standard", |json| {
            without_promise(json);
            json["Policy"] = session;
            json["PolicyArns"] = Value::Array(Vec::new());
            json["pins"] = Value::Object(serde_json::Map::new());
        });
        let (layers, counted) = (layers(&role, &profile), survivors(&role, &profile, &catalog));
        gone += catalog.actions().len() - counted.len();
        for action in catalog.actions().map(|a| a.to_string()) {
            for resource in ["*", "arn:aws:s3:::a", "arn:aws:s3:::ab", "arn:aws:s3:::b", "arn:aws:sqs:e:12:q"]
            {
                for a in [None, Some("1"), Some("2")] {
                    let set = |context: Context, a| context.with("aws:a", ContextValue::single(a));
                    let context = Context::new().with("aws:username", ContextValue::single("b"));
                    let context = a.map_or(context.clone(), |a| set(context, a));
                    if allowed(&layers, &action, resource, &context) {
                        assert!(counted.contains(&action), "{action} on {resource}, {context:?}: {files:#?}");
                        yes += 1;
                    }
                }
            }
        }
    }
    assert!(yes > 1_000 && gone > 1_000, "{yes} {gone}");
}
