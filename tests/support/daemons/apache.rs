//! Apache from Debian's `/etc/apache2`, with `mod_ssl` and `default-ssl` enabled as `a2enmod` and `a2ensite` do it.

use std::os::unix::fs::symlink;

use certdeck_shared::api::service::{Protocol, ServiceKind, TlsMode};

use super::instance::{Endpoint, Files, Instance, Manner, Parts, words};
use super::ports::{self, Port};
use super::room::Room;
use crate::pki::Pair;

/// One virtual host with this pair.
pub fn start(pair: &Pair) -> Instance {
    let (room, files, port) = prepared(pair);
    let endpoint = Endpoint::new("https", Protocol::Http, TlsMode::Implicit, &port);
    launched(room, files, port, vec![endpoint])
}

/// A second virtual host beside it at the same port, chosen by SNI, with a pair of its own in `ssl/certs/second.crt` and `ssl/private/second.key`.
pub fn start_with_second_host(pair: &Pair, second: &Pair) -> Instance {
    let (room, files, port) = prepared(pair);
    let own = room.place(second, "etc/apache2/ssl", "second", None);
    let host = format!(
        "<VirtualHost 127.0.0.1:{}>\n\tServerName {}\n\tDocumentRoot {}\n\tSSLEngine on\n\tSSLCertificateFile {}\n\tSSLCertificateKeyFile {}\n</VirtualHost>\n",
        port.number,
        second.name,
        room.text("www"),
        own.certificate.display(),
        own.key.display()
    );
    room.append("etc/apache2/sites-available/second.conf", &host);
    symlink("../sites-available/second.conf", room.join("etc/apache2/sites-enabled/second.conf")).unwrap();
    let first = Endpoint::new("https", Protocol::Http, TlsMode::Implicit, &port);
    let endpoint =
        Endpoint { server_name: Some(second.name.clone()), ..Endpoint::new("second host", Protocol::Http, TlsMode::Implicit, &port) };
    launched(room, files, port, vec![first, endpoint])
}

fn prepared(pair: &Pair) -> (Room, Files, Port) {
    let room = Room::new("apache", &["www", "run/lock"]);
    let port = ports::free();
    room.copy("/etc/apache2", "etc/apache2");
    let files = room.place(pair, "etc/apache2/ssl", "www", None);
    for name in ["ssl.load", "ssl.conf", "socache_shmcb.load"] {
        link(&room, "mods", name);
    }
    link(&room, "sites", "default-ssl.conf");
    std::fs::remove_file(room.join("etc/apache2/sites-enabled/000-default.conf")).unwrap();
    room.edit("etc/apache2/ports.conf", &[("Listen 80\n", ""), ("Listen 443", &format!("Listen 127.0.0.1:{}", port.number))]);
    room.edit(
        "etc/apache2/sites-available/default-ssl.conf",
        &[
            ("*:443", &format!("127.0.0.1:{}", port.number)),
            ("/var/www/html", &room.text("www")),
            ("/etc/ssl/certs/ssl-cert-snakeoil.pem", files.certificate.to_str().unwrap()),
            ("/etc/ssl/private/ssl-cert-snakeoil.key", files.key.to_str().unwrap()),
        ],
    );
    room.edit(
        "etc/apache2/envvars",
        &[
            ("/var/run/apache2$SUFFIX", &room.text("run")),
            ("/var/lock/apache2$SUFFIX", &room.text("run/lock")),
            ("/var/log/apache2$SUFFIX", &room.text("log")),
        ],
    );
    let own = format!(
        "ServerName localhost\nMutex file:{} default\n<Directory {}>\n\tRequire all granted\n</Directory>\n",
        room.text("run/lock"),
        room.text("www")
    );
    room.append("etc/apache2/conf-enabled/instance.conf", &own);
    (room, files, port)
}

fn link(room: &Room, family: &str, name: &str) {
    symlink(format!("../{family}-available/{name}"), room.join(&format!("etc/apache2/{family}-enabled/{name}"))).unwrap();
}

fn launched(room: Room, files: Files, port: Port, endpoints: Vec<Endpoint>) -> Instance {
    let confdir = room.text("etc/apache2");
    // apache2ctl reads the instance's envvars, and calls the server with `-d`.
    let control = |verb: &str| Some(words(["/usr/bin/env", &format!("APACHE_CONFDIR={confdir}"), "/usr/sbin/apache2ctl", verb]));
    let envvars = [
        ("APACHE_CONFDIR", confdir.clone()),
        ("APACHE_RUN_USER", "www-data".to_owned()),
        ("APACHE_RUN_GROUP", "www-data".to_owned()),
        ("APACHE_PID_FILE", room.text("run/apache2.pid")),
        ("APACHE_RUN_DIR", room.text("run")),
        ("APACHE_LOCK_DIR", room.text("run/lock")),
        ("APACHE_LOG_DIR", room.text("log")),
    ];
    Instance::start(Parts {
        kind: ServiceKind::Apache,
        config: room.join("etc/apache2/apache2.conf"),
        files,
        endpoints,
        ports: vec![port],
        command: words(["/usr/sbin/apache2", "-d", &confdir, "-D", "FOREGROUND", "-k", "start"]),
        environment: envvars.map(|(name, value)| (name.to_owned(), value)).to_vec(),
        pid_file: room.join("run/apache2.pid"),
        manner: Manner::Own,
        check: control("configtest"),
        reload: control("graceful"),
        room,
    })
}
