//! Revocation lists: whatever comes is read or refused, and what is read revokes nothing twice and stands in some way.
#![no_main]

use certdeck_shared::trust::TrustFlags;
use certdeck_shared::validation::{ListFacts, Store, Times, Unchecked, Usage};
use certdeck_shared::x509::revocation_list;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (list, facts) = (revocation_list::read(bytes), ListFacts::read(bytes));
    assert_eq!(list.is_ok(), facts.is_ok());
    let (Ok(list), Ok(facts)) = (list, facts) else { return };
    let _ = (list.number(), list.number_text());
    assert!(facts.only(|_| false).revoked.is_empty() && facts.revoked.len() == list.revoked.len());
    let mut store = Store::new();
    // Twice, and a certificate that may be of its issuer's name.
    let _ = store.add(bytes, TrustFlags::default());
    for _ in 0..2 {
        let place = store.add_list(&facts);
        let _ = store.list_standing(place, &Unchecked).words();
    }
    let times = Times { at: 1_780_000_000, now: 1_780_000_000 };
    let _ = (store.revoked(0, times, &Unchecked), store.verify(0, Usage::SslServer, times, &Unchecked));
});
