//! Whether a resource policy gives access to everybody: to callers that it does not name, from networks that it does not name.

use std::cell::{Cell, RefCell};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use iam_analysis::{ClassAnswer, Doubt, Fact, Inside, ProofBudget, VerdictKind};
use iam_catalog::Lookup;
use iam_eval::ContextValue;
use iam_policy::value::IpRange;
use iam_policy::{AccountId, Effect, Operator, Policy, PrincipalElement, Quantifier, Statement, account_id};

use super::{Asked, Outsider, named};

/// The maximum number of steps of all questions about one policy.
const BUDGET: ProofBudget = ProofBudget::steps(1 << 22);

/// Keys that say where a request comes from or where its answer goes, each with a value that no policy names.
const PLACES: [(&str, &str); 15] = [
    ("aws:SourceVpc", "vpc-0fedcba9876543210"),
    ("aws:SourceVpce", "vpce-0fedcba9876543210"),
    ("aws:SourceVpcArn", "arn:aws:ec2:us-east-1:999999999990:vpc/vpc-0fedcba9876543210"),
    ("aws:VpcSourceIp", "198.51.100.77"),
    ("aws:VpceAccount", "999999999990"),
    ("aws:VpceOrgID", "o-ofastranger0"),
    ("aws:Ec2InstanceSourceVpc", "vpc-0fedcba9876543210"),
    ("aws:Ec2InstanceSourcePrivateIPv4", "198.51.100.77"),
    ("aws:FederatedProvider", "arn:aws:iam::999999999990:oidc-provider/stranger.example"),
    ("ec2:SourceInstanceARN", "arn:aws:ec2:us-east-1:999999999990:instance/i-0fedcba9876543210"),
    ("ssm:SourceInstanceARN", "arn:aws:ec2:us-east-1:999999999990:instance/i-0fedcba9876543210"),
    ("lambda:SourceFunctionArn", "arn:aws:lambda:us-east-1:999999999990:function:of-a-stranger"),
    ("s3:DataAccessPointAccount", "999999999990"),
    ("s3:DataAccessPointArn", "arn:aws:s3:us-east-1:999999999990:accesspoint/of-a-stranger"),
    ("sns:Endpoint", "https://stranger.example/"),
];

/// Addresses of nobody, which are chosen first.
const ADDRESSES: [&str; 8] = [
    "198.51.100.77",
    "203.0.113.77",
    "192.0.2.77",
    "100.20.30.40",
    "45.60.70.80",
    "150.100.50.25",
    "2001:db8:77::77",
    "2600:77::77",
];

/// Ranges in which no address of the internet lies (IANA IPv4 and IPv6 Special-Purpose Address Registries; RFC 4291, section 2.4).
const RESERVED: [&str; 11] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/3",
    "::/3",
    "4000::/2",
    "8000::/1",
];

/// The most addresses from which is asked about a statement.
const ASKED_FROM: usize = 8;

/// The organization of the owner, unless a policy names it.
const OWN_ORGANIZATION: &str = "o-oftheowner0";

/// The statements that give access to everybody: to people and roles of accounts and organizations that the policy does not name, from VPCs,
/// endpoints and addresses that it does not name, or from the internet. A statement of which that is not known is listed too.
///
/// A range of addresses counts as named if it has at most as many addresses as an IPv4 prefix of 8 bits or an IPv6 prefix of 32 bits, as for
/// S3's status of a policy (Amazon S3 User Guide, `access-control-block-public-access`). Nobody knows the owner of the resource, so it is an
/// account of its own. Services of AWS are not looked at.
pub fn strangers(policy: &Arc<Policy>, details: &dyn Lookup) -> Vec<Outsider> {
    let mut inside = Inside::of(free_account(policy));
    let texts = texts(policy);
    inside.accounts = texts.iter().flat_map(|text| accounts(text)).collect();
    inside.accounts.sort_unstable_by(|one, other| one.as_str().cmp(other.as_str()));
    inside.accounts.dedup();
    inside.organizations = texts.iter().flat_map(|text| organizations(text)).map(Into::into).collect();
    inside.organizations.sort_unstable();
    inside.organizations.dedup();
    // So that what tests the owner's organization is not met by that of a stranger.
    inside.organizations.push(OWN_ORGANIZATION.into());
    let unheard = unheard(policy, details);
    let with = |fact: &dyn Fn(&'static str) -> Fact, address: &Option<(Box<str>, Fact)>| {
        let places = PLACES.iter().map(|(key, value)| ((*key).into(), fact(value)));
        let unheard = unheard.iter().map(|key| ((*key).into(), Fact::Absent));
        places.chain(address.clone()).chain(unheard).collect::<Vec<_>>()
    };
    let left = Cell::new(BUDGET);
    let allows = policy.statements.iter().enumerate().filter(|(_, own)| own.effect.value == Effect::Allow);
    let allows = allows.filter(|(_, own)| named::is_for_everyone(own) && !names_identities(own));
    let let_in = |number: usize| {
        let alone = super::variant::alone(policy, number);
        let (addresses, is_every) = match addresses(&alone) {
            Some(found) => found,
            None => (vec![None], true),
        };
        let mut open = None;
        for address in addresses {
            let address = address
                .map(|own| (Box::from("aws:SourceIp"), Fact::Value(ContextValue::single(own.to_string()))));
            // From the internet, and then from other networks.
            let elsewhere = |value: &'static str| Fact::Value(ContextValue::single(value));
            for facts in [with(&|_| Fact::Absent, &address), with(&elsewhere, &address)] {
                let asked = Asked {
                    policy,
                    inside: &inside,
                    details,
                    facts: &facts,
                    partitions: named::partitions(policy),
                    left: left.clone(),
                    spaces: RefCell::default(),
                };
                // A Deny of somebody of whom it is not known who it is may spare everybody else.
                let found = asked.let_in(number, &alone).or_else(|| asked.unidentified(number, &alone));
                left.set(asked.left.get());
                let Some(found) = found else { continue };
                if found.answers.iter().any(|own| own.verdict.kind() == VerdictKind::Fails) {
                    return Some(found);
                }
                open.get_or_insert(found);
            }
        }
        open.or_else(|| (!is_every).then(|| from_elsewhere(number)))
    };
    allows.filter_map(|(number, _)| let_in(number)).collect()
}

/// The doubt about callers from addresses from which was not asked.
fn from_elsewhere(statement: usize) -> Outsider {
    let about = "callers from every wide range of addresses, of which the policy has too many";
    let doubt = Doubt::Unasked { about: about.into() };
    Outsider { statement, kinds: Vec::new(), answers: vec![ClassAnswer::unknown("*", vec![doubt])] }
}

/// The tested keys that no request has: keys of AWS or of a service that the catalogue does not have. Customers choose the names of identity
/// providers, which have dots, or are those of SAML and LDAP.
fn unheard<'p>(policy: &'p Policy, details: &dyn Lookup) -> Vec<&'p str> {
    let conditions = policy.statements.iter().flat_map(|statement| &statement.conditions);
    let mut keys: Vec<&str> = conditions.map(|own| own.key.value.as_str()).collect();
    keys.retain(|key| {
        let prefix = key.split_once(':').map_or(*key, |(prefix, _)| prefix);
        let is_name = prefix.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let is_provider = ["saml", "ldap"].iter().any(|own| own.eq_ignore_ascii_case(prefix));
        is_name && !is_provider && details.condition_key(key).is_none()
    });
    keys
}

/// Every text of the policy that may name an account or an organization.
fn texts(policy: &Policy) -> Vec<&str> {
    let mut texts = Vec::new();
    for statement in &policy.statements {
        if let Some(PrincipalElement::Principal(own) | PrincipalElement::NotPrincipal(own)) =
            &statement.principal
        {
            texts.extend(own.entries().iter().map(|entry| entry.value.text()));
        }
        texts.extend(statement.conditions.iter().flat_map(|condition| condition.values.texts()));
    }
    texts
}

/// The account ids in a text.
fn accounts(text: &str) -> Vec<AccountId> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter_map(AccountId::new).collect()
}

/// The ids of organizations in a text.
fn organizations(text: &str) -> impl Iterator<Item = &str> {
    text.split('/').filter(|part| part.starts_with("o-") && !part.contains(['*', '?', '$']))
}

/// An account that the policy does not name.
fn free_account(policy: &Policy) -> AccountId {
    let candidates = [account_id!("999999999991"), account_id!("888888888881"), account_id!("777777777771")];
    let texts = texts(policy);
    let is_free = |id: &AccountId| !texts.iter().any(|text| text.contains(id.as_str()));
    candidates.into_iter().find(is_free).unwrap_or(account_id!("666666666661"))
}

/// Whether a statement asks for the unique ids of principals, of which each is that of one.
fn names_identities(statement: &Statement) -> bool {
    statement.conditions.iter().any(|own| {
        let test = own.test.value;
        let is_positive = !test.operator.is_negated()
            && !test.if_exists
            && test.operator != Operator::Null
            && test.quantifier != Some(Quantifier::ForAllValues);
        let begins = |text: &&str| text.split(['*', '?', '$']).next().is_some_and(|head| head.len() >= ID);
        let texts = own.values.texts();
        is_positive
            && own.key.value.as_str().eq_ignore_ascii_case("aws:userid")
            && !texts.is_empty()
            && texts.iter().all(begins)
    })
}

/// The least number of characters that tell whose an id is.
const ID: usize = 12;

/// Addresses that stand for those of strangers, and whether they are all: one that lies in no range that the policy names, and for each range
/// that is too wide to name anybody one that lies in no smaller range. Addresses that lie in the same ranges are tested alike. `None` if a range
/// cannot be read, for a request of which no address is known.
fn addresses(policy: &Policy) -> Option<(Vec<Option<IpAddr>>, bool)> {
    let conditions = policy.statements.iter().flat_map(|statement| &statement.conditions);
    let of_address = conditions.filter(|own| own.key.value.as_str().eq_ignore_ascii_case("aws:SourceIp"));
    let ranges: Option<Vec<IpRange>> =
        of_address.flat_map(|own| own.values.texts()).map(IpRange::parse).collect();
    let (mut wide, mut narrow): (Vec<IpRange>, Vec<IpRange>) = ranges?.into_iter().partition(is_wide);
    let mut seen = Vec::new();
    wide.retain(|own| {
        let ends = (first(own), own.prefix());
        let is_new = !seen.contains(&ends);
        seen.push(ends);
        is_new
    });
    narrow.extend(RESERVED.iter().filter_map(|text| IpRange::parse(text)));
    let is_free = |address: &IpAddr| !narrow.iter().any(|range| range.contains(*address));
    // If an address lies in some ranges only, the first one that does is that of a range, or stands behind one.
    let candidates = || {
        let known = ADDRESSES.iter().filter_map(|text| text.parse::<IpAddr>().ok());
        let all = known.chain(wide.iter().map(first));
        all.chain(narrow.iter().chain(&wide).filter_map(behind)).filter(is_free)
    };
    let outside = candidates().find(|own| !wide.iter().any(|range| range.contains(*own)));
    let inside = wide.iter().filter_map(|range| {
        let mut own = candidates().filter(|own| range.contains(*own));
        own.find(|own| !wide.iter().any(|other| other.prefix() > range.prefix() && other.contains(*own)))
    });
    let mut all: Vec<Option<IpAddr>> = outside.into_iter().chain(inside).map(Some).collect();
    let is_every = !all.is_empty() && all.len() <= ASKED_FROM;
    all.truncate(ASKED_FROM);
    Some((all, is_every))
}

/// The first address of a range.
fn first(range: &IpRange) -> IpAddr {
    match range.address() {
        IpAddr::V4(own) => {
            let host = u32::MAX.checked_shr(range.prefix()).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(own.to_bits() & !host))
        }
        IpAddr::V6(own) => {
            let host = u128::MAX.checked_shr(range.prefix()).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(own.to_bits() & !host))
        }
    }
}

/// The address behind a range. `None` if it has the last one.
fn behind(range: &IpRange) -> Option<IpAddr> {
    Some(match range.address() {
        IpAddr::V4(own) => {
            let host = u32::MAX.checked_shr(range.prefix()).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits((own.to_bits() | host).checked_add(1)?))
        }
        IpAddr::V6(own) => {
            let host = u128::MAX.checked_shr(range.prefix()).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits((own.to_bits() | host).checked_add(1)?))
        }
    })
}

/// Whether a range has so many addresses that it names nobody.
const fn is_wide(range: &IpRange) -> bool {
    range.prefix() < if range.address().is_ipv4() { 8 } else { 32 }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use iam_analysis::VerdictKind;
    use iam_catalog::Details;
    use iam_policy::{Limits, Mode, Policy, PolicyKind};

    use iam_policy::account_id;
    use iam_policy::value::IpRange;

    use super::{
        ADDRESSES, Outsider, behind, first, free_account, names_identities, organizations, strangers, unheard,
    };

    fn found(statements: &str) -> Vec<Outsider> {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
        let policy = Policy::parse(&text, PolicyKind::Resource, Mode::Deployed, &Limits::default()).unwrap();
        strangers(&Arc::new(policy), &Details::embedded().unwrap())
    }

    /// The numbers of the statements that let strangers in.
    fn of(statements: &str) -> Vec<usize> {
        let found = found(statements);
        for own in &found {
            assert!(own.answers.iter().any(|answer| answer.verdict.kind() == VerdictKind::Fails), "{own:?}");
        }
        found.iter().map(|own| own.statement).collect()
    }

    fn allow(conditions: &str) -> String {
        format!(
            r#"{{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {{{conditions}}}}}"#
        )
    }

    #[test]
    fn what_a_policy_names_is_not_everybody() {
        for conditions in [
            r#""StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}"#,
            r#""StringEquals": {"aws:PrincipalAccount": "111122223333"}"#,
            r#""ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}"#,
            r#""StringEquals": {"aws:SourceVpc": "vpc-0123456789abcdef0"}"#,
            r#""StringEquals": {"aws:SourceVpce": ["vpce-0123456789abcdef0", "vpce-0123456789abcdef1"]}"#,
            r#""IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "11.0.0.0/8"]}"#,
            r#""StringEquals": {"aws:SourceAccount": "111122223333"}"#,
            r#""StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}"#,
            r#""StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}"#,
            r#""StringEquals": {"aws:VpceAccount": "111122223333"}"#,
            r#""StringLike": {"aws:userid": ["AROAEXAMPLEIDEXAMPLE:*", "111122223333"]}"#,
            r#""ArnEquals": {"lambda:SourceFunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:f"}"#,
            r#""IpAddress": {"aws:SourceIp": "198.51.100.0/24"}"#,
            r#""StringLike": {"aws:PrincipalOrgPaths": "o-exampleorgid/r-ab12/*"}"#,
            // No request has such keys.
            r#""StringEquals": {"s3:x-amz-storage-class-123": "ONEZONE_IA"}"#,
            r#""Null": {"aws:SuorceIp": "false"}"#,
        ] {
            assert!(of(&allow(conditions)).is_empty(), "{conditions}");
        }
    }

    #[test]
    fn what_everybody_has_lets_everybody_in() {
        for conditions in [
            r#""Bool": {"aws:SecureTransport": "true"}"#,
            r#""StringLike": {"aws:SourceVpc": "vpc-*"}"#,
            r#""IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}"#,
            r#""StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ci"}"#,
            r#""StringEquals": {"aws:PrincipalTag/team": "blue"}"#,
            r#""StringNotEquals": {"aws:PrincipalAccount": "111122223333"}"#,
            r#""StringLike": {"aws:userid": "A*"}"#,
            r#""IpAddress": {"aws:SourceIp": ["0.0.0.0/0", "::/0"]}"#,
            r#""StringEqualsIfExists": {"aws:SourceVpce": "vpce-0123456789abcdef0"}"#,
            r#""Null": {"aws:SourceVpce": "true"}"#,
            r#""StringNotEquals": {"s3:x-amz-storage-class-123": "ONEZONE_IA"}"#,
            r#""StringEqualsIfExists": {"aws:SuorceIp": "203.0.113.7"}"#,
            r#""ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-exampleorgid/r-ab12/"}"#,
        ] {
            assert_eq!(of(&allow(conditions)), [0], "{conditions}");
        }
    }

    #[test]
    fn a_wide_range_of_one_statement_says_nothing_of_another() {
        let narrow = allow(r#""IpAddress": {"aws:SourceIp": "203.0.113.0/24"}"#);
        let wide = allow(r#""IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}"#);
        assert_eq!(of(&format!("{narrow}, {wide}")), [1]);
        assert!(of(&format!("{narrow}, {}", wide.replace("Allow", "Deny"))).is_empty());
    }

    #[test]
    fn each_statement_is_asked_about_from_its_own_addresses() {
        let from = |test: &str, ranges: &str| allow(&format!(r#""{test}": {{"aws:SourceIp": [{ranges}]}}"#));
        // Neither family is cut off by the ranges of another statement.
        let quarters = from("IpAddress", r#""0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2""#);
        let all = from("IpAddress", r#""::/0""#);
        assert_eq!(of(&format!("{quarters}, {all}")), [0, 1]);
        // An address that is in no list of this program.
        let named = ADDRESSES.map(|own| format!(r#""{own}/{}""#, if own.contains(':') { 32 } else { 8 }));
        assert_eq!(of(&from("NotIpAddress", &named.join(", "))), [0]);
        let single = ADDRESSES.map(|own| format!(r#""{own}""#));
        assert_eq!(of(&from("NotIpAddress", &single.join(", "))), [0]);
        // A part of a wide range.
        let both = |wide: &str, but: &str| {
            of(&allow(&format!(
                r#""IpAddress": {{"aws:SourceIp": {wide}}}, "NotIpAddress": {{"aws:SourceIp": {but}}}"#
            )))
        };
        assert_eq!(both(r#""0.0.0.0/0""#, r#""128.0.0.0/1""#), [0]);
        assert_eq!(both(r#""0.0.0.0/0""#, r#"["0.0.0.0/1", "128.0.0.0/2"]"#), [0]);
        assert!(both(r#""0.0.0.0/0""#, r#"["0.0.0.0/1", "128.0.0.0/1"]"#).is_empty());
        let without_v4 = [r#""198.0.0.0/8""#, r#""192.0.0.0/8""#, r#""203.0.0.0/8""#].join(", ");
        assert_eq!(both(r#""192.0.0.0/4""#, &format!("[{without_v4}]")), [0]);
        // Nobody of the internet has such an address.
        assert!(of(&from("IpAddress", r#""fc00::/7", "240.0.0.0/4""#)).is_empty());
    }

    #[test]
    fn addresses_that_are_not_asked_about_are_listed() {
        let ranges: Vec<String> = (0..10).map(|at| format!(r#""{}.0.0.0/7""#, 130 + 2 * at)).collect();
        let open = allow(&format!(r#""IpAddress": {{"aws:SourceIp": [{}]}}"#, ranges.join(", ")));
        let deny = |ranges: &[String]| {
            allow(&format!(r#""IpAddress": {{"aws:SourceIp": [{}]}}"#, ranges.join(", ")))
                .replacen("Allow", "Deny", 1)
        };
        assert_eq!(of(&open), [0]);
        let found = found(&format!("{open}, {}", deny(ranges.get(..9).unwrap_or_default())));
        let [own] = found.as_slice() else { panic!("{found:?}") };
        assert!(own.answers.iter().all(|answer| answer.verdict.kind() == VerdictKind::Unknown), "{own:?}");
    }

    #[test]
    fn a_deny_may_keep_everybody_out() {
        let all = allow(r#""Bool": {"aws:SecureTransport": "true"}"#);
        let deny = |key: &str| {
            format!(
                r#"{{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*", "Condition": {{"StringNotEquals": {{{key}}}}}}}"#
            )
        };
        assert!(of(&format!("{all}, {}", deny(r#""aws:PrincipalOrgID": "o-exampleorgid""#))).is_empty());
        assert_eq!(of(&format!("{all}, {}", deny(r#""aws:PrincipalTag/team": "blue""#))), [0]);
    }

    fn read(statement: &str) -> Policy {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
        Policy::parse(&text, PolicyKind::Resource, Mode::Deployed, &Limits::default()).unwrap()
    }

    /// A request from one address is worth more than a doubt about another one.
    #[test]
    fn a_shown_request_is_told_before_a_doubt() {
        let users = allow(r#""StringEquals": {"aws:PrincipalType": ["User", "Account"]}"#);
        let deny = |condition: &str| {
            format!(
                r#"{{"Effect": "Deny", "Principal": {{"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}}, "Action": "s3:*", "Resource": "*", "Condition": {condition}}}"#
            )
        };
        let found = found(&format!("{users}, {}", deny("{}")));
        assert!(found.iter().all(|own| own.answers.iter().all(|a| a.verdict.kind() == VerdictKind::Unknown)));
        assert_eq!(found.len(), 1);
        // The first address that is asked about is outside of all ranges.
        for test in ["IpAddress", "NotIpAddress"] {
            let condition = format!(r#"{{"{test}": {{"aws:SourceIp": "0.0.0.0/0"}}}}"#);
            assert_eq!(of(&format!("{users}, {}", deny(&condition))), [0], "{test}");
        }
    }

    #[test]
    fn keys_of_nobody_are_told_from_those_of_providers() {
        let policy = read(&allow(
            r#""StringEquals": {"aws:UserAgent": "a", "idp.example.com:sub": "a", "SAML:own": "a", "ldap:own": "a", "s3:nothing": "a", "vpc-lattice:nothing": "a"}"#,
        ));
        assert_eq!(unheard(&policy, &Details::embedded().unwrap()), ["s3:nothing", "vpc-lattice:nothing"]);
    }

    #[test]
    fn organizations_are_told_by_their_whole_ids() {
        let of = |text| organizations(text).collect::<Vec<&str>>();
        assert_eq!(of("o-exampleorgid/r-ab12/ou-1/*"), ["o-exampleorgid"]);
        assert!(of("o-*/r-ab12").is_empty() && of("${aws:PrincipalOrgID}").is_empty());
    }

    #[test]
    fn the_owner_is_an_account_that_is_not_named() {
        let of = |names: &str| {
            free_account(&read(&allow(&format!(r#""StringEquals": {{"aws:PrincipalAccount": [{names}]}}"#))))
        };
        assert_eq!(of(r#""111122223333""#), account_id!("999999999991"));
        assert_eq!(of(r#""999999999991""#), account_id!("888888888881"));
        assert_eq!(of(r#""999999999991", "888888888881""#), account_id!("777777777771"));
    }

    /// Only a test that nothing meets but the ids themselves tells whose they are.
    #[test]
    fn identities_are_named_by_a_positive_test() {
        let of = |operator: &str, key: &str, value: &str| {
            let policy = read(&allow(&format!(r#""{operator}": {{"{key}": "{value}"}}"#)));
            policy.statements.iter().any(names_identities)
        };
        let id = "AROAEXAMPLEIDEXAMPLE:*";
        assert!(of("StringLike", "aws:userid", id) && of("ForAnyValue:StringLike", "AWS:UserId", id));
        for operator in
            ["StringNotLike", "StringLikeIfExists", "StringNotLikeIfExists", "ForAllValues:StringLike"]
        {
            assert!(!of(operator, "aws:userid", id), "{operator}");
        }
        assert!(!of("Null", "aws:userid", "false") && !of("StringLike", "aws:userid", "AROAEX*"));
        assert!(!of("StringLike", "aws:username", id));
    }

    #[test]
    fn the_ends_of_a_range_are_those_of_its_prefix() {
        for (range, start, next) in [
            ("10.1.2.3/8", "10.0.0.0", Some("11.0.0.0")),
            ("10.1.2.3/32", "10.1.2.3", Some("10.1.2.4")),
            ("255.1.0.0/8", "255.0.0.0", None),
            ("0.1.2.3/0", "0.0.0.0", None),
            ("2001:db8:77::1/32", "2001:db8::", Some("2001:db9::")),
            ("2001:db8:77::1/128", "2001:db8:77::1", Some("2001:db8:77::2")),
            ("ffff::1/16", "ffff::", None),
            ("::1/0", "::", None),
        ] {
            let own = IpRange::parse(range).unwrap();
            assert_eq!(first(&own).to_string(), start, "{range}");
            assert_eq!(behind(&own).map(|own| own.to_string()).as_deref(), next, "{range}");
        }
    }
}
