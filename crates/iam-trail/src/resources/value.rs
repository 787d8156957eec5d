//! The rules that make a part of an ARN of the value of a parameter.

use std::borrow::Cow;

use super::arn::ArnPattern;
use super::outcome::UnknownResource;
use super::tree::Tree;

/// What a value is, by a rule.
#[derive(Debug)]
pub(super) enum Applied {
    /// What fills the placeholder, and the account if it is not the caller's.
    Part(ArnPattern, Account),
    /// The whole ARN.
    Whole(ArnPattern),
    /// It is no resource of this type. Another type must take it.
    OfAnother,
    /// It names no resource of this type beside others.
    Nothing,
    /// It does not tell.
    Fails(UnknownResource),
}

/// The account of an ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Account {
    /// The caller's.
    Own,
    Given(String),
    Unknown,
}

/// Where a value stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'t, 'a> {
    pub(super) tree: &'t Tree<'a>,
    /// The text of the form just before the placeholder.
    pub(super) before: &'t str,
    /// The operation.
    pub(super) operation: &'t str,
    pub(super) failed: bool,
}

impl<'t> Context<'t, '_> {
    /// The text of another parameter.
    fn other(&self, name: &str) -> Option<&'t str> {
        let mut found = Vec::new();
        self.tree.at(name, &mut found).ok()?;
        match found.as_slice() {
            [Tree::Text(text)] => Some(text),
            [] | [_, ..] => None,
        }
    }
}

/// Whether a value was replaced before it was recorded.
pub(super) fn is_redacted(value: &str) -> bool {
    value.contains("***") || value.contains("HIDDEN_DUE_TO_SECURITY_REASONS")
}

fn part(text: &str) -> Applied {
    Applied::Part(ArnPattern::known(text), Account::Own)
}

/// A text, then what is unknown.
fn open(text: &str) -> ArnPattern {
    let mut arn = ArnPattern::known(text);
    arn.push_unknown();
    arn
}

/// What is unknown, then a text.
fn behind_unknown(text: &str) -> ArnPattern {
    let mut arn = ArnPattern::default();
    arn.push_unknown();
    arn.push(text);
    arn
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The text after the last slash.
fn tail(text: &str) -> &str {
    text.rsplit('/').next().unwrap_or(text)
}

/// What a value is. `fits` says that it is an ARN of the type.
pub(super) fn apply(rule: &str, value: &str, fits: bool, at: Context<'_, '_>) -> Applied {
    let is_arn = value.starts_with("arn:");
    // What these rules make of an ARN is not always the ARN itself.
    match rule {
        "fn" => return function(value, at),
        "secret" => return secret(value, fits, at),
        "lg" | "lgtag" => return log_group(rule, value, fits),
        "ap" => return access_point_object(value, at),
        "topic" => {
            let topic = value.rsplit_once(':').map(|(topic, _)| topic).filter(|_| is_arn);
            return topic.map_or(Applied::OfAnother, |topic| Applied::Whole(ArnPattern::known(topic)));
        }
        _ => {}
    }
    if fits {
        return Applied::Whole(ArnPattern::known(value));
    }
    match rule {
        "tail" | "bus" if is_arn && rule == "tail" => part(tail(value)),
        "key" if value.starts_with("alias/") || value.contains(":alias/") => {
            Applied::Fails(UnknownResource::Alias)
        }
        _ if is_arn => Applied::OfAnother,
        "" | "key" | "tail" => part(value),
        "lower" => part(&value.to_ascii_lowercase()),
        "url" => queue(value),
        "role" => Applied::Part(behind_unknown(tail(value)), Account::Own),
        "made" => {
            let path = at.other("path").unwrap_or("/");
            part(&format!("{}{value}", path.strip_prefix('/').unwrap_or(path)))
        }
        "host" => part(value.strip_prefix("https://").unwrap_or(value).trim_end_matches('/')),
        "linked" => Applied::Part(open(&format!("aws-service-role/{value}/")), Account::Own),
        "param" => part(parameter(value)),
        "below" => Applied::Part(open(value.trim_matches('/')), Account::Own),
        "doc" => document(value),
        "bucket" => bucket(value),
        "nobus" if at.other("eventbusname").is_none_or(|bus| bus == "default") => part(value),
        "bus" if value != "default" => part(value),
        "nobus" | "bus" => Applied::Nothing,
        "head/" | "rest/" => copy_source(rule == "head/", value),
        "head:" => part(value.split(':').next().unwrap_or(value)),
        "rest:" => value
            .split_once(':')
            .map_or_else(|| Applied::Part(behind_unknown(""), Account::Own), |(_, rest)| part(rest)),
        "bare" => {
            let head = tail(at.before);
            let bare = value.strip_prefix(head).filter(|bare| !bare.is_empty());
            bare.map_or(Applied::OfAnother, part)
        }
        "alias" => value.strip_prefix("alias/").map_or(Applied::Fails(UnknownResource::Form), part),
        "num" if is_account(value) => part(value),
        "num" => Applied::OfAnother,
        "fm" => foundation_model(value),
        "within" => {
            let mut arn = behind_unknown(value);
            arn.push_unknown();
            Applied::Part(arn, Account::Own)
        }
        _ => match rule.strip_prefix("of:") {
            Some(wanted) => tagged(wanted, value, at),
            None => begins(rule, value),
        },
    }
}

/// An id that begins with a text, such as `i-`: what is behind it has no hyphen.
fn begins(head: &str, value: &str) -> Applied {
    let id = value.strip_prefix(head).filter(|id| !id.is_empty() && !id.contains('-'));
    id.map_or(Applied::OfAnother, |_| part(value))
}

/// A function of Lambda: its name, `ACCOUNT:function:NAME` or ARN, each with or without a qualifier.
///
/// # Source
/// AWS Lambda API Reference, "Invoke" (FunctionName); Developer Guide, "Resources and conditions for Lambda actions": a request with a
/// qualifier is decided on the ARN with the qualifier.
fn function(value: &str, at: Context<'_, '_>) -> Applied {
    let (head, name, account) = if value.starts_with("arn:") {
        if !value.contains(":lambda:") || !value.contains(":function:") {
            return Applied::OfAnother;
        }
        let name = value.splitn(7, ':').nth(6).unwrap_or_default();
        (Some(value), name, Account::Own)
    } else if let Some((account, name)) = value.split_once(":function:") {
        (None, name, Account::Given(account.to_owned()))
    } else {
        (None, value, Account::Own)
    };
    let account = match account {
        Account::Given(own) if !is_account(&own) => return Applied::Fails(UnknownResource::Form),
        Account::Given(_) | Account::Own | Account::Unknown => account,
    };
    let mut arn = ArnPattern::known(head.unwrap_or(name));
    if let Some(qualifier) = at.other("qualifier").filter(|_| !name.contains(':')) {
        if at.operation.get(..6).is_some_and(|own| own.eq_ignore_ascii_case("invoke")) {
            arn.push(":");
            arn.push(qualifier);
        } else {
            arn.push_unknown();
        }
    }
    if head.is_some() { Applied::Whole(arn) } else { Applied::Part(arn, account) }
}

/// A secret, whose ARN ends with a hyphen and six random characters.
///
/// # Source
/// Secrets Manager API Reference, "GetSecretValue" (SecretId).
fn secret(value: &str, fits: bool, at: Context<'_, '_>) -> Applied {
    let suffix = value.rsplit_once('-').map(|(_, end)| end);
    let is_whole =
        suffix.is_some_and(|end| end.len() == 6 && end.bytes().all(|own| own.is_ascii_alphanumeric()));
    match (value.starts_with("arn:"), fits) {
        (true, false) => Applied::OfAnother,
        (true, true) if is_whole => Applied::Whole(ArnPattern::known(value)),
        (true, true) => Applied::Whole(open(&format!("{value}-"))),
        // A secret that is not there, or not yet, has no such characters.
        (false, _) if at.failed || at.operation.eq_ignore_ascii_case("CreateSecret") => {
            Applied::Part(open(value), Account::Own)
        }
        (false, _) => Applied::Part(open(&format!("{value}-")), Account::Own),
    }
}

/// A log group. AWS decides on its ARN with `:log-stream:` or the like behind it; the operations for tags on the ARN alone.
///
/// # Source
/// CloudWatch Logs User Guide, "Overview of managing access permissions to your CloudWatch Logs resources".
fn log_group(rule: &str, value: &str, fits: bool) -> Applied {
    let is_arn = value.starts_with("arn:");
    if is_arn && !fits {
        return Applied::OfAnother;
    }
    let name = if is_arn { value.strip_suffix(":*").unwrap_or(value) } else { value };
    let arn = if rule == "lgtag" { open(name) } else { open(&format!("{name}:")) };
    if is_arn { Applied::Whole(arn) } else { Applied::Part(arn, Account::Own) }
}

/// An object that is asked for through an access point whose ARN stands in place of a bucket.
fn access_point_object(value: &str, at: Context<'_, '_>) -> Applied {
    if !value.starts_with("arn:") {
        return Applied::Nothing;
    }
    if !value.contains(":accesspoint/") {
        return Applied::OfAnother;
    }
    let mut arn = ArnPattern::known(&format!("{value}/object/"));
    match at.other("key") {
        Some(key) => arn.push(key),
        None => arn.push_unknown(),
    }
    Applied::Whole(arn)
}

/// A queue of SQS: `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`.
fn queue(value: &str) -> Applied {
    let mut segments = value.rsplit('/');
    match (segments.next(), segments.next()) {
        (Some(name), None) => part(name),
        (Some(name), Some(account)) if is_account(account) && !name.is_empty() => {
            Applied::Part(ArnPattern::known(name), Account::Given(account.to_owned()))
        }
        (_, _) => Applied::Fails(UnknownResource::Form),
    }
}

/// A parameter of Systems Manager, without the slash before it and the version or label behind it.
fn parameter(value: &str) -> &str {
    let name = value.split(':').next().unwrap_or(value);
    name.strip_prefix('/').unwrap_or(name)
}

/// A document of Systems Manager. Those of AWS are in no account, or in one of AWS.
fn document(value: &str) -> Applied {
    let account =
        if value.starts_with("AWS") || value.starts_with("Amazon") { Account::Unknown } else { Account::Own };
    Applied::Part(ArnPattern::known(value), account)
}

/// A bucket. An alias of an access point does not tell the access point.
fn bucket(value: &str) -> Applied {
    if value.ends_with("-s3alias") || value.ends_with("--ol-s3") {
        Applied::Fails(UnknownResource::Alias)
    } else if value.contains([':', '/']) {
        Applied::Fails(UnknownResource::Form)
    } else {
        part(value)
    }
}

/// The bucket or the key of a source, `BUCKET/KEY` or `/BUCKET/KEY?versionId=ID`, percent-encoded.
fn copy_source(head: bool, value: &str) -> Applied {
    let value = value.split_once("?versionId=").map_or(value, |(own, _)| own);
    let Some(value) = decoded(value) else { return Applied::Fails(UnknownResource::Form) };
    match value.strip_prefix('/').unwrap_or(&value).split_once('/') {
        Some((bucket, _)) if head => self::bucket(bucket),
        Some((_, key)) => part(key),
        None => Applied::Fails(UnknownResource::Form),
    }
}

/// The text behind percent-encoding. `None` if it is not UTF-8, or a `%` begins no byte.
fn decoded(text: &str) -> Option<Cow<'_, str>> {
    let Some((first, rest)) = text.split_once('%') else { return Some(Cow::Borrowed(text)) };
    let mut bytes = first.as_bytes().to_vec();
    for piece in rest.split('%') {
        let (code, behind) = piece.split_at_checked(2)?;
        if !code.bytes().all(|own| own.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        bytes.extend_from_slice(behind.as_bytes());
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

/// The id of a foundation model of Bedrock. An id with a geography before it is that of an inference profile, which needs several models.
fn foundation_model(value: &str) -> Applied {
    const GEOGRAPHIES: [&str; 9] = ["us", "us-gov", "eu", "apac", "jp", "au", "ca", "sa", "global"];
    match value.split_once('.') {
        Some((head, _)) if !GEOGRAPHIES.contains(&head) => part(value),
        Some(_) | None => Applied::Fails(UnknownResource::Form),
    }
}

/// The resource of a tag in Systems Manager, whose type another parameter says.
fn tagged(wanted: &str, value: &str, at: Context<'_, '_>) -> Applied {
    match at.other("resourcetype") {
        Some(own) if own.eq_ignore_ascii_case(wanted) && wanted == "Parameter" => part(parameter(value)),
        Some(own) if own.eq_ignore_ascii_case(wanted) && wanted == "Document" => document(value),
        Some(own) if own.eq_ignore_ascii_case(wanted) => part(value),
        Some(_) | None => Applied::OfAnother,
    }
}
