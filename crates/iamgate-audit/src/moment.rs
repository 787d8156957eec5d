//! When AWS decided, as far as a policy asks.
//!
//! The time of a record is when the request ended, to the second. AWS decided before that, so that a condition on the time is not known to have held
//! if it changes within the time that a request may take.

use std::borrow::Cow;

use iam_trail::Stated;
use iamgate::iam_policy::Values;
use iamgate::iam_policy::value::Instant;
use iamgate::{ContextValue, Statement};

/// The keys with the time of the request.
const KEYS: [&str; 2] = ["aws:CurrentTime", "aws:EpochTime"];

/// The longest time between a decision and the time in the record, in seconds: no synchronous call of an API takes longer than an invocation of a
/// Lambda function, which is 15 minutes.
///
/// Source: Lambda Developer Guide, "Lambda quotas" (function timeout).
pub(crate) const LONGEST: i64 = 900;

/// The times with which statements compare that of the request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moments {
    /// In seconds since 1970.
    compared: Vec<i64>,
    /// Whether some statement asks for the time in another way, such as for its text.
    is_asked_otherwise: bool,
}

impl Moments {
    /// Adds what a statement compares the time with.
    pub(crate) fn add(&mut self, statement: &Statement) {
        self.is_asked_otherwise |= statement.variables().any(|own| is_time(own.key));
        for condition in &statement.conditions {
            if !is_time(condition.key.value.as_str()) {
                continue;
            }
            match &condition.values {
                Values::Date(values) => {
                    let times = values.iter().filter_map(|own| own.value.value());
                    self.compared.extend(times.map(|own| own.epoch_seconds()));
                }
                Values::Numeric(values) => {
                    for number in values {
                        match number.value.text().parse() {
                            Ok(seconds) => self.compared.push(seconds),
                            Err(_) => self.is_asked_otherwise = true,
                        }
                    }
                }
                // Every request has the time.
                Values::Null(_) => {}
                Values::String(_) | Values::Arn(_) | Values::Bool(_) | Values::Binary(_) | Values::Ip(_) => {
                    self.is_asked_otherwise = true;
                }
            }
        }
        self.compared.sort_unstable();
        self.compared.dedup();
    }

    /// The same as is stated, without the time if its comparisons may have changed while the request was made.
    pub(crate) fn known<'s>(&self, stated: &'s Stated) -> Cow<'s, Stated> {
        let is_asked = self.is_asked_otherwise || !self.compared.is_empty();
        if !is_asked || self.period(stated).is_some() {
            return Cow::Borrowed(stated);
        }
        Cow::Owned(
            KEYS.into_iter().fold(stated.clone(), |stated, key| stated.with(key, ContextValue::Unknown)),
        )
    }

    /// The number of times compared with that lie before the request. All requests with the same number are alike. `None` if it is not known, or
    /// not enough.
    pub(crate) fn period(&self, stated: &Stated) -> Option<usize> {
        let Some(ContextValue::Single(time)) = stated.value("aws:CurrentTime") else { return None };
        let end = Instant::parse(&time)?.epoch_seconds();
        let begin = end.saturating_sub(LONGEST);
        // A record has whole seconds: the request may have ended almost a second later.
        let may_change = self.compared.iter().any(|own| begin <= *own && *own <= end.saturating_add(1));
        let before = self.compared.iter().filter(|own| **own < begin).count();
        (!self.is_asked_otherwise && !may_change).then_some(before)
    }
}

/// Whether a key has the time of the request.
pub(crate) fn is_time(key: &str) -> bool {
    KEYS.iter().any(|own| own.eq_ignore_ascii_case(key))
}
