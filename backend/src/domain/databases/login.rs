//! Unlocking and locking the internal token.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use certdeck_shared::api::database::{Database, TokenLogin};
use certdeck_shared::api::event::Event;
use serde_json::json;
use zeroize::Zeroizing;

use super::error::OperationError;
use super::operation::{Done, Operation};
use super::{Databases, blocking};
use crate::host::files;
use crate::nss::password_files;
use crate::token::{Secret, TokenError};

const PASSWORD_FILE_LIMIT: u64 = 64 * 1024;
/// What paths call the token that NSS keeps in the database files.
const INTERNAL: &str = "internal";

impl Databases {
    /// Unlocks a token by a password or a file that holds it.
    ///
    /// # Errors
    /// `PinIncorrect`; `TooManyAttempts`; what is wrong with the file.
    pub async fn login(&self, actor: &str, id: &str, token: &str, login: TokenLogin) -> Result<Database, OperationError> {
        let operation = self.of_token(actor, id, token)?;
        let result = self.unlock(&operation, login).await;
        operation.conclude("token.unlock", Some(INTERNAL), result).await?;
        operation.database.forget_listing().await;
        self.environment.events.publish(Event::DatabasesChanged);
        Ok(self.describe(&operation.database).await)
    }

    /// Locks a token.
    ///
    /// # Errors
    /// What the token says.
    pub async fn logout(&self, actor: &str, id: &str, token: &str) -> Result<Database, OperationError> {
        let operation = self.of_token(actor, id, token)?;
        let result = operation.database.token.logout().await.map(|()| Done::<()>::default()).map_err(OperationError::from);
        operation.conclude("token.lock", Some(INTERNAL), result).await?;
        operation.database.forget_listing().await;
        self.environment.events.publish(Event::DatabasesChanged);
        Ok(self.describe(&operation.database).await)
    }

    fn of_token(&self, actor: &str, id: &str, token: &str) -> Result<Operation, OperationError> {
        let operation = self.operation(id, actor)?;
        if token == INTERNAL { Ok(operation) } else { Err(OperationError::not_found("token", token)) }
    }

    async fn unlock(&self, operation: &Operation, login: TokenLogin) -> Result<Done<()>, OperationError> {
        let database = &operation.database;
        if let Some(retry_after) = database.attempts.wait(self.environment.clock.now()) {
            return Err(OperationError::TooManyAttempts { retry_after });
        }
        let (password, by) = match (login.password, login.password_file) {
            (Some(password), None) => (Secret::from(password), "password"),
            (None, Some(file)) => (blocking(move || from_file(&file)).await??, "password-file"),
            (None, None) => return Err(OperationError::invalid("/password", "Give `password` or `password_file`.")),
            (Some(_), Some(_)) => return Err(OperationError::invalid("/password_file", "Give `password` or `password_file`, not both.")),
        };
        match database.unlock(&password).await {
            Ok(()) => {
                database.attempts.right();
                Ok(Done { answer: (), before: None, after: Some(json!({"by": by})) })
            }
            Err(TokenError::PinIncorrect) => {
                let version = database.token.status().await?.softoken_version;
                if self.traces(database).await.is_some_and(|traces| traces.closed_to(&version)) {
                    return Err(OperationError::NssTooOld { version });
                }
                database.attempts.wrong(self.environment.clock.now());
                Err(TokenError::PinIncorrect.into())
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Reads the password of the internal token from a file of either format.
fn from_file(path: &str) -> Result<Secret, OperationError> {
    let wrong = |message: String| OperationError::invalid("/password_file", message);
    let file = Path::new(path);
    if !file.is_absolute() || path.chars().any(char::is_control) {
        return Err(wrong("An absolute path on the server is needed.".to_owned()));
    }
    let metadata = match std::fs::metadata(file) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(wrong(format!("There is no file {path}."))),
        Err(error) => return Err(wrong(format!("{path} cannot be read by the console: {error}."))),
    };
    if !metadata.is_file() {
        return Err(wrong(format!("{path} is not a regular file.")));
    }
    if metadata.mode() & 0o004 != 0 {
        tracing::warn!(file = path, "a password file is readable by everybody; cure: chmod 0600");
    }
    let content = files::read_limited(file, PASSWORD_FILE_LIMIT)
        .map(Zeroizing::new)
        .map_err(|error| wrong(format!("{path} cannot be read by the console: {}.", error.source)))?;
    let text = std::str::from_utf8(&content).map_err(|_| wrong(format!("{path} is not a text file.")))?;
    Ok(Secret::new(password_files::internal_token_password(text).as_str()))
}
