//! The files of a database: whether they are what they should be, who keeps them from being written.

use std::{
    fs,
    io::Read as _,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use certdeck_shared::api::database::DatabaseFormat;

use super::error::TokenError;

/// Directory and format of a database.
pub(crate) struct DatabaseFiles {
    directory: PathBuf,
    prefix: String,
    format: DatabaseFormat,
}

impl DatabaseFiles {
    /// Nothing is looked at yet.
    pub(crate) fn new(directory: PathBuf, prefix: String, format: DatabaseFormat) -> Result<Self, TokenError> {
        check_path(&directory.join(format!("{prefix}cert9.db")))?;
        Ok(Self { directory, prefix, format })
    }

    /// No files at all: a token of another module keeps its objects wherever it likes.
    pub(crate) fn none() -> Self {
        Self { directory: PathBuf::new(), prefix: String::new(), format: DatabaseFormat::Sql }
    }

    fn is_none(&self) -> bool {
        self.directory.as_os_str().is_empty()
    }

    /// Directory of the database.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// What the names of its files begin with, as softoken takes it.
    pub(crate) fn prefixes(&self) -> String {
        format!("certPrefix='{0}' keyPrefix='{0}'", self.prefix)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.join(format!("{}{name}", self.prefix))
    }

    /// On-disk format.
    pub(crate) fn format(&self) -> DatabaseFormat {
        self.format
    }

    /// What keeps the database from being written, as far as the file system tells.
    pub(crate) fn obstacle(&self) -> Option<String> {
        if self.is_none() {
            return None;
        }
        if self.format == DatabaseFormat::Dbm {
            return Some("databases of the old dbm format are only read".to_owned());
        }
        let mut paths = vec![self.directory.clone()];
        paths.extend(self.files().into_iter().filter(|path| path.exists()));
        paths.into_iter().find_map(|path| {
            let refused = rustix::fs::access(&path, rustix::fs::Access::WRITE_OK).err()?;
            Some(format!("{}: {refused}", path.display()))
        })
    }

    /// Whether the file system of the database is full.
    pub(crate) fn is_disk_full(&self) -> bool {
        // A transaction of softoken writes a journal and a few pages to each file.
        !self.is_none()
            && rustix::fs::statvfs(&self.directory).is_ok_and(|found| found.f_bavail.saturating_mul(found.f_frsize) < 128 * 1024)
    }

    /// Whether somebody holds a write lock on the files just now. Locks of other machines, on a network file system, do not show.
    pub(crate) fn is_locked(&self) -> bool {
        if self.is_none() {
            return false;
        }
        let inodes: Vec<String> = self.identities().iter().map(|(_, inode)| format!(":{inode}")).collect();
        let locks = fs::read_to_string("/proc/locks").unwrap_or_default();
        locks.lines().any(|line| {
            let mut fields = line.split_ascii_whitespace().skip(3);
            fields.next() == Some("WRITE")
                && fields.next() != Some(&std::process::id().to_string())
                && fields.next().is_some_and(|file| inodes.iter().any(|inode| file.ends_with(inode.as_str())))
        })
    }

    /// Files of the database that must be there.
    pub(crate) fn files(&self) -> [PathBuf; 2] {
        match self.format {
            DatabaseFormat::Sql => [self.file("cert9.db"), self.file("key4.db")],
            DatabaseFormat::Dbm => [self.file("cert8.db"), self.file("key3.db")],
        }
    }

    /// Which files they are: device and inode numbers.
    pub(crate) fn identities(&self) -> Vec<(u64, u64)> {
        if self.is_none() {
            return Vec::new();
        }
        self.files().iter().filter_map(|path| fs::metadata(path).ok()).map(|found| (found.dev(), found.ino())).collect()
    }

    /// Reasons that softoken would give as CKR_GENERAL_ERROR, or cover up by making a new file.
    ///
    /// Where the new files are not there yet and the old ones are, softoken converts: that is no fault.
    pub(crate) fn check(&self) -> Result<(), TokenError> {
        if self.is_none() {
            return Ok(());
        }
        let has = |name: &str| self.file(name).exists();
        if self.format == DatabaseFormat::Sql && !has("cert9.db") && !has("key4.db") && has("cert8.db") && has("key3.db") {
            return Ok(());
        }
        for path in self.files() {
            let mut head = [0; 16];
            let read = fs::File::open(&path).and_then(|mut file| file.read(&mut head));
            match read {
                Err(error) => return Err(TokenError::unusable(format!("{}: {error}", path.display()))),
                Ok(_) if self.format == DatabaseFormat::Dbm => {}
                Ok(0) => return Err(TokenError::unusable(format!("{} is empty", path.display()))),
                Ok(_) if &head == b"SQLite format 3\0" => {}
                Ok(_) => return Err(TokenError::unusable(format!("{} is not an SQLite database", path.display()))),
            }
        }
        Ok(())
    }

    /// Whether a journal waits to be rolled back, or is in use.
    pub(crate) fn has_journal(&self) -> bool {
        ["cert9.db-journal", "key4.db-journal"].iter().any(|name| fs::metadata(self.file(name)).is_ok_and(|found| found.len() > 0))
    }
}

/// softoken parses the directory out of a line with quotes and brackets; what would need quoting there is refused.
fn check_path(directory: &Path) -> Result<(), TokenError> {
    let text = directory.to_str().ok_or_else(|| TokenError::unusable("the name of its directory is not UTF-8"))?;
    if !directory.is_absolute() {
        return Err(TokenError::unusable("the path of its directory is not absolute"));
    }
    match text.chars().find(|letter| letter.is_control() || matches!(letter, '\'' | '"' | '\\' | '<' | '>' | '[' | ']')) {
        Some(letter) => Err(TokenError::unusable(format!("NSS cannot open a directory with {letter:?} in its name"))),
        None => Ok(()),
    }
}
