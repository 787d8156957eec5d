//! The reader: what a text is, and the policies in it.

use std::cell::OnceCell;

use iam_json::{Document, Kind, LineIndex, Problem, Report, Span, Value};

use crate::code;
use crate::extracted::Found;
use crate::find;
use crate::limits::Limits;
use crate::scan::{Here, Scan};
use crate::syntax::{Hint, Piece, Syntax};
use crate::table::{SHAPES, Shape};
use crate::template;
use crate::trail::{Trail, filled};
use crate::unlike;

/// The members that say that an output goes on.
const MORE: [&str; 4] = ["NextToken", "Marker", "nextToken", "NextMarker"];

/// Finds the policies in a text.
///
/// The text is a policy; the output of an AWS command, or several of them; a template of CloudFormation; a plan, a state or code of Terraform. It is
/// JSON, JSON with comments, YAML, URL-encoded, or a string of JSON in any of these. The name is that of the file: its ending tells YAML, JSON with
/// comments, and code of Terraform.
///
/// A text without policies is no error: what it is and what to do is said.
///
/// # Errors
/// The text cannot be read, exceeds a limit, or is only a part of an output. Places are in the text.
///
/// # Cost
/// Linear in the length of the text and of what it expands to.
///
/// # Examples
/// ```
/// use iam_document::{Limits, read};
///
/// let output = r#"{"Role": {"RoleName": "a", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}}"#;
/// let found = read(output, "role.json", &Limits::default())?;
/// assert_eq!(found.said, "output of `aws iam get-role`");
/// assert_eq!(found.documents[0].name, "trust policy of role a");
/// assert_eq!(found.documents[0].text, r#"{"Version": "2012-10-17", "Statement": []}"#);
/// # Ok::<(), iam_json::Report>(())
/// ```
pub fn read(text: &str, name: &str, limits: &Limits) -> Result<Found, Report> {
    let syntax = Syntax { original: text, limits, hint: Hint::of(name) };
    #[cfg(feature = "hcl")]
    if let Some(found) = crate::hcl::found(&syntax) {
        return found;
    }
    let mut pieces = syntax.read()?;
    let mut scan =
        Scan { syntax: &syntax, documents: Vec::new(), left: Vec::new(), older: 0, is_full: false };
    let mut problems = pieces.problems;
    let mut shape = None;
    let mut is_alone = pieces.list.len() == 1;
    let lines = OnceCell::new();
    for piece in &mut pieces.list {
        let known = piece.document.take();
        let (piece, document) = (&*piece, parsed(&syntax, piece, known)?);
        let root = document.root();
        let own = shape_of(root);
        if own.is_some() {
            refuse_cut(&syntax, piece, root)?;
        }
        let before = scan.documents.len();
        let here =
            Here { trail: &Trail::START, origin: &piece.origin, layers: limits.layers, owner: "", of: "" };
        scan.visit(root, here);
        let new = scan.documents.get(before..).unwrap_or_default();
        is_alone &= new.len() == 1 && new.iter().all(|own| own.name.is_empty());
        if !is_alone {
            problems.extend(duplicates(&document, piece, new, || lines.get_or_init(|| LineIndex::of(text))));
        }
        let template = || {
            template::is_template(root).then(|| ("a template of CloudFormation".to_owned(), String::new()))
        };
        shape = shape.or(own).or_else(template).or_else(|| {
            let (found, help) = unlike::value(root)?;
            Some((found.to_owned(), if new.is_empty() { help.to_owned() } else { String::new() }))
        });
    }
    if scan.is_full {
        let found = format!("more than {} policies", limits.documents);
        let help = "give the text in parts";
        return Err(syntax.refusal(code::TOO_MANY_DOCUMENTS, &crate::OriginMap::default(), 0, found, help));
    }
    scan.tell_apart();
    let (what, missing) = shape.unwrap_or_default();
    let mut said = pieces.said;
    let what = match scan.older {
        0 => what,
        older => format!("{what}; {older} older versions of managed policies are not read"),
    };
    said.extend((!what.is_empty()).then_some(what.as_str()));
    if said.is_empty() && !is_alone {
        said.push(if scan.documents.is_empty() {
            "JSON without a policy"
        } else {
            "JSON with policies in it"
        });
    }
    let missing = if missing.is_empty() && scan.documents.is_empty() && scan.left.is_empty() {
        "give a policy, or the output of the AWS command that prints it".to_owned()
    } else {
        missing
    };
    Ok(Found { said: said.join(", "), missing, documents: scan.documents, left: scan.left, problems })
}

/// The document of a piece, unless it is known.
pub(crate) fn parsed<'p>(
    syntax: &Syntax<'_>,
    piece: &'p Piece<'_>,
    known: Option<Document<'p>>,
) -> Result<Document<'p>, Report> {
    let read = || Document::parse(&piece.text, syntax.limits.json());
    known.map_or_else(read, Ok).map_err(|report| syntax.original_places(report, &piece.origin))
}

/// Repeated members outside of the policies. The readers of policies report those inside.
fn duplicates<'l>(
    document: &Document<'_>,
    piece: &Piece<'_>,
    found: &[crate::Extracted],
    lines: impl Fn() -> &'l LineIndex,
) -> Vec<Problem> {
    let all = document.duplicate_report(document.lines()).into_problems();
    if all.is_empty() {
        return all;
    }
    let mut spans: Vec<Span> = found
        .iter()
        .map(|own| own.origin.span(Span::new(0, crate::origin::narrow(own.text.len()))))
        .collect();
    spans.sort_unstable();
    let is_inside = |at: u32| {
        let next = spans.partition_point(|span| span.start <= at);
        next.checked_sub(1).and_then(|before| spans.get(before)).is_some_and(|span| at < span.end)
    };
    let places = all.into_iter().map(|problem| piece.origin.problem(problem, lines()));
    places.filter(|problem| !is_inside(problem.place.span.start)).collect()
}

/// What a value is by the table, and what is missing in it. A list or a map of outputs is what its first one is.
fn shape_of(root: Value<'_>) -> Option<(String, String)> {
    let inner = root.items().take(1).chain(root.members().take(1).map(|own| own.value));
    std::iter::once(root).chain(inner).find_map(|value| {
        let row = SHAPES.iter().find(|row| is_shape(value, row))?;
        let missing = filled(row.missing, |path| {
            find::at(value, path).or_else(|| value.members().find_map(|own| find::at(own.value, path)))
        });
        Some((row.what.to_owned(), missing.unwrap_or_else(|| row.missing.to_owned())))
    })
}

fn is_shape(value: Value<'_>, row: &Shape) -> bool {
    let has = |path: &&str| has(value, path);
    value.kind() == Kind::Object && row.has.iter().all(has) && !row.lacks.iter().any(has)
}

/// Whether a value has a member at a path; of a list, whether its first element has it.
fn has(value: Value<'_>, path: &str) -> bool {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let value = if value.kind() == Kind::Array { value.items().next() } else { Some(value) };
    let Some(own) = value.and_then(|value| find::member(value, first)) else { return false };
    rest.is_none_or(|rest| has(own, rest))
}

/// Refuses outputs that say that they go on.
pub(crate) fn refuse_cut(syntax: &Syntax<'_>, piece: &Piece<'_>, root: Value<'_>) -> Result<(), Report> {
    let inner = root.items().chain(root.members().map(|own| own.value));
    for output in std::iter::once(root).chain(inner) {
        let is_truncated =
            output.member("IsTruncated").is_some_and(|flag| !matches!(flag.kind(), Kind::False | Kind::Null));
        let more = MORE.iter().find(|name| output.member(name).is_some_and(|own| own.kind() != Kind::Null));
        let found = match (is_truncated, more) {
            (true, _) => "IsTruncated is not false".to_owned(),
            (false, Some(name)) => format!("there is a {name}"),
            (false, None) => continue,
        };
        let help = "run the command again without --max-items, --starting-token and --no-paginate, so that it fetches every page";
        let at = output.span().start as usize;
        return Err(syntax.refusal(code::TRUNCATED_OUTPUT, &piece.origin, at, found, help));
    }
    Ok(())
}
