//! Cases with a policy text.

use iam_json::Value;
use iam_policy::PolicyKind;

use super::DocumentCase;
use super::members::{ABOUT, Reader, required};

pub(super) fn read<'d>(reader: &mut Reader, case: Value<'d>) -> Option<DocumentCase<'d>> {
    let [id, about, source, certainty, why] = ABOUT;
    let fields = [id, about, source, certainty, why, required("kind"), required("text"), required("expect")];
    let [id, about, source, certainty, why, kind, text, expect] = reader.members(case, fields)?;
    let about = reader.about([id, about, source, certainty, why]);
    let names = PolicyKind::ALL.map(PolicyKind::name).join(", ");
    let kind = reader.word(kind?, &names, PolicyKind::from_name);
    let text = reader.text(text?);
    let accepted = reader.word(expect?, "accept or reject", |word| match word {
        "accept" => Some(true),
        "reject" => Some(false),
        _ => None,
    });
    Some(DocumentCase { about: about?, kind: kind?, text: text?, accepted: accepted? })
}
