//! The own layout: a copy for the service alone in `certs` and `private` of its directory, named after the certificate.

use std::path::{Path, PathBuf};

use certdeck_shared::api::plan::FilePurpose;
use certdeck_shared::x509::parse;
use certdeck_shared::x509::view::GeneralNameView;

use super::choice::Slot;
use super::facts::Facts;
use super::intended::{Guard, Intended, Refused, material};
use super::target::Source;
use super::{Content, MaterialPart};
use crate::deploy::change::{FileRules, Rights, Wanted};

/// Where the files of a certificate lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// The certificate with its chain.
    pub certificate: PathBuf,
    /// The key.
    pub key: PathBuf,
}

/// The home of each material that lies in an own layout, each with a name of its own. `wanted` are places of materials with their
/// directories, in order.
pub fn homes(materials: &[Source], wanted: &[(usize, PathBuf)]) -> Vec<Home> {
    let mut homes: Vec<(usize, Home)> = Vec::new();
    for (place, directory) in wanted {
        let of = |name: &str| Home {
            certificate: directory.join("certs").join(format!("{name}.crt")),
            key: directory.join("private").join(format!("{name}.key")),
        };
        let (name, kind) = materials.get(*place).map(naming).unwrap_or_default();
        let names = [name.clone(), format!("{name}-{kind}")].into_iter().chain((2..).map(|number| format!("{name}-{kind}-{number}")));
        let free = |home: &Home| !homes.iter().any(|(other, taken)| taken == home && other != place);
        // The last is never reached: there are fewer materials than numbers.
        let home = names.map(|name| of(&name)).find(free).unwrap_or_else(|| of(&name));
        homes.push((*place, home));
    }
    homes.into_iter().map(|(_, home)| home).collect()
}

/// A name for files, and the kind of key: `mail.example.com`, `ec`.
fn naming(material: &Source) -> (String, String) {
    let view = parse::certificate(&material.reference.leaf).ok();
    let common = view.as_ref().and_then(|view| view.subject.common_name().map(str::to_owned));
    let first = || {
        view.as_ref()?.subject_alternative_names.iter().find_map(|name| match name {
            GeneralNameView::Dns(name) => Some(name.clone()),
            _ => None,
        })
    };
    let name = common.or_else(first).unwrap_or_else(|| material.reference.nickname.clone());
    let kind = view.map(|view| view.public_key.algorithm.to_ascii_lowercase()).unwrap_or_default();
    (safe(&name), safe(&kind))
}

/// A name that is good for a file: `*.example.com` becomes `wildcard.example.com`.
fn safe(name: &str) -> String {
    let name = name.strip_prefix("*.").map_or_else(|| name.to_owned(), |rest| format!("wildcard.{rest}"));
    let kept = |letter: char| if letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_') { letter } else { '-' };
    let name: String = name.chars().map(kept).take(100).collect();
    let name = name.trim_matches(['.', '-']);
    if name.is_empty() { "certificate".to_owned() } else { name.to_owned() }
}

/// Files of a slot, and what its configuration must say for them.
pub fn files(facts: &Facts, slots: &[Slot], slot: &Slot, home: &Home, rules: &FileRules) -> Result<(Vec<Intended>, Wanted), Refused> {
    let guard = Guard::new(facts, slots, true);
    guard.check(&home.key, slot.material)?;
    guard.check(&home.certificate, slot.material)?;
    let key = Intended {
        path: home.key.clone(),
        purpose: FilePurpose::Key,
        content: material(slot.material, &[MaterialPart::Key]),
        rights: rules.key.clone(),
    };
    let certificate = Intended {
        path: home.certificate.clone(),
        purpose: FilePurpose::Certificate,
        content: material(slot.material, &[MaterialPart::Leaf, MaterialPart::Chain]),
        rights: rules.certificate.clone(),
    };
    let wanted = Wanted::Pair {
        endpoints: slot.endpoints.clone(),
        pair: slot.pair,
        certificate: home.certificate.clone(),
        key: home.key.clone(),
        chain: None,
    };
    Ok((vec![key, certificate], wanted))
}

/// The directories that a file needs and that are not there, the outer first: that of the layout, and the one in it.
pub fn directories(facts: &Facts, file: &Path, rules: &FileRules) -> Vec<Intended> {
    let Some(inner) = file.parent() else { return Vec::new() };
    let private = inner.file_name().is_some_and(|name| name == "private");
    let open = Rights { mode: rules.certificate.mode | ((rules.certificate.mode & 0o444) >> 2), ..rules.certificate.clone() };
    let directory = |path: &Path, rights: &Rights| Intended {
        path: path.to_owned(),
        purpose: FilePurpose::Directory,
        content: Content::Directory,
        rights: rights.clone(),
    };
    let outer = inner.parent().filter(|_| private || inner.file_name().is_some_and(|name| name == "certs"));
    let wanted = outer.map(|outer| directory(outer, &open)).into_iter();
    wanted
        .chain([directory(inner, if private { &rules.key_directory } else { &open })])
        .filter(|intended| facts.tree.attributes(&intended.path).is_err())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_for_files() {
        for (name, file) in [
            ("mail.example.com", "mail.example.com"),
            ("*.example.com", "wildcard.example.com"),
            ("../../etc/shadow", "etc-shadow"),
            ("Bücher & Söhne", "B-cher---S-hne"),
            ("...", "certificate"),
            ("", "certificate"),
        ] {
            assert_eq!(safe(name), file);
        }
    }
}
