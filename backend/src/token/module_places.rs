//! Where modules keep what they write, of those whose places are known: such a worker is restricted to them. Others keep tokens anywhere, ask servers
//! and readers, and some start programs, so of those nothing is known that could be forbidden.

use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::host::confinement::Reach;

/// SoftHSM's own configuration, where no variable names another one.
const SOFTHSM: &str = "/etc/softhsm/softhsm2.conf";

/// What the worker of this module reaches; nothing where that is not known.
pub(super) fn reach(library: &Path) -> Option<Reach> {
    let name = library.file_name()?.to_str()?;
    if !name.starts_with("libsofthsm2.") {
        return None;
    }
    let own = || env::var_os("HOME").map(|home| PathBuf::from(home).join(".config/softhsm2/softhsm2.conf")).filter(|file| file.exists());
    let file = env::var_os("SOFTHSM2_CONF").map(PathBuf::from).or_else(own).unwrap_or_else(|| SOFTHSM.into());
    let tokens = token_directory(&fs::read_to_string(file).ok()?)?;
    // It reads what it likes, as its configuration may be anywhere, and writes tokens alone.
    tokens.is_dir().then(|| Reach { read: vec!["/".into()], write: vec![tokens, "/dev/null".into()] })
}

/// `directories.tokendir = /var/lib/softhsm/tokens/` (softhsm2.conf(5)).
fn token_directory(text: &str) -> Option<PathBuf> {
    let value =
        text.lines().filter_map(|line| line.split('#').next()?.split_once('=')).find(|(name, _)| name.trim() == "directories.tokendir");
    value.map(|(_, directory)| PathBuf::from(directory.trim())).filter(|directory| directory.is_absolute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_of_softhsm_is_read_from_its_configuration() {
        let text = "# directories.tokendir = /wrong\nobjectstore.backend = file\ndirectories.tokendir = /var/lib/softhsm/tokens/ # here\n";
        assert_eq!(token_directory(text), Some("/var/lib/softhsm/tokens/".into()));
        assert_eq!(token_directory("directories.tokendir = relative\n"), None);
        assert!(reach(Path::new("/usr/lib/opensc-pkcs11.so")).is_none());
    }
}
