//! The change of a password together with the files that hold it.

use std::path::{Path, PathBuf};

use certdeck_shared::api::event::Event;
use certdeck_shared::api::password::{PasswordChange, PasswordChanged};
use serde_json::json;
use zeroize::Zeroizing;

use super::super::error::OperationError;
use super::super::login;
use super::super::open::{OpenDatabase, blocking};
use super::super::operation::{Done, Operation};
use super::{files, quality};
use crate::nss::password_journal::{self as journal, ChangeStep, JournalError, PendingChange, PendingToken, Replacement};
use crate::token::{Secret, TokenError, TokenHandle};

/// What became of a change that was cut short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resumed {
    /// True when it was completed, false when it was taken back.
    pub completed: bool,
    /// The files.
    pub files: Vec<PathBuf>,
}

impl Operation {
    /// Changes the password, and every password file that holds it: all of them, or nothing.
    ///
    /// # Errors
    /// `PinIncorrect`, `TooManyAttempts`, `PasswordWeak`; `PasswordChangeUnfinished` when an earlier change can neither be completed nor
    /// taken back.
    pub async fn change_password(&self, change: PasswordChange) -> Result<PasswordChanged, OperationError> {
        let result = self.change_password_in_turn(change).await;
        let answer = self.conclude("database.password", None, result).await?;
        self.environment.events.publish(Event::DatabasesChanged);
        Ok(answer)
    }

    async fn change_password_in_turn(&self, change: PasswordChange) -> Result<Done<PasswordChanged>, OperationError> {
        let database = &self.database;
        let _turn = database.turn().await?;
        let new = Secret::from(change.new_password);
        quality::check(new.reveal(), &database.label(), change.accept_weak_password, "/new_password")?;
        let elsewhere = change.password_files;
        let elsewhere = blocking(move || files::named(&elsewhere)).await??;
        let current = login::given_password(change.current_password, change.current_password_file, "current_password").await?;
        if current.reveal() == new.reveal() {
            return Err(OperationError::invalid("/new_password", "The new password is the old one."));
        }
        self.settle_password_change().await?;
        self.prove(&current).await?;
        let directory = database.path.clone();
        let candidates = blocking(move || files::beside(&directory)).await?;
        let mut replacements: Vec<Replacement> = Vec::new();
        let mut other_files = Vec::new();
        for (place, candidate) in elsewhere.iter().enumerate() {
            match candidate.replacement(current.reveal(), new.reveal()) {
                Some(replacement) => push(&mut replacements, replacement),
                None => {
                    let message =
                        format!("{} does not hold the present password, so it is not changed. Nothing was.", candidate.path.display());
                    return Err(OperationError::invalid(format!("/password_files/{place}"), message));
                }
            }
        }
        for candidate in &candidates {
            if candidate.holds(current.reveal()) {
                candidate.replacement(current.reveal(), new.reveal()).into_iter().for_each(|one| push(&mut replacements, one));
            } else if candidate.usual {
                other_files.push(candidate.path.display().to_string());
            }
        }
        other_files.retain(|path| !replacements.iter().any(|one| one.path.display().to_string() == *path));
        let changed_files: Vec<String> = replacements.iter().map(|one| one.path.display().to_string()).collect();
        let snapshot = self.snapshot("a new password").await?;
        carry_out(&database.token, None, database.snapshots.directory(), replacements, &current, &new, |_| true).await?;
        database.attempts.right();
        database.note_password(&new);
        database.forget_listing().await;
        let revision = self.changed()?;
        let after = json!({"changed_files": changed_files, "empty": new.is_empty()});
        Ok(Done { answer: PasswordChanged { changed_files, other_files, snapshot, revision }, before: None, after: Some(after) })
    }

    /// The password of a database that is taken from.
    ///
    /// # Errors
    /// `SourcePasswordIncorrect`; `TooManyAttempts`.
    pub(in crate::domain) async fn prove_source(&self, password: &Secret) -> Result<(), OperationError> {
        match self.prove(password).await {
            Err(OperationError::Token(TokenError::PinIncorrect)) => Err(OperationError::SourcePasswordIncorrect),
            other => other,
        }
    }

    /// The present password, tried before anything is written.
    async fn prove(&self, current: &Secret) -> Result<(), OperationError> {
        prove(&self.database, current, self.environment.clock.now()).await
    }
}

/// Tries a password of the database and counts wrong ones.
pub(super) async fn prove(database: &OpenDatabase, password: &Secret, now: time::OffsetDateTime) -> Result<(), OperationError> {
    if let Some(retry_after) = database.attempts.wait(now) {
        return Err(OperationError::TooManyAttempts { retry_after });
    }
    if !database.token.status().await?.login_required {
        return if password.is_empty() { Ok(()) } else { Err(TokenError::PinIncorrect.into()) };
    }
    match database.token.verify_password(password).await {
        Err(TokenError::PinIncorrect) => {
            database.attempts.wrong(now);
            Err(TokenError::PinIncorrect.into())
        }
        other => Ok(other?),
    }
}

fn push(replacements: &mut Vec<Replacement>, replacement: Replacement) {
    if !replacements.iter().any(|other| other.path == replacement.path) {
        replacements.push(replacement);
    }
}

/// Marks, prepares, changes the database, or the token that `of` names, renames, removes the mark. `continues` is asked after each step; production always says yes.
///
/// # Errors
/// Nothing has changed then, but for `PasswordChangeUnfinished`, which [`resume`] settles.
pub async fn carry_out(
    token: &TokenHandle,
    of: Option<PendingToken>,
    markers: &Path,
    replacements: Vec<Replacement>,
    current: &Secret,
    new: &Secret,
    mut continues: impl FnMut(ChangeStep) -> bool,
) -> Result<(), OperationError> {
    let pending = PendingChange { files: replacements.iter().map(|one| one.path.clone()).collect(), token: of };
    let markers = markers.to_owned();
    // One transaction of the database needs no journal.
    if pending.files.is_empty() {
        return Ok(token.change_password(current, new).await?);
    }
    let (place, noted) = (markers.clone(), pending.clone());
    blocking(move || journal::mark(&place, &noted)).await??;
    if !continues(ChangeStep::Marked) {
        return Ok(());
    }
    for (position, replacement) in replacements.into_iter().enumerate() {
        let prepared = blocking(move || journal::prepare(&replacement)).await?;
        if let Err(error) = prepared {
            give_up(&markers, pending).await?;
            return Err(error.into());
        }
        if position == 0 && !continues(ChangeStep::FirstPrepared) {
            return Ok(());
        }
    }
    if !continues(ChangeStep::Prepared) {
        return Ok(());
    }
    if let Err(error) = token.change_password(current, new).await {
        if matches!(error, TokenError::PinIncorrect | TokenError::PinLocked | TokenError::PinRefused) {
            // Nothing has changed for certain, and a token counts every try.
            give_up(&markers, pending).await?;
            return Err(error.into());
        }
        // A worker that was lost may have done it all the same: the database knows.
        return match resume(token, &markers).await {
            Ok(Some(Resumed { completed: true, .. })) => Ok(()),
            Ok(_) => Err(error.into()),
            Err(unsettled) => Err(unsettled),
        };
    }
    if !continues(ChangeStep::DatabaseChanged) {
        return Ok(());
    }
    for (position, path) in pending.files.iter().enumerate() {
        let path = path.clone();
        blocking(move || journal::put_in_place(&path)).await?.map_err(unfinished)?;
        if position == 0 && !continues(ChangeStep::FirstRenamed) {
            return Ok(());
        }
    }
    if !continues(ChangeStep::Renamed) {
        return Ok(());
    }
    Ok(blocking(move || journal::unmark(&markers)).await??)
}

async fn give_up(markers: &Path, pending: PendingChange) -> Result<(), OperationError> {
    let markers = markers.to_owned();
    Ok(blocking(move || {
        journal::discard(&pending);
        journal::unmark(&markers)
    })
    .await??)
}

/// Settles a change that was cut short: completes it when the database opens with the password that waits, else takes it back.
///
/// # Errors
/// `PasswordChangeUnfinished` when the database cannot be asked or a file cannot be replaced; the marker stays then.
pub async fn resume(token: &TokenHandle, markers: &Path) -> Result<Option<Resumed>, OperationError> {
    let place = markers.to_owned();
    let read = blocking(move || -> Result<_, JournalError> {
        match journal::pending(&place)? {
            None => Ok(None),
            Some(pending) => {
                let passwords = journal::waiting_passwords(&pending)?;
                Ok(Some((pending, passwords)))
            }
        }
    });
    let Some((pending, passwords)) = read.await?.map_err(unfinished)? else { return Ok(None) };
    let mut completed = false;
    for password in &passwords {
        let opened = if pending.token.is_some() {
            token_has(token, &Secret::new(password.as_str()), journal::former_password(&pending)).await
        } else {
            database_has(token, password).await
        };
        completed = completed || opened.map_err(unfinished)?;
    }
    let (place, settled) = (markers.to_owned(), pending.clone());
    let finished = blocking(move || -> Result<(), JournalError> {
        if completed {
            settled.files.iter().try_for_each(|path| journal::put_in_place(path))?;
        } else {
            journal::discard(&settled);
        }
        journal::unmark(&place)
    });
    finished.await?.map_err(unfinished)?;
    Ok(Some(Resumed { completed, files: pending.files }))
}

async fn database_has(token: &TokenHandle, password: &str) -> Result<bool, TokenError> {
    if !token.status().await?.login_required {
        return Ok(password.is_empty());
    }
    match token.verify_password(&Secret::new(password)).await {
        Ok(()) => Ok(true),
        Err(TokenError::PinIncorrect) => Ok(false),
        Err(error) => Err(error),
    }
}

/// A token counts a wrong try; the password that it has instead sets the count back.
async fn token_has(token: &TokenHandle, new: &Secret, former: Option<Zeroizing<String>>) -> Result<bool, TokenError> {
    let has = match token.login(new).await {
        Ok(()) => true,
        Err(TokenError::PinIncorrect) => {
            if let Some(former) = former {
                let _ = token.login(&Secret::new(former.as_str())).await;
            }
            false
        }
        Err(error) => return Err(error),
    };
    token.logout().await?;
    Ok(has)
}

fn unfinished(error: impl std::fmt::Display) -> OperationError {
    OperationError::PasswordChangeUnfinished(error.to_string())
}
