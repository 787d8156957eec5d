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
