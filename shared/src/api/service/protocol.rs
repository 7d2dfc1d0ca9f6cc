//! What is spoken at an endpoint, and how TLS begins there.

use serde::{Deserialize, Serialize};

/// What is spoken at an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// HTTP.
    Http,
    /// SMTP, submission included.
    Smtp,
    /// IMAP.
    Imap,
    /// POP3.
    Pop3,
    /// ManageSieve.
    Sieve,
    /// LMTP.
    Lmtp,
    /// FTP.
    Ftp,
    /// LDAP.
    Ldap,
    /// XMPP between client and server.
    Xmpp,
    /// PostgreSQL.
    Postgresql,
    /// MySQL and MariaDB.
    Mysql,
    /// SIP over TLS.
    Sip,
    /// Something else over TCP.
    Other,
}

impl Protocol {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Http,
        Self::Ldap,
        Self::Ftp,
        Self::Smtp,
        Self::Imap,
        Self::Pop3,
        Self::Sieve,
        Self::Lmtp,
        Self::Xmpp,
        Self::Postgresql,
        Self::Mysql,
        Self::Sip,
        Self::Other,
    ];

    /// As it stands in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Smtp => "smtp",
            Self::Imap => "imap",
            Self::Pop3 => "pop3",
            Self::Sieve => "sieve",
            Self::Lmtp => "lmtp",
            Self::Ftp => "ftp",
            Self::Ldap => "ldap",
            Self::Xmpp => "xmpp",
            Self::Postgresql => "postgresql",
            Self::Mysql => "mysql",
            Self::Sip => "sip",
            Self::Other => "other",
        }
    }

    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Smtp => "SMTP",
            Self::Imap => "IMAP",
            Self::Pop3 => "POP3",
            Self::Sieve => "ManageSieve",
            Self::Lmtp => "LMTP",
            Self::Ftp => "FTP",
            Self::Ldap => "LDAP",
            Self::Xmpp => "XMPP",
            Self::Postgresql => "PostgreSQL",
            Self::Mysql => "MySQL",
            Self::Sip => "SIP",
            Self::Other => "TLS",
        }
    }

    /// The word by which TLS begins in the middle of its conversation (RFC 2595 for POP3, RFC 4217 for FTP, the manuals of the databases).
    #[must_use]
    pub fn starttls_word(self) -> &'static str {
        match self {
            Self::Ftp => "AUTH TLS",
            Self::Pop3 => "STLS",
            Self::Postgresql => "SSLRequest",
            Self::Mysql => "CLIENT_SSL",
            _ => "STARTTLS",
        }
    }

    /// The one of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protocol| protocol.name() == name)
    }
}

/// How TLS begins at an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TlsMode {
    /// From the first byte.
    Implicit,
    /// After STARTTLS, STLS or AUTH TLS.
    Starttls,
    /// Not at all.
    Off,
}

impl TlsMode {
    /// As it stands in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Implicit => "implicit",
            Self::Starttls => "starttls",
            Self::Off => "off",
        }
    }

    /// The one of a name; TLS from the first byte for others.
    #[must_use]
    pub fn named(name: &str) -> Self {
        [Self::Starttls, Self::Off].into_iter().find(|mode| mode.name() == name).unwrap_or(Self::Implicit)
    }
}
