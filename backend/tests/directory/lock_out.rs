//! What makes slapd refuse every client that asks for TLS, and the way back from it.

use certdeck::deploy::change::AttributeEdit;
use certdeck::deploy::slapd::ldapi::{TlsState, tls_state};
use certdeck::deploy::slapd::{ModifyError, Restored, modify, restore};

use crate::instance::{Instance, PATIENCE};
use crate::library::{ciphers, either, mismatch};
use crate::pair::Pair;

fn state(slapd: &Instance) -> TlsState {
    tls_state(&slapd.url(), PATIENCE).unwrap()
}

fn set(name: &str, before: Option<&str>, after: Option<&str>) -> AttributeEdit {
    let values = |value: Option<&str>| value.map(str::to_owned).into_iter().collect();
    AttributeEdit { name: name.to_owned(), before: values(before), after: values(after) }
}

#[test]
fn new_files_are_served_after_a_modify_with_the_same_values() {
    let (first, second) = (Pair::new("ldap.example.com", 1), Pair::new("ldap.example.com", 2));
    let slapd = Instance::serving(&first);
    assert_eq!(slapd.leaf(), Ok(first.leaf()));
    let before = slapd.entry();
    slapd.write("ldap.crt", &second.certificate_pem());
    slapd.write("ldap.key", &second.key_pem());
    assert_eq!(slapd.leaf(), Ok(first.leaf()), "slapd has not read them yet");
    modify(&slapd.url(), &slapd.same_values(), PATIENCE).unwrap();
    assert_eq!(slapd.leaf(), Ok(second.leaf()));
    let about_tls =
        |entry: &str| entry.lines().filter(|line| line.contains("TLS")).map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(about_tls(&slapd.entry()), about_tls(&before));
}

/// What slapd says of each case when it is started with it.
fn cause(case: &str) -> &'static str {
    match case {
        "mismatch" => mismatch(),
        "garbage" | "no certificate" => "certificate",
        "encrypted key" => "key",
        "bad ciphers, none before" | "all at once" => "cipher",
        "bad CA file" | "bad certificate path" => "gone.pem",
        "bad verification" => "olcTLSVerifyClient",
        other => panic!("{other}"),
    }
}

#[test]
fn after_each_failure_the_old_certificate_is_served_again() {
    let (first, second) = (Pair::new("ldap.example.com", 1), Pair::new("ldap.example.com", 2));
    let slapd = Instance::serving(&first);
    let (certificate, key) = (second.certificate_pem(), second.key_pem());
    let garbage = b"-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n".to_vec();
    let gone = slapd.at("gone.pem").display().to_string();
    let old_ca = slapd.at("ca.crt").display().to_string();
    type Case<'a> = (&'a str, Option<Vec<u8>>, Option<Vec<u8>>, Vec<AttributeEdit>);
    let cases: [Case<'_>; 9] = [
        ("mismatch", Some(certificate.clone()), None, vec![]),
        ("garbage", Some(garbage), None, vec![]),
        ("no certificate", Some(Vec::new()), None, vec![]),
        ("encrypted key", Some(certificate.clone()), Some(second.encrypted_key_pem()), vec![]),
        ("bad ciphers, none before", None, None, vec![set("olcTLSCipherSuite", None, Some("NONSENSE"))]),
        ("bad CA file", None, None, vec![set("olcTLSCACertificateFile", Some(&old_ca), Some(&gone))]),
        (
            "bad certificate path",
            None,
            None,
            vec![set("olcTLSCertificateFile", Some(&slapd.at("ldap.crt").display().to_string()), Some(&gone))],
        ),
        ("bad verification", None, None, vec![set("olcTLSVerifyClient", None, Some("perhaps"))]),
        (
            "all at once",
            Some(certificate),
            Some(key),
            vec![set("olcTLSCipherSuite", None, Some("NONSENSE")), set("olcTLSProtocolMin", None, Some("3.3"))],
        ),
    ];
    for (case, certificate, key, more) in cases {
        let mut edits = slapd.same_values();
        edits.retain(|edit| more.iter().all(|other| other.name != edit.name));
        edits.extend(more);
        if let Some(certificate) = certificate {
            slapd.write("ldap.crt", &certificate);
        }
        if let Some(key) = key {
            slapd.write("ldap.key", &key);
        }
        let error = modify(&slapd.url(), &edits, PATIENCE).expect_err(case);
        assert!(matches!(error, ModifyError::Tls(_)), "{case}: {error:?}");
        assert!(error.to_string().contains(cause(case)), "{case}: {error}");
        let (refuses, serves) = ((TlsState::Broken, Err(52)), |pair: &Pair| (TlsState::Ready, Ok(pair.leaf())));
        let expected = match case {
            // A word that the attribute itself does not know is refused before TLS is built anew.
            "bad verification" => serves(&first),
            "mismatch" | "garbage" | "no certificate" | "encrypted key" => refuses,
            // With OpenSSL a bad value leaves in service what there was before it, and that may be the new files.
            "all at once" => either(refuses, serves(&second)),
            _ => either(refuses, serves(&first)),
        };
        assert!((state(&slapd), slapd.leaf()) == expected, "{case}: {:?}", state(&slapd));
        slapd.write("ldap.crt", &first.certificate_pem());
        slapd.write("ldap.key", &first.key_pem());
        for _ in 0..2 {
            assert_eq!(restore(&slapd.url(), &slapd.config(), &edits, PATIENCE).unwrap(), Restored::Running, "{case}");
            assert_eq!(slapd.leaf(), Ok(first.leaf()), "{case}");
        }
        modify(&slapd.url(), &slapd.same_values(), PATIENCE).unwrap_or_else(|error| panic!("{case} is forgotten: {error}"));
    }
}

/// An attribute that no change of ours names: slapd has it in its memory all the same.
#[test]
fn what_somebody_else_tried_is_forgotten_without_a_restart() {
    let first = Pair::new("ldap.example.com", 1);
    let slapd = Instance::serving(&first);
    let gone = slapd.at("gone.pem").display().to_string();
    let files = || std::fs::read_dir(slapd.at("")).unwrap().count();
    for name in ["olcTLSDHParamFile", "olcTLSCRLFile", "olcTLSCipherSuite"] {
        for restoring in [false, true] {
            let before = files();
            let value = if name == "olcTLSCipherSuite" { "NONSENSE" } else { &gone };
            assert!(matches!(modify(&slapd.url(), &[set(name, None, Some(value))], PATIENCE), Err(ModifyError::Tls(_))), "{name}");
            assert_eq!(state(&slapd), TlsState::Broken, "{name}");
            match restoring {
                false => modify(&slapd.url(), &slapd.same_values(), PATIENCE).unwrap(),
                true => {
                    assert_eq!(restore(&slapd.url(), &slapd.config(), &slapd.same_values(), PATIENCE).unwrap(), Restored::Running, "{name}")
                }
            }
            assert_eq!(slapd.leaf(), Ok(first.leaf()), "{name}");
            assert!(!slapd.entry().contains(name), "{}", slapd.entry());
            assert_eq!(files(), before, "nothing is left behind");
        }
    }
}

#[test]
fn what_was_set_and_served_is_taken_back() {
    let first = Pair::new("ldap.example.com", 1);
    let slapd = Instance::serving(&first);
    let mut edits = slapd.same_values();
    edits.push(set("olcTLSCipherSuite", None, Some(ciphers())));
    edits.push(set("olcTLSVerifyClient", None, Some("try")));
    modify(&slapd.url(), &edits, PATIENCE).unwrap();
    assert!(slapd.entry().contains(&format!("olcTLSCipherSuite: {}", ciphers())));
    assert_eq!(restore(&slapd.url(), &slapd.config(), &edits, PATIENCE).unwrap(), Restored::Running);
    assert!(!slapd.entry().contains("CipherSuite") && !slapd.entry().contains("VerifyClient"), "{}", slapd.entry());
    assert_eq!(slapd.leaf(), Ok(first.leaf()));
}

#[test]
fn a_slapd_that_does_not_run_gets_its_old_values_in_its_files() {
    let first = Pair::new("ldap.example.com", 1);
    let mut slapd = Instance::serving(&first);
    let mut edits = slapd.same_values();
    edits.push(set("olcTLSCipherSuite", None, Some(ciphers())));
    modify(&slapd.url(), &edits, PATIENCE).unwrap();
    slapd.stop();
    let owner = |slapd: &Instance| std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(slapd.config().join("cn=config.ldif")).unwrap());
    let before = owner(&slapd);
    for _ in 0..2 {
        assert_eq!(restore(&slapd.url(), &slapd.config(), &edits, PATIENCE).unwrap(), Restored::AfterRestart);
        assert!(!slapd.entry().contains("CipherSuite"), "{}", slapd.entry());
    }
    assert_eq!(owner(&slapd), before);
    slapd.start_again();
    assert_eq!(slapd.leaf(), Ok(first.leaf()));
}

#[test]
fn tls_that_was_off_is_off_again_after_a_restart() {
    let first = Pair::new("ldap.example.com", 1);
    let mut slapd = Instance::without_tls();
    assert_eq!((state(&slapd), slapd.leaf()), (TlsState::Off, Err(2)));
    slapd.write("ldap.crt", &first.certificate_pem());
    slapd.write("ldap.key", &Pair::new("ldap.example.com", 2).key_pem());
    let (certificate, key) = (slapd.at("ldap.crt").display().to_string(), slapd.at("ldap.key").display().to_string());
    let edits = [set("olcTLSCertificateFile", None, Some(&certificate)), set("olcTLSCertificateKeyFile", None, Some(&key))];
    assert!(matches!(modify(&slapd.url(), &edits, PATIENCE), Err(ModifyError::Tls(_))));
    assert_eq!(restore(&slapd.url(), &slapd.config(), &edits, PATIENCE).unwrap(), Restored::Running);
    assert_eq!(state(&slapd), TlsState::Off, "what it refused did not begin");
    slapd.write("ldap.key", &first.key_pem());
    modify(&slapd.url(), &edits, PATIENCE).unwrap();
    assert_eq!(slapd.leaf(), Ok(first.leaf()));
    assert_eq!(restore(&slapd.url(), &slapd.config(), &edits, PATIENCE).unwrap(), Restored::AfterRestart);
    slapd.stop();
    slapd.start_again();
    assert_eq!(slapd.leaf(), Err(2));
}
