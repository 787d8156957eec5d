//! `iamgate trust`: who a role's trust policy admits.

use std::fmt::Write as _;

use iamgate::iam_eval::session::Authorization;
use iamgate::iam_json::quoted;
use iamgate::{
    CallerTrust, KeyTrust, OthersAdmitted, TokenAnswer, TokenTrust, TrustCaller, TrustReport, TrustVerdict,
    TrustedCaller,
};
use iamgate_verbs::{AnswerSchema, Exit, TrustAnswer, TrustArgs};

use crate::args::Plain;
use crate::disk::Disk;
use crate::display::shown;
use crate::plan::findings;
use crate::screen::{BAD, DIM, GOOD, HEAD, SOSO, Screen, paint};
use crate::trouble::answered;

pub(crate) fn run(args: &Plain<TrustArgs>, disk: &Disk, screen: &mut Screen) -> Exit {
    let answer = iamgate_verbs::trust(&args.args, disk);
    answered(answer, AnswerSchema::Trust, args.format, screen, |answer, screen| screen.data(&human(answer)))
}

fn human(answer: &TrustAnswer) -> String {
    let mut text = String::new();
    match &answer.token {
        Some(token) => of_one(answer, token, &mut text),
        None => of_all(answer, &mut text),
    }
    let _ = writeln!(text, "\n{}", paint(HEAD, "If"));
    for premise in answer.premises() {
        let _ = writeln!(text, "  {}", shown(&premise));
    }
    text
}

/// The answer to one token.
fn of_one(answer: &TrustAnswer, token: &TokenAnswer, text: &mut String) {
    let (name, provider) = (quoted(answer.role.name()), shown(&token.provider));
    let (style, word) = match (token.is_admitted(), token.depends()) {
        (true, _) => (GOOD, "Admitted"),
        (false, true) => (SOSO, "It depends"),
        (false, false) => (BAD, "Not admitted"),
    };
    let _ = writeln!(
        text,
        "{} to {name}: this token of {provider}, for the session {}.",
        paint(style, word),
        quoted(&token.session_name)
    );
    match &token.result {
        Err(refusals) => {
            text.push_str("\nSTS refuses the call before it asks a policy:\n");
            for refusal in refusals {
                let _ = writeln!(text, "  {}", shown(&refusal.to_string()));
            }
        }
        Ok(authorization) => {
            for ((request, decision), reasons) in authorization.decisions.iter().zip(&token.reasons) {
                let style = if decision.is_allowed() { GOOD } else { BAD };
                let word = paint(style, decision.name());
                let _ = writeln!(text, "\n{}  {word}", request.action.as_str());
                for reason in reasons {
                    let _ = writeln!(text, "  {}", shown(reason));
                }
            }
        }
    }
}

/// The answer to all tokens and callers.
fn of_all(answer: &TrustAnswer, text: &mut String) {
    let (role, report) = (&answer.role, &answer.report);
    let name = quoted(role.name());
    let is_named = report.tokens.iter().any(|own| own.is_doit);
    let (style, word) = if report.admits_doit() { (GOOD, "Admitted") } else { (BAD, "Not admitted") };
    let doit = if report.admits_doit() {
        "tokens of DoiT's identity providers open sessions"
    } else if is_named {
        "not every token of DoiT's identity providers opens a session"
    } else {
        "the trust policy names none of DoiT's identity providers"
    };
    let _ = writeln!(text, "{} to {name}: {doit}. {}", paint(style, word), others(report));
    for provider in report.providers.iter().filter(|_| is_named) {
        let _ = writeln!(text, "\n{}", paint(HEAD, &format!("A token of {}", provider.provider.issuer())));
        let sent = if provider.is_admitted() { paint(GOOD, "admitted") } else { paint(BAD, "refused ") };
        let _ = writeln!(text, "  {sent}  as it is sent");
        for trial in &provider.trials {
            line(&trial.verdict, trial.differs, text);
        }
        for (request, decision) in provider.authorization.iter().flat_map(Authorization::missing) {
            let _ = writeln!(text, "  {} is {}", shown(request.action.as_str()), decision.name());
        }
    }
    for own in report.tokens.iter().filter(|own| !own.is_doit) {
        of_tokens(own, text);
    }
    of_callers(report, text);
    findings(&report.findings, text);
}

/// Who else opens sessions. It says that nobody does only if that is proven, of DoiT's providers' other tokens too.
fn others(report: &TrustReport) -> &'static str {
    let is_open = report
        .providers
        .iter()
        .flat_map(|own| &own.trials)
        .any(|own| own.is_of_profile && own.verdict.caller().is_some());
    match (report.others(), report.is_pinned()) {
        (OthersAdmitted::Somebody, true) => "Others open sessions.",
        (OthersAdmitted::Somebody, false) => {
            "Others open sessions, and so do tokens of DoiT's providers that are made for others."
        }
        (OthersAdmitted::Nobody, true) => "Nobody else opens a session (proven).",
        (_, false) if is_open => "Tokens of DoiT's providers that are made for others open sessions, too.",
        (OthersAdmitted::NotKnown | OthersAdmitted::Nobody, _) => {
            "Whether others open sessions is neither proven nor disproven."
        }
    }
}

/// Writes what is asked of the callers of a provider.
fn of_tokens(own: &TokenTrust, text: &mut String) {
    let what = if own.is_saml { "An assertion" } else { "A token" };
    let _ = writeln!(text, "\n{}", paint(HEAD, &format!("{what} of {}", shown(&own.issuer))));
    line(&own.admitted, "whatever its claims", text);
    if let Some(strangers) = &own.strangers {
        line(strangers, "of an owner whom the policy does not name", text);
    }
    for key in &own.keys {
        of_key(key, text);
    }
    let weakest = own.strangers.as_ref().and_then(TrustVerdict::caller).or(own.admitted.caller());
    if let Some(caller) = weakest {
        let _ = writeln!(text, "  {}", paint(DIM, &format!("such as {}", example(caller))));
    }
}

fn of_key(own: &KeyTrust, text: &mut String) {
    let key = shown(&own.key);
    let tests = shown(&own.told().join(", or "));
    let _ = match (&own.other, own.tests.is_empty()) {
        (TrustVerdict::Never, false) => {
            let style = if own.is_exact { GOOD } else { SOSO };
            writeln!(text, "  {}  {key}: always {tests}", paint(style, "limited "))
        }
        (TrustVerdict::Never, true) => Ok(()),
        (TrustVerdict::Possible(_), true) => {
            writeln!(text, "  {}  {key}: nothing is asked of it", paint(SOSO, "free    "))
        }
        (TrustVerdict::Possible(_), false) => {
            writeln!(text, "  {}  {key}: not always {tests}", paint(SOSO, "free    "))
        }
        (TrustVerdict::Unknown(_), _) => writeln!(text, "  {}  {key}", paint(SOSO, "unknown ")),
    };
}

fn of_callers(report: &TrustReport, text: &mut String) {
    let mut named: Vec<(usize, String)> = Vec::new();
    for own in report
        .admits
        .iter()
        .filter(|own| matches!(own.caller, TrustCaller::Aws | TrustCaller::Service | TrustCaller::Everybody))
    {
        named.push((
            own.statement.0,
            format!(
                "{} ({}), by {}",
                quoted(&own.principal),
                own.caller.name(),
                shown(&own.actions.join(", "))
            ),
        ));
    }
    if named.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{}", paint(HEAD, "Callers with credentials of AWS"));
    for (statement, name) in &named {
        let _ = writeln!(text, "  statement {statement} names {name}");
    }
    for own in &report.callers {
        of_caller(own, text);
    }
}

fn of_caller(own: &CallerTrust, text: &mut String) {
    let who = match &own.service {
        Some(service) => shown(service),
        None => own.kind.description().to_owned(),
    };
    line(&own.verdict, &format!("{who}, by statement {}", own.statement), text);
    if !own.verdict.is_never() {
        let which = if own.service.is_some() {
            "for a resource of any other account"
        } else {
            "of an account that it does not name"
        };
        line(&own.stranger, which, text);
    }
    let shown_caller = own.stranger.caller().or(own.verdict.caller());
    if let Some(caller) = shown_caller {
        let _ = writeln!(text, "  {}", paint(DIM, &format!("such as {}", example(caller))));
    }
}

fn example(caller: &TrustedCaller) -> String {
    shown(&caller.to_string())
}

/// Writes callers and what becomes of them.
fn line(verdict: &TrustVerdict, differs: &str, text: &mut String) {
    let (style, word) = match verdict {
        TrustVerdict::Possible(_) => (SOSO, "admitted"),
        TrustVerdict::Never => (GOOD, "never"),
        TrustVerdict::Unknown(_) => (SOSO, "unknown"),
    };
    let _ = writeln!(text, "  {}  {}", paint(style, &format!("{word:<8}")), shown(differs));
    if let TrustVerdict::Unknown(doubts) = verdict {
        for doubt in doubts {
            let _ = writeln!(text, "            {}", shown(&doubt.to_string()));
        }
    }
}
