//! Inputs that are large in one way each.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Documents of one kind of size.
pub(super) struct Input {
    /// The statements of a policy, without principals.
    statements: Vec<String>,
    /// The number of policies of the role, each with these statements.
    policies: usize,
    /// The number of roles of the output of `get-account-authorization-details`; 0 for none.
    roles: usize,
}

/// A function that makes an input.
type Make = fn() -> Input;

/// Every input.
pub(super) const ALL: &[(&str, Make)] = &[
    ("actions", actions),
    ("many-actions", many_actions),
    ("tags", tags),
    ("tag-values", tag_values),
    ("stars", stars),
    ("resource-stars", resource_stars),
    ("questions", questions),
    ("role-333k", role_333k),
    ("role-2m", role_2m),
    ("statements", statements),
    ("not-action", not_action),
    ("not-resource", not_resource),
    ("conditions", conditions),
    ("denies", denies),
    ("variables", variables),
    ("numbers", numbers),
    ("dump", dump),
    ("dump-one", dump_one),
];

impl Input {
    fn of(statements: Vec<String>) -> Self {
        Self { statements, policies: 1, roles: 0 }
    }

    /// Writes the documents: a policy, the same for a resource, a role, and the output of a command.
    pub(super) fn write(&self, root: &Path, place: &Path) -> Result<(), String> {
        let _ = fs::remove_dir_all(place);
        let inline = place.join("role/inline");
        let write =
            |path: &Path, text: &str| fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()));
        fs::create_dir_all(&inline).map_err(|e| format!("{}: {e}", inline.display()))?;
        let policy = document(&self.statements);
        write(&place.join("policy.json"), &policy)?;
        let with_principals: Vec<String> =
            self.statements.iter().map(|own| own.replacen('{', r#"{"Principal":"*","#, 1)).collect();
        write(&place.join("resource.json"), &document(&with_principals))?;
        let small = r#"{"Effect":"Allow","Action":["s3:Get*","ec2:Describe*"],"Resource":"*"}"#.to_owned();
        write(&place.join("small.json"), &document(&[small]))?;
        for name in ["role.json", "trust.json"] {
            let from = root.join("policies/doit/support-gateway").join(name);
            fs::copy(&from, place.join("role").join(name)).map_err(|e| format!("{}: {e}", from.display()))?;
        }
        for at in 0..self.policies {
            write(&inline.join(format!("p{at}.json")), &policy)?;
        }
        if self.roles > 0 {
            write(&place.join("dump.json"), &self.details(&policy))?;
        }
        Ok(())
    }

    /// The output of `aws iam get-account-authorization-details`.
    fn details(&self, policy: &str) -> String {
        let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}]}"#;
        let mut roles = String::new();
        for at in 0..self.roles {
            let comma = if at > 0 { "," } else { "" };
            let _ = write!(
                roles,
                r#"{comma}{{"Path":"/","RoleName":"r{at}","RoleId":"AROA{at}","Arn":"arn:aws:iam::123456789012:role/r{at}","CreateDate":"2026-01-01T00:00:00Z","AssumeRolePolicyDocument":{trust},"InstanceProfileList":[],"RolePolicyList":["#
            );
            for own in 0..self.policies {
                let comma = if own > 0 { "," } else { "" };
                let _ = write!(roles, r#"{comma}{{"PolicyName":"p{own}","PolicyDocument":{policy}}}"#);
            }
            roles.push_str(r#"],"AttachedManagedPolicies":[],"Tags":[]}"#);
        }
        format!(
            r#"{{"UserDetailList":[],"GroupDetailList":[],"RoleDetailList":[{roles}],"Policies":[],"IsTruncated":false}}"#
        )
    }
}

fn document(statements: &[String]) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.map(|item| format!("\"{item}\"")).collect();
    format!("[{}]", items.join(","))
}

/// Names of actions: verbs and nouns of services, most of which exist.
fn names(services: &'static [&'static str], count: usize, from: usize) -> impl Iterator<Item = String> {
    const VERBS: [&str; 8] = ["Get", "List", "Describe", "Put", "Create", "Delete", "Update", "Tag"];
    const NOUNS: [&str; 11] = [
        "Object",
        "Bucket",
        "Instances",
        "Role",
        "User",
        "Policy",
        "Queue",
        "Topic",
        "Table",
        "Key",
        "Secret",
    ];
    (from..from + count).map(move |at| {
        let (service, verb, noun) = (services[at % services.len()], VERBS[at / 11 % 8], NOUNS[at % 11]);
        let more = at / 88;
        if more == 0 { format!("{service}:{verb}{noun}") } else { format!("{service}:{verb}{noun}{more}") }
    })
}

const SERVICES: &[&str] = &["s3", "ec2", "iam", "sqs", "sns", "dynamodb", "kms"];

fn actions() -> Input {
    let own = |at: usize| {
        let actions = list(names(SERVICES, 44, at * 44));
        format!(r#"{{"Effect":"Allow","Action":{actions},"Resource":"arn:aws:s3:::bucket-{at}/*"}}"#)
    };
    Input::of((0..60).map(own).collect())
}

fn many_actions() -> Input {
    let own = |at: usize| {
        let actions = list(names(SERVICES, 4_000, at * 4_000));
        format!(r#"{{"Effect":"Allow","Action":{actions},"Resource":"*"}}"#)
    };
    Input::of((0..1).map(own).collect())
}

fn tags() -> Input {
    let own = |at: usize| {
        let tests: Vec<String> =
            (0..20).map(|key| format!(r#""aws:ResourceTag/key-{at}-{key}":"value-{key}-*""#)).collect();
        format!(
            r#"{{"Effect":"Allow","Action":"ec2:*","Resource":"*","Condition":{{"StringLike":{{{}}}}}}}"#,
            tests.join(",")
        )
    };
    Input::of((0..130).map(own).collect())
}

fn tag_values() -> Input {
    let own = |at: usize| {
        let values = list((0..150).map(|value| format!("team-{at}-{value}-*-x")));
        format!(
            r#"{{"Effect":"{}","Action":"ec2:*","Resource":"*","Condition":{{"StringLike":{{"aws:ResourceTag/team":{values}}}}}}}"#,
            if at.is_multiple_of(2) { "Allow" } else { "Deny" }
        )
    };
    Input::of((0..40).map(own).collect())
}

fn stars() -> Input {
    let own = |at: usize| {
        format!(
            r#"{{"Effect":"Allow","Action":"s3:*{}*{}*","Resource":"arn:aws:s3:::*{at}*/*x{at}*"}}"#,
            letter(at),
            letter(at / 7)
        )
    };
    Input::of((0..300).map(own).collect())
}

fn letter(at: usize) -> &'static str {
    ["e", "t", "a", "o", "i", "n", "s", "r", "l", "c", "u", "d"][at % 12]
}

fn resource_stars() -> Input {
    let own = |at: usize| {
        let parts: Vec<String> =
            (0..30).map(|part| format!("{}{}", letter(at + part), letter(at * 3 + part * 5))).collect();
        format!(
            r#"{{"Effect":"{}","Action":"s3:*","Resource":"arn:aws:s3:::*{}*"}}"#,
            if at.is_multiple_of(3) { "Deny" } else { "Allow" },
            parts.join("*")
        )
    };
    Input::of((0..200).map(own).collect())
}

fn questions() -> Input {
    let own = |at: usize| {
        format!(
            r#"{{"Effect":"{}","Action":"s3:Get*","Resource":"arn:aws:s3:::*{}{at}*{}"}}"#,
            if at.is_multiple_of(2) { "Deny" } else { "Allow" },
            "?".repeat(400),
            "?".repeat(200)
        )
    };
    Input::of((0..100).map(own).collect())
}

fn role_333k() -> Input {
    Input { policies: 3, ..wide_role() }
}

fn role_2m() -> Input {
    Input { policies: 18, ..wide_role() }
}

/// About 110 kB of statements that differ in everything.
fn wide_role() -> Input {
    let own = |at: usize| {
        let actions = list(names(SERVICES, 12, at * 5));
        let resources = list((0..4).map(|own| format!("arn:aws:s3:::bucket-{at}-{own}/path/*")));
        format!(
            r#"{{"Sid":"S{at}","Effect":"{}","Action":{actions},"Resource":{resources},"Condition":{{"StringEquals":{{"aws:ResourceTag/a{}":"v{at}"}}}}}}"#,
            if at.is_multiple_of(9) { "Deny" } else { "Allow" },
            at % 40
        )
    };
    Input::of((0..210).map(own).collect())
}

fn statements() -> Input {
    let own = |at: usize| {
        format!(r#"{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-{at}/*"}}"#)
    };
    Input { policies: 1, ..Input::of((0..1_000).map(own).collect()) }
}

fn not_action() -> Input {
    let own = |at: usize| {
        let actions = list(names(SERVICES, 20, at * 3).map(|name| format!("{name}*")));
        format!(
            r#"{{"Effect":"{}","NotAction":{actions},"Resource":"arn:aws:s3:::*{at}*"}}"#,
            if at.is_multiple_of(4) { "Deny" } else { "Allow" }
        )
    };
    Input::of((0..200).map(own).collect())
}

fn not_resource() -> Input {
    let own = |at: usize| {
        let resources = list((0..12).map(|own| format!("arn:aws:s3:::*{}{own}*/{at}*", letter(own))));
        format!(
            r#"{{"Effect":"{}","Action":"s3:*","NotResource":{resources}}}"#,
            if at.is_multiple_of(4) { "Deny" } else { "Allow" }
        )
    };
    Input::of((0..180).map(own).collect())
}

fn conditions() -> Input {
    let own = |at: usize| {
        let tests: Vec<String> = (0..12)
            .map(|key| {
                let values = list((0..6).map(|value| format!("v{}*{value}", (at + key) % 7)));
                format!(r#""aws:PrincipalTag/k{}":{values}"#, (at * 5 + key) % 60)
            })
            .collect();
        let operator =
            ["StringLike", "StringNotLike", "StringLikeIfExists", "ForAnyValue:StringLike"][at % 4];
        format!(
            r#"{{"Effect":"{}","Action":["s3:Get*","sqs:*"],"Resource":"*","Condition":{{"{operator}":{{{}}}}}}}"#,
            if at.is_multiple_of(2) { "Deny" } else { "Allow" },
            tests.join(",")
        )
    };
    Input::of((0..90).map(own).collect())
}

/// Allows and Denies whose conditions hang together: the hard case of a search.
fn denies() -> Input {
    let own = |at: usize| {
        let test = |key: usize, is_true: bool| {
            format!(r#""aws:PrincipalTag/k{}":"{}""#, key % 40, if is_true { "true" } else { "false" })
        };
        let tests: Vec<String> =
            [(at * 7, at.is_multiple_of(2)), (at * 11 + 3, at.is_multiple_of(3)), (at * 13 + 5, at % 5 < 2)]
                .map(|(key, own)| test(key, own))
                .into();
        let tests: Vec<String> =
            tests.into_iter().collect::<std::collections::BTreeSet<_>>().into_iter().collect();
        let mut seen = std::collections::BTreeSet::new();
        let tests: Vec<String> =
            tests.into_iter().filter(|test| seen.insert(test.split(':').nth(1).map(str::to_owned))).collect();
        format!(
            r#"{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{"StringEquals":{{{}}}}}}}"#,
            tests.join(",")
        )
    };
    let allow = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#.to_owned();
    Input::of(std::iter::once(allow).chain((0..400).map(own)).collect())
}

fn variables() -> Input {
    let own = |at: usize| {
        format!(
            r#"{{"Effect":"{}","Action":"s3:*","Resource":"arn:aws:s3:::${{aws:PrincipalTag/a{}}}*${{aws:username}}*{at}/${{aws:PrincipalTag/b{}, 'x*y'}}*"}}"#,
            if at.is_multiple_of(3) { "Deny" } else { "Allow" },
            at % 9,
            at % 5
        )
    };
    Input::of((0..300).map(own).collect())
}

fn numbers() -> Input {
    let own = |at: usize| {
        let addresses = list((0..60).map(|own| format!("10.{}.{own}.0/24", at % 250)));
        format!(
            r#"{{"Effect":"{}","Action":"*","Resource":"*","Condition":{{"IpAddress":{{"aws:SourceIp":{addresses}}},"NumericLessThan":{{"s3:max-keys":"{at}"}},"DateGreaterThan":{{"aws:CurrentTime":"2026-{:02}-01T00:00:00Z"}}}}}}"#,
            if at.is_multiple_of(2) { "Deny" } else { "Allow" },
            at % 12 + 1
        )
    };
    Input::of((0..70).map(own).collect())
}

/// 104 megabytes of roles as large accounts have them.
fn dump() -> Input {
    let own = |at: usize| {
        let actions = list(names(SERVICES, 12, at * 5));
        format!(r#"{{"Effect":"Allow","Action":{actions},"Resource":"arn:aws:s3:::bucket-{at}/*"}}"#)
    };
    Input { statements: (0..16).map(own).collect(), policies: 2, roles: 12_500 }
}

/// An account with one role that has very many policies.
fn dump_one() -> Input {
    Input { policies: 60, roles: 1, ..wide_role() }
}
