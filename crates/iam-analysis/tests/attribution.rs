//! Which Allows are alive and which Denies kill them, beside the verdicts on policies of these statements alone.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

use std::sync::Arc;

use iam_analysis::{ActionNames, Actions, Analysis, Fact, Question, Space, Verdict};
use iam_eval::{Action, ContextValue, Layer, Layers, StatementRef};
use iam_policy::{Limits, Mode, Policy, PolicyKind};
use iam_testkit::Source;

fn layers(statements: &[&str]) -> Layers {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","));
    let read = Policy::parse(&text, PolicyKind::Identity, Mode::Deployed, &Limits::default());
    let mut layers = Layers::new();
    layers.identity.push(Arc::new(read.unwrap_or_else(|report| panic!("{text}: {report}"))));
    layers
}

fn statement(effect: &str, resources: &str, condition: &str) -> String {
    format!(r#"{{"Effect": "{effect}", "Action": "s3:GetObject", {resources}{condition}}}"#)
}

const NAME: &str = "s3:GetObject";
const OWN: [Layer; 1] = [Layer::Identity];

/// The Denies that leave the first statement nothing, as their numbers from 1.
fn killed_by(statements: &[&str], space: &Space) -> Vec<usize> {
    let layers = layers(statements);
    let mut analysis = Analysis::with_names(space.clone(), ActionNames::new([NAME]));
    let attribution = analysis.attribution(&layers);
    let class = attribution.class(0).unwrap();
    let Some(allow) = class.allowing(Layer::Identity).find(|at| at.index == 0) else { return vec![0] };
    let found = class.killers(allow, &OWN);
    assert_eq!(class.alive(Layer::Identity, &OWN).contains(&allow), found.is_empty(), "{statements:?}");
    found.into_iter().map(|at: StatementRef| at.index + 1).collect()
}

fn killers(allow: &str, denies: &[&str]) -> Vec<usize> {
    let allow = statement("Allow", allow, "");
    let denies: Vec<String> = denies.iter().map(|deny| statement("Deny", deny, "")).collect();
    let all: Vec<&str> = std::iter::once(&allow).chain(&denies).map(String::as_str).collect();
    killed_by(&all, &Space::new())
}

#[test]
fn denies_take_an_allow_alone_or_together() {
    let allow = r#""Resource": ["arn:aws:s3:::a/x*", "arn:aws:s3:::b/*"]"#;
    let (a, b, all) =
        (r#""Resource": "arn:aws:s3:::a/*""#, r#""Resource": "arn:aws:s3:::b/*""#, r#""Resource": "*""#);
    assert_eq!(killers(allow, &[a]), []);
    assert_eq!(killers(allow, &[a, b]), [2, 3]);
    assert_eq!(killers(allow, &[a, b, all]), [4], "one that is enough comes first");
    assert_eq!(killers(allow, &[r#""NotResource": "arn:aws:s3:::c/*""#]), [2]);
    assert_eq!(killers(allow, &[r#""NotResource": "arn:aws:s3:::b/x""#]), [], "b/x is left");
    assert_eq!(killers(allow, &[r#""NotResource": "arn:aws:s3:::b/x""#, b]), [2, 3]);
}

/// What no Deny takes alone: a pattern of which one takes this and another that.
#[test]
fn denies_take_a_pattern_together() {
    let allow = r#""Resource": "arn:aws:s3:::a*""#;
    let (short, long) = (r#""Resource": "arn:aws:s3:::a""#, r#""Resource": "arn:aws:s3:::?*?""#);
    let other = r#""Resource": "arn:aws:s3:::b*""#;
    assert_eq!(killers(allow, &[short, other]), []);
    assert_eq!(killers(allow, &[other, short, long]), [3, 4]);
    assert_eq!(killers(allow, &[short, long, allow]), [4]);
    let besides = r#""NotResource": ["arn:aws:s3:::b", "*c"]"#;
    assert_eq!(killers(besides, &[allow]), []);
    assert_eq!(killers(besides, &[allow, r#""NotResource": "arn:aws:s3:::b""#]), [3]);
    assert_eq!(killers(besides, &[r#""Resource": "arn:*""#, r#""NotResource": "arn:*""#]), [2, 3]);
}

#[test]
fn no_arn_takes_a_request_without_a_resource() {
    assert_eq!(killers(r#""Resource": "*""#, &[r#""Resource": "arn:aws:s3:::*""#]), []);
    assert_eq!(killers(r#""Resource": "*""#, &[r#""Resource": "arn:*:*:*:*:*""#]), []);
    assert_eq!(killers(r#""Resource": "*""#, &[r#""Resource": "*""#]), [2]);
}

#[test]
fn variables_leave_an_allow_alive_unless_no_value_could() {
    let own = r#""Resource": "arn:aws:s3:::b/${aws:username}/*""#;
    let all = r#""Resource": "arn:aws:s3:::b/*""#;
    assert_eq!(killers(own, &[all]), [2]);
    assert_eq!(killers(all, &[own]), []);
    assert_eq!(killers(own, &[own]), [2], "whatever the name");
    let some = r#""Resource": ["arn:aws:s3:::c", "arn:aws:s3:::b/${aws:username}/*"]"#;
    assert_eq!(killers(own, &[some]), [2], "beside another pattern too");
}

/// A Deny with a condition kills nothing, until what is known decides its condition. An Allow whose condition is not met is none.
#[test]
fn facts_decide_conditions() {
    let all = r#""Resource": "*""#;
    let tagged = r#", "Condition": {"StringEquals": {"aws:PrincipalTag/t": "x"}}"#;
    let (allow, deny) = (statement("Allow", all, ""), statement("Deny", all, tagged));
    let known = |value: &str| {
        let mut space = Space::new();
        space.set_fact("aws:PrincipalTag/t", Fact::Value(ContextValue::single(value)));
        space
    };
    assert_eq!(killed_by(&[&allow, &deny], &Space::new()), []);
    assert_eq!(killed_by(&[&allow, &deny], &known("x")), [2]);
    assert_eq!(killed_by(&[&allow, &deny], &known("y")), []);
    let allow = statement("Allow", all, tagged);
    assert_eq!(killed_by(&[&allow], &known("x")), []);
    assert_eq!(killed_by(&[&allow], &known("y")), [0], "no Allow at all");
    let layers = layers(&[&deny]);
    for (space, conditional, always) in [(Space::new(), 1, 0), (known("x"), 0, 1), (known("y"), 0, 0)] {
        let mut analysis = Analysis::with_names(space, ActionNames::new([NAME]));
        let attribution = analysis.attribution(&layers);
        let class = attribution.class(0).unwrap();
        assert_eq!(class.denying_conditionally(Layer::Identity).count(), conditional);
        assert_eq!(class.denying(Layer::Identity).count(), always);
        assert_eq!(class.is_denied_everywhere(Layer::Identity), always == 1);
    }
}

const RESOURCES: [&str; 10] = [
    "*",
    "arn:*:*:*:*:*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::a*",
    "arn:aws:s3:::?",
    "arn:aws:s3:::?*",
    "arn:aws:s3:::*a",
    "arn:aws:s3:::?a*",
    "arn:aws:s3:::${aws:username}",
    "arn:aws:s3:::a${aws:username}",
];

/// A policy of an Allow and some Denies allows something, or it does not: the search through all requests says which.
#[test]
fn what_is_alive_is_what_the_search_finds_allowed() {
    let (mut alive, mut dead, mut together, mut everywhere, mut open) = (0, 0, 0, 0, 0);
    for seed in 0..3_000 {
        let mut source = Source::seeded(seed);
        // Every other case has no variables.
        let most = if seed % 2 == 0 { 8 } else { 10 };
        let mut drawn = |effect: &str| {
            let element = if source.chance(25) { "NotResource" } else { "Resource" };
            let patterns: Vec<String> = (0..source.between(1, 2))
                .map(|_| format!("\"{}\"", source.choose(&RESOURCES[..most]).unwrap()))
                .collect();
            statement(effect, &format!(r#""{element}": [{}]"#, patterns.join(",")), "")
        };
        let allow = drawn("Allow");
        let denies: Vec<String> = (0..=seed % 4).map(|_| drawn("Deny")).collect();
        let all: Vec<&str> = std::iter::once(&allow).chain(&denies).map(String::as_str).collect();
        let is_dead = |statements: &[&str]| {
            let layers = layers(statements);
            let question = Question::new(&layers).about(Actions::One(Action::new(NAME).unwrap()));
            match Analysis::new(Space::new()).never(&question) {
                Verdict::Holds => Some(true),
                Verdict::Fails(_) => Some(false),
                Verdict::Unknown(_) => None,
            }
        };
        let denying = layers(&all);
        let mut analysis = Analysis::with_names(Space::new(), ActionNames::new([NAME]));
        let attribution = analysis.attribution(&denying);
        let class = attribution.class(0).unwrap();
        let killers = killed_by(&all, &Space::new());
        let says = is_dead(&all);
        if killers == [0] {
            assert_eq!(says, Some(true), "{all:#?}");
            continue;
        }
        if most == 8 {
            assert_eq!(says, Some(!killers.is_empty()), "{killers:?} of {all:#?}");
        } else if !killers.is_empty() {
            // What two lists say of the same variable the search may leave open.
            assert_ne!(says, Some(false), "{killers:?} of {all:#?}");
        }
        open += usize::from(says == Some(true) && killers.is_empty());
        let whole = statement("Allow", r#""Resource": "*""#, "");
        let nothing: Vec<&str> = std::iter::once(&whole).chain(&denies).map(String::as_str).collect();
        let is_everywhere = class.is_denied_everywhere(Layer::Identity);
        if most == 8 {
            assert_eq!(is_dead(&nothing), Some(is_everywhere), "{all:#?}");
        } else if is_everywhere {
            assert_ne!(is_dead(&nothing), Some(false), "{all:#?}");
        }
        everywhere += usize::from(is_everywhere);
        alive += usize::from(killers.is_empty());
        dead += usize::from(!killers.is_empty());
        if killers.is_empty() {
            continue;
        }
        let without = |spared: usize| -> Vec<&str> {
            let kept = killers.iter().filter(|number| **number != spared);
            std::iter::once(all[0]).chain(kept.map(|number| all[*number - 1])).collect()
        };
        assert_ne!(is_dead(&without(0)), Some(false), "{killers:?} of {all:#?}");
        // Of one pattern none of them can be spared.
        if killers.len() > 1 {
            together += 1;
            let is_one = !allow.contains("\",\"");
            for spared in killers.iter().filter(|_| is_one) {
                assert_ne!(is_dead(&without(*spared)), Some(true), "{spared} of {killers:?} of {all:#?}");
            }
        }
    }
    assert!(
        alive > 500 && dead > 500 && together > 30 && everywhere > 50,
        "{alive} {dead} {together} {everywhere}"
    );
    // Not far off: the search sees in few cases more, where the same variable stands on both sides.
    assert!(open < 60, "{open}");
}

/// Every action of a list has one class, and what is about it in the policies is in that class.
#[test]
fn actions_are_in_the_class_of_their_statements() {
    let own = [
        r#"{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}"#,
        r#"{"Effect": "Allow", "NotAction": "s3:GetObject", "Resource": "*"}"#,
        r#"{"Effect": "Deny", "Action": "S3:put*", "Resource": "*"}"#,
    ];
    let mut layers = layers(&own);
    layers.session = Some(layers.identity.clone());
    let names = ["s3:GetObject", "s3:GetBucket", "s3:PutObject", "s3:PutBucket", "sqs:Send", "no name"];
    let names = ActionNames::new(names);
    let mut analysis = Analysis::with_names(Space::new(), names.clone());
    let attribution = analysis.attribution(&layers);
    let of = |number: usize| {
        let class = attribution.class(names.place(number).unwrap()).unwrap();
        let of = |layer| {
            let indices =
                |found: &mut dyn Iterator<Item = StatementRef>| found.map(|at| at.index).collect::<Vec<_>>();
            (indices(&mut class.allowing(layer)), indices(&mut class.denying(layer)))
        };
        assert_eq!(of(Layer::Identity), of(Layer::Session));
        assert!(of(Layer::Boundary).0.is_empty());
        of(Layer::Identity)
    };
    assert_eq!(of(0), (vec![0], vec![]));
    assert_eq!(of(1), (vec![0, 1], vec![]));
    assert_eq!((of(2), of(3)), ((vec![1], vec![2]), (vec![1], vec![2])));
    assert_eq!(of(4), (vec![1], vec![]));
    assert_eq!(attribution.classes().count(), 4);
    let mut places: Vec<usize> =
        attribution.classes().flat_map(iam_analysis::AttributedClass::places).collect();
    places.sort_unstable();
    assert_eq!(places, [0, 1, 2, 3, 4]);
    assert!(attribution.class(5).is_none() && names.place(5).is_none());
    assert_eq!(Analysis::new(Space::new()).attribution(&layers).classes().count(), 0, "no list, no classes");
}

/// Steps that run out leave alive what is not known to be dead.
#[test]
fn what_is_not_found_out_is_alive() {
    let allow = statement("Allow", r#""Resource": "arn:aws:s3:::a*""#, "");
    let denies = [
        statement("Deny", r#""Resource": "arn:aws:s3:::a""#, ""),
        statement("Deny", r#""Resource": "arn:aws:s3:::?*?""#, ""),
    ];
    let layers = layers(&[&allow, &denies[0], &denies[1]]);
    for (steps, count) in [(1, 1), (1 << 20, 0)] {
        let mut analysis = Analysis::with_names(Space::new(), ActionNames::new([NAME]))
            .within(iam_analysis::ProofBudget::steps(steps));
        let attribution = analysis.attribution(&layers);
        assert_eq!(attribution.class(0).unwrap().alive(Layer::Identity, &OWN).len(), count, "{steps}");
    }
}
