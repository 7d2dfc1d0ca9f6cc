//! What may be probed: this host itself, and what an administrator allows. The host may reach networks that nobody at the page can, and
//! the services that clouds put at link-local addresses answer without a password.

mod rule;

use std::net::SocketAddr;
use std::sync::Arc;

use certdeck_shared::api::endpoint::WatchSettings;
use tokio::net::lookup_host;

use super::console::Environment;
use super::databases::OperationError;
use crate::host::sockets;
pub use rule::{NoRule, Rule};

/// The list as it is at one moment.
#[derive(Debug, Clone)]
pub struct Allowance {
    rules: Arc<[Rule]>,
}

impl Allowance {
    /// That of these settings.
    #[must_use]
    pub fn of(settings: &WatchSettings) -> Self {
        Self { rules: settings.allowed.iter().filter_map(|entry| entry.parse().ok()).collect() }
    }

    /// The one in force; nothing but this host until somebody decides otherwise.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn in_force(environment: &Environment) -> Result<Self, OperationError> {
        let decided = environment.store.endpoints().settings().await?;
        Ok(decided.as_ref().map_or_else(|| Self { rules: Arc::default() }, Self::of))
    }

    /// Whether a host that has these addresses may be probed.
    ///
    /// # Errors
    /// Why not, as a sentence.
    pub fn check(&self, host: &str, addresses: &[SocketAddr]) -> Result<(), String> {
        match rule::refused(&self.rules, host, addresses, sockets::is_own) {
            None => Ok(()),
            Some(address) => Err(format!(
                "{host} ({address}) is not this host, and not on the list of what may be probed. An administrator can add it there."
            )),
        }
    }

    /// The same with the addresses that it has now. One that has none may be: nobody is asked.
    ///
    /// # Errors
    /// Why not, as a sentence.
    pub async fn check_host(&self, host: &str, port: u16) -> Result<(), String> {
        match tokio::time::timeout(crate::probe::LIMIT, lookup_host((host, port))).await {
            Ok(Ok(addresses)) => self.check(host, &addresses.collect::<Vec<_>>()),
            Ok(Err(_)) | Err(_) => Ok(()),
        }
    }
}
