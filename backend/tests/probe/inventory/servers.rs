//! `openssl s_server` in many configurations. The oracle is `openssl s_client`, asked for each suite by itself.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use certdeck_shared::api::inventory::{Inventory, Offered, Preference, ProtocolVersion};
use certdeck_shared::api::probe::ProbeOutcome;
use certdeck_shared::tls_suites;

use super::{codes, made, suites};
use crate::server::Room;

/// A version and the option of s_client for it. SSL 2.0 and 3.0 are not in Debian's OpenSSL; `peers` has servers of them.
const VERSIONS: [(ProtocolVersion, &str); 4] = [
    (ProtocolVersion::Tls10, "-tls1"),
    (ProtocolVersion::Tls11, "-tls1_1"),
    (ProtocolVersion::Tls12, "-tls1_2"),
    (ProtocolVersion::Tls13, "-tls1_3"),
];

/// The suites of TLS 1.3, of which OpenSSL lists three unless all are named.
const TLS13: &str =
    "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256";

/// Every suite that this OpenSSL has, by its name at IANA, and whether it is of TLS 1.3.
static SUITES: LazyLock<Vec<(&'static str, String)>> = LazyLock::new(|| {
    let output = Command::new("openssl").args(["ciphers", "-ciphersuites", TLS13, "ALL:COMPLEMENTOFALL:@SECLEVEL=0"]).output().unwrap();
    let names = String::from_utf8(output.stdout).unwrap();
    names.trim().split(':').map(|name| (tls_suites::by_name(name).unwrap().name, name.to_owned())).collect()
});

fn taken(address: SocketAddr, options: &[&str]) -> bool {
    let mut command = Command::new("openssl");
    command.args(["s_client", "-connect", &address.to_string()]).args(options).stdin(Stdio::null());
    let said = String::from_utf8_lossy(&command.output().unwrap().stdout).into_owned();
    said.contains("Cipher is") && !said.contains("Cipher is (NONE)")
}

/// What s_client says of a server: each suite that it gets.
pub fn oracle(address: SocketAddr) -> BTreeSet<(ProtocolVersion, &'static str)> {
    let mut found = BTreeSet::new();
    for (version, option) in VERSIONS {
        let new = version == ProtocolVersion::Tls13;
        if !new && !taken(address, &[option, "-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"]) {
            continue;
        }
        for (name, openssl) in SUITES.iter().filter(|(name, _)| tls_suites::by_name(name).unwrap().is_tls13() == new) {
            let level = [openssl.as_str(), ":@SECLEVEL=0"].concat();
            let with = if new { [option, "-ciphersuites", openssl.as_str()] } else { [option, "-cipher", level.as_str()] };
            if taken(address, &with) {
                found.insert((version, *name));
            }
        }
    }
    found
}

/// The same of an inventory.
pub fn found(made: &Inventory) -> BTreeSet<(ProtocolVersion, &str)> {
    made.protocols.iter().flat_map(|protocol| protocol.suites.iter().map(|suite| (protocol.version, suite.name.as_str()))).collect()
}

/// A server with a pair of RSA and these arguments, and what becomes of it.
async fn looked_at(room: &Room, arguments: &[&str]) -> Inventory {
    let server = room.serve("rsa", arguments);
    let seen = made(server.target()).await;
    assert!(seen.complete, "{arguments:?} {seen:#?}");
    assert_eq!(found(&seen), oracle(server.address), "{arguments:?}");
    seen
}

fn room() -> Room {
    let room = Room::new();
    room.pair("rsa", &["-newkey", "rsa:2048"]);
    room.ec("ec");
    room
}

const ALL: [&str; 2] = ["-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"];

#[tokio::test]
async fn old_versions_alone_are_found_and_graded() {
    let room = room();
    for (version, option, code) in [(ProtocolVersion::Tls10, "-tls1", "tls-1.0"), (ProtocolVersion::Tls11, "-tls1_1", "tls-1.1")] {
        let seen = looked_at(&room, &[&ALL[..], &[option]].concat()).await;
        assert_eq!(seen.versions().collect::<Vec<_>>(), [version]);
        for expected in [code, "no-current-version", "null-cipher", "anonymous", "no-forward-secrecy"] {
            assert!(codes(&seen).contains(&expected), "{expected} {:#?}", seen.findings);
        }
        assert_eq!(seen.findings[0].grade, certdeck_shared::api::endpoint::Grade::Bad, "the heaviest comes first");
        let fares = seen.profile.unwrap().clients;
        let gets = |name: &str| fares.iter().find(|fare| fare.client == name).unwrap().suite.is_some();
        assert!(gets("Android 4.4.2") && !gets("Thunderbird 91"), "{fares:#?}");
    }
}

#[tokio::test]
async fn tls_1_2_with_a_list_of_its_own_keeps_its_order() {
    let room = room();
    let list = "AES256-SHA:ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305";
    let seen = looked_at(&room, &["-tls1_2", "-serverpref", "-cipher", list]).await;
    let served = seen.protocol(ProtocolVersion::Tls12).unwrap();
    assert_eq!(served.preference, Some(Preference::Server));
    let names: Vec<&str> = served.suites.iter().map(|suite| suite.openssl.as_deref().unwrap()).collect();
    assert_eq!(names.join(":"), list);
    assert!(served.suites.iter().all(|suite| suite.certificate.as_deref() == Some(&room.fingerprint("rsa"))));
    assert_eq!(served.suites[1].group.as_deref(), Some("X25519"));
    let features = &seen.features;
    assert_eq!(
        (features.secure_renegotiation, features.extended_master_secret, features.compression),
        (Some(true), Some(true), Some(false))
    );
    assert_eq!((features.session_tickets, features.encrypt_then_mac, features.heartbeat), (Some(true), Some(true), Some(false)));
    assert!(features.signature_algorithms.contains(&"rsa_pss_rsae_sha256".to_owned()), "{features:?}");
    let client = looked_at(&room, &["-tls1_2", "-cipher", list]).await;
    assert_eq!(client.protocol(ProtocolVersion::Tls12).unwrap().preference, Some(Preference::Client));
}

#[tokio::test]
async fn two_kinds_of_keys_have_two_certificates() {
    let room = room();
    for version in [&["-tls1_2"][..], &["-tls1_3"], &[]] {
        let seen = looked_at(&room, &[version, &["-dcert", "ec.pem", "-dkey", "ec.key"]].concat()).await;
        let leaves: BTreeSet<&str> = seen.certificates.iter().map(|one| one.chain[0].fingerprint_sha256.as_str()).collect();
        let (rsa, ec) = (room.fingerprint("rsa"), room.fingerprint("ec"));
        assert_eq!(leaves, BTreeSet::from([rsa.as_str(), ec.as_str()]), "{version:?}");
        for suite in seen.protocols.iter().flat_map(|protocol| &protocol.suites) {
            let expected = match suite.authentication.as_str() {
                "RSA" => Some(room.fingerprint("rsa")),
                "ECDSA" => Some(room.fingerprint("ec")),
                _ => None,
            };
            assert_eq!(suite.certificate, expected, "{suite:?}");
        }
    }
}

#[tokio::test]
async fn suites_and_groups_of_tls_1_3_are_found_in_their_order() {
    let room = room();
    let list = "TLS_AES_128_CCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_CCM_8_SHA256";
    let seen = looked_at(&room, &["-tls1_3", "-ciphersuites", list, "-serverpref", "-groups", "P-384:X448:X25519"]).await;
    assert_eq!(suites(&seen, ProtocolVersion::Tls13).join(":"), list);
    assert_eq!(seen.groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), ["secp384r1", "X448", "X25519"]);
    assert!(codes(&seen).contains(&"no-post-quantum"));
    let missing: Vec<String> = seen.profile.unwrap().missing.into_iter().map(|difference| difference.name).collect();
    for expected in ["TLS 1.2", "TLS_AES_128_GCM_SHA256", "X25519MLKEM768", "secp256r1"] {
        assert!(missing.iter().any(|name| name == expected), "{expected} {missing:?}");
    }
}

#[tokio::test]
async fn groups_before_tls_1_3_are_found_beside_the_curve_of_the_certificate() {
    let room = room();
    let server = room.serve("ec", &["-tls1_2", "-groups", "X448:P-256:P-521"]);
    let seen = made(server.target()).await;
    assert_eq!(found(&seen), oracle(server.address));
    let names: BTreeSet<&str> = seen.groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(names, BTreeSet::from(["X448", "secp256r1", "secp521r1"]));
}

#[tokio::test]
async fn short_parameters_of_diffie_hellman_are_seen() {
    let room = room();
    let output = Command::new("openssl").args(["dhparam", "-out"]).arg(room.path("dh.pem")).arg("1024").output().unwrap();
    assert!(output.status.success());
    let seen = looked_at(&room, &["-tls1_2", "-dhparam", "dh.pem", "-cipher", "DHE:@SECLEVEL=0"]).await;
    assert_eq!(seen.features.dh_bits, Some(1_024));
    assert!(seen.protocol(ProtocolVersion::Tls12).unwrap().suites.iter().all(|suite| suite.group.as_deref() == Some("DH 1024")));
    assert!(codes(&seen).contains(&"short-dh"), "{:#?}", seen.findings);
}

#[tokio::test]
async fn everything_that_openssl_has_is_found() {
    let room = room();
    let seen = looked_at(&room, &[&ALL[..], &["-dcert", "ec.pem", "-dkey", "ec.key"]].concat()).await;
    assert_eq!(seen.versions().count(), 4);
    assert_eq!(seen.features.fallback_protection, Some(true));
    assert!(seen.protocol(ProtocolVersion::Tls12).unwrap().suites.len() > 60);
}

#[tokio::test]
async fn a_server_that_wants_a_certificate_says_so() {
    let room = room();
    let seen = looked_at(&room, &["-verify", "1"]).await;
    assert_eq!(seen.features.client_certificate, Some(true));
    let server = room.serve("rsa", &["-Verify", "1"]);
    let insisted = made(server.target()).await;
    assert_eq!(insisted.outcome, ProbeOutcome::ClientCertificateRequired);
    assert_eq!(found(&insisted), found(&seen), "no handshake has to be completed");
}

#[tokio::test]
async fn keys_of_other_kinds_have_their_suites() {
    let room = room();
    room.pair("ed25519", &["-newkey", "ed25519"]);
    let server = room.serve("ed25519", &[]);
    let seen = made(server.target()).await;
    assert_eq!(found(&seen), oracle(server.address));
    assert_eq!(seen.features.signature_algorithms, ["ed25519"]);
}

#[tokio::test]
async fn a_server_that_nobody_can_use_refuses_everything() {
    let room = room();
    let server = room.serve("rsa", &["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"]);
    let seen = made(server.target()).await;
    assert_eq!(seen.outcome, ProbeOutcome::HandshakeFailed);
    assert!(seen.protocols.iter().all(|protocol| protocol.offered == Offered::No), "{:#?}", seen.protocols);
    assert_eq!((seen.complete, seen.profile, seen.findings.len()), (true, None, 0));
}
