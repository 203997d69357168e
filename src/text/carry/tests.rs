use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::*;

/// As many as an annotation file keeps.
const CONTEXT: usize = 32;

/// An article with marked spans, as a file that recorded them knows it.
#[derive(Debug, Clone, Default)]
struct Article {
    text: Vec<char>,
    spans: Vec<Range<usize>>,
}

impl Article {
    /// Reads `[…]` as a span.
    fn marked(marked: &str) -> Self {
        let mut article = Self::default();
        let mut start = 0;
        for c in marked.chars() {
            match c {
                '[' => start = article.text.len(),
                ']' => article.spans.push(start..article.text.len()),
                c => article.text.push(c),
            }
        }
        article
    }

    fn text(&self) -> String {
        self.text.iter().collect()
    }

    fn quote(&self, span: &Range<usize>) -> String {
        self.text[span.clone()].iter().collect()
    }

    fn found_in(&self, new: &str) -> Vec<Fate> {
        let places = self.spans.iter().map(|span| {
            let around = span.start.saturating_sub(CONTEXT)..(span.end + CONTEXT).min(self.text.len());
            (CharOffset::from_index(around.start), self.quote(&around))
        });
        let places: Vec<_> = places.collect();
        let passages = places.iter().map(|(start, text)| Passage { start: *start, text }).collect();
        let mut carrier = Carrier::new(passages, &SourceText::new(new));
        let find = |span: &Range<usize>| carrier.find(CharOffset::from_index(span.start), &self.quote(span));
        self.spans.iter().map(find).collect()
    }
}

/// Returns the new text with what was found marked: `[moved]`, `{changed}`, `(unmoved)`, and how many are lost.
fn carried(old: &str, new: &str) -> String {
    let mut marks = Vec::new();
    let mut reasons = Vec::new();
    for fate in Article::marked(old).found_in(new) {
        match fate {
            Fate::Unmoved(range) => marks.push((range, '(', ')')),
            Fate::Moved(range) => marks.push((range, '[', ']')),
            Fate::Changed { range, .. } => marks.push((range, '{', '}')),
            Fate::Lost(loss) => reasons.push(match loss {
                Loss::Gone => "gone".to_owned(),
                Loss::Ambiguous(places) => format!("{} places", places.len()),
                Loss::OutOfContext(_) => "out of context".to_owned(),
                Loss::Rewritten(_) => "rewritten".to_owned(),
                Loss::NoLetters => "no letters".to_owned(),
                Loss::Contradicted => "contradicted".to_owned(),
                Loss::TooCostly => "too costly".to_owned(),
            }),
        }
    }
    let mut out = String::new();
    for (at, c) in new.char_indices().chain([(new.len(), '\0')]) {
        out.extend(marks.iter().filter(|mark| mark.0.end().index() == at).map(|mark| mark.2));
        out.extend(marks.iter().filter(|mark| mark.0.start().index() == at).map(|mark| mark.1));
        if c != '\0' {
            out.push(c);
        }
    }
    for reason in reasons {
        out.push_str(" | ");
        out.push_str(&reason);
    }
    out
}

#[test]
fn words_before_a_span_move_it() {
    let old = "قال [سليم عون] إن المرفأ سيفتح يوم الأحد";
    assert_eq!(
        carried(old, "عاجل: قال سليم عون إن المرفأ سيفتح يوم الأحد"),
        "عاجل: قال [سليم عون] إن المرفأ سيفتح يوم الأحد"
    );
    assert_eq!(
        carried(old, "قال سليم عون إن المرفأ سيفتح يوم الأحد، بحسب الوزارة"),
        "قال (سليم عون) إن المرفأ سيفتح يوم الأحد، بحسب الوزارة"
    );
}

#[test]
fn a_mended_word_and_harakat_are_a_change_in_place() {
    let old = "وصل أمس [سليم عونن] إلى المرفأ، ثم زار [مدرسة] الميناء الجديدة";
    assert_eq!(
        carried(old, "وصل أمس سليم عون إلى المرفأ، ثم زار مَدْرَسَةَ الميناء الجديدة"),
        "وصل أمس {سليم عون} إلى المرفأ، ثم زار {مَدْرَسَةَ} الميناء الجديدة"
    );
}

#[test]
fn a_mark_behind_the_last_letter_belongs_to_it() {
    let old = "وصل أمس إلى المرفأ [سليم] وعاد في المساء";
    assert_eq!(
        carried(old, "وصل أمس إلى المرفأ سليمٌ وعاد في المساء"),
        "وصل أمس إلى المرفأ {سليمٌ} وعاد في المساء"
    );
}

#[test]
fn other_line_ends_move_what_follows() {
    let old = "first line\r\nsecond line with [Salim Awn]\r\nthird line and [the\r\nport] there\r\n";
    assert_eq!(
        carried(old, &Article::marked(old).text().replace("\r\n", "\n")),
        "first line\nsecond line with [Salim Awn]\nthird line and {the\nport} there\n"
    );
}

#[test]
fn a_rewritten_span_is_lost_and_named() {
    let old = "the minister said that [the harbour] opens on monday morning";
    assert_eq!(
        carried(old, "the minister said that a new airport opens on monday morning"),
        "the minister said that a new airport opens on monday morning | rewritten"
    );
}

#[test]
fn words_that_may_stand_in_two_places_are_lost() {
    let old = "the minister said to [Salim] that the harbour opens";
    assert_eq!(
        carried(old, "the minister said to Salim to Salim that the harbour opens"),
        "the minister said to Salim to Salim that the harbour opens | 2 places"
    );
}

#[test]
fn a_paragraph_that_was_moved_takes_its_spans_along() {
    let first = "In the morning the ministry told [Salim Awn] that the harbour opens soon.\n";
    let rest = "Later that day a ship came in with wheat and oil from the north, as [Mona] reported. \
                Nobody had waited for it, and the workers were sent for from their homes in the old town.\n";
    let old = format!("{first}{rest}");
    let plain = |marked: &str| Article::marked(marked).text();
    assert_eq!(carried(&old, &format!("{}{}", plain(rest), plain(first))), format!("{rest}{first}"));
}

#[test]
fn each_of_many_equal_names_finds_its_own() {
    let days = ["الأحد", "الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت"];
    let sentence = |n: usize| format!("وفي يوم {} {} زار [سليم عون] المرفأ. ", days[n % 7], n);
    let old: String = (0..40).map(sentence).collect();
    let added = |n: usize| match n % 5 {
        0 => format!("خبر جديد عن سليم عون. {}", sentence(n)),
        3 => sentence(n).replacen("المرفأ", "الميناء القديم", 1),
        _ => sentence(n),
    };
    let expected: String = (0..40).map(added).collect();
    assert_eq!(carried(&old, &Article::marked(&expected).text()), expected);
}

#[test]
fn an_emoji_is_never_cut() {
    let old = "they sang [👩] all night long in the harbour of the old town";
    let new = "they sang 👩‍👩‍👧 all night long in the harbour of the old town";
    assert_eq!(carried(old, new), format!("{new} | 2 places"));
}

#[test]
fn passages_that_contradict_the_quote_find_nothing() {
    let passages = vec![Passage { start: CharOffset::ZERO, text: "the harbour opens" }];
    let mut carrier = Carrier::new(passages, &SourceText::new("the harbour opens"));
    assert_eq!(carrier.find(CharOffset::new(4), "airport"), Fate::Lost(Loss::Contradicted));
    assert_eq!(carrier.find(CharOffset::new(90), "harbour"), Fate::Lost(Loss::Contradicted));
    assert!(matches!(carrier.find(CharOffset::new(4), "harbour"), Fate::Unmoved(_)));
}

/// An article, and what became of it by edits between its spans.
#[derive(Debug, Clone)]
struct Edited {
    old: Article,
    new: Article,
    /// The text between the spans, as it was and as it became.
    gaps: Vec<(String, String)>,
}

const WORDS: [&str; 24] = [
    "قال",
    "سليم",
    "عون",
    "سليم عون",
    "إن",
    "المرفأ",
    "مَدْرَسَةٌ",
    "على",
    "،",
    ".\r\n",
    "2002",
    "the",
    "harbour",
    "of",
    "Salim",
    "👩‍👩‍👧",
    "🇱🇾",
    "\u{a0}",
    "في",
    "وزارة",
    "النقل",
    "\u{200f}أمس",
    "كتـاب",
    "Café",
];

fn words(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..most).prop_map(|words| words.join(" "))
}

/// What happens to the text between two spans.
#[derive(Debug, Clone)]
enum Edit {
    None,
    Insert(prop::sample::Index, String),
    Delete(prop::sample::Index, prop::sample::Index),
    Replace(prop::sample::Index, prop::sample::Index, String),
}

fn edit() -> impl Strategy<Value = Edit> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        4 => Just(Edit::None),
        1 => (index(), words(5)).prop_map(|(at, text)| Edit::Insert(at, format!(" {text} "))),
        1 => (index(), index()).prop_map(|(a, b)| Edit::Delete(a, b)),
        1 => (index(), index(), words(4)).prop_map(|(a, b, text)| Edit::Replace(a, b, text)),
    ]
}

fn edited_text(text: &str, edit: &Edit) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let gap = |index: &prop::sample::Index| index.index(chars.len() + 1);
    let (range, with) = match edit {
        Edit::None => (0..0, ""),
        Edit::Insert(at, with) => (gap(at)..gap(at), with.as_str()),
        Edit::Delete(a, b) => (gap(a).min(gap(b))..gap(a).max(gap(b)), ""),
        Edit::Replace(a, b, with) => (gap(a).min(gap(b))..gap(a).max(gap(b)), with.as_str()),
    };
    chars.splice(range, with.chars());
    chars.into_iter().collect()
}

prop_compose! {
    fn edited(between: usize)(
        parts in prop::collection::vec((words(between), words(4), edit()), 1..24),
    ) -> Edited {
        let (mut old, mut new, mut gaps) = (Article::default(), Article::default(), Vec::new());
        for (gap, quote, edit) in parts {
            let gap = format!(" {gap} ");
            let edited = edited_text(&gap, &edit);
            old.text.extend(gap.chars());
            new.text.extend(edited.chars());
            gaps.push((gap, edited));
            if quote.is_empty() {
                continue;
            }
            for article in [&mut old, &mut new] {
                let start = article.text.len();
                article.text.extend(quote.chars());
                article.spans.push(start..article.text.len());
            }
        }
        Edited { old, new, gaps }
    }
}

fn count(text: &str, quote: &str) -> usize {
    let (text, quote) = (Letters::of(text).chars, Letters::of(quote).chars);
    text.windows(quote.len().max(1)).filter(|part| *part == quote).count()
}

#[derive(Debug, Default)]
struct Tally {
    found: usize,
    lost: usize,
    wrong: Vec<String>,
    /// Wrong, where an edit put the same words in once more.
    misled: usize,
}

impl Edited {
    /// Whether an edit put the words of a quote in once more: then nobody could tell the two apart for certain.
    fn is_ambiguous(&self, quote: &str) -> bool {
        let more = |(old, new): (&str, &str)| count(new, quote) > count(old, quote);
        more((&self.old.text(), &self.new.text())) || self.gaps.iter().any(|(old, new)| more((old, new)))
    }

    fn tally(&self, tally: &mut Tally) {
        let text = self.new.text();
        let source = SourceText::new(text.as_str());
        for (fate, truth) in self.old.found_in(&text).into_iter().zip(&self.new.spans) {
            let quote = self.new.quote(truth);
            let ends = [truth.start, truth.end].map(CharOffset::from_index);
            let truth = source.range_from_chars(ends[0], ends[1]).expect("in the text");
            let is_right = match &fate {
                Fate::Unmoved(range) | Fate::Moved(range) => *range == truth,
                Fate::Changed { range, .. } => range.overlaps(truth),
                Fate::Lost(_) => {
                    tally.lost += 1;
                    continue;
                }
            };
            if is_right {
                tally.found += 1;
            } else if self.is_ambiguous(&quote) {
                tally.misled += 1;
            } else {
                tally.wrong.push(format!(
                    "{quote:?}: {fate:?} should be {truth} in\n{text:?}\nonce\n{:?}",
                    self.old.text()
                ));
            }
        }
    }
}

#[test]
fn after_edits_between_the_spans_none_is_found_in_a_wrong_place() {
    // Few words between the spans: the same names again and again. Many: as in an article.
    for (between, most_lost) in [(2, 12), (4, 9), (8, 6), (16, 4), (30, 3)] {
        let mut runner = TestRunner::deterministic();
        let mut tally = Tally::default();
        for _ in 0..3_000 {
            let edited = edited(between).new_tree(&mut runner).expect("a value").current();
            edited.tally(&mut tally);
        }
        assert_eq!(tally.wrong, [""; 0], "{between} words between the spans");
        let all = tally.found + tally.lost;
        assert!(tally.misled * 5_000 <= all, "{between}: {} of {all} misled", tally.misled);
        assert!(tally.lost * 100 <= most_lost * all, "{between}: {} of {all} lost", tally.lost);
    }
}

/// What happens to one letter of a quote.
#[derive(Debug, Clone, Copy)]
enum Slip {
    Mark,
    Left,
    Put(char),
    Instead(char),
}

prop_compose! {
    fn slipped()(
        before in prop::collection::vec(prop::sample::select(WORDS.to_vec()), 6..20),
        quote in prop::collection::vec(prop::sample::select(vec!["سليم", "المرفأ", "وزارة", "harbour"]), 2..5),
        behind in prop::collection::vec(prop::sample::select(WORDS.to_vec()), 6..20),
        ahead in words(6),
        at in any::<prop::sample::Index>(),
        slip in prop::sample::select(vec![Slip::Mark, Slip::Left, Slip::Put('ض'), Slip::Instead('ظ')]),
    ) -> Edited {
        let (before, quote, behind) = (before.join(" ") + " ", quote.join(" "), format!(" {}", behind.join(" ")));
        let mut now: Vec<char> = quote.chars().collect();
        // Not at the edge: there what was put in may stand beside the quote as well.
        let at = 1 + at.index(now.len() - 2);
        match slip {
            Slip::Mark => now.insert(at, '\u{64e}'),
            Slip::Put(c) => now.insert(at, c),
            Slip::Instead(c) => now[at] = c,
            Slip::Left => { now.remove(at); }
        }
        let now: String = now.into_iter().collect();
        let old = Article::marked(&format!("{before}[{quote}]{behind}"));
        let new = Article::marked(&format!("{ahead}{before}[{now}]{behind}"));
        Edited { old, new, gaps: vec![(String::new(), ahead), (behind.clone(), behind)] }
    }
}

#[test]
fn a_slip_inside_a_span_is_a_change_where_it_stands() {
    let mut runner = TestRunner::deterministic();
    let mut tally = Tally::default();
    for _ in 0..4_000 {
        slipped().new_tree(&mut runner).expect("a value").current().tally(&mut tally);
    }
    assert_eq!(tally.wrong, [""; 0]);
    assert!(tally.misled * 1_000 <= tally.found, "{} misled", tally.misled);
    assert!(tally.lost * 100 <= tally.found, "{} lost, {} found", tally.lost, tally.found);
}

proptest! {
    #[test]
    fn whatever_is_asked_the_answer_is_a_range_of_whole_graphemes(
        old in "([ء-ي]{1,4}|[a-c]{1,3}| |\r\n|\u{200f}|\u{64e}|👩‍👩‍👧|🇱🇾|\u{a0}|e\u{301}|ﷲ){0,60}",
        new in "([ء-ي]{1,4}|[a-c]{1,3}| |\r\n|\u{200f}|\u{64e}|👩‍👩‍👧|🇱🇾|\u{a0}|e\u{301}|ﷲ){0,60}",
        cut in any::<prop::sample::Index>(),
        starts in prop::collection::vec((any::<prop::sample::Index>(), 0..9_usize, 0..3_u32), 1..8),
    ) {
        // The new text begins as the old one does, more or less.
        let head: String = old.chars().take(cut.index(old.chars().count() + 1)).collect();
        let source = SourceText::new(head + &new);
        let chars: Vec<char> = old.chars().collect();
        let pieces = starts.iter().map(|(at, len, shift)| {
            let at = at.index(chars.len() + 1);
            let text: String = chars[at..(at + len).min(chars.len())].iter().collect();
            (CharOffset::from_index(at), text, *shift)
        });
        let pieces: Vec<_> = pieces.collect();
        // Passages that contradict each other, too.
        let passages = pieces.iter().map(|(start, text, shift)| {
            Passage { start: CharOffset::new(start.get() + shift / 2), text }
        });
        let mut carrier = Carrier::new(passages.collect(), &source);
        for (start, quote, _) in &pieces {
            match carrier.find(*start, quote) {
                Fate::Unmoved(range) => prop_assert_eq!(source.slice(range), quote),
                Fate::Moved(range) => {
                    prop_assert_eq!(source.slice(range), quote);
                    prop_assert_eq!(snap_to_graphemes(&source, range), range);
                }
                Fate::Changed { range, .. } => {
                    prop_assert_eq!(source.range(range.start(), range.end()), Ok(range));
                    prop_assert_eq!(snap_to_graphemes(&source, range), range);
                }
                Fate::Lost(_) => {}
            }
        }
    }
}
