//! Keys that only AWS sets. A caller that describes a request must not choose them.

/// Prefixes of keys that describe the principal or its session.
const PREFIXES: [&str; 8] = [
    "aws:Principal",
    "aws:MultiFactorAuth",
    "aws:Ec2Instance",
    "codebuild:",
    "glue:RoleAssumedBy",
    "glue:CredentialIssuingService",
    "saml:",
    "sts:",
];

/// Further keys that describe the principal or its session.
const KEYS: [&str; 14] = [
    "aws:userid",
    "aws:username",
    "aws:FederatedProvider",
    "aws:TokenIssueTime",
    "aws:SourceIdentity",
    "aws:AssumedRoot",
    "aws:SignInSessionArn",
    "aws:ChatbotSourceArn",
    "aws:ViaCustomerDomain",
    "ec2:RoleDelivery",
    "ec2:SourceInstanceArn",
    "identitystore:UserId",
    "lambda:SourceFunctionArn",
    "ssm:SourceInstanceArn",
];

/// Keys that follow from the parts of a call to STS.
const OF_A_CALL: [&str; 5] =
    ["aws:PrincipalTag/", "aws:RequestTag/", "aws:ResourceTag/", "iam:ResourceTag/", "sts:"];

/// Whether only AWS sets the key in requests of a session.
///
/// Keys of identity providers are included. They are recognized by a dot in the prefix, which no other prefix has.
pub(super) fn in_requests(key: &str) -> bool {
    PREFIXES.iter().any(|prefix| begins(key, prefix))
        || KEYS.iter().any(|known| known.eq_ignore_ascii_case(key))
        || key.split_once(':').is_some_and(|(prefix, _)| prefix.contains('.'))
}

/// Whether the key follows from the parts of a call to STS, even if this call does not have it.
pub(super) fn in_calls(key: &str) -> bool {
    OF_A_CALL.iter().any(|prefix| begins(key, prefix)) || key.eq_ignore_ascii_case("aws:TagKeys")
}

fn begins(key: &str, prefix: &str) -> bool {
    key.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}
