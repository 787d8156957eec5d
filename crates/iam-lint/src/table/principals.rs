//! Rules about principals.

use crate::rule::rules;

rules! {
    MISSING_PRINCIPAL Error aws Document "the statement has neither Principal nor NotPrincipal"
    why "AWS refuses the policy: it says whom it is about"
    mend "Add Principal"
    resource fails r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#
    passes r#"{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#;
    UNSUPPORTED_PRINCIPAL Error aws Document "Principal does not belong into this kind of policy"
    why "AWS refuses the policy: it is about those whom it is attached to"
    mend "Leave Principal out"
    identity fails r#"{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}"#
    passes r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}"#;
    INVALID_PRINCIPAL_FORMAT Error aws Document "a principal that names nobody"
    why "AWS refuses the policy"
    mend "Write \"*\" or a map such as {\"AWS\": \"111122223333\"}"
    resource fails r#"{"Effect": "Deny", "Principal": {"AWS": "bob"}, "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"# at r#""bob""#
    passes r#"{"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::123456789012:user/bob"}, "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#;
    INVALID_PRINCIPAL_KEY Error aws Document "a kind of principal that does not exist"
    why "AWS refuses the policy"
    mend "Write AWS, Service, Federated or CanonicalUser"
    resource fails r#"{"Effect": "Deny", "Principal": {"User": "arn:aws:iam::123456789012:user/bob"}, "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"# at r#""User""#
    passes r#"{"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::123456789012:user/bob"}, "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#;
    UNSUPPORTED_WILDCARD_IN_PRINCIPAL Error aws Document "a wildcard for a part of a principal"
    why "AWS refuses the policy: a whole `*` stands for everyone, and there are no patterns such as arn:aws:iam::*:root"
    mend "Name the principals, or write {\"AWS\": \"*\"} and test aws:PrincipalArn or aws:PrincipalOrgID"
    resource fails r#"{"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::123456789012:user/b*"}, "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"# at r#""arn:aws:iam::123456789012:user/b*""#
    passes r#"{"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::123456789012:user/bob"}, "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#;
    FEDERATED_PRINCIPAL_NOT_SUPPORTED Error aws Document "federated principals belong into trust policies"
    why "A provider makes no calls: those who sign in with it get a role"
    mend "Name the role"
    resource fails r#"{"Effect": "Deny", "Principal": {"Federated": "accounts.google.com"}, "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#
    passes r#"{"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::123456789012:role/web"}, "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#;
    INVALID_ROLE_REFERENCE Warning aws Document "the unique id of a role in place of its ARN"
    why "AWS shows the id when the role has been deleted. It names nobody then, also not a new role of the same name"
    mend "Write the ARN of the role"
    resource fails r#"{"Effect": "Deny", "Principal": {"AWS": "AROA1234567890EXAMPLE"}, "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"# at r#""AROA1234567890EXAMPLE""#
    passes r#"{"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::123456789012:role/web"}, "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#;
    INVALID_USER_REFERENCE Warning aws Document "the unique id of a user in place of its ARN"
    why "AWS shows the id when the user has been deleted. It names nobody then, also not a new user of the same name"
    mend "Write the ARN of the user"
    resource fails r#"{"Effect": "Deny", "Principal": {"AWS": "AIDA1234567890EXAMPLE"}, "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"# at r#""AIDA1234567890EXAMPLE""#
    passes r#"{"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::123456789012:user/bob"}, "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#;
    UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL Error aws List "a condition key that calls of services never have"
    why "A service principal is in no organization and has no tags: the statement never applies, or always"
    mend "Test aws:SourceArn, aws:SourceAccount or aws:SourceOrgID"
    resource fails r#"{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}}"# at r#""aws:PrincipalOrgID""#
    passes r#"{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q", "Condition": {"StringEquals": {"aws:SourceOrgID": "o-1234567890"}}}"#;
    ALLOW_WITH_NOT_PRINCIPAL SecurityWarning aws Document "NotPrincipal with Allow"
    why "It grants to everyone else, also outside the account and without credentials"
    mend "List whom you mean under Principal; keep others out by a Deny"
    resource fails r#"{"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::123456789012:user/bob"}, "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"# at r#"{"AWS": "arn:aws:iam::123456789012:user/bob"}"#
    passes r#"{"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::123456789012:user/bob"}, "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#;
    RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL SecurityWarning aws Document "a service without a test of the account that it acts for"
    why "Strangers can make the service call this resource: it is a confused deputy"
    mend "Test aws:SourceArn or aws:SourceAccount with your account, or aws:SourceOrgID or aws:SourceOrgPaths; a wildcard for the account and a negated test let the others in"
    resource fails r#"{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"# at r#""sns.amazonaws.com""#
    passes r#"{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q", "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:t"}}}"#;
    RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL Suggestion aws Document "an older key for the source of a service's call"
    why "AWS recommends the keys that all services set in the same way"
    mend "Test aws:SourceArn, aws:SourceAccount, aws:SourceOrgID or aws:SourceOrgPaths"
    resource fails r#"{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q", "Condition": {"StringEquals": {"aws:Referer": "123456789012"}}}"# at r#""aws:Referer""#
    passes r#"{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q", "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}"#;
    EMPTY_ARRAY_PRINCIPAL Suggestion aws Document "a list without principals applies to nobody"
    why "The statement does nothing"
    mend "Name at least one, or leave the statement out"
    resource fails r#"{"Effect": "Deny", "Principal": {"AWS": []}, "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"# at "[]"
    passes r#"{"Effect": "Deny", "Principal": {"AWS": ["123456789012"]}, "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#;
    EMPTY_OBJECT_PRINCIPAL Suggestion aws Document "a principal map without members applies to nobody"
    why "The statement does nothing"
    mend "Name at least one, or leave the statement out"
    resource fails r#"{"Effect": "Deny", "Principal": {}, "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"# at "{}"
    passes r#"{"Effect": "Deny", "Principal": {"AWS": "123456789012"}, "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#;
}
