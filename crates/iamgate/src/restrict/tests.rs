//! Planted faults: a statement that leaves something out, or says too much, is found by the proof.

use iam_catalog::Details;
use iam_eval::Decision;
use iam_policy::{ConditionKey, Conditions, Grantees, Limits, Mode, PolicyKind, ResourceElement, account_id};

use super::*;

const ARNS: [&str; 18] = [
    "arn:aws:s3:::payroll",
    "arn:aws:s3:eu-west-1:111122223333:accesspoint/finance",
    "arn:aws:dynamodb:eu-west-1:111122223333:table/users",
    "arn:aws:lambda:eu-west-1:111122223333:function:pay",
    "arn:aws:events:eu-west-1:111122223333:event-bus/orders",
    "arn:aws:glue:eu-west-1:111122223333:catalog",
    "arn:aws:sns:eu-west-1:111122223333:alarms",
    "arn:aws:backup:eu-west-1:111122223333:backup-vault:nightly",
    "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "arn:aws:glue:eu-west-1:111122223333:database/sales",
    "arn:aws:vpc-lattice:eu-west-1:111122223333:service/svc-0123456789abcdef0",
    "arn:aws:payment-cryptography:eu-west-1:111122223333:key/kwapwa6qaifllw2h",
    "arn:aws:dsql:eu-west-1:111122223333:cluster/foo0bar1baz2quux3quuux4quu",
    "arn:aws:cloudtrail:eu-west-1:111122223333:eventdatastore/1234abcd-12ab-34cd-56ef-1234567890ab",
    "arn:aws:rekognition:eu-west-1:111122223333:project/parts/1656557051929",
    "arn:aws:rum:eu-west-1:111122223333:appmonitor/shop",
    "arn:aws:lex:eu-west-1:111122223333:bot/A1B2C3D4E5",
    "arn:aws:bedrock-agentcore:eu-west-1:111122223333:memory/notes-1a2b3c4d5e",
];

/// A restriction whose statement is another one.
struct Planted<'a> {
    thing: &'a Thing,
    details: &'a Details<'a>,
    old: Arc<Policy>,
}

impl Planted<'_> {
    fn claims(&self, statement: ResourceStatement) -> (Vec<Denied>, Vec<Unchanged>) {
        let new = Arc::new(self.old.with_statement(statement).unwrap());
        let claims = Claims {
            partition: &Partition::AWS,
            account: account_id!("111122223333"),
            thing: self.thing,
            old: Some(&self.old),
            new: &new,
            key: &key(),
            details: self.details,
        };
        (claims.denied(), claims.unchanged())
    }

    /// A request of a caller with the tag that is still allowed.
    fn is_let_in(&self, statement: ResourceStatement) -> bool {
        let new = self.old.with_statement(statement.clone()).unwrap();
        let (denied, _) = self.claims(statement);
        denied.iter().all(|denied| {
            let Verdict::Fails(witness) = &denied.verdict else { return false };
            let mut layers = iam_eval::Layers::new();
            layers.identity.push(Arc::new(Policy::everything()));
            layers.session = Some(layers.identity.clone());
            layers.resource = Some(Arc::new(new.clone()));
            layers.decide(&witness.request) == Decision::Allowed
        })
    }

    /// Whether every group of callers that had access has lost some.
    fn is_taken(&self, statement: ResourceStatement) -> bool {
        let (_, unchanged) = self.claims(statement);
        let had = |unchanged: &&Unchanged| unchanged.had_none != VerdictKind::Holds;
        unchanged.iter().filter(had).all(|unchanged| matches!(unchanged.verdict, Verdict::Fails(_)))
    }
}

fn key() -> ConditionKey {
    ConditionKey::new("aws:PrincipalTag/DoitEnvironment")
}

fn each(test: impl Fn(&Planted<'_>)) {
    let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}"#;
    let old = Policy::parse(text, PolicyKind::Resource, Mode::Deployed, &Limits::default()).unwrap();
    let details = Details::embedded().unwrap();
    for arn in ARNS {
        let arn: Arn = arn.parse().unwrap();
        let thing = Thing::new(&arn, &Named::of(&arn).unwrap(), &details);
        test(&Planted { thing: &thing, details: &details, old: Arc::new(old.clone()) });
    }
}

fn tagged() -> Conditions {
    Conditions::is_present(&key())
}

#[test]
fn the_statement_itself_has_no_fault() {
    each(|planted| {
        let statement = planted.thing.statement(tagged());
        let (denied, unchanged) = planted.claims(statement.clone());
        assert!(denied.iter().all(|denied| denied.verdict == Verdict::Holds), "{denied:#?}");
        assert!(unchanged.iter().all(|unchanged| unchanged.verdict == Verdict::Holds), "{unchanged:#?}");
        assert!(!planted.is_let_in(statement.clone()) && !planted.is_taken(statement));
    });
}

#[test]
fn a_form_of_arn_that_is_left_out_is_found() {
    each(|planted| {
        for at in 0..planted.thing.belongs.len() {
            let mut some = planted.thing.belongs.clone();
            some.remove(at);
            let named: ResourceElement = match some.as_slice() {
                [] => ["arn:aws:s3:::other".parse().unwrap()].into_iter().collect(),
                _ => some.into_iter().collect(),
            };
            let actions = planted.thing.actions.iter().cloned().collect();
            let statement = ResourceStatement::deny(Grantees::everyone(), actions, named).when(tagged());
            assert!(planted.is_let_in(statement.clone()), "{statement}");
        }
    });
}

#[test]
fn an_action_that_is_left_out_is_found() {
    each(|planted| {
        let all = &planted.thing.actions;
        for at in 0..all.len() {
            let mut some = all.clone();
            let out = some.remove(at);
            if some.is_empty() {
                // Of a wildcard, one letter is missing; instead of one action, there is another.
                let (service, name) = out.text().split_once(':').unwrap();
                let others: Vec<String> = match name {
                    "*" => ('b'..='z').map(|c| format!("{service}:{c}*")).collect(),
                    _ => vec![format!("{service}:Other")],
                };
                some = others.iter().filter_map(|text| ActionPattern::parse(text)).collect();
            }
            let named = planted.thing.belongs.iter().cloned().collect();
            let actions = some.into_iter().collect();
            let statement = ResourceStatement::deny(Grantees::everyone(), actions, named).when(tagged());
            assert!(planted.is_let_in(statement.clone()), "{statement}");
        }
    });
}

#[test]
fn a_statement_that_says_too_little_or_too_much_is_found() {
    each(|planted| {
        let own = |conditions| planted.thing.statement(conditions);
        let name = "aws:PrincipalTag/DoitEnvironment";
        for (operator, value) in
            [("StringEquals", "111122223333"), ("StringLike", "?*"), ("StringNotEquals", "x")]
        {
            let narrow = own(Conditions::parse(operator, name, [value]).unwrap());
            assert!(planted.is_let_in(narrow), "{operator}");
        }
        // On an absent tag this is true, so everybody is locked out.
        assert!(planted.is_taken(own(Conditions::parse("StringNotEquals", name, ["x"]).unwrap())));
        assert!(planted.is_taken(own(Conditions::none())));
        assert!(planted.is_taken(own(Conditions::is_absent(&key()))));
    });
}

/// The table of resources whose policies cannot have the statement is about resource types of the catalogue, and none that is restricted.
#[test]
fn resources_that_cannot_be_restricted_are_told_with_the_page() {
    let details = Details::embedded().unwrap();
    for unfit in super::unfit::UNFIT {
        let kind = details.resource_types(unfit.service).find(|kind| kind.name() == unfit.kind);
        let kind = kind.unwrap_or_else(|| panic!("{} has no {}", unfit.service, unfit.kind));
        assert!(unfit.source.starts_with("https://docs.aws.amazon.com/") && !unfit.why.ends_with('.'));
        for template in kind.arns() {
            let mut parts = template.split("${");
            let first = parts.next().unwrap_or_default().to_owned();
            let fields = parts.map(|part| part.split_once('}').unwrap());
            let text = fields.fold(first, |text, (field, rest)| {
                let value = match field {
                    "Partition" => "aws",
                    "Region" => "eu-west-1",
                    "Account" => "111122223333",
                    _ => "x1",
                };
                text + value + rest
            });
            let told =
                restrict(&text, "111122223333", None, &SessionTag::new("DoitEnvironment", "x"), &details);
            let Err(NotRestricted::NoPolicy { why, .. }) = told else { panic!("{text}: {told:?}") };
            assert!(why.contains(unfit.why) && why.contains(unfit.source), "{text}: {why}");
        }
    }
}

/// Of other resources it is told whether AWS has an action that gives one a policy. An action on such a resource that sets none is no reason, nor
/// is one that sets the policy of another resource.
#[test]
fn a_resource_without_a_restriction_is_told_with_what_the_tables_say() {
    let details = Details::embedded().unwrap();
    for (arn, wanted) in [
        (
            "arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/own",
            "has `acm-pca:CreatePermission`, so that AWS may have policies for such a resource",
        ),
        (
            "arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
            "has no action that gives the resource type `instance` a policy",
        ),
        (
            "arn:aws:cloudtrail:eu-west-1:111122223333:trail/own",
            "has no action that gives the resource type `trail` a policy",
        ),
        ("arn:aws:ec2:eu-west-1:111122223333:other/i-1", "lists no resource of `ec2` with such an ARN"),
    ] {
        let told = restrict(arn, "111122223333", None, &SessionTag::new("DoitEnvironment", "x"), &details);
        let Err(NotRestricted::NoPolicy { why, .. }) = told else { panic!("{arn}: {told:?}") };
        assert!(why.contains(wanted), "{arn}: {why}");
    }
}

/// What is told of a part is about the resource that has its policy, and a part is told from its resource.
#[test]
fn a_part_is_told_with_the_resource_that_has_its_policy() {
    let details = Details::embedded().unwrap();
    let of = |arn: &str| {
        let arn: Arn = arn.parse().unwrap();
        Thing::new(&arn, &Named::of(&arn).unwrap(), &details)
    };
    assert_eq!(of("arn:aws:s3:::payroll/a").beside(), RestrictedKind::Bucket.row().beside);
    assert_eq!(
        of("arn:aws:s3:eu-west-1:111122223333:accesspoint/finance").beside(),
        RestrictedKind::AccessPoint.row().beside
    );
    let table = "arn:aws:dynamodb:eu-west-1:111122223333:table/users";
    let index = of(&format!("{table}/index/by-name"));
    assert!(index.fetch.contains(&format!(" {table} ")), "{}", index.fetch);
    let events = "arn:aws:events:eu-west-1:111122223333";
    for (bus, rule) in [("default", "rule/*"), ("orders", "rule/orders/*")] {
        let thing = of(&format!("{events}:event-bus/{bus}"));
        let texts: Vec<&str> = thing.belongs.iter().map(iam_policy::ResourcePattern::text).collect();
        assert!(texts.contains(&&*format!("{events}:{rule}")), "{texts:?}");
    }
}

/// Each part of a rule for names counts by itself: a name that breaks only one is refused.
#[test]
fn names_that_break_one_part_of_a_rule_are_refused() {
    let refused = |arn: &str| {
        let arn: Arn = arn.parse().unwrap();
        Named::of(&arn).is_none_or(|named| named.broken_rule().is_some())
    };
    let at = |service: &str, name: &str| format!("arn:aws:{service}:eu-west-1:111122223333:{name}");
    for arn in ["arn:aws:s3:::payroll/", "arn:aws:s3:::PAYROLL", "arn:aws:s3:::PAYROLL/a"] {
        assert!(refused(arn), "{arn}");
    }
    let long = |most: usize| "a".repeat(most + 1);
    let broken = [
        ("glue", "other".to_owned()),
        ("s3", "accesspoint/FINANCE".to_owned()),
        ("s3", "accesspoint/finance/object/".to_owned()),
        ("s3-outposts", "outpost/op-1/bucket/LOGS".to_owned()),
        ("s3-outposts", "outpost/op-1/accesspoint/LOGS".to_owned()),
        ("s3vectors", "bucket/vectors/index/".to_owned()),
        ("s3vectors", "bucket/VECTORS/index/own".to_owned()),
        ("s3express", "bucket/LOGS--use1-az4--x-s3".to_owned()),
        ("s3express", "bucket/logs".to_owned()),
        ("s3express", "accesspoint/LOGS--use1-az4--xa-s3".to_owned()),
        ("s3express", "accesspoint/logs".to_owned()),
        ("dynamodb", "table/users/stream/".to_owned()),
        ("dynamodb", "table/us+ers/stream/1".to_owned()),
        ("dynamodb", "table/users/stream/1+2".to_owned()),
        ("ecr", "repository/App".to_owned()),
        ("ecr", "repository/-app".to_owned()),
        ("ecr", format!("repository/{}", long(256))),
        ("lambda", "function:p+y".to_owned()),
        ("lambda", format!("function:{}", long(140))),
        ("lambda", "function:p+y:live".to_owned()),
        ("lambda", "function:pay:l+ve".to_owned()),
        ("lambda", "function:pay:$OLDEST".to_owned()),
        ("lambda", format!("function:pay:{}", long(128))),
        ("events", "event-bus/or+ders".to_owned()),
        ("events", format!("event-bus/{}", long(256))),
        ("kinesis", "stream/cl+cks".to_owned()),
        ("kinesis", format!("stream/{}", long(255))),
        ("kinesis", "stream/clicks/consumer/".to_owned()),
        ("kinesis", "stream/cl+cks/consumer/app:1".to_owned()),
        ("kinesis", "stream/clicks/consumer/a+p:1".to_owned()),
        ("cloudsearch", "domain/Movies".to_owned()),
        ("cloudsearch", "domain/mov_ies".to_owned()),
        ("cloudsearch", "domain/-movies".to_owned()),
        ("cloudsearch", format!("domain/{}", long(28))),
        ("codeartifact", "domain/o+n".to_owned()),
        ("codeartifact", format!("domain/{}", long(100))),
        ("codeartifact", "repository/o+n/npm".to_owned()),
        ("codeartifact", "repository/own/n+m".to_owned()),
    ];
    let taken: Vec<_> = broken.iter().filter(|(service, name)| !refused(&at(service, name))).collect();
    assert!(taken.is_empty(), "{taken:#?}");
    for (service, name) in [
        ("lambda", "function:pay:$LATEST"),
        ("lambda", "function:pay:live"),
        ("cloudsearch", "domain/my-movies"),
        ("dynamodb", "table/users/stream/2026-11-26T00:00:00.000"),
        ("s3-outposts", "outpost/op-1/bucket/logs"),
        ("s3-outposts", "outpost/op-1/accesspoint/logs"),
    ] {
        assert!(!refused(&at(service, name)), "{service} {name}");
    }
}

#[test]
fn errors_have_their_cause_and_callers_their_name() {
    use std::error::Error as _;
    let empty = Policy::new(PolicyKind::Resource, Vec::<ResourceStatement>::new()).unwrap_err();
    let words = empty.to_string();
    let error = NotRestricted::Policy(empty);
    assert_eq!(error.source().map(ToString::to_string), Some(words));
    assert!(NotRestricted::NoAccount { found: "`1`".into() }.source().is_none());
    for group in CallerGroup::ALL {
        assert_eq!(group.to_string(), group.name());
    }
    let first = CallerGroup::ALL.first().map(|group| format!("{group:>40}"));
    assert_eq!(first.as_deref(), Some("            role sessions of the account"));
}
