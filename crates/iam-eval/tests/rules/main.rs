//! The rules of `SEMANTICS.md` one by one, and what can be tried exhaustively.

mod support;

mod conditions;
mod errors;
mod exhaustive_combine;
mod exhaustive_glob;
mod explain;
mod flips;
mod gaps;
mod layers;
mod matching;
mod principals;
mod readings;
mod requests;
mod scope;
mod unknown;
mod values;
mod variables;
mod wire;
mod wire_both_ways;
