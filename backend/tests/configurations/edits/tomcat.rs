//! `server.xml` in its old and its new form: what changes, and what is refused.

use certdeck::deploy::change::{Activation, Control, EditRefused, Edits, Running, Wanted};
use certdeck::deploy::editor::editor;
use certdeck::host::tree::{Process, Tree};
use certdeck_shared::api::plan::{ClientVerification, Disturbance, TlsProfile, TlsVersion};
use certdeck_shared::api::service::{Protocol, ServiceKind, TlsMode};

use super::{apply, observed, pair};

const KIND: ServiceKind = ServiceKind::Tomcat;
const CONFIG: &str = "/srv/cat/conf/server.xml";
/// Debian's own connector for TLS, out of its comment.
const STOCK: &str = "<Server>\n  <Service name=\"Catalina\">\n    <!-- TLS -->\n    <Connector port=\"8443\" SSLEnabled=\"true\">\n        <SSLHostConfig>\n            \
    <Certificate certificateKeystoreFile=\"conf/localhost-rsa.jks\"\n                         certificateKeystorePassword=\"changeit\" type=\"RSA\" />\n        \
    </SSLHostConfig>\n    </Connector>\n    <Engine name=\"Catalina\" />\n  </Service>\n</Server>\n";

struct Base(tempfile::TempDir);

impl Base {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("srv/cat/conf")).unwrap();
        std::fs::write(folder.path().join("srv/cat/conf/server.xml"), text).unwrap();
        Self(folder)
    }

    fn tree(&self) -> Tree {
        Tree::rooted(self.0.path())
    }

    fn change(&self, wanted: &[Wanted]) -> Result<Edits, EditRefused> {
        apply(KIND, &self.tree(), self.0.path(), CONFIG.as_ref(), wanted)
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.0.path().join("srv/cat/conf/server.xml")).unwrap()
    }
}

fn connector(attributes: &str) -> String {
    format!("<Server>\n  <Service>\n    <Connector port='8443' SSLEnabled='true' {attributes}/>\n  </Service>\n</Server>\n")
}

#[test]
fn a_key_store_becomes_pem_files_and_the_rest_stays() {
    let base = Base::new(STOCK);
    assert_eq!(
        base.change(&[pair(&[0], 0, "/srv/cat/conf/localhost-rsa.jks", "/srv/cat/conf/localhost-rsa.jks")]).unwrap(),
        Edits::default()
    );
    base.change(&[pair(&[0], 0, "/srv/a&b.crt", "/srv/b.key")]).unwrap();
    let expected = STOCK.replace(
        "certificateKeystoreFile=\"conf/localhost-rsa.jks\"\n                         certificateKeystorePassword=\"changeit\" type=\"RSA\"",
        "type=\"RSA\" certificateFile=\"/srv/a&amp;b.crt\" certificateKeyFile=\"/srv/b.key\"",
    );
    let shape = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(shape(&base.text()), shape(&expected), "{}", base.text());
    // A second one, for the other kind of key.
    base.change(&[pair(&[0], 1, "/srv/ec.crt", "/srv/ec.key")]).unwrap();
    assert!(base.text().contains("            <Certificate certificateFile=\"/srv/ec.crt\" certificateKeyFile=\"/srv/ec.key\" type=\"EC\" />\n        </SSLHostConfig>"), "{}", base.text());
    let observation = observed(KIND, &base.tree(), CONFIG.as_ref());
    assert_eq!(super::files(&observation.endpoints[0].pairs), [("/srv/a&b.crt", "/srv/b.key", None), ("/srv/ec.crt", "/srv/ec.key", None)]);
    let old_store = Base::new(STOCK);
    old_store.change(&[pair(&[0], 0, "/srv/new.p12", "/srv/new.p12")]).unwrap();
    assert_eq!(old_store.text(), STOCK.replace("conf/localhost-rsa.jks", "/srv/new.p12"), "its password stays");
}

#[test]
fn the_old_attributes_are_understood_and_not_mixed_with_the_new() {
    let native = Base::new(&connector("SSLCertificateFile='a.crt' SSLCertificateKeyFile='a.key' SSLCertificateChainFile='c.crt'"));
    let wanted = [
        pair(&[0], 0, "/n.crt", "/n.key"),
        Wanted::Protocols { endpoints: vec![0], lowest: TlsVersion::Tls12, highest: None },
        Wanted::ClientCa { endpoints: vec![0], file: "/ca.pem".into() },
        Wanted::ClientVerification { endpoints: vec![0], verification: ClientVerification::Required, depth: Some(2) },
    ];
    native.change(&wanted).unwrap();
    let expected = connector(
        "SSLCertificateFile='/n.crt' SSLCertificateKeyFile='/n.key' SSLProtocol=\"TLSv1.2+TLSv1.3\" SSLCACertificateFile=\"/ca.pem\" SSLVerifyClient=\"require\" SSLVerifyDepth=\"2\"",
    );
    assert_eq!(native.text(), expected);

    let java = Base::new(&connector("keystoreFile='a.jks' keystorePass='x' truststoreFile='t.jks' clientAuth='false'"));
    assert!(java.change(&[pair(&[0], 0, "/n.crt", "/n.key")]).unwrap_err().words.contains("native library"));
    java.change(&[
        pair(&[0], 0, "/n.p12", "/n.p12"),
        Wanted::Profile { endpoints: vec![0], profile: TlsProfile::Modern },
        Wanted::ClientVerification { endpoints: vec![0], verification: ClientVerification::Optional, depth: Some(1) },
    ])
    .unwrap();
    let expected = connector(
        "keystoreFile='/n.p12' keystorePass='x' truststoreFile='t.jks' clientAuth='want' sslEnabledProtocols=\"TLSv1.3\" trustMaxCertLength=\"1\"",
    );
    assert_eq!(java.text(), expected);
}

#[test]
fn java_is_not_made_to_trust_every_public_ca() {
    let base = Base::new(STOCK);
    let refused = base.change(&[Wanted::ClientCa { endpoints: vec![0], file: "/ca.pem".into() }]).unwrap_err();
    assert!(refused.words.contains("trust store") && refused.place.unwrap().line == 4);
    let refused = base
        .change(&[Wanted::ClientVerification { endpoints: vec![0], verification: ClientVerification::Required, depth: None }])
        .unwrap_err();
    assert!(refused.words.contains("every public CA"));
    let openssl =
        Base::new(&STOCK.replace("port=", "sslImplementationName=\"org.apache.tomcat.util.net.openssl.OpenSSLImplementation\" port="));
    openssl.change(&[Wanted::ClientCa { endpoints: vec![0], file: "/ca.pem".into() }]).unwrap();
    assert!(openssl.text().contains("<SSLHostConfig caCertificateFile=\"/ca.pem\">"), "{}", openssl.text());
}

#[test]
fn tls_is_turned_on_and_connectors_are_added() {
    let plain = "<Server>\n  <Service>\n    <Connector port=\"8080\"\n               redirectPort=\"8443\"\n               />\n    <Engine/>\n  </Service>\n</Server>\n";
    let base = Base::new(plain);
    let tls = Wanted::Tls { endpoint: 0, tls: TlsMode::Implicit };
    assert!(base.change(std::slice::from_ref(&tls)).unwrap_err().words.contains("needs a certificate"));
    base.change(&[tls, pair(&[0], 0, "/n.crt", "/n.key")]).unwrap();
    let expected = "    <Connector port=\"8080\"\n               redirectPort=\"8443\"\n               SSLEnabled=\"true\"\n               scheme=\"https\"\n               \
        secure=\"true\"\n               >\n      <SSLHostConfig>\n          <Certificate certificateFile=\"/n.crt\" certificateKeyFile=\"/n.key\" />\n      \
        </SSLHostConfig>\n    </Connector>\n    <Engine/>\n";
    assert!(base.text().contains(expected), "{}", base.text());

    let base = Base::new(plain);
    let listener = |server_name: Option<&str>| Wanted::Listener {
        protocol: Protocol::Http,
        tls: TlsMode::Implicit,
        port: 8443,
        address: None,
        server_name: server_name.map(str::to_owned),
        pair: Some(("/n.crt".into(), "/n.key".into())),
    };
    for (wanted, names) in [(listener(None), [None, None, None]), (listener(Some("shop.example")), [None, None, Some("shop.example")])] {
        let edits = super::edited(KIND, &base.tree(), CONFIG.as_ref(), &[wanted]).unwrap();
        std::fs::write(base.0.path().join("srv/cat/conf/server.xml"), &edits.files[0].after).unwrap();
        let observation = observed(KIND, &base.tree(), CONFIG.as_ref());
        assert_eq!(observation.remarks, []);
        let served: Vec<Option<&str>> =
            observation.endpoints.iter().map(|endpoint| endpoint.server_names.first().map(String::as_str)).collect();
        assert_eq!(served, names[..observation.endpoints.len()], "{}", base.text());
        assert!(observation.endpoints[1..].iter().all(|endpoint| endpoint.addresses == ["*:8443"] && endpoint.pairs.len() == 1));
    }
    assert!(base.change(&[listener(Some("shop.example"))]).unwrap_err().words.contains("already"));
}

#[test]
fn entities_and_broken_files_are_refused_with_their_place() {
    let declared = Base::new(&format!("<?xml version='1.0'?>\n<!DOCTYPE Server [<!ENTITY more SYSTEM 'more.xml'>]>\n{STOCK}"));
    let refused = declared.change(&[pair(&[0], 0, "/n.crt", "/n.key")]).unwrap_err();
    assert_eq!(refused.place.unwrap().line, 2);
    let broken = Base::new(&STOCK.replace("</SSLHostConfig>", "</SSLHost>"));
    assert!(broken.change(&[pair(&[0], 0, "/n.crt", "/n.key")]).unwrap_err().place.is_some());
    let control = Base::new(STOCK);
    assert!(control.change(&[pair(&[0], 0, "/${user.home}.crt", "/n.key")]).unwrap_err().words.contains("cannot be written"));
}

#[test]
fn the_listener_for_newer_certificates_is_added_where_tomcat_has_it() {
    let text = STOCK.replace("<Server>\n", "<Server>\n  <Listener className=\"a\" />\n\n");
    let base = Base::new(&text);
    let wanted = [Wanted::CertificateWatch];
    assert!(base.change(&wanted).unwrap_err().words.contains("does not run"));
    let process = base.0.path().join("proc/7");
    std::fs::create_dir_all(&process).unwrap();
    std::fs::write(process.join("cmdline"), "/usr/bin/java\0-Dcatalina.base=/srv/cat\0-Dcatalina.home=/srv/home\0").unwrap();
    let library = base.0.path().join("srv/home/lib/catalina.jar");
    std::fs::create_dir_all(library.parent().unwrap()).unwrap();
    std::fs::write(&library, "PK of an old one").unwrap();
    assert!(base.change(&wanted).unwrap_err().words.contains("9.0.82"));
    std::fs::copy("/usr/share/tomcat10/lib/catalina.jar", &library).unwrap();
    base.change(&wanted).unwrap();
    let line =
        "  <Listener className=\"org.apache.catalina.security.TLSCertificateReloadListener\" checkPeriod=\"1\" daysBefore=\"20000\" />\n";
    assert_eq!(base.text(), text.replace("\"a\" />\n", &["\"a\" />\n", line].concat()));
    // One that looks too seldom, or not far enough ahead.
    let weak = line.replace("20000", "14").replace(" checkPeriod=\"1\"", "");
    let base = Base::new(&STOCK.replace("<Server>\n", &["<Server>\n", weak.as_str()].concat()));
    base.change(&wanted).unwrap();
    assert!(
        base.text().contains("Listener\" daysBefore=\"20000\" checkPeriod=\"1\" />") || base.text().contains("checkPeriod=\"1\""),
        "{}",
        base.text()
    );
}

#[test]
fn what_tomcat_takes_up_by_itself_is_waited_for_and_all_else_is_a_restart() {
    let listener =
        "<Listener className=\"org.apache.catalina.security.TLSCertificateReloadListener\" checkPeriod=\"1\" daysBefore=\"20000\"/>";
    let with = Base::new(&STOCK.replace("<Server>", &format!("<Server>{listener}")));
    let without = Base::new(STOCK);
    let weak = Base::new(&STOCK.replace("<Server>", &format!("<Server>{}", listener.replace("20000", "14"))));
    let main = Process { id: 7, arguments: Vec::new(), program: "java".to_owned(), directory: None, parent: 1 };
    let running = |unit: Option<&str>| Running { main: Some(main.clone()), unit: unit.map(str::to_owned) };
    let takeover = |base: &Base, unit: Option<&str>, edits: &Edits| {
        let observation = observed(KIND, &base.tree(), CONFIG.as_ref());
        editor(KIND).takeover(&base.tree(), CONFIG.as_ref(), &observation, &running(unit), &Control::default(), edits)
    };
    let nothing = Edits::default();
    assert_eq!(takeover(&with, None, &nothing).unwrap().activation, Activation::Wait { seconds: 16 });
    for (base, edits) in [(&without, &nothing), (&weak, &nothing)] {
        let told = takeover(base, Some("tomcat10.service"), edits).unwrap();
        assert_eq!(told.disturbance, Disturbance::Restart);
        let Activation::Run(run) = told.activation else { panic!("{told:?}") };
        assert_eq!(run.arguments, ["systemctl", "restart", "tomcat10.service"]);
        assert!(takeover(base, None, edits).unwrap_err().words.contains("restart command"));
    }
    let edits = with.change(&[Wanted::Profile { endpoints: vec![0], profile: TlsProfile::Intermediate }]).unwrap();
    assert_eq!(takeover(&with, Some("tomcat10.service"), &edits).unwrap().disturbance, Disturbance::Restart);
}
