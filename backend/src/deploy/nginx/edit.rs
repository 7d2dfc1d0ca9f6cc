//! What can be changed in a configuration of nginx.

use std::path::Path;

use certdeck_shared::api::plan::{ClientVerification, TlsVersion};
use certdeck_shared::tls_profiles::recommendation;

use super::sheet::{Sheet, server, word};
use super::walk::{Directive, Walk};
use super::{Nginx, listener, takeover};
use crate::deploy::adapter::{Observation, ServiceAdapter as _};
use crate::deploy::change::{Control, EditRefused, Edits, FileRules, ProgramRun, Rights, Running, Takeover, Wanted};
use crate::deploy::editor::ServiceEditor;
use crate::deploy::version;
use crate::host::tree::Tree;

impl ServiceEditor for Nginx {
    fn file_rules(&self, config: &Path, _: &Observation) -> FileRules {
        FileRules {
            directory: config.parent().unwrap_or(Path::new("/etc/nginx")).join("ssl"),
            // Read by the master process as root.
            key: Rights::of("root", "root", 0o600),
            key_directory: Rights::of("root", "root", 0o700),
            certificate: Rights::of("root", "root", 0o644),
            // OpenSSL at security level 2, which Debian sets.
            fewest_rsa_bits: 2048,
        }
    }

    fn edit(&self, tree: &Tree, config: &Path, _: &Observation, wanted: &[Wanted]) -> Result<Edits, EditRefused> {
        let mut sheet = Sheet::new(tree, config);
        for wish in wanted {
            one(&mut sheet, tree, wish)?;
        }
        for wish in wanted {
            if let Wanted::Tls { endpoint, .. } = wish {
                listener::check(&sheet.walk()?, *endpoint)?;
            }
        }
        Ok(sheet.finish())
    }

    fn own_check(&self, _: &Tree, config: &Path, running: &Running, control: &Control) -> Option<ProgramRun> {
        Some(takeover::check(config, running, control))
    }

    fn takeover(
        &self,
        _: &Tree,
        _: &Path,
        _: &Observation,
        running: &Running,
        control: &Control,
        _: &Edits,
    ) -> Result<Takeover, EditRefused> {
        Ok(takeover::of(running, control))
    }
}

fn one(sheet: &mut Sheet<'_>, tree: &Tree, wish: &Wanted) -> Result<(), EditRefused> {
    match wish {
        Wanted::Pair { chain: Some(_), .. } => {
            Err(EditRefused::because("nginx has no file for the chain alone: it is sent from the file of the certificate."))
        }
        Wanted::Pair { endpoints, pair, certificate, key, chain: None } => {
            sheet.set_numbered(endpoints, *pair, "ssl_certificate", certificate)?;
            sheet.set_numbered(endpoints, *pair, "ssl_certificate_key", key)
        }
        Wanted::Tls { endpoint, tls } => listener::turn_on(sheet, *endpoint, *tls),
        Wanted::Listener { protocol, tls, port, address, server_name, pair } => {
            listener::add(sheet, (*protocol, *tls), (address.as_deref(), *port), server_name.as_deref(), pair.as_ref())
        }
        Wanted::CertificateWatch | Wanted::Nickname { .. } => Err(wish.beyond("nginx")),
        Wanted::Profile { endpoints, profile } => {
            let recommended = recommendation(*profile);
            versions(sheet, tree, endpoints, recommended.lowest, None)?;
            if let Some(list) = recommended.openssl_list() {
                ciphers(sheet, endpoints, &list)?;
            }
            set_word(sheet, endpoints, "ssl_prefer_server_ciphers", if recommended.server_order { "on" } else { "off" }, "off")
        }
        Wanted::Protocols { endpoints, lowest, highest } => versions(sheet, tree, endpoints, *lowest, *highest),
        Wanted::Ciphers { endpoints, ciphers: list } => ciphers(sheet, endpoints, list),
        Wanted::ClientCa { endpoints, file } => {
            let is_so = |walk: &Walk, now: Option<&Directive>| now.is_some_and(|now| walk.base.join(now.first()) == *file);
            sheet.set(endpoints, "ssl_client_certificate", &word(file)?, &is_so)
        }
        Wanted::ClientVerification { endpoints, verification, depth } => {
            if let Some(depth) = depth {
                set_word(sheet, endpoints, "ssl_verify_depth", &depth.to_string(), "1")?;
            }
            let value = match verification {
                ClientVerification::Off => "off",
                ClientVerification::Optional => "optional",
                ClientVerification::Required => "on",
            };
            set_word(sheet, endpoints, "ssl_verify_client", value, "off")
        }
    }
}

/// Sets a directive of one word; `built_in` is what nginx does without it.
fn set_word(sheet: &mut Sheet<'_>, servers: &[usize], name: &str, value: &str, built_in: &str) -> Result<(), EditRefused> {
    sheet.set(servers, name, value, &|_, now| now.map_or(built_in, Directive::first) == value)
}

fn versions(
    sheet: &mut Sheet<'_>,
    tree: &Tree,
    servers: &[usize],
    lowest: TlsVersion,
    highest: Option<TlsVersion>,
) -> Result<(), EditRefused> {
    let knows_13 = version::is_at_least(version::installed(tree, &Nginx.describe()).as_deref(), &[1, 13]);
    let newest = if knows_13 { TlsVersion::Tls13 } else { TlsVersion::Tls12 };
    let spoken: Vec<TlsVersion> = TlsVersion::between(lowest, highest.unwrap_or(newest)).collect();
    if spoken.is_empty() {
        return Err(EditRefused::because("The highest version of TLS is below the lowest."));
    }
    if spoken.iter().any(|version| *version > newest) {
        return Err(EditRefused::because("This nginx does not know TLS 1.3: it needs 1.13 or later."));
    }
    let walk = sheet.walk()?;
    for at in servers {
        let own = server(&walk, *at)?;
        let listens = own.addresses();
        let beside = walk.servers.iter().enumerate().find(|(other, server)| {
            !servers.contains(other) && server.family() == own.family() && server.addresses().iter().any(|one| listens.contains(one))
        });
        if let Some(place) = beside.and_then(|(_, other)| Some(&other.own()?.place)) {
            let words = "nginx takes the versions of TLS for all servers at an address from one of them, before it knows the host name: \
                         change all of them at once.";
            return Err(EditRefused::at(place, words));
        }
    }
    let names: Vec<&str> = spoken.iter().map(|version| version.openssl_name()).collect();
    let is_so = |_: &Walk, now: Option<&Directive>| {
        now.is_some_and(|now| now.arguments.len() == names.len() && names.iter().all(|name| now.arguments.iter().any(|word| word == name)))
    };
    sheet.set(servers, "ssl_protocols", &names.join(" "), &is_so)
}

fn ciphers(sheet: &mut Sheet<'_>, servers: &[usize], list: &str) -> Result<(), EditRefused> {
    let known = |letter: char| letter.is_ascii_alphanumeric() || ":+!@=_-.,".contains(letter);
    if list.is_empty() || !list.chars().all(known) {
        return Err(EditRefused::because(format!("{list:?} is no list of cipher suites as OpenSSL takes it.")));
    }
    if list.split(':').any(|name| name.starts_with("TLS_")) {
        return Err(EditRefused::because("ssl_ciphers is for TLS 1.2 and before: suites of TLS 1.3 do not belong there."));
    }
    sheet.set(servers, "ssl_ciphers", list, &|_, now| now.is_some_and(|now| now.first() == list))
}
