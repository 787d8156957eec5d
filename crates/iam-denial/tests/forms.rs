//! Messages in each form, taken apart. The names of the tests are those of the forms.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "the tests' own small texts"
)]

use iam_denial::{Denial, read};

const WHO: &str = "arn:aws:sts::111122223333:assumed-role/Support/ana@example.com";

/// What a message says, in one line: only what it says is there.
fn said(denial: &Denial) -> String {
    let mut line = vec![denial.form.name().to_owned()];
    let mut add = |name: &str, value: Option<&str>| line.extend(value.map(|value| format!("{name}={value}")));
    add("who", denial.who.as_ref().map(|who| if who.text.value == WHO { "ana" } else { &who.text.value }));
    add("action", denial.action.as_ref().map(|own| own.value.as_str()));
    add(
        "missing",
        denial
            .missing
            .as_ref()
            .filter(|own| denial.action.as_ref().is_none_or(|action| action.value != own.value))
            .map(|own| own.value.as_str()),
    );
    add("on", denial.resource.as_ref().map(|own| own.text.value.as_str()));
    add("cause", (denial.cause != iam_denial::Cause::Unknown).then(|| denial.cause.name()));
    add(
        "layer",
        denial.layer.as_ref().map(|own| own.policy_type.map_or(own.words.value.as_str(), |kind| kind.name())),
    );
    add("policy", denial.policy.as_ref().map(|own| own.value.as_str()));
    for sid in &denial.statements {
        add("sid", Some(&sid.value));
    }
    add("id", denial.authorization_id.as_ref().map(|own| own.value.as_str()));
    add("encoded", denial.encoded.map(|_| "yes"));
    add("operation", denial.operation.as_ref().map(|own| own.value.as_str()));
    add("service", denial.service.as_ref().map(|own| own.value.as_str()));
    add("code", denial.code.as_ref().map(|own| own.value.as_str()));
    add("request", denial.request_id.as_ref().map(|own| own.value.as_str()));
    line.join(" ")
}

/// Asserts what the only message of a text says, and that every span holds what it says.
#[track_caller]
fn one(text: &str, wanted: &str) -> Denial {
    let found = read(text);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(said(&found[0]), wanted);
    let denial = &found[0];
    let parts = [
        &denial.action,
        &denial.missing,
        &denial.policy,
        &denial.authorization_id,
        &denial.operation,
        &denial.code,
    ];
    let own = [denial.who.as_ref().map(|own| &own.text), denial.resource.as_ref().map(|own| &own.text)];
    for part in parts.into_iter().flatten().chain(own.into_iter().flatten()) {
        let place = &text[part.span.start as usize..part.span.end as usize];
        let letters = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        assert_eq!(letters(place), letters(&part.value), "{place}");
    }
    found.into_iter().next().unwrap()
}

/// The beginning of most messages.
fn user(rest: &str) -> String {
    format!("User: {WHO} is not authorized to perform: {rest}")
}

#[test]
fn a_classic() {
    let text = format!(
        "An error occurred (AccessDenied) when calling the PutObject operation: {}",
        user(
            "s3:PutObject on resource: \"arn:aws:s3:::wages/x\" because no session policy allows the s3:PutObject action"
        )
    );
    let denial = one(
        &text,
        "classic who=ana action=s3:PutObject on=arn:aws:s3:::wages/x cause=not_allowed layer=session operation=PutObject code=AccessDenied",
    );
    assert_eq!(
        &text[denial.span.start as usize..denial.span.end as usize],
        text.split_once("operation: ").unwrap().1
    );
    assert_eq!(denial.who.unwrap().account(), Some("111122223333"));
}

#[test]
fn b_policy_arn_of_an_scp() {
    let policy = "arn:aws:organizations::444455556666:policy/o-abcdefghij/service_control_policy/p-abcdefgh";
    one(
        &user(&format!(
            "iam:ListUsers on resource: arn:aws:iam::111122223333:user/* with an explicit deny in a service control policy: {policy}"
        )),
        &format!(
            "classic who=ana action=iam:ListUsers on=arn:aws:iam::111122223333:user/* cause=explicit_deny layer=scp policy={policy}"
        ),
    );
    one(
        &user("iam:ListUsers with an explicit deny in a service control policy: p-abcdefgh."),
        "classic who=ana action=iam:ListUsers cause=explicit_deny layer=scp policy=p-abcdefgh",
    );
}

#[test]
fn c_authorization_id() {
    let wanted = "classic who=ana action=iam:CreateUser on=arn:aws:iam::111122223333:user/x cause=explicit_deny layer=identity policy=arn:aws:iam::111122223333:policy/NoUsers id=abc123def";
    let head = user(
        "iam:CreateUser on resource: arn:aws:iam::111122223333:user/x with an explicit deny in an identity-based policy: arn:aws:iam::111122223333:policy/NoUsers. Go to https://eu-west-1.console.aws.amazon.com/iam/home?region=eu-west-1#/authorization-details/abc123def",
    );
    one(&format!("{head} to see the details. Authorization ID: abc123def"), wanted);
    one(
        &format!(
            "{head} for complete details, or call the GetRequestAuthorizationDetails API with the following authorization id: abc123def"
        ),
        wanted,
    );
    one(&format!("{head} for details."), wanted);
}

#[test]
fn d_ec2_with_an_encoded_message_and_another_missing_action() {
    let text = format!(
        "Error: creating EC2 VPC Endpoint (com.amazonaws.eu-west-1.sqs): operation error EC2: CreateVpcEndpoint, https response error StatusCode: 403, RequestID: 0a1b2c3d-0000-1111-2222-333344445555, api error UnauthorizedOperation: You are not authorized to perform this operation. {}. Encoded authorization failure message: AbC_dEf-123",
        user(
            "ec2:CreateVpcEndpoint on resource: arn:aws:ec2:eu-west-1:111122223333:vpc-endpoint/* because no identity-based policy allows the vpce:AllowMultiRegion action"
        )
    );
    let denial = one(
        &text,
        "classic who=ana action=ec2:CreateVpcEndpoint missing=vpce:AllowMultiRegion on=arn:aws:ec2:eu-west-1:111122223333:vpc-endpoint/* cause=not_allowed layer=identity encoded=yes operation=CreateVpcEndpoint service=EC2 code=UnauthorizedOperation request=0a1b2c3d-0000-1111-2222-333344445555",
    );
    let encoded = denial.encoded.unwrap();
    assert_eq!(&text[encoded.start as usize..encoded.end as usize], "AbC_dEf-123");
    assert!(!format!("{denial:?}").contains("AbC_dEf-123"));
}

#[test]
fn f_no_resource_and_two_spaces() {
    one(
        &format!(
            "creating IAM Policy (x): AccessDenied: {}",
            user("iam:CreatePolicy  because no identity-based policy allows the iam:CreatePolicy action")
        ),
        "classic who=ana action=iam:CreatePolicy cause=not_allowed layer=identity code=AccessDenied",
    );
}

#[test]
fn g_json_of_a_service() {
    let text = format!(
        r#"{{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"{}"}}"#,
        user("ecs:ListClusters with an explicit deny in a service control policy")
    );
    one(
        &text,
        "classic who=ana action=ecs:ListClusters cause=explicit_deny layer=scp code=com.amazon.coral.service#AccessDeniedException",
    );
    let text = format!(
        "2026-11-01 ERROR b'{{\"Message\":\"{}\"}}'",
        user("es:ESHttpGet because no identity-based policy allows the es:ESHttpGet action")
    );
    one(&text, "classic who=ana action=es:ESHttpGet cause=not_allowed layer=identity");
    let text = r#"{"Error": {"Code": "AccessDenied", "Message": "Access Denied"}, "ResponseMetadata": {"RequestId": "R1"}}"#;
    one(text, "bare code=AccessDenied request=R1");
}

#[test]
fn h_event_of_cloudtrail() {
    let message = user(
        r#"s3:GetObject on resource: \"arn:aws:s3:::wages/2026 \\\"a\\\".csv\" with an explicit deny in a resource-based policy"#,
    );
    let event = format!(
        r#"{{"eventVersion":"1.11","eventSource":"s3.amazonaws.com","eventName":"GetObject","errorCode":"AccessDenied","errorMessage":"{message}","requestID":"R2","userIdentity":{{"type":"AssumedRole","arn":"{WHO}"}}}}"#
    );
    let wanted = "classic who=ana action=s3:GetObject on=arn:aws:s3:::wages/2026 \"a\".csv cause=explicit_deny layer=resource operation=GetObject service=s3.amazonaws.com code=AccessDenied request=R2";
    one(&event, wanted);
    let allowed = r#"{"eventVersion":"1.11","eventSource":"s3.amazonaws.com","eventName":"GetObject","requestParameters":{"x":"Access Denied"}}"#;
    for whole in [
        format!(r#"{{"Records":[{event},{allowed}]}}"#),
        format!("{event}\n{allowed}\n"),
        format!("\u{feff}[{allowed},\n{event}]"),
        format!("found:\n{event}\ndone"),
        format!(r#"{{"detail-type":"AWS API Call via CloudTrail","detail":{event}}}"#),
        serde_json::json!({"Events": [{"EventName": "GetObject", "CloudTrailEvent": event}]}).to_string(),
        serde_json::json!({"events": [{"message": event, "timestamp": 1}]}).to_string(),
    ] {
        let found = read(&whole);
        assert_eq!(found.iter().map(said).collect::<Vec<_>>(), [wanted], "{whole}");
        let span = found[0].action.as_ref().unwrap().span;
        assert_eq!(&whole[span.start as usize..span.end as usize], "s3:GetObject");
    }
    let message = user(
        r#"s3:GetObject on resource: \"arn:aws:s3:::wages/x\" because no VPC endpoint policy allows the s3:GetObject action"#,
    );
    one(
        &format!("errorMessage={message}"),
        "classic who=ana action=s3:GetObject on=arn:aws:s3:::wages/x cause=not_allowed layer=vpc_endpoint",
    );
}

#[test]
fn i_kms_and_a_ciphertext() {
    one(
        &user(
            "kms:Decrypt on the resource associated with this ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access",
        ),
        "classic who=ana action=kms:Decrypt on=on the resource associated with this ciphertext cause=one_of_three",
    );
    one(
        "An error occurred (AccessDeniedException) when calling the Decrypt operation: The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.",
        "ciphertext cause=one_of_three operation=Decrypt code=AccessDeniedException",
    );
}

#[test]
fn j_bare_message_of_s3() {
    one(
        "An error occurred (AccessDenied) when calling the HeadObject operation: Access Denied",
        "bare operation=HeadObject code=AccessDenied",
    );
    one("Access Denied", "bare");
    one(
        "operation error S3: PutObject, https response error StatusCode: 403, RequestID: ABC, HostID: x/y=, api error AccessDenied: Access Denied",
        "bare operation=PutObject service=S3 code=AccessDenied request=ABC",
    );
    assert_eq!(read("A page about access denied errors, and why Access Denied is shown."), []);
}

#[test]
fn k_xml_of_s3() {
    let message = user(
        "s3:GetObject on resource: &quot;arn:aws:s3:::wages/a&amp;b&quot; because no VPC endpoint policy allows the s3:GetObject action",
    );
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>{message}</Message><RequestId>R3</RequestId><HostId>h=</HostId></Error>"
    );
    let found = read(&xml);
    assert_eq!(
        found.iter().map(said).collect::<Vec<_>>(),
        [
            "classic who=ana action=s3:GetObject on=arn:aws:s3:::wages/a&b cause=not_allowed layer=vpc_endpoint code=AccessDenied request=R3"
        ]
    );
    one(
        "<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>R4</RequestId></Error>",
        "bare code=AccessDenied request=R4",
    );
}

#[test]
fn l_rcp() {
    one(
        &user(
            "sqs:SendMessage on resource: arn:aws:sqs:us-east-1:111122223333:q with an explicit deny in a resource control policy",
        ),
        "classic who=ana action=sqs:SendMessage on=arn:aws:sqs:us-east-1:111122223333:q cause=explicit_deny layer=rcp",
    );
}

#[test]
fn m_boundary() {
    one(
        &user(
            "codecommit:ListBranches because no permissions boundary allows the codecommit:ListBranches action",
        ),
        "classic who=ana action=codecommit:ListBranches cause=not_allowed layer=boundary",
    );
}

#[test]
fn n_before_policies_were_named() {
    one(
        &format!(
            "botocore.errorfactory.AccessDeniedException: An error occurred (AccessDeniedException) when calling the ListTags operation: {}",
            user(
                "lambda:ListTags on resource: arn:aws:lambda:us-east-1:111122223333:function:f with an explicit deny"
            )
        ),
        "classic who=ana action=lambda:ListTags on=arn:aws:lambda:us-east-1:111122223333:function:f cause=explicit_deny operation=ListTags code=AccessDeniedException",
    );
}

#[test]
fn p_assume_role_without_a_reason() {
    one(
        &user("sts:AssumeRole on resource: arn:aws:iam::444455556666:role/Other"),
        "classic who=ana action=sts:AssumeRole on=arn:aws:iam::444455556666:role/Other",
    );
    one(
        &format!(
            "{}.\nProcess exited.",
            user("sts:AssumeRole on resource: arn:aws:iam::444455556666:role/Other")
        ),
        "classic who=ana action=sts:AssumeRole on=arn:aws:iam::444455556666:role/Other",
    );
    one(
        "CodeBuild is not authorized to perform: sts:AssumeRole on arn:aws:iam::444455556666:role/Build",
        "classic action=sts:AssumeRole on=arn:aws:iam::444455556666:role/Build",
    );
}

#[test]
fn q_web_identity() {
    one(
        "Error: Could not assume role with OIDC: Not authorized to perform sts:AssumeRoleWithWebIdentity",
        "classic action=sts:AssumeRoleWithWebIdentity",
    );
}

#[test]
fn r_role_trust_policy() {
    one(
        &user(
            "sts:AssumeRole on resource: arn:aws:iam::111122223333:role/Other because no role trust policy allows the sts:AssumeRole action",
        ),
        "classic who=ana action=sts:AssumeRole on=arn:aws:iam::111122223333:role/Other cause=not_allowed layer=role_trust",
    );
    one(
        &user(
            "sts:TagSession on resource: arn:aws:iam::111122223333:role/Other with an explicit deny in the role trust policy",
        ),
        "classic who=ana action=sts:TagSession on=arn:aws:iam::111122223333:role/Other cause=explicit_deny layer=role_trust",
    );
}

#[test]
fn s_session_policy_by_arn() {
    one(
        &user(
            "s3:PutObject on resource: \"arn:aws:s3:::wages/x\" with an explicit deny in a session policy: arn:aws:iam::aws:policy/ReadOnlyAccess",
        ),
        "classic who=ana action=s3:PutObject on=arn:aws:s3:::wages/x cause=explicit_deny layer=session policy=arn:aws:iam::aws:policy/ReadOnlyAccess",
    );
}

#[test]
fn t_status_and_request_id_after_the_message() {
    one(
        &format!(
            "AccessDeniedException: {}\n\tstatus code: 400, request id: R5",
            user(
                "dynamodb:Query on resource: arn:aws:dynamodb:us-east-1:111122223333:table/t because no resource-based policy allows the dynamodb:Query action"
            )
        ),
        "classic who=ana action=dynamodb:Query on=arn:aws:dynamodb:us-east-1:111122223333:table/t cause=not_allowed layer=resource code=AccessDeniedException request=R5",
    );
    one(
        &format!(
            "com.amazonaws.AmazonServiceException: {} (Service: AmazonEC2; Status Code: 403; Error Code: UnauthorizedOperation; Request ID: R6; Proxy: null)",
            user("ec2:RunInstances on resource: arn:aws:ec2:us-east-1::image/ami-1")
        ),
        "classic who=ana action=ec2:RunInstances on=arn:aws:ec2:us-east-1::image/ami-1 request=R6",
    );
}

#[test]
fn v_ec2_without_an_encoded_message() {
    one(
        &format!(
            "An error occurred (UnauthorizedOperation) when calling the DescribeVpcs operation: You are not authorized to perform this operation. {}",
            user("ec2:DescribeVpcs because no identity-based policy allows the ec2:DescribeVpcs action")
        ),
        "classic who=ana action=ec2:DescribeVpcs cause=not_allowed layer=identity operation=DescribeVpcs code=UnauthorizedOperation",
    );
    one(
        "API: ec2:RunInstances You are not authorized to perform this operation. Encoded authorization failure message: xyz",
        "operation action=ec2:RunInstances encoded=yes",
    );
    one("You are not authorized to perform this operation.", "operation");
}

#[test]
fn w_the_missing_action_is_not_the_one_asked_for() {
    let denial = one(
        &user(
            "ec2:CreateVpcEndpoint on resource: arn:aws:ec2:eu-west-1:111122223333:vpc-endpoint/* because no identity-based policy allows the vpce:AllowMultiRegion action.",
        ),
        "classic who=ana action=ec2:CreateVpcEndpoint missing=vpce:AllowMultiRegion on=arn:aws:ec2:eu-west-1:111122223333:vpc-endpoint/* cause=not_allowed layer=identity",
    );
    assert_eq!(denial.missing.unwrap().value, "vpce:AllowMultiRegion");
}

#[test]
fn x_another_role_and_other_principals() {
    for (who, account, user, session) in [
        (
            "arn:aws:sts::444455556666:assumed-role/Elsewhere/bob",
            Some("444455556666"),
            None,
            Some(("Elsewhere", "bob")),
        ),
        ("arn:aws:iam::444455556666:user/team/bob", Some("444455556666"), Some("bob"), None),
        ("arn:aws:iam::444455556666:root", Some("444455556666"), None, None),
        ("anonymous", None, None, None),
    ] {
        let found = read(&format!("User: {who} is not authorized to perform: sqs:ListQueues"));
        let own = found[0].who.clone().unwrap();
        assert_eq!((own.account(), own.user(), own.role_and_session()), (account, user, session));
    }
}

#[test]
fn z_wrapped() {
    let wanted = "classic who=ana action=dynamodb:DeleteTable on=arn:aws:dynamodb:us-east-1:111122223333:table/orders cause=explicit_deny layer=scp";
    let text = format!(
        "User: {WHO} is not\nauthorized to perform: dynamodb:DeleteTable\non resource: arn:aws:dynamodb:us-east-1:111122223333:table/orders\nwith an explicit deny in a service\ncontrol policy"
    );
    one(&text, wanted);
    let boxed = "╷\n│ Error: deleting table: operation error DynamoDB: DeleteTable, https response error\n│ StatusCode: 400, RequestID: R7, api error AccessDeniedException: User:\n│ arn:aws:sts::111122223333:assumed-role/Sup\n│ port/ana@example.com is not authorized to perform: dynamodb:DeleteTable on resource: arn:aws:dynamodb:us-east-1:11112222\n│ 3333:table/orders with an explicit deny in a service control\n│ policy\n│ \n│   with aws_dynamodb_table.orders,\n│   on main.tf line 1, in resource \"aws_dynamodb_table\" \"orders\":\n╵";
    one(
        boxed,
        &format!("{wanted} operation=DeleteTable service=DynamoDB code=AccessDeniedException request=R7"),
    );
}

#[test]
fn api_gateway() {
    one(
        r#"{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********2233:abc/prod/GET/x"}"#,
        "classic who=anonymous action=execute-api:Invoke on=arn:aws:execute-api:us-east-1:********2233:abc/prod/GET/x",
    );
    one(
        r#"{"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}"#,
        "resource cause=explicit_deny layer=identity",
    );
    one(r#"{"message":"User is not authorized to access this resource"}"#, "resource");
}

#[test]
fn authorization_details() {
    let text = r#"{"requestContext":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/Support","aws:SourceIp":"192.0.2.1"},"evaluations":[
        {"action":"s3:GetObject","resource":"arn:aws:s3:::wages/x","context":{"s3:prefix":["a","b"]},"evaluatedEffect":"EXPLICIT_DENY",
         "matchedPolicies":[{"uri":"arn:aws:iam::111122223333:policy/Guard","matchedStatements":[{"sid":"NoWages","evaluatedEffect":"DENY"}]}]},
        {"action":"s3:ListBucket","resource":"arn:aws:s3:::wages","evaluatedEffect":"ALLOW"},
        {"action":"kms:Decrypt","resource":"","evaluatedEffect":"IMPLICIT_DENY","matchedPolicies":[]}],
        "policies":[{"uri":"arn:aws:iam::111122223333:policy/Guard","type":"PERMISSIONS_BOUNDARY","inline":false}]}"#;
    let found = read(text);
    let lines: Vec<String> = found.iter().map(said).collect();
    assert_eq!(
        lines,
        [
            "authorization_details who=arn:aws:iam::111122223333:role/Support action=s3:GetObject on=arn:aws:s3:::wages/x cause=explicit_deny layer=boundary policy=arn:aws:iam::111122223333:policy/Guard sid=NoWages",
            "authorization_details who=arn:aws:iam::111122223333:role/Support action=kms:Decrypt cause=not_allowed",
        ]
    );
    assert!(found[0].context.contains(&("s3:prefix".to_owned(), vec!["a".to_owned(), "b".to_owned()])));
    assert!(found[1].context.contains(&("aws:SourceIp".to_owned(), vec!["192.0.2.1".to_owned()])));
}

#[test]
fn decoded_message() {
    let decoded = serde_json::json!({"allowed": false, "explicitDeny": true,
        "matchedStatements": {"items": [{"statementId": "NoBig", "effect": "DENY"}, {"statementId": "All", "effect": "ALLOW"}]},
        "failures": {"items": []},
        "context": {"principal": {"id": "AROA:ana", "arn": WHO}, "action": "ec2:RunInstances", "resource": "arn:aws:ec2:eu-west-1:111122223333:instance/*",
            "conditions": {"items": [{"key": "ec2:InstanceType", "values": {"items": [{"value": "x1.large"}]}}]}}});
    let wanted = "decoded who=ana action=ec2:RunInstances on=arn:aws:ec2:eu-west-1:111122223333:instance/* cause=explicit_deny sid=NoBig";
    for text in [decoded.to_string(), serde_json::json!({"DecodedMessage": decoded.to_string()}).to_string()]
    {
        let found = read(&text);
        assert_eq!(found.iter().map(said).collect::<Vec<_>>(), [wanted]);
        assert_eq!(found[0].context, [("ec2:InstanceType".to_owned(), vec!["x1.large".to_owned()])]);
    }
    assert_eq!(read(r#"{"allowed": true, "explicitDeny": false, "context": {}}"#), []);
}

#[test]
fn resources_of_iam_and_names() {
    for (resource, form) in [
        ("role Support-Role", "type_and_name"),
        ("user ", "type_and_name"),
        ("instance profile Web", "type_and_name"),
        ("policy path /", "path"),
        ("policy arn:aws:iam::111122223333:policy/P version v2", "type_and_name"),
        ("prod/db/password", "name"),
        ("*", "every"),
        ("arn:aws:ssm:us-east-1:111122223333:managed-instance/\"x\"", "arn"),
    ] {
        let found = read(&user(&format!(
            "iam:GetRole on resource: {resource} because no identity-based policy allows the iam:GetRole action"
        )));
        let own = found[0].resource.clone().unwrap();
        assert_eq!((own.text.value.as_str(), own.form.name()), (resource.trim_end_matches(' '), form));
        assert_eq!(found[0].cause, iam_denial::Cause::NotAllowed, "{resource}");
    }
    let found = read(&user(
        "iam:CreatePolicyVersion on resource: policy arn:aws:iam::111122223333:policy/P version v2 because no identity-based policy allows the iam:CreatePolicyVersion action",
    ));
    assert_eq!(found[0].resource.as_ref().unwrap().arn(), Some("arn:aws:iam::111122223333:policy/P"));
    one(
        &user("elasticfilesystem:DeleteFileSystem on the specified resource"),
        "classic who=ana action=elasticfilesystem:DeleteFileSystem on=on the specified resource",
    );
    one(
        &user("iam:GetRole on resource: role Support-Role"),
        "classic who=ana action=iam:GetRole on=role Support-Role",
    );
}

#[test]
fn several_at_once() {
    let text = format!(
        "An error occurred (AccessDenied) when calling the A operation: {}\n\nAn error occurred (AccessDenied) when calling the GetObject operation: Access Denied\n{}\n│ Error: x: operation error IAM: GetRole, https response error StatusCode: 403, RequestID: R8, api error AccessDenied: {}",
        user("a:A on resource: arn:aws:a:::1 because no session policy allows the a:A action"),
        user("b:B with an explicit deny in a permissions boundary"),
        user("iam:GetRole on resource: role X with an explicit deny"),
    );
    let lines: Vec<String> = read(&text).iter().map(said).collect();
    assert_eq!(
        lines,
        [
            "classic who=ana action=a:A on=arn:aws:a:::1 cause=not_allowed layer=session operation=A code=AccessDenied",
            "bare operation=GetObject code=AccessDenied",
            "classic who=ana action=b:B cause=explicit_deny layer=boundary",
            "classic who=ana action=iam:GetRole on=role X cause=explicit_deny operation=GetRole service=IAM code=AccessDenied request=R8",
        ]
    );
}

#[test]
fn a_type_of_policy_that_is_not_known_is_told_in_its_words() {
    one(
        &user("a:A because no account tower policy allows the a:A action"),
        "classic who=ana action=a:A cause=not_allowed layer=account tower policy",
    );
    one(
        &user("a:A with an explicit deny in a quota policy: arn:aws:q:::p"),
        "classic who=ana action=a:A cause=explicit_deny layer=quota policy policy=arn:aws:q:::p",
    );
}

#[test]
fn what_is_no_message_is_none() {
    for text in [
        "",
        "not authorized",
        "{",
        "{\"a\": \"User:\"}",
        "\u{130}not authorised to perform: x",
        "is not authorized to",
        "[1, 2]",
    ] {
        assert_eq!(read(text), [], "{text}");
    }
}

#[test]
fn other_denials_of_services() {
    one(
        r#"{"eventSource":"glue.amazonaws.com","eventName":"CreateJob","errorCode":"AccessDenied","errorMessage":"Cross-account pass role is not allowed."}"#,
        "cross_account_pass_role operation=CreateJob service=glue.amazonaws.com code=AccessDenied",
    );
    one(
        r#"{"eventSource":"guardduty.amazonaws.com","eventName":"ListDetectors","errorCode":"AccessDenied","userIdentity":{"arn":"arn:aws:iam::111122223333:user/u"}}"#,
        "bare who=arn:aws:iam::111122223333:user/u operation=ListDetectors service=guardduty.amazonaws.com code=AccessDenied",
    );
    one(
        r#"{"eventType":"AwsVpceEvent","errorCode":"VpceAccessDenied","errorMessage":"The request was denied due to a VPC endpoint policy","eventSource":"s3.amazonaws.com","eventName":"GetObject","userIdentity":{"type":"AWSAccount","principalId":"AROA:ana"}}"#,
        "bare who=AROA:ana layer=vpc_endpoint operation=GetObject service=s3.amazonaws.com code=VpceAccessDenied",
    );
    assert_eq!(
        read(
            r#"{"eventSource":"s3.amazonaws.com","eventName":"GetBucketPolicy","errorCode":"NoSuchBucketPolicy","errorMessage":"none"}"#
        ),
        []
    );
}
