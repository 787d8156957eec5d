//! The algebra of layers against a table of the rules, over every combination of what layers can say.

use iam_eval::{Decision, Facts, Grant, Relation, combine};

const GRANTS: [Grant; 4] = [Grant::None, Grant::Account, Grant::Limited, Grant::Direct];

const GENERIC: Relation = Relation::SameAccount { needs_resource_policy: false };
const TRUST_OR_KEY: Relation = Relation::SameAccount { needs_resource_policy: true };

/// What must hold besides SCPs, RCPs and the VPC endpoint policy: `I`dentity, `B`oundary, `S`ession; `-` stands for a denial
/// whatever they say. The columns are the grants none, account, limited, direct.
const TABLE: [(Relation, [&str; 4], &str); 5] = [
    (GENERIC, ["IBS", "IBS", "BS", ""], "5.20 to 5.22, 5.2"),
    (TRUST_OR_KEY, ["-", "IBS", "BS", ""], "5.23"),
    (Relation::CrossAccount, ["-", "IBS", "IBS", "IBS"], "5.30, 5.31"),
    (Relation::NoAccount, ["-", "", "", ""], "5.13, 5.52"),
    (Relation::CrossPartition, ["-", "-", "-", "-"], "5.34"),
];

/// Every combination.
fn all() -> Vec<Facts> {
    let mut facts = Vec::new();
    for bits in 0..256_u32 {
        let bit = |n: u32| bits & (1 << n) != 0;
        facts.extend(GRANTS.map(|resource| Facts {
            denied: bit(0),
            identity: bit(1),
            boundary: bit(2),
            session: bit(3),
            resource,
            vpc_endpoint: bit(4),
            scp: bit(5),
            rcp: bit(6),
            scope: bit(7),
        }));
    }
    facts
}

/// The decision by the table.
fn by_the_rules(facts: Facts, needed: &str) -> Decision {
    let holds = |letter: char| match letter {
        'I' => facts.identity,
        'B' => facts.boundary,
        'S' => facts.session,
        _ => false,
    };
    // Rule 5.10: no Allow anywhere can undo it. Rules 5.11, 5.12, 5.16, 5.42: no grant passes a scope-down policy, SCP or RCP.
    if facts.denied {
        Decision::ExplicitDeny
    } else if !(facts.scope && facts.scp && facts.rcp && facts.vpc_endpoint && needed.chars().all(holds)) {
        Decision::ImplicitDeny
    } else {
        Decision::Allowed
    }
}

#[test]
fn every_combination_is_as_the_rules_say() {
    let mut seen = 0;
    for (relation, row, rules) in TABLE {
        for facts in all() {
            let column = GRANTS.iter().position(|grant| *grant == facts.resource).unwrap();
            let expected = by_the_rules(facts, row[column]);
            assert_eq!(combine(facts, relation), expected, "{facts:?}, {relation:?}, rules {rules}");
            seen += 1;
        }
    }
    assert_eq!(seen, 5 * 4 * 256);
}

/// More permission in a layer never takes away, more denial never gives.
#[test]
fn decisions_are_monotone() {
    let rank = |facts: Facts| {
        [facts.identity, facts.boundary, facts.session, facts.scope, facts.vpc_endpoint, facts.scp, facts.rcp]
    };
    for (relation, _, _) in TABLE {
        for less in all().into_iter().filter(|f| combine(*f, relation) == Decision::Allowed) {
            for more in all().into_iter().filter(|f| !f.denied && f.resource >= less.resource) {
                if rank(less).into_iter().zip(rank(more)).all(|(a, b)| a <= b) {
                    assert_eq!(combine(more, relation), Decision::Allowed, "{less:?} {more:?} {relation:?}");
                }
            }
        }
    }
}
