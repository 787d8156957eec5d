//! Rules about resources.

use crate::rule::rules;

rules! {
    ARN_ACCOUNT_NOT_ALLOWED Error aws Catalogue "an account in an ARN of resources that have none"
    why "The pattern matches no resource"
    mend "Leave the account out: keep both colons"
    identity fails r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3::123456789012:backups/*"}"# at r#""arn:aws:s3::123456789012:backups/*""#
    passes r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::backups/*"}"#;
    ARN_REGION_NOT_ALLOWED Error aws Catalogue "a Region in an ARN of resources that have none"
    why "The pattern matches no resource"
    mend "Leave the Region out: keep both colons"
    identity fails r#"{"Effect": "Allow", "Action": "iam:GetUser", "Resource": "arn:aws:iam:us-east-1:123456789012:user/bob"}"# at r#""arn:aws:iam:us-east-1:123456789012:user/bob""#
    passes r#"{"Effect": "Allow", "Action": "iam:GetUser", "Resource": "arn:aws:iam::123456789012:user/bob"}"#;
    INVALID_ARN_ACCOUNT Error aws Document "an account in an ARN that is not twelve digits"
    why "The pattern matches no resource"
    mend "Write the twelve digits of the account, or *"
    identity fails r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:1234567890:q"}"# at r#""arn:aws:sqs:us-east-1:1234567890:q""#
    passes r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#;
    INVALID_ARN_PREFIX Error aws Document "a resource that is neither an ARN nor `*`"
    why "AWS refuses the policy, or the pattern matches no resource"
    mend "Write the whole ARN, beginning with arn:"
    identity fails r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "sqs:us-east-1:123456789012:q"}"# at r#""sqs:us-east-1:123456789012:q""#
    passes r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#;
    INVALID_ARN_REGION Error aws List "a Region in an ARN that does not exist in its partition"
    why "The pattern matches no resource"
    mend "Write the code of the Region, such as eu-central-1"
    identity fails r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-esat-1:123456789012:q"}"# at r#""arn:aws:sqs:us-esat-1:123456789012:q""#
    passes r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#;
    INVALID_ARN_RESOURCE Error aws Catalogue "an ARN whose last part has no form that AWS's tables give to resources of its service"
    why "By the tables that are built in, the pattern matches no resource. A type that AWS has added since is not in them"
    mend "Write the last part as the service's table of resource types has it"
    identity fails r#"{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:us-east-1:123456789012:functions/mailer"}"# at r#""arn:aws:lambda:us-east-1:123456789012:functions/mailer""#
    passes r#"{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:mailer"}"#;
    INVALID_ARN_SERVICE_CASE Error aws Document "capital letters in the service of an ARN"
    why "Resources are compared with case, so the pattern matches nothing"
    mend "Write the service in lower case"
    identity fails r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:SQS:us-east-1:123456789012:q"}"# at r#""arn:aws:SQS:us-east-1:123456789012:q""#
    passes r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#;
    INVALID_PARTITION Error aws List "a partition that AWS does not have"
    why "AWS refuses the policy, or the pattern matches no resource"
    mend "Write aws, aws-cn, aws-us-gov or another partition of AWS"
    identity fails r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:amazon:sqs:us-east-1:123456789012:q"}"# at r#""arn:amazon:sqs:us-east-1:123456789012:q""#
    passes r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#;
    MISSING_ARN_ACCOUNT Error aws Catalogue "an ARN without the account that its resources have"
    why "The pattern matches no resource"
    mend "Write the account, or * for any"
    identity fails r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1::q"}"# at r#""arn:aws:sqs:us-east-1::q""#
    passes r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#;
    MISSING_ARN_FIELD Error aws Document "an ARN with fewer than six fields"
    why "AWS refuses it in many places, and reads it with * for the missing fields in others"
    mend "Write all six fields: arn, partition, service, Region, account, resource"
    identity fails r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs"}"# at r#""arn:aws:sqs""#
    passes r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:*:*:*"}"#;
    MISSING_ARN_REGION Error aws Catalogue "an ARN without the Region that its resources have"
    why "The pattern matches no resource"
    mend "Write the Region, or * for any"
    identity fails r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs::123456789012:q"}"# at r#""arn:aws:sqs::123456789012:q""#
    passes r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#;
    UNSUPPORTED_RESOURCE_ARN_IN_POLICY Error aws Catalogue "a resource that is not the one the policy is attached to"
    why "A policy of one resource decides only about calls on that resource"
    mend "Leave the ARN out, or write it into the policy of that resource"
    resource fails r#"{"Effect": "Deny", "Principal": "*", "Action": "sqs:SendMessage", "Resource": ["arn:aws:sqs:us-east-1:123456789012:q", "arn:aws:sns:us-east-1:123456789012:t"]}"# at r#""arn:aws:sns:us-east-1:123456789012:t""#
    passes r#"{"Effect": "Deny", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#;
    EMPTY_ARRAY_RESOURCE Suggestion aws Document "a list without resources matches nothing"
    why "The statement does nothing"
    mend "Name at least one resource, or leave the statement out"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": []}"# at "[]"
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": ["*"]}"#;
    REDUNDANT_RESOURCE Suggestion aws Document "a resource that another one in the list includes"
    why "A list that is longer than its meaning hides what is allowed"
    mend "Leave it out"
    identity fails r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": ["arn:aws:sqs:*:*:jobs-*", "arn:aws:sqs:*:*:jobs-mail"]}"# at r#""arn:aws:sqs:*:*:jobs-mail""#
    passes r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": ["arn:aws:sqs:*:*:jobs-*", "arn:aws:sqs:*:*:mail"]}"#;
}
