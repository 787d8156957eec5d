//! Operators that do not go with the type of their key.

use iam_catalog::{ConditionKey, KeyType};
use iam_json::quoted;
use iam_policy::value::{Instant, IpRange};
use iam_policy::{Family, Operator, Quantifier, Test};

use super::arns::Fields;
use super::{Run, values::may_be_service};
use crate::code;
use crate::data::{OF_ONE_VALUE, OF_SERVICES};
use crate::glob::{has_variable, is_every, is_fixed};
use crate::view::{Cond, Statement};

impl Run<'_, '_> {
    pub(super) fn types(&mut self, statement: &Statement<'_>, cond: &Cond<'_>) {
        let Some(test) = cond.test else { return };
        if self.audience(cond) {
            return;
        }
        let services = Self::services(statement);
        let known = self.facts.as_ref().and_then(|facts| facts.key(&cond.key.text, &services));
        let is_subject = is_subject(&cond.key.text);
        if test.quantifier == Some(Quantifier::ForAllValues)
            && test.operator != Operator::Null
            && (is_subject || known.is_some_and(|key| !key.multivalued && !is_sometimes_multivalued(&key)))
        {
            let help = without_qualifier(statement, cond, test);
            self.at(code::FORALLVALUES_WITH_SINGLE_VALUED_KEY, &cond.key, quoted(&cond.key.text), help);
        }
        let Some(key) = known else { return };
        if key.multivalued
            && test.quantifier.is_none()
            && test.operator != Operator::Null
            && !OF_ONE_VALUE.iter().any(|(own, _)| cond.is(own))
        {
            let help = format!("write ForAnyValue:{0} or ForAllValues:{0}", cond.operator.text);
            self.at(code::MISSING_QUALIFIER, &cond.key, quoted(&cond.key.text), help);
        }
        self.family(cond, test, &key);
    }

    fn family(&mut self, cond: &Cond<'_>, test: Test, key: &ConditionKey<'_>) {
        let operator = test.operator;
        let name = quoted(&cond.key.text);
        let is_like = matches!(operator, Operator::StringLike | Operator::StringNotLike);
        if key.key_type == KeyType::Arn && is_like {
            if cond.values.iter().any(|value| is_every(&value.text)) {
                return;
            }
            let right =
                if operator == Operator::StringLike { Operator::ArnLike } else { Operator::ArnNotLike };
            let right = Test::new(test.quantifier, right, test.if_exists);
            let quoted_all =
                |texts: Vec<String>| texts.iter().map(|own| quoted(own)).collect::<Vec<_>>().join(", ");
            let others: Vec<String> = cond
                .values
                .iter()
                .filter(|value| !has_variable(&value.text) && Fields::of(&value.text).is_none())
                .filter(|value| completed(&value.text).is_none())
                .map(|value| value.text.to_string())
                .collect();
            let help = if others.is_empty() {
                let short: Vec<String> =
                    cond.values.iter().filter_map(|value| completed(&value.text)).collect();
                let all_six = if short.is_empty() {
                    String::new()
                } else {
                    format!(", so that all six must be there: {}", quoted_all(short))
                };
                format!("write {right}: it compares field by field{all_six}")
            } else {
                format!(
                    "write the values as ARNs of six fields, such as arn:aws:iam::*:role/admin, and {right}: AWS refuses {} there",
                    quoted_all(others)
                )
            };
            let found = format!("{name} under {}", quoted(&cond.operator.text));
            self.at(code::STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS, &cond.key, found, help);
            return;
        }
        if fits(operator.family(), &cond.key.text, key) || has_arns(cond, operator, key) {
            return;
        }
        let right = match key.key_type {
            KeyType::String => "a string operator",
            KeyType::Arn => "an ARN operator",
            KeyType::Bool => "Bool",
            KeyType::Numeric => "a numeric operator",
            KeyType::Date => "a date operator",
            KeyType::IpAddress => "IpAddress or NotIpAddress",
        };
        let found = format!("{name} under {}", quoted(&cond.operator.text));
        let other = cond.values.iter().find(|value| !is_of_type(&value.text, key.key_type));
        let help = match other {
            None => format!("use {right}"),
            Some(value) => {
                let of_services = OF_SERVICES.iter().find(|(own, _)| {
                    cond.is(own) && is_fixed(&value.text) && may_be_service(&value.text, false)
                });
                match of_services {
                    Some((_, names)) => {
                        format!("test {names}, which has names of services: this key is true or false")
                    }
                    None => format!("use {right}, with a value of its type: {} is none", quoted(&value.text)),
                }
            }
        };
        self.at(code::TYPE_MISMATCH, &cond.key, found, help);
    }
}

/// An ARN pattern of fewer than six fields with `*` for those that it lacks, where a star of it crosses them under StringLike. `None` if it lacks
/// none, or if it is not the beginning of an ARN.
fn completed(text: &str) -> Option<String> {
    if has_variable(text) {
        return None;
    }
    let fields: Vec<&str> = text.split(':').collect();
    let missing = FIELDS.checked_sub(fields.len()).filter(|missing| *missing > 0)?;
    let more = ":*".repeat(missing);
    if fields.first() == Some(&"arn") && text.ends_with('*') {
        return Some(format!("{text}{more}"));
    }
    let at = fields
        .iter()
        .rposition(|field| *field == "*")
        .filter(|at| fields.first() == Some(&"arn") || *at == 0)?;
    // A star in place of the beginning stands for `arn` too.
    let head = if at == 0 { "arn".to_owned() } else { fields.get(..=at)?.join(":") };
    let tail = fields.get(at.saturating_add(1)..)?.join(":");
    Some(format!("{head}{more}:{tail}"))
}

/// Whether a text is a value of a type: one that AWS reads as that type, or a variable.
pub(crate) fn is_of_type(text: &str, key_type: KeyType) -> bool {
    if has_variable(text) {
        return true;
    }
    match key_type {
        KeyType::String | KeyType::Arn => true,
        KeyType::Bool => ["true", "false"].iter().any(|word| word.eq_ignore_ascii_case(text)),
        KeyType::Numeric => text.parse::<f64>().is_ok_and(f64::is_finite),
        KeyType::Date => Instant::parse(text).is_some(),
        KeyType::IpAddress => IpRange::parse(text).is_some(),
    }
}

/// The number of fields of an ARN.
const FIELDS: usize = 6;

/// Whether an operator's type is that of the key.
fn fits(family: Family, name: &str, key: &ConditionKey<'_>) -> bool {
    match (family, key.key_type) {
        (Family::Null, _)
        | (Family::String | Family::Binary, KeyType::String | KeyType::Arn)
        | (Family::Arn, KeyType::Arn)
        | (Family::Bool, KeyType::Bool)
        | (Family::Numeric, KeyType::Numeric)
        | (Family::Date, KeyType::Date)
        | (Family::Ip, KeyType::IpAddress) => true,
        // AWS documents numeric operators for it too.
        (Family::Numeric, KeyType::Date) => key.name.eq_ignore_ascii_case("aws:EpochTime"),
        // Many keys that hold ARNs are called strings in the tables.
        (Family::Arn, KeyType::String) => name.to_ascii_lowercase().contains("arn"),
        // AWS's own guide to vault lock policies compares it as a number.
        (Family::Numeric, KeyType::String) => name.eq_ignore_ascii_case("glacier:ArchiveAgeInDays"),
        _ => false,
    }
}

/// Whether an ARN operator compares a text with nothing but ARNs: a text that is an ARN, such as the value of a tag, matches.
fn has_arns(cond: &Cond<'_>, operator: Operator, key: &ConditionKey<'_>) -> bool {
    operator.family() == Family::Arn
        && key.key_type == KeyType::String
        && !cond.values.is_empty()
        && cond.values.iter().all(|value| Fields::of(&value.text).is_some())
}

/// What happens if ForAllValues is left out of a test of a key with one value.
fn without_qualifier(statement: &Statement<'_>, cond: &Cond<'_>, test: Test) -> String {
    if !test.operator.is_negated() && !test.if_exists {
        return if statement.asks_for_key(&cond.key.text) {
            "leave ForAllValues: out, which changes nothing: another test asks for the key".to_owned()
        } else {
            "leave ForAllValues: out; the test is then false of a request without the key".to_owned()
        };
    }
    let key = &*cond.key.text;
    let asks = statement.conditions.iter().any(|own| own.operator() == Some(Operator::Null) && own.is(key));
    let add = if asks {
        String::new()
    } else {
        format!("; add \"Null\": {{\"{key}\": \"false\"}} if a request without the key is not meant")
    };
    format!(
        "leave ForAllValues: out, which changes nothing: the test stays true of a request without the key{add}"
    )
}

/// Whether the key is the subject of a token.
fn is_subject(key: &str) -> bool {
    key.rsplit_once(':')
        .is_some_and(|(issuer, claim)| issuer.contains('.') && claim.eq_ignore_ascii_case("sub"))
}

/// Keys of tags have one value each, but set operators on them are an idiom that AWS's own policies use.
fn is_sometimes_multivalued(key: &ConditionKey<'_>) -> bool {
    key.name.to_ascii_lowercase().ends_with(":tagkeys")
}
