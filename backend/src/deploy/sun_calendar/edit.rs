//! Settings of `ics.conf`, changed as the manual wants it: a value in its place, new settings at the end under a line that says whose
//! they are, and none that ends HTTPS.

use std::path::Path;

use certdeck_shared::api::service::{Protocol, TlsMode};
use certdeck_shared::sun;

use super::rules::host_of;
use super::{Parameters, syntax};
use crate::deploy::change::{EditRefused, Edits, Wanted};
use crate::deploy::drafts::Drafts;
use crate::deploy::settings::Document;
use crate::deploy::splice;
use crate::host::tree::Tree;

/// What the manual advises to write over changes at the end.
const OURS: &str = "! My ics.conf Changes";

/// The file with other settings.
pub(super) fn edited(tree: &Tree, config: &Path, wanted: &[Wanted]) -> Result<Edits, EditRefused> {
    let mut drafts = Drafts::over(tree);
    for one in wanted {
        let document = drafts.document(config, syntax::parse)?;
        let mut bytes = document.bytes().to_vec();
        for (name, value) in settings(&Parameters { document: &document }, one)? {
            bytes = with(&syntax::parse(config.to_owned(), bytes), name, &value)?;
        }
        drafts.put(config, bytes)?;
    }
    Ok(drafts.finish())
}

/// The settings that make a wish true.
fn settings(parameters: &Parameters<'_>, wanted: &Wanted) -> Result<Vec<(&'static str, String)>, EditRefused> {
    match wanted {
        Wanted::Tls { tls: TlsMode::Implicit, .. } => {
            let port = parameters.or_known("service.http.ssl.port").value;
            encrypted(parameters, &port, &parameters.or_known("service.http.calendarhostname").value)
        }
        Wanted::Listener { protocol: Protocol::Http, tls: TlsMode::Implicit, port, server_name, pair: None, .. } => {
            let known = parameters.or_known("service.http.calendarhostname").value;
            encrypted(parameters, &port.to_string(), server_name.as_deref().unwrap_or(&known))
        }
        Wanted::Nickname { pair: 0, token, nickname, .. } => Ok(named(parameters, token.as_deref(), nickname)),
        Wanted::Nickname { .. } => Err(EditRefused::because("Calendar Server has one certificate: it cannot have a second one beside it.")),
        Wanted::Ciphers { ciphers, .. } => match sun::forbidden(ciphers).first() {
            Some(cipher) => Err(EditRefused::because(format!("{} must not be used: {}", cipher.name, cipher.today))),
            None => Ok(vec![("service.http.ssl.ssl3.ciphers", ciphers.clone())]),
        },
        Wanted::ClientCa { .. } | Wanted::ClientVerification { .. } => {
            Err(EditRefused::because("Calendar Server does not look at certificates of clients."))
        }
        Wanted::Pair { .. } => Err(EditRefused::because(
            "Calendar Server takes its certificate from an NSS database by its nickname: renew it there, and restart the server.",
        )),
        _ => Err(wanted.beyond("Calendar Server")),
    }
}

/// Another certificate of the database.
fn named(parameters: &Parameters<'_>, token: Option<&str>, nickname: &str) -> Vec<(&'static str, String)> {
    let mut settings = vec![("encryption.rsa.nssslpersonalityssl", nickname.to_owned())];
    let token = token.unwrap_or("internal");
    if parameters.or_known("encryption.rsa.nsssltoken").value != token {
        settings.push(("encryption.rsa.nsssltoken", token.to_owned()));
    }
    settings
}

/// HTTPS on a port, for a host.
fn encrypted(parameters: &Parameters<'_>, port: &str, host: &str) -> Result<Vec<(&'static str, String)>, EditRefused> {
    if port == parameters.or_known("service.http.port").value || port == "80" {
        return Err(EditRefused::because("HTTPS cannot have the port of HTTP, which cannot be turned off: choose another, such as 443."));
    }
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-._[]:".contains(letter);
    if !host.chars().all(plain) || host_of(&format!("https://{host}")) != Some(host) {
        return Err(EditRefused::because(
            "Name the host that the certificate is for: service.http.calendarhostname and service.http.ssl.sourceurl must both be it.",
        ));
    }
    let yes = || "yes".to_owned();
    Ok(vec![
        ("service.http.enable", yes()),
        ("service.http.calendarhostname", host.to_owned()),
        ("service.http.ssl.usessl", yes()),
        ("service.http.ssl.port.enable", yes()),
        ("service.http.ssl.port", port.to_owned()),
        ("service.http.ssl.sourceurl", format!("https://{host}:{port}")),
    ])
}

/// The file with one setting: the last of its name gets the value, for it counts; a new one goes to the end.
pub(super) fn with(document: &Document, name: &str, value: &str) -> Result<Vec<u8>, EditRefused> {
    if value.contains('"') || value.chars().any(char::is_control) || value.trim() != value {
        return Err(EditRefused::because("A value has no quotes, no control characters and no space at its ends."));
    }
    let bytes = document.bytes();
    if let Some((setting, _)) = document.settings().filter(|(setting, _)| setting.name == name).last() {
        return Ok(splice::replaced(bytes, &setting.value, value));
    }
    let line = format!("{name} = \"{value}\"");
    let marked = bytes.split(|octet| *octet == b'\n').any(|line| line.trim_ascii().eq_ignore_ascii_case(OURS.as_bytes()));
    Ok(splice::with_line_at_end(bytes, &if marked { line } else { format!("{OURS}\n{line}") }))
}
