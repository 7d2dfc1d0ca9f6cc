//! What can be changed in a configuration of Apache.

use std::path::Path;

use certdeck_shared::api::plan::{ClientVerification, TlsVersion};
use certdeck_shared::tls_profiles::recommendation;

use super::hosts::{Files, set_file, set_pair};
use super::scope::Directive;
use super::sheet::{Sheet, Slot};
use super::{Apache, listener, takeover};
use crate::deploy::adapter::{Observation, ServiceAdapter as _};
use crate::deploy::change::{Control, EditRefused, Edits, FileRules, ProgramRun, Rights, Running, Takeover, Wanted};
use crate::deploy::editor::ServiceEditor;
use crate::deploy::version;
use crate::host::tree::Tree;

impl ServiceEditor for Apache {
    fn file_rules(&self, config: &Path, _: &Observation) -> FileRules {
        let directory = config.parent().unwrap_or(Path::new("/etc/apache2"));
        let root = if directory.ends_with("conf") { directory.parent().unwrap_or(directory) } else { directory };
        FileRules {
            directory: root.join("ssl"),
            // Read by root before the workers become another user.
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

    fn own_check(&self, tree: &Tree, config: &Path, running: &Running, control: &Control) -> Option<ProgramRun> {
        Some(takeover::check(tree, config, running, control))
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
        Wanted::Pair { endpoints, pair, certificate, key, chain } => {
            set_pair(sheet, endpoints, *pair, &Files { certificate, key, chain: chain.as_deref() })
        }
        Wanted::Tls { endpoint, tls } => listener::turn_on(sheet, *endpoint, *tls),
        Wanted::Listener { protocol, tls, port, address, server_name, pair } => {
            listener::add(sheet, (*protocol, *tls), (address.as_deref(), *port), server_name.as_deref(), pair.as_ref())
        }
        Wanted::CertificateWatch | Wanted::Nickname { .. } => Err(wish.beyond("Apache")),
        Wanted::Profile { endpoints, profile } => {
            let recommended = recommendation(*profile);
            versions(sheet, tree, endpoints, recommended.lowest, None)?;
            if let Some(list) = recommended.openssl_list() {
                ciphers(sheet, endpoints, &list)?;
            }
            let off = |directive: Option<&Directive>| directive.is_none_or(|directive| directive.first().eq_ignore_ascii_case("off"));
            sheet.set(endpoints, Slot::of("SSLHonorCipherOrder"), if recommended.server_order { "on" } else { "off" }, &|directive| {
                off(directive) != recommended.server_order
            })
        }
        Wanted::Protocols { endpoints, lowest, highest } => versions(sheet, tree, endpoints, *lowest, *highest),
        Wanted::Ciphers { endpoints, ciphers: list } => ciphers(sheet, endpoints, list),
        Wanted::ClientCa { endpoints, file } => set_file(sheet, endpoints, "SSLCACertificateFile", file),
        Wanted::ClientVerification { endpoints, verification, depth } => {
            if let Some(depth) = depth {
                let depth = depth.to_string();
                sheet.set(endpoints, Slot::of("SSLVerifyDepth"), &depth, &|directive| {
                    directive.map_or("1".to_owned(), Directive::first) == depth
                })?;
            }
            let word = match verification {
                ClientVerification::Off => "none",
                ClientVerification::Optional => "optional",
                ClientVerification::Required => "require",
            };
            let is_so = |directive: Option<&Directive>| {
                directive.map_or("none".to_owned(), |directive| directive.first().to_ascii_lowercase()) == word
            };
            sheet.set(endpoints, Slot::of("SSLVerifyClient"), word, &is_so)
        }
    }
}

fn versions(
    sheet: &mut Sheet<'_>,
    tree: &Tree,
    hosts: &[usize],
    lowest: TlsVersion,
    highest: Option<TlsVersion>,
) -> Result<(), EditRefused> {
    if highest.is_some_and(|highest| highest < lowest) {
        return Err(EditRefused::because("The highest version of TLS is below the lowest."));
    }
    let newest = lowest.max(highest.unwrap_or(lowest)) == TlsVersion::Tls13;
    if newest && !version::is_at_least(version::installed(tree, &Apache.describe()).as_deref(), &[2, 4, 36]) {
        return Err(EditRefused::because("This Apache does not know TLS 1.3: it needs 2.4.36 or later."));
    }
    let wanted: Vec<TlsVersion> = TlsVersion::between(lowest, highest.unwrap_or(TlsVersion::Tls13)).collect();
    let text = match highest {
        // Open to what comes after 1.3.
        None => {
            let below = TlsVersion::ALL.into_iter().filter(|version| *version < lowest);
            ["all".to_owned(), "-SSLv3".to_owned()]
                .into_iter()
                .chain(below.map(|version| format!("-{}", version.openssl_name())))
                .collect::<Vec<_>>()
                .join(" ")
        }
        Some(_) => ["-all".to_owned()]
            .into_iter()
            .chain(wanted.iter().map(|version| format!("+{}", version.openssl_name())))
            .collect::<Vec<_>>()
            .join(" "),
    };
    let is_so =
        |directive: Option<&Directive>| spoken(directive.map_or("all -SSLv3", |directive| &directive.text)) == (wanted.clone(), false);
    sheet.set(hosts, Slot::of("SSLProtocol"), &text, &is_so)
}

/// The versions of TLS that a text of SSLProtocol allows, and whether SSL 3 is among them.
fn spoken(text: &str) -> (Vec<TlsVersion>, bool) {
    let (mut spoken, mut ssl3): (Vec<TlsVersion>, bool) = (Vec::new(), false);
    for word in super::syntax::arguments(text) {
        let (sign, name) = match word.split_at_checked(1) {
            Some((sign @ ("+" | "-"), name)) => (sign, name),
            _ => ("", word.as_str()),
        };
        let all = name.eq_ignore_ascii_case("all");
        let named: Vec<TlsVersion> =
            TlsVersion::ALL.into_iter().filter(|version| all || version.openssl_name().eq_ignore_ascii_case(name)).collect();
        let named_ssl3 = all || name.eq_ignore_ascii_case("SSLv3");
        match sign {
            "-" => spoken.retain(|version| !named.contains(version)),
            "+" => spoken.extend(named),
            // Without a sign a word takes the place of all before it.
            _ => spoken = named,
        }
        ssl3 = match sign {
            "-" => ssl3 && !named_ssl3,
            "+" => ssl3 || named_ssl3,
            _ => named_ssl3,
        };
    }
    spoken.sort_unstable();
    spoken.dedup();
    (spoken, ssl3)
}

fn ciphers(sheet: &mut Sheet<'_>, hosts: &[usize], list: &str) -> Result<(), EditRefused> {
    let known = |letter: char| letter.is_ascii_alphanumeric() || ":+!@=_-.,".contains(letter);
    if list.is_empty() || !list.chars().all(known) {
        return Err(EditRefused::because(format!("{list:?} is no list of cipher suites as OpenSSL takes it.")));
    }
    let of_tls13 = |directive: &Directive| directive.first().eq_ignore_ascii_case("TLSv1.3");
    // Suites of TLS 1.3 have a list of their own.
    let (fits, text): (fn(&Directive) -> bool, String) = if list.split(':').all(|name| name.starts_with("TLS_")) {
        (of_tls13, format!("TLSv1.3 {list}"))
    } else {
        (|directive| !directive.first().eq_ignore_ascii_case("TLSv1.3"), list.to_owned())
    };
    let is_so = |directive: Option<&Directive>| {
        directive.is_some_and(|directive| super::syntax::arguments(&directive.text).last().is_some_and(|last| last == list))
    };
    sheet.set(hosts, Slot { name: "SSLCipherSuite", fits }, &text, &is_so)
}
