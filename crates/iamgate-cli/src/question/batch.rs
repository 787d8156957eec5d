//! `eval --batch` and `explain --batch`: a stream of cases from a file or stdin, with the answers on stdout.

mod progress;

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::num::NonZero;
use std::sync::Arc;
use std::thread;

use iamgate::iam_json::visible_json;
use iamgate_verbs::batch::{Cases, Chunk, GivenPolicies, LINE_BYTES, LineAnswers, Lines, Stop, in_order};
use iamgate_verbs::{Depth, Exit, Trouble, World as _};

use self::progress::Progress;
use crate::args::Question;
use crate::disk::Disk;
use crate::input::{self, Links};
use crate::screen::Screen;
use crate::trouble;

pub(super) fn run(path: &str, args: &Question, depth: Depth, disk: &Disk, screen: &mut Screen) -> Exit {
    let given = match given(path, args, disk) {
        Ok(given) => given,
        Err(trouble) => {
            trouble::show(&trouble, screen);
            return Exit::Unanswered;
        }
    };
    let (name, reader, bytes) = match open(path, disk.links()) {
        Ok(opened) => opened,
        Err(trouble) => {
            trouble::show(&trouble, screen);
            return Exit::Unanswered;
        }
    };
    let all = || thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let jobs = args.jobs.and_then(|jobs| NonZero::new(usize::from(jobs))).unwrap_or_else(all);
    let catalog = match disk.built_in().catalog() {
        Ok(catalog) => Arc::clone(catalog),
        Err(trouble) => {
            trouble::show(&trouble, screen);
            return Exit::Bug;
        }
    };
    let worker = || {
        let mut cases = Cases::new(args.args.mode.into(), depth, given.as_ref()).with_catalog(&catalog);
        move |chunk: Chunk| cases.answer(&chunk)
    };
    let mut progress = Progress::new(bytes);
    // The counts of answered lines. Their texts have been written already.
    let mut total = LineAnswers::default();
    let ended = in_order(Lines::new(reader, LINE_BYTES), jobs, worker, |answers: LineAnswers| {
        let mut out = io::stdout().lock();
        // The texts of requests are written as they were read.
        match std::str::from_utf8(&answers.text).map(visible_json) {
            Ok(Cow::Owned(text)) => out.write_all(text.as_bytes())?,
            Ok(Cow::Borrowed(_)) | Err(_) => out.write_all(&answers.text)?,
        }
        out.flush()?;
        total.count(&answers);
        progress.note(total.lines(), answers.bytes);
        Ok::<_, io::Error>(())
    });
    progress.end();
    match ended {
        Ok(()) if total.lines() == 0 => {
            let nothing =
                Trouble::input(name, "EMPTY_DOCUMENT", "no case in the stream", "one case per line");
            trouble::show(&nothing, screen);
            Exit::Unanswered
        }
        Ok(()) if total.broken == 0 => Exit::Yes,
        Ok(()) => {
            let (broken, total) = (total.broken, total.lines());
            screen
                .aside(&format!("{broken} of {total} lines could not be answered; their results say why\n"));
            Exit::Unanswered
        }
        // The reader has closed the pipe. The other lines get no answer, and the exit code stays that of the answers so far.
        Err(Stop::Writing(error)) if error.kind() == ErrorKind::BrokenPipe => {
            if total.broken == 0 {
                Exit::Yes
            } else {
                Exit::Unanswered
            }
        }
        Err(Stop::Writing(error)) => {
            screen.lose(&error);
            Exit::Unanswered
        }
        Err(Stop::Reading(error)) => {
            trouble::show(&input::unreadable(name, &error), screen);
            let lines = total.lines();
            if lines > 0 {
                screen.aside(&format!("{lines} lines were answered before\n"));
            }
            Exit::Unanswered
        }
    }
}

type Stream = BufReader<Box<dyn Read>>;

/// The stream, its name in messages, and its length if that is known.
fn open(path: &str, links: Links) -> Result<(&str, Stream, Option<u64>), Trouble> {
    let buffered = |read: Box<dyn Read>| BufReader::with_capacity(1 << 16, read);
    if path == "-" {
        return Ok((input::STDIN, buffered(Box::new(io::stdin())), None));
    }
    let metadata = input::admit(path, links)?;
    let file = File::open(path).map_err(|error| input::unreadable(path, &error))?;
    Ok((path, buffered(Box::new(file)), metadata.is_file().then_some(metadata.len())))
}

/// The policies that the flags name; `None` if they name none.
fn given(path: &str, args: &Question, disk: &Disk) -> Result<Option<GivenPolicies>, Trouble> {
    if path == "-" && args.args.policies.paths().any(|path| path == "-") {
        return Err(Trouble::usage(
            "stdin is both a policy and the stream of requests",
            "name a file for one of the two",
        ));
    }
    GivenPolicies::read(&args.args, disk)
}
