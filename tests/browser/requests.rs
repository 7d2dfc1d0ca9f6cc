//! Requests by page: a key of the browser from the form to the PKCS#12 file, weak choices, a subject as text for a key that is there.

use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use certdeck_shared::api::request::{NewRequest, Reply, RequestKeyPlace, Tracking};
use support::browser::Browser;
use support::certificates::Authority;
use support::database::Database;
use support::deck::Deck;
use support::run::{self, openssl};
use thirtyfour::Key;

use crate::steps::pem_of_request;

async fn new_request(deck: &Deck, width: u32, height: u32) -> Browser {
    let page = Browser::start(width, height).await;
    page.sign_in(&deck.console).await;
    page.open(&format!("{}/databases/{}/requests/new", deck.console.origin, deck.id)).await;
    page.find("#request-names").await;
    page
}

/// Before signing in the page asks who one is; the stream of events ends with a page; and Chromium advises on forms with passwords.
const EXPECTED: &[&str] = &["/api/v1/session", "/api/v1/events", "Password forms"];

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_the_browser_leaves_it_only_encrypted_and_with_its_certificate() {
    let deck = Deck::new().await;
    let page = new_request(&deck, 1440, 1000).await;
    page.click("This browser").await;
    page.fill("One per line", "browser.example.org\nwww.browser.example.org").await;
    page.sees("This browser makes EC P-256 keys").await;
    page.pictures("request-browser").await;
    page.click("Make key and request").await;
    let pem = pem_of_request(&page).await;
    openssl(&["req", "-verify", "-noout"], pem.as_bytes());
    let request = deck.client.requests(&deck.id).await.unwrap().remove(0);
    assert_eq!((request.key_place, request.nickname.as_str()), (RequestKeyPlace::Browser, "browser.example.org"));
    assert!(deck.database.keys().is_empty(), "the key is not in the database");

    let authority = Authority::new("Browser's CA");
    let answer = format!("{}{}", authority.sign(&pem), support::certificates::to_pem(&authority.certificate));
    page.find("#reply").await.send_keys(answer).await.unwrap();
    page.sees("What will happen").await;
    page.sees("The key is in the browser").await;
    page.pictures("answer-plan").await;
    page.click("Keep with the request").await;
    page.sees("Kept").await;
    page.sees("Key in this browser").await;
    page.fill("Password of the file", "a quiet harbour 7").await;
    page.catch_file().await;
    page.click("Save as PKCS#12").await;
    let saved = page.caught_file().await;
    page.pictures("answer-kept").await;
    page.is_quiet(EXPECTED).await;

    let file = deck.room.path().join("saved.p12");
    std::fs::write(&file, saved).unwrap();
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
    page.pictures("request-weak").await;
    page.click("Make it nevertheless").await;
    page.click("Make key and request").await;
    openssl(&["req", "-verify", "-noout"], pem_of_request(&page).await.as_bytes());
    page.sees("Weak, accepted").await;
    page.is_quiet(EXPECTED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_orphan_key_gets_a_request_with_a_subject_as_text_and_a_note() {
    let deck = Deck::new().await;
    let key =
        deck.client.create_key(&deck.id, &NewKey { algorithm: KeyAlgorithm::EcP384, label: Some("left over".to_owned()) }).await.unwrap();
    let page = new_request(&deck, 500, 1700).await;
    page.click("Key that is here").await;
    page.find(&format!("#request-existing option[value='{}']", key.id)).await.click().await.unwrap();
    page.fill("As RFC 4514 writes it", "CN=hostname.sesta.com,OU=hostname/ SSL Web Server,O=Sesta,OU=Comms,C=US").await;
    page.fill("One per line", "hostname.sesta.com").await;
    page.pictures("request-narrow").await;
    page.click("Make the request").await;
    let pem = pem_of_request(&page).await;
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

/// What a field of this label holds.
async fn held(page: &Browser, label: &str) -> String {
    page.field(label).await.prop("value").await.unwrap().unwrap_or_default()
}

/// Presses Alt and an arrow where the focus is.
async fn alt(page: &Browser, arrow: Key) {
    page.driver.active_element().await.unwrap().send_keys(Key::Alt + arrow).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_and_texts_of_a_subject_are_one() {
    let deck = Deck::new().await;
    let page = new_request(&deck, 1440, 1000).await;
    page.fill("One per line", "mail.sesta.com").await;
    page.fill("Organization (O)", "Sesta, Inc.").await;
    page.fill("Country (C)", "us").await;
    let texts = async |rfc4514: &str, openssl: &str| {
        page.until_true(&format!("the texts {rfc4514} and {openssl}"), async || {
            held(&page, "As RFC 4514 writes it").await == rfc4514 && held(&page, "As OpenSSL writes it").await == openssl
        })
        .await;
    };
    // The first name is the common name; values are quoted as each text wants it.
    texts("CN=mail.sesta.com,O=Sesta\\, Inc.,C=US", "/C=US/O=Sesta, Inc./CN=mail.sesta.com").await;

    // By key: the country goes up past what is empty and what is not; the focus stays with it.
    page.field("Country (C)").await.click().await.unwrap();
    for _ in 0..4 {
        alt(&page, Key::Up).await;
    }
    texts("CN=mail.sesta.com,C=US,O=Sesta\\, Inc.", "/O=Sesta, Inc./C=US/CN=mail.sesta.com").await;
    alt(&page, Key::Up).await;
    texts("C=US,CN=mail.sesta.com,O=Sesta\\, Inc.", "/O=Sesta, Inc./CN=mail.sesta.com/C=US").await;
    // By button, back again.
    page.click("Move down: Country (C)").await;
    texts("CN=mail.sesta.com,C=US,O=Sesta\\, Inc.", "/O=Sesta, Inc./C=US/CN=mail.sesta.com").await;

    // A text is typed, attributes twice, one with an identifier only: the rows and the other text follow.
    page.fill("As OpenSSL writes it", "/C=US/O=Sesta/OU=Comms/OU=hostname\\/ SSL Web Server/1.2.3.4=x/CN=hostname.sesta.com").await;
    texts(
        "CN=hostname.sesta.com,1.2.3.4=x,OU=hostname/ SSL Web Server,OU=Comms,O=Sesta,C=US",
        "/C=US/O=Sesta/OU=Comms/OU=hostname\\/ SSL Web Server/1.2.3.4=x/CN=hostname.sesta.com",
    )
    .await;
    assert_eq!(held(&page, "Organizational unit (OU)").await, "hostname/ SSL Web Server");
    assert_eq!(held(&page, "1.2.3.4").await, "x");
    page.click("Remove: 1.2.3.4").await;
    page.click("Add an attribute").await;
    page.until_true("a row with the focus", async || {
        let focused = page.driver.active_element().await.unwrap();
        focused.id().await.unwrap().is_some_and(|id| id.starts_with("subject-attribute-"))
    })
    .await;
    page.pictures("request-subject").await;

    // What is no name says so and stays as it was typed; the rows stay as they last were a name.
    page.fill("As RFC 4514 writes it", "CN=hostname.sesta.com,XY=1").await;
    page.sees("“XY” is no attribute of a name").await;
    assert_eq!(held(&page, "Common name (CN)").await, "hostname.sesta.com");
    page.fill("As RFC 4514 writes it", "CN=hostname.sesta.com,OU=hostname/ SSL Web Server,OU=Comms,O=Sesta,C=US").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.click("Make key and request").await;
    let subject = openssl(&["req", "-verify", "-noout", "-subject", "-nameopt", "RFC2253"], pem_of_request(&page).await.as_bytes());
    let subject = String::from_utf8(subject).unwrap();
    assert!(subject.contains("CN=hostname.sesta.com,OU=hostname/ SSL Web Server,OU=Comms,O=Sesta,C=US"), "{subject}");
    page.is_quiet(EXPECTED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_finds_a_key_that_no_request_is_known_for() {
    let deck = Deck::new().await;
    let authority = Authority::new("Untold CA");
    let noise = deck.room.path().join("noise");
    std::fs::write(&noise, [42; 2048]).unwrap();
    let arguments = ["-R", "-s", "CN=untold.example", "-k", "ec", "-q", "nistp256", "-a", "-z", noise.to_str().unwrap()];
    let request = deck.database.certutil_must(&arguments);
    let page = Browser::start(1440, 1000).await;
    page.sign_in(&deck.console).await;
    page.open(&format!("{}/databases/{}/requests", deck.console.origin, deck.id)).await;
    page.click("Paste an answer").await;
    let answer = format!("Dear customer,\n{}{}", authority.sign(&request), support::certificates::to_pem(&authority.certificate));
    page.find("#reply").await.send_keys(answer).await.unwrap();
    page.sees("No request for it is kept here").await;
    page.sees("It is installed as untold.example").await;
    page.fill("Nickname", "untold").await;
    page.pictures("answer-untold").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.click_at("details form button[type=submit]").await;
    page.sees("with its private key here").await;
    assert_eq!(deck.database.trust()["untold"], "u,u,u");
    page.is_quiet(EXPECTED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_database_makes_no_key_for_the_browser_does() {
    let deck = Deck::new().await;
    let page = new_request(&deck, 1440, 1000).await;
    page.fill("One per line", "ed.example.org").await;
    page.find("#request-key option[value='ed25519']").await.click().await.unwrap();
    page.sees("makes no Ed25519 keys. Keep the key outside the database").await;
    page.pictures("request-ed25519-not-here").await;
    page.click("This browser").await;
    page.find("#request-key option[value='ed25519']").await.click().await.unwrap();
    page.sees("This browser makes Ed25519 keys").await;
    page.pictures("request-ed25519").await;
    page.click("Make key and request").await;
    let pem = pem_of_request(&page).await;
    let public = openssl(&["req", "-verify", "-noout", "-pubkey"], pem.as_bytes());
    let request = deck.client.requests(&deck.id).await.unwrap().remove(0);
    let reply = Reply { content: Authority::new("CA of the browser").sign(&pem), ..Reply::default() };
    deck.client.reply(&deck.id, &request.id, &reply).await.unwrap();
    page.open(&format!("{}/databases/{}/requests/{}", deck.console.origin, deck.id, request.id)).await;
    page.fill("Password of the file", "a quiet harbour 7").await;
    page.catch_file().await;
    page.click("Save as PKCS#12").await;
    let saved = page.caught_file().await;
    let file = deck.room.path().join("saved.p12");
    std::fs::write(&file, saved).unwrap();
    let text = openssl(&["pkcs12", "-in", file.to_str().unwrap(), "-passin", "pass:a quiet harbour 7", "-nodes"], b"");
    assert_eq!(openssl(&["pkey", "-pubout"], &text), public, "the key of the request, and of the certificate");
    assert_eq!(openssl(&["x509", "-pubkey", "-noout"], &text), public);
    page.is_quiet(EXPECTED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_a_file_is_joined_with_the_answer() {
    let deck = Deck::new().await;
    let key = deck.room.path().join("outside.key").display().to_string();
    let arguments = ["req", "-new", "-newkey", "ed25519", "-nodes", "-keyout", &key, "-subj", "/CN=outside.example"];
    let content = openssl(&[&arguments[..], &["-addext", "subjectAltName=DNS:outside.example"]].concat(), b"");
    let content = String::from_utf8(content).unwrap();
    let reply = Reply { content: Authority::new("CA outside").sign(&content), ..Reply::default() };
    let new = NewRequest::Ready { content, key_place: None, tracking: Tracking::named("outside") };
    let request = deck.client.create_request(&deck.id, &new).await.unwrap();
    deck.client.reply(&deck.id, &request.id, &reply).await.unwrap();
    let page = Browser::start(500, 1500).await;
    page.sign_in(&deck.console).await;
    page.open(&format!("{}/databases/{}/requests/{}", deck.console.origin, deck.id, request.id)).await;
    page.sees("Key outside the database").await;
    page.find("#outside-file").await.send_keys(&key).await.unwrap();
    page.fill("Password of the new file", "a quiet harbour 7").await;
    page.pictures("request-outside").await;
    page.catch_file().await;
    page.click("Save as PKCS#12").await;
    let saved = page.caught_file().await;
    let file = deck.room.path().join("joined.p12");
    std::fs::write(&file, saved).unwrap();
    let text = openssl(&["pkcs12", "-in", file.to_str().unwrap(), "-passin", "pass:a quiet harbour 7", "-nodes"], b"");
    assert_eq!(openssl(&["pkey", "-pubout"], &text), openssl(&["pkey", "-in", &key, "-pubout"], b""));
    page.is_quiet(EXPECTED).await;
}
