//! Key stores of other projects: read as others read them, and a wrong password told from damage.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

use std::path::{Path, PathBuf};

use certdeck::keystore::{Contents, KeyFileError, Passwords, open};
use certdeck_shared::x509::parse;

/// One line of expected.tsv.
struct Expected {
    file: String,
    password: Option<String>,
    /// Keys and certificates, where another program reads the file.
    counts: Option<(usize, usize)>,
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keystores")
}

fn bytes(file: &str) -> Vec<u8> {
    std::fs::read(directory().join(file)).unwrap()
}

fn corpus() -> Vec<Expected> {
    let text = std::fs::read_to_string(directory().join("expected.tsv")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let [file, password, keys, certificates] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
            Expected {
                file: file.to_owned(),
                password: (password != "-").then(|| password.to_owned()),
                counts: keys.parse().ok().zip(certificates.parse().ok()),
            }
        })
        .collect()
}

fn try_open(file: &[u8], password: Option<&str>) -> Result<Contents, KeyFileError> {
    open(file, Passwords { file: password, key: None })
}

fn refusal(file: &[u8], password: Option<&str>) -> Option<KeyFileError> {
    try_open(file, password).err()
}

/// A file that is well made and holds a DSA key.
const DSA: &str = "kurtbrose-DSA2048.jks";

#[test]
fn files_are_read_as_others_read_them() {
    let mut read = 0;
    for Expected { file, password, counts } in corpus() {
        let Some((keys, certificates)) = counts else { continue };
        let opened = try_open(&bytes(&file), password.as_deref());
        if file == DSA {
            let refused = opened.err();
            assert!(matches!(refused, Some(KeyFileError::KeyNotUsable(_))), "{file}: {refused:?}");
            continue;
        }
        let contents = opened.unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!((contents.keys.len(), contents.certificates.len()), (keys, certificates), "{file}");
        for certificate in &contents.certificates {
            parse::certificate(&certificate.der).unwrap_or_else(|error| panic!("{file}: {error}"));
        }
        read += 1;
    }
    assert!(read > 45, "{read}");
}

#[test]
fn names_are_kept_whatever_their_script() {
    let contents = try_open(&bytes("pyca-no-cert-name-unicode-pwd.p12"), Some("password")).unwrap();
    let names: Vec<_> = contents.certificates.iter().map(|one| one.name.as_deref()).collect();
    assert_eq!(names, [Some("☹"), Some("ï")]);
    let contents = try_open(&bytes("wbond-test-rc2.p12"), Some("password123")).unwrap();
    assert_eq!(contents.certificates[0].name.as_deref(), Some("PKCS#12 Test"));
    assert!(contents.remarks.iter().any(|remark| remark.contains("RC2-40")), "{:?}", contents.remarks);
}

#[test]
fn a_wrong_password_is_called_one() {
    for Expected { file, password, counts } in corpus() {
        let (Some(_), Some(password)) = (counts, password) else { continue };
        let content = bytes(&file);
        assert_eq!(refusal(&content, Some("not the password")), Some(KeyFileError::PasswordIncorrect), "{file}");
        if !password.is_empty() {
            assert_eq!(refusal(&content, None), Some(KeyFileError::PasswordRequired), "{file}");
        }
    }
    // Java lets everyone read certificates.
    let store = try_open(&bytes("kurtbrose-truststore.jks"), None).unwrap();
    assert_eq!((store.certificates.len(), store.remarks.len()), (2, 1));
}

#[test]
fn a_file_that_breaks_off_is_called_damaged() {
    for Expected { file, password, counts } in corpus() {
        if counts.is_none() || file == DSA {
            continue;
        }
        let content = bytes(&file);
        for length in [content.len() - 1, content.len() / 2, 40] {
            let refused = refusal(&content[..length], password.as_deref());
            let called = matches!(refused, Some(KeyFileError::Damaged(_)));
            assert!(called, "{file} cut at {length}: {refused:?}");
        }
    }
}

#[test]
fn a_changed_octet_is_never_taken_for_whole() {
    for (file, password) in [
        ("google-windows.p12", "foo"),
        ("google-pbes2_sha1.p12", "foo"),
        ("RustCrypto-example17.pfx", "1234"),
        ("kurtbrose-truststore.jks", "trustpass"),
    ] {
        let whole = bytes(file);
        let Ok(contents) = try_open(&whole, Some(password)) else { continue };
        for place in (0..whole.len()).step_by(23) {
            let mut changed = whole.clone();
            changed[place] ^= 0x55;
            match try_open(&changed, Some(password)) {
                // Octets that mean nothing: a digest's parameters, a NUL at the end of a name.
                Ok(other) => {
                    let certificates = |contents: &Contents| contents.certificates.iter().map(|one| one.der.clone()).collect::<Vec<_>>();
                    assert_eq!(certificates(&other), certificates(&contents), "{file} changed at {place}");
                }
                Err(KeyFileError::Openssl(words)) => panic!("{file} changed at {place}: {words}"),
                Err(_) => {}
            }
        }
    }
}

#[test]
fn a_checksum_that_does_not_fit_is_not_called_a_wrong_password() {
    let mut changed = bytes("google-pbes2_sha1.p12");
    // In the checksum or its salt, which stand at the end.
    let place = changed.len() - 20;
    changed[place] ^= 1;
    let refused = refusal(&changed, Some("foo"));
    assert!(matches!(refused, Some(KeyFileError::Damaged(_))), "{refused:?}");
    assert_eq!(refusal(&changed, Some("bar")), Some(KeyFileError::PasswordIncorrect));
}

#[test]
fn what_is_not_read_is_named() {
    for file in corpus().into_iter().map(|expected| expected.file).filter(|file| file.ends_with(".jceks")) {
        let refused = refusal(&bytes(&file), Some("12345678"));
        let Some(KeyFileError::Unsupported(words)) = refused else { panic!("{file}: {refused:?}") };
        assert!(words.contains("JCEKS") && words.contains("keytool -importkeystore"), "{words}");
    }
    for file in ["kurtbrose-empty.uber", "kurtbrose-christmas.uber"] {
        assert!(matches!(refusal(&bytes(file), Some("12345678")), Some(KeyFileError::Unsupported(_))), "{file}");
    }
    for file in ["google-bad2.p12", "RustCrypto-example.pfx", "cloudflare-multiplecerts.p12", "SSLMate-testdata__rfc9579-a6.txt__000.p12"] {
        let refused = refusal(&bytes(file), Some("1234"));
        assert!(refused.is_some_and(|error| !matches!(error, KeyFileError::Openssl(_))), "{file}");
    }
}
