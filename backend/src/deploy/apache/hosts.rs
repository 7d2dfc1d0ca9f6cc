//! Certificates and keys of virtual hosts. mod_ssl counts them: the first certificate belongs to the first key, and what a host names
//! takes the place of what the server names at the same number.

use std::path::{Path, PathBuf};

use super::scope::{Directive, Host};
use super::sheet::{Sheet, Slot, clear, host, is_doubtful, others};
use super::syntax::written;
use super::walk::Walk;
use crate::deploy::change::EditRefused;

const CERTIFICATE: &str = "SSLCertificateFile";
const KEY: &str = "SSLCertificateKeyFile";
const CHAIN: &str = "SSLCertificateChainFile";

/// The files of a pair.
pub struct Files<'a> {
    /// The certificate.
    pub certificate: &'a Path,
    /// The key.
    pub key: &'a Path,
    /// The chain alone.
    pub chain: Option<&'a Path>,
}

/// Makes hosts name these files for one of their pairs.
pub fn set_pair(sheet: &mut Sheet<'_>, hosts: &[usize], at: usize, files: &Files<'_>) -> Result<(), EditRefused> {
    for host_at in hosts {
        check(&host(&sheet.walk()?, *host_at)?)?;
    }
    numbered(sheet, hosts, at, CERTIFICATE, files.certificate)?;
    let walk = sheet.walk()?;
    let mut with_key = Vec::new();
    for host_at in hosts {
        // Without a key of its number, the key is looked for in the certificate's file.
        if files.key != files.certificate || host(&walk, *host_at)?.numbered(&KEY.to_ascii_lowercase()).len() > at {
            with_key.push(*host_at);
        }
    }
    numbered(sheet, &with_key, at, KEY, files.key)?;
    match files.chain {
        None => sheet.remove(hosts, CHAIN),
        Some(chain) => set_file(sheet, hosts, CHAIN, chain),
    }
}

/// Makes hosts name a file.
pub fn set_file(sheet: &mut Sheet<'_>, hosts: &[usize], name: &'static str, path: &Path) -> Result<(), EditRefused> {
    let root = sheet.walk()?.server_root;
    let is_so = |directive: Option<&Directive>| directive.is_some_and(|directive| root.join(directive.first()) == path);
    sheet.set(hosts, Slot::of(name), &word(path)?, &is_so)
}

/// A path as an argument.
pub fn word(path: &Path) -> Result<String, EditRefused> {
    path.to_str().and_then(written).ok_or_else(|| {
        EditRefused::because(format!(
            "{} cannot be written into Apache's configuration: it has quotes, \\, ${{ or is no UTF-8.",
            path.display()
        ))
    })
}

/// What gives certificates beside the directives that are edited.
fn check(host: &Host<'_>) -> Result<(), EditRefused> {
    let commands = host.own.all("sslopensslconfcmd").chain(host.server.all("sslopensslconfcmd"));
    let mut of_pair = commands.filter(|command| ["certificate", "privatekey"].contains(&command.first().to_ascii_lowercase().as_str()));
    if let Some(command) = of_pair.next() {
        let words = "SSLOpenSSLConfCmd names the certificate here, which takes the place of SSLCertificateFile: remove it first.";
        return Err(EditRefused::at(&command.place, words));
    }
    let managed = host.server.last("mdomain").filter(|_| host.numbered(&CERTIFICATE.to_ascii_lowercase()).is_empty());
    managed.map_or(Ok(()), |domain| {
        Err(EditRefused::at(
            &domain.place,
            "mod_md gets the certificate of this virtual host by itself: take its name out of MDomain first.",
        ))
    })
}

fn numbered(sheet: &mut Sheet<'_>, hosts: &[usize], at: usize, name: &'static str, path: &Path) -> Result<(), EditRefused> {
    let lower = name.to_ascii_lowercase();
    for host_at in hosts {
        let walk = sheet.walk()?;
        let host = host(&walk, *host_at)?;
        clear(&host, name)?;
        let all = host.numbered(&lower);
        let own = host.own.all(&lower).count();
        let doubtful = is_doubtful(host.server, name);
        let now = all.get(at).filter(|_| at < own || !doubtful);
        if now.is_some_and(|directive| walk.server_root.join(directive.first()) == path) {
            continue;
        }
        if let Some(directive) = now {
            let shared = others(&walk, hosts).any(|other| other.numbered(&lower).iter().any(|counts| counts.is(directive)));
            if !shared {
                sheet.replace(directive, &word(path)?)?;
                continue;
            }
            if at < own {
                let words = format!("{name} is in a file that other virtual hosts include, too: change all of them at once.");
                return Err(EditRefused::at(&directive.place, words));
            }
        }
        let mut lines = String::new();
        for number in own..at {
            let path = named(&walk, &host, &lower, number)
                .ok_or_else(|| EditRefused::because(format!("There is no pair before number {}: the first one is set first.", at + 1)))?;
            lines.push_str(&format!("{name} {}\n", word(&path)?));
        }
        lines.push_str(&format!("{name} {}", word(path)?));
        let after = host.own.last(&lower).or_else(|| host.own.last(&CERTIFICATE.to_ascii_lowercase()));
        sheet.insert(&host, after, false, &lines)?;
    }
    Ok(())
}

/// The file that counts for a number; the key of a certificate without one is in its file.
fn named(walk: &Walk, host: &Host<'_>, name: &str, number: usize) -> Option<PathBuf> {
    let all = host.numbered(name);
    let directive = match all.get(number) {
        Some(directive) => *directive,
        None if name != "sslcertificatefile" => *host.numbered("sslcertificatefile").get(number)?,
        None => return None,
    };
    Some(walk.server_root.join(directive.first()))
}
