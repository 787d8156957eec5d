//! Texts that somebody or something must still fill in, such as `<region>` and `${ACCOUNT_ID}`. What is found of the latter is with the
//! [variables](super::variables); what to do about them is here.

use iam_json::{Code, Problem, quoted};

use iam_policy::code as read;

use super::Run;
use super::arns::Fields;
use crate::code;
use crate::view::Text;

/// The longest name of a placeholder, in bytes.
const MOST_BYTES: usize = 64;

/// The most placeholders of a text that are told.
const MOST_TOLD: usize = 4;

/// The marks before and behind the name of a placeholder.
const MARKS: [(&str, &str); 4] = [("<", ">"), ("{{", "}}"), ("%{", "}"), ("#{", "}")];

/// The length in bytes of the placeholder with which a text begins.
pub(crate) fn placeholder(text: &str) -> Option<usize> {
    MARKS.iter().find_map(|(open, close)| {
        let inner = text.strip_prefix(open)?;
        let end = inner.find(close).filter(|end| *end <= MOST_BYTES)?;
        let name = inner.get(..end)?.trim_matches(' ');
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || " _-.:/'".contains(c));
        is_name.then(|| open.len().saturating_add(end).saturating_add(close.len()))
    })
}

/// The placeholders of a text, and the text with `*` in place of each. `None` if it has none.
pub(crate) fn filled(text: &str) -> Option<(Vec<&str>, String)> {
    if !text.contains(['<', '{']) {
        return None;
    }
    let (mut names, mut whole) = (Vec::new(), String::with_capacity(text.len()));
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some((own, behind)) = placeholder(rest).and_then(|length| rest.split_at_checked(length)) {
            names.push(own);
            whole.push('*');
            rest = behind;
            continue;
        }
        whole.push(c);
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    (!names.is_empty()).then_some((names, whole))
}

/// All placeholders of a text, with those of templates: variables with names for which `is_open` holds.
pub(crate) fn open(text: &str, is_open: impl Fn(&str) -> bool) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['<', '{', '%', '#', '$']) {
        rest = rest.get(at..).unwrap_or_default();
        let of_template = || {
            let inner = rest.strip_prefix("${")?;
            let name = inner.split('}').next().filter(|name| name.len() < inner.len())?;
            is_open(name).then(|| name.len().saturating_add(3))
        };
        let length = placeholder(rest).or_else(of_template);
        let (own, behind) = rest.split_at_checked(length.unwrap_or(1)).unwrap_or((rest, ""));
        if length.is_some() {
            names.push(own);
        }
        rest = behind;
    }
    names
}

/// Whether a variable of this name is one of a template, by its form: names of condition keys have one colon, and it is not doubled.
fn is_of_template(name: &str) -> bool {
    let is_name = name.chars().any(|c| c.is_ascii_alphabetic());
    is_name && (!name.contains(':') || name.contains("::"))
}

/// Codes about the form of a text, which a placeholder in it does not have yet.
const OF_FORM: [Code; 21] = [
    read::ACTION_MATCHES_NOTHING,
    code::INVALID_ACTION,
    code::INVALID_ARN_PREFIX,
    code::INVALID_CONDITION_KEY_FORMAT,
    code::INVALID_CONDITION_OPERATOR,
    code::INVALID_DATE_VALUE,
    code::INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY,
    code::INVALID_KMS_KEY_VALUE,
    code::INVALID_PRINCIPAL_FORMAT,
    code::INVALID_REGION,
    code::INVALID_SERVICE,
    code::INVALID_SERVICE_IN_ACTION,
    code::INVALID_SERVICE_PRINCIPAL_FORMAT,
    code::INVALID_VARIABLE_FOR_OPERATOR,
    code::TYPE_MISMATCH_BOOLEAN,
    code::TYPE_MISMATCH_DATE,
    code::TYPE_MISMATCH_IP_RANGE,
    code::TYPE_MISMATCH_NUMBER,
    code::TYPE_MISMATCH_STRING,
    code::UNSUPPORTED_SID,
    code::VARIABLE_UNSUPPORTED_IN_ELEMENT,
];

/// Says of texts with placeholders that these are to be filled in, whatever else is wrong with their form.
pub(crate) fn fill_in(source: &str, found: &mut [Problem]) {
    for problem in found.iter_mut().filter(|own| OF_FORM.contains(&own.code)) {
        let text = problem.place.span.of(source);
        let names = if text.starts_with('"') { open(text, is_of_template) } else { Vec::new() };
        if !names.is_empty() {
            let refused = problem.help.find(crate::reading::NOT_READ).and_then(|at| problem.help.get(at..));
            problem.help = format!("{}{}", help(names), refused.unwrap_or_default());
        }
    }
}

/// What to do about placeholders.
pub(crate) fn help(mut names: Vec<&str>) -> String {
    names.dedup();
    let more = names.len() > MOST_TOLD;
    names.truncate(MOST_TOLD);
    let told: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    match told.as_slice() {
        [one] => format!("fill in the placeholder {one}"),
        _ => format!("fill in the placeholders {}{}", told.join(", "), if more { " and others" } else { "" }),
    }
}

impl Run<'_, '_> {
    /// Reports the placeholders of an ARN once, by the first field that has one.
    pub(super) fn placeholders(&mut self, text: &Text<'_>, names: Vec<&str>) {
        let Some(fields) = Fields::of(&text.text) else { return };
        let all = [
            (code::INVALID_PARTITION, fields.partition),
            (code::INVALID_SERVICE, fields.service),
            (code::INVALID_ARN_REGION, fields.region),
            (code::INVALID_ARN_ACCOUNT, fields.account),
            (code::INVALID_ARN_RESOURCE, fields.resource),
        ];
        // The key of an object may be any text.
        let judged = |code: Code, field: &'_ str| {
            let is_key = code == code::INVALID_ARN_RESOURCE && fields.service == "s3";
            let part = if is_key { field.split('/').next().unwrap_or_default() } else { field };
            filled(part).is_some()
        };
        if let Some((code, field)) = all.into_iter().find(|(code, field)| judged(*code, field)) {
            self.at(code, text, quoted(field), help(names));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_have_marks_and_names() {
        for (text, expected) in [
            ("arn:<partition>:sqs:<the region>::<resource:1>", Some("arn:*:sqs:*::*")),
            ("a{{ account }}b", Some("a*b")),
            ("%{aws_account_id}", Some("*")),
            ("#{ENV['ACCOUNT']}", None),
            ("a<b", None),
            ("a<>b", None),
            ("<1>", None),
            ("${aws:username}", None),
            ("{a}", None),
        ] {
            assert_eq!(filled(text).map(|(_, whole)| whole).as_deref(), expected, "{text}");
        }
        for (text, expected) in [
            ("arn:aws:iam::${ACCOUNT_ID}:role/<name>", &["${ACCOUNT_ID}", "<name>"][..]),
            ("${AWS::AccountId}${*}${aws:username}", &["${AWS::AccountId}"]),
            ("$ { ${a", &[]),
        ] {
            assert_eq!(open(text, is_of_template), expected, "{text}");
        }
        assert_eq!(help(vec!["<a>", "<a>"]), "fill in the placeholder `<a>`");
        assert!(help(vec!["<a>", "<b>", "<c>", "<d>", "<e>"]).ends_with("`<d>` and others"));
    }
}
