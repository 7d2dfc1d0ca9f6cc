//! `certmap.conf`: which entry of a directory a client's certificate leads to.

use serde::{Deserialize, Serialize};

use super::password::Severity;

/// A property that the console sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MapProperty {
    /// Attributes of the subject that the base of the search is made of: absent for the whole subject, empty for the whole tree.
    #[serde(rename = "DNComps")]
    DnComps,
    /// Attributes of the subject that the filter is made of; every entry matches when absent or empty.
    FilterComps,
    /// `on` when the certificate must be the entry's.
    #[serde(rename = "verifycert")]
    Verifycert,
    /// Attribute of the directory that holds the subject.
    CmapLdapAttr,
}

impl MapProperty {
    /// All of them, in the order of the file that is shipped.
    pub const ALL: [Self; 4] = [Self::DnComps, Self::FilterComps, Self::Verifycert, Self::CmapLdapAttr];

    /// As it stands in the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DnComps => "DNComps",
            Self::FilterComps => "FilterComps",
            Self::Verifycert => "verifycert",
            Self::CmapLdapAttr => "CmapLdapAttr",
        }
    }
}

/// One change to the maps of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "change", rename_all = "kebab-case")]
pub enum MapChange {
    /// Gives a property a value; an empty one leaves it there without a value.
    SetProperty {
        /// Name of the map.
        map: String,
        /// Which property.
        property: MapProperty,
        /// Its value.
        value: String,
    },
    /// Takes a property out.
    RemoveProperty {
        /// Name of the map.
        map: String,
        /// Which property.
        property: MapProperty,
    },
    /// Names another issuer.
    SetIssuer {
        /// Name of the map.
        map: String,
        /// The issuer, letter for letter as the servers print it.
        issuer: String,
    },
    /// Adds a map at the end.
    AddMap {
        /// Name of the map.
        map: String,
        /// The issuer; `default` for the default map.
        issuer: String,
    },
    /// Takes a map with all its properties out.
    RemoveMap {
        /// Name of the map.
        map: String,
    },
}

impl MapChange {
    /// Name of the map that it is about.
    #[must_use]
    pub fn map(&self) -> &str {
        match self {
            Self::SetProperty { map, .. }
            | Self::RemoveProperty { map, .. }
            | Self::SetIssuer { map, .. }
            | Self::AddMap { map, .. }
            | Self::RemoveMap { map } => map,
        }
    }
}

/// Changes that are made one after the other, or none of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MapChanges {
    /// In their order.
    pub changes: Vec<MapChange>,
}

/// A line `NAME:PROPERTY VALUE`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MapLine {
    /// Name of the property, as it is written.
    pub name: String,
    /// Its value; empty where nothing follows.
    pub value: String,
    /// Line, from 1.
    pub line: u32,
}

/// A map of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CertificateMap {
    /// Its name.
    pub name: String,
    /// The issuer, as it is written.
    pub issuer: String,
    /// Line, from 1.
    pub line: u32,
    /// All its properties, those included that the console does not change.
    pub properties: Vec<MapLine>,
}

/// Something about a file that should be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MapFinding {
    /// How bad it is.
    pub severity: Severity,
    /// Line, from 1; absent for what is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// In words.
    pub words: String,
}

/// A `certmap.conf` on the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CertificateMaps {
    /// Absolute path.
    pub path: String,
    /// SHA-256 of the content, lower-case hex: the entity tag, for `If-Match`.
    pub digest_sha256: String,
    /// Owner.
    pub owner: String,
    /// Group.
    pub group: String,
    /// Mode in octal.
    pub mode: String,
    /// The file as it is.
    pub content: String,
    /// Its maps.
    pub maps: Vec<CertificateMap>,
    /// What should be looked at.
    pub findings: Vec<MapFinding>,
}

/// How the issuer of a map is compared with that of a certificate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum IssuerComparison {
    /// Letter for letter, blanks included, as the manuals of Sun's servers have it.
    #[default]
    Exact,
    /// As names, whatever blanks and case: 389 Directory Server.
    AsNames,
}

/// A search that the server makes in the whole subtree below a base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MapSearch {
    /// Base (RFC 4514); absent for the whole tree.
    pub base: Option<String>,
    /// Filter (RFC 4515).
    pub filter: String,
}

/// What the maps make of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MapTrial {
    /// Name of the map that applies; absent when there is none.
    pub map: Option<String>,
    /// Its line, from 1.
    pub line: Option<u32>,
    /// Subject of the certificate.
    pub subject: String,
    /// Its issuer, as NSS prints it: what belongs behind the name of a map.
    pub issuer: String,
    /// What happens, one sentence after the other.
    pub steps: Vec<String>,
    /// The searches, each made when those before found nothing; none when the certificate leads nowhere.
    pub searches: Vec<MapSearch>,
    /// Whether the certificate must be the entry's.
    pub verifies: bool,
}

/// A directory that is to be asked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DirectoryQuestion {
    /// `ldap://HOST[:PORT]`, `ldaps://HOST[:PORT]` or `ldapi://%2Fpath%2Fto%2Fsocket`.
    pub url: String,
    /// Whether an `ldap:` connection is encrypted by StartTLS.
    #[serde(default)]
    pub starttls: bool,
    /// PEM of the CA certificates that the directory's certificate is checked with; those of the system when absent.
    #[serde(default)]
    pub ca: Option<String>,
    /// Who asks; nobody when absent.
    #[serde(default)]
    pub bind_dn: Option<String>,
    /// Password of who asks.
    #[serde(default)]
    pub password: Option<String>,
    /// Where the whole tree begins; the directory's own naming contexts when absent.
    #[serde(default)]
    pub suffix: Option<String>,
}

impl std::fmt::Debug for DirectoryQuestion {
    /// Everything but the password.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("DirectoryQuestion").field("url", &self.url).field("bind_dn", &self.bind_dn).finish_non_exhaustive()
    }
}

/// Tries a certificate on maps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewMapTrial {
    /// The file on the server.
    pub path: String,
    /// Changes that are made to it for this trial alone.
    #[serde(default)]
    pub changes: Vec<MapChange>,
    /// The client's certificate as PEM, or the base64 of its DER.
    pub certificate: String,
    /// How issuers are compared.
    #[serde(default)]
    pub issuer_comparison: IssuerComparison,
    /// The directory; none is asked when absent.
    #[serde(default)]
    pub directory: Option<DirectoryQuestion>,
}

/// How `userCertificate;binary` of an entry stands to the certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum EntryCertificate {
    /// It is there, octet for octet.
    Same,
    /// Only others are there.
    Differs,
    /// The entry has none that can be read.
    Missing,
}

/// An entry that a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundEntry {
    /// Its name.
    pub dn: String,
    /// Its `uid`, which the servers take as the user.
    pub uid: Option<String>,
    /// Its certificates.
    pub certificate: EntryCertificate,
}

/// A search that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MadeSearch {
    /// Base.
    pub base: String,
    /// Filter.
    pub filter: String,
    /// What it found, at most 20.
    pub entries: Vec<FoundEntry>,
    /// Why it found nothing, in the directory's words; absent when it was answered.
    pub problem: Option<String>,
}

/// What a directory says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DirectoryAnswer {
    /// The searches that were made.
    pub searches: Vec<MadeSearch>,
    /// Name of the one entry that the certificate leads to.
    pub entry: Option<String>,
    /// What comes of it, as a sentence.
    pub words: String,
}

/// What a trial shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MapTrialResult {
    /// What the maps make of the certificate.
    pub trial: MapTrial,
    /// What the directory says, when it was asked.
    pub directory: Option<DirectoryAnswer>,
}
