//! A database as two slots of softoken: one that reads and is never logged in, one that writes.
//!
//! Two, because softoken derives a key for each trust attribute that it reads on a slot that is logged in: 15 ms each, not 0.02 ms.

use std::{
    fs,
    io::Read as _,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    rc::Rc,
    thread,
    time::{Duration, Instant},
};

use certdeck_shared::api::database::DatabaseFormat;

use super::{
    error::TokenError,
    refusal,
    session::{Template, TokenSession, number},
    softoken::Softoken,
};

const CKA_CLASS: u64 = 0x0;
const CKO_NSS_NEWSLOT: u64 = 0xCE53_4355;
const CKO_NSS_DELSLOT: u64 = 0xCE53_4356;
const CKA_NSS_MODULE_SPEC: u64 = 0xCE53_4368;

/// Slot numbers that softoken keeps for databases start here.
const READER: u64 = 4;
const WRITER: u64 = 5;
const EXTRA: u64 = 6;

/// How long opening is tried while others write: softoken itself gives up after a second.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long opening is tried while nobody is seen to lock anything. A writer comes and goes in milliseconds.
const HESITATION: Duration = Duration::from_secs(3);

/// The slots of one database.
pub(crate) struct Slots {
    softoken: Rc<Softoken>,
    directory: PathBuf,
    format: DatabaseFormat,
    /// The slot without a database, which opens the others.
    opener: TokenSession,
    reader: Option<TokenSession>,
    writer: Option<TokenSession>,
    /// Which files are open: device and inode numbers.
    opened: Vec<(u64, u64)>,
}

impl Slots {
    /// Nothing is opened yet.
    pub(crate) fn new(softoken: Softoken, directory: PathBuf, format: DatabaseFormat) -> Result<Self, TokenError> {
        check_path(&directory)?;
        let softoken = Rc::new(softoken);
        let slots = softoken.context().get_slots_with_token().map_err(|error| refusal::of(&error))?;
        let first = slots.first().ok_or_else(|| TokenError::unusable("softoken has no slot"))?;
        let opener = TokenSession::open(&softoken, *first, false)?;
        Ok(Self { softoken, directory, format, opener, reader: None, writer: None, opened: Vec::new() })
    }

    /// Directory of the database.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// On-disk format.
    pub(crate) fn format(&self) -> DatabaseFormat {
        self.format
    }

    /// Version of the library.
    pub(crate) fn version(&self) -> String {
        self.softoken.version()
    }

    /// The slot for reading.
    pub(crate) fn reader(&mut self) -> Result<&TokenSession, TokenError> {
        self.forget_replaced_files();
        if self.reader.is_none() {
            self.check_files()?;
            let reader = self.open_patiently(READER, true)?;
            self.opened = self.identities();
            self.reader = Some(reader);
        }
        self.reader.as_ref().ok_or_else(|| TokenError::unusable("no slot"))
    }

    /// The slot for writing and for private keys. A database that cannot be written is opened for reading: its keys work all the same.
    pub(crate) fn writer(&mut self) -> Result<&TokenSession, TokenError> {
        self.forget_replaced_files();
        if self.writer.is_none() {
            self.check_files()?;
            self.open_writer()?;
        }
        self.writer.as_ref().ok_or_else(|| TokenError::unusable("no slot"))
    }

    /// The slot for writing where there is no database yet.
    pub(crate) fn create(&mut self) -> Result<&TokenSession, TokenError> {
        self.open_writer()?;
        self.writer.as_ref().ok_or_else(|| TokenError::unusable("no slot"))
    }

    fn open_writer(&mut self) -> Result<(), TokenError> {
        let read_only = self.format == DatabaseFormat::Dbm || self.obstacle().is_some();
        let writer = self.open_patiently(WRITER, read_only)?;
        self.opened = self.identities();
        self.writer = Some(writer);
        Ok(())
    }

    /// The slot for writing, if it is open already.
    pub(crate) fn open_writer_if_any(&self) -> Option<&TokenSession> {
        self.writer.as_ref()
    }

    /// Runs something on the reader, which must be open, and the writer if it is open.
    pub(crate) fn list_with<T>(
        &self,
        run: impl FnOnce(&TokenSession, Option<&TokenSession>) -> Result<T, TokenError>,
    ) -> Result<T, TokenError> {
        run(self.reader.as_ref().ok_or_else(|| TokenError::unusable("no slot"))?, self.writer.as_ref())
    }

    /// Runs something on a third slot of its own, whose login disturbs nobody's.
    pub(crate) fn on_extra_slot<T>(&mut self, run: impl FnOnce(&TokenSession) -> Result<T, TokenError>) -> Result<T, TokenError> {
        self.check_files()?;
        let session = self.open_patiently(EXTRA, true)?;
        let result = run(&session);
        close(session, EXTRA);
        result
    }

    /// Closes both slots; the next use opens them again.
    pub(crate) fn close(&mut self) {
        if let Some(session) = self.reader.take() {
            close(session, READER);
        }
        if let Some(session) = self.writer.take() {
            close(session, WRITER);
        }
    }

    /// What keeps the database from being written, as far as the file system tells.
    pub(crate) fn obstacle(&self) -> Option<String> {
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
        rustix::fs::statvfs(&self.directory).is_ok_and(|found| found.f_bavail.saturating_mul(found.f_frsize) < 128 * 1024)
    }

    /// Whether somebody holds a write lock on the files just now. Locks of other machines, on a network file system, do not show.
    pub(crate) fn is_locked(&self) -> bool {
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
            DatabaseFormat::Sql => [self.directory.join("cert9.db"), self.directory.join("key4.db")],
            DatabaseFormat::Dbm => [self.directory.join("cert8.db"), self.directory.join("key3.db")],
        }
    }

    fn identities(&self) -> Vec<(u64, u64)> {
        self.files().iter().filter_map(|path| fs::metadata(path).ok()).map(|found| (found.dev(), found.ino())).collect()
    }

    /// A restored snapshot is another file under the same name: whoever keeps the old one open would read and write what is gone.
    fn forget_replaced_files(&mut self) {
        if (self.reader.is_some() || self.writer.is_some()) && self.identities() != self.opened {
            self.close();
        }
    }

    /// Reasons that softoken would give as CKR_GENERAL_ERROR, or cover up by making a new file.
    fn check_files(&self) -> Result<(), TokenError> {
        if self.reader.is_some() || self.writer.is_some() {
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

    fn has_journal(&self) -> bool {
        ["cert9.db-journal", "key4.db-journal"]
            .iter()
            .any(|name| fs::metadata(self.directory.join(name)).is_ok_and(|found| found.len() > 0))
    }

    fn open_patiently(&self, slot: u64, read_only: bool) -> Result<TokenSession, TokenError> {
        let started = Instant::now();
        let mut pause = Duration::from_millis(40);
        let mut repaired = false;
        loop {
            let refused = match self.open(slot, read_only) {
                Ok(session) => return Ok(session),
                Err(refused) => refused,
            };
            tracing::debug!(%refused, read_only, "opening the database failed");
            if read_only && !repaired && self.has_journal() && self.obstacle().is_none() {
                // Somebody died while writing. SQLite rolls back on the next open for writing, and refuses to read until then.
                repaired = true;
                if let Ok(session) = self.open(EXTRA + 1, false) {
                    close(session, EXTRA + 1);
                    continue;
                }
            }
            // The same answer for a lock and for damage; the kernel knows of the lock.
            let waited = started.elapsed();
            if self.is_locked() {
                if waited > PATIENCE {
                    return Err(TokenError::DatabaseLocked);
                }
            } else if waited > HESITATION {
                return Err(TokenError::unusable(format!("NSS cannot open it ({refused}); the files may be damaged")));
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(800));
        }
    }

    fn open(&self, slot: u64, read_only: bool) -> Result<TokenSession, TokenError> {
        let kind = match self.format {
            DatabaseFormat::Sql => "sql",
            DatabaseFormat::Dbm => "dbm",
        };
        let flags = if read_only { "readOnly" } else { "" };
        let directory = self.directory.display();
        let specification = format!(
            "tokens=[{slot:#x}=<configDir='{kind}:{directory}' tokenDescription='NSS Certificate DB' \
             slotDescription='NSS User Private Key and Certificate Services' certPrefix='' keyPrefix='' flags={flags}>]"
        );
        self.opener.create(&request(CKO_NSS_NEWSLOT, &specification))?;
        let slots = self.softoken.context().get_slots_with_token().map_err(|error| refusal::of(&error))?;
        let opened = slots.into_iter().find(|found| found.id() == slot).ok_or_else(|| TokenError::unusable("softoken opened no slot"))?;
        TokenSession::open(&self.softoken, opened, !read_only)
    }
}

fn request(class: u64, specification: &str) -> Template {
    let mut text = specification.as_bytes().to_vec();
    text.push(0);
    vec![(CKA_CLASS, number(class)), (CKA_NSS_MODULE_SPEC, text)]
}

/// Closes a slot. Must be asked for on a session of that slot.
fn close(session: TokenSession, slot: u64) {
    if let Err(error) = session.create(&request(CKO_NSS_DELSLOT, &format!("tokens=[{slot:#x}=<>]"))) {
        tracing::debug!(%error, slot, "a slot could not be closed");
    }
    drop(session);
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
