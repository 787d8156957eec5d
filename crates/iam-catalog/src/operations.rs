//! Which actions authorise an operation of an API.
//!
//! Most operations need the action of their own name, so the text has only the others, and those that need more than that one. It has a head.
//! Then it has a line `#letter description` for each source of the facts, a line `=name letter prefixes` for each service that CloudTrail gives
//! another name than IAM does, and a line `@prefix` for each service, with a line `Operation letter needs` after it for each of its operations.
//! The letter is that of the source.
//!
//! What is needed is `-` if no policy is asked, `~` if nobody knows, or groups, all of which are needed, with a space between them:
//! * `Name` or `prefix:Name` is an action,
//! * `A|B` is any one of several, `A/B` those that the request is about, `A/B@p` the second if the request has the parameter `p`, else the first,
//! * `+A=p,q` is needed if the request has one of the parameters, and `?A=p,q` or `?A` may be needed,
//! * `!` before the groups says that the trust policy of the role alone decides.
//!
//! Lines with `=` and `@` are sorted by bytes, those of the operations without ASCII case. Reading checks the orders.

mod name;
mod needed;

use crate::catalog::{Catalog, Service};
use crate::error::DataError;
use crate::fold;
use crate::lines::{Head, Lines};
use crate::near::nearest;
pub use name::{NameRule, Resolved, Unresolved};
pub use needed::{ActionName, Choice, DecidedBy, Group, Needed, Parameters, When};
use std::cmp::Ordering;
use std::ops::Range;

/// Which actions authorise the operations of the APIs, as of one day.
///
/// The words that come from outside are those of CloudTrail: an event's source, such as `monitoring.amazonaws.com`, and its name, such as
/// `CreateFunction20150331`. They are also those of messages of SDKs.
///
/// # Cost
///
/// Reading is one pass over the text (0.08 MB). The text is not copied. A look-up takes `O(log n)` comparisons and does not allocate. A program
/// that never reads it does not contain it.
///
/// # Source
///
/// The lines with `#` in `data/operations.txt`; [`Needed::source`] has that of each fact.
#[derive(Clone, Debug)]
pub struct Operations<'t> {
    head: Head<'t>,
    evidence: Vec<(&'t str, &'t str)>,
    sources: Vec<SourceRow<'t>>,
    services: Vec<ServiceRows<'t>>,
    rows: Vec<Row<'t>>,
}

/// A service with another name in CloudTrail.
#[derive(Clone, Copy, Debug)]
struct SourceRow<'t> {
    name: &'t str,
    /// One prefix, or several with commas between them.
    prefixes: &'t str,
}

#[derive(Clone, Debug)]
struct ServiceRows<'t> {
    prefix: &'t str,
    rows: Range<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Row<'t> {
    name: &'t str,
    evidence: &'t str,
    needs: &'t str,
}

impl Operations<'static> {
    /// Reads the text inside this crate.
    ///
    /// # Errors
    ///
    /// Never in a released version, because a test reads the embedded text. The error is returned so that callers need not panic.
    pub fn embedded() -> Result<Self, DataError> {
        Self::parse(include_str!("../data/operations.txt"))
    }
}

impl<'t> Operations<'t> {
    /// Reads a text of operations, such as a newer `data/operations.txt`.
    ///
    /// # Errors
    ///
    /// The first line that is malformed, out of order or missing.
    pub fn parse(text: &'t str) -> Result<Self, DataError> {
        let mut lines = Lines::of(text)?;
        let head = Head::read(&mut lines, "operations")?;
        let mut all =
            Self { head, evidence: Vec::new(), sources: Vec::new(), services: Vec::new(), rows: Vec::new() };
        while let Some(line) = lines.next() {
            let mut rest = line.chars();
            let read = match rest.next() {
                Some('#') => all.read_evidence(rest.as_str()),
                Some('=') => all.read_source(rest.as_str()),
                Some('@') => all.read_service(rest.as_str()),
                Some(_) | None => all.read_operation(line),
            };
            read.map_err(|what| lines.error(what))?;
        }
        all.head.check(&lines, all.sources.len(), all.rows.len())?;
        Ok(all)
    }

    fn read_evidence(&mut self, line: &'t str) -> Result<(), &'static str> {
        let (letter, description) = line.split_once(' ').ok_or("a source has a letter and a description")?;
        if letter.len() != 1 || description.is_empty() {
            return Err("a source has a letter and a description");
        }
        if self.evidence.last().is_some_and(|(last, _)| *last >= letter) {
            return Err("source out of order");
        }
        self.evidence.push((letter, description));
        Ok(())
    }

    /// The description of a source.
    fn evidence(&self, letter: &str) -> Result<&'t str, &'static str> {
        let found = self.evidence.binary_search_by(|(own, _)| (*own).cmp(letter)).ok();
        let found = found.and_then(|place| self.evidence.get(place));
        found.map(|(_, description)| *description).ok_or("a source that is not described")
    }

    fn read_source(&mut self, line: &'t str) -> Result<(), &'static str> {
        let mut parts = line.split(' ');
        let (Some(name), Some(letter), Some(prefixes), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err("a name, a source and prefixes expected");
        };
        self.evidence(letter)?;
        if name.is_empty() || !prefixes.split(',').all(fold::is_prefix) {
            return Err("a name, a source and prefixes expected");
        }
        if self.sources.last().is_some_and(|last| last.name >= name) {
            return Err("name of a service out of order");
        }
        self.sources.push(SourceRow { name, prefixes });
        Ok(())
    }

    fn read_service(&mut self, prefix: &'t str) -> Result<(), &'static str> {
        if !fold::is_prefix(prefix) {
            return Err("not a service prefix");
        }
        if self.services.last().is_some_and(|last| last.prefix >= prefix) {
            return Err("service out of order");
        }
        let start = self.rows.len();
        self.services.push(ServiceRows { prefix, rows: start..start });
        Ok(())
    }

    fn read_operation(&mut self, line: &'t str) -> Result<(), &'static str> {
        let mut parts = line.splitn(3, ' ');
        let (Some(name), Some(letter), Some(needs)) = (parts.next(), parts.next(), parts.next()) else {
            return Err("an operation has a name, a source and what it needs");
        };
        let evidence = self.evidence(letter)?;
        if name.is_empty() || !needed::is_well_formed(needs) {
            return Err("an operation has a name, a source and what it needs");
        }
        let service = self.services.last_mut().ok_or("an operation before the first service")?;
        if let Some(last) = self.rows.get(service.rows.clone()).and_then(<[_]>::last)
            && fold::compare(last.name, name) != Ordering::Less
        {
            return Err("operation out of order");
        }
        self.rows.push(Row { name, evidence, needs });
        service.rows.end = self.rows.len();
        Ok(())
    }

    /// The day of the data, as `YYYY-MM-DD`.
    pub fn date(&self) -> &'t str {
        self.head.date
    }

    /// The origin of the data.
    pub fn source(&self) -> &'t str {
        self.head.source
    }

    /// The prefix in IAM of a service by its name in CloudTrail, with or without `.amazonaws.com`. The name itself if it is no other word.
    ///
    /// Of a service with several prefixes, the first. [`Operations::resolve`] looks at all.
    ///
    /// ```
    /// use iam_catalog::Operations;
    ///
    /// let operations = Operations::embedded()?;
    /// assert_eq!(operations.prefix_of_source("monitoring.amazonaws.com"), "cloudwatch");
    /// assert_eq!(operations.prefix_of_source("s3.amazonaws.com"), "s3");
    /// # Ok::<(), iam_catalog::DataError>(())
    /// ```
    pub fn prefix_of_source<'a>(&self, source: &'a str) -> &'a str
    where
        't: 'a,
    {
        let prefixes = self.prefixes_of_source(source);
        prefixes.split_once(',').map_or(prefixes, |(first, _)| first)
    }

    fn prefixes_of_source<'a>(&self, source: &'a str) -> &'a str
    where
        't: 'a,
    {
        let name = name::without_domain(source);
        let found = self.sources.binary_search_by(|row| row.name.cmp(name)).ok();
        found.and_then(|place| self.sources.get(place)).map_or(name, |row| row.prefixes)
    }

    /// What an operation needs, if that is not only the action of its own name. `None` if the table does not have the operation.
    ///
    /// ASCII case does not matter. An operation of API Gateway that the table does not have needs the action of its HTTP verb, but for those
    /// that are actions themselves, which only the catalogue knows: ask for them first, or use [`Operations::resolve`].
    ///
    /// ```
    /// use iam_catalog::Operations;
    ///
    /// let operations = Operations::embedded()?;
    /// let needed = operations.actions_of("s3", "ListObjectsV2").expect("an operation of the table");
    /// let actions: Vec<String> = needed.actions().map(|action| action.to_string()).collect();
    /// assert_eq!(actions, ["s3:ListBucket"]);
    /// assert!(operations.actions_of("s3", "GetBucketLocation").is_none());
    /// # Ok::<(), iam_catalog::DataError>(())
    /// ```
    pub fn actions_of(&self, prefix: &str, operation: &str) -> Option<Needed<'t>> {
        let service = self.service(prefix)?;
        match self.row(service, operation) {
            Some(row) => Some(Needed::of_row(service.prefix, row.needs, row.evidence)),
            None if service.prefix == "apigateway" => {
                Some(Needed::of_row(service.prefix, name::verb(operation)?, name::VERBS))
            }
            None => None,
        }
    }

    /// What an operation needs: by the table, by the catalogue, or by the verb of API Gateway. `source` is the service's name in CloudTrail.
    ///
    /// A version at the end of the operation's name, such as `20150331v2` or `2020_05_31`, is left out if the name with it is unknown, and
    /// without it known.
    ///
    /// # Errors
    ///
    /// Neither knows the service, or the operation.
    ///
    /// # Cost
    ///
    /// `O(log n)` comparisons. Nothing is allocated.
    ///
    /// ```
    /// use iam_catalog::{Catalog, NameRule, Operations};
    ///
    /// let (catalog, operations) = (Catalog::embedded()?, Operations::embedded()?);
    /// let found = operations.resolve(&catalog, "lambda.amazonaws.com", "UpdateFunctionCode20150331v2").expect("known");
    /// assert_eq!(found.needed.actions().next().expect("an action").to_string(), "lambda:UpdateFunctionCode");
    /// assert_eq!((found.rule, found.is_without_version), (NameRule::OwnName, true));
    /// # Ok::<(), iam_catalog::DataError>(())
    /// ```
    pub fn resolve(
        &self,
        catalog: &Catalog<'t>,
        source: &str,
        operation: &str,
    ) -> Result<Resolved<'t>, Unresolved> {
        let bare = name::without_domain(source);
        let prefixes = self.prefixes_of_source(bare);
        let mut has_service = false;
        let short = name::without_version(operation);
        for (name, is_without_version) in [(Some(operation), false), (short, true)] {
            let Some(name) = name else { continue };
            for prefix in prefixes.split(',') {
                let (of_catalog, of_table) = (catalog.service(prefix), self.service(prefix));
                has_service |= of_catalog.is_some() || of_table.is_some();
                if let Some((needed, rule)) = self.named(of_catalog, of_table, name) {
                    let has_other_prefix = !needed.service().eq_ignore_ascii_case(bare);
                    return Ok(Resolved { needed, rule, has_other_prefix, is_without_version });
                }
            }
        }
        Err(if has_service { Unresolved::Operation } else { Unresolved::Service })
    }

    fn named(
        &self,
        of_catalog: Option<Service<'_, 't>>,
        of_table: Option<&ServiceRows<'t>>,
        operation: &str,
    ) -> Option<(Needed<'t>, NameRule)> {
        if let Some(own) = of_table
            && let Some(row) = self.row(own, operation)
        {
            let needed = Needed::of_row(own.prefix, row.needs, row.evidence);
            let first = needed.actions().next();
            let is_own = first.is_some_and(|action| {
                action.service == own.prefix && action.name.eq_ignore_ascii_case(operation)
            });
            return Some((needed, if is_own { NameRule::OwnName } else { NameRule::Table }));
        }
        let service = of_catalog?;
        if let Some(action) = service.action(operation) {
            let needed = Needed::of_row(action.service, action.name, name::OWN_NAME);
            return Some((needed, NameRule::OwnName));
        }
        let verb = (service.prefix() == "apigateway").then(|| name::verb(operation)).flatten()?;
        Some((Needed::of_row(service.prefix(), verb, name::VERBS), NameRule::Verb))
    }

    /// Known names near an event's source or operation that is unknown, the nearest first: prefixes of services if the service is unknown, else
    /// full names of operations such as `s3:ListObjects`.
    ///
    /// # Cost
    ///
    /// That of [`nearest`] over all services, or over all operations of one.
    pub fn nearest(&self, catalog: &Catalog<'t>, source: &str, operation: &str) -> Vec<String> {
        let bare = name::without_domain(source);
        let prefix = self.prefix_of_source(bare);
        let (of_catalog, of_table) = (catalog.service(prefix), self.service(prefix));
        if of_catalog.is_none() && of_table.is_none() {
            let known = catalog.services().map(Service::prefix);
            return nearest(bare, known, |name| name).into_iter().map(str::to_owned).collect();
        }
        let actions = of_catalog.into_iter().flat_map(|own| own.actions().map(|action| action.name));
        let rows = of_table.and_then(|own| self.rows.get(own.rows.clone())).unwrap_or_default();
        let mut known: Vec<&'t str> = actions.chain(rows.iter().map(|row| row.name)).collect();
        known.sort_unstable();
        known.dedup();
        let near = nearest(operation, known, |name| name);
        near.into_iter().map(|name| format!("{prefix}:{name}")).collect()
    }

    /// Every operation of the table, as service prefix, name and what it needs.
    pub fn iter(&self) -> impl Iterator<Item = (&'t str, &'t str, Needed<'t>)> + '_ {
        self.services.iter().flat_map(|own| {
            let rows = self.rows.get(own.rows.clone()).unwrap_or_default();
            rows.iter().map(|row| (own.prefix, row.name, Needed::of_row(own.prefix, row.needs, row.evidence)))
        })
    }

    /// Every service with another name in CloudTrail, as that name and the prefix in IAM. A service with several prefixes is there with each.
    pub fn sources(&self) -> impl Iterator<Item = (&'t str, &'t str)> + '_ {
        self.sources.iter().flat_map(|row| row.prefixes.split(',').map(|prefix| (row.name, prefix)))
    }

    fn service(&self, prefix: &str) -> Option<&ServiceRows<'t>> {
        let found = self.services.binary_search_by(|own| fold::compare(own.prefix, prefix));
        self.services.get(found.ok()?)
    }

    fn row(&self, service: &ServiceRows<'t>, operation: &str) -> Option<&Row<'t>> {
        let rows = self.rows.get(service.rows.clone()).unwrap_or_default();
        let found = rows.binary_search_by(|row| fold::compare(row.name, operation));
        rows.get(found.ok()?)
    }
}
