//! Lines about probes: `openssl s_client` shows the same, level by level.

use super::Action;
use super::rest::Call;
use super::shell::Command;
use super::writer::Writer;
use crate::api::paths;
use crate::api::probe::{NewProbe, ProbeKeyType};
use crate::api::service::{Protocol, TlsMode};

pub(super) fn write(writer: &mut Writer<'_>, action: &Action) {
    let Action::CreateProbe { body } = action else { return };
    let (cipher, algorithms) = match body.key_type {
        None => ("ALL", None),
        Some(ProbeKeyType::Rsa) => ("aRSA", Some("RSA-PSS+SHA256:RSA+SHA256")),
        Some(ProbeKeyType::Ecdsa) => ("aECDSA", Some("ECDSA+SHA256:ECDSA+SHA384")),
    };
    let end = "-showcerts </dev/null";
    let line = || s_client(body).maybe("-sigalgs", algorithms);
    let plain = if body.key_type.is_some() { line().option("-cipher", cipher) } else { line() };
    writer.command(plain.raw(end));
    let level = [cipher, ":@SECLEVEL=0"].concat();
    writer.remarked(line().option("-cipher", &level).raw("-min_protocol TLSv1").raw(end), "also what is too old or too short for today");
    writer.call(&Call::post(paths::PROBES).json(body));
}

pub(super) fn s_client(probe: &NewProbe) -> Command {
    // The colons of an IPv6 address are not the one before the port.
    let host = if probe.host.contains(':') { ["[", &probe.host, "]"].concat() } else { probe.host.clone() };
    let place = [&host, ":", &probe.port.to_string()].concat();
    let dialogue = match (probe.tls, probe.protocol) {
        (TlsMode::Starttls, Protocol::Smtp) => Some("smtp"),
        (TlsMode::Starttls, Protocol::Lmtp) => Some("lmtp"),
        (TlsMode::Starttls, Protocol::Imap) => Some("imap"),
        (TlsMode::Starttls, Protocol::Pop3) => Some("pop3"),
        (TlsMode::Starttls, Protocol::Ftp) => Some("ftp"),
        (TlsMode::Starttls, Protocol::Ldap) => Some("ldap"),
        (TlsMode::Starttls, Protocol::Sieve) => Some("sieve"),
        (TlsMode::Implicit | TlsMode::Off, _) | (TlsMode::Starttls, Protocol::Http | Protocol::Other) => None,
    };
    let command = Command::new("openssl s_client").option("-connect", &place).maybe("-starttls", dialogue);
    command.maybe("-servername", probe.server_name.as_deref())
}
