//! Files with private keys in the page: what is inside is seen before anything is written.

use support::browser::Browser;
use support::certificates::Authority;
use support::deck::Deck;
use support::run;

#[tokio::test(flavor = "multi_thread")]
async fn a_pkcs12_file_shows_what_is_inside_before_it_comes_in() {
    let deck = Deck::new().await;
    let room = deck.room.path();
    let at = |name: &str| room.join(name).display().to_string();
    let authority = Authority::new("Page CA");
    let request = run::openssl(&["req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", &at("key"), "-subj", "/CN=page.example"], b"");
    std::fs::write(at("leaf"), authority.sign(&String::from_utf8(request).unwrap())).unwrap();
    std::fs::write(at("chain"), support::certificates::to_pem(&authority.certificate)).unwrap();
    let file = at("page.p12");
    let arguments = ["pkcs12", "-export", "-in", &at("leaf"), "-inkey", &at("key"), "-certfile", &at("chain"), "-name", "page"];
    run::openssl(&[&arguments[..], &["-passout", "pass:a file", "-out", &file]].concat(), b"");

    let page = Browser::start(1280, 800).await;
    page.sign_in(&deck.console).await;
    page.open(&format!("{}/databases/{}/import", deck.console.origin, deck.id)).await;
    page.sees("Or paste").await;
    page.choose_file("#import-file", &file).await;
    page.sees("A PKCS#12 file").await;
    page.click("Look inside").await;
    page.sees("protected by a password").await;
    page.fill("Password of the file", "wrong").await;
    page.click("Look inside").await;
    page.sees("password of the file is wrong").await;
    page.fill("Password of the file", "a file").await;
    page.click("Look inside").await;
    page.sees("RSA 2048").await;
    assert!(deck.database.listing().is_empty(), "nothing is written before it was seen");
    page.click("Import keys and certificates").await;
    page.sees("1 key, 2 certificates imported").await;
    assert_eq!(deck.database.trust()["page"], "u,u,u");
    page.is_quiet(&["401", "422"]).await;
}
