//! REST by its own description: schemathesis calls every operation with what the OpenAPI document allows and with what it does not. No call is
//! answered by a fault of the console or not at all, answers are what the document says, and no secret that was planted before is in an
//! answer or in the log.
//!
//! `make test` takes a moment for it, `make fuzz` as long as `REST_SECONDS` says. As a user without rights: what is made up may name any file.

mod planted;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use support::console::{Console, Options};
use support::run;

use planted::Planted;

/// In `make test`, of each run.
const SECONDS: u32 = 25;

/// What is not called: a stream has no end.
const ENDLESS: &str = "/api/v1/events";

fn beside(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// A directory that belongs to nobody, and a console in it that runs as nobody.
fn console(room: &Path, log_format: &str) -> Console {
    fs::set_permissions(room, fs::Permissions::from_mode(0o755)).unwrap();
    let (config, data) = (room.join("certdeck.toml"), room.join("nobody/data"));
    fs::write(&config, "requests-per-second = 0\n").unwrap();
    fs::create_dir_all(data.parent().unwrap()).unwrap();
    run::must("chown", &["nobody:nogroup", data.parent().unwrap().to_str().unwrap()]);
    let wrapper = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "env", "RUST_LOG=debug", "RUST_BACKTRACE=0"];
    let arguments = ["--config", config.to_str().unwrap(), "--log-format", log_format].map(str::to_owned).to_vec();
    Console::start(&Options { http: true, wrapper: wrapper.map(str::to_owned).to_vec(), arguments, ..Options::new(data) })
}

async fn described(log_format: &str) {
    let long = std::env::var("REST_SECONDS").ok();
    let seconds: u32 = long.as_deref().map_or(SECONDS, |text| text.parse().expect("REST_SECONDS is a number"));
    // A short run asks the same each time, a long one looks for what nobody has asked yet.
    let other = || if long.is_some() { std::process::id().to_string() } else { "1".to_owned() };
    let seed = std::env::var("CERTDECK_SEED").unwrap_or_else(|_| other());
    eprintln!("CERTDECK_SEED={seed}");
    let room = tempfile::tempdir().unwrap();
    let console = console(room.path(), log_format);
    let planted = Planted::in_console(&console, &room.path().join("nobody")).await;
    let note = room.path().join("planted.json");
    fs::write(&note, planted.note()).unwrap();
    let corpus = beside("target/rest-corpus");
    let schema = format!("{}/api/v1/openapi.json", console.origin);
    let bearer = format!("Authorization: Bearer {}", planted.token);
    let checks = "the_console_has_no_fault,no_secret_is_told,every_answer_has_its_headers,content_type_conformance,\
                  response_headers_conformance,response_schema_conformance,unsupported_method,allow_header_conformance";
    let seconds = (seconds / 2).to_string();
    let arguments =
        ["run", &schema, "--header", &bearer, "--checks", checks, "--exclude-path", ENDLESS, "--phases", "examples,coverage,fuzzing"];
    let more = ["--max-time", &seconds, "--seed", &seed, "--suppress-health-check", "all", "--warnings", "off", "--no-color"];
    let kept = ["--generation-database", corpus.to_str().unwrap(), "--request-timeout", "60", "--continue-on-failure", "--no-shrink"];
    let mut command = run::command(beside(".tools/schemathesis/bin/schemathesis"));
    command.args(arguments).args(more).args(kept).current_dir(room.path());
    command.env("SCHEMATHESIS_HOOKS", beside("tests/faults/described/hooks.py")).env("CERTDECK_PLANTED", &note);
    let output = command.output().expect("`.ci/setup packages tests` installs schemathesis");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &*String::from_utf8_lossy(&output.stderr);
    let log = console.log();
    assert!(output.status.success(), "{said}");
    println!("{}", said.lines().skip_while(|line| !line.contains("SUMMARY")).collect::<Vec<_>>().join("\n"));
    assert!(!log.contains("panicked"), "{log}");
    planted.is_not_in(&log, "the log");
    // Whoever it was, the console still answers, and its own log of changes is whole.
    let client = planted.client(&console);
    planted.is_not_in(&String::from_utf8_lossy(&client.export_audit(None).await.unwrap()), "the audit log");
    assert!(client.verify_audit(None).await.unwrap().intact);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_by_the_description_is_a_fault_or_tells_a_secret() {
    described("text").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_in_json_tells_no_secret_either() {
    described("json").await;
}
