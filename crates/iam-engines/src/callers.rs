//! Questions about all callers of a kind, for comparison with another solver.
//!
//! The policies name callers and test their keys, with few values that have much to do with each other: two accounts, two organizations, and
//! names with two letters. So that a good share of the questions holds, fails, or turns on a tie between keys.

use std::sync::Arc;

use iam_analysis::{ActsFor, Analysis, CallerKind, Callers, Fact, Inside, Question, Space, Verdict};
use iam_eval::Layers;
use iam_policy::{AccountId, Effect, Limits, Mode, Partition, Policy, PolicyKind, account_id};
use iam_testkit::Source;

/// A question: does some caller of a kind, outside of some accounts and organizations, get what `allowed` allows and `beyond` does not?
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CallerQuestion {
    /// The kind of the callers.
    pub kind: CallerKind,
    /// The service, if the kind is one, and the resources for which it acts. Without a name, services of every name are in question.
    pub service: Option<(Option<&'static str>, ActsFor)>,
    /// The accounts and organizations that are not in question.
    pub inside: Inside,
    /// The policies of the first layers, as JSON: `{"identity": […], "boundary": …, "session": …, "resource": …}`.
    pub allowed: String,
    /// The policies of the second layers. Without resource policy they allow nothing to callers of other accounts.
    pub beyond: String,
    layers: [Layers; 2],
    space: Space,
}

/// A fault that is planted on purpose, so that it can be seen that the comparison finds faults of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The account is not tied to the other names of the caller.
    Untied,
    /// No caller has tags.
    Untagged,
}

impl Fault {
    /// The fault with this name: `untied` or `untagged`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "untied" => Some(Self::Untied),
            "untagged" => Some(Self::Untagged),
            _ => None,
        }
    }
}

const OWNER: AccountId = account_id!("111122223333");
const PARTNER: AccountId = account_id!("222222222222");

/// How a key is tested: its name, operators, and values.
struct Tests(&'static str, &'static [&'static str], &'static [&'static str]);

const TEXT: [&str; 6] = [
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
];
const LIST: [&str; 6] = [
    "ForAnyValue:StringLike",
    "ForAllValues:StringLike",
    "ForAnyValue:StringNotLike",
    "ForAllValues:StringNotLike",
    "ForAnyValue:StringEquals",
    "ForAllValues:StringEquals",
];
const ARN: [&str; 4] = ["ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals"];

/// Keys of callers who are no service.
const OF_PEOPLE: [Tests; 15] = [
    Tests(
        "aws:PrincipalArn",
        &ARN,
        &[
            "arn:aws:iam::333333333333:user/ab",
            "arn:aws:iam::*:user/*",
            "arn:aws:iam::*:user/p/*",
            "arn:aws:iam::333333333333:role/*",
            "arn:aws:iam::*:role/*b",
            "arn:aws:iam::333333333333:role/ab",
            "arn:aws:sts::*:federated-user/*",
            "arn:aws:sts::333333333333:federated-user/ab",
            "arn:aws:iam::*:root",
            "arn:aws:*::333333333333:*",
            "arn:aws:iam::?????????????:*",
        ],
    ),
    Tests(
        "aws:PrincipalArn",
        &TEXT,
        &[
            "arn:aws:iam::333333333333:user/ab",
            "arn:aws:iam::333333333333:role/p/ab",
            "arn:aws:sts::333333333333:federated-user/ab",
            "arn:aws:iam::333333333333:root",
            "*:333333333333:*",
            "*:user/*",
            "*:role/*",
            "*/a?",
            "*/AB",
            "arn:aws:iam::*",
            "*::33*b",
        ],
    ),
    Tests(
        "aws:PrincipalAccount",
        &TEXT,
        &["333333333333", "222222222222", "3*", "*33", "anonymous", "*", "????????????"],
    ),
    Tests(
        "aws:PrincipalType",
        &TEXT,
        &["User", "AssumedRole", "FederatedUser", "Account", "Anonymous", "user", "A*", "*User", "*"],
    ),
    Tests(
        "aws:userid",
        &TEXT,
        &[
            "AIDA*",
            "AROA*:*",
            "AROA*:ab",
            "AROAX:ab",
            "333333333333",
            "333333333333:*",
            "*:ab",
            "*:AB",
            "anonymous",
            "aida*",
            "*:*",
            "A*",
        ],
    ),
    Tests("aws:username", &TEXT, &["ab", "a*", "AB", "*", "?"]),
    Tests("aws:PrincipalOrgID", &TEXT, &["o-aaaaaaaaaa", "o-bbbbbbbbbb", "o-*", "o-a*", "O-BBBBBBBBBB"]),
    Tests(
        "aws:PrincipalOrgPaths",
        &LIST,
        &[
            "o-aaaaaaaaaa/*",
            "o-bbbbbbbbbb/*",
            "o-bbbbbbbbbb/r-bbbb/*",
            "o-bbbbbbbbbb/r-bbbb/",
            "*/r-bbbb/ou-*",
            "o-*",
        ],
    ),
    Tests("aws:PrincipalTag/x", &TEXT, &["a", "b", "a*", "", "A"]),
    Tests("aws:PrincipalIsAWSService", &["Bool", "StringEquals", "StringNotEquals"], &["true", "false"]),
    Tests("kms:CallerAccount", &TEXT, &["333333333333", "222222222222", "3*"]),
    Tests("aws:SourceIdentity", &TEXT, &["ab", "a*"]),
    Tests("aws:FederatedProvider", &TEXT, &["accounts.google.com", "*"]),
    Tests("aws:MultiFactorAuthPresent", &["Bool", "Null"], &["true", "false"]),
    Tests("aws:AssumedRoot", &["Bool", "Null"], &["true", "false"]),
];

/// Keys of services, and keys that nothing ties to the caller.
const OF_SERVICES: [Tests; 9] = [
    Tests("aws:SourceAccount", &TEXT, &["333333333333", "222222222222", "3*", "*"]),
    Tests(
        "aws:SourceArn",
        &ARN,
        &[
            "arn:aws:sns:*:333333333333:*",
            "arn:aws:*:*:222222222222:*",
            "arn:aws:s3:::ab*",
            "arn:aws:sns:us-east-1:333333333333:ab",
            "arn:aws:s3:*:*:*",
        ],
    ),
    Tests(
        "aws:SourceArn",
        &TEXT,
        &["*:333333333333:*", "*:222222222222:*", "arn:aws:s3:::*", "arn:aws:sns:us-east-1:333333333333:ab"],
    ),
    Tests("aws:SourceOrgID", &TEXT, &["o-aaaaaaaaaa", "o-bbbbbbbbbb", "o-*"]),
    Tests("aws:SourceOrgPaths", &LIST, &["o-aaaaaaaaaa/*", "o-bbbbbbbbbb/r-bbbb/*"]),
    Tests("aws:SourceOwner", &TEXT, &["333333333333", "222222222222"]),
    Tests("aws:PrincipalServiceName", &TEXT, &["sns.amazonaws.com", "s3.*", "*"]),
    Tests("aws:PrincipalServiceNamesList", &LIST, &["sns.amazonaws.com", "s3.*", "*"]),
    Tests("aws:SourceIp", &["IpAddress", "NotIpAddress"], &["10.0.0.0/8", "0.0.0.0/0", "::/0"]),
];

const USERS: [&str; 3] = [
    "arn:aws:iam::333333333333:user/ab",
    "arn:aws:iam::333333333333:user/p/ab",
    "arn:aws:iam::222222222222:user/ab",
];
const ROLES: [&str; 3] = [
    "arn:aws:iam::333333333333:role/ab",
    "arn:aws:iam::333333333333:role/p/ab",
    "arn:aws:iam::222222222222:role/ab",
];
const SESSIONS: [&str; 2] =
    ["arn:aws:sts::333333333333:assumed-role/ab/ab", "arn:aws:sts::222222222222:assumed-role/ab/ab"];
const FEDERATED: [&str; 2] =
    ["arn:aws:sts::333333333333:federated-user/ab", "arn:aws:sts::222222222222:federated-user/ab"];
const ACCOUNTS: [&str; 5] = [
    "333333333333",
    "arn:aws:iam::333333333333:root",
    "222222222222",
    "111122223333",
    "arn:aws-cn:iam::333333333333:root",
];
const SERVICES: [&str; 2] = ["sns.amazonaws.com", "s3.amazonaws.com"];
const ACTIONS: [&str; 5] = ["*", "s:*", "s:a", "s:b", "t:a"];
const RESOURCES: [&str; 6] =
    ["*", "arn:aws:s3:::b", "arn:aws:s3:::b/*", "arn:*:s3:::*", "arn:aws*:s3:::b", "arn:aws:s3:::b/a?"];
const VARIABLES: [&str; 4] = [
    "arn:aws:s3:::b/${aws:username}",
    "arn:aws:s3:::b/${aws:PrincipalAccount}/*",
    "arn:aws:s3:::b/${aws:PrincipalTag/x, 'a'}",
    "arn:aws:s3:::b/${aws:userid}",
];

impl CallerQuestion {
    /// Draws a question. `None` if one of its policies is refused.
    pub fn draw(source: &mut Source<'_>) -> Option<Self> {
        let kind = *source.pick(&CallerKind::ALL);
        let service = (kind == CallerKind::Service).then(|| {
            let name = *source.pick(&["sns.amazonaws.com", "s3.amazonaws.com", "other.amazonaws.com"]);
            (Some(name), *source.pick(&[ActsFor::InAccount, ActsFor::Elsewhere]))
        });
        Self::draw_about(kind, service, source)
    }

    /// Draws a question about services of every name. `None` if one of its policies is refused.
    pub fn draw_any_service(source: &mut Source<'_>) -> Option<Self> {
        let acts_for = *source.pick(&[ActsFor::InAccount, ActsFor::Elsewhere]);
        Self::draw_about(CallerKind::Service, Some((None, acts_for)), source)
    }

    fn draw_about(
        kind: CallerKind,
        service: Option<(Option<&'static str>, ActsFor)>,
        source: &mut Source<'_>,
    ) -> Option<Self> {
        let mut inside = Inside::of(OWNER);
        if source.chance(50) {
            inside.accounts.push(PARTNER);
        }
        if source.chance(50) {
            inside.organizations.push("o-aaaaaaaaaa".into());
        }
        // Few tests for all policies, so that they have much to do with each other.
        let of_services = kind == CallerKind::Service;
        let own = if of_services { &OF_SERVICES[..] } else { &OF_PEOPLE };
        let of_names = match service {
            Some((None, _)) => &OF_SERVICES[6..8],
            Some((Some(_), _)) => &OF_SERVICES[..4],
            None => &OF_PEOPLE[..6],
        };
        let tests: Vec<&Tests> =
            [of_names, of_names, own, own].iter().filter_map(|list| source.choose(list)).collect();
        let has_variables = source.chance(8);
        let mut drawer = Drawer { source, kind, tests, has_variables };
        let mut first = vec![drawer.statement("Allow", true)];
        for _ in 0..drawer.source.below(3) {
            first.push(drawer.any_statement(true));
        }
        let second = drawer.second(&first);
        let has_limits = !matches!(kind, CallerKind::Anonymous | CallerKind::Service);
        let own = if has_limits && drawer.source.chance(30) { drawer.identity() } else { everything() };
        let boundary = (has_limits && drawer.source.chance(12))
            .then(|| if drawer.source.chance(50) { everything() } else { drawer.identity() });
        let session = if kind == CallerKind::FederatedUser {
            drawer.source.chance(95)
        } else {
            kind == CallerKind::Session && drawer.source.chance(15)
        };
        let session =
            session.then(|| if drawer.source.chance(60) { everything() } else { drawer.identity() });
        let mut layers = [Layers::new(), Layers::new()];
        let mut texts = Vec::new();
        for (layers, resource) in layers.iter_mut().zip([Some(document(&first)), second]) {
            layers.identity.push(parse(&own, PolicyKind::Identity)?);
            put(&mut layers.boundary, boundary.as_deref(), PolicyKind::Boundary)?;
            put(&mut layers.session, session.as_deref(), PolicyKind::Session)?;
            layers.resource = match &resource {
                Some(text) => Some(parse(text, PolicyKind::Resource)?),
                None => None,
            };
            let list = |text: &Option<String>| text.as_ref().map_or_else(null, |own| format!("[{own}]"));
            texts.push(format!(
                r#"{{"identity":[{own}],"boundary":{},"session":{},"resource":{}}}"#,
                list(&boundary),
                list(&session),
                resource.unwrap_or_else(null)
            ));
        }
        let (beyond, space) = (texts.pop()?, Space::new());
        Some(Self { kind, service, inside, allowed: texts.pop()?, beyond, layers, space })
    }

    /// The question as an analysis with a fault takes it. `None` if it cannot be put so.
    pub fn with_fault(mut self, fault: Fault) -> Option<Self> {
        match fault {
            // Nothing is known of a key with another name.
            Fault::Untied => {
                for layers in &mut self.layers {
                    let policy = layers.resource.take();
                    layers.resource = match policy {
                        Some(policy) => {
                            let text =
                                policy.to_string().replace("aws:PrincipalAccount", "aws:PrincipalHome");
                            Some(parse(&text, PolicyKind::Resource)?)
                        }
                        None => None,
                    };
                }
            }
            Fault::Untagged => self.space.set_fact("aws:PrincipalTag/x", Fact::Absent),
        }
        Some(self)
    }

    /// Whether the Allow statements of the first resource policy let somebody in as soon as their conditions and the other statements are left
    /// out. If not, the question holds for a trivial reason.
    pub fn turns_on_more_than_names(&self) -> bool {
        let [allowed, beyond] = &self.layers;
        let (mut open, mut nothing) = (allowed.clone(), beyond.clone());
        nothing.resource = None;
        if let Some(policy) = &mut open.resource {
            let own = Arc::make_mut(policy);
            own.statements.retain(|statement| statement.effect.value == Effect::Allow);
            own.statements.iter_mut().for_each(|statement| statement.conditions.clear());
        }
        self.analysis().never(&Question::new(&open).beyond(&nothing)) != Verdict::Holds
    }

    /// The resource policy of the first layers, as JSON. `None` if there is none.
    pub fn resource_policy(&self) -> Option<&str> {
        let (_, own) = self.allowed.split_once(r#","resource":"#)?;
        own.strip_suffix('}').filter(|own| own.starts_with('{'))
    }

    /// The answer of the analysis.
    pub fn answer(&self) -> Verdict {
        let [allowed, beyond] = &self.layers;
        self.analysis().never(&Question::new(allowed).beyond(beyond))
    }

    fn analysis(&self) -> Analysis {
        let callers = match self.service {
            Some((Some(name), acts_for)) => Callers::service(name, acts_for, &Partition::AWS, &self.inside),
            Some((None, acts_for)) => Callers::any_service(acts_for, &Partition::AWS, &self.inside),
            None => Callers::of(self.kind, &Partition::AWS, &self.inside),
        };
        Analysis::new(self.space.clone().with_callers(callers))
    }
}

fn null() -> String {
    "null".to_owned()
}

/// Makes a layer of one policy, if there is one. `None` if it is refused.
fn put(layer: &mut Option<Vec<Arc<Policy>>>, text: Option<&str>, kind: PolicyKind) -> Option<()> {
    if let Some(text) = text {
        *layer = Some(vec![parse(text, kind)?]);
    }
    Some(())
}

fn parse(text: &str, kind: PolicyKind) -> Option<Arc<Policy>> {
    Policy::parse(text, kind, Mode::Deployed, &Limits::default()).ok().map(Arc::new)
}

fn document(statements: &[String]) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}

fn everything() -> String {
    document(&[r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#.to_owned()])
}

/// Draws the statements of a question.
struct Drawer<'s, 'b> {
    source: &'s mut Source<'b>,
    kind: CallerKind,
    tests: Vec<&'static Tests>,
    has_variables: bool,
}

impl Drawer<'_, '_> {
    /// The resource policy of the second layers: none, a new one, or the first with a change, so that they have much in common.
    fn second(&mut self, first: &[String]) -> Option<String> {
        if self.source.chance(35) {
            return None;
        }
        let mut statements: Vec<String> = if self.source.chance(60) { first.to_vec() } else { Vec::new() };
        if statements.len() > 1 && self.source.chance(40) {
            statements.remove(self.source.below(first.len()));
        }
        if statements.is_empty() || self.source.chance(70) {
            statements.extend((0..self.source.between(1, 2)).map(|_| self.any_statement(true)));
        }
        Some(document(&statements))
    }

    fn identity(&mut self) -> String {
        let statements: Vec<String> =
            (0..self.source.between(1, 2)).map(|_| self.any_statement(false)).collect();
        document(&statements)
    }

    fn any_statement(&mut self, has_principal: bool) -> String {
        let effect = if self.source.chance(40) { "Deny" } else { "Allow" };
        self.statement(effect, has_principal)
    }

    fn statement(&mut self, effect: &str, has_principal: bool) -> String {
        let principal = if has_principal { self.principal(effect == "Deny") } else { String::new() };
        let action = *self.source.pick(&ACTIONS);
        let variable = *self.source.pick(&VARIABLES);
        let resource = if self.has_variables && self.source.chance(40) {
            variable
        } else {
            *self.source.pick(&RESOURCES)
        };
        let resource = match self.source.below(10) {
            0 if has_principal => String::new(),
            1 => format!(r#","NotResource":"{resource}""#),
            2..=6 => r#","Resource":"*""#.to_owned(),
            _ => format!(r#","Resource":"{resource}""#),
        };
        let mut blocks: Vec<String> =
            (0..*self.source.pick(&[0, 1, 1, 1, 2, 2, 3])).map(|_| self.condition()).collect();
        blocks.sort();
        blocks.dedup_by(|a, b| operator(a) == operator(b));
        let condition = if blocks.is_empty() {
            String::new()
        } else {
            format!(r#","Condition":{{{}}}"#, blocks.join(","))
        };
        format!(r#"{{"Effect":"{effect}"{principal},"Action":"{action}"{resource}{condition}}}"#)
    }

    /// Whom a statement names: with its comma.
    fn principal(&mut self, is_deny: bool) -> String {
        if is_deny && self.source.chance(35) {
            return format!(r#","NotPrincipal":{}"#, self.exempt());
        }
        // Callers without credentials have no name.
        let share = if self.kind == CallerKind::Anonymous { 85 } else { 50 };
        if self.source.chance(share) {
            let everybody = *self.source.pick(&[r#""*""#, r#"{"AWS":"*"}"#]);
            return format!(r#","Principal":{everybody}"#);
        }
        let mut entries = Vec::new();
        for _ in 0..self.source.between(1, 3) {
            let own: &[&str] = match self.kind {
                CallerKind::User => &USERS,
                CallerKind::Session if self.source.chance(50) => &ROLES,
                CallerKind::Session => &SESSIONS,
                CallerKind::FederatedUser if self.source.chance(40) => &USERS,
                CallerKind::FederatedUser => &FEDERATED,
                CallerKind::Root | CallerKind::Anonymous | CallerKind::Service => &ACCOUNTS,
            };
            let list = match self.source.below(10) {
                0 => &USERS[..],
                1 => &ROLES,
                2 => &FEDERATED,
                3 | 4 => &ACCOUNTS,
                _ => own,
            };
            entries.extend(self.source.choose(list).map(|entry| format!("\"{entry}\"")));
        }
        let mut members = vec![format!(r#""AWS":[{}]"#, entries.join(","))];
        if self.source.chance(if self.kind == CallerKind::Service { 85 } else { 10 }) {
            members.push(format!(r#""Service":"{}""#, self.source.pick(&SERVICES)));
        }
        if is_deny && self.source.chance(5) {
            members.push(
                r#""CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be""#
                    .to_owned(),
            );
        }
        format!(r#","Principal":{{{}}}"#, members.join(","))
    }

    /// The exceptions of a `NotPrincipal`: often all names of somebody, sometimes not.
    fn exempt(&mut self) -> String {
        let mut entries = vec![*self.source.pick(&ACCOUNTS)];
        let lists: &[&[&str]] = match self.kind {
            CallerKind::User => &[&USERS],
            CallerKind::Session => &[&ROLES, &SESSIONS],
            CallerKind::FederatedUser => &[&FEDERATED, &USERS],
            CallerKind::Root | CallerKind::Anonymous | CallerKind::Service => &[],
        };
        for list in lists {
            // The first of each list belong together.
            let fitting = if self.source.chance(60) { list.first() } else { self.source.choose(list) };
            entries.extend(fitting.filter(|_| self.source.chance(90)));
        }
        if self.source.chance(30) {
            entries.push(*self.source.pick(&ACCOUNTS));
        }
        entries.sort_unstable();
        entries.dedup();
        let entries: Vec<String> = entries.iter().map(|entry| format!("\"{entry}\"")).collect();
        let service = if self.kind == CallerKind::Service || self.source.chance(10) {
            format!(r#","Service":"{}""#, self.source.pick(&SERVICES))
        } else {
            String::new()
        };
        format!(r#"{{"AWS":[{}]{service}}}"#, entries.join(","))
    }

    fn condition(&mut self) -> String {
        let other = if self.source.chance(50) {
            self.source.pick(&OF_SERVICES)
        } else {
            self.source.pick(&OF_PEOPLE)
        };
        let tests = if self.source.chance(92) { self.source.choose(&self.tests).copied() } else { None };
        let Tests(name, operators, texts) = *tests.unwrap_or(other);
        let operator = self.source.choose(operators).copied().unwrap_or("StringEquals");
        if operator == "Null" || self.source.chance(8) {
            let value = self.source.chance(50);
            return format!(r#""Null":{{"{name}":"{value}"}}"#);
        }
        let suffix = if self.source.chance(15) { "IfExists" } else { "" };
        let prefix = if !operator.contains(':') && self.source.chance(4) { "ForAllValues:" } else { "" };
        let most = if operator == "Bool" { 1 } else { 2 };
        let mut values: Vec<&str> =
            (0..self.source.between(1, most)).filter_map(|_| self.source.choose(texts).copied()).collect();
        values.dedup();
        let values: Vec<String> = values.iter().map(|text| format!("\"{text}\"")).collect();
        format!(r#""{prefix}{operator}{suffix}":{{"{name}":[{}]}}"#, values.join(","))
    }
}

/// The operator of a block, with its quotation marks.
fn operator(block: &str) -> &str {
    block.split_once(":{").map_or(block, |(operator, _)| operator)
}
