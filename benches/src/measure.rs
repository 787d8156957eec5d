//! Time, allocations and instructions of one decision.
#![expect(clippy::disallowed_methods, reason = "to measure time is what this is for")]

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::engines::Ready;

/// One decision, in a function of its own, so that its instructions can be counted separately.
#[inline(never)]
pub fn asked(ready: &dyn Ready, ask: usize) -> bool {
    ready.allows(black_box(ask))
}

/// The nanoseconds of one call: the minimum of many short batches, because other work on the machine only adds time.
pub fn nanoseconds(mut call: impl FnMut()) -> f64 {
    const BATCH: Duration = Duration::from_micros(500);
    const BATCHES: u32 = 400;
    const ENOUGH: Duration = Duration::from_millis(500);
    let start = Instant::now();
    call();
    let once = start.elapsed().max(Duration::from_nanos(20));
    let calls = (BATCH.as_nanos() / once.as_nanos()).clamp(1, 200_000);
    let mut least = f64::MAX;
    for batch in 0..BATCHES {
        if batch >= 3 && start.elapsed() > ENOUGH {
            break;
        }
        let start = Instant::now();
        for _ in 0..calls {
            call();
        }
        least = least.min(start.elapsed().as_nanos() as f64 / calls as f64);
    }
    least
}

/// Nanoseconds of one decision.
pub fn decision(ready: &dyn Ready, ask: usize) -> f64 {
    nanoseconds(|| {
        black_box(asked(ready, ask));
    })
}

/// The allocations of a call, and the memory that is kept after it.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    pub allocations: u64,
    pub kept_bytes: i64,
}

/// Counts the allocations of a call. Its result is still alive when they are counted.
pub fn memory<T>(call: impl FnOnce() -> T) -> (T, Memory) {
    let mut result = None;
    let info = allocation_counter::measure(|| result = Some(call()));
    let memory = Memory { allocations: info.count_total, kept_bytes: info.bytes_current };
    (result.expect("the call was made"), memory)
}

/// The nanoseconds of a long call: the minimum of so many.
pub fn least(times: u32, mut call: impl FnMut()) -> f64 {
    let once = |_| {
        let start = Instant::now();
        call();
        start.elapsed().as_nanos() as f64
    };
    (0..times).map(once).fold(f64::MAX, f64::min)
}

/// The instructions of one decision, counted by callgrind in a separate process. `None` if valgrind is not installed.
pub fn instructions(engine: &str, work: &str, ask: usize) -> Option<f64> {
    const TIMES: u32 = 200;
    let words = ["loop", engine, work, &ask.to_string(), &TIMES.to_string()];
    counted("iamgate_benches::measure::asked", &words).map(|all| all / f64::from(TIMES))
}

/// The instructions within a function, if this program is run with these words under callgrind. `None` if valgrind is not installed.
pub fn counted(function: &str, words: &[&str]) -> Option<f64> {
    let program = std::env::current_exe().ok()?;
    let out = std::env::temp_dir().join("iamgate-callgrind.out");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", &format!("--toggle-collect={function}")])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(program)
        .args(words)
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said.lines().find_map(|line| line.split_once("Collected : "))?.1;
    let _ = std::fs::remove_file(out);
    collected.trim_ascii().parse::<f64>().ok()
}

/// The name of the processor, or else its architecture, and the number of cores.
pub fn machine() -> String {
    let info = std::fs::read_to_string(Path::new("/proc/cpuinfo")).unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    format!("{}, {cores} cores", model.map_or(std::env::consts::ARCH, |(_, name)| name))
}

/// The output of a program. Empty if the program cannot be run.
pub fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or_else(|_| String::new(), |o| String::from_utf8_lossy(&o.stdout).trim_ascii().to_owned())
}
