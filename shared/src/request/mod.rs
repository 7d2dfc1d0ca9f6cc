//! PKCS#10 requests (RFC 2986): from a form to the bytes to be signed, and back.

mod build;
mod form;
mod inspect;
mod names;
mod outline;

use serde::{Deserialize, Serialize};

pub use build::{BuildError, SignatureAlgorithm, assemble, pem, to_be_signed};
pub use form::{distinguished_name, notes, validate};
pub use inspect::{Inspected, RequestError, RequestView, inspect, view};
pub use names::{NameProblem, names};
pub use outline::outline;

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
}
