//! Directories to try something out in, which go with the value; those of processes that were killed go when the next one is made.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::files::{self, FileError};
use super::{owners, randomness};

/// Name of the directories; the process follows, then something random.
const PREFIX: &str = "certdeck-scratch-";

/// Where directories lie in memory, on Linux.
const MEMORY: &str = "/dev/shm";

/// A directory of our user's own, in memory where there is some, for those in which something is tried out; made when absent. It stays, so that a
/// process can be confined to it.
///
/// # Errors
/// It cannot be made, or somebody else has made it.
pub fn place() -> Result<PathBuf, FileError> {
    let memory = Path::new(MEMORY);
    let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() }.join(format!("certdeck-{}", owners::own_user()));
    match files::make_directory(&place, 0o700) {
        Err(error) if error.source.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let refused = |source| FileError { action: "use", path: place.clone(), source };
    let found = std::fs::symlink_metadata(&place).map_err(refused)?;
    if found.is_dir() && found.uid() == owners::own_user() && found.mode() & 0o077 == 0 {
        Ok(place)
    } else {
        Err(refused(io::Error::new(io::ErrorKind::PermissionDenied, "it is not a directory of ours alone")))
    }
}

/// A directory that is the caller's alone, and is removed with everything in it.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// A new one in this place.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn make(place: &Path) -> Result<Self, FileError> {
        sweep(place);
        let path = place.join(format!("{PREFIX}{}-{}", std::process::id(), randomness::identifier()));
        files::make_directory(&path, 0o700)?;
        Ok(Self(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Removes what was left by processes that are no more.
fn sweep(place: &Path) {
    let Ok(entries) = std::fs::read_dir(place) else { return };
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(PREFIX)).and_then(|rest| rest.split('-').next());
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_with_the_value_and_what_the_dead_left_goes_with_the_next() {
        let place = tempfile::tempdir().unwrap();
        // Above the highest process id of Linux (PID_MAX_LIMIT, 2^22).
        let left = place.path().join(format!("{PREFIX}4194305-0"));
        std::fs::create_dir(&left).unwrap();
        std::fs::write(left.join("log"), "half").unwrap();
        let (first, second) = (Scratch::make(place.path()).unwrap(), Scratch::make(place.path()).unwrap());
        assert!(!left.exists() && first.path().is_dir() && second.path().is_dir());
        std::fs::write(first.path().join("file"), "").unwrap();
        let path = first.path().to_owned();
        drop(first);
        assert!(!path.exists() && second.path().is_dir());
    }
}
