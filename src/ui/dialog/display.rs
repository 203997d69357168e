//! How the page is set and what it shows; every change is seen behind the dialog at once.

use std::ops::RangeInclusive;

use egui::{Slider, Ui};

use super::Answer;
use crate::session::{Action, Command, LINE_HEIGHTS, MEASURES, TEXT_SIZES, ViewChange, WINDOW_SCALES};
use crate::typeset::{ReadingFont, SystemFonts};
use crate::ui::Frame;

pub(super) fn show(ui: &mut Ui, frame: &mut Frame<'_>) -> Answer {
    let settings = frame.session.settings().clone();
    egui::Grid::new("display").num_columns(2).spacing([24.0, 12.0]).show(ui, |ui| {
        let by = |size| ViewChange::TextSize(size - settings.text_size);
        slider(ui, frame, ("Text size", " pt"), settings.text_size, TEXT_SIZES, 1.0, by);
        let height = settings.line_height;
        slider(ui, frame, ("Line height", " ×"), height, LINE_HEIGHTS, 0.1, ViewChange::LineHeight);
        reading_font(ui, frame, &settings.reading_font);
        let measure = settings.measure;
        slider(ui, frame, ("Column width", " em"), measure, MEASURES, 1.0, ViewChange::Measure);
        let scale = settings.window_scale;
        let whole = ("Everything in the window", " ×");
        slider(ui, frame, whole, scale, WINDOW_SCALES, 0.25, ViewChange::WindowScale);
    });
    ui.add_space(8.0);
    let shown = [
        (Command::ToggleHidden, settings.hidden_characters),
        (Command::ToggleNumbers, settings.paragraph_numbers),
        (Command::ToggleLabelNames, settings.label_names),
        (Command::ToggleContrast, settings.high_contrast),
        (Command::ToggleSafeColours, settings.safe_colours),
        (Command::ToggleMotion, settings.reduced_motion),
    ];
    for (command, on) in shown {
        let row = command.row();
        if ui.checkbox(&mut on.clone(), row.title).on_hover_text(row.help).clicked() {
            frame.command(command);
        }
    }
    Answer::Stay
}

/// The families to read in: the bundled ones, then those of the system, which are looked for when the list is opened.
fn reading_font(ui: &mut Ui, frame: &mut Frame<'_>, current: &str) {
    let label = ui.label("Typeface");
    let current = ReadingFont::named(current);
    let list = egui::ComboBox::from_id_salt("reading font").selected_text(current.name()).width(240.0);
    let response = list.show_ui(ui, |ui| {
        let installed = frame.painter.system_fonts().map(SystemFonts::reading_families);
        let is_known = !matches!(installed, Some(None));
        let bundled = ReadingFont::bundled().map(|font| font.name().to_owned());
        let installed = installed.flatten().unwrap_or_default();
        let others = installed.iter().filter(|name| !bundled.contains(name));
        for name in bundled.iter().chain(others) {
            if ui.selectable_label(current.name() == name, name).clicked() {
                frame.action(Action::View(ViewChange::ReadingFont(name.as_str().into())));
            }
        }
        if !is_known {
            ui.weak("Looking for installed typefaces…");
        }
    });
    response.response.labelled_by(label.id);
    ui.end_row();
}

fn slider(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    (name, unit): (&str, &str),
    value: f32,
    range: RangeInclusive<f32>,
    step: f64,
    change: impl Fn(f32) -> ViewChange,
) {
    let label = ui.label(name);
    let mut new = value;
    ui.spacing_mut().slider_width = 240.0;
    let slider =
        Slider::new(&mut new, range).step_by(step).fixed_decimals(usize::from(step < 1.0)).suffix(unit);
    if ui.add(slider).labelled_by(label.id).changed() && (new - value).abs() > f32::EPSILON {
        frame.action(Action::View(change(new)));
    }
    ui.end_row();
}
