//! `iamgate why`: what a message that access is denied says, and what the documents at hand say to it.
//!
//! AWS's word comes first and is never contradicted in a headline: AWS saw the request and every policy, and the documents at hand are some of
//! them, at another time. What they say is one of: they agree, they contradict, or they cannot know.

mod action;
mod asking;
mod json;
mod judge;
mod message;
mod resource;
mod said;

use std::sync::Arc;

use iam_denial::Denial;
use iamgate::iam_eval::{Action, Layers, Principal, ResourceKind};
use iamgate::iam_policy::{ArnFields, IamResource, Limits, Mode, Policy, PolicyKind, RoleArn, SessionArn};
use iamgate::{Profile, RoleSnapshot, session_principal};

use crate::answer::{Answer, Exit};
use crate::args::WhyArgs;
use crate::could::{self, Asked};
use crate::dates::DataDates;
use crate::given::Given;
use crate::json::indented;
use crate::load;
use crate::names::{self, UnknownName};
use crate::question::{Case, Depth, QuestionAnswer};
use crate::trouble::Trouble;
use crate::world::World;

use asking::Asking;

pub(crate) use json::WhyJson;
pub use said::Said;

/// What messages say, and what the documents say to them.
#[derive(Debug)]
#[non_exhaustive]
pub struct WhyAnswer {
    /// The messages, in the order of the text. Equal ones are one.
    pub messages: Vec<Explained>,
    /// The ARN of the role at hand.
    pub role: Option<String>,
    /// The days of the data.
    pub dates: DataDates,
    /// Names in the messages that AWS's tables do not have.
    unknown: Vec<UnknownName>,
}

/// One message.
#[derive(Debug)]
#[non_exhaustive]
pub struct Explained {
    /// What the message says.
    pub denial: Denial,
    /// What the message says, in words.
    pub said: Said,
    /// How often it is in the text.
    pub times: usize,
    /// The line of its first place in the text, counted from 1.
    pub line: u32,
    /// The action whose permission is missing, as the catalogue writes it, if it is known.
    pub action: Option<String>,
    /// What the documents at hand say.
    pub documents: Documents,
}

/// What the documents at hand say to a message.
#[derive(Debug)]
#[non_exhaustive]
pub struct Documents {
    /// Whether they say the same.
    pub standing: Standing,
    /// Why, as a sentence without a full stop.
    pub says: String,
    /// What else is to be known, a sentence without a full stop each.
    pub notes: Vec<String>,
    /// The request that was put to the documents, with its answer.
    pub question: Option<QuestionAnswer>,
}

/// Whether documents say the same as a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// They deny it too, as the message says.
    Agree,
    /// They do not deny it in the way that the message says: they are not those that AWS saw.
    Contradict,
    /// They lack the policies that the message names, or the answer depends on what is not known.
    CannotKnow,
    /// They were not asked: there are none, or the message is about somebody else.
    NotAsked,
}

impl Standing {
    /// Every value.
    pub const ALL: [Self; 4] = [Self::Agree, Self::Contradict, Self::CannotKnow, Self::NotAsked];

    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::Contradict => "contradict",
            Self::CannotKnow => "cannot-know",
            Self::NotAsked => "not-asked",
        }
    }

    /// The words with which a sentence about the documents begins.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Agree => "The documents at hand agree",
            Self::Contradict => "The documents at hand contradict this",
            Self::CannotKnow => "The documents at hand cannot know",
            Self::NotAsked => "The documents at hand were not asked",
        }
    }
}

/// Explains messages.
///
/// # Errors
/// There is no message in the text, or the role, the profile or a policy cannot be read.
pub fn why(args: &WhyArgs, world: &dyn World) -> Result<WhyAnswer, Trouble> {
    let text = message::given_text(&args.message, world)?;
    let loaded = match &args.snapshot {
        Some(path) => Some(load::role(world, path, &args.session)?),
        None => None,
    };
    let (session, dates) = match loaded {
        Some((role, profile, dates)) => (Some((role, profile)), dates),
        None => (None, DataDates::default()),
    };
    let mut unknown: Vec<UnknownName> = Vec::new();
    let mut messages = Vec::new();
    for (denial, times, line) in message::distinct(&text) {
        let catalog = world.built_in().catalog()?;
        let action = action::of(&denial, catalog);
        for name in action.iter().filter_map(|own| names::action(catalog, own)) {
            if !unknown.contains(&name) {
                unknown.push(name);
            }
        }
        let said = Said::new(&denial, action.as_deref());
        let documents = documents(&denial, action.as_deref(), session.as_ref(), args, world)?;
        messages.push(Explained { denial, said, times, line, action, documents });
    }
    let role = session.map(|(role, _)| role.arn().to_string());
    Ok(WhyAnswer { messages, role, dates, unknown })
}

/// What the documents of a session say to a message.
fn documents(
    denial: &Denial,
    action: Option<&str>,
    session: Option<&(RoleSnapshot, Profile)>,
    args: &WhyArgs,
    world: &dyn World,
) -> Result<Documents, Trouble> {
    let not_asked = |says: String| {
        Ok(Documents { standing: Standing::NotAsked, says, notes: judge::hints(denial), question: None })
    };
    let Some(session @ (role, profile)) = session.map(|(role, profile)| (role, profile)) else {
        return not_asked(
            "there are none: name the role to compare what AWS says with its policies".to_owned(),
        );
    };
    let subject = Subject::of(denial, role, action);
    let call = action.and_then(Action::new);
    if subject != Subject::Own
        && let Some(action) = &call
        && ResourceKind::of(action, role.arn().as_str()) == ResourceKind::IamRoleTrust
    {
        let trust = trust_policy(role, args, world)?;
        if let Some(asking) = asking::asking(denial, action, role, trust.as_deref()) {
            return of_trust(denial, action, (&asking, trust), session, args, world);
        }
    }
    if let Some(says) = subject.says(denial, role, action) {
        return not_asked(says);
    }
    let Some(action) = call else {
        return not_asked("the message does not say which action was denied".to_owned());
    };
    let named = resource::of(denial, action.as_str(), role, world);
    let asked = Asked {
        role,
        profile,
        principal: principal(denial, role),
        action,
        resource: &named.arn,
        resource_policy: args.resource_policy.as_deref(),
        for_tag: &args.for_tag,
        context: &args.context,
        absent: &args.absent,
        told: &denial.context,
        knows_path: true,
    };
    let (case, _) = could::case(&asked, world)?;
    let judged = judge::judge(denial, &case, role, profile, &named);
    let mut notes = judged.notes;
    if subject == Subject::Unnamed {
        notes.insert(
            0,
            format!("the message does not say who was denied; this is for a session of {}", role.arn()),
        );
    }
    notes.extend(named.note.clone());
    notes.extend(judge::hints(denial));
    let question = Some(QuestionAnswer::new(case, Depth::Trace, Vec::new()));
    Ok(Documents { standing: judged.standing, says: judged.says, notes, question })
}

/// What the trust policy of a role says to a message that somebody got no session of it.
fn of_trust(
    denial: &Denial,
    action: &Action,
    (asking, trust): (&Asking, Option<Arc<Policy>>),
    session: (&RoleSnapshot, &Profile),
    args: &WhyArgs,
    world: &dyn World,
) -> Result<Documents, Trouble> {
    let (role, profile) = session;
    let named = resource::Named { arn: role.arn().to_string(), is_known: true, note: None };
    let mut layers = Layers::new();
    layers.rcp = iamgate::session_layers(Some(role), profile).rcp;
    layers.resource = trust;
    let has_trust = layers.resource.is_some();
    let mut all = Vec::new();
    for caller in &asking.callers {
        let asked = Asked {
            role,
            profile,
            principal: caller.clone(),
            action: action.clone(),
            resource: &named.arn,
            resource_policy: None,
            for_tag: &args.for_tag,
            context: &args.context,
            absent: &args.absent,
            told: &denial.context,
            knows_path: asking.knows_path,
        };
        let (case, _) = could::case_under(&asked, layers.clone(), world)?;
        let (standing, says) = judge::of_call(denial, &case, role, profile, &named);
        all.push((asking::name(caller), standing, says));
    }
    let (standing, says) = judge::joined(&all, has_trust, asking.is_open);
    let mut notes = Vec::new();
    notes.extend(asking.note.clone());
    notes.push("`iamgate trust ROLE` shows who gets a session of the role, and with `--claims FILE` why a token gets none".to_owned());
    notes.extend(judge::hints(denial));
    // The whole question is not shown: the caller's own policies are no part of it.
    Ok(Documents { standing, says, notes, question: None })
}

/// The trust policy at hand: the one that is given, or that of the role.
fn trust_policy(
    role: &RoleSnapshot,
    args: &WhyArgs,
    world: &dyn World,
) -> Result<Option<Arc<Policy>>, Trouble> {
    let Some(path) = &args.resource_policy else { return Ok(role.trust().cloned()) };
    let given = Given::read(world, path, PolicyKind::Trust)?;
    Ok(Some(Arc::new(given.policy(PolicyKind::Trust, Mode::Deployed, &Limits::default())?)))
}

/// Whom a message is about, seen from the role at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    /// A session of the role, or the role itself.
    Own,
    /// Nobody is named.
    Unnamed,
    /// A token asked for a session: nobody had one yet.
    Token,
    /// Somebody else.
    Other,
}

impl Subject {
    fn of(denial: &Denial, role: &RoleSnapshot, action: Option<&str>) -> Self {
        let asks_with_token = action.is_some_and(|own| {
            ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"]
                .iter()
                .any(|name| own.eq_ignore_ascii_case(name))
        });
        let Some(who) = &denial.who else {
            return if asks_with_token { Self::Token } else { Self::Unnamed };
        };
        let text = who.text.value.as_str();
        let is_own = text == role.arn().as_str()
            || is_session_of(text, role.arn())
            || role.id().is_some_and(|id| text.strip_prefix(id).is_some_and(|rest| rest.starts_with(':')));
        if is_own {
            Self::Own
        } else if asks_with_token {
            Self::Token
        } else {
            Self::Other
        }
    }

    /// Why the documents of the role are not asked.
    fn says(self, denial: &Denial, role: &RoleSnapshot, action: Option<&str>) -> Option<String> {
        match self {
            Self::Own | Self::Unnamed => None,
            Self::Token => Some(format!(
                "a token asked with {}, and no session, for {}; the role at hand is {}",
                action.unwrap_or("sts:AssumeRoleWithWebIdentity"),
                denial
                    .resource
                    .as_ref()
                    .map_or_else(|| "a role".to_owned(), |own| iamgate::iam_json::quoted(&own.text.value)),
                role.arn()
            )),
            Self::Other => {
                let who = denial
                    .who
                    .as_ref()
                    .map(|who| iamgate::iam_json::quoted(&who.text.value))
                    .unwrap_or_default();
                Some(format!("the message is about {who}, and the role at hand is {}", role.arn()))
            }
        }
    }
}

/// Whether a text is the ARN of a session of a role. Such an ARN does not contain the role's path.
fn is_session_of(who: &str, role: &RoleArn) -> bool {
    ArnFields::split(who).is_some_and(|fields| {
        (fields.partition, fields.account) == (role.partition(), role.account().as_str())
            && matches!(fields.iam(), Some(IamResource::AssumedRole { role: name, .. }) if name == role.name())
    })
}

/// The session that a message names, or any session of the role.
fn principal(denial: &Denial, role: &RoleSnapshot) -> Principal {
    let arn = denial.who.as_ref().and_then(|who| SessionArn::parse(&who.text.value).ok());
    match arn.filter(|arn| is_session_of(arn.as_str(), role.arn())) {
        Some(arn) => Principal::assumed_role(&arn, role.arn()),
        None => session_principal(Some(role)),
    }
}

impl Documents {
    /// The request and the policies.
    pub fn case(&self) -> Option<&Case> {
        self.question.as_ref().map(|question| &question.case)
    }
}

impl Answer for WhyAnswer {
    fn to_json(&self) -> String {
        WhyJson::with(self, |json| indented(&json))
    }

    /// 1 if the documents contradict a message, else 3 if they cannot know, else 0: they agree, or none were asked.
    fn exit(&self) -> Exit {
        let has = |wanted| self.messages.iter().any(|message| message.documents.standing == wanted);
        if has(Standing::Contradict) {
            Exit::No
        } else if has(Standing::CannotKnow) {
            Exit::Depends
        } else {
            Exit::Yes
        }
    }

    fn unknown_names(&self) -> &[UnknownName] {
        &self.unknown
    }
}
