//! Lengths that reading does not measure, because it does not know to which service a policy belongs.

use iam_policy::{PolicyKind, Size};

use super::{Run, arns::Fields};
use crate::code;
use crate::data::QUOTAS;

impl Run<'_, '_> {
    pub(super) fn sizes(&mut self) {
        let doc = self.doc;
        let length = || Size::of_value(doc.root);
        if self.kind() == PolicyKind::Identity && self.settings.is_guessed {
            let (length, most) =
                (length().characters_without_white_space, self.settings.limits.managed_policy_characters);
            // Beyond the quota of inline policies, reading reports it.
            if length > most && length <= self.settings.limits.inline_policy_characters {
                let found = format!("{length} characters, white space not counted");
                let help =
                    format!("a managed policy holds at most {most}; as an inline policy it may be stored");
                self.opening(code::POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA, doc.root, found, help);
            }
        }
        if self.kind() != PolicyKind::Resource {
            return;
        }
        let mut arns = doc.statements.iter().flat_map(super::super::view::Statement::resource_texts);
        let service = arns.find_map(|text| Fields::of(&text.text).map(|fields| fields.service));
        let quota = QUOTAS.iter().find(|(name, _)| Some(*name) == service);
        if let Some((service, most)) = quota {
            let bytes = length().bytes;
            if bytes > *most {
                let help = format!("a policy of {service} holds at most {most} bytes");
                self.opening(
                    code::POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA,
                    doc.root,
                    format!("{bytes} bytes"),
                    help,
                );
            }
        }
    }
}
