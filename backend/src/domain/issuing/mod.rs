//! Certificates made here: self-signed, issued by a CA of the database, renewed; and what a CA revokes.

mod algorithms;
mod authority;
mod install;
mod issued;
mod key;
mod renewal;
mod renewal_request;
mod revocation;
mod self_signed;

pub use issued::Issuance;
