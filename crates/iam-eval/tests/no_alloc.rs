//! A decision allocates nothing, whatever the policies are made of.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use allocation_counter::measure;
use iam_eval::{Action, Context, ContextValue, Decision, Layers, Principal, Request, ResourceKind};
use iam_policy::{Limits, Mode, Policy, PolicyKind};

const ROLE: &str = "arn:aws:iam::111122223333:role/team/Deploy";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/Deploy/ci";

/// A statement that tests every operator, each of them true in [`context`], also with set operators and `IfExists`.
const CONDITION: &str = r#"{
  "StringEquals": {"aws:PrincipalTag/team": ["blue", "${x:Team}"], "aws:RequestedRegion": "eu-west-1"},
  "StringNotEquals": {"aws:PrincipalTag/team": ["red", "${x:Absent}"]},
  "StringEqualsIgnoreCase": {"aws:PrincipalTag/team": "${x:Team, 'none'}"},
  "StringNotEqualsIgnoreCase": {"aws:PrincipalTag/team": "RED"},
  "StringLike": {"x:Long": "*a*a*a*${x:Team}*b"},
  "StringNotLike": {"x:Long": "*${*}*"},
  "NumericEquals": {"x:Number": 10}, "NumericNotEquals": {"x:Number": 11},
  "NumericLessThan": {"x:Number": 10.5}, "NumericLessThanEquals": {"x:Number": 10},
  "NumericGreaterThan": {"x:Number": -1}, "NumericGreaterThanEquals": {"x:Number": ["10.000"]},
  "DateEquals": {"aws:CurrentTime": "2026-05-01T12:00:00Z"}, "DateNotEquals": {"aws:CurrentTime": "2026-05-01"},
  "DateLessThan": {"aws:CurrentTime": "2026-05-01T15:00:00.5+02:00"}, "DateLessThanEquals": {"aws:CurrentTime": "2027-01"},
  "DateGreaterThan": {"aws:CurrentTime": "1000000000"}, "DateGreaterThanEquals": {"aws:CurrentTime": "2026-05-01"},
  "Bool": {"aws:SecureTransport": "${x:Flag}"}, "BoolIfExists": {"x:Flag": true},
  "BinaryEquals": {"x:Bytes": "AQIDBA=="},
  "IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]}, "NotIpAddress": {"aws:SourceIp": "192.0.2.1"},
  "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/*/Dep?oy"}, "ArnLike": {"aws:PrincipalArn": "${aws:PrincipalArn}"},
  "ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}, "ArnNotLike": {"aws:PrincipalArn": "arn:*:*:*:*:root"},
  "Null": {"x:Absent": true, "x:Flag": false},
  "StringEqualsIfExists": {"x:Absent": "a"}, "NumericLessThanIfExists": {"x:Absent": 1},
  "ForAllValues:StringLike": {"aws:TagKeys": ["te*", "cost-${x:Team}"]},
  "ForAnyValue:StringEquals": {"aws:TagKeys": "team"},
  "ForAnyValue:StringNotEquals": {"aws:TagKeys": "team"},
  "ForAllValues:StringNotLikeIfExists": {"aws:TagKeys": "*secret*"}
}"#;

fn context() -> Context {
    let single = |value: &str| ContextValue::single(value);
    Context::new()
        .with("aws:PrincipalArn", single(ROLE))
        .with("AWS:principaltag/TEAM", single("blue"))
        .with("aws:RequestedRegion", single("eu-west-1"))
        .with("aws:CurrentTime", single("2026-05-01T14:00:00+02:00"))
        .with("aws:SecureTransport", single("true"))
        .with("aws:SourceIp", single("2001:db8::1"))
        .with("aws:TagKeys", ContextValue::multiple(["team", "cost-blue"]))
        .with("x:Team", single("blue"))
        .with("x:Long", single(&format!("{}blue{}b", "a".repeat(500), "c".repeat(500))))
        .with("x:Number", single("10.0"))
        .with("x:Flag", single("True"))
        .with("x:Bytes", single("AQIDBA=="))
}

/// A policy with a Deny that comes near and an Allow with every operator.
fn policy(kind: PolicyKind, principal: &str) -> Arc<Policy> {
    let named = if kind.names_principals() { principal } else { "" };
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [
          {{"Effect": "Deny", {named} "NotAction": ["kms:*", "s3:Get*"], "NotResource": "arn:aws:s3:::other/${{x:Team}}/*"}},
          {{"Effect": "Deny", {named} "Action": "s3:Get*", "Resource": "*", "Condition": {{"StringNotEquals": {{"x:Team": "${{aws:PrincipalTag/team}}"}}}}}},
          {{"Effect": "Allow", {named} "Action": ["sqs:*", "S3:g?t*ect"],
            "Resource": ["arn:aws:s3:::other/*", "arn:aws:s3:::bucket/${{x:Team}}/*/${{x:Absent, 'key'}}"], "Condition": {CONDITION}}}
        ]}}"#
    );
    Arc::new(Policy::parse(&text, kind, Mode::Deployed, &Limits::default()).unwrap())
}

fn layers(kind: PolicyKind) -> Layers {
    let mut layers = Layers::new();
    let everyone = r#""Principal": "*","#;
    let level = |kind| vec![policy(kind, everyone), policy(kind, everyone)];
    layers.identity = vec![policy(PolicyKind::Identity, ""), policy(PolicyKind::Managed, "")];
    layers.boundary = Some(level(PolicyKind::Boundary));
    layers.session = Some(level(PolicyKind::Session));
    layers.resource =
        Some(policy(kind, &format!(r#""Principal": {{"AWS": ["111122223333", "{ROLE}", "{SESSION}"]}},"#)));
    layers.vpc_endpoint = Some(level(PolicyKind::VpcEndpoint));
    layers.scp = Some(vec![level(PolicyKind::Scp), level(PolicyKind::Scp), level(PolicyKind::Scp)]);
    let rcp = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:Put*", "Resource": "*"},
        {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}"#;
    let rcp = Arc::new(Policy::parse(rcp, PolicyKind::Rcp, Mode::Deployed, &Limits::default()).unwrap());
    layers.rcp = Some(vec![vec![rcp.clone()], vec![rcp]]);
    layers
}

/// The decision on a request, made without allocating: by the scan, and by a program.
fn decide(layers: &Layers, request: &Request) -> Decision {
    let program = layers.compile();
    let mut decision = None;
    let info = measure(|| decision = Some((layers.decide(request), program.decide(request))));
    assert_eq!(info.count_total, 0, "{decision:?} on {request:?}");
    let (scanned, indexed) = decision.unwrap();
    assert_eq!(scanned, indexed);
    scanned
}

fn request(action: &str, context: Context) -> Request {
    let session = Principal::assumed_role(&SESSION.parse().unwrap(), &ROLE.parse().unwrap());
    Request::new(session, Action::new(action).unwrap(), "arn:aws:s3:::bucket/blue/some/key")
        .owned_by("111122223333")
        .with_context(context)
}

#[test]
fn counting_counts() {
    assert_eq!(measure(|| drop(std::hint::black_box(vec![1u8]))).count_total, 1);
}

#[test]
fn every_decision_on_every_layer_is_free_of_allocation() {
    let layers = layers(PolicyKind::Resource);
    let get = |context| request("s3:GetObject", context);
    assert_eq!(decide(&layers, &get(context())), Decision::Allowed);
    assert_eq!(decide(&layers, &request("s3:PutObject", context())), Decision::ExplicitDeny);
    assert_eq!(decide(&layers, &request("kms:Decrypt", context())), Decision::ImplicitDeny);
    for key in context().iter().map(|(key, _)| key) {
        for value in [ContextValue::Unknown, ContextValue::multiple(["a", "b"]), ContextValue::single("?")] {
            // Unknown keys and lists take other paths; that they are free matters here, not what they say.
            decide(&layers, &get(context().with(key, value)));
        }
    }
    assert_eq!(decide(&layers, &get(context().with("x:Number", ContextValue::Unknown))), Decision::Depends);
}

#[test]
fn many_policies_too() {
    let mut layers = layers(PolicyKind::Resource);
    let one = |n: usize| {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": [
              {{"Effect": "Allow", "Action": ["s3:Get*", "s3:GetObject", "*"], "Resource": ["arn:aws:s3:::b{n}/*", "arn:*:s3:*:*:b{n}"]}},
              {{"Effect": "Deny", "NotAction": ["s3:*", "kms:D*", "a:1", "a:2", "a:3", "a:4", "a:5", "a:6", "a:7", "a:8", "a:9", "a:0", "a:b", "a:c"],
                "Resource": "*"}}]}}"#
        );
        Arc::new(Policy::parse(&text, PolicyKind::Identity, Mode::Deployed, &Limits::default()).unwrap())
    };
    layers.identity.extend((0..100).map(one));
    assert_eq!(decide(&layers, &request("s3:GetObject", context())), Decision::Allowed);
    assert_eq!(decide(&layers, &request("kms:Decrypt", context())), Decision::ImplicitDeny);
    assert_eq!(decide(&layers, &request("kms:Encrypt", context())), Decision::ExplicitDeny);
}

#[test]
fn other_principals_and_kinds_of_resource_too() {
    let layers = layers(PolicyKind::Kms);
    let account = Box::<str>::from("111122223333");
    for principal in [
        Principal::from_arn("arn:aws:iam::111122223333:user/ana").unwrap(),
        Principal::Root { arn: "arn:aws:iam::111122223333:root".into(), account: account.clone() },
        Principal::FederatedUser {
            arn: "arn:aws:sts::111122223333:federated-user/bo".into(),
            user_arn: "arn:aws:iam::111122223333:user/ana".into(),
            account,
        },
        Principal::AwsService { service: "sns.amazonaws.com".into() },
        Principal::WebIdentity { provider: "accounts.google.com".into() },
        Principal::Anonymous,
    ] {
        let mut asked = request("s3:GetObject", context()).on(ResourceKind::KmsKey);
        // Only principals of the account are named.
        let expected = if principal.account().is_some() { Decision::Allowed } else { Decision::ImplicitDeny };
        asked.principal = principal;
        assert_eq!(decide(&layers, &asked), expected, "{asked:?}");
    }
}
