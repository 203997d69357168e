//! The program `hashiya`: a window without a subcommand, else the command line.

fn main() -> std::process::ExitCode {
    let paths: Vec<std::path::PathBuf> = std::env::args_os().skip(1).map(Into::into).collect();
    match hashiya::ui::run(&paths) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            use std::io::Write;
            let _ = writeln!(std::io::stderr(), "hashiya: {error}");
            std::process::ExitCode::from(2)
        }
    }
}
