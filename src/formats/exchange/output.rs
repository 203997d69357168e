//! What a format writes: bytes for files of names, in the order in which they come.

/// Bytes to be put into files. A name that comes again goes on where it ended.
#[derive(Debug, Default)]
pub struct Output(Vec<(String, Vec<u8>)>);

impl Output {
    /// Appends bytes to the file of this name, which may have folders (`/`).
    pub fn append(&mut self, name: impl Into<String>, bytes: &[u8]) {
        let name = name.into();
        match self.0.last_mut() {
            Some((last, held)) if *last == name => held.extend_from_slice(bytes),
            _ => self.0.push((name, bytes.to_vec())),
        }
    }

    /// Takes out what is held, in order.
    pub fn take(&mut self) -> Vec<(String, Vec<u8>)> {
        std::mem::take(&mut self.0)
    }
}
