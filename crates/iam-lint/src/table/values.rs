//! Rules about condition values.

use crate::rule::rules;

rules! {
    INVALID_CONDITION_DATA_TYPE Error aws Document "the values of one condition key have different JSON types"
    why "AWS reads a list of one type"
    mend "Write all of them as strings"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/n": ["1", true]}}}"# at r#"["1", true]"#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/n": ["1", "true"]}}}"#;
    INVALID_CONDITION_MULTIPLE_BOOLEAN Error aws Document "a Bool or Null condition with several values"
    why "A list of true and false is always true"
    mend "Write true or false"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": ["true", "false"]}}}"# at r#"["true", "false"]"#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#;
    INVALID_REGION Error aws List "a Region in a condition that does not exist"
    why "No request is for this Region"
    mend "Write the code of the Region, such as eu-central-1"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-cental-2"]}}}"# at r#""eu-cental-2""#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-central-2"]}}}"#;
    INVALID_VPC_FORMAT Error aws Document "a value that is no identifier of a VPC"
    why "No request has such a value"
    mend "Write vpc- and 8 or 17 letters and digits"
    identity fails r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc12345678"}}}"# at r#""vpc12345678""#
    passes r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-12345678"}}}"#;
    INVALID_VPCE_FORMAT Error aws Document "a value that is no identifier of a VPC endpoint"
    why "No request has such a value"
    mend "Write vpce- and 8 or 17 letters and digits"
    identity fails r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpc-12345678"}}}"# at r#""vpc-12345678""#
    passes r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-12345678"}}}"#;
    INVALID_KMS_KEY_VALUE Error aws Document "a value that is no ARN of a KMS key"
    why "S3 compares the whole ARN of the key: an alias or a bare id matches nothing"
    mend "Write arn:aws:kms:REGION:ACCOUNT:key/ID"
    identity fails r#"{"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*", "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "11111111-2222-3333-4444-555555555555"}}}"# at r#""11111111-2222-3333-4444-555555555555""#
    passes r#"{"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*", "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"}}}"#;
    INVALID_SERVICE_PRINCIPAL_FORMAT Error aws List "a value that is no name of a service principal"
    why "No service has this name"
    mend "Write it like lambda.amazonaws.com; kms:ViaService has the Region in it, as in s3.eu-west-1.amazonaws.com"
    identity fails r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/worker", "Condition": {"StringEquals": {"iam:PassedToService": "lambda"}}}"# at r#""lambda""#
    passes r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/worker", "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}"#;
    TYPE_MISMATCH_BOOLEAN Warning aws Document "a value that is neither true nor false counts as false"
    why "AWS stores it, and was seen to read every other text as false"
    mend "Write true or false"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "off"}}}"# at r#""off""#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#;
    TYPE_MISMATCH_DATE Warning aws Document "a value that is not a date"
    why "IAM refuses to store it; STS takes it in a session policy, where it equals nothing"
    mend "Write a date such as 2026-03-01T12:00:00Z"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"DateGreaterThan": {"aws:CurrentTime": "tomorrow"}}}"# at r#""tomorrow""#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2027-03-01T12:00:00Z"}}}"#;
    INVALID_DATE_VALUE Warning aws Document "seconds since 1970 in place of a date"
    why "People misread the number; AWS compares it as the instant that it means"
    mend "Write a date such as 2026-03-01T12:00:00Z"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"DateGreaterThan": {"aws:CurrentTime": "1803902400"}}}"# at r#""1803902400""#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2027-03-01T12:00:00Z"}}}"#;
    TYPE_MISMATCH_NUMBER Warning aws Document "a value that is not a number"
    why "IAM refuses to store it; STS takes it in a session policy, where it equals nothing"
    mend "Write a number such as 10 or 1.5"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"NumericGreaterThan": {"aws:MultiFactorAuthAge": "1h"}}}"# at r#""1h""#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}}}"#;
    TYPE_MISMATCH_STRING Warning aws Document "a value that is not base64"
    why "AWS refuses the policy: BinaryEquals compares bytes"
    mend "Write the bytes in base64, with padding"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"BinaryEquals": {"aws:PrincipalTag/key": "???"}}}"# at r#""???""#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"BinaryEquals": {"aws:PrincipalTag/key": "a2V5"}}}"#;
    TYPE_MISMATCH_IP_RANGE Error aws Document "a value that is not an address or a CIDR range"
    why "IAM refuses to store it; STS takes it in a session policy, where it matches nothing"
    mend "Write a range such as 203.0.113.0/24"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "198.51.100.*"}}}"# at r#""198.51.100.*""#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}}"#;
    PRIVATE_IP_ADDRESS Error aws Document "aws:SourceIp with private addresses only"
    why "aws:SourceIp is a public address, so the test is never true"
    mend "Test aws:VpcSourceIp with aws:SourceVpc"
    identity fails r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "192.168.0.0/16"}}}"# at r#""192.168.0.0/16""#
    passes r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}}"#;
    PRIVATE_NOT_IP_ADDRESS Error aws Document "aws:SourceIp outside private addresses only"
    why "aws:SourceIp is a public address, so the test is always true when the key is there"
    mend "Test aws:VpcSourceIp with aws:SourceVpc"
    identity fails r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "192.168.0.0/16"}}}"# at r#""192.168.0.0/16""#
    passes r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}}"#;
    PRIVATE_IP_ADDRESS_SUBSET Suggestion aws Document "private addresses among the values of aws:SourceIp"
    why "aws:SourceIp is a public address, so the private ones match nothing"
    mend "Leave them out, or test aws:VpcSourceIp with aws:SourceVpc"
    identity fails r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": ["198.51.100.0/24", "172.20.0.0/16"]}}}"# at r#""172.20.0.0/16""#
    passes r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": ["198.51.100.0/24", "172.32.0.0/16"]}}}"#;
    PRIVATE_NOT_IP_ADDRESS_SUBSET Suggestion aws Document "private addresses among the values of aws:SourceIp"
    why "aws:SourceIp is a public address, so the private ones change nothing"
    mend "Leave them out, or test aws:VpcSourceIp with aws:SourceVpc"
    identity fails r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": ["198.51.100.0/24", "10.9.0.0/16"]}}}"# at r#""10.9.0.0/16""#
    passes r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": ["198.51.100.0/24", "11.9.0.0/16"]}}}"#;
    IMPROVE_IP_RANGE Suggestion aws Document "a range with bits set behind its prefix"
    why "The bits are ignored in IPv4. AWS was seen to match nothing with such an IPv6 range"
    mend "Write the first address of the range"
    identity fails r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "198.51.100.7/24"}}}"# at r#""198.51.100.7/24""#
    passes r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}}"#;
    WILDCARD_WITHOUT_LIKE_OPERATOR Warning aws Document "a wildcard that this operator compares as an ordinary character"
    why "The value equals only a text with the same star or question mark in it"
    mend "Use StringLike or StringNotLike if a wildcard is meant; ArnLike or ArnNotLike for ARNs; write identifiers such as accounts whole"
    identity fails r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "guest*"}}}"# at r#""guest*""#
    passes r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalTag/team": "guest*"}}}"#;
    WILDCARD_USAGE_TOO_PERMISSIVE Error aws List "a wildcard where AWS makes the identifiers"
    why "Accounts, organizations and networks have no order: a part of an identifier is shared with those of strangers"
    mend "Write whole identifiers"
    identity fails r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalAccount": "1234567890*"}}}"# at r#""1234567890*""#
    passes r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalAccount": "123456789012"}}}"#;
    EMPTY_ARRAY_CONDITION Suggestion aws Document "a condition without values"
    why "AWS's page says that the test is true. By the rules of comparison it is never true, or always true of a negated operator"
    mend "Write a value, or leave the test out"
    identity fails r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": []}}}"# at "[]"
    passes r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": ["vpc-12345678"]}}}"#;
    EMPTY_ARRAY_CONDITION_FORALLVALUES Suggestion aws Document "ForAllValues without values"
    why "The test is true only of a request without the key"
    mend "Write Null with true if that is meant"
    identity fails r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:CalledVia": []}}}"# at "[]"
    passes r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"Null": {"aws:CalledVia": "true"}}}"#;
    EMPTY_ARRAY_CONDITION_FORANYVALUE Suggestion aws Document "ForAnyValue without values"
    why "The test is never true"
    mend "Write a value, or leave the statement out"
    identity fails r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"aws:CalledVia": []}}}"# at "[]"
    passes r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"aws:CalledVia": ["athena.amazonaws.com"]}}}"#;
    EMPTY_ARRAY_CONDITION_IFEXISTS Suggestion aws Document "IfExists without values"
    why "The test is true only of a request without the key"
    mend "Write Null with true if that is meant"
    identity fails r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"StringEqualsIfExists": {"aws:SourceVpc": []}}}"# at "[]"
    passes r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"Null": {"aws:SourceVpc": "true"}}}"#;
    EQUIVALENT_TO_NULL_FALSE Suggestion aws Document "a test that is true of every value"
    why "It says only that the key is there"
    mend "Write \"Null\": {\"KEY\": \"false\"}"
    identity fails r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalTag/team": "*"}}}"# at r#""aws:PrincipalTag/team""#
    passes r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"Null": {"aws:PrincipalTag/team": "false"}}}"#;
    EQUIVALENT_TO_NULL_TRUE Suggestion aws Document "a test that is true only without the key"
    why "It says only that the key is absent"
    mend "Write \"Null\": {\"KEY\": \"true\"}"
    identity fails r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"StringNotLike": {"aws:PrincipalTag/team": "*"}}}"# at r#""aws:PrincipalTag/team""#
    passes r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"Null": {"aws:PrincipalTag/team": "true"}}}"#;
    REDUNDANT_CONDITION_VALUE_NUM Suggestion aws Document "several bounds where one decides"
    why "Less than any of several numbers is less than the greatest"
    mend "Keep the number that decides"
    identity fails r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"NumericGreaterThan": {"aws:MultiFactorAuthAge": ["600", "900"]}}}"# at r#"["600", "900"]"#
    passes r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"NumericGreaterThan": {"aws:MultiFactorAuthAge": "600"}}}"#;
    REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION Suggestion aws Document "a test that is always true"
    why "It changes nothing"
    mend "Leave it out"
    identity fails r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"StringLikeIfExists": {"aws:PrincipalTag/team": "*"}}}"# at r#""aws:PrincipalTag/team""#
    passes r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"StringLikeIfExists": {"aws:PrincipalTag/team": "guest-*"}}}"#;
    REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION Suggestion aws Document "a test that is never true"
    why "The statement never applies"
    mend "Write the test that was meant, or leave the statement out"
    identity fails r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"ForAnyValue:StringNotLike": {"aws:CalledVia": "*"}}}"# at r#""aws:CalledVia""#
    passes r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"ForAnyValue:StringNotLike": {"aws:CalledVia": "athena.*"}}}"#;
}
