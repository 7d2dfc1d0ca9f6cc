//! The helper's own list: a file of root's that says who may ask, which services there are, and where new files may be put.

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{ServiceControl, ServiceKind};
use serde::Deserialize;

use super::way;
use crate::host::as_user::Account;
use crate::host::files::{self, FileError};
use crate::host::owners;

/// Longest list.
const LONGEST: u64 = 64 << 10;

/// Why a list is not used.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// It cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is no text.
    #[error("{} is not UTF-8 text", .0.display())]
    NotText(PathBuf),
    /// It is not understood.
    #[error("{} is not understood", path.display())]
    NotUnderstood {
        /// The file.
        path: PathBuf,
        /// Line, column and what is wrong there.
        #[source]
        source: toml::de::Error,
    },
    /// Somebody else could write it.
    #[error("{} must belong to root, and nobody else may write it or to the directories above it: {words}", path.display())]
    Writable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        words: String,
    },
    /// It says something that cannot be.
    #[error("{}: {words}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What.
        words: String,
    },
}

/// The list.
#[derive(Debug, Clone)]
pub struct List {
    /// The user that may ask.
    pub caller: Account,
    /// Where what was replaced is kept.
    pub kept: PathBuf,
    /// Directories where files of certificates and keys of every service may be put.
    pub directories: Vec<PathBuf>,
    /// The services.
    pub services: Vec<Known>,
}

/// A service of the list.
#[derive(Debug, Clone)]
pub struct Known {
    /// Which program.
    pub kind: ServiceKind,
    /// Its configuration.
    pub config: PathBuf,
    /// More directories where its files may be put.
    pub directories: Vec<PathBuf>,
    /// Programs that act on it, where the adapter's are not the right ones.
    pub control: ServiceControl,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    user: String,
    kept: Option<PathBuf>,
    #[serde(default)]
    directories: Vec<PathBuf>,
    #[serde(default)]
    service: Vec<WrittenService>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WrittenService {
    kind: ServiceKind,
    config: PathBuf,
    #[serde(default)]
    directories: Vec<PathBuf>,
    check: Option<Vec<String>>,
    reload: Option<Vec<String>>,
    restart: Option<Vec<String>>,
}

impl List {
    /// Reads a list that nobody but root can have written.
    ///
    /// # Errors
    /// When it cannot be read, could be somebody else's words, or is not understood.
    pub fn read(path: &Path) -> Result<Self, ListError> {
        way::of_root(path).map_err(|words| ListError::Writable { path: path.to_owned(), words })?;
        let text = String::from_utf8(files::read_limited(path, LONGEST)?).map_err(|_| ListError::NotText(path.to_owned()))?;
        let written: Written = toml::from_str(&text).map_err(|source| ListError::NotUnderstood { path: path.to_owned(), source })?;
        written.checked().map_err(|words| ListError::Wrong { path: path.to_owned(), words })
    }
}

impl Written {
    fn checked(self) -> Result<List, String> {
        let caller = account(&self.user).ok_or_else(|| format!("there is no user {}", self.user))?;
        if caller.user == 0 {
            return Err("user: root needs no helper; name the user that the console runs as".to_owned());
        }
        let kept = self.kept.unwrap_or_else(|| PathBuf::from("/var/lib/certdeck-helper"));
        let mut services = Vec::new();
        for service in self.service {
            let WrittenService { kind, config, directories, check, reload, restart } = service;
            let control = ServiceControl { check, reload, restart };
            for program in [&control.check, &control.reload, &control.restart].into_iter().flatten() {
                if !program.first().is_some_and(|program| program.starts_with('/')) {
                    return Err(format!("{}: a program begins with its absolute path", config.display()));
                }
            }
            services.push(Known { kind, config, directories, control });
        }
        let paths = services.iter().flat_map(|service| service.directories.iter().chain([&service.config]));
        if let Some(path) = paths.chain(&self.directories).chain([&kept]).find(|path| !is_plain(path)) {
            return Err(format!("{} is no absolute path without `..`", path.display()));
        }
        Ok(List { caller, kept, directories: self.directories, services })
    }
}

/// A user by name, or by number where no name belongs to it.
fn account(user: &str) -> Option<Account> {
    if let Some(named) = Account::named(user) {
        return Some(named);
    }
    let number: u32 = user.parse().ok()?;
    match owners::user_name(number) {
        Some(name) => Account::named(&name),
        None => Some(Account { name: user.to_owned(), user: number, group: number, groups: vec![number] }),
    }
}

/// Whether a path is absolute and goes only downwards.
pub fn is_plain(path: &Path) -> bool {
    use std::path::Component;
    let parts = || path.components();
    path.is_absolute() && parts().all(|part| matches!(part, Component::RootDir | Component::Normal(_))) && path.file_name().is_some()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn read(text: &str) -> Result<List, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("helper.toml");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        List::read(&path).map_err(|error| format!("{error}: {:?}", std::error::Error::source(&error).map(ToString::to_string)))
    }

    #[test]
    fn a_list_says_who_and_what() {
        let list = read("user = \"nobody\"\n[[service]]\nkind = \"apache\"\nconfig = \"/etc/apache2/apache2.conf\"\n").unwrap();
        assert_eq!((list.caller.name.as_str(), list.services.len()), ("nobody", 1));
        assert_eq!(list.kept, Path::new("/var/lib/certdeck-helper"));
    }

    #[test]
    fn what_cannot_be_is_refused_in_words() {
        for (text, words) in [
            ("user = \"root\"", "root needs no helper"),
            ("user = \"nobody-has-this\"", "there is no user"),
            ("user = \"nobody\"\nservices = 1", "unknown field"),
            ("user = \"nobody\"\ndirectories = [\"/etc/../root\"]", "absolute path"),
            ("user = \"nobody\"\n[[service]]\nkind = \"apache\"\nconfig = \"/a\"\nreload = [\"sh\", \"-c\"]", "absolute path"),
        ] {
            assert!(read(text).unwrap_err().contains(words), "{text}");
        }
    }

    #[test]
    fn a_list_that_somebody_else_could_write_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("helper.toml");
        std::fs::write(&path, "user = \"nobody\"").unwrap();
        for mode in [0o664, 0o646] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert!(matches!(List::read(&path), Err(ListError::Writable { .. })), "{mode:o}");
        }
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(List::read(&path).is_ok());
        std::os::unix::fs::chown(&path, Some(65534), None).unwrap();
        assert!(matches!(List::read(&path), Err(ListError::Writable { .. })));
        std::os::unix::fs::chown(&path, Some(0), None).unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
        assert!(matches!(List::read(&path), Err(ListError::Writable { .. })), "it could be replaced");
    }
}
