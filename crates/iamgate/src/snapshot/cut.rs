//! Outputs of AWS tools that are only a part: the first page, or what `--max-items` left.
//!
//! The AWS CLI fetches every page unless it is told not to, and then says `NextToken`. The API itself says `IsTruncated` and `Marker`. A role of
//! which policies are missing looks harmless, so that such an output is refused wherever it stands.

use iam_json::{Document, Kind, Value, quoted};
use iam_policy::Limits;

use crate::input::{File, InputError};

/// The members that say that there is more.
const MEMBERS: [&str; 4] = ["NextToken", "Marker", "nextToken", "NextMarker"];

/// What says that an output is only a part; `None` if nothing does.
pub(super) fn cut(output: Value<'_>) -> Option<String> {
    let is_flag = |flag: Value<'_>| flag.kind() != Kind::False && flag.kind() != Kind::Null;
    if output.member("IsTruncated").is_some_and(is_flag) {
        return Some("IsTruncated is not false".to_owned());
    }
    let says_more = |name: &&str| output.member(name).is_some_and(|own| own.kind() != Kind::Null);
    MEMBERS.iter().find(|name| says_more(name)).map(|name| format!("there is a {name}"))
}

/// The error for an output that is only a part.
pub(super) fn error(file: &str, output: Value<'_>, found: &str) -> InputError {
    let place = output.pointer().clone();
    let found = if place.is_empty() { found.to_owned() } else { format!("{found} at {}", quoted(&place)) };
    let help = "run the command again without --max-items, --starting-token and --no-paginate, so that it fetches every page";
    InputError::other(file, "TRUNCATED_OUTPUT", found, help)
}

/// Refuses a file that is an output, or has outputs in its first two levels, of which one is only a part.
pub(super) fn refuse_cut(file: &File, limits: &Limits) -> Result<(), InputError> {
    let mut names = MEMBERS.iter().copied().chain(["IsTruncated"]);
    if !names.any(|name| file.text.contains(name)) {
        return Ok(());
    }
    // What cannot be read is refused by the reader of the file, with a place.
    let Ok(document) = Document::parse(&file.text, limits) else { return Ok(()) };
    let root = document.root();
    let inner = root.items().chain(root.members().map(|member| member.value));
    for output in std::iter::once(root).chain(inner) {
        if let Some(found) = cut(output) {
            return Err(error(&file.name, output, &found));
        }
    }
    Ok(())
}
