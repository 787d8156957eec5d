//! The claims that are condition keys of one provider only (rule 6.15).

/// The type of the values of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimType {
    /// Text.
    String,
    /// A number.
    Numeric,
}

/// A claim that AWS makes a condition key of, for the tokens of one provider.
///
/// `sub`, `aud`, `oaud`, `amr` and `email` are not here: they are keys of every provider (rule 6.3).
///
/// # Source
/// Service Authorization Reference, the condition keys of `sts:AssumeRoleWithWebIdentity`, as of 2026-09-26; IAM User Guide,
/// `reference_policies_iam-condition-keys` (keys for OIDC federation), as of November 2026.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProviderClaim {
    /// The issuers whose tokens have the claim, without `https://`. A `*` stands for one or more characters without `/`.
    pub issuers: &'static [&'static str],
    /// The name of the claim in the token.
    pub claim: &'static str,
    /// The name of the condition key after the issuer and the colon.
    pub key: &'static str,
    /// The type of the key.
    pub claim_type: ClaimType,
    /// Whether the key is also in the requests of the session. Otherwise it exists only while the role is assumed.
    pub in_session: bool,
}

const BUILDKITE: &[&str] = &["agent.buildkite.com", "agent.*.buildkite.dev", "agent.*.buildkite.site"];
const CIRCLECI: &[&str] = &["oidc.circleci.com/org/*"];
const FACEBOOK: &[&str] = &["graph.facebook.com"];
const GITHUB: &[&str] = &[
    "token.actions.githubusercontent.com",
    "token.actions.githubusercontent.com/*",
    "token.actions.*.ghe.com",
    "github.com/enterprises/*",
];
const GITLAB: &[&str] = &["gitlab.com"];
const GOOGLE: &[&str] = &["accounts.google.com"];
const LOGIN_WITH_AMAZON: &[&str] = &["www.amazon.com"];
const ORACLE: &[&str] = &["idcs-*.identity.oraclecloud.com"];

const fn text(issuers: &'static [&'static str], claim: &'static str) -> ProviderClaim {
    ProviderClaim { issuers, claim, key: claim, claim_type: ClaimType::String, in_session: false }
}

const fn kept(issuers: &'static [&'static str], claim: &'static str) -> ProviderClaim {
    ProviderClaim { in_session: true, ..text(issuers, claim) }
}

impl ProviderClaim {
    /// Every such claim.
    pub const ALL: &'static [Self] = &[
        // AWS's page spells the claim with a colon; Google's tokens nest the number (see `Token::from_json`).
        Self {
            key: "google/organization_number",
            claim_type: ClaimType::Numeric,
            ..text(GOOGLE, "google:organization_number")
        },
        text(BUILDKITE, "build_branch"),
        text(BUILDKITE, "cluster_id"),
        text(BUILDKITE, "cluster_name"),
        text(BUILDKITE, "organization_id"),
        text(BUILDKITE, "organization_slug"),
        text(BUILDKITE, "pipeline_id"),
        text(BUILDKITE, "pipeline_slug"),
        text(CIRCLECI, "oidc.circleci.com/project-id"),
        kept(FACEBOOK, "app_id"),
        kept(FACEBOOK, "id"),
        text(GITHUB, "actor"),
        text(GITHUB, "actor_id"),
        text(GITHUB, "enterprise_id"),
        text(GITHUB, "environment"),
        text(GITHUB, "job_workflow_ref"),
        text(GITHUB, "ref"),
        text(GITHUB, "repository"),
        text(GITHUB, "repository_id"),
        text(GITHUB, "repository_owner_id"),
        text(GITHUB, "workflow"),
        text(GITLAB, "namespace_id"),
        text(GITLAB, "pipeline_source"),
        text(GITLAB, "project_id"),
        text(GITLAB, "ref_protected"),
        text(GITLAB, "runner_environment"),
        text(GITLAB, "user_access_level"),
        text(GITLAB, "user_email"),
        text(GITLAB, "user_id"),
        text(GITLAB, "user_login"),
        kept(LOGIN_WITH_AMAZON, "app_id"),
        kept(LOGIN_WITH_AMAZON, "user_id"),
        text(ORACLE, "rpst_id"),
    ];

    /// The claims of an issuer, which is a host and path without `https://`.
    ///
    /// # Examples
    /// ```
    /// use iam_eval::session::ProviderClaim;
    ///
    /// let keys: Vec<&str> = ProviderClaim::of("oidc.circleci.com/org/1234").map(|claim| claim.key).collect();
    /// assert_eq!(keys, ["oidc.circleci.com/project-id"]);
    /// assert_eq!(ProviderClaim::of("idp.example.com").count(), 0);
    /// ```
    pub fn of(issuer: &str) -> impl Iterator<Item = &'static Self> {
        Self::ALL.iter().filter(move |claim| claim.issuers.iter().any(|pattern| is_issuer(pattern, issuer)))
    }
}

/// Whether the issuer is the pattern's. Hosts ignore case, and condition keys do too.
fn is_issuer(pattern: &str, issuer: &str) -> bool {
    let Some((begins, ends)) = pattern.split_once('*') else { return pattern.eq_ignore_ascii_case(issuer) };
    let Some(middle) = issuer.len().checked_sub(ends.len()).and_then(|end| issuer.get(begins.len()..end))
    else {
        return false;
    };
    let begins_so = issuer.get(..begins.len()).is_some_and(|head| head.eq_ignore_ascii_case(begins));
    let ends_so = issuer.get(issuer.len().saturating_sub(ends.len())..);
    !middle.is_empty()
        && !middle.contains('/')
        && begins_so
        && ends_so.is_some_and(|tail| tail.eq_ignore_ascii_case(ends))
}

#[cfg(test)]
mod tests {
    use super::is_issuer;

    #[test]
    fn a_star_is_one_or_more_characters_without_a_slash() {
        assert!(is_issuer("agent.*.buildkite.dev", "agent.a.b.Buildkite.dev"));
        for other in ["agent..buildkite.dev", "agent.buildkite.dev", "agent.x/y.buildkite.dev", "agent."] {
            assert!(!is_issuer("agent.*.buildkite.dev", other), "{other}");
        }
        assert!(is_issuer("oidc.circleci.com/org/*", "oidc.circleci.com/org/1"));
        assert!(!is_issuer("oidc.circleci.com/org/*", "oidc.circleci.com/org/"));
        assert!(!is_issuer("oidc.circleci.com/org/*", "oidc.circleci.com/org/1/2"));
        assert!(!is_issuer("gitlab.com", "gitlab.com/x"));
    }
}
