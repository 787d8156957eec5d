//! Wildcards and variables that make a test true of everyone, or of nobody.

use iam_json::quoted;
use iam_policy::{Operator, Quantifier};

use super::Run;
use crate::code;
use crate::data::{ORG_PATHS, SENSITIVE};
use crate::glob::{Glob, Token, has_variable, has_wildcard};
use crate::reading::compares_text;
use crate::view::{Cond, Statement, Text};

/// The number of characters that AWS wants before a wildcard or a variable.
const FIXED: usize = 6;

impl Run<'_, '_> {
    pub(super) fn wildcards(&mut self, statement: &Statement<'_>, cond: &Cond<'_>) {
        let Some(operator) = cond.operator().filter(|operator| compares_text(*operator)) else { return };
        for value in &cond.values {
            if cond.is_like() && has_wildcard(&value.text) {
                self.wildcard(cond, value);
            }
            if self.doc.has_variables && has_variable(&value.text) {
                self.variable(cond, value);
            }
        }
        let is_every = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte == b'*');
        let has_every = cond.values.iter().any(|value| is_every(&value.text));
        if matches!(operator, Operator::StringLike | Operator::StringNotLike) && has_every {
            self.always(statement, cond, operator);
        }
    }

    fn wildcard(&mut self, cond: &Cond<'_>, value: &Text<'_>) {
        let found = format!("{} under {}", quoted(&value.text), quoted(&cond.key.text));
        if cond.is_one_of(&SENSITIVE) {
            let help = "write whole identifiers: AWS makes them, and no part of them is yours";
            self.at(code::WILDCARD_USAGE_TOO_PERMISSIVE, value, found, help);
        } else if cond.is_one_of(&ORG_PATHS) && fixed(&value.text) < FIXED {
            let help = "write the identifier of the organization before the wildcard, as in o-a1b2c3d4e5/*";
            self.at(code::WILDCARD_USAGE_TOO_PERMISSIVE, value, found, help);
        } else if cond.is("aws:userid") && !is_user(&value.text) {
            let help = "write the identifier of the user or role before the colon, as in AROAEXAMPLEID:*";
            self.at(code::WILDCARD_USAGE_TOO_PERMISSIVE, value, found, help);
        }
    }

    fn variable(&mut self, cond: &Cond<'_>, value: &Text<'_>) {
        let found = format!("{} under {}", quoted(&value.text), quoted(&cond.key.text));
        // Other text in braces is a placeholder that somebody forgot to fill in.
        if !value.text.contains(':') {
            return;
        }
        if cond.is_one_of(&SENSITIVE) {
            // A variable that is itself such an identifier is as good as a value.
            let of_aws = SENSITIVE.iter().any(|key| {
                let inner = value.text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
                inner.is_some_and(|inner| inner.eq_ignore_ascii_case(key))
            });
            if !of_aws {
                let help = "write the identifiers: the value of the variable may be chosen by the caller";
                self.at(code::VARIABLE_USAGE_TOO_PERMISSIVE, value, found, help);
            }
        } else if cond.is_one_of(&ORG_PATHS)
            && fixed(&value.text) < FIXED
            && !value.text.starts_with("${aws:PrincipalOrgID}")
        {
            let help = "write the identifier of the organization before the variable";
            self.at(code::VARIABLE_USAGE_TOO_PERMISSIVE, value, found, help);
        } else if cond.is("aws:userid") && !is_user(&value.text) {
            let help = "write the variable behind the colon, or alone before it";
            self.at(code::VARIABLE_USAGE_TOO_PERMISSIVE, value, found, help);
        }
    }

    /// What the test says if one of its values is `*`.
    fn always(&mut self, statement: &Statement<'_>, cond: &Cond<'_>, operator: Operator) {
        // Of these it is said that a list of values cannot be compared, or that no part of an identifier will do.
        let services = Self::services(statement);
        let key = self.facts.as_ref().and_then(|facts| facts.key(&cond.key.text, &services));
        let is_list = cond.quantifier().is_none() && key.is_some_and(|key| key.multivalued);
        let is_identifier = operator == Operator::StringLike
            && (cond.is_one_of(&SENSITIVE) || cond.is_one_of(&ORG_PATHS) || cond.is("aws:userid"));
        if is_list || is_identifier {
            return;
        }
        let if_exists = cond.test.is_some_and(|test| test.if_exists);
        let key = &*cond.key.text;
        let help = if asks_by_null(statement, key) {
            "leave the test out: the Null test says the same".to_owned()
        } else {
            format!("write \"Null\": {{\"{key}\": \"false\"}}")
        };
        let present = (code::EQUIVALENT_TO_NULL_FALSE, help);
        let absent = (code::EQUIVALENT_TO_NULL_TRUE, format!("write \"Null\": {{\"{key}\": \"true\"}}"));
        let always = (code::REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION, "leave the test out".to_owned());
        let never = (
            code::REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION,
            "write what is meant, or leave the statement out: it never applies".to_owned(),
        );
        let is_positive = operator == Operator::StringLike;
        let (code, help) = match (cond.quantifier(), is_positive, if_exists) {
            (None | Some(Quantifier::ForAnyValue), true, false) => present,
            (None | Some(Quantifier::ForAllValues), false, _)
            | (Some(Quantifier::ForAnyValue), false, true) => absent,
            (None | Some(Quantifier::ForAnyValue), true, true)
            | (Some(Quantifier::ForAllValues), true, _) => always,
            (Some(Quantifier::ForAnyValue), false, false) => never,
        };
        let found = format!("{} under {}", quoted(key), quoted(&cond.operator.text));
        self.at(code, &cond.key, found, help);
    }
}

/// Whether a Null test of the statement asks for the key.
pub(crate) fn asks_by_null(statement: &Statement<'_>, key: &str) -> bool {
    let is_null = |own: &Cond<'_>| own.operator() == Some(Operator::Null) && own.is_word("false");
    statement.conditions.iter().any(|own| own.is(key) && is_null(own))
}

/// The number of characters before the first wildcard or variable.
fn fixed(text: &str) -> usize {
    Glob::of(text).tokens().iter().take_while(|token| matches!(token, Token::Char(_))).count()
}

/// Whether a value of aws:userid names the user or role: nothing but characters, or one wildcard or variable alone, before a colon.
fn is_user(text: &str) -> bool {
    let glob = Glob::of(text);
    let tokens = glob.tokens();
    let Some(colon) = tokens.iter().position(|token| *token == Token::Char(':')) else { return false };
    let left = tokens.get(..colon).unwrap_or_default();
    left.len() == 1 || left.iter().all(|token| matches!(token, Token::Char(_)))
}
