//! Texts from outside in each format of the program: one function for each place in which such a text can stand.
//!
//! Names, ARNs, Sids, conditions, paths and excerpts come from documents and command lines that somebody else may have written. The list of
//! dangerous characters is [`iamgate::iam_json::is_hidden`]. JSON, and with it SARIF, is made harmless where it is written
//! ([`iamgate::iam_json::visible_json`]).

pub(crate) mod github;
pub(crate) mod markdown;
pub(crate) mod terminal;
pub(crate) mod xml;

pub(crate) use terminal::shown;
