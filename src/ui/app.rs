//! The window's state, and what happens in a frame.
//!
//! `logic` takes in what other threads have done; `ui` turns keys into commands, draws every part, and performs
//! what was asked for when all is drawn.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use egui::{CentralPanel, Context, EventFilter, Margin, Panel, ViewportCommand};

use super::announce::Announcer;
use super::article::{
    ArticleContent, ArticleInput, ArticleView, CaretMove, Marks, ReadingStyle, ReadingTheme, TextSelection,
};
use super::dialog::{
    AgreementView, AnnotatorForm, Answer, CarriedList, Conflicts, Dialog, ExportForm, Mentions, Names,
    NewProjectForm, Next, Palette, PathDialog, Purpose, Workbench, next_for, save_pick,
};
use super::file_picker::{FilePicker, Pick, Picked};
use super::find_bar::FindBar;
use super::links::LinkCache;
use super::marks::MarkIds;
use super::panel::PanelState;
use super::pick_list::PickList;
use super::queue_panel::{self, QueueState};
use super::text_painter::TextPainter;
use super::theme::{Look, Theme};
use super::{Frame, Wish, keys, label_bar, menu, panel, status_bar};
use crate::model::Fragments;
use crate::session::{
    Action, Chord, Focus, Key as ChordKey, LineGeometry, LineMovement, NamedKey, ParagraphLines, Preview,
    Request, SchemaKey, Selection, Session, Tab, Variant, ViewChange,
};
use crate::text::{ByteOffset, Segmentation, SourceText, TextRange, isolate, next_grapheme};
use crate::typeset::ReadingFont;

/// The window.
pub(super) struct App {
    session: Session,
    view: ArticleView,
    painter: TextPainter,
    marks: MarkIds,
    /// The theme that the toolkit was told last.
    theme: Option<Look>,
    panel: PanelState,
    queue: QueueState,
    find: FindBar,
    dialog: Option<Dialog>,
    /// What threads have brought while a dialog was open.
    later: Vec<Request>,
    picker: Box<dyn FilePicker>,
    /// A file dialog of the system that is open, and what it is for.
    picking: Option<(Purpose, Pick, Receiver<Picked>)>,
    /// The article that dialog and marks are about.
    generation: u64,
    /// The marks under the last secondary click.
    context_marks: Vec<Focus>,
    /// The list of the marks that share a place.
    pick_list: Option<PickList>,
    links: LinkCache,
    announcer: Announcer,
    /// Set when the keyboard is to go to the menus.
    keys_to_menus: bool,
    /// Whether the keyboard was neither free nor in the article at the end of the last frame.
    keys_elsewhere: bool,
    /// The article view's widget, once it was drawn.
    article: Option<egui::Id>,
    /// Whether the window may close without being asked again.
    may_close: bool,
    /// The title that the window has.
    title: String,
}

impl App {
    /// Returns the window's state for a session.
    pub(super) fn new(session: Session, picker: Box<dyn FilePicker>) -> Self {
        Self {
            session,
            view: ArticleView::new(),
            painter: TextPainter::new(),
            marks: MarkIds::default(),
            theme: None,
            panel: PanelState::default(),
            queue: QueueState::default(),
            find: FindBar::default(),
            dialog: None,
            later: Vec::new(),
            picker,
            picking: None,
            generation: 0,
            context_marks: Vec::new(),
            pick_list: None,
            links: LinkCache::default(),
            announcer: Announcer::default(),
            keys_to_menus: false,
            keys_elsewhere: false,
            article: None,
            may_close: false,
            title: String::new(),
        }
    }

    /// Takes what the bundled faces lack from the system's fonts.
    #[must_use]
    pub(super) fn with_system_fonts(mut self, ctx: &Context) -> Self {
        self.painter = TextPainter::with_system_fonts(ctx);
        self
    }

    /// Returns the session, for whoever drives it otherwise than by the window.
    pub(super) fn session(&mut self) -> &mut Session {
        &mut self.session
    }

    /// Asks for a command as a menu does, for tests.
    #[cfg(test)]
    pub(super) fn wish_for_tests(&mut self, command: crate::session::Command) {
        self.run_key(SchemaKey::Command(command, Variant::default()));
    }

    /// Takes in what the threads have done, the file dialog's answer, dropped files and the wish to close.
    pub(super) fn logic(&mut self, ctx: &Context) {
        #[cfg(debug_assertions)]
        fault_when_asked();
        if self.session.is_opening() {
            self.keep_typed();
        }
        if let Some(wait) = self.session.poll() {
            ctx.request_repaint_after(wait);
        }
        self.take_picked();
        let dropped: Vec<PathBuf> =
            ctx.input(|i| i.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
        if let Some(path) = dropped.into_iter().next() {
            self.keep_typed();
            self.session.perform(Action::OpenPath(path, None));
        }
        if ctx.input(|i| i.viewport().close_requested()) && !self.may_close {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.keep_typed();
            self.session.perform(Action::Quit);
        }
        self.forget_other_article();
        self.answer_requests(ctx);
        self.set_title(ctx);
    }

    /// Draws a frame and performs what was asked for in it.
    pub(super) fn ui(&mut self, ui: &mut egui::Ui) {
        let ctx = ui.ctx().clone();
        let theme = self.theme(&ctx);
        self.painter.begin_frame(&ctx);
        let keys = self.keys(&ctx);
        let mut wishes = Vec::new();
        let mut dismiss = false;
        self.draw(ui, theme, &mut wishes, &mut dismiss);
        self.announcer.show(ui, &self.session);
        self.painter.end_frame(&ctx);
        if dismiss {
            self.session.dismiss_notice();
        }
        let acted = !keys.is_empty() || !wishes.is_empty();
        if acted {
            self.keep_typed();
        }
        if !keys.is_empty() {
            self.pick_list = None;
        }
        // The pointer first: in a slow frame the key of a label may come with the end of the drag that it is for.
        for wish in wishes {
            match wish {
                Wish::Command(command) => self.run_key(SchemaKey::Command(command, Variant::default())),
                Wish::Action(action) => self.session.perform(action),
            }
        }
        for key in keys {
            self.run_key(key);
        }
        self.answer_requests(&ctx);
        self.keys_elsewhere =
            ctx.memory(egui::Memory::focused).is_some_and(|focused| Some(focused) != self.article);
        if acted {
            ctx.request_repaint();
        }
    }

    /// Lets go of places in an article that is no longer open: in the text of another they would be anywhere.
    fn forget_other_article(&mut self) {
        let generation = self.session.generation();
        if self.generation == generation {
            return;
        }
        self.generation = generation;
        self.context_marks.clear();
        self.pick_list = None;
        if matches!(self.dialog, Some(Dialog::Mentions(_))) {
            self.dialog = None;
        }
    }

    /// Makes a change of what is still being typed in the panel: what comes next may save, close, or go elsewhere.
    fn keep_typed(&mut self) {
        if let Some(change) = self.panel.take_typed(self.session.generation()) {
            self.session.perform(change);
        }
    }

    fn theme(&mut self, ctx: &Context) -> Theme {
        let look = self.look(ctx);
        let theme = Theme::new(look);
        if self.theme != Some(look) {
            theme.apply(ctx);
            self.theme = Some(look);
        }
        ctx.set_zoom_factor(self.session.settings().window_scale);
        theme
    }

    fn look(&self, ctx: &Context) -> Look {
        let system_is_dark = ctx.input(|i| i.raw.system_theme) == Some(egui::Theme::Dark);
        Look::new(self.session.settings(), system_is_dark)
    }

    /// Returns what the keys of this frame mean. A dialog keeps all keys; a text field those that edit text.
    fn keys(&mut self, ctx: &Context) -> Vec<SchemaKey> {
        let list_takes_keys = self.pick_list.as_ref().is_some_and(PickList::takes_keys);
        if self.dialog.is_some() || list_takes_keys || egui::Popup::is_any_open(ctx) {
            return Vec::new();
        }
        let focused = ctx.memory(egui::Memory::focused);
        let in_article = focused.is_none() || focused == self.article;
        if let Some(article) = self.article.filter(|_| in_article) {
            // The article keeps Tab, arrows and Escape, which the toolkit would take for moving the focus.
            let filter =
                EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape: true };
            ctx.memory_mut(|memory| {
                memory.request_focus(article);
                memory.set_focus_lock_filter(article, filter);
            });
        }
        let chords: Vec<_> = ctx.input(|i| i.events.iter().filter_map(keys::chord).collect());
        // The Escape that gives the keyboard back to the article says nothing more.
        let escape = |chord: &Chord| chord.key == ChordKey::Named(NamedKey::Escape);
        let chords = chords.into_iter().filter(|chord| !(self.keys_elsewhere && escape(chord)));
        let meant = chords.filter(|chord| in_article || keys::passes_text_field(*chord));
        meant.filter_map(|chord| self.session.key(chord)).collect()
    }

    fn run_key(&mut self, key: SchemaKey) {
        let Some(editor) = self.session.editor() else {
            let nothing = Segmentation::new(&SourceText::new(""));
            self.session.run_key(key, &ParagraphLines(&nothing));
            return;
        };
        let (source, segmentation) = (editor.document().source().clone(), Arc::clone(editor.segmentation()));
        let selection = editor.selection();
        let page = self.theme.map_or_else(ReadingTheme::light, |look| Theme::new(look).page);
        let input = ArticleInput {
            content: ArticleContent {
                source: &source,
                segmentation: &segmentation,
                revision: self.session.generation(),
                direction: None,
                name: "",
            },
            marks: &Marks { marks: &[], revision: 0 },
            focused: None,
            hovered: None,
            links: &[],
            selection: TextSelection { anchor: selection.anchor, head: selection.head },
            style: reading_style(&self.session),
            theme: &page,
        };
        let lines = ViewLines { view: RefCell::new((&mut self.view, &mut self.painter)), input: &input };
        self.session.run_key(key, &lines);
    }

    fn draw(&mut self, ui: &mut egui::Ui, theme: Theme, wishes: &mut Vec<Wish>, dismiss: &mut bool) {
        let frame = &mut Frame { session: &self.session, painter: &mut self.painter, theme, wishes };
        let bar = egui::Frame::new().fill(theme.panel).inner_margin(Margin::symmetric(12, 4));
        Panel::top("menu").frame(bar).show(ui, |ui| menu::bar(ui, frame, &mut self.keys_to_menus));
        Panel::top("labels")
            .frame(bar.inner_margin(Margin::symmetric(12, 6)))
            .show(ui, |ui| label_bar::show(ui, frame));
        Panel::bottom("status")
            .frame(bar)
            .exact_size(32.0)
            .show(ui, |ui| status_bar::show(ui, frame, dismiss));
        if let Some(notice) = self.session.notice().filter(|notice| notice.is_error) {
            Panel::bottom("error").frame(bar.fill(theme.raised)).show(ui, |ui| {
                status_bar::error(ui, frame, &notice.text, dismiss);
            });
        }
        if shows_queue(frame.session, ui) {
            let side = egui::Frame::new().fill(theme.panel).inner_margin(Margin::symmetric(12, 8));
            let part = Panel::left("queue").default_size(232.0).size_range(200.0..=360.0);
            part.frame(side).show(ui, |ui| queue_panel::show(ui, frame, &mut self.queue));
        }
        if self.session.settings().panel {
            let side = egui::Frame::new().fill(theme.panel).inner_margin(Margin::symmetric(12, 8));
            let part = if super::is_compact(ui.ctx()) {
                Panel::bottom("panel below").exact_size(ui.available_height() * 0.56)
            } else {
                let width = (ui.available_width() * 0.30).clamp(328.0, 400.0);
                Panel::right("panel").default_size(width).size_range(312.0..=520.0)
            };
            part.frame(side).show(ui, |ui| panel::show(ui, frame, &mut self.panel));
        }
        if self.find.is_open() {
            Panel::top("find").frame(bar).show(ui, |ui| self.find.show(ui, frame));
        }
        let page = egui::Frame::new().fill(theme.page.paper);
        CentralPanel::default().frame(page).show(ui, |ui| {
            let mut article = ArticlePart {
                view: &mut self.view,
                marks: &mut self.marks,
                context_marks: &mut self.context_marks,
                pick_list: &mut self.pick_list,
                links: &mut self.links,
                id: &mut self.article,
            };
            article.show(ui, frame);
        });
        let ctx = ui.ctx().clone();
        if let Some(list) = &mut self.pick_list
            && !list.show(&ctx, frame)
        {
            self.pick_list = None;
        }
        let mut chosen = None;
        if let Some(dialog) = &mut self.dialog {
            match dialog.show(&ctx, frame) {
                Answer::Stay => {}
                Answer::Close => self.dialog = None,
                Answer::Pick(purpose, pick) => {
                    self.dialog = None;
                    self.pick(&ctx, purpose, pick);
                }
                Answer::Chosen(purpose, path) => {
                    self.dialog = None;
                    chosen = Some((purpose, path));
                }
            }
        }
        // Performed with the other wishes, when all is drawn.
        match chosen.map(|(purpose, path)| next_for(&purpose, path)) {
            Some(Next::Perform(action)) => wishes.push(Wish::Action(action)),
            Some(Next::Ask(dialog)) => self.dialog = Some(dialog),
            None => {}
        }
    }

    fn answer_requests(&mut self, ctx: &Context) {
        let mut requests = self.session.take_requests();
        if self.dialog.is_none() && !self.later.is_empty() {
            requests.push(self.later.remove(0));
        }
        for request in requests {
            ctx.request_repaint();
            let is_news = matches!(request, Request::ConfirmExport | Request::Imported | Request::Agreement);
            if is_news && self.dialog.is_some() {
                // What a thread brings does not take the place of what the user is at.
                self.later.push(request);
                continue;
            }
            match request {
                Request::PickOpen => self.pick(ctx, Purpose::Open, Pick::Open),
                Request::PickOpenFolder => self.pick(ctx, Purpose::Open, Pick::OpenFolder),
                Request::PickSave => {
                    let path =
                        self.session.annotations_path().map(std::path::Path::to_owned).unwrap_or_default();
                    self.pick(ctx, Purpose::Save, save_pick(&path));
                }
                Request::PickExport => {
                    let is_project = self.session.project().is_some();
                    self.dialog = Some(Dialog::Export(ExportForm::new(is_project)));
                }
                Request::ConfirmExport => self.dialog = Some(Dialog::ConfirmExport),
                Request::PickImport => self.pick(ctx, Purpose::Import, Pick::Any),
                Request::Imported => self.dialog = Some(Dialog::Imported),
                Request::Annotator => {
                    let form = AnnotatorForm::new(&self.session.annotator());
                    self.dialog = Some(Dialog::Annotator(form));
                }
                Request::Agreement => self.dialog = Some(Dialog::Agreement(AgreementView::default())),
                Request::NewProject => self.ask_for_project(ctx),
                Request::FindArticle => {
                    if !self.session.settings().queue {
                        self.session.perform(Action::View(ViewChange::Queue));
                    }
                    self.queue.take_keys = true;
                }
                Request::ConfirmEncoding { path, message, guess } => {
                    self.dialog = Some(Dialog::Encoding { path, message, guess });
                }
                Request::SaveFailed { path, message, changed, in_journal } => {
                    self.dialog = Some(Dialog::SaveFailed { path, message, changed, in_journal });
                }
                Request::Conflicts => self.dialog = Some(Dialog::Conflicts(Conflicts::default())),
                Request::Carried => {
                    self.dialog = self.session.carry().map(|carry| Dialog::Carried(CarriedList::new(carry)));
                }
                Request::History => self.dialog = Some(Dialog::History),
                Request::Find => self.find.open(),
                Request::Palette => self.dialog = Some(Dialog::Palette(Palette::default())),
                Request::Display => self.dialog = Some(Dialog::Display),
                Request::Help => self.dialog = Some(Dialog::Help),
                Request::Rules(rule) => match &mut self.dialog {
                    Some(Dialog::Workbench(workbench)) => workbench.choose(rule),
                    dialog => *dialog = Some(Dialog::Workbench(Workbench::new(rule))),
                },
                Request::Marks(targets) => self.list_marks(targets),
                Request::Names => self.dialog = Some(Dialog::Names(Names::default())),
                Request::Problems => self.dialog = Some(Dialog::Problems),
                Request::Mentions { label, places } => {
                    self.dialog = Some(Dialog::Mentions(Mentions::new(label, places)));
                }
                Request::Reveal(range) => self.view.scroll_to(range),
                Request::EditNote => {
                    self.session.perform(Action::View(ViewChange::Tab(Tab::Details)));
                    self.panel.edit_note = true;
                }
                Request::KeysToPanel => {
                    self.session.perform(Action::View(ViewChange::Tab(self.session.tab())));
                    self.panel.take_keys = true;
                }
                Request::KeysToMenus => self.keys_to_menus = true,
                Request::Copy(text) => ctx.copy_text(text),
                Request::Close => {
                    self.may_close = true;
                    ctx.send_viewport_cmd(ViewportCommand::Close);
                }
            }
        }
    }

    /// Asks which folder is to become a project; the one that is gone through is not asked for.
    fn ask_for_project(&mut self, ctx: &Context) {
        let queue = self.session.queue();
        let folder = queue.folder();
        if self.session.project().is_none() && queue.len() > 1 && folder.is_dir() {
            self.dialog = Some(Dialog::NewProject(NewProjectForm::new(folder.to_owned())));
        } else {
            self.pick(ctx, Purpose::NewProject, Pick::OpenFolder);
        }
    }

    /// Shows the marks at the cursor, below them.
    fn list_marks(&mut self, targets: Vec<Focus>) {
        let Some(editor) = self.session.editor() else { return };
        let head = editor.selection().head;
        let under = TextRange::between(head, next_grapheme(editor.document().source(), head));
        let place = self.view.place_of(under).map_or(egui::pos2(80.0, 120.0), |rect| rect.left_bottom());
        self.pick_list = Some(PickList::with_keys(targets, place, editor.focus()));
    }

    /// Asks the system for a path; only one question at a time.
    fn pick(&mut self, ctx: &Context, purpose: Purpose, pick: Pick) {
        if self.picking.is_some() {
            return;
        }
        let waker = ctx.clone();
        let answer = self.picker.pick(pick.clone(), Box::new(move || waker.request_repaint()));
        self.picking = Some((purpose, pick, answer));
    }

    fn take_picked(&mut self) {
        let Some((purpose, pick, answer)) = self.picking.take() else { return };
        let picked = match answer.try_recv() {
            Ok(picked) => picked,
            Err(std::sync::mpsc::TryRecvError::Empty) => {
                self.picking = Some((purpose, pick, answer));
                return;
            }
            Err(std::sync::mpsc::TryRecvError::Disconnected) => Picked::NoDialog,
        };
        match picked {
            Picked::Path(path) => {
                self.keep_typed();
                self.go_on_with(&purpose, path);
            }
            Picked::NoDialog => self.dialog = Some(Dialog::Path(PathDialog::new(purpose, &pick))),
            Picked::Cancelled => {}
        }
    }

    /// Goes on with a path that was asked for.
    fn go_on_with(&mut self, purpose: &Purpose, path: PathBuf) {
        match next_for(purpose, path) {
            Next::Perform(action) => self.session.perform(action),
            Next::Ask(dialog) => self.dialog = Some(dialog),
        }
    }

    fn set_title(&mut self, ctx: &Context) {
        let preview = self.session.preview().map(|(text, _)| text.path.as_path());
        let name = self.session.article_path().or(preview).and_then(|path| path.file_name());
        let title = match name {
            Some(name) => format!("{} · Hashiya", isolate(&name.to_string_lossy())),
            None => "Hashiya".to_owned(),
        };
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }
}

/// Panics as soon as the file that `HASHIYA_FAULT_WHEN` names is there and takes it away: how the tests in a real window
/// see what a fault leaves. Not in a release.
#[cfg(debug_assertions)]
fn fault_when_asked() {
    use std::sync::OnceLock;
    static WHEN: OnceLock<Option<PathBuf>> = OnceLock::new();
    let when = WHEN.get_or_init(|| std::env::var_os("HASHIYA_FAULT_WHEN").map(PathBuf::from));
    if let Some(path) = when
        && crate::store::take_away(path)
    {
        panic!("a fault was asked for");
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _: &mut eframe::Frame) {
        Self::logic(self, ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        Self::ui(self, ui);
    }

    fn persist_egui_memory(&self) -> bool {
        false
    }
}

/// Returns whether the articles to go through are shown: where there are several, and room for them.
fn shows_queue(session: &Session, ui: &egui::Ui) -> bool {
    let has_queue = session.project().is_some() || session.queue().len() > 1;
    has_queue && session.settings().queue && !super::is_compact(ui.ctx())
}

fn reading_style(session: &Session) -> ReadingStyle {
    let settings = session.settings();
    ReadingStyle {
        size_pt: settings.text_size,
        line_height: settings.line_height,
        font: ReadingFont::named(&settings.reading_font),
        measure_em: settings.measure,
        show_all_tags: settings.label_names,
        show_hidden: settings.hidden_characters,
        paragraph_numbers: settings.paragraph_numbers,
    }
}

/// Where lines are, as the article view knows it.
struct ViewLines<'a> {
    view: RefCell<(&'a mut ArticleView, &'a mut TextPainter)>,
    input: &'a ArticleInput<'a>,
}

impl LineGeometry for ViewLines<'_> {
    fn line_target(&self, from: ByteOffset, movement: LineMovement) -> ByteOffset {
        let movement = match movement {
            LineMovement::Up => CaretMove::LineUp,
            LineMovement::Down => CaretMove::LineDown,
            LineMovement::LineStart => CaretMove::LineStart,
            LineMovement::LineEnd => CaretMove::LineEnd,
            LineMovement::PageUp => CaretMove::PageUp,
            LineMovement::PageDown => CaretMove::PageDown,
        };
        let (view, painter) = &mut *self.view.borrow_mut();
        view.move_caret(painter, self.input, from, movement)
    }
}

/// The middle of the window.
struct ArticlePart<'a> {
    view: &'a mut ArticleView,
    marks: &'a mut MarkIds,
    context_marks: &'a mut Vec<Focus>,
    pick_list: &'a mut Option<PickList>,
    links: &'a mut LinkCache,
    id: &'a mut Option<egui::Id>,
}

impl ArticlePart<'_> {
    fn show(&mut self, ui: &mut egui::Ui, frame: &mut Frame<'_>) {
        let session = frame.session;
        let Some(editor) = session.editor() else {
            *self.id = None;
            match session.preview() {
                Some((text, generation)) => self.preview(ui, frame, text, generation),
                None => welcome(ui, frame),
            }
            return;
        };
        let language = &session.settings().language;
        let generation = session.generation();
        let theme = frame.theme;
        let marks =
            self.marks.marks(editor, generation, session.search(), session.schema(), &theme, language);
        let ids = marks.ids();
        let selection = editor.selection();
        let name =
            session.article_path().and_then(|path| path.file_name()).unwrap_or_default().to_string_lossy();
        let input = ArticleInput {
            content: ArticleContent {
                source: editor.document().source(),
                segmentation: editor.segmentation(),
                revision: generation,
                direction: None,
                name: &name,
            },
            marks: &marks,
            focused: ids.id_of(editor.focus()),
            hovered: self.pick_list.as_ref().and_then(PickList::shown).and_then(|mark| ids.id_of(mark)),
            links: self.links.update(editor, generation, session.schema(), &frame.theme, language),
            selection: TextSelection { anchor: selection.anchor, head: selection.head },
            style: reading_style(session),
            theme: &frame.theme.page,
        };
        let response = self.view.show(ui, frame.painter, &input);
        *self.id = Some(response.response.id);
        if let Some(TextSelection { anchor, head }) = response.selection {
            frame.action(Action::Point(Selection { anchor, head }));
        }
        if let Some((mark, fragments)) = response.reshaped
            && ids.target(mark).as_ref() == Some(editor.focus())
            && let Ok(fragments) = Fragments::new(fragments)
        {
            frame.action(Action::Reshape(fragments));
        }
        if let Some(focus) = response.asked_mark.and_then(|id| ids.target(id)) {
            frame.action(Action::Focus(focus));
        }
        let clicked: Vec<Focus> = response.clicked_marks.iter().filter_map(|id| ids.target(*id)).collect();
        if let Some((at, _)) = response.context_click {
            if selection.is_empty() {
                frame.action(Action::Point(Selection::cursor(at)));
                frame.action(Action::FocusHere(clicked.first().cloned().unwrap_or_default()));
            }
            *self.context_marks = clicked;
        } else if !clicked.is_empty() {
            // A further click on the same place goes from the innermost mark outward.
            let focused = clicked.iter().position(|focus| focus == editor.focus());
            let next = focused.map_or(0, |i| (i + 1) % clicked.len());
            frame.action(Action::FocusHere(clicked[next].clone()));
            if let Some(at) = response.clicked_at.filter(|_| clicked.len() > 2) {
                *self.pick_list = Some(PickList::beside_pointer(clicked, at));
            }
        }
        let marks = self.context_marks.clone();
        response.response.context_menu(|ui| menu::context(ui, frame, &marks));
    }
}

impl ArticlePart<'_> {
    /// Shows a text of which the annotations are still being read: to be read, not to be changed.
    fn preview(&mut self, ui: &mut egui::Ui, frame: &mut Frame<'_>, text: &Preview, generation: u64) {
        let start = ByteOffset::ZERO;
        let name = text.path.file_name().unwrap_or_default().to_string_lossy();
        let input = ArticleInput {
            content: ArticleContent {
                source: &text.source,
                segmentation: &text.segmentation,
                revision: generation,
                direction: None,
                name: &name,
            },
            marks: &Marks { marks: &[], revision: u64::MAX },
            focused: None,
            hovered: None,
            links: &[],
            selection: TextSelection { anchor: start, head: start },
            style: reading_style(frame.session),
            theme: &frame.theme.page,
        };
        self.view.show(ui, frame.painter, &input);
    }
}

/// What stands where no article is open.
fn welcome(ui: &mut egui::Ui, frame: &mut Frame<'_>) {
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.3);
        if frame.session.is_opening() {
            frame.waiting(ui);
            return;
        }
        super::shaped_label::ShapedLabel::new("حاشية", 40.0, frame.theme.ink).show(ui, frame.painter);
        ui.add_space(8.0);
        ui.label("Open an article, an annotation file or a folder of articles.");
        ui.label(egui::RichText::new("Ctrl+O, or drop a file on this window").color(frame.theme.dim));
    });
}
