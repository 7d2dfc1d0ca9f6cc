//! vsftpd from Debian's `/etc/vsftpd.conf`. It reads certificates when it starts and never again.

use certdeck_shared::api::service::{Protocol, ServiceKind, TlsMode};

use super::instance::{Endpoint, Instance, Manner, Parts, words};
use super::ports;
use super::room::Room;
use crate::pki::Pair;

/// TLS after AUTH TLS, as at port 21.
pub fn start(pair: &Pair) -> Instance {
    launched(pair, "ftp", TlsMode::Starttls)
}

/// TLS from the first byte, as at port 990.
pub fn start_implicit(pair: &Pair) -> Instance {
    launched(pair, "ftps", TlsMode::Implicit)
}

fn launched(pair: &Pair, name: &'static str, tls: TlsMode) -> Instance {
    let room = Room::new("vsftpd", &["empty"]);
    let port = ports::free();
    let files = room.place(pair, "etc/vsftpd/ssl", "ftp", None);
    room.copy("/etc/vsftpd.conf", "etc/vsftpd.conf");
    room.edit(
        "etc/vsftpd.conf",
        &[
            ("\nlisten=NO", "\nlisten=YES"),
            ("\nlisten_ipv6=YES", "\nlisten_ipv6=NO"),
            ("\nconnect_from_port_20=YES", "\nconnect_from_port_20=NO"),
            ("/var/run/vsftpd/empty", &room.text("empty")),
            ("/etc/ssl/certs/ssl-cert-snakeoil.pem", files.certificate.to_str().unwrap()),
            ("/etc/ssl/private/ssl-cert-snakeoil.key", files.key.to_str().unwrap()),
            ("\nssl_enable=NO", "\nssl_enable=YES"),
        ],
    );
    // Its sandbox kills it for system calls that newer libraries make.
    let own = format!(
        "listen_address=127.0.0.1\nlisten_port={}\nbackground=NO\nseccomp_sandbox=NO\nvsftpd_log_file={}\nxferlog_file={}\n",
        port.number,
        room.text("log/vsftpd.log"),
        room.text("log/xferlog"),
    );
    room.append("etc/vsftpd.conf", &own);
    if tls == TlsMode::Implicit {
        room.append("etc/vsftpd.conf", "implicit_ssl=YES\n");
    }
    let config = room.join("etc/vsftpd.conf");
    Instance::start(Parts {
        kind: ServiceKind::Vsftpd,
        files,
        endpoints: vec![Endpoint::new(name, Protocol::Ftp, tls, &port)],
        ports: vec![port],
        command: words(["/usr/sbin/vsftpd", config.to_str().unwrap()]),
        environment: Vec::new(),
        pid_file: room.join("run/vsftpd.pid"),
        manner: Manner::Told,
        check: None,
        reload: None,
        config: config.clone(),
        room,
    })
}
