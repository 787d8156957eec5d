//! Log files against what digest files name.

use iam_trail::digest::{ChainReport, GivenLog, GivenState, LogReport, LogState, Sum};
use proptest::prelude::*;
use serde_json::json;

use crate::world::{BEGIN, HONEST, Log, Made, ONE, TWO, Trail, validate};

fn report() -> ChainReport {
    validate(HONEST.iter().flat_map(Trail::signed_files).collect())
}

fn given() -> Vec<GivenLog> {
    HONEST.iter().flat_map(Trail::logs).map(Log::given).collect()
}

/// The hours for which all log files are there, for a stream.
fn whole(logs: &LogReport, stream: usize) -> Vec<(i64, i64)> {
    let own = logs.whole.iter().filter(|interval| interval.stream == stream);
    own.map(|interval| {
        let hour = |instant: iam_policy::value::Instant| (instant.epoch_seconds() - BEGIN) / 3_600;
        (hour(interval.from), hour(interval.until))
    })
    .collect()
}

/// The hour in which the first Region's log file with this number was delivered.
fn hour_of(number: usize) -> i64 {
    let mut hours =
        (0_i64..).zip(&HONEST[0].made).flat_map(|(hour, made)| made.logs.iter().map(move |_| hour));
    hours.nth(number).unwrap()
}

fn all_but(gone: &[i64]) -> Vec<(i64, i64)> {
    let mut runs: Vec<(i64, i64)> = Vec::new();
    for hour in (0..50).filter(|hour| !gone.contains(hour)) {
        match runs.last_mut().filter(|run| run.1 == hour) {
            Some(run) => run.1 = hour + 1,
            None => runs.push((hour, hour + 1)),
        }
    }
    runs
}

#[test]
fn honest_log_files_are_whole() {
    let (report, given) = (report(), given());
    let logs = report.log_files(&given);
    assert_eq!((whole(&logs, 0), whole(&logs, 1)), (vec![(0, 50)], vec![(0, 50)]));
    assert_eq!(logs.named.len(), given.len());
    for (at, (named, of_given)) in logs.named.iter().zip(&logs.given).enumerate() {
        assert_eq!((named.state, named.is_shown), (LogState::Unchanged(at), true));
        assert_eq!((of_given.state, of_given.is_shown), (GivenState::Unchanged(named.entry), true));
    }
}

#[test]
fn names_may_lose_their_folders_or_all() {
    let (report, mut given) = (report(), given());
    for (at, log) in given.iter_mut().enumerate() {
        let name = log.name.take().unwrap();
        log.name = match at % 4 {
            0 => Some(name.rsplit('/').next().unwrap().to_owned()),
            1 => None,
            2 => Some(format!(r"C:\logs\{}", name.rsplit('/').next().unwrap())),
            _ => Some(format!("{at}.json.gz")),
        };
    }
    let logs = report.log_files(&given);
    assert_eq!((whole(&logs, 0), whole(&logs, 1)), (vec![(0, 50)], vec![(0, 50)]));
    for (at, (named, of_given)) in logs.named.iter().zip(&logs.given).enumerate() {
        let renamed = at % 4 == 3;
        let expected = if renamed { LogState::OtherName(at) } else { LogState::Unchanged(at) };
        assert_eq!(named.state, expected);
        let entry = named.entry;
        let expected = if renamed { GivenState::OtherName(entry) } else { GivenState::Unchanged(entry) };
        assert_eq!(of_given.state, expected);
    }
}

#[test]
fn each_log_file_that_is_left_out_is_missed() {
    let (report, given) = (report(), given());
    for gone in 0..HONEST[0].logs().count() {
        let mut left = given.clone();
        left.remove(gone);
        let logs = report.log_files(&left);
        assert_eq!(logs.named[gone].state, LogState::Missing);
        assert_eq!(logs.named.iter().filter(|named| named.state == LogState::Missing).count(), 1);
        assert_eq!(whole(&logs, 0), all_but(&[hour_of(gone)]));
        assert_eq!(whole(&logs, 1), [(0, 50)]);
    }
}

#[test]
fn two_log_files_that_trade_places_are_told() {
    let (report, given) = (report(), given());
    let count = HONEST[0].logs().count();
    for one in 0..count {
        let other = (one * 5 + 3) % count;
        if one == other {
            continue;
        }
        let mut traded = given.clone();
        (traded[one].sum, traded[other].sum) = (given[other].sum, given[one].sum);
        let logs = report.log_files(&traded);
        for (at, instead) in [(one, other), (other, one)] {
            assert_eq!(logs.named[at].state, LogState::Changed(at));
            let (entry, bytes_of) = (logs.named[at].entry, Some(logs.named[instead].entry));
            assert_eq!(logs.given[at].state, GivenState::Changed { entry, bytes_of });
        }
        assert_eq!(whole(&logs, 0), all_but(&[hour_of(one), hour_of(other)]));
    }
}

proptest! {
    #[test]
    fn each_byte_of_a_log_file_counts(
        changed in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        bits in 1..=255_u8,
    ) {
        let changed = changed.index(HONEST[0].logs().count());
        let mut log = HONEST[0].logs().nth(changed).unwrap().clone();
        *place.get_mut(&mut log.bytes) ^= bits;
        let (report, mut given) = (REPORT.clone(), given());
        given[changed] = log.given();
        let logs = report.log_files(&given);
        prop_assert_eq!(logs.named[changed].state, LogState::Changed(changed));
        let entry = logs.named[changed].entry;
        prop_assert_eq!(logs.given[changed].state, GivenState::Changed { entry, bytes_of: None });
        prop_assert_eq!(whole(&logs, 0), all_but(&[hour_of(changed)]));
    }
}

static REPORT: std::sync::LazyLock<ChainReport> = std::sync::LazyLock::new(report);

#[test]
fn a_file_that_nobody_names_is_told() {
    let mut given = given();
    given.push(GivenLog::new("111122223333_CloudTrail_us-east-1_x.json.gz", Sum::of(b"planted")));
    given.push(GivenLog::unnamed(Sum::of(b"planted")));
    let logs = REPORT.log_files(&given);
    for planted in logs.given.iter().rev().take(2) {
        assert_eq!((planted.state, planted.is_shown), (GivenState::NotNamed, false));
    }
    assert_eq!(whole(&logs, 0), [(0, 50)]);
}

#[test]
fn a_forged_digest_file_does_not_make_a_log_file_good() {
    let mut trail = Trail::new("us-east-1", "t");
    trail.hour(1).hour(1);
    let log = trail.made[0].logs[0].clone();
    let tampered = Log { bytes: b"{\"Records\":[]}".to_vec(), ..log };
    let mut members = trail.made[0].members.clone();
    members["logFiles"][0]["hashValue"] = json!(Sum::of(&tampered.bytes).to_string());
    let forged = Made::sign(members, TWO);
    let mut files = trail.signed_files();
    files.push(forged.file());
    let report = validate(files);
    let given = [tampered.given(), trail.made[1].logs[0].given()];
    let logs = report.log_files(&given);
    assert!(matches!(logs.given[0].state, GivenState::Changed { .. }) && logs.given[0].is_shown);
    assert!(matches!(logs.given[1].state, GivenState::Unchanged(_)) && logs.given[1].is_shown);
    assert_eq!(whole(&logs, 0), [(1, 2)]);
    // Alone, it names the file, and is not shown.
    let logs = validate(vec![forged.file()]).log_files(&given);
    assert!(matches!(logs.given[0].state, GivenState::Unchanged(_)) && !logs.given[0].is_shown);
    assert_eq!((logs.named[0].is_shown, logs.whole.len()), (false, 0));
    assert_eq!(trail.key, ONE);
}
