//! Resources: the patterns of a statement as one predicate on the resource.

use iam_eval::{LetterCase, Point, Reading};
use iam_policy::{Effect, Pattern, ResourcePattern, Spanned};

use super::patterns::Bounds;
use super::{Answers, Reader, Tested, is_first};
use crate::atom::{Atom, Language, Leaf, Literal};
use crate::glob::{Compared, Glob, Union};

impl Reader<'_> {
    /// Whether patterns of `Resource` match, or those of `NotResource` do not.
    pub(crate) fn resources(
        &mut self,
        patterns: &[Spanned<ResourcePattern>],
        is_not: bool,
        effect: Effect,
    ) -> Answers {
        if patterns.iter().any(|p| p.value.is_any()) {
            return vec![(Vec::new(), Tested::Constant(!is_not))];
        }
        let some = |test: &dyn Fn(&ResourcePattern) -> bool| patterns.iter().any(|p| test(&p.value));
        let mut points = Vec::new();
        if some(&|p| p.has_early_variable()) {
            points.push(Point::VariableInArn);
        }
        if some(&|p| p.written().is_some_and(|written| !self.is_same(written))) {
            points.push(Point::IncompleteArn);
        }
        if some(&|p| p.pattern().has_variables()) {
            if is_not && effect == Effect::Allow {
                points.push(Point::NullNotResource);
            }
            if some(&|p| p.pattern().variables().any(|v| v.default.is_some())) {
                points.push(Point::ListVariable);
            }
        }
        self.answers(&points, |reader, reading| reader.resources_under(patterns, is_not, effect, reading))
    }

    /// Whether an incomplete ARN matches the same as its completion: of an ARN, a plain text with a star at its end does, because the star has
    /// the missing colons.
    fn is_same(&self, written: &Pattern) -> bool {
        written.as_prefix().is_some() && !self.model.space.takes_any_resource()
    }

    fn resources_under(
        &mut self,
        patterns: &[Spanned<ResourcePattern>],
        is_not: bool,
        effect: Effect,
        reading: Reading,
    ) -> Tested {
        let mut matchable: Vec<&Pattern> = Vec::new();
        // Patterns that match nothing, and may have no value.
        let mut idle: Vec<&Pattern> = Vec::new();
        let mut has_null = false;
        for pattern in patterns.iter().map(|p| &p.value) {
            match pattern.written() {
                // Whether or not the ARN is complete (rule 3.29).
                _ if pattern.has_early_variable() && !is_first(reading, Point::VariableInArn) => {
                    has_null = true;
                }
                Some(written) if !is_first(reading, Point::IncompleteArn) => matchable.push(written),
                // An incomplete ARN with a variable is not completed (rule 3.7).
                Some(_) if pattern.pattern().has_variables() => idle.push(pattern.pattern()),
                Some(_) | None => matchable.push(pattern.pattern()),
            }
        }
        let compared = Compared::Text(LetterCase::Sensitive);
        let Bounds { certain, possible, mut ties, has_null: is_null } =
            self.bounds(matchable.iter().copied(), compared, reading);
        has_null |= is_null;
        // A null entry leaves open what is excluded, so an Allow does not apply (rule 3.27).
        let fails_closed = is_not && effect == Effect::Allow && is_first(reading, Point::NullNotResource);
        if fails_closed {
            let none = self.bounds(idle.iter().copied(), compared, reading);
            has_null |= none.has_null;
            if none.ties.is_some() {
                let tied = matchable.iter().chain(&idle).map(|pattern| pattern.text()).collect();
                ties = Some(self.model.ties(tied, Some(compared)));
            }
            if has_null {
                return Tested::Constant(false);
            }
        }
        let (text, without) = match ties.filter(|_| fails_closed) {
            None => (self.leaf(Bounds { certain, possible, ties, has_null }), Leaf::Constant(false)),
            // If a variable is null, the patterns count as matching.
            Some(ties) => {
                let any = Union::new(vec![Glob::any()]);
                let holds = Language { union: self.model.union(any), inside: true };
                let fails = Language { union: self.model.union(Union::new(certain)), inside: false };
                (Leaf::Text { holds, fails, variables: Some(ties), beyond_arns: None }, Leaf::Free(ties))
            }
        };
        if let (Leaf::Constant(value), Leaf::Constant(other)) = (text, without)
            && value == other
        {
            return Tested::Constant(value != is_not);
        }
        let atom = self.model.intern(Atom::Resource { text, without });
        Tested::Literal(Literal { atom, holds: !is_not })
    }
}
