//! Comments that hide findings: `iamgate: ignore CODE, CODE -- reason`.

use iamgate::File;
use iamgate::iam_json::{Code, quoted};
use iamgate::iam_policy::{LineIndex, Mode, Place, Problem, Span};

use super::code;
use super::comments::{self, Comment};

/// The word with which a comment for this program begins.
const MARK: &str = "iamgate:";

/// The codes that a comment hides, and where.
#[derive(Debug)]
pub(super) struct Ignore {
    /// The lines whose findings it hides: its own, and the next one with more than a comment if it stands alone.
    lines: [u32; 2],
    /// Each code, and whether it hid a finding.
    codes: Vec<(Code, bool)>,
    pub(super) reason: String,
    span: Span,
}

/// The comments of a file that hide findings.
#[derive(Debug, Default)]
pub(super) struct Ignores {
    list: Vec<Ignore>,
    /// Comments that say nothing known.
    pub(super) problems: Vec<Problem>,
}

impl Ignores {
    pub(super) fn of(source: &File, lines: &LineIndex) -> Self {
        let mut all = Self::default();
        if !source.text.contains(MARK) {
            return all;
        }
        let comments = comments::of(&source.text, &source.name);
        for (at, comment) in comments.iter().enumerate() {
            let said = words(comment.span.of(&source.text));
            let Some(said) = said.strip_prefix(MARK) else { continue };
            let line = lines.position(comment.span.start).line;
            let next = if comment.is_alone { next_line(&comments, at, lines) } else { line };
            let mut wrong = |found: String, help: String| {
                let place = Place::root(comment.span);
                all.problems.push(Problem::new(
                    Mode::Strict,
                    code::INVALID_SUPPRESSION,
                    place,
                    found,
                    help,
                    lines,
                ));
            };
            let (codes, reason) = said.split_once("--").unwrap_or((said, ""));
            let Some(names) = codes
                .trim_matches(code::BLANK)
                .strip_prefix("ignore")
                .filter(|rest| rest.starts_with([' ', '\t']))
            else {
                wrong(
                    quoted(said.trim_matches(code::BLANK)),
                    "write `iamgate: ignore CODE, CODE -- reason`".to_owned(),
                );
                continue;
            };
            let mut known = Vec::new();
            for name in names.split([',', ' ', '\t']).filter(|name| !name.is_empty()) {
                match code::find(name) {
                    Ok(code) => known.push((code, false)),
                    Err(help) => wrong(format!("no code {}", quoted(name)), help),
                }
            }
            let reason = reason.trim_matches(code::BLANK).to_owned();
            all.list.push(Ignore { lines: [line, next], codes: known, reason, span: comment.span });
        }
        all
    }

    /// The comment that hides a finding of this code in this line.
    pub(super) fn hides(&mut self, code: Code, line: u32) -> Option<&str> {
        let own = self.list.iter_mut().find_map(|own| {
            let is_near = own.lines.contains(&line);
            let used = own.codes.iter_mut().find(|(known, _)| is_near && *known == code)?;
            used.1 = true;
            Some(&own.reason)
        });
        own.map(String::as_str)
    }

    /// Findings on the codes that hid nothing.
    pub(super) fn unused(&self, lines: &LineIndex) -> Vec<Problem> {
        let unused = |own: &Ignore| {
            let names: Vec<&str> =
                own.codes.iter().filter(|(_, used)| !used).map(|(code, _)| code.name()).collect();
            let place = Place::root(own.span);
            let found = format!("no {} is found in line {}", names.join(" or "), own.lines[1]);
            let help = "remove it, or put it on the line of the finding or the line above".to_owned();
            let problem = Problem::new(Mode::Strict, code::UNUSED_SUPPRESSION, place, found, help, lines);
            (!names.is_empty()).then_some(problem)
        };
        self.list.iter().filter_map(unused).collect()
    }
}

/// What a comment says, without the characters that make it one.
fn words(comment: &str) -> &str {
    let inside = comment.trim_start_matches(['/', '*', '#']).trim_matches(code::BLANK);
    inside.strip_suffix("*/").unwrap_or(inside).trim_matches(code::BLANK)
}

/// The line after a comment and the comments that follow it, each alone on its lines.
fn next_line(comments: &[Comment], at: usize, lines: &LineIndex) -> u32 {
    let last = |own: &Comment| lines.position(own.span.end).line;
    let mut next = comments.get(at).map_or(0, last).saturating_add(1);
    for own in comments.iter().skip(at.saturating_add(1)) {
        if !own.is_alone || lines.position(own.span.start).line != next {
            break;
        }
        next = last(own).saturating_add(1);
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignores(text: &str) -> (Ignores, LineIndex) {
        let lines = LineIndex::of(text);
        let source = File { name: "a.yaml".to_owned(), text: text.to_owned() };
        (Ignores::of(&source, &lines), lines)
    }

    #[test]
    fn a_comment_is_about_its_line_and_the_next_one() {
        let code = code::find("invalid_action").unwrap();
        let (mut own, lines) = ignores(
            "# iamgate: ignore INVALID_ACTION, MISSING_VERSION -- a reason\n# more\nx: 1\ny: 2 # iamgate: ignore INVALID_ACTION\n",
        );
        assert_eq!(own.hides(code, 3), Some("a reason"));
        assert_eq!(own.hides(code, 4), Some(""));
        assert_eq!(own.hides(code, 5), None);
        let unused = own.unused(&lines);
        assert_eq!(unused.len(), 1);
        assert_eq!(unused[0].found, "no MISSING_VERSION is found in line 3");
        assert!(own.problems.is_empty());
    }

    #[test]
    fn what_a_comment_says_wrong_is_told() {
        let (own, _) = ignores(
            "# iamgate: ignore INVALID_ACTIONS\n# iamgate: hide INVALID_ACTION\n# iamgate: ignore\n# about iamgate: x\n",
        );
        let helps: Vec<&str> = own.problems.iter().map(|problem| problem.help.as_str()).collect();
        assert_eq!(helps[0], "did you mean INVALID_ACTION?");
        assert_eq!(helps.len(), 3);
        assert_eq!(own.problems[2].position.line, 3);
    }
}
