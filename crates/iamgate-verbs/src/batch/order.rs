//! Answers to the parts of a stream, computed on several cores, in the order of the parts.

use std::error::Error;
use std::fmt;
use std::num::NonZero;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// The number of parts that wait for each worker, and of its answers that wait for the sink.
const WAITING: usize = 2;

/// The reason why a stream ended early: an error of the source or of the sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop<R, W> {
    /// The source could not give the next part. All earlier parts have been answered.
    Reading(R),
    /// The sink could not take an answer. It got no answer after that.
    Writing(W),
}

impl<R: fmt::Display, W: fmt::Display> fmt::Display for Stop<R, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reading(error) => write!(f, "the stream could not be read: {error}"),
            Self::Writing(error) => write!(f, "the answers could not be written: {error}"),
        }
    }
}

impl<R: Error + 'static, W: Error + 'static> Error for Stop<R, W> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Reading(error) => Some(error),
            Self::Writing(error) => Some(error),
        }
    }
}

/// Answers the parts of a stream with `jobs` workers, and gives the answers to the sink in the order of the parts.
///
/// The calling thread reads the parts, and another thread gives the answers to the sink. Parts are dealt to the workers in turn. The sink gets
/// an answer as soon as it and all earlier ones are ready, so a part that comes alone is answered before the next one comes. Memory is bounded
/// for streams of any length: two parts wait for each worker, two of its answers wait for the sink, and a slow sink slows the reading. With one
/// job no thread is started, which also works on targets without threads. A panic of a worker or of the sink continues in the caller.
///
/// ```
/// use std::convert::Infallible;
/// use std::num::NonZero;
///
/// use iamgate_verbs::batch::in_order;
///
/// let parts = (1..=5).map(Ok::<u64, Infallible>);
/// let mut squares = Vec::new();
/// let sink = |square| {
///     squares.push(square);
///     Ok::<_, Infallible>(())
/// };
/// in_order(parts, NonZero::new(3).unwrap(), || |part: u64| part * part, sink).unwrap();
/// assert_eq!(squares, [1, 4, 9, 16, 25]);
/// ```
///
/// # Errors
/// The source or the sink fails. If both fail, the error is that of the sink.
pub fn in_order<P, A, R, W, F>(
    parts: impl Iterator<Item = Result<P, R>>,
    jobs: NonZero<usize>,
    worker: impl Fn() -> F + Sync,
    mut sink: impl FnMut(A) -> Result<(), W> + Send,
) -> Result<(), Stop<R, W>>
where
    P: Send,
    A: Send,
    W: Send,
    F: FnMut(P) -> A,
{
    if jobs == NonZero::<usize>::MIN {
        let mut answer = worker();
        for part in parts {
            sink(answer(part.map_err(Stop::Reading)?)).map_err(Stop::Writing)?;
        }
        return Ok(());
    }
    let worker = &worker;
    thread::scope(|scope| {
        let (mut into, mut out) = (Vec::new(), Vec::new());
        for _ in 0..jobs.get() {
            let (send, to_answer): (SyncSender<P>, Receiver<P>) = sync_channel(WAITING);
            let (answered, answers) = sync_channel(WAITING);
            scope.spawn(move || {
                let mut answer = worker();
                for part in to_answer {
                    if answered.send(answer(part)).is_err() {
                        return;
                    }
                }
            });
            into.push(send);
            out.push(answers);
        }
        // If this thread ends early, the workers also end, because nobody takes their answers. Then the reading ends.
        let writing = scope.spawn(move || {
            for answer in out.iter().cycle().map_while(|answers| answers.recv().ok()) {
                sink(answer)?;
            }
            Ok(())
        });
        let mut read = Ok(());
        for (part, to) in parts.zip(into.iter().cycle()) {
            match part {
                Ok(part) => {
                    if to.send(part).is_err() {
                        break;
                    }
                }
                Err(error) => {
                    read = Err(Stop::Reading(error));
                    break;
                }
            }
        }
        drop(into);
        match writing.join() {
            Ok(written) => written.map_err(Stop::Writing).and(read),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::*;

    fn jobs(count: usize) -> NonZero<usize> {
        NonZero::new(count).unwrap()
    }

    /// Takes longer for some parts than for others.
    fn slow(part: usize) -> usize {
        if part % 7 == 3 {
            thread::sleep(Duration::from_millis(1));
        }
        part
    }

    #[test]
    fn answers_come_in_the_order_of_the_parts() {
        for count in [1, 2, 5, 16] {
            for length in [0, 1, 4, 300] {
                let mut seen = Vec::new();
                let sink = |answer| {
                    seen.push(answer);
                    Ok::<_, Infallible>(())
                };
                in_order((0..length).map(Ok::<_, Infallible>), jobs(count), || slow, sink).unwrap();
                assert_eq!(seen, (0..length).collect::<Vec<_>>(), "{count} jobs");
            }
        }
    }

    #[test]
    fn each_worker_is_one_for_the_whole_stream() {
        let made = AtomicUsize::new(0);
        let worker = || {
            made.fetch_add(1, Ordering::Relaxed);
            let mut before = 0;
            move |part: usize| {
                before += 1;
                (part, before)
            }
        };
        let mut last = Vec::new();
        let sink = |answer| {
            last.push(answer);
            Ok::<_, Infallible>(())
        };
        in_order((0..12).map(Ok::<_, Infallible>), jobs(3), worker, sink).unwrap();
        assert_eq!(made.load(Ordering::Relaxed), 3);
        assert_eq!(last.last(), Some(&(11, 4)));
    }

    #[test]
    fn what_came_before_an_error_of_the_source_is_answered() {
        for count in [1, 4] {
            let parts = (0..10).map(|part| if part == 7 { Err("torn") } else { Ok(part) });
            let mut seen = Vec::new();
            let sink = |answer| {
                seen.push(answer);
                Ok::<_, Infallible>(())
            };
            let ended = in_order(parts, jobs(count), || slow, sink);
            assert_eq!(ended, Err(Stop::Reading("torn")), "{count} jobs");
            assert_eq!(seen, [0, 1, 2, 3, 4, 5, 6]);
        }
    }

    #[test]
    fn a_sink_that_is_full_ends_an_endless_source() {
        for count in [1, 4] {
            let mut seen = 0;
            let sink = |answer| {
                seen = answer;
                if answer == 20 { Err("full") } else { Ok(()) }
            };
            let ended = in_order((0..).map(Ok::<_, Infallible>), jobs(count), || slow, sink);
            assert_eq!(ended, Err(Stop::Writing("full")), "{count} jobs");
            assert_eq!(seen, 20);
        }
    }

    #[test]
    fn a_part_is_answered_before_the_next_one_comes() {
        for count in [1, 3] {
            let (answered, answers) = channel();
            // The next part comes only when the last one has been answered.
            let mut next = 0_usize;
            let parts = std::iter::from_fn(move || {
                if next > 0 {
                    let answer = answers.recv_timeout(Duration::from_secs(60)).ok()?;
                    assert_eq!(answer, next - 1);
                }
                next += 1;
                (next <= 10).then_some(Ok::<_, Infallible>(next - 1))
            });
            let mut total = 0;
            let sink = |answer: usize| {
                total += 1;
                answered.send(answer).map_err(|_| "nobody listens")
            };
            let ended = in_order(parts, jobs(count), || |part: usize| part, sink);
            assert_eq!((ended, total), (Ok(()), 10), "{count} jobs");
        }
    }

    /// Only a bounded number of parts is read before the sink takes an answer, even if the source has more.
    #[test]
    fn a_sink_that_is_slow_slows_the_reading() {
        let taken = AtomicUsize::new(0);
        let parts = (0..1_000_usize).map(|part| {
            taken.fetch_add(1, Ordering::SeqCst);
            Ok::<_, Infallible>(part)
        });
        let mut most = 0;
        let sink = |part: usize| {
            most = most.max(taken.load(Ordering::SeqCst).saturating_sub(part));
            if part.is_multiple_of(100) {
                thread::sleep(Duration::from_millis(5));
            }
            Ok::<_, Infallible>(())
        };
        in_order(parts, jobs(4), || |part: usize| part, sink).unwrap();
        // For each worker: the parts that wait for it, the one it works on, and its answers that wait for the sink. The reader has one more
        // part.
        assert!(most <= 4 * (2 * WAITING + 1) + 2, "{most} parts at a time");
    }

    #[test]
    fn a_panic_of_a_worker_is_one_of_the_caller() {
        for count in [1, 3] {
            let ran = Cell::new(false);
            let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                let worker = || |part: usize| if part == 2 { panic!("part {part}") } else { part };
                let sink = |_: usize| Ok::<_, Infallible>(());
                ran.set(true);
                let _ = in_order((0..50).map(Ok::<_, Infallible>), jobs(count), worker, sink);
            }));
            assert!(ran.get() && caught.is_err(), "{count} jobs");
        }
    }
}
