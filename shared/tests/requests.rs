//! Requests against OpenSSL: its tool makes the keys and signs, we build; it must then accept what we put together.

#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "a test, which starts the openssl tool")]

use std::path::Path;
use std::process::Command;

use certdeck_shared::request::{RequestForm, SignatureAlgorithm, assemble, inspect, pem, to_be_signed, view};
use certdeck_shared::x509::view::GeneralNameView;
use rstest::rstest;

fn openssl(directory: &Path, arguments: &[&str]) -> String {
    let output = Command::new("openssl").args(arguments).current_dir(directory).output().expect("openssl is installed");
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn form() -> RequestForm {
    RequestForm {
        common_name: "www.example.org".into(),
        organizational_unit: "Web\nMail".into(),
        organization: "Bäckerei, Müller & Söhne".into(),
        locality: "Zürich".into(),
        state_or_province: String::new(),
        country: "ch".into(),
        email_address: "hostmaster@example.org".into(),
        subject_alternative_names: "www.example.org, *.example.org 192.0.2.7\n2001:db8::7 hostmaster@example.org https://example.org/"
            .into(),
    }
}

#[rstest]
#[case::rsa(&["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], "sha256", SignatureAlgorithm::RsaSha256, "sha256WithRSAEncryption")]
#[case::p256(&["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "sha256", SignatureAlgorithm::EcdsaSha256, "ecdsa-with-SHA256")]
#[case::p384(&["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"], "sha384", SignatureAlgorithm::EcdsaSha384, "ecdsa-with-SHA384")]
fn openssl_accepts_a_request_signed_outside(
    #[case] key: &[&str],
    #[case] digest: &str,
    #[case] algorithm: SignatureAlgorithm,
    #[case] name: &str,
) {
    let temporary = tempfile::tempdir().unwrap();
    let directory = temporary.path();
    openssl(directory, &[&["genpkey", "-out", "key.pem"], key].concat());
    openssl(directory, &["pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-out", "public.der"]);
    let public_key = std::fs::read(directory.join("public.der")).unwrap();
    assert_eq!(SignatureAlgorithm::for_key(&public_key), Some(algorithm));

    let info = to_be_signed(&form(), &public_key).unwrap();
    assert_eq!(inspect(&info).unwrap().subject_public_key_info, public_key);
    std::fs::write(directory.join("info.der"), &info).unwrap();
    openssl(directory, &["dgst", &format!("-{digest}"), "-sign", "key.pem", "-out", "signature", "info.der"]);
    let request = assemble(&info, algorithm, &std::fs::read(directory.join("signature")).unwrap()).unwrap();
    std::fs::write(directory.join("request.pem"), pem(&request)).unwrap();

    let printed = openssl(directory, &["req", "-in", "request.pem", "-verify", "-noout", "-text", "-nameopt", "RFC2253,-esc_msb,utf8"]);
    assert!(printed.contains("verify OK"), "{printed}");
    let subject = "emailAddress=hostmaster@example.org,CN=www.example.org,OU=Mail,OU=Web,O=Bäckerei\\, Müller & Söhne,L=Zürich,C=CH";
    assert!(printed.contains(subject), "{printed}");
    assert!(printed.contains(name), "{printed}");
    let names = "DNS:www.example.org, DNS:*.example.org, IP Address:192.0.2.7, IP Address:2001:DB8:0:0:0:0:0:7, email:hostmaster@example.org, URI:https://example.org/";
    assert!(printed.contains(names), "{printed}");

    let read = view(&request).unwrap();
    assert_eq!(read.subject.to_string(), subject);
    assert_eq!(read.subject_alternative_names.len(), 6);
    assert_eq!(read.subject_alternative_names[2], GeneralNameView::Ip("192.0.2.7".into()));
}

#[test]
fn a_request_without_alternative_names_has_no_extension() {
    let temporary = tempfile::tempdir().unwrap();
    let directory = temporary.path();
    openssl(directory, &["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "key.pem"]);
    openssl(directory, &["pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-out", "public.der"]);
    let public_key = std::fs::read(directory.join("public.der")).unwrap();
    let form = RequestForm { common_name: "Anna Muster".into(), ..RequestForm::default() };
    let info = to_be_signed(&form, &public_key).unwrap();
    let inspected = inspect(&info).unwrap();
    assert_eq!((inspected.subject.to_string().as_str(), inspected.subject_alternative_names.len()), ("CN=Anna Muster", 0));
}

#[test]
fn what_is_no_request_is_not_assembled() {
    assert!(assemble(b"anything", SignatureAlgorithm::RsaSha256, b"x").is_err());
}
