//! File systems that are full or read-only: small tmpfs mounts, for which root is needed.

use std::path::{Path, PathBuf};

use crate::run;

/// A tmpfs of a size, unmounted when dropped.
pub struct Mount {
    point: tempfile::TempDir,
}

impl Mount {
    /// Mounts; the test ends, saying so, where that is not allowed.
    pub fn tmpfs(bytes: u64) -> Self {
        let point = tempfile::tempdir().unwrap();
        privileged(&["mount", "-t", "tmpfs", "-o", &format!("size={bytes},mode=0755"), "certdeck-test", point.path().to_str().unwrap()]);
        Self { point }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.point.path()
    }

    /// Makes it read-only.
    pub fn read_only(&self) {
        privileged(&["mount", "-o", "remount,ro", self.path().to_str().unwrap()]);
    }

    /// Fills it to the last byte; the returned file makes room when it is removed.
    pub fn fill(&self) -> PathBuf {
        use std::io::Write as _;
        let path = self.path().join("filler");
        let mut file = std::fs::File::create(&path).unwrap();
        while file.write_all(&[0; 512]).is_ok() {}
        path
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        run::ask("umount", &["--lazy", self.point.path().to_str().unwrap()]);
    }
}

/// Whether the tests run as root.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn privileged(command: &[&str]) {
    let said = if is_root() { run::ask(command[0], &command[1..]) } else { run::ask("sudo", &[&["-n"], command].concat()) };
    assert!(said.success, "{command:?} is not allowed here; run as root, in a container with CAP_SYS_ADMIN: {}", said.err);
}
