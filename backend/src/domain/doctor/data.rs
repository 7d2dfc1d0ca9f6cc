//! The data directory: whose it is, whether there is room, and whether the state in it is sound.

use std::path::{Path, PathBuf};

use time::OffsetDateTime;

use super::{Finding, Level};
use crate::domain::databases::chain;
use crate::host::clock::moment;
use crate::host::{files, owners, room};
use crate::state::{Soundness, soundness, verify_state};

const DIRECTORY: &str = "data directory";
const OPEN: &str = "Whoever can read it has password hashes, sessions and the private keys of the console's own database.";
/// Less than this is soon nothing: a snapshot is taken before each write.
const LITTLE_ROOM: u64 = 512 * 1024 * 1024;
const NO_ROOM: u64 = 32 * 1024 * 1024;
const FEW_FILES: u64 = 1000;

/// Owner and modes, of the directory and of everything in it.
pub(super) fn directory(path: &Path) -> Vec<Finding> {
    let found = match files::attributes(path) {
        Ok(found) => found,
        Err(error) => return vec![Finding::bad(Level::Failure, DIRECTORY, chain(&error), "Nothing of the console can be read.", "")],
    };
    let shown = path.display();
    let us = owners::user_name(owners::own_user()).unwrap_or_else(|| owners::own_user().to_string());
    let mut findings = Vec::new();
    if found.owner.user != owners::own_user() {
        let what = format!("{shown} belongs to {}, and this is {us}", found.user_name());
        let why = "The console refuses a data directory of somebody else, and what is said here is only as far as this user can see.";
        findings.push(Finding::bad(Level::Warning, DIRECTORY, what, why, format!("run this as {}", found.user_name())));
    }
    if found.mode & 0o077 != 0 {
        let what = format!("{shown} has the mode {:04o}", found.mode);
        findings.push(Finding::bad(Level::Failure, DIRECTORY, what, OPEN, format!("chmod 0700 {shown}")));
    }
    let mut open = Vec::new();
    below(path, 0, &mut |file, attributes| {
        if attributes.mode & 0o077 != 0 {
            open.push((file, attributes.mode));
        }
    });
    if let Some((first, mode)) = open.first() {
        let what = format!("{} files are open to others, the first is {} with the mode {mode:04o}", open.len(), first.display());
        findings.push(Finding::bad(Level::Warning, DIRECTORY, what, OPEN, format!("find {shown} -type f -exec chmod go= {{}} +")));
    }
    if findings.is_empty() {
        findings.push(Finding::good(DIRECTORY, format!("{shown} belongs to {us} alone")));
    }
    findings
}

/// Every file, without following links.
fn below(directory: &Path, depth: u32, seen: &mut impl FnMut(PathBuf, files::Attributes)) {
    for (path, kind) in files::entries(directory).unwrap_or_default() {
        if kind.is_dir() && depth < 8 {
            below(&path, depth + 1, seen);
        } else if kind.is_file()
            && let Ok(attributes) = files::attributes(&path)
        {
            seen(path, attributes);
        }
    }
}

/// Bytes and files that can still be written.
pub(super) fn room(path: &Path) -> Vec<Finding> {
    const SUBJECT: &str = "room";
    const WHY: &str =
        "Nothing is changed that cannot be recorded, and no database without a snapshot before: without room the console only shows.";
    let found = match room::of(path) {
        Ok(found) => found,
        Err(error) => return vec![Finding::bad(Level::Failure, SUBJECT, chain(&error), WHY, "")],
    };
    if let Some(why) = found.closed {
        let what = format!("nothing can be written in {}: {why}", path.display());
        return vec![Finding::bad(Level::Failure, SUBJECT, what, WHY, "look at owner, mode and mount of the directory")];
    }
    let what = format!("{} MB are free where {} is", found.bytes / 1_000_000, path.display());
    let few = found.files.is_some_and(|files| files < FEW_FILES);
    let level = match found.bytes {
        ..NO_ROOM => Level::Failure,
        _ if few => Level::Warning,
        NO_ROOM..LITTLE_ROOM => Level::Warning,
        _ => return vec![Finding::good(SUBJECT, what)],
    };
    let what = if few { format!("{what}, and room for {} files", found.files.unwrap_or_default()) } else { what };
    vec![Finding::bad(
        level,
        SUBJECT,
        what,
        WHY,
        "make room, or keep fewer snapshots (snapshots-kept, snapshot-days in the file of --config)",
    )]
}

/// SQLite's own check, the chain of the audit log, and whether the clock is behind its last entry.
pub(super) fn state(path: &Path, now: OffsetDateTime) -> Vec<Finding> {
    const SUBJECT: &str = "state";
    const LOG: &str = "audit log";
    let restore = "put it aside, and restore a backup (certdeck restore) or the state that the last upgrade kept (state-schema-*.sqlite)";
    let broken =
        |what: String| Finding::bad(Level::Failure, SUBJECT, what, "Accounts, registrations and the audit log are in it.", restore);
    let Soundness { fault, schema, known, last_entry } = match soundness(path) {
        Ok(found) => found,
        Err(error) => return vec![broken(chain(&error))],
    };
    if let Some(fault) = fault {
        return vec![broken(format!("{} is damaged: {fault}", path.display()))];
    }
    let mut findings = vec![if schema == known {
        Finding::good(SUBJECT, format!("{} is sound (schema {schema})", path.display()))
    } else {
        let what = format!("{} has schema {schema}, this Certdeck {known}", path.display());
        let why = "An older Certdeck wrote it. The next start upgrades it, and keeps what it was before.";
        Finding::bad(Level::Warning, SUBJECT, what, why, "start the console with this Certdeck")
    }];
    if schema == known {
        findings.push(match verify_state(path, None) {
            Ok(found) => match found.fault {
                None => Finding::good(LOG, format!("{} entries, intact; head {}", found.entries, found.head.hash)),
                Some(fault) => {
                    let why = "Somebody or something wrote to it past the console: what it tells of that time is no proof.";
                    let cure = "compare it with an exported log or a backup (certdeck audit verify --file)";
                    Finding::bad(Level::Failure, LOG, fault.detail, why, cure)
                }
            },
            Err(error) => broken(chain(&error)),
        });
    }
    findings.push(match last_entry {
        Some(last) if last > now => {
            let what = format!("it is {} here, and the last entry of the audit log is of {}", moment(now), moment(last));
            let why = "Certificates, sessions and one-time passwords are judged by this clock.";
            Finding::bad(Level::Failure, "clock", what, why, "set the clock (timedatectl, chronyc); then look why it was wrong")
        }
        _ => Finding::good("clock", format!("{}, not before anything that was recorded", moment(now))),
    });
    findings
}
