//! A request, and what is to be signed.

#![no_main]

use certdeck_shared::request;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = request::view(data);
    let _ = request::inspect(data);
});
