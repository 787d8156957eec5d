//! Files of decision records: one in each line, alone or in the signed chain that a broker writes.

use iamgate::iam_json::{Document, Value};
use iamgate::iam_policy::Limits;
use iamgate::{DecisionRecord, File};

use super::RecordPlace;
use crate::args::AuditArgs;
use crate::load;
use crate::trouble::Trouble;
use crate::world::World;

/// The maximum length of a file of records in bytes. A record may contain the policies of a role.
const RECORD_BYTES: usize = 64 << 20;

/// What the lines of a signed chain say in `schema`.
const SIGNED: &str = "iamgate/signed-record";

/// A line of a file.
pub(super) struct RecordLine {
    pub(super) place: RecordPlace,
    record: File,
}

impl RecordLine {
    /// The decision.
    ///
    /// # Errors
    /// It is none. Places are those of the file: the record is read again, behind as many lines as the file has before it.
    pub(super) fn read(&self) -> Result<DecisionRecord<'_>, Trouble> {
        DecisionRecord::read(&self.record).map_err(|_| {
            let RecordPlace { file, line } = &self.place;
            let before = "\n".repeat(line.saturating_sub(1));
            let shown = File { name: file.clone(), text: format!("{before}{}", self.record.text) };
            match DecisionRecord::read(&shown) {
                Err(error) => load::trouble(error, std::slice::from_ref(&shown)),
                Ok(_) => {
                    Trouble::bug(format!("{file}, line {line}: a record that is read in one place only"))
                }
            }
        })
    }
}

/// The records of all files. `-` is standard input.
pub(super) fn lines(args: &AuditArgs, world: &dyn World) -> Result<Vec<RecordLine>, Trouble> {
    let mut all = Vec::new();
    for path in &args.record {
        let file = world.read(path, RECORD_BYTES, "decision records")?;
        verify(&file, args, world)?;
        let before = all.len();
        for (number, line) in (1_usize..).zip(file.text.lines()) {
            if line.bytes().all(|byte| byte.is_ascii_whitespace()) {
                continue;
            }
            let record = File { name: path.clone(), text: signed(line).unwrap_or_else(|| line.to_owned()) };
            all.push(RecordLine { place: RecordPlace { file: path.clone(), line: number }, record });
        }
        if all.len() == before {
            let help = "name a file with what `iamgate plan --format json` or the broker has written, one record in each line";
            return Err(Trouble::input(path, "NO_RECORDS", "not one decision record", help));
        }
    }
    Ok(all)
}

/// Verifies that a file is a signed chain, if a key is given.
#[cfg(feature = "record")]
fn verify(file: &File, args: &AuditArgs, world: &dyn World) -> Result<(), Trouble> {
    if args.record_key.is_empty() {
        return Ok(());
    }
    let keys = crate::record::public_keys(&args.record_key, world)?;
    let report = iamgate_record::verify(&file.text, &keys, None, None);
    let Some(first) = report.faults.first() else { return Ok(()) };
    let more = match report.faults.len() {
        1 => String::new(),
        all => format!(", and {} more", all.saturating_sub(1)),
    };
    let says = format!("the decision records are not one chain that is signed with the key: {first}{more}");
    let help = "`iamgate record verify` lists each fault; a part of a chain can be verified there with --after, and given here without a key";
    Err(Trouble::input(&file.name, "RECORDS_NOT_INTACT", says, help))
}

#[cfg(not(feature = "record"))]
fn verify(_: &File, _: &AuditArgs, _: &dyn World) -> Result<(), Trouble> {
    Ok(())
}

/// The record in a line of a signed chain, with the bytes that its writer gave it.
fn signed(line: &str) -> Option<String> {
    if !line.contains(SIGNED) {
        return None;
    }
    let mut limits = Limits::default();
    limits.document_bytes = RECORD_BYTES;
    let document = Document::parse(line, &limits).ok()?;
    let root = document.root();
    let schema = root.member("schema").and_then(Value::as_string)?;
    (schema == SIGNED).then(|| root.member("record").map(|own| own.raw().to_owned()))?
}

/// Whether every file was verified.
pub(super) const fn are_verified(args: &AuditArgs) -> bool {
    #[cfg(feature = "record")]
    return !args.record_key.is_empty();
    #[cfg(not(feature = "record"))]
    return false;
}
