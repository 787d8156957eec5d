//! Accepted claims have the same content as canonical JSON, and that JSON is already canonical. Accepted lists of providers and of steps fill
//! in the account, and no other text.

use iamgate::{Claims, File, IdentityProviders, Installation};

use crate::input;

pub fn claims_read_back(data: &[u8]) {
    const ACCOUNT: &str = "111122223333";
    let Some(text) = input::text(data) else { return };
    let limits = input::limits();
    let file = |text: &str| File { name: "file.json".into(), text: text.into() };
    if let Ok(claims) = Claims::from_json(&file(text), &limits) {
        let canonical = claims.to_json();
        let again = Claims::from_json(&file(&canonical), &limits)
            .unwrap_or_else(|error| panic!("{canonical}: {error}"));
        assert_eq!((again.to_json(), again.issuer()), (canonical, claims.issuer()), "{text}");
    }
    let filled = text.replace("{{account}}", ACCOUNT);
    if let Ok(own) = IdentityProviders::load(&file(text), ACCOUNT, &limits) {
        let again = IdentityProviders::load(&file(&filled), ACCOUNT, &limits)
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(again.providers(), own.providers());
        for provider in own.providers() {
            assert_eq!(
                own.of_arn(&provider.arn("aws", ACCOUNT), "aws", ACCOUNT).map(|found| found.issuer()),
                Some(provider.issuer())
            );
        }
    }
    if let Ok(own) = Installation::load(&file(text), ACCOUNT, &limits) {
        assert!(!own.steps.is_empty());
    }
}
