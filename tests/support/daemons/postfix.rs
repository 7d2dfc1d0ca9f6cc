//! Postfix as Debian's package makes its configuration: the templates of `/usr/share/postfix`, with `submission` and `smtps` switched on.

use certdeck_shared::api::service::{Protocol, ServiceKind, TlsMode};

use super::instance::{Endpoint, Instance, Manner, Parts, words};
use super::ports;
use super::room::Room;
use crate::pki::Pair;
use crate::run;

/// SMTP and submission with STARTTLS, and submission with TLS from the first byte.
pub fn start(pair: &Pair) -> Instance {
    let room = Room::new("postfix", &["etc/postfix", "queue", "data"]);
    let ports = [ports::free(), ports::free(), ports::free()];
    let [smtp, submission, submissions] = &ports;
    run::must("chown", &["postfix:", &room.text("data")]);
    for name in ["postfix-files", "postfix-files.d", "dynamicmaps.cf", "dynamicmaps.cf.d", "postfix-script", "post-install"] {
        room.copy(&format!("/etc/postfix/{name}"), &format!("etc/postfix/{name}"));
    }
    room.copy("/usr/share/postfix/master.cf.dist", "etc/postfix/master.cf");
    room.copy("/usr/share/postfix/main.cf.debian", "etc/postfix/main.cf");
    room.append("etc/postfix/main.cf", &std::fs::read_to_string("/usr/share/postfix/main.cf.tls").unwrap());
    let files = room.place(pair, "etc/postfix/ssl", "smtp", None);
    room.edit(
        "etc/postfix/main.cf",
        &[
            ("/etc/ssl/certs/ssl-cert-snakeoil.pem", files.certificate.to_str().unwrap()),
            ("/etc/ssl/private/ssl-cert-snakeoil.key", files.key.to_str().unwrap()),
        ],
    );
    // Mail that is submitted locally goes through programs with rights of their own, which know the machine's instance only.
    let own = format!(
        "\nqueue_directory = {}\ndata_directory = {}\nmaillog_file = {}\nmaillog_file_prefixes = /var, /dev/stdout, {}\ninet_interfaces = 127.0.0.1\n\
         inet_protocols = ipv4\nmyhostname = localhost\nmydestination = localhost\nalias_maps =\nalias_database =\nmynetworks = 127.0.0.0/8\n\
         master_service_disable = pickup.unix\n",
        room.text("queue"),
        room.text("data"),
        room.text("log/mail.log"),
        room.path().display(),
    );
    room.append("etc/postfix/main.cf", &own);
    let config = room.text("etc/postfix");
    // The jail of the queue directory has no files in it.
    run::must("postconf", &["-c", &config, "-F", "*/*/chroot=n"]);
    let listeners = std::fs::read_to_string(room.join("etc/postfix/master.cf")).unwrap();
    let listeners = listeners.replacen("\nsmtp ", &format!("\n127.0.0.1:{} ", smtp.number), 1);
    std::fs::write(room.join("etc/postfix/master.cf"), listeners).unwrap();
    let more = format!(
        "127.0.0.1:{} inet n - n - - smtpd\n  -o syslog_name=postfix/submission\n  -o smtpd_tls_security_level=encrypt\n\
         127.0.0.1:{} inet n - n - - smtpd\n  -o syslog_name=postfix/smtps\n  -o smtpd_tls_wrappermode=yes\n",
        submission.number, submissions.number
    );
    room.append("etc/postfix/master.cf", &more);
    let postfix = |verb: &str| words(["/usr/sbin/postfix", "-c", &config, verb]);
    Instance::start(Parts {
        kind: ServiceKind::Postfix,
        config: room.join("etc/postfix"),
        files,
        endpoints: vec![
            Endpoint::new("smtp", Protocol::Smtp, TlsMode::Starttls, smtp),
            Endpoint::new("submission", Protocol::Smtp, TlsMode::Starttls, submission),
            Endpoint::new("submissions", Protocol::Smtp, TlsMode::Implicit, submissions),
        ],
        command: postfix("start"),
        environment: Vec::new(),
        pid_file: room.join("queue/pid/master.pid"),
        manner: Manner::Detached,
        check: Some(postfix("check")),
        reload: Some(postfix("reload")),
        ports: ports.into(),
        room,
    })
}
