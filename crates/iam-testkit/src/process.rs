//! Engines in other processes and languages.
//!
//! An adapter reads questions from standard input and writes answers to standard output, one JSON object on each line.
//!
//! A question is a case of the vector format (`conformance/aws/FORMAT.md`) without its expectation:
//!
//! ```json
//! {"id": 7, "request": {"principal": …, "action": "s3:GetObject", …}, "policies": {"identity": [ … ], …}}
//! ```
//!
//! - A missing layer means the same as null. Besides the layers of `FORMAT.md` there is `policies.vpc_endpoint`, a list of policies that
//!   limit every caller. Besides its principal types there is `saml`, which has the members of `web_identity`.
//! - `request.resource_account` may be missing. The owner is then the account in the resource's ARN, or else the caller's account (rule
//!   7.38). Caller and resource may be in different partitions; such a request is never allowed (rule 5.34).
//! - `request.unknown` lists condition keys whose values are not known. This differs from absent keys. An engine without unknown keys skips
//!   the question; otherwise the decision may be `depends` (rule 7.44).
//!
//! An answer has the `id` of its question, and a decision (`allowed`, `explicit_deny`, `implicit_deny`, `depends`), an error, or a reason
//! to skip:
//!
//! ```json
//! {"id": 7, "decision": "allowed", "applying": [{"layer": "identity", "level": 0, "policy": 0, "statement": 1}], "perhaps": []}
//! {"id": 8, "error": "the second policy has no Version"}
//! {"id": 9, "skipped": "no permissions boundaries"}
//! ```
//!
//! `applying` lists every statement that applies to the request. It has the Allow and Deny statements of every layer that is asked, even if
//! another statement overrides them. `perhaps` lists the statements for which this depends on an unknown key. `layer` is the name of the
//! member of `policies`. `level` is the level of SCPs and RCPs, counted from the root, and otherwise 0. The order does not matter. An
//! adapter that does not report statements leaves both members out. Other members are ignored.
//!
//! Every question must be answered, in order, and the answer must be flushed before the next question is read. There are more questions
//! than cases, because differing cases are shrunk. Several adapters may run in parallel, each in its own process. The process must end when
//! its input ends. In Python:
//!
//! ```python
//! import json, sys
//!
//! for line in sys.stdin:
//!     question = json.loads(line)
//!     if "unknown" in question["request"]:
//!         answer = {"skipped": "unknown keys"}
//!     else:
//!         answer = {"decision": my_engine(question["request"], question["policies"])}
//!     print(json.dumps({"id": question["id"], **answer}), flush=True)
//! ```
//!
//! [`serve`] is the adapter for an [`Engine`] in Rust. [`Process`] runs an adapter, and is itself an engine.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use iam_json::quoted;
use iam_json::{Kind, Value};

use crate::case::{Case, Layer, write_string};
use crate::engine::{Answer, Engine, Question};
use crate::format::{self, Decision};
use crate::verdict::{StatementPlace, Statements, Verdict};

/// Answers questions with an engine until the input ends.
///
/// A line that is not a question is answered with an error. The id of the error is null if the line has none.
///
/// # Errors
/// Errors of reading the input and of writing the output.
///
/// # Examples
/// This is a complete adapter. An adapter for another engine would call the engine where this one always denies:
/// ```
/// use iam_testkit::{Answer, Engine, Question, format::Decision, process::serve};
///
/// struct Mine;
///
/// impl Engine for Mine {
///     fn name(&self) -> &str {
///         "mine"
///     }
///     fn decide(&self, question: &Question<'_>) -> Answer {
///         // question.request and question.policies are JSON: raw() is their text, member("action") a part of them.
///         match question.request.member("action").and_then(|action| action.as_string()) {
///             Some(action) if action.starts_with("s3:") => Decision::ImplicitDeny.into(),
///             _ => Answer::Skipped("only S3".into()),
///         }
///     }
/// }
///
/// let input = br#"{"id": 1, "request": {"action": "s3:GetObject"}, "policies": {}}
/// {"id": 2, "request": {"action": "sqs:SendMessage"}, "policies": {}}
/// nonsense"#;
/// let mut output = Vec::new();
/// // In a program of its own: serve(&Mine, std::io::stdin().lock(), std::io::stdout().lock())
/// serve(&Mine, input.as_slice(), &mut output)?;
/// let lines: Vec<&str> = std::str::from_utf8(&output).unwrap().lines().collect();
/// assert_eq!(lines[0], r#"{"id": 1, "decision": "implicit_deny"}"#);
/// assert_eq!(lines[1], r#"{"id": 2, "skipped": "only S3"}"#);
/// assert!(lines[2].starts_with(r#"{"id": null, "error": "#));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn serve(engine: &dyn Engine, mut input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let answer = match std::str::from_utf8(&line) {
            Ok(text) if text.trim_matches([' ', '\t', '\r', '\n']).is_empty() => continue,
            Ok(text) => answer_line(engine, text),
            Err(error) => spell("null", &Answer::Refused(format!("not UTF-8: {error}"))),
        };
        output.write_all(answer.as_bytes())?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
}

fn answer_line(engine: &dyn Engine, text: &str) -> String {
    let document = match format::open(text) {
        Ok(document) => document,
        Err(report) => return spell("null", &Answer::Refused(report.to_string())),
    };
    let root = document.root();
    let id = root.member("id").filter(|id| matches!(id.kind(), Kind::String | Kind::Number));
    let answer = match (root.member("request"), root.member("policies")) {
        (Some(request), Some(policies)) => engine.decide(&Question { request, policies }),
        (None, _) | (_, None) => {
            Answer::Refused("a question has the members request and policies".to_owned())
        }
    };
    spell(id.map_or("null", Value::raw), &answer)
}

/// Writes an answer as a line.
fn spell(id: &str, answer: &Answer) -> String {
    let mut out = format!("{{\"id\": {id}, ");
    match answer {
        Answer::Decided(verdict) => {
            out.push_str(&format!("\"decision\": \"{}\"", verdict.decision.name()));
            if let Some(statements) = &verdict.statements {
                for (name, places) in [("applying", &statements.applying), ("perhaps", &statements.perhaps)] {
                    let places: Vec<String> = places.iter().map(spell_place).collect();
                    out.push_str(&format!(", \"{name}\": [{}]", places.join(", ")));
                }
            }
        }
        Answer::Refused(reason) => {
            out.push_str("\"error\": ");
            write_string(&mut out, reason);
        }
        Answer::Skipped(reason) => {
            out.push_str("\"skipped\": ");
            write_string(&mut out, reason);
        }
    }
    out.push('}');
    out
}

fn spell_place(place: &StatementPlace) -> String {
    let StatementPlace { layer, level, policy, statement } = place;
    format!(
        "{{\"layer\": \"{}\", \"level\": {level}, \"policy\": {policy}, \"statement\": {statement}}}",
        layer.name()
    )
}

/// The maximum time that an adapter may take for one answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// The maximum time that an adapter may take to end after its input has ended.
const FAREWELL: Duration = Duration::from_secs(5);
/// The maximum length of an answer in bytes.
const LONGEST: u64 = 1 << 20;

/// An engine in another process, reached through an adapter.
///
/// An adapter has failed if it ends, violates the protocol, or takes more than a minute for an answer. It is then asked no more questions,
/// and [`Engine::failed`] says why. When this value is dropped, the adapter's input ends, and the adapter has five seconds to end.
#[derive(Debug)]
pub struct Process {
    name: String,
    pipes: Mutex<Pipes>,
}

#[derive(Debug)]
struct Pipes {
    child: Child,
    /// The adapter's input. `None` after it has been closed.
    input: Option<ChildStdin>,
    answers: Receiver<io::Result<Vec<u8>>>,
    asked: u64,
    failed: Option<String>,
}

impl Process {
    /// Starts an adapter. The adapter shares the standard error of this process.
    ///
    /// # Errors
    /// The command cannot be started.
    pub fn start(name: &str, command: &mut Command) -> io::Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("the adapter has no pipes"));
        };
        let (sender, answers) = mpsc::sync_channel(1);
        thread::spawn(move || {
            let mut output = BufReader::new(output);
            loop {
                let mut line = Vec::new();
                let read = output.by_ref().take(LONGEST).read_until(b'\n', &mut line).map(|_| line);
                let ends = !matches!(&read, Ok(line) if line.ends_with(b"\n"));
                // After the process is dropped, there is no receiver.
                if sender.send(read).is_err() || ends {
                    return;
                }
            }
        });
        let pipes = Pipes { child, input: Some(input), answers, asked: 0, failed: None };
        Ok(Self { name: name.to_owned(), pipes: Mutex::new(pipes) })
    }

    fn ask(&self, request: &str, policies: &str) -> Answer {
        let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
        if pipes.failed.is_none() {
            match pipes.ask(request, policies) {
                Ok(answer) => return answer,
                Err(why) => pipes.failed = Some(format!("question {}: {why}", pipes.asked)),
            }
        }
        Answer::Refused(format!("the adapter failed: {}", pipes.failed.as_deref().unwrap_or_default()))
    }
}

impl Pipes {
    fn ask(&mut self, request: &str, policies: &str) -> Result<Answer, String> {
        self.asked = self.asked.wrapping_add(1);
        let id = self.asked.to_string();
        // A question must be one line, whatever its texts contain.
        let line = format!("{{\"id\": {id}, \"request\": {request}, \"policies\": {policies}}}")
            .replace(['\n', '\r'], " ");
        let written = self.input.as_mut().map(|input| writeln!(input, "{line}").and_then(|()| input.flush()));
        if !matches!(written, Some(Ok(()))) {
            return Err(self.ended());
        }
        let answer = match self.answers.recv_timeout(PATIENCE) {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Err(error.to_string()),
            Err(RecvTimeoutError::Timeout) => {
                return Err(format!(
                    "no answer within {} seconds; does it flush each answer?",
                    PATIENCE.as_secs()
                ));
            }
            Err(RecvTimeoutError::Disconnected) => return Err(self.ended()),
        };
        if answer.is_empty() {
            return Err(self.ended());
        }
        let text = String::from_utf8_lossy(&answer);
        if !answer.ends_with(b"\n") {
            return Err(format!(
                "an answer that is not one line of at most {LONGEST} bytes: {}",
                quoted(&text)
            ));
        }
        read_answer(&text, &id)
            .map_err(|why| format!("{why}: {}", quoted(text.trim_end_matches(['\r', '\n']))))
    }

    /// Why the process sends no more answers.
    fn ended(&mut self) -> String {
        // The process's output may end before the process does.
        match wait(&mut self.child, Duration::from_secs(1)) {
            Some(status) => format!("it ended without an answer ({status})"),
            None => "it closed its input or output".to_owned(),
        }
    }
}

/// The exit status of the process, if it ends within this time.
fn wait(child: &mut Child, most: Duration) -> Option<ExitStatus> {
    const STEP: Duration = Duration::from_millis(5);
    let steps = most.as_millis().checked_div(STEP.as_millis()).unwrap_or(0);
    (0..steps).find_map(|_| {
        let ended = child.try_wait().ok().flatten();
        if ended.is_none() {
            thread::sleep(STEP);
        }
        ended
    })
}

impl Drop for Process {
    fn drop(&mut self) {
        let pipes = self.pipes.get_mut().unwrap_or_else(PoisonError::into_inner);
        pipes.input = None;
        if wait(&mut pipes.child, FAREWELL).is_none() {
            let _ = pipes.child.kill();
            let _ = pipes.child.wait();
        }
    }
}

impl Engine for Process {
    fn name(&self) -> &str {
        &self.name
    }

    fn decide(&self, question: &Question<'_>) -> Answer {
        self.ask(question.request.raw(), question.policies.raw())
    }

    fn judge(&self, case: &Case) -> Answer {
        self.judge_text(&case.to_json())
    }

    fn failed(&self) -> Option<String> {
        self.pipes.lock().unwrap_or_else(PoisonError::into_inner).failed.clone()
    }
}

/// Reads an answer to the question with this id.
fn read_answer(text: &str, id: &str) -> Result<Answer, String> {
    let document = format::open(text).map_err(|report| report.to_string())?;
    let root = document.root();
    if root.member("id").map(Value::raw) != Some(id) {
        return Err(format!("the id should be {id}"));
    }
    let text_of = |name: &str| root.member(name).and_then(Value::as_string).map(std::borrow::Cow::into_owned);
    if let Some(reason) = text_of("error") {
        return Ok(Answer::Refused(reason));
    }
    if let Some(reason) = text_of("skipped") {
        return Ok(Answer::Skipped(reason));
    }
    let word = text_of("decision").ok_or("no decision, error or skipped")?;
    let decision = Decision::from_name(&word).ok_or_else(|| format!("there is no decision {word:?}"))?;
    let statements = match (root.member("applying"), root.member("perhaps")) {
        (None, None) => None,
        (applying, perhaps) => Some(Statements { applying: places(applying)?, perhaps: places(perhaps)? }),
    };
    Ok(Answer::Decided(Verdict { decision, statements }))
}

fn places(list: Option<Value<'_>>) -> Result<Vec<StatementPlace>, String> {
    let place = |value: Value<'_>| {
        let number = |name: &str| value.member(name).and_then(|n| n.raw().parse::<usize>().ok());
        let layer = value.member("layer").and_then(Value::as_string).and_then(|name| Layer::from_name(&name));
        match (layer, number("level"), number("policy"), number("statement")) {
            (Some(layer), Some(level), Some(policy), Some(statement)) => {
                Ok(StatementPlace { layer, level, policy, statement })
            }
            _ => Err(format!(
                "{} is no place of a statement: it has layer, level, policy and statement",
                value.raw()
            )),
        }
    };
    let mut places =
        list.into_iter().flat_map(Value::items).map(place).collect::<Result<Vec<_>, String>>()?;
    places.sort_unstable();
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_survives_the_line() {
        let place = |statement| StatementPlace { layer: Layer::Scp, level: 2, policy: 1, statement };
        let statements = Statements { applying: vec![place(0), place(3)], perhaps: vec![place(4)] };
        let verdict = |statements| Answer::Decided(Verdict { decision: Decision::Depends, statements });
        for answer in [
            verdict(None),
            verdict(Some(statements)),
            verdict(Some(Statements::default())),
            Answer::Refused("a \"quoted\"\nreason".into()),
            Answer::Skipped(String::new()),
        ] {
            let line = spell("5", &answer);
            assert!(!line.contains('\n'));
            assert_eq!(read_answer(&line, "5"), Ok(answer));
        }
    }

    #[test]
    fn what_is_no_answer_is_told() {
        for (line, why) in [
            ("", "JSON"),
            ("{}", "the id should be 1"),
            (r#"{"id": 2, "decision": "allowed"}"#, "the id should be 1"),
            (r#"{"id": 1}"#, "no decision"),
            (r#"{"id": 1, "decision": "Allow"}"#, "no decision \"Allow\""),
            (r#"{"id": 1, "decision": "allowed", "applying": [{"layer": "role"}]}"#, "no place"),
        ] {
            let error = read_answer(line, "1").unwrap_err();
            assert!(error.contains(why) || line.is_empty(), "{line}: {error}");
        }
    }
}
