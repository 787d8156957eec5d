//! Plans and refusals for people.

use std::fmt::Write as _;

use iamgate::iam_json::quoted;
use iamgate::{Example, Finding, Judgement, Refused, Rehearsal};
use iamgate_verbs::words::{added_later, plural};

use crate::display::shown;
use crate::prove::premises;
use crate::screen::{BAD, DIM, GOOD, HEAD, SOSO, paint};
use crate::witness;

pub(super) fn plan(asked: &Rehearsal<'_>, plan: &Judgement) -> String {
    let call = plan.parameters();
    let planned = paint(GOOD, "Planned");
    let mut text = format!(
        "{planned}: a session of {} for {}, case {}, of {} minutes.\n\n",
        quoted(asked.role.name()),
        quoted(asked.engineer),
        quoted(asked.case),
        call.duration_seconds().div_euclid(60)
    );
    let _ = writeln!(
        text,
        "{}\n",
        paint(
            SOSO,
            "A rehearsal: nothing was verified, neither the token nor who asks. No call can be made from it."
        )
    );
    let counts: Vec<String> = plan
        .summary()
        .levels
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(level, count)| format!("{} {count}", level.name()))
        .collect();
    let credentials = match plan.summary().credentials {
        0 => "none of them as returning credentials".to_owned(),
        some => format!("{some} of them as returning credentials"),
    };
    let _ = writeln!(
        text,
        "It can call {} in {}; {} of the reads are classed as returning data, {credentials}.\nProven: nothing but what the profile {} promises, for every request, if\n{}",
        counts.join(", "),
        plural(plan.summary().services, "service", "services"),
        plan.summary().data,
        quoted(asked.profile.name()),
        premises(plan.premises())
    );
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(text, "  {}  {value}", paint(HEAD, &format!("{name:<15}")));
    };
    row("RoleArn", &shown(call.role_arn()));
    row("RoleSessionName", &shown(call.role_session_name()));
    row("DurationSeconds", &call.duration_seconds().to_string());
    for (at, arn) in call.policy_arns().enumerate() {
        row(if at == 0 { "PolicyArns" } else { "" }, &shown(arn));
    }
    row("Policy", &format!("{} characters (--format sts prints it)", call.policy().chars().count()));
    for (at, (key, value)) in plan.session().principal_tags.iter().enumerate() {
        let is_transitive =
            plan.session().transitive_tag_keys.iter().any(|own| own.eq_ignore_ascii_case(key));
        let more = if is_transitive { ", transitive" } else { "" };
        row(if at == 0 { "Tags" } else { "" }, &format!("{} = {}{more}", quoted(key), quoted(value)));
    }
    let quotas: Vec<String> = plan
        .quotas()
        .iter()
        .map(|quota| format!("{} {} of {}", quota.name, quota.used, quota.most))
        .collect();
    let _ = writeln!(text, "\n{}", paint(DIM, &format!("Quotas: {}.", quotas.join(", "))));
    if !plan.managed().is_empty() {
        let versions: Vec<String> =
            plan.managed().iter().map(|policy| format!("{} {}", policy.name(), policy.version())).collect();
        let premise = format!(
            "AWS reads managed session policies anew at each request. This plan holds for {}.",
            shown(&versions.join(", "))
        );
        let _ = writeln!(text, "{}", paint(DIM, &premise));
    }
    let _ = writeln!(text, "{}", paint(DIM, &added_later(plan.added_later())));
    findings(plan.findings(), &mut text);
    text
}

pub(super) fn refused(asked: &Rehearsal<'_>, refused: &Refused) -> String {
    let no = paint(BAD, "Refused");
    let mut text = format!(
        "{no}: no session of {} under the profile {}.\n",
        quoted(asked.role.name()),
        quoted(asked.profile.name())
    );
    for refusal in &refused.refusals {
        let _ = writeln!(text, "\n{}: {}", paint(BAD, refusal.code()), shown(&refusal.to_string()));
        if let Some((request, _)) = refusal.witness() {
            text.push_str(&witness::lines(request, "  "));
        }
    }
    if refused.refusals.iter().any(|refusal| refusal.witness().is_some()) {
        let how = "`--format json` has each request with its policies at refusals[].witness, as `iamgate explain` takes it.";
        let _ = writeln!(text, "\n{}", paint(DIM, how));
    }
    findings(&refused.findings, &mut text);
    text
}

/// Findings that are worth knowing, each a paragraph.
pub(crate) fn findings(findings: &[Finding], text: &mut String) {
    for finding in findings {
        let _ = writeln!(text, "\n{}: {}", paint(SOSO, finding.code.name()), shown(&finding.says));
        match &finding.example {
            Some(Example::Request(shown)) => text.push_str(&witness::lines(&shown.request, "  ")),
            Some(Example::Caller(caller)) => {
                let _ = writeln!(text, "  admitted: {}", shown(caller));
            }
            None => {}
        }
        let _ = writeln!(text, "  {}", paint(DIM, &shown(&finding.help)));
    }
}
