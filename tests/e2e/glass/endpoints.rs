//! Endpoints that are watched: curl's lines by the console, and openssl's client beside them.

use certdeck_shared::api::endpoint::{EndpointChange, NewEndpoint, WatchSettings};
use certdeck_shared::api::probe::NewProbe;
use certdeck_shared::api::service::{Protocol, TlsMode};
use certdeck_shared::glass::Action;
use serde_json::Value;

use super::Shell;

/// Runs curl's lines; what was answered.
async fn rest(shell: &Shell, action: Action) -> Value {
    let said = shell.run(&shell.console_lines(&action).await.rest);
    if said.is_empty() { Value::Null } else { serde_json::from_str(&said).unwrap() }
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoints_are_watched_by_curl() {
    let shell = Shell::new().await;
    let (host, port) = shell.deck.console.origin.trim_start_matches("https://").rsplit_once(':').unwrap();
    let (host, port) = (host.to_owned(), port.parse::<u16>().unwrap());
    let sockets = rest(&shell, Action::ListListeningSockets).await;
    assert!(sockets.as_array().unwrap().iter().any(|socket| socket["port"] == port), "{sockets:#}");
    let settings = WatchSettings { every_seconds: 60, allowed: vec!["192.0.2.0/24".to_owned()] };
    assert_eq!(rest(&shell, Action::DecideWatch { body: settings }).await["every_seconds"], 60);
    let body = NewEndpoint {
        host: host.clone(),
        port,
        protocol: Protocol::Http,
        tls: TlsMode::Implicit,
        server_name: None,
        label: Some("the console".to_owned()),
        tags: vec!["own".to_owned()],
        expected: None,
    };
    let added = rest(&shell, Action::AddEndpoint { body }).await;
    let id = added["id"].as_str().unwrap().to_owned();
    let probe = NewProbe { host, port, protocol: Protocol::Http, tls: TlsMode::Implicit, server_name: None, key_type: None };
    let action = Action::ProbeEndpoint { endpoint: id.clone(), probe: Some(probe.clone()) };
    let probed = rest(&shell, action.clone()).await;
    assert_eq!(probed["endpoint"]["state"], "good", "{probed:#}");
    let lines = shell.console_lines(&action).await.commands;
    assert!(shell.run(&lines).contains("BEGIN CERTIFICATE"));
    rest(&shell, Action::ProbeEndpoints).await;
    let body = EndpointChange { paused: Some(true), ..EndpointChange::default() };
    assert_eq!(rest(&shell, Action::ChangeEndpoint { endpoint: id.clone(), body }).await["state"], "paused");
    let shown = rest(&shell, Action::ShowEndpoint { endpoint: id.clone(), probe: Some(probe) }).await;
    assert_eq!(shown["endpoint"]["id"], id.as_str());
    let history = rest(&shell, Action::ShowEndpointHistory { endpoint: id.clone() }).await;
    assert_eq!(history["days"].as_array().unwrap().len(), 1, "{history:#}");
    let table = shell.run(&shell.console_lines(&Action::ShowEndpointTable).await.rest);
    assert!(table.starts_with("host,port,") && table.lines().nth(1).unwrap().contains(",paused,"), "{table}");
    assert_eq!(rest(&shell, Action::ListEndpoints).await["endpoints"].as_array().unwrap().len(), 1);
    assert_eq!(rest(&shell, Action::ShowToday).await["watched"]["endpoints"], 1);
    rest(&shell, Action::RemoveEndpoint { endpoint: id }).await;
    assert!(rest(&shell, Action::ListEndpoints).await["endpoints"].as_array().unwrap().is_empty());
}
