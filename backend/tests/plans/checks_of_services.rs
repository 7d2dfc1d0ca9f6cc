//! What is checked of the service as it runs.

use std::net::Ipv4Addr;
use std::os::unix::fs::symlink;

use certdeck::deploy::change::Control;
use certdeck::deploy::plan::facts::{Checked, Facts, Listener};
use certdeck::deploy::plan::{Made, Setting, Source, Target};
use certdeck_shared::api::binding::Layout;
use certdeck_shared::api::plan::CheckStanding::{self, Fail, Pass, Warn};
use certdeck_shared::api::plan::{PlanState, SettingWish};
use certdeck_shared::api::service::{Place, Protocol, Remark, ServiceKind, TlsMode};

use crate::certificates::Authority;
use crate::host::{Host, bound, check, checks, everywhere, plan};
use crate::layouts::{CONFIG, apache};

struct Case {
    host: Host,
    source: Source,
}

fn case() -> Case {
    let (host, authority) = (Host::new(), Authority::new());
    let names = ["mail.example.org", "www.example.org"];
    apache(&host, &authority, &authority.server(&names));
    let source = authority.source(&authority.server(&names));
    Case { host, source }
}

impl Case {
    fn made(&self, target: &Target, change: impl FnOnce(&mut Facts)) -> Made {
        let mut facts = self.host.facts(ServiceKind::Apache, CONFIG, target);
        change(&mut facts);
        plan(&facts, target, std::slice::from_ref(&self.source))
    }

    fn kept(&self, change: impl FnOnce(&mut Facts)) -> Made {
        self.made(&everywhere(Layout::Keep), change)
    }
}

fn all(made: &Made, code: &str) -> Vec<(CheckStanding, String)> {
    checks(made, code).iter().map(|check| (check.standing, check.words.clone())).collect()
}

#[test]
fn a_service_that_does_not_run_is_not_changed() {
    let case = case();
    assert_eq!(check(&case.kept(|_| {}), "running"), (Pass, "Apache runs as process 10.".to_owned()));
    case.host.write("/proc/10/cgroup", "0::/system.slice/apache2.service\n");
    assert_eq!(check(&case.kept(|_| {}), "running").1, "Apache runs as process 10.", "systemd does not rule here");
    std::fs::create_dir_all(case.host.path("/run/systemd/system")).unwrap();
    assert_eq!(check(&case.kept(|_| {}), "running").1, "Apache runs as process 10, unit apache2.service.");
    std::fs::remove_dir_all(case.host.path("/proc/10")).unwrap();
    let stopped = case.kept(|_| {});
    assert_eq!(check(&stopped, "running"), (Fail, "Apache does not run with /etc/apache2/apache2.conf.".to_owned()));
    assert_eq!(stopped.part.state, PlanState::Blocked);
    assert!(checks(&stopped, "ports").is_empty());
}

#[test]
fn its_ports_are_its_own() {
    let case = case();
    let told = all(&case.kept(|_| {}), "ports");
    assert_eq!(told[0], (Pass, "Apache listens at port 443 (mail.example.org).".to_owned()));
    assert_eq!(told[1], (Pass, "Apache listens at port 8443 (www.example.org).".to_owned()));

    std::fs::remove_file(case.host.path("/proc/10/fd/1")).unwrap();
    case.host.process(20, "/usr/sbin/nginx", &["nginx"], &[8443]);
    let told = all(&case.kept(|_| {}), "ports");
    assert_eq!(told[1], (Fail, "nginx listens at port 8443 (www.example.org), not Apache.".to_owned()));

    std::fs::remove_file(case.host.path("/proc/net/tcp")).unwrap();
    let told = all(&case.kept(|_| {}), "ports");
    assert_eq!(told[0], (Warn, "Nobody listens at port 443 (mail.example.org), which the configuration names.".to_owned()));
    let by_systemd = case.kept(|facts| {
        facts.listeners =
            vec![Listener { address: Ipv4Addr::UNSPECIFIED.into(), port: 443, program: Some("systemd".to_owned()), own: false }];
    });
    assert_eq!(all(&by_systemd, "ports")[0].0, Pass);
}

fn with_listener(port: u16, address: Option<&str>) -> Target {
    let (protocol, tls, address) = (Protocol::Http, TlsMode::Implicit, address.map(str::to_owned));
    let wish = SettingWish::Listener { protocol, tls, port, address, server_name: Some("mail.example.org".to_owned()) };
    Target { settings: vec![Setting { wish, certificates: Vec::new() }], ..everywhere(Layout::Keep) }
}

#[test]
fn a_port_where_it_is_to_listen_is_nobodys() {
    let case = case();
    let text = std::fs::read_to_string(case.host.path(CONFIG)).unwrap();
    case.host.write(CONFIG, &["LoadModule ssl_module modules/mod_ssl.so\n", &text].concat());
    let of_9443 = |address: Option<&str>| -> Vec<(CheckStanding, String)> {
        let made = case.made(&with_listener(9443, address), |_| {});
        all(&made, "ports").into_iter().filter(|(_, words)| words.contains("9443")).collect()
    };
    assert_eq!(of_9443(None), [(Pass, "Port 9443 is free for Apache.".to_owned())]);
    case.host.process(20, "/usr/sbin/nginx", &["nginx"], &[]);
    // 127.0.0.2.
    case.host.listens(20, "0200007F", 9443);
    let taken = "nginx listens at port 9443 of 127.0.0.2, where Apache is to listen.";
    assert_eq!(of_9443(None), [(Fail, taken.to_owned())]);
    assert_eq!(of_9443(Some("127.0.0.2")), [(Fail, taken.to_owned())]);
    assert_eq!(of_9443(Some("192.0.2.1")), [(Pass, "Port 9443 is free for Apache.".to_owned())]);
    assert_eq!(case.made(&with_listener(9443, None), |_| {}).part.state, PlanState::Blocked);
    // Another host at a port of its own is no matter of sockets.
    assert_eq!(all(&case.made(&with_listener(443, None), |_| {}), "ports").len(), 2);
}

#[test]
fn a_file_that_vsftpd_would_not_start_with_is_named_with_the_cure() {
    let (host, authority) = (Host::new(), Authority::new());
    let (config, pair) = ("/etc/vsftpd.conf", authority.server(&["ftp.example.org"]));
    host.write(config, "listen=YES\nssl_enable=YES\nrsa_cert_file=/etc/ssl/ftp.pem\n");
    host.write("/etc/ssl/ftp.pem", &[pair.key_pem(), pair.pem()].concat());
    host.process(10, "/usr/sbin/vsftpd", &["/usr/sbin/vsftpd", config], &[21]);
    let target = everywhere(Layout::Keep);
    let takeover = || {
        let mut facts = host.facts(ServiceKind::Vsftpd, config, &target);
        facts.control.restart = Some(vec!["/usr/sbin/service".to_owned(), "vsftpd".to_owned(), "restart".to_owned()]);
        let made = plan(&facts, &target, &[authority.source(&authority.server(&["ftp.example.org"]))]);
        checks(&made, "takeover").into_iter().map(|check| (check.standing, check.words.clone())).collect::<Vec<_>>()
    };
    assert_eq!(takeover(), []);
    for text in ["listen=YES\nssl_enable=YES\nrsa_cert_file=/etc/ssl/ftp.pem\n", "ssl_enable=YES\nrsa_cert_file=/etc/ssl/ftp.pem\n"] {
        host.write(config, text);
        host.own(config, "games", "root");
        let words = "/etc/vsftpd.conf belongs to games, and vsftpd does not start with a file that is not root's. Give it to root: chown root /etc/vsftpd.conf.";
        assert_eq!(takeover(), [(Fail, words.to_owned())]);
    }
}

#[test]
fn a_configuration_that_cannot_be_read_any_more_stops_the_plan() {
    let case = case();
    case.host.write("/etc/apache2/more.conf", "# nothing\n");
    let text = std::fs::read_to_string(case.host.path(CONFIG)).unwrap();
    case.host.write(CONFIG, &[&text, "Include /etc/apache2/more.conf\n"].concat());
    assert!(checks(&case.kept(|_| {}), "basis").is_empty());
    let made = case.kept(|_| {
        let more = case.host.path("/etc/apache2/more.conf");
        std::fs::remove_file(&more).unwrap();
        symlink("more.conf", &more).unwrap();
    });
    let words = "/etc/apache2/more.conf cannot be read: symbolic links lead in a circle.";
    assert_eq!(check(&made, "basis"), (Fail, words.to_owned()));
}

#[test]
fn a_port_that_cannot_be_asked_is_told() {
    let (host, authority) = (Host::new(), Authority::new());
    let (config, pair) = ("/etc/nginx/nginx.conf", authority.server(&["www.example.org"]));
    host.write(
        config,
        "http {\n  server {\n    listen unix:/run/nginx.sock ssl;\n    server_name www.example.org;\n    ssl_certificate /etc/ssl/www.pem;\n    \
         ssl_certificate_key /etc/ssl/www.pem;\n  }\n}\n",
    );
    host.write("/etc/ssl/www.pem", &[pair.key_pem(), pair.pem()].concat());
    host.process(10, "/usr/sbin/nginx", &["nginx: master process nginx", "-c", config], &[]);
    let target = everywhere(Layout::Keep);
    let made = plan(&host.facts(ServiceKind::Nginx, config, &target), &target, &[authority.source(&pair)]);
    let words = "www.example.org cannot be asked what it serves: its address is unix:/run/nginx.sock.";
    assert_eq!(check(&made, "proof"), (Warn, words.to_owned()));
}

#[test]
fn a_configuration_that_is_broken_already_is_not_changed() {
    let case = case();
    let with = |refusal: Option<&str>| {
        let checked = Checked { arguments: vec!["apache2ctl".to_owned(), "configtest".to_owned()], refusal: refusal.map(str::to_owned) };
        check(&case.kept(|facts| facts.checked = Some(checked)), "own-check")
    };
    assert_eq!(with(None), (Pass, "`apache2ctl configtest` accepts the configuration as it is.".to_owned()));
    let words = "`apache2ctl configtest` refuses the configuration as it is: line 3 is wrong.";
    assert_eq!(with(Some("line 3 is wrong.")), (Fail, words.to_owned()));

    let place = Place { file: CONFIG.to_owned(), line: 3 };
    let remarked = case.kept(|facts| facts.observation.remarks.push(Remark { place, words: "It is odd.".to_owned() }));
    assert_eq!(check(&remarked, "configuration-understood"), (Warn, "/etc/apache2/apache2.conf:3: It is odd.".to_owned()));
}

#[test]
fn somebody_must_be_able_to_start_it_again() {
    let case = case();
    let unknown = case.kept(|_| {});
    assert_eq!(check(&unknown, "restart-known").0, Warn);
    assert_eq!(unknown.planned.unwrap().restart, None);
    let given = case.kept(|facts| {
        facts.control = Control {
            restart: Some(vec!["/usr/sbin/service".to_owned(), "apache2".to_owned(), "restart".to_owned()]),
            ..Control::default()
        };
    });
    assert_eq!(
        check(&given, "restart-known"),
        (Pass, "Apache is started again by `/usr/sbin/service apache2 restart` when it dies.".to_owned())
    );
    // A line that makes it read its files is none that starts it again when it has died.
    let (host, authority) = (Host::new(), Authority::new());
    let pair = authority.server(&["ldap.example.org"]);
    let config = "/etc/ldap/slapd.conf";
    host.write(config, "TLSCertificateFile /etc/ldap/ldap.crt\nTLSCertificateKeyFile /etc/ldap/ldap.key\n");
    host.write("/etc/ldap/ldap.crt", &pair.pem());
    host.write("/etc/ldap/ldap.key", &pair.key_pem());
    host.process(10, "/usr/sbin/slapd", &["/usr/sbin/slapd", "-u", "root", "-f", config, "-h", "ldap:///"], &[389]);
    let target = everywhere(Layout::Keep);
    let mut facts = host.facts(ServiceKind::Slapd, config, &target);
    facts.control.reload = Some(vec!["/usr/local/sbin/slapd-again".to_owned()]);
    let made = plan(&facts, &target, &[authority.source(&authority.server(&["ldap.example.org"]))]);
    assert_eq!(check(&made, "restart-known"), (Fail, "OpenLDAP must be restarted, and how is not known.".to_owned()));
    let by_systemd = case.kept(|facts| facts.running.unit = Some("apache2.service".to_owned()));
    assert_eq!(by_systemd.planned.unwrap().restart.unwrap().arguments, ["systemctl", "restart", "apache2.service"]);
}

#[test]
fn the_version_is_told() {
    let case = case();
    assert_eq!(check(&case.kept(|_| {}), "version"), (Pass, "Apache: one of tests.".to_owned()));
    assert_eq!(check(&case.kept(|facts| facts.version = None), "version").0, Warn);
}

#[test]
fn endpoints_that_are_gone_are_named() {
    let case = case();
    let target = Target { bindings: vec![bound(0, &["gone.example.org"], Layout::Keep)], settings: Vec::new() };
    let words = "There is no endpoint gone.example.org: the configuration has changed since the certificate was bound to it.";
    assert_eq!(check(&case.made(&target, |_| {}), "endpoints"), (Fail, words.to_owned()));
    case.host.write(CONFIG, "Listen 80\n<VirtualHost *:80>\n</VirtualHost>\n");
    assert_eq!(check(&case.kept(|_| {}), "endpoints"), (Fail, "No endpoint has TLS: turn it on at one, or add one.".to_owned()));
}
