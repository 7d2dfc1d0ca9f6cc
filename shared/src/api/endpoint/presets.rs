//! Ports that are usually watched.

use serde::{Deserialize, Serialize};

use super::super::service::{Protocol, TlsMode};

/// What is usually spoken at a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preset {
    /// The port.
    pub port: u16,
    /// What is spoken there.
    pub protocol: Protocol,
    /// How TLS begins.
    pub tls: TlsMode,
}

/// The usual ports, in the order of their numbers: those of mail, web, directories, files, databases and talk by IANA's registry, 5223 and 8443.
pub const PRESETS: [Preset; 20] = {
    use Protocol as P;
    use TlsMode::{Implicit, Starttls};
    const fn preset(port: u16, protocol: Protocol, tls: TlsMode) -> Preset {
        Preset { port, protocol, tls }
    }
    [
        preset(21, P::Ftp, Starttls),
        preset(24, P::Lmtp, Starttls),
        preset(25, P::Smtp, Starttls),
        preset(110, P::Pop3, Starttls),
        preset(143, P::Imap, Starttls),
        preset(389, P::Ldap, Starttls),
        preset(443, P::Http, Implicit),
        preset(465, P::Smtp, Implicit),
        preset(587, P::Smtp, Starttls),
        preset(636, P::Ldap, Implicit),
        preset(990, P::Ftp, Implicit),
        preset(993, P::Imap, Implicit),
        preset(995, P::Pop3, Implicit),
        preset(3306, P::Mysql, Starttls),
        preset(4190, P::Sieve, Starttls),
        preset(5061, P::Sip, Implicit),
        preset(5222, P::Xmpp, Starttls),
        preset(5223, P::Xmpp, Implicit),
        preset(5432, P::Postgresql, Starttls),
        preset(8443, P::Http, Implicit),
    ]
};
