//! The file of a profile with another guard. Every byte outside the guard stays as it is.

use std::ops::Range;

use iam_json::{Document, Kind, Span, Value, json_text};
use iam_policy::{ActionPattern, Limits, Statement};

use super::{Guard, NarrowDeny, narrow};
use crate::input::{File, InputError};
use crate::later::is_unconditional_deny;
use crate::profile::Profile;

/// The text of a profile's file with this guard.
///
/// The list of actions of the first Deny without a condition is replaced, and any other such Deny is taken out. If there is none, the
/// statement is put before the other Denies. All else stays, byte for byte, placeholders included.
///
/// # Errors
/// The file is not JSON, or it has no policy. `profile` must be read from this very file.
///
/// # Examples
/// ```
/// use iamgate::iam_catalog::Catalog;
/// use iamgate::iam_policy::Limits;
/// use iamgate::{GuardRequest, Profile, built_in, guard, guarded_text};
///
/// let managed = built_in::managed()?;
/// let file = built_in::file(built_in::PROFILES[1]);
/// let profile = Profile::load(&file, "111122223333", &managed, &Limits::default())?;
/// let written = guard(&GuardRequest { profile: &profile, role: None, keep: &[] }, &Catalog::embedded()?)?;
/// let text = guarded_text(&file, &profile, &written)?;
/// assert!(text.contains(written.patterns[0].pattern.text()) && text.contains("{{account}}"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn guarded_text(file: &File, profile: &Profile, guard: &Guard) -> Result<String, InputError> {
    let limits = Limits::default();
    let document =
        Document::parse(&file.text, &limits).map_err(|report| InputError::document(&file.name, report))?;
    let missing = || {
        let help = "a profile has a member Policy with statements";
        InputError::other(&file.name, "INVALID_MEMBER", "no statement of an inline policy", help)
    };
    let element =
        document.root().member("Policy").and_then(|policy| policy.member("Statement")).ok_or_else(missing)?;
    let is_list = element.kind() == Kind::Array;
    let items: Vec<Value<'_>> = if is_list { element.items().collect() } else { vec![element] };
    let inline = profile.policies().iter().filter(|named| named.is_inline());
    let statements: Vec<&Statement> = inline.flat_map(|named| &named.policy().statements).collect();
    let guards: Vec<usize> =
        statements.iter().zip(0..).filter(|(own, _)| is_unconditional_deny(own)).map(|(_, at)| at).collect();
    let patterns: Vec<&ActionPattern> = guard.patterns.iter().map(|own| &own.pattern).collect();
    let known: Vec<Statement> = statements.iter().copied().cloned().collect();
    let narrow: Vec<&NarrowDeny> = narrow::missing(&guard.narrow, &known).collect();
    let mut edits = Vec::new();
    if let Some((first, others)) = guards.split_first() {
        let own = items.get(*first).ok_or_else(missing)?;
        let actions = own.member("Action").ok_or_else(missing)?;
        edits.push((range(actions.span()), list(&file.text, actions, &patterns)));
        let layout = Layout::of(&file.text, own.span());
        let behind: Vec<String> = narrow.iter().map(|own| layout.gap() + &layout.narrow(own)).collect();
        let (behind, whole) = (behind.concat(), range(own.span()));
        if !behind.is_empty() && is_list {
            edits.push((whole.end..whole.end, behind));
        } else if !behind.is_empty() {
            edits.push((whole.start..whole.start, "[".to_owned()));
            edits.push((whole.end..whole.end, format!("{behind}]")));
        }
        for other in others {
            edits.push((taken_out(&items, *other).ok_or_else(missing)?, String::new()));
        }
    } else {
        let denies = statements.iter().position(|own| own.effect.value == iam_policy::Effect::Deny);
        edits.push(put_in(&file.text, &items, denies, is_list, &patterns, &narrow).ok_or_else(missing)?);
    }
    Ok(edited(&file.text, edits))
}

/// The text with parts of it replaced.
fn edited(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let mut new = String::with_capacity(text.len());
    let mut at = 0;
    for (range, with) in edits {
        new.push_str(text.get(at..range.start).unwrap_or_default());
        new.push_str(&with);
        at = range.end;
    }
    new.push_str(text.get(at..).unwrap_or_default());
    new
}

const fn range(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

/// The bytes of a statement with one of the commas beside it. It is never the only statement.
fn taken_out(items: &[Value<'_>], at: usize) -> Option<Range<usize>> {
    let before = items.get(at.checked_sub(1)?)?;
    Some(range(before.span()).end..range(items.get(at)?.span()).end)
}

/// The patterns as a JSON list in place of the actions of a statement, laid out as they were.
fn list(text: &str, old: Value<'_>, patterns: &[&ActionPattern]) -> String {
    let inner = old.items().next().and_then(|item| indentation(text, item.span()));
    let outer = line_indentation(text, range(old.span()).start);
    match (inner, outer) {
        (Some(inner), _) => {
            // The bracket stands where it stood.
            let closing = old.span().end.saturating_sub(1);
            let outer = indentation(text, Span::new(closing, closing)).unwrap_or_default();
            laid_out(patterns, inner, outer)
        }
        (None, outer) if old.kind() != Kind::Array && outer.1 => {
            laid_out(patterns, &format!("{}  ", outer.0), outer.0)
        }
        (None, _) => format!("[{}]", texts(patterns).join(",")),
    }
}

fn texts(patterns: &[&ActionPattern]) -> Vec<String> {
    patterns.iter().map(|pattern| json_text(pattern.text())).collect()
}

/// A list with each pattern on a line of its own.
fn laid_out(patterns: &[&ActionPattern], inner: &str, outer: &str) -> String {
    let lines: Vec<String> = texts(patterns).iter().map(|text| format!("{inner}{text}")).collect();
    format!("[\n{}\n{outer}]", lines.join(",\n"))
}

/// The white space before a value that begins its line; `None` if something else stands before it.
fn indentation(text: &str, span: Span) -> Option<&str> {
    let (before, is_first) = line_indentation(text, range(span).start);
    let line = text.get(..range(span).start)?.rsplit('\n').next()?;
    (is_first && line.len() == before.len()).then_some(before)
}

/// The white space at the beginning of the line of an offset, and whether the line is not the first.
fn line_indentation(text: &str, at: usize) -> (&str, bool) {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let blank = line.len().saturating_sub(line.trim_start_matches([' ', '\t']).len());
    (line.get(..blank).unwrap_or_default(), before.contains('\n'))
}

/// How statements are laid out: each member on a line of its own with this indentation, or all on one line.
struct Layout<'t>(Option<&'t str>);

impl<'t> Layout<'t> {
    /// As the statement at this place.
    fn of(text: &'t str, span: Span) -> Self {
        Self(indentation(text, span))
    }

    /// A statement that denies these actions, given as JSON.
    fn deny(&self, actions: &str, resource: &str) -> String {
        let resource = json_text(resource);
        match self.0 {
            Some(outer) => format!(
                "{{\n{outer}  \"Effect\": \"Deny\",\n{outer}  \"Action\": {actions},\n{outer}  \"Resource\": {resource}\n{outer}}}"
            ),
            None => format!(r#"{{"Effect":"Deny","Action":{actions},"Resource":{resource}}}"#),
        }
    }

    fn guard(&self, patterns: &[&ActionPattern]) -> String {
        let actions = match self.0 {
            Some(outer) => laid_out(patterns, &format!("{outer}    "), &format!("{outer}  ")),
            None => format!("[{}]", texts(patterns).join(",")),
        };
        self.deny(&actions, "*")
    }

    fn narrow(&self, own: &NarrowDeny) -> String {
        self.deny(&json_text(own.action.text()), own.resource.text())
    }

    /// What stands between two statements.
    fn gap(&self) -> String {
        self.0.map_or_else(|| ", ".to_owned(), |outer| format!(",\n{outer}"))
    }
}

/// New statements before the first Deny, or behind the last statement.
fn put_in(
    text: &str,
    items: &[Value<'_>],
    denies: Option<usize>,
    is_list: bool,
    patterns: &[&ActionPattern],
    narrow: &[&NarrowDeny],
) -> Option<(Range<usize>, String)> {
    let beside = match denies {
        Some(at) => items.get(at)?,
        None => items.last()?,
    };
    let own = range(beside.span());
    let layout = Layout::of(text, beside.span());
    let gap = layout.gap();
    let mut new = vec![layout.guard(patterns)];
    new.extend(narrow.iter().map(|own| layout.narrow(own)));
    let new = new.join(&gap);
    if !is_list {
        // One statement without a list.
        let (first, second) = if denies.is_some() { (&*new, beside.raw()) } else { (beside.raw(), &*new) };
        return Some((own, format!("[{first}, {second}]")));
    }
    Some(match denies {
        Some(_) => (own.start..own.start, format!("{new}{gap}")),
        None => (own.end..own.end, format!("{gap}{new}")),
    })
}
