//! Whatever a file may be.

#![no_main]

use certdeck_shared::detect;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = detect::read(data);
});
