//! testssl.sh and sslyze, asked about the same servers. Where they say something else, the table says why; a difference that is not in it fails, and so
//! does one that is gone.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use certdeck_shared::api::inventory::{Inventory, ProtocolVersion};
use certdeck_shared::tls_suites;
use serde_json::Value;

use super::made;
use super::servers::found;
use crate::server::{Room, Server};

type Suites = BTreeSet<(ProtocolVersion, String)>;

/// A server: its name here, its certificate, its arguments, and where the programs say something else, and why.
struct Case {
    name: &'static str,
    pair: &'static str,
    arguments: &'static [&'static str],
    differences: &'static [Difference],
}

/// Suites that we find and another program does not; nowhere one finds what we do not.
struct Difference {
    program: &'static str,
    /// The suites of TLS 1.2 whose names begin like one of these.
    suites: &'static [&'static str],
    why: &'static str,
}

const fn case(name: &'static str, pair: &'static str, arguments: &'static [&'static str]) -> Case {
    Case { name, pair, arguments, differences: &[] }
}

const ALL: &str = "ALL:COMPLEMENTOFALL:@SECLEVEL=0";

const CASES: [Case; 13] = [
    case("as OpenSSL is", "rsa", &[]),
    case("RSA and EC", "rsa", &["-dcert", "ec.pem", "-dkey", "ec.key"]),
    case("EC alone", "ec", &[]),
    case("TLS 1.0 alone", "rsa", &["-tls1", "-cipher", "AES:@SECLEVEL=0"]),
    case("TLS 1.1 alone", "rsa", &["-tls1_1", "-cipher", "AES128-SHA:ECDHE-RSA-AES256-SHA:@SECLEVEL=0"]),
    case("TLS 1.2 alone", "rsa", &["-tls1_2"]),
    case("TLS 1.3 alone", "rsa", &["-tls1_3"]),
    case("a short list in its order", "rsa", &["-tls1_2", "-serverpref", "-cipher", "AES256-SHA:ECDHE-RSA-AES128-GCM-SHA256"]),
    case("CCM in TLS 1.3", "rsa", &["-ciphersuites", "TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256:TLS_AES_256_GCM_SHA384"]),
    case("old versions with everything", "rsa", &["-no_tls1_2", "-no_tls1_3", "-cipher", ALL]),
    case("a certificate is asked for", "rsa", &["-verify", "1"]),
    Case {
        name: "TLS 1.2 with everything",
        pair: "rsa",
        arguments: &["-tls1_2", "-dcert", "ec.pem", "-dkey", "ec.key", "-cipher", ALL],
        differences: &[Difference {
            program: "sslyze",
            suites: &["TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA256", "TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA256"],
            why: "its OpenSSL 1.0.2 does not have them, and its 1.1.1 allows nothing anonymous",
        }],
    },
    Case {
        name: "Ed25519",
        pair: "ed25519",
        arguments: &[],
        differences: &[Difference {
            program: "sslyze",
            suites: &[
                "TLS_ECDHE_ECDSA_WITH_AES_128_CBC",
                "TLS_ECDHE_ECDSA_WITH_AES_256_CBC",
                "TLS_ECDHE_ECDSA_WITH_AES_128_GCM",
                "TLS_ECDHE_ECDSA_WITH_AES_256_GCM",
            ],
            why: "it asks for suites that OpenSSL 1.0.2 has by that one, which does not know the signatures",
        }],
    },
];

/// The Python that `.ci/setup packages tests` has put sslyze beside.
fn python() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/sslyze/bin/python")
}

fn report(room: &Room, name: &str, command: &mut Command) -> Value {
    let path = room.path(name);
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; see .ci/setup"));
    // The moduli of keys stand in it as numbers of hundreds of digits.
    let narrowed = Command::new("jq").arg(".").arg(&path).output();
    if let Some(narrowed) = narrowed.ok().filter(|narrowed| narrowed.status.success()) {
        std::fs::write(&path, narrowed.stdout).unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{command:?}: {error}: {output:?}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{command:?}: {error}: {text}"))
}

/// What sslyze finds, and the leaf and length of each chain.
fn by_sslyze(room: &Room, server: &Server) -> (Suites, BTreeSet<(String, usize)>) {
    const VERSIONS: [(ProtocolVersion, &str, &str); 6] = [
        (ProtocolVersion::Ssl20, "--sslv2", "ssl_2_0_cipher_suites"),
        (ProtocolVersion::Ssl30, "--sslv3", "ssl_3_0_cipher_suites"),
        (ProtocolVersion::Tls10, "--tlsv1", "tls_1_0_cipher_suites"),
        (ProtocolVersion::Tls11, "--tlsv1_1", "tls_1_1_cipher_suites"),
        (ProtocolVersion::Tls12, "--tlsv1_2", "tls_1_2_cipher_suites"),
        (ProtocolVersion::Tls13, "--tlsv1_3", "tls_1_3_cipher_suites"),
    ];
    let mut command = Command::new(python());
    command.args(["-m", "sslyze"]).args(VERSIONS.map(|version| version.1)).arg("--certinfo");
    command.arg(format!("--json_out={}", room.path("sslyze.json").display())).arg(server.address.to_string());
    let said = report(room, "sslyze.json", &mut command);
    let result = &said["server_scan_results"][0]["scan_result"];
    let mut suites = Suites::new();
    for (version, _, member) in VERSIONS {
        let accepted = result[member]["result"]["accepted_cipher_suites"].as_array();
        let accepted = accepted.unwrap_or_else(|| panic!("{member} {}", said["server_scan_results"][0]));
        suites.extend(accepted.iter().map(|suite| (version, suite["cipher_suite"]["name"].as_str().unwrap().to_owned())));
    }
    let deployments = result["certificate_info"]["result"]["certificate_deployments"].as_array().unwrap();
    let chain = |deployment: &Value| {
        let chain = deployment["received_certificate_chain"].as_array().unwrap();
        (fingerprint(room, chain[0]["as_pem"].as_str().unwrap()), chain.len())
    };
    (suites, deployments.iter().map(chain).collect())
}

/// SHA-256 of a certificate, as openssl says it.
fn fingerprint(room: &Room, pem: &str) -> String {
    std::fs::write(room.path("seen.pem"), pem).unwrap();
    room.fingerprint("seen")
}

/// What testssl.sh finds.
fn by_testssl(room: &Room, server: &Server) -> Suites {
    let file = format!("testssl-{}.json", server.address.port());
    let path = room.path(&file);
    let mut command = Command::new("testssl");
    command.args(["--color", "0", "--warnings", "off", "--quiet", "--nodns", "none", "--cipher-per-proto", "--jsonfile"]);
    command.arg(&path).arg(server.address.to_string());
    let said = report(room, &file, &mut command);
    let finding = |entry: &Value| entry["finding"].as_str().unwrap_or_default().to_owned();
    let ciphers = said.as_array().unwrap().iter().filter(|entry| entry["id"].as_str().is_some_and(|id| id.starts_with("cipher-")));
    ciphers
        .map(|entry| {
            let text = finding(entry);
            let version = ProtocolVersion::ALL.into_iter().find(|version| text.replace("TLS 1 ", "TLS 1.0 ").starts_with(version.name()));
            let suite = text.split_whitespace().rev().find_map(tls_suites::by_name).unwrap_or_else(|| panic!("{text}"));
            (version.unwrap_or_else(|| panic!("{text}")), suite.name.to_owned())
        })
        .collect()
}

fn compare(case: &Case, program: &str, made: &Inventory, theirs: &Suites) {
    let ours: Suites = found(made).into_iter().map(|(version, name)| (version, name.to_owned())).collect();
    let mut expected = ours.clone();
    for Difference { suites, why, .. } in case.differences.iter().filter(|difference| difference.program == program) {
        let before = expected.len();
        let is_one = |name: &str| suites.iter().any(|begin| name.starts_with(begin));
        expected.retain(|(version, name)| *version != ProtocolVersion::Tls12 || !is_one(name));
        assert!(expected.len() < before, "{}: {program} now agrees: {why}", case.name);
    }
    let only = |those: &Suites, not: &Suites| those.difference(not).cloned().collect::<Vec<_>>();
    assert!(
        expected == *theirs,
        "{}: {program} does not find {:?}, and finds beside that {:?}",
        case.name,
        only(&expected, theirs),
        only(theirs, &expected)
    );
}

fn room() -> Room {
    let room = Room::new();
    room.pair("rsa", &["-newkey", "rsa:2048"]);
    room.ec("ec");
    room.pair("ed25519", &["-newkey", "ed25519"]);
    room
}

#[tokio::test(flavor = "multi_thread")]
async fn sslyze_finds_the_same() {
    let room = room();
    for case in &CASES {
        let server = room.serve(case.pair, case.arguments);
        let made = made(server.target()).await;
        let (suites, chains) = by_sslyze(&room, &server);
        compare(case, "sslyze", &made, &suites);
        let ours: BTreeSet<(String, usize)> =
            made.certificates.iter().map(|one| (one.chain[0].fingerprint_sha256.clone(), one.chain.len())).collect();
        assert_eq!(ours, chains, "{}", case.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn testssl_finds_the_same() {
    let room = room();
    let servers: Vec<Server> = CASES.iter().map(|case| room.serve(case.pair, case.arguments)).collect();
    // It takes half a minute for each, and waits for much of that.
    let theirs: Vec<Suites> = std::thread::scope(|scope| {
        let asking: Vec<_> = servers.iter().map(|server| scope.spawn(|| by_testssl(&room, server))).collect();
        asking.into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    for ((case, server), theirs) in CASES.iter().zip(&servers).zip(&theirs) {
        compare(case, "testssl.sh", &made(server.target()).await, theirs);
    }
}
