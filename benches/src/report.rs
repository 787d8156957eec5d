//! The page of results.

mod deciding;
mod growth;
mod reading;
mod requests;

use crate::{engines, measure};

/// Measures everything and writes the page: ratios first. `wasm` are the times of the same program as WebAssembly.
pub fn page(wasm: Option<&str>) -> String {
    let engines = engines::all();
    let mut page = format!(
        "# Results\n\nWritten by `cargo xtask bench` on {}: {}, {}. Machines differ, so ratios come first. Times are the least of many batches, \
         which other work on the machine can only raise. Every engine answers every request right before it is measured. \
         `-`: the engine cannot express the work; README.md says why.\n",
        measure::said("date", &["-u", "+%Y-%m-%d"]),
        measure::machine(),
        measure::said("rustc", &["--version"]),
    );
    let deciding = deciding::measured(&engines);
    page.push_str(&deciding.ratios(&engines));
    page.push_str(&deciding.times(&engines));
    page.push_str(&requests::section());
    page.push_str(&deciding.wasm(wasm));
    page.push_str(&reading::section());
    page.push_str(&reading::building(&engines));
    page.push_str(&growth::section(&engines));
    page
}
