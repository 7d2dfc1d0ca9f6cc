//! From an archive, by whomever it was made, to files that are what its manifest says.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Component, Path};

use certdeck_shared::hex::hex;
use sha2::{Digest as _, Sha256};
use tar::{Archive, Entry, EntryType};

use super::manifest::{Kept, Manifest};
use super::pack::{Digested, HEAD, MANIFEST, SEAL};
use super::{BackupError, FORMAT};
use crate::host::{files, room};
use crate::nss::location;

/// The first and the last entry are a line each.
const LINE_LIMIT: u64 = 256;
/// Some hundred bytes a part.
const MANIFEST_LIMIT: u64 = 256 * 1024 * 1024;
/// Parts of an archive; a console with a thousand snapshots of a hundred databases has 400,000.
const PARTS_LIMIT: usize = 1_000_000;
/// What stays free on the file system.
const RESERVE: u64 = 16 * 1024 * 1024;

/// Length and digest of what was unpacked, by name.
type Unpacked = BTreeMap<String, (u64, String)>;

fn damaged(why: impl Into<String>) -> BackupError {
    BackupError::Damaged(why.into())
}

/// Writes the parts below `into`, an empty directory, and makes certain of every one of them.
pub(super) fn unpack(archive: impl Read, into: &Path) -> Result<Manifest, BackupError> {
    let mut archive = Archive::new(archive);
    let (mut unpacked, mut manifest) = (Unpacked::new(), None);
    let (mut begun, mut sealed) = (false, false);
    // Raw: no extended headers and no long names are heeded, which could say anything of any length.
    for (position, entry) in archive.entries().map_err(BackupError::Read)?.raw(true).enumerate() {
        let mut entry = entry.map_err(|error| if position == 0 { BackupError::NotABackup } else { BackupError::Read(error) })?;
        let name = name(&entry).map_err(|error| if position == 0 { BackupError::NotABackup } else { error })?;
        if sealed {
            return Err(damaged(format!("{name} follows its end")));
        }
        begun = true;
        match name.as_str() {
            HEAD if position == 0 => known_format(&read(&mut entry, LINE_LIMIT)?)?,
            _ if position == 0 => return Err(BackupError::NotABackup),
            MANIFEST if manifest.is_none() => manifest = Some(read(&mut entry, MANIFEST_LIMIT)?),
            SEAL => {
                let text = manifest.as_deref().unwrap_or_default();
                sealed = read(&mut entry, LINE_LIMIT)? == format!("{}  {MANIFEST}\n", hex(&Sha256::digest(text))).as_bytes();
                if !sealed {
                    return Err(damaged("its list of parts does not have the digest that it should"));
                }
            }
            _ if manifest.is_some() || unpacked.len() == PARTS_LIMIT => return Err(damaged(format!("{name} is one part too many"))),
            _ => {
                let found = part(&mut entry, &name, into)?;
                if unpacked.insert(name.clone(), found).is_some() {
                    return Err(damaged(format!("{name} is in it twice")));
                }
            }
        }
    }
    if !begun {
        return Err(BackupError::NotABackup);
    }
    nothing_follows(archive.into_inner())?;
    let manifest = manifest.filter(|_| sealed).ok_or_else(|| damaged("it was cut off"))?;
    let manifest: Manifest = serde_json::from_slice(&manifest).map_err(|error| damaged(format!("its list of parts: {error}")))?;
    compare(&manifest, unpacked)?;
    Ok(manifest)
}

fn known_format(line: &[u8]) -> Result<(), BackupError> {
    let text = std::str::from_utf8(line).ok().and_then(|line| line.strip_prefix("certdeck backup ")?.strip_suffix('\n'));
    let found: u32 = text.and_then(|text| text.parse().ok()).ok_or(BackupError::NotABackup)?;
    match found {
        FORMAT => Ok(()),
        0 => Err(BackupError::NotABackup),
        _ => Err(BackupError::Newer { found, known: FORMAT }),
    }
}

/// The name of an entry that is a plain file below one of the places there are.
fn name<R: Read>(entry: &Entry<'_, R>) -> Result<String, BackupError> {
    let bytes = entry.path_bytes();
    let name = std::str::from_utf8(&bytes).map_err(|_| damaged("a name in it is not UTF-8"))?;
    if entry.header().entry_type() != EntryType::Regular {
        return Err(damaged(format!("{name:?} is no plain file")));
    }
    let known = [HEAD, MANIFEST, SEAL, "config.toml"].contains(&name) || name.starts_with("data/") || name.starts_with("databases/");
    if known && name.split('/').all(is_plain) { Ok(name.to_owned()) } else { Err(damaged(format!("{name:?} is no name of a part"))) }
}

/// A name within a directory: nothing that is hidden or leads elsewhere.
fn is_plain(part: &str) -> bool {
    !part.is_empty() && !part.starts_with('.') && !part.contains(['\0', '\\'])
}

fn read(entry: &mut impl Read, limit: u64) -> Result<Vec<u8>, BackupError> {
    let mut content = Vec::new();
    entry.take(limit + 1).read_to_end(&mut content).map_err(BackupError::Read)?;
    if content.len() as u64 > limit { Err(damaged("a part of it is too long")) } else { Ok(content) }
}

fn part<R: Read>(entry: &mut Entry<'_, R>, name: &str, into: &Path) -> Result<(u64, String), BackupError> {
    let bytes = entry.size();
    let room = room::of(into)?.bytes;
    if bytes.saturating_add(RESERVE) > room {
        return Err(BackupError::NoRoom { name: name.to_owned(), bytes, place: into.to_owned(), room });
    }
    let path = into.join(name);
    if let Some(directory) = path.parent() {
        files::make_directories(directory, 0o700)?;
    }
    let mut file = files::create(&path, 0o600)?;
    let mut content = Digested { inner: entry, digest: Sha256::new(), bytes: 0 };
    let failed = |source: io::Error| files::FileError { action: "write", path: path.clone(), source };
    io::copy(&mut content, &mut file).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    if content.bytes != bytes {
        return Err(damaged("it was cut off"));
    }
    Ok((bytes, hex(&content.digest.finalize())))
}

/// Behind the last entry there are zeros, and the archive has been read to its end: what seals it as a whole has been seen.
fn nothing_follows(mut rest: impl Read) -> Result<(), BackupError> {
    let mut buffer = [0_u8; 4096];
    loop {
        match rest.read(&mut buffer).map_err(BackupError::Read)? {
            0 => return Ok(()),
            count if buffer.iter().take(count).any(|byte| *byte != 0) => return Err(damaged("something follows its end")),
            _ => {}
        }
    }
}

fn compare(manifest: &Manifest, mut unpacked: Unpacked) -> Result<(), BackupError> {
    if manifest.format != FORMAT {
        return Err(damaged("its list of parts has another format"));
    }
    // They become names of directories here and places on this host.
    for Kept { id, prefix, path, .. } in &manifest.databases {
        let place = Path::new(path);
        let plain = |part: Component<'_>| matches!(part, Component::RootDir | Component::Normal(_));
        if !is_plain(id) || id.contains('/') || !location::is_usable(prefix) || !place.is_absolute() || !place.components().all(plain) {
            return Err(damaged(format!("{id:?} at {path:?} is no database")));
        }
    }
    for part in &manifest.parts {
        match unpacked.remove(&part.name) {
            Some((bytes, sha256)) if bytes == part.bytes && sha256 == part.sha256 => {}
            Some(_) => return Err(damaged(format!("{} is not what it was", part.name))),
            None => return Err(damaged(format!("{} is not in it", part.name))),
        }
    }
    unpacked.keys().next().map_or(Ok(()), |name| Err(damaged(format!("{name} is not in its list of parts"))))
}
