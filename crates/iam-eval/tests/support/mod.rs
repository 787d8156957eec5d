//! Worlds for the laws: policies as JSON text in every layer, and a request that they often match.

use std::collections::BTreeMap;
use std::sync::Arc;

use iam_eval::{Action, Context, ContextValue, Layer, Layers, Principal, Request, ResourceKind};
use iam_policy::{Limits, Mode, Policy, PolicyKind};
use proptest::prelude::*;
use proptest::sample::select;

const ACCOUNT: &str = "111122223333";
const OTHER: &str = "444455556666";
const USER: &str = "arn:aws:iam::111122223333:user/ana";
const ROLE: &str = "arn:aws:iam::111122223333:role/team/Deploy";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/Deploy/ci";
const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/bo";
const PROVIDER: &str = "accounts.google.com";

/// Operator and key to values.
type Conditions = BTreeMap<(String, String), Vec<&'static str>>;

#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) allow: bool,
    pub(crate) action: (&'static str, Vec<String>),
    pub(crate) resource: (&'static str, Vec<&'static str>),
    /// The element, for those kinds of policy that have it.
    pub(crate) principal: String,
    pub(crate) conditions: Conditions,
}

impl Statement {
    /// A statement about everyone and everything.
    pub(crate) fn plain(allow: bool) -> Self {
        Self {
            allow,
            action: ("Action", vec!["*".to_owned()]),
            resource: ("Resource", vec!["*"]),
            principal: r#""Principal": "*""#.to_owned(),
            conditions: Conditions::new(),
        }
    }

    fn json(&self, kind: PolicyKind) -> String {
        let (action, actions) = &self.action;
        // Rule 1.23.
        let action = if kind == PolicyKind::Rcp { "Action" } else { action };
        let mut elements = vec![
            format!(r#""Effect": "{}""#, if self.allow { "Allow" } else { "Deny" }),
            format!("{action:?}: {actions:?}"),
        ];
        if kind.names_principals() {
            // Rules 1.23, 1.24, 1.26, 5.2: some principals belong only into some policies; everyone does everywhere.
            let belongs = match (kind, &*self.principal) {
                (PolicyKind::Rcp, _) => false,
                (PolicyKind::Trust, text) => !text.contains("NotPrincipal"),
                (_, text) => !(text.contains("Federated\"") || (self.allow && text.contains("NotPrincipal"))),
            };
            elements.push(if belongs { self.principal.clone() } else { r#""Principal": "*""#.to_owned() });
        }
        if kind != PolicyKind::Trust {
            elements.push(format!("{:?}: {:?}", self.resource.0, self.resource.1));
        }
        let tests: Vec<String> = self.by_operator();
        if !tests.is_empty() {
            elements.push(format!(r#""Condition": {{{}}}"#, tests.join(", ")));
        }
        format!("{{{}}}", elements.join(", "))
    }

    fn by_operator(&self) -> Vec<String> {
        let mut operators: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for ((operator, key), values) in &self.conditions {
            operators.entry(operator).or_default().push(format!("{key:?}: {values:?}"));
        }
        operators
            .into_iter()
            .map(|(operator, keys)| format!("{operator:?}: {{{}}}", keys.join(", ")))
            .collect()
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// Whether the version has variables.
    pub(crate) variables: bool,
    pub(crate) statements: Vec<Statement>,
}

impl Document {
    fn parse(&self, kind: PolicyKind) -> Arc<Policy> {
        let statements: Vec<String> = self.statements.iter().map(|s| s.json(kind)).collect();
        let version = if self.variables { "2012-10-17" } else { "2008-10-17" };
        let text = format!(r#"{{"Version": "{version}", "Statement": [{}]}}"#, statements.join(", "));
        let policy = Policy::parse(&text, kind, Mode::Deployed, &Limits::default());
        Arc::new(policy.unwrap_or_else(|report| panic!("{report}\n{text}")))
    }
}

/// Policies by layer and level, and a request.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) layers: BTreeMap<Layer, Vec<Vec<Document>>>,
    pub(crate) request: Request,
}

impl World {
    pub(crate) fn layers(&self) -> Layers {
        let parsed = |layer: Layer| -> Option<Vec<Vec<Arc<Policy>>>> {
            let kind = Layers::kind_of(layer, self.request.resource_kind);
            let levels = self.layers.get(&layer)?;
            Some(levels.iter().map(|level| level.iter().map(|d| d.parse(kind)).collect()).collect())
        };
        let one = |layer| parsed(layer).map(|levels| levels.concat());
        let mut layers = Layers::new();
        layers.identity = one(Layer::Identity).unwrap_or_default();
        layers.boundary = one(Layer::Boundary);
        layers.session = one(Layer::Session);
        layers.resource = one(Layer::Resource).and_then(|policies| policies.into_iter().next());
        layers.vpc_endpoint = one(Layer::VpcEndpoint);
        layers.scp = parsed(Layer::Scp);
        layers.rcp = parsed(Layer::Rcp);
        layers
    }

    pub(crate) fn decide(&self) -> iam_eval::Decision {
        self.layers().decide(&self.request)
    }

    /// Every document with its layer.
    pub(crate) fn documents(&mut self) -> Vec<(Layer, &mut Document)> {
        let of = |(layer, levels): (&Layer, _)| (*layer, levels);
        let layers = self.layers.iter_mut().map(of);
        layers
            .flat_map(|(layer, levels): (Layer, &mut Vec<Vec<Document>>)| {
                levels.iter_mut().flatten().map(move |document| (layer, document))
            })
            .collect()
    }

    /// The context with each value replaced; a key without new value is left out.
    pub(crate) fn map_context(
        &mut self,
        mut new: impl FnMut(&str, &ContextValue) -> Option<(String, ContextValue)>,
    ) {
        let pairs: Vec<_> = self.request.context.iter().filter_map(|(key, value)| new(key, value)).collect();
        self.request.context = pairs.into_iter().fold(Context::new(), |context, (k, v)| context.with(k, v));
    }
}

/// A family of operators, the keys that fit it, and values of policies.
type Family = (&'static [&'static str], &'static [&'static str], &'static [&'static str]);

const FAMILIES: [Family; 9] = [
    (
        &[
            "StringEquals",
            "StringNotEquals",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "StringLike",
            "StringNotLike",
        ],
        &["aws:PrincipalTag/team"],
        &[
            "red",
            "blue",
            "RED",
            "r*",
            "*",
            "",
            "${x:Other}",
            "${aws:PrincipalTag/team}",
            "${x:Other, 'red'}",
            "${*}",
        ],
    ),
    (
        &[
            "ForAllValues:StringEquals",
            "ForAnyValue:StringEquals",
            "ForAllValues:StringNotLike",
            "ForAnyValue:StringNotLike",
            "ForAnyValue:StringLike",
            "StringEquals",
        ],
        &["aws:TagKeys", "x:Other"],
        &["team", "cost", "t*", "", "red"],
    ),
    (
        &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ],
        &["x:Size"],
        &["1", "10", "10.50"],
    ),
    (
        &[
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
        ],
        &["aws:CurrentTime"],
        &["2026-05-01T12:00:00Z", "2026-05", "2027-01-01"],
    ),
    (&["Bool"], &["aws:SecureTransport"], &["true", "false"]),
    (&["IpAddress", "NotIpAddress"], &["aws:SourceIp"], &["10.0.0.0/8", "10.1.2.3", "2001:db8::/32"]),
    (
        &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
        &["aws:SourceArn"],
        &[
            "arn:aws:sns:*:*:red",
            "arn:aws:sns:eu-west-1:111122223333:${aws:PrincipalTag/team}",
            "arn:aws:s3:::*",
        ],
    ),
    (&["BinaryEquals"], &["x:Bytes"], &["AQID", "AQ=="]),
    (&["Null"], &["aws:TagKeys", "aws:PrincipalTag/team", "x:Size", "aws:SourceIp"], &["true", "false"]),
];

/// Each key of a context, and the values that requests have for it, good and bad.
const CONTEXT: [(&str, &[&str]); 9] = [
    ("aws:PrincipalTag/team", &["red", "blue", "RED", "", "*"]),
    ("x:Other", &["red", "blue", "bucket"]),
    ("aws:TagKeys", &["team", "cost", "", "zone"]),
    ("x:Size", &["1", "10.5", "many"]),
    ("aws:CurrentTime", &["2026-05-01T14:00:00+02:00", "1000000000", "now"]),
    ("aws:SecureTransport", &["true", "False", "maybe"]),
    ("aws:SourceIp", &["10.1.2.3", "2001:db8::1", "192.0.2.1", "::/0"]),
    ("aws:SourceArn", &["arn:aws:sns:eu-west-1:111122223333:red", "arn:aws:s3:::bucket", "bucket"]),
    ("x:Bytes", &["AQID", "AQ==", "?"]),
];

fn conditions() -> impl Strategy<Value = Conditions> {
    let test = select(FAMILIES.to_vec()).prop_flat_map(|(operators, keys, values)| {
        let value_count = if matches!(operators, ["Bool" | "Null"]) { 1..=1 } else { 0..=3usize };
        let suffix = prop_oneof![3 => Just(""), 1 => Just("IfExists")];
        (select(operators), select(keys), prop::collection::vec(select(values), value_count), suffix)
            .prop_map(|(operator, key, values, suffix)| {
                let suffix = if operator == "Null" { "" } else { suffix };
                ((format!("{operator}{suffix}"), key.to_owned()), values)
            })
    });
    prop_oneof![
        2 => Just(Conditions::new()),
        1 => prop::collection::vec(test, 1..3).prop_map(|tests| tests.into_iter().collect()),
    ]
}

fn principal() -> impl Strategy<Value = String> {
    let aws = |names: &[&str]| format!(r#""Principal": {{"AWS": {names:?}}}"#);
    let not = |names: &[&str]| format!(r#""NotPrincipal": {{"AWS": {names:?}}}"#);
    select(vec![
        r#""Principal": "*""#.to_owned(),
        r#""Principal": "*""#.to_owned(),
        aws(&["*"]),
        aws(&[ACCOUNT]),
        aws(&[ACCOUNT]),
        aws(&[OTHER]),
        aws(&[USER]),
        aws(&[USER, ROLE]),
        aws(&[ROLE]),
        aws(&[SESSION, FEDERATED]),
        r#""Principal": {"Service": "sns.amazonaws.com", "AWS": []}"#.to_owned(),
        format!(r#""Principal": {{"Federated": "{PROVIDER}"}}"#),
        not(&[USER, ACCOUNT]),
        not(&[SESSION, ROLE, ACCOUNT]),
    ])
}

pub(crate) fn statement(allow: impl Strategy<Value = bool>) -> impl Strategy<Value = Statement> {
    let action =
        select(vec!["*", "*", "s3:*", "s3:Get*", "S3:?etobject", "s3:PutObject", "sqs:*", "kms:RetireGrant"]);
    let resource = select(vec![
        "*",
        "*",
        "arn:aws:s3:::bucket/*",
        "arn:aws:s3:::bucket/*",
        "arn:aws:s3:::*/key",
        "arn:aws:s3:::bucket/${aws:PrincipalTag/team}/*",
        "arn:aws:s3:::${x:Other, 'bucket'}/red/?ey",
        "arn:aws:s3:::bucket/${x:Other}/*",
        "arn:aws:s3:::bucket",
    ]);
    let element = |plain: &'static str, not: &'static str| prop_oneof![7 => Just(plain), 1 => Just(not)];
    (
        allow,
        (element("Action", "NotAction"), prop::collection::vec(action.prop_map(str::to_owned), 1..3)),
        (element("Resource", "NotResource"), prop::collection::vec(resource, 1..3)),
        principal(),
        conditions(),
    )
        .prop_map(|(allow, action, resource, principal, conditions)| Statement {
            allow,
            action,
            resource,
            principal,
            conditions,
        })
}

fn document() -> impl Strategy<Value = Document> {
    let statements = prop::collection::vec(statement(prop::bool::weighted(0.78)), 1..4);
    (prop::bool::weighted(0.9), statements)
        .prop_map(|(variables, statements)| Document { variables, statements })
}

/// The levels of a layer that limits: often one that allows everything.
fn limiting(levels: usize) -> impl Strategy<Value = Vec<Vec<Document>>> {
    let everything = Just(Document { variables: true, statements: vec![Statement::plain(true)] });
    let document = prop_oneof![4 => everything, 1 => document()];
    prop::collection::vec(prop::collection::vec(document, 1..3), 1..=levels)
}

fn policies() -> impl Strategy<Value = BTreeMap<Layer, Vec<Vec<Document>>>> {
    let with = |probability: f64, levels: usize| prop::option::weighted(probability, limiting(levels));
    (
        prop::collection::vec(document(), 1..4),
        with(0.2, 1),
        with(0.25, 1),
        prop::option::weighted(0.6, document()),
        with(0.15, 1),
        with(0.25, 3),
        with(0.2, 2),
    )
        .prop_map(|(identity, boundary, session, resource, vpc_endpoint, scp, rcp)| {
            let all = [
                (Layer::Identity, Some(vec![identity])),
                (Layer::Boundary, boundary),
                (Layer::Session, session),
                (Layer::Resource, resource.map(|document| vec![vec![document]])),
                (Layer::VpcEndpoint, vpc_endpoint),
                (Layer::Scp, scp),
                (Layer::Rcp, rcp),
            ];
            all.into_iter().filter_map(|(layer, levels)| Some((layer, levels?))).collect()
        })
}

fn caller() -> impl Strategy<Value = Principal> {
    let role = |service_linked| Principal::AssumedRole {
        arn: SESSION.into(),
        role_arn: ROLE.into(),
        account: ACCOUNT.into(),
        service_linked,
    };
    prop_oneof![
        6 => Just(Principal::iam_user(USER, ACCOUNT)),
        8 => Just(role(false)),
        1 => Just(role(true)),
        2 => Just(Principal::FederatedUser { arn: FEDERATED.into(), user_arn: USER.into(), account: ACCOUNT.into() }),
        1 => Just(Principal::Root { arn: "arn:aws:iam::111122223333:root".into(), account: ACCOUNT.into() }),
        1 => Just(Principal::AwsService { service: "sns.amazonaws.com".into() }),
        1 => Just(Principal::WebIdentity { provider: PROVIDER.into() }),
        1 => Just(Principal::Anonymous),
    ]
}

/// A value for a key: mostly a single one.
fn value(values: &'static [&'static str]) -> impl Strategy<Value = ContextValue> {
    prop_oneof![
        5 => select(values).prop_map(ContextValue::single),
        2 => prop::collection::vec(select(values), 0..3).prop_map(ContextValue::multiple),
    ]
}

/// For each key of [`CONTEXT`] a value or none.
pub(crate) fn values() -> impl Strategy<Value = Vec<(&'static str, Option<ContextValue>)>> {
    CONTEXT
        .map(|(key, values)| (Just(key), prop::option::weighted(0.7, value(values))))
        .into_iter()
        .collect::<Vec<_>>()
}

fn request() -> impl Strategy<Value = Request> {
    let action = select(vec![
        "s3:GetObject",
        "s3:GetObject",
        "s3:GetObject",
        "s3:PutObject",
        "sqs:SendMessage",
        "kms:RetireGrant",
    ]);
    let resource = prop_oneof![
        12 => Just("arn:aws:s3:::bucket/red/key"),
        6 => Just("arn:aws:s3:::bucket/blue/key"),
        1 => Just("arn:aws:s3:::bucket"),
        1 => Just("*"),
        1 => Just("arn:aws-cn:s3:::bucket/red/key"),
    ];
    let owner = prop_oneof![3 => Just(None), 4 => Just(Some(ACCOUNT)), 1 => Just(Some(OTHER))];
    let kind = prop_oneof![8 => Just(ResourceKind::Generic), 1 => Just(ResourceKind::KmsKey), 1 => Just(ResourceKind::IamRoleTrust)];
    (caller(), action, resource, owner, kind, values()).prop_map(
        |(caller, action, resource, owner, kind, values)| {
            let mut request = Request::new(caller, Action::new(action).unwrap(), resource).on(kind);
            request.resource_account = owner.map(Into::into);
            for (key, value) in values {
                if let Some(value) = value {
                    request.context.set(key, value);
                }
            }
            request
        },
    )
}

/// A world in which every key is known.
pub(crate) fn world() -> impl Strategy<Value = World> {
    (policies(), request()).prop_map(|(layers, request)| World { layers, request })
}
