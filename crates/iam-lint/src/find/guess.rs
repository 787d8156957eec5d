//! What may have been meant by a name that there is not. A wrong guess is worse than none.

use std::collections::BTreeSet;

use iam_catalog::changes;

/// Whether one text may be a slip for the other: one character inserted, left out, changed or swapped with its neighbour, or as many as a
/// quarter of what is written. Case does not matter.
pub(crate) fn is_close(wanted: &str, known: &str) -> bool {
    changes(wanted, known) <= (wanted.len() / 4).max(1)
}

/// Whether a name may be a slip for a known one that speaks of the same thing: word by word close, and no word of it is one that the
/// names have elsewhere, given the [vocabulary] of these.
pub(crate) fn is_same_thing(wanted: &str, known: &str, vocabulary: &BTreeSet<String>) -> bool {
    let (own, others) = (words(wanted), words(known));
    if own.len() != others.len() {
        return changes(wanted, known) <= 1;
    }
    let differing = own.iter().zip(&others).filter(|(own, other)| !own.eq_ignore_ascii_case(other));
    let slips: Vec<_> = differing.filter(|(own, other)| !is_plural(own, other)).collect();
    slips.iter().all(|(own, other)| is_close(own, other) && !vocabulary.contains(&own.to_ascii_lowercase()))
}

/// The words of names, in lower case.
pub(crate) fn vocabulary(names: &[&str]) -> BTreeSet<String> {
    names.iter().flat_map(|name| words(name)).map(str::to_ascii_lowercase).collect()
}

/// The beginnings of a name that end with a word, the shortest first.
pub(crate) fn beginnings(name: &str) -> Vec<&str> {
    let mut length = 0_usize;
    let ends = words(name).into_iter().filter_map(|word| {
        length = length.saturating_add(word.len());
        name.get(..length)
    });
    ends.collect()
}

/// The words of a name such as `GetBucketACLs`.
fn words(name: &str) -> Vec<&str> {
    let mut starts = vec![0_usize];
    let mut before: Option<char> = None;
    let mut rest = name.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let follows = rest.peek().is_some_and(|(_, next)| next.is_ascii_lowercase());
        let begins = before
            .is_some_and(|own| !own.is_ascii_uppercase() || (follows && own.is_ascii_uppercase()))
            && c.is_ascii_uppercase();
        if begins {
            starts.push(at);
        }
        before = Some(c);
    }
    let ends = starts.iter().skip(1).copied().chain(std::iter::once(name.len()));
    starts.iter().copied().zip(ends).filter_map(|(start, end)| name.get(start..end)).collect()
}

/// Whether one word is the plural of the other.
fn is_plural(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_ascii_lowercase(), other.to_ascii_lowercase());
    let is = |one: &str, many: &str| {
        many.strip_prefix(one).is_some_and(|rest| matches!(rest, "s" | "es"))
            || one.strip_suffix('y').is_some_and(|stem| many.strip_prefix(stem) == Some("ies"))
    };
    is(&one, &other) || is(&other, &one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_is_one_slip_or_a_quarter() {
        assert!(
            is_close("dyanmodb", "dynamodb")
                && is_close("S4", "s3")
                && is_close("cloudfomatio", "cloudformation")
        );
        assert!(!is_close("abc", "s3") && !is_close("glue", "xray") && !is_close("fetch", "batch"));
    }

    #[test]
    fn names_are_words() {
        assert_eq!(words("GetBucketACLs"), ["Get", "Bucket", "AC", "Ls"]);
        assert_eq!(words("GetSAMLProvider2Tags"), ["Get", "SAML", "Provider2", "Tags"]);
        assert_eq!(words("getitem"), ["getitem"]);
        assert_eq!(beginnings("PutItemNow"), ["Put", "PutItem", "PutItemNow"]);
    }

    #[test]
    fn another_noun_is_another_thing() {
        let names = vocabulary(&["DescribeVpnConnections", "DescribeVpcs", "ListRoles", "GetPolicy"]);
        let is = |wanted, known| is_same_thing(wanted, known, &names);
        assert!(is("DescribeVpnConections", "DescribeVpnConnections") && is("ListRole", "ListRoles"));
        assert!(
            is("GetPolicies", "GetPolicy") && is("Listroles", "ListRoles") && is("listrole", "ListRoles")
        );
        assert!(!is("ListVpcs", "ListRoles") && !is("ListUsers", "ListRoles"));
        let names = vocabulary(&["DescribeVpnConnections", "DescribeVpcPeering"]);
        assert!(!is_same_thing("DescribeVpcConnections", "DescribeVpnConnections", &names));
    }
}
