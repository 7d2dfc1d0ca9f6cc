//! Dovecot: TLS for all where it was off, one more listener, versions for one protocol and ciphers for the other, client certificates.

use certdeck_shared::api::plan::{ClientVerification, SettingWish, TlsVersion};
use certdeck_shared::api::service::{Protocol, TlsMode};
use support::daemons::{self, ports};
use support::stage::Stage;

use super::{OTHER, Port, STRONG, applied, authorities, taken_back, until};

#[tokio::test(flavor = "multi_thread")]
async fn dovecot_begins_tls_with_versions_ciphers_and_client_certificates_and_ends_it_again() {
    let stage = Stage::new().await;
    let pair = stage.pki.pair("mail.example.org");
    stage.hold(&pair).await;
    let dovecot = tokio::task::block_in_place(|| daemons::dovecot::start(&pair));
    let [imap, imaps, pop3, pop3s] = [0, 1, 2, 3].map(|place| dovecot.endpoints()[place].port);
    let [imap, pop3] = [Port::starttls(imap, "imap"), Port::starttls(pop3, "pop3")];
    let [imaps, pop3s] = [imaps, pop3s].map(Port::implicit);
    let settings_of_tls = dovecot.directory().join("etc/dovecot/conf.d/10-ssl.conf");
    let text = std::fs::read_to_string(&settings_of_tls).unwrap();
    assert!(text.contains("\nssl = yes\n"));
    std::fs::write(&settings_of_tls, text.replace("\nssl = yes\n", "\nssl = no\n")).unwrap();
    dovecot.read_again();
    let is_off = || [imap, imaps, pop3, pop3s].iter().all(|port| !port.client(&[]).success);
    until(&dovecot, "there is no TLS", is_off);

    let service = stage.register(&dovecot).await;
    stage.bind(&service, &pair).await;
    let more = ports::free();
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let tls = |endpoint: &str, tls: TlsMode| SettingWish::Tls { endpoint: endpoint.to_owned(), tls };
    let settings = vec![
        tls("imap", TlsMode::Starttls),
        tls("imaps", TlsMode::Implicit),
        tls("pop3", TlsMode::Starttls),
        tls("pop3s", TlsMode::Implicit),
        SettingWish::Listener { protocol: Protocol::Imap, tls: TlsMode::Implicit, port: more.number, address: None, server_name: None },
        SettingWish::Protocols { endpoints: names(&["imap", "imaps"]), lowest: TlsVersion::Tls13, highest: None },
        SettingWish::Ciphers { endpoints: names(&["pop3", "pop3s"]), ciphers: STRONG.to_owned() },
        authorities(&stage, &pair, Vec::new()),
        SettingWish::ClientVerification { endpoints: Vec::new(), verification: ClientVerification::Optional, depth: None },
    ];
    let deployment = applied(&stage, &stage.plan_with(&service, settings).await).await;
    let another = Port::implicit(more.number);
    for port in [imap, imaps, another, pop3, pop3s] {
        until(&dovecot, "the pair is served", || port.serves(&pair));
    }
    for port in [imap, imaps] {
        until(&dovecot, "TLS 1.3 alone is spoken", || port.speaks("-tls1_3") && !port.speaks("-tls1_2"));
    }
    for port in [pop3, pop3s] {
        until(&dovecot, "one cipher is left", || port.takes(STRONG) && !port.takes(OTHER));
        until(&dovecot, "a certificate is asked for", || port.asks_for_a_certificate());
        assert!(port.takes_certificate(&dovecot, &pair, &[]));
    }

    taken_back(&stage, &deployment).await;
    until(&dovecot, "TLS is off again", || is_off() && !another.client(&[]).success);
}
