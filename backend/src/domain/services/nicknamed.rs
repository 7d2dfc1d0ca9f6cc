//! Certificates that a configuration names by nickname, looked up in the registered database of the directory.

use std::path::Path;
use std::sync::Arc;

use certdeck_shared::api::service::{NicknamedIn, Pair, ServiceDescription};

use crate::deploy::served;
use crate::domain::databases::{Databases, OpenDatabase};
use crate::host::tree::Tree;
use crate::nss::listing::ListedCertificate;

/// Fills in what registered databases know of the certificates, and adds it to what is told of the service in short.
pub(super) async fn look_up(databases: &Databases, tree: &Tree, described: &mut ServiceDescription) {
    let mut findings = 0;
    for pair in described.endpoints.iter_mut().flat_map(|endpoint| &mut endpoint.pairs) {
        let before = pair.findings.len();
        look_up_pair(databases, tree, pair).await;
        findings += pair.findings.len() - before;
        let leaf = pair.database.as_ref().and_then(|named| named.certificate.as_ref());
        if let Some(leaf) = leaf {
            let first = described.service.not_after.map_or(leaf.not_after, |known| known.min(leaf.not_after));
            described.service.not_after = Some(first);
        }
    }
    described.service.findings += findings;
}

async fn look_up_pair(databases: &Databases, tree: &Tree, pair: &mut Pair) {
    let Some(named) = &mut pair.database else { return };
    let directory = named.directory.value.clone();
    let end = tree.follow(Path::new(&directory)).map_or_else(|_| directory.clone().into(), |way| way.end);
    let here: Vec<Arc<OpenDatabase>> =
        databases.all().into_iter().filter(|database| database.location.directory() == end.as_path()).collect();
    let nickname = pair.certificate.value.clone();
    for database in &here {
        named.database.get_or_insert_with(|| database.id.clone());
        // One that cannot be read says so on its own page.
        let Ok(listing) = database.listing().await else { continue };
        let same = listing.certificates.iter().filter(|certificate| certificate.nickname.as_deref() == Some(nickname.as_str()));
        // Of several that renewal left, NSS takes the one that was issued last.
        let Some((certificate, listed)) = same.filter_map(told).max_by_key(|(certificate, _)| certificate.not_before) else { continue };
        found(named, database, certificate, listed, &mut pair.key_matches, &mut pair.findings);
        return;
    }
    pair.findings.push(match (here.is_empty(), nickname.split_once(':')) {
        (true, _) => format!("No registered database is in {directory}: register it to see the certificate {nickname}."),
        (false, Some((token, _))) => {
            format!("{nickname} is on the token {token}, which is not looked at here: see the tokens of the database.")
        }
        (false, None) => format!("The database in {directory} has no certificate called {nickname}."),
    });
}

fn told(listed: &ListedCertificate) -> Option<(certdeck_shared::api::service::FileCertificate, &ListedCertificate)> {
    Some((served::certificate(&listed.der).ok()?, listed))
}

fn found(
    named: &mut NicknamedIn,
    database: &OpenDatabase,
    mut certificate: certdeck_shared::api::service::FileCertificate,
    listed: &ListedCertificate,
    key_matches: &mut Option<bool>,
    findings: &mut Vec<String>,
) {
    certificate.holders.push(super::description::holder(database, listed));
    named.database = Some(database.id.clone());
    match &listed.key_id {
        Some(_) => *key_matches = Some(true),
        None => findings.push(format!("The private key of {} is not in the database.", listed.nickname.as_deref().unwrap_or_default())),
    }
    named.certificate = Some(certificate);
}
