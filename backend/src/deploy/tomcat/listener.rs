//! TLS turned on for a connector, and connectors more.

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{Protocol, TlsMode};

use super::elements::Element;
use super::pairs::{Files, certificate_element};
use super::sheet::{Sheet, written};
use super::targets::{Target, connectors};
use crate::deploy::change::EditRefused;

/// Turns TLS on for a connector.
pub fn turn_on(sheet: &mut Sheet<'_>, target: &Target, tls: TlsMode) -> Result<(), EditRefused> {
    let elements = sheet.elements()?;
    let (connector, _) = target.find(&elements)?;
    if tls != TlsMode::Implicit || connector.value("protocol").starts_with("AJP") {
        return Err(EditRefused::at(&connector.place, "Connectors for HTTP speak TLS from the first byte; others do not speak it."));
    }
    for (name, value) in [("SSLEnabled", "true"), ("scheme", "https"), ("secure", "true")] {
        let elements = sheet.elements()?;
        let (connector, _) = target.find(&elements)?;
        sheet.set(connector, name, value)?;
    }
    Ok(())
}

/// Refuses TLS without a certificate: the connector would not start, and nobody would notice.
pub fn check(sheet: &Sheet<'_>, target: &Target, base: &Path) -> Result<(), EditRefused> {
    let elements = sheet.elements()?;
    let (connector, host) = target.find(&elements)?;
    let named = |element: &Element| {
        let new = element.pair(base, "certificateKeystoreFile", "certificateFile", "certificateKeyFile", "certificateChainFile");
        let old = element.pair(base, "keystoreFile", "SSLCertificateFile", "SSLCertificateKeyFile", "SSLCertificateChainFile");
        new.or(old).is_some()
    };
    if named(connector) || host.is_some_and(|host| named(host) || host.children("Certificate").any(named)) {
        return Ok(());
    }
    Err(EditRefused::at(&connector.place, "TLS needs a certificate: bind one to this connector."))
}

/// Adds a connector, or a host to the connector that is at the port.
pub fn add(
    sheet: &mut Sheet<'_>,
    (protocol, tls): (Protocol, TlsMode),
    (address, port): (Option<&str>, u16),
    name: Option<&str>,
    pair: Option<&(PathBuf, PathBuf)>,
) -> Result<(), EditRefused> {
    if protocol != Protocol::Http || tls != TlsMode::Implicit {
        return Err(EditRefused::because("Only connectors for HTTP are added, and these speak TLS from the first byte."));
    }
    let Some((certificate, key)) = pair else {
        return Err(EditRefused::because("TLS needs a certificate: bind one to the new connector."));
    };
    let certificate = certificate_element(Files { certificate, key, chain: None }, None)?;
    let elements = sheet.elements()?;
    let known = connectors(&elements).into_iter().find(|connector| connector.value("port") == port.to_string());
    match (known, name) {
        (Some(connector), Some(name)) if connector.value("SSLEnabled") == "true" => {
            if connector.children("SSLHostConfig").any(|host| host.value("hostName") == name) {
                return Err(EditRefused::at(&connector.place, format!("{name} is at port {port} already.")));
            }
            let lines = format!("<SSLHostConfig hostName=\"{}\">\n    {certificate}\n</SSLHostConfig>", written(name)?);
            sheet.add(connector, &lines)
        }
        (Some(connector), _) => Err(EditRefused::at(&connector.place, format!("There is a connector at port {port} already."))),
        (None, _) => {
            let service = elements.roots.iter().flat_map(|root| root.all("Service")).next();
            let service = service.ok_or_else(|| EditRefused::because("There is no Service that a connector could stand in."))?;
            let address = address.map_or(Ok(String::new()), |address| Ok(format!(" address=\"{}\"", written(address)?)))?;
            let lines = format!(
                "<Connector port=\"{port}\"{address} protocol=\"org.apache.coyote.http11.Http11NioProtocol\"\n           SSLEnabled=\"true\" \
                 scheme=\"https\" secure=\"true\">\n    <SSLHostConfig>\n        {certificate}\n    </SSLHostConfig>\n</Connector>"
            );
            sheet.add_before(service, "Engine", &lines)
        }
    }
}
