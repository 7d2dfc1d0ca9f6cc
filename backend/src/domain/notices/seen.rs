//! What somebody may see of the policy, and what a notice belongs to.

use certdeck_shared::api::notice::{ExpiryPolicy, Selector};
use certdeck_shared::expiry::is_issuer;
use certdeck_shared::x509::parse;

use crate::domain::console::Console;
use crate::domain::databases::OperationError;
use crate::domain::sight::{Concerned, Sight};

impl Console {
    /// What a notice belongs to.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn concerned_by_notice(&self, id: &str) -> Result<Concerned, OperationError> {
        let about = self.notices.one(id).await?.about;
        match (about.endpoint, about.database) {
            // One that is watched no more belongs to the console.
            (Some(endpoint), _) => Ok(self.watch.concerned(&endpoint).await.unwrap_or(Concerned::Console)),
            (None, Some(database)) => Ok(Concerned::Database(database)),
            (None, None) => Ok(Concerned::Console),
        }
    }

    /// The policy without the rules that name what somebody may not see: databases, and tags and issuers of nothing that is theirs to see.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn policy_seen(&self, sight: Sight<'_>) -> Result<ExpiryPolicy, OperationError> {
        let mut policy = self.notices.policy().await?;
        if sight.is_whole() {
            return Ok(policy);
        }
        let mut endpoints = self.watch.list().await?.endpoints;
        endpoints.retain(|endpoint| sight.endpoint(endpoint));
        let mut issuers = Vec::new();
        for database in self.databases.all().into_iter().filter(|database| sight.database(&database.id)) {
            let Ok(listing) = database.listing().await else { continue };
            let read = listing.certificates.iter().filter_map(|certificate| parse::certificate(&certificate.der).ok());
            issuers.extend(read.map(|certificate| certificate.issuer));
        }
        policy.rules.retain(|rule| match &rule.applies_to {
            Selector::Certificate { database, .. } | Selector::Database { database } => sight.database(database),
            Selector::Tag { tag } => endpoints.iter().any(|endpoint| endpoint.tags.contains(tag)),
            Selector::Issuer { name } => issuers.iter().any(|issuer| is_issuer(name, issuer)),
        });
        Ok(policy)
    }
}
