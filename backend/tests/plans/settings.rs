//! Settings beside the certificate, with and without one.

use certdeck::deploy::plan::{Setting, Target};
use certdeck_shared::api::binding::Layout;
use certdeck_shared::api::plan::{CheckStanding, ClientVerification, FilePurpose, PlanState, SettingWish};
use certdeck_shared::api::service::{Protocol, ServiceKind, TlsMode};
use certdeck_shared::x509::fingerprint::sha256_hex;

use crate::certificates::Authority;
use crate::host::{Host, check, everywhere, plan, serving};
use crate::layouts::{CONFIG, apache, names};
use crate::told::told;

fn plain(wish: SettingWish) -> Setting {
    Setting { wish, certificates: Vec::new() }
}

#[test]
fn authorities_of_clients_are_written_to_a_file_and_the_ports_must_serve_what_they_serve() {
    let (host, authority) = (Host::new(), Authority::new());
    let old = authority.server(&["mail.example.org", "www.example.org"]);
    apache(&host, &authority, &old);
    let endpoints = vec!["mail.example.org".to_owned()];
    let wish = SettingWish::ClientCa { endpoints: endpoints.clone(), database: "d".to_owned(), certificates: vec!["ignored".to_owned()] };
    let target = Target {
        bindings: Vec::new(),
        settings: vec![
            Setting { wish, certificates: vec![authority.root.der()] },
            plain(SettingWish::ClientVerification { endpoints, verification: ClientVerification::Required, depth: None }),
        ],
    };
    let facts = serving(host.facts(ServiceKind::Apache, CONFIG, &target), &target, &[], Some(&sha256_hex(&old.der())));
    let made = plan(&facts, &target, &[]);
    insta::assert_snapshot!("client_ca", told(&made, &names(&authority, &old, &old)));
    let file = made.planned.unwrap().files.into_iter().find(|file| file.purpose == FilePurpose::ClientCa).unwrap();
    assert_eq!(file.content, certdeck::deploy::plan::Content::Bytes(authority.root.pem().into_bytes()));
}

#[test]
fn a_new_listener_gets_the_pair_and_is_asked_for_it() {
    let (host, authority) = (Host::new(), Authority::new());
    let (old, new) = (authority.server(&["mail.example.org"]), authority.server(&["mail.example.org"]));
    apache(&host, &authority, &old);
    let text = std::fs::read_to_string(host.path(CONFIG)).unwrap();
    host.write(CONFIG, &["LoadModule ssl_module modules/mod_ssl.so\n", &text].concat());
    let wish = SettingWish::Listener {
        protocol: Protocol::Http,
        tls: TlsMode::Implicit,
        port: 9443,
        address: Some("::1".to_owned()),
        server_name: Some("mail.example.org".to_owned()),
    };
    let target = Target { settings: vec![plain(wish)], ..everywhere(Layout::Own) };
    let made = plan(&host.facts(ServiceKind::Apache, CONFIG, &target), &target, &[authority.source(&new)]);
    assert_eq!(made.part.state, PlanState::Ready, "{:#?}", made.part.checks);
    let probe = made.part.probes.iter().find(|probe| probe.port == 9443).unwrap();
    assert_eq!((probe.host.as_str(), probe.expected.clone()), ("::1", sha256_hex(&new.der())));
    let text = made.planned.unwrap().files.into_iter().find_map(|file| match file.content {
        certdeck::deploy::plan::Content::Bytes(bytes) if file.purpose == FilePurpose::Configuration => String::from_utf8(bytes).ok(),
        _ => None,
    });
    assert!(text.unwrap().matches("/etc/apache2/ssl/certs/mail.example.org.crt").count() >= 3);
}

#[test]
fn a_file_for_authorities_is_not_written_over_a_directory() {
    let (host, authority) = (Host::new(), Authority::new());
    let old = authority.server(&["mail.example.org", "www.example.org"]);
    apache(&host, &authority, &old);
    std::fs::create_dir_all(host.path("/etc/apache2/ssl/client-ca.pem")).unwrap();
    let wish = SettingWish::ClientCa { endpoints: Vec::new(), database: "d".to_owned(), certificates: vec!["ignored".to_owned()] };
    let target = Target { bindings: Vec::new(), settings: vec![Setting { wish, certificates: vec![authority.root.der()] }] };
    let made = plan(&host.facts(ServiceKind::Apache, CONFIG, &target), &target, &[]);
    let words = "/etc/apache2/ssl/client-ca.pem is a directory.";
    assert_eq!(check(&made, "client-ca-file"), (CheckStanding::Fail, words.to_owned()));
}

#[test]
fn an_address_of_slapd_is_added_where_its_script_has_them() {
    let (host, authority) = (Host::new(), Authority::new());
    let (config, pair) = ("/etc/ldap/slapd.conf", authority.server(&["ldap.example.org"]));
    host.write(config, "TLSCertificateFile /etc/ldap/ldap.crt\nTLSCertificateKeyFile /etc/ldap/ldap.key\n");
    host.write("/etc/ldap/ldap.crt", &pair.pem());
    host.write("/etc/ldap/ldap.key", &pair.key_pem());
    host.write("/etc/default/slapd", "SLAPD_SERVICES=\"ldap:///\"\n");
    host.process(10, "/usr/sbin/slapd", &["/usr/sbin/slapd", "-u", "root", "-f", config, "-h", "ldap:///"], &[389]);
    let wish = SettingWish::Listener { protocol: Protocol::Ldap, tls: TlsMode::Implicit, port: 636, address: None, server_name: None };
    let target = Target { bindings: Vec::new(), settings: vec![plain(wish)] };
    let mut facts = host.facts(ServiceKind::Slapd, config, &target);
    facts.control.restart = Some(vec!["/usr/sbin/service".to_owned(), "slapd".to_owned(), "restart".to_owned()]);
    let made = plan(&facts, &target, &[]);
    assert_eq!(made.part.state, PlanState::Ready, "{:#?}", made.part.checks);
    let files: Vec<&str> = made.part.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!((files, made.part.probes.len(), made.part.probes[0].port), (vec!["/etc/default/slapd"], 1, 636));
}

#[test]
fn a_setting_of_no_endpoint_is_refused() {
    let (host, authority) = (Host::new(), Authority::new());
    apache(&host, &authority, &authority.server(&["mail.example.org"]));
    let wish = SettingWish::Tls { endpoint: "gone".to_owned(), tls: TlsMode::Implicit };
    let target = Target { bindings: Vec::new(), settings: vec![plain(wish)] };
    let made = plan(&host.facts(ServiceKind::Apache, CONFIG, &target), &target, &[]);
    assert_eq!(check(&made, "endpoints"), (CheckStanding::Fail, "A setting is for endpoints that do not exist: gone.".to_owned()));
}
