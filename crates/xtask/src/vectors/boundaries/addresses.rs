//! Addresses and ranges (rule 4.24).

use serde_json::json;

use super::Boundary;
use crate::vectors::format::Vector;
use crate::vectors::rules::Answer;

/// Name, address of the request, range of the policy, whether it is inside, judgement call.
const ROWS: &[(&str, &str, &str, bool, bool)] = &[
    ("every-v4-address", "203.0.113.7", "0.0.0.0/0", true, false),
    ("every-v4-address-first", "0.0.0.0", "0.0.0.0/0", true, false),
    ("every-v4-address-last", "255.255.255.255", "0.0.0.0/0", true, false),
    ("every-v4-address-but-no-v6", "2001:db8::1", "0.0.0.0/0", false, false),
    ("every-v6-address", "2001:db8::1", "::/0", true, false),
    ("every-v6-address-first", "::", "::/0", true, false),
    ("every-v6-address-last", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/0", true, false),
    ("every-v6-address-but-no-v4", "203.0.113.7", "::/0", false, false),
    ("half-of-v4-last", "127.255.255.255", "0.0.0.0/1", true, false),
    ("half-of-v4-next", "128.0.0.0", "0.0.0.0/1", false, false),
    ("whole-octet-last", "10.255.255.255", "10.0.0.0/8", true, false),
    ("whole-octet-next", "11.0.0.0", "10.0.0.0/8", false, false),
    ("part-of-an-octet-last", "203.0.113.127", "203.0.113.0/25", true, false),
    ("part-of-an-octet-next", "203.0.113.128", "203.0.113.0/25", false, false),
    ("pair-first", "203.0.113.6", "203.0.113.6/31", true, false),
    ("pair-last", "203.0.113.7", "203.0.113.6/31", true, false),
    ("pair-next", "203.0.113.8", "203.0.113.6/31", false, false),
    ("single-with-prefix", "203.0.113.7", "203.0.113.7/32", true, false),
    ("single-with-prefix-next", "203.0.113.8", "203.0.113.7/32", false, false),
    ("single-without-prefix", "203.0.113.7", "203.0.113.7", true, false),
    ("single-without-prefix-next", "203.0.113.6", "203.0.113.7", false, false),
    ("text-prefix-is-not-a-range", "203.0.113.70", "203.0.113.7", false, false),
    ("host-bits", "203.0.113.1", "203.0.113.99/24", true, false),
    ("host-bits-v6", "2001:db8::1", "2001:db8::ffff/64", true, false),
    ("v6-range-last", "2001:db8:7fff:ffff::1", "2001:db8::/33", true, false),
    ("v6-range-next", "2001:db8:8000::1", "2001:db8::/33", false, false),
    ("v6-single-with-prefix", "2001:db8::1", "2001:db8::1/128", true, false),
    ("v6-single-with-prefix-next", "2001:db8::2", "2001:db8::1/128", false, false),
    ("v6-pair-next", "2001:db8::2", "2001:db8::/127", false, false),
    ("v6-single-without-prefix", "2001:db8::1", "2001:db8::1", true, true),
    ("v6-single-without-prefix-next", "2001:db8::2", "2001:db8::1", false, true),
    ("v6-long-spelling", "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1/128", true, false),
    ("v6-long-spelling-in-the-policy", "2001:db8::1", "2001:0DB8:0:0:0:0:0:1/128", true, false),
    ("v6-upper-case", "2001:DB8::ABCD", "2001:db8::abcd/128", true, false),
    ("v6-other-run-of-zeros", "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1/128", true, false),
    ("v6-with-v4-tail", "64:ff9b::203.0.113.7", "64:ff9b::cb00:7107/128", true, true),
    ("mapped-address-is-v6", "::ffff:203.0.113.7", "203.0.113.0/24", false, true),
    ("mapped-address-in-a-v6-range", "::ffff:203.0.113.7", "::ffff:0:0/96", true, true),
    ("mapped-range-is-v6", "203.0.113.7", "::ffff:203.0.113.0/120", false, true),
];

const NOT_ADDRESSES: &[(&str, &str)] = &[
    ("name", "localhost"),
    ("three-octets", "203.0.113"),
    ("five-octets", "203.0.113.7.1"),
    ("octet-of-256", "203.0.113.256"),
    ("range", "203.0.113.0/24"),
    ("single-range", "203.0.113.7/32"),
    ("port", "203.0.113.7:443"),
    ("leading-space", " 203.0.113.7"),
    ("list-in-one-text", "203.0.113.7, 198.51.100.1"),
    ("one-number", "3405803783"),
    ("hexadecimal", "0xcb.0.113.7"),
    ("zone", "fe80::1%eth0"),
    ("brackets", "[2001:db8::1]"),
    ("two-runs-of-zeros", "2001::db8::1"),
    ("nine-groups", "1:2:3:4:5:6:7:8:9"),
    ("empty", ""),
];

pub(super) fn all() -> Vec<Vector> {
    let mut vectors = Vec::new();
    for (operator, negated) in [("IpAddress", false), ("NotIpAddress", true)] {
        for (name, context, policy, inside, judgement) in ROWS {
            let boundary = Boundary {
                name,
                operator,
                negated,
                key: "app:addresses",
                policy: json!(policy),
                context: Some(json!(context)),
                rules: "rule 4.24",
                judgement: *judgement,
                or_reject: false,
                why: format!("{context} is {} {policy}.", if *inside { "in" } else { "not in" }),
            };
            vectors.extend(boundary.vectors(Answer::of(*inside != negated)));
        }
        for (name, context) in NOT_ADDRESSES {
            let boundary = Boundary {
                name: &format!("unreadable-{name}"),
                operator,
                negated,
                key: "app:addresses",
                policy: json!(["0.0.0.0/0", "::/0"]),
                context: Some(json!(context)),
                rules: "rules 4.9, 4.24",
                judgement: true,
                or_reject: false,
                why: format!("`{context}` is not an address."),
            };
            vectors.extend(boundary.vectors(Answer::Indeterminate));
        }
    }
    vectors
}
