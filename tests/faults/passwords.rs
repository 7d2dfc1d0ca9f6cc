//! kill -9 of the server at random instants of changes of a password: database or token, and files always hold one and the same.

use std::time::Duration;

use certdeck_shared::api::client::ClientError;
use certdeck_shared::api::database::TokenLogin;
use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::module::{KeyForToken, NewModule};
use certdeck_shared::api::password::{PasswordChange, TokenPassword, TokenPasswordChange};
use support::console::{Console, Options, kill_at_once, workers_ended};
use support::database::PASSWORD;
use support::deck::Deck;
use support::softhsm::{LIBRARY, PIN, SoftHsm};
use support::{poll, run};

use crate::kills::Instants;

const KILLS: u32 = 24;
const PASSWORDS: [&str; 2] = [PASSWORD, "a long walk by the sea, 1851"];

fn other(password: &str) -> &'static str {
    PASSWORDS.into_iter().find(|one| *one != password).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_leaves_one_password_in_the_database_and_in_every_file() {
    let mut deck = Deck::new().await;
    let mut instants = Instants::new();
    let options = Options::new(deck.console.data_dir());
    let elsewhere = deck.room.path().join("elsewhere.pw");
    std::fs::write(&elsewhere, format!("NSS Certificate DB:{PASSWORD}\n")).unwrap();
    let beside = |name: &str| deck.database.directory().join(name);
    let (plain, servers) = (beside("password.txt"), beside("sslpassword.conf"));
    let (mut changed, mut settled) = (0, 0);
    let mut current = PASSWORD;
    for run in 0..KILLS {
        let delay = Duration::from_millis(instants.next(500));
        let pid = deck.console.pid();
        let changing = async {
            let mut now = current;
            loop {
                let change = PasswordChange {
                    current_password: Some(now.to_owned()),
                    new_password: other(now).to_owned(),
                    password_files: vec![elsewhere.display().to_string()],
                    ..PasswordChange::default()
                };
                match deck.client.change_password(&deck.id, &change).await {
                    Ok(_) => now = other(now),
                    Err(ClientError::Problem(problem)) => panic!("{problem} in run {run}"),
                    Err(_) => return now,
                }
                changed += 1;
            }
        };
        let killing = async {
            tokio::time::sleep(delay).await;
            kill_at_once(pid);
        };
        let answered = tokio::join!(changing, killing).0;
        deck.console.kill();
        workers_ended(deck.room.path()).await;
        deck.console = Console::start(&options);
        let held = std::fs::read_to_string(&plain).unwrap();
        current = PASSWORDS.into_iter().find(|password| held == format!("{password}\n")).unwrap_or_else(|| panic!("{held:?} in run {run}"));
        settled += u32::from(current != answered);
        assert_eq!(std::fs::read_to_string(&servers).unwrap(), format!("Internal (Software) Token:{current}\n"), "run {run}");
        assert_eq!(std::fs::read_to_string(&elsewhere).unwrap(), format!("NSS Certificate DB:{current}\n"), "run {run}");
        for file in [&plain, &elsewhere] {
            let directory = format!("sql:{}", deck.database.path());
            let said = run::ask("certutil", &["-K", "-d", &directory, "-f", file.to_str().unwrap()]);
            assert!(!said.err.contains("could not authenticate"), "run {run}: {}", said.err);
        }
        let left = std::fs::read_dir(deck.database.directory()).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(left.into_iter().all(|name| !name.to_string_lossy().starts_with('.')), "replacements are left in run {run}");
        deck.client = deck.console.sign_in().await;
    }
    assert!(deck.database.is_whole());
    eprintln!("{changed} changes were answered, {settled} of {KILLS} kills fell between the change and its answer");
    assert!(changed > 0, "no change was answered between {KILLS} kills");
}

const TOKEN_KILLS: u32 = 12;
const PINS: [&str; 2] = [PIN, "567890"];

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_leaves_one_password_on_a_token_and_in_its_lines() {
    let softhsm = SoftHsm::with_token("labtoken");
    let mut deck = Deck::started_by(softhsm.wrapper()).await;
    let mut instants = Instants::new();
    let options = Options { wrapper: softhsm.wrapper(), ..Options::new(deck.console.data_dir()) };
    let module = NewModule { name: "SoftHSM".to_owned(), library: LIBRARY.to_owned(), parameters: None, default_mechanisms: Vec::new() };
    deck.client.add_module(&deck.id, &module).await.unwrap();
    deck.client.write_token_password(&deck.id, "labtoken", &TokenPassword { password: PIN.to_owned() }).await.unwrap();
    let spare = KeyForToken { algorithm: KeyAlgorithm::EcP256, label: None };
    let key = deck.client.create_token_key(&deck.id, "labtoken", &spare).await.unwrap().id;
    let beside = |name: &str| deck.database.directory().join(name);
    let (servers, pins) = (beside("sslpassword.conf"), beside("pins.txt"));
    std::fs::write(&pins, format!("NSS Certificate DB:{PASSWORD}\nlabtoken:{PIN}\n")).unwrap();
    let (mut changed, mut settled) = (0, 0);
    let mut current = PIN;
    for run in 0..TOKEN_KILLS {
        let delay = Duration::from_millis(instants.next(900));
        let pid = deck.console.pid();
        let changing = async {
            let mut now = current;
            loop {
                let new = PINS.into_iter().find(|pin| *pin != now).unwrap();
                let change = TokenPasswordChange { current_password: now.to_owned(), new_password: new.to_owned() };
                match deck.client.change_token_password(&deck.id, "labtoken", &change).await {
                    Ok(answer) => assert_eq!(answer.changed_files.len(), 2, "in run {run}"),
                    Err(ClientError::Problem(problem)) => panic!("{problem} in run {run}"),
                    Err(_) => return now,
                }
                (now, changed) = (new, changed + 1);
            }
        };
        let killing = async {
            tokio::time::sleep(delay).await;
            kill_at_once(pid);
        };
        let answered = tokio::join!(changing, killing).0;
        deck.console.kill();
        workers_ended(deck.room.path()).await;
        deck.console = Console::start(&options);
        deck.client = deck.console.sign_in().await;
        // The token is asked behind the start's back; whoever comes first waits for it or does it.
        let by_file = TokenLogin { password: None, password_file: Some(servers.display().to_string()) };
        poll::until_true("one password for token and files", Duration::from_secs(60), async || {
            deck.client.unlock(&deck.id, "labtoken", &by_file).await.is_ok_and(|token| token.unlocked)
                && std::fs::read_dir(deck.database.directory())
                    .unwrap()
                    .all(|entry| !entry.unwrap().file_name().to_string_lossy().starts_with('.'))
        })
        .await;
        let held = std::fs::read_to_string(&servers).unwrap();
        current =
            PINS.into_iter().find(|pin| held.ends_with(&format!("\nlabtoken:{pin}\n"))).unwrap_or_else(|| panic!("{held:?} in run {run}"));
        settled += u32::from(current != answered);
        assert!(std::fs::read_to_string(&pins).unwrap().ends_with(&format!("\nlabtoken:{current}\n")), "run {run}");
        let directory = format!("sql:{}", deck.database.path());
        let said = softhsm.ask("certutil", &["-K", "-h", "labtoken", "-d", &directory, "-f", pins.to_str().unwrap()]);
        assert!(said.out.contains(&key), "run {run}: {}{}", said.out, said.err);
    }
    eprintln!("{changed} changes were answered, {settled} of {TOKEN_KILLS} kills fell between the change and its answer");
    assert!(changed > 0, "no change was answered between {TOKEN_KILLS} kills");
}
