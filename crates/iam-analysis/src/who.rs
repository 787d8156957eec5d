//! Who asks: the callers of a question, as a part of its space.
//!
//! A [`Question`](crate::Question) is about one principal, or about all callers of one kind: every IAM user of a partition, every role
//! session, and so on. Within a kind it is fixed which keys a request has, so the finite part of the space is a list of kinds, and each is a
//! question of its own. What is infinite are the names: [`tuple`] has the keys that are tied to each other as one text, [`names`] says whom
//! a statement's `Principal` names as a language of that text, and [`caller`] makes a principal and its keys of a text that was found.
//!
//! [`Callers::fact`] has what AWS guarantees about the presence of keys (IAM User Guide, `reference_policies_condition-keys`, under
//! "Availability"; table 4b and part 6 of the rules).

pub(crate) mod caller;
pub(crate) mod names;
mod shapes;
pub(crate) mod tuple;

use iam_eval::{ContextValue, Principal};
use iam_policy::{AccountId, Partition};

use crate::glob::{Glob, Union};
use crate::space::Fact;
use shapes::{any_account, organization, people, service_name, source, text};
use tuple::{Shape, Tuple};

/// The kind of the callers that a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallerKind {
    /// IAM users.
    User,
    /// Sessions of roles that are not service-linked.
    Session,
    /// Federated users of `GetFederationToken`.
    FederatedUser,
    /// Root users.
    Root,
    /// Callers without credentials.
    Anonymous,
    /// A service principal.
    Service,
}

impl CallerKind {
    /// The kinds that are no service.
    pub const PEOPLE: [Self; 5] =
        [Self::Session, Self::User, Self::FederatedUser, Self::Root, Self::Anonymous];

    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Session, Self::User, Self::FederatedUser, Self::Root, Self::Anonymous, Self::Service];

    /// The name of the kind, as the type of a principal in a request: `assumed_role`, `iam_user` and so on.
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "iam_user",
            Self::Session => "assumed_role",
            Self::FederatedUser => "federated_user",
            Self::Root => "root",
            Self::Anonymous => "anonymous",
            Self::Service => "aws_service",
        }
    }

    /// The callers in words, such as `IAM users`.
    pub const fn description(self) -> &'static str {
        match self {
            Self::User => "IAM users",
            Self::Session => "role sessions",
            Self::FederatedUser => "federated users",
            Self::Root => "root users",
            Self::Anonymous => "callers without credentials",
            Self::Service => "services of AWS",
        }
    }
}

/// The accounts and organizations of which the members are not in question.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Inside {
    /// The account that owns the resource.
    pub owner: AccountId,
    /// Other accounts.
    pub accounts: Vec<AccountId>,
    /// The ids of organizations, such as `o-exampleorgid`.
    pub organizations: Vec<Box<str>>,
}

impl Inside {
    /// Only the account that owns the resource.
    pub const fn of(owner: AccountId) -> Self {
        Self { owner, accounts: Vec::new(), organizations: Vec::new() }
    }
}

/// Writes the name.
impl std::fmt::Display for CallerKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// All callers of one kind in one partition: those who are outside, so that they belong to none of some accounts and organizations, or
/// those of the account that owns the resource ([`Callers::within`]).
///
/// Services count by the resource for which they act.
///
/// # Examples
/// Nobody of another account may read the bucket, except role sessions with a certain name, in whatever account:
/// ```
/// use std::sync::Arc;
/// use iam_analysis::{Analysis, CallerKind, Callers, Inside, Question, Space, Verdict};
/// use iam_eval::{Decision, Layers};
/// use iam_policy::{Limits, Mode, Partition, Policy, PolicyKind, account_id};
///
/// let text = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*",
///     "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Admin"}}}}"#;
/// let mut layers = Layers::new();
/// layers.resource = Some(Arc::new(Policy::parse(text, PolicyKind::Resource, Mode::Strict, &Limits::default())?));
/// layers.identity.push(Arc::new(Policy::everything()));
///
/// let owner = account_id!("111122223333");
/// let ask = |kind| {
///     let callers = Callers::of(kind, &Partition::AWS, &Inside::of(owner));
///     let mut analysis = Analysis::new(Space::new().with_callers(callers));
///     let nothing = Layers::new();
///     analysis.never(&Question::new(&layers).beyond(&nothing))
/// };
/// assert_eq!(ask(CallerKind::User), Verdict::Holds);
/// let Verdict::Fails(witness) = ask(CallerKind::Session) else { panic!() };
/// assert_eq!(layers.decide(&witness.request), Decision::Allowed);
/// # Ok::<(), iam_policy::Report>(())
/// ```
#[derive(Clone, Debug)]
pub struct Callers {
    kind: CallerKind,
    partition: Partition,
    owner: AccountId,
    /// Whether they belong to the account of the owner, and not to other accounts.
    is_within: bool,
    /// The name of the service. `None` for other callers, and if every name is in question.
    service: Option<Box<str>>,
    /// The caller, or the resource for which a service acts. Then the organization. Then the name of the service, if it is in question.
    pub(crate) tuples: Vec<Tuple>,
    facts: Vec<(&'static str, Fact)>,
}

/// The number of the tuple of the caller.
pub(crate) const CALLER: u8 = 0;
/// The number of the tuple of the service's name.
const SERVICE_NAME: u8 = 2;

/// The resource for which a service acts, as far as its ARN tells whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActsFor {
    /// A resource with an account in its ARN.
    InAccount,
    /// A resource without an account in its ARN, such as a bucket.
    Elsewhere,
}

impl Callers {
    /// All callers of a kind. A service has the name `other.amazonaws.com`, which stands for all that no policy names.
    pub fn of(kind: CallerKind, partition: &Partition, inside: &Inside) -> Self {
        if kind == CallerKind::Service {
            return Self::service("other.amazonaws.com", ActsFor::InAccount, partition, inside);
        }
        let tuples = [
            people(kind, partition, &any_account()),
            organization("aws:PrincipalOrgID", "aws:PrincipalOrgPaths"),
        ];
        Self {
            kind,
            partition: partition.clone(),
            owner: inside.owner,
            is_within: false,
            service: None,
            tuples: tuples.map(|tuple| without(tuple, inside)).into(),
            facts: facts(kind),
        }
    }

    /// All callers of a kind who belong to the account that owns the resource.
    ///
    /// `None` if callers of the kind belong to no account: services, and callers without credentials.
    pub fn within(kind: CallerKind, partition: &Partition, owner: AccountId) -> Option<Self> {
        match kind {
            CallerKind::User | CallerKind::Session | CallerKind::FederatedUser | CallerKind::Root => {}
            CallerKind::Anonymous | CallerKind::Service => return None,
        }
        let own = people(kind, partition, &text(owner.as_str()));
        let tuples = vec![own, organization("aws:PrincipalOrgID", "aws:PrincipalOrgPaths")];
        let partition = partition.clone();
        Some(Self { kind, partition, owner, is_within: true, service: None, tuples, facts: facts(kind) })
    }

    /// A service that acts for a resource, or for none.
    pub fn service(name: &str, acts_for: ActsFor, partition: &Partition, inside: &Inside) -> Self {
        let mut facts = facts(CallerKind::Service);
        facts.push(("aws:PrincipalServiceName", Fact::Value(ContextValue::single(name))));
        facts.push(("aws:PrincipalServiceNamesList", Fact::Value(ContextValue::multiple([name]))));
        let tuples = [source(acts_for, partition), organization("aws:SourceOrgID", "aws:SourceOrgPaths")];
        Self {
            kind: CallerKind::Service,
            partition: partition.clone(),
            owner: inside.owner,
            is_within: false,
            service: Some(name.into()),
            tuples: tuples.map(|tuple| without(tuple, inside)).into(),
            facts,
        }
    }

    /// All callers of a kind, wherever they belong. The resource belongs to `owner`.
    pub fn everywhere(kind: CallerKind, partition: &Partition, owner: AccountId) -> Self {
        Self::of(kind, partition, &Inside::of(owner)).with_those_inside()
    }

    /// The same callers, and those inside.
    #[must_use]
    pub fn with_those_inside(mut self) -> Self {
        for tuple in &mut self.tuples {
            tuple.never.clear();
        }
        self
    }

    /// Services of whatever name that act for a resource, or for none. Each has one name.
    pub fn any_service(acts_for: ActsFor, partition: &Partition, inside: &Inside) -> Self {
        let mut own = Self::service("", acts_for, partition, inside);
        own.service = None;
        own.facts = facts(CallerKind::Service);
        own.tuples.push(service_name());
        own
    }

    /// Services that do not act for resources with these ARNs.
    #[must_use]
    pub fn not_for(mut self, arns: &[&str]) -> Self {
        if let Some(own) = self.tuples.first_mut()
            && let Some(key) = own.place("aws:SourceArn")
            && let Some(union) =
                own.embedded(key, &Union::new(arns.iter().map(|arn| Glob::literal(arn)).collect()))
        {
            own.never.extend(union.globs);
        }
        self
    }

    /// Their kind.
    pub const fn kind(&self) -> CallerKind {
        self.kind
    }

    pub(crate) fn owner(&self) -> &str {
        self.owner.as_str()
    }

    pub(crate) fn partition(&self) -> &str {
        self.partition.as_str()
    }

    /// A principal of the kind, for questions to which its names do not matter.
    pub(crate) fn any(&self) -> Principal {
        match self.kind {
            CallerKind::Anonymous => Principal::Anonymous,
            CallerKind::Service => {
                Principal::AwsService { service: self.service.clone().unwrap_or_default() }
            }
            CallerKind::User | CallerKind::Session | CallerKind::FederatedUser | CallerKind::Root => {
                let account = if self.is_within { self.owner() } else { STRANGER };
                caller::principal(self, &self.plain(account))
            }
        }
    }

    /// A text of the caller's tuple, with this account.
    fn plain(&self, account: &str) -> String {
        let fields: &[&str] = match self.kind {
            CallerKind::User => &[account, "", "somebody", "AIDAEXAMPLE"],
            CallerKind::Session => &[account, "", "Some", "AROAEXAMPLE", "session"],
            CallerKind::FederatedUser => &[account, "somebody", "user/maker"],
            CallerKind::Root => &[account],
            // The resource for which it acts: the account stands before its name, or is not in its ARN.
            CallerKind::Service => match self.tuples.first().and_then(Tuple::account_field) {
                Some(2) => &["sns", "us-east-1", account, "topic"],
                Some(_) => &["s3", "", "bucket", account],
                None => &[],
            },
            CallerKind::Anonymous => &[],
        };
        fields.join("\u{1}")
    }

    /// Some callers in question, as texts of the caller's tuple: of accounts in `known`, and of others.
    pub(crate) fn examples(&self, known: &[String]) -> Vec<String> {
        let Some(tuple) = self.tuples.first() else { return Vec::new() };
        let strangers = STRANGERS.into_iter().chain([self.owner()]);
        let accounts = strangers.chain(known.iter().map(String::as_str));
        let texts = accounts.map(|account| self.plain(account));
        let is_possible = |text: &String| {
            tuple.forms.iter().any(|form| form.matches(text))
                && !tuple.never.iter().any(|glob| glob.matches(text))
        };
        let mut texts: Vec<String> = texts.filter(is_possible).take(MOST_EXAMPLES).collect();
        texts.dedup();
        texts
    }

    /// The value of a key of the caller or of its organization, for an example. `None` if the key is no part of them.
    pub(crate) fn example_value(&self, text: &str, key: &str) -> Option<String> {
        let (number, place) = self.tied(key)?;
        let text = match number {
            CALLER => text,
            SERVICE_NAME => "other.amazonaws.com",
            _ => "o-outsiders1\u{1}r-ab12/",
        };
        Some(self.tuples.get(usize::from(number))?.value(place, text))
    }

    /// The tuple and the key that a condition key is, ignoring case.
    pub(crate) fn tied(&self, name: &str) -> Option<(u8, usize)> {
        let place = |(number, tuple): (u8, &Tuple)| tuple.place(name).map(|key| (number, key));
        (0_u8..).zip(&self.tuples).find_map(place).filter(|_| name.contains(':'))
    }

    /// What is known of a key in every request of these callers. The name is in lower case.
    pub(crate) fn fact(&self, folded: &str) -> Option<&Fact> {
        if let Some((_, fact)) = self.facts.iter().find(|(key, _)| key.eq_ignore_ascii_case(folded)) {
            return Some(fact);
        }
        let is_tag = folded.starts_with("aws:principaltag/");
        (is_tag && !self.has_tags()).then_some(&ABSENT)
    }

    pub(crate) fn facts(&self) -> impl Iterator<Item = (&str, &Fact)> {
        self.facts.iter().map(|(key, fact)| (*key, fact))
    }

    const fn has_tags(&self) -> bool {
        match self.kind {
            CallerKind::User | CallerKind::Session | CallerKind::FederatedUser => true,
            CallerKind::Root | CallerKind::Anonymous | CallerKind::Service => false,
        }
    }
}

/// An account about which nothing is known.
const STRANGER: &str = "999999999999";

/// Further accounts about which nothing is known.
const STRANGERS: [&str; 3] = [STRANGER, "888888888888", "777777777777"];

/// The maximum number of example callers.
const MOST_EXAMPLES: usize = 6;

static ABSENT: Fact = Fact::Absent;

/// Keys that only requests of services have, which call for a resource or for themselves.
const OF_SERVICES: [&str; 7] = [
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    // AWS documents it for services. It was absent when users called (SNS).
    "aws:SourceOwner",
];

/// Keys that come from the credentials of a role.
const OF_ROLES: [&str; 8] = [
    "aws:ChatbotSourceArn",
    "aws:Ec2InstanceSourcePrivateIPv4",
    "aws:Ec2InstanceSourceVpc",
    "aws:FederatedProvider",
    "aws:SourceIdentity",
    "ec2:RoleDelivery",
    "ec2:SourceInstanceArn",
    "lambda:SourceFunctionArn",
];

/// Keys that come from credentials of whatever kind.
const OF_CREDENTIALS: [&str; 7] = [
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:SignInSessionArn",
    "aws:TokenIssueTime",
];

/// Keys of callers that have an account.
const OF_ACCOUNTS: [&str; 4] =
    ["aws:PrincipalArn", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "kms:CallerAccount"];

/// Keys of all callers but services, of which no page says what they are for a service.
const OF_PEOPLE: [&str; 3] = ["aws:PrincipalAccount", "aws:PrincipalType", "aws:userid"];

/// Keys that are no part of a tuple, and have one value, or none, for every caller of a kind.
fn facts(kind: CallerKind) -> Vec<(&'static str, Fact)> {
    let mut facts = Vec::new();
    let mut absent = |keys: &[&'static str]| facts.extend(keys.iter().map(|key| (*key, Fact::Absent)));
    if kind != CallerKind::Service {
        absent(&OF_SERVICES);
    }
    if kind != CallerKind::Session {
        absent(&OF_ROLES);
    }
    if kind != CallerKind::User {
        absent(&["aws:username"]);
    }
    if kind != CallerKind::Root {
        absent(&["aws:AssumedRoot"]);
    }
    match kind {
        CallerKind::Service => {
            absent(&OF_CREDENTIALS);
            absent(&OF_ACCOUNTS);
            absent(&OF_PEOPLE);
        }
        CallerKind::Anonymous => {
            absent(&OF_CREDENTIALS);
            absent(&OF_ACCOUNTS);
            absent(&["aws:PrincipalIsAWSService"]);
        }
        CallerKind::User | CallerKind::Session | CallerKind::FederatedUser | CallerKind::Root => {}
    }
    let known: &[(&'static str, &str)] = match kind {
        CallerKind::User => &[("aws:PrincipalType", "User"), ("aws:PrincipalIsAWSService", "false")],
        CallerKind::Session => {
            &[("aws:PrincipalType", "AssumedRole"), ("aws:PrincipalIsAWSService", "false")]
        }
        CallerKind::FederatedUser => {
            &[("aws:PrincipalType", "FederatedUser"), ("aws:PrincipalIsAWSService", "false")]
        }
        CallerKind::Root => &[("aws:PrincipalType", "Account"), ("aws:PrincipalIsAWSService", "false")],
        CallerKind::Anonymous => &[
            ("aws:PrincipalType", "Anonymous"),
            ("aws:PrincipalAccount", "anonymous"),
            ("aws:userid", "anonymous"),
        ],
        CallerKind::Service => &[("aws:PrincipalIsAWSService", "true")],
    };
    facts.extend(known.iter().map(|(key, text)| (*key, Fact::Value(ContextValue::single(*text)))));
    facts
}

/// The tuple without the texts that belong to accounts and organizations inside.
fn without(mut tuple: Tuple, inside: &Inside) -> Tuple {
    let never: Vec<Glob> = match tuple.account_field() {
        Some(field) => {
            let accounts = inside.accounts.iter().chain([&inside.owner]);
            accounts.map(|account| tuple.with_field(field, account.as_str())).collect()
        }
        None if tuple.may_lack => {
            inside.organizations.iter().map(|id| tuple.glob([Shape::Text(id)])).collect()
        }
        None => Vec::new(),
    };
    tuple.never = never;
    tuple
}
