//! First run, sessions, users, API tokens, the audit log.

use certdeck_shared::api::account::{NewApiToken, NewUser, Setup, SignIn, UserChange};
use certdeck_shared::api::client::{AuditQuery, Client};
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::role::{Grants, Role};
use support::console::{Console, Options, PASSWORD, USER_NAME};
use support::deck::{Deck, create, empty, refusal};
use support::run;
use support::transport::Native;

fn sign_in(user_name: &str, password: &str) -> SignIn {
    SignIn { user_name: user_name.to_owned(), password: password.to_owned(), ..SignIn::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_account_is_made_once_and_only_with_the_printed_token() {
    let room = tempfile::tempdir().unwrap();
    let mut console = Console::start(&Options::new(room.path().join("data")));
    let client = Client::new(Native::new(&console.origin));
    assert!(client.setup_status().await.unwrap().required);
    assert_eq!(refusal(client.session().await), ProblemCode::NotSignedIn);
    assert_eq!(refusal(client.databases().await), ProblemCode::NotSignedIn);

    let setup =
        |token: &str, password: &str| Setup { token: token.to_owned(), user_name: USER_NAME.to_owned(), password: password.to_owned() };
    assert_eq!(refusal(client.setup(&setup("guess", PASSWORD)).await.map(drop)), ProblemCode::SetupTokenIncorrect);
    let weak = refusal(client.setup(&setup(console.setup_token(), "short")).await.map(drop));
    assert!(matches!(weak, ProblemCode::PasswordWeak | ProblemCode::InvalidInput), "{weak:?}");

    let signed_in = console.set_up().await;
    assert_eq!(signed_in.session().await.unwrap().grants, Grants::everywhere(Role::Administrator));
    assert!(!client.setup_status().await.unwrap().required);
    let again = refusal(client.setup(&setup(console.setup_token(), PASSWORD)).await.map(drop));
    assert!(matches!(again, ProblemCode::SetupDone | ProblemCode::SetupTokenIncorrect), "{again:?}");

    assert!(console.stop(), "SIGTERM ends it cleanly");
    let console = Console::start(&Options::new(room.path().join("data")));
    assert_eq!(console.setup_link, None, "the setup link is for the first run");
    assert_eq!(console.sign_in().await.session().await.unwrap().user_name, USER_NAME);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_fingerprint_is_the_one_openssl_sees() {
    let (_room, console, client) = empty().await;
    let address = console.origin.trim_start_matches("https://");
    let said = run::ask("openssl", &["s_client", "-connect", address, "-showcerts"]);
    let served = run::openssl(&["x509", "-noout", "-fingerprint", "-sha256"], said.out.as_bytes());
    let served = String::from_utf8(served).unwrap().split_once('=').unwrap().1.trim().replace(':', "").to_lowercase();
    let printed = console.printed.iter().find_map(|line| line.strip_prefix("certificate sha256: ")).unwrap();
    assert_eq!(printed.replace(':', "").to_lowercase(), served);
    assert_eq!(client.setup_status().await.unwrap().console_fingerprint_sha256.as_deref(), Some(served.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_it_is_told_to() {
    let (_room, console, client) = empty().await;
    let elsewhere = console.sign_in().await;
    client.sign_out().await.unwrap();
    assert_eq!(refusal(client.session().await), ProblemCode::NotSignedIn);
    assert_eq!(elsewhere.session().await.unwrap().user_name, USER_NAME, "another browser's session goes on");
    let third = console.sign_in().await;
    elsewhere.sign_out_everywhere().await.unwrap();
    assert_eq!(refusal(third.session().await), ProblemCode::NotSignedIn);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_are_slowed_down() {
    let (_room, console, _client) = empty().await;
    let client = Client::new(Native::new(&console.origin));
    let mut codes = Vec::new();
    for _ in 0..12 {
        codes.push(refusal(client.sign_in(&sign_in(USER_NAME, "not the password")).await));
    }
    assert_eq!(codes[0], ProblemCode::CredentialsIncorrect);
    assert_eq!(codes[11], ProblemCode::TooManyAttempts, "{codes:?}");
    assert!(codes.iter().all(|code| matches!(code, ProblemCode::CredentialsIncorrect | ProblemCode::TooManyAttempts)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_looks_and_does_not_touch() {
    let deck = Deck::new().await;
    let reader =
        NewUser { user_name: "grace".to_owned(), password: "first compiler, 1952".to_owned(), grants: Grants::everywhere(Role::Viewer) };
    deck.client.create_user(&reader).await.unwrap();
    assert_eq!(refusal(deck.client.create_user(&reader).await), ProblemCode::AlreadyExists);
    assert_eq!(deck.client.users().await.unwrap().len(), 2);

    let client = Client::new(Native::new(&deck.console.origin));
    client.sign_in(&sign_in("grace", &reader.password)).await.unwrap();
    assert_eq!(client.certificates(&deck.id).await.unwrap().certificates.len(), 0);
    assert_eq!(
        refusal(client.import(&deck.id, &certdeck_shared::api::import::Import::default(), false).await),
        ProblemCode::ScopeInsufficient
    );
    assert_eq!(refusal(client.users().await), ProblemCode::ScopeInsufficient);
    assert_eq!(refusal(client.add_database(&create(&deck.room.path().join("other"))).await), ProblemCode::ScopeInsufficient);

    let promoted = UserChange { grants: Some(Grants::everywhere(Role::Operator)), ..UserChange::default() };
    assert_eq!(deck.client.change_user("grace", &promoted).await.unwrap().grants, Grants::everywhere(Role::Operator));
    let demoted = UserChange { grants: Some(Grants::everywhere(Role::Viewer)), ..UserChange::default() };
    assert_eq!(refusal(deck.client.change_user(USER_NAME, &demoted).await), ProblemCode::LastAdministrator);
    assert_eq!(refusal(deck.client.delete_user(USER_NAME).await), ProblemCode::LastAdministrator);
    deck.client.delete_user("grace").await.unwrap();
    assert_eq!(refusal(client.session().await), ProblemCode::NotSignedIn, "the sessions of a deleted account end");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_token_opens_what_its_scope_allows_until_it_is_deleted() {
    let deck = Deck::new().await;
    let new = NewApiToken {
        label: "nightly report".to_owned(),
        grants: Grants::everywhere(Role::Viewer),
        expires_in_days: Some(30),
        unattended: false,
    };
    let created = deck.client.create_api_token(&new).await.unwrap();
    let script = Client::new(Native::with_token(&deck.console.origin, &created.secret));
    assert_eq!(script.session().await.unwrap().grants, Grants::everywhere(Role::Viewer));
    assert_eq!(script.databases().await.unwrap().len(), deck.client.databases().await.unwrap().len());
    assert_eq!(refusal(script.create_api_token(&new).await.map(drop)), ProblemCode::ScopeInsufficient);
    let listed = deck.client.api_tokens().await.unwrap();
    assert!(listed.iter().any(|token| token.id == created.token.id && token.last_used_at.is_some()));
    deck.client.delete_api_token(&created.token.id).await.unwrap();
    assert_eq!(refusal(script.databases().await), ProblemCode::NotSignedIn);
    let wrong = Client::new(Native::with_token(&deck.console.origin, "not a token"));
    assert_eq!(refusal(wrong.databases().await), ProblemCode::NotSignedIn);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_in_the_audit_log_and_no_secret_is() {
    let deck = Deck::new().await;
    deck.import(vec![support::deck::unnamed(support::certificates::Authority::new("Audited").certificate)]).await;
    let page = deck.client.audit(&AuditQuery::default()).await.unwrap();
    let text = serde_json::to_string(&page).unwrap();
    for secret in [PASSWORD, support::database::PASSWORD, deck.console.setup_token()] {
        assert!(!text.contains(secret), "a secret is in the audit log");
        assert!(!deck.console.log().contains(secret), "a secret is in the log");
    }
    let actions: Vec<_> = page.entries.iter().map(|entry| entry.action.as_str()).collect();
    for action in ["database.create", "certificate.import"] {
        assert!(actions.contains(&action), "{action} is not among {actions:?}");
    }
    assert!(page.entries.iter().any(|entry| entry.actor == USER_NAME));
    let query = AuditQuery { database: Some(deck.id.clone()), limit: Some(1), ..AuditQuery::default() };
    let first = deck.client.audit(&query).await.unwrap();
    assert_eq!(first.entries.len(), 1);
    let next = AuditQuery { before: first.next_before, ..query };
    assert!(deck.client.audit(&next).await.unwrap().entries[0].id < first.entries[0].id);
}
