//! The roles in outputs of commands, each output as that of `aws iam get-account-authorization-details`.

use iam_json::{Kind, Report, Value};

use crate::find;
use crate::limits::Limits;
use crate::origin::{Coding, OriginMap, Weaver};
use crate::read::{parsed, refuse_cut};
use crate::scan::verbatim;
use crate::syntax::{Hint, Syntax};

/// Lists and maps of outputs are looked into up to this depth.
const DEPTH: usize = 4;

/// Roles of one output.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// A JSON object with the roles in `RoleDetailList`, and with all else that the output has.
    pub text: String,
    /// Where its characters stand in the text that was read.
    pub origin: OriginMap,
    /// Name and ARN of each role, as far as the text has them.
    pub roles: Vec<(String, String)>,
    /// Whether the output has the permissions of roles. `get-role` and `list-roles` give trust policies alone.
    pub has_permissions: bool,
}

/// Finds the roles in a text: an output of `get-account-authorization-details`, several of them, a part of one, or an output of `get-role` or
/// `list-roles`.
///
/// # Errors
/// The text cannot be read, exceeds a limit, or is only a part of an output. A text without roles is no error.
///
/// # Cost
/// Linear in the length of the text.
///
/// # Examples
/// ```
/// use iam_document::{Limits, accounts};
///
/// let role = r#"{"RoleName": "a", "Arn": "arn:aws:iam::111122223333:role/a", "RolePolicyList": []}"#;
/// let found = accounts(&format!("[{role}]"), "roles.json", &Limits::default())?;
/// assert_eq!(found[0].roles, [("a".to_owned(), "arn:aws:iam::111122223333:role/a".to_owned())]);
/// assert_eq!(found[0].text, format!(r#"{{"RoleDetailList": [{role}]}}"#));
/// # Ok::<(), iam_json::Report>(())
/// ```
pub fn accounts(text: &str, name: &str, limits: &Limits) -> Result<Vec<Account>, Report> {
    let syntax = Syntax { original: text, limits, hint: Hint::of(name) };
    // Code has policies and no output with roles.
    #[cfg(feature = "hcl")]
    if crate::hcl::is_code(&syntax) {
        return Ok(Vec::new());
    }
    let mut pieces = syntax.read()?;
    let mut found = Vec::new();
    for piece in &mut pieces.list {
        let known = piece.document.take();
        let (piece, document) = (&*piece, parsed(&syntax, piece, known)?);
        let before = found.len();
        collect(document.root(), &piece.origin, DEPTH, &mut found);
        if found.len() > before {
            refuse_cut(&syntax, piece, document.root())?;
        }
    }
    Ok(found)
}

fn collect(value: Value<'_>, origin: &OriginMap, depth: usize, found: &mut Vec<Account>) {
    if value.kind() == Kind::Array {
        if value.items().next().is_some() && value.items().all(is_role) {
            return found.push(wrapped(value, "{\"RoleDetailList\": ", "}", origin));
        }
    } else if value.member("RoleDetailList").is_some() {
        let (text, origin) = verbatim(value, origin);
        let roles = value.member("RoleDetailList").map(names).unwrap_or_default();
        return found.push(Account { text, origin, roles, has_permissions: true });
    } else if let Some(role) = value.member("Role").filter(|role| is_role(*role)) {
        return found.push(wrapped(role, "{\"RoleDetailList\": [", "]}", origin));
    } else if let Some(roles) = value.member("Roles").filter(|roles| roles.items().all(is_role)) {
        return found.push(wrapped(roles, "{\"RoleDetailList\": ", "}", origin));
    } else if is_role(value) {
        return found.push(wrapped(value, "{\"RoleDetailList\": [", "]}", origin));
    }
    if let Some(depth) = depth.checked_sub(1) {
        for inner in value.items().chain(value.members().map(|own| own.value)) {
            collect(inner, origin, depth, found);
        }
    }
}

/// Whether a value is a role, as outputs of commands have it.
fn is_role(value: Value<'_>) -> bool {
    value.member("RoleName").is_some()
        && value.member("Arn").is_some()
        && (value.member("AssumeRolePolicyDocument").is_some() || has_permissions(value))
}

fn has_permissions(role: Value<'_>) -> bool {
    role.member("RolePolicyList").is_some() || role.member("AttachedManagedPolicies").is_some()
}

/// A role or a list of roles, as an output would have them.
fn wrapped(value: Value<'_>, before: &str, behind: &str, origin: &OriginMap) -> Account {
    let mut weaver = Weaver::default();
    weaver.stand_at(value.span().start);
    weaver.add(before);
    weaver.push(value.raw(), value.span());
    weaver.add(behind);
    let (text, origin) = weaver.finish(origin, Coding::Values);
    let is_list = value.kind() == Kind::Array;
    let permissions = if is_list { value.items().all(has_permissions) } else { has_permissions(value) };
    let roles = if is_list { names(value) } else { vec![name(value)] };
    Account { text, origin, roles, has_permissions: permissions }
}

fn names(roles: Value<'_>) -> Vec<(String, String)> {
    roles.items().map(name).collect()
}

fn name(role: Value<'_>) -> (String, String) {
    let text = |name: &str| find::member(role, name).map(Value::string).unwrap_or_default().into_owned();
    (text("RoleName"), text("Arn"))
}
