//! Everything about the files of a daemon: names, kinds, contents, owners, modes.

use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// What is at each path.
pub type Files = BTreeMap<PathBuf, String>;

/// Everything below a directory.
pub fn below(directory: &Path) -> Files {
    let (mut found, mut directories) = (Files::new(), vec![directory.to_owned()]);
    while let Some(directory) = directories.pop() {
        for path in std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
            let seen = path.symlink_metadata().unwrap();
            let content = if seen.is_symlink() {
                format!("link to {}", path.read_link().unwrap().display())
            } else if seen.is_dir() {
                directories.push(path.clone());
                "directory".to_owned()
            } else {
                content(&path)
            };
            found.insert(path, format!("{:o} {}:{} {content}", seen.permissions().mode(), seen.uid(), seen.gid()));
        }
    }
    found
}

/// A file of cn=config without the notes that slapd makes of each change, and in an order of its own: it moves what it writes to the end.
fn content(path: &Path) -> String {
    let content = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    if path.extension().is_none_or(|extension| extension != "ldif") {
        return content;
    }
    let notes = ["# CRC32", "entryCSN:", "modifyTimestamp:", "modifiersName:"];
    let unfolded = content.replace("\n ", "");
    let mut lines: Vec<&str> = unfolded.lines().filter(|line| !notes.iter().any(|note| line.starts_with(note))).collect();
    lines.sort_unstable();
    lines.join("\n")
}

/// Ends the test with all differences when there are any.
pub fn same(before: &Files, now: &Files, when: &str) {
    let without = |one: &Files, other: &Files| -> Files {
        one.iter().filter(|(path, seen)| other.get(*path) != Some(seen)).map(|(path, seen)| (path.clone(), seen.clone())).collect()
    };
    assert!(before == now, "{when}: before {:#?}, now {:#?}", without(before, now), without(now, before));
}
