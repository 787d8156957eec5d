//! Every verb answers every question over all files with JSON of its schema, and gives the same answer again.

use iam_policy::value::Instant;
use iamgate_verbs::{BuiltIn, Texts, VERBS, ask};

use crate::input;

thread_local! {
    /// The built-in content is read once. Its names, details and policies come from a release, not from a fuzzer.
    static BUILT_IN: BuiltIn = BuiltIn::complete();
}

pub fn verbs_answer(data: &[u8]) {
    let Some([verb, question, files]) = input::lines(data) else { return };
    let Ok(files) = Texts::files(files) else { return };
    BUILT_IN.with(|built_in| {
        let answer =
            || ask(verb, question, &Texts::new(files.clone(), built_in, Instant::from_epoch_seconds(0)));
        let said = answer();
        let value: serde_json::Value =
            serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"));
        let schema =
            VERBS.iter().find(|(name, _)| *name == verb).map_or("iamgate", |(_, schema)| schema.name());
        assert_eq!(value["schema"], schema, "{said}");
        assert_eq!(said, answer());
    });
}
