//! A store of Java's: never a panic, and what is read survives being written.

#![no_main]

use certdeck_shared::keystore::jks::{self, Content};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(store) = jks::read(data) else { return };
    let _ = store.is_intact("changeit");
    for entry in &store.entries {
        if let Content::Key { protected, .. } = &entry.content {
            let _ = jks::reveal(protected, "changeit");
        }
    }
    if let Some(written) = jks::write(&store.entries, "changeit") {
        let again = jks::read(&written).expect("what is written is read");
        assert_eq!(again.entries, store.entries);
        assert!(again.is_intact("changeit"));
    }
});
