//! The answer in lines of JSON, each of which can be read without the others.

use serde::Serialize;

use super::AuditAnswer;
use super::json::{AuditJson, CallsJson};
use crate::answer::AnswerSchema;
use crate::json;

/// A line.
#[derive(Serialize)]
struct Line<'a, T> {
    schema: AnswerSchema,
    version: u32,
    #[serde(rename = "type")]
    of: Of,
    /// The ARN of the role. `None` for what says it itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'a str>,
    #[serde(flatten)]
    content: T,
}

/// What a line is about.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Of {
    /// What is said of all.
    Audit,
    /// A session that no record plans.
    Unplanned,
    /// A session.
    Session,
    /// Calls of one kind.
    Calls,
    /// A finding about a file.
    Finding,
}

/// Calls of one kind, and whose they are.
#[derive(Serialize)]
struct OfSession<'a> {
    plan: &'a str,
    session: &'a str,
    #[serde(flatten)]
    calls: &'a CallsJson<'a>,
}

impl AuditAnswer {
    /// The answer in lines of JSON: what is said of all, then a line for each session that no record plans, for each session and each kind of its
    /// calls, and for each finding about a file.
    pub fn to_json_lines(&self) -> String {
        let all = AuditJson::new(self);
        let mut out = line(Of::Audit, None, &all.head);
        let role = Some(self.role().arn().as_str());
        for own in &all.unplanned {
            out.push_str(&line(Of::Unplanned, role, own));
        }
        for session in &all.sessions {
            out.push_str(&line(Of::Session, role, &session.head));
            for calls in &session.calls {
                let own = OfSession { plan: session.head.plan, session: session.head.name, calls };
                out.push_str(&line(Of::Calls, role, &own));
            }
        }
        for own in &all.findings {
            out.push_str(&line(Of::Finding, role, own));
        }
        out
    }
}

fn line<T: Serialize>(of: Of, role: Option<&str>, content: &T) -> String {
    json::line(&Line { schema: AnswerSchema::Audit, version: 1, of, role, content })
}
