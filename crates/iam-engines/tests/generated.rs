//! Generated cases are worth deciding, valid, the same everywhere, and decided alike by both engines.

use iam_engines::{Compiled, Crowds, Reference, crowd, digest};
use iam_policy::Mode;
use iam_testkit::format::Decision;
use iam_testkit::laws::Run;
use iam_testkit::{Census, readings, ring};

#[test]
fn they_are_decided_in_every_way_and_hit_every_operator_cell() {
    // Strict: every case is one that AWS would accept.
    let report = Run::new(3, 15_000).of_all(&[], &Compiled::new(Mode::Strict));
    assert!(report.broken.is_none(), "{}", report.broken.map(|b| b.to_string()).unwrap_or_default());
    let census = report.census;
    for decision in [Decision::Allowed, Decision::ExplicitDeny, Decision::ImplicitDeny] {
        assert!(census.percent(decision) >= 25, "{census}");
    }
    assert!(census.percent(Decision::Depends) >= 1, "{census}");
    assert_eq!(census.missing(), Vec::<String>::new());
    // Operators, three ways with sets, with and without IfExists; Null alone; four ways in which a key can be there.
    assert_eq!(Census::cells(), (26 * 3 * 2 + 1) * 4);
}

#[test]
fn both_engines_agree_on_decisions_and_statements() {
    let comparison = ring::compare(&Compiled::new(Mode::Deployed), &Reference, 4, 0, 20_000, 5);
    assert!(comparison.agrees(), "{comparison}");
    assert_eq!((comparison.same, comparison.skipped.len()), (20_000, 0));
}

#[test]
fn both_engines_agree_under_other_readings() {
    let comparison = ring::compare_readings(&Compiled::new(Mode::Deployed), &Reference, 8, 0, 10_000, 5);
    assert!(comparison.agrees(), "{comparison}");
    assert_eq!((comparison.same, comparison.skipped.len()), (10_000, 0));
}

#[test]
fn the_points_of_the_test_kit_are_those_of_the_engine() {
    assert_eq!(readings::POINTS, iam_eval::Point::ALL.map(iam_eval::Point::name));
}

#[test]
fn the_index_finds_what_the_scan_finds() {
    let mut total = Crowds::default();
    for number in 0..100 {
        total.add(&crowd(6, number).unwrap_or_else(|why| panic!("crowd {number}: {why}")));
    }
    // Large enough to be narrowed by resource, and to be asked as one.
    assert!(total.requests > 4_000 && total.statements / total.requests > 80, "{total:?}");
    assert!(total.replaced > 1_000 && total.applying > 100_000, "{total:?}");
}

/// The verdicts on 20,000 cases, as a hash: the same on every machine, and after every change that should change nothing.
/// A change of the generator changes it too; then the differential run says whether the verdicts are still right.
#[test]
fn the_verdicts_are_the_same_bytes_as_ever() {
    const EXPECTED: &str = "f9f3145a2e10ba82";
    let digest = digest(&Compiled::new(Mode::Deployed), 5, 0, 20_000);
    assert_eq!(format!("{digest:016x}"), EXPECTED);
}
