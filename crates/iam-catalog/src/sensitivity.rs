//! Properties that make an action sensitive, whatever its access level.

use std::fmt;

/// A class of sensitive actions.
///
/// The first four are the classes of `primeharbor/sensitive_iam_actions` (CC0). The last three are this project's own, for actions that AWS
/// labels Read or List. Both lists were made by hand, and neither is complete.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SensitivityClass {
    /// Returns or creates credentials.
    CredentialExposure,
    /// Reads customer data.
    DataAccess,
    /// Lets a principal extend its own permissions.
    PrivilegeEscalation,
    /// Gives other principals access to a resource, for example by a resource policy.
    ResourceExposure,
    /// Labelled Read or List, but returns credentials, keys or tokens, or text that often contains them.
    ReadCredentials,
    /// Labelled Read or List, but changes something, runs code or costs money.
    ReadActs,
    /// Labelled Read or List, and returns customer data.
    ReadData,
}

impl SensitivityClass {
    /// All classes, in the order of their declaration.
    pub const ALL: [Self; 7] = [
        Self::CredentialExposure,
        Self::DataAccess,
        Self::PrivilegeEscalation,
        Self::ResourceExposure,
        Self::ReadCredentials,
        Self::ReadActs,
        Self::ReadData,
    ];

    /// The class's name, such as `CredentialExposure`. Profiles use it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CredentialExposure => "CredentialExposure",
            Self::DataAccess => "DataAccess",
            Self::PrivilegeEscalation => "PrivilegeEscalation",
            Self::ResourceExposure => "ResourceExposure",
            Self::ReadCredentials => "ReadCredentials",
            Self::ReadActs => "ReadActs",
            Self::ReadData => "ReadData",
        }
    }

    /// The class with exactly this name. `None` if there is none.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }

    const fn from_letter(letter: char) -> Option<Self> {
        Some(match letter {
            'c' => Self::CredentialExposure,
            'd' => Self::DataAccess,
            'e' => Self::PrivilegeEscalation,
            'x' => Self::ResourceExposure,
            'k' => Self::ReadCredentials,
            'a' => Self::ReadActs,
            'r' => Self::ReadData,
            _ => return None,
        })
    }

    const fn bit(self) -> u8 {
        match self {
            Self::CredentialExposure => 1,
            Self::DataAccess => 2,
            Self::PrivilegeEscalation => 4,
            Self::ResourceExposure => 8,
            Self::ReadCredentials => 16,
            Self::ReadActs => 32,
            Self::ReadData => 64,
        }
    }
}

impl fmt::Display for SensitivityClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The set of classes that an action belongs to. It is empty for most actions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sensitivity(u8);

impl Sensitivity {
    /// Whether the action belongs to no class.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the action belongs to `class`.
    pub const fn contains(self, class: SensitivityClass) -> bool {
        self.0 & class.bit() != 0
    }

    /// The classes in the order of [`SensitivityClass::ALL`].
    pub fn classes(self) -> impl Iterator<Item = SensitivityClass> {
        SensitivityClass::ALL.into_iter().filter(move |class| self.contains(*class))
    }

    /// Whether a class of either list says that the action returns credentials.
    pub const fn exposes_credentials(self) -> bool {
        self.contains(SensitivityClass::CredentialExposure)
            || self.contains(SensitivityClass::ReadCredentials)
    }

    /// Whether a class of either list says that the action returns customer data.
    pub const fn reads_data(self) -> bool {
        self.contains(SensitivityClass::DataAccess) || self.contains(SensitivityClass::ReadData)
    }

    /// Reads the letters of an action's line. `None` if a letter is unknown or occurs twice.
    pub(crate) fn from_letters(letters: &str) -> Option<Self> {
        letters.chars().try_fold(Self::default(), |set, letter| {
            let class = SensitivityClass::from_letter(letter)?;
            (!set.contains(class)).then_some(Self(set.0 | class.bit()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Sensitivity, SensitivityClass};

    #[test]
    fn letters_make_sets() {
        let set = Sensitivity::from_letters("ck").expect("known letters");
        let classes = [SensitivityClass::CredentialExposure, SensitivityClass::ReadCredentials];
        assert_eq!(set.classes().collect::<Vec<_>>(), classes);
        assert!(set.exposes_credentials() && !set.reads_data() && !set.is_empty());
        assert_eq!(Sensitivity::from_letters(""), Some(Sensitivity::default()));
        assert_eq!(Sensitivity::from_letters("cc"), None);
        assert_eq!(Sensitivity::from_letters("z"), None);
    }

    #[test]
    fn names_and_bits_are_one_to_one() {
        for class in SensitivityClass::ALL {
            assert_eq!(SensitivityClass::from_name(class.name()), Some(class));
            let others = SensitivityClass::ALL.into_iter().filter(|c| c.bit() == class.bit());
            assert_eq!(others.count(), 1);
        }
        assert_eq!(SensitivityClass::from_name("credentialexposure"), None);
    }
}
