//! From the toolkit's key events to chords.

use egui::{Event, Key as EguiKey, Modifiers};

use crate::session::{Chord, Key, NamedKey};

/// Returns the chord of an event that presses a key; `None` for anything else.
///
/// The physical key counts, so that a chord is at the same place under an Arabic layout.
pub(super) fn chord(event: &Event) -> Option<Chord> {
    match event {
        Event::Key { key, physical_key, pressed: true, modifiers, .. } => {
            let key = physical_key.and_then(translate).or_else(|| translate(*key))?;
            Some(with_modifiers(key, *modifiers))
        }
        // The platform's copy chord comes as an event of its own.
        Event::Copy => Some(Chord { ctrl: true, alt: false, shift: false, key: Key::Char('c') }),
        _ => None,
    }
}

fn with_modifiers(key: Key, modifiers: Modifiers) -> Chord {
    Chord { ctrl: modifiers.command, alt: modifiers.alt, shift: modifiers.shift, key }
}

fn translate(key: EguiKey) -> Option<Key> {
    let named = |key| Some(Key::Named(key));
    match key {
        EguiKey::Tab => named(NamedKey::Tab),
        EguiKey::Space => named(NamedKey::Space),
        EguiKey::Enter => named(NamedKey::Enter),
        EguiKey::Escape => named(NamedKey::Escape),
        EguiKey::Delete => named(NamedKey::Delete),
        EguiKey::Backspace => named(NamedKey::Backspace),
        EguiKey::Insert => named(NamedKey::Insert),
        EguiKey::ArrowLeft => named(NamedKey::Left),
        EguiKey::ArrowRight => named(NamedKey::Right),
        EguiKey::ArrowUp => named(NamedKey::Up),
        EguiKey::ArrowDown => named(NamedKey::Down),
        EguiKey::Home => named(NamedKey::Home),
        EguiKey::End => named(NamedKey::End),
        EguiKey::PageUp => named(NamedKey::PageUp),
        EguiKey::PageDown => named(NamedKey::PageDown),
        EguiKey::OpenBracket | EguiKey::OpenCurlyBracket => Some(Key::Char('[')),
        EguiKey::CloseBracket | EguiKey::CloseCurlyBracket => Some(Key::Char(']')),
        EguiKey::Minus => Some(Key::Char('-')),
        EguiKey::Equals => Some(Key::Char('=')),
        EguiKey::Plus => Some(Key::Char('+')),
        EguiKey::Slash | EguiKey::Questionmark => Some(Key::Char('/')),
        EguiKey::Comma => Some(Key::Char(',')),
        EguiKey::Period => Some(Key::Char('.')),
        EguiKey::Semicolon => Some(Key::Char(';')),
        EguiKey::Quote => Some(Key::Char('\'')),
        EguiKey::Backslash => Some(Key::Char('\\')),
        EguiKey::Backtick => Some(Key::Char('`')),
        other => letter_digit_or_function(other.name()),
    }
}

fn letter_digit_or_function(name: &str) -> Option<Key> {
    let mut chars = name.chars();
    match (chars.next()?, chars.as_str()) {
        (c, "") if c.is_ascii_alphanumeric() => Some(Key::Char(c.to_ascii_lowercase())),
        ('F', number) => number.parse().ok().filter(|n| (1..=12).contains(n)).map(Key::Function),
        _ => None,
    }
}

/// Returns whether a chord is one that text fields leave to the application.
pub(super) fn passes_text_field(chord: Chord) -> bool {
    let editing = ['a', 'c', 'v', 'x', 'y', 'z'];
    match chord.key {
        Key::Function(_) => true,
        Key::Char(c) => chord.ctrl && !editing.contains(&c),
        Key::Named(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(key: EguiKey, physical_key: Option<EguiKey>, modifiers: Modifiers) -> Event {
        Event::Key { key, physical_key, pressed: true, repeat: false, modifiers }
    }

    #[test]
    fn the_place_of_a_key_counts_and_not_its_letter() {
        let arabic_z_on_x = event(EguiKey::Z, Some(EguiKey::X), Modifiers::NONE);
        assert_eq!(chord(&arabic_z_on_x).map(|c| c.to_string()).as_deref(), Some("X"));
    }

    #[test]
    fn curly_brackets_are_shifted_square_ones() {
        let curly = event(EguiKey::OpenCurlyBracket, Some(EguiKey::OpenBracket), Modifiers::SHIFT);
        assert_eq!(chord(&curly).map(|c| c.to_string()).as_deref(), Some("{"));
    }

    #[test]
    fn a_text_field_keeps_the_keys_that_edit() {
        let passes = |text: &str| passes_text_field(text.parse().expect("a chord"));
        assert!(passes("Ctrl+S") && passes("F3"));
        assert!(!passes("Ctrl+Z") && !passes("X") && !passes("Space"));
    }
}
