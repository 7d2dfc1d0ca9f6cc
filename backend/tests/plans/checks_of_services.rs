//! What is checked of the service as it runs.

use certdeck::deploy::change::Control;
use certdeck::deploy::plan::facts::{Checked, Facts};
use certdeck::deploy::plan::{Made, Source, Target};
use certdeck_shared::api::binding::Layout;
use certdeck_shared::api::plan::CheckStanding::{self, Fail, Pass, Warn};
use certdeck_shared::api::plan::PlanState;
use certdeck_shared::api::service::{Place, Remark, ServiceKind};

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
        facts.listeners = vec![certdeck::deploy::plan::facts::Listener { port: 443, program: Some("systemd".to_owned()), own: false }];
    });
    assert_eq!(all(&by_systemd, "ports")[0].0, Pass);
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
