//! The types of policies as messages name them.

/// A type of policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PolicyType {
    /// An identity-based policy.
    Identity,
    /// A resource-based policy.
    Resource,
    /// A permissions boundary.
    Boundary,
    /// A session policy.
    Session,
    /// A service control policy.
    Scp,
    /// A resource control policy.
    Rcp,
    /// A VPC endpoint policy.
    VpcEndpoint,
    /// The trust policy of a role.
    RoleTrust,
}

/// What messages call the types. A longer name stands before a shorter one that it contains.
const WORDS: &[(&str, PolicyType)] = &[
    ("identity-based policy", PolicyType::Identity),
    ("identity-based policies", PolicyType::Identity),
    ("identity based policy", PolicyType::Identity),
    ("resource-based policy", PolicyType::Resource),
    ("resource-based policies", PolicyType::Resource),
    ("resource based policy", PolicyType::Resource),
    ("service control policy", PolicyType::Scp),
    ("service control policies", PolicyType::Scp),
    ("resource control policy", PolicyType::Rcp),
    ("resource control policies", PolicyType::Rcp),
    ("permissions boundary policy", PolicyType::Boundary),
    ("permissions boundary", PolicyType::Boundary),
    ("permission boundary", PolicyType::Boundary),
    ("permissions boundaries", PolicyType::Boundary),
    ("session policy", PolicyType::Session),
    ("session policies", PolicyType::Session),
    ("vpc endpoint policy", PolicyType::VpcEndpoint),
    ("vpc endpoint policies", PolicyType::VpcEndpoint),
    ("role trust policy", PolicyType::RoleTrust),
    ("trust policy", PolicyType::RoleTrust),
];

impl PolicyType {
    /// Every type.
    pub const ALL: [Self; 8] = [
        Self::Identity,
        Self::Resource,
        Self::Boundary,
        Self::Session,
        Self::Scp,
        Self::Rcp,
        Self::VpcEndpoint,
        Self::RoleTrust,
    ];

    /// The name in JSON output, such as `vpc_endpoint`: that of the layer, as answers about requests name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Resource => "resource",
            Self::Boundary => "boundary",
            Self::Session => "session",
            Self::Scp => "scp",
            Self::Rcp => "rcp",
            Self::VpcEndpoint => "vpc_endpoint",
            Self::RoleTrust => "role_trust",
        }
    }

    /// The name in a sentence, as AWS writes it, such as `service control policy`.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Identity => "identity-based policy",
            Self::Resource => "resource-based policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
            Self::Scp => "service control policy",
            Self::Rcp => "resource control policy",
            Self::VpcEndpoint => "VPC endpoint policy",
            Self::RoleTrust => "role trust policy",
        }
    }

    /// The names with their types, as [`crate::marks`] looks for them.
    pub(crate) const fn all_words() -> &'static [(&'static str, Self)] {
        WORDS
    }

    /// The type that the API names so, such as `SESSION_POLICY`.
    pub(crate) fn of_api(text: &str) -> Option<Self> {
        Some(match text {
            "IDENTITY_BASED_POLICY" => Self::Identity,
            "RESOURCE_BASED_POLICY" => Self::Resource,
            "PERMISSIONS_BOUNDARY" => Self::Boundary,
            "SESSION_POLICY" => Self::Session,
            "SERVICE_CONTROL_POLICY" => Self::Scp,
            "RESOURCE_CONTROL_POLICY" => Self::Rcp,
            "VPC_ENDPOINT_POLICY" => Self::VpcEndpoint,
            _ => return None,
        })
    }
}
