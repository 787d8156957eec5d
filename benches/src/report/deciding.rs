//! The cost of decisions, and its ratio to that of other engines.

use std::collections::BTreeMap;

use crate::engines::{Engine, prepared};
use crate::measure::{self, Memory};
use crate::table::{Table, ratio, thousands, time};
use crate::work::{self, Work};

/// The number of rounds in which the engines are measured in turn.
const ROUNDS: usize = 4;

/// The cost of decisions.
pub(super) struct Deciding {
    works: Vec<Work>,
    /// By engine, work and ask.
    cells: BTreeMap<(usize, usize, usize), Cell>,
}

struct Cell {
    nanoseconds: f64,
    allocations: u64,
    instructions: Option<f64>,
}

/// Measures every engine on every work that it can express.
pub(super) fn measured(engines: &[Engine]) -> Deciding {
    let works = work::all();
    let mut cells = BTreeMap::new();
    for (w, work) in works.iter().enumerate() {
        let ready: Vec<_> = engines.iter().map(|engine| prepared(engine, work)).collect();
        let ready = || ready.iter().enumerate().filter_map(|(e, ready)| Some((e, ready.as_deref()?)));
        for (a, ask) in work.asks.iter().enumerate() {
            eprintln!("{} {}", work.name, ask.name);
            let mut least = vec![f64::MAX; engines.len()];
            // In turn, so that other work on the machine does not affect only one engine.
            for _ in 0..ROUNDS {
                for (e, ready) in ready() {
                    least[e] = least[e].min(measure::decision(ready, a));
                }
            }
            for (e, ready) in ready() {
                let (_, Memory { allocations, .. }) = measure::memory(|| ready.allows(a));
                let nanoseconds = least[e];
                let counted = e == 0 || (engines[e].own && nanoseconds < 1e6);
                let instructions =
                    counted.then(|| measure::instructions(engines[e].name, &work.name, a)).flatten();
                cells.insert((e, w, a), Cell { nanoseconds, allocations, instructions });
            }
        }
    }
    Deciding { works, cells }
}

impl Deciding {
    fn asks(&self) -> impl Iterator<Item = (usize, usize, String)> + '_ {
        self.works.iter().enumerate().flat_map(|(w, work)| {
            let name = move |ask: &str| format!("{} {ask}", work.name);
            work.asks.iter().enumerate().map(move |(a, ask)| (w, a, name(ask.name)))
        })
    }

    pub(super) fn ratios(&self, engines: &[Engine]) -> String {
        let mut table =
            Table::new(["work", "than the best peer", "that peer", "than our scan of every statement"]);
        for (w, a, name) in self.asks() {
            let Some(own) = self.cells.get(&(0, w, a)) else { continue };
            let against = |e: usize| Some(self.cells.get(&(e, w, a))?.nanoseconds / own.nanoseconds);
            let peers = (0..engines.len()).filter(|e| !engines[*e].own);
            let best = peers.filter_map(|e| Some((against(e)?, engines[e].name)));
            let best = best.min_by(|one, other| one.0.total_cmp(&other.0));
            table.row([
                name,
                best.map_or("-".to_owned(), |(times, _)| ratio(times)),
                best.map_or("-", |(_, name)| name).to_owned(),
                against(1).map_or("-".to_owned(), ratio),
            ]);
        }
        let works: Vec<String> =
            self.works.iter().map(|work| format!("- **{}**: {}", work.name, work.about)).collect();
        format!(
            "\n## How many times faster a decision is\n\n{}\n\n*late*: the last statement allows; *never*: none does.\n\n{table}",
            works.join("\n")
        )
    }

    pub(super) fn times(&self, engines: &[Engine]) -> String {
        let names = engines.iter().map(|engine| engine.name);
        let mut table =
            Table::new(std::iter::once("work").chain(names).chain(["instructions", "every statement"]));
        for (w, a, name) in self.asks() {
            let mut row = vec![name];
            for e in 0..engines.len() {
                row.push(self.cells.get(&(e, w, a)).map_or("-".to_owned(), |cell| {
                    format!("{} ({})", time(cell.nanoseconds), cell.allocations)
                }));
            }
            for e in [0, 1] {
                let counted = self.cells.get(&(e, w, a)).and_then(|cell| cell.instructions);
                row.push(counted.map_or("-".to_owned(), thousands));
            }
            table.row(row);
        }
        format!(
            "\n## Time of a decision\n\nIn brackets the allocations. Instructions are those of `iam-eval` and of its scan, counted by callgrind; a scan of milliseconds is not counted.\n\n{table}"
        )
    }

    /// The times of the same program as WebAssembly, next to those of native code.
    pub(super) fn wasm(&self, times: Option<&str>) -> String {
        let Some(times) = times else {
            return "\n## WebAssembly\n\nNot measured this time.\n".to_owned();
        };
        let mut table = Table::new(["work", "native", "WebAssembly", "ratio"]);
        for (w, a, name) in self.asks() {
            let Some(own) = self.cells.get(&(0, w, a)) else { continue };
            let wanted = format!("{}\t{}\t", self.works[w].name, self.works[w].asks[a].name);
            let Some(line) = times.lines().find_map(|line| line.strip_prefix(&wanted)) else { continue };
            let compiled: f64 = line.parse().expect("a time");
            table.row([name, time(own.nanoseconds), time(compiled), ratio(compiled / own.nanoseconds)]);
        }
        format!("\n## WebAssembly\n\nThe same program for `wasm32-wasip1`, under Node.\n\n{table}")
    }
}
