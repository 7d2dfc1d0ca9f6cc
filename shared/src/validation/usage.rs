//! The ten usages of `certutil -V -u`, and what each asks of a leaf and of its CAs.

use serde::{Deserialize, Serialize};

use super::bits::{cert_type, key_usage};
use crate::trust::{TrustFlags, UsageTrust};

/// What a certificate is to be good for, by the names of NSS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Usage {
    /// `C`: a client of TLS.
    SslClient,
    /// `V`: a server of TLS.
    SslServer,
    /// `I`: IPsec.
    Ipsec,
    /// `L`: a CA of TLS certificates.
    SslCa,
    /// `A`: any CA.
    AnyCa,
    /// `Y`: a CA.
    VerifyCa,
    /// `S`: signs e-mail.
    EmailSigner,
    /// `R`: receives encrypted e-mail.
    EmailRecipient,
    /// `O`: answers OCSP.
    StatusResponder,
    /// `J`: signs code.
    ObjectSigner,
}

/// Which field of the trust flags a usage looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Ssl,
    Email,
    ObjectSigning,
    /// Whichever of the three says something.
    Any,
}

impl Usage {
    /// All ten, in the order of certutil's help.
    pub const ALL: [Self; 10] = [
        Self::SslClient,
        Self::SslServer,
        Self::Ipsec,
        Self::SslCa,
        Self::AnyCa,
        Self::VerifyCa,
        Self::EmailSigner,
        Self::EmailRecipient,
        Self::StatusResponder,
        Self::ObjectSigner,
    ];

    /// The letter of `certutil -V -u`.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::SslClient => 'C',
            Self::SslServer => 'V',
            Self::Ipsec => 'I',
            Self::SslCa => 'L',
            Self::AnyCa => 'A',
            Self::VerifyCa => 'Y',
            Self::EmailSigner => 'S',
            Self::EmailRecipient => 'R',
            Self::StatusResponder => 'O',
            Self::ObjectSigner => 'J',
        }
    }

    /// The usage of a letter.
    #[must_use]
    pub fn from_letter(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|usage| usage.letter() == letter)
    }

    /// The name in REST: `ssl-server`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SslClient => "ssl-client",
            Self::SslServer => "ssl-server",
            Self::Ipsec => "ipsec",
            Self::SslCa => "ssl-ca",
            Self::AnyCa => "any-ca",
            Self::VerifyCa => "verify-ca",
            Self::EmailSigner => "email-signer",
            Self::EmailRecipient => "email-recipient",
            Self::StatusResponder => "status-responder",
            Self::ObjectSigner => "object-signer",
        }
    }

    /// In words: `TLS server`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::SslClient => "TLS client",
            Self::SslServer => "TLS server",
            Self::Ipsec => "IPsec",
            Self::SslCa => "CA for TLS",
            Self::AnyCa => "any CA",
            Self::VerifyCa => "CA",
            Self::EmailSigner => "signing e-mail",
            Self::EmailRecipient => "receiving e-mail",
            Self::StatusResponder => "OCSP responder",
            Self::ObjectSigner => "signing code",
        }
    }

    /// False where `CERT_VerifyCertificate` looks at nothing but the dates: `A` and `Y` pass for every certificate, a server's too.
    #[must_use]
    pub fn is_verified(self) -> bool {
        !matches!(self, Self::AnyCa | Self::VerifyCa)
    }

    /// Whether these trust flags make a CA an anchor for this usage.
    #[must_use]
    pub fn trusts(self, trust: TrustFlags) -> bool {
        self.field().of(trust).into_iter().any(|field| self.is_anchor(field))
    }

    /// Key usage and certificate type that a leaf needs.
    pub(super) fn of_leaf(self) -> (u32, u32) {
        match self {
            Self::SslClient => (key_usage::DIGITAL_SIGNATURE, cert_type::SSL_CLIENT),
            Self::SslServer => (key_usage::AGREEMENT_OR_ENCIPHERMENT, cert_type::SSL_SERVER),
            Self::Ipsec => (key_usage::SIGNATURE_OR_NON_REPUDIATION, cert_type::IPSEC),
            Self::SslCa => (key_usage::KEY_CERT_SIGN, cert_type::SSL_CA),
            Self::EmailSigner => (key_usage::SIGNATURE_OR_NON_REPUDIATION, cert_type::EMAIL),
            Self::EmailRecipient => (key_usage::AGREEMENT_OR_ENCIPHERMENT, cert_type::EMAIL),
            Self::StatusResponder => (key_usage::SIGNATURE_OR_NON_REPUDIATION, cert_type::STATUS_RESPONDER),
            Self::ObjectSigner => (key_usage::DIGITAL_SIGNATURE, cert_type::OBJECT_SIGNING),
            Self::AnyCa | Self::VerifyCa => (0, 0),
        }
    }

    /// The certificate type that its CAs need; they all need `keyCertSign`.
    pub(super) fn of_ca(self) -> u32 {
        match self {
            Self::SslClient | Self::SslServer | Self::SslCa => cert_type::SSL_CA,
            Self::Ipsec => cert_type::IPSEC_CA,
            Self::EmailSigner | Self::EmailRecipient => cert_type::EMAIL_CA,
            Self::ObjectSigner => cert_type::OBJECT_SIGNING_CA,
            Self::AnyCa | Self::VerifyCa | Self::StatusResponder => cert_type::OBJECT_SIGNING_CA | cert_type::EMAIL_CA | cert_type::SSL_CA,
        }
    }

    /// The field of the trust flags that counts.
    pub(super) fn field(self) -> Field {
        match self {
            Self::SslClient | Self::SslServer | Self::Ipsec | Self::SslCa => Field::Ssl,
            Self::EmailSigner | Self::EmailRecipient => Field::Email,
            Self::ObjectSigner => Field::ObjectSigning,
            Self::AnyCa | Self::VerifyCa | Self::StatusResponder => Field::Any,
        }
    }

    /// Whether one field of a CA's trust makes it an anchor for this usage: `T` for clients, `C` for everything else.
    pub(super) fn is_anchor(self, trust: UsageTrust) -> bool {
        if self == Self::SslClient { trust.trusted_client_ca } else { trust.trusted_ca }
    }
}

impl Field {
    /// The fields to look at, in the order of NSS.
    pub(super) fn of(self, trust: TrustFlags) -> Vec<UsageTrust> {
        match self {
            Self::Ssl => vec![trust.ssl],
            Self::Email => vec![trust.email],
            Self::ObjectSigning => vec![trust.object_signing],
            Self::Any => vec![trust.ssl, trust.email, trust.object_signing],
        }
    }
}
