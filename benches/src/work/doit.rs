//! DoiT's support session: the real role, and the profile `standard` as session policies.

use serde_json::Value as Json;

use super::{ACCOUNT, READ_ONLY, Work, ask};

macro_rules! managed {
    ($($name:literal),*) => {
        [$(include_str!(concat!("../../../policies/aws-managed/", $name, ".json"))),*]
    };
}

const INLINE: &str = include_str!("../../../policies/doit/support-gateway/inline/inline.json");
const PROFILE: &str = include_str!("../../../policies/doit/profiles/standard.json");

/// The policies that `managed-arns.json` of the role names.
const ROLE: [&str; 9] = managed![
    "AmazonOpenSearchIngestionReadOnlyAccess",
    "AmazonRDSPerformanceInsightsReadOnly",
    "AWSBillingReadOnlyAccess",
    "AWSCloudShellFullAccess",
    "AWSPartnerLedSupportReadOnlyAccess",
    "AWSSupportAccess",
    "CloudWatchReadOnlyAccess",
    "ViewOnlyAccess",
    "SecurityAudit"
];

/// The policies that `PolicyArns` of the profile names, after ReadOnlyAccess.
const SESSION: [&str; 3] =
    managed!["SecurityAudit", "AWSPartnerLedSupportReadOnlyAccess", "AWSSupportAccess"];

pub(super) fn work() -> Work {
    let profile = PROFILE.replace("{{account}}", ACCOUNT);
    let profile: Json = serde_json::from_str(&profile).expect("the profile is JSON");
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let instance = format!("arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/i-0123456789abcdef0");
    let secret = format!("arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:database");
    let bucket = "arn:aws:s3:::bucket".to_owned();
    Work {
        name: "doit".to_owned(),
        about: "DoiT's role of ten policies, and the profile `standard`: four managed policies and one inline as session policies".to_owned(),
        identity: [owned(&ROLE), owned(&[INLINE])].concat(),
        session: [owned(&[READ_ONLY]), owned(&SESSION), vec![profile["Policy"].to_string()]].concat(),
        asks: vec![
            ask("allowed", "ec2:DescribeInstances", &instance, true),
            ask("guarded", "secretsmanager:GetSecretValue", &secret, false),
            ask("never", "s3:DeleteBucket", &bucket, false),
        ],
        ..Work::default()
    }
}
