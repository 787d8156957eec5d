//! `iamgate plan`: the call of STS for a session, or the reasons why there is none.

use iamgate::iam_eval::{Context, ContextValue};
use iamgate::iam_policy::Limits;
use iamgate::iam_policy::value::Instant;
use iamgate::{
    Claims, DecisionRecord, Difference, File, IdentityProviders, Judgement, Pins, Profile, Refusal, Refused,
    Rehearsal, RoleSnapshot,
};

use crate::answer::{Answer, Exit};
use crate::args::PlanArgs;
use crate::load;
use crate::prove::key_and_value;
use crate::trouble::Trouble;
use crate::world::World;

/// The session that flags or a record ask for.
#[derive(Debug)]
struct Asked {
    claims: Claims,
    provider: String,
    engineer: String,
    case: String,
    duration_seconds: i64,
    now: Instant,
    call: Context,
}

/// The maximum length of claims in bytes. A token has at most 20,000 characters.
const CLAIMS_BYTES: usize = 1 << 16;

/// The maximum length of a record in bytes. It may contain the policies of a role.
const RECORD_BYTES: usize = 16 << 20;

/// The answer: what a rehearsal of the session gives. Nothing is verified, so that there is no plan and no call.
#[derive(Debug)]
#[non_exhaustive]
pub struct PlanAnswer {
    /// What was judged, or the refusal.
    pub outcome: Result<Judgement, Box<Refused>>,
    role: RoleSnapshot,
    profile: Profile,
    providers: IdentityProviders,
    asked: Asked,
}

/// The answer to a replay: the decision of a record, made again.
#[derive(Debug)]
#[non_exhaustive]
pub struct ReplayAnswer {
    /// Where the records differ. Empty only if they are the same, byte for byte.
    pub differences: Vec<Difference>,
    /// Whether the record says that tokens were verified. A replay cannot verify them again.
    pub has_verified: bool,
}

/// Plans a session.
///
/// # Errors
/// The role, the profile or the claims cannot be read. A refused session is an answer, not an error.
pub fn plan(args: &PlanArgs, world: &dyn World) -> Result<PlanAnswer, Trouble> {
    if args.replay.is_some() {
        let help = "leave replay out for a new decision, or ask for the replay alone";
        return Err(Trouble::usage("replay beside a new decision", help));
    }
    once(args, args.claims.as_deref())?;
    let asked = asked(args, world)?;
    answer(args, asked, world)
}

/// Makes the decision of a record again.
///
/// # Errors
/// As for [`plan`]. Also if the text is not a record.
pub fn replay(args: &PlanArgs, path: &str, world: &dyn World) -> Result<ReplayAnswer, Trouble> {
    once(args, Some(path))?;
    let file = world.read(path, RECORD_BYTES, "a decision record")?;
    let record =
        DecisionRecord::read(&file).map_err(|error| load::trouble(error, std::slice::from_ref(&file)))?;
    let (role, profile, providers) = inputs(args, world)?;
    let replay = record.replay(world.built_in().gate()?, &role, &profile, &providers);
    Ok(ReplayAnswer { differences: replay.differences, has_verified: record.has_verified() })
}

/// Refuses to read standard input twice.
fn once(args: &PlanArgs, second: Option<&str>) -> Result<(), Trouble> {
    if args.snapshot == "-" && second == Some("-") {
        let help = "standard input can be read once: name a file for one of the two";
        return Err(Trouble::usage("`-` twice", help));
    }
    Ok(())
}

fn answer(args: &PlanArgs, asked: Asked, world: &dyn World) -> Result<PlanAnswer, Trouble> {
    let (role, profile, providers) = inputs(args, world)?;
    let request = request(&role, &profile, &providers, &asked);
    // Whoever names a folder pins what is in it. The record says so.
    let names_content = args.session.profiles.is_some() || args.session.managed.is_some();
    let pins = Pins::built_in();
    let pins = if names_content { pins.with_profile(profile.sha256()) } else { pins };
    let outcome = world.built_in().gate()?.clone().pinning(pins).rehearse(&request);
    Ok(PlanAnswer { outcome, role, profile, providers, asked })
}

/// Role, profile and identity providers that the flags name.
fn inputs(args: &PlanArgs, world: &dyn World) -> Result<(RoleSnapshot, Profile, IdentityProviders), Trouble> {
    let (role, profile, _) = load::role(world, &args.snapshot, &args.session)?;
    let providers = load::providers(world, args.providers.as_deref(), role.account())?;
    Ok((role, profile, providers))
}

fn request<'r>(
    role: &'r RoleSnapshot,
    profile: &'r Profile,
    providers: &'r IdentityProviders,
    asked: &'r Asked,
) -> Rehearsal<'r> {
    Rehearsal {
        role,
        profile,
        providers,
        provider: &asked.provider,
        claims: &asked.claims,
        engineer: &asked.engineer,
        case: &asked.case,
        duration_seconds: asked.duration_seconds,
        now: asked.now,
        call: &asked.call,
    }
}

impl PlanAnswer {
    /// The session that was asked for.
    pub fn request(&self) -> Rehearsal<'_> {
        request(&self.role, &self.profile, &self.providers, &self.asked)
    }

    /// The decision record in canonical JSON.
    pub fn record(&self) -> &str {
        match &self.outcome {
            Ok(plan) => plan.record(),
            Err(refused) => &refused.record,
        }
    }
}

impl Answer for PlanAnswer {
    fn to_json(&self) -> String {
        format!("{}\n", self.record())
    }

    fn exit(&self) -> Exit {
        let refused = self.outcome.as_ref().err();
        let is_defect = refused.is_some_and(|refused| refused.refusals.iter().any(Refusal::is_defect));
        Exit::when(self.outcome.is_ok()).unless_defect(is_defect)
    }
}

impl ReplayAnswer {
    /// The exit code that says whether the decision is the same.
    pub const fn exit(&self) -> Exit {
        Exit::when(self.differences.is_empty())
    }
}

/// The session that the flags ask for.
fn asked(args: &PlanArgs, world: &dyn World) -> Result<Asked, Trouble> {
    let (Some(path), Some(engineer), Some(case)) = (&args.claims, &args.engineer, &args.case) else {
        return Err(Trouble::usage("no claims", "give --claims, --engineer and --case"));
    };
    let file: File = world.read(path, CLAIMS_BYTES, "the claims of a token")?;
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
        now: load::time(world, args.at.as_deref())?,
        call: context(&args.context)?,
    })
}

/// The condition keys that flags give for the call.
pub(crate) fn context(flags: &[String]) -> Result<Context, Trouble> {
    let mut context = Context::new();
    for flag in flags {
        let (key, value) = key_and_value(flag)?;
        context.set(key, ContextValue::single(value));
    }
    Ok(context)
}
