//! Postfix: TLS where there was none, services for submission, versions, ciphers and client certificates for some services.

use certdeck_shared::api::plan::{ClientVerification, PlanState, SettingWish, TlsVersion};
use certdeck_shared::api::service::{Protocol, TlsMode};
use support::daemons::{self, ports};
use support::flaws;
use support::stage::Stage;

use super::{OTHER, Port, STRONG, applied, authorities, taken_back, until};
use crate::blocked::failed;

#[tokio::test(flavor = "multi_thread")]
async fn postfix_gets_services_levels_versions_ciphers_and_client_certificates_and_loses_them_again() {
    let stage = Stage::new().await;
    let pair = stage.pki.pair("mail.example.org");
    stage.hold(&pair).await;
    let postfix = tokio::task::block_in_place(|| daemons::postfix::start(&pair));
    let [smtp, submission, submissions] = [0, 1, 2].map(|place| postfix.endpoints()[place].port);
    let main = postfix.directory().join("etc/postfix/main.cf");
    let text = std::fs::read_to_string(&main).unwrap();
    assert!(text.contains("smtpd_tls_security_level=may"));
    std::fs::write(&main, text.replace("smtpd_tls_security_level=may", "smtpd_tls_security_level=none")).unwrap();
    postfix.read_again();
    let name = |port: u16| format!("127.0.0.1:{port}");
    let [smtp_port, submission_port] = [smtp, submission].map(|port| Port::starttls(port, "smtp"));
    let submissions_port = Port::implicit(submissions);
    until(&postfix, "smtp has no TLS", || !smtp_port.serves(&pair));

    let service = stage.register(&postfix).await;
    stage.bind(&service, &pair).await;
    let (smtps, another) = (ports::free(), ports::free());
    let address = Some("127.0.0.1".to_owned());
    let listener = |port: u16, tls: TlsMode| SettingWish::Listener {
        protocol: Protocol::Smtp,
        tls,
        port,
        address: address.clone(),
        server_name: None,
    };
    let settings = || {
        vec![
            SettingWish::Tls { endpoint: name(smtp), tls: TlsMode::Starttls },
            listener(smtps.number, TlsMode::Implicit),
            listener(another.number, TlsMode::Starttls),
            SettingWish::Protocols { endpoints: Vec::new(), lowest: TlsVersion::Tls12, highest: Some(TlsVersion::Tls12) },
            SettingWish::Ciphers { endpoints: vec![name(submission)], ciphers: STRONG.to_owned() },
            authorities(&stage, &pair, Vec::new()),
            SettingWish::ClientVerification { endpoints: vec![name(submissions)], verification: ClientVerification::Required, depth: None },
        ]
    };
    // Its master would end when it cannot listen.
    let squatter = flaws::squatter(smtps.number);
    let plan = stage.plan_with(&service, settings()).await;
    let found = failed(&plan);
    let taken = format!("listens at port {} of 127.0.0.1, where Postfix is to listen.", smtps.number);
    assert_eq!(plan.state, PlanState::Blocked);
    assert!(found.iter().any(|check| check.code == "ports" && check.words.contains(&taken)), "{found:#?}");
    drop(squatter);

    let plan = stage.plan_with(&service, settings()).await;
    let deployment = applied(&stage, &plan).await;
    let proved: Vec<u16> = plan.parts[0].probes.iter().map(|probe| probe.port).collect();
    assert!([smtp, submission, submissions, smtps.number, another.number].iter().all(|port| proved.contains(port)), "{proved:?}");
    let (smtps_port, another_port) = (Port::implicit(smtps.number), Port::starttls(another.number, "smtp"));
    for port in [smtp_port, submission_port, submissions_port, smtps_port, another_port] {
        until(&postfix, "the pair is served", || port.serves(&pair));
        until(&postfix, "TLS 1.2 alone is spoken", || port.speaks("-tls1_2") && !port.speaks("-tls1_1") && !port.speaks("-tls1_3"));
    }
    until(&postfix, "one cipher is left", || submission_port.takes(STRONG) && !submission_port.takes(OTHER));
    assert!(smtp_port.takes(OTHER));
    until(&postfix, "a certificate is asked for", || submissions_port.asks_for_a_certificate());
    assert!(submissions_port.takes_certificate(&postfix, &pair, &[]) && !submission_port.asks_for_a_certificate());

    taken_back(&stage, &deployment).await;
    for port in [smtp_port, smtps_port, another_port] {
        until(&postfix, "there is no TLS", || !port.client(&[]).success);
    }
    for port in [submission_port, submissions_port] {
        until(&postfix, "all versions are spoken", || port.speaks("-tls1_1") && port.speaks("-tls1_3") && port.takes(OTHER));
        assert!(!port.asks_for_a_certificate() && port.serves(&pair));
    }
    assert!(std::net::TcpStream::connect(("127.0.0.1", smtp)).is_ok(), "smtp goes on without TLS");
}
