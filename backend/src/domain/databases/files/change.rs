//! Another owner, group or mode for all files of a database: all of them, or none.

use certdeck_shared::api::event::Event;
use certdeck_shared::api::files::{FileChange, FileRole, FilesChange, FilesChanged};
use serde_json::json;

use super::super::blocking;
use super::super::error::OperationError;
use super::super::operation::{Done, Operation};
use super::standing::{self, Standing};
use crate::host::files::{self, Attributes, Owner};
use crate::host::owners;
use crate::nss::location::Location;

/// What every file is to get; what is absent stays.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    user: Option<u32>,
    group: Option<u32>,
    directory_mode: Option<u32>,
}

impl Operation {
    /// What a change would do.
    ///
    /// # Errors
    /// A user, group or mode that is none.
    pub async fn preview_files_change(&self, change: FilesChange) -> Result<FilesChanged, OperationError> {
        let location = self.database.location.clone();
        let planned = blocking(move || plan(&location, &change)).await??;
        Ok(FilesChanged { applied: false, changes: planned.iter().map(described).collect() })
    }

    /// Changes owner, group and modes.
    ///
    /// # Errors
    /// As of the preview; when the console may not. Everything is as it was then.
    pub async fn change_files(&self, change: FilesChange) -> Result<FilesChanged, OperationError> {
        let result = self.change_files_in_turn(change).await;
        let answer = self.conclude("database.files", None, result).await?;
        self.environment.events.publish(Event::DatabasesChanged);
        Ok(answer)
    }

    async fn change_files_in_turn(&self, change: FilesChange) -> Result<Done<FilesChanged>, OperationError> {
        let location = self.database.location.clone();
        let changes = blocking(move || -> Result<Vec<FileChange>, OperationError> {
            let planned = plan(&location, &change)?;
            apply(&planned)?;
            Ok(planned.iter().map(described).collect())
        })
        .await??;
        let (before, after) = (changes.iter().map(|one| &one.before), changes.iter().map(|one| &one.after));
        let (before, after) = (json!(before.collect::<Vec<_>>()), json!(after.collect::<Vec<_>>()));
        Ok(Done { answer: FilesChanged { applied: true, changes }, before: Some(before), after: Some(after) })
    }
}

/// A user as a caller names one.
pub(in super::super) fn user_named(name: &str) -> Result<Owner, OperationError> {
    owners::user_by_name(name).ok_or_else(|| OperationError::invalid("/owner", format!("There is no user {name:?} on this host.")))
}

/// A group as a caller names one.
pub(in super::super) fn group_named(name: &str) -> Result<u32, OperationError> {
    owners::group_by_name(name).ok_or_else(|| OperationError::invalid("/group", format!("There is no group {name:?} on this host.")))
}

/// The mode of a directory as a caller writes it.
pub(in super::super) fn directory_mode(text: &str) -> Result<u32, OperationError> {
    let mode = u32::from_str_radix(text, 8).ok().filter(|mode| mode & !0o777 == 0 && mode & 0o700 == 0o700 && mode & 0o002 == 0);
    mode.ok_or_else(|| OperationError::invalid("/mode", "An octal mode such as 0700 or 0750: the owner needs all, others must not write."))
}

/// The files that would be different, each with its new attributes.
fn plan(location: &Location, change: &FilesChange) -> Result<Vec<(Standing, Attributes)>, OperationError> {
    let given = |text: &Option<String>| text.clone().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let wanted = Wanted {
        user: given(&change.owner).map(|name| user_named(&name)).transpose()?.map(|owner| owner.user),
        group: given(&change.group).map(|name| group_named(&name)).transpose()?,
        directory_mode: given(&change.mode).map(|mode| directory_mode(&mode)).transpose()?,
    };
    if wanted.user.is_none() && wanted.group.is_none() && wanted.directory_mode.is_none() {
        return Err(OperationError::invalid("", "Name an owner, a group or a mode."));
    }
    let planned = standing::of(location).into_iter().map(|file| {
        let after = wanted.of(&file);
        (file, after)
    });
    Ok(planned.filter(|(file, after)| file.attributes != *after).collect())
}

impl Wanted {
    fn of(self, file: &Standing) -> Attributes {
        let now = file.attributes;
        let mode = self.directory_mode.map_or(now.mode, |mode| match file.role {
            FileRole::Directory => mode,
            // The rule of new databases: a password file is its owner's alone.
            FileRole::Password => 0o600,
            FileRole::Keys => mode & 0o660,
            FileRole::Certificates | FileRole::Modules => mode & 0o664,
        });
        Attributes { owner: Owner { user: self.user.unwrap_or(now.owner.user), group: self.group.unwrap_or(now.owner.group) }, mode, ..now }
    }
}

/// The directory last: who gives it away first may not get at the files any more.
fn apply(planned: &[(Standing, Attributes)]) -> Result<(), OperationError> {
    for (position, (file, after)) in planned.iter().enumerate().rev() {
        if let Err(error) = set(file, file.attributes, *after) {
            for (done, reached) in planned.iter().skip(position).rev().map(|(file, after)| (file, *after)) {
                // What cannot be put back is in the log of the caller: the error names the file.
                let _ = set(done, reached, done.attributes);
            }
            return Err(refused(error));
        }
    }
    Ok(())
}

/// Giving files away is for root, whatever their owner may otherwise do (chown(2)).
fn refused(error: files::FileError) -> OperationError {
    if error.source.kind() != std::io::ErrorKind::PermissionDenied {
        return error.into();
    }
    let message =
        format!("The console may not change {}. Only root gives files to others; run chown and chmod as root.", error.path.display());
    OperationError::invalid("", message)
}

/// Owner, then mode: a change of the owner clears bits.
fn set(file: &Standing, before: Attributes, after: Attributes) -> Result<(), files::FileError> {
    if before.owner != after.owner {
        files::set_owner(&file.path, after.owner)?;
    }
    if before.mode != after.mode || before.owner != after.owner {
        files::set_mode(&file.path, after.mode)?;
    }
    Ok(())
}

fn described((file, after): &(Standing, Attributes)) -> FileChange {
    FileChange { before: file.shown(), after: file.with(*after) }
}
