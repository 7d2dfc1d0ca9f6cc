//! Whether a file can be the library of a module, before anything of it is executed.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::super::error::OperationError;
use crate::host::{owners, process};
use certdeck_shared::hex::hex;

/// Largest library that is taken.
const LIMIT: u64 = 256 * 1024 * 1024;
/// Octets of an ELF header up to e_machine.
const HEADER: usize = 20;
/// Names of e_machine (ELF gABI chapter 4) that servers have.
const MACHINES: [(u16, &str); 8] =
    [(3, "x86"), (40, "arm"), (62, "x86-64"), (183, "aarch64"), (21, "ppc64"), (22, "s390"), (243, "riscv"), (8, "mips")];

fn wrong(message: impl Into<String>) -> OperationError {
    OperationError::invalid("/library", message)
}

/// Checks that a path is a shared library for this machine that only root or the console's user can replace, for it will be executed.
pub(super) fn examine(text: &str) -> Result<PathBuf, OperationError> {
    let path = Path::new(text);
    if !path.is_absolute() || text.chars().any(char::is_control) {
        return Err(wrong("The absolute path of a library on the server is needed."));
    }
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(wrong(format!("There is no file {text}."))),
        Err(error) => return Err(wrong(format!("{text} cannot be read by the console: {error}."))),
    };
    if !metadata.is_file() {
        return Err(wrong(format!("{text} is not a regular file.")));
    }
    let canonical = std::fs::canonicalize(path).map_err(|error| wrong(format!("{text} cannot be found: {error}.")))?;
    check_replaceable(&canonical)?;
    let theirs = header(&canonical).map_err(|error| wrong(format!("{text} cannot be read by the console: {error}.")))?;
    let ours = process::own_program().and_then(|program| header(&program)).unwrap_or_default();
    check_header(text, &theirs, &ours).map(|()| path.to_owned())
}

fn header(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut start = Vec::with_capacity(HEADER);
    File::open(path)?.take(HEADER as u64).read_to_end(&mut start)?;
    Ok(start)
}

fn check_header(name: &str, theirs: &[u8], ours: &[u8]) -> Result<(), OperationError> {
    if !theirs.starts_with(b"\x7fELF") || theirs.len() < HEADER {
        return Err(wrong(format!("{name} is not a library: it does not begin as an ELF file does.")));
    }
    let (class, machine) = (theirs.get(4), machine(theirs));
    if ours.len() == HEADER && (class != ours.get(4) || machine != self::machine(ours)) {
        let bits = |header: &[u8]| if header.get(4) == Some(&1) { "32 bit" } else { "64 bit" };
        return Err(wrong(format!(
            "{name} is for {} ({}), this console runs on {} ({}). Install the library of this architecture.",
            machine_name(machine),
            bits(theirs),
            machine_name(self::machine(ours)),
            bits(ours)
        )));
    }
    // ET_DYN.
    if theirs.get(16) != Some(&3) && theirs.get(17) != Some(&3) {
        return Err(wrong(format!("{name} is an ELF file and no shared library.")));
    }
    Ok(())
}

fn machine(header: &[u8]) -> u16 {
    let octets = match header.get(18..20) {
        Some([first, second]) => [*first, *second],
        _ => [0, 0],
    };
    // EI_DATA: 2 is big-endian.
    if header.get(5) == Some(&2) { u16::from_be_bytes(octets) } else { u16::from_le_bytes(octets) }
}

fn machine_name(number: u16) -> String {
    MACHINES.iter().find(|(known, _)| *known == number).map_or_else(|| format!("machine {number}"), |(_, name)| (*name).to_owned())
}

/// What anybody could replace, anybody could have executed as the user of the console and of the servers.
fn check_replaceable(path: &Path) -> Result<(), OperationError> {
    let found = std::fs::metadata(path).map_err(|error| wrong(format!("{}: {error}.", path.display())))?;
    if found.uid() != 0 && found.uid() != owners::own_user() {
        let owner = owners::user_name(found.uid()).unwrap_or_else(|| found.uid().to_string());
        return Err(wrong(format!("{} belongs to {owner}, who could replace it. Cure: chown root.", path.display())));
    }
    if found.mode() & 0o022 != 0 {
        let mode = found.mode() & 0o7777;
        return Err(wrong(format!("{} can be written by others (mode {mode:04o}). Cure: chmod go-w.", path.display())));
    }
    for directory in path.ancestors().skip(1) {
        let Ok(found) = std::fs::metadata(directory) else { continue };
        // With the sticky bit others may add files there, and replace none.
        if found.mode() & 0o002 != 0 && found.mode() & 0o1000 == 0 {
            return Err(wrong(format!("Everybody can replace files in {}. Cure: chmod o-w, or another directory.", directory.display())));
        }
    }
    Ok(())
}

/// SHA-256 of a library; none when it cannot be read.
pub(super) fn sha256(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok()?.take(LIMIT);
    let mut digest = Sha256::new();
    let mut buffer = vec![0_u8; 64 * 1024];
    loop {
        match file.read(&mut buffer).ok()? {
            0 => return Some(hex(&digest.finalize())),
            length => digest.update(buffer.get(..length)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elf(class: u8, kind: u8, machine: u8) -> Vec<u8> {
        let mut header = vec![0_u8; HEADER];
        header[..4].copy_from_slice(b"\x7fELF");
        (header[4], header[5], header[16], header[18]) = (class, 1, kind, machine);
        header
    }

    #[test]
    fn what_is_no_library_of_this_machine_is_refused_in_words() {
        let ours = elf(2, 3, 62);
        let says = |theirs: &[u8]| check_header("x.so", theirs, &ours).err().map(|error| error.problem().detail);
        assert_eq!(says(&elf(2, 3, 62)), None);
        assert!(says(b"root:x:0:0").unwrap().contains("not a library"));
        assert!(says(&elf(2, 3, 183)).unwrap().contains("aarch64"));
        assert!(says(&elf(1, 3, 3)).unwrap().contains("32 bit"));
        assert!(says(&elf(2, 2, 62)).unwrap().contains("no shared library"));
    }
}
