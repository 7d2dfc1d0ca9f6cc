//! Postfix as Debian's package makes its configuration: the templates of `/usr/share/postfix`, with `submission` and `smtps` switched on.

use certdeck_shared::api::service::{Protocol, ServiceKind, TlsMode};

use super::instance::{Endpoint, Instance, Manner, Parts, words};
use super::ports;
use super::room::Room;
use super::version;
use crate::pki::Pair;
use crate::run;

/// SMTP and submission with STARTTLS, and submission with TLS from the first byte.
pub fn start(pair: &Pair) -> Instance {
    let room = Room::new("postfix", &["etc/postfix", "queue", "data"]);
    let ports = [ports::free(), ports::free(), ports::free()];
    let [smtp, submission, submissions] = &ports;
    run::must("chown", &["postfix:", &room.text("data")]);
    // From 3.9 on, which Debian 13 has, the package keeps its scripts elsewhere.
    let scripts: &[&str] = if version::installed("/usr/sbin/postconf", &["-d", "mail_version"]) < vec![3, 9] {
        &["dynamicmaps.cf.d", "postfix-script", "post-install"]
    } else {
        &[]
    };
    for name in ["postfix-files", "postfix-files.d", "dynamicmaps.cf"].iter().chain(scripts) {
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
    let config = room.text("etc/postfix");
    // Mail that is submitted locally goes through programs with rights of their own, which know the machine's instance only. Nothing may stand
    // there twice, as Debian 13 has some of it: each process would warn of it, and when the logger is not up yet, as after a reload, the master
    // process waits for room for its words while the logger waits for the master to start it.
    let own = [
        format!("queue_directory={}", room.text("queue")),
        format!("data_directory={}", room.text("data")),
        format!("maillog_file={}", room.text("log/mail.log")),
        format!("maillog_file_prefixes=/var, /dev/stdout, {}", room.path().display()),
        "inet_interfaces=127.0.0.1".to_owned(),
        "inet_protocols=ipv4".to_owned(),
        "myhostname=localhost".to_owned(),
        "mydestination=localhost".to_owned(),
        "alias_maps=".to_owned(),
        "alias_database=".to_owned(),
        "mynetworks=127.0.0.0/8".to_owned(),
        "master_service_disable=pickup.unix".to_owned(),
    ];
    let edit = ["-c", &config, "-e"].map(str::to_owned);
    run::must("postconf", &[edit.as_slice(), &own].concat());
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
