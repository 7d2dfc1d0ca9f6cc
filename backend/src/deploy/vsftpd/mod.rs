//! vsftpd: the last setting of a name counts.

mod edit;
mod options;
pub mod syntax;
mod takeover;

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{Effective, Endpoint, KeyReader, Protocol, ServiceKind, TlsMode};

use super::adapter::{Description, Observation, ObserveError, ServiceAdapter, built_in, pair, set_at};
use super::reading::{Reading, place};
use super::settings::{Document, What};
use crate::host::tree::{Process, Tree};

/// The adapter.
pub struct Vsftpd;

/// What `ssl_ciphers` is where nothing is set, in 3.0.3 and 3.0.5.
const CIPHERS: &str = "ECDHE-RSA-AES256-GCM-SHA384";

impl ServiceAdapter for Vsftpd {
    fn describe(&self) -> Description {
        Description {
            kind: ServiceKind::Vsftpd,
            usual: &["/etc/vsftpd.conf", "/etc/vsftpd/vsftpd.conf"],
            // `vsftpd -v` writes to its standard input.
            version: ("dpkg-query", &["-W", "-f", "${Package} ${Version}", "vsftpd"]),
        }
    }

    fn config_of(&self, _: &Tree, process: &Process) -> Option<PathBuf> {
        if process.program != "vsftpd" {
            return None;
        }
        let given = process.arguments.iter().skip(1).find(|argument| !argument.starts_with('-'));
        let path = PathBuf::from(given.map_or("/etc/vsftpd.conf", String::as_str));
        Some(process.directory.clone().unwrap_or_else(|| PathBuf::from("/")).join(path))
    }

    fn observe(&self, tree: &Tree, config: &Path) -> Result<Observation, ObserveError> {
        let mut reading = Reading::new(tree);
        let Some(document) = reading.begin(config, None, syntax::parse) else {
            return Err(ObserveError::Unreadable(reading.remarks.pop().map(|remark| remark.words).unwrap_or_default()));
        };
        for entry in &document.entries {
            if let What::Unknown(words) = &entry.what {
                reading.remark(&place(&document, entry.line), words);
            }
        }
        let endpoint = endpoint(&document);
        Ok(Observation {
            instance: None,
            key_reader: KeyReader {
                user: "root".to_owned(),
                words: "vsftpd reads certificate and key as root when it starts, and again never: it is restarted for new ones.".to_owned(),
            },
            config_files: reading.files,
            endpoints: vec![endpoint],
            remarks: reading.remarks,
            whole: reading.whole,
        })
    }
}

/// What a switch says; nothing for what vsftpd does not take for one.
fn is_yes(text: &str) -> Option<bool> {
    match text.to_ascii_uppercase().as_str() {
        "YES" | "TRUE" | "1" => Some(true),
        "NO" | "FALSE" | "0" => Some(false),
        _ => None,
    }
}

fn endpoint(document: &Document) -> Endpoint {
    let given = |name: &str| -> Option<Effective> {
        let (setting, line) = document.settings().filter(|(setting, _)| setting.name == name).last()?;
        (!setting.text.is_empty()).then(|| set_at(name, setting.text.clone(), &place(document, line)))
    };
    let or = |name: &str, value: &str| given(name).unwrap_or_else(|| built_in(name, value));
    let yes = |name: &str| is_yes(&or(name, "NO").value) == Some(true);
    let tls = match (yes("ssl_enable"), yes("implicit_ssl")) {
        (true, true) => TlsMode::Implicit,
        (true, false) => TlsMode::Starttls,
        (false, _) => TlsMode::Off,
    };
    let port = or("listen_port", "21").value;
    let address = match (yes("listen_ipv6"), given("listen_address6"), given("listen_address")) {
        (true, Some(address), _) => format!("[{}]:{port}", address.value),
        (true, None, _) => format!("*:{port}"),
        (false, _, Some(address)) => format!("{}:{port}", address.value),
        (false, _, None) => format!("0.0.0.0:{port}"),
    };
    let encrypted = tls != TlsMode::Off;
    let mut pairs = Vec::new();
    if encrypted {
        let certificate = or("rsa_cert_file", "/usr/share/ssl/certs/vsftpd.pem");
        let key = given("rsa_private_key_file").unwrap_or_else(|| built_in("rsa_private_key_file", certificate.value.clone()));
        pairs.push(pair(certificate, key, None));
        if let Some(certificate) = given("dsa_cert_file") {
            let key = given("dsa_private_key_file").unwrap_or_else(|| built_in("dsa_private_key_file", certificate.value.clone()));
            pairs.push(pair(certificate, key, None));
        }
    }
    let switches =
        ["ssl_tlsv1", "ssl_tlsv11", "ssl_tlsv12", "ssl_tlsv13", "ssl_tlsv1_1", "ssl_tlsv1_2", "ssl_tlsv1_3", "ssl_sslv3", "ssl_sslv2"];
    Endpoint {
        name: if tls == TlsMode::Implicit { "ftps" } else { "ftp" }.to_owned(),
        protocol: Protocol::Ftp,
        tls,
        addresses: vec![address],
        server_names: Vec::new(),
        place: ["listen_port", "listen", "listen_ipv6"].into_iter().find_map(given).and_then(|setting| setting.place),
        pairs,
        client_ca: encrypted.then(|| given("ca_certs_file")).flatten().into_iter().collect(),
        protocols: encrypted.then(|| switches.into_iter().find_map(given)).flatten(),
        ciphers: encrypted.then(|| or("ssl_ciphers", CIPHERS)),
        client_verification: ["require_cert", "ssl_request_cert"].into_iter().find_map(given).filter(|_| encrypted),
    }
}
