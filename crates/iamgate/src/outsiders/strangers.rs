//! Whether a resource policy gives access to everybody: to callers that it does not name, from networks that it does not name.

use std::cell::{Cell, RefCell};
use std::net::IpAddr;
use std::sync::Arc;

use iam_analysis::{Fact, Inside, ProofBudget};
use iam_catalog::Lookup;
use iam_eval::ContextValue;
use iam_policy::{AccountId, Effect, Policy, PrincipalElement, account_id};

use super::{Asked, Outsider, named};

/// The maximum number of steps of all questions about one policy.
const BUDGET: ProofBudget = ProofBudget::steps(1 << 20);

/// Keys that say where a request comes from or where its answer goes, each with a value that no policy names.
const PLACES: [(&str, &str); 7] = [
    ("aws:SourceVpc", "vpc-0fedcba9876543210"),
    ("aws:SourceVpce", "vpce-0fedcba9876543210"),
    ("aws:SourceVpcArn", "arn:aws:ec2:us-east-1:999999999990:vpc/vpc-0fedcba9876543210"),
    ("aws:VpcSourceIp", "198.51.100.77"),
    ("s3:DataAccessPointAccount", "999999999990"),
    ("s3:DataAccessPointArn", "arn:aws:s3:us-east-1:999999999990:accesspoint/of-a-stranger"),
    ("sns:Endpoint", "https://stranger.example/"),
];

const ADDRESS: &str = "198.51.100.77";

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
    let address = || (Box::from("aws:SourceIp"), Fact::Value(ContextValue::single(ADDRESS)));
    let address: Vec<(Box<str>, Fact)> = (!has_wide_range(policy)).then(address).into_iter().collect();
    let with = |fact: &dyn Fn(&'static str) -> Fact| {
        let places = PLACES.iter().map(|(key, value)| ((*key).into(), fact(value)));
        places.chain(address.iter().cloned()).collect::<Vec<_>>()
    };
    // From the internet, and then from other networks.
    let variants = [with(&|_| Fact::Absent), with(&|value| Fact::Value(ContextValue::single(value)))];
    let left = Cell::new(BUDGET);
    let asked = variants.each_ref().map(|facts| Asked {
        policy,
        inside: &inside,
        details,
        facts,
        partitions: named::partitions(policy),
        left: left.clone(),
        spaces: RefCell::default(),
    });
    let allows = policy.statements.iter().enumerate().filter(|(_, own)| own.effect.value == Effect::Allow);
    let allows = allows.filter(|(_, own)| named::is_for_everyone(own));
    let let_in = |number: usize| {
        let alone = super::variant::alone(policy, number);
        asked.iter().find_map(|asked| asked.let_in(number, &alone))
    };
    allows.filter_map(|(number, _)| let_in(number)).collect()
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

/// Whether a condition names a range of addresses that is too wide to name anybody, or one that cannot be read.
fn has_wide_range(policy: &Policy) -> bool {
    let conditions = policy.statements.iter().flat_map(|statement| &statement.conditions);
    let of_address = conditions.filter(|own| own.key.value.as_str().eq_ignore_ascii_case("aws:SourceIp"));
    of_address.flat_map(|own| own.values.texts()).any(|text| {
        let (address, length) = text.split_once('/').unwrap_or((text, "128"));
        match (address.parse::<IpAddr>(), length.parse::<u8>()) {
            (Ok(IpAddr::V4(_)), Ok(length)) => length < 8,
            (Ok(IpAddr::V6(_)), Ok(length)) => length < 32,
            _ => true,
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use iam_analysis::VerdictKind;
    use iam_catalog::Details;
    use iam_policy::{Limits, Mode, Policy, PolicyKind};

    use super::strangers;

    /// The numbers of the statements that let strangers in.
    fn of(statements: &str) -> Vec<usize> {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
        let policy = Policy::parse(&text, PolicyKind::Resource, Mode::Deployed, &Limits::default()).unwrap();
        let found = strangers(&Arc::new(policy), &Details::embedded().unwrap());
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
            r#""StringLike": {"aws:PrincipalOrgPaths": "o-exampleorgid/r-ab12/*"}"#,
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
            r#""StringEqualsIfExists": {"aws:SourceVpce": "vpce-0123456789abcdef0"}"#,
            r#""Null": {"aws:SourceVpce": "true"}"#,
            r#""ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-exampleorgid/r-ab12/"}"#,
        ] {
            assert_eq!(of(&allow(conditions)), [0], "{conditions}");
        }
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
}
