//! The table that says which parameters fill the ARN of a resource.
//!
//! A line `@service` begins a service. Behind it each line has four cells, separated by tabs:
//!
//! 1. The operation. Empty: what holds for all operations of the service that have no line of their own for the type.
//! 2. The action that the operation needs, if it has another name than the operation.
//! 3. The resource type of the action, or `*` for all of them.
//! 4. What fills the form of its ARN, or `-` if parameters do not tell it.
//!
//! The last cell has items, separated by spaces. `=path` is a parameter that has the whole ARN. `Name=path` fills a placeholder of the form,
//! and `path` alone its only one. Paths that stand for each other are separated by `|`. A path has the names of parameters in lower case,
//! joined by dots; lists are passed through. Behind `~` is a rule for the value. In place of a path, `?` is a part that the parameters do not
//! tell, `"*"` the star of a resource that the request makes, and `%` says that AWS takes a resource which the record does not tell. An item
//! that ends with `!` must be there.

use std::cmp::Ordering;
use std::fmt;

/// The text of this crate.
static EMBEDDED: &str = include_str!("../../data/resources.txt");

/// The table that says which parameters of a request fill the ARN of the resource that it acts on.
#[derive(Clone, Debug)]
pub struct ResourceRules {
    services: Vec<Service>,
}

#[derive(Clone, Debug)]
struct Service {
    prefix: &'static str,
    rows: Vec<Row>,
}

/// A line of the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) operation: &'static str,
    pub(super) action: &'static str,
    pub(super) resource_type: &'static str,
    pub(super) fill: &'static str,
}

/// A line of the table that has another form than the module says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleError {
    line: usize,
}

impl RuleError {
    /// The number of the line, counted from 1.
    pub const fn line(self) -> usize {
        self.line
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of the resource rules is malformed or out of order", self.line)
    }
}

impl std::error::Error for RuleError {}

/// Orders two texts as if all their ASCII letters were in lower case.
pub(super) fn fold(a: &str, b: &str) -> Ordering {
    let small = |byte: u8| byte.to_ascii_lowercase();
    a.bytes().map(small).cmp(b.bytes().map(small))
}

impl ResourceRules {
    /// Reads the table inside this crate: one pass over 0.24 MB in about 4 ms; the text is not copied.
    ///
    /// # Errors
    /// Never in a released version, because a test reads the table.
    pub fn embedded() -> Result<Self, RuleError> {
        let mut services: Vec<Service> = Vec::new();
        for (at, line) in EMBEDDED.lines().enumerate() {
            let error = RuleError { line: at.saturating_add(1) };
            if line.starts_with('#') {
                continue;
            }
            if let Some(prefix) = line.strip_prefix('@') {
                if services.last().is_some_and(|last| last.prefix >= prefix) {
                    return Err(error);
                }
                services.push(Service { prefix, rows: Vec::new() });
                continue;
            }
            let mut cells = line.split('\t');
            let (Some(operation), Some(action), Some(resource_type), Some(fill), None) =
                (cells.next(), cells.next(), cells.next(), cells.next(), cells.next())
            else {
                return Err(error);
            };
            let Some(service) = services.last_mut() else { return Err(error) };
            let row = Row { operation, action, resource_type, fill };
            let order = |last: &Row| {
                fold(last.operation, operation)
                    .then_with(|| fold(last.action, action))
                    .then_with(|| fold(last.resource_type, resource_type))
            };
            let in_order = service.rows.last().is_none_or(|last| order(last) == Ordering::Less);
            if !in_order || fill.is_empty() || resource_type.is_empty() {
                return Err(error);
            }
            service.rows.push(row);
        }
        Ok(Self { services })
    }

    /// The rows of an operation of a service, for an action that is not of the operation's name; of the operation itself if `action` is empty.
    pub(super) fn rows(&self, service: &str, operation: &str, action: &str) -> &[Row] {
        let Ok(at) = self.services.binary_search_by(|own| own.prefix.cmp(service)) else { return &[] };
        let rows = self.services.get(at).map_or(&[][..], |own| &own.rows);
        let order = |row: &Row| fold(row.operation, operation).then_with(|| fold(row.action, action));
        let start = rows.partition_point(|row| order(row) == Ordering::Less);
        let behind = rows.get(start..).unwrap_or_default();
        let end = behind.partition_point(|row| order(row) == Ordering::Equal);
        behind.get(..end).unwrap_or_default()
    }

    /// Every line: service, operation, action, resource type and what fills the ARN. For tests of the table against the catalogue.
    pub fn lines(&self) -> impl Iterator<Item = [&'static str; 5]> {
        self.services.iter().flat_map(|service| {
            service
                .rows
                .iter()
                .map(|row| [service.prefix, row.operation, row.action, row.resource_type, row.fill])
        })
    }
}
