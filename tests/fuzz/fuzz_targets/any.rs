//! Runs the target that `HASHIYA_FUZZ_TARGET` names.

#![no_main]

use std::sync::LazyLock;

use hashiya_fuzz::{Target, target};
use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<&Target> = LazyLock::new(|| {
    target(&std::env::var("HASHIYA_FUZZ_TARGET").expect("HASHIYA_FUZZ_TARGET names a target"))
});

fuzz_target!(|bytes: &[u8]| (TARGET.run)(bytes));
