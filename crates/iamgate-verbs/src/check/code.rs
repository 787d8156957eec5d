//! The codes of `check` itself, and every code by its name.

use iamgate::iam_json::{Code, quoted};
use iamgate::{iam_policy, nearest};

use crate::trouble::Trouble;

iamgate::iam_json::codes! {
    /// A configuration says what policies never allow, and this one allows it.
    ASSERTION_BROKEN Error Error "own" "the policy allows what it should never allow"
    /// The analysis cannot tell. A gate must not take that for a yes.
    ASSERTION_UNKNOWN SecurityWarning SecurityWarning "own" "it is not known whether the policy allows what it should never allow"
    /// Somebody who wrote it may believe that it works.
    INVALID_SUPPRESSION Warning Warning "own" "a comment for iamgate that says nothing it knows"
    /// The finding is gone, or has moved.
    UNUSED_SUPPRESSION Suggestion Suggestion "own" "a suppression that hides no finding"
    /// Its day is over, so its findings count again.
    EXPIRED_SUPPRESSION Warning Warning "own" "a suppression that has expired"
    /// The baseline can be written anew.
    STALE_BASELINE Suggestion Suggestion "own" "a baseline with findings that are gone"
    /// The place is that in the configuration.
    INVALID_CONFIG Error Error "the format" "the configuration cannot be used"
}

/// The codes of `check` itself, each with a sentence on why it matters and one on what to do.
pub(super) const OWN: [(Code, &str, &str); 6] = [
    (
        ASSERTION_BROKEN,
        "The configuration has an assertion `never-allows`, and a request was found that the policy allows against it",
        "Narrow the statement, deny the request, or change the assertion",
    ),
    (
        ASSERTION_UNKNOWN,
        "The policy has values that are known only when it is deployed, or is too large for the analysis, so nothing is proven",
        "Write the value out, split the policy, or accept the finding with a reason",
    ),
    (
        INVALID_SUPPRESSION,
        "A comment that begins with `iamgate:` is meant for this program, and it hides nothing",
        "Write `iamgate: ignore CODE -- reason`",
    ),
    (
        UNUSED_SUPPRESSION,
        "A suppression that is no longer needed would hide the finding when it comes back",
        "Remove it",
    ),
    (
        EXPIRED_SUPPRESSION,
        "Whoever accepted the finding did so until a day that is over",
        "Mend the policy, or accept the finding until a later day",
    ),
    (
        STALE_BASELINE,
        "An entry that is no longer needed would hide the finding when it comes back",
        "Write the baseline anew with --write-baseline",
    ),
];

/// What may be around a name.
pub(super) const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

/// The code by which `select` means all codes.
const ALL: &str = "ALL";

fn all() -> impl Iterator<Item = Code> {
    let rules = iam_lint::rules().map(|rule| rule.code);
    let read = iam_policy::code::ALL.iter().copied();
    let own = OWN.iter().map(|(code, ..)| *code);
    let around = {
        use iam_document::code as own;
        [own::YAML_SYNTAX_ERROR, own::NOT_UTF16, own::TOO_MANY_LAYERS, own::TOO_MANY_DOCUMENTS]
    };
    rules.chain(read).chain(around).chain(own)
}

/// The code with this name, in letters of any case.
///
/// # Errors
/// There is none; the help has the nearest.
pub(super) fn find(name: &str) -> Result<Code, String> {
    let wanted = name.trim_matches(BLANK).to_ascii_uppercase();
    all().find(|code| code.name() == wanted).ok_or_else(|| {
        match nearest(&wanted, all(), |code| code.name()).first() {
            Some(code) => format!("did you mean {}?", code.name()),
            None => "iamgate check --list-rules has all of them".to_owned(),
        }
    })
}

/// The codes with these names. `ALL` is no code.
///
/// # Errors
/// There is no such code.
pub(super) fn all_of(flag: &str, names: &[String]) -> Result<Vec<Code>, Trouble> {
    let code = |name: &String| {
        find(name)
            .map_err(|help| Trouble::input(flag, "UNKNOWN_CODE", format!("no code {}", quoted(name)), help))
    };
    names.iter().filter(|name| !is_all(name)).map(code).collect()
}

/// Whether a name means all codes.
pub(super) fn is_all(name: &str) -> bool {
    name.trim_matches(BLANK).eq_ignore_ascii_case(ALL)
}
