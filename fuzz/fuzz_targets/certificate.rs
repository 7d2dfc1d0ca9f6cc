//! A certificate, its lint and its words.

#![no_main]

use certdeck_shared::x509::{lint, parse, usage};
use time::OffsetDateTime;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(view) = parse::certificate(data) {
        let _ = lint::findings(&view, OffsetDateTime::UNIX_EPOCH);
        let _ = usage::words(&view);
        let _ = view.display_name();
    }
});
