//! The names that generated cases use.

use crate::case::Text;
use crate::source::Source;

pub(super) const ACCOUNT: &str = "111122223333";
pub(super) const OTHER: &str = "444455556666";
pub(super) const USER: &str = "arn:aws:iam::111122223333:user/ana";
/// A user in another partition whose account has the same number.
pub(super) const CHINESE: &str = "arn:aws-cn:iam::111122223333:user/ana";
pub(super) const ROLE: &str = "arn:aws:iam::111122223333:role/team/Deploy";
pub(super) const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/Deploy/ci";
pub(super) const LINKED_ROLE: &str =
    "arn:aws:iam::111122223333:role/aws-service-role/sns.amazonaws.com/AWSServiceRoleForSns";
pub(super) const LINKED: &str = "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForSns/sns";
pub(super) const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/bo";
pub(super) const ROOT: &str = "arn:aws:iam::111122223333:root";
pub(super) const SERVICE: &str = "sns.amazonaws.com";
/// The other name of the service in an opt-in Region (rule 5.2).
pub(super) const REGIONAL_SERVICE: &str = "sns.eu-south-1.amazonaws.com";
pub(super) const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/idp.example.com";
pub(super) const SAML: &str = "arn:aws:iam::111122223333:saml-provider/Corp";

/// An action with its neighbours, and the resources of the action.
pub(super) struct Scene {
    pub(super) action: &'static str,
    pub(super) neighbours: &'static [&'static str],
    pub(super) resources: &'static [&'static str],
}

pub(super) const OBJECT: Scene = Scene {
    action: "s3:GetObject",
    neighbours: &["s3:GetObjectTagging", "s3:PutObject", "s3express:CreateSession", "sqs:GetObject"],
    resources: &[
        "arn:aws:s3:::bucket/red/key",
        "arn:aws:s3:::bucket/blue/key",
        "arn:aws:s3:::bucket/red/k*",
        "arn:aws:s3:::bucket/red/\u{10400}y",
        "arn:aws:iam::aws:policy/red",
        "arn:aws:s3:::bucket",
        "arn:aws-cn:s3:::bucket/red/key",
    ],
};

pub(super) const QUEUE: Scene = Scene {
    action: "sqs:SendMessage",
    neighbours: &["sqs:SendMessageBatch", "sqs:DeleteMessage", "sns:SendMessage"],
    resources: &["arn:aws:sqs:eu-west-1:111122223333:red", "arn:aws:sqs:eu-west-1:444455556666:red:blue"],
};

/// A request without resource (rule 3.6).
pub(super) const LIST: Scene = Scene {
    action: "s3:ListAllMyBuckets",
    neighbours: &["s3:ListBucket", "s3:ListAllMyDirectoryBuckets"],
    resources: &["*"],
};

/// A request that needs no permission (rule 5.55).
pub(super) const IDENTITY: Scene = Scene {
    action: "sts:GetCallerIdentity",
    neighbours: &["sts:GetSessionToken", "sts:GetAccessKeyInfo"],
    resources: &["*"],
};

pub(super) const KEY: Scene = Scene {
    action: "kms:Decrypt",
    neighbours: &["kms:DescribeKey", "kms:ReEncryptFrom", "kms:RetireGrant"],
    resources: &["arn:aws:kms:eu-west-1:111122223333:key/red", "arn:aws:kms:eu-west-1:444455556666:key/red"],
};

/// A request that RCPs do not apply to (rule 5.41).
pub(super) const GRANT: Scene = Scene { action: "kms:RetireGrant", ..KEY };

pub(super) const ASSUME: Scene = Scene {
    action: "sts:AssumeRole",
    neighbours: &["sts:TagSession", "sts:SetSourceIdentity"],
    resources: &["arn:aws:iam::111122223333:role/red", "arn:aws:iam::444455556666:role/red"],
};

pub(super) const WEB: Scene = Scene { action: "sts:AssumeRoleWithWebIdentity", ..ASSUME };

pub(super) const CORPORATE: Scene = Scene { action: "sts:AssumeRoleWithSAML", ..ASSUME };

/// A key that no generated case has.
pub(crate) fn absent_key(source: &mut Source<'_>) -> Text {
    let names =
        ["x:Unmentioned", "aws:PrincipalTag/tea", "aws:PrincipalTag/teams", "zzz:Name", "x:Te\u{e9}xt"];
    Text::Borrowed(*source.pick(&names))
}
