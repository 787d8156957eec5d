//! Values that are one word in JSON. The word is the name that the value's type gives it, and a schema lists all words of the type.

use iamgate::iam_analysis::{CallerKind, ResourcePolicies, VerdictKind};
use iamgate::iam_catalog::{AccessLevel, SensitivityClass};
use iamgate::{ComparedKind, FindingCode, HowFar, OthersAdmitted, TrustCaller};
use serde::{Serialize, Serializer};

use crate::diff::PartState;

/// A type in which each value has a word.
pub(crate) trait Named: Copy + 'static {
    /// Every value.
    #[cfg(any(test, feature = "schema"))]
    const ALL: &'static [Self];

    /// The word for the value.
    fn word(self) -> &'static str;
}

macro_rules! named {
    ($($name:ty),*) => {
        $(impl Named for $name {
            #[cfg(any(test, feature = "schema"))]
            const ALL: &'static [Self] = {
                let all: &[Self] = &<$name>::ALL;
                all
            };

            fn word(self) -> &'static str {
                self.name()
            }
        })*
    };
}

named!(
    CallerKind,
    VerdictKind,
    ResourcePolicies,
    AccessLevel,
    FindingCode,
    SensitivityClass,
    OthersAdmitted,
    TrustCaller,
    ComparedKind,
    HowFar,
    PartState
);

/// A value that is written as its word in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word<T>(pub(crate) T);

impl<T: Named> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.word())
    }
}

#[cfg(feature = "schema")]
impl<T: Named> schemars::JsonSchema for Word<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        std::any::type_name::<T>().rsplit("::").next().unwrap_or_default().into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let words: Vec<&str> = T::ALL.iter().map(|value| value.word()).collect();
        schemars::json_schema!({ "type": "string", "enum": words })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words<T: Named>() -> Vec<String> {
        T::ALL.iter().map(|value| serde_json::to_string(&Word(*value)).unwrap()).collect()
    }

    #[test]
    fn a_value_is_told_by_its_own_word() {
        assert_eq!(words::<VerdictKind>(), [r#""holds""#, r#""fails""#, r#""unknown""#]);
        assert_eq!(words::<ResourcePolicies>(), [r#""none""#, r#""not-the-session""#, r#""any""#]);
        assert_eq!(words::<AccessLevel>()[4], r#""Permissions management""#);
        assert_eq!(words::<TrustCaller>()[1], r#""other provider""#);
        assert_eq!(words::<FindingCode>().len(), FindingCode::ALL.len());
    }
}
