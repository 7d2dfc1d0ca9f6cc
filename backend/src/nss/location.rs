//! Where a database is: its directory, and what the names of its files begin with.
//!
//! NSS keeps several databases in one directory apart by `certPrefix` and `keyPrefix`, the option `-P` of its tools. Netscape's and Sun's
//! servers of one `alias` directory have `slapd-host-cert8.db` and `slapd-host-key3.db`. The list of modules is one for all of them.

use std::fmt;
use std::path::{Path, PathBuf};

/// Names of the files that carry the prefix.
const PREFIXED: [&str; 4] = ["cert9.db", "key4.db", "cert8.db", "key3.db"];

/// A directory and a prefix, which is empty for most databases.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Location {
    directory: PathBuf,
    prefix: String,
}

impl Location {
    /// The database of this prefix in a directory.
    #[must_use]
    pub fn new(directory: impl Into<PathBuf>, prefix: impl Into<String>) -> Self {
        Self { directory: directory.into(), prefix: prefix.into() }
    }

    /// The directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// What the names of its files begin with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// A file by the name that NSS knows it by: `cert9.db`, `pkcs11.txt`.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        if PREFIXED.contains(&name) { self.directory.join(format!("{}{name}", self.prefix)) } else { self.directory.join(name) }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.directory.display())?;
        if self.prefix.is_empty() { Ok(()) } else { write!(formatter, " (prefix {})", self.prefix) }
    }
}

impl From<&Path> for Location {
    fn from(directory: &Path) -> Self {
        Self::new(directory, "")
    }
}

impl From<&PathBuf> for Location {
    fn from(directory: &PathBuf) -> Self {
        Self::new(directory, "")
    }
}

impl From<PathBuf> for Location {
    fn from(directory: PathBuf) -> Self {
        Self::new(directory, "")
    }
}

impl From<&Self> for Location {
    fn from(location: &Self) -> Self {
        location.clone()
    }
}

/// The prefix of a file name that ends like one of the files of a database.
#[must_use]
pub fn prefix_of(file_name: &str) -> Option<&str> {
    PREFIXED.into_iter().find_map(|name| file_name.strip_suffix(name))
}

/// Whether softoken can be told of a prefix: it becomes part of a file name and of a line with quotes and brackets.
#[must_use]
pub fn is_usable(prefix: &str) -> bool {
    prefix.len() <= 100
        && !prefix.starts_with('.')
        && prefix.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.@+=,".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_databases_carry_the_prefix() {
        let location = Location::new("/alias", "slapd-host-");
        assert_eq!(location.file("cert8.db"), Path::new("/alias/slapd-host-cert8.db"));
        assert_eq!(location.file("pkcs11.txt"), Path::new("/alias/pkcs11.txt"));
        assert_eq!(Location::from(Path::new("/alias")).file("key4.db"), Path::new("/alias/key4.db"));
    }

    #[test]
    fn a_prefix_is_what_stands_before_a_known_name() {
        for (name, prefix) in
            [("slapd-host-cert8.db", Some("slapd-host-")), ("key4.db", Some("")), ("cert7.db", None), ("cert8.db.old", None)]
        {
            assert_eq!(prefix_of(name), prefix, "{name}");
        }
    }

    #[test]
    fn what_would_leave_the_directory_or_the_line_is_refused() {
        for (prefix, usable) in
            [("", true), ("https-www.example.org-host-", true), ("../x", false), ("a/b", false), ("it's", false), ("a b", false)]
        {
            assert_eq!(is_usable(prefix), usable, "{prefix}");
        }
    }
}
