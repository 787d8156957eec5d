//! Troubles: the reasons why a question could not be answered.

use std::fmt;
use std::ops::Range;

use iamgate::File;
use iamgate::iam_json::visible;
use iamgate::iam_policy::{BuildError, Level, LineIndex, Place, Problem, Report, Span};
use serde::Serialize;

use crate::answer::AnswerSchema;
use crate::check::INVALID_CONFIG;
use crate::json;
use crate::words::message;

/// The reason why a question could not be answered.
#[derive(Debug)]
pub enum Trouble {
    /// An error in a file or another input, without a place in a text.
    Input {
        /// The name of the file; empty for the command line.
        name: String,
        /// A stable code.
        code: &'static str,
        /// What was found.
        found: String,
        /// What would be right.
        help: String,
    },
    /// A document with problems.
    Document {
        /// The document.
        source: File,
        /// The problems of the document.
        problems: Vec<Problem>,
    },
    /// A defect of iamgate, not an error of the caller.
    Bug {
        /// What went wrong.
        found: String,
    },
}

/// Writes one line for each error, with its file and place as far as they are known.
impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.to_json().iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            if let Some(file) = &error.file {
                write!(f, "{}:", visible(file))?;
                if let (Some(line), Some(column)) = (error.line, error.column) {
                    write!(f, "{line}:{column}:")?;
                }
                f.write_str(" ")?;
            }
            write!(f, "{}: {}; {}", error.code, error.message, error.help)?;
        }
        Ok(())
    }
}

impl std::error::Error for Trouble {}

/// A trouble as JSON.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ErrorJson {
    /// A stable code.
    pub code: String,
    /// The file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column in characters, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// What was found.
    pub message: String,
    /// What would be right.
    pub help: String,
}

impl Trouble {
    /// The code and the help of every [`Trouble::Bug`].
    pub const BUG: (&'static str, &'static str) = ("BUG", "this is a bug in iamgate");

    /// Trouble with an input.
    pub fn input(name: &str, code: &'static str, found: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Input { name: name.to_owned(), code, found: found.into(), help: help.into() }
    }

    /// Trouble with a part of an input that cannot stand in a policy that is written from it.
    pub fn part(name: &str, error: &BuildError) -> Self {
        let found = format!("{}: {}", error.code().summary(), error.found());
        Self::input(name, error.code().name(), found, "write it so that it can stand in a policy")
    }

    /// A defect of iamgate, such as built-in content that cannot be read.
    pub fn bug(error: impl fmt::Display) -> Self {
        Self::Bug { found: error.to_string() }
    }

    /// Trouble with the command line.
    pub fn usage(found: impl Into<String>, help: impl Into<String>) -> Self {
        Self::input("", "USAGE", found, help)
    }

    /// Trouble with a document.
    pub fn document(source: File, report: Report) -> Self {
        let problems = report.into_problems().into_iter().filter(Problem::is_refusal).collect();
        Self::Document { source, problems }
    }

    /// The JSON of a question that could not be answered. Its schema is that of the missing answer, or `iamgate` if that is not known.
    pub fn refused(&self, schema: Option<AnswerSchema>) -> String {
        let schema = schema.map_or("iamgate", AnswerSchema::name);
        json::indented(&Refused { schema, version: 1, errors: self.to_json() })
    }

    /// The errors in lines of JSON, of the type `error`, beside those of an answer in lines.
    pub fn refused_lines(&self, schema: AnswerSchema) -> String {
        let line = |error| json::line(&ErrorLine { schema, version: 1, of: "error", error });
        self.to_json().into_iter().map(line).collect()
    }

    /// Trouble with a place in a configuration, given as its bytes.
    pub fn config(source: File, at: Range<usize>, found: impl Into<String>, help: impl Into<String>) -> Self {
        let narrow = |at: usize| u32::try_from(at.min(source.text.len())).unwrap_or(u32::MAX);
        let place = Place::root(Span::new(narrow(at.start), narrow(at.end)));
        let lines = LineIndex::of(&source.text);
        let problem = Problem::refusal(INVALID_CONFIG, place, found.into(), help.into(), &lines);
        Self::Document { source, problems: vec![problem] }
    }

    /// The errors as JSON: one entry each.
    pub fn to_json(&self) -> Vec<ErrorJson> {
        let without_place = |name: &str, code: &str, found: &str, help: &str| {
            vec![ErrorJson {
                code: code.to_owned(),
                file: (!name.is_empty()).then(|| name.to_owned()),
                line: None,
                column: None,
                message: found.to_owned(),
                help: help.to_owned(),
            }]
        };
        match self {
            Self::Input { name, code, found, help } => without_place(name, code, found, help),
            Self::Bug { found } => without_place("", Self::BUG.0, found, Self::BUG.1),
            Self::Document { source, problems } => problems
                .iter()
                .filter(|problem| problem.level == Level::Error)
                .map(|problem| ErrorJson {
                    code: problem.code.name().to_owned(),
                    file: Some(source.name.clone()),
                    line: Some(problem.position.line),
                    column: Some(problem.position.column),
                    message: message(problem),
                    help: problem.help.clone(),
                })
                .collect(),
        }
    }
}

/// An error in a line of its own.
#[derive(Serialize)]
struct ErrorLine {
    schema: AnswerSchema,
    version: u32,
    #[serde(rename = "type")]
    of: &'static str,
    #[serde(flatten)]
    error: ErrorJson,
}

/// No answer, and why.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Refused {
    schema: &'static str,
    version: u32,
    errors: Vec<ErrorJson>,
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use iamgate::iam_policy::{Limits, Mode, Policy, PolicyKind};

    use super::*;
    use crate::answer::Exit;
    use crate::batch::Stop;

    /// Holds at compile time.
    const fn is_error<T: Error + fmt::Display + Send + Sync + 'static>() {}

    const _: () = {
        is_error::<Trouble>();
        is_error::<Stop<std::io::Error, Trouble>>();
    };

    #[test]
    fn a_trouble_says_what_was_wrong_and_where() {
        let said = |trouble: Trouble| Box::<dyn Error + Send + Sync>::from(trouble).to_string();
        assert_eq!(said(Trouble::usage("no claims", "give --claims")), "USAGE: no claims; give --claims");
        assert_eq!(said(Trouble::bug("it broke")), "BUG: it broke; this is a bug in iamgate");
        let input = Trouble::input("a\u{1b}.json", "NOT_FOUND", "no such file", "name a file");
        assert_eq!(said(input), "a\\u{1b}.json: NOT_FOUND: no such file; name a file");
        let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "allow", "Action": "s3:*", "Resource": "*"}}"#;
        let report = Policy::parse(text, PolicyKind::Identity, Mode::Strict, &Limits::default()).unwrap_err();
        let file = File { name: "p.json".to_owned(), text: text.to_owned() };
        let document = said(Trouble::document(file, report));
        assert!(document.starts_with("p.json:1:51: INVALID_EFFECT: "), "{document}");
        assert!(!document.contains('\n'), "{document}");
    }

    #[test]
    fn a_defect_and_nothing_else_exits_70() {
        let troubles = [
            (Trouble::bug("it broke"), 70),
            (Trouble::usage("no claims", "give --claims"), 2),
            (
                Trouble::Document {
                    source: File { name: String::new(), text: String::new() },
                    problems: Vec::new(),
                },
                2,
            ),
        ];
        for (trouble, code) in troubles {
            assert_eq!(Exit::from(&trouble).code(), code, "{trouble}");
        }
        assert_eq!(Exit::Unanswered.unless_defect(true).code(), 70);
        assert_eq!(Exit::Yes.unless_defect(false), Exit::Yes);
    }
}
