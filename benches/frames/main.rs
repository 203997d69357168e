//! What a frame of the whole window costs: session, panels and article, from events to triangles, without the
//! graphics card.
//!
//! ```sh
//! cargo bench --bench frames                      # the table
//! cargo bench --bench frames -- --check           # against benches/frames/baseline.tsv; fails beyond 30 %
//! cargo bench --bench frames -- --write-baseline  # after a change that is meant to cost or to save time
//! cargo bench --bench frames -- --only 1000,10000 # one size: kB of text, annotations
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

use std::collections::BTreeMap;
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

/// That of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Against the baseline the best of this many rounds counts: what else the machine does only makes a round slower.
const ROUNDS: usize = 3;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let only = arguments.iter().skip_while(|argument| *argument != "--only").nth(1);
    let is_wanted =
        |(len, annotations)| only.is_none_or(|only| *only == format!("{},{annotations}", len / 1000));
    let rounds = if has("--write-baseline") || has("--check") { ROUNDS } else { 1 };
    let mut best: BTreeMap<String, f64> = BTreeMap::new();
    println!("calibration loop: {:.3} ms", baseline::calibrate() * 1e3);
    println!("{}", Figures::HEADING);
    for _ in 0..rounds {
        for (len, annotations) in CASES.into_iter().filter(|case| is_wanted(*case)) {
            let unit = baseline::calibrate();
            let figures = measure(Case { len, annotations });
            println!("{figures}");
            for (name, ratio) in figures.ratios(unit) {
                best.entry(name).and_modify(|known| *known = known.min(ratio)).or_insert(ratio);
            }
        }
    }
    if has("--write-baseline") {
        baseline::write(&best);
    }
    if has("--check") && !baseline::holds(&best) {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
