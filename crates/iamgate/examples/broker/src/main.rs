//! A broker in a hundred lines: it makes a plan, calls STS with it, and writes the decision record.
//!
//! The arguments are `broker ROLE TOKEN ENDPOINT RECORD`: the snapshot of the role, a file with the token, an STS endpoint, and the path for
//! the decision record. The broker does not verify the token. A real broker must do that before anything else.
#![forbid(unsafe_code)]

use std::error::Error;
use std::path::Path;
use std::{env, fs, time};

use aws_sdk_sts::config::{BehaviorVersion, Region};
use aws_sdk_sts::types::PolicyDescriptorType;
use aws_sdk_sts::{Client, Config};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use iamgate::iam_eval::Context;
use iamgate::iam_policy::{Limits, value::Instant};
use iamgate::{Claims, File, Gate, Plan, RoleSnapshot, SessionRequest, built_in};

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

/// The claims of a token. The caller has verified its signature, issuer and expiry.
fn claims(token: &str, limits: &Limits) -> Result<Claims, Box<dyn Error>> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token.split('.').nth(1).ok_or("not a token")?)?)?;
    Ok(Claims::from_json(&File { name: "token".into(), text }, limits)?)
}

fn plan(role: &Path, token: &str, record: &Path) -> Result<Plan, Box<dyn Error>> {
    let limits = Limits::default();
    let managed = built_in::managed()?;
    let role = RoleSnapshot::from_folder(&folder(role, role)?, &managed, &limits)?;
    let profile = built_in::profile("standard", role.account(), &managed)?;
    let providers = built_in::providers(role.account())?;
    let claims = claims(token, &limits)?;
    let now = time::SystemTime::now().duration_since(time::UNIX_EPOCH)?.as_secs();
    let outcome = Gate::embedded()?.plan(&SessionRequest {
        role: &role,
        profile: &profile,
        providers: &providers,
        provider: claims.issuer().ok_or("the token has no issuer")?,
        claims: &claims,
        engineer: "ana@doit.com",
        case: "4711",
        duration_seconds: 3_600,
        now: Instant::from_epoch_seconds(now.try_into()?),
        call: &Context::new(),
    });
    // The decision is written in both cases.
    fs::write(record, outcome.as_ref().map_or_else(|refused| &*refused.record, Plan::record))?;
    Ok(outcome?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [role, token, endpoint, record] = words.as_slice() else {
        return Err("usage: broker ROLE TOKEN ENDPOINT RECORD".into());
    };
    let token = fs::read_to_string(token)?;
    let plan = plan(Path::new(role), &token, Path::new(record))?;
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let call = plan.call();
    let arns = call.policy_arns().map(|arn| PolicyDescriptorType::builder().arn(arn).build());
    let request = Client::from_conf(config).assume_role_with_web_identity().web_identity_token(token.trim());
    let request = request.role_arn(call.role_arn()).role_session_name(call.role_session_name());
    let request = request.duration_seconds(call.duration_seconds().try_into()?).policy(call.policy());
    let answer =
        request.set_policy_arns(Some(arns.collect())).send().await?.credentials.ok_or("no credentials")?;
    println!("{} until {}", answer.access_key_id(), answer.expiration());
    Ok(())
}
