//! Actions that AWS may add later, and that the wildcards of a profile would allow.
//!
//! A proof over the names of the catalogue says nothing about names that AWS invents tomorrow. The guard of a profile cannot deny all of them,
//! because the managed policies have wildcards in most services. What is left is a premise of every plan, counted by service.

use std::collections::BTreeMap;

use iam_analysis::{ProofBudget, remains};
use iam_eval::LetterCase;
use iam_policy::{ActionElement, ActionPattern, Effect, Pattern, Policy};

use crate::profile::Profile;

/// Names that an action may have which hands out credentials, as patterns for any service.
///
/// They are those of the actions that hand out credentials today, and say nothing about an action with another name.
pub const CREDENTIAL_NAMES: [&str; 8] = [
    "*:*Token",
    "*:*Tokens",
    "*:*Credential*",
    "*:*Password*",
    "*:*SecretValue*",
    "*:*SecretKey*",
    "*:*AccessKey*",
    "*:*ApiKey*",
];

/// The services to which AWS may add an action that a session may then do, if nobody changes its policies.
///
/// It says what the wildcards of the session policies allow, whatever the role allows. Both lists have service prefixes in lower case, in
/// order; [`AddedLater::ANY_SERVICE`] stands for a wildcard that is not of one service. In a service that is not in a list, no wildcard allows
/// such a name. In one that is in a list, there may still be none, because resources and conditions of statements are not looked at. Names that a
/// policy spells out are not counted: they are in the catalogue, or the profile foresees them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AddedLater {
    /// The services with a wildcard that allows names that the catalogue does not have.
    pub services: Vec<Box<str>>,
    /// Those in which such a name may look like that of an action that hands out credentials ([`CREDENTIAL_NAMES`]).
    pub credentials: Vec<Box<str>>,
}

impl AddedLater {
    /// The entry for wildcards such as `*`, which are not of one service.
    pub const ANY_SERVICE: &'static str = "*";

    /// What a profile leaves open.
    ///
    /// # Examples
    /// ```
    /// use iamgate::{AddedLater, built_in};
    ///
    /// let profile = built_in::profile("standard", "111122223333", &built_in::managed()?)?;
    /// let later = AddedLater::of(&profile);
    /// assert!(later.credentials.len() <= later.services.len());
    /// assert!(!later.credentials.contains(&"sts".into()));
    /// # Ok::<(), iamgate::InputError>(())
    /// ```
    pub fn of(profile: &Profile) -> Self {
        let policies = || profile.policies().iter().map(super::managed::NamedPolicy::policy);
        let mut allowed: BTreeMap<String, Vec<&Pattern>> = BTreeMap::new();
        let any = ActionElement::any();
        for pattern in policies().flat_map(|policy| allowing(policy, &any)) {
            let service = pattern.service().filter(|_| !pattern.has_wildcard_service());
            if pattern.text().contains(['*', '?']) {
                let service = service.unwrap_or(Self::ANY_SERVICE).to_ascii_lowercase();
                allowed.entry(service).or_default().push(pattern.pattern());
            }
        }
        let denied: Vec<&ActionPattern> = policies().flat_map(|policy| denying(policy)).collect();
        let mut later = Self::default();
        for (service, patterns) in allowed {
            let of_it = |pattern: &&&ActionPattern| {
                pattern.service().is_none_or(|own| own.eq_ignore_ascii_case(&service))
                    || pattern.has_wildcard_service()
            };
            let outside: Vec<&Pattern> =
                denied.iter().filter(of_it).map(|pattern| pattern.pattern()).collect();
            let left = |inside: &[&[&Pattern]]| {
                remains(inside, &outside, LetterCase::Ascii, ProofBudget::steps(1 << 20))
            };
            if left(&[&patterns]) {
                let looks = looks(&service);
                let looks: Vec<&Pattern> = looks.iter().map(ActionPattern::pattern).collect();
                if is_shown(&patterns, &looks, &outside) || left(&[&patterns, &looks]) {
                    later.credentials.push(service.as_str().into());
                }
                later.services.push(service.into());
            }
        }
        later
    }
}

/// The patterns of names that hand out credentials, in a service. Within the names of the service they are those of any service, and they can
/// be compared with what is denied there.
fn looks(service: &str) -> Vec<ActionPattern> {
    let own = CREDENTIAL_NAMES.iter().filter_map(|text| text.strip_prefix("*:"));
    own.filter_map(|name| ActionPattern::parse(&format!("{service}:{name}"))).collect()
}

/// Whether a simple name is one of the first two lists of patterns and none of the third: the beginning of one that is allowed, and what a
/// name that hands out credentials has in it. Mostly there is one, and then nothing has to be searched for.
fn is_shown(patterns: &[&Pattern], looks: &[&Pattern], outside: &[&Pattern]) -> bool {
    let is_one_of = |list: &[&Pattern], name: &str| {
        list.iter().any(|own| iam_eval::matches(own, name, LetterCase::Ascii))
    };
    let core = |look: &Pattern| {
        let (_, name) = look.text().split_once(':')?;
        Some(name.trim_matches('*').to_owned())
    };
    let cores: Vec<String> = looks.iter().filter_map(|look| core(look)).collect();
    patterns.iter().filter_map(|own| own.text().strip_suffix('*')).any(|begin| {
        cores.iter().any(|core| {
            let name = format!("{begin}New{core}");
            is_one_of(patterns, &name) && is_one_of(looks, &name) && !is_one_of(outside, &name)
        })
    })
}

/// The patterns that a policy allows somewhere. A statement about all but some actions counts as one about `any`.
pub(crate) fn allowing<'p>(
    policy: &'p Policy,
    any: &'p ActionElement,
) -> impl Iterator<Item = &'p ActionPattern> {
    let allows = policy.statements.iter().filter(|statement| statement.effect.value == Effect::Allow);
    let elements = allows.map(move |statement| match &statement.action {
        ActionElement::Action(_) => &statement.action,
        ActionElement::NotAction(_) => any,
    });
    elements.flat_map(ActionElement::patterns).map(|pattern| &pattern.value)
}

/// The patterns that a policy denies for every request: on all resources and without a condition.
pub(crate) fn denying(policy: &Policy) -> impl Iterator<Item = &ActionPattern> {
    let denies = policy.statements.iter().filter(|statement| is_unconditional_deny(statement));
    denies.flat_map(|statement| statement.action.patterns()).map(|pattern| &pattern.value)
}

/// Whether a statement denies its listed actions for every request: on all resources and without a condition.
pub(crate) fn is_unconditional_deny(statement: &iam_policy::Statement) -> bool {
    let everywhere = statement.resource.as_ref().is_some_and(|element| {
        !element.is_not() && element.patterns().iter().any(|pattern| pattern.value.is_any())
    });
    statement.effect.value == Effect::Deny
        && matches!(statement.action, ActionElement::Action(_))
        && everywhere
        && statement.conditions.is_empty()
}
