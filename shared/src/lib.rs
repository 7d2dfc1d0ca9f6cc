//! What the page and the server share: certificate views, names, trust flags, chains, requests, lint, format detection,
//! API types and problem codes. No I/O, no clock, no randomness: whoever calls passes them in.

pub mod api;
pub mod certmap;
pub mod detect;
pub mod expiry;
pub mod glass;
pub mod hex;
pub mod issue;
pub mod keystore;
pub mod modules_file;
pub mod name;
pub mod password;
pub mod password_file;
pub mod pkcs11_uri;
mod recorder;
pub mod request;
pub mod self_signed;
pub mod service_settings;
pub mod sun;
pub mod tls_profiles;
pub mod tls_suites;
pub mod trust;
pub mod user_agent;
pub mod validation;
pub mod x509;
