//! Text between two armour lines.

#![no_main]

use certdeck_shared::detect;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = [b"x\n-----BEGIN CERTIFICATE-----\n", data, b"\n-----END CERTIFICATE-----\n"].concat();
    let _ = detect::read(&text);
});
