//! A new service in `master.cf`, beside the commented lines of the stock file where they are.

use std::path::Path;

use certdeck_shared::api::service::{Protocol, TlsMode};

use super::assign::Configuration;
use super::{NAMED_PORTS, Service, bracketed, edit, host_and_port, logical, pairs};
use crate::deploy::change::{EditRefused, Wanted};
use crate::deploy::settings::{self, Document, What};
use crate::deploy::splice;
use crate::host::tree::Tree;

/// Most octets of the list of ports.
const LONGEST: u64 = 1 << 20;
/// Ports where programs of users hand mail in.
const SUBMISSION: [&str; 2] = ["465", "587"];

/// Adds a service, or begins TLS at the one that is there.
///
/// # Errors
/// What Postfix cannot do, and a port that is taken.
pub(super) fn add(configuration: &mut Configuration<'_>, tree: &Tree, wish: &Wanted) -> Result<(), EditRefused> {
    let Wanted::Listener { protocol, tls, port, address, server_name, pair } = wish else { return Ok(()) };
    if *protocol != Protocol::Smtp || *tls == TlsMode::Off || server_name.is_some() {
        return Err(EditRefused::because("A new service of Postfix speaks SMTP with TLS, and is for all host names."));
    }
    let refused = |letter: char| !(letter.is_ascii_alphanumeric() || ".:-%[]".contains(letter));
    if let Some(address) = address.as_ref().filter(|address| address.contains(refused)) {
        return Err(EditRefused::because(format!("{address} is no address.")));
    }
    let address = address.as_deref().filter(|address| *address != "*").map(bracketed);
    let number = port.to_string();
    let endpoints = configuration.endpoints()?;
    let at_port = |service: &&Service| host_and_port(&service.name).1 == number;
    let name = match endpoints.iter().find(at_port) {
        Some(service) if host_and_port(&service.name).0 == address.as_deref() => service.name.clone(),
        Some(service) => {
            let words = format!("{} has this port already: Postfix would end when it cannot listen there once more.", service.name);
            return Err(EditRefused::at(&service.place, words));
        }
        None => {
            let port = named(tree, &number);
            let name = address.map_or_else(|| port.clone(), |address| format!("{address}:{port}"));
            let lines = service(configuration, &name, &port, &number, *tls)?;
            let changed = inserted(&configuration.master()?, &port, &lines);
            configuration.put_master(changed)?;
            name
        }
    };
    let at = configuration.endpoints()?.iter().position(|service| service.name == name);
    let at = at.ok_or_else(|| EditRefused::because("The new service is not found again in master.cf."))?;
    edit::encrypt(configuration, at, *tls)?;
    match pair {
        Some((certificate, key)) => pairs::assign(configuration, &[at], 0, certificate, key),
        None => Ok(()),
    }
}

/// The level of a service: where users hand mail in, TLS is required, as in the stock file.
pub(super) fn level(name: &str) -> &'static str {
    if SUBMISSION.contains(&host_and_port(name).1) { "encrypt" } else { "may" }
}

/// The name of a port, where this host has one for it.
fn named(tree: &Tree, number: &str) -> String {
    let known = tree.read(Path::new("/etc/services"), LONGEST).unwrap_or_default();
    let known = String::from_utf8_lossy(&known);
    let is_known = |name: &str| {
        let lines = known.lines().map(|line| line.split('#').next().unwrap_or_default());
        lines
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .any(|words| words.get(1).is_some_and(|port| *port == format!("{number}/tcp")) && words.contains(&name))
    };
    let name = NAMED_PORTS.iter().find(|(name, port)| *port == number && is_known(name));
    name.map_or(number, |(name, _)| name).to_owned()
}

/// The lines of the service. What differs from `main.cf` where users hand mail in is taken from the other service that is for that.
fn service(configuration: &Configuration<'_>, name: &str, port: &str, number: &str, tls: TlsMode) -> Result<String, EditRefused> {
    let master = configuration.master()?;
    let endpoints = configuration.endpoints()?;
    let chroot = endpoints.iter().find(|service| service.field(6) == "smtpd").map_or("n", |service| service.field(3));
    let mut lines = vec![format!("{name:<9} inet  n       -       {chroot:<7} -       -       smtpd")];
    if SUBMISSION.contains(&number) {
        let other = endpoints.iter().find(|service| SUBMISSION.contains(&host_and_port(&service.name).1));
        lines.push(format!("  -o syslog_name=postfix/{port}"));
        if tls == TlsMode::Starttls {
            lines.push("  -o smtpd_tls_security_level=encrypt".to_owned());
        }
        lines.extend(other.into_iter().flat_map(|service| overrides(service, &master)));
    }
    if tls == TlsMode::Implicit {
        lines.push("  -o smtpd_tls_wrappermode=yes".to_owned());
    }
    Ok(lines.join("\n"))
}

/// What a service overrides, TLS and its name aside.
fn overrides(service: &Service, master: &Document) -> Vec<String> {
    let own = master.entries.iter().skip(service.entry + 1).take_while(|entry| !matches!(entry.what, What::Open(_)));
    let settings = own.filter_map(|entry| if let What::Setting(setting) = &entry.what { Some(setting) } else { None });
    let others = settings.filter(|one| one.name != "syslog_name" && !one.name.starts_with("smtpd_tls_") && !one.name.starts_with("tls_"));
    let line = |name: &str, text: &str| {
        let pair = format!("{name}={text}");
        if pair.contains(char::is_whitespace) { format!("  -o {{ {pair} }}") } else { format!("  -o {pair}") }
    };
    others.map(|setting| line(&setting.name, &setting.text)).collect()
}

/// Puts lines behind the commented ones for the same port, otherwise behind the last service for mail from the network.
fn inserted(master: &Document, port: &str, lines: &str) -> Vec<u8> {
    let bytes = master.bytes();
    let services = logical::lines(bytes);
    let mut stock = None;
    let mut open = false;
    for line in settings::lines(bytes) {
        let text = settings::text(bytes, line.content.clone());
        let Some(comment) = text.strip_prefix('#') else {
            open = false;
            continue;
        };
        let words: Vec<&str> = comment.split_whitespace().collect();
        let begins = words.get(1) == Some(&"inet") && words.first().is_some_and(|name| name.rsplit(':').next() == Some(port));
        open = begins || (open && comment.starts_with("  "));
        if open {
            stock = Some(line.span.clone());
        }
    }
    // Comments may stand between the lines of a service, which must not be parted.
    let apart = |span: &std::ops::Range<usize>| !services.iter().any(|line| line.span.start < span.end && span.end < line.span.end);
    let mail = |line: &&logical::Logical| {
        let text = settings::text(bytes, line.span.clone());
        let words: Vec<&str> = text.split_whitespace().collect();
        words.get(1) == Some(&"inet") && matches!(words.get(7), Some(&"smtpd" | &"postscreen"))
    };
    let last = || services.iter().rfind(mail).map(|line| line.span.clone());
    match stock.filter(apart).or_else(last) {
        Some(anchor) => splice::with_line_after(bytes, &anchor, lines),
        None => splice::with_line_at_end(bytes, lines),
    }
}
