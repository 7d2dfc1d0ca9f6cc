//! The TLS library that slapd uses: GnuTLS in Debian up to 12, OpenSSL from Debian 13 on and everywhere else. They spell ciphers differently.

use std::path::{Path, PathBuf};

use crate::deploy::pattern;
use crate::host::tree::Tree;

/// Most octets of a program, a library, or the list of what a process has in memory.
const LONGEST: u64 = 16 << 20;
/// Where slapd and its own library are, when it does not run.
const INSTALLED: [&str; 4] = ["/usr/lib/*/libldap*.so.*", "/usr/lib64/libldap*.so.*", "/usr/local/lib/libldap*.so.*", "/usr/sbin/slapd"];

/// A TLS library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsLibrary {
    /// GnuTLS: ciphers and versions are one priority string.
    GnuTls,
    /// OpenSSL: ciphers are a list, versions begin at `TLSProtocolMin`.
    OpenSsl,
}

impl TlsLibrary {
    /// What a process has in memory.
    #[must_use]
    pub fn of_process(tree: &Tree, process: u32) -> Option<Self> {
        Self::named_in(tree, &PathBuf::from(format!("/proc/{process}/maps")))
    }

    /// What the installed slapd would load: the name is in its own library, or in the program where that has none.
    #[must_use]
    pub fn installed(tree: &Tree) -> Option<Self> {
        let mut files = INSTALLED.iter().flat_map(|place| pattern::paths(tree, Path::new(place)));
        files.find_map(|file| Self::named_in(tree, &file))
    }

    fn named_in(tree: &Tree, file: &Path) -> Option<Self> {
        let content = tree.read(file, LONGEST).ok()?;
        let names = |name: &[u8]| content.windows(name.len()).any(|window| window == name);
        match () {
            () if names(b"libgnutls.so") => Some(Self::GnuTls),
            () if names(b"libssl.so") => Some(Self::OpenSsl),
            () => None,
        }
    }

    /// Ciphers that the library takes for certain: its own.
    #[must_use]
    pub fn harmless_ciphers(self) -> &'static str {
        match self {
            Self::GnuTls => "NORMAL",
            Self::OpenSsl => "DEFAULT",
        }
    }
}
