//! Generated requests.

use std::borrow::Cow;

use super::condition::{FAMILIES, keys};
use super::pool::{
    ACCOUNT, ASSUME, CHINESE, CORPORATE, FEDERATED, GRANT, IDENTITY, KEY, LINKED, LINKED_ROLE, LIST, OBJECT,
    OTHER, PROVIDER, QUEUE, REGIONAL_SERVICE, ROLE, ROOT, SAML, SERVICE, SESSION, Scene, USER, WEB,
};
use crate::case::{Caller, Case, Request, ResourceKind, Text};
use crate::format::Held;
use crate::source::Source;

pub(super) fn request(source: &mut Source<'_>) -> Request {
    let principal = caller(source);
    let (scene, resource_kind) = scene(source, &principal);
    // Most cases use the first resource.
    let at = if source.chance(75) { 0 } else { source.below(scene.resources.len()) };
    let resource = scene.resources.get(at).copied().unwrap_or("*");
    let in_arn = resource.split(':').nth(4).filter(|account| !account.is_empty());
    let resource_account = match (in_arn, source.below(10)) {
        (Some(account), 0..5) => Some(account),
        // The stated account counts, whatever the ARN has (rule 7.38).
        (Some(_), 5) => Some(ACCOUNT),
        (Some(_), _) | (None, 0..3) => None,
        (None, 9) => Some(OTHER),
        (None, _) => Some(ACCOUNT),
    };
    let action =
        if source.chance(4) { super::swap_case(scene.action).into() } else { Cow::Borrowed(scene.action) };
    let context = context(source, &principal);
    Request {
        principal,
        action,
        resource: Cow::Borrowed(resource),
        resource_account: resource_account.map(Cow::Borrowed),
        resource_kind,
        context,
        unknown: Vec::new(),
    }
}

fn caller(source: &mut Source<'_>) -> Caller {
    let account = Cow::Borrowed(ACCOUNT);
    let text = |text: &'static str| -> Text { Cow::Borrowed(text) };
    match source.below(25) {
        0..8 => {
            Caller::AssumedRole { arn: text(SESSION), role_arn: text(ROLE), account, service_linked: false }
        }
        8 if source.chance(40) => Caller::IamUser { arn: text(CHINESE), account },
        8..15 => Caller::IamUser { arn: text(USER), account },
        15 => Caller::FederatedUser { arn: text(FEDERATED), user_arn: text(ROOT), account },
        16 => Caller::FederatedUser { arn: text(FEDERATED), user_arn: text(USER), account },
        17 => Caller::AssumedRole {
            arn: text(LINKED),
            role_arn: text(LINKED_ROLE),
            account,
            service_linked: true,
        },
        18 => Caller::Root { arn: text(ROOT), account },
        19 | 23 => Caller::AwsService { service: text(SERVICE) },
        20 | 21 => Caller::WebIdentity { provider: text(PROVIDER) },
        22 => Caller::Saml { provider: text(SAML) },
        _ => Caller::Anonymous,
    }
}

fn scene(source: &mut Source<'_>, principal: &Caller) -> (&'static Scene, ResourceKind) {
    match principal {
        Caller::WebIdentity { .. } => return (&WEB, ResourceKind::IamRoleTrust),
        Caller::Saml { .. } => return (&CORPORATE, ResourceKind::IamRoleTrust),
        Caller::IamUser { .. }
        | Caller::AssumedRole { .. }
        | Caller::FederatedUser { .. }
        | Caller::Root { .. }
        | Caller::AwsService { .. }
        | Caller::Anonymous => {}
    }
    match source.below(21) {
        20 => (if source.chance(50) { &IDENTITY } else { &LIST }, ResourceKind::Generic),
        0..12 => (&OBJECT, ResourceKind::Generic),
        12..15 => (&QUEUE, ResourceKind::Generic),
        15 => (&LIST, ResourceKind::Generic),
        16 | 17 => (&KEY, ResourceKind::KmsKey),
        18 => (&GRANT, ResourceKind::KmsKey),
        _ => (&ASSUME, ResourceKind::IamRoleTrust),
    }
}

/// The scene that a request was drawn from.
pub(super) fn scene_of(request: &Request) -> &'static Scene {
    let scenes = [&OBJECT, &QUEUE, &LIST, &IDENTITY, &KEY, &GRANT, &ASSUME, &WEB, &CORPORATE];
    scenes.into_iter().find(|scene| scene.action.eq_ignore_ascii_case(&request.action)).unwrap_or(&OBJECT)
}

fn context(source: &mut Source<'_>, principal: &Caller) -> Vec<(Text, Held)> {
    let mut context: Vec<(Text, Held)> = Vec::new();
    for family in FAMILIES {
        for key in keys(family) {
            let held = match source.below(20) {
                0..8 => continue,
                8..14 => Held::One(seen(source, family)),
                14 if source.chance(50) => Held::Many(vec![String::new(); source.between(1, 2)]),
                14 | 15 => Held::Many(Vec::new()),
                16 => Held::Many(vec![seen(source, family)]),
                _ => Held::Many(vec![seen(source, family), seen(source, family)]),
            };
            let key = if source.chance(4) { super::swap_case(key).into() } else { Cow::Borrowed(*key) };
            context.push((key, held));
        }
    }
    // A key in two spellings, with one value or two (rule 4.5).
    if source.chance(5)
        && let Some((key, held)) = source.choose(&context).cloned()
    {
        let twin = super::swap_case(&key);
        let family = FAMILIES.iter().find(|family| keys(family).contains(&&*key));
        let other = match family {
            Some(family) if source.chance(70) => Held::One(seen(source, family)),
            _ => held,
        };
        if twin != key {
            context.push((twin.into(), other));
        }
    }
    if matches!(principal, Caller::AwsService { .. }) && source.chance(60) {
        let names = || [SERVICE, REGIONAL_SERVICE].map(str::to_owned).to_vec();
        let held = match source.below(4) {
            0 => Held::One(REGIONAL_SERVICE.to_owned()),
            1 => Held::Many(Vec::new()),
            _ => Held::Many(names()),
        };
        context.push((Cow::Borrowed(NAMES), held));
    }
    context
}

/// The key of the names of a service principal (rule 5.2).
const NAMES: &str = "aws:PrincipalServiceNamesList";

fn seen(source: &mut Source<'_>, family: &super::Family) -> String {
    if source.chance(12) {
        return source.choose(family.odd).map_or_else(String::new, |odd| (*odd).to_owned());
    }
    source.choose(family.samples).map_or_else(String::new, |sample| sample.seen.to_owned())
}

/// Makes some keys unknown, including some that are absent.
pub(super) fn forget(source: &mut Source<'_>, case: &mut Case) {
    let all: Vec<&'static str> = FAMILIES.iter().flat_map(|family| keys(family).iter().copied()).collect();
    let tests = || case.documents().flat_map(|(_, d)| d.statements.iter().flat_map(|s| &s.conditions));
    let tested: Vec<&'static str> =
        all.iter().copied().filter(|key| tests().any(|t| t.key == *key)).collect();
    if matches!(case.request.principal, Caller::AwsService { .. }) && source.chance(30) {
        case.request.context.retain(|(name, _)| !name.eq_ignore_ascii_case(NAMES));
        case.request.unknown.push(Cow::Borrowed(NAMES));
    }
    for _ in 0..source.between(1, 3) {
        let keys = if tested.is_empty() || source.chance(25) { &all } else { &tested };
        let Some(key) = source.choose(keys).copied() else { return };
        case.request.context.retain(|(name, _)| !name.eq_ignore_ascii_case(key));
        if !case.request.unknown.iter().any(|name| name == key) {
            case.request.unknown.push(Cow::Borrowed(key));
        }
    }
}
