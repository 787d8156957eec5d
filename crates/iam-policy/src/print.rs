//! Printing: canonical JSON that reads back as an equal policy.

use std::fmt;

use iam_json::push_json_text as string;
use iam_json::{Span, Spanned};

use crate::condition::Condition;
use crate::policy::{Policy, Statement};
use crate::principal::{NamedPrincipal, PrincipalElement, Principals};

impl Policy {
    /// The policy as canonical JSON: minified, elements in the order of the IAM grammar, and a list of one value as that value.
    ///
    /// Reading the text in the same mode yields an equal policy, unless the text exceeds a limit. The text can be longer than the one that
    /// was read: numbers get quotation marks, and characters may become escapes.
    pub fn to_json(&self) -> String {
        with_places(self).0
    }
}

/// Writes canonical JSON; see [`Policy::to_json`]. `{:#}` writes it for people: each member and each item has a line of its own.
///
/// # Examples
/// ```
/// let text = format!("{:#}", iam_policy::Policy::everything());
/// assert_eq!(
///     text,
///     r#"{
///   "Version": "2012-10-17",
///   "Statement": [
///     {
///       "Effect": "Allow",
///       "Action": "*",
///       "Resource": "*"
///     }
///   ]
/// }"#
/// );
/// ```
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&if f.alternate() { laid_out(self) } else { self.to_json() })
    }
}

/// Writes canonical JSON: the text of the statement in [`Policy::to_json`].
impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&statement(self))
    }
}

/// The canonical text with line breaks: each member and each item on a line of its own, indented by two spaces a level.
fn laid_out(policy: &Policy) -> String {
    let mut printer = Printer { has_lines: true, ..Printer::default() };
    printer.policy(policy);
    printer.out
}

/// The canonical text of a policy, and the places of its parts in it.
///
/// The places are in the order in which the parts are printed. A statement comes before its parts.
pub(crate) fn with_places(policy: &Policy) -> (String, Vec<Span>) {
    let mut printer = Printer::default();
    printer.policy(policy);
    (printer.out, printer.places)
}

fn statement(statement: &Statement) -> String {
    let mut printer = Printer::default();
    printer.statement(statement);
    printer.out
}

/// The kinds of principals, in the order in which they first appear.
pub(crate) fn principal_keys(entries: &[Spanned<NamedPrincipal>]) -> Vec<&'static str> {
    let mut keys: Vec<&'static str> = Vec::new();
    for entry in entries {
        let key = entry.value.key();
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

#[derive(Default)]
struct Printer {
    out: String,
    places: Vec<Span>,
    /// Whether members and items have lines of their own.
    has_lines: bool,
    /// The number of open objects and arrays.
    depth: usize,
}

impl Printer {
    fn policy(&mut self, policy: &Policy) {
        self.open('{');
        if let Some(version) = policy.version.text() {
            self.member("Version");
            string(&mut self.out, version);
        }
        if let Some(id) = &policy.id {
            self.member("Id");
            self.part(&id.value);
        }
        self.member("Statement");
        self.array(&policy.statements, Self::statement);
        self.close('}');
    }

    fn statement(&mut self, statement: &Statement) {
        let (start, place) = (self.out.len(), self.places.len());
        self.places.push(Span::default());
        self.open('{');
        if let Some(sid) = &statement.sid {
            self.member("Sid");
            self.part(&sid.value);
        }
        self.member("Effect");
        self.part(statement.effect.value.name());
        if let Some(element) = &statement.principal {
            self.member(match element {
                PrincipalElement::Principal(_) => "Principal",
                PrincipalElement::NotPrincipal(_) => "NotPrincipal",
            });
            self.principals(element.principals());
        }
        self.member(if statement.action.is_not() { "NotAction" } else { "Action" });
        self.list(statement.action.patterns().iter().map(|p| p.value.text()));
        if let Some(element) = &statement.resource {
            self.member(if element.is_not() { "NotResource" } else { "Resource" });
            self.list(element.patterns().iter().map(|p| p.value.text()));
        }
        if !statement.conditions.is_empty() {
            self.member("Condition");
            self.conditions(&statement.conditions);
        }
        self.close('}');
        let whole = self.since(start);
        if let Some(place) = self.places.get_mut(place) {
            *place = whole;
        }
    }

    /// Prints the principal map. Entries of one kind stand together, in the order in which the kinds first appear.
    fn principals(&mut self, principals: &Principals) {
        let Principals::Entries(entries) = principals else {
            self.part("*");
            return;
        };
        self.open('{');
        for key in principal_keys(entries) {
            self.member(key);
            self.list(entries.iter().map(|e| &e.value).filter(|e| e.key() == key).map(NamedPrincipal::text));
        }
        self.close('}');
    }

    /// Prints the conditions. The tests of one operator stand together, as they were read.
    fn conditions(&mut self, conditions: &[Condition]) {
        self.open('{');
        for group in conditions.chunk_by(|a, b| a.test == b.test) {
            let Some(first) = group.first() else { continue };
            self.member_part(&first.test.value.to_string());
            self.open('{');
            for condition in group {
                self.member_part(condition.key.value.as_str());
                self.list(condition.values.texts().into_iter());
            }
            self.close('}');
        }
        self.close('}');
    }

    /// Prints one value as itself, and several as an array.
    fn list<'t>(&mut self, texts: impl Iterator<Item = &'t str>) {
        let texts: Vec<&str> = texts.collect();
        if let [one] = texts.as_slice() {
            self.part(one);
            return;
        }
        self.array(&texts, |printer, text| printer.part(text));
    }

    fn array<T>(&mut self, items: &[T], mut print: impl FnMut(&mut Self, &T)) {
        self.open('[');
        for item in items {
            self.next();
            print(self, item);
        }
        self.close(']');
    }

    fn open(&mut self, bracket: char) {
        self.out.push(bracket);
        self.depth = self.depth.saturating_add(1);
    }

    /// Ends an object or an array. An empty one has no line break.
    fn close(&mut self, bracket: char) {
        self.depth = self.depth.saturating_sub(1);
        if !self.is_at_start() {
            self.line();
        }
        self.out.push(bracket);
    }

    /// Begins a member of the object that is being printed.
    fn member(&mut self, name: &str) {
        self.next();
        string(&mut self.out, name);
        self.colon();
    }

    /// Begins a member whose name is a part of the policy with a place of its own.
    fn member_part(&mut self, name: &str) {
        self.next();
        self.part(name);
        self.colon();
    }

    fn colon(&mut self) {
        self.out.push_str(if self.has_lines { ": " } else { ":" });
    }

    /// Begins a member or an item.
    fn next(&mut self) {
        if !self.is_at_start() {
            self.out.push(',');
        }
        self.line();
    }

    /// Whether the object or array that is being printed is still empty. A string ends with a quotation mark, so no text looks like this.
    fn is_at_start(&self) -> bool {
        self.out.ends_with(['{', '['])
    }

    fn line(&mut self) {
        if self.has_lines {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n("  ", self.depth));
        }
    }

    /// Prints a text that is a part of the policy, and notes its place.
    fn part(&mut self, text: &str) {
        let start = self.out.len();
        string(&mut self.out, text);
        let place = self.since(start);
        self.places.push(place);
    }

    fn since(&self, start: usize) -> Span {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span::new(offset(start), offset(self.out.len()))
    }
}
