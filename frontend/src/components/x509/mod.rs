//! Parts of a certificate.

pub mod asn1;
pub mod chain;
pub mod fields;
pub mod keys;
pub mod life;
mod lookup;
pub mod pem;
pub mod relations;
pub mod sections;
pub mod subject;
pub mod summary;
pub mod usages;
pub mod validity;
pub mod wanted;
