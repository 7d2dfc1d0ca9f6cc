//! Files: written so that a kill at any instant leaves the old content or the new one, never half of it.

use std::fs::{DirBuilder, File, FileType, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{owners, randomness};

/// A file operation that failed.
#[derive(Debug, thiserror::Error)]
#[error("could not {action} {}", path.display())]
pub struct FileError {
    /// What was tried: `create`, `write`, `rename`.
    pub action: &'static str,
    /// The file or directory.
    pub path: PathBuf,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

impl FileError {
    /// Whether no space or quota is left.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        matches!(self.source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
    }

    /// Whether something is there already.
    #[must_use]
    pub fn is_present(&self) -> bool {
        self.source.kind() == io::ErrorKind::AlreadyExists
    }

    /// Whether nothing is there; a file where a directory would be leaves no room for it either.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self.source.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
    }
}

fn failed<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> FileError + 'a {
    move |source| FileError { action, path: path.to_owned(), source }
}

/// User and group, as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// User.
    pub user: u32,
    /// Group.
    pub group: u32,
}

/// What a file or directory is told by whatever its path is: device and number. None when it is not there, or not reached.
#[must_use]
pub fn identity(path: &Path) -> Option<(u64, u64)> {
    std::fs::metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

/// Owner, mode and size of something on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attributes {
    /// User and group.
    pub owner: Owner,
    /// Permission bits, such as `0o700`.
    pub mode: u32,
    /// Bytes.
    pub length: u64,
    /// Whether it is a directory.
    pub directory: bool,
    /// Whether it is a regular file: one that can be opened without waiting for anybody.
    pub regular: bool,
}

impl Attributes {
    /// Name of the user, or the number when it has none.
    #[must_use]
    pub fn user_name(&self) -> String {
        owners::user_name(self.owner.user).unwrap_or_else(|| self.owner.user.to_string())
    }

    /// Name of the group, or the number when it has none.
    #[must_use]
    pub fn group_name(&self) -> String {
        owners::group_name(self.owner.group).unwrap_or_else(|| self.owner.group.to_string())
    }
}

/// When something became what it is: its content was written, or it was moved to where it is or given to somebody. A symbolic link is followed.
pub fn changed_at(path: &Path) -> Result<OffsetDateTime, FileError> {
    let found = std::fs::metadata(path).map_err(failed("look at", path))?;
    let (seconds, nanoseconds) = (found.mtime(), found.mtime_nsec()).max((found.ctime(), found.ctime_nsec()));
    let moment = OffsetDateTime::from_unix_timestamp(seconds).map_err(io::Error::other).map_err(failed("look at", path))?;
    Ok(moment + Duration::nanoseconds(nanoseconds))
}

/// Owner, mode and size; a symbolic link is followed.
pub fn attributes(path: &Path) -> Result<Attributes, FileError> {
    let found = std::fs::metadata(path).map_err(failed("look at", path))?;
    Ok(Attributes {
        owner: Owner { user: found.uid(), group: found.gid() },
        mode: found.mode() & 0o7777,
        length: found.len(),
        directory: found.is_dir(),
        regular: found.is_file(),
    })
}

/// Makes a directory with this mode from the first instant; its parents must exist. Fails when it is there.
pub fn make_directory(path: &Path, mode: u32) -> Result<(), FileError> {
    DirBuilder::new().mode(mode).create(path).map_err(failed("create", path))?;
    // The umask may have taken bits away.
    set_mode(path, mode)?;
    sync_directory(parent(path))
}

/// Makes a directory and the parents it lacks, all with this mode; what is there stays as it is.
pub fn make_directories(path: &Path, mode: u32) -> Result<(), FileError> {
    DirBuilder::new().recursive(true).mode(mode).create(path).map_err(failed("create", path))
}

/// Sets the permission bits.
pub fn set_mode(path: &Path, mode: u32) -> Result<(), FileError> {
    std::fs::set_permissions(path, Permissions::from_mode(mode)).map_err(failed("set the mode of", path))
}

/// Sets user and group.
pub fn set_owner(path: &Path, owner: Owner) -> Result<(), FileError> {
    std::os::unix::fs::chown(path, Some(owner.user), Some(owner.group)).map_err(failed("set the owner of", path))
}

/// Writes a new file. Fails when one is there (O_EXCL, which follows no link); mode and owner are set before the content is.
pub fn create_new(path: &Path, content: &[u8], mode: u32, owner: Option<Owner>) -> Result<(), FileError> {
    let written = write_new(path, content, mode, owner);
    if written.as_ref().is_err_and(|error| error.action != "create") {
        let _ = std::fs::remove_file(path);
    }
    written?;
    sync_directory(parent(path))
}

/// Makes an empty file for somebody else to fill; neither it nor its name is durable before [`sync_file`] and [`sync_directory`].
pub fn create_empty(path: &Path, mode: u32) -> Result<(), FileError> {
    create(path, mode).map(drop)
}

/// Replaces a file, or makes it: a temporary file beside it, fsync, rename, fsync of the directory.
pub fn write_atomically(path: &Path, content: &[u8], mode: u32, owner: Option<Owner>) -> Result<(), FileError> {
    let temporary = temporary_beside(path);
    let written =
        write_new(&temporary, content, mode, owner).and_then(|()| std::fs::rename(&temporary, path).map_err(failed("rename", path)));
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    written?;
    sync_directory(parent(path))
}

/// Takes a file away; one that is not there is as well.
pub fn remove(path: &Path) -> Result<(), FileError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other.map_err(failed("remove", path)).and_then(|()| sync_directory(parent(path))),
    }
}

/// A name in the same directory that nobody has, for a file that will be renamed to `path`.
#[must_use]
pub fn temporary_beside(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    parent(path).join(format!(".{name}.{}", randomness::identifier()))
}

/// Gives a file a second name on the same file system.
pub fn link(from: &Path, to: &Path) -> Result<(), FileError> {
    std::fs::hard_link(from, to).map_err(failed("link", from))
}

/// What is in a directory, in the order of the names, each with what it is; a symbolic link is one. Nothing where there is no directory.
pub fn entries(directory: &Path) -> Result<Vec<(PathBuf, FileType)>, FileError> {
    let listed = |entry: io::Result<std::fs::DirEntry>| entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)));
    let mut found = match std::fs::read_dir(directory) {
        Ok(entries) => entries.map(listed).collect::<io::Result<Vec<_>>>().map_err(failed("list", directory))?,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Vec::new(),
        Err(error) => return Err(failed("list", directory)(error)),
    };
    found.sort_unstable_by(|(left, _), (right, _)| left.cmp(right));
    Ok(found)
}

/// Renames within a file system and makes the renaming durable.
pub fn rename(from: &Path, to: &Path) -> Result<(), FileError> {
    std::fs::rename(from, to).map_err(failed("rename", from))?;
    sync_directory(parent(to))
}

/// Renames within a file system where nothing has the new name yet (or an empty directory, when a directory is renamed), and makes that durable.
pub fn rename_new(from: &Path, to: &Path) -> Result<(), FileError> {
    let empty = |path: &Path| std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
    // rename(2) itself refuses a directory that is not empty.
    let flags = if empty(to) { rustix::fs::RenameFlags::empty() } else { rustix::fs::RenameFlags::NOREPLACE };
    rustix::fs::renameat_with(rustix::fs::CWD, from, rustix::fs::CWD, to, flags).map_err(|errno| failed("make", to)(errno.into()))?;
    sync_directory(parent(to))
}

/// Makes the entries of a directory durable.
pub fn sync_directory(path: &Path) -> Result<(), FileError> {
    File::open(path).and_then(|directory| directory.sync_all()).map_err(failed("sync", path))
}

/// Makes the content of a file durable.
pub fn sync_file(path: &Path) -> Result<(), FileError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(failed("sync", path))
}

/// Makes a new file to be written piece by piece. Fails when one is there (O_EXCL, which follows no link). Durable only when it was synchronised.
pub fn create(path: &Path, mode: u32) -> Result<File, FileError> {
    let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path).map_err(failed("create", path))?;
    file.set_permissions(Permissions::from_mode(mode)).map_err(failed("set the mode of", path))?;
    Ok(file)
}

/// Opens a file of any length for reading.
pub fn open(path: &Path) -> Result<File, FileError> {
    File::open(path).map_err(failed("open", path))
}

/// Reads a whole file of at most `limit` bytes; a longer one is an error.
pub fn read_limited(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    use std::io::Read as _;
    let mut content = Vec::new();
    let file = File::open(path).map_err(failed("open", path))?;
    file.take(limit + 1).read_to_end(&mut content).map_err(failed("read", path))?;
    if content.len() as u64 > limit {
        return Err(failed("read", path)(io::Error::new(io::ErrorKind::FileTooLarge, format!("longer than {limit} bytes"))));
    }
    Ok(content)
}

/// A lock on a file that ends with the value, or with the process however it ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Drop for Lock {
    /// By name: to close the file is not enough while a child between fork and exec has it, too.
    fn drop(&mut self) {
        let _ = rustix::fs::flock(&self.file, rustix::fs::FlockOperation::Unlock);
    }
}

/// Locks a file (made when absent, 0600) for this process alone; `None` when another process has it.
pub fn try_lock(path: &Path) -> Result<Option<Lock>, FileError> {
    let file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path).map_err(failed("open", path))?;
    match rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(Lock { file })),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
        Err(errno) => Err(failed("lock", path)(errno.into())),
    }
}

fn write_new(path: &Path, content: &[u8], mode: u32, owner: Option<Owner>) -> Result<(), FileError> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path).map_err(failed("create", path))?;
    file.set_permissions(Permissions::from_mode(mode)).map_err(failed("set the mode of", path))?;
    if let Some(owner) = owner {
        std::os::unix::fs::fchown(&file, Some(owner.user), Some(owner.group)).map_err(failed("set the owner of", path))?;
        // chown clears set-id bits and nothing else, but a mode is cheap to make certain of.
        file.set_permissions(Permissions::from_mode(mode)).map_err(failed("set the mode of", path))?;
    }
    file.write_all(content).and_then(|()| file.sync_all()).map_err(failed("write", path))
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_file_has_the_new_content_and_mode_and_leaves_nothing_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("settings");
        write_atomically(&path, b"old", 0o644, None).unwrap();
        write_atomically(&path, b"new", 0o600, None).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(attributes(&path).unwrap().mode, 0o600);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_new_file_never_replaces_one_nor_follows_a_link() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("target");
        let link = directory.path().join("link");
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(create_new(&link, b"secret", 0o600, None).unwrap_err().is_present());
        assert!(!target.exists());
        assert!(link.symlink_metadata().is_ok(), "the link that was there is left alone");
    }

    #[test]
    fn a_lock_is_held_by_one_at_a_time() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let first = try_lock(&path).unwrap();
        assert!(first.is_some());
        assert!(try_lock(&path).unwrap().is_none());
        drop(first);
        let second = try_lock(&path).unwrap().unwrap();
        // As a child has it between fork and exec.
        let inherited = second.file.try_clone().unwrap();
        drop(second);
        assert!(try_lock(&path).unwrap().is_some(), "a child that knows nothing of it holds the lock");
        drop(inherited);
    }

    #[test]
    fn a_file_beyond_the_limit_is_not_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("long");
        std::fs::write(&path, [0; 11]).unwrap();
        assert!(read_limited(&path, 10).is_err());
        assert_eq!(read_limited(&path, 11).unwrap().len(), 11);
    }
}
