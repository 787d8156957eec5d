//! Chains as CloudTrail makes them, and what the report says of each.

use iam_trail::digest::{ChainReport, PreviousState, Signature, Standing};
use proptest::prelude::*;
use serde_json::json;

use crate::world::{HONEST, HOURS, KEYS, Made, ONE, TWO, Trail, breaks, hours, listed, read_keys, validate};

#[test]
fn honest_chains_are_validated_whole() {
    let report = validate(HONEST.iter().flat_map(Trail::files).collect());
    assert_eq!(report.digests.len(), 2 * HOURS);
    assert_eq!(report.streams.len(), 2);
    for (stream, trail) in report.streams.iter().zip(&*HONEST) {
        assert_eq!((&stream.stream.region, &stream.stream.trail), (&trail.region, &trail.name));
        assert_eq!(stream.stream.home_region, "us-east-1");
        assert_eq!(hours(stream), [(0, 50)]);
        assert_eq!(stream.breaks, []);
        assert_eq!(stream.validated[0].digests, stream.digests.clone().collect::<Vec<usize>>());
        assert_eq!(stream.validated[0].log_files, trail.logs().count());
    }
    assert!(report.digests.iter().all(|digest| digest.signature == Signature::Valid));
    assert!(report.digests.iter().any(|digest| digest.file.log_files().is_empty()));
}

#[test]
fn the_last_one_is_not_validated_without_its_signature() {
    let report = validate(HONEST[0].made.iter().map(Made::file).collect());
    let stream = &report.streams[0];
    assert_eq!(hours(stream), [(0, 49)]);
    assert_eq!(breaks(stream), [("DIGEST_NOT_SHOWN", 49, Some(49), 50)]);
    let last = report.digests.last().unwrap();
    assert_eq!((last.signature, last.standing), (Signature::NotKnown, Standing::NotShown));
    assert_eq!(last.previous, PreviousState::Confirmed(48));
    assert!(stream.breaks[0].to_string().contains("its signature is not known"), "{}", stream.breaks[0]);
}

#[test]
fn a_window_of_a_chain_says_that_it_goes_on_before() {
    let files = HONEST[0].files().split_off(20);
    let report = validate(files);
    assert_eq!(hours(&report.streams[0]), [(20, 50)]);
    assert_eq!(breaks(&report.streams[0]), [("PREVIOUS_DIGEST_MISSING", 0, None, 20)]);
    assert!(report.streams[0].breaks[0].is_shown);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn order_and_copies_do_not_matter(
        files in Just(HONEST.iter().flat_map(Trail::files).collect::<Vec<_>>()).prop_shuffle(),
        copies in 0..2 * HOURS,
    ) {
        let expected = validate(HONEST.iter().flat_map(Trail::files).collect());
        let copies = files[..copies].to_vec();
        prop_assert_eq!(validate([files, copies].concat()), expected);
    }
}

#[test]
fn a_restart_is_told_with_the_time_without_digest_files() {
    let mut trail = Trail::new("us-east-1", "t");
    trail.hour(1).hour(0);
    (trail.next_hour, trail.is_start) = (7, true);
    trail.hour(1).hour(1);
    let report = validate(trail.signed_files());
    assert_eq!(hours(&report.streams[0]), [(0, 2), (7, 9)]);
    assert_eq!(breaks(&report.streams[0]), [("CHAIN_RESTART", 2, Some(2), 7)]);
}

/// Who removes a whole chain between two others leaves what an idle trail leaves. The report does not say which of the two it was.
#[test]
fn a_chain_between_two_others_may_be_missing() {
    let mut idle = Trail::new("us-east-1", "t");
    idle.hour(1).hour(0);
    let mut busy = idle.clone();
    for trail in [&mut idle, &mut busy] {
        (trail.next_hour, trail.is_start) = (4, true);
    }
    busy.hour(3);
    (busy.next_hour, busy.is_start) = (7, true);
    idle.next_hour = 7;
    idle.hour(1);
    busy.hour(1);
    busy.made.remove(2);
    let report = validate(busy.signed_files());
    assert_eq!(report, validate(idle.signed_files()));
    let text = report.streams[0].breaks[0].to_string();
    assert!(text.contains("nothing shows whether there was one between"), "{text}");
}

/// A signature that is not valid does not make a file another's: the signature may be what was changed.
#[test]
fn a_wrong_signature_refuses_a_file_without_a_claim_about_its_bytes() {
    let mut trail = Trail::new("us-east-1", "t");
    trail.hour(1).hour(1);
    let (mut members, _) = trail.members(0);
    members["previousDigestSignature"] = trail.made[0].signature.as_str().into();
    let forged = Made::sign(members, TWO);
    let report = validate(vec![trail.made[0].file(), trail.made[1].file(), forged.file()]);
    assert_eq!(report.digests[1].standing, Standing::Refused);
    let text = report.streams[0].breaks[0].to_string();
    assert!(
        text.contains("is not shown to be CloudTrail's: no signature that is known of it is valid"),
        "{text}"
    );
    // Its own signature, from anywhere, shows it.
    let report = validate(vec![trail.made[0].file(), trail.made[1].signed_file(), forged.file()]);
    assert_eq!(hours(&report.streams[0]), [(0, 2)]);
}

#[test]
fn white_space_around_a_signature_is_not_part_of_it() {
    let made = &HONEST[0].made[0];
    let report = validate(vec![made.file().with_signature(format!(" {}\r\n", made.signature))]);
    assert_eq!(report.digests[0].signature, Signature::Valid);
}

#[test]
fn times_that_do_not_meet_are_told() {
    let mut trail = Trail::new("us-east-1", "t");
    trail.hour(1).hour(0);
    trail.next_hour = 5;
    trail.hour(1);
    let report = validate(trail.signed_files());
    assert_eq!(hours(&report.streams[0]), [(0, 2), (5, 6)]);
    assert_eq!(breaks(&report.streams[0]), [("DIGEST_TIMES_APART", 2, Some(2), 5)]);
}

#[test]
fn two_that_are_signed_for_one_time_do_not_count() {
    let mut trail = Trail::new("us-east-1", "t");
    trail.hour(1).hour(2);
    let mut fork = trail.clone();
    trail.hour(1).hour(1);
    fork.hour(0);
    let files = [trail.signed_files(), fork.signed_files()].concat();
    let report = validate(files);
    let stream = &report.streams[0];
    assert_eq!(hours(stream), [(0, 2), (3, 4)]);
    let told: Vec<_> = breaks(stream).into_iter().map(|(name, _, from, until)| (name, from, until)).collect();
    assert_eq!(told, [("DIGEST_OVERLAP", Some(2), 3), ("DIGEST_OVERLAP", Some(2), 3)]);
}

#[test]
fn a_copy_with_other_bytes_that_nobody_signed_changes_nothing() {
    let mut trail = Trail::new("us-east-1", "t");
    trail.hour(1).hour(2).hour(1);
    let mut members = trail.made[1].members.clone();
    members["logFiles"] = json!([]);
    let other = Made::sign(members, TWO);
    for file in [other.file(), other.signed_file()] {
        let report = validate([trail.signed_files(), vec![file]].concat());
        assert_eq!(hours(&report.streams[0]), [(0, 3)]);
        let refused: Vec<_> =
            report.digests.iter().filter(|digest| digest.standing == Standing::Refused).collect();
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].file.sum(), other.file().sum());
        assert_eq!(report.streams[0].breaks.len(), 1);
    }
}

#[test]
fn a_chain_that_changes_to_another_trail_is_told() {
    let mut one = Trail::new("us-east-1", "one");
    one.hour(1).hour(1);
    let mut two = Trail { name: "two".to_owned(), ..one.clone() };
    two.hour(1);
    let report = validate(two.signed_files());
    assert_eq!(hours(&report.streams[0]), [(0, 2)]);
    assert_eq!(hours(&report.streams[1]), [(2, 3)]);
    assert_eq!(breaks(&report.streams[1]), [("PREVIOUS_DIGEST_ELSEWHERE", 2, None, 2)]);
}

#[test]
fn backfill_digest_files_are_a_chain_of_their_own() {
    let mut trail = Trail::new("us-east-1", "t");
    trail.hour(1).hour(1).hour(1);
    let mut late = Trail { suffix: "_backfill", ..Trail::new("us-east-1", "t") };
    late.hour(2);
    late.next_hour = 2;
    late.hour(1).hour(1);
    let files = [trail.signed_files(), late.signed_files()].concat();
    let report = validate(files);
    assert_eq!(hours(&report.streams[0]), [(0, 3)]);
    assert!(report.streams[1].stream.is_backfill);
    assert_eq!(hours(&report.streams[1]), [(0, 1), (2, 4)]);
    assert_eq!(breaks(&report.streams[1]), []);

    // One in the middle that is left out is missed by the next.
    late.made.remove(1);
    let report = validate(late.signed_files());
    assert_eq!(hours(&report.streams[0]), [(0, 1), (3, 4)]);
    assert_eq!(breaks(&report.streams[0]), [("PREVIOUS_DIGEST_MISSING", 1, Some(1), 3)]);
}

#[test]
fn keys_change_within_a_chain() {
    let mut trail = Trail::new("us-east-1", "t");
    trail.hour(1).hour(1);
    trail.key = TWO;
    trail.hour(1).hour(1);
    assert_eq!(hours(&validate(trail.signed_files()).streams[0]), [(0, 4)]);

    // The newer key vouches for what it states, and so does each for the one before it.
    let newer = read_keys(&json!({"PublicKeyList": [listed(TWO, TWO, 0, 9)]}));
    let report = ChainReport::validate(trail.signed_files(), &newer);
    let standings: Vec<_> = report.digests.iter().map(|digest| (digest.signature, digest.standing)).collect();
    let (stated, signed) = ((Signature::KeyMissing, Standing::Stated), (Signature::Valid, Standing::Signed));
    assert_eq!(standings, [stated, stated, signed, signed]);
    assert_eq!(hours(&report.streams[0]), [(0, 4)]);

    let older = read_keys(&json!({"PublicKeyList": [listed(ONE, ONE, 0, 9)]}));
    let report = ChainReport::validate(trail.signed_files(), &older);
    assert_eq!(hours(&report.streams[0]), [(0, 2)]);
    let told = breaks(&report.streams[0]);
    assert_eq!(told, [("DIGEST_NOT_SHOWN", 2, Some(2), 3), ("DIGEST_NOT_SHOWN", 3, Some(3), 4)]);
    assert!(report.streams[0].breaks[0].text.contains("the key with the fingerprint"));
}

#[test]
fn a_key_of_another_time_does_not_count() {
    let mut trail = Trail::new("us-east-1", "t");
    trail.hour(1).hour(1);
    // A digest file may be signed up to two hours after its end, by a key that begins only then.
    for (from, until, valid) in [(-9, 2, 2), (4, 9, 1), (3, 9, 2), (5, 9, 0), (-9, 1, 1), (-9, 0, 0)] {
        let keys = read_keys(&json!({"PublicKeyList": [listed(ONE, ONE, from, until)]}));
        let report = ChainReport::validate(trail.signed_files(), &keys);
        let count = report.digests.iter().filter(|digest| digest.signature == Signature::Valid).count();
        assert_eq!(count, valid, "{from} {until}");
        let others = report.digests.iter().filter(|digest| digest.signature == Signature::KeyOfOtherTime);
        assert_eq!(count + others.count(), 2);
        // The second one, if it is signed, vouches for the first.
        let second = report.digests[1].standing.is_shown();
        assert_eq!(
            report.digests[0].standing.is_shown(),
            second || report.digests[0].signature == Signature::Valid
        );
    }
    // Backfill digest files are signed later by any time.
    let mut late = Trail { suffix: "_backfill", ..Trail::new("us-east-1", "t") };
    late.hour(1);
    let keys = read_keys(&json!({"PublicKeyList": [listed(ONE, ONE, 500, 900)]}));
    let report = ChainReport::validate(late.signed_files(), &keys);
    assert_eq!(report.digests[0].signature, Signature::Valid);
}

#[test]
fn without_keys_or_with_others_nothing_is_shown() {
    let trail = &HONEST[0];
    let none = read_keys(&json!({"PublicKeyList": []}));
    let other = read_keys(&json!({"PublicKeyList": [listed(ONE, TWO, 0, 900)]}));
    for (keys, signature, standing) in
        [(none, Signature::KeyMissing, Standing::NotShown), (other, Signature::NotValid, Standing::Refused)]
    {
        let report = ChainReport::validate(trail.files(), &keys);
        assert!(
            report.digests.iter().all(|digest| (digest.signature, digest.standing) == (signature, standing))
        );
        assert_eq!(report.streams[0].validated, []);
        assert_eq!(report.streams[0].breaks.len(), HOURS);
    }
}

#[test]
fn signatures_beside_are_tried_and_not_believed() {
    let trail = &HONEST[0];
    let (last, others) = trail.made.split_last().unwrap();
    let mut files: Vec<_> = others.iter().map(|made| made.file().with_signature("not hex")).collect();
    files.push(last.file().with_signature(others[0].signature.as_str()));
    let report = ChainReport::validate(files.clone(), &KEYS);
    assert_eq!(hours(&report.streams[0]), [(0, 49)]);
    assert_eq!(breaks(&report.streams[0]), [("DIGEST_REFUSED", 49, Some(49), 50)]);
    // The right one beside the wrong one is enough, and upper case is no other signature.
    files.push(last.file().with_signature(last.signature.to_ascii_uppercase()));
    assert_eq!(hours(&ChainReport::validate(files, &KEYS).streams[0]), [(0, 50)]);
}
