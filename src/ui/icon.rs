//! Which picture stands for what: the icons of the bundled face `fonts/Phosphor.ttf`, one constant each.
//!
//! An icon is a string of one private-use character, so it can be put into any text that is drawn with that
//! face. Icons stand beside words, never instead of them. The face holds exactly these icons: to add one, add
//! its constant with the code point of Phosphor's `src/regular/style.css` and make the subset anew as
//! `fonts/README.md` says; a test compares the two.
//!
//! Invariant: draws nothing and knows no widget.

#![allow(dead_code, reason = "the set of the bundled face; each icon is named before a panel uses it")]

/// Declares the icons and, for the test against the face, the list of them.
macro_rules! icons {
    ($($(#[$doc:meta])+ $name:ident = $glyph:literal;)+) => {
        $($(#[$doc])+ pub(crate) const $name: &str = $glyph;)+

        #[cfg(test)]
        const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),+];
    };
}

icons! {
    // Files.
    /// Open an article or a project.
    FOLDER_OPEN = "\u{e256}";
    /// Save.
    FLOPPY_DISK = "\u{e248}";
    /// Export to another format.
    EXPORT = "\u{eaf0}";
    /// Import from another format.
    ARROW_SQUARE_IN = "\u{e5dc}";
    /// An article.
    NEWSPAPER = "\u{e344}";
    /// An annotation file.
    FILE_TEXT = "\u{e23a}";
    /// A picture of the annotated article.
    IMAGE = "\u{e2ca}";
    /// A kept place.
    BOOKMARK_SIMPLE = "\u{e0ea}";

    // Editing.
    /// Undo.
    ARROW_U_UP_LEFT = "\u{e08a}";
    /// Redo.
    ARROW_U_UP_RIGHT = "\u{e08c}";
    /// Delete an annotation.
    TRASH = "\u{e4a6}";
    /// Edit.
    PENCIL_SIMPLE = "\u{e3b4}";
    /// Copy.
    COPY = "\u{e1ca}";
    /// A note on an annotation.
    NOTE = "\u{e348}";
    /// Add, or larger.
    PLUS = "\u{e3d4}";
    /// Remove one, or smaller.
    MINUS = "\u{e32a}";
    /// The history of changes, recent files.
    CLOCK_COUNTER_CLOCKWISE = "\u{e1a0}";

    // Review.
    /// Accept.
    CHECK = "\u{e182}";
    /// Accept all.
    CHECKS = "\u{e53a}";
    /// Reject, or close.
    X = "\u{e4f6}";
    /// Skip.
    SKIP_FORWARD = "\u{e5a6}";
    /// Run the rules.
    LIGHTNING = "\u{e2de}";
    /// A suggestion.
    LIGHTBULB = "\u{e2dc}";
    /// Decided: accepted.
    CHECK_CIRCLE = "\u{e184}";
    /// Decided: rejected.
    X_CIRCLE = "\u{e4f8}";

    // Annotating.
    /// A label, or tag all mentions.
    TAG = "\u{e478}";
    /// A claim.
    QUOTES = "\u{e660}";
    /// The cue of a claim.
    CHAT_CIRCLE = "\u{e168}";
    /// The source of a claim.
    MEGAPHONE = "\u{e324}";
    /// A relation.
    LINK = "\u{e2e2}";
    /// Remove a relation.
    LINK_BREAK = "\u{e2e4}";
    /// The relations of an annotation.
    SHARE_NETWORK = "\u{e408}";
    /// Make an annotation from the selection.
    SELECTION_PLUS = "\u{e69c}";
    /// Move the ends of a span.
    BRACKETS_SQUARE = "\u{e85e}";

    // Finding and moving.
    /// Search.
    MAGNIFYING_GLASS = "\u{e30c}";
    /// Filter a list.
    FUNNEL = "\u{e266}";
    /// A list, the menu.
    LIST = "\u{e2f0}";
    /// Previous, or fold up.
    CARET_UP = "\u{e13c}";
    /// Next, or fold down.
    CARET_DOWN = "\u{e136}";
    /// To the left.
    CARET_LEFT = "\u{e138}";
    /// To the right.
    CARET_RIGHT = "\u{e13a}";
    /// Up.
    ARROW_UP = "\u{e08e}";
    /// Down.
    ARROW_DOWN = "\u{e03e}";
    /// Leftward.
    ARROW_LEFT = "\u{e058}";
    /// Rightward.
    ARROW_RIGHT = "\u{e06c}";
    /// Load or run again.
    ARROWS_CLOCKWISE = "\u{e094}";

    // Window.
    /// The light theme.
    SUN = "\u{e472}";
    /// The dark theme.
    MOON = "\u{e330}";
    /// The size of the text.
    TEXT_AA = "\u{e6ee}";
    /// Right-to-left direction.
    TEXT_ALIGN_RIGHT = "\u{e486}";
    /// Left-to-right direction.
    TEXT_ALIGN_LEFT = "\u{e484}";
    /// The language of the window.
    TRANSLATE = "\u{e4a2}";
    /// Shown.
    EYE = "\u{e220}";
    /// Hidden.
    EYE_SLASH = "\u{e224}";
    /// Show or hide the side panel.
    SIDEBAR_SIMPLE = "\u{ec24}";
    /// More commands.
    DOTS_THREE = "\u{e1fe}";
    /// Settings.
    GEAR = "\u{e270}";
    /// The command palette.
    COMMAND = "\u{e1c4}";
    /// The keys.
    KEYBOARD = "\u{e2d8}";
    /// Help.
    QUESTION = "\u{e3e8}";
    /// For information.
    INFO = "\u{e2ce}";
    /// Take care.
    WARNING = "\u{e4e0}";
    /// Something failed.
    WARNING_CIRCLE = "\u{e4e2}";

    // Kinds of labels.
    /// A person.
    USER = "\u{e4c2}";
    /// An organisation.
    BUILDINGS = "\u{e102}";
    /// A country or a city as a polity.
    BANK = "\u{e0b4}";
    /// A place.
    MAP_PIN = "\u{e316}";
    /// A natural place or region.
    GLOBE = "\u{e288}";
    /// A nationality or group.
    USERS_THREE = "\u{e68e}";
    /// An occupation or title.
    BRIEFCASE = "\u{e0ee}";
    /// An event.
    FLAG = "\u{e244}";
    /// A date.
    CALENDAR_BLANK = "\u{e10a}";
    /// A number.
    HASH = "\u{e2a2}";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use skrifa::instance::{LocationRef, Size};
    use skrifa::{FontRef, MetadataProvider};

    use super::ALL;

    const FACE: &[u8] = include_bytes!("../../fonts/Phosphor.ttf");

    #[test]
    fn every_icon_is_one_private_use_character_and_no_two_share_one() {
        let mut seen = BTreeSet::new();
        for &(name, glyph) in ALL {
            let mut chars = glyph.chars();
            let first = chars.next();
            assert!(matches!(first, Some('\u{e000}'..='\u{f8ff}')), "{name} is {first:?}");
            assert_eq!(chars.next(), None, "{name} has more than one character");
            assert!(seen.insert(first), "{name} shares its character with an earlier icon");
        }
    }

    #[test]
    fn the_bundled_face_holds_exactly_these_icons() {
        let face = FontRef::new(FACE).unwrap();
        let metrics = face.glyph_metrics(Size::unscaled(), LocationRef::default());
        let drawn: BTreeSet<char> = face
            .charmap()
            .mappings()
            .filter(|(_, glyph)| metrics.bounds(*glyph).is_some_and(|bounds| bounds.x_max > bounds.x_min))
            .filter_map(|(code, _)| char::from_u32(code))
            .collect();
        let named: BTreeSet<char> = ALL.iter().flat_map(|(_, glyph)| glyph.chars()).collect();
        assert_eq!(drawn, named);
    }
}
