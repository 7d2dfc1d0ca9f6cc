//! What an endpoint serves, asked by `openssl s_client`: a handshake that is finished, STARTTLS before it where that is needed.

use certdeck_shared::api::service::{Protocol, TlsMode};

use super::instance::Endpoint;
use crate::certificates::from_pem;
use crate::run;

/// The leaf as DER; otherwise what openssl said.
pub fn leaf(endpoint: &Endpoint) -> Result<Vec<u8>, String> {
    let address = format!("127.0.0.1:{}", endpoint.port);
    let name = endpoint.server_name.as_deref().unwrap_or("localhost");
    // Level 0: small keys are served as well, and are what some tests are about.
    let mut arguments = vec!["10", "openssl", "s_client", "-connect", &address, "-servername", name, "-cipher", "DEFAULT@SECLEVEL=0"];
    if endpoint.tls == TlsMode::Starttls {
        let dialogue = match endpoint.protocol {
            Protocol::Ftp => "ftp",
            Protocol::Imap => "imap",
            Protocol::Ldap => "ldap",
            Protocol::Pop3 => "pop3",
            Protocol::Smtp => "smtp",
            other => panic!("openssl knows no STARTTLS for {other:?}"),
        };
        arguments.extend(["-starttls", dialogue]);
    }
    let said = run::ask("timeout", &arguments);
    let mut certificates = from_pem(&said.out);
    if said.success && !certificates.is_empty() { Ok(certificates.remove(0)) } else { Err([said.err, said.out].concat()) }
}
