//! What a report says, word for word: what is asked of each key, which caller is shown, and which findings there are.

use super::{
    BOTH, BOTH_TESTS, GITHUB, NOW, SUPPORT, document, profile, providers, replay, report, statement, trusting,
};
use crate::roles::{ACCOUNT, role_with};
use iamgate::iam_catalog::Details;
use iamgate::iam_eval::session::{Claim, Token};
use iamgate::iam_eval::{Context, ContextValue};
use iamgate::iam_policy::Limits;
use iamgate::iam_policy::value::Instant;
use iamgate::{
    Example, File, IdentityProviders, RoleSnapshot, TokenAnswer, TrustCaller, TrustReport, TrustVerdict,
    provider_of, trust, try_token,
};

/// Policies of every form, each with all that a report says: which caller is shown, what is asked of each key, and which findings there are.
#[test]
fn reports_word_for_word() {
    let w = r#""sts:AssumeRoleWithWebIdentity""#;
    let all = r#"["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"]"#;
    let saml = r#"{"Federated": "arn:aws:iam::123456789012:saml-provider/Okta"}"#;
    let cognito = r#"{"Federated": "cognito-identity.amazonaws.com"}"#;
    let g = "token.actions.githubusercontent.com";
    let docs: Vec<Vec<String>> = vec![
        vec![statement("Allow", GITHUB, w, "")],
        vec![statement(
            "Allow",
            GITHUB,
            w,
            &format!(r#""StringEquals": {{"{g}:aud": "a", "{g}:sub": ["b", "c"]}}"#),
        )],
        vec![statement(
            "Allow",
            GITHUB,
            all,
            &format!(
                r#""StringEquals": {{"{g}:aud": "a", "aws:RequestTag/team": "x", "sts:RoleSessionName": "name", "aws:UserAgent": "u"}}; "StringLike": {{"{g}:sub": "repo:acme/*"}}; "ForAnyValue:StringEquals": {{"aws:TagKeys": "team"}}; "Null": {{"sts:SourceIdentity": "true", "aws:referer": "true"}}"#
            ),
        )],
        vec![statement(
            "Allow",
            GITHUB,
            all,
            &format!(
                r#""StringLike": {{"{g}:sub": "*"}}; "StringNotEquals": {{"{g}:aud": "a"}}; "StringEquals": {{"sts:SourceIdentity": "me"}}"#
            ),
        )],
        vec![statement("Allow", GITHUB, w, &format!(r#""StringLike": {{"{g}:sub": "repo:/*"}}"#))],
        // The usual spelling of the tag is that which the first statement asks for.
        vec![
            statement("Allow", GITHUB, BOTH, r#""ForAnyValue:StringEquals": {"aws:TagKeys": "team"}"#),
            statement("Allow", GITHUB, BOTH, r#""StringEquals": {"aws:RequestTag/TEAM": "x"}"#),
        ],
        vec![
            statement("Allow", GITHUB, w, &format!(r#""StringEquals": {{"{g}:aud": "a"}}"#)),
            statement("Allow", GITHUB, w, &format!(r#""StringLike": {{"{g}:aud": ["b*", "*"]}}"#)),
            statement("Deny", r#""*""#, w, &format!(r#""StringNotLike": {{"{g}:SUB": "c*"}}"#)),
        ],
        vec![statement(
            "Allow",
            GITHUB,
            w,
            &format!(
                r#""ForAnyValue:StringLike": {{"{g}:amr": "auth*"}}; "StringEquals": {{"{g}:email": "e"}}; "Bool": {{"sts:RoleAuthorizedByIdp": "true"}}"#
            ),
        )],
        vec![statement(
            "Allow",
            saml,
            r#""sts:AssumeRoleWithSAML""#,
            r#""StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml", "aws:UserAgent": "u"}"#,
        )],
        vec![statement(
            "Allow",
            cognito,
            w,
            r#""ForAnyValue:StringEquals": {"cognito-identity.amazonaws.com:aud": "a"}; "ForAllValues:StringEquals": {"cognito-identity.amazonaws.com:aud": ["a", "b"]}; "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:aud": "b*"}"#,
        )],
        vec![statement(
            "Allow",
            SUPPORT,
            BOTH,
            &format!(
                r#"{BOTH_TESTS}; "ForAnyValue:StringEqualsIgnoreCase": {{"sts:TransitiveTagKeys": "DoitEnvironment"}}"#
            ),
        )],
        vec![statement(
            "Allow",
            SUPPORT,
            BOTH,
            &format!(r#"{BOTH_TESTS}; "ForAnyValue:StringEquals": {{"aws:TagKeys": "DOITENVIRONMENT"}}"#),
        )],
        vec![statement(
            "Allow",
            SUPPORT,
            BOTH,
            r#""ForAnyValue:StringEquals": {"sts:TransitiveTagKeys": "team"}"#,
        )],
        vec![
            statement(
                "Allow",
                r#"{"AWS": "210987654321"}"#,
                r#""sts:AssumeRole""#,
                r#""StringEquals": {"sts:ExternalId": "secret"}"#,
            ),
            statement(
                "Allow",
                r#"{"AWS": ["111122223333"]}"#,
                r#""sts:AssumeRole""#,
                r#""Bool": {"aws:SecureTransport": "false"}"#,
            ),
            statement(
                "Deny",
                r#""*""#,
                r#""sts:AssumeRole""#,
                r#""StringEquals": {"aws:PrincipalAccount": "444455556666"}"#,
            ),
            statement("Allow", GITHUB, r#""sts:*""#, ""),
        ],
        vec![
            statement(
                "Allow",
                r#"{"Service": ["ec2.amazonaws.com", "ecs.amazonaws.com"]}"#,
                r#"["sts:AssumeRole", "sts:TagSession"]"#,
                "",
            ),
            statement("Allow", r#"{"AWS": "*"}"#, r#""sts:AssumeRole""#, ""),
        ],
        vec![statement(
            "Allow",
            r#"{"Service": ["ec2.amazonaws.com"]}"#,
            r#"["sts:AssumeRole", "sts:TagSession"]"#,
            r#""StringEquals": {"aws:RequestTag/x": "y"}"#,
        )],
        vec![statement(
            "Allow",
            r#"{"Service": ["ec2.amazonaws.com"], "AWS": "210987654321"}"#,
            r#""sts:AssumeRole""#,
            "",
        )],
        vec![statement(
            "Allow",
            r#"{"AWS": "*"}"#,
            r#""sts:AssumeRole""#,
            r#""StringEquals": {"aws:PrincipalAccount": "123456789012"}"#,
        )],
        vec![statement(
            "Allow",
            r#"{"AWS": ["*", "210987654321"]}"#,
            r#""sts:AssumeRole""#,
            r#""StringEquals": {"aws:PrincipalAccount": ["210987654321", "333344445555"]}"#,
        )],
        vec![statement(
            "Allow",
            SUPPORT,
            w,
            r#""StringLike": {"support.cre.doit-intl.com:sub": "a*"}; "StringLikeIfExists": {"support.cre.doit-intl.com:sub": "?*"}"#,
        )],
    ];
    let mut told = String::new();
    for doc in docs {
        let text = document(&doc);
        told.push_str(&format!("{text}\n"));
        for line in lines(&trusting(&text)) {
            told.push_str(&format!("  {line}\n"));
        }
        told.push('\n');
    }
    insta::assert_snapshot!("reports", told);
}

/// A report in lines: the callers of each provider with what is asked of each key, callers with credentials, and findings.
fn lines(role: &RoleSnapshot) -> Vec<String> {
    let report = report(role);
    super::replay(role, &report);
    let shown = |verdict: &iamgate::TrustVerdict| match verdict {
        iamgate::TrustVerdict::Never => "never".to_owned(),
        iamgate::TrustVerdict::Possible(caller) => caller.to_string(),
        iamgate::TrustVerdict::Unknown(doubts) => format!("unknown {doubts:?}"),
    };
    let mut lines = Vec::new();
    for own in &report.tokens {
        let pinned = if own.is_pinned() { " (pinned)" } else { "" };
        lines.push(format!("{}{pinned}: {}", own.issuer, shown(&own.admitted)));
        for key in &own.keys {
            let is_exact = if key.is_exact { " (exact)" } else { "" };
            lines.push(format!("  {} {}{is_exact}: {}", key.key, key.told().join(" or "), shown(&key.other)));
        }
        lines.extend(own.strangers.iter().map(|own| format!("  strangers: {}", shown(own))));
    }
    for own in &report.callers {
        let who = own.service.as_deref().unwrap_or(own.kind.name());
        lines.push(format!(
            "{} {who}: {}; stranger: {}",
            own.statement,
            shown(&own.verdict),
            shown(&own.stranger)
        ));
    }
    for own in &report.findings {
        let example = match &own.example {
            Some(Example::Caller(caller)) => caller,
            Some(Example::Request(_)) | None => "-",
        };
        lines.push(format!("{}: {}; {}; {example}", own.code.name(), own.says, own.help));
    }
    lines
}

const WITH_TOKEN: &str = r#""sts:AssumeRoleWithWebIdentity""#;
const ISSUER: &str = "token.actions.githubusercontent.com";

/// Whether a call opens a session by a policy with one Allow statement.
fn admitted(principal: &str, action: &str, condition: &str) -> Option<bool> {
    of_role(&trusting(&document(&[statement("Allow", principal, action, condition)])))
}

fn of_role(role: &RoleSnapshot) -> Option<bool> {
    let report = report(role);
    replay(role, &report);
    possible(&report)
}

/// The answer about the first provider; without one, about callers with credentials.
fn possible(report: &TrustReport) -> Option<bool> {
    if let Some(own) = report.tokens.first() {
        own.admitted.is_possible()
    } else {
        let all: Vec<Option<bool>> = report.callers.iter().map(|own| own.verdict.is_possible()).collect();
        if all.contains(&Some(true)) {
            Some(true)
        } else {
            all.into_iter().find(Option::is_none).unwrap_or(Some(false))
        }
    }
}

/// Calls are made at any time from now on, and both keys of the time tell the same.
#[test]
fn calls_are_made_from_now_on() {
    let date = |test: &str, seconds: i64| {
        format!(r#""Date{test}": {{"aws:CurrentTime": "{}"}}"#, Instant::from_epoch_seconds(seconds))
    };
    let epoch = |test: &str, seconds: i64| format!(r#""Numeric{test}": {{"aws:EpochTime": "{seconds}"}}"#);
    let (past, soon, later) = (NOW - 9, NOW + 3_600, NOW + 200_000_000);
    let of = |conditions: &[String]| admitted(GITHUB, WITH_TOKEN, &conditions.join("; "));
    for (conditions, expected) in [
        (vec![date("GreaterThan", later)], Some(true)),
        (vec![date("LessThan", soon)], Some(true)),
        (vec![date("LessThan", past)], Some(false)),
        (vec![epoch("GreaterThan", later)], Some(true)),
        (vec![epoch("LessThan", soon)], Some(true)),
        (vec![epoch("LessThan", past)], Some(false)),
        (vec![date("GreaterThan", later), epoch("GreaterThan", later)], Some(true)),
        (vec![date("LessThan", soon), epoch("Equals", NOW)], Some(true)),
        (vec![date("Equals", NOW), epoch("LessThan", soon)], Some(true)),
        (vec![date("LessThan", soon), epoch("LessThan", past)], Some(false)),
        (vec![date("LessThan", past), epoch("LessThan", soon)], Some(false)),
        // No call is both. That is not proven.
        (vec![date("GreaterThan", later), epoch("LessThan", soon)], None),
    ] {
        let role = trusting(&document(&[statement("Allow", GITHUB, WITH_TOKEN, &conditions.join("; "))]));
        assert_eq!(of(&conditions), expected, "{conditions:?} {:?}", report(&role).tokens[0].admitted);
    }
    // Whether a statement asks for the time in the other way does not matter to those that do not.
    let other = statement("Allow", SUPPORT, WITH_TOKEN, &epoch("Equals", NOW));
    let own = statement("Allow", GITHUB, WITH_TOKEN, &date("GreaterThan", later));
    assert_eq!(of_role(&trusting(&document(&[own, other]))), Some(true));
    // Transitive tags are told apart at any time.
    let transitive = r#""ForAnyValue:StringEquals": {"sts:TransitiveTagKeys": "team"}"#.to_owned();
    assert_eq!(admitted(GITHUB, BOTH, &[transitive, date("GreaterThan", later)].join("; ")), Some(true));
}

/// The keys of each kind of call: which values they may have.
#[test]
fn keys_have_the_values_that_calls_may_have() {
    let (saml, credentials) = (r#""sts:AssumeRoleWithSAML""#, r#""sts:AssumeRole""#);
    let okta = r#"{"Federated": "arn:aws:iam::123456789012:saml-provider/Okta"}"#;
    let (google, cognito) =
        (r#"{"Federated": "accounts.google.com"}"#, r#"{"Federated": "cognito-identity.amazonaws.com"}"#);
    let account = r#"{"AWS": "210987654321"}"#;
    let of = |key: &str| format!("{ISSUER}:{key}");
    let both = |key: &str, one: &str, other: &str| {
        format!(
            r#""ForAnyValue:StringEquals": {{"{key}": "{one}"}}; "ForAnyValue:StringLike": {{"{key}": "{other}"}}"#
        )
    };
    let equals = |key: &str, value: &str| format!(r#""StringEquals": {{"{key}": "{value}"}}"#);
    let absent = |key: &str, is_absent: bool| format!(r#""Null": {{"{key}": "{is_absent}"}}"#);
    for (principal, action, condition, expected) in [
        // Claims: `sub` and `aud` are there and have one value each; others may be absent, and `amr` may have several values.
        (GITHUB, WITH_TOKEN, absent(&of("sub"), true), false),
        (GITHUB, WITH_TOKEN, both(&of("sub"), "a", "b"), false),
        (GITHUB, WITH_TOKEN, both(&of("aud"), "a", "b"), false),
        (GITHUB, WITH_TOKEN, both(&of("amr"), "a", "b"), true),
        (GITHUB, WITH_TOKEN, absent(&of("amr"), true), true),
        (GITHUB, WITH_TOKEN, equals(&of("email"), "a"), true),
        (GITHUB, WITH_TOKEN, absent(&of("email"), true), true),
        (GITHUB, WITH_TOKEN, both(&of("email"), "a", "b"), false),
        (google, WITH_TOKEN, equals("accounts.google.com:email", "a"), true),
        (cognito, WITH_TOKEN, both("cognito-identity.amazonaws.com:aud", "a", "b"), true),
        // The provider may say that the role is one of the token's, and says nothing of assertions.
        (GITHUB, WITH_TOKEN, r#""Bool": {"sts:RoleAuthorizedByIdp": "true"}"#.into(), true),
        (GITHUB, WITH_TOKEN, r#""Bool": {"sts:RoleAuthorizedByIdp": "false"}"#.into(), true),
        (GITHUB, WITH_TOKEN, absent("sts:RoleAuthorizedByIdp", true), false),
        (okta, saml, absent("sts:RoleAuthorizedByIdp", true), true),
        (okta, saml, absent("sts:RoleAuthorizedByIdp", false), false),
        (account, credentials, absent("sts:RoleAuthorizedByIdp", true), true),
        (account, credentials, absent("sts:RoleAuthorizedByIdp", false), false),
        // What any call has.
        (okta, saml, equals("aws:SourceIp", "x"), false),
        (okta, saml, equals("aws:UserAgent", "x"), true),
        (okta, saml, equals("saml:sub", "x"), true),
        (okta, saml, r#""Bool": {"aws:SecureTransport": "false"}"#.into(), false),
        (account, credentials, r#""Bool": {"aws:SecureTransport": "true"}"#.into(), true),
        (account, credentials, r#""Bool": {"aws:SecureTransport": "false"}"#.into(), false),
        (account, credentials, equals("aws:ResourceAccount", ACCOUNT), true),
        (account, credentials, equals("aws:ResourceAccount", "210987654321"), false),
        (account, credentials, absent("aws:ResourceTag/team", false), false),
        // Values that STS takes for tags, and names.
        (GITHUB, BOTH, equals("aws:RequestTag/team", "x+y"), true),
        (GITHUB, BOTH, equals("aws:RequestTag/team", "x<y"), false),
        (GITHUB, BOTH, r#""ForAnyValue:StringEquals": {"aws:TagKeys": "x<y"}"#.into(), false),
        (GITHUB, BOTH, r#""ForAnyValue:StringLike": {"aws:TagKeys": "x<*"}"#.into(), false),
        (GITHUB, WITH_TOKEN, equals("sts:RoleSessionName", "x y"), false),
        (
            GITHUB,
            r#"["sts:AssumeRoleWithWebIdentity", "sts:SetSourceIdentity"]"#,
            equals("sts:SourceIdentity", "x y"),
            false,
        ),
        (
            GITHUB,
            BOTH,
            (1..=6).map(|n| equals(&format!("aws:RequestTag/t{n}"), if n == 6 { "x<y" } else { "x" })).collect::<Vec<_>>().join(";"),
            false,
        ),
        // Tags that are passed, and none of those that a policy names.
        (
            GITHUB,
            BOTH,
            format!(
                "{}; {}; {}",
                absent("aws:TagKeys", false),
                absent("aws:RequestTag/a", true),
                absent("aws:RequestTag/b", true)
            ),
            true,
        ),
        // Of which tags there are, wildcards say nothing.
        (
            GITHUB,
            BOTH,
            format!(
                r#""ForAllValues:StringLike": {{"aws:TagKeys": ["", "a*", "b*", "c?", "d*", "e*", "team"]}}; {}"#,
                equals("aws:RequestTag/team", "x")
            ),
            true,
        ),
        (
            GITHUB,
            BOTH,
            r#""ForAnyValue:StringEquals": {"sts:TransitiveTagKeys": "team"}; "ForAllValues:StringNotEqualsIgnoreCase": {"aws:TagKeys": "team"}"#.into(),
            false,
        ),
        // A token may spell the key of a tag as it likes.
        (GITHUB, BOTH, r#""ForAnyValue:StringEquals": {"aws:TagKeys": "DOITENVIRONMENT"}"#.into(), true),
        (
            GITHUB,
            BOTH,
            format!(
                r#"{}; {}; "ForAnyValue:StringEquals": {{"aws:TagKeys": "TEAM"}}"#,
                equals("aws:RequestTag/cost", "x"),
                equals("aws:RequestTag/team", "x")
            ),
            true,
        ),
        // A service passes no tags.
        (
            r#"{"Service": "ec2.amazonaws.com"}"#,
            r#"["sts:AssumeRole", "sts:TagSession"]"#,
            equals("aws:RequestTag/team", "x"),
            false,
        ),
        (account, r#"["sts:AssumeRole", "sts:TagSession"]"#, equals("aws:RequestTag/team", "x"), true),
    ] {
        assert_eq!(admitted(principal, action, &condition), Some(expected), "{principal} {condition}");
    }
}

/// What is said of a call counts, unless it follows from the call.
#[test]
fn what_is_said_of_a_call_counts() {
    let of = |principal: &str, action: &str, condition: &str, call: &Context| {
        let role = trusting(&document(&[statement("Allow", principal, action, condition)]));
        let (now, details) = (Instant::from_epoch_seconds(NOW), Details::embedded().unwrap());
        let report = trust(&role, &providers(), profile("standard").tag(), now, call, &details);
        replay(&role, &report);
        (possible(&report), report.premises)
    };
    let one = |key: &str, value: &str| Context::new().with(key, ContextValue::single(value));
    let inside = r#""IpAddress": {"aws:SourceIp": "192.0.2.0/24"}"#;
    let via = r#""ForAnyValue:StringEquals": {"aws:CalledVia": "x.amazonaws.com"}"#;
    let no_via = r#""Null": {"aws:CalledVia": "true"}"#;
    let vias =
        Context::new().with("aws:CalledVia", ContextValue::multiple(["x.amazonaws.com", "y.amazonaws.com"]));
    let no_vias = Context::new().with("aws:CalledVia", ContextValue::multiple::<&str>([]));
    for (principal, action) in [(GITHUB, WITH_TOKEN), (r#"{"AWS": "210987654321"}"#, r#""sts:AssumeRole""#)] {
        for (condition, call, expected) in [
            (inside, one("aws:SourceIp", "192.0.2.7"), true),
            (inside, one("aws:SourceIp", "198.51.100.7"), false),
            (inside, Context::new().with("aws:SourceIp", ContextValue::Unknown), true),
            (via, vias.clone(), true),
            (via, no_vias.clone(), false),
            (no_via, vias.clone(), false),
            (no_via, no_vias.clone(), true),
        ] {
            assert_eq!(
                of(principal, action, condition, &call).0,
                Some(expected),
                "{principal} {condition} {call:?}"
            );
        }
    }
    let call = one("aws:SourceIp", "192.0.2.7")
        .with("aws:CurrentTime", ContextValue::single("2021-01-01T00:00:00Z"));
    let past = r#""DateLessThan": {"aws:CurrentTime": "2022-01-01T00:00:00Z"}"#;
    let (possible, premises) = of(GITHUB, WITH_TOKEN, past, &call);
    assert_eq!(possible, Some(false));
    for premise in [
        "aws:SourceIp is \"192.0.2.7\"",
        "aws:CurrentTime follows from the call, and what was said of it does not count",
    ] {
        assert!(premises.iter().any(|own| **own == *premise), "{premise}: {premises:?}");
    }
}

/// A Deny of a resource control policy counts if it is about the role. Of one whose resource has variables nothing is concluded.
#[test]
fn denies_of_resource_control_policies_count_if_they_are_about_the_role() {
    let trusted = document(&[statement("Allow", GITHUB, WITH_TOKEN, "")]);
    let all = r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#;
    let own = role_with(&[]).arn().to_string();
    let other = "arn:aws:iam::123456789012:role/other";
    let variable = "arn:aws:iam::${aws:ResourceAccount}:*";
    for (resource, expected) in [
        (r#""Resource": "*""#.to_owned(), Some(false)),
        (format!(r#""Resource": "{own}""#), Some(false)),
        (format!(r#""Resource": "{}""#, own.replace("role/", "role/x")), Some(true)),
        (format!(r#""Resource": "{other}""#), Some(true)),
        (format!(r#""Resource": ["{other}", "{own}"]"#), Some(false)),
        (format!(r#""NotResource": "{other}""#), Some(false)),
        (format!(r#""NotResource": "{own}""#), Some(true)),
        (format!(r#""NotResource": ["{other}", "{own}"]"#), Some(true)),
        (format!(r#""Resource": "{variable}""#), None),
        (format!(r#""NotResource": ["{variable}x", "{own}"]"#), Some(true)),
        (format!(r#""NotResource": "{variable}x""#), None),
    ] {
        let deny = format!(r#"{{"Effect": "Deny", "Principal": "*", "Action": "sts:*", {resource}}}"#);
        let rcp = document(&[all.to_owned(), deny]);
        let role = role_with(&[("trust.json", &trusted), ("rcp/root/own.json", &rcp)]);
        assert_eq!(of_role(&role), expected, "{resource}");
    }
}

/// Statements for other providers say nothing about the callers of one.
#[test]
fn statements_count_for_the_providers_that_they_name() {
    let own = |principal: &str, condition: &str| statement("Allow", principal, WITH_TOKEN, condition);
    let never = format!(r#""StringEquals": {{"{ISSUER}:environment": "x", "aws:PrincipalType": "Account"}}"#);
    for other in [own(SUPPORT, ""), own(r#""*""#, ""), own(r#"{"AWS": "*"}"#, "")] {
        let role = trusting(&document(&[own(GITHUB, &never), other]));
        assert_eq!(of_role(&role), Some(false));
    }
    // So it is with the further requests of a call.
    let tagged = own(GITHUB, r#""Null": {"aws:TagKeys": "false"}"#);
    for (who, expected) in [(GITHUB, true), (SUPPORT, false), (r#""*""#, false), (r#"{"AWS": "*"}"#, false)] {
        let tagging = statement("Allow", who, r#""sts:TagSession""#, "");
        let role = trusting(&document(&[tagged.clone(), tagging]));
        assert_eq!(of_role(&role), Some(expected), "{who}");
    }
}

/// So many ways to allow a call are not put together.
#[test]
fn too_many_ways_to_allow_a_call_are_told() {
    let of = |count: usize| {
        let sources: Vec<String> =
            (0..count).map(|n| format!(r#""IpAddress": {{"aws:SourceIp": "192.0.2.{n}"}}"#)).collect();
        let actions = [WITH_TOKEN, r#""sts:TagSession""#, r#""sts:SetSourceIdentity""#];
        let statements = actions
            .iter()
            .flat_map(|action| sources.iter().map(move |own| statement("Allow", GITHUB, action, own)));
        document(&statements.collect::<Vec<_>>())
    };
    let report = report(&trusting(&of(17)));
    let TrustVerdict::Unknown(doubts) = &report.tokens[0].admitted else { panic!() };
    let told: Vec<String> = doubts.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "17 Allow statements of the trust policy for the call, 17 for sts:TagSession and 17 for sts:SetSourceIdentity make more \
          than 4096 ways to allow it; allow all these actions in the same statements"
        ]
    );
}

/// The doubts about a policy with one Allow statement are about that statement.
#[test]
fn a_doubt_names_the_statement_that_it_is_about() {
    let past_and_future = r#""DateGreaterThan": {"aws:CurrentTime": "2037-01-01T00:00:00Z"}; "NumericLessThan": {"aws:EpochTime": "1800000000"}"#;
    let doubtful = statement("Allow", GITHUB, WITH_TOKEN, past_and_future);
    let named = |sid: &str| doubtful.replacen('{', &format!(r#"{{"Sid": "{sid}", "#), 1);
    let never = statement("Allow", GITHUB, WITH_TOKEN, r#""Bool": {"aws:SecureTransport": "false"}"#);
    for (statements, number) in [
        (vec![doubtful.clone()], "1"),
        (vec![never.clone(), doubtful.clone()], "2"),
        (vec![never.clone(), named("own")], "`own`"),
        (vec![never, named("")], "2"),
    ] {
        let report = report(&trusting(&document(&statements)));
        let TrustVerdict::Unknown(doubts) = &report.tokens[0].admitted else { panic!() };
        assert!(!doubts.is_empty());
        for doubt in doubts {
            let place = format!("statement {number} of the trust policy (line 1): ");
            assert!(doubt.to_string().starts_with(&place), "{doubt}");
        }
    }
}

/// A provider whose tokens have one subject is admitted if that subject is; one with several, if one is that the policy names.
#[test]
fn the_subject_that_a_provider_has_is_the_one_that_counts() {
    let of = |subject: &str, condition: &str| {
        let text = format!(
            r#"{{"schema": "iamgate/identity-providers", "version": 1, "providers": [{{"issuer": "support.cre.doit-intl.com", "audience": "123456789012"{subject}}}]}}"#
        );
        let file = File { name: "providers.json".into(), text };
        let providers = IdentityProviders::load(&file, ACCOUNT, &Limits::default()).unwrap();
        let role =
            trusting(&document(&[statement("Allow", SUPPORT, BOTH, &format!("{BOTH_TESTS}; {condition}"))]));
        let (now, details) = (Instant::from_epoch_seconds(NOW), Details::embedded().unwrap());
        let report = trust(&role, &providers, profile("standard").tag(), now, &Context::new(), &details);
        let own = &report.providers[0];
        let sent = own.authorization.as_ref().unwrap().decisions[0].0.context.clone();
        let subject = own.trials.iter().find(|own| own.differs == "of another subject").unwrap();
        (
            own.is_admitted(),
            super::sampler::text(&sent, "support.cre.doit-intl.com:sub"),
            subject.verdict.is_possible(),
        )
    };
    let sub = |value: &str| format!(r#""StringEquals": {{"support.cre.doit-intl.com:sub": {value}}}"#);
    let (ana, bo) = (r#", "subject": "ana""#, r#", "subject": "bo""#);
    let told =
        |is_admitted: bool, subject: &str, other: bool| (is_admitted, Some(subject.to_owned()), Some(other));
    assert_eq!(of(ana, &sub(r#""ana""#)), told(true, "ana", false));
    assert_eq!(of(ana, &sub(r#"["ana", "bo"]"#)), told(true, "ana", true));
    assert_eq!(of(bo, &sub(r#""ana""#)), told(false, "bo", true));
    assert_eq!(of("", &sub(r#"["ana", "bo"]"#)), told(true, "ana", false));
    assert_eq!(
        of("", r#""StringLike": {"support.cre.doit-intl.com:sub": "a*"}"#),
        told(false, "someone", true)
    );
    assert_eq!(of("", &sub(r#"["ana", "someone"]"#)), told(true, "someone", false));
}

/// Why one token is admitted or not, statement by statement.
#[test]
fn the_reasons_for_one_token_name_the_statements_that_count() {
    let trusted = document(&[
        statement("Allow", GITHUB, WITH_TOKEN, &format!(r#""StringEquals": {{"{ISSUER}:aud": "a"}}"#)),
        statement("Allow", GITHUB, r#""sts:TagSession""#, ""),
        statement("Allow", SUPPORT, WITH_TOKEN, ""),
        statement("Deny", r#""*""#, r#""sts:*""#, r#""IpAddress": {"aws:SourceIp": "192.0.2.0/24"}"#),
        statement("Allow", GITHUB, WITH_TOKEN, &format!(r#""StringEquals": {{"{ISSUER}:sub": "nobody"}}"#)),
    ]);
    let rcp = document(&[
        r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#.to_owned(),
        format!(
            r#"{{"Effect": "Deny", "Principal": "*", "Action": "sts:*", "Resource": "*", "Condition": {{"StringEquals": {{"{ISSUER}:sub": "evil"}}}}}}"#
        ),
    ]);
    let role = role_with(&[("trust.json", &trusted), ("rcp/root/own.json", &rcp)]);
    let tried = |issuer: &str, aud: &str, sub: &str, source: Option<&str>| -> TokenAnswer {
        let token = Token::default().with("sub", Claim::One(sub.into())).with("aud", Claim::One(aud.into()));
        let call = source
            .map_or_else(Context::new, |ip| Context::new().with("aws:SourceIp", ContextValue::single(ip)));
        let now = Instant::from_epoch_seconds(NOW);
        try_token(&role, &provider_of(&role, issuer), token, "session", now, &call)
    };
    let (inside, outside) = (Some("192.0.2.7"), Some("198.51.100.7"));
    let by_audience =
        format!(r"statement 1 does not allow it for certain: {ISSUER}:aud StringEquals `a`, and it is `b`");
    let by_subject = format!(
        r"statement 5 does not allow it for certain: {ISSUER}:sub StringEquals `nobody`, and it is `x`"
    );
    for (answer, is_admitted, depends, reasons) in [
        (tried(ISSUER, "a", "x", outside), true, false, vec!["statement 1 allows it".to_owned()]),
        (tried(ISSUER, "b", "x", outside), false, false, vec![by_audience, by_subject.clone()]),
        (
            tried(ISSUER, "a", "x", inside),
            false,
            false,
            vec!["statement 4 denies it".to_owned(), by_subject.clone()],
        ),
        (
            tried(ISSUER, "a", "x", None),
            false,
            true,
            vec![
                r"statement 4 may deny it: aws:SourceIp IpAddress `192.0.2.0/24`, and it is not known"
                    .to_owned(),
                by_subject,
            ],
        ),
        (
            tried(ISSUER, "a", "evil", outside),
            false,
            false,
            vec![by_evil(), "statement 2 of a resource control policy denies it".to_owned()],
        ),
        (
            tried("other.example.com", "a", "x", outside),
            false,
            false,
            vec!["no statement names this provider and this action".to_owned()],
        ),
    ] {
        let told: Vec<&str> = answer.reasons[0].iter().map(|own| &**own).collect();
        assert_eq!(
            (told, answer.is_admitted(), answer.depends()),
            (reasons.iter().map(|own| &**own).collect(), is_admitted, depends)
        );
    }
}

fn by_evil() -> String {
    format!(
        r"statement 5 does not allow it for certain: {ISSUER}:sub StringEquals `nobody`, and it is `evil`"
    )
}

/// An issuer is looked up among the providers that the policy names, in whatever account and case.
#[test]
fn an_issuer_is_a_provider_that_the_policy_names() {
    let elsewhere = "arn:aws:iam::999999999999:oidc-provider/Login.example.com/a";
    let named = format!(r#"{{"Federated": ["{elsewhere}", "accounts.google.com"]}}"#);
    let role = trusting(&document(&[statement("Allow", &named, WITH_TOKEN, "")]));
    let own = "arn:aws:iam::123456789012:oidc-provider";
    for (wanted, expected) in [
        ("https://login.example.com/a/", elsewhere.to_owned()),
        ("Login.example.com/a", elsewhere.to_owned()),
        (elsewhere, elsewhere.to_owned()),
        ("https://accounts.google.com", "accounts.google.com".to_owned()),
        ("other.example.com", format!("{own}/other.example.com")),
        ("https://login.example.com", format!("{own}/login.example.com")),
        (
            "arn:aws:iam::1:oidc-provider/x.example.com",
            "arn:aws:iam::1:oidc-provider/x.example.com".to_owned(),
        ),
    ] {
        assert_eq!(*provider_of(&role, wanted), *expected, "{wanted}");
    }
}

#[test]
fn kinds_of_callers_are_written_by_their_names() {
    let all: Vec<String> = TrustCaller::ALL.iter().map(|own| format!("{own:>15}")).collect();
    assert_eq!(
        all,
        ["           doit", " other provider", "  aws principal", "        service", "      everybody"]
    );
}
