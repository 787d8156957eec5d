//! Who a role's trust policy admits: DoiT's tokens, and everybody else.
//!
//! The answers about tokens come from trials. A token as DoiT's providers send it, and tokens that differ from it in one property each, are
//! judged by the trust policy as STS would do it. Before that, STS checks signature, issuer and expiry, and whether the provider is registered
//! with the audience. So "admitted" here means that the trust policy would not stop the token.

mod admitted;
mod providers;
mod trial;

use iam_eval::session::{Authorization, Claim, Token};
use iam_eval::{Context, Decision};
use iam_json::quoted;
use iam_policy::value::Instant;

pub use admitted::{Admitted, TrustCaller};
pub use providers::{IdentityProvider, IdentityProviders};
pub(crate) use trial::{layers, sts_role};

use crate::finding::{Finding, FindingCode};
use crate::profile::SessionTag;
use crate::snapshot::RoleSnapshot;
use trial::{Before, Tagged};

/// What a trust policy admits.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TrustReport {
    /// The principals of its Allow statements.
    pub admits: Vec<Admitted>,
    /// DoiT's providers, and what becomes of their tokens.
    pub providers: Vec<ProviderTrust>,
    /// Findings that are worth knowing.
    pub findings: Vec<Finding>,
}

/// The result for the tokens of one provider.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProviderTrust {
    /// The provider.
    pub provider: IdentityProvider,
    /// Its ARN in the role's account.
    pub arn: Box<str>,
    /// The trust policy's answer to a token as the provider sends it: each request and its decision. `None` if STS would refuse the call before
    /// it looks at a policy.
    pub authorization: Option<Authorization>,
    /// Tokens that differ from it in one property each.
    pub trials: Vec<Trial>,
}

impl ProviderTrust {
    /// Whether the token is admitted as the provider sends it.
    pub fn is_admitted(&self) -> bool {
        self.authorization.as_ref().is_some_and(Authorization::is_allowed)
    }
}

/// A token that was tried against a trust policy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trial {
    /// The difference, as it reads after "a token".
    pub differs: &'static str,
    /// Whether it is admitted; `None` if that depends on something unknown.
    pub admitted: Option<bool>,
}

impl TrustReport {
    /// Whether the token of every provider is admitted as it is sent.
    pub fn admits_doit(&self) -> bool {
        !self.providers.is_empty() && self.providers.iter().all(ProviderTrust::is_admitted)
    }
}

/// Tries tokens against the trust policy of a role.
///
/// `call` has other known facts about the call, such as `aws:SourceIp`. Unknown facts may leave it open whether a token is admitted. A role
/// without a trust policy admits nobody, and the report then has no principals.
///
/// # Examples
/// ```
/// use iamgate::iam_eval::Context;
/// use iamgate::iam_policy::value::Instant;
/// use iamgate::{built_in, trust};
///
/// let managed = built_in::managed()?;
/// let role = built_in::support_gateway(&managed)?;
/// let profile = built_in::profile("standard", role.account(), &managed)?;
/// let providers = built_in::providers(role.account())?;
/// let now = Instant::from_epoch_seconds(1_795_000_000);
/// let report = trust(&role, &providers, profile.tag(), now, &Context::new());
/// assert!(report.admits_doit());
/// for finding in &report.findings {
///     println!("{finding}");
/// }
/// # Ok::<(), iamgate::InputError>(())
/// ```
pub fn trust(
    role: &RoleSnapshot,
    providers: &IdentityProviders,
    tag: Option<&SessionTag>,
    now: Instant,
    call: &Context,
) -> TrustReport {
    let mut report =
        TrustReport { admits: admitted::of(role, providers), providers: Vec::new(), findings: Vec::new() };
    admitted::findings(role, &report.admits, &mut report.findings);
    for provider in providers.providers() {
        let arn = provider.arn(role.partition(), role.account());
        let tag =
            tag.map(|tag| Tagged { key: tag.key(), value: tag.value(), transitive: tag.is_transitive() });
        let findings = &mut report.findings;
        let trial = Before { role, provider: &arn, now, call };
        let mut tokens = Tokens { role, provider, trial, tag, trials: Vec::new(), findings };
        let authorization = trial.tried(tokens.with_tags(&tokens.tags()));
        if authorization.as_ref().is_some_and(Authorization::is_allowed) {
            tokens.look_for_others();
        } else {
            tokens.look_for_the_reason(authorization.as_ref());
        }
        let trials = tokens.trials;
        let provider = provider.clone();
        report.providers.push(ProviderTrust { provider, arn: arn.into(), authorization, trials });
    }
    report
}

/// A token with this audience, if one is given.
fn token(audience: Option<&str>, subject: &str, tags: &[Tagged<'_>]) -> Token {
    let mut token = Token::default().with("sub", Claim::One(subject.into()));
    if let Some(audience) = audience {
        token = token.with("aud", Claim::One(audience.into()));
    }
    for tag in tags {
        token = token.with_tag(tag.key, tag.value, tag.transitive);
    }
    token
}

/// The tokens of one provider, tried against the trust policy.
struct Tokens<'t> {
    role: &'t RoleSnapshot,
    provider: &'t IdentityProvider,
    trial: Before<'t>,
    tag: Option<Tagged<'t>>,
    trials: Vec<Trial>,
    findings: &'t mut Vec<Finding>,
}

impl<'t> Tokens<'t> {
    fn subject(&self) -> &'t str {
        self.provider.subject().unwrap_or("someone")
    }

    fn tags(&self) -> Vec<Tagged<'t>> {
        self.tag.into_iter().collect()
    }

    fn with_tags(&self, tags: &[Tagged<'_>]) -> Token {
        token(Some(self.provider.audience()), self.subject(), tags)
    }

    /// Whether a token is certainly admitted.
    fn admits(&mut self, differs: &'static str, token: Token) -> bool {
        let authorization = self.trial.tried(token);
        let admitted = match authorization {
            None => Some(false),
            Some(own) if own.is_allowed() => Some(true),
            Some(own) => {
                let depends = own.missing().any(|(_, decision)| *decision == Decision::Depends);
                (!depends).then_some(false)
            }
        };
        self.trials.push(Trial { differs, admitted });
        admitted == Some(true)
    }

    fn found(&mut self, code: FindingCode, says: String, help: &str, differs: &str) {
        let caller = format!("a token of {} {differs}", self.provider.issuer());
        self.findings.push(Finding::new(code, says, help).admitting(caller));
    }

    /// Looks for the reason why the provider's token is not admitted, with tokens that differ from it in one property.
    fn look_for_the_reason(&mut self, authorization: Option<&Authorization>) {
        let issuer = quoted(self.provider.issuer());
        // The tag alone may be the reason. Its key is a value of sts:TransitiveTagKeys, where case matters (rules 4.4, 6.8).
        if let Some(own) = self.tag {
            for spelling in trial::spellings(self.role, own.key) {
                let token = self.with_tags(&[Tagged { key: &spelling, ..own }]);
                if self.admits("with the tag's key in another case", token) {
                    let (wanted, sent) = (quoted(&spelling), quoted(own.key));
                    let says = format!(
                        "the trust policy wants {wanted} among sts:TransitiveTagKeys, tokens of {issuer} say {sent}: the case of values counts"
                    );
                    let differs = format!("with the tag {wanted}");
                    let help = "write the key as the token does";
                    self.found(FindingCode::TrustTagNeverMatches, says, help, &differs);
                }
            }
        }
        let missing: Vec<&str> =
            authorization.iter().flat_map(|own| own.missing()).map(|(own, _)| own.action.as_str()).collect();
        if missing == ["sts:TagSession"] {
            let says =
                format!("a token of {issuer} may open a session, but not with tags, and DoiT's have one");
            let help = "allow sts:TagSession beside sts:AssumeRoleWithWebIdentity";
            self.found(FindingCode::TrustTagSessionMissing, says, help, "without tags");
        }
    }

    /// Looks for other tokens of the provider that are admitted.
    fn look_for_others(&mut self) {
        let (provider, tags) = (self.provider, self.tags());
        let issuer = quoted(provider.issuer());
        let subject = self.subject();
        let other = "of another audience";
        if self.admits(other, token(Some("another-audience"), subject, &tags)) {
            let says = format!("tokens of {issuer} are admitted whatever their audience");
            let help = format!("ask for {}:aud with StringEquals", provider.issuer());
            self.found(FindingCode::TrustAudienceNotPinned, says, &help, other);
        } else if self.admits("without audience", token(None, subject, &tags)) {
            let says = format!("a token of {issuer} without audience passes a test with IfExists");
            let help = "use StringEquals in a statement for each provider; STS itself asks for an audience that the provider was \
                        registered with";
            self.found(FindingCode::TrustIfExists, says, help, "without audience");
        }
        let other = "of another subject";
        if self.admits(other, token(Some(provider.audience()), "another-subject", &tags)) {
            let says = format!("tokens of every subject of {issuer} are admitted");
            let help =
                format!("ask for {}:sub, if the provider has tokens for more than this", provider.issuer());
            self.found(FindingCode::TrustSubjectNotPinned, says, &help, other);
        }
        let Some(own) = self.tag else { return };
        let help = format!("ask for aws:RequestTag/{} with StringEquals", own.key);
        let untagged = self.with_tags(&[]);
        let retagged = self.with_tags(&[Tagged { value: "another-value", ..own }]);
        for (differs, token) in [("without tags", untagged), ("with another value of the tag", retagged)] {
            if self.admits(differs, token) {
                let says = format!("a token of {issuer} {differs} is admitted");
                self.found(FindingCode::TrustTagNotRequired, says, &help, differs);
            }
        }
        let differs = "whose tag is not transitive";
        if own.transitive && self.admits(differs, self.with_tags(&[Tagged { transitive: false, ..own }])) {
            let says = format!("a token of {issuer} {differs} is admitted");
            let help = format!("ask for {} among sts:TransitiveTagKeys", own.key);
            self.found(FindingCode::TrustTagNotTransitive, says, &help, differs);
        }
    }
}
