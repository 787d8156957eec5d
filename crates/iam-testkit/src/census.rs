//! Counts of generated cases. They show that laws are not idle.

use std::collections::BTreeMap;
use std::fmt;

use crate::case::Case;
use crate::format::{Decision, Held};
use crate::generate::FAMILIES;

/// The composition of a number of cases.
#[derive(Clone, Debug, Default)]
pub struct Census {
    cases: u64,
    decisions: BTreeMap<&'static str, u64>,
    cells: BTreeMap<Cell, u64>,
}

/// An operator with set operator and `IfExists`, and the presence of the key that it tests.
type Cell = (String, Presence);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Presence {
    Absent,
    Single,
    Empty,
    Multiple,
}

const PRESENCES: [Presence; 4] = [Presence::Absent, Presence::Single, Presence::Empty, Presence::Multiple];

impl Census {
    /// Counts a case and its decision.
    pub fn count(&mut self, case: &Case, decision: Decision) {
        self.cases = self.cases.saturating_add(1);
        let counted = self.decisions.entry(decision.name()).or_default();
        *counted = counted.saturating_add(1);
        let tests = case.documents().flat_map(|(_, d)| d.statements.iter().flat_map(|s| &s.conditions));
        for test in tests {
            let found = case.request.context.iter().find(|(key, _)| key.eq_ignore_ascii_case(&test.key));
            let presence = match found {
                None => Presence::Absent,
                Some((_, Held::One(_))) => Presence::Single,
                Some((_, Held::Many(values))) if values.is_empty() => Presence::Empty,
                Some((_, Held::Many(_))) => Presence::Multiple,
            };
            let counted = self.cells.entry((test.operator.clone().into_owned(), presence)).or_default();
            *counted = counted.saturating_add(1);
        }
    }

    /// The number of cases counted.
    pub const fn cases(&self) -> u64 {
        self.cases
    }

    /// The percentage of cases with this decision, rounded down.
    pub fn percent(&self, decision: Decision) -> u64 {
        let counted = self.decisions.get(decision.name()).copied().unwrap_or(0);
        counted.saturating_mul(100).checked_div(self.cases).unwrap_or(0)
    }

    /// The pairs of operator and presence of the key that no case had.
    ///
    /// The operators include set operator and `IfExists`.
    pub fn missing(&self) -> Vec<String> {
        let hit = |cell: &Cell| self.cells.contains_key(cell);
        cells()
            .into_iter()
            .filter(|cell| !hit(cell))
            .map(|(operator, p)| format!("{operator}, key {p:?}"))
            .collect()
    }

    /// The number of all such pairs.
    pub fn cells() -> usize {
        cells().len()
    }

    /// Adds the counts of another census.
    pub fn add(&mut self, other: &Self) {
        self.cases = self.cases.saturating_add(other.cases);
        for (decision, count) in &other.decisions {
            let counted = self.decisions.entry(decision).or_default();
            *counted = counted.saturating_add(*count);
        }
        for (cell, count) in &other.cells {
            let counted = self.cells.entry(cell.clone()).or_default();
            *counted = counted.saturating_add(*count);
        }
    }
}

/// Every pair that a policy can have.
fn cells() -> Vec<Cell> {
    let operators =
        FAMILIES.iter().flat_map(|family| family.operators).filter(|operator| **operator != "Null");
    let forms = operators.flat_map(|operator| {
        ["", "ForAllValues:", "ForAnyValue:"]
            .iter()
            .flat_map(move |set| ["", "IfExists"].map(|suffix| format!("{set}{operator}{suffix}")))
    });
    forms
        .chain(["Null".to_owned()])
        .flat_map(|operator| PRESENCES.map(|presence| (operator.clone(), presence)))
        .collect()
}

impl fmt::Display for Census {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cases:", self.cases)?;
        for decision in [Decision::Allowed, Decision::ExplicitDeny, Decision::ImplicitDeny, Decision::Depends]
        {
            write!(f, " {} {} %,", decision.name(), self.percent(decision))?;
        }
        let cells = Self::cells();
        write!(f, " {} of {cells} operator cells", cells.saturating_sub(self.missing().len()))
    }
}
