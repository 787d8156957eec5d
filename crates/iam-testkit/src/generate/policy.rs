//! Statements that are aimed at a request, and documents with such statements.

use std::borrow::Cow;
use std::sync::Arc;

use super::condition;
use super::pool::{ACCOUNT, ASSUME, CORPORATE, OTHER, REGIONAL_SERVICE, ROLE, SERVICE, SESSION, USER, WEB};
use super::request::scene_of;
use super::text::{matching, near};
use iam_policy::RCP_SERVICES;

use crate::case::{Caller, Case, Document, Layer, Names, Principals, ResourceKind, Statement, Text};
use crate::format::Held;
use crate::source::Source;

/// The intended relation of a statement to the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aim {
    /// The statement should apply.
    Hit,
    /// The statement would apply, except for one part.
    Near,
    /// The statement is arbitrary.
    Any,
}

/// Draws the levels of a layer. Each level should allow the request in about `hit` of 100 cases.
pub(crate) fn levels(
    source: &mut Source<'_>,
    case: &Case,
    layer: Layer,
    hit: usize,
) -> Vec<Vec<Arc<Document>>> {
    let levels = if layer.has_levels() { source.between(1, 3) } else { 1 };
    (0..levels).map(|_| level(source, case, layer, hit)).collect()
}

fn level(source: &mut Source<'_>, case: &Case, layer: Layer, hit: usize) -> Vec<Arc<Document>> {
    if layer == Layer::Rcp {
        let mut documents = Vec::new();
        if source.chance(hit) {
            documents.push(Document::of(vec![Statement::plain(true)]));
        }
        if source.chance(30) {
            let aim = if source.chance(15) { Aim::Any } else { Aim::Near };
            documents.push(Document::of(vec![statement(source, case, layer, false, aim, true)]));
        }
        return documents;
    }
    let (most, percent) = match layer {
        Layer::Resource | Layer::Boundary => (1, 0),
        Layer::Session => (source.between(2, 3), 45),
        Layer::Identity | Layer::Scope | Layer::VpcEndpoint | Layer::Scp | Layer::Rcp => (2, 25),
    };
    let count = if source.chance(percent) { most } else { 1 };
    let mut hits = source.chance(hit);
    (0..count).map(|_| document(source, case, layer, std::mem::take(&mut hits))).collect()
}

fn document(source: &mut Source<'_>, case: &Case, layer: Layer, hits: bool) -> Arc<Document> {
    let variables = source.chance(90);
    let mut statements = Vec::new();
    if hits {
        statements.push(allow_in(source, case, layer, variables));
    }
    let others = [0, 0, 0, 1, 1, 2].get(source.below(6)).copied().unwrap_or(0).max(usize::from(!hits));
    for _ in 0..others {
        let allow = source.chance(60);
        let aim = match source.below(10) {
            0..7 => Aim::Near,
            7 | 8 => Aim::Any,
            _ if allow => Aim::Hit,
            _ => Aim::Near,
        };
        let at = source.below(statements.len().saturating_add(1));
        statements.insert(at.min(statements.len()), statement(source, case, layer, allow, aim, variables));
    }
    Arc::new(Document { variables, statements })
}

/// Draws an Allow that should apply and is valid in the layer.
pub(crate) fn allow_in(source: &mut Source<'_>, case: &Case, layer: Layer, variables: bool) -> Statement {
    if layer == Layer::Rcp {
        return Statement::plain(true);
    }
    statement(source, case, layer, true, Aim::Hit, variables)
}

/// Draws a statement that is valid in the layer. In an RCP it always denies, even if an Allow is requested (rule 1.23).
pub(crate) fn statement(
    source: &mut Source<'_>,
    case: &Case,
    layer: Layer,
    allow: bool,
    aim: Aim,
    variables: bool,
) -> Statement {
    let allow = allow && layer != Layer::Rcp;
    // The part by which a near miss fails to apply.
    let missed =
        if aim == Aim::Near { source.below(if layer.names_principals() { 4 } else { 3 }) } else { 9 };
    let aim_of = |part: usize| match aim {
        Aim::Near if part == missed => Aim::Near,
        Aim::Near | Aim::Hit => Aim::Hit,
        Aim::Any => Aim::Any,
    };
    let is_trust = layer == Layer::Resource && case.request.resource_kind == ResourceKind::IamRoleTrust;
    Statement {
        allow,
        action: action(source, case, layer, aim_of(0)),
        resource: if is_trust { None } else { Some(resource(source, case, layer, aim_of(1), variables)) },
        conditions: condition::tests(source, case, layer, aim_of(2) == Aim::Hit, variables),
        principal: principal(source, case, layer, allow, aim_of(3)),
    }
}

fn action(source: &mut Source<'_>, case: &Case, layer: Layer, aim: Aim) -> Names {
    let scene = scene_of(&case.request);
    let prefix = scene.action.find(':').map_or(0, |colon| colon.saturating_add(1));
    let may_be_not = layer != Layer::Rcp;
    let is_trust = layer == Layer::Resource && case.request.resource_kind == ResourceKind::IamRoleTrust;
    let one = |source: &mut Source<'_>, aim: Aim| -> Text {
        match (aim, source.below(10)) {
            (Aim::Hit, 0..3) | (Aim::Any, 0..2) if may_be_not => Cow::Borrowed("*"),
            (Aim::Hit, 3) => super::swap_case(scene.action).into(),
            (Aim::Hit, _) => matching(source, scene.action, prefix),
            (Aim::Near, 0..4) => {
                source.choose(scene.neighbours).map_or(Cow::Borrowed("s3:None"), |a| Cow::Borrowed(*a))
            }
            (Aim::Near, _) => near_action(source, scene.action, prefix),
            (Aim::Any, _) => {
                source.choose(scene.neighbours).map_or(Cow::Borrowed("s3:None"), |a| Cow::Borrowed(*a))
            }
        }
    };
    let one = |source: &mut Source<'_>, aim: Aim| -> Text {
        let text = one(source, aim);
        let is_stored = if layer == Layer::Rcp { in_rcp(&text) } else { !is_trust || in_trust(&text) };
        match aim {
            _ if is_stored => text,
            Aim::Hit => Cow::Borrowed(scene.action),
            Aim::Near | Aim::Any => Cow::Borrowed("s3:None"),
        }
    };
    let mut list = vec![one(source, aim)];
    if source.chance(25) {
        let beside = if aim == Aim::Hit { Aim::Near } else { aim };
        list.insert(source.below(2), one(source, beside));
    }
    if may_be_not && source.chance(10) {
        // `NotAction` applies if its list does not match.
        let missing = if aim == Aim::Hit { Aim::Near } else { Aim::Hit };
        return Names { not: true, list: vec![one(source, missing)] };
    }
    list.dedup();
    Names { not: false, list }
}

/// Whether a resource control policy may name the action: AWS applies it to the service (rule 1.23).
fn in_rcp(action: &str) -> bool {
    let service = action.split_once(':').map_or(action, |(service, _)| service);
    RCP_SERVICES.iter().any(|known| known.eq_ignore_ascii_case(service))
}

/// Whether a trust policy may name the action: its letters have the case of STS (rule 1.24).
fn in_trust(action: &str) -> bool {
    let calls = [ASSUME, WEB, CORPORATE].map(|scene| scene.action);
    let mut calls = calls.iter().chain(ASSUME.neighbours);
    let has_other_prefix =
        action.split_once(':').is_some_and(|(s, _)| s != "sts" && s.eq_ignore_ascii_case("sts"));
    action != "sts:*"
        && !has_other_prefix
        && !calls.any(|call| call.eq_ignore_ascii_case(action) && *call != action)
}

/// The name with an error of one character. The change is a letter or digit, so that the text stays a name.
fn near_action(source: &mut Source<'_>, action: &'static str, prefix: usize) -> Text {
    let near = near(source, action, prefix.saturating_add(1));
    if near.is_ascii() { near } else { Cow::Owned(near.chars().filter(char::is_ascii).collect()) }
}

fn resource(source: &mut Source<'_>, case: &Case, layer: Layer, aim: Aim, variables: bool) -> Names {
    let scene = scene_of(&case.request);
    let asked = scene.resources.iter().copied().find(|r| *r == case.request.resource).unwrap_or("*");
    let tail = fifth_colon(asked);
    let one = |source: &mut Source<'_>, aim: Aim| -> Text {
        match (aim, source.below(10)) {
            (Aim::Hit, 0..3) | (Aim::Any, 0) => Cow::Borrowed("*"),
            (Aim::Hit, _) if asked == "*" => Cow::Borrowed("*"),
            (Aim::Hit, 3..5) if variables => with_variable(source, case, asked, tail),
            (Aim::Hit, _) => escaped(asked, matching(source, asked, tail), variables),
            (Aim::Near, _) if asked == "*" => Cow::Borrowed("arn:aws:s3:::*"),
            (Aim::Near, 0..2) if variables => with_variable(source, case, asked, tail),
            (Aim::Near, _) => near(source, asked, behind_type(asked, tail)),
            (Aim::Any, _) => source.choose(scene.resources).map_or(Cow::Borrowed("*"), |r| Cow::Borrowed(*r)),
        }
    };
    // An ARN with fewer than six fields is completed in identity policies and boundaries, and nowhere else allowed (rule 3.7).
    let may_be_short = matches!(layer, Layer::Identity | Layer::Boundary) && asked != "*";
    let one = |source: &mut Source<'_>, aim: Aim| -> Text {
        if may_be_short && source.chance(4) {
            return short(source, asked, variables);
        }
        let pattern = one(source, aim);
        // A policy cannot name a character above U+00FF (rule 1.4).
        if pattern.contains(BEYOND) {
            let marks = *source.pick(&["??", "*", "?", "???"]);
            return pattern.replace(BEYOND, marks).into();
        }
        pattern
    };
    let mut list = vec![one(source, aim)];
    if source.chance(25) {
        let beside = if aim == Aim::Hit { Aim::Near } else { aim };
        list.insert(source.below(2), one(source, beside));
    }
    if source.chance(10) {
        let missing = if aim == Aim::Hit { Aim::Near } else { Aim::Hit };
        return Names { not: true, list: vec![one(source, missing)] };
    }
    list.dedup();
    Names { not: false, list }
}

/// A character of a generated resource that a policy cannot name.
const BEYOND: char = '\u{10400}';

/// The first fields of an ARN, as they are or with a variable.
fn short(source: &mut Source<'_>, asked: &'static str, variables: bool) -> Text {
    // IAM does not store an ARN of five fields (rule 3.7).
    let fields = source.between(3, 4);
    let end = asked.match_indices(':').nth(fields.saturating_sub(1)).map_or(asked.len(), |(at, _)| at);
    let text = asked.get(..end).unwrap_or(asked);
    match source.below(4) {
        0 if variables => text.replacen("aws", "${x:None, 'aws'}", 1).into(),
        1 if variables => text.replacen("aws", "${x:Text}", 1).into(),
        2 => format!("{text}*").into(),
        _ => Cow::Borrowed(text),
    }
}

/// Where the name of a resource of IAM begins: IAM stores no other types than its own (rule 3.12). For other services, `tail`.
fn behind_type(arn: &str, tail: usize) -> usize {
    match arn.find('/') {
        Some(slash) if arn.split(':').nth(2) == Some("iam") => slash.saturating_add(1),
        _ => tail,
    }
}

fn fifth_colon(arn: &str) -> usize {
    arn.match_indices(':').nth(4).map_or(0, |(at, _)| at.saturating_add(1))
}

/// Writes a star of the resource itself as it is, or sometimes as the variable for it (rule 3.22).
fn escaped(asked: &str, pattern: Text, variables: bool) -> Text {
    if variables && asked.ends_with('*') && pattern == asked {
        asked.replace('*', "${*}").into()
    } else {
        pattern
    }
}

/// The resource with a part replaced by a variable, which may or may not have that part as its value.
fn with_variable(source: &mut Source<'_>, case: &Case, asked: &'static str, tail: usize) -> Text {
    let value = |held: &Held| match held {
        Held::One(value) => Some(value.clone()),
        Held::Many(values) => values.first().cloned(),
    };
    let usable: Vec<(Text, String)> = case
        .request
        .context
        .iter()
        .filter_map(|(key, held)| Some((key.clone(), value(held)?)))
        .filter(|(key, value)| {
            !value.is_empty()
                && key.is_ascii()
                && asked.get(tail..).is_some_and(|t| t.contains(value.as_str()))
        })
        .collect();
    let (head, rest) = asked.split_at_checked(tail).unwrap_or((asked, ""));
    let replaced = if let Some((key, value)) = source.choose(&usable) {
        let variable = if source.chance(30) { format!("${{{key}, 'red'}}") } else { format!("${{{key}}}") };
        rest.replacen(value.as_str(), &variable, 1)
    } else {
        let variables = [
            "${x:None, 'red'}",
            "${x:None}",
            "${x:Text}",
            "${aws:PrincipalTag/team, 'red'}",
            "${x:None}${x:Text}",
            "${x:None, 're'd'}",
            "${aws:TagKeys, 'red'}",
        ];
        // A variable may stand anywhere (rule 3.29).
        if source.chance(30) {
            let (old, new) = *source.pick(&[
                ("aws", "${x:None, 'aws'}"),
                ("111122223333", "${x:None, '111122223333'}"),
                ("111122223333", "${x:Text}"),
                ("s3", "${x:None, 's3'}"),
                ("eu-west-1", "${aws:TagKeys, 'eu-west-1'}"),
                ("aws", "${aws:PrincipalTag/team, 'aws'}"),
                ("aws", "${x:None}"),
            ]);
            return Cow::Owned(asked.replacen(old, new, 1));
        }
        let variable: &str = source.pick::<&str, 7>(&variables);
        rest.replacen("red", variable, 1)
    };
    Cow::Owned(format!("{head}{replaced}"))
}

fn principal(source: &mut Source<'_>, case: &Case, layer: Layer, allow: bool, aim: Aim) -> Principals {
    if !layer.names_principals() || layer == Layer::Rcp {
        return Principals::Everyone;
    }
    let is_trust = layer == Layer::Resource && case.request.resource_kind == ResourceKind::IamRoleTrust;
    if layer == Layer::VpcEndpoint || (!is_trust && aim == Aim::Hit && source.chance(25)) {
        return Principals::Everyone;
    }
    let mut names: Vec<(&'static str, Text)> = vec![name(source, case, aim)];
    if source.chance(25) {
        names.push(name(source, case, Aim::Near));
    }
    names.dedup();
    if names.is_empty() {
        names.push(("AWS", Cow::Borrowed(OTHER)));
    }
    let not = !allow && !is_trust && source.chance(20);
    if not {
        let is_service = matches!(case.request.principal, Caller::AwsService { .. });
        names.retain(|(kind, name)| (*kind == "AWS" || is_service) && name != "*");
        if names.is_empty() {
            names.push(("AWS", Cow::Borrowed(ACCOUNT)));
        }
    }
    Principals::Listed { not, names }
}

/// A principal element that names the caller without naming everyone.
pub(crate) fn covering(caller: &Caller) -> Principals {
    let name: (&'static str, Text) = match caller {
        Caller::WebIdentity { provider } | Caller::Saml { provider } => ("Federated", provider.clone()),
        Caller::AwsService { service } => ("Service", service.clone()),
        Caller::Anonymous => ("AWS", Cow::Borrowed("*")),
        Caller::IamUser { account, .. }
        | Caller::AssumedRole { account, .. }
        | Caller::FederatedUser { account, .. }
        | Caller::Root { account, .. } => ("AWS", account.clone()),
    };
    Principals::Listed { not: false, names: vec![name] }
}

/// A name that covers the caller, or a name that does not.
fn name(source: &mut Source<'_>, case: &Case, aim: Aim) -> (&'static str, Text) {
    let aws = |name: &Text| ("AWS", name.clone());
    if aim == Aim::Hit {
        let account = || ("AWS", Cow::Borrowed(ACCOUNT));
        let root = || ("AWS", Cow::Borrowed(super::pool::ROOT));
        let pick = source.below(4);
        return match (&case.request.principal, pick) {
            (Caller::WebIdentity { provider } | Caller::Saml { provider }, _) => {
                ("Federated", provider.clone())
            }
            (Caller::AwsService { .. }, 0) | (Caller::Anonymous, _) => ("AWS", Cow::Borrowed("*")),
            (Caller::AwsService { .. }, 1) => ("Service", Cow::Borrowed(REGIONAL_SERVICE)),
            (Caller::AwsService { service }, _) => ("Service", service.clone()),
            (Caller::Root { .. }, _) | (_, 0) => account(),
            (_, 1) => root(),
            (Caller::IamUser { arn, .. }, _)
            | (Caller::AssumedRole { arn, .. } | Caller::FederatedUser { arn, .. }, 2) => aws(arn),
            (Caller::AssumedRole { role_arn, .. }, _) => aws(role_arn),
            (Caller::FederatedUser { user_arn, .. }, _) => aws(user_arn),
        };
    }
    // A federated principal belongs into a trust policy, with the call that its kind of provider makes (rule 1.24).
    match &case.request.principal {
        Caller::WebIdentity { .. } => {
            // Private providers: a trust policy need not test the tenants of these (rule 1.25).
            let others = [
                "arn:aws:iam::111122223333:oidc-provider/idp.example.org",
                "arn:aws:iam::444455556666:oidc-provider/idp.example.com",
            ];
            return ("Federated", Cow::Borrowed(*source.pick(&others)));
        }
        Caller::Saml { .. } => {
            let others = [
                "arn:aws:iam::111122223333:saml-provider/corp",
                "arn:aws:iam::444455556666:saml-provider/Corp",
            ];
            return ("Federated", Cow::Borrowed(*source.pick(&others)));
        }
        Caller::IamUser { .. }
        | Caller::AssumedRole { .. }
        | Caller::FederatedUser { .. }
        | Caller::Root { .. }
        | Caller::AwsService { .. }
        | Caller::Anonymous => {}
    }
    let names = [
        ("AWS", OTHER),
        ("AWS", USER),
        ("AWS", ROLE),
        ("AWS", SESSION),
        ("AWS", "arn:aws:iam::444455556666:user/ana"),
        ("AWS", "arn:aws:iam::111122223333:user/Ana"),
        ("AWS", "arn:aws:iam::111122223333:role/Deploy"),
        ("AWS", "arn:aws:sts::111122223333:assumed-role/Deploy/Ci"),
        ("Service", SERVICE),
        ("Service", REGIONAL_SERVICE),
        ("Service", "sqs.amazonaws.com"),
    ];
    let (kind, name) = *source.pick(&names);
    (kind, Cow::Borrowed(name))
}
