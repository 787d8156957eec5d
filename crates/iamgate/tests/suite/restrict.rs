//! Statements that keep DoiT out of one resource.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::roles::{ACCOUNT, profile};
use iam_testkit::Source;
use iamgate::iam_analysis::{CallerKind, Verdict, VerdictKind, covers};
use iamgate::iam_catalog::Catalog;
use iamgate::iam_eval::{
    Action, ContextValue, Decision, Layers, LetterCase, Principal, Request, ResourceKind, action_matches,
};
use iamgate::iam_policy::{
    ActionPattern, ArnFields, Limits, Mode, Pattern, Policy, PolicyKind, ResourcePattern,
};
use iamgate::{Details, NotRestricted, RestrictedKind, Restriction, SessionTag, restrict};

/// The policies that AWS gives such resources, or that leave them as they are without one.
const DEFAULT: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "*", "Resource": "*"}}"#;

/// A resource of every kind, and whether its policy has to be given.
pub(crate) const EACH: [(&str, &str, bool); 56] = [
    ("arn:aws:s3:::payroll", "bucket", false),
    ("arn:aws:s3:::payroll/2026/11.csv", "object", false),
    ("arn:aws:s3:eu-west-1:123456789012:accesspoint/finance", "access point", false),
    ("arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap", "Multi-Region Access Point", false),
    ("arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap/object/11.csv", "object", false),
    ("arn:aws:s3:eu-west-1:123456789012:accesspoint/finance/object/11.csv", "object", false),
    (
        "arn:aws:s3-object-lambda:eu-west-1:123456789012:accesspoint/masked",
        "Object Lambda access point",
        false,
    ),
    ("arn:aws:s3express:us-east-1:123456789012:bucket/logs--use1-az4--x-s3", "directory bucket", false),
    (
        "arn:aws:s3express:us-east-1:123456789012:accesspoint/logs--use1-az4--xa-s3",
        "access point of a directory bucket",
        false,
    ),
    ("arn:aws:s3-outposts:us-east-1:123456789012:outpost/op-1/bucket/logs", "bucket on Outposts", false),
    (
        "arn:aws:s3-outposts:us-east-1:123456789012:outpost/op-1/accesspoint/logs",
        "access point on Outposts",
        false,
    ),
    ("arn:aws:s3tables:us-east-1:123456789012:bucket/lake", "table bucket", false),
    ("arn:aws:s3tables:us-east-1:123456789012:bucket/lake/table/1a-2b", "table of a table bucket", false),
    ("arn:aws:s3vectors:us-east-1:123456789012:bucket/vectors", "vector bucket", false),
    ("arn:aws:s3vectors:us-east-1:123456789012:bucket/vectors/index/own", "vector index", false),
    ("arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab", "key", true),
    ("arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf", "secret", false),
    ("arn:aws:sqs:eu-west-1:123456789012:orders", "queue", false),
    ("arn:aws:sns:eu-west-1:123456789012:alarms", "topic", true),
    ("arn:aws:dynamodb:eu-west-1:123456789012:table/users", "table", false),
    ("arn:aws:dynamodb:eu-west-1:123456789012:table/users/index/by-name", "index", false),
    ("arn:aws:dynamodb:eu-west-1:123456789012:table/users/stream/2026-11-26T00:00:00.000", "stream", false),
    ("arn:aws-cn:ecr:cn-north-1:123456789012:repository/app", "repository", false),
    ("arn:aws:ecr-public::123456789012:repository/app", "public repository", false),
    ("arn:aws:lambda:eu-west-1:123456789012:function:pay", "function", false),
    ("arn:aws:lambda:eu-west-1:123456789012:function:pay:live", "function version or alias", false),
    ("arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0123", "file system", true),
    ("arn:aws:backup:eu-west-1:123456789012:backup-vault:nightly", "backup vault", false),
    ("arn:aws:glacier:eu-west-1:123456789012:vaults/old", "vault", false),
    ("arn:aws:es:eu-west-1:123456789012:domain/logs", "domain", true),
    ("arn:aws:execute-api:eu-west-1:123456789012:a1b2c3", "REST API", true),
    ("arn:aws:events:eu-west-1:123456789012:event-bus/orders", "event bus", false),
    ("arn:aws:codeartifact:eu-west-1:123456789012:domain/own", "package domain", false),
    ("arn:aws:codeartifact:eu-west-1:123456789012:repository/own/npm", "package repository", false),
    ("arn:aws:glue:eu-west-1:123456789012:catalog", "data catalog", false),
    ("arn:aws:kinesis:eu-west-1:123456789012:stream/clicks", "data stream", false),
    (
        "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks/consumer/app:1700000000",
        "stream consumer",
        false,
    ),
    ("arn:aws:s3files:eu-west-1:123456789012:file-system/fs-0123", "S3 file system", false),
    ("arn:aws:glue:eu-west-1:123456789012:database/sales", "database of the data catalog", false),
    ("arn:aws:glue:eu-west-1:123456789012:table/sales/orders", "table of the data catalog", false),
    (
        "arn:aws:execute-api:eu-west-1:123456789012:/domainnames/private.example.com+abcd1234",
        "private domain name",
        true,
    ),
    ("arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-0123456789abcdef0", "Lattice service", true),
    ("arn:aws:mediapackagev2:eu-west-1:123456789012:channelGroup/live/channel/news", "media channel", false),
    (
        "arn:aws:mediapackagev2:eu-west-1:123456789012:channelGroup/live/channel/news/originEndpoint/hls",
        "media origin endpoint",
        false,
    ),
    ("arn:aws:rum:eu-west-1:123456789012:appmonitor/shop", "app monitor", false),
    ("arn:aws:cloudsearch:eu-west-1:123456789012:domain/movies", "search domain", false),
    ("arn:aws:dsql:eu-west-1:123456789012:cluster/foo0bar1baz2quux3quuux4quu", "DSQL cluster", false),
    (
        "arn:aws:cloudtrail:eu-west-1:123456789012:eventdatastore/1234abcd-12ab-34cd-56ef-1234567890ab",
        "event data store",
        false,
    ),
    ("arn:aws:payment-cryptography:eu-west-1:123456789012:key/kwapwa6qaifllw2h", "payment key", false),
    ("arn:aws:bedrock-agentcore:eu-west-1:123456789012:runtime/helper-1a2b3c4d5e", "agent runtime", true),
    (
        "arn:aws:bedrock-agentcore:eu-west-1:123456789012:runtime/helper-1a2b3c4d5e/runtime-endpoint/live",
        "agent runtime endpoint",
        true,
    ),
    ("arn:aws:bedrock-agentcore:eu-west-1:123456789012:gateway/tools-1a2b3c4d5e", "agent gateway", true),
    ("arn:aws:bedrock-agentcore:eu-west-1:123456789012:memory/notes-1a2b3c4d5e", "agent memory", false),
    ("arn:aws:rekognition:eu-west-1:123456789012:project/parts/1656557051929", "label project", false),
    ("arn:aws:lex:eu-west-1:123456789012:bot/A1B2C3D4E5", "bot", false),
    ("arn:aws:lex:eu-west-1:123456789012:bot-alias/A1B2C3D4E5/TSTALIASID", "bot alias", false),
];

fn keep_out(arn: &str, policy: Option<&str>) -> Result<Restriction, NotRestricted> {
    let policy = policy.map(|text| {
        Arc::new(Policy::parse(text, PolicyKind::Resource, Mode::Deployed, &Limits::default()).unwrap())
    });
    restrict(arn, ACCOUNT, policy.as_ref(), profile("standard").tag().unwrap(), &Details::embedded().unwrap())
}

/// The restriction of a resource that has the least policy that is asked for.
pub(crate) fn restricted(arn: &str, needs_policy: bool) -> Restriction {
    keep_out(arn, needs_policy.then_some(DEFAULT)).unwrap()
}

#[test]
fn every_kind_of_resource_is_closed_to_callers_with_the_tag_and_to_nobody_else() {
    for (arn, what, needs_policy) in EACH {
        let made = restricted(arn, needs_policy);
        assert!(made.is_proven() && made.kind.name() == what, "{arn}: {made:#?}");
        assert_eq!((made.denied.len(), made.unchanged.len()), (6, 10));
        assert!(made.source.starts_with("https://docs.aws.amazon.com/") && made.fetch.starts_with("aws "));
        assert!(!made.fetch.contains('{') && !made.belongs.is_empty(), "{arn}: {}", made.fetch);
        // The claim about others is not empty: the account's own people had access before.
        for unchanged in &made.unchanged {
            let is_own = unchanged.callers.of_account;
            let had_none = unchanged.had_none == VerdictKind::Holds;
            assert_eq!(had_none, !is_own, "{arn}: {unchanged:#?}");
        }
    }
    let missing: Vec<&RestrictedKind> = RestrictedKind::ALL
        .iter()
        .filter(|kind| EACH.iter().all(|(_, what, _)| *what != kind.name()))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// The page lists every kind, and no others.
#[test]
fn the_page_lists_the_kinds() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/see-what-a-role-allows.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, behind) = page.split_once("| Service | Kinds of resources |").unwrap();
    let rows = behind.lines().skip(2).take_while(|line| line.starts_with("| "));
    let listed = rows.flat_map(|row| row.split(" | ").nth(1).unwrap().trim_end_matches(" |").split(", "));
    let listed: BTreeSet<&str> = listed.collect();
    assert_eq!(listed, RestrictedKind::ALL.iter().map(|kind| kind.name()).collect());
}

#[test]
fn a_policy_that_always_exists_is_asked_for() {
    for (arn, _, needs_policy) in EACH {
        let told = keep_out(arn, None);
        match told {
            Err(NotRestricted::PolicyNeeded { fetch, .. }) => {
                assert!(needs_policy && fetch.starts_with("aws "), "{arn}: {fetch}");
            }
            other => assert!(!needs_policy && other.is_ok(), "{arn}: {other:?}"),
        }
    }
}

/// What the policy of a resource cannot name stays possible, and is told with the statement that denies it elsewhere.
#[test]
fn what_a_policy_cannot_deny_is_told() {
    let made = restricted("arn:aws:sns:eu-west-1:123456789012:alarms", true);
    let left: Vec<&str> = made.left.iter().map(|name| &**name).collect();
    for own in ["sns:ConfirmSubscription", "sns:CreateTopic", "sns:TagResource", "sns:UntagResource"] {
        assert!(left.contains(&own), "{left:?}");
    }
    assert!(!left.contains(&"sns:ListTagsForResource") && !left.contains(&"sns:ListTopics"), "{left:?}");
    let in_role = made.in_role.as_ref().unwrap().to_string();
    assert!(
        in_role.contains("sns:TagResource") && in_role.contains("arn:aws:sns:eu-west-1:123456789012:alarms")
    );
    assert!(made.is_proven() && !made.is_complete());
    let text = made.statement.to_string();
    assert!(text.contains("sns:ListTagsForResource") && !text.contains("sns:*"), "{text}");
    let made = restricted("arn:aws:s3:::payroll", false);
    assert!(made.left.is_empty() && made.in_role.is_none() && made.is_complete());
}

/// Policies that name few actions of many: what is told and what is not.
#[test]
fn the_actions_of_a_policy_are_those_that_the_service_judges() {
    let made = restricted("arn:aws:payment-cryptography:eu-west-1:123456789012:key/kwapwa6qaifllw2h", false);
    let left: Vec<&str> = made.left.iter().map(|name| &**name).collect();
    let of_policies = ["DeleteResourcePolicy", "GetResourcePolicy", "PutResourcePolicy"];
    assert_eq!(left, of_policies.map(|name| format!("payment-cryptography:{name}")));
    let text = made.statement.to_string();
    assert!(
        text.contains("payment-cryptography:DecryptData") && text.contains(r#""Resource":"*""#),
        "{text}"
    );
    let service = "arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-0123456789abcdef0";
    let made = restricted(service, true);
    let actions: Vec<&str> = made.actions.iter().map(ActionPattern::text).collect();
    assert_eq!(actions, ["vpc-lattice-svcs:Connect", "vpc-lattice-svcs:Invoke"]);
    assert!(made.left.iter().any(|name| **name == *"vpc-lattice:PutAuthPolicy"), "{:?}", made.left);
    assert_eq!(made.fetch.matches("svc-0123456789abcdef0").count(), 1, "{}", made.fetch);
    let endpoint =
        "arn:aws:mediapackagev2:eu-west-1:123456789012:channelGroup/live/channel/news/originEndpoint/hls";
    let made = restricted(endpoint, false);
    for own in ["--channel-group-name live ", "--channel-name news ", "--origin-endpoint-name hls "] {
        assert!(made.fetch.contains(own), "{}", made.fetch);
    }
    // MediaPackage and AgentCore refuse wildcards in ARNs.
    for arn in [endpoint, "arn:aws:bedrock-agentcore:eu-west-1:123456789012:memory/notes-1a2b3c4d5e"] {
        let text = restricted(arn, false).statement.to_string();
        assert!(text.contains(&format!(r#""Resource":"{arn}""#)), "{text}");
    }
}

/// A text from outside is taken literally, or refused.
#[test]
fn an_arn_never_becomes_a_pattern() {
    for arn in [
        "arn:aws:s3:::payroll/*",
        "arn:aws:s3:::payroll/a?b",
        "arn:aws:sqs:eu-west-1:123456789012:*",
        "arn:aws:dynamodb:eu-west-1:123456789012:table/us?rs",
        "arn:aws:s3:::*",
    ] {
        let told = keep_out(arn, None);
        assert!(matches!(told, Err(NotRestricted::NotOne { what: "a wildcard", .. })), "{arn}: {told:?}");
    }
    for arn in [
        "arn:aws:s3:::payroll-${aws:username}",
        "arn:aws:sqs:eu-west-1:123456789012:${aws:username}",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:${aws:username}",
        "arn:aws:s3-outposts:us-east-1:123456789012:outpost/${aws:username}/bucket/logs",
        "arn:aws:dynamodb:eu-west-1:123456789012:table/users/stream/${aws:username}",
        "arn:aws:lambda:eu-west-1:123456789012:function:pay:${aws:username}",
    ] {
        let told = keep_out(arn, None);
        let is_refused = matches!(
            told,
            Err(NotRestricted::NoName { .. } | NotRestricted::NotOne { what: "a variable", .. })
        );
        assert!(is_refused, "{arn}: {told:?}");
    }
    // The key of an object may be any text, even in a policy of the older version.
    let old = r#"{"Version": "2008-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}}"#;
    for policy in [None, Some(old)] {
        for key in ["${aws:username}", "a$b", "${*}", "${", "$", "{x}", "${aws:username"] {
            let arn = format!("arn:aws:s3:::payroll/{key}");
            let Ok(made) = keep_out(&arn, policy) else {
                assert!(key.contains('*'), "{arn}");
                continue;
            };
            assert!(made.is_proven(), "{arn}: {made:#?}");
            let resources = made.statement.statement().resource.as_ref().unwrap().patterns();
            assert!(resources.iter().all(|own| !own.value.pattern().has_variables()), "{arn}");
        }
    }
}

/// A claim that nothing changes is not empty where somebody had access, and says so where nobody had.
#[test]
fn the_root_user_keeps_what_a_key_policy_gives() {
    let key = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let root = |policy: &str| {
        let made = keep_out(key, Some(policy)).unwrap();
        assert!(made.is_proven(), "{made:#?}");
        let is_root = |kind: CallerKind, of_account| kind == CallerKind::Root && of_account;
        made.unchanged.into_iter().find(|u| is_root(u.callers.kind, u.callers.of_account)).unwrap().had_none
    };
    assert_eq!(root(DEFAULT), VerdictKind::Fails);
    let of_role = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/Keys"}, "Action": "kms:*", "Resource": "*"}}"#;
    assert_eq!(root(of_role), VerdictKind::Holds);
}

/// The proof is about the resource with all that is in it, and so is the statement.
#[test]
fn a_restriction_covers_the_whole_resource() {
    let table = "arn:aws:dynamodb:eu-west-1:123456789012:table/users";
    let point = "arn:aws:s3:eu-west-1:123456789012:accesspoint/finance";
    for (arn, holder, inside) in [
        ("arn:aws:s3:::payroll", "bucket", &["arn:aws:s3:::payroll/a/b"][..]),
        ("arn:aws:s3:::payroll/a", "bucket", &[]),
        (point, "access point", &[&format!("{point}/object/a/b")]),
        (&format!("{point}/object/a"), "access point", &[]),
        (table, "table", &[&format!("{table}/index/by-name")]),
        (&format!("{table}/index/by-name"), "table", &[]),
        (&format!("{table}/stream/1"), "stream", &[]),
        ("arn:aws:s3::123456789012:accesspoint/mfzwi23.mrap/object/a", "Multi-Region Access Point", &[]),
        (
            "arn:aws:glue:eu-west-1:123456789012:database/sales",
            "data catalog",
            &[
                "arn:aws:glue:eu-west-1:123456789012:table/sales/orders",
                "arn:aws:glue:eu-west-1:123456789012:tableVersion/sales/orders/1",
                "arn:aws:glue:eu-west-1:123456789012:userDefinedFunction/sales/f",
            ],
        ),
        (
            "arn:aws:glue:eu-west-1:123456789012:table/sales/orders",
            "data catalog",
            &["arn:aws:glue:eu-west-1:123456789012:tableVersion/sales/orders/1"],
        ),
    ] {
        let made = keep_out(arn, None).unwrap();
        assert!(made.is_proven() && made.holder.name() == holder, "{arn}: {made:#?}");
        let patterns = made.statement.statement().resource.as_ref().unwrap().patterns();
        let all: Vec<&str> = patterns.iter().map(|own| own.value.text()).collect();
        for own in inside.iter().chain([&arn]) {
            assert!(
                all.iter().any(|p| p == own || p.strip_suffix('*').is_some_and(|p| own.starts_with(p))),
                "{own} {all:?}"
            );
        }
        assert_eq!(all.len(), inside.len() + 1, "{all:?}");
    }
}

#[test]
fn a_statement_that_is_there_is_not_added_again() {
    for arn in [
        "arn:aws:s3:::payroll",
        "arn:aws:sns:eu-west-1:123456789012:alarms",
        "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws-cn:ecr:cn-north-1:123456789012:repository/app",
    ] {
        let once = restricted(arn, EACH.iter().any(|(own, _, needs_policy)| *own == arn && *needs_policy));
        let twice = keep_out(arn, Some(&once.policy.to_json())).unwrap();
        assert!(once.is_new && !twice.is_new && twice.is_proven(), "{arn}: {twice:#?}");
        assert_eq!(twice.policy.to_json(), once.policy.to_json());
    }
    // AWS and people may write it in another form.
    let other = r#"{"Version": "2012-10-17", "Statement": {"Sid": "Out", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": ["S3:*"],
        "Resource": ["arn:aws:s3:::payroll/*", "arn:aws:s3:::payroll"], "Condition": {"Null": {"aws:principaltag/DoitEnvironment": ["false"]}}}}"#;
    let again = keep_out("arn:aws:s3:::payroll", Some(other)).unwrap();
    assert!(!again.is_new && again.policy.statements.len() == 1, "{again:#?}");
    assert_eq!(&*again.statement.statement().sid.as_ref().unwrap().value, "Out");
    // A statement that says something else is no such statement. Its Sid is not used again.
    for (from, to) in [
        ("Deny", "Allow"),
        ("s3:*", "s3:Get*"),
        ("arn:aws:s3:::payroll/*", "arn:aws:s3:::payroll/a/*"),
        ("false", "true"),
        ("DoitEnvironment", "Other"),
        (r#""Principal":"*""#, r#""Principal":{"AWS":"123456789012"}"#),
        (r#""Resource""#, r#""NotResource""#),
    ] {
        let once = keep_out("arn:aws:s3:::payroll", None).unwrap().policy.to_json();
        let other = once.replace(from, to);
        assert_ne!(once, other);
        let made = keep_out("arn:aws:s3:::payroll", Some(&other)).unwrap();
        let sids: Vec<&str> =
            made.policy.statements.iter().map(|own| &*own.sid.as_ref().unwrap().value).collect();
        assert_eq!((made.is_new, sids), (true, vec!["NoDoitSessions", "NoDoitSessions2"]), "{to}");
    }
}

#[test]
fn names_and_tags_that_aws_does_not_permit_are_refused() {
    for name in [
        "payroll ",
        "pay\u{202e}roll",
        "Payroll",
        "pay_roll",
        "pa",
        "-payroll",
        "pay..roll",
        "192.168.0.1",
        "päyroll",
        "payroll/",
    ] {
        let told = keep_out(&format!("arn:aws:s3:::{name}"), None);
        assert!(matches!(told, Err(NotRestricted::NoName { .. })), "{name}: {told:?}");
    }
    for arn in [
        "arn:aws:s3:eu-west-1:123456789012:accesspoint/Finance",
        "arn:aws:s3:eu-west-1:123456789012:accesspoint/finance/",
        "arn:aws:s3:eu-west-1:123456789012:accesspoint/finance/11.csv",
        "arn:aws:kms:eu-west-1:123456789012:key/a b",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a b",
        "arn:aws:sqs:eu-west-1:123456789012:orders ",
        "arn:aws:sns:eu-west-1:123456789012:alarms:2bcfbf39-05c3-41de-beaa-fcfcc21c8f55",
        "arn:aws:dynamodb:eu-west-1:123456789012:table/u",
        "arn:aws:dynamodb:eu-west-1:123456789012:table/users/index/",
        "arn:aws:ecr:eu-west-1:123456789012:repository/App",
        "arn:aws:s3::123456789012:accesspoint/finance",
        "arn:aws:s3::123456789012:accesspoint/mfzwi23.mrap/object/",
        "arn:aws:s3files:eu-west-1:123456789012:file-system/fs 0123",
        "arn:aws:glue:eu-west-1:123456789012:database/sales/orders",
        "arn:aws:glue:eu-west-1:123456789012:table/orders",
        "arn:aws:glue:eu-west-1:123456789012:table/sales/orders/1",
        "arn:aws:glue:eu-west-1:123456789012:table/sales/",
        "arn:aws:execute-api:eu-west-1:123456789012:/domainnames/private.example.com+",
        "arn:aws:execute-api:eu-west-1:123456789012:/domainnames/a/b+abcd1234",
        "arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc_1",
        "arn:aws:mediapackagev2:eu-west-1:123456789012:channelGroup/live/channel/",
        "arn:aws:mediapackagev2:eu-west-1:123456789012:channelGroup/live/channel/news/originEndpoint/h s",
        "arn:aws:mediapackagev2:eu-west-1:123456789012:channelGroup/li ve/channel/news",
        "arn:aws:rum:eu-west-1:123456789012:appmonitor/.shop",
        "arn:aws:cloudsearch:eu-west-1:123456789012:domain/Movies",
        "arn:aws:cloudsearch:eu-west-1:123456789012:domain/-movies",
        "arn:aws:dsql:eu-west-1:123456789012:cluster/foo_bar",
        "arn:aws:cloudtrail:eu-west-1:123456789012:eventdatastore/a/b",
        "arn:aws:payment-cryptography:eu-west-1:123456789012:key/short",
        "arn:aws:payment-cryptography:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws:bedrock-agentcore:eu-west-1:123456789012:runtime/helper/endpoint/live",
        "arn:aws:bedrock-agentcore:eu-west-1:123456789012:gateway/",
        "arn:aws:rekognition:eu-west-1:123456789012:project/parts/",
        "arn:aws:rekognition:eu-west-1:123456789012:project/par ts/1656557051929",
        "arn:aws:lex:eu-west-1:123456789012:bot/own-bot",
        "arn:aws:lex:eu-west-1:123456789012:bot-alias/A1B2C3D4E5/",
    ] {
        assert!(matches!(keep_out(arn, None), Err(NotRestricted::NoName { .. })), "{arn}");
    }
    for arn in [
        "arn:aws:s3:eu-west-1:123456789012:job/1",
        "arn:aws:kms:eu-west-1:123456789012:alias/own",
        "arn:aws:dynamodb:eu-west-1:123456789012:table/users/backup/1",
        "arn:aws:glue:eu-west-1:123456789012:job/nightly",
        "arn:aws:dsql:eu-west-1:123456789012:cluster/foo0bar1baz2/stream/1",
        "arn:aws:s3files:eu-west-1:123456789012:file-system/fs-0123/access-point/fsap-1",
        "arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-1/listener/listener-1",
        "arn:aws:vpc-lattice:eu-west-1:123456789012:servicenetwork/sn-1",
        "arn:aws:mediapackagev2:eu-west-1:123456789012:channelGroup/live",
        "arn:aws:mediapackagev2:eu-west-1:123456789012:channelGroup/live/channel/news/other/1",
        "arn:aws:mediapackagev2:eu-west-1:123456789012:channelGroup/live/channel/news/originEndpoint/hls/harvestJob/1",
        "arn:aws:rekognition:eu-west-1:123456789012:project/parts/version/one/1656557051929",
        "arn:aws:lex:eu-west-1:123456789012:bot:OwnBot",
        "arn:aws:cloudtrail:eu-west-1:123456789012:trail/all",
        "arn:aws:ses:eu-west-1:123456789012:identity/example.com",
    ] {
        assert!(matches!(keep_out(arn, None), Err(NotRestricted::NoPolicy { .. })), "{arn}");
    }
    let details = Details::embedded().unwrap();
    for key in ["", "*", "?", "a*", "a?", "${x}", "a\u{202e}", "aws:x", "AWS:x", "\u{65e5}", &"x".repeat(129)]
    {
        let told = restrict("arn:aws:s3:::payroll", ACCOUNT, None, &SessionTag::new(key, "x"), &details);
        assert!(matches!(told, Err(NotRestricted::NoTag { .. })), "{key}: {told:?}");
    }
    for key in ["DoitEnvironment", "doit:environment", "a b", "é", &"x".repeat(128)] {
        let made =
            restrict("arn:aws:s3:::payroll", ACCOUNT, None, &SessionTag::new(key, "x"), &details).unwrap();
        assert!(made.is_proven(), "{key}");
    }
}

#[test]
fn what_a_policy_grants_others_stays() {
    let granting = r#"{"Version": "2012-10-17", "Id": "x", "Statement": {"Sid": "All", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::payroll/*"}}"#;
    let made = keep_out("arn:aws:s3:::payroll", Some(granting)).unwrap();
    assert!(made.is_proven(), "{made:#?}");
    assert_eq!(made.policy.statements.len(), 2);
    // The restriction holds although something is allowed.
    assert!(made.policy.to_json().contains(r#""Sid":"All""#));
}

/// A condition asks for the name of a service that no statement names: such a service had access.
#[test]
fn services_that_only_a_condition_names_had_access() {
    let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalServiceName": "sns.amazonaws.com"}}}}"#;
    let made = keep_out("arn:aws:sqs:eu-west-1:123456789012:orders", Some(policy)).unwrap();
    assert!(made.is_proven());
    let had_none = |kind| {
        made.unchanged
            .iter()
            .find(|own| own.callers.kind == kind && !own.callers.of_account)
            .unwrap()
            .had_none
    };
    assert_eq!(had_none(CallerKind::Service), VerdictKind::Fails);
    assert_eq!(had_none(CallerKind::Session), VerdictKind::Holds);
}

#[test]
fn what_cannot_be_restricted_says_what_can_be_done() {
    for text in ["payroll", "arn:aws:s3:::", "", "arn::s3:::x", "arn:aws"] {
        assert!(matches!(keep_out(text, None), Err(NotRestricted::NoArn { .. })), "{text}");
    }
    let Err(NotRestricted::NoPolicy { in_role, .. }) =
        keep_out("arn:aws:ec2:eu-west-1:123456789012:instance/i-1", None)
    else {
        panic!("instances have no policy")
    };
    let policy = format!(r#"{{"Version": "2012-10-17", "Statement": {in_role}}}"#);
    assert!(
        Policy::parse(&policy, PolicyKind::Identity, Mode::Strict, &Limits::default()).is_ok(),
        "{policy}"
    );
}

/// What the policy says besides does not make the proof harder: variables, exemptions and texts that cannot be read.
#[test]
fn any_policy_is_compared_with_itself() {
    let statements = [
        r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::payroll/${aws:username}/*"}"#,
        r#"{"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::123456789012:user/ana"}, "Action": "s3:*", "Resource": "*",
            "Condition": {"StringNotLike": {"aws:userid": ["AROA*:${aws:PrincipalTag/team}"]}}}"#,
        r#"{"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "NotAction": "s3:Delete*", "NotResource": "arn:aws:s3:::payroll/${aws:PrincipalTag/DoitEnvironment}"}"#,
        r#"{"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::payroll/*",
            "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::src"}, "NumericLessThan": {"s3:max-keys": "10"}}}"#,
        r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/DoitEnvironment": "${aws:PrincipalAccount}"}}}"#,
    ];
    for number in 1..1_u32 << statements.len() {
        let some = (0..statements.len()).filter(|at| number >> at & 1 == 1).map(|at| statements[at]);
        let policy =
            format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, some.collect::<Vec<_>>().join(","));
        let made = keep_out("arn:aws:s3:::payroll", Some(&policy)).unwrap();
        assert!(made.is_proven(), "{policy}: {:#?} {:#?}", made.denied, made.unchanged);
    }
}

/// The trap that the statement avoids: on an absent tag `StringNotEquals` is true, so everybody is locked out.
#[test]
fn the_statement_is_not_the_trap() {
    let made = keep_out("arn:aws:s3:::payroll", None).unwrap();
    let trap = made.statement.to_string().replace(
        r#"{"Null":{"aws:PrincipalTag/DoitEnvironment":"false"}}"#,
        r#"{"StringNotEquals":{"aws:PrincipalTag/DoitEnvironment":"x"}}"#,
    );
    assert_ne!(trap, made.statement.to_string());
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{trap}]}}"#);
    let locked = keep_out("arn:aws:s3:::other", Some(&text)).unwrap();
    // Even there, the restriction itself changes nothing for others.
    assert!(locked.unchanged.iter().all(|unchanged| unchanged.verdict == Verdict::Holds));
}

/// What belongs to a resource, beside AWS's tables: every form of ARN that continues that of the resource.
#[test]
fn every_form_of_arn_below_a_resource_belongs_to_it() {
    // They have policies of their own, or none, which the answer says.
    let apart = [
        "stream",
        "backup",
        "export",
        "import",
        "consumer",
        "Table",
        "Stream",
        "access-point",
        "runtime-endpoint",
        "OriginEndpoint",
        "OriginEndpointPolicy",
        "HarvestJob",
    ];
    let details = Details::embedded().unwrap();
    let mut below = 0;
    for (arn, what, needs_policy) in EACH {
        let made = restricted(arn, needs_policy);
        let fields = ArnFields::split(arn).unwrap();
        let templates: Vec<(&str, &str)> = details
            .resource_types(fields.service)
            .flat_map(|kind| kind.arns().map(move |template| (kind.name(), template)))
            .collect();
        let forms = |text: &str| matches_form(text, arn);
        for (_, own) in templates.iter().filter(|(_, template)| forms(template)) {
            for (name, longer) in &templates {
                let Some(rest) = longer.strip_prefix(own).filter(|rest| rest.starts_with(['/', ':'])) else {
                    continue;
                };
                below += 1;
                let inside = format!("{arn}{}", filled(rest));
                let is_in = made.belongs.iter().any(|pattern| pattern_matches(pattern, &inside));
                assert!(is_in || apart.contains(name), "{what}: {inside}");
                assert!(is_in || !made.beside.is_empty(), "{what} says nothing of {inside}");
            }
        }
    }
    assert!(below > 10, "{below}");
}

/// Whether an ARN has the form of a template of the catalogue, each of whose fields has no slash or colon.
fn matches_form(template: &str, arn: &str) -> bool {
    let mut rest = arn;
    let mut parts = template.split("${");
    let Some(after) = parts.next().and_then(|first| rest.strip_prefix(first)) else { return false };
    rest = after;
    for part in parts {
        let Some((_, literal)) = part.split_once('}') else { return false };
        let end = rest.find(['/', ':']).unwrap_or(rest.len());
        let Some(after) = rest.get(end..).and_then(|rest| rest.strip_prefix(literal)) else { return false };
        rest = after;
    }
    rest.is_empty()
}

/// A template with a text for each field.
fn filled(template: &str) -> String {
    let mut parts = template.split("${");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + "x1" + part.split_once('}').map_or("", |(_, literal)| literal))
}

fn pattern_matches(pattern: &ResourcePattern, text: &str) -> bool {
    let exact = Pattern::exactly(text, true);
    covers(pattern.pattern(), &exact, LetterCase::Sensitive)
}

/// Thousands of requests of the evaluator's, beside every sentence that is proven.
#[test]
fn no_request_contradicts_a_proof() {
    let details = Details::embedded().unwrap();
    let catalog = Catalog::embedded().unwrap();
    let mut source = Source::seeded(15);
    let (mut denied, mut same, mut allowed) = (0, 0, 0);
    for (arn, _, needs_policy) in EACH {
        let made = restricted(arn, needs_policy);
        let before = needs_policy.then(|| {
            Arc::new(
                Policy::parse(DEFAULT, PolicyKind::Resource, Mode::Deployed, &Limits::default()).unwrap(),
            )
        });
        let service = ArnFields::split(arn).unwrap().service;
        let actions: Vec<String> =
            catalog.service(service).unwrap().actions().map(|action| action.to_string()).collect();
        for _ in 0..600 {
            let name = if source.chance(80) {
                format!("{service}:{}", source.pick(&["New", "x", "Get"]))
            } else {
                source.choose(&actions).unwrap().clone()
            };
            let own = source.choose(&made.belongs).unwrap().pattern().text().replace("${$}", "$");
            let resource = own.replace(
                '*',
                source.pick::<&str, 6>(&["a", "a/b", "x:1", "object/k", "", "${aws:username}"]),
            );
            let (principal, kind) = caller(&mut source);
            let mut request = Request::new(principal, Action::new(&name).unwrap(), resource.as_str());
            if made.kind == RestrictedKind::Key {
                request = request.on(ResourceKind::KmsKey);
            }
            request.resource_account = Some(ACCOUNT.into());
            let can_be_tagged =
                matches!(kind, CallerKind::Session | CallerKind::User | CallerKind::FederatedUser);
            let is_tagged = can_be_tagged && source.chance(128);
            if is_tagged {
                let value = *source.pick(&["1", "", ACCOUNT, "*"]);
                request.context.set("aws:PrincipalTag/DoitEnvironment", ContextValue::single(value));
            }
            let decide = |policy: Option<&Arc<Policy>>| {
                let mut layers = Layers::new();
                layers.identity.push(Arc::new(Policy::everything()));
                layers.session = (kind == CallerKind::FederatedUser).then(|| layers.identity.clone());
                layers.resource = policy.cloned();
                layers.decide(&request)
            };
            let (then, now) = (decide(before.as_ref()), decide(Some(&made.policy)));
            let is_claimed = made.actions.iter().any(|pattern| action_matches(pattern, &name));
            if is_tagged && is_claimed && !resource.ends_with('/') {
                assert_ne!(now, Decision::Allowed, "{request:?} {}", made.policy);
                denied += 1;
            } else if !is_tagged {
                assert_eq!(then, now, "{request:?} {}", made.policy);
                same += 1;
                allowed += i32::from(now == Decision::Allowed);
            }
        }
        assert!(made.is_proven() && details.resource_types(service).count() > 0);
    }
    assert!(denied > 4_000 && same > 8_000 && allowed > 1_500, "{denied} {same} {allowed}");
}

/// A caller of any kind, of the account or of another one.
fn caller(source: &mut Source<'_>) -> (Principal, CallerKind) {
    let account = *source.pick(&[ACCOUNT, "444455556666"]);
    let texts = [
        (format!("arn:aws:sts::{account}:assumed-role/DoiT-Support-Gateway/ana"), CallerKind::Session),
        (format!("arn:aws:sts::{account}:assumed-role/Admin/x"), CallerKind::Session),
        (format!("arn:aws:iam::{account}:user/ana"), CallerKind::User),
        (format!("arn:aws:iam::{account}:root"), CallerKind::Root),
    ];
    if source.chance(20) {
        return (Principal::Anonymous, CallerKind::Anonymous);
    }
    let (arn, kind) = source.pick(&texts);
    (Principal::from_arn(arn).unwrap(), *kind)
}
