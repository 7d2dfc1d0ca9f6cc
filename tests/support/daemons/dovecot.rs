//! Dovecot from Debian's `/etc/dovecot`, with what is this instance's own in `local.conf`, which Debian's file includes. 2.4, which Debian 13 has,
//! knows most settings by other names than 2.3, and refuses those.

use certdeck_shared::api::service::{Protocol, ServiceKind, TlsMode};

use super::instance::{Endpoint, Instance, Manner, Parts, words};
use super::ports;
use super::room::Room;
use super::version;
use crate::pki::Pair;

/// IMAP and POP3, each with STARTTLS and with TLS from the first byte.
pub fn start(pair: &Pair) -> Instance {
    let room = Room::new("dovecot", &["state", "mail"]);
    let ports = [ports::free(), ports::free(), ports::free(), ports::free()];
    let [imap, imaps, pop3, pop3s] = &ports;
    room.copy("/etc/dovecot", "etc/dovecot");
    let files = room.place(pair, "etc/dovecot/ssl", "mail", None);
    let [certificate, key] =
        if is_2_4() { ["\nssl_server_cert_file = ", "\nssl_server_key_file = "] } else { ["\nssl_cert = <", "\nssl_key = <"] };
    room.edit(
        "etc/dovecot/conf.d/10-ssl.conf",
        &[
            (&format!("{certificate}/etc/dovecot/private/dovecot.pem"), &format!("{certificate}{}", files.certificate.display())),
            (&format!("{key}/etc/dovecot/private/dovecot.key"), &format!("{key}{}", files.key.display())),
        ],
    );
    let mut own = format!(
        "base_dir = {}\nstate_dir = {}\nlog_path = {}\ninstance_name = {}\nlisten = 127.0.0.1\n{}",
        room.text("run"),
        room.text("state"),
        room.text("log/dovecot.log"),
        room.path().file_name().unwrap().display(),
        mailboxes(&room.text("mail")),
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

/// Whether the installed one has the form of 2.4.
fn is_2_4() -> bool {
    version::installed("/usr/sbin/dovecot", &["--version"]) >= vec![2, 4]
}

/// Every user has the same password, and mail below this directory.
fn mailboxes(place: &str) -> String {
    if is_2_4() {
        format!(
            "mail_driver = maildir\nmail_path = {place}/%{{user}}\npassdb static {{\n  password = test\n}}\n\
             userdb static {{\n  fields {{\n    uid = nobody\n    gid = nogroup\n    home = {place}/%{{user}}\n  }}\n}}\n"
        )
    } else {
        format!(
            "mail_location = maildir:{place}/%u\npassdb {{\n  driver = static\n  args = password=test\n}}\n\
             userdb {{\n  driver = static\n  args = uid=nobody gid=nogroup home={place}/%u\n}}\n"
        )
    }
}
