//! An accepted profile has the same content with its account filled in and its JSON laid out again. It counts the characters that STS would
//! get. (JSON is laid out again in ASCII: characters beyond U+00FF are accepted only as escapes, rule 1.4.)

use iam_eval::action_matches;
use iam_policy::Size;
use iamgate::{File, Profile};

use crate::input;
use crate::targets::manifests_pin_documents;

pub fn profiles_read_back(data: &[u8]) {
    const ACCOUNT: &str = "111122223333";
    let Some(text) = input::text(data) else { return };
    let managed = manifests_pin_documents::pinned();
    let read = |text: &str| {
        let file = File { name: "profile.json".into(), text: text.into() };
        Profile::load(&file, ACCOUNT, &managed, &input::limits())
    };
    let Ok(profile) = read(text) else { return };
    let filled = text.replace("{{account}}", ACCOUNT);
    let value: serde_json::Value =
        serde_json::from_str(&filled).unwrap_or_else(|error| panic!("{filled:?}: {error}"));
    let arns = value["PolicyArns"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
    let laid_out = input::ascii(&format!("{value:#}"));
    for other in [&filled, &laid_out] {
        let again = read(other).unwrap_or_else(|error| panic!("{other}: {error}"));
        assert_eq!(told(&again), told(&profile), "{other}");
        let policies = |p: &Profile| {
            p.policies().iter().map(|p| (p.name().to_owned(), p.policy().clone())).collect::<Vec<_>>()
        };
        assert_eq!(policies(&again), policies(&profile), "{other}");
    }
    let inline =
        profile.policies().first().map_or(0, |inline| Size::of(&inline.policy().to_json()).characters);
    let counted = inline + arns.map(|arn| arn.chars().count()).sum::<usize>();
    assert_eq!(profile.characters(), counted, "{filled}");
    for exception in profile.exceptions() {
        for action in exception.actions().iter().map(|a| a.text()) {
            let named = profile.exceptions_for(action).count() > 0;
            assert!(named || !exception.actions().iter().any(|p| action_matches(p, action)), "{action:?}");
        }
    }
    assert!(!text.contains("{{") || text.contains("{{account}}"), "an unfilled placeholder: {text:?}");
}

fn told(profile: &Profile) -> String {
    let (promise, denied) =
        ((profile.levels(), profile.exceptions(), profile.never_allowed()), profile.always_denied());
    let numbers = (profile.characters(), profile.budget());
    format!("{} {} {promise:?} {denied:?} {numbers:?} {}", profile.name(), profile.about(), profile.sha256())
}
