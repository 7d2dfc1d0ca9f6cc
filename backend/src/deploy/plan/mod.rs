//! A plan: what is done to each service, as data. Nothing is decided when it is applied, and no private key is in it.

pub mod basis;
mod checks;
mod choice;
mod difference;
mod draft;
pub mod facts;
mod files;
mod intended;
mod kept;
mod make;
mod own;
mod own_control;
mod parameters;
mod part;
mod present;
mod probes;
mod rights;
mod settings;
mod target;

pub use make::{Made, make, present_check, questions, restart, stale};
pub use own_control::{check, own_control};
pub use target::{BoundMaterial, KeyStanding, RootStanding, Setting, Source, Target};

use std::path::PathBuf;

use certdeck_shared::api::plan::{FilePurpose, PlannedProbe};
use certdeck_shared::api::service::ServiceKind;
use serde::{Deserialize, Serialize};

use super::change::{AttributeEdit, ProgramRun, Takeover};

/// What is done to one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedService {
    /// The service.
    pub service: ServiceReference,
    /// Files in the order they are written: directories first, then keys and certificates, configuration last.
    pub files: Vec<PlannedFile>,
    /// Attributes of cn=config, for one modify.
    pub attributes: Vec<AttributeEdit>,
    /// The program's own check of its configuration, run after the files are written and before they are taken up.
    pub check: Option<ProgramRun>,
    /// How the running service takes the change up.
    pub takeover: Takeover,
    /// How it is started again when it has died.
    pub restart: Option<ProgramRun>,
    /// Ports that must serve the new certificate afterwards.
    pub probes: Vec<PlannedProbe>,
    /// What the plan was made from: every file of the configuration, and every file that is written.
    pub basis: Vec<Basis>,
}

/// A service, as far as a deployment needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceReference {
    /// Identifier.
    pub id: String,
    /// Which program.
    pub kind: ServiceKind,
    /// Name for people.
    pub label: String,
    /// Its configuration.
    pub config: String,
}

/// A file that is made or replaced, by a temporary file beside it and a rename: a symbolic link there is replaced, never followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedFile {
    /// Absolute path.
    pub path: PathBuf,
    /// What it is for.
    pub purpose: FilePurpose,
    /// User.
    pub user: u32,
    /// Group.
    pub group: u32,
    /// Permission bits.
    pub mode: u32,
    /// What is written.
    pub content: Content,
}

/// What is written to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// A directory is made.
    Directory,
    /// These bytes: a configuration, or certificates that no key belongs to.
    Bytes(Vec<u8>),
    /// Parts of a certificate and key of a database, which are fetched when the plan is applied.
    Material {
        /// Place of the certificate among those of the plan's materials.
        material: usize,
        /// Which parts, in order.
        parts: Vec<MaterialPart>,
    },
    /// A key store with key and chain.
    KeyStore {
        /// Place of the certificate among those of the plan's materials.
        material: usize,
        /// Its format.
        format: KeyStoreFormat,
        /// Alias of the entry.
        alias: String,
        /// The file and the place in it where its password stands: it is read when the plan is applied and is not in the plan.
        password: PasswordPlace,
    },
    /// What was there before an earlier deployment: a file, a link, or nothing. Owner, mode and labels are those of then, too.
    Earlier {
        /// Identifier of that deployment.
        deployment: String,
        /// Place of the service in it.
        service: usize,
        /// Place of the file in it.
        change: usize,
    },
}

/// A part of a certificate with its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum MaterialPart {
    /// The private key, PKCS#8 as PEM.
    Key,
    /// The leaf.
    Leaf,
    /// The certificates above it, from its issuer upwards, without the root.
    Chain,
    /// What the file held beside the certificate and holds again, PEM: parameters for Diffie-Hellman.
    Parameters(String),
}

impl Content {
    /// Place of the certificate whose key is written.
    #[must_use]
    pub fn key_of(&self) -> Option<usize> {
        match self {
            Self::Material { material, parts } => parts.contains(&MaterialPart::Key).then_some(*material),
            Self::KeyStore { material, .. } => Some(*material),
            Self::Directory | Self::Bytes(_) | Self::Earlier { .. } => None,
        }
    }
}

/// Format of a key store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyStoreFormat {
    /// PKCS#12 (RFC 7292).
    Pkcs12,
    /// Java's own.
    Jks,
}

/// Where the password of a key store stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PasswordPlace {
    /// The first line of a file.
    File(PathBuf),
    /// An attribute in a configuration.
    Attribute {
        /// The file.
        file: PathBuf,
        /// The line.
        line: u32,
        /// Its name.
        name: String,
    },
    /// What the program takes when nothing is set: `changeit`.
    BuiltIn(String),
}

/// A certificate of a database that a plan deploys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaterialReference {
    /// Identifier of the database.
    pub database: String,
    /// Label of the token, when it is not the database's own.
    pub token: Option<String>,
    /// Nickname.
    pub nickname: String,
    /// The leaf, DER.
    pub leaf: Vec<u8>,
    /// The certificates above it, DER, from its issuer upwards, without the root.
    pub chain: Vec<Vec<u8>>,
}

impl MaterialReference {
    /// Its nickname as configurations have it, behind that of its token.
    #[must_use]
    pub fn address(&self) -> String {
        self.token.as_ref().map_or_else(|| self.nickname.clone(), |token| format!("{token}:{}", self.nickname))
    }
}

/// A file as the plan saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// Its path.
    pub path: PathBuf,
    /// What was there; absent when nothing was.
    pub seen: Option<Seen>,
}

/// What was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// SHA-256 of its content, lower-case hex; empty for a directory.
    pub sha256: String,
    /// User.
    pub user: u32,
    /// Group.
    pub group: u32,
    /// Permission bits.
    pub mode: u32,
    /// What it points to, when it is a symbolic link.
    pub link: Option<PathBuf>,
}
