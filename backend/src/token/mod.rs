//! The token of an NSS database: keys, passwords, trust and everything that writes, through PKCS#11 in a child process.
//!
//! The parent side is [`TokenHandle`]: a serial queue in front of one `certdeck token-worker` process for each database. A process of
//! its own, because a PKCS#11 login counts for the whole process, because softoken can block for half a minute on a foreign lock, and
//! because softoken must not share a process with another copy of SQLite.

mod actor;

pub mod error;
mod frame;
pub mod handle;
pub mod options;
mod process;
mod protocol;
pub mod secret;
pub mod types;
pub mod worker;

pub use error::TokenError;
pub use handle::TokenHandle;
pub use options::WorkerOptions;
pub use secret::Secret;
pub use types::{CertificateToImport, GeneratedKey, ImportedCertificate, TokenCertificate, TokenKey, TokenStatus};
