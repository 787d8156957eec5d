//! Questions whose answers rest on one rule each: what bears on an action, what is assumed of resource policies, whom a boundary limits.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use iam_analysis::{
    ActionNames, Actions, Analysis, CallerKind, Callers, Doubt, Fact, Question, Reach, ResourcePolicies,
    Space, Verdict, covers,
};
use iam_eval::{ContextValue, Layers, LetterCase, Principal};
use iam_policy::{Limits, Mode, Partition, Pattern, Policy, PolicyKind, Syntax, account_id};

fn policy(statements: &[&str], kind: PolicyKind) -> Arc<Policy> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(", "));
    Arc::new(Policy::parse(&text, kind, Mode::Deployed, &Limits::default()).unwrap())
}

fn identity(statements: &[&str]) -> Layers {
    let mut layers = Layers::new();
    layers.identity.push(policy(statements, PolicyKind::Identity));
    layers
}

const ALL: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
const NONE: &str = r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#;

/// An action is allowed always, or within resources, under conditions, or both.
#[test]
fn reach_says_what_limits_each_action() {
    let layers = identity(&[
        r#"{"Effect": "Allow", "Action": ["s3:a", "s3:b", "s3:c", "s3:d"], "Resource": "*"}"#,
        r#"{"Effect": "Deny", "Action": ["s3:b", "s3:d"], "Resource": "arn:aws:s3:::secret/*"}"#,
        r#"{"Effect": "Deny", "Action": ["s3:c", "s3:d"], "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#,
    ]);
    let names = ActionNames::new(["s3:a", "s3:b", "s3:c", "s3:d", "s3:e"]);
    let reaches = Analysis::with_names(Space::new(), names).reach(&Question::new(&layers));
    let limited = |by_resource, by_condition| Reach::Limited { by_resource, by_condition };
    let mut found: Vec<(&str, Reach)> =
        reaches.iter().flat_map(|own| own.actions.iter().map(|action| (&**action, own.reach))).collect();
    found.sort_unstable();
    let expected = [
        ("s3:a", Reach::Always),
        ("s3:b", limited(true, false)),
        ("s3:c", limited(false, true)),
        ("s3:d", limited(true, true)),
    ];
    assert_eq!(found, expected);
    for own in &reaches {
        assert!(own.allowed.is_some(), "{own:?}");
        assert_eq!(own.refused.is_some(), own.reach != Reach::Always, "{own:?}");
    }
}

/// Who asks limits the resources to a partition. That is no statement's doing.
#[test]
fn the_partition_of_who_asks_is_no_limit_of_an_action() {
    let layers = identity(&[
        r#"{"Effect": "Allow", "Action": "s3:a", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}"#,
        r#"{"Effect": "Allow", "Action": "s3:b", "Resource": "arn:aws:s3:::b/*"}"#,
        r#"{"Effect": "Allow", "Action": "s3:c", "Resource": "*"}"#,
    ]);
    let role: iam_policy::RoleArn = "arn:aws:iam::111122223333:role/R".parse().unwrap();
    let principal = Principal::assumed_role(&role.session(&"ci".parse().unwrap()), &role);
    let names = ActionNames::new(["s3:a", "s3:b", "s3:c"]);
    let question = Question::new(&layers).asked_by(&principal);
    let reaches = Analysis::with_names(Space::new(), names).reach(&question);
    let mut found: Vec<(&str, Reach)> =
        reaches.iter().flat_map(|own| own.actions.iter().map(|action| (&**action, own.reach))).collect();
    found.sort_unstable();
    let limited = |by_resource, by_condition| Reach::Limited { by_resource, by_condition };
    assert_eq!(
        found,
        [("s3:a", limited(false, true)), ("s3:b", limited(true, false)), ("s3:c", Reach::Always)]
    );
}

/// A proof about an action is told; of actions that a Deny takes as a whole nothing is. The same where readings matter to another action.
#[test]
fn proofs_are_told_unless_they_are_trivial() {
    let proven = r#"{"Effect": "Allow", "Action": "s3:a", "Resource": "*", "Condition": {"StringEquals": {"s3:k": "x"}}}"#;
    let but = r#"{"Effect": "Deny", "Action": "s3:a", "Resource": "*", "Condition": {"StringLike": {"s3:k": "x*"}}}"#;
    let trivial = [
        r#"{"Effect": "Allow", "Action": "s3:b", "Resource": "*"}"#,
        r#"{"Effect": "Deny", "Action": "s3:b", "Resource": "*"}"#,
    ];
    let readings = r#"{"Effect": "Allow", "Action": "s3:c", "Resource": "*", "Condition": {"NumericNotEquals": {"s3:n": "1"}}}"#;
    let nothing = Layers::new();
    let told = [("s3:a", true), ("s3:c", false)];
    for (more, told) in [(&[][..], &told[..1]), (&[readings], &told)] {
        let layers = identity(&[&[proven, but], &trivial[..], more].concat());
        let question = Question::new(&layers).beyond(&nothing).about(Actions::Listed);
        let names = ActionNames::new(["s3:a", "s3:b", "s3:c"]);
        let answers = Analysis::with_names(Space::new(), names).by_action(&question);
        let found: Vec<(&str, bool)> =
            answers.iter().map(|own| (&*own.example, own.verdict == Verdict::Holds)).collect();
        assert_eq!(found, told);
    }
}

/// Answers that are open because of variables come last, and all of them are given.
#[test]
fn each_action_that_is_open_by_variables_has_its_answer() {
    let never = |action: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "*", "Condition": {{
                "StringEquals": {{"aws:RequestTag/x": "${{aws:PrincipalTag/{action}}}"}},
                "StringNotEquals": {{"aws:RequestTag/x": "${{aws:PrincipalTag/{action}}}"}}}}}}"#
        )
    };
    // Many, so that requests are judged by compiled policies too.
    let all: Vec<String> = ('a'..='l').map(|letter| format!("s3:{letter}")).collect();
    let statements: Vec<String> = all.iter().map(|action| never(action)).collect();
    let layers = identity(&statements.iter().map(String::as_str).collect::<Vec<_>>());
    let names = ActionNames::new(all.iter().map(String::as_str));
    let question = Question::new(&layers).about(Actions::Listed);
    let answers = Analysis::with_names(Space::new(), names).by_action(&question);
    let examples: Vec<&str> = answers.iter().map(|answer| &*answer.example).collect();
    assert_eq!(examples, all);
    for answer in &answers {
        let Verdict::Unknown(doubts) = &answer.verdict else { panic!("{answer:?}") };
        assert!(doubts.iter().all(|doubt| matches!(doubt, Doubt::Variables { .. })), "{doubts:?}");
    }
}

/// What is assumed of resource policies concerns the first layers only, and every request that is found is one that they may allow.
#[test]
fn assumed_resource_policies_may_grant_what_no_policy_does() {
    let none = Layers::new();
    let question = Question::new(&none).beyond(&none).assuming(ResourcePolicies::Any);
    assert!(matches!(Analysis::new(Space::new()).never(&question), Verdict::Fails(_)));
    let given = Question::new(&none).beyond(&none);
    assert_eq!(Analysis::new(Space::new()).never(&given), Verdict::Holds);
    // Many actions, so that requests are judged by compiled policies, where that may be done.
    let names: Vec<String> = (0..30).map(|number| format!("s3:a{number:02}")).collect();
    let denies: Vec<String> = names
        .iter()
        .map(|name| {
            format!(
                r#"{{"Effect": "Deny", "Action": "{name}", "Resource": "arn:aws:s3:::{}"}}"#,
                name.replace("s3:", "")
            )
        })
        .collect();
    let layers = identity(&denies.iter().map(String::as_str).collect::<Vec<_>>());
    let list = ActionNames::new(names.iter().map(String::as_str));
    for policies in [ResourcePolicies::NoneNamesTheSession, ResourcePolicies::Any] {
        let question = Question::new(&layers).beyond(&none).assuming(policies).about(Actions::Listed);
        let answers = Analysis::with_names(Space::new(), list.clone()).by_action(&question);
        assert_eq!(answers.len(), names.len(), "{policies}");
        assert!(answers.iter().all(|answer| matches!(answer.verdict, Verdict::Fails(_))), "{policies}");
    }
}

/// RCPs do not bear on `kms:RetireGrant` (rule 5.41), and only on it.
#[test]
fn one_action_is_beyond_resource_control_policies() {
    let mut layers = identity(&[ALL]);
    let full = r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#;
    let deny = r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}"#;
    let deny_here = r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "arn:*:*:*:*:*"}"#;
    layers.rcp =
        Some(vec![vec![policy(&[full, deny], PolicyKind::Rcp), policy(&[deny_here], PolicyKind::Rcp)]]);
    let nothing = Layers::new();
    let names = ActionNames::new(["kms:RetireGrant", "kms:Decrypt", "kms:Encrypt"]);
    let question = Question::new(&layers).beyond(&nothing).about(Actions::Listed);
    let answers = Analysis::with_names(Space::new(), names).by_action(&question);
    let allowed: Vec<&str> = answers
        .iter()
        .filter(|answer| matches!(answer.verdict, Verdict::Fails(_)))
        .flat_map(|answer| answer.actions.iter().map(|action| &**action))
        .collect();
    assert_eq!(allowed, ["kms:RetireGrant"]);
    for (action, is_allowed) in [("kms:RetireGrant", true), ("KMS:retiregrant", true), ("kms:Decrypt", false)]
    {
        let one = Actions::One(iam_eval::Action::new(action).unwrap());
        let verdict = Analysis::new(Space::new()).never(&Question::new(&layers).beyond(&nothing).about(one));
        assert_eq!(matches!(verdict, Verdict::Fails(_)), is_allowed, "{action}: {verdict:?}");
    }
    // Other Denies bear on requests without a resource under every reading.
    let mut denied = identity(&[ALL, NONE]);
    denied.rcp = Some(vec![vec![policy(&[full], PolicyKind::Rcp)]]);
    let one = Actions::One(iam_eval::Action::new("s3:GetObject").unwrap());
    assert_eq!(
        Analysis::new(Space::new()).never(&Question::new(&denied).beyond(&nothing).about(one)),
        Verdict::Holds
    );
}

/// Who is limited by a boundary is never exempt from a Deny with `NotPrincipal` (rule 5.7).
#[test]
fn a_boundary_keeps_everybody_from_being_exempt() {
    let owner = account_id!("111122223333");
    let spared = r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "NotPrincipal": {"AWS": ["111122223333",
        "arn:aws:iam::111122223333:user/ana"]}}"#;
    let mut layers = identity(&[ALL]);
    layers.resource = Some(policy(&[spared], PolicyKind::Resource));
    let ask = |layers: &Layers| {
        let callers = Callers::within(CallerKind::User, &Partition::AWS, owner).unwrap();
        Analysis::new(Space::new().with_callers(callers)).never(&Question::new(layers).beyond(&Layers::new()))
    };
    assert!(matches!(ask(&layers), Verdict::Fails(_)));
    layers.boundary = Some(vec![policy(&[ALL], PolicyKind::Boundary)]);
    let one = iam_eval::Action::new("s3:GetObject").unwrap();
    let callers = Callers::within(CallerKind::User, &Partition::AWS, owner).unwrap();
    let verdict = Analysis::new(Space::new().with_callers(callers))
        .never(&Question::new(&layers).beyond(&Layers::new()).about(Actions::One(one)));
    assert_eq!(verdict, Verdict::Holds);
}

/// Texts of callers that are compared without case.
#[test]
fn names_of_callers_are_compared_without_case() {
    let ask = |kind: CallerKind, key: &str, value: &str| {
        let text = format!(
            r#"{{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*",
                "Condition": {{"StringEqualsIgnoreCase": {{"{key}": "{value}"}}}}}}"#
        );
        let mut layers = identity(&[ALL]);
        layers.resource = Some(policy(&[&text], PolicyKind::Resource));
        let inside = iam_analysis::Inside::of(account_id!("111122223333"));
        let callers = Callers::of(kind, &Partition::AWS, &inside);
        let verdict = Analysis::new(Space::new().with_callers(callers))
            .never(&Question::new(&layers).beyond(&Layers::new()));
        match verdict {
            Verdict::Holds => None,
            Verdict::Fails(witness) => match witness.request.context.value(key) {
                Some(ContextValue::Single(found)) => Some(found.to_string()),
                other => panic!("{other:?}"),
            },
            Verdict::Unknown(doubts) => Some(format!("? {doubts:?}")),
        }
    };
    let user = CallerKind::User;
    let found = ask(user, "aws:username", "ANA").unwrap();
    assert!(found.eq_ignore_ascii_case("ana"), "{found}");
    // Besides `K`, the Kelvin sign is `k` in lower case, and no name has it.
    let found = ask(user, "aws:username", "kim").unwrap();
    assert!(found.eq_ignore_ascii_case("kim"), "{found}");
    // No letter that is `é` in lower case is in a name, but in a path.
    assert_eq!(ask(user, "aws:username", "ren\u{e9}"), None);
    let found = ask(user, "aws:PrincipalArn", "arn:aws:iam::444455556666:user/\u{c9}/ana").unwrap();
    assert!(found.ends_with("/ana") || found.to_ascii_lowercase().ends_with("/ana"), "{found}");
    assert!(found.contains('\u{e9}') || found.contains('\u{c9}'), "{found}");
}

/// A key whose value is known, compared with a variable.
#[test]
fn a_known_value_may_be_compared_with_a_variable() {
    let ask = |fact: &str, operator: &str, pattern: &str| {
        let text = format!(
            r#"{{"Effect": "Allow", "Action": "s3:a", "Resource": "*", "Condition": {{"{operator}": {{"s3:k": "{pattern}"}}}}}}"#
        );
        let mut space = Space::new();
        space.set_fact("s3:k", Fact::Value(ContextValue::single(fact)));
        Analysis::new(space).never(&Question::new(&identity(&[&text])).beyond(&Layers::new()))
    };
    let arn = "arn:aws:s3:::${aws:PrincipalTag/t}";
    assert!(matches!(ask("arn:aws:s3:::alike", "ArnLike", arn), Verdict::Fails(_)));
    assert_eq!(ask("none", "ArnLike", arn), Verdict::Holds);
    assert!(matches!(ask("arn:aws:s3:::b", "ArnNotLike", arn), Verdict::Fails(_)));
    let Verdict::Unknown(doubts) = ask("none", "ArnNotLike", arn) else { panic!() };
    assert!(matches!(doubts.as_slice(), [Doubt::Readings { .. }]), "{doubts:?}");
    assert_eq!(ask("yes", "StringLike", "no${aws:PrincipalTag/t}"), Verdict::Holds);
    assert_eq!(ask("\u{FFFF}a", "StringLike", "b${aws:PrincipalTag/t}"), Verdict::Holds);
    // Of a character beyond U+FFFF, `?` may match a half.
    let verdict = ask("\u{1F600}x", "StringLike", "??x${aws:PrincipalTag/t}");
    assert!(!matches!(verdict, Verdict::Holds), "{verdict:?}");
}

/// Letters beyond Latin-1, whose lower case depends on the letters beside them, are compared by the evaluator.
#[test]
fn letters_of_which_the_table_does_not_tell_are_left_to_the_evaluator() {
    let ask = |conditions: &str| {
        let text = format!(
            r#"{{"Effect": "Allow", "Action": "s3:a", "Resource": "*", "Condition": {{{conditions}}}}}"#
        );
        Analysis::new(Space::new()).never(&Question::new(&identity(&[&text])).beyond(&Layers::new()))
    };
    let both = |ignoring: &str, equal: &str| {
        format!(
            "\"StringEqualsIgnoreCase\": {{\"s3:k\": \"{ignoring}\"}}, \"StringEquals\": {{\"s3:k\": \"{equal}\"}}"
        )
    };
    assert!(matches!(ask(&both("\u{3c3}", "\u{3a3}")), Verdict::Fails(_)));
    assert!(matches!(ask(&both("a\u{3a3}", "A\u{3a3}")), Verdict::Fails(_)));
    assert!(matches!(ask(&both("K", "\u{212A}")), Verdict::Fails(_)));
    assert!(!matches!(ask(&both("\u{3c3}", "x")), Verdict::Fails(_)));
    // A capital I with a dot is two characters in lower case.
    let with_variable = ask(
        r#""StringEqualsIgnoreCase": {"s3:k": "i${aws:PrincipalTag/t}"}, "StringEquals": {"s3:k": "İx"}"#,
    );
    assert!(!matches!(with_variable, Verdict::Holds), "{with_variable:?}");
    // Where case counts, an `i` is itself.
    let exact = ask(r#""StringLike": {"s3:k": "i${aws:PrincipalTag/t}"}, "StringEquals": {"s3:k": "jx"}"#);
    assert_eq!(exact, Verdict::Holds);
}

#[test]
fn characters_of_two_units_in_variables_leave_a_doubt() {
    let ask = |statements: &[&str]| {
        let mut space = Space::new();
        space.set_fact("aws:username", Fact::Value(ContextValue::single("\u{1F600}")));
        Analysis::new(space).never(&Question::new(&identity(statements)).beyond(&Layers::new()))
    };
    let own = r#"{"Effect": "Allow", "Action": "s3:a", "Resource": "arn:aws:s3:::b/${aws:username}"}"#;
    let half = r#"{"Effect": "Deny", "Action": "s3:a", "Resource": "arn:aws:s3:::b/??"}"#;
    for statements in [&[own][..], &[own, half][..]] {
        let verdict = ask(statements);
        assert!(!verdict.is_defect() && !matches!(verdict, Verdict::Holds), "{verdict:?}");
    }
    // The last character of one unit is one for every wildcard.
    let text = "{\"Effect\": \"Allow\", \"Action\": \"s3:a\", \"Resource\": \"arn:aws:s3:::b/\u{FFFF}\"}";
    assert!(matches!(ask(&[text]), Verdict::Fails(_)));
}

#[test]
fn a_pattern_covers_what_it_is_and_what_it_matches() {
    let pattern = |text: &str| Pattern::parse(text, Syntax::new(true, true)).unwrap();
    for (outer, inner, is_covered) in [
        ("a${aws:username}", "a${aws:username}", true),
        ("a${aws:username}", "ab", false),
        ("*", "${aws:username}", true),
        ("a", "a", true),
        ("a", "b", false),
        ("a\u{1F600}", "a\u{1F600}", true),
        ("a?", "a\u{1F600}", false),
    ] {
        assert_eq!(
            covers(&pattern(outer), &pattern(inner), LetterCase::Sensitive),
            is_covered,
            "{outer} {inner}"
        );
    }
}
