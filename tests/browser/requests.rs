//! Requests by page: a key of the browser from the form to the PKCS#12 file, weak choices, a subject as text for a key that is there.

use base64::Engine as _;
use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use certdeck_shared::api::request::RequestKeyPlace;
use support::browser::Browser;
use support::certificates::Authority;
use support::database::Database;
use support::deck::Deck;
use support::run::{self, openssl};

async fn new_request(deck: &Deck, width: u32, height: u32) -> Browser {
    let page = Browser::start(width, height).await;
    page.sign_in(&deck.console).await;
    page.open(&format!("{}/databases/{}/requests/new", deck.console.origin, deck.id)).await;
    page.find("#request-names").await;
    page
}

/// Pictures for people, when asked for: `CERTDECK_PICTURES=DIRECTORY cargo test … requests`.
async fn picture(page: &Browser, name: &str) {
    if let Ok(directory) = std::env::var("CERTDECK_PICTURES") {
        page.picture(&std::path::Path::new(&directory).join(name)).await;
    }
}

/// Before signing in the page asks who one is; the stream of events ends with a page; and Chromium advises on forms with passwords.
const EXPECTED: &[&str] = &["/api/v1/session", "/api/v1/events", "Password forms"];

/// Keeps a copy of the next file that the page hands out.
const CATCH: &str = "
const make = URL.createObjectURL;
window.caught = null;
URL.createObjectURL = blob => {
  blob.arrayBuffer().then(bytes => { window.caught = btoa(String.fromCharCode(...new Uint8Array(bytes))); });
  return make.call(URL, blob);
};";

async fn pem(page: &Browser) -> String {
    page.value("the request to send", "return document.querySelector('#request-pem')?.innerText ?? null").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_the_browser_leaves_it_only_encrypted_and_with_its_certificate() {
    let deck = Deck::new().await;
    let page = new_request(&deck, 1440, 1000).await;
    page.click("This browser").await;
    page.fill("One per line", "browser.example.org\nwww.browser.example.org").await;
    page.sees("This browser makes EC P-256 keys").await;
    picture(&page, "request-browser.png").await;
    page.click("Make key and request").await;
    let pem = pem(&page).await;
    openssl(&["req", "-verify", "-noout"], pem.as_bytes());
    let request = deck.client.requests(&deck.id).await.unwrap().remove(0);
    assert_eq!((request.key_place, request.nickname.as_str()), (RequestKeyPlace::Browser, "browser.example.org"));
    assert!(deck.database.keys().is_empty(), "the key is not in the database");

    let authority = Authority::new("Browser's CA");
    let answer = format!("{}{}", authority.sign(&pem), support::certificates::to_pem(&authority.certificate));
    page.find("#reply").await.send_keys(answer).await.unwrap();
    page.sees("What will happen").await;
    page.sees("The key is in the browser").await;
    picture(&page, "answer-plan.png").await;
    page.click("Keep with the request").await;
    page.sees("Kept").await;
    page.sees("Key in this browser").await;
    page.fill("Password of the file", "a quiet harbour 7").await;
    page.driver.execute(CATCH, Vec::new()).await.unwrap();
    page.click("Save as PKCS#12").await;
    let saved: String = page.value("the file", "return window.caught").await;
    picture(&page, "answer-kept.png").await;
    page.is_quiet(EXPECTED).await;

    let file = deck.room.path().join("saved.p12");
    std::fs::write(&file, base64::engine::general_purpose::STANDARD.decode(saved).unwrap()).unwrap();
    let (word, database) = (deck.room.path().join("word"), Database::made_by_certutil());
    std::fs::write(&word, "a quiet harbour 7").unwrap();
    let directory = format!("sql:{}", database.path());
    let secret = database.password_file().to_str().unwrap().to_owned();
    run::must("pk12util", &["-i", file.to_str().unwrap(), "-w", word.to_str().unwrap(), "-d", &directory, "-k", &secret]);
    assert_eq!(database.trust()["browser.example.org"], "u,u,u");
    assert!(database.certutil(&["-V", "-n", "browser.example.org", "-u", "V"]).out.contains("invalid"), "its CA is not trusted there");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_weak_needs_a_tick() {
    let deck = Deck::new().await;
    let page = new_request(&deck, 1440, 1000).await;
    page.fill("Common name (CN)", "nameless.example.org").await;
    page.sees("Weak choices").await;
    page.sees("no-alternative-names").await;
    let disabled = "const button = document.querySelector('button[type=submit].primary'); return button && button.disabled ? true : null";
    page.value::<bool>("a button that waits for the tick", disabled).await;
    picture(&page, "request-weak.png").await;
    page.click("Make it nevertheless").await;
    page.click("Make key and request").await;
    openssl(&["req", "-verify", "-noout"], pem(&page).await.as_bytes());
    page.sees("Weak, accepted").await;
    page.is_quiet(EXPECTED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_orphan_key_gets_a_request_with_a_subject_as_text() {
    let deck = Deck::new().await;
    let key =
        deck.client.create_key(&deck.id, &NewKey { algorithm: KeyAlgorithm::EcP384, label: Some("left over".to_owned()) }).await.unwrap();
    let page = new_request(&deck, 500, 1700).await;
    page.click("Key that is here").await;
    page.find(&format!("#request-existing option[value='{}']", key.id)).await.click().await.unwrap();
    page.click("Text").await;
    page.fill("Attributes in any order", "CN=hostname.sesta.com\nOU=hostname/ SSL Web Server\nO=Sesta\nOU=Comms\nC=US").await;
    page.fill("One per line", "hostname.sesta.com").await;
    picture(&page, "request-narrow.png").await;
    page.click("Make the request").await;
    let pem = pem(&page).await;
    let subject = openssl(&["req", "-verify", "-noout", "-subject", "-nameopt", "RFC2253"], pem.as_bytes());
    let subject = String::from_utf8(subject).unwrap();
    assert!(subject.contains("CN=hostname.sesta.com,OU=hostname/ SSL Web Server,O=Sesta,OU=Comms,C=US"), "{subject}");
    assert_eq!(deck.client.requests(&deck.id).await.unwrap()[0].key_id, key.id);

    page.click("Note, CA, nickname").await;
    page.fill("CA it went to", "Verisign").await;
    page.click("Save").await;
    page.sees("Sent to Verisign").await;
    page.click("NEW").await;
    page.sees("BEGIN NEW CERTIFICATE REQUEST").await;
    page.is_quiet(EXPECTED).await;
}
