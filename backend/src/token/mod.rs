//! The token of an NSS database: keys, passwords, trust and everything that writes, through PKCS#11 in a child process.
//! One thing goes past PKCS#11, for speed: many certificates at once (`bulk`).
//!
//! The parent side is [`TokenHandle`]: a serial queue in front of one `certdeck token-worker` process for each database. A process of
//! its own, because a PKCS#11 login counts for the whole process, because softoken can block for half a minute on a foreign lock, and
//! because softoken must not share a process with another copy of SQLite.

mod actor;
mod algorithms;
mod attribute;
mod authority;
mod bulk;
mod calls;
mod carrier;
mod census;
mod certificate;
mod certificates;
mod confine;
mod confinements;
mod create;
mod der;
mod desk;

pub mod error;
mod files;
mod frame;
pub mod handle;
mod import;
mod key_import;
mod keys;
mod losses;
pub mod module;
mod module_database;
mod module_places;
pub mod options;
mod owner;
mod password;
pub mod probe;
mod process;
mod progress;
mod protocol;
mod public_value;
pub mod records;
mod refusal;
mod revocation_lists;
pub mod secret;
mod session;
mod signer;
mod slots;
mod softoken;
mod take_over;
mod trust;
pub mod types;
mod undo;
pub mod worker;

pub use confinements::WorkerConfinements;
pub use error::TokenError;
pub use handle::TokenHandle;
pub use losses::WorkerLosses;
pub use module::{ModuleFacts, ModuleToken, PinFacts, SlotFacts, TokenAddress, TokenFacts};
pub use options::WorkerOptions;
pub use records::{RecordKind, TokenRecord, TokenRecords};
pub use secret::Secret;
pub use types::{Advance, CertificateToImport, GeneratedKey, ImportedCertificate, KeyToImport, TokenCertificate, TokenKey, TokenStatus};
