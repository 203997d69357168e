//! Which key does what: chords as text, the default keymap from the command table, the user's changes.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::command::{COMMANDS, Command, CommandRow};
use crate::text::shortened;

/// A key by its place on the keyboard, named after the US layout, so that it is the same key under an Arabic layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A key that types a character without Shift: `a`, `1`, `[`.
    Char(char),
    /// F1 to F12.
    Function(u8),
    /// The others, by name.
    Named(NamedKey),
}

macro_rules! named_keys {
    ($($name:ident)*) => {
        /// A key that types nothing.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "the keys are named after their caps")]
        pub enum NamedKey { $($name),* }

        impl NamedKey {
            const ALL: &[Self] = &[$(Self::$name),*];

            const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }
        }
    };
}

named_keys! { Tab Space Enter Escape Delete Backspace Insert Left Right Up Down Home End PageUp PageDown }

/// Characters that are written for Shift with another key, as they are on the US layout.
const SHIFTED: [(char, char); 3] = [('?', '/'), ('{', '['), ('}', ']')];

/// A key with its modifiers. `Ctrl` is the command key on macOS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chord {
    /// Ctrl, or Command on macOS.
    pub ctrl: bool,
    /// Alt, or Option on macOS.
    pub alt: bool,
    /// Shift.
    pub shift: bool,
    /// The key.
    pub key: Key,
}

/// Why a text is no chord.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{}` is no key: write it like `Ctrl+Shift+Z`, `Alt+Left`, `F3` or `[`", shortened(.text))]
pub struct ChordError {
    text: String,
}

impl FromStr for Chord {
    type Err = ChordError;

    fn from_str(text: &str) -> Result<Self, ChordError> {
        let error = || ChordError { text: text.to_owned() };
        let mut chord = Self { ctrl: false, alt: false, shift: false, key: Key::Char('\0') };
        let mut rest = text;
        loop {
            let (modifier, after) = match rest.split_once('+') {
                Some((modifier, after)) if !modifier.is_empty() && !after.is_empty() => (modifier, after),
                _ => break,
            };
            match modifier {
                "Ctrl" => chord.ctrl = true,
                "Alt" => chord.alt = true,
                "Shift" => chord.shift = true,
                _ => return Err(error()),
            }
            rest = after;
        }
        if let Some((_, base)) = SHIFTED.iter().find(|(shifted, _)| rest == shifted.to_string()) {
            chord.shift = true;
            chord.key = Key::Char(*base);
        } else {
            chord.key = parse_key(rest).ok_or_else(error)?;
        }
        Ok(chord)
    }
}

fn parse_key(name: &str) -> Option<Key> {
    let mut chars = name.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        let c = c.to_ascii_lowercase();
        return (c.is_ascii_graphic()).then_some(Key::Char(c));
    }
    if let Some(number) = name.strip_prefix('F').and_then(|n| n.parse().ok()) {
        return (1..=12).contains(&number).then_some(Key::Function(number));
    }
    NamedKey::ALL.iter().find(|key| key.name() == name).map(|key| Key::Named(*key))
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shifted = match self.key {
            Key::Char(c) if self.shift => {
                SHIFTED.iter().find(|(_, base)| *base == c).map(|(shifted, _)| *shifted)
            }
            _ => None,
        };
        let shift = self.shift && shifted.is_none();
        for (on, name) in [(self.ctrl, "Ctrl+"), (self.alt, "Alt+"), (shift, "Shift+")] {
            if on {
                f.write_str(name)?;
            }
        }
        match self.key {
            _ if shifted.is_some() => write!(f, "{}", shifted.unwrap_or_default()),
            Key::Char(c) => write!(f, "{}", c.to_ascii_uppercase()),
            Key::Function(n) => write!(f, "F{n}"),
            Key::Named(key) => f.write_str(key.name()),
        }
    }
}

/// What Shift and Alt add to a command that knows them (see [`CommandRow::shift_extends`], [`CommandRow::alt_is_fine`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Variant {
    /// Shift was held: extend the selection.
    pub extend: bool,
    /// Alt was held: move by grapheme, not by token.
    pub fine: bool,
}

/// Why a user's keymap was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeymapError {
    /// No such command.
    #[error("there is no command `{}`; `hashiya commands` lists them all", shortened(.id))]
    UnknownCommand {
        /// The id in the file.
        id: String,
    },
    /// Not a chord.
    #[error("for `{}`: {source}", shortened(.id))]
    BadChord {
        /// The command.
        id: String,
        /// What is wrong.
        source: ChordError,
    },
    /// Two commands on one chord.
    #[error("`{chord}` is bound to both `{first}` and `{second}`; give one of them another key")]
    Clash {
        /// The chord.
        chord: String,
        /// One command.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
}

/// Chords to commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    chords: BTreeMap<Command, Vec<Chord>>,
    commands: BTreeMap<Chord, (Command, Variant2)>,
}

/// [`Variant`] with an order, for the map.
type Variant2 = (bool, bool);

impl Keymap {
    /// Returns the keymap of the command table.
    ///
    /// # Panics
    ///
    /// Never: a test holds that the table has no clash.
    #[must_use]
    pub fn standard() -> Self {
        let mut keymap = Self { chords: BTreeMap::new(), commands: BTreeMap::new() };
        for (row, text) in COMMANDS.iter().flat_map(|row| row.chords.iter().map(move |text| (row, text))) {
            let bound = text.parse().map(|chord| keymap.bind(row, chord));
            debug_assert!(matches!(bound, Ok(Ok(()))), "{text} of {} clashes or is no chord", row.id);
        }
        keymap
    }

    /// Returns the keymap of the command table with the user's changes: command id to the chords that replace its
    /// own (an empty list takes its keys away).
    ///
    /// # Errors
    ///
    /// When a command or a chord does not exist, or two commands would share a chord.
    pub fn new(changes: &BTreeMap<String, Vec<String>>) -> Result<Self, KeymapError> {
        if let Some(id) = changes.keys().find(|id| Command::from_id(id).is_none()) {
            return Err(KeymapError::UnknownCommand { id: id.clone() });
        }
        let mut keymap = Self { chords: BTreeMap::new(), commands: BTreeMap::new() };
        for row in COMMANDS {
            let texts: Vec<&str> = match changes.get(row.id) {
                Some(chords) => chords.iter().map(String::as_str).collect(),
                None => row.chords.to_vec(),
            };
            for text in texts {
                let chord =
                    text.parse().map_err(|source| KeymapError::BadChord { id: row.id.to_owned(), source })?;
                keymap.bind(row, chord)?;
            }
        }
        Ok(keymap)
    }

    fn bind(&mut self, row: &CommandRow, chord: Chord) -> Result<(), KeymapError> {
        self.chords.entry(row.command).or_default().push(chord);
        let shifts: &[bool] = if row.shift_extends { &[false, true] } else { &[false] };
        let alts: &[bool] = if row.alt_is_fine { &[false, true] } else { &[false] };
        for extend in shifts {
            for fine in alts {
                let held = Chord { shift: chord.shift || *extend, alt: chord.alt || *fine, ..chord };
                let before = self.commands.insert(held, (row.command, (*extend, *fine)));
                if let Some((other, _)) = before.filter(|(other, _)| *other != row.command) {
                    return Err(KeymapError::Clash {
                        chord: held.to_string(),
                        first: other.row().id,
                        second: row.id,
                    });
                }
            }
        }
        Ok(())
    }

    /// Returns the command of a chord, with what Shift and Alt add to it.
    #[must_use]
    pub fn command(&self, chord: Chord) -> Option<(Command, Variant)> {
        let (command, (extend, fine)) = self.commands.get(&chord)?;
        Some((*command, Variant { extend: *extend, fine: *fine }))
    }

    /// Returns the chords of a command, the one to show first.
    #[must_use]
    pub fn chords(&self, command: Command) -> &[Chord] {
        self.chords.get(&command).map_or(&[], Vec::as_slice)
    }

    /// Returns the chord to show beside a command's title, or nothing.
    #[must_use]
    pub fn shown(&self, command: Command) -> String {
        self.chords(command).first().map(ToString::to_string).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chord_reads_back_what_it_writes() {
        for text in ["Ctrl+Shift+Z", "Alt+Left", "F3", "[", "Shift+Tab", "Ctrl++", "Ctrl+-", "?", "X"] {
            let chord: Chord = text.parse().expect(text);
            assert_eq!(chord.to_string(), text);
        }
        for text in ["", "Strg+C", "Ctrl+", "F13", "Foo", "ح"] {
            assert!(text.parse::<Chord>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_default_keymap_has_no_clash() {
        assert!(Keymap::new(&BTreeMap::new()).is_ok());
    }

    #[test]
    fn shift_extends_and_alt_is_finer_only_where_the_row_says_so() {
        let keymap = Keymap::new(&BTreeMap::new()).expect("no clash");
        let lookup = |text: &str| keymap.command(text.parse().expect("a chord"));
        let both = Variant { extend: true, fine: true };
        assert_eq!(lookup("Alt+Shift+Left"), Some((Command::CaretLeft, both)));
        assert_eq!(lookup("Alt+X"), None);
    }

    #[test]
    fn a_user_keymap_names_what_is_wrong() {
        let change = |id: &str, chord: &str| {
            let changes = BTreeMap::from([(id.to_owned(), vec![chord.to_owned()])]);
            Keymap::new(&changes).expect_err("refused").to_string()
        };
        assert!(change("review.acept", "Y").contains("no command `review.acept`"));
        assert!(change("review.accept", "Ctlr+Y").contains("`Ctlr+Y` is no key"));
        assert!(change("review.accept", "Ctrl+S").contains("is bound to both"));
    }
}
