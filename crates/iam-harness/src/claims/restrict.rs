//! `iamgate restrict`: nobody with the tag gets anything on the resource, and nothing changes for anybody else.

use std::sync::Arc;

use iam_analysis::{CallerKind, Verdict, VerdictKind};
use iam_catalog::Catalog;
use iam_engines::CallerQuestion;
use iam_eval::{ContextValue, Decision, Layers, LetterCase, Request, ResourceKind, action_matches, matches};
use iam_policy::{ActionElement, ActionPattern, ArnFields, Policy, PolicyKind, Statement};
use iam_testkit::Source;
use iamgate::{CallerGroup, RestrictedKind, Restriction};
use iamgate_verbs::{RestrictArgs, restrict};

use super::bench::{Bench, Tally, contradicted, read};
use super::callers::{Crowd, request};
use super::fault::{Fault, planted};
use super::public::layers;
use super::sample::{ACCOUNT, Pool, reading};

/// The callers that are put to the claims of one case.
const SAMPLES: usize = 120;

pub(crate) const FAULTS: &[Fault] = &[Fault::ActionNotDenied, Fault::StatementNotAdded, Fault::AllowLost];

/// Resources, each with two of the actions on it.
const RESOURCES: [(&str, [&str; 2]); 14] = [
    ("arn:aws:s3:::payroll-b", ["s3:GetObject", "s3:ListBucket"]),
    ("arn:aws:s3:::payroll-b/k", ["s3:GetObject", "s3:PutObject"]),
    ("arn:aws:s3:us-east-1:111122223333:accesspoint/ap", ["s3:GetObject", "s3:ListBucket"]),
    ("arn:aws:sqs:us-east-1:111122223333:q", ["sqs:SendMessage", "sqs:ReceiveMessage"]),
    ("arn:aws:sns:us-east-1:111122223333:t", ["sns:Publish", "sns:Subscribe"]),
    (
        "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        ["kms:Decrypt", "kms:DescribeKey"],
    ),
    (
        "arn:aws:secretsmanager:us-east-1:111122223333:secret:s-AbCdEf",
        ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
    ),
    ("arn:aws:dynamodb:us-east-1:111122223333:table/tab", ["dynamodb:GetItem", "dynamodb:Query"]),
    ("arn:aws:ecr:us-east-1:111122223333:repository/r-b", ["ecr:BatchGetImage", "ecr:PutImage"]),
    ("arn:aws:lambda:us-east-1:111122223333:function:f", ["lambda:InvokeFunction", "lambda:GetFunction"]),
    ("arn:aws:kinesis:us-east-1:111122223333:stream/s", ["kinesis:GetRecords", "kinesis:PutRecord"]),
    ("arn:aws:events:us-east-1:111122223333:event-bus/bus", ["events:PutEvents", "events:PutRule"]),
    (
        "arn:aws:backup:us-east-1:111122223333:backup-vault:v",
        ["backup:DescribeBackupVault", "backup:StartBackupJob"],
    ),
    (
        "arn:aws:elasticfilesystem:us-east-1:111122223333:file-system/fs-12345678",
        ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
    ),
];

/// The policy that a resource has, or none: one about callers, on this resource and by its actions.
fn policy(source: &mut Source<'_>, arn: &str, [first, second]: [&str; 2]) -> Option<String> {
    let text = CallerQuestion::draw(source)?.resource_policy()?.to_owned();
    let service = first.split_once(':').map_or("s3", |(service, _)| service);
    Some(
        text.replace("\"s:a\"", &format!("\"{first}\""))
            .replace("\"s:b\"", &format!("\"{second}\""))
            .replace("\"s:*\"", &format!("\"{service}:*\""))
            .replace("arn:aws:s3:::b", arn),
    )
}

pub(crate) fn case(bench: &Bench, source: &mut Source<'_>, fault: Option<Fault>) -> Result<Tally, String> {
    let (arn, actions) = *source.pick(&RESOURCES);
    let needs_policy = arn.contains(":kms:");
    let text = if needs_policy || source.chance(80) { policy(source, arn, actions) } else { None };
    let tag = *source.pick(&["x", "DoitEnvironment", "X"]);
    let old = text.as_deref().and_then(|text| read(text, PolicyKind::Resource));
    let asked = text.as_deref().and_then(|text| planted(text, PolicyKind::Resource, fault));
    if text.is_some() && (old.is_none() || asked.is_none()) {
        return Ok(Tally::refused());
    }
    let args = RestrictArgs {
        resource: arn.to_owned(),
        account: Some(ACCOUNT.to_owned()),
        policy: text.as_ref().map(|_| "policy.json".to_owned()),
        tag: tag.to_owned(),
    };
    let world = bench.world(asked.map(|text| ("policy.json", text)));
    let Ok(answer) = restrict(&args, &world) else { return Ok(Tally::refused()) };
    let (catalog, _) = bench.built_in.actions().map_err(|error| error.to_string())?;
    let details = bench.built_in.details().map_err(|error| error.to_string())?;
    let made = &answer.made;
    let Some(new) = in_force(made, old.as_ref(), catalog, fault) else { return Ok(Tally::refused()) };
    let printed = new.to_string();
    let given = text.unwrap_or_default();
    let documents = [given.as_str(), printed.as_str()];
    let mut tally = Tally::default();
    for own in &made.denied {
        tally.verdicts([&own.verdict]);
        shown(&own.verdict, "denied", &documents, |request| {
            allowed(made, own.callers.kind, Some(&new), request, iam_eval::Reading::FIRST)
        })?;
    }
    for own in &made.unchanged {
        tally.verdicts([&own.verdict]);
        tally.claim(own.had_none, "access before");
        shown(&own.verdict, "unchanged", &documents, |request| {
            let on = |policy: Option<&Arc<Policy>>| {
                allowed(made, own.callers.kind, policy, request, iam_eval::Reading::FIRST)
            };
            on(old.as_ref()) != on(Some(&new))
        })?;
    }
    let policies = old.iter().map(|own| &**own).chain([&*new]);
    let (mut pool, crowd) = (Pool::new(policies.clone(), catalog, details), Crowd::new(policies));
    let texts = |patterns: &mut dyn Iterator<Item = &str>| patterns.map(str::to_owned).collect::<Vec<_>>();
    let on = texts(&mut made.belongs.iter().map(iam_policy::ResourcePattern::text));
    pool.ask(&texts(&mut made.actions.iter().map(ActionPattern::text)), &on);
    let key = format!("aws:PrincipalTag/{tag}");
    for _ in 0..SAMPLES {
        let group = *source.pick(&CallerGroup::ALL);
        let is_own = |account: &str| account == ACCOUNT;
        let account = if group.of_account {
            Some(ACCOUNT.to_owned())
        } else {
            crowd.account(source, |account| !is_own(account))
        };
        let Some(account) = account else { continue };
        let Some(caller) = crowd.caller(source, group.kind, &account, |_| true) else { continue };
        let Some(mut request) = request(&pool, source, group.kind, caller, ACCOUNT) else { continue };
        let is_tagged = group.has_tags() && source.chance(50);
        request.context = without(&request, &key);
        if is_tagged {
            let value = *source.pick(&["111122223333", "a", "", "b", "*"]);
            request.context.set(key.as_str(), ContextValue::single(value));
        }
        tally.tried();
        let judged = Judged { made, group, old: old.as_ref(), new: &new, is_tagged };
        if let Some(says) = judged.contradicted(&request, reading(source)) {
            return Err(contradicted(&format!("restrict: {group}: {says}"), &documents, &request));
        }
    }
    Ok(tally)
}

/// The policy that the resource has in the end.
fn in_force(
    made: &Restriction,
    old: Option<&Arc<Policy>>,
    catalog: &Catalog<'_>,
    fault: Option<Fault>,
) -> Option<Arc<Policy>> {
    match fault {
        None => read(&made.policy.to_string(), PolicyKind::Resource),
        Some(Fault::StatementNotAdded) => old.cloned(),
        Some(Fault::ActionNotDenied) => {
            let mut policy = (*made.policy).clone();
            let is_added = |own: &&mut Statement| {
                own.sid.as_ref().map(|sid| &sid.value)
                    == made.statement.statement().sid.as_ref().map(|sid| &sid.value)
            };
            let own = policy.statements.iter_mut().rfind(is_added)?;
            let denied = own.action.patterns().to_vec();
            let names = catalog.actions().map(|action| action.to_string());
            let names =
                names.filter(|name| denied.iter().any(|pattern| action_matches(&pattern.value, name)));
            let rest: ActionElement = names.skip(1).filter_map(|name| ActionPattern::parse(&name)).collect();
            own.action = rest;
            Some(Arc::new(policy))
        }
        Some(_) => {
            let own = made.statement.clone();
            match old {
                Some(old) => old.with_statement(own).ok().map(Arc::new),
                None => Some(Arc::new(Policy::resource([own]))),
            }
        }
    }
}

fn without(request: &Request, key: &str) -> iam_eval::Context {
    let mut context = iam_eval::Context::new();
    for (other, value) in request.context.iter().filter(|(other, _)| !other.eq_ignore_ascii_case(key)) {
        context.set(other, value.clone());
    }
    context
}

fn shown(
    verdict: &Verdict,
    says: &str,
    documents: &[&str],
    is_shown: impl Fn(&Request) -> bool,
) -> Result<(), String> {
    match verdict {
        Verdict::Fails(witness) if !is_shown(&witness.request) => Err(contradicted(
            &format!("restrict: not {says}, and its request does not show it"),
            documents,
            &witness.request,
        )),
        Verdict::Fails(_) | Verdict::Holds | Verdict::Unknown(_) => Ok(()),
    }
}

fn allowed(
    made: &Restriction,
    kind: CallerKind,
    policy: Option<&Arc<Policy>>,
    request: &Request,
    under: iam_eval::Reading,
) -> bool {
    let resource =
        if made.kind == RestrictedKind::Key { ResourceKind::KmsKey } else { ResourceKind::Generic };
    let layers: Layers = layers(kind, policy.cloned());
    layers.decide_under(&request.clone().on(resource), under) == Decision::Allowed
}

/// A caller's request, and the claims that are about it.
struct Judged<'a> {
    made: &'a Restriction,
    group: CallerGroup,
    old: Option<&'a Arc<Policy>>,
    new: &'a Arc<Policy>,
    is_tagged: bool,
}

impl Judged<'_> {
    fn contradicted(&self, request: &Request, under: iam_eval::Reading) -> Option<&'static str> {
        let (made, name) = (self.made, request.action.as_str());
        let is_it =
            made.belongs.iter().any(|own| matches(own.pattern(), &request.resource, LetterCase::Sensitive));
        let may = |policy| allowed(made, self.group.kind, policy, request, under);
        if self.is_tagged {
            let own = made.denied.iter().find(|own| own.callers == self.group)?;
            let is_named = made.actions.iter().any(|pattern| action_matches(pattern, name));
            let is_wrong = own.verdict == Verdict::Holds && is_it && is_named && may(Some(self.new));
            return is_wrong.then_some("those with the tag get nothing");
        }
        let own = made.unchanged.iter().find(|own| own.callers == self.group)?;
        let (before, after) = (may(self.old), may(Some(self.new)));
        if own.verdict == Verdict::Holds && before != after {
            return Some("nothing changes for those without the tag");
        }
        let service = made.actions.first().and_then(ActionPattern::service).unwrap_or_default();
        let is_of_service =
            name.split_once(':').is_some_and(|(prefix, _)| prefix.eq_ignore_ascii_case(service));
        let is_arn = ArnFields::split(&request.resource).is_some();
        let had_some = own.had_none == VerdictKind::Holds && before && is_it && is_arn && is_of_service;
        had_some.then_some("they had no access before")
    }
}
