//! Services that take their certificates by nickname from the database itself: nothing is written but settings.

use certdeck::deploy::change::{Activation, Control};
use certdeck::deploy::plan::facts::Facts;
use certdeck::deploy::plan::{KeyStanding, Made, Setting, Source, Target};
use certdeck_shared::api::binding::Layout;
use certdeck_shared::api::plan::{CheckStanding, PlanState, SettingWish};
use certdeck_shared::api::service::{Protocol, ServiceKind, TlsMode};
use certdeck_shared::x509::fingerprint::sha256_hex;

use crate::certificates::{Authority, Pair};
use crate::host::{Host, bound, check, checks, everywhere, plan, serving};

const ICS: &str = "/etc/opt/SUNWics5/config/ics.conf";
const MSG: &str = "/opt/SUNWmsgsr/config";

/// A certificate that is in the database of the service, whose key never leaves it.
fn held(authority: &Authority, pair: &Pair, directory: &str, nickname: &str) -> Source {
    let mut source = Source { directory: directory.into(), key: KeyStanding::Kept, ..authority.source(pair) };
    source.reference.nickname = nickname.to_owned();
    source
}

fn calendar(host: &Host, more: &str) {
    let text = "service.http.calendarhostname = \"calendar.example.org\"\nservice.http.ssl.port.enable = \"yes\"\n\
                local.ssldbpath = \"/var/db\"\nencryption.rsa.nssslpersonalityssl = \"old cert\"\n";
    host.write(ICS, &[text, more].concat());
    host.process(70, "/opt/SUNWics5/cal/lib/cshttpd", &["cshttpd"], &[443]);
}

fn messaging(host: &Host) {
    host.write(&format!("{MSG}/msg.conf"), "service.imap.enablesslport = yes\nservice.pop.enable = no\nservice.http.enable = no\n");
    for (id, program, ports) in [(80, "watcher", &[][..]), (81, "imapd", &[143, 993])] {
        host.process(id, &format!("/opt/SUNWmsgsr/lib/{program}"), &[program], ports);
    }
}

fn with_restart(facts: Facts) -> Facts {
    Facts { control: Control { restart: Some(vec!["/usr/local/sbin/restart-it".to_owned()]), ..Control::default() }, ..facts }
}

fn restarts(made: &Made) -> bool {
    let planned = made.planned.as_ref().unwrap();
    planned.files.iter().all(|file| file.purpose == certdeck_shared::api::plan::FilePurpose::Configuration)
        && matches!(&planned.takeover.activation, Activation::Run(run) if run.arguments == ["/usr/local/sbin/restart-it"])
}

#[test]
fn another_nickname_is_one_setting_and_a_restart_and_no_key_leaves_the_database() {
    let (host, authority) = (Host::new(), Authority::new());
    calendar(&host, "service.http.ssl.sourceurl = \"https://calendar.example.org:443\"\n");
    let new = authority.server(&["calendar.example.org"]);
    let sources = [held(&authority, &new, "/var/db", "new cert")];
    let target = everywhere(Layout::Keep);
    let made = plan(&with_restart(host.facts(ServiceKind::SunCalendar, ICS, &target)), &target, &sources);
    assert_eq!(made.part.state, PlanState::Ready, "{:#?}", made.part.checks);
    assert!(restarts(&made));
    let lines: Vec<&str> = made.part.files[0].hunks.iter().flat_map(|hunk| &hunk.lines).map(|line| line.text.as_str()).collect();
    assert!(lines.contains(&"encryption.rsa.nssslpersonalityssl = \"new cert\""), "{lines:?}");
    assert_eq!(made.part.files.len(), 1);
    assert_eq!((made.part.probes[0].port, made.part.probes[0].expected.clone()), (443, sha256_hex(&new.der())));
    assert!(check(&made, "key-available").1.contains("which the service reads itself"));
    let said =
        "calendar.example.org is for calendar.example.org, the host of service.http.calendarhostname and service.http.ssl.sourceurl.";
    assert_eq!(check(&made, "one-host"), (CheckStanding::Pass, said.to_owned()));
}

#[test]
fn a_renewed_certificate_of_the_same_nickname_needs_a_restart_until_it_is_served() {
    let (host, authority) = (Host::new(), Authority::new());
    messaging(&host);
    let (old, new) = (authority.server(&["mail.example.org"]), authority.server(&["mail.example.org"]));
    let sources = [held(&authority, &new, MSG, "Server-Cert")];
    let target = everywhere(Layout::Keep);
    let facts = || with_restart(host.facts(ServiceKind::SunMessaging, MSG, &target));
    let made = plan(&serving(facts(), &target, &sources, Some(&sha256_hex(&old.der()))), &target, &sources);
    assert_eq!((made.part.state, made.part.files.len()), (PlanState::Ready, 0), "{:#?}", made.part.checks);
    assert!(restarts(&made));
    assert!(checks(&made, "ports").iter().all(|check| check.standing == CheckStanding::Pass), "imapd is one of its processes");
    let made = plan(&serving(facts(), &target, &sources, Some(&sha256_hex(&new.der()))), &target, &sources);
    assert_eq!(made.part.state, PlanState::Unchanged);
    let nobody = plan(&host.facts(ServiceKind::SunMessaging, MSG, &target), &target, &sources);
    assert!(check(&nobody, "takeover").1.contains("stop-msg and start-msg"));
}

#[test]
fn a_parameter_is_a_line_that_comes_first() {
    let (host, authority) = (Host::new(), Authority::new());
    messaging(&host);
    let sources = [held(&authority, &authority.server(&["mail.example.org"]), MSG, "my cert")];
    let wish = SettingWish::Listener { protocol: Protocol::Imap, tls: TlsMode::Implicit, port: 1993, address: None, server_name: None };
    let target = Target { settings: vec![Setting { wish, certificates: Vec::new() }], ..everywhere(Layout::Keep) };
    let made = plan(&with_restart(host.facts(ServiceKind::SunMessaging, MSG, &target)), &target, &sources);
    assert_eq!(made.part.state, PlanState::Blocked);
    let lines: Vec<&str> = checks(&made, "by-hand").iter().map(|check| check.words.as_str()).collect();
    assert_eq!(
        lines,
        [
            "`configutil -o encryption.rsa.nssslpersonalityssl -v 'my cert'` is to be run first.",
            "`configutil -o service.imap.sslusessl -v yes` is to be run first.",
            "`configutil -o service.imap.sslport -v 1993` is to be run first.",
        ]
    );
}

#[test]
fn a_certificate_of_another_database_and_a_host_that_it_does_not_have_are_refused() {
    let (host, authority) = (Host::new(), Authority::new());
    calendar(&host, "service.http.ssl.sourceurl = \"https://www.example.org\"\n");
    let new = authority.server(&["mail.example.org"]);
    let target = everywhere(Layout::Keep);
    let of = |directory: &str, key: KeyStanding| {
        let sources = [Source { key, ..held(&authority, &new, directory, "new cert") }];
        plan(&with_restart(host.facts(ServiceKind::SunCalendar, ICS, &target)), &target, &sources)
    };
    let elsewhere = of("/var/other", KeyStanding::Kept);
    assert!(check(&elsewhere, "endpoints").1.contains("import it there with its key"), "{:#?}", elsewhere.part.checks);
    let made = of("/var/db", KeyStanding::Kept);
    let said: Vec<(CheckStanding, &str)> = checks(&made, "one-host").iter().map(|check| (check.standing, check.words.as_str())).collect();
    assert_eq!(
        said,
        [
            (
                CheckStanding::Fail,
                "service.http.calendarhostname is calendar.example.org, and the host of service.http.ssl.sourceurl is www.example.org."
            ),
            (
                CheckStanding::Fail,
                "service.http.calendarhostname is calendar.example.org, and mail.example.org is for mail.example.org only."
            ),
        ]
    );
    assert_eq!(check(&of("/var/db", KeyStanding::LoggedOut), "key-available").0, CheckStanding::Warn);
    assert_eq!(check(&of("/var/db", KeyStanding::Absent), "key-available").0, CheckStanding::Fail);
}

#[test]
fn https_is_turned_on_for_the_host_of_the_certificate_by_its_nickname() {
    let (host, authority) = (Host::new(), Authority::new());
    host.write(ICS, "local.ssldbpath = \"/var/db\"\nservice.http.port = \"8080\"\n");
    host.process(70, "/opt/SUNWics5/cal/lib/cshttpd", &["cshttpd"], &[8080]);
    let new = authority.server(&["*.example.org"]);
    let sources = [held(&authority, &new, "/var/db", "star")];
    let made = |name: &str| {
        let server_name = Some(name.to_owned());
        let wish = SettingWish::Listener { protocol: Protocol::Http, tls: TlsMode::Implicit, port: 443, address: None, server_name };
        let target = Target { bindings: vec![bound(0, &[], Layout::Own)], settings: vec![Setting { wish, certificates: Vec::new() }] };
        plan(&with_restart(host.facts(ServiceKind::SunCalendar, ICS, &target)), &target, &sources)
    };
    let good = made("calendar.example.org");
    assert_eq!((good.part.state, good.part.files.len()), (PlanState::Ready, 1), "{:#?}", good.part.checks);
    let added = good.part.files[0].hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.text.contains("\"star\"")).count();
    assert_eq!(added, 1);
    assert_eq!(good.part.probes.iter().map(|probe| probe.port).collect::<Vec<_>>(), [443]);
    assert_eq!(check(&made("calendar.example.com"), "one-host").0, CheckStanding::Fail);
}
