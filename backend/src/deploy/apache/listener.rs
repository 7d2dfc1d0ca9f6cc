//! TLS turned on for a virtual host, and virtual hosts more.

use std::path::PathBuf;

use certdeck_shared::api::service::{Protocol, TlsMode};

use super::hosts::word;
use super::scope::{Directive, Host, Scope};
use super::sheet::{Sheet, Slot, host};
use super::syntax::written;
use super::walk::Walk;
use crate::deploy::change::EditRefused;

/// Turns TLS on for a virtual host.
pub fn turn_on(sheet: &mut Sheet<'_>, at: usize, tls: TlsMode) -> Result<(), EditRefused> {
    let walk = sheet.walk()?;
    let host = host(&walk, at)?;
    possible(&walk, &host, tls)?;
    for address in &host.own.addresses {
        let plain = |(number, other): &(usize, Host<'_>)| *number != at && !other.is_encrypted() && other.own.addresses.contains(address);
        if let Some((_, other)) = walk.hosts().enumerate().find(plain) {
            let words = format!("Another virtual host at {address} has no TLS: one port speaks with TLS or without.");
            return Err(EditRefused { place: other.own.place.clone(), words });
        }
    }
    let ports: Vec<u16> = host.own.addresses.iter().filter_map(|address| port(address)).collect();
    let is_on = |directive: Option<&Directive>| directive.is_some_and(|directive| directive.first().eq_ignore_ascii_case("on"));
    sheet.set(&[at], Slot::of("SSLEngine"), "on", &is_on)?;
    ports.into_iter().try_for_each(|port| listen(sheet, None, port))
}

/// Refuses TLS without a certificate: Apache would not start.
pub fn check(walk: &Walk, at: usize) -> Result<(), EditRefused> {
    let host = host(walk, at)?;
    if host.numbered("sslcertificatefile").is_empty() {
        let words = "TLS needs a certificate: bind one to this virtual host.";
        return Err(EditRefused { place: host.own.place.clone(), words: words.to_owned() });
    }
    Ok(())
}

/// Adds a virtual host. One of the same name without TLS lends its directory.
pub fn add(
    sheet: &mut Sheet<'_>,
    (protocol, tls): (Protocol, TlsMode),
    (address, port): (Option<&str>, u16),
    name: Option<&str>,
    pair: Option<&(PathBuf, PathBuf)>,
) -> Result<(), EditRefused> {
    let walk = sheet.walk()?;
    if protocol != Protocol::Http {
        return Err(EditRefused::because("Apache is taught nothing but HTTP here."));
    }
    let Some((certificate, key)) = pair else {
        return Err(EditRefused::because("TLS needs a certificate: bind one to the new virtual host."));
    };
    let named = |host: &Host<'_>| name.is_some_and(|name| host.own.last("servername").is_some_and(|own| own.first() == name));
    let target = format!("{}:{port}", address.unwrap_or("*"));
    let all: Vec<Host<'_>> = walk.hosts().filter(|host| host.own.place.is_some()).collect();
    if let Some(same) = all.iter().find(|host| host.own.addresses.contains(&target) && (name.is_none() || named(host))) {
        let words = format!("There is a virtual host at {target} already.");
        return Err(EditRefused { place: same.own.place.clone(), words });
    }
    let model = all.iter().find(|host| named(host)).or_else(|| all.iter().find(|host| !host.is_encrypted()));
    possible(&walk, model.unwrap_or(&Host { server: &walk.server, own: &Scope::default() }), tls)?;
    let written_target = written(&target).filter(|target| !target.contains(char::is_whitespace) && !target.contains(['<', '>']));
    let written_target = written_target.ok_or_else(|| EditRefused::because(format!("{target:?} is no address.")))?;
    let mut lines = vec![format!("<VirtualHost {written_target}>")];
    if let Some(name) = name {
        let name = written(name).ok_or_else(|| EditRefused::because(format!("{name:?} is no host name.")))?;
        lines.push(format!("    ServerName {name}"));
    }
    if let Some(root) = model.and_then(|host| host.own.last("documentroot")) {
        lines.push(format!("    DocumentRoot {}", root.text));
    }
    lines.extend([
        "    SSLEngine on".to_owned(),
        format!("    SSLCertificateFile {}", word(certificate)?),
        format!("    SSLCertificateKeyFile {}", word(key)?),
        "</VirtualHost>".to_owned(),
    ]);
    sheet.insert_behind(model.or(all.last()).map(|host| host.own), &lines.join("\n"))?;
    listen(sheet, Some(target.as_str()).filter(|target| !target.starts_with('*')), port)
}

/// Whether TLS can be spoken at all.
fn possible(walk: &Walk, host: &Host<'_>, tls: TlsMode) -> Result<(), EditRefused> {
    if tls != TlsMode::Implicit {
        return Err(EditRefused {
            place: host.own.place.clone(),
            words: "Apache speaks TLS from the first byte, or not at all.".to_owned(),
        });
    }
    if !walk.has_module("ssl_module") {
        let words = "mod_ssl is not loaded: run `a2enmod ssl` on Debian, elsewhere install mod_ssl or add its LoadModule line, and make the plan again.";
        return Err(EditRefused { place: host.own.place.clone(), words: words.to_owned() });
    }
    Ok(())
}

/// Makes Apache listen at a port where it does not yet.
fn listen(sheet: &mut Sheet<'_>, address: Option<&str>, wanted: u16) -> Result<(), EditRefused> {
    let walk = sheet.walk()?;
    let listened: Vec<&Directive> = walk.server.all("listen").collect();
    if listened.iter().any(|listen| port(&listen.first()).or_else(|| listen.first().parse().ok()) == Some(wanted)) {
        return Ok(());
    }
    let unclear = walk.server.unclear.iter().find(|unclear| unclear.name.as_deref().is_none_or(|name| name == "listen"));
    if let Some(unclear) = unclear {
        return Err(EditRefused::at(&unclear.place, format!("Where Apache listens is not certain: {}", unclear.words)));
    }
    // Apache takes TLS for granted at 443 alone where no protocol is named.
    let at = address.map_or_else(|| wanted.to_string(), str::to_owned);
    let line = if wanted == 443 { format!("Listen {at}") } else { format!("Listen {at} https") };
    match listened.last() {
        Some(last) => sheet.insert_after(last, &line),
        None => sheet.insert_behind(None, &line),
    }
}

fn port(address: &str) -> Option<u16> {
    address.rsplit_once(':')?.1.parse().ok()
}
