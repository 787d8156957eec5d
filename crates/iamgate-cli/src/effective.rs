//! `iamgate effective`: a role under a session profile as one policy.

use std::fmt::Write as _;

use iamgate::iam_analysis::{Analysis, Dead, Effective, Fact, LeftOut, Origin, Verdict};
use iamgate::iam_eval::{ContextValue, Layer};
use iamgate::iam_policy::quoted;
use iamgate::{Profile, RoleSnapshot, session_layers};
use serde::Serialize;
use serde_json::Value;

use crate::args::{AnswerFormat, Effective as Args};
use crate::exit::Exit;
use crate::load;
use crate::prove::{key_and_value, refuse};
use crate::screen::{GOOD, SOSO, Screen, json, paint, plural};
use crate::trouble::Trouble;
use crate::witness::{self, RequestJson};

pub(crate) fn run(args: &Args, screen: &mut Screen) -> Exit {
    match show(args, screen) {
        Ok(exit) => exit,
        Err(trouble) => refuse(&trouble, "iamgate/effective", args.format, screen),
    }
}

fn show(args: &Args, screen: &mut Screen) -> Result<Exit, Trouble> {
    let details = load::details()?;
    let (role, profile, _) = load::load(Some(&args.snapshot), &args.session)?;
    let layers = session_layers(role.as_ref(), &profile).map_err(Trouble::bug)?;
    let policies: Vec<_> = layers.policies().map(|(_, policy)| policy).collect();
    let conditions = policies.iter().flat_map(|p| &p.statements).flat_map(|s| &s.conditions);
    let mut space = iamgate::space(conditions, &details);
    for text in &args.context {
        let (key, value) = key_and_value(text)?;
        space.set_fact(key, Fact::Value(ContextValue::single(value)));
    }
    for key in &args.absent {
        space.set_fact(key, Fact::Absent);
    }
    let effective = Analysis::effective(&space, &layers).map_err(|error| {
        Trouble::input(
            &args.snapshot,
            "TOO_MANY_STATEMENTS",
            error.to_string(),
            "use a profile with fewer statements",
        )
    })?;
    let names = Names { role: role.as_ref(), profile: &profile };
    match args.format {
        AnswerFormat::Human => {
            screen.data(&effective.text);
            screen.aside(&names.notes(&effective));
        }
        AnswerFormat::Json => screen.data(&json(&names.json(&effective))),
    }
    Ok(if effective.is_exact() {
        Exit::Yes
    } else if matches!(effective.covers, Verdict::Fails(_)) {
        Exit::No
    } else {
        Exit::Unanswered
    })
}

/// What the policies of the layers are called.
struct Names<'n> {
    role: Option<&'n RoleSnapshot>,
    profile: &'n Profile,
}

impl Names<'_> {
    fn of(&self, origin: Origin) -> String {
        let number = origin.policy.saturating_sub(1);
        let named = match origin.layer {
            Layer::Identity => self.role.and_then(|role| role.policies.get(number)),
            Layer::Boundary => self.role.and_then(|role| role.boundary.as_ref()),
            Layer::Session => self.profile.policies.get(number),
            Layer::Resource | Layer::VpcEndpoint | Layer::Scp | Layer::Rcp => None,
        };
        let name = named.map_or("?", |named| &named.name);
        let statement = named.and_then(|n| n.policy.statements.get(origin.statement.saturating_sub(1)));
        let sid = statement.and_then(|s| s.sid.as_ref()).filter(|sid| !sid.value.is_empty());
        let called = sid.map_or_else(|| format!("statement {}", origin.statement), |sid| quoted(&sid.value));
        format!("{} {} {called}", origin.layer.name(), quoted(name))
    }

    fn list(&self, origins: &[Origin]) -> String {
        origins.iter().map(|origin| self.of(*origin)).collect::<Vec<_>>().join(", ")
    }

    fn notes(&self, effective: &Effective) -> String {
        let mut text = String::from("\n");
        let statements = plural(effective.policy.statements.len(), "statement", "statements");
        let _ = match (&effective.within, &effective.covers) {
            (Verdict::Holds, Verdict::Holds) => {
                writeln!(
                    text,
                    "{}: {statements}, equal to role and session for every request.",
                    paint(GOOD, "Exact")
                )
            }
            (Verdict::Holds, _) => {
                let open = paint(SOSO, "Not exact");
                writeln!(
                    text,
                    "{open}: {statements}; allows nothing that role and session do not, and not all that they do."
                )
            }
            _ => writeln!(
                text,
                "{}: {statements}; it is not known whether they are equal to role and session.",
                paint(SOSO, "Not exact")
            ),
        };
        for verdict in [&effective.within, &effective.covers] {
            match verdict {
                Verdict::Holds => {}
                Verdict::Fails(found) => {
                    text.push_str("  one request that differs:\n");
                    text.push_str(&witness::lines(&found.request, "    "));
                }
                Verdict::Unknown(doubts) => {
                    for doubt in doubts {
                        let _ = writeln!(text, "  {}", witness::doubt(doubt));
                    }
                }
            }
        }
        for LeftOut { statements, why, .. } in &effective.left_out {
            let _ = writeln!(text, "  left out: {}: {why}", self.list(statements));
        }
        for Dead { allow, shadowed_by, .. } in &effective.dead {
            let by = if shadowed_by.is_empty() {
                ": no Allow of the other layers meets it".to_owned()
            } else {
                format!(": denied by {}", self.list(shadowed_by))
            };
            let _ = writeln!(text, "  allows nothing: {}{by}", self.of(*allow));
        }
        text
    }

    fn json(&self, effective: &Effective) -> EffectiveJson {
        let requests = [&effective.within, &effective.covers].map(|verdict| match verdict {
            Verdict::Fails(found) => Some(RequestJson::new(&found.request)),
            Verdict::Holds | Verdict::Unknown(_) => None,
        });
        let [too_much, missing] = requests;
        EffectiveJson {
            schema: "iamgate/effective",
            version: 1,
            exact: effective.is_exact(),
            within: effective.within.name(),
            covers: effective.covers.name(),
            too_much,
            missing,
            // The text is JSON that was read back.
            policy: serde_json::from_str(&effective.text).unwrap_or(Value::Null),
            left_out: effective
                .left_out
                .iter()
                .map(|left| NoteJson { statements: self.list(&left.statements), why: left.why.to_string() })
                .collect(),
            dead: effective
                .dead
                .iter()
                .map(|dead| NoteJson { statements: self.of(dead.allow), why: self.list(&dead.shadowed_by) })
                .collect(),
        }
    }
}

#[derive(Debug, Serialize)]
struct EffectiveJson {
    schema: &'static str,
    version: u32,
    exact: bool,
    within: &'static str,
    covers: &'static str,
    /// A request that the policy allows and the layers do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    too_much: Option<RequestJson>,
    /// A request that the layers allow and the policy does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<RequestJson>,
    policy: Value,
    left_out: Vec<NoteJson>,
    dead: Vec<NoteJson>,
}

#[derive(Debug, Serialize)]
struct NoteJson {
    statements: String,
    why: String,
}
