//! The reader: from JSON values to the typed model, with every problem on the way.
//!
//! One reader serves both modes. The mode only sets the level of each code (see [`crate::Code::level`]). A value with a problem yields no
//! part of the model, but the reader continues after it, so that the report is complete.

mod allowed;
mod condition;
mod element;
mod everyone;
mod gateway;
mod path;
mod principal;
mod statement;
mod stored;
mod tenancy;

use std::borrow::Cow;
use std::sync::Arc;

pub(crate) use path::Path;

use iam_json::{Code, Document, Kind, LineIndex, Mode, Place, Problem, Report, Span, Spanned, Value, quoted};

use crate::code;
use crate::limits::Limits;
use crate::policy::{Effect, Policy, PolicyKind, Version};
use crate::size::Size;
use crate::text::Source;

/// The state that all parts of the reader share.
pub(crate) struct Reader<'r> {
    kind: PolicyKind,
    mode: Mode,
    limits: &'r Limits,
    lines: &'r LineIndex,
    /// The source that the texts of patterns are cut from.
    source: Source,
    version: Version,
    problems: Vec<Problem>,
}

/// Says that a part cannot be read. The problem has been reported.
pub(crate) struct Reported;

impl Policy {
    /// Reads a document.
    ///
    /// # Errors
    /// If a problem refuses the document, the report has all problems that were found, in the order of the text. `CODES.md` lists their
    /// codes.
    ///
    /// # Limits
    /// All of [`Limits`].
    ///
    /// # Cost
    /// Linear in the length of the text.
    ///
    /// # Examples
    /// ```
    /// use iam_policy::{Effect, Limits, Mode, Policy, PolicyKind};
    ///
    /// let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}"#;
    /// let policy = Policy::parse(text, PolicyKind::Session, Mode::Strict, &Limits::default())?;
    /// assert_eq!(policy.statements[0].effect.value, Effect::Deny);
    ///
    /// let refused = Policy::parse(&text.replace("Deny", "deny"), PolicyKind::Session, Mode::Strict, &Limits::default());
    /// assert_eq!(refused.unwrap_err().problems()[0].code.name(), "INVALID_EFFECT");
    /// # Ok::<(), iam_policy::Report>(())
    /// ```
    pub fn parse(text: &str, kind: PolicyKind, mode: Mode, limits: &Limits) -> Result<Self, Report> {
        let document = Document::parse(text, limits)?;
        Self::from_value(document.root(), kind, mode, limits, document.lines())
    }

    /// Reads a policy that is a value inside a larger document.
    ///
    /// Places refer to the larger document. The limits on bytes and the quotas apply to the value's own text.
    ///
    /// # Errors
    /// As [`Policy::parse`]. Duplicate members of the larger document outside the value are not reported; the caller must refuse them.
    pub fn from_value(
        value: Value<'_>,
        kind: PolicyKind,
        mode: Mode,
        limits: &Limits,
        lines: &Arc<LineIndex>,
    ) -> Result<Self, Report> {
        let size = Size::of_value(value);
        // A document beyond the limit is refused. No text is cut from it.
        let text = if size.bytes > limits.document_bytes { "" } else { value.raw() };
        let source = Source::of(text, value.span());
        let mut reader =
            Reader { kind, mode, limits, lines, source, version: Version::Missing, problems: Vec::new() };
        let place = path::Place::of(value);
        let path = Path::Policy(&place);
        if value.is_root() {
            reader.problems.extend(value.document().duplicate_report(lines).into_problems());
        }
        let read = reader.document(value, &path, size);
        let refused = reader.problems.iter().any(Problem::is_refusal);
        let report = Report::from_iter(reader.problems);
        match read {
            Some((id, statements)) if !refused => Ok(Self {
                kind,
                version: reader.version,
                id,
                statements,
                size,
                findings: report.into_problems(),
                lines: Arc::clone(lines),
            }),
            _ => Err(report),
        }
    }
}

type Parts = (Option<Spanned<Box<str>>>, Vec<crate::policy::Statement>);

impl Reader<'_> {
    fn report(
        &mut self,
        code: Code,
        path: &Path<'_>,
        span: Span,
        found: impl Into<String>,
        help: impl Into<String>,
    ) {
        let place = Place::new(path.to_string(), span);
        self.problems.push(Problem::new(self.mode, code, place, found.into(), help.into(), self.lines));
    }

    fn document(&mut self, value: Value<'_>, path: &Path<'_>, size: Size) -> Option<Parts> {
        if size.bytes > self.limits.document_bytes {
            let help = format!("at most {} bytes are read as one policy", self.limits.document_bytes);
            self.report(code::DOCUMENT_TOO_LARGE, path, value.span(), format!("{} bytes", size.bytes), help);
            return None;
        }
        if value.kind() != Kind::Object {
            let found = format!("{} instead of an object", value.kind().name());
            self.report(
                code::NOT_A_POLICY,
                path,
                value.span(),
                found,
                "a policy is an object with Version and Statement",
            );
            return None;
        }
        self.characters(value);
        self.size(value, path, size);
        let [version, id, statement] = self.members(value, path, ["Version", "Id", "Statement"], "a policy");
        self.version(version, value, path);
        let id = id.and_then(|id| self.id(id, path));
        let statements = if let Some(statement) = statement {
            self.statements(statement, &path.member("Statement"))
        } else {
            let found = "an object without Statement";
            self.report(code::MISSING_STATEMENT, path, opening(value), found, "add a Statement");
            None
        };
        let statements = statements?;
        if self.kind == PolicyKind::Scp && statements.iter().all(|s| s.effect.value == Effect::Deny) {
            let help =
                "leave FullAWSAccess, or another policy that allows, attached beside it at every level";
            self.report(code::SCP_WITHOUT_ALLOW, path, opening(value), "a policy that only denies", help);
        }
        Some((id, statements))
    }

    /// Finds the members of an object by name, and reports all other members.
    ///
    /// Of duplicate members, the first is returned. The JSON reader reports duplicates.
    fn members<'d, const N: usize>(
        &mut self,
        object: Value<'d>,
        path: &Path<'_>,
        names: [&'static str; N],
        what: &str,
    ) -> [Option<Value<'d>>; N] {
        let mut found = [None; N];
        for member in object.members() {
            let name = member.key.string();
            let slot = names.iter().zip(found.iter_mut()).find(|(known, _)| **known == name);
            if let Some((_, slot)) = slot {
                slot.get_or_insert(member.value);
                continue;
            }
            let help = match names.iter().find(|known| known.eq_ignore_ascii_case(&name)) {
                Some(known) => format!("write {known}: element names are case-sensitive"),
                None => format!("{what} has {}", names.join(", ")),
            };
            self.report(
                code::INVALID_POLICY_ELEMENT,
                &path.member(&name),
                member.key.span(),
                quoted(&name),
                help,
            );
        }
        found
    }

    fn version(&mut self, version: Option<Value<'_>>, policy: Value<'_>, path: &Path<'_>) {
        const HELP: &str = "write \"Version\": \"2012-10-17\"";
        let Some(value) = version else {
            self.report(code::MISSING_VERSION, path, opening(policy), "no Version element", HELP);
            return;
        };
        let path = path.member("Version");
        match value.as_string().as_deref() {
            Some("2012-10-17") => self.version = Version::V2012,
            Some("2008-10-17") => self.version = Version::V2008,
            Some(other) => {
                self.report(code::INVALID_VERSION, &path, value.span(), quoted(other), HELP);
                // The document is refused. Variables are read all the same, so that the report includes their problems.
                self.version = Version::V2012;
            }
            None => self.report(code::DATA_TYPE_MISMATCH, &path, value.span(), value.kind().name(), HELP),
        }
    }

    fn id(&mut self, value: Value<'_>, path: &Path<'_>) -> Option<Spanned<Box<str>>> {
        let path = path.member("Id");
        if !self.kind.names_principals() {
            let help = format!("leave it out of {}", self.kind.description());
            self.report(code::UNSUPPORTED_ID, &path, value.span(), "an Id element", help);
        }
        let text = self.string(value, &path, "Id is a string")?;
        Some(Spanned::new(text.into(), value.span()))
    }

    /// The text of a value that must be a string.
    fn string<'d>(&mut self, value: Value<'d>, path: &Path<'_>, help: &str) -> Option<Cow<'d, str>> {
        let text = value.as_string();
        if text.is_none() {
            self.report(code::DATA_TYPE_MISMATCH, path, value.span(), value.kind().name(), help);
        }
        text
    }

    fn characters(&mut self, value: Value<'_>) {
        let allowed = |c: char| matches!(c, '\u{9}' | '\u{A}' | '\u{D}' | '\u{20}'..='\u{FF}');
        let (raw, start) = (value.raw(), value.span().start);
        // JSON has no control characters except white space, so ASCII text needs no check. Other text is checked character by character.
        if raw.is_ascii() {
            return;
        }
        let mut offending = raw.char_indices().filter(|(_, c)| !allowed(*c));
        if let Some((at, c)) = offending.next() {
            let start = u32::try_from(at).ok().and_then(|at| start.checked_add(at)).unwrap_or(start);
            let width = u32::try_from(c.len_utf8()).unwrap_or(1);
            let more = match offending.count() {
                0 => String::new(),
                others => format!(" and {others} more"),
            };
            let found = format!("U+{:04X}{more}", u32::from(c));
            let help = "AWS accepts tab, line feed, carriage return and U+0020 to U+00FF; use a wildcard in its place";
            let place = Place::new(value.pointer_at(start), Span::new(start, start.saturating_add(width)));
            let (found, help) = (found, help.to_owned());
            let code = code::UNSUPPORTED_CHARACTER;
            self.problems.push(Problem::new(self.mode, code, place, found, help, self.lines));
        }
    }

    fn size(&mut self, value: Value<'_>, path: &Path<'_>, size: Size) {
        let limits = self.limits;
        let compact = (size.characters_without_white_space, "characters, white space not counted");
        let plain = (size.characters, "characters, white space counted");
        let (code, (length, unit), most) = match self.kind {
            PolicyKind::Identity => {
                (code::POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA, compact, limits.inline_policy_characters)
            }
            // A deployed managed policy may be AWS's own. AWS's policies have no such quota.
            PolicyKind::Managed if self.mode == Mode::Deployed => return,
            PolicyKind::Managed | PolicyKind::Boundary => {
                (code::POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA, compact, limits.managed_policy_characters)
            }
            PolicyKind::Session => (code::SESSION_POLICY_TOO_LONG, plain, limits.session_policy_characters),
            PolicyKind::Trust if size.characters_without_white_space <= limits.trust_policy_characters => (
                code::POLICY_SIZE_EXCEEDS_DEFAULT_ROLE_TRUST_POLICY_QUOTA,
                compact,
                limits.default_trust_policy_characters,
            ),
            PolicyKind::Trust => {
                (code::POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA, compact, limits.trust_policy_characters)
            }
            PolicyKind::Scp => (code::POLICY_SIZE_EXCEEDS_SCP_QUOTA, plain, limits.scp_characters),
            PolicyKind::Rcp => (code::POLICY_SIZE_EXCEEDS_RCP_QUOTA, plain, limits.rcp_characters),
            PolicyKind::Kms => (
                code::POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA,
                (size.bytes, "bytes"),
                limits.key_policy_bytes,
            ),
            PolicyKind::VpcEndpoint => {
                (code::POLICY_SIZE_EXCEEDS_ENDPOINT_POLICY_QUOTA, plain, limits.endpoint_policy_characters)
            }
            // AWS's own policies have no quota, and those of other resources differ between services.
            PolicyKind::AwsManaged | PolicyKind::Resource => return,
        };
        if length > most {
            let help = if self.kind == PolicyKind::Trust {
                let (usual, raised) =
                    (limits.default_trust_policy_characters, limits.trust_policy_characters);
                format!(
                    "a role trust policy holds {usual} {unit}, and at most {raised} if the quota of the account was raised"
                )
            } else if self.kind == PolicyKind::Managed {
                format!(
                    "a customer managed policy holds at most {most} {unit}; AWS's own are of the kind aws_managed"
                )
            } else if self.kind == PolicyKind::Identity {
                format!(
                    "a managed policy holds {} {unit}; the inline policies of a role {}, of a group 5120, of a user 2048 together",
                    limits.managed_policy_characters, limits.inline_policy_characters
                )
            } else {
                format!("{} holds at most {most} {unit}", self.kind.description())
            };
            self.report(code, path, opening(value), format!("{length} {unit}"), help);
        }
    }
}

/// The brace or bracket that begins a value. Problems that concern the whole value are reported there.
fn opening(value: Value<'_>) -> Span {
    let span = value.span();
    Span::new(span.start, span.start.saturating_add(1).min(span.end))
}
