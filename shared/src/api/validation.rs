//! Validation: what NSS, OpenSSL and the web's rules say of certificates, and what a change would do to that.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::bytes::Base64;
use super::revocation::RevocationReason;
use crate::validation::{ListFacts, NssError, Usage};
use crate::x509::lint::Finding;

/// Everything that is said of one certificate at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Validation {
    /// Address of the certificate.
    pub fingerprint_sha256: String,
    /// Label.
    pub nickname: Option<String>,
    /// The time of the question.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What NSS says, one for each usage asked about.
    pub usages: Vec<UsageVerdict>,
    /// What others say, for the usages they know.
    pub others: Vec<OtherVerdict>,
    /// What is weak, wrong or unusual about it.
    pub lint: Vec<Finding>,
    /// Where it says its revocation can be looked up.
    pub revocation: RevocationSources,
}

/// NSS's verdict for one usage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageVerdict {
    /// The usage.
    pub usage: Usage,
    /// Its letter for `certutil -V -u`.
    pub letter: char,
    /// In words.
    pub words: String,
    /// True when NSS accepts it.
    pub valid: bool,
    /// Every reason against it, from the leaf upward, as `certutil -V -l` lists them.
    pub reasons: Vec<ElementReason>,
    /// The certificates NSS looks at, leaf first: addresses.
    pub chain: Vec<String>,
}

/// What is wrong with one element of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ElementReason {
    /// Address of the certificate.
    pub fingerprint_sha256: String,
    /// Label.
    pub nickname: Option<String>,
    /// How far above the leaf; 0 is the leaf itself.
    pub depth: u32,
    /// NSS's error.
    pub error: NssError,
    /// What certutil prints for it.
    pub text: String,
    /// What revokes it, where it is revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation: Option<ElementRevocation>,
}

/// What revokes a certificate: a list that lies in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ElementRevocation {
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub revoked_at: OffsetDateTime,
    /// Why.
    pub reason: RevocationReason,
    /// Address of the issuer that signed the list.
    pub issuer: String,
    /// Address of the list.
    pub list: String,
    /// In words: `Revoked on 1 May 2026 by Example CA (key compromised), says the revocation list in this database.`
    pub words: String,
}

/// What somebody else says for one usage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OtherVerdict {
    /// `openssl` or `web` (rustls-webpki).
    pub verifier: Verifier,
    /// The usage.
    pub usage: Usage,
    /// True when it accepts the certificate.
    pub valid: bool,
    /// Its own code: the number of OpenSSL's error, the name of webpki's.
    pub code: Option<String>,
    /// Its own words.
    pub detail: Option<String>,
    /// The certificate it stumbled over, when it says so and it is in the database.
    pub element: Option<String>,
    /// Why NSS comes to another verdict; absent when it does not.
    pub differs: Option<String>,
    /// The host name it was asked about.
    pub name: Option<String>,
}

/// Who else was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verifier {
    /// OpenSSL, as `openssl verify -partial_chain -purpose …`.
    Openssl,
    /// The web's rules, by rustls-webpki.
    Web,
}

/// The part of a [`Validation`] that the page cannot compute itself. Reading only this costs it less.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OtherVerdicts {
    /// What others say.
    pub others: Vec<OtherVerdict>,
}

/// The part of a [`DatabaseValidation`] that the page cannot compute itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ServerFacts {
    /// Signatures that do not verify though the names fit.
    pub bad_signatures: Vec<BadSignature>,
    /// The revocation lists.
    pub revocation_lists: Vec<ListFacts>,
}

/// Where a certificate says its revocation can be looked up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RevocationSources {
    /// Addresses of revocation lists.
    pub crl: Vec<String>,
    /// Addresses of OCSP responders.
    pub ocsp: Vec<String>,
}

/// NSS's verdicts for all certificates of a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DatabaseValidation {
    /// Revision of the database.
    pub revision: String,
    /// The time of the question.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// One for each certificate, in the order of the database.
    pub certificates: Vec<CertificateVerdicts>,
    /// Signatures that do not verify though the names fit: what whoever computes verdicts without cryptography must know. All other pairs are good.
    pub bad_signatures: Vec<BadSignature>,
    /// The revocation lists that lie in the database, with what they revoke of it.
    pub revocation_lists: Vec<ListFacts>,
}

/// The verdicts for one certificate, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CertificateVerdicts {
    /// Address of the certificate.
    pub fingerprint_sha256: String,
    /// Label.
    pub nickname: Option<String>,
    /// Letters of the usages it is valid for: `CVIAY`.
    pub valid: String,
    /// The first reason for each other usage asked about.
    pub refused: Vec<UsageRefusal>,
}

/// Why a certificate is not valid for a usage: the first reason, as `certutil -V` prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageRefusal {
    /// The usage.
    pub usage: Usage,
    /// NSS's error.
    pub error: NssError,
}

/// A certificate or revocation list and a certificate of its issuer's name that did not sign it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BadSignature {
    /// Address of the signed certificate or list.
    pub subject: String,
    /// Address of the one that did not sign it.
    pub issuer: String,
}

/// Changes that are to be tried, not made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Simulation {
    /// The time of the question; now when absent.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub at: Option<OffsetDateTime>,
    /// Other trust.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trust: Vec<SimulatedTrust>,
    /// Certificates taken away: addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<String>,
    /// Certificates imported.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<SimulatedImport>,
    /// Revocation lists imported, DER, each in the place of the one that its issuer has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revocation_lists: Vec<Base64>,
}

/// Other trust of one certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SimulatedTrust {
    /// Address of the certificate.
    pub fingerprint_sha256: String,
    /// Trust flags as certutil takes them.
    pub trust: String,
}

/// A certificate that is to be imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SimulatedImport {
    /// The certificate, DER.
    pub der: Base64,
    /// Trust flags; none when absent.
    #[serde(default)]
    pub trust: String,
}

/// What the changes would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SimulationResult {
    /// Revision of the database.
    pub revision: String,
    /// The time of the question.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What stops being valid, by usage.
    pub stops: Vec<UsageChange>,
    /// What begins to be valid, by usage.
    pub begins: Vec<UsageChange>,
    /// The verdicts for what was added, in the same order.
    pub added: Vec<CertificateVerdicts>,
}

/// The certificates whose verdict changes for a usage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageChange {
    /// The usage.
    pub usage: Usage,
    /// Its letter.
    pub letter: char,
    /// In words.
    pub words: String,
    /// The certificates.
    pub certificates: Vec<NamedCertificate>,
}

/// A certificate by address and label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NamedCertificate {
    /// Address of the certificate.
    pub fingerprint_sha256: String,
    /// Label.
    pub nickname: Option<String>,
}

/// Which lookups are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RevocationQuestion {
    /// Fetch the revocation lists that it names.
    #[serde(default = "yes")]
    pub crl: bool,
    /// Ask the OCSP responders that it names.
    #[serde(default = "yes")]
    pub ocsp: bool,
}

fn yes() -> bool {
    true
}

/// What the lookups brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RevocationReport {
    /// Address of the certificate.
    pub fingerprint_sha256: String,
    /// When they were made.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// One for each address.
    pub answers: Vec<RevocationAnswer>,
}

/// One lookup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RevocationAnswer {
    /// `crl` or `ocsp`.
    pub method: RevocationMethod,
    /// Where.
    pub address: String,
    /// What came of it.
    pub status: RevocationStatus,
    /// In words: the reason of a revocation, why an answer does not count, how to allow the address.
    pub detail: String,
    /// When it was revoked.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<OffsetDateTime>,
    /// When the next answer is due.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub next_update: Option<OffsetDateTime>,
}

/// How revocation was looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RevocationMethod {
    /// A revocation list.
    Crl,
    /// An OCSP responder.
    Ocsp,
}

/// What came of a lookup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RevocationStatus {
    /// Not revoked.
    Good,
    /// Revoked.
    Revoked,
    /// The responder does not know it.
    Unknown,
    /// The answer came and does not count: another signature, too old, damaged.
    Unusable,
    /// No answer came.
    Unreachable,
    /// The console's settings do not allow this address.
    NotAllowed,
}
