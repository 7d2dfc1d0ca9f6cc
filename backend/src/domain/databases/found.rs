//! Databases in the usual places of this host.

use std::path::PathBuf;

use certdeck_shared::api::database::{DatabaseFormat, FoundDatabase};

use super::Databases;

/// Where distributions, servers and the manuals of the Sun servers keep them.
const USUAL: [&str; 12] = [
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
];

impl Databases {
    /// Which of the usual directories hold a database. Only names are looked at, nothing is opened.
    #[must_use]
    pub fn found(&self) -> Vec<FoundDatabase> {
        let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".pki/nssdb"));
        let registered: Vec<PathBuf> = self.all().iter().map(|database| database.path.clone()).collect();
        let mut found: Vec<FoundDatabase> = Vec::new();
        for directory in USUAL.iter().map(PathBuf::from).chain(home) {
            let has = |name: &str| directory.join(name).is_file();
            let format = if has("cert9.db") && has("key4.db") {
                DatabaseFormat::Sql
            } else if has("cert8.db") && has("key3.db") {
                DatabaseFormat::Dbm
            } else {
                continue;
            };
            let canonical = std::fs::canonicalize(&directory).unwrap_or_else(|_| directory.clone());
            let path = canonical.display().to_string();
            if !found.iter().any(|one| one.path == path) {
                found.push(FoundDatabase { path, format, registered: registered.contains(&canonical) });
            }
        }
        found
    }
}
