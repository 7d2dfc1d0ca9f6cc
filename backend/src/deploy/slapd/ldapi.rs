//! A running slapd, asked over its socket on this host. Whoever connects there is known by the user it runs as (SASL EXTERNAL, RFC 4422), so
//! no password is needed.

use std::collections::HashSet;
use std::io;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use ldap3::exop::Exop;
use ldap3::{LdapConn, LdapConnSettings, LdapError, LdapResult, Mod, Scope, SearchEntry, StdStream};
use rustix::net::sockopt::socket_peercred;

use crate::host::owners;

/// The entry with the settings of the whole server.
pub const ENTRY: &str = "cn=config";
/// Where slapd makes its socket when `ldapi:///` does not say it: of Debian, of Red Hat, and OpenLDAP's own.
const SOCKETS: [&str; 4] = ["/run/slapd/ldapi", "/var/run/ldapi", "/run/ldapi", "/usr/local/var/run/ldapi"];
/// Name of the operation StartTLS (RFC 4511, section 4.14).
const START_TLS: &str = "1.3.6.1.4.1.1466.20037";

/// Result codes (RFC 4511, appendix A, and slapd's own use of them).
pub mod code {
    /// The server does not know the operation: StartTLS when it has no TLS.
    pub const PROTOCOL_ERROR: u32 = 2;
    /// There is no such entry, or it may not be seen.
    pub const NO_SUCH_OBJECT: u32 = 32;
    /// The user may not.
    pub const INSUFFICIENT_ACCESS: u32 = 50;
    /// Not now: StartTLS when TLS is broken.
    pub const UNAVAILABLE: u32 = 52;
    /// Not this: the last settings of TLS would go.
    pub const UNWILLING: u32 = 53;
    /// Anything else: TLS that does not begin.
    pub const OTHER: u32 = 80;
}

/// Why a running slapd could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum LdapiError {
    /// An address of another kind.
    #[error("{0} is no address of a socket on this host")]
    NoSocket(String),
    /// Nobody is there.
    #[error("no slapd answers at {}", path.display())]
    Silent {
        /// The socket.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The settings may not be seen or changed by the user of the console.
    #[error(
        "slapd does not take the user of the console for a manager of cn=config: give the entry olcDatabase={{0}}config,cn=config the value \
         olcAccess: {{0}}to * by dn.exact=gidNumber={group}+uidNumber={user},cn=peercred,cn=external,cn=auth manage by * break"
    )]
    NoManager {
        /// Number of the user.
        user: u32,
        /// Number of the group.
        group: u32,
    },
    /// It answered no.
    #[error("slapd answered with the error {code}{}", diagnostics(text))]
    Refused {
        /// Its code.
        code: u32,
        /// What it said with it; mostly nothing.
        text: String,
    },
    /// The conversation broke off.
    #[error("the conversation with slapd broke off")]
    BrokeOff(#[source] LdapError),
}

fn diagnostics(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(": {text}") }
}

/// How TLS stands in a running slapd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsState {
    /// It can begin.
    Ready,
    /// It was never set up.
    Off,
    /// It was set up and is broken: every client is refused until its settings are written anew.
    Broken,
}

/// The socket that an address such as `ldapi://%2Frun%2Fslapd%2Fldapi` names; the first of the usual ones when it names none.
#[must_use]
pub fn socket(url: &str) -> Option<PathBuf> {
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("ldapi") {
        return None;
    }
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    if host.is_empty() {
        let there = SOCKETS.iter().map(PathBuf::from).find(|path| path.exists());
        return Some(there.unwrap_or_else(|| PathBuf::from(SOCKETS[0])));
    }
    Some(PathBuf::from(percent_decoded(host)?))
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut octets = parts.next()?.as_bytes().to_vec();
    for part in parts {
        octets.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        octets.extend(part.get(2..)?.as_bytes());
    }
    String::from_utf8(octets).ok()
}

/// A conversation with a running slapd. Every method blocks: it is for threads outside the runtime.
pub struct Ldapi {
    connection: LdapConn,
    limit: Duration,
    process: Option<u32>,
}

impl Ldapi {
    /// Connects, as the user of the console. Each operation may take `limit`.
    ///
    /// # Errors
    /// When nobody answers, or not in time.
    pub fn open(url: &str, limit: Duration) -> Result<Self, LdapiError> {
        let mut ldapi = Self::connect(url, limit)?;
        let bound = ldapi.patient().sasl_external_bind();
        ldapi.answered(bound)?;
        Ok(ldapi)
    }

    fn connect(url: &str, limit: Duration) -> Result<Self, LdapiError> {
        let path = socket(url).ok_or_else(|| LdapiError::NoSocket(url.to_owned()))?;
        let stream = UnixStream::connect(&path).map_err(|source| LdapiError::Silent { path, source })?;
        // slapd listens after it has become the user it runs as, so that this is the process that serves.
        let process = socket_peercred(&stream).ok().and_then(|peer| u32::try_from(peer.pid.as_raw_nonzero().get()).ok());
        let settings = LdapConnSettings::new().set_std_stream(StdStream::Unix(stream));
        let connection = LdapConn::with_settings(settings, "ldapi:///").map_err(LdapiError::BrokeOff)?;
        Ok(Self { connection, limit, process })
    }

    fn patient(&mut self) -> &mut LdapConn {
        self.connection.with_timeout(self.limit)
    }

    fn answered(&self, result: Result<LdapResult, LdapError>) -> Result<(), LdapiError> {
        let result = result.map_err(LdapiError::BrokeOff)?;
        match result.rc {
            0 => Ok(()),
            code::NO_SUCH_OBJECT | code::INSUFFICIENT_ACCESS => Err(no_manager()),
            code => Err(LdapiError::Refused { code, text: result.text }),
        }
    }

    /// Identifier of the process that answers.
    #[must_use]
    pub fn process(&self) -> Option<u32> {
        self.process
    }

    /// The attributes of cn=config about TLS, with their values.
    ///
    /// # Errors
    /// When they may not be seen.
    pub fn tls_attributes(&mut self) -> Result<Vec<(String, Vec<String>)>, LdapiError> {
        let searched = self.patient().search(ENTRY, Scope::Base, "(objectClass=*)", vec!["*"]).map_err(LdapiError::BrokeOff)?;
        self.answered(Ok(searched.1))?;
        let entry = searched.0.into_iter().next().map(SearchEntry::construct).ok_or_else(no_manager)?;
        let about_tls = |name: &String| name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("olcTLS"));
        let mut attributes: Vec<_> = entry.attrs.into_iter().filter(|(name, _)| about_tls(name)).collect();
        attributes.sort();
        Ok(attributes)
    }

    /// Replaces the values of attributes of cn=config, one after the other in one modify; no values delete the attribute, which must be there.
    ///
    /// # Errors
    /// When slapd does not take them. All values are what they were then, but not its TLS: see [`super::modify()`].
    pub fn replace(&mut self, attributes: &[(&str, &[String])]) -> Result<(), LdapiError> {
        let values = |values: &[String]| values.iter().cloned().collect::<HashSet<String>>();
        let changes = attributes.iter().map(|(name, new)| Mod::Replace((*name).to_owned(), values(new))).collect();
        let modified = self.patient().modify(ENTRY, changes);
        self.answered(modified)
    }
}

/// How TLS stands in the slapd that answers there: it is asked for TLS, which is not begun. In a conversation of its own, since slapd refuses it
/// as long as anything else is under way.
///
/// # Errors
/// When nobody answers, or none of the three.
pub fn tls_state(url: &str, limit: Duration) -> Result<TlsState, LdapiError> {
    let mut slapd = Ldapi::connect(url, limit)?;
    let asked = slapd.patient().extended(Exop { name: Some(START_TLS.to_owned()), val: None }).map_err(LdapiError::BrokeOff)?;
    match asked.1.rc {
        0 => Ok(TlsState::Ready),
        code::PROTOCOL_ERROR => Ok(TlsState::Off),
        code::UNAVAILABLE => Ok(TlsState::Broken),
        code => Err(LdapiError::Refused { code, text: asked.1.text }),
    }
}

fn no_manager() -> LdapiError {
    let own = owners::own();
    LdapiError::NoManager { user: own.user, group: own.group }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_its_socket_percent_encoded() {
        assert_eq!(socket("ldapi://%2Fsrv%2Fa%20b%2fldapi/"), Some(PathBuf::from("/srv/a b/ldapi")));
        assert_eq!(socket("LDAPI://%2Frun%2Fldapi/????x-mod=0700"), Some(PathBuf::from("/run/ldapi")));
        assert!(socket("ldapi:///").is_some());
        assert_eq!(socket("ldap:///"), None);
        assert_eq!(socket("ldapi://%2"), None);
        assert_eq!(socket("ldapi://%zz"), None);
    }

    #[test]
    fn a_socket_that_is_not_there_is_named() {
        let error = Ldapi::open("ldapi://%2Fnowhere%2Fldapi", Duration::from_secs(1)).err().unwrap();
        assert_eq!(error.to_string(), "no slapd answers at /nowhere/ldapi");
    }
}
