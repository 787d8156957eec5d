//! `iamgate diff`: what one document allows that another does not, for policies of every kind, roles, and folders of policies.

mod side;

use std::sync::Arc;

use iamgate::iam_analysis::{ProofBudget, VerdictKind};
use iamgate::iam_json::quoted;
use iamgate::iam_policy::{AccountId, Limits, Policy, PolicyKind};
use iamgate::{Changed, ComparedKind, Comparing, Extent, HowFar, PolicyDifference, RoleSnapshot};
use serde::Serialize;

use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::DiffArgs;
use crate::dates::DataDates;
use crate::json;
use crate::load;
use crate::trouble::Trouble;
use crate::witness::AnswerJson;
use crate::word::Word;
use crate::world::World;
use side::Side;
pub(crate) use side::{Text, compared};

/// The result of comparing two documents.
#[derive(Debug)]
#[non_exhaustive]
pub struct DiffAnswer {
    /// What was compared: one part for two policies, and one for each policy of roles and folders.
    pub parts: Vec<DiffPart>,
    /// Whether only actions of the catalogue were compared.
    pub is_closed: bool,
    /// The days of the data.
    pub dates: DataDates,
}

/// Two policies that were compared.
#[derive(Debug)]
#[non_exhaustive]
pub struct DiffPart {
    /// The name of the part; empty if it is all.
    pub name: String,
    /// The kind of the documents.
    pub kind: ComparedKind,
    /// Whether both are there.
    pub state: PartState,
    /// What differs.
    pub difference: PolicyDifference,
}

/// Whether a part is on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartState {
    /// Both have it, with the same content.
    Same,
    /// Both have it.
    Changed,
    /// Only the new side has it. It is compared with a policy without statements.
    Added,
    /// Only the old side has it.
    Removed,
}

impl PartState {
    /// Every state.
    pub const ALL: &'static [Self] = &[Self::Same, Self::Changed, Self::Added, Self::Removed];

    /// The name: `same`, `changed`, `added` or `removed`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Changed => "changed",
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }
}

/// Writes the name.
impl std::fmt::Display for PartState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// What every part of a comparison has in common.
struct Asked<'a> {
    args: &'a DiffArgs,
    world: &'a dyn World,
    owner: Option<AccountId>,
    left: ProofBudget,
}

/// Compares two documents of one kind.
///
/// # Errors
/// A document cannot be read, or they are not of one kind.
pub fn diff(args: &DiffArgs, world: &dyn World) -> Result<DiffAnswer, Trouble> {
    let owner = args.owner.as_deref().map(account).transpose()?;
    let managed = load::managed(world, args.managed.as_deref(), &Limits::default())?;
    let (old, new) =
        (side::side(world, &args.old, args, &managed)?, side::side(world, &args.new, args, &managed)?);
    let mut asked = Asked { args, world, owner, left: ProofBudget::ALL };
    let parts = match (&old, &new) {
        (Side::Policy(old), Side::Policy(new)) => {
            vec![asked.texts("", Some((&args.old, old)), Some((&args.new, new)))?]
        }
        (Side::Role(old), Side::Role(new)) => {
            let permissions = asked.permissions(old, new)?;
            vec![permissions, asked.trust(old, new)?]
        }
        (Side::Trust(old), Side::Trust(new) | Side::Role(new)) | (Side::Role(old), Side::Trust(new)) => {
            let mut trust = asked.trust(old, new)?;
            let premise = "The permissions of the roles were not compared: one of the documents has only a trust policy.";
            trust.difference.premises.push(premise.into());
            vec![trust]
        }
        (Side::Policy(old), Side::Role(new) | Side::Trust(new)) if old.kind() == PolicyKind::Trust => {
            let (old, owner) = (old.policy(PolicyKind::Trust, args.mode)?, new.account());
            vec![asked.trust_policies(owner, Some(old), new.trust().cloned())?]
        }
        (Side::Role(old) | Side::Trust(old), Side::Policy(new)) if new.kind() == PolicyKind::Trust => {
            let (new, owner) = (new.policy(PolicyKind::Trust, args.mode)?, old.account());
            vec![asked.trust_policies(owner, old.trust().cloned(), Some(new))?]
        }
        (Side::Set(old), Side::Set(new)) => {
            let mut parts = Vec::new();
            for name in side::names(old, new) {
                let of = |set: &'_ [(String, Text)]| set.iter().position(|(own, _)| *own == name);
                let one = of(old).and_then(|at| old.get(at)).map(|(name, text)| (name.as_str(), text));
                let other = of(new).and_then(|at| new.get(at)).map(|(name, text)| (name.as_str(), text));
                parts.push(asked.texts(&name, one, other)?);
            }
            parts
        }
        (
            Side::Policy(_) | Side::Role(_) | Side::Trust(_) | Side::Set(_),
            Side::Policy(_) | Side::Role(_) | Side::Trust(_) | Side::Set(_),
        ) => return Err(unlike(args, &old, &new)),
    };
    let (catalog, _) = world.built_in().actions()?;
    let details = world.built_in().details()?;
    let dates = DataDates::default().with_catalogue(catalog).with_details(details);
    Ok(DiffAnswer { parts, is_closed: args.closed, dates })
}

/// The account of a flag.
pub(crate) fn account(id: &str) -> Result<AccountId, Trouble> {
    AccountId::new(id).ok_or_else(|| {
        let help = "an account id has twelve digits, such as 111122223333";
        Trouble::usage(format!("{} is no account", quoted(id)), help)
    })
}

fn unlike(args: &DiffArgs, old: &Side, new: &Side) -> Trouble {
    let words = |path: &str, side: &Side| match side.kind() {
        Some(kind) => format!("{path} is {}", kind.description()),
        None => format!("{path} has several policies"),
    };
    let found = format!("{}, and {}", words(&args.old, old), words(&args.new, new));
    Trouble::usage(found, "give two documents of one kind, two roles, or two folders of policies")
}

impl Asked<'_> {
    fn about(&self, kind: ComparedKind) -> Result<Comparing<'_>, Trouble> {
        let (_, names) = self.world.built_in().actions()?;
        let details = self.world.built_in().details()?;
        let about = Comparing::new(kind, names, details, self.world.now()).closed(self.args.closed);
        let mut about = about.owned_by(self.owner);
        about.budget = self.left;
        Ok(about)
    }

    /// Two policies, one of which may be missing.
    fn texts(
        &mut self,
        name: &str,
        old: Option<(&str, &Text)>,
        new: Option<(&str, &Text)>,
    ) -> Result<DiffPart, Trouble> {
        let kind = match (old, new) {
            (Some(old), Some(new)) => side::one_kind(old, new)?,
            (Some((_, one)), None) | (None, Some((_, one))) => one.kind(),
            (None, None) => PolicyKind::Identity,
        };
        let read =
            |own: Option<(&str, &Text)>| own.map(|(_, text)| text.policy(kind, self.args.mode)).transpose();
        let state = match (old.is_some(), new.is_some()) {
            (true, false) => PartState::Removed,
            (false, true) => PartState::Added,
            (true, true) | (false, false) => PartState::Changed,
        };
        let is_told = |own: Option<(&str, &Text)>| own.is_some_and(|(_, text)| text.is_told());
        let (old_policy, new_policy) = (read(old)?, read(new)?);
        let both = old_policy.iter().chain(&new_policy).flat_map(|policy| &policy.statements);
        let kind = side::compared(kind, is_told(old) || is_told(new), both);
        self.policies(name, kind, state, old_policy, new_policy)
    }

    fn policies(
        &mut self,
        name: &str,
        kind: ComparedKind,
        state: PartState,
        old: Option<Arc<Policy>>,
        new: Option<Arc<Policy>>,
    ) -> Result<DiffPart, Trouble> {
        let empty = |like: &Arc<Policy>| {
            let mut own = (**like).clone();
            own.statements.clear();
            Arc::new(own)
        };
        let (old, new) = match (old, new) {
            (Some(old), Some(new)) => (old, new),
            (Some(old), None) => (Arc::clone(&old), empty(&old)),
            (None, Some(new)) => (empty(&new), new),
            (None, None) => {
                let none = Arc::new(Policy::managed([]));
                (Arc::clone(&none), none)
            }
        };
        let is_same = !name.is_empty() && *old == *new;
        let difference = if is_same {
            PolicyDifference::default()
        } else {
            let mut about = self.about(kind)?;
            let inside =
                |path: &str| if name.is_empty() { path.into() } else { format!("{path}: {name}").into() };
            about.called = [&self.args.old, &self.args.new].map(|path| inside(path));
            iamgate::difference(&old, &new, &about)
        };
        self.left = difference.left.unwrap_or(self.left);
        let state = if is_same { PartState::Same } else { state };
        Ok(DiffPart { name: name.to_owned(), kind, state, difference })
    }

    /// What two roles may do.
    fn permissions(&mut self, old: &RoleSnapshot, new: &RoleSnapshot) -> Result<DiffPart, Trouble> {
        let difference = iamgate::difference_of_roles(old, new, &self.about(ComparedKind::Role)?);
        self.left = difference.left.unwrap_or(self.left);
        let policies = |role: &RoleSnapshot| -> Vec<Arc<Policy>> {
            role.policies().iter().chain(role.boundary()).map(|own| Arc::clone(own.policy())).collect()
        };
        let is_same = difference.is_none() && policies(old) == policies(new);
        let state = if is_same { PartState::Same } else { PartState::Changed };
        let kind = ComparedKind::Role;
        Ok(DiffPart { name: "permissions".to_owned(), kind, state, difference })
    }

    /// Whom two roles trust.
    fn trust(&mut self, old: &RoleSnapshot, new: &RoleSnapshot) -> Result<DiffPart, Trouble> {
        let owner = if old.account() == new.account() { new.account() } else { "" };
        self.trust_policies(owner, old.trust().cloned(), new.trust().cloned())
    }

    /// The trust policies of roles of an account. Without one, a role trusts nobody.
    fn trust_policies(
        &mut self,
        owner: &str,
        old: Option<Arc<Policy>>,
        new: Option<Arc<Policy>>,
    ) -> Result<DiffPart, Trouble> {
        self.owner = self.owner.or(AccountId::new(owner));
        let state = match (&old, &new) {
            (None, Some(_)) => PartState::Added,
            (Some(_), None) => PartState::Removed,
            (Some(_), Some(_)) | (None, None) => PartState::Changed,
        };
        self.policies("trust policy", ComparedKind::Trust, state, old, new)
    }
}

impl DiffAnswer {
    /// What only the new side allows.
    pub fn gained(&self) -> impl Iterator<Item = &Changed> {
        self.parts.iter().flat_map(|part| &part.difference.gained)
    }

    /// What only the old side allows.
    pub fn lost(&self) -> impl Iterator<Item = &Changed> {
        self.parts.iter().flat_map(|part| &part.difference.lost)
    }

    /// Whether the new side allows nothing that the old one does not.
    pub fn verdict(&self) -> VerdictKind {
        VerdictKind::together(self.parts.iter().map(|part| part.difference.verdict()))
    }

    /// What the answer rests on, each sentence once.
    pub fn premises(&self) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        for premise in self.parts.iter().flat_map(|part| &part.difference.premises) {
            if !all.contains(&&**premise) {
                all.push(premise);
            }
        }
        all
    }
}

impl Answer for DiffAnswer {
    fn to_json(&self) -> String {
        let changes = |side: fn(&PolicyDifference) -> &Vec<Changed>| -> Vec<ChangedJson> {
            let of = |part: &DiffPart| -> Vec<ChangedJson> {
                side(&part.difference).iter().map(|own| ChangedJson::new(own, &part.name)).collect()
            };
            self.parts.iter().flat_map(of).collect()
        };
        let kinds: Vec<ComparedKind> = self.parts.iter().map(|part| part.kind).collect();
        let kind = kinds.first().copied().filter(|first| kinds.iter().all(|own| own == first));
        let part = |part: &DiffPart| PartJson {
            name: part.name.clone(),
            kind: Word(part.kind),
            state: Word(part.state),
            verdict: Word(part.difference.verdict()),
        };
        json::indented(&DiffJson {
            schema: AnswerSchema::Diff,
            version: 1,
            data: self.dates.clone(),
            verdict: Word(self.verdict()),
            kind: kind.map(Word),
            actions: if self.is_closed { Compared::Closed } else { Compared::Open },
            gained: changes(|own| &own.gained),
            lost: changes(|own| &own.lost),
            premises: self.premises().into_iter().map(str::to_owned).collect(),
            parts: self.parts.iter().filter(|own| !own.name.is_empty()).map(part).collect(),
        })
    }

    fn exit(&self) -> Exit {
        let is_defect = self.parts.iter().any(|part| part.difference.is_defect());
        Exit::from(self.verdict()).unless_defect(is_defect)
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct DiffJson {
    schema: AnswerSchema,
    version: u32,
    data: DataDates,
    /// Whether the new document allows nothing that the old one does not.
    verdict: Word<VerdictKind>,
    /// The kind of the documents. Left out if they are of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<Word<ComparedKind>>,
    actions: Compared,
    gained: Vec<ChangedJson>,
    lost: Vec<ChangedJson>,
    /// What the answer rests on.
    premises: Vec<String>,
    /// The policies of roles and of folders, each with its own answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<PartJson>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PartJson {
    name: String,
    kind: Word<ComparedKind>,
    state: Word<PartState>,
    verdict: Word<VerdictKind>,
}

/// A group of actions that one document allows somebody and the other does not.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ChangedJson {
    /// The part of the documents that it is in. Left out if there is one.
    #[serde(skip_serializing_if = "String::is_empty")]
    part: String,
    #[serde(flatten)]
    answer: AnswerJson,
    /// Who asks. The request is one of the first. Left out if the documents name no principals.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    who: Vec<String>,
    before: ExtentJson,
    after: ExtentJson,
}

impl ChangedJson {
    fn new(changed: &Changed, part: &str) -> Self {
        Self {
            part: part.to_owned(),
            answer: AnswerJson::new(&changed.answer),
            who: changed.askers.iter().map(ToString::to_string).collect(),
            before: ExtentJson::new(&changed.before),
            after: ExtentJson::new(&changed.after),
        }
    }
}

/// How far a document allows the example to the first of those who ask.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ExtentJson {
    allowed: Word<HowFar>,
    /// For `limited`: what its Allow statements ask for, one of which must apply.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    only: Vec<String>,
    /// For `limited`: what its Deny statements ask for, and the boundary.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    besides: Vec<String>,
}

impl ExtentJson {
    fn new(extent: &Extent) -> Self {
        let texts = |own: &[Box<str>]| own.iter().map(ToString::to_string).collect();
        Self { allowed: Word(extent.reach), only: texts(&extent.when), besides: texts(&extent.besides) }
    }
}

/// Which actions were compared: those of the catalogue, or every name.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "lowercase")]
enum Compared {
    Closed,
    Open,
}
