//! Records that are read, and their decisions made again.

use std::borrow::Cow;

use iam_eval::{Context, ContextValue};
use iam_json::{Document, Form, Kind, Value, code};
use iam_policy::Limits;
use iam_policy::value::Instant;

use super::differences::{Difference, differences};
use super::premises;
use crate::input::{File, InputError};
use crate::plan::asked::{Asked, Verified, VerifiedPerson};
use crate::plan::{Claims, Gate, Judgement, Pins, Refused};
use crate::profile::Profile;
use crate::proof::Premises;
use crate::schema::DocumentSchema;
use crate::snapshot::RoleSnapshot;
use crate::trust::IdentityProviders;

/// The maximum length of a record in bytes. It may contain the policies of a role.
const MOST_BYTES: usize = 16 << 20;

/// The maximum nesting of a record: a witness has policies in lists of lists.
const DEPTH: usize = 48;

/// A decision record that was read: the inputs that stand in it. Role, profile and identity providers stand in it by their hashes only.
#[derive(Debug)]
pub struct DecisionRecord<'f> {
    document: Document<'f>,
    claims: Claims,
    provider: Box<str>,
    engineer: Box<str>,
    case: Box<str>,
    duration_seconds: i64,
    now: Instant,
    call: Context,
    verified: Option<Verified>,
    premises: Premises,
    pins: Pins,
}

/// A decision that was made again.
#[derive(Debug)]
#[non_exhaustive]
pub struct Replay {
    /// What was judged, or the refusal. It gives no call of STS, even if the record is that of a plan.
    pub outcome: Result<Judgement, Box<Refused>>,
    /// Where the record that was read differs from the one of the decision made again. Empty only if they are the same, byte for byte.
    pub differences: Vec<Difference>,
}

impl<'f> DecisionRecord<'f> {
    /// Reads a record.
    ///
    /// # Errors
    /// The text is no record, or is too large, or a member from which the decision is made has the wrong form.
    pub fn read(file: &'f File) -> Result<Self, InputError> {
        let mut limits = Limits::default();
        (limits.document_bytes, limits.depth) = (MOST_BYTES, DEPTH);
        let refused = |report| InputError::document(&file.name, report);
        let document =
            Document::parse(&file.text, &limits).and_then(Document::refuse_duplicates).map_err(refused)?;
        let mut form = Form::new(&document, MOST_BYTES);
        let parts = Parts::read(&mut form, document.root());
        let parts = form.finish(parts).map_err(refused)?;
        let name = format!("the claims of {}", file.name);
        let claims = Claims::from_value(&name, parts.claims, &limits)?;
        let mut parts = parts;
        if let Some(own) = &mut parts.verified {
            // What the claims say too follows from them.
            own.follow(&claims);
        }
        let Parts {
            texts: [provider, engineer, case],
            duration_seconds,
            now,
            call,
            verified,
            premises,
            pins,
            ..
        } = parts;
        Ok(Self {
            document,
            claims,
            provider,
            engineer,
            case,
            duration_seconds,
            now,
            call,
            verified,
            premises,
            pins,
        })
    }

    /// Whether the record says that tokens were verified. That is a statement of whoever wrote the record.
    pub const fn has_verified(&self) -> bool {
        self.verified.is_some()
    }

    /// The identity provider of the token, as it was asked for: its issuer without `https://`, or its ARN.
    pub fn provider(&self) -> &str {
        match &self.verified {
            Some(own) => own.provider(),
            None => &self.provider,
        }
    }

    /// The time for which the decision was made.
    pub const fn time(&self) -> Instant {
        self.now
    }

    /// The time from which the plan gave no call. `None` for a rehearsal and a refusal.
    pub fn expires(&self) -> Option<Instant> {
        Instant::parse(&self.text(&["plan", "expires"])?)
    }

    /// Whether a session was planned. Otherwise it was refused.
    pub fn is_planned(&self) -> bool {
        self.text(&["verdict"]).is_some_and(|own| own == "planned")
    }

    /// The name of the profile. `None` if the record does not have it.
    pub fn profile(&self) -> Option<Cow<'_, str>> {
        self.text(&["inputs", "profile", "name"])
    }

    /// The hash of the profile's content. `None` if the record does not have it.
    pub fn profile_sha256(&self) -> Option<Cow<'_, str>> {
        self.text(&["inputs", "profile", "sha256"])
    }

    /// The hash of the role's content. `None` if the record does not have it.
    pub fn role_sha256(&self) -> Option<Cow<'_, str>> {
        self.text(&["inputs", "role_content"])
    }

    /// A text in the record, by the names of the members that lead to it.
    fn text(&self, path: &[&str]) -> Option<Cow<'_, str>> {
        path.iter().try_fold(self.document.root(), |value, name| value.member(name))?.as_string()
    }

    /// What was assumed in the proof.
    pub const fn premises(&self) -> &Premises {
        &self.premises
    }

    /// Makes the decision again, from the inputs that stand in the record and the documents that it names by their hashes, under the premises and
    /// pins of the record and with the catalogue of `gate`.
    ///
    /// Every member of the record is compared. Who asked and the provider follow from what the verified tokens said, if there were any.
    pub fn replay(
        &self,
        gate: &Gate,
        role: &RoleSnapshot,
        profile: &Profile,
        providers: &IdentityProviders,
    ) -> Replay {
        let engineer = self.verified.as_ref().map_or(&*self.engineer, |own| &*own.engineer.name);
        let asked = Asked {
            role,
            profile,
            providers,
            provider: self.provider(),
            claims: Cow::Borrowed(&self.claims),
            engineer,
            case: &self.case,
            duration_seconds: self.duration_seconds,
            now: self.now,
            call: &self.call,
            unreadable: None,
            verified: self.verified.as_ref().map(Cow::Borrowed),
        };
        let gate = gate.clone().assuming(self.premises.clone()).pinning(self.pins.clone());
        let outcome = gate.judgement(&asked);
        let mut replay = Replay { outcome, differences: Vec::new() };
        replay.differences = replay.compare(self);
        replay
    }
}

impl Replay {
    /// Where a record differs from the one of this decision. It has been made from the inputs of one record, and is compared with another.
    pub fn compare(&self, record: &DecisionRecord<'_>) -> Vec<Difference> {
        let own = match &self.outcome {
            Ok(judgement) => judgement.members(),
            Err(refused) => &refused.members,
        };
        differences(own, record.document.text(), record.document.root())
    }
}

struct Parts<'d> {
    claims: Value<'d>,
    texts: [Box<str>; 3],
    duration_seconds: i64,
    now: Instant,
    call: Context,
    verified: Option<Verified>,
    premises: Premises,
    pins: Pins,
}

impl<'d> Parts<'d> {
    fn read(form: &mut Form, root: Value<'d>) -> Option<Self> {
        let is_record = root
            .member("schema")
            .and_then(Value::as_string)
            .is_some_and(|name| name.parse() == Ok(DocumentSchema::DecisionRecord));
        if !is_record {
            let help = "name a file that `iamgate plan --format json` has printed";
            form.report(code::INVALID_MEMBER, root, "no decision record by its `schema`", help);
            return None;
        }
        let request = member(form, root, "request")?;
        let names =
            ["provider", "engineer", "case", "duration_seconds", "time", "claims", "context", "unknown"];
        let [provider, engineer, case, duration, time, claims, context, unknown] =
            form.members(request, names, 8)?;
        let mut text = |value: Option<Value<'_>>| form.text(value?, "a text");
        let texts = [text(provider)?, text(engineer)?, text(case)?];
        let time = time?;
        let Some(now) = Instant::parse(&form.text(time, "a time")?) else {
            form.report(code::INVALID_MEMBER, time, "no time", "a time such as 2026-11-26T12:00:00Z");
            return None;
        };
        let duration_seconds = form.integer(duration?)?;
        let call = context_of(form, context?, unknown?)?;
        let inputs = member(form, root, "inputs")?;
        let verified = match member(form, inputs, "verified_token")? {
            none if none.kind() == Kind::Null => None,
            own => Some(verified(form, own)?),
        };
        let own = member(form, root, "premises")?;
        let premises = premises::read(form, own)?;
        let pins = pins(form, root, inputs)?;
        let claims = claims?;
        Some(Self { claims, texts, duration_seconds, now, call, verified, premises, pins })
    }
}

/// A member that has to be there.
fn member<'d>(form: &mut Form, value: Value<'d>, name: &str) -> Option<Value<'d>> {
    let own = value.member(name);
    if own.is_none() {
        let (found, help) = (format!("no member `{name}`"), format!("a record has the member {name}"));
        form.report(code::MISSING_MEMBER, value, found, help);
    }
    own
}

fn context_of(form: &mut Form, value: Value<'_>, unknown: Value<'_>) -> Option<Context> {
    if value.kind() != Kind::Object {
        form.report(
            code::INVALID_MEMBER,
            value,
            value.kind().name(),
            "an object of condition keys and values",
        );
        return None;
    }
    let mut context = Context::new();
    for member in value.members() {
        let own = premises::context_value(form, member.value)?;
        context.add(member.key.string(), own);
    }
    if unknown.kind() != Kind::Array {
        form.report(code::INVALID_MEMBER, unknown, unknown.kind().name(), "a list of condition keys");
        return None;
    }
    for key in unknown.items() {
        context.add(form.text(key, "a condition key")?, ContextValue::Unknown);
    }
    Some(context)
}

fn verified(form: &mut Form, value: Value<'_>) -> Option<Verified> {
    let [token, issuer, expires, engineer] =
        form.members(value, ["sha256", "issuer", "expires", "engineer"], 4)?;
    let names = ["name", "issuer", "subject", "sha256", "expires"];
    let [name, own_issuer, subject, own_token, own_expires] = form.members(engineer?, names, 5)?;
    Some(Verified {
        token: form.text(token?, "a hash")?,
        expires: form.integer(expires?)?,
        issuer: form.text(issuer?, "an issuer")?,
        engineer: VerifiedPerson {
            name: form.text(name?, "a name")?,
            issuer: form.text(own_issuer?, "an issuer")?,
            subject: form.text(subject?, "a subject")?,
            token: form.text(own_token?, "a hash")?,
            expires: form.integer(own_expires?)?,
        },
    })
}

/// The pins of the gate, as far as the decision hangs on them: content that it had pinned is pinned by the hash that stands in the record.
fn pins(form: &mut Form, root: Value<'_>, inputs: Value<'_>) -> Option<Pins> {
    let own = member(form, root, "pins")?;
    let [profile, catalog, details] = form.members(own, ["profile", "catalogue", "details"], 3)?;
    let values = [profile?, catalog?, details?];
    let is = |value: Value<'_>, name: &str| value.as_string().is_some_and(|own| own == name);
    let mut pins =
        if values.iter().any(|value| is(*value, "built in")) { Pins::built_in() } else { Pins::none() };
    let [profile, catalog, details] = values;
    if is(profile, "given") {
        let own = member(form, inputs, "profile")?;
        let own = member(form, own, "sha256")?;
        pins = pins.with_profile(&form.text(own, "a hash")?);
    }
    if is(catalog, "given") {
        let own = member(form, inputs, "catalogue")?;
        pins = pins.with_catalog(&form.text(own, "a hash")?);
    }
    if is(details, "given") {
        let own = member(form, inputs, "details")?;
        pins = pins.with_details(&form.text(own, "a hash")?);
    }
    Some(pins)
}
