//! Lists of patterns as languages, under one reading.

use iam_eval::{ContextValue, Point, Reading};
use iam_policy::{ARN_FIELDS, Effect, Pattern, Spanned, Variable, count_fields};

use super::{Reader, is_first};
use crate::atom::{Language, Leaf, TiesId};
use crate::glob::{Bound, Compared, Glob, Replaced, Union};
use crate::space::Fact;

/// A list of patterns as globs: those that match for every value of the free variables, and those that match for some value.
#[derive(Default)]
pub(super) struct Bounds {
    pub(super) certain: Vec<Glob>,
    pub(super) possible: Vec<Glob>,
    /// The number of the patterns of which the globs are only bounds. `None` if there are none.
    pub(super) ties: Option<TiesId>,
    /// Whether a variable has no value.
    pub(super) has_null: bool,
}

/// Whether a pattern that cannot be read may end a comparison (rule 4.22).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    Never,
    Perhaps,
    Always,
}

impl Reader<'_> {
    /// The glob of a pattern under a reading.
    pub(super) fn replaced(&mut self, pattern: &Pattern, compared: Compared, reading: Reading) -> Replaced {
        let space = &self.model.space;
        let free = &mut self.free;
        let replaced = Glob::of(pattern, compared, |variable: Variable<'_>| match space.fact(variable.key) {
            Some(Fact::Value(ContextValue::Single(value))) => Bound::Value(value),
            // A key with several values counts as having no value (rule 3.23).
            Some(Fact::Value(_)) if is_first(reading, Point::ListVariable) => Bound::Null,
            Some(Fact::Absent | Fact::Value(_)) => variable.default.map_or(Bound::Null, Bound::Value),
            None => {
                free.push(variable.key.to_ascii_lowercase().into());
                Bound::Free
            }
        });
        self.is_loose |= matches!(replaced, Replaced::Loose(_));
        replaced
    }

    pub(super) fn bounds<'p>(
        &mut self,
        patterns: impl Iterator<Item = &'p Pattern>,
        compared: Compared,
        reading: Reading,
    ) -> Bounds {
        let mut bounds = Bounds::default();
        let mut tied = Vec::new();
        for pattern in patterns {
            match self.replaced(pattern, compared, reading) {
                Replaced::Exact(glob) => {
                    bounds.possible.push(glob.clone());
                    bounds.certain.push(glob);
                }
                Replaced::Null | Replaced::Unreadable => bounds.has_null = true,
                Replaced::Within(glob) | Replaced::Loose(glob) => {
                    tied.push(pattern.text());
                    bounds.possible.push(glob);
                }
            }
        }
        if !tied.is_empty() {
            bounds.ties = Some(self.model.ties(tied, Some(compared)));
        }
        bounds
    }

    /// The predicate that one of the patterns matches a text.
    pub(super) fn leaf(&mut self, bounds: Bounds) -> Leaf {
        let possible = Union::new(bounds.possible);
        let certain = Union::new(bounds.certain);
        if certain.is_any() {
            return Leaf::Constant(true);
        }
        if possible.globs.is_empty() {
            return Leaf::Constant(false);
        }
        self.text(possible, certain, bounds.ties, None)
    }

    fn text(
        &mut self,
        possible: Union,
        certain: Union,
        variables: Option<TiesId>,
        beyond_arns: Option<bool>,
    ) -> Leaf {
        let holds = Language { union: self.model.union(possible), inside: true };
        let fails = Language { union: self.model.union(certain), inside: false };
        Leaf::Text { holds, fails, variables, beyond_arns }
    }

    /// The predicate of an ARN operator on one text (rule 4.22). `is_arn` says that every value of the key is an ARN.
    pub(super) fn arns(
        &mut self,
        patterns: &[Spanned<Pattern>],
        is_negated: bool,
        effect: Effect,
        reading: Reading,
        is_arn: bool,
    ) -> Leaf {
        let mut bounds = Bounds::default();
        let mut tied = Vec::new();
        let mut ends = Ends::Never;
        let may_end = is_first(reading, Point::UnreadablePattern);
        for pattern in patterns {
            match self.replaced(&pattern.value, Compared::Arn, reading) {
                Replaced::Exact(glob) => {
                    if ends == Ends::Never {
                        bounds.certain.push(glob.clone());
                    }
                    bounds.possible.push(glob);
                }
                Replaced::Unreadable if may_end => {
                    ends = Ends::Always;
                    break;
                }
                Replaced::Null | Replaced::Unreadable => {}
                Replaced::Within(glob) | Replaced::Loose(glob) => {
                    tied.push(pattern.value.text());
                    bounds.possible.push(glob);
                    if may_end && count_fields(&pattern.value) < ARN_FIELDS {
                        ends = Ends::Perhaps;
                    }
                }
            }
        }
        // A Deny applies if the comparison ends so, and an Allow does not.
        if ends != Ends::Never && (effect == Effect::Deny) != is_negated {
            bounds.possible = vec![Glob::arns()];
            if ends == Ends::Always {
                bounds.certain = vec![Glob::arns()];
            }
        }
        let variables = if tied.is_empty() { None } else { Some(self.model.ties(tied, Some(Compared::Arn))) };
        let (possible, certain) = (Union::new(bounds.possible), Union::new(bounds.certain));
        let beyond = is_negated && !is_first(reading, Point::UnreadableArn);
        if possible.globs.is_empty() && (is_arn || is_negated == beyond) {
            return Leaf::Constant(is_negated);
        }
        // Patterns without variables match ARNs only, so that other texts differ from all of them.
        let is_told = variables.is_some() || is_negated != beyond;
        let rule = Some(beyond).filter(|_| is_told).filter(|_| !is_arn);
        let leaf = self.text(possible, certain, variables, rule);
        if is_negated { super::condition::opposite(leaf) } else { leaf }
    }
}
