//! Dovecot from Debian's `/etc/dovecot`, with what is this instance's own in `local.conf`, which Debian's file includes.

use certdeck_shared::api::service::{Protocol, ServiceKind, TlsMode};

use super::instance::{Endpoint, Instance, Manner, Parts, words};
use super::ports;
use super::room::Room;
use crate::pki::Pair;

/// IMAP and POP3, each with STARTTLS and with TLS from the first byte.
pub fn start(pair: &Pair) -> Instance {
    let room = Room::new("dovecot", &["state", "mail"]);
    let ports = [ports::free(), ports::free(), ports::free(), ports::free()];
    let [imap, imaps, pop3, pop3s] = &ports;
    room.copy("/etc/dovecot", "etc/dovecot");
    let files = room.place(pair, "etc/dovecot/ssl", "mail", None);
    room.edit(
        "etc/dovecot/conf.d/10-ssl.conf",
        &[
            ("\nssl_cert = </etc/dovecot/private/dovecot.pem", &format!("\nssl_cert = <{}", files.certificate.display())),
            ("\nssl_key = </etc/dovecot/private/dovecot.key", &format!("\nssl_key = <{}", files.key.display())),
        ],
    );
    let mail = room.text("mail/%u");
    let mut own = format!(
        "base_dir = {}\nstate_dir = {}\nlog_path = {}\ninstance_name = {}\nlisten = 127.0.0.1\nmail_location = maildir:{mail}\n\
         passdb {{\n  driver = static\n  args = password=test\n}}\nuserdb {{\n  driver = static\n  args = uid=nobody gid=nogroup home={mail}\n}}\n",
        room.text("run"),
        room.text("state"),
        room.text("log/dovecot.log"),
        room.path().file_name().unwrap().display(),
    );
    for (service, plain, encrypted) in [("imap", imap, imaps), ("pop3", pop3, pop3s)] {
        own.push_str(&format!(
            "service {service}-login {{\n  inet_listener {service} {{\n    port = {}\n  }}\n  inet_listener {service}s {{\n    port = {}\n  }}\n}}\n",
            plain.number, encrypted.number
        ));
    }
    room.append("etc/dovecot/local.conf", &own);
    let config = room.join("etc/dovecot/dovecot.conf");
    let at = config.to_str().unwrap();
    Instance::start(Parts {
        kind: ServiceKind::Dovecot,
        files,
        endpoints: vec![
            Endpoint::new("imap", Protocol::Imap, TlsMode::Starttls, imap),
            Endpoint::new("imaps", Protocol::Imap, TlsMode::Implicit, imaps),
            Endpoint::new("pop3", Protocol::Pop3, TlsMode::Starttls, pop3),
            Endpoint::new("pop3s", Protocol::Pop3, TlsMode::Implicit, pop3s),
        ],
        command: words(["/usr/sbin/dovecot", "-F", "-c", at]),
        environment: Vec::new(),
        pid_file: room.join("run/master.pid"),
        manner: Manner::Own,
        check: Some(words(["/usr/bin/doveconf", "-n", "-c", at])),
        reload: Some(words(["/usr/bin/doveadm", "-c", at, "reload"])),
        ports: ports.into(),
        config: config.clone(),
        room,
    })
}
