//! The issuers that many organizations share, each with the claims that tell its tenants apart (rule 1.25).
//!
//! Sources, as of September 2026:
//!
//! - IAM User Guide, `id_roles_providers_oidc_secure-by-default`: the issuers and their claims. The page's list has 22 rows.
//! - Trust policies that IAM was seen to store and to refuse: how the claims must be tested. Tried were GitHub Actions, GitLab, HCP Terraform,
//!   Amazon Cognito, Google, Login with Amazon and Facebook.
//! - IAM User Guide, `reference_policies_iam-condition-keys`: a trust policy with the organization number of Google. It was not tried.
//! - The formats of subjects are those that GitHub, GitLab, HCP Terraform and Buildkite document.

/// How the gate of IAM looks at the test of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    /// No value is exactly `*`. The case of the key does not matter.
    General,
    /// No value begins with `*`, is blank or is empty. The case of the key does not matter.
    GitHub,
    /// The key has its exact spelling, and the operator has no wildcards. Any value will do.
    BuiltIn,
}

/// An issuer that many organizations share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Issuer {
    /// The URL without its scheme: the name of the provider in IAM.
    pub(super) name: &'static str,
    /// Each of these claims tells tenants apart. A name with a colon is a whole condition key.
    pub(super) claims: &'static [&'static str],
    pub(super) gate: Gate,
    /// A claim with a number, which a page shows as the only test of a trust policy. Empty if there is none.
    pub(super) number: &'static str,
    /// What stands before the name of the tenant in a subject of the documented form.
    pub(super) before_tenant: &'static str,
}

const fn general(name: &'static str, claims: &'static [&'static str]) -> Issuer {
    Issuer { name, claims, gate: Gate::General, number: "", before_tenant: "" }
}

const fn with_subject(name: &'static str, before_tenant: &'static str) -> Issuer {
    Issuer { name, claims: &["sub"], gate: Gate::General, number: "", before_tenant }
}

const fn built_in(name: &'static str, claims: &'static [&'static str]) -> Issuer {
    Issuer { name, claims, gate: Gate::BuiltIn, number: "", before_tenant: "" }
}

/// The issuer of GitHub Actions. IAM treats every issuer whose name begins so in the same way.
const GITHUB: Issuer = Issuer {
    name: "token.actions.githubusercontent.com",
    claims: &["sub", "job_workflow_ref"],
    gate: Gate::GitHub,
    number: "",
    before_tenant: "repo:",
};

const ISSUERS: [Issuer; 25] = [
    GITHUB,
    general("cognito-identity.amazonaws.com", &["aud"]),
    // Microsoft Azure Sentinel: one tenant of a directory that all its customers share.
    general("sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d", &["sts:RoleSessionName"]),
    with_subject("agent.buildkite.com", "organization:"),
    with_subject("app.terraform.io", "organization:"),
    with_subject("gitlab.com", "project_path:"),
    general("oidc.codefresh.io", &["sub"]),
    general("studio.datachain.ai/api", &["sub"]),
    general("oidc-configuration.audit-log.githubusercontent.com", &["sub"]),
    with_subject("vstoken.actions.githubusercontent.com", "repo:"),
    general("api.pulumi.com/oidc", &["aud"]),
    general("sandboxes.cloud", &["aud"]),
    general("scalr.io", &["sub"]),
    general("tokens.cloud.shisho.dev", &["sub"]),
    general("proidc.upbound.io", &["sub"]),
    general("oidc.vercel.com", &["aud"]),
    // IBM Turbonomic. Its issuers change with its releases.
    general("oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb", &["sub"]),
    general("oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu", &["sub"]),
    general("rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7", &["sub"]),
    general("rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr", &["sub"]),
    general("rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg", &["sub"]),
    general("rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26", &["sub"]),
    Issuer {
        number: "google/organization_number",
        ..built_in("accounts.google.com", &["aud", "oaud", "sub"])
    },
    built_in("graph.facebook.com", &["app_id", "sub"]),
    built_in("www.amazon.com", &["app_id", "sub"]),
];

impl Issuer {
    /// The shared issuer of a provider. `None` if no other organization uses the provider.
    pub(super) fn of(provider: &str) -> Option<Self> {
        let exact = ISSUERS.into_iter().find(|issuer| issuer.name == provider);
        exact.or_else(|| provider.starts_with(GITHUB.name).then_some(GITHUB))
    }

    /// The condition keys of the claims that tell tenants apart, for a provider of this issuer.
    pub(super) fn keys(&self, provider: &str) -> Vec<String> {
        let key = |claim: &&str| {
            if claim.contains(':') { (*claim).to_owned() } else { format!("{provider}:{claim}") }
        };
        self.claims.iter().map(key).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_that_begins_with_githubs_is_githubs() {
        for provider in [
            "token.actions.githubusercontent.com",
            "token.actions.githubusercontent.com/octo",
            "token.actions.githubusercontent.com.example.test",
        ] {
            assert_eq!(Issuer::of(provider).map(|issuer| issuer.gate), Some(Gate::GitHub), "{provider}");
        }
        assert!(Issuer::of("idp.example.com").is_none());
        assert!(Issuer::of("gitlab.com.example.test").is_none());
    }

    #[test]
    fn keys_belong_to_the_provider() {
        let keys = |provider: &str| Issuer::of(provider).map(|issuer| issuer.keys(provider)).unwrap();
        let private = "token.actions.githubusercontent.com/octo";
        assert_eq!(keys(private), [format!("{private}:sub"), format!("{private}:job_workflow_ref")]);
        assert_eq!(
            keys("sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d"),
            ["sts:RoleSessionName".to_owned()]
        );
    }

    #[test]
    fn no_issuer_stands_twice() {
        let mut names = ISSUERS.map(|issuer| issuer.name);
        names.sort_unstable();
        assert!(names.windows(2).all(|two| two[0] != two[1]));
    }
}
