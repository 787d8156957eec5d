//! A preview for people.

use iamgate::iam_catalog::AccessLevel;
use iamgate::{DecidingStatement, OthersAdmitted, Preview, ServiceRow, Survivor};

use iamgate_verbs::PreviewAnswer;
use iamgate_verbs::words::{cause, first, number};

use crate::display::shown;
use crate::screen::{BAD, DIM, GOOD, HEAD, SOSO, paint};

/// The number of services and examples that are shown without `--full`.
const FEW: usize = 12;

/// The number of actions named for each cause without `--full`.
const EXAMPLES: usize = 6;

/// Renders a preview. Text is wrapped to `width` columns; tables keep their own width.
pub(super) fn render(answer: &PreviewAnswer<'_>, full: bool, width: usize) -> String {
    let preview = &answer.preview;
    let mut out = String::new();
    let is_only_doit =
        answer.who.as_ref().is_none_or(|who| who.admits_doit() && who.others() == OthersAdmitted::Nobody);
    let style = match (preview.keeps_promise(), is_only_doit) {
        (false, _) => BAD,
        (true, false) => SOSO,
        (true, true) => GOOD,
    };
    for line in wrapped(&answer.sentence(), width) {
        out.push_str(&format!("{}\n", paint(style, &line)));
    }
    levels(&mut out, preview);
    outside(&mut out, preview);
    not_read(&mut out, preview, full, width);
    removed(&mut out, preview, full, width);
    services(&mut out, preview, full);
    let notes = answer.notable();
    if !notes.is_empty() {
        heading(&mut out, "What stands out");
        for note in &notes {
            item(&mut out, note, width);
        }
    }
    if !preview.findings.is_empty() {
        heading(&mut out, "Findings in the documents of the role");
        for (policy, problem) in &preview.findings {
            let place = format!("{policy} at {}", problem.position);
            let summary = problem.code.summary();
            item(&mut out, &format!("{place}: {}: {summary}: {}", problem.code, problem.found), width);
        }
    }
    if let Some(trust) = &preview.trust {
        heading(&mut out, "Who may assume the role");
        for principal in &trust.principals {
            out.push_str(&format!("  {}\n", shown(principal)));
        }
        out.push_str(&format!("  {}\n", paint(DIM, &shown(&format!("by {}", trust.actions.join(", "))))));
    }
    let (characters, budget) = preview.characters;
    let (actions, services) = preview.catalog_size;
    let last = format!(
        "Session policies: {} of {} characters. Catalogue of {}: {} actions of {} services. {}",
        number(characters),
        number(budget),
        preview.catalog_date,
        number(actions),
        number(services),
        answer.origins.sentence(),
    );
    out.push('\n');
    for line in wrapped(&last, width) {
        out.push_str(&format!("{}\n", paint(DIM, &line)));
    }
    out
}

/// An entry of a list.
fn item(out: &mut String, text: &str, width: usize) {
    for (i, line) in wrapped(text, width.saturating_sub(4)).into_iter().enumerate() {
        out.push_str(if i == 0 { "  - " } else { "    " });
        out.push_str(&format!("{line}\n"));
    }
}

fn heading(out: &mut String, text: &str) {
    out.push_str(&format!("\n{}\n", paint(HEAD, text)));
}

fn levels(out: &mut String, preview: &Preview<'_>) {
    heading(out, "Actions that are possible");
    let row = |name: &str, [role, session, both]: [&str; 3]| {
        format!("  {name:<24}{role:>10}{session:>10}{both:>10}\n")
    };
    out.push_str(&paint(DIM, &row("", ["role", "session", "both"])));
    let mut sums = [0usize; 3];
    for level in &preview.levels {
        let counts = [level.role, level.session, level.both];
        let [role, session, both] = counts.map(number);
        sums = [0, 1, 2].map(|i| {
            let pick = |list: &[usize; 3]| list.get(i).copied().unwrap_or_default();
            pick(&sums).saturating_add(pick(&counts))
        });
        out.push_str(&row(level.level.name(), [&role, &session, &both]));
    }
    let [role, session, both] = sums.map(number);
    out.push_str(&paint(HEAD, &row("all", [&role, &session, &both])));
}

fn outside(out: &mut String, preview: &Preview<'_>) {
    if preview.outside.is_empty() {
        return;
    }
    out.push_str(&format!("\n{}\n", paint(BAD, "Outside the promise")));
    for outside in &preview.outside {
        out.push_str(&format!(
            "  {}: {}\n",
            paint(HEAD, &outside.action.to_string()),
            shown(&outside.breaks)
        ));
        let side = |name: &str, statements: &[DecidingStatement]| {
            if statements.is_empty() {
                String::new()
            } else {
                format!("    {name} allows it by {}\n", shown(&first(statements, 4)))
            }
        };
        out.push_str(&paint(DIM, &side("the role", &outside.role)));
        out.push_str(&paint(DIM, &side("the session", &outside.session)));
    }
}

/// Lists the surviving actions that are neither List nor Read. Those with the same reason and the same statements are listed together.
fn not_read(out: &mut String, preview: &Preview<'_>, full: bool, width: usize) {
    if preview.not_read.is_empty() {
        return;
    }
    heading(out, &format!("Neither List nor Read, and possible ({})", preview.not_read.len()));
    let mut groups: Vec<(&Survivor<'_>, Vec<String>)> = Vec::new();
    for survivor in &preview.not_read {
        let same = |other: &Survivor<'_>| {
            other.why == survivor.why && other.role == survivor.role && other.session == survivor.session
        };
        let name = survivor.action.to_string();
        match groups.iter_mut().find(|(head, _)| same(head)) {
            Some((_, names)) => names.push(name),
            None => groups.push((survivor, vec![name])),
        }
    }
    for (head, names) in groups {
        let most = if full { usize::MAX } else { 3 };
        let why = head.why.as_deref().unwrap_or("no exception of the profile names it");
        let style = if head.why.is_some() { SOSO } else { BAD };
        out.push_str(&format!("  {}\n", paint(style, &shown(&first(&names, most)))));
        for line in wrapped(why, width.saturating_sub(4)) {
            out.push_str(&format!("    {line}\n"));
        }
        let by = format!(
            "allowed by {} of the role and {} of the session",
            first(&head.role, 3),
            first(&head.session, 3)
        );
        for line in wrapped(&by, width.saturating_sub(4)) {
            out.push_str(&format!("    {}\n", paint(DIM, &line)));
        }
    }
}

fn removed(out: &mut String, preview: &Preview<'_>, full: bool, width: usize) {
    let total = preview.removed.iter().fold(0usize, |sum, r| sum.saturating_add(r.total()));
    heading(out, &format!("What keeps actions of the role out ({})", number(total)));
    for removal in &preview.removed {
        let by_level: Vec<String> = AccessLevel::ALL
            .iter()
            .zip(&removal.counts)
            .filter(|(_, n)| **n > 0)
            .map(|(level, n)| format!("{} {}", number(*n), level.name()))
            .collect();
        let cause = shown(&cause(&removal.cause));
        out.push_str(&format!("  {:>5}  {cause} ({})\n", number(removal.total()), by_level.join(", ")));
        let shown = if full { removal.examples.len() } else { EXAMPLES.min(removal.examples.len()) };
        let names = removal.examples.get(..shown).unwrap_or_default().join(", ");
        let examples = match removal.total().saturating_sub(shown) {
            0 => names,
            more => format!("such as {names} and {} more", number(more)),
        };
        for line in wrapped(&examples, width.saturating_sub(9)) {
            out.push_str(&format!("         {}\n", paint(DIM, &line)));
        }
    }
}

fn services(out: &mut String, preview: &Preview<'_>, full: bool) {
    let mut rows: Vec<&ServiceRow<'_>> = preview.services.iter().collect();
    let total = |row: &ServiceRow<'_>| {
        [row.list, row.read, row.write, row.tagging, row.permissions].iter().sum::<usize>()
    };
    if !full {
        rows.sort_by_key(|row| (std::cmp::Reverse(total(row)), row.service));
    }
    let shown = if full { rows.len() } else { FEW.min(rows.len()) };
    heading(
        out,
        &if full {
            "By service".to_owned()
        } else {
            format!("The {shown} services with the most (--full for all {})", rows.len())
        },
    );
    let line = |name: &str, cells: [String; 6]| {
        let [list, read, data, write, tagging, permissions] = cells;
        format!("  {name:<24}{list:>9}{read:>9}{data:>9}{write:>9}{tagging:>9}{permissions:>9}\n")
    };
    let names = ["List", "Read", "of data", "Write", "Tagging", "Perm."].map(str::to_owned);
    out.push_str(&paint(DIM, &line("", names)));
    for row in rows.iter().take(shown) {
        let cells = [row.list, row.read, row.data, row.write, row.tagging, row.permissions];
        let cells = cells.map(|n| if n == 0 { "-".to_owned() } else { number(n) });
        out.push_str(&line(row.service, cells));
    }
    out.push_str(&format!(
        "  {}\n",
        paint(DIM, "of data: List and Read actions that return stored data or credentials")
    ));
}

/// A text as lines of at most `width` characters, broken at spaces. It may have texts from outside.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in shown(text).split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count().saturating_add(word.chars().count()) < width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
