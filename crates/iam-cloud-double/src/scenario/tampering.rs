//! What happens to files after they were delivered.

use crate::misdeed::{Misdeed, Planted, another_letter};
use crate::random::Random;
use crate::record::Entry;
use crate::trail::Delivery;

/// Does a misdeed to what was delivered. `None` if there is nothing that it can be done to.
pub(super) fn tamper(
    delivery: &mut Delivery,
    log: &[Entry],
    misdeed: Misdeed,
    random: &mut Random,
) -> Option<Planted> {
    let at = match misdeed {
        Misdeed::EventDropped => dropped(delivery, log, random),
        Misdeed::FileLetter => letter(delivery, random),
        Misdeed::FileLost => {
            let file = place(random, delivery.files.len())?;
            Some(delivery.files.remove(file).key)
        }
        Misdeed::DigestLost => lost(delivery, random),
        Misdeed::DeniedWriteDone
        | Misdeed::SecretRead
        | Misdeed::RoleChained
        | Misdeed::SessionUnplanned
        | Misdeed::PolicyWidened
        | Misdeed::PolicyWidenedUnseen
        | Misdeed::PolicyLetter
        | Misdeed::NameLetter
        | Misdeed::TagLetter
        | Misdeed::OpeningUnrecorded => None,
    }?;
    Some(Planted { misdeed, at })
}

/// A place in a list; `None` if it is empty.
fn place(random: &mut Random, length: usize) -> Option<usize> {
    if length == 0 {
        return None;
    }
    usize::try_from(random.below(u64::try_from(length).ok()?)).ok()
}

/// Cuts a record out of its file, and says which event it was.
fn dropped(delivery: &mut Delivery, log: &[Entry], random: &mut Random) -> Option<Box<str>> {
    let recorded: Vec<&Entry> = log.iter().filter(|own| own.delivered.is_some()).collect();
    let record = &recorded.get(place(random, recorded.len())?)?.record;
    let text = record.to_json();
    let file = delivery.files.iter_mut().find(|file| file.json.contains(&text))?;
    for with_comma in [format!("{text},"), format!(",{text}"), text] {
        if file.json.contains(&with_comma) {
            file.json = file.json.replacen(&with_comma, "", 1);
            break;
        }
    }
    Some(record.event_id.clone())
}

/// Changes a letter of a file, and says which one.
fn letter(delivery: &mut Delivery, random: &mut Random) -> Option<Box<str>> {
    let at = place(random, delivery.files.len())?;
    let file = delivery.files.get_mut(at)?;
    let place = place(random, file.json.len())?;
    file.json = another_letter(&file.json, place).or_else(|| another_letter(&file.json, 0))?;
    Some(file.key.clone())
}

/// Takes a digest away that has one before and one after it.
fn lost(delivery: &mut Delivery, random: &mut Random) -> Option<Box<str>> {
    let digests = &delivery.digests;
    let inner = digests.iter().enumerate().filter(|(_, own)| {
        let same =
            || digests.iter().filter(|other| other.account == own.account && other.region == own.region);
        same().any(|other| other.end < own.end) && same().any(|other| other.end > own.end)
    });
    let inner: Vec<usize> = inner.map(|(at, _)| at).collect();
    let at = *inner.get(place(random, inner.len())?)?;
    Some(delivery.digests.remove(at).key)
}
