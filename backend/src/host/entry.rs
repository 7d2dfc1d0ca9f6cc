//! What is at a path itself, taken down whole and put there whole: content, owner, mode, labels; a symbolic link is one, and never followed.
//! Content and rights come in one step, by a temporary file beside it and a rename.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::beyond::{self, Beyond, Seen};
use super::files::{self, FileError, Owner};
use super::labels::Labels;

/// Longer than any certificate, key store or configuration.
const LONGEST: u64 = 16 << 20;

/// What is at a path, or shall be. It may hold a private key and is never printed.
#[derive(Clone, PartialEq, Eq)]
pub enum Entry {
    /// Nothing.
    Absent,
    /// A file.
    File {
        /// Its content.
        content: Zeroizing<Vec<u8>>,
        /// Whose it is.
        rights: Rights,
    },
    /// A file whose content stays with somebody else, who has the right to it and keeps it when it is replaced: a private key.
    Held {
        /// SHA-256 of its content, lower-case hex.
        sha256: String,
        /// Its length.
        length: u64,
        /// Whose it is.
        rights: Rights,
    },
    /// A directory, whatever is in it.
    Directory(Rights),
    /// A symbolic link.
    Link {
        /// What it points to.
        target: PathBuf,
        /// Whose it is.
        owner: Owner,
    },
}

/// Whose something is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    /// User and group.
    pub owner: Owner,
    /// Permission bits.
    pub mode: u32,
    /// Extended attributes; when absent, what its directory gives to new files.
    pub labels: Option<Labels>,
}

fn failed<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> FileError + 'a {
    move |source| FileError { action, path: path.to_owned(), source }
}

impl Entry {
    /// What is at a path.
    ///
    /// # Errors
    /// When it cannot be read, is longer than 16 MiB, or is something else, such as a socket.
    pub fn at(path: &Path) -> Result<Self, FileError> {
        let mut action = "look at";
        let own = Self::at_ourselves(path).map_err(|error| {
            action = error.action;
            error.source
        });
        beyond::or_ask(own, |somebody| Self::at_by(somebody, path)).map_err(failed(action, path))
    }

    fn at_by(somebody: &dyn Beyond, path: &Path) -> io::Result<Self> {
        let rights = |owner, mode| Rights { owner, mode, labels: None };
        Ok(match somebody.look(path, false)? {
            Seen::Absent => Self::Absent,
            Seen::Link { target, owner } => Self::Link { target, owner },
            Seen::Directory { attributes, .. } => Self::Directory(rights(attributes.owner, attributes.mode)),
            Seen::File(file) => {
                let rights = rights(file.attributes.owner, file.attributes.mode);
                match file.withheld {
                    Some(_) => Self::Held { sha256: file.sha256, length: file.attributes.length, rights },
                    None => Self::File { content: file.content, rights },
                }
            }
        })
    }

    fn at_ourselves(path: &Path) -> Result<Self, FileError> {
        let found = match std::fs::symlink_metadata(path) {
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(Self::Absent),
            found => found.map_err(failed("look at", path))?,
        };
        let owner = Owner { user: found.uid(), group: found.gid() };
        if found.is_symlink() {
            return Ok(Self::Link { target: std::fs::read_link(path).map_err(failed("read", path))?, owner });
        }
        if !found.is_dir() && !found.is_file() {
            return Err(failed("read", path)(io::Error::other("it is neither a file nor a directory")));
        }
        let labels = Some(Labels::at(path).map_err(failed("read the attributes of", path))?);
        let rights = Rights { owner, mode: found.mode() & 0o7777, labels };
        if found.is_dir() {
            return Ok(Self::Directory(rights));
        }
        if found.len() > LONGEST {
            return Err(failed("read", path)(io::Error::new(io::ErrorKind::FileTooLarge, format!("longer than {LONGEST} bytes"))));
        }
        // Whole from the start: growing would leave copies behind.
        let mut content = Zeroizing::new(Vec::with_capacity(usize::try_from(found.len()).unwrap_or_default() + 1));
        let flags = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or_default();
        let file = OpenOptions::new().read(true).custom_flags(flags).open(path).map_err(failed("open", path))?;
        file.take(LONGEST).read_to_end(&mut content).map_err(failed("read", path))?;
        Ok(Self::File { content, rights })
    }

    /// Bytes that it needs on disk.
    #[must_use]
    pub fn length(&self) -> u64 {
        match self {
            Self::File { content, .. } => content.len() as u64,
            Self::Held { length, .. } => *length,
            Self::Absent | Self::Directory(_) | Self::Link { .. } => 0,
        }
    }

    /// Makes it so, durably, where `before` is; `temporary` is a name in the same directory that nobody has. A directory is made, given its rights
    /// when it is there, and taken away only when it is empty.
    ///
    /// # Errors
    /// What the system says; then what was there is there still, and nothing of the temporary name.
    pub fn put(&self, path: &Path, before: &Self, temporary: &Path) -> Result<(), FileError> {
        let mut action = "write";
        let own = self.put_ourselves(path, temporary).map_err(|error| {
            action = error.action;
            error.source
        });
        beyond::or_ask(own, |somebody| somebody.put(path, before, self)).map_err(failed(action, path))
    }

    fn put_ourselves(&self, path: &Path, temporary: &Path) -> Result<(), FileError> {
        match self {
            Self::Absent => return remove(path),
            Self::Directory(rights) => return make_directory(path, rights),
            Self::File { content, rights } => write(temporary, content, rights),
            Self::Link { target, owner } => link(temporary, target, *owner),
            Self::Held { .. } => Err(failed("write", path)(io::ErrorKind::PermissionDenied.into())),
        }
        .and_then(|()| files::rename(temporary, path))
        .inspect_err(|_| drop(std::fs::remove_file(temporary)))
    }
}

fn write(path: &Path, content: &[u8], rights: &Rights) -> Result<(), FileError> {
    // For nobody but us until it is whole.
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed("create", path))?;
    give(&file, rights, path)?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(failed("write", path))
}

fn give(file: &File, rights: &Rights, path: &Path) -> Result<(), FileError> {
    std::os::unix::fs::fchown(file, Some(rights.owner.user), Some(rights.owner.group)).map_err(failed("set the owner of", path))?;
    if let Some(labels) = &rights.labels {
        labels.give(file).map_err(failed("set the attributes of", path))?;
    }
    // Last: chown takes set-id bits away, and an access control list has a say in the bits of the group.
    file.set_permissions(Permissions::from_mode(rights.mode)).map_err(failed("set the mode of", path))
}

fn link(path: &Path, target: &Path, owner: Owner) -> Result<(), FileError> {
    std::os::unix::fs::symlink(target, path).map_err(failed("create", path))?;
    std::os::unix::fs::lchown(path, Some(owner.user), Some(owner.group)).map_err(failed("set the owner of", path))
}

fn make_directory(path: &Path, rights: &Rights) -> Result<(), FileError> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        made => made.map_err(failed("create", path))?,
    }
    let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::DIRECTORY).bits()).unwrap_or_default();
    let directory = OpenOptions::new().read(true).custom_flags(flags).open(path).map_err(failed("open", path))?;
    give(&directory, rights, path)?;
    directory.sync_all().map_err(failed("sync", path))?;
    files::sync_parent(path)
}

fn remove(path: &Path) -> Result<(), FileError> {
    let removed = match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => std::fs::remove_dir(path),
        Ok(_) => std::fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        // Somebody else's files are in it, or somebody was faster.
        Err(error) if matches!(error.kind(), io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::NotFound) => Ok(()),
        Err(error) => Err(failed("remove", path)(error)),
        Ok(()) => files::sync_parent(path),
    }
}
