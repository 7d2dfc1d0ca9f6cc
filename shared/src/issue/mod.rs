//! Certificates and revocation lists made here (RFC 5280): everything but the signature, which is the token's.
//!
//! The server puts together what is to be signed from a form, a request and its policy, or an old certificate; the page shows with the
//! same code what will come of it.

mod armour;
mod certificate;
mod difference;
mod extension;
mod form;
mod issuer;
mod policy;
mod revocation_list;
mod serial_number;
mod successor;
mod validity;

pub use armour::armoured;
pub use certificate::{Content, Draft};
pub use difference::{compared, differences};
pub use form::{content, notes, usual_months};
pub use issuer::{Issuer, Unfit};
pub use policy::{Judgement, judge};
pub use revocation_list::RevocationListDraft;
pub use serial_number::{SerialNumber, SerialNumberError};
pub use successor::{Successor, renewal_request};
pub use validity::{Length, Period, period};
