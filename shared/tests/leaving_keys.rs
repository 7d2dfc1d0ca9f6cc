//! Keys that leave a browser: openssl encrypts here in the browser's stead, and openssl and pk12util must read what is put together.

#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "a test, which starts tools")]

use std::path::Path;
use std::process::Command;

use certdeck_shared::request::{ITERATIONS, Protection, SignatureAlgorithm, certificate_bags, encrypted_key_pem, pkcs12};

const PASSWORD: &str = "pässwört €";

fn run(directory: &Path, program: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(arguments).current_dir(directory).output().expect("the tool is installed");
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn hex(bytes: &[u8]) -> String {
    certdeck_shared::hex::hex(bytes)
}

/// What WebCrypto does: PBKDF2 and AES-256-CBC.
fn encrypted(directory: &Path, plain: &[u8], seed: u8) -> (Protection, Vec<u8>) {
    let protection = Protection { salt: vec![seed; 16], iterations: ITERATIONS, initialization_vector: vec![seed ^ 0xff; 16] };
    let (password, salt, rounds) = (hex(PASSWORD.as_bytes()), hex(&protection.salt), protection.iterations.to_string());
    let derivation = ["kdf", "-keylen", "32", "-binary", "-kdfopt", "digest:SHA256", "-kdfopt"];
    let options = [
        &["hexpass:", password.as_str()].concat(),
        "-kdfopt",
        &["hexsalt:", salt.as_str()].concat(),
        "-kdfopt",
        &["iter:", rounds.as_str()].concat(),
    ];
    let key = run(directory, "openssl", &[&derivation[..], &options, &["PBKDF2"]].concat());
    std::fs::write(directory.join("plain"), plain).unwrap();
    let iv = hex(&protection.initialization_vector);
    let cipher = run(directory, "openssl", &["enc", "-aes-256-cbc", "-K", &hex(&key), "-iv", &iv, "-in", "plain"]);
    (protection, cipher)
}

#[test]
fn openssl_and_pk12util_read_what_leaves() {
    let room = tempfile::tempdir().unwrap();
    let directory = room.path();
    let make =
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -outform DER -out leaf.der -subj /CN=leaf -days 30";
    run(directory, "openssl", &make.split(' ').collect::<Vec<_>>());
    let key = run(directory, "openssl", &["pkcs8", "-topk8", "-nocrypt", "-in", "key.pem", "-outform", "DER"]);
    let other =
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -outform DER -out ca.der -subj /CN=ca -days 30";
    run(directory, "openssl", &other.split(' ').collect::<Vec<_>>());
    let chain = vec![std::fs::read(directory.join("leaf.der")).unwrap(), std::fs::read(directory.join("ca.der")).unwrap()];

    let (protection, cipher) = encrypted(directory, &key, 1);
    let info = protection.private_key(&cipher);
    std::fs::write(directory.join("leaving.pem"), encrypted_key_pem(&info)).unwrap();
    std::fs::write(directory.join("password"), PASSWORD).unwrap();
    let read =
        run(directory, "openssl", &["pkcs8", "-in", "leaving.pem", "-passin", "file:password", "-outform", "DER", "-topk8", "-nocrypt"]);
    assert_eq!(read, key);

    let (bags_protection, bags) = encrypted(directory, &certificate_bags(&chain, "Leaf of Zürich"), 2);
    let file = pkcs12(&info, (&bags_protection, &bags), &chain, "Leaf of Zürich", (PASSWORD, &[7; 16]));
    std::fs::write(directory.join("leaving.p12"), file).unwrap();
    let shown = run(directory, "openssl", &["pkcs12", "-in", "leaving.p12", "-passin", "file:password", "-nodes"]);
    let shown = String::from_utf8_lossy(&shown).into_owned();
    assert_eq!((shown.matches("BEGIN CERTIFICATE").count(), shown.matches("BEGIN PRIVATE KEY").count()), (2, 1), "{shown}");

    std::fs::create_dir(directory.join("nss")).unwrap();
    run(directory, "certutil", &["-N", "-d", "sql:nss", "--empty-password"]);
    run(directory, "pk12util", &["-i", "leaving.p12", "-d", "sql:nss", "-w", "password"]);
    let listed = String::from_utf8_lossy(&run(directory, "certutil", &["-L", "-d", "sql:nss"])).into_owned();
    assert!(listed.lines().any(|line| line.starts_with("Leaf of Zürich") && line.trim_end().ends_with("u,u,u")), "{listed}");
}

#[test]
fn signatures_of_browsers_become_those_of_requests() {
    let raw = [&[0x80][..], &[1; 31], &[0; 31], &[2]].concat();
    let der = SignatureAlgorithm::EcdsaSha256.signature_from_browser(&raw);
    assert_eq!(der, [&[0x30, 38, 2, 33, 0, 0x80][..], &[1; 31], &[2, 1, 2]].concat());
    assert_eq!(SignatureAlgorithm::RsaSha256.signature_from_browser(&raw), raw);
}
