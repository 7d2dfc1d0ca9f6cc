//! PKCS#10 requests (RFC 2986): from a form to the bytes to be signed, and back.

mod armour;
mod build;
mod copy;
mod form;
mod inspect;
mod leaving;
mod names;
mod outline;
mod purpose;
mod rows;
mod subject;
mod text;
mod weak;

use serde::{Deserialize, Serialize};

pub use armour::{certificate_pem, certutil_text, new_pem, pem};
pub use build::{BuildError, SignatureAlgorithm, assemble, to_be_signed};
pub use form::{notes, validate, wrong_line};
pub use inspect::{Inspected, RequestError, RequestView, SignedParts, inspect, signed_parts, unsigned_view, view};
pub use leaving::{ITERATIONS, Protection, certificate_bags, encrypted_key_pem, pkcs12};
pub use names::{NameProblem, names};
pub use outline::{draft, outline};
pub use purpose::{EXTENDED_KEY_USAGES, RequestedConstraints, Template, Usages};
pub use rows::{SubjectRow, subject_attributes};
pub use subject::distinguished_name;
pub use text::text;
pub use weak::{Weakness, weaknesses};

/// Subject and names of a request, as the form holds them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct RequestForm {
    /// CN.
    pub common_name: String,
    /// OU; may be given several times, one a line.
    pub organizational_unit: String,
    /// O.
    pub organization: String,
    /// L.
    pub locality: String,
    /// ST.
    pub state_or_province: String,
    /// C, two letters of ISO 3166.
    pub country: String,
    /// emailAddress.
    pub email_address: String,
    /// Subject alternative names, one a line or separated by commas or spaces; sorted into DNS, IP, e-mail, URI.
    pub subject_alternative_names: String,
    /// The whole subject instead of its fields, in any order, attributes as often as wanted: `CN=…,OU=…` (RFC 4514, RFC 1485) or
    /// `/C=…/O=…` (OpenSSL).
    pub subject: String,
    /// What it is for: gives the usages that are not given below.
    pub template: Option<Template>,
    /// Key usage, RFC 5280 names: `digitalSignature`.
    pub key_usage: Vec<String>,
    /// Extended key usage, RFC names or dotted OIDs: `serverAuth`.
    pub extended_key_usage: Vec<String>,
    /// Basic constraints; only a CA needs them.
    pub basic_constraints: Option<RequestedConstraints>,
    /// Password for a later revocation (PKCS#9 challengePassword). Everyone who sees the request can read it.
    pub challenge_password: String,
}
