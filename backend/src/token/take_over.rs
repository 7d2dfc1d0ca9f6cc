//! Taking over what comes from elsewhere, private keys included: all of it, or nothing.

use serde::{Deserialize, Serialize};

use super::{
    certificate::CertificateParts,
    error::TokenError,
    import, key_import,
    progress::Progress,
    protocol::{KeyOnTheWire, TrustToSet},
    records::{self, TokenRecord},
    session::TokenSession,
    trust,
    types::{CertificateToImport, ImportedCertificate},
    undo::Undo,
};

/// What is to be written.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Goods {
    pub(crate) keys: Vec<KeyOnTheWire>,
    pub(crate) certificates: Vec<CertificateToImport>,
    /// Trust of certificates that are here already.
    pub(crate) trust: Vec<TrustToSet>,
    pub(crate) records: Vec<TokenRecord>,
}

/// Writes keys, then certificates, trust and records. The answer has one entry for each certificate, in order.
pub(crate) fn take_over(session: &TokenSession, goods: Goods, progress: &mut Progress<'_>) -> Result<Vec<ImportedCertificate>, TokenError> {
    let Goods { keys, certificates, trust, records } = goods;
    session.require_unlocked()?;
    let values = key_import::public_values(&keys)?;
    let (outcome, planned) = import::plan(import::present(session)?, certificates)?;
    let trust = trust.into_iter().map(|one| Ok((CertificateParts::read(&one.der)?, one))).collect::<Result<Vec<_>, TokenError>>()?;
    let mut undo = Undo::default();
    let mut done = 0;
    let mut next = |progress: &mut Progress<'_>| {
        done += 1;
        progress.step(done)?;
        progress.check()
    };
    let write = || -> Result<(), TokenError> {
        progress.check()?;
        for (key, value) in keys.iter().zip(&values) {
            key_import::add(session, &mut undo, key, value)?;
            next(progress)?;
        }
        for certificate in planned {
            import::add(session, &mut undo, certificate)?;
            next(progress)?;
        }
        for (parts, one) in &trust {
            trust::write(session, &mut undo, &one.der, parts, one.trust)?;
            next(progress)?;
        }
        for record in &records {
            records::add(session, &mut undo, record)?;
            next(progress)?;
        }
        Ok(())
    };
    let result = write();
    undo.finish(session, progress, result.map(|()| outcome))
}
