//! `iamgate roles`: the roles of an account, and the files of one of them.

use std::collections::BTreeMap;

use iamgate::iam_policy::Limits;
use iamgate::{AccountRole, File, account_roles, role_files};
use serde::Serialize;

use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::RolesArgs;
use crate::given;
use crate::json;
use crate::load;
use crate::trouble::Trouble;
use crate::world::{DUMP, DUMP_BYTES, World};

/// The roles of an account.
#[derive(Debug)]
#[non_exhaustive]
pub struct RolesAnswer {
    /// Each role.
    pub roles: Vec<AccountRole>,
    /// The files of the named role, as a folder of it would have them; `None` if no role is named.
    pub files: Option<Vec<File>>,
}

/// Lists the roles in the output of `aws iam get-account-authorization-details`, in several of them, or in that of `aws iam list-roles`.
///
/// # Errors
/// The output cannot be read, or has no such role.
pub fn roles(args: &RolesArgs, world: &dyn World) -> Result<RolesAnswer, Trouble> {
    let file = world.read(&args.file, DUMP_BYTES, DUMP)?;
    let mut limits = Limits::default();
    limits.document_bytes = DUMP_BYTES;
    let accounts = given::accounts(&file)?;
    if accounts.is_empty() {
        return Err(load::no_role(&file));
    }
    let mut roles = Vec::new();
    for own in &accounts {
        let part = File { name: file.name.clone(), text: own.text.clone() };
        let trouble = |error| load::trouble(error, std::slice::from_ref(&part));
        let read = account_roles(&part, &limits).map_err(trouble);
        roles.extend(read.map_err(|trouble| given::placed_in(trouble, &part, &file, &own.origin))?);
    }
    let files = match args.role.as_deref() {
        Some(role) => {
            let own = given::role(&file, accounts, Some(role))?;
            if !own.has_permissions {
                return Err(given::no_permissions(&args.file));
            }
            let read = role_files(&own.file, own.role.as_deref().unwrap_or(role), &limits);
            Some(read.map_err(|error| load::placed(error, &file, &own))?)
        }
        None => None,
    };
    Ok(RolesAnswer { roles, files })
}

impl Answer for RolesAnswer {
    fn to_json(&self) -> String {
        let role = |role: &AccountRole| RoleJson { name: role.name.to_string(), arn: role.arn.to_string() };
        let files = |files: &Vec<File>| files.iter().map(|f| (f.name.clone(), f.text.clone())).collect();
        json::indented(&RolesJson {
            schema: AnswerSchema::Roles,
            version: 1,
            roles: self.roles.iter().map(role).collect(),
            files: self.files.as_ref().map(files),
        })
    }

    fn exit(&self) -> Exit {
        Exit::when(!self.roles.is_empty())
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct RolesJson {
    schema: AnswerSchema,
    version: u32,
    roles: Vec<RoleJson>,
    /// Texts by path.
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<BTreeMap<String, String>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RoleJson {
    name: String,
    arn: String,
}
