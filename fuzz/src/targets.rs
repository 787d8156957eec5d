//! The targets. Each has one law or round trip, in its own file. A target reports by panicking.

mod answers_are_shown;
mod base64_reads_back;
pub mod catalogs_read_back;
mod claims_read_back;
mod covers_is_sound;
mod decide_is_explained;
mod deployed_accepts_strict;
mod documents_have_origins;
mod engines_agree;
mod engines_agree_on_texts;
mod flips_come_true;
mod generated_keep_laws;
mod glob_is_its_definition;
mod json_like_serde;
mod json_values_have_places;
pub mod manifests_pin_documents;
mod names_keep_their_text;
pub mod negation_is_the_opposite;
mod patterns_read_back;
mod policies_read_back;
mod problems_have_places;
mod profiles_read_back;
mod ranges_hold_addresses;
mod restrictions_deny;
mod sessions_keep_bounds;
mod sizes_ignore_layout;
mod snapshots_read_back;
mod values_keep_order;
mod vectors_read_alike;
mod verbs_answer;

pub use answers_are_shown::answers_are_shown;
pub use base64_reads_back::base64_reads_back;
pub use catalogs_read_back::catalogs_read_back;
pub use claims_read_back::claims_read_back;
pub use covers_is_sound::covers_is_sound;
pub use decide_is_explained::decide_is_explained;
pub use deployed_accepts_strict::deployed_accepts_strict;
pub use documents_have_origins::documents_have_origins;
pub use engines_agree::engines_agree;
pub use engines_agree_on_texts::engines_agree_on_texts;
pub use flips_come_true::flips_come_true;
pub use generated_keep_laws::generated_keep_laws;
pub use glob_is_its_definition::glob_is_its_definition;
pub use json_like_serde::json_like_serde;
pub use json_values_have_places::json_values_have_places;
pub use manifests_pin_documents::manifests_pin_documents;
pub use names_keep_their_text::names_keep_their_text;
pub use negation_is_the_opposite::negation_is_the_opposite;
pub use patterns_read_back::patterns_read_back;
pub use policies_read_back::policies_read_back;
pub use problems_have_places::problems_have_places;
pub use profiles_read_back::profiles_read_back;
pub use ranges_hold_addresses::ranges_hold_addresses;
pub use restrictions_deny::restrictions_deny;
pub use sessions_keep_bounds::sessions_keep_bounds;
pub use sizes_ignore_layout::sizes_ignore_layout;
pub use snapshots_read_back::snapshots_read_back;
pub use values_keep_order::values_keep_order;
pub use vectors_read_alike::vectors_read_alike;
pub use verbs_answer::verbs_answer;

/// A function that is called with bytes.
pub type Target = fn(&[u8]);

/// Every target by name.
pub const TARGETS: &[(&str, Target)] = &[
    ("answers_are_shown", answers_are_shown),
    ("base64_reads_back", base64_reads_back),
    ("catalogs_read_back", catalogs_read_back),
    ("claims_read_back", claims_read_back),
    ("covers_is_sound", covers_is_sound),
    ("decide_is_explained", decide_is_explained),
    ("deployed_accepts_strict", deployed_accepts_strict),
    ("documents_have_origins", documents_have_origins),
    ("engines_agree", engines_agree),
    ("engines_agree_on_texts", engines_agree_on_texts),
    ("flips_come_true", flips_come_true),
    ("generated_keep_laws", generated_keep_laws),
    ("glob_is_its_definition", glob_is_its_definition),
    ("json_like_serde", json_like_serde),
    ("json_values_have_places", json_values_have_places),
    ("manifests_pin_documents", manifests_pin_documents),
    ("names_keep_their_text", names_keep_their_text),
    ("negation_is_the_opposite", negation_is_the_opposite),
    ("patterns_read_back", patterns_read_back),
    ("policies_read_back", policies_read_back),
    ("problems_have_places", problems_have_places),
    ("profiles_read_back", profiles_read_back),
    ("ranges_hold_addresses", ranges_hold_addresses),
    ("restrictions_deny", restrictions_deny),
    ("sessions_keep_bounds", sessions_keep_bounds),
    ("sizes_ignore_layout", sizes_ignore_layout),
    ("snapshots_read_back", snapshots_read_back),
    ("values_keep_order", values_keep_order),
    ("vectors_read_alike", vectors_read_alike),
    ("verbs_answer", verbs_answer),
];
