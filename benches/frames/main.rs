//! What a frame of the whole window costs: session, panels and article, from events to triangles, without the
//! graphics card.
//!
//! ```sh
//! cargo bench --bench frames                      # the table
//! cargo bench --bench frames -- --check           # against benches/frames/baseline.tsv; fails beyond 30 %
//! cargo bench --bench frames -- --write-baseline  # after a change that is meant to cost or to save time
//! ```
//!
//! Budgets: a frame in which nothing changes 0.3 ms; scrolling 2 ms at the 95th percentile and 8 ms at most; a jump and a
//! key with all that it does until its annotation is painted 8 ms. They hold for every size and number of annotations.
#![allow(clippy::print_stdout, reason = "a bench prints its figures")]
#![allow(
    clippy::disallowed_methods,
    reason = "the baseline and the kernel's accounts are files, and no one's articles"
)]
#![allow(clippy::unwrap_used, reason = "a bench that cannot go on stops")]
#![allow(missing_docs, reason = "a program")]

mod baseline;
#[path = "../../examples/long_article/mod.rs"]
mod long_article;
mod measure;

use std::process::ExitCode;

use measure::{Case, Figures, measure};

/// Size of the text in bytes; how many words are annotated, and for how many others the rules suggest something.
const CASES: [(usize, usize); 8] = [
    (4_000, 0),
    (4_000, 500),
    (1_000_000, 0),
    (1_000_000, 10_000),
    (1_000_000, 100_000),
    (10_000_000, 0),
    (10_000_000, 10_000),
    (10_000_000, 100_000),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let unit = baseline::calibrate();
    println!("calibration loop: {:.3} ms", unit * 1e3);
    println!("{}", Figures::HEADING);
    let mut all = Vec::new();
    for (len, annotations) in CASES {
        let case = Case { len, annotations };
        let figures = measure(case);
        println!("{figures}");
        all.extend(figures.ratios(unit));
    }
    if has("--write-baseline") {
        baseline::write(&all);
    }
    if has("--check") && !baseline::holds(&all) {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
