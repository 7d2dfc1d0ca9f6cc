//! Changes to a `certmap.conf`: written at once or not at all; owner, mode, access control list and labels stay.

use certdeck_shared::api::certificate_map::{CertificateMaps, MapChanges};
use certdeck_shared::certmap::{self, EditRefused, MapFile};
use certdeck_shared::glass::Action;
use serde_json::json;
use zeroize::Zeroizing;

use super::{CertificateMapFiles, Read};
use crate::domain::command_lines::of_console;
use crate::domain::databases::{OperationError, blocking, record};
use crate::host::entry::{Entry, Rights};
use crate::host::files::{self, FileError};
use crate::state::AuditDraft;

/// Most changes of a call.
const MOST: usize = 1_000;

impl CertificateMapFiles {
    /// What the file would say.
    ///
    /// # Errors
    /// As of reading; a change that cannot be made.
    pub async fn preview(&self, path: &str, if_match: Option<&str>, changes: &MapChanges) -> Result<CertificateMaps, OperationError> {
        Ok(self.changed(path, if_match, changes).await?.1.told())
    }

    /// Changes the file. The servers read it when they start.
    ///
    /// # Errors
    /// As of the preview; a file that changed since it was read, or that cannot be written.
    pub async fn change(
        &self,
        actor: &str,
        path: &str,
        if_match: Option<&str>,
        changes: &MapChanges,
    ) -> Result<CertificateMaps, OperationError> {
        let written = self.written(path, if_match, changes).await;
        let draft = match &written {
            Ok((before, told)) => AuditDraft::success(actor, "certificate-maps.change")
                .before(json!({"content": before}))
                .after(json!({"content": told.content}))
                .standing_for(of_console(&Action::ChangeCertificateMaps { path: path.to_owned(), body: changes.clone() })),
            Err(error) => AuditDraft::refused(actor, "certificate-maps.change", error.problem().code),
        };
        record(&self.environment, draft.subject(path.chars().take(200).collect::<String>())).await;
        Ok(written?.1)
    }

    async fn written(&self, path: &str, if_match: Option<&str>, changes: &MapChanges) -> Result<(String, CertificateMaps), OperationError> {
        let _turn = self.changing.lock().await;
        let (before, after) = self.changed(path, if_match, changes).await?;
        let after = blocking(move || -> Result<Read, OperationError> {
            after.replace()?;
            Ok(after)
        })
        .await??;
        Ok((before, after.told()))
    }

    /// The content before, and the file as it would be.
    async fn changed(&self, path: &str, if_match: Option<&str>, changes: &MapChanges) -> Result<(String, Read), OperationError> {
        let mut read = self.read(path).await?;
        let digest = read.digest();
        if if_match.is_some_and(|tags| !tags.split(',').map(|tag| tag.trim().trim_matches('"')).any(|tag| tag == "*" || tag == digest)) {
            return Err(OperationError::RevisionMismatch(
                "The file changed since it was read. Read it again, then decide anew.".to_owned(),
            ));
        }
        if changes.changes.is_empty() || changes.changes.len() > MOST {
            return Err(OperationError::invalid("/changes", format!("There are 1 to {MOST} changes.")));
        }
        let before = read.file.text().to_owned();
        let after = with_changes(&before, changes)?;
        read.file = MapFile::parse(&after).map_err(|error| OperationError::NotUnderstood(error.to_string()))?;
        Ok((before, read))
    }
}

impl Read {
    /// Puts the text where the file is, which keeps what else belongs to it.
    fn replace(&self) -> Result<(), FileError> {
        let before = Entry::at(&self.end)?;
        let rights = match &before {
            Entry::File { rights, .. } => rights.clone(),
            // Somebody took it away in this moment; it comes back as it was read.
            _ => Rights { owner: self.attributes.owner, mode: self.attributes.mode, labels: None },
        };
        let content = Zeroizing::new(self.file.text().as_bytes().to_vec());
        Entry::File { content, rights }.put(&self.end, &before, &files::temporary_beside(&self.end))
    }
}

/// The text with the changes, or which of them cannot be made.
pub(super) fn with_changes(text: &str, changes: &MapChanges) -> Result<String, OperationError> {
    let mut text = text.to_owned();
    for (place, change) in changes.changes.iter().enumerate() {
        text = certmap::with_changes(&text, std::slice::from_ref(change)).map_err(|refused| match refused {
            EditRefused::NotUnderstood(why) => OperationError::NotUnderstood(why.to_string()),
            other => OperationError::invalid(format!("/changes/{place}"), other.to_string()),
        })?;
    }
    Ok(text)
}
