//! A PKCS#12 file and what may be in its safes, encrypted keys among it: never a panic.

#![no_main]

use certdeck_shared::keystore::pkcs12::{self, Safe};
use certdeck_shared::keystore::protection::EncryptedKey;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = pkcs12::bags(data);
    let _ = EncryptedKey::read(data);
    if let Ok(archive) = pkcs12::read(data) {
        for safe in &archive.safes {
            if let Safe::Plain(contents) = safe {
                let _ = pkcs12::bags(contents);
            }
        }
    }
});
