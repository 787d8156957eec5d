//! Texts: exact, without case, and globs; and the empty policy list.

use serde_json::json;

use super::Boundary;
use crate::vectors::format::Vector;
use crate::vectors::rules::Answer;

/// Name, context value, policy value, then whether they are equal, equal without case, and alike; judgement call.
type Row = (&'static str, &'static str, &'static str, [bool; 3], bool);

const NONE: [bool; 3] = [false, false, false];
const ALL: [bool; 3] = [true, true, true];
const LIKE: [bool; 3] = [false, false, true];
const FOLD: [bool; 3] = [false, true, false];

const ROWS: &[Row] = &[
    ("same", "blue", "blue", ALL, false),
    ("other-case", "Blue", "bLUE", FOLD, false),
    ("prefix-only", "blue-green", "blue", NONE, false),
    ("suffix-only", "dark-blue", "blue", NONE, false),
    ("trailing-space", "blue ", "blue", NONE, false),
    ("leading-space", " blue", "blue", NONE, false),
    ("inner-spaces", "a  b", "a b", NONE, false),
    ("empty-policy-value", "blue", "", NONE, false),
    ("both-empty", "", "", ALL, true),
    // Wildcards are ordinary characters, except for StringLike.
    ("star-covers-anything", "blue", "*", LIKE, false),
    ("star-covers-nothing", "", "*", LIKE, true),
    ("star-equals-star", "*", "*", ALL, false),
    ("star-at-the-end", "blue", "bl*", LIKE, false),
    ("star-at-the-end-covers-nothing", "bl", "bl*", LIKE, false),
    ("star-at-the-end-is-anchored", "able", "bl*", NONE, false),
    ("star-at-the-start", "sky-blue", "*blue", LIKE, false),
    ("star-at-the-start-is-anchored", "blues", "*blue", NONE, false),
    ("star-on-both-sides", "a blue b", "*blue*", LIKE, false),
    ("star-in-the-middle", "ac", "a*c", LIKE, false),
    ("star-in-the-middle-takes-more", "abcbc", "a*c", LIKE, false),
    ("star-in-the-middle-end-differs", "abcd", "a*c", NONE, false),
    ("star-does-not-overlap", "aba", "ab*ba", NONE, false),
    ("star-does-not-overlap-met", "abba", "ab*ba", LIKE, false),
    ("stars-need-enough-text", "aa", "a*a*a", NONE, false),
    ("stars-have-enough-text", "aaa", "a*a*a", LIKE, false),
    ("stars-go-back", "mississippi", "m*iss*ip?i", LIKE, false),
    ("stars-go-back-in-vain", "mississippi", "*issip*ss*", NONE, false),
    ("stars-in-a-row", "blue", "b***e", LIKE, false),
    ("stars-in-a-row-at-the-end", "blue", "blue**", LIKE, false),
    ("star-without-case", "BLUE", "bl*", NONE, false),
    ("star-crosses-slash", "a/b/c", "a*c", LIKE, false),
    ("star-crosses-colon", "a:b:c", "a*c", LIKE, false),
    ("star-crosses-newline", "a\nb", "a*b", LIKE, true),
    ("question-mark", "abc", "a?c", LIKE, false),
    ("question-mark-equals-itself", "a?c", "a?c", ALL, false),
    ("question-mark-needs-one", "ac", "a?c", NONE, false),
    ("question-mark-takes-only-one", "abbc", "a?c", NONE, false),
    ("question-mark-needs-a-character", "", "?", NONE, true),
    ("question-mark-at-the-end", "ab", "ab?", NONE, false),
    ("question-mark-at-the-end-met", "abc", "ab?", LIKE, false),
    ("question-mark-crosses-slash", "a/c", "a?c", LIKE, false),
    ("question-mark-is-a-character-not-a-byte", "\u{e9}", "?", LIKE, false),
    ("question-mark-is-a-scalar-value", "\u{1f44d}", "?", LIKE, true),
    ("star-and-question-mark", "ab", "a*?b", NONE, false),
    ("star-and-question-mark-met", "axb", "a*?b", LIKE, false),
    // Signs of other pattern languages have no meaning.
    ("dot-is-a-dot", "abc", "a.c", NONE, false),
    ("plus-is-a-plus", "aa", "a+", NONE, false),
    ("bar-is-a-bar", "a", "a|b", NONE, false),
    ("brackets-are-brackets", "a", "[ab]", NONE, false),
    ("brackets-equal-themselves", "[ab]", "[ab]", ALL, false),
    ("braces-are-braces", "a", "{a,b}", NONE, false),
    ("parentheses-are-parentheses", "a", "(a)", NONE, false),
    ("caret-is-a-caret", "a", "^a", NONE, false),
    ("final-dollar-is-a-dollar", "a", "a$", NONE, false),
    ("dollar-equals-itself", "a$", "a$", ALL, true),
    ("backslash-escapes-nothing", "a*c", "a\\*c", NONE, false),
    ("backslash-is-a-backslash", "a\\bc", "a\\*c", LIKE, false),
    ("backslash-d-is-no-digit", "5", "\\d", NONE, false),
    // Case is ignored only for ASCII letters.
    ("kelvin-sign-is-not-k", "\u{212a}", "k", NONE, true),
    ("long-s-is-not-s", "\u{17f}", "S", NONE, true),
    ("dotless-i-is-not-i", "\u{131}", "I", NONE, true),
    ("accents-do-not-fold", "\u{c9}", "\u{e9}", NONE, true),
    ("sharp-s-is-not-ss", "stra\u{df}e", "STRASSE", NONE, true),
    ("no-normal-form", "e\u{301}", "\u{e9}", NONE, true),
];

const OPERATORS: [(&str, bool, usize); 6] = [
    ("StringEquals", false, 0),
    ("StringNotEquals", true, 0),
    ("StringEqualsIgnoreCase", false, 1),
    ("StringNotEqualsIgnoreCase", true, 1),
    ("StringLike", false, 2),
    ("StringNotLike", true, 2),
];

/// Rule 4.11: operator, whether the key is present, answer, judgement call.
const EMPTY_LIST: &[(&str, bool, bool, bool)] = &[
    ("ForAllValues:StringEquals", false, true, false),
    ("ForAllValues:StringEquals", true, false, false),
    ("ForAllValues:StringNotEquals", false, true, false),
    ("ForAllValues:StringNotEquals", true, false, true),
    ("ForAnyValue:StringEquals", false, false, false),
    ("ForAnyValue:StringEquals", true, false, false),
    ("ForAnyValue:StringNotEquals", false, false, false),
    ("ForAnyValue:StringNotEquals", true, false, true),
    ("StringEqualsIfExists", false, true, false),
    ("StringEqualsIfExists", true, false, false),
    ("StringEquals", false, false, true),
    ("StringEquals", true, false, true),
    ("StringNotEquals", false, true, true),
    ("StringNotEquals", true, true, true),
];

pub(super) fn all() -> Vec<Vector> {
    let mut vectors = Vec::new();
    for (name, context, policy, meets, judgement) in ROWS {
        for (operator, negated, column) in OPERATORS {
            let met = meets[column];
            let boundary = Boundary {
                name,
                operator,
                negated,
                key: "app:names",
                policy: json!(policy),
                context: Some(json!(context)),
                rules: "rules 4.2, 4.6, table of part 4",
                judgement: *judgement,
                or_reject: false,
                why: format!("The value {} the policy value.", if met { "meets" } else { "does not meet" }),
            };
            vectors.extend(boundary.vectors(Answer::of(met != negated)));
        }
    }
    vectors.extend(EMPTY_LIST.iter().flat_map(empty_list));
    vectors
}

/// An empty policy list.
fn empty_list((operator, present, answer, judgement): &(&str, bool, bool, bool)) -> Vec<Vector> {
    let form = operator.replace(':', "-");
    let presence = if *present { "present" } else { "absent" };
    let several = operator.starts_with("For");
    let value = if several { json!(["blue"]) } else { json!("blue") };
    let boundary = Boundary {
        name: &format!("empty-policy-list-{form}-{presence}"),
        operator,
        negated: operator.contains("Not"),
        key: "app:names",
        policy: json!([]),
        context: present.then_some(value),
        rules: "rules 4.11, 7.6",
        judgement: *judgement,
        or_reject: true,
        why: format!("Rule 4.11 for an empty policy list and a key that is {presence}."),
    };
    boundary.vectors(Answer::of(*answer))
}
