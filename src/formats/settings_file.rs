//! Settings and the list of recent articles as RON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ron_text::{SyntaxError, parse, place_of_field, quoted, to_line, utf8};

/// The version of settings files.
const VERSION: u32 = 1;

/// The text sizes of the article view, in points.
pub const TEXT_SIZES: std::ops::RangeInclusive<f32> = 10.0..=60.0;
/// The heights of lines, as multiples of the text size.
pub const LINE_HEIGHTS: std::ops::RangeInclusive<f32> = 1.4..=3.0;
/// The widths of the column, in ems.
pub const MEASURES: std::ops::RangeInclusive<f32> = 16.0..=80.0;
/// The sizes of everything in the window, as multiples of the system's.
pub const WINDOW_SCALES: std::ops::RangeInclusive<f32> = 0.75..=3.0;

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Dark text on light paper.
    Light,
    /// Light text on dark paper.
    Dark,
}

/// What the user has set. Fields that a file lacks have their defaults, so a file may be as short as `(version: 1)`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Settings {
    /// The version of the file, 1.
    pub version: u32,
    /// Light or dark.
    pub theme: Theme,
    /// Whether text, lines and marks stand out more strongly.
    pub high_contrast: bool,
    /// Whether labels have the colours that a reader with any colour blindness can tell apart, in place of the schema's.
    pub safe_colours: bool,
    /// Whether nothing moves by itself.
    pub reduced_motion: bool,
    /// The size of everything in the window, 1 for the system's.
    pub window_scale: f32,
    /// The size of the article's text, in points.
    pub text_size: f32,
    /// The height of a line of the article as a multiple of the size of its text.
    pub line_height: f32,
    /// The family in which the article is read; empty for the program's own.
    pub reading_font: String,
    /// The width of the article's column, in ems.
    pub measure: f32,
    /// Whether characters that cannot be seen are shown by small signs.
    pub hidden_characters: bool,
    /// Whether paragraphs have numbers in the margin.
    pub paragraph_numbers: bool,
    /// The language of label names, BCP 47 (`en`, `ar`).
    pub language: String,
    /// Whether every mark shows its label's name, and not only the focused one.
    pub label_names: bool,
    /// Whether the side panel is shown.
    pub panel: bool,
    /// Whether the articles to go through are shown, where there are several.
    pub queue: bool,
    /// Whether names are learned from decisions and suggested in every article.
    pub learn: bool,
    /// Who annotates; empty for the name of the system's user.
    pub annotator: String,
    /// Where the key map is; empty for `keymap.ron` beside the settings.
    pub keymap: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: VERSION,
            theme: Theme::System,
            high_contrast: false,
            safe_colours: false,
            reduced_motion: false,
            window_scale: 1.0,
            text_size: 20.0,
            line_height: 1.8,
            reading_font: String::new(),
            measure: 32.0,
            hidden_characters: false,
            paragraph_numbers: false,
            language: "en".to_owned(),
            label_names: false,
            panel: true,
            queue: true,
            learn: true,
            annotator: String::new(),
            keymap: String::new(),
        }
    }
}

/// Returns the settings of a settings file.
///
/// # Errors
///
/// When the bytes are no settings, or a size lies outside its range; with the place.
pub fn load(bytes: &[u8]) -> Result<Settings, SyntaxError> {
    let text = text_of(bytes)?;
    // A later version may have other fields: ask for the version first.
    let VersionRecord { version } = parse(text)?;
    if version > VERSION {
        let message = format!("the settings have version {version}; this program reads version {VERSION}");
        return Err(SyntaxError { place: place_of_field(text, "version"), message, cut_off: false });
    }
    let settings: Settings = parse(text)?;
    let sizes = [
        ("text_size", settings.text_size, TEXT_SIZES),
        ("line_height", settings.line_height, LINE_HEIGHTS),
        ("measure", settings.measure, MEASURES),
        ("window_scale", settings.window_scale, WINDOW_SCALES),
    ];
    // What is no number lies in no range.
    let Some((name, size, range)) = sizes.into_iter().find(|(_, size, range)| !range.contains(size)) else {
        return Ok(settings);
    };
    let message = format!("`{name}` is {size}; it may be {} to {}", range.start(), range.end());
    Err(SyntaxError { place: place_of_field(text, name), message, cut_off: false })
}

#[derive(Deserialize)]
#[serde(default)]
struct VersionRecord {
    version: u32,
}

impl Default for VersionRecord {
    fn default() -> Self {
        Self { version: VERSION }
    }
}

/// Returns the settings as a file, one setting a line.
#[must_use]
pub fn save(settings: &Settings) -> String {
    let Settings {
        version,
        theme,
        high_contrast,
        safe_colours,
        reduced_motion,
        window_scale,
        text_size,
        line_height,
        reading_font,
        measure,
        hidden_characters,
        paragraph_numbers,
        language,
        label_names,
        panel,
        queue,
        learn,
        annotator,
        keymap,
    } = settings;
    // A field-less enum is always RON.
    let theme = to_line(theme).unwrap_or_default();
    let lines = [
        format!("version: {version}"),
        format!("theme: {theme}"),
        format!("high_contrast: {high_contrast}"),
        format!("safe_colours: {safe_colours}"),
        format!("reduced_motion: {reduced_motion}"),
        format!("window_scale: {window_scale:?}"),
        format!("text_size: {text_size:?}"),
        format!("line_height: {line_height:?}"),
        format!("reading_font: {}", quoted(reading_font)),
        format!("measure: {measure:?}"),
        format!("hidden_characters: {hidden_characters}"),
        format!("paragraph_numbers: {paragraph_numbers}"),
        format!("language: {}", quoted(language)),
        format!("label_names: {label_names}"),
        format!("panel: {panel}"),
        format!("queue: {queue}"),
        format!("learn: {learn}"),
        format!("annotator: {}", quoted(annotator)),
        format!("keymap: {}", quoted(keymap)),
    ];
    let mut text = String::from("(\n");
    for line in lines {
        text.extend(["  ", &line, ",\n"]);
    }
    text.push_str(")\n");
    text
}

/// Returns the changes of a key map file: command id to the chords that replace its own.
///
/// # Errors
///
/// When the bytes are no such map, with the place.
pub fn load_keymap(bytes: &[u8]) -> Result<BTreeMap<String, Vec<String>>, SyntaxError> {
    parse(text_of(bytes)?)
}

/// Returns the paths of a list of recent articles.
///
/// # Errors
///
/// When the bytes are no such list, with the place.
pub fn load_recent(bytes: &[u8]) -> Result<Vec<String>, SyntaxError> {
    parse(text_of(bytes)?)
}

/// Returns a list of recent articles as a file, one path a line.
#[must_use]
pub fn save_recent(paths: &[&str]) -> String {
    let mut text = String::from("[\n");
    for path in paths {
        text.extend(["  ", &quoted(path), ",\n"]);
    }
    text.push_str("]\n");
    text
}

fn text_of(bytes: &[u8]) -> Result<&str, SyntaxError> {
    utf8(bytes).map_err(|place| SyntaxError { place, message: "not valid UTF-8".to_owned(), cut_off: false })
}
