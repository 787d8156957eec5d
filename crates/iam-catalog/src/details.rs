//! Resource types and condition keys of every action.
//!
//! The text has a head, the global keys, and then the services. Each line begins with a letter or a mark:
//!
//! ```text
//! g<type letter><key>                        a global condition key
//! @<prefix>                                  a service
//! k<type letter><key>                        a condition key of the service, sorted
//! t<name>|<ARN patterns>|<keys>              a resource type of the service, sorted, behind the keys
//! a<name>|<own keys>|<resources>             an action of the service, sorted, behind the types
//! ```
//!
//! `|` stands for a tab. Keys are the numbers of `k` lines, counted from 0 and separated by commas. The resources of an action are
//! separated by `;`. Each resource is the number of a `t` line, then `!` if the action requires it, then a colon and the keys that the
//! action supports for it, if there are any. Reading checks every number.

mod sections;
mod write;

pub use sections::Sections;

use crate::error::DataError;
use crate::fold;
use crate::key::{self, ConditionKey};
use crate::lines::{Head, Lines};
use std::cmp::Ordering;

/// The resource types and condition keys of every AWS action, as of one day.
///
/// # Cost
///
/// Reading is one pass over the text (0.95 MB, about 9 ms). The text is not copied. A look-up takes `O(log n)` comparisons; for a key of a
/// family, one pass over the families.
#[derive(Clone, Debug)]
pub struct Details<'t> {
    head: Head<'t>,
    services: Vec<ServiceDetails<'t>>,
    /// Every key of every service and every global key, each name once, sorted without ASCII case.
    keys: Vec<ConditionKey<'t>>,
}

#[derive(Clone, Debug)]
struct ServiceDetails<'t> {
    tables: Tables<'t>,
    actions: Vec<ActionLine<'t>>,
}

/// What the numbers in the lines of a service's actions mean.
#[derive(Clone, Debug)]
struct Tables<'t> {
    prefix: &'t str,
    keys: Vec<ConditionKey<'t>>,
    types: Vec<TypeLine<'t>>,
}

/// The text inside this crate. Whoever reads it takes it from here, so that a program has it once.
static EMBEDDED: &str = include_str!("../data/details.txt");

impl<'t> ServiceDetails<'t> {
    /// The action with this name without its prefix, ignoring ASCII case.
    fn action(&self, name: &str) -> Option<ActionDetails<'_, 't>> {
        let found = self.actions.binary_search_by(|line| fold::compare(line.name, name));
        self.actions.get(found.ok()?).map(|line| ActionDetails { tables: &self.tables, line: *line })
    }

    fn actions(&self) -> impl Iterator<Item = ActionDetails<'_, 't>> {
        self.actions.iter().map(|line| ActionDetails { tables: &self.tables, line: *line })
    }
}

impl<'t> Tables<'t> {
    const fn new(prefix: &'t str) -> Self {
        Self { prefix, keys: Vec::new(), types: Vec::new() }
    }

    fn resource_types(&self) -> impl Iterator<Item = ResourceType<'_, 't>> {
        self.types.iter().map(|line| ResourceType { tables: self, line })
    }
}

/// Whether an ARN has a form of the catalogue, in which each `${...}` and `*` stands for any text, also for none. Before the sixth part of the
/// ARN, which names the resource, no text has a colon.
///
/// # Examples
/// ```
/// use iam_catalog::is_of_form;
///
/// let form = "arn:${Partition}:apigateway:${Region}::/restapis/${RestApiId}/stages";
/// assert!(is_of_form("arn:aws:apigateway:us-east-1::/restapis/a1/stages", form));
/// assert!(!is_of_form("arn:aws:apigateway:us-east-1::/restapis/a1/stages/prod", form));
/// ```
pub fn is_of_form(arn: &str, form: &str) -> bool {
    const PARTS: usize = 6;
    let (mut parts, mut forms) = (arn.splitn(PARTS, ':'), form.splitn(PARTS, ':'));
    loop {
        match (parts.next(), forms.next()) {
            (Some(part), Some(form)) if is_text_of_form(part, form) => {}
            (None, None) => return true,
            (Some(_), _) | (None, Some(_)) => return false,
        }
    }
}

/// Whether a text has a form whose placeholders and stars stand for any text.
fn is_text_of_form(text: &str, form: &str) -> bool {
    let behind = |piece: &'_ str| -> Option<usize> { piece.find('}').map(|at| at.saturating_add(1)) };
    let mut literals: Vec<&str> = Vec::new();
    for (at, piece) in form.split("${").enumerate() {
        let start = if at == 0 { 0 } else { behind(piece).unwrap_or(piece.len()) };
        literals.extend(piece.get(start..).unwrap_or_default().split('*'));
    }
    let Some((first, others)) = literals.split_first() else { return false };
    let Some((last, between)) = others.split_last() else { return text == *first };
    let Some(rest) = text.strip_prefix(first) else { return false };
    let Some(mut rest) = rest.strip_suffix(last) else { return false };
    between.iter().all(|literal| match rest.split_once(literal) {
        Some((_, behind)) => {
            rest = behind;
            true
        }
        None => false,
    })
}

/// Where actions and condition keys are looked up by name: all [`Details`], or [`Sections`](crate::Sections), which read what is asked for.
pub trait Lookup: std::fmt::Debug {
    /// The condition key with this name, or the family it belongs to, in any service. `None` if there is none.
    fn condition_key(&self, name: &str) -> Option<ConditionKey<'_>>;

    /// The details of the action with this full name, such as `s3:GetObject`, ignoring ASCII case. `None` if there is none.
    fn action(&self, name: &str) -> Option<ActionDetails<'_, '_>>;

    /// Whether the action with this full name, ignoring ASCII case, supports a resource type. False if there is no such action.
    fn has_resources(&self, name: &str) -> bool {
        self.action(name).is_some_and(|action| action.resources().next().is_some())
    }
}

impl<L: Lookup + ?Sized> Lookup for &L {
    fn condition_key(&self, name: &str) -> Option<ConditionKey<'_>> {
        (**self).condition_key(name)
    }

    fn action(&self, name: &str) -> Option<ActionDetails<'_, '_>> {
        (**self).action(name)
    }

    fn has_resources(&self, name: &str) -> bool {
        (**self).has_resources(name)
    }
}

impl<L: Lookup + ?Sized> Lookup for std::sync::Arc<L> {
    fn condition_key(&self, name: &str) -> Option<ConditionKey<'_>> {
        (**self).condition_key(name)
    }

    fn action(&self, name: &str) -> Option<ActionDetails<'_, '_>> {
        (**self).action(name)
    }

    fn has_resources(&self, name: &str) -> bool {
        (**self).has_resources(name)
    }
}

impl Lookup for Details<'_> {
    fn condition_key(&self, name: &str) -> Option<ConditionKey<'_>> {
        Details::condition_key(self, name)
    }

    fn action(&self, name: &str) -> Option<ActionDetails<'_, '_>> {
        Details::action(self, name)
    }
}

impl Lookup for Sections<'_> {
    fn condition_key(&self, name: &str) -> Option<ConditionKey<'_>> {
        Sections::condition_key(self, name)
    }

    fn action(&self, name: &str) -> Option<ActionDetails<'_, '_>> {
        Sections::action(self, name)
    }

    fn has_resources(&self, name: &str) -> bool {
        Sections::has_resources(self, name)
    }
}

#[derive(Clone, Copy, Debug)]
struct TypeLine<'t> {
    name: &'t str,
    arns: &'t str,
    keys: &'t str,
}

#[derive(Clone, Copy, Debug)]
struct ActionLine<'t> {
    name: &'t str,
    keys: &'t str,
    resources: &'t str,
}

/// The details of one action: a view into [`Details`].
#[derive(Clone, Copy, Debug)]
pub struct ActionDetails<'d, 't> {
    tables: &'d Tables<'t>,
    line: ActionLine<'t>,
}

/// A resource type that an action supports.
#[derive(Clone, Copy, Debug)]
pub struct ActionResource<'d, 't> {
    tables: &'d Tables<'t>,
    line: &'d TypeLine<'t>,
    required: bool,
    keys: &'t str,
}

/// A kind of resource of a service.
#[derive(Clone, Copy, Debug)]
pub struct ResourceType<'d, 't> {
    tables: &'d Tables<'t>,
    line: &'d TypeLine<'t>,
}

impl Details<'static> {
    /// Reads the details inside this crate.
    ///
    /// # Errors
    ///
    /// Never in a released version, because a test reads the embedded text. The error is returned so that callers need not panic.
    pub fn embedded() -> Result<Self, DataError> {
        Self::parse(EMBEDDED)
    }
}

impl<'t> Details<'t> {
    /// Reads a details text, such as a newer `data/details.txt`.
    ///
    /// # Errors
    ///
    /// The first line that is malformed, out of order or missing.
    pub fn parse(text: &'t str) -> Result<Self, DataError> {
        let mut lines = Lines::of(text)?;
        let head = Head::read(&mut lines, "details")?;
        let mut details = Self { head, services: Vec::new(), keys: Vec::new() };
        while let Some(line) = lines.next() {
            details.read_line(line).map_err(|what| lines.error(what))?;
        }
        let actions = details.services.iter().map(|service| service.actions.len()).sum();
        details.head.check(&lines, details.services.len(), actions)?;
        details.index_keys();
        Ok(details)
    }

    fn read_line(&mut self, line: &'t str) -> Result<(), &'static str> {
        let Some((mark, rest)) = line.split_at_checked(1) else { return Err("unknown kind of line") };
        match (mark, self.services.last_mut()) {
            ("g", None) => self.keys.push(ConditionKey::read(rest, true).ok_or("malformed key")?),
            ("@", last) => {
                if last.is_some_and(|last| last.tables.prefix >= rest) {
                    return Err("service out of order");
                }
                if !fold::is_prefix(rest) {
                    return Err("not a service prefix");
                }
                self.services.push(ServiceDetails { tables: Tables::new(rest), actions: Vec::new() });
            }
            (_, Some(service)) => service.read_line(line)?,
            (_, None) => return Err("unknown kind of line"),
        }
        Ok(())
    }

    /// Adds the services' keys to the global ones.
    ///
    /// Of several keys with the same name, the global key is kept; otherwise the key of the service whose prefix the name has.
    fn index_keys(&mut self) {
        let globals = std::mem::take(&mut self.keys).into_iter().map(|key| (false, key));
        let own = self
            .services
            .iter()
            .flat_map(|service| service.tables.keys.iter().map(|key| (service.tables.is_foreign(key), *key)));
        let mut ranked: Vec<(bool, ConditionKey<'t>)> = globals.chain(own).collect();
        ranked.sort_by(|(a_foreign, a), (b_foreign, b)| {
            fold::compare(a.name, b.name)
                .then(b.global.cmp(&a.global))
                .then(a_foreign.cmp(b_foreign))
                .then(a.name.cmp(b.name))
        });
        ranked.dedup_by(|(_, a), (_, b)| a.name.eq_ignore_ascii_case(b.name));
        self.keys = ranked.into_iter().map(|(_, key)| key).collect();
    }

    /// The day of the data, as `YYYY-MM-DD`.
    pub fn date(&self) -> &'t str {
        self.head.date
    }

    /// The origin of the data: package and version.
    pub fn source(&self) -> &'t str {
        self.head.source
    }

    /// Every condition key and family of keys, each name once, sorted without ASCII case.
    pub fn condition_keys(&self) -> impl ExactSizeIterator<Item = ConditionKey<'t>> + DoubleEndedIterator {
        self.keys.iter().copied()
    }

    /// The condition key with this name, or the family it belongs to, in any service.
    ///
    /// `None` if there is none.
    ///
    /// ASCII case is ignored (rule 4.4). Keys of identity providers whose names customers choose (`<issuer>:aud`) are not in the catalogue.
    /// A service may give a global or foreign key another type; use [`Details::condition_key_in`] for it.
    pub fn condition_key(&self, name: &str) -> Option<ConditionKey<'t>> {
        key::find(&self.keys, name)
    }

    /// The condition key with the type that this service gives it.
    ///
    /// If the service does not have the key, the result is that of [`Details::condition_key`].
    pub fn condition_key_in(&self, service: &str, name: &str) -> Option<ConditionKey<'t>> {
        let own = self.service(service).and_then(|service| key::find(&service.tables.keys, name));
        own.or_else(|| self.condition_key(name))
    }

    /// The details of the action with this full name, such as `s3:GetObject`, ignoring ASCII case.
    ///
    /// `None` if there is none.
    pub fn action(&self, name: &str) -> Option<ActionDetails<'_, 't>> {
        let (prefix, name) = name.split_once(':')?;
        self.service(prefix)?.action(name)
    }

    /// The actions of the service with this prefix, sorted by name.
    ///
    /// Empty if there is no such service.
    pub fn actions(&self, service: &str) -> impl Iterator<Item = ActionDetails<'_, 't>> {
        self.service(service).into_iter().flat_map(ServiceDetails::actions)
    }

    /// The resource types of the service with this prefix, sorted by name.
    ///
    /// Empty if there is no such service.
    pub fn resource_types(&self, service: &str) -> impl Iterator<Item = ResourceType<'_, 't>> {
        self.service(service).into_iter().flat_map(|service| service.tables.resource_types())
    }

    fn service(&self, prefix: &str) -> Option<&ServiceDetails<'t>> {
        let found = self.services.binary_search_by(|service| fold::compare(service.tables.prefix, prefix));
        self.services.get(found.ok()?)
    }
}

impl<'t> ServiceDetails<'t> {
    /// Reads a line of the service and checks it.
    fn read_line(&mut self, line: &'t str) -> Result<(), &'static str> {
        let tables = &mut self.tables;
        let (has_types, has_actions) = (!tables.types.is_empty(), !self.actions.is_empty());
        match Line::first_of(line)?.0 {
            Line::Key(_) if has_types || has_actions => Err("out of order"),
            Line::Type(_) if has_actions => Err("out of order"),
            Line::Key(key) => {
                in_order(tables.keys.last().map(|last| last.name), key.name)?;
                tables.keys.push(key);
                Ok(())
            }
            Line::Type(own) => {
                is_whole(own.name, own.keys)?;
                in_order(tables.types.last().map(|last| last.name), own.name)?;
                tables.types.push(own);
                tables.check_keys(own.keys)
            }
            Line::Action(own) => {
                is_whole(own.name, own.resources)?;
                in_order(self.actions.last().map(|last| last.name), own.name)?;
                self.actions.push(own);
                tables.check_keys(own.keys)?;
                items(own.resources, ';').try_for_each(|item| {
                    let (_, _, keys) = tables.read_resource(item).ok_or("no such resource type")?;
                    tables.check_keys(keys)
                })
            }
        }
    }
}

/// Whether a line has a name, and three parts and no more.
fn is_whole(name: &str, last: &str) -> Result<(), &'static str> {
    if name.is_empty() || last.contains('\t') { Err("three parts expected") } else { Ok(()) }
}

/// A line of a service.
enum Line<'t> {
    Key(ConditionKey<'t>),
    Type(TypeLine<'t>),
    Action(ActionLine<'t>),
}

impl<'t> Line<'t> {
    /// The first line of a text, and what stands behind it. The numbers in it are not looked at: those that name nothing are passed over when they
    /// are asked for.
    fn first_of(text: &'t str) -> Result<(Self, &'t str), &'static str> {
        if let Some(text) = text.strip_prefix('k') {
            let end = memchr::memchr(b'\n', text.as_bytes()).unwrap_or(text.len());
            let (line, behind) = (text.get(..end).unwrap_or_default(), text.get(end.saturating_add(1)..));
            let behind = behind.unwrap_or_default();
            let key = ConditionKey::read(line.strip_suffix('\r').unwrap_or(line), false);
            return Ok((Self::Key(key.ok_or("malformed key")?), behind));
        }
        let end = memchr::memchr(b'\n', text.as_bytes()).unwrap_or(text.len());
        let behind = text.get(end.saturating_add(1)..).unwrap_or_default();
        let line = text.get(..end).unwrap_or_default();
        let line = line.strip_suffix('\r').unwrap_or(line);
        let columns = || {
            let mut tabs = memchr::memchr_iter(b'\t', line.as_bytes());
            let (first, second) = (tabs.next()?, tabs.next()?);
            let from = |at: usize| at.saturating_add(1);
            Some((line.get(1..first)?, line.get(from(first)..second)?, line.get(from(second)..)?))
        };
        let own = match line.as_bytes().first() {
            Some(b't') => {
                let (name, arns, keys) = columns().ok_or("three parts expected")?;
                Self::Type(TypeLine { name, arns, keys })
            }
            Some(b'a') => {
                let (name, keys, resources) = columns().ok_or("three parts expected")?;
                Self::Action(ActionLine { name, keys, resources })
            }
            _ => return Err("unknown kind of line"),
        };
        Ok((own, behind))
    }
}

impl<'t> Tables<'t> {
    fn check_keys(&self, numbers: &str) -> Result<(), &'static str> {
        if items(numbers, ',').all(|number| self.key(number).is_some()) { Ok(()) } else { Err("no such key") }
    }

    fn key(&self, number: &str) -> Option<ConditionKey<'t>> {
        self.keys.get(number.parse::<usize>().ok()?).copied()
    }

    /// The resource type, whether it is required, and its keys.
    fn read_resource(&self, item: &'t str) -> Option<(&TypeLine<'t>, bool, &'t str)> {
        let (number, keys) = item.split_once(':').unwrap_or((item, ""));
        let (number, required) = number.strip_suffix('!').map_or((number, false), |number| (number, true));
        Some((self.types.get(number.parse::<usize>().ok()?)?, required, keys))
    }

    /// The keys of a list of numbers that has been checked.
    fn keys(&self, numbers: &'t str) -> impl Iterator<Item = ConditionKey<'t>> {
        items(numbers, ',').filter_map(|number| self.key(number))
    }

    /// Whether the key's prefix is not the service's prefix.
    fn is_foreign(&self, key: &ConditionKey<'_>) -> bool {
        fold::strip_prefix(key.name, self.prefix).is_none_or(|rest| !rest.starts_with(':'))
    }
}

/// The items of a list. An empty text has none.
fn items(list: &str, separator: char) -> impl Iterator<Item = &str> {
    list.split(separator).filter(move |_| !list.is_empty())
}

fn in_order(last: Option<&str>, next: &str) -> Result<(), &'static str> {
    if last.is_none_or(|last| fold::compare(last, next) == Ordering::Less) {
        Ok(())
    } else {
        Err("out of order")
    }
}

impl<'d, 't> ActionDetails<'d, 't> {
    /// The name without the service, such as `GetObject`.
    pub fn name(self) -> &'t str {
        self.line.name
    }

    /// The resource types that the action supports.
    ///
    /// Without any, the action supports only `Resource: "*"` (rule 3.6).
    pub fn resources(self) -> impl Iterator<Item = ActionResource<'d, 't>> {
        let tables = self.tables;
        items(self.line.resources, ';').filter_map(move |item| {
            let (line, required, keys) = tables.read_resource(item)?;
            Some(ActionResource { tables, line, required, keys })
        })
    }

    /// The condition keys that the action supports according to the service's tables, sorted, each once.
    ///
    /// They are the action's own keys, the keys it supports for its resource types, and the keys of these resource types. General global
    /// keys, such as `aws:PrincipalArn`, are not included.
    pub fn condition_keys(self) -> Vec<ConditionKey<'t>> {
        let mut keys: Vec<_> = self.tables.keys(self.line.keys).collect();
        for resource in self.resources() {
            keys.extend(resource.condition_keys());
            keys.extend(resource.resource_type().condition_keys());
        }
        keys.sort_by(|a, b| fold::compare(a.name, b.name));
        keys.dedup();
        keys
    }
}

impl<'d, 't> ActionResource<'d, 't> {
    /// The resource type.
    pub fn resource_type(self) -> ResourceType<'d, 't> {
        ResourceType { tables: self.tables, line: self.line }
    }

    /// Whether the action always needs a resource of this type (the star in AWS's table).
    pub fn is_required(self) -> bool {
        self.required
    }

    /// The condition keys that the action supports for resources of this type.
    pub fn condition_keys(self) -> impl Iterator<Item = ConditionKey<'t>> + use<'d, 't> {
        self.tables.keys(self.keys)
    }
}

impl<'d, 't> ResourceType<'d, 't> {
    /// The type's name in its service, such as `bucket`.
    pub fn name(self) -> &'t str {
        self.line.name
    }

    /// The one or two forms of the type's ARN, such as `arn:${Partition}:s3:::${BucketName}`.
    pub fn arns(self) -> impl Iterator<Item = &'t str> {
        self.line.arns.split(", ")
    }

    /// The condition keys of resources of this type.
    pub fn condition_keys(self) -> impl Iterator<Item = ConditionKey<'t>> + use<'d, 't> {
        self.tables.keys(self.line.keys)
    }
}

#[cfg(test)]
mod tests {
    use super::{Details, is_of_form};

    const HEAD: &str = "iam-catalog details 1\nsource here 1\ndate 2026-01-02\n";

    #[track_caller]
    fn refused(body: &str, line: usize, what: &str) {
        let text = format!("{HEAD}{body}");
        let error = Details::parse(&text).expect_err("malformed");
        assert_eq!((error.line(), error.what()), (line, what));
    }

    #[test]
    fn a_small_text_is_read() {
        let text = format!(
            "{HEAD}counts 2 2\ngsaws:TagKey/${{k}}\ngsb:X\n@a\nkSa:K\nkSb:X\nknb:Y\ntthing\tarn:1, arn:2\t0\naDo\t1\t0!:2;0\n\
             @b\nkab:Y\naGo\t\t\n"
        );
        let details = Details::parse(&text).expect("well formed");
        assert_eq!(details.to_string(), text);
        let action = details.action("A:DO").expect("known");
        let names: Vec<_> = action.condition_keys().iter().map(|key| key.name).collect();
        assert_eq!(names, ["a:K", "b:X", "b:Y"]);
        let required: Vec<_> = action.resources().map(super::ActionResource::is_required).collect();
        assert_eq!(required, [true, false]);
        let first = action.resources().next().expect("one").resource_type();
        assert_eq!((first.name(), first.arns().collect::<Vec<_>>()), ("thing", vec!["arn:1", "arn:2"]));
        assert_eq!(details.action("b:go").expect("known").resources().count(), 0);
        // Service `b` gives `b:Y` the type ARN. The global list says that `b:X` is single-valued.
        assert_eq!(details.condition_key("B:Y").expect("known").key_type, crate::KeyType::Arn);
        assert_eq!(details.condition_key_in("a", "B:Y").expect("known").key_type, crate::KeyType::Numeric);
        assert!(!details.condition_key("b:x").expect("known").multivalued);
        assert!(details.condition_key_in("A", "b:x").expect("known").multivalued);
        assert!(details.condition_key_in("c", "aws:tagkey/Z").expect("known").global);
        assert_eq!(details.condition_keys().count(), 4);
        for unknown in ["", ":", "a", "a:", "a:D", "c:Do"] {
            assert!(details.action(unknown).is_none(), "{unknown}");
        }
    }

    #[test]
    fn malformed_lines_are_errors() {
        refused("counts 0 0\n\n", 5, "unknown kind of line");
        refused("counts 0 0\né\n", 5, "unknown kind of line");
        refused("counts 0 0\naDo\t\t\n", 5, "unknown kind of line");
        refused("counts 1 0\n@a\ngsaws:x\n", 6, "unknown kind of line");
        refused("counts 0 0\ngaws\n", 5, "malformed key");
        refused("counts 2 0\n@b\n@b\n", 6, "service out of order");
        refused("counts 1 0\n@a\nksa:b\nksA:B\n", 7, "out of order");
        refused("counts 1 0\n@a\ntx\tarn\t\nksa:b\n", 7, "out of order");
        refused("counts 1 1\n@a\naX\t\t\nksa:b\n", 7, "out of order");
        refused("counts 1 1\n@a\naX\t\t\ntx\tarn\t\n", 7, "out of order");
        refused("counts 1 0\n@a\ntx\tarn\t0\n", 6, "no such key");
        refused("counts 1 0\n@a\ntx\tarn\n", 6, "three parts expected");
        refused("counts 1 1\n@a\naX\t\t\t\n", 6, "three parts expected");
        refused("counts 1 1\n@a\naX\t\t0\n", 6, "no such resource type");
        refused("counts 1 1\n@a\nksa:b\nty\tarn\t\naX\t\t0!:1\n", 8, "no such key");
        refused("counts 1 1\n@a\naX\t-1\t\n", 6, "no such key");
        refused("counts 1 1\n@a\n", 6, "number of services or actions differs from the head");
    }

    #[test]
    fn arns_have_the_forms_of_the_catalogue() {
        let form = "arn:${Partition}:lambda:${Region}:${Account}:function:${FunctionName}";
        assert!(is_of_form("arn:aws:lambda:us-east-1:111122223333:function:a", form));
        assert!(!is_of_form("arn:aws:lambda:us-east-1:111122223333:layer:a", form));
        assert!(!is_of_form("*", form));
        assert!(is_of_form("arn:aws:s3:::a/b", "arn:${Partition}:s3:::${BucketName}/${ObjectName}"));
        assert!(!is_of_form("arn:aws:s3:::a", "arn:${Partition}:s3:::${BucketName}/${ObjectName}"));
        // A form ends where the ARN does.
        let stages = "arn:${Partition}:apigateway:${Region}::/restapis/${RestApiId}/stages";
        assert!(is_of_form("arn:aws:apigateway:eu-west-1::/restapis/a/stages", stages));
        assert!(!is_of_form("arn:aws:apigateway:eu-west-1::/restapis/a/stages/prod", stages));
        assert!(is_of_form("arn:aws:apigateway:eu-west-1::/restapis/a/stages/b/stages", stages));
        assert!(!is_of_form("arn:aws:apigateway:eu-west-1::/restapis/stages", stages));
        assert!(!is_of_form(
            "arn:aws:iam::111122223333:account-alias",
            "arn:${Partition}:iam::${Account}:account"
        ));
        // Text that both ends would need is there once only.
        assert!(!is_of_form("arn:aws:x:::a/", "arn:${Partition}:x:::a/${Name}/"));
        // A region and an account are one part each.
        let table = "arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}";
        assert!(!is_of_form("arn:aws:dynamodb:us-east-1:1:2:table/a", table));
        assert!(!is_of_form("arn:aws:sqs:dynamodb:us-east-1:111122223333:table/a", table));
        assert!(is_of_form("arn:aws:dynamodb:us-east-1:111122223333:table/a:b", table));
        // A star is any text.
        let device = "arn:${Partition}:braket:*:*:device/${DeviceType}/${Provider}/${DeviceId}";
        assert!(is_of_form("arn:aws:braket:us-east-1::device/qpu/maker/one", device));
        assert!(!is_of_form("arn:aws:braket:us-east-1::device/qpu/maker", device));
        let backends = "arn:${Partition}:amplifybackend:${Region}:${Account}:/backend/*";
        assert!(is_of_form("arn:aws:amplifybackend:us-east-1:111122223333:/backend/a/api", backends));
        assert!(is_of_form("arn:aws:x:::a", "arn:${Partition}:x:::*"));
        assert!(!is_of_form("arn:aws:x::", "arn:${Partition}:x:::*"));
    }
}
