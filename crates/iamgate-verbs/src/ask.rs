//! Verbs by name, for callers that have a question as JSON.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeOwned, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::answer::{Answer, AnswerSchema};
use crate::args::PreviewArgs;
use crate::question::Depth;
use crate::trouble::Trouble;
use crate::world::World;
use crate::{
    build_profile, changes, check, could, diff, documents, effective, explain, no_public, not_granted, plan,
    preflight, profiles, read_only, restrict, review_profiles, roles, shrink, trust, why,
};
use crate::{preview::Previewed, words::first};

/// The verbs, each with the schema of its answer.
pub const VERBS: &[(&str, AnswerSchema)] = &[
    ("changes", AnswerSchema::Changes),
    ("check", AnswerSchema::Check),
    ("could", AnswerSchema::Explain),
    ("diff", AnswerSchema::Diff),
    ("documents", AnswerSchema::Documents),
    ("effective", AnswerSchema::Effective),
    ("eval", AnswerSchema::Eval),
    ("explain", AnswerSchema::Explain),
    ("no-public", AnswerSchema::Prove),
    ("not-granted", AnswerSchema::Prove),
    ("plan", AnswerSchema::DecisionRecord),
    ("preflight", AnswerSchema::Preflight),
    ("preview", AnswerSchema::Preview),
    ("profiles", AnswerSchema::Profiles),
    ("profiles-build", AnswerSchema::ProfileGuard),
    ("profiles-review", AnswerSchema::ProfileReview),
    ("read-only", AnswerSchema::Prove),
    ("restrict", AnswerSchema::Restrict),
    ("roles", AnswerSchema::Roles),
    ("shrink", AnswerSchema::Shrink),
    ("trust", AnswerSchema::Trust),
    ("why", AnswerSchema::Why),
];

/// The answer of a verb to a question in JSON, as the program prints it with `--format json`.
///
/// If there is no answer, the result is an object of the same schema with the member `errors`.
pub fn ask(verb: &str, question: &str, world: &dyn World) -> String {
    let schema = VERBS.iter().find(|(name, _)| *name == verb).map(|(_, schema)| *schema);
    let answer = match verb {
        "changes" => with(question, |args| changes(args, &Previewed::read(args, world)?, world)),
        "check" => with(question, |args| Ok(check(args, world))),
        "could" => with(question, |args| could(args, world)),
        "documents" => with(question, |args| documents(args, world)),
        "diff" => with(question, |args| diff(args, world)),
        "effective" => with(question, |args| effective(args, world)),
        "eval" => with(question, |args| explain(args, Depth::Decision, world)),
        "explain" => with(question, |args| explain(args, Depth::Trace, world)),
        "no-public" => with(question, |args| no_public(args, world)),
        "not-granted" => with(question, |args| not_granted(args, world)),
        "plan" => with(question, |args| plan(args, world)),
        "preflight" => with(question, |args| preflight(args, world)),
        "preview" => with(question, |args: &PreviewArgs| {
            if args.compares() {
                return Err(Trouble::usage("a preview since another state", "ask the verb `changes`"));
            }
            Previewed::read(args, world)?.preview(world)
        }),
        "profiles" => with(question, |args| profiles(args, world)),
        "profiles-build" => with(question, |args| build_profile(args, world)),
        "profiles-review" => with(question, |args| review_profiles(args, world)),
        "read-only" => with(question, |args| read_only(args, world)),
        "restrict" => with(question, |args| restrict(args, world)),
        "roles" => with(question, |args| roles(args, world)),
        "shrink" => with(question, |args| shrink(args, world)),
        "trust" => with(question, |args| trust(args, world)),
        "why" => with(question, |args| why(args, world)),
        _ => {
            let names: Vec<&str> = VERBS.iter().map(|(name, _)| *name).collect();
            Err(Trouble::usage(format!("no verb `{verb}`"), first(&names, names.len())))
        }
    };
    answer.unwrap_or_else(|trouble| trouble.refused(schema))
}

fn with<Q: DeserializeOwned, A: Answer>(
    question: &str,
    verb: impl FnOnce(&Q) -> Result<A, Trouble>,
) -> Result<String, Trouble> {
    let question = read(question, "the question")?;
    verb(&question).map(|answer| answer.to_json())
}

fn read<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, Trouble> {
    serde_json::from_str(text).map_err(|error| {
        let help = format!("{what} is an object in JSON; its members are the flags of the program");
        Trouble::input(what, "INVALID_QUESTION", error.to_string(), help)
    })
}

/// Reads texts by path from a JSON object.
pub(crate) fn texts(json: &str) -> Result<BTreeMap<String, String>, Trouble> {
    read(json, "the files").map(|TextsJson(texts)| texts)
}

struct TextsJson(BTreeMap<String, String>);

impl<'de> Deserialize<'de> for TextsJson {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Texts)
    }
}

struct Texts;

impl<'de> Visitor<'de> for Texts {
    type Value = TextsJson;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts by path")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<TextsJson, M::Error> {
        let mut texts = BTreeMap::new();
        while let Some((path, text)) = map.next_entry::<String, String>()? {
            if texts.contains_key(&path) {
                return Err(M::Error::custom(format!("the path `{path}` twice")));
            }
            texts.insert(path, text);
        }
        Ok(TextsJson(texts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{BuiltIn, Texts};
    use iamgate::iam_policy::value::Instant;

    fn answer(verb: &str, question: &str, files: &[(&str, &str)]) -> String {
        let built_in = BuiltIn::complete();
        let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        ask(verb, question, &Texts::new(files, &built_in, Instant::from_epoch_seconds(0)))
    }

    #[test]
    fn every_verb_says_what_is_wrong_with_a_question() {
        for (verb, schema) in VERBS {
            for question in ["", "[]", "{\"unheard\": 1}"] {
                let said = answer(verb, question, &[]);
                assert!(said.contains(&format!("\"schema\": \"{schema}\"")), "{verb}: {said}");
                assert!(
                    said.contains("INVALID_QUESTION") || *verb == "profiles",
                    "{verb} {question}: {said}"
                );
            }
        }
        assert!(answer("sing", "{}", &[]).contains("no verb `sing`"));
    }

    #[test]
    fn what_is_said_is_not_ignored() {
        let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
        let role = r#"{"RoleName": "R", "Arn": "arn:aws:iam::111122223333:role/R"}"#;
        let files = [("r/role.json", role), ("r/inline/p.json", policy)];
        for (verb, question) in [
            ("plan", r#"{"snapshot": "r", "claims": "c", "engineer": "e", "case": "1", "replay": "x"}"#),
            ("preview", r#"{"snapshot": "r", "before_profile": "narrow"}"#),
            ("changes", r#"{"snapshot": "r"}"#),
            ("changes", r#"{"snapshot": "r", "before_profile": "narrow", "before_role": "s"}"#),
            ("eval", r#"{"case": "c", "request": {"action": "s3:GetObject"}}"#),
            ("explain", r#"{"case": "c", "policies": {"identity": ["p"]}}"#),
            ("could", r#"{"snapshot": "r", "action": "s3:GetObject", "message": "m"}"#),
        ] {
            let answer = answer(verb, question, &files);
            assert!(answer.contains("\"code\": \"USAGE\""), "{verb}: {answer}");
        }
    }

    #[test]
    fn files_come_from_the_texts() {
        let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
        let said = answer("check", r#"{"paths": ["role"]}"#, &[("role/a.json", policy), ("b.json", "{")]);
        assert!(said.contains("\"file\": \"role/a.json\"") && !said.contains("b.json"), "{said}");
        let said = answer("check", r#"{"paths": ["c.json"]}"#, &[("b.json", "{")]);
        assert!(said.contains("FILE_NOT_FOUND") && said.contains("the files given are: b.json"), "{said}");
    }

    #[test]
    fn a_path_is_given_once() {
        assert!(texts(r#"{"a": "1", "a": "2"}"#).is_err());
        assert_eq!(texts(r#"{"a": "1", "__proto__": "2"}"#).unwrap().len(), 2);
    }
}
