//! Policies of roles, drawn at random: actions, resources and keys that AWS has, in few values that have much to do with each other.

use iam_testkit::Source;

/// How a key is tested: its name, operators, and values.
struct Tests(&'static str, &'static [&'static str], &'static [&'static str]);

const TEXT: [&str; 6] = [
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
];
const LIST: [&str; 5] = [
    "ForAnyValue:StringLike",
    "ForAllValues:StringLike",
    "ForAnyValue:StringNotEquals",
    "ForAllValues:StringNotLike",
    "ForAllValues:StringEquals",
];

const KEYS: [Tests; 14] = [
    Tests("aws:PrincipalTag/team", &TEXT, &["a", "b", "a*", "", "A", "?"]),
    Tests("aws:PrincipalTag/DoitEnvironment", &TEXT, &["111122223333", "222222222222", "1*", "*"]),
    Tests("aws:RequestTag/team", &TEXT, &["a", "b", "${aws:PrincipalTag/team}", "*"]),
    Tests("aws:TagKeys", &LIST, &["team", "T*", "other", "*"]),
    Tests(
        "aws:SourceIp",
        &["IpAddress", "NotIpAddress"],
        &["10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/0", "2001:db8::/32"],
    ),
    Tests("aws:SecureTransport", &["Bool", "StringEquals"], &["true", "false"]),
    Tests(
        "aws:MultiFactorAuthAge",
        &["NumericLessThan", "NumericGreaterThanEquals", "NumericEquals", "NumericNotEquals"],
        &["0", "300", "3600", "300.5"],
    ),
    Tests("aws:CurrentTime", &["DateLessThan", "DateGreaterThan"], &["2026-01-01T00:00:00Z", "2027-01-01"]),
    Tests("aws:RequestedRegion", &TEXT, &["us-east-1", "eu-*", "*"]),
    Tests("aws:CalledVia", &LIST, &["athena.amazonaws.com", "cloudformation.amazonaws.com", "a*"]),
    Tests(
        "aws:SourceArn",
        &["ArnLike", "ArnNotLike", "ArnEquals", "StringLike"],
        &["arn:aws:sns:*:111122223333:*", "arn:aws:s3:::a*", "arn:aws:sns:us-east-1:111122223333:a"],
    ),
    Tests("s3:prefix", &TEXT, &["a", "a/*", "${aws:username}/*", ""]),
    Tests(
        "x:unknown",
        &["StringLike", "StringNotEquals", "ForAnyValue:StringEquals", "ForAllValues:StringLike"],
        &["a", "b*"],
    ),
    Tests("iam:PassedToService", &TEXT, &["ec2.amazonaws.com", "*.amazonaws.com"]),
];

/// A service: action patterns, and resource patterns.
struct Service(&'static [&'static str], &'static [&'static str]);

const SERVICES: [Service; 6] = [
    Service(
        &[
            "s3:GetObject",
            "s3:PutObject",
            "s3:Get*",
            "s3:*",
            "s3:*Object",
            "s3:ListBucket",
            "s3:PutObjectTagging",
            "S3:getobject",
            "s3:Li?tBucket",
        ],
        &[
            "arn:aws:s3:::a",
            "arn:aws:s3:::a/*",
            "arn:aws:s3:::a*",
            "arn:aws:s3:::*/b?",
            "arn:aws:s3:::${aws:username}/*",
            "arn:aws:s3:::${aws:PrincipalTag/team, 'a'}/*",
        ],
    ),
    Service(
        &["sqs:SendMessage", "sqs:*", "sqs:Get*", "sqs:ReceiveMessage", "sqs:TagQueue"],
        &[
            "arn:aws:sqs:*:111122223333:a",
            "arn:aws:sqs:us-east-1:*:a*",
            "arn:aws:sqs:*:*:*",
            "arn:*:sqs:us-east-1:111122223333:?",
        ],
    ),
    Service(
        &[
            "iam:PassRole",
            "iam:Get*",
            "iam:*",
            "iam:CreateUser",
            "iam:GenerateCredentialReport",
            "iam:ListRoles",
        ],
        &[
            "arn:aws:iam::111122223333:role/a",
            "arn:aws:iam::*:role/*",
            "arn:aws:iam::111122223333:user/${aws:username}",
        ],
    ),
    Service(
        &["dynamodb:GetItem", "dynamodb:*Item", "dynamodb:*", "dynamodb:Describe*", "dynamodb:BatchGet*"],
        &[
            "arn:aws:dynamodb:*:111122223333:table/a",
            "arn:aws:dynamodb:*:*:table/a*",
            "arn:aws:dynamodb:us-east-1:111122223333:table/a/index/*",
        ],
    ),
    Service(
        &["kms:Decrypt", "kms:Describe*", "kms:*", "kms:GetKeyPolicy"],
        &[
            "arn:aws:kms:*:111122223333:key/*",
            "arn:aws:kms:us-east-1:111122223333:key/a",
            "arn:aws:kms:*:*:*",
        ],
    ),
    Service(
        &[
            "secretsmanager:GetSecretValue",
            "secretsmanager:*",
            "ssm:Get*",
            "ssm:GetParameter",
            "lambda:List*",
            "sts:GetCallerIdentity",
            "foo:Bar*",
            "*:Get*",
            "support:*",
            "logs:StopQuery",
        ],
        &["arn:aws:secretsmanager:*:111122223333:secret:a*", "*", "arn:aws:ssm:*:*:parameter/*"],
    ),
];

/// A statement of an identity policy.
#[derive(Clone, Debug)]
pub(crate) struct Stated {
    pub(crate) allow: bool,
    pub(crate) not_action: bool,
    pub(crate) actions: Vec<&'static str>,
    pub(crate) not_resource: bool,
    pub(crate) resources: Vec<&'static str>,
    pub(crate) blocks: Vec<String>,
}

impl Stated {
    pub(crate) fn json(&self) -> String {
        let effect = if self.allow { "Allow" } else { "Deny" };
        let action = if self.not_action { "NotAction" } else { "Action" };
        let resource = if self.not_resource { "NotResource" } else { "Resource" };
        let condition = if self.blocks.is_empty() {
            String::new()
        } else {
            format!(r#","Condition":{{{}}}"#, self.blocks.join(","))
        };
        format!(
            r#"{{"Effect":"{effect}","{action}":[{}],"{resource}":[{}]{condition}}}"#,
            listed(&self.actions),
            listed(&self.resources)
        )
    }
}

/// Texts as the members of a JSON list.
pub(crate) fn listed(texts: &[&str]) -> String {
    texts.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(",")
}

pub(crate) fn document(statements: &[Stated]) -> String {
    let statements: Vec<String> = statements.iter().map(Stated::json).collect();
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}

/// Draws statements that have much to do with each other: of one service or two, with few keys.
pub(crate) struct Drawer<'s, 'b> {
    pub(crate) source: &'s mut Source<'b>,
    services: Vec<&'static Service>,
    keys: Vec<&'static Tests>,
}

impl<'s, 'b> Drawer<'s, 'b> {
    pub(crate) fn new(source: &'s mut Source<'b>) -> Self {
        let services = (0..source.between(1, 2)).map(|_| source.pick(&SERVICES)).collect();
        let keys = (0..source.between(1, 2)).map(|_| source.pick(&KEYS)).collect();
        Self { source, services, keys }
    }

    fn service(&mut self) -> &'static Service {
        self.source.choose(&self.services).copied().unwrap_or(&SERVICES[0])
    }

    /// One action pattern or two of the services.
    pub(crate) fn actions(&mut self) -> Vec<&'static str> {
        let count = self.source.between(1, 2);
        let mut found: Vec<&'static str> = Vec::new();
        for _ in 0..count {
            let Service(actions, _) = self.service();
            found.extend(if self.source.chance(4) { Some(&"*") } else { self.source.choose(actions) });
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// One resource pattern or two.
    pub(crate) fn resources(&mut self) -> Vec<&'static str> {
        if self.source.chance(35) {
            return vec!["*"];
        }
        let count = self.source.between(1, 2);
        let mut found: Vec<&'static str> = Vec::new();
        for _ in 0..count {
            let Service(_, resources) = self.service();
            found.extend(self.source.choose(resources));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    pub(crate) fn statement(&mut self, allow: bool) -> Stated {
        let (not_action, not_resource) = (self.source.chance(12), self.source.chance(10));
        let (actions, mut resources) = (self.actions(), self.resources());
        if not_resource {
            resources.retain(|text| *text != "*");
            if resources.is_empty() {
                resources.push("arn:aws:s3:::a/*");
            }
        }
        let mut blocks: Vec<String> = Vec::new();
        for _ in 0..*self.source.pick(&[0, 0, 1, 1, 2]) {
            let own = self.condition();
            let operator = |block: &str| block.split_once(":{").map(|(own, _)| own.to_owned());
            if blocks.iter().all(|other| operator(other) != operator(&own)) {
                blocks.push(own);
            }
        }
        Stated { allow, not_action, actions, not_resource, resources, blocks }
    }

    pub(crate) fn statements(&mut self, most: usize) -> Vec<Stated> {
        let mut found = vec![self.statement(true)];
        for _ in 1..self.source.between(1, most) {
            let allow = self.source.chance(50);
            found.push(self.statement(allow));
        }
        found
    }

    fn condition(&mut self) -> String {
        let tests = if self.source.chance(90) { self.source.choose(&self.keys).copied() } else { None };
        let Tests(name, operators, texts) = *tests.unwrap_or_else(|| self.source.pick(&KEYS));
        if self.source.chance(10) {
            let value = self.source.chance(50);
            return format!(r#""Null":{{"{name}":"{value}"}}"#);
        }
        let operator = self.source.choose(operators).copied().unwrap_or("StringEquals");
        let suffix = if self.source.chance(15) { "IfExists" } else { "" };
        let most = if operator == "Bool" { 1 } else { 2 };
        let mut values: Vec<&str> =
            (0..self.source.between(1, most)).filter_map(|_| self.source.choose(texts).copied()).collect();
        values.dedup();
        format!(r#""{operator}{suffix}":{{"{name}":[{}]}}"#, listed(&values))
    }

    /// Statements like these, with a change or several.
    pub(crate) fn changed(&mut self, own: &[Stated]) -> Vec<Stated> {
        let mut all = own.to_vec();
        for _ in 0..self.source.between(0, 2) {
            let at = self.source.below(all.len().max(1));
            match self.source.below(8) {
                0 => {
                    let allow = self.source.chance(50);
                    let more = self.statement(allow);
                    all.push(more);
                }
                1 if all.len() > 1 => {
                    all.remove(at.min(all.len().saturating_sub(1)));
                }
                2 => {
                    if let Some(one) = all.get_mut(at) {
                        one.blocks.pop();
                    }
                }
                3 => {
                    let block = self.condition();
                    if let Some(one) = all.get_mut(at)
                        && one.blocks.is_empty()
                    {
                        one.blocks.push(block);
                    }
                }
                4 => {
                    let actions = self.actions();
                    if let Some(one) = all.get_mut(at) {
                        one.actions = actions;
                    }
                }
                5 => {
                    let resources = self.resources();
                    if let Some(one) = all.get_mut(at).filter(|one| !one.not_resource) {
                        one.resources = resources;
                    }
                }
                6 => {
                    if let Some(one) = all.get(at).cloned() {
                        all.push(one);
                    }
                }
                _ => all.reverse(),
            }
        }
        all
    }
}
