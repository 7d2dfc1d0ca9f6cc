//! A database as two slots of softoken: one that reads and is never logged in, one that writes. Or the token of another module, whose one
//! slot does both.
//!
//! Two, because softoken derives a key for each trust attribute that it reads on a slot that is logged in: 15 ms each, not 0.02 ms.

use std::{
    path::Path,
    rc::Rc,
    thread,
    time::{Duration, Instant},
};

use certdeck_shared::api::database::DatabaseFormat;

use super::{
    attribute::{CKA_CLASS, CKA_NSS_MODULE_SPEC, CKO_NSS_DELSLOT, CKO_NSS_NEWSLOT},
    create,
    error::TokenError,
    files::DatabaseFiles,
    module::{TokenAddress, locate},
    refusal,
    secret::Secret,
    session::{Template, TokenSession, number},
    softoken::Softoken,
};

/// Slot numbers that softoken keeps for databases start here.
const READER: u64 = 4;
const WRITER: u64 = 5;
const EXTRA: u64 = 6;
const REPAIR: u64 = 7;
const NEW: u64 = 8;

/// How long opening is tried while others write: softoken itself gives up after a second.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long opening is tried while nobody is seen to lock anything. A writer comes and goes in milliseconds.
const HESITATION: Duration = Duration::from_secs(3);

/// Where the slots come from.
enum Place {
    /// The slot of softoken without a database, which opens the others.
    Database(TokenSession),
    /// A token of another module; looked for each time it is opened, since it may come back in another slot.
    Token(TokenAddress),
}

/// The slots of one database, or of one token.
pub(crate) struct Slots {
    softoken: Rc<Softoken>,
    files: DatabaseFiles,
    place: Place,
    reader: Option<TokenSession>,
    writer: Option<TokenSession>,
    /// Which files are open: device and inode numbers.
    opened: Vec<(u64, u64)>,
}

impl Slots {
    /// Nothing is opened yet.
    pub(crate) fn new(softoken: Softoken, files: DatabaseFiles) -> Result<Self, TokenError> {
        let softoken = Rc::new(softoken);
        let slots = softoken.context().get_slots_with_token().map_err(|error| refusal::of(&error))?;
        let first = slots.first().ok_or_else(|| TokenError::unusable("softoken has no slot"))?;
        let opener = TokenSession::open(&softoken, *first, false)?;
        Ok(Self { softoken, files, place: Place::Database(opener), reader: None, writer: None, opened: Vec::new() })
    }

    /// A token of another module.
    pub(crate) fn of_token(library: Softoken, token: TokenAddress) -> Self {
        let softoken = Rc::new(library);
        Self { softoken, files: DatabaseFiles::none(), place: Place::Token(token), reader: None, writer: None, opened: Vec::new() }
    }

    /// Whether it is a token of another module: all its sessions share one login.
    pub(crate) fn is_token(&self) -> bool {
        matches!(self.place, Place::Token(_))
    }

    /// The files.
    pub(crate) fn files(&self) -> &DatabaseFiles {
        &self.files
    }

    /// Where the library is.
    pub(crate) fn library(&self) -> &Path {
        self.softoken.path()
    }

    /// Whether the library knows trust of PKCS#11 3.2.
    pub(crate) fn knows_standard_trust(&self) -> bool {
        self.softoken.knows_standard_trust()
    }

    /// Version of the library.
    pub(crate) fn version(&self) -> String {
        self.softoken.version()
    }

    /// The slot for reading.
    pub(crate) fn reader(&mut self) -> Result<&TokenSession, TokenError> {
        self.forget_replaced_files();
        if self.reader.is_none() {
            self.check_files_unless_open()?;
            let reader = self.open_patiently(READER, true)?;
            self.opened = self.files.identities();
            self.reader = Some(reader);
        }
        self.reader.as_ref().ok_or_else(|| TokenError::unusable("no slot"))
    }

    /// The slot for writing and for private keys. A database that cannot be written is opened for reading: its keys work all the same.
    pub(crate) fn writer(&mut self) -> Result<&TokenSession, TokenError> {
        self.forget_replaced_files();
        if self.writer.is_none() {
            self.check_files_unless_open()?;
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
        let read_only = self.files.format() == DatabaseFormat::Dbm || self.files.obstacle().is_some();
        let writer = self.open_patiently(WRITER, read_only)?;
        self.opened = self.files.identities();
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
        self.check_files_unless_open()?;
        let session = self.open_patiently(EXTRA, true)?;
        let result = run(&session);
        if !self.is_token() {
            close(session, EXTRA);
        }
        result
    }

    /// Makes a database in another directory and runs something on it, unlocked.
    pub(crate) fn on_new_database<T>(
        &self,
        directory: &Path,
        password: &Secret,
        run: impl FnOnce(&TokenSession) -> Result<T, TokenError>,
    ) -> Result<T, TokenError> {
        let session = self.open_in(directory, "sql", "certPrefix='' keyPrefix=''", NEW, false)?;
        let result = create::set_first_password(&session, password).and_then(|()| run(&session));
        close(session, NEW);
        result
    }

    /// Closes both slots; the next use opens them again.
    pub(crate) fn close(&mut self) {
        let (reader, writer) = (self.reader.take(), self.writer.take());
        if self.is_token() {
            return;
        }
        if let Some(session) = reader {
            close(session, READER);
        }
        if let Some(session) = writer {
            close(session, WRITER);
        }
    }

    /// A restored snapshot is another file under the same name: whoever keeps the old one open would read and write what is gone.
    fn forget_replaced_files(&mut self) {
        if (self.reader.is_some() || self.writer.is_some()) && self.files.identities() != self.opened {
            self.close();
        }
    }

    fn check_files_unless_open(&self) -> Result<(), TokenError> {
        if self.reader.is_some() || self.writer.is_some() { Ok(()) } else { self.files.check() }
    }

    fn open_patiently(&self, slot: u64, read_only: bool) -> Result<TokenSession, TokenError> {
        if let Place::Token(address) = &self.place {
            return TokenSession::open(&self.softoken, locate(&self.softoken, address)?, !read_only);
        }
        let started = Instant::now();
        let mut pause = Duration::from_millis(40);
        let mut repaired = false;
        loop {
            let refused = match self.open(slot, read_only) {
                Ok(session) => return Ok(session),
                Err(refused) => refused,
            };
            tracing::debug!(%refused, read_only, "opening the database failed");
            if read_only && !repaired && self.files.has_journal() && self.files.obstacle().is_none() {
                // Somebody died while writing. SQLite rolls back on the next open for writing, and refuses to read until then.
                repaired = true;
                if let Ok(session) = self.open(REPAIR, false) {
                    close(session, REPAIR);
                    continue;
                }
            }
            // The same answer for a lock and for damage; the kernel knows of the lock.
            let waited = started.elapsed();
            if self.files.is_locked() {
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
        let kind = match self.files.format() {
            DatabaseFormat::Sql => "sql",
            DatabaseFormat::Dbm => "dbm",
        };
        self.open_in(self.files.directory(), kind, &self.files.prefixes(), slot, read_only)
    }

    fn open_in(&self, directory: &Path, kind: &str, prefixes: &str, slot: u64, read_only: bool) -> Result<TokenSession, TokenError> {
        let flags = if read_only { "readOnly" } else { "" };
        let directory = directory.display();
        let specification = format!(
            "tokens=[{slot:#x}=<configDir='{kind}:{directory}' tokenDescription='NSS Certificate DB' \
             slotDescription='NSS User Private Key and Certificate Services' {prefixes} flags={flags}>]"
        );
        let Place::Database(opener) = &self.place else { return Err(TokenError::unusable("no slot")) };
        opener.create(&request(CKO_NSS_NEWSLOT, &specification))?;
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
