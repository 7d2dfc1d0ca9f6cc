//! What people paste: certificates with text around them, without armour, damaged, or something else altogether.

#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "a test, which starts the openssl tool")]

use std::process::Command;
use std::sync::LazyLock;

use certdeck_shared::detect::{Place, read};
use rstest::rstest;

struct Made {
    certificate_pem: String,
    certificate: Vec<u8>,
    key_pem: String,
    pkcs7: Vec<u8>,
    pkcs12: Vec<u8>,
    key: Vec<u8>,
    encrypted_key: Vec<u8>,
}

static MADE: LazyLock<Made> = LazyLock::new(|| {
    let directory = tempfile::tempdir().unwrap();
    let openssl = |arguments: &str| {
        let status =
            Command::new("openssl").args(arguments.split(' ')).current_dir(directory.path()).output().expect("openssl is installed");
        assert!(status.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&status.stderr));
    };
    openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out certificate.pem -subj /CN=test -days 30");
    openssl("x509 -in certificate.pem -outform DER -out certificate.der");
    openssl("crl2pkcs7 -nocrl -certfile certificate.pem -outform DER -out bundle.p7b");
    openssl("pkcs12 -export -in certificate.pem -inkey key.pem -passout pass:x -out store.p12");
    openssl("pkcs8 -topk8 -nocrypt -in key.pem -outform DER -out key.der");
    openssl("pkcs8 -topk8 -in key.pem -passout pass:x -outform DER -out encrypted.der");
    let bytes = |name: &str| std::fs::read(directory.path().join(name)).unwrap();
    let text = |name: &str| String::from_utf8(bytes(name)).unwrap();
    Made {
        certificate_pem: text("certificate.pem"),
        certificate: bytes("certificate.der"),
        key_pem: text("key.pem"),
        pkcs7: bytes("bundle.p7b"),
        pkcs12: bytes("store.p12"),
        key: bytes("key.der"),
        encrypted_key: bytes("encrypted.der"),
    }
});

#[rstest]
#[case::plain(|pem: &str| pem.to_owned(), 1)]
#[case::crlf(|pem: &str| pem.replace('\n', "\r\n"), 1)]
#[case::carriage_returns(|pem: &str| pem.replace('\n', "\r"), 1)]
#[case::byte_order_mark(|pem: &str| ["\u{feff}", pem].concat(), 1)]
#[case::text_around(|pem: &str| ["Dear admin,\nhere it is:\n\n", pem, "\nRegards\n"].concat(), 4)]
#[case::quoted_mail(|pem: &str| pem.lines().map(|line| ["> ", line, "\n"].concat()).collect(), 1)]
#[case::indented(|pem: &str| pem.lines().map(|line| ["    ", line, "\n"].concat()).collect(), 1)]
#[case::json(|pem: &str| ["{\"pem\":\"", &pem.replace('\n', "\\n"), "\"}"].concat(), 1)]
#[case::one_line(|pem: &str| pem.replace('\n', " "), 1)]
#[case::bare_base64(|pem: &str| pem.lines().filter(|line| !line.starts_with('-')).collect(), 1)]
#[case::other_label(|pem: &str| pem.replace("CERTIFICATE", "X509 CERTIFICATE"), 1)]
fn a_certificate_is_found_however_it_was_pasted(#[case] paste: fn(&str) -> String, #[case] line: usize) {
    let detected = read(paste(&MADE.certificate_pem).as_bytes());
    assert_eq!(detected.problems, Vec::<String>::new());
    assert_eq!(detected.certificates.len(), 1);
    assert_eq!(detected.certificates[0].der, MADE.certificate);
    assert_eq!(detected.certificates[0].place, Place::Line(line));
}

#[test]
fn utf16_is_read() {
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(MADE.certificate_pem.encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(read(&bytes).certificates[0].der, MADE.certificate);
}

#[test]
fn binary_files_are_told_by_their_content() {
    assert_eq!(read(&MADE.certificate).certificates[0].place, Place::Byte(0));
    let two = [MADE.certificate.as_slice(), &MADE.certificate].concat();
    assert_eq!(read(&two).certificates[1].place, Place::Byte(MADE.certificate.len()));
    let bundle = read(&MADE.pkcs7);
    assert_eq!((bundle.pkcs7.len(), bundle.certificates.len(), bundle.certificates[0].der == MADE.certificate), (1, 1, true));
    assert!(read(&MADE.pkcs12).pkcs12);
    assert!(!read(&MADE.key).keys[0].encrypted);
    assert!(read(&MADE.encrypted_key).keys[0].encrypted);
    assert!(read(&[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2]).jks);
}

#[test]
fn a_key_among_certificates_is_seen_and_not_read() {
    let detected = read([MADE.key_pem.as_str(), &MADE.certificate_pem].concat().as_bytes());
    assert_eq!((detected.keys.len(), detected.keys[0].encrypted, detected.certificates.len()), (1, false, 1));
}

#[test]
fn damage_is_named_with_its_line() {
    let pem = &MADE.certificate_pem;
    let cut = pem.replace("-----END CERTIFICATE-----", "");
    let detected = read(["\n", &cut, pem].concat().as_bytes());
    assert_eq!(detected.problems, ["line 2: the block CERTIFICATE has no END line"]);
    assert_eq!(detected.certificates.len(), 1);
    let broken = pem.replacen("-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE----", 1);
    assert_eq!(read([&broken, pem.as_str()].concat().as_bytes()).problems, ["line 1: the BEGIN line does not end in five dashes"]);
    assert_eq!(read([&broken, pem.as_str()].concat().as_bytes()).certificates.len(), 1);
    assert_eq!(read(b"hello").problems, ["no certificate, request or key was recognised: not PEM, DER, PKCS#7 or base64"]);
    assert_eq!(read(b"").problems, ["nothing here"]);
    assert!(read(b"-----BEGIN CERTIFICATE-----\n****\n-----END CERTIFICATE-----").problems[0].contains("is not base64"));
}

/// base64 in lines of 76, as mail programs write attachments.
fn in_lines(bytes: &[u8]) -> String {
    use std::io::Write as _;
    let mut child = Command::new("openssl")
        .args(["base64", "-e"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("openssl is installed");
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn a_certificate_is_found_in_quoted_printable_mail() {
    // Whatever the padding is: the certificate alone, and two of them.
    let quoted = MADE.certificate_pem.replace('=', "=3D");
    let mail = ["Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe=\r\n, here=2E\r\n\r\n", &quoted.replace('\n', "\r\n")]
        .concat();
    let found = read(mail.as_bytes());
    assert_eq!(found.certificates.iter().map(|one| &one.der).collect::<Vec<_>>(), [&MADE.certificate], "{:?}", found.problems);
}

#[test]
fn a_certificate_is_found_in_attachments() {
    for attached in [MADE.certificate.clone(), MADE.certificate_pem.clone().into_bytes(), MADE.pkcs7.clone()] {
        let mail = [
            "Subject: your certificate\n\n--boundary\nContent-Type: text/plain\n\nHello\n--boundary\n",
            "Content-Type: application/x-x509\ncontent-transfer-encoding: Base64\n\n",
            &in_lines(&attached),
            "\n--boundary--\n",
        ]
        .concat();
        let found = read(mail.as_bytes());
        assert_eq!(found.certificates.iter().map(|one| &one.der).collect::<Vec<_>>(), [&MADE.certificate], "{:?}", found.problems);
    }
}

#[test]
fn a_certificate_is_found_without_labels_among_words() {
    let mail = ["Dear admin,\n\nhere it is.\n\n", &in_lines(&MADE.certificate), "\nRegards\n> ", &in_lines(&MADE.pkcs7)].concat();
    let found = read(mail.as_bytes());
    assert_eq!(found.certificates.len(), 2, "{:?}", found.problems);
    assert_eq!(found.certificates[0].place, Place::Line(5));
}
