//! Turns a panic into a reported bug, so that it never looks like an answer.

use std::io::Write as _;
use std::panic::{self, UnwindSafe};

use iamgate_verbs::Exit;

/// Runs the program. A panic becomes [`Exit::Bug`].
pub(crate) fn run(program: impl FnOnce() -> Exit + UnwindSafe) -> Exit {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(|l| format!(" at {}:{}", l.file(), l.line())).unwrap_or_default();
        let payload = info.payload();
        let text = payload.downcast_ref::<&str>().copied();
        let what =
            text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message");
        // If stderr is closed, there is nowhere to report it.
        let _ = writeln!(
            std::io::stderr(),
            "error[BUG]: iamgate {} stopped{place}: {}\n\
             This is a bug in iamgate, and no answer about your policies. Please report it, with the command and its input:\n\
             {}/issues",
            env!("CARGO_PKG_VERSION"),
            crate::display::shown(what),
            env!("CARGO_PKG_REPOSITORY"),
        );
    }));
    panic::catch_unwind(program).unwrap_or(Exit::Bug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_bug_and_an_answer_is_itself() {
        assert_eq!(run(|| panic!("shown on purpose by a test")), Exit::Bug);
        assert_eq!(run(|| Exit::Depends), Exit::Depends);
    }
}
