//! From the image to the archive.

use std::io::{self, Read, Write};

use certdeck_shared::hex::hex;
use sha2::{Digest as _, Sha256};
use tar::{Builder, EntryType, Header};

use super::image::{Image, Piece};
use super::manifest::{Manifest, Part};
use super::{BackupError, FORMAT};
use crate::host::{files, now, process};

/// First entry: what this is, and its format.
pub(super) const HEAD: &str = "certdeck-backup";
/// The list of parts.
pub(super) const MANIFEST: &str = "manifest.json";
/// Last entry: a line as `sha256sum` writes it.
pub(super) const SEAL: &str = "manifest.json.sha256";

/// Writes the archive.
pub(super) fn pack(image: Image, out: impl Write) -> Result<Manifest, BackupError> {
    let made_at = now();
    let stamp = u64::try_from(made_at.unix_timestamp()).unwrap_or(0);
    let mut archive = Builder::new(out);
    append(&mut archive, HEAD, format!("certdeck backup {FORMAT}\n").as_bytes(), stamp)?;
    let mut parts = Vec::with_capacity(image.pieces.len());
    for piece in &image.pieces {
        parts.push(part(&mut archive, &image, piece, stamp)?);
    }
    let owner = files::attributes(&image.data_dir)?.user_name();
    let manifest = Manifest {
        format: FORMAT,
        console: env!("CARGO_PKG_VERSION").to_owned(),
        made_at,
        host: process::host_name(),
        data_dir: image.data_dir.display().to_string(),
        owner,
        databases: image.databases,
        parts,
        left_out: image.left_out,
    };
    let text = serde_json::to_vec_pretty(&manifest).map_err(|error| BackupError::Write(error.into()))?;
    append(&mut archive, MANIFEST, &text, stamp)?;
    append(&mut archive, SEAL, format!("{}  {MANIFEST}\n", hex(&Sha256::digest(&text))).as_bytes(), stamp)?;
    archive.finish().map_err(BackupError::Write)?;
    Ok(manifest)
}

fn header(name: &str, bytes: u64, mode: u32, stamp: u64) -> Result<Header, BackupError> {
    // Plain ustar: names of up to 255 bytes, and nothing that a reader would have to interpret.
    let mut header = Header::new_ustar();
    header.set_path(name).map_err(BackupError::Write)?;
    header.set_entry_type(EntryType::Regular);
    header.set_size(bytes);
    header.set_mode(mode);
    header.set_mtime(stamp);
    header.set_cksum();
    Ok(header)
}

fn append(archive: &mut Builder<impl Write>, name: &str, content: &[u8], stamp: u64) -> Result<(), BackupError> {
    let header = header(name, content.len() as u64, 0o600, stamp)?;
    archive.append(&header, content).map_err(BackupError::Write)
}

fn part(archive: &mut Builder<impl Write>, image: &Image, piece: &Piece, stamp: u64) -> Result<Part, BackupError> {
    let path = image.root.join(&piece.name);
    let bytes = files::attributes(&path)?.length;
    let origin = files::attributes(&piece.origin).or_else(|_| files::attributes(&path))?;
    let mut content = Digested { inner: files::open(&path)?.take(bytes), digest: Sha256::new(), bytes: 0 };
    let header = header(&piece.name, bytes, origin.mode & 0o777, stamp)?;
    archive.append(&header, &mut content).map_err(BackupError::Write)?;
    if content.bytes != bytes {
        return Err(BackupError::Changed(piece.origin.clone()));
    }
    Ok(Part {
        name: piece.name.clone(),
        path: piece.origin.display().to_string(),
        bytes,
        sha256: hex(&content.digest.finalize()),
        mode: origin.mode & 0o777,
        user: origin.user_name(),
        group: origin.group_name(),
    })
}

/// Digests and counts what is read through it.
pub(super) struct Digested<R> {
    pub inner: R,
    pub digest: Sha256,
    pub bytes: u64,
}

impl<R: Read> Read for Digested<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.digest.update(buffer.get(..count).unwrap_or_default());
        self.bytes += count as u64;
        Ok(count)
    }
}
