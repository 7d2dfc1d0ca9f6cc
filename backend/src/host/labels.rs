//! What a file carries beside owner and mode: access control list, SELinux label, and what users attached.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fremovexattr, fsetxattr, lgetxattr, llistxattr};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

/// Kept by their whole name: access control lists (acl(5)), labels of SELinux and Smack.
const KEPT: [&str; 4] = ["system.posix_acl_access", "system.posix_acl_default", "security.selinux", "security.SMACK64"];
/// Kept by its beginning: what anybody may attach (xattr(7)).
const OF_USERS: &str = "user.";
/// Longest list of names and longest value in Linux.
const LONGEST: usize = 64 << 10;

/// Extended attributes that belong to a file as its owner and mode do. Attributes that the kernel computes are not among them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labels(BTreeMap<String, Vec<u8>>);

impl Labels {
    /// Those of what is at a path; a symbolic link is not followed.
    ///
    /// # Errors
    /// What the system says. A file system without such attributes has none, which is no error.
    pub fn at(path: &Path) -> io::Result<Self> {
        Self::read(|buffer| llistxattr(path, buffer), |name, buffer| lgetxattr(path, name, buffer))
    }

    /// Those of an open file.
    ///
    /// # Errors
    /// Likewise.
    pub fn of(file: impl AsFd) -> io::Result<Self> {
        let file = file.as_fd();
        Self::read(|buffer| flistxattr(file, buffer), |name, buffer| fgetxattr(file, name, buffer))
    }

    /// Gives an open file these and takes away what it has beside them, such as a list it inherited from its directory.
    ///
    /// # Errors
    /// What the system says; what cannot be kept is not left out silently.
    pub fn give(&self, file: impl AsFd) -> io::Result<()> {
        let file = file.as_fd();
        let present = Self::of(file)?;
        for name in present.0.keys().filter(|name| !self.0.contains_key(*name)) {
            fremovexattr(file, name.as_str())?;
        }
        for (name, value) in self.0.iter().filter(|(name, value)| present.0.get(*name) != Some(value)) {
            fsetxattr(file, name.as_str(), value, XattrFlags::empty())?;
        }
        Ok(())
    }

    fn read(
        list: impl FnOnce(&mut [u8]) -> Result<usize, Errno>,
        value: impl Fn(&str, &mut [u8]) -> Result<usize, Errno>,
    ) -> io::Result<Self> {
        let mut buffer = vec![0; LONGEST];
        let length = match list(&mut buffer) {
            Err(Errno::NOTSUP) => return Ok(Self::default()),
            listed => listed?,
        };
        let names = String::from_utf8_lossy(buffer.get(..length).unwrap_or_default()).into_owned();
        let mut found = BTreeMap::new();
        for name in names.split('\0').filter(|name| KEPT.contains(name) || name.starts_with(OF_USERS)) {
            match value(name, &mut buffer) {
                Err(Errno::NODATA) => {}
                read => {
                    found.insert(name.to_owned(), buffer.get(..read?).unwrap_or_default().to_vec());
                }
            }
        }
        Ok(Self(found))
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    /// An access control list as the kernel takes it (version 2, entries of tag, permissions, identifier): rw for the owner, r for this
    /// user, nothing for group and others, at most r for all but the owner.
    fn list_for_user(user: u32) -> Labels {
        let mut value = 2_u32.to_le_bytes().to_vec();
        for (tag, permissions, identifier) in
            [(1_u16, 6_u16, u32::MAX), (2, 4, user), (4, 0, u32::MAX), (16, 4, u32::MAX), (32, 0, u32::MAX)]
        {
            value.extend_from_slice(&tag.to_le_bytes());
            value.extend_from_slice(&permissions.to_le_bytes());
            value.extend_from_slice(&identifier.to_le_bytes());
        }
        Labels(BTreeMap::from([("system.posix_acl_access".to_owned(), value)]))
    }

    #[test]
    fn what_was_given_is_read_back_and_what_was_not_is_taken_away() {
        let folder = tempfile::tempdir_in(std::env::current_dir().unwrap()).unwrap();
        let path = folder.path().join("file");
        let file = File::create(&path).unwrap();
        assert_eq!(Labels::at(&path).unwrap(), Labels::default());
        let labels = list_for_user(7);
        labels.give(&file).unwrap();
        assert_eq!(Labels::at(&path).unwrap(), labels);
        Labels::default().give(&file).unwrap();
        assert_eq!(Labels::at(&path).unwrap(), Labels::default());
    }
}
