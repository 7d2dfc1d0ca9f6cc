//! What every kind of service can be asked.

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{ConfigFile, Effective, Endpoint, KeyReader, NicknamedIn, Pair, Place, Remark, ServiceKind, Term};

use super::plan::{KeyStoreFormat, PasswordPlace};
use super::{apache, dovecot, generic, nginx, postfix, slapd, sun_calendar, sun_messaging, tomcat, vsftpd};
use crate::host::tree::{Process, Tree};

/// What a configuration says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// Name of this instance.
    pub instance: Option<String>,
    /// Who reads the private keys.
    pub key_reader: KeyReader,
    /// Files, in the order they are read.
    pub config_files: Vec<ConfigFile>,
    /// Where the service is reached; one without an address listens where nothing tells now.
    pub endpoints: Vec<Endpoint>,
    /// What is not understood or cannot work.
    pub remarks: Vec<Remark>,
    /// Whether every file that the configuration names could be read: what it has may be more than was found otherwise.
    pub whole: bool,
}

/// What is so of a program on every host.
#[derive(Debug, Clone, Copy)]
pub struct Description {
    /// Which program.
    pub kind: ServiceKind,
    /// Configurations in the usual places.
    pub usual: &'static [&'static str],
    /// Name of the installed program and the arguments that make it tell its version.
    pub version: (&'static str, &'static [&'static str]),
}

/// Why a configuration says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObserveError {
    /// The main file is absent or unreadable.
    #[error("{0}")]
    Unreadable(String),
}

/// Reads the configuration of one kind of service. An adapter has no way to write.
pub trait ServiceAdapter: Sync {
    /// What is so on every host.
    fn describe(&self) -> Description;

    /// The configuration that a running process uses; nothing when it is another program.
    fn config_of(&self, tree: &Tree, process: &Process) -> Option<PathBuf>;

    /// Reads a configuration.
    ///
    /// # Errors
    /// When its main file cannot be read; everything else is a remark.
    fn observe(&self, tree: &Tree, config: &Path) -> Result<Observation, ObserveError>;

    /// How the key store of a pair is opened; nothing when its files are PEM, as they are for nearly every program.
    ///
    /// # Errors
    /// What is not understood of it, as a sentence.
    fn key_store(&self, _tree: &Tree, _config: &Path, _pair: &Pair) -> Result<Option<KeyStore>, String> {
        Ok(None)
    }

    /// The directory of the NSS database with its certificates, which the configuration names by their nicknames; nothing when they are
    /// files, as they are for nearly every program.
    fn database(&self, _tree: &Tree, _config: &Path) -> Option<PathBuf> {
        None
    }

    /// What the words of its configuration mean, for a program whose manual is hard to find.
    fn terms(&self) -> Vec<Term> {
        Vec::new()
    }
}

/// A key store that a configuration names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyStore {
    /// Its format.
    pub format: KeyStoreFormat,
    /// Alias of its entry.
    pub alias: String,
    /// Where its password stands.
    pub password: PasswordPlace,
}

/// The adapter of a kind.
#[must_use]
pub fn adapter(kind: ServiceKind) -> &'static dyn ServiceAdapter {
    match kind {
        ServiceKind::Apache => &apache::Apache,
        ServiceKind::Dovecot => &dovecot::Dovecot,
        ServiceKind::Generic => &generic::Generic,
        ServiceKind::Nginx => &nginx::Nginx,
        ServiceKind::Postfix => &postfix::Postfix,
        ServiceKind::Slapd => &slapd::Slapd,
        ServiceKind::SunCalendar => &sun_calendar::SunCalendar,
        ServiceKind::SunMessaging => &sun_messaging::SunMessaging,
        ServiceKind::Tomcat => &tomcat::Tomcat,
        ServiceKind::Vsftpd => &vsftpd::Vsftpd,
    }
}

/// A value that the program has by itself.
#[must_use]
pub fn built_in(name: &str, value: impl Into<String>) -> Effective {
    Effective { name: name.to_owned(), value: value.into(), place: None }
}

/// A value that is set somewhere.
#[must_use]
pub fn set_at(name: &str, value: impl Into<String>, place: &Place) -> Effective {
    Effective { name: name.to_owned(), value: value.into(), place: Some(place.clone()) }
}

/// A pair whose files nobody has looked at yet.
#[must_use]
pub fn pair(certificate: Effective, key: Effective, chain: Option<Effective>) -> Pair {
    Pair { certificate, key, chain, database: None, key_matches: None, findings: Vec::new() }
}

/// A pair that is named by its nickname in an NSS database, which nobody has looked at yet.
#[must_use]
pub fn nicknamed(nickname: Effective, directory: Effective) -> Pair {
    let database = Some(NicknamedIn { directory, database: None, certificate: None });
    Pair { database, ..pair(nickname.clone(), nickname, None) }
}

/// The words that follow an option: `-c FILE`, or `-cFILE`.
#[must_use]
pub fn option<'a>(arguments: &'a [String], name: &str) -> Option<&'a str> {
    let mut arguments = arguments.iter().map(String::as_str);
    while let Some(argument) = arguments.next() {
        match argument.strip_prefix(name) {
            Some("") => return arguments.next(),
            Some(rest) if name.len() == 2 => return Some(rest),
            _ => {}
        }
    }
    None
}
