//! The console's own SQLite file: accounts, sessions, API tokens, databases, requests, jobs and the audit log.
//!
//! One connection behind a mutex writes, for SQLite has one writer anyway; others read beside it. Moments are kept as milliseconds since 1970.

mod api_tokens;
mod approvals;
mod audit;
mod bindings;
mod channels;
mod copied;
mod databases;
mod deliveries;
mod deployments;
mod endpoints;
mod error;
mod issued;
mod jobs;
mod kept;
mod migrations;
mod moved;
mod notice_settings;
mod notices;
mod passkeys;
mod plans;
mod readers;
mod requests;
mod second_factors;
mod seen_databases;
mod services;
mod sessions;
mod users;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use time::OffsetDateTime;

pub use api_tokens::{ApiTokenRecord, ApiTokens};
pub use approvals::{ApprovalRecord, Approvals};
pub use audit::{Audit, AuditDraft, AuditFilter, Origin, carried, verify_export, verify_state};
pub use bindings::{BindingRecord, Bindings};
pub use channels::{ChannelRecord, ChannelSetting, Channels};
pub use copied::{Soundness, copy_state, is_current, soundness};
pub use databases::{DatabaseRecord, Databases};
pub use deliveries::{Deliveries, DeliveryRecord};
pub use deployments::Deployments;
pub use endpoints::{EndpointRecord, Endpoints, SeenEndpoint, day_text};
pub use error::StateError;
pub use issued::{Issued, IssuedCertificateRecord};
pub use jobs::Jobs;
pub use notice_settings::{CalendarRecord, NoticeSettings};
pub use notices::{NoticeRecord, Notices, Settled, Situation};
pub use passkeys::{PasskeyRecord, Passkeys, Removal};
pub use plans::{PlanRecord, Plans};
use readers::Readers;
pub use requests::{AnswerRecord, RequestEdit, RequestRecord, Requests};
pub use second_factors::{SecondFactorRecord, SecondFactors};
pub use seen_databases::{SeenCertificate, SeenDatabase, SeenDatabases};
pub use services::{ServiceRecord, Services};
pub use sessions::{SessionRecord, Sessions, Visitor};
pub use users::{UserRecord, Users};

use crate::host::{Clock, files, threads};

/// The state, cheap to clone. Calls run on the blocking threads of the runtime.
#[derive(Clone)]
pub struct Store {
    connection: Arc<Mutex<Connection>>,
    /// Absent where the state is in memory, which only one connection sees.
    readers: Option<Arc<Readers>>,
    clock: Clock,
}

impl Store {
    /// Opens the state, making it (0600) when absent and bringing its schema up to date. Blocks; for the start.
    pub fn open(path: &Path, clock: Clock) -> Result<Self, StateError> {
        match files::create_new(path, b"", 0o600, None) {
            Ok(()) => {}
            Err(error) if error.is_present() => {}
            Err(error) => return Err(error.into()),
        }
        let corrupt = |source: rusqlite::Error| match source.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => {
                StateError::Corrupt { path: path.to_owned(), source }
            }
            _ => source.into(),
        };
        let mut connection = Connection::open(path).map_err(corrupt)?;
        connection.busy_timeout(std::time::Duration::from_secs(10))?;
        connection
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;")
            .map_err(corrupt)?;
        let sound: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(corrupt)?;
        if sound != "ok" {
            return Err(corrupt(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT), Some(sound))));
        }
        migrations::apply(&mut connection, path)?;
        let readers = Some(Arc::new(Readers::open(path)?));
        Ok(Self { connection: Arc::new(Mutex::new(connection)), readers, clock })
    }

    /// A state in memory, for tests.
    pub fn in_memory(clock: Clock) -> Result<Self, StateError> {
        let mut connection = Connection::open_in_memory()?;
        connection.execute_batch("PRAGMA foreign_keys = ON;")?;
        migrations::apply(&mut connection, Path::new(":memory:"))?;
        Ok(Self::of_memory(connection, clock))
    }

    fn of_memory(connection: Connection, clock: Clock) -> Self {
        Self { connection: Arc::new(Mutex::new(connection)), readers: None, clock }
    }

    /// Accounts.
    #[must_use]
    pub fn users(&self) -> Users<'_> {
        Users(self)
    }

    /// Sessions of the browser.
    #[must_use]
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions(self)
    }

    /// Second factors of accounts.
    #[must_use]
    pub fn second_factors(&self) -> SecondFactors<'_> {
        SecondFactors(self)
    }

    /// Passkeys of accounts.
    #[must_use]
    pub fn passkeys(&self) -> Passkeys<'_> {
        Passkeys(self)
    }

    /// API tokens.
    #[must_use]
    pub fn api_tokens(&self) -> ApiTokens<'_> {
        ApiTokens(self)
    }

    /// Requests for approval by a second person.
    #[must_use]
    pub fn approvals(&self) -> Approvals<'_> {
        Approvals(self)
    }

    /// Registered databases.
    #[must_use]
    pub fn databases(&self) -> Databases<'_> {
        Databases(self)
    }

    /// Requests and what has become of them.
    #[must_use]
    pub fn requests(&self) -> Requests<'_> {
        Requests(self)
    }

    /// What CAs issued and revoked, and which request renews what.
    #[must_use]
    pub fn issued(&self) -> Issued<'_> {
        Issued(self)
    }

    /// Registered services.
    #[must_use]
    pub fn services(&self) -> Services<'_> {
        Services(self)
    }

    /// Certificates that services serve.
    #[must_use]
    pub fn bindings(&self) -> Bindings<'_> {
        Bindings(self)
    }

    /// Plans of deployments.
    #[must_use]
    pub fn plans(&self) -> Plans<'_> {
        Plans(self)
    }

    /// Deployments.
    #[must_use]
    pub fn deployments(&self) -> Deployments<'_> {
        Deployments(self)
    }

    /// Endpoints that are watched.
    #[must_use]
    pub fn endpoints(&self) -> Endpoints<'_> {
        Endpoints(self)
    }

    /// What people are told.
    #[must_use]
    pub fn notices(&self) -> Notices<'_> {
        Notices(self)
    }

    /// Whom they are told by.
    #[must_use]
    pub fn channels(&self) -> Channels<'_> {
        Channels(self)
    }

    /// Messages on their way.
    #[must_use]
    pub fn deliveries(&self) -> Deliveries<'_> {
        Deliveries(self)
    }

    /// How it is told.
    #[must_use]
    pub fn notice_settings(&self) -> NoticeSettings<'_> {
        NoticeSettings(self)
    }

    /// What the databases held when they were looked at last.
    #[must_use]
    pub fn seen_databases(&self) -> SeenDatabases<'_> {
        SeenDatabases(self)
    }

    /// The audit log.
    #[must_use]
    pub fn audit(&self) -> Audit<'_> {
        Audit(self)
    }

    /// Jobs.
    #[must_use]
    pub fn jobs(&self) -> Jobs<'_> {
        Jobs(self)
    }

    /// The clock that stamps rows.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What changes with every change of the state, by whomever. Good for comparing with what it was, in this program.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn version(&self) -> Result<i64, StateError> {
        let sql = if self.readers.is_some() { "PRAGMA data_version" } else { "SELECT total_changes()" };
        self.glance(|state| Ok(state.prepare_cached(sql)?.query_row([], |row| row.get(0))?)).await
    }

    /// Runs a piece of work that reads, beside whoever writes; what it sees is of one moment.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T, StateError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StateError> + Send + 'static,
    {
        let Some(readers) = self.readers.clone() else { return self.call(work).await };
        threads::blocking(move || readers.read(work)).await.map_err(|_| StateError::Ending)?
    }

    /// Reads one row by its key, at once: handing that to another thread would take longer.
    pub(crate) async fn glance<T, F>(&self, work: F) -> Result<T, StateError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StateError> + Send + 'static,
    {
        match &self.readers {
            Some(readers) => readers.glance(work),
            None => self.call(|state| work(state)).await,
        }
    }

    /// Runs a piece of work that writes, in one transaction: all of it is done, or nothing.
    pub(crate) async fn call<T, F>(&self, work: F) -> Result<T, StateError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StateError> + Send + 'static,
    {
        let connection = Arc::clone(&self.connection);
        threads::blocking(move || {
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            // Immediate: the command line writes to the same file, and upgrading a read lock would fail instead of waiting.
            within_transaction(&mut connection, TransactionBehavior::Immediate, work)
        })
        .await
        .map_err(|_| StateError::Ending)?
    }
}

/// All of a piece of work, or nothing.
fn within_transaction<T>(
    connection: &mut Connection,
    behavior: TransactionBehavior,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, StateError>,
) -> Result<T, StateError> {
    let transaction = connection.transaction_with_behavior(behavior)?;
    let answer = work(&transaction)?;
    transaction.commit()?;
    Ok(answer)
}

/// A moment as it is kept.
fn to_column(moment: OffsetDateTime) -> i64 {
    i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// A kept moment.
fn from_column(milliseconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// An enumeration's word in JSON, for a TEXT column.
fn to_word<T: serde::Serialize>(value: T) -> Result<String, StateError> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(word) => Ok(word),
        other => Ok(other.to_string()),
    }
}

/// An enumeration from its word.
fn from_word<T: serde::de::DeserializeOwned>(word: String) -> Result<T, StateError> {
    Ok(serde_json::from_value(serde_json::Value::String(word))?)
}

#[cfg(test)]
mod tests {
    use certdeck_shared::api::account::User;
    use certdeck_shared::api::role::{Grants, Role};

    use super::*;

    #[tokio::test]
    async fn a_file_that_is_no_state_is_refused_in_words() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.sqlite");
        std::fs::write(&path, [b'x'; 4096]).unwrap();
        let error = Store::open(&path, Clock::system()).err().unwrap();
        assert!(matches!(error, StateError::Corrupt { .. }), "{error:?}");
    }

    #[tokio::test]
    async fn the_state_is_private_and_survives() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.sqlite");
        let store = Store::open(&path, Clock::system()).unwrap();
        store.audit().record(AuditDraft::success("ada", "user.create").subject("bob")).await.unwrap();
        drop(store);
        assert_eq!(files::attributes(&path).unwrap().mode, 0o600);
        let store = Store::open(&path, Clock::system()).unwrap();
        let page = store.audit().page(AuditFilter::default(), 10).await.unwrap();
        assert_eq!(page.entries[0].subject.as_deref(), Some("bob"));
    }

    #[tokio::test]
    async fn a_change_that_cannot_be_recorded_is_not_made() {
        let store = Store::in_memory(Clock::system()).unwrap();
        store.call(|state| Ok(state.execute_batch("DROP TABLE audit")?)).await.unwrap();
        let grants = Grants::everywhere(Role::Administrator);
        let user = User { user_name: "ada".into(), grants, created_at: store.clock().now(), last_sign_in_at: None };
        let record = UserRecord { user, password_hash: "hash".into() };
        let visitor = Visitor { peer: [192, 0, 2, 7].into(), user_agent: None };
        let draft = || AuditDraft::success("console", "user.create");
        assert!(store.users().insert(record.clone(), draft()).await.is_err());
        assert!(store.users().insert_first(record, [0; 32], &visitor, draft()).await.is_err());
        assert_eq!(store.users().count().await.unwrap(), 0);
    }

    #[tokio::test]
    async fn a_state_of_a_newer_program_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.sqlite");
        drop(Store::open(&path, Clock::system()).unwrap());
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 999).unwrap();
        assert!(matches!(Store::open(&path, Clock::system()).err(), Some(StateError::Newer { found: 999, .. })));
    }
}
