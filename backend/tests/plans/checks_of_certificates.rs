//! What is checked of a certificate, its key, its chain and its names, each in every way it can end.

use certdeck::deploy::plan::{KeyStanding, Made, RootStanding, Source};
use certdeck_shared::api::binding::Layout;
use certdeck_shared::api::plan::CheckStanding::{self, Fail, Pass, Warn};
use certdeck_shared::api::plan::PlanState;
use certdeck_shared::api::service::ServiceKind;
use openssl::hash::MessageDigest;
use time::macros::datetime;

use crate::certificates::{Authority, Pair, Wish, ec, issue, rsa};
use crate::host::{Host, check, checks, everywhere, plan};
use crate::layouts::{CONFIG, apache};

const NAMES: [&str; 2] = ["mail.example.org", "www.example.org"];

/// A plan that brings this certificate, whose database says what `change` makes of it.
fn made_with(authority: &Authority, pair: &Pair, change: impl FnOnce(&mut Source)) -> Made {
    let host = Host::new();
    apache(&host, authority, &authority.server(&NAMES));
    let mut source = authority.source(pair);
    change(&mut source);
    let target = everywhere(Layout::Keep);
    plan(&host.facts(ServiceKind::Apache, CONFIG, &target), &target, &[source])
}

fn made(wish: &Wish<'_>) -> Made {
    let authority = Authority::new();
    let pair = issue(wish, ec(), Some(&authority.middle));
    made_with(&authority, &pair, |_| {})
}

fn ends(made: &Made, code: &str, standing: CheckStanding, words: &str) {
    let (ended, said) = check(made, code);
    assert_eq!((ended, said.as_str()), (standing, words), "{:#?}", made.part.checks);
    assert_eq!(made.part.state == PlanState::Blocked, made.part.checks.iter().any(|check| check.standing == Fail));
}

#[test]
fn dates() {
    ends(&made(&Wish::server(&NAMES)), "dates", Pass, "mail.example.org is valid from 1 Nov 2026 until 17 Feb 2027.");
    let soon = Wish { until: datetime!(2026-11-25 00:00 UTC), ..Wish::server(&NAMES) };
    ends(&made(&soon), "dates", Warn, "mail.example.org ends on 25 Nov 2026, in less than 7 days.");
    let over = Wish { until: datetime!(2026-11-20 00:00 UTC), ..Wish::server(&NAMES) };
    ends(&made(&over), "dates", Fail, "mail.example.org expired on 20 Nov 2026.");
    let later = Wish { from: datetime!(2026-12-01 00:00 UTC), ..Wish::server(&NAMES) };
    ends(&made(&later), "dates", Fail, "mail.example.org is valid from 1 Dec 2026 only.");
}

#[test]
fn the_key() {
    let authority = Authority::new();
    let pair = authority.server(&NAMES);
    let with = |key: KeyStanding| made_with(&authority, &pair, |source| source.key = key);
    let good = with(KeyStanding::Ready { public_key: pair.public() });
    ends(&good, "key-belongs", Pass, "Key and certificate of mail.example.org are a pair.");
    assert_eq!(check(&good, "key-available").0, Pass);
    let other = with(KeyStanding::Ready { public_key: authority.server(&NAMES).public() });
    ends(&other, "key-belongs", Fail, "The key is not that of mail.example.org.");
    for (key, words) in [
        (KeyStanding::LoggedOut, "The key of mail.example.org cannot be looked for: nobody is logged in to the database's own token."),
        (
            KeyStanding::Kept,
            "The key of mail.example.org cannot leave the database's own token, and the service reads its key from a file.",
        ),
        (KeyStanding::Absent, "There is no key of mail.example.org in the database's own token."),
    ] {
        ends(&with(key), "key-available", Fail, words);
    }
}

#[test]
fn what_it_is() {
    let authority = Authority::new();
    let pair = authority.server(&NAMES);
    ends(&made_with(&authority, &pair, |_| {}), "parses", Pass, "mail.example.org is an X.509 certificate of version 3.");
    let garbage = made_with(&authority, &pair, |source| source.reference.leaf.truncate(40));
    assert_eq!(check(&garbage, "parses").0, Fail);
    assert!(check(&garbage, "parses").1.starts_with("server cannot be parsed: "));
    ends(&made(&Wish::server(&NAMES)), "server-usage", Pass, "mail.example.org may serve TLS.");
    let client = Wish { purpose: Some("clientAuth"), ..Wish::server(&NAMES) };
    assert_eq!(check(&made(&client), "server-usage").0, Fail);
    let authority_itself = Wish { ca: true, purpose: None, ..Wish::server(&NAMES) };
    ends(&made(&authority_itself), "server-usage", Fail, "mail.example.org is a certificate authority, not a server.");
}

#[test]
fn strength() {
    let authority = Authority::new();
    let of_bits = |bits| made_with(&authority, &issue(&Wish::server(&NAMES), rsa(bits), Some(&authority.middle)), |_| {});
    ends(&of_bits(2048), "key-size", Pass, "mail.example.org has a key of RSA 2048.");
    ends(&of_bits(1024), "key-size", Fail, "mail.example.org has a key of RSA 1024; the program's TLS library takes 2048 bits and more.");
    ends(&made(&Wish::server(&NAMES)), "signature-algorithm", Pass, "mail.example.org is signed by ECDSA with SHA-256.");
    let old = Wish { digest: MessageDigest::sha1(), ..Wish::server(&NAMES) };
    let words = "mail.example.org is signed by ECDSA with SHA-1, which the program's TLS library refuses.";
    ends(&made(&old), "signature-algorithm", Fail, words);
    // Nobody verifies the signature of one that is signed with its own key.
    let own = issue(&old, ec(), None);
    let made = made_with(&authority, &own, |source| source.reference.chain.clear());
    assert_eq!(check(&made, "signature-algorithm").0, Warn);
}

#[test]
fn the_chain() {
    let authority = Authority::new();
    let pair = authority.server(&NAMES);
    let with = |change: fn(&mut Source)| made_with(&authority, &pair, change);
    let good = with(|_| {});
    ends(&good, "chain-in-order", Pass, "mail.example.org comes first, and each certificate is issued by the next.");
    ends(&good, "chain-complete", Pass, "The chain of mail.example.org is complete to Example Root.");
    let known = made_with(&authority, &pair, |source| source.root = RootStanding::Known { certificate: authority.root.der() });
    let words = "The chain of mail.example.org is complete to Example Root, which the database does not trust for servers.";
    ends(&known, "chain-complete", Warn, words);
    let words =
        "Whether the chain of mail.example.org is complete cannot be told: its last issuer, CN=Example Root, is not in the database.";
    ends(&with(|source| source.root = RootStanding::Unknown), "chain-complete", Warn, words);
    let words = "The root of mail.example.org did not issue mail.example.org.";
    ends(&with(|source| source.reference.chain.clear()), "chain-complete", Fail, words);

    // An authority of the same name, whose key is another one.
    let other = Authority::new();
    let wrong = made_with(&authority, &pair, |source| source.reference.chain = vec![other.middle.der()]);
    let words = "mail.example.org is not issued by Example Intermediate, which comes after it.";
    ends(&wrong, "chain-in-order", Fail, words);
    let turned = made_with(&authority, &pair, |source| source.reference.chain = vec![authority.root.der(), authority.middle.der()]);
    assert_eq!(check(&turned, "chain-in-order").0, Fail);

    let own = issue(&Wish::server(&NAMES), ec(), None);
    let alone = made_with(&authority, &own, |source| source.reference.chain.clear());
    ends(&alone, "chain-complete", Warn, "mail.example.org is signed with its own key: only clients that were told so accept it.");

    let ended = Authority::until(datetime!(2026-11-10 00:00 UTC));
    let pair = ended.server(&NAMES);
    let words = "Example Intermediate, above mail.example.org, is valid from 1 Jan 2020 until 10 Nov 2026 only.";
    ends(&made_with(&ended, &pair, |_| {}), "chain-dates", Fail, words);
    assert!(checks(&good, "chain-dates").is_empty());
}

#[test]
fn host_names() {
    let made_for = |names: &[&str]| made(&Wish { name: "server", names, ..Wish::server(&NAMES) });
    let names = |made: &Made| -> Vec<(CheckStanding, String)> {
        checks(made, "host-names").iter().map(|check| (check.standing, check.words.clone())).collect()
    };
    let told = |served: &str| (Pass, format!("server has the names that the service serves: {served}."));
    assert_eq!(names(&made_for(&NAMES)), [told("mail.example.org"), told("www.example.org")]);
    assert_eq!(names(&made_for(&["*.example.org"])).len(), 2);
    let other = names(&made_for(&["www.example.org"]));
    let words = "The service also serves mail.example.org, and server is for www.example.org only.";
    assert_eq!(other, [(Warn, words.to_owned()), told("www.example.org")]);
    let nameless = names(&made_for(&[""]));
    assert_eq!(nameless[0].0, Warn);

    // A service without names of its own is known by the host's.
    for (host_name, names, standing) in
        [("mail", &["mail.example.org"], Pass), ("mail.example.org", &["mail.example.org"], Pass), ("mail", &["www.example.org"], Warn)]
    {
        let (host, authority) = (Host::new(), Authority::new());
        let pair = authority.server(names);
        host.write(CONFIG, "Listen 443\n<VirtualHost *:443>\nSSLEngine on\nSSLCertificateFile /etc/a.pem\n</VirtualHost>\n");
        let target = everywhere(Layout::Keep);
        let mut facts = host.facts(ServiceKind::Apache, CONFIG, &target);
        facts.host_name = host_name.to_owned();
        assert_eq!(check(&plan(&facts, &target, &[authority.source(&pair)]), "host-names").0, standing);
    }
}
