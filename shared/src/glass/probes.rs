//! Lines about probes: `openssl s_client` shows the same, level by level.

use super::Action;
use super::rest::Call;
use super::shell::{Command, quoted};
use super::writer::Writer;
use crate::api::inventory::NewInventory;
use crate::api::paths;
use crate::api::probe::{NewProbe, ProbeKeyType};
use crate::api::service::{Protocol, TlsMode};

pub(super) fn write(writer: &mut Writer<'_>, action: &Action) {
    match action {
        Action::CreateProbe { body } => probe(writer, body),
        Action::CreateInventory { body } => inventory(writer, body),
        _ => {}
    }
}

fn probe(writer: &mut Writer<'_>, body: &NewProbe) {
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

/// What one connection after the other shows: each suite of OpenSSL by itself. nmap has a script of its own for it.
fn inventory(writer: &mut Writer<'_>, body: &NewInventory) {
    let probe = body.probe();
    let host = quoted(&probe.host);
    let nmap = ["nmap -Pn -p ", &probe.port.to_string(), " --script ssl-enum-ciphers ", &host].concat();
    let looped = |suites: &str, options: &str| {
        let one = s_client(&probe).raw(options).raw("</dev/null 2>/dev/null").line().command;
        let shown = "sed -n \"s/^New, .*, Cipher is $suite/$suite/p\"";
        Command::new(&["for suite in $(openssl ciphers ", suites, " | tr : ' '); do ", &one, " | ", shown, " || :; done"].concat())
    };
    writer.command(looped("-s -tls1_3", "-tls1_3 -ciphersuites \"$suite\""));
    let older = "-no_tls1_3 -min_protocol TLSv1 -cipher \"$suite:@SECLEVEL=0\"";
    writer.remarked(
        looped("'ALL:COMPLEMENTOFALL:@SECLEVEL=0'", older),
        "as far as OpenSSL of today goes; with -tls1 and its like instead of -no_tls1_3 for one version",
    );
    writer.remarked(Command::new(&nmap), "older ciphers, too, where nmap is installed");
    writer.call(&Call::post(paths::PROBES_INVENTORY).json(body));
}

pub(super) fn s_client(probe: &NewProbe) -> Command {
    // The colons of an IPv6 address are not the one before the port.
    let host = if probe.host.contains(':') { ["[", &probe.host, "]"].concat() } else { probe.host.clone() };
    let place = [&host, ":", &probe.port.to_string()].concat();
    let name = probe.server_name.as_deref();
    let dialogue = dialogue(probe.protocol).filter(|_| probe.tls == TlsMode::Starttls);
    // The domain of the stream, which is else the host.
    let domain = name.filter(|_| dialogue == Some("xmpp"));
    let command = Command::new("openssl s_client").option("-connect", &place).maybe("-starttls", dialogue);
    command.maybe("-xmpphost", domain).maybe("-servername", name)
}

/// The protocol as `openssl s_client -starttls` calls it.
pub(super) fn dialogue(protocol: Protocol) -> Option<&'static str> {
    match protocol {
        Protocol::Smtp => Some("smtp"),
        Protocol::Lmtp => Some("lmtp"),
        Protocol::Imap => Some("imap"),
        Protocol::Pop3 => Some("pop3"),
        Protocol::Ftp => Some("ftp"),
        Protocol::Ldap => Some("ldap"),
        Protocol::Sieve => Some("sieve"),
        Protocol::Xmpp => Some("xmpp"),
        Protocol::Postgresql => Some("postgres"),
        Protocol::Mysql => Some("mysql"),
        Protocol::Http | Protocol::Sip | Protocol::Other => None,
    }
}
