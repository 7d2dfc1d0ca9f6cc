//! Certificates made, renewed and revoked in the page; certutil is asked after each step.

use support::browser::Browser;
use support::deck::Deck;
use support::run::openssl;

#[tokio::test(flavor = "multi_thread")]
async fn a_ca_is_made_issues_is_renewed_and_revokes() {
    let deck = Deck::new().await;
    let page = Browser::start(1280, 900).await;
    page.sign_in(&deck.console).await;
    let place = |path: &str| format!("{}/databases/{}/{path}", deck.console.origin, deck.id);

    page.open(&place("make")).await;
    page.click("Root CA").await;
    page.fill("As RFC 4514 writes it", "CN=Page root,O=Example").await;
    page.fill("Nickname", "root").await;
    page.click("Make the certificate").await;
    page.sees("The certificate is made and in the database").await;
    assert_eq!(deck.database.trust()["root"], "Cu,Cu,Cu");

    page.open(&place("make")).await;
    page.click("From a CA here").await;
    page.sees("root ·").await;
    page.fill("Common name (CN)", "page.example.org").await;
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
    page.pictures("make-request").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.click("Make the certificate").await;
    page.sees("hand it out").await;

    let leaf = deck.named("page.example.org").await;
    page.open(&place(&format!("certificates/{}/renewal", leaf.fingerprint_sha256))).await;
    page.sees("whose key is in this database").await;
    page.click("New key").await;
    page.click("Make the successor").await;
    page.sees("Open the successor").await;
    page.pictures("renewal").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    assert_eq!(deck.database.keys().len(), 3, "root, old and new key");

    let root = deck.named("root").await;
    page.open(&place(&format!("certificates/{}/revocation", root.fingerprint_sha256))).await;
    page.sees("No revocation list yet").await;
    let serial = certdeck_shared::x509::parse::certificate(&leaf.der.0).unwrap().serial_number;
    page.fill("Serial number", format!("0x{serial}")).await;
    page.click_at("aside button[type=submit]").await;
    page.sees("Next due").await;
    page.pictures("revocation").await;
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

fn text_of(pem: &[u8]) -> String {
    String::from_utf8(openssl(&["x509", "-noout", "-text"], pem)).unwrap()
}

/// The text of a certificate of this nickname, as openssl prints it.
fn stored(deck: &Deck, nickname: &str) -> String {
    text_of(support::certificates::to_pem(&deck.database.der(nickname)).as_bytes())
}

fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_usually_as_it_should_be_can_be_chosen() {
    let deck = Deck::new().await;
    let page = Browser::start(1440, 1000).await;
    page.sign_in(&deck.console).await;
    let place = format!("{}/databases/{}/make", deck.console.origin, deck.id);
    let option = async |selector: &str| page.find(selector).await.click().await.unwrap();
    // What the console takes for now.
    let form = certdeck_shared::request::RequestForm { common_name: "now.example".to_owned(), ..Default::default() };
    let new = certdeck_shared::api::issue::NewSelfSigned { nickname: "now".to_owned(), form, ..Default::default() };
    let now = deck.client.create_self_signed(&deck.id, &new).await.unwrap().not_before;

    page.open(&place).await;
    page.click("Root CA").await;
    page.fill("As RFC 4514 writes it", "CN=Advanced root,O=Example").await;
    page.fill("Nickname", "root").await;
    // What is no number is said beneath its field, and nothing can be made with it.
    page.fill("Good for", "a while").await;
    page.sees("a whole number, such as 12").await;
    let disabled = "const button = document.querySelector('button[type=submit].primary'); return button && button.disabled ? true : null";
    page.value::<bool>("a button that waits", disabled).await;
    page.fill("Good for", "24").await;
    page.click("Advanced").await;
    option("#make-begins option[value='months']").await;
    page.fill("Months from now", "-1").await;
    page.fill("CAs that may follow", "1").await;
    page.fill("Serial number", "25000").await;
    page.fill("Revocation list", "http://pki.example.org/root.crl").await;
    page.fill("OCSP responder", "ocsp.example.org").await;
    page.sees("is not a URI such as").await;
    page.fill("OCSP responder", "http://ocsp.example.org/").await;
    page.sees("CA, at most 1 CA below it").await;
    page.sees("A root CA for Advanced root, signed by itself").await;
    page.pictures("make-advanced").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.click("Make the certificate").await;
    page.sees("The certificate is made and in the database").await;
    has(
        &stored(&deck, "root"),
        &["25000 (0x61a8)", "CA:TRUE, pathlen:1", "URI:http://pki.example.org/root.crl", "OCSP - URI:http://ocsp.example.org/"],
    );
    let root = deck.named("root").await;
    let view = certdeck_shared::x509::parse::certificate(&root.der.0).unwrap();
    let days = (view.not_after - view.not_before).whole_days();
    assert!(view.not_before < now - time::Duration::days(27) && (729..=732).contains(&days), "{days}");

    // A person, with a key that is there, until a day.
    let new = certdeck_shared::api::key::NewKey { algorithm: certdeck_shared::api::key::KeyAlgorithm::Rsa2048, label: Some("hers".into()) };
    let key = deck.client.create_key(&deck.id, &new).await.unwrap();
    let keys = deck.database.keys().len();
    page.open(&place).await;
    page.click("From a CA here").await;
    page.fill("One per line", "email:jane@example.org").await;
    page.sees("give a nickname: there is no common name to take for it").await;
    page.fill("Common name (CN)", "Jane Smith").await;
    page.sees("Left empty it is the common name").await;
    option("#make-template option[value='person']").await;
    option(&format!("#make-key option[value='key:{}']", key.id)).await;
    option("#make-unit option[value='until']").await;
    let last = (now + time::Duration::days(40)).date();
    let date = format!(
        "const field = document.querySelector('#make-last-day'); field.value = '{last}'; field.dispatchEvent(new Event('input', {{bubbles: true}}));"
    );
    page.find("#make-last-day").await;
    page.driver.execute(&date, Vec::new()).await.unwrap();
    page.fill("Nickname", "jane").await;
    page.click("Advanced").await;
    page.click("sign commitments").await;
    page.click("sign data").await;
    page.sees("A certificate to sign in and for e-mail for Jane Smith, signed by root").await;
    page.sees("23:59:59").await;
    page.pictures("make-person").await;
    page.click("Make the certificate").await;
    page.sees("The certificate is made and in the database").await;
    has(
        &stored(&deck, "jane"),
        &["TLS Web Client Authentication, E-mail Protection", "Digital Signature, Non Repudiation", "email:jane@example.org", "CA:FALSE"],
    );
    assert_eq!(deck.named("jane").await.key_id.as_deref(), Some(key.id.as_str()));
    assert_eq!(deck.database.keys().len(), keys, "no other key was made");
    let valid = deck.database.certutil(&["-V", "-n", "jane", "-u", "S"]);
    assert!(valid.out.contains("certificate is valid"), "{}{}", valid.out, valid.err);
    page.is_quiet(&["401", "404"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_made_says_why_in_words() {
    let deck = Deck::new().await;
    let page = Browser::start(1280, 900).await;
    page.sign_in(&deck.console).await;
    let place = format!("{}/databases/{}/make", deck.console.origin, deck.id);
    page.open(&place).await;
    page.click("From a CA here").await;
    page.sees("No certificate authority of this database has its key here").await;
    page.fill("Common name (CN)", "x".repeat(65)).await;
    page.sees("the common name has 65 characters; at most 64 are allowed").await;

    // A CA whose end has passed, and one that may sign.
    let form = |name: &str| certdeck_shared::request::RequestForm {
        subject: format!("CN={name}"),
        template: Some(certdeck_shared::request::Template::Ca),
        ..Default::default()
    };
    let mut past = certdeck_shared::api::issue::NewSelfSigned { nickname: "past".to_owned(), form: form("Past"), ..Default::default() };
    past.validity.not_before = Some(time::macros::datetime!(2020-01-01 0:00 UTC));
    past.validity.days = Some(30);
    deck.client.create_self_signed(&deck.id, &past).await.unwrap();
    page.open(&place).await;
    page.click("From a CA here").await;
    page.fill("Common name (CN)", "late.example.org").await;
    page.sees("ended on 2020-01-31").await;

    let able = certdeck_shared::api::issue::NewSelfSigned { nickname: "able".to_owned(), form: form("Able"), ..Default::default() };
    let able = deck.client.create_self_signed(&deck.id, &able).await.unwrap();
    page.open(&format!("{place}/{}", able.fingerprint_sha256)).await;
    page.click("Sign a request").await;
    let label = "Request: PEM, with any text around it";
    page.fill(label, "please").await;
    page.sees("There is no certification request (PKCS#10) in what was sent").await;
    let key = deck.room.path().join("asker.key");
    let arguments = ["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key.to_str().unwrap()];
    let request = openssl(&[&arguments[..], &["-subj", "/CN=asker.example.org", "-outform", "DER"]].concat(), b"");
    let mut changed = request.clone();
    let name = changed.windows(5).position(|window| window == b"asker").unwrap();
    changed[name] = b'b';
    let armoured = |der: &[u8]| support::certificates::to_pem(der).replace("CERTIFICATE", "CERTIFICATE REQUEST");
    page.fill(label, armoured(&changed)).await;
    page.sees("Its author did not prove to have the key").await;
    page.fill(label, armoured(&request)).await;
    page.sees("A TLS server certificate for asker.example.org, signed by able").await;
    assert_eq!(deck.database.listing().len(), 2, "nothing was made by looking");
    page.is_quiet(&["401", "409", "422", "400"]).await;
}
