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
pub(crate) mod tuple;

use iam_eval::{ContextValue, Principal};
use iam_policy::{AccountId, Partition};

use crate::glob::{Class, Glob, Token, Union};
use crate::space::Fact;
use tuple::{Shape, TiedKey, Tuple};

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

/// All callers of one kind in one partition who are outside: they belong to none of some accounts and organizations.
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
    /// The name of the service.
    service: Option<Box<str>>,
    /// The caller, or the resource for which a service acts. Then the organization.
    pub(crate) tuples: Vec<Tuple>,
    facts: Vec<(&'static str, Fact)>,
}

/// The number of the tuple of the caller.
pub(crate) const CALLER: u8 = 0;

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
        let tuples = [people(kind, partition), organization("aws:PrincipalOrgID", "aws:PrincipalOrgPaths")];
        Self {
            kind,
            partition: partition.clone(),
            owner: inside.owner,
            service: None,
            tuples: tuples.map(|tuple| without(tuple, inside)).into(),
            facts: facts(kind),
        }
    }

    /// A service that acts for a resource, or for none.
    pub fn service(name: &str, acts_for: ActsFor, partition: &Partition, inside: &Inside) -> Self {
        let mut facts = facts(CallerKind::Service);
        facts.push(("aws:principalservicename", Fact::Value(ContextValue::single(name))));
        facts.push(("aws:principalservicenameslist", Fact::Value(ContextValue::multiple([name]))));
        let tuples = [source(acts_for, partition), organization("aws:SourceOrgID", "aws:SourceOrgPaths")];
        Self {
            kind: CallerKind::Service,
            partition: partition.clone(),
            owner: inside.owner,
            service: Some(name.into()),
            tuples: tuples.map(|tuple| without(tuple, inside)).into(),
            facts,
        }
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
                caller::principal(self, &self.plain("999999999999"))
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
            CallerKind::Anonymous | CallerKind::Service => &[],
        };
        fields.join("\u{1}")
    }

    /// Some callers in question, as texts of the caller's tuple: of accounts in `known`, and of others.
    pub(crate) fn examples(&self, known: &[String]) -> Vec<String> {
        let Some(tuple) = self.tuples.first() else { return Vec::new() };
        let strangers = ["999999999999", "888888888888", "777777777777"].map(ToOwned::to_owned);
        let accounts = strangers.iter().chain(known);
        let texts = accounts.map(|account| self.plain(account));
        let is_possible = |text: &String| {
            tuple.forms.iter().any(|form| form.matches(text)) && !tuple.never.iter().any(|glob| glob.matches(text))
        };
        let mut texts: Vec<String> = texts.filter(is_possible).take(MOST_EXAMPLES).collect();
        texts.dedup();
        texts
    }

    /// The value of a key of the caller or of its organization, for an example. `None` if the key is no part of them.
    pub(crate) fn example_value(&self, text: &str, key: &str) -> Option<String> {
        let (number, place) = self.tied(key)?;
        let text = if number == CALLER { text } else { "o-exampleorgid\u{1}r-ab12/" };
        Some(self.tuples.get(usize::from(number))?.value(place, text))
    }

    /// The tuple and the key that a condition key is, ignoring case.
    pub(crate) fn tied(&self, name: &str) -> Option<(u8, usize)> {
        let place = |(number, tuple): (u8, &Tuple)| tuple.place(name).map(|key| (number, key));
        (0_u8..).zip(&self.tuples).find_map(place).filter(|_| name.contains(':'))
    }

    /// What is known of a key in every request of these callers. The name is in lower case.
    pub(crate) fn fact(&self, folded: &str) -> Option<&Fact> {
        if let Some((_, fact)) = self.facts.iter().find(|(key, _)| *key == folded) {
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

/// The maximum number of example callers.
const MOST_EXAMPLES: usize = 6;

static ABSENT: Fact = Fact::Absent;

/// Keys that only requests of services have, which call for a resource or for themselves.
const OF_SERVICES: [&str; 7] = [
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
];

/// Keys that come from the credentials of a role.
const OF_ROLES: [&str; 8] = [
    "aws:chatbotsourcearn",
    "aws:ec2instancesourceprivateipv4",
    "aws:ec2instancesourcevpc",
    "aws:federatedprovider",
    "aws:sourceidentity",
    "ec2:roledelivery",
    "ec2:sourceinstancearn",
    "lambda:sourcefunctionarn",
];

/// Keys that come from credentials of whatever kind.
const OF_CREDENTIALS: [&str; 7] = [
    "aws:calledvia",
    "aws:calledviafirst",
    "aws:calledvialast",
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:signinsessionarn",
    "aws:tokenissuetime",
];

/// Keys that are no part of a tuple, and have one value, or none, for every caller of a kind.
fn facts(kind: CallerKind) -> Vec<(&'static str, Fact)> {
    let text = |text: &str| Fact::Value(ContextValue::single(text));
    let mut facts = Vec::new();
    let mut absent = |keys: &[&'static str]| facts.extend(keys.iter().map(|key| (*key, Fact::Absent)));
    let of_people = ["aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "kms:calleraccount"];
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
        absent(&["aws:assumedroot"]);
    }
    if matches!(kind, CallerKind::Anonymous | CallerKind::Service) {
        absent(&OF_CREDENTIALS);
        absent(&of_people);
    }
    if kind == CallerKind::Anonymous {
        absent(&["aws:principalisawsservice"]);
    }
    match kind {
        CallerKind::Service => facts.push(("aws:principalisawsservice", text("true"))),
        CallerKind::Anonymous => {
            facts.push(("aws:principaltype", text("Anonymous")));
            facts.push(("aws:principalaccount", text("anonymous")));
            facts.push(("aws:userid", text("anonymous")));
        }
        CallerKind::User | CallerKind::Session | CallerKind::FederatedUser | CallerKind::Root => {
            let name = match kind {
                CallerKind::User => "User",
                CallerKind::Session => "AssumedRole",
                CallerKind::FederatedUser => "FederatedUser",
                _ => "Account",
            };
            facts.push(("aws:principaltype", text(name)));
            facts.push(("aws:principalisawsservice", text("false")));
        }
    }
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

/// The tuple of people: account, path, name, unique id, session.
fn people(kind: CallerKind, partition: &Partition) -> Tuple {
    let iam = format!("arn:{partition}:iam::");
    let account = || vec![Token::Of(Class::Digit); 12];
    let word = |least: usize| [vec![Token::Of(Class::Word); least], vec![Token::Run(Class::Word)]].concat();
    let text = |text: &str| text.chars().map(Token::One).collect::<Vec<_>>();
    let id = |prefix: &str| [text(prefix), vec![Token::Of(Class::Id), Token::Run(Class::Id)]].concat();
    let path = || vec![Token::Run(Class::Plain), Token::One('/')];
    let none = Vec::new;
    let arn = |parts: &[&str]| TiedKey::new("aws:PrincipalArn", parts);
    let account_keys = || {
        let caller = TiedKey::new("kms:CallerAccount", &["0"]).optional();
        [TiedKey::new("aws:PrincipalAccount", &["0"]), caller]
    };
    let (fields, forms, mut keys): (Vec<Class>, Vec<Vec<Vec<Token>>>, Vec<TiedKey>) = match kind {
        CallerKind::User => (
            vec![Class::Digit, Class::Plain, Class::Word, Class::Id],
            vec![
                vec![account(), none(), word(1), id("AIDA")],
                vec![account(), path(), word(1), id("AIDA")],
            ],
            vec![
                arn(&[&iam, "0", ":user/", "1", "2"]),
                TiedKey::new("aws:username", &["2"]),
                TiedKey::new("aws:userid", &["3"]),
            ],
        ),
        CallerKind::Session => (
            vec![Class::Digit, Class::Plain, Class::Word, Class::Id, Class::Word],
            vec![
                vec![account(), none(), word(1), id("AROA"), word(2)],
                vec![account(), path(), word(1), id("AROA"), word(2)],
            ],
            vec![
                arn(&[&iam, "0", ":role/", "1", "2"]),
                TiedKey::new("aws:userid", &["3", ":", "4"]),
                TiedKey::new("session", &[&sts(partition), "0", ":assumed-role/", "2", "/", "4"]),
            ],
        ),
        CallerKind::FederatedUser => (
            vec![Class::Digit, Class::Word, Class::Plain],
            vec![
                vec![account(), word(2), [text("user/"), vec![Token::Of(Class::Word), Token::Run(Class::Plain)]].concat()],
                vec![account(), word(2), text("root")],
            ],
            vec![
                arn(&[&sts(partition), "0", ":federated-user/", "1"]),
                TiedKey::new("aws:userid", &["0", ":", "1"]),
                TiedKey::new("user", &[&iam, "0", ":", "2"]),
            ],
        ),
        CallerKind::Root => (
            vec![Class::Digit],
            vec![vec![account()]],
            vec![arn(&[&iam, "0", ":root"]), TiedKey::new("aws:userid", &["0"])],
        ),
        CallerKind::Anonymous | CallerKind::Service => (Vec::new(), vec![Vec::new()], Vec::new()),
    };
    if !fields.is_empty() {
        keys.extend(account_keys());
    }
    tuple::of(fields, vec![forms], keys)
}

fn sts(partition: &Partition) -> String {
    format!("arn:{partition}:sts::")
}

/// The tuple of an organization: its id, and the path of the account in it.
fn organization(id: &'static str, paths: &'static str) -> Tuple {
    let text = |text: &str| text.chars().map(Token::One).collect::<Vec<_>>();
    let run = || Token::Run(Class::Segment);
    let below = |more: &[Token]| [text("r-"), vec![run(), Token::One('/')], more.to_vec()].concat();
    let forms = |id: &[Token]| {
        let path = [Token::Run(Class::Plain), Token::One('/')];
        [below(&[]), below(&path)].map(|below| vec![id.to_vec(), below]).to_vec()
    };
    let likely = [text("o-"), vec![Token::Of(Class::Segment); 10], vec![run()]].concat();
    let any = [text("o-"), vec![Token::Of(Class::Segment), run()]].concat();
    let keys = vec![TiedKey::new(id, &["0"]), TiedKey::new(paths, &["0", "/", "1"]).list()];
    let mut tuple = tuple::of(vec![Class::Segment, Class::Plain], vec![forms(&likely), forms(&any)], keys);
    tuple.may_lack = true;
    tuple
}

/// The tuple of the resource for which a service acts: service, Region, account, rest; or service, Region, rest, account.
fn source(acts_for: ActsFor, partition: &Partition) -> Tuple {
    let arn = format!("arn:{partition}:");
    let account = vec![Token::Of(Class::Digit); 12];
    let run = vec![Token::Run(Class::Segment)];
    let some = vec![Token::Of(Class::Segment), Token::Run(Class::Segment)];
    let rest = vec![Token::Of(Class::Plain), Token::Run(Class::Plain)];
    let key = |name, parts: &[&str]| TiedKey::new(name, parts).optional();
    let (fields, forms, keys) = match acts_for {
        ActsFor::InAccount => (
            vec![Class::Segment, Class::Segment, Class::Digit, Class::Plain],
            vec![some, run, account, rest],
            vec![
                key("aws:SourceArn", &[&arn, "0", ":", "1", ":", "2", ":", "3"]),
                key("aws:SourceAccount", &["2"]),
                key("aws:SourceOwner", &["2"]),
            ],
        ),
        ActsFor::Elsewhere => (
            vec![Class::Segment, Class::Segment, Class::Plain, Class::Digit],
            vec![some, run, rest, account],
            vec![
                key("aws:SourceArn", &[&arn, "0", ":", "1", "::", "2"]),
                key("aws:SourceAccount", &["3"]),
                key("aws:SourceOwner", &["3"]),
            ],
        ),
    };
    tuple::of(fields, vec![vec![forms]], keys)
}
