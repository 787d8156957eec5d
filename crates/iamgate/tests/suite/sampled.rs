//! Callers from outside, drawn at random, with the keys that AWS gives them. They know nothing of the analysis.
#![expect(clippy::wildcard_enum_match_arm, reason = "most kinds of callers and values are drawn alike")]

use std::collections::BTreeSet;

use iam_testkit::Source;
use iamgate::iam_analysis::Inside;
use iamgate::iam_eval::{Action, Context, ContextValue, Principal, Request};
use iamgate::iam_policy::{
    ArnFields, Condition, Effect, IamResource, Partition, Policy, Statement, Values, is_account,
};

/// The texts of a policy from which callers are drawn.
pub(crate) struct Pool<'p> {
    policy: &'p Policy,
    inside: &'p Inside,
    partitions: &'p [Partition],
    accounts: Vec<String>,
    arns: Vec<String>,
}

impl<'p> Pool<'p> {
    pub(crate) fn new(policy: &'p Policy, inside: &'p Inside, partitions: &'p [Partition]) -> Self {
        let mut texts: BTreeSet<String> = BTreeSet::new();
        for statement in &policy.statements {
            let entries = statement.principal.iter().flat_map(|element| element.principals().entries());
            texts.extend(entries.map(|entry| entry.value.text().to_owned()));
            texts.extend(statement.conditions.iter().flat_map(|c| c.values.texts()).map(ToOwned::to_owned));
        }
        let digits = |text: &String| {
            let runs = text.split(|c: char| !c.is_ascii_digit());
            runs.filter(|run| is_account(run)).map(ToOwned::to_owned).collect::<Vec<_>>()
        };
        let accounts: BTreeSet<String> = texts.iter().flat_map(digits).collect();
        let arns = texts.into_iter().filter(|text| text.starts_with("arn:")).collect();
        Self { policy, inside, partitions, accounts: accounts.into_iter().collect(), arns }
    }

    fn is_inside(&self, account: &str) -> bool {
        self.inside.owner.as_str() == account
            || self.inside.accounts.iter().any(|own| own.as_str() == account)
    }

    fn account(&self, source: &mut Source<'_>) -> String {
        loop {
            let mut account = match source.below(4) {
                0 => "444455556666".to_owned(),
                1 => (0..12)
                    .map(|_| word(source, &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]))
                    .collect(),
                _ => source.choose(&self.accounts).cloned().unwrap_or_else(|| "777788889999".to_owned()),
            };
            if source.chance(25) {
                let at = source.below(12);
                account.replace_range(at..=at, word(source, &["0", "1", "5", "9"]));
            }
            if !self.is_inside(&account) {
                return account;
            }
        }
    }

    /// A request that a caller outside may make.
    pub(crate) fn request(&self, source: &mut Source<'_>) -> Option<Request> {
        let allows: Vec<&Statement> =
            self.policy.statements.iter().filter(|s| s.effect.value == Effect::Allow).collect();
        // Of a policy that allows nothing, callers try what it denies.
        let all: Vec<&Statement> = self.policy.statements.iter().collect();
        let aimed = *source.choose(if allows.is_empty() { &all } else { &allows })?;
        let partition = source.choose(self.partitions)?.as_str();
        let account = self.account(source);
        let mut context = Context::new();
        let principal = self.principal(source, aimed, partition, &account, &mut context);
        principal.check().ok()?;
        if principal.account().is_some_and(|own| self.is_inside(own)) {
            return None;
        }
        self.organization(source, aimed, &principal, &mut context);
        for condition in self.policy.statements.iter().flat_map(|s| &s.conditions) {
            self.other_key(source, condition, &principal, &mut context);
        }
        // The keys of the statement that is aimed at come last, so that they fit most often.
        for condition in &aimed.conditions {
            if source.chance(80) {
                self.other_key(source, condition, &principal, &mut context);
            }
        }
        let action = aimed.action.patterns();
        let action = if aimed.action.is_not() || source.chance(5) {
            word(source, &["s3:GetObject", "sqs:SendMessage", "kms:Decrypt", "foo:Bar"]).to_owned()
        } else {
            let pattern = source.choose(action)?.value.pattern().text();
            if pattern == "*" { "s3:GetObject".to_owned() } else { filled(source, pattern, &context) }
        };
        let resource = match &aimed.resource {
            Some(element) if !element.is_not() => {
                let pattern = source.choose(element.patterns())?.value.pattern().text();
                filled(source, pattern, &context)
            }
            _ => "*".to_owned(),
        };
        // A pattern of no partition, or of another one, matches no resource of this partition.
        let is_own = resource == "*" || ArnFields::partition_of(&resource) == Some(partition);
        let resource = if is_own { resource } else { format!("arn:{partition}:s3:::x/y") };
        let request = Request::new(principal, Action::new(&action)?, resource);
        Some(request.owned_by(self.inside.owner.as_str()).with_context(context))
    }

    fn principal(
        &self,
        source: &mut Source<'_>,
        aimed: &Statement,
        partition: &str,
        account: &str,
        context: &mut Context,
    ) -> Principal {
        // A caller whom the policy names, or of whom a test of the ARN speaks.
        let entries = aimed.principal.iter().flat_map(|element| element.principals().entries());
        let mut arns: Vec<String> = entries.map(|entry| entry.value.text().to_owned()).collect();
        for condition in &aimed.conditions {
            if condition.key.value.as_str().eq_ignore_ascii_case("aws:PrincipalArn") {
                arns.extend(condition.values.texts().into_iter().map(ToOwned::to_owned));
            }
        }
        if source.chance(20) || arns.is_empty() {
            arns.clone_from(&self.arns);
        }
        let named = source.choose(&arns).map(|arn| {
            let parts: Vec<&str> = arn.splitn(6, ':').collect();
            let mut arn = arn.clone();
            if let [_, _, _, _, own, _] = parts.as_slice()
                && own.contains(['*', '?'])
                && !own.is_empty()
            {
                arn = arn.replacen(&format!(":{own}:"), &format!(":{account}:"), 1);
            }
            filled(source, &arn, &Context::new())
        });
        let name = word(source, &["x", "Admin", "app-1", "A"]).to_owned();
        let named = named.filter(|_| source.chance(70));
        let fields = named.as_deref().and_then(ArnFields::split);
        let own =
            fields.map_or(account, |f| if is_account(f.account) { f.account } else { account }).to_owned();
        let kind = fields.and_then(|f| f.iam());
        let session = word(source, &["s1", "session", "i-0abc"]).to_owned();
        let id = word(source, &["AROAXXXXXXXXXXXXXXXXX", "AROA1"]).to_owned();
        let iam = |rest: &str| format!("arn:{partition}:iam::{own}:{rest}");
        let sts = |rest: &str| format!("arn:{partition}:sts::{own}:{rest}");
        let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let path = word(source, &["", "", "a/", "role/", "x:role/"]).to_owned();
        let kind_number = match kind {
            Some(IamResource::Role(_) | IamResource::AssumedRole { .. }) => 0,
            Some(IamResource::User(_)) => 1,
            Some(IamResource::FederatedUser(_)) => 2,
            Some(IamResource::Root) => source.below(4),
            _ => source.below(5),
        };
        let (principal, userid) = match kind_number {
            0 => {
                let (role, session) = match kind {
                    Some(IamResource::Role(role)) => (role.to_owned(), session),
                    Some(IamResource::AssumedRole { role, session }) => {
                        (format!("{path}{role}"), session.to_owned())
                    }
                    _ => (format!("{path}{name}"), session),
                };
                let arn = sts(&format!("assumed-role/{}/{session}", last(&role)));
                let role_arn = iam(&format!("role/{role}"));
                let userid = format!("{id}:{session}");
                (
                    Principal::AssumedRole {
                        arn: arn.into(),
                        role_arn: role_arn.into(),
                        account: own.into(),
                        service_linked: false,
                    },
                    userid,
                )
            }
            1 => {
                let user = if let Some(IamResource::User(user)) = kind {
                    user.to_owned()
                } else {
                    format!("{path}{name}")
                };
                (
                    Principal::IamUser { arn: iam(&format!("user/{user}")).into(), account: own.into() },
                    "AIDAX".to_owned(),
                )
            }
            2 => {
                let user = if let Some(IamResource::FederatedUser(user)) = kind {
                    user.to_owned()
                } else {
                    "bob".to_owned()
                };
                let userid = format!("{own}:{user}");
                let by = word(source, &["user/maker", "root"]).to_owned();
                (
                    Principal::FederatedUser {
                        arn: sts(&format!("federated-user/{user}")).into(),
                        user_arn: iam(&by).into(),
                        account: own.into(),
                    },
                    userid,
                )
            }
            3 => (Principal::Root { arn: iam("root").into(), account: own.clone().into() }, own),
            _ => (Principal::Anonymous, "anonymous".to_owned()),
        };
        for (key, value) in principal.keys().iter() {
            context.set(key, value.clone());
        }
        context.set("aws:userid", ContextValue::single(userid));
        if principal != Principal::Anonymous {
            context.set("aws:PrincipalIsAWSService", ContextValue::single("false"));
        }
        principal
    }

    fn organization(
        &self,
        source: &mut Source<'_>,
        aimed: &Statement,
        principal: &Principal,
        context: &mut Context,
    ) {
        if *principal == Principal::Anonymous || source.chance(30) {
            return;
        }
        let mut ids = vec!["o-strangers01".to_owned()];
        for condition in self.policy.statements.iter().chain([aimed]).flat_map(|s| &s.conditions) {
            if condition.key.value.as_str().to_ascii_lowercase().starts_with("aws:principalorg") {
                let texts = condition.values.texts();
                ids.extend(texts.into_iter().map(|text| filled(source, text, &Context::new())));
            }
        }
        let own = source.choose(&ids).cloned().unwrap_or_default();
        let (id, rest) = own.split_once('/').unwrap_or((&own, "r-ab12/ou-1/"));
        let is_id = id.strip_prefix("o-").is_some_and(|r| {
            !r.is_empty() && r.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        });
        if !is_id || self.inside.organizations.iter().any(|own| **own == *id) || !rest.starts_with("r-") {
            return;
        }
        let rest = if rest.ends_with('/') { rest.to_owned() } else { format!("{rest}/") };
        context.set("aws:PrincipalOrgID", ContextValue::single(id));
        context.set("aws:PrincipalOrgPaths", ContextValue::multiple([format!("{id}/{rest}")]));
    }

    /// A key that does not follow from the caller.
    fn other_key(
        &self,
        source: &mut Source<'_>,
        condition: &Condition,
        principal: &Principal,
        context: &mut Context,
    ) {
        let key = condition.key.value.as_str();
        let folded = key.to_ascii_lowercase();
        let is_of_caller = [
            "aws:principalarn",
            "aws:principalaccount",
            "aws:principaltype",
            "aws:userid",
            "aws:username",
            "aws:principalorgid",
            "aws:principalorgpaths",
            "aws:principalisawsservice",
            "aws:principalservicename",
            "aws:principalservicenameslist",
            "aws:sourceaccount",
            "aws:sourcearn",
            "aws:sourceowner",
            "aws:sourceorgid",
            "aws:sourceorgpaths",
            "aws:assumedroot",
        ];
        let has_tags = matches!(
            principal,
            Principal::IamUser { .. } | Principal::AssumedRole { .. } | Principal::FederatedUser { .. }
        );
        if is_of_caller.contains(&&*folded) || (folded.starts_with("aws:principaltag/") && !has_tags) {
            return;
        }
        if *principal == Principal::Anonymous
            && ["aws:multifactorauthpresent", "aws:multifactorauthage", "aws:tokenissuetime", "aws:calledvia"]
                .contains(&&*folded)
        {
            return;
        }
        match &*folded {
            "kms:calleraccount" => {
                if let Some(account) = principal.account() {
                    context.set(key, ContextValue::single(account));
                }
                return;
            }
            "aws:resourceaccount" => {
                context.set(key, ContextValue::single(self.inside.owner.as_str()));
                return;
            }
            "aws:resourceorgid" if !self.inside.organizations.is_empty() => {
                context.set(key, ContextValue::single(self.inside.organizations[0].clone()));
                return;
            }
            _ => {}
        }
        if source.chance(25) {
            return;
        }
        let texts = condition.values.texts();
        let text = match &condition.values {
            Values::Null(_) => "x".to_owned(),
            Values::Ip(_) => word(source, &["192.0.2.1", "10.0.0.1", "2001:db8::1"]).to_owned(),
            Values::Bool(_) => word(source, &["true", "false"]).to_owned(),
            _ if source.chance(15) => "other".to_owned(),
            _ => source.choose(&texts).map(|text| filled(source, text, context)).unwrap_or_default(),
        };
        let text = match &condition.values {
            Values::Ip(_) if source.chance(60) => {
                texts.first().map_or(text, |range| range.split('/').next().unwrap_or_default().to_owned())
            }
            _ => text,
        };
        let is_set = condition.test.value.quantifier.is_some();
        let value = if is_set { ContextValue::multiple([text]) } else { ContextValue::single(text) };
        context.set(key, value);
    }
}

fn word(source: &mut Source<'_>, words: &[&'static str]) -> &'static str {
    source.choose(words).copied().unwrap_or_default()
}

/// A text that a pattern matches. Variables have the values of the context.
fn filled(source: &mut Source<'_>, pattern: &str, context: &Context) -> String {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        if let Some((name, behind)) = rest.strip_prefix("${").and_then(|rest| rest.split_once('}')) {
            match context.value(name.split(',').next().unwrap_or(name)) {
                Some(ContextValue::Single(value)) => text.push_str(value),
                _ => text.push_str("var"),
            }
            rest = behind;
            continue;
        }
        match c {
            '*' => text.push_str(word(source, &["x", "", "x/y", "444455556666", "Admin"])),
            '?' => text.push_str(word(source, &["x", "1"])),
            _ => text.push(c),
        }
        rest = rest.strip_prefix(c).unwrap_or_default();
    }
    text
}
