//! The tuples of callers: which fields they have, and which keys are put together from them (part 6 of the rules).
//!
//! Of each tuple, the texts that look most like AWS's come first: names and ids are those of an example as long as nothing is asked of them.

use iam_policy::Partition;

use super::tuple::{self, TiedKey, Tuple};
use super::{ActsFor, CallerKind};
use crate::glob::{Class, Token};

/// The tokens of a field.
pub(super) type Field = Vec<Token>;

pub(super) fn text(text: &str) -> Field {
    text.chars().map(Token::One).collect()
}

/// At least so many characters of a class.
fn many(class: Class, least: usize) -> Field {
    [vec![Token::Of(class); least], vec![Token::Run(class)]].concat()
}

pub(super) fn any_account() -> Field {
    vec![Token::Of(Class::Digit); 12]
}

/// A unique id with this prefix (IAM User Guide, `reference_identifiers`).
fn id(prefix: &str) -> Field {
    [text(prefix), many(Class::Id, 1)].concat()
}

/// A path without its first slash: nothing, or segments that end with a slash.
fn paths() -> [Field; 2] {
    [Vec::new(), vec![Token::Run(Class::Plain), Token::One('/')]]
}

/// The tuple of people: account, path, name, unique id, session. The account has these tokens.
pub(super) fn people(kind: CallerKind, partition: &Partition, account: &Field) -> Tuple {
    let iam = format!("arn:{partition}:iam::");
    let sts = format!("arn:{partition}:sts::");
    let arn = |parts: &[&str]| TiedKey::new("aws:PrincipalArn", parts);
    let word = |least| many(Class::Word, least);
    let (fields, forms, mut keys): (Vec<Class>, Vec<Vec<Vec<Field>>>, Vec<TiedKey>) = match kind {
        CallerKind::User => {
            let example = text("AIDAEXAMPLEOUTSIDER00");
            let form = |name: &Field, id: &Field| {
                paths().map(|path| vec![account.clone(), path, name.clone(), id.clone()]).to_vec()
            };
            (
                vec![Class::Digit, Class::Plain, Class::Word, Class::Id],
                vec![
                    form(&text("outsider"), &example),
                    form(&word(1), &example),
                    form(&word(1), &id("AIDA")),
                ],
                vec![
                    arn(&[&iam, "0", ":user/", "1", "2"]),
                    TiedKey::new("aws:username", &["2"]),
                    TiedKey::new("aws:userid", &["3"]),
                ],
            )
        }
        CallerKind::Session => {
            let (example, session) = (text("AROAEXAMPLEOUTSIDER00"), text("session"));
            let form = |name: &Field, id: &Field, session: &Field| {
                let of = |path| vec![account.clone(), path, name.clone(), id.clone(), session.clone()];
                paths().map(of).to_vec()
            };
            (
                vec![Class::Digit, Class::Plain, Class::Word, Class::Id, Class::Word],
                vec![
                    form(&text("Outsider"), &example, &session),
                    form(&word(1), &example, &session),
                    form(&word(1), &id("AROA"), &word(2)),
                ],
                vec![
                    arn(&[&iam, "0", ":role/", "1", "2"]),
                    TiedKey::new("aws:userid", &["3", ":", "4"]),
                    TiedKey::new("session", &[&sts, "0", ":assumed-role/", "2", "/", "4"]),
                ],
            )
        }
        CallerKind::FederatedUser => {
            let form = |name: &Field, user: &Field| vec![account.clone(), name.clone(), user.clone()];
            let user = [text("user/"), many(Class::Word, 1), vec![Token::Run(Class::Plain)]].concat();
            let maker = text("user/maker");
            (
                vec![Class::Digit, Class::Word, Class::Plain],
                vec![
                    vec![form(&text("outsider"), &maker)],
                    vec![form(&word(2), &maker)],
                    vec![form(&word(2), &user), form(&word(2), &text("root"))],
                ],
                vec![
                    arn(&[&sts, "0", ":federated-user/", "1"]),
                    TiedKey::new("aws:userid", &["0", ":", "1"]),
                    TiedKey::new("user", &[&iam, "0", ":", "2"]),
                ],
            )
        }
        CallerKind::Root => (
            vec![Class::Digit],
            vec![vec![vec![account.clone()]]],
            vec![arn(&[&iam, "0", ":root"]), TiedKey::new("aws:userid", &["0"])],
        ),
        CallerKind::Anonymous | CallerKind::Service => (Vec::new(), vec![vec![Vec::new()]], Vec::new()),
    };
    if !fields.is_empty() {
        keys.push(TiedKey::new("aws:PrincipalAccount", &["0"]));
        // Requests to KMS have it.
        keys.push(TiedKey::new("kms:CallerAccount", &["0"]).optional());
    }
    tuple::of(fields, forms, keys)
}

/// The tuple of an organization: its id, and the path of the account in it, which is the only one.
pub(super) fn organization(id: &'static str, paths: &'static str) -> Tuple {
    let form = |id: Field, least: usize| {
        let root = || [text("r-"), many(Class::Segment, least), vec![Token::One('/')]].concat();
        let below = [root(), vec![Token::Run(Class::Plain), Token::One('/')]].concat();
        [root(), below].map(|path| vec![id.clone(), path]).to_vec()
    };
    let likely = [text("o-"), many(Class::Segment, 10)].concat();
    let any = [text("o-"), many(Class::Segment, 1)].concat();
    let forms = vec![
        vec![vec![text("o-outsiders1"), text("r-ab12/")]],
        form(text("o-outsiders1"), 4),
        form(likely, 4),
        form(any, 0),
    ];
    let keys = vec![TiedKey::new(id, &["0"]), TiedKey::new(paths, &["0", "/", "1"]).list()];
    let mut tuple = tuple::of(vec![Class::Segment, Class::Plain], forms, keys);
    tuple.may_lack = true;
    tuple
}

/// The tuple of the name of a service.
pub(super) fn service_name() -> Tuple {
    let usual = [many(Class::Name, 1), text(".amazonaws.com")].concat();
    let forms = [text("other.amazonaws.com"), usual, many(Class::Name, 1)];
    let keys = vec![
        TiedKey::new("aws:PrincipalServiceName", &["0"]),
        TiedKey::new("aws:PrincipalServiceNamesList", &["0"]).list(),
    ];
    tuple::of(vec![Class::Name], forms.into_iter().map(|form| vec![vec![form]]).collect(), keys)
}

/// The tuple of the resource for which a service acts: service, Region, account, rest; or service, Region, rest, account.
pub(super) fn source(acts_for: ActsFor, partition: &Partition) -> Tuple {
    let arn = format!("arn:{partition}:");
    let key = |name, parts: &[&str]| TiedKey::new(name, parts).optional();
    let (service, region) = (many(Class::Segment, 1), vec![Token::Run(Class::Segment)]);
    let rest = many(Class::Plain, 1);
    let (fields, forms, keys) = match acts_for {
        ActsFor::InAccount => (
            vec![Class::Segment, Class::Segment, Class::Digit, Class::Plain],
            vec![
                vec![text("sns"), text("us-east-1"), any_account(), rest.clone()],
                vec![service, region, any_account(), rest],
            ],
            vec![
                key("aws:SourceArn", &[&arn, "0", ":", "1", ":", "2", ":", "3"]),
                key("aws:SourceAccount", &["2"]),
                key("aws:SourceOwner", &["2"]),
            ],
        ),
        ActsFor::Elsewhere => (
            vec![Class::Segment, Class::Segment, Class::Plain, Class::Digit],
            vec![
                vec![text("s3"), Vec::new(), rest.clone(), any_account()],
                vec![service, region, rest, any_account()],
            ],
            vec![
                key("aws:SourceArn", &[&arn, "0", ":", "1", "::", "2"]),
                key("aws:SourceAccount", &["3"]),
                key("aws:SourceOwner", &["3"]),
            ],
        ),
    };
    tuple::of(fields, forms.into_iter().map(|form| vec![form]).collect(), keys)
}
