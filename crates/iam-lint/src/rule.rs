//! What a rule is, and how the tables of rules are written.

use iam_json::{Code, Level};

/// What a rule needs besides the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Nothing.
    Document,
    /// A short list that is part of this crate, such as Regions.
    List,
    /// The catalogue of actions, resources and condition keys.
    Catalogue,
    /// The analysis of all requests, besides the catalogue. Programs that have it report the findings; [`lint`](crate::lint()) does not.
    Analysis,
}

impl Class {
    /// The class in words.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Document => "the document alone",
            Self::List => "a short built-in list",
            Self::Catalogue => "the catalogue of actions",
            Self::Analysis => "the analysis of all requests",
        }
    }
}

/// A kind of finding.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Rule {
    /// The code of its findings, with their level.
    pub code: Code,
    /// Whether the code is one of IAM Access Analyzer's. If not, the rule is the project's own.
    pub is_aws: bool,
    /// What the rule needs.
    pub class: Class,
    /// Why the finding matters.
    pub why: &'static str,
    /// How to mend the policy.
    pub mend: &'static str,
    /// A policy with the finding.
    pub failing: Example,
    /// The same policy, mended.
    pub passing: Example,
}

impl Rule {
    /// The code's name.
    pub const fn name(&self) -> &'static str {
        self.code.name()
    }

    /// The level of the findings, which is the same in every mode.
    pub const fn level(&self) -> Level {
        self.code.level(iam_json::Mode::Strict)
    }

    /// The level that the reference of IAM Access Analyzer's checks has for the code.
    fn aws_level(&self) -> Level {
        // What AWS has come to accept is no error, whatever the reference says.
        if self.name() == "SCP_SYNTAX_ERROR_ACTION_WILDCARD" { Level::Error } else { self.level() }
    }

    /// Whether the findings can be mended by edits, as [`Fixes`](crate::Fixes) makes them.
    pub fn mending(&self) -> crate::Mending {
        crate::mending(self.name())
    }

    /// AWS's page about the check. `None` for the project's own rules.
    pub fn aws_page(&self) -> Option<String> {
        let kind = match self.aws_level() {
            Level::Error => "error",
            Level::SecurityWarning => "security-warning",
            Level::Warning => "general-warning",
            Level::Suggestion => "suggestion",
        };
        let name = self.name().to_ascii_lowercase().replace('_', "-");
        self.is_aws.then(|| {
            let page = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";
            format!("{page}#access-analyzer-reference-policy-checks-{kind}-{name}")
        })
    }
}

/// A policy of a kind, and the text at which its finding stands.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Example {
    /// The name of the policy's kind, such as `identity`.
    pub kind: &'static str,
    /// The statements, without the list around them, or a whole document if it begins with `=`.
    text: &'static str,
    /// How often the text is repeated as a statement, with `#` in it replaced by a number.
    times: usize,
    /// The text at which the finding stands, as it is in the document. Empty if any place will do.
    pub at: &'static str,
}

impl Example {
    /// The document.
    pub fn document(&self) -> String {
        if let Some(whole) = self.text.strip_prefix('=') {
            return whole.to_owned();
        }
        let statements: Vec<String> =
            (0..self.times).map(|number| self.text.replace('#', &format!("{number:04}"))).collect();
        format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(", "))
    }

    /// The document, or one of its statements if it repeats the statement often. For pages.
    pub fn excerpt(&self) -> String {
        if self.times > 1 {
            let statement = self.text.replace('#', "0000");
            return format!("{statement}, and {} more like it", self.times.saturating_sub(1));
        }
        self.document()
    }

    pub(crate) const fn new(kind: &'static str, text: &'static str, at: &'static str, times: usize) -> Self {
        Self { kind, text, times, at }
    }
}

/// Defines rules: for each a public constant with its code, and a row of the table `RULES`.
macro_rules! rules {
    ($($name:ident $level:ident $origin:ident $class:ident $summary:literal
        why $why:literal
        mend $mend:literal
        $kind:ident fails $failing:literal $(x $failing_times:literal)? $(at $at:literal)?
        passes $passing:literal $(x $passing_times:literal)?;)*) => {
        $(
            #[doc = $summary]
            pub const $name: iam_json::Code = iam_json::Code::new(&iam_json::Entry {
                name: stringify!($name),
                summary: $summary,
                rule: crate::rule::origin(stringify!($origin)),
                strict: iam_json::Level::$level,
                deployed: iam_json::Level::$level,
            });
        )*
        pub(crate) const RULES: &[crate::rule::Rule] = &[$(crate::rule::Rule {
            code: $name,
            is_aws: crate::rule::is_aws(stringify!($origin)),
            class: crate::rule::Class::$class,
            why: $why,
            mend: $mend,
            failing: crate::rule::Example::new(
                stringify!($kind), $failing, crate::rule::last(&["", $($at)?]), crate::rule::most(&[1, $($failing_times)?]),
            ),
            passing: crate::rule::Example::new(
                stringify!($kind), $passing, "", crate::rule::most(&[1, $($passing_times)?]),
            ),
        },)*];
    };
}
pub(crate) use rules;

pub(crate) const fn is_aws(origin: &str) -> bool {
    matches!(origin.as_bytes(), b"aws")
}

pub(crate) const fn origin(origin: &str) -> &'static str {
    if is_aws(origin) { "IAM Access Analyzer" } else { "own" }
}

pub(crate) const fn last(texts: &[&'static str]) -> &'static str {
    match texts {
        [.., last] => last,
        [] => "",
    }
}

pub(crate) const fn most(numbers: &[usize]) -> usize {
    match numbers {
        [.., last] => *last,
        [] => 1,
    }
}
