//! Requests: principal, action, resource and context.

mod kind;
mod principal;

pub use kind::ResourceKind;
pub use principal::{InvalidPrincipal, Principal, PrincipalArnError};

use iam_policy::{ArnFields, is_account};

use crate::context::Context;
use crate::index::ActionKeys;

/// One request: a principal, an action, a resource and a context.
///
/// The context must be complete: a key that it does not have is absent.
///
/// # Examples
/// ```
/// use iam_eval::{Action, Context, ContextValue, Principal, Request, ResourceKind};
///
/// let ana = Principal::from_arn("arn:aws:iam::111122223333:user/ana")?;
/// // A request does not derive the keys of its principal: its builder sets them.
/// let context = ana.keys().with("aws:MultiFactorAuthPresent", ContextValue::single("true"));
/// let action = Action::new("sts:AssumeRole").ok_or("no action")?;
/// let request = Request::new(ana, action, "arn:aws:iam::444455556666:role/app")
///     .owned_by("444455556666")
///     .with_context(context);
/// assert_eq!(request.resource_kind, ResourceKind::IamRoleTrust);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// The principal that makes the request.
    pub principal: Principal,
    /// The requested action: service prefix, colon and name. ASCII case does not matter.
    pub action: Action,
    /// The resource: an ARN, or `*` for a request without a resource (rule 3.6).
    ///
    /// Wildcards in it are ordinary characters. It is compared as it is, so give the canonical form that the service uses.
    pub resource: Box<str>,
    /// The account that owns the resource. It decides between same and cross account (rule 5.13).
    ///
    /// If it is `None`, the account in the resource's ARN counts; without one, the principal's account counts.
    pub resource_account: Option<Box<str>>,
    /// The kind of the resource, as far as the decision rules differ. [`Request::new`] derives it from action and resource.
    pub resource_kind: ResourceKind,
    /// The values of condition keys.
    pub context: Context,
}

impl Request {
    /// Whether AWS answers the request whatever the policies of principal and resource say: `sts:GetCallerIdentity` of a principal that
    /// signs its requests (rule 5.55).
    ///
    /// # Source
    /// AWS STS API Reference, `API_GetCallerIdentity`.
    #[inline]
    pub fn needs_no_permission(&self) -> bool {
        self.principal.is_signed() && self.action.as_str().eq_ignore_ascii_case("sts:GetCallerIdentity")
    }

    /// A request without context.
    ///
    /// The kind of its resource follows from action and resource; see [`ResourceKind::of`].
    pub fn new(principal: Principal, action: Action, resource: impl Into<Box<str>>) -> Self {
        let resource = resource.into();
        let resource_kind = ResourceKind::of(&action, &resource);
        Self { principal, action, resource, resource_account: None, resource_kind, context: Context::new() }
    }

    /// Whether a text may be the resource of a request: it is `*`, or begins as an ARN does.
    pub fn is_resource(text: &str) -> bool {
        text == "*" || text.starts_with("arn:")
    }

    /// Whether a text may be the account that owns a resource: it is an account id, or the name in the resource's ARN, such as `aws`.
    pub fn is_owner(account: &str, resource: &str) -> bool {
        let in_arn = ArnFields::split(resource).map(|fields| fields.account);
        is_account(account) || (!account.is_empty() && in_arn == Some(account))
    }

    /// The request with this account as the owner of the resource.
    #[must_use]
    pub fn owned_by(mut self, account: impl Into<Box<str>>) -> Self {
        self.resource_account = Some(account.into());
        self
    }

    /// The request with this kind of resource, in place of the derived kind.
    #[must_use]
    pub fn on(mut self, kind: ResourceKind) -> Self {
        self.resource_kind = kind;
        self
    }

    /// The request with this context.
    #[must_use]
    pub fn with_context(mut self, context: Context) -> Self {
        self.context = context;
        self
    }
}

/// The name of an action: `service:Name`, no wildcards.
#[derive(Clone, Debug)]
pub struct Action {
    name: Box<str>,
    keys: ActionKeys,
}

impl Action {
    /// The action with this name. `None` if the text is not a prefix, a colon and a name without wildcards.
    pub fn new(name: &str) -> Option<Self> {
        let (service, rest) = name.split_once(':')?;
        let plain =
            |t: &str| !t.is_empty() && t.bytes().all(|b| b > b' ' && !matches!(b, b'*' | b'?' | b':'));
        if !plain(service) || !plain(rest) {
            return None;
        }
        Some(Self { name: name.into(), keys: ActionKeys::of(service, rest) })
    }

    /// The name as given.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    pub(crate) const fn keys(&self) -> &ActionKeys {
        &self.keys
    }
}

impl PartialEq for Action {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Action {}
