//! From cert8.db and key3.db to cert9.db and key4.db.

use std::path::Path;
use std::sync::Arc;

use certdeck_shared::api::database::DatabaseFormat;

use super::error::OperationError;
use super::open::OpenDatabase;
use super::{Databases, blocking, path};
use crate::host::files;
use crate::nss::recognise::{self, Contents};
use crate::nss::{listing, modules_file};
use crate::token::{Secret, TokenHandle};

/// What softoken makes in the directory.
const MADE: [&str; 3] = ["cert9.db", "key4.db", modules_file::NAME];

impl Databases {
    /// softoken itself converts: opened for writing as `sql:` it takes over certificates and trust, and with the login the keys.
    pub(super) async fn convert(&self, given: &str, label: Option<String>, password: Secret) -> Result<Arc<OpenDatabase>, OperationError> {
        let directory = path::existing(given)?;
        let looked_at = directory.clone();
        let contents = blocking(move || recognise::contents(&looked_at)).await??;
        if let Some(file) = contents.present.iter().find(|name| MADE.contains(name)) {
            return Err(OperationError::DatabaseExists { path: given.to_owned(), file: (*file).to_owned() });
        }
        if !contents.dbm {
            return Err(OperationError::invalid("/path", nothing_to_convert(given, &contents)));
        }
        let registered = self.all().into_iter().find(|database| database.path == directory);
        let label = match &registered {
            Some(database) if label.is_none() => database.label(),
            _ => path::label(label, &directory)?,
        };
        // The password is proved on the old files: a wrong one must not leave half a conversion.
        let old = TokenHandle::new(self.environment.worker(&directory, DatabaseFormat::Dbm));
        let proved = async { if old.status().await?.login_required { old.login(&password).await } else { Ok(()) } };
        let proved = proved.await;
        let _ = old.close().await;
        proved?;
        let converted = self.take_over(&directory, &password).await;
        if converted.is_err() {
            for name in MADE {
                let _ = std::fs::remove_file(directory.join(name));
            }
        }
        converted?;
        let database = match registered {
            Some(old) => {
                let _ = old.token.close().await;
                self.environment.store.databases().set_format(&old.id, DatabaseFormat::Sql).await?;
                self.environment.store.databases().rename(&old.id, &label).await?;
                let record = self.environment.store.databases().by_id(&old.id).await?;
                self.adopt(record.ok_or_else(|| OperationError::not_found("database", &old.id))?)
            }
            None => self.remember(&directory, label, DatabaseFormat::Sql, false).await?,
        };
        // The password has been right a moment ago; an empty one needs no login.
        if !password.is_empty() {
            let _ = database.unlock(&password).await;
        }
        Ok(database)
    }

    async fn take_over(&self, directory: &Path, password: &Secret) -> Result<(), OperationError> {
        let token = TokenHandle::new(self.environment.worker(directory, DatabaseFormat::Sql));
        let taken = async {
            // The login opens for writing, which converts; looking at the status first would open for reading, which does not.
            token.login(password).await?;
            token.list_keys().await
        };
        let taken = taken.await;
        let _ = token.close().await;
        taken?;
        let read = directory.to_owned();
        blocking(move || -> Result<(), OperationError> {
            listing::read(&read, String::new())?;
            let modules = read.join(modules_file::NAME);
            if !modules.exists() {
                files::create_new(&modules, modules_file::internal_only(&read).as_bytes(), 0o600, None)?;
            }
            Ok(())
        })
        .await?
    }
}

fn nothing_to_convert(path: &str, contents: &Contents) -> String {
    let faults = if contents.faults.is_empty() { String::new() } else { format!(" ({})", contents.faults.join("; ")) };
    format!("{path} holds no cert8.db and key3.db to convert{faults}.")
}
