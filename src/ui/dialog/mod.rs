//! Dialogs: one at a time, over everything else, left with Escape.

mod agreement;
mod annotator;
mod carried;
mod conflicts;
mod display;
mod export;
mod help;
mod history;
mod import;
mod mentions;
mod names;
mod new_project;
mod palette;
mod path;
mod problems;
mod workbench;

use std::path::PathBuf;

use egui::{Context, Key, RichText, Ui};

use super::Frame;
use super::file_picker::Pick;
use crate::session::Action;
use crate::text::TextEncoding;

pub(super) use agreement::AgreementView;
pub(super) use annotator::AnnotatorForm;
pub(super) use carried::CarriedList;
pub(super) use conflicts::Conflicts;
pub(super) use export::ExportForm;
pub(super) use import::ImportForm;
pub(super) use mentions::Mentions;
pub(super) use names::Names;
pub(super) use new_project::NewProjectForm;
pub(super) use palette::Palette;
pub(super) use path::{PathDialog, Purpose};
pub(super) use workbench::{Workbench, record};

/// The dialog that is open.
pub(super) enum Dialog {
    Help,
    /// How the page is set.
    Display,
    Palette(Palette),
    Mentions(Mentions),
    Problems,
    Names(Names),
    Workbench(Workbench),
    /// A field for a path, where the system can show no file dialog.
    Path(PathDialog),
    /// What is to become a project.
    NewProject(NewProjectForm),
    /// What to export, in which formats.
    Export(ExportForm),
    /// What an export would lose.
    ConfirmExport,
    /// What to import.
    Import(ImportForm),
    /// What an import has brought.
    Imported,
    /// Who annotates.
    Annotator(AnnotatorForm),
    /// How far the annotators agree.
    Agreement(AgreementView),
    /// Whether to read a file in the encoding that it looks like.
    Encoding {
        path: PathBuf,
        message: String,
        guess: TextEncoding,
    },
    /// What to do about a save that failed.
    SaveFailed {
        path: PathBuf,
        message: String,
        changed: bool,
        /// Whether the work is in the journal meanwhile.
        in_journal: bool,
    },
    /// What became of the annotations of a changed article.
    Carried(CarriedList),
    /// What was done.
    History,
    /// Which side counts where two have changed the same.
    Conflicts(Conflicts),
}

/// What a dialog asks of the window, beside its wishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// Stay open.
    Stay,
    /// Close.
    Close,
    /// Close and ask the system for a path.
    Pick(Purpose, Pick),
    /// Close and go on with a path that was typed.
    Chosen(Purpose, PathBuf),
}

impl Dialog {
    /// Draws the dialog and returns whether it is done.
    pub(super) fn show(&mut self, ctx: &Context, frame: &mut Frame<'_>) -> Answer {
        let (title, width): (_, f32) = match self {
            Self::Help => ("Keys", 720.0),
            Self::Display => ("Page and display", 500.0),
            Self::Palette(_) => ("Commands and labels", 520.0),
            Self::Mentions(_) => ("Tag all mentions", 560.0),
            Self::Problems => ("What does not fit", 600.0),
            Self::Names(_) => ("Learned names", 560.0),
            Self::Workbench(_) => ("Rules", 1120.0),
            Self::Path(dialog) => (dialog.title(), 560.0),
            Self::NewProject(_) => ("New project", 560.0),
            Self::Export(_) => ("Export", 640.0),
            Self::ConfirmExport => ("What the export would lose", 560.0),
            Self::Import(_) => ("Import", 640.0),
            Self::Imported => ("Imported", 640.0),
            Self::Annotator(_) => ("Annotator", 460.0),
            Self::Agreement(_) => ("Agreement", 1080.0),
            Self::Encoding { .. } => ("This file is not UTF-8", 480.0),
            Self::SaveFailed { .. } => ("Not saved", 480.0),
            Self::Carried(_) => ("The article has changed", 860.0),
            Self::History => ("History", 760.0),
            Self::Conflicts(_) => ("Changed on two sides", 860.0),
        };
        let modal = egui::Modal::new(egui::Id::unique(("dialog", title)))
            .frame(egui::Frame::popup(&ctx.global_style()).inner_margin(20.0));
        // What is set here is judged by the page behind it.
        let modal = if matches!(self, Self::Display) {
            modal.backdrop_color(egui::Color32::TRANSPARENT)
        } else {
            modal
        };
        let shown = modal.show(ctx, |ui| {
            ui.set_width(width.min(ctx.content_rect().width() - 80.0));
            let closed = ui.horizontal(|ui| {
                ui.heading(title);
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    ui.button(super::icon::X).on_hover_text("Close (Escape)").clicked()
                })
            });
            if closed.inner.inner {
                return Answer::Close;
            }
            if !super::is_compact(ctx) {
                return self.body(ui, frame);
            }
            let height = (ctx.content_rect().height() - 96.0).max(80.0);
            egui::ScrollArea::both().max_height(height).show(ui, |ui| self.body(ui, frame)).inner
        });
        let escaped = ctx.input(|i| i.key_pressed(Key::Escape)) || shown.should_close();
        let answer = if shown.inner == Answer::Stay && escaped { Answer::Close } else { shown.inner };
        if matches!(self, Self::ConfirmExport) && answer == Answer::Close && frame.wishes.is_empty() {
            // Left without a word: nothing is exported.
            frame.action(Action::FinishExport(false));
        }
        answer
    }

    fn body(&mut self, ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
        ui.add_space(4.0);
        match self {
            Self::Help => help::show(ui, frame),
            Self::Display => display::show(ui, frame),
            Self::Palette(palette) => palette.show(ui, frame),
            Self::Mentions(mentions) => mentions.show(ui, frame),
            Self::Problems => problems::show(ui, frame),
            Self::Names(names) => names.show(ui, frame),
            Self::Workbench(workbench) => workbench.show(ui, frame),
            Self::Path(dialog) => dialog.show(ui, frame),
            Self::NewProject(form) => form.show(ui, frame),
            Self::Export(form) => form.show(ui, frame),
            Self::ConfirmExport => export::confirm(ui, frame),
            Self::Import(form) => form.show(ui, frame),
            Self::Imported => import::report(ui, frame),
            Self::Annotator(form) => form.show(ui, frame),
            Self::Agreement(view) => view.show(ui, frame),
            Self::Encoding { path, message, guess } => encoding(ui, frame, path, message, *guess),
            Self::SaveFailed { path, message, changed, in_journal } => {
                save_failed(ui, frame, path, message, *changed, *in_journal)
            }
            Self::Carried(list) => list.show(ui, frame),
            Self::History => history::show(ui, frame),
            Self::Conflicts(conflicts) => conflicts.show(ui, frame),
        }
    }
}

/// Draws the main button of a dialog.
fn main_button(ui: &mut Ui, frame: &Frame<'_>, text: &str) -> egui::Response {
    let text = RichText::new(text).color(frame.theme.on_accent);
    let response = ui.add(egui::Button::new(text).fill(frame.theme.accent));
    frame.theme.ring_around(ui, &response);
    response
}

/// Returns the area of a list of rows, as high as they are together and at most `height` points; a dialog that has just
/// come up would give it less.
fn list(ui: &Ui, height: f32, row: f32, rows: usize) -> egui::ScrollArea {
    let all = (row + ui.spacing().item_spacing.y) * rows as f32;
    let area = egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height.min(all));
    area.auto_shrink([false, true])
}

fn wrapped(ui: &mut Ui, frame: &mut Frame<'_>, text: &str) {
    super::shaped_label::ShapedLabel::new(text, 14.0, frame.theme.ink).lines(8).show(ui, frame.painter);
}

fn encoding(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    path: &std::path::Path,
    message: &str,
    guess: TextEncoding,
) -> Answer {
    wrapped(ui, frame, message);
    ui.add_space(8.0);
    let mut answer = Answer::Stay;
    ui.horizontal(|ui| {
        if main_button(ui, frame, &format!("Open as {guess}")).clicked() {
            frame.action(Action::OpenPath(path.to_owned(), Some(guess)));
            answer = Answer::Close;
        }
        for name in ["windows-1256", "ISO-8859-6", "UTF-16LE", "windows-1252"] {
            let Some(other) = TextEncoding::from_name(name).filter(|other| *other != guess) else { continue };
            if ui.button(name).clicked() {
                frame.action(Action::OpenPath(path.to_owned(), Some(other)));
                answer = Answer::Close;
            }
        }
    });
    ui.label(
        RichText::new("The encoding is recorded with the annotations; the file stays as it is.")
            .color(frame.theme.dim),
    );
    answer
}

fn save_failed(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    path: &std::path::Path,
    message: &str,
    changed: bool,
    in_journal: bool,
) -> Answer {
    wrapped(ui, frame, message);
    ui.label(if in_journal {
        "Your work is in the journal and comes back at the next start, until it is saved."
    } else {
        "Your work is kept in this window until it is saved."
    });
    ui.add_space(8.0);
    let mut answer = Answer::Stay;
    ui.horizontal(|ui| {
        if main_button(ui, frame, "Save elsewhere").clicked() {
            answer = Answer::Pick(Purpose::Save, save_pick(path));
        }
        if changed {
            if ui.button("Save over it").clicked() {
                frame.action(Action::Overwrite);
                answer = Answer::Close;
            }
        } else if ui.button("Try again").clicked() {
            // What failed may have been a save to another place than the annotations have.
            let own = frame.session.annotations_path() == Some(path);
            frame.action(if own { Action::Save } else { Action::SaveAs(path.to_owned()) });
            answer = Answer::Close;
        }
        if ui.button("Close without saving").clicked() {
            frame.action(Action::QuitWithoutSaving);
            answer = Answer::Close;
        }
    });
    answer
}

/// Returns the question where to save what lies at `path` now.
pub(super) fn save_pick(path: &std::path::Path) -> Pick {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Pick::Save { folder: path.parent().unwrap_or(path).to_owned(), name }
}

/// What is done with a path that was asked for.
pub(super) enum Next {
    /// It is all that was missing.
    Perform(Action),
    /// The user is asked more.
    Ask(Dialog),
}

/// Returns what is done with a path that was asked for.
pub(super) fn next_for(purpose: &Purpose, path: PathBuf) -> Next {
    Next::Perform(match purpose {
        Purpose::NewProject => return Next::Ask(Dialog::NewProject(NewProjectForm::new(path))),
        Purpose::Open => Action::OpenPath(path, None),
        Purpose::Save => Action::SaveAs(path),
        Purpose::History => Action::ExportHistory(path),
        Purpose::Export(form) => Action::Export(Box::new(form.plan(path))),
        Purpose::Import => return Next::Ask(Dialog::Import(ImportForm::new(path))),
    })
}
