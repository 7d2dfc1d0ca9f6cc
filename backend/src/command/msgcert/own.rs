//! `generate-certDB`, `add-selfsign-cert`, `renew-selfsign-cert`: what needs no CA.

use certdeck_shared::api::database::{NewDatabase, PasswordFiles};
use certdeck_shared::api::issue::{CertificateKey, NewSelfSigned, Validity};
use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::renewal::{Renewal, RenewalMode};

use super::connection::{Connection, Place, said};
use super::options::{AddSelfsignCert, GenerateCertDb, OfAlias, Subject};
use super::{Failure, inventory, passwords, request, tell};
use crate::host::process;

/// Alias of the certificate that a new database begins with.
const FIRST: &str = "Server-Cert";
/// Months that a self-signed certificate is valid, as the manual says.
const MONTHS: u32 = 3;

/// `generate-certDB`.
pub(super) async fn generate(connection: &Connection, options: &GenerateCertDb) -> Result<(), Failure> {
    let directory = connection.new_directory()?;
    let client = connection.client().await?;
    let password = passwords::of_database(options.password.file.as_deref())?;
    let new = NewDatabase::Create {
        path: directory.to_owned(),
        label: None,
        password: password.as_str().to_owned(),
        owner: None,
        group: None,
        mode: None,
        password_files: PasswordFiles { plain: false, sslpassword_conf: true },
        accept_weak_password: options.accept_weak_password,
    };
    let database = client.add_database(&new).await.map_err(said)?;
    let name = options.name.clone().unwrap_or_else(process::host_name);
    let subject = Subject { distinguished_name: None, name: Some(name), org: None, org_unit: None, city: None, state: None, country: None };
    let place = Place { client, database };
    self_signed(&place, &subject, FIRST).await
}

/// `add-selfsign-cert`.
pub(super) async fn add_self_signed(place: &Place, options: &AddSelfsignCert) -> Result<(), Failure> {
    let unlocked = place.unlock_for(&options.alias, options.password.file.as_deref()).await?;
    let outcome = self_signed(place, &options.subject, &options.alias).await;
    unlocked.leave(outcome).await
}

async fn self_signed(place: &Place, subject: &Subject, alias: &str) -> Result<(), Failure> {
    let new = NewSelfSigned {
        nickname: alias.to_owned(),
        form: request::form(subject)?,
        key: CertificateKey::Algorithm(KeyAlgorithm::Rsa2048),
        validity: Validity { months: Some(MONTHS), ..Validity::default() },
        ..NewSelfSigned::default()
    };
    place.client.create_self_signed(place.id(), &new).await.map_err(said)?;
    Ok(())
}

/// `renew-selfsign-cert`: same key, same names, from now on as long as before; the old one stays until it is removed.
pub(super) async fn renew_self_signed(place: &Place, options: &OfAlias) -> Result<(), Failure> {
    let unlocked = place.unlock_for(&options.alias, options.password.file.as_deref()).await?;
    let outcome = async {
        let old = inventory::newest_of_alias(place, &options.alias).await?;
        if !old.view.self_issued {
            return Err(format!("{} is not self-signed; msgcert renew-cert takes the CA's answer", options.alias).into());
        }
        let renewal = Renewal { mode: RenewalMode::Renew, ..Renewal::default() };
        place.client.renew(place.id(), &old.entry.fingerprint_sha256, &renewal).await.map_err(said)?;
        tell("The old certificate stays until msgcert remove-cert removes it.")
    };
    let outcome = outcome.await;
    unlocked.leave(outcome).await
}
