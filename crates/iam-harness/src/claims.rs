//! The hunt over all verbs: what a verb claims about random policies, before requests, tokens and callers that look for the contrary.
//!
//! A claim is made by the function of the verb. The requests know nothing of the analysis: they come from the texts of the policies, and the
//! evaluator decides them. A claim that holds is contradicted by one request; a claim that fails has a request, which must show it again. The
//! same seed makes the same cases on every machine.

mod bench;
mod callers;
mod calls;
mod diff;
mod draw;
mod effective;
mod fault;
mod granted;
mod kinds;
mod preview;
mod public;
mod read_only;
mod restrict;
mod roles;
mod sample;
mod shrink;
mod trust;

use std::io::{self, Write};

use iam_testkit::Source;

use bench::{Bench, Tally};
pub(crate) use fault::Fault;

/// A family of claims: those of one verb.
pub(crate) struct Family {
    /// The name on the command line.
    pub(crate) name: &'static str,
    /// What the claims are.
    says: &'static str,
    /// How many of 100 cases of a run it has: few if a case takes long.
    of_100: u64,
    case: fn(&Bench, &mut Source<'_>, Option<Fault>) -> Result<Tally, String>,
    /// The faults that are planted in what its claims are made from.
    faults: &'static [Fault],
}

/// Every family.
pub(crate) const FAMILIES: &[Family] = &[
    Family {
        name: "diff",
        says: "nothing but the listed actions became possible, or is no longer possible",
        of_100: 50,
        case: diff::case,
        faults: diff::FAULTS,
    },
    Family {
        name: "diff-resource",
        says: "nothing but the listed actions became possible to the listed callers of a resource, or is no longer possible",
        of_100: 50,
        case: kinds::resource,
        faults: kinds::RESOURCE_FAULTS,
    },
    Family {
        name: "diff-key",
        says: "nothing but the listed actions became possible to the listed callers of a key, or is no longer possible",
        of_100: 50,
        case: kinds::key,
        faults: kinds::RESOURCE_FAULTS,
    },
    Family {
        name: "diff-endpoint",
        says: "nothing but the listed actions became possible to the listed callers behind an endpoint, or is no longer possible",
        of_100: 50,
        case: kinds::endpoint,
        faults: kinds::RESOURCE_FAULTS,
    },
    Family {
        name: "diff-rcp",
        says: "nothing but the listed actions became possible to the listed callers beneath a control policy of resources, or is no longer possible",
        of_100: 50,
        case: kinds::rcp,
        faults: kinds::RCP_FAULTS,
    },
    Family {
        name: "diff-trust",
        says: "no other calls of STS became possible to the listed tokens and callers, or are no longer possible",
        of_100: 50,
        case: kinds::trust,
        faults: kinds::TRUST_FAULTS,
    },
    Family {
        name: "diff-scp",
        says: "nothing but the listed actions became possible beneath a control policy, or is no longer possible",
        of_100: 50,
        case: kinds::scp,
        faults: kinds::SCP_FAULTS,
    },
    Family {
        name: "not-granted",
        says: "some actions, on some resources, are never allowed",
        of_100: 200,
        case: granted::case,
        faults: granted::FAULTS,
    },
    Family {
        name: "effective",
        says: "one policy allows what role, boundary and session do, and nothing else",
        of_100: 100,
        case: effective::case,
        faults: effective::FAULTS,
    },
    Family {
        name: "preview",
        says: "no other action is possible, and no other changes anything",
        of_100: 50,
        case: preview::case,
        faults: preview::FAULTS,
    },
    Family {
        name: "no-public",
        says: "nobody outside is let in, and no service acts for somebody outside",
        of_100: 200,
        case: public::case,
        faults: public::FAULTS,
    },
    Family {
        name: "read-only",
        says: "each part of the promise of a profile",
        of_100: 50,
        case: read_only::case,
        faults: read_only::FAULTS,
    },
    Family {
        name: "restrict",
        says: "nobody with the tag gets anything, and nothing changes for anybody else",
        of_100: 200,
        case: restrict::case,
        faults: restrict::FAULTS,
    },
    Family {
        name: "trust",
        says: "no other tokens and callers open sessions",
        of_100: 200,
        case: trust::case,
        faults: trust::FAULTS,
    },
    Family {
        name: "shrink",
        says: "the shorter policy allows all that was allowed, and adds only what is listed",
        of_100: 25,
        case: shrink::case,
        faults: shrink::FAULTS,
    },
];

thread_local! {
    /// Built-in content is read once by each thread.
    static BENCH: Bench = Bench::new();
}

/// The number of cases that a thread takes at a time.
const PORTION: u64 = 50;
/// The number of cases within which each planted fault must be found.
pub(crate) const WITHIN: u64 = 2_000;

impl Family {
    /// The families with this name, or all of them.
    pub(crate) fn named(name: Option<&str>) -> Vec<&'static Self> {
        FAMILIES.iter().filter(|own| name.is_none_or(|name| own.name == name)).collect()
    }

    /// One case. The error is a contradiction.
    fn case(&self, seed: u64, number: u64, fault: Option<Fault>) -> Result<Tally, String> {
        let mut source = Source::of_case(seed, number);
        let told = |text| format!("{}, seed {seed}, case {number}: {text}", self.name);
        BENCH.with(|bench| (self.case)(bench, &mut source, fault)).map_err(told)
    }

    fn cases(&self, seed: u64, first: u64, count: u64) -> Result<Tally, String> {
        let mut tally = Tally::default();
        for number in first..first.saturating_add(count) {
            tally.add(&self.case(seed, number, None)?);
        }
        Ok(tally)
    }

    /// The first case in which a fault is found.
    fn found(&self, fault: Fault, seed: u64, within: u64) -> Option<u64> {
        (0..within).find(|number| self.case(seed, *number, Some(fault)).is_err())
    }
}

/// Puts the claims of some families to the test: about `cases` policies, or pairs of them, for each.
///
/// # Errors
/// Claims that are contradicted.
pub(crate) fn run(families: &[&Family], cases: u64, seed: u64) -> Result<String, String> {
    let (mut text, mut wrong) = (String::new(), Vec::new());
    let mut total = Tally::default();
    for family in families {
        let cases = cases.saturating_mul(family.of_100).div_ceil(100);
        let mut tally = Tally::default();
        let portion = |first: u64, count: u64| family.cases(seed, first, count);
        crate::by_portions(PORTION, cases, portion, |part| match part {
            Ok(part) => {
                tally.add(&part);
                true
            }
            Err(error) => {
                wrong.push(error);
                false
            }
        });
        let own = line(family, cases, &tally);
        // A run that is stopped has told what it found so far.
        let _ = io::stderr().write_all(own.as_bytes());
        text.push_str(&own);
        total.add(&tally);
    }
    let claims = total.claims();
    text.push_str(&format!(
        "claims, seed {seed}: {claims} claims of {} verbs, {} requests, tokens and callers tried, {} contradictions\n",
        families.len(),
        total.tried,
        wrong.len()
    ));
    if wrong.is_empty() { Ok(text) } else { Err(format!("{text}{}", wrong.join("\n"))) }
}

fn line(family: &Family, cases: u64, tally: &Tally) -> String {
    let unknown: Vec<String> = tally.unknown.iter().map(|(why, count)| format!("{count} by {why}")).collect();
    let unknown = if unknown.is_empty() { "0".to_owned() } else { unknown.join(", ") };
    format!(
        "{:13} {cases} cases: {} hold, {} fail and are shown again, unknown {unknown}; {} tried, {} questions refused: {}\n",
        family.name, tally.held, tally.failed, tally.tried, tally.refused, family.says
    )
}

/// Plants each fault of some families, and says in which case it is found.
///
/// # Errors
/// Faults that are not found.
pub(crate) fn planted(families: &[&Family], within: u64, seed: u64) -> Result<String, String> {
    let faults: Vec<(&Family, Fault)> =
        families.iter().flat_map(|own| own.faults.iter().map(move |fault| (*own, *fault))).collect();
    let (mut lines, mut missed) = (Vec::new(), 0_u64);
    let portion = |first: u64, _: u64| {
        let (family, fault) = faults.get(usize::try_from(first).ok()?)?;
        Some((first, family.name, fault.name(), family.found(*fault, seed, within)))
    };
    let count = u64::try_from(faults.len()).unwrap_or(0);
    crate::by_portions(1, count, portion, |part| {
        if let Some((number, family, fault, found)) = part {
            let said = found.map_or_else(
                || format!("not found in {within} cases"),
                |case| format!("found in case {case}"),
            );
            missed = missed.saturating_add(u64::from(found.is_none()));
            lines.push((number, format!("planted in {family}: `{fault}` is {said}\n")));
        }
        true
    });
    lines.sort();
    let text: String = lines.into_iter().map(|(_, line)| line).collect();
    if missed == 0 { Ok(text) } else { Err(text) }
}

#[cfg(test)]
mod tests {
    use super::{FAMILIES, WITHIN, planted, run};

    #[test]
    fn no_claim_of_any_verb_is_contradicted() {
        let all: Vec<_> = FAMILIES.iter().collect();
        match run(&all, 40, 3) {
            Ok(text) => assert_eq!(text.lines().count(), FAMILIES.len() + 1),
            Err(text) => panic!("{text}"),
        }
    }

    #[test]
    fn every_planted_fault_is_found() {
        let all: Vec<_> = FAMILIES.iter().collect();
        if let Err(text) = planted(&all, WITHIN, 1) {
            panic!("{text}");
        }
    }
}
