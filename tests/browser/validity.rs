//! What a certificate is valid for, at a date one slides to; and what staged trust would do, before anything is stored.

use support::browser::Browser;
use support::certificates::Authority;
use support::deck::{Deck, item};
use support::run::openssl;
use thirtyfour::Key;

#[tokio::test(flavor = "multi_thread")]
async fn verdicts_follow_the_date_and_staged_trust_tells_what_it_will_do() {
    let deck = Deck::new().await;
    let authority = Authority::new("Judging CA");
    deck.import(vec![
        item(authority.certificate.clone(), "Judging CA", "CT,C,C"),
        item(authority.leaf("judged.example.org"), "judged.example.org", ",,"),
    ])
    .await;
    let before = deck.database.listing();
    let page = Browser::start(1440, 1000).await;
    page.sign_in(&deck.console).await;
    let of = async |nickname: &str| {
        format!("{}/databases/{}/certificates/{}", deck.console.origin, deck.id, deck.named(nickname).await.fingerprint_sha256)
    };
    let verdict = |usage: &str| {
        format!(
            "const row = [...document.querySelectorAll('.verdicts tbody tr')].find(row => row.cells[0].innerText.startsWith('{usage}'));
             return row && row.cells.length === 5 && row.cells[3].innerText ? [...row.cells].map(cell => cell.innerText.trim()) : null"
        )
    };
    page.open(&of("judged.example.org").await).await;
    page.sees("as NSS says").await;
    let server: Vec<String> = page.value("the verdict for servers", &verdict("TLS server")).await;
    assert_eq!(server[1..], ["Valid", "", "Valid", "Valid"]);

    // To the end of the slider: two months after it has expired.
    page.find("#verdict-time").await.send_keys(String::from(char::from(Key::End))).await.unwrap();
    page.sees("Peer's Certificate has expired.").await;
    page.click("Now").await;

    // C is taken from the CA; before it is applied the page says what will happen.
    page.open(&of("Judging CA").await).await;
    page.sees("as NSS says").await;
    page.click("May issue servers for SSL").await;
    page.sees("1 certificate stops being valid for TLS server: judged.example.org.").await;
    page.sees("1 certificate stops being valid for CA for TLS: Judging CA.").await;
    assert_eq!(deck.database.listing(), before, "nothing is stored yet");
    page.is_quiet(&["401"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn trust_that_nobody_signed_is_said_and_revocation_is_asked_for() {
    let deck = Deck::new().await;
    let made = openssl(
        &[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            "/dev/null",
            "-outform",
            "DER",
            "-subj",
            "/CN=asked.example.org",
            "-addext",
            "authorityInfoAccess=OCSP;URI:http://ocsp.example.org/",
        ],
        &[],
    );
    deck.import(vec![item(made, "asked", "P,,")]).await;
    let page = Browser::start(1440, 1000).await;
    page.sign_in(&deck.console).await;
    let address = format!("{}/databases/{}/certificates/{}", deck.console.origin, deck.id, deck.named("asked").await.fingerprint_sha256);
    page.open(&address).await;
    page.click("Look up").await;
    page.sees("Not allowed").await;
    page.sees("revocation-hosts").await;

    // CKA_TRUST_SERVER_AUTH of the CKO_NSS_TRUST becomes that of a CA, past softoken and its password.
    let file = rusqlite::Connection::open(deck.database.directory().join("cert9.db")).unwrap();
    let changed = file.execute("UPDATE nssPublic SET ace536358 = X'CE534352' WHERE a0 = X'CE534353'", []).unwrap();
    assert_eq!(changed, 1);
    drop(file);
    page.open(&address).await;
    page.sees("Its trust does not carry a good signature.").await;
}
