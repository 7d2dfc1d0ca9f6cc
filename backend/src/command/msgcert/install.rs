//! `add-cert` and `renew-cert`: what a CA sent.

use std::path::Path;
use std::time::Duration;

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::client::Imported;
use certdeck_shared::api::import::{Import, ImportItem, ImportReport};
use certdeck_shared::api::job::JobState;
use certdeck_shared::api::request::{Reply, RequestState};
use certdeck_shared::detect;
use certdeck_shared::x509::parse;
use certdeck_shared::x509::view::CertificateView;

use super::connection::{LARGEST_FILE, Place, said};
use super::options::{AddCert, RenewCert};
use super::{Failure, inventory, tell};
use crate::host::files;

/// Trust of a CA certificate: for servers and for clients that sign in with a certificate.
const AUTHORITY: &str = "CT,,";
/// How often a long import is asked after.
const PAUSE: Duration = Duration::from_millis(200);

/// What is in a certificate file.
struct Sent {
    text: String,
    leaf: Vec<u8>,
    view: CertificateView,
    others: Vec<Vec<u8>>,
}

/// `add-cert`: the answer to a pending request, or any other certificate; with `-C` a CA that is trusted.
pub(super) async fn add(place: &Place, options: &AddCert) -> Result<(), Failure> {
    let sent = read(&options.file)?;
    let unlocked = place.unlock_for(&options.alias, options.password.file.as_deref()).await?;
    let outcome = async {
        if !options.authority && answer(place, &sent, &options.alias).await? {
            return Ok(());
        }
        let trust = options.authority.then(|| AUTHORITY.to_owned());
        let known = import(place, &sent, &options.alias, trust.clone()).await?;
        if !known && let Some(trust) = trust {
            return trust_present(place, &sent, &trust).await;
        }
        Ok(())
    };
    let outcome = outcome.await;
    unlocked.leave(outcome).await
}

/// `renew-cert`: the updated certificate beside the one it renews, with its alias and trust.
pub(super) async fn renew(place: &Place, options: &RenewCert) -> Result<(), Failure> {
    let sent = read(&options.file)?;
    let unlocked = place.unlock_for(&options.alias, options.password.file.as_deref()).await?;
    let outcome = async {
        let old = inventory::newest_of_alias(place, &options.alias).await?;
        if old.view.subject != sent.view.subject {
            return Err(format!(
                "{} is of {}, and {} of {}; a renewed certificate keeps its subject. msgcert add-cert adds another one",
                options.file.display(),
                sent.view.subject,
                options.alias,
                old.view.subject
            )
            .into());
        }
        if answer(place, &sent, &options.alias).await? {
            return carry_trust(place, &sent, &old, &options.alias).await;
        }
        if old.entry.key_id.is_some() && !key_is_beside(place, &sent, &options.alias).await? {
            return Err(format!("{} is for a key that is not beside {}; nothing was added", options.file.display(), options.alias).into());
        }
        let trust = old.trust.with_user(false).to_string();
        import(place, &sent, &options.alias, Some(trust)).await?;
        Ok(())
    };
    let outcome = outcome.await;
    unlocked.leave(outcome).await
}

/// Whether the key of what was sent is in the database, or on the token that the alias names.
async fn key_is_beside(place: &Place, sent: &Sent, alias: &str) -> Result<bool, Failure> {
    let id = sent.view.public_key.nss_key_id.as_ref();
    Ok(match place.token_of(alias).await? {
        Some(token) => place.client.token_keys(place.id(), &token.id).await.map_err(said)?.iter().any(|key| Some(&key.id) == id),
        None => place.client.keys(place.id()).await.map_err(said)?.iter().any(|key| Some(&key.id) == id),
    })
}

fn read(file: &Path) -> Result<Sent, Failure> {
    let octets = files::read_limited(file, LARGEST_FILE)?;
    let detected = detect::read(&octets);
    let mut readable = detected.certificates.into_iter().filter_map(|found| Some((parse::certificate(&found.der).ok()?, found.der)));
    let Some((view, leaf)) = readable.next() else {
        let why = detected.problems.first().map(|problem| format!(" ({problem})")).unwrap_or_default();
        return Err(format!("{} holds no certificate{why}", file.display()).into());
    };
    let others = readable.map(|(_, der)| der).collect();
    Ok(Sent { text: parse_text(&octets, &leaf), leaf, view, others })
}

/// The file as text; the certificate itself where the file is binary.
fn parse_text(octets: &[u8], leaf: &[u8]) -> String {
    String::from_utf8(octets.to_vec()).unwrap_or_else(|_| certdeck_shared::request::certificate_pem(leaf))
}

/// Gives the certificate to the pending request whose key it has, if there is one.
async fn answer(place: &Place, sent: &Sent, alias: &str) -> Result<bool, Failure> {
    let requests = place.client.requests(place.id()).await.map_err(said)?;
    let key = sent.view.public_key.nss_key_id.as_ref();
    let Some(request) = requests.iter().find(|one| one.state == RequestState::Pending && Some(&one.key_id) == key && one.key_present)
    else {
        return Ok(false);
    };
    let reply = Reply { content: sent.text.clone(), nickname: Some(alias.to_owned()), additional: false };
    place.client.reply(place.id(), &request.id, &reply).await.map_err(said)?;
    Ok(true)
}

/// Adds leaf and others; answers whether the leaf was new.
async fn import(place: &Place, sent: &Sent, alias: &str, trust: Option<String>) -> Result<bool, Failure> {
    let leaf = ImportItem { der: Base64(sent.leaf.clone()), nickname: Some(alias.to_owned()), trust };
    let others = sent.others.iter().map(|der| ImportItem { der: Base64(der.clone()), nickname: None, trust: None });
    let report = if place.token_of(alias).await?.is_some() {
        // To a token goes one certificate at a time; its issuers belong into the database.
        let others: Vec<ImportItem> = others.collect();
        if !others.is_empty() {
            import_all(place, others).await?;
        }
        import_all(place, vec![leaf]).await?
    } else {
        import_all(place, std::iter::once(leaf).chain(others).collect()).await?
    };
    let Some(outcome) = report.certificates.first() else { return Ok(false) };
    if let Some(other) = Some(outcome.nickname.as_str()).filter(|nickname| !nickname.is_empty() && *nickname != alias) {
        tell(&format!("Its subject has the alias {other} in this database already, so that is its alias."))?;
    }
    Ok(outcome.disposition.is_written())
}

async fn import_all(place: &Place, certificates: Vec<ImportItem>) -> Result<ImportReport, Failure> {
    match place.client.import(place.id(), &Import { certificates }, false).await.map_err(said)? {
        Imported::Done(report) => Ok(report),
        Imported::Started(job) => Ok(serde_json::from_value(finished(place, &job.id).await?)?),
    }
}

async fn finished(place: &Place, id: &str) -> Result<serde_json::Value, Failure> {
    loop {
        let job = place.client.job(id).await.map_err(said)?;
        match (job.state, job.result, job.problem) {
            (JobState::Running, ..) => tokio::time::sleep(PAUSE).await,
            (JobState::Succeeded, Some(result), _) => return Ok(result),
            (_, _, Some(problem)) => return Err(problem.detail.into()),
            _ => return Err("the import ended without a word".into()),
        }
    }
}

/// A CA certificate that was there before becomes a trusted one.
async fn trust_present(place: &Place, sent: &Sent, trust: &str) -> Result<(), Failure> {
    let fingerprint = certdeck_shared::x509::fingerprint::sha256_hex(&sent.leaf);
    let change = certdeck_shared::api::certificate::CertificateChange { nickname: None, trust: Some(trust.to_owned()) };
    place.client.change_certificate(place.id(), &fingerprint, &change, None).await.map_err(said)?;
    tell("It was there already; it is trusted now.")
}

/// A renewed certificate is trusted as the one it renews.
async fn carry_trust(place: &Place, sent: &Sent, old: &inventory::Listed, alias: &str) -> Result<(), Failure> {
    let trust = old.trust.with_user(false);
    if trust.is_empty() {
        return Ok(());
    }
    let mut address = certdeck_shared::x509::fingerprint::sha256_hex(&sent.leaf);
    if let Some(token) = place.token_of(alias).await? {
        address = format!("{}:{address}", token.label);
    }
    let change = certdeck_shared::api::certificate::CertificateChange { nickname: None, trust: Some(trust.to_string()) };
    place.client.change_certificate(place.id(), &address, &change, None).await.map_err(said)?;
    Ok(())
}
