//! `iamgate trust`: who a role's trust policy admits.

mod json;

use iamgate::iam_eval::session::{Claim, Token};
use iamgate::iam_json::Document;
use iamgate::iam_policy::Limits;
use iamgate::{Profile, RoleSnapshot, TokenAnswer, TrustReport, provider_of, try_token};

use crate::answer::{Answer, Exit};
use crate::args::TrustArgs;
use crate::load::{self, Trusting};
use crate::plan::{CLAIMS_BYTES, context, once};
use crate::trouble::Trouble;
use crate::world::World;

pub(crate) use json::TrustJson;

/// The answer to the question who a trust policy admits.
#[derive(Debug)]
#[non_exhaustive]
pub struct TrustAnswer {
    /// The role.
    pub role: RoleSnapshot,
    /// Whether a trust policy alone was given, so that the role is made up.
    pub is_alone: bool,
    /// The report on its trust policy.
    pub report: TrustReport,
    /// The answer to one token, if the question is about one.
    pub token: Option<TokenAnswer>,
    profile: Profile,
}

/// Says who the trust policy of a role admits: all, or one token.
///
/// # Errors
/// The role or the claims cannot be read, or the role has no trust policy.
pub fn trust(args: &TrustArgs, world: &dyn World) -> Result<TrustAnswer, Trouble> {
    once(&args.snapshot, args.claims.as_deref())?;
    let now = load::time(world, args.at.as_deref())?;
    let details = world.built_in().details()?;
    let Trusting { role, profile, is_alone } = load::trusting(world, &args.snapshot, &args.session)?;
    if role.trust.is_none() {
        let help = "add trust.json, or the member AssumeRolePolicyDocument";
        return Err(Trouble::input(&args.snapshot, "NO_TRUST_POLICY", "the role has no trust policy", help));
    }
    let providers = load::providers(world, args.providers.as_deref(), role.account())?;
    let call = context(&args.context)?;
    let token = match &args.claims {
        Some(path) => {
            let (token, issuer) = claims(world, path, args.provider.as_deref())?;
            let provider = provider_of(&role, &issuer);
            let name = args.session_name.as_deref().unwrap_or("session");
            Some(try_token(&role, &provider, token, name, now, &call))
        }
        None => None,
    };
    let report = iamgate::trust(&role, &providers, profile.tag.as_ref(), now, &call, details);
    Ok(TrustAnswer { role, is_alone, report, token, profile })
}

impl TrustAnswer {
    /// What the answers rest on, as sentences without a full stop.
    pub fn premises(&self) -> Vec<String> {
        let mut premises: Vec<String> = self.report.premises.iter().map(ToString::to_string).collect();
        if self.is_alone {
            premises.push(format!(
                "a trust policy alone was given: the role is taken for {}, without tags",
                self.role.arn
            ));
        }
        premises
    }
}

/// The claims of a token, and its issuer.
fn claims(world: &dyn World, path: &str, provider: Option<&str>) -> Result<(Token, String), Trouble> {
    let file = world.read(path, CLAIMS_BYTES, "the claims of a token")?;
    let limits = Limits::default();
    let document = Document::parse(&file.text, &limits).and_then(Document::refuse_duplicates);
    let document = match document {
        Ok(document) => document,
        Err(report) => return Err(Trouble::document(file.clone(), report)),
    };
    let root = document.root();
    if root.kind() != iamgate::iam_json::Kind::Object {
        let found = format!("{} in place of claims", root.kind().name());
        let help = "give the claims of the decoded token: a JSON object";
        return Err(Trouble::input(&file.name, "INVALID_CLAIMS", found, help));
    }
    let token = Token::from_json(root);
    let issuer = match (provider, token.claim("iss")) {
        (Some(provider), _) => provider.to_owned(),
        (None, Some(Claim::One(issuer))) => issuer.to_string(),
        (None, Some(Claim::Many(_)) | None) => {
            let help = "give --provider, such as support.cre.doit-intl.com";
            return Err(Trouble::input(&file.name, "NO_ISSUER", "no claim iss", help));
        }
    };
    Ok((token, issuer))
}

impl Answer for TrustAnswer {
    fn to_json(&self) -> String {
        crate::json::indented(&TrustJson::new(self))
    }

    fn exit(&self) -> Exit {
        let exit = match &self.token {
            Some(token) if token.depends() => Exit::Depends,
            Some(token) => Exit::when(token.is_admitted()),
            None => {
                let is_refused =
                    self.report.findings.iter().any(|finding| self.profile.refuse.contains(&finding.code));
                Exit::when(self.report.admits_doit() && !is_refused)
            }
        };
        exit.unless_defect(self.report.is_defect())
    }
}
