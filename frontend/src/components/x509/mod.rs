//! Parts of a certificate.

pub mod asn1;
pub mod chain;
pub mod fields;
pub mod life;
mod lookup;
pub mod pem;
pub mod relations;
pub mod sections;
pub mod summary;
pub mod validity;
