//! The files as they stand.

use std::path::PathBuf;

use certdeck_shared::api::files::{FileOnDisk, FileRole};

use super::super::password::files as password_files;
use crate::host::files::{self, Attributes};
use crate::nss::location::Location;
use crate::nss::recognise::DATABASE_FILES;

/// One file with its role, owner and mode.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) path: PathBuf,
    pub(super) role: FileRole,
    pub(super) attributes: Attributes,
}

impl Standing {
    /// For people.
    pub(super) fn shown(&self) -> FileOnDisk {
        self.with(self.attributes)
    }

    /// The same file with other attributes.
    pub(super) fn with(&self, attributes: Attributes) -> FileOnDisk {
        FileOnDisk {
            path: self.path.display().to_string(),
            role: self.role,
            owner: attributes.user_name(),
            group: attributes.group_name(),
            mode: format!("{:04o}", attributes.mode),
        }
    }
}

/// Directory, database files and password files, as far as they are there.
pub(super) fn of(location: &Location) -> Vec<Standing> {
    let mut found = Vec::new();
    let mut add = |path: PathBuf, role: FileRole| {
        if let Ok(attributes) = files::attributes(&path) {
            found.push(Standing { path, role, attributes });
        }
    };
    add(location.directory().to_owned(), FileRole::Directory);
    for name in DATABASE_FILES {
        let role = match name {
            "cert9.db" | "cert8.db" => FileRole::Certificates,
            "key4.db" | "key3.db" => FileRole::Keys,
            _ => FileRole::Modules,
        };
        add(location.file(name), role);
    }
    for candidate in password_files::beside(location.directory()).into_iter().filter(|candidate| candidate.usual) {
        add(candidate.path, FileRole::Password);
    }
    found
}
