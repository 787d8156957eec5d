//! Who made a call, and how it came to AWS.

use iam_eval::Principal;
use iam_policy::value::parse_address;
use iam_policy::{RoleArn, SessionArn};

use crate::event::{Event, UserIdentity};

/// How a call came to AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Way<'e> {
    /// The principal made it.
    Direct,
    /// This service made it, for the principal or for itself.
    Service(&'e str),
    /// AWS made it, and the record does not say which service.
    Aws,
    /// The record does not say it.
    Unknown,
}

impl<'e> Way<'e> {
    /// How the call of an event came to AWS: by `invokedBy`, and by the address, which is the name of a service if one made the call.
    ///
    /// # Source
    /// CloudTrail User Guide, "CloudTrail record contents" (`sourceIPAddress`) and "CloudTrail userIdentity element" (`invokedBy`).
    pub fn of(event: &'e Event<'_>) -> Self {
        let identity = event.user_identity.as_ref();
        let invoked_by = identity.and_then(|own| own.invoked_by.as_deref()).filter(|own| !own.is_empty());
        let address = event.source_ip_address.as_deref().filter(|own| !own.is_empty());
        match (invoked_by, address) {
            (Some(INTERNAL), _) | (None, Some(INTERNAL)) => Self::Aws,
            // The pages of the console and those of sign-in are the principal's own doing.
            (Some("signin.amazonaws.com"), Some(address)) if parse_address(address).is_some() => Self::Direct,
            (Some(service), _) => Self::Service(service),
            (None, Some(address)) if parse_address(address).is_some() => Self::Direct,
            (None, Some(service)) if service.ends_with(".amazonaws.com") => Self::Service(service),
            (None, _) => Self::Unknown,
        }
    }
}

/// What a record has in place of the name of a service that AWS does not tell.
const INTERNAL: &str = "AWS Internal";

/// Why a record does not say who made a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NoCaller {
    /// The record has no `userIdentity`, or one without a type.
    NoIdentity,
    /// The type is not one of those that CloudTrail's guide has, or says that the caller is not told (`Unknown`, `AWSAccount`).
    NotTold,
    /// The ARN is missing, or is not one of the type.
    NoArn,
    /// A session of a role, and the record does not name the role. The ARN of a session does not have its path.
    NoRole,
}

impl NoCaller {
    /// The code in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoIdentity => "NO_IDENTITY",
            Self::NotTold => "CALLER_NOT_TOLD",
            Self::NoArn => "NO_CALLER_ARN",
            Self::NoRole => "NO_ROLE",
        }
    }
}

/// The principal whose permissions AWS asked for. For a call that a service made with the principal's credentials, that is the principal.
///
/// # Errors
/// [`NoCaller`] if the record does not say it.
///
/// # Source
/// CloudTrail User Guide, "CloudTrail userIdentity element".
pub fn principal(event: &Event<'_>) -> Result<Principal, NoCaller> {
    let identity = event.user_identity.as_ref().ok_or(NoCaller::NoIdentity)?;
    let arn = || identity.arn.as_deref().filter(|own| !own.is_empty()).ok_or(NoCaller::NoArn);
    let of_arn = || Principal::from_arn(arn()?).map_err(|_| NoCaller::NoArn);
    let kind = identity.identity_type.as_deref();
    match kind {
        Some("AssumedRole") => session(identity),
        Some("IAMUser") => {
            of_arn().and_then(|own| if_is(own, |own| matches!(own, Principal::IamUser { .. })))
        }
        Some("Root") => of_arn().and_then(|own| if_is(own, |own| matches!(own, Principal::Root { .. }))),
        Some("AWSService") => {
            let service = identity.invoked_by.as_deref().filter(|own| *own != INTERNAL);
            let service = service.ok_or(NoCaller::NotTold)?;
            Ok(Principal::AwsService { service: service.into() })
        }
        Some("WebIdentityUser") => {
            let provider = identity.identity_provider.as_deref().ok_or(NoCaller::NotTold)?;
            Ok(Principal::WebIdentity { provider: provider.into() })
        }
        // The record has the name of the provider in place of its ARN, and a federated user's does not say whose permissions count.
        Some(_) => Err(NoCaller::NotTold),
        None => Err(NoCaller::NoIdentity),
    }
}

fn if_is(principal: Principal, is_one: impl Fn(&Principal) -> bool) -> Result<Principal, NoCaller> {
    if is_one(&principal) { Ok(principal) } else { Err(NoCaller::NoArn) }
}

/// The session of a role, with the role as the record names it.
fn session(identity: &UserIdentity<'_>) -> Result<Principal, NoCaller> {
    let arn = identity.arn.as_deref().ok_or(NoCaller::NoArn)?;
    let session: SessionArn = arn.parse().map_err(|_| NoCaller::NoArn)?;
    let issuer = identity.session_context.as_ref().and_then(|own| own.session_issuer.as_ref());
    let role = issuer.and_then(|own| own.arn.as_deref()).ok_or(NoCaller::NoRole)?;
    let role: RoleArn = role.parse().map_err(|_| NoCaller::NoRole)?;
    if role.account() != session.account() || role.role_name().as_str() != session.role_name() {
        return Err(NoCaller::NoRole);
    }
    let mut principal = Principal::assumed_role(&session, &role);
    if let Principal::AssumedRole { service_linked, .. } = &mut principal {
        *service_linked = role.path().starts_with("/aws-service-role/");
    }
    Ok(principal)
}
