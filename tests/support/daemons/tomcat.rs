//! Tomcat as user tomcat, laid out as Debian does it: `conf` of its base directory is a link to the configuration in `etc/tomcat10`, whose
//! connector for TLS is taken out of its comment.

use std::os::unix::fs::symlink;

use certdeck_shared::api::service::{Protocol, ServiceKind, TlsMode};

use super::instance::{Endpoint, Files, Instance, Manner, Parts, words};
use super::ports::{self, Port};
use super::room::Room;
use crate::pki::Pair;
use crate::run;

/// PEM files, which nothing makes it read again but a restart.
pub fn start(pair: &Pair) -> Instance {
    let room = prepared();
    let files = room.place(pair, "etc/tomcat10/ssl", "www", Some("tomcat"));
    launched(room, files, &[])
}

/// PEM files, with the listener that looks for newer ones every ten seconds.
pub fn start_with_listener(pair: &Pair) -> Instance {
    let room = prepared();
    let files = room.place(pair, "etc/tomcat10/ssl", "www", Some("tomcat"));
    let after = "<Listener className=\"org.apache.catalina.core.ThreadLocalLeakPreventionListener\" />";
    let listener =
        "<Listener className=\"org.apache.catalina.security.TLSCertificateReloadListener\" checkPeriod=\"1\" daysBefore=\"20000\" />";
    launched(room, files, &[(after, &format!("{after}\n  {listener}"))])
}

/// PEM files, which its manager makes it read again when it is asked to over HTTPS.
pub fn start_with_manager(pair: &Pair) -> Instance {
    let room = prepared();
    let files = room.place(pair, "etc/tomcat10/ssl", "www", Some("tomcat"));
    let manager = "tomcat10/Catalina/localhost/manager.xml";
    room.copy(&format!("/etc/{manager}"), &format!("etc/{manager}"));
    let user = "<user username=\"certdeck\" password=\"four words of hers\" roles=\"manager-script\"/>\n</tomcat-users>";
    room.edit("etc/tomcat10/tomcat-users.xml", &[("</tomcat-users>", user)]);
    // A password on a command line is for all to see.
    let login = "machine 127.0.0.1 login certdeck password \"four words of hers\"\n";
    std::fs::write(room.join("etc/netrc"), login).unwrap();
    let mut parts = configured(room, files, &[]);
    let address = format!("https://127.0.0.1:{}/manager/text/sslReload", parts.endpoints[0].port);
    let netrc = parts.room.text("etc/netrc");
    parts.reload = Some(words(["/usr/bin/curl", "--silent", "--show-error", "--fail", "--insecure", "--netrc-file", &netrc, &address]));
    Instance::start(parts)
}

fn prepared() -> Room {
    let room = Room::new("tomcat", &["tomcat/logs", "tomcat/temp", "tomcat/work", "tomcat/webapps"]);
    room.copy("/etc/tomcat10", "etc/tomcat10");
    // Applications of the machine, such as the manager.
    for entry in std::fs::read_dir(room.join("etc/tomcat10/Catalina/localhost")).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    symlink("../etc/tomcat10", room.join("tomcat/conf")).unwrap();
    run::must("chown", &["-R", "tomcat:tomcat", &room.text("tomcat")]);
    room
}

fn pem_files(files: &Files) -> String {
    format!("certificateFile=\"{}\"\n                         certificateKeyFile=\"{}\"", files.certificate.display(), files.key.display())
}

fn launched(room: Room, files: Files, changes: &[(&str, &str)]) -> Instance {
    Instance::start(configured(room, files, changes))
}

fn configured(room: Room, files: Files, changes: &[(&str, &str)]) -> Parts {
    let port = ports::free();
    let connector = "<!--\n    <Connector port=\"8443\" protocol=\"org.apache.coyote.http11.Http11NioProtocol\"";
    let stock = "certificateKeystoreFile=\"conf/localhost-rsa.jks\"\n                         certificateKeystorePassword=\"changeit\" type=\"RSA\"";
    let plain = "<Connector port=\"8080\" protocol=\"HTTP/1.1\"\n               connectionTimeout=\"20000\"\n               redirectPort=\"8443\"\n               maxParameterCount=\"1000\"\n               />\n    <!-- A";
    room.edit(
        "etc/tomcat10/server.xml",
        &[
            (plain, "<!-- A"),
            (
                &format!("{stock} />\n        </SSLHostConfig>\n    </Connector>\n    -->"),
                &format!("{stock} />\n        </SSLHostConfig>\n    </Connector>"),
            ),
            (connector, &connector.replacen("<!--\n    ", "", 1).replace("8443\"", &format!("{}\" address=\"127.0.0.1\"", port.number))),
            (stock, &pem_files(&files)),
        ],
    );
    room.edit("etc/tomcat10/server.xml", changes);
    run_as_tomcat(room, files, port)
}

fn run_as_tomcat(room: Room, files: Files, port: Port) -> Parts {
    let environment = [
        ("CATALINA_HOME", "/usr/share/tomcat10".to_owned()),
        ("CATALINA_BASE", room.text("tomcat")),
        ("CATALINA_TMPDIR", room.text("tomcat/temp")),
        // Small and quick to start.
        ("JAVA_OPTS", "-Djava.awt.headless=true -Xmx96m -XX:+UseSerialGC -XX:TieredStopAtLevel=1".to_owned()),
    ];
    let as_its_user =
        ["/usr/bin/setpriv", "--reuid", "tomcat", "--regid", "tomcat", "--init-groups", "/usr/share/tomcat10/bin/catalina.sh", "run"];
    Parts {
        kind: ServiceKind::Tomcat,
        config: room.join("tomcat/conf/server.xml"),
        files,
        endpoints: vec![Endpoint::new("https", Protocol::Http, TlsMode::Implicit, &port)],
        ports: vec![port],
        command: words(as_its_user),
        environment: environment.map(|(name, value)| (name.to_owned(), value)).to_vec(),
        pid_file: room.join("run/tomcat.pid"),
        manner: Manner::Told,
        check: None,
        reload: None,
        room,
    }
}
