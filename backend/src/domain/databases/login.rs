//! Unlocking and locking tokens.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use certdeck_shared::api::database::{TokenLogin, TokenStatus};
use certdeck_shared::api::event::Event;
use certdeck_shared::api::module::Token;
use certdeck_shared::glass::Action;
use certdeck_shared::password_file;
use serde_json::json;
use zeroize::Zeroizing;

use super::error::OperationError;
use super::operation::{Done, Operation};
use super::{Databases, blocking, password};
use crate::host::files;
use crate::nss::password_files;
use crate::token::{Secret, TokenError};

const PASSWORD_FILE_LIMIT: u64 = 64 * 1024;
/// What paths call the token that NSS keeps in the database files.
pub(super) const INTERNAL: &str = "internal";

impl Databases {
    /// Unlocks a token by a password or a file that holds it.
    ///
    /// # Errors
    /// `PinIncorrect`; `PinLocked`; `TooManyAttempts`; what is wrong with the file.
    pub async fn login(&self, actor: &str, id: &str, token: &str, login: TokenLogin) -> Result<TokenStatus, OperationError> {
        let operation = self.operation(id, actor)?.standing_for(Action::UnlockToken { token: token.to_owned() }).await;
        let result = if token == INTERNAL { operation.unlock(login).await } else { operation.unlock_token(token, login).await };
        operation.conclude("token.unlock", Some(token), result).await?;
        operation.database.forget_listing().await;
        self.environment.events.publish(Event::DatabasesChanged);
        if token == INTERNAL {
            return Ok(self.describe(&operation.database).await.token);
        }
        let token = operation.token(token).await?;
        Ok(TokenStatus { id: token.id, label: token.label, login_required: token.login_required, unlocked: token.unlocked })
    }

    /// Locks a token.
    ///
    /// # Errors
    /// What the token says.
    pub async fn logout(&self, actor: &str, id: &str, token: &str) -> Result<(), OperationError> {
        let operation = self.operation(id, actor)?.standing_for(Action::LockToken { token: token.to_owned() }).await;
        let result = if token == INTERNAL {
            operation.database.token.logout().await.map(|()| Done::<()>::default()).map_err(OperationError::from)
        } else {
            operation.lock_token(token).await
        };
        operation.conclude("token.lock", Some(token), result).await?;
        operation.database.forget_listing().await;
        self.environment.events.publish(Event::DatabasesChanged);
        Ok(())
    }
}

impl Operation {
    async fn unlock(&self, login: TokenLogin) -> Result<Done<()>, OperationError> {
        let database = &self.database;
        if let Some(retry_after) = database.attempts.wait(self.environment.clock.now()) {
            return Err(OperationError::TooManyAttempts { retry_after });
        }
        let by = by(&login);
        let password = given_password(login.password, login.password_file, "password").await?;
        match database.unlock(&password).await {
            Ok(()) => {
                database.attempts.right();
                Ok(Done { answer: (), before: None, after: Some(json!({"by": by})) })
            }
            Err(TokenError::PinIncorrect) => {
                let version = database.token.status().await?.softoken_version;
                if database.traces().await.is_some_and(|traces| traces.closed_to(&version)) {
                    return Err(OperationError::NssTooOld { version });
                }
                database.attempts.wrong(self.environment.clock.now());
                Err(TokenError::PinIncorrect.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn unlock_token(&self, id: &str, login: TokenLogin) -> Result<Done<()>, OperationError> {
        let (token, handle) = self.usable_token(id).await?;
        if token.protected_authentication_path {
            return Err(OperationError::invalid(
                "/password",
                "The PIN of this token is typed on its device, which the console cannot reach.",
            ));
        }
        if password::is_of_token(self.database.snapshots.directory()) {
            // A file may still have the password that the token no longer has, and the token counts tries.
            let _turn = self.database.turn().await?;
            self.settle_password_change().await?;
        }
        let by = by(&login);
        let password = token_password(&token, login).await?;
        let module = self.module_token(&token).await?;
        let unlocked = handle.login(&password).await;
        // A wrong password ends a login that stood.
        self.database.modules.set_unlocked(&module, unlocked.is_ok());
        unlocked?;
        Ok(Done { answer: (), before: None, after: Some(json!({"by": by, "token": token.label, "module": token.module})) })
    }

    async fn lock_token(&self, id: &str) -> Result<Done<()>, OperationError> {
        let (token, handle) = self.usable_token(id).await?;
        let module = self.module_token(&token).await?;
        self.database.modules.set_unlocked(&module, false);
        handle.logout().await?;
        Ok(Done::default())
    }
}

fn by(login: &TokenLogin) -> &'static str {
    if login.password.is_some() { "password" } else { "password-file" }
}

/// The password of the internal token, as it is given or in a file of either format. `field` is its name in the body.
pub(super) async fn given_password(password: Option<String>, file: Option<String>, field: &'static str) -> Result<Secret, OperationError> {
    match one_of(password, file, field)? {
        Given::Password(password) => Ok(password),
        Given::File(file) => {
            blocking(move || {
                let text = read(&file, field)?;
                Ok(Secret::new(password_files::internal_token_password(&text).as_str()))
            })
            .await?
        }
    }
}

/// The password of a token of another module: from a file only by a line of its own.
async fn token_password(token: &Token, login: TokenLogin) -> Result<Secret, OperationError> {
    let (label, module) = (token.label.clone(), token.module.clone());
    match one_of(login.password, login.password_file, "password")? {
        Given::Password(password) => Ok(password),
        Given::File(file) => {
            blocking(move || {
                let text = read(&file, "password")?;
                let found = password_file::token_password(&text, &[&label, &module]).map(Secret::new);
                found.ok_or_else(|| {
                    let message =
                        format!("{file} has no line `{label}:` or `{module}:`; the password of a token stands on a line of its own.");
                    OperationError::invalid("/password_file", message)
                })
            })
            .await?
        }
    }
}

enum Given {
    Password(Secret),
    File(String),
}

fn one_of(password: Option<String>, file: Option<String>, field: &str) -> Result<Given, OperationError> {
    match (password, file) {
        (Some(password), None) => Ok(Given::Password(Secret::from(password))),
        (None, Some(file)) => Ok(Given::File(file)),
        (None, None) => Err(OperationError::invalid(format!("/{field}"), format!("Give `{field}` or `{field}_file`."))),
        (Some(_), Some(_)) => {
            Err(OperationError::invalid(format!("/{field}_file"), format!("Give `{field}` or `{field}_file`, not both.")))
        }
    }
}

/// Reads a password file.
fn read(path: &str, field: &str) -> Result<Zeroizing<String>, OperationError> {
    let wrong = |message: String| OperationError::invalid(format!("/{field}_file"), message);
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
    Ok(Zeroizing::new(text.to_owned()))
}
