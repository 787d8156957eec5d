//! What engineers call.

use crate::operation::ServiceCall;
use crate::random::Random;

/// What a session does next.
#[derive(Clone, Debug)]
pub(super) enum Next {
    /// `GetCallerIdentity`
    WhoAmI,
    /// A call of a service.
    Call(ServiceCall),
}

const BUCKETS: [&str; 4] = ["payroll", "logs-of-the-shop", "assets", "partner-reports"];
const NAMES: [&str; 5] = ["checkout", "orders", "search", "billing-export", "nightly"];

/// A call that somebody who helps a customer makes. Most only read; now and then one asks for too much.
pub(super) fn next(random: &mut Random) -> Next {
    let bucket: Box<str> = random.pick(&BUCKETS).copied().unwrap_or_default().into();
    let name: Box<str> = random.pick(&NAMES).copied().unwrap_or_default().into();
    let key: Box<str> = format!("{name}/{}.json", random.below(100)).into();
    let instance: Box<str> = format!("i-{:017x}", random.next() >> 4).into();
    let some = random.one_in(Some(2));
    Next::Call(match random.below(34) {
        0 => return Next::WhoAmI,
        1 => ServiceCall::ListBuckets,
        2 => ServiceCall::GetObject { bucket, key },
        3 => ServiceCall::PutObject { bucket, key },
        4 | 5 => ServiceCall::GetBucketPolicy { bucket },
        6..=8 => ServiceCall::DescribeInstances { instances: if some { vec![instance] } else { Vec::new() } },
        9 => ServiceCall::TerminateInstances { instances: vec![instance], dry_run: some },
        10 => run(random, some),
        11 => ServiceCall::ListRoles,
        12 => ServiceCall::GetRole { role: if some { "DoiT-Support-Gateway".into() } else { name } },
        13 => ServiceCall::CreateUser { user: name },
        14 => secret(&name),
        15 => ServiceCall::ListSecrets,
        16 | 17 => ServiceCall::ListFunctions,
        18 | 19 => ServiceCall::GetFunction { function: name },
        20 => ServiceCall::Decrypt { key: "1234abcd-12ab-34cd-56ef-1234567890ab".into() },
        21 => ServiceCall::GetItem { table: name },
        22 => ServiceCall::Scan { table: name },
        23 => ServiceCall::GetMetricData,
        24 => ServiceCall::FilterLogEvents { group: format!("/aws/lambda/{name}").into() },
        25 => ServiceCall::CreateCase,
        26 => ServiceCall::DescribeCases,
        27 => ServiceCall::RequestServiceQuotaIncrease { service: "ec2".into(), quota: "L-20F13EBD".into() },
        28 | 29 => ServiceCall::DescribeStacks { stack: some.then_some(name) },
        30 | 31 => ServiceCall::DescribeDbInstances { instance: some.then_some(name) },
        _ => ServiceCall::ListClusters,
    })
}

fn run(random: &mut Random, dry_run: bool) -> ServiceCall {
    let mut id = |kind: &str| format!("{kind}-{:017x}", random.next() >> 4).into();
    ServiceCall::RunInstances { image: id("ami"), subnet: id("subnet"), group: id("sg"), dry_run }
}

/// A secret of an account, by its ARN.
pub(super) fn secret(name: &str) -> ServiceCall {
    ServiceCall::GetSecretValue {
        secret: format!("arn:aws:secretsmanager:us-east-1:123456789012:secret:{name}-fAVH0t").into(),
    }
}
