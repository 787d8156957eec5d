//! Rules about condition operators and keys.

use crate::rule::rules;

rules! {
    DENY_MISSES_ABSENT_KEY Warning own Document "a Deny that requests without the key of its test escape"
    why "Requests with access keys of a user do not have the keys of multi-factor authentication, so the test is false and the Deny does not apply to them"
    mend "Write the operator with IfExists, such as BoolIfExists"
    identity fails r#"{"Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}"# at r#""aws:MultiFactorAuthPresent""#
    passes r#"{"Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}"#;
    DUPLICATE_KEYS_WITH_DIFFERENT_CASE Error aws Document "one condition key in two spellings under one operator"
    why "Keys are compared without case, so the two are one key, and AWS refuses the policy"
    mend "Join the values under one spelling"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-12345678", "aws:sourcevpc": "vpc-87654321"}}}"#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": ["vpc-12345678", "vpc-87654321"]}}}"#;
    INVALID_CONDITION_KEY_FORMAT Error aws Document "a text that is not a condition key"
    why "No request has a key of this form"
    mend "Write it like aws:SourceIp; the key of a claim like token.actions.githubusercontent.com:sub"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"StringEquals": {"SourceVpc": "vpc-12345678"}}}"# at r#""SourceVpc""#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-12345678"}}}"#;
    INVALID_CONDITION_OPERATOR Error aws Document "a condition operator that does not exist"
    why "AWS refuses the policy"
    mend "Write an operator such as StringEquals, in AWS's spelling"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"StringIs": {"aws:SourceVpc": "vpc-12345678"}}}"# at r#""StringIs""#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-12345678"}}}"#;
    INVALID_GLOBAL_CONDITION_KEY Error aws List "a global condition key that does not exist"
    why "AWS's tables have no such key. If requests do not have it, the test is that of an absent key: an Allow allows nothing, and a Deny denies nothing or always"
    mend "Write a key of AWS's list of global keys"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpcs": "vpc-12345678"}}}"# at r#""aws:SourceVpcs""#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-12345678"}}}"#;
    INVALID_SERVICE Error aws Catalogue "a condition key or an ARN of a service that does not exist"
    why "AWS's tables have no service with this prefix, so no keys and no ARNs of it"
    mend "Write the prefix as the service's table has it"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"StringEquals": {"ecc2:InstanceType": "t3.micro"}}}"# at r#""ecc2:InstanceType""#
    passes r#"{"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*", "Condition": {"StringEquals": {"ec2:InstanceType": "t3.micro"}}}"#;
    INVALID_SERVICE_CONDITION_KEY Error aws Catalogue "a condition key that its service does not have"
    why "AWS's tables have no such key. If requests do not have it, the test is that of an absent key: an Allow allows nothing, and a Deny denies nothing or always"
    mend "Write a key of the service's table"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*", "Condition": {"StringEquals": {"ec2:InstanceTypes": "t3.micro"}}}"# at r#""ec2:InstanceTypes""#
    passes r#"{"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*", "Condition": {"StringEquals": {"ec2:InstanceType": "t3.micro"}}}"#;
    MISSING_QUALIFIER Error aws Catalogue "a multivalued key without ForAllValues or ForAnyValue cannot be compared"
    why "AWS was seen to match nothing with it, for Allow and for Deny"
    mend "Write ForAnyValue: or ForAllValues: before the operator"
    identity fails r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}}}"# at r#""aws:CalledVia""#
    passes r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}}}"#;
    NULL_WITH_IF_EXISTS Error aws Document "Null with IfExists"
    why "Null asks whether the key exists"
    mend "Write Null"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"NullIfExists": {"aws:SourceVpc": "true"}}}"# at r#""NullIfExists""#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"Null": {"aws:SourceVpc": "true"}}}"#;
    NULL_WITH_QUALIFIER Suggestion aws Document "Null with a set operator is always true or always false"
    why "With ForAllValues the test is always true, with ForAnyValue never"
    mend "Write Null"
    identity fails r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"ForAnyValue:Null": {"aws:CalledVia": "true"}}}"# at r#""ForAnyValue:Null""#
    passes r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"Null": {"aws:CalledVia": "true"}}}"#;
    UNSUPPORTED_GLOBAL_CONDITION_KEY Error aws Document "a global condition key that calls of services never have"
    why "aws:ARN is an old name, and is not set for service principals"
    mend "Test aws:SourceArn, or aws:PrincipalArn for users and roles"
    resource fails r#"{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q", "Condition": {"ArnEquals": {"aws:Arn": "arn:aws:sns:us-east-1:123456789012:t"}}}"# at r#""aws:Arn""#
    passes r#"{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q", "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:t"}}}"#;
    DEPRECATED_GLOBAL_CONDITION_KEY Warning aws Document "an old name of a global condition key"
    why "AWS recommends aws:PrincipalArn in place of aws:ARN"
    mend "Test aws:PrincipalArn"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"ArnNotEquals": {"aws:Arn": "arn:aws:iam::123456789012:role/admin"}}}"# at r#""aws:Arn""#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/admin"}}}"#;
    MISSING_TAG_KEY_IN_CONDITION Error aws Document "a tag condition without the key of the tag"
    why "No request has such a key"
    mend "Name the tag behind the slash, as in aws:PrincipalTag/team"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/": "guest"}}}"# at r#""aws:PrincipalTag/""#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/role": "guest"}}}"#;
    TYPE_MISMATCH Warning aws Catalogue "an operator for another type than the condition key has"
    why "The values are compared as another type than they are: text in place of a number, for instance"
    mend "Use an operator of the key's type, with values of that type"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"StringEquals": {"aws:SecureTransport": "false"}}}"# at r#""aws:SecureTransport""#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#;
    STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS SecurityWarning aws Catalogue "StringLike on a key that holds ARNs"
    why "A * of StringLike crosses the colons, so it matches ARNs of other accounts or services too. ArnLike compares field by field"
    mend "Use ArnLike or ArnNotLike"
    identity fails r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/ops-*"}}}"# at r#""aws:PrincipalArn""#
    passes r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/ops-*"}}}"#;
    FORALLVALUES_WITH_SINGLE_VALUED_KEY SecurityWarning aws Catalogue "ForAllValues on a key with one value"
    why "ForAllValues is true of a request without the key"
    mend "Leave ForAllValues: out"
    identity fails r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:SourceVpc": "vpc-12345678"}}}"# at r#""aws:SourceVpc""#
    passes r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-12345678"}}}"#;
    UNTRUSTWORTHY_CONDITION_KEY SecurityWarning aws List "a condition key that the caller writes"
    why "Every caller can send any Referer or User-Agent"
    mend "Test who calls, or from which network"
    identity fails r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {"StringLike": {"aws:UserAgent": "MyTool/*"}}}"# at r#""aws:UserAgent""#
    passes r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-12345678"}}}"#;
    MISSING_PAIRED_CONDITION_KEYS SecurityWarning aws List "a private address without the network that it belongs to"
    why "Networks of others have the same private addresses"
    mend "Test the VPC or its endpoint in the same statement"
    identity fails r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {"IpAddress": {"aws:VpcSourceIp": "10.1.0.0/16"}}}"# at r#""aws:VpcSourceIp""#
    passes r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {"IpAddress": {"aws:VpcSourceIp": "10.1.0.0/16"}, "StringEquals": {"aws:SourceVpce": "vpce-12345678"}}}"#;
    USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES Warning aws List "a condition key that only some services set, on actions of others"
    why "By AWS's pages, requests for the other services do not have the key"
    mend "In an Allow, name only actions of services that set the key. In a Deny, take none out: write another Deny for the other services, with a key that they have"
    identity fails r#"{"Effect": "Deny", "Action": "sns:Publish", "Resource": "*", "Condition": {"StringNotEquals": {"aws:VpceAccount": "123456789012"}}}"# at r#""aws:VpceAccount""#
    passes r#"{"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringNotEquals": {"aws:VpceAccount": "123456789012"}}}"#;
    DYNAMODB_ATTRIBUTES_WITHOUT_SELECT SecurityWarning aws Document "dynamodb:Attributes without dynamodb:Select"
    why "A read that names no attributes returns all of them"
    mend "Test dynamodb:Select for SPECIFIC_ATTRIBUTES in the same statement"
    identity fails r#"{"Effect": "Allow", "Action": "dynamodb:Scan", "Resource": "arn:aws:dynamodb:us-east-1:123456789012:table/Users", "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["Name"]}, "Null": {"dynamodb:Attributes": "false"}}}"# at r#""dynamodb:Attributes""#
    passes r#"{"Effect": "Allow", "Action": "dynamodb:Scan", "Resource": "arn:aws:dynamodb:us-east-1:123456789012:table/Users", "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["Name"]}, "Null": {"dynamodb:Attributes": "false"}, "StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}}}"#;
    S3_PREFIX_IN_NEGATIVE_CONTEXT SecurityWarning aws Document "s3:prefix where a shorter prefix gets round it"
    why "A request with a shorter prefix does not match, and lists the same objects"
    mend "Allow with StringLike, or deny with StringNotLike"
    identity fails r#"{"Effect": "Deny", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::backups", "Condition": {"StringLike": {"s3:prefix": "secret/*"}}}"# at r#""s3:prefix""#
    passes r#"{"Effect": "Deny", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::backups", "Condition": {"StringNotLike": {"s3:prefix": "public/*"}}}"#;
    IRRELEVANT_CONDITION_KEY_IN_POLICY Suggestion aws List "a condition key that is the same for every request to this resource"
    why "The owner of the resource is the same in every request"
    mend "Test the key in identity-based policies"
    resource fails r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::backups", "arn:aws:s3:::backups/*"], "Condition": {"StringNotEquals": {"s3:ResourceAccount": "123456789012"}}}"# at r#""s3:ResourceAccount""#
    passes r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::backups", "arn:aws:s3:::backups/*"], "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "123456789012"}}}"#;
    EMPTY_OBJECT_CONDITION Suggestion aws Document "a condition without a test is true"
    why "The statement applies always"
    mend "Leave Condition out, or write a test"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {}}"# at "{}"
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}"#;
}
