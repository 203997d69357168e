//! The packs that ship with the program.

use super::pack::{GazetteerSource, PackSource};

macro_rules! packs {
    ($($path:literal),+ $(,)?) => {
        [$(($path, include_str!(concat!("../../assets/rules/", $path)))),+]
    };
}

macro_rules! gazetteers {
    ($($path:literal),+ $(,)?) => {
        [$(($path, include_str!(concat!("../../assets/gazetteers/", $path)))),+]
    };
}

/// Returns the packs that ship with the program, with their gazetteers.
#[must_use]
pub fn builtin_packs() -> Vec<PackSource> {
    let gazetteers =
        gazetteers!["places.tsv", "settlements.tsv", "names.tsv", "calendar.tsv", "organisations.tsv"];
    let gazetteers: Vec<GazetteerSource> = gazetteers
        .into_iter()
        .map(|(path, text)| GazetteerSource { path: path.to_owned(), text: text.into() })
        .collect();
    let packs = packs![
        "ar/lists.ron",
        "ar/entities.ron",
        "ar/people.ron",
        "ar/claims.ron",
        "en/lists.ron",
        "en/entities.ron",
        "en/claims.ron"
    ];
    let pack = |(path, text): (&str, &str)| PackSource {
        path: path.to_owned(),
        text: text.to_owned(),
        gazetteers: gazetteers.clone(),
    };
    packs.into_iter().map(pack).collect()
}
