//! Properties that make an action sensitive, whatever its access level.

use std::fmt;

/// A class of sensitive actions: what an action returns or does, whatever its access level.
///
/// The classes come from the shapes and traits of AWS's service models, from `primeharbor/sensitive_iam_actions` (CC0), and from lists that were
/// made by hand. [`Classes`](crate::Classes) has the reason for each class of each action. An action without a class is not known to be harmless:
/// a model may be missing, or the rules may miss a member.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SensitivityClass {
    /// Returns a key, a password or a token that opens something, or lets in who calls it.
    Credentials,
    /// Returns text into which people often write secrets, such as environment variables or user data.
    SecretText,
    /// Returns what customers stored: objects, records, messages, files.
    StoredData,
    /// Is labelled Read or List, and changes something, runs code, sends something or costs money.
    Acts,
    /// Returns a URL that lets everybody in who has it.
    SignsUrl,
    /// Lets a principal extend its own permissions.
    PrivilegeEscalation,
    /// Gives other principals access to a resource, for example by a resource policy.
    ResourceExposure,
}

impl SensitivityClass {
    /// All classes, in the order of their declaration.
    pub const ALL: [Self; 7] = [
        Self::Credentials,
        Self::SecretText,
        Self::StoredData,
        Self::Acts,
        Self::SignsUrl,
        Self::PrivilegeEscalation,
        Self::ResourceExposure,
    ];

    /// The class's name, such as `Credentials`. Profiles use it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Credentials => "Credentials",
            Self::SecretText => "SecretText",
            Self::StoredData => "StoredData",
            Self::Acts => "Acts",
            Self::SignsUrl => "SignsUrl",
            Self::PrivilegeEscalation => "PrivilegeEscalation",
            Self::ResourceExposure => "ResourceExposure",
        }
    }

    /// The class with exactly this name. `None` if there is none.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }

    /// The letter of the class in the text of a catalogue.
    pub const fn letter(self) -> char {
        match self {
            Self::Credentials => 'c',
            Self::SecretText => 't',
            Self::StoredData => 'd',
            Self::Acts => 'a',
            Self::SignsUrl => 'u',
            Self::PrivilegeEscalation => 'e',
            Self::ResourceExposure => 'x',
        }
    }

    fn from_letter(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.letter() == letter)
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Credentials => 1,
            Self::SecretText => 2,
            Self::StoredData => 4,
            Self::Acts => 8,
            Self::SignsUrl => 16,
            Self::PrivilegeEscalation => 32,
            Self::ResourceExposure => 64,
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

    /// Whether the action returns customer data: what is stored, text that may hold secrets, or a URL that opens it.
    pub const fn reads_data(self) -> bool {
        self.contains(SensitivityClass::StoredData)
            || self.contains(SensitivityClass::SecretText)
            || self.contains(SensitivityClass::SignsUrl)
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
        let set = Sensitivity::from_letters("ca").expect("known letters");
        let classes = [SensitivityClass::Credentials, SensitivityClass::Acts];
        assert_eq!(set.classes().collect::<Vec<_>>(), classes);
        assert!(set.contains(SensitivityClass::Credentials) && !set.reads_data() && !set.is_empty());
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
