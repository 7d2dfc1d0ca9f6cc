//! Web servers that run, changed by their editors: the ports serve what was wanted.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::time::Duration;

use certdeck::deploy::change::{Activation, Control, Edits, Wanted};
use certdeck_shared::api::plan::{ClientVerification, Disturbance, TlsProfile, TlsVersion};
use certdeck_shared::api::service::{Protocol, TlsMode};
use openssl::ssl::{SslConnector, SslMethod, SslStream, SslVerifyMode};
use support::certificates::from_pem;
use support::daemons::{self, Instance};
use support::pki::{KeyKind, Pair, Pki};

use crate::changing::{Changing, client};

fn pair(endpoints: &[usize], number: usize, (certificate, key): &(PathBuf, PathBuf)) -> Wanted {
    Wanted::Pair { endpoints: endpoints.to_vec(), pair: number, certificate: certificate.clone(), key: key.clone(), chain: None }
}

fn restart(instance: &Instance) -> Control {
    Control { restart: Some(instance.control().restart.clone()), ..Control::default() }
}

/// Whether a handshake with this version of TLS is finished; openssl itself would take anything.
fn speaks(port: u16, version: &str) -> bool {
    client(port, &[version, "-cipher", "ALL:@SECLEVEL=0"]).success
}

fn serves(port: u16, name: &str, words: &[&str], pair: &Pair) -> bool {
    let said = client(port, &[&["-servername", name][..], words].concat());
    said.success && from_pem(&said.out).first() == Some(&pair.leaf())
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// TLS 1.1 is allowed, and is gone with Mozilla's profiles; the stricter one leaves 1.3 alone.
fn versions_are_limited(instance: &Instance, endpoints: &[usize], control: &Control) {
    let changing = Changing::of(instance);
    let port = instance.endpoints()[0].port;
    let endpoints = || endpoints.to_vec();
    let old = [
        Wanted::Protocols { endpoints: endpoints(), lowest: TlsVersion::Tls10, highest: None },
        Wanted::Ciphers { endpoints: endpoints(), ciphers: "ALL:@SECLEVEL=0".to_owned() },
    ];
    changing.change(&old, control);
    changing.until("TLS 1.1 is spoken", || speaks(port, "-tls1_1"));
    changing.change(&[Wanted::Profile { endpoints: endpoints(), profile: TlsProfile::Intermediate }], control);
    changing.until("TLS 1.1 is gone", || !speaks(port, "-tls1_1"));
    changing.until("both are spoken", || speaks(port, "-tls1_2") && speaks(port, "-tls1_3"));
    changing.change(&[Wanted::Profile { endpoints: endpoints(), profile: TlsProfile::Modern }], control);
    changing.until("TLS 1.2 is gone", || !speaks(port, "-tls1_2"));
    changing.until("TLS 1.3 is spoken", || speaks(port, "-tls1_3"));
    changing.change(&[Wanted::Protocols { endpoints: endpoints(), lowest: TlsVersion::Tls12, highest: Some(TlsVersion::Tls12) }], control);
    changing.until("TLS 1.3 is gone", || !speaks(port, "-tls1_3"));
    changing.until("TLS 1.2 is spoken", || speaks(port, "-tls1_2"));
}

/// Clients must show a certificate of the CA.
fn clients_are_verified(instance: &Instance, endpoint: usize, pki_pair: &Pair) {
    let changing = Changing::of(instance);
    let port = instance.endpoints()[0].port;
    let authorities = instance.directory().join("etc/clients.pem");
    std::fs::write(&authorities, [pki_pair.root_file(), pki_pair.chain_file()].concat()).unwrap();
    let wanted = [
        Wanted::ClientCa { endpoints: vec![endpoint], file: authorities },
        Wanted::ClientVerification { endpoints: vec![endpoint], verification: ClientVerification::Required, depth: None },
    ];
    changing.until("TLS 1.2 is spoken", || speaks(port, "-tls1_2"));
    changing.change(&wanted, &Control::default());
    let (certificate, key) = changing.place("client", pki_pair);
    let shown = ["-tls1_2", "-cert", certificate.to_str().unwrap(), "-key", key.to_str().unwrap()];
    let name = ["-servername", "verified.example.org"];
    changing.until("a certificate is asked for", || {
        let said = client(port, &[&shown[..], &name].concat());
        said.success && said.out.contains("Acceptable client certificate CA names")
    });
}

#[test]
fn apache_serves_another_pair_for_one_host_alone() {
    let pki = Pki::new();
    let (first, second, third) = (pki.pair("www.example.org"), pki.pair("shop.example.org"), pki.pair("shop.example.org"));
    let instance = daemons::apache::start_with_second_host(&first, &second);
    let changing = Changing::of(&instance);
    let port = instance.endpoints()[1].port;
    let shop = changing.endpoint(Some("shop.example.org"));
    let takeover = changing.change(&[pair(&[shop], 0, &changing.place("third", &third))], &Control::default());
    assert_eq!(takeover.disturbance, Disturbance::Reload);
    changing.until("the new one is served", || serves(port, "shop.example.org", &[], &third));
    assert!(serves(port, "www.example.org", &[], &first));

    // RSA and EC beside each other.
    let ec = pki.pair_with("shop.example.org", KeyKind::Ec);
    changing.change(&[pair(&[shop], 1, &changing.place("ec", &ec))], &Control::default());
    changing.until("the EC one is served", || serves(port, "shop.example.org", &["-tls1_2", "-cipher", "aECDSA"], &ec));
    assert!(serves(port, "shop.example.org", &["-tls1_2", "-cipher", "aRSA"], &third));

    // What is not there is noticed by the check, before it is taken up.
    changing.write(&[pair(&[shop], 0, &("/nowhere.pem".into(), "/nowhere.key".into()))]);
    assert!(changing.check().unwrap_err().contains("/nowhere.pem"));
}

#[test]
fn apache_limits_versions() {
    let instance = daemons::apache::start(&Pki::new().pair("www.example.org"));
    let at = Changing::of(&instance).endpoint(None);
    versions_are_limited(&instance, &[at], &Control::default());
}

#[test]
fn apache_asks_clients_for_certificates_and_takes_those_of_its_authorities() {
    let pki = Pki::new();
    let (pair, foreign) = (pki.pair("www.example.org"), Pki::new().pair("www.example.org"));
    let instance = daemons::apache::start(&pair);
    let changing = Changing::of(&instance);
    let port = instance.endpoints()[0].port;
    let endpoints = || vec![changing.endpoint(None)];
    let authorities = instance.directory().join("etc/clients.pem");
    std::fs::write(&authorities, [pair.root_file(), pair.chain_file()].concat()).unwrap();
    let (good, bad) = (changing.place("good", &pair), changing.place("bad", &foreign));
    let enters = |shown: Option<&(PathBuf, PathBuf)>| {
        let files = shown.map(|(certificate, key)| ["-cert", certificate.to_str().unwrap(), "-key", key.to_str().unwrap()]);
        client(port, &[&["-tls1_2"][..], files.as_ref().map_or(&[], |files| &files[..])].concat()).success
    };
    let verification = |verification, depth| Wanted::ClientVerification { endpoints: endpoints(), verification, depth };
    assert!(enters(None));
    let required = [Wanted::ClientCa { endpoints: endpoints(), file: authorities }, verification(ClientVerification::Required, None)];
    changing.change(&required, &Control::default());
    changing.until("nobody enters without a certificate", || !enters(None));
    // Apache itself takes one certificate of a CA, and these clients have an intermediate one below the root.
    assert!(!enters(Some(&good)));
    assert!(instance.log().contains("Certificate Chain too long"), "{}", instance.log());
    changing.change(&[verification(ClientVerification::Required, Some(2))], &Control::default());
    changing.until("a good one lets in", || enters(Some(&good)));
    assert!(!enters(None) && !enters(Some(&bad)));
    changing.change(&[verification(ClientVerification::Optional, None)], &Control::default());
    changing.until("without one they may enter", || enters(None));
    assert!(enters(Some(&good)) && !enters(Some(&bad)));
    changing.change(&[verification(ClientVerification::Off, None)], &Control::default());
    changing.until("none is looked at", || enters(Some(&bad)));
}

#[test]
fn nginx_serves_another_pair_limits_versions_and_asks_clients() {
    let pki = Pki::new();
    let (first, second) = (pki.pair("www.example.org"), pki.pair("www.example.org"));
    let instance = daemons::nginx::start(&first);
    let changing = Changing::of(&instance);
    let port = instance.endpoints()[0].port;
    let at = changing.endpoint(None);
    let files = changing.place("second", &second);
    let takeover = changing.change(&[pair(&[at], 0, &files)], &Control::default());
    assert_eq!(
        (takeover.disturbance, takeover.activation.clone()),
        (Disturbance::Reload, Activation::Signal(certdeck::deploy::change::Signal::Hup))
    );
    changing.until("the new one is served", || serves(port, "www.example.org", &[], &second));
    let ec = pki.pair_with("www.example.org", KeyKind::Ec);
    changing.change(&[pair(&[at], 1, &changing.place("ec", &ec))], &Control::default());
    changing.until("the EC one is served", || serves(port, "www.example.org", &["-tls1_2", "-cipher", "aECDSA"], &ec));
    versions_are_limited(&instance, &[at], &Control::default());
    clients_are_verified(&instance, at, &first);
    added(&changing, free_port(), &pki.pair("more.example.org"));

    std::fs::write(&files.1, first.key_file()).unwrap();
    assert!(changing.check().unwrap_err().contains("key values mismatch"));
}

/// A host at a port of its own.
fn added(changing: &Changing<'_>, port: u16, pair: &Pair) {
    let wanted = Wanted::Listener {
        protocol: Protocol::Http,
        tls: TlsMode::Implicit,
        port,
        address: Some("127.0.0.1".to_owned()),
        server_name: Some(pair.name.clone()),
        pair: Some(changing.place("more", pair)),
    };
    let observed = changing.observed();
    let edits = changing.editor.edit(&changing.tree, changing.instance.config(), &observed, &[wanted]).unwrap();
    edits.files.iter().for_each(|file| std::fs::write(&file.path, &file.after).unwrap());
    changing.check().unwrap();
    // Only its first process opens ports: it is told as before.
    let takeover = changing.takeover(&Control::default(), &edits);
    assert_eq!(takeover.disturbance, Disturbance::Reload);
    let Activation::Signal(signal) = takeover.activation else { panic!("{takeover:?}") };
    let name = if signal == certdeck::deploy::change::Signal::Hup { "-HUP" } else { "-USR1" };
    support::run::must("kill", &[name, &changing.running().main.unwrap().id.to_string()]);
    changing.until("the new port serves", || serves(port, &pair.name, &[], pair));
}

#[test]
fn tomcat_serves_another_kind_of_key_and_profiles_after_a_restart() {
    let pki = Pki::new();
    let (first, second) = (pki.pair("www.example.org"), pki.pair_with("www.example.org", KeyKind::Ec));
    let instance = daemons::tomcat::start(&first);
    let changing = Changing::of(&instance);
    let port = instance.endpoints()[0].port;
    let at = changing.endpoint(None);
    let files = changing.place("second", &second);
    support::run::must("chgrp", &["tomcat", files.1.to_str().unwrap()]);
    let control = restart(&instance);
    // The element says type="RSA", and the key is an EC one.
    let wanted = [pair(&[at], 0, &files), Wanted::Profile { endpoints: vec![at], profile: TlsProfile::Intermediate }];
    let takeover = changing.change(&wanted, &control);
    assert_eq!(takeover.disturbance, Disturbance::Restart);
    changing.until("the new one is served", || serves(port, "www.example.org", &["-tls1_3"], &second));
    assert!(speaks(port, "-tls1_2"));
    changing.change(&[Wanted::Profile { endpoints: vec![at], profile: TlsProfile::Modern }], &control);
    changing.until("TLS 1.3 alone is spoken", || speaks(port, "-tls1_3") && !speaks(port, "-tls1_2"));
}

/// A conversation that goes on over one connection, whatever becomes of the certificate.
struct Visitor {
    stream: SslStream<TcpStream>,
    name: String,
}

impl Visitor {
    fn of(port: u16, name: &str) -> Self {
        let mut connector = SslConnector::builder(SslMethod::tls()).unwrap();
        connector.set_verify(SslVerifyMode::NONE);
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let stream = connector.build().configure().unwrap().verify_hostname(false).connect(name, stream).unwrap();
        Self { stream, name: name.to_owned() }
    }

    /// Whether a request is answered, by somebody who will answer another one.
    fn is_answered(&mut self) -> bool {
        let asked = self.stream.write_all(format!("HEAD / HTTP/1.1\r\nHost: {}\r\n\r\n", self.name).as_bytes());
        let mut answer = Vec::new();
        while asked.is_ok() && !answer.ends_with(b"\r\n\r\n") {
            let mut octet = [0];
            match self.stream.read(&mut octet) {
                Ok(1) => answer.extend(octet),
                _ => return false,
            }
        }
        let answer = String::from_utf8_lossy(&answer);
        answer.starts_with("HTTP/1.1 ") && !answer.contains("Connection: close")
    }

    fn leaf(&self) -> Vec<u8> {
        self.stream.ssl().peer_certificate().unwrap().to_der().unwrap()
    }
}

#[test]
fn tomcat_gets_its_listener_and_renews_without_a_restart_from_then_on() {
    let pki = Pki::new();
    let (first, second, shop) = (pki.pair("www.example.org"), pki.pair("www.example.org"), pki.pair("shop.example.org"));
    let instance = daemons::tomcat::start(&first);
    let changing = Changing::of(&instance);
    let port = instance.endpoints()[0].port;
    let files = changing.place("shop", &shop);
    support::run::must("chgrp", &["tomcat", files.1.to_str().unwrap()]);
    let beside = Wanted::Listener {
        protocol: Protocol::Http,
        tls: TlsMode::Implicit,
        port,
        address: None,
        server_name: Some(shop.name.clone()),
        pair: Some(files),
    };
    let edits = changing.editor.edit(&changing.tree, instance.config(), &changing.observed(), &[beside]).unwrap();
    edits.files.iter().for_each(|file| std::fs::write(&file.path, &file.after).unwrap());
    assert_eq!(changing.change(&[Wanted::CertificateWatch], &restart(&instance)).disturbance, Disturbance::Restart);
    changing.until("the other host is served", || serves(port, &shop.name, &[], &shop));

    let process = instance.pid();
    let mut visitor = Visitor::of(port, &shop.name);
    assert!(visitor.leaf() == shop.leaf() && visitor.is_answered());
    let takeover = changing.takeover(&Control::default(), &Edits::default());
    assert!(matches!(takeover.activation, Activation::Wait { .. }), "{takeover:?}");
    instance.files().write(&second);
    instance.until_served(&second.leaf());
    assert!(visitor.is_answered(), "its connection stays");
    assert_eq!(instance.pid(), process);
    assert!(serves(port, &shop.name, &[], &shop));
}

#[test]
fn tomcat_with_its_listener_takes_new_files_up_by_itself() {
    let pki = Pki::new();
    let (first, second) = (pki.pair("www.example.org"), pki.pair("www.example.org"));
    let instance = daemons::tomcat::start_with_listener(&first);
    let changing = Changing::of(&instance);
    let takeover = changing.takeover(&Control::default(), &Edits::default());
    assert_eq!(takeover.disturbance, Disturbance::Wait);
    let Activation::Wait { seconds } = takeover.activation else { panic!("{takeover:?}") };
    let begun = std::time::Instant::now();
    instance.files().write(&second);
    instance.until_served(&second.leaf());
    assert!(begun.elapsed().as_secs() < seconds, "{:?}", begun.elapsed());
}
