//! Changes of an extracted policy, made in the text that it was found in.

use iam_json::{Change, Edit, Span};

use crate::extracted::Extracted;
use crate::origin::{Coding, narrow};
use crate::relaxed::blanked;
use crate::template::UNKNOWN;
use crate::yaml;

impl Extracted {
    /// The edits of the original text that make a change of the policy. Layout and comments of the original stay.
    ///
    /// `None` if the original writes the policy in a way that has no place for the change, or if the change is about what is not known. Where
    /// [`OriginMap::verbatim_from`](crate::OriginMap::verbatim_from) has no answer, read the edited text again: only then is it sure that it
    /// says what was meant, because values may stand for others elsewhere, such as parameters and anchors.
    pub fn edits(&self, change: &Change, original: &str) -> Option<Vec<Edit>> {
        if change.span().of(&self.text).contains(UNKNOWN) {
            return None;
        }
        if let Some(from) = self.origin.verbatim_from() {
            let end = from.saturating_add(narrow(self.text.len()));
            let written = Span::new(from, end).of(original);
            let edits = change.edits(&self.text, written)?;
            return Some(edits.iter().filter_map(|own| self.origin.edit(own)).collect());
        }
        let codings: Vec<Coding> = self.origin.codings().collect();
        let is_text = |coding: &Coding| matches!(coding, Coding::JsonString | Coding::Url);
        if codings.first().is_some_and(is_text) {
            let edits = change.edits(&self.text, &self.text)?;
            return edits.iter().map(|own| self.origin.edit(own)).collect();
        }
        if codings.iter().any(is_text) || codings.contains(&Coding::Code) {
            return None;
        }
        let change = change.clone().at(self.origin.span(change.span()));
        // What is changed where an anchor stands is changed wherever its name does.
        if self.origin.is_shared(change.span()) {
            return None;
        }
        if codings.contains(&Coding::Yaml) {
            return yaml::edit::edits(&change, original);
        }
        match blanked(original) {
            Some((text, _)) => change.edits(&text, original),
            None => change.edits(original, original),
        }
    }
}
