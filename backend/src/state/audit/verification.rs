//! Following the chain from its first entry to its last. The first one that does not fit is named; what stands behind it proves nothing.

use std::io::BufRead;
use std::path::Path;

use certdeck_shared::api::activity::{AuditFault, AuditFaultKind, AuditHead, AuditVerification};
use rusqlite::{Connection, OpenFlags};
use serde::Deserialize;

use super::chain::{self, Link};
use super::{Audit, StateError};
use crate::state::migrations;

/// Entries that are read at once: between two portions others get their turn.
const PORTION: usize = 2000;

/// A log on the way to its end.
struct Walk {
    entries: u64,
    first: Option<i64>,
    last: AuditHead,
    /// A digest that was kept elsewhere, and the entry that has it.
    wanted: Option<String>,
    known: Option<i64>,
}

impl Walk {
    fn new(wanted: Option<&str>) -> Self {
        Self { entries: 0, first: None, last: chain::no_head(), wanted: wanted.map(str::to_ascii_lowercase), known: None }
    }

    /// The next entry: its number, what it calls the digest of the one before, its own as kept, and as it is.
    fn step(&mut self, id: i64, previous: &str, kept: &str, is: Option<&str>) -> Result<(), AuditFault> {
        if is != Some(kept) {
            let detail = format!("Entry {id} is not as it was written: it was changed, moved, or put in.");
            return Err(AuditFault { entry: id, kind: AuditFaultKind::Changed, detail });
        }
        if previous != self.last.hash {
            let last = self.last.entry;
            let (entry, detail) = match (id.saturating_sub(last), last) {
                (..=1, 0) => (id, format!("Entry {id} does not begin the log: what stood before it is gone.")),
                (..=1, _) => (id, format!("Entry {id} does not follow entry {last}: one of the two was written anew.")),
                (2, _) => (last + 1, format!("Entry {} is gone.", last + 1)),
                _ => (last + 1, format!("Entries {} to {} are gone.", last + 1, id - 1)),
            };
            return Err(AuditFault { entry, kind: AuditFaultKind::Unlinked, detail });
        }
        self.entries += 1;
        self.first.get_or_insert(id);
        kept.clone_into(&mut self.last.hash);
        self.last.entry = id;
        if self.wanted.as_deref() == Some(kept) {
            self.known = Some(id);
        }
        Ok(())
    }

    /// The head as the console keeps it must be the last entry.
    fn end(&self, kept: Option<AuditHead>) -> Result<(), AuditFault> {
        let last = self.last.entry;
        let fault = |entry, detail| Err(AuditFault { entry, kind: AuditFaultKind::EndAltered, detail });
        match kept {
            Some(kept) if kept == self.last => Ok(()),
            Some(kept) if kept.entry > last + 1 => {
                fault(last + 1, format!("Entries {} to {} are gone from the end.", last + 1, kept.entry))
            }
            Some(kept) if kept.entry > last => fault(kept.entry, format!("Entry {} is gone from the end.", kept.entry)),
            Some(kept) if kept.entry < last => fault(kept.entry + 1, format!("Entry {} was added past the console.", kept.entry + 1)),
            Some(_) => fault(last, format!("Entry {last} is not the one that the console wrote.")),
            None => fault(last, "What the console keeps of the last entry is gone.".to_owned()),
        }
    }

    fn verdict(self, fault: Option<AuditFault>) -> AuditVerification {
        let unknown = self.wanted.is_some() && self.known.is_none();
        let fault = fault.or_else(|| {
            let detail = "No entry has the digest that was kept: entries up to it are gone or were written anew.".to_owned();
            unknown.then_some(AuditFault { entry: self.last.entry, kind: AuditFaultKind::HeadUnknown, detail })
        });
        AuditVerification { intact: fault.is_none(), entries: self.entries, first: self.first, head: self.last, fault, known: self.known }
    }
}

impl Audit<'_> {
    /// Follows the whole log, and looks for the entry with the digest `head` if there is one to look for.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn verify(&self, head: Option<&str>) -> Result<AuditVerification, StateError> {
        let mut walk = Walk::new(head);
        loop {
            let (fault, back, done) = self
                .0
                .read(move |state| {
                    let mut walk = walk;
                    let (fault, done) = portion(state, &mut walk)?;
                    Ok((fault, walk, done))
                })
                .await?;
            if done || fault.is_some() {
                return Ok(back.verdict(fault));
            }
            walk = back;
        }
    }
}

/// The same past a running console, which goes on: the file is read as it is this instant and not touched.
///
/// # Errors
/// When it cannot be read, or an older or newer Certdeck wrote it.
pub fn verify_state(path: &Path, head: Option<&str>) -> Result<AuditVerification, StateError> {
    let mut connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    let state = connection.transaction()?;
    migrations::refuse_newer(&state, path)?;
    let chained: bool = state.query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'audit_head'", [], |row| row.get(0))?;
    if !chained {
        return Err(StateError::NotChained(path.to_owned()));
    }
    let mut walk = Walk::new(head);
    loop {
        let (fault, done) = portion(&state, &mut walk)?;
        if done || fault.is_some() {
            return Ok(walk.verdict(fault));
        }
    }
}

/// Reads on from where the walk stands; whether that was the end.
fn portion(state: &Connection, walk: &mut Walk) -> Result<(Option<AuditFault>, bool), StateError> {
    let mut statement = state.prepare_cached("SELECT * FROM audit WHERE id >= ?1 ORDER BY id LIMIT ?2")?;
    // Also what somebody gave a number before the first.
    let from = walk.first.map_or(i64::MIN, |_| walk.last.entry.saturating_add(1));
    let mut rows = statement.query(rusqlite::params![from, i64::try_from(PORTION).unwrap_or(i64::MAX)])?;
    let mut read = 0;
    while let Some(row) = rows.next()? {
        read += 1;
        let id: i64 = row.get("id")?;
        // A column that cannot be read was not written by the console.
        let found = Link::read(row).ok().zip(row.get::<_, String>("hash").ok());
        let (previous, kept) = found.as_ref().map_or((String::new(), String::new()), |(link, hash)| (link.previous.clone(), hash.clone()));
        let is = found.and_then(|(link, _)| link.hash().ok());
        if let Err(fault) = walk.step(id, &previous, &kept, is.as_deref()) {
            return Ok((Some(fault), true));
        }
    }
    if read < PORTION {
        return Ok((walk.end(chain::head(state)?).err(), true));
    }
    Ok((None, false))
}

/// What of an exported line is needed beside its bytes.
#[derive(Deserialize)]
struct Exported {
    id: i64,
    previous: String,
    hash: String,
}

/// Follows an exported log. It may begin anywhere: what its first line calls the digest before it is taken as true.
///
/// # Errors
/// When it cannot be read.
pub fn verify_export(lines: impl BufRead, head: Option<&str>) -> std::io::Result<AuditVerification> {
    let mut walk = Walk::new(head);
    for (number, line) in lines.lines().enumerate() {
        let line = line?;
        let Ok(entry) = serde_json::from_str::<Exported>(&line) else {
            let detail = format!("Line {} is no entry of an audit log.", number + 1);
            let fault = AuditFault { entry: walk.last.entry + 1, kind: AuditFaultKind::Changed, detail };
            return Ok(walk.verdict(Some(fault)));
        };
        if number == 0 {
            walk.last = AuditHead { entry: entry.id - 1, hash: entry.previous.clone() };
        }
        let digested = line.strip_suffix(&format!(",\"hash\":\"{}\"}}", entry.hash)).map(|start| chain::digest(&format!("{start}}}")));
        if let Err(fault) = walk.step(entry.id, &entry.previous, &entry.hash, digested.as_deref()) {
            return Ok(walk.verdict(Some(fault)));
        }
    }
    Ok(walk.verdict(None))
}
