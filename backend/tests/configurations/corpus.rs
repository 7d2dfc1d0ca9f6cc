//! Real configuration files of public projects, with the TLS settings that an independent reader found in them (SOURCES.md).

use std::io::Read as _;
use std::path::PathBuf;
use std::sync::LazyLock;

use certdeck::deploy::settings::{Document, Setting, What};
use certdeck::deploy::{apache, dovecot, nginx, postfix, reading::Parser, slapd, splice, tomcat, vsftpd};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize, Clone, Debug)]
pub struct Sample {
    pub file: String,
    pub service: String,
    pub text: String,
    tls: Vec<Vec<Value>>,
}

/// All samples of a service.
pub fn samples() -> Vec<Sample> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(include_bytes!("corpus.jsonl.gz").as_slice()).read_to_string(&mut text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn parser(sample: &Sample) -> Option<Parser> {
    match sample.service.as_str() {
        "apache" => Some(apache::syntax::parse),
        "dovecot" => Some(dovecot::syntax::parse),
        "postfix" if sample.file.ends_with("master.cf") => Some(postfix::master_cf::parse),
        "postfix" => Some(postfix::main_cf::parse),
        "slapd" => Some(slapd::conf::parse),
        "tomcat" => Some(tomcat::xml::parse),
        "vsftpd" => Some(vsftpd::syntax::parse),
        _ => None,
    }
}

fn parsed(sample: &Sample, parser: Parser) -> Document {
    parser(PathBuf::from("/etc/sample"), sample.text.clone().into_bytes())
}

#[test]
fn every_file_prints_back_byte_for_byte() {
    let mut seen = 0;
    for sample in samples() {
        let Some(parser) = parser(&sample) else { continue };
        let document = parsed(&sample, parser);
        assert!(document.print() == sample.text.as_bytes(), "{}", sample.file);
        let mut end = 0;
        for entry in &document.entries {
            assert_eq!(entry.span.start, end, "{}: line {}", sample.file, entry.line);
            let line = sample.text[..end].matches('\n').count() + 1;
            assert_eq!(entry.line as usize, line, "{}", sample.file);
            end = entry.span.end;
        }
        assert_eq!(end, sample.text.len(), "{}", sample.file);
        seen += 1;
    }
    assert_eq!(seen, 343);
}

#[test]
fn the_tls_settings_are_those_of_another_reader() {
    let mut compared = 0;
    for sample in samples() {
        // The other reader did not look at overrides.
        let Some(parser) = parser(&sample).filter(|_| !sample.file.ends_with("master.cf")) else { continue };
        let document = parsed(&sample, parser);
        let names: Vec<&str> =
            NAMES.iter().filter(|(service, _)| *service == sample.service).flat_map(|(_, names)| *names).copied().collect();
        let found: Vec<(u64, String, String)> = document
            .settings()
            .filter(|(setting, _)| names.iter().any(|name| name.eq_ignore_ascii_case(&setting.name)))
            .map(|(setting, line)| (u64::from(line), setting.name.clone(), setting.text.clone()))
            .collect();
        let expected: Vec<(u64, String, String)> = sample
            .tls
            .iter()
            // A fourth member says that it stands in a comment.
            .filter(|row| row.len() == 3)
            .map(|row| (row[0].as_u64().unwrap(), row[1].as_str().unwrap().to_owned(), row[2].as_str().unwrap().to_owned()))
            .collect();
        assert_eq!(found, expected, "{}", sample.file);
        compared += expected.len();
    }
    assert_eq!(compared, 144);
}

/// What the other reader looked for.
const NAMES: [(&str, &[&str]); 6] = [
    ("slapd", &["TLSCACertificateFile", "TLSCertificateKeyFile", "TLSCertificateFile", "TLSVerifyClient"]),
    (
        "tomcat",
        &[
            "SSLEnabled",
            "certificateKeystoreFile",
            "certificateKeyFile",
            "certificateFile",
            "certificateChainFile",
            "sslProtocol",
            "keystoreFile",
            "keystorePass",
        ],
    ),
    ("apache", &["SSLEngine", "SSLProtocol", "SSLCipherSuite", "SSLCertificateFile", "SSLCertificateKeyFile", "SSLCertificateChainFile"]),
    ("dovecot", &["ssl", "ssl_cert", "ssl_key", "ssl_min_protocol", "ssl_cipher_list", "ssl_dh"]),
    (
        "postfix",
        &[
            "smtpd_tls_chain_files",
            "smtpd_tls_security_level",
            "smtp_tls_security_level",
            "smtpd_tls_CApath",
            "smtp_tls_CApath",
            "smtpd_tls_cert_file",
            "smtpd_tls_key_file",
            "smtpd_tls_CAfile",
            "smtpd_use_tls",
            "smtp_tls_cert_file",
            "smtp_tls_key_file",
        ],
    ),
    ("vsftpd", &["rsa_cert_file", "rsa_private_key_file", "ssl_enable", "ssl_tlsv1", "ssl_ciphers"]),
];

fn shape(document: &Document, but: usize) -> Vec<(&What, u32)> {
    let others = document.entries.iter().enumerate().filter(|(at, _)| *at != but);
    others.map(|(_, entry)| (&entry.what, entry.line)).collect()
}

/// A setting of a sample with its place among the entries.
fn settings(document: &Document) -> Vec<(usize, &Setting)> {
    let entries = document.entries.iter().enumerate();
    entries
        .filter_map(|(at, entry)| match &entry.what {
            What::Setting(setting) if !setting.value.is_empty() => Some((at, setting)),
            _ => None,
        })
        .collect()
}

/// Samples with settings that have values.
static USABLE: LazyLock<Vec<Sample>> = LazyLock::new(|| {
    let usable = |sample: &Sample| parser(sample).is_some_and(|parser| !settings(&parsed(sample, parser)).is_empty());
    samples().into_iter().filter(usable).collect()
});

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn setting_a_parameter_changes_only_its_own_bytes(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), value in "[A-Za-z0-9/._:+-]{1,30}") {
        let sample = which.get(&USABLE);
        let parser = parser(sample).unwrap();
        let document = parsed(sample, parser);
        let settings = settings(&document);
        let (position, setting) = at.get(&settings);
        let changed = splice::replaced(document.bytes(), &setting.value, &value);
        let text = sample.text.as_bytes();
        prop_assert_eq!(&changed[..setting.value.start], &text[..setting.value.start]);
        prop_assert_eq!(&changed[setting.value.start + value.len()..], &text[setting.value.end..]);
        let again = parser(PathBuf::from("/etc/sample"), changed);
        prop_assert_eq!(again.entries.len(), document.entries.len());
        match &again.entries[*position].what {
            What::Setting(now) => prop_assert!(now.name == setting.name && now.text == value, "{} {:?}", sample.file, now),
            other => prop_assert!(false, "{} {:?}", sample.file, other),
        }
        // Names and values of all others are what they were; their bytes and lines may have moved.
        let words = |document: &Document| -> Vec<String> {
            shape(document, *position).iter().map(|(what, _)| match what {
                What::Setting(setting) => format!("{} {}", setting.name, setting.text),
                What::Open(setting) => format!("<{} {}>", setting.name, setting.text),
                What::Close(name) => format!("</{name}>"),
                What::Unknown(words) => words.clone(),
                What::Quiet => String::new(),
            }).collect()
        };
        prop_assert_eq!(words(&again), words(&document));
    }

    #[test]
    fn nothing_makes_a_reader_fail(bytes in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'\\'), Just(b'"'), Just(b'{'), Just(b'}'), Just(b'#'), Just(b'='), Just(b' '), Just(b'<'), Just(b'>'), Just(b';'), any::<u8>()], 0..200)) {
        for parser in [apache::syntax::parse as Parser, dovecot::syntax::parse, nginx::syntax::parse, postfix::main_cf::parse, postfix::master_cf::parse, slapd::conf::parse, slapd::ldif::parse, tomcat::xml::parse, vsftpd::syntax::parse] {
            let document = parser(PathBuf::from("/etc/sample"), bytes.clone());
            prop_assert_eq!(document.print(), bytes.clone());
        }
    }
}
