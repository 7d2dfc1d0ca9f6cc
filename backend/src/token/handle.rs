//! The parent's side of a token: one method for each thing a token does.

use std::ops::ControlFlow;

use certdeck_shared::{
    api::{
        conversion::{Holdings, ListedModule},
        key::KeyAlgorithm,
    },
    trust::TrustFlags,
};
use tokio::sync::{mpsc, oneshot};
use zeroize::Zeroizing;

use super::{
    actor::{self, Call, Task},
    error::TokenError,
    options::WorkerOptions,
    protocol::{KeyOnTheWire, Request, Response, TrustToSet},
    records::{TokenRecord, TokenRecords},
    secret::Secret,
    take_over::Goods,
    types::{Advance, CertificateToImport, GeneratedKey, ImportedCertificate, KeyToImport, TokenCertificate, TokenKey, TokenStatus},
};

/// Calls that may wait for a worker; one more is refused as [`TokenError::Busy`].
const QUEUE: usize = 64;

/// A token, served by a worker process of its own. Cheap to clone; calls are performed one after the other.
///
/// The process starts with the first call and again after a crash, then unlocked with the password that [`TokenHandle::login`] last
/// proved right. Dropping the future of a call cancels it: what it did is put back where the method promises all or nothing.
/// The process ends when the last clone is dropped.
#[derive(Debug, Clone)]
pub struct TokenHandle {
    queue: mpsc::Sender<Task>,
}

/// Called on each advance; `Break` cancels the call.
pub type OnProgress = Box<dyn FnMut(Advance) -> ControlFlow<()> + Send>;

impl TokenHandle {
    /// A token that is not started yet. Must be called inside a tokio runtime.
    #[must_use]
    pub fn new(options: WorkerOptions) -> Self {
        let (queue, tasks) = mpsc::channel(QUEUE);
        tokio::spawn(actor::run(options, tasks));
        Self { queue }
    }

    async fn send(&self, task: Task) -> Result<(), TokenError> {
        match self.queue.try_send(task) {
            Ok(()) => Ok(()),
            Err(mpsc::error::TrySendError::Full(_)) => Err(TokenError::Busy),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(TokenError::crashed("the token has been shut down")),
        }
    }

    async fn call_with(&self, request: Request, on_progress: Option<OnProgress>) -> Result<Response, TokenError> {
        let (reply, answer) = oneshot::channel();
        self.send(Task::Call(Call { request, on_progress, reply })).await?;
        answer.await.unwrap_or_else(|_| Err(TokenError::crashed("the token has been shut down")))
    }

    async fn call(&self, request: Request) -> Result<Response, TokenError> {
        self.call_with(request, None).await
    }

    async fn perform(&self, request: Request) -> Result<(), TokenError> {
        self.call(request).await.map(|_| ())
    }

    /// State of the token.
    ///
    /// # Errors
    /// `Unusable` when the database cannot be opened.
    pub async fn status(&self) -> Result<TokenStatus, TokenError> {
        match self.call(Request::Status).await? {
            Response::Status(status) => Ok(status),
            _ => Err(unexpected()),
        }
    }

    /// Makes cert9.db, key4.db and pkcs11.txt in an existing directory without a database, and unlocks it. An empty password means
    /// none.
    ///
    /// # Errors
    /// `DatabaseExists`; whatever keeps the files from being written.
    pub async fn create(&self, password: &Secret) -> Result<(), TokenError> {
        self.perform(Request::Create { password: password.into() }).await
    }

    /// Unlocks the token and keeps the password in memory, for a restart of the worker.
    ///
    /// # Errors
    /// `PinIncorrect`.
    pub async fn login(&self, password: &Secret) -> Result<(), TokenError> {
        self.perform(Request::Login { password: password.into() }).await
    }

    /// Locks the token and forgets the password.
    ///
    /// # Errors
    /// Whatever the library answers; the password is forgotten all the same.
    pub async fn logout(&self) -> Result<(), TokenError> {
        self.perform(Request::Logout).await
    }

    /// Tries a password without locking or unlocking anything.
    ///
    /// # Errors
    /// `PinIncorrect`.
    pub async fn verify_password(&self, password: &Secret) -> Result<(), TokenError> {
        self.perform(Request::VerifyPassword { password: password.into() }).await
    }

    /// All certificates with their trust.
    ///
    /// # Errors
    /// `Unusable` when the database cannot be opened.
    pub async fn list(&self) -> Result<Vec<TokenCertificate>, TokenError> {
        match self.call(Request::List).await? {
            Response::Certificates(certificates) => Ok(certificates),
            _ => Err(unexpected()),
        }
    }

    /// All private keys.
    ///
    /// # Errors
    /// `NotLoggedIn`: private keys are private objects.
    pub async fn list_keys(&self) -> Result<Vec<TokenKey>, TokenError> {
        match self.call(Request::ListKeys).await? {
            Response::Keys(keys) => Ok(keys),
            _ => Err(unexpected()),
        }
    }

    /// Imports certificates in one session: all of them, or none. The answer has one entry for each, in order.
    ///
    /// # Errors
    /// `SerialNumberReused`, `NicknameTaken` and `NotACertificate` before anything is written; `NotLoggedIn` when trust is given.
    pub async fn import(
        &self,
        certificates: Vec<CertificateToImport>,
        on_progress: impl FnMut(Advance) -> ControlFlow<()> + Send + 'static,
    ) -> Result<Vec<ImportedCertificate>, TokenError> {
        match self.call_with(Request::Import { certificates }, Some(Box::new(on_progress))).await? {
            Response::Imported(imported) => Ok(imported),
            _ => Err(unexpected()),
        }
    }

    /// Stores trust for certificates of the token: for all of them, or none.
    ///
    /// # Errors
    /// `NotLoggedIn`; `NotFound` before anything is written.
    pub async fn set_trust(
        &self,
        changes: Vec<(Vec<u8>, TrustFlags)>,
        on_progress: impl FnMut(Advance) -> ControlFlow<()> + Send + 'static,
    ) -> Result<(), TokenError> {
        let changes = changes.into_iter().map(|(der, trust)| TrustToSet { der, trust }).collect();
        self.call_with(Request::SetTrust { changes }, Some(Box::new(on_progress))).await.map(|_| ())
    }

    /// Gives a nickname to all certificates of a certificate's subject, and to their private keys when the token is unlocked.
    ///
    /// # Errors
    /// `NicknameTaken` by another subject; `NotFound`.
    pub async fn rename(&self, der: Vec<u8>, nickname: &str) -> Result<(), TokenError> {
        self.perform(Request::Rename { der, nickname: nickname.to_owned() }).await
    }

    /// Deletes certificates with their trust, and with their key pairs if asked.
    ///
    /// # Errors
    /// `NotFound` before anything is deleted; `NotLoggedIn` when keys are to go.
    pub async fn delete_certificates(&self, certificates: Vec<Vec<u8>>, with_keys: bool) -> Result<(), TokenError> {
        self.perform(Request::DeleteCertificates { certificates, with_keys }).await
    }

    /// Makes a key pair that stays in the token.
    ///
    /// # Errors
    /// `NotLoggedIn`.
    pub async fn generate_key(&self, algorithm: KeyAlgorithm, label: &str) -> Result<GeneratedKey, TokenError> {
        match self.call(Request::GenerateKey { algorithm, label: label.to_owned() }).await? {
            Response::Generated(key) => Ok(key),
            _ => Err(unexpected()),
        }
    }

    /// Deletes a key pair.
    ///
    /// # Errors
    /// `NotFound`, `NotLoggedIn`.
    pub async fn delete_key(&self, id: &[u8]) -> Result<(), TokenError> {
        self.perform(Request::DeleteKey { id: id.to_vec() }).await
    }

    /// Signs a CertificationRequestInfo (RFC 2986) whose key is that very key, and returns the request, DER.
    ///
    /// # Errors
    /// `NotSignable` for anything else.
    pub async fn sign_request(&self, key_id: &[u8], certification_request_info: &[u8]) -> Result<Vec<u8>, TokenError> {
        let request = Request::SignPkcs10 { key_id: key_id.to_vec(), certification_request_info: certification_request_info.to_vec() };
        match self.call(request).await? {
            Response::Bytes(der) => Ok(der),
            _ => Err(unexpected()),
        }
    }

    /// Signs a TBSCertificate (RFC 5280) whose key is that very key and whose issuer is its subject, and returns the certificate, DER.
    ///
    /// # Errors
    /// `NotSignable` for anything else, also when it names a signature algorithm that this key does not make.
    pub async fn sign_self_signed(&self, key_id: &[u8], to_be_signed: &[u8]) -> Result<Vec<u8>, TokenError> {
        match self.call(Request::SignSelfSigned { key_id: key_id.to_vec(), to_be_signed: to_be_signed.to_vec() }).await? {
            Response::Bytes(der) => Ok(der),
            _ => Err(unexpected()),
        }
    }

    /// The algorithms of which the token makes key pairs.
    ///
    /// # Errors
    /// `Unusable` when the database cannot be opened.
    pub async fn algorithms(&self) -> Result<Vec<KeyAlgorithm>, TokenError> {
        match self.call(Request::Algorithms).await? {
            Response::Algorithms(algorithms) => Ok(algorithms),
            _ => Err(unexpected()),
        }
    }

    /// Signs a TBSCertificate (RFC 5280) in the name of a CA, whose certificate must be one of that very key, and returns the
    /// certificate, DER.
    ///
    /// # Errors
    /// `NotSignable` when it is no certificate of that issuer, or the issuer is no CA; `NotFound`, `NotLoggedIn`.
    pub async fn sign_certificate(&self, key_id: &[u8], issuer: &[u8], to_be_signed: &[u8]) -> Result<Vec<u8>, TokenError> {
        let request = Request::SignCertificate { key_id: key_id.to_vec(), issuer: issuer.to_vec(), to_be_signed: to_be_signed.to_vec() };
        match self.call(request).await? {
            Response::Bytes(der) => Ok(der),
            _ => Err(unexpected()),
        }
    }

    /// Signs a TBSCertList (RFC 5280 section 5) in the name of a CA and returns the revocation list, DER.
    ///
    /// # Errors
    /// As of [`TokenHandle::sign_certificate`].
    pub async fn sign_revocation_list(&self, key_id: &[u8], issuer: &[u8], to_be_signed: &[u8]) -> Result<Vec<u8>, TokenError> {
        let request = Request::SignRevocationList { key_id: key_id.to_vec(), issuer: issuer.to_vec(), to_be_signed: to_be_signed.to_vec() };
        match self.call(request).await? {
            Response::Bytes(der) => Ok(der),
            _ => Err(unexpected()),
        }
    }

    /// The revocation lists that the database keeps, DER.
    ///
    /// # Errors
    /// `Unusable` when the database cannot be opened.
    pub async fn revocation_lists(&self) -> Result<Vec<Vec<u8>>, TokenError> {
        match self.call(Request::RevocationLists).await? {
            Response::Many(lists) => Ok(lists),
            _ => Err(unexpected()),
        }
    }

    /// Keeps a revocation list in the database, in the place of the issuer's last one; NSS heeds it when it verifies.
    ///
    /// # Errors
    /// Whatever keeps the database from being written.
    pub async fn store_revocation_list(&self, issuer: &[u8], list: &[u8]) -> Result<(), TokenError> {
        self.perform(Request::StoreRevocationList { issuer: issuer.to_vec(), list: list.to_vec() }).await
    }

    /// Takes a revocation list out of the database.
    ///
    /// # Errors
    /// `NotFound` when it is not there.
    pub async fn delete_revocation_list(&self, list: &[u8]) -> Result<(), TokenError> {
        self.perform(Request::DeleteRevocationList { list: list.to_vec() }).await
    }

    /// The private key as PKCS#8, only for the console's own TLS certificate.
    ///
    /// # Errors
    /// `NotFound`, `NotLoggedIn`.
    pub async fn private_key_pkcs8(&self, key_id: &[u8]) -> Result<Zeroizing<Vec<u8>>, TokenError> {
        match self.call(Request::PrivateKey { key_id: key_id.to_vec() }).await? {
            Response::Private(mut bytes) => Ok(Zeroizing::new(std::mem::take(&mut bytes.0))),
            _ => Err(unexpected()),
        }
    }

    /// Whether the stored trust of each certificate carries a good signature of the database. Without a trust object there is nothing
    /// to doubt. Costs a key derivation for each certificate.
    ///
    /// # Errors
    /// `NotLoggedIn`: the signatures are made with the password.
    pub async fn authentic_trust(&self, certificates: Vec<Vec<u8>>) -> Result<Vec<bool>, TokenError> {
        match self.call(Request::AuthenticTrust { certificates }).await? {
            Response::Authentic(authentic) => Ok(authentic),
            _ => Err(unexpected()),
        }
    }

    /// Counts the objects; private keys only while unlocked.
    ///
    /// # Errors
    /// `Unusable` when the database cannot be opened.
    pub async fn census(&self) -> Result<Holdings, TokenError> {
        match self.call(Request::Census).await? {
            Response::Census(holdings) => Ok(holdings),
            _ => Err(unexpected()),
        }
    }

    /// Imports private keys and certificates: all of them, or none. A key that is there is left alone. The answer has one entry for each
    /// certificate, in order.
    ///
    /// # Errors
    /// `NotLoggedIn`; `NotAKey`; those of [`TokenHandle::import`].
    pub async fn import_keys(
        &self,
        keys: Vec<KeyToImport>,
        certificates: Vec<CertificateToImport>,
    ) -> Result<Vec<ImportedCertificate>, TokenError> {
        let goods = Goods { keys: keys.into_iter().map(KeyOnTheWire::from).collect(), certificates, ..Goods::default() };
        match self.call(Request::TakeOver { goods }).await? {
            Response::Imported(imported) => Ok(imported),
            _ => Err(unexpected()),
        }
    }

    /// Takes over private keys, certificates, trust of certificates that are here, revocation lists and S/MIME profiles: all of it, or
    /// nothing. What is there is left alone, but for that trust.
    ///
    /// # Errors
    /// As of [`TokenHandle::import_keys`].
    pub async fn take_over(
        &self,
        keys: Vec<KeyToImport>,
        certificates: Vec<CertificateToImport>,
        trust: Vec<(Vec<u8>, TrustFlags)>,
        records: Vec<TokenRecord>,
        on_progress: impl FnMut(Advance) -> ControlFlow<()> + Send + 'static,
    ) -> Result<(), TokenError> {
        let keys = keys.into_iter().map(KeyOnTheWire::from).collect();
        let trust = trust.into_iter().map(|(der, trust)| TrustToSet { der, trust }).collect();
        let goods = Goods { keys, certificates, trust, records };
        self.call_with(Request::TakeOver { goods }, Some(Box::new(on_progress))).await.map(|_| ())
    }

    /// Revocation lists and S/MIME profiles, and how many symmetric keys there are.
    ///
    /// # Errors
    /// `Unusable` when the database cannot be opened.
    pub async fn records(&self) -> Result<TokenRecords, TokenError> {
        match self.call(Request::Records).await? {
            Response::Records(records) => Ok(records),
            _ => Err(unexpected()),
        }
    }

    /// The list of PKCS#11 modules, NSS's own first. In a directory with secmod.db and without pkcs11.txt a worker of the new format makes
    /// the latter from the former.
    ///
    /// # Errors
    /// `Unusable` when softoken cannot read it.
    pub async fn modules(&self) -> Result<Vec<ListedModule>, TokenError> {
        match self.call(Request::Modules).await? {
            Response::Modules(modules) => Ok(modules),
            _ => Err(unexpected()),
        }
    }

    /// Changes the password of the token, in one transaction of the library, and leaves the token unlocked. An empty password means none.
    ///
    /// # Errors
    /// `PinIncorrect` when the present password is not `current`; nothing has changed then.
    pub async fn change_password(&self, current: &Secret, new: &Secret) -> Result<(), TokenError> {
        self.perform(Request::ChangePassword { current: current.into(), new: new.into() }).await
    }

    /// A private key as PKCS#8, for who has just given the password. Locks and unlocks nothing.
    ///
    /// # Errors
    /// `PinIncorrect`; `NotFound`.
    pub async fn release_key(&self, password: &Secret, key_id: &[u8]) -> Result<Zeroizing<Vec<u8>>, TokenError> {
        private(self.call(Request::ReleaseKey { password: password.into(), key_id: key_id.to_vec() }).await?)
    }

    /// The same while the token is unlocked, with the password that unlocked it: for a service of this host, never for a caller.
    ///
    /// # Errors
    /// `NotLoggedIn`; `NotFound`; from other modules that the key stays in its token.
    pub async fn release_key_while_unlocked(&self, key_id: &[u8]) -> Result<Zeroizing<Vec<u8>>, TokenError> {
        let (reply, answer) = oneshot::channel();
        self.send(Task::ReleaseKey { key_id: key_id.to_vec(), reply }).await?;
        private(answer.await.unwrap_or_else(|_| Err(TokenError::crashed("the token has been shut down")))?)
    }

    /// Ends the worker process, so that database files may be replaced; the next call starts another and unlocks it again.
    ///
    /// # Errors
    /// `Busy` when the queue is full.
    pub async fn close(&self) -> Result<(), TokenError> {
        let (reply, answer) = oneshot::channel();
        self.send(Task::Close(reply)).await?;
        answer.await.map_err(|_| TokenError::crashed("the token has been shut down"))
    }

    /// Process id of the worker, if one runs; for diagnosis.
    pub async fn worker_process(&self) -> Option<u32> {
        let (reply, answer) = oneshot::channel();
        self.send(Task::Process(reply)).await.ok()?;
        answer.await.ok().flatten()
    }
}

fn private(response: Response) -> Result<Zeroizing<Vec<u8>>, TokenError> {
    match response {
        Response::Private(mut bytes) => Ok(Zeroizing::new(std::mem::take(&mut bytes.0))),
        _ => Err(unexpected()),
    }
}

fn unexpected() -> TokenError {
    TokenError::crashed("the worker answered something else than was asked")
}
