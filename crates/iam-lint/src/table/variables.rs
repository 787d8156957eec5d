//! Rules about variables.

use crate::rule::rules;

rules! {
    INVALID_VARIABLE_FOR_OPERATOR Error aws Document "a variable under an operator that replaces none"
    why "AWS refuses the policy: numbers, dates, addresses and booleans are read before a request is known"
    mend "Write the value"
    identity fails r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "${aws:PrincipalTag/office}"}}}"# at r#""${aws:PrincipalTag/office}""#
    passes r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}}"#;
    MISSING_BRACE_IN_VARIABLE Error aws Document "a variable that is not closed"
    why "AWS refuses the policy"
    mend "Close it with }"
    identity fails r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::homes/${aws:username/*"}"# at r#""arn:aws:s3:::homes/${aws:username/*""#
    passes r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::homes/${aws:username}/*"}"#;
    MISSING_QUOTE_IN_VARIABLE Error aws Document "the default of a variable stands in single quotation marks"
    why "AWS refuses the policy"
    mend "Write it like ${aws:username, 'nobody'}"
    identity fails r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::homes/${aws:username, nobody}/*"}"#
    passes r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::homes/${aws:username, 'nobody'}/*"}"#;
    UNSUPPORTED_SPACE_IN_VARIABLE Error aws Document "a space in the name of a variable"
    why "AWS refuses the policy"
    mend "Take the space out"
    identity fails r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::homes/${ aws:username}/*"}"#
    passes r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::homes/${aws:username}/*"}"#;
    EMPTY_VARIABLE Error aws Document "a variable without a name"
    why "AWS refuses the policy"
    mend "Name a condition key between the braces"
    identity fails r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::homes/${}/*"}"#
    passes r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::homes/${aws:username}/*"}"#;
    VARIABLE_UNSUPPORTED_IN_ELEMENT Error aws Document "a variable where none is replaced"
    why "Variables are replaced in Resource and in condition values only. Elsewhere they are plain text that matches nothing"
    mend "Write the value, or test the key in a Condition"
    resource fails r#"{"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::123456789012:user/${aws:username}"}, "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"# at r#""arn:aws:iam::123456789012:user/${aws:username}""#
    passes r#"{"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::123456789012:user/bob"}, "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#;
    VARIABLE_UNSUPPORTED_IN_VERSION Error aws Document "a variable that this version of the policy language does not replace"
    why "AWS stores the policy, and compares the text with its braces"
    mend "Set Version to 2012-10-17"
    identity fails r#"={"Version": "2008-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::homes/${aws:username}/*"}]}"# at r#""arn:aws:s3:::homes/${aws:username}/*""#
    passes r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::homes/${aws:username}/*"}"#;
    VARIABLE_USAGE_TOO_PERMISSIVE Error aws List "a variable that lets callers choose what they are compared with"
    why "Accounts, organizations and networks are identifiers that AWS makes. A variable in their place may be a tag or a name that the caller chooses"
    mend "Write the identifiers"
    identity fails r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "${aws:PrincipalTag/vpc}"}}}"# at r#""${aws:PrincipalTag/vpc}""#
    passes r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-0123456789abcdef0"}}}"#;
    UNKNOWN_VARIABLE Warning own Catalogue "a variable whose name is no condition key"
    why "Nothing replaces it, so the pattern matches nothing. It may be a placeholder of a template that was not filled in"
    mend "Write the name of a condition key, or fill the placeholder in"
    identity fails r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::homes/${aws:usrname}/*"}"# at r#""arn:aws:s3:::homes/${aws:usrname}/*""#
    passes r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::homes/${aws:username}/*"}"#;
    ESCAPED_VARIABLE Warning own Document "a variable in the escaped form of a template"
    why "Terraform writes $${…} and &{…} where the policy has ${…}. In a policy they are other text"
    mend "Write ${…}"
    identity fails r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::homes/&{aws:username}/*"}"# at r#""arn:aws:s3:::homes/&{aws:username}/*""#
    passes r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::homes/${aws:username}/*"}"#;
}
