//! slapd with cn=config: versions, ciphers and client certificates in one modify, and one address more, which it learns by a restart.

use certdeck_shared::api::plan::{ClientVerification, Disturbance, SettingWish, TlsVersion};
use certdeck_shared::api::service::{Protocol, TlsMode};
use support::daemons::{self, ports};
use support::pki::Pki;
use support::stage::Stage;

use super::{OTHER, Port, STRONG, applied, authorities, taken_back, until};

#[tokio::test(flavor = "multi_thread")]
async fn slapd_gets_an_address_versions_ciphers_and_client_certificates_and_loses_them_again() {
    let pki = Pki::new();
    let pair = pki.pair("ldap.example.org");
    let slapd = tokio::task::block_in_place(|| daemons::slapd::start_by_defaults(&pair));
    // For the console the script's settings are where Debian has them.
    let place = slapd.directory().join("etc/default");
    let script = format!("mount --bind {} /etc/default && exec \"$0\" \"$@\"", place.display());
    let stage = Stage::started_by(["unshare", "--mount", "sh", "-c", &script].map(str::to_owned).to_vec(), pki).await;
    stage.hold(&pair).await;
    let service = stage.register(&slapd).await;
    stage.bind(&service, &pair).await;
    let ldap = Port::starttls(slapd.endpoints()[0].port, "ldap");
    assert!(ldap.speaks("-tls1_1") && ldap.takes(OTHER) && !ldap.asks_for_a_certificate());
    let defaults = || std::fs::read_to_string(place.join("slapd")).unwrap();
    let entry = || std::fs::read_to_string(slapd.config().join("cn=config.ldif")).unwrap();
    let (before, ldaps) = (defaults(), ports::free());
    let settings = vec![
        SettingWish::Listener {
            protocol: Protocol::Ldap,
            tls: TlsMode::Implicit,
            port: ldaps.number,
            address: Some("127.0.0.1".to_owned()),
            server_name: None,
        },
        SettingWish::Ciphers { endpoints: Vec::new(), ciphers: "NORMAL:-CIPHER-ALL:+AES-256-GCM".to_owned() },
        SettingWish::Protocols { endpoints: Vec::new(), lowest: TlsVersion::Tls12, highest: None },
        authorities(&stage, &pair, Vec::new()),
        SettingWish::ClientVerification { endpoints: Vec::new(), verification: ClientVerification::Required, depth: None },
    ];
    let plan = stage.plan_with(&service, settings).await;
    assert_eq!(plan.parts[0].activation.disturbance, Disturbance::Restart, "{plan:#?}");
    let deployment = applied(&stage, &plan).await;
    assert!(defaults().contains(&format!("ldaps://127.0.0.1:{}/", ldaps.number)), "{}", defaults());
    for port in [ldap, Port::implicit(ldaps.number)] {
        until(&slapd, "a certificate is asked for", || port.asks_for_a_certificate());
        let takes = |words: &[&str]| port.takes_certificate(&slapd, &pair, words);
        assert!(!port.takes(STRONG), "without a certificate nobody gets through");
        assert!(takes(&["-tls1_2", "-cipher", STRONG]) && !takes(&["-tls1_2", "-cipher", OTHER]));
        assert!(!takes(&["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]));
    }
    assert!(entry().contains("olcTLSVerifyClient: demand"), "{}", entry());

    taken_back(&stage, &deployment).await;
    assert_eq!(defaults(), before);
    assert!(!entry().contains("olcTLSVerifyClient") && !entry().contains("olcTLSCipherSuite"), "{}", entry());
    until(&slapd, "ldaps is closed", || !Port::implicit(ldaps.number).client(&[]).success);
    until(&slapd, "all versions are spoken", || ldap.speaks("-tls1_1") && ldap.takes(OTHER));
    assert!(ldap.serves(&pair) && !ldap.asks_for_a_certificate());
}
