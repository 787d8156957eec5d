//! Who was denied.

use iam_json::Spanned;
use iam_policy::{ArnFields, IamResource};

/// Who was denied.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Who {
    /// The text of the message: an ARN, or another name such as `anonymous`.
    pub text: Spanned<String>,
}

impl Who {
    pub(crate) const fn new(text: Spanned<String>) -> Self {
        Self { text }
    }

    /// The ARN, if it is one.
    pub fn arn(&self) -> Option<&str> {
        ArnFields::split(&self.text.value).map(|_| self.text.value.as_str())
    }

    /// The account of the ARN. A message may hide digits of it.
    pub fn account(&self) -> Option<&str> {
        ArnFields::split(&self.text.value).map(|fields| fields.account).filter(|account| !account.is_empty())
    }

    /// The name of the role and that of the session, of a session of a role.
    pub fn role_and_session(&self) -> Option<(&str, &str)> {
        match ArnFields::split(&self.text.value)?.iam()? {
            IamResource::AssumedRole { role, session } => Some((role, session)),
            IamResource::Root
            | IamResource::User(_)
            | IamResource::Role(_)
            | IamResource::Policy(_)
            | IamResource::OidcProvider(_)
            | IamResource::SamlProvider(_)
            | IamResource::FederatedUser(_) => None,
        }
    }

    /// The name of the user, without its path.
    pub fn user(&self) -> Option<&str> {
        let fields = ArnFields::split(&self.text.value)?;
        matches!(fields.iam(), Some(IamResource::User(_))).then(|| fields.name())
    }
}
