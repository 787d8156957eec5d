//! What a snapshot says, as canonical JSON, and the hash of it.

use iam_json::Json;

use super::{NamedVersion, RoleSnapshot};
use crate::content;
use crate::managed::{ManagedPolicy, NamedPolicy};

impl RoleSnapshot {
    /// The snapshot with the hash of its content.
    pub(super) fn hashed(mut self) -> Self {
        self.sha256 = content::of_json("role", &self.json());
        self.in_order = content::of_json("role in order", &self.in_order());
        self
    }

    /// The hash, and every list of documents as it stands, with the lines of the statements.
    fn in_order(&self) -> Json {
        let list = |own: &[NamedPolicy]| Json::list(own, content::placed);
        let levels = |own: Option<&[Vec<NamedPolicy>]>| {
            Json::maybe(own, |levels| Json::list(levels, |level| list(level)))
        };
        Json::List(vec![
            Json::text(self.sha256()),
            Json::maybe(self.trust.as_ref(), content::placed),
            list(&self.policies),
            Json::maybe(self.boundary.as_ref(), content::placed),
            levels(self.scp()),
            levels(self.rcp()),
            list(&self.resources),
            Json::list(&self.deployed, ManagedPolicy::json),
            Json::list(&self.versions, version),
        ])
    }

    /// Every value that the snapshot has, except sources and hash.
    fn json(&self) -> Json {
        let tags = self.tags.iter().map(|(key, value)| Json::List(vec![Json::text(key), Json::text(value)]));
        Json::object([
            ("name", Json::text(self.name())),
            ("arn", Json::text(self.arn.as_str())),
            ("id", Json::maybe(self.id(), Json::text)),
            ("max_session_duration", Json::maybe(self.max_session_duration, Json::Number)),
            ("tags", Json::List(tags.collect())),
            ("trust", Json::maybe(self.trust.as_ref(), content::policy)),
            ("policies", sorted(&self.policies)),
            ("boundary", Json::maybe(self.boundary.as_ref(), |own| Json::text(own.sha256()))),
            ("scp", levels(self.scp())),
            ("rcp", levels(self.rcp())),
            ("resources", sorted(&self.resources)),
            ("deployed", Json::list(by(&self.deployed, ManagedPolicy::arn), ManagedPolicy::json)),
            (
                "taken",
                Json::list(&self.taken, |(arn, version)| {
                    Json::List(vec![Json::text(&**arn), Json::text(&**version)])
                }),
            ),
            ("versions", Json::list(by(&self.versions, NamedVersion::arn), version)),
        ])
    }
}

/// Policies whose order decides nothing.
fn sorted(policies: &[NamedPolicy]) -> Json {
    let mut policies: Vec<&NamedPolicy> = policies.iter().collect();
    policies.sort_by_key(|own| (own.name(), own.sha256()));
    Json::list(policies, content::policy)
}

fn by<T>(items: &[T], text: impl Fn(&T) -> &str) -> Vec<&T> {
    let mut items: Vec<&T> = items.iter().collect();
    items.sort_by(|a, b| text(a).cmp(text(b)));
    items
}

fn levels(levels: Option<&[Vec<NamedPolicy>]>) -> Json {
    Json::maybe(levels, |levels| Json::list(levels, |level| sorted(level)))
}

fn version(own: &NamedVersion) -> Json {
    Json::object([
        ("arn", Json::text(own.arn())),
        ("version", Json::text(own.version())),
        ("taken", Json::maybe(own.taken(), Json::text)),
    ])
}

#[cfg(test)]
mod tests {
    use iam_policy::Limits;

    use crate::input::File;
    use crate::managed::ManagedPolicies;
    use crate::snapshot::RoleSnapshot;

    /// A role whose policies begin after `before`.
    fn role(before: &str) -> RoleSnapshot {
        let policy = |who: &str, action: &str| {
            format!(
                r#"{{"Version": "2012-10-17", "Statement": [{before}{{"Effect": "Allow", {who} "Action": "{action}"}}]}}"#
            )
        };
        let about = r#"{"RoleName": "R", "Arn": "arn:aws:iam::123456789012:role/R"}"#.to_owned();
        let files = [
            ("role.json", about),
            ("trust.json", policy(r#""Principal": {"AWS": "123456789012"},"#, "sts:AssumeRole")),
            ("inline/own.json", policy(r#""Resource": "*","#, "s3:GetObject")),
        ];
        let files = files.map(|(name, text)| File { name: name.into(), text });
        RoleSnapshot::from_folder(&files, &ManagedPolicies::default(), &Limits::default()).unwrap()
    }

    #[test]
    fn lines_are_told_apart_that_decide_the_same() {
        let (one, same, lower) = (role(""), role(" "), role("\n\n"));
        assert_eq!([one.sha256(), one.sha256()], [same.sha256(), lower.sha256()]);
        assert_eq!(one.sha256_in_order(), same.sha256_in_order());
        assert_ne!(one.sha256_in_order(), lower.sha256_in_order());
    }
}
