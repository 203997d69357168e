//! The program `hashiya`.

fn main() {}
