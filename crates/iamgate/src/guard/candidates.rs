//! Patterns that a person can read: whole words of a name, with a star for the rest.

use std::collections::BTreeSet;

/// The shortest part of a word that a pattern may end with.
const PART: usize = 3;

/// The patterns that match a name: the name, its first or last words, words in its middle, and its first words with its last ones.
///
/// A pattern that ends with a star may cut its last word after three letters.
pub(super) fn candidates(name: &str) -> BTreeSet<String> {
    let cuts = cuts(name);
    let part = |from: usize, to: usize| name.get(from..to).unwrap_or_default();
    let end = name.len();
    let mut found = BTreeSet::from([name.to_owned(), "*".to_owned()]);
    for (at, from) in cuts.iter().enumerate() {
        found.insert(format!("{}*", part(0, *from)));
        found.insert(format!("*{}", part(*from, end)));
        let next = cuts.get(at.saturating_add(1)).copied().unwrap_or(end);
        for to in from.saturating_add(PART)..next {
            if name.is_char_boundary(to) {
                found.insert(format!("{}*", part(0, to)));
            }
        }
        for to in cuts.iter().filter(|to| *to > from) {
            found.insert(format!("*{}*", part(*from, *to)));
            found.insert(format!("{}*{}", part(0, *from), part(*to, end)));
        }
    }
    found
}

/// The places in a name at which a word begins, without its first: before a capital letter that follows a small one or comes before one.
fn cuts(name: &str) -> Vec<usize> {
    let bytes = name.as_bytes();
    let is = |at: usize, kind: fn(&u8) -> bool| bytes.get(at).is_some_and(kind);
    let begins = |at: &usize| {
        let before = at.saturating_sub(1);
        is(*at, u8::is_ascii_uppercase)
            && (!is(before, u8::is_ascii_uppercase) || is(at.saturating_add(1), u8::is_ascii_lowercase))
            || !is(*at, u8::is_ascii_alphanumeric)
    };
    (1..bytes.len()).filter(begins).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_where_people_see_them() {
        let words = |name: &str| {
            cuts(name).into_iter().filter_map(|at| name.get(at..)).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(words("GetOpenIdToken"), ["OpenIdToken", "IdToken", "Token"]);
        assert_eq!(words("ListAPIKeys"), ["APIKeys", "Keys"]);
        assert_eq!(words("ESHttpGet"), ["HttpGet", "Get"]);
        assert_eq!(words("GET"), Vec::<String>::new());
        assert_eq!(words(""), Vec::<String>::new());
    }

    #[test]
    fn patterns_have_whole_words_or_three_letters_of_one() {
        let found = candidates("GetOpenIdToken");
        for own in
            ["*", "GetOpenIdToken", "Get*", "*Token", "*OpenId*", "Get*Token", "GetOpe*", "GetOpenIdTok*"]
        {
            assert!(found.contains(own), "{own}");
        }
        for odd in ["G*", "GetO*", "*oken", "GetOp*", "**", "Get*OpenIdToken"] {
            assert!(!found.contains(odd), "{odd}");
        }
    }
}
