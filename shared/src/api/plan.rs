//! Plans: everything a deployment would do, before it does it.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::binding::BoundCertificate;
use super::probe::ProbeKeyType;
use super::service::{Protocol, ServiceKind, TlsMode};

/// What is done with the services that were changed already when one fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum OnFailure {
    /// They are returned to what they were, too.
    #[default]
    ReturnAll,
    /// They keep the new certificate; only the one that failed is returned.
    KeepDone,
}

/// Asks for a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewPlan {
    /// Services in the order they are changed.
    pub parts: Vec<NewPlanPart>,
    /// What is done when one fails.
    #[serde(default)]
    pub on_failure: OnFailure,
}

/// What is wanted of one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewPlanPart {
    /// Identifier of the service.
    pub service: String,
    /// Identifiers of its bindings that are deployed; all when absent, none when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bindings: Option<Vec<String>>,
    /// Settings beside the certificate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<SettingWish>,
}

/// A version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum TlsVersion {
    /// TLS 1.0 (RFC 2246).
    #[serde(rename = "1.0")]
    Tls10,
    /// TLS 1.1 (RFC 4346).
    #[serde(rename = "1.1")]
    Tls11,
    /// TLS 1.2 (RFC 5246).
    #[serde(rename = "1.2")]
    Tls12,
    /// TLS 1.3 (RFC 8446).
    #[serde(rename = "1.3")]
    Tls13,
}

/// One of Mozilla's recommended configurations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TlsProfile {
    /// TLS 1.3 alone.
    Modern,
    /// TLS 1.2 and 1.3, for nearly every client.
    Intermediate,
}

/// Whether clients show a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ClientVerification {
    /// They are not asked.
    Off,
    /// They are asked and may have none.
    Optional,
    /// They must have one.
    Required,
}

/// A setting beside the certificate. `endpoints` are names of endpoints; all with TLS when empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "set", rename_all = "kebab-case")]
pub enum SettingWish {
    /// Turns TLS on at an endpoint that has none.
    Tls {
        /// Name of the endpoint.
        endpoint: String,
        /// How TLS begins there.
        tls: TlsMode,
    },
    /// Adds an endpoint: `ldaps:///`, `smtps`, a virtual host on 443.
    Listener {
        /// What is spoken.
        protocol: Protocol,
        /// How TLS begins.
        tls: TlsMode,
        /// Its port.
        port: u16,
        /// Address to listen at; the program's usual one when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<String>,
        /// Host name it is for, where the program has virtual hosts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        server_name: Option<String>,
    },
    /// Versions and ciphers as Mozilla recommends them, as far as the program knows them.
    Profile {
        /// Where.
        #[serde(default)]
        endpoints: Vec<String>,
        /// Which.
        profile: TlsProfile,
    },
    /// The lowest and the highest version of TLS.
    Protocols {
        /// Where.
        #[serde(default)]
        endpoints: Vec<String>,
        /// The lowest.
        lowest: TlsVersion,
        /// The highest; the program's own when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        highest: Option<TlsVersion>,
    },
    /// Cipher suites in the program's own spelling.
    Ciphers {
        /// Where.
        #[serde(default)]
        endpoints: Vec<String>,
        /// The list.
        ciphers: String,
    },
    /// CA certificates that client certificates are checked with, written to a file of the service.
    ClientCa {
        /// Where.
        #[serde(default)]
        endpoints: Vec<String>,
        /// Identifier of the database they are in.
        database: String,
        /// SHA-256 fingerprints, hex.
        certificates: Vec<String>,
    },
    /// Whether clients show a certificate.
    ClientVerification {
        /// Where.
        #[serde(default)]
        endpoints: Vec<String>,
        /// Whether.
        verification: ClientVerification,
        /// Most certificates of CAs above the client's, as the program counts them: Apache and Postfix count the root, nginx and Tomcat only
        /// what is below it. As it is when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        depth: Option<u8>,
    },
    /// The program looks for newer certificates by itself, so that the next ones end no connection: Tomcat's TLSCertificateReloadListener.
    CertificateWatch,
}

/// Where a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PlanState {
    /// It can be applied.
    Ready,
    /// Everything is as it would make it.
    Unchanged,
    /// A check failed: it cannot be applied.
    Blocked,
    /// A file changed since it was made, or it is too old: make it anew.
    Stale,
    /// It was applied, or is being applied.
    Applied,
}

/// Everything a deployment would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Plan {
    /// Identifier in paths.
    pub id: String,
    /// Where it stands.
    pub state: PlanState,
    /// What makes it stale, in words.
    pub stale: Option<String>,
    /// What is done when a service fails.
    pub on_failure: OnFailure,
    /// Services in the order they are changed.
    pub parts: Vec<PlanPart>,
    /// Its deployment, once it is applied.
    pub deployment: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Until when it can be applied.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}

/// What would be done to one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanPart {
    /// Identifier of the service.
    pub service: String,
    /// Which program.
    pub kind: ServiceKind,
    /// Name for people.
    pub label: String,
    /// Its configuration.
    pub config: String,
    /// Its version, as it tells it.
    pub version: Option<String>,
    /// Identifiers of the bindings that were asked for; absent for all.
    pub bindings: Option<Vec<String>>,
    /// The settings that were asked for.
    pub settings: Vec<SettingWish>,
    /// Ready, unchanged or blocked.
    pub state: PlanState,
    /// The certificates it would serve, one for each kind of key; empty when only settings change.
    pub certificates: Vec<BoundCertificate>,
    /// What was checked.
    pub checks: Vec<Check>,
    /// Files that would change, in the order they are written.
    pub files: Vec<FileChange>,
    /// Attributes of cn=config that would change, in one modify.
    pub attributes: Vec<AttributeChange>,
    /// How the running service takes it up.
    pub activation: ActivationWords,
    /// Ports that are asked afterwards.
    pub probes: Vec<PlannedProbe>,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CheckStanding {
    /// Good.
    Pass,
    /// Wrong now, and this plan mends it.
    Repaired,
    /// To be known; it does not stop the plan.
    Warn,
    /// It stops the plan.
    Fail,
}

/// Something that was checked before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Check {
    /// Stable code, such as `key-belongs` or `readable-by-daemon`.
    pub code: String,
    /// How it ended.
    pub standing: CheckStanding,
    /// What was found, as a sentence that names file, user, name or date.
    pub words: String,
    /// Why it matters and the cure, where there is one.
    pub note: Option<String>,
}

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FilePurpose {
    /// Settings.
    Configuration,
    /// The certificate, with the chain or without.
    Certificate,
    /// The private key alone.
    Key,
    /// Key and certificates in one file.
    KeyAndCertificate,
    /// The chain alone.
    Chain,
    /// CA certificates for client certificates.
    ClientCa,
    /// PKCS#12 or JKS.
    KeyStore,
    /// A directory that is made for the files.
    Directory,
}

/// A file as it is, or as it would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileState {
    /// Owner.
    pub owner: String,
    /// Group.
    pub group: String,
    /// Mode in octal.
    pub mode: String,
    /// What is in it: `EC P-384, SHA-256 of the public key 5d90…`, `CN=mail.example.com until 17 Feb 2027, 3 certificates in order`.
    pub words: Vec<String>,
    /// What a symbolic link points to, when it is one.
    pub link: Option<String>,
}

/// A file that would be made or replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileChange {
    /// Absolute path.
    pub path: String,
    /// What it is for.
    pub purpose: FilePurpose,
    /// As it is; absent when there is none.
    pub before: Option<FileState>,
    /// As it would be; absent when it goes.
    pub after: Option<FileState>,
    /// Lines of a configuration that change, with their neighbours; empty for other files.
    pub hunks: Vec<Hunk>,
}

/// Lines that change, with their neighbours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hunk {
    /// Its lines.
    pub lines: Vec<DiffLine>,
}

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DiffSign {
    /// It stays.
    Kept,
    /// It goes.
    Removed,
    /// It comes.
    Added,
}

/// A line of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DiffLine {
    /// What becomes of it.
    pub sign: DiffSign,
    /// Its number, in the old file for what goes, in the new one otherwise; from 1.
    pub number: u32,
    /// The line without its end. Values of passwords are replaced by `…`.
    pub text: String,
}

/// An attribute of cn=config that would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttributeChange {
    /// Its name: `olcTLSCertificateFile`.
    pub name: String,
    /// Values as they are.
    pub before: Vec<String>,
    /// Values as they would be. The same as before: it is written so that slapd reads the files anew.
    pub after: Vec<String>,
}

/// How much of a running service is disturbed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Disturbance {
    /// Nothing is to be done.
    None,
    /// It takes the change up and keeps its connections.
    Reload,
    /// It ends and starts anew.
    Restart,
    /// It takes the change up by itself after a while.
    Wait,
}

/// How the running service takes a change up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActivationWords {
    /// Reload, restart, or nothing.
    pub disturbance: Disturbance,
    /// Why so, as a sentence.
    pub why: String,
    /// The line that it stands for, as an argument list; empty where there is none.
    pub arguments: Vec<String>,
}

/// A port that is asked afterwards what it serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlannedProbe {
    /// Name of the endpoint.
    pub endpoint: String,
    /// Address to connect to, without port.
    pub host: String,
    /// Port.
    pub port: u16,
    /// What is spoken.
    pub protocol: Protocol,
    /// How TLS begins.
    pub tls: TlsMode,
    /// Name sent in the handshake.
    pub server_name: Option<String>,
    /// The kind of key that is asked for, where the endpoint has certificates of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_type: Option<ProbeKeyType>,
    /// SHA-256 of the leaf that must be served afterwards.
    pub expected: String,
    /// SHA-256 of the leaf that was served when the plan was made; absent when none was.
    pub before: Option<String>,
}
