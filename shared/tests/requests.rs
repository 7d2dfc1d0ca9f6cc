//! Requests against OpenSSL: its tool makes the keys and signs, we build; it must then accept what we put together.

#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "a test, which starts the openssl tool")]

use std::path::Path;
use std::process::Command;

use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::request::{
    RequestForm, RequestedConstraints, SignatureAlgorithm, Template, assemble, certutil_text, draft, inspect, pem, signed_parts, text,
    to_be_signed, unsigned_view, view, weaknesses,
};
use certdeck_shared::x509::parse;
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
        ..RequestForm::default()
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

struct Key {
    directory: tempfile::TempDir,
    public: Vec<u8>,
}

impl Key {
    fn new(kind: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        openssl(directory.path(), &[&["genpkey", "-out", "key.pem"], kind].concat());
        openssl(directory.path(), &["pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-out", "public.der"]);
        Self { public: std::fs::read(directory.path().join("public.der")).unwrap(), directory }
    }

    fn ec() -> Self {
        Self::new(&["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])
    }

    fn request(&self, form: &RequestForm) -> Vec<u8> {
        let info = to_be_signed(form, &self.public).unwrap();
        let directory = self.directory.path();
        std::fs::write(directory.join("info.der"), &info).unwrap();
        openssl(directory, &["dgst", "-sha256", "-sign", "key.pem", "-out", "signature", "info.der"]);
        let signature = std::fs::read(directory.join("signature")).unwrap();
        assemble(&info, SignatureAlgorithm::for_key(&self.public).unwrap(), &signature).unwrap()
    }

    fn printed(&self, request: &[u8]) -> String {
        let directory = self.directory.path();
        std::fs::write(directory.join("request.pem"), pem(request)).unwrap();
        let printed = openssl(directory, &["req", "-in", "request.pem", "-verify", "-noout", "-text", "-nameopt", "RFC2253,-esc_msb,utf8"]);
        assert!(printed.contains("verify OK"), "{printed}");
        printed
    }
}

#[test]
fn openssl_reads_every_usage_and_attribute() {
    let key = Key::ec();
    let form = RequestForm {
        subject: "OU=b,CN=host.example,OU=\"hostname/ SSL Web Server\",telephoneNumber=123,C=us".into(),
        subject_alternative_names: "host.example".into(),
        key_usage: vec!["digitalSignature".into(), "keyAgreement".into(), "decipherOnly".into()],
        extended_key_usage: vec!["serverAuth".into(), "1.2.3.4".into(), "OCSPSigning".into()],
        basic_constraints: Some(RequestedConstraints { ca: false, path_length: None }),
        challenge_password: "tell nobody".into(),
        ..RequestForm::default()
    };
    let request = key.request(&form);
    let printed = key.printed(&request);
    for expected in [
        "Subject: OU=b,CN=host.example,OU=hostname/ SSL Web Server,telephoneNumber=123,C=US",
        "tell nobody",
        "Digital Signature, Key Agreement, Decipher Only",
        "TLS Web Server Authentication, 1.2.3.4, OCSP Signing",
        "CA:FALSE",
        "X509v3 Key Usage: critical",
    ] {
        assert!(printed.contains(expected), "{expected} is not in\n{printed}");
    }
    let read = view(&request).unwrap();
    assert_eq!(read.key_usage.as_ref().unwrap(), &["digitalSignature", "keyAgreement", "decipherOnly"]);
    assert_eq!(read.extended_key_usage.as_ref().unwrap(), &["serverAuth", "1.2.3.4", "OCSPSigning"]);
    assert_eq!(read.attributes, [("challengePassword".into(), "tell nobody".to_owned())]);
    assert_eq!(unsigned_view(&to_be_signed(&form, &key.public).unwrap()).unwrap(), read);
    assert_eq!(signed_parts(&request).unwrap().subject_public_key_info, key.public);
    let words = text(&read);
    for expected in [
        "Subject: OU=b,CN=host.example",
        "challengePassword: tell nobody",
        "keyUsage, critical: digitalSignature",
        "subjectAltName: DNS:host.example",
    ] {
        assert!(words.contains(expected), "{expected} is not in\n{words}");
    }
    // The same again, from what the request says.
    let again = RequestForm {
        challenge_password: form.challenge_password.clone(),
        basic_constraints: form.basic_constraints,
        ..RequestForm::of_request(&read)
    };
    assert_eq!(to_be_signed(&again, &key.public).unwrap(), to_be_signed(&form, &key.public).unwrap());
}

#[rstest]
#[case(Template::TlsServer, "Digital Signature\n", Some("TLS Web Server Authentication"))]
#[case(Template::TlsClient, "Digital Signature\n", Some("TLS Web Client Authentication"))]
#[case(Template::Mail, "Digital Signature, Key Agreement\n", Some("E-mail Protection"))]
#[case(Template::Ca, "Certificate Sign, CRL Sign\n", None)]
fn templates_ask_for_what_they_are_called(#[case] template: Template, #[case] usage: &str, #[case] extended: Option<&str>) {
    let key = Key::ec();
    let form = RequestForm {
        template: Some(template),
        basic_constraints: (template == Template::Ca).then_some(RequestedConstraints { ca: true, path_length: Some(3) }),
        ..self::form()
    };
    let printed = key.printed(&key.request(&form));
    assert!(printed.contains(usage), "{printed}");
    assert_eq!(printed.contains("X509v3 Extended Key Usage"), extended.is_some());
    assert!(extended.is_none_or(|extended| printed.contains(extended)), "{printed}");
    assert_eq!(printed.contains("CA:TRUE, pathlen:3"), template == Template::Ca, "{printed}");
}

#[test]
fn alternative_names_alone_are_critical() {
    let key = Key::ec();
    let request = key.request(&RequestForm { subject_alternative_names: "a.example".into(), ..RequestForm::default() });
    assert!(key.printed(&request).contains("X509v3 Subject Alternative Name: critical"));
}

#[test]
fn a_certificate_is_asked_for_again() {
    let directory = tempfile::tempdir().unwrap();
    let arguments =
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -outform DER -out certificate.der -days 30";
    let mut all: Vec<&str> = arguments.split(' ').collect();
    all.extend(["-subj", "/C=CH/O=Sales, Ltd/OU=b/OU=a/CN=ca.example", "-addext", "subjectAltName=DNS:ca.example,IP:192.0.2.1"]);
    all.extend(["-addext", "keyUsage=keyCertSign,digitalSignature", "-addext", "extendedKeyUsage=serverAuth,secureShellServer"]);
    openssl(directory.path(), &all);
    let certificate = parse::certificate(&std::fs::read(directory.path().join("certificate.der")).unwrap()).unwrap();
    let form = RequestForm::of_certificate(&certificate);
    let key = Key::ec();
    let read = view(&key.request(&form)).unwrap();
    assert_eq!(read.subject, certificate.subject);
    assert_eq!(read.subject_alternative_names, certificate.subject_alternative_names);
    assert_eq!(read.key_usage, certificate.key_usage);
    assert_eq!(read.extended_key_usage, certificate.extended_key_usage);
    assert_eq!(read.basic_constraints.map(|constraints| constraints.ca), Some(true));
}

#[test]
fn weak_choices_have_ids() {
    let ids = |request: &[u8]| weaknesses(&view(request).unwrap()).into_iter().map(|one| one.id).collect::<Vec<_>>();
    let nameless = RequestForm { common_name: "www.example.org".into(), ..RequestForm::default() };
    assert_eq!(ids(&draft(&form(), KeyAlgorithm::EcP256).unwrap()), Vec::<String>::new());
    assert_eq!(ids(&draft(&nameless, KeyAlgorithm::Rsa2048).unwrap()), ["no-alternative-names"]);
    for template in [Template::Ca, Template::Mail, Template::TlsClient] {
        let form = RequestForm { template: Some(template), ..nameless.clone() };
        assert_eq!(ids(&draft(&form, KeyAlgorithm::EcP256).unwrap()), Vec::<String>::new(), "{template:?}");
    }
    let directory = tempfile::tempdir().unwrap();
    for (digest, id) in [("-sha1", "sha1-signature"), ("-md5", "broken-signature")] {
        let arguments = ["req", "-new", "-newkey", "rsa:1024", "-nodes", "-keyout", "key.pem", "-subj", "/CN=www.example.org", digest];
        openssl(directory.path(), &[&arguments[..], &["-outform", "DER", "-out", "request.der"]].concat());
        let request = std::fs::read(directory.path().join("request.der")).unwrap();
        assert_eq!(ids(&request), ["weak-key", id, "no-alternative-names"]);
        assert!(text(&view(&request).unwrap()).contains("Weak (weak-key): The RSA key has only 1024 bits"));
    }
}

#[test]
fn the_text_of_certutil_holds_the_telephone_number_and_the_request() {
    let key = Key::ec();
    let request = key.request(&form());
    let text = certutil_text(&request, &view(&request).unwrap(), Some("+41 1 234 56 78"));
    assert!(text.contains("\nPhone: +41 1 234 56 78\n\nCommon Name: www.example.org\n"), "{text}");
    assert!(text.contains("-----BEGIN NEW CERTIFICATE REQUEST-----"), "{text}");
    std::fs::write(key.directory.path().join("request.txt"), text).unwrap();
    assert!(openssl(key.directory.path(), &["req", "-in", "request.txt", "-verify", "-noout"]).contains("verify OK"));
}
