//! Rules about the document and its elements.

use crate::rule::rules;

rules! {
    JSON_SYNTAX_ERROR Error aws Document "the document is not JSON"
    why "Nothing of it is read"
    mend "Correct the place that is named"
    identity fails r#"={"Version": "2012-10-17", "Statement": [{"Effect": "Deny" "Action": "*", "Resource": "*"}]}"#
    passes r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#;
    INVALID_POLICY_ELEMENT Error aws Document "an element that policies do not have"
    why "AWS refuses the policy, and the author meant another element"
    mend "Write the name as AWS spells it, or leave the element out"
    identity fails r#"{"Effect": "Deny", "Actions": "ec2:*", "Action": "ec2:*", "Resource": "*"}"# at r#""Actions""#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}"#;
    DATA_TYPE_MISMATCH Error aws Document "an element has a value of the wrong JSON type"
    why "AWS refuses the policy"
    mend "Write a string, a list or an object, as the element needs"
    identity fails r#"{"Effect": "Deny", "Action": 7, "Resource": "*"}"# at "7"
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}"#;
    INVALID_VERSION Error aws Document "the version is neither 2012-10-17 nor 2008-10-17"
    why "The version names the policy language, not the day on which the policy was written"
    mend "Write 2012-10-17"
    identity fails r#"={"Version": "2026-02-03", "Statement": [{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}]}"# at r#""2026-02-03""#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}"#;
    MISSING_VERSION Warning aws Document "without Version, the policy is read as one of 2008-10-17, and variables are not replaced"
    why "A variable such as ${aws:username} is then plain text. AWS's page says that the version is then 2012-10-17; the grammar and what AWS does say 2008-10-17"
    mend "Write \"Version\": \"2012-10-17\""
    identity fails r#"={"Statement": [{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}]}"#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}"#;
    MISSING_STATEMENT Error aws Document "the policy has no statement"
    why "AWS refuses the policy"
    mend "Add a statement"
    identity fails r#"={"Version": "2012-10-17"}"#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}"#;
    MISSING_EFFECT Error aws Document "the statement has no Effect"
    why "AWS refuses the policy: the effect has no default"
    mend "Add Effect: Allow or Deny"
    identity fails r#"{"Action": "ec2:*", "Resource": "*"}"#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}"#;
    INVALID_EFFECT Error aws Document "the effect is neither Allow nor Deny"
    why "AWS refuses the policy: the effect is case-sensitive"
    mend "Write Allow or Deny"
    identity fails r#"{"Effect": "deny", "Action": "ec2:*", "Resource": "*"}"# at r#""deny""#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}"#;
    MISSING_ACTION Error aws Document "the statement has neither Action nor NotAction"
    why "AWS refuses the policy"
    mend "Add Action"
    identity fails r#"{"Effect": "Deny", "Resource": "*"}"#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}"#;
    MISSING_RESOURCE Error aws Document "the statement has neither Resource nor NotResource"
    why "AWS refuses the policy"
    mend "Add Resource"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*"}"#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}"#;
    UNSUPPORTED_ELEMENT_COMBINATION Error aws Document "two elements that exclude each other"
    why "AWS refuses the policy"
    mend "Keep one of the two"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "NotAction": "s3:*", "Resource": "*"}"#
    passes r#"{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}"#;
    UNSUPPORTED_SID Error aws Document "a Sid of other characters than A-Z, a-z and 0-9"
    why "IAM refuses the policy"
    mend "Leave the other characters out"
    identity fails r#"{"Sid": "no_ec2", "Effect": "Deny", "Action": "ec2:*", "Resource": "*"}"# at r#""no_ec2""#
    passes r#"{"Sid": "NoEc2", "Effect": "Deny", "Action": "ec2:*", "Resource": "*"}"#;
    UNIQUE_SIDS_REQUIRED Error aws Document "two statements have the same Sid"
    why "IAM refuses the policy"
    mend "Give each statement a Sid of its own"
    identity fails r#"{"Sid": "A", "Effect": "Deny", "Action": "ec2:*", "Resource": "*"}, {"Sid": "A", "Effect": "Deny", "Action": "sqs:*", "Resource": "*"}"#
    passes r#"{"Sid": "A", "Effect": "Deny", "Action": "ec2:*", "Resource": "*"}, {"Sid": "B", "Effect": "Deny", "Action": "sqs:*", "Resource": "*"}"#;
    UNIQUE_SIDS_RECOMMENDED Warning aws Document "two statements have the same Sid"
    why "Records and messages that name the Sid do not say which statement is meant"
    mend "Give each statement a Sid of its own"
    resource fails r#"{"Sid": "A", "Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}, {"Sid": "A", "Effect": "Deny", "Principal": "*", "Action": "sqs:Get*", "Resource": "arn:aws:sqs:us-east-1:123456789012:p"}"#
    passes r#"{"Sid": "A", "Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}, {"Sid": "B", "Effect": "Deny", "Principal": "*", "Action": "sqs:Get*", "Resource": "arn:aws:sqs:us-east-1:123456789012:p"}"#;
    EMPTY_SID_VALUE Suggestion aws Document "the Sid is empty"
    why "An empty Sid names nothing"
    mend "Leave it out, or say what the statement is for"
    identity fails r#"{"Sid": "", "Effect": "Deny", "Action": "ec2:*", "Resource": "*"}"# at r#""""#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}"#;
    POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA Warning aws Document "the policy is longer than IAM stores"
    why "A managed policy holds 6,144 characters, and the inline policies of a role 10,240 together; white space is not counted"
    mend "Split the policy, or leave redundant parts out"
    managed fails r#"{"Sid": "S#", "Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::backups-of-team-#/*"}"# x 80
    passes r#"{"Sid": "S#", "Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::backups-of-team-#/*"}"# x 40;
    POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA Warning aws List "the policy is longer than the service stores"
    why "Each service has its own quota: 20,480 bytes for a bucket policy, 32,768 for a key policy"
    mend "Leave redundant statements out, or test aws:PrincipalOrgID in place of a list of accounts"
    resource fails r#"{"Sid": "S#", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::backups/team-#/*"}"# x 220
    passes r#"{"Sid": "S#", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::backups/team-#/*"}"# x 100;
    POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA Warning aws Document "the trust policy is longer than IAM stores"
    why "The quota is 2,048 characters; AWS raises it to 8,192 at most. White space is not counted"
    mend "Test aws:PrincipalArn or aws:PrincipalOrgID, or ask AWS for a higher quota"
    trust fails r#"{"Sid": "S#", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/agent-#"}, "Action": "sts:AssumeRole"}"# x 20
    passes r#"{"Sid": "S#", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/agent-#"}, "Action": "sts:AssumeRole"}"# x 10;
    POLICY_SIZE_EXCEEDS_SCP_QUOTA Error aws Document "the service control policy is longer than Organizations stores"
    why "Organizations stores 10,240 characters, white space counted"
    mend "Split the policy: up to ten can be attached to one place"
    scp fails r#"{"Sid": "S#", "Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::backups-of-team-#/*"}"# x 120
    passes r#"{"Sid": "S#", "Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::backups-of-team-#/*"}"# x 40;
    POLICY_SIZE_EXCEEDS_RCP_QUOTA Error aws Document "the resource control policy is longer than Organizations stores"
    why "Organizations stores 5,120 characters, white space counted"
    mend "Split the policy"
    rcp fails r#"{"Sid": "S#", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::backups-of-team-#/*"}"# x 60
    passes r#"{"Sid": "S#", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::backups-of-team-#/*"}"# x 20;
}
