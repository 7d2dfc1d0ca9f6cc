//! The room on a file system.

use std::path::Path;

use rustix::fs::{Access, access, statvfs};

use super::files::FileError;

/// The room on a file system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Bytes that are free for everybody.
    pub bytes: u64,
    /// Files that can be made; absent where the file system has no limit.
    pub files: Option<u64>,
    /// Why nothing can be made in the directory; nothing when it can.
    pub closed: Option<String>,
}

/// The room where a directory is.
///
/// # Errors
/// When there is no such directory.
pub fn of(directory: &Path) -> Result<Room, FileError> {
    let found = statvfs(directory).map_err(|errno| FileError { action: "look at", path: directory.to_owned(), source: errno.into() })?;
    Ok(Room {
        bytes: found.f_bavail.saturating_mul(found.f_frsize),
        files: (found.f_files > 0).then_some(found.f_favail),
        // This sees a file system that is read-only and a directory that is immutable, too, which no mode tells.
        closed: access(directory, Access::WRITE_OK | Access::EXEC_OK).err().map(|errno| std::io::Error::from(errno).to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_has_room_and_the_kernels_own_has_none() {
        let directory = tempfile::tempdir().unwrap();
        let room = of(directory.path()).unwrap();
        assert!(room.bytes > 0 && room.closed.is_none());
        assert!(of(&directory.path().join("none")).unwrap_err().is_absent());
    }
}
