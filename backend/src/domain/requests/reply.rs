//! The CA's answer: first what will become of it, then it is installed with its chain; or kept, when the key is elsewhere.

use std::ops::ControlFlow;

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::import::{Disposition, Import, ImportItem};
use certdeck_shared::api::request::{Reply, ReplyInstalled, RequestKeyPlace};
use certdeck_shared::request::certificate_pem;
use serde_json::json;

use super::answer::{self, Answer, Known};
use super::whose::{Asked, Whose};
use crate::domain::databases::{Done, Operation, OperationError};
use crate::domain::import::{self, Planned};
use crate::domain::inventory;
use crate::nss::listing::Listing;
use crate::state::AnswerRecord;
use crate::token::CertificateToImport;

/// An answer that was looked at, and nothing is in its way.
struct Accepted {
    asked: Asked,
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
        self.foretell(&Whose::Request(id.to_owned()), &reply).await
    }

    /// Installs the certificate of a request's key and the issuers that came with it. Only the successor of a certificate gets trust: that of
    /// the old one, which has its key or which the request renews.
    ///
    /// # Errors
    /// `Unreadable` when there is no certificate; `ReplyDoesNotMatch` when none is for the key; `RequestAnswered` when another
    /// certificate did. Nothing is written then.
    pub async fn reply(&self, id: &str, reply: Reply) -> Result<ReplyInstalled, OperationError> {
        let result = self.reply_in_turn(&Whose::Request(id.to_owned()), reply).await;
        self.conclude("request.reply", Some(id), result).await
    }

    /// The same for whichever pending request has the key of a certificate in the answer; where there is none, for the key itself.
    ///
    /// # Errors
    /// As [`Operation::reply`].
    pub async fn reply_to_any(&self, reply: Reply, preview: bool) -> Result<ReplyInstalled, OperationError> {
        let whose = match self.whose(&reply.content).await {
            Ok(whose) => whose,
            Err(error) if preview => return Err(error),
            Err(error) => return self.conclude("request.reply", None, Err(error)).await,
        };
        if preview {
            return self.foretell(&whose, &reply).await;
        }
        let result = self.reply_in_turn(&whose, reply).await;
        self.conclude("request.reply", whose.request(), result).await
    }

    async fn foretell(&self, whose: &Whose, reply: &Reply) -> Result<ReplyInstalled, OperationError> {
        let listing = self.database.listing().await?;
        let accepted = self.accept(whose, reply, &listing).await?;
        self.report(&listing, &accepted, false, None).await
    }

    async fn accept(&self, whose: &Whose, reply: &Reply, listing: &Listing) -> Result<Accepted, OperationError> {
        if let Some(wrong) = reply.nickname.as_deref().and_then(inventory::wrong_nickname) {
            return Err(OperationError::invalid("/nickname", wrong));
        }
        let asked = self.asked(whose, listing).await?;
        let here = listing.key(&asked.key_id).is_some();
        let answer = answer::find(answer::certificates(&reply.content, listing)?, &asked.key_id, listing)?;
        let leaf = answer.chain.first().ok_or(OperationError::BrokeOff)?;
        self.refuse_unasked(&asked, leaf, reply).await?;
        // Without a request the nickname is that of the subject, or is made of its names.
        let nickname = reply.nickname.clone().or_else(|| asked.record.as_ref().map(|record| record.nickname.clone()));
        // On a token the leaf goes there, and its issuers into the database.
        let on_token = asked.key_place == RequestKeyPlace::Token;
        let planned = if here || on_token {
            let inherited = self.inherited_trust(whose.request(), &asked.key_id, listing, &leaf.der).await?;
            let inherited = inherited.map(|trust| trust.to_string());
            let item = |(place, one): (usize, &Known)| ImportItem {
                der: Base64(one.der.clone()),
                nickname: nickname.clone().filter(|_| place == 0),
                trust: inherited.clone().filter(|_| place == 0),
            };
            let in_answer = answer.chain.iter().filter(|one| one.in_answer).enumerate();
            let certificates = in_answer.filter(|(place, _)| here || *place > 0).map(item).collect();
            import::plan(listing, &Import { certificates })?
        } else {
            Vec::new()
        };
        import::refuse(&planned)?;
        let key_place = if here { RequestKeyPlace::Database } else { asked.key_place };
        let settled = planned.first().filter(|_| here).map(|leaf| leaf.outcome.nickname.clone());
        let nickname = settled.or(nickname).unwrap_or_else(|| leaf.view.display_name());
        Ok(Accepted { asked, answer, nickname, planned, key_place })
    }

    async fn reply_in_turn(&self, whose: &Whose, reply: Reply) -> Result<Done<ReplyInstalled>, OperationError> {
        let _turn = self.database.turn().await?;
        let listing = self.database.listing().await?;
        let accepted = self.accept(whose, &reply, &listing).await?;
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
            && let (Some(record), Some(leaf)) = (&accepted.asked.record, accepted.answer.chain.first())
        {
            let inherited = self.inherited_trust(Some(&record.id), &record.key_id, &listing, &leaf.der).await?;
            self.install_on_token(record, &leaf.der, inherited).await?;
        }
        let snapshot = if writes.is_empty() {
            None
        } else {
            let snapshot = self.snapshot(&format!("answer to the request {}", accepted.nickname)).await?;
            self.database.token.import(writes, |_| ControlFlow::Continue(())).await?;
            snapshot
        };
        let leaf = accepted.answer.chain.first().map(|leaf| leaf.fingerprint_sha256.clone()).unwrap_or_default();
        if let Some(id) = whose.request() {
            let kept = AnswerRecord {
                certificate_fingerprint_sha256: leaf.clone(),
                nickname: accepted.nickname.clone(),
                pem: accepted.answer.chain.iter().map(|one| certificate_pem(&one.der)).collect(),
                answered_by: self.actor.clone(),
                answered_at: self.environment.clock.now(),
            };
            self.environment.store.requests().add_answer(id, kept).await?;
        }
        self.changed()?;
        let answer = self.report(&listing, &accepted, true, snapshot).await?;
        let after = json!({"fingerprint_sha256": leaf, "nickname": accepted.nickname, "added_issuers": answer.added_issuers,
            "key_place": accepted.key_place});
        Ok(Done { answer, before: None, after: Some(after) })
    }

    async fn report(
        &self,
        listing: &Listing,
        accepted: &Accepted,
        applied: bool,
        snapshot: Option<String>,
    ) -> Result<ReplyInstalled, OperationError> {
        let Accepted { asked, answer, nickname, planned, key_place } = accepted;
        let leaf = answer.chain.first().ok_or(OperationError::BrokeOff)?;
        let view = asked.record.as_ref().and_then(super::view);
        let mut remarks = answer::remarks(&leaf.view, view.as_ref(), self.environment.clock.now());
        if let Some(trust) = planned.first().filter(|_| *key_place == RequestKeyPlace::Database).and_then(|leaf| leaf.trust) {
            remarks.push(format!("It has the trust of the certificate that it succeeds: {trust}."));
        }
        match key_place {
            RequestKeyPlace::Database if asked.record.is_none() => remarks.push(untracked(listing, &asked.key_id)),
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
            request: match &asked.record {
                Some(record) => Some(self.request(&record.id).await?),
                None => None,
            },
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

/// What is said where no request is known, only a key.
fn untracked(listing: &Listing, key_id: &str) -> String {
    let label = listing.key(key_id).and_then(|key| key.label.clone()).filter(|label| !label.is_empty());
    let key = label.map_or_else(|| "Its private key".to_owned(), |label| format!("Its private key, labelled {label},"));
    format!("No request for it is kept here. {key} is in this database: the certificate belongs to it.")
}
