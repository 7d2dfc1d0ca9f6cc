//! `export-cert`, `import-cert`, `import-selfsign-cert`: certificates with their keys.

use std::path::PathBuf;

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::keystore::{KeystoreImport, Pkcs12Export};

use super::connection::{LARGEST_FILE, Place, said};
use super::options::{ExportCert, ImportCert};
use super::{Failure, inventory, passwords, tell};
use crate::host::files;

/// `export-cert`: certificate, issuers and private key as PKCS#12, for the password of the database.
pub(super) async fn export(place: &Place, options: &ExportCert) -> Result<(), Failure> {
    let unlocked = place.unlock_for(&options.alias, options.password.file.as_deref()).await?;
    let outcome = async {
        let certificate = inventory::newest_of_alias(place, &options.alias).await?;
        let file_password = passwords::for_file(options.file_password_file.as_deref())?;
        let export = Pkcs12Export {
            database_password: unlocked.password().to_owned(),
            file_password: file_password.as_str().to_owned(),
            accept_weak_password: true,
            ..Pkcs12Export::default()
        };
        let file = options.output.clone().unwrap_or_else(|| PathBuf::from(format!("{}.p12", options.alias.replace(['/', ':'], "_"))));
        let octets = place.client.export_pkcs12(place.id(), &certificate.entry.fingerprint_sha256, &export).await.map_err(said)?;
        files::write_atomically(&file, &octets, 0o600, None)?;
        Ok(())
    };
    let outcome = outcome.await;
    unlocked.leave(outcome).await
}

/// `import-cert` and `import-selfsign-cert`: a PKCS#12 file under the names that are in it.
pub(super) async fn import(place: &Place, options: &ImportCert) -> Result<(), Failure> {
    let octets = files::read_limited(&options.file, LARGEST_FILE)?;
    let unlocked = place.unlock(options.password.file.as_deref()).await?;
    let outcome = async {
        let password = passwords::of_file(options.file_password_file.as_deref())?;
        let import = KeystoreImport { file: Base64(octets), password: Some(password.as_str().to_owned()), ..KeystoreImport::default() };
        let report = place.client.import_keystore(place.id(), &import).await.map_err(said)?;
        for certificate in report.certificates.iter().filter(|one| one.disposition.is_written()) {
            tell(&format!("Added {}.", certificate.nickname))?;
        }
        Ok(())
    };
    let outcome = outcome.await;
    unlocked.leave(outcome).await
}
