//! Relations of two patterns, as sets of texts that they match.

use iam_eval::LetterCase;
use iam_policy::Pattern;

use crate::budget::{Meter, ProofBudget};
use crate::glob::find::find;
use crate::glob::{Bound, Compared, Glob, Replaced, Union, relate};

/// Whether one pattern covers another: whether `outer` matches every text that `inner` matches.
///
/// The result is exact for patterns without variables. A variable of `inner` may have any value, and a different one at each occurrence. A
/// variable of `outer` has one unknown value, so an outer pattern with variables covers only the equal pattern.
///
/// # Cost
/// At most proportional to the product of both lengths.
///
/// # Examples
/// ```
/// use iam_analysis::covers;
/// use iam_eval::LetterCase;
/// use iam_policy::{Pattern, Syntax};
///
/// let pattern = |text: &str| Pattern::parse(text, Syntax::new(true, true));
/// let (all, own) = (pattern("arn:aws:s3:::b/*")?, pattern("arn:aws:s3:::b/${aws:username}/*")?);
/// assert!(covers(&all, &own, LetterCase::Sensitive));
/// assert!(!covers(&own, &all, LetterCase::Sensitive));
/// assert!(covers(&pattern("?*")?, &pattern("*a*")?, LetterCase::Sensitive));
/// # Ok::<(), iam_policy::VariableError>(())
/// ```
pub fn covers(outer: &Pattern, inner: &Pattern, case: LetterCase) -> bool {
    if outer.is_any() || outer == inner {
        return true;
    }
    if outer.has_variables() {
        return false;
    }
    // What is not exact is too wide to be the outer one.
    let Replaced::Exact(outer) = replaced(outer, case) else { return false };
    let Some(inner) = glob(inner, case) else { return false };
    relate::is_within(&inner, &outer)
}

/// Whether two patterns overlap: whether some text matches both.
///
/// The result is exact for patterns without variables. A variable may have any value, and a different one at each occurrence. So with
/// variables a no is certain, and a yes may be wrong.
///
/// # Cost
/// Proportional to the product of both lengths.
///
/// # Examples
/// ```
/// use iam_analysis::overlap;
/// use iam_eval::LetterCase;
/// use iam_policy::{Pattern, Syntax};
///
/// let pattern = |text: &str| Pattern::parse(text, Syntax::new(true, true));
/// assert!(overlap(&pattern("s3:Get*")?, &pattern("s3:*Tagging")?, LetterCase::Ascii));
/// assert!(!overlap(&pattern("a?")?, &pattern("*b??")?, LetterCase::Sensitive));
/// # Ok::<(), iam_policy::VariableError>(())
/// ```
pub fn overlap(a: &Pattern, b: &Pattern, case: LetterCase) -> bool {
    let (Some(a), Some(b)) = (glob(a, case), glob(b, case)) else { return false };
    relate::overlap(&a, &b)
}

/// Whether a text remains: whether some text matches a pattern of every list of `inside` and no pattern of `outside`.
///
/// A no is certain. A yes may be wrong if a pattern has variables, or if the budget runs out. An empty list in `inside` matches nothing.
///
/// # Examples
/// ```
/// use iam_analysis::{ProofBudget, remains};
/// use iam_eval::LetterCase;
/// use iam_policy::{Pattern, Syntax};
///
/// let pattern = |text: &str| Pattern::parse(text, Syntax::new(true, true));
/// let (get, token) = (pattern("Get*")?, pattern("*Token")?);
/// let remains = |outside: &[&Pattern]| {
///     remains(&[&[&get], &[&token]], outside, LetterCase::Ascii, ProofBudget::DEFAULT)
/// };
/// assert!(remains(&[&pattern("*Access*")?]));
/// assert!(!remains(&[&pattern("*token")?]));
/// # Ok::<(), iam_policy::VariableError>(())
/// ```
pub fn remains(inside: &[&[&Pattern]], outside: &[&Pattern], case: LetterCase, budget: ProofBudget) -> bool {
    let widest = |patterns: &[&Pattern]| {
        Union::new(patterns.iter().filter_map(|pattern| glob(pattern, case)).collect())
    };
    let inside: Vec<Union> = inside.iter().map(|patterns| widest(patterns)).collect();
    // Only what is exact takes something away for certain.
    let exact = outside.iter().filter_map(|pattern| match replaced(pattern, case) {
        Replaced::Exact(glob) => Some(glob),
        Replaced::Within(_) | Replaced::Loose(_) | Replaced::Null | Replaced::Unreadable => None,
    });
    let outside = Union::new(exact.collect());
    let inside: Vec<&Union> = inside.iter().collect();
    !matches!(find(&inside, &[&outside], &Meter::new(budget)), Ok(None))
}

fn replaced(pattern: &Pattern, case: LetterCase) -> Replaced {
    Glob::of(pattern, Compared::Text(case), |_| Bound::Free)
}

/// The glob of a pattern, with a run in place of each variable.
fn glob(pattern: &Pattern, case: LetterCase) -> Option<Glob> {
    match replaced(pattern, case) {
        Replaced::Exact(glob) | Replaced::Within(glob) | Replaced::Loose(glob) => Some(glob),
        // Free variables are never null, and the pattern is compared as a whole.
        Replaced::Null | Replaced::Unreadable => None,
    }
}
