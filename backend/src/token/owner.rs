//! As whom a worker works: as the owner of its database, where the server is root and that owner can do all that is to be done there.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use crate::host::as_user::{self, Account};
use crate::host::files::Owner;
use crate::host::owners;

/// Makes this process, which has no second thread yet, one of the owner of this directory. What is root's own stays with root; so does what its
/// owner could not write, for which there is a sentence.
///
/// # Errors
/// Why it stays with root, as a sentence.
pub(super) fn work_as(directory: &Path, files: &[PathBuf]) -> Result<(), String> {
    if owners::own_user() != 0 {
        return Ok(());
    }
    let Ok(found) = fs::metadata(directory) else { return Ok(()) };
    if found.uid() == 0 {
        return Ok(());
    }
    let account = Account::numbered(Owner { user: found.uid(), group: found.gid() });
    let shown = |path: &Path| format!("the worker stays root: {} of {}", path.display(), account.name);
    let present: Vec<&PathBuf> = files.iter().filter(|file| file.exists()).collect();
    if let Some(foreign) = present.iter().find(|file| fs::metadata(file).is_ok_and(|found| found.uid() != account.user)) {
        return Err(format!("{} has a file of somebody else's, {}", shown(directory), foreign.display()));
    }
    let reached = as_user::look(&account, || {
        access(directory, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK).map_err(|errno| (directory.to_owned(), errno))?;
        present
            .iter()
            .try_for_each(|file| access(file.as_path(), Access::READ_OK | Access::WRITE_OK).map_err(|errno| ((*file).clone(), errno)))
    });
    match reached {
        Ok(Ok(())) => as_user::turn_into(&account).map_err(|error| format!("{}: {error}", shown(directory))),
        Ok(Err((path, errno))) => Err(format!("{} cannot be used by its owner: {errno}", shown(&path))),
        Err(error) => Err(format!("{}: {error}", shown(directory))),
    }
}
