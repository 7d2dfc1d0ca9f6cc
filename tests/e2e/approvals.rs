//! A second person in a console of one: whoever owns the host decides with `certdeck approval`, beside the server that runs.

use certdeck_shared::api::account::NewUser;
use certdeck_shared::api::approval::{ApprovalRequest, ApprovalState};
use certdeck_shared::api::client::ClientError;
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::role::{Grants, Role};
use support::console::program;
use support::deck::{Deck, problem};
use support::run::{self, Said};

fn new(user_name: &str, password: &str) -> NewUser {
    NewUser { user_name: user_name.to_owned(), password: password.to_owned(), grants: Grants::everywhere(Role::Viewer) }
}

/// `certdeck` about this console.
fn certdeck(deck: &Deck, words: &[&str]) -> Said {
    let (data_dir, config) = (deck.console.data_dir().display().to_string(), deck.room.path().join("certdeck.toml").display().to_string());
    run::ask(program().to_str().unwrap(), &[words, &["--data-dir", &data_dir, "--config", &config]].concat())
}

/// Asks for an account, and the owner of the host to approve it; what the call waits for.
async fn asked(deck: &Deck, user: &NewUser) -> String {
    let refused = problem(deck.client.create_user(user).await);
    assert_eq!(refused.code, ProblemCode::ApprovalRequired, "{refused:?}");
    let id = refused.approval.unwrap();
    let request = ApprovalRequest { reason: "the new\tcolleague".to_owned() };
    assert_eq!(deck.client.request_approval(&id, &request).await.unwrap().state, ApprovalState::Waiting);
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_of_the_host_approves_once_and_refuses() {
    let deck = Deck::with_settings("second-person = [\"users\"]\n").await;
    let (eve, mallory) = (new("eve", "a first password"), new("mallory", "a second password"));
    let (wanted, unwanted) = (asked(&deck, &eve).await, asked(&deck, &mallory).await);

    let listed = certdeck(&deck, &["approval", "list"]).out;
    let lines: Vec<&str> = listed.lines().filter(|line| !line.starts_with('\t')).collect();
    assert!(lines.len() == 2 && lines[0].starts_with(&unwanted) && lines[1].starts_with(&wanted), "the newest first: {listed}");
    assert!(lines[1].contains("\tada\tmake the account “eve” with the grants viewer\t"), "{listed}");
    assert!(!lines[1].contains("new\tcolleague"), "a reason could feign another column: {listed}");
    assert!(!listed.contains("a first password"), "{listed}");

    let said = certdeck(&deck, &["approval", "approve", &wanted, "--reason", "asked by phone"]);
    assert!(said.success, "{}", said.err);
    assert!(certdeck(&deck, &["approval", "refuse", &unwanted, "--reason", "nobody knows her"]).success);
    assert_eq!(certdeck(&deck, &["approval", "list"]).out, "");
    let again = certdeck(&deck, &["approval", "approve", &unwanted]);
    assert!(!again.success && !again.err.is_empty(), "what was refused is not approved later: {}", again.err);
    assert!(!certdeck(&deck, &["approval", "approve", "0123456789abcdef0123"]).success);

    let other = new("eve", "another password");
    deck.client.create_user(&eve).await.unwrap();
    let refused = problem(deck.client.create_user(&mallory).await);
    assert_eq!(refused.code, ProblemCode::ApprovalRequired);
    assert_ne!(refused.approval.as_ref(), Some(&unwanted), "a new request, for which somebody has to be asked again");
    let decided = deck.client.approval(&unwanted).await.unwrap();
    assert_eq!((decided.state, deck.client.approval(&wanted).await.unwrap().state), (ApprovalState::Refused, ApprovalState::Used));
    let users: Vec<String> = deck.client.users().await.unwrap().into_iter().map(|user| user.user_name).collect();
    assert_eq!(users, ["ada", "eve"]);
    deck.client.delete_user("eve").await.map_err(|error| matches!(error, ClientError::Problem(_))).unwrap_err();
    assert_eq!(problem(deck.client.create_user(&other).await).code, ProblemCode::ApprovalRequired, "it was for one call");

    let log = certdeck(&deck, &["audit", "verify"]);
    assert!(log.success, "{}", log.err);
    let log = String::from_utf8(deck.client.export_audit(None).await.unwrap()).unwrap();
    let named = |outcome: &str, word: &str| log.lines().any(|line| line.contains(outcome) && line.contains(word));
    assert!(named("approval.approve", "asked by phone") && named("approval.refuse", "nobody knows her"), "{log}");
    assert!(!log.contains("a first password") && !log.contains("a second password"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_says_where_there_is_no_second_person() {
    let deck = Deck::with_settings("second-person = [\"trust\", \"key-export\"]\n").await;
    let said = certdeck(&deck, &["doctor"]).out;
    assert!(said.contains("second-person has key-export, trust, and fewer than two accounts may do that"), "{said}");
    assert!(said.contains("accounts are made without a second person") && said.contains("add \"users\" to second-person"), "{said}");
    let bob = NewUser { grants: Grants::everywhere(Role::Administrator), ..new("bob", "calculating engine") };
    deck.client.create_user(&bob).await.unwrap();
    let said = certdeck(&deck, &["doctor"]).out;
    assert!(!said.contains("fewer than two accounts") && said.contains("accounts are made without"), "{said}");
    std::fs::write(deck.room.path().join("certdeck.toml"), "second-person = [\"trust\", \"users\"]\n").unwrap();
    let said = certdeck(&deck, &["doctor"]).out;
    assert!(said.contains("good    second person: asked for trust, users"), "{said}");
}
