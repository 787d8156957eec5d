//! Operators that do not go with the type of their key.

use iam_catalog::{ConditionKey, KeyType};
use iam_json::quoted;
use iam_policy::{Family, Operator, Quantifier, Test};

use super::Run;
use crate::code;
use crate::glob::{has_variable, is_every};
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
        if key.multivalued && test.quantifier.is_none() && test.operator != Operator::Null {
            let help = format!("write ForAnyValue:{0} or ForAllValues:{0}", cond.operator.text);
            self.at(code::MISSING_QUALIFIER, &cond.key, quoted(&cond.key.text), help);
        }
        self.family(cond, test.operator, &key);
    }

    fn family(&mut self, cond: &Cond<'_>, operator: Operator, key: &ConditionKey<'_>) {
        let name = quoted(&cond.key.text);
        let is_like = matches!(operator, Operator::StringLike | Operator::StringNotLike);
        if key.key_type == KeyType::Arn && is_like {
            if cond.values.iter().any(|value| is_every(&value.text)) {
                return;
            }
            let right = if operator == Operator::StringLike { "ArnLike" } else { "ArnNotLike" };
            let mut help = format!("write {right}: it compares field by field");
            let short: Vec<String> = cond
                .values
                .iter()
                .filter_map(|value| completed(&value.text))
                .map(|own| quoted(&own))
                .collect();
            if !short.is_empty() {
                help.push_str(&format!(", so that all six must be there: {}", short.join(", ")));
            }
            let found = format!("{name} under {}", quoted(&cond.operator.text));
            self.at(code::STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS, &cond.key, found, help);
            return;
        }
        if fits(operator.family(), &cond.key.text, key) {
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
        self.at(code::TYPE_MISMATCH, &cond.key, found, format!("use {right}"));
    }
}

/// An ARN pattern of fewer than six fields with `*` for those that it lacks. `None` if it lacks none.
fn completed(text: &str) -> Option<String> {
    if has_variable(text) {
        return None;
    }
    let fields = text.split(':').count();
    let missing = FIELDS.checked_sub(fields).filter(|missing| *missing > 0)?;
    // What does not begin as an ARN may stand in any field.
    text.starts_with("arn:").then(|| format!("{text}{}", ":*".repeat(missing)))
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

/// What happens if ForAllValues is left out of a test of a key with one value.
fn without_qualifier(statement: &Statement<'_>, cond: &Cond<'_>, test: Test) -> String {
    if !test.operator.is_negated() && !test.if_exists {
        return "leave ForAllValues: out; the test is then false of a request without the key".to_owned();
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
