//! Which settings beside the certificate can be changed in a kind of service. What a version of it or its TLS library cannot do, only its plan
//! tells, because the files and the program say so.

use crate::api::service::{Protocol, ServiceKind, TlsMode};

/// How a program writes lists of cipher suites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CipherList {
    /// As OpenSSL does: names joined by colons.
    Openssl,
    /// As OpenSSL does, or a priority string where the program is built with GnuTLS.
    OpensslOrGnutls,
    /// By their names in IANA's registry, joined by commas.
    Iana,
    /// By the names of the manual of Sun's Calendar Server, joined by commas.
    Sun,
}

/// What can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceSettings {
    /// How TLS can begin at an endpoint that has none.
    pub turned_on: &'static [TlsMode],
    /// What can be spoken at a new endpoint; none where there cannot be another one.
    pub listeners: &'static [Protocol],
    /// How TLS can begin there.
    pub begins: &'static [TlsMode],
    /// Whether a new endpoint can be at one address.
    pub for_addresses: bool,
    /// Whether a new endpoint can be for one host name.
    pub for_names: bool,
    /// Whether it has a setting for versions of TLS, and so can follow Mozilla's recommendations.
    pub versions: bool,
    /// Whether the highest version can be set as well as the lowest.
    pub highest: bool,
    /// How it writes cipher suites; nothing where it has no setting for them.
    pub ciphers: Option<CipherList>,
    /// Whether it looks at certificates of clients.
    pub clients: bool,
    /// Whether it can limit how many certificates of CAs there are above a client's.
    pub depth: bool,
    /// Whether it can be told to look for newer certificates by itself.
    pub watch: bool,
    /// Whether each endpoint can have settings of its own.
    pub for_endpoints: bool,
}

const IMPLICIT: &[TlsMode] = &[TlsMode::Implicit];
const STARTTLS: &[TlsMode] = &[TlsMode::Starttls];
const BOTH: &[TlsMode] = &[TlsMode::Implicit, TlsMode::Starttls];

const WEB: ServiceSettings = ServiceSettings {
    turned_on: IMPLICIT,
    listeners: &[Protocol::Http],
    begins: IMPLICIT,
    for_addresses: true,
    for_names: true,
    versions: true,
    highest: true,
    ciphers: Some(CipherList::Openssl),
    clients: true,
    depth: true,
    watch: false,
    for_endpoints: true,
};

const MAIL: ServiceSettings = ServiceSettings { turned_on: BOTH, listeners: &[Protocol::Smtp], begins: BOTH, for_names: false, ..WEB };

/// What can be changed in a kind of service; nothing where the console knows no more of it than files.
#[must_use]
pub fn settings(kind: ServiceKind) -> Option<ServiceSettings> {
    Some(match kind {
        ServiceKind::Apache | ServiceKind::Nginx => WEB,
        ServiceKind::Tomcat => ServiceSettings { ciphers: Some(CipherList::Iana), watch: true, ..WEB },
        ServiceKind::Postfix => MAIL,
        ServiceKind::Dovecot => ServiceSettings {
            listeners: &[Protocol::Imap, Protocol::Pop3, Protocol::Smtp, Protocol::Sieve, Protocol::Lmtp],
            highest: false,
            depth: false,
            ..MAIL
        },
        // TLS from the first byte takes an address of its own; one context serves all addresses.
        ServiceKind::Slapd => ServiceSettings {
            turned_on: STARTTLS,
            listeners: &[Protocol::Ldap],
            ciphers: Some(CipherList::OpensslOrGnutls),
            depth: false,
            for_endpoints: false,
            ..MAIL
        },
        ServiceKind::Vsftpd => ServiceSettings { listeners: &[], depth: false, for_endpoints: false, ..MAIL },
        ServiceKind::SunCalendar => ServiceSettings {
            for_addresses: false,
            versions: false,
            highest: false,
            ciphers: Some(CipherList::Sun),
            clients: false,
            for_endpoints: false,
            ..WEB
        },
        ServiceKind::SunMessaging => ServiceSettings {
            listeners: &[Protocol::Smtp, Protocol::Imap, Protocol::Pop3, Protocol::Http],
            begins: IMPLICIT,
            for_addresses: false,
            versions: false,
            highest: false,
            ciphers: None,
            clients: false,
            for_endpoints: false,
            ..MAIL
        },
        ServiceKind::Generic => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_listeners_says_how_tls_begins_there() {
        for known in ServiceKind::ALL.into_iter().filter_map(settings) {
            assert!(known.listeners.is_empty() || !known.begins.is_empty());
            assert!(known.versions || !known.highest);
        }
    }
}
