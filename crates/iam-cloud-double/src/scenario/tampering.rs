//! What happens to files after they were delivered.

use crate::misdeed::{Misdeed, Planted, another_letter};
use crate::random::Random;
use crate::record::Entry;
use crate::trail::Delivery;

/// Does a misdeed to what was delivered of an account. `None` if there is nothing that it can be done to.
pub(super) fn tamper(
    delivery: &mut Delivery,
    log: &[Entry],
    account: &str,
    misdeed: Misdeed,
    random: &mut Random,
) -> Option<Planted> {
    let at = match misdeed {
        Misdeed::EventDropped => dropped(delivery, log, account, random),
        Misdeed::FileLetter => letter(delivery, account, random),
        Misdeed::FileLost => {
            let file = file(delivery, account, random)?;
            Some(delivery.files.remove(file).key)
        }
        Misdeed::DigestLost => lost(delivery, account, random),
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

/// The place of a file of an account.
fn file(delivery: &Delivery, account: &str, random: &mut Random) -> Option<usize> {
    let own = delivery.files.iter().enumerate().filter(|(_, own)| *own.account == *account);
    random.pick(&own.map(|(at, _)| at).collect::<Vec<_>>()).copied()
}

/// Cuts a record out of its file, and says which event it was.
fn dropped(delivery: &mut Delivery, log: &[Entry], account: &str, random: &mut Random) -> Option<Box<str>> {
    let is_there = |own: &&Entry| own.delivered.is_some() && *own.record.recipient_account_id == *account;
    let recorded: Vec<&Entry> = log.iter().filter(is_there).collect();
    let record = &random.pick(&recorded)?.record;
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
fn letter(delivery: &mut Delivery, account: &str, random: &mut Random) -> Option<Box<str>> {
    let at = file(delivery, account, random)?;
    let file = delivery.files.get_mut(at)?;
    let place = place(random, file.json.len())?;
    file.json = another_letter(&file.json, place).or_else(|| another_letter(&file.json, 0))?;
    Some(file.key.clone())
}

/// Takes a digest away that has one before and one after it.
fn lost(delivery: &mut Delivery, account: &str, random: &mut Random) -> Option<Box<str>> {
    let digests = &delivery.digests;
    let of_account = || digests.iter().enumerate().filter(|(_, own)| *own.account == *account);
    let inner = of_account().filter(|(_, own)| {
        let ends =
            || of_account().filter(|(_, other)| other.region == own.region).map(|(_, other)| other.end);
        ends().any(|end| end < own.end) && ends().any(|end| end > own.end)
    });
    let inner: Vec<usize> = inner.map(|(at, _)| at).collect();
    let at = *random.pick(&inner)?;
    Some(delivery.digests.remove(at).key)
}
