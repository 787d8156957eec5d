//! How much memory an answer keeps, estimated from its parts, and rather too much than too little.

use std::collections::BTreeSet;
use std::sync::Arc;

use iam_analysis::{ClassAnswer, Verdict};
use iam_eval::{ContextValue, Layers, Request};
use iam_policy::{Policy, PrincipalElement, ResourceElement, Statement};

use crate::finding::{Example, Finding};

/// A sum of bytes.
#[derive(Debug, Default)]
pub(in crate::plan) struct Weight {
    bytes: usize,
    /// The documents that were counted. An answer keeps each of them once.
    policies: BTreeSet<usize>,
}

/// What a value takes besides its texts: the largest is a statement.
const VALUE: usize = 128;
const STATEMENT: usize = 1_024;
const REQUEST: usize = 1_024;
/// A decision's reasons, a verdict, a list of layers and the like.
const PART: usize = 512;

impl Weight {
    pub(in crate::plan) const fn bytes(&self) -> usize {
        self.bytes.saturating_add(PART)
    }

    pub(in crate::plan) const fn add(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes);
    }

    pub(in crate::plan) const fn text(&mut self, text: &str) {
        self.add(VALUE.saturating_add(text.len()));
    }

    pub(in crate::plan) fn request(&mut self, request: &Request) {
        self.add(REQUEST);
        self.text(&request.resource);
        for (key, value) in request.context.iter() {
            self.text(key);
            match value {
                ContextValue::Single(text) => self.text(text),
                ContextValue::Multiple(texts) => texts.iter().for_each(|text| self.text(text)),
                ContextValue::Twice(spellings) => spellings.iter().for_each(|(key, _)| self.text(key)),
                ContextValue::Unknown => {}
            }
        }
    }

    pub(in crate::plan) fn layers(&mut self, layers: &Layers) {
        self.add(PART);
        for (_, policy) in layers.policies() {
            self.add(VALUE);
            if self.policies.insert(Arc::as_ptr(policy).addr()) {
                self.policy(policy);
            }
        }
    }

    pub(in crate::plan) fn answer(&mut self, answer: &ClassAnswer) {
        self.add(PART);
        self.text(&answer.example);
        match &answer.verdict {
            Verdict::Fails(witness) => self.request(&witness.request),
            Verdict::Unknown(doubts) => doubts.iter().for_each(|doubt| self.text(&doubt.to_string())),
            Verdict::Holds => {}
        }
    }

    pub(in crate::plan) fn finding(&mut self, finding: &Finding) {
        self.add(PART);
        self.text(&finding.says);
        self.text(&finding.help);
        match &finding.example {
            Some(Example::Request(shown)) => {
                self.request(&shown.request);
                self.layers(&shown.layers);
            }
            Some(Example::Caller(text)) => self.text(text),
            None => {}
        }
    }

    fn policy(&mut self, policy: &Policy) {
        self.add(PART);
        policy.statements.iter().for_each(|statement| self.statement(statement));
    }

    fn statement(&mut self, statement: &Statement) {
        self.add(STATEMENT);
        statement.sid.iter().for_each(|sid| self.text(&sid.value));
        statement.action.patterns().iter().for_each(|pattern| self.text(pattern.value.text()));
        let resources = statement.resource.iter().flat_map(ResourceElement::patterns);
        resources.for_each(|pattern| self.text(pattern.value.pattern().text()));
        let principals = statement.principal.iter().map(PrincipalElement::principals);
        principals.flat_map(iam_policy::Principals::entries).for_each(|entry| self.text(entry.value.text()));
        for condition in &statement.conditions {
            self.text(condition.key.value.as_str());
            condition.values.texts().iter().for_each(|text| self.text(text));
        }
    }
}

#[cfg(test)]
mod tests {
    use iam_analysis::Doubt;
    use iam_eval::{Action, Context};
    use iam_policy::{Limits, Mode, PolicyKind};

    use super::*;
    use crate::finding::{FindingCode, Shown};

    /// A text that is longer than everything that is counted for the parts of a value.
    fn long() -> String {
        "x".repeat(100_000)
    }

    /// What is counted, in units of the long text.
    fn units(count: impl FnOnce(&mut Weight)) -> usize {
        let mut weight = Weight::default();
        count(&mut weight);
        weight.bytes().checked_div(long().len()).unwrap_or_default()
    }

    fn request(context: Context) -> Request {
        let principal = crate::proof::session_principal(None);
        Request::new(principal, Action::new("s3:GetObject").unwrap(), "arn:aws:s3:::b").with_context(context)
    }

    fn layers(statement: &str) -> Layers {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", {statement}}}}}"#);
        let mut limits = Limits::default();
        limits.pattern_bytes = 1 << 20;
        let policy = Policy::parse(&text, PolicyKind::Resource, Mode::Deployed, &limits).unwrap();
        let mut layers = Layers::new();
        layers.resource = Some(Arc::new(policy));
        layers
    }

    #[test]
    fn every_text_of_a_request_is_counted_once() {
        let long = &*long();
        let single = |own: &str| ContextValue::single(own);
        let mut twice = Context::new();
        twice.add(format!("a{long}"), single("1"));
        twice.add(format!("A{long}"), single("2"));
        let mut resource = request(Context::new());
        resource.resource = long.into();
        for (own, wanted) in [
            (request(Context::new()), 0),
            (resource, 1),
            (request(Context::new().with(long, single("1"))), 1),
            (request(Context::new().with("a", single(long))), 1),
            (request(Context::new().with(long, single(long))), 2),
            (request(Context::new().with("a", ContextValue::multiple([long, long, long]))), 3),
            (request(Context::new().with(long, ContextValue::Unknown)), 1),
            (request(twice), 3),
        ] {
            assert_eq!(units(|weight| weight.request(&own)), wanted);
        }
    }

    #[test]
    fn every_text_of_a_policy_is_counted() {
        let long = long();
        let rest = r#""Principal": "*", "Action": "s3:*", "Resource": "*""#;
        for (statement, wanted) in [
            (rest.to_owned(), 0),
            (format!(r#""Sid": "{long}", {rest}"#), 1),
            (format!(r#""Principal": "*", "Action": ["s3:{long}", "s3:a{long}"], "Resource": "*""#), 2),
            (
                format!(
                    r#""Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::{long}", "arn:aws:s3:::{long}a"]"#
                ),
                2,
            ),
            (
                format!(
                    r#""Principal": {{"AWS": "arn:aws:iam::111122223333:role/{long}/a"}}, "Action": "s3:*", "Resource": "*""#
                ),
                1,
            ),
            (format!(r#"{rest}, "Condition": {{"StringLike": {{"{long}": ["{long}", "a{long}"]}}}}"#), 3),
        ] {
            let layers = layers(&statement);
            assert_eq!(units(|weight| weight.layers(&layers)), wanted, "{statement:.80}");
        }
    }

    /// A document that stands in several layers is one.
    #[test]
    fn a_shared_policy_is_counted_once() {
        let own =
            layers(&format!(r#""Sid": "{}", "Principal": "*", "Action": "s3:*", "Resource": "*""#, long()));
        let mut both = own.clone();
        both.rcp = Some(vec![own.resource.iter().cloned().collect()]);
        let once = units(|weight| weight.layers(&own));
        assert_eq!((once, units(|weight| weight.layers(&both))), (1, 1));
        let again = units(|weight| {
            weight.layers(&own);
            weight.layers(&both);
        });
        assert_eq!(again, 1);
        // A copy is another document.
        both.rcp = Some(vec![own.resource.iter().map(|own| Arc::new(Policy::clone(own))).collect()]);
        assert_eq!(units(|weight| weight.layers(&both)), 2);
    }

    #[test]
    fn findings_and_answers_are_counted_with_their_examples() {
        let long = long();
        let request = request(Context::new().with("a", ContextValue::single(&*long)));
        let layers =
            layers(&format!(r#""Sid": "{long}", "Principal": "*", "Action": "s3:*", "Resource": "*""#));
        let mut finding = Finding::new(FindingCode::PassRole, &*long, "help");
        assert_eq!(units(|weight| weight.finding(&finding)), 1);
        finding.help.clone_from(&long);
        assert_eq!(units(|weight| weight.finding(&finding)), 2);
        finding.example = Some(Example::Caller(long.clone()));
        assert_eq!(units(|weight| weight.finding(&finding)), 3);
        finding.example = Some(Example::Request(Box::new(Shown { request: request.clone(), layers })));
        assert_eq!(units(|weight| weight.finding(&finding)), 4);
        let doubt = Doubt::Defect { request: Box::new(request) };
        let doubts = [Doubt::Characters { action: long.clone().into() }, doubt];
        let mut answer = ClassAnswer::unknown(&long, doubts.to_vec());
        assert_eq!(units(|weight| weight.answer(&answer)), 2);
        answer.verdict = Verdict::Holds;
        assert_eq!(units(|weight| weight.answer(&answer)), 1);
    }

    #[test]
    fn parts_without_texts_are_counted_too() {
        let own = layers(r#""Principal": "*", "Action": "s3:*", "Resource": "*""#);
        let mut weight = Weight::default();
        let mut before = weight.bytes();
        for count in [Weight::layers, Weight::layers] {
            count(&mut weight, &own);
            assert!(weight.bytes() > before);
            before = weight.bytes();
        }
        weight.request(&request(Context::new()));
        assert!(weight.bytes() >= before.saturating_add(REQUEST));
    }
}
