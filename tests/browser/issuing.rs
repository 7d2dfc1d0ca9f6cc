//! Certificates made, renewed and revoked in the page; certutil is asked after each step.

use support::browser::Browser;
use support::deck::Deck;
use support::run::openssl;

/// Pictures for whoever looks after the page, where `CERTDECK_PICTURES` names a directory.
async fn picture(page: &Browser, name: &str) {
    if let Some(directory) = std::env::var_os("CERTDECK_PICTURES") {
        page.picture(&std::path::Path::new(&directory).join(name)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ca_is_made_issues_is_renewed_and_revokes() {
    let deck = Deck::new().await;
    let page = Browser::start(1280, 900).await;
    page.sign_in(&deck.console).await;
    let place = |path: &str| format!("{}/databases/{}/{path}", deck.console.origin, deck.id);

    page.open(&place("make")).await;
    page.click("Root CA").await;
    page.fill("Subject", "CN=Page root,O=Example").await;
    page.fill("Nickname", "root").await;
    page.click("Make the certificate").await;
    page.sees("The certificate is made and in the database").await;
    assert_eq!(deck.database.trust()["root"], "Cu,Cu,Cu");

    page.open(&place("make")).await;
    page.click("From a CA here").await;
    page.sees("root ·").await;
    page.fill("Subject", "CN=page.example.org").await;
    page.click("Make the certificate").await;
    page.sees("The certificate is made and in the database").await;
    let valid = deck.database.certutil(&["-V", "-n", "page.example.org", "-u", "V"]);
    assert!(valid.out.contains("certificate is valid"), "{}{}", valid.out, valid.err);

    let key = deck.room.path().join("asker.key");
    let arguments = ["req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", key.to_str().unwrap(), "-subj", "/CN=asker.example.org"];
    let request = openssl(&[&arguments[..], &["-addext", "basicConstraints=CA:TRUE"]].concat(), b"");
    page.open(&place("make")).await;
    page.click("Sign a request").await;
    page.fill("Request: PEM, with any text around it", String::from_utf8(request).unwrap()).await;
    page.sees("a certificate authority → no certificate authority").await;
    picture(&page, "make-request.png").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.click("Make the certificate").await;
    page.sees("hand it out").await;

    let leaf = deck.named("page.example.org").await;
    page.open(&place(&format!("certificates/{}/renewal", leaf.fingerprint_sha256))).await;
    page.sees("whose key is in this database").await;
    page.click("New key").await;
    page.click("Make the successor").await;
    page.sees("Open the successor").await;
    picture(&page, "renewal.png").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    assert_eq!(deck.database.keys().len(), 3, "root, old and new key");

    let root = deck.named("root").await;
    page.open(&place(&format!("certificates/{}/revocation", root.fingerprint_sha256))).await;
    page.sees("No revocation list yet").await;
    let serial = certdeck_shared::x509::parse::certificate(&leaf.der.0).unwrap().serial_number;
    page.fill("Serial number", format!("0x{serial}")).await;
    page.click_at("aside button[type=submit]").await;
    page.sees("Next due").await;
    picture(&page, "revocation.png").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    let list = deck.client.revocation_list(&deck.id, &root.fingerprint_sha256).await.unwrap();
    assert_eq!(list.revoked[0].serial_number, serial);
    page.is_quiet(&["401", "404"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_nothing_belongs_to_gets_a_request() {
    let deck = Deck::new().await;
    let new =
        certdeck_shared::api::key::NewKey { algorithm: certdeck_shared::api::key::KeyAlgorithm::EcP256, label: Some("lonely".into()) };
    let key = deck.client.create_key(&deck.id, &new).await.unwrap();
    let page = Browser::start(1280, 900).await;
    page.sign_in(&deck.console).await;
    page.open(&format!("{}/databases/{}/keys", deck.console.origin, deck.id)).await;
    page.sees("1 orphan").await;
    page.click("New request from key lonely").await;
    page.fill("Subject of the new request", "CN=adopted.example.org,O=Example").await;
    page.click_at("form.ask button[type=submit]").await;
    page.until_true("the request", async || deck.client.requests(&deck.id).await.unwrap().len() == 1).await;
    let request = deck.client.requests(&deck.id).await.unwrap().remove(0);
    assert_eq!((request.key_id.as_str(), request.nickname.as_str()), (key.id.as_str(), "adopted.example.org"));
    openssl(&["req", "-verify", "-noout"], request.pem.as_bytes());
    page.is_quiet(&["401"]).await;
}
