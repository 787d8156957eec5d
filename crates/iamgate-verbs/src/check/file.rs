//! What is in a file to check.

use std::borrow::Cow;
use std::path::Path;

use iam_document::{Extracted, Found, UNKNOWN, UnknownKind, code};
use iamgate::File;
use iamgate::iam_json::{Document, Kind, Value};
use iamgate::iam_policy::{Mode, Place, Problem, Span};
use serde::Serialize;

use crate::given;
use crate::trouble::Trouble;
use crate::words::{first, plural};

/// What is in a file.
pub(super) enum Read {
    /// Policies, one at least.
    Policies(Found),
    /// No policy, in a file that nobody named.
    Other,
    /// Policies that are not read, and no others, in a file that nobody named.
    Left(Found),
    /// No policy, in a file that was named, or only a part of an output.
    Trouble(Trouble),
    /// A text that cannot be read.
    Refused(Vec<Problem>),
}

/// What a file is that is more than a policy.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Note {
    /// The file.
    pub file: String,
    /// What it is.
    pub what: String,
    /// What is not in it, and how to get it; empty if nothing is missing.
    pub missing: String,
    /// What in it is not checked, and why.
    pub unchecked: Vec<String>,
}

/// Words that a file of YAML has if policies can be in it. Other files of YAML that cannot be read are not about policies.
const WORDS: [&str; 3] = ["Statement", "AWSTemplateFormatVersion", "AWS::"];

/// Words that code of Terraform has if policies can be in it.
const WORDS_OF_CODE: [&str; 2] = ["Statement", "aws_iam_"];

/// Endings of the names of files of code.
const CODE: [&str; 3] = ["tf", "tofu", "hcl"];

/// Reads a file.
pub(super) fn read(source: &File, is_named: bool) -> Read {
    match iam_document::read(&source.text, &source.name, &given::limits()) {
        Ok(found) if !found.documents.is_empty() => Read::Policies(found),
        Ok(found) if is_named => Read::Trouble(given::nothing(source, &found)),
        Ok(found) if !found.left.is_empty() => Read::Left(found),
        Ok(_) => Read::Other,
        Err(report) => {
            let is_about = is_named || WORDS.iter().any(|word| source.text.contains(word));
            let is_yaml = report.has(code::YAML_SYNTAX_ERROR);
            let ending = Path::new(&source.name).extension().unwrap_or_default();
            // Code that can be read is never refused.
            let is_broken_code = CODE.iter().any(|own| ending.eq_ignore_ascii_case(own))
                && WORDS_OF_CODE.iter().any(|word| source.text.contains(word));
            if report.has(code::TRUNCATED_OUTPUT) || (is_named && report.has(code::NOT_A_POLICY)) {
                Read::Trouble(Trouble::document(source.clone(), report))
            } else if (report.has(code::NOT_A_POLICY) && !is_broken_code) || (is_yaml && !is_about) {
                Read::Other
            } else {
                Read::Refused(report.into_problems())
            }
        }
    }
}

/// What is to be said about a file besides its findings.
pub(super) fn note(source: &File, found: &Found) -> Option<Note> {
    let left = found.left.iter().map(|own| format!("{}: {}", own.name, own.why));
    let unchecked = unknown(found).into_iter().chain(left).collect();
    let note = Note {
        file: source.name.clone(),
        what: found.said.clone(),
        missing: found.missing.clone(),
        unchecked,
    };
    (!note.what.is_empty()).then_some(note)
}

/// The text of a document as it is read. What is known only when a template is deployed is plain letters in it, as many bytes long.
pub(super) fn readable(document: &Extracted) -> Cow<'_, str> {
    if document.text.contains(UNKNOWN) {
        Cow::Owned(document.text.replace(UNKNOWN, stand_in(&document.text)))
    } else {
        Cow::Borrowed(&document.text)
    }
}

/// Letters in place of [`UNKNOWN`], as many bytes long. Findings about them are not made.
const STAND_INS: [&str; 8] = ["xxx", "xzx", "zxz", "qxq", "qzq", "zqz", "xqx", "kqk"];

const _: () = {
    let mut rest: &[&str] = &STAND_INS;
    while let [first, others @ ..] = rest {
        assert!(first.len() == UNKNOWN.len());
        rest = others;
    }
};

/// The letters in place of [`UNKNOWN`] in a text that has none such of its own, so that they are not taken for the same.
pub(super) fn stand_in(text: &str) -> &'static str {
    let text = text.to_ascii_lowercase();
    let own = STAND_INS.iter().find(|own| !text.contains(**own));
    own.or(STAND_INS.last()).copied().unwrap_or_default()
}

/// What the codes begin with of findings that compare parts of a document with each other.
const COMPARED: [&str; 1] = ["REDUNDANT_"];

/// What the codes begin with of findings about parts that must stand together in a document.
const TOGETHER: [&str; 6] = [
    "UNIQUE_SIDS_",
    "POLICY_SIZE_",
    "SESSION_POLICY_TOO_LONG",
    "INVALID_CONDITION_MULTIPLE_BOOLEAN",
    "INVALID_CONDITION_DATA_TYPE",
    "MIXED_CONDITION_DATA_TYPES",
];

/// Codes of findings about keys that the conditions of a statement do not test.
const UNTESTED: [&str; 8] = [
    "RESOURCE_POLICY_ADMITS_EVERYONE",
    "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL",
    "MISSING_GITHUB_REPO_CONDITION_KEY",
    "OIDC_TENANT_NOT_TESTED",
    "MISSING_PAIRED_CONDITION_KEYS",
    "DYNAMODB_ATTRIBUTES_WITHOUT_SELECT",
    "RCP_MISSING_",
    "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL",
];

/// Whether a finding is about something that is known. One about a value of which a part is not known could be wrong, and so could one about parts
/// of which only one is deployed.
pub(super) fn is_known(document: &Extracted, read: Option<&Document<'_>>, problem: &Problem) -> bool {
    if document.is_known() {
        return true;
    }
    let begins = |names: &[&str]| names.iter().any(|own| problem.code.name().starts_with(own));
    let compares = begins(&COMPARED);
    if document.has_choices() && (compares || begins(&TOGETHER)) {
        return false;
    }
    if let Some(read) = read.filter(|_| compares) {
        return is_compared(document, read, &problem.place);
    }
    let statement = read.and_then(|own| statement_at(own, problem.place.span.start));
    let element = |name: &str| statement.and_then(|own| own.member(name));
    if problem.code == iam_lint::code::CONDITION_KEY_OF_ANOTHER_ISSUER {
        return element("Principal").is_none_or(|own| is_certain(document, own.span()));
    }
    if begins(&UNTESTED) && element("Condition").is_some_and(|own| !has_known_keys(document, own, 2)) {
        return false;
    }
    let own = problem.place.span.of(&document.text);
    // A finding about a statement or a list is not one about a text in it.
    own.starts_with(['{', '[']) || !own.contains(UNKNOWN)
}

/// The statement at a byte of a document.
fn statement_at<'d>(read: &'d Document<'_>, offset: u32) -> Option<Value<'d>> {
    let statements = read.root().member("Statement")?;
    let mut list = std::iter::once(statements).chain(statements.items());
    list.find(|own| own.kind() == Kind::Object && own.span().start <= offset && offset < own.span().end)
}

/// Whether all names are known of the members of a value, down to a depth.
fn has_known_keys(document: &Extracted, value: Value<'_>, depth: usize) -> bool {
    let is_known = |span: Span| !span.of(&document.text).contains(UNKNOWN);
    let Some(depth) = depth.checked_sub(1) else { return true };
    match value.kind() {
        Kind::Object => {
            value.members().all(|own| is_known(own.key.span()) && has_known_keys(document, own.value, depth))
        }
        Kind::Array | Kind::String | Kind::Number | Kind::True | Kind::False | Kind::Null => {
            is_known(value.span())
        }
    }
}

/// Whether a part of a document has nothing that is known only when it is deployed.
fn is_certain(document: &Extracted, part: Span) -> bool {
    let mut open = document.unknown.iter().filter(|own| own.kind != UnknownKind::Whole);
    !open.any(|own| own.place.start < part.end && part.start < own.place.end)
}

/// Whether all is known of a value that is compared with those beside it.
fn is_compared(document: &Extracted, read: &Document<'_>, place: &Place) -> bool {
    let (own, around) = value_at(read.root(), place.span.start);
    let defaults = document.unknown.iter().filter(|own| own.kind == UnknownKind::Default);
    let mut beside =
        defaults.filter(|own| own.place.start < around.span().end && around.span().start < own.place.end);
    !own.span().of(&document.text).contains(UNKNOWN) && beside.next().is_none()
}

/// The innermost value at a byte of a document, and the value around it; at the name of a member, the object.
fn value_at(root: Value<'_>, offset: u32) -> (Value<'_>, Value<'_>) {
    let (mut value, mut around) = (root, root);
    loop {
        let members = value.members().map(|own| own.value);
        let is_here = |own: &Value<'_>| own.span().start <= offset && offset < own.span().end;
        let Some(inner) = value.items().chain(members).find(is_here) else { return (value, around) };
        (value, around) = (inner, value);
    }
}

/// What is said of what is known only when a template is deployed.
fn unknown(found: &Found) -> Vec<String> {
    let said = |kind: UnknownKind, one: &str, many: &str, then: &str| {
        let unknown = found.documents.iter().flat_map(|own| &own.unknown).filter(|own| own.kind == kind);
        let mut names: Vec<&str> = unknown.map(|own| own.what.as_str()).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        (count > 0).then(|| format!("{} {then}: {}", plural(count, one, many), first(&names, 4)))
    };
    let values = "known only when it is deployed, and findings about them are not made";
    let choices = "made only when it is deployed: all sides are checked, but not what they mean together";
    let defaults = "taken, and may be replaced when it is deployed";
    let whole = "whether policies are deployed";
    let all = [
        said(UnknownKind::Value, "value is", "values are", values),
        said(UnknownKind::Choice, "choice is", "choices are", choices),
        said(UnknownKind::Default, "default of a parameter is", "defaults of parameters are", defaults),
        said(UnknownKind::Whole, "choice decides", "choices decide", whole),
    ];
    all.into_iter().flatten().collect()
}

/// The problems of what is around the policies. A byte order mark is one only where the file itself is to be given to AWS.
pub(super) fn around(found: &Found, mode: Mode) -> Vec<Problem> {
    let is_for_aws = found.is_bare() && mode == Mode::Strict;
    let problems = found.problems.iter();
    problems.filter(|own| own.code != code::BYTE_ORDER_MARK || is_for_aws).cloned().collect()
}
