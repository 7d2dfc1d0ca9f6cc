//! The CA's answer: first what will become of it, then it is installed with its chain; or kept, when the key is elsewhere.

use std::ops::ControlFlow;

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::import::{Disposition, Import, ImportItem};
use certdeck_shared::api::request::{Reply, ReplyInstalled, RequestKeyPlace};
use certdeck_shared::request::certificate_pem;
use serde_json::json;

use super::answer::{self, Answer, Known};
use crate::domain::databases::{Done, Operation, OperationError};
use crate::domain::import::{self, Planned};
use crate::domain::inventory;
use crate::nss::listing::Listing;
use crate::state::{AnswerRecord, RequestRecord};
use crate::token::CertificateToImport;

/// An answer that was looked at, and nothing is in its way.
struct Accepted {
    record: RequestRecord,
    answer: Answer,
    nickname: String,
    /// What becomes of leaf and issuers in the database; empty when the key is not in it.
    planned: Vec<Planned>,
    key_place: RequestKeyPlace,
}

impl Operation {
    /// What a reply would install. Nothing is written.
    ///
    /// # Errors
    /// As [`Operation::reply`].
    pub async fn preview_reply(&self, id: &str, reply: Reply) -> Result<ReplyInstalled, OperationError> {
        let listing = self.database.listing().await?;
        let accepted = self.accept(id, &reply, &listing).await?;
        self.report(&accepted, false, None).await
    }

    /// Installs the certificate of a request's key and the issuers that came with it. Only the successor of a certificate gets trust: that of
    /// the old one.
    ///
    /// # Errors
    /// `Unreadable` when there is no certificate; `ReplyDoesNotMatch` when none is for the key; `RequestAnswered` when another
    /// certificate did. Nothing is written then.
    pub async fn reply(&self, id: &str, reply: Reply) -> Result<ReplyInstalled, OperationError> {
        let result = self.reply_in_turn(id, reply).await;
        self.conclude("request.reply", Some(id), result).await
    }

    /// The same for whichever pending request has the key of a certificate in the answer.
    ///
    /// # Errors
    /// As [`Operation::reply`].
    pub async fn reply_to_any(&self, reply: Reply, preview: bool) -> Result<ReplyInstalled, OperationError> {
        let id = match self.whose(&reply.content).await {
            Ok(id) => id,
            Err(error) if preview => return Err(error),
            Err(error) => return self.conclude("request.reply", None, Err(error)).await,
        };
        if preview { self.preview_reply(&id, reply).await } else { self.reply(&id, reply).await }
    }

    /// The request whose key a certificate has; of several the latest that waits.
    async fn whose(&self, content: &str) -> Result<String, OperationError> {
        let listing = self.database.listing().await?;
        let certificates = answer::certificates(content, &listing)?;
        let keys: Vec<&str> = certificates.iter().filter_map(|one| one.view.public_key.nss_key_id.as_deref()).collect();
        let records = self.environment.store.requests().list(&self.database.id).await?;
        let fitting = || records.iter().filter(|record| keys.contains(&record.key_id.as_str()));
        let waiting = fitting().find(|record| record.certificate_fingerprint_sha256.is_none());
        if let Some(record) = waiting.or_else(|| fitting().next()) {
            return Ok(record.id.clone());
        }
        let what = answer::names(&certificates);
        Err(OperationError::ReplyDoesNotMatch(if keys.iter().any(|key| listing.key(key).is_some()) {
            format!(
                "The {what} in it answer no request made here, but a key in this database: import them as certificates, the key is found."
            )
        } else {
            format!("None of the {what} is for the key of a request made here, nor for a key of this database.")
        }))
    }

    async fn accept(&self, id: &str, reply: &Reply, listing: &Listing) -> Result<Accepted, OperationError> {
        let record = self.record(id).await?;
        if let Some(wrong) = reply.nickname.as_deref().and_then(inventory::wrong_nickname) {
            return Err(OperationError::invalid("/nickname", wrong));
        }
        let here = listing.key(&record.key_id).is_some();
        if !here && record.key_place == RequestKeyPlace::Database {
            let why = "The key of this request is no longer in the database, so no certificate can be installed with it.";
            return Err(OperationError::ReplyDoesNotMatch(why.to_owned()));
        }
        let answer = answer::find(answer::certificates(&reply.content, listing)?, &record.key_id, listing)?;
        let leaf = answer.chain.first().ok_or(OperationError::BrokeOff)?;
        if let Some(before) = &record.certificate_fingerprint_sha256
            && *before != leaf.fingerprint_sha256
            && !reply.additional
        {
            let earlier =
                self.answers_to(id).await?.iter().any(|earlier| earlier.certificate_fingerprint_sha256 == leaf.fingerprint_sha256);
            if !earlier {
                return Err(OperationError::RequestAnswered(format!(
                    "Another certificate answered this request before ({}…). Say that this one is additional, and both stay.",
                    before.get(..16).unwrap_or(before)
                )));
            }
        }
        let nickname = reply.nickname.clone().unwrap_or_else(|| record.nickname.clone());
        // On a token the leaf goes there, and its issuers into the database.
        let on_token = record.key_place == RequestKeyPlace::Token;
        let planned = if here || on_token {
            let inherited = self.inherited_trust(id, listing, &leaf.der).await?.map(|trust| trust.to_string());
            let item = |(place, one): (usize, &Known)| ImportItem {
                der: Base64(one.der.clone()),
                nickname: (place == 0).then(|| nickname.clone()),
                trust: inherited.clone().filter(|_| place == 0),
            };
            let in_answer = answer.chain.iter().filter(|one| one.in_answer).enumerate();
            let certificates = in_answer.filter(|(place, _)| here || *place > 0).map(item).collect();
            import::plan(listing, &Import { certificates })?
        } else {
            Vec::new()
        };
        import::refuse(&planned)?;
        let key_place = if here { RequestKeyPlace::Database } else { record.key_place };
        let nickname = planned.first().filter(|_| here).map_or(nickname, |leaf| leaf.outcome.nickname.clone());
        Ok(Accepted { record, answer, nickname, planned, key_place })
    }

    async fn reply_in_turn(&self, id: &str, reply: Reply) -> Result<Done<ReplyInstalled>, OperationError> {
        let _turn = self.database.turn().await?;
        let listing = self.database.listing().await?;
        let accepted = self.accept(id, &reply, &listing).await?;
        let writes: Vec<CertificateToImport> = accepted
            .planned
            .iter()
            .filter(|one| one.outcome.disposition.is_written())
            .map(|one| CertificateToImport { der: one.der.clone(), nickname: one.outcome.nickname.clone(), trust: one.trust })
            .collect();
        if writes.iter().any(|one| one.trust.is_some()) {
            self.database.needs_unlocked().await?;
        }
        if accepted.key_place == RequestKeyPlace::Token
            && let Some(leaf) = accepted.answer.chain.first()
        {
            self.install_on_token(&accepted.record, &leaf.der).await?;
        }
        let snapshot = if writes.is_empty() {
            None
        } else {
            let snapshot = self.snapshot(&format!("answer to the request {}", accepted.record.nickname)).await?;
            self.database.token.import(writes, |_| ControlFlow::Continue(())).await?;
            snapshot
        };
        let leaf = accepted.answer.chain.first().map(|leaf| leaf.fingerprint_sha256.clone()).unwrap_or_default();
        let kept = AnswerRecord {
            certificate_fingerprint_sha256: leaf.clone(),
            nickname: accepted.nickname.clone(),
            pem: accepted.answer.chain.iter().map(|one| certificate_pem(&one.der)).collect(),
            answered_by: self.actor.clone(),
            answered_at: self.environment.clock.now(),
        };
        self.environment.store.requests().add_answer(id, kept).await?;
        self.changed()?;
        let answer = self.report(&accepted, true, snapshot).await?;
        let after = json!({"fingerprint_sha256": leaf, "nickname": accepted.nickname, "added_issuers": answer.added_issuers,
            "key_place": accepted.key_place});
        Ok(Done { answer, before: None, after: Some(after) })
    }

    async fn report(&self, accepted: &Accepted, applied: bool, snapshot: Option<String>) -> Result<ReplyInstalled, OperationError> {
        let Accepted { record, answer, nickname, planned, key_place } = accepted;
        let leaf = answer.chain.first().ok_or(OperationError::BrokeOff)?;
        let mut remarks = answer::remarks(&leaf.view, super::view(record).as_ref(), self.environment.clock.now());
        match key_place {
            RequestKeyPlace::Database => {}
            RequestKeyPlace::Token => remarks.push(
                "The key is on a token: the certificate goes there, its issuers into the database, which keeps the trust of both."
                    .to_owned(),
            ),
            RequestKeyPlace::Browser => remarks.push(
                "The key is in the browser that made the request: the certificate is kept with the request, not put into the database. \
                 Join the two in that browser."
                    .to_owned(),
            ),
            RequestKeyPlace::Elsewhere => remarks.push(
                "The key is not in this database: the certificate is kept with the request, not put into the database. \
                 It belongs where the key is."
                    .to_owned(),
            ),
        }
        let added = |one: &&Planned| matches!(one.outcome.disposition, Disposition::New | Disposition::SubjectHasNickname { .. });
        Ok(ReplyInstalled {
            applied,
            request: self.request(&record.id).await?,
            key_place: *key_place,
            fingerprint_sha256: leaf.fingerprint_sha256.clone(),
            nickname: nickname.clone(),
            chain: answer.chain.iter().map(Known::link).collect(),
            added_issuers: planned
                .iter()
                .skip(usize::from(*key_place == RequestKeyPlace::Database))
                .filter(added)
                .map(|one| one.outcome.fingerprint_sha256.clone())
                .collect(),
            missing_issuer: answer.missing.as_ref().map(|missing| missing.subject.clone()),
            missing: answer.missing.clone(),
            remarks,
            left_out: answer.left_out.clone(),
            snapshot,
        })
    }
}
