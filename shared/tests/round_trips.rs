//! What is printed can be read again, whatever it is.

#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

use certdeck_shared::name::{AttributeTypeAndValue, DistinguishedName};
use certdeck_shared::trust::TrustFlags;
use certdeck_shared::{detect, request};
use proptest::prelude::*;

fn name() -> impl Strategy<Value = DistinguishedName> {
    let oid =
        prop::sample::select(vec!["2.5.4.3", "2.5.4.10", "2.5.4.11", "0.9.2342.19200300.100.1.25", "1.2.840.113549.1.9.1", "1.3.9999.7"]);
    // Text that looks like `#` and DER is read as such; that is the one ambiguity of the text form.
    let value = "\\PC{0,12}|[ #+,;<>\\\\\"=a\u{0}\u{7f}é]{0,8}".prop_filter("hex", |value| !value.starts_with('#') || value.contains(' '));
    let attribute = (oid, value).prop_map(|(oid, value)| AttributeTypeAndValue { oid: oid.into(), value });
    prop::collection::vec(attribute.prop_map(|attribute| vec![attribute]), 1..5).prop_map(|rdns| DistinguishedName { rdns })
}

proptest! {
    #[test]
    fn names_survive_text(name in name()) {
        prop_assert_eq!(name.to_string().parse::<DistinguishedName>().unwrap(), name);
    }

    #[test]
    fn names_survive_der(name in name()) {
        prop_assert_eq!(DistinguishedName::from_der(&name.to_der()).unwrap(), name);
    }

    #[test]
    fn trust_survives_text_and_storage(text in "[cCTpPuwg]{0,4},[cCTpPuwg]{0,4},[cCTpPuwg]{0,4}") {
        let flags = TrustFlags::parse(&text).unwrap();
        let printed = flags.to_string();
        prop_assert_eq!(TrustFlags::parse(&printed).unwrap().to_string(), printed);
        let stored = flags.stored();
        prop_assert_eq!(stored.stored(), stored);
        prop_assert_eq!(TrustFlags::from_attributes(stored.attributes()), stored);
    }

    #[test]
    fn any_text_is_trust_or_is_refused(text in "\\PC*") {
        let _ = TrustFlags::parse(&text);
        let _ = text.parse::<DistinguishedName>();
        let _ = request::names(&text);
    }

    #[test]
    fn any_bytes_are_looked_at(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = detect::read(&bytes);
        let _ = request::view(&bytes);
    }
}
