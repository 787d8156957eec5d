//! One token: whether it opens a session, by each request of the call.

use iam_eval::session::{Authorization, Opening, Parameters, Refusals, SessionLimits, Token};
use iam_eval::{Certainty, Context, Decision, Grant, Part, Request, Seen, StatementTrace};
use iam_json::quoted;
use iam_policy::value::Instant;
use iam_policy::{Effect, NamedPrincipal as Entry};

use super::keys::issuer;
use super::trial::{layers, sts_role};
use crate::snapshot::RoleSnapshot;

/// What becomes of one token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TokenAnswer {
    /// The provider: its ARN, or the domain of a built-in provider.
    pub provider: Box<str>,
    /// The name of the session.
    pub session_name: Box<str>,
    /// Each request with its decision; the reasons if STS refuses the call before it looks at a policy.
    pub result: Result<Authorization, Refusals>,
    /// Why the requests are decided so, in their order: sentences about the statements of the trust policy and of the resource control
    /// policies.
    pub reasons: Vec<Vec<Box<str>>>,
}

impl TokenAnswer {
    /// Whether the token opens a session.
    pub fn is_admitted(&self) -> bool {
        self.result.as_ref().is_ok_and(Authorization::is_allowed)
    }

    /// Whether it depends on keys of which nothing is known whether the token opens a session.
    pub fn depends(&self) -> bool {
        let missing = self.result.iter().flat_map(Authorization::missing);
        let mut decisions = missing.map(|(_, decision)| *decision).peekable();
        decisions.peek().is_some() && decisions.all(|decision| decision == Decision::Depends)
    }
}

/// The provider of an issuer as the trust policy of a role names it; otherwise its ARN in the role's account.
///
/// `issuer` is a host and path, with or without `https://`, or an ARN.
pub fn provider_of(role: &RoleSnapshot, wanted: &str) -> Box<str> {
    let wanted = wanted.strip_prefix("https://").unwrap_or(wanted);
    let wanted = wanted.strip_suffix('/').unwrap_or(wanted);
    let statements = role.trust().into_iter().flat_map(|trust| &trust.statements);
    for entry in
        statements.flat_map(|own| own.principal.iter().flat_map(|element| element.principals().entries()))
    {
        if let Entry::Federated(provider) = &entry.value
            && issuer(provider).eq_ignore_ascii_case(wanted)
        {
            return provider.clone();
        }
    }
    if wanted.starts_with("arn:") {
        return wanted.into();
    }
    iam_policy::IamResource::OidcProvider(wanted).arn(role.partition(), role.account()).into()
}

/// Tries one token as `plan` does: STS's own checks of its form, and then every request of the call.
///
/// `provider` is its ARN, or the domain of a built-in provider. `call` has other known facts about the call. Keys that nothing is known of
/// leave the answer open if they matter.
///
/// # Examples
/// ```
/// use iamgate::iam_eval::Context;
/// use iamgate::iam_eval::session::{Claim, Token};
/// use iamgate::iam_policy::value::Instant;
/// use iamgate::{built_in, try_token};
///
/// let role = built_in::support_gateway(&built_in::managed()?)?;
/// let provider = "arn:aws:iam::123456789012:oidc-provider/support.cre.doit-intl.com";
/// let token = Token::default().with("sub", Claim::One("ana@doit.com".into()));
/// let now = Instant::from_epoch_seconds(1_795_000_000);
/// let answer = try_token(&role, provider, token, "session", now, &Context::new());
/// assert!(!answer.is_admitted());
/// assert!(answer.reasons[0][0].contains("aws:RequestTag/DoitEnvironment"));
/// # Ok::<(), iamgate::InputError>(())
/// ```
pub fn try_token(
    role: &RoleSnapshot,
    provider: &str,
    token: Token,
    session_name: &str,
    now: Instant,
    call: &Context,
) -> TokenAnswer {
    let parameters = Parameters::named(session_name);
    let mut opening = Opening::web_identity(sts_role(role), parameters, provider, token, now);
    opening.call = call.clone();
    let result = opening.open(&SessionLimits::default()).map(|session| session.authorize(&layers(role)));
    let decisions = result.iter().flat_map(|own| &own.decisions);
    let reasons = decisions.map(|(request, decision)| reasons(role, request, *decision)).collect();
    TokenAnswer { provider: provider.into(), session_name: session_name.into(), result, reasons }
}

/// Why a request is decided so.
fn reasons(role: &RoleSnapshot, request: &Request, decision: Decision) -> Vec<Box<str>> {
    let layers = layers(role);
    let trace = layers.explain(request);
    let mut found: Vec<Box<str>> = Vec::new();
    for layer in trace.layers.iter().filter(|own| own.not_asked.is_none()) {
        for own in &layer.statements {
            let of = if layer.layer == iam_eval::Layer::Rcp { " of a resource control policy" } else { "" };
            let number = own.at.index.saturating_add(1);
            let name = format!("statement {number}{of}");
            match (own.effect(), own.applies) {
                (Effect::Allow, Certainty::Always) if decision == Decision::Allowed && of.is_empty() => {
                    found.push(format!("{name} allows it").into());
                }
                (Effect::Deny, Certainty::Always) => found.push(format!("{name} denies it").into()),
                (Effect::Deny, Certainty::Maybe) => {
                    found.push(format!("{name} may deny it: {}", unmet(own)).into());
                }
                (Effect::Allow, Certainty::Never | Certainty::Maybe)
                    if decision != Decision::Allowed && own.action && own.principal != Grant::None =>
                {
                    found.push(format!("{name} does not allow it for certain: {}", unmet(own)).into());
                }
                (Effect::Allow | Effect::Deny, _) => {}
            }
        }
    }
    if found.is_empty() {
        found.push("no statement names this provider and this action".into());
    }
    found
}

/// What a statement asks for that is not met, or not known.
fn unmet(own: &StatementTrace<'_>) -> String {
    let parts = own.failing().into_iter().map(|part| match part {
        Part::Principal => "it names others".to_owned(),
        Part::Action => "it is about other actions".to_owned(),
        Part::Resource => "it is about other resources".to_owned(),
        Part::Condition(at) => own.conditions.get(at).map_or_else(String::new, |test| {
            let wanted: Vec<String> = test.wanted.iter().map(|text| quoted(text)).collect();
            let seen = match &test.seen {
                Seen::Absent => "is absent".to_owned(),
                Seen::Unknown => "is not known".to_owned(),
                Seen::Twice(_) => "is given in several spellings".to_owned(),
                Seen::Single(text) => format!("is {}", quoted(text)),
                Seen::Multiple(texts) => {
                    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
                    format!("is the list {}", texts.join(", "))
                }
            };
            format!("{} {} {}, and it {seen}", test.key, test.test, wanted.join(", "))
        }),
    });
    parts.collect::<Vec<_>>().join("; ")
}
