//! Writes a long article in made-up words with its annotation file, to try the program on.
//!
//! ```text
//! cargo run --release --example make_long_article -- /tmp/long.txt --bytes 10000000 --annotations 100000 \
//!     --suggestions 100000
//! ```

mod long_article;

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;

use clap::Parser;

/// Writes a long article in made-up words with its annotation file.
#[derive(Parser)]
struct Arguments {
    /// The article; the annotation file stands beside it.
    article: PathBuf,
    /// The length of the text in bytes.
    #[arg(long, default_value_t = 1_000_000)]
    bytes: usize,
    /// How many words are annotated.
    #[arg(long, default_value_t = 10_000)]
    annotations: usize,
    /// How many words the rules suggest something for.
    #[arg(long, default_value_t = 0)]
    suggestions: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let Arguments { article, bytes, annotations, suggestions } = Arguments::parse();
    let size = long_article::Size { bytes, annotations, suggestions };
    let document = long_article::write(&article, size)?;
    let (len, made) = (document.source().as_str().len(), document.annotations().len());
    writeln!(std::io::stdout(), "{}: {len} bytes, {made} annotations", article.display())?;
    Ok(())
}
