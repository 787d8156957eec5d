//! Rules about actions.

use crate::rule::rules;

rules! {
    INVALID_ACTION Error aws Catalogue "an action that does not exist"
    why "The statement says nothing about any action of this name. AWS stores the policy, and calls go on being denied, or allowed"
    mend "Take the name from the service's table in the Service Authorization Reference; an API operation may need an action of another name"
    identity fails r#"{"Effect": "Allow", "Action": "sqs:SendMesage", "Resource": "*"}"# at r#""sqs:SendMesage""#
    passes r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}"#;
    INVALID_SERVICE_IN_ACTION Error aws Catalogue "the prefix of an action that no service has"
    why "The statement says nothing about any action of this prefix"
    mend "Write the prefix as the service's table has it"
    identity fails r#"{"Effect": "Allow", "Action": "dyanmodb:GetItem", "Resource": "*"}"# at r#""dyanmodb:GetItem""#
    passes r#"{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}"#;
    UNSUPPORTED_ACTION_IN_POLICY Error aws Catalogue "an action that this resource-based policy cannot grant or deny"
    why "A policy of one resource decides only about calls on that resource"
    mend "Leave the action out, or write it into the policy of the resource that it is about"
    resource fails r#"{"Effect": "Deny", "Principal": "*", "Action": "ec2:RunInstances", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"# at r#""ec2:RunInstances""#
    passes r#"{"Effect": "Deny", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#;
    EMPTY_ARRAY_ACTION Suggestion aws Document "a list without actions matches nothing"
    why "The statement does nothing"
    mend "Name at least one action, or leave the statement out"
    identity fails r#"{"Effect": "Deny", "Action": [], "Resource": "*"}"# at "[]"
    passes r#"{"Effect": "Deny", "Action": ["ec2:*"], "Resource": "*"}"#;
    WILDCARD_IN_SERVICE_NAME Suggestion aws Document "a wildcard in the name of a service"
    why "The pattern matches services of similar names, also those that AWS adds later"
    mend "Name the services"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "arn:aws:ec*:us-east-1:123456789012:*"}"# at r#""arn:aws:ec*:us-east-1:123456789012:*""#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "arn:aws:ec2:us-east-1:123456789012:*"}"#;
    REDUNDANT_ACTION Suggestion aws Document "an action that another one in the list includes"
    why "A list that is longer than its meaning hides what is allowed"
    mend "Leave it out"
    identity fails r#"{"Effect": "Deny", "Action": ["sqs:Get*", "sqs:GetQueueUrl"], "Resource": "*"}"# at r#""sqs:GetQueueUrl""#
    passes r#"{"Effect": "Deny", "Action": ["sqs:Get*", "sqs:SendMessage"], "Resource": "*"}"#;
    MISSING_ACTION_FOR_CONDITION_KEY Error aws List "a condition key without the action that sets it"
    why "Requests have the key only if they also need the action, such as iam:PassRole for a role that is passed or sts:TagSession for tags of a session: without it none is allowed, or the test is that of an absent key"
    mend "Add the action, or take the key out"
    identity fails r#"{"Effect": "Allow", "Action": "lambda:CreateFunction", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}"# at r#""iam:PassedToService""#
    passes r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/worker", "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}"#;
    UNSUPPORTED_ACTION_FOR_CONDITION_KEY Error aws Catalogue "a condition key that AWS's tables do not give to an action of the statement"
    why "For that action the test is that of an absent key: it is true of every request or of none"
    mend "Move the action into a statement without the key, or test a key that it has"
    identity fails r#"{"Effect": "Allow", "Action": ["ec2:RunInstances", "ec2:DescribeInstances"], "Resource": "*", "Condition": {"StringEquals": {"ec2:InstanceType": "t3.micro"}}}"# at r#""ec2:DescribeInstances""#
    passes r#"{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*", "Condition": {"StringEquals": {"ec2:InstanceType": "t3.micro"}}}"#;
}
