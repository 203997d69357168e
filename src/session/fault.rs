//! Faults of the program itself: a report without a word of the article, and the work goes on.
//!
//! A fault on a thread that reads, writes or searches ends what that thread was doing, not the thread; one on the
//! thread that draws ends the window, which closes the journal on its way.

use std::any::Any;
use std::backtrace::Backtrace;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::{Clock, Saving, Session};
use crate::model::Timestamp;
use crate::store::{self, FaultReport};
use crate::text::isolate_path;

/// The report that was written last.
static LAST_REPORT: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Has every panic of this program written down in the folder; `None` to print it only. The message of a panic is
/// printed or written only where it stands in the program: others may quote an article.
pub fn report_faults(folder: Option<PathBuf>, clock: Clock) {
    std::panic::set_hook(Box::new(move |info| {
        let report = report_of(info, clock());
        log::error!("a fault at {}", report.place);
        let written = folder.as_deref().map(|folder| store::write_fault_report(folder, &report));
        if let Some(Ok(path)) = written {
            *LAST_REPORT.lock().unwrap_or_else(PoisonError::into_inner) = Some(path);
        }
    }));
}

/// Returns the report that was written last in this run.
#[must_use]
pub fn last_fault_report() -> Option<PathBuf> {
    LAST_REPORT.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn report_of(info: &PanicHookInfo<'_>, at: Timestamp) -> FaultReport {
    FaultReport {
        at,
        thread: std::thread::current().name().unwrap_or_default().to_owned(),
        place: info.location().map(ToString::to_string).unwrap_or_default(),
        message: fixed_message(info.payload()),
        calls: Backtrace::force_capture().to_string(),
    }
}

/// Returns the message of a panic where it stands in the program as it is.
fn fixed_message(payload: &(dyn Any + Send)) -> Option<&'static str> {
    payload.downcast_ref::<&'static str>().copied()
}

/// The program's own fault has ended something; the hook has told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault;

/// Does something that a fault of the program may end.
///
/// What it works on must be as good as new afterwards, or not be used any more.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| Fault)
}

fn in_report(report: Option<&Path>) -> String {
    report
        .map_or_else(String::new, |path| format!("; a report without your text is in {}", isolate_path(path)))
}

impl Session {
    /// Tells of a fault that ended what a thread was doing, and waits for its answer no more.
    pub(super) fn take_fault(&mut self, what: &str) {
        self.opening = false;
        self.preview = None;
        if let Some(open) = &mut self.open {
            if open.saving == Saving::UnderWay {
                open.saving = Saving::Failed;
            }
            open.rules_took.get_or_insert_default();
        }
        let report = in_report(last_fault_report().as_deref());
        self.complain(format!("A fault in Hashiya ended {what}; what you did is kept, try it again{report}"));
    }

    /// Tells with the next article that the program was started again after a fault, of which there is a report unless
    /// the path is empty.
    pub fn started_after_fault(&mut self, report: &Path) {
        let report = Some(report).filter(|path| !path.as_os_str().is_empty());
        self.greeting = Some(format!("Hashiya met a fault and was started again{}", in_report(report)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_messages_that_stand_in_the_program_are_told() {
        let payload = |work: fn()| catch_unwind(work).expect_err("it panics");
        assert_eq!(fixed_message(&*payload(|| panic!("no such row"))), Some("no such row"));
        let text = std::hint::black_box("نص");
        assert!(text.len() > 1);
        let quoting = payload(|| {
            let text = std::hint::black_box("نص");
            assert!(text.is_char_boundary(1), "inside {text}");
        });
        assert_eq!(fixed_message(&*quoting), None);
    }

    #[test]
    fn a_fault_ends_only_what_was_being_done() {
        assert_eq!(guarded(|| 1 + 1), Ok(2));
        assert_eq!(guarded(|| std::hint::black_box(None::<u8>).expect("a value")), Err(Fault));
    }
}
