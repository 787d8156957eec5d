//! `iamgate record`: signed decision records.

use iamgate::DocumentSchema;
use iamgate::iam_json::{Document, Value};
use iamgate::iam_policy::Limits;
use iamgate_record::{
    ChainReport, FaultCode, FileKey, Head, PublicKey, RecordChain, RecordError, Signer as _, verify,
};
use serde::Serialize;

use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::{CheckRecordsArgs, SignRecordArgs};
use crate::json;
use crate::trouble::Trouble;
use crate::world::{DUMP_BYTES, World};

/// The maximum length of a key in bytes.
const KEY_BYTES: usize = 1 << 14;

/// The maximum length of a record in bytes.
const RECORD_BYTES: usize = 16 << 20;

/// The answer to the question whether a file of records is intact.
#[derive(Debug)]
#[non_exhaustive]
pub struct CheckRecordsAnswer {
    /// What was found.
    pub report: ChainReport,
    /// Whether a head was expected. Only then is a cut at the end told.
    pub has_head: bool,
}

/// Checks a file of signed records.
///
/// # Errors
/// The file, a key or a head cannot be read. Faults of the chain are an answer, not an error.
pub fn check_records(args: &CheckRecordsArgs, world: &dyn World) -> Result<CheckRecordsAnswer, Trouble> {
    let keys = public_keys(&args.key, world)?;
    let (after, expected) = (head(args.after.as_deref())?, head(args.head.as_deref())?);
    let file = world.read(&args.file, DUMP_BYTES, "signed decision records")?;
    let report = verify(&file.text, &keys, after, expected);
    Ok(CheckRecordsAnswer { report, has_head: expected.is_some() })
}

/// Reads public keys.
pub(crate) fn public_keys(paths: &[String], world: &dyn World) -> Result<Vec<PublicKey>, Trouble> {
    let key = |path: &String| {
        let file = world.read(path, KEY_BYTES, "a public key")?;
        PublicKey::read(&file.text).map_err(|error| trouble(path, error))
    };
    paths.iter().map(key).collect()
}

/// Signs a decision record: its line of a file of records, with the line end.
///
/// # Errors
/// The record, the key or the chain cannot be read, or the chain is not intact under the public key that belongs to the private one.
pub fn sign_record(args: &SignRecordArgs, world: &dyn World) -> Result<String, Trouble> {
    let stdin = [Some(&args.record), Some(&args.key), args.chain.as_ref()];
    if stdin.into_iter().flatten().filter(|path| *path == "-").count() > 1 {
        return Err(Trouble::usage(
            "`-` twice",
            "standard input can be read once: name files for the others",
        ));
    }
    let file = world.read(&args.key, KEY_BYTES, "a private key")?;
    let key = FileKey::from_pem(&file.text).map_err(|error| trouble(&args.key, error))?;
    let mut chain = match &args.chain {
        Some(path) => going_on(path, &key, world)?,
        None => RecordChain::new(),
    };
    let record = world.read(&args.record, RECORD_BYTES, "a decision record")?;
    let mut limits = Limits::default();
    limits.document_bytes = RECORD_BYTES;
    let is_record = Document::parse(&record.text, &limits).is_ok_and(|document| {
        let name = document.root().member("schema").and_then(Value::as_string);
        name.is_some_and(|name| name.parse() == Ok(DocumentSchema::DecisionRecord))
    });
    if !is_record {
        let help = "name a file that `iamgate plan --format json` has printed";
        return Err(Trouble::input(&args.record, "INVALID_RECORD", "no decision record", help));
    }
    chain.append(&record.text, &key).map_err(|error| trouble(&args.record, error))
}

/// The chain of a file, which is intact.
fn going_on(path: &str, key: &FileKey, world: &dyn World) -> Result<RecordChain, Trouble> {
    let file = world.read(path, DUMP_BYTES, "signed decision records")?;
    let report = verify(&file.text, std::slice::from_ref(key.public_key()), None, None);
    match (report.faults.first(), report.head) {
        (None, Some(head)) => Ok(RecordChain::after(head)),
        (fault, _) => {
            let found = fault.map_or_else(|| "no record".to_owned(), ToString::to_string);
            let help = "a chain goes on only if it is intact and signed by this key; begin a new file";
            Err(Trouble::input(path, "CHAIN_NOT_INTACT", found, help))
        }
    }
}

fn head(text: Option<&str>) -> Result<Option<Head>, Trouble> {
    let Some(text) = text else { return Ok(None) };
    text.parse().map(Some).map_err(|_| {
        Trouble::usage("no head of a chain", "give NUMBER:SHA256, as `iamgate record verify` prints it")
    })
}

fn trouble(path: &str, error: RecordError) -> Trouble {
    Trouble::input(path, error.code(), error.found(), error.help())
}

impl Answer for CheckRecordsAnswer {
    fn to_json(&self) -> String {
        json::indented(&CheckJson::new(self))
    }

    fn exit(&self) -> Exit {
        if self.report.faults.iter().any(|fault| fault.code == FaultCode::Empty) {
            return Exit::Unanswered;
        }
        Exit::when(self.report.is_intact())
    }
}

#[derive(Serialize)]
struct CheckJson<'r> {
    schema: AnswerSchema,
    version: u32,
    intact: bool,
    records: usize,
    head: Option<String>,
    /// Whether a head was expected: only then would a cut at the end have been told.
    end_checked: bool,
    /// The line of the expected head.
    head_at: Option<usize>,
    keys: Vec<&'r str>,
    faults: Vec<FaultJson<'r>>,
}

#[derive(Serialize)]
struct FaultJson<'r> {
    line: usize,
    pointer: &'r str,
    code: &'static str,
    found: &'r str,
    help: &'static str,
}

impl<'r> CheckJson<'r> {
    fn new(answer: &'r CheckRecordsAnswer) -> Self {
        let report = &answer.report;
        let faults = report.faults.iter().map(|fault| FaultJson {
            line: fault.line,
            pointer: &fault.pointer,
            code: fault.code.name(),
            found: &fault.found,
            help: fault.code.help(),
        });
        Self {
            schema: AnswerSchema::RecordCheck,
            version: 1,
            intact: report.is_intact(),
            records: report.records,
            head: report.head.map(|head| head.to_string()),
            end_checked: answer.has_head,
            head_at: report.expected_at,
            keys: report.keys.iter().map(|key| &**key).collect(),
            faults: faults.collect(),
        }
    }
}
