//! The laws of audits, on a few sessions of the double. `examples/laws.rs` puts them to any number.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

#[path = "laws/auditor.rs"]
mod auditor;
#[path = "laws/changes.rs"]
mod changes;
#[path = "laws/dice.rs"]
mod dice;
#[path = "laws/misdeeds.rs"]
mod misdeeds;
#[path = "laws/sentences.rs"]
mod sentences;

use std::io::Read as _;
use std::sync::LazyLock;

use auditor::{Auditor, Evidence};
use iam_cloud_double::{Misdeed, Stage};
use sentences::{LAWS, Law, OPENING, Trial};

/// Stages with one and with three sessions in a scenario, and an audit of either.
static STAGES: LazyLock<[(Stage, Auditor); 2]> = LazyLock::new(|| {
    [1, 3].map(|sessions| {
        let stage = Stage::new(true).unwrap().with_sessions(sessions);
        let auditor = Auditor::new(&stage).unwrap();
        (stage, auditor)
    })
});

/// Puts a few sessions to the laws of a subject. Each law must hold more than once.
#[track_caller]
fn hold(subject: char) {
    let laws: Vec<&Law> = LAWS.iter().filter(|own| own.id.starts_with(subject)).collect();
    let mut held = vec![0_u64; laws.len()];
    for (stage, auditor) in &*STAGES {
        for seed in 0..3 {
            let scenario = stage.scenario(seed).unwrap();
            let mut trial = Trial::new(auditor, &scenario, seed).unwrap();
            for (law, held) in laws.iter().zip(&mut held) {
                let more = trial.check(law);
                let more = more.unwrap_or_else(|why| {
                    panic!("{} ({}) is broken with seed {seed}: {why}", law.id, law.says)
                });
                *held = held.saturating_add(more);
            }
        }
    }
    assert!(held.iter().all(|held| *held > 1), "{held:?}");
}

#[test]
fn honest_sessions_are_complete() {
    hold('H');
}

#[test]
fn what_is_lost_or_changed_is_missed() {
    hold('L');
}

#[test]
fn a_session_with_another_opening_is_broken() {
    hold('B');
}

#[test]
fn order_and_copies_do_not_matter() {
    hold('O');
}

#[test]
fn more_knowledge_only_refines() {
    hold('K');
}

#[test]
fn every_letter_of_the_opening_counts() {
    let [(stage, auditor), _] = &*STAGES;
    let scenario = stage.scenario(1).unwrap();
    let mut trial = Trial::new(auditor, &scenario, 1).unwrap();
    let mut letters = 0_usize;
    for text in OPENING {
        let length = sentences::opening_text(&trial, text).unwrap().chars().count();
        // Of the policy, every ninth: each costs two audits.
        for place in (0..length).step_by(if length > 100 { 9 } else { 1 }) {
            sentences::opening_letter(&mut trial, text, place).unwrap();
            letters = letters.saturating_add(1);
        }
    }
    assert!(letters > 50, "{letters}");
}

#[test]
fn every_file_and_every_record_counts() {
    let [(stage, auditor), _] = &*STAGES;
    let scenario = stage.scenario(2).unwrap();
    let trial = Trial::new(auditor, &scenario, 2).unwrap();
    assert!(trial.own.logs.len() > 3 && trial.entries().len() > 5);
    for place in 0..trial.own.logs.len() {
        let mut evidence = trial.own.clone();
        let lost = evidence.logs.remove(place);
        trial.is_missed(&evidence, &lost.json).unwrap();
    }
    for entry in trial.entries() {
        let mut evidence = trial.own.clone();
        assert!(changes::drop_record(&mut evidence, &entry.record));
        trial.is_missed(&evidence, &entry.record.to_json()).unwrap();
    }
}

#[test]
fn every_misdeed_is_told() {
    for (stage, auditor) in &*STAGES {
        for misdeed in Misdeed::ALL {
            for seed in 0..2 {
                let told = misdeeds::told(auditor, stage, misdeed, seed);
                let told = told.unwrap_or_else(|why| panic!("{} with seed {seed}: {why}", misdeed.name()));
                assert_eq!(told, 1, "{} with seed {seed} was not done", misdeed.name());
            }
        }
    }
}

/// The files are audited as JSON everywhere else, because unpacking them takes time.
#[test]
fn compressed_files_have_the_same_records() {
    let [(stage, _), _] = &*STAGES;
    let scenario = stage.scenario(3).unwrap();
    let unpacked = |bytes: &[u8]| {
        let mut json = String::new();
        flate2::read::GzDecoder::new(bytes).read_to_string(&mut json).unwrap();
        json
    };
    assert!(scenario.delivery.files.iter().all(|file| unpacked(&file.gzip()) == file.json));
    assert!(scenario.delivery.digests.iter().all(|file| unpacked(&file.gzip()) == file.json));
}

/// Without it, a test of what is lost could pass because nothing is ever complete.
#[test]
fn an_audit_without_anything_is_incomplete() {
    let [(stage, auditor), _] = &*STAGES;
    let evidence = auditor.evidence(&stage.scenario(4).unwrap()).unwrap();
    let nothing = Evidence { logs: Vec::new(), digests: Vec::new(), ..evidence };
    let audited = auditor.audit(&nothing).unwrap();
    assert!(audited.told().contains("NO_RECORD_OF_ISSUANCE"), "{}", audited.told());
}
