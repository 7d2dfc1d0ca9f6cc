//! What needs more rights than the console has: a small process that runs as root and does a fixed list of things for the files and programs of the
//! services in its own list. It believes the console nothing: which files and programs belong to a service it reads by itself, what it writes it looks
//! at, and each call is in its own log.
//!
//! It knows `deploy`, whose adapters read configurations, and `host`; whoever asks it knows [`Client`] alone.

mod answers;
mod client;
mod lines;
mod list;
mod material;
mod programs;
pub mod protocol;
mod put;
mod reach;
mod server;
mod shelf;
mod way;

pub use client::{Client, ClientError};
pub use list::{List, ListError};
pub use server::{ServeError, listen, serve};

use protocol::Reason;

/// Why something is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Refusal {
    reason: Reason,
    words: String,
}

impl Refusal {
    fn forbidden(words: impl Into<String>) -> Self {
        Self { reason: Reason::Forbidden, words: words.into() }
    }

    fn changed(words: impl Into<String>) -> Self {
        Self { reason: Reason::Changed, words: words.into() }
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        let reason = match error.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => Reason::Absent,
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Reason::Full,
            _ => Reason::Failed,
        };
        Self { reason, words: error.to_string() }
    }
}

impl From<crate::host::files::FileError> for Refusal {
    fn from(error: crate::host::files::FileError) -> Self {
        let words = error.to_string();
        let refusal = Self::from(error.source);
        Self { words: format!("{words}: {}", refusal.words), ..refusal }
    }
}
