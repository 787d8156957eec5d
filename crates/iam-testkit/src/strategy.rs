//! Generated cases for property tests with `proptest`. Needs the feature `proptest`.

use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::case::{Case, smaller};
use crate::source::Source;

/// The cases of [`crate::generate::case`].
///
/// They shrink by leaving parts out and simplifying, and stay valid.
///
/// # Examples
/// ```
/// use iam_testkit::strategy::cases;
/// use proptest::prelude::*;
///
/// proptest!(|(case in cases())| {
///     // Ask your engine about `case.to_json()`, or about the case itself.
///     prop_assert!(case.request.action.contains(':'));
/// });
/// ```
pub const fn cases() -> Cases {
    Cases(())
}

/// The strategy of [`cases`].
#[derive(Clone, Copy, Debug)]
pub struct Cases(());

/// A case that is being shrunk.
#[derive(Clone, Debug)]
pub struct CaseTree {
    /// The smallest case that failed so far.
    failed: Case,
    current: Case,
    /// The cases that are one step smaller than `failed` and have not been tried yet, in reverse order.
    left: Vec<Case>,
}

impl Strategy for Cases {
    type Tree = CaseTree;
    type Value = Case;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let bytes: [u8; 8] =
            std::array::from_fn(|_| proptest::num::u8::ANY.new_tree(runner).map_or(0, |t| t.current()));
        let case = crate::generate::case(&mut Source::seeded(u64::from_le_bytes(bytes)));
        let mut left = smaller(&case);
        left.reverse();
        Ok(CaseTree { failed: case.clone(), current: case, left })
    }
}

impl ValueTree for CaseTree {
    type Value = Case;

    fn current(&self) -> Case {
        self.current.clone()
    }

    fn simplify(&mut self) -> bool {
        if self.failed != self.current {
            self.failed.clone_from(&self.current);
            self.left = smaller(&self.failed);
            self.left.reverse();
        }
        self.complicate()
    }

    fn complicate(&mut self) -> bool {
        let next = self.left.pop();
        let is_more = next.is_some();
        self.current = next.unwrap_or_else(|| self.failed.clone());
        is_more
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Layer;

    #[test]
    fn a_failing_case_shrinks_to_what_makes_it_fail() {
        let mut runner = TestRunner::deterministic();
        let has_session = |case: &Case| case.policies.contains_key(&Layer::Session);
        let mut found = 0;
        while found < 5 {
            let mut tree = cases().new_tree(&mut runner).unwrap();
            if !has_session(&tree.current()) {
                continue;
            }
            found += 1;
            // This follows proptest: simplify after a failure, complicate after a success.
            let mut go_on = tree.simplify();
            while go_on {
                go_on = if has_session(&tree.current()) { tree.simplify() } else { tree.complicate() };
            }
            let case = tree.current();
            assert_eq!(case.policies.keys().collect::<Vec<_>>(), [&Layer::Session]);
            assert_eq!((case.documents().count(), case.request.context.len()), (0, 0), "{}", case.to_json());
        }
    }
}
