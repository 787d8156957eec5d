//! A broker in a hundred lines: it verifies two tokens, makes a plan, writes the decision record, and calls STS with the plan's call.
//!
//! The arguments are `broker ROLE ENGINEER TOKEN KEYS ENDPOINT RECORD`: the snapshot of the role, a file with the token of the engineer's
//! sign-in, a file with the token for STS, a folder with the issuers' keys (`engineers.json` and `sts.json`, each a JWKS), an STS endpoint,
//! and the path for the decision record. A real broker fetches the keys, and keeps the ids of tokens that were used.
#![forbid(unsafe_code)]

use std::error::Error;
use std::path::Path;
use std::{env, fs, time};

use aws_sdk_sts::config::{BehaviorVersion, Region};
use aws_sdk_sts::types::PolicyDescriptorType;
use aws_sdk_sts::{Client, Config};
use iamgate::iam_eval::Context;
use iamgate::iam_policy::{Limits, value::Instant};
use iamgate::{File, Gate, Plan, RoleSnapshot, SessionRequest, StsCall, built_in};
use iamgate_token::{
    Algorithm, EngineerIssuer, KeySet, NameClaim, RecentTokens, Rules, StsIssuer, StsToken, TokenVerifier,
    VerifiedEngineer,
};

/// Who signs engineers in, and as which client the broker is registered there.
const LOGIN: (&str, &str) = ("https://login.example.com", "support-broker");
/// Who signs tokens for STS: an identity provider of the customer's account.
const ISSUER: &str = "https://support.cre.doit-intl.com";

/// The files `*.json` of a folder and of the folders in it.
fn folder(root: &Path, inner: &Path) -> Result<Vec<File>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(inner)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(folder(root, &path)?);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            let name = path.strip_prefix(root)?.to_string_lossy().into_owned();
            found.push(File { name, text: fs::read_to_string(&path)? });
        }
    }
    Ok(found)
}

/// Verifies both tokens. `audience` is what the identity provider in the customer's account expects.
fn verified(
    engineer: &str,
    token: &str,
    keys: &Path,
    audience: &str,
    now: i64,
) -> Result<(VerifiedEngineer, StsToken), Box<dyn Error>> {
    let algorithms = [Algorithm::Rs256, Algorithm::Es256];
    let engineers = EngineerIssuer::new(Rules::new(LOGIN.0, &algorithms)?, LOGIN.1)?;
    let verifier = TokenVerifier::new()
        .with_engineers(engineers.named_by(NameClaim::VerifiedEmail))?
        .with_sts(StsIssuer::new(Rules::new(ISSUER, &algorithms)?)?)?;
    let keys = |issuer: &str, name: &str| -> Result<KeySet, Box<dyn Error>> {
        Ok(KeySet::parse(issuer, &fs::read_to_string(keys.join(name))?)?)
    };
    let mut seen = RecentTokens::new(10);
    let engineer =
        verifier.engineer(engineer)?.verify(&keys(LOGIN.0, "engineers.json")?, &mut seen, now)?;
    let token = verifier.sts(token)?.verify(audience, &keys(ISSUER, "sts.json")?, &mut seen, now)?;
    Ok((engineer, token))
}

fn plan(
    role: &RoleSnapshot,
    engineer: &VerifiedEngineer,
    token: &StsToken,
    now: i64,
    record: &Path,
) -> Result<Plan, Box<dyn Error>> {
    let outcome = Gate::embedded()?.plan(&SessionRequest {
        role,
        profile: &built_in::profile("standard", role.account(), &built_in::managed()?)?,
        providers: &built_in::providers(role.account())?,
        engineer,
        token,
        case: "4711",
        duration_seconds: 3_600,
        now: Instant::from_epoch_seconds(now),
        call: &Context::new(),
    });
    // The decision is written in both cases.
    fs::write(record, outcome.as_ref().map_or_else(|refused| &*refused.record, Plan::record))?;
    Ok(outcome?)
}

fn now() -> Result<i64, Box<dyn Error>> {
    Ok(time::SystemTime::now().duration_since(time::UNIX_EPOCH)?.as_secs().try_into()?)
}

/// Calls STS. There is no other way to a session than a call that a plan has given.
async fn open(call: StsCall, endpoint: &str) -> Result<(), Box<dyn Error>> {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let (parameters, token) = call.into_parts();
    let arns = parameters.policy_arns().map(|arn| PolicyDescriptorType::builder().arn(arn).build());
    let request = Client::from_conf(config).assume_role_with_web_identity().web_identity_token(&*token);
    let request =
        request.role_arn(parameters.role_arn()).role_session_name(parameters.role_session_name());
    let request =
        request.duration_seconds(parameters.duration_seconds().try_into()?).policy(parameters.policy());
    let answer =
        request.set_policy_arns(Some(arns.collect())).send().await?.credentials.ok_or("no credentials")?;
    println!("{} until {}", answer.access_key_id(), answer.expiration());
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [role, engineer, token, keys, endpoint, record] = words.as_slice() else {
        return Err("usage: broker ROLE ENGINEER TOKEN KEYS ENDPOINT RECORD".into());
    };
    let role = Path::new(role);
    let role = RoleSnapshot::from_folder(&folder(role, role)?, &built_in::managed()?, &Limits::default())?;
    let (engineer, token) = (fs::read_to_string(engineer)?, fs::read_to_string(token)?);
    let (engineer, token) =
        verified(engineer.trim(), token.trim(), Path::new(keys), role.account(), now()?)?;
    let plan = plan(&role, &engineer, &token, now()?, Path::new(record))?;
    open(plan.into_call(token, Instant::from_epoch_seconds(now()?))?, endpoint).await
}
