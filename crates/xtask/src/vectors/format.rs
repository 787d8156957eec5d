//! One decision vector, written as one line of JSON with its members in the order of `FORMAT.md`.

use serde_json::{Value, json};

/// The account that owns the resource in every generated vector.
pub(super) const ACCOUNT: &str = "111122223333";

/// The decision on a request, according to the rules.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Decision {
    Allowed,
    ExplicitDeny,
    ImplicitDeny,
}

impl Decision {
    /// The word for it in `FORMAT.md`.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ExplicitDeny => "explicit_deny",
            Self::ImplicitDeny => "implicit_deny",
        }
    }
}

/// What an expectation rests on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Certainty {
    /// AWS was seen to answer so.
    Observed,
    /// A page says it.
    Documented,
    /// A judgement call of the rules.
    Judgement,
}

impl Certainty {
    /// The word for it in `FORMAT.md`.
    fn word(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Documented => "documented",
            Self::Judgement => "judgement",
        }
    }
}

/// The principal, the action, the resource and the context.
pub(super) struct Request {
    pub(super) principal: Value,
    pub(super) action: &'static str,
    pub(super) resource: &'static str,
    pub(super) kind: &'static str,
    pub(super) context: Value,
}

impl Default for Request {
    /// A user who reads an object of its own account, without context.
    fn default() -> Self {
        Self {
            principal: json!({ "type": "iam_user", "account": ACCOUNT, "arn": "arn:aws:iam::111122223333:user/ana" }),
            action: "s3:GetObject",
            resource: "arn:aws:s3:::data-a/report.csv",
            kind: "generic",
            context: json!({}),
        }
    }
}

/// Every layer of policies. `None` means "does not apply".
#[derive(Default)]
pub(super) struct Policies {
    pub(super) identity: Vec<Value>,
    pub(super) resource: Option<Value>,
    pub(super) boundary: Option<Value>,
    pub(super) session: Option<Value>,
    pub(super) scp: Option<Value>,
    pub(super) rcp: Option<Value>,
    pub(super) vpc_endpoint: Option<Value>,
}

/// A decision vector.
pub(super) struct Vector {
    pub(super) id: String,
    pub(super) section: &'static str,
    pub(super) about: String,
    pub(super) source: String,
    pub(super) certainty: Certainty,
    pub(super) or_reject: bool,
    pub(super) request: Request,
    pub(super) policies: Policies,
    pub(super) expect: Decision,
    pub(super) why: String,
}

impl Vector {
    /// The vector as one line of JSON, without the line's end.
    pub(super) fn line(&self) -> String {
        let request = &self.request;
        let policies = &self.policies;
        let mut line = String::from("{");
        member(&mut line, "id", &json!(self.id));
        member(&mut line, "section", &json!(self.section));
        member(&mut line, "about", &json!(self.about));
        member(&mut line, "source", &json!(self.source));
        member(&mut line, "certainty", &json!(self.certainty.word()));

        line.push_str("\"request\": {");
        member(&mut line, "principal", &request.principal);
        member(&mut line, "action", &json!(request.action));
        member(&mut line, "resource", &json!(request.resource));
        member(&mut line, "resource_account", &json!(ACCOUNT));
        member(&mut line, "resource_kind", &json!(request.kind));
        member(&mut line, "context", &request.context);
        close(&mut line);

        line.push_str("\"policies\": {");
        member(&mut line, "identity", &json!(policies.identity));
        member(&mut line, "resource", &json!(policies.resource));
        member(&mut line, "boundary", &json!(policies.boundary));
        member(&mut line, "session", &json!(policies.session));
        member(&mut line, "scp", &json!(policies.scp));
        member(&mut line, "rcp", &json!(policies.rcp));
        if let Some(endpoint) = &policies.vpc_endpoint {
            member(&mut line, "vpc_endpoint", endpoint);
        }
        close(&mut line);

        member(&mut line, "expect", &json!({ "decision": self.expect.word() }));
        if self.or_reject {
            member(&mut line, "or_reject", &json!(true));
        }
        member(&mut line, "why", &json!(self.why));
        line.truncate(line.trim_end_matches(", ").len());
        line.push('}');
        line
    }
}

/// Appends one member and the comma after it.
fn member(line: &mut String, name: &str, value: &Value) {
    line.push('"');
    line.push_str(name);
    line.push_str("\": ");
    line.push_str(&value.to_string());
    line.push_str(", ");
}

/// Ends the object whose last member was just appended.
fn close(line: &mut String) {
    line.truncate(line.trim_end_matches(", ").len());
    line.push_str("}, ");
}

/// A whole vector file: a JSON array with one vector in each line.
pub(super) fn file(vectors: &[Vector]) -> String {
    let lines: Vec<String> = vectors.iter().map(Vector::line).collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}

/// A policy of the current version with these statements.
pub(super) fn policy(statements: &[Value]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}
