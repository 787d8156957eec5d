//! The work: policies and requests. They are the same in every run, and each request has its right decision.

mod doit;

use std::fmt::Write;

/// Policies, and requests to which they apply.
#[derive(Clone, Debug, Default)]
pub struct Work {
    /// A short name, for tables.
    pub name: String,
    /// A description.
    pub about: String,
    /// The policies of the layers, as JSON. A layer that is `None` does not exist.
    pub identity: Vec<String>,
    pub boundary: Option<String>,
    pub session: Vec<String>,
    pub resource: Option<String>,
    pub scp: Vec<Vec<String>>,
    pub rcp: Vec<Vec<String>>,
    /// The requests.
    pub asks: Vec<Ask>,
    /// The reason why peers do not take part; `None` if they do.
    pub alone: Option<&'static str>,
}

/// A request, and whether it is allowed.
#[derive(Clone, Debug)]
pub struct Ask {
    pub name: &'static str,
    pub action: String,
    pub resource: String,
    pub context: Vec<(&'static str, Value)>,
    pub allowed: bool,
}

/// The value of a condition key.
#[derive(Clone, Debug)]
pub enum Value {
    One(&'static str),
    Many(&'static [&'static str]),
}

pub const USER: &str = "arn:aws:iam::111122223333:user/ana";
pub const ROLE: &str = "arn:aws:iam::111122223333:role/Deploy";
pub const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/Deploy/ana";
pub const ACCOUNT: &str = "111122223333";

pub const READ_ONLY: &str = include_str!("../../policies/aws-managed/ReadOnlyAccess.json");

fn ask(name: &'static str, action: &str, resource: &str, allowed: bool) -> Ask {
    Ask { name, action: action.to_owned(), resource: resource.to_owned(), context: keys(), allowed }
}

/// The condition keys that AWS sets in most requests.
fn keys() -> Vec<(&'static str, Value)> {
    vec![
        ("aws:PrincipalArn", Value::One(USER)),
        ("aws:PrincipalAccount", Value::One(ACCOUNT)),
        ("aws:PrincipalTag/team", Value::One("blue")),
        ("aws:PrincipalTag/DoitEnvironment", Value::One(ACCOUNT)),
        ("aws:SourceIp", Value::One("192.168.3.4")),
        ("aws:CurrentTime", Value::One("2026-05-01T12:00:00Z")),
        ("aws:SecureTransport", Value::One("true")),
        ("aws:RequestedRegion", Value::One("eu-west-1")),
        ("aws:TagKeys", Value::Many(&["team", "cost"])),
    ]
}

fn policy(statements: &[String]) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}

/// The conditions of every statement that has some.
pub const CONDITIONS: &str = r#"{"StringEquals":{"aws:PrincipalTag/team":["red","blue"]},"IpAddress":{"aws:SourceIp":["10.0.0.0/8","192.168.0.0/16"]},"DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"},"ForAllValues:StringEquals":{"aws:TagKeys":["team","cost","owner"]}}"#;

/// The way in which statements are spread over services.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    pub services: usize,
    pub any_resource: bool,
    pub conditions: bool,
}

impl Spread {
    fn service(self, n: usize) -> String {
        if self.services == 1 { "s3".to_owned() } else { format!("svc{}", n % self.services) }
    }

    fn statement(self, n: usize) -> String {
        let service = self.service(n);
        let resource = if self.any_resource {
            r#""*""#.to_owned()
        } else {
            format!(r#"["arn:aws:{service}:::thing-{n}","arn:aws:{service}:::thing-{n}/*"]"#)
        };
        let condition = if self.conditions { format!(r#","Condition":{CONDITIONS}"#) } else { String::new() };
        format!(
            r#"{{"Effect":"Allow","Action":["{service}:GetObject{}","{service}:List*","{service}:Put{}*"],"Resource":{resource}{condition}}}"#,
            n % 50,
            n % 37
        )
    }

    /// Policies with this number of statements each, a request that the last statement allows, and a request that none allows.
    pub fn work(self, name: &str, about: &str, policies: usize, statements: usize) -> Work {
        let identity = (0..policies).map(|p| {
            let own: Vec<String> =
                (p * statements..(p + 1) * statements).map(|n| self.statement(n)).collect();
            policy(&own)
        });
        let last = policies * statements - 1;
        let service = self.service(last);
        let action = format!("{service}:GetObject{}", last % 50);
        let never = if self.any_resource { format!("{service}:Delete") } else { action.clone() };
        Work {
            name: name.to_owned(),
            about: about.to_owned(),
            identity: identity.collect(),
            asks: vec![
                ask("late", &action, &format!("arn:aws:{service}:::thing-{last}/key"), true),
                ask("never", &never, &format!("arn:aws:{service}:::elsewhere/key"), false),
            ],
            ..Work::default()
        }
    }
}

const PLAIN: Spread = Spread { services: 20, any_resource: false, conditions: false };

/// All workloads.
pub fn all() -> Vec<Work> {
    let one = Spread { services: 1, ..PLAIN };
    let starred = Spread { any_resource: true, ..PLAIN };
    vec![
        Spread { conditions: true, ..one }.work(
            "a",
            "one policy of 3 statements with four conditions each",
            1,
            3,
        ),
        read_only(),
        PLAIN.work("c 20 services", "100 policies x 20 statements over 20 services", 100, 20),
        one.work("c S3", "100 policies x 20 statements, all about S3", 100, 20),
        PLAIN.work("d 20 services", "1,000 policies x 20 statements over 20 services", 1_000, 20),
        one.work("d S3", "1,000 policies x 20 statements, all about S3", 1_000, 20),
        starred.work("e", "1,000 policies x 20 statements, every one about every resource", 1_000, 20),
        Spread { conditions: true, ..PLAIN }.work(
            "conditions",
            "100 policies x 20 statements with a tag, an address, a date and a set operator each",
            100,
            20,
        ),
        doit::work(),
        stack(),
        hostile(
            "stars",
            "50 patterns of 30 stars and 30 `?`, and a resource of 1,000 characters that nearly matches",
            &"*aaaaaaaa?".repeat(30),
        ),
        hostile(
            "long",
            "50 patterns of a star and 300 characters, and a resource of 1,000 characters that nearly matches",
            &format!("*{}", "a".repeat(300)),
        ),
    ]
}

/// The work of a growth measurement: this number of statements, in policies of 20, spread over services or about one service.
pub fn growth(statements: usize, services: usize) -> Work {
    let spread = Spread { services, ..PLAIN };
    spread.work(&statements.to_string(), "", statements.div_ceil(20), statements.min(20))
}

/// AWS's largest policy, twice.
pub fn read_only() -> Work {
    Work {
        name: "b".to_owned(),
        about: "AWS's ReadOnlyAccess as identity policy and as session policy".to_owned(),
        identity: vec![READ_ONLY.to_owned()],
        session: vec![READ_ONLY.to_owned()],
        asks: vec![
            ask("late", "xray:GetTraceGraph", "arn:aws:xray:eu-west-1:111122223333:group/a", true),
            ask("never", "s3:PutObject", "arn:aws:s3:::bucket/key", false),
        ],
        ..Work::default()
    }
}

fn stack() -> Work {
    let all = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#.to_owned();
    let everyone = r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#.to_owned();
    let deny = |action: &str| {
        format!(
            r#"{{"Effect":"Deny","Action":"{action}","Resource":"*","Condition":{{"StringNotEquals":{{"aws:RequestedRegion":["eu-west-1","eu-central-1"]}}}}}}"#
        )
    };
    let resource = format!(
        r#"{{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::bucket/*","Condition":{{"Bool":{{"aws:SecureTransport":"false"}}}}}},
           {{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{ACCOUNT}:root"}},"Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}}"#
    );
    Work {
        name: "stack".to_owned(),
        about: "three levels of SCPs, an RCP, boundary, ReadOnlyAccess, two session policies, a bucket policy; conditions in most"
            .to_owned(),
        identity: vec![READ_ONLY.to_owned(), policy(&[Spread { conditions: true, ..PLAIN }.statement(1)])],
        boundary: Some(policy(&[all.clone(), deny("iam:*")])),
        session: vec![READ_ONLY.to_owned(), policy(&[deny("*")])],
        resource: Some(policy(&[resource])),
        scp: vec![vec![policy(std::slice::from_ref(&all))], vec![policy(&[all.clone(), deny("ec2:*")])], vec![policy(&[
            all,
            deny("*"),
        ])]],
        rcp: vec![vec![policy(&[everyone])]],
        asks: vec![
            ask("allowed", "s3:GetObject", "arn:aws:s3:::bucket/some/key", true),
            ask("denied", "s3:PutObject", "arn:aws:s3:::bucket/some/key", false),
        ],
        alone: Some("no peer has all of these layers"),
    }
}

/// Patterns in which a star can be tried at nearly every character.
fn hostile(name: &str, about: &str, piece: &str) -> Work {
    let mut patterns = String::new();
    for n in 0..50 {
        let _ = write!(patterns, r#"{}"arn:aws:s3:::{piece}b{n}*""#, if n == 0 { "" } else { "," });
    }
    let statement = format!(r#"{{"Effect":"Allow","Action":"s3:Get*","Resource":[{patterns}]}}"#);
    Work {
        name: name.to_owned(),
        about: about.to_owned(),
        identity: vec![policy(&[statement])],
        asks: vec![ask("never", "s3:GetObject", &format!("arn:aws:s3:::{}", "a".repeat(1_000)), false)],
        ..Work::default()
    }
}

/// A request as a line for `iamgate eval --batch`. Each number gives a different request.
pub fn line(n: usize) -> String {
    let (verb, service) = [("Get", "s3"), ("Put", "s3"), ("Describe", "ec2"), ("List", "iam")][n % 4];
    format!(
        r#"{{"id":{n},"request":{{"principal":{{"type":"assumed_role","arn":"{SESSION}","role_arn":"{ROLE}","account":"{ACCOUNT}"}},"action":"{service}:{verb}Object{}","resource":"arn:aws:{service}:::bucket-{}/key","context":{{"aws:SourceIp":"192.0.2.{}","aws:SecureTransport":true,"aws:PrincipalTag/team":"blue"}}}}}}"#,
        n % 7,
        n % 1_000,
        n % 250
    )
}

/// The JSON files of a folder of `policies`, named relative to it.
///
/// # Panics
/// The folder cannot be read.
pub fn files(folder: &str) -> Vec<iamgate::File> {
    fn walk(root: &std::path::Path, folder: &std::path::Path, found: &mut Vec<iamgate::File>) {
        for entry in std::fs::read_dir(folder).expect("a folder of policies") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(root, &path, found);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                let name = path.strip_prefix(root).expect("below its root").to_string_lossy().into_owned();
                found.push(iamgate::File { name, text: std::fs::read_to_string(&path).expect("a text") });
            }
        }
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies").join(folder);
    let mut found = Vec::new();
    walk(&root, &root, &mut found);
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}
