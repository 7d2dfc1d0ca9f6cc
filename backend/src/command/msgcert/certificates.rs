//! `list-certs`, `show-cert`, `remove-cert`.

use std::io::Write as _;

use super::connection::{Place, said};
use super::options::{ListCerts, OfAlias};
use super::{Failure, details, inventory, table, tell};

/// `list-certs`: server certificates, or with `-C` trusted CA certificates.
pub(super) async fn list(place: &Place, options: &ListCerts) -> Result<(), Failure> {
    let unlocked = place.unlock(options.password.file.as_deref()).await?;
    let outcome = inventory::all(place).await;
    let all = unlocked.leave(outcome).await?;
    let shown = all.iter().filter(|one| one.is_trusted_authority() == options.authorities);
    write!(std::io::stdout(), "{}", table::text(shown))?;
    Ok(())
}

/// `show-cert`: the newest certificate of an alias.
pub(super) async fn show(place: &Place, options: &OfAlias) -> Result<(), Failure> {
    let unlocked = place.unlock_for(&options.alias, options.password.file.as_deref()).await?;
    let outcome = inventory::of_alias(place, &options.alias).await;
    let found = unlocked.leave(outcome).await?;
    if let [newest, older @ ..] = found.as_slice() {
        write!(std::io::stdout(), "{}", details::text(newest))?;
        if !older.is_empty() {
            tell(&format!("{} older with this alias, which its subject shares, not shown.", older.len()))?;
        }
    }
    Ok(())
}

/// `remove-cert`: of several with one alias the one that ends first, so that a renewed one takes its place.
pub(super) async fn remove(place: &Place, options: &OfAlias) -> Result<(), Failure> {
    let unlocked = place.unlock_for(&options.alias, options.password.file.as_deref()).await?;
    let outcome = async {
        let mut found = inventory::of_alias(place, &options.alias).await?;
        let Some(oldest) = found.pop() else { return Ok(()) };
        place.client.delete_certificate(place.id(), &oldest.entry.fingerprint_sha256, false).await.map_err(said)?;
        if let Some(newer) = found.last() {
            tell(&format!(
                "Removed the one valid until {}; another with this alias, until {}, stays.",
                oldest.view.not_after, newer.view.not_after
            ))?;
        } else if oldest.entry.key_id.is_some() {
            tell("Its private key stays in the database.")?;
        }
        Ok(())
    };
    let outcome = outcome.await;
    unlocked.leave(outcome).await
}
