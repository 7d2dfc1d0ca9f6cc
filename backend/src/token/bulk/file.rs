//! cert9.db and key4.db as SQLite files: locked, looked at, and written in one transaction each.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql, types::ValueRef};

use super::{
    super::{
        attribute::{
            CKA_CLASS, CKA_ISSUER, CKA_LABEL, CKA_SERIAL_NUMBER, CKA_SUBJECT, CKA_VALUE, CKO_CERTIFICATE, CKO_NSS_TRUST, CKO_TRUST,
        },
        error::TokenError,
        import::Present,
        progress::Progress,
        trust::IssuerAndSerial,
    },
    BulkError,
    row::{self, Row},
};
use crate::nss::listing::EMPTY;

/// How long a lock of others is waited for, as long as softoken does.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long SQLite itself waits before we look whether the import is still wanted.
const LOOK_UP: Duration = Duration::from_millis(200);

/// Identifiers of objects are below 2³⁰; the bits above tell softoken the kind of an object.
const IDENTIFIERS: u32 = 0x3fff_ffff;

/// Both files with a transaction that keeps every other writer out. cert9.db comes first, as in softoken: whoever locks in this order
/// waits for nobody who waits for him. Dropped, both are as they were.
pub(super) struct Files {
    certificates: Connection,
    keys: Connection,
}

/// Rows that were written, by the identifiers of the objects.
#[derive(Default)]
pub(super) struct Written {
    pub(super) objects: Vec<u32>,
    /// Names of the signatures in metaData.
    pub(super) signatures: Vec<String>,
}

impl Files {
    /// Locks the files, cert9.db and key4.db. A journal that somebody left is rolled back on the way, as softoken would do it.
    pub(super) fn lock([certificates, keys]: &[PathBuf; 2], progress: &mut Progress<'_>) -> Result<Self, TokenError> {
        let begun = |path: &Path, progress: &mut Progress<'_>| -> Result<Connection, TokenError> {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(path, flags).map_err(refused)?;
            connection.busy_timeout(LOOK_UP).map_err(refused)?;
            // The journal's removal is made durable as well: what was answered stays, also when the power fails. And pages stay in memory
            // until the end: readers are kept out for an instant only.
            // SQLite reads the schema for a pragma, which an exclusive lock forbids: that is waited for like the transaction.
            patiently(&connection, "PRAGMA synchronous = EXTRA; PRAGMA cache_spill = OFF", progress)?;
            patiently(&connection, "BEGIN IMMEDIATE", progress)?;
            Ok(connection)
        };
        Ok(Self { certificates: begun(certificates, progress)?, keys: begun(keys, progress)? })
    }

    /// Refuses files that are laid out in another way than is known here.
    pub(super) fn check(&self) -> Result<(), BulkError> {
        let unknown = "SELECT count(*) FROM sqlite_master WHERE type NOT IN ('table', 'index') \
                       OR type = 'table' AND name NOT IN ('nssPublic', 'nssPrivate', 'metaData')";
        for connection in [&self.certificates, &self.keys] {
            if connection.query_row(unknown, [], |row| row.get::<_, i64>(0))? != 0 {
                return Err(BulkError::unknown("its files have other tables"));
            }
        }
        if columns(&self.keys, "metaData")? != ["id", "item1", "item2"] {
            return Err(BulkError::unknown("metaData has other columns"));
        }
        let strange = "SELECT count(*) FROM metaData WHERE id <> 'password' AND id NOT GLOB 'sig_cert_*' AND id NOT GLOB 'sig_key_*'";
        if self.keys.query_row(strange, [], |row| row.get::<_, i64>(0))? != 0 {
            return Err(BulkError::unknown("metaData holds something else"));
        }
        Ok(())
    }

    /// The attributes that the table of certificates has a column for.
    pub(super) fn attributes(&self) -> Result<HashSet<u64>, BulkError> {
        let columns = columns(&self.certificates, "nssPublic")?;
        let kinds: HashSet<u64> = columns.iter().filter_map(|column| row::kind(column)).collect();
        // One that is no attribute is the identifier.
        if kinds.len() + 1 == columns.len() { Ok(kinds) } else { Err(BulkError::unknown("nssPublic has other columns")) }
    }

    /// The salt and the check of the password.
    pub(super) fn password(&self) -> Result<(Vec<u8>, Vec<u8>), BulkError> {
        Ok(self.keys.query_row("SELECT item1, item2 FROM metaData WHERE id = 'password'", [], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }

    /// The certificates that are there.
    pub(super) fn certificates(&self) -> Result<Vec<Present>, BulkError> {
        let kinds = [CKA_VALUE, CKA_LABEL, CKA_ISSUER, CKA_SERIAL_NUMBER, CKA_SUBJECT];
        let found = self.objects(CKO_CERTIFICATE, kinds)?.into_iter();
        Ok(found
            .map(|[der, label, issuer, serial, subject]| Present {
                der,
                label: Some(label).filter(|label| !label.is_empty()),
                issuer,
                serial,
                subject,
            })
            .collect())
    }

    /// What the trust objects of both classes are about.
    pub(super) fn trusted(&self) -> Result<HashSet<IssuerAndSerial>, BulkError> {
        let mut found = HashSet::new();
        for class in [CKO_TRUST, CKO_NSS_TRUST] {
            found.extend(self.objects(class, [CKA_ISSUER, CKA_SERIAL_NUMBER])?.into_iter().map(|[issuer, serial]| (issuer, serial)));
        }
        Ok(found)
    }

    fn objects<const N: usize>(&self, class: u64, kinds: [u64; N]) -> Result<Vec<[Vec<u8>; N]>, BulkError> {
        let columns = kinds.map(row::column).join(", ");
        let mut statement =
            self.certificates.prepare(&format!("SELECT {columns} FROM nssPublic WHERE {} = ?1 ORDER BY rowid", row::column(CKA_CLASS)))?;
        let stored = u32::try_from(class).map_err(|_| BulkError::unknown("a class does not fit"))?.to_be_bytes();
        let mut rows = statement.query([stored.as_slice()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let mut values = [const { Vec::new() }; N];
            for (position, value) in values.iter_mut().enumerate() {
                if let ValueRef::Blob(octets) | ValueRef::Text(octets) = row.get_ref(position)?
                    && octets != EMPTY
                {
                    octets.clone_into(value);
                }
            }
            found.push(values);
        }
        Ok(found)
    }

    /// Identifiers that no object has, counted upwards from a random one as softoken counts them from the time.
    pub(super) fn free_identifiers(&self, start: u32) -> Result<impl Iterator<Item = u32> + use<>, BulkError> {
        let mut statement = self.certificates.prepare("SELECT id FROM nssPublic")?;
        let taken = statement.query_map([], |row| row.get::<_, u32>(0))?.collect::<Result<HashSet<u32>, _>>()?;
        Ok((0..IDENTIFIERS).map(move |step| start.wrapping_add(step) & IDENTIFIERS).filter(move |id| *id != 0 && !taken.contains(id)))
    }

    /// Adds an object.
    pub(super) fn insert(&self, object: u32, row: &Row) -> Result<(), BulkError> {
        let columns: Vec<String> = row.keys().map(|kind| row::column(*kind)).collect();
        let places = vec!["?"; columns.len() + 1].join(", ");
        let mut statement =
            self.certificates.prepare_cached(&format!("INSERT INTO nssPublic (id, {}) VALUES ({places})", columns.join(", ")))?;
        statement.raw_bind_parameter(1, object)?;
        for (position, value) in (2..).zip(row.values()) {
            statement.raw_bind_parameter(position, value)?;
        }
        statement.raw_execute()?;
        Ok(())
    }

    /// Adds a signature.
    pub(super) fn sign(&self, name: &str, signature: &[u8]) -> Result<(), BulkError> {
        let mut statement = self.keys.prepare_cached("INSERT INTO metaData (id, item1) VALUES (?1, ?2)")?;
        statement.execute((name, signature))?;
        Ok(())
    }

    /// Makes it so. The signatures first: without their objects they mean nothing, while an object without them is a forged one. After a
    /// failure everything is as it was.
    pub(super) fn commit(self, paths: &[PathBuf; 2], written: &Written, progress: &mut Progress<'_>) -> Result<(), TokenError> {
        if !written.signatures.is_empty() {
            patiently(&self.keys, "COMMIT", progress)?;
        }
        if written.objects.is_empty() {
            return Ok(());
        }
        patiently(&self.certificates, "COMMIT", progress).inspect_err(|_| {
            drop(self);
            let signatures = Written { objects: Vec::new(), signatures: written.signatures.clone() };
            if let Err(error) = take_back(paths, &signatures, progress) {
                tracing::debug!(%error, "signatures without objects stay in key4.db");
            }
        })
    }
}

/// Removes what was written, and nothing else: what others wrote since stays. The objects first, for the reason of [`Files::commit`].
pub(super) fn take_back(paths: &[PathBuf; 2], written: &Written, progress: &mut Progress<'_>) -> Result<(), TokenError> {
    // Whoever cancelled waits for this to be done.
    let mut progress = Progress { is_cancelled: &|| false, done: progress.done, report: &mut *progress.report };
    let files = Files::lock(paths, &mut progress)?;
    let mut delete = |connection: &Connection, statement: &str, all: &[&dyn ToSql]| -> Result<(), TokenError> {
        // Even an empty transaction would wait for readers.
        if all.is_empty() {
            return Ok(());
        }
        let deleted =
            connection.prepare(statement).and_then(|mut statement| all.iter().try_for_each(|one| statement.execute([one]).map(drop)));
        deleted.map_err(refused)?;
        patiently(connection, "COMMIT", &mut progress)
    };
    let objects: Vec<&dyn ToSql> = written.objects.iter().map(|object| object as &dyn ToSql).collect();
    delete(&files.certificates, "DELETE FROM nssPublic WHERE id = ?1", &objects)?;
    let signatures: Vec<&dyn ToSql> = written.signatures.iter().map(|name| name as &dyn ToSql).collect();
    delete(&files.keys, "DELETE FROM metaData WHERE id = ?1", &signatures)
}

/// Everything in the files of a directory.
pub(super) struct Contents {
    /// Rows of objects by identifier.
    pub(super) objects: HashMap<u32, Row>,
    /// First column of metaData by name: signatures, and the salt of the password.
    pub(super) signatures: HashMap<String, Vec<u8>>,
}

/// Reads files that nobody else uses.
pub(super) fn contents(directory: &Path) -> Result<Contents, BulkError> {
    let open = |name: &str| Connection::open_with_flags(directory.join(name), OpenFlags::SQLITE_OPEN_READ_ONLY);
    let certificates = open("cert9.db")?;
    let columns = columns(&certificates, "nssPublic")?;
    let mut statement = certificates.prepare("SELECT * FROM nssPublic")?;
    let objects = statement
        .query_map([], |row| {
            let mut stored = Row::new();
            for (position, column) in columns.iter().enumerate() {
                if let (Some(kind), ValueRef::Blob(octets)) = (row::kind(column), row.get_ref(position)?) {
                    stored.insert(kind, octets.to_vec());
                }
            }
            Ok((row.get("id")?, stored))
        })?
        .collect::<Result<_, _>>()?;
    let keys = open("key4.db")?;
    let mut statement = keys.prepare("SELECT id, item1 FROM metaData")?;
    let signatures = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    Ok(Contents { objects, signatures })
}

fn columns(connection: &Connection, table: &str) -> Result<Vec<String>, BulkError> {
    let mut statement = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
    Ok(statement.query_map([table], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// Runs a statement that may meet a lock of somebody else.
fn patiently(connection: &Connection, statement: &str, progress: &mut Progress<'_>) -> Result<(), TokenError> {
    let started = Instant::now();
    loop {
        match connection.execute_batch(statement).map_err(refused) {
            Err(TokenError::DatabaseLocked) if started.elapsed() < PATIENCE => {
                progress.check()?;
                progress.repeat()?;
                // SQLite does not wait where waiting could be a deadlock.
                thread::sleep(Duration::from_millis(10));
            }
            other => return other,
        }
    }
}

/// An error of SQLite as a fact.
pub(super) fn refused(error: rusqlite::Error) -> TokenError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => TokenError::DatabaseLocked,
        Some(ErrorCode::DiskFull) => TokenError::DiskFull,
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            TokenError::WriteProtected { reason: error.to_string() }
        }
        _ => TokenError::unusable(format!("SQLite says: {error}")),
    }
}
