//! Changing a path: what is there must be what the console says, what shall be there is judged, what goes is kept, and the change comes by one rename.

use std::ffi::OsString;
use std::path::Path;

use certdeck_shared::x509::fingerprint::sha256_hex;
use zeroize::Zeroizing;

use super::protocol::{Rights, Standing};
use super::reach::{Belonging, Reach, Role};
use super::shelf::{Record, Shelf};
use super::{Refusal, lines, material};
use crate::deploy::change;
use crate::deploy::editor::editor;
use crate::host::anchored::{Anchor, Kind};
use crate::host::entry;
use crate::host::files::Owner;
use crate::host::labels::Labels;
use crate::host::owners;

/// Longer than any certificate, key store or configuration.
pub const LONGEST: u64 = super::protocol::LONGEST_CONTENT as u64;

/// What is at a path, whole.
pub struct Now {
    /// As far as it must be known again.
    pub standing: Standing,
    /// The content of a file.
    pub content: Zeroizing<Vec<u8>>,
    labels: Option<Labels>,
    owner: Owner,
}

/// What shall be done.
pub enum Change<'a> {
    /// This content.
    Content(&'a [u8], Rights),
    /// What the helper replaced once.
    Earlier(&'a Standing),
    /// A directory.
    Directory(Rights),
    /// Owner and mode of a file.
    Rights(Rights),
    /// Nothing is left.
    Gone,
}

/// What is at a name now.
///
/// # Errors
/// When it cannot be read, or is none of what a service has.
pub fn now(anchor: &Anchor, name: &std::ffi::OsStr) -> Result<Now, Refusal> {
    let nothing = |standing, owner| Now { standing, content: Zeroizing::default(), labels: None, owner };
    let Some(found) = anchor.named(name)? else { return Ok(nothing(Standing::Absent {}, Owner { user: 0, group: 0 })) };
    let rights = Rights { user: found.owner.user, group: found.owner.group, mode: found.mode };
    Ok(match found.kind {
        Kind::Directory => nothing(Standing::Directory { rights }, found.owner),
        Kind::Link(target) => nothing(Standing::Link { target }, found.owner),
        Kind::Other => return Err(Refusal::forbidden("it is neither a file nor a directory")),
        Kind::File => {
            let (content, labels) = anchor.read(name, LONGEST)?;
            let standing = Standing::File { sha256: sha256_hex(&content), rights };
            Now { standing, content, labels: Some(labels), owner: found.owner }
        }
    })
}

/// Does it.
///
/// # Errors
/// When something else is there, the change is none that may be, or cannot be made. What was there is there then.
pub fn put(shelf: &Shelf, at: &Belonging<'_>, before: &Standing, change: &Change<'_>) -> Result<(), Refusal> {
    let anchor = Anchor::open(&at.directory)?;
    let (now, path) = (now(&anchor, &at.name)?, at.path());
    if now.standing != *before {
        return Err(Refusal::changed(format!("{} is not what it was", path.display())));
    }
    let temporary = temporary(&at.name);
    // Left behind by a kill.
    anchor.remove(&temporary)?;
    let keep = || {
        shelf.keep(
            &Record { path: path.clone(), then: now.standing.clone(), labels: now.labels.clone(), owner: pair(now.owner) },
            content(&now),
        )
    };
    match change {
        Change::Content(bytes, rights) => {
            let then = Standing::File { sha256: sha256_hex(bytes), rights: *rights };
            let labels = match shelf.kept(&path, &then)? {
                Some((record, _)) => record.labels,
                None => {
                    judge(at, &now, bytes, *rights)?;
                    now.labels.clone()
                }
            };
            keep()?;
            anchor.create(&temporary, bytes, &whole(*rights, labels))?;
        }
        Change::Earlier(then) => {
            let forgotten = || Refusal::forbidden("the helper did not replace that, or keeps it no more");
            let (record, bytes) = shelf.kept(&path, then)?.ok_or_else(forgotten)?;
            keep()?;
            match then {
                Standing::File { rights, .. } => anchor.create(&temporary, &bytes, &whole(*rights, record.labels))?,
                Standing::Link { target } => anchor.link(&temporary, target, Owner { user: record.owner.0, group: record.owner.1 })?,
                Standing::Absent {} | Standing::Directory { .. } => return Err(forgotten()),
            }
        }
        Change::Directory(rights) => return directory(&anchor, at, &now, *rights),
        Change::Rights(rights) => {
            known_as_material(at, &now)?;
            permitted(at.reach, &now, *rights, secret(&now.content))?;
            keep()?;
            return Ok(anchor.give(&at.name, &whole(*rights, now.labels.clone()))?);
        }
        Change::Gone => {
            if let Standing::Directory { .. } = now.standing {
                return Ok(anchor.remove_directory(&at.name)?);
            }
            known_as_material(at, &now)?;
            keep()?;
            return Ok(anchor.remove(&at.name)?);
        }
    }
    anchor.rename(&temporary, &at.name).or_else(|error| {
        anchor.remove(&temporary)?;
        Err(error.into())
    })
}

fn temporary(name: &std::ffi::OsStr) -> OsString {
    let mut temporary = OsString::from(".");
    temporary.push(name);
    temporary.push(".certdeck-new");
    temporary
}

fn content(now: &Now) -> Option<&[u8]> {
    matches!(now.standing, Standing::File { .. }).then_some(now.content.as_slice())
}

fn pair(owner: Owner) -> (u32, u32) {
    (owner.user, owner.group)
}

fn whole(rights: Rights, labels: Option<Labels>) -> entry::Rights {
    entry::Rights { owner: Owner { user: rights.user, group: rights.group }, mode: rights.mode, labels }
}

/// Whether a new content may come to a path.
fn judge(at: &Belonging<'_>, now: &Now, bytes: &[u8], rights: Rights) -> Result<(), Refusal> {
    if at.role == Role::Configuration {
        let Standing::File { rights: kept, .. } = now.standing else {
            return Err(Refusal::forbidden("a configuration is changed, not made"));
        };
        if kept != rights {
            return Err(Refusal::forbidden("a configuration keeps owner, group and mode"));
        }
        let allowed = |path: &Path| at.reach.directories.iter().any(|directory| path.starts_with(directory) && super::list::is_plain(path));
        return lines::check(at.reach.known.kind, &now.content, bytes, allowed).map_err(Refusal::forbidden);
    }
    if !material::is_plain(bytes) {
        return Err(Refusal::forbidden("there is something else in it than certificates and keys"));
    }
    match now.standing {
        Standing::Directory { .. } => return Err(Refusal::forbidden("it is a directory")),
        Standing::File { .. } => known_as_material(at, now)?,
        Standing::Absent {} | Standing::Link { .. } => {}
    }
    permitted(at.reach, now, rights, secret(bytes))
}

/// A file that only the configuration names may be anything, such as a list of passwords: what is no certificate and no key stays.
fn known_as_material(at: &Belonging<'_>, now: &Now) -> Result<(), Refusal> {
    let is_one = || now.content.is_empty() || material::is_one(&now.content);
    match (at.role, &now.standing) {
        (Role::Configuration, _) => Err(Refusal::forbidden("it is a configuration")),
        (_, Standing::File { .. }) if !is_one() => Err(Refusal::forbidden("what is there is neither a certificate nor a key")),
        _ => Ok(()),
    }
}

fn secret(bytes: &[u8]) -> bool {
    material::given_away(bytes).1.is_some()
}

fn directory(anchor: &Anchor, at: &Belonging<'_>, now: &Now, rights: Rights) -> Result<(), Refusal> {
    if at.role != Role::Put {
        return Err(Refusal::forbidden("no directory of the service is there"));
    }
    permitted(at.reach, now, rights, false)?;
    match now.standing {
        Standing::Absent {} => Ok(anchor.make_directory(&at.name, &whole(rights, None))?),
        Standing::Directory { .. } => Ok(anchor.give(&at.name, &whole(rights, None))?),
        _ => Err(Refusal::forbidden("something else than a directory is there")),
    }
}

/// Whether something may belong to these, with this mode: to root, to whoever has it now, to the user that reads the keys of the service, and to
/// those that its adapter gives files to.
fn permitted(reach: &Reach<'_>, now: &Now, rights: Rights, secret: bool) -> Result<(), Refusal> {
    let kept = match &now.standing {
        Standing::File { rights, .. } | Standing::Directory { rights } => Some(*rights),
        Standing::Absent {} | Standing::Link { .. } => None,
    };
    if kept == Some(rights) {
        return Ok(());
    }
    if rights.mode & !0o777 != 0 || rights.mode & 0o002 != 0 {
        return Err(Refusal::forbidden(format!("mode {:04o} is none that a service's file needs", rights.mode)));
    }
    if secret && rights.mode & 0o007 != 0 {
        return Err(Refusal::forbidden(format!("mode {:04o} would open a private key to everybody", rights.mode)));
    }
    let rules = editor(reach.known.kind).file_rules(&reach.known.config, &reach.observation);
    let ruled = [&rules.key, &rules.key_directory, &rules.certificate];
    let user = rights.user == 0
        || kept.is_some_and(|kept| kept.user == rights.user)
        || reach.reader.as_ref().is_some_and(|reader| reader.user == rights.user)
        || ruled.iter().any(|rule: &&change::Rights| owners::user_by_name(&rule.user).is_some_and(|owner| owner.user == rights.user));
    let group = rights.group == 0
        || kept.is_some_and(|kept| kept.group == rights.group)
        || reach.reader.as_ref().is_some_and(|reader| reader.group == rights.group || reader.groups.contains(&rights.group))
        || ruled.iter().any(|rule| owners::group_by_name(&rule.group) == Some(rights.group));
    if user && group { Ok(()) } else { Err(Refusal::forbidden("nobody who has to do with the service has that user and group")) }
}
