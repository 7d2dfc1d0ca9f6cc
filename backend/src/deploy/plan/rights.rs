//! Whose a file becomes: what it was is kept, unless that is wrong.

use std::path::Path;

use certdeck_shared::api::plan::FilePurpose;

use super::checks::Checks;
use super::facts::Facts;
use super::intended::{Intended, entry};
use crate::deploy::change::Rights;
use crate::host::as_user::Account;
use crate::host::files::Attributes;
use crate::host::owners;

/// User, group and permission bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers {
    /// User.
    pub user: u32,
    /// Group.
    pub group: u32,
    /// Permission bits.
    pub mode: u32,
}

/// What a file gets, and what is to be said about what it has. Nothing when there is no such user or group, which fails a check.
pub fn settle(facts: &Facts, intended: &Intended, checks: &mut Checks) -> Option<Numbers> {
    let made = numbers(&intended.rights, &intended.path, checks)?;
    // A link is replaced by a file: what it leads to is somebody else's.
    let is_link = facts.tree.link(&intended.path).is_some();
    let present = facts.tree.attributes(&intended.path).ok().filter(|_| !is_link);
    let Some(present) = present else {
        check_reader(facts, intended, made, checks);
        return Some(made);
    };
    let secret = matches!(intended.purpose, FilePurpose::Key | FilePurpose::KeyAndCertificate | FilePurpose::KeyStore);
    let path = intended.path.display();
    let becomes = format!("The plan writes {:04o} {}:{}.", made.mode, intended.rights.user, intended.rights.group);
    let kept = Numbers { user: present.owner.user, group: present.owner.group, mode: present.mode };
    if secret && present.mode & 0o007 != 0 {
        checks.repaired(
            "key-file-private",
            format!("{path} is open to every user of this host: {}.", shown(&present)),
            Some(format!("{becomes} Treat the old key as seen.")),
        );
    } else if !secret && present.mode & 0o002 != 0 {
        checks.repaired("file-private", format!("Every user of this host can write to {path}: {}.", shown(&present)), Some(becomes));
    } else if let Some(reader) = facts.reader.as_ref().filter(|reader| !can_read(facts, reader, &intended.path, kept)) {
        checks.repaired("readable-by-daemon", format!("User {} cannot read {path}: {}.", reader.name, shown(&present)), Some(becomes));
    } else {
        check_reader(facts, intended, kept, checks);
        return Some(kept);
    }
    check_reader(facts, intended, made, checks);
    Some(made)
}

/// Whether the daemon's user can read a file that is there. What was tried counts; when only the way there is closed, the file is not wrong.
fn can_read(facts: &Facts, reader: &Account, path: &Path, numbers: Numbers) -> bool {
    let tried = facts.opened.iter().find(|(file, _)| file == path);
    reader.may_read(numbers.user, numbers.group, numbers.mode) || tried.is_some_and(|(_, opened)| opened.is_ok())
}

fn shown(present: &Attributes) -> String {
    format!("mode {:04o}, {}:{}", present.mode, present.user_name(), present.group_name())
}

/// What a directory gets, which is made.
pub fn made(intended: &Intended, checks: &mut Checks) -> Option<Numbers> {
    numbers(&intended.rights, &intended.path, checks)
}

fn numbers(rights: &Rights, path: &Path, checks: &mut Checks) -> Option<Numbers> {
    let user = owners::user_by_name(&rights.user).map(|owner| owner.user);
    let group = owners::group_by_name(&rights.group);
    for (missing, kind, name) in [(user.is_none(), "user", &rights.user), (group.is_none(), "group", &rights.group)] {
        if missing {
            checks.fail(
                "owner-known",
                format!("There is no {kind} {name}, whose {} would be.", path.display()),
                Some("Is the program installed as a package? Its installation makes the user that it runs as.".to_owned()),
            );
        }
    }
    Some(Numbers { user: user?, group: group?, mode: rights.mode })
}

/// Whether the daemon's user can open the file as it will be: its rights, and the way there, which was tried as that user.
fn check_reader(facts: &Facts, intended: &Intended, numbers: Numbers, checks: &mut Checks) {
    const CODE: &str = "readable-by-daemon";
    let path = intended.path.display();
    let Some(reader) = &facts.reader else {
        checks.fail(
            CODE,
            format!("There is no user {}, who would read {path}.", facts.observation.key_reader.user),
            Some("Correct the user in the configuration of the service, or make that user.".to_owned()),
        );
        return;
    };
    let place = super::facts::Place::of_file(&facts.places, &entry(&facts.tree, &intended.path));
    let name = &reader.name;
    match place {
        _ if !can_read(facts, reader, &intended.path, numbers) => {
            let rights = &intended.rights;
            let words = format!("User {name} could not read {path} as {:04o} {}:{}.", numbers.mode, rights.user, rights.group);
            checks.fail(CODE, words, Some(format!("Make {name} a member of the group {}.", rights.group)));
        }
        Some(place) if let Some(why) = &place.closed => checks.fail(
            CODE,
            format!("User {name} cannot get to {path}: {} is closed to it ({why}).", place.path.display()),
            Some(format!("Let {name} search that directory and those above it: execute permission for its group or for all.")),
        ),
        Some(place) if !place.tried => checks.warn(
            CODE,
            format!("Whether user {name} gets to {path} was not tried: only a console that runs as root can."),
            Some("The program is asked afterwards, and everything goes back if it cannot.".to_owned()),
        ),
        _ => checks.pass(CODE, format!("User {name} can open {path}.")),
    }
}
