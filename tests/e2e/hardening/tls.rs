//! The console's TLS as openssl and testssl.sh find it.

use std::collections::BTreeMap;

use serde_json::Value;
use support::console::{Console, Options};
use support::run;

/// A console as one with a certificate that browsers trust is set up.
fn console() -> (tempfile::TempDir, Console, String) {
    let room = tempfile::tempdir().unwrap();
    let console = Console::start(&Options::with_settings(room.path(), "strict-transport-days = 365\n"));
    let place = console.origin.strip_prefix("https://").unwrap().to_owned();
    (room, console, place)
}

fn handshake(place: &str, more: &[&str]) -> Option<String> {
    let said = run::ask("openssl", &[&["s_client", "-connect", place][..], more].concat());
    said.out.lines().find_map(|line| line.trim().strip_prefix("New, ")).map(str::to_owned).filter(|line| !line.contains("(NONE)"))
}

/// Mozilla's intermediate profile, version 5.7: TLS 1.2 with forward secrecy and authenticated encryption, and TLS 1.3.
#[test]
fn only_what_is_of_mozillas_intermediate_profile_is_spoken() {
    let (_room, _console, place) = console();
    for old in ["-ssl3", "-tls1", "-tls1_1"] {
        assert_eq!(handshake(&place, &[old, "-cipher", "ALL:@SECLEVEL=0"]), None, "{old}");
    }
    let weak = "ALL:COMPLEMENTOFALL:!ECDHE:@SECLEVEL=0";
    assert_eq!(handshake(&place, &["-tls1_2", "-cipher", weak]), None, "nothing without ECDHE");
    assert_eq!(
        handshake(&place, &["-tls1_2", "-cipher", "ECDHE+AES+SHA1:ECDHE+SHA256:!AESGCM:!CHACHA20:@SECLEVEL=0"]),
        None,
        "nothing with CBC"
    );
    for good in ["AES256-GCM-SHA384", "AES128-GCM-SHA256", "CHACHA20-POLY1305"] {
        let suite = format!("ECDHE-ECDSA-{good}");
        let found = handshake(&place, &["-tls1_2", "-cipher", &suite]).unwrap_or_default();
        assert!(found.contains(&suite), "{suite}: {found}");
        // The server's order counts, whatever the client would rather have.
        let first = handshake(&place, &["-tls1_2", "-cipher", &format!("{suite}:ECDHE-ECDSA-AES256-GCM-SHA384")]).unwrap_or_default();
        assert!(first.contains("ECDHE-ECDSA-AES256-GCM-SHA384"), "{first}");
    }
    assert!(handshake(&place, &["-tls1_3"]).is_some_and(|line| line.contains("TLS_AES_256_GCM_SHA384")));
}

/// Findings of testssl.sh above INFO that stay, each with its reason. Whatever else it finds is put right, or comes here with a reason.
const ACCEPTED: [(&str, &str); 7] = [
    ("cert_chain_of_trust", "the console's first certificate is signed by itself; its fingerprint is printed at the start"),
    ("cert_trust", "the same: it has no authority, and a name of this host alone"),
    (
        "BREACH",
        "only the page is compressed in advance, which is the same for everybody and holds no secret; answers to calls hold none that \
                comes with what a caller says",
    ),
    ("DNS_CAArecord", "a matter of the zone, for certificates of public authorities"),
    ("cert_revocation", "a certificate without an authority has neither list nor responder"),
    ("cert_expirationStatus", "the console renews it by itself"),
    ("cert_extlifeSpan", "the same"),
];

#[test]
fn testssl_finds_nothing_above_information_but_what_has_a_reason() {
    let (room, _console, place) = console();
    let report = room.path().join("testssl.json");
    // 200 by testssl itself says how many things it found; it is the file that counts.
    run::ask("testssl", &["--quiet", "--color", "0", "--warnings", "off", "--ip", "one", "--jsonfile", report.to_str().unwrap(), &place]);
    let found: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(&report).unwrap()).unwrap();
    assert!(found.len() > 80, "testssl looked at {} things", found.len());
    let of = |one: &Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    let counted = found.iter().filter(|one| ["LOW", "MEDIUM", "HIGH", "CRITICAL", "FATAL"].contains(&of(one, "severity").as_str()));
    let left: BTreeMap<String, String> = counted
        .filter(|one| !ACCEPTED.iter().any(|(id, _)| of(one, "id").starts_with(id)))
        .map(|one| (of(one, "id"), format!("{} {}", of(one, "severity"), of(one, "finding"))))
        .collect();
    assert!(left.is_empty(), "{left:#?}");
}
