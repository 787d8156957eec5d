//! The claims that are keys of one provider, against the catalogue of condition keys.

use std::collections::BTreeSet;

use iamgate::iam_catalog::{Details, KeyType};
use iamgate::iam_eval::session::{ClaimType, ProviderClaim};

/// Keys of every provider (rule 6.3).
const OF_EVERY_PROVIDER: [&str; 5] = ["sub", "aud", "oaud", "amr", "email"];

/// The key of an issuer whose `*` is as the catalogue writes it.
fn pattern(key: &str) -> Option<String> {
    let Some((before, rest)) = key.split_once("${") else { return Some(key.to_owned()) };
    Some(format!("{before}*{}", rest.split_once('}')?.1))
}

#[test]
fn the_catalogue_has_the_same_keys_of_providers() {
    let details = Details::embedded().unwrap();
    let action = details.action("sts:AssumeRoleWithWebIdentity").unwrap();
    let known: BTreeSet<(String, KeyType)> = action
        .condition_keys()
        .into_iter()
        .filter_map(|key| Some((pattern(key.name)?, key.key_type)))
        .filter(|(key, _)| key.split_once(':').is_some_and(|(issuer, _)| issuer.contains('.')))
        .filter(|(key, _)| !OF_EVERY_PROVIDER.iter().any(|name| key.ends_with(&format!(":{name}"))))
        .collect();
    let listed: BTreeSet<(String, KeyType)> = ProviderClaim::ALL
        .iter()
        .flat_map(|claim| {
            let key_type = match claim.claim_type {
                ClaimType::String => KeyType::String,
                ClaimType::Numeric => KeyType::Numeric,
            };
            claim.issuers.iter().map(move |issuer| (format!("{issuer}:{}", claim.key), key_type))
        })
        .collect();
    assert_eq!(listed, known);
    assert!(!listed.is_empty());
}
