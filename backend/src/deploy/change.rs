//! What an adapter is asked to change, and what it answers: edits of its files, and how the running service takes them up. Nothing here
//! writes, and nothing is decided later than here.

use std::path::PathBuf;

use certdeck_shared::api::plan::{ClientVerification, Disturbance, TlsProfile, TlsVersion};
pub use certdeck_shared::api::service::ServiceControl as Control;
use certdeck_shared::api::service::{Place, Protocol, TlsMode};
use serde::{Deserialize, Serialize};

use crate::host::tree::Process;

/// A setting that shall be another one. Endpoints are told by their place among those of the observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// These endpoints name other files for one of their pairs. When others share the setting, it is overridden for these alone.
    Pair {
        /// The endpoints.
        endpoints: Vec<usize>,
        /// Which of their pairs; a new one when it is as many as they have.
        pair: usize,
        /// File of the certificate: with the chain, unless `chain` is another one.
        certificate: PathBuf,
        /// File of the key; the same as the certificate's when both are in one.
        key: PathBuf,
        /// File of the chain alone. The setting goes when nothing is given.
        chain: Option<PathBuf>,
    },
    /// TLS begins at an endpoint that has none.
    Tls {
        /// The endpoint.
        endpoint: usize,
        /// How it begins.
        tls: TlsMode,
    },
    /// A new endpoint.
    Listener {
        /// What is spoken.
        protocol: Protocol,
        /// How TLS begins.
        tls: TlsMode,
        /// Its port.
        port: u16,
        /// Address to listen at.
        address: Option<String>,
        /// Host name it is for.
        server_name: Option<String>,
        /// Its pair, certificate and key.
        pair: Option<(PathBuf, PathBuf)>,
    },
    /// Versions and ciphers as Mozilla recommends them.
    Profile {
        /// The endpoints.
        endpoints: Vec<usize>,
        /// Which recommendation.
        profile: TlsProfile,
    },
    /// Versions of TLS.
    Protocols {
        /// The endpoints.
        endpoints: Vec<usize>,
        /// The lowest.
        lowest: TlsVersion,
        /// The highest; the program's own when absent.
        highest: Option<TlsVersion>,
    },
    /// Cipher suites in the program's spelling.
    Ciphers {
        /// The endpoints.
        endpoints: Vec<usize>,
        /// The list.
        ciphers: String,
    },
    /// The file of CA certificates that client certificates are checked with.
    ClientCa {
        /// The endpoints.
        endpoints: Vec<usize>,
        /// The file.
        file: PathBuf,
    },
    /// Whether clients show a certificate.
    ClientVerification {
        /// The endpoints.
        endpoints: Vec<usize>,
        /// Whether.
        verification: ClientVerification,
        /// Most certificates of CAs above the client's, as the program counts them; as it is when absent.
        depth: Option<u8>,
    },
    /// The program looks for newer certificates by itself.
    CertificateWatch,
}

impl Wanted {
    /// Why a program that has nothing for this wish does not follow it.
    #[must_use]
    pub fn beyond(&self, program: &str) -> EditRefused {
        EditRefused::because(match self {
            Self::CertificateWatch => format!("{program} has nothing that looks for newer certificates by itself."),
            Self::ClientVerification { depth: Some(_), .. } => {
                format!("{program} has no setting for the length of the chains that clients show.")
            }
            _ => format!("{program} has no setting for this."),
        })
    }
}

/// What becomes of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits {
    /// Files with other content; empty when the configuration already says all of it.
    pub files: Vec<EditedFile>,
    /// Attributes of cn=config, for one modify.
    pub attributes: Vec<AttributeEdit>,
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
