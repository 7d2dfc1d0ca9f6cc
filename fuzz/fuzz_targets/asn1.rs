//! The tree: every node lies within the bytes.

#![no_main]

use certdeck_shared::x509::asn1;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(nodes) = asn1::tree(data) {
        for node in nodes {
            assert!(node.offset + node.header_length + node.length <= data.len());
        }
    }
});
