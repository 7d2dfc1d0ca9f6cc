//! Files with private keys in the page: what is inside is seen before anything is written, and a key leaves for the password only.

use support::browser::Browser;
use support::certificates::Authority;
use support::database::PASSWORD;
use support::deck::Deck;
use support::run;
use thirtyfour::{By, Key};

#[tokio::test(flavor = "multi_thread")]
async fn a_pkcs12_file_comes_in_and_its_key_leaves_for_the_password() {
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
    page.driver.find(By::Css("#import-file")).await.unwrap().send_keys(&file).await.unwrap();
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

    let fingerprint = deck.named("page").await.fingerprint_sha256;
    page.open(&format!("{}/databases/{}/certificates/{fingerprint}", deck.console.origin, deck.id)).await;
    page.sees("Page CA").await;
    page.driver.find(By::Css("body")).await.unwrap().send_keys("x").await.unwrap();
    page.fill("Password of the database", "wrong").await;
    page.fill("Password for the file", "a file of 5 words").await;
    page.click("Export").await;
    page.sees("The password of the database is wrong").await;
    // What the browser saves is looked at here: the bytes of the download, as base64.
    let keep = "window.kept = null; const make = URL.createObjectURL; URL.createObjectURL = blob => { const reader = new FileReader();
        reader.onload = () => { window.kept = reader.result.split(',')[1]; }; reader.readAsDataURL(blob); return make(blob); };";
    page.driver.execute(keep, Vec::new()).await.unwrap();
    page.fill("Password of the database", format!("{PASSWORD}{}", Key::Enter.value())).await;
    let saved: String = page.value("the download", "return window.kept").await;
    let saved = <base64::engine::GeneralPurpose as base64::Engine>::decode(&base64::engine::general_purpose::STANDARD, saved).unwrap();
    std::fs::write(at("left.p12"), saved).unwrap();
    let shown = run::openssl(&["pkcs12", "-in", &at("left.p12"), "-passin", "pass:a file of 5 words", "-nodes"], b"");
    let public = |pem: &[u8]| run::openssl(&["pkey", "-pubout"], pem);
    assert_eq!(public(&shown), public(&std::fs::read(at("key")).unwrap()));
}
