//! A stream of cases, one per line: a line of JSON out for every line in, in order.
//!
//! Lines are read in chunks, a chunk being what one read brought: so a line that is typed is answered at once, and a file goes through in
//! large pieces. Chunks go round the workers in turn, and their answers are written in the same turn. Only so many chunks are on their way,
//! so memory is bounded whatever the length of the stream, and a slow reader of the answers slows the reading.

mod chunk;
mod progress;
mod worker;

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use iamgate_verbs::{Depth, Exit, Trouble};

use self::chunk::{Chunk, Reader};
use self::progress::Progress;
use self::worker::{Answers, Given, Worker};
use crate::args::Question;
use crate::disk::Disk;
use crate::input;
use crate::screen::Screen;
use crate::trouble;

/// Bytes of one line; the 100 largest policies that AWS stores fit.
const LINE_BYTES: usize = 4 << 20;
/// Chunks on their way to a worker, and as many answers behind it.
const WAITING: usize = 2;

pub(super) fn run(path: &str, args: &Question, depth: Depth, disk: &Disk, screen: &mut Screen) -> Exit {
    let given = match Given::of(args, disk) {
        Ok(given) => given,
        Err(trouble) => {
            trouble::show(&trouble, screen);
            return Exit::Unanswered;
        }
    };
    let (name, reader, bytes) = match open(path) {
        Ok(opened) => opened,
        Err(trouble) => {
            trouble::show(&trouble, screen);
            return Exit::Unanswered;
        }
    };
    let jobs = args
        .jobs
        .map_or_else(|| thread::available_parallelism().map_or(1, std::num::NonZero::get), usize::from);
    let worker = || Worker::new(args.args.mode.into(), depth, given.as_ref());
    let ended = answer(Reader::new(reader, LINE_BYTES), jobs, &worker, Progress::new(bytes));
    match ended.stop {
        None if ended.answers.lines() == 0 => {
            let nothing =
                Trouble::input(name, "EMPTY_DOCUMENT", "no case in the stream", "one case per line");
            trouble::show(&nothing, screen);
            Exit::Unanswered
        }
        None if ended.answers.broken == 0 => Exit::Yes,
        None => {
            let (broken, total) = (ended.answers.broken, ended.answers.lines());
            screen
                .aside(&format!("{broken} of {total} lines could not be answered; their results say why\n"));
            Exit::Unanswered
        }
        // The reader has seen enough; the lines that are left get no answer.
        Some(Stop::Writing(error)) if error.kind() == ErrorKind::BrokenPipe => Exit::Unanswered,
        Some(Stop::Writing(error)) => {
            screen.lose(&error);
            Exit::Unanswered
        }
        Some(Stop::Reading(error)) => {
            trouble::show(&input::unreadable(name, &error), screen);
            let lines = ended.answers.lines();
            if lines > 0 {
                screen.aside(&format!("{lines} lines were answered before\n"));
            }
            Exit::Unanswered
        }
    }
}

type Lines = BufReader<Box<dyn Read>>;

/// The stream, its name in messages, and how long it is if that is known.
fn open(path: &str) -> Result<(&str, Lines, Option<u64>), Trouble> {
    let buffered = |read: Box<dyn Read>| BufReader::with_capacity(1 << 16, read);
    if path == "-" {
        return Ok((input::STDIN, buffered(Box::new(io::stdin())), None));
    }
    let opened = File::open(path).and_then(|file| {
        let metadata = file.metadata()?;
        if metadata.is_dir() { Err(ErrorKind::IsADirectory.into()) } else { Ok((file, metadata)) }
    });
    let (file, metadata) = opened.map_err(|error| input::unreadable(path, &error))?;
    Ok((path, buffered(Box::new(file)), metadata.is_file().then_some(metadata.len())))
}

/// Why a stream ended before its end.
enum Stop {
    Reading(io::Error),
    Writing(io::Error),
}

/// What became of a stream.
#[derive(Default)]
struct Ended {
    /// How many lines were answered; the texts have been written.
    answers: Answers,
    stop: Option<Stop>,
}

/// Answers all chunks, on as many threads as there are jobs beside this one, which reads, and one that writes.
fn answer(
    mut reader: Reader<Lines>,
    jobs: usize,
    worker: &(impl Fn() -> Worker + Sync),
    mut progress: Progress,
) -> Ended {
    if jobs == 1 {
        return alone(&mut reader, worker(), progress);
    }
    thread::scope(|scope| {
        let (mut into, mut out) = (Vec::new(), Vec::new());
        for _ in 0..jobs {
            let (chunks, to_answer): (SyncSender<Chunk>, Receiver<Chunk>) = sync_channel(WAITING);
            let (answered, answers) = sync_channel(WAITING);
            scope.spawn(move || {
                let mut worker = worker();
                for chunk in to_answer {
                    if answered.send(worker.answer(&chunk)).is_err() {
                        return;
                    }
                }
            });
            into.push(chunks);
            out.push(answers);
        }
        // When it ends early, so do the workers, whose answers nobody takes, and then the reading.
        let writing = scope.spawn(move || {
            let mut ended = Ended::default();
            for answers in out.iter().cycle().map_while(|worker| worker.recv().ok()) {
                if let Err(error) = write(&answers, &mut ended, &mut progress) {
                    ended.stop = Some(Stop::Writing(error));
                    break;
                }
            }
            progress.end();
            ended
        });
        let mut failed = None;
        for chunks in into.iter().cycle() {
            match reader.next() {
                Ok(Some(chunk)) => {
                    if chunks.send(chunk).is_err() {
                        break;
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    failed = Some(Stop::Reading(error));
                    break;
                }
            }
        }
        drop(into);
        match writing.join() {
            Ok(mut ended) => {
                ended.stop = ended.stop.or(failed);
                ended
            }
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// The same on this thread alone.
fn alone(reader: &mut Reader<Lines>, mut worker: Worker, mut progress: Progress) -> Ended {
    let mut ended = Ended::default();
    loop {
        match reader.next() {
            Ok(Some(chunk)) => {
                if let Err(error) = write(&worker.answer(&chunk), &mut ended, &mut progress) {
                    ended.stop = Some(Stop::Writing(error));
                    break;
                }
            }
            Ok(None) => break,
            Err(error) => {
                ended.stop = Some(Stop::Reading(error));
                break;
            }
        }
    }
    progress.end();
    ended
}

fn write(answers: &Answers, ended: &mut Ended, progress: &mut Progress) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(&answers.text)?;
    out.flush()?;
    ended.answers.count(answers);
    progress.note(ended.answers.lines(), answers.bytes);
    Ok(())
}
