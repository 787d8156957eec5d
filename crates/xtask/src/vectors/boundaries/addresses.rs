//! Addresses and ranges (rule 4.24).

use serde_json::json;

use super::{Boundary, D, O};
use crate::vectors::format::{Certainty, Vector};
use crate::vectors::rules::Answer;

/// Name, address of the request, range of the policy, whether it is inside, certainty.
const ROWS: &[(&str, &str, &str, bool, Certainty)] = &[
    ("every-v4-address", "203.0.113.7", "0.0.0.0/0", true, D),
    ("every-v4-address-first", "0.0.0.0", "0.0.0.0/0", true, D),
    ("every-v4-address-last", "255.255.255.255", "0.0.0.0/0", true, D),
    ("every-v4-address-but-no-v6", "2001:db8::1", "0.0.0.0/0", false, D),
    ("every-v6-address", "2001:db8::1", "::/0", true, D),
    ("every-v6-address-first", "::", "::/0", true, D),
    ("every-v6-address-last", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/0", true, D),
    ("every-v6-address-but-no-v4", "203.0.113.7", "::/0", false, D),
    ("half-of-v4-last", "127.255.255.255", "0.0.0.0/1", true, D),
    ("half-of-v4-next", "128.0.0.0", "0.0.0.0/1", false, D),
    ("whole-octet-last", "10.255.255.255", "10.0.0.0/8", true, D),
    ("whole-octet-next", "11.0.0.0", "10.0.0.0/8", false, D),
    ("part-of-an-octet-last", "203.0.113.127", "203.0.113.0/25", true, D),
    ("part-of-an-octet-next", "203.0.113.128", "203.0.113.0/25", false, D),
    ("pair-first", "203.0.113.6", "203.0.113.6/31", true, D),
    ("pair-last", "203.0.113.7", "203.0.113.6/31", true, D),
    ("pair-next", "203.0.113.8", "203.0.113.6/31", false, D),
    ("single-with-prefix", "203.0.113.7", "203.0.113.7/32", true, D),
    ("single-with-prefix-next", "203.0.113.8", "203.0.113.7/32", false, D),
    ("single-without-prefix", "203.0.113.7", "203.0.113.7", true, D),
    ("single-without-prefix-next", "203.0.113.6", "203.0.113.7", false, D),
    ("text-prefix-is-not-a-range", "203.0.113.70", "203.0.113.7", false, D),
    ("host-bits", "203.0.113.1", "203.0.113.99/24", true, D),
    ("v6-range-last", "2001:db8:7fff:ffff::1", "2001:db8::/33", true, D),
    ("v6-range-next", "2001:db8:8000::1", "2001:db8::/33", false, D),
    ("v6-single-with-prefix", "2001:db8::1", "2001:db8::1/128", true, D),
    ("v6-single-with-prefix-next", "2001:db8::2", "2001:db8::1/128", false, D),
    ("v6-pair-next", "2001:db8::2", "2001:db8::/127", false, D),
    ("v6-single-without-prefix", "2001:db8::1", "2001:db8::1", true, O),
    ("v6-single-without-prefix-next", "2001:db8::2", "2001:db8::1", false, O),
    ("v6-long-spelling", "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1/128", true, D),
    ("v6-long-spelling-in-the-policy", "2001:db8::1", "2001:0DB8:0:0:0:0:0:1/128", true, D),
    ("v6-upper-case", "2001:DB8::ABCD", "2001:db8::abcd/128", true, D),
    ("v6-other-run-of-zeros", "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1/128", true, D),
    ("mapped-address-is-v4", "::ffff:203.0.113.7", "203.0.113.0/24", true, O),
    ("mapped-address-is-v4-next", "::ffff:203.0.114.7", "203.0.113.0/24", false, O),
    ("mapped-address-in-hexadecimal", "::ffff:cb00:7107", "203.0.113.0/24", true, O),
    ("mapped-address-but-no-v6", "::ffff:203.0.113.7", "::/0", false, O),
    ("leading-zeros-are-decimal", "203.000.113.010", "203.0.113.10", true, O),
    ("v6-three-colons", "2001:db8:::1", "2001:db8::1/128", true, O),
    ("v6-trailing-colon", "2001:db8::1:", "2001:db8::1/128", true, O),
    ("v6-leading-colon-is-a-zero", ":2001:db8::1", "2001:db8::1/128", false, O),
];

/// Networks that no address lies in, not even their own (rule 4.24): name, address of the request, network. Strict loaders refuse them.
const DEAD: &[(&str, &str, &str)] = &[
    ("v6-network-with-host-bits", "2001:db8::1", "2001:db8::ffff/64"),
    ("v6-network-with-host-bits-own-address", "2001:db8::ffff", "2001:db8::ffff/64"),
    ("v6-network-with-a-dotted-tail", "2001:db8::c000:201", "2001:db8::192.0.2.0/120"),
    ("mapped-network-and-v4-address", "203.0.113.7", "::ffff:203.0.113.0/120"),
    ("mapped-network-and-mapped-address", "::ffff:203.0.113.7", "::ffff:203.0.113.0/120"),
    ("mapped-network-in-hexadecimal", "::ffff:203.0.113.7", "::ffff:0:0/96"),
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
    ("v6-with-a-dotted-tail", "64:ff9b::203.0.113.7"),
    ("v6-four-colons", "2001:db8::::1"),
];

pub(super) fn all() -> Vec<Vector> {
    let mut vectors = Vec::new();
    for (operator, negated) in [("IpAddress", false), ("NotIpAddress", true)] {
        for (name, context, policy, inside, certainty) in ROWS {
            let boundary = Boundary {
                name,
                operator,
                negated,
                key: "app:addresses",
                policy: json!(policy),
                context: Some(json!(context)),
                rules: "rule 4.24",
                certainty: *certainty,
                or_reject: false,
                why: format!("{context} is {} {policy}.", if *inside { "in" } else { "not in" }),
                is_twofold: false,
            };
            vectors.extend(boundary.vectors(Answer::of(*inside != negated)));
        }
        for (name, context, policy) in DEAD {
            let boundary = Boundary {
                name: &format!("dead-{name}"),
                operator,
                negated,
                key: "app:addresses",
                policy: json!(policy),
                context: Some(json!(context)),
                rules: "rule 4.24",
                certainty: O,
                or_reject: true,
                why: format!("{policy} is dead, and no address lies in it."),
                is_twofold: true,
            };
            vectors.extend(boundary.vectors(Answer::of(negated)));
            let boundary = Boundary {
                name: &format!("dead-{name}-beside-another"),
                operator,
                negated,
                key: "app:addresses",
                policy: json!([policy, "198.51.100.0/24"]),
                context: Some(json!("198.51.100.7")),
                rules: "rules 4.9, 4.24",
                certainty: O,
                or_reject: true,
                why: format!("{policy} is dead, and 198.51.100.7 is in 198.51.100.0/24."),
                is_twofold: false,
            };
            vectors.extend(boundary.vectors(Answer::of(!negated)));
        }
        // An operator that is false for every address that can be read would say nothing about the others.
        let policy =
            if negated { json!(["192.0.2.0/24", "2001:db8:9::/48"]) } else { json!(["0.0.0.0/0", "::/0"]) };
        for (name, context) in NOT_ADDRESSES {
            let boundary = Boundary {
                name: &format!("unreadable-{name}"),
                operator,
                negated,
                key: "app:addresses",
                policy: policy.clone(),
                context: Some(json!(context)),
                rules: "rules 4.9, 4.24",
                certainty: O,
                or_reject: false,
                why: format!("`{context}` cannot be read: positive and negated operators are false."),
                is_twofold: true,
            };
            vectors.extend(boundary.vectors(Answer::False));
        }
    }
    vectors
}
