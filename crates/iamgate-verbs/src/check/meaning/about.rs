//! What findings are about.

/// What a finding is about, where its code and its place do not tell.
#[derive(Clone, Debug, Default)]
pub(in crate::check) struct About {
    /// What it is told apart by, such as the name of an assertion.
    pub(in crate::check) names: String,
    /// All actions, where the text names some of them.
    pub(in crate::check) actions: Vec<String>,
}

impl About {
    pub(in crate::check) const fn named(names: String) -> Self {
        Self { names, actions: Vec::new() }
    }
}
