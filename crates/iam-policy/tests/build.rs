//! Policies that a program makes: whatever is made reads back as it is, and what was read can be made again from its parts.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    reason = "a test stops at the first surprise"
)]

#[expect(dead_code, reason = "shared with other tests")]
mod support;

use PolicyKind as K;
use iam_policy::{
    ActionElement, ActionPattern, BuildError, ConditionKey, Conditions, Effect, Flag, Grantees,
    IdentityStatement, Limits, Mode, NamedPrincipal, Operator, Pattern, Piece, Policy, PolicyKind,
    PrincipalElement, Principals, ResourceElement, ResourcePattern, ResourceStatement, Size, Span, Spanned,
    Statement, Syntax, Test, TrustStatement, Values, Version, account_id, sid,
};
use proptest::prelude::*;
use support::{json_text, policies};

fn read(text: &str, kind: PolicyKind) -> Policy {
    let mut limits = Limits::default();
    limits.document_bytes = usize::MAX;
    Policy::parse(text, kind, Mode::Deployed, &limits).unwrap_or_else(|report| panic!("{text}: {report}"))
}

/// A policy that was made is what its text reads as, to the last place.
fn is_its_text(made: &Policy) {
    let text = made.to_string();
    let again = read(&text, made.kind);
    assert_eq!(&again, made);
    assert_eq!(made.size, Size::of(&text));
    assert_eq!(format!("{:?}", again.statements), format!("{:?}", made.statements), "{text}");
    assert_eq!(format!("{:?}", again.id), format!("{:?}", made.id));
    let end = u32::try_from(text.len()).unwrap();
    assert_eq!(again.position(end), made.position(end));
    for statement in &made.statements {
        assert_eq!(statement.place.span.of(&text), statement.to_string());
    }
}

fn actions(element: &ActionElement) -> ActionElement {
    let texts = element.patterns().iter().map(|p| p.value.text().parse::<ActionPattern>().unwrap());
    if element.is_not() { ActionElement::all_but(texts) } else { texts.collect() }
}

fn resources(element: &ResourceElement) -> ResourceElement {
    let texts = element.patterns().iter().map(|p| p.value.text().parse::<ResourcePattern>().unwrap());
    if element.is_not() { ResourceElement::all_but(texts) } else { texts.collect() }
}

fn conditions(statement: &Statement) -> Conditions {
    statement.conditions.iter().fold(Conditions::none(), |all, own| {
        let own = Conditions::parse(&own.test.value.to_string(), own.key.value.as_str(), own.values.texts());
        all.and(own.unwrap()).unwrap()
    })
}

fn entries(principals: &Principals) -> Vec<NamedPrincipal> {
    let made = principals.entries().iter().map(|entry| match entry.value.key() {
        "AWS" => NamedPrincipal::parse_aws(entry.value.text()).unwrap(),
        "Service" => NamedPrincipal::parse_service(entry.value.text()).unwrap(),
        other => panic!("{other}"),
    });
    made.collect()
}

/// The statement once more, from the texts of its parts.
fn made_again(statement: &Statement, kind: PolicyKind) -> Statement {
    let (effect, action) = (statement.effect.value, actions(&statement.action));
    let conditions = conditions(statement);
    let sid = statement.sid.as_ref().map(|sid| sid.value.parse::<iam_policy::Sid>().unwrap());
    match &statement.principal {
        None => {
            let resource = resources(statement.resource.as_ref().unwrap());
            let made = IdentityStatement::new(effect, action, resource).when(conditions);
            sid.into_iter().fold(made, IdentityStatement::with_sid).into()
        }
        Some(PrincipalElement::Principal(own)) if kind == PolicyKind::Trust => {
            let made = match effect {
                Effect::Allow => TrustStatement::allow(entries(own), action),
                Effect::Deny => TrustStatement::deny(entries(own), action),
            };
            sid.into_iter().fold(made.when(conditions), TrustStatement::with_sid).into()
        }
        Some(element) => {
            let whom = match element.principals() {
                Principals::Everyone(_) => Grantees::everyone(),
                Principals::Entries(_) => Grantees::of(entries(element.principals())).unwrap(),
            };
            let resource = statement.resource.as_ref().map_or_else(ResourceElement::any, resources);
            let made = match element {
                PrincipalElement::Principal(_) => ResourceStatement::new(effect, whom, action, resource),
                PrincipalElement::NotPrincipal(_) => {
                    ResourceStatement::deny_all_but(whom, action, resource).unwrap()
                }
            };
            let made = if statement.resource.is_none() { made.without_resource() } else { made };
            sid.into_iter().fold(made.when(conditions), ResourceStatement::with_sid).into()
        }
    }
}

/// What a pattern matches, however it is written: neighbouring texts as one.
fn meaning(pattern: &Pattern) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut is_text = false;
    for piece in pattern.pieces() {
        match piece {
            Piece::Text(text) if is_text => all.last_mut().unwrap().push_str(text),
            Piece::Text(text) => all.push(text.to_owned()),
            other => all.push(format!("{other:?}")),
        }
        is_text = matches!(piece, Piece::Text(_));
    }
    all
}

fn meanings(policy: &Policy) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for statement in &policy.statements {
        let resources = statement.resource.iter().flat_map(ResourceElement::patterns);
        all.extend(resources.map(|p| meaning(p.value.pattern())));
        for condition in &statement.conditions {
            match &condition.values {
                Values::String(values) | Values::Arn(values) => {
                    all.extend(values.iter().map(|v| meaning(&v.value)));
                }
                other => all.push(other.texts().into_iter().map(str::to_owned).collect()),
            }
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_was_read_is_made_again((kind, policy) in policies()) {
        let policy = read(&json_text(&policy, true), kind);
        let id = policy.id.as_ref().map(|id| id.value.clone());
        let with_id = |made: Policy| id.iter().fold(made, |made, id| made.with_id(id));

        let whole = with_id(Policy::new(kind, policy.statements.iter().cloned()).unwrap());
        is_its_text(&whole);
        prop_assert_eq!(whole.version, Version::V2012);
        prop_assert_eq!(meanings(&whole), meanings(&policy));
        if policy.version == Version::V2012 {
            prop_assert_eq!(&whole, &policy);
            let parts = policy.statements.iter().map(|own| made_again(own, kind));
            let parts = with_id(Policy::new(kind, parts).unwrap());
            is_its_text(&parts);
            prop_assert_eq!(&parts, &policy);
        }
        // One more statement, and all of them twice.
        let more = whole.with_statement(whole.statements[0].clone()).unwrap();
        is_its_text(&more);
        prop_assert_eq!(more.statements.len(), whole.statements.len() + 1);
        prop_assert_eq!(&more.id, &whole.id);
        let twice = whole.and(&policy).unwrap();
        is_its_text(&twice);
        prop_assert_eq!(&twice.statements[whole.statements.len()..], &whole.statements[..]);
    }

    #[test]
    fn exact_patterns_are_plain_text(text in support::texts(), wildcards in any::<bool>()) {
        let pattern = Pattern::exactly(&text, wildcards);
        prop_assert!(!pattern.has_wildcards() && !pattern.has_variables());
        let plain: String = pattern.pieces().map(|piece| match piece {
            Piece::Text(text) => text,
            other => panic!("{other:?}"),
        }).collect();
        prop_assert_eq!(plain, text.clone());
        let prefix = Pattern::beginning_with(&text);
        prop_assert_eq!(prefix.stars(), 1);
        prop_assert!(text.contains(['*', '?', '$']) || text.is_empty() || prefix.as_prefix() == Some(&text));
    }
}

#[test]
fn policies_without_statements_are_about_nothing() {
    for policy in [Policy::managed([]), Policy::resource([])] {
        is_its_text(&policy);
        assert!(
            policy.to_string().contains(r#""Effect":"Deny""#)
                && policy.to_string().contains(r#""NotAction":"*""#)
        );
    }
    let none: [Statement; 0] = [];
    assert_eq!(
        refused(Policy::new(PolicyKind::Managed, none)),
        "EMPTY_ARRAY_STATEMENT: the list of statements is empty: no statement"
    );
    assert_eq!(ActionElement::all_but([]), ActionElement::any());
    assert_eq!(ResourceElement::all_but([]), ResourceElement::any());
    is_its_text(&Policy::everything());
    is_its_text(&Policy::allowing(["s3:*".parse().unwrap(), "sqs:Get?".parse().unwrap()]));
}

fn refused<T: std::fmt::Debug>(result: Result<T, BuildError>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn statements_of_other_kinds_are_refused_with_their_place() {
    let all = || (ActionElement::any(), ResourceElement::any());
    let identity: Statement = IdentityStatement::allow(all().0, all().1).into();
    let resource: Statement = ResourceStatement::allow(account_id!("111122223333"), all().0, all().1).into();
    let trust: Statement = TrustStatement::allow([], ActionElement::any()).into();
    let code = |kind, statement: &Statement| {
        let made = Policy::new(kind, [statement.clone()]);
        made.err().map(|error| (error.code().name(), error.statement()))
    };
    for kind in [K::Identity, K::Managed, K::Boundary, K::Session, K::Scp] {
        assert_eq!(code(kind, &identity), None);
        let name = if kind == K::Scp { "SCP_SYNTAX_ERROR_PRINCIPAL" } else { "UNSUPPORTED_PRINCIPAL" };
        assert_eq!(code(kind, &resource), Some((name, Some(0))));
    }
    for kind in [K::Resource, K::Kms, K::VpcEndpoint] {
        assert_eq!(code(kind, &identity), Some(("MISSING_PRINCIPAL", Some(0))));
        assert_eq!(code(kind, &resource), None);
    }
    assert_eq!(code(K::Resource, &trust), None);
    assert_eq!(code(K::VpcEndpoint, &trust), Some(("MISSING_RESOURCE", Some(0))));
    assert_eq!(code(K::Trust, &trust), None);
    assert_eq!(code(K::Trust, &resource), Some(("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", Some(0))));
    assert_eq!(code(K::Rcp, &resource), Some(("RCP_SYNTAX_ERROR_PRINCIPAL", Some(0))));
    let everyone = ResourceStatement::deny(Grantees::everyone(), all().0, all().1);
    assert_eq!(code(K::Rcp, everyone.statement()), None);
    let not = ResourceStatement::deny(
        Grantees::everyone(),
        ActionElement::all_but(["s3:*".parse().unwrap()]),
        all().1,
    );
    assert_eq!(code(K::Rcp, not.statement()), Some(("RCP_SYNTAX_ERROR_NOTACTION", Some(0))));

    let second = Policy::new(K::Managed, [identity, resource]);
    assert_eq!(
        refused(second),
        "UNSUPPORTED_PRINCIPAL in statement 2: Principal does not belong into this kind of policy: a principal element"
    );
    assert!(Policy::everything().used_as(K::Session).is_ok());
    assert!(Policy::everything().used_as(K::Resource).is_err());
    assert!(Policy::everything().with_statement(everyone).is_err());
}

#[test]
fn not_principal_exempts_somebody() {
    let all = || (ActionElement::any(), ResourceElement::any());
    let but = |whom: Grantees| ResourceStatement::deny_all_but(whom, all().0, all().1);
    assert!(but(account_id!("111122223333").into()).is_ok());
    assert!(refused(but(Grantees::everyone())).starts_with("INVALID_PRINCIPAL_FORMAT"));
    assert!(
        refused(but(Grantees::of([NamedPrincipal::Aws]).unwrap())).starts_with("INVALID_PRINCIPAL_FORMAT")
    );
    assert!(refused(but(Grantees::of([]).unwrap())).starts_with("EMPTY_ARRAY_NOT_ELEMENT"));
    let github = NamedPrincipal::parse_federated("token.actions.githubusercontent.com").unwrap();
    assert!(refused(Grantees::of([github.clone()])).starts_with("FEDERATED_PRINCIPAL_NOT_SUPPORTED"));

    // What was read and then changed by hand is looked at again.
    let mut changed: Statement = but(account_id!("111122223333").into()).unwrap().into();
    changed.effect.value = Effect::Allow;
    assert!(refused(ResourceStatement::try_from(changed.clone())).starts_with("ALLOW_WITH_NOT_PRINCIPAL"));
    changed.effect.value = Effect::Deny;
    changed.resource = None;
    assert!(
        refused(TrustStatement::try_from(changed)).starts_with("ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL")
    );
    assert!(
        TrustStatement::try_from(Statement::from(TrustStatement::allow([github], ActionElement::any())))
            .is_ok()
    );
}

#[test]
fn conditions_are_checked() {
    let parse = |test, key, texts: &[&str]| Conditions::parse(test, key, texts);
    for (test, key, text, code) in [
        ("StringEqual", "a:b", "x", "INVALID_CONDITION_OPERATOR"),
        ("NullIfExists", "a:b", "true", "NULL_WITH_IF_EXISTS"),
        ("StringEquals", "ab", "x", "INVALID_CONDITION_KEY_FORMAT"),
        ("StringEquals", "a:b", "${x", "MISSING_BRACE_IN_VARIABLE"),
        ("NumericEquals", "a:b", "x", "TYPE_MISMATCH_NUMBER"),
        ("DateEquals", "a:b", "x", "INVALID_DATE_VALUE"),
        ("IpAddress", "a:b", "x", "TYPE_MISMATCH_IP_RANGE"),
        ("BinaryEquals", "a:b", "x", "TYPE_MISMATCH_BINARY"),
        ("Bool", "a:b", "x", "TYPE_MISMATCH_BOOLEAN"),
        ("Null", "a:b", "x", "TYPE_MISMATCH_BOOLEAN"),
        ("ArnLike", "a:b", "arn:aws:iam", "INVALID_ARN_IN_CONDITION"),
    ] {
        assert_eq!(parse(test, key, &[text]).unwrap_err().code().name(), code);
    }
    let one = parse("StringEquals", "aws:userid", &["a"]).unwrap();
    let twice = one.clone().and(parse("stringequals", "aws:userid", &["b"]).unwrap());
    assert_eq!(twice.unwrap_err().code().name(), "DUPLICATE_JSON_KEY");
    let twice = one.clone().and(parse("StringEquals", "AWS:userid", &["b"]).unwrap());
    assert_eq!(twice.unwrap_err().code().name(), "DUPLICATE_KEYS_WITH_DIFFERENT_CASE");
    // Operators stand together, whatever stood between them.
    let three = one
        .and(parse("Bool", "aws:SecureTransport", &["${a:b}"]).unwrap())
        .unwrap()
        .and(
            Conditions::new(
                Test::new(None, Operator::Bool, true),
                &"a:b".parse::<ConditionKey>().unwrap(),
                Values::Bool(vec![Spanned::new(Flag::Literal(true), Span::default())]),
            )
            .unwrap(),
        )
        .unwrap()
        .and(parse("StringEquals", "a:b", &[]).unwrap())
        .unwrap();
    let statement = IdentityStatement::allow(ActionElement::any(), ResourceElement::any())
        .when(three)
        .with_sid(sid!("A1"));
    is_its_text(&Policy::managed([statement]));

    let key: ConditionKey = "a:b".parse().unwrap();
    let equals = Test::new(None, Operator::StringEquals, false);
    let wild = Pattern::parse("a*", Syntax::new(true, true)).unwrap();
    let values = Values::String(vec![Spanned::new(wild, Span::default())]);
    assert_eq!(
        refused(Conditions::new(equals, &key, values.clone())),
        "INVALID_CONDITION_DATA_TYPE: a condition value is a string, a number, a boolean, or a list of these: \
         wildcards under StringEquals of `a:b`"
    );
    assert!(Conditions::new(Test::new(None, Operator::Bool, false), &key, values).is_err());
    assert!(Conditions::new(Test::new(None, Operator::Null, true), &key, Values::Null(vec![])).is_err());
}

/// `${` is plain text in documents of older versions, and stays that in what is made of their statements.
#[test]
fn older_statements_keep_their_meaning() {
    let text = r#"{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Action":"s3:*",
        "Resource":["arn:aws:s3:::a/${aws:username}*","arn:aws:s3"],
        "Condition":{"StringEquals":{"aws:userid":"${x}*"},"StringLike":{"aws:userid":"${x}*"}}}]}"#;
    let policy = read(text, PolicyKind::Managed);
    let made = policy
        .with_statement(IdentityStatement::deny("s3:Put*".parse().unwrap(), "*".parse().unwrap()))
        .unwrap();
    is_its_text(&made);
    assert_eq!(made.version, Version::V2012);
    assert_eq!(meanings(&made)[..4], meanings(&policy)[..]);
    assert_eq!(
        made.statements[0].to_string(),
        r#"{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::a/${$}{aws:username}*","arn:aws:s3"],"Condition":{"StringEquals":{"aws:userid":"${$}{x}*"},"StringLike":{"aws:userid":"${$}{x}*"}}}"#
    );
}

/// A resource with fewer fields than an ARN, and the short form of API Gateway (rule 3.11), stay as they are written.
#[test]
fn older_resources_keep_their_form() {
    let text = r#"{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke",
        "Resource":["execute-api:/${stage}/*","arn:aws:execute-api:${x"]}]}"#;
    let policy = read(text, PolicyKind::Resource);
    let statement = ResourceStatement::deny(
        Grantees::everyone(),
        "execute-api:Invoke".parse().unwrap(),
        "arn:aws:execute-api:*:*:a/*".parse().unwrap(),
    );
    let made = policy.with_statement(statement).unwrap();
    is_its_text(&made);
    assert_eq!(meanings(&made)[..2], meanings(&policy)[..]);
    let forms: Vec<_> = made.statements[0]
        .resource
        .iter()
        .flat_map(ResourceElement::patterns)
        .map(|own| {
            let pattern = &own.value;
            (pattern.text(), pattern.is_of_this_api(), pattern.written().map(Pattern::text))
        })
        .collect();
    let short = "arn:aws:execute-api:${$}{x";
    assert_eq!(forms, [("execute-api:/${$}{stage}/*", true, None), (short, false, Some(short))]);
}

/// Where `${` stands nowhere, the version of what was read stays.
#[test]
fn versions_stay_where_they_can() {
    let deny = || IdentityStatement::deny("s3:Put*".parse().unwrap(), "*".parse().unwrap());
    for version in [r#""Version":"2008-10-17","#, ""] {
        let text = format!(
            r#"{{{version}"Statement":[{{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a/$*"}}]}}"#
        );
        let policy = read(&text, PolicyKind::Managed);
        let made = policy.with_statement(deny()).unwrap();
        assert_eq!(made.version, policy.version);
        assert_eq!(made.statements[0], policy.statements[0]);
        is_its_text(&made);
        let variable =
            IdentityStatement::allow("s3:*".parse().unwrap(), "arn:aws:s3:::${a:b}".parse().unwrap());
        let made = policy.with_statement(variable).unwrap();
        assert_eq!(made.version, Version::V2012);
        is_its_text(&made);
    }
}

/// The variants take any text: one of another kind would name somebody else in the document.
#[test]
fn principals_have_texts_of_their_own_kind() {
    let ec2 = |name: &str| NamedPrincipal::Service(name.into());
    for entry in [
        NamedPrincipal::User("*".into()),
        NamedPrincipal::Role("garbage".into()),
        NamedPrincipal::Account { text: "1".into() },
        NamedPrincipal::Session("arn:aws:iam::111122223333:role/R".into()),
        ec2("a*"),
    ] {
        assert!(Grantees::of([entry.clone()]).is_err(), "{entry:?}");
        let trust = TrustStatement::allow([entry.clone()], "sts:AssumeRole".parse().unwrap());
        assert!(Policy::new(PolicyKind::Trust, [trust]).is_err(), "{entry:?}");
    }
    assert!(Grantees::of([ec2("ec2.amazonaws.com")]).is_ok());
    let role: iam_policy::RoleArn = "arn:aws:iam::111122223333:role/a*b/Name".parse().unwrap();
    assert!(Grantees::try_from(&role).is_err());
}

/// Laid out, an empty list or object stays on its line, and the text has the content of the canonical one.
#[test]
fn empty_lists_are_laid_out_on_one_line() {
    let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":[]},"Action":[],"Resource":[],"Condition":{"StringEquals":{"aws:username":[]}}}]}"#;
    let policy = Policy::parse(text, PolicyKind::Resource, Mode::Deployed, &Limits::default()).unwrap();
    let laid_out = format!("{policy:#}");
    assert_eq!(
        laid_out,
        r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {},
      "Action": [],
      "Resource": [],
      "Condition": {
        "StringEquals": {
          "aws:username": []
        }
      }
    }
  ]
}"#
    );
    let content = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(content(&laid_out), content(&policy.to_json()));
    let again = Policy::parse(&laid_out, PolicyKind::Resource, Mode::Deployed, &Limits::default()).unwrap();
    assert_eq!(again, policy);
}

#[test]
fn a_policy_without_statements_is_laid_out() {
    let text = r#"{"Version":"2012-10-17","Statement":[]}"#;
    let policy = Policy::parse(text, PolicyKind::Identity, Mode::Deployed, &Limits::default()).unwrap();
    assert_eq!(format!("{policy:#}"), "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": []\n}");
}
