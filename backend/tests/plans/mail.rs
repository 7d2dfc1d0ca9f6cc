//! What is particular to Postfix and Dovecot: where they listen, what they call themselves, and how weak a key they take.

use std::net::IpAddr;

use certdeck::deploy::plan::facts::{Facts, Listener};
use certdeck::deploy::plan::{Made, Setting, Target};
use certdeck_shared::api::binding::Layout;
use certdeck_shared::api::plan::CheckStanding::{self, Pass, Warn};
use certdeck_shared::api::plan::SettingWish;
use certdeck_shared::api::service::{Protocol, ServiceKind, TlsMode};

use crate::certificates::{Authority, Pair, Wish, issue, rsa};
use crate::host::{Host, check, everywhere, plan};

const POSTFIX: &str = "/etc/postfix";
const DOVECOT: &str = "/etc/dovecot/dovecot.conf";

struct Case {
    host: Host,
    authority: Authority,
    old: Pair,
}

impl Case {
    fn new() -> Self {
        let (host, authority) = (Host::new(), Authority::new());
        let old = authority.server(&["mail.example.org"]);
        host.write("/etc/ssl/mail.crt", &old.pem());
        host.write("/etc/ssl/mail.key", &old.key_pem());
        host.mode("/etc/ssl/mail.key", 0o600);
        Self { host, authority, old }
    }

    fn postfix(more: &str) -> Self {
        let case = Self::new();
        let main = "smtpd_tls_security_level = may\nsmtpd_tls_cert_file = /etc/ssl/mail.crt\nsmtpd_tls_key_file = /etc/ssl/mail.key\n";
        case.host.write("/etc/postfix/main.cf", &[main, more].concat());
        case.host.write("/etc/postfix/master.cf", "smtp inet n - y - - smtpd\n");
        let arguments = ["/usr/lib/postfix/sbin/master", "-w"];
        case.host.process(10, "/usr/lib/postfix/sbin/master", &arguments, &[]);
        case.host.write("/proc/10/environ", "MAIL_CONFIG=/etc/postfix\0");
        case
    }

    fn dovecot(more: &str) -> Self {
        let case = Self::new();
        let main = "protocols = imap\nssl_cert = </etc/ssl/mail.crt\nssl_key = </etc/ssl/mail.key\n";
        case.host.write(DOVECOT, &[main, more].concat());
        case.host.process(10, "/usr/sbin/dovecot", &["/usr/sbin/dovecot", "-F"], &[]);
        case
    }

    fn made(&self, kind: ServiceKind, target: &Target, pair: &Pair, change: impl FnOnce(&mut Facts)) -> Made {
        let config = if kind == ServiceKind::Postfix { POSTFIX } else { DOVECOT };
        let mut facts = self.host.facts(kind, config, target);
        change(&mut facts);
        plan(&facts, target, &[self.authority.source(pair)])
    }

    /// Where the ports are asked.
    fn asked(&self, kind: ServiceKind, listeners: &[(&str, u16)]) -> Vec<String> {
        let of = |(address, port): &(&str, u16)| {
            let address: IpAddr = address.parse().unwrap();
            Listener { address, port: *port, program: Some("smtpd".to_owned()), own: true }
        };
        let made = self.made(kind, &everywhere(Layout::Keep), &self.old, |facts| facts.listeners = listeners.iter().map(of).collect());
        made.part.probes.iter().map(|probe| format!("{} {}", probe.host, probe.port)).collect()
    }
}

#[test]
fn ports_are_asked_where_the_service_listens() {
    let case = Case::postfix("");
    for (listeners, asked) in [
        (&[][..], &["127.0.0.1 25"][..]),
        (&[("0.0.0.0", 25)], &["127.0.0.1 25"]),
        (&[("::", 25)], &["::1 25"]),
        (&[("0.0.0.0", 25), ("::", 25)], &["127.0.0.1 25"]),
        (&[("192.0.2.1", 25), ("2001:db8::1", 25)], &["192.0.2.1 25", "2001:db8::1 25"]),
    ] {
        assert_eq!(case.asked(ServiceKind::Postfix, listeners), asked);
    }
    let by_ipv6 = Case::postfix("inet_protocols = ipv6\n");
    assert_eq!(by_ipv6.asked(ServiceKind::Postfix, &[]), ["::1 25"]);
    let several = Case::postfix("inet_interfaces = 192.0.2.1, 2001:db8::1\n");
    assert_eq!(several.asked(ServiceKind::Postfix, &[]), ["192.0.2.1 25", "2001:db8::1 25"]);
    let dovecot = Case::dovecot("listen = ::\n");
    assert_eq!(dovecot.asked(ServiceKind::Dovecot, &[]), ["::1 143", "::1 993"]);
    let dovecot = Case::dovecot("listen = 192.0.2.1, ::1\n");
    assert_eq!(dovecot.asked(ServiceKind::Dovecot, &[]), ["192.0.2.1 143", "::1 143", "192.0.2.1 993", "::1 993"]);
}

#[test]
fn the_sockets_of_a_host_are_read_with_their_addresses() {
    let case = Case::postfix("");
    case.host.listens(10, "00000000000000000000000000000000", 25);
    let made = case.made(ServiceKind::Postfix, &everywhere(Layout::Keep), &case.old, |_| {});
    assert_eq!(check(&made, "ports"), (Pass, "Postfix listens at port 25 (smtp).".to_owned()));
    assert_eq!(made.part.probes[0].host, "::1");
}

#[test]
fn a_new_listener_is_asked_where_the_others_listen_and_serves_what_they_serve() {
    let case = Case::postfix("inet_interfaces = 192.0.2.1, 2001:db8::1\n");
    let wish = SettingWish::Listener { protocol: Protocol::Smtp, tls: TlsMode::Implicit, port: 465, address: None, server_name: None };
    let target = Target { bindings: Vec::new(), settings: vec![Setting { wish, certificates: Vec::new() }] };
    let made = case.made(ServiceKind::Postfix, &target, &case.old, |_| {});
    let asked: Vec<String> = made.part.probes.iter().map(|probe| format!("{} {}", probe.host, probe.port)).collect();
    assert_eq!(asked, ["192.0.2.1 465", "2001:db8::1 465"]);
    let served = certdeck_shared::x509::fingerprint::sha256_hex(&case.old.der());
    assert!(made.part.probes.iter().all(|probe| probe.expected == served));
}

#[test]
fn host_names_are_those_that_the_programs_have_for_themselves() {
    let names = |case: &Case, kind: ServiceKind, node: &str| -> (CheckStanding, String) {
        let target = everywhere(Layout::Keep);
        let made = case.made(kind, &target, &case.old, |facts| facts.host_name = node.to_owned());
        check(&made, "host-names")
    };
    let told = |words: &str| words.to_owned();
    let own = Case::postfix("mydomain = example.org\nmyhostname = mail.$mydomain\n");
    assert_eq!(
        names(&own, ServiceKind::Postfix, "rack7"),
        (Pass, told("mail.example.org has the names that the service serves: mail.example.org."))
    );
    let other = Case::postfix("myhostname = smtp.example.org\n");
    let words = "The service also serves smtp.example.org, and mail.example.org is for mail.example.org only.";
    assert_eq!(names(&other, ServiceKind::Postfix, "mail.example.org"), (Warn, told(words)));
    // By itself Postfix takes the name of the host.
    let unset = Case::postfix("");
    assert_eq!(names(&unset, ServiceKind::Postfix, "rack7").0, Warn);
    assert_eq!(names(&unset, ServiceKind::Postfix, "mail.example.org").0, Pass);
    let words = "mail.example.org is for mail.example.org; the configuration of Dovecot names no host.";
    assert_eq!(names(&Case::dovecot(""), ServiceKind::Dovecot, "rack7"), (Pass, told(words)));
    let named = Case::dovecot("local_name imap.example.org {\n}\nlocal_name pop.example.org {\n  ssl_min_protocol = TLSv1.3\n}\n");
    let words = "The service also serves pop.example.org, and mail.example.org is for mail.example.org only.";
    assert_eq!(names(&named, ServiceKind::Dovecot, "mail.example.org"), (Warn, told(words)));
}

#[test]
fn names_in_a_table_are_told() {
    let case = Case::postfix("tls_server_sni_maps = hash:/etc/postfix/sni\n");
    let made = case.made(ServiceKind::Postfix, &everywhere(Layout::Keep), &case.old, |_| {});
    let (standing, words) = check(&made, "configuration-understood");
    assert!(standing == Warn && words.contains("hash:/etc/postfix/sni") && words.contains("main.cf:4"), "{words}");
}

#[test]
fn a_small_key_is_told_where_the_program_takes_it() {
    let case = Case::postfix("");
    let small = issue(&Wish::server(&["mail.example.org"]), rsa(1024), Some(&case.authority.middle));
    let made = case.made(ServiceKind::Postfix, &everywhere(Layout::Keep), &small, |_| {});
    let words = "mail.example.org has a key of RSA 1024: many clients refuse less than 2048 bits.";
    assert_eq!(check(&made, "key-size"), (Warn, words.to_owned()));
}
