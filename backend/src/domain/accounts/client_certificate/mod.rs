//! Signing in with the certificate of the connection: it takes the place of the password, and not that of a second factor. Confirming does
//! not take it: a browser shows it without asking whoever sits there.

mod files;

use certdeck_shared::certmap::{self, NoAccount};
use certdeck_shared::x509::parse;
use certdeck_shared::x509::view::CertificateView;
use rustls::pki_types::CertificateDer;
use serde_json::json;
use time::OffsetDateTime;

pub use files::{ClientCertificates, ClientCertificatesError};

use super::passkeys::Party;
use super::{AccountError, Accounts, GivenFactor, NewSession};
use crate::host::threads;
use crate::state::{AuditDraft, Visitor};

/// Why a certificate signs nobody in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateRefusal {
    /// The console asks for none.
    #[error("this console takes no certificates; its settings name no CAs (client-certificate-authorities)")]
    NotTaken,
    /// The connection has none.
    #[error(
        "the connection has no certificate: the browser has none of the console's CAs, or was told not to show it; restart it to be asked again"
    )]
    Absent,
    /// It is not understood.
    #[error("the certificate is not understood")]
    Unreadable,
    /// The chain is not good.
    #[error("the certificate is not good: {0}")]
    NotGood(String),
    /// The rules lead nowhere.
    #[error("{0}")]
    NoAccount(#[from] NoAccount),
    /// The rules lead to an account that there is not.
    #[error("the certificate leads to the account {0:?}, and there is none of this name")]
    UnknownAccount(String),
    /// The files of the settings.
    #[error("the console's CAs, rules or revocation lists of client certificates cannot be used; its log says why")]
    Files,
}

impl Accounts {
    /// Signs in with the certificate of the connection, its issuers behind it.
    pub async fn sign_in_by_certificate(
        &self,
        presented: Option<&[CertificateDer<'static>]>,
        given: GivenFactor,
        visitor: &Visitor,
        party: &Party,
    ) -> Result<NewSession, AccountError> {
        let view = presented.and_then(<[_]>::first).and_then(|leaf| parse::certificate(leaf).ok());
        let told = view.as_ref().map(
            |view| json!({"subject": view.subject.to_string(), "issuer": view.issuer.to_string(), "serial_number": view.serial_number}),
        );
        let draft = AuditDraft::success("console", "session.begin").after(json!({"peer": visitor.peer, "certificate": told}));
        let judged = self.judge(presented, view).await;
        let draft = match &judged {
            Ok(user_name) => AuditDraft { actor: user_name.clone(), ..draft.subject(user_name) },
            // Nobody's name is known: the certificate is all there is to tell.
            Err(_) => draft
                .subject(told.and_then(|told| Some(told["subject"].as_str()?.chars().take(200).collect::<String>())).unwrap_or_default()),
        };
        let outcome = match judged {
            Ok(user_name) => self.try_sign_in_by_certificate(&user_name, given, visitor, party, draft.clone()).await,
            Err(error) => Err(error),
        };
        if let Err(error) = &outcome {
            tracing::warn!(peer = %visitor.peer, code = error.code().name(), %error, "sign-in by certificate refused");
        }
        self.record_refusal(draft, outcome).await
    }

    async fn try_sign_in_by_certificate(
        &self,
        user_name: &str,
        given: GivenFactor,
        visitor: &Visitor,
        party: &Party,
        draft: AuditDraft,
    ) -> Result<NewSession, AccountError> {
        let unknown = || AccountError::CertificateRefused(CertificateRefusal::UnknownAccount(user_name.to_owned()));
        let user = self.store.users().by_name(user_name).await?.ok_or_else(unknown)?.user;
        // A right certificate does not make the codes of its owner free to guess.
        let attempt = self.attempt(user_name, Some(visitor.peer))?;
        self.begin_session(user, &attempt, given, visitor, party, draft).await
    }

    /// The name of the account that a certificate leads to, as that is spelled.
    async fn judge(&self, presented: Option<&[CertificateDer<'static>]>, view: Option<CertificateView>) -> Result<String, AccountError> {
        let refused = AccountError::CertificateRefused;
        let Some(settings) = self.client_certificates.clone() else { return Err(refused(CertificateRefusal::NotTaken)) };
        let Some(presented) = presented else { return Err(refused(CertificateRefusal::Absent)) };
        let view = view.ok_or(refused(CertificateRefusal::Unreadable))?;
        let (chain, now) = (presented.to_vec(), self.store.clock().now());
        // Read anew for each: who changes rules or lists need not restart the console.
        let led = threads::blocking(move || {
            let files = ClientCertificates::read(&settings).map_err(|error| {
                tracing::error!(error = &error as &dyn std::error::Error, "client certificates cannot be judged");
                CertificateRefusal::Files
            })?;
            led(&files, &chain, &view, now)
        });
        let user_name = led.await.map_err(|_| crate::state::StateError::Ending)?.map_err(refused)?;
        let found = self.store.users().by_name(&user_name).await?;
        found.map(|record| record.user.user_name).ok_or(refused(CertificateRefusal::UnknownAccount(user_name)))
    }
}

fn led(
    files: &ClientCertificates,
    chain: &[CertificateDer<'static>],
    view: &CertificateView,
    now: OffsetDateTime,
) -> Result<String, CertificateRefusal> {
    files.verify(chain, now).map_err(CertificateRefusal::NotGood)?;
    Ok(certmap::account_of(files.map(), view)?)
}

#[cfg(test)]
mod tests;
