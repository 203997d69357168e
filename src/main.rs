//! The program `hashiya`.

use std::io;
use std::process::ExitCode;

use hashiya::cli::{self, Invocation, Status};

fn main() -> ExitCode {
    let (mut stdout, mut stderr) = (io::stdout().lock(), io::stderr().lock());
    match cli::run(std::env::args_os(), &mut stdout, &mut stderr) {
        Invocation::Finished(status) => status.into(),
        Invocation::Window(_) => {
            let message = cli::no_display_message("this build has no window");
            // Where not even an error can be printed there is nobody to tell.
            let _ = io::Write::write_fmt(&mut stderr, format_args!("{message}\n"));
            Status::Failed.into()
        }
    }
}
