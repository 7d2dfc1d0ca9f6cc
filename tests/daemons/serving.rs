//! The instances by themselves, without the console: they serve what they are given, take what they are given next, and leave nothing behind.

use std::time::Instant;

use support::daemons::{self, Start};
use support::pki::{Pair, Pki};

const INSTANCES: [(&str, Start); 9] = [
    ("Apache", daemons::apache::start),
    ("nginx", daemons::nginx::start),
    ("vsftpd", daemons::vsftpd::start),
    ("vsftpd, implicit", daemons::vsftpd::start_implicit),
    ("Dovecot", daemons::dovecot::start),
    ("Postfix", daemons::postfix::start),
    ("slapd", daemons::slapd::start),
    ("slapd with slapd.conf", daemons::slapd::start_with_slapd_conf),
    ("Tomcat", daemons::tomcat::start),
];

fn takes_the_next(name: &str, start: Start, first: &Pair, second: &Pair) {
    let begun = Instant::now();
    let instance = start(first);
    let started = begun.elapsed();
    instance.until_served(&first.leaf());
    assert!(instance.pid().is_some(), "{name} runs");
    instance.files().write(second);
    let begun = Instant::now();
    instance.read_again();
    instance.until_served(&second.leaf());
    let reloaded = begun.elapsed();
    instance.run(&instance.control().restart);
    instance.until_served(&second.leaf());
    assert_eq!(instance.stop(), Vec::<u32>::new(), "{name} leaves no process");
    println!("{name}: serves after {started:?}, the next one after {reloaded:?}");
}

#[test]
fn every_daemon_serves_what_it_is_given_and_then_the_next() {
    let pki = Pki::new();
    let (first, second) = (pki.pair("first.example.org"), pki.pair("second.example.org"));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for (name, start) in INSTANCES {
            let (first, second) = (&first, &second);
            scope.spawn(move || takes_the_next(name, start, first, second));
        }
    });
    println!("all of them in parallel: {:?}", begun.elapsed());
}

#[test]
fn apache_serves_two_hosts_at_one_port() {
    let pki = Pki::new();
    let (first, second) = (pki.pair("www.example.org"), pki.pair("shop.example.org"));
    let apache = daemons::apache::start_with_second_host(&first, &second);
    let leaves: Vec<_> = apache.endpoints().iter().map(|endpoint| endpoint.leaf().unwrap()).collect();
    assert_eq!(leaves, [first.leaf(), second.leaf()]);
}

#[test]
fn tomcat_with_its_listener_takes_newer_files_by_itself() {
    let pki = Pki::new();
    let (first, second) = (pki.pair("first.example.org"), pki.pair("second.example.org"));
    let tomcat = daemons::tomcat::start_with_listener(&first);
    tomcat.until_served(&first.leaf());
    tomcat.files().write(&second);
    tomcat.until_served(&second.leaf());
}
