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
    let Err(message) = open_window(request) else { return ExitCode::SUCCESS };
    // Where not even an error can be printed there is nobody to tell.
    let _ = writeln!(io::stderr(), "{message}");
    Status::Failed.into()
}

#[cfg(feature = "gui")]
fn open_window(request: WindowRequest) -> Result<(), String> {
    use hashiya::ui::{self, Start, WindowError};

    let WindowRequest { paths, encoding, after_fault } = request;
    let started = std::time::Instant::now();
    let start = Start { paths: paths.clone(), encoding, after_fault };
    match ui::run(start) {
        Ok(()) => Ok(()),
        Err(WindowError::NoDisplay { reason }) => Err(cli::no_display_message(&reason)),
        Err(error @ WindowError::Fault { .. }) => {
            if let WindowError::Fault { report } = &error
                && started.elapsed() >= LEAST_RUN
            {
                start_again(&paths, encoding.map(|encoding| encoding.to_string()), report.as_deref());
            }
            Err(error.to_string())
        }
    }
}

/// A program that ran for less before a fault is not started again by itself: it might meet the same one at once.
#[cfg(feature = "gui")]
const LEAST_RUN: std::time::Duration = std::time::Duration::from_secs(5);

/// Starts the program again on the article that was open, beside this process, which ends.
#[cfg(feature = "gui")]
fn start_again(paths: &[std::path::PathBuf], encoding: Option<String>, report: Option<&std::path::Path>) {
    let Ok(program) = std::env::current_exe() else { return };
    let recent = hashiya::store::state_dir().map(|folder| hashiya::store::Recent::load(&folder));
    let last = recent.as_ref().and_then(|recent| recent.iter().next()).map(|path| &**path);
    let others = paths.iter().map(std::path::PathBuf::as_path).filter(|path| Some(*path) != last);
    let mut flag = std::ffi::OsString::from("--after-fault");
    if let Some(report) = report {
        flag.push("=");
        flag.push(report);
    }
    let mut command = std::process::Command::new(program);
    command
        .arg(flag)
        .args(encoding.map(|name| format!("--encoding={name}")))
        .arg("--")
        .args(last)
        .args(others);
    // Where it cannot be started, the message below says what to do.
    let _ = command.spawn();
}

#[cfg(not(feature = "gui"))]
fn open_window(_: WindowRequest) -> Result<(), String> {
    Err(cli::no_display_message("this build has no window"))
}
