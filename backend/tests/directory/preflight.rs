//! What a slapd that is thrown away says of settings, before the running one gets them.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::time::Instant;

use certdeck::deploy::change::AttributeEdit;
use certdeck::deploy::slapd::{PreflightError, preflight};
use certdeck::host::tree::Tree;

use crate::instance::{Instance, PATIENCE};
use crate::library::{either, mismatch};
use crate::pair::Pair;

const GNUTLS_CIPHERS: &str = "SECURE256:-VERS-ALL:+VERS-TLS1.2";
const OPENSSL_CIPHERS: &str = "HIGH:!aNULL";

#[test]
fn it_knows_what_slapd_would_say_in_twenty_of_twenty_cases() {
    let (first, second, elliptic) =
        (Pair::new("ldap.example.com", 1), Pair::new("ldap.example.com", 2), Pair::elliptic("ldap.example.com", 3));
    let slapd = Instance::serving(&first);
    for (name, content) in [
        ("second.crt", second.certificate_pem()),
        ("second.key", second.key_pem()),
        ("encrypted.key", second.encrypted_key_pem()),
        ("elliptic.crt", elliptic.certificate_pem()),
        ("elliptic.key", elliptic.key_pem()),
        ("chain.crt", [second.certificate_pem(), first.certificate_pem()].concat()),
        ("wrong-order.crt", [first.certificate_pem(), second.certificate_pem()].concat()),
        ("both.pem", [second.key_pem(), second.certificate_pem()].concat()),
        ("garbage.pem", b"-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n".to_vec()),
        ("empty.pem", Vec::new()),
        ("own.key", second.key_pem()),
        ("a space.crt", second.certificate_pem()),
    ] {
        slapd.write(name, &content);
    }
    std::fs::set_permissions(slapd.at("own.key"), Permissions::from_mode(0o600)).unwrap();
    std::fs::create_dir(slapd.at("closed")).unwrap();
    std::fs::set_permissions(slapd.at("closed"), Permissions::from_mode(0o700)).unwrap();
    slapd.write("closed/second.key", &second.key_pem());
    chown(slapd.at("closed/second.key"), Some(0), None).unwrap();
    type More = &'static [(&'static str, &'static str)];
    type Case = (&'static str, &'static str, More, Option<&'static str>);
    let good = |certificate, key, more: More| -> Case { (certificate, key, more, None) };
    let bad = |certificate, key, more: More, words| -> Case { (certificate, key, more, Some(words)) };
    let cases: [Case; 20] = [
        good("second.crt", "second.key", &[]),
        good("elliptic.crt", "elliptic.key", &[]),
        good("chain.crt", "second.key", &[]),
        good("both.pem", "both.pem", &[]),
        good("a space.crt", "second.key", &[]),
        good("second.crt", "second.key", either(&[("olcTLSCipherSuite", GNUTLS_CIPHERS)], &[("olcTLSCipherSuite", OPENSSL_CIPHERS)])),
        good("second.crt", "second.key", &[("olcTLSVerifyClient", "demand")]),
        bad("second.crt", "ldap.key", &[], mismatch()),
        // OpenSSL keeps a key for each kind of certificate: it misses the one for this, and only a client notices.
        bad("elliptic.crt", "second.key", &[], either(mismatch(), "no shared cipher")),
        bad("wrong-order.crt", "second.key", &[], mismatch()),
        bad("garbage.pem", "second.key", &[], "certificate"),
        bad("empty.pem", "second.key", &[], "certificate"),
        bad("second.key", "second.crt", &[], either("private key", "certificate file")),
        bad("second.crt", "garbage.pem", &[], "key"),
        bad("second.crt", "encrypted.key", &[], "key"),
        bad("second.crt", "own.key", &[], "Permission denied"),
        bad("second.crt", "closed/second.key", &[], "Permission denied"),
        bad("second.crt", "none.key", &[], "No such file"),
        bad("second.crt", "second.key", &[("olcTLSCACertificateFile", "/nowhere.pem")], "/nowhere.pem"),
        bad(
            "second.crt",
            "second.key",
            either(&[("olcTLSCipherSuite", OPENSSL_CIPHERS)], &[("olcTLSCipherSuite", GNUTLS_CIPHERS)]),
            "cipher",
        ),
    ];
    let begun = Instant::now();
    for (certificate, key, more, expected) in cases {
        let set = |name: &str, value: String| AttributeEdit { name: name.to_owned(), before: Vec::new(), after: vec![value] };
        let mut attributes = vec![
            set("olcTLSCertificateFile", slapd.at(certificate).display().to_string()),
            set("olcTLSCertificateKeyFile", slapd.at(key).display().to_string()),
        ];
        attributes.extend(more.iter().map(|(name, value)| set(name, (*value).to_owned())));
        let answer = preflight(&Tree::of_machine(), &slapd.config(), &attributes, PATIENCE);
        match (&answer, expected) {
            (Ok(()), None) => {}
            (Err(PreflightError::Refused(words)), Some(expected)) if words.contains(expected) => {}
            _ => panic!("{certificate}, {key}, {more:?}: {answer:?}"),
        }
    }
    println!("20 cases in {:?}", begun.elapsed());
    assert_eq!(slapd.leaf(), Ok(first.leaf()), "the running one has not noticed");
}
