//! Where passkeys belong: the console under one name. Settings and the host's own name decide it; a `Host` header only chooses among those.

use std::net::IpAddr;

use crate::config::Settings;

const LOCALHOST: &str = "localhost";

/// The console as relying party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// Its id: a host name, without port.
    pub host: String,
    /// The origin that browsers are on.
    pub origin: String,
}

/// Why there can be no passkeys at an address, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoPasskeys(pub String);

impl RelyingParty {
    /// The console as it was called: `named` is what the call says of host and port, `own_name` the name of this host.
    ///
    /// # Errors
    /// An IP address, which is no valid id (Web Authentication Level 3, section 5.1.2); a name that the console does not know for its own;
    /// an address without TLS.
    pub fn of(settings: &Settings, named: Option<&str>, own_name: &str) -> Result<Self, NoPasskeys> {
        let (origin, host) = match &settings.trusted_origin {
            Some(origin) => (origin.clone(), origin.split_once("://").map_or("", |(_, rest)| host_of(rest)).to_owned()),
            None => {
                let named = named.unwrap_or_default().to_ascii_lowercase();
                let scheme = if settings.http { "http" } else { "https" };
                (format!("{scheme}://{named}"), host_of(&named).to_owned())
            }
        };
        let refused = |words: String| Err(NoPasskeys(words));
        if host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
            return refused(format!(
                "browsers make passkeys for host names, and {host} is an IP address; open the console by its name, or take an authenticator program"
            ));
        }
        let known = settings.trusted_origin.is_some() || [LOCALHOST, own_name].iter().any(|own| own.eq_ignore_ascii_case(&host));
        if host.is_empty() || !known {
            return refused(format!(
                "the console does not know {host:?} for its own name; set trusted-origin to the address that browsers open"
            ));
        }
        if !origin.starts_with("https://") && host != LOCALHOST {
            return refused("browsers make passkeys only where TLS is spoken, or on localhost".to_owned());
        }
        Ok(Self { host, origin })
    }
}

/// A host without its port.
fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|octet| octet.is_ascii_digit()) => host,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(change: impl FnOnce(&mut Settings), named: &str) -> Result<(String, String), String> {
        let mut settings = Settings::new("/nowhere");
        change(&mut settings);
        let party = RelyingParty::of(&settings, Some(named), "Mail.example.org");
        party.map(|party| (party.host, party.origin)).map_err(|error| error.to_string())
    }

    fn ours(host: &str, origin: &str) -> Result<(String, String), String> {
        Ok((host.to_owned(), origin.to_owned()))
    }

    #[test]
    fn the_consoles_own_names_will_do_and_no_others() {
        assert_eq!(of(|_| (), "localhost:8443"), ours("localhost", "https://localhost:8443"));
        assert_eq!(of(|_| (), "MAIL.example.org"), ours("mail.example.org", "https://mail.example.org"));
        assert!(of(|_| (), "evil.test:8443").unwrap_err().contains("\"evil.test\""));
        assert!(of(|_| (), "localhost.evil.test").is_err() && of(|_| (), "").is_err());
    }

    #[test]
    fn an_address_is_no_name() {
        for named in ["127.0.0.1:8443", "[::1]:8443", "192.0.2.7"] {
            assert!(of(|_| (), named).unwrap_err().contains("is an IP address"), "{named}");
        }
    }

    #[test]
    fn a_trusted_origin_counts_whatever_the_call_says() {
        let trusting = |origin: &'static str| move |settings: &mut Settings| settings.trusted_origin = Some(origin.to_owned());
        assert_eq!(of(trusting("https://deck.example.org:8443"), "evil.test"), ours("deck.example.org", "https://deck.example.org:8443"));
        assert!(of(trusting("http://deck.example.org"), "localhost").unwrap_err().contains("TLS"));
        assert!(of(trusting("https://192.0.2.7"), "localhost").is_err());
    }

    #[test]
    fn without_tls_localhost_alone_will_do() {
        assert_eq!(of(|settings| settings.http = true, "localhost:8080"), ours("localhost", "http://localhost:8080"));
        assert!(of(|settings| settings.http = true, "mail.example.org:8080").is_err());
    }
}
