//! Session profiles: the policies that are passed to STS, and the promise that they must keep.

use std::collections::BTreeMap;
use std::sync::Arc;

use iam_catalog::{AccessLevel, SensitivityClass};
use iam_json::quoted;
use iam_json::{Document, Form, Kind, Value};
use iam_policy::{ActionPattern, Limits, Mode, Policy, PolicyKind, ResourcePattern, Size, code};

use crate::filled;
use crate::finding::FindingCode;
use crate::input::{File, InputError};
use crate::later::denying;
use crate::managed::{ManagedPolicies, ManagedPolicy, NamedPolicy, hex_sha256, policy_name};
use crate::schema::DocumentSchema;

/// A profile with its parameters filled in. `policies/doit/profiles/README.md` describes the format.
///
/// # Examples
/// ```
/// use iamgate::iam_policy::Limits;
/// use iamgate::{Profile, built_in};
///
/// let managed = built_in::managed()?;
/// let own = built_in::profile("narrow", "111122223333", &managed)?;
/// // A file of one's own is read in the same way.
/// let (name, text) = built_in::PROFILES[1];
/// let read = Profile::load(&built_in::file((name, text)), "111122223333", &managed, &Limits::default())?;
/// assert_eq!((name, &own.name, &own.sha256), ("narrow.json", &read.name, &read.sha256));
/// # Ok::<(), iamgate::InputError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Profile {
    /// Its name.
    pub name: Box<str>,
    /// Its purpose.
    pub about: Box<str>,
    /// The session policies. A session may do what at least one of them allows.
    pub policies: Vec<NamedPolicy>,
    /// Access levels that a session may have.
    pub levels: Vec<AccessLevel>,
    /// Actions that a session may do beyond these levels.
    pub exceptions: Vec<Exception>,
    /// Names that an action may have if the catalogue does not know it.
    pub future: Vec<ActionPattern>,
    /// Classes of which no action may be allowed to a session.
    pub never_allowed: Vec<SensitivityClass>,
    /// Actions that must be denied without condition.
    pub always_denied: Vec<ActionPattern>,
    /// The sensitive actions that a session may have, with the reason for each.
    pub kept: Vec<Kept>,
    /// What the guard of the profile must leave, and what it may take.
    pub guard: GuardWishes,
    /// The characters of the inline policy in its shortest form and of the ARNs, as STS counts them.
    pub characters: usize,
    /// The maximum of `characters`.
    pub budget: usize,
    /// The tag that every session has, if the profile has one.
    pub tag: Option<SessionTag>,
    /// The managed policies among `policies`, in the order in which they are passed to STS.
    pub managed: Vec<ManagedArn>,
    /// Findings with which the profile refuses a session. Other findings are only reported.
    pub refuse: Vec<FindingCode>,
    /// The account for which it is filled in.
    pub account: Box<str>,
    /// SHA-256 of the file, before its parameters were filled in.
    pub sha256: Box<str>,
}

/// The tag that a session must carry in its token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionTag {
    /// Its key.
    pub key: Box<str>,
    /// Its value, filled in.
    pub value: Box<str>,
    /// Whether it must be passed on to every session that is made from this one.
    pub transitive: bool,
}

impl SessionTag {
    /// A transitive tag with this key and value.
    pub fn new(key: impl Into<Box<str>>, value: impl Into<Box<str>>) -> Self {
        Self { key: key.into(), value: value.into(), transitive: true }
    }
}

/// A managed policy of a profile: the policy that was found, and the one that the profile pins.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ManagedArn {
    /// The policy that was found for the ARN.
    pub found: ManagedPolicy,
    /// The version and SHA-256 that were reviewed; `None` if the profile does not give them.
    pub pinned: Option<(Box<str>, Box<str>)>,
}

impl ManagedArn {
    /// Whether the profile pins the document that is judged: the one that was found or, if it is given, the one that an account has.
    ///
    /// The hash of an account's document is that of its shortest text, so that it is compared with the found document and not with the pin.
    pub fn is_reviewed(&self, deployed: Option<&ManagedPolicy>) -> bool {
        let is_pinned = self
            .pinned
            .as_ref()
            .is_some_and(|(version, sha256)| (version, sha256) == (&self.found.version, &self.found.sha256));
        is_pinned && deployed.is_none_or(|other| other.is_same(&self.found))
    }
}

/// Actions that a profile permits beyond its levels.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Exception {
    /// The actions.
    pub actions: Vec<ActionPattern>,
    /// ARN patterns within which the session must stay. Empty: any resource.
    pub resources: Vec<ResourcePattern>,
    /// Why the profile permits them, written for the customer.
    pub why: Box<str>,
}

/// What the guard of a profile must leave, and what it may take ([`guard`](crate::guard())). It is no part of the promise.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct GuardWishes {
    /// Actions that engineers need. The guard denies none of them, except those that the promise rules out.
    pub needed: Vec<ActionPattern>,
    /// Actions that engineers need so seldom that denying them costs next to nothing, such as those of services that AWS has closed.
    pub seldom: Vec<ActionPattern>,
    /// The most characters with the guard, if fewer than the profile may have. It leaves room for the longer ARNs of other partitions.
    pub budget: Option<usize>,
}

/// Sensitive actions that a session may have although they return data or act.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Kept {
    /// The actions.
    pub actions: Vec<ActionPattern>,
    /// Why the profile keeps them, written for the customer.
    pub why: Box<str>,
}

const MEMBERS: [&str; 18] = [
    "schema",
    "version",
    "name",
    "about",
    "parameters",
    "PolicyArns",
    "Policy",
    "levels",
    "exceptions",
    "future",
    "never_allowed",
    "always_denied",
    "kept",
    "budget",
    "tag",
    "pins",
    "refuse",
    "guard",
];
/// The number of members that every profile has.
const REQUIRED: usize = 14;

/// The maximum number of managed policies that STS accepts for a session (`AssumeRole`, `PolicyArns`).
const MOST_ARNS: usize = 10;

impl Profile {
    /// Reads a profile for the role's account, and resolves its managed policies.
    ///
    /// # Errors
    /// `account` is not an account id, a placeholder is not filled in, a member is missing, unknown or wrong, or `managed` lacks an ARN. The
    /// inline policy is read strictly, and a refusal of it is an error too.
    pub fn load(
        file: &File,
        account: &str,
        managed: &ManagedPolicies,
        limits: &Limits,
    ) -> Result<Self, InputError> {
        let text = filled::text(file, account)?;
        refuse_placeholder(&text, &file.name)?;
        // Positions refer to the text with its parameters filled in.
        let refuse = |report| InputError::encoded(&file.name, text.clone(), report);
        let document =
            Document::parse(&text, limits).and_then(Document::refuse_duplicates).map_err(refuse)?;
        let mut form = Form::new(&document, limits.pattern_bytes);
        let read = read(&mut form, document.root(), limits);
        let (mut profile, arns, mut pins) = form.finish(read).map_err(refuse)?;
        profile.account = account.into();
        profile.sha256 = hex_sha256(file.text.as_bytes()).into();
        for named in &profile.policies {
            // The policy is checked as STS gets it: a placeholder that the file spells with escapes is found too.
            refuse_placeholder(&named.policy.to_json(), &file.name)?;
        }
        for arn in arns {
            let found = managed.resolve(&arn, &file.name)?;
            let name = policy_name(&arn).into();
            profile.characters = profile.characters.saturating_add(arn.chars().count());
            profile.policies.push(NamedPolicy { name, policy: Arc::clone(&found.policy) });
            profile.managed.push(ManagedArn { found: found.clone(), pinned: pins.remove(&arn) });
        }
        if let Some(arn) = pins.into_keys().next() {
            let found = format!("a pin of {}, which the profile does not pass", quoted(&arn));
            return Err(InputError::other(
                &file.name,
                "UNUSED_PIN",
                found,
                "add it to PolicyArns, or remove it",
            ));
        }
        Ok(profile)
    }

    /// The patterns that its inline policy denies for every request: on all resources and without a condition.
    pub fn denied_always(&self) -> impl Iterator<Item = &ActionPattern> {
        self.policies.iter().filter(|named| named.is_inline()).flat_map(|named| denying(&named.policy))
    }

    /// The first exception that names an action.
    pub fn exception(&self, action: &str) -> Option<&Exception> {
        self.exceptions_for(action).next()
    }

    /// The first entry of `kept` that names an action.
    pub fn kept(&self, action: &str) -> Option<&Kept> {
        self.kept.iter().find(|kept| kept.actions.iter().any(|p| iam_eval::action_matches(p, action)))
    }

    /// The exceptions that name an action.
    pub fn exceptions_for(&self, action: &str) -> impl Iterator<Item = &Exception> {
        self.exceptions.iter().filter(move |e| e.actions.iter().any(|p| iam_eval::action_matches(p, action)))
    }
}

fn refuse_placeholder(text: &str, file: &str) -> Result<(), InputError> {
    let Some(rest) = text.find("{{").and_then(|at| text.get(at..)) else { return Ok(()) };
    let placeholder: String = rest.chars().take(24).take_while(|c| *c != '"').collect();
    let found = format!("{} is not filled in", quoted(&placeholder));
    Err(InputError::other(file, "UNFILLED_PLACEHOLDER", found, "the only parameter is account"))
}

/// Version and hash of managed policies by ARN.
type Pins = BTreeMap<Box<str>, (Box<str>, Box<str>)>;

fn read(form: &mut Form, root: Value<'_>, limits: &Limits) -> Option<(Profile, Vec<Box<str>>, Pins)> {
    let [
        schema,
        version,
        name,
        about,
        parameters,
        arns,
        policy,
        levels,
        exceptions,
        future,
        never,
        always,
        kept,
        budget,
        tag,
        pins,
        refuse,
        guard,
    ] = form.members(root, MEMBERS, REQUIRED)?;
    DocumentSchema::Profile.expect(form, root, schema, version)?;
    choices(form, parameters?, "account, the only parameter", |name| (name == "account").then_some(()))?;
    if arns.is_some_and(|arns| arns.items().count() > MOST_ARNS) {
        form.report(code::INVALID_MEMBER, arns?, "more than ten ARNs", "STS takes ten at most");
    }
    let policy_value = policy?;
    let policy =
        match Policy::from_value(policy_value, PolicyKind::Session, Mode::Strict, limits, form.lines()) {
            Ok(policy) => policy,
            Err(report) => {
                // The text of the profile is indented for people. The shortest form is what is passed to STS and counted.
                let problems = report.into_problems().into_iter().filter(iam_policy::Problem::is_refusal);
                let problems: Vec<_> = problems.filter(|p| p.code != code::SESSION_POLICY_TOO_LONG).collect();
                if problems.is_empty() {
                    let mut wide = *limits;
                    wide.session_policy_characters = usize::MAX;
                    let read = Policy::from_value(
                        policy_value,
                        PolicyKind::Session,
                        Mode::Strict,
                        &wide,
                        form.lines(),
                    );
                    read.ok()?
                } else {
                    form.extend(problems);
                    return None;
                }
            }
        };
    let levels = choices(form, levels?, "List, Read, Write, Tagging or Permissions management", |name| {
        name.parse::<AccessLevel>().ok()
    });
    let never = choices(
        form,
        never?,
        "a class of sensitive actions, such as Credentials",
        SensitivityClass::from_name,
    );
    let future = actions(form, future?);
    let always_denied = actions(form, always?);
    let exceptions = exceptions?;
    if exceptions.kind() != Kind::Array {
        form.report(code::INVALID_MEMBER, exceptions, exceptions.kind().name(), "a list");
    }
    let kept = kept?;
    if kept.kind() != Kind::Array {
        form.report(code::INVALID_MEMBER, kept, kept.kind().name(), "a list");
    }
    let kept: Option<Vec<Kept>> = kept.items().map(|entry| self::kept(form, entry)).collect();
    let exceptions: Option<Vec<Exception>> = exceptions.items().map(|e| exception(form, e)).collect();
    let budget = characters(form, budget?)?;
    let characters = Size::of(&policy.to_json()).characters;
    let inline = NamedPolicy { name: NamedPolicy::INLINE.into(), policy: Arc::new(policy) };
    let profile = Profile {
        name: form.text(name?, "a string")?,
        about: form.text(about?, "a string")?,
        policies: vec![inline],
        levels: levels?,
        exceptions: exceptions?,
        future: future?,
        never_allowed: never?,
        always_denied: always_denied?,
        kept: kept?,
        guard: match guard {
            Some(guard) => guard_wishes(form, guard)?,
            None => GuardWishes::default(),
        },
        characters,
        budget,
        tag: match tag {
            Some(tag) => Some(session_tag(form, tag)?),
            None => None,
        },
        managed: Vec::new(),
        refuse: match refuse {
            Some(list) => choices(form, list, "the code of a finding, such as ROLE_CHAINING", |name| {
                FindingCode::from_name(name)
            })?,
            None => Vec::new(),
        },
        account: Box::default(),
        sha256: Box::default(),
    };
    let pins = match pins {
        Some(pins) => self::pins(form, pins)?,
        None => Pins::new(),
    };
    Some((profile, form.texts(arns, "a list of ARNs")?, pins))
}

fn session_tag(form: &mut Form, value: Value<'_>) -> Option<SessionTag> {
    let [key, text, transitive] = form.members(value, ["key", "value", "transitive"], 3)?;
    let transitive = transitive?;
    let is_transitive = match transitive.kind() {
        Kind::True => true,
        Kind::False => false,
        other @ (Kind::Null | Kind::Number | Kind::String | Kind::Array | Kind::Object) => {
            form.report(code::INVALID_MEMBER, transitive, other.name(), "true or false");
            return None;
        }
    };
    let key = form.text(key?, "the key of the tag")?;
    Some(SessionTag { key, value: form.text(text?, "the value of the tag")?, transitive: is_transitive })
}

fn pins(form: &mut Form, value: Value<'_>) -> Option<Pins> {
    if value.kind() != Kind::Object {
        form.report(code::INVALID_MEMBER, value, value.kind().name(), "an object of ARNs");
        return None;
    }
    let mut pins = Pins::new();
    for member in value.members() {
        let [version, sha256] = form.members(member.value, ["version", "sha256"], 2)?;
        let pin =
            (form.text(version?, "a version, such as v188")?, form.text(sha256?, "64 hexadecimal digits")?);
        pins.insert(member.key.string().into(), pin);
    }
    Some(pins)
}

fn characters(form: &mut Form, value: Value<'_>) -> Option<usize> {
    let Ok(characters) = usize::try_from(form.integer(value)?) else {
        form.report(code::INVALID_MEMBER, value, quoted(value.raw()), "a number of characters");
        return None;
    };
    Some(characters)
}

fn guard_wishes(form: &mut Form, value: Value<'_>) -> Option<GuardWishes> {
    let [needed, seldom, budget] = form.members(value, ["needed", "seldom", "budget"], 2)?;
    let budget = match budget {
        Some(value) => Some(characters(form, value)?),
        None => None,
    };
    Some(GuardWishes { needed: actions(form, needed?)?, seldom: actions(form, seldom?)?, budget })
}

fn kept(form: &mut Form, value: Value<'_>) -> Option<Kept> {
    let [names, why] = form.members(value, ["actions", "why"], 2)?;
    Some(Kept { actions: actions(form, names?)?, why: form.text(why?, "a string")? })
}

fn exception(form: &mut Form, value: Value<'_>) -> Option<Exception> {
    let [names, why, resources] = form.members(value, ["actions", "why", "resources"], 2)?;
    let resources = match resources {
        Some(list) if list.items().next().is_none() && list.kind() == Kind::Array => {
            form.report(code::INVALID_MEMBER, list, "no resource", "leave it out to permit any resource");
            None
        }
        Some(list) => {
            choices(form, list, "`*` or an ARN pattern", |text| text.parse::<ResourcePattern>().ok())
        }
        None => Some(Vec::new()),
    };
    Some(Exception {
        actions: actions(form, names?)?,
        resources: resources?,
        why: form.text(why?, "a string")?,
    })
}

fn actions(form: &mut Form, value: Value<'_>) -> Option<Vec<ActionPattern>> {
    choices(form, value, "an action pattern such as s3:Get*", ActionPattern::parse)
}

fn choices<T>(
    form: &mut Form,
    value: Value<'_>,
    help: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Option<Vec<T>> {
    if value.kind() != Kind::Array {
        form.report(code::INVALID_MEMBER, value, value.kind().name(), "a list");
        return None;
    }
    value
        .items()
        .map(|item| {
            let text = form.text(item, help)?;
            let parsed = parse(&text);
            if parsed.is_none() {
                form.report(code::INVALID_MEMBER, item, quoted(&text), help);
            }
            parsed
        })
        .collect()
}
