//! Files `certmap.conf` of this host: read, changed, and tried with a certificate.

mod change;
mod trial;

use std::path::{Component, Path, PathBuf};

use certdeck_shared::api::certificate_map::{CertificateMap, CertificateMaps, MapLine};
use certdeck_shared::certmap::{self, MapFile};
use certdeck_shared::hex::hex;
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;

use super::console::Environment;
use super::databases::{OperationError, blocking};
use crate::host::files::Attributes;
use crate::host::tree::Tree;

/// Most octets of a file: a map takes a few hundred.
const LONGEST: u64 = 256 << 10;
/// Most octets of a path (PATH_MAX).
const LONGEST_PATH: usize = 4_096;

/// The files; each is named by its path, none is registered.
pub struct CertificateMapFiles {
    environment: Environment,
    tree: Tree,
    /// Changes come one after the other, so that none is lost.
    changing: Mutex<()>,
}

/// A file as it was read.
struct Read {
    /// As it was given.
    path: String,
    /// The file itself: links on the way are followed.
    end: PathBuf,
    attributes: Attributes,
    file: MapFile,
}

impl CertificateMapFiles {
    /// Those of `tree`.
    #[must_use]
    pub fn new(environment: Environment, tree: Tree) -> Self {
        Self { environment, tree, changing: Mutex::new(()) }
    }

    /// What a file says.
    ///
    /// # Errors
    /// A path that is none, a file that cannot be read or that no server would read.
    pub async fn show(&self, path: &str) -> Result<CertificateMaps, OperationError> {
        Ok(self.read(path).await?.told())
    }

    async fn read(&self, path: &str) -> Result<Read, OperationError> {
        let (tree, path) = (self.tree.clone(), path.to_owned());
        blocking(move || Read::of(&tree, path)).await?
    }
}

impl Read {
    /// Reads a file. Blocks.
    fn of(tree: &Tree, path: String) -> Result<Self, OperationError> {
        let given = Path::new(&path);
        let wrong = |message: &str| OperationError::invalid("/path", message);
        if path.is_empty() || path.len() > LONGEST_PATH || path.chars().any(char::is_control) {
            return Err(wrong("A path has 1 to 4096 octets and no control characters."));
        }
        if !given.is_absolute() || given.components().any(|part| part == Component::ParentDir) {
            return Err(wrong("The path must be absolute, without `..`: begin it with /."));
        }
        let unreadable = |error: crate::host::files::FileError| wrong(&format!("{path} cannot be read: {}.", error.source));
        let end = tree.follow(given).map_err(unreadable)?.end;
        let attributes = tree.attributes(given).map_err(unreadable)?;
        let bytes = tree.read(given, LONGEST).map_err(unreadable)?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|octet| **octet == b'\n').count() + 1;
            OperationError::NotUnderstood(format!("{path} is not understood: line {line} is no UTF-8."))
        })?;
        let file = MapFile::parse(&text).map_err(|error| OperationError::NotUnderstood(format!("{path} is not understood: {error}")))?;
        Ok(Self { path, end, attributes, file })
    }

    fn digest(&self) -> String {
        hex(&Sha256::digest(self.file.text()))
    }

    fn told(self) -> CertificateMaps {
        CertificateMaps {
            digest_sha256: self.digest(),
            owner: self.attributes.user_name(),
            group: self.attributes.group_name(),
            mode: format!("{:04o}", self.attributes.mode),
            content: self.file.text().to_owned(),
            maps: self.file.maps().iter().map(told_map).collect(),
            findings: certmap::lint(&self.file),
            path: self.path,
        }
    }
}

fn told_map(map: &certmap::Map) -> CertificateMap {
    let line = |property: &certmap::Property| MapLine { name: property.name.clone(), value: property.value.clone(), line: property.line };
    CertificateMap {
        name: map.name.clone(),
        issuer: map.issuer.clone(),
        line: map.line,
        properties: map.properties.iter().map(line).collect(),
    }
}
