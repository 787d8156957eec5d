//! Rules about role trust policies.

use crate::rule::rules;

rules! {
    ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL Error aws Document "NotPrincipal in a role trust policy"
    why "IAM refuses the policy"
    mend "Test aws:PrincipalArn in a Condition"
    trust fails r#"{"Effect": "Deny", "NotPrincipal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}"#
    passes r#"{"Effect": "Deny", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}"#;
    ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE Error aws Document "Resource in a role trust policy"
    why "IAM refuses the policy: it is about the role that it belongs to"
    mend "Leave Resource out"
    trust fails r#"{"Effect": "Deny", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::123456789012:role/web"}"#
    passes r#"{"Effect": "Deny", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}"#;
    ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL Error aws Document "a role trust policy that names everyone"
    why "IAM refuses the policy"
    mend "Name the accounts, roles or services, or write {\"AWS\": \"*\"} if conditions limit who calls"
    trust fails r#"{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}"#
    passes r#"{"Effect": "Deny", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}"#;
    INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY Error aws Document "a federated principal that is neither a domain nor the ARN of a provider"
    why "IAM refuses the policy"
    mend "Write the ARN of the SAML or OIDC provider, or a domain such as accounts.google.com"
    trust fails r#"{"Effect": "Deny", "Principal": {"Federated": "arn:aws:iam::123456789012:idp/Okta"}, "Action": "sts:AssumeRoleWithSAML"}"# at r#""arn:aws:iam::123456789012:idp/Okta""#
    passes r#"{"Effect": "Deny", "Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/Okta"}, "Action": "sts:AssumeRoleWithSAML"}"#;
    MISMATCHED_ACTION_FOR_PRINCIPAL Error aws Document "the principal cannot make this call"
    why "SAML providers go with sts:AssumeRoleWithSAML, OIDC providers with sts:AssumeRoleWithWebIdentity, and all others with sts:AssumeRole"
    mend "Write the call that belongs to the principal, or name the provider whose claims are tested"
    trust fails r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRoleWithWebIdentity"}"# at r#""sts:AssumeRoleWithWebIdentity""#
    passes r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}"#;
    MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY Error aws Document "Roles Anywhere lacks a call that it makes"
    why "Roles Anywhere assumes the role with tags and a source identity, so every session fails"
    mend "Allow sts:AssumeRole, sts:TagSession and sts:SetSourceIdentity"
    trust fails r#"{"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"}, "Action": "sts:AssumeRole"}"#
    passes r#"{"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]}"#;
    SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED Warning aws Document "a wildcard in the repository, branch or environment of GitHub"
    why "Workflows of other repositories, branches or environments can assume the role"
    mend "Name the repository and the branch, or test token.actions.githubusercontent.com:ref"
    trust fails r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:octo/tools:*"}}}"# at r#""repo:octo/tools:*""#
    passes r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:octo/tools:ref:refs/heads/main"}}}"#;
    MISSING_GITHUB_REPO_CONDITION_KEY SecurityWarning aws Document "GitHub without a test of the repository"
    why "Workflows of everyone on GitHub can assume the role. IAM refuses to store such a policy today"
    mend "Test token.actions.githubusercontent.com:sub with the repository and branch"
    trust fails r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}}"#
    passes r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:octo/tools:ref:refs/heads/main"}}}"#;
    MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL SecurityWarning aws Document "an OIDC provider without a test of its claims"
    why "Everyone whom the provider knows can assume the role"
    mend "Test the provider's sub and aud"
    trust fails r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/login.example.org"}, "Action": "sts:AssumeRoleWithWebIdentity"}"# at r#""arn:aws:iam::123456789012:oidc-provider/login.example.org""#
    passes r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/login.example.org"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"login.example.org:sub": "batch"}}}"#;
    FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE SecurityWarning aws Document "ForAnyValue on the audience of a token"
    why "The claim has one value in the request"
    mend "Leave ForAnyValue: out"
    trust fails r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/login.example.org"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"ForAnyValue:StringEquals": {"login.example.org:aud": "app"}}}"# at r#""login.example.org:aud""#
    passes r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/login.example.org"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"login.example.org:aud": "app"}}}"#;
    CONFIRM_AUDIENCE_CLAIM_TYPE Suggestion aws Document "ForAllValues on the audience of a token"
    why "The claim has one value in the request, and ForAllValues is true without it"
    mend "Leave ForAllValues: out"
    trust fails r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/login.example.org"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"ForAllValues:StringEquals": {"login.example.org:aud": "app"}}}"# at r#""login.example.org:aud""#
    passes r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/login.example.org"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"login.example.org:aud": "app"}}}"#;
    REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY Suggestion aws Document "a session beside its role"
    why "The role stands for all its sessions"
    mend "Leave the session out"
    trust fails r#"{"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::123456789012:role/web", "arn:aws:sts::123456789012:assumed-role/web/bob"]}, "Action": "sts:AssumeRole"}"# at r#""arn:aws:sts::123456789012:assumed-role/web/bob""#
    passes r#"{"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::123456789012:role/web", "arn:aws:sts::123456789012:assumed-role/job/bob"]}, "Action": "sts:AssumeRole"}"#;
    CONDITION_KEY_OF_ANOTHER_ISSUER Warning own Document "a claim of an OIDC provider that the statement does not name"
    why "Only tokens of the provider have its claims, so the test is that of an absent key: it admits nobody, or everybody"
    mend "Write the claim with the provider of the statement, without https:// and as its ARN has it"
    trust fails r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/login.example.org"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"login.example.org:aud": "app", "login.example.com:sub": "batch"}}}"# at r#""login.example.com:sub""#
    passes r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/login.example.org"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"login.example.org:aud": "app", "login.example.org:sub": "batch"}}}"#;
    OIDC_TENANT_NOT_TESTED SecurityWarning own List "a shared OIDC provider without a test of the claim that names the tenant"
    why "Every customer of the provider can assume the role. IAM refuses to store such a policy today"
    mend "Test the claim that names your tenant"
    trust fails r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"gitlab.com:aud": "https://gitlab.com"}}}"#
    passes r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"gitlab.com:sub": "project_path:octo/tools:ref_type:branch:ref:main"}}}"#;
}
