//! Exit codes.

use std::process::ExitCode;

/// What the program tells its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Yes: allowed, nothing to report, everything passed.
    Yes,
    /// No: denied, findings, failures.
    No,
    /// The question could not be answered: usage, unreadable or invalid input, nothing found.
    Unanswered,
    /// The value of an unknown key decides.
    Depends,
    /// A bug in iamgate.
    Bug,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Yes => 0,
            Exit::No => 1,
            Exit::Unanswered => 2,
            Exit::Depends => 3,
            // EX_SOFTWARE of sysexits.h.
            Exit::Bug => 70,
        })
    }
}
