//! Names: text that is read, printed and read again is the same.

#![no_main]

use certdeck_shared::name::DistinguishedName;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(name) = text.parse::<DistinguishedName>() {
        assert_eq!(name.to_string().parse::<DistinguishedName>().expect("what is printed can be read").to_string(), name.to_string());
    }
    let _ = DistinguishedName::from_der(data);
});
