//! Questions about all web identity tokens: trust policies, and whom they admit.

use iam_catalog::Details;
use iam_eval::Context;
use iam_json::Json;
use iam_policy::value::Instant;
use iam_policy::{Condition, Limits, RoleArn};
use iam_testkit::Source;
use iamgate::{File, IdentityProviders, KeyTrust, RoleSnapshot, TrustDoubtKind, TrustVerdict, trust};

use crate::pairs::now;

/// How a claim or key is tested: its name, operators, and values. `:` before a name stands for the issuer.
struct Tests(&'static str, &'static [&'static str], &'static [&'static str]);

const TEXT: [&str; 6] = [
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
];
const LIST: [&str; 8] = [
    "ForAnyValue:StringLike",
    "ForAllValues:StringLike",
    "ForAnyValue:StringNotLike",
    "ForAllValues:StringNotLike",
    "ForAnyValue:StringEquals",
    "ForAllValues:StringEquals",
    "ForAllValues:StringEqualsIgnoreCase",
    "ForAnyValue:StringEqualsIgnoreCase",
];
const EITHER: [&str; 6] = [
    "StringEquals",
    "StringLike",
    "StringNotLike",
    "ForAnyValue:StringLike",
    "ForAllValues:StringLike",
    "ForAnyValue:StringNotEquals",
];

/// What callers choose, and the claims of a token.
const CHOSEN: [Tests; 14] = [
    Tests(":sub", &TEXT, &["a", "ab", "a*", "*b", "*", "", "AB", "?"]),
    Tests(":aud", &TEXT, &["a", "b", "a*", "*", "A"]),
    Tests(":sub", &TEXT, &["a", "a*", "?*"]),
    Tests("aws:RequestTag/x", &TEXT, &["a", "b", "a*", "", "?*", "*,*", "aws:*"]),
    Tests("aws:RequestTag/x", &TEXT, &["a", "b", "a*"]),
    Tests("aws:RequestTag/X", &TEXT, &["a", "b", "*"]),
    Tests("aws:TagKeys", &LIST, &["x", "X", "y", "x*", "*", "aws:*"]),
    Tests("aws:TagKeys", &LIST, &["x", "y"]),
    Tests("sts:TransitiveTagKeys", &LIST, &["x", "y", "X", "*"]),
    Tests("sts:SourceIdentity", &TEXT, &["ab", "a*", "*", "a", "* *"]),
    Tests("sts:RoleSessionName", &TEXT, &["ab", "a*", "?", "a b", "*@*", "A*", "??", "a"]),
    Tests(":amr", &LIST, &["a", "b*", "authenticated"]),
    Tests(":oaud", &EITHER, &["a", "b", "a*"]),
    Tests(":email", &TEXT, &["a@b", "*@b"]),
];

/// What follows from the call, and what is free or absent.
const OTHER: [Tests; 13] = [
    Tests("sts:RoleAuthorizedByIdp", &["Bool", "StringEquals", "Null"], &["true", "false"]),
    Tests(
        "aws:FederatedProvider",
        &TEXT,
        &["arn:aws:iam::111122223333:oidc-provider/*", "accounts.google.com", "*"],
    ),
    Tests(
        "aws:PrincipalArn",
        &["ArnLike", "ArnNotLike", "StringLike", "StringNotEquals"],
        &["arn:aws:iam::111122223333:role/a", "arn:aws:iam::*:*"],
    ),
    Tests("aws:PrincipalAccount", &TEXT, &["111122223333", "222222222222", "*"]),
    Tests("aws:PrincipalType", &TEXT, &["User", "AssumedRole"]),
    Tests("aws:userid", &TEXT, &["arn:aws:iam::111122223333:oidc-provider/*", "*:a"]),
    Tests("aws:PrincipalTag/x", &TEXT, &["a", "*"]),
    Tests("sts:ExternalId", &TEXT, &["a", "*"]),
    Tests("aws:SecureTransport", &["Bool", "Null"], &["true", "false"]),
    Tests("aws:SourceIp", &["IpAddress", "NotIpAddress"], &["10.0.0.0/8", "0.0.0.0/0"]),
    Tests("aws:ResourceAccount", &TEXT, &["111122223333", "222222222222"]),
    Tests(":repository", &EITHER, &["o/r", "o/*"]),
    Tests(":groups", &TEXT, &["a", "*"]),
];

const ISSUERS: [&str; 2] = ["token.actions.githubusercontent.com", "id.example.com/a"];

const WITH_TOKEN: &str = "\"sts:AssumeRoleWithWebIdentity\"";
const ACTIONS: [&str; 7] = [
    WITH_TOKEN,
    r#"["sts:AssumeRoleWithWebIdentity","sts:TagSession"]"#,
    r#"["sts:AssumeRoleWithWebIdentity","sts:TagSession","sts:SetSourceIdentity"]"#,
    r#""sts:TagSession""#,
    r#""sts:SetSourceIdentity""#,
    r#""sts:*""#,
    r#""sts:assumerole*""#,
];

/// Calls are made from this instant on. No policy asks for times.
const NOW: i64 = 1_795_000_000;

/// What questions about trust policies have in common.
pub(crate) struct Tokens {
    providers: IdentityProviders,
    details: Details<'static>,
    role: RoleArn,
}

impl Tokens {
    pub(crate) fn new() -> Result<Self, String> {
        let text = r#"{"schema": "iamgate/identity-providers", "version": 1, "providers": []}"#;
        let file = File { name: "identity-providers.json".into(), text: text.into() };
        let providers =
            IdentityProviders::load(&file, "111122223333", &Limits::default()).map_err(|e| e.to_string())?;
        let details = Details::embedded().map_err(|e| e.to_string())?;
        let role = RoleArn::parse("arn:aws:iam::111122223333:role/r").map_err(|e| e.to_string())?;
        Ok(Self { providers, details, role })
    }

    /// The questions about one trust policy: for each of its providers, whether any token is admitted, and whether one is that meets none of the
    /// tests of a key. With a fault, the answers are those for a policy that asks for a key of another name where it asks for the keys of tags.
    pub(crate) fn lines(&self, source: &mut Source<'_>, is_faulty: bool) -> Vec<String> {
        let text = policy(source);
        let own = if is_faulty { text.replace("aws:TagKeys", "aws:SourceVpc") } else { text.clone() };
        let file = File { name: "trust.json".into(), text: own };
        let Ok(role) = RoleSnapshot::from_trust_policy(&file, self.role.clone(), &Limits::default()) else {
            return Vec::new();
        };
        let begun = now();
        let instant = Instant::from_epoch_seconds(NOW);
        let report = trust(&role, &self.providers, None, instant, &Context::new(), &self.details);
        let count = report.verdicts().count().max(1);
        let taken = begun.elapsed().as_nanos().checked_div(u128::try_from(count).unwrap_or(1)).unwrap_or(0);
        let mut lines = Vec::new();
        for own in report.tokens.iter().filter(|own| !own.is_saml) {
            let mut line = |unless: &str, verdict: &TrustVerdict| {
                lines.push(format!(
                    r#""family":"tokens","provider":"{}","issuer":"{}","trust":{text},"unless":[{unless}],{},"nanoseconds":{taken}"#,
                    own.provider,
                    own.issuer,
                    told(verdict)
                ));
            };
            line("", &own.admitted);
            for key in own.keys.iter().filter(|key| !key.tests.is_empty()) {
                line(&tests(key), &key.other);
            }
        }
        lines
    }
}

fn told(verdict: &TrustVerdict) -> String {
    let is_defect = match verdict {
        TrustVerdict::Unknown(doubts) => doubts
            .iter()
            .any(|doubt| matches!(doubt.why, TrustDoubtKind::Open(iam_analysis::Doubt::Defect { .. }))),
        TrustVerdict::Never | TrustVerdict::Possible(_) => false,
    };
    let doubts = match verdict {
        TrustVerdict::Unknown(doubts) => {
            doubts.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        }
        TrustVerdict::Never | TrustVerdict::Possible(_) => String::new(),
    };
    format!(r#""verdict":"{}","is_defect":{is_defect},"doubts":{}"#, verdict.kind(), Json::text(doubts))
}

/// The tests of a key, each as a `Condition` block.
fn tests(key: &KeyTrust) -> String {
    let block = |test: &Condition| {
        let values: Vec<String> =
            test.values.texts().into_iter().map(|text| Json::text(text).to_string()).collect();
        format!(r#"{{"{}":{{"{}":[{}]}}}}"#, test.test.value, test.key.value.as_str(), values.join(","))
    };
    key.tests.iter().map(block).collect::<Vec<_>>().join(",")
}

pub(crate) fn policy(source: &mut Source<'_>) -> String {
    let issuer = *source.pick(&ISSUERS);
    // Few tests for all statements, so that they have much to do with each other.
    let tests: Vec<&Tests> = (0..source.between(1, 3)).map(|_| source.pick(&CHOSEN)).collect();
    let mut drawer = Drawer { source, issuer, tests };
    let mut statements = vec![drawer.statement(true)];
    for _ in 0..*drawer.source.pick(&[0, 1, 1, 2]) {
        statements.push(drawer.statement(false));
    }
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}

struct Drawer<'s, 'b> {
    source: &'s mut Source<'b>,
    issuer: &'static str,
    tests: Vec<&'static Tests>,
}

impl Drawer<'_, '_> {
    fn statement(&mut self, is_first: bool) -> String {
        let effect = if !is_first && self.source.chance(45) { "Deny" } else { "Allow" };
        let principal = match self.source.below(20) {
            0 if effect == "Deny" => "\"*\"".to_owned(),
            1 if effect == "Deny" => r#"{"AWS":"*"}"#.to_owned(),
            2 if !is_first => r#"{"Federated":"accounts.google.com"}"#.to_owned(),
            3 if !is_first => r#"{"AWS":"111122223333"}"#.to_owned(),
            4 if !is_first => "\"*\"".to_owned(),
            _ => format!(r#"{{"Federated":"arn:aws:iam::111122223333:oidc-provider/{}"}}"#, self.issuer),
        };
        let action = if is_first && self.source.chance(85) {
            *self.source.pick(&[ACTIONS[0], ACTIONS[1], ACTIONS[1], ACTIONS[2]])
        } else {
            *self.source.pick(&ACTIONS)
        };
        let count = *self.source.pick(&[0, 1, 1, 2, 2, 3]);
        let mut blocks: Vec<String> = (0..count).map(|_| self.condition()).collect();
        blocks.sort();
        blocks.dedup_by(|a, b| {
            a.split_once(":{").map(|(own, _)| own) == b.split_once(":{").map(|(own, _)| own)
        });
        let condition = if blocks.is_empty() {
            String::new()
        } else {
            format!(r#","Condition":{{{}}}"#, blocks.join(","))
        };
        format!(r#"{{"Effect":"{effect}","Principal":{principal},"Action":{action}{condition}}}"#)
    }

    fn condition(&mut self) -> String {
        let tests = match self.source.below(20) {
            0 | 1 => Some(self.source.pick(&OTHER)),
            2 => Some(self.source.pick(&CHOSEN)),
            _ => self.source.choose(&self.tests).copied(),
        };
        let Tests(name, operators, texts) = tests.unwrap_or(&CHOSEN[0]);
        let name = if name.starts_with(':') { format!("{}{name}", self.issuer) } else { (*name).to_owned() };
        let operator = self.source.choose(operators).copied().unwrap_or("StringEquals");
        if operator == "Null" || self.source.chance(12) {
            let value = self.source.chance(40);
            return format!(r#""Null":{{"{name}":"{value}"}}"#);
        }
        let suffix = if self.source.chance(12) { "IfExists" } else { "" };
        let most = if operator == "Bool" { 1 } else { 2 };
        let mut values: Vec<&str> =
            (0..self.source.between(1, most)).filter_map(|_| self.source.choose(texts).copied()).collect();
        values.dedup();
        let values: Vec<String> = values.iter().map(|text| format!("\"{text}\"")).collect();
        format!(r#""{operator}{suffix}":{{"{name}":[{}]}}"#, values.join(","))
    }
}
