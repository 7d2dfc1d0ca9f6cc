//! Getting in: by keyboard alone, not with a wrong password, and back to where one was.

use support::browser::Browser;
use support::console::{PASSWORD, USER_NAME};
use support::deck::empty;
use thirtyfour::{By, Key};

#[tokio::test(flavor = "multi_thread")]
async fn one_signs_in_by_keyboard_alone_and_comes_back_to_the_place_asked_for() {
    let (_room, console, _client) = empty().await;
    let page = Browser::start(1280, 800).await;
    page.open(&format!("{}/settings", console.origin)).await;
    page.sees("Sign in").await;
    page.value::<bool>("the focus in the first field", "return document.activeElement?.id === 'user-name' ? true : null").await;
    let type_on = async |keys: String| page.driver.active_element().await.unwrap().send_keys(keys).await.unwrap();
    type_on(format!("{USER_NAME}{}wrong password{}", char::from(Key::Tab), char::from(Key::Enter))).await;
    page.sees("The user name or the password is wrong").await;
    let field = page.find("#password").await;
    field.clear().await.unwrap();
    field.send_keys(format!("{PASSWORD}{}", char::from(Key::Enter))).await.unwrap();
    page.arrives("/settings").await;
    page.sees("API tokens").await;
    page.is_quiet(&["401"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_signed_in_sees_nothing_but_the_gate() {
    let (_room, console, _client) = empty().await;
    let page = Browser::start(1280, 800).await;
    for path in ["/", "/databases", "/activity", "/settings", "/databases/x/certificates"] {
        page.open(&format!("{}{path}", console.origin)).await;
        page.field("User name").await;
        assert!(page.driver.find_all(By::Css("nav.rail")).await.unwrap().is_empty(), "{path} shows its rail");
    }
}
