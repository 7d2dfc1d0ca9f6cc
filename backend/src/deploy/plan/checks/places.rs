//! Where files are written: whether that is possible, and whether there is room.

use std::path::Path;

use super::Checks;
use crate::deploy::plan::facts::{Facts, Place};
use crate::deploy::plan::intended::entry;

/// Bytes that must be free: files, their temporary copies and directories take some blocks each.
const FEWEST: u64 = 1 << 20;
/// Bytes from which it is worth saying.
const FEW: u64 = 32 << 20;
/// Files that must be possible: temporary ones and directories.
const FEWEST_FILES: u64 = 16;

/// The directories of these files.
pub fn check<'a>(facts: &Facts, files: impl Iterator<Item = &'a Path>, checks: &mut Checks) {
    let mut places: Vec<&Place> = Vec::new();
    for file in files {
        match Place::of_file(&facts.places, &entry(&facts.tree, file)) {
            Some(place) if !places.contains(&place) => places.push(place),
            Some(_) => {}
            None => checks.fail("room", format!("There is no directory for {}.", file.display()), None),
        }
    }
    for place in places {
        let path = place.path.display();
        let Some(room) = &place.room else {
            checks.fail("writable", format!("{path} cannot be looked at."), None);
            continue;
        };
        match &room.closed {
            Some(why) => checks.fail(
                "writable",
                format!("Nothing can be written to {path}: {why}."),
                Some("Is it mounted read-only, or kept from the console by ProtectSystem= of its unit?".to_owned()),
            ),
            None => checks.pass("writable", format!("Files can be written to {path}.")),
        }
        if room.bytes < FEWEST || room.files.is_some_and(|files| files < FEWEST_FILES) {
            let files = room.files.map(|files| format!(" and {files} files")).unwrap_or_default();
            checks.fail(
                "room",
                format!("There is no room at {path}: {} kB{files} are free.", room.bytes >> 10),
                Some("Make room first: a file system that is full in the middle of a change is the worst time.".to_owned()),
            );
        } else if room.bytes < FEW {
            checks.warn("room", format!("Little room is left at {path}: {} MB.", room.bytes >> 20), None);
        } else {
            checks.pass("room", format!("There is room at {path}."));
        }
    }
}
