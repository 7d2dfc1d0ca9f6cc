//! The revision of a database: changes with every write, by whomever.
//!
//! SQLite counts the transactions of a file in bytes 24..28 of its header. Two `pread` calls a second per database are all it
//! takes to see what certutil did. The files stay open on purpose: closing any descriptor of a file drops every POSIX lock
//! that this process holds on it (fcntl(2)), the lock of a listing that is just being read included.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use certdeck_shared::api::database::DatabaseFormat;
use certdeck_shared::hex::hex;
use sha2::{Digest as _, Sha256};

use super::location::Location;

/// Offset of the file change counter in the header (SQLite file format, section 1.3).
const CHANGE_COUNTER: u64 = 24;

/// Reads the revision of one database directory again and again.
#[derive(Debug)]
pub struct RevisionReader {
    paths: [PathBuf; 2],
    open: Mutex<[Option<Held>; 2]>,
}

/// A file that stays open.
#[derive(Debug)]
struct Held {
    file: File,
    device: u64,
    inode: u64,
}

impl Held {
    fn open(path: &Path) -> io::Result<(Metadata, Self)> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        let (device, inode) = (metadata.dev(), metadata.ino());
        Ok((metadata, Self { file, device, inode }))
    }

    fn is(&self, there: &Metadata) -> bool {
        (self.device, self.inode) == (there.dev(), there.ino())
    }
}

impl RevisionReader {
    /// A reader for the files of this database, which need not be there yet. Old files have no counter, but change in time and size.
    #[must_use]
    pub fn new(location: impl Into<Location>, format: DatabaseFormat) -> Self {
        let location = location.into();
        let names = match format {
            DatabaseFormat::Sql => ["cert9.db", "key4.db"],
            DatabaseFormat::Dbm => ["cert8.db", "key3.db"],
        };
        Self { paths: names.map(|name| location.file(name)), open: Mutex::new([None, None]) }
    }

    /// The revision now, 16 hexadecimal digits. A missing file is part of the revision, not an error.
    ///
    /// # Errors
    /// When a file is there and cannot be read.
    pub fn read(&self) -> io::Result<String> {
        let mut open = self.open.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut digest = Sha256::new();
        for (path, slot) in self.paths.iter().zip(open.iter_mut()) {
            digest.update(state_of(path, slot)?);
        }
        Ok(hex(&digest.finalize()[..8]))
    }
}

/// Change counter, size, time of modification and inode: the latter three for writers that replace files or turn the counter back.
fn state_of(path: &Path, slot: &mut Option<Held>) -> io::Result<[u8; 36]> {
    let mut state = [0_u8; 36];
    let there = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            *slot = None;
            return Ok(state);
        }
        Err(error) => return Err(error),
    };
    // While a file is open, no other gets its inode.
    let held = slot.take().filter(|held| held.is(&there));
    let (metadata, held) = match held {
        Some(held) => (there, held),
        None => Held::open(path)?,
    };
    let mut counter = [0_u8; 4];
    let read = held.file.read_exact_at(&mut counter, CHANGE_COUNTER);
    *slot = Some(held);
    match read {
        Ok(()) => {}
        // An empty file is a database that nobody has written to yet.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
        Err(error) => return Err(error),
    }
    let numbers =
        [metadata.len().to_be_bytes(), metadata.mtime().to_be_bytes(), metadata.mtime_nsec().to_be_bytes(), metadata.ino().to_be_bytes()];
    state.split_at_mut(4).0.copy_from_slice(&counter);
    for (chunk, number) in state.split_at_mut(4).1.chunks_exact_mut(8).zip(numbers) {
        chunk.copy_from_slice(&number);
    }
    Ok(state)
}
