//! Services and actions: names, access levels, sensitivity.
//!
//! The text has a head. Then it has a line `@prefix rcp|- name` for each service, and after it a line for each action of the service: the
//! letter of the access level and the name; for a sensitive action, also a space and the letters of its classes. If one of the classes holds
//! only for some resources, another space, its letter, `=` and a pattern of their ARNs follow. Services are sorted by bytes. The actions of a service are sorted without ASCII case. Reading checks both orders.

mod write;

use crate::error::DataError;
use crate::fold;
use crate::level::AccessLevel;
use crate::lines::{Head, Lines};
use crate::sensitivity::{Sensitivity, SensitivityClass};
use std::cmp::Ordering;
use std::fmt;
use std::ops::Range;

/// Every AWS service and action, as of one day.
///
/// # Cost
///
/// Reading is one pass over the text (0.5 MB, about 3 ms) into two vectors of 0.9 MB. The text is not copied. A look-up takes `O(log n)`
/// comparisons.
#[derive(Clone, Debug)]
pub struct Catalog<'t> {
    head: Head<'t>,
    services: Vec<ServiceEntry<'t>>,
    actions: Vec<CatalogAction<'t>>,
}

#[derive(Clone, Debug)]
struct ServiceEntry<'t> {
    prefix: &'t str,
    name: &'t str,
    supports_rcp: bool,
    actions: Range<usize>,
}

/// One AWS service: a view into a [`Catalog`].
#[derive(Clone, Copy, Debug)]
pub struct Service<'c, 't> {
    catalog: &'c Catalog<'t>,
    entry: &'c ServiceEntry<'t>,
}

/// One AWS action. Displays as `s3:GetObject`.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CatalogAction<'t> {
    /// The service prefix in lower case, such as `s3`.
    pub service: &'t str,
    /// The name without the prefix, as AWS spells it, such as `GetObject`.
    pub name: &'t str,
    /// AWS's access level.
    pub level: AccessLevel,
    /// The classes of sensitive actions that the action belongs to.
    pub sensitivity: Sensitivity,
    /// A class that the action has only on some resources, with a pattern of their ARNs. `None` if each class holds for every resource.
    ///
    /// `apigateway:GET` reads everything of API Gateway, and returns keys only on the paths of keys.
    pub only_on: Option<(SensitivityClass, &'t str)>,
}

impl CatalogAction<'_> {
    /// Whether the action has the class on every resource, and not only on some ([`CatalogAction::only_on`]).
    pub fn is_everywhere(&self, class: SensitivityClass) -> bool {
        self.sensitivity.contains(class) && self.only_on.is_none_or(|(narrow, _)| narrow != class)
    }
}

impl fmt::Display for CatalogAction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.service, self.name)
    }
}

impl Catalog<'static> {
    /// Reads the catalogue inside this crate.
    ///
    /// # Errors
    ///
    /// Never in a released version, because a test reads the embedded text. The error is returned so that callers need not panic.
    pub fn embedded() -> Result<Self, DataError> {
        Self::parse(include_str!("../data/actions.txt"))
    }
}

impl<'t> Catalog<'t> {
    /// Reads a catalogue text, such as a newer `data/actions.txt`.
    ///
    /// # Errors
    ///
    /// The first line that is malformed, out of order or missing.
    pub fn parse(text: &'t str) -> Result<Self, DataError> {
        let mut lines = Lines::of(text)?;
        let head = Head::read(&mut lines, "actions")?;
        let mut catalog = Self { head, services: Vec::new(), actions: Vec::new() };
        while let Some(line) = lines.next() {
            let read = match line.strip_prefix('@') {
                Some(service) => catalog.read_service(service),
                None => catalog.read_action(line),
            };
            read.map_err(|what| lines.error(what))?;
        }
        catalog.head.check(&lines, catalog.services.len(), catalog.actions.len())?;
        Ok(catalog)
    }

    fn read_service(&mut self, line: &'t str) -> Result<(), &'static str> {
        let mut parts = line.splitn(3, ' ');
        let (Some(prefix), Some(rcp), Some(name)) = (parts.next(), parts.next(), parts.next()) else {
            return Err("a service has a prefix, `rcp` or `-`, and a name");
        };
        if self.services.last().is_some_and(|last| last.prefix >= prefix) {
            return Err("service out of order");
        }
        if !fold::is_prefix(prefix) {
            return Err("not a service prefix");
        }
        let supports_rcp = match rcp {
            "rcp" => true,
            "-" => false,
            _ => return Err("a service has `rcp` or `-` after its prefix"),
        };
        let start = self.actions.len();
        self.services.push(ServiceEntry { prefix, name, supports_rcp, actions: start..start });
        Ok(())
    }

    fn read_action(&mut self, line: &'t str) -> Result<(), &'static str> {
        let service = self.services.last_mut().ok_or("an action before the first service")?;
        let (word, classes) = line.split_once(' ').unwrap_or((line, ""));
        let (letters, narrow) = classes.split_once(' ').unwrap_or((classes, ""));
        let mut rest = word.chars();
        let level = rest.next().and_then(AccessLevel::from_letter).ok_or("unknown access level")?;
        let name = rest.as_str();
        if name.is_empty() {
            return Err("an action without a name");
        }
        if !name.bytes().all(|b| b.is_ascii_graphic()) {
            return Err("the name of an action has a character that is not visible ASCII");
        }
        let sensitivity = Sensitivity::from_letters(letters).ok_or("unknown sensitivity class")?;
        if let Some(last) = self.actions.get(service.actions.clone()).and_then(<[_]>::last)
            && fold::compare(last.name, name) != Ordering::Less
        {
            return Err("action out of order");
        }
        let only_on = match narrow.split_once('=') {
            None if narrow.is_empty() => None,
            Some((letter, pattern)) if letters.contains(letter) && pattern.starts_with("arn:") => {
                let class = Sensitivity::from_letters(letter).and_then(|set| set.classes().next());
                Some((class.ok_or("unknown sensitivity class")?, pattern))
            }
            _ => return Err("a class of the action, `=` and a pattern of ARNs expected"),
        };
        self.actions.push(CatalogAction { service: service.prefix, name, level, sensitivity, only_on });
        service.actions.end = self.actions.len();
        Ok(())
    }

    /// The day of the data, as `YYYY-MM-DD`.
    pub fn date(&self) -> &'t str {
        self.head.date
    }

    /// The origin of the data: package and version.
    pub fn source(&self) -> &'t str {
        self.head.source
    }

    /// All services, sorted by prefix.
    pub fn services(&self) -> impl ExactSizeIterator<Item = Service<'_, 't>> + DoubleEndedIterator {
        self.services.iter().map(|entry| Service { catalog: self, entry })
    }

    /// All actions, sorted by service prefix, then by name without ASCII case.
    pub fn actions(&self) -> impl ExactSizeIterator<Item = CatalogAction<'t>> + DoubleEndedIterator {
        self.actions.iter().copied()
    }

    /// The service with this prefix, ignoring ASCII case. `None` if there is none.
    pub fn service(&self, prefix: &str) -> Option<Service<'_, 't>> {
        let found = self.services.binary_search_by(|entry| fold::compare(entry.prefix, prefix));
        self.services.get(found.ok()?).map(|entry| Service { catalog: self, entry })
    }

    /// The action with this full name, such as `s3:GetObject`, ignoring ASCII case (rule 2.1).
    ///
    /// `None` if there is none.
    pub fn action(&self, name: &str) -> Option<CatalogAction<'t>> {
        let (prefix, name) = name.split_once(':')?;
        self.service(prefix)?.action(name)
    }
}

impl<'c, 't> Service<'c, 't> {
    /// The prefix of the service's actions in lower case, such as `s3`.
    pub fn prefix(self) -> &'t str {
        self.entry.prefix
    }

    /// The service's name for people, such as `Amazon S3`.
    pub fn name(self) -> &'t str {
        self.entry.name
    }

    /// Whether resource control policies apply to the service (rule 5.41).
    pub fn supports_rcp(self) -> bool {
        self.entry.supports_rcp
    }

    /// The service's actions, sorted by name without ASCII case.
    pub fn actions(
        self,
    ) -> impl ExactSizeIterator<Item = CatalogAction<'t>> + DoubleEndedIterator + use<'c, 't> {
        self.slice().iter().copied()
    }

    /// The action with this name, without prefix, ignoring ASCII case. `None` if there is none.
    pub fn action(self, name: &str) -> Option<CatalogAction<'t>> {
        let actions = self.slice();
        let found = actions.binary_search_by(|action| fold::compare(action.name, name));
        actions.get(found.ok()?).copied()
    }

    fn slice(self) -> &'c [CatalogAction<'t>] {
        self.catalog.actions.get(self.entry.actions.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Catalog;
    use crate::{AccessLevel, SensitivityClass};

    const HEAD: &str = "iam-catalog actions 1\nsource here 1\ndate 2026-01-02\n";

    #[track_caller]
    fn refused(body: &str, line: usize, what: &str) {
        let text = format!("{HEAD}{body}");
        let error = Catalog::parse(&text).expect_err("malformed");
        assert_eq!((error.line(), error.what()), (line, what));
    }

    #[test]
    fn a_small_text_is_read() {
        let text =
            format!("{HEAD}counts 2 3\n@a - Service A\nLAa\nRaB du\n@b rcp B\nWC cd c=arn:*:b:::*key*\n");
        let catalog = Catalog::parse(&text).expect("well formed");
        assert_eq!((catalog.date(), catalog.source()), ("2026-01-02", "here 1"));
        assert_eq!(catalog.to_string(), text);
        let names: Vec<String> = catalog.actions().map(|action| action.to_string()).collect();
        assert_eq!(names, ["a:Aa", "a:aB", "b:C"]);
        assert_eq!(catalog.action("A:AB").expect("known").level, AccessLevel::Read);
        assert!(catalog.service("B").expect("known").supports_rcp());
        assert_eq!(
            catalog.action("b:C").expect("known").only_on,
            Some((SensitivityClass::Credentials, "arn:*:b:::*key*"))
        );
        assert_eq!(catalog.service("a").expect("known").name(), "Service A");
        for unknown in ["", "a", ":", "a:", ":Aa", "a:Aaa", "c:C", "a:C", "a:Aa:", "\u{212a}:C"] {
            assert!(catalog.action(unknown).is_none(), "{unknown}");
        }
    }

    #[test]
    fn malformed_lines_are_errors() {
        refused("count 1 1\n", 4, "wrong head");
        refused("counts 1\n", 4, "two counts expected");
        refused("counts 1 -1\n", 4, "not a count");
        refused("counts 1 1\nRA\n", 5, "an action before the first service");
        refused("counts 1 1\n@a B\n", 5, "a service has a prefix, `rcp` or `-`, and a name");
        refused("counts 1 1\n@a x B\n", 5, "a service has `rcp` or `-` after its prefix");
        refused("counts 1 1\n@A - B\n", 5, "not a service prefix");
        refused("counts 2 0\n@b - B\n@a - A\n", 6, "service out of order");
        refused("counts 1 1\n@a - B\n\n", 6, "unknown access level");
        refused("counts 1 1\n@a - B\nR\n", 6, "an action without a name");
        let name = "the name of an action has a character that is not visible ASCII";
        // Written again, such a character would end the line.
        for text in ["counts 1 1\n@a - B\nR\r \n", "counts 1 1\n@a - B\nRa\r\r\n", "counts 1 1\n@a - B\nRa\r"]
        {
            refused(text, 6, "a carriage return that ends no line");
        }
        refused("counts 1 1\n@a - B\nRGet\u{e9}\n", 6, name);
        refused("counts 1 1\n@a - B\nXA\n", 6, "unknown access level");
        refused("counts 1 1\n@a - B\nRA q\n", 6, "unknown sensitivity class");
        let narrow = "a class of the action, `=` and a pattern of ARNs expected";
        for text in ["RA c t=arn:*", "RA c c=x", "RA c c", "RA c carn:*"] {
            refused(&format!("counts 1 1\n@a - B\n{text}\n"), 6, narrow);
        }
        refused("counts 1 2\n@a - B\nRAb\nRaB\n", 7, "action out of order");
        refused("counts 1 2\n@a - B\nRA\n", 7, "number of services or actions differs from the head");
        assert_eq!(Catalog::parse("").expect_err("empty").line(), 1);
        assert!(Catalog::parse("iam-catalog details 1\n").is_err());
        assert!(Catalog::parse("iam-catalog actions 2\n").is_err());
    }
}
