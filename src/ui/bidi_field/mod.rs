//! A text field for article text: right-to-left and mixed text stand, and are selected and edited, as in the article.
//!
//! Left and right move by grapheme in logical order with one mapping for the field: left is forward in a right-to-left
//! field, so the cursor never bounces at a Latin word.

mod edit;

use std::rc::Rc;

use egui::accesskit::{Action, ActionData, Role, TextSelection};
use egui::output::IMEOutput;
use egui::{
    Event, EventFilter, Id, ImeEvent, Key, Modifiers, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};

use unicode_segmentation::UnicodeSegmentation;

use self::edit::{Editing, Step, lines, next, previous, word_at};
use crate::text::{ByteOffset, Direction, TextRange, paragraph_direction, slice};
use crate::typeset::{Affinity, ParagraphLayout, ReadingFont, TextStyle, Weight};
use crate::ui::text_painter::{TextPainter, moved, snap};
use crate::ui::text_runs::{RunText, ToldRuns, text_direction};

/// The space between the frame and the text, in points.
const PADDING: Vec2 = vec2(8.0, 5.0);
/// The height of a line as a multiple of the size.
const LINE_HEIGHT: f32 = 1.6;

/// A field to be shown; make it with [`BidiField::new`], change what differs, then [`BidiField::show`].
pub struct BidiField<'a> {
    id: Id,
    name: &'a str,
    text: &'a mut String,
    hint: &'a str,
    size_pt: f32,
    rows: usize,
    width: Option<f32>,
    direction: Option<Direction>,
    /// The direction while the text has no letter.
    empty_direction: Direction,
    isolates: fn(&str) -> Vec<TextRange>,
}

/// What is kept of a field from frame to frame.
#[derive(Clone, Default)]
struct FieldState {
    editing: Editing,
    /// How far a single line is shifted so that the cursor is seen, in points.
    shift: f32,
    /// What a screen reader was told in the last frame.
    told: ToldRuns,
}

/// A line of the field at its place.
struct PlacedLine {
    start: ByteOffset,
    top: f32,
    layout: Rc<ParagraphLayout>,
}

/// What the keys and the pointer of a frame did.
#[derive(Default)]
struct Outcome {
    changed: bool,
    leave: bool,
}

impl<'a> BidiField<'a> {
    /// Returns a field of one line. `id` tells it apart from other fields, `name` is what a screen reader calls it.
    #[must_use]
    pub fn new(id: Id, name: &'a str, text: &'a mut String) -> Self {
        Self {
            id,
            name,
            text,
            hint: "",
            size_pt: 15.0,
            rows: 1,
            width: None,
            direction: None,
            empty_direction: Direction::Ltr,
            isolates: |_| Vec::new(),
        }
    }

    /// Shows this while there is no text.
    #[must_use]
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// Sets the size of the letters in points; 15 unless set.
    #[must_use]
    pub fn size(mut self, size_pt: f32) -> Self {
        self.size_pt = size_pt;
        self
    }

    /// Makes a field of several lines, at least so many tall; Enter then begins a new line.
    #[must_use]
    pub fn rows(mut self, rows: usize) -> Self {
        self.rows = rows.max(1);
        self
    }

    /// Sets the width in points; all that is available unless set.
    #[must_use]
    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// Sets the base direction; that of the first strong letter of each line unless set.
    #[must_use]
    pub fn direction(mut self, direction: Option<Direction>) -> Self {
        self.direction = direction;
        self
    }

    /// Sets the direction of a field without letters: that of the article.
    #[must_use]
    pub fn empty_direction(mut self, direction: Direction) -> Self {
        self.empty_direction = direction;
        self
    }

    /// Sets which parts of a line are drawn as if each stood in an isolate (see [`Typesetter::layout_isolated`]):
    /// the strings of code, the names in a path. The text itself stays as it is.
    ///
    /// [`Typesetter::layout_isolated`]: crate::typeset::Typesetter::layout_isolated
    #[must_use]
    pub fn isolates(mut self, isolates: fn(&str) -> Vec<TextRange>) -> Self {
        self.isolates = isolates;
        self
    }

    /// Returns the egui id, for asking for the focus before the field is shown.
    #[must_use]
    pub fn id(&self) -> Id {
        self.id
    }

    /// Draws the field and edits the text. The response is `changed` when the text did; Enter in a field of one line
    /// and Escape give the focus away (`lost_focus`).
    pub fn show(mut self, ui: &mut Ui, painter: &mut TextPainter) -> Response {
        let outer_width = self.width.unwrap_or_else(|| ui.available_width()).max(4.0 * self.size_pt);
        let inner_width = outer_width - 2.0 * PADDING.x;
        let mut state: FieldState = ui.data(|data| data.get_temp(self.id)).unwrap_or_default();
        state.editing.fit(self.text);
        let before = self.text.clone();
        let mut placed = self.lay_out(inner_width, ui.pixels_per_point(), painter);
        let text_height = placed.last().map_or(0.0, |line| line.top + line.layout.height);
        let height = text_height.max(self.rows as f32 * self.size_pt * LINE_HEIGHT) + 2.0 * PADDING.y;
        let (_, rect) = ui.allocate_space(vec2(outer_width, height.ceil()));
        let mut response = ui.interact(rect, self.id, Sense::click_and_drag());
        let inner = rect.shrink2(PADDING);

        self.point(ui, &response, &mut state, &placed, inner);
        self.answer_asked(ui, &response, &mut state);
        let mut outcome = Outcome { changed: *self.text != before, ..Outcome::default() };
        if outcome.changed {
            placed = self.lay_out(inner_width, ui.pixels_per_point(), painter);
        }
        if response.has_focus() {
            let filter = EventFilter {
                horizontal_arrows: true,
                vertical_arrows: self.rows > 1,
                ..EventFilter::default()
            };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(self.id, filter));
            for event in ui.input(|input| input.filtered_events(&filter)) {
                self.handle(ui, &event, &mut state, &placed, &mut outcome);
            }
            outcome.changed = *self.text != before;
        }
        if outcome.changed {
            placed = self.lay_out(inner_width, ui.pixels_per_point(), painter);
            ui.request_repaint();
        }
        if outcome.changed {
            response.mark_changed();
        }
        if outcome.leave {
            response.surrender_focus();
        }
        self.paint(ui, painter, &response, &mut state, &placed);
        response.widget_info(|| {
            let mut info = WidgetInfo::text_edit(ui.is_enabled(), &before, &*self.text, self.hint);
            info.label = Some(self.name.to_owned());
            info
        });
        self.describe(ui, &response, &mut state, &placed);
        ui.data_mut(|data| data.insert_temp(self.id, state));
        response
    }

    /// Does what an assistive technology asks of the field: a selection, another text, another text for the selection.
    fn answer_asked(&mut self, ui: &Ui, response: &Response, state: &mut FieldState) {
        if let Some((anchor, head)) = ui.input(|input| state.told.asked_selection(input, self.id)) {
            response.request_focus();
            state.editing.move_to(head.index().min(self.text.len()), false);
            state.editing.anchor = anchor.index().min(self.text.len());
            state.editing.fit(self.text);
        }
        for action in [Action::SetValue, Action::ReplaceSelectedText] {
            let asked: Vec<String> = ui.input(|input| {
                let requests = input.accesskit_action_requests(self.id, action);
                let texts = requests.filter_map(|request| match &request.data {
                    Some(ActionData::Value(text)) => Some(text.to_string()),
                    _ => None,
                });
                texts.collect()
            });
            for text in asked {
                if action == Action::SetValue {
                    state.editing.anchor = 0;
                    state.editing.head = self.text.len();
                }
                let text = self.fitting(&text);
                state.editing.insert(self.text, &text);
            }
        }
    }

    /// What of a pasted or typed text the field takes: line ends only where it has several lines.
    fn fitting(&self, new: &str) -> String {
        if self.is_single_line() { new.replace(['\r', '\n'], " ") } else { new.replace('\r', "") }
    }

    /// Tells a screen reader the text by line and direction, and where caret and selection are.
    fn describe(&self, ui: &mut Ui, response: &Response, state: &mut FieldState, placed: &[PlacedLine]) {
        state.told.clear();
        if !ui.ctx().has_accesskit_node(self.id) {
            return;
        }
        ui.ctx().allow_widget_id_changes_in(response.rect);
        let inner = response.rect.shrink2(PADDING);
        let text = &*self.text;
        let words = |range: TextRange| {
            let starts = slice(text, range).split_word_bound_indices();
            let starts = starts.filter(|(_, word)| !word.trim().is_empty());
            starts.map(|(at, _)| ByteOffset::from_index(range.start().index() + at)).collect()
        };
        let mut told = std::mem::take(&mut state.told);
        ui.scope_builder(UiBuilder::new().accessibility_parent(self.id), |ui| {
            for (index, line) in placed.iter().enumerate() {
                let geometry = &line.layout.geometry;
                let len = geometry.lines().last().map_or(0, |last| last.range.end().index());
                let start = line.start.index();
                let of = RunText {
                    text: slice(text, TextRange::from_indices(start, start + len)),
                    start: line.start,
                    line_end_follows: index + 1 < placed.len(),
                    words: &words,
                };
                told.tell(ui, self.id, geometry, self.origin(inner, state, line), &of);
            }
        });
        let position = |at: usize| told.position(ByteOffset::from_index(at));
        let ends = (position(state.editing.anchor), position(state.editing.head));
        ui.ctx().accesskit_node_builder(self.id, |node| {
            if !self.is_single_line() {
                node.set_role(Role::MultilineTextInput);
            }
            node.set_text_direction(text_direction(self.field_direction() == Direction::Rtl));
            for action in
                [Action::Focus, Action::SetValue, Action::ReplaceSelectedText, Action::SetTextSelection]
            {
                node.add_action(action);
            }
            if let (Some(anchor), Some(focus)) = ends {
                node.set_text_selection(TextSelection { anchor, focus });
            }
        });
        state.told = told;
    }

    fn is_single_line(&self) -> bool {
        self.rows == 1
    }

    /// The direction of the field as a whole, which the arrow keys follow.
    fn field_direction(&self) -> Direction {
        self.direction.or_else(|| paragraph_direction(self.text)).unwrap_or(self.empty_direction)
    }

    fn lay_out(&self, width: f32, pixels_per_point: f32, painter: &mut TextPainter) -> Vec<PlacedLine> {
        let style = TextStyle {
            size_pt: self.size_pt,
            line_height: LINE_HEIGHT,
            weight: Weight::Regular,
            font: ReadingFont::default(),
            pixels_per_point,
        };
        let field = self.field_direction();
        let mut top = 0.0;
        lines(self.text)
            .map(|(start, line)| {
                let own = self.direction.or_else(|| paragraph_direction(line)).unwrap_or(field);
                let width = (!self.is_single_line()).then_some(width.floor());
                let isolates = (self.isolates)(line);
                let layout = painter.isolated_paragraph(line, style, width, Some(own), isolates);
                let placed = PlacedLine { start, top, layout };
                top += placed.layout.height;
                placed
            })
            .collect()
    }

    /// Where the text begins in the field, on the screen.
    fn origin(&self, inner: Rect, state: &FieldState, line: &PlacedLine) -> Pos2 {
        if !self.is_single_line() {
            return inner.min + vec2(0.0, line.top);
        }
        let left = if line.layout.is_rtl() { inner.right() - line.layout.width } else { inner.left() };
        pos2(left + state.shift, inner.top())
    }

    fn hit(&self, at: Pos2, state: &FieldState, placed: &[PlacedLine], inner: Rect) -> (usize, Affinity) {
        let y = at.y - inner.top();
        let below = placed.partition_point(|line| line.top <= y);
        let Some(line) = placed.get(below.saturating_sub(1)) else { return (0, Affinity::Before) };
        let origin = self.origin(inner, state, line);
        let hit = line.layout.geometry.hit(at.x - origin.x, at.y - origin.y);
        (line.start.index() + hit.offset.index(), hit.affinity)
    }

    /// The line that holds a gap.
    fn line_of(placed: &[PlacedLine], at: usize) -> usize {
        placed.partition_point(|line| line.start.index() <= at).saturating_sub(1)
    }

    fn point(
        &self,
        ui: &Ui,
        response: &Response,
        state: &mut FieldState,
        placed: &[PlacedLine],
        inner: Rect,
    ) {
        if response.hovered() {
            ui.set_cursor_icon(egui::CursorIcon::Text);
        }
        let Some(at) = response.interact_pointer_pos() else { return };
        let (gap, affinity) = self.hit(at, state, placed, inner);
        let (pressed, down, shift) =
            ui.input(|i| (i.pointer.primary_pressed(), i.pointer.primary_down(), i.modifiers.shift));
        if pressed {
            response.request_focus();
            state.editing.move_to(gap, shift);
            state.editing.affinity = affinity;
        } else if down && response.dragged() {
            state.editing.move_to(gap, true);
            state.editing.affinity = affinity;
        }
        if response.triple_clicked() {
            state.editing.anchor = 0;
            state.editing.head = self.text.len();
        } else if response.double_clicked() {
            // The word of the letter under the pointer, not of the one behind the nearest gap.
            let letter = match affinity {
                Affinity::Before => previous(self.text, gap, Step::Grapheme),
                Affinity::After => gap,
            };
            let word = word_at(self.text, letter);
            state.editing.anchor = word.start;
            state.editing.head = word.end;
        }
    }

    fn handle(
        &mut self,
        ui: &Ui,
        event: &Event,
        state: &mut FieldState,
        placed: &[PlacedLine],
        outcome: &mut Outcome,
    ) {
        let editing = &mut state.editing;
        match event {
            Event::Copy | Event::Cut => {
                let range = editing.selected();
                if range.is_empty() {
                    return;
                }
                let text = slice(self.text, TextRange::from_indices(range.start, range.end));
                ui.ctx().copy_text(text.to_owned());
                if *event == Event::Cut {
                    editing.delete(self.text, true, Step::Grapheme);
                }
            }
            Event::Paste(new) | Event::Text(new) | Event::Ime(ImeEvent::Commit(new)) => {
                let new = self.fitting(new);
                if !new.is_empty() {
                    editing.insert(self.text, &new);
                }
            }
            Event::Ime(ImeEvent::Preedit { text, .. }) => editing.compose(self.text, text),
            Event::Key { key, pressed: true, modifiers, .. } => {
                self.handle_key(*key, *modifiers, state, placed, outcome);
            }
            _ => {}
        }
    }

    fn handle_key(
        &mut self,
        key: Key,
        modifiers: Modifiers,
        state: &mut FieldState,
        placed: &[PlacedLine],
        outcome: &mut Outcome,
    ) {
        let step = if modifiers.command || modifiers.alt { Step::Word } else { Step::Grapheme };
        let forward_key =
            if self.field_direction() == Direction::Rtl { Key::ArrowLeft } else { Key::ArrowRight };
        let editing = &mut state.editing;
        let text = &mut *self.text;
        let extend = modifiers.shift;
        match key {
            Key::Backspace => editing.delete(text, false, step),
            Key::Delete => editing.delete(text, true, step),
            Key::ArrowLeft | Key::ArrowRight => {
                let forward = key == forward_key;
                let selected = editing.selected();
                let to = match (selected.is_empty() || extend, forward) {
                    (true, true) => next(text, editing.head, step),
                    (true, false) => previous(text, editing.head, step),
                    (false, true) => selected.end,
                    (false, false) => selected.start,
                };
                editing.move_to(to, extend);
            }
            Key::ArrowUp | Key::ArrowDown if self.rows > 1 => {
                let (to, affinity) = vertical(placed, editing, key == Key::ArrowDown, text.len());
                editing.move_to(to, extend);
                editing.affinity = affinity;
            }
            Key::Home | Key::End => {
                let line = &placed[Self::line_of(placed, editing.head)];
                let local = ByteOffset::from_index(editing.head - line.start.index());
                let geometry = &line.layout.geometry;
                let range = geometry.lines()[geometry.line_of(local, editing.affinity)].range;
                let (to, affinity) = match key {
                    Key::Home => (range.start(), Affinity::After),
                    _ => (range.end(), Affinity::Before),
                };
                editing.move_to(line.start.index() + to.index(), extend);
                editing.affinity = affinity;
            }
            Key::A if modifiers.command => {
                editing.anchor = 0;
                editing.head = text.len();
            }
            Key::Z if modifiers.command && modifiers.shift => {
                editing.redo(text);
            }
            Key::Z if modifiers.command => {
                editing.undo(text);
            }
            Key::Y if modifiers.command => {
                editing.redo(text);
            }
            Key::Enter if self.rows > 1 => editing.insert(text, "\n"),
            Key::Enter | Key::Escape => outcome.leave = true,
            _ => {}
        }
    }

    fn paint(
        &self,
        ui: &Ui,
        painter: &mut TextPainter,
        response: &Response,
        state: &mut FieldState,
        placed: &[PlacedLine],
    ) {
        let (rect, visuals) = (response.rect, ui.visuals());
        let inner = rect.shrink2(PADDING);
        let focused = response.has_focus();
        let widget = ui.style().interact(response);
        let stroke = if focused { visuals.selection.stroke } else { widget.bg_stroke };
        let radius = widget.corner_radius;
        ui.painter().rect_filled(rect, radius, visuals.text_edit_bg_color());
        ui.painter().rect_stroke(
            rect,
            radius,
            Stroke::new(stroke.width.max(1.0), stroke.color),
            StrokeKind::Inside,
        );
        let canvas = ui.painter().with_clip_rect(rect.shrink(1.0).intersect(ui.clip_rect()));
        let caret = Self::caret(state, placed);
        self.keep_in_sight(state, placed, inner, caret);
        if self.text.is_empty() && !self.hint.is_empty() {
            let style = TextStyle {
                size_pt: self.size_pt,
                line_height: LINE_HEIGHT,
                weight: Weight::Regular,
                font: ReadingFont::default(),
                pixels_per_point: ui.pixels_per_point(),
            };
            let hint = painter.label(self.hint, style, Some(inner.width().floor()), None, 1);
            painter.paint(&canvas, &hint, inner.min, visuals.weak_text_color());
        }
        let selected = state.editing.selected();
        for line in placed {
            let origin = snap(self.origin(inner, state, line), ui.pixels_per_point());
            let end =
                line.start.index() + line.layout.geometry.lines().last().map_or(0, |l| l.range.end().index());
            let part = selected.start.max(line.start.index())..selected.end.min(end);
            if focused && part.start < part.end {
                let local = TextRange::from_indices(part.start, part.end);
                let local = TextRange::from_indices(
                    local.start().index() - line.start.index(),
                    local.end().index() - line.start.index(),
                );
                for piece in line.layout.geometry.rectangles(local) {
                    canvas.rect_filled(moved(piece.rect, origin), 0.0, visuals.selection.bg_fill);
                }
            }
            painter.paint(&canvas, &line.layout, origin, visuals.text_color());
            if let Some(composing) = &state.editing.composing {
                self.underline_composition(&canvas, line, composing, origin, visuals.text_color());
            }
        }
        if !focused {
            return;
        }
        if let Some((line, caret)) = caret {
            let origin = self.origin(inner, state, &placed[line]);
            let x = origin.x + caret.x;
            let bar = Rect::from_min_max(
                pos2(x - 0.75, origin.y + caret.top + 2.0),
                pos2(x + 0.75, origin.y + caret.bottom - 2.0),
            );
            canvas.rect_filled(bar, 0.0, visuals.strong_text_color());
            ui.output_mut(|output| {
                output.ime = Some(IMEOutput {
                    purpose: egui::IMEPurpose::Normal,
                    rect,
                    cursor_rect: bar,
                    should_interrupt_composition: false,
                });
            });
        }
    }

    fn underline_composition(
        &self,
        canvas: &egui::Painter,
        line: &PlacedLine,
        composing: &std::ops::Range<usize>,
        origin: Pos2,
        colour: egui::Color32,
    ) {
        let start = line.start.index();
        let len = line.layout.geometry.lines().last().map_or(0, |last| last.range.end().index());
        let (from, to) = (composing.start.max(start), composing.end.min(start + len));
        if from >= to {
            return;
        }
        for piece in line.layout.geometry.rectangles(TextRange::from_indices(from - start, to - start)) {
            let y = piece.rect.y0 + self.size_pt * LINE_HEIGHT - 3.0;
            let bar = crate::typeset::Rect { y0: y, y1: y + 1.0, ..piece.rect };
            canvas.rect_filled(moved(bar, origin), 0.0, colour);
        }
    }

    fn caret(state: &FieldState, placed: &[PlacedLine]) -> Option<(usize, crate::typeset::Caret)> {
        let index = Self::line_of(placed, state.editing.head);
        let line = placed.get(index)?;
        let local = ByteOffset::from_index(state.editing.head - line.start.index());
        Some((index, line.layout.geometry.caret(local, state.editing.affinity)))
    }

    /// Shifts a single line so that the cursor is in the field.
    fn keep_in_sight(
        &self,
        state: &mut FieldState,
        placed: &[PlacedLine],
        inner: Rect,
        caret: Option<(usize, crate::typeset::Caret)>,
    ) {
        let (Some((index, caret)), true) = (caret, self.is_single_line()) else { return };
        let line = &placed[index];
        if line.layout.width <= inner.width() {
            state.shift = 0.0;
            return;
        }
        let x = self.origin(inner, state, line).x + caret.x;
        if x < inner.left() {
            state.shift += inner.left() - x;
        } else if x > inner.right() {
            state.shift -= x - inner.right();
        }
    }
}

/// The gap one line above or below the cursor, and the neighbour that it belongs to.
fn vertical(placed: &[PlacedLine], editing: &Editing, down: bool, end: usize) -> (usize, Affinity) {
    let at = editing.head;
    let index = BidiField::line_of(placed, at);
    let line = &placed[index];
    let geometry = &line.layout.geometry;
    let caret = geometry.caret(ByteOffset::from_index(at - line.start.index()), editing.affinity);
    let target = if down { Some(caret.line + 1) } else { caret.line.checked_sub(1) };
    if let Some(target) = target.filter(|target| *target < geometry.lines().len()) {
        let hit = geometry.hit_on_line(target, caret.x);
        return (line.start.index() + hit.offset.index(), hit.affinity);
    }
    let neighbour =
        if down { placed.get(index + 1) } else { index.checked_sub(1).and_then(|i| placed.get(i)) };
    match neighbour {
        Some(next) => {
            let geometry = &next.layout.geometry;
            let row = if down { 0 } else { geometry.lines().len() - 1 };
            let hit = geometry.hit_on_line(row, caret.x);
            (next.start.index() + hit.offset.index(), hit.affinity)
        }
        None if down => (end, Affinity::Before),
        None => (0, Affinity::Before),
    }
}
