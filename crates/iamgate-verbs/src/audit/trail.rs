//! The files of a trail: events, and the digest files that show that all are there.

use iam_trail::digest::{
    Break, BreakKind, ChainReport, DigestError, DigestErrorKind, DigestFile, GivenLog, LogHash, PublicKeys,
    Stream,
};
use iam_trail::{Item, Limits as TrailLimits, Reader, Selectors, TrailCode};
use iamgate::iam_json::quoted;
use iamgate::iam_policy::value::Instant;
use iamgate_audit::{Audit, AuditCode, Coverage, Digests};

use super::{FileFinding, Findings};
use crate::args::AuditArgs;
use crate::trouble::Trouble;
use crate::world::World;

/// The maximum length of an output of AWS CLI about a trail in bytes.
const OUTPUT_BYTES: usize = 1 << 20;

/// What was read of the files.
pub(super) struct Files {
    count: usize,
    /// What the digest files say, if there are any and the keys are given.
    validation: Option<Validation>,
}

#[derive(Default)]
struct Validation {
    keys: PublicKeys,
    digests: Vec<DigestFile>,
    logs: Vec<GivenLog>,
    names: Vec<Box<str>>,
}

/// What the question says of the records.
pub(super) fn told(args: &AuditArgs, world: &dyn World) -> Result<Coverage, Trouble> {
    let mut coverage = Coverage::default();
    if let Some(text) = &args.until {
        coverage.until = Some(Instant::parse(text).ok_or_else(|| {
            let help = "give a time such as 2026-11-26T12:00:00Z, or seconds since 1970";
            Trouble::usage(format!("--until {} is no time", quoted(text)), help)
        })?);
    }
    if !args.region.is_empty() {
        coverage.regions = Some(args.region.iter().map(|own| own.as_str().into()).collect());
    }
    if let Some(path) = &args.selectors {
        let text = world.read(path, OUTPUT_BYTES, "event selectors")?.text;
        let selectors = Selectors::read(text.as_bytes()).map_err(|error| {
            let help =
                "give the output of `aws cloudtrail get-event-selectors --trail-name NAME --output json`";
            Trouble::input(path, "NO_SELECTORS", format!("no event selectors: {error}"), help)
        })?;
        coverage.selectors = Some(selectors);
    }
    Ok(coverage)
}

/// Whether everything is about one trail.
pub(super) fn check(coverage: &Coverage, args: &AuditArgs) -> Result<(), Trouble> {
    let of_digests = coverage.digests.as_ref().map(|own| &*own.trail);
    let (Some(own), Some(name)) = (&coverage.selectors, of_digests.or(args.trail.as_deref())) else {
        return Ok(());
    };
    let is_same = own.trail() == name || own.trail().ends_with(&format!(":trail/{name}"));
    if is_same {
        return Ok(());
    }
    let path = args.selectors.as_deref().unwrap_or_default();
    let says = format!(
        "the event selectors are of {}, and the records of the trail {}",
        quoted(own.trail()),
        quoted(name)
    );
    let help = "give the event selectors of the trail that has the records";
    Err(Trouble::input(path, "ANOTHER_TRAIL", says, help))
}

/// Reads all files of events, and digest files.
pub(super) fn read(
    args: &AuditArgs,
    world: &dyn World,
    audit: &mut Audit,
    findings: &mut Findings,
) -> Result<Files, Trouble> {
    let mut files: Vec<String> = Vec::new();
    for path in &args.events {
        files.extend(if path == "-" { vec![path.clone()] } else { world.trail_files(path)? });
    }
    let (digests, logs): (Vec<&String>, Vec<&String>) = files.iter().partition(|own| is_digest(own));
    let mut validation = None;
    if !args.keys.is_empty() {
        validation = Some(Validation::new(args, world, &digests, findings)?);
    } else if let Some(first) = digests.first() {
        let says = format!(
            "{} digest files are not looked at, as there are no keys to validate them",
            digests.len()
        );
        findings.push(FileFinding::of(AuditCode::DIGESTS_NOT_USED, *first, says));
    }
    for file in logs {
        let mut hash = validation.is_some().then(|| LogHash::new(TrailLimits::default()));
        let mut reader = Reader::new(TrailLimits::default());
        let mut each = |item: Item<'_>| match item {
            Item::Record { event, .. } => {
                audit.take(&event, file);
            }
            Item::Finding(own) => {
                if own.code == TrailCode::EmptyList {
                    return;
                }
                if own.code.hides_records() {
                    audit.note_unread();
                }
                findings.push(FileFinding {
                    code: own.code.name(),
                    file: file.clone(),
                    place: format!("byte {}, record {}", own.place.offset, own.place.record),
                    says: own.text,
                    help: own.code.help().to_owned(),
                });
            }
            _ => {}
        };
        world.stream(file, &mut |bytes| {
            reader.feed(bytes, &mut each);
            if let Some(hash) = &mut hash {
                hash.update(bytes);
            }
            true
        })?;
        reader.finish(&mut each);
        // A file that is damaged has a finding already, and no hash: it is one that is not there.
        if let (Some(validation), Some(Ok(sum))) = (&mut validation, hash.map(LogHash::finish)) {
            validation.logs.push(GivenLog::new(file.as_str(), sum));
            validation.names.push(file.as_str().into());
        }
    }
    Ok(Files { count: files.len(), validation })
}

/// Whether a file is a digest file, by its name.
fn is_digest(path: &str) -> bool {
    path.rsplit(['/', '\\']).next().is_some_and(|name| name.contains("_CloudTrail-Digest_"))
}

impl Validation {
    fn new(
        args: &AuditArgs,
        world: &dyn World,
        digests: &[&String],
        findings: &mut Findings,
    ) -> Result<Self, Trouble> {
        let mut own = Self::default();
        for path in &args.keys {
            let text = world.read(path, OUTPUT_BYTES, "public keys")?.text;
            own.keys.add(text.as_bytes()).map_err(|error| {
                let help = "give the output of `aws cloudtrail list-public-keys --start-time … --output json`, for each Region";
                Trouble::input(path, "NO_PUBLIC_KEYS", format!("no public keys: {}", text_of(&error)), help)
            })?;
        }
        for path in digests {
            let mut bytes = Vec::new();
            world.stream(path, &mut |chunk| {
                bytes.extend_from_slice(chunk);
                u64::try_from(bytes.len()).is_ok_and(|own| own <= DigestFile::MOST_BYTES)
            })?;
            match DigestFile::read(&bytes) {
                Ok(file) => own.digests.push(file),
                Err(error) => findings.push(FileFinding {
                    code: match error.kind {
                        DigestErrorKind::Compression => TrailCode::GzipBroken.name(),
                        DigestErrorKind::TooLong => TrailCode::FileTooLong.name(),
                        DigestErrorKind::Json => TrailCode::BrokenJson.name(),
                        DigestErrorKind::Member | DigestErrorKind::Key | _ => AuditCode::NO_DIGEST_FILE.name,
                    },
                    file: (*path).clone(),
                    place: if error.line == 0 {
                        String::new()
                    } else {
                        format!("line {}, column {}", error.line, error.column)
                    },
                    says: format!("the digest file is not read: {}", error.text),
                    help: "fetch the file again".to_owned(),
                }),
            }
        }
        Ok(own)
    }
}

fn text_of(error: &DigestError) -> String {
    if error.line == 0 {
        error.text.clone()
    } else {
        format!("{} at line {}, column {}", error.text, error.line, error.column)
    }
}

impl Files {
    /// How many there are.
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// What the digest files show, if there are any and the keys are given. Where their chain breaks is a finding.
    pub(super) fn digests(
        &self,
        args: &AuditArgs,
        account: &str,
        findings: &mut Findings,
    ) -> Result<Option<Digests>, Trouble> {
        let Some(own) = &self.validation else { return Ok(None) };
        if own.digests.is_empty() {
            let help = "give the digest files too: they are in the folder CloudTrail-Digest of the bucket, beside CloudTrail";
            return Err(Trouble::input(
                &args.events.join(", "),
                "NO_DIGEST_FILES",
                "--keys without a digest file that can be read",
                help,
            ));
        }
        let chain = ChainReport::validate(own.digests.iter().cloned(), &own.keys);
        let logs = chain.log_files(&own.logs);
        let digests =
            Digests::of(&chain, &logs, &own.names, account, args.trail.as_deref()).map_err(|error| {
                let help =
                    "name the trail with --trail, and give the digest files of the account of the role";
                Trouble::input(&args.events.join(", "), "NO_DIGESTS_OF_TRAIL", error.to_string(), help)
            })?;
        let is_own = |own: &Stream| own.account == account && *own.trail == *digests.trail;
        for report in chain.streams.iter().filter(|report| is_own(&report.stream)) {
            // Of the newest one, only a later one would show it.
            let is_newest = |own: &Break| {
                own.kind == BreakKind::NotShown && own.digest.checked_add(1) == Some(report.digests.end)
            };
            for own in report.breaks.iter().filter(|own| !is_newest(own)) {
                let file = chain.digests.get(own.digest).map(|own| own.file.key()).unwrap_or_default();
                let code = AuditCode::of(own.kind.name()).unwrap_or(AuditCode::DIGEST_NOT_SHOWN);
                findings.push(FileFinding::of(code, file, &own.text));
            }
        }
        for file in &digests.damaged {
            let (code, says) = if file.is_changed {
                (AuditCode::LOG_FILE_CHANGED, "its bytes are not those that CloudTrail delivered")
            } else {
                (AuditCode::LOG_FILE_MISSING, "a digest file names it, and it is not there")
            };
            findings.push(FileFinding::of(code, &*file.name, says));
        }
        Ok(Some(digests))
    }
}
