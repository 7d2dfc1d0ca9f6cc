//! Sun Messaging Server 6.3, section 23.5.1, by page: every procedure that the manual does with msgcert, with certutil, openssl and pk12util as
//! the judges.

use support::browser::Browser;
use support::certificates::{Authority, from_pem, to_pem};
use support::database::{self, Database, Listed, PASSWORD};
use support::deck::{Deck, create};
use support::run::{self, openssl};

use crate::steps::{answer, create_database, make, option, pem_of_request, place, request_names};

/// Subject and other fields as openssl prints them.
fn printed(deck: &Deck, nickname: &str, arguments: &[&str]) -> String {
    let der = deck.database.der(nickname);
    String::from_utf8(openssl(&[&["x509", "-inform", "DER", "-noout", "-nameopt", "RFC2253"], arguments].concat(), &der)).unwrap()
}

fn named(listing: &[Listed], nickname: &str) -> usize {
    listing.iter().filter(|one| one.nickname == nickname).count()
}

async fn certificate_page(page: &Browser, deck: &Deck, fingerprint: &str, more: &str) {
    page.open(&place(deck, &format!("certificates/{fingerprint}{more}"))).await;
}

/// `generate-certDB`, `show-cert`, `add-selfsign-cert`, `renew-selfsign-cert`, `list-certs`, `remove-cert`.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_with_a_default_certificate_and_self_signed_certificates_are_managed() {
    let (room, console, client) = support::deck::empty().await;
    let page = Browser::start(1440, 1000).await;
    page.sign_in(&console).await;
    let directory = room.path().join("config");
    page.open(&format!("{}/databases/new", console.origin)).await;
    let id = create_database(&page, &directory).await;
    let deck = Deck { database: Database::at(&directory, database::PASSWORD, room.path()), console, client, id, room };

    page.open(&place(&deck, "make")).await;
    page.fill("One per line", "perseids.siroe.com").await;
    page.fill("Nickname", "Server-Cert").await;
    make(&page).await;
    let line = std::fs::read_to_string(directory.join("sslpassword.conf")).unwrap();
    assert_eq!(line, format!("Internal (Software) Token:{PASSWORD}\n"));
    assert!(printed(&deck, "Server-Cert", &["-subject", "-issuer"]).contains("issuer=CN=perseids.siroe.com"));
    let shown = deck.named("Server-Cert").await.fingerprint_sha256;
    certificate_page(&page, &deck, &shown, "").await;
    page.sees("perseids.siroe.com").await;
    let serial = openssl(&["x509", "-inform", "DER", "-noout", "-serial"], &deck.database.der("Server-Cert"));
    let serial = String::from_utf8(serial).unwrap().trim().trim_start_matches("serial=").to_lowercase();
    let told = "return document.body.innerText.toLowerCase().replace(/[^0-9a-f]/g, '')";
    page.until_true("the serial number as openssl prints it", async || page.value::<String>("the page", told).await.contains(&serial))
        .await;

    page.open(&place(&deck, "make")).await;
    page.fill("As RFC 4514 writes it", "CN=siroe,OU=Messaging,O=comms,L=SantaClara,ST=ca,C=us").await;
    page.fill("Nickname", "MySelfSigned-Cert").await;
    make(&page).await;
    let made = deck.database.der("MySelfSigned-Cert");
    assert!(printed(&deck, "MySelfSigned-Cert", &["-subject"]).contains("CN=siroe,OU=Messaging,O=comms,L=SantaClara,ST=ca,C=US"));
    let view = certdeck_shared::x509::parse::certificate(&made).unwrap();
    let days = (view.not_after - view.not_before).whole_days();
    assert!((88..=93).contains(&days), "three months, not {days} days");

    let old = deck.named("MySelfSigned-Cert").await.fingerprint_sha256;
    certificate_page(&page, &deck, &old, "/renewal").await;
    page.sees("It signed itself").await;
    page.click("Make the successor").await;
    page.sees("Open the successor").await;
    assert_eq!(named(&deck.database.listing(), "MySelfSigned-Cert"), 2, "old and new side by side");
    assert_eq!(deck.database.keys().len(), 2, "the key is kept");

    page.open(&place(&deck, "certificates")).await;
    page.sees("Server-Cert").await;
    certificate_page(&page, &deck, &old, "").await;
    page.click("Delete").await;
    page.click_at(".asking button.danger").await;
    page.until_true("one certificate of the name", async || {
        deck.database.listing_now().is_some_and(|listing| named(&listing, "MySelfSigned-Cert") == 1)
    })
    .await;
    let renewed = deck.database.der("MySelfSigned-Cert");
    let key = |der: &[u8]| openssl(&["x509", "-inform", "DER", "-noout", "-pubkey"], der);
    assert!(renewed != made && key(&renewed) == key(&made));
    deck.certutil_agrees().await;
    page.is_quiet(&["401", "404"]).await;
}

/// `request-cert`, `add-cert`, `add-cert -C`, `list-certs -C`, `show-cert`, `renew-cert`.
#[tokio::test(flavor = "multi_thread")]
async fn a_ca_signed_server_certificate_is_requested_added_with_its_ca_and_renewed() {
    let deck = Deck::new().await;
    let authority = Authority::new("Siroe CA");
    let page = Browser::start(1440, 1000).await;
    page.sign_in(&deck.console).await;

    page.open(&place(&deck, "requests/new")).await;
    request_names(&page, "aqua.siroe.com").await;
    page.fill("Organization (O)", "siroe").await;
    page.fill("Organizational unit (OU)", "Messaging").await;
    page.fill("Nickname and key label", "Aqua-Cert").await;
    page.click("Make key and request").await;
    let pem = pem_of_request(&page).await;
    let subject = openssl(&["req", "-verify", "-noout", "-subject", "-nameopt", "RFC2253"], pem.as_bytes());
    let subject = String::from_utf8(subject).unwrap();
    assert!(["CN=aqua.siroe.com", "O=siroe", "OU=Messaging"].iter().all(|part| subject.contains(part)), "{subject}");

    // The certificate comes first, as in the manual: it is there and not trusted yet.
    answer(&page, &authority.sign(&pem)).await;
    assert_eq!(deck.database.trust()["Aqua-Cert"], "u,u,u");
    assert!(deck.database.certutil(&["-V", "-n", "Aqua-Cert", "-u", "V"]).out.contains("invalid"));
    page.open(&place(&deck, "import")).await;
    let file = deck.room.path().join("ca-cert-file");
    std::fs::write(&file, to_pem(&authority.certificate)).unwrap();
    page.choose_file("#import-file", file.to_str().unwrap()).await;
    page.sees("1 to write").await;
    page.fill("Nickname of Siroe CA", "CA-cert").await;
    page.fill("Trust of Siroe CA", "CT,,").await;
    page.click("Import 1").await;
    page.sees("1 imported").await;
    assert_eq!(deck.database.trust()["CA-cert"], "CT,,");
    let valid = deck.database.certutil(&["-V", "-n", "Aqua-Cert", "-u", "V"]);
    assert!(valid.out.contains("certificate is valid"), "{}{}", valid.out, valid.err);
    page.open(&place(&deck, "certificates")).await;
    page.sees("CA-cert").await;
    page.sees("Aqua-Cert").await;
    page.pictures("messaging-list").await;

    // Renewal of what a CA outside signed: a request with the same subject and key, and its answer.
    let old = deck.named("Aqua-Cert").await.fingerprint_sha256;
    certificate_page(&page, &deck, &old, "/renewal").await;
    page.sees("Issued by a CA outside").await;
    page.click("Make the successor").await;
    let again = pem_of_request(&page).await;
    let renewed = authority.sign(&again);
    answer(&page, &renewed).await;
    assert_eq!(named(&deck.database.listing(), "Aqua-Cert"), 2, "old and new side by side");
    assert_eq!(deck.database.keys().len(), 1, "with the same key");
    let fingerprints: Vec<_> = deck.listed().await.into_iter().map(|one| one.der.0).collect();
    assert!(fingerprints.contains(&from_pem(&renewed)[0]));
    deck.certutil_agrees().await;
    page.is_quiet(&["401", "404"]).await;
}

/// `export-cert`, `import-cert`: from one host's database to another's.
#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_with_its_key_is_exported_and_imported_elsewhere() {
    let deck = Deck::new().await;
    let page = Browser::start(1440, 1000).await;
    page.sign_in(&deck.console).await;
    page.open(&place(&deck, "make")).await;
    page.fill("One per line", "first.siroe.com").await;
    page.fill("Nickname", "First Certificate").await;
    make(&page).await;

    let fingerprint = deck.named("First Certificate").await.fingerprint_sha256;
    certificate_page(&page, &deck, &fingerprint, "").await;
    page.sees("as NSS says").await;
    page.click("Export").await;
    page.click("With key, or as a bundle").await;
    option(&page, "#export-what option[value='pkcs12']").await;
    page.fill("Password of the database", PASSWORD).await;
    page.fill("Password for the file", "choose a PKCS#12 password").await;
    page.catch_file().await;
    page.click_at("form button[type=submit].primary").await;
    let saved = page.caught_file().await;
    let file = deck.room.path().join("first-certificate");
    std::fs::write(&file, saved).unwrap();
    let told = run::must("pk12util", &["-l", file.to_str().unwrap(), "-W", "choose a PKCS#12 password"]);
    assert!(told.contains("Friendly Name: First Certificate") && told.contains("Key(shrouded)"), "{told}");

    let path = deck.room.path().join("other-host");
    let other = deck.client.add_database(&create(&path)).await.unwrap();
    page.open(&format!("{}/databases/{}/import", deck.console.origin, other.id)).await;
    page.choose_file("#import-file", file.to_str().unwrap()).await;
    page.sees("A PKCS#12 file").await;
    page.fill("Password of the file", "choose a PKCS#12 password").await;
    page.click("Look inside").await;
    page.sees("belongs to a certificate").await;
    page.click("Import keys and certificates").await;
    page.sees("1 key, 1 certificate imported").await;
    let there = Database::at(&path, PASSWORD, deck.room.path());
    assert_eq!(there.keys().into_keys().collect::<Vec<_>>(), deck.database.keys().into_keys().collect::<Vec<_>>());
    assert_eq!(there.der("First Certificate"), deck.database.der("First Certificate"));
    page.is_quiet(&["401", "404", "Password forms"]).await;
}
