//! The CA's answer: whatever it sent, the certificate of the key is found in it and installed with its chain.

use std::ops::ControlFlow;

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::import::{Disposition, Import, ImportItem};
use certdeck_shared::api::request::{Reply, ReplyInstalled};
use certdeck_shared::detect;
use certdeck_shared::x509::chain::{self, Ending};
use certdeck_shared::x509::view::CertificateView;
use certdeck_shared::x509::{fingerprint, parse};
use serde_json::json;

use super::describe;
use crate::domain::databases::{Done, Operation, OperationError};
use crate::domain::{import, inventory};
use crate::nss::listing::Listing;
use crate::token::CertificateToImport;

/// Most certificates of an answer that are looked at.
const MOST: usize = 100;

/// What an answer holds for a key.
struct Answer {
    leaf: (Vec<u8>, CertificateView),
    /// Certificates above it that came along, in order.
    issuers: Vec<(Vec<u8>, CertificateView)>,
}

impl Operation {
    /// Installs the certificate of a request's key and the issuers that came with it, without trust.
    ///
    /// # Errors
    /// `Unreadable` when there is no certificate; `ReplyDoesNotMatch` when none is for the key. Nothing is written then.
    pub async fn reply(&self, id: &str, reply: Reply) -> Result<ReplyInstalled, OperationError> {
        let result = self.reply_in_turn(id, reply).await;
        self.conclude("request.reply", Some(id), result).await
    }

    async fn reply_in_turn(&self, id: &str, reply: Reply) -> Result<Done<ReplyInstalled>, OperationError> {
        let _turn = self.database.turn().await?;
        let record = self.record(id).await?;
        if let Some(wrong) = reply.nickname.as_deref().and_then(inventory::wrong_nickname) {
            return Err(OperationError::invalid("/nickname", wrong));
        }
        let listing = self.database.listing().await?;
        if listing.key(&record.key_id).is_none() {
            let why = "The key of this request is no longer in the database, so no certificate can be installed with it.";
            return Err(OperationError::ReplyDoesNotMatch(why.to_owned()));
        }
        let answer = find(&reply.content, &record.key_id)?;
        let nickname = reply.nickname.unwrap_or_else(|| record.nickname.clone());
        let mut items = vec![ImportItem { der: Base64(answer.leaf.0.clone()), nickname: Some(nickname), trust: None }];
        items.extend(answer.issuers.iter().map(|(der, _)| ImportItem { der: Base64(der.clone()), nickname: None, trust: None }));
        let planned = import::plan(&listing, &Import { certificates: items })?;
        import::refuse(&planned)?;
        let writes: Vec<CertificateToImport> = planned
            .iter()
            .filter(|one| one.outcome.disposition.is_written())
            .map(|one| CertificateToImport { der: one.der.clone(), nickname: one.outcome.nickname.clone(), trust: None })
            .collect();
        let installed =
            planned.first().map(|one| (one.outcome.fingerprint_sha256.clone(), one.outcome.nickname.clone())).unwrap_or_default();
        let snapshot = if writes.is_empty() {
            None
        } else {
            let snapshot = self.snapshot(&format!("answer to the request {}", record.nickname)).await?;
            self.database.token.import(writes, |_| ControlFlow::Continue(())).await?;
            snapshot
        };
        self.environment.store.requests().set_answered(id, &installed.0).await?;
        self.changed()?;
        let listing = self.database.listing().await?;
        let added_issuers: Vec<String> = planned
            .iter()
            .skip(1)
            .filter(|one| matches!(one.outcome.disposition, Disposition::New | Disposition::SubjectHasNickname { .. }))
            .map(|one| one.outcome.fingerprint_sha256.clone())
            .collect();
        let after = json!({"fingerprint_sha256": installed.0, "nickname": installed.1, "added_issuers": added_issuers});
        let answer = ReplyInstalled {
            request: describe(self.record(id).await?, &listing),
            missing_issuer: missing_issuer(&listing, &installed.0),
            fingerprint_sha256: installed.0,
            nickname: installed.1,
            added_issuers,
            snapshot,
        };
        Ok(Done { answer, before: None, after: Some(after) })
    }
}

/// The certificate of the key, and the issuers above it in the same answer.
fn find(content: &str, key_id: &str) -> Result<Answer, OperationError> {
    let found = detect::read(content.as_bytes());
    let readable: Vec<(Vec<u8>, CertificateView)> = found
        .certificates
        .iter()
        .take(MOST)
        .filter_map(|one| parse::certificate(&one.der).ok().map(|view| (one.der.clone(), view)))
        .collect();
    if readable.is_empty() {
        return Err(OperationError::Unreadable(import::instead(&found)));
    }
    let leaf = readable
        .iter()
        .enumerate()
        .filter(|(_, (_, view))| view.public_key.nss_key_id.as_deref() == Some(key_id))
        // A CA may send the old certificate of the key along with the new one.
        .max_by_key(|(_, (_, view))| view.not_before)
        .map(|(place, _)| place);
    let Some(leaf) = leaf else {
        let names: Vec<String> = readable.iter().take(3).map(|(_, view)| view.display_name()).collect();
        return Err(OperationError::ReplyDoesNotMatch(format!(
            "None of the {} certificates ({}) is for the key of this request.",
            readable.len(),
            names.join(", ")
        )));
    };
    let views: Vec<&CertificateView> = readable.iter().map(|(_, view)| view).collect();
    let path = chain::path(leaf, &views);
    let issuers = path.places.iter().skip(1).filter_map(|place| readable.get(*place).cloned()).collect();
    let leaf = readable.into_iter().nth(leaf).ok_or(OperationError::BrokeOff)?;
    Ok(Answer { leaf, issuers })
}

/// Subject of the first issuer that the database does not have.
fn missing_issuer(listing: &Listing, address: &str) -> Option<String> {
    let views: Vec<(String, CertificateView)> = listing
        .certificates
        .iter()
        .filter_map(|one| parse::certificate(&one.der).ok().map(|view| (fingerprint::sha256_hex(&one.der), view)))
        .collect();
    let borrowed: Vec<&CertificateView> = views.iter().map(|(_, view)| view).collect();
    let leaf = views.iter().position(|(fingerprint, _)| fingerprint == address)?;
    let path = chain::path(leaf, &borrowed);
    match path.ending {
        Ending::MissingIssuer => path.places.last().and_then(|place| borrowed.get(*place)).map(|view| view.issuer.to_string()),
        Ending::Complete | Ending::Loop => None,
    }
}
