//! Looks at files as another user would: in a thread of its own that gives its rights up. The process keeps its own.

use std::io;

use rustix::process::{Gid, Uid};
use rustix::thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid};

use super::files::Owner;
use super::owners;

/// A user with all groups, as a daemon has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// Its number.
    pub user: u32,
    /// Its primary group.
    pub group: u32,
    /// All groups it is in, the primary one included.
    pub groups: Vec<u32>,
}

impl Account {
    /// The account of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let owner = owners::user_by_name(name)?;
        let mut groups = owners::groups_of(name);
        if !groups.contains(&owner.group) {
            groups.insert(0, owner.group);
        }
        Some(Self { name: name.to_owned(), user: owner.user, group: owner.group, groups })
    }

    /// The account of this number, with the group that it is given where no name belongs to it.
    #[must_use]
    pub fn numbered(owner: Owner) -> Self {
        let Owner { user, group } = owner;
        let named = owners::user_name(user).and_then(|name| Self::named(&name));
        named.unwrap_or_else(|| Self { name: user.to_string(), user, group, groups: vec![group] })
    }

    /// Whether permission bits let it read, by the rules of POSIX: the owner's bits count for the owner alone. The superuser reads all.
    #[must_use]
    pub fn may_read(&self, user: u32, group: u32, mode: u32) -> bool {
        match () {
            () if self.user == 0 => true,
            () if self.user == user => mode & 0o400 != 0,
            () if self.groups.contains(&group) => mode & 0o040 != 0,
            () => mode & 0o004 != 0,
        }
    }
}

/// What `look` sees as this user. Blocks.
///
/// # Errors
/// When the rights cannot be given up: only the superuser can become somebody else.
pub fn look<T: Send>(account: &Account, look: impl FnOnce() -> T + Send) -> io::Result<T> {
    if owners::own_user() == account.user {
        return Ok(look());
    }
    std::thread::scope(|scope| {
        let seen = scope.spawn(|| turn_into(account).map(|()| look())).join();
        seen.unwrap_or_else(|_| Err(io::Error::other("looking at the files ended abnormally")))
    })
}

/// Makes this thread one of this user's, for good; in a process that has no other thread, the process.
///
/// # Errors
/// When the rights cannot be given up: only the superuser can become somebody else.
pub fn turn_into(account: &Account) -> io::Result<()> {
    // The library's own calls would change all threads of the process; these change this one.
    let groups: Vec<Gid> = account.groups.iter().copied().map(Gid::from_raw).collect();
    set_thread_groups(&groups)?;
    let group = Gid::from_raw(account.group);
    set_thread_res_gid(group, group, group)?;
    // Leaving user 0 takes the capabilities along (capabilities(7)).
    let user = Uid::from_raw(account.user);
    Ok(set_thread_res_uid(user, user, user)?)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use super::*;

    fn account(name: &str) -> Account {
        Account::named(name).unwrap_or_else(|| panic!("there is no user {name}"))
    }

    fn opened(path: &Path, by: &str) -> io::Result<()> {
        look(&account(by), || std::fs::File::open(path).map(drop)).unwrap()
    }

    /// Needs the superuser, as the tests of the daemons do.
    #[test]
    fn a_file_is_opened_by_its_reader_and_by_nobody_else() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let key = directory.path().join("key");
        std::fs::write(&key, b"secret").unwrap();
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).unwrap();
        let group = owners::group_by_name("www-data").unwrap();
        super::super::files::set_owner(&key, super::super::files::Owner { user: 0, group }).unwrap();
        assert!(opened(&key, "www-data").is_ok());
        assert_eq!(opened(&key, "nobody").unwrap_err().kind(), io::ErrorKind::PermissionDenied);
        // The way there counts too.
        std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(opened(&key, "www-data").unwrap_err().kind(), io::ErrorKind::PermissionDenied);
        assert!(opened(&key, "root").is_ok());
    }

    #[test]
    fn the_process_keeps_its_rights() {
        let seen = look(&account("nobody"), || {
            let user = rustix::process::geteuid().as_raw();
            let other = std::fs::read_to_string(format!("/proc/{}/status", std::process::id())).unwrap();
            (user, other.lines().find(|line| line.starts_with("Uid:")).map(str::to_owned))
        });
        let (user, process) = seen.unwrap();
        assert_eq!(user, account("nobody").user);
        assert_eq!(process.as_deref(), Some("Uid:\t0\t0\t0\t0"), "the first thread is the process");
        assert_eq!(owners::own_user(), 0);
    }

    #[test]
    fn the_owners_bits_count_for_the_owner_alone() {
        let account = Account { name: "a".to_owned(), user: 5, group: 6, groups: vec![6, 7] };
        assert!(account.may_read(5, 0, 0o400));
        assert!(!account.may_read(5, 6, 0o044));
        assert!(account.may_read(0, 7, 0o640));
        assert!(!account.may_read(0, 7, 0o604));
        assert!(account.may_read(0, 0, 0o604));
        assert!(!account.may_read(0, 0, 0o640));
    }
}
