//! What messages, calls and media go to.

use super::{Names, PLAIN, Row};

/// SNS refuses `sns:*` and any action besides these.
const OF_TOPICS: &[&str] = &[
    "sns:AddPermission",
    "sns:DeleteTopic",
    "sns:GetDataProtectionPolicy",
    "sns:GetTopicAttributes",
    "sns:ListSubscriptionsByTopic",
    "sns:ListTagsForResource",
    "sns:Publish",
    "sns:PutDataProtectionPolicy",
    "sns:RemovePermission",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
];

pub(super) const QUEUE: Row = Row {
    services: &["sqs"],
    fetch: "aws sqs get-queue-attributes --queue-url URL --attribute-names Policy --query Attributes.Policy --output text",
    source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-customer-managed-policy-examples.html",
    ..PLAIN
};

pub(super) const TOPIC: Row = Row {
    services: &["sns"],
    names: Names::Listed(OF_TOPICS),
    needs: Some("a topic always has a policy, and setting another one replaces it"),
    fetch: "aws sns get-topic-attributes --topic-arn {arn} --query Attributes.Policy --output text",
    source: "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html",
    ..PLAIN
};

pub(super) const EVENT_BUS: Row = Row {
    services: &["events"],
    names: Names::Whole,
    inside: &["{head}:rule/{part}*"],
    fetch: "aws events describe-event-bus --name {name} --query Policy --output text",
    source: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-perms.html",
    ..PLAIN
};

pub(super) const REST_API: Row = Row {
    services: &["execute-api"],
    names: Names::Listed(&["execute-api:Invoke"]),
    itself: false,
    inside: &["{arn}/*"],
    needs: Some(
        "without a policy, everybody may call methods that need no authorization, and a policy that only denies ends that",
    ),
    fetch: "aws apigateway get-rest-api --rest-api-id {name} --query policy --output text",
    beside: &["the policy is about calls of the API; who may change the API is up to policies of the role"],
    source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html",
    ..PLAIN
};

pub(super) const PRIVATE_DOMAIN_NAME: Row = Row {
    services: &["execute-api"],
    names: Names::Listed(&["execute-api:Invoke"]),
    needs: Some(
        "nobody calls an API by a private domain name whose policy does not allow it, and setting another policy replaces the one that it has",
    ),
    fetch: "aws apigateway get-domain-name --domain-name {name} --domain-name-id {part} --query policy --output text",
    beside: &[
        "the private APIs behind the domain name have their own policies",
        "the policy is about calls of the APIs; who may change the domain name is up to policies of the role",
    ],
    source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-custom-domains-provider-share-cli.html",
    ..PLAIN
};

pub(super) const LATTICE_SERVICE: Row = Row {
    services: &["vpc-lattice-svcs", "vpc-lattice"],
    names: Names::Whole,
    inside: &["{arn}/*"],
    needs: Some(
        "only a service of the auth type AWS_IAM asks its policy, and then nobody gets in whom the policy does not allow",
    ),
    fetch: "aws vpc-lattice get-auth-policy --resource-identifier {name} --query policy --output text",
    beside: &[
        "the policy has to be set without line breaks",
        "callers who do not sign their requests have no tags",
    ],
    source: "https://docs.aws.amazon.com/vpc-lattice/latest/ug/auth-policies.html",
    ..PLAIN
};

pub(super) const MEDIA_CHANNEL: Row = Row {
    services: &["mediapackagev2"],
    names: Names::Listed(&["mediapackagev2:PutObject"]),
    fetch: "aws mediapackagev2 get-channel-policy --channel-group-name {name} --channel-name {part} --query Policy --output text",
    beside: &["each origin endpoint of the channel has its own policy, and its harvest jobs have none"],
    source: "https://docs.aws.amazon.com/mediapackage/latest/userguide/policies-permissions.html",
    ..PLAIN
};

pub(super) const MEDIA_ENDPOINT: Row = Row {
    services: &["mediapackagev2"],
    names: Names::Listed(&[
        "mediapackagev2:GetHeadObject",
        "mediapackagev2:GetObject",
        "mediapackagev2:HarvestObject",
    ]),
    fetch: "aws mediapackagev2 get-origin-endpoint-policy --channel-group-name {name} --channel-name {first} --origin-endpoint-name {last} --query Policy --output text",
    beside: &[
        "harvest jobs of the endpoint have no policy: only policies of the role keep sessions out of them",
    ],
    source: "https://docs.aws.amazon.com/mediapackage/latest/userguide/policies-permissions.html",
    ..PLAIN
};

pub(super) const APP_MONITOR: Row = Row {
    services: &["rum"],
    names: Names::Listed(&["rum:PutRumEvents"]),
    fetch: "aws rum get-resource-policy --name {name} --query PolicyDocument --output text",
    source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-RUM-resource-policies.html",
    ..PLAIN
};
