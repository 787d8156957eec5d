use std::sync::Arc;

use iam_catalog::Details;
use iam_eval::Layers;
use iam_policy::{Limits, Mode, Policy, PolicyKind};

use super::{Escalation, Target, escalations, paths::PATHS};

fn layers(statements: &str) -> Layers {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    let policy = Policy::parse(&text, PolicyKind::Identity, Mode::Deployed, &Limits::default()).unwrap();
    let mut layers = Layers::new();
    layers.identity.push(Arc::new(policy));
    layers
}

fn names(statements: &str) -> Vec<&'static str> {
    let found: Vec<Escalation> = escalations(&layers(statements), &Details::embedded().unwrap());
    let asked = layers(statements);
    for own in &found {
        assert!(own.requests.iter().all(|request| asked.decide(request).is_allowed()), "{own:?}");
    }
    found.iter().map(|own| own.path.name).collect()
}

#[test]
fn every_action_of_the_list_exists_and_has_its_target() {
    let details = Details::embedded().unwrap();
    for path in PATHS {
        assert!(path.source.starts_with("https://docs.aws.amazon.com/"));
        for step in path.steps {
            for name in step.actions {
                let action = details.action(name).unwrap_or_else(|| panic!("{name}"));
                let Target::Others(arn, _) = step.target else { continue };
                let prefix: Vec<&str> = arn.split(['/', ':']).take(6).collect();
                let fits = action.resources().flat_map(|own| own.resource_type().arns()).any(|form| {
                    let form = form.replace("${Partition}", "{partition}").replace("${Account}", "{account}");
                    let form = form.replace("${Region}", "us-east-1");
                    // Documents of AWS have no account.
                    let form =
                        if arn.contains(":ssm:us-east-1::") { form.replace("{account}", "") } else { form };
                    form.split(['/', ':']).take(6).eq(prefix.iter().copied())
                });
                assert!(fits, "{name} {arn}");
            }
        }
    }
}

#[test]
fn every_path_is_open_to_its_own_actions_and_closed_without_one_step() {
    for path in PATHS {
        let allow = |action: &str| format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}"#);
        let firsts: Vec<String> = path.steps.iter().map(|step| allow(step.actions[0])).collect();
        assert!(names(&firsts.join(", ")).contains(&path.name), "{}", path.name);
        for without in 0..firsts.len() {
            let rest: Vec<String> =
                firsts.iter().filter(|other| **other != firsts[without]).cloned().collect();
            let rest = if rest.is_empty() { allow("s3:ListBucket") } else { rest.join(", ") };
            assert!(!names(&rest).contains(&path.name), "{} {without}", path.name);
        }
    }
}

#[test]
fn deny_statements_conditions_and_resources_close_a_path() {
    let put = |more: &str| format!(r#"{{"Effect": "Allow", "Action": "iam:PutRolePolicy", {more}}}"#);
    let is_open = |statements: &str| names(statements) == ["inline policy of a role"];
    assert!(is_open(&put(r#""Resource": "*""#)));
    assert!(is_open(&put(r#""Resource": "arn:aws:iam::*:role/*""#)));
    assert!(is_open(&put(r#""Resource": "arn:aws-cn:iam::444455556666:role/*""#)));
    assert!(is_open(&put(
        r#""Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#
    )));
    for more in [
        r#""Resource": "arn:aws:iam::111122223333:role/app-*""#,
        r#""Resource": "*", "Condition": {"StringEquals": {"iam:ResourceTag/team": "a"}}"#,
        r#""Resource": "*", "Condition": {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/b"}}"#,
    ] {
        assert!(!is_open(&put(more)), "{more}");
    }
    let deny = r#"{"Effect": "Deny", "Action": "iam:Put*", "Resource": "arn:aws:iam::*:role/*"}"#;
    assert!(!is_open(&format!("{}, {deny}", put(r#""Resource": "*""#))));
    let own = r#"{"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "arn:aws:iam::*:user/${aws:username}"}"#;
    assert!(names(own).is_empty());
    let all_but = r#"{"Effect": "Allow", "NotAction": ["s3:*"], "Resource": "*"}"#;
    assert_eq!(names(all_but).len(), PATHS.len());
}

#[test]
fn a_step_needs_a_resource_of_the_types_of_its_action() {
    let on =
        |resource: &str| names(&format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": "{resource}"}}"#));
    for foreign in
        ["arn:aws:s3:::reports/*", "arn:aws:sqs:eu-west-1:111122223333:jobs", "arn:aws-cn:ec2:*:*:volume/*"]
    {
        let open = on(foreign);
        assert!(open.is_empty(), "{foreign} {open:?}");
    }
    assert_eq!(on("*").len(), PATHS.len());
    let all_but = r#"{"Effect": "Allow", "Action": "sso:*", "NotResource": "arn:aws:s3:::reports/*"}"#;
    let of_sso = r#"{"Effect": "Allow", "Action": "sso:*", "Resource": "arn:aws:sso:::*"}"#;
    assert!(!names(all_but).is_empty() && names(all_but) == names(of_sso), "{:?}", names(of_sso));
    // Actions without types are decided on `*`, which a Deny of some resources does not match.
    let every = PATHS.iter().flat_map(|path| path.steps).flat_map(|step| step.actions).copied();
    let details = Details::embedded().unwrap();
    let without: Vec<&str> = every
        .filter(|name| details.action(name).is_some_and(|own| own.resources().next().is_none()))
        .collect();
    assert!(!without.is_empty());
    for name in without {
        let service = name.split(':').next().unwrap_or_default();
        let of = |resource: &str| {
            let pass = r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}"#;
            names(&format!(r#"{pass}, {{"Effect": "Allow", "Action": "{name}", "Resource": "{resource}"}}"#))
        };
        let own = format!("arn:aws:{service}:us-east-1:111122223333:*");
        assert!(of(&own).is_empty(), "{name} on {own}: {:?}", of(&own));
    }
}

#[test]
fn a_command_needs_a_document_that_runs_commands() {
    let send = |resources: &str| {
        names(&format!(r#"{{"Effect": "Allow", "Action": "ssm:SendCommand", "Resource": [{resources}]}}"#))
    };
    let (instances, own) = (r#""arn:aws:ec2:*:*:instance/*""#, r#""arn:aws:ssm:*:*:document/Own-*""#);
    assert!(send(&format!("{instances}, {own}")).is_empty());
    assert_eq!(send(&format!(r#"{instances}, "arn:aws:ssm:*:*:document/*""#)), ["command on an instance"]);
}

#[test]
fn steps_about_one_thing_are_done_to_the_same() {
    const OPEN: [&str; 1] = ["role to a function"];
    let function = |create: &str, invoke: &str| {
        names(&format!(
            r#"{{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}},
               {{"Effect": "Allow", "Action": "lambda:CreateFunction", "Resource": "arn:aws:lambda:*:*:function:{create}"}},
               {{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:*:*:function:{invoke}"}}"#
        ))
    };
    assert_eq!(function("*", "*"), OPEN);
    assert_eq!(function("app-*", "app-run-*"), OPEN, "the second is narrower");
    assert_eq!(function("app-run-*", "app-*"), OPEN, "the first is narrower");
    assert!(function("build-*", "app-*").is_empty(), "nobody can call what was made");
    assert_eq!(function("*-dev", "app-*"), OPEN, "neither is narrower");
    assert!(function("*-dev", "*-prod").is_empty());
    // What keeps the second step from some things leaves the others.
    let but = |deny: &str| {
        names(&format!(
            r#"{{"Effect": "Allow", "Action": ["iam:PassRole", "lambda:InvokeFunction"], "Resource": "*"}},
               {{"Effect": "Allow", "Action": "lambda:CreateFunction", "Resource": "arn:aws:lambda:*:*:function:*-dev"}},
               {{"Effect": "Deny", "Action": "lambda:Invoke*", {deny}}}"#
        ))
    };
    assert_eq!(but(r#""NotResource": "arn:aws:lambda:*:*:function:app-*""#), OPEN);
    assert_eq!(but(r#""Resource": "arn:aws:lambda:*:*:function:a*""#), OPEN);
    assert!(but(r#""Resource": "arn:aws:lambda:*:*:function:*-dev""#).is_empty());
    // Three steps, and one of several actions.
    let pipeline = |put: &str, activate: &str| {
        let allow = |action: &str, id: &str| {
            format!(
                r#"{{"Effect": "Allow", "Action": "datapipeline:{action}", "Resource": "arn:aws:datapipeline:*:*:pipeline/{id}"}}"#
            )
        };
        let (put, activate) = (allow("PutPipelineDefinition", put), allow("ActivatePipeline", activate));
        names(&format!(
            r#"{{"Effect": "Allow", "Action": ["iam:PassRole", "datapipeline:CreatePipeline"], "Resource": "*"}}, {put}, {activate}"#
        ))
    };
    assert_eq!(pipeline("a*", "*b"), ["role to a pipeline"]);
    assert!(pipeline("a*", "b*").is_empty());
    let builds = r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"},
        {"Effect": "Allow", "Action": "codebuild:CreateProject", "Resource": "arn:aws:codebuild:*:*:project/*-dev"},
        {"Effect": "Allow", "Action": "codebuild:StartBuild", "Resource": "arn:aws:codebuild:*:*:project/*-prod"},
        {"Effect": "Allow", "Action": "codebuild:StartBuildBatch", "Resource": "arn:aws:codebuild:*:*:project/app-*"}"#;
    assert_eq!(names(builds), ["role to a build"]);
    // A trigger is a thing of its own.
    let job = r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"},
        {"Effect": "Allow", "Action": "glue:CreateJob", "Resource": "arn:aws:glue:*:*:job/own"},
        {"Effect": "Allow", "Action": "glue:CreateTrigger", "Resource": "arn:aws:glue:*:*:trigger/own"}"#;
    assert_eq!(names(job), ["role to a job of Glue"]);
}

#[test]
fn a_role_is_passed_to_the_service_of_the_path_only() {
    let pass = |service: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {{"StringEquals": {{"iam:PassedToService": "{service}"}}}}}},
               {{"Effect": "Allow", "Action": ["lambda:*Function", "ec2:RunInstances"], "Resource": "*"}}"#
        )
    };
    assert_eq!(names(&pass("ec2.amazonaws.com")), ["role to an instance"]);
    assert_eq!(names(&pass("lambda.amazonaws.com")), ["role to a function"]);
    assert!(names(&pass("ecs-tasks.amazonaws.com")).is_empty());
}

fn unlimited(statements: &str) -> Vec<super::UnlimitedReads> {
    let (details, classes) = (Details::embedded().unwrap(), iam_catalog::Classes::embedded().unwrap());
    super::unlimited_reads(&layers(statements), &classes, &details)
}

/// The numbers of actions in all statements.
fn reads(statements: &str) -> (usize, usize) {
    let found = unlimited(statements);
    (found.iter().map(|own| own.credentials.len()).sum(), found.iter().map(|own| own.data.len()).sum())
}

#[test]
fn reads_that_nothing_limits_are_told() {
    let allow = |action: &str, more: &str| format!(r#"{{"Effect": "Allow", "Action": "{action}", {more}}}"#);
    let any = r#""Resource": "*""#;
    assert_eq!(reads(&allow("secretsmanager:GetSecretValue", any)), (1, 0));
    assert_eq!(reads(&allow("s3:GetObject", any)), (0, 1));
    assert_eq!(reads(&allow("s3:GetObject", r#""Resource": "arn:aws:s3:::*""#)), (0, 1));
    assert_eq!(reads(&allow("s3:GetObject", r#""Resource": "arn:aws:s3:::logs/*""#)), (0, 0));
    let tested = r#""Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}"#;
    assert_eq!(reads(&allow("s3:GetObject", tested)), (0, 0));
    let deny = r#"{"Effect": "Deny", "Action": "secretsmanager:Get*", "Resource": "*"}"#;
    assert_eq!(reads(&format!("{}, {deny}", allow("secretsmanager:*", any))), (0, 0));
    let (credentials, data) = reads(&allow("*", any));
    assert!(credentials > 20 && data > 200, "{credentials} {data}");
}

#[test]
fn what_belongs_to_aws_is_no_target() {
    let of = |account: &str| {
        names(&format!(
            r#"{{"Effect": "Allow", "Action": "iam:SetDefaultPolicyVersion", "Resource": "arn:aws:iam::{account}:policy/*"}}"#
        ))
    };
    for account in ["aws", "aws-managed"] {
        assert!(of(account).is_empty(), "{account}");
    }
    for account in ["*", "222222222222"] {
        assert!(!of(account).is_empty(), "{account}");
    }
    // It takes no place of an account that is one.
    let many = r#"{"Effect": "Allow", "Action": "iam:SetDefaultPolicyVersion",
        "Resource": ["arn:aws:iam::aws:policy/*", "arn:aws:iam::222222222222:policy/*"]}"#;
    assert_eq!(names(many).len(), 1);
}

#[test]
fn reads_are_those_of_what_is_stored_and_of_credentials_that_an_answer_makes() {
    let allow = |action: &str, on: &str| {
        let text = format!(r#"{{"Effect": "Allow", "Action": {action}, "Resource": "{on}"}}"#);
        let found = unlimited(&text);
        let all = |own: fn(&super::UnlimitedReads) -> &[Box<str>]| {
            found.iter().flat_map(own).map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        (all(|own| &own.credentials), all(|own| &own.data))
    };
    let none = || (String::new(), String::new());
    // Answers that repeat a request, describe what was changed, or are computed.
    for action in [
        "elasticloadbalancing:CreateListener",
        "eks:DeleteCluster",
        "rds:CreateDBInstance",
        "grafana:DeleteWorkspace",
        "medialive:StopChannel",
        "kms:CreateGrant",
        "bedrock:InvokeModel",
        "sagemaker:InvokeEndpoint",
        "sts:AssumeRoleWithWebIdentity",
        "sts:AssumeRoleWithSAML",
        "iam:UpdateAccessKey",
        "iam:CreateVirtualMFADevice",
        "emr-serverless:GetJobRun",
        "athena:GetQueryExecution",
        "codeguru-reviewer:DescribeCodeReview",
        "cognito-idp:ListGroups",
        "codecommit:BatchGetRepositories",
    ] {
        assert_eq!(allow(&format!("\"{action}\""), "*"), none(), "{action}");
    }
    // What answers make or store.
    assert_eq!(allow("\"sts:AssumeRole\"", "*").0, "sts:AssumeRole");
    assert_eq!(allow("\"cognito-idp:ListUsersInGroup\"", "*").1, "cognito-idp:ListUsersInGroup");
    assert_eq!(allow("\"ec2:CreateVpnConnection\"", "*").0, "ec2:CreateVpnConnection");
    assert_eq!(allow("\"bedrock:Retrieve\"", "*").1, "bedrock:Retrieve");
    // Each action once, the reviewed ones first.
    assert_eq!(allow("\"kms:Decrypt\"", "*"), (String::new(), "kms:Decrypt".into()));
    let both = allow(r#"["ecs:ExecuteCommand", "secretsmanager:GetSecretValue"]"#, "*").0;
    assert_eq!(both, "secretsmanager:GetSecretValue ecs:ExecuteCommand");
    // One thing is named, and the keys of API Gateway are below some paths alone.
    assert_eq!(allow("\"apigateway:GET\"", "arn:aws:apigateway:*::/restapis"), none());
    assert_eq!(allow("\"apigateway:GET\"", "arn:aws:apigateway:*::/restapis/*").0, "");
    assert_eq!(allow("\"apigateway:GET\"", "*").0, "apigateway:GET");
    assert_eq!(allow("\"s3:GetDataAccess\"", "*").0, "s3:GetDataAccess");
    assert_eq!(allow("\"s3:GetDataAccess\"", "arn:aws:s3:*:*:access-grants/default"), none());
}

#[test]
fn steps_say_of_which_resources_one_may_be_chosen() {
    let says = |resource: &str| {
        let pass = format!(r#"{{"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": {resource}}}"#);
        let found = escalations(&layers(&pass), &Details::embedded().unwrap());
        found.into_iter().map(|own| own.steps).collect::<Vec<_>>().join("; ")
    };
    for (resource, expected) in [
        (r#""*""#, "that is not named"),
        (r#""arn:aws:iam::*:role/*""#, "that is not named"),
        (r#""arn:aws:iam::222222222222:role/*""#, "of account 222222222222"),
        (
            r#"["arn:aws:iam::222222222222:role/app", "arn:aws:iam::222222222222:*"]"#,
            "of account 222222222222",
        ),
        (r#"["arn:aws:iam::222222222222:role/*", "*"]"#, "that is not named"),
        (r#""arn:aws:iam::222222222222:role/?*""#, "that `arn:aws:iam::222222222222:role/?*` matches"),
    ] {
        assert_eq!(says(resource), format!("iam:PutRolePolicy on any role {expected}"), "{resource}");
    }
}

/// What allows one part of a name is for what has that name, whichever it is.
#[test]
fn a_name_in_part_or_whole_closes_a_path() {
    let attach = |action: &str, resource: &str| {
        names(&format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}"}}"#))
    };
    for part in ["x*", "y*", "*9z?", "*k", "w*", "*4", "????????", "x7q3v9zk", "w5m8j2hbdn4", "app-*"] {
        let open = attach("iam:AttachRolePolicy", &format!("arn:aws:iam::*:role/{part}"));
        assert!(open.is_empty(), "{part} {open:?}");
    }
    for part in ["i-0*", "i-1*", "i-*6", "i-f*"] {
        let open = attach("ssm:StartSession", &format!("arn:aws:ec2:*:*:instance/{part}"));
        assert!(open.is_empty(), "{part} {open:?}");
    }
    assert!(!attach("ssm:StartSession", "arn:aws:ec2:*:*:instance/i-*").is_empty());
    assert!(!attach("iam:AttachRolePolicy", "arn:aws:iam::*:role/*").is_empty());
    // A Deny of some names leaves the others, and one of each name in turn is not one of all.
    let put = r#"{"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "*"}"#;
    let deny = r#"{"Effect": "Deny", "Action": "iam:*", "Resource": "arn:aws:iam::*:role/admin-*"}"#;
    assert_eq!(names(&format!("{put}, {deny}")), ["inline policy of a role"]);
    // What is said of the resources holds for both names.
    let two = r#"{"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "arn:aws:iam::*:role/x*"},
        {"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "arn:aws:iam::*:role/*"}"#;
    let found = escalations(&layers(two), &Details::embedded().unwrap());
    let said: Vec<&str> = found.iter().map(|own| own.steps.as_str()).collect();
    assert_eq!(said, ["iam:PutRolePolicy on any role that is not named"]);
}

#[test]
fn a_name_in_part_or_whole_limits_reads() {
    let read = |resource: &str| {
        reads(&format!(r#"{{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "{resource}"}}"#)).1
    };
    for limited in
        ["example", "example*", "x*", "*e", "x7q3v9zk", "w5m8j2hbdn4", "*3*", "????????", "${aws:username}"]
    {
        assert_eq!(read(&format!("arn:aws:dynamodb:us-east-1:123456789012:table/{limited}")), 0, "{limited}");
    }
    for open in [
        "arn:aws:dynamodb:*:*:table/*",
        "arn:aws-cn:dynamodb:*:444455556666:*",
        "arn:*:dynamodb:*:*:table/?*",
    ] {
        assert_eq!(read(open), 1, "{open}");
    }
}

#[test]
fn reads_do_not_depend_on_a_deny_of_something_else() {
    let allow = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
    let alone = reads(allow);
    for other in [
        "arn:aws:iam::123456789012:policy/audit",
        "arn:aws-cn:iam::444455556666:policy/audit",
        "arn:aws:s3:::logs",
    ] {
        let deny = format!(r#"{{"Effect": "Deny", "Action": "iam:DeletePolicy", "Resource": "{other}"}}"#);
        assert_eq!(reads(&format!("{allow}, {deny}")), alone, "{other}");
        let allow_too = deny.replacen("Deny", "Allow", 1);
        assert_eq!(reads(&format!("{allow_too}, {allow}")), alone, "{other}");
    }
}

#[test]
fn reads_stand_at_each_statement() {
    let allow = |action: &str, resource: &str| {
        format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}"}}"#)
    };
    let text = [
        allow("sqs:ListQueues", "*"),
        allow("dynamodb:GetItem", "*"),
        allow("s3:GetObject", "arn:aws:s3:::logs/*"),
        allow("s3:GetObject", "arn:aws:s3:::*"),
    ];
    let found = unlimited(&text.join(", "));
    let places: Vec<(usize, Vec<&str>)> =
        found.iter().map(|own| (own.statement, own.data.iter().map(|own| &**own).collect())).collect();
    assert_eq!(places, [(1, vec!["dynamodb:GetItem"]), (3, vec!["s3:GetObject"])]);
}

#[test]
fn a_statement_for_most_reads_is_told_from_one_for_many() {
    let of = |statement: &str| {
        let found = unlimited(&format!(r#"{{"Effect": "Allow", {statement}, "Resource": "*"}}"#));
        found.iter().map(|own| own.are_most).collect::<Vec<_>>()
    };
    assert_eq!(of(r#""Action": "*""#), [true]);
    assert_eq!(of(r#""NotAction": "s3:*""#), [true]);
    assert_eq!(of(r#""Action": ["s3:*", "ec2:*", "secretsmanager:*"]"#), [false]);
    let tested = r#""Action": "*", "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-12345678"}}"#;
    assert_eq!(of(tested), [false]);
}
