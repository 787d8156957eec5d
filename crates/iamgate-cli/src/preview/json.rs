//! A preview for programs.

use iamgate::Cause;
use iamgate::iam_catalog::AccessLevel;
use serde::Serialize;

use super::words::{answer, notable};

#[derive(Debug, Serialize)]
pub(super) struct Preview {
    schema: &'static str,
    version: u32,
    answer: String,
    keeps_promise: bool,
    role: Role,
    profile: Profile,
    catalogue: Catalogue,
    levels: Vec<Level>,
    services: Vec<Service>,
    not_read: Vec<Survivor>,
    outside: Vec<Outside>,
    removed: Vec<Removal>,
    shadowed: Vec<Shadowed>,
    open_ended: Vec<String>,
    notable: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trust: Option<Trust>,
    findings: Vec<Finding>,
}

#[derive(Debug, Serialize)]
struct Role {
    name: String,
    arn: String,
}

#[derive(Debug, Serialize)]
struct Profile {
    name: String,
    characters: usize,
    budget: usize,
}

#[derive(Debug, Serialize)]
struct Catalogue {
    date: String,
    actions: usize,
    services: usize,
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names of the members in JSON")]
struct Level {
    level: &'static str,
    role: usize,
    session: usize,
    both: usize,
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names of the members in JSON")]
struct Service {
    service: String,
    list: usize,
    read: usize,
    data_read: usize,
    write: usize,
    tagging: usize,
    permissions_management: usize,
}

#[derive(Debug, Serialize)]
struct Survivor {
    action: String,
    level: &'static str,
    role: Vec<String>,
    session: Vec<String>,
    may_be_denied_by: Vec<String>,
    why: Option<String>,
}

#[derive(Debug, Serialize)]
struct Outside {
    action: String,
    level: &'static str,
    breaks: String,
    role: Vec<String>,
    session: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Removal {
    cause: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<String>,
    total: usize,
    by_level: Vec<(&'static str, usize)>,
    examples: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Shadowed {
    allow: String,
    deny: String,
    entirely: bool,
    actions: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Trust {
    principals: Vec<String>,
    actions: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Finding {
    policy: String,
    code: &'static str,
    line: u32,
    column: u32,
    found: String,
}

impl Preview {
    pub(super) fn new(preview: &iamgate::Preview<'_>) -> Self {
        let (characters, budget) = preview.characters;
        let (actions, services) = preview.catalog_size;
        Self {
            schema: "iamgate/preview",
            version: 1,
            answer: answer(preview),
            keeps_promise: preview.keeps_promise(),
            role: Role { name: preview.role.to_string(), arn: preview.role_arn.to_string() },
            profile: Profile { name: preview.profile.to_string(), characters, budget },
            catalogue: Catalogue { date: preview.catalog_date.to_owned(), actions, services },
            levels: preview
                .levels
                .iter()
                .map(|l| Level { level: l.level.name(), role: l.role, session: l.session, both: l.both })
                .collect(),
            services: preview
                .services
                .iter()
                .map(|s| Service {
                    service: s.service.to_owned(),
                    list: s.list,
                    read: s.read,
                    data_read: s.data,
                    write: s.write,
                    tagging: s.tagging,
                    permissions_management: s.permissions,
                })
                .collect(),
            not_read: preview
                .not_read
                .iter()
                .map(|s| Survivor {
                    action: s.action.to_string(),
                    level: s.action.level.name(),
                    role: s.role.clone(),
                    session: s.session.clone(),
                    may_be_denied_by: s.may_be_denied_by.clone(),
                    why: s.why.as_ref().map(ToString::to_string),
                })
                .collect(),
            outside: preview
                .outside
                .iter()
                .map(|o| Outside {
                    action: o.action.to_string(),
                    level: o.action.level.name(),
                    breaks: o.breaks.clone(),
                    role: o.role.clone(),
                    session: o.session.clone(),
                })
                .collect(),
            removed: preview.removed.iter().map(removal).collect(),
            shadowed: preview
                .shadowed
                .iter()
                .map(|s| Shadowed {
                    allow: s.allow.clone(),
                    deny: s.deny.clone(),
                    entirely: s.entirely,
                    actions: s.actions.clone(),
                })
                .collect(),
            open_ended: preview.open_ended.clone(),
            notable: notable(preview),
            trust: preview
                .trust
                .as_ref()
                .map(|t| Trust { principals: t.principals.clone(), actions: t.actions.clone() }),
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

fn removal(removal: &iamgate::Removal) -> Removal {
    let (cause, statement) = match &removal.cause {
        Cause::NotAllowed => ("not_allowed", None),
        Cause::Denied(statement) => ("denied", Some(statement.clone())),
        Cause::Boundary => ("boundary", None),
    };
    let by_level = AccessLevel::ALL.iter().map(|l| l.name()).zip(removal.counts.iter().copied()).collect();
    Removal { cause, statement, total: removal.total(), by_level, examples: removal.examples.clone() }
}
