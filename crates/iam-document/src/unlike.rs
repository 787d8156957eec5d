//! What a text looks like that has no policy, and where the policy is to be had.
//!
//! The sentences quote nothing of the text: it may have credentials in it.

use iam_json::{Kind, Value};

/// What a text is, and what to do instead.
pub(crate) type Sentence = (&'static str, &'static str);

const SAVE: &str = "give the policy itself, or the output of the command that prints it, such as `aws iam get-account-authorization-details`";

/// Bytes at the beginning of files that are no texts.
const BINARY: [(&[u8], Sentence); 6] = [
    (b"PK\x03\x04", ("a zip archive or an office document", "unpack it, and name the files in it")),
    (b"\x1F\x8B", ("a gzip archive", "unpack it with `gunzip`, and name the file in it")),
    (b"%PDF", ("a PDF document", SAVE)),
    (b"\x89PNG", ("a picture", "give the policy as text")),
    (b"\xFF\xD8\xFF", ("a picture", "give the policy as text")),
    (b"bplist", ("a binary property list", SAVE)),
];

/// What bytes are that are no text; `None` if that is not known.
pub(crate) fn binary(bytes: &[u8]) -> Option<Sentence> {
    BINARY.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, sentence)| *sentence)
}

/// What credentials have in them.
const SECRETS: [&str; 4] =
    ["aws_secret_access_key", "AWS_SECRET_ACCESS_KEY", "SecretAccessKey", "PRIVATE KEY-----"];

/// Whether a text has credentials in it. Nothing of it is shown.
pub(crate) fn has_secrets(text: &str) -> bool {
    SECRETS.iter().any(|part| text.contains(part))
}

/// What is said of credentials.
pub(crate) const CREDENTIALS: Sentence =
    ("a text with credentials", "keep them to yourself; give the policy");

/// What is said of code of Terraform.
const CODE: Sentence = (
    "Terraform code",
    "run `terraform plan -out plan` and `terraform show -json plan`, and give what that prints",
);

/// A text that is neither JSON nor YAML: what is in it, in the order of the search.
const TEXTS: [(Find, Sentence); 13] = [
    (Find::Start("%PDF"), ("a PDF document", SAVE)),
    (
        Find::Start("PK\u{3}\u{4}"),
        ("a zip archive or an office document", "unpack it, and name the files in it"),
    ),
    (
        Find::Any("An error occurred ("),
        (
            "an error message of the AWS CLI, and no output",
            "run the command again with permissions for it; `iamgate why --message` explains a denial",
        ),
    ),
    (Find::Start("-----BEGIN"), ("a key or certificate", "keep it to yourself; give the policy")),
    (Find::Start("<?xml"), ("XML", "ask the AWS CLI for it with `--output json`")),
    (Find::Start("<!doctype"), ("a page of HTML", SAVE)),
    (Find::Start("<html"), ("a page of HTML", SAVE)),
    (Find::Line("resource \""), CODE),
    (Find::Line("data \""), CODE),
    (Find::Line("module \""), CODE),
    (
        Find::Line("import "),
        ("code of a program", "give the template or policy that it makes, such as `cdk synth` prints"),
    ),
    (
        Find::Line("permit("),
        ("a Cedar policy", "Verified Permissions has another language than IAM; give an IAM policy"),
    ),
    (Find::Line("package "), ("a Rego policy or code of a program", "give an IAM policy")),
];

/// Where a text must have something.
enum Find {
    /// At its beginning, without white space, in any case.
    Start(&'static str),
    /// At the beginning of a line.
    Line(&'static str),
    Any(&'static str),
}

/// What a text is that cannot be read; `None` if nothing tells.
pub(crate) fn text(text: &str) -> Option<Sentence> {
    let trimmed = text.trim_start();
    let is = |find: &Find| match find {
        Find::Start(start) => trimmed.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start)),
        Find::Line(start) => trimmed.lines().any(|line| line.trim_start().starts_with(start)),
        Find::Any(part) => trimmed.contains(part),
    };
    TEXTS.iter().find(|(find, _)| is(find)).map(|(_, sentence)| *sentence)
}

/// Whether a text seems to be code of Terraform.
#[cfg(feature = "hcl")]
pub(crate) fn is_code(text: &str) -> bool {
    self::text(text).is_some_and(|(what, _)| what == CODE.0)
}

/// What is wrong with a text that begins like JSON and is not; `None` if nothing tells.
pub(crate) fn almost_json(text: &str, at: usize) -> Option<Sentence> {
    let rest = text.get(at..).unwrap_or_default();
    let here = rest.chars().next();
    match here {
        Some('\u{2018}' | '\u{2019}' | '\u{201C}' | '\u{201D}' | '\u{AB}' | '\u{BB}') => Some((
            "typographic quotation marks, as text processors write them",
            "JSON has the mark \" alone: replace them all",
        )),
        Some('\'') => Some((
            "single quotation marks, as Python prints a dict or JavaScript an object",
            "JSON has double ones: print it with `json.dumps` or `JSON.stringify`",
        )),
        Some('N' | 'T' | 'F') if ["None", "True", "False"].iter().any(|word| rest.starts_with(word)) => {
            Some(("a word of Python", "JSON writes null, true and false: print it with `json.dumps`"))
        }
        Some('.') if rest.starts_with("...") => {
            Some(("three dots where something was left out", "give the whole text"))
        }
        Some('<') => Some(("a placeholder, or the mark of a merge", "replace it by what it stands for")),
        Some('>' | '=') if rest.starts_with(">>>>>>>") || rest.starts_with("=======") => {
            Some(("the mark of a merge that was not finished", "finish the merge"))
        }
        Some('$') => Some(("a variable of a template", "give the text that the template makes")),
        None => Some(("the end of the text inside of a value", "the text was cut: give all of it")),
        _ => None,
    }
}

/// JSON that has no policy: names of members, and what it is.
const VALUES: [(&[&str], Sentence); 13] = [
    (&["Credentials.SecretAccessKey"], ("temporary credentials", "keep them to yourself; give the policy")),
    (&["AccessKey.SecretAccessKey"], ("an access key", "keep it to yourself; give the policy")),
    (&["SecretAccessKey"], ("credentials", "keep them to yourself; give the policy")),
    (
        &["eventVersion", "eventName"],
        (
            "an event of CloudTrail",
            "`iamgate why --message` explains a denial; give the policies that decide about it",
        ),
    ),
    (&["eventName", "eventSource"], ("an event of CloudTrail", "give the policies that decide about it")),
    (&["CloudTrailEvent"], ("an event of CloudTrail", "give the policies that decide about it")),
    (&["name", "version", "scripts"], ("a package.json of npm", SAVE)),
    (&["name", "version", "dependencies"], ("a package.json of npm", SAVE)),
    (&["lockfileVersion"], ("a lock file of npm", SAVE)),
    (&["compilerOptions"], ("a configuration of TypeScript", SAVE)),
    (&["$schema", "runs"], ("a report in SARIF", "give the policy that it is about")),
    (&["UserId", "Account", "Arn"], ("output of `aws sts get-caller-identity`", SAVE)),
    (
        &["Error.Code"],
        ("an error message of AWS, and no output", "run the command again with permissions for it"),
    ),
];

/// What a JSON value is that has no policy; `None` if nothing tells.
pub(crate) fn value(root: Value<'_>) -> Option<Sentence> {
    if root.kind() == Kind::Array {
        return root.items().next().and_then(value_alone);
    }
    let inner = ["Records", "Events"].iter().find_map(|name| root.member(name)?.items().next());
    inner.and_then(value_alone).or_else(|| value_alone(root))
}

fn value_alone(value: Value<'_>) -> Option<Sentence> {
    let has = |path: &&str| crate::find::at(value, path).is_some();
    VALUES.iter().find(|(paths, _)| paths.iter().all(has)).map(|(_, sentence)| *sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_known_by_what_is_in_them() {
        for (given, part) in [
            ("resource \"aws_iam_policy\" \"x\" {\n}", "Terraform"),
            ("\n<!DOCTYPE html><html>", "HTML"),
            ("An error occurred (AccessDenied) when calling the GetRole operation", "error message"),
        ] {
            assert!(text(given).unwrap().0.contains(part), "{given}");
        }
        assert_eq!(text("hello"), None);
        assert!(almost_json("{'a'", 1).unwrap().0.contains("Python"));
        assert!(almost_json("{\u{201C}a", 1).unwrap().0.contains("typographic"));
        assert_eq!(almost_json("{x", 1), None);
    }
}
