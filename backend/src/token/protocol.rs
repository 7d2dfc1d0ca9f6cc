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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::frame;

    /// So many frames; `FRAMES` says how many elsewhere.
    const FEW: u32 = 100_000;

    fn octets(message: &impl Serialize) -> Vec<u8> {
        frame::encode(message).unwrap()[frame::HEADER..].to_vec()
    }

    /// Real messages in which octets are changed, cut off and put together anew: a reader takes them or refuses them, and what it takes it
    /// can say again. A worker that was taken over gets no further than that, nor does a server.
    #[test]
    fn no_frame_stops_who_reads_it() {
        let import = CertificateToImport { der: vec![0x30; 40], nickname: "mail".to_owned(), trust: Some(TrustFlags::default()) };
        let changes = vec![TrustToSet { der: vec![0x30; 20], trust: TrustFlags::default() }];
        let key = KeyOnTheWire {
            pkcs8: PrivateBytes(vec![1; 48]),
            subject_public_key_info: vec![2; 30],
            label: "key".to_owned(),
            subject: Some(vec![3; 12]),
        };
        let seeds = [
            octets(&ToWorker::Cancel { id: u64::MAX }),
            octets(&ToWorker::Call { id: 1, request: Request::Import { certificates: vec![import] } }),
            octets(&ToWorker::Call { id: 2, request: Request::SetTrust { changes } }),
            octets(&ToWorker::Call { id: 3, request: Request::Login { password: SecretOnTheWire("a password".to_owned()) } }),
            octets(&key),
            octets(&FromWorker::Progress(Advance::Remark("a word".to_owned()))),
            octets(&FromWorker::Failed(TokenError::NotFound { what: "key".to_owned() })),
        ];
        // xorshift64*, Vigna 2016: the same frames each time.
        let mut state = 0x5eed_u64;
        let mut next = |below: usize| {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            usize::try_from(state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33).unwrap() % below
        };
        let frames = std::env::var("FRAMES").map_or(FEW, |text| text.parse().expect("FRAMES is a number"));
        let mut taken = 0;
        for _ in 0..frames {
            let mut octets = seeds[next(seeds.len())].clone();
            for _ in 0..=next(4) {
                let at = next(octets.len());
                match next(4) {
                    0 => octets.truncate(at + 1),
                    1 => octets.splice(at..at, [0xff; 9]).for_each(drop),
                    2 => octets.extend_from_slice(&seeds[next(seeds.len())]),
                    _ => octets[at] = u8::try_from(next(256)).unwrap(),
                }
            }
            if let Ok(message) = frame::decode::<ToWorker>(&octets) {
                assert!(frame::encode(&message).is_ok());
                taken += 1;
            }
            if let Ok(message) = frame::decode::<FromWorker>(&octets) {
                assert!(frame::encode(&message).is_ok());
                taken += 1;
            }
            let header = <[u8; frame::HEADER]>::try_from(octets.get(..frame::HEADER).unwrap_or(&[0xff; 4])).unwrap();
            assert!(frame::announced(header).is_ok_and(|length| length <= 96 << 20) || header > [5, 0, 0, 0]);
        }
        assert!(taken > frames / 10, "{taken} were taken: the frames are too strange to try anything");
    }
}
