//! Callers with the keys that AWS gives them: users, sessions, federated users, root users, services, and callers without credentials.

use std::collections::BTreeSet;

use iam_analysis::CallerKind;
use iam_eval::{Context, ContextValue, Principal, Request, ResourceKind};
use iam_policy::{ArnFields, IamResource, Policy, Statement, is_account};
use iam_testkit::Source;

use super::sample::{Pool, filled, near};

/// The keys that follow from the caller, or that callers of its kind do not have.
const OF_CALLERS: [&str; 27] = [
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
    "kms:calleraccount",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:resourceorgpaths",
    "aws:chatbotsourcearn",
    "aws:ec2instancesourceprivateipv4",
    "aws:ec2instancesourcevpc",
    "ec2:roledelivery",
    "ec2:sourceinstancearn",
    "lambda:sourcefunctionarn",
    "aws:signinsessionarn",
];
/// Keys that only sessions of roles have.
const OF_SESSIONS: [&str; 2] = ["aws:federatedprovider", "aws:sourceidentity"];
/// Keys that come from credentials of whatever kind.
const OF_CREDENTIALS: [&str; 5] = [
    "aws:multifactorauthpresent",
    "aws:multifactorauthage",
    "aws:tokenissuetime",
    "aws:calledvia",
    "aws:calledviafirst",
];

/// The texts of policies from which callers are made.
pub(crate) struct Crowd {
    accounts: Vec<String>,
    arns: Vec<String>,
    ids: Vec<String>,
    organizations: Vec<String>,
    services: Vec<String>,
    sources: Vec<String>,
}

impl Crowd {
    pub(crate) fn new<'p>(policies: impl IntoIterator<Item = &'p Policy>) -> Self {
        let mut own = Self {
            accounts: vec!["333333333333".to_owned(), "444455556666".to_owned()],
            arns: Vec::new(),
            ids: Vec::new(),
            organizations: vec!["o-cccccccccc".to_owned(), "o-a".to_owned()],
            services: vec!["other.amazonaws.com".to_owned(), "sns.amazonaws.com".to_owned()],
            sources: Vec::new(),
        };
        for statement in policies.into_iter().flat_map(|policy| &policy.statements) {
            own.take(statement);
        }
        let texts: BTreeSet<&str> = own.arns.iter().chain(&own.sources).map(String::as_str).collect();
        let runs = texts.iter().flat_map(|text| text.split(|c: char| !c.is_ascii_digit()));
        let found: Vec<String> = runs.filter(|run| is_account(run)).map(str::to_owned).collect();
        own.accounts.extend(found);
        own.accounts.sort();
        own.accounts.dedup();
        own
    }

    fn take(&mut self, statement: &Statement) {
        for entry in statement.principal.iter().flat_map(|element| element.principals().entries()) {
            let text = entry.value.text();
            let list = if text.contains(".amazonaws.com") { &mut self.services } else { &mut self.arns };
            list.push(text.to_owned());
            self.accounts.extend(is_account(text).then(|| text.to_owned()));
        }
        for condition in &statement.conditions {
            let texts = || condition.values.texts().into_iter().map(str::to_owned);
            let key = condition.key.value.as_str().to_ascii_lowercase();
            match key.as_str() {
                "aws:principalarn" => self.arns.extend(texts()),
                "aws:userid" => self.ids.extend(texts()),
                "aws:sourcearn" => self.sources.extend(texts()),
                "aws:principalservicename" | "aws:principalservicenameslist" => self.services.extend(texts()),
                key if key.contains("orgid") || key.contains("orgpaths") => {
                    self.organizations.extend(texts());
                }
                _ => self.accounts.extend(texts().filter(|text| is_account(text))),
            }
        }
    }

    /// An account, for which `is_fit` is true. `None` if none was drawn.
    pub(crate) fn account(&self, source: &mut Source<'_>, is_fit: impl Fn(&str) -> bool) -> Option<String> {
        for _ in 0..4 {
            let mut account = source.choose(&self.accounts)?.clone();
            if source.chance(25) {
                account = account.replacen('3', "4", source.between(1, 3));
            }
            if is_account(&account) && is_fit(&account) {
                return Some(account);
            }
        }
        None
    }

    /// A caller of a kind, with the keys that follow from it. `is_fit` says of an organization whether the caller may be in it.
    pub(crate) fn caller(
        &self,
        source: &mut Source<'_>,
        kind: CallerKind,
        account: &str,
        is_fit: impl Fn(&str) -> bool,
    ) -> Option<(Principal, Context)> {
        let named = source
            .choose(&self.arns)
            .map(|text| filled(source, text, &Context::new(), &["", "b", "p/ab", "ab"]));
        let resource = named.as_deref().and_then(ArnFields::split).map(|fields| fields.resource.to_owned());
        let word = (*source.pick(&["ab", "somebody", "b", "AB"])).to_owned();
        // The rest of an ARN behind one of these words: the name of somebody whom a policy names.
        let name = |words: &[&str]| {
            words.iter().find_map(|word| resource.as_deref()?.strip_prefix(word)).map(str::to_owned)
        };
        let named = source.chance(70);
        let pick = |found: Option<String>, other: String| {
            found.filter(|own| named && !own.is_empty()).unwrap_or(other)
        };
        let path = *source.pick(&["", "", "p/"]);
        let iam = |rest: String| format!("arn:aws:iam::{account}:{rest}");
        let sts = |rest: String| format!("arn:aws:sts::{account}:{rest}");
        let id = *source.pick(&["AROAX", "AROAEXAMPLE"]);
        let (principal, userid) = match kind {
            CallerKind::User => {
                let name = pick(name(&["user/"]), format!("{path}{word}"));
                let arn = iam(format!("user/{name}")).into();
                (Principal::IamUser { arn, account: account.into() }, Some("AIDAX".to_owned()))
            }
            CallerKind::Session => {
                let own = pick(name(&["role/", "assumed-role/"]), format!("{path}{word}"));
                let is_session = resource.as_deref().is_some_and(|text| text.starts_with("assumed-role/"));
                let (role, session) = match own.split_once('/') {
                    Some((role, session)) if is_session && named => {
                        (format!("{path}{role}"), session.to_owned())
                    }
                    Some(_) | None => (own, (*source.pick(&["ab", "session", "AB"])).to_owned()),
                };
                let last = role.rsplit('/').next().unwrap_or_default();
                let arn = sts(format!("assumed-role/{last}/{session}")).into();
                let role_arn = iam(format!("role/{role}")).into();
                let userid = format!("{id}:{session}");
                let own =
                    Principal::AssumedRole { arn, role_arn, account: account.into(), service_linked: false };
                (own, Some(userid))
            }
            CallerKind::FederatedUser => {
                let name = pick(name(&["federated-user/"]), word);
                let arn = sts(format!("federated-user/{name}")).into();
                let user_arn = match source.below(3) {
                    0 => iam("root".to_owned()),
                    1 => iam("user/ab".to_owned()),
                    _ => iam("user/maker".to_owned()),
                };
                (Principal::FederatedUser { arn, user_arn: user_arn.into(), account: account.into() }, None)
            }
            CallerKind::Root => {
                (Principal::Root { arn: iam("root".to_owned()).into(), account: account.into() }, None)
            }
            CallerKind::Anonymous => (Principal::Anonymous, None),
            CallerKind::Service => return Some(self.service(source, account, &is_fit)),
        };
        principal.check().ok()?;
        let fields = principal.arn().and_then(ArnFields::split);
        if fields.is_some_and(|own| own.iam().is_none() && own.service == "iam") {
            return None;
        }
        if let Some(IamResource::FederatedUser(name)) = fields.and_then(|own| own.iam())
            && !(2..=32).contains(&name.len())
        {
            return None;
        }
        let mut context = principal.keys();
        if let Some(userid) = userid {
            context.set("aws:userid", ContextValue::single(userid));
        }
        if kind != CallerKind::Anonymous {
            context.set("aws:PrincipalIsAWSService", ContextValue::single("false"));
            if source.chance(60) {
                context.set("kms:CallerAccount", ContextValue::single(account));
            }
            self.organization(source, ["aws:PrincipalOrgID", "aws:PrincipalOrgPaths"], &mut context, is_fit);
        }
        Some((principal, context))
    }

    /// A service that acts for a resource of an account.
    fn service(
        &self,
        source: &mut Source<'_>,
        account: &str,
        is_fit: impl Fn(&str) -> bool,
    ) -> (Principal, Context) {
        let pattern = source.choose(&self.services).map_or("other.amazonaws.com", String::as_str);
        let name = filled(source, pattern, &Context::new(), &["x", "ab"]);
        let mut context = Context::new()
            .with("aws:PrincipalIsAWSService", ContextValue::single("true"))
            .with("aws:PrincipalServiceName", ContextValue::single(name.as_str()))
            .with("aws:PrincipalServiceNamesList", ContextValue::multiple([name.as_str()]));
        let pattern = source.choose(&self.sources).map_or("arn:aws:sns:*:*:a", String::as_str).to_owned();
        let fields: Vec<&str> = pattern.splitn(6, ':').collect();
        let arn = match fields.as_slice() {
            ["arn", _, service, region, own, rest] => {
                let own = if own.is_empty() { "" } else { account };
                let text =
                    |part: &str, source: &mut Source<'_>| filled(source, part, &Context::new(), &["a", "ab"]);
                let (service, region) = (text(service, source), text(region, source));
                let rest = text(rest, source);
                format!("arn:aws:{service}:{region}:{own}:{}", if rest.is_empty() { "a" } else { &rest })
            }
            _ => format!("arn:aws:sns:us-east-1:{account}:ab"),
        };
        let is_whole = !arn.contains(['*', '?']) && arn.split(':').count() >= 6;
        for (key, value) in
            [("aws:SourceAccount", account), ("aws:SourceOwner", account), ("aws:SourceArn", &arn)]
        {
            if source.chance(70) && (is_whole || key != "aws:SourceArn") {
                context.set(key, ContextValue::single(value));
            }
        }
        self.organization(source, ["aws:SourceOrgID", "aws:SourceOrgPaths"], &mut context, is_fit);
        (Principal::AwsService { service: name.into() }, context)
    }

    fn organization(
        &self,
        source: &mut Source<'_>,
        [id_key, paths_key]: [&str; 2],
        context: &mut Context,
        is_fit: impl Fn(&str) -> bool,
    ) {
        if source.chance(30) {
            return;
        }
        let own = source.choose(&self.organizations).cloned().unwrap_or_default();
        let own = filled(source, &own, &Context::new(), &["", "a", "x"]);
        let (id, rest) = own.split_once('/').unwrap_or((&own, "r-ab12/ou-1/"));
        let is_id = id.strip_prefix("o-").is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        });
        let root = rest.strip_prefix("r-").unwrap_or_default();
        if !is_id || !is_fit(id) || root.is_empty() {
            return;
        }
        let end = if rest.ends_with('/') { "" } else { "/" };
        context.set(id_key, ContextValue::single(id));
        context.set(paths_key, ContextValue::multiple([format!("{id}/{rest}{end}")]));
    }
}

/// Whether a key does not follow from a caller of this kind and may be in its requests.
pub(crate) fn is_free(kind: CallerKind, key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let is_one = |list: &[&str]| list.contains(&key.as_str());
    let has_tags = matches!(kind, CallerKind::User | CallerKind::Session | CallerKind::FederatedUser);
    !(is_one(&OF_CALLERS)
        || (is_one(&OF_SESSIONS) && kind != CallerKind::Session)
        || (is_one(&OF_CREDENTIALS) && matches!(kind, CallerKind::Anonymous | CallerKind::Service))
        || (key.starts_with("aws:principaltag/") && !has_tags))
}

/// A request of a caller near the bounds of the policies, on a resource of an account in the partition `aws`.
pub(crate) fn request(
    pool: &Pool<'_>,
    source: &mut Source<'_>,
    kind: CallerKind,
    (principal, mut context): (Principal, Context),
    owner: &str,
) -> Option<Request> {
    let aimed = pool.aimed(source);
    pool.fill(source, aimed, &mut context, |key| is_free(kind, key));
    let action = pool.action(source, aimed)?;
    let resource = pool.resource(source, aimed, &context);
    let resource = if resource.contains('$') { near(source, &resource) } else { resource };
    let fields = ArnFields::split(&resource);
    if fields.is_some_and(|own| own.partition != "aws") || (fields.is_none() && resource != "*") {
        return None;
    }
    let request = Request::new(principal, action, resource).on(ResourceKind::Generic);
    Some(request.owned_by(owner).with_context(context))
}
