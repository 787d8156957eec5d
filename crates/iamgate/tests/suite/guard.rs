//! Guards: what they deny, what they cost, and the profile that they are written into.

use super::roles::ACCOUNT;
use super::small::{ARN, GUARD, READS, TAGGED, file, load, managed, profile_text, role};
use iamgate::iam_analysis::VerdictKind;
use iamgate::iam_catalog::{AccessLevel, Catalog, Details, SensitivityClass};
use iamgate::iam_policy::{ActionPattern, Limits};
use iamgate::{
    Guard, GuardError, GuardReason, GuardRequest, Premises, Profile, RefusedAction, RoleSnapshot, guard,
    guarded_text, prove_read_only,
};

fn patterns(texts: &[&str]) -> Vec<ActionPattern> {
    texts.iter().map(|text| ActionPattern::parse(text).unwrap()).collect()
}

fn written(profile: &Profile, role: Option<&RoleSnapshot>, keep: &[&str]) -> Result<Guard, GuardError> {
    let keep = patterns(keep);
    guard(&GuardRequest { profile, role, keep: &keep }, &Catalog::embedded().unwrap())
}

fn names(list: &[RefusedAction]) -> Vec<&str> {
    list.iter().map(|own| &*own.action).collect()
}

/// The profile with its guard replaced, in which everything else is the same.
#[track_caller]
fn rewritten(text: &str, guard: &Guard) -> String {
    let managed = managed("v1", READS);
    let new = guarded_text(&file("small.json", text), &load(text, &managed), guard).unwrap();
    let read = load(&new, &managed);
    assert_eq!(
        (read.characters(), read.policies()[0].policy().to_json()),
        (guard.characters, guard.policy.to_json())
    );
    let (catalog, details) = (Catalog::embedded().unwrap(), Details::embedded().unwrap());
    let proof = prove_read_only(None, &read, &catalog, &details, &Premises::default());
    assert_eq!(proof.verdict(), VerdictKind::Holds, "{new}");
    new
}

#[test]
fn a_guard_says_what_it_refuses_and_why() {
    let managed = managed("v1", READS);
    let profile = load(&profile_text(&format!("{GUARD},\n      {TAGGED}")), &managed);
    let guard = written(&profile, None, &[]).unwrap();
    let refused: Vec<&RefusedAction> = guard.patterns.iter().flat_map(|own| &own.refused).collect();
    let reasons = |action: &str| {
        let own = refused.iter().find(|own| &*own.action == action).unwrap_or_else(|| panic!("{refused:?}"));
        own.reasons.clone()
    };
    assert_eq!(
        reasons("secretsmanager:GetSecretValue"),
        [GuardReason::NeverAllowed(SensitivityClass::Credentials)]
    );
    assert_eq!(reasons("sqs:ReceiveMessage"), [GuardReason::NeverAllowed(SensitivityClass::StoredData)]);
    // The old guard let it pass.
    assert_eq!(
        guard.changes.refused_newly.iter().map(|own| &**own).collect::<Vec<_>>(),
        ["secretsmanager:GetRandomPassword"]
    );
    assert!(guard.characters <= guard.budget && guard.changes.no_longer_refused.is_empty());
    // Nothing harmless is lost with so much room.
    assert!(
        guard.patterns.iter().all(|own| own.lost.is_empty() && own.lost_elsewhere.is_empty()),
        "{guard:?}"
    );
}

#[test]
fn levels_unknown_names_and_what_is_always_denied_are_reasons() {
    let actions = format!(r#"{READS}, "sqs:CreateQueue", "sqs:InventQueue""#);
    let managed = managed("v2", &actions);
    let text = profile_text(TAGGED)
        .replace(r#""always_denied": []"#, r#""always_denied": ["sts:AssumeRole"]"#)
        .replace(r#""never_allowed": ["Credentials", "StoredData"]"#, r#""never_allowed": ["Credentials"]"#);
    let guard = written(&load(&text, &managed), None, &[]).unwrap();
    let reasons = |action: &str| {
        let all = guard.patterns.iter().flat_map(|own| &own.refused);
        all.filter(|own| &*own.action == action).flat_map(|own| own.reasons.clone()).collect::<Vec<_>>()
    };
    assert!(reasons("sqs:CreateQueue").contains(&GuardReason::Level(AccessLevel::Write)));
    assert!(reasons("sqs:CreateQueue").contains(&GuardReason::NotKept(SensitivityClass::ResourceExposure)));
    assert_eq!(reasons("sqs:InventQueue"), [GuardReason::NotInCatalogue]);
    assert!(reasons("sts:AssumeRole").contains(&GuardReason::AlwaysDenied));
    assert_eq!(reasons("sqs:ReceiveMessage"), [GuardReason::NotKept(SensitivityClass::StoredData)]);
}

#[test]
fn reads_of_the_role_are_the_dearest() {
    let managed = managed("v1", READS);
    let text = profile_text(TAGGED);
    let whole = load(&text, &managed);
    let long = written(&whole, None, &[]).unwrap();
    // The shortest patterns deny harmless reads too.
    let tight = (1..long.characters)
        .map(|budget| whole.clone().with_budget(budget))
        .find(|own| written(own, None, &[]).is_ok())
        .unwrap();
    let harmless = |guard: &Guard| {
        let lost = guard.patterns.iter().flat_map(|own| own.lost.iter().chain(&own.lost_elsewhere));
        lost.map(ToString::to_string).collect::<Vec<_>>()
    };
    let short = written(&tight, None, &[]).unwrap();
    assert!(short.characters < long.characters && !harmless(&short).is_empty(), "{short:?}");
    // One that is kept is never denied; with it, the guard is longer.
    let kept = harmless(&short)[0].clone();
    let Err(GuardError::TooLong { characters, budget, patterns }) = written(&tight, None, &[&kept]) else {
        panic!("{kept} fits")
    };
    assert!(characters > budget && !patterns.is_empty());
    let lengths: Vec<usize> = patterns.iter().map(|own| own.pattern.text().len()).collect();
    assert!(lengths.is_sorted_by(|a, b| a >= b), "{lengths:?}");
    assert!(!harmless(&written(&whole, None, &[&kept]).unwrap()).contains(&kept));
    // What the role has is told apart.
    let policy = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "{kept}", "Resource": "*"}}}}"#
    );
    let role = role(&[("inline/own.json", &policy)], &managed);
    let own = written(&tight, Some(&role), &[]).unwrap();
    assert!(own.patterns.iter().any(|own| own.lost.contains(&kept.as_str().into())), "{own:?}");
}

#[test]
fn a_conflict_names_every_action() {
    let managed = managed("v1", READS);
    let profile = load(&profile_text(TAGGED), &managed);
    let Err(GuardError::Conflict { actions }) = written(&profile, None, &["secretsmanager:*Value", "sqs:*"])
    else {
        panic!("no conflict")
    };
    assert_eq!(names(&actions), ["secretsmanager:GetSecretValue", "sqs:ReceiveMessage"]);
}

/// Only the guard changes, wherever and however it is written.
#[test]
fn the_text_of_the_profile_keeps_every_other_byte() {
    let managed = managed("v1", READS);
    let inline = r#"{"Effect": "Deny", "Action": ["secretsmanager:GetSecretValue"], "Resource": "*"}"#;
    let one = r#"{
        "Sid": "Guard",
        "Effect": "Deny",
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "*"
      }"#;
    let allow = r#"{"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}"#;
    for (statements, wanted) in [
        (format!("{GUARD},\n      {TAGGED}"), 1),
        (format!("{inline}, {TAGGED}"), 1),
        (format!("{TAGGED},\n      {one}"), 1),
        // A second one is taken out.
        (format!("{one},\n      {allow},\n      {GUARD},\n      {inline}"), 1),
        // None is there yet.
        (TAGGED.to_owned(), 1),
        (format!("{allow},\n      {TAGGED}"), 1),
        (allow.to_owned(), 1),
    ] {
        let text = profile_text(&statements);
        let guard = written(&load(&text, &managed), None, &[]).unwrap();
        let new = rewritten(&text, &guard);
        let (before, behind) = text.split_once(&statements).unwrap();
        assert!(new.starts_with(before.trim_end()) && new.ends_with(behind), "{new}");
        for own in [TAGGED, allow].iter().filter(|own| statements.contains(**own)) {
            assert!(new.contains(own), "{new}");
        }
        let listed = new.matches("\"Deny\"").count() - statements.matches("StringNotEquals").count();
        assert_eq!(listed, wanted, "{new}");
        // Written again, it is the same text.
        let again = written(&load(&new, &managed), None, &[]).unwrap();
        assert_eq!(rewritten(&new, &again), new);
        assert_eq!(again.changes, iamgate::GuardChanges::default());
    }
    // Laid out as it was.
    let text = profile_text(&format!("{GUARD},\n      {TAGGED}"));
    let guard = written(&load(&text, &managed), None, &[]).unwrap();
    let lines: Vec<String> =
        guard.patterns.iter().map(|own| format!("          \"{}\"", own.pattern.text())).collect();
    let list = format!("\"Action\": [\n{}\n        ],\n        \"Resource\"", lines.join(",\n"));
    assert!(rewritten(&text, &guard).contains(&list), "{list}");
    // A policy of one statement without a list.
    let single = profile_text(TAGGED).replace(&format!("[\n      {TAGGED}\n    ]"), TAGGED);
    let guard = written(&load(&single, &managed), None, &[]).unwrap();
    let read = Profile::load(
        &file("small.json", &rewritten(&single, &guard)),
        ACCOUNT,
        &managed,
        &Limits::default(),
    );
    assert_eq!(read.unwrap().managed()[0].found().arn(), ARN);
}

/// A wildcard allows names that nobody knows yet. What the profile does not foresee is denied whole.
#[test]
fn wildcards_that_the_profile_does_not_foresee_are_denied() {
    let (catalog, details) = (Catalog::embedded().unwrap(), Details::embedded().unwrap());
    let verdict = |actions: &str, keep: &[&str]| {
        let managed = managed("v2", &format!("{READS}, {actions}"));
        let text = profile_text(TAGGED);
        let guard = written(&load(&text, &managed), None, keep).unwrap();
        let new = guarded_text(&file("small.json", &text), &load(&text, &managed), &guard).unwrap();
        let proof = prove_read_only(None, &load(&new, &managed), &catalog, &details, &Premises::default());
        (proof.verdict(), guard)
    };
    for actions in [
        r#""sqs:Peek*""#,
        r#""sqs:Peek*", "sqs:Pe*Message", "sqs:PeekAtMessage""#,
        r#""s3:*""#,
        r#""rds:Download*""#,
    ] {
        let (verdict, guard) = verdict(actions, &[]);
        assert_eq!(verdict, VerdictKind::Holds, "{actions}: {:?}", guard.patterns);
    }
    let (_, guard) = verdict(r#""sqs:Peek*""#, &[]);
    let told =
        guard.patterns.iter().flat_map(|own| &own.refused).find(|own| &*own.action == "sqs:Peek*").unwrap();
    assert_eq!(told.reasons, [GuardReason::NotInCatalogue]);
    // What must not be denied stays; the proof then tells that the promise is broken, and all else is denied.
    let (verdict, guard) = verdict(r#""s3:*""#, &["s3:ListBucket"]);
    assert_eq!(verdict, VerdictKind::Fails);
    assert!(guard.patterns.iter().flat_map(|own| &own.refused).any(|own| &*own.action == "s3:PutObject"));
}

/// What is refused only on some resources has a statement of its own, which is put in once.
#[test]
fn what_is_refused_only_on_some_resources_costs_nothing_elsewhere() {
    let (catalog, details) = (Catalog::embedded().unwrap(), Details::embedded().unwrap());
    let managed = managed("v2", &format!(r#"{READS}, "apigateway:GET""#));
    let single = profile_text(TAGGED).replace(&format!("[\n      {TAGGED}\n    ]"), TAGGED);
    for text in [profile_text(TAGGED), profile_text(&format!("{GUARD},\n      {TAGGED}")), single] {
        // The action has other classes too, which the profile keeps.
        let kept = r#""kept": [{"actions": ["apigateway:GET"], "why": "Settings."}]"#;
        let text = text
            .replace(r#""kept": []"#, kept)
            .replace(r#"["Credentials", "StoredData"]"#, r#"["Credentials"]"#);
        let guard = written(&load(&text, &managed), None, &[]).unwrap();
        let narrow: Vec<(&str, &str)> =
            guard.narrow.iter().map(|own| (own.action.text(), own.resource.text())).collect();
        assert_eq!(narrow, [("apigateway:GET", "arn:*:apigateway:*::/*keys*")]);
        let new = guarded_text(&file("small.json", &text), &load(&text, &managed), &guard).unwrap();
        let read = load(&new, &managed);
        assert_eq!(
            (read.characters(), read.policies()[0].policy().to_json()),
            (guard.characters, guard.policy.to_json())
        );
        let proof = prove_read_only(None, &read, &catalog, &details, &Premises::default());
        assert_eq!(proof.verdict(), VerdictKind::Holds, "{new}");
        let again = written(&read, None, &[]).unwrap();
        assert_eq!(guarded_text(&file("small.json", &new), &read, &again).unwrap(), new);
    }
}

/// A class that an action has only on some resources leaves its other classes as they are.
#[test]
fn classes_on_some_resources_are_proven_apart() {
    let details = Details::embedded().unwrap();
    let head = "iam-catalog actions 1\nsource here 1\ndate 2026-01-02\ncounts 1 2\n@sqs - SQS\n";
    let verdict = |actions: &str, never: &str, kept: &str, denied: &str| {
        let catalog = format!("{head}{actions}\n");
        let catalog = Catalog::parse(&catalog).unwrap();
        let managed = managed("v1", READS);
        let deny = |(action, resource): (&str, &str)| {
            format!(r#"{{"Effect": "Deny", "Action": "sqs:{action}", "Resource": "{resource}"}}, "#)
        };
        let denied: String = denied.split(' ').filter_map(|own| own.split_once('=')).map(deny).collect();
        let text = profile_text(&format!("{denied}{TAGGED}"))
            .replace(r#""Credentials", "StoredData""#, never)
            .replace(r#""kept": []"#, &format!(r#""kept": [{{"actions": [{kept}], "why": "Test."}}]"#))
            .replace(r#""future": ["#, r#""future": ["sqs:*", "secretsmanager:*", "#);
        prove_read_only(None, &load(&text, &managed), &catalog, &details, &Premises::default()).verdict()
    };
    // A pattern with a star in the partition is read in two ways, so that a claim may also be not known.
    let credentials = r#""Credentials""#;
    let both = r#""sqs:GetQueueUrl", "sqs:ListQueues""#;
    let narrow = "RGetQueueUrl c c=arn:*:sqs:*:*:key*\nLListQueues cd d=arn:*:sqs:*:*:data*";
    // The action of the second line has credentials everywhere, although it has data only on some resources.
    let on_some = "GetQueueUrl=arn:*:sqs:*:*:key* ListQueues=arn:*:sqs:*:*:data*";
    assert_ne!(verdict(narrow, credentials, both, on_some), VerdictKind::Holds);
    assert_eq!(
        verdict(narrow, credentials, both, "GetQueueUrl=arn:*:sqs:*:*:key* ListQueues=*"),
        VerdictKind::Holds
    );
    assert_ne!(verdict(narrow, credentials, both, "ListQueues=*"), VerdictKind::Holds);
    // What is not kept is refused where it has the class, also if the class is not one that is never allowed.
    let data = "RGetQueueUrl d d=arn:*:sqs:*:*:data*\nLListQueues";
    assert_ne!(verdict(data, credentials, r#""sqs:ListQueues""#, ""), VerdictKind::Holds);
    assert_eq!(
        verdict(data, credentials, r#""sqs:ListQueues""#, "GetQueueUrl=arn:*:sqs:*:*:data*"),
        VerdictKind::Holds
    );
    assert_eq!(verdict(data, credentials, both, ""), VerdictKind::Holds);
}

/// The guards of the built-in profiles are what the writer makes of them, so that nobody changes one by hand.
#[test]
fn the_guards_of_the_built_in_profiles_are_what_is_written() {
    let (managed, catalog) = (iamgate::built_in::managed().unwrap(), Catalog::embedded().unwrap());
    let role = iamgate::built_in::support_gateway(&managed).unwrap();
    for (name, _) in iamgate::built_in::PROFILES {
        let name = name.strip_suffix(".json").unwrap();
        let profile = iamgate::built_in::profile(name, role.account(), &managed).unwrap();
        let written =
            guard(&GuardRequest { profile: &profile, role: Some(&role), keep: &[] }, &catalog).unwrap();
        let inline = profile.policies().iter().find(|named| named.is_inline()).unwrap();
        assert_eq!(written.policy.to_json(), inline.policy().to_json(), "{name}");
        // The README of the profiles has this number.
        let lost: std::collections::BTreeSet<_> = written.patterns.iter().flat_map(|own| &own.lost).collect();
        assert!(name != "standard" || lost.len() == 184, "{}", lost.len());
        // What engineers need is left to them.
        for pattern in &written.patterns {
            let lost = pattern.lost.iter().chain(&pattern.lost_elsewhere);
            for action in lost {
                let is_needed = |own: &ActionPattern| iamgate::iam_eval::action_matches(own, action);
                assert!(!profile.guard().needed().iter().any(is_needed), "{name}: {action}");
            }
        }
    }
}

/// Reads that once passed as harmless. No profile lets a session have the first ones; the others are denied, or kept for a reason.
#[test]
fn reads_that_passed_as_harmless_are_denied_or_kept_for_a_reason() {
    let credentials = [
        "acm:GetAcmeExternalAccountBindingCredentials",
        "amplify:GetApp",
        "cloudwatch:GetSpaceCredentials",
        "cloudwatch:GetSpaceCredentialsForOrganization",
        "codepipeline:GetJobDetails",
        "codepipeline:GetThirdPartyJobDetails",
        "cognito-idp:DescribeIdentityProvider",
        "directconnect:DescribeVirtualInterfaces",
        "ec2:DescribeVpnConnections",
        "license-manager:GetAccessToken",
        "mediapackage:DescribeChannel",
        "ssm:GetAccessToken",
        "workspaces-web:GetIdentityProvider",
    ];
    let data = [
        "agent-registry:InvokeRegistryMcp",
        "amplify:ListWebHooks",
        "bedrock-mantle:GetFile",
        "bedrock:AgenticRetrieveStream",
        "bedrock:GetAgentMemory",
        "bedrock:GetDocumentContent",
        "bedrock:GetInvoke",
        "codebuild:BatchGetProjects",
        "dynamodb:ReadDataForReplication",
        "dynamodb:SearchVectors",
        "ecs:DescribeTaskDefinition",
        "gameliftstreams:GetStreamUrl",
        "glacier:GetJobOutput",
        "lambda:GetFunctionConfiguration",
        "lambda:ListFunctions",
        "omics:GetReadSet",
        "s3-outposts:GetObject",
    ];
    let (managed, catalog) = (iamgate::built_in::managed().unwrap(), Catalog::embedded().unwrap());
    let account = ACCOUNT;
    for (name, _) in iamgate::built_in::PROFILES {
        let name = name.strip_suffix(".json").unwrap();
        let profile = iamgate::built_in::profile(name, account, &managed).unwrap();
        let layers = iamgate::session_layers(None, &profile);
        let principal = iamgate::session_principal(None);
        let decide = |action: &str, resource: &str| {
            let action = iamgate::Action::new(action).unwrap();
            let mut request = iamgate::Request::new(principal.clone(), action, resource);
            let tag = iamgate::ContextValue::single(account);
            request.context.set("aws:PrincipalTag/DoitEnvironment", tag);
            layers.decide(&request)
        };
        for action in credentials.iter().chain(&data) {
            let known = catalog.action(action).unwrap();
            assert!(!known.sensitivity.is_empty(), "{action} has no class");
            let is_allowed = decide(action, "*") == iamgate::Decision::Allowed;
            let is_kept = profile.kept_for(action).is_some_and(|kept| !kept.why().is_empty());
            assert!(!is_allowed || is_kept, "{name}: {action} is allowed and not kept");
            assert!(!is_allowed || data.contains(action), "{name}: {action}");
            assert_eq!(
                known.sensitivity.contains(SensitivityClass::Credentials),
                credentials.contains(action)
            );
        }
        // API Gateway is read, and its keys are not. A name that the catalogue lacks is denied, or counted among those that come later.
        for keys in ["apikeys", "apikeys/abc", "usageplans/x/keys/abc"] {
            let arn = format!("arn:aws:apigateway:eu-west-1::/{keys}");
            assert_eq!(decide("apigateway:GET", &arn), iamgate::Decision::ExplicitDeny, "{name}: {arn}");
        }
        let apis = decide("apigateway:GET", "arn:aws:apigateway:eu-west-1::/restapis");
        assert_eq!(apis, iamgate::Decision::Allowed, "{name}");
        let later = iamgate::AddedLater::of(&profile);
        let unknown = decide("cloudwatch:GetSpaceDataAccess", "*") == iamgate::Decision::Allowed;
        assert!(!unknown || later.services.contains(&"cloudwatch".into()), "{name}");
    }
}
