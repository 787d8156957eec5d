//! The form of a signed token: three parts, of which the first is the header.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use iam_json::{Document, Kind, Limits, Value};

use crate::error::TokenError;
use crate::issuer::Algorithm;

/// The deepest nesting of a header or of claims.
const DEPTH: usize = 16;

/// The longest key id, in bytes.
pub(crate) const MOST_KEY_ID: usize = 255;

/// The parts of a token that was taken apart. Nothing in it is verified.
#[derive(Clone)]
pub(crate) struct Parts<'t> {
    /// The text, as it was given.
    pub(crate) text: &'t str,
    /// Header and claims, as they were signed.
    pub(crate) signed: &'t str,
    pub(crate) signature: Vec<u8>,
    pub(crate) header: Header,
    /// The claims as JSON text.
    pub(crate) claims: String,
}

#[derive(Clone)]
pub(crate) struct Header {
    pub(crate) algorithm: Algorithm,
    pub(crate) key_id: Option<Box<str>>,
}

/// Members of a header that change how the token has to be read (RFC 7515 4.1.10, 4.1.11; RFC 7516; RFC 7797).
const DEMANDS: [&str; 5] = ["crit", "b64", "zip", "cty", "enc"];

/// Members of a header that bring a key or say where one is. A key that comes with the token proves nothing.
const KEYS: [&str; 3] = ["jwk", "jku", "x5u"];

/// Algorithms of RFC 7518 that need a shared secret, and the one that signs nothing, without regard to case.
const FORBIDDEN: [&str; 4] = ["none", "HS256", "HS384", "HS512"];

impl<'t> Parts<'t> {
    pub(crate) fn of(text: &'t str) -> Result<Self, TokenError> {
        let (signed, signature) = text.rsplit_once('.').ok_or(TokenError::NotThreeParts)?;
        let (header, claims) = signed.split_once('.').ok_or(TokenError::NotThreeParts)?;
        if claims.contains('.') {
            return Err(TokenError::NotThreeParts);
        }
        let header = Header::of(&json(header)?)?;
        Ok(Self { text, signed, signature: bytes(signature)?, header, claims: json(claims)? })
    }
}

impl Header {
    fn of(text: &str) -> Result<Self, TokenError> {
        let document = object(text)?;
        let root = document.root();
        let has = |names: &[&str]| names.iter().any(|name| root.member(name).is_some());
        if has(&DEMANDS) {
            return Err(TokenError::UnsupportedHeader);
        }
        if has(&KEYS) {
            return Err(TokenError::KeyInToken);
        }
        let text_of = |name| root.member(name).map(Value::as_string);
        match text_of("typ") {
            None => {}
            Some(Some(kind)) if is_jwt(&kind) => {}
            Some(_) => return Err(TokenError::WrongType),
        }
        let Some(Some(name)) = text_of("alg") else { return Err(TokenError::ForbiddenAlgorithm) };
        if FORBIDDEN.iter().any(|forbidden| forbidden.eq_ignore_ascii_case(&name)) {
            return Err(TokenError::ForbiddenAlgorithm);
        }
        let algorithm = Algorithm::named(&name).ok_or(TokenError::AlgorithmNotAllowed)?;
        let key_id = match text_of("kid") {
            None => None,
            Some(Some(id)) if id.len() <= MOST_KEY_ID => Some(Box::from(id)),
            Some(_) => return Err(TokenError::UnknownKey),
        };
        Ok(Self { algorithm, key_id })
    }
}

/// Whether a `typ` is that of a JWT (RFC 7519 5.1), with or without `application/`, in any case of letters.
fn is_jwt(kind: &str) -> bool {
    kind.eq_ignore_ascii_case("JWT") || kind.eq_ignore_ascii_case("application/jwt")
}

/// The bytes of a part. There is one text for given bytes: no padding, and the bits that are left over are zero.
pub(crate) fn bytes(part: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Encoding)
}

fn json(part: &str) -> Result<String, TokenError> {
    String::from_utf8(bytes(part)?).map_err(|_| TokenError::Json)
}

/// Reads a JSON object without repeated members.
pub(crate) fn object(text: &str) -> Result<Document<'_>, TokenError> {
    let mut limits = Limits::of_bytes(text.len());
    limits.depth = DEPTH;
    let document = Document::parse(text, limits).map_err(|_| TokenError::Json)?;
    let document = document.refuse_duplicates().map_err(|_| TokenError::DuplicateMember)?;
    if document.root().kind() == Kind::Object { Ok(document) } else { Err(TokenError::Json) }
}
