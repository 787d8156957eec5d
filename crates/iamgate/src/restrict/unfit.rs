//! Resources whose policies AWS does not accept with such a statement, or that another resource keeps: why, and the page that says so.

/// Resources of one type.
pub(super) struct Unfit {
    pub(super) service: &'static str,
    /// The resource type of the Service Authorization Reference.
    pub(super) kind: &'static str,
    /// Why, as a sentence without a full stop.
    pub(super) why: &'static str,
    /// The AWS page.
    pub(super) source: &'static str,
}

const CLOUDTRAIL: &str = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/security_iam_resource-based-policy-examples.html";
const GUARDRAILS: &str =
    "https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-resource-based-policies.html";
const LOGS: &str =
    "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html";
const NETWORK_FIREWALL: &str =
    "https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_PutResourcePolicy.html";
const VERIFIED_ACCESS: &str = "https://docs.aws.amazon.com/verified-access/latest/ug/auth-policies.html";

const FEW_FORMS: &str = "AWS accepts a few forms of statements in its policy, all of which allow, and no other condition than on the organization";
const OF_SERVICES: &str = "CloudWatch Logs asks its policy only when a service of AWS writes to it, and does not enforce what it says of other callers";
const ONLY_SHARES: &str =
    "its policy only shares it: it lists accounts and the operations that they may use it in";
const ONLY_ALLOWS: &str = "AWS accepts only statements that allow other accounts to share it in its policy";
const CEDAR: &str =
    "its policy is written in Cedar, about requests to applications, and does not know sessions of AWS";

const fn unfit(service: &'static str, kind: &'static str, why: &'static str, source: &'static str) -> Unfit {
    Unfit { service, kind, why, source }
}

/// Such resources, by service and resource type.
pub(super) const UNFIT: &[Unfit] = &[
    unfit("bedrock", "guardrail", FEW_FORMS, GUARDRAILS),
    unfit("bedrock", "guardrail-profile", FEW_FORMS, GUARDRAILS),
    unfit(
        "cloudtrail",
        "channel",
        "each statement of its policy names accounts, users, roles or federated users, and cannot name everybody",
        CLOUDTRAIL,
    ),
    unfit(
        "cloudtrail",
        "dashboard",
        "its policy can only let CloudTrail refresh it: the one principal is cloudtrail.amazonaws.com",
        CLOUDTRAIL,
    ),
    unfit(
        "codebuild",
        "project",
        ONLY_SHARES,
        "https://docs.aws.amazon.com/codebuild/latest/userguide/project-sharing.html",
    ),
    unfit(
        "codebuild",
        "report-group",
        ONLY_SHARES,
        "https://docs.aws.amazon.com/codebuild/latest/userguide/report-groups-sharing.html",
    ),
    unfit(
        "codeguru-profiler",
        "ProfilingGroup",
        "its policy is made of permissions for principals that run agents, which can only allow",
        "https://docs.aws.amazon.com/codeguru/latest/profiler-ug/resource-based-policies.html",
    ),
    unfit("ec2", "verified-access-endpoint", CEDAR, VERIFIED_ACCESS),
    unfit("ec2", "verified-access-group", CEDAR, VERIFIED_ACCESS),
    unfit(
        "kms",
        "alias",
        "an alias has no policy, and requests that use its key name the key: give the ARN of the key, which `aws kms describe-key` prints",
        "https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html",
    ),
    unfit(
        "lambda",
        "layerVersion",
        "its policy is made of permissions for accounts and organizations, which can only allow",
        "https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html",
    ),
    unfit("logs", "log-group", OF_SERVICES, LOGS),
    unfit("logs", "log-stream", OF_SERVICES, LOGS),
    unfit("network-firewall", "Firewall", ONLY_SHARES, NETWORK_FIREWALL),
    unfit("network-firewall", "FirewallPolicy", ONLY_SHARES, NETWORK_FIREWALL),
    unfit("network-firewall", "StatefulRuleGroup", ONLY_SHARES, NETWORK_FIREWALL),
    unfit("network-firewall", "StatelessRuleGroup", ONLY_SHARES, NETWORK_FIREWALL),
    unfit(
        "serverlessrepo",
        "applications",
        "its policy lists actions with the accounts and organizations that may take them, and can only allow",
        "https://docs.aws.amazon.com/serverlessrepo/latest/devguide/access-control-resource-based.html",
    ),
    unfit(
        "ses",
        "identity",
        "each statement of its policies names accounts, users or services, and cannot name everybody",
        "https://docs.aws.amazon.com/ses/latest/dg/policy-anatomy.html",
    ),
    unfit(
        "signer",
        "signing-profile",
        "its policy is made of permissions for principals, which can only allow",
        "https://docs.aws.amazon.com/signer/latest/api/API_AddProfilePermission.html",
    ),
    unfit(
        "ssm",
        "parameter",
        "its policy only shares it, if it is of the advanced tier, with other accounts",
        "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutResourcePolicy.html",
    ),
    unfit(
        "vpc-lattice",
        "ServiceNetwork",
        "its auth policy is about requests to the services in it, which name the services: give the ARN of a service",
        "https://docs.aws.amazon.com/vpc-lattice/latest/ug/auth-policies.html",
    ),
    unfit(
        "waf",
        "rulegroup",
        ONLY_ALLOWS,
        "https://docs.aws.amazon.com/waf/latest/APIReference/API_waf_PutPermissionPolicy.html",
    ),
    unfit(
        "waf-regional",
        "rulegroup",
        ONLY_ALLOWS,
        "https://docs.aws.amazon.com/waf/latest/APIReference/API_wafRegional_PutPermissionPolicy.html",
    ),
    unfit(
        "wafv2",
        "rulegroup",
        ONLY_ALLOWS,
        "https://docs.aws.amazon.com/waf/latest/APIReference/API_PutPermissionPolicy.html",
    ),
];
