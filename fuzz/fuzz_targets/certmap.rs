//! certmap.conf: what is parsed is printed, and a property that is set reads back.

#![no_main]

use certdeck_shared::api::certificate_map::{MapChange, MapProperty};
use certdeck_shared::certmap::{self, MapFile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(file) = MapFile::parse(text) else { return };
    assert_eq!(file.text(), text);
    let _ = certmap::lint(&file);
    for map in file.maps() {
        let set = MapChange::SetProperty { map: map.name.clone(), property: MapProperty::FilterComps, value: "cn, e=mail".to_owned() };
        if let Ok(changed) = certmap::with_changes(text, &[set]) {
            let read = MapFile::parse(&changed).expect("what is written can be read");
            assert!(read.maps().iter().any(|map| map.value(MapProperty::FilterComps) == Some("cn, e=mail")));
        }
    }
});
