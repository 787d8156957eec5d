//! The text with the messages: given, or in a file.

use iam_denial::{Denial, MOST_BYTES, read};
use iamgate::iam_policy::LineIndex;

use crate::trouble::Trouble;
use crate::world::World;

/// The longest text that may be the name of a file.
const LONGEST_NAME: usize = 4096;

/// Whether a text says nothing.
fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// The text that was given, or that of the file of this name.
pub(super) fn given_text(given: &str, world: &dyn World) -> Result<String, Trouble> {
    let is_text =
        is_blank(given) || given.contains('\n') || given.len() > LONGEST_NAME || !read(given).is_empty();
    let (name, text) = if is_text && given != "-" {
        ("", given.to_owned())
    } else {
        match world.read(given, MOST_BYTES, "a message") {
            Ok(file) => (given, file.text),
            // What has spaces is rather a text than the name of a file that does not exist.
            Err(trouble) if !given.contains(' ') => return Err(trouble),
            Err(_) => ("", given.to_owned()),
        }
    };
    if text.len() > MOST_BYTES {
        let found = format!("a text of {} bytes", text.len());
        let help = format!("give the messages alone: at most {MOST_BYTES} bytes are read");
        return Err(Trouble::input(name, "DOCUMENT_TOO_LARGE", found, help));
    }
    if read(&text).is_empty() {
        let help = "give the text as AWS printed it, such as `User: ... is not authorized to perform: SERVICE:ACTION`, or an event of CloudTrail";
        let found = if is_blank(&text) { "an empty message" } else { "no message that access is denied" };
        return Err(Trouble::input(name, "NO_ACCESS_DENIED_MESSAGE", found, help));
    }
    Ok(text)
}

/// The messages of a text with how often each is there, and the line of the first place. Two messages are the same if they say the same: of
/// another request, or at another place.
pub(super) fn distinct(text: &str) -> Vec<(Denial, usize, u32)> {
    let lines = LineIndex::of(text);
    let mut all: Vec<(Denial, usize, u32)> = Vec::new();
    let mut seen = std::collections::BTreeMap::new();
    for denial in read(text) {
        let key = key(&denial);
        if let Some(index) = seen.get(&key).copied() {
            if let Some((_, times, _)) = all.get_mut::<usize>(index) {
                *times = times.saturating_add(1);
            }
            continue;
        }
        seen.insert(key, all.len());
        let line = lines.position(denial.span.start).line;
        all.push((denial, 1, line));
    }
    all
}

/// What a message says, without places and the ids of its request.
fn key(denial: &Denial) -> Vec<String> {
    let text = |own: &Option<iam_denial::Spanned<String>>| {
        own.as_ref().map(|own| own.value.clone()).unwrap_or_default()
    };
    let mut key = vec![
        denial.form.name().to_owned(),
        denial.who.as_ref().map(|who| who.text.value.clone()).unwrap_or_default(),
        denial.resource.as_ref().map(|own| own.text.value.clone()).unwrap_or_default(),
        denial.cause.name().to_owned(),
        denial.layer.as_ref().map(|own| own.words.value.clone()).unwrap_or_default(),
    ];
    key.extend(
        [&denial.action, &denial.missing, &denial.policy, &denial.operation, &denial.service].map(text),
    );
    key.extend(denial.statements.iter().map(|own| own.value.clone()));
    key.extend(denial.context.iter().map(|(name, values)| format!("{name}={}", values.join(","))));
    key
}
