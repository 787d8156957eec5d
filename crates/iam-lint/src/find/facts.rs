//! Questions to the catalogue.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::LazyLock;

use iam_catalog::{ActionDetails, ConditionKey, Needed, Operations, Sections, nearest};

use super::guess::vocabulary;
use super::service_of;
use crate::data::{DECIDED_WITH, FURTHER_KEYS, OF_MANAGED_POLICIES, OF_SESSIONS};
use crate::glob::like;

/// The number of unknown names of one document for which near ones are looked for. Each search compares with every name of its kind.
const MOST_SEARCHES: u32 = 100;

/// The operations of the APIs, read at the first question about one: most documents ask none, and the text is the same for all.
static OPERATIONS: LazyLock<Option<Operations<'static>>> = LazyLock::new(|| Operations::embedded().ok());

/// What an operation of an API needs that is no action. `None` of a name that is not known to be one.
pub(crate) fn needed(service: &str, operation: &str) -> Option<Needed<'static>> {
    OPERATIONS.as_ref()?.actions_of(service, operation)
}

/// The catalogue, with what is made from it once for each document.
#[derive(Debug)]
pub(crate) struct Facts<'s> {
    pub(crate) sections: &'s Sections<'static>,
    /// The ARNs of all resource types by their service field, if a question needed all of them.
    arns: OnceCell<BTreeMap<&'static str, Vec<&'static str>>>,
    /// The words in the names of a service's actions, if a question needed them.
    words: RefCell<BTreeMap<String, Rc<BTreeSet<String>>>>,
    searches: Cell<u32>,
}

impl<'s> Facts<'s> {
    pub(crate) fn new(sections: &'s Sections<'static>) -> Self {
        Self { sections, arns: OnceCell::new(), words: RefCell::default(), searches: Cell::new(0) }
    }

    /// The known names near a text that is none of them, as [`nearest`] finds them. Empty after too many searches in one document.
    pub(crate) fn near<T>(
        &self,
        wanted: &str,
        known: impl IntoIterator<Item = T>,
        name: impl Fn(&T) -> &str,
    ) -> Vec<T> {
        let searches = self.searches.get();
        if searches >= MOST_SEARCHES {
            return Vec::new();
        }
        self.searches.set(searches.saturating_add(1));
        nearest(wanted, known, name)
    }

    /// The words in the names of the actions of a service, in lower case.
    pub(crate) fn words(&self, service: &str) -> Rc<BTreeSet<String>> {
        let mut all = self.words.borrow_mut();
        let own = all.entry(service.to_ascii_lowercase());
        Rc::clone(own.or_insert_with(|| Rc::new(vocabulary(self.sections.action_names(service)))))
    }

    /// The forms of ARNs with this service field among the types of the service with this prefix.
    pub(crate) fn own_arns(&self, service: &str) -> Vec<&'static str> {
        let types = self.sections.resource_types(service);
        let arns = types.flat_map(|own| own.arns().collect::<Vec<_>>());
        arns.filter(|arn| service_field(arn) == service || is_of_any_service(arn)).collect()
    }

    /// The forms of ARNs with this service field among the types of all services.
    pub(crate) fn all_arns(&self, service: &str) -> &[&'static str] {
        let all = self.arns.get_or_init(|| {
            let mut all: BTreeMap<&'static str, Vec<&'static str>> = BTreeMap::new();
            for prefix in self.sections.services() {
                for own in self.sections.resource_types(prefix) {
                    for arn in own.arns() {
                        all.entry(service_field(arn)).or_default().push(arn);
                    }
                }
            }
            all
        });
        all.get(service).map_or(&[], Vec::as_slice)
    }

    /// Whether there is a service with this prefix, or with ARNs of this service field.
    pub(crate) fn has_arn_service(&self, service: &str) -> bool {
        self.sections.has_service(service) || !self.all_arns(service).is_empty()
    }

    /// The condition key: a global one, or of the service of its prefix, or of one of the services that the statement is about.
    pub(crate) fn key(&self, name: &str, services: &[String]) -> Option<ConditionKey<'static>> {
        let own = || services.iter().find_map(|service| self.sections.key_of(service, name));
        let by_prefix = || name.split_once(':').and_then(|(prefix, _)| self.sections.key_of(prefix, name));
        self.sections.global_key(name).or_else(own).or_else(by_prefix)
    }

    /// Whether requests for an action may have a key, by the tables: its own keys, and those of the actions on whose requests it is decided.
    pub(crate) fn has_key(&self, action: &str, own: &ActionDetails<'_, '_>, key: &str) -> bool {
        let is = |known: &str| known.eq_ignore_ascii_case(action);
        let in_tables =
            |own: &ActionDetails<'_, '_>| own.condition_keys().iter().any(|known| known.matches(key));
        let mut further = FURTHER_KEYS.iter();
        let mut others =
            DECIDED_WITH.iter().filter(|(permission, _)| is(permission)).flat_map(|(_, all)| *all);
        in_tables(own)
            || further.any(|(action, known, _)| is(action) && known.eq_ignore_ascii_case(key))
            || others.any(|call| self.sections.action(call).is_some_and(|call| in_tables(&call)))
    }

    /// The actions of a pattern that names its service.
    pub(crate) fn actions_of(&self, pattern: &str) -> Vec<(String, ActionDetails<'_, 'static>)> {
        let Some((service, name)) = service_of(pattern).zip(pattern.split_once(':').map(|(_, name)| name))
        else {
            return Vec::new();
        };
        let head = name.split(['*', '?']).next().unwrap_or_default();
        let names = self.sections.action_names_beginning(&service, head).filter(|own| like(name, own));
        let actions = names.map(|own| format!("{service}:{own}"));
        actions.filter_map(|name| self.sections.action(&name).map(|own| (name, own))).collect()
    }

    /// The keys that may be meant by a name that is none, the likeliest first: for a member of a family, members of families with near names.
    pub(crate) fn near_keys<'k>(
        &self,
        wanted: &str,
        known: impl Iterator<Item = ConditionKey<'k>>,
    ) -> Vec<String> {
        let Some((head, tag)) = wanted.split_once('/').filter(|(_, tag)| !tag.is_empty()) else {
            let keys: Vec<String> = known.map(|key| key.name.to_owned()).collect();
            let mut near = self.near(wanted, keys, |key| key.as_str());
            // What goes on as it is written is likelier than what differs from it.
            let goes_on =
                |key: &String| key.get(..wanted.len()).is_some_and(|own| own.eq_ignore_ascii_case(wanted));
            if near.iter().any(goes_on) {
                near.retain(goes_on);
            }
            return near;
        };
        let heads: BTreeSet<String> = known
            .filter(ConditionKey::is_family)
            .filter_map(|key| key.name.split_once('/').map(|(head, _)| head.to_owned()))
            .collect();
        let near = self.near(head, heads, |head| head.as_str());
        near.into_iter().map(|head| format!("{head}/{tag}")).collect()
    }

    /// Whether any service, a managed policy of AWS, or another page of AWS has the key.
    pub(crate) fn is_key_anywhere(&self, name: &str) -> bool {
        let mut known = OF_MANAGED_POLICIES.iter().chain(&OF_SESSIONS);
        let is_known = known.any(|(key, _)| key.eq_ignore_ascii_case(name));
        is_known || self.sections.services().any(|service| self.sections.key_of(service, name).is_some())
    }
}

/// Whether a form leaves open of which service the ARN is, and so what its last part looks like.
pub(crate) fn is_of_any_service(form: &str) -> bool {
    service_field(form).starts_with("${")
}

/// The third field of an ARN.
fn service_field(arn: &str) -> &str {
    arn.split(':').nth(2).unwrap_or_default()
}
