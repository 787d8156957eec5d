//! What was changed, left out or made up is told at its place, and its time is never validated.

use iam_trail::digest::{DigestFile, PreviousState, Standing, StreamReport};
use proptest::prelude::*;

use crate::world::{HONEST, HOURS, Made, ONE, TWO, Trail, breaks, hours, validate};

/// Whether the hour is in a validated time of the stream.
fn covers(stream: &StreamReport, hour: usize) -> bool {
    let hour = i64::try_from(hour).unwrap();
    hours(stream).iter().any(|(from, until)| *from <= hour && hour < *until)
}

/// The validated hours if these ones are not shown.
fn without(gone: &[usize]) -> Vec<(i64, i64)> {
    let mut runs: Vec<(i64, i64)> = Vec::new();
    for hour in (0..HOURS).filter(|hour| !gone.contains(hour)) {
        let hour = i64::try_from(hour).unwrap();
        match runs.last_mut().filter(|run| run.1 == hour) {
            Some(run) => run.1 = hour + 1,
            None => runs.push((hour, hour + 1)),
        }
    }
    runs
}

#[test]
fn each_digest_file_that_is_left_out_is_missed() {
    let trail = &HONEST[0];
    for gone in 0..HOURS {
        let mut files = trail.signed_files();
        files.remove(gone);
        let stream = &validate(files).streams[0];
        assert_eq!(hours(stream), without(&[gone]));
        let hour = i64::try_from(gone).unwrap();
        let expected: &[_] = match gone {
            49 => &[],
            0 => &[("PREVIOUS_DIGEST_MISSING", 0, None, 1)],
            _ => &[("PREVIOUS_DIGEST_MISSING", gone, Some(hour), hour + 1)],
        };
        assert_eq!(breaks(stream), expected);
    }
}

#[test]
fn without_signatures_beside_the_one_before_it_is_not_shown_either() {
    let trail = &HONEST[0];
    for gone in 1..HOURS - 1 {
        let mut files = trail.files();
        files.remove(gone);
        let report = validate(files);
        assert_eq!(hours(&report.streams[0]), without(&[gone - 1, gone]));
        let told: Vec<_> = breaks(&report.streams[0]).iter().map(|told| (told.0, told.1)).collect();
        assert_eq!(told, [("DIGEST_NOT_SHOWN", gone - 1), ("PREVIOUS_DIGEST_MISSING", gone)]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn each_byte_of_a_digest_file_counts(
        changed in 0..HOURS,
        place in any::<prop::sample::Index>(),
        bits in 1..=255_u8,
        beside in any::<bool>(),
    ) {
        let trail = &HONEST[0];
        let mut bytes = trail.made[changed].json.clone().into_bytes();
        *place.get_mut(&mut bytes) ^= bits;
        let mut files = if beside { trail.signed_files() } else { trail.files() };
        let honest = files.remove(changed);
        let read = DigestFile::read(&bytes).map(|file| {
            honest.signatures().fold(file, DigestFile::with_signature)
        });
        let is_read = read.is_ok();
        files.extend(read);
        let report = validate(files);
        let stream = report.streams.iter().find(|stream| stream.stream == *honest.stream()).unwrap();
        prop_assert!(!covers(stream, changed));
        if beside {
            prop_assert_eq!(hours(stream), without(&[changed]));
        }
        if is_read {
            let bad: Vec<usize> = (0..report.digests.len())
                .filter(|at| report.digests[*at].file.sum() != honest.sum())
                .filter(|at| !report.digests[*at].standing.is_shown())
                .collect();
            let told: Vec<usize> = report
                .streams
                .iter()
                .flat_map(|stream| &stream.breaks)
                .filter(|told| matches!(told.kind.name(), "DIGEST_REFUSED" | "DIGEST_NOT_SHOWN"))
                .map(|told| told.digest)
                .collect();
            prop_assert!(!bad.is_empty());
            prop_assert!(bad.iter().all(|bad| told.contains(bad)));
        } else if changed + 1 < HOURS {
            prop_assert!(breaks(stream).iter().any(|told| told.0 == "PREVIOUS_DIGEST_MISSING"));
        }
    }

    #[test]
    fn two_digest_files_that_trade_their_log_files_are_refused(one in 0..HOURS, other in 0..HOURS) {
        let trail = &HONEST[0];
        let mut members = [trail.made[one].members.clone(), trail.made[other].members.clone()];
        prop_assume!(members[0]["logFiles"] != members[1]["logFiles"]);
        let [first, second] = &mut members;
        std::mem::swap(&mut first["logFiles"], &mut second["logFiles"]);
        let mut files = trail.signed_files();
        for (at, members) in [one, other].into_iter().zip(members) {
            let file = DigestFile::read(members.to_string().as_bytes()).unwrap();
            files[at] = file.with_signature(trail.made[at].signature.as_str());
        }
        let report = validate(files);
        prop_assert_eq!(hours(&report.streams[0]), without(&[one, other]));
        for at in [one, other] {
            prop_assert_eq!(report.digests[at].standing, Standing::Refused);
            if at + 1 < HOURS {
                prop_assert_eq!(report.digests[at + 1].previous, PreviousState::Changed(at));
            }
        }
    }
}

/// Who hides a log file has to write its digest file anew, and all after it, and has no key of CloudTrail.
#[test]
fn a_chain_that_is_written_anew_is_refused_from_there() {
    for claimed in [ONE, TWO] {
        let mut trail = HONEST[0].clone();
        let rest = trail.made.split_off(20);
        trail.next_hour = 20;
        for made in &rest {
            let (mut members, _) = trail.members(0);
            members["digestPublicKeyFingerprint"] = claimed.into();
            members["logFiles"] = made.members["logFiles"].clone();
            // The key of the attacker is not in the list under either fingerprint.
            let signer = if claimed == ONE { TWO } else { ONE };
            trail.push(Made::sign(members, signer));
        }
        let report = validate(trail.signed_files());
        assert_eq!(hours(&report.streams[0]), [(0, 20)]);
        let refused = report.digests.iter().filter(|digest| digest.standing == Standing::Refused).count();
        assert_eq!(refused, 30);

        // With the honest files beside them, the forged ones change nothing.
        let report = validate([trail.signed_files(), HONEST[0].signed_files()].concat());
        assert_eq!(hours(&report.streams[0]), [(0, 50)]);
    }
}

#[test]
fn a_forged_digest_file_does_not_vouch_for_others() {
    let mut trail = Trail::new("us-east-1", "t");
    trail.hour(1).hour(1);
    let mut forged = trail.clone();
    let (members, _) = forged.members(0);
    forged.push(Made::sign(members, TWO));
    // Without the last signature, the second file is known by what the third carries. That is CloudTrail's signature, whoever carries it.
    let report = validate(forged.made.iter().map(Made::file).collect());
    assert_eq!(hours(&report.streams[0]), [(0, 2)]);
    assert_eq!(report.digests[2].standing, Standing::NotShown);
    // A forged file that states the hash of another forged file shows nothing.
    let (members, _) = forged.members(0);
    forged.push(Made::sign(members, TWO));
    let report = validate(forged.made.iter().map(Made::file).collect());
    assert_eq!(hours(&report.streams[0]), [(0, 2)]);
    assert_eq!(report.digests[2].standing, Standing::Refused);
}
