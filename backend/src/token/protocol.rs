//! The messages between the server and a token worker.

use std::path::PathBuf;

use certdeck_shared::{
    api::{
        conversion::{Holdings, ListedModule},
        database::DatabaseFormat,
        key::KeyAlgorithm,
    },
    trust::TrustFlags,
};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{
    error::TokenError,
    module::{ModuleFacts, TokenAddress},
    records::TokenRecords,
    secret::Secret,
    take_over::Goods,
    types::{
        Advance, CertificateToImport, GeneratedKey, ImportedCertificate, KeyToImport, TokenCertificate, TokenKey, TokenStatus,
        trust_on_the_wire,
    },
};
use crate::host::confinement::Confinement;

/// From the server.
#[derive(Serialize, Deserialize)]
pub(crate) enum ToWorker {
    /// Perform a request; answered by any number of `Progress` and one `Done` or `Failed`.
    Call {
        /// Number of the call, to tell a late cancellation from one of this call.
        id: u64,
        /// The request.
        request: Request,
    },
    /// Stop at the next item and put back what was done.
    Cancel {
        /// Number of the call.
        id: u64,
    },
}

/// From the worker.
#[derive(Serialize, Deserialize)]
pub(crate) enum FromWorker {
    /// How far the call is.
    Progress(Advance),
    /// The call succeeded.
    Done(Response),
    /// The call failed.
    Failed(TokenError),
}

/// A secret on its way through the socket pair.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct SecretOnTheWire(pub String);

impl From<&Secret> for SecretOnTheWire {
    fn from(secret: &Secret) -> Self {
        Self(secret.reveal().to_owned())
    }
}

/// Private bytes on their way through the socket pair.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct PrivateBytes(pub Vec<u8>);

/// A private key to import.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeyOnTheWire {
    pub pkcs8: PrivateBytes,
    pub subject_public_key_info: Vec<u8>,
    pub label: String,
    pub subject: Option<Vec<u8>>,
}

impl From<KeyToImport> for KeyOnTheWire {
    fn from(mut key: KeyToImport) -> Self {
        Self {
            pkcs8: PrivateBytes(std::mem::take(&mut *key.pkcs8)),
            subject_public_key_info: key.subject_public_key_info,
            label: key.label,
            subject: key.subject,
        }
    }
}

/// Trust for one certificate.
#[derive(Serialize, Deserialize)]
pub(crate) struct TrustToSet {
    pub der: Vec<u8>,
    #[serde(with = "trust_on_the_wire")]
    pub trust: TrustFlags,
}

/// What a worker does.
#[derive(Serialize, Deserialize)]
pub(crate) enum Request {
    Open { directory: PathBuf, prefix: String, format: DatabaseFormat, softoken: Option<PathBuf> },
    Status,
    Create { password: SecretOnTheWire },
    Login { password: SecretOnTheWire },
    Logout,
    VerifyPassword { password: SecretOnTheWire },
    List,
    ListKeys,
    Import { certificates: Vec<CertificateToImport> },
    SetTrust { changes: Vec<TrustToSet> },
    Rename { der: Vec<u8>, nickname: String },
    DeleteCertificates { certificates: Vec<Vec<u8>>, with_keys: bool },
    GenerateKey { algorithm: KeyAlgorithm, label: String },
    DeleteKey { id: Vec<u8> },
    SignPkcs10 { key_id: Vec<u8>, certification_request_info: Vec<u8> },
    SignSelfSigned { key_id: Vec<u8>, to_be_signed: Vec<u8> },
    PrivateKey { key_id: Vec<u8> },
    AuthenticTrust { certificates: Vec<Vec<u8>> },
    Algorithms,
    SignCertificate { key_id: Vec<u8>, issuer: Vec<u8>, to_be_signed: Vec<u8> },
    SignRevocationList { key_id: Vec<u8>, issuer: Vec<u8>, to_be_signed: Vec<u8> },
    RevocationLists,
    StoreRevocationList { issuer: Vec<u8>, list: Vec<u8> },
    DeleteRevocationList { list: Vec<u8> },
    Census,
    Modules,
    TakeOver { goods: Goods },
    Records,
    ReleaseKey { password: SecretOnTheWire, key_id: Vec<u8> },
    OpenToken { library: PathBuf, parameters: Option<String>, token: TokenAddress },
    ProbeModule { library: Option<PathBuf>, parameters: Option<String>, nss: bool },
    ChangePassword { current: SecretOnTheWire, new: SecretOnTheWire },
}

impl Request {
    /// How much longer than usual the worker may stay silent: softoken writes every key and every trust anew in one transaction, half a
    /// minute for a thousand.
    pub(crate) fn patience(&self) -> u32 {
        if matches!(self, Self::ChangePassword { .. }) { 40 } else { 1 }
    }

    /// Whether a second try after a crash can do no harm.
    pub(crate) fn may_be_repeated(&self) -> bool {
        matches!(
            self,
            Self::Status
                | Self::Login { .. }
                | Self::Logout
                | Self::VerifyPassword { .. }
                | Self::List
                | Self::ListKeys
                | Self::SignPkcs10 { .. }
                | Self::SignSelfSigned { .. }
                | Self::PrivateKey { .. }
                | Self::AuthenticTrust { .. }
                | Self::Algorithms
                | Self::SignCertificate { .. }
                | Self::SignRevocationList { .. }
                | Self::RevocationLists
                | Self::StoreRevocationList { .. }
                | Self::Census
                | Self::Records
                | Self::Modules
                | Self::ReleaseKey { .. }
        )
    }
}

/// What comes back.
#[derive(Serialize, Deserialize)]
pub(crate) enum Response {
    Nothing,
    Status(TokenStatus),
    Certificates(Vec<TokenCertificate>),
    Keys(Vec<TokenKey>),
    Imported(Vec<ImportedCertificate>),
    Generated(GeneratedKey),
    Bytes(Vec<u8>),
    Private(PrivateBytes),
    Authentic(Vec<bool>),
    Algorithms(Vec<KeyAlgorithm>),
    Many(Vec<Vec<u8>>),
    Census(Holdings),
    Records(TokenRecords),
    Modules(Vec<ListedModule>),
    Module(ModuleFacts),
    /// What was to be served is open, and this is what the worker gave up before.
    Opened(Confinement),
}
