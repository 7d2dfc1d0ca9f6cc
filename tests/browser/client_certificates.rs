//! Signing in by a certificate that the browser holds.

use support::browser::Browser;
use support::console::{Console, Options, USER_NAME};
use support::staff::{Authority, BY_UID};

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_in_the_browser_signs_in_whom_it_names() {
    let room = tempfile::tempdir().unwrap();
    let authority = Authority::new(room.path());
    let (ada, eve) = (authority.issue("ada", &format!("/UID={USER_NAME}/CN=Ada")), authority.issue("eve", "/UID=eve/CN=Eve"));
    let console = Console::start(&Options::with_settings(room.path(), &authority.settings(BY_UID)));
    let client = console.set_up().await;

    let page = Browser::with_certificate(&ada, 1280, 900).await;
    page.open(&format!("{}/sign-in", console.origin)).await;
    page.control("Sign in with a certificate").await;
    page.pictures("certificate-at-the-gate").await;
    page.click("Sign in with a certificate").await;
    page.sees("Where to begin").await;
    page.is_quiet(&["401"]).await;
    let sessions = client.open_sessions().await.unwrap();
    assert!(sessions.iter().any(|session| session.user_agent.as_ref().is_some_and(|agent| agent.contains("Chrome"))), "{sessions:?}");

    // Known to the CA, and to nobody here.
    let page = Browser::with_certificate(&eve, 1280, 900).await;
    page.open(&format!("{}/sign-in", console.origin)).await;
    page.click("Sign in with a certificate").await;
    page.sees("the account \"eve\", and there is none of this name").await;
    page.is_quiet(&["401"]).await;
}
