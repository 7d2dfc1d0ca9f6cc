//! The whole console in one file, and back.
//!
//! A backup is a tar archive: `certdeck-backup` says the format, `data/` is the data directory, `databases/ID/` are the registered databases that
//! lie elsewhere, `config.toml` is the settings if they were given, `manifest.json` lists every part with its SHA-256, and
//! `manifest.json.sha256` closes it, so that an archive that was cut off shows. All is plain files under their own names: `tar` and `sha256sum`
//! are enough where there is no Certdeck.
//!
//! It holds private keys, and the password of the console's own database. Whoever can read it has them, so it may be encrypted: the archive is
//! inside a file of age then.

mod encryption;
mod error;
mod image;
mod manifest;
mod outside;
mod pack;
mod place;
mod restore;
mod unpack;

use std::io::Write;
use std::path::Path;

use certdeck_shared::api::problem::ProblemCode;
use serde_json::json;

use super::accounts::LOCAL_ADMINISTRATOR;
use crate::host::Clock;
use crate::host::scratch::Scratch;
use crate::state::{AuditDraft, Store, is_current};

pub use encryption::{Decryption, Encryption};
pub use error::BackupError;
pub use manifest::{Kept, LeftOut, Manifest};
pub use outside::{Fate, Outside};
pub use restore::{Restored, Wishes, restore};

/// The newest format that is written and read.
pub const FORMAT: u32 = 1;

const STATE: &str = "state.sqlite";
const LOCK: &str = "lock";

/// Writes everything that a console in this data directory is to `out`. The console may run meanwhile. `name` is where it goes, for the record.
///
/// # Errors
/// When something cannot be read or written; what was written is of no use then.
pub async fn make(
    data_dir: &Path,
    config: Option<&Path>,
    encryption: Encryption,
    name: &str,
    out: impl Write,
) -> Result<Manifest, BackupError> {
    let state = data_dir.join(STATE);
    // An older state cannot take the entry, and being asked for a copy of it is no reason to upgrade it.
    let store = if is_current(&state)? { Some(Store::open(&state, Clock::system())?) } else { None };
    if let Some(store) = &store {
        // Before: what leaves without being recorded cannot be called back.
        let draft = AuditDraft::success(LOCAL_ADMINISTRATOR, "console.backup").subject(name);
        let draft = match encryption.words() {
            Some(to) => draft.after(json!({"encrypted_to": to})),
            None => draft,
        };
        store.audit().record(draft).await?;
    }
    let made = write(data_dir, config, encryption, out).await;
    if let (Some(store), Err(error)) = (&store, &made) {
        let draft = AuditDraft::refused(LOCAL_ADMINISTRATOR, "console.backup", ProblemCode::Internal).subject(name);
        store.audit().record(draft.after(json!({"error": error.to_string()}))).await?;
    }
    made
}

async fn write(data_dir: &Path, config: Option<&Path>, encryption: Encryption, out: impl Write) -> Result<Manifest, BackupError> {
    let scratch = Scratch::make(data_dir)?;
    let image = image::assemble(data_dir, config, scratch.path()).await?;
    encryption.around(out, |out| pack::pack(image, out))
}
