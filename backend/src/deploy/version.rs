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

/// Whether a version as a program tells it is this one or a later one. One that is not known is taken to be.
#[must_use]
pub fn is_at_least(told: Option<&str>, wanted: &[u32]) -> bool {
    let Some(told) = told else { return true };
    let words = told.split(|letter: char| !letter.is_ascii_digit() && letter != '.');
    let dotted = words.map(|word| word.trim_matches('.')).find(|word| word.contains('.'));
    let Some(dotted) = dotted else { return true };
    let numbers: Vec<u32> = dotted.split('.').map_while(|part| part.parse().ok()).collect();
    numbers.as_slice() >= wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        assert!(is_at_least(Some("Apache/2.4.71 (Debian)"), &[2, 4, 36]));
        assert!(!is_at_least(Some("nginx/1.9.15"), &[1, 13]));
        assert!(is_at_least(Some("tomcat10 10.1.60-1~deb12u1"), &[10, 1]));
        assert!(is_at_least(None, &[99]));
    }
}
