//! Probes: openssl's own client sees the same server.

use certdeck_shared::api::inventory::{ComparedProfile, Inventory, NewInventory};
use certdeck_shared::api::probe::{NewProbe, ProbeKeyType, ProbeOutcome, ProbeReport};
use certdeck_shared::api::service::{Protocol, TlsMode};
use certdeck_shared::glass::Action;
use support::certificates::from_pem;

use super::Shell;

#[tokio::test(flavor = "multi_thread")]
async fn a_probe_is_what_the_client_of_openssl_shows() {
    let shell = Shell::new().await;
    let (host, port) = shell.deck.console.origin.trim_start_matches("https://").rsplit_once(':').unwrap();
    let plain = NewProbe {
        host: host.to_owned(),
        port: port.parse().unwrap(),
        protocol: Protocol::Http,
        tls: TlsMode::Implicit,
        server_name: None,
        key_type: None,
    };
    let own_key = match shell.deck.client.probe(&plain).await.unwrap().leaf().unwrap().public_key.starts_with("RSA") {
        true => ProbeKeyType::Rsa,
        false => ProbeKeyType::Ecdsa,
    };
    let chosen = NewProbe { server_name: Some("deck.example.org".to_owned()), key_type: Some(own_key), ..plain.clone() };
    for body in [plain, chosen] {
        let lines = shell.deck.client.console_command_lines(&Action::CreateProbe { body }).await.unwrap();
        let report: ProbeReport = serde_json::from_str(&shell.run(&lines.rest)).unwrap();
        assert_eq!(report.outcome, ProbeOutcome::Served, "{report:?}");
        assert_eq!(lines.commands.len(), 2);
        for line in &lines.commands {
            let said = shell.run(std::slice::from_ref(line));
            let chain: Vec<_> = report.chain.iter().map(|certificate| certificate.der.0.clone()).collect();
            assert!(from_pem(&said).starts_with(&chain), "{line:?} {said}");
            assert!(said.contains(&report.tls_version.clone().unwrap().replace(' ', "v")), "{said}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inventory_is_what_the_client_of_openssl_shows_suite_by_suite() {
    let shell = Shell::new().await;
    let (host, port) = shell.deck.console.origin.trim_start_matches("https://").rsplit_once(':').unwrap();
    let body = NewInventory {
        host: host.to_owned(),
        port: port.parse().unwrap(),
        protocol: Protocol::Http,
        tls: TlsMode::Implicit,
        server_name: None,
        profile: ComparedProfile::Modern,
    };
    let lines = shell.deck.client.console_command_lines(&Action::CreateInventory { body }).await.unwrap();
    let made: Inventory = serde_json::from_str(&shell.run(&lines.rest)).unwrap();
    let mut found: Vec<&str> =
        made.protocols.iter().flat_map(|protocol| &protocol.suites).map(|suite| suite.openssl.as_deref().unwrap()).collect();
    // The last line is one of nmap's, which is not installed here.
    let said = shell.run(&lines.commands[..2]);
    let mut said: Vec<&str> = said.lines().collect();
    found.sort_unstable();
    said.sort_unstable();
    assert_eq!(found, said);
    assert!(found.len() >= 3 && lines.commands[2].command.starts_with("nmap "), "{found:?}");
}
