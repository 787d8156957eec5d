//! Rules about service control policies and resource control policies.

use crate::rule::rules;

rules! {
    SCP_SYNTAX_ERROR_ACTION_WILDCARD Suggestion aws Document "a wildcard inside an action of a service control policy"
    why "The reference of IAM Access Analyzer's checks has it as an error. Organizations has accepted wildcards anywhere since September 2025, and applies them, so it is a suggestion here"
    mend "Nothing has to be changed. Where a tool still refuses it, write the wildcard at the end, or list the actions"
    scp fails r#"{"Effect": "Deny", "Action": "ec2:*Vpc", "Resource": "*"}"# at r#""ec2:*Vpc""#
    passes r#"{"Effect": "Deny", "Action": "ec2:Delete*", "Resource": "*"}"#;
    SCP_SYNTAX_ERROR_PRINCIPAL Error aws Document "a service control policy names no principal"
    why "Organizations refuses the policy"
    mend "Leave it out; test aws:PrincipalArn in a Condition"
    scp fails r#"{"Effect": "Deny", "NotPrincipal": {"AWS": "123456789012"}, "Action": "ec2:*", "Resource": "*"}"#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}"#;
    RCP_SYNTAX_ERROR_PRINCIPAL Error aws Document "a principal other than `*` in a resource control policy"
    why "Organizations refuses the policy"
    mend "Write \"Principal\": \"*\", and test who calls in a Condition"
    rcp fails r#"{"Effect": "Deny", "Principal": {"AWS": "123456789012"}, "Action": "s3:*", "Resource": "*"}"#
    passes r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}"#;
    RCP_SYNTAX_ERROR_ALLOW Error aws Document "a resource control policy may only deny"
    why "Organizations refuses the policy: only AWS's RCPFullAWSAccess allows"
    mend "Leave the statement out, or deny what has the opposite tests, such as StringNotEquals in place of StringEquals"
    rcp fails r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::backups/*"}"# at r#""Allow""#
    passes r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::backups/*"}"#;
    RCP_SYNTAX_ERROR_NOTACTION Error aws Document "NotAction in a resource control policy"
    why "Organizations refuses the policy"
    mend "List what is denied under Action"
    rcp fails r#"{"Effect": "Deny", "Principal": "*", "NotAction": "s3:*", "Resource": "*"}"#
    passes r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}"#;
    RCP_SYNTAX_ERROR_ACTION Error aws List "an action that a resource control policy cannot have"
    why "Organizations refuses the policy"
    mend "Name services that support resource control policies, such as s3:*"
    rcp fails r#"{"Effect": "Deny", "Principal": "*", "Action": ["s3:*", "iam:*"], "Resource": "*"}"# at r#""iam:*""#
    passes r#"{"Effect": "Deny", "Principal": "*", "Action": ["s3:*", "kms:*"], "Resource": "*"}"#;
    RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY Warning aws List "a Deny by a key that AWS services do not have"
    why "AWS services do not have this key, so this Deny also stops them"
    mend "Add \"BoolIfExists\": {\"aws:PrincipalIsAWSService\": \"false\"}"
    rcp fails r#"{"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "123456789012"}}}"# at r#""aws:PrincipalAccount""#
    passes r#"{"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "123456789012"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}"#;
    RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY Warning aws List "a Deny by a key that users and roles do not have"
    why "Users and roles do not have this key, so this Deny also stops them"
    mend "Add \"BoolIfExists\": {\"aws:PrincipalIsAWSService\": \"true\"}"
    rcp fails r#"{"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceAccount": "123456789012"}}}"# at r#""aws:SourceAccount""#
    passes r#"{"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceAccount": "123456789012"}, "Null": {"aws:SourceArn": "false"}, "Bool": {"aws:PrincipalIsAWSService": "true"}}}"#;
    RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK Warning aws List "a test of the source without a test that there is one"
    why "Some services call without a source, and are denied; accounts in no organization have no aws:SourceOrgID"
    mend "Add \"Null\": {\"aws:SourceAccount\": \"false\"}"
    rcp fails r#"{"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceOrgID": "o-1234567890"}, "Bool": {"aws:PrincipalIsAWSService": "true"}}}"# at r#""aws:SourceOrgID""#
    passes r#"{"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceOrgID": "o-1234567890"}, "Null": {"aws:SourceArn": "false"}, "Bool": {"aws:PrincipalIsAWSService": "true"}}}"#;
}
