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
        fill(self.path())
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        run::ask("umount", &["--lazy", self.point.path().to_str().unwrap()]);
    }
}

/// A directory in which nothing can be written, also by root, whom modes do not stop: a read-only mount of itself over itself.
pub struct ReadOnly {
    directory: PathBuf,
}

impl ReadOnly {
    /// From now on, until it is dropped.
    pub fn make(directory: &Path) -> Self {
        let at = directory.to_str().unwrap();
        privileged(&["mount", "--bind", at, at]);
        let mounted = Self { directory: directory.to_owned() };
        privileged(&["mount", "-o", "remount,bind,ro", at]);
        mounted
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        run::ask("umount", &["--lazy", self.directory.to_str().unwrap()]);
    }
}

/// A directory on a disk without room for another byte; what was in it is still there.
pub struct FullDisk {
    directory: PathBuf,
}

impl FullDisk {
    /// From now on, until it is dropped: then what was in it before is back.
    pub fn make(directory: &Path) -> Self {
        let at = directory.to_str().unwrap();
        let aside = tempfile::tempdir().unwrap();
        let kept = aside.path().join("kept").display().to_string();
        run::must("cp", &["-a", at, &kept]);
        privileged(&["mount", "-t", "tmpfs", "-o", "size=256k,mode=0755", "certdeck-test", at]);
        let mounted = Self { directory: directory.to_owned() };
        run::must("cp", &["-a", &format!("{kept}/."), at]);
        fill(directory);
        mounted
    }
}

impl Drop for FullDisk {
    fn drop(&mut self) {
        run::ask("umount", &["--lazy", self.directory.to_str().unwrap()]);
    }
}

fn fill(directory: &Path) -> PathBuf {
    use std::io::Write as _;
    let path = directory.join("filler");
    let mut file = std::fs::File::create(&path).unwrap();
    while file.write_all(&[0; 512]).is_ok() {}
    path
}

/// Whether the tests run as root.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn privileged(command: &[&str]) {
    let said = if is_root() { run::ask(command[0], &command[1..]) } else { run::ask("sudo", &[&["-n"], command].concat()) };
    assert!(said.success, "{command:?} is not allowed here; run as root, in a container with CAP_SYS_ADMIN: {}", said.err);
}
