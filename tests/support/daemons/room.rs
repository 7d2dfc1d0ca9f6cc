//! The directory of an instance, and what of Debian's configuration is copied into it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::pki::Pair;
use crate::run;

use super::instance::Files;

/// A directory that daemons of any user can enter, removed when dropped.
pub struct Room {
    directory: tempfile::TempDir,
}

impl Room {
    /// A new one with `etc`, `log`, `run`, and these.
    pub fn new(program: &str, more: &[&str]) -> Self {
        assert!(
            crate::mounts::is_root(),
            "daemons are started as root, who gives them to their users: run the tests as root, in a container"
        );
        let directory = tempfile::Builder::new().prefix(&format!("certdeck-{program}-")).tempdir().unwrap();
        std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        for name in ["etc", "log", "run"].iter().chain(more) {
            std::fs::create_dir_all(directory.path().join(name)).unwrap();
        }
        Self { directory }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// A path in it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// A path in it as text.
    pub fn text(&self, name: &str) -> String {
        self.join(name).display().to_string()
    }

    /// Copies a stock directory with owners, modes and links.
    pub fn copy(&self, from: &str, to: &str) {
        run::must("cp", &["-a", from, &self.text(to)]);
    }

    /// Changes a file: each text must be there and is replaced everywhere.
    pub fn edit(&self, name: &str, changes: &[(&str, &str)]) {
        let path = self.join(name);
        let mut content = std::fs::read_to_string(&path).unwrap();
        for (from, to) in changes {
            assert!(content.contains(from), "{from:?} is not in the stock {name}; is this Debian 12?\n{content}");
            content = content.replace(from, to);
        }
        std::fs::write(&path, content).unwrap();
    }

    /// Adds to a file, which is made where there is none.
    pub fn append(&self, name: &str, text: &str) {
        use std::io::Write as _;
        let mut file = std::fs::File::options().append(true).create(true).open(self.join(name)).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    /// Writes a pair to `PLACE/certs/NAME.crt` and `PLACE/private/NAME.key`, whose key only root can read, or also a group.
    pub fn place(&self, pair: &Pair, place: &str, name: &str, group: Option<&str>) -> Files {
        let (certs, private) = (self.join(place).join("certs"), self.join(place).join("private"));
        std::fs::create_dir_all(&certs).unwrap();
        std::fs::create_dir_all(&private).unwrap();
        let files = Files { certificate: certs.join(format!("{name}.crt")), key: private.join(format!("{name}.key")) };
        files.write(pair);
        let (directory_mode, key_mode) = if group.is_some() { (0o750, 0o640) } else { (0o700, 0o600) };
        std::fs::set_permissions(&private, std::fs::Permissions::from_mode(directory_mode)).unwrap();
        std::fs::set_permissions(&files.key, std::fs::Permissions::from_mode(key_mode)).unwrap();
        if let Some(group) = group {
            run::must("chgrp", &[group, private.to_str().unwrap(), files.key.to_str().unwrap()]);
        }
        files
    }
}
