//! Providers that many organizations share, and the claims that tell whose a token is.
//!
//! # Source
//! IAM User Guide, `id_roles_providers_oidc_secure-by-default` (the controls for shared OIDC providers, and the claims that AWS demands a
//! test of), as of September 2026; the forms of subjects are the providers' own.

use iam_policy::{Condition, Piece, Values};

/// How a provider tells its tenants apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tenancy {
    /// The issuers. A `*` at the end stands for anything.
    issuers: &'static [&'static str],
    /// Claims whose values begin with the owner: those of the form `kind:owner/…` or `kind:owner:…`, and those of the form `owner/…`.
    kind_and_owner: &'static [&'static str],
    owner: &'static [&'static str],
    /// Claims of which a whole value belongs to one owner.
    whole: &'static [&'static str],
}

const TABLE: &[Tenancy] = &[
    Tenancy {
        issuers: &["token.actions.githubusercontent.com", "token.actions.githubusercontent.com/*"],
        kind_and_owner: &["sub"],
        owner: &["repository", "job_workflow_ref"],
        whole: &["enterprise_id", "repository_id", "repository_owner_id"],
    },
    Tenancy {
        issuers: &[
            "vstoken.actions.githubusercontent.com",
            "oidc-configuration.audit-log.githubusercontent.com",
            "app.terraform.io",
            "oidc.codefresh.io",
            "studio.datachain.ai/api",
            "scalr.io",
            "tokens.cloud.shisho.dev",
            "proidc.upbound.io",
        ],
        kind_and_owner: &["sub"],
        owner: &[],
        whole: &[],
    },
    Tenancy {
        issuers: &["gitlab.com"],
        kind_and_owner: &["sub"],
        owner: &[],
        whole: &["namespace_id", "project_id"],
    },
    Tenancy {
        issuers: &["agent.buildkite.com"],
        kind_and_owner: &["sub"],
        owner: &[],
        whole: &["cluster_id", "organization_id", "organization_slug", "pipeline_id"],
    },
    Tenancy {
        issuers: &["api.pulumi.com/oidc", "sandboxes.cloud", "oidc.vercel.com"],
        kind_and_owner: &["sub"],
        owner: &[],
        whole: &["aud"],
    },
    Tenancy {
        issuers: &["cognito-identity.amazonaws.com"],
        kind_and_owner: &[],
        owner: &[],
        whole: &["aud", "sub"],
    },
    Tenancy {
        issuers: &["accounts.google.com"],
        kind_and_owner: &[],
        owner: &[],
        whole: &["aud", "email", "google/organization_number", "oaud", "sub"],
    },
    Tenancy {
        issuers: &["graph.facebook.com", "www.amazon.com"],
        kind_and_owner: &[],
        owner: &[],
        whole: &["app_id", "id", "sub", "user_id"],
    },
];

impl Tenancy {
    /// How this issuer tells its tenants apart; `None` if it is not known to be shared.
    pub(super) fn of(issuer: &str) -> Option<&'static Self> {
        let is_one = |pattern: &str| match pattern.strip_suffix('*') {
            Some(prefix) => issuer.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix)),
            None => pattern.eq_ignore_ascii_case(issuer),
        };
        TABLE.iter().find(|own| own.issuers.iter().any(|pattern| is_one(pattern)))
    }
}

/// Whether every value of a test belongs to one owner each.
pub(super) fn is_of_one_owner(tenancy: &Tenancy, issuer: &str, test: &Condition) -> bool {
    let key = test.key.value.as_str();
    let Some(claim) = key.get(issuer.len()..).and_then(|rest| rest.strip_prefix(':')) else { return false };
    if !key.get(..issuer.len()).is_some_and(|head| head.eq_ignore_ascii_case(issuer)) {
        return false;
    }
    let named = |claims: &[&str]| claims.iter().any(|own| own.eq_ignore_ascii_case(claim));
    let Values::String(values) = &test.values else { return false };
    let is_whole = |value: &iam_policy::Pattern| !value.has_wildcards() && !value.has_variables();
    !values.is_empty()
        && values.iter().map(|own| &own.value).all(|value| {
            let head = match value.piece(0) {
                Some(Piece::Text(text)) => text,
                Some(Piece::AnyRun | Piece::AnyOne | Piece::Variable(_)) | None => return false,
            };
            if named(tenancy.kind_and_owner) {
                is_whole(value) || head.split_once(':').is_some_and(|(_, rest)| ends_an_owner(rest))
            } else if named(tenancy.owner) {
                is_whole(value) || ends_an_owner(head)
            } else {
                named(tenancy.whole) && is_whole(value)
            }
        })
}

/// Whether the text begins with the whole name of an owner: something, and the character behind it.
fn ends_an_owner(text: &str) -> bool {
    text.find([':', '/']).is_some_and(|at| at > 0)
}
