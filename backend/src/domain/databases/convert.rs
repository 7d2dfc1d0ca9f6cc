//! From cert8.db, key3.db and secmod.db to cert9.db, key4.db and pkcs11.txt, beside the old files, which stay as they are.

use std::sync::Arc;

use certdeck_shared::api::conversion::{ConversionPreview, ConversionReport};
use certdeck_shared::api::database::DatabaseFormat;
use certdeck_shared::api::event::Event;
use certdeck_shared::glass::Action;
use serde_json::json;

use super::conversion_report::{self, Inventory};
use super::error::OperationError;
use super::open::OpenDatabase;
use super::operation::Done;
use super::{Databases, blocking, found, path};
use crate::host::{files, owners};
use crate::nss::location::Location;
use crate::nss::recognise::{self, Contents};
use crate::nss::{listing, modules_file};
use crate::token::{Secret, TokenHandle};

/// What softoken makes in the directory.
const MADE: [&str; 3] = ["cert9.db", "key4.db", modules_file::NAME];

impl Databases {
    /// Converts a directory, and registers it unless it is.
    pub(super) async fn convert(
        &self,
        given: &str,
        prefix: Option<String>,
        label: Option<String>,
        password: Secret,
    ) -> Result<Arc<OpenDatabase>, OperationError> {
        let location = found::which(path::existing(given)?, prefix, |format| format == DatabaseFormat::Dbm).await?;
        let registered = self.all().into_iter().find(|database| database.location == location);
        let label = match &registered {
            Some(database) if label.is_none() => database.label(),
            _ => path::label(label, &location)?,
        };
        self.convert_files(&location, &password).await?;
        self.adopt_converted(registered, &location, label, &password).await
    }

    /// What a registered database of the old format holds.
    ///
    /// # Errors
    /// `NotFound`; when it is of the current format, or cannot be read.
    pub async fn conversion_preview(&self, id: &str) -> Result<ConversionPreview, OperationError> {
        let database = self.by_id(id)?;
        refuse_current(&database)?;
        let status = database.token.status().await?;
        Ok(ConversionPreview {
            path: database.location.to_string(),
            holds: database.token.census().await?,
            modules: conversion_report::foreign(database.token.modules().await?),
            password_needed: status.login_required,
        })
    }

    /// Converts a registered database of the old format.
    ///
    /// # Errors
    /// `PinIncorrect`; when it is of the current format. Nothing has changed then.
    pub async fn convert_registered(&self, actor: &str, id: &str, password: Secret) -> Result<ConversionReport, OperationError> {
        let _turn = self.changing.lock().await;
        let operation = self.operation(id, actor)?.standing_for(Action::ConvertDatabase).await;
        let database = Arc::clone(&operation.database);
        let result = async {
            refuse_current(&database)?;
            let report = self.convert_files(&database.location, &password).await?;
            self.adopt_converted(Some(Arc::clone(&database)), &database.location, database.label(), &password).await?;
            let after = json!({
                "certificates": report.new.certificates,
                "keys": report.new.private_keys,
                "modules": report.modules.len(),
                "differences": report.differences,
            });
            Ok(Done { answer: report, before: Some(json!({"format": "dbm"})), after: Some(after) })
        };
        let result = result.await;
        let report = operation.conclude("database.convert", None, result).await?;
        self.environment.events.publish(Event::DatabasesChanged);
        Ok(report)
    }

    /// Makes the new files; none of them stays when that fails.
    async fn convert_files(&self, location: &Location, password: &Secret) -> Result<ConversionReport, OperationError> {
        let looked_at = location.clone();
        let contents = blocking(move || recognise::contents(looked_at)).await??;
        let (shown, made) = (location.to_string(), made(location));
        if let Some(file) = contents.present.iter().find(|name| made.contains(name)) {
            return Err(OperationError::DatabaseExists { path: shown, file: (*file).to_owned() });
        }
        if !contents.dbm {
            return Err(OperationError::invalid("/path", nothing_to_convert(&shown, &contents)));
        }
        // The password is proved on the old files: a wrong one must not leave half a conversion.
        let token = TokenHandle::new(self.environment.worker(location, DatabaseFormat::Dbm));
        let old = async {
            if token.status().await?.login_required {
                token.login(password).await?;
            }
            Inventory::of(&token).await
        };
        let old = old.await;
        let _ = token.close().await;
        let old = old?;
        let taken = self.take_over(location, &made, password).await;
        let new = match taken {
            Ok(new) => new,
            Err(error) => {
                for name in made {
                    let _ = std::fs::remove_file(location.file(name));
                }
                return Err(error);
            }
        };
        Ok(conversion_report::report(shown, old, &new))
    }

    /// softoken itself converts: opened for writing as `sql:` it takes over certificates and trust, with the login the keys, and with the
    /// first look at the modules those.
    async fn take_over(&self, location: &Location, made: &[&'static str], password: &Secret) -> Result<Inventory, OperationError> {
        let token = TokenHandle::new(self.environment.worker(location, DatabaseFormat::Sql));
        let taken = async {
            // The login opens for writing, which converts; looking at the status first would open for reading, which does not.
            token.login(password).await?;
            Inventory::of(&token).await
        };
        let taken = taken.await;
        let _ = token.close().await;
        let taken = taken?;
        let (location, made) = (location.clone(), made.to_vec());
        blocking(move || finish_files(&location, &made)).await??;
        Ok(taken)
    }

    /// The console's record of a directory that has been converted.
    async fn adopt_converted(
        &self,
        registered: Option<Arc<OpenDatabase>>,
        location: &Location,
        label: String,
        password: &Secret,
    ) -> Result<Arc<OpenDatabase>, OperationError> {
        let database = match registered {
            Some(old) => {
                let _ = old.token.close().await;
                self.environment.store.databases().set_format(&old.id, DatabaseFormat::Sql).await?;
                self.environment.store.databases().rename(&old.id, &label).await?;
                let record = self.environment.store.databases().by_id(&old.id).await?;
                self.adopt(record.ok_or_else(|| OperationError::not_found("database", &old.id))?)
            }
            None => self.remember(location, label, DatabaseFormat::Sql, false).await?,
        };
        // The password has been right a moment ago; an empty one needs no login.
        if !password.is_empty() {
            let _ = database.unlock(password).await;
        }
        Ok(database)
    }
}

/// The new files must read as a database, and belong to whom the old ones belong.
fn finish_files(location: &Location, made: &[&'static str]) -> Result<(), OperationError> {
    listing::read(location, String::new())?;
    let old = files::attributes(&location.file("key3.db"))?;
    let owner = Some(old.owner).filter(|owner| *owner != owners::own());
    let modules = location.file(modules_file::NAME);
    if !modules.exists() {
        files::create_new(&modules, modules_file::internal_only(location).as_bytes(), 0o600, owner)?;
    }
    for name in made {
        let path = location.file(name);
        if let Some(owner) = owner {
            files::set_owner(&path, owner)?;
        }
        files::set_mode(&path, old.mode & 0o666)?;
    }
    Ok(())
}

/// What a conversion makes. Databases that a prefix keeps apart share one list of modules, which may be there already.
fn made(location: &Location) -> Vec<&'static str> {
    let shared = |name: &str| !location.prefix().is_empty() && name == modules_file::NAME && location.file(name).exists();
    MADE.into_iter().filter(|name| !shared(name)).collect()
}

fn refuse_current(database: &OpenDatabase) -> Result<(), OperationError> {
    match database.format {
        DatabaseFormat::Dbm => Ok(()),
        DatabaseFormat::Sql => Err(OperationError::DatabaseExists {
            path: database.location.to_string(),
            file: MADE.first().copied().unwrap_or_default().to_owned(),
        }),
    }
}

fn nothing_to_convert(path: &str, contents: &Contents) -> String {
    let faults = if contents.faults.is_empty() { String::new() } else { format!(" ({})", contents.faults.join("; ")) };
    format!("{path} holds no cert8.db and key3.db to convert{faults}.")
}
