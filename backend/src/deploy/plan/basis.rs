//! What is at a path, taken down so that a change can be noticed: by the plan when it is made, by the executor before it is applied.

use std::path::Path;

use certdeck_shared::x509::fingerprint::sha256_hex;

use super::{Basis, Seen};
use crate::host::files::FileError;
use crate::host::tree::Tree;

/// Longer than any certificate, key store or configuration.
const LONGEST: u64 = 16 << 20;

/// SHA-256 of a file, by whoever may read it whole.
fn digest(tree: &Tree, path: &Path) -> Result<String, FileError> {
    let seen = tree.glance(path, LONGEST)?;
    Ok(seen.sha256.unwrap_or_else(|| sha256_hex(&seen.content)))
}

impl Basis {
    /// What is at a path now. Of a symbolic link its target is taken down, and content, owner and mode of what it leads to.
    ///
    /// # Errors
    /// When it cannot be read, is longer than 16 MiB, or is neither a file nor a directory.
    pub fn of(tree: &Tree, path: &Path) -> Result<Self, FileError> {
        let link = tree.link(path);
        let seen = match tree.attributes(path) {
            Ok(found) => {
                let sha256 = if found.directory { String::new() } else { digest(tree, path)? };
                Some(Seen { sha256, user: found.owner.user, group: found.owner.group, mode: found.mode, link })
            }
            // It leads nowhere.
            Err(error) if error.is_absent() => {
                link.map(|link| Seen { sha256: String::new(), user: 0, group: 0, mode: 0, link: Some(link) })
            }
            Err(error) => return Err(error),
        };
        Ok(Self { path: path.to_owned(), seen })
    }

    /// How what is there now differs, as a sentence; nothing when it does not.
    #[must_use]
    pub fn difference(&self, tree: &Tree) -> Option<String> {
        let path = self.path.display();
        let now = match Self::of(tree, &self.path) {
            Ok(now) => now.seen,
            Err(error) => return Some(format!("{path} cannot be read any more: {}.", error.source)),
        };
        match (&self.seen, now) {
            (None, None) => None,
            (None, Some(_)) => Some(format!("{path} is there now and was not when the plan was made.")),
            (Some(_), None) => Some(format!("{path} is gone.")),
            (Some(then), Some(now)) if then.link != now.link => Some(format!("{path} points elsewhere now.")),
            (Some(then), Some(now)) if then.sha256 != now.sha256 => Some(format!("The content of {path} changed.")),
            (Some(then), Some(now)) => (*then != now).then(|| format!("Owner or mode of {path} changed.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn every_change_is_noticed_and_named() {
        let folder = tempfile::tempdir().unwrap();
        let tree = Tree::rooted(folder.path());
        let real = folder.path().join("pair.pem");
        let taken = |name: &str| Basis::of(&tree, Path::new(name)).unwrap();
        let absent = taken("/pair.pem");
        assert_eq!((absent.difference(&tree), &absent.seen), (None, &None));
        std::fs::write(&real, b"old").unwrap();
        assert!(absent.difference(&tree).unwrap().contains("is there now"));

        let there = taken("/pair.pem");
        assert_eq!(there.difference(&tree), None);
        std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(there.difference(&tree).unwrap().contains("Owner or mode"));
        std::fs::write(&real, b"new").unwrap();
        assert!(there.difference(&tree).unwrap().contains("content of /pair.pem"));

        symlink("pair.pem", folder.path().join("link.pem")).unwrap();
        let link = taken("/link.pem");
        assert_eq!(link.difference(&tree), None);
        std::fs::rename(&real, folder.path().join("other.pem")).unwrap();
        assert!(link.difference(&tree).is_some(), "what a link leads to counts");
        std::fs::remove_file(folder.path().join("link.pem")).unwrap();
        symlink("other.pem", folder.path().join("link.pem")).unwrap();
        assert!(link.difference(&tree).unwrap().contains("points elsewhere"));
        assert!(there.difference(&tree).unwrap().contains("is gone"));
        assert_eq!(taken("/").seen.unwrap().sha256, "");
    }
}
