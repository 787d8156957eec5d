//! The time of a decision by the number of statements.

use crate::engines::{Engine, prepared};
use crate::measure;
use crate::plot::{self, Line};
use crate::table::{Table, ratio, thousands, time};
use crate::work;

/// From 10 to 100,000 statements.
pub(super) fn section(engines: &[Engine]) -> String {
    const COUNTS: [usize; 5] = [10, 100, 1_000, 10_000, 100_000];
    // Readable on white and on black.
    const COLOURS: [&str; 6] = ["#1f9d55", "#2f81f7", "#8a63d2", "#d29922", "#e5534b", "#c06fbf"];
    let mut table = Table::new(
        ["statements".to_owned()]
            .into_iter()
            .chain(COUNTS.map(|n| thousands(n as f64)))
            .chain(["100,000 against 100".to_owned()]),
    );
    let mut lines = Vec::new();
    for (e, engine) in engines.iter().enumerate() {
        let spreads: &[usize] = if e == 0 { &[20, 1] } else { &[20] };
        for services in spreads {
            let name = match (e, services) {
                (0, 1) => format!("{}, one service", engine.name),
                _ => engine.name.to_owned(),
            };
            let mut points = Vec::new();
            let mut row = vec![name.clone()];
            for count in COUNTS {
                eprintln!("{name}: {count} statements");
                let ready = prepared(engine, &work::growth(count, *services));
                row.push(ready.map_or("-".to_owned(), |ready| {
                    let least = measure::decision(&*ready, 0);
                    points.push((count as f64, least));
                    time(least)
                }));
            }
            let at = |n: usize| points.iter().find(|p| p.0 == n as f64).map(|p| p.1);
            row.push(at(100_000).zip(at(100)).map_or("-".to_owned(), |(most, few)| ratio(most / few)));
            table.row(row);
            lines.push(Line { name, points, colour: COLOURS[lines.len() % COLOURS.len()] });
        }
    }
    let plot = plot::svg("Time of a decision, by the number of statements", &lines);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/growth.svg");
    std::fs::write(file, plot).expect("growth.svg can be written");
    format!(
        "\n## Growth\n\nThe request that the last statement allows; statements over 20 services, if not said otherwise, in policies of 20.\n\n![Time of a decision by the number of statements](growth.svg)\n\n{table}"
    )
}
