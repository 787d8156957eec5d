//! `iamgate restrict`: keep DoiT's sessions out of a resource.

use std::fmt::Write as _;
use std::sync::Arc;

use iamgate::iam_analysis::Verdict;
use iamgate::iam_policy::{Limits, Mode, Policy, PolicyKind, is_account, quoted};
use iamgate::{NotRestricted, Restriction, SessionTag, restrict};
use serde::Serialize;
use serde_json::Value;

use crate::args::{AnswerFormat, Restrict};
use crate::exit::Exit;
use crate::input::{self, Source};
use crate::prove::refuse;
use crate::screen::{BAD, GOOD, Screen, indented, json, paint};
use crate::trouble::Trouble;

pub(crate) fn run(args: &Restrict, screen: &mut Screen) -> Exit {
    match show(args, screen) {
        Ok(exit) => exit,
        Err(trouble) => refuse(&trouble, "iamgate/restrict", args.format, screen),
    }
}

fn show(args: &Restrict, screen: &mut Screen) -> Result<Exit, Trouble> {
    let account = owner(args)?;
    let policy = args.policy.as_deref().map(read).transpose()?;
    let tag = SessionTag::new(args.tag.as_str(), account);
    let made = restrict(&args.resource, account, policy.as_ref(), &tag)
        .map_err(|error| trouble(&args.resource, error))?;
    match args.format {
        AnswerFormat::Human => {
            screen.data(&indented(&made.policy.to_json()));
            screen.aside(&aside(&made, args));
        }
        AnswerFormat::Json => screen.data(&json(&RestrictionJson::new(&made))),
    }
    Ok(if made.is_proven() { Exit::Yes } else { Exit::No })
}

/// The account that owns the resource: its ARN says, or a flag.
fn owner(args: &Restrict) -> Result<&str, Trouble> {
    let own = args.resource.split(':').nth(4).filter(|own| !own.is_empty());
    match (own, args.account.as_deref()) {
        (Some(own), Some(said)) if own != said => {
            let found = format!("--account {}, and the ARN says {}", quoted(said), quoted(own));
            Err(Trouble::usage(found, "leave --account out where the ARN has an account"))
        }
        (Some(account), _) | (None, Some(account)) if is_account(account) => Ok(account),
        (Some(account), _) | (None, Some(account)) => Err(Trouble::usage(
            format!("{} is no account", quoted(account)),
            "an account id has twelve digits",
        )),
        (None, None) => {
            let help = "give --account: ARNs of this kind do not say who owns the resource";
            Err(Trouble::usage("no account", help))
        }
    }
}

fn read(path: &str) -> Result<Arc<Policy>, Trouble> {
    let limits = Limits::default();
    let Source { name, text } = input::read(path, limits.document_bytes, "one document")?;
    match Policy::parse(&text, PolicyKind::Resource, Mode::Deployed, &limits) {
        Ok(policy) => Ok(Arc::new(policy)),
        Err(report) => Err(Trouble::document(Source { name, text }, report)),
    }
}

fn trouble(resource: &str, error: NotRestricted) -> Trouble {
    match error {
        NotRestricted::NoArn { found } => {
            let help = "name a resource by its ARN, without wildcards, such as arn:aws:s3:::payroll";
            Trouble::usage(format!("{found} is no ARN of a resource"), help)
        }
        NotRestricted::NoPolicy { service, in_role } => {
            let found = format!(
                "resources of {} have no policy of their own that could hold the statement",
                quoted(&service)
            );
            let help = format!("put this into a policy of the role DoiT-Support-Gateway instead: {in_role}");
            Trouble::input(resource, "NO_RESOURCE_POLICY", found, help)
        }
        NotRestricted::Policy(report) => {
            Trouble::input(resource, "INVALID_POLICY", report.to_string(), "mend the policy of the resource")
        }
        _ => Trouble::input(resource, "INVALID_INPUT", "it cannot be restricted", "see the manual"),
    }
}

fn aside(made: &Restriction, args: &Restrict) -> String {
    let word = |verdict: &Verdict| match verdict {
        Verdict::Holds => paint(GOOD, "proven"),
        Verdict::Fails(_) | Verdict::Unknown(_) => paint(BAD, "not proven"),
    };
    let tag = quoted(&args.tag);
    let mut text = format!(
        "The policy of the {}: no session with the tag {tag} gets anything on it ({}).\nWithout the tag nothing changes:",
        made.what,
        word(&made.denies)
    );
    for (at, (who, verdict)) in made.unchanged.iter().enumerate() {
        let _ = write!(text, "{} {who} ({})", if at == 0 { "" } else { "," }, word(verdict));
    }
    text.push_str(".\n");
    text
}

#[derive(Serialize)]
struct RestrictionJson {
    schema: &'static str,
    version: u32,
    what: &'static str,
    statement: Value,
    policy: Value,
    denies: &'static str,
    unchanged: Vec<UnchangedJson>,
}

#[derive(Serialize)]
struct UnchangedJson {
    who: &'static str,
    verdict: &'static str,
}

impl RestrictionJson {
    fn new(made: &Restriction) -> Self {
        let read = |text: &str| serde_json::from_str(text).unwrap_or_default();
        Self {
            schema: "iamgate/restrict",
            version: 1,
            what: made.what,
            statement: read(&made.statement),
            policy: read(&made.policy.to_json()),
            denies: made.denies.name(),
            unchanged: made
                .unchanged
                .iter()
                .map(|(who, verdict)| UnchangedJson { who, verdict: verdict.name() })
                .collect(),
        }
    }
}
