//! What the console writes to its log: one event a line, each with its call, none with a secret.

use std::path::Path;

use certdeck_shared::api::account::NewApiToken;
use certdeck_shared::api::database::TokenLogin;
use certdeck_shared::api::role::{Grants, Role};
use serde_json::Value;
use support::certificates::Template;
use support::console::{Console, Options, PASSWORD as ACCOUNT_PASSWORD};
use support::database::PASSWORD;
use support::deck::{create, item};
use support::older_state;
use support::run;

/// A name as somebody would give it who wants to write lines of their own, turn them round, or clear the screen.
const HOSTILE: &str = "a\n2026-01-01T00:00:00Z ERROR forged\r\u{1b}[2J\u{9b}31m\u{202e}";

/// A console whose log has everything, on a directory of this name.
fn options(room: &Path, name: &str, format: &str) -> Options {
    let wrapper = ["env", "RUST_LOG=certdeck=debug"].map(str::to_owned).to_vec();
    let arguments = vec!["--log-format".to_owned(), format.to_owned()];
    Options { wrapper, arguments, ..Options::new(room.join(name)) }
}

/// The log of a console that upgrades the state of an older one in a directory of the hostile name, and says where. It does not start there:
/// no database may have such a path.
fn hostile(room: &Path, format: &str) -> Vec<String> {
    let options = options(room, HOSTILE, format);
    older_state::make(&options.data_dir);
    let printed = Console::try_start(&options).err().expect("a database in a directory of that name is refused");
    printed.lines().filter(|line| !line.is_empty() && !line.starts_with("certdeck: ")).map(str::to_owned).collect()
}

fn no_letter_is_obeyed(line: &str) {
    assert!(!line.contains(|letter: char| letter.is_control() || letter == '\u{202e}'), "{line:?}");
}

#[test]
fn a_line_of_text_is_one_event_whatever_names_are_in_it() {
    let room = tempfile::tempdir().unwrap();
    let lines = hostile(room.path(), "text");
    assert!(lines.iter().any(|line| line.contains("forged")), "the name is in the log: {lines:?}");
    for line in lines {
        no_letter_is_obeyed(&line);
        assert!(line.contains(" certdeck::") && !line.starts_with("2026-01-01T00:00:00Z"), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_json_is_an_object_and_has_the_call_that_the_answer_names_and_no_secret() {
    let room = tempfile::tempdir().unwrap();
    let forged = hostile(room.path(), "json");
    forged.iter().for_each(|line| no_letter_is_obeyed(line));
    let forged: Vec<Value> =
        forged.iter().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect();
    let upgraded = forged.iter().find(|line| line["fields"]["kept"].is_string()).expect("the upgrade is in the log");
    assert!(upgraded["fields"]["kept"].as_str().unwrap().contains(HOSTILE), "what is read back is what it was");

    let mut console = Console::start(&options(room.path(), "data", "json"));
    let client = console.set_up().await;
    let id = client.add_database(&create(&room.path().join("nss"))).await.unwrap().id;
    client.lock(&id, "internal").await.unwrap();
    client.unlock(&id, "internal", &TokenLogin { password: Some("a wrong guess".to_owned()), password_file: None }).await.unwrap_err();
    let login = TokenLogin { password: Some(PASSWORD.to_owned()), password_file: None };
    client.unlock(&id, "internal", &login).await.unwrap();
    let import = certdeck_shared::api::import::Import { certificates: vec![item(Template::new().numbered(1), "one", "P,,")] };
    client.import(&id, &import, false).await.unwrap();
    let new =
        NewApiToken { label: "nightly".to_owned(), grants: Grants::everywhere(Role::Viewer), expires_in_days: None, unattended: false };
    let secret = client.create_api_token(&new).await.unwrap().secret;

    // The same identifier stands in the header, in the problem, and in the line of the log.
    let url = format!("{}/api/v1/databases", console.origin);
    let said = run::must("curl", &["--silent", "--insecure", "--include", &url]);
    let head = said.lines().find_map(|line| line.strip_prefix("x-request-id: ")).expect("the answer has it").trim().to_owned();
    let problem: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    assert_eq!(problem["instance"], format!("urn:certdeck:request:{head}"));
    // A database that is gone while somebody asks for it: what is written on another thread has it as well.
    std::fs::write(room.path().join("nss/cert9.db"), "no database any more").unwrap();
    let bearer = format!("Authorization: Bearer {secret}");
    let broken = run::must("curl", &["-sk", "--include", "--header", &bearer, &format!("{url}/{id}/certificates")]);
    console.stop();

    let log = console.log();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect();
    log.lines().for_each(no_letter_is_obeyed);
    let of_call = |id: &str| lines.iter().filter(|line| line["spans"][0]["request.id"] == id).collect::<Vec<_>>();
    assert!(of_call(&head).iter().any(|line| line["fields"]["http.route"] == "/api/v1/databases"), "{log}");
    let id = broken.lines().find_map(|line| line.strip_prefix("x-request-id: ")).unwrap().trim();
    assert!(!of_call(id).is_empty(), "{broken}");
    for answered in lines.iter().filter(|line| line["fields"]["message"] == "answered") {
        assert!(answered["spans"][0]["request.id"].is_string(), "{answered}");
    }
    for secret in [ACCOUNT_PASSWORD, PASSWORD, "a wrong guess", &secret] {
        assert!(!log.contains(secret), "a secret is in the log");
    }
}

#[test]
fn a_format_that_is_none_is_refused_by_name() {
    let room = tempfile::tempdir().unwrap();
    let said = Console::try_start(&Options::with_settings(room.path(), "log-format = \"xml\"\n")).err().unwrap();
    assert!(said.contains("xml") && said.contains("json"), "{said}");
}
