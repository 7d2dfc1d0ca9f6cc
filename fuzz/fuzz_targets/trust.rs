//! Trust letters: what is stored stays.

#![no_main]

use certdeck_shared::trust::TrustFlags;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some(flags) = std::str::from_utf8(data).ok().and_then(|text| TrustFlags::parse(text).ok()) {
        assert_eq!(flags.stored().stored(), flags.stored());
    }
});
