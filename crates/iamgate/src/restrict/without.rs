//! Resources without a policy that this crate writes: why, as far as AWS's tables say.

use iam_analysis::overlap;
use iam_catalog::{Details, ResourceType};
use iam_eval::LetterCase;
use iam_json::quoted;
use iam_policy::{Arn, ResourcePattern};

use super::thing::template;

/// Why there is no restriction for the resource of an ARN, with the source.
pub(super) fn why(arn: &Arn, details: &Details<'_>) -> String {
    let service = arn.service();
    if service == "kms" && arn.resource().starts_with("alias/") {
        return "an alias has no policy, and requests that use its key name the key: give the ARN of the key, which `aws kms describe-key` prints"
            .to_owned();
    }
    let source = format!("the Service Authorization Reference ({})", details.date());
    let own = ResourcePattern::from(arn);
    let is_own = |kind: &ResourceType<'_, '_>| {
        let mut templates = kind.arns().filter_map(template);
        templates.any(|template| overlap(own.pattern(), &template, LetterCase::Sensitive))
    };
    let kinds: Vec<&str> = details.resource_types(service).filter(is_own).map(ResourceType::name).collect();
    let Some(kind) = kinds.first() else {
        return format!("{source} lists no resource of {} with such an ARN", quoted(service));
    };
    let sets = details.actions(service).find(|action| {
        sets_policy(action.name())
            && action.resources().any(|own| kinds.contains(&own.resource_type().name()))
    });
    match sets {
        Some(action) => format!(
            "{source} has `{service}:{}`, so that AWS may have policies for such a resource, which this version does not write",
            action.name()
        ),
        None => format!("{source} has no action that gives the resource type {} a policy", quoted(kind)),
    }
}

/// Whether an action has the name of one that sets a resource-based policy.
fn sets_policy(name: &str) -> bool {
    let verbs = ["Put", "Set", "Update", "Create"];
    let nouns = [
        "ResourcePolicy",
        "AccessPolicy",
        "AuthPolicy",
        "PermissionPolicy",
        "PermissionsPolicy",
        "Permission",
    ];
    let is_plain = |rest: &str| rest == "Policy" || nouns.iter().any(|noun| rest.ends_with(noun));
    verbs.iter().filter_map(|verb| name.strip_prefix(verb)).any(is_plain)
        || matches!(name, "AddPermission" | "AddLayerVersionPermission")
}
