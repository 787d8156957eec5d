//! What every verb does with inputs that are too large: `cargo xtask sizes [VERB...] [INPUT...]` prints the time and the peak of memory of each
//! verb on each input, and fails if one takes too much of either, or dies. The time is that of the processor, to which the other work of a
//! machine adds nothing; where the system does not tell it, it is the time until the end.

mod inputs;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{Outcome, structure, tools};

/// The most that a verb may take, whatever it is asked about.
const MOST_SECONDS: u64 = 10;
const MOST_KIB: u64 = 512 << 10;

/// After this time a run is ended.
const PATIENCE: Duration = Duration::from_secs(120);

/// The questions, by verb. `ROLE` is a folder; `POLICY`, `RESOURCE`, `TRUST` and `DUMP` are files of an input, and `SMALL` is a small policy.
const QUESTIONS: &[(&str, &[&str])] = &[
    ("preview", &["ROLE"]),
    (
        "plan",
        &[
            "ROLE",
            "--claims",
            "CLAIMS",
            "--engineer",
            "ana@doit.com",
            "--case",
            "1",
            "--at",
            "2026-11-26T12:00:00Z",
        ],
    ),
    ("trust", &["ROLE"]),
    ("roles", &["DUMP"]),
    ("preview-dump", &["DUMP", "--role", "r0"]),
    ("preflight", &["POLICY", "--account", "123456789012"]),
    ("restrict", &["arn:aws:s3:::some-bucket", "--account", "123456789012", "--policy", "RESOURCE"]),
    ("profiles-build", &["standard", "--role", "ROLE"]),
    ("prove-read-only", &["ROLE"]),
    ("prove-not-granted", &["POLICY", "--action", "iam:CreateUser", "--action", "s3:Put*"]),
    ("prove-no-public", &["RESOURCE", "--owner", "123456789012"]),
    ("effective", &["ROLE"]),
    ("shrink", &["POLICY"]),
    ("diff", &["POLICY", "SMALL"]),
    ("diff-new", &["SMALL", "POLICY"]),
    ("diff-closed", &["SMALL", "POLICY", "--closed"]),
    ("could", &["ROLE", "--action", "s3:GetObject"]),
    (
        "eval",
        &[
            "--identity",
            "POLICY",
            "--resource-policy",
            "RESOURCE",
            "--action",
            "s3:GetObject",
            "--principal",
            "arn:aws:iam::123456789012:user/a",
            "--resource",
            "arn:aws:s3:::some-bucket/key",
        ],
    ),
    (
        "explain",
        &[
            "--identity",
            "POLICY",
            "--resource-policy",
            "RESOURCE",
            "--action",
            "s3:GetObject",
            "--principal",
            "arn:aws:iam::123456789012:user/a",
            "--resource",
            "arn:aws:s3:::some-bucket/key",
        ],
    ),
    ("check", &["ROLE", "RESOURCE"]),
    ("conformance", &["POLICY"]),
];

/// Measures the verbs and inputs that are named, or all.
pub(crate) fn run(_check: bool) -> Outcome {
    let root = structure::root()?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    tools::run(&root, &["cargo", "build", "--quiet", "--release", "--package", "iamgate-cli"])?;
    let program = target.join("release/iamgate");
    let named: Vec<String> = std::env::args().skip(2).filter(|word| !word.starts_with("--")).collect();
    let is_named = |all: &[&str], own: &str| {
        let wanted: Vec<&String> = named.iter().filter(|name| all.contains(&name.as_str())).collect();
        wanted.is_empty() || wanted.iter().any(|name| *name == own)
    };
    let verbs: Vec<&str> = QUESTIONS.iter().map(|(verb, _)| *verb).collect();
    let all: Vec<&str> = inputs::ALL.iter().map(|(name, _)| *name).collect();
    if let Some(unheard) = named.iter().find(|name| !verbs.contains(&&***name) && !all.contains(&&***name)) {
        return Err(format!(
            "no verb and no input {unheard}; verbs: {}; inputs: {}",
            verbs.join(" "),
            all.join(" ")
        ));
    }
    let folder = target.join("sizes");
    let (mut bad, mut runs, mut slowest, mut largest) = (String::new(), 0, Duration::ZERO, 0);
    let mut most: BTreeMap<&str, Most> = BTreeMap::new();
    println!("{:14} {:18} {:>8} {:>9} {:>5}  what it says", "input", "verb", "seconds", "MiB", "exit");
    for (input, make) in inputs::ALL.iter().filter(|(input, _)| is_named(&all, input)) {
        let place = folder.join(input);
        make().write(&root, &place)?;
        for (verb, question) in QUESTIONS.iter().filter(|(verb, _)| is_named(&verbs, verb)) {
            let Some(words) = words(verb, question, &place, &root) else { continue };
            let measured = measure(&program, &words, &place)?;
            let ok =
                measured.time.as_secs() < MOST_SECONDS && measured.kib < MOST_KIB && measured.has_answered();
            let line = measured.line(input, verb, ok);
            println!("{line}");
            if !ok {
                let _ = writeln!(bad, "{line}");
            }
            most.entry(verb).or_default().add(input, &measured);
            (runs, slowest, largest) = (runs + 1, slowest.max(measured.time), largest.max(measured.kib));
        }
    }
    if bad.is_empty() {
        let said =
            format!("sizes: {runs} runs, at most {:.1} s and {} MiB", slowest.as_secs_f64(), largest >> 10);
        if named.is_empty() {
            let lines: Vec<String> = most.iter().map(|(verb, most)| most.line(verb)).collect();
            tools::score(&root, "sizes", &format!("{said}\n{}", lines.join("\n")))?;
        }
        Ok(said)
    } else {
        Err(format!("more than {MOST_SECONDS} s, more than {} MiB, or no answer:\n{bad}", MOST_KIB >> 10))
    }
}

/// The most that a verb took, and for which inputs.
#[derive(Default)]
struct Most {
    time: (Duration, &'static str),
    kib: (u64, &'static str),
}

impl Most {
    fn add(&mut self, input: &'static str, measured: &Measured) {
        self.time = self.time.max((measured.time, input));
        self.kib = self.kib.max((measured.kib, input));
    }

    fn line(&self, verb: &str) -> String {
        let ((time, slow), (kib, large)) = (self.time, self.kib);
        format!("{verb}: at most {:.1} s ({slow}) and {} MiB ({large})", time.as_secs_f64(), kib >> 10)
    }
}

/// The words of a question about an input, or `None` if the input does not have what it is about.
fn words(verb: &str, question: &[&str], place: &Path, root: &Path) -> Option<Vec<String>> {
    let file = |name: &str| place.join(name).exists().then(|| place.join(name).display().to_string());
    let verb = match verb {
        "preview-dump" => "preview",
        "diff-new" | "diff-closed" => "diff",
        verb => verb,
    };
    let verbs: Vec<&str> = match verb.split_once('-') {
        Some((first, second)) if matches!(first, "prove" | "profiles") => vec![first, second],
        _ => vec![verb],
    };
    let own = question.iter().map(|word| match *word {
        "ROLE" => file("role"),
        "POLICY" => file("policy.json"),
        "RESOURCE" => file("resource.json"),
        "DUMP" => file("dump.json"),
        "SMALL" => file("small.json"),
        "CLAIMS" => Some(root.join("policies/doit/example-claims.json").display().to_string()),
        word => Some(word.to_owned()),
    });
    verbs.into_iter().map(|word| Some(word.to_owned())).chain(own).collect()
}

struct Measured {
    time: Duration,
    kib: u64,
    status: Option<ExitStatus>,
    says: String,
}

impl Measured {
    /// Whether the program ended by itself, with an answer or an error that is not a bug.
    fn has_answered(&self) -> bool {
        self.status.and_then(|status| status.code()).is_some_and(|code| (0..=3).contains(&code))
    }

    /// The peak of memory in MiB.
    #[expect(clippy::cast_precision_loss, reason = "a size that is shown with one digit")]
    const fn mib(&self) -> f64 {
        self.kib as f64 / 1024.0
    }

    fn line(&self, input: &str, verb: &str, ok: bool) -> String {
        let exit =
            self.status.map_or_else(|| "-".to_owned(), |s| s.code().map_or("died".into(), |c| c.to_string()));
        format!(
            "{input:14} {verb:18} {:8.2} {:9.1} {exit:>5}  {}{}",
            self.time.as_secs_f64(),
            self.mib(),
            if ok { "" } else { "TOO MUCH " },
            self.says
        )
    }
}

/// Runs the program, and looks at its peak of memory until it ends.
fn measure(program: &Path, words: &[String], place: &Path) -> Result<Measured, String> {
    let (out, err) = (place.join("stdout"), place.join("stderr"));
    let open = |path: &Path| File::create(path).map_err(|e| format!("{}: {e}", path.display()));
    #[expect(clippy::disallowed_methods, reason = "a chore tells how long it took")]
    let start = Instant::now();
    let mut child = Command::new(program)
        .args(words)
        .env("IAMGATE_TODAY", "2026-12-01")
        .stdin(Stdio::null())
        .stdout(open(&out)?)
        .stderr(open(&err)?)
        .spawn()
        .map_err(|e| format!("{}: {e}", program.display()))?;
    let (mut kib, mut busy, mut status) = (0, None, None);
    while start.elapsed() < PATIENCE {
        kib = kib.max(peak(&child));
        busy = processor(&child).or(busy);
        status = child.try_wait().map_err(|e| e.to_string())?;
        if status.is_some() {
            break;
        }
        sleep(Duration::from_millis(2));
    }
    let time = busy.unwrap_or_else(|| start.elapsed());
    if status.is_none() {
        let _ = child.kill();
        let _ = child.wait();
    }
    // The first line of what the program says last: a refusal, or the first sentence of an answer.
    let first = |path: &Path| {
        let text =
            fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        text.lines()
            .find(|line| !line.trim_matches(' ').is_empty())
            .unwrap_or_default()
            .chars()
            .take(90)
            .collect::<String>()
    };
    let says = Some(first(&err)).filter(|line| !line.is_empty()).unwrap_or_else(|| first(&out));
    Ok(Measured { time, kib, status, says })
}

/// The peak of memory of a process in KiB, as Linux counts it; 0 elsewhere, and after its end.
fn peak(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim_ascii().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}

/// The time of the processor that a process has taken, as Linux counts it in hundredths of a second; `None` elsewhere, and after its end.
fn processor(child: &Child) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).ok()?;
    // The name of the program, in parentheses, may have spaces. The twelfth and thirteenth fields after it are user and system time.
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks = fields.split_ascii_whitespace().skip(11).take(2).map(|field| field.parse::<u64>().ok());
    let ticks = ticks.collect::<Option<Vec<u64>>>()?.iter().sum::<u64>();
    Some(Duration::from_millis(ticks.saturating_mul(10)))
}
