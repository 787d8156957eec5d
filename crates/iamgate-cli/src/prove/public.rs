//! `iamgate prove no-public`: a resource policy lets nobody in from outside.

use std::sync::Arc;

use iamgate::iam_analysis::ClassAnswer;
use iamgate::iam_policy::{Limits, Mode, Policy, PolicyKind, is_account, quoted};
use iamgate::{Insiders, outsiders};
use serde::Serialize;

use super::read_only::group;
use super::{AnswerJson, exit, is_defect, verdict};
use crate::args::{AnswerFormat, NoPublic};
use crate::exit::Exit;
use crate::input::{self, Source};
use crate::load;
use crate::screen::{BAD, GOOD, SOSO, Screen, json, paint};
use crate::trouble::Trouble;

pub(super) fn show(args: &NoPublic, screen: &mut Screen) -> Result<Exit, Trouble> {
    let details = load::details()?;
    if let Some(wrong) = std::iter::once(&args.owner).chain(&args.trust).find(|id| !is_account(id)) {
        let help = "an account id has twelve digits, such as 111122223333";
        return Err(Trouble::usage(format!("{} is no account", quoted(wrong)), help));
    }
    let limits = Limits::default();
    let Source { name, text } = input::read(&args.policy, limits.document_bytes, "one document")?;
    let policy = match Policy::parse(&text, PolicyKind::Resource, Mode::Deployed, &limits) {
        Ok(policy) => Arc::new(policy),
        Err(report) => return Err(Trouble::document(Source { name, text }, report)),
    };
    let mut insiders = Insiders::default();
    insiders.accounts = args.trust.iter().map(|id| id.as_str().into()).collect();
    insiders.organizations = args.organization.iter().map(|id| id.as_str().into()).collect();
    let found = outsiders(&policy, &args.owner, &insiders, &details).map_err(Trouble::bug)?;
    let all: Vec<ClassAnswer> = found.iter().flat_map(|outsider| outsider.answers.iter().cloned()).collect();
    let verdict = verdict(&all);
    screen.data(&match args.format {
        AnswerFormat::Human => {
            let mut text = match verdict {
                "holds" => {
                    format!("{}: nobody is let in from outside, by any request.\n", paint(GOOD, "Proven"))
                }
                "fails" => format!("{}: somebody is let in from outside.\n", paint(BAD, "Broken")),
                _ => format!("{} whether somebody is let in from outside.\n", paint(SOSO, "Not known")),
            };
            for outsider in &found {
                text.push_str(&format!("\n  {}\n", quoted(&outsider.who)));
                for answer in &outsider.answers {
                    text.push_str(&group(answer));
                }
            }
            text
        }
        AnswerFormat::Json => json(&PublicJson {
            schema: "iamgate/prove",
            version: 1,
            question: "no-public",
            verdict,
            outsiders: found
                .iter()
                .map(|outsider| OutsiderJson {
                    who: outsider.who.to_string(),
                    broken: outsider.answers.iter().map(AnswerJson::new).collect(),
                })
                .collect(),
        }),
    });
    Ok(exit(verdict, is_defect(&all)))
}

#[derive(Debug, Serialize)]
struct PublicJson {
    schema: &'static str,
    version: u32,
    question: &'static str,
    verdict: &'static str,
    outsiders: Vec<OutsiderJson>,
}

#[derive(Debug, Serialize)]
struct OutsiderJson {
    who: String,
    broken: Vec<AnswerJson>,
}
