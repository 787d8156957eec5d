//! The answers that the script wrote, beside what each reading predicts, and as vectors.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use iamgate::iam_eval::Decision;
use serde_json::{Value, json};

use super::experiments::Experiment;

/// A line of the results: id, answer, date, Region.
struct Line<'t> {
    answer: &'t str,
    date: &'t str,
    region: &'t str,
}

/// What is said of the results, and the vectors that they make.
pub(super) fn read(path: &str, text: &str, experiments: &[Experiment]) -> Result<(String, String), String> {
    let mut lines: BTreeMap<&str, Line<'_>> = BTreeMap::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim_ascii().is_empty()) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [id, answer, date, region] = fields.as_slice() else {
            return Err(format!(
                "{path}:{number}: not four fields with tabs between them: id, answer, date, Region"
            ));
        };
        if !experiments.iter().any(|experiment| experiment.id() == *id) {
            return Err(format!("{path}:{number}: no experiment has the id `{id}`"));
        }
        let line = Line { answer, date, region };
        if lines.insert(id, line).is_some() {
            return Err(format!("{path}:{number}: `{id}` is there twice"));
        }
    }
    let (mut said, mut vectors) = (String::new(), Vec::new());
    for experiment in experiments {
        let id = experiment.id();
        let [first, other] = experiment.predictions()?;
        let Some(line) = lines.get(id.as_str()) else {
            let _ = writeln!(said, "{id}: not asked");
            continue;
        };
        let Some(answer) = decision(line.answer) else {
            let _ = writeln!(said, "{id}: no answer ({})", line.answer);
            continue;
        };
        let which = usize::from(answer.is_allowed() != first.is_allowed());
        let verdict = experiment.point.answers()[which];
        let word = if which == 0 { "as decisions assume" } else { "NOT as decisions assume" };
        let _ = writeln!(said, "{id}: {answer}, {word}: {verdict} (first {first}, other {other})");
        vectors.push(vector(experiment, answer, line, verdict));
    }
    let mut file = "[\n".to_owned();
    file.push_str(&vectors.iter().map(Value::to_string).collect::<Vec<_>>().join(",\n"));
    file.push_str("\n]\n");
    Ok((said, file))
}

fn decision(word: &str) -> Option<Decision> {
    Decision::ALL.into_iter().find(|decision| decision.name() == word && *decision != Decision::Depends)
}

fn vector(experiment: &Experiment, answer: Decision, line: &Line<'_>, verdict: &str) -> Value {
    let mut vector = experiment.case();
    vector["id"] = json!(experiment.id());
    vector["section"] = json!("observed.probe");
    vector["about"] = json!(format!("Point {} (rule {})", experiment.point, experiment.point.rule()));
    vector["source"] = json!(format!("observed on AWS, {}, {}, by the probe script", line.date, line.region));
    vector["certainty"] = json!("observed");
    vector["expect"] = json!({ "decision": answer.name() });
    vector["why"] = json!(verdict);
    vector
}

#[cfg(test)]
mod tests {
    use super::super::experiments::all;
    use super::*;

    #[test]
    fn answers_become_vectors() {
        let experiments = all();
        let id = "probe/letter-case/kelvin";
        let text = format!(
            "{id}\timplicit_deny\t2026-12-01\teu-west-1\nprobe/unreadable-arn/deny\terror: Throttling\t2026-12-01\teu-west-1\n"
        );
        let (said, vectors) = read("r.tsv", &text, &experiments).unwrap();
        assert!(
            said.contains(&format!(
                "{id}: implicit_deny, NOT as decisions assume: operators that ignore case"
            )),
            "{said}"
        );
        assert!(said.contains("probe/unreadable-arn/deny: no answer (error: Throttling)"), "{said}");
        assert!(said.contains("probe/milliseconds/below: not asked"), "{said}");
        let vectors: Value = serde_json::from_str(&vectors).unwrap();
        assert_eq!(vectors.as_array().unwrap().len(), 1);
        assert_eq!(vectors[0]["expect"]["decision"], "implicit_deny");
        assert_eq!(vectors[0]["certainty"], "observed");
    }

    #[test]
    fn bad_results_are_told_with_their_line() {
        for (text, what) in [
            ("probe/x\tallowed\td\tr", "r.tsv:1: no experiment has the id `probe/x`"),
            ("\nprobe/x allowed", "r.tsv:2: not four fields"),
            (
                "probe/letter-case/kelvin\tallowed\td\tr\nprobe/letter-case/kelvin\tallowed\td\tr",
                "r.tsv:2: `probe/letter-case/kelvin` is there twice",
            ),
        ] {
            let error = read("r.tsv", text, &all()).unwrap_err();
            assert!(error.starts_with(what), "{error}");
        }
    }
}
