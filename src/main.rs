//! The program `hashiya`: a window without a subcommand, else the command line.

use std::io::{self, Write};
use std::process::ExitCode;

use hashiya::cli::{self, Invocation, Status, WindowRequest};

/// Threads read, fold, lay out and save at once, and what they free is given back to the system.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let (mut stdout, mut stderr) = (io::stdout().lock(), io::stderr().lock());
    let request = match cli::run(std::env::args_os(), &mut stdout, &mut stderr) {
        Invocation::Finished(status) => return status.into(),
        Invocation::Window(request) => request,
    };
    // The window runs long and other threads may have something to print.
    drop((stdout, stderr));
    let Err(reason) = open_window(request) else { return ExitCode::SUCCESS };
    // Where not even an error can be printed there is nobody to tell.
    let _ = writeln!(io::stderr(), "{}", cli::no_display_message(&reason));
    Status::Failed.into()
}

#[cfg(feature = "gui")]
fn open_window(request: WindowRequest) -> Result<(), String> {
    hashiya::ui::run(request.paths, request.encoding).map_err(|error| error.to_string())
}

#[cfg(not(feature = "gui"))]
fn open_window(_: WindowRequest) -> Result<(), String> {
    Err("this build has no window".to_owned())
}
