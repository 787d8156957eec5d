//! What a profile says, as canonical JSON, and the hash of it.

use iam_catalog::SensitivityClass;
use iam_json::Json;
use iam_policy::ActionPattern;

use super::{Exception, GuardWishes, Kept, ManagedArn, Profile, SessionTag};
use crate::content;
use crate::filled;

impl Profile {
    /// The profile with the hash of its content.
    pub(super) fn hashed(mut self) -> Self {
        self.sha256 =
            content::of_display("profile", &filled::emptied(&self.json().to_string(), &self.account));
        self
    }

    /// Every value that the profile has, except account and hash.
    pub(super) fn json(&self) -> Json {
        let inline = self.policies.iter().filter(|named| named.is_inline());
        // The documents of AWS's policies have no parameters. The inline policy may have the account in it.
        let others: Vec<_> = self.policies.iter().filter(|named| !named.is_inline()).collect();
        Json::object([
            ("name", Json::text(self.name())),
            ("about", Json::text(self.about())),
            ("inline", Json::list(inline, |named| Json::text(named.policy().to_json()))),
            ("policies", Json::list(others, content::policy)),
            ("levels", Json::list(&self.levels, |level| Json::text(level.name()))),
            ("exceptions", Json::list(&self.exceptions, exception)),
            ("future", actions(&self.future)),
            (
                "never_allowed",
                Json::list(&self.never_allowed, |class| Json::text(SensitivityClass::name(*class))),
            ),
            ("always_denied", actions(&self.always_denied)),
            ("kept", Json::list(&self.kept, kept)),
            ("guard", guard(&self.guard)),
            ("characters", Json::count(self.characters)),
            ("budget", Json::count(self.budget)),
            ("tag", Json::maybe(self.tag.as_ref(), tag)),
            ("managed", Json::list(&self.managed, managed)),
            ("refuse", Json::list(&self.refuse, |code| Json::text(code.name()))),
        ])
    }
}

fn actions(patterns: &[ActionPattern]) -> Json {
    Json::list(patterns, |pattern| Json::text(pattern.text()))
}

fn exception(own: &Exception) -> Json {
    Json::object([
        ("actions", actions(&own.actions)),
        ("resources", Json::list(&own.resources, |pattern| Json::text(pattern.text()))),
        ("why", Json::text(own.why())),
    ])
}

fn kept(own: &Kept) -> Json {
    Json::object([("actions", actions(&own.actions)), ("why", Json::text(own.why()))])
}

fn guard(own: &GuardWishes) -> Json {
    Json::object([
        ("needed", actions(&own.needed)),
        ("seldom", actions(&own.seldom)),
        ("budget", Json::maybe(own.budget, Json::count)),
    ])
}

fn tag(own: &SessionTag) -> Json {
    Json::object([
        ("key", Json::text(own.key())),
        ("value", Json::text(own.value())),
        ("transitive", Json::Bool(own.transitive)),
    ])
}

fn managed(own: &ManagedArn) -> Json {
    Json::object([
        ("found", own.found.json()),
        (
            "pinned",
            Json::maybe(own.pinned(), |(version, sha256)| {
                Json::object([("version", Json::text(version)), ("sha256", Json::text(sha256))])
            }),
        ),
    ])
}
