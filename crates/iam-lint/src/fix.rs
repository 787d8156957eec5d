//! What mends a finding: changes of the document, for those findings that say what is meant.

mod arns;
mod conditions;
mod elements;
mod lists;
mod names;
mod values;
mod variables;

pub(crate) use arns::prefixed;
pub(crate) use names::meant_operator;

use iam_json::{Change, Kind, Problem, Span, Value, json_text};
use iam_policy::PolicyKind;

use crate::Settings;
use crate::find::facts::Facts;
use crate::view::{Cond, Doc, Statement};

/// Whether a rule's findings can be mended by edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mending {
    /// Somebody must say what is meant.
    Never,
    /// The document decides every request as before, or AWS does not store it as it is and nothing else can be meant.
    Safe,
    /// The document then decides as the finding says, and not as before.
    Unsafe,
    /// It depends on the finding.
    Either,
}

impl Mending {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Never => "no fix",
            Self::Safe => "safe fix",
            Self::Unsafe => "unsafe fix",
            Self::Either => "safe or unsafe fix",
        }
    }
}

/// What mends a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fix {
    /// What it does, such as "leave out `s3:GetObject`".
    pub says: String,
    /// Whether it is safe, as [`Mending::Safe`] has it.
    pub is_safe: bool,
    /// The changes of the document. All of them are made, or none.
    pub changes: Vec<Change>,
}

impl Fix {
    fn new(is_safe: bool, says: impl Into<String>, changes: Vec<Change>) -> Option<Self> {
        (!changes.is_empty()).then(|| Self { says: says.into(), is_safe, changes })
    }
}

/// The fixes of one document.
#[derive(Debug)]
pub struct Fixes<'a, 'd> {
    doc: Doc<'d>,
    settings: &'a Settings<'a>,
    facts: Option<Facts<'a>>,
}

impl<'a, 'd> Fixes<'a, 'd> {
    /// The fixes of a policy on which [`lint`](crate::lint) found something under the same settings.
    pub fn new(policy: Value<'d>, settings: &'a Settings<'a>) -> Self {
        Self { doc: Doc::of(policy), settings, facts: settings.sections.map(Facts::new) }
    }

    /// The fix of a finding on this policy. `None` if somebody must say what is meant.
    ///
    /// # Cost
    /// Linear in the document.
    pub fn of(&self, problem: &Problem) -> Option<Fix> {
        // What AWS owns, nobody else can mend.
        if self.settings.kind == PolicyKind::AwsManaged {
            return None;
        }
        let (_, _, make) = TABLE.iter().find(|(name, ..)| *name == problem.code.name())?;
        let spot = Spot::at(self.doc.root, problem.place.span)?;
        let facts = self.facts.as_ref();
        make(&Site { doc: &self.doc, settings: self.settings, facts, problem, spot })
    }
}

/// Whether findings with this code can be mended.
pub fn mending(code: &str) -> Mending {
    TABLE.iter().find(|(name, ..)| *name == code).map_or(Mending::Never, |(_, mending, _)| *mending)
}

type Make = fn(&Site<'_, '_>) -> Option<Fix>;

/// The codes whose findings can be mended. Those that are not here need somebody who says what is meant.
const TABLE: &[(&str, Mending, Make)] = &[
    ("DUPLICATE_JSON_KEY", Mending::Safe, elements::twice),
    ("INVALID_POLICY_ELEMENT", Mending::Either, elements::element),
    ("INVALID_PRINCIPAL_KEY", Mending::Safe, elements::principal_kind),
    ("INVALID_PRINCIPAL_FORMAT", Mending::Unsafe, elements::principal_map),
    ("DATA_TYPE_MISMATCH", Mending::Safe, elements::text_of_number),
    ("INVALID_VERSION", Mending::Either, elements::version),
    ("MISSING_VERSION", Mending::Either, elements::version),
    ("VARIABLE_UNSUPPORTED_IN_VERSION", Mending::Unsafe, elements::version),
    ("INVALID_EFFECT", Mending::Either, elements::effect),
    ("UNSUPPORTED_ID", Mending::Safe, elements::leave_out),
    ("EMPTY_SID_VALUE", Mending::Safe, elements::leave_out),
    ("UNSUPPORTED_SID", Mending::Safe, elements::sid),
    ("UNIQUE_SIDS_REQUIRED", Mending::Safe, elements::sid),
    ("UNIQUE_SIDS_RECOMMENDED", Mending::Safe, elements::sid),
    ("UNSUPPORTED_PRINCIPAL", Mending::Either, elements::principal),
    ("SCP_SYNTAX_ERROR_PRINCIPAL", Mending::Either, elements::principal),
    ("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", Mending::Either, elements::resource),
    ("REDUNDANT_ACTION", Mending::Safe, lists::redundant),
    ("REDUNDANT_RESOURCE", Mending::Either, lists::redundant),
    ("REDUNDANT_STATEMENT", Mending::Safe, lists::statement),
    ("EMPTY_ARRAY_ACTION", Mending::Safe, lists::statement),
    ("EMPTY_ARRAY_RESOURCE", Mending::Safe, lists::statement),
    ("EMPTY_ARRAY_PRINCIPAL", Mending::Safe, lists::nobody),
    ("EMPTY_OBJECT_PRINCIPAL", Mending::Safe, lists::nobody),
    ("EMPTY_ARRAY_CONDITION_FORANYVALUE", Mending::Safe, lists::statement),
    ("REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION", Mending::Safe, lists::statement),
    ("UNSUPPORTED_ACTION_IN_POLICY", Mending::Unsafe, lists::one_of_a_grant),
    ("UNSUPPORTED_RESOURCE_ARN_IN_POLICY", Mending::Unsafe, lists::one_of_a_grant),
    ("RCP_SYNTAX_ERROR_ACTION", Mending::Unsafe, lists::one_of_several),
    ("REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY", Mending::Unsafe, lists::one_of_several),
    ("PRIVATE_IP_ADDRESS_SUBSET", Mending::Unsafe, lists::one_of_several),
    ("PRIVATE_NOT_IP_ADDRESS_SUBSET", Mending::Unsafe, lists::one_of_several),
    ("PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE", Mending::Unsafe, lists::pass_role),
    ("PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", Mending::Unsafe, lists::pass_role),
    ("CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE", Mending::Unsafe, lists::service_linked_role),
    ("CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", Mending::Unsafe, lists::service_linked_role),
    ("MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY", Mending::Unsafe, lists::roles_anywhere),
    ("INVALID_ACTION", Mending::Unsafe, names::action),
    ("INVALID_SERVICE_IN_ACTION", Mending::Unsafe, names::action),
    ("ACTION_PATTERN_MATCHES_NOTHING", Mending::Unsafe, names::action),
    ("MISMATCHED_ACTION_FOR_PRINCIPAL", Mending::Unsafe, names::call),
    ("INVALID_CONDITION_KEY_FORMAT", Mending::Unsafe, names::key),
    ("INVALID_GLOBAL_CONDITION_KEY", Mending::Unsafe, names::key),
    ("INVALID_SERVICE_CONDITION_KEY", Mending::Unsafe, names::key),
    ("DEPRECATED_GLOBAL_CONDITION_KEY", Mending::Unsafe, names::key),
    ("UNSUPPORTED_GLOBAL_CONDITION_KEY", Mending::Unsafe, names::key),
    ("INVALID_SERVICE", Mending::Unsafe, names::service),
    ("INVALID_CONDITION_OPERATOR", Mending::Either, names::operator),
    ("INVALID_ARN_PREFIX", Mending::Unsafe, arns::prefix),
    ("MISSING_ARN_FIELD", Mending::Either, arns::fields),
    ("INVALID_PARTITION", Mending::Unsafe, arns::field),
    ("INVALID_ARN_SERVICE_CASE", Mending::Unsafe, arns::field),
    ("INVALID_ARN_REGION", Mending::Unsafe, arns::field),
    ("ARN_REGION_NOT_ALLOWED", Mending::Unsafe, arns::field),
    ("MISSING_ARN_REGION", Mending::Unsafe, arns::field),
    ("INVALID_ARN_ACCOUNT", Mending::Unsafe, arns::field),
    ("ARN_ACCOUNT_NOT_ALLOWED", Mending::Unsafe, arns::field),
    ("MISSING_ARN_ACCOUNT", Mending::Unsafe, arns::field),
    ("INVALID_ARN_RESOURCE", Mending::Unsafe, arns::field),
    ("DUPLICATE_KEYS_WITH_DIFFERENT_CASE", Mending::Either, conditions::twice),
    ("EMPTY_OBJECT_CONDITION", Mending::Safe, conditions::empty),
    ("NULL_WITH_IF_EXISTS", Mending::Unsafe, conditions::null),
    ("NULL_WITH_QUALIFIER", Mending::Unsafe, conditions::null),
    ("MISSING_QUALIFIER", Mending::Unsafe, conditions::qualifier),
    ("FORALLVALUES_WITH_SINGLE_VALUED_KEY", Mending::Unsafe, conditions::without_qualifier),
    ("FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE", Mending::Unsafe, conditions::without_qualifier),
    ("CONFIRM_AUDIENCE_CLAIM_TYPE", Mending::Unsafe, conditions::without_qualifier),
    ("WILDCARD_WITHOUT_LIKE_OPERATOR", Mending::Unsafe, conditions::like),
    ("STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS", Mending::Unsafe, conditions::of_arns),
    ("TYPE_MISMATCH", Mending::Unsafe, conditions::of_type),
    ("EMPTY_ARRAY_CONDITION", Mending::Unsafe, conditions::never),
    ("EMPTY_ARRAY_CONDITION_FORALLVALUES", Mending::Safe, conditions::absent),
    ("EMPTY_ARRAY_CONDITION_IFEXISTS", Mending::Either, conditions::absent),
    ("EQUIVALENT_TO_NULL_TRUE", Mending::Either, conditions::absent),
    ("EQUIVALENT_TO_NULL_FALSE", Mending::Either, conditions::present),
    ("REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION", Mending::Either, conditions::always),
    ("DYNAMODB_ATTRIBUTES_WITHOUT_SELECT", Mending::Unsafe, conditions::select),
    ("RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY", Mending::Unsafe, conditions::no_service),
    ("RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY", Mending::Unsafe, conditions::service),
    ("RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK", Mending::Unsafe, conditions::source),
    ("INVALID_CONDITION_DATA_TYPE", Mending::Safe, values::as_texts),
    ("REDUNDANT_CONDITION_VALUE_NUM", Mending::Safe, values::bound),
    ("TYPE_MISMATCH_BOOLEAN", Mending::Either, values::boolean),
    ("INVALID_DATE_VALUE", Mending::Safe, values::date),
    ("IMPROVE_IP_RANGE", Mending::Either, values::range),
    ("UNSUPPORTED_IPV6_RANGE", Mending::Unsafe, values::range),
    ("TYPE_MISMATCH_IP_RANGE", Mending::Unsafe, values::wildcard_range),
    ("INVALID_REGION", Mending::Unsafe, values::region),
    ("INVALID_VPC_FORMAT", Mending::Unsafe, values::identifier),
    ("INVALID_VPCE_FORMAT", Mending::Unsafe, values::identifier),
    ("INVALID_SERVICE_PRINCIPAL_FORMAT", Mending::Unsafe, values::service_principal),
    ("ESCAPED_VARIABLE", Mending::Unsafe, variables::escaped),
    ("UNKNOWN_VARIABLE", Mending::Unsafe, variables::unknown),
    ("UNSUPPORTED_SPACE_IN_VARIABLE", Mending::Unsafe, variables::spaces),
    ("MISSING_QUOTE_IN_VARIABLE", Mending::Unsafe, variables::quotes),
    ("MISSING_BRACE_IN_VARIABLE", Mending::Unsafe, variables::brace),
];

/// A finding in its document.
struct Site<'a, 'd> {
    doc: &'a Doc<'d>,
    settings: &'a Settings<'a>,
    facts: Option<&'a Facts<'a>>,
    problem: &'a Problem,
    spot: Spot<'d>,
}

impl<'a, 'd> Site<'a, 'd> {
    /// The statement that the finding is on.
    fn statement(&self) -> Option<&'a Statement<'d>> {
        self.doc.statements.iter().find(|own| holds(own.value.span(), self.problem.place.span))
    }

    /// The test that the finding is on. If it is on the operator, the first test under it.
    fn cond(&self) -> Option<(&'a Statement<'d>, &'a Cond<'d>)> {
        let statement = self.statement()?;
        let place = self.problem.place.span;
        let mut all = statement.conditions.iter();
        let cond = all.find(|own| {
            own.key.value.span() == place
                || own.operator.value.span() == place
                || holds(own.value.span(), place)
        })?;
        Some((statement, cond))
    }

    /// The text that the finding is on.
    fn text(&self) -> Option<String> {
        self.spot.value.as_string().map(std::borrow::Cow::into_owned)
    }

    /// Writes a text in place of the one that the finding is on.
    fn write(&self, is_safe: bool, text: &str) -> Option<Fix> {
        let change = written(self.spot.value, text);
        Fix::new(is_safe, format!("write {}", iam_json::quoted(text)), vec![change])
    }
}

/// Writes a text in place of a value.
fn written(value: Value<'_>, text: &str) -> Change {
    Change::Write { span: value.span(), json: json_text(text) }
}

/// A value in what holds it.
#[derive(Clone, Copy, Debug)]
struct Spot<'d> {
    /// The array or object. The document itself for the outermost value.
    parent: Value<'d>,
    /// The name of the member; `None` for an element.
    key: Option<Value<'d>>,
    value: Value<'d>,
}

impl<'d> Spot<'d> {
    /// The value at a place, or the member whose name stands there, or the value that begins there if it is its first character.
    fn at(root: Value<'d>, place: Span) -> Option<Self> {
        let mut spot = Self { parent: root, key: None, value: root };
        loop {
            let own = spot.value.span();
            let is_opening = place.start == own.start && place.end <= own.start.saturating_add(1);
            if own == place || is_opening || matches!(spot.key, Some(key) if key.span() == place) {
                return Some(spot);
            }
            match spot.children().find(|child| holds(child.span(), place)) {
                Some(child) => spot = child,
                None => return holds(own, place).then_some(spot),
            }
        }
    }

    fn children(self) -> impl Iterator<Item = Spot<'d>> {
        let parent = self.value;
        let items = parent.items().map(move |value| Spot { parent, key: None, value });
        items.chain(parent.members().map(move |own| Spot { parent, key: Some(own.key), value: own.value }))
    }

    /// The element, or the member from its name to the end of its value.
    fn span(self) -> Span {
        let own = self.value.span();
        self.key.map_or(own, |key| Span::new(key.span().start, own.end))
    }

    /// The number of elements or members beside it.
    fn others(self) -> usize {
        let all =
            if self.key.is_some() { self.parent.members().count() } else { self.parent.items().count() };
        all.saturating_sub(1)
    }

    fn removed(self) -> Change {
        Change::Remove { span: self.span(), is_member: self.key.is_some() }
    }

    /// A member added behind this one.
    fn followed_by(self, name: &str, json: String) -> Change {
        Change::Add { beside: self.span(), before: false, name: Some(name.to_owned()), json }
    }
}

/// The member of an object.
fn member<'d>(object: Value<'d>, name: &str) -> Option<Spot<'d>> {
    let own = object.members().find(|own| own.key.string() == name)?;
    Some(Spot { parent: object, key: Some(own.key), value: own.value })
}

/// The last member of an object.
fn last_member(object: Value<'_>) -> Option<Spot<'_>> {
    let own = object.members().last()?;
    Some(Spot { parent: object, key: Some(own.key), value: own.value })
}

/// The changes that leave a statement out. `None` if it is the only one: a policy needs one.
fn without_statement(doc: &Doc<'_>, statement: &Statement<'_>) -> Option<Vec<Change>> {
    let list = doc.root.member("Statement").filter(|list| list.kind() == Kind::Array)?;
    let spot = Spot { parent: list, key: None, value: statement.value };
    (spot.others() > 0).then(|| vec![spot.removed()])
}

fn holds(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// The name that must be meant: the only one of those that are near, or the only one of them that is one change away.
pub(crate) fn meant<T>(wanted: &str, mut near: Vec<T>, name: impl Fn(&T) -> &str) -> Option<T> {
    if near.len() > 1 {
        near.retain(|own| is_one_change(wanted, name(own)));
    }
    let mut near = near.into_iter();
    let first = near.next()?;
    near.next().is_none().then_some(first)
}

/// Whether two texts differ in one character, or in two neighbours that are swapped. Their case does not matter.
fn is_one_change(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_ascii_lowercase(), other.to_ascii_lowercase());
    let same = one.bytes().zip(other.bytes()).take_while(|(own, others)| own == others).count();
    let rest = |text: &String| text.as_bytes().get(same..).unwrap_or_default().to_vec();
    let (one, other) = (rest(&one), rest(&other));
    let behind = |text: &[u8], count: usize| text.get(count..).map(<[u8]>::to_vec);
    let is_swapped = one.first() == other.get(1) && one.get(1) == other.first();
    let (own, others) = (behind(&one, 1), behind(&other, 1));
    (own.is_some() && own == others)
        || own.as_ref() == Some(&other)
        || others.as_ref() == Some(&one)
        || (is_swapped && behind(&one, 2).is_some() && behind(&one, 2) == behind(&other, 2))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_has_codes_that_there_are_once() {
        let mut seen = BTreeSet::new();
        for (name, mending, _) in TABLE {
            let is_read = iam_policy::code::ALL.iter().any(|own| own.name() == *name);
            assert!(is_read || crate::rule(name).is_some(), "{name}");
            assert!(*mending != Mending::Never && seen.insert(name), "{name}");
        }
        assert_eq!(mending("MISSING_EFFECT"), Mending::Never);
    }

    #[test]
    fn one_change_is_a_character_or_a_swap() {
        for (a, b) in
            [("east", "esat"), ("east", "eas"), ("east", "easts"), ("east", "ea st"), ("East", "eost")]
        {
            assert!(is_one_change(a, b) && is_one_change(b, a), "{a} {b}");
        }
        for (a, b) in [("east", "west"), ("east", "east"), ("east", ""), ("east", "tase"), ("abcd", "badc")] {
            assert!(!is_one_change(a, b) && !is_one_change(b, a), "{a} {b}");
        }
    }
}
