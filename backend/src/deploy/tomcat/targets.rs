//! Which element each endpoint is.

use super::elements::{Element, Elements};
use crate::deploy::change::EditRefused;

/// Attributes with which a connector of Tomcat before 8.5 speaks TLS.
const OLD: [&str; 16] = [
    "keystoreFile",
    "keystorePass",
    "keystoreType",
    "keyAlias",
    "keyPass",
    "truststoreFile",
    "truststorePass",
    "clientAuth",
    "sslProtocol",
    "sslEnabledProtocols",
    "ciphers",
    "SSLCertificateFile",
    "SSLCertificateKeyFile",
    "SSLProtocol",
    "SSLCipherSuite",
    "SSLVerifyClient",
];

/// The elements of all endpoints, in their order. Connectors and hosts keep their numbers while others are added behind them.
pub struct Targets(Vec<Target>);

/// The element of an endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    connector: usize,
    host: Option<usize>,
}

impl Targets {
    /// Those of a file.
    pub fn of(elements: &Elements) -> Self {
        let of = |(number, connector): (usize, &Element)| {
            let hosts = connector.children("SSLHostConfig").count();
            // Without TLS a connector is one endpoint, whatever it holds.
            let encrypted = connector.value("SSLEnabled").eq_ignore_ascii_case("true");
            let count = if encrypted { hosts.max(1) } else { 1 };
            (0..count).map(move |host| Target { connector: number, host: (hosts > 0).then_some(host) }).collect::<Vec<_>>()
        };
        Self(connectors(elements).into_iter().enumerate().flat_map(of).collect())
    }

    /// That of an endpoint.
    pub fn get(&self, endpoint: usize) -> Result<&Target, EditRefused> {
        self.0.get(endpoint).ok_or_else(|| EditRefused::because("There is no such connector any more."))
    }
}

impl Target {
    /// The connector, and the host configuration where there is one by now.
    pub fn find<'a>(&self, elements: &'a Elements) -> Result<(&'a Element, Option<&'a Element>), EditRefused> {
        let connector = connectors(elements).get(self.connector).copied();
        let connector = connector.ok_or_else(|| EditRefused::because("There is no such connector any more."))?;
        Ok((connector, connector.children("SSLHostConfig").nth(self.host.unwrap_or(0))))
    }
}

/// All connectors, in the order of the file.
pub fn connectors(elements: &Elements) -> Vec<&Element> {
    elements.roots.iter().flat_map(|root| root.all("Connector")).collect()
}

/// Whether a connector has the settings of TLS itself.
pub fn is_old(connector: &Element) -> bool {
    OLD.iter().any(|name| connector.attribute(name).is_some())
}

/// Whether a connector speaks TLS with OpenSSL rather than with Java's own code, as far as the file says so.
pub fn is_openssl(connector: &Element) -> bool {
    connector.value("sslImplementationName").contains("OpenSSL") || connector.value("protocol").contains("Apr")
}
