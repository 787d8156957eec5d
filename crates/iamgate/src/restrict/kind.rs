//! The resource that an ARN names: its kind, whose policy can deny it, and what the statement says.

use iam_eval::ResourceKind;
use iam_policy::{ActionElement, ActionPattern, Arn, ResourceElement, ResourcePattern, action_pattern};

use super::words::RestrictedKind;

/// A resource that can be restricted.
pub(super) struct Restricted {
    pub(super) kind: RestrictedKind,
    /// The kind of the resource that has the policy.
    pub(super) holder: RestrictedKind,
    pub(super) actions: Vec<ActionPattern>,
    /// The whole resource, as the statement names it; `None` if the policies of such resources have no such element.
    pub(super) resources: Option<Vec<ResourcePattern>>,
}

impl Restricted {
    /// What the resource is for the decision rules.
    pub(super) fn resource(&self) -> ResourceKind {
        if self.kind == RestrictedKind::Key { ResourceKind::KmsKey } else { ResourceKind::Generic }
    }

    pub(super) fn actions(&self) -> ActionElement {
        self.actions.iter().cloned().collect()
    }

    /// The resources that the statement applies to.
    pub(super) fn resources(&self) -> ResourceElement {
        self.resources.as_ref().map_or_else(ResourceElement::any, |some| some.iter().cloned().collect())
    }

    /// Every resource that the statement does not apply to; `None` if it applies to all.
    pub(super) fn others(&self) -> Option<ResourceElement> {
        let named = self.resources.as_ref().filter(|some| !some.iter().any(ResourcePattern::is_any))?;
        Some(ResourceElement::all_but(named.iter().cloned()))
    }

    /// The resource that an ARN names.
    pub(super) fn new(arn: &Arn, named: &Named<'_>) -> Self {
        let itself = ResourcePattern::from(arn);
        let (action, resources) = match named.kind {
            RestrictedKind::Bucket => {
                (action_pattern!("s3:*"), Some(vec![itself, ResourcePattern::below(arn)]))
            }
            RestrictedKind::Object => (action_pattern!("s3:*"), Some(vec![itself])),
            RestrictedKind::AccessPoint => {
                // Its objects are below `object/`. If the ARN leaves no room for that, the statement is about everything below it.
                let objects = format!("{arn}/object").parse::<Arn>();
                let objects =
                    objects.as_ref().map_or_else(|_| ResourcePattern::below(arn), ResourcePattern::below);
                (action_pattern!("s3:*"), Some(vec![itself, objects]))
            }
            RestrictedKind::Key => (action_pattern!("kms:*"), Some(vec![ResourcePattern::any()])),
            RestrictedKind::Secret => {
                (action_pattern!("secretsmanager:*"), Some(vec![ResourcePattern::any()]))
            }
            RestrictedKind::Queue => (action_pattern!("sqs:*"), Some(vec![itself])),
            RestrictedKind::Topic => {
                let (kind, holder) = (named.kind, named.holder);
                return Self { kind, holder, actions: of_topics(), resources: Some(vec![itself]) };
            }
            RestrictedKind::Table => {
                (action_pattern!("dynamodb:*"), Some(vec![itself, ResourcePattern::below(arn)]))
            }
            RestrictedKind::Index | RestrictedKind::Stream => {
                (action_pattern!("dynamodb:*"), Some(vec![itself]))
            }
            RestrictedKind::Repository => (action_pattern!("ecr:*"), None),
        };
        Self { kind: named.kind, holder: named.holder, actions: vec![action], resources }
    }
}

/// The actions that SNS accepts in the policy of a topic. It refuses `sns:*` (SNS Developer Guide,
/// `sns-access-policy-language-api-permissions-reference`).
fn of_topics() -> Vec<ActionPattern> {
    vec![
        action_pattern!("sns:AddPermission"),
        action_pattern!("sns:DeleteTopic"),
        action_pattern!("sns:GetTopicAttributes"),
        action_pattern!("sns:ListSubscriptionsByTopic"),
        action_pattern!("sns:Publish"),
        action_pattern!("sns:RemovePermission"),
        action_pattern!("sns:SetTopicAttributes"),
        action_pattern!("sns:Subscribe"),
    ]
}

/// What the text of an ARN says of a resource.
pub(super) struct Named<'a> {
    pub(super) kind: RestrictedKind,
    pub(super) holder: RestrictedKind,
    /// The name of the resource that has the policy.
    name: &'a str,
    /// The name of the object, index or stream in it; `None` if the resource is the whole of it.
    part: Option<&'a str>,
}

impl<'a> Named<'a> {
    /// The kind of the resource, by service and form of the ARN. `None` if no policy of such resources is known that could have the statement.
    pub(super) fn of(arn: &'a Arn) -> Option<Self> {
        let (service, rest) = (arn.service(), arn.resource());
        let own = |kind, name| Some(Self { kind, holder: kind, name, part: None });
        let part = |kind, holder, name, part| Some(Self { kind, holder, name, part: Some(part) });
        match service {
            "s3" if arn.account().is_empty() && arn.region().is_empty() => match rest.split_once('/') {
                Some((bucket, key)) => part(RestrictedKind::Object, RestrictedKind::Bucket, bucket, key),
                None => own(RestrictedKind::Bucket, rest),
            },
            "s3" => {
                let rest = rest.strip_prefix("accesspoint/")?;
                match rest.split_once('/') {
                    Some((name, below)) => {
                        let key = below.strip_prefix("object/").unwrap_or_default();
                        part(RestrictedKind::Object, RestrictedKind::AccessPoint, name, key)
                    }
                    None => own(RestrictedKind::AccessPoint, rest),
                }
            }
            "kms" => own(RestrictedKind::Key, rest.strip_prefix("key/")?),
            "secretsmanager" => own(RestrictedKind::Secret, rest.strip_prefix("secret:")?),
            "sqs" => own(RestrictedKind::Queue, rest),
            "sns" => own(RestrictedKind::Topic, rest),
            "dynamodb" => {
                let rest = rest.strip_prefix("table/")?;
                let Some((table, below)) = rest.split_once('/') else {
                    return own(RestrictedKind::Table, rest);
                };
                match below.split_once('/')? {
                    ("index", name) => part(RestrictedKind::Index, RestrictedKind::Table, table, name),
                    ("stream", label) => part(RestrictedKind::Stream, RestrictedKind::Stream, table, label),
                    _ => None,
                }
            }
            "ecr" => own(RestrictedKind::Repository, rest.strip_prefix("repository/")?),
            _ => None,
        }
    }

    /// The rule for the names of such resources, if AWS permits no resource with this one.
    pub(super) fn broken_rule(&self) -> Option<&'static str> {
        let (name, has_part) = (self.name, self.part.is_none_or(|part| !part.is_empty()));
        let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let ends = |name: &str| name.starts_with(small) && name.ends_with(small);
        let only =
            |name: &str, marks: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || marks.contains(c));
        let (is_kept, rule) = match self.holder {
            RestrictedKind::Bucket | RestrictedKind::Object => (
                (3..=63).contains(&name.len())
                    && name.chars().all(|c| small(c) || matches!(c, '.' | '-'))
                    && ends(name)
                    && !name.contains("..")
                    && name.parse::<std::net::Ipv4Addr>().is_err()
                    && has_part,
                "a bucket has 3 to 63 lower-case letters, digits, dots and hyphens, with a letter or digit at both ends",
            ),
            RestrictedKind::AccessPoint => (
                (3..=50).contains(&name.len())
                    && name.chars().all(|c| small(c) || matches!(c, '.' | '-'))
                    && ends(name)
                    && has_part,
                "an access point has 3 to 50 lower-case letters, digits and hyphens; its objects are below NAME/object/",
            ),
            RestrictedKind::Key => (
                !name.is_empty() && only(name, "-"),
                "a key is named by its id, such as 1234abcd-12ab-34cd-56ef-1234567890ab",
            ),
            RestrictedKind::Secret => (
                !name.is_empty() && name.len() <= 519 && only(name, "/_+=.@-"),
                "a secret has up to 512 letters, digits and the characters /_+=.@- before the seven that AWS adds",
            ),
            RestrictedKind::Queue => (
                !name.is_empty()
                    && name.len() <= 80
                    && only(name.strip_suffix(".fifo").unwrap_or(name), "-_"),
                "a queue has up to 80 letters, digits, hyphens and underscores",
            ),
            RestrictedKind::Topic => (
                !name.is_empty()
                    && name.len() <= 256
                    && only(name.strip_suffix(".fifo").unwrap_or(name), "-_"),
                "a topic has up to 256 letters, digits, hyphens and underscores",
            ),
            RestrictedKind::Table | RestrictedKind::Index => {
                let is_name = |name: &str| (3..=255).contains(&name.len()) && only(name, "-_.");
                (
                    is_name(name) && self.part.is_none_or(is_name),
                    "a table or an index has 3 to 255 letters, digits, hyphens, underscores and dots",
                )
            }
            RestrictedKind::Stream => (
                only(name, "-_.") && has_part && self.part.is_none_or(|label| only(label, "-:.")),
                "a stream is named by its table and a time, such as table/users/stream/2026-11-26T00:00:00.000",
            ),
            RestrictedKind::Repository => (
                (2..=256).contains(&name.len())
                    && name.chars().all(|c| small(c) || "./_-".contains(c))
                    && ends(name),
                "a repository has 2 to 256 lower-case letters, digits and the characters ./_-",
            ),
        };
        (!is_kept).then_some(rule)
    }
}
