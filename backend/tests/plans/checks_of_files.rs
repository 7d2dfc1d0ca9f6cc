//! What is checked of the files in place, of their directories, and of who can open them.

use certdeck::deploy::plan::facts::{Confinement, Facts};
use certdeck::deploy::plan::{Made, Source};
use certdeck::host::as_user::Account;
use certdeck::host::room::Room;
use certdeck_shared::api::binding::Layout;
use certdeck_shared::api::plan::CheckStanding::{self, Fail, Pass, Repaired, Warn};
use certdeck_shared::api::service::ServiceKind;
use openssl::symm::Cipher;
use time::macros::datetime;

use crate::certificates::{Authority, Pair, Wish, ec, issue};
use crate::host::{Host, apply, check, checks, everywhere, plan};
use crate::layouts::{CONFIG, material};

const NAMES: [&str; 1] = ["mail.example.org"];

struct Case {
    host: Host,
    old: Pair,
    new: Pair,
    source: Source,
    authority: Authority,
}

/// A host with one pair in /etc/ssl.
fn case() -> Case {
    let (host, authority) = (Host::new(), Authority::new());
    let (old, new) = (authority.server(&NAMES), authority.server(&NAMES));
    host.write(
        CONFIG,
        "Listen 443\n<VirtualHost *:443>\nServerName mail.example.org\nSSLEngine on\nSSLCertificateFile /etc/ssl/a.crt\n\
         SSLCertificateKeyFile /etc/ssl/a.key\n</VirtualHost>\n",
    );
    host.write("/etc/ssl/a.crt", &old.pem());
    host.write("/etc/ssl/a.key", &old.key_pem());
    host.mode("/etc/ssl/a.key", 0o600);
    host.process(10, "/usr/sbin/apache2", &["/usr/sbin/apache2", "-k", "start"], &[443]);
    Case { host, old, source: authority.source(&new), new, authority }
}

impl Case {
    fn made(&self, change: impl FnOnce(&mut Facts)) -> Made {
        let target = everywhere(Layout::Keep);
        let mut facts = self.host.facts(ServiceKind::Apache, CONFIG, &target);
        change(&mut facts);
        plan(&facts, &target, std::slice::from_ref(&self.source))
    }

    fn ended(&self, code: &str) -> (CheckStanding, String) {
        check(&self.made(|_| {}), code)
    }
}

#[test]
fn what_is_in_place_is_told_and_mended() {
    let case = case();
    let words = "Now /etc/ssl/a.crt and /etc/ssl/a.key are a pair: CN=mail.example.org until 17 Feb 2027.";
    assert_eq!(case.ended("pair-in-place"), (Pass, words.to_owned()));

    let encrypted = case.old.key.private_key_to_pem_pkcs8_passphrase(Cipher::aes_256_cbc(), b"word").unwrap();
    case.host.write("/etc/ssl/a.key", &String::from_utf8(encrypted).unwrap());
    let words = "The key in /etc/ssl/a.key is encrypted, and no daemon can type its password.";
    assert_eq!(case.ended("pair-in-place"), (Repaired, words.to_owned()));

    case.host.write("/etc/ssl/a.key", &case.authority.middle.key_pem());
    let words = "The key in /etc/ssl/a.key does not belong to the first certificate in /etc/ssl/a.crt.";
    assert_eq!(case.ended("pair-in-place"), (Repaired, words.to_owned()));

    case.host.write("/etc/ssl/a.key", "nonsense");
    assert_eq!(case.ended("pair-in-place"), (Repaired, "There is no key that can be read in /etc/ssl/a.key.".to_owned()));

    let over = issue(&Wish { until: datetime!(2026-11-20 00:00 UTC), ..Wish::server(&NAMES) }, ec(), Some(&case.authority.middle));
    case.host.write("/etc/ssl/a.crt", &over.pem());
    case.host.write("/etc/ssl/a.key", &over.key_pem());
    assert_eq!(case.ended("pair-in-place"), (Repaired, "CN=mail.example.org in /etc/ssl/a.crt expired on 20 Nov 2026.".to_owned()));

    case.host.write("/etc/ssl/a.crt", "garbage");
    assert_eq!(case.ended("pair-in-place"), (Repaired, "There is no certificate in /etc/ssl/a.crt.".to_owned()));
    std::fs::remove_file(case.host.path("/etc/ssl/a.key")).unwrap();
    assert_eq!(case.ended("pair-in-place").0, Repaired);
}

/// The group ffdhe2048 of RFC 7919.
fn parameters() -> String {
    let prime = openssl::dh::Dh::get_2048_256().unwrap();
    let (p, g) = (prime.prime_p().to_owned().unwrap(), prime.generator().to_owned().unwrap());
    let plain = openssl::dh::Dh::from_pqg(p, None, g).unwrap();
    String::from_utf8(plain.params_to_pem().unwrap()).unwrap()
}

#[test]
fn parameters_behind_a_certificate_go_into_the_new_file() {
    let case = case();
    assert!(checks(&case.made(|_| {}), "dh-parameters").is_empty());
    case.host.write("/etc/ssl/a.crt", &[case.old.pem(), parameters()].concat());
    let words = "/etc/ssl/a.crt also holds parameters for Diffie-Hellman of 2048 bits, which are written again.";
    assert_eq!(case.ended("dh-parameters"), (Pass, words.to_owned()));
    for layout in [Layout::Keep, Layout::Own] {
        let target = everywhere(layout);
        let planned = || plan(&case.host.facts(ServiceKind::Apache, CONFIG, &target), &target, std::slice::from_ref(&case.source));
        apply(&case.host, &planned(), &[material(&case.source, &case.new)]);
        let path = if layout == Layout::Keep { "/etc/ssl/a.crt" } else { "/etc/apache2/ssl/certs/mail.example.org.crt" };
        let written = std::fs::read_to_string(case.host.path(path)).unwrap();
        assert!(written.starts_with(&case.new.pem()) && written.ends_with(&parameters()), "{written}");
        // There is nothing more to write.
        assert!(planned().part.files.is_empty(), "{:#?}", planned().part.files);
    }
}

#[test]
fn parameters_that_clients_refuse_are_told() {
    let case = case();
    case.host.write(
        "/etc/ssl/a.crt",
        &[case.old.pem().as_str(), "-----BEGIN DH PARAMETERS-----\nMAYCAQUCAQI=\n-----END DH PARAMETERS-----\n"].concat(),
    );
    let (standing, words) = case.ended("dh-parameters");
    assert!(standing == Warn && words.contains("of 3 bits"), "{words}");
    case.host
        .write("/etc/ssl/a.crt", &[case.old.pem().as_str(), "-----BEGIN DH PARAMETERS-----\nMAY=\n-----END DH PARAMETERS-----\n"].concat());
    let (standing, words) = case.ended("dh-parameters");
    assert!(standing == Warn && words.contains("cannot be read"), "{words}");
}

#[test]
fn a_file_that_everybody_can_write_to_is_closed() {
    let case = case();
    case.host.mode("/etc/ssl/a.crt", 0o666);
    let words = "Every user of this host can write to /etc/ssl/a.crt: mode 0666, root:root.";
    assert_eq!(case.ended("file-private"), (Repaired, words.to_owned()));
    let planned = case.made(|_| {}).planned.unwrap();
    assert_eq!(planned.files.iter().find(|file| file.path.ends_with("a.crt")).unwrap().mode, 0o644);
}

#[test]
fn the_owner_of_a_new_file_must_exist() {
    let (host, authority) = (Host::new(), Authority::new());
    let pair = authority.server(&["ldap.example.org"]);
    let config = "/etc/ldap/slapd.conf";
    host.write(config, "TLSCertificateFile /etc/ldap/ldap.crt\nTLSCertificateKeyFile /etc/ldap/ldap.key\n");
    host.write("/etc/ldap/ldap.crt", &pair.pem());
    host.write("/etc/ldap/ldap.key", &pair.key_pem());
    host.process(10, "/usr/sbin/slapd", &["/usr/sbin/slapd", "-u", "nobody-of-ours", "-f", config, "-h", "ldap:///"], &[389]);
    let target = everywhere(Layout::Own);
    let made = plan(&host.facts(ServiceKind::Slapd, config, &target), &target, &[authority.source(&pair)]);
    let told: Vec<_> = checks(&made, "owner-known").iter().map(|check| (check.standing, check.words.clone())).collect();
    let words = "There is no group nobody-of-ours, whose /etc/ldap/ssl/private/ldap.example.org.key would be.";
    assert!(told.contains(&(Fail, words.to_owned())), "{told:#?}");
}

#[test]
fn the_daemons_user_must_get_to_the_key() {
    let case = case();
    let words = |made: &Made| -> Vec<(CheckStanding, String)> {
        checks(made, "readable-by-daemon").iter().map(|check| (check.standing, check.words.clone())).collect()
    };
    let by_root = words(&case.made(|_| {}));
    assert_eq!(by_root[0], (Pass, "User root can open /etc/ssl/a.key.".to_owned()));

    // A daemon that is not root: what is there is not for it, and what root's daemons get is not, either.
    let www = Account::named("www-data").unwrap();
    let by_www = |facts: &mut Facts| {
        facts.reader = Some(www.clone());
        for (path, opened) in &mut facts.opened {
            *opened = case.host.tree().open_as(&www, path).unwrap().map_err(|error| error.to_string());
        }
    };
    let made = case.made(by_www);
    let told = words(&made);
    assert_eq!(told[0], (Repaired, "User www-data cannot read /etc/ssl/a.key: mode 0600, root:root.".to_owned()));
    assert_eq!(told[1], (Fail, "User www-data could not read /etc/ssl/a.key as 0600 root:root.".to_owned()));

    case.host.own("/etc/ssl/a.key", "root", "www-data");
    case.host.mode("/etc/ssl/a.key", 0o640);
    let made = case.made(by_www);
    assert_eq!(words(&made)[0], (Pass, "User www-data can open /etc/ssl/a.key.".to_owned()));

    // The way there, really tried as that user.
    case.host.mode("/etc/ssl", 0o700);
    let closed = case.host.tree().search_as(&www, std::path::Path::new("/etc/ssl")).unwrap().unwrap_err();
    let made = case.made(|facts| {
        by_www(facts);
        for place in facts.places.iter_mut().filter(|place| place.path.ends_with("ssl")) {
            place.closed = Some(closed.to_string());
        }
    });
    let denied = "User www-data cannot get to /etc/ssl/a.key: /etc/ssl is closed to it (Permission denied (os error 13)).";
    assert_eq!(words(&made)[0], (Fail, denied.to_owned()));

    let untried = case.made(|facts| facts.places.iter_mut().for_each(|place| place.tried = false));
    assert_eq!(words(&untried)[0].0, Warn);
    let nobody = case.made(|facts| facts.reader = None);
    assert_eq!(words(&nobody)[0], (Fail, "There is no user root, who would read /etc/ssl/a.key.".to_owned()));
}

#[test]
fn there_must_be_room_and_the_right_to_write() {
    let case = case();
    assert_eq!(check(&case.made(|_| {}), "writable"), (Pass, "Files can be written to /etc/ssl.".to_owned()));
    assert_eq!(check(&case.made(|_| {}), "room").0, Pass);
    let with = |room: Room| case.made(move |facts| facts.places.iter_mut().for_each(|place| place.room = Some(room.clone())));
    let open = Room { bytes: 1 << 30, files: None, closed: None };
    let little = with(Room { bytes: 8 << 20, ..open.clone() });
    assert_eq!(check(&little, "room"), (Warn, "Little room is left at /etc/ssl: 8 MB.".to_owned()));
    let none = with(Room { bytes: 4096, ..open.clone() });
    assert_eq!(check(&none, "room"), (Fail, "There is no room at /etc/ssl: 4 kB are free.".to_owned()));
    let no_files = with(Room { files: Some(1), ..open.clone() });
    assert_eq!(check(&no_files, "room").0, Fail);
    let closed = with(Room { closed: Some("Read-only file system (os error 30)".to_owned()), ..open });
    let words = "Nothing can be written to /etc/ssl: Read-only file system (os error 30).";
    assert_eq!(check(&closed, "writable"), (Fail, words.to_owned()));
}

#[test]
fn what_confines_the_program_is_looked_at() {
    let case = case();
    let with = |confinement: Confinement| {
        let made = case.made(|facts| facts.confinement = confinement);
        checks(&made, "confinement").iter().map(|check| (check.standing, check.words.clone())).collect::<Vec<_>>()
    };
    assert_eq!(with(Confinement::None)[0].0, Pass);
    assert_eq!(with(Confinement::SeLinux)[0].0, Warn);
    let profile = |rules: Option<&str>| Confinement::AppArmor { profile: "apache2".to_owned(), rules: rules.map(str::to_owned) };
    assert_eq!(with(profile(Some("/etc/ssl/** r,\n")))[0], (Pass, "The AppArmor profile apache2 lets it read /etc/ssl/a.key.".to_owned()));
    assert_eq!(
        with(profile(Some("deny /etc/ssl/*.key r,\n")))[0],
        (Fail, "The AppArmor profile apache2 forbids it to read /etc/ssl/a.key.".to_owned())
    );
    for unknown in [Some("/srv/** r,\n"), None] {
        assert_eq!(with(profile(unknown))[0].0, Warn);
    }
}

#[test]
fn the_profile_of_the_running_process_is_found_with_what_it_includes() {
    let case = case();
    case.host.write("/proc/10/attr/current", "/usr/sbin/apache2 (enforce)\n");
    case.host.write("/etc/apparmor.d/usr.sbin.apache2", "#include <abstractions/ssl_keys>\ninclude if exists <local/usr.sbin.apache2>\n");
    case.host.write(
        "/etc/apparmor.d/abstractions/ssl_keys",
        "  include if exists <abstractions/ssl_keys.d>\n  /etc/ssl/ r,\n  /etc/ssl/** r,\n",
    );
    case.host.write("/etc/apparmor.d/abstractions/ssl_keys.d/more", "/srv/more/** r,\n");
    case.host.write("/etc/apparmor.d/local/usr.sbin.apache2", "/srv/ssl/** r,\n");
    let facts = case.host.facts(ServiceKind::Apache, CONFIG, &everywhere(Layout::Keep));
    let Confinement::AppArmor { profile, rules } = &facts.confinement else { panic!("{:?}", facts.confinement) };
    assert_eq!(profile, "/usr/sbin/apache2");
    for rule in ["/etc/ssl/** r,", "/srv/more/** r,", "/srv/ssl/** r,"] {
        assert!(rules.as_ref().unwrap().contains(rule), "{rules:?}");
    }
    case.host.write("/proc/10/attr/current", "/usr/sbin/apache2 (complain)\n");
    let facts = case.host.facts(ServiceKind::Apache, CONFIG, &everywhere(Layout::Keep));
    assert_eq!(facts.confinement, Confinement::None);
}
