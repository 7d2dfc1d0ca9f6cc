//! Services that use certificates: where their configuration says so, and what is in the files it names.

mod files;
mod kind;
mod protocol;

pub use files::{Certainty, ConfigFile, FileCertificate, FileKey, Holder, KeyReader, NamedFile};
pub use kind::ServiceKind;
pub use protocol::{Protocol, TlsMode};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// Programs that act on a service, each as an argument list that begins with an absolute path; no shell reads them. What is absent the
/// console does by itself, where it knows how.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceControl {
    /// Checks the configuration; it ends with 0 when that is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Vec<String>>,
    /// Makes the service read its files anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reload: Option<Vec<String>>,
    /// Ends the service, if it runs, and starts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart: Option<Vec<String>>,
}

/// Changes what the console knows of a service. What is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceChange {
    /// Name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Programs that act on it, all three.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<ServiceControl>,
}

/// Registers a service. Its files are read and nothing of them changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewService {
    /// Which program.
    pub kind: ServiceKind,
    /// Absolute path of its configuration file; for Postfix of the directory. Empty with a `description`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub config: String,
    /// Name for people; the program's name when absent.
    #[serde(default)]
    pub label: Option<String>,
    /// Programs that act on it.
    #[serde(default)]
    pub control: ServiceControl,
    /// Of another program, in the place of a configuration: its files and ports. The console keeps it as a file of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<ProgramDescription>,
}

impl NewService {
    /// One whose configuration is there, by the name of its program.
    #[must_use]
    pub fn new(kind: ServiceKind, config: impl Into<String>) -> Self {
        Self { kind, config: config.into(), label: None, control: ServiceControl::default(), description: None }
    }
}

/// The files and ports of a program whose configuration the console cannot read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProgramDescription {
    /// File of the certificate; the same as the key's when both are in one.
    pub certificate: String,
    /// File of the private key.
    pub key: String,
    /// File of the intermediate certificates, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain: Option<String>,
    /// Files of CA certificates that client certificates are checked with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_ca: Vec<String>,
    /// User that reads the key; root when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_reader: Option<String>,
    /// Where it is reached.
    pub ports: Vec<ProgramPort>,
}

/// Where such a program is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProgramPort {
    /// Address and port, such as `*:5223`, `127.0.0.1:25`, `[::1]:993`.
    pub address: String,
    /// What is spoken.
    pub protocol: Protocol,
    /// How TLS begins.
    pub tls: TlsMode,
    /// What it is called; the address when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Host names it is for; none for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub server_names: Vec<String>,
}

/// A service on this host that can be registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundService {
    /// Which program.
    pub kind: ServiceKind,
    /// Its configuration.
    pub config: String,
    /// Identifiers of its processes that run now; empty for one found by its file alone.
    pub processes: Vec<u32>,
    /// Whether the console already knows it.
    pub registered: bool,
}

/// A registered service, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Service {
    /// Identifier in paths.
    pub id: String,
    /// Which program.
    pub kind: ServiceKind,
    /// Name for people.
    pub label: String,
    /// Its configuration.
    pub config: String,
    /// Identifiers of its processes that run now.
    pub processes: Vec<u32>,
    /// Why its configuration cannot be read; absent when it can.
    pub problem: Option<String>,
    /// Endpoints with TLS.
    pub endpoints: usize,
    /// When the first of its certificates ends.
    #[serde(with = "time::serde::rfc3339::option")]
    pub not_after: Option<OffsetDateTime>,
    /// How much is to be looked at: files that are wrong, settings that are not understood.
    pub findings: usize,
    /// When it was registered.
    #[serde(with = "time::serde::rfc3339")]
    pub registered_at: OffsetDateTime,
}

/// A place in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
}

/// The effective value of a setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Effective {
    /// Name of the setting, in the program's words.
    pub name: String,
    /// Its value with variables replaced; a path is absolute.
    pub value: String,
    /// Where it is set; absent for what the program does by itself.
    pub place: Option<Place>,
}

/// A certificate that an endpoint serves, with its key and chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pair {
    /// File of the certificate.
    pub certificate: Effective,
    /// File of the private key.
    pub key: Effective,
    /// File of the intermediate certificates, where that is another one.
    pub chain: Option<Effective>,
    /// The NSS database that has both, for a certificate that is named by its nickname; `certificate` and `key` are that name then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<NicknamedIn>,
    /// Whether the key belongs to the certificate; absent when one of them could not be read.
    pub key_matches: Option<bool>,
    /// What is wrong with the files together, in words.
    pub findings: Vec<String>,
}

/// Where a certificate is that a configuration names by `nickname` or `token:nickname`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NicknamedIn {
    /// Directory of the NSS database.
    pub directory: Effective,
    /// Identifier of the registered database of this directory; absent when none is registered.
    pub database: Option<String>,
    /// The certificate of that name there; absent when it cannot be told.
    pub certificate: Option<FileCertificate>,
}

/// Where a service is reached: a listener or a virtual host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Endpoint {
    /// The program's name for it: `imaps`, `submission`, the first name of a virtual host.
    pub name: String,
    /// What is spoken.
    pub protocol: Protocol,
    /// How TLS begins.
    pub tls: TlsMode,
    /// Address and port, such as `*:443`, `127.0.0.1:25`, `[::1]:993`.
    pub addresses: Vec<String>,
    /// Host names it is for; empty for all.
    pub server_names: Vec<String>,
    /// Where it is defined; absent for what the program does by itself.
    pub place: Option<Place>,
    /// What it serves, one for each kind of key.
    pub pairs: Vec<Pair>,
    /// CA certificates that client certificates are checked with.
    pub client_ca: Vec<Effective>,
    /// Versions of TLS.
    pub protocols: Option<Effective>,
    /// Cipher suites.
    pub ciphers: Option<Effective>,
    /// Whether a client certificate is asked for.
    pub client_verification: Option<Effective>,
}

/// Something that was not understood or cannot work, with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Remark {
    /// Where.
    pub place: Place,
    /// What, as a sentence.
    pub words: String,
}

/// What a word of a configuration means, and what to think of it today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Term {
    /// What it is: a cipher, a keyword, a parameter.
    pub topic: String,
    /// The word.
    pub name: String,
    /// What it means, as sentences.
    pub meaning: String,
    /// What to know of it today, as sentences.
    pub today: Option<String>,
    /// True for what must not be used any more, or is not read any more.
    pub obsolete: bool,
    /// How sure that is.
    pub certainty: Certainty,
}

/// What the console does with a service where no program was given for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnControl {
    /// The program's own check of its configuration, as an argument list; absent where there is none that is worth something.
    pub check: Option<Vec<String>>,
    /// What makes it take up new certificates at the same paths; absent where no program is run for that.
    pub reload: Option<Vec<String>>,
    /// Why it is done so, or why it cannot be done, as sentences.
    pub words: String,
    /// What ends and starts it; absent where nobody said how.
    pub restart: Option<Vec<String>>,
}

/// Everything the configuration of a service says about TLS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceDescription {
    /// In short.
    pub service: Service,
    /// Version of the installed program, as it tells it; absent when it is not in one of the system's directories.
    pub version: Option<String>,
    /// Name of this instance, where the program has several.
    pub instance: Option<String>,
    /// Programs that the administrator gave for it.
    pub control: ServiceControl,
    /// What the console does where none was given; absent in lists, and where the configuration cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_control: Option<OwnControl>,
    /// Who reads the private keys.
    pub key_reader: KeyReader,
    /// Files of the configuration, in the order they are read.
    pub config_files: Vec<ConfigFile>,
    /// Where it is reached.
    pub endpoints: Vec<Endpoint>,
    /// Files that the endpoints name.
    pub files: Vec<NamedFile>,
    /// What is not understood or cannot work.
    pub remarks: Vec<Remark>,
    /// What the words of its configuration mean, for programs whose manuals are hard to find.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<Term>,
}

/// An endpoint as [`ServiceOutline`] has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EndpointOutline {
    /// The program's name for it.
    pub name: String,
    /// How TLS begins.
    pub tls: TlsMode,
    /// Versions of TLS.
    pub protocols: Option<Effective>,
    /// Cipher suites.
    pub ciphers: Option<Effective>,
    /// Whether a client certificate is asked for.
    pub client_verification: Option<Effective>,
}

/// What a wish for other settings has to know of a service: the answer that is a [`ServiceDescription`], read in part.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ServiceOutline {
    /// Where it is reached.
    pub endpoints: Vec<EndpointOutline>,
}
