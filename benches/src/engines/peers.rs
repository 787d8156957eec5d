//! Engines that others published, each asked as its documentation shows.
//!
//! None of them has every layer. A session policy is a second question besides the identity policies, and both must allow.

pub mod awsim;
mod cedar;
mod iam_rs;

use super::Engine;

pub(super) fn all() -> Vec<Engine> {
    vec![
        Engine { name: "awsim-iam-policy 0.8", own: false, prepare: awsim::prepare },
        Engine { name: "iam-rs 0.8", own: false, prepare: iam_rs::prepare },
        Engine { name: "cedar-policy 4.14", own: false, prepare: cedar::prepare },
    ]
}
