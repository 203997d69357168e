//! What is to become a project: the folder of articles, who annotates them, and how much all of them get.

use std::path::PathBuf;

use egui::{RichText, Ui};

use super::{Answer, main_button};
use crate::formats::project_file::ProjectFile;
use crate::session::{Action, NewProject};
use crate::text::{Direction, isolate_path, names_in_path};
use crate::ui::Frame;
use crate::ui::bidi_field::BidiField;
use crate::ui::shaped_label::ShapedLabel;

/// The folder that was chosen, and what is set.
pub(in crate::ui) struct NewProjectForm {
    folder: PathBuf,
    name: String,
    /// Whether the articles are copied into the project's own folder.
    copies: bool,
    root: String,
    annotators: String,
    overlap: u8,
}

impl NewProjectForm {
    /// Returns the form for a folder of articles.
    pub(in crate::ui) fn new(folder: PathBuf) -> Self {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let root = folder.with_file_name(format!("{name} project")).to_string_lossy().into_owned();
        Self { folder, name, copies: false, root, annotators: String::new(), overlap: 20 }
    }

    pub(super) fn show(&mut self, ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
        let folder = isolate_path(&self.folder);
        let width = ui.available_width();
        ShapedLabel::new(&folder, 13.0, frame.theme.dim)
            .direction(Some(Direction::Ltr))
            .width(width)
            .show(ui, frame.painter);
        ui.add_space(8.0);
        ui.label("Name");
        BidiField::new(ui.scope_id().with("name"), "name of the project", &mut self.name)
            .width(width)
            .show(ui, frame.painter);
        ui.add_space(8.0);
        ui.radio_value(
            &mut self.copies,
            false,
            "The articles stay where they are; this folder is the project",
        );
        ui.radio_value(&mut self.copies, true, "Copy the articles into a folder of the project's own");
        if self.copies {
            BidiField::new(ui.scope_id().with("root"), "folder of the project", &mut self.root)
                .direction(Some(Direction::Ltr))
                .isolates(names_in_path)
                .width(width)
                .show(ui, frame.painter);
        }
        ui.add_space(8.0);
        ui.label("Annotators, with commas between them; without any, everybody annotates everything");
        BidiField::new(ui.scope_id().with("annotators"), "annotators", &mut self.annotators)
            .hint("amal, badr")
            .width(width)
            .show(ui, frame.painter);
        if self.annotators().len() > 1 {
            ui.horizontal(|ui| {
                ui.add(egui::DragValue::new(&mut self.overlap).range(0..=100).suffix(" %"));
                ui.label("of the articles are annotated by all of them, to measure agreement");
            });
        }
        ui.add_space(12.0);
        self.create(ui, frame)
    }

    fn annotators(&self) -> Vec<String> {
        let names = self.annotators.split([',', '،']).map(str::trim).filter(|name| !name.is_empty());
        names.map(str::to_owned).collect()
    }

    fn create(&self, ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
        let annotators = self.annotators();
        let own = frame.session.annotator();
        if !annotators.is_empty() && !annotators.iter().any(|name| **name == *own) {
            let text = format!("You annotate as {own}, who is not among them; you will see all articles.");
            ShapedLabel::new(&text, 13.0, frame.theme.dim).lines(2).show(ui, frame.painter);
            ui.add_space(4.0);
        }
        let is_ready = !self.copies || !self.root.trim().is_empty();
        let clicked =
            ui.add_enabled_ui(is_ready, |ui| main_button(ui, frame, "Make the project").clicked()).inner;
        ui.label(
            RichText::new(
                "A file hashiya.ron and a folder annotations are put there; no article is changed.",
            )
            .small()
            .color(frame.theme.dim),
        );
        if !clicked {
            return Answer::Stay;
        }
        let (root, articles, copy_from) = if self.copies {
            (PathBuf::from(self.root.trim()), "articles", Some(self.folder.clone()))
        } else {
            (self.folder.clone(), ".", None)
        };
        let overlap = if annotators.is_empty() { 100 } else { self.overlap };
        let file = ProjectFile {
            name: self.name.trim().to_owned(),
            articles: articles.to_owned(),
            annotators,
            overlap,
            ..ProjectFile::default()
        };
        frame.action(Action::CreateProject(Box::new(NewProject { root, file, copy_from })));
        Answer::Close
    }
}
