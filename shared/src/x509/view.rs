//! What a certificate says, owned and serializable. Unknown things are data, not failures.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::api::bytes::Base64;
use crate::name::DistinguishedName;

/// Text that is nearly always one of our own names: ten thousand certificates must not allocate it again and again.
pub type Word = Cow<'static, str>;

/// A parsed certificate (RFC 5280). Fingerprints, PEM and the ASN.1 tree are computed from the DER when asked for
/// (`fingerprint`, `asn1`): ten thousand views must be cheap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CertificateView {
    /// 1, 2 or 3.
    pub version: u8,
    /// The INTEGER's content octets as lower-case hex, sign octet included.
    pub serial_number: String,
    /// Who it is about.
    pub subject: DistinguishedName,
    /// Who signed it.
    pub issuer: DistinguishedName,
    /// Subject and issuer are the same bytes.
    pub self_issued: bool,
    /// First second it is valid.
    #[serde(with = "time::serde::rfc3339")]
    pub not_before: OffsetDateTime,
    /// Last second it is valid.
    #[serde(with = "time::serde::rfc3339")]
    pub not_after: OffsetDateTime,
    /// The key.
    pub public_key: PublicKeyView,
    /// Name of the signature algorithm: `SHA-256 with RSA`; the dotted OID when unknown.
    pub signature_algorithm: Word,
    /// Dotted OID of the signature algorithm.
    pub signature_algorithm_oid: Word,
    /// Subject alternative names, in order.
    pub subject_alternative_names: Vec<GeneralNameView>,
    /// Key usage, RFC 5280 names: `digitalSignature`. Absent when there is no such extension.
    pub key_usage: Option<Vec<Word>>,
    /// Extended key usage, RFC names or dotted OIDs: `serverAuth`. Absent when there is no such extension.
    pub extended_key_usage: Option<Vec<Word>>,
    /// Basic constraints. Absent when there is no such extension.
    pub basic_constraints: Option<BasicConstraintsView>,
    /// Subject key identifier, lower-case hex.
    pub subject_key_identifier: Option<String>,
    /// keyIdentifier of the authority key identifier, lower-case hex.
    pub authority_key_identifier: Option<String>,
    /// Certificate policies.
    pub policies: Vec<PolicyView>,
    /// CRL distribution points: addresses.
    pub crl_distribution_points: Vec<String>,
    /// OCSP addresses of authority information access.
    pub ocsp: Vec<String>,
    /// caIssuers addresses of authority information access.
    pub ca_issuers: Vec<String>,
    /// Signed certificate timestamps (RFC 6962).
    pub signed_certificate_timestamps: Vec<SctView>,
    /// Every extension in order, those above included.
    pub extensions: Vec<ExtensionView>,
}

/// Subject public key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKeyView {
    /// `RSA`, `EC`, `Ed25519`, `Ed448`, `DSA`, `RSASSA-PSS`, `ML-DSA-65` …; the dotted OID when unknown.
    pub algorithm: Word,
    /// Dotted OID of the algorithm.
    pub algorithm_oid: Word,
    /// Size in bits; 0 when unknown.
    pub bits: u32,
    /// Curve: `P-256`; the dotted OID when unknown.
    pub curve: Option<Word>,
    /// RSA public exponent, decimal.
    pub exponent: Option<String>,
    /// CKA_ID that NSS derives from it (SHA-1 of modulus or point), lower-case hex: joins a certificate to its key.
    pub nss_key_id: Option<String>,
}

impl PublicKeyView {
    /// Short form for lists: `RSA 2048`, `EC P-256`, `Ed25519`.
    #[must_use]
    pub fn short(&self) -> String {
        match (&self.curve, self.bits) {
            (Some(curve), _) => format!("{} {curve}", self.algorithm),
            (None, bits) if bits > 0 && !self.algorithm.starts_with("Ed") => format!("{} {bits}", self.algorithm),
            _ => self.algorithm.clone().into_owned(),
        }
    }
}

/// A GeneralName (RFC 5280 section 4.2.1.6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "kebab-case")]
pub enum GeneralNameView {
    /// dNSName.
    Dns(String),
    /// iPAddress, textual.
    Ip(String),
    /// rfc822Name.
    Email(String),
    /// uniformResourceIdentifier.
    Uri(String),
    /// directoryName, RFC 4514.
    DirectoryName(String),
    /// registeredID, dotted.
    RegisteredId(String),
    /// otherName: the OID and what can be read of the value.
    OtherName {
        /// Dotted OID.
        oid: String,
        /// Text of the value, or its hex.
        value: String,
    },
    /// A tag we do not know, or malformed content: raw bytes in hex.
    Unknown {
        /// Context tag number.
        tag: u32,
        /// Content, lower-case hex.
        hex: String,
    },
}

impl GeneralNameView {
    /// The name without its kind.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Dns(text)
            | Self::Ip(text)
            | Self::Email(text)
            | Self::Uri(text)
            | Self::DirectoryName(text)
            | Self::RegisteredId(text) => text.clone(),
            Self::OtherName { oid, value } => [oid, "=", value].concat(),
            Self::Unknown { hex, .. } => hex.clone(),
        }
    }
}

/// Basic constraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BasicConstraintsView {
    /// May sign certificates.
    pub ca: bool,
    /// How many CAs may follow.
    pub path_length: Option<u32>,
}

/// A certificate policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyView {
    /// Dotted OID.
    pub oid: Word,
    /// Its name, where we know one: `organization validated`.
    pub name: Option<Word>,
    /// CPS addresses.
    pub cps: Vec<String>,
}

/// A signed certificate timestamp.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SctView {
    /// Log identifier, lower-case hex.
    pub log_id: String,
    /// When the log saw it.
    #[serde(with = "time::serde::rfc3339")]
    pub timestamp: OffsetDateTime,
}

/// One extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtensionView {
    /// Dotted OID.
    pub oid: Word,
    /// RFC name, `basicConstraints`; absent when unknown.
    pub name: Option<Word>,
    /// Critical.
    pub critical: bool,
    /// Set when the extension is known but its value does not parse.
    pub malformed: Option<String>,
    /// extnValue's content: present when unknown or malformed, to be shown as ASN.1.
    pub value: Option<Base64>,
}

impl CertificateView {
    /// The view of a certificate that says nothing, to be filled in.
    #[must_use]
    pub fn blank() -> Self {
        Self {
            version: 3,
            serial_number: String::new(),
            subject: DistinguishedName::default(),
            issuer: DistinguishedName::default(),
            self_issued: false,
            not_before: OffsetDateTime::UNIX_EPOCH,
            not_after: OffsetDateTime::UNIX_EPOCH,
            public_key: super::parse::public_key::view(&[]),
            signature_algorithm: Word::default(),
            signature_algorithm_oid: Word::default(),
            subject_alternative_names: Vec::new(),
            key_usage: None,
            extended_key_usage: None,
            basic_constraints: None,
            subject_key_identifier: None,
            authority_key_identifier: None,
            policies: Vec::new(),
            crl_distribution_points: Vec::new(),
            ocsp: Vec::new(),
            ca_issuers: Vec::new(),
            signed_certificate_timestamps: Vec::new(),
            extensions: Vec::new(),
        }
    }

    /// The name people use: common name, else organizational unit, organization, first alternative name, serial.
    #[must_use]
    pub fn display_name(&self) -> String {
        for oid in ["2.5.4.3", "2.5.4.11", "2.5.4.10"] {
            if let Some(value) = self.subject.first(oid) {
                return value.to_owned();
            }
        }
        match self.subject_alternative_names.first() {
            Some(GeneralNameView::Dns(text) | GeneralNameView::Ip(text) | GeneralNameView::Email(text) | GeneralNameView::Uri(text)) => {
                text.clone()
            }
            _ => format!("serial {}", self.serial_number),
        }
    }

    /// True when basic constraints say so, or for a self-issued version 1 certificate, as NSS treats old roots.
    #[must_use]
    pub fn is_ca(&self) -> bool {
        match self.basic_constraints {
            Some(constraints) => constraints.ca,
            None => self.version < 3 && self.self_issued,
        }
    }
}
