//! `iamgate plan`: the call of STS for a session, or why there is none.

mod human;
mod replay;

pub(crate) use human::findings;
use iamgate::iam_eval::{Context, ContextValue};
use iamgate::iam_policy::value::Instant;
use iamgate::iam_policy::{Limits, quoted};
use iamgate::{Claims, File, Gate, Plan, Refused, SessionRequest};

use crate::args::{Plan as Args, PlanFormat};
use crate::exit::Exit;
use crate::input::{self, Source};
use crate::load;
use crate::prove::key_and_value;
use crate::screen::Screen;
use crate::trouble::{Trouble, exit};

/// What is asked for, from flags or from a record.
struct Asked {
    claims: Claims,
    provider: String,
    engineer: String,
    case: String,
    duration_seconds: i64,
    now: Instant,
    call: Context,
}

/// The most bytes of claims: a token has at most 20,000 characters.
const CLAIMS_BYTES: usize = 1 << 16;

pub(crate) fn run(args: &Args, screen: &mut Screen) -> Exit {
    exit(show(args, screen), screen)
}

fn show(args: &Args, screen: &mut Screen) -> Result<Exit, Trouble> {
    let second = args.claims.as_deref().or(args.replay.as_deref());
    if args.snapshot == "-" && second == Some("-") {
        return Err(Trouble::usage(
            "`-` twice",
            "standard input can be read once: name a file for one of the two",
        ));
    }
    let (catalog, details) = (load::catalog()?, load::details()?);
    let (asked, record) = match &args.replay {
        Some(path) => {
            let (asked, record) = replay::read(path)?;
            (asked, Some(record))
        }
        None => (asked(args)?, None),
    };
    let (role, profile, _) = load::load(Some(&args.snapshot), &args.session)?;
    let Some(role) = role else { return Ok(Exit::Unanswered) };
    let providers = load::providers(args.providers.as_deref(), role.account())?;
    let request = SessionRequest {
        role: &role,
        profile: &profile,
        providers: &providers,
        provider: &asked.provider,
        claims: &asked.claims,
        engineer: &asked.engineer,
        case: &asked.case,
        duration_seconds: asked.duration_seconds,
        now: asked.now,
        call: &asked.call,
    };
    let outcome = Gate::new(&catalog, &details).plan(&request);
    if let Some(record) = record {
        return Ok(replay::compare(&record, outcome_record(&outcome), screen));
    }
    match (&outcome, args.format) {
        (_, PlanFormat::Json) => screen.data(&format!("{}\n", outcome_record(&outcome))),
        (Ok(plan), PlanFormat::Human) => screen.data(&human::plan(&request, plan)),
        (Ok(plan), PlanFormat::Sts) => screen.data(&format!("{}\n", plan.call().to_json())),
        (Err(refused), PlanFormat::Human) => screen.data(&human::refused(&request, refused)),
        // There is no call, and nothing that could be taken for one.
        (Err(refused), PlanFormat::Sts) => screen.aside(&human::refused(&request, refused)),
    }
    Ok(if outcome.is_ok() { Exit::Yes } else { Exit::No })
}

fn outcome_record(outcome: &Result<Plan, Box<Refused>>) -> &str {
    match outcome {
        Ok(plan) => plan.record(),
        Err(refused) => &refused.record,
    }
}

/// What the flags ask for.
fn asked(args: &Args) -> Result<Asked, Trouble> {
    let (Some(path), Some(engineer), Some(case)) = (&args.claims, &args.engineer, &args.case) else {
        return Err(Trouble::usage("no claims", "give --claims, --engineer and --case"));
    };
    let Source { name, text } = input::read(path, CLAIMS_BYTES, "the claims of a token")?;
    let file = File { name, text };
    let claims = Claims::from_json(&file, &Limits::default())
        .map_err(|error| load::trouble(error, std::slice::from_ref(&file)))?;
    let provider = match (&args.provider, claims.issuer()) {
        (Some(provider), _) => provider.clone(),
        (None, Some(issuer)) => issuer.to_owned(),
        (None, None) => {
            let help = "give --provider, such as support.cre.doit-intl.com";
            return Err(Trouble::input(&file.name, "NO_ISSUER", "no claim iss", help));
        }
    };
    Ok(Asked {
        claims,
        provider,
        engineer: engineer.clone(),
        case: case.clone(),
        duration_seconds: args.duration,
        now: time(args.at.as_deref())?,
        call: context(&args.context)?,
    })
}

/// What flags say of the call.
pub(crate) fn context(flags: &[String]) -> Result<Context, Trouble> {
    let mut context = Context::new();
    for flag in flags {
        let (key, value) = key_and_value(flag)?;
        context.set(key, ContextValue::single(value));
    }
    Ok(context)
}

/// The time that a flag says, or that it is.
pub(crate) fn time(at: Option<&str>) -> Result<Instant, Trouble> {
    let Some(text) = at else {
        return Ok(now());
    };
    Instant::parse(text).ok_or_else(|| {
        let help = "give a time such as 2026-11-26T12:00:00Z, or seconds since 1970";
        Trouble::usage(format!("--at {} is no time", quoted(text)), help)
    })
}

#[expect(clippy::disallowed_methods, reason = "the program is where time comes in")]
fn now() -> Instant {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Instant::from_epoch_seconds(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
