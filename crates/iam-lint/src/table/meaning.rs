//! Rules about what the statements of a policy mean together. Their findings come from the analysis of all requests, which this crate does not
//! have; the codes, reasons and examples are here with those of the other rules.

use crate::rule::rules;

rules! {
    PRIVILEGE_ESCALATION SecurityWarning own Analysis "permissions by which a principal gets more permissions"
    why "Whoever has the policy can get what it does not give. Deny statements and conditions are counted in; other policies of the principal, boundaries and control policies are not in the document"
    mend "Name the roles, users or policies, or test iam:PassedToService, iam:PermissionsBoundary or a tag of the resource"
    identity fails r#"{"Effect": "Allow", "Action": ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], "Resource": "*"}"#
    passes r#"{"Effect": "Allow", "Action": ["lambda:CreateFunction", "lambda:InvokeFunction"], "Resource": "*"}, {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/worker", "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}"#;
    STATEMENT_NEVER_APPLIES Warning own Analysis "a statement whose conditions exclude each other"
    why "No request satisfies the conditions: an Allow allows nothing, a Deny denies nothing. The analysis shows it for each action, resource and value of the keys, with the types that AWS's tables give these"
    mend "Put the conditions into statements of their own if each of them was meant alone"
    identity fails r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}, "StringNotEquals": {"aws:PrincipalTag/team": ["red", "blue"]}}}"#
    passes r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": ["red", "blue"]}}}"#;
    ALLOW_TAKEN_BACK Warning own Analysis "an Allow that the Deny statements of the policy take back whole"
    why "A Deny goes before an Allow, so the statement allows nothing. The analysis shows it for each request to which the statement applies"
    mend "Narrow the Deny, or leave the Allow out"
    identity fails r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:jobs"}, {"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}"#
    passes r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:jobs"}, {"Effect": "Deny", "Action": "sqs:Delete*", "Resource": "*"}"#;
    STATEMENT_ADDS_NOTHING Suggestion own Analysis "a statement that other statements of the policy include"
    why "Whoever changes it changes nothing, and whoever reads it may think that it is what allows or denies. The analysis shows for each request to which it applies that one of the others does"
    mend "Leave it out"
    identity fails r#"{"Effect": "Allow", "Action": "sqs:GetQueueUrl", "Resource": "arn:aws:sqs:us-east-1:123456789012:jobs"}, {"Effect": "Allow", "Action": "sqs:Get*", "Resource": "*"}"#
    passes r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:jobs"}, {"Effect": "Allow", "Action": "sqs:Get*", "Resource": "*"}"#;
    CREDENTIALS_OF_ANY_RESOURCE Suggestion own Analysis "actions that hand out credentials, on resources that the policy does not name"
    why "Whoever has the policy gets secrets, tokens or passwords of the whole account, also of resources that come later"
    mend "Name the resources, or deny these actions to readers"
    identity fails r#"{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}"#
    passes r#"{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:123456789012:secret:web-*"}"#;
    DATA_OF_ANY_RESOURCE Suggestion own Analysis "actions that return stored data, on resources that the policy does not name"
    why "Whoever has the policy can read what the account stores, also in resources that come later"
    mend "Name the resources, or deny these actions to readers"
    identity fails r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#
    passes r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::backups/*"}"#;
}
