//! Texts: exact, without case, and globs; and the empty policy list.

use serde_json::json;

use super::{Boundary, D, J, O};
use crate::vectors::format::{Certainty, Vector};
use crate::vectors::rules::Answer;

/// Name, context value, policy value, then whether they are equal, equal without case, and alike; certainty.
type Row = (&'static str, &'static str, &'static str, [bool; 3], Certainty);

const NONE: [bool; 3] = [false, false, false];
const ALL: [bool; 3] = [true, true, true];
const LIKE: [bool; 3] = [false, false, true];
const FOLD: [bool; 3] = [false, true, false];

const ROWS: &[Row] = &[
    ("same", "blue", "blue", ALL, D),
    ("other-case", "Blue", "bLUE", FOLD, D),
    ("prefix-only", "blue-green", "blue", NONE, D),
    ("suffix-only", "dark-blue", "blue", NONE, D),
    ("trailing-space", "blue ", "blue", NONE, D),
    ("leading-space", " blue", "blue", NONE, D),
    ("inner-spaces", "a  b", "a b", NONE, D),
    ("empty-policy-value", "blue", "", NONE, D),
    ("both-empty", "", "", ALL, J),
    // Wildcards are ordinary characters, except for StringLike.
    ("star-covers-anything", "blue", "*", LIKE, D),
    ("star-covers-nothing", "", "*", LIKE, J),
    ("star-equals-star", "*", "*", ALL, D),
    ("star-at-the-end", "blue", "bl*", LIKE, D),
    ("star-at-the-end-covers-nothing", "bl", "bl*", LIKE, D),
    ("star-at-the-end-is-anchored", "able", "bl*", NONE, D),
    ("star-at-the-start", "sky-blue", "*blue", LIKE, D),
    ("star-at-the-start-is-anchored", "blues", "*blue", NONE, D),
    ("star-on-both-sides", "a blue b", "*blue*", LIKE, D),
    ("star-in-the-middle", "ac", "a*c", LIKE, D),
    ("star-in-the-middle-takes-more", "abcbc", "a*c", LIKE, D),
    ("star-in-the-middle-end-differs", "abcd", "a*c", NONE, D),
    ("star-does-not-overlap", "aba", "ab*ba", NONE, D),
    ("star-does-not-overlap-met", "abba", "ab*ba", LIKE, D),
    ("stars-need-enough-text", "aa", "a*a*a", NONE, D),
    ("stars-have-enough-text", "aaa", "a*a*a", LIKE, D),
    ("stars-go-back", "mississippi", "m*iss*ip?i", LIKE, D),
    ("stars-go-back-in-vain", "mississippi", "*issip*ss*", NONE, D),
    ("stars-in-a-row", "blue", "b***e", LIKE, D),
    ("stars-in-a-row-at-the-end", "blue", "blue**", LIKE, D),
    ("star-without-case", "BLUE", "bl*", NONE, D),
    ("star-crosses-slash", "a/b/c", "a*c", LIKE, D),
    ("star-crosses-colon", "a:b:c", "a*c", LIKE, D),
    ("star-crosses-newline", "a\nb", "a*b", LIKE, J),
    ("question-mark", "abc", "a?c", LIKE, D),
    ("question-mark-equals-itself", "a?c", "a?c", ALL, D),
    ("question-mark-needs-one", "ac", "a?c", NONE, D),
    ("question-mark-takes-only-one", "abbc", "a?c", NONE, D),
    ("question-mark-needs-a-character", "", "?", NONE, J),
    ("question-mark-at-the-end", "ab", "ab?", NONE, D),
    ("question-mark-at-the-end-met", "abc", "ab?", LIKE, D),
    ("question-mark-crosses-slash", "a/c", "a?c", LIKE, D),
    ("question-mark-is-a-character-not-a-byte", "\u{e9}", "?", LIKE, D),
    ("question-mark-is-half-of-a-supplementary-character", "\u{1f44d}", "?", NONE, O),
    ("question-marks-are-both-halves-of-a-supplementary-character", "\u{1f44d}", "??", LIKE, O),
    ("question-marks-are-too-many-for-a-supplementary-character", "\u{1f44d}", "???", NONE, J),
    ("question-mark-beside-a-supplementary-character", "\u{1f44d}a", "\u{1f44d}?", LIKE, J),
    ("star-and-question-mark", "ab", "a*?b", NONE, D),
    ("star-and-question-mark-met", "axb", "a*?b", LIKE, D),
    // Signs of other pattern languages have no meaning.
    ("dot-is-a-dot", "abc", "a.c", NONE, D),
    ("plus-is-a-plus", "aa", "a+", NONE, D),
    ("bar-is-a-bar", "a", "a|b", NONE, D),
    ("brackets-are-brackets", "a", "[ab]", NONE, D),
    ("brackets-equal-themselves", "[ab]", "[ab]", ALL, D),
    ("braces-are-braces", "a", "{a,b}", NONE, D),
    ("parentheses-are-parentheses", "a", "(a)", NONE, D),
    ("caret-is-a-caret", "a", "^a", NONE, D),
    ("final-dollar-is-a-dollar", "a", "a$", NONE, D),
    ("dollar-equals-itself", "a$", "a$", ALL, J),
    ("backslash-escapes-nothing", "a*c", "a\\*c", NONE, D),
    ("backslash-is-a-backslash", "a\\bc", "a\\*c", LIKE, D),
    ("backslash-d-is-no-digit", "5", "\\d", NONE, D),
    // Without case: lower-cased, up to U+FFFF (rule 4.16).
    ("kelvin-sign-is-k", "\u{212a}", "K", FOLD, O),
    ("kelvin-sign-is-small-k", "\u{212a}", "k", FOLD, J),
    ("long-s-is-not-s", "\u{17f}", "s", NONE, O),
    ("dotless-i-is-not-i", "\u{131}", "I", NONE, O),
    ("dotted-capital-i-is-not-i", "\u{130}", "i", NONE, O),
    ("accents-fold", "\u{c9}", "\u{e9}", FOLD, O),
    ("greek-folds", "\u{394}", "\u{3b4}", FOLD, J),
    ("cyrillic-folds", "\u{416}", "\u{436}", FOLD, J),
    ("sharp-s-is-not-ss", "stra\u{df}e", "STRASSE", NONE, O),
    ("capital-sharp-s-is-sharp-s", "\u{1e9e}", "\u{df}", FOLD, O),
    ("final-sigma-is-final", "\u{39f}\u{3a3}", "\u{3bf}\u{3c2}", FOLD, O),
    ("final-sigma-is-not-sigma", "\u{39f}\u{3a3}", "\u{3bf}\u{3c3}", NONE, O),
    ("sigma-inside-is-sigma", "\u{39f}\u{3a3}\u{391}", "\u{3bf}\u{3c3}\u{3b1}", FOLD, O),
    ("sigma-alone-is-sigma", "\u{3a3}", "\u{3c3}", FOLD, J),
    ("sigma-alone-is-not-final", "\u{3c2}", "\u{3a3}", NONE, O),
    ("supplementary-letter-after-sigma", "A\u{3a3}\u{10400}", "a\u{3c3}\u{10400}", FOLD, O),
    ("supplementary-letter-before-sigma", "\u{10400}\u{3a3}", "\u{10400}\u{3c2}", FOLD, O),
    ("supplementary-letters-do-not-fold", "\u{10400}", "\u{10428}", NONE, O),
    ("no-normal-form", "e\u{301}", "\u{e9}", NONE, J),
];

const OPERATORS: [(&str, bool, usize); 6] = [
    ("StringEquals", false, 0),
    ("StringNotEquals", true, 0),
    ("StringEqualsIgnoreCase", false, 1),
    ("StringNotEqualsIgnoreCase", true, 1),
    ("StringLike", false, 2),
    ("StringNotLike", true, 2),
];

/// Rule 4.11: operator, how the key is present, answer, certainty.
const EMPTY_LIST: &[(&str, &str, bool, Certainty)] = &[
    ("ForAllValues:StringEquals", "absent", true, D),
    ("ForAllValues:StringEquals", "present", false, D),
    ("ForAllValues:StringNotEquals", "absent", true, D),
    ("ForAllValues:StringNotEquals", "present", false, J),
    ("ForAnyValue:StringEquals", "absent", false, D),
    ("ForAnyValue:StringEquals", "present", false, D),
    ("ForAnyValue:StringNotEquals", "absent", false, D),
    ("ForAnyValue:StringNotEquals", "present", false, J),
    ("StringEqualsIfExists", "absent", true, D),
    ("StringEqualsIfExists", "present", false, D),
    ("StringEquals", "absent", false, J),
    ("StringEquals", "present", false, J),
    ("StringNotEquals", "absent", true, J),
    ("StringNotEquals", "present", true, J),
    ("StringEquals", "present-as-a-list", false, J),
    ("StringNotEquals", "present-as-a-list", false, J),
];

pub(super) fn all() -> Vec<Vector> {
    let mut vectors = Vec::new();
    for (name, context, policy, meets, certainty) in ROWS {
        for (operator, negated, column) in OPERATORS {
            let met = meets[column];
            let boundary = Boundary {
                name,
                operator,
                negated,
                key: "app:names",
                policy: json!(policy),
                context: Some(json!(context)),
                rules: "rules 3.3, 4.2, 4.6, 4.16, table of part 4",
                certainty: *certainty,
                // Rule 1.4.
                or_reject: policy.chars().any(|c| c > '\u{ff}'),
                why: format!("The value {} the policy value.", if met { "meets" } else { "does not meet" }),
                is_twofold: false,
            };
            vectors.extend(boundary.vectors(Answer::of(met != negated)));
        }
    }
    vectors.extend(EMPTY_LIST.iter().flat_map(empty_list));
    vectors
}

/// An empty policy list.
fn empty_list((operator, presence, answer, certainty): &(&str, &str, bool, Certainty)) -> Vec<Vector> {
    let form = operator.replace(':', "-");
    let context = match *presence {
        "absent" => None,
        "present" if !operator.starts_with("For") => Some(json!("blue")),
        _ => Some(json!(["blue"])),
    };
    let boundary = Boundary {
        name: &format!("empty-policy-list-{form}-{presence}"),
        operator,
        negated: operator.contains("Not"),
        key: "app:names",
        policy: json!([]),
        context,
        rules: "rules 4.9, 4.11, 7.6",
        certainty: *certainty,
        or_reject: true,
        why: format!("Rule 4.11 for an empty policy list and a key that is {}.", presence.replace('-', " ")),
        is_twofold: false,
    };
    boundary.vectors(Answer::of(*answer))
}
