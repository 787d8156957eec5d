//! How a profile is read.

use std::collections::BTreeMap;
use std::sync::Arc;

use iam_catalog::{AccessLevel, SensitivityClass};
use iam_json::quoted;
use iam_json::{Document, Form, Kind, Value};
use iam_policy::{ActionPattern, Limits, Mode, Policy, PolicyKind, ResourcePattern, Size, code};

use super::{Exception, GuardWishes, Kept, ManagedArn, Profile, SessionTag};
use crate::filled;
use crate::finding::FindingCode;
use crate::input::{File, InputError};
use crate::managed::{ManagedPolicies, NamedPolicy};
use crate::schema::DocumentSchema;

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
        for arn in arns {
            let found = managed.resolve(&arn, &file.name)?;
            profile.characters = profile.characters.saturating_add(arn.chars().count());
            profile.policies.push(found.named().clone());
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
        // What is passed to STS, shown and hashed is checked: a placeholder that the file spells with escapes is found too.
        refuse_placeholder(&profile.json().to_string(), &file.name)?;
        Ok(profile.hashed())
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
    let inline = NamedPolicy::new(NamedPolicy::INLINE, Arc::new(policy));
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
