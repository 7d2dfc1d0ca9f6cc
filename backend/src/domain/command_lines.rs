//! The command lines of operations, with what a database knows of its certificates.

use std::sync::Arc;

use certdeck_shared::api::certificate::CertificateEntry;
use certdeck_shared::glass::{self, Action, CommandLines, Inventory, NoInventory, Site};

use super::databases::{Operation, OperationError, blocking};
use super::{certificates, inventory};
use crate::nss::listing::Listing;

/// The certificates that were read of a database.
struct Listed(Arc<Listing>);

impl Inventory for Listed {
    fn certificate(&self, fingerprint: &str) -> Option<CertificateEntry> {
        self.0.certificate(&fingerprint.to_ascii_lowercase()).map(|one| inventory::entry(one, &inventory::Revoked::new()))
    }

    fn namesakes(&self, nickname: &str) -> usize {
        self.0.certificates.iter().filter(|one| one.nickname.as_deref() == Some(nickname)).count()
    }

    fn chain(&self, fingerprint: &str) -> Vec<CertificateEntry> {
        let chain = certificates::follow(&self.0, fingerprint).map(|chain| chain.certificates).unwrap_or_default();
        chain.iter().filter_map(|link| self.certificate(&link.fingerprint_sha256)).collect()
    }
}

impl Operation {
    /// The command lines that do something to this database.
    ///
    /// # Errors
    /// When they cannot be computed on a thread of their own.
    pub async fn command_lines(&self, action: Action) -> Result<CommandLines, OperationError> {
        // A database that cannot be read has lines all the same; they name certificates by their fingerprints.
        let listing = self.database.listing().await.ok();
        let (id, location, format) = (self.database.id.clone(), self.database.location.clone(), self.database.format);
        // A chain among ten thousand certificates is for a thread that may take its time.
        blocking(move || {
            let listed = listing.map(Listed);
            let inventory: &dyn Inventory = listed.as_ref().map_or(&NoInventory, |listed| listed);
            let (directory, prefix) = (location.directory().display().to_string(), location.prefix());
            glass::command_lines(&Site { origin: None, database: &id, directory: &directory, prefix, format, inventory }, &action)
        })
        .await
    }

    /// The same operation; its audit entry will tell the lines that do it.
    pub async fn standing_for(mut self, action: Action) -> Self {
        self.command_lines = self.command_lines(action).await.ok();
        self
    }
}

/// The command lines of what is done to no database.
#[must_use]
pub fn of_console(action: &Action) -> CommandLines {
    glass::command_lines(&Site::console(), action)
}
