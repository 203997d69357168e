//! `hashiya render`: an annotated article as a picture or a page, without a display.
//!
//! ```text
//! Document --scene--> Scene --png or svg--> bytes
//!          --formats::html--> page
//! ```

mod scene;
mod svg;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::error::CliError;
use super::{OpenArguments, Status};
use crate::formats::html::{self, PageStyle, PageTheme};
use crate::model::{Body, Document, Schema, Suggestion, SuggestionKey};
use crate::rules::{ConfirmedMention, Context, RuleSet};
use crate::store;
use crate::text::Segmentation;
use scene::{Look, Scene};

/// The most pixels of a picture from top to bottom and from left to right.
const MAX_SIDE: f32 = 65_535.0;
/// The most pixels of a picture.
const MAX_PIXELS: f32 = 400e6;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  hashiya render libya.txt --out libya.png\n  hashiya render libya.txt --out libya.svg --theme dark --language ar\n  hashiya render libya.txt --suggest --out libya.html"
)]
pub(super) struct Arguments {
    /// The article, or its annotation file
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// What to write; .png, .svg or .html
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The width in points (CSS px)
    #[arg(long, default_value_t = 900, value_parser = clap::value_parser!(u32).range(240..=4000))]
    width: u32,
    /// Light or dark; without it light, and a page follows its reader's system
    #[arg(long, value_enum)]
    theme: Option<ThemeChoice>,
    /// The language of label names
    #[arg(long, value_enum, default_value_t)]
    language: Language,
    /// Pixels for one point, in a PNG
    #[arg(long, default_value_t = 1.0, value_parser = parse_scale)]
    scale: f32,
    /// Draw what the rules suggest too, dashed
    #[arg(long)]
    suggest: bool,
    #[command(flatten)]
    open: OpenArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ThemeChoice {
    /// Dark letters on light paper
    Light,
    /// Light letters on dark paper
    Dark,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Language {
    /// English
    #[default]
    En,
    /// Arabic
    Ar,
}

fn parse_scale(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(scale) if (0.5..=8.0).contains(&scale) => Ok(scale),
        _ => Err("the scale is a number from 0.5 to 8".to_owned()),
    }
}

/// What `--out` asks for.
#[derive(Clone, Copy)]
enum Kind {
    Png,
    Svg,
    Html,
}

pub(super) fn run(arguments: &Arguments) -> Result<Status, CliError> {
    let kind = kind_of(&arguments.out)?;
    let schema = arguments.open.schema()?;
    let document = store::open(&arguments.path, arguments.open.options(), &schema)?.document;
    let suggestions = if arguments.suggest { suggestions(&document)? } else { Vec::new() };
    let language = match arguments.language {
        Language::En => "en",
        Language::Ar => "ar",
    };
    let bytes = match kind {
        Kind::Html => page(arguments, &document, &suggestions, &schema, language).into_bytes(),
        Kind::Svg => {
            let scene = scene(arguments, &document, &suggestions, &schema, language, 1.0);
            svg::write(&scene, &document.article().file_name).into_bytes()
        }
        Kind::Png => {
            let scene = scene(arguments, &document, &suggestions, &schema, language, arguments.scale);
            check_size(&scene, arguments.scale)?;
            scene.to_png(arguments.scale).map_err(|error| {
                CliError::usage(format!("{}: {error}", arguments.out.display()), "try .svg or .html")
            })?
        }
    };
    store::write(&arguments.out, &bytes, None)?;
    Ok(Status::Done)
}

fn kind_of(path: &Path) -> Result<Kind, CliError> {
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    match extension.to_str() {
        Some("png") => Ok(Kind::Png),
        Some("svg") => Ok(Kind::Svg),
        Some("html" | "htm") => Ok(Kind::Html),
        _ => Err(CliError::usage(
            format!("{}: the name does not say what to write", path.display()),
            "let it end in .png, .svg or .html",
        )),
    }
}

/// Returns what the rules suggest and nobody has decided on.
fn suggestions(document: &Document) -> Result<Vec<Suggestion>, CliError> {
    let rules = RuleSet::builtin().map_err(CliError::Packs)?;
    let confirmed = document.annotations().iter().filter_map(|annotation| match &annotation.body {
        Body::Entity(entity) => {
            Some(ConfirmedMention { label: entity.label.clone(), fragments: entity.fragments.clone() })
        }
        Body::Claim(_) => None,
    });
    let mut decided: BTreeSet<_> = document.decisions().map(|decision| decision.key.clone()).collect();
    // What stands there already need not be suggested.
    decided.extend(document.annotations().iter().map(|annotation| SuggestionKey {
        label: annotation.body.label().clone(),
        fragments: annotation.body.fragments().clone(),
    }));
    let context = Context { confirmed: confirmed.collect(), decided, ..Context::default() };
    Ok(rules.suggest(document.source(), &Segmentation::new(document.source()), &context))
}

fn page(
    arguments: &Arguments,
    document: &Document,
    suggestions: &[Suggestion],
    schema: &Schema,
    language: &str,
) -> String {
    let theme = match arguments.theme {
        None => PageTheme::Auto,
        Some(ThemeChoice::Light) => PageTheme::Light,
        Some(ThemeChoice::Dark) => PageTheme::Dark,
    };
    html::page(document, suggestions, schema, PageStyle { theme, language, width: arguments.width })
}

fn scene(
    arguments: &Arguments,
    document: &Document,
    suggestions: &[Suggestion],
    schema: &Schema,
    language: &str,
    pixels_per_point: f32,
) -> Scene {
    let look = match arguments.theme {
        Some(ThemeChoice::Dark) => Look::dark(),
        _ => Look::light(),
    };
    let width = arguments.width as f32;
    Scene::new(document, suggestions, schema, &scene::Style { look, width, language, pixels_per_point })
}

fn check_size(scene: &Scene, scale: f32) -> Result<(), CliError> {
    let (width, height) = (scene.width * scale, scene.height * scale);
    if width.max(height) <= MAX_SIDE && width * height <= MAX_PIXELS {
        return Ok(());
    }
    let message = format!(
        "the picture would have {width:.0} × {height:.0} pixels; {MAX_SIDE:.0} a side and {:.0} million in all can be \
         written",
        MAX_PIXELS / 1e6
    );
    Err(CliError::usage(message, "write .svg or .html, or make --scale smaller or --width larger"))
}
