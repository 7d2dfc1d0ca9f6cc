//! What is at a path itself, taken down whole and put there whole: content, owner, mode, labels; a symbolic link is one, and never followed.
//! Content and rights come in one step, by a temporary file beside it and a rename.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::anchored::{Anchor, Kind, Named};
use super::beyond::{self, Beyond, Seen};
use super::files::{FileError, Owner};
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
        beyond::or_ask(Self::at_ourselves(path), |somebody| Self::at_by(somebody, path)).map_err(failed("read", path))
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

    fn at_ourselves(path: &Path) -> io::Result<Self> {
        match anchored(path) {
            Ok((anchor, name)) => Self::named(&anchor, name),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(Self::Absent),
            Err(error) => Err(error),
        }
    }

    fn named(anchor: &Anchor, name: &OsStr) -> io::Result<Self> {
        let Some(Named { kind, owner, mode, .. }) = anchor.named(name)? else { return Ok(Self::Absent) };
        let rights = |labels| Rights { owner, mode, labels: Some(labels) };
        Ok(match kind {
            Kind::Link(target) => Self::Link { target, owner },
            Kind::Directory => Self::Directory(rights(anchor.labels(name)?)),
            Kind::File => {
                let (content, labels) = anchor.read(name, LONGEST)?;
                Self::File { content, rights: rights(labels) }
            }
            Kind::Other => return Err(io::Error::other("it is neither a file nor a directory")),
        })
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
    /// when it is there, and taken away only when it is empty. The directory is held open from the comparison with `before` to the end: a link
    /// that takes its place in between leads nowhere.
    ///
    /// # Errors
    /// What the system says, and when something else than `before` is there; then that is there still, and nothing of the temporary name.
    pub fn put(&self, path: &Path, before: &Self, temporary: &Path) -> Result<(), FileError> {
        let own = self.put_ourselves(path, before, temporary);
        beyond::or_ask(own, |somebody| somebody.put(path, before, self)).map_err(failed("write", path))
    }

    fn put_ourselves(&self, path: &Path, before: &Self, temporary: &Path) -> io::Result<()> {
        let (anchor, name) = anchored(path)?;
        if Self::named(&anchor, name)? != *before {
            return Err(io::Error::other("somebody else changed it in this moment"));
        }
        let temporary = temporary.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        match self {
            Self::Absent if matches!(before, Self::Directory(_)) => return anchor.remove_directory(name),
            Self::Absent => return anchor.remove(name),
            Self::Directory(rights) if matches!(before, Self::Directory(_)) => return anchor.give(name, rights),
            Self::Directory(rights) => return anchor.make_directory(name, rights),
            Self::File { content, rights } => anchor.create(temporary, content, rights),
            Self::Link { target, owner } => anchor.link(temporary, target, *owner),
            Self::Held { .. } => return Err(io::ErrorKind::PermissionDenied.into()),
        }
        .and_then(|()| anchor.rename(temporary, name))
        .inspect_err(|_| drop(anchor.remove(temporary)))
    }
}

/// The directory of a path, held open, and the name in it. The links on the way are followed as they are now, and none that comes later.
fn anchored(path: &Path) -> io::Result<(Anchor, &OsStr)> {
    let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else { return Err(io::ErrorKind::InvalidInput.into()) };
    Ok((Anchor::open(&directory.canonicalize()?)?, name))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    fn file(content: &str) -> Entry {
        let rights = Rights { owner: super::super::owners::own(), mode: 0o600, labels: None };
        Entry::File { content: Zeroizing::new(content.as_bytes().to_vec()), rights }
    }

    #[test]
    fn what_somebody_else_wrote_in_this_moment_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (path, temporary) = (folder.path().join("pair.pem"), folder.path().join(".pair.pem.new"));
        file("old").put(&path, &Entry::Absent, &temporary).unwrap();
        let before = Entry::at(&path).unwrap();
        std::fs::write(&path, "theirs").unwrap();
        let refused = file("new").put(&path, &before, &temporary).unwrap_err();
        assert!(refused.source.to_string().contains("somebody else"), "{refused:?}");
        assert!(Entry::Absent.put(&path, &before, &temporary).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"theirs");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing of the temporary name");
    }

    /// The owner of a directory changes it for a link to another one, and back, as fast as it can. What is there has another content, so that
    /// a change that got there would be one that nobody planned.
    #[test]
    fn a_link_in_place_of_a_directory_leads_no_write_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().canonicalize().unwrap();
        for (name, content) in [("tls", "pair 0"), ("root", "root's own")] {
            std::fs::create_dir(place.join(name)).unwrap();
            std::fs::write(place.join(name).join("pair.pem"), content).unwrap();
        }
        let (path, temporary) = (place.join("tls/pair.pem"), place.join("tls/.pair.pem.new"));
        let over = AtomicBool::new(false);
        let done = std::thread::scope(|threads| {
            threads.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    std::fs::rename(place.join("tls"), place.join("theirs")).unwrap();
                    symlink("root", place.join("tls")).unwrap();
                    std::fs::remove_file(place.join("tls")).unwrap();
                    std::fs::rename(place.join("theirs"), place.join("tls")).unwrap();
                    // It has to be there for some of the time.
                    (0..50).for_each(|_| std::thread::yield_now());
                }
            });
            let (mut done, mut tries) = (0, 0);
            while done < 100 && tries < 1_000_000 {
                tries += 1;
                if let Ok(before @ Entry::File { .. }) = &Entry::at(&path)
                    && before.length() < 10
                    && file(&format!("pair {}", done % 10)).put(&path, before, &temporary).is_ok()
                {
                    done += 1;
                } else {
                    std::thread::yield_now();
                }
            }
            over.store(true, Ordering::Relaxed);
            done
        });
        assert_eq!(done, 100, "it was too rarely there to try anything");
        assert_eq!(std::fs::read(place.join("root/pair.pem")).unwrap(), b"root's own");
        let names = |name: &str| std::fs::read_dir(place.join(name)).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
        assert_eq!((names("root"), names("tls")), (vec!["pair.pem".into()], vec!["pair.pem".into()]));
    }

    /// Opening a pipe to read it waits for somebody to write.
    #[test]
    fn a_pipe_is_no_file_and_nobody_waits_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pair.pem");
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RUSR).unwrap();
        assert!(Entry::at(&path).err().unwrap().source.to_string().contains("neither a file nor a directory"));
    }
}
