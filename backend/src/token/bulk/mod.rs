//! Many certificates at once, written past softoken: the one exception from the rule that only PKCS#11 writes to a database.
//!
//! softoken makes a transaction for each object and derives a key for each attribute of trust, which makes of ten thousand certificates
//! with trust six minutes, and fourteen by certutil. The format lets them be written in one transaction with one derived key, in a second.
//! What speaks for it is that nothing is taken for granted:
//!
//! * What is written is what PKCS#11 would be given: the same plan ([`import::plan`]), the same templates ([`Planned::templates`]).
//! * [`scratch`]: the softoken at hand first writes some of these certificates into a new database in memory. Every row and every signature
//!   there must be, octet for octet, what we would have written. An NSS that stores anything else, or more, is not written for.
//! * [`file`]: the tables of the database must be those that are known; each attribute must have its column; the password must decrypt
//!   the check in key4.db. Columns that are not needed are left alone.
//! * Both files are locked against every other writer from the reading of what is there to the end. softoken has them closed here
//!   meanwhile: two copies of SQLite in a process would drop each other's locks, and softoken keeps nothing in memory that is outdated.
//! * key4.db is committed before cert9.db. A kill at any instant leaves all certificates or none; in between only signatures without objects,
//!   which mean nothing. SQLite's journals are those that softoken itself would leave, and are rolled back by whoever comes next.
//! * Then softoken, unlocked, reads all of it back and verifies each signature of trust. Only then it is a success; else exactly the rows
//!   that were written are removed again, so that what others wrote meanwhile stays.
//!
//! Where something is not understood, softoken writes one certificate after the other, and the progress says why. Keys and passwords are
//! never written here. Sources: `lib/softoken/sdb.c`, `sftkdb.c` and `sftkpwd.c` of NSS 3.87 to 3.132.

mod file;
mod row;
mod scratch;
mod signature;
mod verification;

use std::collections::HashSet;

use certdeck_shared::trust::TrustFlags;

use super::{
    certificate::CertificateParts,
    error::TokenError,
    import::{self, Planned},
    progress::Progress,
    secret::Secret,
    session::TokenSession,
    slots::Slots,
    trust::{self, IssuerAndSerial},
    types::{CertificateToImport, ImportedCertificate},
    undo::Undo,
};
use crate::host::randomness;
use file::{Files, Written};
use row::Row;
use signature::{Derivation, PassKey, Signer};

/// From so many certificates on. The proof and the opening of softoken anew cost what ten certificates with trust cost in softoken; below
/// fifty nobody waits for long, and what need not be an exception is none.
pub(super) const MANY: usize = 50;

/// Signs of life and looks at the cancellation come after so many rows.
const ROWS: usize = 256;

/// Why nothing was written.
enum BulkError {
    /// Something is not understood; softoken can do it.
    Unknown(String),
    /// softoken would fail as well.
    Failed(TokenError),
}

impl BulkError {
    fn unknown(reason: &str) -> Self {
        Self::Unknown(reason.to_owned())
    }
}

impl From<rusqlite::Error> for BulkError {
    fn from(error: rusqlite::Error) -> Self {
        match file::refused(error) {
            TokenError::Unusable { reason } => Self::Unknown(reason),
            error => Self::Failed(error),
        }
    }
}

impl From<openssl::error::ErrorStack> for BulkError {
    fn from(error: openssl::error::ErrorStack) -> Self {
        Self::Unknown(format!("OpenSSL says: {error}"))
    }
}

impl From<TokenError> for BulkError {
    fn from(error: TokenError) -> Self {
        Self::Failed(error)
    }
}

/// Imports certificates into the database: all of them, or none. `password` is the one that the token was unlocked with.
pub(crate) fn import(
    slots: &mut Slots,
    password: Option<&Secret>,
    certificates: Vec<CertificateToImport>,
    progress: &mut Progress<'_>,
) -> Result<Vec<ImportedCertificate>, TokenError> {
    let session = slots.writer()?;
    import::check_unlocked(session, &certificates)?;
    let with_password = session.token()?.1;
    let unlocked = session.is_unlocked()?;
    let none = Secret::default();
    let password = if with_password { password.filter(|_| unlocked) } else { Some(&none) };
    let bulk = Bulk { password, with_password, unlocked };
    match bulk.import(slots, &certificates, progress) {
        Ok(outcome) => Ok(outcome),
        Err(BulkError::Failed(error)) => Err(error),
        Err(BulkError::Unknown(reason)) => {
            progress.remark(&reason)?;
            import::import(slots.writer()?, certificates, progress)
        }
    }
}

/// How the token was found.
struct Bulk<'a> {
    /// What it was unlocked with.
    password: Option<&'a Secret>,
    with_password: bool,
    unlocked: bool,
}

impl Bulk<'_> {
    fn import(
        &self,
        slots: &mut Slots,
        certificates: &[CertificateToImport],
        progress: &mut Progress<'_>,
    ) -> Result<Vec<ImportedCertificate>, BulkError> {
        if self.unlocked && self.password.is_none() {
            return Err(BulkError::unknown("the password is not at hand"));
        }
        let exemplars = exemplars(certificates)?;
        let derivation = scratch::prove(slots, &exemplars, self.with_password).map_err(|error| match error {
            BulkError::Failed(error) => BulkError::Unknown(format!("it could not be tried out: {error}")),
            unknown => unknown,
        })?;
        let (paths, knows_standard) = (slots.files().files(), slots.knows_standard_trust());
        slots.close();
        let written = Files::lock(&paths, progress).map_err(BulkError::Failed).and_then(|files| {
            let batch = self.write(&files, certificates, derivation.as_ref(), knows_standard, progress)?;
            files.commit(&paths, &batch.written, progress)?;
            Ok(batch)
        });
        let opened = self.open(slots);
        let batch = written?;
        let confirmed = opened.map_err(BulkError::Failed).and_then(|session| {
            verification::verify(session, &batch, knows_standard, progress)?;
            Ok(batch.finish(session, progress)?)
        });
        if let Err(error) = confirmed {
            slots.close();
            let taken_back = file::take_back(&paths, &batch.written, progress);
            let reopened = self.open(slots).map(drop);
            return match (taken_back, error) {
                (Err(rollback), error) => {
                    let cause = match error {
                        BulkError::Unknown(reason) => reason,
                        BulkError::Failed(error) => error.to_string(),
                    };
                    Err(BulkError::Failed(TokenError::NotPutBack { cause, rollback: rollback.to_string() }))
                }
                (Ok(()), BulkError::Unknown(_)) if reopened.is_err() => Err(BulkError::Failed(TokenError::DatabaseLocked)),
                (Ok(()), error) => Err(error),
            };
        }
        Ok(batch.outcome)
    }

    /// The session for writing, opened anew and as unlocked as it was.
    fn open<'slots>(&self, slots: &'slots mut Slots) -> Result<&'slots TokenSession, TokenError> {
        match self.password {
            Some(password) if self.with_password => super::desk::login(slots, password)?,
            _ => {}
        }
        slots.writer()
    }

    /// Plans against what is there now and writes it, without making it so.
    fn write(
        &self,
        files: &Files,
        certificates: &[CertificateToImport],
        derivation: Option<&Derivation>,
        knows_standard: bool,
        progress: &mut Progress<'_>,
    ) -> Result<Batch, BulkError> {
        files.check()?;
        let signer = match (self.password, derivation) {
            (Some(password), Some(derivation)) => {
                let (salt, check) = files.password()?;
                let pass_key = PassKey::derive(password, &salt).filter(|key| key.opens(&check));
                let pass_key = pass_key.ok_or_else(|| BulkError::unknown("its password is stored in another way"))?;
                Some(Signer::new(&pass_key, &Derivation::new(randomness::bytes(), derivation.iterations()))?)
            }
            _ => None,
        };
        let (attributes, trusted) = (files.attributes()?, files.trusted()?);
        let (outcome, planned) = import::plan(files.certificates()?, certificates.to_vec())?;
        let mut identifiers = files.free_identifiers(u32::from_be_bytes(randomness::bytes()))?;
        let mut batch = Batch { outcome, planned: Vec::with_capacity(planned.len()), late: Vec::new(), written: Written::default() };
        for (position, mut certificate) in planned.into_iter().enumerate() {
            if position % ROWS == 0 {
                progress.check()?;
                progress.repeat()?;
            }
            // Trust that is there without its certificate is changed, not added: that is left to softoken.
            if certificate.trust.is_some() && trusted.contains(&certificate.issuer_and_serial()) {
                batch.late.push(Planned { trust: certificate.trust.take(), ..certificate.clone() });
            }
            for template in certificate.templates(knows_standard) {
                let row = row::of(&template)?;
                if let Some(kind) = row.keys().find(|kind| !attributes.contains(kind)) {
                    return Err(BulkError::Unknown(format!("nssPublic has no column {}", row::column(*kind))));
                }
                let object = identifiers.next().ok_or_else(|| BulkError::unknown("no identifier is free"))?;
                files.insert(object, &row)?;
                batch.written.objects.push(object);
                for (kind, value) in signed(&row) {
                    let signer = signer.as_ref().ok_or_else(|| BulkError::unknown("there is nothing to sign with"))?;
                    let name = signature_name(object, kind);
                    files.sign(&name, &signer.sign(object, kind, value)?)?;
                    batch.written.signatures.push(name);
                }
            }
            batch.planned.push(certificate);
        }
        Ok(batch)
    }
}

/// What was written.
struct Batch {
    outcome: Vec<ImportedCertificate>,
    planned: Vec<Planned>,
    /// Certificates whose trust softoken has still to change.
    late: Vec<Planned>,
    written: Written,
}

impl Batch {
    /// What only softoken writes: nicknames of private keys, and trust that was there.
    fn finish(&self, session: &TokenSession, progress: &mut Progress<'_>) -> Result<(), TokenError> {
        let mut undo = Undo::default();
        let mut write = || -> Result<(), TokenError> {
            let keys: HashSet<Vec<u8>> = super::keys::private_ids(session)?.into_iter().collect();
            for certificate in self.planned.iter().filter(|one| keys.contains(&one.parts.key_id)) {
                certificate.describe_key(session, &mut undo)?;
            }
            for certificate in &self.late {
                if let Some(trust) = certificate.trust {
                    trust::write(session, &mut undo, &certificate.der, &certificate.parts, trust)?;
                }
            }
            Ok(())
        };
        let result = write();
        undo.finish(session, progress, result)
    }
}

/// A few of the certificates that differ in what is stored of them: with trust and without, with an address and without.
fn exemplars(certificates: &[CertificateToImport]) -> Result<Vec<Planned>, TokenError> {
    let mut seen = HashSet::new();
    let mut found: Vec<Planned> = Vec::new();
    for CertificateToImport { der, nickname, trust } in certificates {
        let parts = CertificateParts::read(der)?;
        let subject_is_new = found.iter().all(|other| other.parts.subject != parts.subject && other.label != nickname.as_bytes());
        if subject_is_new && seen.insert((trust.is_some(), parts.email.is_some())) {
            found.push(Planned { der: der.clone(), parts, label: nickname.clone().into_bytes(), trust: *trust });
        }
    }
    Ok(found)
}

/// The attributes of a row that softoken signs (`sftkdb_isAuthenticatedAttribute`).
fn signed(row: &Row) -> impl Iterator<Item = (u32, &Vec<u8>)> {
    row.iter().filter(|(kind, _)| trust::is_signed(**kind)).filter_map(|(kind, value)| Some((u32::try_from(*kind).ok()?, value)))
}

/// The name of a signature in metaData.
fn signature_name(object: u32, kind: u32) -> String {
    format!("sig_cert_{object:08x}_{kind:08x}")
}

impl Planned {
    fn issuer_and_serial(&self) -> IssuerAndSerial {
        (self.parts.issuer.clone(), self.parts.serial_number.clone())
    }

    /// The trust that there is an object for.
    fn stored_trust(&self) -> Option<TrustFlags> {
        self.trust.filter(|trust| !trust::says_nothing(*trust))
    }
}
