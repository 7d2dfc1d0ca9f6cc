//! Thousands of certificates, requests and revocation lists of other projects, against what OpenSSL and pyca/cryptography read
//! in them. Runs natively and in WebAssembly: `cargo test -p certdeck-shared --target wasm32-unknown-unknown`.
//! README.md here says where the objects come from.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod certificates;
mod containers;
mod expected;
mod mutation;
mod zlint;

use std::io::Read as _;

use base64::Engine as _;
use serde_json::Value;

/// One object of a corpus.
pub struct Object {
    pub from: String,
    pub der: Vec<u8>,
    pub expected: Value,
}

/// The objects of a corpus.
pub fn objects(compressed: &[u8]) -> Vec<Object> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(compressed).read_to_string(&mut text).unwrap();
    let objects: Vec<Object> = text
        .lines()
        .map(|line| {
            let expected: Value = serde_json::from_str(line).unwrap();
            let text = |key: &str| expected[key].as_str().unwrap().to_owned();
            Object { from: text("from"), der: base64::engine::general_purpose::STANDARD.decode(text("der")).unwrap(), expected }
        })
        .collect();
    assert!(!objects.is_empty());
    objects
}

pub const CERTIFICATES: &[u8] = include_bytes!("certificates.jsonl.gz");
pub const REQUESTS: &[u8] = include_bytes!("requests.jsonl.gz");
pub const CRLS: &[u8] = include_bytes!("crls.jsonl.gz");
pub const PKCS7: &[u8] = include_bytes!("pkcs7.jsonl.gz");
pub const DAMAGED_PEM: &[u8] = include_bytes!("damaged_pem.jsonl.gz");
