//! What an adapter is asked to change.

use std::path::PathBuf;

use certdeck_shared::api::plan::{ClientVerification, TlsProfile, TlsVersion};
use certdeck_shared::api::service::{Protocol, TlsMode};

use super::change::EditRefused;

/// A setting that shall be another one. Endpoints are told by their place among those of the observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// These endpoints name other files for one of their pairs. When others share the setting, it is overridden for these alone.
    Pair {
        /// The endpoints.
        endpoints: Vec<usize>,
        /// Which of their pairs; a new one when it is as many as they have.
        pair: usize,
        /// File of the certificate: with the chain, unless `chain` is another one.
        certificate: PathBuf,
        /// File of the key; the same as the certificate's when both are in one.
        key: PathBuf,
        /// File of the chain alone. The setting goes when nothing is given.
        chain: Option<PathBuf>,
    },
    /// These endpoints take another certificate of the database that the program reads by nicknames.
    Nickname {
        /// The endpoints; all servers, when there are none.
        endpoints: Vec<usize>,
        /// Which of their certificates; a new one when it is as many as they have.
        pair: usize,
        /// Label of the token, when it is not the database's own.
        token: Option<String>,
        /// The nickname.
        nickname: String,
    },
    /// TLS begins at an endpoint that has none.
    Tls {
        /// The endpoint.
        endpoint: usize,
        /// How it begins.
        tls: TlsMode,
    },
    /// A new endpoint.
    Listener {
        /// What is spoken.
        protocol: Protocol,
        /// How TLS begins.
        tls: TlsMode,
        /// Its port.
        port: u16,
        /// Address to listen at.
        address: Option<String>,
        /// Host name it is for.
        server_name: Option<String>,
        /// Its pair, certificate and key.
        pair: Option<(PathBuf, PathBuf)>,
    },
    /// Versions and ciphers as Mozilla recommends them.
    Profile {
        /// The endpoints.
        endpoints: Vec<usize>,
        /// Which recommendation.
        profile: TlsProfile,
    },
    /// Versions of TLS.
    Protocols {
        /// The endpoints.
        endpoints: Vec<usize>,
        /// The lowest.
        lowest: TlsVersion,
        /// The highest; the program's own when absent.
        highest: Option<TlsVersion>,
    },
    /// Cipher suites in the program's spelling.
    Ciphers {
        /// The endpoints.
        endpoints: Vec<usize>,
        /// The list.
        ciphers: String,
    },
    /// The file of CA certificates that client certificates are checked with.
    ClientCa {
        /// The endpoints.
        endpoints: Vec<usize>,
        /// The file.
        file: PathBuf,
    },
    /// Whether clients show a certificate.
    ClientVerification {
        /// The endpoints.
        endpoints: Vec<usize>,
        /// Whether.
        verification: ClientVerification,
        /// Most certificates of CAs above the client's, as the program counts them; as it is when absent.
        depth: Option<u8>,
    },
    /// The program looks for newer certificates by itself.
    CertificateWatch,
}

impl Wanted {
    /// Why a program that has nothing for this wish does not follow it.
    #[must_use]
    pub fn beyond(&self, program: &str) -> EditRefused {
        EditRefused::because(match self {
            Self::Nickname { .. } => format!("{program} takes its certificates from files, and not by nicknames."),
            Self::CertificateWatch => format!("{program} has nothing that looks for newer certificates by itself."),
            Self::ClientVerification { depth: Some(_), .. } => {
                format!("{program} has no setting for the length of the chains that clients show.")
            }
            _ => format!("{program} has no setting for this."),
        })
    }
}
