//! What is wanted of a service, with everything looked up that is not on this host's disk: a plan is made without a database.

use std::path::PathBuf;

use certdeck_shared::api::binding::Layout;
use certdeck_shared::api::plan::SettingWish;

use super::MaterialReference;

/// What is wanted of one service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// Certificates that it shall serve.
    pub bindings: Vec<BoundMaterial>,
    /// Settings beside the certificate.
    pub settings: Vec<Setting>,
}

/// A certificate that endpoints of a service shall serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundMaterial {
    /// Its place among the materials of the plan.
    pub material: usize,
    /// Names of the endpoints; all with TLS when empty.
    pub endpoints: Vec<String>,
    /// Where its files lie.
    pub layout: Layout,
    /// Directory of the own layout, when it is not the service's.
    pub directory: Option<PathBuf>,
}

/// A setting with what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The wish.
    pub wish: SettingWish,
    /// The certificates of [`SettingWish::ClientCa`], DER, in its order; empty for others.
    pub certificates: Vec<Vec<u8>>,
}

/// A certificate of a database, with what its database says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Which certificate.
    pub reference: MaterialReference,
    /// The directory of its database, links followed.
    pub directory: PathBuf,
    /// Its private key.
    pub key: KeyStanding,
    /// The root above the chain, as far as the database has one.
    pub root: RootStanding,
}

/// Whether a private key can be written to a file of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyStanding {
    /// It can leave its token.
    Ready {
        /// Its public key, SubjectPublicKeyInfo in DER.
        public_key: Vec<u8>,
    },
    /// Its token wants the password first.
    LoggedOut,
    /// Its token never lets it out.
    Kept,
    /// There is none.
    Absent,
}

/// What the database has of the root above a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootStanding {
    /// It is trusted for servers of TLS.
    Trusted {
        /// DER.
        certificate: Vec<u8>,
    },
    /// It is there and nobody said that it is trusted.
    Known {
        /// DER.
        certificate: Vec<u8>,
    },
    /// It is not there.
    Unknown,
}
