//! `iamgate prove not-granted`: some actions, on some resources, are never allowed.

use std::sync::Arc;

use iamgate::iam_analysis::{Actions, Analysis, Question, Verdict};
use iamgate::iam_eval::Layers;
use iamgate::iam_policy::{Limits, Mode, Policy, PolicyKind, json_text};
use iamgate::make_real;
use serde::Serialize;

use super::read_only::group;
use super::{AnswerJson, exit, is_defect, verdict};
use crate::args::{AnswerFormat, NotGranted};
use crate::exit::Exit;
use crate::input::{self, Source};
use crate::load;
use crate::screen::{BAD, GOOD, SOSO, Screen, json, paint};
use crate::trouble::Trouble;

pub(super) fn show(args: &NotGranted, screen: &mut Screen) -> Result<Exit, Trouble> {
    let details = load::details()?;
    let mut layers = Layers::new();
    for path in &args.policies {
        layers.identity.push(policy(path, Mode::Deployed)?);
    }
    // What is asked about stands in the way of a boundary: only what passes it is granted and asked about.
    layers.boundary = Some(vec![asked(args)?]);
    let conditions = layers.identity.iter().flat_map(|p| &p.statements).flat_map(|s| &s.conditions);
    let mut analysis = Analysis::new(iamgate::space(conditions, &details));
    let question = Question::new(&layers).about(Actions::Open);
    let mut answers = analysis.by_action(&question);
    answers.retain(|answer| answer.verdict != Verdict::Holds);
    for answer in &mut answers {
        make_real(answer, &question, &details);
    }
    let verdict = verdict(&answers);
    screen.data(&match args.format {
        AnswerFormat::Human => {
            let mut text = match verdict {
                "holds" => {
                    format!("{}: none of this is ever allowed, by any request.\n", paint(GOOD, "Proven"))
                }
                "fails" => format!("{}: this is allowed.\n\n", paint(BAD, "Broken")),
                _ => format!("{} whether this is ever allowed.\n\n", paint(SOSO, "Not known")),
            };
            for answer in &answers {
                text.push_str(&group(answer));
            }
            text
        }
        AnswerFormat::Json => json(&GrantedJson {
            schema: "iamgate/prove",
            version: 1,
            question: "not-granted",
            verdict,
            broken: answers.iter().map(AnswerJson::new).collect(),
        }),
    });
    Ok(exit(verdict, is_defect(&answers)))
}

#[derive(Debug, Serialize)]
struct GrantedJson {
    schema: &'static str,
    version: u32,
    question: &'static str,
    verdict: &'static str,
    broken: Vec<AnswerJson>,
}

/// The identity policy of a file.
pub(crate) fn policy(path: &str, mode: Mode) -> Result<Arc<Policy>, Trouble> {
    let limits = Limits::default();
    let Source { name, text } = input::read(path, limits.document_bytes, "one document")?;
    match Policy::parse(&text, PolicyKind::Managed, mode, &limits) {
        Ok(policy) => Ok(Arc::new(policy)),
        Err(report) => Err(Trouble::document(Source { name, text }, report)),
    }
}

/// A policy that allows what is asked about.
fn asked(args: &NotGranted) -> Result<Arc<Policy>, Trouble> {
    let list = |texts: &[String]| -> String {
        let quoted: Vec<String> = texts.iter().map(|text| json_text(text)).collect();
        format!("[{}]", quoted.join(","))
    };
    let any = ["*".to_owned()];
    let resources = if args.resource.is_empty() { &any[..] } else { &args.resource };
    let text = format!(
        r#"{{"Version":"2008-10-17","Statement":{{"Effect":"Allow","Action":{},"Resource":{}}}}}"#,
        list(&args.action),
        list(resources)
    );
    match Policy::parse(&text, PolicyKind::Boundary, Mode::Deployed, &Limits::default()) {
        Ok(policy) => Ok(Arc::new(policy)),
        Err(report) => {
            let name = "--action and --resource".to_owned();
            Err(Trouble::document(Source { name, text }, report))
        }
    }
}
