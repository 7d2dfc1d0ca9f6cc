//! `openssl s_server` in odd moods: each named for what it is, or honestly not known.

use certdeck::host::Clock;
use certdeck_shared::api::endpoint::{EndpointDetail, EndpointState, Grade, RungKind, RungState};
use certdeck_shared::api::service::{Protocol, TlsMode};
use openssl::asn1::Asn1Time;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509Name};

use crate::deck::{broken, console, endpoint, judged, rung};
use crate::server::{Room, Server};

/// What everything is served for.
const NAME: &str = "odd.example.org";
/// Whatever was good once.
const OLD: &str = "ALL:@SECLEVEL=0";

/// A pair in the room: signed by the issuer's pair, or by itself.
struct Pair {
    certificate: X509,
    key: PKey<Private>,
}

fn pair(room: &Room, file: &str, bits: u32, version: i32, ends: &str, issuer: Option<&Pair>) -> Pair {
    let key = PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap();
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_text("CN", if file == "authority" { "An authority" } else { NAME }).unwrap();
    let name = name.build();
    let (issuer_name, issuer_key) = issuer.map_or((&*name, &key), |issuer| (issuer.certificate.subject_name(), &issuer.key));
    let mut builder = X509::builder().unwrap();
    builder.set_version(version).unwrap();
    let serial = openssl::bn::BigNum::from_slice(&[0x40; 16]).unwrap().to_asn1_integer().unwrap();
    builder.set_serial_number(&serial).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(issuer_name).unwrap();
    builder.set_not_before(&Asn1Time::from_str("20200101000000Z").unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_str(ends).unwrap()).unwrap();
    builder.set_pubkey(&key).unwrap();
    if version == 2 && file == "authority" {
        builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
    } else if version == 2 {
        let names = SubjectAlternativeName::new().dns(NAME).build(&builder.x509v3_context(None, None)).unwrap();
        builder.append_extension(names).unwrap();
    }
    builder.sign(issuer_key, MessageDigest::sha256()).unwrap();
    let certificate = builder.build();
    std::fs::write(room.path(&format!("{file}.pem")), certificate.to_pem().unwrap()).unwrap();
    std::fs::write(room.path(&format!("{file}.key")), key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    Pair { certificate, key }
}

async fn looked(server: &Server, name: &str) -> EndpointDetail {
    let (console, _room) = console(Clock::system()).await;
    judged(&console, endpoint(server.address, Protocol::Other, TlsMode::Implicit, Some(name))).await
}

fn codes(detail: &EndpointDetail) -> Vec<&str> {
    detail.findings.iter().filter(|finding| finding.grade != Grade::Note).map(|finding| finding.code.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_weak_is_weak_and_named() {
    let room = Room::new();
    pair(&room, "good", 2048, 2, "20400101000000Z", None);
    pair(&room, "short", 1024, 2, "20400101000000Z", None);
    pair(&room, "first", 2048, 0, "20400101000000Z", None);
    for (file, arguments, code) in [
        ("good", &["-tls1", "-cipher", OLD][..], "old-protocol"),
        ("good", &["-tls1_1", "-cipher", OLD], "old-protocol"),
        ("good", &["-tls1_2", "-cipher", "AES128-GCM-SHA256"], "no-forward-secrecy"),
        ("good", &["-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA"], "cbc"),
        ("short", &["-cipher", OLD], "weak-key"),
        ("first", &["-cipher", OLD], "old-certificate-version"),
    ] {
        let detail = looked(&room.serve(file, arguments), NAME).await;
        assert_eq!((detail.endpoint.state, broken(&detail)), (EndpointState::Weak, None), "{arguments:?} {detail:#?}");
        assert!(codes(&detail).contains(&code), "{file} {arguments:?} {:?}", detail.findings);
    }
    let detail = looked(&room.serve("good", &[]), NAME).await;
    assert_eq!((detail.endpoint.state, broken(&detail)), (EndpointState::Good, None), "{detail:#?}");
    assert_eq!(rung(&detail, RungKind::Chain).state, RungState::Warn, "it is signed with its own key");
    assert_eq!(rung(&detail, RungKind::Names).state, RungState::Pass);
    assert_eq!(rung(&detail, RungKind::Listening).state, RungState::Pass);
    assert!(rung(&detail, RungKind::Listening).words.starts_with("openssl (process"), "{detail:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_clients_refuse_is_broken_at_its_rung() {
    let room = Room::new();
    pair(&room, "good", 2048, 2, "20400101000000Z", None);
    pair(&room, "expired", 2048, 2, "20210101000000Z", None);
    let detail = looked(&room.serve("expired", &[]), NAME).await;
    assert_eq!((detail.endpoint.state, broken(&detail)), (EndpointState::Broken, Some(RungKind::Dates)), "{detail:#?}");
    let detail = looked(&room.serve("good", &[]), "another.example.org").await;
    assert_eq!((detail.endpoint.state, broken(&detail)), (EndpointState::Broken, Some(RungKind::Names)), "{detail:#?}");
    let detail = looked(
        &room.serve("good", &["-servername", "x.example.org", "-servername_fatal", "-cert2", "good.pem", "-key2", "good.key"]),
        NAME,
    )
    .await;
    assert_eq!((detail.endpoint.state, broken(&detail)), (EndpointState::Broken, Some(RungKind::Handshake)), "{detail:#?}");
    assert!(rung(&detail, RungKind::Handshake).cause.as_ref().unwrap().contains("nothing under the name"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_breaks_off_is_not_known_to_be_whole() {
    let room = Room::new();
    let authority = pair(&room, "authority", 2048, 2, "20400101000000Z", None);
    pair(&room, "leaf", 2048, 2, "20400101000000Z", Some(&authority));
    pair(&room, "other", 2048, 2, "20400101000000Z", None);
    let detail = looked(&room.serve("leaf", &[]), NAME).await;
    assert_eq!((rung(&detail, RungKind::Chain).state, broken(&detail)), (RungState::Unknown, None), "{detail:#?}");
    let detail = looked(&room.serve("leaf", &["-cert_chain", "authority.pem"]), NAME).await;
    assert_eq!(rung(&detail, RungKind::Chain).state, RungState::Pass, "{detail:#?}");
    let detail = looked(&room.serve("leaf", &["-cert_chain", "other.pem"]), NAME).await;
    assert_eq!(rung(&detail, RungKind::Chain).state, RungState::Warn, "{detail:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_want_more_of_a_client_are_good_all_the_same() {
    let room = Room::new();
    pair(&room, "good", 2048, 2, "20400101000000Z", None);
    for version in ["-tls1_2", "-tls1_3"] {
        let detail = looked(&room.serve("good", &["-Verify", "1", version]), NAME).await;
        assert_eq!((detail.endpoint.state, broken(&detail)), (EndpointState::Good, None), "{detail:#?}");
        let handshake = rung(&detail, RungKind::Handshake);
        assert!(handshake.state == RungState::Warn && handshake.cause.as_ref().unwrap().contains("certificate"), "{detail:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_negotiates_anew_is_judged_by_its_first_handshake() {
    let room = Room::new();
    pair(&room, "good", 2048, 2, "20400101000000Z", None);
    for _ in 0..5 {
        // TLS 1.3 has no such thing. A server each, because s_server may end itself when a client goes meanwhile.
        let server = room.serve_anew("good", &["-tls1_2", "-client_renegotiation"]);
        let detail = looked(&server, NAME).await;
        assert_eq!((detail.endpoint.state, broken(&detail)), (EndpointState::Good, None), "{detail:#?}");
    }
}
