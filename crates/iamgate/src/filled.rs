//! Files with the placeholder `{{account}}`, which is replaced by an account.

use iam_json::quoted;
use iam_json::{Document, Form, Value};
use iam_policy::{Limits, is_account};

use crate::input::{File, InputError};

const PLACEHOLDER: &str = "{{account}}";

/// A text that was filled in for an account, with the placeholder in place of the account. Of one account, two texts that differ still differ.
///
/// INVARIANT (placeholders): the filled text has no placeholder itself.
pub(crate) fn emptied(text: &str, account: &str) -> String {
    text.replace(account, PLACEHOLDER)
}

/// The text of a file with an account in place of `{{account}}`.
///
/// # Errors
/// `account` is not an account id.
pub(crate) fn text(file: &File, account: &str) -> Result<String, InputError> {
    if is_account(account) {
        return Ok(file.text.replace(PLACEHOLDER, account));
    }
    let found = format!("{} as account", quoted(account));
    Err(InputError::other(&file.name, "INVALID_ACCOUNT", found, "an account id has twelve digits"))
}

/// Reads a file of a fixed form, filled in for an account. Positions refer to the text with the account in it.
pub(crate) fn read<T>(
    file: &File,
    account: &str,
    limits: &Limits,
    form: impl FnOnce(&mut Form, Value<'_>) -> Option<T>,
) -> Result<T, InputError> {
    let text = text(file, account)?;
    let refuse = |report| InputError::encoded(&file.name, text.clone(), report);
    let document = Document::parse(&text, limits).and_then(Document::refuse_duplicates).map_err(refuse)?;
    let mut own = Form::new(&document, limits.pattern_bytes);
    let value = form(&mut own, document.root());
    own.finish(value).map_err(refuse)
}
