//! vsftpd: TLS after AUTH TLS and from the first byte, ciphers, versions, and client certificates that must be shown.

use certdeck_shared::api::plan::{ClientVerification, SettingWish, TlsVersion};
use certdeck_shared::api::service::TlsMode;
use support::daemons::{self, Instance};
use support::pki::Pair;
use support::stage::Stage;

use super::{OTHER, Port, STRONG, applied, authorities, taken_back, until};

/// Without TLS.
fn plain(pair: &Pair) -> Instance {
    let vsftpd = daemons::vsftpd::start(pair);
    let config = std::fs::read_to_string(vsftpd.config()).unwrap();
    assert!(config.contains("\nssl_enable=YES"));
    std::fs::write(vsftpd.config(), config.replace("\nssl_enable=YES", "\nssl_enable=NO")).unwrap();
    vsftpd.run(&vsftpd.control().restart);
    vsftpd
}

#[tokio::test(flavor = "multi_thread")]
async fn vsftpd_begins_tls_with_a_cipher_and_client_certificates_and_ends_it_again() {
    let stage = Stage::new().await;
    let pair = stage.pki.pair("ftp.example.org");
    stage.hold(&pair).await;
    let vsftpd = tokio::task::block_in_place(|| plain(&pair));
    let ftp = Port::starttls(vsftpd.endpoints()[0].port, "ftp");
    until(&vsftpd, "there is no TLS", || !ftp.client(&[]).success);
    let service = stage.register(&vsftpd).await;
    stage.bind(&service, &pair).await;
    let settings = vec![
        SettingWish::Tls { endpoint: "ftp".to_owned(), tls: TlsMode::Starttls },
        SettingWish::Protocols { endpoints: Vec::new(), lowest: TlsVersion::Tls12, highest: None },
        SettingWish::Ciphers { endpoints: Vec::new(), ciphers: STRONG.to_owned() },
        authorities(&stage, &pair, Vec::new()),
        SettingWish::ClientVerification { endpoints: Vec::new(), verification: ClientVerification::Required, depth: None },
    ];
    let deployment = applied(&stage, &stage.plan_with(&service, settings).await).await;
    until(&vsftpd, "a certificate is asked for", || ftp.asks_for_a_certificate());
    assert!(!ftp.takes(STRONG), "without a certificate nobody gets through");
    let takes = |words: &[&str]| ftp.takes_certificate(&vsftpd, &pair, words);
    assert!(takes(&["-tls1_2", "-cipher", STRONG]) && !takes(&["-tls1_2", "-cipher", OTHER]));
    assert!(!takes(&["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]));

    taken_back(&stage, &deployment).await;
    until(&vsftpd, "TLS is off again", || !ftp.client(&[]).success);

    let settings = vec![SettingWish::Tls { endpoint: "ftp".to_owned(), tls: TlsMode::Implicit }];
    let deployment = applied(&stage, &stage.plan_with(&service, settings).await).await;
    let ftps = Port::implicit(ftp.number);
    until(&vsftpd, "TLS begins with the first byte", || ftps.serves(&pair));
    taken_back(&stage, &deployment).await;
    until(&vsftpd, "TLS is off again", || !ftps.client(&[]).success && !ftp.client(&[]).success);
}
