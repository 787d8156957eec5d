//! The details of single services, each read when it is asked for.

use std::cmp::Ordering;
use std::sync::OnceLock;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use super::{ActionDetails, EMBEDDED, Line, ResourceType, Tables};
use crate::error::DataError;
use crate::fold;
use crate::key::{self, ConditionKey};
use crate::lines::{Head, Lines};

/// The resource types and condition keys of AWS actions, like [`Details`](crate::Details), for questions about few services.
///
/// # Cost
///
/// [`Sections::parse`] finds where services begin (0.95 MB, about 0.3 ms) and reads the head and the global keys. Actions are found by
/// bisection. The keys and types of a service are read at the first question about them. A malformed line ends what is read of a list:
/// [`Details::parse`](crate::Details::parse) reports it, and a test reads the embedded text with both.
#[derive(Debug)]
pub struct Sections<'t> {
    head: Head<'t>,
    globals: Vec<ConditionKey<'t>>,
    services: Vec<Section<'t>>,
    /// The place of the service that was last found: questions come in runs about one service.
    last: AtomicUsize,
}

/// The bytes of a line or two.
const FIRST_STEP: usize = 128;

#[derive(Debug)]
struct Section<'t> {
    prefix: &'t str,
    lines: &'t str,
    names: OnceLock<Vec<&'t str>>,
    read: OnceLock<Tables<'t>>,
    /// Where the line begins that was found last.
    last: AtomicUsize,
}

impl<'t> Section<'t> {
    /// The names of the actions, sorted.
    fn names(&self) -> &[&'t str] {
        self.names.get_or_init(|| names_of(self.lines_from("")).collect())
    }

    /// The lines of the actions from the first one on whose name is not before `name`. Questions often come in the order of the names: what is
    /// sought mostly stands little behind what was found last. Otherwise the line is found by bisection. What is passed over is not read.
    fn lines_from(&self, name: &str) -> &'t str {
        let last = self.last.load(Relaxed).min(self.lines.len());
        let found = if self.is_before(last, name) {
            self.first_behind(last, name)
        } else if self.is_before(0, name) {
            self.first_between(0, last, name)
        } else {
            0
        };
        self.last.store(found, Relaxed);
        self.lines.get(found..).unwrap_or_default()
    }

    /// The first line that is not before `name`, behind one that is: sought in steps that grow.
    fn first_behind(&self, mut low: usize, name: &str) -> usize {
        let mut step = FIRST_STEP;
        loop {
            let place = low.saturating_add(step);
            if place >= self.lines.len() {
                return self.first_between(low, self.lines.len(), name);
            }
            let start = self.start(low, place);
            if start > low && !self.is_before(start, name) {
                return self.first_between(low, start, name);
            }
            low = start;
            step = step.saturating_mul(2);
        }
    }

    /// The same between that line and one that is not before `name`.
    fn first_between(&self, mut low: usize, mut high: usize, name: &str) -> usize {
        loop {
            let start = self.start(low, low.midpoint(high));
            // In the lower half is no other line: the next one is looked at.
            let start = if start > low { start } else { self.next(low) };
            if start >= high {
                return high;
            }
            if self.is_before(start, name) {
                low = start;
            } else {
                high = start;
            }
        }
    }

    /// Whether the line that begins at a byte stands before all lines of actions whose name is not before `name`. The end does not.
    fn is_before(&self, start: usize, name: &str) -> bool {
        let line = self.lines.as_bytes().get(start..).unwrap_or_default();
        match line.split_first() {
            Some((b'a', line)) => {
                // Most names that are compared begin alike.
                let is_alike = |(own, asked): &(&u8, &u8)| own == asked && **own != b'\t';
                let alike = line.iter().zip(name.as_bytes()).take_while(is_alike).count();
                let small = |byte: &u8| byte.to_ascii_lowercase();
                let own = line.iter().skip(alike).take_while(|byte| **byte != b'\t');
                own.map(small).cmp(name.as_bytes().iter().skip(alike).map(small)) == Ordering::Less
            }
            Some((mark, _)) => matches!(mark, b'k' | b't'),
            None => false,
        }
    }

    /// Where the line begins that a byte is in. `low` is the beginning of that line or an earlier one.
    fn start(&self, low: usize, place: usize) -> usize {
        let before = self.lines.as_bytes().get(low..place).unwrap_or_default();
        let end = memchr::memrchr(b'\n', before);
        end.map_or(low, |end| low.saturating_add(end).saturating_add(1))
    }

    /// Where the line behind the one begins that begins at a byte.
    fn next(&self, start: usize) -> usize {
        let end = self.lines.as_bytes().get(start..).and_then(|line| memchr::memchr(b'\n', line));
        end.map_or(self.lines.len(), |end| start.saturating_add(end).saturating_add(1))
    }

    /// The keys and types, which stand before the actions.
    fn tables(&self) -> &Tables<'t> {
        self.read.get_or_init(|| {
            let mut tables = Tables::new(self.prefix);
            let mut left = self.lines;
            while let Ok((line, rest)) = Line::first_of(left) {
                match line {
                    Line::Key(key) => tables.keys.push(key),
                    Line::Type(own) => tables.types.push(own),
                    Line::Action(_) => break,
                }
                left = rest;
            }
            tables
        })
    }

    /// The action with this name without its prefix, ignoring ASCII case.
    fn action(&self, name: &str) -> Option<ActionDetails<'_, 't>> {
        let found = self.actions_from(name).next();
        found.filter(|own| own.name().eq_ignore_ascii_case(name))
    }

    /// The actions from the first one on whose name is not before `name`.
    fn actions_from(&self, name: &str) -> impl Iterator<Item = ActionDetails<'_, 't>> {
        let mut left = self.lines_from(name);
        std::iter::from_fn(move || match Line::first_of(left) {
            Ok((Line::Action(line), rest)) => {
                left = rest;
                Some(ActionDetails { tables: self.tables(), line })
            }
            Ok((Line::Key(_) | Line::Type(_), _)) | Err(_) => None,
        })
    }
}

/// The names of the actions whose lines these are.
fn names_of(lines: &str) -> impl Iterator<Item = &str> {
    lines.lines().map_while(|line| line.strip_prefix('a')).map(name_of)
}

/// The text before the first tab. Byte by byte, which for short texts is quicker than a search.
fn name_of(line: &str) -> &str {
    let end = line.bytes().position(|byte| byte == b'\t');
    end.and_then(|end| line.get(..end)).unwrap_or_default()
}

impl Sections<'static> {
    /// The services of the text inside this crate.
    ///
    /// # Errors
    /// Never in a released version, because a test reads the embedded text.
    pub fn embedded() -> Result<Self, DataError> {
        Self::parse(EMBEDDED)
    }
}

impl<'t> Sections<'t> {
    /// Finds the services of a details text.
    ///
    /// # Errors
    /// The head is malformed, or a global key is, or a service has no prefix or is out of order.
    pub fn parse(text: &'t str) -> Result<Self, DataError> {
        let (front, mut rest) = next_section(text);
        let mut lines = Lines::of(front)?;
        let head = Head::read(&mut lines, "details")?;
        let mut globals: Vec<ConditionKey<'t>> = Vec::new();
        while let Some(line) = lines.next() {
            let key = line.strip_prefix('g').and_then(|key| ConditionKey::read(key, true));
            globals.push(key.ok_or_else(|| lines.error("malformed key"))?);
        }
        globals.sort_by(|a, b| fold::compare(a.name, b.name));
        let mut services: Vec<Section<'t>> = Vec::new();
        while !rest.is_empty() {
            let (section, behind) = next_section(rest);
            let (prefix, lines) = section.split_once('\n').unwrap_or((section, ""));
            let prefix = prefix.trim_end_matches('\r');
            if !fold::is_prefix(prefix) || services.last().is_some_and(|last| last.prefix >= prefix) {
                return Err(DataError::at(0, "service out of order"));
            }
            services.push(Section {
                prefix,
                lines,
                names: OnceLock::new(),
                read: OnceLock::new(),
                last: AtomicUsize::new(0),
            });
            rest = behind;
        }
        Ok(Self { head, globals, services, last: AtomicUsize::new(0) })
    }

    /// The day of the data, as `YYYY-MM-DD`.
    pub fn date(&self) -> &'t str {
        self.head.date
    }

    /// The prefixes of all services, sorted.
    pub fn services(&self) -> impl ExactSizeIterator<Item = &'t str> + '_ {
        self.services.iter().map(|section| section.prefix)
    }

    /// The prefixes that begin with a text, ignoring ASCII case, sorted.
    pub fn services_beginning(&self, head: &str) -> impl Iterator<Item = &'t str> + '_ {
        let from = self.services.partition_point(|own| fold::compare(own.prefix, head) == Ordering::Less);
        let behind = self.services.get(from..).unwrap_or_default().iter().map(|section| section.prefix);
        let length = head.len();
        let head = head.to_ascii_lowercase();
        behind.take_while(move |own| own.get(..length) == Some(head.as_str()))
    }

    /// Whether there is a service with this prefix, ignoring ASCII case.
    pub fn has_service(&self, prefix: &str) -> bool {
        self.section(prefix).is_some()
    }

    /// The names of a service's actions, sorted without ASCII case. Empty if there is no such service.
    pub fn action_names(&self, service: &str) -> &[&'t str] {
        self.section(service).map_or(&[], Section::names)
    }

    /// The names of a service's actions that begin with a text, ignoring ASCII case, sorted.
    pub fn action_names_beginning(&self, service: &str, head: &str) -> impl Iterator<Item = &'t str> {
        let begins = move |name: &&str| {
            name.as_bytes().get(..head.len()).is_some_and(|own| own.eq_ignore_ascii_case(head.as_bytes()))
        };
        names_of(self.section(service).map_or("", |own| own.lines_from(head))).take_while(begins)
    }

    /// The action with this full name, such as `s3:GetObject`, ignoring ASCII case. `None` if there is none.
    pub fn action(&self, name: &str) -> Option<ActionDetails<'_, 't>> {
        let (prefix, name) = name.split_once(':')?;
        self.section(prefix)?.action(name)
    }

    /// Whether the action with this full name, ignoring ASCII case, supports a resource type. False if there is no such action.
    pub fn has_resources(&self, name: &str) -> bool {
        self.action(name).is_some_and(|action| !action.line.resources.is_empty())
    }

    /// The actions of a service, sorted by name. Empty if there is no such service.
    pub fn actions(&self, service: &str) -> impl Iterator<Item = ActionDetails<'_, 't>> {
        self.section(service).into_iter().flat_map(|own| own.actions_from(""))
    }

    /// The resource types of a service, sorted by name. Empty if there is no such service.
    pub fn resource_types(&self, service: &str) -> impl Iterator<Item = ResourceType<'_, 't>> {
        self.tables(service).into_iter().flat_map(Tables::resource_types)
    }

    /// The global keys, sorted without ASCII case.
    pub fn global_keys(&self) -> impl ExactSizeIterator<Item = ConditionKey<'t>> + '_ {
        self.globals.iter().copied()
    }

    /// The global condition key with this name, or the family it belongs to.
    pub fn global_key(&self, name: &str) -> Option<ConditionKey<'t>> {
        key::find(&self.globals, name)
    }

    /// The condition key with this name, or the family it belongs to, in any service, as [`Details::condition_key`](crate::Details::condition_key).
    ///
    /// The service whose prefix the name has is read. Only for a name that begins with the prefix of no service, all are.
    pub fn condition_key(&self, name: &str) -> Option<ConditionKey<'t>> {
        let (prefix, _) = name.split_once(':')?;
        if let Some(known) = self.global_key(name).or_else(|| self.key_of(prefix, name)) {
            return Some(known);
        }
        // Most names that begin so are those of identity providers whom customers choose.
        let of_providers = self.key_of("sts", name);
        if of_providers.is_some() || prefix.contains(['.', '/']) {
            return of_providers;
        }
        self.services.iter().find_map(|section| self.key_of(section.prefix, name))
    }

    /// The keys that the service's tables have, its own and others, sorted without ASCII case. Empty if there is no such service.
    pub fn keys_of(&self, service: &str) -> impl Iterator<Item = ConditionKey<'t>> + '_ {
        self.tables(service).into_iter().flat_map(|own| own.keys.iter().copied())
    }

    /// The condition key as the service's tables have it. `None` if they do not have it.
    pub fn key_of(&self, service: &str, name: &str) -> Option<ConditionKey<'t>> {
        key::find(&self.tables(service)?.keys, name)
    }

    fn tables(&self, prefix: &str) -> Option<&Tables<'t>> {
        self.section(prefix).map(Section::tables)
    }

    fn section(&self, prefix: &str) -> Option<&Section<'t>> {
        let last = self.services.get(self.last.load(Relaxed));
        if let Some(section) = last.filter(|section| section.prefix.eq_ignore_ascii_case(prefix)) {
            return Some(section);
        }
        let found = self.services.binary_search_by(|section| fold::compare(section.prefix, prefix)).ok()?;
        self.last.store(found, Relaxed);
        self.services.get(found)
    }
}

/// The text before the next line that begins with `@`, and what is behind that mark. One byte is sought, which is quicker than two.
fn next_section(text: &str) -> (&str, &str) {
    let mut starts = memchr::memchr_iter(b'@', text.as_bytes())
        .filter_map(|at| text.get(..at)?.strip_suffix('\n').map(|before| (before, at)));
    match starts.next() {
        Some((before, at)) => (before, text.get(at.saturating_add(1)..).unwrap_or_default()),
        None => (text, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::Sections;
    use crate::Details;

    #[test]
    fn sections_have_what_the_details_have() {
        let (details, sections) = (Details::embedded().expect("read"), Sections::embedded().expect("read"));
        assert_eq!(sections.date(), details.date());
        let mut actions = 0_usize;
        for service in sections.services() {
            let names = |name: &str| format!("{service}:{name}");
            let own: Vec<String> = sections.actions(service).map(|action| names(action.name())).collect();
            let all: Vec<String> = details.actions(service).map(|action| names(action.name())).collect();
            assert_eq!(own, all, "{service}");
            assert!(
                sections
                    .action_names(service)
                    .iter()
                    .copied()
                    .eq(details.actions(service).map(super::super::ActionDetails::name))
            );
            for name in sections.action_names(service) {
                let lower = name.to_ascii_lowercase();
                assert_eq!(sections.action_names_beginning(service, &lower).next(), Some(*name), "{service}");
                let head = name.get(..2).expect("two letters");
                let own = sections.action_names_beginning(service, head);
                let all = sections.action_names(service).iter().copied();
                let all = all.filter(|own| own.get(..2).is_some_and(|own| own.eq_ignore_ascii_case(head)));
                assert!(own.eq(all), "{service}:{head}");
            }
            assert_eq!(sections.action_names_beginning(service, "~").next(), None);
            assert!(
                sections
                    .action_names_beginning(service, "")
                    .eq(sections.action_names(service).iter().copied())
            );
            let types = |arns: Vec<&str>| arns.join(" ");
            assert_eq!(
                sections.resource_types(service).map(|own| types(own.arns().collect())).collect::<Vec<_>>(),
                details.resource_types(service).map(|own| types(own.arns().collect())).collect::<Vec<_>>(),
            );
            for key in sections.keys_of(service) {
                let (own, all) = (sections.condition_key(key.name), details.condition_key(key.name));
                assert_eq!(own.map(|own| own.key_type), all.map(|own| own.key_type), "{}", key.name);
                assert_eq!(own.map(|own| own.multivalued), all.map(|own| own.multivalued), "{}", key.name);
                assert_eq!(details.condition_key_in(service, key.name), sections.key_of(service, key.name));
            }
            for action in details.actions(service) {
                let has = action.resources().next().is_some();
                assert_eq!(sections.has_resources(&names(action.name())), has, "{service}:{}", action.name());
                let upper = names(action.name()).to_ascii_uppercase();
                assert_eq!(sections.has_resources(&upper), has, "{upper}");
                assert_eq!(crate::Lookup::has_resources(&details, &upper), has, "{upper}");
            }
            actions = actions.saturating_add(own.len());
        }
        assert!(actions > 20_000, "{actions}");
        assert_eq!(
            sections.global_key("aws:principaltag/x").expect("known").name,
            "aws:PrincipalTag/${TagKey}"
        );
        assert!(sections.has_service("S3") && !sections.has_service("s33"));
        assert!(sections.action("S3:getobject").is_some() && sections.action("s3:GetObjects").is_none());
    }

    #[test]
    fn names_are_found_in_any_order() {
        let sections = Sections::embedded().expect("read");
        for service in ["ec2", "iam", "s3", "sts", "account"] {
            let names: Vec<&str> = sections.action_names(service).to_vec();
            // A step that has no divisor in common with the number of names comes by each of them, in steps of every length.
            for step in [1, 2, 3, 5, 7, 11, 101, 499, 997] {
                let order = (0..names.len()).map(|at| at.wrapping_mul(step).wrapping_rem(names.len()));
                for own in order.filter_map(|at| names.get(at)) {
                    let found = sections.action_names_beginning(service, own).next();
                    assert_eq!(found, Some(*own), "{service} {step}");
                    let behind = format!("{own}~");
                    assert_eq!(
                        sections.action_names_beginning(service, &behind).next(),
                        None,
                        "{own} {step}"
                    );
                }
            }
            let (first, last) = (names.first().expect("names"), names.last().expect("names"));
            for (head, own) in [("", first), (*last, last), ("", first), (*first, first), (*last, last)] {
                assert_eq!(sections.action_names_beginning(service, head).next(), Some(*own), "{service}");
            }
        }
    }

    #[test]
    fn services_begin_with_a_text() {
        let sections = Sections::embedded().expect("read");
        for head in ["", "s", "SSM", "ssm-", "zz", "elasticfilesystem", "é"] {
            let own: Vec<&str> = sections.services_beginning(head).collect();
            let all = sections.services().filter(|own| own.starts_with(&head.to_ascii_lowercase()));
            assert_eq!(own, all.collect::<Vec<_>>(), "{head}");
        }
        assert!(sections.services_beginning("ssm").count() > 3);
    }

    #[test]
    fn malformed_texts_are_errors() {
        let head = "iam-catalog details 1\nsource here 1\ndate 2026-01-02\ncounts 0 0\n";
        assert!(Sections::parse("").is_err());
        assert!(Sections::parse(&format!("{head}gxaws:A\n")).is_err());
        assert!(Sections::parse(&format!("{head}@b\n@a\n")).is_err());
        let text = format!("{head}@a\nksa:K\naDo\t0\t\nmalformed\naGo\t\t\n");
        let sections = Sections::parse(&text).expect("well formed");
        let names: Vec<&str> = sections.actions("a").map(super::super::ActionDetails::name).collect();
        assert_eq!(names, ["Do"]);
        assert!(sections.action("a:do").is_some() && sections.action("a:go").is_none());
    }
}
