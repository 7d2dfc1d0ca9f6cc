//! The README's lines, run as they stand there.

use support::console::{Console, Options};
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
    for path in openapi_paths(&work) {
        // Identifiers stand where the document has braces.
        let last = path.rsplit('/').find(|part| !part.starts_with('{')).unwrap();
        assert!(lines.contains(last), "the README has no line for {path}");
    }
}

fn openapi_paths(work: &std::path::Path) -> Vec<String> {
    let document: serde_json::Value = serde_json::from_slice(&std::fs::read(work.join("openapi.json")).unwrap()).unwrap();
    document["paths"].as_object().unwrap().keys().cloned().collect()
}
