//! The files of cn=config, edited while slapd does not run. `slapmodify` (from OpenLDAP 2.5 on) keeps their checksum right; it must be run as
//! the user whose files they are, or slapd could not write them any more.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::ldapi::ENTRY;
use super::ldif;
use crate::deploy::change::AttributeEdit;
use crate::host::files::FileError;
use crate::host::tree::Tree;
use crate::host::{owners, process};

/// Most octets of the entry.
const LONGEST: u64 = 4 << 20;

/// Why the files were not edited.
#[derive(Debug, thiserror::Error)]
pub enum OfflineError {
    /// The entry cannot be read.
    #[error("the entry cn=config cannot be read")]
    Unreadable(#[source] FileError),
    /// A value that LDIF would need another notation for.
    #[error("the value {0:?} of an attribute begins with a space or has a line break")]
    Value(String),
    /// `slapmodify` cannot be run: it came with OpenLDAP 2.5.
    #[error("slapmodify cannot be run")]
    NotRun(#[source] std::io::Error),
    /// It refused.
    #[error("slapmodify did not edit the files of cn=config: {0}")]
    Refused(String),
}

/// Gives these attributes their old values in the files of the directory `slapd.d`. May take `limit`. Blocks.
///
/// # Errors
/// When the files cannot be read, or `slapmodify` does not do it.
pub fn restore(config: &Path, edits: &[AttributeEdit], limit: Duration) -> Result<(), OfflineError> {
    let tree = Tree::of_machine();
    let file = config.join("cn=config.ldif");
    let bytes = tree.read(&file, LONGEST).map_err(OfflineError::Unreadable)?;
    let owner = tree.attributes(&file).map_err(OfflineError::Unreadable)?.owner;
    let entry = ldif::parse(file, bytes);
    let values = |name: &str| -> Vec<&str> {
        entry.settings().filter(|(setting, _)| setting.name.eq_ignore_ascii_case(name)).map(|(setting, _)| setting.text.as_str()).collect()
    };
    let mut changes = String::new();
    for edit in edits.iter().filter(|edit| values(&edit.name) != edit.before) {
        if let Some(value) = edit.before.iter().find(|value| value.starts_with([' ', ':', '<']) || value.contains(['\n', '\r', '\0'])) {
            return Err(OfflineError::Value(value.clone()));
        }
        let verb = if edit.before.is_empty() { "delete" } else { "replace" };
        let _ = writeln!(changes, "{verb}: {}", edit.name);
        for value in &edit.before {
            let _ = writeln!(changes, "{}: {value}", edit.name);
        }
        changes.push_str("-\n");
    }
    if changes.is_empty() {
        return Ok(());
    }
    let record = format!("dn: {ENTRY}\nchangetype: modify\n{changes}");
    let (user, group, directory) = (owner.user.to_string(), owner.group.to_string(), config.display().to_string());
    let slapmodify = ["slapmodify", "-n", "0", "-F", &directory];
    let arguments = match owner.user == owners::own_user() {
        true => slapmodify.to_vec(),
        false => [&["setpriv", "--reuid", &user, "--regid", &group, "--clear-groups", "--"], slapmodify.as_slice()].concat(),
    };
    let [program, arguments @ ..] = arguments.as_slice() else { return Ok(()) };
    let output =
        process::run_blocking_with_input(&PathBuf::from(program), arguments, record.as_bytes(), limit).map_err(OfflineError::NotRun)?;
    match output.status.success() {
        true => Ok(()),
        false => Err(OfflineError::Refused(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
    }
}
