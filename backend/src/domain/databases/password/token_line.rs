//! The password of a token in `sslpassword.conf`, on a line of its own.

use certdeck_shared::api::password::TokenPasswordChange;
use certdeck_shared::password_file::{self, SERVERS_INTERNAL};
use serde_json::json;
use zeroize::Zeroizing;

use super::super::error::OperationError;
use super::super::login::INTERNAL;
use super::super::open::blocking;
use super::super::operation::{Done, Operation};
use super::change::prove;
use crate::host::files;
use crate::host::owners;
use crate::nss::location::Location;
use crate::nss::password_files::SSLPASSWORD;
use crate::token::Secret;

const LIMIT: u64 = 64 * 1024;

impl Operation {
    /// Writes a token's line, after its password has been proved right.
    ///
    /// # Errors
    /// `PinIncorrect`: nothing is written then.
    pub async fn write_token_password(&self, token: &str, password: Secret) -> Result<(), OperationError> {
        let result = self.write_in_turn(token, Some(password)).await;
        self.conclude("token.password-line", Some(token), result).await
    }

    /// Takes a token's line out of the file.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn remove_token_password(&self, token: &str) -> Result<(), OperationError> {
        let result = self.write_in_turn(token, None).await;
        self.conclude("token.password-line", Some(token), result).await
    }

    async fn write_in_turn(&self, token: &str, password: Option<Secret>) -> Result<Done<()>, OperationError> {
        let _turn = self.database.turn().await?;
        if password.as_ref().is_some_and(|password| password.reveal().chars().any(char::is_control)) {
            return Err(OperationError::invalid("/password", "Line breaks and other control characters cannot stand in a password file."));
        }
        let (name, written) = if token == INTERNAL {
            if let Some(password) = &password {
                prove(&self.database, password, self.environment.clock.now()).await?;
            }
            (SERVERS_INTERNAL.to_owned(), password.is_some())
        } else {
            let found = self.token(token).await?;
            if let Some(password) = &password {
                self.token_handle(&found).await?.login(password).await?;
            }
            (found.label, password.is_some())
        };
        let location = self.database.location.clone();
        let line = name.clone();
        blocking(move || write_line(&location, &line, password.as_ref())).await??;
        Ok(Done { answer: (), before: None, after: Some(json!({"token": name, "written": written})) })
    }

    /// Changes the password of a token of another module, then the line that holds it.
    ///
    /// # Errors
    /// `PinIncorrect`, `PinLocked`; nothing has changed then.
    pub async fn change_token_password(&self, token: &str, change: TokenPasswordChange) -> Result<(), OperationError> {
        let result = self.change_token_password_in_turn(token, change).await;
        self.conclude("token.password", Some(token), result).await
    }

    async fn change_token_password_in_turn(&self, token: &str, change: TokenPasswordChange) -> Result<Done<()>, OperationError> {
        let _turn = self.database.turn().await?;
        let (current, new) = (Secret::from(change.current_password), Secret::from(change.new_password));
        if token == INTERNAL {
            return Err(OperationError::invalid("", "The password of the internal token is that of the database: PUT …/password."));
        }
        if new.is_empty() || new.reveal().chars().any(char::is_control) {
            return Err(OperationError::invalid("/new_password", "A password without control characters is needed."));
        }
        let (token, handle) = self.usable_token(token).await?;
        let module = self.module_token(&token).await?;
        handle.change_password(&current, &new).await?;
        self.database.modules.set_unlocked(&module, true);
        let location = self.database.location.clone();
        let (label, name) = (token.label.clone(), token.module);
        let line = blocking(move || -> Result<Option<String>, OperationError> {
            let text = match files::read_limited(&location.file(SSLPASSWORD), LIMIT) {
                Ok(content) => Zeroizing::new(String::from_utf8_lossy(&content).into_owned()),
                Err(_) => return Ok(None),
            };
            let holder = [label, name].into_iter().find(|holder| password_file::servers_take(&text, holder) == Some(current.reveal()));
            if let Some(holder) = &holder {
                write_line(&location, holder, Some(&new))?;
            }
            Ok(holder)
        });
        let line = line.await??;
        Ok(Done { answer: (), before: None, after: Some(json!({"token": token.label, "line": line})) })
    }
}

/// Sets the line of a token in the servers' file, or takes it out.
fn write_line(location: &Location, line: &str, password: Option<&Secret>) -> Result<(), OperationError> {
    let path = location.file(SSLPASSWORD);
    // A link is followed: the file it points to is what the servers read.
    let path = std::fs::canonicalize(&path).unwrap_or(path);
    let (text, found) = match files::read_limited(&path, LIMIT) {
        Ok(content) => (Zeroizing::new(content), Some(files::attributes(&path)?)),
        Err(error) if error.is_absent() => (Zeroizing::default(), None),
        Err(error) => return Err(error.into()),
    };
    let wrong = || OperationError::invalid("/password", format!("{} is not a text file.", path.display()));
    let text = std::str::from_utf8(&text).map_err(|_| wrong())?;
    let changed = Zeroizing::new(password_file::with_token(text, line, password.map(Secret::reveal)));
    if password.is_none() && changed.as_str() == text {
        return Err(OperationError::not_found("line", line));
    }
    let (mode, owner) = match found {
        Some(found) => (found.mode, found.owner),
        None => (0o600, files::attributes(&location.file("key4.db"))?.owner),
    };
    Ok(files::write_atomically(&path, changed.as_bytes(), mode, (owner != owners::own()).then_some(owner))?)
}
