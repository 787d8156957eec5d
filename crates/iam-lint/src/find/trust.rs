//! Role trust policies.

use iam_json::quoted;
use iam_policy::{Operator, PolicyKind, Quantifier};

use super::keys::meant_key;
use super::limits::is_of_any_account;
use super::{Run, arns::Fields};
use crate::code;
use crate::glob::{has_wildcard, is_every, like};
use crate::view::{Cond, Doc, Principal, Statement, Text};

const GITHUB: &str = "token.actions.githubusercontent.com";
const SAML: &str = "sts:AssumeRoleWithSAML";
const WEB: &str = "sts:AssumeRoleWithWebIdentity";
const PLAIN: &str = "sts:AssumeRole";

impl Run<'_, '_> {
    pub(super) fn trust(&mut self, statement: &Statement<'_>) {
        if self.kind() != PolicyKind::Trust {
            return;
        }
        self.calls(statement);
        self.sessions(statement);
        if statement.allows() {
            self.providers(statement);
            self.other_issuers(statement);
            self.github(statement);
        }
    }

    /// Calls that none of the principals can make.
    fn calls(&mut self, statement: &Statement<'_>) {
        let entries = statement.principal_entries();
        if entries.is_empty() {
            return;
        }
        let can = calls_of(statement);
        for text in statement.action_texts() {
            let wanted = [PLAIN, SAML, WEB].into_iter().find(|call| call.eq_ignore_ascii_case(&text.text));
            if let Some(wanted) = wanted.filter(|wanted| !can.contains(wanted)) {
                let right = can.first().copied().unwrap_or(PLAIN);
                let help = match provider_of(statement, wanted) {
                    Some(what) => format!(
                        "name {what} as the principal under Federated: the statement tests its claims; these principals call {right}"
                    ),
                    None => format!("these principals call {right}"),
                };
                self.at(code::MISMATCHED_ACTION_FOR_PRINCIPAL, text, wanted.to_owned(), help);
            }
        }
    }

    /// Sessions beside their roles.
    fn sessions(&mut self, statement: &Statement<'_>) {
        let role_of = |text: &str| {
            let fields = Fields::of(text)?;
            let account = fields.account.to_owned();
            let name = match fields.service {
                "iam" => fields.resource.strip_prefix("role/")?.rsplit('/').next()?,
                _ => return None,
            };
            Some((account, name.to_owned()))
        };
        let entries = statement.principal_entries();
        let roles: Vec<_> = entries.iter().filter_map(|entry| role_of(&entry.name.text)).collect();
        for entry in entries {
            let Some(fields) = Fields::of(&entry.name.text) else { continue };
            let Some(rest) = fields.resource.strip_prefix("assumed-role/").filter(|_| fields.service != "s3")
            else {
                continue;
            };
            let name = rest.split('/').next().unwrap_or_default();
            if roles.iter().any(|(account, role)| account == fields.account && role == name) {
                let help = format!("leave it out: the role {name} stands for all its sessions");
                self.at(
                    code::REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY,
                    &entry.name,
                    quoted(&entry.name.text),
                    help,
                );
            }
        }
    }

    /// OIDC providers without a test of their claims.
    fn providers(&mut self, statement: &Statement<'_>) {
        let grants_web = statement.action_texts().iter().any(|text| like(&text.text, WEB));
        for entry in statement.principal_entries() {
            if entry.kind != "Federated" || is_saml(&entry.name.text) || !grants_web {
                continue;
            }
            let Some(issuer) = issuer(&entry.name) else { continue };
            let tests = statement.conditions.iter().any(|cond| {
                let (head, claim) = cond.key.text.rsplit_once(':').unwrap_or_default();
                head.eq_ignore_ascii_case(issuer) && !claim.is_empty() && names_values(cond)
            });
            if !tests {
                let help = format!("test {issuer}:sub and {issuer}:aud");
                self.at(code::MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL, &entry.name, quoted(issuer), help);
                if issuer.eq_ignore_ascii_case(GITHUB) {
                    let help = format!("test {GITHUB}:sub with the repository and branch");
                    self.at(code::MISSING_GITHUB_REPO_CONDITION_KEY, &entry.name, quoted(issuer), help);
                }
            }
        }
    }

    /// Claims of providers that the statement does not name.
    fn other_issuers(&mut self, statement: &Statement<'_>) {
        let entries = statement.principal_entries();
        // What is replaced later in a provider may be the host of its issuer.
        if entries.iter().any(|entry| entry.kind == "Federated" && entry.name.text.contains("${")) {
            return;
        }
        let is_web = |entry: &&Principal<'_>| entry.kind == "Federated" && !is_saml(&entry.name.text);
        let issuers: Option<Vec<&str>> =
            entries.iter().filter(is_web).map(|entry| issuer(&entry.name)).collect();
        let Some(issuers) = issuers.filter(|issuers| !issuers.is_empty()) else { return };
        for cond in &statement.conditions {
            let Some((head, _)) = cond.key.text.rsplit_once(':') else { continue };
            // Prefixes of services have no dots; issuers have a host.
            let host = head.trim_start_matches("https://").split('/').next().unwrap_or_default();
            let is_own = issuers.iter().any(|issuer| issuer.eq_ignore_ascii_case(head));
            if host.contains('.') && !host.contains('$') && !is_own {
                let meant = meant_key(statement, &cond.key.text, None);
                let help = match meant.filter(|own| !own.eq_ignore_ascii_case(&cond.key.text)) {
                    Some(own) if issuers.iter().any(|issuer| own.starts_with(issuer)) => {
                        format!("write {own}")
                    }
                    Some(_) | None => format!("the statement names {}", issuers.join(" and ")),
                };
                self.at(code::CONDITION_KEY_OF_ANOTHER_ISSUER, &cond.key, quoted(&cond.key.text), help);
            }
        }
    }

    /// Wildcards in the subject of GitHub.
    fn github(&mut self, statement: &Statement<'_>) {
        let key = format!("{GITHUB}:sub");
        let names_branch = statement.tests(&[&format!("{GITHUB}:ref")]);
        if names_branch {
            return;
        }
        for cond in
            statement.conditions.iter().filter(|cond| cond.is(&key) && cond.is_like() && !cond.is_negated())
        {
            for value in cond.values.iter().filter(|value| has_wildcard(&value.text)) {
                let before = value.text.split(['*', '?']).next().unwrap_or_default();
                // The beginning of the name of a branch or tag is a choice of branches.
                let reference = before.split_once(":ref:refs/").and_then(|(_, own)| own.split_once('/'));
                if reference.is_some_and(|(_, name)| !name.is_empty()) {
                    continue;
                }
                // The environment is of the repository, which its owners protect.
                let help = if before.contains(":environment:") {
                    "name the environment: workflows of every environment of the repository can assume the role".to_owned()
                } else {
                    format!("name the repository and the branch, or test {GITHUB}:ref")
                };
                self.at(code::SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED, value, quoted(&value.text), help);
            }
        }
    }

    /// The three calls of IAM Roles Anywhere, over all statements.
    pub(super) fn roles_anywhere(&mut self) {
        if self.kind() != PolicyKind::Trust {
            return;
        }
        let doc = self.doc;
        let missing = missing_calls(doc);
        let place = of_roles_anywhere(doc).next().and_then(|own| own.actions.as_ref());
        if let Some(list) = place.filter(|list| !list.is_not && !missing.is_empty()) {
            let help = format!("add {}", missing.join(" and "));
            self.on(code::MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY, list.value, quoted(ANYWHERE), help);
        }
    }
}

const ANYWHERE: &str = "rolesanywhere.amazonaws.com";

/// The statements that let IAM Roles Anywhere in.
fn of_roles_anywhere<'a, 'd>(doc: &'a Doc<'d>) -> impl Iterator<Item = &'a Statement<'d>> {
    let of = |statement: &&Statement<'_>| {
        statement.allows() && statement.service_principals().any(|service| service.text == ANYWHERE)
    };
    doc.statements.iter().filter(of)
}

/// The calls of IAM Roles Anywhere that the policy does not allow it.
pub(crate) fn missing_calls(doc: &Doc<'_>) -> Vec<&'static str> {
    let allows = |call: &str| {
        of_roles_anywhere(doc).any(|own| own.action_texts().iter().any(|text| like(&text.text, call)))
    };
    let calls = [PLAIN, "sts:SetSourceIdentity", "sts:TagSession"];
    calls.into_iter().filter(|call| !allows(call)).collect()
}

/// Whether a test of a claim, which every token has, asks for some values of it.
fn names_values(cond: &Cond<'_>) -> bool {
    let is_open = cond.is_like() && cond.values.iter().any(|value| is_every(&value.text));
    cond.test.is_some_and(|test| test.operator != Operator::Null) && !cond.is_negated() && !is_open
}

/// The provider whose claims the statement tests, if a call is one with its tokens.
pub(crate) fn provider_of(statement: &Statement<'_>, call: &str) -> Option<&'static str> {
    let tests = |is: &dyn Fn(&str) -> bool| {
        statement
            .conditions
            .iter()
            .any(|cond| cond.key.text.rsplit_once(':').is_some_and(|(head, _)| is(head)))
    };
    if call.eq_ignore_ascii_case(SAML) {
        return tests(&|head| head.eq_ignore_ascii_case("saml")).then_some("the SAML provider");
    }
    let is_web = call.eq_ignore_ascii_case(WEB) && tests(&|head| head.contains('.'));
    is_web.then_some("the OIDC provider")
}

/// Whether a statement allows a call that assumes the role, and not only what goes with one.
pub(crate) fn lets_assume(statement: &Statement<'_>) -> bool {
    statement.actions.as_ref().is_none_or(|list| {
        let calls = [PLAIN, SAML, WEB];
        calls.iter().any(|call| list.texts.iter().any(|text| like(&text.text, call)) != list.is_not)
    })
}

/// Whether a Deny of the document keeps out callers of other accounts than some, or other organizations or networks.
pub(crate) fn are_strangers_denied(doc: &Doc<'_>, allow: &Statement<'_>) -> bool {
    let is_limit = |cond: &Cond<'_>| {
        let key = cond.key.text.to_ascii_lowercase();
        let is_open = match &*key {
            "aws:principalarn" => {
                cond.is_like() && cond.values.iter().any(|own| is_of_any_account(&own.text))
            }
            _ => cond.is_like() && cond.values.iter().any(|own| own.text.starts_with(['*', '?'])),
        };
        let is_any = cond.quantifier() == Some(Quantifier::ForAnyValue);
        cond.is_one_of(&OF_STRANGERS) && cond.is_negated() && !is_open && !is_any && !cond.values.is_empty()
    };
    let is_other = |cond: &Cond<'_>| cond.is("aws:PrincipalIsAWSService") && cond.is_word("false");
    let is_everyone = |own: &Statement<'_>| {
        own.principal_entries().iter().any(|entry| entry.kind == "AWS" && entry.name.text == "*")
    };
    doc.statements.iter().filter(|own| own.denies() && is_everyone(own)).any(|own| {
        own.conditions.iter().all(|cond| is_limit(cond) || is_other(cond)) && own.is_about_all_of(allow)
    })
}

/// Keys that every caller from outside has, and that it cannot choose.
const OF_STRANGERS: [&str; 5] = [
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:SourceIp",
];

/// The calls that principals of the statement can make.
pub(crate) fn calls_of(statement: &Statement<'_>) -> Vec<&'static str> {
    let can = |wanted: &str| {
        statement.principal_entries().iter().any(|entry| match &*entry.kind {
            "Federated" if is_saml(&entry.name.text) => wanted == SAML,
            "Federated" => wanted == WEB,
            _ => wanted == PLAIN,
        })
    };
    [PLAIN, SAML, WEB].into_iter().filter(|call| can(call)).collect()
}

/// Whether a federated principal is a SAML provider.
fn is_saml(text: &str) -> bool {
    Fields::of(text).is_some_and(|fields| fields.resource.starts_with("saml-provider/"))
}

/// The issuer of an OIDC provider: behind `oidc-provider/` in its ARN, or the domain.
/// The issuers of the OIDC providers that a statement names.
pub(crate) fn issuers<'s>(statement: &'s Statement<'_>) -> Vec<&'s str> {
    let entries = statement.principal_entries().iter();
    let web = entries.filter(|entry| entry.kind == "Federated" && !is_saml(&entry.name.text));
    web.filter_map(|entry| issuer(&entry.name)).filter(|own| !own.contains("${")).collect()
}

fn issuer<'t>(name: &'t Text<'_>) -> Option<&'t str> {
    match Fields::of(&name.text) {
        Some(fields) => fields.resource.strip_prefix("oidc-provider/"),
        None => name.text.contains('.').then_some(&name.text),
    }
}
