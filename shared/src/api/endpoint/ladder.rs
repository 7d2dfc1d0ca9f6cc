//! How far a client gets at an endpoint, rung by rung; which certificate is where; and what to do.

use serde::{Deserialize, Serialize};

use super::Mark;

/// A rung of the ladder: each stands on those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RungKind {
    /// A process of this host listens there.
    Listening,
    /// A connection from here is taken.
    Connects,
    /// STARTTLS is offered and begins; skipped where TLS is implicit.
    Starttls,
    /// The handshake is completed: the server has the key of its certificate.
    Handshake,
    /// The chain is whole and in order.
    Chain,
    /// The certificate is valid today.
    Dates,
    /// One of its names is the one that clients ask for.
    Names,
    /// It is the certificate that should be there.
    Expected,
}

/// How a rung holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RungState {
    /// It holds.
    Pass,
    /// It holds, with something worth a look.
    Warn,
    /// It is broken.
    Fail,
    /// One below it is broken, or it has no meaning here.
    Skipped,
    /// Nobody can know from here.
    Unknown,
}

/// What was found at a rung.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rung {
    /// Which.
    pub kind: RungKind,
    /// How it holds.
    pub state: RungState,
    /// What was seen, as a sentence.
    pub words: String,
    /// Why it is broken, as far as can be seen: the file that cannot be read, the key of another certificate.
    pub cause: Option<String>,
    /// What to do about it.
    pub cure: Option<String>,
}

/// A certificate in one of the four places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Print {
    /// How it is beside the others.
    pub mark: Mark,
    /// SHA-256 of its DER, lower-case hex; absent where there is none or nobody can tell.
    pub fingerprint_sha256: Option<String>,
    /// Where it is and since when: a file with its time, a process with its start, a nickname.
    pub words: String,
}

/// The same certificate in four places, and what to do when they differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FourPrints {
    /// In its database.
    pub database: Print,
    /// In the file of the service.
    pub file: Print,
    /// In the process.
    pub process: Print,
    /// On the wire.
    pub wire: Print,
    /// What to do: reload, deploy, import the file; absent when they agree.
    pub advice: Option<Advice>,
}

/// What makes the four places agree again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Advice {
    /// The process has not read its file anew: reload it, or start it again.
    Reload,
    /// The file is not what the database has: deploy.
    Deploy,
    /// The file is younger than what the database has: import it.
    ImportFile,
    /// Something else answers at this port than the service.
    LookWhoListens,
}

/// How heavy a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// Clients fail, or somebody can read or change what is said.
    Bad,
    /// Weak today, or soon.
    Weak,
    /// Worth knowing.
    Note,
}

/// Something about a certificate or a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    /// Stable name, such as `sha1-signature`.
    pub code: String,
    /// How heavy it is.
    pub grade: Grade,
    /// What it is, why it matters and what to do, as sentences.
    pub words: String,
}
