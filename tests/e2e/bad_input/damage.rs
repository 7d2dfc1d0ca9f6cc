//! Files of other projects, damaged by them or by us.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Bad;

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// The objects of a corpus: where each is from, its octets, and whether OpenSSL reads it.
fn corpus(name: &str) -> Vec<(String, Vec<u8>, bool)> {
    let mut text = String::new();
    let file = std::fs::File::open(project(&format!("shared/tests/corpus/{name}.jsonl.gz"))).unwrap();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.map(|row| {
        let octets = STANDARD.decode(row["der"].as_str().unwrap()).unwrap();
        (row["from"].as_str().unwrap().to_owned(), octets, row["openssl"] == json!(true))
    })
    .collect()
}

/// What `openssl pkcs7` does not read, and is whole: a message with a counter-signature, and two certificates.
const WHOLE: [&str; 3] = ["counterSig.p7m", "certs/ecdsa-p256-sha256.cer", "certs/rsa-2048-sha256.cer"];

/// Three ways to damage what is whole: broken off, a length beyond everything, a tag that is another.
fn damaged(name: &str, octets: &[u8], password: &str) -> Vec<Bad> {
    let cut = octets[..octets.len() * 2 / 3].to_vec();
    let too_long = [&[octets[0], 0x84, 0xff, 0xff, 0xff, 0xff], &octets[2..]].concat();
    let mut other_tag = octets.to_vec();
    other_tag[0] ^= 0x40;
    [("cut off", cut), ("of endless length", too_long), ("with another tag", other_tag)]
        .into_iter()
        .map(|(how, octets)| Bad { name: format!("{name}, {how}"), octets, password: password.to_owned() })
        .collect()
}

/// Key stores: those that nobody reads as they are, of the others damaged ones.
pub fn key_stores() -> Vec<Bad> {
    let room = project("backend/tests/keystores");
    let text = std::fs::read_to_string(room.join("expected.tsv")).unwrap();
    let mut all = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let [file, password, keys, _] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let octets = std::fs::read(room.join(file)).unwrap();
        if keys == "-" {
            all.push(Bad { name: file.to_owned(), octets: octets.clone(), password: password.to_owned() });
        }
        all.extend(damaged(file, &octets, password));
    }
    all
}

/// Damaged PEM, and PKCS#7 and requests that nobody reads as they are, of the others damaged ones.
pub fn messages() -> Vec<Bad> {
    let mut all: Vec<Bad> = corpus("damaged_pem").into_iter().map(|(from, octets, _)| Bad::new(from, octets)).collect();
    for name in ["pkcs7", "requests"] {
        for (from, octets, read) in corpus(name) {
            if !read && !WHOLE.iter().any(|whole| from.ends_with(whole)) {
                all.push(Bad::new(&from, octets.clone()));
            }
            all.extend(damaged(&from, &octets, "1234"));
        }
    }
    all
}
