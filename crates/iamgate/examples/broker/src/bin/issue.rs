//! An issuer for trying the broker out: it signs two tokens with a key that everybody knows.
//!
//! The arguments are `issue CLAIMS KEY FOLDER`: the claims of the token for STS, without times; a private key (P-256, PKCS #8, DER); and the
//! folder for `engineer`, `token`, `engineers.json` and `sts.json`, as the broker takes them.
#![forbid(unsafe_code)]

use std::error::Error;
use std::path::Path;
use std::{env, fs, time};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use iamgate_token::{Algorithm, FileKey, TokenSigner as _};

fn signed(key: &FileKey, claims: &str) -> Result<String, Box<dyn Error>> {
    let header = r#"{"alg":"ES256","kid":"loopback","typ":"JWT"}"#;
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = key.sign(message.as_bytes())?;
    Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [claims, key, folder] = words.as_slice() else {
        return Err("usage: issue CLAIMS KEY FOLDER".into());
    };
    let key = FileKey::from_der("loopback", Algorithm::Es256, &fs::read(key)?)?;
    let now = time::SystemTime::now().duration_since(time::UNIX_EPOCH)?.as_secs();
    let times = format!(r#""iat": {now}, "exp": {}"#, now + 120);
    let claims = fs::read_to_string(claims)?.replacen('{', &format!("{{{times}, "), 1);
    let engineer = format!(
        r#"{{"iss": "https://login.example.com", "aud": "support-broker", "sub": "00u1", "email": "ana@doit.com",
            "email_verified": true, {times}}}"#
    );
    let keys = format!(r#"{{"keys": [{}]}}"#, key.public_jwk());
    let folder = Path::new(folder);
    for (name, text) in [
        ("token", signed(&key, &claims)?),
        ("engineer", signed(&key, &engineer)?),
        ("engineers.json", keys.clone()),
        ("sts.json", keys),
    ] {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}
