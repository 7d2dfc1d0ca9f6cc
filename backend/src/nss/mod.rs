//! An NSS database directory as files: what is in it, read without softoken; password files, modules file, snapshots.
//!
//! Nothing here writes to cert9.db or key4.db, except that a restoration replaces them as a whole. All other writing is the token
//! worker's: through PKCS#11, or, for many certificates at once, as `token/bulk/` says.

pub mod listing;
pub mod location;
pub mod modules_file;
pub mod password_files;
pub mod password_journal;
pub mod recognise;
pub mod revision;
pub mod snapshots;
pub mod versions;
