//! A statement for a resource's own policy that keeps DoiT's sessions out, and the proof that it does that and nothing else.

use std::fmt;
use std::sync::Arc;

use iam_analysis::{Analysis, Fact, KeyShape, KeyText, KeyValues, Question, Space, Verdict};
use iam_eval::{Layers, Principal, ResourceKind};
use iam_json::{json_text, quoted};
use iam_policy::{Limits, Mode, Policy, PolicyKind, Report};

use crate::profile::SessionTag;
use crate::proof::plain_session;

/// A restriction and its proof.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Restriction {
    /// What has the policy: `bucket`, `key`, ...
    pub what: &'static str,
    /// The statement, as JSON.
    pub statement: String,
    /// The whole policy: the one there was with the statement, or the statement alone.
    pub policy: Arc<Policy>,
    /// Whether no session with the tag is let in, by any call of the service.
    pub denies: Verdict,
    /// For each kind of caller without the tag: who it is, and whether all is as before for it.
    pub unchanged: Vec<(&'static str, Verdict)>,
}

/// Why there is no restriction.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum NotRestricted {
    /// The text is no ARN of a resource.
    NoArn {
        /// The text.
        found: String,
    },
    /// Nothing is known of a policy of such resources that could hold the statement.
    NoPolicy {
        /// The service.
        service: Box<str>,
        /// The statement that does the same in a policy of the role.
        in_role: String,
    },
    /// The policy cannot be read with the statement in it.
    Policy(Report),
}

/// A sentence without its point.
impl fmt::Display for NotRestricted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoArn { found } => write!(f, "{found} is no ARN of a resource"),
            Self::NoPolicy { service, in_role } => write!(
                f,
                "resources of {} have no policy of their own that could hold the statement; put this into a policy of the role instead: {in_role}",
                quoted(service)
            ),
            Self::Policy(report) => write!(f, "the policy of the resource cannot be read: {report}"),
        }
    }
}

impl std::error::Error for NotRestricted {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Policy(report) => Some(report),
            Self::NoArn { .. } | Self::NoPolicy { .. } => None,
        }
    }
}

/// Resources with a policy of their own that may deny.
struct Kind {
    what: &'static str,
    actions: &'static [&'static str],
    /// What the statement names as its resources; none if the policies of such resources have no such element.
    resources: Vec<String>,
    resource: ResourceKind,
}

/// What SNS takes in the policy of a topic: it refuses `sns:*` (SNS Developer Guide, `sns-access-policy-language-api-permissions-reference`).
const TOPIC: &[&str] = &[
    "sns:AddPermission",
    "sns:DeleteTopic",
    "sns:GetTopicAttributes",
    "sns:ListSubscriptionsByTopic",
    "sns:Publish",
    "sns:RemovePermission",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
];

fn kind(arn: &str) -> Option<Kind> {
    let mut fields = arn.splitn(6, ':').skip(2);
    let (service, rest) = (fields.next()?, fields.nth(2)?);
    let of = |what, actions, resources: Vec<String>| Kind {
        what,
        actions,
        resources,
        resource: if what == "key" { ResourceKind::KmsKey } else { ResourceKind::Generic },
    };
    let itself = || vec![arn.to_owned()];
    Some(match service {
        "s3" if rest.contains('/') => of("bucket", &["s3:*"], itself()),
        "s3" => of("bucket", &["s3:*"], vec![arn.to_owned(), format!("{arn}/*")]),
        "kms" if rest.starts_with("key/") => of("key", &["kms:*"], vec!["*".to_owned()]),
        "secretsmanager" => of("secret", &["secretsmanager:*"], vec!["*".to_owned()]),
        "sqs" => of("queue", &["sqs:*"], itself()),
        "sns" => of("topic", TOPIC, itself()),
        "dynamodb" if rest.starts_with("table/") => {
            of("table", &["dynamodb:*"], vec![arn.to_owned(), format!("{arn}/*")])
        }
        "ecr" => of("repository", &["ecr:*"], Vec::new()),
        _ => return None,
    })
}

/// One text, or a list of them.
fn texts(list: &[impl AsRef<str>]) -> String {
    match list {
        [one] => json_text(one.as_ref()),
        _ => format!("[{}]", list.iter().map(|text| json_text(text.as_ref())).collect::<Vec<_>>().join(",")),
    }
}

/// A statement for the policy of a resource that denies every session with the tag, whatever its value.
///
/// `policy` is the policy that the resource has. `account` owns it.
///
/// # Errors
/// The text is no ARN, such resources have no policy that could hold the statement, or the policy cannot be read.
///
/// # Examples
/// ```
/// use iamgate::{SessionTag, restrict};
///
/// let tag = SessionTag::new("DoitEnvironment", "111122223333");
/// let made = restrict("arn:aws:s3:::payroll", "111122223333", None, &tag)?;
/// assert!(made.is_proven());
/// println!("{}", made.policy.to_json());
/// # Ok::<(), iamgate::NotRestricted>(())
/// ```
pub fn restrict(
    arn: &str,
    account: &str,
    policy: Option<&Arc<Policy>>,
    tag: &SessionTag,
) -> Result<Restriction, NotRestricted> {
    let fields: Vec<&str> = arn.splitn(6, ':').collect();
    let (["arn", partition, service, _, _, rest], false) = (fields.as_slice(), arn.contains(['*', '?']))
    else {
        return Err(NotRestricted::NoArn { found: quoted(arn) });
    };
    if partition.is_empty() || service.is_empty() || rest.is_empty() {
        return Err(NotRestricted::NoArn { found: quoted(arn) });
    }
    let condition = format!(r#""Condition":{{"Null":{{{}:"false"}}}}"#, json_text(&key(tag)));
    let Some(kind) = kind(arn) else {
        let in_role = format!(
            r#"{{"Sid":"NoDoitSessions","Effect":"Deny","Action":{},"Resource":{},{condition}}}"#,
            json_text(&format!("{service}:*")),
            json_text(arn)
        );
        return Err(NotRestricted::NoPolicy { service: (*service).into(), in_role });
    };
    let resource = match kind.resources.as_slice() {
        [] => String::new(),
        some => format!(r#""Resource":{},"#, texts(some)),
    };
    let statement = format!(
        r#"{{"Sid":"NoDoitSessions","Effect":"Deny","Principal":"*","Action":{},{resource}{condition}}}"#,
        texts(kind.actions)
    );
    let new = with(policy, &statement)?;
    let denies = denies(arn, account, &kind, &new, tag)?;
    let unchanged = unchanged(partition, account, &kind, policy, &new, tag)?;
    Ok(Restriction { what: kind.what, statement, policy: new, denies, unchanged })
}

fn key(tag: &SessionTag) -> String {
    format!("aws:PrincipalTag/{}", tag.key)
}

/// The policy with a statement more.
fn with(policy: Option<&Arc<Policy>>, statement: &str) -> Result<Arc<Policy>, NotRestricted> {
    let text = match policy.map(|policy| policy.to_json()) {
        None => format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#),
        // Statements come last in what is printed; a lone one is printed as a list.
        Some(text) => match text.strip_suffix("]}") {
            Some(before) => format!("{before},{statement}]}}"),
            None => text,
        },
    };
    let limits = Limits::default();
    let read = Policy::parse(&text, PolicyKind::Resource, Mode::Deployed, &limits);
    read.map(Arc::new).map_err(NotRestricted::Policy)
}

/// Whatever the identity of a caller may do with the resource.
fn everything(actions: &[&str], resources: &[String]) -> Result<Arc<Policy>, NotRestricted> {
    let all = ["*".to_owned()];
    let resources = if resources.is_empty() { &all } else { resources };
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":{},"Resource":{}}}}}"#,
        texts(actions),
        texts(resources)
    );
    let read = Policy::parse(&text, PolicyKind::Identity, Mode::Deployed, &Limits::default());
    read.map(Arc::new).map_err(NotRestricted::Policy)
}

/// Layers that allow every action that the statement is not about, and every resource: of keys their policy must allow it too.
fn elsewhere(kind: &Kind) -> Result<Layers, NotRestricted> {
    let read = |principal: &str, as_kind| {
        let mut statements = vec![format!(
            r#"{{"Effect":"Allow",{principal}"NotAction":{},"Resource":"*"}}"#,
            texts(kind.actions)
        )];
        if !kind.resources.is_empty() && kind.resources != ["*"] {
            let others = texts(&kind.resources);
            statements
                .push(format!(r#"{{"Effect":"Allow",{principal}"Action":"*","NotResource":{others}}}"#));
        }
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
        Policy::parse(&text, as_kind, Mode::Deployed, &Limits::default())
            .map(Arc::new)
            .map_err(NotRestricted::Policy)
    };
    let own = read("", PolicyKind::Identity)?;
    Ok(layers(&own, Some(&read(r#""Principal":"*","#, PolicyKind::Resource)?)))
}

fn layers(own: &Arc<Policy>, policy: Option<&Arc<Policy>>) -> Layers {
    let mut layers = Layers::new();
    layers.identity.push(Arc::clone(own));
    layers.resource = policy.cloned();
    layers
}

fn denies(
    arn: &str,
    account: &str,
    kind: &Kind,
    new: &Arc<Policy>,
    tag: &SessionTag,
) -> Result<Verdict, NotRestricted> {
    let partition = arn.split(':').nth(1).unwrap_or("aws");
    let principal = plain_session(partition, account, "DoiT-Support-Gateway");
    let mut space = Space::new();
    // The statement asks for the key, whatever its value.
    space.set_shape(&key(tag), KeyShape { values: KeyValues::Single, text: KeyText::Any, always: true });
    let own = layers(&everything(kind.actions, &kind.resources)?, Some(new));
    // What a policy says of other services and of other resources is nothing to this one.
    let elsewhere = elsewhere(kind)?;
    let mut question = Question::new(&own).beyond(&elsewhere).asked_by(&principal).owned_by(account);
    question.resource = kind.resource;
    Ok(Analysis::new(space).never(&question))
}

/// Another account, of which nothing is known.
const STRANGER: &str = "999999999999";

fn unchanged(
    partition: &str,
    account: &str,
    kind: &Kind,
    old: Option<&Arc<Policy>>,
    new: &Arc<Policy>,
    tag: &SessionTag,
) -> Result<Vec<(&'static str, Verdict)>, NotRestricted> {
    let mut space = Space::new();
    space.set_fact(&key(tag), Fact::Absent);
    let own = everything(&["*"], &[])?;
    let (before, after) = (layers(&own, old), layers(&own, Some(new)));
    let callers = [
        ("a role of the account", plain_session(partition, account, "any")),
        ("a role of another account", plain_session(partition, STRANGER, "any")),
        (
            "the root user",
            Principal::Root {
                arn: format!("arn:{partition}:iam::{account}:root").into(),
                account: account.into(),
            },
        ),
        ("a caller without credentials", Principal::Anonymous),
    ];
    let mut verdicts = Vec::new();
    for (who, principal) in callers {
        let mut analysis = Analysis::new(space.clone());
        let mut ask = |allowed, beyond| {
            let mut question = Question::new(allowed).beyond(beyond).asked_by(&principal).owned_by(account);
            question.resource = kind.resource;
            analysis.never(&question)
        };
        let gained = ask(&after, &before);
        verdicts.push((who, if gained == Verdict::Holds { ask(&before, &after) } else { gained }));
    }
    Ok(verdicts)
}

impl Restriction {
    /// Whether both are proven: that it denies, and that it changes nothing else.
    pub fn is_proven(&self) -> bool {
        self.denies == Verdict::Holds && self.unchanged.iter().all(|(_, verdict)| *verdict == Verdict::Holds)
    }

    /// Whether the evaluator judges a request of the proof otherwise: a defect of this program, and no answer.
    pub fn is_defect(&self) -> bool {
        self.denies.is_defect() || self.unchanged.iter().any(|(_, verdict)| verdict.is_defect())
    }
}
