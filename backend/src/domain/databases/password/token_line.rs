//! The password of a token in `sslpassword.conf`, on a line of its own.

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
        // What waits to be put in place would take back what is written now.
        self.settle_password_change().await?;
        if password.as_ref().is_some_and(|password| password.reveal().chars().any(char::is_control)) {
            return Err(OperationError::invalid("/password", "Line breaks and other control characters cannot stand in a password file."));
        }
        let (name, written) = if token == INTERNAL {
            if let Some(password) = &password {
                prove(&self.database, password, self.environment.clock.now()).await?;
            }
            (SERVERS_INTERNAL.to_owned(), password.is_some())
        } else {
            match &password {
                Some(password) => (self.prove_to_token(token, password).await?.label, true),
                None => (self.token(token).await?.label, false),
            }
        };
        let location = self.database.location.clone();
        let line = name.clone();
        blocking(move || write_line(&location, &line, password.as_ref())).await??;
        Ok(Done { answer: (), before: None, after: Some(json!({"token": name, "written": written})) })
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
