//! Other people's verifiers, asked for their opinion: OpenSSL and the web's rules. Nothing here reads files or the clock.

pub mod differences;
pub mod openssl;
pub mod revocation;
pub mod signature;
pub mod web;

use certdeck_shared::validation::Usage;

/// What a verifier needs to see.
#[derive(Debug, Clone)]
pub struct Material<'a> {
    /// The certificate, DER.
    pub leaf: &'a [u8],
    /// The certificates that are anchors for the purpose, DER.
    pub anchors: Vec<&'a [u8]>,
    /// Others that may be of the chain, DER.
    pub others: Vec<&'a [u8]>,
    /// The revocation lists of their names, DER.
    pub lists: Vec<&'a [u8]>,
    /// The time of the question, Unix time.
    pub at: i64,
}

/// What they are asked about: the usages of which they have a notion at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A server of TLS.
    Server,
    /// A client of TLS.
    Client,
    /// Signs e-mail.
    SignEmail,
    /// Receives encrypted e-mail.
    ReceiveEmail,
}

impl Purpose {
    /// The purpose of a usage of NSS, where there is one.
    #[must_use]
    pub fn of(usage: Usage) -> Option<Self> {
        match usage {
            Usage::SslServer => Some(Self::Server),
            Usage::SslClient => Some(Self::Client),
            Usage::EmailSigner => Some(Self::SignEmail),
            Usage::EmailRecipient => Some(Self::ReceiveEmail),
            Usage::Ipsec | Usage::SslCa | Usage::AnyCa | Usage::VerifyCa | Usage::StatusResponder | Usage::ObjectSigner => None,
        }
    }

    /// The word of `openssl verify -purpose`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Server => "sslserver",
            Self::Client => "sslclient",
            Self::SignEmail => "smimesign",
            Self::ReceiveEmail => "smimeencrypt",
        }
    }
}

/// What a verifier says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    /// Why not; nothing when it is valid.
    pub refusal: Option<Refusal>,
}

/// Why a verifier refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its own code: OpenSSL's number, webpki's variant.
    pub code: String,
    /// Its own words.
    pub words: String,
    /// The certificate it stumbled over, DER, where it says.
    pub element: Option<Vec<u8>>,
}

impl Opinion {
    fn valid() -> Self {
        Self { refusal: None }
    }

    fn refused(code: String, words: String, element: Option<Vec<u8>>) -> Self {
        Self { refusal: Some(Refusal { code, words, element }) }
    }
}
