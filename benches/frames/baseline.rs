//! The figures of an earlier run as multiples of a calibration loop, so that machines can be compared.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What a figure may grow by.
const ALLOWED: f64 = 1.3;
/// What is below this many calibration loops is noise whatever it grows by: about 0.02 ms.
const NOISE: f64 = 0.002;

/// Returns how long a fixed amount of work takes, in seconds: hashing and looking up in memory, as a frame does.
pub(crate) fn calibrate() -> f64 {
    let once = || {
        let started = Instant::now();
        let mut table = vec![0_u64; 1 << 16];
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        for _ in 0..2_000_000 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let at = usize::try_from(state >> 48).unwrap();
            table[at] = table[at].rotate_left(5) ^ state;
        }
        black_box(table);
        started.elapsed().as_secs_f64()
    };
    (0..15).map(|_| once()).fold(f64::INFINITY, f64::min)
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/frames/baseline.tsv")
}

/// Writes the figures as the new baseline.
pub(crate) fn write(figures: &BTreeMap<String, f64>) {
    let text = figures.iter().fold(String::new(), |mut text, (name, ratio)| {
        writeln!(text, "{name}\t{ratio:.5}").unwrap();
        text
    });
    std::fs::write(path(), text).unwrap();
}

/// Returns whether no figure has grown by more than is allowed; tells of those that have.
pub(crate) fn holds(figures: &BTreeMap<String, f64>) -> bool {
    let Ok(text) = std::fs::read_to_string(path()) else {
        println!("there is no baseline at {}: write one with --write-baseline", path().display());
        return false;
    };
    let before: BTreeMap<&str, f64> = text
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(name, ratio)| (name, ratio.parse().unwrap()))
        .collect();
    let mut holds = true;
    for (name, now) in figures {
        match before.get(name.as_str()) {
            Some(was) if *now > (was * ALLOWED).max(was + NOISE) => {
                println!("slower: {name}: {:.0} % of the baseline", now / was * 100.0);
                holds = false;
            }
            Some(_) => {}
            None => {
                println!("not in the baseline: {name}");
                holds = false;
            }
        }
    }
    println!("{}", if holds { "the baseline holds" } else { "the baseline does not hold" });
    holds
}
