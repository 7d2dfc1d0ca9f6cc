//! Databases in the usual places of this host, or in a directory.

use std::path::{Path, PathBuf};

use certdeck_shared::api::database::{DatabaseFormat, FoundDatabase};

use super::error::OperationError;
use super::{Databases, blocking, path};
use crate::nss::location::{self, Location};
use crate::nss::recognise;

/// Where distributions, servers and the manuals of the Sun servers keep them.
const USUAL: [&str; 14] = [
    "/etc/pki/nssdb",
    "/etc/ipa/nssdb",
    "/etc/httpd/alias",
    "/etc/apache2/nssdb",
    "/etc/dirsrv",
    "/etc/opt/SUNWics5/config",
    "/opt/sun/comms/calendar/SUNWics5/config",
    "/opt/sun/comms/messaging/config",
    "/opt/sun/comms/messaging64/config",
    "/opt/SUNWmsgsr/config",
    "/etc/openldap/certs",
    "/etc/pki/pki-tomcat/alias",
    "/var/opt/mps/serverroot/alias",
    "/var/opt/SUNWics5/alias",
];

impl Databases {
    /// The databases in the usual directories. Names and first bytes are looked at, nothing is opened.
    #[must_use]
    pub fn found(&self) -> Vec<FoundDatabase> {
        let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".pki/nssdb"));
        let mut found: Vec<FoundDatabase> = Vec::new();
        for directory in USUAL.iter().map(PathBuf::from).chain(home) {
            let canonical = std::fs::canonicalize(&directory).unwrap_or(directory);
            if !found.iter().any(|one| Path::new(&one.path) == canonical) {
                found.extend(recognise::databases(&canonical).unwrap_or_default().into_iter().map(|one| self.describe_found(one)));
            }
        }
        found
    }

    /// The databases in a directory.
    ///
    /// # Errors
    /// When it is not there, or cannot be searched.
    pub async fn found_in(&self, directory: &str) -> Result<Vec<FoundDatabase>, OperationError> {
        let directory = path::existing(directory)?;
        let found = blocking(move || recognise::databases(&directory)).await??;
        Ok(found.into_iter().map(|one| self.describe_found(one)).collect())
    }

    fn describe_found(&self, (location, format): (Location, DatabaseFormat)) -> FoundDatabase {
        let registered = self.all().iter().any(|database| database.location == location);
        let (path, prefix) = (location.directory().display().to_string(), location.prefix().to_owned());
        FoundDatabase { path, prefix, format, registered }
    }
}

/// Which database of a directory is meant: that of the prefix; else the one without a prefix, or the only one there is.
pub(super) async fn which(
    directory: PathBuf,
    prefix: Option<String>,
    wanted: impl Fn(DatabaseFormat) -> bool + Send + 'static,
) -> Result<Location, OperationError> {
    if let Some(prefix) = prefix {
        if !location::is_usable(&prefix) {
            let message = "A prefix is what the names of the files begin with: up to 100 letters, digits and - _ . @ + = , without a path.";
            return Err(OperationError::invalid("/prefix", message));
        }
        return Ok(Location::new(directory, prefix));
    }
    let plain = Location::from(&directory);
    let (shown, looked_at) = (plain.clone(), plain.clone());
    let (contents, mut found) = blocking(move || -> Result<_, recognise::RecogniseError> {
        Ok((recognise::contents(looked_at)?, recognise::databases(&directory)?))
    })
    .await??;
    found.retain(|(_, format)| wanted(*format));
    if contents.format().is_some() || !contents.faults.is_empty() {
        return Ok(plain);
    }
    match found.as_slice() {
        [] => Ok(plain),
        [(only, _)] => Ok(only.clone()),
        several => {
            let prefixes: Vec<&str> = several.iter().map(|(location, _)| location.prefix()).collect();
            let message = format!("{shown} holds several databases. Name one by its prefix: {}.", prefixes.join(", "));
            Err(OperationError::invalid("/prefix", message))
        }
    }
}
