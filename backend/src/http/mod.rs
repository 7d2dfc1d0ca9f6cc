//! HTTP to domain calls and back.

pub mod approving;
pub mod authorization;
pub mod client_certificate;
pub mod completion;
mod conditions;
pub mod connections;
pub mod context;
pub mod excess;
pub mod forwarded;
pub mod identification;
pub mod kept;
pub mod observation;
pub mod openapi;
pub mod operations;
pub mod origin;
pub mod page;
pub mod patience;
pub mod preference;
pub mod problem;
pub mod rate;
pub mod recording;
pub mod router;
pub mod security;
pub mod session;
pub mod surroundings;
pub mod tls;
pub mod v1;
