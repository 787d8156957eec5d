//! A preview for programs.

use iamgate::iam_analysis::{ActionReach, Reach};
use iamgate::iam_catalog::{AccessLevel, CatalogAction};
use iamgate::{Cause, DecidingStatement, OthersAdmitted};
use serde::Serialize;

use super::PreviewAnswer;
use super::words::{answer, notable};
use crate::answer::AnswerSchema;
use crate::dates::DataDates;
use crate::names::UnknownName;
use crate::witness::{DoubtJson, RequestJson};
use crate::word::Word;

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PreviewJson<'p> {
    schema: AnswerSchema,
    version: u32,
    data: DataDates,
    answer: String,
    keeps_promise: bool,
    /// Names that were given and that are not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown_names: Vec<UnknownName>,
    role: Role,
    profile: Profile,
    /// The folder of the AWS managed policies. Left out if they are built in.
    #[serde(skip_serializing_if = "Option::is_none")]
    managed_folder: Option<String>,
    catalogue: Catalogue,
    levels: Vec<Level>,
    services: Vec<Service>,
    /// The cells of the matrix that are not empty, with the statements that decide them.
    cells: Vec<Cell<'p>>,
    not_read: Vec<Survivor>,
    /// Every action that is possible, in groups that the same statements are about.
    possible: Vec<Possible>,
    outside: Vec<Outside>,
    removed: Vec<Removal>,
    shadowed: Vec<Shadowed>,
    open_ended: Vec<String>,
    notable: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trust: Option<Trust>,
    /// Who can open sessions of the role. Left out if the snapshot has no trust policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<Who>,
    findings: Vec<Finding>,
}

/// Who can open sessions of a role; `iamgate trust` says more.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Who {
    /// Whether the tokens of DoiT's providers open sessions.
    doit: bool,
    /// Whether it is proven that only the tokens which the profile describes do.
    only_as_described: bool,
    others: Word<OthersAdmitted>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Role {
    name: String,
    arn: String,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Profile {
    name: String,
    characters: usize,
    budget: usize,
    /// The folder of the profile. Left out if the profile is built in.
    #[serde(skip_serializing_if = "Option::is_none")]
    folder: Option<String>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Catalogue {
    date: String,
    actions: usize,
    services: usize,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(clippy::struct_field_names, reason = "the names of the members in JSON")]
struct Level {
    level: Word<AccessLevel>,
    role: usize,
    session: usize,
    both: usize,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(clippy::struct_field_names, reason = "the names of the members in JSON")]
struct Service {
    service: String,
    list: usize,
    read: usize,
    data_read: usize,
    credential_read: usize,
    write: usize,
    tagging: usize,
    permissions_management: usize,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Statement {
    layer: &'static str,
    policy: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    number: usize,
    line: u32,
    column: u32,
}

impl Statement {
    fn new(statement: &DecidingStatement) -> Self {
        Self {
            layer: statement.layer.name(),
            policy: statement.policy.to_string(),
            sid: statement.sid.as_ref().map(ToString::to_string),
            number: statement.number,
            line: statement.position.line,
            column: statement.position.column,
        }
    }

    fn list(statements: &[DecidingStatement]) -> Vec<Self> {
        statements.iter().map(Self::new).collect()
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Cell<'p> {
    service: String,
    level: Word<AccessLevel>,
    actions: usize,
    /// Their names without the prefix of the service; those of actions that return data or credentials a second time.
    names: Vec<&'p str>,
    data: Vec<&'p str>,
    credentials: Vec<&'p str>,
    role: Vec<Statement>,
    session: Vec<Statement>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Survivor {
    action: String,
    level: Word<AccessLevel>,
    role: Vec<Statement>,
    session: Vec<Statement>,
    may_be_denied_by: Vec<Statement>,
    why: Option<String>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Possible {
    reach: Extent,
    actions: Vec<String>,
    /// A request for the first action that is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed: Option<RequestJson>,
    /// A request for the first action that is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<RequestJson>,
    /// Why it is not known how far, for `unknown`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    doubts: Vec<DoubtJson>,
}

impl Possible {
    fn new(reach: &ActionReach) -> Self {
        Self {
            reach: Extent::of(reach.reach),
            actions: reach.actions.iter().map(ToString::to_string).collect(),
            allowed: reach.allowed.as_ref().map(RequestJson::new),
            refused: reach.refused.as_ref().map(RequestJson::new),
            doubts: reach.doubts.iter().map(DoubtJson::new).collect(),
        }
    }
}

/// How far an action is allowed.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "snake_case")]
enum Extent {
    Always,
    OnSomeResourcesUnderConditions,
    OnSomeResources,
    UnderConditions,
    Unknown,
}

impl Extent {
    const fn of(reach: Reach) -> Self {
        match reach {
            Reach::Always => Self::Always,
            Reach::Limited { by_resource: true, by_condition: true } => Self::OnSomeResourcesUnderConditions,
            Reach::Limited { by_resource: true, by_condition: false } => Self::OnSomeResources,
            Reach::Limited { by_resource: false, by_condition: _ } => Self::UnderConditions,
            Reach::Unknown => Self::Unknown,
        }
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Outside {
    action: String,
    level: Word<AccessLevel>,
    breaks: String,
    role: Vec<Statement>,
    session: Vec<Statement>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Removal {
    cause: CauseJson,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    statements: Vec<Statement>,
    total: usize,
    by_level: Vec<(Word<AccessLevel>, usize)>,
    examples: Vec<String>,
}

/// What keeps actions of the role out.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "snake_case")]
enum CauseJson {
    NotAllowed,
    Denied,
    Boundary,
    Apart,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Shadowed {
    allow: Statement,
    denies: Vec<Statement>,
    entirely: bool,
    actions: Vec<String>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Trust {
    principals: Vec<String>,
    actions: Vec<String>,
    tags_sessions: bool,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Finding {
    policy: String,
    code: &'static str,
    line: u32,
    column: u32,
    found: String,
}

impl<'p> PreviewJson<'p> {
    pub(super) fn new(answered: &PreviewAnswer<'p>) -> Self {
        let PreviewAnswer { preview, who, origins, unknown, dates } = answered;
        let who = who.as_ref();
        let (characters, budget) = preview.characters;
        let (actions, services) = preview.catalog_size;
        Self {
            schema: AnswerSchema::Preview,
            version: 1,
            data: dates.clone(),
            answer: answer(preview, who),
            keeps_promise: preview.keeps_promise(),
            unknown_names: unknown.clone(),
            role: Role { name: preview.role.to_string(), arn: preview.role_arn.to_string() },
            profile: Profile {
                name: preview.profile.to_string(),
                characters,
                budget,
                folder: origins.profiles.clone(),
            },
            managed_folder: origins.managed.clone(),
            catalogue: Catalogue { date: preview.catalog_date.to_owned(), actions, services },
            levels: preview
                .levels
                .iter()
                .map(|l| Level { level: Word(l.level), role: l.role, session: l.session, both: l.both })
                .collect(),
            services: preview
                .services
                .iter()
                .map(|s| Service {
                    service: s.service.to_owned(),
                    list: s.list,
                    read: s.read,
                    data_read: s.data,
                    credential_read: s.credentials,
                    write: s.write,
                    tagging: s.tagging,
                    permissions_management: s.permissions,
                })
                .collect(),
            cells: preview
                .cells
                .iter()
                .map(|cell| Cell {
                    service: cell.service.to_owned(),
                    level: Word(cell.level),
                    actions: cell.actions.len(),
                    names: cell.actions.iter().map(|action| action.name).collect(),
                    data: named(cell, |action| action.sensitivity.reads_data()),
                    credentials: cell.credentials.clone(),
                    role: Statement::list(&cell.role),
                    session: Statement::list(&cell.session),
                })
                .collect(),
            not_read: preview
                .not_read
                .iter()
                .map(|s| Survivor {
                    action: s.action.to_string(),
                    level: Word(s.action.level),
                    role: Statement::list(&s.role),
                    session: Statement::list(&s.session),
                    may_be_denied_by: Statement::list(&s.may_be_denied_by),
                    why: s.why.as_ref().map(ToString::to_string),
                })
                .collect(),
            possible: preview.reaches.iter().map(Possible::new).collect(),
            outside: preview
                .outside
                .iter()
                .map(|o| Outside {
                    action: o.action.to_string(),
                    level: Word(o.action.level),
                    breaks: o.breaks.clone(),
                    role: Statement::list(&o.role),
                    session: Statement::list(&o.session),
                })
                .collect(),
            removed: preview.removed.iter().map(removal).collect(),
            shadowed: preview
                .shadowed
                .iter()
                .map(|s| Shadowed {
                    allow: Statement::new(&s.allow),
                    denies: Statement::list(&s.denies),
                    entirely: s.entirely,
                    actions: s.actions.clone(),
                })
                .collect(),
            open_ended: preview.open_ended.clone(),
            notable: notable(preview),
            trust: preview.trust.as_ref().map(|t| Trust {
                principals: t.principals.clone(),
                actions: t.actions.clone(),
                tags_sessions: t.tags_sessions,
            }),
            who: who.map(|who| Who {
                doit: who.admits_doit(),
                only_as_described: who.is_pinned(),
                others: Word(who.others()),
            }),
            findings: preview
                .findings
                .iter()
                .map(|(policy, problem)| Finding {
                    policy: policy.to_string(),
                    code: problem.code.name(),
                    line: problem.position.line,
                    column: problem.position.column,
                    found: problem.found.clone(),
                })
                .collect(),
        }
    }
}

fn named<'p>(cell: &iamgate::Cell<'p>, is_named: impl Fn(&CatalogAction<'p>) -> bool) -> Vec<&'p str> {
    cell.actions.iter().filter(|action| is_named(action)).map(|action| action.name).collect()
}

fn removal(removal: &iamgate::Removal) -> Removal {
    let (cause, statements) = match &removal.cause {
        Cause::NotAllowed => (CauseJson::NotAllowed, Vec::new()),
        Cause::Denied(denies) => (CauseJson::Denied, Statement::list(denies)),
        Cause::Boundary => (CauseJson::Boundary, Vec::new()),
        Cause::Apart => (CauseJson::Apart, Vec::new()),
    };
    let by_level = AccessLevel::ALL.into_iter().map(Word).zip(removal.counts.iter().copied()).collect();
    Removal { cause, statements, total: removal.total(), by_level, examples: removal.examples.clone() }
}
