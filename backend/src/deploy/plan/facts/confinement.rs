//! What keeps a program from files beside their modes: a profile of AppArmor, or SELinux.

use std::path::{Path, PathBuf};

use crate::host::tree::{Process, Tree};

/// Where profiles are kept.
const PROFILES: &str = "/etc/apparmor.d";
/// Most octets of a profile.
const LONGEST: u64 = 1 << 20;
/// Most files of one.
const MOST_FILES: usize = 200;

/// What keeps a program from files beside their modes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confinement {
    /// Nothing.
    None,
    /// A profile of AppArmor that is enforced.
    AppArmor {
        /// Its name.
        profile: String,
        /// Text of its file and of all that it includes; absent when there is no such file.
        rules: Option<String>,
    },
    /// SELinux, which goes by the labels of files.
    SeLinux,
}

/// What holds for a running service.
pub fn of(tree: &Tree, main: Option<&Process>) -> Confinement {
    let text = |path: &str| tree.read(Path::new(path), LONGEST).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    if text("/sys/fs/selinux/enforce").is_some_and(|text| text.trim() == "1") {
        return Confinement::SeLinux;
    }
    // `PROFILE (enforce)`, or `unconfined`; another LSM than AppArmor says other things in `attr/current`.
    let current = main.and_then(|main| tree.record(main.id, "attr/apparmor/current").or_else(|| tree.record(main.id, "attr/current")));
    let Some(profile) = current.as_deref().and_then(|text| text.trim_end_matches(['\n', '\0']).strip_suffix(" (enforce)")) else {
        return Confinement::None;
    };
    // `/usr/sbin/slapd` is kept in `usr.sbin.slapd`.
    let file = Path::new(PROFILES).join(profile.trim_start_matches('/').replace('/', "."));
    let mut seen = Vec::new();
    read(tree, &file, &mut seen);
    let rules = (!seen.is_empty()).then(|| seen.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("\n"));
    Confinement::AppArmor { profile: profile.to_owned(), rules }
}

/// Reads a file of rules and what it includes (apparmor.d(5)): `include <abstractions/ssl_keys>`, `#include <local/usr.sbin.slapd>`,
/// `include if exists <…>`; a directory stands for the files in it.
fn read(tree: &Tree, path: &Path, seen: &mut Vec<(PathBuf, String)>) {
    if seen.len() >= MOST_FILES || seen.iter().any(|(known, _)| known == path) {
        return;
    }
    if tree.attributes(path).is_ok_and(|attributes| attributes.directory) {
        for name in tree.entries(path).unwrap_or_default() {
            read(tree, &path.join(name), seen);
        }
        return;
    }
    let Ok(bytes) = tree.read(path, LONGEST) else { return };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    seen.push((path.to_owned(), text.clone()));
    for line in text.lines() {
        let line = line.trim().trim_start_matches('#');
        let Some(rest) = line.strip_prefix("include") else { continue };
        let name = rest.trim().trim_start_matches("if exists").trim();
        let Some(name) = name.strip_prefix('<').and_then(|name| name.split('>').next()) else { continue };
        read(tree, &Path::new(PROFILES).join(name), seen);
    }
}
