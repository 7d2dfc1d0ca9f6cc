//! The public part of a database straight from its SQLite files: certificates, trust, revocation lists, and the names of the keys.
//!
//! Why not through softoken: ten thousand certificates with trust take seconds there, minutes once it is logged in, and tens of
//! milliseconds here. Files are opened read-only; nothing is ever written.

mod keys;
mod objects;
mod revocation_lists;
mod table;
mod trust;

use std::collections::HashMap;
use std::time::Duration;

use certdeck_shared::trust::TrustFlags;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use thiserror::Error;

use super::location::Location;
pub use keys::ListedKey;
pub use revocation_lists::ListedRevocationList;
pub(crate) use table::EMPTY;
use table::Table;

/// How long SQLite itself waits for a writer. Writers of softoken hold the file for some milliseconds a transaction.
const BUSY_WAIT: Duration = Duration::from_secs(5);

/// One certificate of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedCertificate {
    /// SHA-256 of the DER, lower-case hex.
    pub fingerprint_sha256: String,
    /// CKA_LABEL; absent when empty.
    pub nickname: Option<String>,
    /// Stored trust, with `u` where the key is here.
    pub trust: TrustFlags,
    /// CKA_ID of its private key, lower-case hex, when that is in the database.
    pub key_id: Option<String>,
    /// The certificate.
    pub der: Vec<u8>,
    /// CKA_SUBJECT, a DER Name.
    pub subject: Vec<u8>,
    /// CKA_ISSUER, a DER Name.
    pub issuer: Vec<u8>,
    /// CKA_SERIAL_NUMBER, a DER INTEGER.
    pub serial_number: Vec<u8>,
}

/// All that can be read of a database without its password, at one instant.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Revision it was read at.
    pub revision: String,
    /// Certificates in the order of the database.
    pub certificates: Vec<ListedCertificate>,
    /// Private keys in the order of the database.
    pub keys: Vec<ListedKey>,
    /// Revocation lists in the order of the database.
    pub revocation_lists: Vec<ListedRevocationList>,
    positions: HashMap<String, usize>,
}

impl Listing {
    /// Puts a listing together, whatever it was read from.
    #[must_use]
    pub fn new(
        revision: String,
        certificates: Vec<ListedCertificate>,
        keys: Vec<ListedKey>,
        revocation_lists: Vec<ListedRevocationList>,
    ) -> Self {
        let positions = certificates.iter().enumerate().map(|(index, one)| (one.fingerprint_sha256.clone(), index)).collect();
        Self { revision, certificates, keys, revocation_lists, positions }
    }

    /// The certificate of this fingerprint.
    #[must_use]
    pub fn certificate(&self, fingerprint_sha256: &str) -> Option<&ListedCertificate> {
        self.positions.get(fingerprint_sha256).and_then(|index| self.certificates.get(*index))
    }

    /// The key of this CKA_ID.
    #[must_use]
    pub fn key(&self, id: &str) -> Option<&ListedKey> {
        self.keys.iter().find(|key| key.id == id)
    }
}

/// Why a database cannot be listed.
#[derive(Debug, Error)]
pub enum ListingError {
    /// A writer died in the middle of a transaction; whoever opens the file for writing next repairs it.
    #[error("a transaction that was cut short has to be undone first")]
    NeedsRepair,
    /// A writer held the file for longer than we wait.
    #[error("another program holds {file}")]
    Busy {
        /// The file.
        file: &'static str,
    },
    /// A file is not there.
    #[error("{file} is not there")]
    Missing {
        /// The file.
        file: &'static str,
    },
    /// A file is there and the console may not read it.
    #[error("{file} cannot be opened for reading; the console needs read permission")]
    Forbidden {
        /// The file.
        file: &'static str,
    },
    /// A file is no NSS database.
    #[error("{file} is damaged or not an NSS database")]
    NotADatabase {
        /// The file.
        file: &'static str,
        /// What SQLite says.
        #[source]
        source: rusqlite::Error,
    },
}

/// Reads everything in one transaction a file, both held at once, so that keys and certificates belong together.
///
/// # Errors
/// See [`ListingError`]; on [`ListingError::NeedsRepair`] have the token worker open the database and come back.
pub fn read(location: impl Into<Location>, revision: String) -> Result<Listing, ListingError> {
    let location = location.into();
    let certificates = open(&location, "cert9.db")?;
    let keys = open(&location, "key4.db")?;
    let certificate_table = Table::open(&certificates, "cert9.db", "nssPublic")?;
    let key_table = Table::open(&keys, "key4.db", "nssPrivate")?;
    let (certificate_table, key_table) = match (certificate_table, key_table) {
        (Some(certificates), Some(keys)) => (certificates, keys),
        // Empty files: softoken has made them and written nothing yet.
        _ => return Ok(Listing { revision, ..Listing::default() }),
    };
    let listed_keys = keys::read(&key_table)?;
    let trust = trust::read(&certificate_table)?;
    let listed = objects::read(&certificate_table, &listed_keys, &trust)?;
    Ok(Listing::new(revision, listed, listed_keys, revocation_lists::read(&certificate_table)?))
}

/// Opens one file read-only and begins a transaction that holds a SHARED lock until the connection is dropped.
pub(in crate::nss) fn open(location: impl Into<Location>, file: &'static str) -> Result<Connection, ListingError> {
    let path = location.into().file(file);
    match std::fs::metadata(&path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Err(ListingError::NotADatabase { file, source: rusqlite::Error::InvalidPath(path) }),
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => return Err(ListingError::Forbidden { file }),
        Err(_) => return Err(ListingError::Missing { file }),
    }
    let connection = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|error| explain(error, file))?;
    connection.busy_timeout(BUSY_WAIT).map_err(|error| explain(error, file))?;
    connection.execute_batch("BEGIN").map_err(|error| explain(error, file))?;
    connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0)).map_err(|error| explain(error, file))?;
    Ok(connection)
}

/// Extended result codes that mean "there is a hot journal and a read-only connection cannot roll it back".
const READONLY_ROLLBACK: i32 = 8 | (3 << 8);
const READONLY_RECOVERY: i32 = 8 | (1 << 8);

pub(super) fn explain(error: rusqlite::Error, file: &'static str) -> ListingError {
    if let rusqlite::Error::SqliteFailure(failure, _) = &error {
        match failure.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => return ListingError::Busy { file },
            ErrorCode::PermissionDenied => return ListingError::Forbidden { file },
            ErrorCode::ReadOnly if matches!(failure.extended_code, READONLY_ROLLBACK | READONLY_RECOVERY) => {
                return ListingError::NeedsRepair;
            }
            ErrorCode::CannotOpen => return ListingError::Forbidden { file },
            _ => {}
        }
    }
    ListingError::NotADatabase { file, source: error }
}
