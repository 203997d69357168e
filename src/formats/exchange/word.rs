//! Names as one word of a line.

use std::fmt::Write;

/// Returns a name without white space, control characters and those of `special`, which are written as `%` and two
/// hexadecimal digits for each byte.
#[must_use]
pub(in crate::formats) fn as_word(name: &str, special: &str) -> String {
    let mut word = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_whitespace() || c.is_control() || c == '%' || special.contains(c) {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                _ = write!(word, "%{byte:02X}");
            }
        } else {
            word.push(c);
        }
    }
    word
}

/// Returns the name that a word stands for; one with a `%` that begins no byte, or not one of UTF-8, is its own name.
#[must_use]
pub(in crate::formats) fn of_word(word: &str) -> String {
    let mut bytes = Vec::with_capacity(word.len());
    let mut rest = word.bytes();
    while let Some(byte) = rest.next() {
        let mut digit = || char::from(rest.next()?).to_digit(16);
        match byte {
            b'%' => match (digit(), digit()) {
                (Some(high), Some(low)) => bytes.extend(u8::try_from(high * 16 + low)),
                _ => return word.to_owned(),
            },
            _ => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_word_is_written_as_bytes() {
        let names =
            [("same as", "same%20as"), ("50%", "50%25"), ("a:b", "a%3Ab"), ("قول\u{a0}", "قول%C2%A0")];
        for (name, word) in names {
            assert_eq!(as_word(name, ":"), word);
            assert_eq!(of_word(word), name);
        }
        assert_eq!(
            (of_word("50%"), of_word("%zz"), of_word("%FF")),
            ("50%".into(), "%zz".into(), "%FF".into())
        );
    }
}
