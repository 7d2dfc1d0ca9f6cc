//! What the console says about a database now.

use std::os::unix::fs::MetadataExt as _;

use certdeck_shared::api::database::{Database, DatabaseFormat, DatabaseState, TokenStatus};
use certdeck_shared::password::{self, Weakness};
use zeroize::Zeroizing;

use super::error::OperationError;
use super::open::OpenDatabase;
use super::{Databases, blocking};
use crate::host::files;
use crate::nss::location::Location;
use crate::nss::versions::{self, Traces};
use crate::nss::{password_files, recognise};

const PASSWORD_FILE_LIMIT: u64 = 64 * 1024;

impl OpenDatabase {
    /// What newer NSS versions left in the database, where that can be read.
    pub(super) async fn traces(&self) -> Option<Traces> {
        if self.format == DatabaseFormat::Dbm {
            return None;
        }
        let location = self.location.clone();
        blocking(move || versions::traces(&location).ok()).await.ok().flatten()
    }
}

impl Databases {
    /// All of them.
    pub async fn describe_all(&self) -> Vec<Database> {
        let all = self.all();
        futures::future::join_all(all.iter().map(|database| self.describe(database))).await
    }

    /// One. A database that cannot be read is described all the same.
    pub async fn describe(&self, database: &OpenDatabase) -> Database {
        let listing = database.listing().await;
        let status = database.token.status().await;
        let location = database.location.clone();
        let (attributes, mut warnings) =
            blocking(move || (files::attributes(location.directory()).ok(), warnings(&location))).await.unwrap_or_default();
        let state = match (&listing, &status) {
            (Err(error), _) => DatabaseState::Unusable { reason: error.problem().detail },
            (Ok(_), Err(error)) => DatabaseState::ReadOnly { reason: format!("The token cannot be used: {error}.") },
            (Ok(_), Ok(_)) if database.format == DatabaseFormat::Dbm => {
                DatabaseState::ReadOnly { reason: OperationError::OldFormat.problem().detail }
            }
            (Ok(_), Ok(status)) if status.write_protected => DatabaseState::ReadOnly {
                reason: "The files or their directory cannot be written by the console. Cure: owner, mode or mount.".to_owned(),
            },
            (Ok(_), Ok(_)) => DatabaseState::Usable,
        };
        let token = match &status {
            Ok(status) => TokenStatus {
                id: "internal".to_owned(),
                label: status.label.trim().to_owned(),
                login_required: status.login_required,
                unlocked: status.unlocked,
            },
            Err(_) => TokenStatus { id: "internal".to_owned(), label: String::new(), login_required: true, unlocked: false },
        };
        if database.has_default_password() {
            warnings.push("The database password is in every manual. Cure: change it.".to_owned());
        }
        if let (Ok(status), Some(traces)) = (&status, database.traces().await) {
            warnings.extend(traces.warnings(&status.softoken_version));
        }
        if status.is_ok_and(|status| !status.login_required) {
            warnings.push("The database has no password: whoever reads key4.db has the private keys.".to_owned());
        }
        Database {
            id: database.id.clone(),
            label: database.label(),
            path: database.path.display().to_string(),
            prefix: database.location.prefix().to_owned(),
            format: database.format,
            embedded: database.embedded,
            state,
            token,
            certificates: listing.as_ref().ok().map(|listing| listing.certificates.len()),
            keys: listing.as_ref().ok().map(|listing| listing.keys.len()),
            owner: attributes.map(|found| found.user_name()).unwrap_or_default(),
            group: attributes.map(|found| found.group_name()).unwrap_or_default(),
            mode: attributes.map(|found| format!("{:04o}", found.mode)).unwrap_or_default(),
            revision: database.revision().unwrap_or_default(),
            warnings,
            registered_at: database.registered_at,
        }
    }
}

fn warnings(location: &Location) -> Vec<String> {
    let mut warnings = recognise::mode_warnings(location);
    for name in [password_files::PLAIN, password_files::SSLPASSWORD] {
        let path = location.file(name);
        let Ok(metadata) = std::fs::metadata(&path) else { continue };
        if !metadata.is_file() {
            continue;
        }
        if metadata.mode() & 0o004 != 0 {
            warnings.push(format!("{name} is readable by everybody (mode {}). Cure: chmod 0600.", recognise::octal(&metadata)));
        }
        let Ok(content) = files::read_limited(&path, PASSWORD_FILE_LIMIT).map(Zeroizing::new) else { continue };
        let text = Zeroizing::new(String::from_utf8_lossy(&content).into_owned());
        let found = password::weakness(&password_files::internal_token_password(&text), "");
        if matches!(found, Some(Weakness::NssDefault | Weakness::WellKnown)) {
            warnings.push(format!("{name} holds a password that is in every manual. Cure: change the database password."));
        }
    }
    warnings
}
