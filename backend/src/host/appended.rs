//! A file to which lines are added, each durable before the next thing is done.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::files::{self, FileError};

/// A file that only grows, by whole lines.
#[derive(Debug)]
pub struct Appended {
    path: PathBuf,
    file: File,
}

impl Appended {
    /// Makes it, 0600. Fails when it is there.
    ///
    /// # Errors
    /// What the system says.
    pub fn create(path: &Path) -> Result<Self, FileError> {
        files::create_new(path, &[], 0o600, None)?;
        Self::at(path)
    }

    /// Opens it and gives what is in it. A last line without its end is cut off: it was never durable as a whole.
    ///
    /// # Errors
    /// What the system says, and when it is longer than `limit` bytes.
    pub fn open(path: &Path, limit: u64) -> Result<(Self, Vec<u8>), FileError> {
        let mut content = files::read_limited(path, limit)?;
        let whole = content.iter().rposition(|octet| *octet == b'\n').map_or(0, |last| last + 1);
        let appended = Self::at(path)?;
        if whole < content.len() {
            appended.file.set_len(whole as u64).and_then(|()| appended.file.sync_all()).map_err(|error| appended.failed(error))?;
            content.truncate(whole);
        }
        Ok((appended, content))
    }

    fn at(path: &Path) -> Result<Self, FileError> {
        let opened = OpenOptions::new().append(true).mode(0o600).open(path);
        let file = opened.map_err(|source| FileError { action: "open", path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Adds a line, which ends with its line feed, and makes it durable. What was written of a line that did not fit is taken away again.
    ///
    /// # Errors
    /// What the system says.
    pub fn append(&self, line: &[u8]) -> Result<(), FileError> {
        let length = self.file.metadata().map_err(|error| self.failed(error))?.len();
        (&self.file).write_all(line).and_then(|()| self.file.sync_data()).map_err(|error| {
            let _ = self.file.set_len(length);
            self.failed(error)
        })
    }

    /// An error about this file.
    #[must_use]
    pub fn failed(&self, source: io::Error) -> FileError {
        FileError { action: "write", path: self.path.clone(), source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_not_whole_is_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        Appended::create(&path).unwrap().append(b"one\n").unwrap();
        std::fs::write(&path, b"one\ntw").unwrap();
        let (file, content) = Appended::open(&path, 100).unwrap();
        assert_eq!(content, b"one\n");
        file.append(b"two\n").unwrap();
        assert_eq!(Appended::open(&path, 100).unwrap().1, b"one\ntwo\n");
        assert!(Appended::create(&path).unwrap_err().is_present());
    }
}
