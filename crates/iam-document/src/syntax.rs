//! From a text to the strict JSON texts that it stands for.

use std::borrow::Cow;
use std::path::Path;

use iam_json::{Code, Document, Kind, LineIndex, Place, Problem, Report, Span};

use crate::code;
use crate::decode::MARK;
use crate::encoded;
use crate::limits::Limits;
use crate::origin::{OriginMap, narrow};
use crate::relaxed::{Extra, blanked};
use crate::stream;
use crate::unlike;
use crate::yaml;

/// A strict JSON text, and where it is from.
pub(crate) struct Piece<'t> {
    pub(crate) text: Cow<'t, str>,
    pub(crate) origin: OriginMap,
    /// The text as it was read, if it was found where it is.
    pub(crate) document: Option<Document<'t>>,
}

impl<'t> Piece<'t> {
    const fn new(text: Cow<'t, str>, origin: OriginMap) -> Self {
        Self { text, origin, document: None }
    }
}

/// The JSON texts that a text stands for.
pub(crate) struct Pieces<'t> {
    pub(crate) list: Vec<Piece<'t>>,
    /// How they were written, for people; empty for one JSON text.
    pub(crate) said: Vec<&'static str>,
    /// What AWS would not read in a policy. Places are in the original.
    pub(crate) problems: Vec<Problem>,
}

/// What the name of a file says about its syntax.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hint {
    is_yaml: bool,
    has_comments: bool,
    /// Whether it is code of Terraform.
    #[cfg(feature = "hcl")]
    pub(crate) is_code: bool,
}

impl Hint {
    pub(crate) fn of(name: &str) -> Self {
        let ending = Path::new(name).extension().unwrap_or_default().to_ascii_lowercase();
        Self {
            is_yaml: ending == "yaml" || ending == "yml" || ending == "template",
            has_comments: ending == "jsonc" || ending == "json5",
            #[cfg(feature = "hcl")]
            is_code: ending == "tf" || ending == "tofu" || ending == "hcl",
        }
    }
}

/// Reads a text that `original` is, or that is in it.
pub(crate) struct Syntax<'o> {
    pub(crate) original: &'o str,
    pub(crate) limits: &'o Limits,
    pub(crate) hint: Hint,
}

impl Syntax<'_> {
    /// The JSON texts of the original.
    ///
    /// # Errors
    /// It cannot be read in any way.
    pub(crate) fn read(&self) -> Result<Pieces<'_>, Report> {
        let text = self.original.strip_prefix(MARK).unwrap_or(self.original);
        let mark = self.original.len().saturating_sub(text.len());
        let origin = OriginMap::default().part(narrow(mark));
        if text.len() > self.limits.document_bytes {
            let help = format!("at most {} bytes are read", self.limits.document_bytes);
            return Err(self.refusal(
                code::DOCUMENT_TOO_LARGE,
                &origin,
                0,
                format!("{} bytes", text.len()),
                &help,
            ));
        }
        let mut pieces = match Document::parse(text, self.limits.json()) {
            Ok(document) if document.root().kind() != Kind::String => {
                let piece = Piece { text: Cow::Borrowed(text), origin, document: Some(document) };
                Pieces { list: vec![piece], said: Vec::new(), problems: Vec::new() }
            }
            Ok(_) | Err(_) => self.of(Cow::Borrowed(text), origin, self.limits.layers)?,
        };
        if mark > 0 {
            let help = "save the document as UTF-8 without a byte order mark; in PowerShell, `| Set-Content -Encoding utf8NoBOM`, \
                        or `| Out-File -Encoding ascii` before version 6";
            let found = "a byte order mark".to_owned();
            let report = self.refusal(code::BYTE_ORDER_MARK, &OriginMap::default(), 0, found, help);
            pieces.problems.extend(report.into_problems());
        }
        Ok(pieces)
    }

    fn of<'t>(&self, text: Cow<'t, str>, origin: OriginMap, layers: usize) -> Result<Pieces<'t>, Report> {
        let report = match Document::parse(&text, self.limits.json()) {
            Ok(document) if document.root().kind() == Kind::String => {
                let (content, inner) = encoded::content(document.root(), &origin);
                return self.inside(content, inner, layers, "JSON in a string", &text, &origin);
            }
            Ok(_) => return Ok(alone(text, origin)),
            Err(report) => report,
        };
        if encoded::is_url_encoded(&text) {
            let trimmed = text.trim_end();
            if let Some((decoded, inner)) = encoded::url_decoded(trimmed, &origin) {
                return self.inside(decoded, inner, layers, "URL-encoded JSON", &text, &origin);
            }
        }
        if report.has(code::NESTING_TOO_DEEP) {
            return Err(self.original_places(report, &origin));
        }
        let is_like_json = text.trim_start().starts_with(['{', '[', '"', '/', '\u{1E}']);
        if (!self.hint.is_yaml || is_like_json)
            && let Some(pieces) = self.relaxed(&text, &origin)?
        {
            return Ok(pieces);
        }
        if self.hint.is_yaml || (!is_like_json && unlike::text(&text).is_none()) {
            match yaml::read(&text, &origin, self.limits) {
                // Nothing is an empty document, whatever the syntax.
                Ok(read) if read.is_empty() => {}
                Ok(read)
                    if self.hint.is_yaml || read.iter().all(|(text, _)| text.starts_with(['{', '['])) =>
                {
                    let list = read.into_iter().map(|(text, origin)| Piece::new(text.into(), origin));
                    return Ok(Pieces { list: list.collect(), said: vec!["YAML"], problems: Vec::new() });
                }
                Err(report) if self.hint.is_yaml => return Err(self.original_places(report, &origin)),
                Ok(_) | Err(_) => {}
            }
        }
        Err(self.unlike(&text, report, &origin))
    }

    /// The JSON texts of a text that was found in another one.
    fn inside(
        &self,
        text: String,
        origin: OriginMap,
        layers: usize,
        said: &'static str,
        outer: &str,
        outer_origin: &OriginMap,
    ) -> Result<Pieces<'static>, Report> {
        if layers == 0 {
            let found = format!("more than {} texts inside each other", self.limits.layers);
            return Err(self.refusal(code::TOO_MANY_LAYERS, outer_origin, 0, found, "unwrap the text"));
        }
        let is_json = text.trim_start().starts_with(['{', '[', '"', '%']);
        if !is_json {
            let start = outer.len().saturating_sub(outer.trim_start().len());
            let help = "give the policy itself";
            return Err(self.refusal(
                code::NOT_A_POLICY,
                outer_origin,
                start,
                "a string without JSON in it".into(),
                help,
            ));
        }
        let mut pieces = self.of(Cow::Owned(text), origin, layers.saturating_sub(1))?;
        if !pieces.said.contains(&said) {
            pieces.said.insert(0, said);
        }
        Ok(pieces)
    }

    /// JSON with comments, or several JSON texts, or both.
    fn relaxed<'t>(&self, text: &str, origin: &OriginMap) -> Result<Option<Pieces<'t>>, Report> {
        let blank = blanked(text);
        let (read, extras) = blank.as_ref().map_or((text, &[][..]), |(read, extras)| (read.as_str(), extras));
        let mut said = Vec::new();
        let mut list = Vec::new();
        if Document::parse(read, self.limits.json()).is_ok() {
            list.push(Piece::new(read.to_owned().into(), origin.clone()));
        } else if let Some(ranges) = stream::split(read, self.limits.documents) {
            for range in ranges {
                let start = narrow(range.start);
                let part = read.get(range).unwrap_or_default();
                let origin = origin.part(start);
                if let Err(report) = Document::parse(part, self.limits.json()) {
                    return Err(self.unlike(part, report, &origin));
                }
                list.push(Piece::new(part.to_owned().into(), origin));
            }
            said.push("several JSON texts");
        } else {
            return Ok(None);
        }
        if !extras.is_empty() {
            said.insert(0, "JSON with comments or trailing commas");
        }
        let problems = if self.hint.has_comments { Vec::new() } else { self.extras(extras, text, origin) };
        Ok(Some(Pieces { list, said, problems }))
    }

    /// Comments and commas, of which AWS reads none.
    fn extras(&self, extras: &[(Extra, Span)], text: &str, origin: &OriginMap) -> Vec<Problem> {
        let mut lines = None;
        let problem = |(extra, span): &(Extra, Span)| {
            let (found, help) = match extra {
                Extra::Comment => (
                    format!("a comment, {}", iam_json::quoted(span.of(text))),
                    "remove it: JSON has no comments, and AWS reads none; say it in a Sid, or name the file .jsonc and keep another one for AWS",
                ),
                Extra::Comma => ("a comma before a closing bracket".to_owned(), "remove the comma"),
            };
            let lines = lines.get_or_insert_with(|| LineIndex::of(self.original));
            let place = Place::root(origin.span(*span));
            Problem::refusal(code::JSON_SYNTAX_ERROR, place, found, help.to_owned(), lines)
        };
        extras.iter().take(16).map(problem).collect()
    }

    /// The report of a text that is not JSON, with what it looks like.
    fn unlike(&self, text: &str, report: Report, origin: &OriginMap) -> Report {
        let at = report.problems().first().map_or(0, |problem| problem.place.span.start);
        let start = text.trim_start();
        let is_like_json = start.starts_with(['{', '[', '"']);
        if unlike::has_secrets(text) {
            let (found, help) = unlike::CREDENTIALS;
            let first = text.len().saturating_sub(start.len());
            return self.refusal(code::NOT_A_POLICY, origin, first, found.to_owned(), help);
        }
        let sentence = if is_like_json { unlike::almost_json(text, at as usize) } else { unlike::text(text) };
        let Some((found, help)) = sentence else {
            if is_like_json || start.is_empty() || self.hint.is_yaml {
                return self.original_places(report, origin);
            }
            let first = text.len().saturating_sub(start.len());
            let help = "give a policy as JSON or YAML, or the output of the AWS command that prints it";
            return self.refusal(
                code::JSON_SYNTAX_ERROR,
                origin,
                first,
                "neither JSON nor YAML".into(),
                help,
            );
        };
        let code = if is_like_json { code::JSON_SYNTAX_ERROR } else { code::NOT_A_POLICY };
        let at = if is_like_json { at as usize } else { text.len().saturating_sub(start.len()) };
        self.refusal(code, origin, at, found.to_owned(), help)
    }

    /// The error at a byte of a text.
    pub(crate) fn refusal(
        &self,
        code: Code,
        origin: &OriginMap,
        at: usize,
        found: String,
        help: &str,
    ) -> Report {
        let at = narrow(at);
        let span = origin.span(Span::new(at, at.saturating_add(1)));
        let lines = LineIndex::of(self.original.get(..span.start as usize).unwrap_or_default());
        Problem::refusal(code, Place::root(span), found, help.to_owned(), &lines).into()
    }

    /// A report about a text in the original, with places in the original.
    pub(crate) fn original_places(&self, report: Report, origin: &OriginMap) -> Report {
        if origin.verbatim_from() == Some(0) {
            return report;
        }
        let lines = LineIndex::of(self.original);
        report.into_problems().into_iter().map(|problem| origin.problem(problem, &lines)).collect()
    }

    /// The JSON in a string in a JSON text; `None` if there is none.
    pub(crate) fn nested(
        &self,
        text: &str,
        origin: &OriginMap,
        layers: usize,
    ) -> Option<(String, OriginMap)> {
        let layers = layers.checked_sub(1)?;
        if encoded::is_url_encoded(text) {
            let (decoded, origin) = encoded::url_decoded(text.trim_end(), origin)?;
            return self.nested(&decoded, &origin, layers).or(Some((decoded, origin)));
        }
        if text.trim_start().starts_with('"') {
            let document = Document::parse(text, self.limits.json()).ok()?;
            let (content, origin) = encoded::content(document.root(), origin);
            return self.nested(&content, &origin, layers);
        }
        text.trim_start().starts_with(['{', '[']).then(|| (text.to_owned(), origin.clone()))
    }
}

fn alone(text: Cow<'_, str>, origin: OriginMap) -> Pieces<'_> {
    Pieces { list: vec![Piece::new(text, origin)], said: Vec::new(), problems: Vec::new() }
}
