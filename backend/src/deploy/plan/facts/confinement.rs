//! What keeps a program from files beside their modes: a profile of AppArmor, or SELinux.

use std::path::Path;

use crate::host::tree::{Process, Tree};

/// Where profiles are kept.
const PROFILES: &str = "/etc/apparmor.d";
/// Most octets of a profile.
const LONGEST: u64 = 1 << 20;

/// What keeps a program from files beside their modes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confinement {
    /// Nothing.
    None,
    /// A profile of AppArmor that is enforced.
    AppArmor {
        /// Its name.
        profile: String,
        /// Text of its file and of the local additions; absent when there is no such file.
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
    let file = profile.trim_start_matches('/').replace('/', ".");
    let local = text(&format!("{PROFILES}/local/{file}")).unwrap_or_default();
    let rules = text(&format!("{PROFILES}/{file}")).map(|rules| rules + "\n" + &local);
    Confinement::AppArmor { profile: profile.to_owned(), rules }
}
