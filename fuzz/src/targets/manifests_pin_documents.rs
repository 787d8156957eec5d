//! An accepted manifest pins its documents. Each document it lists is found by its ARN in every partition. If a byte of a document is changed,
//! the manifest is refused. The text is the manifest; its folder has one document, `a.json`.

use iam_policy::Limits;
use iamgate::{File, ManagedPolicies};

use crate::input;

pub const ARN: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

/// The document `a.json`, and its hash.
pub const DOCUMENT: (&str, &str) = (
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*"],"Resource":"*"}]}"#,
    "ee0430c6ba2cbba492cc2ea1d060a74b668766ce0d6d8ce5e3098353400b681e",
);

pub fn manifests_pin_documents(data: &[u8]) {
    let Some(text) = input::text(data) else { return };
    let Ok(managed) = load(text, DOCUMENT.0) else { return };
    for policy in managed.iter() {
        assert_eq!(policy.sha256(), DOCUMENT.1, "{text}");
        let Some(rest) = policy.arn().strip_prefix("arn:aws:") else { continue };
        for partition in ["aws", "aws-cn", "aws-us-gov"] {
            let found = managed.resolve(&format!("arn:{partition}:{rest}"), "x");
            let found = found.unwrap_or_else(|error| panic!("{error}: {text}"));
            assert_eq!((found.arn(), found.version()), (policy.arn(), policy.version()), "{text}");
        }
        let near = managed.resolve(&format!("{}x", policy.arn()), "x");
        assert!(
            near.is_ok_and(|near| near.arn().len() > policy.arn().len())
                || managed.policy(policy.arn()).is_some()
        );
    }
    let changed = load(text, &DOCUMENT.0.replace("Get", "Put"));
    assert!(changed.is_err() || managed.iter().next().is_none(), "another document: {text}");
}

/// The store with [`DOCUMENT`] under [`ARN`].
pub fn pinned() -> ManagedPolicies {
    load(&manifest(), DOCUMENT.0).unwrap_or_default()
}

/// The manifest of that store.
pub fn manifest() -> String {
    let (_, sha256) = DOCUMENT;
    format!(
        r#"{{"policies": [{{"arn": "{ARN}", "file": "a.json", "version_id": "v1", "sha256": "{sha256}"}}]}}"#
    )
}

fn load(manifest: &str, document: &str) -> Result<ManagedPolicies, iamgate::InputError> {
    let file = |name: &str, text: &str| File { name: name.into(), text: text.into() };
    ManagedPolicies::load(&[file("a.json", document), file("MANIFEST.json", manifest)], &Limits::default())
}
