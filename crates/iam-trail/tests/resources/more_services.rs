//! Functions, tables, queues, logs and the rest.

use super::assert_cases;

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
fn clusters() {
    let cases = [
        (
            "DescribeTasks",
            r#"{"cluster":"c","tasks":["arn:aws:ecs:us-east-1:111122223333:task/c/1"]}"#,
            "task arn:aws:ecs:$E:task/c/1",
        ),
        ("DescribeTasks", r#"{"cluster":"c","tasks":["1"]}"#, "task arn:aws:ecs:$E:task/c/1"),
        (
            "DeleteService",
            r#"{"cluster":"arn:aws:ecs:us-east-1:111122223333:cluster/c","service":"s"}"#,
            "service arn:aws:ecs:$E:service/c/s",
        ),
        ("DeleteService", r#"{"service":"s"}"#, "service arn:aws:ecs:$E:service/{?}/s"),
    ];
    assert_cases("ecs", "ecs", &cases);
}
