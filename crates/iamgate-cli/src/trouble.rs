//! Shows people why a question could not be answered.

use iamgate_verbs::{Answer, AnswerSchema, Exit, Trouble, UnknownName};

use crate::args::AnswerFormat;
use crate::diagnostic;
use crate::screen::{SOSO, Screen, paint};

/// The trouble as text with colours.
pub(crate) fn render(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Input { name, code, found, help } => diagnostic::without_place(name, code, found, help),
        Trouble::Bug { found } => {
            let (code, help) = Trouble::BUG;
            diagnostic::without_place("", code, found, help)
        }
        Trouble::Document { source, problems } => {
            problems.iter().map(|problem| diagnostic::problem(source, problem)).collect()
        }
    }
}

/// Shows a trouble on stderr.
pub(crate) fn show(trouble: &Trouble, screen: &mut Screen) {
    screen.aside(&render(trouble));
}

/// The exit code of an answer. If there is no answer, the trouble is shown.
pub(crate) fn exit(answer: Result<Exit, Trouble>, screen: &mut Screen) -> Exit {
    answer.unwrap_or_else(|trouble| {
        show(&trouble, screen);
        Exit::from(&trouble)
    })
}

/// Tells which names in a question are not known.
pub(crate) fn warn(unknown: &[UnknownName], screen: &mut Screen) {
    for name in unknown {
        screen.aside(&format!("{}: {name}\n", paint(SOSO, "warning")));
    }
}

/// Shows an answer, or the reason why there is none, and returns its exit code.
pub(crate) fn answered<A: Answer>(
    answer: Result<A, Trouble>,
    schema: AnswerSchema,
    format: AnswerFormat,
    screen: &mut Screen,
    human: impl FnOnce(&A, &mut Screen),
) -> Exit {
    match (&answer, format) {
        (Ok(answer), AnswerFormat::Human) => {
            human(answer, screen);
            warn(answer.unknown_names(), screen);
        }
        (Ok(answer), AnswerFormat::Json) => screen.json(&answer.to_json()),
        (Err(trouble), AnswerFormat::Human) => show(trouble, screen),
        (Err(trouble), AnswerFormat::Json) => screen.json(&trouble.refused(Some(schema))),
    }
    answer.map_or_else(|trouble| Exit::from(&trouble), |answer| answer.exit())
}
