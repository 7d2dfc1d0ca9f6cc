//! What is to be seen of the database that is taken from. Nothing in it changes.

use std::collections::HashSet;
use std::sync::Arc;

use certdeck_shared::api::database::DatabaseFormat;
use certdeck_shared::api::key::KeyAlgorithm;

use crate::domain::databases::{OpenDatabase, Operation, OperationError, blocking};
use crate::nss::listing::Listing;
use crate::nss::modules_file;
use crate::token::{Secret, TokenRecords};

/// A database as a merge sees it.
pub(super) struct Seen {
    pub(super) listing: Arc<Listing>,
    pub(super) records: TokenRecords,
    /// Name and library of PKCS#11 modules beside NSS's own.
    pub(super) modules: Vec<(String, String)>,
    /// Kinds of keys that its NSS makes and keeps.
    pub(super) algorithms: Vec<KeyAlgorithm>,
    /// Whether there may be private keys that do not show.
    pub(super) keys_hidden: bool,
}

impl Seen {
    /// All that a database shows. The private keys of the old format show to who is logged in only: with the password it is unlocked for as
    /// long as they are read.
    pub(super) async fn of(operation: &Operation, password: Option<&Secret>) -> Result<Self, OperationError> {
        let database = &operation.database;
        let hidden = database.format == DatabaseFormat::Dbm && !database.token.status().await?.unlocked;
        let unlocked_here = match password.filter(|_| hidden) {
            Some(password) => {
                operation.prove_source(password).await?;
                database.token.login(password).await?;
                true
            }
            None => false,
        };
        if database.format == DatabaseFormat::Dbm {
            database.forget_listing().await;
        }
        let seen = Self::now(database, hidden && !unlocked_here).await;
        if unlocked_here {
            database.token.logout().await?;
            database.forget_listing().await;
        }
        seen
    }

    async fn now(database: &OpenDatabase, keys_hidden: bool) -> Result<Self, OperationError> {
        Ok(Self {
            listing: database.listing().await?,
            records: database.token.records().await?,
            modules: modules(database).await?,
            algorithms: database.token.algorithms().await?,
            keys_hidden,
        })
    }

    /// Modules of this database that another one does not have.
    pub(super) fn modules_beyond<'seen>(&'seen self, other: &Self) -> impl Iterator<Item = &'seen (String, String)> {
        let known: HashSet<String> = other.modules.iter().map(|(_, library)| library.clone()).collect();
        self.modules.iter().filter(move |(_, library)| !known.contains(library))
    }
}

async fn modules(database: &OpenDatabase) -> Result<Vec<(String, String)>, OperationError> {
    let all: Vec<(String, String)> = match database.format {
        // Asking the token would make a pkcs11.txt where only a secmod.db is.
        DatabaseFormat::Sql => {
            let location = database.location.clone();
            let file = blocking(move || modules_file::read(location)).await??;
            let named = |text: Option<&str>| text.unwrap_or_default().to_owned();
            file.modules().map(|stanza| (named(stanza.name()), named(stanza.library()))).collect()
        }
        DatabaseFormat::Dbm => database.token.modules().await?.into_iter().map(|module| (module.name, module.library)).collect(),
    };
    Ok(all.into_iter().filter(|(_, library)| !library.is_empty()).collect())
}
