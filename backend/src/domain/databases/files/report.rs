//! What is to be said of the files.

use certdeck_shared::api::files::{FileRole, FileUser, FilesReport};

use super::super::blocking;
use super::super::error::OperationError;
use super::super::operation::Operation;
use super::standing::{self, Standing};
use crate::host::files::{Attributes, Owner};
use crate::host::{holders, owners};
use crate::nss::recognise;

impl Operation {
    /// The files of the database: owners, modes, what is wrong with them, and who has them open.
    ///
    /// # Errors
    /// When the work breaks off.
    pub async fn files_report(&self) -> Result<FilesReport, OperationError> {
        let location = self.database.location.clone();
        blocking(move || {
            let standing = standing::of(&location);
            let mut findings = recognise::mode_warnings(&location);
            findings.extend(strangers(&standing));
            findings.extend(open_passwords(&standing));
            let paths: Vec<_> = standing.iter().filter(|one| one.role != FileRole::Directory).map(|one| one.path.clone()).collect();
            let found = holders::of(&paths);
            let name = |position: usize| paths.get(position)?.file_name().map(|name| name.to_string_lossy().into_owned());
            let open_by = found.holders.into_iter().map(|holder| FileUser {
                pid: holder.pid,
                program: holder.program,
                user: owners::user_name(holder.user).unwrap_or_else(|| holder.user.to_string()),
                files: holder.files.into_iter().filter_map(name).collect(),
            });
            FilesReport {
                open_by: open_by.collect(),
                hidden_processes: found.hidden,
                findings,
                files: standing.iter().map(Standing::shown).collect(),
            }
        })
        .await
    }
}

/// Files that belong to somebody else than the keys: a server that runs as one of them does not read the others.
fn strangers(standing: &[Standing]) -> Vec<String> {
    let Some(keys) = standing.iter().find(|one| one.role == FileRole::Keys) else { return Vec::new() };
    let ours = keys.attributes.owner;
    let differ = standing.iter().filter(|one| match one.role {
        // It is enough to get into the directory.
        FileRole::Directory => !admits(&one.attributes, ours),
        _ => one.attributes.owner != ours,
    });
    let words = differ.map(|one| {
        let (theirs, ours) = (one.shown(), keys.shown());
        let (path, owner, group) = (theirs.path, theirs.owner, theirs.group);
        format!("{path} belongs to {owner}:{group}, the private keys to {}:{}. Cure: one owner for all.", ours.owner, ours.group)
    });
    words.collect()
}

fn admits(directory: &Attributes, owner: Owner) -> bool {
    let bit = match directory.owner {
        _ if owner.user == 0 => return true,
        other if other.user == owner.user => 0o100,
        other if other.group == owner.group => 0o010,
        _ => 0o001,
    };
    directory.mode & bit != 0
}

fn open_passwords(standing: &[Standing]) -> Vec<String> {
    let open = standing.iter().filter(|one| one.role == FileRole::Password && one.attributes.mode & 0o007 != 0);
    open.map(|one| {
        format!("{} holds the password and is open to everybody (mode {:04o}). Cure: chmod 0600.", one.path.display(), one.attributes.mode)
    })
    .collect()
}
