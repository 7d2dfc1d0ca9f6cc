//! What is small and would cost much.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Bad;

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, 0x84][..], &u32::try_from(content.len()).unwrap().to_be_bytes(), content].concat()
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

/// AlgorithmIdentifier of PBES2 with a key derivation, AES-256.
fn pbes2(derivation: &[u8]) -> Vec<u8> {
    let cipher = sequence(&[b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x2a", &element(4, &[7; 16])]);
    sequence(&[b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d", &sequence(&[derivation, &cipher])])
}

/// A PKCS#12 file around a safe.
fn pkcs12(safe: &[u8], mac: &[u8]) -> Vec<u8> {
    let data = |content: &[u8]| sequence(&[b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", &element(0xa0, &element(4, content))]);
    sequence(&[&[2, 1, 3], &data(&sequence(&[&data(safe)])), mac])
}

/// All of them.
pub fn all() -> Vec<Bad> {
    let rounds = |count: u32| element(2, &[&[0][..], &count.to_be_bytes()].concat());
    let pbkdf2 =
        |count: u32| sequence(&[b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c", &sequence(&[&element(4, &[1; 8]), &rounds(count)])]);
    let scrypt = |cost: u32, size: u32, lanes: u32| {
        let parameters = sequence(&[&element(4, &[1; 8]), &rounds(cost), &rounds(size), &rounds(lanes)]);
        sequence(&[b"\x06\x09\x2b\x06\x01\x04\x01\xda\x47\x04\x0b", &parameters])
    };
    let locked = |derivation: &[u8]| sequence(&[&pbes2(derivation), &element(4, &[9; 64])]);
    let mac = |count: u32| {
        let digest = sequence(&[&sequence(&[b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01", &[5, 0]]), &element(4, &[0; 32])]);
        sequence(&[&digest, &element(4, &[1; 8]), &rounds(count)])
    };
    let shrouded = |key: &[u8]| sequence(&[b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02", &element(0xa0, key)]);
    let nested = |depth: usize, seed: &[u8], around: &dyn Fn(&[u8]) -> Vec<u8>| (0..depth).fold(seed.to_vec(), |inner, _| around(&inner));
    let many_keys: Vec<u8> = (0..60).flat_map(|_| shrouded(&locked(&pbkdf2(4_900_000)))).collect();
    let jks = |entries: u32, rest: &[u8]| [&[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2][..], &entries.to_be_bytes(), rest].concat();
    let chain = [&[0, 0, 0, 1, 0, 1, b'a'][..], &[0; 8], &[0, 0, 0, 1, 0, 0xff, 0xff, 0xff, 0xff]].concat();
    vec![
        Bad::new("four thousand million rounds for a key", locked(&pbkdf2(u32::MAX))),
        Bad::new("four thousand million rounds for the checksum", pkcs12(&sequence(&[]), &mac(u32::MAX))),
        Bad::new("sixty keys of five million rounds each", pkcs12(&sequence(&[&many_keys]), &[])),
        Bad::new("scrypt with a terabyte", locked(&scrypt(1 << 30, 8, 1))),
        Bad::new("scrypt for ever", locked(&scrypt(1 << 14, 8, u32::MAX))),
        Bad::new("scrypt with a block without end", locked(&scrypt(2, u32::MAX, 1))),
        Bad::new("SEQUENCEs within each other", nested(3_000, &[5, 0], &|inner| element(0x30, inner))),
        Bad::new("SEQUENCEs that never end", [0x30, 0x80].repeat(20_000)),
        Bad::new("pieces within pieces", pkcs12(&nested(2_000, &[4, 0], &|inner| element(0x24, inner)), &[])),
        Bad::new("files within files", nested(12, &sequence(&[]), &|inner| pkcs12(inner, &[]))),
        Bad::new("a length of eight octets", [&[0x30, 0x88][..], &[0xff; 8], &[0; 64]].concat()),
        Bad::new("an OBJECT IDENTIFIER without end", sequence(&[&element(6, &[0xff; 10_000])])),
        Bad::new("a number of a megabyte", sequence(&[&element(2, &[0x7f; 1 << 20])])),
        Bad::new("a JKS of four thousand million entries", jks(u32::MAX, &[0; 64])),
        Bad::new("a JKS with a key longer than everything", jks(1, &chain)),
        Bad::new("a hundred thousand beginnings", "-----BEGIN PRIVATE KEY-----\n".repeat(100_000).into_bytes()),
        Bad::new(
            "base64 of nothing",
            format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", "A".repeat(1 << 20)).into_bytes(),
        ),
        Bad::new("a request within a request", {
            let inner = nested(100, &[5, 0], &|inner| sequence(&[inner, &sequence(&[]), &element(3, &[0])]));
            format!("-----BEGIN CERTIFICATE REQUEST-----\n{}\n-----END CERTIFICATE REQUEST-----\n", STANDARD.encode(inner)).into_bytes()
        }),
        Bad::new("zeros", vec![0; 4096]),
        Bad::new("nothing", Vec::new()),
    ]
}
