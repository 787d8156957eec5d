//! Rules about what statements grant: roles that are passed, service-linked roles, tags, and statements that say the same.

use crate::rule::rules;

rules! {
    PASS_ROLE_WITH_NOT_RESOURCE SecurityWarning aws Document "iam:PassRole on all roles but some"
    why "Whoever passes a powerful role to a service acts with its permissions"
    mend "List the roles under Resource, and test iam:PassedToService"
    identity fails r#"{"Effect": "Allow", "Action": "iam:PassRole", "NotResource": "arn:aws:iam::123456789012:role/admin"}"#
    passes r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/worker"}"#;
    PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE SecurityWarning aws Document "a wildcard that includes iam:PassRole, on all roles but some"
    why "Whoever passes a powerful role to a service acts with its permissions"
    mend "List the actions and the roles"
    identity fails r#"{"Effect": "Allow", "Action": "iam:P*", "NotResource": "arn:aws:iam::123456789012:role/admin"}"# at r#""iam:P*""#
    passes r#"{"Effect": "Allow", "Action": "iam:Put*", "NotResource": "arn:aws:iam::123456789012:role/admin"}"#;
    PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE SecurityWarning aws Document "NotAction that leaves iam:PassRole in, on all roles but some"
    why "Whoever passes a powerful role to a service acts with its permissions"
    mend "Name iam:PassRole under NotAction"
    identity fails r#"{"Effect": "Allow", "NotAction": "ec2:*", "NotResource": "arn:aws:iam::123456789012:role/admin"}"#
    passes r#"{"Effect": "Allow", "NotAction": ["ec2:*", "iam:PassRole", "iam:CreateServiceLinkedRole"], "NotResource": "arn:aws:iam::123456789012:role/admin"}"#;
    PASS_ROLE_WITH_STAR_IN_RESOURCE SecurityWarning aws Document "iam:PassRole on many roles"
    why "Whoever passes a powerful role to a service acts with its permissions"
    mend "Name the roles, or test iam:PassedToService"
    identity fails r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/*"}"# at r#""arn:aws:iam::123456789012:role/*""#
    passes r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/*", "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}"#;
    PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE SecurityWarning aws Document "a wildcard that includes iam:PassRole, on many roles"
    why "Whoever passes a powerful role to a service acts with its permissions"
    mend "List the actions and the roles, or test iam:PassedToService"
    identity fails r#"{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}"# at r#""iam:*""#
    passes r#"{"Effect": "Allow", "Action": "iam:Get*", "Resource": "*"}"#;
    PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION SecurityWarning aws Document "NotAction that leaves iam:PassRole in, on many roles"
    why "Whoever passes a powerful role to a service acts with its permissions"
    mend "Name iam:PassRole under NotAction"
    identity fails r#"{"Effect": "Allow", "NotAction": "ec2:*", "Resource": "*"}"#
    passes r#"{"Effect": "Allow", "NotAction": ["ec2:*", "iam:*"], "Resource": "*"}"#;
    CREATE_SLR_WITH_NOT_RESOURCE Warning aws Document "iam:CreateServiceLinkedRole on all roles but some"
    why "Service-linked roles let services act in the account"
    mend "List the roles under Resource, and test iam:AWSServiceName"
    identity fails r#"{"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "NotResource": "arn:aws:iam::123456789012:role/aws-service-role/ops.amazonaws.com/*"}"#
    passes r#"{"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "arn:aws:iam::123456789012:role/aws-service-role/ops.amazonaws.com/*"}"#;
    CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE Warning aws Document "a wildcard that includes iam:CreateServiceLinkedRole, on all roles but some"
    why "Service-linked roles let services act in the account"
    mend "List the actions and the roles"
    identity fails r#"{"Effect": "Allow", "Action": "iam:CreateS*", "NotResource": "arn:aws:iam::123456789012:role/aws-service-role/ops.amazonaws.com/*"}"# at r#""iam:CreateS*""#
    passes r#"{"Effect": "Allow", "Action": "iam:CreateU*", "NotResource": "arn:aws:iam::123456789012:user/root/*"}"#;
    CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE Warning aws Document "NotAction that leaves iam:CreateServiceLinkedRole in, on all roles but some"
    why "Service-linked roles let services act in the account"
    mend "Name iam:CreateServiceLinkedRole under NotAction"
    identity fails r#"{"Effect": "Allow", "NotAction": ["ec2:*", "iam:PassRole"], "NotResource": "arn:aws:iam::123456789012:role/admin"}"#
    passes r#"{"Effect": "Allow", "NotAction": ["ec2:*", "iam:PassRole", "iam:Create*"], "NotResource": "arn:aws:iam::123456789012:role/admin"}"#;
    CREATE_SLR_WITH_STAR_IN_RESOURCE Warning aws Document "iam:CreateServiceLinkedRole for any service"
    why "Service-linked roles let services act in the account"
    mend "Name the service in the ARN, or test iam:AWSServiceName"
    identity fails r#"{"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*"}"# at r#""*""#
    passes r#"{"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*", "Condition": {"StringEquals": {"iam:AWSServiceName": "ops.apigateway.amazonaws.com"}}}"#;
    CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE Warning aws Document "a wildcard that includes iam:CreateServiceLinkedRole, for any service"
    why "Service-linked roles let services act in the account"
    mend "List the actions, or test iam:AWSServiceName"
    identity fails r#"{"Effect": "Allow", "Action": "iam:Create*", "Resource": "*"}"# at r#""iam:Create*""#
    passes r#"{"Effect": "Allow", "Action": "iam:CreateU*", "Resource": "*"}"#;
    CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION Warning aws Document "NotAction that leaves iam:CreateServiceLinkedRole in, for any service"
    why "Service-linked roles let services act in the account"
    mend "Name iam:CreateServiceLinkedRole under NotAction"
    identity fails r#"{"Effect": "Allow", "NotAction": "iam:PassRole", "Resource": "*"}"#
    passes r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#;
    DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE SecurityWarning aws Catalogue "a Deny by tag on actions that know no tags"
    why "By AWS's tables, requests for these actions do not have the tag, so the Deny does not stop them"
    mend "Move these actions into a statement without the tag"
    identity fails r#"{"Effect": "Deny", "Action": ["ec2:TerminateInstances", "polly:DeleteLexicon"], "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/keep": "yes"}}}"# at r#""polly:DeleteLexicon""#
    passes r#"{"Effect": "Deny", "Action": "ec2:TerminateInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/keep": "yes"}}}"#;
    DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE SecurityWarning aws Document "a Deny by tag on all actions but some"
    why "Many actions know no tags, and the Deny does not stop them"
    mend "List the actions"
    identity fails r#"{"Effect": "Deny", "NotAction": "ec2:Describe*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/keep": "yes"}}}"#
    passes r#"{"Effect": "Deny", "Action": "ec2:TerminateInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/keep": "yes"}}}"#;
    ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE Suggestion aws Catalogue "an Allow by tag on actions that know no tags"
    why "By AWS's tables, requests for these actions do not have the tag, so the statement does not allow them"
    mend "Name the resources of these actions in a statement of their own"
    identity fails r#"{"Effect": "Allow", "Action": ["ec2:StopInstances", "ec2:DescribeInstances"], "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "ops"}}}"# at r#""ec2:DescribeInstances""#
    passes r#"{"Effect": "Allow", "Action": "ec2:StopInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "ops"}}}"#;
    ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE Suggestion aws Document "an Allow by tag on all actions but some"
    why "Many actions know no tags, and the statement does not allow them"
    mend "List the actions"
    identity fails r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "ops"}}}"#
    passes r#"{"Effect": "Allow", "Action": "ec2:StopInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "ops"}}}"#;
    REDUNDANT_STATEMENT Suggestion aws Document "a statement that says what an earlier one says"
    why "Whoever changes one of the two does not change what the policy grants"
    mend "Leave one out"
    identity fails r#"{"Effect": "Deny", "Action": ["sqs:*", "sns:*"], "Resource": "*"}, {"Effect": "Deny", "Action": ["sns:*", "sqs:*"], "Resource": "*"}"#
    passes r#"{"Effect": "Deny", "Action": ["sqs:*", "sns:*"], "Resource": "*"}, {"Effect": "Deny", "Action": ["sns:*", "ses:*"], "Resource": "*"}"#;
    ACTION_PATTERN_MATCHES_NOTHING Warning own Catalogue "a pattern of actions that matches no action"
    why "The statement says nothing about any action of this pattern"
    mend "Take the names from the service's table"
    identity fails r#"{"Effect": "Allow", "Action": "sqs:Fetch*", "Resource": "*"}"# at r#""sqs:Fetch*""#
    passes r#"{"Effect": "Allow", "Action": "sqs:Receive*", "Resource": "*"}"#;
    ACTION_WITHOUT_ITS_RESOURCE Warning own Catalogue "an action none of whose resources is in the statement"
    why "By AWS's tables, requests for the action name other resources: s3:GetObject is about objects, not about buckets"
    mend "Add a resource of the action's types"
    identity fails r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::backups"}"# at r#""s3:GetObject""#
    passes r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::backups/*"}"#;
    RESOURCE_POLICY_ADMITS_EVERYONE SecurityWarning own Document "a statement that is for everyone"
    why "An Allow for every principal without a condition lets in callers of all accounts, and callers without credentials, unless a Deny keeps them out. Of a policy that is accepted the analysis of all requests says whether one does"
    mend "Name the principals, or test aws:PrincipalOrgID or aws:SourceAccount"
    resource fails r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::backups/*"}"# at r#""*""#
    passes r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::backups/*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}}"#;
    ENDPOINT_POLICY_ALLOWS_NOTHING Warning own Document "the endpoint policy allows nothing"
    why "A VPC endpoint lets through only what its policy allows. Deny statements alone deny everything"
    mend "Add an Allow statement"
    vpc_endpoint fails r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteBucket", "Resource": "*"}"#
    passes r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteBucket", "Resource": "*"}, {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#;
}
