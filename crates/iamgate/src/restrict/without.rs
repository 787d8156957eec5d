//! Resources without a policy that this crate writes: why, as far as AWS's tables say.

use iam_analysis::overlap;
use iam_catalog::Details;
use iam_eval::LetterCase;
use iam_json::quoted;
use iam_policy::{Arn, ResourcePattern};

use super::thing::template;
use super::unfit::UNFIT;

/// Why there is no restriction for the resource of an ARN, with the source.
pub(super) fn why(arn: &Arn, details: &Details<'_>) -> String {
    let service = arn.service();
    let source = format!("the Service Authorization Reference ({})", details.date());
    let kinds = kinds_of(arn, details);
    if let Some(unfit) = UNFIT.iter().find(|own| own.service == service && kinds.contains(&own.kind)) {
        return format!("{} ({})", unfit.why, unfit.source);
    }
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

/// The resource types whose ARNs have the form of this one: as many steps if there are such.
fn kinds_of<'d>(arn: &Arn, details: &Details<'d>) -> Vec<&'d str> {
    let own = ResourcePattern::from(arn);
    let steps = |text: &str| text.matches(['/', ':']).count();
    let wanted = steps(arn.as_str());
    let (mut exact, mut loose) = (Vec::new(), Vec::new());
    for kind in details.resource_types(arn.service()) {
        let fits = |text: &&str| {
            template(text).is_some_and(|form| overlap(own.pattern(), &form, LetterCase::Sensitive))
        };
        let mut forms = kind.arns().filter(fits).peekable();
        if forms.peek().is_some() {
            let is_exact = forms.any(|text| steps(text) == wanted);
            (if is_exact { &mut exact } else { &mut loose }).push(kind.name());
        }
    }
    if exact.is_empty() { loose } else { exact }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_that_set_policies_are_told_by_their_names() {
        for name in
            ["PutPolicy", "PutResourcePolicy", "SetPermission", "AddPermission", "AddLayerVersionPermission"]
        {
            assert!(sets_policy(name), "{name}");
        }
        for name in ["PutItem", "DeleteResourcePolicy", "CreateQueue", "AddTags", "GetPolicy"] {
            assert!(!sets_policy(name), "{name}");
        }
    }

    /// A resource of a service of which another resource is in the table has a reason of its own.
    #[test]
    fn the_reason_is_that_of_the_type() {
        let details = Details::embedded().unwrap();
        let of = |arn: &str| why(&arn.parse().unwrap(), &details);
        let trail = of("arn:aws:cloudtrail:eu-west-1:111122223333:trail/own");
        assert!(UNFIT.iter().all(|own| !trail.contains(own.why)), "{trail}");
        let channel = of("arn:aws:cloudtrail:eu-west-1:111122223333:channel/own");
        assert!(channel.contains("cannot name everybody"), "{channel}");
    }
}
