//! Files below a directory that is held open: a name on the way that becomes a symbolic link in the meantime leads nowhere else. Every operation
//! takes one name in that directory, and follows no link.

use std::ffi::{OsStr, OsString};
use std::fs::{File, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{self, AtFlags, FileType, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::entry::Rights;
use super::files::Owner;
use super::labels::Labels;

/// A directory that is held open.
#[derive(Debug)]
pub struct Anchor {
    directory: OwnedFd,
}

/// What a name is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Which kind of thing.
    pub kind: Kind,
    /// Whose it is.
    pub owner: Owner,
    /// Permission bits.
    pub mode: u32,
    /// Bytes.
    pub length: u64,
    /// When it became what it is, by content or by place, owner and mode.
    pub changed_at: OffsetDateTime,
}

/// Kinds of things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link to this.
    Link(PathBuf),
    /// A socket, a pipe, a device.
    Other,
}

impl Anchor {
    /// Opens a directory by a path without links: one that is there, or comes to be there in the meantime, is an error.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(directory: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        let resolve = ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        let open = |flags| fs::openat2(fs::CWD, directory, flags, Mode::empty(), resolve);
        // A directory that may be searched and not read is good for names that are known.
        let opened = open(flags).or_else(|error| if error == Errno::ACCESS { open(flags | OFlags::PATH) } else { Err(error) });
        Ok(Self { directory: opened? })
    }

    /// What a name is; nothing when nobody has it.
    ///
    /// # Errors
    /// What the system says.
    pub fn named(&self, name: &OsStr) -> io::Result<Option<Named>> {
        let found = match fs::statat(&self.directory, name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => return Ok(None),
            found => found?,
        };
        let kind = match FileType::from_raw_mode(found.st_mode) {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Directory,
            FileType::Symlink => {
                let target = fs::readlinkat(&self.directory, name, Vec::new())?;
                Kind::Link(PathBuf::from(OsStr::from_bytes(target.as_bytes())))
            }
            _ => Kind::Other,
        };
        let latest = (found.st_mtime, found.st_mtime_nsec).max((found.st_ctime, found.st_ctime_nsec));
        let changed_at = OffsetDateTime::from_unix_timestamp(latest.0).map_err(io::Error::other)?;
        Ok(Some(Named {
            kind,
            owner: Owner { user: found.st_uid, group: found.st_gid },
            mode: found.st_mode & 0o7777,
            length: u64::try_from(found.st_size).unwrap_or_default(),
            changed_at: changed_at + time::Duration::nanoseconds(i64::try_from(latest.1).unwrap_or_default()),
        }))
    }

    /// Reads a regular file of at most `limit` bytes, and what it carries beside owner and mode.
    ///
    /// # Errors
    /// What the system says; when it is a link, no regular file, or longer.
    pub fn read(&self, name: &OsStr, limit: u64) -> io::Result<(Zeroizing<Vec<u8>>, Labels)> {
        // What is no file would make us wait.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = File::from(fs::openat(&self.directory, name, flags, Mode::empty())?);
        let found = file.metadata()?;
        if !found.is_file() {
            return Err(io::Error::other("it is no regular file"));
        }
        if found.len() > limit {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("longer than {limit} bytes")));
        }
        let labels = Labels::of(&file)?;
        let mut content = Zeroizing::new(Vec::with_capacity(usize::try_from(found.len()).unwrap_or_default() + 1));
        file.take(limit).read_to_end(&mut content)?;
        Ok((content, labels))
    }

    /// What a name carries beside owner and mode; nothing of it has to be opened.
    ///
    /// # Errors
    /// What the system says.
    pub fn labels(&self, name: &OsStr) -> io::Result<Labels> {
        Labels::at(&Path::new("/proc/self/fd").join(self.directory.as_raw_fd().to_string()).join(name))
    }

    /// Names in it, in the order of their bytes.
    ///
    /// # Errors
    /// What the system says.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in fs::Dir::read_from(&self.directory)? {
            let name = OsStr::from_bytes(entry?.file_name().to_bytes()).to_owned();
            if name != "." && name != ".." {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// Makes a file of a name that nobody has, durably; its rights are set before its content.
    ///
    /// # Errors
    /// What the system says; nothing is left then.
    pub fn create(&self, name: &OsStr, content: &[u8], rights: &Rights) -> io::Result<()> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut file = File::from(fs::openat(&self.directory, name, flags, Mode::RUSR | Mode::WUSR)?);
        let written = give(&file, rights).and_then(|()| file.write_all(content)).and_then(|()| file.sync_all());
        written.inspect_err(|_| drop(self.unlink(name)))
    }

    /// Sets owner, group, mode and labels of a file or a directory.
    ///
    /// # Errors
    /// What the system says.
    pub fn give(&self, name: &OsStr, rights: &Rights) -> io::Result<()> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = File::from(fs::openat(&self.directory, name, flags, Mode::empty())?);
        give(&file, rights)?;
        file.sync_all()?;
        self.sync()
    }

    /// Makes a symbolic link of a name that nobody has.
    ///
    /// # Errors
    /// What the system says.
    pub fn link(&self, name: &OsStr, target: &Path, owner: Owner) -> io::Result<()> {
        fs::symlinkat(target, &self.directory, name)?;
        let (user, group) = (Some(fs::Uid::from_raw(owner.user)), Some(fs::Gid::from_raw(owner.group)));
        Ok(fs::chownat(&self.directory, name, user, group, AtFlags::SYMLINK_NOFOLLOW)?)
    }

    /// Makes a directory of a name that nobody has.
    ///
    /// # Errors
    /// What the system says.
    pub fn make_directory(&self, name: &OsStr, rights: &Rights) -> io::Result<()> {
        fs::mkdirat(&self.directory, name, Mode::RWXU)?;
        self.give(name, rights)
    }

    /// Gives what one name has to another one, durably; what that had is gone.
    ///
    /// # Errors
    /// What the system says.
    pub fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        fs::renameat(&self.directory, from, &self.directory, to)?;
        self.sync()
    }

    /// Takes a file or a link away, durably; one that is not there is as well.
    ///
    /// # Errors
    /// What the system says.
    pub fn remove(&self, name: &OsStr) -> io::Result<()> {
        self.unlink(name)?;
        self.sync()
    }

    /// Takes a directory away when it is empty.
    ///
    /// # Errors
    /// What the system says.
    pub fn remove_directory(&self, name: &OsStr) -> io::Result<()> {
        match fs::unlinkat(&self.directory, name, AtFlags::REMOVEDIR) {
            // Somebody else's files are in it, or somebody was faster.
            Err(Errno::NOTEMPTY | Errno::NOENT) => Ok(()),
            removed => removed.map_err(io::Error::from).and_then(|()| self.sync()),
        }
    }

    fn unlink(&self, name: &OsStr) -> io::Result<()> {
        match fs::unlinkat(&self.directory, name, AtFlags::empty()) {
            Err(Errno::NOENT) => Ok(()),
            removed => Ok(removed?),
        }
    }

    fn sync(&self) -> io::Result<()> {
        Ok(fs::fsync(&self.directory)?)
    }
}

fn give(file: &File, rights: &Rights) -> io::Result<()> {
    std::os::unix::fs::fchown(file, Some(rights.owner.user), Some(rights.owner.group))?;
    if let Some(labels) = &rights.labels {
        labels.give(file)?;
    }
    // Last: chown takes set-id bits away, and an access control list has a say in the bits of the group.
    file.set_permissions(Permissions::from_mode(rights.mode))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn rights() -> Rights {
        Rights { owner: super::super::owners::own(), mode: 0o640, labels: None }
    }

    #[test]
    fn no_link_is_followed_neither_on_the_way_nor_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().canonicalize().unwrap();
        std::fs::create_dir(place.join("real")).unwrap();
        symlink("real", place.join("linked")).unwrap();
        assert!(Anchor::open(&place.join("linked")).is_err());
        std::fs::write(place.join("secret"), b"outside").unwrap();
        symlink("../secret", place.join("real/name")).unwrap();
        let anchor = Anchor::open(&place.join("real")).unwrap();
        assert!(anchor.read("name".as_ref(), 100).is_err());
        assert!(anchor.create("name".as_ref(), b"x", &rights()).is_err());
        assert!(anchor.give("name".as_ref(), &rights()).is_err());
        assert_eq!(anchor.named("name".as_ref()).unwrap().unwrap().kind, Kind::Link("../secret".into()));
        assert_eq!(std::fs::read(place.join("secret")).unwrap(), b"outside");
    }

    #[test]
    fn the_labels_of_a_directory_are_those_that_it_has() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().canonicalize().unwrap();
        std::fs::create_dir(place.join("real")).unwrap();
        assert_eq!(Anchor::open(&place).unwrap().labels("real".as_ref()).unwrap(), Labels::at(&place.join("real")).unwrap());
        assert!(Anchor::open(&place).unwrap().labels("absent".as_ref()).is_err());
    }

    #[test]
    fn a_directory_that_is_replaced_by_a_link_stays_the_one_that_was_opened() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().canonicalize().unwrap();
        for name in ["real", "other"] {
            std::fs::create_dir(place.join(name)).unwrap();
        }
        let anchor = Anchor::open(&place.join("real")).unwrap();
        std::fs::rename(place.join("real"), place.join("moved")).unwrap();
        symlink("other", place.join("real")).unwrap();
        anchor.create("file".as_ref(), b"here", &rights()).unwrap();
        anchor.rename("file".as_ref(), "pair.pem".as_ref()).unwrap();
        assert_eq!(std::fs::read(place.join("moved/pair.pem")).unwrap(), b"here");
        assert!(!place.join("other/pair.pem").exists());
        assert_eq!(anchor.names().unwrap(), ["pair.pem"]);
    }
}
