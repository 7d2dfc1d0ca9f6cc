//! What an adapter is asked to change, and what it answers: edits of its files, and how the running service takes them up. Nothing here
//! writes, and nothing is decided later than here.

use std::path::{Path, PathBuf};

use certdeck_shared::api::plan::Disturbance;
use certdeck_shared::api::service::Place;
pub use certdeck_shared::api::service::ServiceControl as Control;
use serde::{Deserialize, Serialize};

use super::reading::LONGEST;
pub use super::wanted::Wanted;
use crate::host::files::FileError;
use crate::host::tree::{Process, Tree};

/// What becomes of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits {
    /// Files with other content; empty when the configuration already says all of it.
    pub files: Vec<EditedFile>,
    /// Attributes of cn=config, for one modify.
    pub attributes: Vec<AttributeEdit>,
    /// What the administrator does before: settings that only a program of the service may write.
    pub by_hand: Vec<ByHand>,
}

impl Edits {
    /// A file as it will be.
    ///
    /// # Errors
    /// When it does not change and cannot be read.
    pub fn after(&self, tree: &Tree, path: &Path) -> Result<Vec<u8>, FileError> {
        let end = tree.follow(path)?.end;
        match self.files.iter().find(|file| file.path == end) {
            Some(file) => Ok(file.after.clone()),
            None => tree.read(path, LONGEST),
        }
    }
}

/// A setting with the host that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedHost {
    /// Its name.
    pub setting: &'static str,
    /// The host.
    pub host: String,
}

/// A line that the administrator runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByHand {
    /// The program and its arguments.
    pub arguments: Vec<String>,
    /// Why the console does not do it, as a sentence.
    pub why: String,
}

/// A file with other content. What is not concerned is the same to the byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedFile {
    /// Path of the file itself: links on the way are followed.
    pub path: PathBuf,
    /// Its content.
    pub before: Vec<u8>,
    /// Its new content.
    pub after: Vec<u8>,
}

/// An attribute with other values, or with the same ones, which are written all the same: slapd reads the files anew then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeEdit {
    /// Its name.
    pub name: String,
    /// Its values.
    pub before: Vec<String>,
    /// Its new values.
    pub after: Vec<String>,
}

/// Why a configuration is not edited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct EditRefused {
    /// Where, when it is one place.
    pub place: Option<Place>,
    /// Why, and the cure, as sentences.
    pub words: String,
}

impl EditRefused {
    /// Because of one place.
    #[must_use]
    pub fn at(place: &Place, words: impl Into<String>) -> Self {
        Self { place: Some(place.clone()), words: words.into() }
    }

    /// Because of no place of the configuration.
    #[must_use]
    pub fn because(words: impl Into<String>) -> Self {
        Self { place: None, words: words.into() }
    }
}

/// A service as it runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Running {
    /// Its first process: the parent of the others.
    pub main: Option<Process>,
    /// The unit of systemd that it belongs to, where systemd rules: `apache2.service`.
    pub unit: Option<String>,
}

/// A program that is run, and what it must say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramRun {
    /// The program and its arguments. Without a slash it is looked for in the system's directories.
    pub arguments: Vec<String>,
    /// Variables of its environment beside the usual ones.
    pub environment: Vec<(String, String)>,
    /// The directory it works in; the root when absent.
    pub directory: Option<PathBuf>,
    /// How long it may take, in seconds.
    pub seconds: u64,
    /// What says that all is well.
    pub verdict: Verdict,
}

impl ProgramRun {
    /// How long programs may take where nobody said so, in seconds.
    const PATIENCE: u64 = 60;

    /// One that needs nothing and ends with 0.
    #[must_use]
    pub fn of(arguments: Vec<String>) -> Self {
        Self { arguments, environment: Vec::new(), directory: None, seconds: Self::PATIENCE, verdict: Verdict::ExitZero }
    }
}

/// What says that all is well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// It ends with 0.
    ExitZero,
    /// It writes this text, to its standard input too (vsftpd does).
    Writes(String),
}

/// A signal that makes a service read its files anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Signal {
    /// SIGHUP.
    Hup,
    /// SIGUSR1.
    Usr1,
}

/// How a running service takes a change up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Activation {
    /// It reads the files for each connection, or nothing changes.
    Nothing,
    /// A signal to its first process, which is looked for again when it is sent.
    Signal(Signal),
    /// A program.
    Run(ProgramRun),
    /// One modify of cn=config over this address, with all attributes of the edits.
    Modify {
        /// `ldapi://…`.
        url: String,
        /// A restart after it, for what no modify changes: where slapd listens.
        restart: Option<ProgramRun>,
    },
    /// It looks for itself after a while.
    Wait {
        /// The longest while, in seconds.
        seconds: u64,
    },
}

/// How a running service takes a change up, and why so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Takeover {
    /// What is done.
    pub activation: Activation,
    /// How much that disturbs.
    pub disturbance: Disturbance,
    /// Why so, as a sentence.
    pub why: String,
}

impl Takeover {
    /// Of a program that does not run.
    #[must_use]
    pub fn when_started(program: &str) -> Self {
        let why = format!("{program} does not run: it reads its files when it is started.");
        Self { activation: Activation::Nothing, disturbance: Disturbance::None, why }
    }
}

/// Whose a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    /// User.
    pub user: String,
    /// Group.
    pub group: String,
    /// Permission bits.
    pub mode: u32,
}

impl Rights {
    /// Of these.
    #[must_use]
    pub fn of(user: &str, group: &str, mode: u32) -> Self {
        Self { user: user.to_owned(), group: group.to_owned(), mode }
    }
}

/// How a program wants its files, when they are made for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRules {
    /// Directory of the own layout, which gets `certs` and `private`: `/etc/postfix/ssl`.
    pub directory: PathBuf,
    /// Files with a private key.
    pub key: Rights,
    /// The directory `private`.
    pub key_directory: Rights,
    /// Files with certificates, and the directory `certs` with x where there is r.
    pub certificate: Rights,
    /// Fewest bits of an RSA key that its TLS library takes.
    pub fewest_rsa_bits: u32,
}
