//! Conversion of generated cases to values of the engine, and of the engine's results to those of the test kit.

use std::sync::Arc;

use iam_eval::{
    Action, Applying, Certainty, Context, ContextValue, Layers, Point, Principal, Reading, Readings, Request,
    ResourceKind, session,
};
use iam_policy::Policy;
use iam_testkit::case::{Caller, Case, Document, Layer, ResourceKind as Kind};
use iam_testkit::format::{Decision, Held};
use iam_testkit::{Session, StatementPlace, Statements, Verdict, readings};

/// The request of a case. An error if its action is not an action name.
pub(crate) fn request(case: &Case) -> Result<Request, String> {
    let asked = &case.request;
    let action = Action::new(&asked.action).ok_or_else(|| format!("{:?} is no action", asked.action))?;
    let mut request =
        Request::new(principal(&asked.principal), action, &*asked.resource).on(kind(asked.resource_kind));
    request.resource_account = asked.resource_account.as_deref().map(Into::into);
    for (key, held) in &asked.context {
        let value = match held {
            Held::One(value) => ContextValue::single(value.as_str()),
            Held::Many(values) => ContextValue::multiple(values.iter().map(String::as_str)),
        };
        request.context.add(&**key, value);
    }
    for key in &asked.unknown {
        if request.context.value(key).is_some() {
            return Err(format!("{key} is known and unknown"));
        }
        request.context.add(&**key, ContextValue::Unknown);
    }
    Ok(request)
}

fn principal(caller: &Caller) -> Principal {
    let text = |text: &str| text.into();
    match caller {
        Caller::IamUser { arn, account } => Principal::IamUser { arn: text(arn), account: text(account) },
        Caller::AssumedRole { arn, role_arn, account, service_linked } => Principal::AssumedRole {
            arn: text(arn),
            role_arn: text(role_arn),
            account: text(account),
            service_linked: *service_linked,
        },
        Caller::FederatedUser { arn, user_arn, account } => {
            Principal::FederatedUser { arn: text(arn), user_arn: text(user_arn), account: text(account) }
        }
        Caller::Root { arn, account } => Principal::Root { arn: text(arn), account: text(account) },
        Caller::AwsService { service } => Principal::AwsService { service: text(service) },
        Caller::WebIdentity { provider } => Principal::WebIdentity { provider: text(provider) },
        Caller::Saml { provider } => Principal::Saml { provider: text(provider) },
        Caller::Anonymous => Principal::Anonymous,
    }
}

pub(crate) const fn kind(kind: Kind) -> ResourceKind {
    match kind {
        Kind::Generic => ResourceKind::Generic,
        Kind::IamRoleTrust => ResourceKind::IamRoleTrust,
        Kind::KmsKey => ResourceKind::KmsKey,
    }
}

/// The layers of a case. `read` converts each document to a policy.
pub(crate) fn layers(
    case: &Case,
    mut read: impl FnMut(&Arc<Document>, Layer) -> Result<Arc<Policy>, String>,
) -> Result<Layers, String> {
    let mut layers = Layers::new();
    for (layer, levels) in &case.policies {
        let read: Result<Vec<Vec<Arc<Policy>>>, String> =
            levels.iter().map(|level| level.iter().map(|d| read(d, *layer)).collect()).collect();
        let levels = read?;
        match layer {
            Layer::Identity => layers.identity = levels.concat(),
            Layer::Boundary => layers.boundary = Some(levels.concat()),
            Layer::Session => layers.session = Some(levels.concat()),
            Layer::Scope => layers.scope = Some(levels),
            Layer::Resource => layers.resource = levels.into_iter().flatten().next(),
            Layer::VpcEndpoint => layers.vpc_endpoint = Some(levels.concat()),
            Layer::Scp => layers.scp = Some(levels),
            Layer::Rcp => layers.rcp = Some(levels),
        }
    }
    Ok(layers)
}

/// The engine's layer for a layer of the test kit.
pub(crate) const fn engine_layer(layer: Layer) -> iam_eval::Layer {
    match layer {
        Layer::Identity => iam_eval::Layer::Identity,
        Layer::Boundary => iam_eval::Layer::Boundary,
        Layer::Session => iam_eval::Layer::Session,
        Layer::Scope => iam_eval::Layer::Scope,
        Layer::Resource => iam_eval::Layer::Resource,
        Layer::VpcEndpoint => iam_eval::Layer::VpcEndpoint,
        Layer::Scp => iam_eval::Layer::Scp,
        Layer::Rcp => iam_eval::Layer::Rcp,
    }
}

const fn layer(layer: iam_eval::Layer) -> Layer {
    match layer {
        iam_eval::Layer::Identity => Layer::Identity,
        iam_eval::Layer::Boundary => Layer::Boundary,
        iam_eval::Layer::Session => Layer::Session,
        iam_eval::Layer::Scope => Layer::Scope,
        iam_eval::Layer::Resource => Layer::Resource,
        iam_eval::Layer::VpcEndpoint => Layer::VpcEndpoint,
        iam_eval::Layer::Scp => Layer::Scp,
        iam_eval::Layer::Rcp => Layer::Rcp,
    }
}

pub(crate) const fn decision(decision: iam_eval::Decision) -> Decision {
    match decision {
        iam_eval::Decision::Allowed => Decision::Allowed,
        iam_eval::Decision::ExplicitDeny => Decision::ExplicitDeny,
        iam_eval::Decision::ImplicitDeny => Decision::ImplicitDeny,
        iam_eval::Decision::Depends => Decision::Depends,
    }
}

pub(crate) const fn place(at: iam_eval::StatementRef) -> StatementPlace {
    let policy = at.policy;
    StatementPlace {
        layer: layer(policy.layer),
        level: policy.level,
        policy: policy.index,
        statement: at.index,
    }
}

/// The engine's readings. An error if a point has another name there.
pub(crate) fn readings(readings: &readings::Readings) -> Result<Readings, String> {
    match readings {
        readings::Readings::Open => Ok(Readings::OPEN),
        readings::Readings::Other(points) => {
            let point = |name: &&str| name.parse::<Point>().map_err(|error| format!("{name}: {error}"));
            let points: Result<Vec<Point>, String> = points.iter().map(point).collect();
            Ok(Reading::with_other(points?).into())
        }
    }
}

/// The engine's result as a verdict of the test kit.
pub(crate) fn verdict((decided, applying): (iam_eval::Decision, Vec<Applying>)) -> Verdict {
    let of = |certainty: Certainty| {
        let mut places: Vec<StatementPlace> =
            applying.iter().filter(|a| a.certainty == certainty).map(|a| place(a.at)).collect();
        places.sort_unstable();
        places
    };
    let statements = Statements { applying: of(Certainty::Always), perhaps: of(Certainty::Maybe) };
    Verdict { decision: decision(decided), statements: Some(statements) }
}

/// The engine's session as a session of the test kit.
pub(crate) fn session(session: &session::Session) -> Session {
    Session {
        duration_seconds: u64::try_from(session.duration_seconds).unwrap_or_default(),
        session_arn: session.arn.to_string(),
        principal_tags: session.principal_tags.iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
        transitive_tag_keys: session.transitive_tag_keys.iter().map(ToString::to_string).collect(),
        context: held(session.context()),
        trust_context: held(session.trust_context()),
    }
}

fn held(context: &Context) -> Vec<(String, Held)> {
    let known = |value: &ContextValue| match value {
        ContextValue::Single(text) => Some(Held::One(text.to_string())),
        ContextValue::Multiple(texts) => Some(Held::Many(texts.iter().map(ToString::to_string).collect())),
        ContextValue::Unknown | ContextValue::Twice(_) => None,
    };
    context.iter().filter_map(|(key, value)| Some((key.to_owned(), known(value)?))).collect()
}
