//! `hashiya eval`: what the rules find against a gold standard, in figures.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use rayon::prelude::*;
use serde_json::{Value, json};

use super::Status;
use super::error::CliError;
use super::input::{Line, next_line, too_long};
use super::packs::RuleArguments;
use crate::formats::gold::{self, GoldClaim, GoldLine};
use crate::formats::visible;
use crate::model::{Body, Fragments, LabelId, RoleId, Suggestion};
use crate::rules::{
    self, CharSpan, ClaimScore, ClaimSpans, Context, Counts, Dictionary, LabelledSpan, Language, RoleScore,
    RuleSet, SpanScore,
};
use crate::store;
use crate::text::{CharOffset, Segmentation, SourceText, shortened};

#[derive(Debug, Args)]
#[command(
    after_help = "Spans are compared as sets of start, end and label. Claims are compared by their cue; source and content are\ncompared where the cue was found.\n\nExamples:\n  hashiya eval --gold gold.jsonl\n  hashiya eval --gold news.jsonl --map GPE=LOC,FAC=LOC --only PERS,ORG,LOC --boundaries word --by rule\n  hashiya eval --gold second-half.jsonl --learn first-half.jsonl\n  hashiya eval --gold gold.jsonl --against yesterday.jsonl"
)]
pub(super) struct Arguments {
    /// The gold standard: JSON lines with id, text, and spans or claims
    #[arg(long, value_name = "FILE")]
    gold: PathBuf,
    #[command(flatten)]
    rules: RuleArguments,
    /// Labels to count as another one, on both sides
    #[arg(long, value_name = "FROM=TO", value_delimiter = ',', value_parser = parse_mapping)]
    map: Vec<(String, String)>,
    /// The labels to count, after --map; without it all
    #[arg(long, value_name = "LABEL", value_delimiter = ',')]
    only: Vec<String>,
    /// Where spans must agree
    #[arg(long, value_enum, default_value_t)]
    boundaries: Boundaries,
    /// Count by rule, too
    #[arg(long, value_enum, value_name = "WHAT")]
    by: Option<By>,
    /// Print one JSON object instead of tables
    #[arg(long)]
    json: bool,
    /// Names that were tagged before: JSON lines as --gold, whose spans are learned and suggested on top of the rules
    #[arg(long, value_name = "FILE")]
    learn: Option<PathBuf>,
    /// An earlier run's output of `hashiya suggest`: print the spans that were added and removed since
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Boundaries {
    /// At the same characters
    #[default]
    Exact,
    /// At the same words: each span is grown to the white space around it
    Word,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// The rule that found the span
    Rule,
}

fn parse_mapping(mapping: &str) -> Result<(String, String), String> {
    match mapping.split_once('=') {
        Some((from, to)) if !from.is_empty() && !to.is_empty() => Ok((from.to_owned(), to.to_owned())),
        _ => Err("a mapping is FROM=TO, as in GPE=LOC".to_owned()),
    }
}

/// What the rules found in one document.
struct Found {
    spans: Vec<(LabelledSpan, String)>,
    claims: Vec<ClaimSpans>,
}

/// What changed since an earlier run: the document, `+` or `-`, and the span with its text.
type Change = (String, char, LabelledSpan, String);

pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Result<Status, CliError> {
    let rules = arguments.rules.compile()?;
    let documents = read(&arguments.gold)?;
    let earlier = arguments.against.as_deref().map(read).transpose()?;
    let dictionary = arguments.learn.as_deref().map(learn).transpose()?.unwrap_or_default();
    let find = |gold: &GoldLine| find(arguments, &rules, &dictionary, gold);
    let found: Vec<Found> = documents.par_iter().map(find).collect();
    let mut spans = SpanScore::default();
    let mut claims = None;
    for (gold, found) in documents.iter().zip(&found) {
        if let Some(gold) = &gold.claims {
            let gold: Vec<ClaimSpans> = gold.iter().map(claim_spans).collect();
            claims.get_or_insert_with(ClaimScore::default).add(&gold, &found.claims);
        } else {
            let found: Vec<_> =
                found.spans.iter().map(|(span, rule)| (span.clone(), rule.as_str())).collect();
            spans.add(&entities(arguments, gold), &found);
        }
    }
    let changes = earlier.map(|earlier| changes(arguments, &documents, &found, &earlier));
    if arguments.json {
        let report = json_report(arguments, documents.len(), &spans, claims.as_ref(), changes.as_deref());
        writeln!(stdout, "{report}")?;
    } else {
        print_tables(arguments, documents.len(), &spans, claims.as_ref(), stdout)?;
        print_changes(changes.as_deref(), stdout)?;
    }
    Ok(Status::Done)
}

fn read(path: &Path) -> Result<Vec<GoldLine>, CliError> {
    let mut documents = Vec::new();
    let mut reader = store::reader(path)?;
    for number in 1.. {
        let failed = |column: usize, message: &str| {
            CliError::usage(
                format!("{}:{number}:{column}: {message}", path.display()),
                "each line is a JSON object with id, text, and spans or claims",
            )
        };
        let line = match next_line(&mut *reader).map_err(|error| failed(1, &error.to_string()))? {
            None => break,
            Some(Line::TooLong) => return Err(failed(1, &too_long())),
            Some(Line::Whole(line)) => line,
        };
        if !line.trim_ascii().is_empty() {
            documents.push(gold::read_line(&line).map_err(|error| failed(error.column, &error.message))?);
        }
    }
    Ok(documents)
}

/// Returns the names that an annotator would have learned who tagged what a gold standard has, document by document.
fn learn(path: &Path) -> Result<Dictionary, CliError> {
    let documents = read(path)?;
    let read: Vec<_> = documents
        .iter()
        .zip(1_usize..)
        .map(|(gold, number)| {
            let source = SourceText::new(gold.text.as_str());
            let segmentation = Segmentation::new(&source);
            let entities = gold.spans.iter().filter(|span| span.kind.as_deref() != Some("claim"));
            let tagged = entities.filter_map(|span| {
                let range = source.range_from_chars(CharOffset::new(span.start), CharOffset::new(span.end));
                Some((range.ok()?, LabelId::from(span.label.as_str())))
            });
            let tagged: Vec<_> = tagged.collect();
            // Ids need not be unique in a gold standard.
            let name: Arc<str> = format!("{number} {}", gold.id).into();
            (name, source, segmentation, tagged)
        })
        .collect();
    let lessons = read.iter().map(|(name, source, segmentation, tagged)| {
        let lessons = rules::lessons_of(source, segmentation, tagged.iter().cloned(), std::iter::empty());
        (Arc::clone(name), lessons)
    });
    let mut dictionary = Dictionary::new(lessons.collect());
    // A gold standard is an article in which everything is decided.
    for (name, source, segmentation, tagged) in &read {
        let tagged = tagged.iter().map(|(range, _)| *range).collect();
        dictionary.pass_over(name, source, segmentation, &tagged);
    }
    Ok(dictionary)
}

fn find(arguments: &Arguments, rules: &RuleSet, dictionary: &Dictionary, gold: &GoldLine) -> Found {
    let source = SourceText::new(gold.text.as_str());
    let segmentation = Segmentation::new(&source);
    let language = gold.lang.as_deref().and_then(Language::from_code);
    let context = Context { language, ..Context::default() };
    let mut found = Found { spans: Vec::new(), claims: Vec::new() };
    let suggestions = rules.suggest(&source, &segmentation, &context);
    for suggestion in dictionary.apply(suggestions, &source, &segmentation) {
        match &suggestion.body {
            Body::Claim(claim) => found.claims.push(ClaimSpans {
                cue: role(&source, &suggestion, RoleId::CUE),
                source: role(&source, &suggestion, RoleId::SOURCE),
                content: char_spans(&source, &claim.content),
            }),
            Body::Entity(entity) => {
                let hull = entity.fragments.hull();
                let span =
                    CharSpan::new(source.char_from_byte(hull.start()), source.char_from_byte(hull.end()));
                let span = counted_span(arguments, &source, span, entity.label.as_str());
                found.spans.extend(span.map(|span| (span, suggestion.rule.to_string())));
            }
        }
    }
    found
}

fn role(source: &SourceText, suggestion: &Suggestion, role: &str) -> Vec<CharSpan> {
    let Body::Claim(claim) = &suggestion.body else { return Vec::new() };
    claim.role_spans(role).flat_map(|fragments| char_spans(source, fragments)).collect()
}

fn char_spans(source: &SourceText, fragments: &Fragments) -> Vec<CharSpan> {
    let span = |range: &crate::text::TextRange| {
        CharSpan::new(source.char_from_byte(range.start()), source.char_from_byte(range.end()))
    };
    fragments.ranges().iter().map(span).collect()
}

/// Returns a span as it counts: its label mapped, its ends as asked for; `None` where its label does not count.
fn counted_span(
    arguments: &Arguments,
    source: &SourceText,
    span: CharSpan,
    label: &str,
) -> Option<LabelledSpan> {
    let mapped = arguments.map.iter().find(|(from, _)| from == label).map_or(label, |(_, to)| to);
    let counts = arguments.only.is_empty() || arguments.only.iter().any(|only| only == mapped);
    let span = match arguments.boundaries {
        Boundaries::Exact => span,
        Boundaries::Word => span.to_whole_words(source),
    };
    counts.then(|| LabelledSpan { span, label: mapped.to_owned() })
}

/// Returns the entities of a gold line as they count.
fn entities(arguments: &Arguments, gold: &GoldLine) -> BTreeSet<LabelledSpan> {
    let source = SourceText::new(gold.text.as_str());
    let entities = gold.spans.iter().filter(|span| span.kind.as_deref() != Some("claim"));
    let counted = entities.filter_map(|span| {
        let place = CharSpan::new(CharOffset::new(span.start), CharOffset::new(span.end));
        counted_span(arguments, &source, place, &span.label)
    });
    counted.collect()
}

fn claim_spans(claim: &GoldClaim) -> ClaimSpans {
    let spans = |pairs: &[(u32, u32)]| {
        let span = |(start, end): &(u32, u32)| CharSpan::new(CharOffset::new(*start), CharOffset::new(*end));
        pairs.iter().map(span).collect()
    };
    ClaimSpans { cue: spans(&claim.cue), source: spans(&claim.source), content: spans(&claim.content) }
}

/// Returns what was added and removed since an earlier run, in the order of the gold file. Documents that the earlier
/// run did not have are passed over.
fn changes(
    arguments: &Arguments,
    documents: &[GoldLine],
    found: &[Found],
    earlier: &[GoldLine],
) -> Vec<Change> {
    let earlier: BTreeMap<&str, &GoldLine> = earlier.iter().map(|line| (line.id.as_str(), line)).collect();
    let mut changes = Vec::new();
    for (gold, found) in documents.iter().zip(found) {
        let Some(before) = earlier.get(gold.id.as_str()).filter(|before| before.text == gold.text) else {
            continue;
        };
        let before = entities(arguments, before);
        let now: BTreeSet<LabelledSpan> = found.spans.iter().map(|(span, _)| span.clone()).collect();
        for span in before.symmetric_difference(&now) {
            let sign = if now.contains(span) { '+' } else { '-' };
            let (start, end) = (span.span.start.get() as usize, span.span.end.get() as usize);
            let text = gold.text.chars().skip(start).take(end - start).collect();
            changes.push((gold.id.clone(), sign, span.clone(), text));
        }
    }
    changes
}

fn print_tables(
    arguments: &Arguments,
    documents: usize,
    spans: &SpanScore,
    claims: Option<&ClaimScore>,
    stdout: &mut dyn Write,
) -> Result<(), CliError> {
    let boundaries = match arguments.boundaries {
        Boundaries::Exact => "exact",
        Boundaries::Word => "word",
    };
    writeln!(stdout, "{documents} documents, {boundaries} boundaries")?;
    if !spans.by_label.is_empty() {
        print_header("label", stdout)?;
        for (label, counts) in &spans.by_label {
            print_counts(label, *counts, stdout)?;
        }
        print_counts("micro", spans.micro(), stdout)?;
        if arguments.by == Some(By::Rule) {
            writeln!(stdout, "\n{:>9} {:>7} {:>7}  rule", "precision", "tp", "fp")?;
            for (rule, counts) in &spans.by_rule {
                let Counts { true_positives, false_positives, .. } = counts;
                let precision = percent(counts.precision());
                let rule = visible(rule);
                writeln!(stdout, "{precision:>9} {true_positives:>7} {false_positives:>7}  {rule}")?;
            }
        }
    }
    if let Some(claims) = claims {
        print_header("claims", stdout)?;
        print_counts("cue (overlap)", claims.cue_overlap, stdout)?;
        print_counts("cue (exact)", claims.cue_exact, stdout)?;
        writeln!(stdout, "\n{:<16} {:>9} {:>9} {:>7}", "on found cues", "overlap", "exact", "of")?;
        for (name, role) in [("source", claims.source), ("content", claims.content)] {
            let (overlap, exact) = (percent(role.overlap_share()), percent(role.exact_share()));
            writeln!(stdout, "{name:<16} {overlap:>9} {exact:>9} {:>7}", role.compared)?;
        }
        if claims.without_cue > 0 {
            writeln!(stdout, "{} claims without a cue are not counted", claims.without_cue)?;
        }
    }
    Ok(())
}

fn print_header(what: &str, stdout: &mut dyn Write) -> Result<(), CliError> {
    let columns = ["precision", "recall", "F1", "tp", "fp", "fn"];
    let [precision, recall, f1, tp, fp, missed] = columns;
    writeln!(stdout, "{what:<16} {precision:>9} {recall:>9} {f1:>9} {tp:>7} {fp:>7} {missed:>7}")?;
    Ok(())
}

fn print_counts(name: &str, counts: Counts, stdout: &mut dyn Write) -> Result<(), CliError> {
    let Counts { true_positives, false_positives, false_negatives } = counts;
    let (precision, recall, f1) =
        (percent(counts.precision()), percent(counts.recall()), percent(counts.f1()));
    // A label may come from a file.
    let name = visible(&shortened(name));
    writeln!(
        stdout,
        "{name:<16} {precision:>9} {recall:>9} {f1:>9} {true_positives:>7} {false_positives:>7} {false_negatives:>7}"
    )?;
    Ok(())
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.1}", share * 100.0))
}

fn print_changes(changes: Option<&[Change]>, stdout: &mut dyn Write) -> Result<(), CliError> {
    let Some(changes) = changes else { return Ok(()) };
    let added = changes.iter().filter(|(_, sign, ..)| *sign == '+').count();
    writeln!(stdout, "\n{added} spans added, {} removed", changes.len() - added)?;
    for (id, sign, LabelledSpan { span, label }, text) in changes {
        let (start, end) = (span.start.get(), span.end.get());
        let change = format!("{sign} {id}:{start}..{end} {label} {text}");
        writeln!(stdout, "{}", visible(&change))?;
    }
    Ok(())
}

fn json_report(
    arguments: &Arguments,
    documents: usize,
    spans: &SpanScore,
    claims: Option<&ClaimScore>,
    changes: Option<&[Change]>,
) -> Value {
    let table = |table: &BTreeMap<String, Counts>| -> BTreeMap<String, Value> {
        table.iter().map(|(name, counts)| (name.clone(), json_counts(*counts))).collect()
    };
    let mut report = json!({"documents": documents});
    if !spans.by_label.is_empty() {
        report["labels"] = json!(table(&spans.by_label));
        report["micro"] = json_counts(spans.micro());
        if arguments.by == Some(By::Rule) {
            report["rules"] = json!(table(&spans.by_rule));
        }
    }
    if let Some(claims) = claims {
        let role = |role: RoleScore| json!({"compared": role.compared, "overlap": role.overlap_share(), "exact": role.exact_share()});
        report["claims"] = json!({
            "cue_overlap": json_counts(claims.cue_overlap),
            "cue_exact": json_counts(claims.cue_exact),
            "source": role(claims.source),
            "content": role(claims.content),
            "without_cue": claims.without_cue,
        });
    }
    if let Some(changes) = changes {
        let change = |(id, sign, LabelledSpan { span, label }, text): &Change| {
            let change = if *sign == '+' { "added" } else { "removed" };
            let (start, end) = (span.start.get(), span.end.get());
            json!({"change": change, "id": id, "start": start, "end": end, "label": label, "text": text})
        };
        report["changes"] = changes.iter().map(change).collect();
    }
    report
}

fn json_counts(counts: Counts) -> Value {
    json!({
        "precision": counts.precision(), "recall": counts.recall(), "f1": counts.f1(),
        "tp": counts.true_positives, "fp": counts.false_positives, "fn": counts.false_negatives,
    })
}
