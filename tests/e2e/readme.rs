//! The README's lines, run as they stand there.

use support::console::{Console, Options, program};
use support::run;
use support::softhsm::SoftHsm;

const README: &str = include_str!("../../README.md");

#[test]
fn the_readme_is_true() {
    let lines = README.split_once("## By REST").unwrap().1;
    let lines = lines.split_once("```sh\n").unwrap().1.split_once("```").unwrap().0;
    let room = tempfile::tempdir().unwrap();
    let softhsm = SoftHsm::with_token("labtoken");
    let console = Console::start(&Options { wrapper: softhsm.wrapper(), ..Options::new(room.path().join("data")) });
    let work = room.path().join("work");
    std::fs::create_dir(&work).unwrap();
    let script =
        format!("set -euo pipefail; cd '{}'; ORIGIN={}; SETUP_TOKEN={}\n{lines}", work.display(), console.origin, console.setup_token());
    let said = softhsm.ask("bash", &["-xc", &script]);
    assert!(said.success, "{}{}", said.out, said.err);
    assert!(said.out.contains("u,u,u") || said.out.contains("mail"), "certutil lists what was made:\n{}", said.out);
    nothing_goes_by_unrecorded(&console, lines);
    for path in openapi_paths(&work) {
        // Identifiers stand where the document has braces.
        let last = path.rsplit('/').find(|part| !part.starts_with('{')).unwrap();
        assert!(lines.contains(last), "the README has no line for {path}");
    }
}

/// Every changing call of the lines was recorded by its operation, none by the wall around them; the log is whole and holds no secret.
fn nothing_goes_by_unrecorded(console: &Console, lines: &str) {
    let data_dir = console.data_dir().to_str().unwrap();
    let state = format!("{data_dir}/state.sqlite");
    let verified = run::must(program().to_str().unwrap(), &["audit", "verify", "--data-dir", data_dir]);
    assert!(verified.starts_with("intact: entries 1 to "), "{verified}");
    let unrecorded = run::must("sqlite3", &[state.as_str(), "SELECT DISTINCT subject FROM audit WHERE action = 'call.answer'"]);
    assert_eq!(unrecorded, "", "these changed something and wrote no entry of their own");
    let rootless = run::must(
        "sqlite3",
        &[
            &state,
            "SELECT DISTINCT action FROM audit WHERE actor LIKE 'token:%' AND (credential IS NULL OR peer IS NULL OR request_id IS NULL)",
        ],
    );
    assert_eq!(rootless, "", "these do not say by what and from where");
    let told = run::must("sqlite3", &[state.as_str(), "SELECT * FROM audit"]) + console.log().as_str();
    let planted = lines.split("assword\": \"").skip(1).map(|rest| rest.split('"').next().unwrap()).filter(|secret| secret.len() > 8);
    let planted: Vec<&str> = planted.chain([console.setup_token(), "cdk_", "PRIVATE KEY-----"]).collect();
    assert!(planted.len() > 10, "{planted:?}");
    for secret in planted {
        assert!(!told.contains(secret), "{secret} is in the audit log or in the log");
    }
}

fn openapi_paths(work: &std::path::Path) -> Vec<String> {
    let document: serde_json::Value = serde_json::from_slice(&std::fs::read(work.join("openapi.json")).unwrap()).unwrap();
    document["paths"].as_object().unwrap().keys().cloned().collect()
}
