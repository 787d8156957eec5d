//! Engines with a fault: each must break a law, or the laws are not worth much.
#![expect(clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use iam_engines::Compiled;
use iam_policy::Mode;
use iam_testkit::case::{Caller, Case, Layer, Names, Principals, Statement};
use iam_testkit::format::Decision;
use iam_testkit::laws::{self, Run};
use iam_testkit::readings::{POINTS, Readings};
use iam_testkit::{Answer, Engine, Explanation, Question, Verdict, format};

/// The engine, asked about another case, or with another answer.
struct Faulty {
    name: &'static str,
    engine: Compiled,
    ask: fn(&mut Case),
    answer: fn(&Case, Verdict) -> Verdict,
}

impl Engine for Faulty {
    fn name(&self) -> &str {
        self.name
    }

    fn decide(&self, _: &Question<'_>) -> Answer {
        Answer::Skipped("only generated cases".to_owned())
    }

    fn judge(&self, case: &Case) -> Answer {
        let mut asked = case.clone();
        (self.ask)(&mut asked);
        match self.engine.judge(&asked) {
            Answer::Decided(verdict) => Answer::Decided((self.answer)(case, verdict)),
            other @ (Answer::Refused(_) | Answer::Skipped(_)) => other,
        }
    }

    fn explain(&self, case: &Case) -> Option<Explanation> {
        self.engine.explain(case)
    }
}

fn unchanged(_: &mut Case) {}

fn same(_: &Case, verdict: Verdict) -> Verdict {
    verdict
}

/// The faults that engines had, as in the list of defects beside the vectors, and some more.
fn faults() -> Vec<Faulty> {
    let fault = |name, ask: fn(&mut Case), answer: fn(&Case, Verdict) -> Verdict| Faulty {
        name,
        engine: Compiled::new(Mode::Deployed),
        ask,
        answer,
    };
    vec![
        fault(
            "a session policy without statements that matter is none",
            |case| {
                let idle = |s: &Statement| s.action == Names::one("nothing:Nothing");
                let is_idle = |levels: &Vec<Vec<_>>| {
                    levels
                        .iter()
                        .flatten()
                        .all(|d: &std::sync::Arc<iam_testkit::case::Document>| d.statements.iter().all(idle))
                };
                if case.policies.get(&Layer::Session).is_some_and(is_idle) {
                    case.policies.remove(&Layer::Session);
                }
            },
            same,
        ),
        fault(
            "Deny statements of session policies are not consulted",
            |case| {
                for (_, statement) in
                    case.statements_mut().filter(|(layer, s)| *layer == Layer::Session && !s.allow)
                {
                    statement.action = Names::one("nothing:Nothing");
                }
            },
            same,
        ),
        fault(
            "a session policy is added to the role instead of limiting it",
            |case| {
                if let Some(session) = case.policies.remove(&Layer::Session) {
                    case.policies.entry(Layer::Identity).or_insert_with(|| vec![Vec::new()])[0]
                        .extend(session.concat());
                }
            },
            same,
        ),
        fault(
            "of several session policies only the first counts",
            |case| {
                for level in case.policies.get_mut(&Layer::Session).into_iter().flatten() {
                    level.truncate(1);
                }
            },
            same,
        ),
        fault(
            "one level of SCPs that allows is enough",
            |case| {
                if let Some(levels) = case.policies.get_mut(&Layer::Scp) {
                    *levels = vec![levels.concat()];
                }
            },
            same,
        ),
        fault(
            "NotAction is read as Action",
            |case| {
                case.statements_mut().for_each(|(_, s)| s.action.not = false);
            },
            same,
        ),
        fault(
            "NotResource is ignored",
            |case| {
                for (_, statement) in case.statements_mut() {
                    if statement.resource.as_ref().is_some_and(|r| r.not) {
                        statement.resource = Some(Names::one("*"));
                    }
                }
            },
            same,
        ),
        fault(
            "ForAnyValue and ForAllValues are exchanged",
            |case| {
                for (_, statement) in case.statements_mut() {
                    for test in &mut statement.conditions {
                        test.operator = match test.operator.split_once(':') {
                            Some(("ForAnyValue", rest)) => format!("ForAllValues:{rest}").into(),
                            Some((_, rest)) => format!("ForAnyValue:{rest}").into(),
                            None => continue,
                        };
                    }
                }
            },
            same,
        ),
        fault(
            "IfExists is ignored",
            |case| {
                for (_, statement) in case.statements_mut() {
                    for test in &mut statement.conditions {
                        if let Some(plain) = test.operator.strip_suffix("IfExists") {
                            test.operator = plain.to_owned().into();
                        }
                    }
                }
            },
            same,
        ),
        fault(
            "NumericGreaterThan is NumericLessThan",
            |case| {
                for (_, statement) in case.statements_mut() {
                    for test in &mut statement.conditions {
                        if test.operator == "NumericGreaterThan" {
                            test.operator = "NumericLessThan".into();
                        }
                    }
                }
            },
            same,
        ),
        fault(
            "only the last test of a condition counts",
            |case| {
                for (_, statement) in case.statements_mut() {
                    let last = statement.conditions.pop();
                    statement.conditions = last.into_iter().collect();
                }
            },
            same,
        ),
        fault(
            "condition keys are compared with case",
            |case| {
                let known: Vec<String> =
                    case.request.context.iter().map(|(key, _)| key.clone().into_owned()).collect();
                for (_, statement) in case.statements_mut() {
                    for test in &mut statement.conditions {
                        if !known.iter().any(|key| *key == test.key) {
                            test.key = "x:Absent".into();
                        }
                    }
                }
            },
            same,
        ),
        fault(
            "resources are compared without case",
            |case| {
                case.request.resource = case.request.resource.to_ascii_lowercase().into();
                for (_, statement) in case.statements_mut() {
                    for name in statement.resource.iter_mut().flat_map(|r| &mut r.list) {
                        if !name.contains('$') {
                            *name = name.to_ascii_lowercase().into();
                        }
                    }
                }
            },
            same,
        ),
        fault(
            "a substituted value is a pattern",
            |case| {
                let value = |key: &str| {
                    case.request.context.iter().find_map(|(name, held)| match held {
                        format::Held::One(value) if name == key => Some(value.clone()),
                        format::Held::One(_) | format::Held::Many(_) => None,
                    })
                };
                let values =
                    ["x:Text", "aws:PrincipalTag/team"].map(|key| (format!("${{{key}}}"), value(key)));
                for (_, statement) in case.statements_mut() {
                    for name in statement.resource.iter_mut().flat_map(|r| &mut r.list) {
                        for (variable, value) in &values {
                            if let Some(value) = value
                                && !value.contains(['$', '{'])
                            {
                                *name = name.replace(variable, value).into();
                            }
                        }
                    }
                }
            },
            same,
        ),
        fault(
            "an empty list is a present key",
            |case| {
                for (_, held) in &mut case.request.context {
                    if *held == format::Held::Many(Vec::new()) {
                        *held = format::Held::Many(vec!["some".to_owned()]);
                    }
                }
            },
            same,
        ),
        fault(
            "a user's grant holds across accounts",
            |case| {
                if case.policies.contains_key(&Layer::Resource)
                    && !matches!(case.request.principal, Caller::Root { .. })
                {
                    case.request.resource_account = case.request.principal.account().cloned();
                }
            },
            same,
        ),
        fault(
            "a role ARN grants like a session ARN",
            |case| {
                if let Caller::AssumedRole { arn, role_arn, .. } = &case.request.principal {
                    let (session, role) = (arn.clone(), role_arn.clone());
                    for (_, statement) in case.statements_mut() {
                        if let Principals::Listed { not: false, names } = &mut statement.principal {
                            names
                                .iter_mut()
                                .filter(|(_, name)| *name == role)
                                .for_each(|(_, name)| name.clone_from(&session));
                        }
                    }
                }
            },
            same,
        ),
        fault(
            "of a key in two spellings the first counts",
            |case| {
                let context = std::mem::take(&mut case.request.context);
                for (key, held) in context {
                    if !case.request.context.iter().any(|(other, _)| other.eq_ignore_ascii_case(&key)) {
                        case.request.context.push((key, held));
                    }
                }
            },
            same,
        ),
        fault(
            "callers need a permission to be told who they are",
            |case| {
                if case.needs_no_permission() {
                    case.request.action = "sts:GetSessionToken".into();
                }
            },
            same,
        ),
        fault(
            "a list is its first value",
            |case| {
                for (_, held) in &mut case.request.context {
                    if let format::Held::Many(values) = held
                        && let Some(first) = values.first()
                    {
                        *held = format::Held::One(first.clone());
                    }
                }
            },
            same,
        ),
        fault("a number that cannot be read is zero", |case| replace(case, "many", "0"), same),
        fault(
            "an address that cannot be read lies outside of every network",
            |case| replace(case, "localhost", "198.51.100.1"),
            same,
        ),
        fault("an Allow beats a Deny", unchanged, |case, verdict| {
            let allows = case.policies.get(&Layer::Identity).is_some_and(|levels| {
                levels.iter().flatten().any(|d| d.statements.iter().any(|s| *s == Statement::plain(true)))
            });
            if allows && verdict.decision == Decision::ExplicitDeny {
                Decision::Allowed.into()
            } else {
                verdict
            }
        }),
        fault("what depends is denied", unchanged, |_, mut verdict| {
            if verdict.decision == Decision::Depends {
                verdict.decision = Decision::ImplicitDeny;
            }
            verdict
        }),
        fault(
            "more than five statements are too many",
            |case| {
                for (_, document) in case.documents_mut() {
                    document.statements.truncate(5);
                }
            },
            same,
        ),
    ]
}

/// Replaces a value of the request.
fn replace(case: &mut Case, old: &str, new: &str) {
    for (_, held) in &mut case.request.context {
        match held {
            format::Held::One(value) if value == old => new.clone_into(value),
            format::Held::One(_) => {}
            format::Held::Many(values) => {
                values.iter_mut().filter(|value| *value == old).for_each(|value| new.clone_into(value));
            }
        }
    }
}

/// The engine with a fault in its readings.
struct Misread {
    engine: Compiled,
    under: fn(&Readings) -> Readings,
    differing: fn(&mut Vec<(&'static str, Decision)>),
}

impl Engine for Misread {
    fn name(&self) -> &'static str {
        "an engine that misreads"
    }

    fn decide(&self, _: &Question<'_>) -> Answer {
        Answer::Skipped("only generated cases".to_owned())
    }

    fn judge(&self, case: &Case) -> Answer {
        self.engine.judge(case)
    }

    fn judge_under(&self, case: &Case, readings: &Readings) -> Option<Answer> {
        self.engine.judge_under(case, &(self.under)(readings))
    }

    fn differing(&self, case: &Case) -> Option<Vec<(&'static str, Decision)>> {
        let mut found = self.engine.differing(case)?;
        (self.differing)(&mut found);
        Some(found)
    }
}

#[test]
fn every_fault_of_readings_breaks_a_law() {
    const FIRST: Readings = Readings::Other(Vec::new());
    type Fault = (&'static str, fn(&Readings) -> Readings, fn(&mut Vec<(&'static str, Decision)>));
    let faults: [Fault; 5] = [
        (
            "P1",
            |readings| if *readings == FIRST { Readings::Other(POINTS.to_vec()) } else { readings.clone() },
            |_| (),
        ),
        ("P1", |readings| if *readings == Readings::Open { FIRST } else { readings.clone() }, |_| ()),
        ("P2", |_| FIRST, |_| ()),
        ("P2", Readings::clone, Vec::clear),
        ("P2", Readings::clone, |found| found.push(("question-mark", Decision::Allowed))),
    ];
    for (number, (law, under, differing)) in faults.into_iter().enumerate() {
        let engine = Misread { engine: Compiled::new(Mode::Deployed), under, differing };
        let named: Vec<laws::Law> = laws::ALL.iter().filter(|l| l.id == law).copied().collect();
        assert!(Run::new(7, 4_000).of_all(&named, &engine).broken.is_some(), "{number} survives {law}");
    }
}

#[test]
fn every_fault_breaks_a_law() {
    let mut survived = Vec::new();
    let mut found = Vec::new();
    for faulty in faults() {
        let report = Run::new(6, 4_000).of_all(laws::ALL, &faulty);
        match report.broken {
            Some(broken) => found.push(broken),
            None => survived.push(faulty.name),
        }
    }
    assert_eq!(survived, Vec::<&str>::new());
    // What is reported is enough to work with.
    for broken in found {
        let text = broken.to_string();
        for part in ["seed:", "expected:", "actual:", "smallest case:", "as a vector:"] {
            assert!(text.contains(part), "{text}");
        }
        let vectors = format!("[{}]", broken.vector());
        let document = format::open(&vectors).expect("a vector is JSON");
        assert_eq!(format::read(&document).expect("a vector is of the format").len(), 1, "{vectors}");
        let statements: usize = broken.case.documents().map(|(_, d)| d.statements.len()).sum();
        assert!(statements <= 8, "not small: {text}");
    }
}
