//! Makes names from documents safe to show: characters that could control a terminal or change the direction of text become visible.

use iamgate::Preview;
use iamgate::iam_json::{is_hidden, visible};

/// Makes the patterns that a preview quotes safe to show.
pub(crate) fn preview(preview: &mut Preview<'_>) {
    let trust = preview.trust.iter_mut().flat_map(|t| t.principals.iter_mut().chain(&mut t.actions));
    for text in trust.chain(&mut preview.open_ended) {
        if text.contains(is_hidden) {
            *text = shown(text);
        }
    }
}

/// A text of a document in a form that is safe to show.
pub(crate) fn shown(text: &str) -> String {
    visible(text).into_owned()
}
