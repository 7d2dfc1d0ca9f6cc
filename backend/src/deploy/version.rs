//! Which version of a program is installed. Only programs in the system's own directories are asked: those belong to root.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::adapter::Description;
use crate::host::process;
use crate::host::tree::Tree;

const DIRECTORIES: [&str; 4] = ["/usr/sbin", "/usr/bin", "/usr/lib/postfix/sbin", "/usr/libexec/postfix"];
const PATIENCE: Duration = Duration::from_secs(3);

/// The version as the program tells it: its first line, without what it calls the line. Blocks for some milliseconds.
#[must_use]
pub fn installed(tree: &Tree, description: &Description) -> Option<String> {
    if !tree.is_machine() {
        return None;
    }
    let (name, arguments) = description.version;
    let program: PathBuf = DIRECTORIES.iter().map(|directory| Path::new(directory).join(name)).find(|program| program.is_file())?;
    let output = process::run_blocking(&program, arguments, PATIENCE).ok()?;
    if !output.status.success() {
        return None;
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let line = said.lines().map(str::trim).find(|line| !line.is_empty())?;
    let line = line.split_once(": ").map_or(line, |(_, version)| version);
    Some(line.chars().take(120).collect())
}
