//! Policies in templates of CloudFormation and in plans and states of Terraform.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use iam_document::{Extracted, Found, Limits, UNKNOWN, UnknownKind, read};
use iam_json::Span;
use iam_policy::PolicyKind;

#[track_caller]
fn found(text: &str, name: &str) -> Found {
    read(text, name, &Limits::default()).unwrap_or_else(|report| panic!("{report}\n{text}"))
}

fn names(found: &Found) -> Vec<(&str, Option<PolicyKind>)> {
    found.documents.iter().map(|own| (own.name.as_str(), own.kind)).collect()
}

/// What the original says in the place of a part of a policy.
#[track_caller]
fn place<'t>(own: &Extracted, text: &'t str, part: &str) -> &'t str {
    let at =
        u32::try_from(own.text.find(part).unwrap_or_else(|| panic!("no {part} in {}", own.text))).unwrap();
    let length = u32::try_from(part.len()).unwrap();
    own.origin.span(Span::new(at, at.saturating_add(length))).of(text)
}

const TEMPLATE: &str = r#"AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Stage: {Type: String, Default: dev}
  Name: {Type: String}
  Subnets: {Type: CommaDelimitedList, Default: "a,b"}
Mappings:
  Accounts:
    dev: {id: "111122223333"}
Resources:
  AppRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: sts:AssumeRole
      Policies:
        - PolicyName: app
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: !If [Wide, "s3:*", ["s3:GetObject", "s3:ListBucket"]]
                Resource:
                  - !Sub "arn:aws:s3:::${Stage}-data/${!aws:username}/*"
                  - !Join ["", ["arn:aws:s3:::", !Ref Bucket, "/*"]]
                  - !Sub ["arn:aws:iam::${Id}:role/x", {Id: !FindInMap [Accounts, !Ref Stage, id]}]
                  - !GetAtt Queue.Arn
                  - !Ref AWS::NoValue
              - !If
                - Wide
                - Effect: !If [Wide, Allow, Deny]
                  Action: "*"
                  Resource: "*"
                - !Ref AWS::NoValue
  Logs:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Statement: {Effect: Deny, Principal: "*", Action: "s3:*", Resource: !Ref Name, Condition: {StringEquals: {"aws:x": !Ref Subnets}}}
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy: {Statement: [{Effect: Allow, Principal: {AWS: "*"}, Action: "kms:*", Resource: "*"}]}
  Thing:
    Type: AWS::IoT::Policy
    Properties:
      PolicyDocument: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "iot:Connect", Resource: "*"}]}
"#;

#[test]
fn policies_of_a_template_have_the_names_of_their_resources() {
    let found = found(TEMPLATE, "stack.yaml");
    assert_eq!(
        names(&found),
        [
            ("AWS::IAM::Role AppRole: trust policy", Some(PolicyKind::Trust)),
            ("AWS::IAM::Role AppRole: inline policy app", Some(PolicyKind::Identity)),
            ("AWS::S3::BucketPolicy Logs", Some(PolicyKind::Resource)),
            ("AWS::KMS::Key Key", Some(PolicyKind::Kms)),
        ]
    );
    assert_eq!(found.said, "YAML, a template of CloudFormation");
    assert!(found.left.iter().any(|own| own.name.starts_with("AWS::IoT::Policy Thing")));
}

#[test]
fn functions_are_resolved_and_what_is_not_known_is_marked() {
    let found = found(TEMPLATE, "stack.yaml");
    let [trust, app, logs, _] = found.documents.as_slice() else { panic!("{:?}", names(&found)) };
    assert!(trust.text.contains(&format!("\"arn:aws:iam::{UNKNOWN}:root\"")), "{}", trust.text);
    let whats = |own: &Extracted| own.unknown.iter().map(|one| one.what.clone()).collect::<Vec<_>>();
    assert_eq!(whats(trust), ["Ref `AWS::AccountId`"]);
    let value: serde_json::Value = serde_json::from_str(&app.text).unwrap();
    let statement = |at: usize| value.get("Statement").unwrap().get(at).unwrap();
    assert_eq!(
        statement(0).get("Action").unwrap(),
        &serde_json::json!(["s3:*", "s3:GetObject", "s3:ListBucket"])
    );
    assert_eq!(
        statement(0).get("Resource").unwrap(),
        &serde_json::json!([
            "arn:aws:s3:::dev-data/${aws:username}/*",
            format!("arn:aws:s3:::{UNKNOWN}/*"),
            "arn:aws:iam::111122223333:role/x",
            UNKNOWN,
        ])
    );
    assert_eq!(statement(1).get("Effect").unwrap(), UNKNOWN);
    let expected = [
        "Fn::If `Wide`",
        "the default of parameter `Stage`",
        "Ref `Bucket`",
        "the default of parameter `Stage`",
        "Fn::GetAtt `Queue.Arn`",
        "Fn::If `Wide`",
        "Fn::If `Wide`",
    ];
    assert_eq!(whats(app), expected);
    assert!(logs.text.contains(&format!("\"Resource\": \"{UNKNOWN}\"")), "{}", logs.text);
    assert_eq!(whats(logs), ["Ref `Name`", "Ref `Subnets`"]);
    for own in found.documents.iter().flat_map(|own| &own.unknown) {
        assert!(TEMPLATE.contains(own.span.of(TEMPLATE)) && own.span.end > own.span.start, "{own:?}");
    }
}

/// The policy of a template of JSON with these sections and statements.
#[track_caller]
fn policy(sections: &str, statements: &str) -> Extracted {
    let text = format!(
        r#"{{"AWSTemplateFormatVersion": "2010-09-09", {sections} "Resources": {{"P": {{"Type": "AWS::IAM::ManagedPolicy", "Properties":
        {{"PolicyDocument": {{"Version": "2012-10-17", "Statement": {statements}}}}}}}}}}}"#
    );
    let found = found(&text, "x.json");
    let [own] = found.documents.as_slice() else { panic!("{found:?}") };
    own.clone()
}

fn notes(own: &Extracted) -> Vec<(UnknownKind, &str, &str)> {
    own.unknown.iter().map(|one| (one.kind, one.what.as_str(), one.place.of(&own.text))).collect()
}

#[test]
fn choices_are_listed_with_what_they_are_about() {
    let deny = r#"{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}"#;
    let nothing = r#"{"Ref": "AWS::NoValue"}"#;
    let none = policy("", &format!("[{deny}]"));
    assert_eq!((none.is_known(), none.has_choices()), (true, false));
    let own = policy("", &format!(r#"[{deny}, {{"Fn::If": ["Locked", {deny}, {nothing}]}}]"#));
    assert_eq!(notes(&own), [(UnknownKind::Choice, "Fn::If `Locked`", deny)]);
    assert!(own.has_choices());
    let both = format!(r#"[{{"Fn::If": ["A", {deny}, {{"Fn::If": ["B", {deny}, {nothing}]}}]}}]"#);
    let pair = format!("{deny}, {deny}");
    let (a, b) = ((UnknownKind::Choice, "Fn::If `A`", &*pair), (UnknownKind::Choice, "Fn::If `B`", &*pair));
    assert_eq!(notes(&policy("", &both)), [a, b]);
    let condition = r#"{"Bool": {"aws:SecureTransport": "true"}}"#;
    let member = format!(
        r#"{{"Effect": "Allow", "Action": {{"Fn::If": ["A", "s3:*", ["s3:GetObject"]]}}, "Resource": "*", "Condition": {{"Fn::If": ["B", {nothing}, {condition}]}}}}"#
    );
    let a = (UnknownKind::Choice, "Fn::If `A`", r#"["s3:*", "s3:GetObject"]"#);
    assert_eq!(notes(&policy("", &member)), [a, (UnknownKind::Choice, "Fn::If `B`", condition)]);
    // All of the statements, and members of a loop whose number is not known.
    let all = policy("", &format!(r#"{{"Fn::If": ["A", [{deny}], [{deny}, {deny}]]}}"#));
    assert_eq!(all.unknown.len(), 1);
    let tags = r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"Fn::ForEach::T": ["T", {"Ref": "Tags"}, {"aws:PrincipalTag/${T}": "x"}]}}}"#;
    let loops = policy("", tags);
    let loops = notes(&loops);
    assert!(loops.iter().any(|own| own.0 == UnknownKind::Choice && own.1 == "Fn::ForEach T"), "{loops:?}");
}

#[test]
fn a_choice_between_documents_is_none_in_them() {
    let document = |action: &str| {
        format!(r#"{{"Statement": [{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}]}}"#)
    };
    let (one, other) = (document("a:b"), document("c:d"));
    for other in [other.as_str(), r#"{"Ref": "AWS::NoValue"}"#] {
        let text = format!(
            r#"{{"Resources": {{"P": {{"Type": "AWS::IAM::ManagedPolicy", "Properties": {{"PolicyDocument": {{"Fn::If": ["A", {one}, {other}]}}}}}}}}}}"#
        );
        let found = super_found(&text);
        assert!(found.documents.iter().all(Extracted::is_known), "{text}");
        let whole = |own: &Extracted| {
            let all = own.unknown.iter().map(|one| (one.kind, one.what.as_str(), one.place.of(&own.text)));
            all.collect::<Vec<_>>() == [(UnknownKind::Whole, "Fn::If `A`", own.text.as_str())]
        };
        assert!(!found.documents.is_empty() && found.documents.iter().all(whole), "{found:?}");
    }
    // Statements of SAM have no document around them.
    let statement = r#"{"Effect": "Allow", "Action": "a:b", "Resource": "*"}"#;
    let text = format!(
        r#"{{"Resources": {{"F": {{"Type": "AWS::Serverless::Function", "Properties": {{"Policies": {{"Fn::If": ["A", [{statement}], [{statement}]]}}}}}}}}}}"#
    );
    let found = super_found(&text);
    assert!(found.documents.iter().all(Extracted::has_choices) && found.documents.len() == 1, "{found:?}");
}

#[test]
fn whether_a_resource_is_deployed_is_not_known_either() {
    let policy = |more: &str| {
        format!(
            r#"{{"Type": "AWS::IAM::ManagedPolicy", {more} "Properties": {{"PolicyDocument": {{"Statement": []}}}}}}"#
        )
    };
    let template = |resources: &str| {
        format!(
            r#"{{"AWSTemplateFormatVersion": "2010-09-09", "Parameters": {{"L": {{"Type": "CommaDelimitedList", "Default": "a"}}, "N": {{"Type": "CommaDelimitedList"}}}}, "Resources": {{{resources}}}}}"#
        )
    };
    let each = |list: &str| format!(r#""Fn::ForEach::R": ["R", {list}, {{"P${{R}}": {}}}]"#, policy(""));
    for (resources, what, place) in [
        (format!(r#""P": {}"#, policy(r#""Condition": "IsProd","#)), "Condition `IsProd`", r#""IsProd""#),
        (each(r#"{"Ref": "N"}"#), "Fn::ForEach `R`", r#"{"Ref": "N"}"#),
        (each(r#"{"Ref": "L"}"#), "the default of parameter `L`", r#"{"Ref": "L"}"#),
    ] {
        let text = template(&resources);
        let found = super_found(&text);
        let [own] = found.documents.as_slice() else { panic!("{found:?}") };
        assert_eq!(notes(own), [(UnknownKind::Whole, what, own.text.as_str())], "{resources}");
        assert_eq!(own.unknown[0].span.of(&text), place);
        assert!(!own.is_deployed() && own.is_known());
    }
    let found = super_found(&template(&format!(r#""P": {}, {}"#, policy(""), each(r#"["a"]"#))));
    assert!(found.documents.len() == 2 && found.documents.iter().all(|own| own.unknown.is_empty()));
}

#[test]
fn defaults_of_parameters_are_listed() {
    let sections = r#""Parameters": {"D": {"Type": "String", "Default": "*"}, "L": {"Type": "CommaDelimitedList", "Default": "a,b"}},
        "Mappings": {"M": {"*": {"x": "arn:aws:s3:::m"}}},"#;
    let statement =
        |resource: &str| format!(r#"{{"Effect": "Deny", "Action": "s3:*", "Resource": {resource}}}"#);
    for (resource, name, text) in [
        (r#"{"Ref": "D"}"#, "D", "\"*\""),
        (r#"{"Fn::Sub": "arn:aws:s3:::${D}/x"}"#, "D", "\"arn:aws:s3:::*/x\""),
        (r#"{"Fn::FindInMap": ["M", {"Ref": "D"}, "x"]}"#, "D", "\"arn:aws:s3:::m\""),
        (r#"{"Fn::Select": [1, {"Ref": "L"}]}"#, "L", "\"b\""),
        (r#"{"Fn::Select": [0, {"Fn::Split": ["-", {"Ref": "D"}]}]}"#, "D", "\"*\""),
    ] {
        let own = policy(sections, &statement(resource));
        let what = format!("the default of parameter `{name}`");
        assert_eq!(notes(&own), [(UnknownKind::Default, what.as_str(), text)], "{resource}");
        assert!(!own.text.contains(UNKNOWN) && !own.is_known() && !own.has_choices());
    }
    // The values of a loop, also of one around the resource.
    let condition = r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"Fn::ForEach::T": ["T", {"Ref": "L"}, {"aws:PrincipalTag/${T}": "x"}]}}}"#;
    let own = policy(sections, condition);
    assert!(own.text.contains("aws:PrincipalTag/b") && !own.is_known(), "{own:?}");
    let text = format!(
        r#"{{"AWSTemplateFormatVersion": "2010-09-09", {sections} "Resources": {{"Fn::ForEach::R": ["R", {{"Ref": "L"}}, {{"P${{R}}": {{"Type": "AWS::IAM::ManagedPolicy", "Properties":
        {{"PolicyDocument": {{"Statement": {}}}}}}}}}]}}}}"#,
        statement(r#"{"Fn::Sub": "arn:aws:s3:::${R}"}"#)
    );
    let found = super_found(&text);
    assert_eq!(found.documents.len(), 2);
    for own in &found.documents {
        assert_eq!(notes(own).iter().map(|own| own.1).collect::<Vec<_>>(), ["the default of parameter `L`"]);
    }
    // In a policy that is a text.
    let text = format!(
        r#"{{"AWSTemplateFormatVersion": "2010-09-09", {sections} "Resources": {{"P": {{"Type": "AWS::Logs::ResourcePolicy", "Properties":
        {{"PolicyName": {{"Ref": "D"}}, "PolicyDocument": {{"Fn::Sub": {}}}}}}}}}}}"#,
        serde_json::to_string(&format!(r#"{{"Statement": {}}}"#, statement(r#""${D}""#))).unwrap()
    );
    let found = super_found(&text);
    let [own] = found.documents.as_slice() else { panic!("{found:?}") };
    assert_eq!(notes(own), [(UnknownKind::Default, "the default of parameter `D`", own.text.as_str())]);
}

#[test]
fn places_are_those_of_the_template() {
    let found = found(TEMPLATE, "stack.yaml");
    let [trust, app, ..] = found.documents.as_slice() else { panic!() };
    assert_eq!(place(trust, TEMPLATE, "sts:AssumeRole"), "sts:AssumeRole");
    assert_eq!(place(trust, TEMPLATE, UNKNOWN), "${AWS::AccountId}");
    assert_eq!(place(app, TEMPLATE, "s3:ListBucket"), "s3:ListBucket");
    assert_eq!(place(app, TEMPLATE, "-data/"), "-data/");
    assert_eq!(place(app, TEMPLATE, "\"*\""), "\"*\"");
}

#[test]
fn a_template_of_json_says_the_same_as_one_of_yaml() {
    let json = r#"{"Resources": {"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument":
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": {"Fn::Sub": "arn:aws:s3:::${B}/*"}}]}}}}}"#;
    let found = found(json, "stack.json");
    assert_eq!(names(&found), [("AWS::IAM::ManagedPolicy P", Some(PolicyKind::Managed))]);
    let own = found.documents.first().unwrap();
    assert!(own.text.contains(&format!("arn:aws:s3:::{UNKNOWN}/*")));
    assert_eq!(place(own, json, UNKNOWN), "${B}");
    let body = |text: &str| serde_json::json!({"TemplateBody": text, "StagesAvailable": []}).to_string();
    for text in [json, TEMPLATE] {
        assert_eq!(super_found(&body(text)).documents.len(), super_found(text).documents.len());
    }
    let marked = json.replace("s3:GetObject", UNKNOWN);
    assert!(super_found(&marked).documents.is_empty() && super_found(&marked).left.len() == 1);
}

fn super_found(text: &str) -> Found {
    found(text, if text.starts_with('{') { "x.json" } else { "x.yaml" })
}

#[test]
fn templates_that_go_round_or_grow_end() {
    let mut deep = "\"x\"".to_owned();
    for _ in 0..60 {
        deep = format!(r#"{{"Fn::Join": ["", [{deep}, {deep}]]}}"#).chars().take(2_000_000).collect();
        if deep.len() > 100_000 {
            break;
        }
    }
    let text = format!(
        r#"{{"Resources": {{"P": {{"Type": "AWS::IAM::ManagedPolicy", "Properties": {{"PolicyDocument": {{"Statement": {deep}}}}}}}}}}}"#
    );
    let _ = read(&text, "x.json", &Limits::default());
    // Loops in loops that make nothing.
    let values = (0..50).map(|own| format!("\"v{own}\"")).collect::<Vec<_>>().join(", ");
    let mut body = "{}".to_owned();
    for level in 0..20 {
        body = format!(r#"{{"Fn::ForEach::L{level}": ["l{level}", [{values}], {body}]}}"#);
    }
    let text = format!(r#"{{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {body}}}"#);
    let found = read(&text, "x.json", &Limits::default()).unwrap();
    assert!(found.left.iter().any(|own| own.why.contains("loops")), "{found:?}");
    let text = format!(
        r#"{{"Resources": {{"P": {{"Type": "AWS::IAM::ManagedPolicy", "Properties": {{"PolicyDocument": {{"Statement": {body}}}}}}}}}}}"#
    );
    let found = read(&text, "x.json", &Limits::default()).unwrap();
    assert!(found.documents.is_empty() && found.left.len() == 1, "{found:?}");
}

#[test]
fn policies_of_plans_and_states_have_their_addresses() {
    let policy = r#"{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
    let values = |name: &str| format!(r#"{{"{name}": {}}}"#, serde_json::to_string(policy).unwrap());
    let resource = |kind: &str, name: &str| {
        format!(
            r#"{{"address": "{kind}.x", "mode": "managed", "type": "{kind}", "name": "x", "values": {}}}"#,
            values(name)
        )
    };
    let resources = [
        resource("aws_iam_policy", "policy"),
        resource("aws_iam_role", "assume_role_policy"),
        resource("aws_s3_bucket_policy", "policy"),
        resource("aws_kms_key", "policy"),
        resource("aws_organizations_policy", "content"),
    ]
    .join(", ");
    let plan = format!(
        r#"{{"format_version": "1.2", "planned_values": {{"root_module": {{"resources": [{resources}], "child_modules": [{{"resources": [{}]}}]}}}},
        "prior_state": {{"values": {{"root_module": {{"resources": [{resources}]}}}}}},
        "resource_changes": [{{"address": "aws_sqs_queue_policy.q", "type": "aws_sqs_queue_policy", "change": {{"after_unknown": {{"policy": true}}}}}}]}}"#,
        resource("aws_iam_role_policy", "policy")
            .replace("aws_iam_role_policy.x", "module.a.aws_iam_role_policy.x"),
    );
    let found = found(&plan, "plan.json");
    assert_eq!(
        names(&found),
        [
            ("aws_iam_policy.x", Some(PolicyKind::Managed)),
            ("aws_iam_role.x: trust policy", Some(PolicyKind::Trust)),
            ("aws_s3_bucket_policy.x", Some(PolicyKind::Resource)),
            ("aws_kms_key.x", Some(PolicyKind::Kms)),
            ("aws_organizations_policy.x", Some(PolicyKind::Scp)),
            ("module.a.aws_iam_role_policy.x", Some(PolicyKind::Identity)),
        ]
    );
    assert_eq!(found.left.len(), 1);
    assert!(found.left.iter().all(|own| own.name == "aws_sqs_queue_policy.q: policy"));
    let state = format!(
        r#"{{"version": 4, "terraform_version": "1.9.5", "lineage": "x", "resources": [
        {{"mode": "data", "type": "aws_iam_policy_document", "name": "d", "instances": [{{"attributes": {}}}]}},
        {{"mode": "managed", "type": "aws_iam_policy", "name": "x", "instances": [{{"attributes": {}}}]}}]}}"#,
        values("json"),
        values("policy")
    );
    assert_eq!(names(&super_found(&state)), [("aws_iam_policy.x", Some(PolicyKind::Managed))]);
}
