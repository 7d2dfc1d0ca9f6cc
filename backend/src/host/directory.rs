//! The door to LDAP directories: one connection, searches with limits on time and number. Nothing is written through it.

use std::sync::Arc;
use std::time::Duration;

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, Scope, SearchEntry, SearchOptions};
use thiserror::Error;

use super::authorities::client_configuration;

/// How long connecting and each question may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most entries of a search.
pub const MOST_ENTRIES: i32 = 20;
/// Result code sizeLimitExceeded (RFC 4511 section 4.1.9): there are more entries than were asked for.
const SIZE_LIMIT_EXCEEDED: u32 = 4;

/// Why a directory gives no answer.
#[derive(Debug, Error)]
pub enum DirectoryError {
    /// Not `ldap:`, `ldaps:` or `ldapi:` with a host or socket.
    #[error("it is no address of a directory: {0}")]
    Address(String),
    /// The CA certificates are none.
    #[error("{0}")]
    Trust(String),
    /// A password would go over a network that others can read.
    #[error("a password goes only over ldaps:, StartTLS or a socket, or to this host itself")]
    PasswordInClear,
    /// No connection, or TLS failed.
    #[error("no connection to the directory: {0}")]
    Connection(String),
    /// It refuses who asks.
    #[error("the directory does not let {name} in: {words}")]
    Refused {
        /// Who asked.
        name: String,
        /// The directory's words.
        words: String,
    },
    /// It refuses a search.
    #[error("the directory refuses the search: {0}")]
    Search(String),
}

/// Where a directory is, and how it is spoken to.
#[derive(Debug, Clone)]
pub struct Address {
    /// `ldap://HOST[:PORT]`, `ldaps://HOST[:PORT]` or `ldapi://%2Fpath`.
    pub url: String,
    /// Whether an `ldap:` connection is encrypted by StartTLS.
    pub starttls: bool,
    /// PEM of the CA certificates; those of the system when absent.
    pub trusted: Option<String>,
}

impl Address {
    /// Whether nobody else can read what is sent.
    fn is_private(&self) -> bool {
        let host = self.url.split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split(['/', '?']).next().unwrap_or_default();
        let local = ["localhost", "127.0.0.1", "[::1]"].iter().any(|name| host == *name || host.starts_with(&format!("{name}:")));
        self.starttls || self.url.starts_with("ldaps:") || self.url.starts_with("ldapi:") || local
    }
}

/// An entry that was found, with the attributes that were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub dn: String,
    /// Attributes and values as octets, in the order of their names.
    pub attributes: Vec<(String, Vec<Vec<u8>>)>,
}

impl Entry {
    /// The values of an attribute, whatever the case of its name.
    #[must_use]
    pub fn values(&self, name: &str) -> Option<&[Vec<u8>]> {
        self.attributes.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, values)| values.as_slice())
    }
}

/// A connection to a directory.
pub struct Directory {
    ldap: Ldap,
}

impl Directory {
    /// Connects, and says who asks when a name is given.
    ///
    /// # Errors
    /// An address or CA that is none, no connection, a name or password that the directory does not take.
    pub async fn open(address: &Address, bind: Option<(&str, &str)>) -> Result<Self, DirectoryError> {
        let scheme = address.url.split_once("://").map_or("", |(scheme, _)| scheme);
        if !["ldap", "ldaps", "ldapi"].contains(&scheme) {
            return Err(DirectoryError::Address("it begins with ldap://, ldaps:// or ldapi://".to_owned()));
        }
        if bind.is_some() && !address.is_private() {
            return Err(DirectoryError::PasswordInClear);
        }
        let mut settings = LdapConnSettings::new().set_conn_timeout(PATIENCE).set_starttls(address.starttls && scheme == "ldap");
        if let Some(pem) = &address.trusted {
            let configuration = client_configuration(Some(pem)).map_err(|error| DirectoryError::Trust(error.to_string()))?;
            settings = settings.set_config(Arc::new(configuration));
        }
        let (connection, mut ldap) = LdapConnAsync::with_settings(settings, &address.url).await.map_err(|error| failed(&error))?;
        ldap3::drive!(connection);
        if let Some((name, password)) = bind {
            let answer = ldap.with_timeout(PATIENCE).simple_bind(name, password).await.map_err(|error| failed(&error))?;
            if answer.rc != 0 {
                return Err(DirectoryError::Refused { name: name.to_owned(), words: words(&answer) });
            }
        }
        Ok(Self { ldap })
    }

    /// The entries below a base, itself included, that a filter matches: at most [`MOST_ENTRIES`].
    ///
    /// # Errors
    /// When the directory refuses, or does not answer.
    pub async fn search(&mut self, base: &str, filter: &str, attributes: &[&str]) -> Result<Vec<Entry>, DirectoryError> {
        self.ask(base, Scope::Subtree, filter, attributes).await
    }

    /// The names under which its entries are (`namingContexts`, RFC 4512 section 5.1).
    ///
    /// # Errors
    /// As of a search.
    pub async fn naming_contexts(&mut self) -> Result<Vec<String>, DirectoryError> {
        let root = self.ask("", Scope::Base, "(objectclass=*)", &["namingContexts"]).await?;
        let values = root.first().and_then(|root| root.values("namingContexts")).unwrap_or_default();
        Ok(values.iter().map(|value| String::from_utf8_lossy(value).into_owned()).collect())
    }

    async fn ask(&mut self, base: &str, scope: Scope, filter: &str, attributes: &[&str]) -> Result<Vec<Entry>, DirectoryError> {
        let limits = SearchOptions::new().sizelimit(MOST_ENTRIES);
        let question = self.ldap.with_timeout(PATIENCE).with_search_options(limits).search(base, scope, filter, attributes.to_vec());
        let answer = question.await.map_err(|error| failed(&error))?;
        if answer.1.rc != 0 && answer.1.rc != SIZE_LIMIT_EXCEEDED {
            return Err(DirectoryError::Search(words(&answer.1)));
        }
        Ok(answer.0.into_iter().map(entry).collect())
    }

    /// Says good-bye. A connection that is only dropped ends as well.
    pub async fn close(mut self) {
        let _ = self.ldap.unbind().await;
    }
}

fn entry(found: ldap3::ResultEntry) -> Entry {
    let found = SearchEntry::construct(found);
    let text = found.attrs.into_iter().map(|(name, values)| (name, values.into_iter().map(String::into_bytes).collect()));
    let mut attributes: Vec<(String, Vec<Vec<u8>>)> = text.chain(found.bin_attrs).collect();
    attributes.sort();
    Entry { dn: found.dn, attributes }
}

fn failed(error: &LdapError) -> DirectoryError {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    match error {
        LdapError::UrlParsing { .. } | LdapError::UnknownScheme(_) | LdapError::EmptyUnixPath | LdapError::PortInUnixPath => {
            DirectoryError::Address(text)
        }
        _ => DirectoryError::Connection(text),
    }
}

/// Code, name and text of a result.
fn words(answer: &ldap3::LdapResult) -> String {
    let told = answer.to_string();
    told.split(", dn:").next().map_or_else(|| told.clone(), |code| format!("{code} {}", answer.text).trim().to_owned())
}
