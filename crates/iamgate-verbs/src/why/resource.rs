//! The resource that a message is about, as an ARN.

use iam_denial::{Denial, ResourceForm};
use iamgate::RoleSnapshot;
use iamgate::iam_json::quoted;

use crate::world::World;

/// The resource of the request that is put to the documents.
#[derive(Debug)]
pub(super) struct Named {
    /// The ARN, or `*`.
    pub(super) arn: String,
    /// Whether the message says it, or the action has none. If not, a statement for some resources may or may not match.
    pub(super) is_known: bool,
    /// What was assumed.
    pub(super) note: Option<String>,
}

pub(super) fn of(denial: &Denial, action: &str, role: &RoleSnapshot, world: &dyn World) -> Named {
    let unknown = |note: &str| Named { arn: "*".to_owned(), is_known: false, note: Some(note.to_owned()) };
    // The resource that the message names is that of the action that was asked for. Another missing action is asked about it too.
    let Some(resource) = &denial.resource else {
        let takes_none = world
            .built_in()
            .details()
            .ok()
            .and_then(|details| Some(details.action(action)?.resources().next().is_none()));
        return match takes_none {
            Some(true) => Named { arn: "*".to_owned(), is_known: true, note: None },
            Some(false) | None => unknown("the message does not say which resource it is about"),
        };
    };
    if let Some(arn) = resource.arn() {
        return Named { arn: arn.to_owned(), is_known: true, note: None };
    }
    match resource.form {
        ResourceForm::Every => Named { arn: "*".to_owned(), is_known: true, note: None },
        ResourceForm::TypeAndName => match resource.type_and_name().filter(|(_, name)| !name.is_empty()) {
            Some((kind, name)) => {
                let kind = kind.replace(' ', "-");
                let arn = format!("arn:{}:iam::{}:{kind}/{name}", role.partition(), role.account());
                let note = format!(
                    "the message names {} without its path; {} was asked about",
                    quoted(&resource.text.value),
                    quoted(&arn)
                );
                Named { arn, is_known: true, note: Some(note) }
            }
            None => unknown("the message does not say which resource it is about"),
        },
        ResourceForm::MaskedArn => unknown("the message hides a part of the resource's ARN"),
        ResourceForm::OfCiphertext => unknown("the message does not say which key the ciphertext is of"),
        ResourceForm::Path | ResourceForm::Name | ResourceForm::Specified | ResourceForm::Arn | _ => {
            unknown("the message has no ARN of the resource")
        }
    }
}
