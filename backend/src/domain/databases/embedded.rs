//! The console's own database, which holds its TLS certificate.

use std::path::Path;
use std::sync::Arc;

use super::error::OperationError;
use super::open::OpenDatabase;
use super::{Databases, blocking};
use crate::host::{files, randomness};
use crate::nss::location::Location;
use crate::nss::password_files;
use crate::token::Secret;

const PASSWORD_FILE_LIMIT: u64 = 64 * 1024;

impl Databases {
    /// The console's own database, made if it is not there yet, and unlocked.
    ///
    /// # Errors
    /// When it can neither be made nor unlocked.
    pub async fn ensure_embedded(&self) -> Result<Arc<OpenDatabase>, OperationError> {
        let _turn = self.changing.lock().await;
        let database = match self.all().into_iter().find(|database| database.embedded) {
            Some(database) => database,
            None => self.make_embedded().await?,
        };
        let password = read_password(&database.path.join(password_files::PLAIN)).await?;
        database.unlock(&password).await?;
        Ok(database)
    }

    async fn make_embedded(&self) -> Result<Arc<OpenDatabase>, OperationError> {
        let directory = self.environment.settings.data_dir.join("embedded");
        // Relative data directories are for development; paths of databases are absolute.
        let directory =
            std::path::absolute(&directory).map_err(|source| files::FileError { action: "resolve", path: directory, source })?;
        if directory.join("cert9.db").exists() {
            // The state was lost or an earlier start was killed between making and remembering.
            let canonical = super::path::existing(&super::path::text(&directory)?)?;
            return self
                .remember(&Location::from(canonical), "This console".to_owned(), certdeck_shared::api::database::DatabaseFormat::Sql, true)
                .await;
        }
        self.create_embedded(directory, Secret::new(randomness::secret_text().as_str())).await
    }
}

async fn read_password(path: &Path) -> Result<Secret, OperationError> {
    let path = path.to_owned();
    let content = zeroize::Zeroizing::new(blocking(move || files::read_limited(&path, PASSWORD_FILE_LIMIT)).await??);
    let text = zeroize::Zeroizing::new(String::from_utf8_lossy(&content).into_owned());
    Ok(Secret::new(password_files::internal_token_password(&text).as_str()))
}
