//! Certificates as a verifier reads them: whatever comes, every usage gets a verdict and no chain runs for ever.
#![no_main]

use certdeck_shared::trust::TrustFlags;
use certdeck_shared::validation::{Store, Times, Unchecked, Usage};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((&first, rest)) = bytes.split_first() else { return };
    // Two certificates, so that one can be the issuer of the other.
    let (one, other) = rest.split_at(rest.len() * usize::from(first) / 256);
    let trust = TrustFlags::parse(["", "C,C,C", "T,,", "p,P,c"][usize::from(first % 4)]).unwrap_or_default();
    let mut store = Store::new();
    let _ = store.add(one, trust);
    let _ = store.add(other, TrustFlags::default());
    let _ = store.add(rest, TrustFlags::default());
    for place in 0..store.len() {
        for usage in Usage::ALL {
            let findings = store.verify(place, usage, Times { at: 1_780_000_000, now: 1_780_000_000 }, &Unchecked);
            assert!(findings.path.len() <= 21);
        }
    }
});
