//! What `openssl s_server` serves, and how it refuses.

use certdeck::probe::probe;
use certdeck_shared::api::probe::{NewProbe, ProbeEngine, ProbeKeyType, ProbeOutcome};

use crate::server::{LIMIT, Room};

const RSA: [&str; 2] = ["-newkey", "rsa:2048"];

#[tokio::test]
async fn a_modern_server_is_served_and_everything_about_it_told() {
    let room = Room::new();
    room.ec("modern");
    let report = room.serve("modern", &[]).probed().await;
    assert_eq!((report.outcome, report.engine), (ProbeOutcome::Served, Some(ProbeEngine::Rustls)), "{report:?}");
    assert_eq!(report.tls_version.as_deref(), Some("TLS 1.3"));
    assert!(report.cipher_suite.as_deref().unwrap().starts_with("TLS_"), "{report:?}");
    assert_eq!(report.key_exchange_group.as_deref(), Some("X25519"));
    assert_eq!((report.key_proved, report.client_certificate_asked), (true, Some(false)));
    assert!(report.serves(&room.fingerprint("modern")));
    let leaf = report.leaf().unwrap();
    assert_eq!((leaf.subject.as_str(), leaf.public_key.as_str()), ("CN=modern", "EC P-256"));
}

#[tokio::test]
async fn what_is_too_old_for_rustls_is_seen_by_openssl() {
    let room = Room::new();
    room.pair("rsa", &RSA);
    room.pair("short", &["-newkey", "rsa:1024"]);
    room.ec("ec");
    let old = ["-cipher", "ALL:@SECLEVEL=0"];
    for (name, arguments, version) in [
        ("short", &["-cipher", "ALL:@SECLEVEL=0"][..], "TLS 1.3"),
        ("rsa", &[&old[..], &["-tls1"]].concat(), "TLS 1.0"),
        ("rsa", &[&old[..], &["-tls1_1"]].concat(), "TLS 1.1"),
        ("rsa", &["-tls1_2", "-cipher", "AES128-SHA:@SECLEVEL=0"], "TLS 1.2"),
        ("rsa", &["-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256"], "TLS 1.2"),
        ("ec", &["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"], "TLS 1.2"),
    ] {
        let report = room.serve(name, arguments).probed().await;
        assert_eq!((report.outcome, report.engine), (ProbeOutcome::Served, Some(ProbeEngine::Openssl)), "{arguments:?} {report:?}");
        assert_eq!(report.tls_version.as_deref(), Some(version), "{arguments:?}");
        assert!(report.serves(&room.fingerprint(name)), "{arguments:?} {report:?}");
    }
}

#[tokio::test]
async fn a_server_with_two_keys_shows_the_certificate_that_is_asked_for() {
    let room = Room::new();
    room.pair("rsa", &RSA);
    room.ec("ec");
    for version in [&["-tls1_2"][..], &[]] {
        let server = room.serve("rsa", &[version, &["-dcert", "ec.pem", "-dkey", "ec.key"]].concat());
        for (key_type, name) in [(ProbeKeyType::Rsa, "rsa"), (ProbeKeyType::Ecdsa, "ec")] {
            let report = probe(&NewProbe { key_type: Some(key_type), ..server.target() }, LIMIT).await;
            assert!(report.serves(&room.fingerprint(name)), "{key_type:?} {version:?} {report:?}");
            assert_eq!(report.engine, Some(ProbeEngine::Rustls));
        }
    }
}

#[tokio::test]
async fn a_server_that_insists_on_a_certificate_of_the_client_has_shown_its_own() {
    let room = Room::new();
    room.ec("ec");
    for version in ["-tls1", "-tls1_2", "-tls1_3"] {
        let old = if version == "-tls1" { &["-cipher", "ALL:@SECLEVEL=0"][..] } else { &[] };
        let report = room.serve("ec", &[&["-Verify", "1", version], old].concat()).probed().await;
        assert_eq!((report.outcome, report.client_certificate_asked), (ProbeOutcome::ClientCertificateRequired, Some(true)), "{report:?}");
        assert!(report.serves(&room.fingerprint("ec")), "{version} {report:?}");
        let report = room.serve("ec", &[&["-verify", "1", version], old].concat()).probed().await;
        assert_eq!((report.outcome, report.client_certificate_asked), (ProbeOutcome::Served, Some(true)), "{report:?}");
    }
}

#[tokio::test]
async fn the_name_that_is_asked_for_chooses_the_certificate() {
    let room = Room::new();
    room.ec("first");
    room.ec("second");
    let server =
        room.serve("first", &["-servername", "second.example.org", "-servername_fatal", "-cert2", "second.pem", "-key2", "second.key"]);
    let named = |name: &str| NewProbe { server_name: Some(name.to_owned()), ..server.target() };
    assert!(probe(&server.target(), LIMIT).await.serves(&room.fingerprint("first")), "an address is not asked for by name");
    assert!(probe(&named("second.example.org"), LIMIT).await.serves(&room.fingerprint("second")));
    let report = probe(&named("third.example.org"), LIMIT).await;
    assert_eq!((report.outcome, report.alert.as_deref()), (ProbeOutcome::HandshakeFailed, Some("unrecognized_name (112)")), "{report:?}");
}

#[tokio::test]
async fn a_chain_is_told_as_it_is_sent() {
    let room = Room::new();
    room.ec("leaf");
    room.ec("another");
    let fingerprints = |report: &certdeck_shared::api::probe::ProbeReport| {
        report.chain.iter().map(|one| one.fingerprint_sha256.clone()).collect::<Vec<_>>()
    };
    let (leaf, another) = (room.fingerprint("leaf"), room.fingerprint("another"));
    assert_eq!(fingerprints(&room.serve("leaf", &[]).probed().await), std::slice::from_ref(&leaf));
    assert_eq!(fingerprints(&room.serve("leaf", &["-cert_chain", "another.pem"]).probed().await), [leaf, another]);
}

#[tokio::test]
async fn no_common_ground_is_an_alert_and_no_certificate() {
    let room = Room::new();
    room.ec("ec");
    let server = room.serve("ec", &[]);
    let report = probe(&NewProbe { key_type: Some(ProbeKeyType::Rsa), ..server.target() }, LIMIT).await;
    assert_eq!((report.outcome, report.alert.as_deref()), (ProbeOutcome::HandshakeFailed, Some("handshake_failure (40)")), "{report:?}");
    assert_eq!((report.chain.len(), report.key_proved), (0, false));
}

#[tokio::test]
async fn there_is_no_way_to_everywhere() {
    let nowhere = NewProbe::at(
        "255.255.255.255:443".parse().unwrap(),
        certdeck_shared::api::service::Protocol::Http,
        certdeck_shared::api::service::TlsMode::Implicit,
    );
    let report = probe(&nowhere, std::time::Duration::from_millis(500)).await;
    assert_eq!((report.outcome, report.engine), (ProbeOutcome::Unreachable, None), "{report:?}");
}
