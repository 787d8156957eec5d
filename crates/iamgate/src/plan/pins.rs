//! Pins: the content that a gate accepts.

use std::collections::BTreeSet;

use iam_json::Json;

use crate::built_in;

/// The profiles, catalogues and details that a gate accepts, by the hashes of their content.
///
/// A gate with other content refuses: whoever could hand it a weaker profile, or a catalogue that calls a write a read, would get a plan that
/// is proven and worthless. The built-in content is always known; content of one's own is pinned by its hash, which comes from a reviewed
/// file and not from the content itself.
///
/// # Examples
/// ```
/// use iamgate::{Pins, built_in};
///
/// let managed = built_in::managed()?;
/// let profile = built_in::profile("standard", "111122223333", &managed)?;
/// assert!(Pins::built_in().has_profile(profile.sha256()));
/// let other = profile.clone().with_budget(2_000);
/// assert!(!Pins::built_in().has_profile(other.sha256()));
/// assert!(Pins::built_in().with_profile(other.sha256()).has_profile(other.sha256()));
/// # Ok::<(), iamgate::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pins {
    has_built_in: bool,
    profiles: BTreeSet<Box<str>>,
    catalogs: BTreeSet<Box<str>>,
    details: BTreeSet<Box<str>>,
}

/// Where the pin of some content comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pinned {
    /// The content is built in.
    BuiltIn,
    /// The caller has pinned it.
    Given,
}

impl Pinned {
    pub(super) fn json(own: Option<Self>) -> Json {
        Json::maybe(own, |own| {
            Json::text(match own {
                Self::BuiltIn => "built in",
                Self::Given => "given",
            })
        })
    }
}

impl Pins {
    /// The built-in profiles, catalogue and details of this release.
    pub const fn built_in() -> Self {
        Self {
            has_built_in: true,
            profiles: BTreeSet::new(),
            catalogs: BTreeSet::new(),
            details: BTreeSet::new(),
        }
    }

    /// No content. A broker with profiles of its own that wants none of the built-in ones begins here.
    pub const fn none() -> Self {
        Self {
            has_built_in: false,
            profiles: BTreeSet::new(),
            catalogs: BTreeSet::new(),
            details: BTreeSet::new(),
        }
    }

    /// The same pins and a profile, by [`Profile::sha256`](crate::Profile::sha256).
    #[must_use]
    pub fn with_profile(mut self, sha256: &str) -> Self {
        self.profiles.insert(sha256.into());
        self
    }

    /// The same pins and a catalogue, by [`catalog_sha256`](crate::catalog_sha256).
    #[must_use]
    pub fn with_catalog(mut self, sha256: &str) -> Self {
        self.catalogs.insert(sha256.into());
        self
    }

    /// The same pins and details, by [`details_sha256`](crate::details_sha256).
    #[must_use]
    pub fn with_details(mut self, sha256: &str) -> Self {
        self.details.insert(sha256.into());
        self
    }

    /// Whether a profile of this hash is pinned.
    pub fn has_profile(&self, sha256: &str) -> bool {
        self.profile(sha256).is_some()
    }

    pub(super) fn profile(&self, sha256: &str) -> Option<Pinned> {
        self.pinned(built_in::PROFILES_SHA256.iter().any(|(_, own)| *own == sha256), &self.profiles, sha256)
    }

    pub(super) fn catalog(&self, sha256: &str) -> Option<Pinned> {
        self.pinned(built_in::CATALOG_SHA256 == sha256, &self.catalogs, sha256)
    }

    pub(super) fn details(&self, sha256: &str) -> Option<Pinned> {
        self.pinned(built_in::DETAILS_SHA256 == sha256, &self.details, sha256)
    }

    fn pinned(&self, is_built_in: bool, given: &BTreeSet<Box<str>>, sha256: &str) -> Option<Pinned> {
        if self.has_built_in && is_built_in {
            return Some(Pinned::BuiltIn);
        }
        given.contains(sha256).then_some(Pinned::Given)
    }
}

impl Default for Pins {
    fn default() -> Self {
        Self::built_in()
    }
}
