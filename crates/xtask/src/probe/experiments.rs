//! The experiments: for each open point a request whose answer depends on it.

use iamgate::iam_eval::wire::{WireLimits, read_case};
use iamgate::iam_eval::{Decision, Point, Reading};
use iamgate::iam_policy::Mode;
use serde_json::{Value, json};

/// The account that stands for the account of whoever runs the script.
pub(super) const ACCOUNT: &str = "111122223333";
/// The role that the script makes.
pub(super) const ROLE: &str = "iamgate-probe";
/// The name of its sessions.
pub(super) const SESSION: &str = "iamgate-probe";

/// How the request is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// `iam list-account-aliases`: a read without a resource.
    ListAliases,
    /// `iam get-role` on the role itself.
    GetRole,
    /// `iam tag-role` on the role itself, with the tags of the request.
    TagRole,
    /// SNS sends to a queue that the script makes.
    Publish,
    /// `sqs list-queues` in an account under an organization whose resource control policy denies it. Only if the runner asks for it.
    UnderRcp,
}

/// Where the policy stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// An inline session policy; the role may do everything that the script asks.
    Session,
    /// An inline session policy, beside an AWS managed one that does not allow the action.
    SessionBesideManaged,
    /// An inline policy of the role.
    Identity,
    /// The policy of a queue.
    Queue,
    /// A resource control policy.
    Rcp,
}

/// One request, and the policy that decides it.
#[derive(Clone, Debug)]
pub(super) struct Experiment {
    pub(super) point: Point,
    /// The part of the id after the point's name.
    pub(super) name: &'static str,
    pub(super) call: Call,
    pub(super) place: Place,
    pub(super) statements: Value,
    /// Tags of the session, or with [`Call::TagRole`] of the request.
    pub(super) tags: Vec<(&'static str, &'static str)>,
}

impl Experiment {
    pub(super) fn id(&self) -> String {
        format!("probe/{}/{}", self.point.name(), self.name)
    }

    /// The policy document.
    pub(super) fn policy(&self) -> Value {
        json!({ "Version": "2012-10-17", "Statement": self.statements })
    }

    /// The request and its policies, as a vector has them.
    pub(super) fn case(&self) -> Value {
        let role = format!("arn:aws:iam::{ACCOUNT}:role/{ROLE}");
        let queue = format!("arn:aws:sqs:us-east-1:{ACCOUNT}:{ROLE}");
        let (action, resource) = match self.call {
            Call::ListAliases => ("iam:ListAccountAliases", "*"),
            Call::GetRole => ("iam:GetRole", role.as_str()),
            Call::TagRole => ("iam:TagRole", role.as_str()),
            Call::Publish => ("sqs:SendMessage", queue.as_str()),
            Call::UnderRcp => ("sqs:ListQueues", "*"),
        };
        let principal = if self.call == Call::Publish {
            json!({ "type": "aws_service", "service": "sns.amazonaws.com" })
        } else {
            json!({ "type": "assumed_role", "account": ACCOUNT, "role_arn": role,
                "arn": format!("arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/{SESSION}") })
        };
        let mut context = json!({ "aws:PrincipalAccount": ACCOUNT, "aws:PrincipalArn": role });
        if self.call == Call::Publish {
            context = json!({ "aws:PrincipalServiceName": "sns.amazonaws.com", "aws:PrincipalServiceNamesList": ["sns.amazonaws.com"] });
        }
        let prefix = if self.call == Call::TagRole { "aws:RequestTag" } else { "aws:PrincipalTag" };
        for (key, value) in &self.tags {
            context[format!("{prefix}/{key}")] = json!(value);
        }
        if self.call == Call::TagRole {
            context["aws:TagKeys"] = self.tags.iter().map(|(key, _)| json!(key)).collect();
        }
        let all = json!({ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "*", "Resource": "*" } });
        let managed = json!({ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "sqs:GetQueueUrl", "Resource": "*" } });
        let everyone = json!({ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*" } });
        let own = self.policy();
        let policies = match self.place {
            Place::Session => json!({ "identity": [all], "session": [own] }),
            Place::SessionBesideManaged => json!({ "identity": [all], "session": [own, managed] }),
            Place::Identity => json!({ "identity": [own] }),
            Place::Queue => json!({ "identity": [], "resource": own }),
            Place::Rcp => json!({ "identity": [all], "rcp": [[everyone, own]] }),
        };
        let mut whole = json!({ "identity": [], "resource": null, "boundary": null, "session": null, "scp": null, "rcp": null });
        for (name, value) in policies.as_object().into_iter().flatten() {
            whole[name] = value.clone();
        }
        json!({
            "request": { "principal": principal, "action": action, "resource": resource,
                "resource_account": ACCOUNT, "resource_kind": "generic", "context": context },
            "policies": whole,
        })
    }

    /// The decision under the first answer of the point, and under the other one.
    pub(super) fn predictions(&self) -> Result<[Decision; 2], String> {
        let text = self.case().to_string();
        let case = read_case(&text, Mode::Deployed, &WireLimits::default())
            .map_err(|report| format!("{}: {report}", self.id()))?;
        let under = |reading| case.layers.decide_under(&case.request, reading);
        Ok([under(Reading::FIRST), under(Reading::with_other([self.point]))])
    }
}

/// An Allow with a condition on the tag `probe`.
fn allow(operator: &str, value: &Value) -> Value {
    json!([{ "Effect": "Allow", "Action": "iam:ListAccountAliases", "Resource": "*",
        "Condition": { operator: { "aws:PrincipalTag/probe": value } } }])
}

/// An Allow, and a Deny with a condition on the tag `probe`.
fn deny(operator: &str, value: &Value) -> Value {
    json!([{ "Effect": "Allow", "Action": "iam:ListAccountAliases", "Resource": "*" },
        { "Effect": "Deny", "Action": "iam:ListAccountAliases", "Resource": "*",
          "Condition": { operator: { "aws:PrincipalTag/probe": value } } }])
}

/// Every experiment, in the order of the points. A list of empty texts has none: no harmless request is known that carries one.
pub(super) fn all() -> Vec<Experiment> {
    let mut list = Vec::new();
    let mut add = |point, name, call, place, statements, tags: &[(&'static str, &'static str)]| {
        list.push(Experiment { point, name, call, place, statements, tags: tags.to_vec() });
    };
    let get = |resource: &str| json!([{ "Effect": "Allow", "Action": "iam:GetRole", "Resource": resource }]);
    add(
        Point::VariableInArn,
        "account-in-session-policy",
        Call::GetRole,
        Place::Session,
        get(&format!("arn:aws:iam::${{aws:PrincipalAccount}}:role/{ROLE}")),
        &[],
    );
    add(
        Point::VariableInArn,
        "account-in-identity-policy",
        Call::GetRole,
        Place::Identity,
        get(&format!("arn:aws:iam::${{aws:PrincipalAccount}}:role/{ROLE}")),
        &[],
    );
    add(Point::IncompleteArn, "two-fields", Call::GetRole, Place::Identity, get("arn:aws:iam"), &[]);
    add(
        Point::NullNotResource,
        "allow",
        Call::GetRole,
        Place::Session,
        json!([{ "Effect": "Allow", "Action": "iam:GetRole",
            "NotResource": format!("arn:aws:iam::{ACCOUNT}:role/${{aws:PrincipalTag/none}}") }]),
        &[],
    );
    let one = |value: &'static str| [("probe", value)];
    let tagged: [(Point, &'static str, Value, &'static str); 12] = [
        (Point::QuestionMark, "allow", allow("StringLike", &json!("a?b")), "a\u{10400}b"),
        (Point::UnreadableNumber, "number", allow("NumericNotEquals", &json!("1")), "junk"),
        (Point::UnreadableNumber, "number-deny", deny("NumericNotEquals", &json!("1")), "junk"),
        (Point::UnreadableNumber, "date", allow("DateNotEquals", &json!("2030-01-01T00:00:00Z")), "junk"),
        (Point::UnreadableAddress, "deny", deny("NotIpAddress", &json!("192.0.2.0/24")), "junk"),
        (Point::UnreadableArn, "deny", deny("ArnNotLike", &json!("arn:aws:iam::*:role/a")), "junk"),
        (
            Point::UnreadablePattern,
            "allow",
            allow("ArnLike", &json!(["junk", "arn:aws:iam::*:role/*"])),
            "arn:aws:iam::1:role/a",
        ),
        (Point::UnreadablePattern, "deny", deny("ArnLike", &json!("junk")), "arn:aws:iam::1:role/a"),
        (Point::DeadNetwork, "host-bits", allow("IpAddress", &json!("2001:db8::5/64")), "2001:db8::1"),
        (Point::LetterCase, "kelvin", allow("StringEqualsIgnoreCase", &json!("key")), "\u{212A}ey"),
        (Point::LetterCase, "accent-deny", deny("StringEqualsIgnoreCase", &json!("\u{c9}")), "\u{e9}"),
        (
            Point::Milliseconds,
            "below",
            allow("DateEquals", &json!("2030-01-01T00:00:00Z")),
            "2030-01-01T00:00:00.0004Z",
        ),
    ];
    for (point, name, statements, value) in tagged {
        add(point, name, Call::ListAliases, Place::Session, statements, &one(value));
    }
    add(
        Point::ListVariable,
        "default",
        Call::TagRole,
        Place::Session,
        json!([{ "Effect": "Allow", "Action": "iam:TagRole", "Resource": "*",
            "Condition": { "StringEquals": { "aws:RequestTag/probe": "${aws:TagKeys, 'fallback'}" } } }]),
        &one("fallback"),
    );
    add(
        Point::BoolVariable,
        "tag",
        Call::ListAliases,
        Place::Session,
        json!([{ "Effect": "Allow", "Action": "iam:ListAccountAliases", "Resource": "*",
            "Condition": { "Bool": { "aws:PrincipalTag/probe": "${aws:PrincipalTag/flag}" } } }]),
        &[("probe", "true"), ("flag", "true")],
    );
    add(
        Point::StarAndServices,
        "queue",
        Call::Publish,
        Place::Queue,
        json!([{ "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "sqs:SendMessage",
            "Resource": format!("arn:aws:sqs:us-east-1:{ACCOUNT}:{ROLE}") }]),
        &[],
    );
    add(
        Point::SessionPolicies,
        "inline-and-managed",
        Call::ListAliases,
        Place::SessionBesideManaged,
        json!([{ "Effect": "Allow", "Action": "iam:ListAccountAliases", "Resource": "*" }]),
        &[],
    );
    add(
        Point::RcpWithoutResource,
        "list-queues",
        Call::UnderRcp,
        Place::Rcp,
        json!([{ "Effect": "Deny", "Principal": "*", "Action": "sqs:ListQueues", "Resource": "*" }]),
        &[],
    );
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_experiment_tells_the_answers_of_its_point_apart() {
        let experiments = all();
        for experiment in &experiments {
            let [first, other] = experiment.predictions().unwrap();
            assert_ne!(first.is_allowed(), other.is_allowed(), "{}", experiment.id());
        }
        for point in Point::ALL.into_iter().filter(|point| *point != Point::EmptyTextList) {
            assert!(experiments.iter().any(|experiment| experiment.point == point), "{point}");
        }
        let mut ids: Vec<String> = experiments.iter().map(Experiment::id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), experiments.len());
    }
}
