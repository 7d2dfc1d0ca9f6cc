//! What goes wrong with the files of a daemon, and with the commands and the port it has.

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::daemons::{Files, Instance};
use crate::pki::{Pair, Pki, garbage};
use crate::run;

/// Something wrong with a pair of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// The key of another certificate.
    Mismatch,
    /// No file where the key should be.
    MissingKey,
    /// A key that only root can read: daemons that run as another user from the start cannot.
    UnreadableKey,
    /// A key that needs a password.
    EncryptedKey,
    /// A certificate that is none.
    Garbage,
    /// The chain before the leaf.
    WrongOrder,
    /// A certificate that ended years ago. Daemons serve it; only clients see it.
    Expired,
    /// The leaf without the chain. Daemons serve it; only clients see it.
    MissingChain,
}

impl Flaw {
    /// All that daemons stumble over.
    pub const BREAKING: [Self; 6] =
        [Self::Mismatch, Self::MissingKey, Self::UnreadableKey, Self::EncryptedKey, Self::Garbage, Self::WrongOrder];

    /// The content of both files with the flaw, made from a good pair; no key where there shall be none.
    fn contents(self, pki: &Pki, pair: &Pair) -> (String, Option<String>) {
        let (certificate, key) = (pair.certificate_file(), Some(pair.key_file()));
        match self {
            Self::Mismatch => (certificate, Some(pki.pair(&pair.name).key_file())),
            Self::MissingKey => (certificate, None),
            Self::UnreadableKey => (certificate, key),
            Self::EncryptedKey => (certificate, Some(pair.encrypted_key_file())),
            Self::Garbage => (garbage("CERTIFICATE"), key),
            Self::WrongOrder => (pair.wrong_order_file(), key),
            Self::Expired => {
                let expired = pki.expired_pair(&pair.name);
                (expired.certificate_file(), Some(expired.key_file()))
            }
            Self::MissingChain => (pair.leaf_file(), key),
        }
    }

    /// Writes both files with the flaw.
    pub fn write(self, pki: &Pki, pair: &Pair, files: &Files) {
        let (certificate, key) = self.contents(pki, pair);
        std::fs::write(&files.certificate, certificate).unwrap();
        match key {
            Some(key) => std::fs::write(&files.key, key).unwrap(),
            None => std::fs::remove_file(&files.key).unwrap(),
        }
        if self == Self::UnreadableKey {
            run::must("chown", &["root:root", files.key.to_str().unwrap()]);
            std::fs::set_permissions(&files.key, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    /// A command that finds nothing wrong, and brings the flaw into the files of an instance behind the back of whoever runs it, once they
    /// hold this pair: as a check it comes between the writing of good files and the daemon's reading of them.
    pub fn behind_the_check(self, pki: &Pki, pair: &Pair, instance: &Instance) -> Vec<String> {
        let (certificate, key) = self.contents(pki, pair);
        let room = instance.directory().join(format!("{self:?}"));
        std::fs::create_dir(&room).unwrap();
        std::fs::write(room.join("certificate"), certificate).unwrap();
        let Files { certificate: into, key: key_into } = instance.files();
        // A line of the leaf that no other certificate has: it is of the signature.
        let leaf = pair.leaf_file();
        let line = leaf.lines().rev().nth(2).unwrap();
        let mut script =
            format!("#!/bin/sh\ngrep -qF '{line}' '{0}' || exit 0\ncat '{1}/certificate' >'{0}'\n", into.display(), room.display());
        match key {
            Some(key) => {
                std::fs::write(room.join("key"), key).unwrap();
                script.push_str(&format!("cat '{}/key' >'{}'\n", room.display(), key_into.display()));
            }
            None => script.push_str(&format!("rm '{}'\n", key_into.display())),
        }
        if self == Self::UnreadableKey {
            script.push_str(&format!("chown root:root '{0}'\nchmod 600 '{0}'\n", key_into.display()));
        }
        vec![program(&room, "check", &script)]
    }
}

/// A command that never ends.
pub fn never_ends(directory: &Path) -> Vec<String> {
    vec![program(directory, "never-ends", "#!/bin/sh\nexec sleep infinity\n")]
}

/// A command that says this and fails.
pub fn fails(directory: &Path, words: &str) -> Vec<String> {
    vec![program(directory, "fails", &format!("#!/bin/sh\necho '{words}' >&2\nexit 1\n"))]
}

/// Mends a command of this kind: it does from now on what another does.
pub fn mend(command: &[String], by: &[String]) {
    let path = Path::new(&command[0]);
    let name = path.file_name().unwrap().to_string_lossy();
    program(path.parent().unwrap(), &name, &format!("#!/bin/sh\nexec {}\n", by.join(" ")));
}

fn program(directory: &Path, name: &str, script: &str) -> String {
    let path = directory.join(name);
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path.display().to_string()
}

/// Another program at a port of a daemon that does not run; it accepts and says nothing.
pub fn squatter(port: u16) -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap()
}
