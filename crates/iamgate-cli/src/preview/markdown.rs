//! A preview as Markdown, for a comment on a code review.

use iamgate::DecidingStatement;

use iamgate_verbs::PreviewAnswer;
use iamgate_verbs::words::{cause, number};

use crate::display::markdown::{self, code, text};

pub(super) fn render(answer: &PreviewAnswer<'_>) -> String {
    let preview = &answer.preview;
    let mut out = format!("**{}**\n\n", text(&answer.sentence()));
    out.push_str("| Actions that are possible | role | session | both |\n| --- | ---: | ---: | ---: |\n");
    for level in &preview.levels {
        let [role, session, both] = [level.role, level.session, level.both].map(number);
        out.push_str(&format!("| {} | {role} | {session} | {both} |\n", level.level));
    }
    if !preview.outside.is_empty() {
        out.push_str("\n**Outside the promise**\n\n");
        for outside in &preview.outside {
            out.push_str(&format!("- {}: {}\n", code(&outside.action.to_string()), text(&outside.breaks)));
        }
    }
    if !preview.not_read.is_empty() {
        out.push_str(&format!(
            "\n<details><summary>Neither List nor Read, and possible ({})</summary>\n\n",
            preview.not_read.len()
        ));
        for survivor in &preview.not_read {
            let why = survivor.why.as_deref().unwrap_or("no exception of the profile names it");
            out.push_str(&format!("- {}: {}\n", code(&survivor.action.to_string()), text(why)));
        }
        out.push_str("\n</details>\n");
    }
    if !preview.cells.is_empty() {
        let cells = preview.cells.len();
        out.push_str(&format!(
            "\n<details><summary>What allows it, by service and level ({cells})</summary>\n\n"
        ));
        out.push_str("| Service | Level | Actions | Role | Session |\n| --- | --- | ---: | --- | --- |\n");
        for cell in &preview.cells {
            let list = |statements: &[DecidingStatement]| {
                statements.iter().map(|s| markdown::cell(&s.to_string())).collect::<Vec<_>>().join(", ")
            };
            let (role, session) = (list(&cell.role), list(&cell.session));
            let (service, level, count) = (cell.service, cell.level, number(cell.actions.len()));
            out.push_str(&format!("| {service} | {level} | {count} | {role} | {session} |\n"));
        }
        out.push_str("\n</details>\n");
    }
    if !preview.removed.is_empty() {
        out.push_str("\n<details><summary>What keeps actions of the role out</summary>\n\n");
        for removal in &preview.removed {
            out.push_str(&format!("- {}: {}\n", number(removal.total()), text(&cause(&removal.cause))));
        }
        out.push_str("\n</details>\n");
    }
    for note in answer.notable() {
        out.push_str(&format!("\n> {}\n", text(&note)));
    }
    out
}
