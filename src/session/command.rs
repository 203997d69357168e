//! Every command of the application, declared once.
//!
//! Menus, toolbar, context menu, palette, help sheet, README and tests are loops over [`COMMANDS`]. To add a command:
//! add a variant, add its row, give it a meaning in [`Session::run`](super::Session::run).

use super::Session;

/// Something the user can ask for. The row of [`COMMANDS`] says all about it; what it acts on is resolved when it
/// is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    missing_docs,
    reason = "each variant is documented by its row in COMMANDS, which the user reads too"
)]
pub enum Command {
    Open,
    OpenFolder,
    Save,
    SaveAs,
    Export,
    NextArticle,
    PreviousArticle,
    ShowProblems,
    ShowCarried,
    ShowHistory,
    TakeOver,
    Quit,
    NewProject,
    Import,
    MarkDone,
    MarkSkipped,
    MarkFlagged,
    NextOpenArticle,
    SetAnnotator,
    ShowAgreement,
    FindArticle,
    ToggleQueue,
    Undo,
    Redo,
    Copy,
    SelectAll,
    Find,
    FindNext,
    FindPrevious,
    Escape,
    ApplyLabel,
    MakeClaim,
    FillRole,
    TagAllMentions,
    AddFragment,
    StartOutward,
    StartInward,
    EndOutward,
    EndInward,
    Delete,
    EditDetails,
    NextSuggestion,
    PreviousSuggestion,
    Accept,
    Reject,
    Skip,
    RunRules,
    ShowRules,
    NewRule,
    ShowNames,
    ToggleLearning,
    NextAnnotation,
    PreviousAnnotation,
    MarksHere,
    GoToPanel,
    GoToMenus,
    CaretLeft,
    CaretRight,
    CaretUp,
    CaretDown,
    LineStart,
    LineEnd,
    PageUp,
    PageDown,
    TextStart,
    TextEnd,
    Larger,
    Smaller,
    DefaultSize,
    ToggleHidden,
    ToggleNumbers,
    ShowDisplay,
    LargerWindow,
    SmallerWindow,
    ToggleTheme,
    ToggleContrast,
    ToggleSafeColours,
    ToggleMotion,
    ToggleLabelNames,
    ToggleLabelLanguage,
    TogglePanel,
    ShowSuggestions,
    ShowAnnotations,
    ShowDetails,
    Palette,
    Help,
}

/// Where a command stands in the menus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the groups are named after their menus")]
pub enum MenuGroup {
    File,
    Project,
    Edit,
    Annotate,
    Review,
    Go,
    View,
    Help,
}

impl MenuGroup {
    /// The menus, from the first to the last.
    pub const ALL: [Self; 8] = [
        Self::File,
        Self::Project,
        Self::Edit,
        Self::Annotate,
        Self::Review,
        Self::Go,
        Self::View,
        Self::Help,
    ];

    /// Returns the menu's title.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::File => "File",
            Self::Project => "Project",
            Self::Edit => "Edit",
            Self::Annotate => "Annotate",
            Self::Review => "Review",
            Self::Go => "Go",
            Self::View => "View",
            Self::Help => "Help",
        }
    }
}

/// Why a command cannot be run now: one sentence, shown as the tooltip of the greyed item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unavailable(pub &'static str);

/// A command in words: what menus, help and tests know of it.
#[derive(Debug, Clone, Copy)]
pub struct CommandRow {
    /// The command.
    pub command: Command,
    /// Its name in keymaps and on the command line.
    pub id: &'static str,
    /// Its title, with `…` if and only if it opens a dialog.
    pub title: &'static str,
    /// What it does, one sentence.
    pub help: &'static str,
    /// Its menu.
    pub group: MenuGroup,
    /// Its default chords, the one to show first.
    pub chords: &'static [&'static str],
    /// Whether Shift with its chords extends the selection.
    pub shift_extends: bool,
    /// Whether Alt with its chords works by grapheme in place of by token.
    pub alt_is_fine: bool,
    /// Whether it opens a dialog.
    pub opens_dialog: bool,
    /// Whether it can be run now.
    pub available: fn(&Session) -> Result<(), Unavailable>,
}

impl Command {
    /// Returns the command's row.
    ///
    /// # Panics
    ///
    /// Never: a test holds that each variant has its row, at its place.
    #[must_use]
    pub fn row(self) -> &'static CommandRow {
        &COMMANDS[self as usize]
    }

    /// Returns the command of an id (`review.accept`).
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        COMMANDS.iter().find(|row| row.id == id).map(|row| row.command)
    }
}

const fn row(
    command: Command,
    id: &'static str,
    group: MenuGroup,
    title: &'static str,
    help: &'static str,
    chords: &'static [&'static str],
    available: fn(&Session) -> Result<(), Unavailable>,
) -> CommandRow {
    CommandRow {
        command,
        id,
        title,
        help,
        group,
        chords,
        shift_extends: false,
        alt_is_fine: false,
        opens_dialog: false,
        available,
    }
}

const fn dialog(row: CommandRow) -> CommandRow {
    CommandRow { opens_dialog: true, ..row }
}

const fn extends(row: CommandRow) -> CommandRow {
    CommandRow { shift_extends: true, ..row }
}

const fn fine(row: CommandRow) -> CommandRow {
    CommandRow { alt_is_fine: true, ..row }
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of every row's `available`")]
fn always(_: &Session) -> Result<(), Unavailable> {
    Ok(())
}

use Command as C;
use MenuGroup as G;

/// All commands, in the order of the palette and of [`Command`]'s variants.
#[rustfmt::skip]
pub const COMMANDS: &[CommandRow] = &[
    dialog(row(C::Open, "file.open", G::File, "Open…", "Opens an article or an annotation file.", &["Ctrl+O"], always)),
    dialog(row(C::OpenFolder, "file.open_folder", G::File, "Open folder…", "Opens a folder of articles, to go through them with N and P.", &["Ctrl+Shift+O"], always)),
    row(C::Save, "file.save", G::File, "Save", "Writes the annotations to their file beside the article.", &["Ctrl+S"], Session::has_article),
    dialog(row(C::SaveAs, "file.save_as", G::File, "Save as…", "Writes the annotations to another file.", &["Ctrl+Shift+S"], Session::has_article)),
    dialog(row(C::Export, "file.export", G::File, "Export…", "Writes the annotated article, or the whole project, in other formats.", &["Ctrl+E"], Session::can_export)),
    row(C::NextArticle, "file.next", G::File, "Next article", "Saves this article and opens the next one of the folder.", &["N"], Session::has_next_article),
    row(C::PreviousArticle, "file.previous", G::File, "Previous article", "Saves this article and opens the one before it in the folder.", &["P"], Session::has_previous_article),
    dialog(row(C::ShowProblems, "file.problems", G::File, "Show problems…", "Lists what in the annotation file does not fit the article or the schema.", &[], Session::has_problems)),
    dialog(row(C::ShowCarried, "file.carried", G::File, "Changed article…", "Lists what became of the annotations when the article was changed, to put them in their new places.", &[], Session::has_carried)),
    dialog(row(C::ShowHistory, "file.history", G::File, "History…", "Lists every change with its time, author and rule, to go back to any point or to export it.", &["Ctrl+H"], Session::has_journal)),
    row(C::TakeOver, "file.take_over", G::File, "Take over", "Opens a read-only article for writing, when nobody else has it open any more.", &[], Session::is_read_only),
    row(C::Quit, "file.quit", G::File, "Quit", "Saves what is not saved and closes the window.", &["Ctrl+Q"], always),
    dialog(row(C::NewProject, "project.new", G::Project, "New project…", "Makes a folder of articles a project: a queue with progress, annotators, agreement and data sets.", &["Ctrl+Shift+N"], always)),
    dialog(row(C::Import, "project.import", G::Project, "Import…", "Brings articles and annotations of other formats into the project.", &["Ctrl+I"], Session::can_import)),
    row(C::MarkDone, "project.done", G::Project, "Done", "Says that this article is done and opens the next one that waits for you; said again, takes it back.", &["Ctrl+D"], Session::can_mark),
    row(C::MarkSkipped, "project.skip", G::Project, "Leave out", "Says that this article is left out and opens the next one that waits for you; said again, takes it back.", &["Ctrl+Shift+X"], Session::can_mark),
    row(C::MarkFlagged, "project.flag", G::Project, "Flag", "Flags this article, to talk about it; said again, takes it back.", &["Ctrl+G"], Session::can_mark),
    row(C::NextOpenArticle, "project.next_open", G::Project, "Next that waits", "Opens the next article that is neither done nor left out.", &["Ctrl+N"], Session::has_next_open),
    dialog(row(C::SetAnnotator, "project.annotator", G::Project, "Annotator…", "Sets the name that your annotations are kept under.", &[], always)),
    dialog(row(C::ShowAgreement, "project.agreement", G::Project, "Agreement…", "Compares the annotators: figures by label, attribute and article, with the differences behind them.", &["Ctrl+Shift+A"], Session::can_compare)),
    row(C::FindArticle, "project.find", G::Project, "Find article", "Puts the keyboard into the queue's filter: type part of a name or title, Enter opens the first one.", &["Ctrl+P"], Session::has_queue),
    row(C::ToggleQueue, "view.queue", G::View, "Queue", "Shows or hides the articles to go through.", &["F7"], Session::has_queue),
    row(C::Undo, "edit.undo", G::Edit, "Undo", "Takes back the last change, a decision too.", &["Ctrl+Z"], Session::can_undo),
    row(C::Redo, "edit.redo", G::Edit, "Redo", "Does again what was taken back.", &["Ctrl+Shift+Z", "Ctrl+Y"], Session::can_redo),
    row(C::Copy, "edit.copy", G::Edit, "Copy", "Copies the selected text, or that of the focused mark.", &["Ctrl+C"], Session::has_selection_or_focus),
    row(C::SelectAll, "edit.select_all", G::Edit, "Select all", "Selects the whole article.", &["Ctrl+A"], Session::has_article),
    dialog(row(C::Find, "edit.find", G::Edit, "Find…", "Searches the article; spelling variants and diacritics do not matter.", &["Ctrl+F"], Session::has_article)),
    row(C::FindNext, "edit.find_next", G::Edit, "Find next", "Goes to the next place found.", &["F3"], Session::has_hits),
    row(C::FindPrevious, "edit.find_previous", G::Edit, "Find previous", "Goes to the place found before this one.", &["Shift+F3"], Session::has_hits),
    row(C::Escape, "edit.escape", G::Edit, "Clear selection", "Clears the selection and the focus, or closes what is open.", &["Escape"], always),
    row(C::ApplyLabel, "annotate.label", G::Annotate, "Label", "Tags the selection with the label of that key; accepts the suggestion as that label; or gives the annotation that label.", &[], Session::can_label),
    row(C::MakeClaim, "annotate.claim", G::Annotate, "Make a claim", "Makes a claim from the selection, or from the cue word under the cursor.", &["C"], Session::can_claim),
    row(C::FillRole, "annotate.role", G::Annotate, "Use as role", "Puts the selection into a role of the focused claim: Alt+1 content, Alt+2 source, and so on.", &[], Session::can_fill_role),
    dialog(row(C::TagAllMentions, "annotate.all_mentions", G::Annotate, "Tag all mentions…", "Lists every mention of the same name, with its clitics and spelling variants, to tag them in one go.", &["A"], Session::can_tag_all)),
    row(C::AddFragment, "annotate.add_fragment", G::Annotate, "Add selection to span", "Makes the selection a further piece of the focused annotation.", &["Ctrl+Enter"], Session::can_add_fragment),
    fine(row(C::StartOutward, "annotate.start_outward", G::Annotate, "Start outward", "Moves the start of the focused mark one token outward; with Alt one character.", &["["], Session::has_focus)),
    fine(row(C::StartInward, "annotate.start_inward", G::Annotate, "Start inward", "Moves the start of the focused mark one token inward; with Alt one character.", &["]"], Session::has_focus)),
    fine(row(C::EndOutward, "annotate.end_outward", G::Annotate, "End outward", "Moves the end of the focused mark one token outward; with Alt one character.", &["{"], Session::has_focus)),
    fine(row(C::EndInward, "annotate.end_inward", G::Annotate, "End inward", "Moves the end of the focused mark one token inward; with Alt one character.", &["}"], Session::has_focus)),
    row(C::Delete, "annotate.delete", G::Annotate, "Remove annotation", "Removes the focused annotation.", &["Delete", "Backspace"], Session::has_annotation_focus),
    row(C::EditDetails, "annotate.details", G::Annotate, "Edit details", "Shows attributes, roles and the note of the focused annotation.", &["Enter", "F2"], Session::has_annotation_focus),
    row(C::NextSuggestion, "review.next", G::Review, "Next suggestion", "Goes to the next suggestion in reading order.", &["Tab"], Session::has_suggestions),
    row(C::PreviousSuggestion, "review.previous", G::Review, "Previous suggestion", "Goes to the suggestion before.", &["Shift+Tab"], Session::has_suggestions),
    row(C::Accept, "review.accept", G::Review, "Accept", "Accepts the focused suggestion and goes to the next.", &["Space"], Session::has_suggestion_focus),
    row(C::Reject, "review.reject", G::Review, "Reject", "Rejects the focused suggestion and goes to the next.", &["X"], Session::has_suggestion_focus),
    row(C::Skip, "review.skip", G::Review, "Skip", "Leaves the focused suggestion undecided and goes to the next.", &["S"], Session::has_suggestion_focus),
    row(C::RunRules, "review.run_rules", G::Review, "Run the rules again", "Reads the article with all rules anew.", &["F5"], Session::has_article),
    dialog(row(C::ShowRules, "review.rules", G::Review, "Rules…", "Lists the rules with their figures, to edit or mute them.", &["F6"], Session::has_article)),
    dialog(row(C::NewRule, "review.new_rule", G::Review, "New rule from selection…", "Writes a rule that finds what is selected, and shows what it would change before it is kept.", &["Ctrl+R"], Session::has_selection_or_focus)),
    dialog(row(C::ShowNames, "review.names", G::Review, "Learned names…", "Lists the names that you have tagged before, which are suggested wherever they are met.", &[], Session::has_article)),
    row(C::ToggleLearning, "review.learn", G::Review, "Learn names", "Learns names from decisions and suggests them in every article, or stops doing so.", &[], always),
    row(C::NextAnnotation, "go.next_annotation", G::Go, "Next annotation", "Focuses the next annotation in reading order.", &["F8"], Session::has_annotations),
    row(C::PreviousAnnotation, "go.previous_annotation", G::Go, "Previous annotation", "Focuses the annotation before.", &["Shift+F8"], Session::has_annotations),
    dialog(row(C::MarksHere, "go.marks_here", G::Go, "Marks here…", "Lists the annotations and suggestions at the cursor, innermost first, to choose one.", &["Ctrl+M"], Session::has_article)),
    row(C::GoToPanel, "go.panel", G::Go, "To the side panel", "Puts the keyboard into the side panel: Tab goes on, Space presses, Escape goes back to the article.", &["Ctrl+F6"], always),
    row(C::GoToMenus, "go.menus", G::Go, "To the menus", "Puts the keyboard on the first menu: Tab goes on, Space opens, Escape goes back to the article.", &["F10"], always),
    fine(extends(row(C::CaretLeft, "go.left", G::Go, "Left", "Moves the cursor left by a token; Shift selects, Alt goes by character.", &["Left"], Session::has_article))),
    fine(extends(row(C::CaretRight, "go.right", G::Go, "Right", "Moves the cursor right by a token; Shift selects, Alt goes by character.", &["Right"], Session::has_article))),
    extends(row(C::CaretUp, "go.up", G::Go, "Line up", "Moves the cursor up by a line; Shift selects.", &["Up"], Session::has_article)),
    extends(row(C::CaretDown, "go.down", G::Go, "Line down", "Moves the cursor down by a line; Shift selects.", &["Down"], Session::has_article)),
    extends(row(C::LineStart, "go.line_start", G::Go, "Start of line", "Moves the cursor to where the line begins; Shift selects.", &["Home"], Session::has_article)),
    extends(row(C::LineEnd, "go.line_end", G::Go, "End of line", "Moves the cursor to where the line ends; Shift selects.", &["End"], Session::has_article)),
    extends(row(C::PageUp, "go.page_up", G::Go, "Page up", "Moves the cursor up by a page; Shift selects.", &["PageUp"], Session::has_article)),
    extends(row(C::PageDown, "go.page_down", G::Go, "Page down", "Moves the cursor down by a page; Shift selects.", &["PageDown"], Session::has_article)),
    extends(row(C::TextStart, "go.text_start", G::Go, "Start of article", "Moves the cursor to the article's beginning; Shift selects.", &["Ctrl+Home"], Session::has_article)),
    extends(row(C::TextEnd, "go.text_end", G::Go, "End of article", "Moves the cursor to the article's end; Shift selects.", &["Ctrl+End"], Session::has_article)),
    row(C::Larger, "view.larger", G::View, "Larger text", "Makes the article's text larger.", &["Ctrl+=", "Ctrl+Shift+=", "Ctrl++"], always),
    row(C::Smaller, "view.smaller", G::View, "Smaller text", "Makes the article's text smaller.", &["Ctrl+-"], always),
    row(C::DefaultSize, "view.default_size", G::View, "Default text size", "Sets the article's text to 20 points.", &["Ctrl+0"], always),
    row(C::ToggleHidden, "view.hidden", G::View, "Hidden characters", "Shows joiners, direction controls, no-break spaces and tatweel by small signs, or not.", &["Ctrl+Shift+H"], always),
    row(C::ToggleNumbers, "view.numbers", G::View, "Paragraph numbers", "Numbers the paragraphs in the margin, or not.", &[], always),
    dialog(row(C::ShowDisplay, "view.display", G::View, "Page and display…", "Sets size, height of lines, width of the column and what the page shows.", &["Ctrl+,"], always)),
    row(C::LargerWindow, "view.window_larger", G::View, "Larger window text", "Makes everything in the window larger, up to three times.", &["Ctrl+Alt+="], always),
    row(C::SmallerWindow, "view.window_smaller", G::View, "Smaller window text", "Makes everything in the window smaller.", &["Ctrl+Alt+-"], always),
    row(C::ToggleTheme, "view.theme", G::View, "Light or dark", "Changes between light and dark paper.", &["Ctrl+Shift+D"], always),
    row(C::ToggleContrast, "view.contrast", G::View, "High contrast", "Draws text, lines and marks in stronger colours, or not.", &[], always),
    row(C::ToggleSafeColours, "view.safe_colours", G::View, "Colours for colour blindness", "Gives the labels colours that readers with any colour blindness can tell apart, or those of the schema.", &[], always),
    row(C::ToggleMotion, "view.motion", G::View, "Reduced motion", "Lets nothing move by itself, or lets it.", &[], always),
    row(C::ToggleLabelNames, "view.label_names", G::View, "Label names", "Shows or hides the label's name at every mark.", &["Ctrl+L"], always),
    row(C::ToggleLabelLanguage, "view.label_language", G::View, "Label language", "Shows the labels' names in Arabic or in English.", &["Ctrl+Shift+L"], always),
    row(C::TogglePanel, "view.panel", G::View, "Side panel", "Shows or hides the side panel.", &["F9"], always),
    row(C::ShowSuggestions, "view.suggestions", G::View, "Suggestions", "Shows the suggestions in the side panel.", &["Ctrl+1"], always),
    row(C::ShowAnnotations, "view.annotations", G::View, "Annotations", "Shows the annotations in the side panel.", &["Ctrl+2"], always),
    row(C::ShowDetails, "view.details", G::View, "Details", "Shows the details of the focused annotation in the side panel.", &["Ctrl+3"], always),
    dialog(row(C::Palette, "help.palette", G::Help, "Command palette…", "Finds a command or a label by its name.", &["Ctrl+K"], always)),
    dialog(row(C::Help, "help.keys", G::Help, "Keys…", "Shows all keys.", &["F1", "?"], always)),
];

/// Returns the table of all commands in Markdown, with the default keys: what the README shows.
#[must_use]
pub fn markdown_table() -> String {
    let lines = COMMANDS.iter().map(|row| {
        let keys: Vec<String> = row.chords.iter().map(|chord| format!("<kbd>{chord}</kbd>")).collect();
        let keys = match row.command {
            Command::ApplyLabel => "the label's digit or letter".to_owned(),
            Command::FillRole => "<kbd>Alt+1</kbd> … <kbd>Alt+8</kbd>".to_owned(),
            _ => keys.join(", "),
        };
        format!("| {} | {keys} | {} |\n", row.title, row.help)
    });
    let head = ["| Command | Keys | What it does |\n|---|---|---|\n".to_owned()];
    head.into_iter().chain(lines).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_variant_has_its_row_at_its_place() {
        for (i, row) in COMMANDS.iter().enumerate() {
            assert_eq!(row.command as usize, i, "{}", row.id);
        }
        assert_eq!(Command::Help as usize + 1, COMMANDS.len());
    }

    #[test]
    fn ids_and_titles_are_unique() {
        let ids: BTreeSet<_> = COMMANDS.iter().map(|row| row.id).collect();
        let titles: BTreeSet<_> = COMMANDS.iter().map(|row| row.title).collect();
        assert_eq!(ids.len(), COMMANDS.len());
        assert_eq!(titles.len(), COMMANDS.len());
    }

    #[test]
    fn a_title_ends_in_an_ellipsis_if_and_only_if_a_dialog_opens() {
        for row in COMMANDS {
            assert_eq!(row.title.ends_with('…'), row.opens_dialog, "{}", row.id);
        }
    }

    #[test]
    fn every_help_is_one_sentence() {
        for row in COMMANDS {
            assert!(
                row.help.ends_with('.') && row.help.chars().next().is_some_and(char::is_uppercase),
                "{}",
                row.id
            );
        }
    }
}
