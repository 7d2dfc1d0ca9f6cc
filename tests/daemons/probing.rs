//! Probes of the daemons: what they serve, and what becomes of them when the key does not fit.

use certdeck_shared::api::probe::{ProbeOutcome, ProbeReport};
use certdeck_shared::glass::Action;
use certdeck_shared::x509::fingerprint::sha256_hex;
use support::certificates::from_pem;
use support::daemons::{self, Endpoint, Instance};
use support::deck::Deck;
use support::pki::{Pair, Pki};
use support::run;

/// What is done with a daemon, and how each of its endpoints ends then.
type Case = (&'static str, fn(&Pair) -> Instance, &'static [(&'static str, ProbeOutcome)]);

async fn probed(deck: &Deck, endpoint: &Endpoint) -> ProbeReport {
    deck.client.probe(&endpoint.question()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_endpoint_shows_its_chain_and_the_lines_of_openssl_the_same() {
    let pki = Pki::new();
    let pair = pki.pair("served.example.org");
    let deck = Deck::new().await;
    let starts: [fn(&Pair) -> Instance; 8] = [
        daemons::apache::start,
        daemons::nginx::start,
        daemons::vsftpd::start,
        daemons::vsftpd::start_implicit,
        daemons::dovecot::start,
        daemons::postfix::start,
        daemons::slapd::start,
        daemons::tomcat::start,
    ];
    let chain: Vec<_> = [vec![pair.leaf()], pair.chain()].concat();
    let mut endpoints = 0;
    for start in starts {
        let instance = start(&pair);
        for endpoint in instance.endpoints() {
            let report = probed(&deck, endpoint).await;
            assert_eq!(report.outcome, ProbeOutcome::Served, "{} {report:?}", endpoint.name);
            assert!(report.serves(&sha256_hex(&pair.leaf())), "{} {report:?}", endpoint.name);
            assert_eq!(report.chain.iter().map(|one| one.der.0.clone()).collect::<Vec<_>>(), chain, "{}", endpoint.name);
            println!("{}: {} ms, {:?} {:?}", endpoint.name, report.milliseconds, report.tls_version, report.cipher_suite);
            let lines = deck.client.console_command_lines(&Action::CreateProbe { body: endpoint.question() }).await.unwrap();
            for line in &lines.commands {
                let said = run::must("bash", &["-euc", &line.command]);
                assert_eq!(from_pem(&said).first(), Some(&pair.leaf()), "{line:?} {said}");
            }
            endpoints += 1;
        }
    }
    assert!(endpoints >= 13, "{endpoints}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_does_not_fit_is_told_by_each_daemon_in_its_way() {
    use ProbeOutcome::{Closed, KeyMismatch, OfferedButBroken, Refused, Served};
    let pki = Pki::new();
    let (pair, other) = (pki.pair("one.example.org"), pki.pair("other.example.org"));
    let deck = Deck::new().await;
    let cases: [Case; 7] = [
        ("Apache ends itself", daemons::apache::start, &[("https", Refused)]),
        ("nginx keeps the old files", daemons::nginx::start, &[("https", Served)]),
        ("vsftpd does not start", daemons::vsftpd::start, &[("ftp", Refused)]),
        (
            "Dovecot offers and breaks",
            daemons::dovecot::start,
            &[("imap", OfferedButBroken), ("imaps", Closed), ("pop3", OfferedButBroken), ("pop3s", Closed)],
        ),
        (
            "Postfix offers and breaks",
            daemons::postfix::start,
            &[("smtp", OfferedButBroken), ("submission", OfferedButBroken), ("submissions", Closed)],
        ),
        ("slapd does not start", daemons::slapd::start_with_slapd_conf, &[("ldap", Refused), ("ldaps", Refused)]),
        ("Tomcat signs with the wrong key", daemons::tomcat::start, &[("https", KeyMismatch)]),
    ];
    for (name, start, wanted) in cases {
        let instance = start(&pair);
        std::fs::write(&instance.files().key, other.key_file()).unwrap();
        let control = instance.control();
        let command = control.reload.as_ref().unwrap_or(&control.restart);
        // Whether it says that something is wrong is not the point here.
        run::ask(&command[0], &command[1..]);
        for (endpoint, outcome) in wanted {
            let endpoint = instance.endpoints().iter().find(|one| one.name == *endpoint).unwrap_or_else(|| panic!("{name}: no {endpoint}"));
            // A reload takes its time to have its effect.
            let report = support::poll::until(&format!("{name}: {outcome:?} at {}", endpoint.name), PATIENCE, async || {
                let report = probed(&deck, endpoint).await;
                println!("{name}, {}: {:?} {}", endpoint.name, report.outcome, report.words);
                (report.outcome == *outcome).then_some(report)
            })
            .await;
            assert!(!report.serves(&sha256_hex(&other.leaf())));
        }
    }
}

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(15);
