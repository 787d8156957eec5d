//! Actions and resources (rules 1.14, 1.21, parts 2 and 3).

use std::borrow::Cow;

use super::{Path, Reader, opening};
use crate::action::ActionPattern;
use crate::arn::{self, ARN_FIELDS};
use crate::code;
use crate::pattern::{Pattern, Piece, Syntax, VariableErrorKind};
use crate::policy::PolicyKind;
use crate::resource::{ResourcePattern, count_fields};
use iam_json::Code;
use iam_json::quoted;
use iam_json::{Kind, Value};
use iam_json::{Span, Spanned};

impl Reader<'_> {
    /// Calls `read` for each string of a string or a list of strings. Reports values of other types.
    fn each<'d, T>(
        &mut self,
        value: Value<'d>,
        path: &Path<'_>,
        empty: Code,
        mut read: impl FnMut(&mut Self, Cow<'d, str>, Span, &Path<'_>) -> Option<T>,
    ) -> Option<Vec<Spanned<T>>> {
        const HELP: &str = "a string or a list of strings";
        let mut one = |reader: &mut Self, value: Value<'d>, path: &Path<'_>| {
            let text = reader.string(value, path, HELP)?;
            read(reader, text, value.span(), path).map(|v| Spanned::new(v, value.span()))
        };
        if value.kind() != Kind::Array {
            return one(self, value, path).map(|v| vec![v]);
        }
        let count = value.items().count();
        self.count(count, value, path)?;
        if count == 0 {
            self.report(
                empty,
                path,
                value.span(),
                "an empty list",
                "name at least one, or leave the statement out",
            );
        }
        // After a value that cannot be read, the other values are still read for their problems.
        let mut read = Some(Vec::with_capacity(count));
        for (i, value) in value.items().enumerate() {
            match (one(self, value, &path.item(i)), &mut read) {
                (Some(value), Some(list)) => list.push(value),
                (None, _) => read = None,
                (Some(_), None) => {}
            }
        }
        read
    }

    /// Refuses a list with more values than the limit.
    pub(super) fn count(&mut self, count: usize, value: Value<'_>, path: &Path<'_>) -> Option<()> {
        if count > self.limits.values {
            let help = format!("at most {} are read", self.limits.values);
            self.report(code::TOO_MANY_VALUES, path, opening(value), format!("{count} values"), help);
            return None;
        }
        Some(())
    }

    pub(super) fn actions(
        &mut self,
        value: Value<'_>,
        path: &Path<'_>,
    ) -> Option<Vec<Spanned<ActionPattern>>> {
        self.each(value, path, code::EMPTY_ARRAY_ACTION, |reader, text, span, path| {
            reader.action(&text, span, path)
        })
    }

    fn action(&mut self, text: &str, span: Span, path: &Path<'_>) -> Option<ActionPattern> {
        let read = ActionPattern::read(text, |text| self.source.text(text, span));
        if read.as_ref().is_none_or(|(_, notes)| notes.dollar) && text.contains("${") {
            let help = "variables are replaced in resources and condition values only";
            self.report(code::VARIABLE_UNSUPPORTED_IN_ELEMENT, path, span, quoted(text), help);
        }
        let Some((pattern, notes)) = read else {
            self.report(
                code::INVALID_ACTION,
                path,
                span,
                quoted(text),
                "write it like s3:GetObject, s3:Get* or *",
            );
            return None;
        };
        self.pattern_limits(pattern.pattern(), span, path)?;
        if notes.matches_nothing {
            let help = "write it like s3:GetObject; IAM stores this, and no action has such a name";
            self.report(code::ACTION_MATCHES_NOTHING, path, span, quoted(text), help);
        }
        if notes.wildcard_service {
            let help = "name the service: wildcards belong behind the colon";
            self.report(code::WILDCARD_IN_SERVICE_NAME, path, span, quoted(text), help);
        }
        Some(pattern)
    }

    pub(super) fn resources(
        &mut self,
        value: Value<'_>,
        path: &Path<'_>,
    ) -> Option<Vec<Spanned<ResourcePattern>>> {
        self.each(value, path, code::EMPTY_ARRAY_RESOURCE, |reader, text, span, path| {
            reader.resource(&text, span, path)
        })
    }

    fn resource(&mut self, text: &str, span: Span, path: &Path<'_>) -> Option<ResourcePattern> {
        let pattern = self.pattern(text, true, span, path)?;
        if text == "*" {
            return Some(ResourcePattern::new(pattern));
        }
        if self.kind == PolicyKind::Resource
            && let Some(full) = ResourcePattern::full_text_of_this_api(text)
        {
            // The pattern as written is within the limits. The ARN in front of it does not count.
            let full = Pattern::parse(&full, Syntax::new(true, self.version.has_variables())).ok()?;
            return Some(ResourcePattern::of_this_api(pattern, full));
        }
        if !text.starts_with("arn:") {
            let help = "write \"*\" or an ARN such as arn:aws:s3:::bucket/*";
            let code = match pattern.piece(0) {
                Some(Piece::AnyRun | Piece::AnyOne | Piece::Variable(_)) => code::RESOURCE_NOT_AN_ARN,
                Some(Piece::Text(_)) | None => code::INVALID_ARN_PREFIX,
            };
            self.report(code, path, span, quoted(text), help);
            return (code == code::RESOURCE_NOT_AN_ARN).then(|| ResourcePattern::new(pattern));
        }
        let fields = count_fields(&pattern);
        let pattern = if fields < ARN_FIELDS {
            let completed = format!("{text}{}", ":*".repeat(ARN_FIELDS.saturating_sub(fields)));
            let code = match self.kind {
                // IAM stores no ARN that lacks the last field alone.
                PolicyKind::Identity | PolicyKind::Managed | PolicyKind::Boundary
                    if fields.saturating_add(1) == ARN_FIELDS =>
                {
                    code::MISSING_ARN_FIELD
                }
                PolicyKind::Identity
                | PolicyKind::Managed
                | PolicyKind::Boundary
                | PolicyKind::AwsManaged => code::INCOMPLETE_ARN,
                PolicyKind::Session
                | PolicyKind::Resource
                | PolicyKind::Trust
                | PolicyKind::Kms
                | PolicyKind::Scp
                | PolicyKind::Rcp
                | PolicyKind::VpcEndpoint => code::MISSING_ARN_FIELD,
            };
            let found = format!("{} with {fields} of {ARN_FIELDS} fields", quoted(text));
            self.report(code, path, span, found, format!("write {} if that is meant", quoted(&completed)));
            // The pattern as written is within the limits. The fields that complete it do not count.
            let syntax = Syntax::new(true, self.version.has_variables());
            ResourcePattern::completed(pattern, Pattern::parse(&completed, syntax).ok()?)
        } else {
            ResourcePattern::new(pattern)
        };
        if pattern.has_early_variable() {
            let field = pattern.first_early_field();
            let help = format!(
                "it stands as {field}, and AWS's pages say that variables are replaced in the resource part only; write {field} or a wildcard"
            );
            self.report(code::VARIABLE_BEFORE_RESOURCE_FIELD, path, span, quoted(text), help);
        }
        // The colons of a variable are not those of the ARN.
        if !pattern.has_early_variable() {
            self.stored_arn(text, span, path);
        }
        let fields = arn::partition_and_service(text).zip(["the partition", "the service"]);
        let wild: Vec<&str> =
            fields.filter(|(field, _)| field.contains(['*', '?'])).map(|(_, name)| name).collect();
        if !wild.is_empty() {
            let help = format!("name {}, unless every one is meant", wild.join(" and "));
            self.report(code::WILDCARD_IN_ARN_FIELD, path, span, quoted(text), help);
        }
        Some(pattern)
    }

    /// Reads a pattern. It has variables if the version of the document has them.
    pub(super) fn pattern(
        &mut self,
        text: &str,
        wildcards: bool,
        span: Span,
        path: &Path<'_>,
    ) -> Option<Pattern> {
        let variables = self.version.has_variables();
        if !variables && has_dollar(text) && text.contains("${") {
            let help =
                "set Version to 2012-10-17 if a variable is meant; here the characters stand for themselves";
            self.report(code::VARIABLE_UNSUPPORTED_IN_VERSION, path, span, quoted(text), help);
        }
        let pattern = match Pattern::of(text, Syntax::new(wildcards, variables), |text| {
            self.source.text(text, span)
        }) {
            Ok(pattern) => pattern,
            Err(error) => {
                let (code, help) = match error.kind {
                    VariableErrorKind::NotClosed => (code::MISSING_BRACE_IN_VARIABLE, "close it with }"),
                    VariableErrorKind::Empty => {
                        (code::EMPTY_VARIABLE, "name a condition key between the braces")
                    }
                    VariableErrorKind::Space => {
                        (code::UNSUPPORTED_SPACE_IN_VARIABLE, "take the space out of the name")
                    }
                    VariableErrorKind::Default => (
                        code::MISSING_QUOTE_IN_VARIABLE,
                        "write it like ${aws:PrincipalTag/team, 'all'}: comma, one space, single quotation marks",
                    ),
                };
                self.report(code, path, span, quoted(error.span.of(text)), help);
                return None;
            }
        };
        self.pattern_limits(&pattern, span, path)?;
        Some(pattern)
    }

    pub(super) fn pattern_limits(&mut self, pattern: &Pattern, span: Span, path: &Path<'_>) -> Option<()> {
        self.text_limit(pattern.text(), span, path)?;
        let stars = pattern.stars();
        if stars > self.limits.stars {
            let help = format!("at most {} are read", self.limits.stars);
            self.report(code::TOO_MANY_WILDCARDS, path, span, format!("{stars} `*`"), help);
            return None;
        }
        let variables = pattern.variable_count();
        let most = self.limits.variables.min(Pattern::MAX_VARIABLES);
        if variables > most {
            let help = format!("at most {most} are read");
            self.report(code::TOO_MANY_VARIABLES, path, span, format!("{variables} variables"), help);
            return None;
        }
        Some(())
    }

    pub(super) fn text_limit(&mut self, text: &str, span: Span, path: &Path<'_>) -> Option<()> {
        if text.len() > self.limits.pattern_bytes {
            let help = format!("at most {} bytes are read", self.limits.pattern_bytes);
            self.report(code::PATTERN_TOO_LONG, path, span, format!("{} bytes", text.len()), help);
            return None;
        }
        Some(())
    }
}

/// Whether a text has `$`. Searching for one byte is much faster than searching for two characters.
pub(super) fn has_dollar(text: &str) -> bool {
    text.as_bytes().contains(&b'$')
}
