//! One registered database, open: its token, its listing, its snapshots.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use certdeck_shared::api::database::DatabaseFormat;
use certdeck_shared::hex::hex;
use certdeck_shared::password::{self, Weakness};
use certdeck_shared::x509::{fingerprint, parse};
use time::OffsetDateTime;
use tokio::sync::{Mutex as AsyncMutex, MutexGuard};

use super::attempts::Attempts;
use super::error::OperationError;
use super::modules::OpenModules;
use super::own_writes::OwnWrites;
use crate::domain::snapshots::KnownDifferences;
use crate::domain::validation::Preparation;
use crate::host::threads;
use crate::nss::listing::{self, ListedCertificate, ListedKey, ListedRevocationList, Listing, ListingError};
use crate::nss::location::Location;
use crate::nss::revision::RevisionReader;
use crate::nss::snapshots::SnapshotStore;
use crate::state::DatabaseRecord;
use crate::token::{Secret, TokenCertificate, TokenError, TokenHandle};

/// How often a listing is read anew when somebody writes all the time.
const READINGS: u32 = 4;

/// A registered database.
pub struct OpenDatabase {
    /// Identifier in paths.
    pub id: String,
    /// Directory.
    pub path: PathBuf,
    /// Directory and prefix of its files.
    pub location: Location,
    /// On-disk format.
    pub format: DatabaseFormat,
    /// Whether it is the console's own.
    pub embedded: bool,
    /// When it was registered.
    pub registered_at: OffsetDateTime,
    /// The internal token.
    pub token: TokenHandle,
    /// Its snapshots.
    pub snapshots: SnapshotStore,
    /// What its snapshots differ in from now.
    pub(crate) differences: Mutex<KnownDifferences>,
    /// Wrong passwords so far.
    pub(super) attempts: Attempts,
    /// Whether the password it was unlocked with is in every manual.
    default_password: AtomicBool,
    label: RwLock<String>,
    revision: RevisionReader,
    listing: AsyncMutex<Option<Arc<Listing>>>,
    /// The revision that was last told to listeners.
    pub(super) told: Mutex<Option<String>>,
    writing: AsyncMutex<()>,
    /// The changes that were made here.
    pub(crate) own_writes: OwnWrites,
    /// Its modules and their tokens.
    pub(super) modules: OpenModules,
    /// The last listing as validation wants it.
    pub(crate) preparation: Preparation,
}

impl OpenDatabase {
    pub(super) fn new(record: DatabaseRecord, token: TokenHandle, snapshots: SnapshotStore) -> Self {
        let location = Location::new(record.path, record.prefix);
        Self {
            id: record.id,
            revision: RevisionReader::new(&location, record.format),
            path: location.directory().to_owned(),
            location,
            format: record.format,
            embedded: record.embedded,
            registered_at: record.registered_at,
            token,
            snapshots,
            differences: Mutex::default(),
            attempts: Attempts::default(),
            default_password: AtomicBool::new(false),
            label: RwLock::new(record.label),
            listing: AsyncMutex::default(),
            told: Mutex::default(),
            writing: AsyncMutex::default(),
            own_writes: OwnWrites::default(),
            modules: OpenModules::default(),
            preparation: Preparation::default(),
        }
    }

    /// Name for people.
    #[must_use]
    pub fn label(&self) -> String {
        self.label.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the password it was last unlocked with is in every manual.
    pub(super) fn has_default_password(&self) -> bool {
        self.default_password.load(Ordering::Relaxed)
    }

    /// Unlocks the token, and notes what is to be said about the password; the password itself is for the token alone.
    pub(super) async fn unlock(&self, password: &Secret) -> Result<(), TokenError> {
        self.token.login(password).await?;
        self.note_password(password);
        Ok(())
    }

    /// Notes what is to be said about the password that opens it.
    pub(super) fn note_password(&self, password: &Secret) {
        let weakness = password::weakness(password.reveal(), "");
        self.default_password.store(matches!(weakness, Some(Weakness::NssDefault | Weakness::WellKnown)), Ordering::Relaxed);
    }

    pub(super) fn set_label(&self, label: &str) {
        label.clone_into(&mut self.label.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// The revision of the files now.
    ///
    /// # Errors
    /// When they are there and cannot be read.
    pub fn revision(&self) -> Result<String, OperationError> {
        self.revision.read().map_err(|error| {
            let file = "cert9.db";
            OperationError::Listing(match error.kind() {
                std::io::ErrorKind::NotFound => ListingError::Missing { file },
                _ => ListingError::Forbidden { file },
            })
        })
    }

    /// What is in the database, of one instant; read anew only when the files have changed.
    ///
    /// # Errors
    /// When the files cannot be read as a database.
    pub async fn listing(&self) -> Result<Arc<Listing>, OperationError> {
        let mut kept = self.listing.lock().await;
        let mut last = None;
        for reading in 0..READINGS {
            let revision = self.revision()?;
            if let Some(listing) = kept.as_ref().filter(|listing| listing.revision == revision) {
                return Ok(Arc::clone(listing));
            }
            match self.read(revision.clone()).await {
                Ok(listing) => {
                    let listing = Arc::new(listing);
                    // Written to while we read: what we have is consistent, but of which revision it is, nobody knows.
                    if self.revision()? == revision {
                        *kept = Some(Arc::clone(&listing));
                        return Ok(listing);
                    }
                    last = Some(listing);
                }
                Err(OperationError::Listing(ListingError::NeedsRepair)) if reading + 1 < READINGS => {
                    // Only a connection that may write can undo the transaction: the worker opens it so.
                    self.token.status().await?;
                }
                Err(OperationError::Listing(ListingError::Busy { .. })) if reading + 1 < READINGS => {
                    tokio::time::sleep(Duration::from_millis(50 << reading)).await;
                }
                Err(error) => return Err(error),
            }
        }
        last.ok_or(OperationError::Listing(ListingError::Busy { file: "cert9.db" }))
    }

    async fn read(&self, revision: String) -> Result<Listing, OperationError> {
        match self.format {
            DatabaseFormat::Sql => {
                let location = self.location.clone();
                Ok(blocking(move || listing::read(location, revision)).await??)
            }
            DatabaseFormat::Dbm => {
                let certificates = self.token.list().await?;
                let keys = match self.token.list_keys().await {
                    Ok(keys) => keys,
                    // Private keys of the old format are seen by who is logged in, and by nobody else.
                    Err(TokenError::NotLoggedIn) => Vec::new(),
                    Err(error) => return Err(error.into()),
                };
                let keys = keys.into_iter().map(|key| ListedKey { id: hex(&key.id), label: key.label, algorithm: key.algorithm }).collect();
                let lists = self.token.revocation_lists().await?.into_iter().map(|der| ListedRevocationList::new(der, None)).collect();
                Ok(Listing::new(revision, certificates.into_iter().map(from_token).collect(), keys, lists))
            }
        }
    }

    /// What was read belongs to a state that is no more, though the files may look the same.
    pub(crate) async fn forget_listing(&self) {
        *self.listing.lock().await = None;
    }

    /// One writer at a time; refuses the old format.
    ///
    /// # Errors
    /// `OldFormat`.
    pub async fn turn(&self) -> Result<MutexGuard<'_, ()>, OperationError> {
        match self.format {
            DatabaseFormat::Sql => Ok(self.writing.lock().await),
            DatabaseFormat::Dbm => Err(OperationError::OldFormat),
        }
    }

    /// Keeps writes of the console away while somebody looks at it; none when one goes on just now.
    pub(crate) fn at_rest(&self) -> Option<MutexGuard<'_, ()>> {
        self.writing.try_lock().ok()
    }

    /// Fails with `Locked` when what follows needs the password and the token does not have it.
    ///
    /// # Errors
    /// `Locked`, and what the token says.
    pub async fn needs_unlocked(&self) -> Result<(), OperationError> {
        if self.token.status().await?.unlocked { Ok(()) } else { Err(OperationError::Locked) }
    }

    /// Directory of the database.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.path
    }
}

/// A certificate of a token, as listings have them.
pub(super) fn from_token(certificate: TokenCertificate) -> ListedCertificate {
    let (subject, issuer, serial_number) = match parse::raw_names(&certificate.der) {
        Ok(names) => (names.subject.to_vec(), names.issuer.to_vec(), names.serial_number.to_vec()),
        Err(_) => Default::default(),
    };
    ListedCertificate {
        fingerprint_sha256: fingerprint::sha256_hex(&certificate.der),
        nickname: certificate.nickname,
        trust: certificate.trust,
        key_id: certificate.key_id.as_deref().map(hex),
        der: certificate.der,
        subject,
        issuer,
        serial_number,
    }
}

/// Runs file work on a thread that may block.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, OperationError> {
    threads::blocking(work).await.map_err(|_| OperationError::BrokeOff)
}
