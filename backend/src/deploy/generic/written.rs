//! A description that was given by its parts, as the file that an administrator would write.

use certdeck_shared::api::service::{ProgramDescription, ProgramPort};

use super::description::quoted;

/// The file (TOML).
#[must_use]
pub fn written(description: &ProgramDescription) -> String {
    let mut text = String::new();
    let paths = [("certificate", Some(&description.certificate)), ("key", Some(&description.key)), ("chain", description.chain.as_ref())];
    for (name, path) in paths.into_iter().chain([("key-reader", description.key_reader.as_ref())]) {
        if let Some(value) = path {
            text.push_str(&format!("{name} = {}\n", quoted(value)));
        }
    }
    if !description.client_ca.is_empty() {
        text.push_str(&format!("client-ca = {}\n", list(&description.client_ca)));
    }
    for port in &description.ports {
        text.push_str(&of_port(port));
    }
    text
}

fn of_port(port: &ProgramPort) -> String {
    let mut text = format!("\n[[port]]\naddress = {}\nprotocol = {}\n", quoted(&port.address), quoted(port.protocol.name()));
    text.push_str(&format!("tls = {}\n", quoted(port.tls.name())));
    if let Some(name) = &port.name {
        text.push_str(&format!("name = {}\n", quoted(name)));
    }
    if !port.server_names.is_empty() {
        text.push_str(&format!("server-names = {}\n", list(&port.server_names)));
    }
    text
}

fn list(values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    format!("[{}]", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use certdeck_shared::api::service::{Protocol, TlsMode};

    use super::*;
    use crate::deploy::generic::description::Described;

    #[test]
    fn what_is_written_is_read_back() {
        let port = ProgramPort {
            address: "*:5223".to_owned(),
            protocol: Protocol::Other,
            tls: TlsMode::Implicit,
            name: Some("xmpps \"b\"".to_owned()),
            server_names: vec!["xmpp.example.org".to_owned(), "b\u{fc}cher".to_owned()],
        };
        let description = ProgramDescription {
            certificate: "/etc/x \"y\"\\/cert.pem".to_owned(),
            key: "/etc/xmpp/key.pem".to_owned(),
            chain: Some("/etc/xmpp/chain.pem".to_owned()),
            client_ca: vec!["/etc/xmpp/ca.pem".to_owned()],
            key_reader: Some("xmpp".to_owned()),
            ports: vec![port.clone(), ProgramPort { name: None, server_names: Vec::new(), ..port.clone() }],
        };
        let config = Path::new("/here.toml");
        let read = Described::read(written(&description).as_bytes()).unwrap();
        let value = |name: &str| read.setting(name, config).unwrap().value;
        assert_eq!(value("certificate"), description.certificate);
        assert_eq!((value("key"), value("chain")), (description.key.clone(), description.chain.clone().unwrap()));
        assert_eq!(value("key-reader"), "xmpp");
        assert_eq!(read.authorities(config)[0].value, "/etc/xmpp/ca.pem");
        let ports = read.ports(config);
        assert_eq!((ports.len(), &ports[0].0.name, &ports[0].0.server_names), (2, &port.name, &port.server_names));
    }
}
