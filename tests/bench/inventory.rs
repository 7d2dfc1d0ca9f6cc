//! The inventory of an nginx on this machine by REST, beside testssl.sh and sslyze, which are asked for no more than what it has as well:
//! protocols, cipher suites, groups, certificates and extensions.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use certdeck_shared::api::inventory::{ComparedProfile, NewInventory, ProtocolVersion};
use certdeck_shared::api::probe::NewProbe;
use support::daemons;
use support::deck::Deck;
use support::pki::{KeyKind, Pki};
use support::run;

use crate::table::{Aim, Table, median};

/// So many of ours and of sslyze; the median counts. testssl.sh is run once.
const TIMES: usize = 9;

pub async fn measure(table: &mut Table) {
    for (kind, name) in [(KeyKind::Ec, "EC P-256"), (KeyKind::Rsa(2_048), "RSA 2048")] {
        let pair = Pki::new().pair_with("probed.example.org", kind);
        let nginx = daemons::nginx::start(&pair);
        let endpoint = &nginx.endpoints()[0];
        let probe = NewProbe { server_name: Some(pair.name.clone()), ..endpoint.question() };
        let new = NewInventory::of(probe, ComparedProfile::Intermediate);
        let deck = Deck::new().await;
        let mut ours = Vec::new();
        let mut connections = 0;
        for _ in 0..TIMES {
            let started = Instant::now();
            let made = deck.client.inventory(&new).await.unwrap();
            ours.push(started.elapsed());
            assert!(made.complete && made.versions().eq([ProtocolVersion::Tls13, ProtocolVersion::Tls12]), "{made:#?}");
            connections = made.connections;
        }
        let ours = median(ours);
        eprintln!("bench: {connections} connections");
        let place = format!("127.0.0.1:{}", endpoint.port);
        let sslyze = median((0..TIMES).map(|_| timed(&mut sslyze(&place, &pair.name))).collect());
        table.push_durations(format!("inventory of nginx, {name}, by REST"), ours, ("sslyze", sslyze), Aim::AtLeast(10.0));
        let mut testssl = run::command("testssl");
        testssl.args(["--quiet", "--warnings", "off", "--nodns", "none", "--protocols", "--cipher-per-proto", "--server-defaults", &place]);
        table.push_durations(format!("inventory of nginx, {name}, by REST"), ours, ("testssl.sh", timed(&mut testssl)), Aim::AtLeast(10.0));
    }
}

fn sslyze(place: &str, name: &str) -> Command {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/sslyze/bin/python");
    let mut command = run::command(python);
    command.args([
        "-m",
        "sslyze",
        "--sslv2",
        "--sslv3",
        "--tlsv1",
        "--tlsv1_1",
        "--tlsv1_2",
        "--tlsv1_3",
        "--certinfo",
        "--elliptic_curves",
    ]);
    command.args(["--compression", "--ems", "--fallback", "--mozilla_config=disable", &format!("--sni={name}"), place]);
    command
}

fn timed(command: &mut Command) -> Duration {
    let started = Instant::now();
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; see .ci/setup"));
    // testssl.sh counts what it does not like; from 242 on it has failed itself.
    assert!(output.status.code().is_some_and(|code| code < 242), "{command:?}: {}", String::from_utf8_lossy(&output.stdout));
    started.elapsed()
}
