//! Password files that others than their owner can open.

use std::os::unix::fs::MetadataExt as _;

use certdeck_shared::api::notice::{About, NoticeKind, Urgency};

use super::condition::{Condition, of_database};
use crate::nss::location::Location;
use crate::nss::password_files;

/// Those of a database whose mode is wider than 0600. Blocks.
pub(super) fn open_ones((database, label): (&str, &str), location: &Location) -> Vec<Condition> {
    let names = [password_files::PLAIN, password_files::SSLPASSWORD];
    let open = names.into_iter().filter_map(|name| {
        let path = location.file(name);
        let metadata = std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_file)?;
        let mode = metadata.mode() & 0o7777;
        if mode & 0o077 == 0 {
            return None;
        }
        let (everybody, path) = (mode & 0o007 != 0, path.display().to_string());
        let who = if everybody { "everybody on this host" } else { "its group" };
        Some(Condition {
            subject: format!("{}file:{name}", of_database(database)),
            kind: NoticeKind::PasswordFileOpen,
            stage: if everybody { "everybody" } else { "group" }.to_owned(),
            urgency: if everybody { Urgency::Urgent } else { Urgency::Soon },
            title: format!("{name} of {label} is open to {who}"),
            words: format!(
                "The file {path} with the password of {label} has the mode {mode:04o}, so that {who} can open it. Cure: chmod 0600."
            ),
            about: About { database: Some(database.to_owned()), label: label.to_owned(), path: Some(path), ..About::default() },
            rests_until: None,
        })
    });
    open.collect()
}
