//! The resource that a message names.

use iam_json::Spanned;
use iam_policy::ArnFields;

/// The resource that a message names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resource {
    /// The text, without quotation marks.
    pub text: Spanned<String>,
    /// The form of the text.
    pub form: ResourceForm,
}

/// The form in which a message names a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ResourceForm {
    /// An ARN. Its name may be `*` where there is no resource yet, as in `instance/*`.
    Arn,
    /// An ARN of which the message hides digits of the account.
    MaskedArn,
    /// `*`
    Every,
    /// A type of IAM and a name: `role X`, `user X`, `group X`, `policy X`, `instance profile X`.
    TypeAndName,
    /// `policy path /`, for a policy that does not exist yet.
    Path,
    /// A name without its type, such as that of a secret.
    Name,
    /// The key of a ciphertext, which KMS does not name.
    OfCiphertext,
    /// `the specified resource`
    Specified,
}

/// The types that IAM writes before a name.
const TYPES: [&str; 5] = ["instance profile", "role", "user", "group", "policy"];

impl ResourceForm {
    /// Every form.
    pub const ALL: [Self; 8] = [
        Self::Arn,
        Self::MaskedArn,
        Self::Every,
        Self::TypeAndName,
        Self::Path,
        Self::Name,
        Self::OfCiphertext,
        Self::Specified,
    ];

    /// The name in JSON output, such as `type_and_name`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Arn => "arn",
            Self::MaskedArn => "masked_arn",
            Self::Every => "every",
            Self::TypeAndName => "type_and_name",
            Self::Path => "path",
            Self::Name => "name",
            Self::OfCiphertext => "of_ciphertext",
            Self::Specified => "specified",
        }
    }

    pub(crate) fn of(text: &str) -> Self {
        if text == "*" {
            return Self::Every;
        }
        if let Some(fields) = ArnFields::split(text) {
            let is_masked = fields.account.len() > 1 && fields.account.contains('*');
            return if is_masked { Self::MaskedArn } else { Self::Arn };
        }
        if text == "policy path" || text.starts_with("policy path ") {
            return Self::Path;
        }
        let has_type =
            |own: &str| text.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        if TYPES.into_iter().any(has_type) { Self::TypeAndName } else { Self::Name }
    }
}

impl Resource {
    pub(crate) fn new(text: Spanned<String>) -> Self {
        let form = ResourceForm::of(&text.value);
        Self { text, form }
    }

    /// The ARN, if the message has a whole one: alone, or in a form such as `policy arn:... version v2`.
    pub fn arn(&self) -> Option<&str> {
        match self.form {
            ResourceForm::Arn => Some(&self.text.value),
            ResourceForm::TypeAndName => {
                let (_, name) = self.type_and_name()?;
                let arn = name.split(' ').next()?;
                ArnFields::split(arn).map(|_| arn)
            }
            ResourceForm::MaskedArn
            | ResourceForm::Every
            | ResourceForm::Path
            | ResourceForm::Name
            | ResourceForm::OfCiphertext
            | ResourceForm::Specified => None,
        }
    }

    /// The type and the name of `role X` and its like. The name may be empty: IAM writes `user ` if it knows no user.
    pub fn type_and_name(&self) -> Option<(&'static str, &str)> {
        if self.form != ResourceForm::TypeAndName {
            return None;
        }
        TYPES.into_iter().find_map(|own| {
            let rest = self.text.value.strip_prefix(own)?;
            (rest.is_empty() || rest.starts_with(' ')).then(|| (own, rest.trim_start_matches(' ')))
        })
    }
}
