//! The way to a file: where somebody who may not say what the helper does could lead it elsewhere.

use std::path::{Path, PathBuf};

use crate::host::as_user::Account;
use crate::host::files::{self, Attributes};
use crate::host::tree::Tree;

/// A directory in which only owners take things away, such as /tmp.
const STICKY: u32 = 0o1000;

/// Whether a file and every directory above it is root's, and nobody else can write there. Why not, when it is not so.
pub fn of_root(path: &Path) -> Result<(), String> {
    let path = std::path::absolute(path).map_err(|error| error.to_string())?;
    let end = Tree::of_machine().follow(&path).map_err(|error| error.to_string())?.end;
    for (depth, part) in end.ancestors().enumerate() {
        let found = files::attributes(part).map_err(|error| format!("{error}: {}", error.source))?;
        let sticky = depth > 0 && found.mode & STICKY != 0;
        if found.owner.user != 0 || (found.mode & 0o022 != 0 && !sticky) {
            return Err(format!("{} is {} with mode {:04o}", part.display(), found.user_name(), found.mode));
        }
    }
    Ok(())
}

/// Where a path leads: its directory without links, and its name, which may be a link itself. The caller can have moved nothing on the way.
///
/// # Errors
/// When the caller could write to a directory on the way, in words; when there is no such directory.
pub fn place(tree: &Tree, path: &Path, caller: &Account) -> Result<(PathBuf, std::ffi::OsString), String> {
    let none = || format!("{} is no path of a file", path.display());
    let (parent, name) = (path.parent().ok_or_else(none)?, path.file_name().ok_or_else(none)?);
    let way = tree.follow(parent).map_err(|error| format!("{error}: {}", error.source))?;
    let links = way.links.iter().filter_map(|(link, _)| link.parent());
    for directory in links.chain([way.end.as_path()]).flat_map(Path::ancestors) {
        let Ok(found) = files::attributes(directory) else { continue };
        if may_write(caller, &found) {
            return Err(format!("{} is a directory that the console's own user may write to", directory.display()));
        }
    }
    Ok((way.end, name.to_owned()))
}

/// Whether a user may make and take away what it likes in a directory, or change what is in a file.
#[must_use]
pub fn may_write(caller: &Account, found: &Attributes) -> bool {
    let sticky = found.directory && found.mode & STICKY != 0;
    match () {
        () if found.owner.user == caller.user => true,
        () if sticky => false,
        () if caller.groups.contains(&found.owner.group) => found.mode & 0o020 != 0,
        () => found.mode & 0o002 != 0,
    }
}
