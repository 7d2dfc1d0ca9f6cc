//! The data directory: private, and for one console at a time.

use std::path::{Path, PathBuf};

use crate::host::files::{self, FileError, Lock};
use crate::host::owners;

/// Why the data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// It cannot be made or looked at.
    #[error("the data directory cannot be used")]
    File(#[from] FileError),
    /// Somebody else owns it.
    #[error("the data directory {} belongs to {owner}, and the console runs as {us}; run it as {owner}, or change the owner", path.display())]
    ForeignOwner {
        /// The directory.
        path: PathBuf,
        /// Whose it is.
        owner: String,
        /// Who we are.
        us: String,
    },
    /// Others can get in.
    #[error("the data directory {} has the mode {mode:04o}, so that others can look into it; make it private: chmod 0700 {}", path.display(), path.display())]
    Open {
        /// The directory.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// It is a file.
    #[error("{} is not a directory", .0.display())]
    NotADirectory(PathBuf),
    /// Another console runs on it.
    #[error("another console runs on the data directory {}; stop it first, or choose another --data-dir", .0.display())]
    Taken(PathBuf),
}

/// Makes the directory when absent, and refuses one that is not ours alone.
pub fn prepare(path: &Path) -> Result<(), DataDirError> {
    match files::attributes(path) {
        Err(error) if error.is_absent() => files::make_directories(path, 0o700)?,
        other => {
            other?;
        }
    }
    let found = files::attributes(path)?;
    if !found.directory {
        return Err(DataDirError::NotADirectory(path.to_owned()));
    }
    let us = owners::own_user();
    if found.owner.user != us {
        let us = owners::user_name(us).unwrap_or_else(|| us.to_string());
        return Err(DataDirError::ForeignOwner { path: path.to_owned(), owner: found.user_name(), us });
    }
    if found.mode & 0o077 != 0 {
        return Err(DataDirError::Open { path: path.to_owned(), mode: found.mode });
    }
    Ok(())
}

/// Claims the directory for this console until the lock is dropped or the process ends, however it ends.
pub fn claim(path: &Path) -> Result<Lock, DataDirError> {
    files::try_lock(&path.join("lock"))?.ok_or_else(|| DataDirError::Taken(path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_directory_is_private_and_an_open_one_is_refused_with_the_cure() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("data");
        prepare(&path).unwrap();
        assert_eq!(files::attributes(&path).unwrap().mode, 0o700);
        files::set_mode(&path, 0o755).unwrap();
        assert!(prepare(&path).unwrap_err().to_string().contains("chmod 0700"));
    }

    #[test]
    fn a_second_console_on_the_same_directory_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let _first = claim(directory.path()).unwrap();
        assert!(matches!(claim(directory.path()), Err(DataDirError::Taken(_))));
    }
}
