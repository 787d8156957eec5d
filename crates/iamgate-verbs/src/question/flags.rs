//! A request and its policies from flags.

use std::collections::BTreeMap;
use std::sync::Arc;

use iamgate::File;
use iamgate::iam_eval::{
    Action, Context, ContextValue, Layer, Layers, Principal, PrincipalArnError, Request, ResourceKind,
};
use iamgate::iam_json::quoted;
use iamgate::iam_json::{Document, Kind};
use iamgate::iam_policy::{ArnFields, Limits, Mode, Policy};

use super::case::{Case, CaseSources, bounds, worth};
use crate::args::{PolicyFlags, QuestionArgs, RequestFlags, ResourceKindFlag};
use crate::given::Given;
use crate::trouble::Trouble;
use crate::world::World;

pub(super) fn case(args: &QuestionArgs, world: &dyn World) -> Result<Case, Trouble> {
    let request = request(&args.request)?;
    let mut reader = PolicyReader {
        world,
        mode: args.mode.into(),
        kind: request.resource_kind,
        sources: BTreeMap::new(),
        findings: 0,
    };
    let layers = reader.layers(&args.policies)?;
    let (sources, findings) = (CaseSources::Many(reader.sources), reader.findings);
    Ok(Case { request, layers, sources, findings, unknown: None })
}

/// Reads the policies that flags give, for requests on a resource of this kind.
///
/// # Errors
/// A policy cannot be read.
pub(crate) fn layers(args: &QuestionArgs, kind: ResourceKind, world: &dyn World) -> Result<Layers, Trouble> {
    let mut reader =
        PolicyReader { world, mode: args.mode.into(), kind, sources: BTreeMap::new(), findings: 0 };
    reader.layers(&args.policies)
}

fn request(flags: &RequestFlags) -> Result<Request, Trouble> {
    let [action, resource, principal] =
        [&flags.action, &flags.resource, &flags.principal].map(|flag| flag.as_deref().unwrap_or_default());
    let Some(action) = Action::new(action) else {
        return Err(Trouble::usage(
            format!("--action {} names no action", quoted(action)),
            "service prefix, colon, name, without wildcards, such as s3:GetObject",
        ));
    };
    if !Request::is_resource(resource) {
        return Err(Trouble::usage(
            format!("--resource {} is no ARN", quoted(resource)),
            "an ARN such as arn:aws:s3:::bucket/key, or `*` for an action that has no resource",
        ));
    }
    let principal = self::principal(principal, flags)?;
    let kind = flags.resource_kind.map(|kind| match kind {
        ResourceKindFlag::Generic => ResourceKind::Generic,
        ResourceKindFlag::IamRoleTrust => ResourceKind::IamRoleTrust,
        ResourceKindFlag::KmsKey => ResourceKind::KmsKey,
    });
    let owner = match &flags.resource_account {
        Some(account) if Request::is_owner(account, resource) => Some(account.as_str()),
        Some(account) => {
            return Err(Trouble::usage(
                format!("--resource-account {} is no account", quoted(account)),
                "an account id has 12 digits",
            ));
        }
        None => ArnFields::account_of(resource),
    };
    let mut request = Request::new(principal, action, resource).with_context(context(flags)?);
    request.resource_account = owner.map(Into::into);
    request.resource_kind = kind.unwrap_or(request.resource_kind);
    Ok(request)
}

fn principal(text: &str, flags: &RequestFlags) -> Result<Principal, Trouble> {
    const BUILT_IN: [&str; 4] =
        ["accounts.google.com", "cognito-identity.amazonaws.com", "www.amazon.com", "graph.facebook.com"];
    const FORMS: &str = "the ARN of a user, role session, federated user, root user or identity provider; a service such as \
                         cloudtrail.amazonaws.com; or `anonymous`";
    let unknown = || Trouble::usage(format!("--principal {} is nobody", quoted(text)), FORMS);
    let mut principal = if text == "anonymous" {
        Principal::Anonymous
    } else if BUILT_IN.contains(&text) {
        Principal::WebIdentity { provider: text.into() }
    } else if !text.starts_with("arn:") {
        if !text.contains(".amazonaws.com") || text.contains(':') {
            return Err(unknown());
        }
        Principal::AwsService { service: text.into() }
    } else {
        match Principal::from_arn(text) {
            Ok(principal) => principal,
            Err(PrincipalArnError::Role { session }) => {
                return Err(Trouble::usage(
                    "--principal is a role, and a role acts through a session",
                    format!("--principal {session} --role-arn {text}"),
                ));
            }
            Err(PrincipalArnError::FederatedUser { account }) => {
                let Some(user) = &flags.user_arn else {
                    return Err(Trouble::usage(
                        "a federated user has the permissions of the user who made it",
                        "--user-arn ARN",
                    ));
                };
                Principal::FederatedUser { arn: text.into(), user_arn: user.as_str().into(), account }
            }
            Err(_) => return Err(unknown()),
        }
    };
    if let Principal::AssumedRole { role_arn, service_linked, .. } = &mut principal {
        *service_linked = flags.service_linked;
        if let Some(arn) = &flags.role_arn {
            *role_arn = arn.as_str().into();
        }
    }
    let is_session = matches!(principal, Principal::AssumedRole { .. });
    if !is_session && (flags.role_arn.is_some() || flags.service_linked) {
        return Err(Trouble::usage(
            "the principal is no role session",
            "leave out --role-arn and --service-linked",
        ));
    }
    if flags.user_arn.is_some() && !matches!(principal, Principal::FederatedUser { .. }) {
        return Err(Trouble::usage("the principal is no federated user", "leave out --user-arn"));
    }
    principal.check().map_err(|error| {
        let flag = match error.member {
            "role_arn" => "--role-arn",
            "user_arn" => "--user-arn",
            _ => "--principal",
        };
        Trouble::usage(format!("{flag} is {}", error.found), error.help)
    })?;
    Ok(principal)
}

/// `KEY=[...]` is a list in JSON and makes the key multivalued. Any other value is text and makes it single-valued.
fn context(flags: &RequestFlags) -> Result<Context, Trouble> {
    let mut context = Context::new();
    let twice = |key: &str| {
        Trouble::usage(
            format!("the key {} is given twice", quoted(key)),
            "several values are one list: --context 'KEY=[\"a\", \"b\"]'",
        )
    };
    for pair in &flags.context {
        let Some((key, value)) = pair.split_once('=').filter(|(key, _)| !key.is_empty()) else {
            return Err(Trouble::usage(format!("--context {} has no value", quoted(pair)), "KEY=VALUE"));
        };
        if context.value(key).is_some() {
            return Err(twice(key));
        }
        let value = if value.starts_with('[') { values_of(value)? } else { ContextValue::single(value) };
        context.set(key, value);
    }
    for key in &flags.unknown {
        if context.value(key).is_some() {
            return Err(twice(key));
        }
        context.set(key.as_str(), ContextValue::Unknown);
    }
    Ok(context)
}

fn values_of(value: &str) -> Result<ContextValue, Trouble> {
    let help = "a list is written in JSON: --context 'KEY=[\"a\", \"b\"]'";
    let wrong = |found: String| Trouble::usage(format!("--context {}: {found}", quoted(value)), help);
    let document = Document::parse(value, &bounds(1 << 20)).map_err(|report| {
        wrong(report.problems().first().map(|problem| problem.found.clone()).unwrap_or_default())
    })?;
    let mut values: Vec<Box<str>> = Vec::new();
    for item in document.root().items() {
        match item.kind() {
            Kind::String | Kind::Number | Kind::True | Kind::False => values.push(item.string().into()),
            other @ (Kind::Null | Kind::Array | Kind::Object) => return Err(wrong(other.name().to_owned())),
        }
    }
    Ok(ContextValue::multiple(values))
}

struct PolicyReader<'w> {
    world: &'w dyn World,
    mode: Mode,
    kind: ResourceKind,
    sources: BTreeMap<(Layer, usize, usize), File>,
    findings: usize,
}

impl PolicyReader<'_> {
    fn layers(&mut self, flags: &PolicyFlags) -> Result<Layers, Trouble> {
        let mut layers = Layers::new();
        layers.identity = self.list(Layer::Identity, 0, &flags.identity)?;
        if let Some(path) = &flags.boundary {
            layers.boundary = Some(vec![self.policy(Layer::Boundary, 0, 0, path)?]);
        }
        if !flags.session.is_empty() {
            layers.session = Some(self.list(Layer::Session, 0, &flags.session)?);
        }
        if let Some(path) = &flags.resource_policy {
            layers.resource = Some(self.policy(Layer::Resource, 0, 0, path)?);
        }
        if !flags.vpc_endpoint.is_empty() {
            layers.vpc_endpoint = Some(self.list(Layer::VpcEndpoint, 0, &flags.vpc_endpoint)?);
        }
        layers.scope = self.levels(Layer::Scope, &flags.scope)?;
        layers.scp = self.levels(Layer::Scp, &flags.scp)?;
        layers.rcp = self.levels(Layer::Rcp, &flags.rcp)?;
        for place in layers.attach_rcp_full_access() {
            if let Some(policy) = layers.policy(place) {
                let file = File { name: "RCPFullAWSAccess".to_owned(), text: policy.to_json() };
                self.sources.insert((place.layer, place.level, place.index), file);
            }
        }
        Ok(layers)
    }

    fn levels(&mut self, layer: Layer, levels: &[String]) -> Result<Option<Vec<Vec<Arc<Policy>>>>, Trouble> {
        let read = |(level, files): (usize, &String)| {
            let files: Vec<String> = files.split(',').map(str::to_owned).collect();
            self.list(layer, level, &files)
        };
        let levels: Vec<Vec<Arc<Policy>>> = levels.iter().enumerate().map(read).collect::<Result<_, _>>()?;
        Ok((!levels.is_empty()).then_some(levels))
    }

    fn list(&mut self, layer: Layer, level: usize, paths: &[String]) -> Result<Vec<Arc<Policy>>, Trouble> {
        paths.iter().enumerate().map(|(index, path)| self.policy(layer, level, index, path)).collect()
    }

    fn policy(
        &mut self,
        layer: Layer,
        level: usize,
        index: usize,
        path: &str,
    ) -> Result<Arc<Policy>, Trouble> {
        let limits = Limits::default();
        let kind = Layers::kind_of(layer, self.kind);
        let given = Given::read(self.world, path, kind)?;
        let policy = given.policy(kind, self.mode, &limits)?;
        self.findings = self.findings.saturating_add(worth(&policy.findings));
        self.sources.insert((layer, level, index), given.source);
        Ok(Arc::new(policy))
    }
}
