//! A finding in the format of IAM Access Analyzer's `ValidatePolicyFinding`.

use iamgate::iam_json::{Document, Kind, Value};
use iamgate::iam_policy::{Limits, LineIndex, Problem, Span};
use serde::Serialize;

use super::code::OWN;
use super::{Checked, PlacedFix};
use crate::words;

/// A finding in the form of Access Analyzer.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    #[serde(rename = "findingType")]
    level: &'static str,
    #[serde(rename = "issueCode")]
    code: &'static str,
    #[serde(rename = "findingDetails")]
    details: String,
    /// Not one of Access Analyzer's members: what would be right.
    help: String,
    #[serde(rename = "learnMoreLink")]
    link: String,
    locations: Vec<Location>,
    /// Not one of Access Analyzer's members: all actions that the finding is about. Left out where `findingDetails` names them all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actions: Vec<String>,
    /// Not one of Access Analyzer's members: edits of the file that mend it. Left out where somebody must say what is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<FixJson>,
}

/// What mends a finding.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct FixJson {
    /// Whether the document decides as before.
    safe: bool,
    says: String,
    /// They are made together, and do not overlap.
    edits: Vec<EditJson>,
}

/// An edit of the file's text: bytes that are replaced by a text.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct EditJson {
    offset: u32,
    length: u32,
    text: String,
}

impl FixJson {
    fn of(fix: PlacedFix) -> Self {
        let edit = |own: iamgate::iam_json::Edit| EditJson {
            offset: own.span.start,
            length: own.span.end.saturating_sub(own.span.start),
            text: own.text,
        };
        let mut edits = fix.edits;
        edits.sort_unstable();
        Self { safe: fix.is_safe, says: fix.says, edits: edits.into_iter().map(edit).collect() }
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Location {
    path: Vec<Step>,
    span: Range,
}

/// A step of a path, as Access Analyzer writes it: into an array, into the value of a member, or to the name of a member.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
enum Step {
    Index(usize),
    Value(String),
    Key(String),
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Range {
    start: Place,
    end: Place,
}

/// Lines count from 1, columns and offsets from 0, as Access Analyzer counts.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Place {
    line: u32,
    column: u32,
    offset: u32,
}

impl Finding {
    /// The page that explains a code.
    pub fn link(code: &str) -> String {
        let anchor = code.to_ascii_lowercase();
        let page = if iam_lint::rule(code).is_some() {
            "crates/iam-lint/RULES.md"
        } else if OWN.iter().any(|(own, ..)| own.name() == code) {
            "docs/check.md"
        } else {
            "crates/iam-policy/CODES.md"
        };
        format!("{}/blob/main/{page}#{anchor}", env!("CARGO_PKG_REPOSITORY"))
    }
}

/// The findings of a document, in order. Paths are those in the document; places are those in the file.
pub(super) fn findings(checked: &Checked) -> Vec<Finding> {
    let document = Document::parse(&checked.document.text, &Limits::default()).ok();
    let around = checked.problems.len().saturating_sub(checked.own.len());
    let location = |pointer: Option<&str>, own: Option<Span>, span: Span| Location {
        path: match (&document, own) {
            (Some(document), Some(own)) => match pointer {
                Some(pointer) => path(document.root(), pointer, own),
                None => path(document.root(), &document.root().pointer_at(own.start), own),
            },
            (None, _) | (_, None) => Vec::new(),
        },
        span: Range { start: place(&checked.lines, span.start), end: place(&checked.lines, span.end) },
    };
    let finding = |((at, problem), fix): ((usize, &Problem), Option<PlacedFix>)| {
        let own = at.checked_sub(around).and_then(|at| checked.own.get(at));
        let mut locations = vec![location(
            Some(&problem.place.pointer),
            own.map(|own| own.problem.place.span),
            problem.place.span,
        )];
        if let Some(related) = &problem.related {
            let own = own.and_then(|own| own.problem.related.as_ref()).map(|own| own.span);
            // The place that is related has no pointer of its own.
            locations.push(location(None, own, related.span));
        }
        Finding {
            level: problem.level.name(),
            code: problem.code.name(),
            details: words::message(problem),
            help: problem.help.clone(),
            link: Finding::link(problem.code.name()),
            locations,
            actions: own.map(|own| own.actions.clone()).unwrap_or_default(),
            fix: fix.map(FixJson::of),
        }
    };
    checked.problems.iter().enumerate().zip(checked.fixes()).map(finding).collect()
}

fn place(lines: &LineIndex, offset: u32) -> Place {
    let position = lines.position(offset);
    Place { line: position.line, column: position.column.saturating_sub(1), offset }
}

/// The steps of a JSON pointer through a document.
fn path(root: Value<'_>, pointer: &str, span: Span) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut here = Some(root);
    for segment in pointer.split('/').skip(1) {
        let name = segment.replace("~1", "/").replace("~0", "~");
        let index = here.filter(|value| value.kind() == Kind::Array).and_then(|_| name.parse().ok());
        if let Some(index) = index {
            here = here.and_then(|value| value.items().nth(index));
            steps.push(Step::Index(index));
            continue;
        }
        let is_name = here.is_some_and(|value| {
            value.members().any(|member| member.key.span() == span && member.key.string() == name)
        });
        here = here.and_then(|value| value.member(&name));
        steps.push(if is_name { Step::Key(name) } else { Step::Value(name) });
    }
    steps
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::args::CheckArgs;
    use crate::{BuiltIn, Texts, check};
    use iamgate::iam_policy::value::Instant;

    fn findings(text: &str) -> Vec<Finding> {
        let built_in = BuiltIn::default();
        let files = BTreeMap::from([("p.json".to_owned(), text.to_owned())]);
        let world = Texts::new(files, &built_in, Instant::from_epoch_seconds(0));
        let args: CheckArgs = serde_json::from_str(r#"{"paths": ["p.json"]}"#).unwrap();
        check(&args, &world).checked.remove(0).findings()
    }

    #[test]
    fn paths_tell_names_from_values() {
        let text = r#"{"Version": "2012-10-17", "Statement": [{"effect": "Allow", "Effect": "allow", "Action": "s3:*", "Resource": "*"}]}"#;
        for wrapped in [text.to_owned(), format!(r#"{{"PolicyVersion": {{"Document": {text}}}}}"#)] {
            let findings = findings(&wrapped);
            let paths: Vec<&[Step]> = findings.iter().map(|f| &*f.locations[0].path).collect();
            let statement = [Step::Value("Statement".into()), Step::Index(0)];
            assert_eq!(paths[0][..2], statement);
            assert_eq!(paths[0][2], Step::Key("effect".into()));
            assert_eq!(paths[1][2], Step::Value("Effect".into()));
            let start = &findings[1].locations[0].span.start;
            assert_eq!((start.line, start.column as usize), (1, wrapped.find("\"allow\"").unwrap()));
        }
    }

    #[test]
    fn each_location_has_its_own_path() {
        let statement = |sid: &str, action: &str| {
            format!(r#"{{"Sid": "{sid}", "Effect": "Allow", "Action": "{action}", "Resource": "*"}}"#)
        };
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{}, {}, {}]}}"#,
            statement("A", "sqs:SendMessage"),
            statement("B", "sqs:*"),
            statement("A", "sqs:ListQueues")
        );
        let mut two = 0;
        for wrapped in [text.clone(), format!(r#"{{"PolicyVersion": {{"Document": {text}}}}}"#)] {
            for finding in findings(&wrapped) {
                let starts: Vec<u32> = finding.locations.iter().map(|own| own.span.start.offset).collect();
                for (location, start) in finding.locations.iter().zip(starts) {
                    let before = wrapped.get(..usize::try_from(start).unwrap()).unwrap();
                    let index = before.matches("\"Sid\"").count();
                    let Some(Step::Index(own)) = location.path.get(1) else { continue };
                    let is_brace = wrapped.get(before.len()..).unwrap().starts_with('{');
                    assert_eq!(
                        *own,
                        if is_brace { index } else { index - 1 },
                        "{}: {location:?}",
                        finding.code
                    );
                }
                two += usize::from(finding.locations.len() == 2);
            }
        }
        assert!(two >= 2, "{two}");
    }
}
