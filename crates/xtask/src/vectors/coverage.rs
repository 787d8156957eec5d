//! `COVERAGE.md`: operator forms x presence x effect, counted from the ids of the generated vectors.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::cells::EFFECTS;
use super::format::{Decision, Vector};

/// The 27 operators, and whether each accepts a set operator and IfExists (rules 4.12, 4.25). The list is written by hand, so that it shows if
/// the samples lack an operator.
const FORMS: [(&str, bool); 27] = [
    ("StringEquals", true),
    ("StringNotEquals", true),
    ("StringEqualsIgnoreCase", true),
    ("StringNotEqualsIgnoreCase", true),
    ("StringLike", true),
    ("StringNotLike", true),
    ("NumericEquals", true),
    ("NumericNotEquals", true),
    ("NumericLessThan", true),
    ("NumericLessThanEquals", true),
    ("NumericGreaterThan", true),
    ("NumericGreaterThanEquals", true),
    ("DateEquals", true),
    ("DateNotEquals", true),
    ("DateLessThan", true),
    ("DateLessThanEquals", true),
    ("DateGreaterThan", true),
    ("DateGreaterThanEquals", true),
    ("Bool", true),
    ("BinaryEquals", true),
    ("IpAddress", true),
    ("NotIpAddress", true),
    ("ArnEquals", true),
    ("ArnLike", true),
    ("ArnNotEquals", true),
    ("ArnNotLike", true),
    ("Null", false),
];

/// The columns that every form must fill.
const REQUIRED: [&str; 11] = [
    "absent",
    "empty-list",
    "one-inside",
    "one-outside",
    "list-of-one-inside",
    "partly-overlapping",
    "partly-overlapping-reversed",
    "all-inside",
    "disjoint",
    "empty-string",
    "wrong-type",
];

/// The columns that exist only for some forms.
const OPTIONAL: [&str; 3] = ["empty-string-in-list", "inside-and-wrong-type", "outside-and-wrong-type"];

/// The columns that Null must fill. It compares nothing, so no value is outside or of a wrong type.
const REQUIRED_OF_NULL: [&str; 8] = [
    "absent",
    "empty-list",
    "one-inside",
    "list-of-one-inside",
    "all-inside",
    "empty-string",
    "empty-string-in-list",
    "empty-string-beside-another",
];

/// The table, or the first empty cell.
pub(super) fn table(vectors: &[Vector]) -> Result<String, String> {
    let mut cells: BTreeMap<(&str, &str, &str), Vec<Decision>> = BTreeMap::new();
    let mut boundaries: BTreeMap<&str, usize> = BTreeMap::new();
    for vector in vectors {
        match vector.id.split('/').collect::<Vec<_>>()[..] {
            ["operators", form, presence, effect] => {
                cells.entry((form, presence, effect)).or_default().push(vector.expect);
            }
            ["boundaries", operator, ..] => *boundaries.entry(operator).or_default() += 1,
            _ => return Err(format!("{}: neither a cell nor a boundary", vector.id)),
        }
    }

    let mut text = String::from(HEAD);
    let mut legal = 0;
    for (operator, combines) in FORMS {
        let forms: Vec<String> = if combines {
            ["", "ForAllValues:", "ForAnyValue:"]
                .iter()
                .flat_map(|prefix| ["", "IfExists"].map(|suffix| format!("{prefix}{operator}{suffix}")))
                .collect()
        } else {
            vec![format!("{operator}-true"), format!("{operator}-false")]
        };
        let required: &[&str] = if combines { &REQUIRED } else { &REQUIRED_OF_NULL };
        write!(text, "\n## {operator}\n\n| form |").map_err(|e| e.to_string())?;
        let columns: Vec<&str> =
            if combines { REQUIRED.iter().chain(&OPTIONAL).copied().collect() } else { required.to_vec() };
        for column in &columns {
            write!(text, " {} |", column.replace('-', " ")).map_err(|e| e.to_string())?;
        }
        text.push_str("\n| --- |");
        text.push_str(&" --- |".repeat(columns.len()));
        for form in &forms {
            write!(text, "\n| {form} |").map_err(|e| e.to_string())?;
            for column in &columns {
                let answers: Vec<String> = EFFECTS
                    .iter()
                    .filter_map(|(effect, _)| cells.get(&(form.as_str(), *column, *effect)).map(|d| short(d)))
                    .collect();
                if required.contains(column) {
                    legal += EFFECTS.len();
                    if answers.len() != EFFECTS.len() {
                        return Err(format!("no vector for {form}, {column}"));
                    }
                }
                let shown = if answers.is_empty() { "-".to_owned() } else { answers.join(" ") };
                write!(text, " {shown} |").map_err(|e| e.to_string())?;
            }
        }
        let more = boundaries.get(operator).copied().unwrap_or(0);
        write!(text, "\n\nBoundary vectors (`boundaries/{operator}/...`): {more}.\n")
            .map_err(|e| e.to_string())?;
        if combines && more == 0 {
            return Err(format!("no boundary vector for {operator}"));
        }
    }
    let in_cells: usize = cells.values().map(Vec::len).sum();
    write!(
        text,
        "\n## Sum\n\n{legal} legal cells, none empty; {in_cells} vectors in cells and {} at boundaries.\n",
        boundaries.values().sum::<usize>()
    )
    .map_err(|e| e.to_string())?;
    Ok(text)
}

/// The number of vectors of a cell, and their expected decisions.
fn short(decisions: &[Decision]) -> String {
    let letter = |decision: &Decision| match decision {
        Decision::Allowed => 'A',
        Decision::ExplicitDeny => 'E',
        Decision::ImplicitDeny => 'I',
    };
    format!("{}{}", decisions.len(), decisions.iter().map(letter).collect::<String>())
}

const HEAD: &str = "\
# Coverage of the operator vectors

Generated by `cargo xtask vectors` from the ids in `operators.json`; do not edit. Each cell shows the number of vectors and the expected
decision, first for an Allow that carries the condition, then for a Deny that carries it beside an Allow for everything: `A` allowed,
`I` implicit deny, `E` explicit deny. `1A 1E` is a condition that holds, `1I 1A` one that does not.

The columns say how the key stands in the request. *Inside* is a value that meets the policy list by the positive comparison, *outside* one that
does not; *one* is a single-valued key, the lists are multivalued. Partly overlapping is inside, outside, inside, and reversed is outside, inside,
outside: sets that are contained or disjoint cannot tell a transposed set operator from a right one. `-` is a combination that adds nothing.
";
