//! Which options the installed program knows. The manual of 3.0.5 names some that the program refuses, and distributions add others, so
//! the program itself is looked into: the names stand in it as texts.

use std::path::Path;

use certdeck_shared::api::plan::TlsVersion;

use crate::host::tree::Tree;

const PROGRAMS: [&str; 2] = ["/usr/sbin/vsftpd", "/usr/local/sbin/vsftpd"];
/// Most octets of the program.
const LONGEST: u64 = 16 << 20;

/// The switches of each version of TLS: upstream's names first, then those of Red Hat's patches.
const SWITCHES: [(TlsVersion, [&str; 2]); 4] = [
    (TlsVersion::Tls10, ["ssl_tlsv1", "ssl_tlsv1"]),
    (TlsVersion::Tls11, ["ssl_tlsv11", "ssl_tlsv1_1"]),
    (TlsVersion::Tls12, ["ssl_tlsv12", "ssl_tlsv1_2"]),
    (TlsVersion::Tls13, ["ssl_tlsv13", "ssl_tlsv1_3"]),
];

/// The installed program.
pub(super) struct Program {
    content: Vec<u8>,
}

impl Program {
    /// The one of this host; nothing when there is none.
    pub(super) fn installed(tree: &Tree) -> Option<Self> {
        PROGRAMS.iter().find_map(|path| tree.read(Path::new(path), LONGEST).ok()).map(|content| Self { content })
    }

    /// Whether it knows an option.
    pub(super) fn knows(&self, name: &str) -> bool {
        let text = [b"\0", name.as_bytes(), b"\0"].concat();
        self.content.windows(text.len()).any(|part| part == text)
    }

    /// The versions that have a switch of their own, with its name.
    pub(super) fn switches(&self) -> Vec<(TlsVersion, &'static str)> {
        let known = |(version, names): (TlsVersion, [&'static str; 2])| Some((version, names.into_iter().find(|name| self.knows(name))?));
        SWITCHES.into_iter().filter_map(known).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_options_are_found_in_the_program() {
        let folder = tempfile::tempdir().unwrap();
        let tree = Tree::rooted(folder.path());
        assert!(Program::installed(&tree).is_none());
        std::fs::create_dir_all(folder.path().join("usr/sbin")).unwrap();
        // As in 3.0.5 of Debian 13, whose manual says ssl_tlsv1_2.
        std::fs::write(folder.path().join("usr/sbin/vsftpd"), b"\x7fELF\0ssl_sslv3\0ssl_tlsv1\0ssl_tlsv11\0ssl_tlsv12\0ssl_tlsv13\0")
            .unwrap();
        let program = Program::installed(&tree).unwrap();
        let names: Vec<&str> = program.switches().into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["ssl_tlsv1", "ssl_tlsv11", "ssl_tlsv12", "ssl_tlsv13"]);
        assert!(!program.knows("tlsv12"), "a part of a name is none");
    }
}
