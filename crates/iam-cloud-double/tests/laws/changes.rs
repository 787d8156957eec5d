//! What may happen to records and files.

use iam_cloud_double::TrailRecord;
use serde_json::Value;

use crate::auditor::{Evidence, Log};
use crate::dice::Dice;

/// Cuts a record out of its file. Says whether it was there.
pub(crate) fn drop_record(evidence: &mut Evidence, record: &TrailRecord) -> bool {
    let text = record.to_json();
    [format!("{text},"), format!(",{text}"), text].iter().any(|own| replace(evidence, own, ""))
}

/// Puts a record in the place of another one. Says whether that was there.
pub(crate) fn replace_record(evidence: &mut Evidence, old: &TrailRecord, new: &TrailRecord) -> bool {
    replace(evidence, &old.to_json(), &new.to_json())
}

fn replace(evidence: &mut Evidence, old: &str, new: &str) -> bool {
    let Some(log) = evidence.logs.iter_mut().find(|own| own.json.contains(old)) else { return false };
    log.json = log.json.replacen(old, new, 1);
    true
}

/// Changes a byte of a text to another one. The text stays one in UTF-8, for a file is read as bytes, and bytes are what is hashed.
pub(crate) fn change_byte(text: &str, dice: &mut Dice) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let place = dice.below(bytes.len());
    let own = bytes.get_mut(place).filter(|own| own.is_ascii())?;
    let other = u8::try_from(dice.below(127)).ok()?;
    *own = if other < *own { other } else { other.saturating_add(1) };
    String::from_utf8(bytes).ok()
}

/// Letters that stand for all that may be put in place of one.
const LETTERS: [char; 10] = ['a', 'Z', '0', ' ', '*', '"', '\\', '\n', '\u{e9}', '\u{2028}'];

/// A text that differs in one letter: another one in its place, none, or one more.
pub(crate) fn change_letter(text: &str, place: usize, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let other = || LETTERS.iter().copied();
    match (letters.get_mut(place), dice.below(4)) {
        (Some(_), 0) => drop(letters.remove(place)),
        (Some(own), 1 | 2) => {
            let others: Vec<char> = other().filter(|letter| letter != own).collect();
            *own = dice.pick(&others).copied().unwrap_or('x');
        }
        (Some(_), _) => letters.insert(place, dice.pick(&LETTERS).copied().unwrap_or('x')),
        (None, _) => letters.push(dice.pick(&LETTERS).copied().unwrap_or('x')),
    }
    letters.into_iter().collect()
}

/// Puts the records of all files into other files, in another order: some into many files, some into few.
pub(crate) fn resplit(logs: &[Log], dice: &mut Dice) -> Result<Vec<Log>, serde_json::Error> {
    let mut records: Vec<Value> = Vec::new();
    for log in logs {
        let mut file: Value = serde_json::from_str(&log.json)?;
        let own = file.pointer_mut("/Records").and_then(Value::as_array_mut);
        records.append(own.unwrap_or(&mut Vec::new()));
    }
    dice.shuffle(&mut records);
    let mut files: Vec<Vec<Value>> = vec![Vec::new(); dice.below(9).saturating_add(1)];
    for record in records {
        let file = dice.below(files.len());
        if let Some(file) = files.get_mut(file) {
            file.push(record);
        }
    }
    let file = |(number, records): (usize, Vec<Value>)| Log {
        name: format!("{number}.json").into(),
        json: serde_json::json!({ "Records": records }).to_string(),
    };
    Ok(files.into_iter().enumerate().map(file).collect())
}

/// The pointer (RFC 6901) of every member of every object in a value, also within lists.
pub(crate) fn members(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    add_members(value, "", &mut found);
    found
}

fn add_members(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, own) in members {
                let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                add_members(own, &at, found);
                found.push(at);
            }
        }
        Value::Array(all) => {
            for (number, own) in all.iter().enumerate() {
                add_members(own, &format!("{at}/{number}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The value without the member at a pointer.
pub(crate) fn without(value: &Value, pointer: &str) -> Value {
    let mut value = value.clone();
    let Some((before, name)) = pointer.rsplit_once('/') else { return value };
    if let Some(Value::Object(members)) = value.pointer_mut(before) {
        members.remove(&name.replace("~1", "/").replace("~0", "~"));
    }
    value
}
