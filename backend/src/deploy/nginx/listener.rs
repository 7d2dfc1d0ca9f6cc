//! TLS turned on for a server, and servers more.

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{Protocol, TlsMode};

use super::sheet::{Sheet, server, span, word};
use super::syntax::{self, written};
use super::walk::{Directive, Server, Walk};
use crate::deploy::change::EditRefused;
use crate::deploy::settings::What;
use crate::deploy::splice;

/// Turns TLS on for a server, at all its addresses.
pub fn turn_on(sheet: &mut Sheet<'_>, at: usize, tls: TlsMode) -> Result<(), EditRefused> {
    let walk = sheet.walk()?;
    let one = server(&walk, at)?;
    let place = one.own().map(|own| own.place.clone());
    let refused = |words: String| EditRefused { place: place.clone(), words };
    match tls {
        TlsMode::Off => return Err(refused("TLS is turned on here, not off.".to_owned())),
        TlsMode::Starttls if one.family() != "mail" => {
            return Err(refused("Only servers for mail speak STARTTLS.".to_owned()));
        }
        TlsMode::Starttls => return sheet.set(&[at], "starttls", "on", &|_, now| now.is_some_and(|now| now.first() != "off")),
        TlsMode::Implicit => {}
    }
    let listens: Vec<&Directive> = one.own().into_iter().flat_map(|own| own.all("listen")).collect();
    if listens.is_empty() {
        return Err(refused("The server has no listen directive: it needs one with a port for TLS.".to_owned()));
    }
    let plain = |other: &&Server| other.tls() == TlsMode::Off && other.addresses().iter().any(|one_at| one.addresses().contains(one_at));
    let others = walk.servers.iter().enumerate().filter(|(number, _)| *number != at).map(|(_, other)| other);
    if let Some(own) = others.into_iter().filter(|other| other.family() == one.family()).find(plain).and_then(Server::own) {
        return Err(EditRefused::at(&own.place, "Another server at the same address has no TLS: one port speaks with TLS or without."));
    }
    let without = |listen: &&Directive| !listen.arguments.iter().skip(1).any(|word| word == "ssl" || word == "quic");
    let count = listens.iter().filter(|listen| without(listen)).count();
    for _ in 0..count {
        let walk = sheet.walk()?;
        let own = server(&walk, at)?.own();
        let Some(listen) = own.and_then(|own| own.all("listen").find(without)) else { break };
        let document = sheet.document(&listen.place.file)?;
        let Some(What::Setting(setting)) = document.entries.get(listen.entry).map(|entry| &entry.what) else { break };
        let text = String::from_utf8_lossy(document.bytes().get(setting.value.clone()).unwrap_or_default()).into_owned();
        sheet.replace(listen, &format!("{text} ssl"))?;
    }
    Ok(())
}

/// Refuses TLS without a certificate: nginx would not start.
pub fn check(walk: &Walk, at: usize) -> Result<(), EditRefused> {
    let one = server(walk, at)?;
    if one.all("ssl_certificate").is_empty() {
        let words = "TLS needs a certificate: bind one to this server.".to_owned();
        return Err(EditRefused { place: one.own().map(|own| own.place.clone()), words });
    }
    Ok(())
}

/// Adds a server. One of the same name without TLS lends all that it holds.
pub fn add(
    sheet: &mut Sheet<'_>,
    (protocol, tls): (Protocol, TlsMode),
    (address, port): (Option<&str>, u16),
    name: Option<&str>,
    pair: Option<&(PathBuf, PathBuf)>,
) -> Result<(), EditRefused> {
    if protocol != Protocol::Http || tls != TlsMode::Implicit {
        return Err(EditRefused::because("Only servers for web sites are added, and these speak TLS from the first byte."));
    }
    let Some((certificate, key)) = pair else {
        return Err(EditRefused::because("TLS needs a certificate: bind one to the new server."));
    };
    let walk = sheet.walk()?;
    let target = format!("{}:{port}", address.unwrap_or("*"));
    let sites: Vec<&Server> = walk.servers.iter().filter(|server| server.family() == "http").collect();
    let names = |server: &Server| -> Vec<String> {
        server.own().into_iter().flat_map(|own| own.all("server_name")).flat_map(|names| names.arguments.clone()).collect()
    };
    let named = |server: &&&Server| name.is_some_and(|name| names(server).iter().any(|own| own == name));
    let is_there = |server: &&&Server| server.addresses().contains(&target) && (name.is_none() || named(server));
    if let Some(own) = sites.iter().find(is_there).and_then(|server| server.own()) {
        return Err(EditRefused::at(&own.place, format!("There is a server at {target} already.")));
    }
    let model = sites.iter().find(|server| named(server) && server.tls() == TlsMode::Off);
    let listen = address.map_or_else(|| port.to_string(), |_| target.clone());
    let listen = written(&listen).ok_or_else(|| EditRefused::because(format!("{target:?} is no address.")))?;
    let mut lines = vec!["server {".to_owned(), format!("    listen {listen} ssl;")];
    if let Some(name) = name.filter(|_| model.is_none()) {
        let name = written(name).ok_or_else(|| EditRefused::because(format!("{name:?} is no host name.")))?;
        lines.push(format!("    server_name {name};"));
    }
    lines.push(format!("    ssl_certificate {};", word(certificate)?));
    lines.push(format!("    ssl_certificate_key {};", word(key)?));
    if let Some(model) = model {
        lines.push(body(sheet, model)?);
    }
    lines.push("}".to_owned());
    sheet.insert_behind(&walk, model.or(sites.last()).copied(), &lines.join("\n"))
}

/// What a server holds beside its addresses and its TLS, without the indent of the server itself.
fn body(sheet: &Sheet<'_>, model: &Server) -> Result<String, EditRefused> {
    let Some(own) = model.own() else { return Ok(String::new()) };
    let (open, Some(close)) = own.entries else { return Err(EditRefused::at(&own.place, "The server does not end.")) };
    let document = sheet.document(&own.place.file)?;
    let (begin, end) = (span(&document, open).end, span(&document, close).start);
    let mut bytes = document.bytes().get(begin..end).unwrap_or_default().to_vec();
    let unwanted = |name: &str| name == "listen" || name == "ssl" || name.starts_with("ssl_");
    loop {
        let inside = syntax::parse(PathBuf::from(Path::new(&own.place.file)), bytes.clone());
        let mut depth = 0_usize;
        let mut found = None;
        for entry in &inside.entries {
            match &entry.what {
                What::Open(_) => depth += 1,
                What::Close(_) => depth = depth.saturating_sub(1),
                What::Setting(setting) if depth == 0 && unwanted(&setting.name) => found = Some(entry.span.clone()),
                _ => {}
            }
        }
        let Some(span) = found else { break };
        bytes = splice::without(&bytes, &span);
    }
    let text = String::from_utf8(bytes).map_err(|_| EditRefused::at(&own.place, "The server that is copied is no UTF-8."))?;
    let width = document.bytes().get(..span(&document, open).start).unwrap_or_default();
    let width = width.iter().rev().take_while(|octet| matches!(octet, b' ' | b'\t')).count();
    let shifted = text.lines().filter(|line| !line.trim().is_empty()).map(|line| {
        let blank = line.len() - line.trim_start().len();
        line.get(width.min(blank)..).unwrap_or(line)
    });
    Ok(shifted.collect::<Vec<_>>().join("\n"))
}
