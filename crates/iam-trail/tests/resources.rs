//! The resources of requests, by cases after AWS's documentation of the operations' parameters.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use iam_catalog::Sections;
use iam_trail::{ArnPattern, Event, Piece, ResourceReader, ResourceRules, Resources, UnknownResource};

/// An event of IAM user `ann` of account 111122223333 in us-east-1.
fn event(source: &str, name: &str, rest: &str) -> String {
    format!(
        r#"{{"eventSource":"{source}.amazonaws.com","eventName":"{name}","awsRegion":"us-east-1","recipientAccountId":"111122223333",
        "userIdentity":{{"type":"IAMUser","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/dev/ann","userName":"ann"}},{rest}}}"#
    )
}

/// The outcome in one line: `type ARN` joined by `; `, and `? type` for what is untold.
fn text(resources: &Resources<'_>) -> String {
    match resources {
        Resources::NoResource => "none".to_owned(),
        Resources::Unnamed(_) => "unnamed".to_owned(),
        Resources::Unknown(reason) => format!("unknown {}", reason.name()),
        Resources::Known { arns, untold } => {
            let mut lines: Vec<String> =
                arns.iter().map(|own| format!("{} {}", own.resource_type, own.arn)).collect();
            lines.extend(untold.iter().map(|own| format!("? {}", own.resource_type.unwrap_or("any"))));
            lines.join("; ")
        }
        _ => "another".to_owned(),
    }
}

fn resources_of(event: &str, action: &str) -> String {
    let rules = ResourceRules::embedded().unwrap();
    let catalog = Sections::embedded().unwrap();
    let event = Event::read(event).unwrap();
    text(&ResourceReader::new(&event).resources(action, &rules, &catalog))
}

/// Asserts the resources of requests with parameters: operation, parameters, and what is expected. `Operation>service:Action` asks about
/// another action.
fn assert_cases(source: &str, service: &str, cases: &[(&str, &str, &str)]) {
    let rules = ResourceRules::embedded().unwrap();
    let catalog = Sections::embedded().unwrap();
    for (operation, parameters, expected) in cases {
        let (name, action) = match operation.split_once('>') {
            Some((name, action)) => (name, action.to_owned()),
            None => (*operation, format!("{service}:{operation}")),
        };
        let json = event(source, name, &format!(r#""requestParameters":{parameters}"#));
        let event = Event::read(&json).unwrap();
        let found = text(&ResourceReader::new(&event).resources(&action, &rules, &catalog));
        let expected = expected.replace("$E", "us-east-1:111122223333").replace("$A", "111122223333");
        assert_eq!(found, expected, "{operation} {parameters}");
    }
}

#[test]
fn s3() {
    let cases = [
        ("ListBuckets>s3:ListAllMyBuckets", "null", "none"),
        (
            "GetBucketPolicy",
            r#"{"bucketName":"b","policy":"","Host":"b.s3.amazonaws.com"}"#,
            "bucket arn:aws:s3:::b",
        ),
        ("GetObject", r#"{"bucketName":"b","key":"a/b c.txt"}"#, "object arn:aws:s3:::b/a/b c.txt"),
        ("GetObject", r#"{"bucketName":"b","key":"*"}"#, "object arn:aws:s3:::b/*"),
        ("GetObject", r#"{"bucketName":"b"}"#, "object arn:aws:s3:::b/{?}"),
        ("ListObjectsV2>s3:ListBucket", r#"{"bucketName":"b","prefix":"p/"}"#, "bucket arn:aws:s3:::b"),
        (
            "GetObject",
            r#"{"bucketName":"arn:aws:s3:us-east-1:111122223333:accesspoint/ap","key":"k"}"#,
            "accesspointobject arn:aws:s3:$E:accesspoint/ap/object/k",
        ),
        (
            "ListObjects>s3:ListBucket",
            r#"{"bucketName":"arn:aws:s3:us-east-1:111122223333:accesspoint/ap"}"#,
            "accesspoint arn:aws:s3:$E:accesspoint/ap",
        ),
        ("GetObject", r#"{"bucketName":"ap-x1-s3alias","key":"k"}"#, "unknown alias"),
        ("PutBucketPolicy", r#"{"bucketName":"***"}"#, "unknown redacted"),
        (
            "CopyObject>s3:PutObject",
            r#"{"bucketName":"b","key":"k","x-amz-copy-source":"c/l"}"#,
            "object arn:aws:s3:::b/k",
        ),
        (
            "CopyObject>s3:GetObject",
            r#"{"bucketName":"b","key":"k","x-amz-copy-source":"/c/l%20m?versionId=1"}"#,
            "object arn:aws:s3:::c/l m",
        ),
        ("CopyObject>s3:GetObject", r#"{"bucketName":"b","key":"k"}"#, "unknown missing"),
        ("DeleteObjects>s3:DeleteObject", r#"{"bucketName":"b","delete":""}"#, "object arn:aws:s3:::b/{?}"),
        (
            "DeleteObjects>s3:DeleteObject",
            r#"{"bucketName":"b","delete":{"objects":[{"key":"x"},{"key":"y"}]}}"#,
            "object arn:aws:s3:::b/x; object arn:aws:s3:::b/y",
        ),
    ];
    assert_cases("s3", "s3", &cases);
}

#[test]
fn ec2() {
    let cases = [
        ("DescribeInstances", "{}", "none"),
        ("GetPasswordData", r#"{"instanceId":"i-1"}"#, "instance arn:aws:ec2:$E:instance/i-1"),
        (
            "TerminateInstances",
            r#"{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]}}"#,
            "instance arn:aws:ec2:$E:instance/i-1; instance arn:aws:ec2:$E:instance/i-2",
        ),
        ("DescribeVpcAttribute", r#"{"vpcId":"vpc-1"}"#, "vpc arn:aws:ec2:$E:vpc/vpc-1"),
        (
            "ModifySnapshotAttribute",
            r#"{"snapshotId":"snap-1","attributeType":"X"}"#,
            "snapshot arn:aws:ec2:us-east-1::snapshot/snap-1",
        ),
        (
            "AttachVolume",
            r#"{"volumeId":"vol-1","instanceId":"i-1"}"#,
            "instance arn:aws:ec2:$E:instance/i-1; volume arn:aws:ec2:$E:volume/vol-1",
        ),
        ("CreateVpc", r#"{"cidrBlock":"10.0.0.0/16"}"#, "vpc arn:aws:ec2:$E:vpc/*"),
        (
            "CreateSubnet",
            r#"{"vpcId":"vpc-1","cidrBlock":"10.0.0.0/24"}"#,
            "subnet arn:aws:ec2:$E:subnet/*; vpc arn:aws:ec2:$E:vpc/vpc-1",
        ),
        (
            "CreateTags",
            r#"{"resourcesSet":{"items":[{"resourceId":"ami-1"},{"resourceId":"i-1"}]},"tagSet":{}}"#,
            "image arn:aws:ec2:us-east-1::image/ami-1; instance arn:aws:ec2:$E:instance/i-1",
        ),
        (
            "CreateTags",
            r#"{"resourcesSet":{"items":[{"resourceId":"i-1"},{"resourceId":"zz-1"}]},"tagSet":{}}"#,
            "instance arn:aws:ec2:$E:instance/i-1; ? any",
        ),
        (
            "AssociateRouteTable",
            r#"{"routeTableId":"rtb-1","gatewayId":"igw-1"}"#,
            "internet-gateway arn:aws:ec2:$E:internet-gateway/igw-1; route-table arn:aws:ec2:$E:route-table/rtb-1",
        ),
        ("DisassociateRouteTable", r#"{"associationId":"rtbassoc-1"}"#, "unknown missing"),
        (
            "DeleteNatGateway",
            r#"{"DeleteNatGatewayRequest":{"NatGatewayId":"nat-1"}}"#,
            "natgateway arn:aws:ec2:$E:natgateway/nat-1",
        ),
        (
            "DeleteFlowLogs",
            r#"{"DeleteFlowLogsRequest":{"FlowLogId":{"tag":1,"content":"fl-1"}}}"#,
            "vpc-flow-log arn:aws:ec2:$E:vpc-flow-log/fl-1",
        ),
        ("DeleteSecurityGroup", r#"{"groupId":"sg-1"}"#, "security-group arn:aws:ec2:$E:security-group/sg-1"),
        ("DeleteSecurityGroup", r#"{"groupName":"web"}"#, "unknown missing"),
        (
            "RunInstances",
            r#"{"instancesSet":{"items":[{"imageId":"ami-1","minCount":1}]},"subnetId":"subnet-1","groupSet":{"items":[{"groupId":"sg-1"}]}}"#,
            "image arn:aws:ec2:us-east-1::image/ami-1; instance arn:aws:ec2:$E:instance/*; network-interface arn:aws:ec2:$E:network-interface/*; security-group arn:aws:ec2:$E:security-group/sg-1; subnet arn:aws:ec2:$E:subnet/subnet-1; volume arn:aws:ec2:$E:volume/*",
        ),
    ];
    assert_cases("ec2", "ec2", &cases);
}

#[test]
fn iam() {
    let cases = [
        ("ListRoles", "null", "none"),
        ("GetUser", "null", "user arn:aws:iam::$A:user/dev/ann"),
        ("GetUser", r#"{"userName":"bob"}"#, "user arn:aws:iam::$A:user/{?}bob"),
        ("GetRole", r#"{"roleName":"r"}"#, "role arn:aws:iam::$A:role/{?}r"),
        ("CreateRole", r#"{"roleName":"r","path":"/a/b/"}"#, "role arn:aws:iam::$A:role/a/b/r"),
        ("CreateUser", r#"{"userName":"u"}"#, "user arn:aws:iam::$A:user/u"),
        (
            "DeletePolicy",
            r#"{"policyArn":"arn:aws:iam::111122223333:policy/p"}"#,
            "policy arn:aws:iam::$A:policy/p",
        ),
        (
            "AttachRolePolicy",
            r#"{"roleName":"r","policyArn":"arn:aws:iam::aws:policy/P"}"#,
            "role arn:aws:iam::$A:role/{?}r",
        ),
        ("DeletePolicy", r#"{"policyArn":"p"}"#, "unknown form"),
        (
            "CreateInstanceProfile",
            r#"{"instanceProfileName":"i","path":"/"}"#,
            "instance-profile arn:aws:iam::$A:instance-profile/i",
        ),
        (
            "CreateServiceLinkedRole",
            r#"{"aWSServiceName":"autoscaling.amazonaws.com"}"#,
            "role arn:aws:iam::$A:role/aws-service-role/autoscaling.amazonaws.com/{?}",
        ),
        (
            "SimulatePrincipalPolicy",
            r#"{"policySourceArn":"arn:aws:iam::111122223333:group/g","actionNames":["s3:GetObject"]}"#,
            "group arn:aws:iam::$A:group/g",
        ),
    ];
    assert_cases("iam", "iam", &cases);
    let pass = [
        (
            "CreateFunction20150331>iam:PassRole",
            r#"{"functionName":"f","role":"arn:aws:iam::111122223333:role/x/r"}"#,
            "role arn:aws:iam::$A:role/x/r",
        ),
        ("CreateFunction20150331>iam:PassRole", r#"{"functionName":"f"}"#, "unknown missing"),
        ("TagResource>iam:PassRole", r#"{"resource":"x"}"#, "unknown no_rule"),
    ];
    assert_cases("lambda", "lambda", &pass);
}

#[test]
fn secrets_and_keys() {
    let secret = "arn:aws:secretsmanager:us-east-1:111122223333:secret:s-Ab12Cd";
    let cases = [
        ("GetSecretValue", format!(r#"{{"secretId":"{secret}"}}"#), format!("Secret {secret}")),
        (
            "GetSecretValue",
            r#"{"secretId":"a/s"}"#.to_owned(),
            "Secret arn:aws:secretsmanager:$E:secret:a/s-{?}".to_owned(),
        ),
        (
            "DescribeSecret",
            r#"{"secretId":"arn:aws:secretsmanager:us-east-1:111122223333:secret:s"}"#.to_owned(),
            "Secret arn:aws:secretsmanager:$E:secret:s-{?}".to_owned(),
        ),
        (
            "CreateSecret",
            r#"{"name":"s"}"#.to_owned(),
            "Secret arn:aws:secretsmanager:$E:secret:s{?}".to_owned(),
        ),
        (
            "GetSecretValue",
            r#"{"secretId":"HIDDEN_DUE_TO_SECURITY_REASONS"}"#.to_owned(),
            "unknown redacted".to_owned(),
        ),
        ("GetSecretValue", r#"{"secretId":"arn:aws:s3:::b"}"#.to_owned(), "unknown form".to_owned()),
        (
            "GetSecretValue",
            r#"{"secretId":["a","b"]}"#.to_owned(),
            "Secret arn:aws:secretsmanager:$E:secret:a-{?}; Secret arn:aws:secretsmanager:$E:secret:b-{?}"
                .to_owned(),
        ),
        ("GetSecretValue", r#"{"secretId":{"x":1}}"#.to_owned(), "unknown form".to_owned()),
    ];
    let cases: Vec<(&str, &str, &str)> = cases.iter().map(|(a, b, c)| (*a, b.as_str(), c.as_str())).collect();
    assert_cases("secretsmanager", "secretsmanager", &cases);
    let id = "1234abcd-12ab-34cd-56ef-1234567890ab";
    let keys = [
        ("DescribeKey", format!(r#"{{"keyId":"{id}"}}"#), format!("key arn:aws:kms:$E:key/{id}")),
        (
            "Encrypt",
            format!(r#"{{"keyId":"arn:aws:kms:eu-west-1:444455556666:key/{id}"}}"#),
            format!("key arn:aws:kms:eu-west-1:444455556666:key/{id}"),
        ),
        ("Encrypt", r#"{"keyId":"alias/a"}"#.to_owned(), "unknown alias".to_owned()),
        (
            "Encrypt",
            r#"{"keyId":"arn:aws:kms:us-east-1:111122223333:alias/a"}"#.to_owned(),
            "unknown alias".to_owned(),
        ),
        (
            "Decrypt",
            r#"{"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#.to_owned(),
            "unknown missing".to_owned(),
        ),
        (
            "ReEncrypt>kms:ReEncryptTo",
            format!(r#"{{"destinationKeyId":"{id}"}}"#),
            format!("key arn:aws:kms:$E:key/{id}"),
        ),
        (
            "ReEncrypt>kms:ReEncryptFrom",
            format!(r#"{{"destinationKeyId":"{id}"}}"#),
            "unknown missing".to_owned(),
        ),
        (
            "CreateAlias",
            format!(r#"{{"aliasName":"alias/a","targetKeyId":"{id}"}}"#),
            format!("alias arn:aws:kms:$E:alias/a; key arn:aws:kms:$E:key/{id}"),
        ),
    ];
    let keys: Vec<(&str, &str, &str)> = keys.iter().map(|(a, b, c)| (*a, b.as_str(), c.as_str())).collect();
    assert_cases("kms", "kms", &keys);
}

#[test]
fn lambda_and_tables() {
    let cases = [
        (
            "GetFunction20150331v2>lambda:GetFunction",
            r#"{"functionName":"f"}"#,
            "function arn:aws:lambda:$E:function:f",
        ),
        (
            "DeleteFunction",
            r#"{"functionName":"444455556666:function:f"}"#,
            "function arn:aws:lambda:us-east-1:444455556666:function:f",
        ),
        (
            "Invoke>lambda:InvokeFunction",
            r#"{"functionName":"f","qualifier":"2"}"#,
            "function arn:aws:lambda:$E:function:f:2",
        ),
        (
            "GetFunction",
            r#"{"functionName":"f","qualifier":"2"}"#,
            "function arn:aws:lambda:$E:function:f{?}",
        ),
        (
            "UpdateFunctionCode20150331v2>lambda:UpdateFunctionCode",
            r#"{"functionName":"arn:aws:lambda:us-east-1:111122223333:function:f"}"#,
            "function arn:aws:lambda:$E:function:f",
        ),
        ("GetFunction", r#"{"functionName":"arn:aws:s3:::b"}"#, "unknown form"),
        (
            "TagResource",
            r#"{"resource":"arn:aws:lambda:us-east-1:111122223333:function:f"}"#,
            "function arn:aws:lambda:$E:function:f",
        ),
    ];
    assert_cases("lambda", "lambda", &cases);
    let tables = [
        ("GetItem", r#"{"tableName":"t","key":{"id":"1"}}"#, "table arn:aws:dynamodb:$E:table/t"),
        (
            "DescribeTable",
            r#"{"tableName":"arn:aws:dynamodb:us-east-1:444455556666:table/t"}"#,
            "table arn:aws:dynamodb:us-east-1:444455556666:table/t",
        ),
        (
            "BatchGetItem",
            r#"{"requestItems":{"t":{"keys":[]},"u":{"keys":[]}}}"#,
            "table arn:aws:dynamodb:$E:table/t; table arn:aws:dynamodb:$E:table/u",
        ),
        (
            "Query",
            r#"{"tableName":"t","indexName":"i"}"#,
            "index arn:aws:dynamodb:$E:table/t/index/i; table arn:aws:dynamodb:$E:table/t",
        ),
        ("Query", r#"{"tableName":"t"}"#, "table arn:aws:dynamodb:$E:table/t"),
        (
            "TagResource",
            r#"{"resourceArn":"arn:aws:dynamodb:us-east-1:111122223333:table/t","tags":[]}"#,
            "table arn:aws:dynamodb:$E:table/t",
        ),
    ];
    assert_cases("dynamodb", "dynamodb", &tables);
}

#[test]
fn queues_topics_parameters_and_logs() {
    let queues = [
        (
            "GetQueueAttributes",
            r#"{"queueUrl":"https://sqs.us-east-1.amazonaws.com/444455556666/q"}"#,
            "queue arn:aws:sqs:us-east-1:444455556666:q",
        ),
        ("CreateQueue", r#"{"queueName":"q"}"#, "queue arn:aws:sqs:$E:q"),
        ("GetQueueAttributes", r#"{"queueUrl":"https://sqs.us-east-1.amazonaws.com/q"}"#, "unknown form"),
    ];
    assert_cases("sqs", "sqs", &queues);
    let topics = [
        ("Publish", r#"{"topicArn":"arn:aws:sns:us-east-1:111122223333:t"}"#, "topic arn:aws:sns:$E:t"),
        ("CreateTopic", r#"{"name":"t"}"#, "topic arn:aws:sns:$E:t"),
    ];
    assert_cases("sns", "sns", &topics);
    let parameters = [
        (
            "GetParameter",
            r#"{"name":"/a/b","withDecryption":true}"#,
            "parameter arn:aws:ssm:$E:parameter/a/b",
        ),
        ("GetParameter", r#"{"name":"a:3"}"#, "parameter arn:aws:ssm:$E:parameter/a"),
        (
            "GetParameters",
            r#"{"names":["/a","b"]}"#,
            "parameter arn:aws:ssm:$E:parameter/a; parameter arn:aws:ssm:$E:parameter/b",
        ),
        (
            "GetParametersByPath",
            r#"{"path":"/a/","recursive":true}"#,
            "parameter arn:aws:ssm:$E:parameter/a{?}",
        ),
        (
            "ListTagsForResource",
            r#"{"resourceType":"Parameter","resourceId":"/a"}"#,
            "parameter arn:aws:ssm:$E:parameter/a",
        ),
        (
            "StartSession",
            r#"{"target":"i-1","documentName":"d"}"#,
            "document arn:aws:ssm:$E:document/d; instance arn:aws:ec2:$E:instance/i-1",
        ),
        ("StartSession", r#"{"target":"i-1"}"#, "instance arn:aws:ec2:$E:instance/i-1; ? document"),
        (
            "GetDocument",
            r#"{"name":"AWS-RunShellScript"}"#,
            "document arn:aws:ssm:us-east-1:{?}:document/AWS-RunShellScript",
        ),
        (
            "SendCommand",
            r#"{"instanceIds":["mi-1"],"documentName":"d"}"#,
            "document arn:aws:ssm:$E:document/d; managed-instance arn:aws:ssm:$E:managed-instance/mi-1",
        ),
    ];
    assert_cases("ssm", "ssm", &parameters);
    let logs = [
        ("DeleteLogGroup", r#"{"logGroupName":"/a"}"#, "log-group arn:aws:logs:$E:log-group:/a:{?}"),
        (
            "GetLogEvents",
            r#"{"logGroupName":"g","logStreamName":"s"}"#,
            "log-stream arn:aws:logs:$E:log-group:g:log-stream:s",
        ),
        (
            "ListTagsForResource",
            r#"{"resourceArn":"arn:aws:logs:us-east-1:111122223333:log-group:g"}"#,
            "log-group arn:aws:logs:$E:log-group:g",
        ),
    ];
    assert_cases("logs", "logs", &logs);
}

#[test]
fn other_services() {
    let databases = [
        (
            "DeleteDBInstance",
            r#"{"dBInstanceIdentifier":"DbOne","skipFinalSnapshot":true}"#,
            "db arn:aws:rds:$E:db:dbone",
        ),
        (
            "CreateDBSnapshot",
            r#"{"dBInstanceIdentifier":"d","dBSnapshotIdentifier":"s"}"#,
            "db arn:aws:rds:$E:db:d; snapshot arn:aws:rds:$E:snapshot:s",
        ),
        (
            "ListTagsForResource",
            r#"{"resourceName":"arn:aws:rds:us-east-1:111122223333:subgrp:g"}"#,
            "subgrp arn:aws:rds:$E:subgrp:g",
        ),
        ("DescribeDBInstances", "null", "unnamed"),
        ("DescribeDBClusters", r#"{"includeShared":true,"maxRecords":100}"#, "unnamed"),
    ];
    assert_cases("rds", "rds", &databases);
    let stack = "arn:aws:cloudformation:us-east-1:111122223333:stack/s/0a1b";
    let stacks = [
        (
            "DescribeStacks",
            r#"{"stackName":"s"}"#.to_owned(),
            "stack arn:aws:cloudformation:$E:stack/s/{?}".to_owned(),
        ),
        ("DeleteStack", format!(r#"{{"stackName":"{stack}"}}"#), format!("stack {stack}")),
        ("DescribeStacks", "{}".to_owned(), "unnamed".to_owned()),
    ];
    let stacks: Vec<(&str, &str, &str)> =
        stacks.iter().map(|(a, b, c)| (*a, b.as_str(), c.as_str())).collect();
    assert_cases("cloudformation", "cloudformation", &stacks);
    assert_cases(
        "sts",
        "sts",
        &[(
            "AssumeRole",
            r#"{"roleArn":"arn:aws:iam::444455556666:role/p/r"}"#,
            "role arn:aws:iam::444455556666:role/p/r",
        )],
    );
    assert_cases(
        "ecr",
        "ecr",
        &[
            ("ListImages", r#"{"repositoryName":"a/r"}"#, "repository arn:aws:ecr:$E:repository/a/r"),
            (
                "ListImages",
                r#"{"repositoryName":"r","registryId":"444455556666"}"#,
                "repository arn:aws:ecr:us-east-1:444455556666:repository/r",
            ),
            ("DescribeRepositories", r#"{"maxResults":1}"#, "unnamed"),
        ],
    );
    let rules = [
        ("DeleteRule", r#"{"name":"r"}"#, "rule-on-default-event-bus arn:aws:events:$E:rule/r"),
        (
            "DeleteRule",
            r#"{"name":"r","eventBusName":"default"}"#,
            "rule-on-default-event-bus arn:aws:events:$E:rule/r",
        ),
        (
            "DisableRule",
            r#"{"name":"r","eventBusName":"b"}"#,
            "rule-on-custom-event-bus arn:aws:events:$E:rule/b/r",
        ),
    ];
    assert_cases("events", "events", &rules);
    assert_cases(
        "organizations",
        "organizations",
        &[
            (
                "DescribePolicy",
                r#"{"policyId":"p-1"}"#,
                "policy arn:aws:organizations::{?}:policy/o-{?}/{?}/p-1",
            ),
            (
                "DescribeOrganizationalUnit",
                r#"{"organizationalUnitId":"ou-ab-cd"}"#,
                "organizationalunit arn:aws:organizations::{?}:ou/o-{?}/ou-ab-cd",
            ),
        ],
    );
    assert_cases(
        "bedrock",
        "bedrock",
        &[
            (
                "InvokeModel",
                r#"{"modelId":"anthropic.claude-v2"}"#,
                "foundation-model arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2",
            ),
            ("InvokeModel", r#"{"modelId":"us.anthropic.claude-v2"}"#, "unknown form"),
        ],
    );
    assert_cases(
        "monitoring",
        "cloudwatch",
        &[(
            "DeleteAlarms",
            r#"{"alarmNames":["a","b"]}"#,
            "alarm arn:aws:cloudwatch:$E:alarm:a; alarm arn:aws:cloudwatch:$E:alarm:b",
        )],
    );
    assert_cases("eks", "eks", &[("DescribeCluster", r#"{"name":"c"}"#, "cluster arn:aws:eks:$E:cluster/c")]);
    assert_cases(
        "guardduty",
        "guardduty",
        &[("GetDetector", r#"{"detectorId":"d"}"#, "detector arn:aws:guardduty:$E:detector/d")],
    );
    assert_cases(
        "cloudtrail",
        "cloudtrail",
        &[
            ("StopLogging", r#"{"name":"t"}"#, "trail arn:aws:cloudtrail:$E:trail/t"),
            (
                "StopLogging",
                r#"{"name":"arn:aws:cloudtrail:us-east-1:111122223333:trail/t"}"#,
                "trail arn:aws:cloudtrail:$E:trail/t",
            ),
        ],
    );
    assert_cases(
        "elasticloadbalancing",
        "elasticloadbalancing",
        &[(
            "DeleteLoadBalancer",
            r#"{"loadBalancerName":"l"}"#,
            "loadbalancer arn:aws:elasticloadbalancing:$E:loadbalancer/l",
        )],
    );
}

#[test]
fn what_a_record_lacks_is_unknown() {
    let denied = |rest: &str| {
        event("s3", "GetBucketPolicy", &format!(r#""errorCode":"AccessDenied","requestParameters":{rest}"#))
    };
    assert_eq!(resources_of(&denied("null"), "s3:GetBucketPolicy"), "unknown no_parameters");
    assert_eq!(resources_of(&denied("[1]"), "s3:GetBucketPolicy"), "unknown malformed");
    assert_eq!(resources_of(&denied("7"), "s3:GetBucketPolicy"), "unknown malformed");
    assert_eq!(resources_of(&denied(r#""text""#), "s3:GetBucketPolicy"), "unknown malformed");
    assert_eq!(
        resources_of(&denied(r#""{\"bucketName\":\"b\"}""#), "s3:GetBucketPolicy"),
        "bucket arn:aws:s3:::b"
    );
    let omitted = r#"{"omitted":true,"originalSize":200000,"reason":"requestParameters too large"}"#;
    assert_eq!(resources_of(&denied(omitted), "s3:GetBucketPolicy"), "unknown omitted");
    assert_eq!(
        resources_of(&denied(r#"{"bucketName":"b","BucketName":"c"}"#), "s3:GetBucketPolicy"),
        "unknown ambiguous"
    );
    assert_eq!(resources_of(&denied("{}"), "s3:NoSuchAction"), "unknown unknown_action");
    let deep = format!("{}{}", r#"{"a":"#.repeat(200), "}".repeat(200));
    let deep = denied(&deep.replace("{}", "{\"a\":1}"));
    assert!(Event::read(&deep).is_err() || resources_of(&deep, "s3:GetBucketPolicy") == "unknown malformed");
    let many: Vec<String> = (0..1_001).map(|at| format!("\"/p{at}\"")).collect();
    let many =
        event("ssm", "GetParameters", &format!(r#""requestParameters":{{"names":[{}]}}"#, many.join(",")));
    assert_eq!(resources_of(&many, "ssm:GetParameters"), "unknown too_many");
}

#[test]
fn the_record_stands_first() {
    let rest = r#""requestParameters":{"keyId":"alias/a"},"resources":[{"ARN":"arn:aws:kms:us-east-1:111122223333:key/k","type":"AWS::KMS::Key"}]"#;
    let known = "key arn:aws:kms:us-east-1:111122223333:key/k";
    assert_eq!(resources_of(&event("kms", "Encrypt", rest), "kms:Encrypt"), known);
    // An ARN of a type that the action does not support is left aside.
    let rest = r#""requestParameters":{"bucketName":"b","key":"k"},"resources":[{"ARN":"arn:aws:s3:::b/k"},{"ARN":"arn:aws:s3:::b"}]"#;
    assert_eq!(resources_of(&event("s3", "GetObject", rest), "s3:GetObject"), "object arn:aws:s3:::b/k");
    assert_eq!(resources_of(&event("s3", "ListObjects", rest), "s3:ListBucket"), "bucket arn:aws:s3:::b");
    // The record's resources are those of the operation's own action.
    assert_eq!(resources_of(&event("s3", "CopyObject", rest), "s3:GetObject"), "unknown missing");
    // The record stands also where parameters are not there.
    let rest = r#""errorCode":"AccessDenied","requestParameters":null,"resources":[{"ARN":"arn:aws:iam::111122223333:role/r"}]"#;
    assert_eq!(
        resources_of(&event("sts", "AssumeRole", rest), "sts:AssumeRole"),
        "role arn:aws:iam::111122223333:role/r"
    );
}

#[test]
fn ec2_may_decide_on_a_star() {
    let failed = |code: &str| {
        let rest = format!(r#""errorCode":"{code}","requestParameters":{{"instanceId":"i-1"}}"#);
        resources_of(&event("ec2", "GetPasswordData", &rest), "ec2:GetPasswordData")
    };
    let asked = "instance arn:aws:ec2:us-east-1:111122223333:{instance/i-1|*}";
    assert_eq!(failed("Client.UnauthorizedOperation"), asked);
    assert_eq!(failed("Client.DryRunOperation"), "instance arn:aws:ec2:us-east-1:111122223333:instance/i-1");
}

#[test]
fn the_place_is_the_callers() {
    let json = event("sqs", "CreateQueue", r#""requestParameters":{"queueName":"q"}"#);
    let elsewhere =
        json.replace(r#""recipientAccountId":"111122223333""#, r#""recipientAccountId":"444455556666""#);
    assert_eq!(resources_of(&elsewhere, "sqs:CreateQueue"), "queue arn:aws:sqs:us-east-1:{?}:q");
    let china = json.replace("arn:aws:iam", "arn:aws-cn:iam").replace("us-east-1", "cn-north-1");
    assert_eq!(resources_of(&china, "sqs:CreateQueue"), "queue arn:aws-cn:sqs:cn-north-1:111122223333:q");
    let nobody = r#"{"eventSource":"sqs.amazonaws.com","eventName":"CreateQueue","awsRegion":"us-gov-west-1","requestParameters":{"queueName":"q"}}"#;
    assert_eq!(resources_of(nobody, "sqs:CreateQueue"), "queue arn:aws-us-gov:sqs:us-gov-west-1:{?}:q");
}

#[test]
fn what_is_unknown_is_no_text() {
    let rules = ResourceRules::embedded().unwrap();
    let catalog = Sections::embedded().unwrap();
    let json = event("iam", "GetRole", r#""requestParameters":{"roleName":"r"}"#);
    let event = Event::read(&json).unwrap();
    let found = ResourceReader::new(&event).resources("iam:GetRole", &rules, &catalog);
    let Resources::Known { arns, .. } = found else { panic!("{found:?}") };
    let arn = &arns[0].arn;
    assert_eq!((arn.exact(), arn.asked()), (None, None));
    assert_eq!(arn.pieces()[1], Piece::Unknown);
    assert!(
        arn.covers("arn:aws:iam::111122223333:role/r") && arn.covers("arn:aws:iam::111122223333:role/a/b/r")
    );
    assert!(
        !arn.covers("arn:aws:iam::111122223333:role/r/s") && !arn.covers("arn:aws:iam::111122223333:user/r")
    );
    let known = ArnPattern::known("arn:aws:s3:::b");
    assert!(known.covers("arn:aws:s3:::b") && !known.covers("arn:aws:s3:::bc"));
    let names: Vec<&str> = UnknownResource::ALL.iter().map(|own| own.name()).collect();
    assert!(names.iter().all(|own| names.iter().filter(|other| *other == own).count() == 1));
}

#[test]
fn the_table_is_of_the_catalogue() {
    let rules = ResourceRules::embedded().unwrap();
    let catalog = Sections::embedded().unwrap();
    let mut lines = 0_usize;
    for [service, operation, action, kind, fill] in rules.lines() {
        lines += 1;
        let line = format!("{service} {operation} {action} {kind} {fill}");
        let action = if action.is_empty() { format!("{service}:{operation}") } else { action.to_owned() };
        let types: Vec<(String, Vec<String>)> = if operation.is_empty() {
            let own = catalog.resource_types(service);
            own.map(|own| (own.name().to_owned(), own.arns().map(str::to_owned).collect())).collect()
        } else {
            let details = catalog.action(&action).unwrap_or_else(|| panic!("{line}"));
            let own = details.resources().map(iam_catalog::ActionResource::resource_type);
            own.map(|own| (own.name().to_owned(), own.arns().map(str::to_owned).collect())).collect()
        };
        assert!(!types.is_empty(), "{line}");
        let own = types.iter().find(|(name, _)| name == kind);
        assert!(kind == "*" || own.is_some(), "{line}");
        for item in fill.split(' ').filter(|item| *item != "-") {
            if let Some((name, _)) = item.split_once('=').filter(|(name, _)| !name.is_empty()) {
                let placeholder = format!("${{{name}}}");
                let (_, forms) = own.unwrap_or_else(|| panic!("{line}"));
                assert!(forms.iter().any(|form| form.contains(&placeholder)), "{line}");
            } else if !item.starts_with('=') {
                // The only placeholder beside those of the place.
                let (_, forms) = own.unwrap_or_else(|| panic!("{line}"));
                let place = |form: &str| {
                    ["${Partition}", "${Region}", "${Account}"]
                        .iter()
                        .filter(|own| form.contains(**own))
                        .count()
                };
                assert!(forms.iter().all(|form| form.matches("${").count() == place(form) + 1), "{line}");
            }
            assert!(item.bytes().all(|own| own.is_ascii_graphic()), "{line}");
        }
    }
    assert!(lines > 4_000, "{lines} lines");
}
